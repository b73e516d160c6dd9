"""Requirements about compiled Kubeflow pipelines (the language kfp)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from envs.mlops.commands import lines_in, runs_with_more, same_value
from envs.mlops.reading import same_amount, same_image, shown
from envs.mlops.requirements.workloads import runs_line
from iac_gym.check import Findings, requirement
from iac_gym.languages.kfp import Pipeline, Task
from iac_gym.languages.kfp.model import as_map, as_text, entries, get, texts, type_of
from iac_gym.verdict import Finding


def _never(task: Task) -> bool:
    return any(one.condition.strip().lower() in ("false", "1 == 0") for one in task.line)


def _each(pipeline: Pipeline, name: str, check: Callable[[Task], Findings]) -> Findings:
    """Check the tasks of a name that the root reaches."""
    found = [task for task in pipeline.named(name) if not _never(task)]
    if not found:
        known = ", ".join(f"`{task.name}`" for task in pipeline.tasks[:6])
        return [pipeline.finding(f"no task `{name}` runs, there is {known or 'none'}", "root")]
    wrong: list[Finding] = []
    for task in found:
        wrong += check(task)
    return wrong


def _at(pipeline: Pipeline, task: Task, message: str) -> Finding:
    label = as_text(get(task.component, "executorLabel"))
    return pipeline.finding(message, "deploymentSpec", "executors", label, "container")


@requirement("a pipeline called `{name}`", "the pipeline has the name `{name}`")
def pipeline_name(pipeline: Pipeline, name: str) -> Findings:
    """`pipelineInfo.name`."""
    if pipeline.name != name:
        message = f"the pipeline is called {shown(pipeline.name)}, asked for {name}"
        yield pipeline.finding(message, "pipelineInfo", "name")


@requirement(
    "the pipeline parameter `{name}` of the type {kind} with the default {default}",
    "a {kind} parameter `{name}` of the pipeline, by default {default}",
)
def pipeline_parameter(
    pipeline: Pipeline, name: str, kind: str, default: int | float | str
) -> Findings:
    """An input parameter of the root with a type and a default."""
    found = pipeline.parameters.get(name)
    if found is None:
        yield pipeline.finding(f"the pipeline has no parameter `{name}`", "root")
        return
    if type_of(found) != kind:
        message = f"`{name}` is of the type {type_of(found) or 'none'}, asked for {kind}"
        yield pipeline.finding(message, "root", "inputDefinitions", "parameters", name)
    value = get(found, "defaultValue")
    if not same_value(value, default) or isinstance(value, str) != isinstance(default, str):
        message = f"the default of `{name}` is {shown(value)}, asked for {default}"
        yield pipeline.finding(message, "root", "inputDefinitions", "parameters", name)


def _variables(container: Mapping[Any, Any]) -> dict[str, str]:
    """Return the environment variables of a container."""
    given = container.get("env")
    listed = [as_map(one) for one in given] if isinstance(given, list) else []
    return {as_text(one.get("name")): as_text(one.get("value")) for one in listed}


@requirement(
    "the task `{task}` runs `{command}` in a container with the image `{image}`",
    "a task `{task}`: image `{image}`, command `{command}`",
)
def pipeline_task(pipeline: Pipeline, task: str, image: str, command: str) -> Findings:
    """The container of a task that the root reaches; arguments of the task may follow."""

    def check(one: Task) -> Findings:
        container = one.container
        if not same_image(get(container, "image"), image):
            message = f"the image of `{task}` is {shown(get(container, 'image'))}, not {image}"
            yield _at(pipeline, one, message)
        argv = [*texts(get(container, "command")), *texts(get(container, "args"))]
        known = _variables(container)
        lines = lines_in(argv, known)
        if not runs_line(lines, command) and not runs_with_more(argv, command, known):
            yield _at(pipeline, one, f"`{task}` does not run `{command}`")

    return _each(pipeline, task, check)


@requirement(
    "`{task}` runs only after `{other}` has ended", "the task `{task}` comes after `{other}`"
)
def pipeline_order(pipeline: Pipeline, task: str, other: str) -> Findings:
    """The order of two tasks, by their inputs or by `dependentTasks`."""
    others = pipeline.named(other)

    def check(one: Task) -> Findings:
        if not any(one.after(two) for two in others):
            message = f"`{task}` does not wait for `{other}`"
            yield pipeline.finding(message, "root", "dag", "tasks", one.name)

    return _each(pipeline, task, check)


def _uses(task: Task, kind: str, key: str) -> bool:
    """Whether the words or variables of a task's container hold the placeholder of an input."""
    container = task.container
    words = [*texts(get(container, "command")), *texts(get(container, "args"))]
    variables = container.get("env")
    for one in variables if isinstance(variables, list) else ():
        words.append(as_text(as_map(one).get("value")))
    tags = (f"inputs.{kind}['{key}']", f'inputs.{kind}["{key}"]')
    return any(tag in word for word in words for tag in tags)


def _origin(task: Task, entry: Mapping[Any, Any]) -> str:
    """Return the parameter of the pipeline that an input is, through all the DAGs around it."""
    name = as_text(get(entry, "componentInputParameter"))
    outer = task.parent
    while outer is not None and name:
        given = dict(entries(outer.tree, "inputs", "parameters")).get(name, {})
        name, outer = as_text(get(given, "componentInputParameter")), outer.parent
    return name


@requirement(
    "the command of `{task}` also gets the pipeline parameter `{parameter}` (or its environment"
    " does)",
    "the pipeline parameter `{parameter}` is handed on to `{task}`, as a further argument or an"
    " environment variable",
)
def parameter_reaches(pipeline: Pipeline, task: str, parameter: str) -> Findings:
    """A root parameter that a task of the root takes and its container uses."""

    def check(one: Task) -> Findings:
        for key, entry in entries(one.tree, "inputs", "parameters"):
            if _origin(one, entry) == parameter and _uses(one, "parameters", key):
                return
        message = f"the command of `{task}` does not get `{parameter}`"
        yield pipeline.finding(message, "root", "dag", "tasks", one.name)

    return _each(pipeline, task, check)


@requirement(
    "`{task}` takes the artifact `{artifact}` ({schema}) of `{other}`, and both containers get its"
    " path or URI as a further argument",
    "the {schema} artifact `{artifact}` goes from `{other}` to `{task}`: each command gets its path"
    " or URI as well",
)
def artifact_flows(
    pipeline: Pipeline, task: str, other: str, artifact: str, schema: str
) -> Findings:
    """An output artifact of a task that is an input artifact of another."""

    def check(one: Task) -> Findings:
        for key, entry in entries(one.tree, "inputs", "artifacts"):
            source = get(entry, "taskOutputArtifact")
            producer = one.scope.get(as_text(get(source, "producerTask")))
            if producer is None or other not in (producer.name, producer.display_name):
                continue
            made = dict(entries(producer.component, "outputDefinitions", "artifacts"))
            title = get(made.get(artifact), "artifactType", "schemaTitle")
            given = get(source, "outputArtifactKey") == artifact and title == schema
            if given and _uses(one, "artifacts", key) and _writes(producer, artifact):
                return
        message = f"`{task}` does not get the artifact `{artifact}` of `{other}`"
        yield pipeline.finding(message, "root", "dag", "tasks", one.name)

    return _each(pipeline, task, check)


def _writes(task: Task, key: str) -> bool:
    words = [*texts(get(task.container, "command")), *texts(get(task.container, "args"))]
    tags = (f"outputs.artifacts['{key}']", f'outputs.artifacts["{key}"]')
    return any(tag in word for word in words for tag in tags)


@requirement(
    "`{task}` gets {count} accelerator(s) of the type `{kind}`",
    "{count} `{kind}` for the container of `{task}`",
)
def pipeline_accelerator(pipeline: Pipeline, task: str, kind: str, count: int) -> Findings:
    """`resources.accelerator` of a container, in its new or old fields."""

    def check(one: Task) -> Findings:
        found = get(one.container, "resources", "accelerator")
        types = get(found, "resourceType"), get(found, "type")
        counts = get(found, "resourceCount"), get(found, "count")
        if kind not in types or not any(same_value(value, count) for value in counts):
            yield _at(pipeline, one, f"`{task}` has not {count} of {kind}")

    return _each(pipeline, task, check)


@requirement(
    "a memory limit of {amount} for `{task}`", "`{task}` may use at most {amount} of memory"
)
def pipeline_memory(pipeline: Pipeline, task: str, amount: str) -> Findings:
    """`resources.resourceMemoryLimit` of a container (the old field counts in GB)."""

    def check(one: Task) -> Findings:
        resources = get(one.container, "resources")
        found = get(resources, "resourceMemoryLimit")
        old = get(resources, "memoryLimit")
        in_gb = f"{old}G" if old is not None else None
        if not same_amount(found if found is not None else in_gb, amount):
            yield _at(pipeline, one, f"the memory limit of `{task}` is {shown(found)}")

    return _each(pipeline, task, check)


@requirement(
    "`{task}` is retried up to {count} times", "up to {count} retries for the task `{task}`"
)
def pipeline_retries(pipeline: Pipeline, task: str, count: int) -> Findings:
    """`retryPolicy.maxRetryCount` of a task."""

    def check(one: Task) -> Findings:
        found = get(one.tree, "retryPolicy", "maxRetryCount")
        if not same_value(found, count):
            message = f"the retries of `{task}` are {shown(found)}, asked for {count}"
            yield pipeline.finding(message, "root", "dag", "tasks", one.name)

    return _each(pipeline, task, check)


@requirement(
    "results of `{task}` may be reused from earlier runs (caching)",
    "caching is switched on for `{task}`",
)
def pipeline_cache(pipeline: Pipeline, task: str) -> Findings:
    """`cachingOptions.enableCache` of a task."""

    def check(one: Task) -> Findings:
        if not one.cached:
            message = f"the cache is off for `{task}`"
            yield pipeline.finding(message, "root", "dag", "tasks", one.name)

    return _each(pipeline, task, check)


@requirement(
    "the container of `{task}` has the environment variable `{variable}` set to `{value}`",
    "`{variable}={value}` in the container of the task `{task}`",
)
def pipeline_env(pipeline: Pipeline, task: str, variable: str, value: str) -> Findings:
    """A variable of the container of a task."""

    def check(one: Task) -> Findings:
        given = one.container.get("env")
        listed = [as_map(entry) for entry in given] if isinstance(given, list) else []
        found = [entry.get("value") for entry in listed if entry.get("name") == variable]
        if not found or found[-1] != value:
            yield _at(pipeline, one, f"`{variable}` of `{task}` is not {value}")

    return _each(pipeline, task, check)


@requirement(
    "the exit task `{task}` runs at the end, whether `{other}` succeeded or not",
    "`{task}` runs after `{other}` in any case, even when that has failed",
)
def exit_task(pipeline: Pipeline, task: str, other: str) -> Findings:
    """A task with the strategy ALL_UPSTREAM_TASKS_COMPLETED behind another."""
    others = pipeline.named(other)

    def check(one: Task) -> Findings:
        behind = any(one.after(two) for two in others)
        if not behind or not any(two.runs_always for two in one.line):
            message = f"`{task}` does not run in any case after `{other}`"
            yield pipeline.finding(message, "root", "dag", "tasks", one.name)

    return _each(pipeline, task, check)
