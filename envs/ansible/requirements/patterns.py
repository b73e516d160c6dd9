"""Regular expressions of an answer, tried out on short lines in bounded time."""

from __future__ import annotations

import re
from functools import lru_cache

from iac_gym.formats.go_regexp import GoRegexpError, go_regexp

_MOST_PATTERN, _MOST_LINE = 200, 120
#: What Go cannot read (a look around, a reference back) is left to `re`, with so few repeats.
_MOST_REPEATS = 3
_REPEAT = re.compile(r"[*+}]")
_REPEATED_GROUP = re.compile(r"\)[*+{]")


@lru_cache(maxsize=4096)
def finds(pattern: str, line: str) -> bool:
    """Whether a regular expression finds something in a line; one that takes long finds nothing."""
    if len(pattern) > _MOST_PATTERN or len(line) > _MOST_LINE or "[[" in pattern:
        return False  # `[[:space:]]` is no class in Python, and Go reads it as one
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    try:
        return go_regexp(f"(?s:.*)(?:{pattern})(?s:.*)").fullmatch(line)
    except GoRegexpError:
        if len(_REPEAT.findall(pattern)) > _MOST_REPEATS or _REPEATED_GROUP.search(pattern):
            return False
        return re.search(pattern, line) is not None
