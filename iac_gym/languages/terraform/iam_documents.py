"""What a policy document of AWS says, however it is written.

A document may be JSON text, `jsonencode`, or the data source `aws_iam_policy_document`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from iac_gym.languages.terraform.computed import document_of
from iac_gym.languages.terraform.values import Value


@dataclass(frozen=True)
class Statement:
    """One statement. `principals` are (kind, value) pairs, `*` as ("*", "*"); actions as written.

    `inverted` marks NotAction, NotResource or NotPrincipal.
    """

    effect: str
    actions: tuple[str, ...]
    resources: tuple[Value, ...]
    principals: tuple[tuple[str, Value], ...]
    conditions: tuple[tuple[str, str, Value], ...]
    inverted: bool

    def allows(self, action: str) -> bool:
        """Whether it allows an action that it names itself (in any case, not by a wildcard)."""
        named = {one.lower() for one in self.actions}
        return self.effect == "Allow" and not self.inverted and action.lower() in named

    def trusts(self, kind: str, value: str) -> bool:
        """Whether it is for a principal: ("Service", "lambda.amazonaws.com")."""
        return (kind, value) in self.principals

    @property
    def for_everybody(self) -> bool:
        """Whether it names everybody as its principal."""
        return any(kind in ("*", "AWS") and value == "*" for kind, value in self.principals)

    @property
    def opens(self) -> bool:
        """Whether it allows something to everybody, under no condition."""
        return self.effect == "Allow" and self.for_everybody and not self.conditions


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _principals(value: Value) -> Iterator[tuple[str, Value]]:
    if isinstance(value, dict):
        for kind, items in value.items():
            yield from ((str(kind), item) for item in _list(items))
    elif value is not None:
        yield ("*", value)


def _conditions(value: Value) -> Iterator[tuple[str, str, Value]]:
    if isinstance(value, dict):
        for test, pairs in value.items():
            if isinstance(pairs, dict):
                for key, items in pairs.items():
                    yield from ((str(test), str(key), item) for item in _list(items))


def _statement(given: dict[str, Any]) -> Statement:
    return Statement(
        effect=str(given.get("Effect", "")),
        actions=tuple(str(one) for one in _list(given.get("Action"))),
        resources=tuple(_list(given.get("Resource"))),
        principals=tuple(_principals(given.get("Principal"))),
        conditions=tuple(_conditions(given.get("Condition"))),
        inverted=any(key in given for key in ("NotAction", "NotResource", "NotPrincipal")),
    )


def statements(value: Value) -> list[Statement]:
    """Return the statements of a policy document; none where it cannot be read."""
    document = document_of(value)
    found = _list(document.get("Statement")) if document else []
    return [_statement(one) for one in found if isinstance(one, dict)]


def all_statements(values: Iterable[Value]) -> list[Statement]:
    """Return the statements of several documents."""
    return [one for value in values for one in statements(value)]
