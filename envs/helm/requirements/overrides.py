"""Requirements about values for a chart that is given: what it renders with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from envs.helm.requirements.accounts import account_of
from envs.helm.requirements.ingresses import leads
from envs.helm.requirements.reading import (
    at,
    box,
    first,
    missing,
    one_of,
    only,
    own,
    play,
    played,
    same,
    wrong,
)
from envs.helm.requirements.scaling import scaler_of
from envs.helm.requirements.storage import claimed
from envs.helm.requirements.variables import environment
from iac_gym.check import requirement
from iac_gym.languages.helm import HelmModel, Rendering
from iac_gym.languages.helm.reading import as_values


@requirement("`{field}` of the {kind} is {value}", "the {kind} gets {value} for `{field}`")
@played
def field_is(model: HelmModel, kind: str, field: str, value: object) -> None:
    """A field of the only object of a kind."""
    item = one_of(model, kind)
    if not same(at(item, field), value):
        raise wrong(item, f"`{field}` is not {value}", field)


@requirement(
    "the image of the first container of the {kind} is `{image}`",
    "the first container of the {kind} runs `{image}`",
)
@played
def image_is(model: HelmModel, kind: str, image: str) -> None:
    """The image of the first container."""
    item = one_of(model, kind)
    if first(item).get("image") != image:
        raise wrong(item, f"the image is not `{image}`", f"{box(item)}.image")


@requirement(
    "the environment of the first container of the {kind} has `{name}` with the value `{value}`",
    "`{name}={value}` is in the environment of the first container of the {kind}",
)
@played
def environment_is(model: HelmModel, kind: str, name: str, value: str) -> None:
    """One of the variables."""
    found = play(model)
    item = only(found, kind)
    if environment(found, item).get(name) != value:
        raise wrong(item, f"`{name}` is not `{value}`", f"{box(item)}.env")


@requirement(
    "the ConfigMap holds `{key}` with the value `{value}`", "`{key}` in the ConfigMap is `{value}`"
)
@played
def config_is(model: HelmModel, key: str, value: str) -> None:
    """A key of the only ConfigMap."""
    item = one_of(model, "ConfigMap")
    if item.get("data", key) != value:
        raise wrong(item, f"`{key}` is not `{value}`", "data")


@requirement(
    "an Ingress leads the host `{host}` to the Service",
    "the Service is reached from outside as `{host}` (Ingress)",
)
@played
def host_leads(model: HelmModel, host: str) -> None:
    """The only Ingress, with a backend that exists."""
    found = play(model)
    item = only(found, "Ingress")
    if not leads(found, item, host):
        raise wrong(item, f"`{host}` does not lead to the Service", "spec.rules")


@requirement(
    "the Ingress uses TLS for `{host}` with the Secret `{secret}`",
    "TLS for `{host}` comes from the Secret `{secret}`",
)
@played
def host_has_tls(model: HelmModel, host: str, secret: str) -> None:
    """`tls` of the Ingress."""
    item = one_of(model, "Ingress")
    wanted: list[Any] = [{"hosts": [host], "secretName": secret}]
    if not same(item.get("spec", "tls"), wanted):
        raise wrong(item, f"there is no TLS for `{host}` with `{secret}`", "spec.tls")


@requirement(
    "the {kind} is scaled automatically between {low} and {high} replicas",
    "an autoscaler keeps the {kind} between {low} and {high} replicas",
)
@played
def scaled(model: HelmModel, kind: str, low: int, high: int) -> None:
    """The autoscaler and its target."""
    found = play(model)
    item = scaler_of(found, only(found, kind))
    if (item.get("spec", "minReplicas"), item.get("spec", "maxReplicas")) != (low, high):
        raise wrong(item, f"the {kind} is not kept between {low} and {high}", "spec")


@requirement(
    "at least {count} pods of the {kind} stay up during a disruption (PodDisruptionBudget)",
    "a PodDisruptionBudget keeps {count} pods of the {kind} available",
)
@played
def protected(model: HelmModel, kind: str, count: int) -> None:
    """`minAvailable` of the budget."""
    found = play(model)
    only(found, kind)
    item = only(found, "PodDisruptionBudget")
    if not same(item.get("spec", "minAvailable"), count):
        raise wrong(item, f"it does not keep {count} pods", "spec.minAvailable")


@requirement(
    "the data of the {kind} at `{path}` lies in a claim of {size}",
    "`{path}` of the {kind} is a PersistentVolumeClaim of {size}",
)
@played
def stored(model: HelmModel, kind: str, path: str, size: str) -> None:
    """The claim behind the path."""
    found = play(model)
    item = only(found, kind)
    if claimed(found, item, path) != size:
        raise wrong(item, f"`{path}` is no claim of {size}", "spec.template.spec.volumes")


@requirement(
    "no ServiceAccount is made; the {kind} uses the existing `{name}`",
    "the {kind} runs as the ServiceAccount `{name}`, which exists already and is not made again",
)
@played
def account_given(model: HelmModel, kind: str, name: str) -> None:
    """The account of the pods, and that none is rendered."""
    found = play(model)
    item = only(found, kind)
    if own(found, "ServiceAccount"):
        raise missing("a ServiceAccount is made")
    if account_of(item) != name:
        raise wrong(item, f"it does not run as `{name}`", "spec.template.spec.serviceAccountName")


def _with_file(model: HelmModel, file: str) -> Rendering:
    """Render with one of the values files alone."""
    tree = model.given_files.get(file)
    if tree is None:
        raise missing(f"there is no `{file}`")
    given: Mapping[str, Any] = as_values(tree)
    keys = {str(key): one for key, one in given.items() if "." not in str(key)}
    found = model.render(keys, beside=False)
    if found.error is not None or found.problems:
        said = found.error or found.problems[0].finding
        raise missing(f"with `{file}` alone the chart does not render: {said.message}")
    return found


@requirement(
    "with `{file}` alone `{field}` of the {kind} is {value}",
    "`{file}` alone gives the {kind} {value} for `{field}`",
)
@played
def in_environment(model: HelmModel, file: str, kind: str, field: str, value: object) -> None:
    """A field of the only object of a kind, with one values file."""
    item = only(_with_file(model, file), kind)
    if not same(at(item, field), value):
        raise wrong(item, f"with `{file}` the field `{field}` is not {value}", field)


@requirement(
    "with `{file}` alone the environment of the first container of the {kind} has `{name}` with "
    "the value `{value}`",
    "`{file}` alone puts `{name}={value}` into the environment of the first container of the "
    "{kind}",
)
@played
def variable_in_environment(model: HelmModel, file: str, kind: str, name: str, value: str) -> None:
    """A variable, with one values file."""
    found = _with_file(model, file)
    item = only(found, kind)
    if environment(found, item).get(name) != value:
        raise wrong(item, f"with `{file}` `{name}` is not `{value}`", f"{box(item)}.env")


@requirement(
    "with `{file}` alone an Ingress leads the host `{host}` to the Service",
    "`{file}` alone lets the Service be reached from outside as `{host}` (Ingress)",
)
@played
def host_in_environment(model: HelmModel, file: str, host: str) -> None:
    """The only Ingress, with one values file."""
    found = _with_file(model, file)
    item = only(found, "Ingress")
    if not leads(found, item, host):
        raise wrong(item, f"with `{file}` `{host}` does not lead to the Service", "spec.rules")


@requirement(
    "with `{file}` alone there is no Ingress, and `{field}` of the {kind} stays {value} as the "
    "chart has it",
    "`{file}` alone leaves out the Ingress and does not change `{field}` of the {kind}, which the "
    "chart sets to {value}",
)
@played
def plain_environment(model: HelmModel, file: str, kind: str, field: str, value: object) -> None:
    """No Ingress, and a default that is left alone."""
    found = _with_file(model, file)
    for item in own(found, "Ingress"):
        raise wrong(item, f"with `{file}` there is an Ingress")
    item = only(found, kind)
    if not same(at(item, field), value):
        raise wrong(item, f"with `{file}` the field `{field}` is not {value}", field)
