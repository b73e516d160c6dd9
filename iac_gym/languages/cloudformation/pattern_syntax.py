"""Patterns of resource schemas as Python's `re` reads them, and those that must not be used.

The schemas hold patterns of ECMA, Java and Go. Classes of Unicode become ranges that hold at least
as much. A pattern that no rewriting makes readable, or whose time explodes on a short text, is
left out of the pack: better an invalid name accepted than a text that takes minutes.
"""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Callable

_SPACES = r" \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_MARKS = r"!-/:-@\[-`{-~\xa1-\xbf\u2010-\u205e\u20a0-\u2bff\u3001-\u303f\ufe10-\ufe6f\uff01-\uff65"
#: Class of Unicode -> what holds at least as much inside `[...]`.
_CLASSES = {
    "L": r"\w\u0300-\u036f",
    "M": r"\u0300-\u036f\u0900-\u0903\u093a-\u094f\u20d0-\u20ff\ufe00-\ufe0f",
    "N": r"\d\xb2\xb3\xb9\xbc-\xbe\u2070-\u2089\u2150-\u218b\u2460-\u249b",
    "Z": _SPACES,
    "Zs": _SPACES,
    "P": _MARKS,
    "S": _MARKS + r"\U0001f000-\U0001faff",
    "C": r"\x00-\x1f\x7f-\x9f\ud800-\uf8ff",
    "Cc": r"\x00-\x1f\x7f-\x9f",
    "Cf": r"\xad\u200b-\u200f\u2060-\u2064\ufeff",
    "Print": r"\x20-\x7e",
    "Graph": r"\x21-\x7e",
    "ASCII": r"\x00-\x7f",
    "Alnum": "A-Za-z0-9",
}
#: Their opposites, likewise.
_OTHERS = {"C": r"\x20-\x7e\xa0-\ud7ff\uf900-\U0010ffff", "M": r"\x00-\U0010ffff"}
_CLASS = re.compile(r"\\([pP])(?:\{(\w+)\}|([A-Z]))")
_PLAIN_DASH = re.compile(r"(\\[wsd])-(?=[^\]])")
_FLAG = re.compile(r"\(\?([is]+)\)")
#: Texts that make patterns with nested repetitions slow.
_TRAPS = ("a", "0", "a1", "a-", "a.", "a/", "-", ".", "A", " ", "a:", "_", "a@", "aA0", "1.", ",a")
#: Their lengths, in small steps, so that a pattern is given up before it takes minutes.
_SIZES = (8, 12, 16, 20, 23, 26, 29, 32, 40, 50, 65, 90, 120, 160, 220, 300, 400)
_SLOWEST = 0.02


def readable(pattern: str) -> str | None:
    """Return a pattern for `re.search`, None for one that is left out."""
    text = _rewritten(pattern)
    if text is None:
        return None
    return text if _is_quick(text) else None


def _rewritten(pattern: str) -> str | None:
    for text in (pattern, _without_classes(pattern)):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                re.compile(text)
            except (re.error, OverflowError, FutureWarning, DeprecationWarning):
                continue
            return text
    return None


def _without_classes(pattern: str) -> str:
    flags = "".join(sorted(set("".join(_FLAG.findall(pattern)))))
    text = _FLAG.sub("", pattern)
    text = _PLAIN_DASH.sub(r"\1\\-", text)
    depth, out, place = 0, "", 0
    while place < len(text):
        found = _CLASS.match(text, place)
        if found:
            table = _CLASSES if found[1] == "p" else _OTHERS
            inside = table.get(found[2] or found[3])
            if inside is None:
                return "("  # cannot be read
            out += inside if depth else f"[{inside}]"
            place = found.end()
            continue
        char = text[place]
        step = 2 if char == "\\" else 1
        if depth and (char == "[" or (char in "&|~" and text[place - 1] == char)):
            out += "\\"  # Python warns that these may mean sets one day
        depth += (char == "[" and not depth) - (char == "]" and depth > 0)
        out += text[place : place + step]
        place += step
    return f"(?{flags}){out}" if flags else out


def _is_quick(pattern: str) -> bool:
    """Whether a pattern takes little time on texts that are made to take much."""
    search = re.compile(pattern).search
    for start in ("", "arn:aws:iam::123456789012:", "https://"):
        for trap in _TRAPS:
            for size in _SIZES:
                text = start + (trap * size)[:size] + "!\n"
                if _takes(search, text) > _SLOWEST and _takes(search, text) > _SLOWEST:
                    return False
    return True


def _takes(search: Callable[[str], object], text: str) -> float:
    """Return the processor time of a search, in seconds."""
    begin = time.process_time()
    search(text)
    return time.process_time() - begin
