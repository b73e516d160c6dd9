"""The model shows what can be seen on a dashboard, whatever its spelling."""

import json

import pytest

from iac_gym.languages.grafana import LANGUAGE
from iac_gym.languages.grafana.equivalents import equivalents


def only(model):
    (found,) = model.dashboard.panels
    return found


def test_a_panel_in_normal_form(parse, board, panel):
    fields = {
        "defaults": {
            "unit": "reqps", "min": 0, "max": 100, "decimals": 1,
            "thresholds": {
                "steps": [{"color": "green", "value": None}, {"color": "red", "value": 80}]
            },
        },
        "overrides": [],
    }  # fmt: skip
    model = parse(board(panel("sum(up)", fieldConfig=fields), refresh="30s", tags=["a", "b"]))
    found = only(model)
    assert (found.title, found.type, found.unit) == ("Requests", "timeseries", "reqps")
    assert (found.least, found.most, found.decimals) == (0, 100, 1)
    assert [(one.value, one.color) for one in found.thresholds] == [(None, "green"), (80, "red")]
    assert found.grid.w == 12
    assert found.queries[0].promql.root.op == "sum"
    assert model.dashboard.refresh == "30s"
    assert model.dashboard.tags == ("a", "b")
    assert model.dashboard.panel(" requests ") is not None


@pytest.mark.parametrize("hidden", [{"hide": True}])
def test_hidden_queries_do_not_count(parse, board, panel, hidden):
    target = {"refId": "A", "expr": "up", **hidden}
    assert only(parse(board(panel(target)))).queries == []


@pytest.mark.parametrize("size", [{"w": 0, "h": 8}, {"w": 12, "h": 0}])
def test_panels_without_size_do_not_count(parse, board, panel, size):
    assert parse(board(panel("up", gridPos={"x": 0, "y": 0, **size}))).dashboard.panels == ()


def test_rows(parse, board, panel):
    def at(y, title):
        return panel("up", title=title, gridPos={"x": 0, "y": y, "w": 12, "h": 8})

    def row(y, title, collapsed, *panels):
        place = {"x": 0, "y": y, "w": 24, "h": 1}
        return {"type": "row", "title": title, "collapsed": collapsed, "gridPos": place,
                "panels": list(panels)}  # fmt: skip

    model = parse(
        board(
            row(30, "closed", True, at(31, "inside")),
            at(11, "below"),
            row(10, "open", False, at(12, "lost")),
            at(0, "above"),
        )
    )
    found = {one.title: one.row for one in model.dashboard.panels}
    assert found == {"above": "", "below": "open", "inside": "closed"}
    assert "panels-are-shown" in model.faults


@pytest.mark.parametrize(
    ("reference", "variable", "resolved"),
    [
        ({"type": "prometheus", "uid": "x"}, None, "prometheus"),
        ({"uid": "${source}"}, {"type": "datasource", "query": "prometheus"}, "prometheus"),
        ("$source", {"type": "datasource", "query": "loki"}, "loki"),
        ("Prometheus", None, "prometheus"),
        (None, None, ""),
    ],
)
def test_data_sources(parse, board, panel, reference, variable, resolved):
    variables = [{"name": "source", **variable}] if variable else []
    text = board(panel("up", datasource=reference), templating={"list": variables})
    assert only(parse(text)).queries[0].resolved == resolved


def test_inputs_of_exported_dashboards(parse, board, panel):
    inputs = [{"name": "DS_PROM", "type": "datasource", "pluginId": "prometheus"}]
    model = parse(board(panel("up", datasource="${DS_PROM}"), __inputs=inputs))
    assert only(model).queries[0].kind == "promql"
    assert model.faults == {}


@pytest.mark.parametrize(
    ("expr", "read"),
    [
        ("rate(a[$__rate_interval])", "rate(a[241s])"),
        ("rate(a[${__interval}])", "rate(a[61s])"),
        ("rate(a[[[window]]])", "rate(a[301s])"),
        ("rate(a[5$unit])", "rate(a[5m])"),
        ('a{b=~"$job"}', 'a{b=~"$job"}'),
        ('a{b=~"${job:regex}", c="[[env]]-x${id}y"}', 'a{b=~"$job", c="$env-x${id}y"}'),
        ("${metric}_total > $limit", "grafana_variable_metric_total > 31"),
        ("topk($count, a)", "topk(31, a)"),
        ("sum by ($labels) (a)", "sum by (grafana_variable_labels) (a)"),
        ("a / $__range_s", "a / 3601"),
    ],
)
def test_variables_in_queries(parse, board, panel, expr, read):
    query = only(parse(board(panel(expr)))).queries[0]
    assert query.read.text == read
    assert query.promql is not None


def test_queries_that_only_grafana_could_read_are_not_judged(findings, board, panel):
    names = [{"name": "by", "type": "custom", "query": "by (a),by (b)"}]
    text = board(panel("sum $by (up)"), templating={"list": names})
    assert findings(text) == {}


def test_variables(parse, board):
    given = [
        {"name": "job", "type": "query", "query": {"query": "label_values(up{a=\"b\"}, job)"},
         "multi": True, "includeAll": True},
        {"name": "window", "type": "interval", "query": "1m,10m, 1h"},
        {"name": "env", "type": "custom", "query": "Production : prod, dev"},
        {"name": "hidden", "type": "constant", "query": "x", "hide": 2},
    ]  # fmt: skip
    found = parse(board(templating={"list": given})).dashboard.variables
    assert found["job"].label_values == ('up{a="b"}', "job")
    assert found["job"].multi
    assert found["job"].include_all
    assert found["window"].options == ("1m", "10m", "1h")
    assert found["env"].options == ("prod", "dev")
    assert found["hidden"].hidden


def seen(files):
    """What requirements look at, in a form that can be compared."""
    model = LANGUAGE.parse(files)
    board = model.dashboard
    return (
        board.title, board.time, board.refresh, board.tags,
        [
            (p.title, p.type, p.unit, p.row, p.thresholds,
             [(q.read.text, q.resolved) for q in p.queries])
            for p in board.panels
        ],
        [(v.name, v.type, v.query, v.options, v.multi) for v in board.variables.values()],
    )  # fmt: skip


def test_rewritings_mean_the_same(board, panel):
    given = [
        {"name": "source", "type": "datasource", "query": "prometheus"},
        {"name": "job", "type": "query", "query": "label_values(up, job)"},
    ]
    first = panel('rate(up{job="$job"}[5m])', datasource="${source}")
    text = board(first, templating={"list": given}, tags=["ä"])
    wanted = seen({"dashboard.json": text})
    for change, files in equivalents({"dashboard.json": text}):
        said = LANGUAGE.parse(files).faults
        assert not said, (change, said)
        if change == "keys in the opposite order":
            continue
        assert seen(files) == wanted, change


RULES = """
apiVersion: 1
groups:
  - {name: shop, folder: Shop, interval: 1m, rules: [
      {uid: a, title: Down, condition: C, for: 5m, noDataState: OK, labels: {a: b}, data: [
        {refId: A, datasourceUid: metrics, model: {expr: 'sum(up)'}},
        {refId: B, datasourceUid: __expr__, model: {type: reduce, expression: A, reducer: last}},
        {refId: C, datasourceUid: __expr__, model: {type: threshold, expression: B}}]},
      {uid: b, title: Paused, condition: A, isPaused: true, data: [{refId: A, datasourceUid: m}]}]}
contactPoints: [{name: ops, receivers: [{uid: x, type: email, settings: {addresses: a@b.c}}]}]
policies: [{receiver: ops, group_by: [a], routes: [{object_matchers: [[severity, '=', page]]}]}]
"""


def test_alerting(parse):
    model = parse(RULES, "alerting.yml")
    assert model.faults == {}
    (rule,) = model.alert_rules
    assert (rule.title, rule.pending, rule.interval, rule.no_data) == (
        "Down",
        300_000,
        60_000,
        "OK",
    )
    assert rule.step("A").promql.expression is not None
    assert rule.step("C").kind == "threshold"
    assert model.contact_points[0].receivers[0][0] == "email"
    assert model.policies[0].routes[0].matchers == (("severity", "=", "page"),)
    assert model.policies[0].routes[0].receiver == "ops"


def test_data_sources_and_providers(parse):
    text = json.dumps(
        {
            "apiVersion": 1,
            "datasources": [
                {"name": "M", "type": "prometheus", "url": "http://m", "isDefault": True}
            ],
            "providers": [{"name": "p", "options": {"path": "/d"}, "folder": "Shop"}],
        }
    )
    model = parse(text, "all.yaml")
    assert (model.datasources[0].access, model.datasources[0].is_default) == ("proxy", True)
    assert (model.providers[0].dashboards, model.providers[0].interval) == ("/d", 10)
