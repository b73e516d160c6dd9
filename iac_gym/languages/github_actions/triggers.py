"""What starts a workflow: `on` as {event: Trigger}, whether it is a text, a list or a mapping."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.github_actions.filters import matches
from iac_gym.languages.github_actions.values import (
    is_scalar,
    items_of,
    map_of,
    text_of,
)

#: The activities that start a workflow where `types` says nothing; all of them for other events.
DEFAULT_TYPES = dict.fromkeys(
    ("pull_request", "pull_request_target"), ("opened", "synchronize", "reopened")
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """One entry of `schedule`."""

    cron: str
    timezone: str = ""
    mark: Mark = (0, 0)


@dataclass(frozen=True, slots=True)
class Input:
    """One input of `workflow_dispatch`, of `workflow_call` or of an action.

    `default` is None where none is given. `type` is "string" where nothing is said.
    """

    name: str
    type: str = "string"
    required: bool = False
    default: str | None = None
    options: tuple[str, ...] = ()
    description: str = ""
    deprecated: bool = False
    mark: Mark = (0, 0)


@dataclass(frozen=True)
class Trigger:
    """One event with its filters.

    `filters` holds what is written, by key ("branches", "paths-ignore", "types", "workflows", ...).
    `inputs`, `secrets` (name -> required) and `outputs` (name -> value) are those of
    `workflow_dispatch` and `workflow_call`.
    """

    event: str
    mark: Mark
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    schedules: tuple[Schedule, ...] = ()
    inputs: dict[str, Input] = field(default_factory=dict)
    secrets: dict[str, bool] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def types(self) -> tuple[str, ...]:
        """The activities that start the workflow; empty = every activity of the event."""
        return self.filters.get("types", ()) or DEFAULT_TYPES.get(self.event, ())

    @property
    def crons(self) -> tuple[str, ...]:
        """The cron expressions of `schedule`, with single spaces."""
        return tuple(" ".join(one.cron.split()) for one in self.schedules)

    def on_branch(self, branch: str) -> bool:
        """Whether the event on a branch (the base branch of a pull request) starts the workflow.

        A push trigger with `tags` alone does not start on branches.
        """
        return self._on(branch, "branches", "tags")

    def on_tag(self, tag: str) -> bool:
        """Whether a push of a tag starts the workflow."""
        return self._on(tag, "tags", "branches")

    def starts(self, branch: str = "", tag: str = "") -> bool:
        """Whether the event, on a branch or a tag where one is given, starts the workflow."""
        return (not branch or self.on_branch(branch)) and (not tag or self.on_tag(tag))

    def on_path(self, path: str) -> bool:
        """Whether a change of this one file starts the workflow."""
        return self._on(path, "paths", "")

    def on_type(self, activity: str) -> bool:
        """Whether an activity starts the workflow."""
        return not self.types or activity in self.types

    def _on(self, name: str, wanted: str, other: str) -> bool:
        filters = self.filters
        if wanted in filters:
            return matches(filters[wanted], name)
        if f"{wanted}-ignore" in filters:
            return not matches(filters[f"{wanted}-ignore"], name)
        return not (other and (other in filters or f"{other}-ignore" in filters))


def read_triggers(tree: YamlMap) -> dict[str, Trigger]:
    """Return the triggers of a workflow, or of nothing where `on` is missing or wrong."""
    value = tree.get("on")
    if value.__class__ is YamlMap:
        return {
            text_of(event): _trigger(text_of(event), settings, value.key_marks[event])
            for event, settings in value.items()
        }
    return {item.text: Trigger(item.text, item.mark) for item in items_of(tree, "on")}


def _trigger(event: str, settings: Any, mark: Mark) -> Trigger:
    if event == "schedule":
        return Trigger(event, mark, schedules=_schedules(settings))
    if settings.__class__ is not YamlMap:
        return Trigger(event, mark)
    filters = {
        text_of(key): _texts(settings, key)
        for key, value in settings.items()
        if key not in ("inputs", "secrets", "outputs")
    }
    if event not in ("workflow_dispatch", "workflow_call"):
        return Trigger(event, mark, filters)
    return Trigger(
        event,
        mark,
        filters,
        inputs=read_inputs(settings),
        secrets=_secrets(map_of(settings, "secrets")),
        outputs=_outputs(map_of(settings, "outputs")),
    )


def _texts(settings: YamlMap, key: str) -> tuple[str, ...]:
    return tuple(item.text for item in items_of(settings, key))


def _schedules(settings: Any) -> tuple[Schedule, ...]:
    if settings.__class__ is not YamlList:
        return ()
    return tuple(
        Schedule(
            text_of(entry.get("cron")),
            text_of(entry.get("timezone")),
            entry.marks.get("cron", entry.mark),
        )
        for entry in settings
        if entry.__class__ is YamlMap
    )


def read_inputs(settings: YamlMap) -> dict[str, Input]:
    """Return the inputs below `inputs`."""
    inputs = map_of(settings, "inputs")
    return {
        text_of(name): _input(text_of(name), value, inputs.key_marks[name])
        for name, value in inputs.items()
    }


def _input(name: str, value: Any, mark: Mark) -> Input:
    if value.__class__ is not YamlMap:
        return Input(name, mark=mark)
    default = value.get("default")
    return Input(
        name,
        text_of(value.get("type")) or "string",
        text_of(value.get("required")) == "true",
        text_of(default) if default is not None and is_scalar(default) else None,
        tuple(item.text for item in items_of(value, "options")),
        text_of(value.get("description")),
        bool(value.get("deprecationMessage")),
        mark,
    )


def _secrets(secrets: YamlMap) -> dict[str, bool]:
    return {
        text_of(name): value.__class__ is YamlMap and value.get("required") is True
        for name, value in secrets.items()
    }


def _outputs(outputs: YamlMap) -> dict[str, str]:
    return {
        text_of(name): text_of(value.get("value")) if value.__class__ is YamlMap else ""
        for name, value in outputs.items()
    }
