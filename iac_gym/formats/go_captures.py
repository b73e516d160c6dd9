"""Groups of a match of Go's regular expressions, and what they are put into.

`captured` gives the groups, as Prometheus matches (`.` is any character, line ends too); `expanded`
is Go's `regexp.Expand`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from iac_gym.formats.go_regexp import GoRegexpError, go_regexp

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


def captured(pattern: str, value: str) -> dict[str, str]:
    """Return the groups of a match of the whole value. Raises `Unplayable`."""
    try:
        found = go_regexp(f"(?s:{pattern})").groups(value)
    except GoRegexpError:
        found = None
    if found is None:
        raise Unplayable("the regular expression does not fit, or is too large to be played")
    return found
