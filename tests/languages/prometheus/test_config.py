"""Configurations: the model in normal form, and what `promtool check config` refuses."""

from __future__ import annotations

import pytest

from iac_gym.check import ParseError
from iac_gym.languages.prometheus import LANGUAGE, Config, Monitoring
from iac_gym.languages.prometheus.urls import Url, parse_url

CONFIG = """\
global:
  scrape_interval: 30s
  evaluation_interval: 2m
  external_labels: {cluster: eu, replica: 0}
rule_files: ["rules/*.yml"]
scrape_configs:
  - job_name: node
    static_configs:
      - targets: [a:9100, b:9100]
        labels: {env: prod}
  - job_name: pods
    scrape_interval: 5s
    metrics_path: /probe
    scheme: https
    honor_labels: true
    sample_limit: 500
    body_size_limit: 10MB
    params: {module: [http_2xx]}
    authorization: {credentials_file: /token}
    kubernetes_sd_configs:
      - role: pod
        namespaces: {names: [shop]}
    relabel_configs:
      - source_labels: [__meta_kubernetes_pod_annotation_scrape]
        action: keep
        regex: true
remote_write:
  - url: https://metrics.example.com/write
    queue_config: {max_shards: 5}
alerting:
  alertmanagers:
    - static_configs: [{targets: [am:9093]}]
"""


def _config(text: str) -> Config:
    found = LANGUAGE.parse({"prometheus.yml": text}).config
    assert isinstance(found, Config)
    return found


def _faults(text: str) -> dict[str, list[int]]:
    model = LANGUAGE.parse({"prometheus.yml": text})
    assert isinstance(model, Monitoring)
    return {rule: [one.line for one in found] for rule, found in model.faults.items()}


def _job(body: str) -> str:
    return f"scrape_configs:\n  - job_name: a\n    {body}\n"


def test_globals_and_defaults_are_filled_in() -> None:
    config = _config(CONFIG)
    node, pods = config.jobs
    assert (node.interval, node.timeout, node.scheme, node.path) == (30.0, 10.0, "http", "/metrics")
    assert (pods.interval, pods.timeout, pods.scheme, pods.path) == (5.0, 5.0, "https", "/probe")
    assert config.evaluation_interval == 120.0
    assert config.external_labels == {"cluster": "eu", "replica": "0"}
    assert _faults(CONFIG) == {}


def test_targets_discovery_and_client() -> None:
    node, pods = _config(CONFIG).jobs
    assert [one.address for one in node.targets] == ["a:9100", "b:9100"]
    assert node.targets[0].labels == {"env": "prod"}
    assert pods.discovers("kubernetes")[0].role == "pod"
    assert pods.discovers("kubernetes")[0].namespaces == ("shop",)
    assert pods.http.authorization["credentials_file"] == "/token"
    assert pods.limits == {"sample_limit": 500.0, "body_size_limit": 10 * 1024.0**2}
    assert pods.params == {"module": ("http_2xx",)}
    assert pods.relabel[0][:3] == ("keep", ("__meta_kubernetes_pod_annotation_scrape",), "true")


def test_the_rest_of_the_configuration() -> None:
    config = _config(CONFIG)
    assert config.remote_write[0].url == "https://metrics.example.com/write"
    assert config.alertmanagers[0].targets[0].address == "am:9093"
    assert config.mark_of("remote_write") == (28, 3)


def test_an_old_bearer_token_is_an_authorization() -> None:
    job = _config(_job("bearer_token_file: /token")).jobs[0]
    assert job.http.authorization["credentials_file"] == "/token"


def test_further_files_of_jobs_and_targets() -> None:
    model = LANGUAGE.parse(
        {
            "prometheus.yml": "scrape_config_files: [jobs/*.yml]\nglobal: {scrape_interval: 20s}\n"
            "scrape_configs: [{job_name: a, file_sd_configs: [{files: [targets/*.json]}]}]\n",
            "jobs/b.yml": "scrape_configs: [{job_name: b}, {job_name: a}]\n",
            "targets/x.json": '[{"targets": ["h:1"], "labels": {"env": "x"}}]',
        }
    )
    assert [(one.name, one.interval) for one in model.config.jobs][1] == ("b", 20.0)
    assert [one.address for one in model.targets_of(model.config.jobs[0])] == ["h:1"]
    assert list(model.faults) == ["names-are-unique"]


REFUSED = {
    "scrape_interval": ("global: {scrape_intervall: 5s}", "fields-are-known"),
    "type": ("global: {scrape_interval: 5}", "fields-have-their-types"),
    "bool": (_job('honor_labels: "true"'), "fields-have-their-types"),
    "number": (_job('sample_limit: "5"'), "fields-have-their-types"),
    "negative": (_job("sample_limit: -5"), "fields-have-their-types"),
    "size": (_job("body_size_limit: 10kB"), "fields-have-their-types"),
    "list": (_job("static_configs: {targets: [a]}"), "fields-have-their-types"),
    "regexp": (_job("relabel_configs: [{action: keep, regex: '('}]"), "fields-have-their-types"),
    "proxy": (_job("proxy_url: ':foo'"), "fields-have-their-types"),
    "no name": ("scrape_configs: [{metrics_path: /a}]", "sections-are-complete"),
    "null job": ("scrape_configs: [null]", "sections-are-complete"),
    "null step": (_job("relabel_configs: [null]"), "sections-are-complete"),
    "no role": (_job("kubernetes_sd_configs: [{}]"), "sections-are-complete"),
    "no url": ("remote_write: [{name: a}]", "sections-are-complete"),
    "dns port": (_job("dns_sd_configs: [{names: [a], type: A}]"), "sections-are-complete"),
    "azure": (_job("azure_sd_configs: [{subscription_id: a}]"), "sections-are-complete"),
    "tracing": ("tracing: {insecure: true}", "sections-are-complete"),
    "role": (_job("kubernetes_sd_configs: [{role: pods}]"), "values-are-allowed"),
    "action": (_job("relabel_configs: [{action: kep}]"), "values-are-allowed"),
    "rule path": ("rule_files: ['a/*/b.yml']", "values-are-allowed"),
    "sd path": (_job("file_sd_configs: [{files: [a.txt]}]"), "values-are-allowed"),
    "http_sd": (_job("http_sd_configs: [{url: 'ftp://a/b'}]"), "values-are-allowed"),
    "api": ("alerting: {alertmanagers: [{api_version: v1}]}", "values-are-allowed"),
    "protocol": ("global: {scrape_protocols: [OpenMetrics]}", "values-are-allowed"),
    "header": ("remote_write: [{url: 'http://a', headers: {Host: b}}]", "values-are-allowed"),
    "shards": ("remote_write: [{url: 'http://a', queue_config: {max_shards: 0}}]",
               "values-are-allowed"),
    "twice": ("scrape_configs: [{job_name: a}, {job_name: a}]", "names-are-unique"),
    "timeout": (_job("scrape_timeout: 2m"), "timeouts-fit-intervals"),
    "global timeout": ("global: {scrape_timeout: 2m}", "timeouts-fit-intervals"),
    "target": (_job("static_configs: [{targets: ['http://a']}]"), "targets-are-addresses"),
    "moved target": (
        _job("static_configs: [{targets: [a]}]\n    relabel_configs: "
             "[{target_label: __address__, replacement: 'http://b'}]"),
        "targets-are-addresses",
    ),
    "no target": (_job("relabel_configs: [{source_labels: [a]}]"), "relabel-steps-are-right"),
    "modulus": (_job("relabel_configs: [{action: hashmod, target_label: a}]"),
                "relabel-steps-are-right"),
    "labeldrop": (_job("relabel_configs: [{action: labeldrop, regex: a, target_label: b}]"),
                  "relabel-steps-are-right"),
    "keepequal": (
        _job("relabel_configs:\n"
             "      - {action: keepequal, source_labels: [a], target_label: b, regex: c}"),
        "relabel-steps-are-right",
    ),
    "two ways": (_job("{basic_auth: {username: a}, authorization: {type: b}}"[1:-1]
                      .replace(", auth", "\n    auth")), "settings-go-together"),
    "tls": (_job("tls_config: {cert_file: a}"), "settings-go-together"),
    "client": (_job("kubernetes_sd_configs: [{role: pod, bearer_token_file: a}]"),
               "settings-go-together"),
    "sigv4": ("remote_write: [{url: 'http://a', sigv4: {}, basic_auth: {username: b}}]",
              "settings-go-together"),
    "otlp": ("otlp: {promote_all_resource_attributes: true, promote_resource_attributes: [a]}",
             "settings-go-together"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "rule"), REFUSED.values(), ids=REFUSED)
def test_refused(text: str, rule: str) -> None:
    assert rule in _faults(text)


ACCEPTED = {
    "nulls": "global: {scrape_interval: null}\nscrape_configs: null\nrule_files: [null]",
    "empty sections": "global: {}\nalerting: {}\nstorage: {tsdb: {}}",
    "yes": _job("honor_labels: yes"),
    "numbers as text": "scrape_configs: [{job_name: 5, metrics_path: 6}]",
    "zero": _job("body_size_limit: 0"),
    "names in UTF-8": "global: {external_labels: {a.b: c}}",
    "defaults": _job("relabel_configs: [{action: Replace, target_label: a, regex: null}]"),
    "no action": _job("relabel_configs: [{action: labelmap, regex: a_(.+)}]"),
    "blackbox": _job("static_configs: [{targets: ['http://a']}]\n    relabel_configs:\n"
                     "      - {source_labels: [__address__], target_label: __param_target}\n"
                     "      - {target_label: __address__, replacement: 'b:9115'}"),
    "dropped": _job("static_configs: [{targets: ['http://a']}]\n    relabel_configs:\n"
                    "      - {source_labels: [__address__], action: drop, regex: 'http.*'}"),
    "own namespace": _job("kubernetes_sd_configs:\n"
                          "      - {role: pod, namespaces: {own_namespace: true}}"),
    "labelkeep": _job("metric_relabel_configs: [{action: labelkeep, regex: a}]"),
    "selectors": _job("kubernetes_sd_configs: [{role: pod, selectors: "
                      "[{role: pod, label: 'a in (b, c),!d', field: 'spec.nodeName=x'}]}]"),
    "oauth2": _job("oauth2: {client_id: a, client_secret_file: b, token_url: 'https://c'}"),
    "retention": "storage: {tsdb: {retention: {time: 15d, size: 10GB, percentage: 80.5}}}",
}  # fmt: skip


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_accepted(text: str) -> None:
    assert _faults(text) == {}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (_job("basic_auth: {username: a, password: b}"), "secrets-are-in-files"),
        (_job("tls_config: {insecure_skip_verify: true}"), "certificates-are-checked"),
        ("remote_write: [{url: 'http://m.example.com/w'}]", "credentials-are-sent-encrypted"),
        (
            _job("static_configs: [{targets: [a.example.com]}]\n    basic_auth: {username: b}"),
            "credentials-are-sent-encrypted",
        ),
    ],
)
def test_risks_are_reported(text: str, rule: str) -> None:
    assert list(_faults(text)) == [rule]


@pytest.mark.parametrize(
    "text",
    [
        _job("basic_auth: {username: a, password: '${PASSWORD}'}"),
        _job("basic_auth: {username: a, password_file: /b}"),
        "remote_write: [{url: 'http://mimir.monitoring.svc:9009/w'}]",
        "remote_write: [{url: 'http://localhost:9009/w'}]",
    ],
)
def test_no_risk(text: str) -> None:
    assert _faults(text) == {}


def test_unit_tests_of_rules() -> None:
    text = """\
rule_files: [a.yml]
tests:
  - interval: 1m
    input_series: [{series: 'up{job="a"}', values: "0x5 1+2x3 _ stale"}]
    alert_rule_test: [{eval_time: 5m, alertname: A, exp_alerts: [{exp_labels: {b: c}}]}]
    promql_expr_test: [{expr: up > 0, eval_time: 1m, exp_samples: [{labels: up, value: 1}]}]
"""
    assert _faults(text) == {}
    assert list(_faults(text.replace("0x5", "0x"))) == ["tests-can-be-read"]
    assert list(_faults(text.replace("up > 0", "up >"))) == ["tests-can-be-read"]
    assert list(_faults(text.replace("alertname", "alert"))) == ["fields-are-known"]


@pytest.mark.parametrize("text", ["", "# nothing\n", "5", "a: b\na: c", "a: [", "{a: !!set}"])
def test_what_cannot_be_read(text: str) -> None:
    with pytest.raises(ParseError):
        LANGUAGE.parse({"prometheus.yml": text})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("http://u:p@a:80/b?c#d", Url("http", "u:p", "a:80", "/b")),
        ("localhost:9090", Url("localhost", "", "", "9090")),
        ("/a/b", Url("", "", "", "/a/b")),
        ("http://[::1]:80/", Url("http", "", "[::1]:80", "/")),
        ("1.2.3.4:80", "its first part contains a colon: the scheme is missing"),
        ("http://a:b/", "its port `:b` is no number"),
        ("http://a b/", "its host contains a character that hosts cannot have"),
        ("http://a/%zz", "`%` does not begin an escape"),
        ("http://a/\n", "it contains a control character"),
    ],
)
def test_urls(text: str, found: Url | str) -> None:
    assert parse_url(text) == found
