"""Requirements about several Deployments that are rendered of one mapping of the values."""

from __future__ import annotations

from envs.helm.requirements.reading import (
    first,
    missing,
    own,
    play,
    played,
    pod_labels,
    runs,
    selects,
    wrong,
)
from envs.helm.requirements.variables import environment
from iac_gym.check import requirement
from iac_gym.languages.helm import HelmModel, Rendering
from iac_gym.languages.kubernetes.model import KubeObject


def _called(found: Rendering, key: str) -> KubeObject:
    """Return the only Deployment whose name ends in a key."""
    items = [one for one in own(found, "Deployment") if one.name.endswith(f"-{key}")]
    if len(items) != 1:
        raise missing(f"there are {len(items)} Deployments whose name ends in `-{key}`")
    return items[0]


@requirement(
    "each entry of the mapping `{value}` of `{chart}` becomes a Deployment whose name ends in `-` "
    "and the entry's key, with the entry's `replicas` and, as the first container's command, its "
    "list `command`",
    "`{chart}` renders a Deployment for every entry of the value `{value}`: `-` and the key are "
    "the end of its name, `replicas` and `command` (a list, what the first container runs) come "
    "from the entry",
)
@played
def deployment_per_entry(model: HelmModel, chart: str, value: str) -> None:
    """Rendered with one more entry and with two more."""
    before = len(own(play(model, None, chart), "Deployment"))
    entries = {"probe": {"replicas": 7, "command": ["run", "probe"]},
               "other": {"replicas": 8, "command": ["run", "other", "--all"]}}  # fmt: skip
    for names in (("probe",), ("probe", "other")):
        found = play(model, {value: {name: entries[name] for name in names}})
        for name in names:
            item, entry = _called(found, name), entries[name]
            if item.get("spec", "replicas") != entry["replicas"]:
                raise wrong(item, "`replicas` is not that of the entry", "spec.replicas")
            if not runs(first(item), " ".join(map(str, entry["command"]))):  # type: ignore[call-overload]
                raise wrong(item, "it does not run the entry's command", "spec.template.spec")
        if len(own(found, "Deployment")) != before + len(names):
            raise missing("there is not one Deployment for each entry")


@requirement(
    "by default `{value}` has the entry `{key}`, with {replicas} replicas that run `{command}`",
    "`{key}` is an entry of `{value}` by default: {replicas} replicas with the command `{command}`",
)
@played
def default_entry(model: HelmModel, value: str, key: str, replicas: int, command: str) -> None:
    """The Deployment of that entry."""
    item = _called(play(model), key)
    if not isinstance(model.value(f"{value}.{key}"), dict):
        raise missing(f"`{value}` has no entry `{key}`")
    if item.get("spec", "replicas") != replicas:
        raise wrong(item, f"it has not {replicas} replicas", "spec.replicas")
    if not runs(first(item), command):
        raise wrong(item, f"it does not run `{command}`", "spec.template.spec.containers")


@requirement(
    "no Deployment of `{chart}` selects the pods of another entry of `{value}`",
    "the pods of each entry of `{value}` are selected by its own Deployment of `{chart}` alone",
)
@played
def selectors_apart(model: HelmModel, chart: str, value: str) -> None:
    """Selectors and labels of two more entries."""
    entry = {"replicas": 1, "command": ["run"]}
    found = play(model, {value: {"probe": entry, "other": entry}}, chart)
    items = [_called(found, "probe"), _called(found, "other"), *own(found, "Deployment")]
    for one in items:
        for other in items:
            taken = selects(one.get("spec", "selector", "matchLabels"), pod_labels(other))
            if one.name != other.name and taken:
                raise wrong(one, f"it selects the pods of `{other.name}`", "spec.selector")


@requirement(
    "all Deployments of `{chart}` get the entries of the mapping `{value}` (empty by default) as "
    "environment variables of their first containers",
    "the mapping `{value}` of `{chart}` (empty by default) is the environment that the first "
    "containers of all Deployments share",
)
@played
def shared_environment(model: HelmModel, chart: str, value: str) -> None:
    """Rendered with two entries."""
    found = play(model, {value: {"PROBE_NAME": "probe", "PROBE_COUNT": 3}}, chart)
    items = own(found, "Deployment")
    if not items:
        raise missing("the chart renders no Deployment")
    for item in items:
        made = environment(found, item)
        if (made.get("PROBE_NAME"), made.get("PROBE_COUNT")) != ("probe", "3"):
            raise wrong(item, f"entries of `{value}` do not become variables", "spec.template.spec")
