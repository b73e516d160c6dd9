"""Requirements about values: what they are by default, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from envs.helm.requirements.reading import (
    OTHER_IMAGE,
    Unmet,
    at,
    box,
    first,
    missing,
    one_of,
    own,
    play,
    played,
    same,
    wrong,
)
from iac_gym.check import requirement
from iac_gym.languages.helm import HelmModel


@requirement(
    "the value `{value}` is {default} by default and sets `{field}` of the {kind}; with {other} it "
    "becomes {other}",
    "`{field}` of the {kind} comes from the value `{value}`: {default} by default, and {other} "
    "where somebody sets {other}",
)
@played
def value_sets(
    model: HelmModel, value: str, default: object, kind: str, field: str, other: object
) -> None:
    """Rendered with the default and with another value."""
    plain = one_of(model, kind)
    if not same(at(plain, field), default):
        raise wrong(plain, f"`{field}` is not {default} by default", field)
    if not same(at(one_of(model, kind, {value: other}), field), other):
        raise wrong(plain, f"`{field}` does not follow the value `{value}`", field)


@requirement(
    "with `{switch}: true` the value `{value}` is {default} by default and sets `{field}` of the "
    "{kind}; with {other} it becomes {other}",
    "once `{switch}` is true, `{field}` of the {kind} comes from the value `{value}`: {default} by "
    "default, and {other} where somebody sets {other}",
)
@played
def switched_value_sets(
    model: HelmModel, switch: str, value: str, default: object, kind: str, field: str,
    other: object,
) -> None:  # fmt: skip
    """The same for an object that is switched on first."""
    for given, wanted in (({switch: True}, default), ({switch: True, value: other}, other)):
        item = one_of(model, kind, given)
        if not same(at(item, field), wanted):
            raise wrong(item, f"`{field}` is not {wanted} with `{value}`", field)


def _images(model: HelmModel, kind: str, image: str, tag: str, *, several: bool = False) -> None:
    cases: Sequence[tuple[Mapping[str, Any], str]] = (
        ({}, f"{image}:{tag}"),
        (OTHER_IMAGE, "probe.example.com/app:probe-tag"),
    )
    for values, wanted in cases:
        items = own(play(model, values), kind)
        if not items or (len(items) > 1 and not several):
            raise missing(f"the chart renders {len(items) or 'no'} {kind}")
        for item in items:
            if first(item).get("image") != wanted:
                raise wrong(item, f"the image is not `{wanted}`", f"{box(item)}.image")


@requirement(
    "the image of the first container of the {kind} is the value `image.repository`, a colon and "
    "the value `image.tag`; by default they are `{image}` and `{tag}`",
    "the first container of the {kind} runs the image named by the values `image.repository` "
    "(`{image}` by default) and `image.tag` (`{tag}` by default)",
)
@played
def image_from_values(model: HelmModel, kind: str, image: str, tag: str) -> None:
    """Rendered with the defaults, and with another tag and repository."""
    _images(model, kind, image, tag)


@requirement(
    "the first container of every {kind} has the image `image.repository:image.tag` of the "
    "values, by default `{image}` and `{tag}`",
    "all objects of the kind {kind} share one image, named by the values `image.repository` "
    "(`{image}` by default) and `image.tag` (`{tag}` by default)",
)
@played
def shared_image(model: HelmModel, kind: str, image: str, tag: str) -> None:
    """The same for every object of the kind."""
    _images(model, kind, image, tag, several=True)


@requirement(
    "whatever is given as the value `{value}` appears as `{field}` of the {kind} of `{chart}`; by "
    "default there is none",
    "the value `{value}` is taken over into `{field}` of the {kind} of `{chart}`, which is missing "
    "by default",
)
@played
def value_taken_over(model: HelmModel, chart: str, value: str, field: str, kind: str) -> None:
    """Rendered without it and with a mapping or a list that fits the field."""
    sample = _SAMPLES[field.rpartition(".")[2]]
    plain = one_of(model, kind, None, chart)
    if at(plain, field):
        raise wrong(plain, f"`{field}` is there by default", field)
    filled = one_of(model, kind, {value: sample})
    if not same(at(filled, field), sample):
        raise wrong(filled, f"`{value}` is not taken over into `{field}`", field)


#: What is given for a field to see whether it is taken over.
_SAMPLES: Mapping[str, Any] = {
    "nodeSelector": {"disktype": "ssd", "zone": "b"},
    "tolerations": [{"key": "dedicated", "operator": "Equal", "value": "web",
                     "effect": "NoSchedule"}],
    "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
        "nodeSelectorTerms": [
            {"matchExpressions": [{"key": "arch", "operator": "In", "values": ["amd64"]}]}
        ]}}},
    "resources": {"limits": {"memory": "321Mi"}, "requests": {"cpu": "123m"}},
    "imagePullSecrets": [{"name": "probe-secret"}],
    "securityContext": {"runAsUser": 4321, "runAsNonRoot": True},
}  # fmt: skip


@requirement(
    "the {kind} of `{chart}` is rendered only when the value `{value}` is true, which it is not by "
    "default",
    "by default there is no {kind} of `{chart}`; with `{value}: true` there is one",
)
@played
def rendered_if(model: HelmModel, chart: str, kind: str, value: str) -> None:
    """Rendered with the default, with true and with false."""
    off = () if model.value(value) is False else (({value: False}, 0),)
    _counted(model, chart, kind, value, (({}, 0), ({value: True}, 1), *off))


@requirement(
    "the {kind} of `{chart}` is rendered by default and left out when the value `{value}` is false",
    "there is a {kind} of `{chart}` unless somebody sets `{value}: false`",
)
@played
def rendered_unless(model: HelmModel, chart: str, kind: str, value: str) -> None:
    """Rendered with the default and with false."""
    _counted(model, chart, kind, value, (({}, 1), ({value: False}, 0)))


def _counted(
    model: HelmModel, chart: str, kind: str, value: str,
    cases: Sequence[tuple[Mapping[str, Any], int]],
) -> None:  # fmt: skip
    for given, count in cases:
        if len(own(play(model, given, chart), kind)) != count:
            message = f"`{value}` does not decide whether there is a {kind}"
            raise Unmet(model.value_finding(message, value))
