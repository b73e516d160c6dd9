"""Requirements about the workload objects: which kind and image, how many, how they are updated."""

from __future__ import annotations

from typing import Any

from envs.kubernetes.requirements.pods import same_image
from envs.kubernetes.requirements.targets import (
    SCALABLE,
    WORKLOADS,
    differs,
    each,
    equal,
    in_main,
    main_container,
    pod_labels,
    same_amount,
    value_is,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_list, as_map


def _runs(manifest: Manifest, kind: str, name: str, image: str) -> Findings:
    def check(item: KubeObject) -> Findings:
        found = main_container(item)
        if found is None:
            yield item.finding(f"`{name}` has no container", *(item.pod_path or ()))
        elif not same_image(found[1].get("image"), image):
            yield differs(item, (*found[0], "image"), found[1].get("image"), image)

    return each(manifest, name, (kind,), check)


@requirement(
    "a Deployment `{name}` with the image `{image}`",
    "the Deployment `{name}` runs `{image}`",
    "Deployment `{name}`, image `{image}`",
)
def deployment(manifest: Manifest, name: str, image: str) -> Findings:
    """A Deployment of this name whose main container runs the image."""
    return _runs(manifest, "Deployment", name, image)


@requirement(
    "a StatefulSet `{name}` with the image `{image}`",
    "the StatefulSet `{name}` runs `{image}`",
    "StatefulSet `{name}`, image `{image}`",
)
def stateful_set(manifest: Manifest, name: str, image: str) -> Findings:
    """A StatefulSet of this name whose main container runs the image."""
    return _runs(manifest, "StatefulSet", name, image)


@requirement(
    "a DaemonSet `{name}` with the image `{image}`",
    "the DaemonSet `{name}` runs `{image}`",
    "DaemonSet `{name}`, image `{image}`",
)
def daemon_set(manifest: Manifest, name: str, image: str) -> Findings:
    """A DaemonSet of this name whose main container runs the image."""
    return _runs(manifest, "DaemonSet", name, image)


@requirement(
    "a Pod `{name}` with the image `{image}`",
    "the Pod `{name}` runs `{image}`",
    "Pod `{name}`, image `{image}`",
)
def pod(manifest: Manifest, name: str, image: str) -> Findings:
    """A plain Pod of this name whose main container runs the image."""
    return _runs(manifest, "Pod", name, image)


@requirement(
    "a Job `{name}` with the image `{image}`",
    "the Job `{name}` runs `{image}`",
    "Job `{name}`, image `{image}`",
)
def job(manifest: Manifest, name: str, image: str) -> Findings:
    """A Job of this name whose main container runs the image."""
    return _runs(manifest, "Job", name, image)


@requirement(
    "a CronJob `{name}` with the image `{image}`",
    "the CronJob `{name}` runs `{image}`",
    "CronJob `{name}`, image `{image}`",
)
def cron_job(manifest: Manifest, name: str, image: str) -> Findings:
    """A CronJob of this name whose main container runs the image."""
    return _runs(manifest, "CronJob", name, image)


@requirement(
    "{count} replicas of `{of}`", "`{of}` runs {count} replicas", "`{of}` has {count} pods"
)
def replicas(manifest: Manifest, of: str, count: int) -> Findings:
    """`spec.replicas` of the Deployment or StatefulSet (the API's default is 1)."""
    return value_is(manifest, of, SCALABLE, ("spec", "replicas"), count, 1)


@requirement(
    "`{of}` lives in the namespace `{namespace}`",
    "`{of}` belongs to the namespace `{namespace}`",
    "namespace `{namespace}` for `{of}`",
)
def workload_namespace(manifest: Manifest, of: str, namespace: str) -> Findings:
    """`metadata.namespace` of the workload (the default is `default`)."""
    return value_is(manifest, of, WORKLOADS, ("metadata", "namespace"), namespace, "default")


@requirement(
    "container port {port} on `{of}`",
    "`{of}` declares the container port {port}",
    "the container of `{of}` listens on port {port}",
)
def container_port(manifest: Manifest, of: str, port: int) -> Findings:
    """A TCP port that the main container declares."""

    def check(item: KubeObject, at: Path, container: dict[Any, Any]) -> Findings:
        entries = [as_map(entry) for entry in as_list(container.get("ports"))]
        tcp = [entry.get("containerPort") for entry in entries if _is_tcp(entry)]
        if not any(equal(number, port) for number in tcp):
            listed = ", ".join(str(number) for number in tcp) or "no TCP port"
            yield item.finding(f"`{of}` declares {listed}, asked for port {port}", *at, "ports")

    return in_main(manifest, of, check)


def _is_tcp(entry: dict[Any, Any]) -> bool:
    return bool(entry.get("protocol", "TCP") == "TCP")


@requirement(
    "the pods of `{of}` carry the label `{key}: {value}`",
    "label `{key}: {value}` on the pods of `{of}`",
)
def pod_label(manifest: Manifest, of: str, key: str, value: str) -> Findings:
    """A label in the workload's pod template."""

    def check(item: KubeObject) -> Findings:
        path = item.template_path or ()
        found = pod_labels(item).get(key)
        if not equal(found, value):
            yield differs(item, (*path, "metadata", "labels", key), found, value)

    return each(manifest, of, WORKLOADS, check)


_UPDATE: Path = ("spec", "strategy", "rollingUpdate")


def _rolling(manifest: Manifest, of: str, field: str, asked: object) -> Findings:
    def check(item: KubeObject) -> Findings:
        if item.get("spec", "strategy", "type", default="RollingUpdate") != "RollingUpdate":
            yield item.finding(f"`{of}` does not use rolling updates", "spec", "strategy", "type")
        else:
            found = item.get(*_UPDATE, field, default="25%")
            if not equal(found, asked):
                yield differs(item, (*_UPDATE, field), found, asked)

    return each(manifest, of, ("Deployment",), check)


@requirement(
    "rolling updates of `{of}` with a max surge of {surge}",
    "updates of `{of}` are rolling with maxSurge {surge}",
)
def max_surge(manifest: Manifest, of: str, surge: int | str) -> Findings:
    """How many extra pods a rolling update may start (the API's default is 25%)."""
    return _rolling(manifest, of, "maxSurge", surge)


@requirement(
    "a rolling update of `{of}` makes at most {count} of its pods unavailable (maxUnavailable)",
    "rolling updates of `{of}` with maxUnavailable {count}",
)
def max_unavailable(manifest: Manifest, of: str, count: int | str) -> Findings:
    """How many pods a rolling update may take away (the API's default is 25%)."""
    return _rolling(manifest, of, "maxUnavailable", count)


@requirement(
    "an update of `{of}` stops the old pods before it starts new ones (strategy Recreate)",
    "`{of}` uses the update strategy Recreate",
)
def recreate(manifest: Manifest, of: str) -> Findings:
    """The update strategy Recreate."""
    return value_is(manifest, of, ("Deployment",), ("spec", "strategy", "type"), "Recreate")


@requirement(
    "a new pod of `{of}` counts as available after {seconds} seconds (minReadySeconds)",
    "`{of}` has minReadySeconds {seconds}",
)
def min_ready(manifest: Manifest, of: str, seconds: int) -> Findings:
    """`spec.minReadySeconds`."""
    kinds = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
    return value_is(manifest, of, kinds, ("spec", "minReadySeconds"), seconds, 0)


@requirement(
    "`{of}` keeps {count} old revisions",
    "the revision history of `{of}` is limited to {count}",
)
def revision_history(manifest: Manifest, of: str, count: int) -> Findings:
    """`spec.revisionHistoryLimit` (the API's default is 10)."""
    kinds = ("Deployment", "StatefulSet", "DaemonSet")
    return value_is(manifest, of, kinds, ("spec", "revisionHistoryLimit"), count, 10)


@requirement(
    "a rollout of `{of}` fails after {seconds} seconds without progress",
    "the progress deadline of `{of}` is {seconds} seconds",
)
def progress_deadline(manifest: Manifest, of: str, seconds: int) -> Findings:
    """`spec.progressDeadlineSeconds` (the API's default is 600)."""
    path = ("spec", "progressDeadlineSeconds")
    return value_is(manifest, of, ("Deployment",), path, seconds, 600)


@requirement(
    "the StatefulSet `{of}` is governed by the Service `{service}`",
    "`{service}` is the governing Service (serviceName) of `{of}`",
)
def governing_service(manifest: Manifest, of: str, service: str) -> Findings:
    """`spec.serviceName` of a StatefulSet."""
    return value_is(manifest, of, ("StatefulSet",), ("spec", "serviceName"), service)


@requirement(
    "the pods of `{of}` start and stop in parallel (podManagementPolicy Parallel)",
    "`{of}` uses the pod management policy Parallel",
)
def parallel_pods(manifest: Manifest, of: str) -> Findings:
    """`spec.podManagementPolicy: Parallel` of a StatefulSet."""
    path = ("spec", "podManagementPolicy")
    return value_is(manifest, of, ("StatefulSet",), path, "Parallel", "OrderedReady")


def _claim(item: KubeObject, claim: str) -> tuple[Path, dict[Any, Any]] | None:
    for place, entry in enumerate(as_list(item.get("spec", "volumeClaimTemplates"))):
        if as_map(as_map(entry).get("metadata")).get("name") == claim:
            return ("spec", "volumeClaimTemplates", place), as_map(entry)
    return None


def _claim_value(manifest: Manifest, of: str, claim: str, path: Path, asked: str) -> Findings:
    amount = path[-1] == "storage"

    def check(item: KubeObject) -> Findings:
        found = _claim(item, claim)
        if found is None:
            place = ("spec", "volumeClaimTemplates")
            yield item.finding(f"`{of}` has no volume claim template `{claim}`", *place)
            return
        value = item.get(*found[0], *path)
        right = same_amount(value, asked) if amount else equal(value, asked)
        if not right:
            yield differs(item, (*found[0], *path), value, asked)

    return each(manifest, of, ("StatefulSet",), check)


@requirement(
    "a volume claim template `{claim}` of {size} in `{of}`",
    "each pod of `{of}` gets its own volume `{claim}` of {size} (volumeClaimTemplates)",
)
def claim_template(manifest: Manifest, of: str, claim: str, size: str) -> Findings:
    """The storage that a volume claim template of a StatefulSet requests."""
    path = ("spec", "resources", "requests", "storage")
    return _claim_value(manifest, of, claim, path, size)


@requirement(
    "the volume claim template `{claim}` of `{of}` uses the storage class `{storage_class}`",
    "storage class `{storage_class}` for the claim template `{claim}` of `{of}`",
)
def template_class(manifest: Manifest, of: str, claim: str, storage_class: str) -> Findings:
    """The storage class of a volume claim template."""
    return _claim_value(manifest, of, claim, ("spec", "storageClassName"), storage_class)


@requirement(
    "`{of}` uses the service account `{account}`",
    "the pods of `{of}` run under the service account `{account}`",
)
def runs_as_account(manifest: Manifest, of: str, account: str) -> Findings:
    """`serviceAccountName` of the workload's pods (or its old spelling `serviceAccount`)."""

    def check(item: KubeObject) -> Findings:
        path = item.pod_path or ()
        spec = as_map(item.get(*path))
        found = spec.get("serviceAccountName") or spec.get("serviceAccount")
        if not equal(found, account):
            yield differs(item, (*path, "serviceAccountName"), found, account)

    return each(manifest, of, WORKLOADS, check)
