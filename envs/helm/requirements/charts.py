"""Requirements about a chart as a whole: what Chart.yaml says, names, labels, notes, schema."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from envs.helm.requirements.reading import WORKLOADS, other_chart, rendered
from iac_gym.check import requirement
from iac_gym.languages.helm import HelmModel
from iac_gym.verdict import Finding


@requirement("the chart is called `{name}`", "the name of the chart is `{name}`")
def chart_named(model: HelmModel, name: str) -> Iterable[Finding]:
    """`name` in Chart.yaml."""
    if model.chart.meta.name != name:
        yield model.chart_finding(f"the chart is called `{model.chart.meta.name}`", "name")


@requirement("its version is {version}", "the version of the chart is {version}")
def chart_version(model: HelmModel, version: str) -> Iterable[Finding]:
    """`version` in Chart.yaml."""
    if model.chart.meta.version.removeprefix("v") != version:
        yield model.chart_finding(f"the version is not {version}", "version")


@requirement(
    "the version of the application is {version} (`appVersion`)",
    "`appVersion` says {version}",
)
def app_version(model: HelmModel, version: str) -> Iterable[Finding]:
    """`appVersion` in Chart.yaml."""
    if model.chart.meta.app_version != version:
        yield model.chart_finding(f"the application's version is not {version}", "appVersion")


@requirement(
    "the chart needs a Kubernetes version that fits `{range}`",
    "`kubeVersion` of the chart is `{range}`",
)
def kube_version(model: HelmModel, range: str) -> Iterable[Finding]:
    """`kubeVersion` in Chart.yaml, blanks aside."""
    found = "".join(model.chart.meta.texts.get("kubeVersion", "").split())
    if found != "".join(range.split()):
        yield model.chart_finding(f"the chart does not ask for `{range}`", "kubeVersion")


@requirement(
    "{name} ({email}) maintains the chart", "the chart names {name} with {email} as a maintainer"
)
def maintained(model: HelmModel, name: str, email: str) -> Iterable[Finding]:
    """One of the maintainers."""
    for one in model.chart.meta.maintainers:
        if one.get("name") == name and one.get("email") == email:
            return
    yield model.chart_finding(f"{name} ({email}) is no maintainer", "maintainers")


@requirement("`{word}` is a keyword of the chart", "the chart has the keyword `{word}`")
def keyword(model: HelmModel, word: str) -> Iterable[Finding]:
    """One of the keywords."""
    if word not in model.chart.meta.lists.get("keywords", ()):
        yield model.chart_finding(f"`{word}` is no keyword", "keywords")


@requirement(
    "every object of `{chart}` carries the labels `app.kubernetes.io/name`, `app.kubernetes.io/instance` (the "
    "release) and `app.kubernetes.io/managed-by` (Helm)",
    "all objects of `{chart}` have the usual labels: `app.kubernetes.io/name`, `app.kubernetes.io/instance` with "
    "the release's name, `app.kubernetes.io/managed-by` with Helm",
)
def standard_labels(model: HelmModel, chart: str) -> Iterable[Finding]:
    """Labels of every object of a release with a name of its own."""
    if missing := other_chart(model, chart):
        yield from missing
        return
    found = model.render({}, release="probe-release")
    if found.error is not None or not found.manifest.objects:
        yield Finding("the chart renders nothing", "")
        return
    for item in found.manifest:
        labels = item.labels
        if (
            not labels.get("app.kubernetes.io/name")
            or labels.get("app.kubernetes.io/instance") != "probe-release"
            or labels.get("app.kubernetes.io/managed-by") != "Helm"
        ):
            yield item.finding(f"the {item.kind} lacks the usual labels", "metadata", "labels")
            return


@requirement(
    "two releases of `{chart}` can live in one namespace: no two objects get the same name, and no "
    "selector takes the other's pods",
    "`{chart}` can be installed twice in a namespace without a clash of names or selectors",
)
def installs_twice(model: HelmModel, chart: str) -> Iterable[Finding]:
    """Two renderings with different release names."""
    if missing := other_chart(model, chart):
        yield from missing
        return
    first, second = (model.render({}, release=name) for name in ("probe-one", "probe-two"))
    if first.error is not None or not first.manifest.objects:
        yield Finding("the chart renders nothing", "")
        return
    names = {(item.kind, item.name) for item in second.manifest}
    for item in first.manifest:
        if (item.kind, item.name) in names:
            yield item.finding(f"two releases share this {item.kind}", "metadata", "name")
            return
    selectors = [_selector(item) for item in first.manifest if _selector(item)]
    if any(one == _selector(other) for one in selectors for other in second.manifest):
        yield Finding("two releases select the same pods", "")


def _selector(item: Any) -> Any:
    if item.kind in WORKLOADS:
        return item.get("spec", "selector", "matchLabels")
    return item.get("spec", "selector") if item.kind == "Service" else None


@requirement(
    "the objects of `{chart}` go to the namespace of the release, not to a fixed one",
    "no object of `{chart}` names a namespace other than that of the release",
)
def release_namespace(model: HelmModel, chart: str) -> Iterable[Finding]:
    """Rendered for a namespace of its own."""
    if missing := other_chart(model, chart):
        yield from missing
        return
    found = model.render({}, namespace="probe-space")
    if found.error is not None or not found.manifest.objects:
        yield Finding("the chart renders nothing", "")
    for item in found.manifest:
        if item.get("metadata", "namespace", default="probe-space") != "probe-space":
            yield item.finding("it goes to a fixed namespace", "metadata", "namespace")


@requirement(
    "the named template `{helper}` is defined and used by at least {count} templates",
    "at least {count} templates include the named template `{helper}`",
    ordered=True,
)
def helper_used(model: HelmModel, helper: str, count: int) -> Iterable[Finding]:
    """Where a named template is defined, and which files use it."""
    found = model.helpers.get(helper)
    if found is None:
        yield Finding(f"there is no named template `{helper}`", "")
        return
    files = {one for one in found.users if not one.endswith((".tpl", "NOTES.txt"))}
    around = [one for one in model.helpers.values() if one.file in found.users]
    files |= {
        user for one in around for user in one.users if not user.endswith((".tpl", "NOTES.txt"))
    }
    if len(files) < count:
        message = f"`{helper}` is used by {len(files)} templates, not by {count}"
        yield Finding(message, found.file, found.line, 1)


@requirement(
    "the notes after an installation show the command `{command}`, with the release's namespace "
    "after `-n`",
    "NOTES.txt prints `{command} -n` and the namespace of the release",
)
def notes_show(model: HelmModel, command: str) -> Iterable[Finding]:
    """The notes for a namespace of its own."""
    found = model.render({}, namespace="probe-space")
    notes = " ".join(found.notes.replace("--namespace", "-n").split())
    if found.error is not None or f"{command} -n probe-space" not in notes:
        yield Finding(f"the notes do not show `{command} -n` with the namespace", "")


@requirement(
    "`values.schema.json` refuses a `{value}` of {bad}, and takes {good}",
    "by `values.schema.json` the value `{value}` may be {good} but not {bad}",
)
def schema_refuses(model: HelmModel, value: str, bad: object, good: object) -> Iterable[Finding]:
    """Rendered with both, with a schema in the chart."""
    if model.schema is None:
        yield Finding("the chart has no values.schema.json", "")
        return
    taken, findings = rendered(model, {value: good})
    yield from findings
    if taken is not None and model.render({value: bad}).error is None:
        yield model.value_finding(f"{bad} is taken for `{value}`", value)


@requirement(
    "without the value `{value}` the installation stops and says `{message}`",
    "`{value}` has no default; Helm stops with `{message}` where nobody gives it",
)
def value_required(model: HelmModel, value: str, message: str) -> Iterable[Finding]:
    """Rendered without it."""
    found = model.render({value: None})
    error = found.error
    if error is None or message not in error.message:
        yield model.value_finding(f"`{value}` is not demanded with `{message}`", value)
