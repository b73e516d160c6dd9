"""Requirements about what a chart renders: how its objects work together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from envs.helm.requirements.reading import (
    WORKLOADS,
    at,
    one_of,
    only,
    other_chart,
    rendered,
    same,
    wrong,
)
from iac_gym.check import requirement
from iac_gym.languages.helm import HelmModel, Rendering
from iac_gym.languages.kubernetes.model import KubeObject
from iac_gym.verdict import Finding


def _workload(rendering: Rendering) -> KubeObject | None:
    found = rendering.manifest.of_kind(*WORKLOADS)
    return found[0] if len(found) == 1 else None


def _ports(item: KubeObject) -> dict[Any, int]:
    """Return the container ports by name and by number."""
    found: dict[Any, int] = {}
    listed = at(item, "spec.template.spec.containers[0].ports")
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and isinstance(one.get("containerPort"), int):
            found[one["containerPort"]] = one["containerPort"]
            found[one.get("name")] = one["containerPort"]
    return found


@requirement("by default the chart renders exactly one {kind}", "there is one {kind} by default")
def renders_one(model: HelmModel, kind: str) -> Iterable[Finding]:
    """Counted with the default values."""
    yield from one_of(model, kind)[1]


@requirement(
    "the Service sends the port in the value `service.port` ({port} by default) to the port "
    "{container} of the pods, which the first container declares",
    "port {container} of the first container is reached through the Service, at the port that the "
    "value `service.port` says ({port} by default)",
)
def service_reaches(model: HelmModel, port: int, container: int) -> Iterable[Finding]:
    """The Service selects the pods, and its target is a declared port; played with two ports."""
    for values, wanted in (({}, port), ({"service.port": 7654}, 7654)):
        found, findings = rendered(model, values)
        yield from findings
        if found is None:
            return
        service, findings = only(found, "Service")
        yield from findings
        pods = _workload(found)
        if service is None or pods is None:
            yield Finding("the chart does not render one workload and one Service", "")
            return
        labels = at(pods, "spec.template.metadata.labels") or {}
        selector = service.get("spec", "selector", default={})
        if not selector or not selector.items() <= labels.items():
            yield wrong(service, "the Service does not select the pods", "spec.selector")
            return
        given = at(service, "spec.ports[0]") or {}
        target = given.get("targetPort", given.get("port"))
        if given.get("port") != wanted or _ports(pods).get(target) != container:
            message = f"port {wanted} does not lead to the container's port {container}"
            yield wrong(service, message, "spec.ports")
            return


@requirement(
    "with `ingress.enabled: true` and the host in `ingress.host` the Ingress of `{chart}` leads that "
    "host to the port of the Service",
    "the Ingress of `{chart}` routes the host that the value `ingress.host` names to the Service's port, once "
    "`ingress.enabled` is true",
)
def ingress_routes(model: HelmModel, chart: str) -> Iterable[Finding]:
    """Rendered with two hosts."""
    if missing := other_chart(model, chart):
        yield from missing
        return
    for host in ("one.example.com", "two.example.org"):
        found, findings = rendered(model, {"ingress.enabled": True, "ingress.host": host})
        yield from findings
        if found is None:
            return
        item, findings = only(found, "Ingress")
        yield from findings
        service, more = only(found, "Service")
        yield from more
        if item is None or service is None:
            return
        if not leads(item, host, service):
            yield wrong(item, f"`{host}` does not lead to the Service", "spec.rules")
            return


def leads(item: KubeObject, host: str, service: KubeObject) -> bool:
    """Whether an Ingress leads one host, and no other, to a port of a Service."""
    rules = _mappings(item.get("spec", "rules"))
    if len(rules) != 1 or rules[0].get("host") != host:
        return False
    ports = _mappings(service.get("spec", "ports"))
    for path in _mappings(at_path(rules[0], "http").get("paths")):
        backend = at_path(path, "backend", "service")
        port = at_path(backend, "port")
        known = any(
            port.get("number") == one.get("port")
            or (port.get("name") and port.get("name") == one.get("name"))
            for one in ports
        )
        if backend.get("name") == service.name and known:
            return True
    return False


def _mappings(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def at_path(tree: Any, *keys: str) -> dict[str, Any]:
    """Return the mapping under keys, an empty one where there is none."""
    for key in keys:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree if isinstance(tree, dict) else {}


@requirement(
    "with `ingress.tls: true` (and `ingress.enabled`) the Ingress of `{chart}` asks for TLS for its host, with "
    "the Secret named in `ingress.secretName`",
    "`ingress.tls: true` gives the Ingress of `{chart}` a TLS entry for its host with the Secret in "
    "`ingress.secretName`",
)
def ingress_tls(model: HelmModel, chart: str) -> Iterable[Finding]:
    """Rendered with and without TLS."""
    if missing := other_chart(model, chart):
        yield from missing
        return
    base = {"ingress.enabled": True, "ingress.host": "one.example.com"}
    plain, findings = one_of(model, "Ingress", base)
    yield from findings
    safe, findings = one_of(
        model, "Ingress", {**base, "ingress.tls": True, "ingress.secretName": "probe-tls"}
    )
    yield from findings
    if plain is None or safe is None:
        return
    wanted = [{"hosts": ["one.example.com"], "secretName": "probe-tls"}]
    if plain.get("spec", "tls") or not same(safe.get("spec", "tls"), wanted):
        yield wrong(safe, "TLS does not follow the values", "spec.tls")


@requirement(
    "with `autoscaling.enabled: true` a HorizontalPodAutoscaler keeps the {kind} of `{chart}` between "
    "`autoscaling.minReplicas` ({low} by default) and `autoscaling.maxReplicas` ({high} by "
    "default) replicas, and the {kind} sets no `replicas`",
    "`autoscaling.enabled: true` adds a HorizontalPodAutoscaler for the {kind} of `{chart}` (from "
    "`autoscaling.minReplicas`, {low} by default, to `autoscaling.maxReplicas`, {high} by "
    "default) and takes `replicas` out of the {kind}",
)
def autoscales(model: HelmModel, chart: str, kind: str, low: int, high: int) -> Iterable[Finding]:
    """Rendered without, with the defaults and with other bounds."""
    if missing := other_chart(model, chart):
        yield from missing
        return
    bare, findings = rendered(model)
    yield from findings
    if bare is None:
        return
    if bare.manifest.of_kind("HorizontalPodAutoscaler"):
        yield Finding("the autoscaler is there by default", "")
        return
    cases: tuple[tuple[Mapping[str, Any], int, int], ...] = (
        ({}, low, high),
        ({"autoscaling.minReplicas": 4, "autoscaling.maxReplicas": 44}, 4, 44),
    )
    for values, least, most in cases:
        found, findings = rendered(model, {"autoscaling.enabled": True, **values})
        yield from findings
        if found is None:
            return
        scaler, findings = only(found, "HorizontalPodAutoscaler")
        yield from findings
        target, more = only(found, kind)
        yield from more
        if scaler is None or target is None:
            return
        reference = scaler.get("spec", "scaleTargetRef", default={})
        if reference.get("name") != target.name or reference.get("kind") != kind:
            yield wrong(scaler, f"it does not scale the {kind}", "spec.scaleTargetRef")
            return
        bounds = scaler.get("spec", "minReplicas"), scaler.get("spec", "maxReplicas")
        if bounds != (least, most):
            yield wrong(scaler, f"it does not stay between {least} and {most}", "spec")
            return
        if target.has("spec", "replicas"):
            yield wrong(target, "`replicas` stands against the autoscaler", "spec.replicas")
            return


@requirement(
    "the autoscaler aims at the CPU use in `autoscaling.targetCPU` ({percent} % by default)",
    "`autoscaling.targetCPU` ({percent} by default) is the average CPU utilization that the "
    "autoscaler aims at",
)
def autoscaler_target(model: HelmModel, percent: int) -> Iterable[Finding]:
    """Rendered with the default and with another target."""
    for values, wanted in (({}, percent), ({"autoscaling.targetCPU": 37}, 37)):
        item, findings = one_of(
            model, "HorizontalPodAutoscaler", {"autoscaling.enabled": True, **values}
        )
        yield from findings
        if item is None:
            return
        metrics = item.get("spec", "metrics", default=[])
        found = [
            one.get("resource", {}).get("target", {}).get("averageUtilization")
            for one in (metrics if isinstance(metrics, list) else [])
            if isinstance(one, dict) and (one.get("resource") or {}).get("name") == "cpu"
        ]
        if found != [wanted]:
            yield wrong(item, f"it does not aim at {wanted} % of the CPU", "spec.metrics")
            return


@requirement(
    "the chart makes a ServiceAccount of its own for the {kind} of `{chart}` unless `serviceAccount.create` is "
    "false; then the {kind} uses the one in `serviceAccount.name`",
    "`serviceAccount.create` (true by default) decides whether the chart makes the ServiceAccount "
    "that the {kind} of `{chart}` uses, or `serviceAccount.name` names it",
)
def service_account(model: HelmModel, chart: str, kind: str) -> Iterable[Finding]:
    """Rendered with the default, with another name, and without one of its own."""
    if missing := other_chart(model, chart):
        yield from missing
        return
    path = "spec.template.spec.serviceAccountName"
    cases: tuple[dict[str, Any], ...] = ({}, {"serviceAccount.name": "probe-account"})
    for values in cases:
        found, findings = rendered(model, values)
        yield from findings
        if found is None:
            return
        account, findings = only(found, "ServiceAccount")
        yield from findings
        user, more = only(found, kind)
        yield from more
        if account is None or user is None:
            return
        named = values.get("serviceAccount.name", account.name)
        if at(user, path) != account.name or account.name != named:
            yield wrong(user, f"the {kind} does not use the ServiceAccount", path)
            return
    values = {"serviceAccount.create": False, "serviceAccount.name": "probe-account"}
    found, findings = rendered(model, values)
    yield from findings
    if found is None:
        return
    user, findings = only(found, kind)
    yield from findings
    if found.manifest.of_kind("ServiceAccount"):
        yield Finding("a ServiceAccount is made although it should not be", "")
    elif user is not None and at(user, path) != "probe-account":
        yield wrong(user, f"the {kind} does not use the account that is named", path)


@requirement(
    "liveness and readiness probes of the first container of the {kind} ask `{path}` at its port "
    "{port}",
    "the first container of the {kind} has a liveness and a readiness probe for `{path}` at port "
    "{port}",
)
def probes(model: HelmModel, kind: str, path: str, port: int) -> Iterable[Finding]:
    """`httpGet` of both; the port by number or by the name of a declared one."""
    item, findings = one_of(model, kind)
    yield from findings
    if item is None:
        return
    for name in ("livenessProbe", "readinessProbe"):
        given = at(item, f"spec.template.spec.containers[0].{name}.httpGet")
        given = given if isinstance(given, dict) else {}
        number = given.get("port") if given.get("port") == port else _ports(item).get(
            given.get("port"))  # fmt: skip
        if given.get("path") != path or number != port:
            where = f"spec.template.spec.containers[0].{name}"
            yield wrong(item, f"the {name} does not ask `{path}` at port {port}", where)


@requirement(
    "the PodDisruptionBudget, rendered only with `podDisruptionBudget.enabled: true`, covers the "
    "pods and keeps `podDisruptionBudget.minAvailable` ({count} by default) of them",
    "with `podDisruptionBudget.enabled: true` a PodDisruptionBudget for the pods demands "
    "`podDisruptionBudget.minAvailable` ({count} by default)",
)
def disruption_budget(model: HelmModel, count: int) -> Iterable[Finding]:
    """Rendered without, with the default and with another number."""
    plain, findings = rendered(model)
    yield from findings
    if plain is None:
        return
    if plain.manifest.of_kind("PodDisruptionBudget"):
        yield Finding("the PodDisruptionBudget is there by default", "")
        return
    for values, wanted in (({}, count), ({"podDisruptionBudget.minAvailable": 9}, 9)):
        found, findings = rendered(model, {"podDisruptionBudget.enabled": True, **values})
        yield from findings
        item, more = only(found, "PodDisruptionBudget") if found else (None, [])
        yield from more
        pods = _workload(found) if found else None
        if item is None or pods is None:
            return
        selector = item.get("spec", "selector", "matchLabels", default={})
        labels = at(pods, "spec.template.metadata.labels") or {}
        if not selector or not selector.items() <= labels.items():
            yield wrong(item, "it does not cover the pods", "spec.selector")
            return
        if not same(item.get("spec", "minAvailable"), wanted):
            yield wrong(item, f"it does not keep {wanted} pods", "spec.minAvailable")
            return


@requirement(
    "the {kind} keeps its data in a volume at `{path}`: with `persistence.enabled` (true by "
    "default) a claim of the size in `persistence.size` ({size} by default), without it an "
    "emptyDir",
    "`{path}` of the {kind} is a volume; `persistence.enabled` (true by default) decides between a "
    "PersistentVolumeClaim of `persistence.size` ({size} by default) and an emptyDir",
)
def persists(model: HelmModel, kind: str, path: str, size: str) -> Iterable[Finding]:
    """Rendered with the default, with another size, and without persistence."""
    for values, wanted in (({}, size), ({"persistence.size": "77Gi"}, "77Gi")):
        found, findings = rendered(model, values)
        yield from findings
        if found is None:
            return
        item, findings = only(found, kind)
        yield from findings
        if item is None:
            return
        if claimed(found, item, path) != wanted:
            yield wrong(item, f"`{path}` is no claim of {wanted}", "spec.template.spec.volumes")
            return
    found, findings = rendered(model, {"persistence.enabled": False})
    yield from findings
    if found is None:
        return
    item, findings = only(found, kind)
    yield from findings
    if item is not None:
        volume = _volume(item, path)
        if volume is None or "emptyDir" not in volume or found.manifest.of_kind(
            "PersistentVolumeClaim"
        ):  # fmt: skip
            message = f"without persistence `{path}` is no emptyDir"
            yield wrong(item, message, "spec.template.spec.volumes")


def _mounted(item: KubeObject, path: str) -> str:
    """Return the name of the volume at a path of the first container."""
    mounts = at(item, "spec.template.spec.containers[0].volumeMounts")
    for one in mounts if isinstance(mounts, list) else []:
        if isinstance(one, dict) and str(one.get("mountPath", "")).rstrip("/") == path:
            return str(one.get("name", ""))
    return ""


def _volume(item: KubeObject, path: str) -> dict[str, Any] | None:
    name = _mounted(item, path)
    volumes = at(item, "spec.template.spec.volumes")
    for one in volumes if isinstance(volumes, list) else []:
        if isinstance(one, dict) and one.get("name") == name:
            return one
    return None


def claimed(found: Rendering, item: KubeObject, path: str) -> str:
    """Return the size of the claim behind a path, '' where there is none."""
    name = _mounted(item, path)
    templates = at(item, "spec.volumeClaimTemplates")
    for one in templates if isinstance(templates, list) else []:
        if isinstance(one, dict) and (one.get("metadata") or {}).get("name") == name:
            return _size(one.get("spec"))
    volume = _volume(item, path) or {}
    claim = (volume.get("persistentVolumeClaim") or {}).get("claimName")
    for one in found.manifest.of_kind("PersistentVolumeClaim"):
        if one.name == claim:
            return _size(one.get("spec"))
    return ""


def _size(spec: Any) -> str:
    resources = spec.get("resources") if isinstance(spec, dict) else None
    requests = resources.get("requests") if isinstance(resources, dict) else None
    return str(requests.get("storage", "")) if isinstance(requests, dict) else ""


@requirement(
    "a hook Job runs `{command}` before every {event} and is deleted once it has succeeded",
    "before each {event} Helm runs a Job (hook) with `{command}`, which is removed after success",
)
def hook_runs(model: HelmModel, command: str, event: str) -> Iterable[Finding]:
    """A Job among the hooks with that event and delete policy."""
    found, findings = rendered(model)
    yield from findings
    if found is None:
        return
    for item in found.hooks.of_kind("Job"):
        annotations = item.get("metadata", "annotations", default={})
        events = _words(annotations.get("helm.sh/hook"))
        policies = _words(annotations.get("helm.sh/hook-delete-policy"))
        given = at(item, "spec.template.spec.containers[0]") or {}
        words = [*(given.get("command") or []), *(given.get("args") or [])]
        line = " ".join(str(word) for word in words)
        runs = line == command or line in (f"sh -c {command}", f"/bin/sh -c {command}")
        if f"pre-{event}" in events and "hook-succeeded" in policies and runs:
            return
    yield Finding(f"no hook runs `{command}` before each {event}", "")


def _words(value: Any) -> list[str]:
    return [word.strip() for word in str(value or "").split(",")]


@requirement(
    "the {kind} runs at the schedule in the value `schedule`, `{schedule}` by default",
    "the value `schedule` (`{schedule}` by default) says when the {kind} runs",
)
def scheduled(model: HelmModel, kind: str, schedule: str) -> Iterable[Finding]:
    """Rendered with the default and with another schedule."""
    for values, wanted in (({}, schedule), ({"schedule": "7 3 * * 2"}, "7 3 * * 2")):
        item, findings = one_of(model, kind, values)
        yield from findings
        if item is None:
            return
        if item.get("spec", "schedule") != wanted:
            yield wrong(item, f"it does not run at `{wanted}`", "spec.schedule")
            return


@requirement(
    "the ServiceAccount of the {kind} may {verbs} {resource}: a Role and a RoleBinding say so, "
    "unless `rbac.create` is false",
    "with `rbac.create` (true by default) a Role and a RoleBinding let the ServiceAccount of the "
    "{kind} {verbs} {resource}",
)
def account_may(model: HelmModel, kind: str, verbs: list[str], resource: str) -> Iterable[Finding]:
    """The Role, what binds it to the account, and nothing of both when it is switched off."""
    found, findings = rendered(model)
    yield from findings
    if found is None:
        return
    parts = [only(found, name) for name in ("Role", "RoleBinding", kind)]
    for _, missing in parts:
        yield from missing
    role, binding, user = (item for item, _ in parts)
    if role is None or binding is None or user is None:
        return
    account = at(user, "spec.template.spec.serviceAccountName")
    rules = role.get("rules", default=[])
    granted = {
        verb
        for one in (rules if isinstance(rules, list) else [])
        if isinstance(one, dict) and resource in (one.get("resources") or [])
        for verb in (one.get("verbs") or [])
    }
    if granted != set(verbs):
        yield wrong(role, f"it does not allow exactly {', '.join(verbs)}", "rules")
    subjects = binding.get("subjects", default=[])
    bound = any(
        one.get("kind") == "ServiceAccount" and one.get("name") == account
        for one in (subjects if isinstance(subjects, list) else [])
        if isinstance(one, dict)
    )
    if not account or not bound or binding.get("roleRef", "name") != role.name:
        yield wrong(binding, "it does not give the Role to the ServiceAccount", "subjects")
    off, findings = rendered(model, {"rbac.create": False})
    yield from findings
    if off is not None and off.manifest.of_kind("Role", "RoleBinding"):
        yield Finding("`rbac.create: false` leaves the Role or the RoleBinding", "")


@requirement(
    "the folder `{source}` of the node is mounted read-only at `{path}` in the first container of "
    "the {kind}",
    "the first container of the {kind} sees the node's `{source}` at `{path}`, read-only",
)
def host_folder(model: HelmModel, source: str, path: str, kind: str) -> Iterable[Finding]:
    """A hostPath volume and its mount."""
    item, findings = one_of(model, kind)
    yield from findings
    if item is None:
        return
    volume = _volume(item, path) or {}
    mounts = at(item, "spec.template.spec.containers[0].volumeMounts")
    locked = any(
        one.get("mountPath") == path and one.get("readOnly") is True
        for one in (mounts if isinstance(mounts, list) else [])
        if isinstance(one, dict)
    )
    given = volume.get("hostPath")
    if not isinstance(given, dict) or given.get("path") != source or not locked:
        where = "spec.template.spec.containers[0].volumeMounts"
        yield wrong(item, f"`{source}` is not at `{path}`, read-only", where)


@requirement(
    "the first container of the {kind} runs `{command}`",
    "`{command}` is what the first container of the {kind} runs",
)
def runs_command(model: HelmModel, kind: str, command: str) -> Iterable[Finding]:
    """`command` and `args` together, or a shell that runs nothing else."""
    item, findings = one_of(model, kind)
    yield from findings
    if item is None:
        return
    path = "spec.template.spec.containers[0]"
    words = [*_listed(at(item, f"{path}.command")), *_listed(at(item, f"{path}.args"))]
    shell = len(words) == 3 and words[0] in ("sh", "/bin/sh", "bash", "/bin/bash") and (
        words[1] == "-c" and words[2].strip().removeprefix("exec ") == command
    )  # fmt: skip
    if " ".join(words) != command and not shell:
        yield wrong(item, f"the container does not run `{command}`", f"{path}.command")


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
