"""Collectors as people write them, and changes that break just one thing."""

import pytest

from envs.monitoring import CATEGORY
from envs.monitoring.requirements import collectors as pipes
from envs.monitoring.requirements import collectors_data as data
from envs.monitoring.requirements import collectors_sampling as sampling
from envs.monitoring.requirements import collectors_sources as sources
from envs.monitoring.requirements.collector_conditions import Unknown, holds
from envs.monitoring.requirements.collector_reading import Record
from iac_gym.languages.otel_collector import LANGUAGE
from iac_gym.verifier import check_files

PATH = "otel-collector.yaml"


def unmet(asks, text):
    """Return the names of the requirements that a configuration does not meet."""
    model = LANGUAGE.parse({PATH: text})
    types = CATEGORY.requirements
    return {one.name for one in asks if list(types[one.name].check(model, **one.args))}


GATEWAY = """
receivers:
  otlp:
    protocols:
      grpc: {endpoint: "0.0.0.0:4317"}
      http:
  hostmetrics/fast:
    collection_interval: 15s
    scrapers: {cpu: , memory: {}}
  prometheus/own:
    config:
      global: {scrape_interval: 20s}
      scrape_configs:
        - job_name: shop
          static_configs: [{targets: ["shop-1:8080"]}, {targets: ["shop-2:8080"]}]
  filelog:
    include: [/var/log/shop/*.log]
    exclude: ["/var/log/shop/debug*.log"]
    start_at: beginning
    operators: [{id: parse, type: json_parser}]
processors:
  memory_limiter: {check_interval: 1000ms, limit_mib: 512}
  batch: {timeout: 5s, send_batch_size: 1024}
  resource/env:
    attributes:
      - {key: deployment.environment, action: delete}
      - {key: deployment.environment, value: production, action: insert}
  attributes/secrets:
    actions:
      - {key: user.email, action: hash}
      - {key: http.request.header.authorization, action: delete}
  filter/health:
    traces:
      span:
        - IsMatch(attributes["http.route"], "^/healthz$")
  filter/names:
    metrics: {exclude: {match_type: regexp, metric_names: ["^go_.*"]}}
  filter/levels:
    logs:
      log_record: ['not (severity_number >= SEVERITY_NUMBER_WARN)']
  probabilistic_sampler: {sampling_percentage: 25}
  k8sattributes: {extract: {metadata: [k8s.pod.name, k8s.node.name, k8s.pod.uid]}}
  resourcedetection: {detectors: [env, system]}
exporters:
  otlp/traces:
    endpoint: https://traces.example.com:4317
    headers: {X-Tenant: "${TENANT}"}
    tls: {ca_file: /etc/ca.pem}
    retry_on_failure: {max_elapsed_time: 120s}
    sending_queue: {queue_size: 500}
    compression: zstd
  otlp_http:
    endpoint: https://logs.example.com/otlp/
  prometheusremotewrite: {endpoint: "https://metrics.example.com/api/v1/write"}
  prometheus: {endpoint: "0.0.0.0:8889"}
  otlp/plain: {endpoint: "copy:4317", tls: {insecure: true}}
extensions:
  health_check: {endpoint: "0.0.0.0:13133"}
  zpages:
service:
  extensions: [health_check, zpages]
  telemetry: {logs: {level: WARN}}
  pipelines:
    traces:
      receivers: [otlp]
      processors: [memory_limiter, k8sattributes, resourcedetection, resource/env, filter/health,
                   attributes/secrets, probabilistic_sampler, batch]
      exporters: [otlp/traces, otlp/plain]
    metrics:
      receivers: [otlp, hostmetrics/fast, prometheus/own]
      processors: [memory_limiter, filter/names, batch]
      exporters: [prometheusremotewrite, prometheus]
    logs:
      receivers: [filelog]
      processors: [memory_limiter, filter/levels, batch]
      exporters: [otlp_http]
"""
TO = "traces.example.com:4317"
ASKS = [
    pipes.otlp_received(signal="traces", protocol="gRPC", endpoint="0.0.0.0:4317"),
    pipes.otlp_received(signal="metrics", protocol="HTTP", endpoint="localhost:4318"),
    pipes.exported(signal="traces", kind="otlp", endpoint=TO),
    pipes.exported(signal="traces", kind="otlp", endpoint="copy:4317"),
    pipes.exported(signal="logs", kind="otlphttp", endpoint="https://logs.example.com/otlp"),
    pipes.exported(signal="metrics", kind="prometheusremotewrite",
                   endpoint="https://metrics.example.com/api/v1/write"),
    pipes.offered_metrics(endpoint="0.0.0.0:8889"),
    pipes.export_header(endpoint=TO, header="x-tenant", variable="TENANT"),
    pipes.export_authority(endpoint=TO, path="/etc/ca.pem"),
    pipes.export_plain(endpoint="copy:4317"),
    pipes.export_retries(endpoint=TO, time="2m"),
    pipes.export_queue(endpoint=TO, count=500),
    pipes.export_compression(endpoint=TO, method="zstd"),
    pipes.memory_limited(limit=512, interval="1s"),
    pipes.batched(timeout="5s", size=1024),
    pipes.health_checked(endpoint="0.0.0.0:13133"),
    pipes.extension_started(extension="zpages", endpoint="localhost:55679"),
    pipes.own_log_level(level="warn"),
    pipes.handles(signals=["traces", "metrics", "logs"]),
    data.resource_set(signal="traces", key="deployment.environment", value="production"),
    data.attribute_removed(signal="traces", key="http.request.header.authorization"),
    data.attribute_hashed(signal="traces", key="user.email"),
    data.spans_dropped(key="http.route", value="/healthz"),
    data.metrics_dropped(prefix="go_"),
    data.logs_dropped(level="WARN"),
    sampling.traces_sampled(percent=25),
    data.pod_attributes(signal="traces", names=["k8s.node.name", "k8s.pod.name"]),
    data.resource_detected(signal="traces", names=["env", "system"]),
    sources.host_metrics(scrapers=["memory", "cpu"], interval="15s"),
    sources.scraped_job(job="shop", targets=["shop-1:8080", "shop-2:8080"], interval="20s"),
    sources.log_files(paths=["/var/log/shop/*.log"]),
    sources.log_files_left_out(pattern="/var/log/shop/debug*.log"),
    sources.logs_from_beginning(),
    sources.logs_as_json(),
]  # fmt: skip


def test_a_whole_gateway_meets_everything():
    assert unmet(ASKS, GATEWAY) == set()
    assert check_files({PATH: GATEWAY}, {PATH: "otel_collector"}).valid


SECRETS = ("attribute-removed", "attribute-hashed")
CHANGES = [
    ('grpc: {endpoint: "0.0.0.0:4317"}', 'grpc: {endpoint: "0.0.0.0:4316"}', "otlp-received"),
    ("      http:\n", "", "otlp-received"),
    ("exporters: [otlp/traces, otlp/plain]", "exporters: [otlp/traces]", ("exported",
                                                                          "export-plain")),
    ("https://logs.example.com/otlp/", "https://logs.example.com/", "exported"),
    ("0.0.0.0:8889", "0.0.0.0:8888", "offered-metrics"),
    ("${TENANT}", "${env:TENANTS}", "export-header"),
    ("X-Tenant", "X-Tenants", "export-header"),
    ("ca_file: /etc/ca.pem", "ca_file: /etc/ca.pem, insecure_skip_verify: true",
     "export-authority"),
    ("insecure: true", "insecure: false", "export-plain"),
    ("max_elapsed_time: 120s", "max_elapsed_time: 12s", "export-retries"),
    ("max_elapsed_time: 120s", "max_elapsed_time: 120s, enabled: false", "export-retries"),
    ("queue_size: 500", "queue_size: 50", "export-queue"),
    ("compression: zstd", "compression: gzip", "export-compression"),
    ("limit_mib: 512", "limit_mib: 511", "memory-limited"),
    ("check_interval: 1000ms", "check_interval: 10s", "memory-limited"),
    ("[memory_limiter, filter/levels, batch]", "[filter/levels, memory_limiter, batch]",
     "memory-limited"),
    ("[memory_limiter, filter/names, batch]", "[memory_limiter, batch, filter/names]", "batched"),
    ("[memory_limiter, filter/names, batch]", "[memory_limiter, filter/names]", "batched"),
    ("send_batch_size: 1024", "send_batch_max_size: 1024", "batched"),
    ("extensions: [health_check, zpages]", "extensions: [zpages]", "health-checked"),
    ("extensions: [health_check, zpages]", "extensions: [health_check]", "extension-started"),
    ("level: WARN", "level: INFO", "own-log-level"),
    ("value: production, action: insert", "value: production, action: update", "resource-set"),
    ("- {key: deployment.environment, action: delete}", "", "resource-set"),
    ("resource/env, ", "", "resource-set"),
    ("attributes/secrets, ", "", SECRETS),
    ("attributes/secrets:", "attributes/secrets: {include: {match_type: strict, services: [a]}}\n"
     "  attributes/x:", SECRETS),
    ("key: user.email, action: hash", "key: user.email, action: delete", "attribute-hashed"),
    ("authorization, action: delete", "authorization, action: hash", "attribute-removed"),
    ('"^/healthz$"', '"/healthz"', "spans-dropped"),
    ('IsMatch(attributes["http.route"], "^/healthz$")',
     'attributes["http.route"] == "/healthz" and kind == SPAN_KIND_SERVER', "spans-dropped"),
    ("filter/health,", "", "spans-dropped"),
    ("exclude: {match_type: regexp", "include: {match_type: regexp", "metrics-dropped"),
    ('["^go_.*"]', '["go_.*"]', "metrics-dropped"),
    ("not (severity_number >= SEVERITY_NUMBER_WARN)", "severity_number <= SEVERITY_NUMBER_WARN",
     "logs-dropped"),
    ("sampling_percentage: 25", "sampling_percentage: 2.5", "traces-sampled"),
    ("k8s.node.name, ", "", "pod-attributes"),
    ("detectors: [env, system]", "detectors: [system]", "resource-detected"),
    ("cpu: , memory: {}", "cpu: ", "host-metrics"),
    ("cpu: , memory: {}", "cpu: , memory: , disk: ", "host-metrics"),
    ("hostmetrics/fast, prometheus/own]", "prometheus/own]", "host-metrics"),
    ("hostmetrics/fast, prometheus/own]", "hostmetrics/fast]", "scraped-job"),
    ("scrape_interval: 20s", "scrape_interval: 25s", "scraped-job"),
    ("shop-2:8080", "shop-3:8080", "scraped-job"),
    ("[/var/log/shop/*.log]", "[/var/log/shop/*.log, /var/log/syslog]", "log-files"),
    ("debug*.log", "trace*.log", "log-files-left-out"),
    ("start_at: beginning", "start_at: end", "logs-from-beginning"),
    ("type: json_parser", "type: regex_parser, regex: '(?P<a>.*)'", "logs-as-json"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "name"), CHANGES)
def test_one_change_breaks_one_requirement(old, new, name):
    assert old in GATEWAY
    wanted = {name} if isinstance(name, str) else set(name)
    assert unmet(ASKS, GATEWAY.replace(old, new, 1)) == wanted


def test_every_receiver_must_reach_the_exporter():
    """A second pipeline of traces that goes elsewhere leaves the first exporter out."""
    text = GATEWAY.replace(
        "    metrics:\n      receivers",
        "    traces/2:\n      receivers: [zipkin]\n      processors: [memory_limiter, batch]\n"
        "      exporters: [otlp_http]\n    metrics:\n      receivers",
        1,
    ).replace("receivers:\n  otlp:", "receivers:\n  zipkin:\n  otlp:", 1)
    assert "exported" in unmet(ASKS, text)


def test_an_exporter_that_no_pipeline_uses_does_not_count():
    ask = [pipes.exported(signal="logs", kind="otlp", endpoint="copy:4317")]
    assert unmet(ask, GATEWAY) == {"exported"}
    assert unmet(ask, GATEWAY.replace("exporters: [otlp_http]", "exporters: [otlp/plain]")) == set()


def test_the_memory_limiter_by_its_share():
    ask = [pipes.memory_share(percent=80, spike=20, interval="1s")]
    text = GATEWAY.replace("limit_mib: 512", "limit_percentage: 80, spike_limit_percentage: 20")
    assert unmet(ask, text) == set()
    assert unmet(ask, text.replace("80", "75")) == {"memory-share"}


def test_resources_by_default():
    ask = [data.resource_default(signal="traces", key="deployment.environment", value="production")]
    plain = GATEWAY.replace("      - {key: deployment.environment, action: delete}\n", "")
    assert unmet(ask, plain) == set()
    assert unmet(ask, GATEWAY) == {"resource-default"}
    transformed = GATEWAY.replace(
        "  resource/env:\n", "  transform/env:\n    trace_statements:\n      - context: resource\n"
        '        statements: [\'set(attributes["deployment.environment"], "production") '
        'where attributes["deployment.environment"] == nil\']\n  resource/env:\n',
    ).replace("resource/env, filter", "transform/env, filter")  # fmt: skip
    assert unmet(ask, transformed) == set()
    always = transformed.replace(' where attributes["deployment.environment"] == nil', "")
    assert unmet(ask, always) == {"resource-default"}
    asked = data.resource_set(signal="traces", key="deployment.environment", value="production")
    assert unmet([asked], always) == set()


def test_filters_in_other_words():
    ask = [data.spans_dropped(key="http.route", value="/healthz")]
    old = 'traces:\n      span:\n        - IsMatch(attributes["http.route"], "^/healthz$")'
    assert old in GATEWAY
    for new in (
        'trace_conditions: [\'span.attributes["http.route"] == "/healthz"\']',
        'trace_conditions: [{context: span, conditions: [\'attributes["http.route"] == '
        '"/healthz"\']}]',
        "spans: {exclude: {match_type: strict, attributes: [{key: http.route, value: /healthz}]}}",
        'traces: {span: [\'attributes["http.route"] != nil and not '
        '(attributes["http.route"] != "/healthz")\']}',
    ):
        assert unmet(ask, GATEWAY.replace(old, new)) == set(), new
    for new in (
        "spans: {exclude: {match_type: regexp, attributes: [{key: http.route, value: /healthz}]}}",
        'traces: {spanevent: [\'attributes["http.route"] == "/healthz"\']}',
        'traces: {span: [\'resource.attributes["http.route"] == "/healthz"\']}',
    ):
        assert unmet(ask, GATEWAY.replace(old, new)) == {"spans-dropped"}, new


def test_metrics_dropped_by_relabeling():
    text = """
receivers:
  prometheus:
    config:
      scrape_configs:
        - job_name: a
          static_configs: [{targets: ["a:1"]}]
          metric_relabel_configs: [{source_labels: [__name__], regex: "go_.+", action: drop}]
exporters: {otlp: {endpoint: "a:4317"}}
service: {pipelines: {metrics: {receivers: [prometheus], exporters: [otlp]}}}
"""
    ask = [data.metrics_dropped(prefix="go_")]
    assert unmet(ask, text) == set()
    assert unmet(ask, text.replace("go_.+", "go.+")) == {"metrics-dropped"}
    assert unmet(ask, text.replace("go_.+", ".*go_.+")) == {"metrics-dropped"}


def test_an_address_of_its_own_for_a_signal():
    ask = [pipes.exported(signal="logs", kind="otlphttp", endpoint="https://logs.example.com/otlp")]
    old = "endpoint: https://logs.example.com/otlp/"
    own = "logs_endpoint: https://logs.example.com/otlp/v1/logs"
    assert unmet(ask, GATEWAY.replace(old, own)) == set()
    assert unmet(ask, GATEWAY.replace(old, f"{old}\n    {own}x")) == {"exported"}


TAIL = """
receivers: {otlp: {protocols: {grpc: }}}
processors:
  tail_sampling:
    decision_wait: 10s
    policies:
      - {name: slow, type: latency, latency: {threshold_ms: 500}}
      - {name: errors, type: status_code, status_code: {status_codes: [ERROR]}}
      - name: shop
        type: string_attribute
        string_attribute: {key: service.name, values: [shop]}
      - {name: rest, type: probabilistic, probabilistic: {sampling_percentage: 5}}
exporters: {otlp: {endpoint: "a:4317"}}
service:
  pipelines:
    traces: {receivers: [otlp], processors: [tail_sampling], exporters: [otlp]}
"""
TAIL_ASKS = [
    sampling.keeps_errors(), sampling.keeps_slow(time=500), sampling.keeps_some(percent=5),
    sampling.keeps_attribute(key="service.name", value="shop"),
    sampling.sampling_waits(time="10000ms"),
]  # fmt: skip
KEPT = {"keeps-errors", "keeps-slow", "keeps-some", "keeps-attribute"}


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("", "", set()),
        ("[ERROR]", "[OK]", {"keeps-errors", "keeps-some"}),
        ("[ERROR]", "[ERROR, UNSET]", {"keeps-some"}),
        ("name: rest, type: probabilistic, probabilistic: {sampling_percentage: 5}",
         "name: rest, type: always_sample", {"keeps-some"}),
        ("name: rest,", "name: more, type: probabilistic, probabilistic: "
         "{sampling_percentage: 50}}\n      - {name: rest,", {"keeps-some"}),
        ("threshold_ms: 500", "threshold_ms: 5000", {"keeps-slow"}),
        ("threshold_ms: 500", "threshold_ms: 500, upper_threshold_ms: 900", {"keeps-slow"}),
        ("sampling_percentage: 5", "sampling_percentage: 50", {"keeps-some"}),
        ("values: [shop]", "values: [shop], invert_match: true", {"keeps-attribute"}),
        ("values: [shop]", "values: [shops]", {"keeps-attribute"}),
        ("decision_wait: 10s", "decision_wait: 30s", {"sampling-waits"}),
        ("processors: [tail_sampling]", "processors: []", KEPT | {"sampling-waits"}),
    ],
)  # fmt: skip
def test_tail_sampling(old, new, names):
    text = TAIL.replace(old, new) if old else TAIL
    assert unmet(TAIL_ASKS, text) == names


SPANS = """
receivers: {otlp: {protocols: {grpc: }}}
exporters:
  otlp: {endpoint: "a:4317"}
  prometheusremotewrite: {endpoint: "https://m.example.com/api/v1/write"}
connectors:
  spanmetrics/red:
    dimensions: [{name: tenant}, {name: http.route, default: none}]
    histogram: {explicit: {buckets: [10ms, 0.1s]}}
    metrics_flush_interval: 15s
service:
  pipelines:
    traces: {receivers: [otlp], exporters: [otlp, spanmetrics/red]}
    metrics: {receivers: [spanmetrics/red], exporters: [prometheusremotewrite]}
"""
SPAN_ASKS = [
    sources.span_metrics(
        endpoint="https://m.example.com/api/v1/write", kind="prometheusremotewrite"
    ),
    sources.span_dimensions(names=["http.route", "tenant"]),
    sources.span_buckets(bounds=["10ms", "100ms"]),
    sources.span_metrics_interval(time="15s"),
]
ALL = {one.name for one in SPAN_ASKS}


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("", "", set()),
        ("{name: tenant}, ", "", {"span-dimensions"}),
        ("0.1s", "1s", {"span-buckets"}),
        ("interval: 15s", "interval: 60s", {"span-metrics-interval"}),
        ("m.example.com", "n.example.com", {"span-metrics"}),
        ("exporters: [otlp, spanmetrics/red]", "exporters: [otlp]", ALL),
        ("receivers: [spanmetrics/red]", "receivers: [otlp]", ALL),
    ],
)
def test_metrics_of_spans(old, new, names):
    text = SPANS.replace(old, new) if old else SPANS
    assert unmet(SPAN_ASKS, text) == names


RECORD = Record(
    {"a": "x/y"}, {"service.name": "shop"}, {"name": "GET", "kind": 2.0, "severity_number": 9.0}
)


@pytest.mark.parametrize(
    ("condition", "result"),
    [
        ('attributes["a"] == "x/y"', True),
        ('attributes["b"] == nil', True),
        ('not HasPrefix(attributes["a"], "x") or name == "GET"', True),
        ('HasSuffix(attributes["a"], "x")', False),
        ('(name == "PUT" or kind == SPAN_KIND_SERVER) and severity_number < 10', True),
        ('IsMatch(attributes["b"], ".*")', False),
        ('resource.attributes["service.name"] != "shop"', False),
        ("severity_number >= SEVERITY_NUMBER_INFO2", False),
    ],
)
def test_conditions(condition, result):
    assert holds(condition, RECORD) is result


@pytest.mark.parametrize(
    "condition",
    ["", "name", "name ==", 'name == "GET" name', "((name == 1)", "foo == 1", 'Len(name) > "x"',
     "(" * 500, "not " * 400 + "true", "name ~ 1", 'attributes[name] == "x"'],
)  # fmt: skip
def test_conditions_that_are_not_played(condition):
    with pytest.raises(Unknown):
        holds(condition, RECORD)


@pytest.mark.parametrize(
    "text",
    [
        "receivers: 5", "service: {pipelines: {traces: 5}}", "receivers: {otlp: }\nservice: []",
        GATEWAY.replace("[otlp/traces, otlp/plain]", "5").replace("[otlp_http]", "{}"),
    ],
)  # fmt: skip
def test_odd_trees_get_findings(text):
    assert len(unmet([*ASKS, *TAIL_ASKS, *SPAN_ASKS], text)) > 15
