"""Flows written in a resource: stages of pipelines, states of machines, schedules.

As in `services`, only what is written out is looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from iac_gym.languages.cloudformation.model import Resource, Template

#: Path below the properties, message.
_Finding = tuple[tuple[Any, ...], str]


def _list(holder: Any, key: str) -> list[Any]:
    found = holder.get(key) if isinstance(holder, dict) else None
    return found if isinstance(found, list) else []


def _has_condition(value: Any) -> bool:
    return isinstance(value, dict) and any(str(key).startswith("Fn::") for key in value)


def pipeline(resource: Resource, template: Template) -> Iterator[_Finding]:
    """Tell what is wrong with the actions and artifacts of a pipeline."""
    stages = resource.properties.get("Stages")
    if not isinstance(stages, list):
        return
    known: set[str] = set()
    sure = True
    for index, stage in enumerate(stages):
        for at, action in enumerate(_list(stage, "Actions")):
            path = ("Stages", index, "Actions", at)
            yield from _category(action, index, path)
            sure = sure and not _has_condition(action)
            for kind in ("InputArtifacts", "OutputArtifacts"):
                for place, artifact in enumerate(_list(action, kind)):
                    name = artifact.get("Name") if isinstance(artifact, dict) else None
                    sure = sure and name.__class__ is str
                    if not sure:
                        continue
                    where = (*path, kind, place, "Name")
                    if kind == "OutputArtifacts":
                        if name in known:
                            yield where, f"an action before gives the artifact `{name}` already"
                        known.add(str(name))
                    elif name not in known:
                        yield where, f"no action before gives the artifact `{name}`"
        sure = sure and not _has_condition(stage)


def _category(action: Any, stage: int, path: tuple[Any, ...]) -> Iterator[_Finding]:
    kind = action.get("ActionTypeId") if isinstance(action, dict) else None
    category = kind.get("Category") if isinstance(kind, dict) else None
    if category.__class__ is not str:
        return
    where = (*path, "ActionTypeId", "Category")
    if stage == 0 and category != "Source":
        yield where, "the first stage has actions of the category `Source` only"
    elif stage and category not in _CATEGORIES:
        yield where, f"after the first stage, the category `{category[:40]}` is not allowed"


_CATEGORIES = frozenset({"Approval", "Build", "Compute", "Deploy", "Invoke", "Test"})


_STATES = frozenset({"Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"})


def machine(resource: Resource, template: Template) -> Iterator[_Finding]:
    """Tell what is wrong with the states of a state machine."""
    given = resource.properties
    for key in ("Definition", "DefinitionString"):
        machine = given.get(key)
        if machine.__class__ is str and "{{" not in machine and "${" not in machine:
            try:
                machine = json.loads(machine)
            except (ValueError, RecursionError):
                continue
        if isinstance(machine, dict) and not _is_function(machine):
            yield from ((((key, *path), message)) for path, message in _states(machine))


def _is_function(value: Any) -> bool:
    return isinstance(value, dict) and any(
        key == "Ref" or str(key).startswith("Fn::") for key in value
    )


def _states(machine: Any) -> Iterator[_Finding]:
    states, start = machine.get("States"), machine.get("StartAt")
    if states is None or start is None:
        missing = "States" if states is None else "StartAt"
        yield (), f"a state machine needs `{missing}`"
        return
    if not isinstance(states, dict) or _is_function(states):
        return
    if start.__class__ is str and start not in states:
        yield ("StartAt",), f"there is no state `{start[:80]}`"
    for name, state in states.items():
        if not isinstance(state, dict) or _is_function(state):
            continue
        kind = state.get("Type")
        if kind is None or (kind.__class__ is str and kind not in _STATES):
            yield ("States", name), f"the state `{str(name)[:80]}` needs a `Type` that exists"
        for key in ("Next", "Default"):
            after = state.get(key)
            if after.__class__ is str and after not in states:
                yield ("States", name, key), f"there is no state `{after[:80]}`"


_RATE = re.compile(r"rate\((\S+) (\S+)\)")
_UNITS = ("minute", "hour", "day")


def schedule(resource: Resource, template: Template) -> Iterator[_Finding]:
    """Tell what is wrong with the schedule of a rule."""
    text = resource.properties.get("ScheduleExpression")
    if text.__class__ is not str or "{{" in text or not text:
        return
    message = ""
    if text.startswith("rate(") and text.endswith(")"):
        message = _rate(text)
    elif text.startswith("cron(") and text.endswith(")"):
        message = _cron(text[5:-1].split(" "))
    else:
        message = "a schedule is `rate(...)` or `cron(...)`"
    if message:
        yield ("ScheduleExpression",), message


def _rate(text: str) -> str:
    found = _RATE.fullmatch(text)
    if found is None:
        return "a rate is a number and a unit: `rate(5 minutes)`"
    count, unit = found.groups()
    if not count.isdecimal() or len(count) > 9 or int(count) < 1:
        return "the number of a rate is a whole one above 0"
    if unit.rstrip("s") not in _UNITS or unit.endswith("ss"):
        return "the unit of a rate is minute, minutes, hour, hours, day or days"
    if (int(count) == 1) == unit.endswith("s"):
        return "a rate of 1 has a unit in the singular, any other in the plural"
    return ""


def _cron(fields: list[str]) -> str:
    if len(fields) != 6:
        return f"a cron schedule has 6 fields, not {len(fields)}"
    if (fields[2] == "?") == (fields[4] == "?"):
        return "in a cron schedule one of day of month and day of week is `?`"
    return ""
