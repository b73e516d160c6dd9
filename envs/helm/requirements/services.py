"""Requirements about how pods are reached: Services, network policies, monitors."""

from __future__ import annotations

from typing import Any

from envs.helm.requirements.reading import (
    below,
    command_of,
    first,
    maps,
    missing,
    one_of,
    only,
    own,
    play,
    played,
    pod_labels,
    port_number,
    same,
    selects,
    serves,
    services_of,
    words,
    workload,
    wrong,
)
from iac_gym.check import requirement
from iac_gym.languages.helm import HelmModel
from iac_gym.languages.helm.values import get
from iac_gym.languages.kubernetes.model import KubeObject


@requirement(
    "the Service sends the port in the value `service.port` ({port} by default) to the port "
    "{container} of the pods, which the first container declares",
    "port {container} of the first container is reached through the Service, at the port that the "
    "value `service.port` says ({port} by default)",
)
@played
def service_reaches(model: HelmModel, port: int, container: int) -> None:
    """The Service selects the pods, and its target is a declared port; played with two ports."""
    for values, wanted in (({}, port), ({"service.port": 7654}, 7654)):
        found = play(model, values)
        pods = workload(found)
        services = services_of(found, pods)
        if not services:
            raise missing("no Service selects the pods")
        if not any(_leads(one, wanted, pods, container) for one in services):
            message = f"port {wanted} does not lead to the container's port {container}"
            raise wrong(services[0], message, "spec.ports")


def _leads(service: KubeObject, port: int, pods: KubeObject, container: int) -> bool:
    """Whether a port of a Service leads to a declared port of the first container."""
    for one in maps(service.get("spec", "ports")):
        target = one.get("targetPort", one.get("port"))
        if one.get("port") == port and port_number(pods, target) == container:
            return True
    return False


@requirement(
    "a headless Service (`clusterIP: None`) selects the pods of the StatefulSet of `{chart}`, is "
    "its `serviceName`, and has the port {port}, which the first container declares, too",
    "the StatefulSet of `{chart}` names a headless Service as its `serviceName`, which selects its "
    "pods and has their port {port} (declared by the first container)",
)
@played
def headless_service(model: HelmModel, chart: str, port: int) -> None:
    """Two releases, so that names that do not fit are found."""
    for elsewhere in (True, False):
        found = play(model, None, chart, elsewhere=elsewhere)
        item = only(found, "StatefulSet")
        name = item.get("spec", "serviceName")
        for one in own(found, "Service"):
            if one.name == name:
                if one.get("spec", "clusterIP") != "None":
                    raise wrong(one, "the Service is not headless", "spec.clusterIP")
                if not selects(one.get("spec", "selector"), pod_labels(item)):
                    raise wrong(one, "it does not select the pods", "spec.selector")
                if not _leads(one, port, item, port):
                    raise wrong(one, f"it does not have port {port}", "spec.ports")
                break
        else:
            raise wrong(item, "its `serviceName` is no Service of the chart", "spec.serviceName")


@requirement(
    "the NetworkPolicy of `{chart}` is for its pods and admits only pods of the same namespace "
    "that have the labels in the mapping `networkPolicy.clients`, at the container's port {port} "
    "alone",
    "by the NetworkPolicy of `{chart}` its pods are reached at port {port} of the container only, "
    "and only from pods of the namespace with the labels in `networkPolicy.clients` (a mapping)",
)
@played
def network_policy(model: HelmModel, chart: str, port: int) -> None:
    """Rendered with labels of its own."""
    given = {"networkPolicy.enabled": True, "networkPolicy.clients": {"probe": "client"}}
    found = play(model, given, chart)
    item, pods = only(found, "NetworkPolicy"), workload(found)
    if not selects(item.get("spec", "podSelector", "matchLabels"), pod_labels(pods)):
        raise wrong(item, "it is not for the pods", "spec.podSelector")
    kinds = words(item.get("spec", "policyTypes"))
    rules = maps(item.get("spec", "ingress"))
    if not rules or (kinds and "Ingress" not in kinds):
        raise wrong(item, "it admits nobody", "spec.ingress")
    try:
        clients = get(found.values, "networkPolicy.clients")
    except KeyError:
        clients = {}
    for rule in rules:
        sources, ports = maps(rule.get("from")), maps(rule.get("ports"))
        wanted = {"podSelector": {"matchLabels": clients}}
        if not sources or any(not same(one, wanted) for one in sources):
            raise wrong(item, "it does not admit just the clients", "spec.ingress")
        if not ports or any(not _is_port(one, pods, port) for one in ports):
            raise wrong(item, f"it does not admit just port {port}", "spec.ingress")


def _is_port(one: dict[Any, Any], pods: KubeObject, port: int) -> bool:
    given = one.get("port")
    fits = given == port or port_number(pods, given) == port
    return fits and one.get("protocol", "TCP") == "TCP" and "endPort" not in one


@requirement(
    "the ServiceMonitor of `{chart}` selects its Service and scrapes `{path}` at the Service's "
    "port",
    "the Service of `{chart}` is scraped at `{path}` by the ServiceMonitor, which selects it by "
    "labels",
)
@played
def monitor_scrapes(model: HelmModel, chart: str, path: str) -> None:
    """Rendered with the monitor switched on."""
    found = play(model, {"serviceMonitor.enabled": True}, chart)
    item, pods = only(found, "ServiceMonitor"), workload(found)
    services = [
        one
        for one in services_of(found, pods)
        if selects(item.get("spec", "selector", "matchLabels"), one.labels)
    ]
    if not services:
        raise wrong(item, "it selects no Service of the pods", "spec.selector")
    spaces = item.get("spec", "namespaceSelector", "matchNames")
    if spaces and "default" not in words(spaces):
        raise wrong(item, "it looks into another namespace", "spec.namespaceSelector")
    for one in maps(item.get("spec", "endpoints")):
        target = one.get("targetPort")
        known = any(serves(service, one.get("port"), by_number=False) for service in services)
        reached = known if "port" in one else port_number(pods, target) is not None
        if one.get("path", "/metrics") == path and reached:
            return
    raise wrong(item, f"it does not scrape `{path}` at the Service's port", "spec.endpoints")


@requirement(
    "with `serviceMonitor.enabled: true` every entry of the mapping `serviceMonitor.labels` "
    "becomes a label of the ServiceMonitor of `{chart}`",
    "the ServiceMonitor of `{chart}` also carries the labels in the value `serviceMonitor.labels`",
)
@played
def monitor_labels(model: HelmModel, chart: str) -> None:
    """Rendered with two labels."""
    given = {"serviceMonitor.enabled": True,
             "serviceMonitor.labels": {"probe-label": "one", "other": "two"}}  # fmt: skip
    item = one_of(model, "ServiceMonitor", given, chart)
    if item.labels.get("probe-label") != "one" or item.labels.get("other") != "two":
        raise wrong(item, "the labels are not taken over", "metadata.labels")


@requirement(
    "with `gateway.enabled: true` an HTTPRoute of `{chart}` attaches to the Gateway that the value "
    "`gateway.name` names ({gateway} by default)",
    "the HTTPRoute of `{chart}`, rendered with `gateway.enabled: true`, has the Gateway in the "
    "value `gateway.name` ({gateway} by default) as its parent",
)
@played
def route_attaches(model: HelmModel, chart: str, gateway: str) -> None:
    """Rendered with the default and with another Gateway."""
    for values, wanted in (({}, gateway), ({"gateway.name": "probe-gate"}, "probe-gate")):
        item = one_of(model, "HTTPRoute", {"gateway.enabled": True, **values}, chart)
        parents = maps(item.get("spec", "parentRefs"))
        if [one.get("name") for one in parents] != [wanted] or parents[0].get(
            "kind", "Gateway"
        ) != "Gateway":
            raise wrong(item, f"it does not attach to `{wanted}`", "spec.parentRefs")


@requirement(
    "the HTTPRoute of `{chart}` sends the hosts in the list `gateway.hosts` to the Service's port",
    "requests for a host in the list `gateway.hosts` go to the port of the Service of `{chart}`, "
    "by its HTTPRoute",
)
@played
def route_leads(model: HelmModel, chart: str) -> None:
    """Rendered with one and with two hosts, and with another port of the Service."""
    for hosts, more in (
        (["one.example.com"], {}),
        (["one.example.com", "two.example.org"], {"service.port": 6543}),
    ):
        found = play(model, {"gateway.enabled": True, "gateway.hosts": hosts, **more}, chart)
        item = only(found, "HTTPRoute")
        if not same(item.get("spec", "hostnames"), hosts):
            raise wrong(item, "the hosts are not those of the value", "spec.hostnames")
        services = services_of(found, workload(found))
        backends = [
            one for rule in maps(item.get("spec", "rules")) for one in maps(rule.get("backendRefs"))
        ]
        led = [
            any(one.get("name") == service.name and serves(service, one.get("port"))
                for service in services)
            for one in backends
        ]  # fmt: skip
        if not led or not all(led):
            raise wrong(item, "it does not lead to the Service", "spec.rules")


@requirement(
    "`helm test` runs a Pod of `{chart}` (hook `test`) that asks the Service for `{path}`, at the "
    "port in `service.port`",
    "the chart `{chart}` has a test for `helm test`: a Pod that calls `{path}` of the Service at "
    "the port in `service.port`",
)
@played
def test_asks(model: HelmModel, chart: str, path: str) -> None:
    """A hook Pod whose command names the Service: in another release, and with another port."""
    for found, port in (
        (play(model, None, chart, elsewhere=True), ""),
        (play(model, {"service.port": 6543}), ":6543"),
    ):
        names = [item.name for item in services_of(found, workload(found))]
        lines = [" ".join(_command(pod)) for pod in found.hooks.of_kind("Pod") if _tests(pod)]
        if not any(
            f"{port}{path}" in line and any(name and name in line for name in names)
            for line in lines
        ):
            raise missing(f"no test asks the Service for `{path}`")


def _tests(pod: KubeObject) -> bool:
    hook = str(below(pod.tree, "metadata", "annotations").get("helm.sh/hook", ""))
    return any(one.strip() in ("test", "test-success") for one in hook.split(","))


def _command(pod: KubeObject) -> list[str]:
    return command_of(first(pod))
