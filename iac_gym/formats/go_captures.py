"""Groups of a match of Go's regular expressions, and what they are put into.

`captured` plays the patterns that mean the same to Python and raises `Unplayable` for others;
`expanded` is Go's `regexp.Expand`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

__all__ = ["Unplayable", "captured", "expanded"]


class Unplayable(Exception):
    """The groups of a regular expression are not played here."""


_VARIABLE = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})", re.ASCII)


def expanded(template: str, groups: Mapping[str, str]) -> str:
    """Put groups into a replacement, as Go's `regexp.Expand` does."""

    def put(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        return groups.get(name, "") if name else "$"

    return _VARIABLE.sub(put, template) if "$" in template else template


#: Expressions that mean the same to Python: no flags inside, no classes of RE2's own.
_SHARED = re.compile(
    r"(?:[^\\()\[\]*+?{}|^$]|\\[dwsDWS.\-/:+*?()\[\]{}|^$\\]|\[\^?[\w\-./:+*@;,= ]+\]"
    r"|\((?:\?:|\?P<\w+>)?|\)|[*+?]\??|\{\d+(?:,\d*)?\}|\||\^|\$)*",
    re.ASCII,
)
#: A group that is repeated without end and contains a repetition.
_NESTED = re.compile(r"\)(?:[*+]|\{\d+,\d*\})")
_MOST_LOOPS, _MOST_VALUE = 4, 100


def captured(pattern: str, value: str) -> dict[str, str]:
    """Return the groups of a match of the whole value. Raises `Unplayable`."""
    loops = sum(1 for char in pattern if char in "*+{")
    if loops > _MOST_LOOPS or len(value) > _MOST_VALUE or _NESTED.search(pattern):
        raise Unplayable("the regular expression is too elaborate")
    if not _SHARED.fullmatch(pattern):
        raise Unplayable("the regular expression is not played here")
    found = _compiled(pattern).fullmatch(value)
    if found is None:
        raise Unplayable("the regular expression is not played here")
    groups = {str(index + 1): text or "" for index, text in enumerate(found.groups())}
    groups["0"] = value
    groups.update({name: text or "" for name, text in found.groupdict().items()})
    return groups


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.DOTALL | re.ASCII)
    except (re.error, OverflowError, RecursionError):
        raise Unplayable("the regular expression is not played here") from None
