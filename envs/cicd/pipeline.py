"""How a CI/CD task is put together: asks and the reference grow side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from iac_gym.category import Draft, Reference
from iac_gym.check import Requirement
from iac_gym.draw import Draw
from iac_gym.extras import Extra, choose

__all__ = ["Extra", "Recipe"]


class Recipe:
    """The asks of a task. Each service's recipe adds the pipeline that meets them.

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
    ) -> Draft:
        """Make the draft of the task; `mode` is "create", or "edit" or "repair" of `given`."""
        return Draft(tuple(openings), self.asks, reference, tuple(files), given or {}, mode)
