"""Families of Grafana's provisioning: data sources, folders of dashboards, alert rules."""

from __future__ import annotations

from functools import partial
from typing import Any

from envs.monitoring import choices
from envs.monitoring.families.dashboard_recipe import LANGUAGE
from envs.monitoring.requirements import dashboards_alerting, dashboards_provisioning
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.extras import Extra, Recipe
from iac_gym.formats.yaml import dump

_KINDS = (
    ("prometheus", "prometheus", 9090), ("loki", "loki", 3100), ("tempo", "tempo", 3200),
    ("alertmanager", "alertmanager", 9093), ("prometheus", "mimir", 8080),
)  # fmt: skip
Source = dict[str, Any]


class Provisioned(Recipe):
    """The asks of a task, and the provisioning file that meets them."""

    def __init__(self, draw: Draw, path: str) -> None:
        super().__init__(draw)
        self.path = path
        self.fields: dict[str, Any] = {"apiVersion": 1}

    def add(self, section: str, **entry: Any) -> dict[str, Any]:
        """Add an entry to a section."""
        self.fields.setdefault(section, []).append(entry)
        return entry

    def draft(self, *openings: str) -> Draft:
        """Make the draft of the task."""
        whole = partial(dump, dict(self.fields))
        return self.make_draft(openings, whole, ((self.path, LANGUAGE),))


def _login(source: Source) -> Extra:
    name = source["name"]

    def make(made: Provisioned) -> None:
        draw = made.draw
        variable = f"{draw.choice('secret', choices.TEAMS).upper()}_PASSWORD"
        user = draw.choice("user", ("grafana", "viewer", "metrics", "reader"))
        source.update({"basicAuth": True, "basicAuthUser": user})
        source["secureJsonData"] = {"basicAuthPassword": f"${variable}"}
        made.ask(dashboards_provisioning.source_login(source=name, user=user, variable=variable))

    return Extra("login", 1, make)


def _header(source: Source) -> Extra:
    name = source["name"]

    def make(made: Provisioned) -> None:
        draw = made.draw
        header = draw.choice("header", ("X-Scope-OrgID", "Authorization", "X-Tenant", "X-Api-Key"))
        variable = f"{draw.choice('header value', choices.TEAMS).upper()}_HEADER"
        source.setdefault("jsonData", {})["httpHeaderName1"] = header
        source.setdefault("secureJsonData", {})["httpHeaderValue1"] = f"${variable}"
        made.ask(dashboards_provisioning.source_header(
            source=name, header=header, variable=variable))  # fmt: skip

    return Extra("header", 1, make)


def _prometheus(source: Source) -> list[Extra]:
    name = source["name"]

    def interval(made: Provisioned) -> None:
        time = made.draw.choice("interval", choices.INTERVALS)
        source.setdefault("jsonData", {})["timeInterval"] = time
        made.ask(dashboards_provisioning.source_interval(source=name, time=time))

    def method(made: Provisioned) -> None:
        word = made.draw.choice("method", ("GET", "POST"))
        source.setdefault("jsonData", {})["httpMethod"] = word
        made.ask(dashboards_provisioning.source_method(source=name, method=word))

    def exemplars(made: Provisioned) -> None:
        uid = f"{made.draw.choice('traces', choices.TEAMS)}-tempo"
        label = made.draw.choice("trace label", ("trace_id", "traceID", "traceId"))
        source.setdefault("jsonData", {})["exemplarTraceIdDestinations"] = [
            {"name": label, "datasourceUid": uid}
        ]
        made.ask(dashboards_provisioning.source_exemplars(source=name, label=label, uid=uid))

    return [
        Extra("interval", 1, interval), Extra("method", 1, method),
        Extra("exemplars", 1, exemplars),
    ]  # fmt: skip


def _general(source: Source) -> list[Extra]:
    name = source["name"]

    def default(made: Provisioned) -> None:
        source["isDefault"] = True
        made.ask(dashboards_provisioning.source_default(source=name))

    def uid(made: Provisioned) -> None:
        source["uid"] = f"{made.draw.choice('uid', choices.TEAMS)}-{source['type']}"
        made.ask(dashboards_provisioning.source_uid(source=name, uid=source["uid"]))

    def editable(made: Provisioned) -> None:
        source["editable"] = True
        made.ask(dashboards_provisioning.source_editable(source=name))

    def deleted(made: Provisioned) -> None:
        old = f"{made.draw.choice('old', choices.SUBJECTS)} (old)"
        made.fields["deleteDatasources"] = [{"name": old, "orgId": 1}]
        made.ask(dashboards_provisioning.source_deleted(source=old))

    return [
        Extra("default", 1, default), Extra("uid", 1, uid), Extra("editable", 1, editable),
        Extra("deleted", 1, deleted),
    ]  # fmt: skip


@family("grafana", levels=(1, 2, 3, 4))
def provisioned_sources(draw: Draw) -> Draft:
    """Data sources that Grafana finds when it starts."""
    made = Provisioned(draw, "datasources.yaml")
    count = draw.integer("count", 1, 3)
    kinds = draw.sample("kinds", _KINDS, count)
    sources: list[Source] = []
    for place, (kind, host, port) in enumerate(kinds):
        name = f"{draw.choice(f'name {place}', choices.SUBJECTS)} {host}"
        url = f"http://{host}.{draw.choice(f'host {place}', choices.TEAMS)}.svc:{port}"
        sources.append(made.add("datasources", name=name, type=kind, access="proxy", url=url))
        made.ask(dashboards_provisioning.source_address(source=name, kind=kind, url=url))
    first = sources[0]
    default, uid, editable, deleted = _general(first)
    own = _prometheus(first) if first["type"] == "prometheus" else []
    made.grow([default, uid, _login(first), *own, _header(first), deleted, editable])
    return made.draft(
        "Write the provisioning file of Grafana's data sources (YAML)",
        "Grafana shall know its data sources when it starts: write the provisioning file",
    )


@family("grafana", levels=(1, 2, 3))
def dashboard_provider(draw: Draw) -> Draft:
    """Folders on disk from which Grafana loads dashboards."""
    made = Provisioned(draw, "dashboards.yaml")
    extras: list[Extra] = []
    for place in range(draw.integer("count", 1, 2)):
        extras += _provider(made, place)
    made.grow(extras)
    return made.draft(
        "Write the provisioning file that makes Grafana load dashboards from disk",
        "Our dashboards are files: write the file that provisions them in Grafana (YAML)",
    )


def _provider(made: Provisioned, place: int) -> list[Extra]:
    """Add a provider; returns what else may be asked of it."""
    draw = made.draw
    name = draw.choice(f"provider {place}", choices.TEAMS) + ("", "-second")[place]
    path = f"/{draw.choice(f'path {place}', ('var/lib', 'etc', 'srv', 'opt'))}/grafana/{name}"
    entry = made.add("providers", name=name, type="file", options={"path": path})
    made.ask(dashboards_provisioning.provider_path(provider=name, path=path))

    def folder(made: Provisioned) -> None:
        if draw.chance(f"like disk {place}", 0.3):
            entry["options"]["foldersFromFilesStructure"] = True
            made.ask(dashboards_provisioning.provider_structure(provider=name))
        else:
            entry["folder"] = draw.choice(f"folder {place}", choices.SUBJECTS)
            made.ask(dashboards_provisioning.provider_folder(
                provider=name, folder=entry["folder"]))  # fmt: skip

    def interval(made: Provisioned) -> None:
        entry["updateIntervalSeconds"] = draw.choice(f"interval {place}", (15, 20, 30, 60, 120))
        made.ask(dashboards_provisioning.provider_interval(
            provider=name, count=entry["updateIntervalSeconds"]))  # fmt: skip

    def keeps(made: Provisioned) -> None:
        entry["disableDeletion"] = True
        made.ask(dashboards_provisioning.provider_keeps(provider=name))

    def saves(made: Provisioned) -> None:
        entry["allowUiUpdates"] = True
        made.ask(dashboards_provisioning.provider_saves(provider=name))

    return [
        Extra(f"folder {place}", 1, folder), Extra(f"keeps {place}", 1, keeps),
        Extra(f"interval {place}", 1, interval), Extra(f"saves {place}", 1, saves),
    ]  # fmt: skip


@family("grafana", levels=(1, 2, 3, 4), held_out=True)
def grafana_alert_rule(draw: Draw) -> Draft:
    """An alert rule that Grafana evaluates itself."""
    made = Provisioned(draw, "alerting.yaml")
    alert = f"{draw.choice('alert', choices.SUBJECTS)} {draw.phrase('ending', ('high', 'alarm'))}"
    metric, label, limits = draw.choice("gauge", choices.GAUGES)
    threshold = draw.choice("threshold", limits)
    query = {
        "refId": "A", "datasourceUid": "prometheus",
        "relativeTimeRange": {"from": 600, "to": 0},
        "model": {"refId": "A", "expr": metric, "instant": True},
    }  # fmt: skip
    condition = {
        "refId": "B", "datasourceUid": "__expr__",
        "model": {
            "refId": "B", "type": "threshold", "expression": "A",
            "conditions": [{"evaluator": {"type": "gt", "params": [threshold]}}],
        },
    }  # fmt: skip
    uid = alert.lower().replace(" ", "-")
    rule: dict[str, Any] = {"uid": uid, "title": alert, "condition": "B"}
    rule["data"] = [query, condition]
    group = made.add("groups", orgId=1, name="rules", folder="Alerts", interval="7m", rules=[rule])
    made.ask(dashboards_alerting.grafana_alert_above(
        alert=alert, label=label, metric=metric, threshold=threshold))  # fmt: skip

    def place(made: Provisioned) -> None:
        group["folder"] = draw.choice("folder", choices.SUBJECTS)
        group["name"] = f"{draw.choice('group', choices.TEAMS)}-rules"
        made.ask(dashboards_alerting.grafana_alert_place(
            alert=alert, folder=group["folder"], group=group["name"]))  # fmt: skip

    def interval(made: Provisioned) -> None:
        group["interval"] = draw.choice("interval", ("10s", "30s", "1m", "2m", "5m"))
        made.ask(dashboards_alerting.grafana_alert_interval(alert=alert, time=group["interval"]))

    def waits(made: Provisioned) -> None:
        rule["for"] = draw.choice("wait", choices.WAITS)
        made.ask(dashboards_alerting.grafana_alert_waits(alert=alert, time=rule["for"]))

    def labelled(made: Provisioned) -> None:
        for key, values in (("severity", choices.SEVERITIES), ("team", choices.TEAMS)):
            value = draw.choice(key, values)
            rule.setdefault("labels", {})[key] = value
            made.ask(dashboards_alerting.grafana_alert_label(alert=alert, label=key, value=value))

    def no_data(made: Provisioned) -> None:
        rule["noDataState"] = draw.choice("no data", ("OK", "Alerting", "KeepLast"))
        made.ask(dashboards_alerting.grafana_alert_no_data(alert=alert, state=rule["noDataState"]))

    def source(made: Provisioned) -> None:
        query["datasourceUid"] = f"{draw.choice('source', choices.TEAMS)}-prometheus"
        made.ask(dashboards_alerting.grafana_alert_source(
            alert=alert, uid=str(query["datasourceUid"])))  # fmt: skip

    made.grow([
        Extra("waits", 1, waits), Extra("source", 1, source), Extra("labelled", 2, labelled),
        Extra("interval", 1, interval), Extra("place", 1, place), Extra("no data", 1, no_data),
    ])  # fmt: skip
    return made.draft(
        "Write the provisioning file (YAML) of a Grafana alert rule",
        "Grafana itself shall watch a gauge: write the file that provisions its alert rule",
    )
