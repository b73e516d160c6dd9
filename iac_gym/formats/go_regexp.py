"""Regular expressions of Go (RE2) as Prometheus and its relatives use them: whole texts must fit.

`go_regexp` reads a pattern or says why Go refuses it; `GoRegexp.fullmatch` tells whether a whole
text fits, in time linear in the text. The reader and the matcher are those of the Go templates.
"""

from __future__ import annotations

import re
from functools import lru_cache

from iac_gym.formats.gotemplate.errors import Unbounded
from iac_gym.formats.gotemplate.regex import Pattern, compile_regex
from iac_gym.formats.gotemplate.regex import RegexError as GoRegexpError

__all__ = ["GoRegexp", "GoRegexpError", "go_regexp", "regexp_error"]

#: Longest pattern that is read.
MOST_TEXT = 20_000
#: Patterns that Go certainly accepts, told without reading them.
_SIMPLE = re.compile(r"(?:[\w\-/:, @=%#~]|\.[*+?]?|\\[.\-/]|\|)*", re.ASCII)
#: Alternatives without any special sign.
_PLAIN = re.compile(r"[\w\-/:, @=%#~|]*", re.ASCII)


@lru_cache(maxsize=4096)
def go_regexp(pattern: str) -> GoRegexp:
    """Read a pattern. Raises `GoRegexpError`."""
    if len(pattern) > MOST_TEXT:
        raise GoRegexpError(f"it is longer than {MOST_TEXT} characters")
    if not _SIMPLE.fullmatch(pattern):
        compile_regex(pattern)
    return GoRegexp(pattern)


def regexp_error(pattern: str) -> str:
    """Return why Go refuses a pattern, '' if it accepts it."""
    try:
        go_regexp(pattern)
    except GoRegexpError as error:
        return str(error)
    return ""


class GoRegexp:
    """A pattern that Go accepts."""

    __slots__ = ("_whole", "pattern")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._whole: Pattern | frozenset[str] | None = None

    def fullmatch(self, text: str) -> bool:
        """Whether the whole text fits. A pattern too large to be played fits nothing."""
        whole = self._compiled()
        return text in whole if isinstance(whole, frozenset) else _found(whole, text) is not None

    def groups(self, text: str) -> dict[str, str] | None:
        """Return what the groups hold, by number ("0" is all of it) and by name; "" for none.

        None where the text does not fit.
        """
        whole = self._compiled()
        if isinstance(whole, frozenset):
            return {"0": text} if text in whole else None
        found = _found(whole, text)
        if found is None:
            return None
        pairs = zip(found[::2], found[1::2], strict=True)
        held = [text[start:end] if start >= 0 else "" for start, end in pairs]
        numbered = {str(number): one for number, one in enumerate(held)}
        return numbered | {name: held[number] for name, number in whole.names.items()}

    def _compiled(self) -> Pattern | frozenset[str]:
        if self._whole is None:
            if _PLAIN.fullmatch(self.pattern):
                self._whole = frozenset(self.pattern.split("|"))
            else:
                self._whole = Pattern(rf"\A(?:{self.pattern})\z")
        return self._whole


def _found(pattern: Pattern, text: str) -> tuple[int, ...] | None:
    try:
        return pattern.search(text)
    except Unbounded:
        return None
