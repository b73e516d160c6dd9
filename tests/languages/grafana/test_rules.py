"""What Grafana cannot load or show is found; what it mends is only noticed."""

import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iac_gym.verdict import Stage
from iac_gym.verifier import check_files


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"title": ""}, "dashboards-have-a-title"),
        ({"title": 5}, "values-have-their-type"),
        ({"panels": {}}, "values-have-their-type"),
        ({"panels": [1]}, "values-have-their-type"),
        ({"tags": "a"}, "values-have-their-type"),
        ({"time": {"from": "6h"}}, "settings-are-right"),
        ({"refresh": "often"}, "settings-are-right"),
        ({"uid": "a b"}, "settings-are-right"),
        ({"timezone": "berlin"}, "settings-are-right"),
        ({"links": [{"type": "page"}]}, "settings-are-right"),
        ({"templating": {"list": [{"type": "custom", "query": "a"}]}}, "variables-are-right"),
        ({"templating": {"list": [{"name": "a", "type": "list"}]}}, "variables-are-right"),
        ({"templating": {"list": [{"name": "a", "type": "query"}]}}, "variables-are-right"),
    ],
)
def test_dashboards(findings, board, more, rule):
    assert rule in findings(board(**more))


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"type": ""}, "panels-have-a-type"),
        ({"fieldConfig": {"defaults": {"min": "0"}}}, "values-have-their-type"),
        ({"fieldConfig": {"defaults": {"min": 5, "max": 5}}}, "ranges-are-right"),
        ({"fieldConfig": {"defaults": {"color": {"mode": "palette"}}}}, "options-are-known"),
        ({"fieldConfig": {"defaults": {"custom": {"drawStyle": "lines"}}}}, "options-are-known"),
        ({"fieldConfig": {"overrides": [{"properties": []}]}}, "options-are-known"),
        ({"fieldConfig": {"overrides": [{"matcher": {"id": "name"}}]}}, "options-are-known"),
        ({"options": {"reduceOptions": {"calcs": ["lastNotNul"]}}}, "options-are-known"),
        ({"options": {"legend": {"displayMode": "tables"}}}, "options-are-known"),
        ({"transformations": [{"id": "outerJoin"}]}, "options-are-known"),
        ({"title": "of $job"}, "variables-are-defined"),
        ({"repeat": "job"}, "variables-are-defined"),
        ({"datasource": {"uid": "${source}"}}, "variables-are-defined"),
        ({"targets": [{"refId": "A", "expr": "sum(up"}]}, "queries-can-be-read"),
        ({"targets": [{"refId": "A", "expr": 'up{job="$job"}'}]}, "variables-are-defined"),
        ({"targets": [{"refId": "A", "expr": "a"}, {"refId": "A", "expr": "b"}]},
         "queries-are-named-once"),
    ],
)  # fmt: skip
def test_panels(findings, board, panel, more, rule):
    assert rule in findings(board(panel("up", **more)))


@pytest.mark.parametrize(
    "more",
    [
        {"type": "my-plugin-panel"},
        {"gridPos": {"x": 20, "y": 0, "w": 12, "h": 8}},
        {"fieldConfig": {"defaults": {"unit": "widgets"}}},
        {"fieldConfig": {"defaults": {"unit": "suffix:widgets"}}},
        {"fieldConfig": {"defaults": {"thresholds": {"steps": [{"color": "red", "value": 1}]}}}},
        {"targets": [{"refId": "A", "expr": 'label_replace(up, "a", "$1", "b", "(.*)")'}]},
        {"targets": [{"refId": "A", "expr": "rate(up[$__rate_interval])"}]},
        {"targets": [{"refId": "A", "expr": ""}]},
        {"targets": [{"refId": "A", "rawSql": "SELECT $__timeFilter(t)"}],
         "datasource": {"type": "mysql"}},
        {"datasource": None},
        {"libraryPanel": {"uid": "x"}, "type": None},
    ],
)  # fmt: skip
def test_panels_that_grafana_takes(findings, board, panel, more):
    assert findings(board(panel("up", **more))) == {}


def test_notices(findings, board, panel):
    text = board(panel("up", id=1), panel("up", id=1), templating={"list": []})
    assert findings(text, stages=(Stage.NOTICE,)).keys() == {
        "panels-have-ids-of-their-own", "panels-do-not-overlap",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"title": "a",}', "title: a"])
def test_no_dashboard(findings, text):
    assert "syntax" in findings(text)


def test_a_dashboard_as_the_api_takes_it(findings, board, panel):
    assert findings(json.dumps({"dashboard": json.loads(board(panel("up"))), "folderId": 0})) == {}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("datasource: []", "files-provision-something"),
        ("datasources: {name: a}", "values-have-their-type"),
        ("datasources: [{name: a}]", "datasources-are-complete"),
        ("datasources: [{name: a, type: b}, {name: a, type: b}]", "datasources-are-complete"),
        ("datasources: [{name: a, type: b, access: public}]", "datasources-are-complete"),
        ("datasources: [{name: a, type: b, isDefault: true}, {name: c, type: b, isDefault: true}]",
         "datasources-are-complete"),
        ("providers: [{name: a}]", "providers-are-complete"),
        ("groups: [{name: a, folder: b, interval: soon}]", "durations-are-right"),
        ("groups: [{name: a, folder: b, interval: 1m, rules: [{title: a}]}]",
         "alert-rules-are-complete"),
        ("policies: [{group_by: [a]}]", "alert-rules-are-complete"),
        ("contactPoints: [{name: a, receivers: [{type: email}]}]", "alert-rules-are-complete"),
    ],
)  # fmt: skip
def test_provisioning(findings, text, rule):
    assert rule in findings(text, "a.yml")


@pytest.mark.parametrize(
    "text",
    ['"$a"' * 9000, "$a" * 30000, "sum($a) + " * 6000 + "1", "(" * 30000, "\"'`" * 20000 + "$a"],
)
def test_hostile_queries_in_time(board, panel, text):
    started = time.process_time()
    verdict = check_files({"a.json": board(panel(text))}, {"a.json": "grafana"})
    assert verdict.unscored == ""
    assert time.process_time() - started < 2


KEYS = """
    panels type title targets expr refId gridPos x w h fieldConfig defaults overrides matcher id
    thresholds steps value options templating list name query datasource uid time from annotations
    transformations reduceOptions calcs rows collapsed links dashboard""".split()
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4) | st.sampled_from(["row", "$a", "up[$b]", "timeseries", "query"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=25,
)  # fmt: skip


@given(ANY, ANY, ANY, st.sampled_from(["a.json", "a.yml"]))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_tree_gets_a_verdict(one, other, third, path):
    tree = {"title": "a", "panels": [{"type": "row", "panels": [one]}, other, one],
            "templating": {"list": [third]}, "datasources": [one],
            "groups": [{"rules": [third]}]}  # fmt: skip
    verdict = check_files({path: json.dumps(tree)}, {path: "grafana"})
    assert verdict.unscored == ""
