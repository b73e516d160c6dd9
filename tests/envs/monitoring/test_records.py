# ruff: noqa: E501
"""Recording rules, and what alerts have beside their expression."""

from __future__ import annotations

import json

import pytest

from tests.envs.monitoring.judging import found, rule_file

RATE = ("record_rate", {"metric": "http_requests_total", "label": "service", "window": "5m"})
SHARE = (
    "record_error_share",
    {"metric": "http_requests_total", "label": "service", "code": "code", "window": "5m"},
)
GAUGE = (
    "record_gauge",
    {"function": "average", "metric": "redis_connected_clients", "label": "instance"},
)
TAIL = (
    "record_percentile",
    {"percentile": 99, "metric": "rpc_seconds", "label": "method", "window": "10m"},
)

RIGHT = [
    (RATE, """
sum by (service) (rate(http_requests_total[5m]))
sum(rate(http_requests_total[5m])) by (service)
sum(rate(http_requests_total[300s])) by (service)
sum without (job, zone, pod) (rate(http_requests_total[5m]))
sum by (service) (increase(http_requests_total[5m])) / 300
sum by (service) (sum by (service, pod) (rate(http_requests_total[5m])))
sum by (service) (rate({__name__="http_requests_total"}[5m]))
sum by (service) (rate(http_requests_total[5m])) > 0
"""),
    (SHARE, """
sum by (service) (rate(http_requests_total{code=~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m]))
sum(rate(http_requests_total{code=~"5.*"}[5m])) by (service) / sum(rate(http_requests_total[5m])) by (service)
1 - sum by (service) (rate(http_requests_total{code!~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m]))
sum by (service) (increase(http_requests_total{code=~"5[0-9][0-9]"}[5m])) / on (service) sum by (service) (increase(http_requests_total[5m]))
(sum by (service) (rate(http_requests_total{code=~"5.."}[5m])) or sum by (service) (rate(http_requests_total[5m])) * 0) / sum by (service) (rate(http_requests_total[5m]))
sum by (service) (rate(http_requests_total{code=~"5.."}[5m])) / clamp_min(sum by (service) (rate(http_requests_total[5m])), 1)
"""),
    (GAUGE, """
avg by (instance) (redis_connected_clients)
avg(redis_connected_clients) by (instance)
sum by (instance) (redis_connected_clients) / count by (instance) (redis_connected_clients)
avg without (job, zone) (redis_connected_clients)
"""),
    (TAIL, """
histogram_quantile(0.99, sum by (method, le) (rate(rpc_seconds_bucket[10m])))
histogram_quantile(.99, sum(rate(rpc_seconds_bucket[10m])) by (le, method))
histogram_quantile(99 / 100, sum without (zone) (increase(rpc_seconds_bucket[600s])))
"""),
]  # fmt: skip
WRONG = [
    (RATE, """
sum(rate(http_requests_total[5m]))
rate(http_requests_total[5m])
avg by (service) (rate(http_requests_total[5m]))
sum by (service, job) (rate(http_requests_total[5m]))
sum by (service) (increase(http_requests_total[5m]))
sum by (service) (irate(http_requests_total[5m]))
sum by (service) (rate(http_requests_total[10m]))
sum by (service) (rate(http_requests_total[5m] offset 5m))
sum by (service) (rate(http_requests_total[5m])) * 60
sum by (service) (rate(http_requests_total{zone="1"}[5m]))
"""),
    (SHARE, """
sum by (service) (rate(http_requests_total{code=~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m])) * 100
sum by (service) (rate(http_requests_total{code=~"5.."}[5m])) / sum by (service) (rate(http_requests_total{code!~"5.."}[5m]))
sum by (service) (rate(http_requests_total{code=~"[45].."}[5m])) / sum by (service) (rate(http_requests_total[5m]))
sum by (service) (rate(http_requests_total{code="500"}[5m])) / sum by (service) (rate(http_requests_total[5m]))
sum by (service) (rate(http_requests_total{code=~"5.."}[5m]))
sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))
sum by (service) (rate(http_requests_total{code=~"2.."}[5m])) / sum by (service) (rate(http_requests_total[5m]))
"""),
    (GAUGE, """
sum by (instance) (redis_connected_clients)
avg(redis_connected_clients)
max by (instance) (redis_connected_clients)
avg by (instance, job) (redis_connected_clients)
avg_over_time(redis_connected_clients[5m])
quantile by (instance) (0.5, redis_connected_clients)
"""),
    (TAIL, """
histogram_quantile(0.9, sum by (method, le) (rate(rpc_seconds_bucket[10m])))
histogram_quantile(99, sum by (method, le) (rate(rpc_seconds_bucket[10m])))
histogram_quantile(0.99, sum by (le) (rate(rpc_seconds_bucket[10m])))
histogram_quantile(0.99, rate(rpc_seconds_bucket[10m]))
histogram_quantile(0.99, sum by (method, le) (rate(rpc_seconds_bucket[5m])))
histogram_quantile(0.99, sum by (method) (rate(rpc_seconds_bucket[10m])))
quantile by (method) (0.99, rate(rpc_seconds_bucket[10m]))
"""),
]  # fmt: skip


def _cases(table):
    return [
        pytest.param(name, args, expr, id=f"{name}: {expr[:80]}")
        for (name, args), lines in table
        for expr in lines.strip().splitlines()
    ]


@pytest.mark.parametrize(("name", "args", "expr"), _cases(RIGHT))
def test_other_spellings_are_met(name: str, args: dict, expr: str) -> None:
    text = rule_file({"record": "a:b:c", "expr": expr})
    assert found("prometheus", text, name, record="a:b:c", **args) == []


@pytest.mark.parametrize(("name", "args", "expr"), _cases(WRONG))
def test_near_misses_are_not(name: str, args: dict, expr: str) -> None:
    text = rule_file({"record": "a:b:c", "expr": expr})
    assert found("prometheus", text, name, record="a:b:c", **args) != []


CPU = '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))'


def _by_records(*, window: str = "5m", limit: str = "0.8") -> str:
    return rule_file(
        {"record": "instance:idle", "expr": CPU.replace("1 - ", "").replace("5m", window)},
        {"record": "instance:cpu", "expr": "1 - instance:idle", "labels": {"by": "us"}},
        {"alert": "A", "expr": f"instance:cpu > {limit}"},
    )


def test_an_alert_may_read_what_rules_record() -> None:
    asked = {"alert": "A", "percent": 80, "window": "5m"}
    assert found("prometheus", _by_records(), "alert_cpu", **asked) == []
    assert found("prometheus", _by_records(window="10m"), "alert_cpu", **asked) != []
    assert found("prometheus", _by_records(limit="0.5"), "alert_cpu", **asked) != []
    circle = rule_file({"record": "a:b", "expr": "a:b + 1"}, {"alert": "A", "expr": "a:b > 1"})
    assert found("prometheus", circle, "alert_cpu", **asked) != []


ABOVE = {"metric": "m", "label": "instance", "threshold": 5}


def test_an_alert_must_be_one_and_loaded() -> None:
    rule = {"alert": "A", "expr": "m > 5"}
    assert found("prometheus", rule_file(rule), "alert_above", alert="A", **ABOVE) == []
    assert found("prometheus", rule_file(rule, rule), "alert_above", alert="A", **ABOVE) != []
    assert found("prometheus", rule_file(rule), "alert_above", alert="B", **ABOVE) != []
    files = {"rules/a.yml": rule_file(rule), "prometheus.yml": "rule_files: [rules/*.yml]"}
    assert found("prometheus", files, "alert_above", alert="A", **ABOVE) == []
    files["prometheus.yml"] = "rule_files: [other/*.yml]"
    assert found("prometheus", files, "alert_above", alert="A", **ABOVE) != []
    never = {"alert": "A", "expr": "m > 5 and m < 4"}
    assert found("prometheus", rule_file(never), "alert_above", alert="A", **ABOVE) != []


FIELDS = [
    ("alert_waits", {"time": "5m"}, {"for": "5m"}, True),
    ("alert_waits", {"time": "5m"}, {"for": "300s"}, True),
    ("alert_waits", {"time": "1h"}, {"for": "60m"}, True),
    ("alert_waits", {"time": "90s"}, {"for": "1m30s"}, True),
    ("alert_waits", {"time": "5m"}, {}, False),
    ("alert_waits", {"time": "5m"}, {"for": "5s"}, False),
    ("alert_waits", {"time": "5m"}, {"keep_firing_for": "5m"}, False),
    ("alert_lasts", {"time": "5m"}, {"keep_firing_for": "300s"}, True),
    ("alert_lasts", {"time": "5m"}, {"for": "5m"}, False),
    ("alert_label", {"label": "severity", "value": "page"}, {"labels": {"severity": "page"}}, True),
    ("alert_label", {"label": "severity", "value": "page"}, {"labels": {"severity": "pager"}}, False),
    ("alert_label", {"label": "severity", "value": "page"}, {"annotations": {"severity": "page"}}, False),
    ("alert_annotation", {"annotation": "runbook_url", "text": "https://x/y"}, {"annotations": {"runbook_url": "https://x/y"}}, True),
    ("alert_annotation", {"annotation": "runbook_url", "text": "https://x/y"}, {"labels": {"runbook_url": "https://x/y"}}, False),
    *(
        ("alert_tells_label", {"annotation": "summary", "label": "pod"}, {"annotations": {"summary": text}}, good)
        for text, good in (
            ("{{ $labels.pod }} is bad", True), ("{{$labels.pod}}", True),
            ("{{- $labels.pod -}}", True), ("{{ .Labels.pod }}", True),
            ('{{ index $labels "pod" }}', True), ('{{ printf "%s" $labels.pod }}', True),
            ("{{ $labels.namespace }}/{{ $labels.pod | toUpper }}", True),
            ("{{ with $labels.pod }}{{ . }}{{ end }}", True),
            ("{{ $labels.pod_name }}", False), ("$labels.pod", False), ("the pod", False),
            ("{{/* $labels.pod */}}", False), ("{{ $labels.namespace }}", False),
            ("{{ $externalLabels.pod }}", False),
        )
    ),
    *(
        ("alert_tells_value", {"annotation": "description"}, {"annotations": {"description": text}}, good)
        for text, good in (
            ("{{ $value }}", True), ("{{ $value | humanize }}", True), ("{{ .Value }}", True),
            ('{{ printf "%.2f" $value }}', True), ("{{ humanizePercentage $value }}", True),
            ("$value", False), ("{{ $values }}", False), ("{{ $labels.value }}", False),
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args", "more", "good"), FIELDS)
def test_fields_of_alerts(name: str, args: dict, more: dict, good: bool) -> None:
    text = rule_file({"alert": "A", "expr": "sum by (pod) (m) > 5", **more})
    assert (found("prometheus", text, name, alert="A", **args) == []) is good


def test_a_label_that_is_aggregated_away_cannot_be_told() -> None:
    rule = {"alert": "A", "expr": "sum(m) > 5", "annotations": {"summary": "{{ $labels.pod }}"}}
    args = {"alert": "A", "annotation": "summary", "label": "pod"}
    assert found("prometheus", rule_file(rule), "alert_tells_label", **args) != []


def test_groups() -> None:
    def file(**more: object) -> str:
        rules = [{"alert": "A", "expr": "m > 1"}, {"record": "a:b", "expr": "sum(m)"}]
        return json.dumps({"groups": [{"name": "shop.rules", **more, "rules": rules}]})

    def check(name: str, text: str, **args: str) -> bool:
        return found("prometheus", text, name, **args) == []

    assert check("alert_in_group", file(), alert="A", group="shop.rules")
    assert not check("alert_in_group", file(), alert="A", group="shop")
    assert check("group_interval", file(interval="120s"), group="shop.rules", time="2m")
    assert not check("group_interval", file(), group="shop.rules", time="1m")
    assert not check("group_interval", file(interval="2m"), group="shop", time="2m")
    assert check("record_label", file(labels={"team": "x"}), record="a:b", label="team", value="x")
    assert not check("record_label", file(), record="a:b", label="team", value="x")


def test_a_label_that_is_written_over_tells_nothing() -> None:
    rule = {"alert": "A", "expr": "m > 5", "labels": {"instance": "{{ $labels.instance }}"}}
    assert found("prometheus", rule_file(rule), "alert_above", alert="A", **ABOVE) == []
    rule["labels"] = {"instance": "all"}
    assert found("prometheus", rule_file(rule), "alert_above", alert="A", **ABOVE) != []


def test_rules_may_lie_in_an_object_of_the_operator() -> None:
    def object_with(*rules: dict) -> dict[str, str]:
        groups = json.loads(rule_file(*rules))["groups"]
        return {"manifest.yaml": json.dumps({
            "apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule",
            "metadata": {"name": "shop", "namespace": "monitoring"}, "spec": {"groups": groups},
        })}  # fmt: skip

    def check(files: dict[str, str], name: str, /, **args: object) -> bool:
        return found("custom_resources", files, name, **args) == []

    rule = {"alert": "A", "expr": "m > 5", "for": "5m"}
    assert check(object_with(rule), "alert_above", alert="A", **ABOVE)
    assert check(object_with(rule), "alert_waits", alert="A", time="5m")
    assert not check(object_with(rule, rule), "alert_above", alert="A", **ABOVE)
    assert not check(object_with(rule | {"expr": "m > 6"}), "alert_above", alert="A", **ABOVE)
    recorded = {"record": "a:m", "expr": "max by (instance) (m)"}
    assert check(
        object_with(recorded, rule | {"expr": "a:m > 5"}), "alert_above", alert="A", **ABOVE
    )
    assert check(object_with(rule), "rule_object", name="shop", namespace="monitoring")
    assert not check(object_with(rule), "rule_object", name="shop", namespace="default")
