"""Regular expressions for value rules: from Go's syntax to Python's, and from constants."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from typing import Any

from iac_gym.languages.terraform.go_source.values import UNKNOWN, Native, Struct, Value

_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7F",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1F\x7F",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_NAMED_CLASS = re.compile(r"\[:(\w+):\]")
_SETS = (r"\w", r"\W", r"\d", r"\D", r"\s", r"\S")
# What Python reads in another way, or not at all: Unicode classes, quoting, `(?m)`, `(?U)`.
_FOREIGN = re.compile(r"\\[pPQCE]|\(\?[a-zA-Z]*[msU][a-zA-Z]*[:)]|\{,|\(\?-|[+*?]\+|\\b|\\B")


def python_pattern(pattern: str) -> str | None:
    """Write a regular expression of Go in Python's way, None where that cannot be done surely."""
    if _FOREIGN.search(pattern):
        return None
    made = _rewritten(pattern)
    flags = re.match(r"(\^?\(?)\(\?i\)", made)
    if flags and flags[1]:
        made = f"(?i){flags[1]}{made[flags.end() :]}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(made, re.ASCII)
    except (re.error, Warning):
        return None
    return made


def _rewritten(pattern: str) -> str:
    parts: list[str] = []
    place, inside = 0, False
    while place < len(pattern):
        sign = pattern[place]
        if sign == "\\":
            taken = _escape(pattern, place)
            parts.append(taken[0])
            place = taken[1]
            if inside and taken[0] in _SETS and pattern[place : place + 1] == "-":
                # Go takes a `-` after `\\w` for itself.
                parts.append("\\-")
                place += 1
            continue
        named = _NAMED_CLASS.match(pattern, place) if inside else None
        if named and named[1] in _CLASSES:
            parts.append(_CLASSES[named[1]])
            place = named.end()
            continue
        if inside:
            inside = sign != "]"
            parts.append(r"\[" if sign == "[" else sign)
        elif sign == "[":
            start = re.match(r"\[\^?\]?", pattern[place:])
            taken_start = start[0] if start else sign
            parts.append(taken_start.replace("]", r"\]"))
            place += len(taken_start)
            inside = True
            continue
        else:
            parts.append(r"\Z" if sign == "$" else sign)
        place += 1
    return "".join(parts)


def _escape(pattern: str, place: int) -> tuple[str, int]:
    """Return an escape in Python's way, and where it ends."""
    code = re.match(r"\\x\{([0-9A-Fa-f]+)\}", pattern[place:])
    if code:
        return f"\\U{int(code[1], 16):08x}", place + code.end()
    two = pattern[place : place + 2]
    return (r"\Z" if two == r"\z" else two), place + 2


def literal(text: str) -> str:
    """Quote a constant for a pattern, with no more backslashes than needed."""
    return re.sub(r"([.^$*+?{}\[\]\\|()])", r"\\\1", text)


def elements_pattern(signs: str) -> str:
    """Return a pattern that finds any of some characters."""
    return "[" + re.sub(r"([\\\]\[^-])", r"\\\1", signs) + "]"


def legacy_id_pattern() -> str:
    """Return what every identifier keeps that Azure's untyped parser accepts: pairs of parts."""
    pair = "[^/?]+/[^/?]+"
    return (
        rf"^(?:[A-Za-z][A-Za-z0-9+.-]*:|/(?:{pair}/)*?subscriptions/[^/?]+(?:/{pair})*/?(?:\?|\Z))"
    )


def segments_pattern(segments: Value) -> str | None:
    """Return the pattern of an Azure identifier with these segments, None where not known."""
    if not isinstance(segments, list) or not segments:
        return None
    parts = [_segment(segment) for segment in segments]
    if any(part is None for part in parts):
        return None
    if len(parts) == 1 and parts[0] == "SCOPE":
        return "^.+"
    first, last = parts[0] == "SCOPE", parts[-1] == "SCOPE"
    middle = "/".join(str(part) for part in parts[first : len(parts) - last])
    if "SCOPE" in middle:
        return None
    # A trailing slash is dropped by the parser.
    return ("^.+/" if first else "^/?") + middle + ("/." if last else r"/?\Z")


def _segment(segment: Value) -> str | None:
    if not isinstance(segment, (Native, Struct)):
        return None
    if isinstance(segment, Struct):
        return _struct_segment(segment)
    args: Sequence[Any] = segment.args or ()
    if segment.name in ("StaticSegment", "ResourceProviderSegment"):
        return literal(args[1]) if isinstance(args[1], str) else None
    if segment.name in ("UserSpecifiedSegment", "SubscriptionIdSegment", "ResourceGroupSegment"):
        return "[^/]+"
    if segment.name == "ScopeSegment":
        return "SCOPE"
    if segment.name == "ConstantSegment" and isinstance(args[1], list) and UNKNOWN not in args[1]:
        return f"(?:{'|'.join(map(literal, args[1]))})"
    return None


def _struct_segment(segment: Struct) -> str | None:
    kind, fixed, values = (segment.get(n) for n in ("Type", "FixedValue", "PossibleValues"))
    if isinstance(fixed, str):
        return literal(fixed)
    if isinstance(values, list) and all(isinstance(value, str) for value in values):
        return f"(?:{'|'.join(map(literal, values))})"
    if kind == "Scope":
        return "SCOPE"
    return "[^/]+" if kind in ("ResourceGroup", "SubscriptionId", "UserSpecified") else None
