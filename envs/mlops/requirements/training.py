"""Requirements about training jobs of Kubeflow: PyTorchJob, TFJob, MPIJob, TrainJob, Katib."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envs.mlops.commands import lines_in, same_value
from envs.mlops.reading import (
    differs,
    each,
    equal,
    maps,
    places,
    same_amount,
    same_image,
    shown,
    texts,
    value_is,
)
from envs.mlops.requirements.workloads import runs_command, runs_line
from envs.mlops.spots import REPLICAS, of_parts
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_map, as_text

_JOBS = tuple(REPLICAS)


def _exists(manifest: Manifest, name: str, kind: str, version: str) -> Findings:
    def check(item: KubeObject) -> Findings:
        if item.api_version != version:
            yield item.finding(f"`{name}` is of {item.api_version}, not {version}", "apiVersion")

    return each(manifest, name, (kind,), check)


@requirement("a PyTorchJob `{name}`", "the PyTorchJob is called `{name}`")
def pytorch_job(manifest: Manifest, name: str) -> Findings:
    """A PyTorchJob of the training operator."""
    return _exists(manifest, name, "PyTorchJob", "kubeflow.org/v1")


@requirement("a TFJob `{name}`", "the TFJob is called `{name}`")
def tf_job(manifest: Manifest, name: str) -> Findings:
    """A TFJob of the training operator."""
    return _exists(manifest, name, "TFJob", "kubeflow.org/v1")


@requirement("an MPIJob `{name}` of the API version {version}", "the MPIJob `{name}` ({version})")
def mpi_job(manifest: Manifest, name: str, version: str) -> Findings:
    """An MPIJob of the MPI operator (v2beta1) or of the training operator (v1)."""
    return _exists(manifest, name, "MPIJob", version)


@requirement(
    "{count} `{part}` replica(s) in `{of}`",
    "`{of}` runs {count} replica(s) of the type `{part}`",
)
def replica_count(manifest: Manifest, of: str, part: str, count: int) -> Findings:
    """`replicas` of a replica type (1 by default)."""

    def check(item: KubeObject) -> Findings:
        path: Path = ("spec", REPLICAS[item.kind], part)
        found = item.get(*path, "replicas", default=1)
        if not isinstance(item.get(*path), dict) or not equal(found, count):
            yield differs(item, (*path, "replicas"), found, count)

    return each(manifest, of, _JOBS, check)


@requirement(
    "the `{part}` replicas of `{of}` have the restart policy {policy}",
    "restart policy {policy} for the type `{part}` of `{of}`",
)
def replica_restart(manifest: Manifest, of: str, part: str, policy: str) -> Findings:
    """`restartPolicy` of a replica type."""

    def check(item: KubeObject) -> Findings:
        path: Path = ("spec", REPLICAS[item.kind], part, "restartPolicy")
        if item.get(*path) != policy:
            yield differs(item, path, item.get(*path), policy)

    return each(manifest, of, _JOBS, check)


part_command = of_parts(runs_command)


@requirement(
    "when `{of}` ends, the pods that are cleaned up are: {policy} (cleanPodPolicy)",
    "`{of}` has the clean pod policy {policy}",
)
def clean_pods(manifest: Manifest, of: str, policy: str) -> Findings:
    """`runPolicy.cleanPodPolicy`."""
    return value_is(manifest, of, _JOBS, ("spec", "runPolicy", "cleanPodPolicy"), policy)


@requirement(
    "the finished job `{of}` is removed after {seconds} seconds",
    "`{of}` stays for {seconds} seconds after it has finished",
)
def job_ttl(manifest: Manifest, of: str, seconds: int) -> Findings:
    """`runPolicy.ttlSecondsAfterFinished`."""
    path = ("spec", "runPolicy", "ttlSecondsAfterFinished")
    return value_is(manifest, of, _JOBS, path, seconds)


@requirement(
    "the training job `{of}` is retried {count} times (runPolicy)",
    "`{of}` fails for good after {count} retries (backoff limit of its run policy)",
)
def job_backoff(manifest: Manifest, of: str, count: int) -> Findings:
    """`runPolicy.backoffLimit`."""
    return value_is(manifest, of, _JOBS, ("spec", "runPolicy", "backoffLimit"), count)


@requirement(
    "`{of}` starts {count} processes on each of its nodes (nprocPerNode)",
    "torchrun uses {count} processes per node in `{of}`",
)
def processes(manifest: Manifest, of: str, count: int) -> Findings:
    """`nprocPerNode` of a PyTorchJob."""

    def check(item: KubeObject) -> Findings:
        found = item.get("spec", "nprocPerNode")
        if not same_value(found, count):
            yield differs(item, ("spec", "nprocPerNode"), found, count)

    return each(manifest, of, ("PyTorchJob",), check)


@requirement(
    "`{of}` is elastic: {fewest} to {most} workers",
    "the elastic policy of `{of}` allows between {fewest} and {most} replicas",
)
def elastic(manifest: Manifest, of: str, fewest: int, most: int) -> Findings:
    """`elasticPolicy` of a PyTorchJob."""

    def check(item: KubeObject) -> Findings:
        for field, asked in (("minReplicas", fewest), ("maxReplicas", most)):
            path = ("spec", "elasticPolicy", field)
            if not equal(item.get(*path), asked):
                yield differs(item, path, item.get(*path), asked)

    return each(manifest, of, ("PyTorchJob",), check)


@requirement(
    "`{of}` has {count} slots per worker",
    "each worker of `{of}` offers {count} MPI slots",
)
def mpi_slots(manifest: Manifest, of: str, count: int) -> Findings:
    """`slotsPerWorker` of an MPIJob (1 by default)."""
    return value_is(manifest, of, "MPIJob", ("spec", "slotsPerWorker"), count, 1)


@requirement(
    "a TrainJob `{name}` with the ClusterTrainingRuntime `{runtime}`",
    "the TrainJob `{name}` uses the ClusterTrainingRuntime `{runtime}`",
)
def train_job(manifest: Manifest, name: str, runtime: str) -> Findings:
    """`runtimeRef` of a TrainJob (its kind is ClusterTrainingRuntime by default)."""

    def check(item: KubeObject) -> Findings:
        reference = as_map(item.get("spec", "runtimeRef"))
        kind = reference.get("kind", "ClusterTrainingRuntime")
        if (reference.get("name"), kind) != (runtime, "ClusterTrainingRuntime"):
            yield differs(item, ("spec", "runtimeRef"), reference.get("name"), runtime)

    return each(manifest, name, ("TrainJob",), check)


_TRAINER: Path = ("spec", "trainer")


@requirement("`{of}` trains on {count} nodes", "{count} nodes for the training of `{of}`")
def train_nodes(manifest: Manifest, of: str, count: int) -> Findings:
    """`trainer.numNodes` of a TrainJob."""
    return value_is(manifest, of, "TrainJob", (*_TRAINER, "numNodes"), count)


@requirement(
    "the trainer of `{of}` has the image `{image}`", "`{of}` trains with the image `{image}`"
)
def train_image(manifest: Manifest, of: str, image: str) -> Findings:
    """`trainer.image` of a TrainJob."""

    def check(item: KubeObject) -> Findings:
        if not same_image(item.get(*_TRAINER, "image"), image):
            yield differs(item, (*_TRAINER, "image"), item.get(*_TRAINER, "image"), image)

    return each(manifest, of, ("TrainJob",), check)


@requirement("the trainer of `{of}` runs `{command}`", "`{of}` trains with the command `{command}`")
def train_command(manifest: Manifest, of: str, command: str) -> Findings:
    """`trainer.command` and `trainer.args` of a TrainJob."""

    def check(item: KubeObject) -> Findings:
        argv = [*texts(item.get(*_TRAINER, "command")), *texts(item.get(*_TRAINER, "args"))]
        if not runs_line(lines_in(argv, {}), command):
            yield item.finding(f"the trainer of `{of}` does not run `{command}`", *_TRAINER)

    return each(manifest, of, ("TrainJob",), check)


@requirement(
    "each node of `{of}` has {count} GPU(s) (`nvidia.com/gpu`)",
    "`{of}` gets {count} of `nvidia.com/gpu` per training node",
)
def train_gpus(manifest: Manifest, of: str, count: int) -> Findings:
    """The GPUs in `trainer.resourcesPerNode`; a request, where there is one, is the same."""

    def check(item: KubeObject) -> Findings:
        resources = as_map(item.get(*_TRAINER, "resourcesPerNode"))
        limit = as_map(resources.get("limits")).get("nvidia.com/gpu")
        request = as_map(resources.get("requests")).get("nvidia.com/gpu", limit)
        if not same_amount(limit, count) or not same_amount(request, count):
            yield differs(item, (*_TRAINER, "resourcesPerNode"), limit, count)

    return each(manifest, of, ("TrainJob",), check)


@requirement(
    "the data set of `{of}` is initialized from `{uri}`",
    "`{of}` downloads its data set from `{uri}` first",
)
def train_data(manifest: Manifest, of: str, uri: str) -> Findings:
    """`initializer.dataset.storageUri` of a TrainJob."""
    path = ("spec", "initializer", "dataset", "storageUri")
    return value_is(manifest, of, "TrainJob", path, uri)


@requirement(
    "the pretrained model of `{of}` comes from `{uri}`",
    "`{of}` starts from the model `{uri}` (model initializer)",
)
def train_model(manifest: Manifest, of: str, uri: str) -> Findings:
    """`initializer.model.storageUri` of a TrainJob."""
    return value_is(manifest, of, "TrainJob", ("spec", "initializer", "model", "storageUri"), uri)


@requirement(
    "the trainer of `{of}` has the environment variable `{variable}` set to `{value}`",
    "`{variable}={value}` in the environment of the trainer of `{of}`",
)
def train_env(manifest: Manifest, of: str, variable: str, value: str) -> Findings:
    """A literal variable of the trainer of a TrainJob."""

    def check(item: KubeObject) -> Findings:
        found = [
            e.get("value") for e in maps(item.get(*_TRAINER, "env")) if e.get("name") == variable
        ]
        if not found or found[-1] != value:
            yield differs(item, (*_TRAINER, "env"), found[-1] if found else None, value)

    return each(manifest, of, ("TrainJob",), check)


# Katib's Experiment; other groups have an Experiment, too.


def _experiment(manifest: Manifest, name: str, check: Any) -> Findings:
    def inner(item: KubeObject) -> Findings:
        if not item.api_version.startswith("kubeflow.org/"):
            yield item.finding(f"`{name}` is no Experiment of Katib", "apiVersion")
        yield from check(item)

    kinds = {item.kind for item in manifest if item.kind.partition(".")[0] == "Experiment"}
    return each(manifest, name, tuple(kinds) or ("Experiment",), inner)


@requirement(
    "a Katib Experiment `{name}` that searches with the algorithm {algorithm}",
    "the Katib Experiment `{name}` uses the algorithm {algorithm}",
)
def experiment(manifest: Manifest, name: str, algorithm: str) -> Findings:
    """`algorithm.algorithmName` of an Experiment."""

    def check(item: KubeObject) -> Findings:
        path = ("spec", "algorithm", "algorithmName")
        if item.get(*path) != algorithm:
            yield differs(item, path, item.get(*path), algorithm)

    return _experiment(manifest, name, check)


@requirement(
    "the objective of `{of}` is to {direction} the metric `{metric}`",
    "`{of}` should {direction} `{metric}`",
)
def objective(manifest: Manifest, of: str, direction: str, metric: str) -> Findings:
    """`objective` of an Experiment."""

    def check(item: KubeObject) -> Findings:
        found = as_map(item.get("spec", "objective"))
        if (found.get("type"), found.get("objectiveMetricName")) != (direction, metric):
            yield item.finding(f"`{of}` does not {direction} {metric}", "spec", "objective")

    return _experiment(manifest, of, check)


@requirement(
    "`{of}` runs {parallel} trials at a time and {most} in all",
    "at most {most} trials for `{of}`, {parallel} of them in parallel",
)
def trials(manifest: Manifest, of: str, parallel: int, most: int) -> Findings:
    """`parallelTrialCount` (3 by default) and `maxTrialCount`."""

    def check(item: KubeObject) -> Findings:
        if not equal(item.get("spec", "parallelTrialCount", default=3), parallel):
            path = ("spec", "parallelTrialCount")
            yield differs(item, path, item.get(*path), parallel)
        if not equal(item.get("spec", "maxTrialCount"), most):
            yield differs(item, ("spec", "maxTrialCount"), item.get("spec", "maxTrialCount"), most)

    return _experiment(manifest, of, check)


@requirement(
    "`{of}` stops when {count} trials have failed",
    "{count} failed trials end `{of}`",
)
def failed_trials(manifest: Manifest, of: str, count: int) -> Findings:
    """`maxFailedTrialCount` of an Experiment."""

    def check(item: KubeObject) -> Findings:
        path = ("spec", "maxFailedTrialCount")
        if not equal(item.get(*path), count):
            yield differs(item, path, item.get(*path), count)

    return _experiment(manifest, of, check)


def _parameters(item: KubeObject, name: str) -> Iterator[tuple[Path, dict[Any, Any]]]:
    for at, entry in places(item, "spec", "parameters"):
        if entry.get("name") == name:
            yield at, entry


def _reaches_trial(item: KubeObject, name: str) -> bool:
    """Whether the command of the trials gets a parameter: its placeholder stands in the spec."""
    references = [
        as_text(entry.get("name"))
        for entry in maps(item.get("spec", "trialTemplate", "trialParameters"))
        if entry.get("reference") == name
    ]
    stack: list[Any] = [item.get("spec", "trialTemplate", "trialSpec")]
    wanted = [f"${{trialParameters.{one}}}" for one in references]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            stack += value.values()
        elif isinstance(value, list):
            stack += value
        elif isinstance(value, str) and any(one in value for one in wanted):
            return True
    return False


@requirement(
    "`{of}` searches the {kind} parameter `{parameter}` between {low} and {high}, and its trials"
    " use it",
    "the {kind} parameter `{parameter}` of `{of}`, from {low} to {high}, reaches the trials",
)
def search_range(
    manifest: Manifest, of: str, kind: str, parameter: str, low: str, high: str
) -> Findings:
    """A parameter with a feasible space, and a trial that gets its value."""

    def check(item: KubeObject) -> Findings:
        found = list(_parameters(item, parameter))
        if not found:
            yield item.finding(f"`{of}` has no parameter `{parameter}`", "spec", "parameters")
        for at, entry in found:
            space = as_map(entry.get("feasibleSpace"))
            given = entry.get("parameterType"), space.get("min"), space.get("max")
            if given[0] != kind or not same_value(given[1], low) or not same_value(given[2], high):
                yield item.finding(f"`{parameter}` is searched otherwise", *at)
        if found and not _reaches_trial(item, parameter):
            message = f"no trial of `{of}` gets `{parameter}`"
            yield item.finding(message, "spec", "trialTemplate")

    return _experiment(manifest, of, check)


@requirement(
    "`{of}` tries the values {values} of the categorical parameter `{parameter}` in its trials",
    "the categorical parameter `{parameter}` of `{of}` takes the values {values} and reaches the"
    " trials",
)
def search_values(manifest: Manifest, of: str, parameter: str, values: list[str]) -> Findings:
    """A categorical parameter, and a trial that gets its value."""

    def check(item: KubeObject) -> Findings:
        found = [entry for _, entry in _parameters(item, parameter)]
        lists = [texts(as_map(one.get("feasibleSpace")).get("list")) for one in found]
        kinds = [one.get("parameterType") for one in found]
        if kinds != ["categorical"] or set(lists[0]) != set(values):
            yield item.finding(f"`{parameter}` of `{of}` has other values", "spec", "parameters")
        elif not _reaches_trial(item, parameter):
            yield item.finding(f"no trial of `{of}` gets `{parameter}`", "spec", "trialTemplate")

    return _experiment(manifest, of, check)


@requirement(
    "the trials of `{of}` are Jobs whose container has the image `{image}`",
    "each trial of `{of}` is a Job that runs `{image}`",
)
def trial_image(manifest: Manifest, of: str, image: str) -> Findings:
    """The image of the Job of a trial."""

    def check(item: KubeObject) -> Findings:
        trial = as_map(item.get("spec", "trialTemplate", "trialSpec"))
        pod = as_map(as_map(as_map(trial.get("spec")).get("template")).get("spec"))
        images = [one.get("image") for one in maps(pod.get("containers"))]
        right = any(same_image(one, image) for one in images)
        if (trial.get("apiVersion"), trial.get("kind")) != ("batch/v1", "Job") or not right:
            message = f"a trial of `{of}` is no Job with {image}, it has {shown(images[:1])}"
            yield item.finding(message, "spec", "trialTemplate", "trialSpec")

    return _experiment(manifest, of, check)
