"""What Helm demands of `Chart.yaml`: when it loads a chart, and when it lints one."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from iac_gym.languages.helm.chart import Chart
from iac_gym.languages.helm.metadata import Metadata, is_alias
from iac_gym.languages.helm.reading import Faults, note
from iac_gym.languages.helm.versions import is_above_zero, is_version

_TYPES = ("", "application", "library")
_MAIL = re.compile(r"[^@\s<>()\[\],;:\\\"]{1,64}@[A-Za-z0-9\u0080-\U0010ffff.-]{1,253}")
_HOST = re.compile(r"[A-Za-z0-9_\u0080-\U0010ffff]([A-Za-z0-9_.\u0080-\U0010ffff-]{0,252})?")
_SHORTEST_URL = 4
_EXTENSIONS = (".yaml", ".yml", ".tpl", ".txt")


def note_chart(chart: Chart, faults: Faults) -> None:
    """Note what is wrong with the metadata of a chart and its subcharts."""
    for each in chart.every():
        _loaded(each, faults)
    _linted(chart, faults)
    _dependencies(chart, faults)


class _Notes:
    """Notes findings of one Chart.yaml at its fields."""

    def __init__(self, chart: Chart, faults: Faults) -> None:
        self.meta = chart.meta
        self.path = chart.path("Chart.yaml")
        self.faults = faults

    def __call__(self, rule: str, field: str, message: str, hint: str = "") -> None:
        note(self.faults, rule, message, self.path, self.meta.marks.get(field, (1, 1)), hint)


def _loaded(chart: Chart, faults: Faults) -> None:
    """Note what keeps Helm from loading a chart."""
    meta = chart.meta
    say = _Notes(chart, faults)
    if not meta.name:
        say("chart-yaml-is-complete", "name", "`name` is missing")
    elif meta.name != _base(meta.name):
        say("chart-name-is-right", "name", f"the name {meta.name[:60]!r} must not hold a `/`")
    if not meta.version:
        say("chart-yaml-is-complete", "version", "`version` is missing")
    elif not is_version(meta.version):
        message = f"the version {meta.version[:60]!r} is no semantic version"
        say("chart-version-is-right", "version", message, "write it as 1.2.3")
    kind = meta.texts.get("type", "")
    if kind not in _TYPES:
        message = f"the type is {kind[:60]!r}; it must be `application` or `library`"
        say("chart-type-is-known", "type", message)
    _entries(meta, say)


def _base(name: str) -> str:
    """Return the last part of a path, as Go's filepath.Base does."""
    return name.rstrip("/").rpartition("/")[2] or "/"


def _entries(meta: Metadata, say: _Notes) -> None:
    seen: set[str] = set()
    for one in meta.dependencies:
        if one.alias and not is_alias(one.alias):
            message = f"the alias {one.alias[:60]!r} may hold letters, digits, `_` and `-` alone"
            note(say.faults, "dependencies-are-right", message, say.path, one.mark)
        if one.key in seen:
            message = f"two dependencies are called {one.key[:60]!r}"
            hint = "give one of them an `alias`"
            note(say.faults, "dependencies-are-right", message, say.path, one.mark, hint)
        seen.add(one.key)


def _linted(chart: Chart, faults: Faults) -> None:
    """Note what `helm lint` calls an error in the chart itself (it does not look at subcharts)."""
    meta = chart.meta
    say = _Notes(chart, faults)
    written = meta.texts.get("apiVersion", "")
    if not written:
        say("chart-yaml-is-complete", "apiVersion", "`apiVersion` is missing", "write `v2`")
    elif written not in ("v1", "v2"):
        message = f"the apiVersion is {written[:60]!r}; it must be `v1` or `v2`"
        say("chart-api-version-is-known", "apiVersion", message)
    for field in ("version", "appVersion"):
        value = chart.tree.get(field, "")
        if not isinstance(value, str):
            message = f"`{field}` must be text, not {_kind(value)}"
            say("chart-versions-are-text", field, message, "put it in quotes")
    if is_version(meta.version) and not is_above_zero(meta.version):
        message = f"the version {meta.version[:60]!r} must be greater than 0.0.0-0"
        say("chart-version-is-right", "version", message)
    if written != "v2" and meta.texts.get("type"):
        say("chart-api-version-is-known", "type", "`type` needs `apiVersion: v2`")
    if written != "v2" and "dependencies" in meta.marks and meta.dependencies:
        say("chart-api-version-is-known", "dependencies", "`dependencies` needs `apiVersion: v2`")
    _people(meta, say)
    _files(chart, faults)


def _kind(value: object) -> str:
    if value is None:
        return "null"
    return "a boolean" if isinstance(value, bool) else "a number"


def _people(meta: Metadata, say: _Notes) -> None:
    for person in meta.maintainers:
        name, mail, url = person["name"], person["email"], person["url"]
        if not name:
            say("maintainers-are-right", "maintainers", "each maintainer needs a `name`")
        elif mail and not _MAIL.fullmatch(mail):
            say("maintainers-are-right", "maintainers", f"{mail[:60]!r} is no e-mail address")
        elif url and not _is_url(url, scheme=False):
            say("maintainers-are-right", "maintainers", f"{url[:60]!r} is no URL")
    for source in meta.lists.get("sources", ()):
        if not _is_url(source):
            say("urls-are-right", "sources", f"{source[:60]!r} is no URL")
    icon = meta.texts.get("icon", "")
    if icon and not _is_url(icon):
        say("urls-are-right", "icon", f"{icon[:60]!r} is no URL")


def _is_url(text: str, *, scheme: bool = True) -> bool:
    """Whether `govalidator` takes a text as URL; with `scheme` it must name one."""
    if not text or len(text) > 2083 or " " in text:
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    if scheme:
        return bool(parts.scheme)
    if len(text) < _SHORTEST_URL or not (parts.netloc or "." in text or ":" in text):
        return False
    host = parts.hostname if parts.scheme else urlsplit(f"http://{text}").hostname
    return bool(host and _HOST.fullmatch(host))


def _files(chart: Chart, faults: Faults) -> None:
    for path, text in chart.templates.items():
        name = path.rpartition("/")[2]
        if not name.endswith(_EXTENSIONS):
            message = "a template's file must end in .yaml, .yml, .tpl or .txt"
            note(faults, "templates-are-named-right", message, chart.path(path), (1, 1))
        at = text.find(".Release.Time")
        if at >= 0:
            message = "`.Release.Time` is gone in Helm 3"
            mark = (text.count("\n", 0, at) + 1, 0)
            note(faults, "release-time-is-gone", message, chart.path(path), mark, "use `now`")


def _dependencies(chart: Chart, faults: Faults) -> None:
    """Note dependencies without their chart, and charts without their dependency."""
    there = {child.meta.name for child in chart.children}
    wanted = {one.name for one in chart.meta.dependencies}
    path = chart.path("Chart.yaml")
    if "dependencies" not in chart.meta.marks and chart.meta.dependencies:
        path = chart.path("requirements.yaml")
    for one in chart.meta.dependencies:
        if one.name not in there:
            message = f"the dependency {one.name[:60]!r} is missing in charts/"
            hint = f"put the chart into charts/{one.name[:60]}/"
            note(faults, "dependencies-are-there", message, path, one.mark, hint)
    for child in chart.children:
        if child.meta.name not in wanted:
            message = f"the chart {child.meta.name[:60]!r} is no dependency of {path}"
            where = child.path("Chart.yaml")
            note(faults, "subcharts-are-declared", message, where, (1, 1), "list it there")
