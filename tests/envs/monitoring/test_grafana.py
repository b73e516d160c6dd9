"""Dashboards and provisioning files as people write them, and changes that break just one thing."""

import json

import pytest

from envs.monitoring import CATEGORY
from envs.monitoring.requirements import dashboards as boards
from envs.monitoring.requirements import dashboards_alerting as alerting
from envs.monitoring.requirements import dashboards_panels as panels
from envs.monitoring.requirements import dashboards_provisioning as provisioning
from envs.monitoring.requirements import dashboards_queries as queries
from envs.monitoring.requirements import dashboards_variables as variables
from iac_gym.languages.grafana import LANGUAGE
from iac_gym.verifier import check_files

PATH = "dashboard.json"
SOURCE = {"type": "prometheus", "uid": "main"}


def unmet(asks, text, path=PATH):
    """Return the names of the requirements that an answer does not meet."""
    model = LANGUAGE.parse({path: text})
    types = CATEGORY.requirements
    return {one.name for one in asks if list(types[one.name].check(model, **one.args))}


def board(*shown, **more):
    return json.dumps({"title": "Shop", "panels": list(shown), **more})


def panel(*expressions, **more):
    targets = [
        {"refId": chr(65 + at), "expr": expression} for at, expression in enumerate(expressions)
    ]
    return {"type": "timeseries", "title": "P", "datasource": SOURCE, "targets": targets, **more}


def fields(**defaults):
    return {"fieldConfig": {"defaults": defaults, "overrides": []}}


WHOLE = {
    "uid": "shop-1",
    "title": "Shop",
    "tags": ["slo", "shop"],
    "timezone": "Europe/Berlin",
    "editable": False,
    "graphTooltip": 1,
    "schemaVersion": 39,
    "refresh": "1m",
    "time": {"from": "now-24h", "to": "now"},
    "links": [
        {"type": "link", "title": "Runbook", "url": "https://wiki.example.com/shop/"},
        {"type": "dashboards", "title": "Others", "tags": ["shop"], "asDropdown": True},
    ],
    "annotations": {
        "list": [
            {"name": "Annotations & Alerts", "builtIn": 1, "enable": True, "hide": True},
            {
                "name": "Pages",
                "enable": True,
                "iconColor": "red",
                "datasource": SOURCE,
                "expr": 'max by (alertname) (ALERTS{severity=~"page", alertstate!="pending"}) > 0',
            },
        ]
    },
    "templating": {
        "list": [
            {"name": "datasource", "type": "datasource", "query": "prometheus"},
            {
                "name": "namespace",
                "label": "Where",
                "type": "query",
                "datasource": {"type": "prometheus", "uid": "${datasource}"},
                "definition": "label_values(http_requests_total, namespace)",
                "query": {
                    "query": "label_values(http_requests_total{}, namespace)",
                    "refId": "PrometheusVariableQueryEditor-VariableQuery",
                },
                "refresh": 2,
                "multi": True,
                "includeAll": True,
                "allValue": ".*",
            },
            {
                "name": "pod",
                "type": "query",
                "datasource": {"type": "prometheus", "uid": "${datasource}"},
                "query": 'label_values(http_requests_total{namespace=~"${namespace:regex}"}, pod)',
            },
            {"name": "interval", "type": "interval", "query": "10m,1m,5m"},
        ]
    },
    "panels": [
        {
            "id": 1,
            "type": "timeseries",
            "title": "Requests",
            "description": "All of them.",
            "datasource": {"type": "prometheus", "uid": "${datasource}"},
            "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
            "repeat": "namespace",
            "fieldConfig": {
                "defaults": {
                    "unit": "reqps",
                    "decimals": 1,
                    "custom": {"stacking": {"mode": "normal"}},
                },
                "overrides": [
                    {
                        "matcher": {"id": "byName", "options": "total"},
                        "properties": [{"id": "unit", "value": "short"}],
                    }
                ],
            },
            "options": {
                "legend": {"displayMode": "table", "placement": "right", "calcs": ["max", "mean"]}
            },
            "targets": [
                {
                    "refId": "A",
                    "legendFormat": "{{ service }}",
                    "expr": "sum(rate(http_requests_total{namespace=~'$namespace', "
                    'pod=~"^$pod$"}[${interval}])) by (service)',
                },
                {"refId": "B", "hide": True, "expr": "sum(rate(other_total[1h]))"},
            ],
        },
        {
            "id": 2,
            "type": "stat",
            "title": "Up",
            "datasource": {"type": "prometheus", "uid": "${datasource}"},
            "gridPos": {"x": 12, "y": 0, "w": 12, "h": 8},
            "fieldConfig": {
                "defaults": {
                    "min": 0,
                    "max": 10,
                    "thresholds": {
                        "mode": "absolute",
                        "steps": [
                            {"color": "green", "value": None},
                            {"color": "#FF9830", "value": 2},
                            {"color": "red", "value": 5.0},
                        ],
                    },
                },
                "overrides": [],
            },
            "options": {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "background"},
            "targets": [
                {
                    "refId": "A",
                    "expr": 'count(up{job="shop", namespace=~"$namespace", pod=~"$pod"} == 1)',
                }
            ],
        },
        {
            "type": "row",
            "title": "Details",
            "collapsed": True,
            "gridPos": {"x": 0, "y": 8, "w": 24, "h": 1},
            "panels": [
                {
                    "id": 4,
                    "type": "gauge",
                    "title": "Folded",
                    "datasource": {"type": "prometheus", "uid": "${datasource}"},
                    "gridPos": {"x": 0, "y": 9, "w": 8, "h": 6},
                    "targets": [
                        {
                            "refId": "A",
                            "expr": "max without (job, instance, pod) (node_load15{"
                            'namespace=~"$namespace", pod=~"$pod"})',
                        }
                    ],
                }
            ],
        },
    ],
}
ASKS = [
    boards.dashboard_title(title="Shop"),
    boards.dashboard_uid(uid="shop-1"),
    boards.dashboard_tags(tags=["shop", "slo"]),
    boards.dashboard_refresh(time="60s"),
    boards.dashboard_range(time="1d"),
    boards.dashboard_zone(zone="Europe/Berlin"),
    boards.shared_crosshair(),
    boards.read_only_dashboard(),
    boards.dashboard_link(title="Runbook", url="https://wiki.example.com/shop"),
    boards.linked_dashboards(tag="shop"),
    boards.alerts_annotated(name="Pages", label="severity", value="page"),
    boards.panel_in_row(panel="Folded", row="Details"),
    boards.folded_row(row="Details"),
    boards.side_by_side(panels=["Requests", "Up"]),
    boards.panel_size(panel="Requests", width=12, height=8),
    panels.panel_type(panel="Up", kind="stat"),
    panels.panel_unit(panel="Requests", unit="reqps"),
    panels.panel_decimals(panel="Requests", count=1),
    panels.panel_description(panel="Requests", text="All of them."),
    panels.panel_stacked(panel="Requests"),
    panels.panel_legend(panel="Requests", label="service"),
    panels.legend_table(panel="Requests", values=["mean", "max"]),
    panels.panel_scale(panel="Up", least=0, most=10),
    panels.panel_threshold(panel="Up", color="orange", value=2),
    panels.panel_threshold(panel="Up", color="red", value=5),
    panels.panel_reduces(panel="Up", calculation="lastNotNull"),
    queries.panel_rate(
        panel="Requests", metric="http_requests_total", label="service", window="$interval"
    ),
    queries.panel_up(panel="Up", job="shop"),
    variables.variable_values(
        variable="namespace", label="namespace", metric="http_requests_total"
    ),
    variables.variable_values(variable="pod", label="pod", metric="http_requests_total"),
    variables.variable_depends(variable="pod", parent="namespace", label="namespace"),
    variables.panels_filtered(variable="namespace", label="namespace"),
    variables.panels_filtered(variable="pod", label="pod"),
    variables.variable_several(variable="namespace"),
    variables.variable_all(variable="namespace"),
    variables.variable_label(variable="namespace", text="Where"),
    variables.variable_rereads(variable="namespace"),
    variables.variable_choices(variable="interval", kind="interval", values=["1m", "5m", "10m"]),
    variables.variable_source(variable="datasource", kind="prometheus"),
    variables.panel_repeated(panel="Requests", variable="namespace"),
]


def test_a_whole_dashboard_meets_everything():
    text = json.dumps(WHOLE)
    assert unmet(ASKS, text) == set()
    assert check_files({PATH: text}, {PATH: "grafana"}).valid


def test_its_one_panel_in_a_folded_row_is_seen():
    ask = queries.panel_gauge(
        panel="Folded", function="maximum", metric="node_load15", label="zone"
    )
    assert unmet([ask], json.dumps(WHOLE)) == set()


CHANGES = [
    ('"title": "Shop"', '"title": "Shops"', "dashboard-title"),
    ('"uid": "shop-1"', '"uid": "shop-2"', "dashboard-uid"),
    ('["slo", "shop"]', '["slo", "shop", "more"]', "dashboard-tags"),
    ('"refresh": "1m"', '"refresh": "10m"', "dashboard-refresh"),
    ("now-24h", "now-2d", "dashboard-range"),
    ('"to": "now"', '"to": "now-1h"', "dashboard-range"),
    ('"Europe/Berlin"', '"browser"', "dashboard-zone"),
    ('"graphTooltip": 1', '"graphTooltip": 0', "shared-crosshair"),
    ('"editable": false', '"editable": true', "read-only-dashboard"),
    ("wiki.example.com", "docs.example.com", "dashboard-link"),
    ('"tags": ["shop"]', '"tags": ["shop", "slo"]', "linked-dashboards"),
    ('alertstate!=\\"pending\\"', 'alertstate!=\\"firing\\"', "alerts-annotated"),
    ('severity=~\\"page\\", ', "", "alerts-annotated"),
    ('"enable": true, "iconColor"', '"enable": false, "iconColor"', "alerts-annotated"),
    ('"w": 12, "h": 8}, "repeat"', '"w": 11, "h": 8}, "repeat"', "panel-size"),
    ('"type": "stat"', '"type": "gauge"', "panel-type"),
    ('"unit": "reqps"', '"unit": "ops"', "panel-unit"),
    ('"byName", "options": "total"', '"byType", "options": "number"', "panel-unit"),
    ('"decimals": 1', '"decimals": 2', "panel-decimals"),
    ("All of them.", "Some of them.", "panel-description"),
    ('{"mode": "normal"}', '{"mode": "percent"}', "panel-stacked"),
    ("{{ service }}", "{{ service }} x", "panel-legend"),
    ("{{ service }}", "{{ pod }}", "panel-legend"),
    ('"displayMode": "table"', '"displayMode": "list"', "legend-table"),
    ('["max", "mean"]', '["max", "min"]', "legend-table"),
    ('"max": 10', '"max": 100', "panel-scale"),
    ('"value": 5.0', '"value": 6', "panel-threshold"),
    ('"colorMode": "background"', '"colorMode": "none"', "panel-threshold"),
    ('"calcs": ["lastNotNull"]', '"calcs": ["mean"]', "panel-reduces"),
    ("by (service)", "by (service, job)", "panel-rate"),
    ("sum(rate(http", "avg(rate(http", "panel-rate"),
    ("sum(rate(http", "2 * sum(rate(http", "panel-rate"),
    ("rate(http_requests", "increase(http_requests", "panel-rate"),
    ("[${interval}]", "[$__rate_interval]", "panel-rate"),
    ("[${interval}]", "[301s]", "panel-rate"),
    ('"hide": true, "expr"', '"hide": false, "expr"', ("panel-rate", "panel-legend",
                                                      "panels-filtered")),
    ("== 1)", ">= 0)", "panel-up"),
    ('job=\\"shop\\", ', "", "panel-up"),
    ('total{}, namespace)"', 'total{}, pod)"', "variable-values"),
    ('http_requests_total{}, n', 'http_requests_total{code=\\"200\\"}, n', "variable-values"),
    ('namespace=~\\"${namespace:regex}\\"', 'zone=~\\"${namespace:regex}\\"', "variable-depends"),
    ("namespace=~'$namespace', ", "", "panels-filtered"),
    ("namespace=~'$namespace', ", "namespace='$namespace', ", "panels-filtered"),
    ("namespace=~'$namespace', ", "namespace=~'.*$namespace.*', ", "panels-filtered"),
    ('"multi": true', '"multi": false', "variable-several"),
    ('"includeAll": true', '"includeAll": false', "variable-all"),
    ('"label": "Where"', '"label": "There"', "variable-label"),
    ('"refresh": 2', '"refresh": 1', "variable-rereads"),
    ("10m,1m,5m", "10m,1m,6m", "variable-choices"),
    ('"type": "datasource", "query": "prometheus"', '"type": "datasource", "query": "loki"',
     "variable-source"),
    ('"repeat": "namespace"', '"repeat": "pod"', "panel-repeated"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "name"), CHANGES)
def test_one_change_breaks_one_requirement(old, new, name):
    text = json.dumps(WHOLE)
    assert old in text
    wanted = {name} if isinstance(name, str) else set(name)
    assert unmet(ASKS, text.replace(old, new, 1)) == wanted


def test_a_variable_that_is_hidden_cannot_be_chosen():
    text = json.dumps(WHOLE).replace('"label": "Where"', '"label": "Where", "hide": 2')
    assert "variable-values" in unmet(ASKS, text)


def test_a_panel_of_an_open_row_stands_below_it():
    row = {"type": "row", "title": "Details", "collapsed": False, "panels": []}
    inside = [
        {**row, "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1}},
        panel("up", gridPos={"x": 0, "y": 1, "w": 12, "h": 8}),
    ]
    ask = [boards.panel_in_row(panel="P", row="Details")]
    assert unmet(ask, board(*inside)) == set()
    assert unmet([boards.folded_row(row="Details")], board(*inside)) == {"folded-row"}
    below = [
        {**row, "gridPos": {"x": 0, "y": 9, "w": 24, "h": 1}},
        panel("up", gridPos={"x": 0, "y": 1, "w": 12, "h": 8}),
    ]
    assert unmet(ask, board(*below)) == {"panel-in-row"}


def test_two_panels_of_a_title_or_one_without_a_size_are_no_answer():
    ask = [panels.panel_type(panel="P", kind="timeseries")]
    assert unmet(ask, board(panel("up"))) == set()
    assert unmet(ask, board(panel("up"), panel("down"))) == {"panel-type"}
    flat = panel("up", gridPos={"x": 0, "y": 0, "w": 12, "h": 0})
    assert unmet(ask, board(flat)) == {"panel-type"}


ERRORS = queries.panel_errors(panel="P", metric="http_requests_total", code="code", window="5m")
RIGHT = [
    'sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) * 100',
    '(1 - sum(rate(http_requests_total{code!~"5.*"}[5m])) / sum(rate(http_requests_total[5m]))) '
    "* 100",
    '100 * sum(rate(http_requests_total{code=~"5[0-9]{2}"}[5m])) / '
    "ignoring(code) sum(rate(http_requests_total[300s]))",
    'sum(increase(http_requests_total{code=~"^5..$"}[5m])) '
    "/ (sum(increase(http_requests_total[5m])) / 100)",
]
WRONG = [
    'sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))',
    'sum(rate(http_requests_total{code=~"[45].."}[5m])) / sum(rate(http_requests_total[5m])) * 100',
    'sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[1m])) * 100',
    'sum(rate(http_requests_total{code=~"5.."}[5m])) * 100',
    'avg(rate(http_requests_total{code=~"5.."}[5m]) / ignoring(code) group_left '
    "sum without (code) (rate(http_requests_total[5m]))) * 100",
]


@pytest.mark.parametrize("expression", RIGHT)
def test_the_share_of_errors_in_other_words(expression):
    assert unmet([ERRORS], board(panel(expression))) == set()


@pytest.mark.parametrize("expression", WRONG)
def test_nearly_the_share_of_errors(expression):
    assert unmet([ERRORS], board(panel(expression))) == {"panel-errors"}


def test_percentiles_need_a_query_each():
    ask = [
        queries.panel_percentiles(
            panel="P", percentiles=[50, 99], metric="latency_seconds", window="$__rate_interval"
        )
    ]

    def quantile(share, window="$__rate_interval"):
        return f"histogram_quantile({share}, sum(rate(latency_seconds_bucket[{window}])) by (le))"

    assert unmet(ask, board(panel(quantile(0.99), quantile(0.5)))) == set()
    for wrong in (
        [quantile(0.99)],
        [quantile(0.99), quantile(0.9)],
        [quantile(0.99), quantile(0.5), quantile(0.9)],
        [quantile(0.99), quantile(0.5, "5m")],
        [
            quantile(0.99).replace("sum(", "avg("),
            "histogram_quantile(0.5, "
            "sum by (le, instance) (rate(latency_seconds_bucket[$__rate_interval])))",
        ],
    ):
        assert unmet(ask, board(panel(*wrong))) == {"panel-percentiles"}


def test_a_hidden_query_does_not_count():
    ask = [queries.panel_up(panel="P", job="a")]
    shown = panel('sum(up{job="a"})')
    assert unmet(ask, board(shown)) == set()
    shown["targets"][0]["hide"] = True
    assert unmet(ask, board(shown)) == {"panel-up"}


def test_machines():
    cpu = queries.panel_cpu(panel="P", window="5m")
    right = (
        'sum by (instance) (rate(node_cpu_seconds_total{mode!="idle"}[5m])) / on (instance) '
        'count by (instance) (node_cpu_seconds_total{mode="idle"}) * 100',
        '100 - avg by (instance) (irate(node_cpu_seconds_total{mode="idle"}[5m])) * 100',
        '(1 - avg without (cpu, mode, job) (rate(node_cpu_seconds_total{mode="idle"}[5m]))) * 100',
    )
    for one in right:
        assert unmet([cpu], board(panel(one))) == set()
    for one in (
        'avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100',
        '100 - avg(rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100',
        '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))',
    ):
        assert unmet([cpu], board(panel(one))) == {"panel-cpu"}
    memory = queries.panel_memory(panel="P")
    assert unmet([memory], board(panel(
        "(node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes) "
        "/ node_memory_MemTotal_bytes * 100"))) == set()  # fmt: skip
    assert unmet([memory], board(panel(
        "100 * (1 - node_memory_MemFree_bytes / node_memory_MemTotal_bytes)"))) == {
            "panel-memory"}  # fmt: skip
    disk = queries.panel_disk(panel="P")
    assert unmet([disk], board(panel(
        '100 - (node_filesystem_avail_bytes{fstype!~"tmpfs|overlay"} * 100) '
        '/ node_filesystem_size_bytes{fstype!~"tmpfs|overlay"}'))) == set()  # fmt: skip
    assert unmet([disk], board(panel(
        "100 - node_filesystem_free_bytes * 100 / node_filesystem_size_bytes"))) == {
            "panel-disk"}  # fmt: skip


def test_growth_over_the_range_shown():
    ask = [queries.panel_growth(panel="P", metric="events_total", window="$__range")]
    assert unmet(ask, board(panel("sum(increase(events_total[$__range]))"))) == set()
    assert unmet(ask, board(panel("round(sum(increase(events_total[${__range}])))"))) == set()
    for wrong in ("sum(increase(events_total[1h]))", "increase(events_total[$__range])",
                  "sum(rate(events_total[$__range]))"):  # fmt: skip
        assert unmet(ask, board(panel(wrong))) == {"panel-growth"}


def test_a_heatmap_of_buckets():
    ask = [queries.panel_heatmap(panel="P", metric="latency_seconds", window="5m")]

    def heatmap(expression, kind="heatmap", form="heatmap"):
        made = panel(expression, type=kind)
        made["targets"][0]["format"] = form
        return board(made)

    right = "sum(rate(latency_seconds_bucket[5m])) by (le)"
    assert unmet(ask, heatmap(right)) == set()
    assert unmet(ask, heatmap(right, "timeseries")) == {"panel-heatmap"}
    assert unmet(ask, heatmap(right, form="time_series")) == {"panel-heatmap"}
    assert unmet(ask, heatmap(right.replace("(le)", "(le, job)"))) == {"panel-heatmap"}
    assert unmet(ask, heatmap(right.replace("rate", "increase"))) == {"panel-heatmap"}


def test_a_variable_with_one_choice_is_its_value():
    ask = [queries.panel_up(panel="P", job="a")]
    for query, missing in (("a", set()), ("b", {"panel-up"}), ("a,b", {"panel-up"})):
        variable = {"name": "job", "type": "custom", "query": query}
        made = board(panel('sum(up{job="$job"})'), templating={"list": [variable]})
        assert unmet(ask, made) == missing


def test_the_top_few():
    ask = [queries.panel_top(panel="P", count=3, metric="bytes_total", label="topic", window="5m")]
    assert unmet(ask, board(panel("topk(3, sum(rate(bytes_total[5m])) by (topic))"))) == set()
    for wrong in ("topk(3, rate(bytes_total[5m]))", "sum by (topic) (rate(bytes_total[5m]))",
                  "bottomk(3, sum by (topic) (rate(bytes_total[5m])))",
                  "topk(5, sum by (topic) (rate(bytes_total[5m])))"):  # fmt: skip
        assert unmet(ask, board(panel(wrong))) == {"panel-top"}


def test_thresholds_that_nobody_sees():
    steps = [{"color": "green", "value": None}, {"color": "red", "value": 80}]
    seen = {"thresholds": {"mode": "absolute", "steps": steps}}
    ask = [panels.panel_threshold(panel="P", color="red", value=80)]
    gauge = panel("up", type="gauge")
    assert unmet(ask, board({**gauge, **fields(**seen)})) == set()
    lines = {"custom": {"thresholdsStyle": {"mode": "line"}}}
    assert unmet(ask, board(panel("up", **fields(**seen, **lines)))) == set()
    assert unmet([panels.threshold_lines(panel="P")],
                 board(panel("up", **fields(**seen, **lines)))) == set()  # fmt: skip
    assert unmet(ask, board(panel("up", **fields(**seen)))) == {"panel-threshold"}
    assert unmet([panels.threshold_lines(panel="P")], board(panel("up", **fields(**seen)))) == {
        "threshold-lines"
    }
    fixed = {"color": {"mode": "fixed", "fixedColor": "blue"}}
    assert unmet(ask, board({**gauge, **fields(**seen, **fixed)})) == {"panel-threshold"}
    share = {"thresholds": {"mode": "percentage", "steps": steps}}
    assert unmet(ask, board({**gauge, **fields(**share)})) == {"panel-threshold"}
    assert unmet(ask, board({**gauge, **fields(**share, min=0, max=100)})) == set()
    everywhere = {"thresholds": {"mode": "absolute", "steps": [
        {"color": "red", "value": None}, {"color": "red", "value": 80}]}}  # fmt: skip
    assert unmet(ask, board({**gauge, **fields(**everywhere)})) == {"panel-threshold"}


def test_legends_and_sources():
    ask = [panels.panel_source(panel="P", uid="main")]
    assert unmet(ask, board(panel("up"))) == set()
    other = panel("up")
    other["targets"][0]["datasource"] = {"type": "prometheus", "uid": "other"}
    assert unmet(ask, board(other)) == {"panel-source"}


def test_a_legend_that_grafana_makes():
    ask = [panels.panel_legend(panel="P", label="job")]
    for expression, missing in (
        ("sum by (job) (up)", set()), ("sum by (job, pod) (up)", {"panel-legend"}),
        ("up", {"panel-legend"}),
    ):  # fmt: skip
        made = panel(expression)
        made["targets"][0]["legendFormat"] = "__auto"
        assert unmet(ask, board(made)) == missing


def test_custom_variables_offer_values():
    ask = [variables.variable_choices(variable="stage", kind="custom", values=["prod", "dev"])]

    def given(query):
        return board(panel("up"), templating={"list": [
            {"name": "stage", "type": "custom", "query": query}]})  # fmt: skip

    assert unmet(ask, given("dev, Production : prod")) == set()
    assert unmet(ask, given("dev,prod,qa")) == {"variable-choices"}


SOURCES = """
apiVersion: 1
deleteDatasources:
  - {name: Old Prometheus, orgId: 1}
datasources:
  - name: Metrics
    type: prometheus
    access: proxy
    orgId: 1
    uid: metrics
    url: http://prometheus:9090/
    isDefault: true
    editable: true
    basicAuth: true
    basicAuthUser: grafana
    jsonData:
      httpMethod: POST
      timeInterval: 60s
      httpHeaderName2: x-scope-orgid
      exemplarTraceIdDestinations:
        - {name: trace_id, datasourceUid: tempo}
    secureJsonData:
      basicAuthPassword: ${PASSWORD}
      httpHeaderValue2: $__env{TENANT}
"""
SOURCE_ASKS = [
    provisioning.source_address(source="Metrics", kind="prometheus", url="http://prometheus:9090"),
    provisioning.source_default(source="Metrics"),
    provisioning.source_uid(source="Metrics", uid="metrics"),
    provisioning.source_interval(source="Metrics", time="1m"),
    provisioning.source_method(source="Metrics", method="POST"),
    provisioning.source_editable(source="Metrics"),
    provisioning.source_login(source="Metrics", user="grafana", variable="PASSWORD"),
    provisioning.source_header(source="Metrics", header="X-Scope-OrgID", variable="TENANT"),
    provisioning.source_exemplars(source="Metrics", label="trace_id", uid="tempo"),
    provisioning.source_deleted(source="Old Prometheus"),
]


def test_data_sources_in_another_style():
    assert unmet(SOURCE_ASKS, SOURCES, "datasources.yaml") == set()
    path = "datasources.yaml"
    assert check_files({path: SOURCES}, {path: "grafana"}).valid


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("prometheus:9090", "prometheus:9091", "source-address"),
        ("access: proxy", "access: direct", "source-address"),
        ("isDefault: true", "isDefault: false", "source-default"),
        ("uid: metrics", "uid: metric", "source-uid"),
        ("60s", "15s", "source-interval"),
        ("POST", "GET", "source-method"),
        ("editable: true", "editable: false", "source-editable"),
        ("basicAuth: true", "basicAuth: false", "source-login"),
        ("${PASSWORD}", "hunter2", "source-login"),
        ("httpHeaderValue2", "httpHeaderValue1", "source-header"),
        ("datasourceUid: tempo", "datasourceUid: loki", "source-exemplars"),
        ("name: Old Prometheus", "name: Prometheus", "source-deleted"),
    ],
)
def test_one_change_of_a_data_source(old, new, name):
    assert old in SOURCES
    assert unmet(SOURCE_ASKS, SOURCES.replace(old, new), "datasources.yaml") == {name}


PROVIDERS = """
apiVersion: 1
providers:
  - name: team
    folder: Team
    disableDeletion: true
    allowUiUpdates: true
    updateIntervalSeconds: 30
    options: {path: /var/lib/grafana/team/}
  - {name: disk, type: file, options: {path: /srv, foldersFromFilesStructure: true}}
"""
PROVIDER_ASKS = [
    provisioning.provider_path(provider="team", path="/var/lib/grafana/team"),
    provisioning.provider_folder(provider="team", folder="Team"),
    provisioning.provider_interval(provider="team", count=30),
    provisioning.provider_keeps(provider="team"),
    provisioning.provider_saves(provider="team"),
    provisioning.provider_structure(provider="disk"),
]


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("", "", ""),
        ("grafana/team", "grafana/teams", "provider-path"),
        ("folder: Team", "folder: Other", "provider-folder"),
        ("grafana/team/}", "grafana/team/, foldersFromFilesStructure: true}", "provider-folder"),
        ("Seconds: 30", "Seconds: 10", "provider-interval"),
        ("disableDeletion: true", "disableDeletion: false", "provider-keeps"),
        ("allowUiUpdates: true", "editable: true", "provider-saves"),
        (", foldersFromFilesStructure: true}}", "}}", "provider-structure"),
    ],
)
def test_providers_of_dashboards(old, new, name):
    text = PROVIDERS.replace(old, new) if old else PROVIDERS
    assert unmet(PROVIDER_ASKS, text, "dashboards.yaml") == ({name} if name else set())


ALERT = """
apiVersion: 1
groups:
  - orgId: 1
    name: load
    folder: Machines
    interval: 60s
    rules:
      - uid: high-load
        title: High load
        condition: C
        for: 300s
        noDataState: OK
        labels: {severity: page}
        data:
          - refId: A
            datasourceUid: main
            relativeTimeRange: {from: 600, to: 0}
            model: {refId: A, expr: max by (instance) (node_load15)}
          - refId: B
            datasourceUid: __expr__
            model: {refId: B, type: reduce, reducer: last, expression: A}
          - refId: C
            datasourceUid: __expr__
            model: {refId: C, type: math, expression: "$B > 8"}
"""
ALERT_ASKS = [
    alerting.grafana_alert_above(
        alert="High load", label="instance", metric="node_load15", threshold=8
    ),
    alerting.grafana_alert_place(alert="High load", folder="Machines", group="load"),
    alerting.grafana_alert_interval(alert="High load", time="1m"),
    alerting.grafana_alert_waits(alert="High load", time="5m"),
    alerting.grafana_alert_label(alert="High load", label="severity", value="page"),
    alerting.grafana_alert_no_data(alert="High load", state="OK"),
    alerting.grafana_alert_source(alert="High load", uid="main"),
]
EVERY = {one.name for one in ALERT_ASKS}


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("", "", set()),
        ('type: math, expression: "$B > 8"', "type: threshold, expression: B, conditions: "
         "[{evaluator: {type: gt, params: [8]}}]", set()),
        ("expr: max by (instance) (node_load15)", "expr: node_load15", set()),
        ("$B > 8", "$B > 9", {"grafana-alert-above"}),
        ("$B > 8", "$B < 8", {"grafana-alert-above"}),
        ("condition: C", "condition: B", {"grafana-alert-above"}),
        ("max by (instance) (node_load15)", "max(node_load15)", {"grafana-alert-above"}),
        ("folder: Machines", "folder: Others", {"grafana-alert-place"}),
        ("interval: 60s", "interval: 30s", {"grafana-alert-interval"}),
        ("for: 300s", "for: 30s", {"grafana-alert-waits"}),
        ("severity: page", "severity: low", {"grafana-alert-label"}),
        ("noDataState: OK", "noDataState: Alerting", {"grafana-alert-no-data"}),
        ("datasourceUid: main", "datasourceUid: other", {"grafana-alert-source"}),
        ("noDataState: OK", "noDataState: OK\n        isPaused: true", EVERY),
    ],
)  # fmt: skip
def test_an_alert_rule(old, new, names):
    text = ALERT.replace(old, new) if old else ALERT
    assert unmet(ALERT_ASKS, text, "alerting.yaml") == names


@pytest.mark.parametrize(
    "text",
    [
        '{"panels": 5}', '{"panels": [1, null, {"targets": 3}], "templating": {"list": [null]}}',
        '{"panels": [{"title": "P", "targets": [{"expr": 5}]}], "time": [], "links": {}}',
        '{"panels": [{"title": "P", "options": [], "fieldConfig": {"defaults": {"unit": 1}}}]}',
        '{"annotations": {"list": [{"name": "Pages", "target": 3}]}, "panels": []}',
        '{"panels": [{"title": "P", "targets": [{"expr": "rate($x[$y])", "refId": "A"}]}]}',
    ],
)  # fmt: skip
def test_odd_trees_get_findings(text):
    asks = [*ASKS, ERRORS, panels.threshold_lines(panel="P")]
    assert len(unmet(asks, text)) > 20
