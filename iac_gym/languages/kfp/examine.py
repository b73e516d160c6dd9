"""Everything that can be wrong with a pipeline spec, found in one walk and kept by rule.

The rules follow the API server (`backend/src/apiserver/template/v2_template.go`), its compiler
(`backend/src/v2/compiler`) and the driver, which resolves inputs when a task starts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.languages.kfp.model import (
    Path,
    Pipeline,
    as_map,
    as_text,
    entries,
    get,
    texts,
    type_of,
)
from iac_gym.languages.kfp.proto import check_message

_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_VERSION = "2.1.0"
#: Types whose values may stand for one another.
_ALIKE = ({"NUMBER_INTEGER", "NUMBER_DOUBLE"}, {"STRUCT", "TASK_FINAL_STATUS"})
_FITS: dict[str, Callable[[Any], bool]] = {
    "STRING": lambda value: isinstance(value, str),
    "BOOLEAN": lambda value: isinstance(value, (bool, str)),
    "NUMBER_INTEGER": lambda value: (
        isinstance(value, (int, float, str)) and not isinstance(value, bool)
    ),
    "NUMBER_DOUBLE": lambda value: (
        isinstance(value, (int, float, str)) and not isinstance(value, bool)
    ),
    "LIST": lambda value: isinstance(value, (list, str)),
    "STRUCT": lambda value: isinstance(value, (dict, str)),
}


def examine(pipeline: Pipeline) -> None:
    """Note every fault of a pipeline."""
    check_message(pipeline.tree, "PipelineSpec", pipeline.note)
    deployment = get(pipeline.tree, "deploymentSpec")
    if isinstance(deployment, YamlMap):
        check_message(deployment, "PipelineDeploymentConfig", partial(_lenient, pipeline))
    if isinstance(pipeline.platform, YamlMap):
        check_message(pipeline.platform, "PlatformSpec", pipeline.note)
    _header(pipeline)
    for name, component in [("", pipeline.root), *pipeline.components.items()]:
        _component(pipeline, component, ("components", name) if name else ("root",), name or "root")
    _executors(pipeline)
    _unused(pipeline)


def _lenient(pipeline: Pipeline, rule: str, message: str, place: Mark) -> None:
    """Note a fault of the deployment spec, of which the compiler ignores unknown fields."""
    pipeline.note("ignored-fields" if rule == "known-fields" else rule, message, place)


def _header(pipeline: Pipeline) -> None:
    version = get(pipeline.tree, "schemaVersion")
    if version != _VERSION:
        message = f"the schema version is {version!r}, only {_VERSION} is supported"[:120]
        pipeline.note("schema-version", message, pipeline.mark("schemaVersion"))
    if not _NAME.search(pipeline.name):
        message = f"{pipeline.name[:40]!r} is no name for a pipeline"
        pipeline.note("pipeline-name", message, pipeline.mark("pipelineInfo", "name"))
    if not isinstance(get(pipeline.tree, "root"), dict):
        pipeline.note("root-component", "there is no root component", pipeline.mark())


def _component(pipeline: Pipeline, component: dict[Any, Any], path: Path, name: str) -> None:
    label = as_text(get(component, "executorLabel"))
    dag = get(component, "dag")
    if label:
        if label not in pipeline.executors:
            message = f"`{name}` refers to the executor `{label}`, which does not exist"
            pipeline.note("known-executors", message, pipeline.mark(*path, "executorLabel"))
    elif not isinstance(dag, dict):
        if name != "root" or isinstance(get(pipeline.tree, "root"), dict):
            message = f"`{name}` has neither an executor nor a DAG"
            pipeline.note("implementation", message, pipeline.mark(*path))
    else:
        _Dag(pipeline, component, (*path, "dag"), name).check()
    for key, parameter in entries(component, "inputDefinitions", "parameters"):
        default, kind = get(parameter, "defaultValue"), type_of(parameter)
        if default is not None and not _FITS.get(kind, lambda value: True)(default):
            at = (*path, "inputDefinitions", "parameters", key, "defaultValue")
            message = f"the default of `{key}` is not of the type {kind}"
            pipeline.note("parameter-types", message, pipeline.mark(*at))


class _Dag:
    """The checks of one DAG."""

    def __init__(
        self, pipeline: Pipeline, component: dict[Any, Any], path: Path, name: str
    ) -> None:
        self.pipeline, self.component, self.path, self.name = pipeline, component, path, name
        self.tasks = dict(entries(component, "dag", "tasks"))

    def note(self, rule: str, message: str, *path: str | int) -> None:
        self.pipeline.note(rule, message, self.pipeline.mark(*self.path, *path))

    def check(self) -> None:
        exits = [
            name
            for name, task in self.tasks.items()
            if get(task, "triggerPolicy", "strategy") == "ALL_UPSTREAM_TASKS_COMPLETED"
        ]
        if len(exits) == len(self.tasks):
            self.note("tasks-given", f"the DAG of `{self.name}` has no task")
        for name, task in self.tasks.items():
            self._task(name, task)
        self._cycles()
        self._outputs()

    def _known(self, task: dict[Any, Any]) -> dict[Any, Any] | None:
        return self.pipeline.components.get(as_text(get(task, "componentRef", "name")))

    def _task(self, name: str, task: dict[Any, Any]) -> None:
        path = ("tasks", name)
        reference = as_text(get(task, "componentRef", "name"))
        if reference not in self.pipeline.components:
            message = f"the task `{name}` refers to the component {reference!r}, which is missing"
            self.note("known-components", message, *path, "componentRef", "name")
        for other in texts(get(task, "dependentTasks")):
            if other not in self.tasks:
                message = f"`{name}` depends on `{other}`, which is no task beside it"
                self.note("known-tasks", message, *path, "dependentTasks")
        self._inputs(name, task)

    def _inputs(self, name: str, task: dict[Any, Any]) -> None:
        wanted = self._known(task)
        for part in ("parameters", "artifacts"):
            given = dict(entries(task, "inputs", part))
            declared = dict(entries(wanted, "inputDefinitions", part)) if wanted else None
            for key, entry in given.items():
                at = ("tasks", name, "inputs", part, key)
                if declared is not None and key not in declared:
                    message = f"the component of `{name}` has no input `{key}` among its {part}"
                    self.note("declared-inputs", message, *at)
                kind = type_of(declared[key]) if declared and key in declared else ""
                self._source(name, part, entry, kind, at)
            iterated = {
                as_text(get(task, "parameterIterator", "itemInput")),
                as_text(get(task, "artifactIterator", "itemInput")),
            }
            for key, entry in (declared or {}).items():
                default = get(entry, "defaultValue") is not None or get(entry, "isOptional") is True
                automatic = type_of(entry) in ("TASK_CONFIG",)
                if key not in given and key not in iterated and not default and not automatic:
                    message = f"`{name}` does not give the input `{key}` of its component"
                    self.note("inputs-given", message, "tasks", name, "inputs")

    def _source(
        self, name: str, part: str, entry: dict[Any, Any], kind: str, at: tuple[str, ...]
    ) -> None:
        """Check where an input comes from: it exists, and its type fits."""
        one = "Parameter" if part == "parameters" else "Artifact"
        outer = get(entry, f"componentInput{one}")
        produced = get(entry, f"taskOutput{one}")
        if isinstance(outer, str):
            declared = dict(entries(self.component, "inputDefinitions", part))
            if outer not in declared:
                message = f"`{name}` takes the input `{outer}`, which `{self.name}` does not have"
                self.note("known-inputs", message, *at)
            else:
                self._fits(name, at, entry, kind, type_of(declared[outer]))
        elif isinstance(produced, dict):
            self._produced(name, part, entry, kind, at)
        status = get(entry, "taskFinalStatus", "producerTask")
        if isinstance(status, str) and status not in self.tasks:
            self.note("known-tasks", f"`{status}` is no task beside `{name}`", *at)
        self._constant(name, entry, kind, at)

    def _produced(
        self, name: str, part: str, entry: dict[Any, Any], kind: str, at: tuple[str, ...]
    ) -> None:
        one = "Parameter" if part == "parameters" else "Artifact"
        source = get(entry, f"taskOutput{one}")
        producer = as_text(get(source, "producerTask"))
        key = as_text(get(source, f"output{one}Key"))
        if producer not in self.tasks:
            self.note("known-tasks", f"`{producer}` is no task beside `{name}`", *at)
            return
        component = self._known(self.tasks[producer])
        declared = dict(entries(component, "outputDefinitions", part)) if component else None
        if declared is not None and key not in declared:
            message = f"the task `{producer}` has no output `{key}` among its {part}"
            self.note("known-outputs", message, *at)
        elif declared and self._plain(self.tasks[producer]):
            self._fits(name, at, entry, kind, type_of(declared[key]))

    @staticmethod
    def _plain(task: dict[Any, Any]) -> bool:
        """Whether a task runs once: the outputs of an iterated one are collected in lists."""
        return get(task, "parameterIterator") is None and get(task, "artifactIterator") is None

    def _fits(
        self, name: str, at: tuple[str, ...], entry: dict[Any, Any], wanted: str, found: str
    ) -> None:
        same = wanted == found or {wanted, found} in _ALIKE
        if wanted and found and not same and not get(entry, "parameterExpressionSelector"):
            message = f"an input of `{name}` is {wanted}, what it is given is {found}"
            self.note("parameter-types", message, *at)

    def _constant(self, name: str, entry: dict[Any, Any], kind: str, at: tuple[str, ...]) -> None:
        value = get(entry, "runtimeValue", "constant")
        if value is not None and not _FITS.get(kind, lambda value: True)(value):
            message = f"an input of `{name}` is {kind}, the constant is of another type"
            self.note("parameter-types", message, *at)

    def _needs(self, name: str) -> Iterator[str]:
        task = self.tasks[name]
        yield from texts(get(task, "dependentTasks"))
        for part, one in (("parameters", "Parameter"), ("artifacts", "Artifact")):
            for _, entry in entries(task, "inputs", part):
                yield as_text(get(entry, f"taskOutput{one}", "producerTask"))

    def _cycles(self) -> None:
        """Find a task that waits for itself: remove, again and again, tasks that wait for none."""
        waits = {
            name: {other for other in self._needs(name) if other in self.tasks}
            for name in self.tasks
        }
        followers: dict[str, list[str]] = {}
        for name, others in waits.items():
            for other in others:
                followers.setdefault(other, []).append(name)
        ready = [name for name, others in waits.items() if not others]
        for name in ready:  # grows as it is read
            for follower in followers.get(name, ()):
                waits[follower].discard(name)
                if not waits[follower]:
                    ready.append(follower)
        stuck = [name for name, others in waits.items() if others]
        if stuck:
            listed = ", ".join(f"`{name}`" for name in stuck[:5])
            self.note("no-cycles", f"these tasks wait for one another: {listed}", "tasks", stuck[0])

    def _outputs(self) -> None:
        for key, entry in entries(self.component, "dag", "outputs", "parameters"):
            selectors = [get(entry, "valueFromParameter")]
            many = get(entry, "valueFromOneof", "parameterSelectors")
            selectors += many if isinstance(many, list) else []
            for one in selectors:
                self._selected(one, "outputParameterKey", "parameters", key)
        for key, entry in entries(self.component, "dag", "outputs", "artifacts"):
            many = get(entry, "artifactSelectors")
            for one in many if isinstance(many, list) else []:
                self._selected(one, "outputArtifactKey", "artifacts", key)

    def _selected(self, selector: Any, field: str, part: str, key: str) -> None:
        if not isinstance(selector, dict):
            return
        producer = as_text(get(selector, "producerSubtask"))
        at = ("outputs", part, key)
        if producer not in self.tasks:
            self.note("known-tasks", f"`{producer}` is no task of `{self.name}`", *at)
            return
        component = self._known(self.tasks[producer])
        output = get(selector, field)
        if component is not None and as_text(output) not in as_map(
            get(component, "outputDefinitions", part)
        ):
            message = f"the task `{producer}` has no output {output!r}"[:120]
            self.note("known-outputs", message, *at)


def _executors(pipeline: Pipeline) -> None:
    for label, executor in pipeline.executors.items():
        container = get(executor, "container")
        path = ("deploymentSpec", "executors", label)
        kinds = [key for key in ("container", "importer", "resolver", "customJob")
                 if get(executor, key) is not None]  # fmt: skip
        if not kinds:
            message = f"the executor `{label}` runs nothing"
            pipeline.note("executor-kind", message, pipeline.mark(*path))
        elif isinstance(container, dict) and not as_text(get(container, "image")):
            message = f"the container of `{label}` has no image"
            pipeline.note("container-image", message, pipeline.mark(*path, "container"))


def _unused(pipeline: Pipeline) -> None:
    used = {
        as_text(get(task, "componentRef", "name"))
        for component in (pipeline.root, *pipeline.components.values())
        for _, task in entries(component, "dag", "tasks")
    }
    for name in pipeline.components:
        if name not in used:
            message = f"no task uses the component `{name}`"
            pipeline.note("unused-component", message, pipeline.mark("components", name))
