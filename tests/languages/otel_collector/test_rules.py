"""What the collector refuses is found; what it accepts is not."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iac_gym.formats.yaml import dump
from iac_gym.languages.otel_collector.components import SCHEMAS
from iac_gym.languages.otel_collector.settings import fields
from iac_gym.verdict import Stage
from iac_gym.verifier import check_files

BASE = """\
receivers:
  otlp: {protocols: {grpc: }}
processors:
  batch: %s
exporters:
  debug: %s
service:
  pipelines:
    traces: {receivers: [otlp], processors: [batch], exporters: [debug]}
"""


def conf(kind, settings, signal="traces", more=""):
    """Return a configuration with one component of a kind and type, used in a pipeline."""
    field, of = kind.split(".")
    parts = {"receivers": "  otlp: {protocols: {grpc: }}\n", "processors": "  batch:\n",
             "exporters": "  debug:\n"}  # fmt: skip
    parts[field] = f"  {of}: {settings}\n"
    text = "".join(f"{key}:\n{value}" for key, value in parts.items())
    names = {key: value.split(":")[0].strip() for key, value in parts.items()}
    used = ", ".join(f"{key}: [{name}]" for key, name in names.items())
    return f"{text}{more}service:\n  pipelines:\n    {signal}: {{{used}}}\n"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "syntax"),
        ("[]", "syntax"),
        (BASE % ("", "") + "extra: 1\n", "fields-are-known"),
        (BASE % ("{timout: 5s}", ""), "fields-are-known"),
        (BASE % ("{timeout: five}", ""), "durations-are-right"),
        (BASE % ("{send_batch_size: -1}", ""), "values-have-their-type"),
        (BASE % ("{send_batch_max_size: 100}", ""), "settings-are-right"),
        (BASE % ("[]", ""), "values-have-their-type"),
        (BASE % ("", "{verbosity: all}"), "settings-are-right"),
        ((BASE % ("", "")).replace("traces:", "trace:"), "ids-are-right"),
        ((BASE % ("", "")).replace("  batch: \n", "  batch/: \n"), "ids-are-right"),
        ((BASE % ("", "")).replace("[debug]", "[]"), "pipelines-are-complete"),
        ((BASE % ("", "")).replace("[debug]", "debug"), "values-have-their-type"),
        ((BASE % ("", "")).replace("[debug]", "[otlp]"), "components-are-defined"),
        ((BASE % ("", "")).replace("[batch]", "[batch, batch]"), "pipelines-are-complete"),
        ((BASE % ("", "")).replace("  debug", "  logging"), "component-types-are-known"),
        ((BASE % ("", "")).replace("service:", "service:\n  extensions: [pprof]"),
         "components-are-defined"),
        (conf("receivers.otlp", ""), "components-are-complete"),
        (conf("receivers.otlp", "{protocols: {grcp: }}"), "fields-are-known"),
        (conf("receivers.otlp", "{protocols: {grpc: {endpoint: '4317'}}}"), "addresses-are-right"),
        (conf("receivers.prometheus", "{config: {}}"), "signals-fit"),
        (conf("receivers.hostmetrics", "{scrapers: }", "metrics"), "components-are-complete"),
        (conf("receivers.hostmetrics", "{scrapers: {cpus: }}", "metrics"), "fields-are-known"),
        (conf("receivers.filelog", "{start_at: end}", "logs"), "components-are-complete"),
        (conf("receivers.filelog", "{include: /a}", "logs"), "values-have-their-type"),
        (conf("receivers.filelog", "{include: [/a], start_at: tail}", "logs"),
         "settings-are-right"),
        (conf("receivers.kubeletstats", "{auth_type: token}", "metrics"), "settings-are-right"),
        (conf("processors.memory_limiter", "{limit_mib: 5}"), "components-are-complete"),
        (conf("processors.memory_limiter", "{check_interval: 0s, limit_mib: 5}"),
         "components-are-complete"),
        (conf("processors.memory_limiter", "{check_interval: 1s}"), "components-are-complete"),
        (conf("processors.memory_limiter",
              "{check_interval: 1s, limit_mib: 5, spike_limit_mib: 5}"),
         "settings-are-right"),
        (conf("processors.attributes", "{actions: [{key: a, action: add}]}"), "settings-are-right"),
        (conf("processors.attributes", "{actions: [{key: a, action: insert}]}"),
         "components-are-complete"),
        (conf("processors.attributes", "{actions: [{action: delete}]}"), "components-are-complete"),
        (conf("processors.tail_sampling", "{policies: [{name: a, type: errors}]}"),
         "settings-are-right"),
        (conf("processors.tail_sampling", "{policies: [{name: a, type: and}]}", "logs"),
         "signals-fit"),
        (conf("processors.resourcedetection", "{detectors: [aws]}"), "settings-are-right"),
        (conf("exporters.otlp", "{}"), "components-are-complete"),
        (conf("exporters.otlp", "{endpoint: backend}"), "addresses-are-right"),
        (conf("exporters.otlp", "{endpoint: 'b:1', tls: {insecure: 'true'}}"),
         "values-have-their-type"),
        (conf("exporters.otlphttp", "{endpoint: 'backend:4318'}"), "addresses-are-right"),
        (conf("exporters.otlphttp", "{endpoint: 'http://b', headers: {a: 1}}"),
         "values-have-their-type"),
        (conf("exporters.otlphttp", "{endpoint: 'http://b', auth: {authenticator: basicauth}}"),
         "components-are-defined"),
        (conf("exporters.prometheus", "{endpoint: ':8889'}"), "signals-fit"),
    ],
)  # fmt: skip
def test_found(findings, text, rule):
    assert rule in findings(text)


@pytest.mark.parametrize(
    "text",
    [
        BASE % ("", ""),
        BASE % ("{timeout: '${env:T}', send_batch_size: '${env:N:-5}'}", "{verbosity: '${V}'}"),
        conf("receivers.otlp", "{protocols: {grpc: {endpoint: '${env:IP}:4317'}, http: }}"),
        conf("receivers.k8s_cluster", "{auth_type: serviceAccount}", "metrics"),
        conf("receivers.redis", "{endpoint: 'x:1', anything: 1}", "metrics"),
        conf("processors.attributes", "{actions: [{pattern: ^a, action: delete}]}"),
        conf("processors.resource", "{attributes: [{key: a, action: upsert, value: 1}]}"),
        conf("processors.filter", "{error_mode: ignore, traces: {span: ['true']}}"),
        conf("exporters.otlp", "{endpoint: 'https://b:4317', sending_queue: {storage: }}"),
        conf("exporters.otlp_http", "{endpoint: 'http://b', retry_on_failure: {enabled: false}}"),
        conf("exporters.loki", "{endpoint: 'http://l/loki/api/v1/push'}", "logs"),
        conf("exporters.datadog", "{api: {key: '${env:DD}'}}"),
    ],
)
def test_accepted(findings, text):
    assert findings(text) == {}


PIPES = """\
receivers: {otlp: {protocols: {grpc: }}}
exporters: {debug: }
connectors: {%s: %s}
service: {pipelines: {%s}}
"""
IN = "traces: {receivers: [otlp], exporters: [%s]}"


@pytest.mark.parametrize(
    ("connector", "pipelines", "right"),
    [
        ("spanmetrics", IN + ", metrics: {receivers: [%s], exporters: [debug]}", True),
        ("forward", IN + ", traces/2: {receivers: [%s], exporters: [debug]}", True),
        ("forward", IN + ", metrics: {receivers: [%s], exporters: [debug]}", False),
        ("spanmetrics", IN + ", traces/2: {receivers: [%s], exporters: [debug]}", False),
        ("spanmetrics", "traces: {receivers: [otlp], exporters: [debug, %s]}", False),
        ("count", "metrics: {receivers: [%s], exporters: [debug]}", False),
        ("forward", "traces: {receivers: [otlp, %s], exporters: [%s, debug]}", False),
    ],
)
def test_connectors(findings, connector, pipelines, right):
    names = (connector,) * pipelines.count("%s")
    found = findings(PIPES % (connector, "", pipelines % names))
    assert ("connectors-connect" not in found) is right


def test_unsafe_settings(findings):
    text = conf(
        "exporters.otlphttp",
        "{endpoint: 'http://b', tls: {insecure_skip_verify: true, insecure: true},"
        " headers: {api-key: abc, other: '${env:TOKEN}'}}",
    )
    assert findings(text, stages=(Stage.SECURITY,)).keys() == {
        "certificates-are-verified", "data-are-sent-encrypted", "secrets-are-not-written-out",
    }  # fmt: skip


def test_schemas_can_be_read():
    for schema in SCHEMAS.values():
        known, _ = fields(schema)
        for of in known.values():
            assert of.split(":")[0] in (
                "any", "count", "duration", "headers", "id", "list", "map", "number", "struct",
                "text", "truth", "whole",
            )  # fmt: skip


HOSTILE = {
    "pipelines": PIPES % ("forward", "", ", ".join(
        f"traces/{i}: {{receivers: [otlp, forward], exporters: [forward, debug]}}"
        for i in range(600))),
    "components": "receivers:\n" + "".join(f"  otlp/{i}: {{protocols: }}\n" for i in range(1500)),
    "expansions": BASE % ("'" + "${env:" * 9000 + "'", "'" + "$" * 30000 + "'"),
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_in_time(text):
    started = time.process_time()
    assert check_files({"a.yaml": text}, {"a.yaml": "otel_collector"}).unscored == ""
    assert time.process_time() - started < 2


KEYS = sorted({name for schema in SCHEMAS.values() for name in fields(schema)[0]})
NAMES = sorted({of for _, of in SCHEMAS})
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4)
    | st.sampled_from(["${env:A}", "5s", "a:1", "http://a", *NAMES]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from([*KEYS, "0"]), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip
SECTION = ANY | st.dictionaries(st.sampled_from(NAMES), ANY, max_size=3)


@given(*[SECTION] * 5, ANY)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_tree_gets_a_verdict(one, two, three, four, five, pipeline):
    pipelines = {"traces": pipeline, "logs/a": {"receivers": ["otlp"], "exporters": [pipeline]}}
    tree = {"receivers": one, "processors": two, "exporters": three, "connectors": four,
            "extensions": five,
            "service": {"pipelines": pipelines, "extensions": pipeline}}  # fmt: skip
    verdict = check_files({"a.yaml": dump([tree])}, {"a.yaml": "otel_collector"})
    assert verdict.unscored == ""
