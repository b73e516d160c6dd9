"""Checks made of schemas: `allOf`, `anyOf`, `oneOf`, `not`, `contains`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from iac_gym.languages.cloudformation.walk_base import (
    UNKNOWN,
    Check,
    Place,
    Sink,
    State,
    judge,
)

if TYPE_CHECKING:
    from iac_gym.languages.cloudformation.walk import Compiler
    from iac_gym.languages.cloudformation.walk_further import Further


def logic_checks(
    compiler: Compiler, schema: Mapping[str, Any], below: Further | None
) -> list[Check]:
    """Return the checks for values of any kind that are made of other schemas."""
    found: list[Check] = []
    for part in schema.get("&", ()):
        made = compiler.compile(part, None)
        found += [made] if made else []
    if "A" in schema:
        found.append(_any_of(compiler, schema["A"]))
    if "O" in schema:
        found.append(_one_of(compiler, schema["O"]))
    if "!" in schema:
        found.append(_not(compiler, schema["!"]))
    if "C" in schema:
        found.append(_contains(compiler, schema["C"]))
    return found


def _parts(compiler: Compiler, schemas: Sequence[Any]) -> list[Check | None]:
    return [compiler.compile(part, None) for part in schemas]


def _any_of(compiler: Compiler, schemas: Sequence[Any]) -> Check:
    parts = _parts(compiler, schemas)

    def check(value: Any, place: Place, out: Sink, state: State) -> None:
        unknown = False
        for part in parts:
            answer = part is None or judge(part, value, place, state)
            if answer:
                return
            unknown = unknown or answer is None
        out.append(UNKNOWN if unknown else (place, "anyOf", schemas, value))

    return check


def _one_of(compiler: Compiler, schemas: Sequence[Any]) -> Check:
    parts = _parts(compiler, schemas)

    def check(value: Any, place: Place, out: Sink, state: State) -> None:
        fit, unknown = 0, False
        for part in parts:
            answer = part is None or judge(part, value, place, state)
            fit += answer is True
            unknown = unknown or answer is None
        if unknown and fit < 2:
            out.append(UNKNOWN)
        elif fit != 1:
            out.append((place, "oneOf", (schemas, fit), value))

    return check


def _not(compiler: Compiler, schema: Any) -> Check:
    part = compiler.compile(schema, None)

    def check(value: Any, place: Place, out: Sink, state: State) -> None:
        answer = part is None or judge(part, value, place, state)
        if answer is None:
            out.append(UNKNOWN)
        elif answer:
            out.append((place, "not", schema, value))

    return check


def _contains(compiler: Compiler, schema: Any) -> Check:
    part = compiler.compile(schema, None)

    def check(value: Any, place: Place, out: Sink, state: State) -> None:
        if not isinstance(value, list) or part is None:
            return
        answers = [judge(part, item, (place, at), state) for at, item in enumerate(value)]
        if True not in answers:
            out.append(UNKNOWN if None in answers else (place, "contains", schema, value))

    return check
