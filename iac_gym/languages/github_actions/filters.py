"""GitHub's patterns for branches, tags and paths: `main`, `releases/**`, `!docs/*.md`, `v[12].*`.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

#: Longest pattern and name that are compared; what is longer matches nothing.
MOST_PATTERN = 200
#: Most wildcards of a pattern: each may be tried at every place.
_MOST_WILD = 6


def matches(patterns: Iterable[str], name: str) -> bool:
    """Whether patterns choose a name: the last that fits decides, `!` takes it out again."""
    chosen = False
    for pattern in patterns:
        negative = pattern.startswith("!")
        if chosen is negative and _fits(pattern[1:] if negative else pattern, name):
            chosen = not negative
    return chosen


def _fits(pattern: str, name: str) -> bool:
    if pattern == name:
        return True
    compiled = _compile(pattern)
    return compiled is not None and len(name) <= MOST_PATTERN and bool(compiled.fullmatch(name))


@lru_cache(maxsize=1024)
def _compile(pattern: str) -> re.Pattern[str] | None:
    """Return the pattern as a regular expression, None where it is none."""
    if len(pattern) > MOST_PATTERN or len(_WILD.findall(pattern)) > _MOST_WILD:
        return None
    try:
        return re.compile(_expression(pattern))
    except re.error:
        return None


_WILD = re.compile(r"\*+|\+")
_TOKEN = re.compile(r"\*\*/|\*+|\[[^\]]*\]|\\.|.", re.DOTALL)


def _expression(pattern: str) -> str:
    out = []
    for token in _TOKEN.findall(pattern):
        if token == "**/":
            out.append("(?:.*/)?")
        elif token[0] == "*":
            out.append(".*" if len(token) > 1 else "[^/]*")
        elif token in "?+":
            out.append(token if out and not out[-1].endswith(("*", "?", "+")) else "")
        elif token[0] == "[" and len(token) > 1:
            out.append(f"[{re.escape(token[1:-1]).replace(chr(92) + '-', '-')}]")
        else:
            out.append(re.escape(token[-1]))
    return "".join(out)
