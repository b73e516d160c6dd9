"""A compiled pipeline as rules and requirements read it.

`Pipeline.tasks` are the tasks that the root really reaches, through nested DAGs: each a `Task` with
its component, its container (image, command, arguments, resources), what runs before it, its
condition, and where its inputs come from. Tasks of components that nothing refers to are not among
them. A component that several tasks use gives a task each.

Keys may be written in camel case or as in the proto (`componentRef`, `component_ref`); `field`
reads both. Trees may be of any shape: everything here is total.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.lazy import lazy
from iac_gym.formats.yaml import Mark, YamlMap, find
from iac_gym.languages.kfp.proto import pack
from iac_gym.verdict import Finding

Path = tuple[str | int, ...]
#: How deep DAGs may stand in DAGs, and how many tasks are unfolded.
MOST_NESTED, MOST_TASKS = 20, 500
#: The old parameter types and those that replaced them.
_OLD_TYPES = {"INT": "NUMBER_INTEGER", "DOUBLE": "NUMBER_DOUBLE", "STRING": "STRING"}


def snake(name: str) -> str:
    """Return the proto's spelling of a JSON name: `componentRef` is `component_ref`."""
    return "".join("_" + c.lower() if c.isupper() else c for c in name)


def get(tree: Any, *names: str) -> Any:
    """Follow names of fields (in either spelling) and keys; None where a step is missing."""
    for name in names:
        if not isinstance(tree, dict):
            return None
        value = tree.get(name)
        tree = tree.get(snake(name)) if value is None else value
    return tree


def as_map(value: Any) -> dict[Any, Any]:
    """Return the value if it is a mapping, an empty one otherwise."""
    return value if isinstance(value, dict) else {}


def as_text(value: Any) -> str:
    """Return the value if it is a string, '' otherwise."""
    return value if isinstance(value, str) else ""


def texts(value: Any) -> list[str]:
    """Return the strings of a list."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def entries(tree: Any, *names: str) -> Iterator[tuple[str, dict[Any, Any]]]:
    """Yield (key, mapping) of a mapping of mappings."""
    for key, value in as_map(get(tree, *names)).items():
        if isinstance(key, str):
            yield key, as_map(value)


def type_of(parameter: dict[Any, Any]) -> str:
    """Return the type of a declared parameter, '' where it says none."""
    found = get(parameter, "parameterType")
    if isinstance(found, int):
        known = pack().enums["ParameterTypeEnum"]
        found = next((name for name, number in known.items() if number == found), "")
    return as_text(found) or _OLD_TYPES.get(as_text(parameter.get("type")), "")


@dataclass(eq=False)
class Task:
    """A task of a DAG that is reached from the root.

    `scope` holds the tasks that run beside it by name; `parent` is the task whose component is the
    DAG in which this one stands.
    """

    name: str
    tree: dict[Any, Any]
    component_name: str
    component: dict[Any, Any]
    executor: dict[Any, Any]
    parent: Task | None
    scope: dict[str, Task] = field(repr=False)

    @property
    def container(self) -> dict[Any, Any]:
        """The container of its executor, empty for a DAG or an importer."""
        return as_map(get(self.executor, "container"))

    @property
    def display_name(self) -> str:
        """The name in `taskInfo`, that of the task where there is none."""
        return as_text(get(self.tree, "taskInfo", "name")) or self.name

    @property
    def condition(self) -> str:
        """The condition of its trigger policy, '' without one."""
        return as_text(get(self.tree, "triggerPolicy", "condition"))

    @property
    def runs_always(self) -> bool:
        """Whether it also runs after failures (an exit task)."""
        return bool(get(self.tree, "triggerPolicy", "strategy") == "ALL_UPSTREAM_TASKS_COMPLETED")

    @property
    def cached(self) -> bool:
        """Whether an earlier result may be reused."""
        return get(self.tree, "cachingOptions", "enableCache") is True

    @lazy
    def given(self) -> list[str]:
        """The names of the tasks beside it that must end first, in the order of the text."""
        found = texts(get(self.tree, "dependentTasks"))
        for _, entry in entries(self.tree, "inputs", "parameters"):
            found.append(as_text(get(entry, "taskOutputParameter", "producerTask")))
            found.append(as_text(get(entry, "taskFinalStatus", "producerTask")))
        for _, entry in entries(self.tree, "inputs", "artifacts"):
            found.append(as_text(get(entry, "taskOutputArtifact", "producerTask")))
        return [name for name in dict.fromkeys(found) if name]

    @lazy
    def before(self) -> frozenset[str]:
        """The names of all the tasks beside it that must end first, directly or not."""
        found: dict[str, None] = {}
        stack = [*self.given]
        while stack:
            name = stack.pop()
            if name not in found and name in self.scope:
                found[name] = None
                stack += self.scope[name].given
        return frozenset(found)

    @lazy
    def line(self) -> list[Task]:
        """The task, its parent, and so on up to a task of the root."""
        found = [self]
        while found[-1].parent is not None:
            found.append(found[-1].parent)
        return found

    def after(self, other: Task) -> bool:
        """Whether it starts only when the other one has ended."""
        mine = {id(one.scope): one for one in self.line}
        for one in other.line:
            own = mine.get(id(one.scope))
            if own is not None:
                return one.name in own.before
        return False


@dataclass
class Pipeline:
    """A pipeline spec: its tree, its platform spec ({} without one), and what is wrong with it."""

    tree: YamlMap
    file: str
    platform: dict[Any, Any] = field(default_factory=dict)
    faults: dict[str, list[Finding]] = field(default_factory=dict)

    def note(self, rule: str, message: str, place: Mark) -> None:
        """Note a finding of a rule."""
        self.faults.setdefault(rule, []).append(Finding(message, self.file, *place))

    def mark(self, *path: str | int) -> Mark:
        """Return the place of the deepest step of a path that exists, in either spelling."""
        steps: list[str | int] = []
        tree: Any = self.tree
        for step in path:
            if isinstance(step, str) and isinstance(tree, dict) and step not in tree:
                step = snake(step)
            steps.append(step)
            tree, _ = find(self.tree, tuple(steps))
        return find(self.tree, tuple(steps))[1]

    def finding(self, message: str, *path: str | int) -> Finding:
        """Make a finding at a path."""
        return Finding(message, self.file, *self.mark(*path))

    @lazy
    def name(self) -> str:
        """`pipelineInfo.name`."""
        return as_text(get(self.tree, "pipelineInfo", "name"))

    @lazy
    def root(self) -> dict[Any, Any]:
        """The root component."""
        return as_map(get(self.tree, "root"))

    @lazy
    def components(self) -> dict[str, dict[Any, Any]]:
        """The components by name."""
        return dict(entries(self.tree, "components"))

    @lazy
    def executors(self) -> dict[str, dict[Any, Any]]:
        """The executors by label."""
        return dict(entries(self.tree, "deploymentSpec", "executors"))

    @lazy
    def parameters(self) -> dict[str, dict[Any, Any]]:
        """The parameters of the pipeline by name."""
        return dict(entries(self.root, "inputDefinitions", "parameters"))

    @lazy
    def tasks(self) -> list[Task]:
        """Every task that the root reaches."""
        found: list[Task] = []
        self._unfold(self.root, None, found)
        return found

    def _unfold(self, component: dict[Any, Any], parent: Task | None, found: list[Task]) -> None:
        above = parent.line if parent is not None else []
        scope: dict[str, Task] = {}
        for name, tree in entries(component, "dag", "tasks"):
            if len(found) >= MOST_TASKS:
                return
            label = as_text(get(tree, "componentRef", "name"))
            own = self.components.get(label, {})
            executor = self.executors.get(as_text(get(own, "executorLabel")), {})
            task = Task(name, tree, label, own, executor, parent, scope)
            scope[name] = task
            found.append(task)
            repeated = any(one.component_name == label for one in above)
            if len(above) < MOST_NESTED and not repeated:
                self._unfold(own, task, found)

    def named(self, name: str) -> list[Task]:
        """Return the tasks of a name (as a key, or in `taskInfo`)."""
        return [one for one in self.tasks if name in (one.name, one.display_name)]
