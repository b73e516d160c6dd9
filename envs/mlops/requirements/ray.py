"""Requirements about Ray on Kubernetes: clusters, jobs, services."""

from __future__ import annotations

from typing import Any

from envs.mlops.commands import lines_in, same_value
from envs.mlops.reading import (
    differs,
    each,
    equal,
    maps,
    places,
    same_image,
    shown,
    texts,
    value_is,
)
from envs.mlops.requirements.workloads import runs_line
from envs.mlops.spots import RAY, Spot, of_parts, of_pods
from iac_gym.check import Findings, requirement
from iac_gym.formats.yaml import KUBERNETES, YamlError, load
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_map, as_text

_KINDS = tuple(RAY)


def image(spot: Spot, image: str) -> Findings:
    """The image of the main container."""
    if not same_image(spot.container.get("image"), image):
        found = spot.container.get("image")
        yield spot.finding(f"the image is {shown(found)}, asked for {image}", "image")


part_image = of_parts(
    of_pods("the container of {who} has the image `{image}`", "{who} runs the image `{image}`")(
        image
    )
)


def _is(manifest: Manifest, name: str, kind: str, version: str) -> Findings:
    return value_is(manifest, name, kind, (*RAY[kind], "rayVersion"), version)


@requirement(
    "a RayCluster `{name}` with Ray {version}",
    "the RayCluster `{name}` runs the Ray version {version}",
)
def ray_cluster(manifest: Manifest, name: str, version: str) -> Findings:
    """A RayCluster and its `rayVersion`."""
    return _is(manifest, name, "RayCluster", version)


@requirement(
    "a RayJob `{name}` with Ray {version}",
    "the RayJob `{name}` runs on the Ray version {version}",
)
def ray_job(manifest: Manifest, name: str, version: str) -> Findings:
    """A RayJob and the `rayVersion` of its cluster."""
    return _is(manifest, name, "RayJob", version)


@requirement(
    "a RayService `{name}` with Ray {version}",
    "the RayService `{name}` runs on the Ray version {version}",
)
def ray_service(manifest: Manifest, name: str, version: str) -> Findings:
    """A RayService and the `rayVersion` of its cluster."""
    return _is(manifest, name, "RayService", version)


def _groups(item: KubeObject, group: str) -> list[tuple[Path, dict[Any, Any]]]:
    found = places(item, *RAY[item.kind], "workerGroupSpecs")
    return [pair for pair in found if pair[1].get("groupName") == group]


@requirement(
    "`{of}` has a worker group `{group}` of {count} workers, between {fewest} and {most}",
    "the worker group `{group}` of `{of}` starts with {count} workers and may have {fewest} to"
    " {most}",
)
def worker_group(
    manifest: Manifest, of: str, group: str, count: int, fewest: int, most: int
) -> Findings:
    """`replicas`, `minReplicas` and `maxReplicas` of a worker group."""

    def check(item: KubeObject) -> Findings:
        found = _groups(item, group)
        if not found:
            yield item.finding(f"`{of}` has no worker group `{group}`", *RAY[item.kind])
        for at, tree in found:
            given = [tree.get(key) for key in ("replicas", "minReplicas", "maxReplicas")]
            if given[0] is None:
                given[0] = given[1]
            if not all(map(equal, given, (count, fewest, most))):
                listed = " / ".join(shown(one) for one in given)
                message = f"the group `{group}` has {listed}, asked for {count} / {fewest} / {most}"
                yield item.finding(message, *at)

    return each(manifest, of, _KINDS, check)


@requirement(
    "Ray's autoscaler is switched on for `{of}`, with an idle timeout of {seconds} seconds",
    "`{of}` scales by Ray's in-tree autoscaler and removes workers after {seconds} idle seconds",
)
def ray_autoscaling(manifest: Manifest, of: str, seconds: int) -> Findings:
    """`enableInTreeAutoscaling` and the idle timeout (60 seconds by default)."""

    def check(item: KubeObject) -> Findings:
        base = RAY[item.kind]
        if item.get(*base, "enableInTreeAutoscaling") is not True:
            path = (*base, "enableInTreeAutoscaling")
            yield differs(item, path, item.get(*path), True)
        path = (*base, "autoscalerOptions", "idleTimeoutSeconds")
        common = item.get(*path, default=60)
        groups = maps(item.get(*base, "workerGroupSpecs"))
        # Since version v2 of the autoscaler a group may have a timeout of its own.
        timeouts = [group.get("idleTimeoutSeconds", common) for group in groups] or [common]
        for timeout in timeouts:
            if not equal(timeout, seconds):
                yield differs(item, path, timeout, seconds)
                return

    return each(manifest, of, _KINDS, check)


@requirement(
    "the head of `{of}` starts Ray with `{key}` set to `{value}`",
    "the Ray start parameter `{key}` of the head of `{of}` is `{value}`",
)
def head_parameter(manifest: Manifest, of: str, key: str, value: str) -> Findings:
    """A start parameter of the head group."""

    def check(item: KubeObject) -> Findings:
        path = (*RAY[item.kind], "headGroupSpec", "rayStartParams", key)
        if not equal(item.get(*path), value):
            yield differs(item, path, item.get(*path), value)

    return each(manifest, of, _KINDS, check)


@requirement(
    "the head of `{of}` schedules no work of its own (`num-cpus` is 0)",
    "no task runs on the head of `{of}`: it offers 0 CPUs to Ray",
)
def idle_head(manifest: Manifest, of: str) -> Findings:
    """The start parameter `num-cpus: "0"` of the head group."""

    def check(item: KubeObject) -> Findings:
        path = (*RAY[item.kind], "headGroupSpec", "rayStartParams", "num-cpus")
        if item.get(*path) != "0":
            yield differs(item, path, item.get(*path), "0")

    return each(manifest, of, _KINDS, check)


@requirement(
    "`{of}` runs `{command}` as its entry point",
    "the entry point of `{of}` is `{command}`",
)
def ray_entry(manifest: Manifest, of: str, command: str) -> Findings:
    """`entrypoint` of a RayJob."""

    def check(item: KubeObject) -> Findings:
        found = as_text(item.get("spec", "entrypoint"))
        lines = lines_in(["sh", "-c", found], {}) if found else []
        if not runs_line(lines, command):
            yield differs(item, ("spec", "entrypoint"), found or None, command)

    return each(manifest, of, ("RayJob",), check)


@requirement(
    "the cluster of `{of}` is shut down when the job ends, {seconds} seconds later",
    "`{of}` deletes its cluster {seconds} seconds after the job has finished",
)
def ray_shutdown(manifest: Manifest, of: str, seconds: int) -> Findings:
    """`shutdownAfterJobFinishes` and `ttlSecondsAfterFinished` of a RayJob."""

    def check(item: KubeObject) -> Findings:
        if item.get("spec", "shutdownAfterJobFinishes") is not True:
            path = ("spec", "shutdownAfterJobFinishes")
            yield differs(item, path, item.get(*path), True)
        path = ("spec", "ttlSecondsAfterFinished")
        if not equal(item.get(*path, default=0), seconds):
            yield differs(item, path, item.get(*path, default=0), seconds)

    return each(manifest, of, ("RayJob",), check)


@requirement(
    "`{of}` is tried again up to {count} times (backoff limit)",
    "a backoff limit of {count} for the Ray job `{of}`",
)
def ray_backoff(manifest: Manifest, of: str, count: int) -> Findings:
    """`backoffLimit` of a RayJob (0 by default)."""
    return value_is(manifest, of, "RayJob", ("spec", "backoffLimit"), count, 0)


def _yaml(text: object) -> Any:
    try:
        return load(text, KUBERNETES).value if isinstance(text, str) else None
    except YamlError:
        return None


@requirement(
    "the runtime environment of `{of}` installs `{package}` with pip",
    "`{of}` needs the pip package `{package}` in its runtime environment",
)
def ray_package(manifest: Manifest, of: str, package: str) -> Findings:
    """An entry of the list `pip` of `runtimeEnvYAML`."""

    def check(item: KubeObject) -> Findings:
        given = as_map(_yaml(item.get("spec", "runtimeEnvYAML"))).get("pip")
        listed = texts(as_map(given).get("packages")) if isinstance(given, dict) else texts(given)
        if package not in [one.replace(" ", "") for one in listed]:
            message = f"the runtime environment of `{of}` lacks {package}"
            yield item.finding(message, "spec", "runtimeEnvYAML")

    return each(manifest, of, ("RayJob",), check)


def _applications(item: KubeObject) -> list[dict[Any, Any]]:
    return maps(as_map(_yaml(item.get("spec", "serveConfigV2"))).get("applications"))


@requirement(
    "`{of}` serves the application `{app}`: `{target}` under the route `{route}`",
    "the application `{app}` of `{of}` imports `{target}` and has the route prefix `{route}`",
)
def serve_application(manifest: Manifest, of: str, app: str, target: str, route: str) -> Findings:
    """An application of `serveConfigV2` (its default name is default, its default route is /)."""

    def check(item: KubeObject) -> Findings:
        for one in _applications(item):
            if one.get("name", "default") == app:
                given = one.get("import_path"), one.get("route_prefix", "/")
                if given != (target, route):
                    message = f"`{app}` serves {given[0]} under {given[1]}"
                    yield item.finding(message[:160], "spec", "serveConfigV2")
                return
        yield item.finding(f"`{of}` has no application `{app}`", "spec", "serveConfigV2")

    return each(manifest, of, ("RayService",), check)


def _deployment(item: KubeObject, app: str, name: str) -> dict[Any, Any]:
    for one in _applications(item):
        if one.get("name", "default") == app:
            for entry in maps(one.get("deployments")):
                if entry.get("name") == name:
                    return entry
    return {}


@requirement(
    "the Serve deployment `{name}` of the application `{app}` in `{of}` has {count} replicas",
    "in `{of}`, {count} replicas of the deployment `{name}` (application `{app}`)",
)
def serve_replicas(manifest: Manifest, of: str, app: str, name: str, count: int) -> Findings:
    """`num_replicas` of a deployment in `serveConfigV2`."""

    def check(item: KubeObject) -> Findings:
        found = _deployment(item, app, name).get("num_replicas")
        if not equal(found, count):
            message = f"`{name}` has {shown(found)} replicas, asked for {count}"
            yield item.finding(message, "spec", "serveConfigV2")

    return each(manifest, of, ("RayService",), check)


@requirement(
    "each replica of the Serve deployment `{name}` of the application `{app}` in `{of}` takes"
    " {count} GPU(s) from Ray",
    "in `{of}`, a replica of `{name}` (application `{app}`) has `num_gpus` {count}",
)
def serve_gpus(manifest: Manifest, of: str, app: str, name: str, count: float) -> Findings:
    """`ray_actor_options.num_gpus` of a deployment in `serveConfigV2`."""

    def check(item: KubeObject) -> Findings:
        options = as_map(_deployment(item, app, name).get("ray_actor_options"))
        if not same_value(options.get("num_gpus"), count):
            message = f"`{name}` takes {shown(options.get('num_gpus'))} GPUs, asked for {count}"
            yield item.finding(message, "spec", "serveConfigV2")

    return each(manifest, of, ("RayService",), check)
