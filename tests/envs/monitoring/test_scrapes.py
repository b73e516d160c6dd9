# ruff: noqa: E501
"""Scrape configurations in many spellings, and what they are easily confused with."""

from __future__ import annotations

import pytest

from tests.envs.monitoring.judging import found


def meets(text: str, name: str, /, **args: object) -> bool:
    return found("prometheus", text, name, **args) == []


def job(body: str, *, targets: str = "static_configs: [{targets: ['a:1', 'b:1']}]") -> str:
    return f"scrape_configs:\n- job_name: shop\n  {targets}\n  {body}\n"


CASES = [
    ("job_targets", {"targets": ["a:1", "b:1"]}, {
        "": True, "relabel_configs: [{source_labels: [__address__], regex: 'a:1', action: drop}]": False,
        "relabel_configs: [{source_labels: [__address__], regex: 'a', action: drop}]": True,
        "file_sd_configs: [{files: [x.json]}]": True}),
    ("job_interval", {"time": "30s"}, {"scrape_interval: 30s": True, "scrape_interval: 0.5m": False,
        "scrape_interval: 30000ms": True, "scrape_interval: 3s": False, "": False}),
    ("job_timeout", {"time": "8s"}, {"scrape_timeout: 8s": True, "scrape_interval: 8s": True, "": False}),
    ("job_path", {"path": "/stats"}, {"metrics_path: /stats": True, "metrics_path: /stats/": False, "": False,
        "relabel_configs: [{target_label: __metrics_path__, replacement: /stats}]": True,
        "metrics_path: /stats\n  relabel_configs: [{target_label: __metrics_path__, replacement: /other}]": False}),
    ("job_https", {}, {"scheme: https": True, "scheme: http": False, "": False,
        "scheme: https\n  tls_config: {ca_file: /x}": True,
        "relabel_configs: [{target_label: __scheme__, replacement: https}]": True,
        "scheme: https\n  tls_config: {insecure_skip_verify: true}": False}),
    ("job_ca", {"path": "/ca"}, {"tls_config: {ca_file: /ca}": True, "tls_config: {cert_file: /ca}": False}),
    ("job_basic_auth", {"user": "u", "path": "/p"}, {
        "basic_auth: {username: u, password_file: /p}": True, "basic_auth: {username: u, password: /p}": False,
        "basic_auth: {username: v, password_file: /p}": False, "authorization: {credentials_file: /p}": False}),
    ("job_token", {"path": "/t"}, {
        "authorization: {credentials_file: /t}": True, "authorization: {type: Bearer, credentials_file: /t}": True,
        "authorization: {type: bearer, credentials_file: /t}": True, "bearer_token_file: /t": True,
        "authorization: {type: Basic, credentials_file: /t}": False, "authorization: {credentials: /t}": False,
        "bearer_token: /t": False}),
    ("job_label", {"label": "env", "value": "prod"}, {
        "relabel_configs: [{target_label: env, replacement: prod}]": True,
        "relabel_configs: [{source_labels: [job], regex: shop, target_label: env, replacement: prod}]": True,
        "relabel_configs: [{source_labels: [job], regex: sho, target_label: env, replacement: prod}]": False,
        "relabel_configs: [{source_labels: [__address__], regex: 'a:.*', target_label: env, replacement: prod}]": False,
        "relabel_configs: [{source_labels: [__address__], regex: 'a:.*', action: drop}]": False,
        "": False}),
    ("job_honors_labels", {}, {"honor_labels: true": True, "honor_labels: false": False, "honor_timestamps: true": False}),
    ("job_sample_limit", {"count": 5000}, {"sample_limit: 5000": True, "label_limit: 5000": False, "": False}),
    ("job_parameter", {"name": "module", "value": "http"}, {
        "params: {module: [http]}": True, "params: {module: [http, x]}": True, "params: {module: [x]}": False,
        "params: {mod: [http]}": False,
        "relabel_configs: [{target_label: __param_module, replacement: http}]": True}),
    ("job_drops_metrics", {"prefix": "go_"}, {
        "metric_relabel_configs: [{source_labels: [__name__], regex: 'go_.*', action: drop}]": True,
        "metric_relabel_configs: [{source_labels: [__name__], regex: '^go_.+$', action: drop}]": True,
        "metric_relabel_configs: [{source_labels: [__name__], regex: '(go_).*', action: Drop}]": True,
        "metric_relabel_configs: [{source_labels: [__name__], regex: 'go_(.*)', action: drop}]": True,
        "metric_relabel_configs: [{source_labels: [__name__], regex: 'go_', action: drop}]": False,
        "metric_relabel_configs: [{source_labels: [__name__], regex: '.*go_.*', action: drop}]": False,
        "metric_relabel_configs: [{source_labels: [__name__], regex: 'go_.*', action: keep}]": False,
        "metric_relabel_configs: [{source_labels: [__name__], regex: 'go.*', action: drop}]": True,
        "metric_relabel_configs: [{regex: 'go_.*', action: labeldrop}]": False,
        "relabel_configs: [{source_labels: [__name__], regex: 'go_.*', action: drop}]": False}),
    ("job_drops_label", {"label": "id"}, {
        "metric_relabel_configs: [{regex: id, action: labeldrop}]": True,
        "metric_relabel_configs: [{regex: '^id$', action: labeldrop}]": True,
        "metric_relabel_configs: [{regex: '(id)', action: LabelDrop}]": True,
        "metric_relabel_configs: [{target_label: id, replacement: ''}]": True,
        "metric_relabel_configs: [{source_labels: [id], target_label: id, replacement: ''}]": True,
        "metric_relabel_configs: [{regex: 'id.*', action: labeldrop}]": False,
        "metric_relabel_configs: [{regex: '.*id', action: labeldrop}]": False,
        "metric_relabel_configs: [{regex: id, action: labelkeep}]": False,
        "metric_relabel_configs: [{source_labels: [id], regex: '.+', action: drop}]": False,
        "relabel_configs: [{regex: id, action: labeldrop}]": False}),
    ("job_probes", {"exporter": "bb:9115"}, {
        "relabel_configs: [{source_labels: [__address__], target_label: __param_target}, {source_labels: [__param_target], target_label: instance}, {target_label: __address__, replacement: 'bb:9115'}]": True,
        "relabel_configs: [{source_labels: [__address__], target_label: instance}, {source_labels: [__address__], regex: '(.*)', target_label: __param_target, replacement: '${1}', action: replace}, {source_labels: [], target_label: __address__, replacement: 'bb:9115'}]": True,
        "relabel_configs: [{target_label: __address__, replacement: 'bb:9115'}, {source_labels: [__address__], target_label: __param_target}, {source_labels: [__param_target], target_label: instance}]": False,
        "relabel_configs: [{source_labels: [__address__], target_label: __param_target}, {target_label: __address__, replacement: 'bb:9115'}]": False,
        "relabel_configs: [{source_labels: [__address__], target_label: __param_target}, {source_labels: [__param_target], target_label: instance}]": False,
        "relabel_configs: [{source_labels: [__address__], target_label: target}, {source_labels: [target], target_label: instance}, {target_label: __address__, replacement: 'bb:9115'}]": False,
        "relabel_configs: [{source_labels: [__address__], target_label: __param_target}, {source_labels: [__param_target], target_label: instance}, {target_label: __address__, replacement: 'bb:9116'}]": False}),
]  # fmt: skip

POD = "kubernetes_sd_configs: [{role: pod}]"
A = "__meta_kubernetes_pod_annotation_prometheus_io"
KEEP = f"{{source_labels: [{A}_scrape], regex: 'true', action: keep}}"
PODS = [
    ("job_kubernetes", {"role": "pod"}, {"": True}),
    ("job_keeps_annotated", {"annotation": "prometheus.io/scrape"}, {
        f"relabel_configs: [{KEEP}]": True,
        f"relabel_configs: [{{source_labels: [{A}_scrape], regex: true, action: keep}}]": True,
        f"relabel_configs: [{{source_labels: [{A}_scrape], action: keep, regex: 'true|1'}}]": True,
        f"relabel_configs: [{{source_labels: [{A}_scrape], action: keep, regex: '^true$'}}]": True,
        f"relabel_configs: [{{source_labels: [__meta_kubernetes_pod_phase], regex: Pending|Succeeded|Failed|Completed, action: drop}}, {KEEP}]": True,
        f"relabel_configs: [{{source_labels: [__meta_kubernetes_pod_phase], regex: Running, action: keep}}, {KEEP}]": True,
        f"relabel_configs: [{{target_label: __tmp, replacement: 'true'}}, {{source_labels: [{A}_scrape], target_label: __tmp, action: keepequal}}]": True,
        f"relabel_configs: [{{source_labels: [__meta_kubernetes_pod_container_init], regex: 'true', action: drop}}, {KEEP}]": True,
        f"relabel_configs: [{{source_labels: [{A}_scrape], regex: 'true', action: drop}}]": False,
        f"relabel_configs: [{{source_labels: [{A}_scrape], regex: 'false', action: drop}}]": False,
        f"relabel_configs: [{{source_labels: [{A}_scrape], regex: '.*true', action: keep}}]": False,
        "relabel_configs: [{source_labels: [__meta_kubernetes_pod_annotationpresent_prometheus_io_scrape], regex: 'true', action: keep}]": False,
        "relabel_configs: [{source_labels: [__meta_kubernetes_service_annotation_prometheus_io_scrape], regex: 'true', action: keep}]": False,
        f"metric_relabel_configs: [{KEEP}]": False}),
    ("job_path_from_annotation", {"annotation": "prometheus.io/path"}, {
        f"relabel_configs: [{KEEP}, {{source_labels: [{A}_path], regex: (.+), target_label: __metrics_path__, action: replace}}]": True,
        f"relabel_configs: [{KEEP}, {{source_labels: [{A}_path], regex: '(.+)', target_label: __metrics_path__, replacement: '$1'}}]": True,
        f"relabel_configs: [{KEEP}, {{source_labels: [{A}_path], target_label: __metrics_path__}}]": False,
        f"relabel_configs: [{KEEP}, {{source_labels: [{A}_path], regex: '(.+)', target_label: metrics_path}}]": False,
        f"relabel_configs: [{KEEP}, {{source_labels: [{A}_port], regex: '(.+)', target_label: __metrics_path__}}]": False}),
    ("job_port_from_annotation", {"annotation": "prometheus.io/port"}, {
        f"relabel_configs: [{KEEP}, {{source_labels: [__address__, {A}_port], regex: '([^:]+)(?::\\d+)?;(\\d+)', replacement: '$1:$2', target_label: __address__}}]": True,
        f"relabel_configs: [{{source_labels: [__address__, {A}_port], action: replace, regex: '(.+?)(?::\\d+)?;(\\d+)', replacement: '${{1}}:${{2}}', target_label: __address__}}, {KEEP}]": True,
        f"relabel_configs: [{{source_labels: [__meta_kubernetes_pod_ip, {A}_port], regex: '(.+);(.+)', replacement: '$1:$2', target_label: __address__}}]": True,
        f"relabel_configs: [{{source_labels: [__meta_kubernetes_pod_ip, {A}_port], separator: ':', regex: '(.+:.+)', target_label: __address__}}]": True,
        f"relabel_configs: [{{source_labels: [{A}_port, __meta_kubernetes_pod_ip], regex: '(\\d+);((([0-9]+?)(\\.|$)){{4}})', replacement: '$2:$1', target_label: __address__}}]": True,
        f"relabel_configs: [{{source_labels: [__address__, {A}_port], regex: '([^:]+):\\d+;(\\d+)', replacement: '$1:$2', target_label: __address__}}]": False,
        f"relabel_configs: [{{source_labels: [__address__, {A}_port], regex: '([^:]+)(:\\d+)?;(\\d+)', replacement: '$1:$2', target_label: __address__}}]": False,
        f"relabel_configs: [{{source_labels: [{A}_port], regex: '(\\d+)', target_label: __port__}}]": False}),
    ("job_label_from_kubernetes", {"label": "namespace", "thing": "namespace"}, {
        "relabel_configs: [{source_labels: [__meta_kubernetes_namespace], target_label: namespace}]": True,
        "relabel_configs: [{source_labels: [__meta_kubernetes_namespace], action: replace, regex: '(.*)', replacement: '$1', target_label: namespace}]": True,
        "relabel_configs: [{action: labelmap, regex: __meta_kubernetes_(namespace)}]": True,
        "relabel_configs: [{source_labels: [__meta_kubernetes_namespace], target_label: namespace}, {source_labels: [__meta_kubernetes_namespace], regex: ^data$, action: keep}]": True,
        "relabel_configs: [{source_labels: [__meta_kubernetes_namespace], regex: data|shop, action: keep}, {source_labels: [__meta_kubernetes_namespace], target_label: namespace}]": True,
        "relabel_configs: [{action: labelmap, regex: '__meta_kubernetes_(.+)'}]": True,
        "relabel_configs: [{source_labels: [__meta_kubernetes_namespace], target_label: kubernetes_namespace}]": False,
        "relabel_configs: [{source_labels: [__meta_kubernetes_pod_name], target_label: namespace}]": False,
        "metric_relabel_configs: [{source_labels: [__meta_kubernetes_namespace], target_label: namespace}]": False}),
    ("job_namespace", {"namespace": "data"}, {
        f"relabel_configs: [{KEEP}, {{source_labels: [__meta_kubernetes_namespace], regex: data, action: keep}}]": True,
        f"relabel_configs: [{{source_labels: [__meta_kubernetes_namespace], regex: data, action: keep}}, {KEEP}]": True,
        "relabel_configs: [{source_labels: [__meta_kubernetes_namespace], regex: 'data.*', action: keep}]": False,
        "relabel_configs: [{source_labels: [__meta_kubernetes_namespace], regex: data, action: drop}]": False,
        f"relabel_configs: [{KEEP}]": False}),
]  # fmt: skip


def _flat(table):
    return [
        pytest.param(name, args, body, good, id=f"{name}: {body[:100]}")
        for name, args, bodies in table for body, good in bodies.items()
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "args", "body", "good"), _flat(CASES))
def test_static_jobs(name: str, args: dict, body: str, good: bool) -> None:
    assert meets(job(body), name, job="shop", **args) is good


@pytest.mark.parametrize(("name", "args", "body", "good"), _flat(PODS))
def test_pods(name: str, args: dict, body: str, good: bool) -> None:
    assert meets(job(body, targets=POD), name, job="shop", **args) is good


def test_namespaces_of_the_discovery() -> None:
    text = job("", targets="kubernetes_sd_configs: [{role: pod, namespaces: {names: [data]}}]")
    assert meets(text, "job_namespace", job="shop", namespace="data")
    text = job("", targets="kubernetes_sd_configs: [{role: pod, namespaces: {names: [data, x]}}]")
    assert not meets(text, "job_namespace", job="shop", namespace="data")


def test_defaults_come_from_global() -> None:
    text = "global: {scrape_interval: 30s, scrape_timeout: 8s, sample_limit: 9}\n" + job("")
    assert meets(text, "job_interval", job="shop", time="30s")
    assert meets(text, "job_timeout", job="shop", time="8s")
    assert meets(text, "job_sample_limit", job="shop", count=9)
    assert not meets(text, "job_interval", job="other", time="30s")


DISCOVERED = [
    ("job_ec2", {"region": "eu-west-1", "port": 9100}, "ec2_sd_configs: [{region: eu-west-1, port: 9100}]", "", True),
    ("job_ec2", {"region": "eu-west-1", "port": 9100}, "ec2_sd_configs: [{region: eu-west-1}]", "", False),
    ("job_ec2", {"region": "eu-west-1", "port": 9100}, "ec2_sd_configs: [{region: us-east-1, port: 9100}]", "", False),
    ("job_ec2", {"region": "eu-west-1", "port": 9100}, "ec2_sd_configs: [{region: eu-west-1}]",
     "relabel_configs: [{source_labels: [__meta_ec2_private_ip], regex: '(.*)', replacement: '${1}:9100', target_label: __address__}]", True),
    ("job_drops_tagged", {"tag": "Scrape", "value": "off"}, "ec2_sd_configs: [{region: x}]",
     "relabel_configs: [{source_labels: [__meta_ec2_tag_Scrape], regex: 'off', action: drop}]", True),
    ("job_drops_tagged", {"tag": "Scrape", "value": "off"}, "ec2_sd_configs: [{region: x}]",
     "relabel_configs: [{source_labels: [__meta_ec2_instance_state], regex: running, action: keep}, {source_labels: [__meta_ec2_tag_Scrape], regex: '^off$', action: drop}]", True),
    ("job_drops_tagged", {"tag": "Scrape", "value": "off"}, "ec2_sd_configs: [{region: x}]",
     "relabel_configs: [{source_labels: [__meta_ec2_tag_Scrape], regex: 'off', action: keep}]", False),
    ("job_drops_tagged", {"tag": "Scrape", "value": "off"}, "ec2_sd_configs: [{region: x}]",
     "relabel_configs: [{source_labels: [__meta_ec2_tag_Scrape], regex: '.*off.*', action: drop}]", False),
    ("job_drops_tagged", {"tag": "Scrape", "value": "off"}, "ec2_sd_configs: [{region: x, filters: [{name: 'tag:Scrape', values: ['off']}]}]", "", False),
    ("job_consul", {"server": "c:8500"}, "consul_sd_configs: [{server: 'c:8500'}]", "", True),
    ("job_consul", {"server": "c:8500"}, "consul_sd_configs: [{server: 'd:8500'}]", "", False),
    ("job_consul_service", {"service": "web"}, "consul_sd_configs: [{server: 'c:8500', services: [web]}]", "", True),
    ("job_consul_service", {"service": "web"}, "consul_sd_configs: [{server: 'c:8500', services: [web, db]}]", "", False),
    ("job_consul_service", {"service": "web"}, "consul_sd_configs: [{server: 'c:8500'}]", "", False),
    ("job_consul_service", {"service": "web"}, "consul_sd_configs: [{server: 'c:8500'}]",
     "relabel_configs: [{source_labels: [__meta_consul_service], regex: web, action: keep}]", True),
    ("job_consul_service", {"service": "web"}, "consul_sd_configs: [{server: 'c:8500', services: [db]}]",
     "relabel_configs: [{source_labels: [__meta_consul_service], regex: web, action: keep}]", False),
    ("job_consul_service", {"service": "web"}, "consul_sd_configs: [{server: 'c:8500'}]",
     "relabel_configs: [{source_labels: [__meta_consul_service], regex: 'web.*', action: keep}]", False),
    ("job_dns", {"name": "x.y", "kind": "SRV"}, "dns_sd_configs: [{names: [x.y]}]", "", True),
    ("job_dns", {"name": "x.y", "kind": "SRV"}, "dns_sd_configs: [{names: [x.y], type: A, port: 1}]", "", False),
    ("job_dns", {"name": "x.y", "kind": "A"}, "dns_sd_configs: [{names: [x.y], type: A, port: 1}]", "", True),
    ("job_files", {"pattern": "t/*.json"}, "file_sd_configs: [{files: [./t/*.json]}]", "", True),
    ("job_files", {"pattern": "t/*.json"}, "file_sd_configs: [{files: [t/*.yml]}]", "", False),
    ("job_http", {"url": "https://x/t"}, "http_sd_configs: [{url: 'https://x/t'}]", "", True),
    ("job_http", {"url": "https://x/t"}, "http_sd_configs: [{url: 'http://x/t'}]", "", False),
    ("job_refresh", {"time": "2m"}, "http_sd_configs: [{url: 'https://x/t', refresh_interval: 120s}]", "", True),
    ("job_refresh", {"time": "2m"}, "http_sd_configs: [{url: 'https://x/t'}]", "scrape_interval: 2m", False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args", "targets", "body", "good"), DISCOVERED)
def test_discovery(name: str, args: dict, targets: str, body: str, good: bool) -> None:
    assert meets(job(body, targets=targets), name, job="shop", **args) is good


SERVER = [
    ("scrape_interval", {"time": "30s"}, {"global: {scrape_interval: 30s}": True, "global: {evaluation_interval: 30s}": False}),
    ("evaluation_interval", {"time": "2m"}, {"global: {evaluation_interval: 120s}": True, "global: {scrape_interval: 2m}": False}),
    ("external_label", {"label": "replica", "value": "0"}, {
        "global: {external_labels: {replica: '0'}}": True, "global: {external_labels: {replica: 0}}": True,
        "global: {external_labels: {replica: '1'}}": False, "global: {}": False}),
    ("rule_files", {"pattern": "rules/*.yml"}, {"rule_files: [rules/*.yml]": True, "rule_files: [./rules/*.yml, x.yml]": True,
        "rule_files: [rules/*.yaml]": False, "scrape_config_files: [rules/*.yml]": False}),
    ("alertmanagers", {"targets": ["a:9093", "b:9093"]}, {
        "alerting: {alertmanagers: [{static_configs: [{targets: ['a:9093', 'b:9093']}]}]}": True,
        "alerting: {alertmanagers: [{static_configs: [{targets: ['b:9093']}]}, {static_configs: [{targets: ['a:9093']}]}]}": True,
        "alerting: {alertmanagers: [{static_configs: [{targets: ['a:9093']}]}]}": False}),
    ("remote_write", {"url": "https://x/w"}, {"remote_write: [{url: 'https://x/w'}]": True, "remote_read: [{url: 'https://x/w'}]": False}),
    ("remote_write_keeps", {"url": "https://x/w", "prefix": "slo_"}, {
        "remote_write: [{url: 'https://x/w', write_relabel_configs: [{source_labels: [__name__], regex: 'slo_.*', action: keep}]}]": True,
        "remote_write: [{url: 'https://x/w', write_relabel_configs: [{source_labels: [__name__], regex: '^slo_.+', action: Keep}]}]": True,
        "remote_write: [{url: 'https://x/w', write_relabel_configs: [{source_labels: [__name__], regex: 'slo_', action: keep}]}]": False,
        "remote_write: [{url: 'https://x/w', write_relabel_configs: [{source_labels: [__name__], regex: '.*slo_.*', action: keep}]}]": False,
        "remote_write: [{url: 'https://x/w', write_relabel_configs: [{source_labels: [__name__], regex: 'slo_.*', action: drop}]}]": False,
        "remote_write: [{url: 'https://x/w'}]": False}),
    ("remote_write_auth", {"url": "https://x/w", "user": "u", "path": "/p"}, {
        "remote_write: [{url: 'https://x/w', basic_auth: {username: u, password_file: /p}}]": True,
        "remote_write: [{url: 'https://x/w', basic_auth: {username: u, password: /p}}]": False}),
    ("remote_write_batch", {"url": "https://x/w", "count": 500}, {
        "remote_write: [{url: 'https://x/w', queue_config: {max_samples_per_send: 500}}]": True,
        "remote_write: [{url: 'https://x/w', queue_config: {capacity: 500}}]": False}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args", "body", "good"), _flat(SERVER))
def test_servers(name: str, args: dict, body: str, good: bool) -> None:
    assert meets(body, name, **args) is good
