"""Requirements about values for a chart that is given: what it renders with them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from envs.helm.requirements.objects import claimed, leads
from envs.helm.requirements.reading import at, one_of, only, rendered, same, wrong
from iac_gym.check import requirement
from iac_gym.languages.helm import HelmModel
from iac_gym.verdict import Finding


@requirement("`{field}` of the {kind} is {value}", "the {kind} gets {value} for `{field}`")
def field_is(model: HelmModel, kind: str, field: str, value: object) -> Iterable[Finding]:
    """A field of the only object of a kind."""
    item, findings = one_of(model, kind)
    yield from findings
    if item is not None and not same(at(item, field), value):
        yield wrong(item, f"`{field}` is not {value}", field)


@requirement(
    "the image of the first container of the {kind} is `{image}`",
    "the first container of the {kind} runs `{image}`",
)
def image_is(model: HelmModel, kind: str, image: str) -> Iterable[Finding]:
    """The image of the first container."""
    item, findings = one_of(model, kind)
    yield from findings
    path = "spec.template.spec.containers[0].image"
    if item is not None and at(item, path) != image:
        yield wrong(item, f"the image is not `{image}`", path)


@requirement(
    "the environment of the first container of the {kind} has `{name}` with the value `{value}`",
    "`{name}={value}` is in the environment of the first container of the {kind}",
)
def environment_is(model: HelmModel, kind: str, name: str, value: str) -> Iterable[Finding]:
    """One of `env`."""
    item, findings = one_of(model, kind)
    yield from findings
    if item is None:
        return
    path = "spec.template.spec.containers[0].env"
    listed = at(item, path)
    found = [
        one.get("value")
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict) and one.get("name") == name
    ]
    if found != [value]:
        yield wrong(item, f"`{name}` is not `{value}`", path)


@requirement(
    "the ConfigMap holds `{key}` with the value `{value}`", "`{key}` in the ConfigMap is `{value}`"
)
def config_is(model: HelmModel, key: str, value: str) -> Iterable[Finding]:
    """A key of the only ConfigMap."""
    item, findings = one_of(model, "ConfigMap")
    yield from findings
    if item is not None and item.get("data", key) != value:
        yield wrong(item, f"`{key}` is not `{value}`", "data")


@requirement(
    "an Ingress leads the host `{host}` to the Service",
    "the Service is reached from outside as `{host}` (Ingress)",
)
def host_leads(model: HelmModel, host: str) -> Iterable[Finding]:
    """The only Ingress, with a backend that exists."""
    found, findings = rendered(model)
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


@requirement(
    "the Ingress uses TLS for `{host}` with the Secret `{secret}`",
    "TLS for `{host}` comes from the Secret `{secret}`",
)
def host_has_tls(model: HelmModel, host: str, secret: str) -> Iterable[Finding]:
    """`tls` of the Ingress."""
    item, findings = one_of(model, "Ingress")
    yield from findings
    if item is not None:
        wanted: list[Any] = [{"hosts": [host], "secretName": secret}]
        if not same(item.get("spec", "tls"), wanted):
            yield wrong(item, f"there is no TLS for `{host}` with `{secret}`", "spec.tls")


@requirement(
    "the {kind} is scaled automatically between {low} and {high} replicas",
    "an autoscaler keeps the {kind} between {low} and {high} replicas",
)
def scaled(model: HelmModel, kind: str, low: int, high: int) -> Iterable[Finding]:
    """The autoscaler and its target."""
    found, findings = rendered(model)
    yield from findings
    if found is None:
        return
    item, findings = only(found, "HorizontalPodAutoscaler")
    yield from findings
    target, more = only(found, kind)
    yield from more
    if item is None or target is None:
        return
    bounds = item.get("spec", "minReplicas"), item.get("spec", "maxReplicas")
    if bounds != (low, high) or item.get("spec", "scaleTargetRef", "name") != target.name:
        yield wrong(item, f"the {kind} is not kept between {low} and {high}", "spec")


@requirement(
    "at least {count} pods of the {kind} stay up during a disruption (PodDisruptionBudget)",
    "a PodDisruptionBudget keeps {count} pods of the {kind} available",
)
def protected(model: HelmModel, kind: str, count: int) -> Iterable[Finding]:
    """`minAvailable` of the budget."""
    yield from one_of(model, kind)[1]
    item, findings = one_of(model, "PodDisruptionBudget")
    yield from findings
    if item is not None and not same(item.get("spec", "minAvailable"), count):
        yield wrong(item, f"it does not keep {count} pods", "spec.minAvailable")


@requirement(
    "the data of the {kind} at `{path}` lies in a claim of {size}",
    "`{path}` of the {kind} is a PersistentVolumeClaim of {size}",
)
def stored(model: HelmModel, kind: str, path: str, size: str) -> Iterable[Finding]:
    """The claim behind the path."""
    found, findings = rendered(model)
    yield from findings
    item, more = only(found, kind) if found is not None else (None, [])
    yield from more
    if found is not None and item is not None and claimed(found, item, path) != size:
        yield wrong(item, f"`{path}` is no claim of {size}", "spec.template.spec.volumes")


@requirement(
    "no ServiceAccount is made; the {kind} uses the existing `{name}`",
    "the {kind} runs as the ServiceAccount `{name}`, which exists already and is not made again",
)
def account_given(model: HelmModel, kind: str, name: str) -> Iterable[Finding]:
    """The account of the pods, and that none is rendered."""
    found, findings = rendered(model)
    yield from findings
    item, more = only(found, kind) if found is not None else (None, [])
    yield from more
    if found is None or item is None:
        return
    if found.manifest.of_kind("ServiceAccount"):
        yield Finding("a ServiceAccount is made", "")
    if at(item, "spec.template.spec.serviceAccountName") != name:
        yield wrong(item, f"it does not run as `{name}`", "spec.template.spec.serviceAccountName")
