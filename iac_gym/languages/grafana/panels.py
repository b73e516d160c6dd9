"""Panels of dashboards in normal form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats import promql
from iac_gym.formats.yaml_tree import Mark, YamlList, YamlMap
from iac_gym.languages.grafana.queries import Promql, read_promql
from iac_gym.languages.grafana.values import (
    NOTHING,
    Reference,
    is_number,
    objects,
    read_reference,
    section,
    text_of,
)

#: Panels that show no data of their own.
WITHOUT_DATA = frozenset(
    ("row", "text", "dashlist", "news", "welcome", "gettingstarted", "pluginlist")
)
#: Width of the grid.
COLUMNS = 24


@dataclass(slots=True, eq=False)
class Query:
    """One query of a panel that is not hidden.

    `kind` is "promql", "logql" or "" (another language); `text` is the query as it is written.
    `datasource` is its own reference, else the panel's. `resolved` is the type of that data source
    as far as it is known ("prometheus"). `legend` is the format of the legend.
    """

    ref: str
    kind: str
    text: str
    datasource: Reference
    resolved: str
    legend: str
    instant: bool
    tree: YamlMap
    mark: Mark

    @property
    def promql(self) -> promql.Expression | None:
        """The query as a tree, with something in the place of variables; None where it has none."""
        return self.read.expression if self.kind == "promql" else None

    @property
    def read(self) -> Promql:
        """What reading it as PromQL gives."""
        return read_promql(self.text)

    def at(self, key: str) -> Mark:
        """Return the place of a setting, or of the query where it is not written."""
        return self.tree.marks.get(key, self.mark)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A colour and the value from which it holds; None for the base."""

    value: float | None
    color: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Place and size of a panel, in columns (24 to a row) and rows."""

    x: int
    y: int
    w: int
    h: int


@dataclass(slots=True, eq=False)
class Panel:
    """One panel that can be seen.

    `row` is the title of the row it belongs to ('' for none), `grid` None where it is not placed.
    `queries` leaves out hidden ones. `thresholds` are in their order, `threshold_mode` "absolute"
    or "percentage". `settings` are the options of its kind, as written.
    """

    id: int | None
    type: str
    title: str
    description: str
    row: str
    grid: Grid | None
    datasource: Reference
    queries: list[Query]
    unit: str
    decimals: int | None
    least: float | None
    most: float | None
    thresholds: tuple[Threshold, ...]
    threshold_mode: str
    repeat: str
    tree: YamlMap
    mark: Mark
    settings: YamlMap = field(default_factory=YamlMap)

    def at(self, key: str) -> Mark:
        """Return the place of a setting, or of the panel where it is not written."""
        return self.tree.marks.get(key, self.mark)

    @property
    def defaults(self) -> YamlMap:
        """The defaults of its fields as they are written."""
        return section(section(self.tree, "fieldConfig"), "defaults")

    @property
    def overrides(self) -> YamlList:
        """The exceptions from the defaults as they are written."""
        found = section(self.tree, "fieldConfig").get("overrides")
        return found if found.__class__ is YamlList else YamlList()

    @property
    def transformations(self) -> tuple[str, ...]:
        """The ids of its transformations that are not disabled, in their order."""
        return tuple(
            text_of(one.get("id"))
            for one, _ in objects(self.tree, "transformations")
            if one.get("disabled") is not True
        )


#: A panel's tree, its place and the title of its row.
Written = tuple[YamlMap, Mark, str]


def written(tree: YamlMap) -> Iterator[Written]:
    """Yield the panels of a dashboard, rows left out and opened, also those of older dashboards.

    As in Grafana, a panel belongs to the open row above it on the grid; a row that is collapsed
    holds its panels itself, and one that is open loses those it holds.
    """
    row = ""
    for one, mark in sorted(objects(tree, "panels"), key=_place):
        if one.get("type") != "row":
            yield one, mark, row
        elif one.get("collapsed") is True:
            row = ""
            for below, place in objects(one, "panels"):
                yield below, place, text_of(one.get("title"))
        else:
            row = text_of(one.get("title"))
    for old, _ in objects(tree, "rows"):
        for below, place in objects(old, "panels"):
            yield below, place, text_of(old.get("title"))


def _place(one: tuple[YamlMap, Mark]) -> tuple[float, float]:
    """Return the place of a panel on the grid: rows count before columns."""
    grid = one[0].get("gridPos")
    if grid.__class__ is not YamlMap:
        return 0, 0
    return _number(grid.get("y")) or 0, _number(grid.get("x")) or 0


def is_visible(tree: YamlMap) -> bool:
    """Whether a panel has a size."""
    grid = tree.get("gridPos")
    if grid.__class__ is not YamlMap:
        return True
    return all(not is_number(grid.get(key)) or grid[key] > 0 for key in ("w", "h"))


def read_panel(one: Written, resolve: Callable[[Reference], str]) -> Panel:
    """Return a panel; `resolve` tells the type of a data source as far as it is known."""
    tree, mark, row = one
    datasource = read_reference(tree.get("datasource"))
    defaults = section(section(tree, "fieldConfig"), "defaults")
    thresholds = section(defaults, "thresholds")
    identity = tree.get("id")
    return Panel(
        id=identity if identity.__class__ is int else None,
        type=text_of(tree.get("type")),
        title=text_of(tree.get("title")),
        description=text_of(tree.get("description")),
        row=row,
        grid=read_grid(tree.get("gridPos")),
        datasource=datasource,
        queries=list(_queries(tree, datasource, resolve)),
        unit=_unit(tree, defaults),
        decimals=defaults["decimals"] if defaults.get("decimals").__class__ is int else None,
        least=_number(defaults.get("min")),
        most=_number(defaults.get("max")),
        thresholds=tuple(
            Threshold(_number(step.get("value")), text_of(step.get("color")))
            for step, _ in objects(thresholds, "steps")
        ),
        threshold_mode=text_of(thresholds.get("mode")) or "absolute",
        repeat=text_of(tree.get("repeat")),
        tree=tree,
        mark=mark,
        settings=section(tree, "options"),
    )


def read_grid(value: Any) -> Grid | None:
    """Return a place on the grid, None if it is none."""
    if value.__class__ is not YamlMap:
        return None
    numbers = [value.get(key) for key in ("x", "y", "w", "h")]
    if any(one is not None and one.__class__ is not int for one in numbers):
        return None
    x, y, w, h = numbers
    return Grid(x or 0, y or 0, 12 if w is None else w, 8 if h is None else h)


def _number(value: Any) -> float | None:
    return float(value) if is_number(value) and abs(value) < 1e300 else None


def _unit(tree: YamlMap, defaults: YamlMap) -> str:
    if found := text_of(defaults.get("unit")):
        return found
    axes = [text_of(axis.get("format")) for axis, _ in objects(tree, "yaxes")]
    return axes[0] if axes else text_of(tree.get("format"))


def _queries(
    tree: YamlMap, datasource: Reference, resolve: Callable[[Reference], str]
) -> Iterator[Query]:
    for one, mark in objects(tree, "targets"):
        if one.get("hide") is True:
            continue
        own = read_reference(one.get("datasource"))
        used = own if own != NOTHING else datasource
        resolved = resolve(used)
        kind = _language(one, resolved)
        yield Query(
            ref=text_of(one.get("refId")),
            kind=kind,
            text=_text(one),
            datasource=used,
            resolved=resolved,
            legend=text_of(one.get("legendFormat")),
            instant=one.get("instant") is True,
            tree=one,
            mark=mark,
        )


def _language(tree: YamlMap, resolved: str) -> str:
    """Return which language a query is written in."""
    if resolved == "prometheus":
        return "promql" if isinstance(tree.get("expr"), str) else ""
    if resolved == "loki":
        return "logql"
    text = tree.get("expr")
    if resolved or not isinstance(text, str):
        return ""
    return "promql" if read_promql(text).expression is not None else "unknown"


def _text(tree: YamlMap) -> str:
    for key in ("expr", "rawSql", "query", "target", "rawQuery", "expression"):
        if text := text_of(tree.get(key)):
            return text
    return ""
