"""The items of a loop, where they are known."""

from __future__ import annotations

from typing import Any

from iac_gym.formats.yaml import YamlMap
from iac_gym.languages.ansible.evaluate_values import UNKNOWN, Special
from iac_gym.languages.ansible.folding import Folder, Unknown

MOST_ITEMS = 200


def loop_variable(tree: YamlMap) -> tuple[str, str]:
    """Return the names of the variables of a task's loop: of the item, and of its index ('')."""
    control = tree.get("loop_control")
    if control.__class__ is not YamlMap:
        return "item", ""
    return str(control.get("loop_var") or "item"), str(control.get("index_var") or "")


def loop_items(kind: str, folder: Folder, written: Any) -> tuple[Any, ...] | None:
    """Return the items of a loop, None where they are not known."""
    value = folder.fold(written)
    if isinstance(value, (Unknown, Special)):
        return None
    found = _items(kind.rpartition(".")[2], value)
    if found is None or len(found) > MOST_ITEMS:
        return None
    return tuple(found)


def _items(kind: str, value: Any) -> list[Any] | None:
    """`with_items` flattens one level, `with_dict` gives pairs, `with_indexed_items` places."""
    if kind == "dict":
        value = value[0] if isinstance(value, list) and len(value) == 1 else value
        if not isinstance(value, dict):
            return None
        return [{"key": key, "value": one} for key, one in value.items()]
    if kind in ("loop", "list"):
        return value if isinstance(value, list) else None
    listed = value if isinstance(value, list) else [value]
    if kind == "items":
        return _flattened(listed, 1)
    if kind in ("flattened", "community.general.flattened"):
        return _flattened(listed, 20)
    if kind == "indexed_items":
        return [list(pair) for pair in enumerate(_flattened(listed, 1) or [])]
    if kind == "together":
        return [list(row) for row in zip(*_lists(listed), strict=False)]
    return _nested(_lists(listed)) if kind in ("nested", "cartesian") else None


def _lists(value: list[Any]) -> list[list[Any]]:
    return [one if isinstance(one, list) else [one] for one in value]


def _nested(lists: list[list[Any]]) -> list[Any] | None:
    rows: list[list[Any]] = [[]]
    for items in lists:
        if len(rows) * len(items) > MOST_ITEMS:
            return None
        rows = [[*row, item] for row in rows for item in items]
    return rows


def _flattened(value: list[Any], levels: int) -> list[Any] | None:
    found: list[Any] = []
    for one in value:
        if isinstance(one, Unknown) or one is UNKNOWN:
            if "{{" in str(one) and one is not UNKNOWN:  # may stand for a list
                return None
            found.append(one)
        elif isinstance(one, list):
            found += (_flattened(one, levels - 1) or []) if levels > 1 else one
        else:
            found.append(one)
    return found
