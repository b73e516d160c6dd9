"""Checks of panels: place, fields, thresholds, options, transformations, queries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from iac_gym.formats.yaml_tree import Mark, YamlList, YamlMap
from iac_gym.languages.grafana import pack
from iac_gym.languages.grafana.checker import TYPES, Checker
from iac_gym.languages.grafana.panels import COLUMNS
from iac_gym.languages.grafana.values import is_number, objects, section, text_of

OPTIONS = "options-are-known"
PANEL = {
    "id": "whole|text", "type": "text", "title": "text", "description": "text",
    "datasource": "text|object", "targets": "objects", "gridPos": "object",
    "options": "object", "transformations": "objects", "links": "objects", "repeat": "text",
    "repeatDirection": "text", "maxPerRow": "whole", "transparent": "truth", "interval": "text",
    "timeFrom": "text", "timeShift": "text", "maxDataPoints": "number|text", "panels": "objects",
    "collapsed": "truth",
}  # fmt: skip
TARGET = {
    "refId": "text", "expr": "text", "legendFormat": "text", "hide": "truth", "instant": "truth",
    "range": "truth", "datasource": "text|object", "interval": "text",
    "exemplar": "truth",
}  # fmt: skip
DEFAULTS = {
    "unit": "text", "decimals": "whole", "min": "number", "max": "number",
    "thresholds": "object", "mappings": "objects", "color": "object", "custom": "object",
    "displayName": "text", "noValue": "text|number", "links": "objects",
}  # fmt: skip
REFERENCE = {"type": "text", "uid": "text"}
#: Panels that are part of Grafana, and older ones that it replaces when it loads them.
CORE = frozenset(
    """alertGroups alertlist annolist barchart bargauge candlestick canvas dashlist datagrid debug
    flamegraph gauge geomap gettingstarted heatmap histogram live logs news nodeGraph piechart
    pluginlist row stat state-timeline status-history table text timeseries traces trend welcome
    xychart graph singlestat table-old graph-old grafana-singlestat-panel grafana-piechart-panel
    grafana-worldmap-panel heatmap-new timeline""".split()
)
#: Options of fields and panels -> the enumeration that they take their words from.
CUSTOM: Mapping[tuple[str, ...], str] = {
    ("drawStyle",): "GraphDrawStyle",
    ("lineInterpolation",): "LineInterpolation",
    ("gradientMode",): "GraphGradientMode",
    ("showPoints",): "VisibilityMode",
    ("axisPlacement",): "AxisPlacement",
    ("stacking", "mode"): "StackingMode",
    ("thresholdsStyle", "mode"): "GraphThresholdsStyleMode",
    ("scaleDistribution", "type"): "ScaleDistribution",
    ("cellOptions", "type"): "TableCellDisplayMode",
}
PANEL_OPTIONS: Mapping[str, Mapping[tuple[str, ...], str]] = {
    "": {
        ("legend", "displayMode"): "LegendDisplayMode",
    },
    "timeseries": {
        ("tooltip", "mode"): "TooltipDisplayMode",
        ("tooltip", "sort"): "SortOrder",
    },
    "stat": {
        ("colorMode",): "BigValueColorMode",
        ("graphMode",): "BigValueGraphMode",
        ("justifyMode",): "BigValueJustifyMode",
        ("textMode",): "BigValueTextMode",
        ("orientation",): "VizOrientation",
    },
    "gauge": {("orientation",): "VizOrientation"},
    "bargauge": {
        ("displayMode",): "BarGaugeDisplayMode",
        ("orientation",): "VizOrientation",
        ("valueMode",): "BarGaugeValueMode",
    },
    "logs": {("sortOrder",): "LogsSortOrder", ("dedupStrategy",): "LogsDedupStrategy"},
}
_MAPPINGS = ("value", "range", "regex", "special")
_LEGACY_MATCHERS = frozenset(("byNameOrRegexp", "displayName"))


def panel(check: Checker, tree: YamlMap, mark: Mark) -> None:
    """Check one panel."""
    named = text_of(tree.get("title"))
    where = f"panel `{named[:40]}`" if named else "a panel"
    check.types(tree, PANEL, where)
    of = text_of(tree.get("type"))
    if not of and "libraryPanel" not in tree:
        check.bad("panels-have-a-type", f"{where} has no `type`", mark)
    elif of and of not in CORE:
        message = f"{where}: `{of[:60]}` is a plugin, or no type of panel"
        check.bad("panel-types-are-known", message, tree.marks["type"], check.near(of, CORE))
    _grid(check, tree, where)
    _reference(check, tree, where)
    fields = tree.get("fieldConfig")
    if fields.__class__ is YamlMap:
        _fields(check, fields, where)
    _options(check, tree, of, where)
    for one, _ in objects(tree, "transformations"):
        _known(check, one, "id", pack.words("transformations"), f"{where}: a transformation")
    _targets(check, tree, where)


def _number(value: Any) -> float | None:
    return value if is_number(value) else None


def _grid(check: Checker, tree: YamlMap, where: str) -> None:
    grid = tree.get("gridPos")
    if grid.__class__ is not YamlMap:
        return
    check.types(grid, dict.fromkeys(("x", "y", "w", "h"), "number|text"), f"{where}: `gridPos`")
    x, w, h = _number(grid.get("x")), _number(grid.get("w")), _number(grid.get("h"))
    rule = "panels-fit-the-grid"
    if w is not None and not 0 < w <= COLUMNS:
        check.bad(rule, f"{where} is {w} columns wide; there are {COLUMNS}", grid.marks["w"])
    elif w is not None and x is not None and (x < 0 or x + w > COLUMNS):
        message = f"{where} does not fit: it starts in column {x} and is {w} wide"
        check.bad(rule, message, grid.marks["x"])
    if h is not None and h <= 0:
        check.bad(rule, f"{where} has no height", grid.marks["h"])


def _reference(check: Checker, tree: YamlMap, where: str) -> None:
    given = tree.get("datasource")
    if given.__class__ is YamlMap:
        check.types(given, REFERENCE, f"{where}: `datasource`")


def _fields(check: Checker, tree: YamlMap, where: str) -> None:
    check.types(tree, {"defaults": "object", "overrides": "objects"}, f"{where}: `fieldConfig`")
    defaults = section(tree, "defaults")
    if defaults:
        _defaults(check, defaults, where)
    for one, place in objects(tree, "overrides"):
        matcher = one.get("matcher")
        if matcher.__class__ is not YamlMap or not text_of(matcher.get("id")):
            check.bad(OPTIONS, f"{where}: an override has no `matcher` with an `id`", place)
        else:
            known = pack.words("matchers") | _LEGACY_MATCHERS
            _known(check, matcher, "id", known, f"{where}: the matcher of an override")
        check.types(one, {"properties": "objects"}, f"{where}: an override")
        for setting, spot in objects(one, "properties"):
            if not text_of(setting.get("id")):
                check.bad(OPTIONS, f"{where}: a setting of an override has no `id`", spot)


def _defaults(check: Checker, tree: YamlMap, where: str) -> None:
    check.types(tree, DEFAULTS, where)
    color = section(tree, "color")
    if color:
        check.word(color, "mode", pack.enum("FieldColorModeId"), OPTIONS, f"{where}: `color`")
    unit = text_of(tree.get("unit"))
    if unit and unit not in pack.words("units") and ":" not in unit and "$" not in unit:
        message = f"{where}: `{unit[:40]}` is not one of Grafana's units: it is written as it is"
        check.bad("units-are-known", message, tree.marks["unit"])
    least, most = _number(tree.get("min")), _number(tree.get("max"))
    if least is not None and most is not None and least >= most:
        check.bad("ranges-are-right", f"{where}: `min` is not below `max`", tree.marks["min"])
    thresholds = section(tree, "thresholds")
    if thresholds:
        _thresholds(check, thresholds, where)
    for one, place in objects(tree, "mappings"):
        of = one.get("type")
        if of.__class__ is str and of not in _MAPPINGS and of not in ("1", "2"):
            check.bad(OPTIONS, f"{where}: `{of[:40]}` is no type of mapping", place)
    custom = section(tree, "custom")
    if custom:
        _enums(check, custom, CUSTOM, f"{where}: `custom`")


def _thresholds(check: Checker, tree: YamlMap, where: str) -> None:
    check.types(tree, {"mode": "text", "steps": "objects"}, f"{where}: `thresholds`")
    check.word(tree, "mode", pack.enum("ThresholdsMode"), OPTIONS, f"{where}: `thresholds`")
    last: float | None = None
    for at, (step, mark) in enumerate(objects(tree, "steps")):
        value: Any = step.get("value")
        if value is not None and not is_number(value):
            message = f"{where}: the value of a threshold must be a number or null"
            check.bad(TYPES, message, step.marks["value"])
        rule = "thresholds-are-in-order"
        if (at == 0 and is_number(value)) or (at > 0 and value is None):
            check.bad(rule, f"{where}: the first threshold alone is the base: `null`", mark)
        elif is_number(value):
            if last is not None and value <= last:
                check.bad(rule, f"{where}: thresholds rise from step to step", mark)
            last = value


def _enums(check: Checker, tree: YamlMap, table: Mapping[tuple[str, ...], str], where: str) -> None:
    for path, name in table.items():
        holder: Any = tree
        for key in path[:-1]:
            holder = section(holder, key)
        if path[-1] in holder:
            check.word(holder, path[-1], pack.enum(name), OPTIONS, where)


def _options(check: Checker, tree: YamlMap, of: str, where: str) -> None:
    options = tree.get("options")
    if options.__class__ is not YamlMap or not options:
        return
    _enums(check, options, PANEL_OPTIONS[""], f"{where}: `options`")
    if of in PANEL_OPTIONS:
        _enums(check, options, PANEL_OPTIONS[of], f"{where}: `options`")
    reduce = section(options, "reduceOptions")
    calcs: Any = reduce.get("calcs")
    for at, name in enumerate(calcs if calcs.__class__ is YamlList else ()):
        if name.__class__ is str and name not in pack.words("reducers"):
            hint = check.near(name, pack.words("reducers"))
            check.bad(OPTIONS, f"{where}: `{name[:40]}` is no calculation", calcs.marks[at], hint)


def _known(check: Checker, tree: YamlMap, key: str, known: frozenset[str], where: str) -> None:
    value = tree.get(key)
    if value.__class__ is not str or not value:
        check.bad(OPTIONS, f"{where} has no `{key}`", tree.mark)
    elif value not in known:
        message = f"{where}: `{value[:60]}` is not known"
        check.bad(OPTIONS, message, tree.marks[key], check.near(value, known))


def _targets(check: Checker, tree: YamlMap, where: str) -> None:
    seen: set[str] = set()
    for one, mark in objects(tree, "targets"):
        check.types(one, TARGET, f"{where}: a query")
        _reference(check, one, f"{where}: a query")
        ref = text_of(one.get("refId"))
        if ref and ref in seen:
            message = f"{where}: two queries are called `{ref[:20]}`"
            check.bad("queries-are-named-once", message, one.marks.get("refId", mark))
        seen.add(ref)
