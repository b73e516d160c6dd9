"""Requirements about values: what they are by default, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from envs.helm.requirements.reading import at, one_of, only, other_chart, rendered, same, wrong
from iac_gym.check import requirement
from iac_gym.languages.helm import HelmModel
from iac_gym.verdict import Finding


@requirement(
    "the value `{value}` is {default} by default and sets `{field}` of the {kind}; with {other} it "
    "becomes {other}",
    "`{field}` of the {kind} comes from the value `{value}`: {default} by default, and {other} "
    "where somebody sets {other}",
)
def value_sets(
    model: HelmModel, value: str, default: object, kind: str, field: str, other: object
) -> Iterable[Finding]:
    """Rendered with the default and with another value."""
    plain, findings = one_of(model, kind)
    yield from findings
    if plain is None:
        return
    if not same(at(plain, field), default):
        yield wrong(plain, f"`{field}` is not {default} by default", field)
        return
    changed, findings = one_of(model, kind, {value: other})
    yield from findings
    if changed is not None and not same(at(changed, field), other):
        yield wrong(plain, f"`{field}` does not follow the value `{value}`", field)


@requirement(
    "the first container of the {kind} runs the image `{image}` with the tag `{tag}` by default; "
    "`image.repository` and `image.tag` change them",
    "by default `{image}:{tag}` is the image of the first container of the {kind}, made of the "
    "values `image.repository` and `image.tag`",
)
def image_from_values(model: HelmModel, kind: str, image: str, tag: str) -> Iterable[Finding]:
    """Rendered with the defaults, with another tag and another repository."""
    cases: Sequence[tuple[Mapping[str, Any], str]] = (
        ({}, f"{image}:{tag}"),
        ({"image.tag": "probe-tag"}, f"{image}:probe-tag"),
        ({"image.repository": "probe.example.com/app"}, f"probe.example.com/app:{tag}"),
    )
    for values, wanted in cases:
        found, findings = rendered(model, values)
        yield from findings
        item, findings = only(found, kind) if found else (None, [])
        yield from findings
        if item is None:
            return
        path = _container(item.kind)
        if at(item, f"{path}.image") != wanted:
            yield wrong(item, f"the image is not `{wanted}`", f"{path}.image")
            return


def _container(kind: str) -> str:
    pod = "spec.jobTemplate.spec.template" if kind == "CronJob" else "spec.template"
    return f"{pod}.spec.containers[0]"


@requirement(
    "whatever is given as the value `{value}` appears as `{field}` of the {kind} of `{chart}`; by default "
    "there is none",
    "the value `{value}` is taken over into `{field}` of the {kind} of `{chart}`, which is missing by default",
)
def value_taken_over(
    model: HelmModel, chart: str, value: str, field: str, kind: str
) -> Iterable[Finding]:
    """Rendered without it and with a mapping or a list that fits the field."""
    if missing := other_chart(model, chart):
        yield from missing
        return
    sample = _SAMPLES[field.rpartition(".")[2]]
    plain, findings = one_of(model, kind)
    yield from findings
    if plain is None:
        return
    if at(plain, field):
        yield wrong(plain, f"`{field}` is there by default", field)
        return
    filled, findings = one_of(model, kind, {value: sample})
    yield from findings
    if filled is not None and not same(at(filled, field), sample):
        yield wrong(filled, f"`{value}` is not taken over into `{field}`", field)


#: What is given for a field to see whether it is taken over.
_SAMPLES: Mapping[str, Any] = {
    "nodeSelector": {"disktype": "ssd", "zone": "b"},
    "tolerations": [{"key": "dedicated", "operator": "Equal", "value": "web", "effect": "NoSchedule"}],
    "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
        "nodeSelectorTerms": [
            {"matchExpressions": [{"key": "arch", "operator": "In", "values": ["amd64"]}]}
        ]}}},
    "resources": {"limits": {"memory": "321Mi"}, "requests": {"cpu": "123m"}},
    "annotations": {"example.com/probe": "yes", "example.com/other": "2"},
    "imagePullSecrets": [{"name": "probe-secret"}],
    "podSecurityContext": {"runAsUser": 4321},
    "securityContext": {"runAsUser": 4321, "runAsNonRoot": True},
    "priorityClassName": "probe-class",
}  # fmt: skip


@requirement(
    "the {kind} of `{chart}` is rendered only when the value `{value}` is true, which it is not by default",
    "by default there is no {kind} of `{chart}`; with `{value}: true` there is one",
)
def rendered_if(model: HelmModel, chart: str, kind: str, value: str) -> Iterable[Finding]:
    """Rendered with the default, with true and with false."""
    if missing := other_chart(model, chart):
        yield from missing
        return
    for given, count in (({}, 0), ({value: True}, 1), ({value: False}, 0)):
        found, findings = rendered(model, given)
        yield from findings
        if found is None:
            return
        if len(found.manifest.of_kind(kind)) != count:
            yield model.value_finding(f"`{value}` does not decide whether there is a {kind}", value)
            return
    if model.value(value) is not False:
        yield model.value_finding(f"`{value}` is not false by default", value)


@requirement(
    "the {kind} of `{chart}` is rendered by default and left out when the value `{value}` is false",
    "there is a {kind} of `{chart}` unless somebody sets `{value}: false`",
)
def rendered_unless(model: HelmModel, chart: str, kind: str, value: str) -> Iterable[Finding]:
    """Rendered with the default and with false."""
    if missing := other_chart(model, chart):
        yield from missing
        return
    for given, count in (({}, 1), ({value: False}, 0)):
        found, findings = rendered(model, given)
        yield from findings
        if found is None:
            return
        if len(found.manifest.of_kind(kind)) != count:
            yield model.value_finding(f"`{value}` does not decide whether there is a {kind}", value)
            return


@requirement(
    "with `{switch}: true` the value `{value}` is {default} by default and sets `{field}` of the "
    "{kind}; with {other} it becomes {other}",
    "once `{switch}` is true, `{field}` of the {kind} comes from the value `{value}`: {default} by "
    "default, and {other} where somebody sets {other}",
)
def switched_value_sets(
    model: HelmModel, switch: str, value: str, default: object, kind: str, field: str,
    other: object,
) -> Iterable[Finding]:  # fmt: skip
    """The same for an object that is switched on first."""
    for given, wanted in (({switch: True}, default), ({switch: True, value: other}, other)):
        item, findings = one_of(model, kind, given)
        yield from findings
        if item is None:
            return
        if not same(at(item, field), wanted):
            yield wrong(item, f"`{field}` is not {wanted} with `{value}`", field)
            return


@requirement(
    "every entry of the mapping `{value}` becomes an environment variable of the first container "
    "of the {kind} of `{chart}`; it is empty by default",
    "the first container of the {kind} of `{chart}` gets an environment variable for each entry of the value "
    "`{value}`, an empty mapping by default",
)
def environment_from_values(
    model: HelmModel, chart: str, value: str, kind: str
) -> Iterable[Finding]:
    """Rendered with two entries, one of them a number."""
    if missing := other_chart(model, chart):
        yield from missing
        return
    given = {value: {"PROBE_NAME": "probe value", "PROBE_COUNT": 3}}
    item, findings = one_of(model, kind, given)
    yield from findings
    if item is None:
        return
    listed = at(item, f"{_container(kind)}.env")
    found = {
        one.get("name"): one.get("value")
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict)
    }
    if found.get("PROBE_NAME") != "probe value" or found.get("PROBE_COUNT") != "3":
        yield wrong(item, f"entries of `{value}` do not become variables", _container(kind))
    if model.value(value) not in ({}, None):
        yield model.value_finding(f"`{value}` is not empty by default", value)


@requirement(
    "every entry of the mapping `{value}` becomes a key of the ConfigMap; by default it holds "
    "`{key}` with the value `{content}`",
    "the ConfigMap holds the entries of the value `{value}`, by default `{key}: {content}`",
)
def config_from_values(model: HelmModel, value: str, key: str, content: str) -> Iterable[Finding]:
    """Rendered with the default and with one more entry."""
    item, findings = one_of(model, "ConfigMap")
    yield from findings
    if item is None:
        return
    if item.get("data", key) != content:
        yield wrong(item, f"`{key}` is not `{content}` by default", "data")
        return
    more, findings = one_of(model, "ConfigMap", {value: {"PROBE": "probe"}})
    yield from findings
    if more is not None and more.get("data", "PROBE") != "probe":
        yield wrong(item, f"entries of `{value}` do not become keys", "data")


@requirement(
    "the first container of the {kind} of `{chart}` reads the whole ConfigMap into its environment (`envFrom`)",
    "all keys of the ConfigMap are environment variables of the first container of the {kind} of `{chart}`",
)
def environment_from_config(model: HelmModel, chart: str, kind: str) -> Iterable[Finding]:
    """`envFrom` with the name of the ConfigMap that is rendered."""
    if missing := other_chart(model, chart):
        yield from missing
        return
    item, findings = one_of(model, kind)
    yield from findings
    config, findings = one_of(model, "ConfigMap")
    yield from findings
    if item is None or config is None:
        return
    path = f"{_container(kind)}.envFrom"
    listed = at(item, path)
    for one in listed if isinstance(listed, list) else []:
        reference = one.get("configMapRef") if isinstance(one, dict) else None
        if isinstance(reference, dict) and reference.get("name") == config.name:
            return
    yield wrong(item, f"the container does not read the ConfigMap `{config.name}`", path)


@requirement(
    "a change of the ConfigMap changes an annotation of the pods of the {kind} of `{chart}`, so that they are "
    "replaced (value `{value}`)",
    "the pods of the {kind} of `{chart}` have an annotation with a checksum of the ConfigMap, so that a change "
    "of `{value}` rolls them",
)
def config_rolls_pods(model: HelmModel, chart: str, kind: str, value: str) -> Iterable[Finding]:
    """The annotations with the default and with one more entry."""
    if missing := other_chart(model, chart):
        yield from missing
        return
    path = "spec.template.metadata.annotations"
    first, findings = one_of(model, kind)
    yield from findings
    second, findings = one_of(model, kind, {value: {"PROBE": "probe"}})
    yield from findings
    if first is None or second is None:
        return
    if not at(first, path) or at(first, path) == at(second, path):
        yield wrong(first, f"a change of `{value}` does not change an annotation", path)


@requirement(
    "with the value `{value}` naming a Secret, the first container of the {kind} of `{chart}` takes the "
    "variable `{variable}` from its key `{key}`",
    "the variable `{variable}` of the first container of the {kind} of `{chart}` comes from the key `{key}` of "
    "the Secret that the value `{value}` names",
)
def secret_from_value(
    model: HelmModel, chart: str, value: str, kind: str, variable: str, key: str
) -> Iterable[Finding]:
    """Rendered with two names."""
    if missing := other_chart(model, chart):
        yield from missing
        return
    for name in ("probe-secret", "other-secret"):
        item, findings = one_of(model, kind, {value: name})
        yield from findings
        if item is None:
            return
        listed = at(item, f"{_container(kind)}.env")
        found = [
            at_key(one, "valueFrom", "secretKeyRef")
            for one in (listed if isinstance(listed, list) else [])
            if isinstance(one, dict) and one.get("name") == variable
        ]
        if not found or found[0].get("name") != name or found[0].get("key") != key:
            yield wrong(item, f"`{variable}` is not read from the Secret", _container(kind))
            return


def at_key(tree: Any, *keys: str) -> dict[str, Any]:
    """Return the mapping under keys, an empty one where there is none."""
    for key in keys:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree if isinstance(tree, dict) else {}
