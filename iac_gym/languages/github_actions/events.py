"""What holds for `on` beyond the schema: filters, schedules, inputs of a run by hand or by call."""

from __future__ import annotations

from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.github_actions.cron import SHORTEST, cron_fault, shortest_interval
from iac_gym.languages.github_actions.schema import Fault, Faults
from iac_gym.languages.github_actions.values import has_expression, is_scalar, map_of, text_of

#: Most inputs of `workflow_dispatch`.
MOST_INPUTS = 25
_EITHER = ("branches", "tags", "paths")


def check_events(tree: YamlMap, out: Faults) -> None:
    """Examine the triggers of a workflow."""
    if "on" not in tree:
        return
    value = tree["on"]
    if value.__class__ in (YamlMap, YamlList) and not value:
        out.append(Fault("an-event-starts-it", tree.marks["on"], "`on` names no event"))
    if value.__class__ is not YamlMap:
        return
    for event, settings in value.items():
        if event == "schedule":
            _check_schedule(settings, out)
        elif settings.__class__ is YamlMap:
            _check_filters(settings, out)
            if event in ("workflow_dispatch", "workflow_call"):
                _check_inputs(map_of(settings, "inputs"), event, out)


def _check_schedule(entries: Any, out: Faults) -> None:
    for entry in entries if entries.__class__ is YamlList else ():
        if entry.__class__ is not YamlMap or not is_scalar(entry.get("cron")):
            continue
        cron = text_of(entry.get("cron"))
        if not cron:
            continue
        mark = entry.marks["cron"]
        if fault := cron_fault(cron):
            out.append(Fault("schedules-are-cron", mark, fault))
        elif shortest_interval(cron) < SHORTEST:
            message = f"the service starts scheduled runs every {SHORTEST} minutes at most"
            out.append(Fault("schedules-are-not-too-dense", mark, message))


def _check_filters(settings: YamlMap, out: Faults) -> None:
    for name in _EITHER:
        if name in settings and f"{name}-ignore" in settings:
            mark = settings.key_marks[f"{name}-ignore"]
            message = f"`{name}` and `{name}-ignore` cannot both be given for one event"
            hint = f"write what is to be left out as `!pattern` in `{name}`"
            out.append(Fault("filters-exclude-each-other", mark, message, hint))


def _check_inputs(inputs: YamlMap, event: str, out: Faults) -> None:
    if event == "workflow_dispatch" and len(inputs) > MOST_INPUTS:
        message = f"there are {len(inputs)} inputs; at most {MOST_INPUTS} are allowed"
        out.append(Fault("inputs-are-few", inputs.mark, message))
    for name, settings in inputs.items():
        if settings.__class__ is YamlMap:
            _check_input(settings, inputs.key_marks[name], out)


def _check_input(settings: YamlMap, mark: Mark, out: Faults) -> None:
    kind = text_of(settings.get("type")) or "string"
    options = settings.get("options")
    if kind == "choice" and not options:
        out.append(Fault("choices-have-options", mark, "an input of type choice needs `options`"))
    if kind != "choice" and options is not None:
        message = f"`options` are for inputs of type choice, this one is of type {kind[:30]}"
        out.append(Fault("choices-have-options", settings.key_marks["options"], message))
    default = settings.get("default")
    if default is None or not is_scalar(default) or has_expression(text_of(default)):
        return
    text = text_of(default)
    if (kind == "boolean" and text not in ("true", "false")) or (
        kind == "number" and not _is_number(text)
    ):
        wanted = "true or false" if kind == "boolean" else "a number"
        message = f"the default of an input of type {kind} must be {wanted}, not `{text[:40]}`"
        out.append(Fault("defaults-have-their-type", settings.marks["default"], message))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
