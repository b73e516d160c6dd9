"""How rules about security are written: predicates over resolved resources, by type.

`@secure("AWS::S3::Bucket")` makes a rule of a predicate `(item) -> Iterator[Finding]`; a template
pays for the predicates of the types that it has. Predicates speak about known values only: what
depends on a parameter without a default is not reported.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator

from iac_gym.check import Rule
from iac_gym.languages.cloudformation.folded import Folded, Unknown, is_true
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item, Stack, resolve
from iac_gym.verdict import Finding, Stage

Predicate = Callable[[Item], Iterator[Finding]]
Whole = Callable[[Stack], Iterator[Finding]]
Found = dict[str, list[Finding]]

_BY_TYPE: dict[str, list[tuple[str, Predicate]]] = {}
_WHOLE: list[tuple[str, Whole]] = []
_KNOWN = "security"


def secure(*types: str) -> Callable[[Predicate], Rule]:
    """Make a rule of a predicate over the resources of some types."""

    def decorate(predicate: Predicate) -> Rule:
        made = _rule(predicate)
        for kind in types:
            _BY_TYPE.setdefault(kind, []).append((made.name, predicate))
        return made

    return decorate


def secure_stack(predicate: Whole) -> Rule:
    """Make a rule of a predicate over the whole stack."""
    made = _rule(predicate)
    _WHOLE.append((made.name, predicate))
    return made


def _rule(predicate: Callable[..., Iterator[Finding]]) -> Rule:
    name = predicate.__name__.replace("_", "-")

    def check(template: Template) -> list[Finding]:
        return findings(template).get(name, [])

    return Rule(Stage.SECURITY, name, check, inspect.cleandoc(predicate.__doc__ or ""))


def findings(template: Template) -> Found:
    """Return what the rules about security find in a template, by rule; worked out once."""
    found: Found | None = template.known.get(_KNOWN)
    if found is None:
        found = template.known[_KNOWN] = _findings(resolve(template))
    return found


def _findings(stack: Stack) -> Found:
    found: Found = {}
    for item in stack.possible.values():
        for name, predicate in _BY_TYPE.get(item.type, ()):
            for one in predicate(item):
                found.setdefault(name, []).append(one)
    for name, whole in _WHOLE:
        for one in whole(stack):
            found.setdefault(name, []).append(one)
    return found


def violations(item: Item, rule: Rule) -> list[Finding]:
    """Return what a rule finds in one resource: for requirements about that resource."""
    known = dict(_BY_TYPE.get(item.type, ()))
    return list(known[rule.name](item)) if rule.name in known else []


def is_on(value: Folded) -> bool:
    """Whether a switch is on, or cannot be known."""
    return is_true(value) or isinstance(value, Unknown)


def is_set(value: Folded) -> bool:
    """Whether a value is there and not empty (an unknown one counts)."""
    return value is not None and value not in ("", [], {})


def names_for(types: frozenset[str]) -> frozenset[str]:
    """Return the names of the rules that can find something in resources of these types."""
    found = {name for kind in types for name, _ in _BY_TYPE.get(kind, ())}
    return frozenset(found | {name for name, _ in _WHOLE})
