"""Checks of provisioning files: data sources, providers of dashboards, alerting."""

from __future__ import annotations

import re
from typing import Any

from iac_gym.formats.yaml_tree import Mark, YamlMap
from iac_gym.languages.grafana.checker import Checker
from iac_gym.languages.grafana.provisioning import duration, read_alert_rules
from iac_gym.languages.grafana.values import objects, section, text_of

SOURCES = "datasources-are-complete"
ALERTS = "alert-rules-are-complete"
SECRETS = "secrets-are-not-written-out"
NO_DATA = ("NoData", "Alerting", "OK", "Ok", "KeepLast")
ON_ERROR = ("Alerting", "Error", "OK", "Ok", "KeepLast")
TOP = {
    "apiVersion": "whole|text", "datasources": "objects", "deleteDatasources": "objects",
    "providers": "objects", "groups": "objects", "contactPoints": "objects",
    "policies": "objects", "muteTimes": "objects", "templates": "objects", "prune": "truth",
    "deleteRules": "objects", "deleteContactPoints": "objects",
}  # fmt: skip
SOURCE = {
    "name": "text", "type": "text", "access": "text", "url": "text", "uid": "text",
    "orgId": "whole|text", "isDefault": "truth|text", "editable": "truth|text",
    "jsonData": "object", "secureJsonData": "object", "user": "text", "database": "text",
    "basicAuth": "truth|text", "basicAuthUser": "text", "withCredentials": "truth|text",
    "version": "whole|text", "readOnly": "truth|text", "password": "text",
    "basicAuthPassword": "text",
}  # fmt: skip
PROVIDER = {
    "name": "text", "type": "text", "folder": "text", "folderUid": "text", "orgId": "whole|text",
    "options": "object", "disableDeletion": "truth|text", "allowUiUpdates": "truth|text",
    "editable": "truth|text", "updateIntervalSeconds": "whole|text",
}  # fmt: skip
GROUP = {"name": "text", "folder": "text", "interval": "text|whole", "rules": "objects"}
RULE = {
    "uid": "text", "title": "text", "condition": "text", "data": "objects", "for": "text|whole",
    "noDataState": "text", "execErrState": "text", "labels": "object", "annotations": "object",
    "isPaused": "truth", "dashboardUid": "text", "panelId": "whole|text",
    "keep_firing_for": "text|whole",
}  # fmt: skip
_EXPRESSIONS = ("reduce", "threshold", "math", "resample", "classic_conditions", "sql")
_STANDS_FOR = re.compile(r"\s*(?:\$|<|\{\{|__)")
_SECRET_KEYS = re.compile(r"(?i)password|secret|token|apikey|api_key|privatekey|accesskey")


def provisioning(check: Checker, tree: YamlMap) -> None:
    """Check one provisioning file."""
    check.types(tree, TOP, "the file")
    if not tree.keys() & (TOP.keys() - {"apiVersion", "prune"}):
        message = "the file provisions nothing: there is no `datasources`, `providers` or `groups`"
        check.bad("files-provision-something", message, tree.mark)
    _sources(check, tree)
    _providers(check, tree)
    _groups(check, tree)
    _contacts(check, tree)
    for one, mark in objects(tree, "policies"):
        if not text_of(one.get("receiver")):
            check.bad(ALERTS, "the root of the policies needs a `receiver`", mark)


def _needs(check: Checker, rule: str, tree: YamlMap, mark: Mark, where: str, *keys: str) -> None:
    for key in keys:
        if tree.get(key) in (None, "", []):
            check.bad(rule, f"{where} has no `{key}`", mark)


def _sources(check: Checker, tree: YamlMap) -> None:
    defaults: set[str] = set()
    names: set[str] = set()
    for one, mark in objects(tree, "datasources"):
        name = text_of(one.get("name"))
        where = f"data source `{name[:40]}`"
        check.types(one, SOURCE, where)
        _needs(check, SOURCES, one, mark, where, "name", "type")
        check.word(one, "access", ("proxy", "direct", "server", "browser"), SOURCES, where)
        for key in one.keys() - SOURCE.keys() - {"typeName", "correlations", "prune", "apiVersion"}:
            hint = check.near(key, SOURCE)
            message = f"{where}: `{str(key)[:40]}` has no effect"
            check.bad("settings-have-an-effect", message, one.key_marks[key], hint)
        organisation = str(one.get("orgId") or 1)
        if one.get("isDefault") is True and organisation in defaults:
            check.bad(SOURCES, "only one data source can be the default", one.marks["isDefault"])
        if one.get("isDefault") is True:
            defaults.add(organisation)
        if name and name in names:
            check.bad(SOURCES, f"{where} is defined twice", one.marks["name"])
        names.add(name)
        _secrets(check, one, where)


def _secrets(check: Checker, tree: YamlMap, where: str) -> None:
    places = [
        *((section(tree, "secureJsonData"), key) for key in section(tree, "secureJsonData")),
        *((section(tree, "jsonData"), key) for key in section(tree, "jsonData")),
        *((tree, key) for key in ("password", "basicAuthPassword")),
    ]
    secure = section(tree, "secureJsonData")
    for holder, key in places:
        value: Any = holder.get(key)
        if value.__class__ is not str or not value or _STANDS_FOR.match(value):
            continue
        if holder is secure or _SECRET_KEYS.search(str(key)):
            hint = "take it from the environment: `$NAME`"
            check.bad(SECRETS, f"{where}: `{key}` holds a secret", holder.marks[key], hint)
    skip = section(tree, "jsonData")
    if skip.get("tlsSkipVerify") is True:
        message = f"{where}: the certificate is not verified"
        check.bad("certificates-are-verified", message, skip.marks["tlsSkipVerify"])
    if re.match(r"https?://[^/@\s]+:[^/@\s$]+@", text_of(tree.get("url"))):
        check.bad(SECRETS, f"{where}: the URL holds a password", tree.marks["url"])


def _providers(check: Checker, tree: YamlMap) -> None:
    names: set[str] = set()
    for one, mark in objects(tree, "providers"):
        rule = "providers-are-complete"
        name = text_of(one.get("name"))
        where = f"provider `{name[:40]}`"
        check.types(one, PROVIDER, where)
        check.word(one, "type", ("file",), rule, where)
        if not text_of(section(one, "options").get("path")):
            check.bad(rule, f"{where} has no `path` in its `options`", mark)
        if name and name in names:
            check.bad(rule, f"{where} is defined twice", one.marks["name"])
        names.add(name)


def _groups(check: Checker, tree: YamlMap) -> None:
    for group, mark in objects(tree, "groups"):
        where = f"group `{text_of(group.get('name'))[:40]}`"
        check.types(group, GROUP, where)
        _needs(check, ALERTS, group, mark, where, "name", "folder", "interval")
        if group.get("interval") is not None and not duration(group["interval"]):
            check.bad("durations-are-right", f"{where}: `interval` is no duration",
                      group.marks["interval"])  # fmt: skip
    uids: set[str] = set()
    for rule in read_alert_rules(tree):
        where = f"rule `{rule.title[:40]}`"
        one = rule.tree
        check.types(one, RULE, where)
        _needs(check, ALERTS, one, rule.mark, where, "uid", "title", "condition", "data")
        check.word(one, "noDataState", NO_DATA, ALERTS, where)
        check.word(one, "execErrState", ON_ERROR, ALERTS, where)
        if one.get("for") is not None and duration(one["for"]) is None:
            check.bad("durations-are-right", f"{where}: `for` is no duration", one.marks["for"])
        if rule.uid and rule.uid in uids:
            check.bad(ALERTS, f"{where}: its `uid` is taken", one.marks["uid"])
        uids.add(rule.uid)
        _steps(check, rule, where)


def _steps(check: Checker, rule: Any, where: str) -> None:
    refs = {one.ref for one in rule.steps}
    if rule.condition and rule.steps and rule.condition not in refs:
        message = f"{where}: its condition `{rule.condition[:40]}` is none of its queries"
        check.bad("conditions-are-defined", message, rule.tree.marks["condition"])
    if len(refs) < len(rule.steps):
        check.bad(ALERTS, f"{where}: two of its queries have the same `refId`", rule.mark)
    for step in rule.steps:
        if not step.ref:
            check.bad(ALERTS, f"{where}: a query has no `refId`", step.mark)
        if not step.datasource:
            check.bad(ALERTS, f"{where}: a query has no `datasourceUid`", step.mark)
        if step.kind and step.kind not in _EXPRESSIONS:
            message = f"{where}: `{step.kind[:40]}` is no expression"
            check.bad(ALERTS, message, step.mark, check.near(step.kind, _EXPRESSIONS))
        used = step.expression if step.kind in ("reduce", "threshold", "resample") else ""
        if used and used.strip("${}") not in refs:
            message = f"{where}: `{used[:40]}` is none of its queries"
            check.bad("conditions-are-defined", message, step.mark)
        read = step.promql
        if read is not None and read.problem:
            message = f"{where}: the query cannot be read: {read.problem}"
            check.bad("queries-can-be-read", message, step.mark)


def _contacts(check: Checker, tree: YamlMap) -> None:
    for one, mark in objects(tree, "contactPoints"):
        where = f"contact point `{text_of(one.get('name'))[:40]}`"
        check.types(one, {"name": "text", "receivers": "objects"}, where)
        _needs(check, ALERTS, one, mark, where, "name")
        for receiver, place in objects(one, "receivers"):
            check.types(receiver, {"uid": "text", "type": "text", "settings": "object"}, where)
            _needs(check, ALERTS, receiver, place, where, "uid", "type")
