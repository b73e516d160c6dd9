"""What is there in each case: `Fn::If` and `AWS::NoValue` add and remove properties and items."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from iac_gym.languages.cloudformation.facts import Conditions
from iac_gym.languages.cloudformation.walk_base import NO_VALUE, State

#: Most conditions whose combinations are tried at one place.
_MOST_CONDITIONS = 5
_DEEPEST = 20
#: Most cases that are looked at in one template; beyond, nothing is said about what is present.
_MOST_CASES = 1_000
_CASES = "cases left"


def cases(value: Any, state: State) -> Iterator[tuple[Any, State]]:
    """Yield what a mapping or list holds in each case that can occur, with what holds then.

    Branches of `Fn::If` stand in place of the function; what is `AWS::NoValue` is left out.
    """
    names: dict[str, None] = {}
    items = value.values() if isinstance(value, dict) else value
    for item in items:
        if item.__class__ is not str and isinstance(item, dict):
            _conditions(item, names, 0)
    unknown = [name for name in names if name not in state.facts]
    if not names:
        yield _without_nothing(value), state
        return
    if len(unknown) > _MOST_CONDITIONS:
        return
    left = state.template.known
    left[_CASES] = left.get(_CASES, _MOST_CASES) - (1 << len(unknown))
    if left[_CASES] < 0:
        return
    for said in itertools.product((True, False), repeat=len(unknown)):
        facts = {**state.facts, **dict(zip(unknown, said, strict=True))}
        if unknown and not possible(state, facts):
            continue
        yield (
            _chosen(value, facts),
            State(state.template, facts, state.composite, state.varies),
        )


def possible(state: State, facts: dict[str, bool]) -> bool:
    """Whether conditions can be as said."""
    known = state.template.known.get("conditions together")
    if known is None:
        known = Conditions(state.template)
        state.template.known["conditions together"] = known
    answer: bool = known.can(facts)
    return answer


def _conditions(item: Any, names: dict[str, None], depth: int) -> None:
    parts = item.get("Fn::If")
    if len(item) == 1 and isinstance(parts, list) and len(parts) == 3 and depth < _DEEPEST:
        if parts[0].__class__ is str:
            names[parts[0]] = None
        for part in parts[1:]:
            if isinstance(part, dict):
                _conditions(part, names, depth + 1)


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        if NO_VALUE in value.values():
            return {key: item for key, item in value.items() if item != NO_VALUE}
        return value
    return [item for item in value if item != NO_VALUE] if NO_VALUE in value else value


def _chosen(value: Any, facts: dict[str, bool]) -> Any:
    if isinstance(value, dict):
        made = {key: _branch(item, facts, 0) for key, item in value.items()}
        return {key: item for key, item in made.items() if item != NO_VALUE}
    items = [_branch(item, facts, 0) for item in value]
    return [item for item in items if item != NO_VALUE]


def _branch(item: Any, facts: dict[str, bool], depth: int) -> Any:
    if isinstance(item, dict) and len(item) == 1 and depth < _DEEPEST:
        parts = item.get("Fn::If")
        if isinstance(parts, list) and len(parts) == 3 and parts[0].__class__ is str:
            return _branch(parts[1 if facts.get(parts[0], True) else 2], facts, depth + 1)
    return item
