"""A Gymnasium space of any Unicode text, cheap to check and to sample."""

from __future__ import annotations

import string
from typing import Any

from gymnasium import spaces

_SAMPLED = string.ascii_letters + string.digits + " \n:-_./\"'{}[]#é→"


class UnicodeText(spaces.Text):
    """Every `str` of 0 to `max_length` characters.

    `gymnasium.spaces.Text` needs an explicit character set: its default holds no space and no
    newline, and one of all Unicode takes seconds to build. This subclass checks type and length
    only, in constant time, and samples short strings.
    """

    def __init__(self, max_length: int, *, seed: int | None = None) -> None:
        super().__init__(max_length, min_length=0, charset=_SAMPLED, seed=seed)

    def contains(self, x: Any) -> bool:
        """Whether `x` is a string of a permitted length."""
        return isinstance(x, str) and len(x) <= self.max_length

    def sample(self, mask: Any = None, probability: Any = None) -> str:
        """Draw a string of up to 64 characters; masks are not supported."""
        length = int(self.np_random.integers(0, min(64, self.max_length) + 1))
        places = self.np_random.integers(0, len(_SAMPLED), size=length)
        return "".join(_SAMPLED[place] for place in places)

    def __repr__(self) -> str:
        """Show the length alone."""
        return f"UnicodeText({self.max_length})"

    def __eq__(self, other: object) -> bool:
        """Two spaces are equal when they allow the same length."""
        return isinstance(other, UnicodeText) and self.max_length == other.max_length

    __hash__ = None  # type: ignore[assignment]  # as every Gymnasium space
