"""What the policy documents of AWS say, however they are written.

A document is a mapping, or JSON text (with unknown parts); `Statement` is a list or one mapping;
actions, resources and principals are lists or single values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from iac_gym.languages.cloudformation.folded import (
    Folded,
    Joined,
    Unknown,
    join,
    list_of,
    same,
    text_of,
)

_HOLE = re.compile("\ue000(\\d+)\ue001")
#: Longest JSON text that is read as a policy.
MOST_TEXT = 1 << 16


@dataclass(frozen=True)
class Statement:
    """One statement. `principals` are (kind, value) pairs, `*` as ("*", "*"); actions as written.

    `conditions` are (operator, key, value) triples. `inverted` marks NotAction, NotResource or
    NotPrincipal, whose values are those of the fields named without `Not`.
    """

    effect: str
    actions: tuple[str, ...]
    resources: tuple[Folded, ...]
    principals: tuple[tuple[str, Folded], ...]
    conditions: tuple[tuple[str, str, Folded], ...]
    inverted: bool
    sid: str = ""

    @property
    def is_allow(self) -> bool:
        """Whether it allows what it names."""
        return self.effect == "Allow" and not self.inverted

    def names(self, action: str) -> bool:
        """Whether it names an action itself (in any case), not by a wildcard."""
        wanted = action.lower()
        return any(one.lower() == wanted for one in self.actions)

    def allows(self, action: str) -> bool:
        """Whether it allows an action that it names itself (in any case), not by a wildcard."""
        return self.is_allow and self.names(action)

    def covers(self, action: str) -> bool:
        """Whether its actions include one, by name or by wildcard; inverted ones do not count."""
        wanted = action.lower()
        return not self.inverted and any(
            fnmatchcase(wanted, one.lower().replace("[", "[[]")) for one in self.actions
        )

    def trusts(self, kind: str, value: str) -> bool:
        """Whether it is for a principal: ("Service", "lambda.amazonaws.com")."""
        return any(one == kind and same(given, value) for one, given in self.principals)

    def has_condition(self, key: str, value: Folded, *operators: str) -> bool:
        """Whether it holds under a condition: ("aws:SecureTransport", "false", "Bool")."""
        return any(
            name.lower() == key.lower()
            and same(given, value)
            and (not operators or how in operators)
            for how, name, given in self.conditions
        )

    @property
    def for_everybody(self) -> bool:
        """Whether it names everybody as its principal."""
        return any(kind in ("*", "AWS") and value == "*" for kind, value in self.principals)

    @property
    def opens(self) -> bool:
        """Whether it allows something to everybody, under no condition."""
        return self.is_allow and self.for_everybody and not self.conditions


def document_of(value: Folded) -> dict[str, Any] | None:
    """Return a policy document: a mapping, or JSON text; None where it is neither."""
    if isinstance(value, str | Joined):
        value = _from_json(value)
    return value if isinstance(value, dict) else None


def statements(value: Folded) -> list[Statement]:
    """Return the statements of a policy document; none where it cannot be read."""
    document = document_of(value)
    found = list_of(document.get("Statement")) if document else []
    return [_statement(one) for one in found if isinstance(one, dict)]


def _from_json(value: str | Joined) -> Folded:
    """Read JSON text; unknown parts are put back where they stood."""
    parts = value.parts if isinstance(value, Joined) else (value,)
    holes = [part for part in parts if isinstance(part, Unknown)]
    count = iter(range(len(holes)))
    text = "".join(
        part if isinstance(part, str) else f"\ue000{next(count)}\ue001" for part in parts
    )
    if len(text) > MOST_TEXT or text.count("{") + text.count("[") > 2000:
        return None
    try:
        return _restored(json.loads(text), holes, 0)
    except (ValueError, RecursionError):
        return None


def _restored(tree: Any, holes: list[Unknown], depth: int) -> Folded:
    if depth > 60:
        return None
    if isinstance(tree, dict):
        return {key: _restored(item, holes, depth + 1) for key, item in tree.items()}
    if isinstance(tree, list):
        return [_restored(item, holes, depth + 1) for item in tree]
    if not isinstance(tree, str) or "\ue000" not in tree:
        return tree
    pieces = _HOLE.split(tree)
    known = [int(one) for one in pieces[1::2]]
    if any(index >= len(holes) for index in known):
        return tree
    return join(holes[int(one)] if at % 2 else one for at, one in enumerate(pieces))


def _principals(value: Folded) -> Iterator[tuple[str, Folded]]:
    if isinstance(value, dict):
        for kind, items in value.items():
            yield from ((str(kind), item) for item in list_of(items))
    elif value is not None:
        yield ("*", value)


def _conditions(value: Folded) -> Iterator[tuple[str, str, Folded]]:
    if isinstance(value, dict):
        for operator, pairs in value.items():
            if isinstance(pairs, dict):
                for key, items in pairs.items():
                    yield from ((str(operator), str(key), item) for item in list_of(items))


def _statement(given: dict[str, Any]) -> Statement:
    inverted = any(key in given for key in ("NotAction", "NotResource", "NotPrincipal"))
    actions = given.get("Action", given.get("NotAction"))
    return Statement(
        effect=text_of(given.get("Effect")),
        actions=tuple(text_of(one) or str(one) for one in list_of(actions)),
        resources=tuple(list_of(given.get("Resource", given.get("NotResource")))),
        principals=tuple(_principals(given.get("Principal", given.get("NotPrincipal")))),
        conditions=tuple(_conditions(given.get("Condition"))),
        inverted=inverted,
        sid=text_of(given.get("Sid")),
    )
