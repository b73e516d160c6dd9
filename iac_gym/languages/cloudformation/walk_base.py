"""What the walk over properties is made of: places, states, errors, judgements of three kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from iac_gym.languages.cloudformation.model import Template

#: A place in a tree as a chain (parent, step): cheap to extend, unrolled only for an error.
Place = Any
#: (place, keyword of the schema, its value, what was found).
Error = tuple[Place, str, Any, Any]
#: Errors, and UNKNOWN for what depends on a value that is known only when the stack is made.
Sink = list[Any]
UNKNOWN: Final = ("unknown",)

#: The functions that may stand for a value.
FUNCTIONS = frozenset(
    {
        "Ref",
        *(
            f"Fn::{name}"
            for name in (
                "Base64", "Cidr", "Contains", "FindInMap", "GetAtt", "GetAZs", "GetStackOutput",
                "If", "ImportValue", "Join", "Length", "Select", "Split", "Sub", "ToJsonString",
                "Transform",
            )
        ),
    }
)  # fmt: skip
NO_VALUE = {"Ref": "AWS::NoValue"}
PSEUDO = frozenset(
    f"AWS::{name}"
    for name in (
        "AccountId", "NoValue", "NotificationARNs", "Partition", "Region", "StackId", "StackName",
        "URLSuffix",
    )
)  # fmt: skip


class State:
    """What a walk knows besides the value.

    `facts` are the conditions known to hold (or not) here. In a `composite` (below `oneOf`, `not`,
    `if` and in further checks) a function is UNKNOWN. `varies`: the template removes properties
    with `AWS::NoValue`, so that what is present depends on conditions.
    """

    __slots__ = ("_inner", "composite", "facts", "template", "varies")

    def __init__(
        self, template: Template, facts: dict[str, bool], composite: bool, varies: bool
    ) -> None:
        self.template = template
        self.facts = facts
        self.composite = composite
        self.varies = varies
        self._inner: State | None = None

    @property
    def inner(self) -> State:
        """The composite state of the same place."""
        if self.composite:
            return self
        if self._inner is None:
            self._inner = State(self.template, self.facts, True, self.varies)
        return self._inner

    def under(self, name: str, holds: bool) -> State:
        """Return the state in a branch where a condition holds, or does not."""
        return State(self.template, {**self.facts, name: holds}, self.composite, self.varies)


Check = Callable[[Any, Place, Sink, State], None]


def judge(check: Check, value: Any, place: Place, state: State) -> bool | None:
    """Say whether a value passes; None where that depends on a value that is not known."""
    found: Sink = []
    check(value, place, found, state.inner)
    if not found:
        return True
    return None if UNKNOWN in found else False


def function_of(value: Any) -> str:
    """Return the name of the function that a mapping is, "" for one that is none."""
    if len(value) == 1:
        name = next(iter(value))
        if name in FUNCTIONS:
            return str(name)
    return ""


def path_of(place: Place) -> tuple[Any, ...]:
    """Unroll a place into a path."""
    steps = []
    while place is not None:
        place, step = place
        steps.append(step)
    return tuple(reversed(steps))
