"""How a task about rules is put together: alerts and records, in a file or in a PrometheusRule."""

from __future__ import annotations

from functools import partial
from typing import Any

from envs.monitoring import choices
from envs.monitoring.requirements import rules
from iac_gym.category import Draft
from iac_gym.draw import Draw
from iac_gym.extras import Extra, Recipe
from iac_gym.formats.yaml import dump

__all__ = ["PATH", "Extra", "Rules", "details", "rule_extras"]

PATH = "rules.yml"
Rule = dict[str, Any]


class Rules(Recipe):
    """The asks of a task, and the groups of rules that meet them.

    `operator` writes a PrometheusRule of the operator in the place of a rule file.
    """

    def __init__(self, draw: Draw, *, operator: bool = False) -> None:
        super().__init__(draw)
        self.operator = operator
        self.group: dict[str, Any] = {"name": "rules", "rules": []}

    def alert(self, name: str, expr: str) -> Rule:
        """Add an alert."""
        rule: Rule = {"alert": name, "expr": expr}
        self.group["rules"].append(rule)
        return rule

    def record(self, name: str, expr: str) -> Rule:
        """Add a recording rule."""
        rule: Rule = {"record": name, "expr": expr}
        self.group["rules"].append(rule)
        return rule

    def tree(self) -> dict[str, Any]:
        """The file as plain data."""
        groups = {"groups": [self.group]}
        if not self.operator:
            return groups
        return {
            "apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule",
            "metadata": self.metadata, "spec": groups,
        }  # fmt: skip

    metadata: dict[str, Any]

    def draft(self, *openings: str) -> Draft:
        """Make the draft of the task."""
        whole = partial(_text, self.tree())
        if self.operator:
            return self.make_draft(openings, whole, (("manifest.yaml", "custom_resources"),))
        return self.make_draft(openings, whole, ((PATH, "prometheus"),))


def _text(tree: dict[str, Any]) -> str:
    return dump(tree)


def named(draw: Draw, *endings: str) -> str:
    """Draw the name of an alert that ends in one of some words."""
    return f"{draw.choice('subject', choices.SUBJECTS)}{draw.phrase('ending', endings)}"


def details(made: Rules, rule: Rule, label: str, name: str = "") -> list[Extra]:
    """Return optional parts of an alert whose expression keeps a label."""
    draw, alert = made.draw, rule["alert"]

    def waits(made: Rules) -> None:
        rule["for"] = draw.choice(f"wait{name}", choices.WAITS)
        made.ask(rules.alert_waits(alert=alert, time=rule["for"]))

    def severity(made: Rules) -> None:
        value = draw.choice(f"severity{name}", choices.SEVERITIES)
        rule.setdefault("labels", {})["severity"] = value
        made.ask(rules.alert_label(alert=alert, label="severity", value=value))

    def team(made: Rules) -> None:
        value = draw.choice(f"team{name}", choices.TEAMS)
        rule.setdefault("labels", {})["team"] = value
        made.ask(rules.alert_label(alert=alert, label="team", value=value))

    def summary(made: Rules) -> None:
        rule.setdefault("annotations", {})["summary"] = f"{alert} on {{{{ $labels.{label} }}}}"
        made.ask(rules.alert_tells_label(alert=alert, annotation="summary", label=label))

    def description(made: Rules) -> None:
        rule.setdefault("annotations", {})["description"] = "Measured: {{ $value }}"
        made.ask(rules.alert_tells_value(alert=alert, annotation="description"))

    def runbook(made: Rules) -> None:
        host = draw.choice(f"runbook{name}", choices.DOMAINS)
        url = f"https://{host}/runbooks/{alert.lower()}"
        rule.setdefault("annotations", {})["runbook_url"] = url
        made.ask(rules.alert_annotation(alert=alert, annotation="runbook_url", text=url))

    def lasts(made: Rules) -> None:
        rule["keep_firing_for"] = draw.choice(f"lasts{name}", choices.WAITS[2:])
        made.ask(rules.alert_lasts(alert=alert, time=rule["keep_firing_for"]))

    extras = [
        Extra(f"wait{name}", 1, waits), Extra(f"severity{name}", 1, severity),
        Extra(f"team{name}", 1, team), Extra(f"runbook{name}", 1, runbook),
        Extra(f"lasts{name}", 1, lasts), Extra(f"description{name}", 1, description),
    ]  # fmt: skip
    if label:
        extras.insert(2, Extra(f"summary{name}", 1, summary))
    return extras


def rule_extras(made: Rules, alert: str = "") -> list[Extra]:
    """Return optional parts of the group: its name and its interval."""
    draw = made.draw

    def group(made: Rules) -> None:
        made.group["name"] = f"{draw.choice('group', choices.JOBS)}.rules"
        made.ask(rules.alert_in_group(alert=alert, group=made.group["name"]))

    def interval(made: Rules) -> None:
        made.group["name"] = f"{draw.choice('timed group', choices.JOBS)}.timed"
        made.group["interval"] = draw.choice("interval", choices.INTERVALS)
        made.ask(rules.group_interval(group=made.group["name"], time=made.group["interval"]))

    if not alert or draw.phrase("part of the group", (True, False)):
        return [Extra("group interval", 1, interval)]
    return [Extra("group", 1, group)]
