"""Go's regular expressions as Python's, and proof that matching takes linear time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module

# The parser of `re` has no public name since Python 3.11.
_codes = import_module("re._constants")
_reader = import_module("re._parser")

_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "digit": "0-9",
    "lower": "a-z",
    "upper": "A-Z",
    "space": r"\t\n\v\f\r ",
    "punct": r"!-/:-@\[-`{-~",
    "graph": "!-~",
    "print": " -~",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}


def python_pattern(go: str) -> str | None:
    """Translate a Go pattern, None where Python has no equal or matching could be slow."""
    if "\\p{" in go or "\\P{" in go or "\\pL" in go:
        return None
    out, inside, at = [], False, 0
    while at < len(go):
        char = go[at]
        if char == "\\" and at + 1 < len(go):
            out.append(_escape(go[at + 1], inside))
            at += 2
            continue
        named = re.match(r"\[:(\w+):\]", go[at:]) if inside else None
        if named:
            out.append(_CLASSES.get(named.group(1), ""))
            at += named.end()
            continue
        if inside:
            inside = char != "]" or out[-1] in ("[", "[^")
            # A bracket in a class is a plain character; Python warns about it.
            out.append("\\[" if char == "[" else char)
        elif char == "[":
            inside = True
            negated = go[at + 1 : at + 2] == "^"
            out.append("[^" if negated else "[")
            at += negated
        else:
            out.append(r"\Z" if char == "$" else char)
        at += 1
    pattern = _simpler("".join(out))
    try:
        re.compile(pattern, re.ASCII)
    except re.error:
        return None
    return pattern if is_linear(pattern) else None


_REPEATS = re.compile(r"(\[(?:[^\]\\]|\\.)+\])\+(\[(?:[^\]\\]|\\.)+\])\*|"
                      r"(\[(?:[^\]\\]|\\.)+\])\*(\[(?:[^\]\\]|\\.)+\])\+")  # fmt: skip


def _simpler(pattern: str) -> str:
    """Write `[a]+[ab]*` as `[a][ab]*`, and `[ab]*[a]+` as `[ab]*[a]`: the same, without retries."""

    def shorter(found: re.Match[str]) -> str:
        first, more, before, last = found.groups()
        few, many = (first, more) if first else (last, before)
        try:
            inside = all(
                re.match(many, chr(code)) for code in range(128) if re.match(few, chr(code))
            )
        except re.error:
            return found.group()
        if not inside:
            return found.group()
        return f"{first}{more}*" if first else f"{before}*{last}"

    for _ in range(3):
        pattern = _REPEATS.sub(shorter, pattern)
    return re.sub(r"^(\[(?:[^\]\\]|\\.)+\])\+\\Z$", r"\1\\Z", pattern)


def _escape(char: str, inside: bool) -> str:
    if char == "z":
        return r"\Z"
    if char == "s":  # Go's has no vertical tab
        return r"\t\n\f\r " if inside else r"[\t\n\f\r ]"
    return "\\" + char


def is_linear(pattern: str) -> bool:
    """Tell whether no repeat stands inside an unbounded repeat: those alone can blow up."""
    return not any(_nested(_reader.parse(pattern), False))


def _nested(parsed: object, repeated: bool) -> Iterator[bool]:
    for code, argument in parsed:  # type: ignore[attr-defined]
        if code in (_codes.MAX_REPEAT, _codes.MIN_REPEAT):
            _, most, inner = argument
            many = most is _codes.MAXREPEAT or most > 8
            if many and repeated:
                yield True
            yield from _nested(inner, repeated or many)
        elif code is _codes.SUBPATTERN:
            yield from _nested(argument[3], repeated)
        elif code is _codes.BRANCH:
            for branch in argument[1]:
                yield from _nested(branch, repeated)
        elif code in (_codes.ASSERT, _codes.ASSERT_NOT):
            yield from _nested(argument[1], repeated)
