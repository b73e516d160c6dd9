"""Requirements about training jobs of Kubeflow: PyTorchJob, TFJob, MPIJob, TrainJob, Katib."""

from __future__ import annotations

from envs.mlops.commands import lines_in, same_value
from envs.mlops.reading import (
    differs,
    each,
    equal,
    maps,
    same_amount,
    same_image,
    texts,
    value_is,
)
from envs.mlops.requirements.workloads import runs_command, runs_line
from envs.mlops.spots import REPLICAS, of_parts
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_map

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
    "`{of}` stays for {seconds} seconds after it has finished and is then removed",
)
def job_ttl(manifest: Manifest, of: str, seconds: int) -> Findings:
    """`runPolicy.ttlSecondsAfterFinished`."""
    path = ("spec", "runPolicy", "ttlSecondsAfterFinished")
    return value_is(manifest, of, _JOBS, path, seconds)


@requirement(
    "a backoff limit of {count} in the run policy of `{of}`",
    "the run policy of `{of}` has the backoff limit {count}",
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
        found = item.get("spec", "elasticPolicy", "nProcPerNode") if found is None else found
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
