"""Families of recording rules, and of rules as objects of the Prometheus operator."""

from __future__ import annotations

from envs.monitoring import choices
from envs.monitoring.families.alerts import (
    cpu_alert,
    error_alert,
    latency_alert,
    memory_alert,
)
from envs.monitoring.families.rule_recipe import Extra, Rules, details, rule_extras
from envs.monitoring.requirements import operators, records, rules
from iac_gym.category import Draft, family
from iac_gym.draw import Draw


def _rate(made: Rules, name: str = "") -> str:
    draw = made.draw
    metric, _, labels = draw.choice(f"metric{name}", choices.REQUESTS)
    label = draw.choice(f"label{name}", labels)
    window = draw.choice(f"window{name}", choices.WINDOWS)
    record = f"{label}:{metric}:rate{window}"
    made.record(record, f"sum by ({label}) (rate({metric}[{window}]))")
    made.ask(records.record_rate(record=record, metric=metric, label=label, window=window))
    return record


def _share(made: Rules) -> None:
    draw = made.draw
    metric, code, labels = draw.choice("shared metric", choices.REQUESTS)
    label = draw.choice("shared label", labels)
    window = draw.choice("shared window", choices.WINDOWS)
    record = f"{label}:{metric}:errors{window}"
    made.record(record, (
        f'sum by ({label}) (rate({metric}{{{code}=~"5.."}}[{window}]))\n'
        f"  / sum by ({label}) (rate({metric}[{window}]))"
    ))  # fmt: skip
    made.ask(records.record_error_share(
        record=record, metric=metric, label=label, code=code, window=window))  # fmt: skip


def _gauge(made: Rules) -> None:
    draw = made.draw
    function, operator = draw.choice("function", (
        ("sum", "sum"), ("average", "avg"), ("maximum", "max"), ("minimum", "min"),
    ))  # fmt: skip
    metric, label, _ = draw.choice("gauge", choices.GAUGES)
    record = f"{label}:{metric}:{operator}"
    made.record(record, f"{operator} by ({label}) ({metric})")
    made.ask(records.record_gauge(record=record, function=function, metric=metric, label=label))


def _percentile(made: Rules) -> None:
    draw = made.draw
    metric, labels = draw.choice("histogram", choices.HISTOGRAMS)
    label = draw.choice("histogram label", labels)
    window = draw.choice("histogram window", choices.WINDOWS)
    percentile = draw.choice("percentile", (50, 75, 90, 95, 99))
    record = f"{label}:{metric}:p{percentile}"
    made.record(record, (
        f"histogram_quantile({percentile / 100:g}, "
        f"sum by ({label}, le) (rate({metric}_bucket[{window}])))"
    ))  # fmt: skip
    made.ask(records.record_percentile(
        record=record, percentile=percentile, metric=metric, label=label, window=window,
    ))  # fmt: skip


@family("prometheus", levels=(1, 2, 3))
def recording_rules(draw: Draw) -> Draft:
    """Series that are computed ahead."""
    made = Rules(draw)
    record = _rate(made)

    def label(made: Rules) -> None:
        value = draw.choice("team", choices.TEAMS)
        made.group["rules"][0]["labels"] = {"team": value}
        made.ask(rules.record_label(record=record, label="team", value=value))

    made.grow((
        Extra("share", 1, _share), Extra("label", 1, label), Extra("percentile", 1, _percentile),
        Extra("gauge", 1, _gauge), *rule_extras(made),
    ))  # fmt: skip
    return made.draft(
        "Write a Prometheus rule file with recording rules",
        "Our dashboards are slow; write recording rules for what they show",
    )


@family("custom_resources", levels=(2, 3, 4, 5))
def rule_object(draw: Draw) -> Draft:
    """A PrometheusRule of the Prometheus operator."""
    made = Rules(draw, operator=True)
    name = draw.choice("name", choices.JOBS)
    namespace = draw.choice("namespace", ("monitoring", "observability", "metrics", "platform"))
    made.metadata = {"name": name, "namespace": namespace}
    made.ask(operators.rule_object(name=name, namespace=namespace))
    kind = draw.choice("kind", ("errors", "latency", "processors", "memory"))
    make = {"errors": error_alert, "latency": latency_alert, "processors": cpu_alert,
            "memory": memory_alert}[kind]  # fmt: skip
    alert, label = make(made)

    def labelled(made: Rules) -> None:
        key, values = draw.choice("label of it", (
            ("release", ("prometheus", "kube-prometheus-stack", "monitoring")),
            ("role", ("alert-rules", "rules")), ("prometheus", ("k8s", "main")),
        ))  # fmt: skip
        value = draw.choice("value of it", values)
        made.metadata["labels"] = {key: value}
        made.ask(operators.rule_object_label(name=name, label=key, value=value))

    rule = made.group["rules"][0]
    made.grow([
        Extra("labelled", 1, labelled), *details(made, rule, label), *rule_extras(made, alert),
    ])  # fmt: skip
    return made.draft(
        "Write a PrometheusRule for the Prometheus operator",
        "Prometheus is run by its operator here; write the alert as a PrometheusRule",
    )
