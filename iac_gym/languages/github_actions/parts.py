"""Smaller parts of jobs: containers, environments, concurrency groups, calls of workflows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.languages.github_actions.uses import Uses, read_uses
from iac_gym.languages.github_actions.values import is_scalar, items_of, pairs_of, text_of


@dataclass(frozen=True, slots=True)
class Container:
    """A job container or a service. `ports` and `volumes` are texts as written."""

    image: str
    env: dict[str, str] = field(default_factory=dict)
    ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    options: str = ""
    credentials: dict[str, str] = field(default_factory=dict)
    mark: Mark = (0, 0)


def read_container(tree: YamlMap, key: Any) -> Container | None:
    """Return the container below a key, from a text or a mapping; None where there is none."""
    value = tree.get(key)
    if value is None:
        return None
    mark = tree.marks[key]
    if value.__class__ is not YamlMap:
        return Container(text_of(value), mark=mark) if is_scalar(value) and value != "" else None
    return Container(
        text_of(value.get("image")),
        pairs_of(value, "env"),
        tuple(item.text for item in items_of(value, "ports")),
        tuple(item.text for item in items_of(value, "volumes")),
        text_of(value.get("options")),
        pairs_of(value, "credentials"),
        mark,
    )


@dataclass(frozen=True, slots=True)
class Environment:
    """A deployment environment."""

    name: str
    url: str = ""
    mark: Mark = (0, 0)


def read_environment(tree: YamlMap) -> Environment | None:
    """Return the environment of a job, from a text or a mapping."""
    value = tree.get("environment")
    if value is None:
        return None
    mark = tree.marks["environment"]
    if value.__class__ is YamlMap:
        return Environment(text_of(value.get("name")), text_of(value.get("url")), mark)
    return Environment(text_of(value), mark=mark) if text_of(value) else None


@dataclass(frozen=True, slots=True)
class Concurrency:
    """A concurrency group; `cancel` is `cancel-in-progress` as text ("true", an expression, "")."""

    group: str
    cancel: str = ""
    queue: str = ""
    mark: Mark = (0, 0)


def read_concurrency(tree: YamlMap) -> Concurrency | None:
    """Return the concurrency of a workflow or a job, from a text or a mapping."""
    value = tree.get("concurrency")
    if value is None:
        return None
    mark = tree.marks["concurrency"]
    if value.__class__ is YamlMap:
        cancel = text_of(value.get("cancel-in-progress"))
        return Concurrency(text_of(value.get("group")), cancel, text_of(value.get("queue")), mark)
    return Concurrency(text_of(value), mark=mark) if text_of(value) else None


@dataclass(frozen=True, slots=True)
class ReusableCall:
    """A call of a reusable workflow: `inputs` is `with`, by lower-case name."""

    uses: Uses
    inputs: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    inherits: bool = False
    mark: Mark = (0, 0)


def read_call(tree: YamlMap) -> ReusableCall | None:
    """Return the call of a job, None where it has no `uses`."""
    text = text_of(tree.get("uses"))
    if not text:
        return None
    mark = tree.marks["uses"]
    return ReusableCall(
        read_uses(text, mark),
        {name.lower(): value for name, value in pairs_of(tree, "with").items()},
        pairs_of(tree, "secrets"),
        tree.get("secrets") == "inherit",
        mark,
    )
