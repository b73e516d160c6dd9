"""Which regular expressions RE2 accepts: GitLab compiles those of a pipeline with it.

RE2 knows no look-around, no back-references, no atomic groups and no possessive quantifiers.
"""

from __future__ import annotations

import re
from functools import lru_cache

#: Deepest nesting of groups, and largest count in `{n,m}`.
MOST_DEPTH = 1000
MOST_REPEATS = 1000

_GROUP = re.compile(r"\(\?(?:P?<[A-Za-z_]\w*>|[imsU]*(?:-[imsU]+)?[:)])")
_REPEAT = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_ESCAPE = re.compile(
    r"\\(?:[pP](?:[A-Za-z]|\{\^?[A-Za-z_]+\})|x(?:[0-9A-Fa-f]{2}|\{[0-9A-Fa-f]{1,6}\})|[0-7]{2,3}|0"
    r"|[aftnrvCQEAbBzdDsSwW]|[^\w\s]|[\s_])",
    re.ASCII,
)
_QUOTED = re.compile(r"\\Q.*?(?:\\E|\Z)", re.DOTALL)
_POSIX = re.compile(r"\[:\^?[a-z]+:\]")


@lru_cache(maxsize=1024)
def regexp_error(pattern: str) -> str:
    """Return why RE2 refuses a pattern, '' if it accepts it."""
    return _Reader(pattern).error()


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.depth = 0
        self.repeatable = False
        self.repeated = False

    def error(self) -> str:
        """Read the pattern from left to right."""
        while self.at < len(self.pattern):
            if found := self._step(self.pattern[self.at]):
                return found
        return "a `(` is not closed" if self.depth else ""

    def _step(self, char: str) -> str:
        if char in "*+?":
            return self._quantifier()
        if char == "{" and (found := _REPEAT.match(self.pattern, self.at)):
            return self._count(found)
        self.repeated = False
        if char == "(":
            return self._open()
        if char == ")":
            return self._close()
        if char == "[":
            return self._class()
        if char == "\\":
            return self._escape()
        self.at += 1
        self.repeatable = char != "|"
        return ""

    def _quantifier(self) -> str:
        char = self.pattern[self.at]
        if self.repeated and char == "?":
            self.at += 1
            self.repeated = self.repeatable = False
            return ""
        if not self.repeatable:
            return f"there is nothing for `{char}` to repeat"
        self.at += 1
        self.repeated, self.repeatable = True, False
        return ""

    def _count(self, found: re.Match[str]) -> str:
        low, high = found[1], found[2]
        if not self.repeatable:
            return f"there is nothing for `{found[0][:20]}` to repeat"
        counts = [int(part[:9]) for part in (low, high) if part]
        if max(counts) > MOST_REPEATS or (high and counts[0] > counts[1]):
            return f"`{found[0][:20]}` is no valid count"
        self.at = found.end()
        self.repeated, self.repeatable = True, False
        return ""

    def _open(self) -> str:
        self.depth += 1
        self.repeatable = False
        if self.depth > MOST_DEPTH:
            return "the groups are nested too deep"
        if not self.pattern.startswith("(?", self.at):
            self.at += 1
            return ""
        found = _GROUP.match(self.pattern, self.at)
        if not found:
            return f"`{self.pattern[self.at : self.at + 4]}` is not known"
        if found[0].endswith(")"):
            self.depth -= 1
        self.at = found.end()
        return ""

    def _close(self) -> str:
        if not self.depth:
            return "a `)` has no `(`"
        self.depth -= 1
        self.at += 1
        self.repeatable = True
        return ""

    def _escape(self) -> str:
        if quoted := _QUOTED.match(self.pattern, self.at):
            self.at = quoted.end()
            self.repeatable = True
            return ""
        found = _ESCAPE.match(self.pattern, self.at)
        if not found:
            return f"`{self.pattern[self.at : self.at + 2]}` is not known"
        self.at = found.end()
        self.repeatable = True
        return ""

    def _class(self) -> str:
        start = self.at
        self.at += 2 if self.pattern.startswith("[^", self.at) else 1
        first = True
        while self.at < len(self.pattern):
            char = self.pattern[self.at]
            if char == "]" and not first:
                self.at += 1
                self.repeatable = True
                return ""
            first = False
            if problem := self._member(char):
                return problem
        return f"`{self.pattern[start : start + 10]}` is not closed"

    def _member(self, char: str) -> str:
        low, problem = self._character(char)
        if problem or low is None:
            return problem
        if self.pattern.startswith("-", self.at) and not self.pattern.startswith("-]", self.at):
            self.at += 1
            if self.at < len(self.pattern):
                high, problem = self._character(self.pattern[self.at])
                if problem or (high is not None and high < low):
                    return problem or f"`{low}-{high}` is no range"
        return ""

    def _character(self, char: str) -> tuple[str | None, str]:
        """Read one member of a class: (the character or None for a set, what is wrong)."""
        if char == "[" and (found := _POSIX.match(self.pattern, self.at)):
            self.at = found.end()
            return None, ""
        if char != "\\":
            self.at += 1
            return char, ""
        found = _ESCAPE.match(self.pattern, self.at)
        if not found:
            return None, f"`{self.pattern[self.at : self.at + 2]}` is not known"
        self.at = found.end()
        plain = found[0][1:]
        return (plain if len(plain) == 1 and not plain.isalnum() else None), ""
