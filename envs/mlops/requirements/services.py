"""Requirements about Services: they select the pods and map to a real container port."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envs.mlops.reading import (
    WORKLOADS,
    beside,
    each,
    equal,
    idle,
    maps,
    places,
    port_number,
    template_labels,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, as_map


def behind(manifest: Manifest, service: KubeObject) -> list[KubeObject]:
    """Return the workloads that run pods which a Service selects."""
    selector = as_map(service.get("spec", "selector"))
    return [
        item
        for item in manifest
        if selector
        and item.kind in WORKLOADS
        and item.namespace == service.namespace
        and not idle(manifest, item)
        and all(equal(template_labels(item).get(key), value) for key, value in selector.items())
    ]


def _entries(service: KubeObject, port: int) -> Iterator[tuple[Any, dict[Any, Any]]]:
    for at, entry in places(service, "spec", "ports"):
        if equal(entry.get("port"), port) and entry.get("protocol", "TCP") == "TCP":
            yield at, entry


@requirement(
    "a Service `{name}` that sends port {port} to port {target} of the pods of `{app}`",
    "the Service `{name}` selects the pods of `{app}` and forwards its port {port} to their port"
    " {target}",
    "`{app}` is reachable through the Service `{name}`: port {port} goes to container port"
    " {target}",
)
def service(manifest: Manifest, name: str, port: int, target: int, app: str) -> Findings:
    """A Service whose selector picks the pods and whose port leads to a port of them."""

    def check(item: KubeObject) -> Findings:
        chosen = [one for one in behind(manifest, item) if one.name == app]
        if not chosen:
            yield item.finding(f"`{name}` does not select the pods of `{app}`", "spec", "selector")
            return
        containers = [c for one in chosen for _, c in one.containers(init=True)]
        reached = [
            port_number(containers, port if e.get("targetPort") is None else e.get("targetPort"))
            for _, e in _entries(item, port)
        ]
        if reached != [target] or item.get("spec", "type") == "ExternalName":
            given = ", ".join(map(str, reached)) or "nowhere"
            message = f"port {port} of `{name}` goes to {given}, asked for {target}"
            yield item.finding(message, "spec", "ports")

    return each(manifest, name, ("Service",), check)


@requirement(
    "the Service `{name}` is of type {type}",
    "type {type} for the Service `{name}`",
)
def service_type(manifest: Manifest, name: str, type: str) -> Findings:
    """`spec.type` of a Service (the API's default is ClusterIP)."""

    def check(item: KubeObject) -> Findings:
        found = item.get("spec", "type", default="ClusterIP")
        if found != type:
            yield item.finding(f"`{name}` is of type {found}, not {type}", "spec", "type")

    return each(manifest, name, ("Service",), check)


@requirement(
    "a headless Service `{name}` for the pods of `{app}`",
    "the headless Service `{name}` selects the pods of `{app}`",
)
def headless(manifest: Manifest, name: str, app: str) -> Findings:
    """A Service without a cluster IP that selects the pods of a workload."""

    def check(item: KubeObject) -> Findings:
        if item.get("spec", "clusterIP") != "None":
            yield item.finding(f"`{name}` is not headless", "spec", "clusterIP")
        if all(one.name != app for one in behind(manifest, item)):
            yield item.finding(f"`{name}` does not select the pods of `{app}`", "spec", "selector")

    return each(manifest, name, ("Service",), check)


@requirement(
    "an Ingress `{name}` that sends the host `{host}` to port {port} of the Service `{service}`",
    "the host `{host}` reaches port {port} of the Service `{service}` through the Ingress `{name}`",
)
def ingress(manifest: Manifest, name: str, host: str, service: str, port: int) -> Findings:
    """A rule for a host whose root path leads to a port of a Service, by number or name."""

    def check(item: KubeObject) -> Findings:
        if not any(_routes(manifest, item, rule, service, port) for rule in _rules(item, host)):
            message = f"`{name}` does not send `{host}` to `{service}:{port}`"
            yield item.finding(message, "spec", "rules")

    return each(manifest, name, ("Ingress",), check)


def _rules(item: KubeObject, host: str) -> list[dict[Any, Any]]:
    return [rule for _, rule in places(item, "spec", "rules") if rule.get("host") == host]


def _routes(
    manifest: Manifest, item: KubeObject, rule: dict[Any, Any], service: str, port: int
) -> bool:
    for path in maps(as_map(rule.get("http")).get("paths")):
        backend = as_map(as_map(path.get("backend")).get("service"))
        root = path.get("path", "/") == "/" and path.get("pathType") != "Exact"
        if not root or backend.get("name") != service:
            continue
        given = as_map(backend.get("port"))
        numbers = [given.get("number")]
        held = beside(manifest, item, "Service", service)
        if held is None:
            continue
        numbers += [
            e.get("port")
            for _, e in places(held, "spec", "ports")
            if given.get("name") and e.get("name") == given.get("name")
        ]
        if any(equal(number, port) for number in numbers):
            return True
    return False
