"""The roles that an answer holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.yaml import YamlList, YamlMap
from iac_gym.languages.ansible.written import Entry

_NONE: Mapping[str, Any] = {}


@dataclass(slots=True)
class Role:
    """One role: `tasks_by_file` maps names of task files ("main", "install") to entries.

    `defaults` and `vars` are the values of `main` as written. `meta` and `argument_specs` are the
    mappings of `meta/`. `files` has the paths of all files of the role.
    """

    name: str
    folder: str
    tasks_by_file: dict[str, list[Entry]] = field(default_factory=dict)
    handlers: list[Entry] = field(default_factory=list)
    defaults: dict[str, Any] = field(default_factory=dict)
    vars: dict[str, Any] = field(default_factory=dict)
    vars_files: dict[str, Any] = field(default_factory=dict)
    meta: YamlMap = field(default_factory=YamlMap)
    argument_specs: Mapping[str, Any] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    @property
    def tasks(self) -> list[Entry]:
        """The entries of `tasks/main.yml`."""
        return self.task_file("main")

    def task_file(self, name: str) -> list[Entry]:
        """Return the entries of a file of tasks, named with or without its ending."""
        for ending in ("", ".yml", ".yaml", ".json"):
            if name.endswith(ending) and name.removesuffix(ending) in self.tasks_by_file:
                return self.tasks_by_file[name.removesuffix(ending)]
        return []

    @property
    def allow_duplicates(self) -> bool:
        """Whether the role may run more than once in a play."""
        return self.meta.get("allow_duplicates") is True

    @property
    def galaxy_info(self) -> Mapping[str, Any]:
        """What `meta/main.yml` tells Galaxy."""
        given = self.meta.get("galaxy_info")
        return given if given.__class__ is YamlMap else _NONE

    @property
    def dependencies(self) -> list[Any]:
        """The entries of `dependencies` as written."""
        given = self.meta.get("dependencies")
        return given if given.__class__ is YamlList else []

    def file(self, folder: str, name: str) -> str:
        """Return the path of a file in `templates` or `files`, '' where there is none."""
        path = f"{self.folder}/{folder}/{name}".lstrip("/")
        return path if path in self.files else ""
