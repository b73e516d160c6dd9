"""Rules about Services and EndpointSlices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iac_gym.check import rule
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_list, as_map
from iac_gym.languages.kubernetes.rules import forms
from iac_gym.languages.kubernetes.rules.selectors import label_problems
from iac_gym.languages.kubernetes.rules.views import entries, of_kind, whole
from iac_gym.languages.kubernetes.selection import needs
from iac_gym.verdict import Finding, Stage

_NODE_PORTS = range(30000, 32768)
_MOST_AFFINITY = 86400


def service_type(item: KubeObject) -> str:
    """Return a Service's type, ClusterIP by default."""
    found = item.get("spec", "type")
    return found if isinstance(found, str) and found else "ClusterIP"


def _ports(item: KubeObject) -> list[tuple[Path, dict[Any, Any]]]:
    return entries(item.get("spec", "ports"), ("spec", "ports"))


@needs("Service")
@rule(Stage.SEMANTICS)
def service_has_ports(manifest: Manifest) -> Iterator[Finding]:
    """A Service has ports, unless it is headless or an alias for an external name.

    Source: https://kubernetes.io/docs/concepts/services-networking/service/#headless-services

    Bad::

        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}}

    Good::

        apiVersion: v1
        kind: Service
        metadata: {name: db}
        spec: {clusterIP: None, selector: {app: db}}
    """
    for item in of_kind(manifest, "Service"):
        headless = item.get("spec", "clusterIP") == "None"
        if not headless and service_type(item) != "ExternalName" and not item.get("spec", "ports"):
            yield item.finding("the Service has no ports", "spec", "ports")


@needs("Service", "ports")
@rule(Stage.SEMANTICS)
def service_ports(manifest: Manifest) -> Iterator[Finding]:
    """Ports of a Service are from 1 to 65535; a target may also be a port's name.

    A number in quotes is a name, and no name consists of digits only.

    Source: https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports

    Bad::

        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports: [{port: 80, targetPort: "8080"}]

    Good::

        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports: [{name: web, port: 80, targetPort: 8080}, {name: api, port: 81, targetPort: http}]
    """
    for item in of_kind(manifest, "Service"):
        for path, port in _ports(item):
            number = whole(port.get("port"))
            if number is not None and not forms.is_port(number):
                text = f"port {number} is not between 1 and 65535"
                yield item.finding(text, *path, "port")
            if number == 10250 and service_type(item) == "LoadBalancer":
                text = "port 10250 of the kubelet may not be exposed by a load balancer"
                yield item.finding(text, *path, "port")
            if port.get("targetPort") not in (0, "") and (
                problem := forms.port_problem(port.get("targetPort"))
            ):
                yield item.finding(problem, *path, "targetPort")


@needs("Service", "ports")
@rule(Stage.SEMANTICS)
def service_port_names(manifest: Manifest) -> Iterator[Finding]:
    """Several ports of a Service have different names; a name is a DNS label.

    Source: https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services

    Bad::

        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports: [{port: 80}, {port: 443}]

    Good::

        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports: [{name: http, port: 80}, {name: https, port: 443}]
    """
    for item in of_kind(manifest, "Service"):
        several = len(as_list(item.get("spec", "ports"))) > 1
        seen: set[str] = set()
        for path, port in _ports(item):
            name = port.get("name")
            if name is None or name == "":
                if several:
                    yield item.finding("with several ports each needs a name", *path)
            elif isinstance(name, str):
                if not forms.is_label(name):
                    text = f"`{name[:80]}` is no name for a port"
                    yield item.finding(text, *path, "name", hint=forms.LABEL_HINT)
                elif name in seen:
                    yield item.finding(f"there are two ports `{name}`", *path, "name")
                seen.add(name)


@needs("Service", "ports")
@rule(Stage.SEMANTICS)
def unique_service_ports(manifest: Manifest) -> Iterator[Finding]:
    """A Service has each pair of port and protocol once.

    Source: https://kubernetes.io/docs/concepts/services-networking/service/#multi-port-services

    Bad::

        apiVersion: v1
        kind: Service
        metadata: {name: dns}
        spec:
          selector: {app: dns}
          ports: [{name: a, port: 53}, {name: b, port: 53, protocol: TCP}]

    Good::

        apiVersion: v1
        kind: Service
        metadata: {name: dns}
        spec:
          selector: {app: dns}
          ports: [{name: tcp, port: 53}, {name: udp, port: 53, protocol: UDP}]
    """
    for item in of_kind(manifest, "Service"):
        for field in ("port", "nodePort"):
            seen: set[tuple[int, str]] = set()
            for path, port in _ports(item):
                number = whole(port.get(field))
                key = (number or 0, str(port.get("protocol") or "TCP"))
                if number and key in seen:
                    text = f"the {field} {number} is given twice"
                    yield item.finding(text, *path, field)
                seen.add(key)


@needs("Service", "nodePort")
@rule(Stage.SEMANTICS)
def node_ports(manifest: Manifest) -> Iterator[Finding]:
    """A nodePort is from 30000 to 32767, and only of a NodePort or LoadBalancer Service.

    The range is the default of the API server.

    Source: https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport

    Bad::

        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          type: NodePort
          selector: {app: web}
          ports: [{port: 80, nodePort: 8080}]

    Good::

        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          type: NodePort
          selector: {app: web}
          ports: [{port: 80, nodePort: 30080}]
    """
    for item in of_kind(manifest, "Service"):
        kind = service_type(item)
        for path, port in _ports(item):
            number = whole(port.get("nodePort"))
            if not number:
                continue
            if kind == "ClusterIP":
                text = "a nodePort needs `type: NodePort` (or LoadBalancer)"
                yield item.finding(text, *path, "nodePort")
            elif kind in ("NodePort", "LoadBalancer") and number not in _NODE_PORTS:
                text = f"nodePort {number} is not between 30000 and 32767"
                yield item.finding(text, *path, "nodePort")


@needs("Service", "clusterIP")
@rule(Stage.SEMANTICS)
def cluster_ip(manifest: Manifest) -> Iterator[Finding]:
    """`clusterIP` is an address, or None for a headless Service of type ClusterIP.

    Source: https://kubernetes.io/docs/concepts/services-networking/service/#headless-services

    Bad::

        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          type: NodePort
          clusterIP: None
          selector: {app: web}
          ports: [{port: 80}]

    Good::

        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          clusterIP: None
          selector: {app: web}
          ports: [{port: 80}]
    """
    for item in of_kind(manifest, "Service"):
        address, kind = item.get("spec", "clusterIP"), service_type(item)
        if not isinstance(address, str) or not address:
            continue
        if kind == "ExternalName":
            yield item.finding("an ExternalName Service has no clusterIP", "spec", "clusterIP")
        elif address == "None" and kind in ("NodePort", "LoadBalancer"):
            text = f"a {kind} Service cannot be headless"
            yield item.finding(text, "spec", "clusterIP")
        elif address != "None" and not forms.is_ip(address):
            text = f"`{address[:80]}` is neither None nor an IP address"
            yield item.finding(text, "spec", "clusterIP")


@needs("Service", "type")
@rule(Stage.SEMANTICS)
def external_name(manifest: Manifest) -> Iterator[Finding]:
    """A Service of type ExternalName has an `externalName`, which is a DNS name.

    Source: https://kubernetes.io/docs/concepts/services-networking/service/#externalname

    Bad::

        apiVersion: v1
        kind: Service
        metadata: {name: db}
        spec: {type: ExternalName, externalName: "https://db.example.com"}

    Good::

        apiVersion: v1
        kind: Service
        metadata: {name: db}
        spec: {type: ExternalName, externalName: db.example.com}
    """
    for item in of_kind(manifest, "Service"):
        if service_type(item) != "ExternalName":
            continue
        name = item.get("spec", "externalName")
        if name is None or name == "":
            yield item.finding("the externalName is missing", "spec", "externalName")
        elif isinstance(name, str) and not forms.is_subdomain(name.removesuffix(".")):
            text = f"`{name[:80]}` is no DNS name"
            yield item.finding(text, "spec", "externalName")


@needs("Service", "sessionAffinityConfig")
@rule(Stage.SEMANTICS)
def session_affinity(manifest: Manifest) -> Iterator[Finding]:
    """`sessionAffinityConfig` is for ClientIP, with a timeout from 1 to 86400 seconds.

    Source: https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity

    Bad::

        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}
          selector: {app: web}
          ports: [{port: 80}]

    Good::

        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          sessionAffinity: ClientIP
          sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}
          selector: {app: web}
          ports: [{port: 80}]
    """
    field = "sessionAffinityConfig"
    for item in of_kind(manifest, "Service"):
        config = item.get("spec", field)
        if config is None:
            continue
        if item.get("spec", "sessionAffinity") != "ClientIP":
            yield item.finding(f"{field} needs `sessionAffinity: ClientIP`", "spec", field)
        seconds = whole(item.get("spec", field, "clientIP", "timeoutSeconds"))
        if seconds is not None and not 0 < seconds <= _MOST_AFFINITY:
            text = f"the timeout {seconds} is not between 1 and {_MOST_AFFINITY}"
            yield item.finding(text, "spec", field, "clientIP", "timeoutSeconds")


@needs(
    "Service",
    "loadBalancerSourceRanges|loadBalancerClass|allocateLoadBalancerNodePorts|externalTrafficPolicy|healthCheckNodePort",
)
@rule(Stage.SEMANTICS)
def external_access(manifest: Manifest) -> Iterator[Finding]:
    """Fields for traffic from outside stand only in Services that can be reached from there.

    Source: https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer

    Bad::

        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          loadBalancerSourceRanges: [10.0.0.0/8]
          selector: {app: web}
          ports: [{port: 80}]

    Good::

        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          type: LoadBalancer
          externalTrafficPolicy: Local
          loadBalancerSourceRanges: [10.0.0.0/8]
          selector: {app: web}
          ports: [{port: 80}]
    """
    for item in of_kind(manifest, "Service"):
        kind, spec = service_type(item), as_map(item.get("spec"))
        if kind != "LoadBalancer":
            fields = ("loadBalancerSourceRanges", "loadBalancerClass")
            for field in (*fields, "allocateLoadBalancerNodePorts"):
                if spec.get(field) not in (None, [], ""):
                    yield item.finding(f"{field} needs `type: LoadBalancer`", "spec", field)
        outside = kind in ("NodePort", "LoadBalancer") or spec.get("externalIPs")
        if spec.get("externalTrafficPolicy") and not outside:
            text = "externalTrafficPolicy needs `type: NodePort` or LoadBalancer"
            yield item.finding(text, "spec", "externalTrafficPolicy")
        local = kind == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"
        if spec.get("healthCheckNodePort") and not local:
            text = "healthCheckNodePort needs a LoadBalancer with `externalTrafficPolicy: Local`"
            yield item.finding(text, "spec", "healthCheckNodePort")


@needs("Service", "loadBalancerSourceRanges|externalIPs")
@rule(Stage.SEMANTICS)
def service_addresses(manifest: Manifest) -> Iterator[Finding]:
    """Source ranges of a Service are CIDRs, external addresses are IP addresses.

    Source: https://kubernetes.io/docs/concepts/services-networking/service/#external-ips

    Bad::

        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          type: LoadBalancer
          loadBalancerSourceRanges: [10.0.0.0]
          selector: {app: web}
          ports: [{port: 80}]

    Good::

        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          type: LoadBalancer
          loadBalancerSourceRanges: [10.0.0.0/8, "2001:db8::/32"]
          externalIPs: [192.0.2.10]
          selector: {app: web}
          ports: [{port: 80}]
    """
    for item in of_kind(manifest, "Service"):
        for index, text in enumerate(as_list(item.get("spec", "loadBalancerSourceRanges"))):
            if isinstance(text, str) and forms.network(text.strip()) is None:
                message = f"`{text[:80]}` is no CIDR such as 10.0.0.0/8"
                yield item.finding(message, "spec", "loadBalancerSourceRanges", index)
        for index, text in enumerate(as_list(item.get("spec", "externalIPs"))):
            if isinstance(text, str) and not forms.is_ip(text):
                yield item.finding(f"`{text[:80]}` is no IP address", "spec", "externalIPs", index)


@needs("Service", "selector")
@rule(Stage.SEMANTICS)
def well_formed_service_selector(manifest: Manifest) -> Iterator[Finding]:
    """A Service's selector is a map of labels with valid keys and values.

    Source: https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service

    Bad::

        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: "web shop"}
          ports: [{port: 80}]

    Good::

        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app.kubernetes.io/name: web-shop}
          ports: [{port: 80}]
    """
    for item in of_kind(manifest, "Service"):
        for path, message in label_problems(item.get("spec", "selector")):
            yield item.finding(message, "spec", "selector", *path)


@needs("EndpointSlice")
@rule(Stage.SEMANTICS)
def endpoint_slices(manifest: Manifest) -> Iterator[Finding]:
    """An EndpointSlice's addresses are of its address type; named ports differ.

    Source: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#address-types

    Bad::

        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: db-1, labels: {kubernetes.io/service-name: db}}
        addressType: IPv4
        ports: [{port: 5432}]
        endpoints: [{addresses: [db.example.com]}]

    Good::

        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: db-1, labels: {kubernetes.io/service-name: db}}
        addressType: IPv4
        ports: [{port: 5432}]
        endpoints: [{addresses: [192.0.2.42]}]
    """
    for item in of_kind(manifest, "EndpointSlice"):
        kind = item.get("addressType")
        for path, endpoint in entries(item.get("endpoints"), ("endpoints",)):
            addresses = as_list(endpoint.get("addresses"))
            if endpoint.get("addresses") == []:
                yield item.finding("the endpoint has no address", *path, "addresses")
            for index, address in enumerate(addresses):
                if isinstance(address, str) and not _is_address(address, kind):
                    text = f"`{address[:80]}` is no address of type {kind}"
                    yield item.finding(text, *path, "addresses", index)
        seen: set[str] = set()
        for path, port in entries(item.get("ports"), ("ports",)):
            name = str(port.get("name") or "")
            if name in seen:
                yield item.finding(f"there are two ports `{name[:80]}`", *path)
            seen.add(name)


def _is_address(text: str, kind: Any) -> bool:
    if kind == "FQDN":
        return forms.is_subdomain(text)
    if kind not in ("IPv4", "IPv6"):
        return True
    return forms.is_ip(text) and (":" in text) == (kind == "IPv6")


IN_ORDER = (
    service_has_ports,
    service_ports,
    service_port_names,
    unique_service_ports,
    node_ports,
    cluster_ip,
    external_name,
    session_affinity,
    external_access,
    service_addresses,
    well_formed_service_selector,
    endpoint_slices,
)
