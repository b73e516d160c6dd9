"""What every function module builds on: errors, registration, and typed results."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from iac_gym.languages.terraform.types import ListValue
from iac_gym.languages.terraform.values import STRING, Type, Value


class FunctionError(Exception):
    """A call that the real tool refuses. `argument` is the index of the one to blame.

    `named` says whether the message needs the function's name before it.
    """

    def __init__(
        self, message: str, argument: int | None = None, hint: str = "", *, named: bool = True
    ) -> None:
        super().__init__(message)
        self.argument = argument
        self.hint = hint
        self.named = named


class TooLarge(Exception):
    """A result that is not worth its size: the call gives an unknown value."""


class Implementation(NamedTuple):
    """A function in Python.

    `takes`: "known" - nothing unknown at any depth; "shallow" - known arguments, whose parts may be
    unknown; "all" - anything. With less known, the result is unknown, of the type that `kind`
    returns for the arguments (it may raise `FunctionError`), or of the signature's.
    """

    run: Callable[..., Value]
    takes: str
    kind: Callable[..., Type] | None
    scoped: bool


IMPLEMENTATIONS: dict[str, Implementation] = {}


def implements(
    *names: str, takes: str = "known", kind: Callable[..., Type] | None = None, scoped: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function under names. `scoped`: its first argument is the scope."""

    def register(run: Callable[..., Any]) -> Callable[..., Any]:
        for name in names:
            IMPLEMENTATIONS[name] = Implementation(run, takes, kind, scoped)
        return run

    return register


def strings(items: Iterable[str]) -> ListValue:
    """Return a list of strings."""
    return ListValue(items, STRING)


def whole(number: int | float, argument: int | None = None) -> int:
    """Return a whole number, or raise."""
    if not math.isfinite(number) or number != int(number):
        raise FunctionError("a whole number is required", argument)
    if abs(number) >= 1 << 63:
        raise FunctionError("this number is too large", argument)
    return int(number)
