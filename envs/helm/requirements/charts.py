"""Requirements about a chart as a whole: what Chart.yaml says, names, labels, notes."""

from __future__ import annotations

from typing import Any

from envs.helm.requirements.reading import (
    NAMESPACE,
    RELEASE,
    WORKLOADS,
    Unmet,
    missing,
    play,
    played,
    pod_labels,
    selects,
    users_of,
    wrong,
)
from iac_gym.check import requirement
from iac_gym.languages.helm import HelmModel, Rendering
from iac_gym.languages.kubernetes.model import KubeObject
from iac_gym.verdict import Finding


@requirement("the chart is called `{name}`", "the name of the chart is `{name}`")
@played
def chart_named(model: HelmModel, name: str) -> None:
    """`name` in Chart.yaml."""
    if model.chart.meta.name != name:
        message = f"the chart is called `{model.chart.meta.name}`"
        raise Unmet(model.chart_finding(message, "name"))


@requirement("its version is {version}", "the version of the chart is {version}")
@played
def chart_version(model: HelmModel, version: str) -> None:
    """`version` in Chart.yaml."""
    if model.chart.meta.version.removeprefix("v") != version:
        raise Unmet(model.chart_finding(f"the version is not {version}", "version"))


@requirement(
    "the version of the application is {version} (`appVersion`)", "`appVersion` says {version}"
)
@played
def app_version(model: HelmModel, version: str) -> None:
    """`appVersion` in Chart.yaml."""
    if model.chart.meta.app_version != version:
        message = f"the application's version is not {version}"
        raise Unmet(model.chart_finding(message, "appVersion"))


@requirement(
    "the chart needs a Kubernetes version that fits `{range}`",
    "`kubeVersion` of the chart is `{range}`",
)
@played
def kube_version(model: HelmModel, range: str) -> None:
    """`kubeVersion` in Chart.yaml, blanks and commas aside."""
    found = model.chart.meta.texts.get("kubeVersion", "")
    if _tight(found) != _tight(range):
        raise Unmet(model.chart_finding(f"the chart does not ask for `{range}`", "kubeVersion"))


def _tight(text: str) -> str:
    return "".join(text.replace(",", " ").split())


@requirement(
    "{name} ({email}) maintains the chart", "the chart names {name} with {email} as a maintainer"
)
@played
def maintained(model: HelmModel, name: str, email: str) -> None:
    """One of the maintainers."""
    for one in model.chart.meta.maintainers:
        if one.get("name") == name and one.get("email") == email:
            return
    raise Unmet(model.chart_finding(f"{name} ({email}) is no maintainer", "maintainers"))


@requirement("`{word}` is a keyword of the chart", "the chart has the keyword `{word}`")
@played
def keyword(model: HelmModel, word: str) -> None:
    """One of the keywords."""
    if word not in model.chart.meta.lists.get("keywords", ()):
        raise Unmet(model.chart_finding(f"`{word}` is no keyword", "keywords"))


def _filled(found: Rendering) -> Rendering:
    if not found.manifest.objects:
        raise missing("the chart renders nothing")
    return found


@requirement(
    "every object of `{chart}` carries the labels `app.kubernetes.io/name`, "
    "`app.kubernetes.io/instance` (the release) and `app.kubernetes.io/managed-by` (Helm)",
    "all objects of `{chart}` have the usual labels: `app.kubernetes.io/name`, "
    "`app.kubernetes.io/instance` with the release's name, `app.kubernetes.io/managed-by` with "
    "Helm",
)
@played
def standard_labels(model: HelmModel, chart: str) -> None:
    """Labels of every object of a release with a name of its own."""
    for item in _filled(play(model, {}, chart, elsewhere=True)).manifest:
        labels = item.labels
        if (
            not labels.get("app.kubernetes.io/name")
            or labels.get("app.kubernetes.io/instance") != RELEASE
            or labels.get("app.kubernetes.io/managed-by") != "Helm"
        ):
            raise wrong(item, f"the {item.kind} lacks the usual labels", "metadata.labels")


@requirement(
    "two releases of `{chart}` can live in one namespace: no two objects get the same name, and "
    "no selector takes the other's pods",
    "`{chart}` can be installed twice in a namespace without a clash of names or selectors",
)
@played
def installs_twice(model: HelmModel, chart: str) -> None:
    """Two renderings with different release names."""
    one = _filled(play(model, {}, chart, elsewhere=True)).manifest
    other = play(model, {}, chart).manifest
    names = {(item.kind, item.name) for item in other}
    pods = [pod_labels(item) for item in other.of_kind(*WORKLOADS)]
    for item in one:
        if (item.kind, item.name) in names:
            raise wrong(item, f"two releases share this {item.kind}", "metadata.name")
        if any(selects(_selector(item), labels) for labels in pods):
            raise wrong(item, "it selects the pods of another release", "spec.selector")


def _selector(item: KubeObject) -> Any:
    if item.kind in WORKLOADS:
        return item.get("spec", "selector", "matchLabels")
    return item.get("spec", "selector") if item.kind == "Service" else None


@requirement(
    "the objects of `{chart}` go to the namespace of the release, not to a fixed one",
    "no object of `{chart}` names a namespace other than that of the release",
)
@played
def release_namespace(model: HelmModel, chart: str) -> None:
    """Rendered for a namespace of its own."""
    for item in _filled(play(model, {}, chart, elsewhere=True)).manifest:
        if item.get("metadata", "namespace", default=NAMESPACE) != NAMESPACE:
            raise wrong(item, "it goes to a fixed namespace", "metadata.namespace")


@requirement(
    "the named template `{helper}` is defined and used by at least {count} templates",
    "at least {count} templates include the named template `{helper}`",
    ordered=True,
)
@played
def helper_used(model: HelmModel, helper: str, count: int) -> None:
    """Where a named template is defined, and which files that render something use it."""
    found = model.helpers.get(helper)
    if found is None:
        raise missing(f"there is no named template `{helper}`")
    used = users_of(model, helper)
    if len(used) < count:
        message = f"`{helper}` is used by {len(used)} templates, not by {count}"
        raise Unmet(Finding(message, found.file, found.line, 1))


@requirement(
    "the notes after an installation show the command `{command}`, with the release's namespace "
    "after `-n`",
    "NOTES.txt prints `{command} -n` and the namespace of the release",
)
@played
def notes_show(model: HelmModel, command: str) -> None:
    """The notes for a namespace of its own."""
    found = play(model, {}, elsewhere=True).notes
    plain = " ".join(found.replace("--namespace", "-n").replace("-n=", "-n ").split())
    if f"{command} -n {NAMESPACE}" not in plain.replace('"', "").replace("'", ""):
        raise missing(f"the notes do not show `{command} -n` with the namespace")
