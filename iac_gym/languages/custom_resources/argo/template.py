"""One template of a workflow, and how lists by name and values of parameters are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.lazy import lazy
from iac_gym.languages.custom_resources.argo.graph import ancestors
from iac_gym.languages.kubernetes.model import KubeObject, Path, as_list, as_map, as_text
from iac_gym.languages.kubernetes.rules.views import entries
from iac_gym.verdict import Finding

KINDS = (
    "container",
    "containerSet",
    "steps",
    "script",
    "resource",
    "dag",
    "suspend",
    "data",
    "http",
    "plugin",
)


def text_of(value: Any) -> str | None:
    """Return a parameter's value as the text that Argo puts in; None for no single value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"{value:g}" if isinstance(value, float) else str(value)
    return value if isinstance(value, str) else None


def named(tree: Any) -> dict[str, dict[Any, Any]]:
    """Return the mappings of a list by their `name`; the first of a name counts."""
    found: dict[str, dict[Any, Any]] = {}
    for entry in as_list(tree):
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            found.setdefault(entry["name"], entry)
    return found


@dataclass(frozen=True)
class Template:
    """One template: `tree` stands at `path` of `item`."""

    name: str
    tree: dict[Any, Any] = field(repr=False)
    item: KubeObject = field(repr=False)
    path: Path
    own: dict[Any, Any] = field(default_factory=dict, repr=False)  # without `templateDefaults`

    @lazy
    def kinds(self) -> list[str]:
        """The kinds of template that it has; a valid one has exactly one."""
        return [kind for kind in KINDS if self.tree.get(kind) is not None]

    @lazy
    def kind(self) -> str:
        """The kind of template, '' if there is none."""
        return self.kinds[0] if self.kinds else ""

    @lazy
    def inputs(self) -> dict[str, dict[Any, Any]]:
        """The input parameters by name."""
        return named(as_map(self.tree.get("inputs")).get("parameters"))

    @lazy
    def outputs(self) -> dict[str, dict[Any, Any]]:
        """The output parameters by name."""
        return named(as_map(self.tree.get("outputs")).get("parameters"))

    @lazy
    def input_artifacts(self) -> dict[str, dict[Any, Any]]:
        """The input artifacts by name."""
        return named(as_map(self.tree.get("inputs")).get("artifacts"))

    @lazy
    def output_artifacts(self) -> dict[str, dict[Any, Any]]:
        """The output artifacts by name."""
        return named(as_map(self.tree.get("outputs")).get("artifacts"))

    @lazy
    def container(self) -> dict[Any, Any]:
        """The main container or script; empty for other kinds."""
        return as_map(self.tree.get("container")) or as_map(self.tree.get("script"))

    @lazy
    def tasks(self) -> list[tuple[Path, dict[Any, Any]]]:
        """The tasks of a DAG: (path in the template, task)."""
        return entries(as_map(self.tree.get("dag")).get("tasks"), ("dag", "tasks"))

    @lazy
    def before(self) -> Mapping[str, frozenset[str]]:
        """The names of the tasks that come before each task of a DAG."""
        return ancestors({as_text(task.get("name")): task for _, task in self.tasks})

    def finding(self, message: str, *path: str | int, hint: str = "") -> Finding:
        """Make a finding at a place inside the template."""
        return self.item.finding(message, *self.path, *path, hint=hint)
