"""Requirements about how a panel looks: kind, unit, thresholds, scale, legend."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from envs.monitoring.requirements.dashboard_reading import LANGUAGE, panel_of, queries_of, wrong
from iac_gym.check import requirement
from iac_gym.formats.promql import keeps_label, output_labels
from iac_gym.languages.grafana.panels import Panel
from iac_gym.languages.grafana.values import objects, section, text_of, texts
from iac_gym.verdict import Finding

#: Grafana's palette: names of colours that mean the same as these.
_COLOURS = {
    "#f2495c": "red", "#ff9830": "orange", "#fade2a": "yellow", "#73bf69": "green",
    "#5794f2": "blue", "#b877d9": "purple",
}  # fmt: skip
#: Matchers of overrides that catch every series.
_ANY = ("byType", "byFrameRefID", "byValue")


def _overridden(panel: Panel, setting: str) -> list[Any]:
    """Return what overrides for (nearly) all series put in the place of a setting."""
    found = []
    for one in panel.overrides:
        matcher = section(one, "matcher")
        kind, options = text_of(matcher.get("id")), matcher.get("options")
        if kind in _ANY or (kind == "byRegexp" and options in (".*", "/.*/", ".+", "/.+/")):
            for own, _ in objects(one, "properties"):
                if own.get("id") == setting:
                    found.append(own.get("value"))
    return found


@requirement(
    "the panel `{panel}` is of the type `{kind}`", "`{panel}` is a panel of the type `{kind}`",
    language=LANGUAGE,
)  # fmt: skip
def panel_type(model: Any, panel: str, kind: str) -> Iterable[Finding]:
    """`type`."""
    found, findings = panel_of(model, panel)
    yield from findings
    if found is not None and found.type != kind:
        yield wrong(model, found, f"`{panel}` is of the type `{found.type[:40]}`", "type")


@requirement(
    "the values of the panel `{panel}` have the unit `{unit}` (Grafana's id)",
    "`{unit}` (Grafana's id) is the unit of the panel `{panel}`",
    language=LANGUAGE,
)
def panel_unit(model: Any, panel: str, unit: str) -> Iterable[Finding]:
    """`fieldConfig.defaults.unit`, not overridden."""
    found, findings = panel_of(model, panel)
    yield from findings
    if found is not None:
        given = _overridden(found, "unit") or [found.unit]
        if any(one != unit for one in given):
            yield wrong(model, found, f"`{panel}` does not have the unit `{unit}`", "fieldConfig")


@requirement(
    "the panel `{panel}` shows {count} decimals", "values of `{panel}` have {count} decimals",
    language=LANGUAGE,
)  # fmt: skip
def panel_decimals(model: Any, panel: str, count: int) -> Iterable[Finding]:
    """`fieldConfig.defaults.decimals`."""
    found, findings = panel_of(model, panel)
    yield from findings
    if found is not None and found.decimals != count:
        yield wrong(model, found, f"`{panel}` does not show {count} decimals", "fieldConfig")


@requirement(
    "the scale of the panel `{panel}` runs from {least} to {most}",
    "{least} and {most} are the ends of the scale of the panel `{panel}`",
    language=LANGUAGE,
)
def panel_scale(model: Any, panel: str, least: float, most: float) -> Iterable[Finding]:
    """`min` and `max` of the fields."""
    found, findings = panel_of(model, panel)
    yield from findings
    if found is not None and (found.least, found.most) != (least, most):
        yield wrong(model, found, f"the scale of `{panel}` is another one", "fieldConfig")


@requirement(
    "in the panel `{panel}` values from {value} on are shown in {color}",
    "the panel `{panel}` shows a threshold at {value}, from which on it is {color}",
    language=LANGUAGE,
)
def panel_threshold(model: Any, panel: str, color: str, value: float) -> Iterable[Finding]:
    """A step of the thresholds; the colour before is another one, and thresholds are shown."""
    found, findings = panel_of(model, panel)
    yield from findings
    if found is None:
        return
    absolute = found.threshold_mode == "absolute" or (found.least, found.most) == (0, 100)
    before = None
    for step in found.thresholds:
        if step.value == value and _colour(step.color) == color and before != color:
            if not absolute or not _coloured(found):
                break
            return
        before = _colour(step.color)
    yield wrong(model, found, f"`{panel}` does not turn {color} at {value}", "fieldConfig")


def _colour(text: str) -> str:
    return _COLOURS.get(text.lower(), text.lower())


def _coloured(panel: Panel) -> bool:
    """Whether the colours of thresholds are seen at all."""
    mode = text_of(section(panel.defaults, "color").get("mode"))
    by_value = mode in ("", "thresholds")
    if panel.type == "stat":
        return by_value and panel.settings.get("colorMode") != "none"
    if panel.type == "timeseries":
        style = section(section(panel.defaults, "custom"), "thresholdsStyle")
        return mode == "thresholds" or text_of(style.get("mode")) not in ("", "off")
    if panel.type == "table":
        cell = section(section(panel.defaults, "custom"), "cellOptions")
        return by_value and text_of(cell.get("type")).startswith("color-")
    return by_value


@requirement(
    "the thresholds of the panel `{panel}` are drawn as lines",
    "`{panel}` draws lines at its thresholds",
    language=LANGUAGE,
)  # fmt: skip
def threshold_lines(model: Any, panel: str) -> Iterable[Finding]:
    """`custom.thresholdsStyle.mode` of a time series."""
    found, findings = panel_of(model, panel)
    yield from findings
    if found is not None:
        style = section(section(found.defaults, "custom"), "thresholdsStyle")
        if text_of(style.get("mode")) not in ("line", "line+area", "dashed", "dashed+area"):
            yield wrong(model, found, f"`{panel}` draws no line at its thresholds", "fieldConfig")


@requirement(
    "the series of the panel `{panel}` are stacked", "`{panel}` stacks its series",
    language=LANGUAGE,
)  # fmt: skip
def panel_stacked(model: Any, panel: str) -> Iterable[Finding]:
    """`custom.stacking.mode: normal`, or `stack` of an old graph."""
    found, findings = panel_of(model, panel)
    yield from findings
    if found is not None:
        style = section(section(found.defaults, "custom"), "stacking")
        if text_of(style.get("mode")) != "normal" and found.tree.get("stack") is not True:
            yield wrong(model, found, f"`{panel}` does not stack its series", "fieldConfig")


@requirement(
    "the legend of the panel `{panel}` names the `{label}` of each series and nothing else",
    "series are named in the panel `{panel}` by their `{label}` alone",
    language=LANGUAGE,
)
def panel_legend(model: Any, panel: str, label: str) -> Iterable[Finding]:
    """`legendFormat` of its queries or the name of its fields; the queries keep the label."""
    found, asked, findings = queries_of(model, panel)
    yield from findings
    if found is None:
        return
    shown = text_of(found.defaults.get("displayName"))
    for one in asked:
        named = re.fullmatch(r"\s*\{\{\s*([\w.]+)\s*\}\}\s*", one.legend)
        root = one.promql.root if one.promql is not None else None
        alone = root is not None and output_labels(root) == frozenset((label,))
        if one.legend == "__auto" and alone and not shown:
            continue
        by_field = shown in (f"${{__field.labels.{label}}}", f'${{__field.labels["{label}"]}}')
        if not by_field and (named is None or named[1] != label or shown):
            yield wrong(model, found, f"the legend of `{panel}` is not its `{label}`", "targets")
            return
        if root is not None and not keeps_label(root, label):
            yield wrong(model, found, f"the query of `{panel}` leaves no `{label}`", "targets")
            return


@requirement(
    "the legend of the panel `{panel}` is a table with the values {values}",
    "`{panel}` has a legend that lists {values} in a table",
    language=LANGUAGE,
)
def legend_table(model: Any, panel: str, values: Sequence[str]) -> Iterable[Finding]:
    """`options.legend`: shown, as a table, with these calculations."""
    found, findings = panel_of(model, panel)
    yield from findings
    if found is None:
        return
    legend = section(found.settings, "legend")
    shown = legend.get("showLegend") is not False and legend.get("displayMode") == "table"
    if not shown or not set(values) <= set(texts(legend, "calcs")):
        yield wrong(model, found, f"the legend of `{panel}` is no such table", "options")


@requirement(
    "of each series the panel `{panel}` shows the value `{calculation}` (Grafana's id of the "
    "calculation)",
    "`{panel}` reduces a series by the calculation `{calculation}` (Grafana's id)",
    language=LANGUAGE,
)
def panel_reduces(model: Any, panel: str, calculation: str) -> Iterable[Finding]:
    """`options.reduceOptions.calcs`."""
    found, findings = panel_of(model, panel)
    yield from findings
    if found is not None:
        reduce = section(found.settings, "reduceOptions")
        if texts(reduce, "calcs") != (calculation,) or reduce.get("values") is True:
            yield wrong(model, found, f"`{panel}` does not show `{calculation}`", "options")


@requirement(
    "the description of the panel `{panel}` is `{text}`",
    "the panel `{panel}` is described by the words `{text}`",
    language=LANGUAGE,
)
def panel_description(model: Any, panel: str, text: str) -> Iterable[Finding]:
    """`description`, word for word."""
    found, findings = panel_of(model, panel)
    yield from findings
    if found is not None and found.description.strip().rstrip(".") != text.rstrip("."):
        yield wrong(model, found, f"that is not the description of `{panel}`", "description")


@requirement(
    "the panel `{panel}` takes its data from the Prometheus data source with the uid `{uid}`",
    "`{uid}` is the uid of the Prometheus data source of the panel `{panel}`",
    language=LANGUAGE,
)
def panel_source(model: Any, panel: str, uid: str) -> Iterable[Finding]:
    """The data source of every query, its own or the panel's."""
    found, asked, findings = queries_of(model, panel)
    yield from findings
    if found is not None and any(one.datasource.uid != uid for one in asked):
        yield wrong(model, found, f"`{panel}` does not use `{uid}`", "datasource")
