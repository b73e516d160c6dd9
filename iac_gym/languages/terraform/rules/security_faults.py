"""How rules about security are made: a predicate says what is wrong with one thing.

Requirements that ask for security use the same predicates, strictly: what is not known before the
apply is no finding of a rule, but no fulfilment of a requirement either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from iac_gym.languages.terraform.known import is_false, is_true, is_unknown
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance, ValueView, View
from iac_gym.languages.terraform.values import Value
from iac_gym.verdict import Finding

#: What is wrong: where, and what (the rest of a sentence about the thing).
Fault = tuple[int, str]
#: Says what is wrong with a thing; strictly: what is not known is wrong.
Predicate = Callable[[Instance, bool], Iterable[Fault]]


def report(model: Configuration, predicate: Predicate, *types: str) -> Iterator[Finding]:
    """Yield a finding for each fault of the instances of some resource types."""
    for kind in types:
        for thing in model.resolved().instances(kind):
            for at, message in predicate(thing, False):
                yield model.finding(at, f"`{thing.address[:80]}` {message}")


def said_at(thing: View | ValueView, path: str) -> list[tuple[Value, int]]:
    """Return (value, offset) of a dotted path; (None, the offset of the thing) where no block is.

    A nested block that does not set the attribute counts with None.
    """
    *outer, name = path.split(".")
    views: list[View | ValueView] = [thing]
    for kind in outer:
        views = [inner for view in views for inner in view.blocks(kind)]
    return [(view.get(name), view.where(name)) for view in views] or [(None, thing.at)]


def holds(
    path: str, right: Callable[[Value], bool], message: str, *, absent: bool = False
) -> Predicate:
    """Make a predicate: the value at a path is right; `absent` says whether none at all is."""

    def faults(thing: Instance, strict: bool) -> Iterator[Fault]:
        for value, at in said_at(thing, path):
            fine = absent if value is None else right(value)
            if is_unknown(value):
                fine = not strict
            if not fine:
                yield at, message

    return faults


def on(path: str, message: str, *, absent: bool = False) -> Predicate:
    """Make a predicate: the switch at a path is on; `absent` says whether it is by default."""
    return holds(path, is_true, message, absent=absent)


def off(path: str, message: str, *, absent: bool = True) -> Predicate:
    """Make a predicate: the switch at a path is off; `absent` says whether it is by default."""
    return holds(path, is_false, message, absent=absent)


def one_of(path: str, allowed: Iterable[str], message: str, *, absent: bool = False) -> Predicate:
    """Make a predicate: the text at a path is one of some."""
    fine = frozenset(allowed)
    return holds(path, lambda value: str(value) in fine, message, absent=absent)


def none_of(path: str, forbidden: Iterable[str], message: str, *, absent: bool = True) -> Predicate:
    """Make a predicate: the text at a path is none of some."""
    wrong = frozenset(forbidden)
    return holds(path, lambda value: str(value) not in wrong, message, absent=absent)


def both(*predicates: Predicate) -> Predicate:
    """Make a predicate of several, which must all hold."""

    def faults(thing: Instance, strict: bool) -> Iterator[Fault]:
        for predicate in predicates:
            yield from predicate(thing, strict)

    return faults
