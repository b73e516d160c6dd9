"""The rewritings mean the same, hostile files end soon, and the real tool says the same."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iac_gym.check import ParseError
from iac_gym.formats.promql import normal
from iac_gym.languages.prometheus import LANGUAGE
from iac_gym.languages.prometheus.equivalents import equivalents
from iac_gym.languages.prometheus.tool import ask_library, ask_promtool, missing_tool
from iac_gym.verifier import check_files

RULES = """\
groups:
  - name: api
    interval: 1m
    rules:
      - alert: ErrorBudget
        expr: >-
          sum by (job) (rate(requests_total{code=~"5..", env="prod"}[5m]))
          / sum by (job) (rate(requests_total{env="prod"}[5m])) > 0.05
        for: 10m
        labels: {severity: page}
        annotations: {summary: "{{ $labels.job }} fails: {{ $value | humanizePercentage }}"}
      - record: job:latency:p99
        expr: histogram_quantile(0.99, sum by (job, le) (rate(latency_bucket[5m] offset 1h)))
"""
CONFIG = """\
global: {scrape_interval: 15s}
scrape_configs:
  - job_name: node
    scrape_timeout: 10s
    static_configs: [{targets: [a:9100]}]
    relabel_configs:
      - {source_labels: [__address__], target_label: host}
      - {action: labeldrop, regex: tmp_.*}
"""


@pytest.mark.parametrize("text", [RULES, CONFIG], ids=["rules", "config"])
def test_rewritings_mean_the_same(text: str) -> None:
    model = LANGUAGE.parse({"a.yml": text})
    assert model.faults == {}
    changes = dict(equivalents({"a.yml": text}))
    assert len(changes) > 8
    for change, files in changes.items():
        other = LANGUAGE.parse(files)
        assert other.faults == {}, change
        rules, others = model.alerts + model.records, other.alerts + other.records
        for left, right in zip(rules, others, strict=True):
            assert normal(left.expr.root) == normal(right.expr.root), change
            assert left.labels == right.labels
        if model.config:
            jobs = [(one.name, one.interval, one.timeout, one.path) for one in model.config.jobs]
            assert jobs == [(o.name, o.interval, o.timeout, o.path) for o in other.config.jobs]
            steps = [one[:7] for one in model.config.jobs[0].relabel]
            assert [one[:7] for one in other.config.jobs[0].relabel] == steps, change


HOSTILE: Mapping[str, str] = {
    "deep": "a: " + "[" * 5000,
    "groups": "groups:\n" + "".join(f"- {{name: g{i}, rules: []}}\n" for i in range(2500)),
    "templates": 'groups: [{name: a, rules: [{alert: b, expr: x, annotations: {c: "'
    + "{{ if 1 }}" * 4000
    + '"}}]}]',
    "braces": 'groups: [{name: a, rules: [{alert: b, expr: x, annotations: {c: "'
    + "{ {{ $value }}" * 3000
    + '{{"}}]}]',
    "steps": "scrape_configs:\n- job_name: a\n  static_configs: [{targets: ["
    + ",".join(['"' + "a" * 90 + '"'] * 50)
    + "]}]\n  relabel_configs:\n"
    + '  - {source_labels: [__address__], regex: "(.*)(.*)(.*)(.*)", replacement: $1, '
    "target_label: __address__}\n" * 60,
    "alerts": "groups: [{name: a, rules: ["
    + "{alert: b, expr: 'sum by (a) (x) + sum by (a) (y) > 4'}," * 700
    + "]}]",
    "sums": "groups: [{name: a, rules: [{alert: b, expr: '" + "sum(x)+" * 250 + "sum(x)'}]}]",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_end_soon(text: str) -> None:
    start = time.process_time()
    verdict = check_files({"prometheus.yml": text}, {"prometheus.yml": "prometheus"})
    assert verdict.unscored == ""
    assert time.process_time() - start < 1.5


_KEYS = st.sampled_from(
    """groups name rules alert record expr for labels annotations interval limit global
    scrape_configs job_name static_configs targets relabel_configs action regex source_labels
    kubernetes_sd_configs role selectors tls_config remote_write url queue_config rule_files tests
    input_series series values alerting alertmanagers storage tsdb otlp tracing""".split()
)
_VALUES = st.recursive(
    st.sampled_from(["", "up", "5m", "5", "null", "true", "'a'", "-1", "{{ $x", "rate(x)", "[]"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(_KEYS, inner, max_size=4).map(
            lambda pairs: "{" + ", ".join(f"{k}: {v}" for k, v in pairs.items()) + "}"
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(_KEYS, _VALUES, min_size=1, max_size=4))
def test_no_tree_breaks_a_rule(pairs: dict[str, str]) -> None:
    text = "".join(f"{key}: {value}\n" for key, value in pairs.items())
    verdict = check_files({"prometheus.yml": text}, {"prometheus.yml": "prometheus"})
    assert verdict.unscored == ""
    try:
        model = LANGUAGE.parse({"prometheus.yml": text})
    except ParseError:
        return
    for one in model.every_alert:
        assert one.fires
    for job in model.config.jobs if model.config else ():
        job.scraped("a:1", {})


@pytest.mark.skipif(bool(missing_tool()), reason="promtool is not installed")
def test_promtool_says_the_same() -> None:
    assert ask_promtool({"prometheus.yml": CONFIG}).valid
    assert ask_promtool({"rules.yml": RULES}).valid
    wrong = ask_promtool({"rules.yml": RULES.replace("[5m]", "", 1)})
    assert wrong.valid is False
    assert "could not parse expression" in wrong.findings[0].message


def test_the_library_judges_expressions() -> None:
    pytest.importorskip("promql_parser")
    assert ask_library({"rules.yml": RULES}).valid
    assert ask_library({"rules.yml": RULES.replace("[5m]", "", 1)}).valid is False
    assert ask_library({"prometheus.yml": CONFIG}).valid is None
