"""The model shows the ways of data, whatever the spelling."""

import pytest

from iac_gym.languages.otel_collector import LANGUAGE
from iac_gym.languages.otel_collector.equivalents import equivalents

TEXT = """\
receivers:
  otlp:
    protocols:
      grpc:
      http:
        endpoint: 0.0.0.0:4318
  otlp/unused:
    protocols: {grpc: {}}
  hostmetrics:
    collection_interval: 30s
    scrapers: {cpu: , memory: {}}
processors:
  memory_limiter: {check_interval: 1s, limit_percentage: 80, spike_limit_percentage: 25}
  batch:
exporters:
  otlphttp/backend:
    endpoint: ${env:BACKEND:-https://backend.example.org}
    headers: {authorization: "${env:TOKEN}"}
  prometheus: {endpoint: "0.0.0.0:8889"}
  debug:
connectors:
  spanmetrics:
extensions:
  health_check:
  pprof:
service:
  extensions: [health_check]
  pipelines:
    traces:
      receivers: [otlp]
      processors: [memory_limiter, batch]
      exporters: [otlphttp/backend, spanmetrics]
    metrics/derived:
      receivers: [spanmetrics, hostmetrics]
      processors: [batch]
      exporters: [prometheus]
"""


def flows(model, signal=""):
    return [
        (one.receiver.id, [p.type for p in one.processors], one.exporter.id)
        for one in model.flows(signal)
    ]


def test_ways_of_data(parse):
    model = parse(TEXT)
    assert flows(model, "traces") == [
        ("otlp", ["memory_limiter", "batch"], "otlphttp/backend"),
        ("otlp", ["memory_limiter", "batch", "batch"], "prometheus"),
    ]
    assert flows(model, "metrics") == [("hostmetrics", ["batch"], "prometheus")]
    (metrics,) = model.of_signal("metrics")
    assert (metrics.name, metrics.position("batch"), metrics.position("filter")) == (
        "derived",
        0,
        -1,
    )


def test_what_is_not_used_is_hidden(parse):
    model = parse(TEXT)
    assert [one.id for one in model.components("receivers", "otlp")] == ["otlp"]
    assert [one.id for one in model.components("extensions")] == ["health_check"]
    assert {one.id for one in model.unused()} == {"otlp/unused", "debug", "pprof"}
    assert not [rule.name for rule in LANGUAGE.rules if rule.stage <= 4 and list(rule.check(model))]


def test_settings_and_defaults(parse):
    model = parse(TEXT)
    (otlp,) = model.components("receivers", "otlp")
    assert otlp.get("protocols", "grpc", "endpoint") == "localhost:4317"
    assert otlp.get("protocols", "http", "endpoint") == "0.0.0.0:4318"
    assert otlp.has("protocols", "grpc")
    assert not otlp.has("protocols", "thrift")
    assert otlp.at("protocols", "http", "endpoint") == (6, 19)
    (batch,) = model.components("processors", "batch")
    assert batch.duration("timeout") == 200
    (backend,) = model.components("exporters", "otlphttp")
    assert backend.text("endpoint") == "https://backend.example.org"
    assert backend.text("headers", "authorization") == "${env:TOKEN}"
    assert (backend.type, backend.name) == ("otlphttp", "backend")


@pytest.mark.parametrize("protocols", ["{grpc: }", "{http: , grpc: {}}", "{grpc: null}"])
def test_a_protocol_that_is_opened_has_defaults(parse, protocols):
    model = parse(TEXT.replace("protocols: {grpc: {}}", f"protocols: {protocols}"))
    one = model.defined["receivers"]["otlp/unused"]
    assert one.get("protocols", "grpc", "endpoint") == "localhost:4317"


def test_a_protocol_that_is_not_opened_has_none(parse):
    model = parse(TEXT.replace("protocols: {grpc: {}}", "protocols: {http: }"))
    assert model.defined["receivers"]["otlp/unused"].get("protocols", "grpc", "endpoint") is None


def test_other_names_of_a_type(parse):
    model = parse(TEXT.replace("otlphttp", "otlp_http"))
    assert [one.id for one in model.components("exporters", "otlphttp")] == ["otlp_http/backend"]


def seen(text):
    model = LANGUAGE.parse({"a.yaml": text})
    (backend,) = model.components("exporters", "otlphttp")
    (host,) = model.components("receivers", "hostmetrics")
    (otlp,) = model.components("receivers", "otlp")
    return (
        sorted(flows(model), key=str), backend.text("endpoint"),
        host.duration("collection_interval"),
        otlp.get("protocols", "grpc", "endpoint"), [one.id for one in model.extensions],
    )  # fmt: skip


@pytest.mark.parametrize(("change", "files"), list(equivalents({"a.yaml": TEXT})))
def test_rewritings_mean_the_same(change, files):
    faults = LANGUAGE.parse(files).faults
    assert not faults.keys() - {
        "components-are-used", "addresses-are-bound", "settings-are-not-judged",
    }, change  # fmt: skip
    if "keys in" not in change:
        assert seen(files["a.yaml"]) == seen(TEXT), change
