"""Slips of the pen: two names that differ by one letter."""

from __future__ import annotations

from collections.abc import Collection

_SHORTEST = 5
_MOST_NAMES = 2_000


def slip_of(name: str, known: Collection[str]) -> str:
    """Return a name that is one slip away: a letter too many, too few, wrong, or two swapped."""
    if len(name) < _SHORTEST or len(known) > _MOST_NAMES:
        return ""
    for other in sorted(known):
        if abs(len(other) - len(name)) <= 1 and _is_slip(name, other):
            return other
    return ""


def _is_slip(name: str, other: str) -> bool:
    start = 0
    while start < min(len(name), len(other)) and name[start] == other[start]:
        start += 1
    left, right = name[start:], other[start:]
    if left.lower() == right.lower():
        return True
    if len(left) == len(right):
        swapped = len(left) > 1 and left[:2] == right[1::-1] and left[2:] == right[2:]
        one = left[1:] == right[1:] and left[:1].isalpha() and right[:1].isalpha()
        inside = start > 0 and name[start - 1] != "_"  # `db_a` and `db_b` are two names
        return swapped or (one and inside and len(left) > 1)
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    if longer[1:] != shorter:
        return False
    # `user` and `users`, `port` and `port2` are two names, not a slip
    if longer[0] == "s" and shorter[:1] in ("", "_"):
        return False
    return longer[0].isalpha() and bool(shorter)
