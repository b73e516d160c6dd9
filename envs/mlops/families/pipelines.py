"""Families about compiled Kubeflow pipelines."""

from __future__ import annotations

from functools import partial

from envs.mlops import choices
from envs.mlops.recipe import Stack, Tree
from envs.mlops.requirements import pipelines
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.yaml import dump

_IMAGES = (
    "python:3.12-slim",
    "ghcr.io/acme/ml-steps:2.3.0",
    "registry.example.com/ml/kfp-base:1.4",
)


class Compiled(Stack):
    """A compiled pipeline under construction: a task is a component and an executor of its own."""

    def __init__(self, draw: Draw) -> None:
        super().__init__(draw)
        self.name = draw.name("pipeline", choices.PIPELINES, choices.FIRST)
        self.root: Tree = {"dag": {"tasks": {}}}
        self.components: Tree = {}
        self.executors: Tree = {}
        self.ask(pipelines.pipeline_name(name=self.name))

    def task(self, name: str, after: tuple[str, ...] = ()) -> Tree:
        """Add a task with a drawn command, and ask for it."""
        image = self.draw.choice(f"{name} image", _IMAGES)
        line = f"python {self.draw.choice(f'{name} program', (f'{name}.py', f'steps/{name}.py'))}"
        executor = f"exec-{name}"
        self.components[f"comp-{name}"] = {"executorLabel": executor}
        self.executors[executor] = {"container": {"image": image, "command": line.split()}}
        made: Tree = {"taskInfo": {"name": name}, "componentRef": {"name": f"comp-{name}"}}
        if after:
            made["dependentTasks"] = list(after)
        self.root["dag"]["tasks"][name] = made
        self.ask(pipelines.pipeline_task(task=name, image=image, command=line))
        for other in after:
            self.ask(pipelines.pipeline_order(task=name, other=other))
        return made

    def container(self, name: str) -> Tree:
        """Return the container of a task."""
        found: Tree = self.executors[f"exec-{name}"]["container"]
        return found

    def declare(self, name: str, side: str, part: str, key: str, entry: Tree) -> None:
        """Declare an input or output of a task's component."""
        component = self.components[f"comp-{name}"]
        component.setdefault(f"{side}Definitions", {}).setdefault(part, {})[key] = entry

    def tree(self) -> Tree:
        """Return the pipeline spec."""
        return {
            "pipelineInfo": {"name": self.name},
            "schemaVersion": "2.1.0",
            "sdkVersion": "kfp-2.14.3",
            "root": self.root,
            "components": self.components,
            "deploymentSpec": {"executors": self.executors},
        }

    def draft(self, *openings: str) -> Draft:
        """Make the draft of the task."""
        return Draft(openings, self.asks, partial(dump, [self.tree()]))


def _parameter(draw: Draw, one: Compiled) -> None:
    name, kind, default = draw.choice(
        "parameter",
        (("epochs", "NUMBER_INTEGER", 10), ("rate", "NUMBER_DOUBLE", 0.01),
         ("dataset", "STRING", "customers"), ("epochs", "NUMBER_INTEGER", 25)),
    )  # fmt: skip
    inputs = one.root.setdefault("inputDefinitions", {}).setdefault("parameters", {})
    inputs[name] = {"parameterType": kind, "defaultValue": default}
    one.declare("train", "input", "parameters", name, {"parameterType": kind})
    task = one.root["dag"]["tasks"]["train"].setdefault("inputs", {})
    task.setdefault("parameters", {})[name] = {"componentInputParameter": name}
    tag = f"{{{{$.inputs.parameters['{name}']}}}}"
    one.container("train").setdefault("args", []).extend([f"--{name}", tag])
    one.ask(
        pipelines.pipeline_parameter(name=name, kind=kind, default=default),
        pipelines.parameter_reaches(task="train", parameter=name),
    )


def _artifact(draw: Draw, one: Compiled) -> None:
    name, schema = draw.choice(
        "artifact",
        (("model", "system.Model"), ("weights", "system.Model"), ("table", "system.Dataset")),
    )
    entry = {"artifactType": {"schemaTitle": schema, "schemaVersion": "0.0.1"}}
    one.declare("train", "output", "artifacts", name, entry)
    one.declare("evaluate", "input", "artifacts", name, entry)
    source = {"taskOutputArtifact": {"producerTask": "train", "outputArtifactKey": name}}
    task = one.root["dag"]["tasks"]["evaluate"].setdefault("inputs", {})
    task.setdefault("artifacts", {})[name] = source
    for step, side in (("train", "outputs"), ("evaluate", "inputs")):
        tag = f"{{{{$.{side}.artifacts['{name}'].path}}}}"
        one.container(step).setdefault("args", []).extend([f"--{name}", tag])
    one.ask(pipelines.artifact_flows(task="evaluate", other="train", artifact=name, schema=schema))


def _accelerator(draw: Draw, one: Compiled) -> None:
    kind, count = (
        draw.choice("kind", ("nvidia.com/gpu", "NVIDIA_TESLA_T4")),
        draw.integer("gpus", 1, 4),
    )
    accelerator = {"resourceType": kind, "resourceCount": str(count)}
    one.container("train").setdefault("resources", {})["accelerator"] = accelerator
    one.ask(pipelines.pipeline_accelerator(task="train", kind=kind, count=count))


def _memory(draw: Draw, one: Compiled) -> None:
    amount = draw.choice("memory", ("8Gi", "16Gi", "32Gi", "64Gi"))
    one.container("train").setdefault("resources", {})["resourceMemoryLimit"] = amount
    one.ask(pipelines.pipeline_memory(task="train", amount=amount))


def _retries(draw: Draw, one: Compiled) -> None:
    task, count = draw.choice("retried", ("train", "load")), draw.integer("retries", 1, 5)
    one.root["dag"]["tasks"][task]["retryPolicy"] = {"maxRetryCount": count}
    one.ask(pipelines.pipeline_retries(task=task, count=count))


def _cache(draw: Draw, one: Compiled) -> None:
    task = draw.choice("cached", ("load", "train"))
    one.root["dag"]["tasks"][task]["cachingOptions"] = {"enableCache": True}
    one.ask(pipelines.pipeline_cache(task=task))


def _variable(draw: Draw, one: Compiled) -> None:
    variable, value = draw.choice(
        "variable", (("MLFLOW_TRACKING_URI", "http://mlflow:5000"), ("LOG_LEVEL", "debug"))
    )
    one.container("train")["env"] = [{"name": variable, "value": value}]
    one.ask(pipelines.pipeline_env(task="train", variable=variable, value=value))


@family("kfp", levels=(3, 4, 5))
def kfp_pipeline(draw: Draw) -> Draft:
    """A compiled Kubeflow pipeline: load, train, evaluate."""
    one = Compiled(draw)
    one.task("load")
    one.task("train", ("load",))
    one.task("evaluate", ("train",))

    def notify(draw: Draw, one: Compiled) -> None:
        image = draw.choice("notify image", _IMAGES)
        line = draw.choice("notify line", ("python notify.py", "python -m hooks.send"))
        one.components["comp-notify"] = {"executorLabel": "exec-notify"}
        one.executors["exec-notify"] = {"container": {"image": image, "command": line.split()}}
        one.root["dag"]["tasks"]["notify"] = {
            "taskInfo": {"name": "notify"},
            "componentRef": {"name": "comp-notify"},
            "dependentTasks": ["evaluate"],
            "triggerPolicy": {"strategy": "ALL_UPSTREAM_TASKS_COMPLETED"},
        }
        one.ask(
            pipelines.pipeline_task(task="notify", image=image, command=line),
            pipelines.exit_task(task="notify", other="evaluate"),
        )

    one.with_parts(
        one, (2, _parameter), _artifact, _retries, _accelerator, _cache, _memory, _variable,
        (2, notify),
    )  # fmt: skip
    return one.draft(
        "Write the compiled pipeline spec (KFP v2 YAML) of our training pipeline",
        "We need the Kubeflow Pipelines v2 spec of a pipeline, as its compiler would write it",
    )
