"""Objects of the Prometheus operator as people write them, and changes that break one thing."""

import pytest

from envs.monitoring import CATEGORY
from envs.monitoring.requirements import operators_monitors as monitors
from envs.monitoring.requirements import operators_routes as routes
from envs.monitoring.requirements import operators_targets as targets_of
from iac_gym.languages.custom_resources import LANGUAGE
from iac_gym.verifier import check_files

PATH = "manifest.yaml"


def unmet(asks, text):
    """Return the names of the requirements that a manifest does not meet."""
    model = LANGUAGE.parse({PATH: text})
    types = CATEGORY.requirements
    return {one.name for one in asks if list(types[one.name].check(model, **one.args))}


MONITOR = """
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: shop
  namespace: monitoring
  labels: {release: prometheus, app: shop}
spec:
  jobLabel: app
  sampleLimit: 5000
  namespaceSelector:
    matchNames: [b, a]
  selector:
    matchExpressions:
      - {key: app.kubernetes.io/name, operator: In, values: [shop]}
  endpoints:
    - port: admin
      interval: 5m
    - port: metrics
      path: /metrics
      interval: 60s
      scrapeTimeout: 5000ms
      scheme: https
      honorLabels: true
      tlsConfig: {ca: {secret: {name: ca, key: ca.crt}}}
      bearerTokenSecret: {name: token, key: bearer}
      relabelings:
        - {action: replace, regex: (.*), replacement: "$1", sourceLabels:
            [__meta_kubernetes_pod_node_name], targetLabel: node}
        - {targetLabel: __metrics_path__, replacement: /shop/metrics}
      metricRelabelings:
        - {action: keep, sourceLabels: [__name__], regex: "[^g].*|g[^o].*|go[^_].*"}
"""
KNOWN = {"kind": "ServiceMonitor", "name": "shop"}
PORT = {**KNOWN, "port": "metrics"}
ASKS = [
    monitors.operator_object(**KNOWN, namespace="monitoring"),
    monitors.operator_object_label(**KNOWN, label="release", value="prometheus"),
    monitors.monitor_selects(**KNOWN, label="app.kubernetes.io/name", value="shop"),
    monitors.monitor_namespaces(**KNOWN, namespaces=["a", "b"]),
    monitors.monitor_port(**PORT),
    monitors.monitor_interval(**PORT, time="1m"),
    monitors.monitor_timeout(**PORT, time="5s"),
    monitors.monitor_path(**PORT, path="/shop/metrics"),
    monitors.monitor_https(**PORT),
    monitors.monitor_token(**PORT, key="bearer", secret="token"),
    monitors.monitor_honors(**PORT),
    monitors.monitor_drops(**PORT, prefix="go_"),
    monitors.monitor_label_from(**PORT, label="node", thing="node"),
    monitors.monitor_job_label(**KNOWN, label="app"),
    monitors.monitor_sample_limit(**KNOWN, count=5000),
]
ENDPOINT = {
    "monitor-port", "monitor-interval", "monitor-timeout", "monitor-path", "monitor-https",
    "monitor-token", "monitor-honors", "monitor-drops", "monitor-label-from",
}  # fmt: skip


def test_a_service_monitor_meets_everything():
    assert unmet(ASKS, MONITOR) == set()
    assert check_files({PATH: MONITOR}, {PATH: "custom_resources"}).valid


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("namespace: monitoring", "namespace: other", {"operator-object"}),
        ("release: prometheus", "release: other", {"operator-object-label"}),
        ("values: [shop]", "values: [shop, other]", set()),
        ("values: [shop]", "values: [shop, not-shop]", {"monitor-selects"}),
        ("operator: In, values: [shop]", "operator: Exists", {"monitor-selects"}),
        ("      - {key: app.kubernetes.io/name, operator: In, values: [shop]}", "      []",
         {"monitor-selects"}),
        ("matchNames: [b, a]", "matchNames: [b]", {"monitor-namespaces"}),
        ("matchNames: [b, a]", "matchNames: [b, a]\n    any: true", {"monitor-namespaces"}),
        ("port: metrics", "targetPort: metrics", ENDPOINT),
        ("port: admin", "port: metrics", ENDPOINT),
        ("interval: 60s", "interval: 6m", {"monitor-interval"}),
        ("5000ms", "500ms", {"monitor-timeout"}),
        ("replacement: /shop/metrics", "replacement: /shops/metrics", {"monitor-path"}),
        ("scheme: https", "scheme: http", {"monitor-https"}),
        ("{ca: {secret: {name: ca, key: ca.crt}}}", "{insecureSkipVerify: true}",
         {"monitor-https"}),
        ("name: token", "name: tokens", {"monitor-token"}),
        ("honorLabels: true", "honorLabels: false", {"monitor-honors"}),
        ("action: keep, sourceLabels: [__name__]", "action: drop, sourceLabels: [__name__]",
         {"monitor-drops"}),
        ("targetLabel: node}", "targetLabel: nodes}", {"monitor-label-from"}),
        ("jobLabel: app", "jobLabel: job", {"monitor-job-label"}),
        ("sampleLimit: 5000", "sampleLimit: 500", {"monitor-sample-limit"}),
        ("- {targetLabel: __metrics_path__, replacement: /shop/metrics}",
         '- {action: drop, sourceLabels: [__scheme__], regex: "http|https"}', ENDPOINT),
    ],
)  # fmt: skip
def test_one_change_of_a_monitor(old, new, names):
    assert old in MONITOR
    assert unmet(ASKS, MONITOR.replace(old, new)) == names


def test_pod_monitors_log_in_and_look_everywhere():
    text = """
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: shop, namespace: monitoring}
spec:
  namespaceSelector: {any: true}
  selector: {matchLabels: {app: shop}}
  podMetricsEndpoints:
    - port: web
      basicAuth:
        password: {key: pass, name: login}
        username: {key: user, name: login}
"""
    known = {"kind": "PodMonitor", "name": "shop"}
    asks = [
        monitors.monitor_selects(**known, label="app", value="shop"),
        monitors.monitor_everywhere(**known),
        monitors.monitor_basic_auth(
            **known, port="web", secret="login", user="user", password="pass"
        ),
    ]
    assert unmet(asks, text) == set()
    assert check_files({PATH: text}, {PATH: "custom_resources"}).valid
    assert unmet(asks, text.replace("any: true", "any: false")) == {"monitor-everywhere"}
    assert unmet(asks, text.replace("key: pass", "key: user")) == {"monitor-basic-auth"}
    assert unmet(asks, text.replace("{app: shop}", "{app: shop, tier: web}")) == {"monitor-selects"}
    nowhere = text.replace("{matchLabels: {app: shop}}", "{}")
    assert unmet(asks, nowhere) == {"monitor-selects"}


PROBE = """
apiVersion: monitoring.coreos.com/v1
kind: Probe
metadata: {name: sites, namespace: monitoring}
spec:
  jobName: sites-job
  interval: 120s
  module: http_2xx
  prober: {url: "blackbox.monitoring.svc:9115", path: /probe}
  targets:
    staticConfig:
      static: ["https://b.example.com", "https://a.example.com"]
      labels: {env: prod}
---
apiVersion: monitoring.coreos.com/v1alpha1
kind: ScrapeConfig
metadata: {name: machines, namespace: monitoring}
spec:
  scrapeInterval: 20s
  metricsPath: /stats
  staticConfigs: [{targets: ["vm1:9100"]}, {targets: ["vm2:9100"]}]
"""
PROBE_ASKS = [
    targets_of.probe_module(name="sites", prober="blackbox.monitoring.svc:9115", module="http_2xx"),
    targets_of.probe_targets(
        name="sites", targets=["https://a.example.com", "https://b.example.com"]
    ),
    targets_of.probe_label(name="sites", label="env", value="prod"),
    targets_of.object_job(kind="Probe", name="sites", job="sites-job"),
    targets_of.object_interval(kind="Probe", name="sites", time="2m"),
    targets_of.scrape_config_targets(name="machines", targets=["vm1:9100", "vm2:9100"]),
    targets_of.scrape_config_path(name="machines", path="/stats"),
]


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("", "", set()),
        ("http_2xx", "icmp", {"probe-module"}),
        ("path: /probe", "path: /other", {"probe-module"}),
        (', "https://a.example.com"', "", {"probe-targets"}),
        ("{env: prod}", "{env: prod}\n      relabelingConfigs: [{action: drop, sourceLabels: "
         '[__address__], regex: ".+"}]', {"probe-targets"}),
        ("{env: prod}", "{env: dev}", {"probe-label"}),
        ("sites-job", "site-job", {"object-job"}),
        ("interval: 120s", "interval: 12s", {"object-interval"}),
        ("vm2:9100", "vm3:9100", {"scrape-config-targets"}),
        ("metricsPath: /stats", "metricsPath: /stats\n  relabelings: [{action: drop, sourceLabels: "
         '[__address__], regex: "vm2.*"}]', {"scrape-config-targets"}),
        ("metricsPath: /stats", "metricsPath: /", {"scrape-config-path"}),
    ],
)  # fmt: skip
def test_probes_and_scrape_configs(old, new, names):
    text = PROBE.replace(old, new) if old else PROBE
    assert unmet(PROBE_ASKS, text) == names
    if not old:
        assert check_files({PATH: text}, {PATH: "custom_resources"}).valid


CONFIG = """
apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata: {name: team, namespace: shop}
spec:
  route:
    receiver: inbox
    groupBy: [pod, job]
    repeatInterval: 720m
    routes:
      - receiver: nobody
        matchers: [{name: severity, value: "none", matchType: "="}]
      - matchers: [{name: severity, value: "page|critical", regex: true}]
        receiver: oncall
  receivers:
    - name: inbox
      slackConfigs: [{channel: "#shop", apiURL: {name: slack, key: url}}]
      webhookConfigs: [{url: "https://hooks.example.com/alerts"}]
    - name: oncall
      pagerdutyConfigs: [{routingKey: {name: pager, key: routing-key}}]
    - name: nobody
"""
CONFIG_ASKS = [
    routes.config_default(name="team", receiver="inbox"),
    routes.config_goes_only_to(name="team", label="severity", value="page", receiver="oncall"),
    routes.config_groups(name="team", labels=["job", "pod"]),
    routes.config_repeats(name="team", time="12h"),
    routes.config_slack(name="team", receiver="inbox", channel="#shop", key="url", secret="slack"),
    routes.config_webhook(name="team", receiver="inbox", url="https://hooks.example.com/alerts"),
    routes.config_pagerduty(name="team", receiver="oncall", key="routing-key", secret="pager"),
]


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("", "", set()),
        ("receiver: inbox\n    g", "receiver: nobody\n    g", {"config-default"}),
        ("page|critical", "critical", {"config-goes-only-to"}),
        ("page|critical", ".*page", {"config-goes-only-to"}),
        ('"none", matchType: "="', '"page", matchType: "="', {"config-goes-only-to"}),
        ("receiver: nobody\n        m", "receiver: nobody\n        continue: true\n        m",
         set()),
        ("[pod, job]", "[pod]", {"config-groups"}),
        ("720m", "12m", {"config-repeats"}),
        ('"#shop"', '"#shops"', {"config-slack"}),
        ("hooks.example.com", "hook.example.com", {"config-webhook"}),
        ("key: routing-key", "key: token", {"config-pagerduty"}),
    ],
)  # fmt: skip
def test_alertmanager_configs(old, new, names):
    assert not old or old in CONFIG
    text = CONFIG.replace(old, new) if old else CONFIG
    assert unmet(CONFIG_ASKS, text) == names
    if not old:
        assert check_files({PATH: text}, {PATH: "custom_resources"}).valid


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: shop}\n"
        "spec: {selector: [], endpoints: {a: b}, namespaceSelector: 5}",
        "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: shop}\n"
        "spec: {endpoints: [{port: metrics, relabelings: [{sourceLabels: 5, regex: '('}]}]}",
        "kind: AlertmanagerConfig\nmetadata: {name: team}\nspec: {route: {routes: [5, [], {}]}}",
    ],
)
def test_odd_trees_get_findings(text):
    assert len(unmet([*ASKS, *PROBE_ASKS, *CONFIG_ASKS], text)) > 8
