"""How a family puts a task together: asks and the reference grow side by side.

Of the optional parts so many are asked for that the wanted difficulty is often reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from iac_gym.category import Draft, Reference
from iac_gym.check import Requirement
from iac_gym.draw import Draw

#: About how many requirements a task of each difficulty has.
_AIMS = {2: 4.5, 3: 6.5, 4: 9.0, 5: 12.5}
#: How often an optional part is asked for below and from the level that it belongs to.
_RARE, _LIKELY = 0.07, 0.78


@dataclass(frozen=True)
class Extra:
    """An optional part of a task: about `weight` requirements, added by `make`."""

    name: str
    weight: float
    make: Callable[..., None]


def choose(draw: Draw, asked: int, extras: Sequence[Extra]) -> Iterator[Extra]:
    """Yield the optional parts to add to a task that asks for `asked` things already.

    The caller calls each one's `make` as it comes, with what its own families agree on.
    """
    expected = {level: asked + _RARE * sum(extra.weight for extra in extras) for level in _AIMS}
    for extra in extras:
        level = next((one for one in _AIMS if expected[one] < _AIMS[one]), 6)
        for other in _AIMS:
            if other >= level:
                expected[other] += (_LIKELY - _RARE) * extra.weight
        likely = draw.level >= level
        if draw.chance(f"with {extra.name}", _LIKELY if likely else _RARE):
            yield extra


class Recipe:
    """The asks of a task. A recipe of an environment adds what meets them.

    A family draws its parameters by name, asks for the core of its task, lets `grow` add optional
    parts, and ends with `draft`. The `make` of an extra gets the recipe itself.
    """

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.asks: list[Requirement] = []

    def ask(self, *asks: Requirement) -> None:
        """Add requirements, in the order they are said."""
        self.asks.extend(asks)

    def grow(self, extras: Sequence[Extra]) -> None:
        """Add optional parts, so many that the wanted difficulty is often reached.

        The first of `extras` come already at low levels, the last at the highest alone.
        """
        for extra in choose(self.draw, len(self.asks), extras):
            extra.make(self)

    def make_draft(
        self,
        openings: Sequence[str],
        reference: Reference,
        files: Sequence[tuple[str, str]] = (),
        given: Mapping[str, str] | None = None,
        mode: str = "create",
        beside: str = "",
    ) -> Draft:
        """Make the draft of the task (see `Draft` for the arguments)."""
        given = given or {}
        return Draft(tuple(openings), self.asks, reference, tuple(files), given, mode, beside)
