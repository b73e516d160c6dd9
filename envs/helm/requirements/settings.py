"""Requirements about configuration: environment variables, ConfigMaps, Secrets, files."""

from __future__ import annotations

from envs.helm.requirements.reading import (
    Unmet,
    at,
    below,
    box,
    first,
    maps,
    missing,
    one_of,
    only,
    own,
    play,
    played,
    pod_of,
    wrong,
)
from envs.helm.requirements.variables import environment, secret_key, secret_text
from iac_gym.check import requirement
from iac_gym.languages.helm import HelmModel
from iac_gym.languages.kubernetes.model import as_list


@requirement(
    "every entry of the mapping `{value}` becomes an environment variable of the first container "
    "of the {kind} of `{chart}`; it is empty by default",
    "the first container of the {kind} of `{chart}` gets an environment variable for each entry of "
    "the value `{value}`, an empty mapping by default",
)
@played
def environment_from_values(model: HelmModel, chart: str, value: str, kind: str) -> None:
    """Rendered with two entries, one of them a number."""
    given = {value: {"PROBE_NAME": "probe value", "PROBE_COUNT": 3}}
    found = play(model, given, chart)
    item = only(found, kind)
    made = environment(found, item)
    if made.get("PROBE_NAME") != "probe value" or made.get("PROBE_COUNT") != "3":
        raise wrong(item, f"entries of `{value}` do not become variables", box(item))
    if model.value(value) not in ({}, None):
        raise Unmet(model.value_finding(f"`{value}` is not empty by default", value))


@requirement(
    "every entry of the mapping `{value}` becomes a key of the ConfigMap; by default it holds "
    "`{key}` with the value `{content}`",
    "the ConfigMap holds the entries of the value `{value}`, by default `{key}: {content}`",
)
@played
def config_from_values(model: HelmModel, value: str, key: str, content: str) -> None:
    """Rendered with the default and with one more entry."""
    item = one_of(model, "ConfigMap")
    if item.get("data", key) != content:
        raise wrong(item, f"`{key}` is not `{content}` by default", "data")
    more = one_of(model, "ConfigMap", {value: {"PROBE": "probe"}})
    if more.get("data", "PROBE") != "probe":
        raise wrong(more, f"entries of `{value}` do not become keys", "data")


@requirement(
    "the first container of the {kind} of `{chart}` reads the whole ConfigMap into its environment "
    "(`envFrom`)",
    "all keys of the ConfigMap are environment variables of the first container of the {kind} of "
    "`{chart}`",
)
@played
def environment_from_config(model: HelmModel, chart: str, kind: str) -> None:
    """`envFrom` with the name of the ConfigMap that is rendered."""
    found = play(model, None, chart)
    item, config = only(found, kind), only(found, "ConfigMap")
    for one in maps(first(item).get("envFrom")):
        if below(one, "configMapRef").get("name") == config.name:
            return
    message = f"the container does not read the ConfigMap `{config.name}`"
    raise wrong(item, message, f"{box(item)}.envFrom")


@requirement(
    "a change of the ConfigMap changes an annotation of the pods of the {kind} of `{chart}`, so "
    "that they are replaced (value `{value}`)",
    "the pods of the {kind} of `{chart}` have an annotation with a checksum of the ConfigMap, so "
    "that a change of `{value}` rolls them",
)
@played
def config_rolls_pods(model: HelmModel, chart: str, kind: str, value: str) -> None:
    """The annotations with the default and with one more entry."""
    path = "spec.template.metadata.annotations"
    before = one_of(model, kind, None, chart)
    after = one_of(model, kind, {value: {"PROBE": "probe"}})
    if not at(before, path) or at(before, path) == at(after, path):
        raise wrong(before, f"a change of `{value}` does not change an annotation", path)


@requirement(
    "with the value `{value}` naming a Secret, the first container of the {kind} of `{chart}` "
    "takes the variable `{variable}` from its key `{key}`",
    "the variable `{variable}` of the first container of the {kind} of `{chart}` comes from the "
    "key `{key}` of the Secret that the value `{value}` names",
)
@played
def secret_from_value(
    model: HelmModel, chart: str, value: str, kind: str, variable: str, key: str
) -> None:
    """Rendered with two names."""
    for name in ("probe-secret", "other-secret"):
        item = one_of(model, kind, {value: name}, chart)
        if secret_key(item, variable) != (name, key):
            raise wrong(item, f"`{variable}` is not read from the Secret", box(item))


@requirement(
    "a Secret of the chart holds the value `auth.password` (`{password}` by default) under the key "
    "`{key}`, and the first container of the {kind} reads the variable `{variable}` from it",
    "`{variable}` of the first container of the {kind} comes from the key `{key}` of a Secret that "
    "the chart makes of the value `auth.password`, `{password}` by default",
)
@played
def secret_made(model: HelmModel, kind: str, variable: str, key: str, password: str) -> None:
    """Rendered with the default and with another password."""
    for values, wanted in (({}, password), ({"auth.password": "probe-word"}, "probe-word")):
        found = play(model, values)
        item = only(found, kind)
        name, place = secret_key(item, variable)
        made = [one for one in own(found, "Secret") if one.name == name]
        if place != key or not made or secret_text(made[0], key) != wanted:
            raise wrong(item, f"`{variable}` is not `{wanted}` of a Secret", box(item))


@requirement(
    "where the value `auth.existingSecret` names a Secret, the chart `{chart}` makes none, and the "
    "{kind} reads the variable `{variable}` from the key `{key}` of that one",
    "with `auth.existingSecret` the chart `{chart}` makes no Secret: the {kind} reads `{variable}` "
    "from the key `{key}` of the one that is named",
)
@played
def secret_given(model: HelmModel, chart: str, kind: str, variable: str, key: str) -> None:
    """Rendered with a name, and a Secret is there without one."""
    if not own(play(model, None, chart), "Secret"):
        raise missing("the chart makes no Secret at all")
    found = play(model, {"auth.existingSecret": "probe-secret"})
    item = only(found, kind)
    if secret_key(item, variable) != ("probe-secret", key):
        raise wrong(item, f"`{variable}` is not read from the named Secret", box(item))
    for one in own(found, "Secret"):
        raise wrong(one, "the chart makes a Secret although one is given")


@requirement(
    "the chart brings the file `{file}`, which has the line `{line}`; the ConfigMap holds its "
    "content as it is, under the key `{key}` (`.Files`)",
    "`{file}` of the chart, with the line `{line}`, is the content of the key `{key}` of the "
    "ConfigMap (`.Files`)",
)
@played
def file_in_config(model: HelmModel, file: str, line: str, key: str) -> None:
    """The file and what is rendered of it."""
    text = model.chart.files.get(file)
    if text is None or line not in [one.strip() for one in text.splitlines()]:
        raise missing(f"the chart has no file `{file}` with the line `{line}`")
    item = one_of(model, "ConfigMap")
    if str(item.get("data", key)).strip() != text.strip():
        raise wrong(item, f"`{key}` is not the content of `{file}`", "data")


@requirement(
    "the ConfigMap is mounted at `{folder}` in the first container of the {kind} of `{chart}`",
    "the first container of the {kind} of `{chart}` finds the ConfigMap's keys as files in "
    "`{folder}`",
)
@played
def config_mounted(model: HelmModel, chart: str, kind: str, folder: str) -> None:
    """A volume of the ConfigMap and its mount, the whole folder."""
    found = play(model, None, chart)
    item, config = only(found, kind), only(found, "ConfigMap")
    names = [
        one.get("name")
        for one in maps(item.get(*pod_of(item), "volumes"))
        if below(one, "configMap").get("name") == config.name and not as_list(
            below(one, "configMap").get("items"))
    ]  # fmt: skip
    for one in maps(first(item).get("volumeMounts")):
        place = str(one.get("mountPath")).rstrip("/")
        if one.get("name") in names and place == folder and "subPath" not in one:
            return
    raise wrong(item, f"the ConfigMap is not at `{folder}`", f"{box(item)}.volumeMounts")
