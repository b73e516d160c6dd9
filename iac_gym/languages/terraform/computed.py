"""Attributes that a data source works out from its own arguments, without any account.

Source: the documentation of `aws_iam_policy_document` (how its blocks become a policy's JSON).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from iac_gym.languages.terraform.types import refs_of, wholly_known
from iac_gym.languages.terraform.values import Encoded, Joined, Unknown, Value

if TYPE_CHECKING:
    from iac_gym.languages.terraform.resolved import Instance, ValueView, View

_LISTS = (
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
)


def _items(value: Value) -> list[Value]:
    return list(value) if isinstance(value, list) else []


def _one_or_all(items: list[Value]) -> Value:
    return items[0] if len(items) == 1 else items


def _principals(view: View | ValueView, block: str) -> Any:
    found: dict[str, list[Value]] = {}
    for inner in view.blocks(block):
        kind = str(inner.get("type"))
        found.setdefault(kind, []).extend(_items(inner.get("identifiers")))
    if "*" in found:
        return "*"
    return {kind: _one_or_all(items) for kind, items in found.items()}


def _conditions(view: View | ValueView) -> dict[str, dict[str, Value]]:
    found: dict[str, dict[str, Value]] = {}
    for inner in view.blocks("condition"):
        tests = found.setdefault(str(inner.get("test")), {})
        tests[str(inner.get("variable"))] = _one_or_all(_items(inner.get("values")))
    return found


def _statement(view: View | ValueView) -> dict[str, Value]:
    made: dict[str, Value] = {}
    if (sid := view.get("sid")) is not None:
        made["Sid"] = sid
    made["Effect"] = view.get("effect") or "Allow"
    for argument, key in _LISTS:
        if items := _items(view.get(argument)):
            made[key] = _one_or_all(items)
    for block, key in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        if found := _principals(view, block):
            made[key] = found
    if tests := _conditions(view):
        made["Condition"] = tests
    return made


#: Stand in for the unknown pieces of a JSON text while it is read; private-use characters.
_OPEN, _CLOSE = "\ue000", "\ue001"
_PIECE = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")


def _with_pieces(value: Any, pieces: list[Unknown]) -> Value:
    """Put the unknown pieces back into the strings of what was read."""
    if isinstance(value, dict):
        return {key: _with_pieces(item, pieces) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_pieces(item, pieces) for item in value]
    if not isinstance(value, str) or _OPEN not in value:
        return value
    parts = [
        pieces[int(part)] if place % 2 else part
        for place, part in enumerate(_PIECE.split(value))
        if part
    ]
    return parts[0] if len(parts) == 1 else Joined(tuple(parts))


def _without_pieces(value: Any, pieces: list[Unknown]) -> Any:
    """Put marks in place of the unknown pieces of a value that is encoded inside a text."""
    if isinstance(value, dict):
        return {key: _without_pieces(item, pieces) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_pieces(item, pieces) for item in value]
    if isinstance(value, Joined):
        return "".join(_without_pieces(part, pieces) for part in value.parts)
    if isinstance(value, Unknown):
        pieces.append(value)
        return f"{_OPEN}{len(pieces) - 1}{_CLOSE}"
    return value


def _piece(part: str | Unknown, pieces: list[Unknown]) -> str:
    """Write out a part of a JSON text."""
    if isinstance(part, Encoded) and part.form == "json":
        return json.dumps(_without_pieces(part.value, pieces), ensure_ascii=False)
    return str(_without_pieces(part, pieces))


def json_of(value: Value) -> Value:
    """Return what a value is the JSON of (unknown pieces inside strings), None if not known."""
    if isinstance(value, Encoded):
        return value.value if value.form == "json" else None
    pieces: list[Unknown] = []
    parts = value.parts if isinstance(value, Joined) else (value,)
    if not isinstance(value, (Joined, str)):
        return None
    try:
        read = json.loads("".join(_piece(part, pieces) for part in parts))
        return _with_pieces(read, pieces) if pieces else read
    except (ValueError, TypeError, RecursionError, IndexError):
        return None


def document_of(value: Value) -> dict[str, Value] | None:
    """Return the policy that a value is the JSON of, None where that is not known."""
    found = json_of(value)
    return found if isinstance(found, dict) else None


def _statements_of(values: Value) -> list[Value]:
    found = []
    for value in _items(values):
        document = document_of(value)
        inner = document.get("Statement") if document else None
        found += inner if isinstance(inner, list) else [inner] if inner else []
    return found


def policy_document(instance: Instance) -> Value:
    """Return the attribute `json` of an `aws_iam_policy_document`."""
    own = [_statement(view) for view in instance.blocks("statement")]
    sources = _statements_of(instance.get("source_policy_documents"))
    overrides = _statements_of(instance.get("override_policy_documents"))
    merged: list[Value] = []
    for statement in [*sources, *own, *overrides]:
        sid = statement.get("Sid") if isinstance(statement, dict) else None
        same = [i for i, one in enumerate(merged) if sid and one.get("Sid") == sid]
        if same:
            merged[same[0]] = statement
        elif isinstance(statement, dict):
            merged.append(statement)
    version = instance.get("version")
    document = {
        "Version": version if isinstance(version, str) else "2012-10-17",
        "Statement": merged,
    }
    if wholly_known(document) and not isinstance(version, Unknown):
        return json.dumps(document)
    return Encoded(document, refs_of(document))
