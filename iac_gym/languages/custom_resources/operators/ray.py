"""Ray's clusters, jobs and services.

Source: ray-project/kuberay, `ray-operator/controllers/ray/utils/validation.go`.
"""

from __future__ import annotations

from typing import Any

from iac_gym.formats.yaml import KUBERNETES, YamlError, load_all
from iac_gym.languages.custom_resources.notes import Notes
from iac_gym.languages.custom_resources.operators.reading import (
    CheckKind,
    Objects,
    check_name,
    listed,
    whole,
    within,
)
from iac_gym.languages.kubernetes.model import KubeObject, Path, as_list, as_map, as_text

_CLUSTER = "ray-clusters"
_JOB = "ray-jobs"
_LONGEST = {"RayCluster": 63, "RayJob": 47, "RayService": 47}
_RESOURCES = ("num-cpus", "num-gpus", "memory", "resources")
_UPGRADES = ("", "NewCluster", "None", "NewClusterWithIncrementalUpgrade")


def check_cluster(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note what KubeRay would refuse of a RayCluster."""
    check_name(item, _CLUSTER, notes, _LONGEST["RayCluster"])
    _check_spec(item, as_map(item.get("spec")), ("spec",), notes)


def _check_spec(item: KubeObject, spec: dict[Any, Any], path: Path, notes: Notes) -> None:
    head = within(spec, "headGroupSpec")
    _check_group(item, "the head group", head, (*path, "headGroupSpec"), notes)
    scaled = spec.get("enableInTreeAutoscaling") is True
    names: set[str] = set()
    for where, group in listed(spec.get("workerGroupSpecs"), (*path, "workerGroupSpecs")):
        name = as_text(group.get("groupName"))
        _check_group(item, f"the group `{name[:40]}`", group, where, notes)
        _check_replicas(item, group, where, notes)
        if name in names:
            notes.add(_CLUSTER, item, f"the group `{name[:40]}` is given twice", *where)
        names.add(name)
        if scaled and group.get("suspend") is True:
            message = "a group cannot be suspended while the autoscaler runs"
            notes.add(_CLUSTER, item, message, *where, "suspend")
    _check_options(item, spec, path, notes)
    _check_fault_tolerance(item, spec, path, notes)


def _check_group(
    item: KubeObject, what: str, group: dict[Any, Any], path: Path, notes: Notes
) -> None:
    pod = within(group, "template", "spec")
    if group and not as_list(pod.get("containers")):
        notes.add(_CLUSTER, item, f"{what} has no container", *path)
    parameters = within(group, "rayStartParams")
    if as_map(group.get("resources")) and any(map(parameters.get, _RESOURCES)):
        message = f"{what} has resources in `rayStartParams` and in `resources`"
        notes.add(_CLUSTER, item, message, *path, "resources")
    if "labels" in parameters:
        message = "give labels in `labels`, not in `rayStartParams`"
        notes.add(_CLUSTER, item, message, *path, "rayStartParams", "labels")


def _check_replicas(item: KubeObject, group: dict[Any, Any], path: Path, notes: Notes) -> None:
    least, most = whole(group.get("minReplicas")), whole(group.get("maxReplicas"))
    for field, count in (("minReplicas", least), ("maxReplicas", most)):
        if count is not None and count < 0:
            notes.add(_CLUSTER, item, f"`{field}` must not be negative", *path, field)
    if least is not None and most is not None and least > most:
        message = f"`minReplicas` is {least}, above the {most} of `maxReplicas`"
        notes.add(_CLUSTER, item, message, *path, "minReplicas")


def _check_options(item: KubeObject, spec: dict[Any, Any], path: Path, notes: Notes) -> None:
    idle = whole(within(spec, "autoscalerOptions").get("idleTimeoutSeconds"))
    if idle is not None and idle < 0:
        where = (*path, "autoscalerOptions", "idleTimeoutSeconds")
        notes.add(_CLUSTER, item, "the idle timeout must not be negative", *where)
    if spec.get("enableInTreeAutoscaling") is not True:
        return
    if within(spec, "autoscalerOptions").get("version") == "v2":
        groups = [((*path, "headGroupSpec"), within(spec, "headGroupSpec"))]
        groups += listed(spec.get("workerGroupSpecs"), (*path, "workerGroupSpecs"))
        for where, group in groups:
            policy = within(group, "template", "spec").get("restartPolicy")
            if policy not in (None, "", "Never"):
                message = "with the autoscaler v2 the restart policy of Ray's pods is Never"
                place = ("template", "spec", "restartPolicy")
                notes.add(_CLUSTER, item, message, *where, *place)


def _check_fault_tolerance(
    item: KubeObject, spec: dict[Any, Any], path: Path, notes: Notes
) -> None:
    head = within(spec, "headGroupSpec")
    containers = as_list(within(head, "template", "spec").get("containers"))
    names = {
        as_map(e).get("name") for e in as_list(as_map(next(iter(containers), None)).get("env"))
    }
    options = spec.get("gcsFaultToleranceOptions")
    annotations = as_map(item.get("metadata", "annotations"))
    where = (*path, "headGroupSpec")
    annotated = as_text(annotations.get("ray.io/ft-enabled"))
    if options is not None and annotated:
        message = "the annotation ray.io/ft-enabled and `gcsFaultToleranceOptions` are both given"
        notes.add(_CLUSTER, item, message, *path, "gcsFaultToleranceOptions")
    if options is None and annotated.lower() != "true" and "RAY_REDIS_ADDRESS" in names:
        message = "RAY_REDIS_ADDRESS needs `gcsFaultToleranceOptions`"
        notes.add(_CLUSTER, item, message, *where)
    if options is not None and names & {"RAY_REDIS_ADDRESS", "REDIS_PASSWORD"}:
        message = "give the address and password of Redis in `gcsFaultToleranceOptions`"
        notes.add(_CLUSTER, item, message, *where)


def check_job(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note what KubeRay would refuse of a RayJob."""
    check_name(item, _JOB, notes, _LONGEST["RayJob"])
    spec = as_map(item.get("spec"))
    selected = bool(as_map(spec.get("clusterSelector")))
    cluster = spec.get("rayClusterSpec")
    if cluster is None and not selected:
        message = "`rayClusterSpec` or `clusterSelector` is missing"
        notes.add(_JOB, item, message, "spec")
    for message, field in _job_problems(spec, selected):
        notes.add(_JOB, item, message, "spec", field)
    if isinstance(cluster, dict):
        _check_spec(item, cluster, ("spec", "rayClusterSpec"), notes)
    _check_embedded(item, "runtimeEnvYAML", notes)


def _job_problems(spec: dict[Any, Any], selected: bool) -> list[tuple[str, str]]:
    shut = spec.get("shutdownAfterJobFinishes") is True
    mode = as_text(spec.get("submissionMode"))
    retries = whole(spec.get("backoffLimit")) or 0
    checks = (
        (spec.get("suspend") is True and not shut, "suspend", "needs shutdownAfterJobFinishes"),
        (spec.get("suspend") is True and selected, "suspend", "cannot be used with a selector"),
        (
            (whole(spec.get("ttlSecondsAfterFinished")) or 0) > 0 and not shut,
            "ttlSecondsAfterFinished",
            "needs shutdownAfterJobFinishes",
        ),
        (
            (whole(spec.get("ttlSecondsAfterFinished")) or 0) < 0,
            "ttlSecondsAfterFinished",
            "must not be negative",
        ),
        (retries < 0, "backoffLimit", "must not be negative"),
        (retries > 0 and selected, "backoffLimit", "cannot be used with a selector"),
        (
            retries > 0 and mode == "InteractiveMode",
            "backoffLimit",
            "cannot be used in InteractiveMode",
        ),
        (
            _not_positive(spec.get("activeDeadlineSeconds")),
            "activeDeadlineSeconds",
            "must be above 0",
        ),
        (
            mode == "SidecarMode" and spec.get("submitterPodTemplate") is not None,
            "submitterPodTemplate",
            "cannot be used in SidecarMode",
        ),
        (
            not spec.get("entrypoint")
            and mode != "InteractiveMode"
            and spec.get("submitterPodTemplate") is None,
            "entrypoint",
            "is missing; it is what the job runs",
        ),
    )
    return [(f"`{field}` {message}", field) for wrong, field, message in checks if wrong]


def _not_positive(value: Any) -> bool:
    number = whole(value)
    return number is not None and number <= 0


def _check_embedded(item: KubeObject, field: str, notes: Notes) -> Any:
    """Return the value of a field that holds YAML as text, None where there is none."""
    text = as_text(item.get("spec", field))
    if not text:
        return None
    try:
        documents = load_all(text, KUBERNETES)
    except YamlError as error:
        message = f"`{field}` is no valid YAML: {error.message}"
        notes.add("ray-embedded-yaml", item, message, "spec", field)
        return None
    value = documents[0].value if documents else None
    if not isinstance(value, dict):
        notes.add("ray-embedded-yaml", item, f"`{field}` holds no mapping", "spec", field)
        return None
    return value


def check_service(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note what KubeRay and Ray Serve would refuse of a RayService."""
    check_name(item, "ray-services", notes, _LONGEST["RayService"])
    spec = as_map(item.get("spec"))
    path: Path = ("spec", "rayClusterConfig")
    _check_spec(item, within(spec, "rayClusterConfig"), path, notes)
    kind = as_text(within(spec, "upgradeStrategy").get("type"))
    if kind not in _UPGRADES:
        where = ("spec", "upgradeStrategy", "type")
        notes.add("ray-services", item, f'"{kind[:40]}" is no strategy', *where)
    if within(spec, "rayClusterConfig", "headGroupSpec", "headService", "metadata").get("name"):
        message = "the name of the head service is KubeRay's to give"
        notes.add("ray-services", item, message, *path, "headGroupSpec", "headService")
    config = _check_embedded(item, "serveConfigV2", notes)
    if isinstance(config, dict):
        _check_serve(item, config, notes)


def _check_serve(item: KubeObject, config: dict[Any, Any], notes: Notes) -> None:
    """Note what Ray Serve would refuse of the applications that are to be served."""
    where, rule = ("spec", "serveConfigV2"), "ray-services"
    applications = config.get("applications")
    if not isinstance(applications, list):
        message = "`serveConfigV2` has no list of `applications`"
        notes.add(rule, item, message, *where)
        return
    names: set[str] = set()
    prefixes: set[str] = set()
    for application in map(as_map, applications):
        name, prefix = (
            as_text(application.get("name")) or "default",
            application.get("route_prefix"),
        )
        prefix = "/" if prefix is None else as_text(prefix)
        if not application.get("import_path"):
            notes.add(rule, item, f"the application `{name[:40]}` has no import_path", *where)
        if name in names or prefix in prefixes:
            message = f"the application `{name[:40]}` has the name or route of another"
            notes.add(rule, item, message, *where)
        if not prefix.startswith("/"):
            notes.add(rule, item, f"the route `{prefix[:40]}` does not begin with /", *where)
        names.add(name)
        prefixes.add(prefix)
        for deployment in map(as_map, as_list(application.get("deployments"))):
            if not deployment.get("name"):
                notes.add(rule, item, f"a deployment of `{name[:40]}` has no name", *where)


CHECKS: dict[tuple[str, str], CheckKind] = {
    ("ray.io", "RayCluster"): check_cluster,
    ("ray.io", "RayJob"): check_job,
    ("ray.io", "RayService"): check_service,
}
