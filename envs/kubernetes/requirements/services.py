"""What can be asked of Services and Ingresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from envs.kubernetes.requirements.reading import (
    about,
    absent,
    differs,
    is_number,
    labels_differ,
    listed_differ,
    named_ports,
    same,
    selected_workloads,
    shown,
    template_labels,
    workload,
)
from envs.kubernetes.requirements.targets import asleep
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, as_list, as_map, as_text

Entry = tuple[int, dict[Any, Any]]


def _ports(service: KubeObject) -> Iterator[Entry]:
    for place, entry in enumerate(as_list(service.get("spec", "ports"))):
        if isinstance(entry, dict):
            yield place, entry


def _targets(manifest: Manifest, service: KubeObject, entry: Mapping[Any, Any]) -> set[int]:
    """Return the numbers a port's target stands for; a name is looked up in the pods selected."""
    target = entry.get("targetPort")
    target = entry.get("port") if target is None else target
    if is_number(target):
        return {target}  # type: ignore[arg-type]
    selector = as_map(service.get("spec", "selector"))
    chosen = selected_workloads(manifest, selector, service.namespace)
    return named_ports(chosen, as_text(target), entry.get("protocol") or "TCP")


def _forwards(manifest: Manifest, of: str, port: int, target: int, protocol: str) -> Findings:
    service = manifest.find("Service", of)
    if service is None:
        yield absent(manifest, "Service", of)
        return
    seen = False
    for place, entry in _ports(service):
        if not same(entry.get("port"), port) or (entry.get("protocol") or "TCP") != protocol:
            continue
        seen = True
        if _targets(manifest, service, entry) != {target}:
            given = entry.get("targetPort")
            given = port if given is None else given
            yield service.finding(
                f"{protocol} port {port} of `{of}` goes to {shown(given)}, asked for {target}",
                "spec", "ports", place, "targetPort",
            )  # fmt: skip
    if not seen:
        yield service.finding(f"`{of}` has no {protocol} port {port}", "spec", "ports")


@requirement(
    "a Service `{name}` of type {type}",
    "a {type} Service called `{name}`",
    "the Service `{name}`, type {type}",
)
@about("Service", "name")
def service_type(service: KubeObject, name: str, type: str) -> Findings:
    """`spec.type` of a Service that is not headless (the API's default is ClusterIP)."""
    yield from differs(service, type, "spec", "type", default="ClusterIP")
    if service.get("spec", "clusterIP") == "None":
        yield service.finding(f"`{name}` is headless: it has no cluster IP", "spec", "clusterIP")


@requirement(
    "a headless Service `{name}`",
    "the Service `{name}`, headless",
    "a Service `{name}` without a cluster IP (headless)",
)
@about("Service", "name")
def headless(service: KubeObject, name: str) -> Findings:
    """`spec.clusterIP` is None, for a Service of type ClusterIP."""
    yield from differs(service, "ClusterIP", "spec", "type", default="ClusterIP")
    if service.get("spec", "clusterIP") != "None":
        yield service.finding(f"`{name}` is not headless", "spec", "clusterIP")


@requirement(
    "TCP port {port} of `{of}` goes to port {target} of the pods",
    "`{of}` forwards TCP port {port} to port {target} of its pods",
    "Service `{of}` takes TCP port {port} to the pods' port {target}",
)
def service_port(manifest: Manifest, of: str, port: int, target: int) -> Findings:
    """A TCP port and the number (or the name of the container port) it goes to."""
    return _forwards(manifest, of, port, target, "TCP")


@requirement(
    "UDP port {port} of `{of}` goes to port {target} of the pods",
    "`{of}` forwards UDP port {port} to port {target} of its pods",
)
def service_udp_port(manifest: Manifest, of: str, port: int, target: int) -> Findings:
    """A UDP port and the number (or the name of the container port) it goes to."""
    return _forwards(manifest, of, port, target, "UDP")


@requirement(
    "port {port} of `{of}` is named {label}",
    "in `{of}`, port {port} has the name {label}",
)
@about("Service")
def service_port_name(service: KubeObject, of: str, port: int, label: str) -> Findings:
    """The name of a Service's port."""
    names = [entry.get("name") for _, entry in _ports(service) if same(entry.get("port"), port)]
    if label not in names:
        given = shown(names[0]) if names else "missing"
        yield service.finding(
            f"the name of port {port} of `{of}` is {given}, asked for '{label}'", "spec", "ports"
        )


@requirement(
    "`{of}` selects the pods labelled {labels}",
    "the Service `{of}` picks pods by {labels}",
    "behind `{of}` are the pods with the label {labels}",
)
@about("Service")
def service_selector(service: KubeObject, of: str, labels: Mapping[str, str]) -> Findings:
    """`spec.selector`, exactly: one label more selects fewer pods."""
    return labels_differ(service, service.get("spec", "selector"), labels, "spec", "selector")


@requirement(
    "`{of}` is open on node port {port}",
    "node port {port} for `{of}`",
    "every node takes traffic for `{of}` on node port {port}",
)
@about("Service")
def node_port(service: KubeObject, of: str, port: int) -> Findings:
    """`nodePort` of one of the ports of a NodePort or LoadBalancer Service."""
    if service.get("spec", "type") not in ("NodePort", "LoadBalancer"):
        yield service.finding(f"the type of `{of}` gives no node ports", "spec", "type")
    if not any(same(entry.get("nodePort"), port) for _, entry in _ports(service)):
        yield service.finding(f"`{of}` has no node port {port}", "spec", "ports")


@requirement(
    "a Service `{name}` that is an alias (ExternalName) for {host}",
    "an ExternalName Service `{name}` that points to {host}",
    "inside the cluster, the Service `{name}` stands for the external name {host}",
)
@about("Service", "name")
def external_name(service: KubeObject, name: str, host: str) -> Findings:
    """A Service of type ExternalName and its DNS name (a final dot is the same name)."""
    yield from differs(service, "ExternalName", "spec", "type", default="ClusterIP")
    value = as_text(service.get("spec", "externalName")).removesuffix(".")
    if value.lower() != host:
        yield service.finding(
            f"`{name}` stands for {shown(value)}, asked for '{host}'", "spec", "externalName"
        )


@requirement(
    "the load balancer of `{of}` lets in nobody but {ranges}",
    "`{of}` takes traffic from {ranges} and from nowhere else",
    "only clients in {ranges} reach the load balancer of `{of}`",
)
@about("Service")
def source_ranges(service: KubeObject, of: str, ranges: list[str]) -> Findings:
    """`loadBalancerSourceRanges` of a LoadBalancer Service, in any order."""
    if service.get("spec", "type") != "LoadBalancer":
        yield service.finding(f"`{of}` is no LoadBalancer", "spec", "type")
    yield from listed_differ(service, ranges, "spec", "loadBalancerSourceRanges")


@requirement(
    "`{of}` keeps a client on the same pod for {seconds} seconds",
    "session affinity by client IP for {seconds} seconds on `{of}`",
)
@about("Service")
def session_affinity(service: KubeObject, of: str, seconds: int) -> Findings:
    """`sessionAffinity: ClientIP` and its timeout (the API's default is 10800 seconds)."""
    yield from differs(service, "ClientIP", "spec", "sessionAffinity", default="None")
    path = ("spec", "sessionAffinityConfig", "clientIP", "timeoutSeconds")
    yield from differs(service, seconds, *path, default=10800)


@requirement(
    "`{of}` keeps the clients' source addresses (external traffic policy Local)",
    "external traffic for `{of}` stays on the node it arrives at (policy Local)",
)
@about("Service")
def local_traffic(service: KubeObject, of: str) -> Findings:
    """`externalTrafficPolicy: Local` of a NodePort or LoadBalancer Service."""
    if service.get("spec", "type") not in ("NodePort", "LoadBalancer"):
        yield service.finding(f"the type of `{of}` takes no external traffic", "spec", "type")
    yield from differs(service, "Local", "spec", "externalTrafficPolicy", default="Cluster")


@requirement(
    "`{of}` also publishes the addresses of pods that are not ready",
    "pods that are not ready stay in the DNS answers of `{of}`",
)
@about("Service")
def publishes_not_ready(service: KubeObject, of: str) -> Findings:
    """`publishNotReadyAddresses: true`."""
    return differs(service, True, "spec", "publishNotReadyAddresses", default=False)


@requirement(
    "`{of}` routes to the pods of `{app}`",
    "the Service `{of}` selects the pods of `{app}`",
    "the pods of `{app}` are behind the Service `{of}`",
)
def routes_to(manifest: Manifest, of: str, app: str) -> Findings:
    """The selector of a Service picks out the pods of a workload of the same namespace."""
    service, target = manifest.find("Service", of), workload(manifest, app)
    if service is None:
        yield absent(manifest, "Service", of)
    elif target is None:
        yield service.finding(f"there is no workload `{app}` for `{of}` to route to")
    elif still := asleep(target):
        yield still
    elif target not in selected_workloads(
        manifest, as_map(service.get("spec", "selector")), service.namespace
    ):
        labels = ", ".join(f"{key}={item}" for key, item in template_labels(target).items())
        yield service.finding(
            f"`{of}` does not select the pods of `{app}`", "spec", "selector",
            hint=f"in namespace {target.namespace} its pods have the labels: {labels[:80]}",
        )  # fmt: skip
