"""Checks of lists: their items, and the first ones by place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from iac_gym.languages.cloudformation.walk_base import NO_VALUE, Check, Place, Sink, State

if TYPE_CHECKING:
    from iac_gym.languages.cloudformation.walk import Compiler
    from iac_gym.languages.cloudformation.walk_further import Further


def list_check(
    compiler: Compiler, schema: Mapping[str, Any], below: Further | None
) -> Check | None:
    """Return the check of the items of a list, None where they may be anything."""
    if "*" not in schema and "P" not in schema:
        return None
    item_below = below.at("*") if below else None
    first = [compiler.compile(part, item_below) for part in schema.get("P", ())]
    rest = schema.get("*", True)
    each = compiler.compile(rest, item_below)
    count = len(first)

    def check(value: Any, place: Place, out: Sink, state: State) -> None:
        varies = state.varies
        for index, item in enumerate(value):
            test = first[index] if index < count else each
            if test is not None and not (varies and item == NO_VALUE):
                test(item, (place, index), out, state)

    return check if each is not None or any(first) else None
