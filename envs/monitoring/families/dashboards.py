"""Families of Grafana dashboards: services, machines, overviews, and dashboards with variables."""

from __future__ import annotations

from typing import Any

from envs.monitoring import choices
from envs.monitoring.families.dashboard_recipe import (
    RATE,
    REQUESTS,
    Board,
    Extra,
    around,
    error_panel,
    gauge_panel,
    latency_panel,
    legends,
    looks,
    machine_panel,
    percents,
    rate_panel,
    reducing,
    sourced,
    thresholds,
    typed,
)
from envs.monitoring.requirements import (
    dashboards,
    dashboards_queries,
    dashboards_variables,
)
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

_RATES = ("reqps", "ops", "cps", "rps", "short")


def _title(draw: Draw, *endings: str) -> str:
    word = draw.choice("title", choices.SUBJECTS)
    return f"{word} {draw.phrase('title ending', endings)}"


def _row(panel: dict[str, Any]) -> Extra:
    """Ask for a row with a panel."""

    def make(made: Board) -> None:
        title = made.draw.choice("row", ("Details", "Resources", "Traffic", "Latency", "Backends"))
        folded = made.draw.chance("folded", 0.5)
        made.move(panel, title, folded=folded)
        made.ask(dashboards.panel_in_row(panel=panel["title"], row=title))
        if folded:
            made.ask(dashboards.folded_row(row=title))

    return Extra("row", 1.5, make)


def _connected() -> list[Extra]:
    """Return optional links and annotations of a dashboard."""

    def link(made: Board) -> None:
        draw = made.draw
        title = draw.choice("link", ("Runbook", "Handbook", "Source code", "Status page"))
        page = draw.choice("page", choices.TEAMS)
        url = f"https://{draw.choice('linked', choices.DOMAINS)}/{page}"
        made.fields.setdefault("links", []).append({"title": title, "type": "link", "url": url})
        made.ask(dashboards.dashboard_link(title=title, url=url))

    def others(made: Board) -> None:
        tag = made.draw.choice("linked tag", choices.TEAMS)
        made.fields.setdefault("links", []).append(
            {"title": "More", "type": "dashboards", "tags": [tag], "asDropdown": True}
        )
        made.ask(dashboards.linked_dashboards(tag=tag))

    def marks(made: Board) -> None:
        draw = made.draw
        severity = draw.choice("severity", choices.SEVERITIES)
        name = draw.choice("annotation", ("Alerts", "Incidents", "Firing alerts", "Pages"))
        made.fields["annotations"] = {"list": [{
            "name": name, "enable": True, "iconColor": "red", "datasource": made.source,
            "expr": f'ALERTS{{alertstate="firing", severity="{severity}"}}',
        }]}  # fmt: skip
        made.ask(dashboards.alerts_annotated(name=name, label="severity", value=severity))

    return [Extra("marks", 1, marks), Extra("link", 1, link), Extra("others", 1, others)]


@family("grafana", levels=(1, 2, 3, 4))
def one_panel(draw: Draw) -> Draft:
    """A dashboard with a single panel."""
    made = Board(draw, _title(draw, "at a glance", "monitor", "board", "screen"))
    kind = draw.choice("kind", ("timeseries", "bargauge", "stat", "table"))
    title = draw.phrase("panel", ("Current state", "Load", "What is going on", "Usage"))
    panel = gauge_panel(made, title, kind)
    typed(made, panel)
    extras = looks(panel, units=("short", "none", "locale", "sishort"))
    if kind == "timeseries":
        extras += legends(panel)
    elif kind != "table":
        extras.append(reducing(panel))
    pairs = ((10, 20), (50, 100), (200, 400), (1000, 5000))
    if kind != "table":
        extras.insert(1, thresholds(panel, "", pairs))
    made.grow([*extras, sourced(panel), *around()])
    return made.draft(
        "Write the JSON of a Grafana dashboard with one panel",
        "One number matters to us: write a Grafana dashboard (JSON) that shows it",
    )


@family("grafana", levels=(1, 2, 3, 4, 5))
def service_dashboard(draw: Draw) -> Draft:
    """Requests, errors and latency of a service."""
    made = Board(draw, _title(draw, "service", "requests", "golden signals", "RED"))
    requests = draw.phrase("requests", ("Requests", "Request rate", "Traffic", "Throughput"))
    panel = rate_panel(made, requests)
    typed(made, panel)

    def errors(made: Board) -> None:
        title = draw.phrase("errors", ("Errors", "Failed requests", "Error rate"))
        found = error_panel(made, title, draw.phrase("kind of errors", ("stat", "timeseries")))
        extras.extend(percents(found, " of errors")[:2])

    def latency(made: Board) -> None:
        title = draw.phrase("latency", ("Latency", "Response times", "Duration"))
        latency_panel(made, title)

    def spread(made: Board) -> None:
        title = draw.phrase("spread", ("Spread", "Heatmap", "Distribution"))
        metric, _ = draw.choice("spread histogram", choices.HISTOGRAMS)
        window = draw.choice("spread window", (RATE, "1m", "5m"))
        made.ask(dashboards_queries.panel_heatmap(panel=title, metric=metric, window=window))
        query = f"sum by (le) (rate({metric}_bucket[{window}]))"
        made.panel(title, "heatmap", query)["targets"][0]["format"] = "heatmap"

    extras: list[Extra] = []
    made.grow([
        *looks(panel, units=_RATES)[:1], Extra("latency", 1, latency), *legends(panel)[:2],
        Extra("errors", 1, errors), Extra("spread", 1, spread), *around()[:4], sourced(panel),
    ])  # fmt: skip
    made.grow(extras)
    return made.draft(
        "Write the Grafana dashboard of a service, as JSON",
        "A service of ours needs a dashboard: write it as JSON for Grafana",
    )


@family("grafana", levels=(1, 2, 3, 4, 5))
def machine_dashboard(draw: Draw) -> Draft:
    """Processors, memory and disks of machines with the node exporter."""
    made = Board(draw, _title(draw, "machines", "nodes", "hosts", "servers"))
    kinds = draw.sample("resources", ("cpu", "memory", "disk"), draw.integer("count", 1, 2))
    titles = {
        "cpu": draw.phrase("cpu", ("CPU", "CPU usage", "Processors")),
        "memory": draw.phrase("memory", ("Memory", "Memory in use", "RAM")),
        "disk": draw.phrase("disk", ("Disks", "Used space", "File systems")),
    }
    extras: list[list[Extra]] = []
    for what in kinds:
        kind = draw.choice(f"kind of {what}", ("timeseries", "gauge", "bargauge"))
        panel = machine_panel(made, what, titles[what], kind)
        typed(made, panel)
        own = [*percents(panel, f" of {what}"), *looks(panel, f" of {what}")]
        if kind == "timeseries":
            own += legends(panel, f" of {what}")[:2]
        else:
            own.append(reducing(panel, f" of {what}"))
        extras.append(own)
    longest = max(len(one) for one in extras)
    mixed = [own[at] for at in range(longest) for own in extras if at < len(own)]
    made.grow([*mixed[:4], *around()[:2], *mixed[4:], *around()[2:]])
    return made.draft(
        "Write a Grafana dashboard (JSON) for machines that run the node exporter",
        "We want to see how our machines are doing: write the dashboard's JSON for Grafana",
    )


def _variable(made: Board, name: str, label: str, metric: str) -> dict[str, Any]:
    """Add a variable with the values of a label, and ask for it."""
    found: dict[str, Any] = {
        "name": name, "type": "query", "datasource": made.source,
        "query": f"label_values({metric}, {label})", "refresh": 1,
    }  # fmt: skip
    made.variables.append(found)
    made.ask(dashboards_variables.variable_values(variable=name, label=label, metric=metric))
    return found


def _variable_extras(found: dict[str, Any]) -> list[Extra]:
    name = found["name"]

    def several(made: Board) -> None:
        found["multi"] = True
        made.ask(dashboards_variables.variable_several(variable=name))

    def every(made: Board) -> None:
        found["includeAll"] = True
        made.ask(dashboards_variables.variable_all(variable=name))

    def label(made: Board) -> None:
        words = ("Where", "Scope", "Part", "Selection", "Which one", "Filter")
        found["label"] = made.draw.choice(f"shown {name}", words)
        made.ask(dashboards_variables.variable_label(variable=name, text=found["label"]))

    def rereads(made: Board) -> None:
        found["refresh"] = 2
        made.ask(dashboards_variables.variable_rereads(variable=name))

    return [
        Extra(f"several {name}", 1, several), Extra(f"all {name}", 1, every),
        Extra(f"label {name}", 1, label), Extra(f"rereads {name}", 1, rereads),
    ]  # fmt: skip


@family("grafana", levels=(2, 3, 4, 5))
def dashboard_with_variables(draw: Draw) -> Draft:
    """Variables whose choice decides what the panels show."""
    made = Board(draw, _title(draw, "explorer", "by tenant", "drill-down", "in detail"))
    label = draw.choice("filter", ("namespace", "cluster", "region", "tenant", "env"))
    metric, labels = draw.choice("metric", REQUESTS)
    by = draw.choice("label", labels)
    title = draw.phrase("panel", ("Requests", "Rate", "Traffic"))
    first = _variable(made, label, label, metric)
    matchers = [f'{label}=~"${label}"']
    window = RATE
    interval = draw.chance("interval", 0.3)
    if interval:
        window = "$interval"
        values = list(draw.choice("intervals", (
            ("1m", "5m", "10m"), ("2m", "10m", "30m"), ("5m", "15m", "1h"), ("1m", "3m", "15m"),
        )))  # fmt: skip
        made.variables.append({"name": "interval", "type": "interval", "query": ",".join(values)})
        made.ask(dashboards_variables.variable_choices(
            variable="interval", kind="interval", values=values))  # fmt: skip
    made.ask(
        dashboards_variables.panels_filtered(variable=label, label=label),
        dashboards_queries.panel_rate(panel=title, metric=metric, label=by, window=window),
    )
    panel = made.panel(title, "timeseries", "")
    panel["label"] = by

    def depends(made: Board) -> None:
        second = draw.choice("second filter", ("pod", "container", "shard", "version"))
        found = _variable(made, second, second, metric)
        found["query"] = f'label_values({metric}{{{label}=~"${label}"}}, {second})'
        matchers.append(f'{second}=~"${second}"')
        made.ask(
            dashboards_variables.variable_depends(variable=second, parent=label, label=label),
            dashboards_variables.panels_filtered(variable=second, label=second),
        )

    def choices_of(made: Board) -> None:
        values = list(draw.sample("stages", ("prod", "staging", "dev", "qa", "canary"), 3))
        made.variables.append({"name": "stage", "type": "custom", "query": ",".join(values)})
        matchers.append('stage=~"$stage"')
        made.ask(
            dashboards_variables.variable_choices(variable="stage", kind="custom", values=values),
            dashboards_variables.panels_filtered(variable="stage", label="stage"),
        )

    def source(made: Board) -> None:
        name = draw.choice("source variable", ("datasource", "ds", "prom", "source"))
        made.variables.insert(0, {"name": name, "type": "datasource", "query": "prometheus"})
        made.source["uid"] = f"${{{name}}}"
        made.ask(dashboards_variables.variable_source(variable=name, kind="prometheus"))

    def repeated(made: Board) -> None:
        panel["repeat"] = label
        made.ask(dashboards_variables.panel_repeated(panel=title, variable=label))

    made.grow([
        *_variable_extras(first)[:2], Extra("source", 1, source), Extra("repeated", 1, repeated),
        Extra("depends", 3, depends), *_variable_extras(first)[2:], Extra("choices", 2, choices_of),
        *around()[:4], *legends(panel)[:1], *looks(panel, units=_RATES)[:1],
    ])  # fmt: skip
    where = ", ".join(matchers)
    panel["targets"][0]["expr"] = f"sum by ({by}) (rate({metric}{{{where}}}[{window}]))"
    return made.draft(
        "Write the JSON of a Grafana dashboard with variables",
        "One dashboard shall serve all of us: write its JSON for Grafana, with variables",
    )


@family("grafana", levels=(1, 2, 3, 4, 5))
def overview_dashboard(draw: Draw) -> Draft:
    """Numbers of a system at a glance, with what is around them."""
    made = Board(draw, _title(draw, "overview", "status", "summary", "wallboard"))
    job = draw.choice("job", choices.JOBS)
    up = draw.phrase("up", ("Targets up", "Instances", "Alive"))
    made.ask(dashboards_queries.panel_up(panel=up, job=job))
    first = made.panel(up, "gauge", f'sum(up{{job="{job}"}})')
    first["gridPos"]["w"] = 24

    metric, _, _, _ = draw.choice("counter", choices.COUNTERS)
    window = draw.choice("growth window", ("$__range", "$__range", "1h", "24h", "30m"))
    grown = draw.phrase("growth", ("Events", "So many", "New ones"))
    made.ask(dashboards_queries.panel_growth(panel=grown, metric=metric, window=window))
    second = made.panel(grown, "stat", f"sum(increase({metric}[{window}]))")

    def top(made: Board) -> None:
        count = draw.choice("top", (3, 5, 7, 10))
        rated, label, _ = draw.choice("rated", choices.RATES)
        title = draw.phrase("top title", ("Top list", "Busiest", "Ranking"))
        made.ask(dashboards_queries.panel_top(
            panel=title, count=count, metric=rated, label=label, window="5m"))  # fmt: skip
        text = f"topk({count}, sum by ({label}) (rate({rated}[5m])))"
        third = made.panel(title, draw.phrase("top kind", ("bargauge", "table")), text)
        more.append(_row(third))

    def beside(made: Board) -> None:
        first["gridPos"]["w"] = 12
        made.ask(dashboards.side_by_side(panels=[up, grown]))

    def number(made: Board) -> None:
        first["type"] = "stat"
        typed(made, first)

    more: list[Extra] = []
    marks, link, others = _connected()
    made.grow([
        Extra("beside", 1, beside), reducing(second), marks, Extra("top", 2, top), link,
        *around()[:3], others, Extra("number", 1, number), *around()[5:],
    ])  # fmt: skip
    made.grow(more)
    return made.draft(
        "Write the JSON of a Grafana dashboard that gives an overview",
        "For the screen in our office: write a Grafana dashboard as JSON",
    )
