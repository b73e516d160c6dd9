"""Requirements about autoscaling: HorizontalPodAutoscalers and KEDA's ScaledObjects."""

from __future__ import annotations

from envs.mlops.commands import same_value
from envs.mlops.reading import (
    asleep,
    differs,
    each,
    equal,
    everything,
    maps,
    named,
    port_number,
    same_amount,
    selects,
    value_is,
)
from envs.mlops.requirements.services import behind
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, as_map, as_text
from iac_gym.languages.kubernetes.quantity import parse_duration

_HPA = ("HorizontalPodAutoscaler",)


@requirement(
    "a HorizontalPodAutoscaler `{name}` for the Deployment `{of}`",
    "the HorizontalPodAutoscaler `{name}` scales the Deployment `{of}`",
)
def autoscaler(manifest: Manifest, name: str, of: str) -> Findings:
    """An autoscaler whose target is a Deployment that runs, in the same namespace."""

    def check(item: KubeObject) -> Findings:
        target = as_map(item.get("spec", "scaleTargetRef"))
        group = as_text(target.get("apiVersion")).partition("/")[0]
        if (target.get("name"), target.get("kind"), group) != (of, "Deployment", "apps"):
            yield item.finding(f"`{name}` does not scale `{of}`", "spec", "scaleTargetRef")
        owners = named(manifest, of, "Deployment")
        if owners and all(owner.namespace != item.namespace for owner in owners):
            yield item.finding(f"`{of}` is in another namespace", "metadata", "namespace")
        yield from filter(None, map(asleep, owners))

    return each(manifest, name, _HPA, check)


@requirement(
    "`{name}` scales between {fewest} and {most} replicas",
    "at least {fewest} and at most {most} replicas through `{name}`",
)
def replica_range(manifest: Manifest, name: str, fewest: int, most: int) -> Findings:
    """`minReplicas` (1 by default) and `maxReplicas` of an autoscaler."""

    def check(item: KubeObject) -> Findings:
        if not equal(item.get("spec", "minReplicas", default=1), fewest):
            path = ("spec", "minReplicas")
            yield differs(item, path, item.get(*path, default=1), fewest)
        if not equal(item.get("spec", "maxReplicas"), most):
            yield differs(item, ("spec", "maxReplicas"), item.get("spec", "maxReplicas"), most)

    return each(manifest, name, _HPA, check)


@requirement(
    "`{name}` aims at an average of {amount} of the pods' metric `{metric}`",
    "the target of `{name}`: an average value of {amount} per pod of the metric `{metric}`",
)
def pod_metric(manifest: Manifest, name: str, metric: str, amount: str) -> Findings:
    """A metric of the pods, with the average that the autoscaler aims at."""

    def check(item: KubeObject) -> Findings:
        found = [
            as_map(as_map(entry.get("pods")).get("target")).get("averageValue")
            for entry in maps(item.get("spec", "metrics"))
            if entry.get("type") == "Pods"
            and as_map(as_map(entry.get("pods")).get("metric")).get("name") == metric
        ]
        if not found or not all(same_amount(value, amount) for value in found):
            message = f"`{name}` does not aim at an average of {amount} of `{metric}`"
            yield item.finding(message, "spec", "metrics")

    return each(manifest, name, _HPA, check)


@requirement(
    "`{name}` waits {seconds} seconds before it scales down (stabilization window)",
    "a scale-down stabilization window of {seconds} seconds for `{name}`",
)
def scale_down_window(manifest: Manifest, name: str, seconds: int) -> Findings:
    """The stabilization window for scaling down (the API's default is 300)."""

    def check(item: KubeObject) -> Findings:
        path = ("spec", "behavior", "scaleDown")
        found = item.get(*path, "stabilizationWindowSeconds", default=300)
        if item.get(*path, "selectPolicy") == "Disabled" or not equal(found, seconds):
            yield differs(item, (*path, "stabilizationWindowSeconds"), found, seconds)

    return each(manifest, name, _HPA, check)


@requirement(
    "`{name}` adds at most {count} pod(s) in {seconds} seconds",
    "a scale-up policy of {count} pod(s) per {seconds} seconds for `{name}`",
)
def scale_up_pods(manifest: Manifest, name: str, count: int, seconds: int) -> Findings:
    """A scale-up policy of the type Pods that no other policy goes beyond."""

    def check(item: KubeObject) -> Findings:
        path = ("spec", "behavior", "scaleUp")
        fitting = [
            (entry.get("type"), entry.get("value"), entry.get("periodSeconds"))
            == ("Pods", count, seconds)
            for entry in maps(item.get(*path, "policies"))
        ]
        chosen = item.get(*path, "selectPolicy", default="Max")
        if chosen == "Disabled" or not any(fitting) or (chosen == "Max" and not all(fitting)):
            message = f"`{name}` may add more or fewer than {count} pods in {seconds} seconds"
            yield item.finding(message, *path, "policies")

    return each(manifest, name, _HPA, check)


_SCALED = ("ScaledObject",)


@requirement(
    "a KEDA ScaledObject `{name}` for the Deployment `{of}`",
    "the ScaledObject `{name}` scales the Deployment `{of}`",
)
def scaled_object(manifest: Manifest, name: str, of: str) -> Findings:
    """A ScaledObject of a Deployment in its namespace, which is not paused."""

    def check(item: KubeObject) -> Findings:
        target = as_map(item.get("spec", "scaleTargetRef"))
        kind = target.get("kind", "Deployment")
        if (target.get("name"), kind) != (of, "Deployment"):
            yield item.finding(f"`{name}` does not scale `{of}`", "spec", "scaleTargetRef")
        if not any(o.namespace == item.namespace for o in named(manifest, of, "Deployment")):
            yield item.finding(f"there is no Deployment `{of}` beside it", "metadata")
        notes = as_map(item.get("metadata", "annotations"))
        for key in ("autoscaling.keda.sh/paused", "autoscaling.keda.sh/paused-replicas"):
            if notes.get(key) not in (None, "false"):
                yield item.finding(f"`{name}` is paused", "metadata", "annotations", key)

    return each(manifest, name, _SCALED, check)


@requirement(
    "KEDA keeps between {fewest} and {most} replicas by `{name}`",
    "`{name}` has a minimum of {fewest} and a maximum of {most} replicas",
)
def scaled_range(manifest: Manifest, name: str, fewest: int, most: int) -> Findings:
    """`minReplicaCount` (0 by default) and `maxReplicaCount` (100 by default)."""

    def check(item: KubeObject) -> Findings:
        for field, asked, default in (
            ("minReplicaCount", fewest, 0),
            ("maxReplicaCount", most, 100),
        ):
            found = item.get("spec", field, default=default)
            if not equal(found, asked):
                yield differs(item, ("spec", field), found, asked)

    return each(manifest, name, _SCALED, check)


def _triggers(item: KubeObject) -> list[dict[object, object]]:
    return [
        as_map(one.get("metadata"))
        for one in maps(item.get("spec", "triggers"))
        if one.get("type") == "prometheus"
    ]


def _query(text: object) -> str:
    return "".join(as_text(text).split())


@requirement(
    "`{name}` has a Prometheus trigger: the query `{query}` on {address}, threshold {threshold}",
    "the trigger of `{name}` asks Prometheus at {address} for `{query}`, with the threshold"
    " {threshold}",
)
def prometheus_trigger(
    manifest: Manifest, name: str, query: str, threshold: str, address: str
) -> Findings:
    """A trigger of the type prometheus."""

    def check(item: KubeObject) -> Findings:
        for one in _triggers(item):
            same = _query(one.get("query")) == _query(query)
            at = as_text(one.get("serverAddress")).rstrip("/") == address
            if same and at and same_value(one.get("threshold"), threshold):
                return
        message = f"`{name}` has no such trigger on `{query}`"
        yield item.finding(message, "spec", "triggers")

    return each(manifest, name, _SCALED, check)


@requirement(
    "the Prometheus trigger of `{name}` wakes the server from zero above {threshold}"
    " (activation threshold)",
    "an activation threshold of {threshold} for the Prometheus trigger of `{name}`",
)
def activation(manifest: Manifest, name: str, threshold: str) -> Findings:
    """`activationThreshold` of a Prometheus trigger."""

    def check(item: KubeObject) -> Findings:
        found = [one.get("activationThreshold") for one in _triggers(item)]
        if not any(same_value(one, threshold) for one in found):
            yield item.finding(f"the activation threshold is not {threshold}", "spec", "triggers")

    return each(manifest, name, _SCALED, check)


@requirement(
    "`{name}` waits {seconds} seconds before it scales to zero (cooldown)",
    "a cooldown period of {seconds} seconds for `{name}`",
)
def cooldown(manifest: Manifest, name: str, seconds: int) -> Findings:
    """`cooldownPeriod` of a ScaledObject (300 by default)."""
    return value_is(manifest, name, _SCALED, ("spec", "cooldownPeriod"), seconds, 300)


@requirement(
    "KEDA polls the triggers of `{name}` every {seconds} seconds",
    "a polling interval of {seconds} seconds for `{name}`",
)
def polling(manifest: Manifest, name: str, seconds: int) -> Findings:
    """`pollingInterval` of a ScaledObject (30 by default)."""
    return value_is(manifest, name, _SCALED, ("spec", "pollingInterval"), seconds, 30)


_MONITOR = ("ServiceMonitor",)


@requirement(
    "a ServiceMonitor `{name}` that scrapes port {port} of the Service `{service}`",
    "the ServiceMonitor `{name}` scrapes the Service `{service}` on its port {port}",
)
def service_monitor(manifest: Manifest, name: str, service: str, port: int) -> Findings:
    """A ServiceMonitor whose selector matches the Service's labels and whose port is its port."""

    def check(item: KubeObject) -> Findings:
        for one in named(manifest, service, "Service"):
            selector = item.get("spec", "selector")
            chosen_too = everything(selector) or selects(selector, one.labels)
            if not chosen_too or not _sees(item, one):
                continue
            chosen = [e for e in maps(one.get("spec", "ports")) if equal(e.get("port"), port)]
            names = [entry.get("name") for entry in chosen]
            targets = _targets(manifest, one, [e.get("targetPort", port) for e in chosen])
            for end in maps(item.get("spec", "endpoints")):
                if isinstance(end.get("port"), str) and end["port"] in names:
                    return
                if "port" not in end and end.get("targetPort") in targets:
                    return
        yield item.finding(f"`{name}` does not scrape `{service}:{port}`", "spec")

    return each(manifest, name, _MONITOR, check)


def _targets(manifest: Manifest, service: KubeObject, ports: list[object]) -> list[object]:
    """Return ports of pods by their numbers and by their names."""
    containers = [c for one in behind(manifest, service) for _, c in one.containers(init=True)]
    return [*ports, *(port_number(containers, port) for port in ports)]


def _sees(item: KubeObject, service: KubeObject) -> bool:
    """Whether a monitor looks into the namespace of a Service."""
    chosen = as_map(item.get("spec", "namespaceSelector"))
    listed = chosen.get("matchNames")
    if chosen.get("any") is True:
        return True
    return service.namespace in (listed if isinstance(listed, list) else [item.namespace])


def _endpoint(manifest: Manifest, name: str, field: str, asked: str, default: str) -> Findings:
    def check(item: KubeObject) -> Findings:
        found = [one.get(field, default) for one in maps(item.get("spec", "endpoints"))]
        if asked not in found and not any(_same_time(one, asked) for one in found):
            given = found[0] if found else None
            path = ("spec", "endpoints")
            yield item.finding(f"`{field}` of `{name}` is {given}, asked for {asked}", *path)

    return each(manifest, name, _MONITOR, check)


def _same_time(found: object, asked: str) -> bool:
    one = parse_duration(found)
    return one is not None and one == parse_duration(asked)


@requirement("`{name}` scrapes every {interval}", "a scrape interval of {interval} for `{name}`")
def scrape_interval(manifest: Manifest, name: str, interval: str) -> Findings:
    """`interval` of an endpoint."""
    return _endpoint(manifest, name, "interval", interval, "")


@requirement("`{name}` scrapes the path `{path}`", "the metrics path of `{name}` is `{path}`")
def scrape_path(manifest: Manifest, name: str, path: str) -> Findings:
    """`path` of an endpoint (/metrics by default)."""
    return _endpoint(manifest, name, "path", path, "/metrics")


@requirement(
    "the ServiceMonitor `{name}` carries the label `{key}: {value}`",
    "label `{key}: {value}` on the ServiceMonitor `{name}`, by which Prometheus finds it",
)
def monitor_label(manifest: Manifest, name: str, key: str, value: str) -> Findings:
    """A label of a ServiceMonitor."""
    return value_is(manifest, name, _MONITOR, ("metadata", "labels", key), value)
