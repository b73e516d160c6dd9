"""Requirements about Ingresses that values switch on."""

from __future__ import annotations

from envs.helm.requirements.reading import (
    below,
    maps,
    one_of,
    only,
    play,
    played,
    same,
    serves,
    services_of,
    workload,
    wrong,
)
from iac_gym.check import requirement
from iac_gym.languages.helm import HelmModel, Rendering
from iac_gym.languages.kubernetes.model import KubeObject


def leads(found: Rendering, item: KubeObject, *hosts: str) -> bool:
    """Whether an Ingress leads some hosts, and no other, to a port of a Service of the pods."""
    rules = maps(item.get("spec", "rules"))
    services = services_of(found, workload(found))
    if sorted(str(rule.get("host")) for rule in rules) != sorted(hosts):
        return False
    return all(
        any(
            _backed(path, one)
            for one in services
            for path in maps(below(rule, "http").get("paths"))
        )
        for rule in rules
    )


def _backed(path: object, service: KubeObject) -> bool:
    backend = below(path, "backend", "service")
    port = below(backend, "port")
    known = serves(service, port.get("number")) or serves(
        service, port.get("name"), by_number=False
    )
    return bool(backend.get("name") == service.name and known)


@requirement(
    "with `ingress.enabled: true` and the host in `ingress.host` the Ingress of `{chart}` leads "
    "that host to the port of the Service",
    "the Ingress of `{chart}` routes the host that the value `ingress.host` names to the Service's "
    "port, once `ingress.enabled` is true",
)
@played
def ingress_routes(model: HelmModel, chart: str) -> None:
    """Rendered with two hosts, and with another port of the Service."""
    for host, more in (("one.example.com", {}), ("two.example.org", {"service.port": 6543})):
        given = {"ingress.enabled": True, "ingress.host": host, **more}
        found = play(model, given, chart)
        item = only(found, "Ingress")
        if not leads(found, item, host):
            raise wrong(item, f"`{host}` does not lead to the Service", "spec.rules")


@requirement(
    "with `ingress.tls: true` (and `ingress.enabled`) the Ingress of `{chart}` asks for TLS for "
    "its host, with the Secret named in `ingress.secretName`",
    "`ingress.tls: true` gives the Ingress of `{chart}` a TLS entry for its host with the Secret "
    "in `ingress.secretName`",
)
@played
def ingress_tls(model: HelmModel, chart: str) -> None:
    """Rendered with and without TLS."""
    base = {"ingress.enabled": True, "ingress.host": "one.example.com"}
    plain = one_of(model, "Ingress", base, chart)
    if plain.get("spec", "tls"):
        raise wrong(plain, "there is TLS without `ingress.tls`", "spec.tls")
    safe = one_of(
        model, "Ingress", {**base, "ingress.tls": True, "ingress.secretName": "probe-tls"}
    )
    wanted = [{"hosts": ["one.example.com"], "secretName": "probe-tls"}]
    if not same(safe.get("spec", "tls"), wanted):
        raise wrong(safe, "TLS does not follow the values", "spec.tls")


@requirement(
    "with `ingress.enabled: true` each host in the list `ingress.hosts` (plain host names) gets a "
    "rule in the Ingress of `{chart}` that leads to the Service's port",
    "`ingress.hosts` is a list of host names; once `ingress.enabled` is true the Ingress of "
    "`{chart}` leads every one of them to the port of the Service",
)
@played
def ingress_of_hosts(model: HelmModel, chart: str) -> None:
    """Rendered with one and with three hosts, and with another port of the Service."""
    for hosts, more in (
        (["one.example.com"], {}),
        (["a.example.com", "b.example.org", "c.example.net"], {"service.port": 6543}),
    ):
        found = play(model, {"ingress.enabled": True, "ingress.hosts": hosts, **more}, chart)
        item = only(found, "Ingress")
        if not leads(found, item, *hosts):
            raise wrong(item, "the hosts do not lead to the Service", "spec.rules")


@requirement(
    "every entry of the mapping `ingress.annotations` (empty by default) becomes an annotation of "
    "the Ingress of `{chart}`",
    "the Ingress of `{chart}` has the annotations in `ingress.annotations`, none by default",
)
@played
def ingress_annotated(model: HelmModel, chart: str) -> None:
    """Rendered with none and with two."""
    plain = one_of(model, "Ingress", {"ingress.enabled": True}, chart)
    if plain.get("metadata", "annotations"):
        raise wrong(plain, "it has annotations by default", "metadata.annotations")
    given = {"example.com/probe": "yes", "example.com/count": "2"}
    values = {"ingress.enabled": True, "ingress.annotations": given}
    item = one_of(model, "Ingress", values)
    if item.get("metadata", "annotations") != given:
        raise wrong(item, "the annotations are not taken over", "metadata.annotations")


@requirement(
    "where `ingress.tlsSecret` names a Secret, the Ingress of `{chart}` asks for TLS with it for "
    "all hosts of `ingress.hosts`; by default it does not",
    "the Ingress of `{chart}` has no TLS unless `ingress.tlsSecret` names a Secret, which is then "
    "used for every host in `ingress.hosts`",
)
@played
def tls_of_hosts(model: HelmModel, chart: str) -> None:
    """Rendered with and without the Secret; the hosts in one entry or in several."""
    hosts = ["a.example.com", "b.example.org"]
    base = {"ingress.enabled": True, "ingress.hosts": hosts}
    plain = one_of(model, "Ingress", base, chart)
    if plain.get("spec", "tls"):
        raise wrong(plain, "there is TLS without a Secret", "spec.tls")
    item = one_of(model, "Ingress", {**base, "ingress.tlsSecret": "probe-tls"})
    entries = maps(item.get("spec", "tls"))
    named = [host for one in entries if isinstance(one.get("hosts"), list) for host in one["hosts"]]
    if sorted(map(str, named)) != hosts or any(
        one.get("secretName") != "probe-tls" for one in entries
    ):
        raise wrong(item, "TLS does not cover the hosts with the Secret", "spec.tls")
