"""Answer's files -> `HelmModel`: the chart's folder is found, its files are loaded and parsed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from iac_gym.check import ParseError
from iac_gym.formats.gotemplate import TemplateError
from iac_gym.formats.gotemplate import parse as parse_template
from iac_gym.formats.gotemplate.helm import HELM_NAMES
from iac_gym.formats.yaml import YamlError, YamlMap
from iac_gym.languages.helm.chart import Chart, load_chart
from iac_gym.languages.helm.model import HelmModel
from iac_gym.languages.helm.reading import Faults, note, read_map
from iac_gym.verdict import Finding

#: A whole chart in one text: `-- path --` before each file (the txtar format of Go's tools).
BUNDLE = "chart.txtar"
_PART = re.compile(r"^-- (\S+) --[ \t]*\n", re.MULTILINE)

#: What nothing can be judged behind.
_GATES = (
    "chart-is-of-bounded-size", "chart-yaml-is-there", "chart-yaml-is-yaml", "values-are-yaml",
    "templates-parse",
)  # fmt: skip


def parse(files: Mapping[str, str]) -> HelmModel:
    """Read a chart (path -> text). Raises `ParseError` at stage SYNTAX.

    The chart stands at the top or in one folder; values files beside that folder are given values.
    """
    if len(files) == 1 and BUNDLE in files:
        files = unbundled(files[BUNDLE])
    faults: Faults = {}
    folder = chart_folder(files)
    inside = {
        path.removeprefix(folder): text for path, text in files.items() if path.startswith(folder)
    }
    chart = load_chart(inside, folder, faults)
    given = _given(files, folder, faults) if folder else {}
    if chart is not None:
        _parse_templates(chart, faults)
    for rule in _GATES:
        if rule in faults:
            raise ParseError(*faults[rule], rule=rule)
    if chart is None:
        raise ParseError(Finding("there is no chart", next(iter(files), "")))
    return HelmModel(chart, given, faults)


def unbundled(text: str) -> dict[str, str]:
    """Take a bundle apart: path -> text."""
    marks = list(_PART.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return {mark[1]: text[mark.end() : end] for mark, end in zip(marks, ends, strict=True)}


def chart_folder(files: Mapping[str, str]) -> str:
    """Return the folder of the chart, "" for the top. Raises `ParseError` where there are two."""
    if any("/" not in path and path.lower() in ("chart.yaml", "chart.yml") for path in files):
        return ""
    found = sorted(path for path in files if path.endswith("/Chart.yaml"))
    if not found:
        tops = {path.partition("/")[0] for path in files if "/templates/" in path}
        return f"{tops.pop()}/" if len(tops) == 1 else ""
    depth = min(path.count("/") for path in found)
    roots = [path for path in found if path.count("/") == depth]
    if len(roots) > 1:
        message = "there are two charts; the answer must be one"
        raise ParseError(Finding(message, roots[1], 1, 1), rule="one-chart")
    return roots[0].removesuffix("Chart.yaml")


def _given(files: Mapping[str, str], folder: str, faults: Faults) -> dict[str, YamlMap]:
    """Read the values files beside the chart's folder."""
    given: dict[str, YamlMap] = {}
    for path in sorted(files):
        if path.startswith(folder) or not path.endswith((".yaml", ".yml", ".json")):
            continue
        try:
            given[path] = read_map(files[path], path)
        except YamlError as error:
            mark = (error.line or 1, error.column or 1)
            note(faults, "values-are-yaml", error.message, path, mark, error.hint)
    return given


def _parse_templates(chart: Chart, faults: Faults) -> None:
    """Parse every template once, so that each mistake is told where it stands."""
    for each in chart.every():
        for path, text in each.templates.items():
            if each.meta.is_library and not path.rpartition("/")[2].startswith("_"):
                continue
            try:
                parse_template(f"{each.name}/{path}", text, HELM_NAMES)
            except TemplateError as error:
                mark = (error.line or 1, error.column)
                note(faults, "templates-parse", error.message, each.path(path), mark)
