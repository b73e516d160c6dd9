"""Rules about Ingresses and NetworkPolicies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iac_gym.check import rule
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_list, as_map
from iac_gym.languages.kubernetes.rules import forms
from iac_gym.languages.kubernetes.rules.selectors import selector_problems
from iac_gym.languages.kubernetes.rules.views import entries, of_kind, whole
from iac_gym.languages.kubernetes.selection import needs
from iac_gym.verdict import Finding, Stage


def backends(item: KubeObject) -> Iterator[tuple[Path, dict[Any, Any]]]:
    """Yield (path, backend) of the backends of an Ingress."""
    default = item.get("spec", "defaultBackend")
    if isinstance(default, dict):
        yield ("spec", "defaultBackend"), default
    for path, entry in _http_paths(item):
        backend = entry.get("backend")
        if isinstance(backend, dict):
            yield (*path, "backend"), backend


def _http_paths(item: KubeObject) -> Iterator[tuple[Path, dict[Any, Any]]]:
    for path, one in entries(item.get("spec", "rules"), ("spec", "rules")):
        place = (*path, "http", "paths")
        yield from entries(as_map(one.get("http")).get("paths"), place)


def _ingresses(manifest: Manifest) -> list[KubeObject]:
    found = of_kind(manifest, "Ingress")
    return [item for item in found if item.api_version == "networking.k8s.io/v1"]


@needs("Ingress")
@rule(Stage.SEMANTICS)
def ingress_has_rules(manifest: Manifest) -> Iterator[Finding]:
    """An Ingress has rules or a default backend, and a rule for HTTP has paths.

    Source: https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-rules

    Bad::

        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web}
        spec: {ingressClassName: nginx}

    Good::

        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web}
        spec:
          defaultBackend: {service: {name: web, port: {number: 80}}}
    """
    for item in _ingresses(manifest):
        spec = as_map(item.get("spec"))
        if not spec.get("rules") and spec.get("defaultBackend") is None:
            yield item.finding("the Ingress has neither rules nor a defaultBackend", "spec")
        for path, one in entries(spec.get("rules"), ("spec", "rules")):
            if as_map(one.get("http")).get("paths") == []:
                yield item.finding("the rule has no paths", *path, "http", "paths")


@needs("Ingress", "host|tls")
@rule(Stage.SEMANTICS)
def ingress_hosts(manifest: Manifest) -> Iterator[Finding]:
    """Hosts of an Ingress are DNS names, perhaps with a wildcard as first label, no addresses.

    Source: https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards

    Bad::

        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web}
        spec:
          rules:
            - host: 192.0.2.1
              http:
                paths:
                  - path: /
                    pathType: Prefix
                    backend: {service: {name: web, port: {number: 80}}}

    Good::

        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web}
        spec:
          tls: [{hosts: ["*.example.com"], secretName: web-tls}]
          rules:
            - host: "*.example.com"
              http:
                paths:
                  - path: /
                    pathType: Prefix
                    backend: {service: {name: web, port: {number: 80}}}
    """
    for item in _ingresses(manifest):
        for path, one in entries(item.get("spec", "rules"), ("spec", "rules")):
            host = one.get("host")
            if isinstance(host, str) and host and (message := _host_problem(host)):
                yield item.finding(message, *path, "host")
        for path, tls in entries(item.get("spec", "tls"), ("spec", "tls")):
            for index, host in enumerate(as_list(tls.get("hosts"))):
                if isinstance(host, str) and (message := _host_problem(host, address=True)):
                    yield item.finding(message, *path, "hosts", index)
            name = tls.get("secretName")
            if isinstance(name, str) and name and not forms.is_subdomain(name):
                text = f"`{name[:80]}` is no name of a Secret"
                yield item.finding(text, *path, "secretName")


def _host_problem(host: str, *, address: bool = False) -> str:
    if "*" in host:
        fits = forms.is_wildcard_subdomain(host)
        return "" if fits else f"`{host[:80]}`: a wildcard is the whole first label, as in *.a.org"
    if forms.is_ip(host) and not address:
        return f"`{host[:80]}` is an IP address, not a DNS name"
    return "" if forms.is_subdomain(host) else f"`{host[:80]}` is no DNS name"


@needs("Ingress", "path")
@rule(Stage.SEMANTICS)
def ingress_paths(manifest: Manifest) -> Iterator[Finding]:
    """A path of an Ingress begins with `/`; only ImplementationSpecific may leave it out.

    Source: https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types

    Bad::

        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web}
        spec:
          rules:
            - http:
                paths:
                  - path: shop
                    pathType: Prefix
                    backend: {service: {name: web, port: {number: 80}}}

    Good::

        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web}
        spec:
          rules:
            - http:
                paths:
                  - path: /shop
                    pathType: Prefix
                    backend: {service: {name: web, port: {number: 80}}}
    """
    for item in _ingresses(manifest):
        for place, one in _http_paths(item):
            if message := _path_problem(one):
                yield item.finding(message, *place, "path")


def _path_problem(one: dict[Any, Any]) -> str:
    path, kind = one.get("path", ""), one.get("pathType")
    if not isinstance(path, str) or (not path and kind not in ("Exact", "Prefix")):
        return ""
    if not path.startswith("/"):
        return f"the path `{path[:80]}` does not begin with '/'"
    if kind in ("Exact", "Prefix"):
        for part in ("//", "/./", "/../", "%2f", "%2F"):
            if part in path:
                return f"the path `{path[:80]}` contains '{part}'"
        if path.endswith(("/..", "/.")):
            return f"the path `{path[:80]}` ends with a dot"
    return ""


@needs("Ingress", "backend|defaultBackend")
@rule(Stage.SEMANTICS)
def ingress_backends(manifest: Manifest) -> Iterator[Finding]:
    """A backend is a service or a resource; a service's port is given by number or by name.

    Source: https://kubernetes.io/docs/concepts/services-networking/ingress/#the-ingress-resource

    Bad::

        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web}
        spec:
          defaultBackend: {service: {name: web, port: {number: 80, name: http}}}

    Good::

        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web}
        spec:
          defaultBackend: {service: {name: web, port: {name: http}}}
    """
    for item in _ingresses(manifest):
        for path, backend in backends(item):
            for step, message in _backend_problems(backend):
                yield item.finding(message, *path, *step)


def _backend_problems(backend: dict[Any, Any]) -> Iterator[tuple[Path, str]]:
    service, resource = backend.get("service"), backend.get("resource")
    if (service is None) == (resource is None):
        yield (), "give exactly one of service, resource"
        return
    if not isinstance(service, dict):
        return
    name, port = service.get("name"), as_map(service.get("port"))
    if isinstance(name, str) and not forms.is_label(name):
        yield ("service", "name"), f"`{name[:80]}` is no name of a Service"
    number, port_name = port.get("number"), port.get("name")
    if bool(number) == bool(port_name):
        yield ("service", "port"), "give the port either by number or by name"
    elif problem := forms.port_problem(whole(number) if number else port_name):
        yield ("service", "port", "number" if number else "name"), problem


@needs("Ingress|IngressClass", "controller|ingressClassName")
@rule(Stage.SEMANTICS)
def ingress_class(manifest: Manifest) -> Iterator[Finding]:
    """An IngressClass names its controller as `domain/path`, an Ingress its class by name.

    Source: https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class

    Bad::

        apiVersion: networking.k8s.io/v1
        kind: IngressClass
        metadata: {name: internal}
        spec: {controller: nginx}

    Good::

        apiVersion: networking.k8s.io/v1
        kind: IngressClass
        metadata: {name: internal}
        spec: {controller: k8s.io/ingress-nginx}
    """
    for item in of_kind(manifest, "IngressClass"):
        controller = item.get("spec", "controller")
        if isinstance(controller, str):
            domain, slash, rest = controller.partition("/")
            if not (slash and rest and forms.is_subdomain(domain)) or len(controller) > 250:
                text = f"`{controller[:80]}` is no controller such as example.com/ingress"
                yield item.finding(text, "spec", "controller")
    for item in _ingresses(manifest):
        name = item.get("spec", "ingressClassName")
        if isinstance(name, str) and not forms.is_subdomain(name):
            text = f"`{name[:80]}` is no name of an IngressClass"
            yield item.finding(text, "spec", "ingressClassName")
        old = as_map(item.get("metadata", "annotations")).get("kubernetes.io/ingress.class")
        if isinstance(name, str) and isinstance(old, str) and name != old:
            text = "the annotation kubernetes.io/ingress.class differs from ingressClassName"
            yield item.finding(text, "metadata", "annotations", "kubernetes.io/ingress.class")


def _policy_rules(item: KubeObject) -> Iterator[tuple[Path, dict[Any, Any], str]]:
    """Yield (path, rule, field of its peers) of a NetworkPolicy's rules."""
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        place = ("spec", direction)
        for path, one in entries(item.get(*place), place):
            yield path, one, peers


@needs("NetworkPolicy", "from|to")
@rule(Stage.SEMANTICS)
def network_policy_peers(manifest: Manifest) -> Iterator[Finding]:
    """A peer of a NetworkPolicy is an ipBlock, or selectors of pods and namespaces, not both.

    Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors

    Bad::

        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: allow}
        spec:
          podSelector: {}
          ingress:
            - from:
                - ipBlock: {cidr: 10.0.0.0/8}
                  podSelector: {matchLabels: {app: web}}

    Good::

        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: allow}
        spec:
          podSelector: {}
          ingress:
            - from:
                - ipBlock: {cidr: 10.0.0.0/8}
                - podSelector: {matchLabels: {app: web}}
                  namespaceSelector: {}
    """
    for item in of_kind(manifest, "NetworkPolicy"):
        for path, one, field in _policy_rules(item):
            for place, peer in entries(one.get(field), (*path, field)):
                block = peer.get("ipBlock") is not None
                selectors = [f for f in _SELECTORS if peer.get(f) is not None]
                if not block and not selectors:
                    text = "the peer is empty; give podSelector, namespaceSelector or ipBlock"
                    yield item.finding(text, *place)
                elif block and selectors:
                    yield item.finding("a peer with an ipBlock has no selectors", *place)


_SELECTORS = ("podSelector", "namespaceSelector")


@needs("NetworkPolicy", "matchLabels|matchExpressions")
@rule(Stage.SEMANTICS)
def network_policy_selectors(manifest: Manifest) -> Iterator[Finding]:
    """Selectors of a NetworkPolicy have valid keys, values and operators.

    Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/

    Bad::

        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: allow}
        spec:
          podSelector:
            matchExpressions: [{key: app, operator: In}]

    Good::

        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: allow}
        spec:
          podSelector:
            matchExpressions: [{key: app, operator: In, values: [web]}]
    """
    for item in of_kind(manifest, "NetworkPolicy"):
        for step, message in selector_problems(item.get("spec", "podSelector")):
            yield item.finding(message, "spec", "podSelector", *step)
        for path, one, field in _policy_rules(item):
            for place, peer in entries(one.get(field), (*path, field)):
                for name in _SELECTORS:
                    for step, message in selector_problems(peer.get(name)):
                        yield item.finding(message, *place, name, *step)


@needs("NetworkPolicy", "ipBlock")
@rule(Stage.SEMANTICS)
def network_policy_blocks(manifest: Manifest) -> Iterator[Finding]:
    """An ipBlock is a CIDR, and its exceptions are strictly smaller networks inside it.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/

    Bad::

        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: allow}
        spec:
          podSelector: {}
          egress:
            - to: [{ipBlock: {cidr: 10.0.0.0/8, except: [192.168.0.0/16]}}]

    Good::

        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: allow}
        spec:
          podSelector: {}
          egress:
            - to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]
    """
    for item in of_kind(manifest, "NetworkPolicy"):
        for path, one, field in _policy_rules(item):
            for place, peer in entries(one.get(field), (*path, field)):
                for step, message in _block_problems(as_map(peer.get("ipBlock"))):
                    yield item.finding(message, *place, "ipBlock", *step)


def _block_problems(block: dict[Any, Any]) -> Iterator[tuple[Path, str]]:
    cidr = block.get("cidr")
    if not isinstance(cidr, str):
        return
    outer = forms.network(cidr)
    if outer is None:
        yield ("cidr",), f"`{cidr[:80]}` is no CIDR such as 10.0.0.0/8"
        return
    for index, text in enumerate(as_list(block.get("except"))):
        if not isinstance(text, str):
            continue
        inner = forms.network(text)
        if inner is None:
            yield ("except", index), f"`{text[:80]}` is no CIDR such as 10.1.0.0/16"
        elif inner.prefixlen <= outer.prefixlen or inner.network_address not in outer:
            yield ("except", index), f"`{text[:80]}` is not strictly inside `{cidr[:80]}`"


@needs("NetworkPolicy", "ports")
@rule(Stage.SEMANTICS)
def network_policy_ports(manifest: Manifest) -> Iterator[Finding]:
    """Ports of a NetworkPolicy are valid; a range goes from a number up to `endPort`.

    Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-range-of-ports

    Bad::

        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: allow}
        spec:
          podSelector: {}
          egress: [{ports: [{port: 9000, endPort: 8000}]}]

    Good::

        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: allow}
        spec:
          podSelector: {}
          egress: [{ports: [{protocol: TCP, port: 8000, endPort: 9000}, {port: dns}]}]
    """
    for item in of_kind(manifest, "NetworkPolicy"):
        for path, one, _ in _policy_rules(item):
            for place, port in entries(one.get("ports"), (*path, "ports")):
                for field, message in _policy_port_problems(port):
                    yield item.finding(message, *place, field)


def _policy_port_problems(port: dict[Any, Any]) -> Iterator[tuple[str, str]]:
    number, end = port.get("port"), whole(port.get("endPort"))
    if problem := forms.port_problem(number):
        yield "port", problem
    if end is None:
        return
    first = whole(number)
    if first is None:
        yield "endPort", "endPort needs a `port` that is a number"
    elif end < first:
        yield "endPort", f"endPort {end} is below port {first}"
    elif not forms.is_port(end):
        yield "endPort", f"endPort {end} is not between 1 and 65535"


IN_ORDER = (
    ingress_has_rules,
    ingress_hosts,
    ingress_paths,
    ingress_backends,
    ingress_class,
    network_policy_peers,
    network_policy_selectors,
    network_policy_blocks,
    network_policy_ports,
)
