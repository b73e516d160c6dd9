"""Values of an evaluation: those that are not known, and what counts as true."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Lookup = Callable[[str], Any]


class Special:
    """A value that stands for none."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        """Its name."""
        return self.name


#: What only a run can tell; a variable that nothing sets; the special variable `omit`.
UNKNOWN = Special("UNKNOWN")
UNDEFINED = Special("UNDEFINED")
OMIT = Special("OMIT")


class Unknown(str):
    """The text of a value that is not (wholly) known: unknown parts stay as `{{ ... }}`."""

    __slots__ = ()


def is_known(value: Any, depth: int = 6) -> bool:
    """Whether a value is known wholly, what is in it included."""
    if value.__class__ is Special or value.__class__ is Unknown:
        return False
    if isinstance(value, dict):
        return depth > 0 and all(is_known(one, depth - 1) for one in value.values())
    if isinstance(value, (list, tuple)):
        return depth > 0 and all(is_known(one, depth - 1) for one in value)
    return True


def truth(value: Any) -> bool | None:
    """Whether a value counts as true, None where it is not known."""
    if value.__class__ is Special or value.__class__ is Unknown:
        return None
    return bool(value)


def same(left: Any, right: Any) -> bool:
    """Whether two values are equal as Jinja compares them."""
    return bool(left == right)
