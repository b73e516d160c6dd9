"""Looks through a chart once and fills the faults of all rules."""

from __future__ import annotations

from iac_gym.languages.helm.chart_file import note_chart
from iac_gym.languages.helm.judge import unknown_of
from iac_gym.languages.helm.model import HelmModel, Rendering
from iac_gym.languages.helm.reading import Faults, note
from iac_gym.languages.helm.rendered import RenderedObject
from iac_gym.languages.helm.schema import note_schema
from iac_gym.languages.helm.unused import unused_values
from iac_gym.verdict import Finding


def examined(model: HelmModel) -> Faults:
    """Return what each rule finds, by its name, SECURITY left out. The model is examined once."""
    if not model.state.get("examined"):
        model.state["examined"] = True
        note_chart(model.chart, model.faults)
        note_schema(model.chart, model.faults)
        for shown in model.installed:
            _rendering(model, shown, model.faults)
        _remarks(model, model.faults)
    return model.faults


def _rendering(model: HelmModel, shown: Rendering, faults: Faults) -> None:
    output = shown.output
    if output.errors:
        rule = "defaults-are-enough" if shown.refused else output.rule
        _add(faults, rule, *output.errors)
    _add(faults, "output-is-yaml", *shown.unreadable, *model.crd_findings)
    for item in shown.dropped:
        _dropped(faults, item)
    for item in unknown_of(shown.everything):
        message = f"the custom kind `{item.kind[:60]}` of `{item.api_version[:60]}` is not judged"
        _add(faults, "custom-kinds-are-known", item.finding(message, "kind"))
    if not shown.refused:
        for problem in shown.said:
            _add(faults, problem.rule, problem.finding)
    for warning in output.warnings:
        note(faults, "values-fit-the-defaults", warning, model.chart.path("values.yaml"), (1, 1))


def _remarks(model: HelmModel, faults: Faults) -> None:
    """Note what Helm takes and what is probably not meant."""
    path = model.chart.path("values.yaml")
    for name, mark in unused_values(model.chart):
        note(faults, "values-are-used", f"no template reads `{name[:60]}`", path, mark)
    if model.chart.meta.deprecated:
        message = "the chart is marked as deprecated"
        mark = model.chart.meta.marks["deprecated"]
        note(faults, "chart-is-kept-up", message, model.chart.path("Chart.yaml"), mark)


def _add(faults: Faults, rule: str, *findings: Finding) -> None:
    for finding in findings:
        mark = (finding.line or 1, finding.column)
        told = (finding.message, finding.file, *mark)
        known = ((one.message, one.file, one.line, one.column) for one in faults.get(rule, ()))
        if told not in known:  # another rendering may have it too
            note(faults, rule, finding.message, finding.file, mark, finding.hint)


def _dropped(faults: Faults, item: RenderedObject) -> None:
    events = ", ".join(item.hook_events)
    finding = item.finding(
        f"Helm knows no hook {events[:60]!r} and leaves the object out", "metadata", "annotations"
    )
    _add(faults, "hooks-are-known", finding)
