"""Checks of a dashboard as a whole: its settings, variables, annotations and links."""

from __future__ import annotations

import re
from typing import Any

from iac_gym.formats.yaml_tree import YamlMap
from iac_gym.languages.grafana.checker import Checker
from iac_gym.languages.grafana.model import Dashboard
from iac_gym.languages.grafana.values import objects, section, text_of
from iac_gym.languages.grafana.variables import declared

SETTINGS = "settings-are-right"
VARIABLES = "variables-are-right"
TOP = {
    "title": "text", "uid": "text", "description": "text", "tags": "texts", "timezone": "text",
    "panels": "objects", "rows": "objects", "templating": "object", "annotations": "object",
    "links": "objects", "time": "object", "timepicker": "object", "editable": "truth",
    "refresh": "text|truth", "schemaVersion": "whole|text", "version": "whole|text",
    "graphTooltip": "whole", "id": "whole|text", "gnetId": "whole|text", "weekStart": "text",
    "liveNow": "truth", "fiscalYearStartMonth": "whole",
}  # fmt: skip
VARIABLE = {
    "name": "text", "type": "text", "label": "text", "query": "any", "multi": "truth",
    "includeAll": "truth", "allValue": "text", "regex": "text", "options": "objects",
    "current": "object", "hide": "whole|text", "refresh": "whole|truth|text", "sort": "whole|text",
    "datasource": "text|object", "skipUrlSync": "truth", "auto": "truth",
}  # fmt: skip
ANNOTATION = {
    "name": "text", "enable": "truth", "hide": "truth", "iconColor": "text", "expr": "text",
    "datasource": "text|object", "target": "object", "type": "text",
}  # fmt: skip
LINK = {
    "title": "text", "type": "text", "url": "text", "tags": "texts", "asDropdown": "truth",
    "includeVars": "truth", "keepTime": "truth", "targetBlank": "truth", "icon": "text",
    "tooltip": "text",
}  # fmt: skip
VARIABLE_TYPES = frozenset(
    """adhoc constant custom datasource groupby interval query snapshot switch system
    textbox""".split()
)
#: Whether a text is a moment: relative to now, a date, or milliseconds.
_MOMENT = re.compile(
    r"now(?:[-+][0-9]+[smhdwMyQ]|[-+]f?[QyMwd])*(?:/f?[smhdwMyQ]){0,2}(?:[-+][0-9]+[smhdwMyQ])?"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]+(?:Z|[-+][0-9:]+)?)?|-?[0-9]{1,16}|\$.*"
)
_EVERY = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:ms|[smhdwMy])?|auto|\$.*|")
_UID = re.compile(r"[a-zA-Z0-9\-_]{0,40}|\$.*")
_ZONE = re.compile(r"|default|browser|utc|UTC|GMT|local|[A-Z][A-Za-z_]+(?:/[A-Za-z_+\-0-9]+){0,2}")


def dashboard(check: Checker, one: Dashboard) -> None:
    """Check everything but the panels."""
    tree = one.tree
    check.types(tree, TOP, "the dashboard")
    if not text_of(tree.get("title")).strip():
        check.bad("dashboards-have-a-title", "the dashboard needs a `title`", tree.mark)
    if "panels" not in tree and "rows" not in tree:
        if "elements" in tree or "elements" in section(tree, "spec"):
            message = "dashboards of the second schema (`elements`) are not judged here"
            check.bad("schema-is-not-judged", message, tree.mark)
        else:
            check.bad("dashboards-have-panels", "the dashboard has no `panels`", tree.mark)
    _times(check, tree)
    _variables(check, tree)
    for note, _ in objects(tree.get("annotations"), "list"):
        check.types(note, ANNOTATION, "an annotation")
        if not text_of(note.get("name")):
            check.bad(SETTINGS, "an annotation has no `name`", note.mark)
    for link, _ in objects(tree, "links"):
        check.types(link, LINK, "a link")
        check.word(link, "type", ("link", "dashboards"), SETTINGS, "a link")


def _times(check: Checker, tree: YamlMap) -> None:
    given = section(tree, "time")
    for key in ("from", "to"):
        value: Any = given.get(key)
        if value.__class__ is str and not _MOMENT.fullmatch(value):
            message = f"`{value[:40]}` is no moment: write `now`, `now-6h`, or a date"
            check.bad(SETTINGS, message, given.marks[key])
    for key, pattern, said in (
        ("refresh", _EVERY, "no interval, as in `30s`"),
        ("uid", _UID, "no id: up to 40 letters, digits, `-` and `_`"),
        ("timezone", _ZONE, "no time zone: `browser`, `utc` or a name such as `Europe/Berlin`"),
    ):
        value = tree.get(key)
        if value.__class__ is str and not pattern.fullmatch(value):
            check.bad(SETTINGS, f"`{key}` is `{value[:60]}`: {said}", tree.marks[key])


def _variables(check: Checker, tree: YamlMap) -> None:
    templating = tree.get("templating")
    if templating.__class__ is YamlMap:
        check.types(templating, {"list": "objects"}, "`templating`")
    seen: set[str] = set()
    for one, mark in declared(tree):
        check.types(one, VARIABLE, "a variable")
        name, kind = text_of(one.get("name")), text_of(one.get("type"))
        where = f"variable `{name[:40]}`"
        if not re.fullmatch(r"\w+", name, re.ASCII):
            message = f"`{name[:60]}` cannot name a variable: letters, digits and `_` can"
            check.bad(VARIABLES, message if name else "a variable has no `name`", mark)
        elif name in seen:
            check.bad("variables-are-named-once", f"{where} is defined twice", one.marks["name"])
        seen.add(name)
        if not kind:
            check.bad(VARIABLES, f"{where} has no `type`", mark)
        check.word(one, "type", VARIABLE_TYPES, VARIABLES, where)
        if kind == "query" and not (one.get("query") or one.get("definition")):
            check.bad(VARIABLES, f"{where} has no `query`", mark)
        if kind == "datasource" and not text_of(one.get("query")):
            check.bad(VARIABLES, f"{where} names no type of data source in `query`", mark)
        if kind in ("custom", "interval") and not (one.get("query") or one.get("options")):
            check.bad(VARIABLES, f"{where} has no choices in `query`", mark)
