"""How a task about a dashboard is put together: panels, their looks, and the dashboard itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from envs.monitoring import choices
from envs.monitoring.requirements import (
    dashboards,
    dashboards_panels,
    dashboards_queries,
)
from iac_gym.category import Draft
from iac_gym.draw import Draw
from iac_gym.extras import Extra, Recipe

__all__ = ["LANGUAGE", "PATH", "Board", "Extra", "Panel", "around", "legends", "looks", "percents"]

LANGUAGE, PATH = "grafana", "dashboard.json"
Panel = dict[str, Any]
SOURCE = {"type": "prometheus", "uid": "prometheus"}
RATE = "$__rate_interval"
#: Counters of requests, and the labels to group them by.
REQUESTS = tuple({metric: (metric, labels) for metric, _, labels in choices.REQUESTS}.values())


class Board(Recipe):
    """The asks of a task, and the dashboard that meets them.

    `rows` are (title, panels, folded): those without a title come first. The key `label` of a panel
    is a note of the label that tells its series apart.
    """

    def __init__(self, draw: Draw, title: str) -> None:
        super().__init__(draw)
        self.fields: dict[str, Any] = {"title": title, "schemaVersion": 39}
        self.rows: list[tuple[str, list[Panel], bool]] = [("", [], False)]
        self.variables: list[dict[str, Any]] = []
        self.source: dict[str, str] = dict(SOURCE)
        self.ask(dashboards.dashboard_title(title=title))

    def panel(self, title: str, kind: str, *queries: str) -> Panel:
        """Add a panel with some queries."""
        targets = [{"refId": chr(65 + at), "expr": text} for at, text in enumerate(queries)]
        made: Panel = {
            "type": kind, "title": title, "gridPos": {"w": 12, "h": 8},
            "fieldConfig": {"defaults": {}, "overrides": []}, "options": {}, "targets": targets,
        }  # fmt: skip
        self.rows[0][1].append(made)
        return made

    def move(self, panel: Panel, row: str, *, folded: bool = False) -> None:
        """Put a panel into a row of its own."""
        self.rows[0][1].remove(panel)
        self.rows.append((row, [panel], folded))

    def tree(self) -> dict[str, Any]:
        """The dashboard as plain data."""
        found: list[Panel] = []
        line = 0
        for title, panels, folded in self.rows:
            placed, below = self._placed(panels, line + (1 if title else 0))
            if title:
                found.append({
                    "type": "row", "title": title, "collapsed": folded,
                    "gridPos": {"x": 0, "y": line, "w": 24, "h": 1},
                    "panels": placed if folded else [],
                })  # fmt: skip
            found += [] if folded else placed
            line = below
        for place, one in enumerate(found, 1):
            one["id"] = place
        tree = {**self.fields, "panels": found}
        if self.variables:
            tree["templating"] = {"list": self.variables}
        return tree

    def _placed(self, panels: list[Panel], line: int) -> tuple[list[Panel], int]:
        made, column, height = [], 0, 0
        for one in panels:
            width, high = one["gridPos"]["w"], one["gridPos"]["h"]
            if column + width > 24:
                line, column, height = line + height, 0, 0
            place = {"x": column, "y": line, "w": width, "h": high}
            plain = {key: value for key, value in one.items() if key != "label"}
            made.append({"datasource": self.source, **plain, "gridPos": place})
            column, height = column + width, max(height, high)
        return made, line + height

    def draft(self, *openings: str) -> Draft:
        """Make the draft of the task."""
        whole = partial(_text, self.tree())
        return self.make_draft(openings, whole, ((PATH, LANGUAGE),))


def _text(tree: Mapping[str, Any]) -> str:
    return json.dumps(tree, indent=2) + "\n"


def defaults(panel: Panel) -> dict[str, Any]:
    """Return the defaults of a panel's fields."""
    found: dict[str, Any] = panel["fieldConfig"]["defaults"]
    return found


# --- panels that are asked for --------------------------------------------------------------------


def rate_panel(made: Board, title: str) -> Panel:
    """Ask for a panel with the rate of a counter by a label."""
    draw = made.draw
    metric, labels = draw.choice("metric", REQUESTS)
    label = draw.choice("label", labels)
    window = draw.choice("window", (RATE, RATE, "2m", "5m", "10m"))
    made.ask(dashboards_queries.panel_rate(panel=title, metric=metric, label=label, window=window))
    found = made.panel(title, "timeseries", f"sum by ({label}) (rate({metric}[{window}]))")
    found["label"] = label
    return found


def error_panel(made: Board, title: str, kind: str = "timeseries") -> Panel:
    """Ask for a panel with the share of requests that fail."""
    draw = made.draw
    metric, code, _ = draw.choice("failing metric", choices.REQUESTS)
    window = draw.choice("failing window", (RATE, "3m", "5m", "15m"))
    made.ask(dashboards_queries.panel_errors(panel=title, metric=metric, code=code, window=window))
    return made.panel(title, kind, (
        f'100 * sum(rate({metric}{{{code}=~"5.."}}[{window}])) / sum(rate({metric}[{window}]))'
    ))  # fmt: skip


def latency_panel(made: Board, title: str) -> Panel:
    """Ask for a panel with percentiles."""
    draw = made.draw
    metric, _ = draw.choice("histogram", choices.HISTOGRAMS)
    wanted = list(
        draw.choice("percentiles", ((95,), (99,), (50, 95), (50, 90, 99), (75, 95, 99), (90, 99)))
    )
    window = draw.choice("histogram window", (RATE, "5m", "10m"))
    made.ask(dashboards_queries.panel_percentiles(
        panel=title, percentiles=wanted, metric=metric, window=window))  # fmt: skip
    found = made.panel(title, "timeseries", *(
        f"histogram_quantile({one / 100:g}, sum by (le) (rate({metric}_bucket[{window}])))"
        for one in wanted
    ))  # fmt: skip
    for one, target in zip(wanted, found["targets"], strict=True):
        target["legendFormat"] = f"p{one}"
    return found


def gauge_panel(made: Board, title: str, kind: str) -> Panel:
    """Ask for a panel with a gauge, aggregated by a label."""
    draw = made.draw
    metric, label, _ = draw.choice("gauge", choices.GAUGES)
    function = draw.choice("function", ("sum", "average", "maximum", "minimum"))
    made.ask(dashboards_queries.panel_gauge(
        panel=title, function=function, metric=metric, label=label))  # fmt: skip
    word = {"sum": "sum", "average": "avg", "maximum": "max", "minimum": "min"}[function]
    found = made.panel(title, kind, f"{word} by ({label}) ({metric})")
    found["label"] = label
    return found


def machine_panel(made: Board, what: str, title: str, kind: str) -> Panel:
    """Ask for a panel with the usage of a resource of machines, in percent."""
    draw = made.draw
    if what == "cpu":
        window = draw.choice("cpu window", (RATE, "1m", "5m", "10m"))
        made.ask(dashboards_queries.panel_cpu(panel=title, window=window))
        text = (
            f'100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{{mode="idle"}}[{window}])))'
        )
    elif what == "memory":
        made.ask(dashboards_queries.panel_memory(panel=title))
        text = "100 * (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)"
    else:
        made.ask(dashboards_queries.panel_disk(panel=title))
        text = "100 * (1 - node_filesystem_avail_bytes / node_filesystem_size_bytes)"
    found = made.panel(title, kind, text)
    found["label"] = "mountpoint" if what == "disk" else "instance"
    return found


# --- how they look --------------------------------------------------------------------------------


def looks(panel: Panel, name: str = "", units: tuple[str, ...] = ()) -> list[Extra]:
    """Return optional settings that every kind of panel has."""
    title = panel["title"]

    def unit(made: Board) -> None:
        value = made.draw.choice(f"unit{name}", units)
        defaults(panel)["unit"] = value
        made.ask(dashboards_panels.panel_unit(panel=title, unit=value))

    def decimals(made: Board) -> None:
        count = made.draw.choice(f"decimals{name}", (0, 1, 2, 3))
        defaults(panel)["decimals"] = count
        made.ask(dashboards_panels.panel_decimals(panel=title, count=count))

    def description(made: Board) -> None:
        whose = made.draw.choice(f"owner{name}", choices.TEAMS)
        panel["description"] = f"Ask the team {whose} about it."
        made.ask(dashboards_panels.panel_description(panel=title, text=panel["description"]))

    def size(made: Board) -> None:
        width = made.draw.choice(f"width{name}", (6, 8, 9, 16, 24))
        height = made.draw.choice(f"height{name}", (5, 6, 7, 9, 10))
        panel["gridPos"] = {"w": width, "h": height}
        made.ask(dashboards.panel_size(panel=title, width=width, height=height))

    return [
        *([Extra(f"unit{name}", 1, unit)] if units else []),
        Extra(f"description{name}", 1, description), Extra(f"decimals{name}", 1, decimals),
        Extra(f"size{name}", 1, size),
    ]  # fmt: skip


def thresholds(panel: Panel, name: str, pairs: tuple[tuple[float, float], ...]) -> Extra:
    """Ask for two thresholds, drawn from pairs."""

    def make(made: Board) -> None:
        first, second = made.draw.choice(f"thresholds{name}", pairs)
        low, high = made.draw.choice(
            f"colours{name}", (("yellow", "red"), ("orange", "red"), ("yellow", "orange"))
        )
        defaults(panel)["color"] = {"mode": "thresholds"}
        defaults(panel)["thresholds"] = {"mode": "absolute", "steps": [
            {"color": "green", "value": None}, {"color": low, "value": first},
            {"color": high, "value": second},
        ]}  # fmt: skip
        for color, value in ((low, first), (high, second)):
            made.ask(dashboards_panels.panel_threshold(
                panel=panel["title"], color=color, value=value))  # fmt: skip

    return Extra(f"thresholds{name}", 2, make)


def percents(panel: Panel, name: str = "") -> list[Extra]:
    """Return optional settings of a panel that shows percentages."""
    title = panel["title"]

    def scale(made: Board) -> None:
        defaults(panel).update({"min": 0, "max": 100})
        made.ask(dashboards_panels.panel_scale(panel=title, least=0, most=100))

    def unit(made: Board) -> None:
        defaults(panel)["unit"] = "percent"
        made.ask(dashboards_panels.panel_unit(panel=title, unit="percent"))

    def lines(made: Board) -> None:
        custom = defaults(panel).setdefault("custom", {})
        custom["thresholdsStyle"] = {"mode": "line"}
        made.ask(dashboards_panels.threshold_lines(panel=title))

    pairs = ((60, 80), (70, 90), (75, 95), (50, 85), (65, 88))
    found = [
        Extra(f"percent{name}", 1, unit), thresholds(panel, name, pairs),
        Extra(f"scale{name}", 1, scale),
    ]  # fmt: skip
    if panel["type"] == "timeseries":
        found.append(Extra(f"lines{name}", 1, lines))
    return found


def legends(panel: Panel, name: str = "") -> list[Extra]:
    """Return optional settings of the legend of a time series by a label."""
    title, label = panel["title"], panel.get("label", "")

    def named(made: Board) -> None:
        for target in panel["targets"]:
            target["legendFormat"] = f"{{{{{label}}}}}"
        made.ask(dashboards_panels.panel_legend(panel=title, label=label))

    def table(made: Board) -> None:
        values = list(made.draw.choice(f"legend values{name}", (
            ("mean", "max"), ("lastNotNull", "max"), ("min", "max"), ("mean", "lastNotNull"),
            ("min", "mean"), ("sum", "max"), ("mean", "sum"),
        )))  # fmt: skip
        panel["options"]["legend"] = {
            "showLegend": True, "displayMode": "table", "placement": "bottom", "calcs": values,
        }  # fmt: skip
        made.ask(dashboards_panels.legend_table(panel=title, values=values))

    def stacked(made: Board) -> None:
        custom = defaults(panel).setdefault("custom", {})
        custom["stacking"] = {"mode": "normal", "group": "A"}
        made.ask(dashboards_panels.panel_stacked(panel=title))

    if not label:
        return []
    return [
        Extra(f"legend{name}", 1, named), Extra(f"legend table{name}", 1, table),
        Extra(f"stacked{name}", 1, stacked),
    ]  # fmt: skip


def typed(made: Board, panel: Panel) -> None:
    """Ask for the type of a panel."""
    made.ask(dashboards_panels.panel_type(panel=panel["title"], kind=panel["type"]))


def reducing(panel: Panel, name: str = "") -> Extra:
    """Ask for the calculation of a stat, a gauge or a bar gauge."""

    def make(made: Board) -> None:
        value = made.draw.choice(f"calculation{name}", ("lastNotNull", "max", "mean", "min"))
        panel["options"]["reduceOptions"] = {"calcs": [value], "fields": "", "values": False}
        made.ask(dashboards_panels.panel_reduces(panel=panel["title"], calculation=value))

    return Extra(f"calculation{name}", 1, make)


def sourced(panel: Panel, name: str = "") -> Extra:
    """Ask for a data source by its uid."""

    def make(made: Board) -> None:
        uid = f"{made.draw.choice(f'source{name}', choices.TEAMS)}-prometheus"
        panel["datasource"] = {"type": "prometheus", "uid": uid}
        made.ask(dashboards_panels.panel_source(panel=panel["title"], uid=uid))

    return Extra(f"source{name}", 1, make)


def around() -> list[Extra]:
    """Return optional settings of a dashboard as a whole."""

    def refresh(made: Board) -> None:
        made.fields["refresh"] = made.draw.choice("refresh", ("10s", "30s", "1m", "5m", "15m"))
        made.ask(dashboards.dashboard_refresh(time=made.fields["refresh"]))

    def span(made: Board) -> None:
        time = made.draw.choice("span", ("15m", "1h", "3h", "12h", "24h", "2d", "7d"))
        made.fields["time"] = {"from": f"now-{time}", "to": "now"}
        made.ask(dashboards.dashboard_range(time=time))

    def tags(made: Board) -> None:
        pool = ("production", "slo", "overview", "kubernetes", *choices.TEAMS)
        found = list(made.draw.sample("tags", pool, made.draw.integer("tag count", 1, 3)))
        made.fields["tags"] = found
        made.ask(dashboards.dashboard_tags(tags=found))

    def uid(made: Board) -> None:
        uid = f"{made.draw.choice('uid', choices.JOBS)}-{made.draw.integer('uid number', 1, 9)}"
        made.fields["uid"] = uid
        made.ask(dashboards.dashboard_uid(uid=uid))

    def zone(made: Board) -> None:
        zones = ("utc", "Europe/Berlin", "America/New_York", "Asia/Tokyo")
        made.fields["timezone"] = made.draw.choice("zone", zones)
        made.ask(dashboards.dashboard_zone(zone=made.fields["timezone"]))

    def crosshair(made: Board) -> None:
        made.fields["graphTooltip"] = 1
        made.ask(dashboards.shared_crosshair())

    def fixed(made: Board) -> None:
        made.fields["editable"] = False
        made.ask(dashboards.read_only_dashboard())

    return [
        Extra("span", 1, span), Extra("refresh", 1, refresh), Extra("tags", 1, tags),
        Extra("uid", 1, uid), Extra("zone", 1, zone), Extra("crosshair", 1, crosshair),
        Extra("fixed", 1, fixed),
    ]  # fmt: skip
