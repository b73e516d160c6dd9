"""Families of OpenTelemetry Collectors: traces, metrics, logs, and what becomes of them."""

from __future__ import annotations

from typing import Any

from envs.monitoring import choices
from envs.monitoring.families.collector_recipe import (
    Collector,
    Extra,
    around,
    exporter,
    on_kubernetes,
    otlp,
    resources,
    secrets,
    sending,
)
from envs.monitoring.requirements import (
    collectors,
    collectors_data,
    collectors_sampling,
    collectors_sources,
)
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

_ROUTES = ("/healthz", "/livez", "/readyz", "/metrics", "/ping", "/internal/status")


def _dropped_spans(made: Collector) -> None:
    key = made.draw.choice("route key", ("http.route", "url.path", "http.target", "rpc.method"))
    value = made.draw.choice("route", _ROUTES)
    condition = f'attributes["{key}"] == "{value}"'
    made.add("processors", "filter", {
        "error_mode": "ignore", "traces": {"span": [condition]},
    }, "traces")  # fmt: skip
    made.ask(collectors_data.spans_dropped(key=key, value=value))


@family("otel_collector", levels=(1, 2, 3, 4, 5))
def trace_collector(draw: Draw) -> Draft:
    """Traces that applications send, sampled and passed on."""
    made = Collector(draw, "traces")
    otlp(made, ["traces"])
    settings, endpoint = exporter(made, ["traces"], ("otlp", "otlphttp"))

    def sampled(made: Collector) -> None:
        percent = draw.choice("percent", (1, 5, 10, 15, 20, 25, 50))
        made.add("processors", "probabilistic_sampler", {"sampling_percentage": percent})
        made.ask(collectors_sampling.traces_sampled(percent=percent))

    batch, memory, health, *rest = around()
    header, tls, *more = sending(settings, endpoint)
    made.grow([
        Extra("sampled", 1, sampled), batch, memory, header, Extra("dropped", 1, _dropped_spans),
        resources("traces"), health, tls, secrets("traces"), on_kubernetes("traces"), *more, *rest,
    ])  # fmt: skip
    return made.draft(
        "Write the configuration of an OpenTelemetry Collector for traces",
        "Our applications send traces: write the configuration of the OpenTelemetry Collector",
    )


def _host(made: Collector) -> None:
    draw = made.draw
    pool = ("cpu", "memory", "disk", "filesystem", "load", "network", "paging", "processes")
    scrapers = list(draw.sample("scrapers", pool, draw.integer("scraper count", 2, 4)))
    interval = draw.choice("host interval", ("10s", "15s", "20s", "30s", "2m"))
    made.add("receivers", "hostmetrics", {
        "collection_interval": interval, "scrapers": {name: {} for name in scrapers},
    }, "metrics")  # fmt: skip
    made.ask(collectors_sources.host_metrics(scrapers=scrapers, interval=interval))


def _scraped(made: Collector) -> None:
    draw = made.draw
    job = draw.choice("job", choices.JOBS)
    host = draw.choice("job host", choices.TEAMS)
    port = draw.choice("job port", (8080, 9090, 9100, 9187, 9121))
    count = draw.integer("target count", 1, 3)
    targets = [f"{host}-{number}:{port}" for number in range(1, count + 1)]
    interval = draw.choice("job interval", choices.INTERVALS)
    made.add("receivers", "prometheus", {"config": {"scrape_configs": [{
        "job_name": job, "scrape_interval": interval, "static_configs": [{"targets": targets}],
    }]}}, "metrics")  # fmt: skip
    made.ask(collectors_sources.scraped_job(job=job, targets=targets, interval=interval))


def _dropped_metrics(made: Collector) -> None:
    prefix = made.draw.choice("dropped", choices.METRIC_PREFIXES)
    made.add("processors", "filter", {
        "error_mode": "ignore", "metrics": {"metric": [f'IsMatch(name, "^{prefix}.*")']},
    }, "metrics")  # fmt: skip
    made.ask(collectors_data.metrics_dropped(prefix=prefix))


@family("otel_collector", levels=(1, 2, 3, 4, 5))
def metric_collector(draw: Draw) -> Draft:
    """Metrics of machines and of programs, passed on to a storage."""
    made = Collector(draw, "metrics")
    if draw.phrase("of the machine", (True, False)):
        _host(made)
        other = Extra("other source", 1, _scraped)
    else:
        _scraped(made)
        other = Extra("other source", 1, _host)
    if draw.chance("is scraped itself", 0.25):
        port = draw.choice("offered port", (8889, 9464, 9091, 9999))
        made.add("exporters", "prometheus", {"endpoint": f"0.0.0.0:{port}"})
        made.ask(collectors.offered_metrics(endpoint=f"0.0.0.0:{port}"))
        more: list[Extra] = []
    else:
        more = sending(*exporter(made, ["metrics"], ("prometheusremotewrite", "otlphttp", "otlp")))
    batch, memory, health, *rest = around()
    made.grow([
        memory, batch, *more[:1], Extra("dropped", 1, _dropped_metrics), resources("metrics"),
        *more[1:2], other, health, *more[2:], *rest,
    ])  # fmt: skip
    return made.draft(
        "Write the configuration of an OpenTelemetry Collector for metrics",
        "An OpenTelemetry Collector shall gather metrics: write its configuration",
    )


@family("otel_collector", levels=(1, 2, 3, 4, 5))
def log_collector(draw: Draw) -> Draft:
    """Log files that are followed and passed on."""
    made = Collector(draw, "logs")
    names = draw.sample("programs", choices.JOBS, draw.integer("file count", 1, 2))
    paths = [f"/var/log/{name}/*.log" for name in names]
    receiver = made.add("receivers", "filelog", {"include": paths})
    made.ask(collectors_sources.log_files(paths=paths))
    settings, endpoint = exporter(made, ["logs"], ("otlphttp", "otlp"))

    def begins(made: Collector) -> None:
        receiver["start_at"] = "beginning"
        made.ask(collectors_sources.logs_from_beginning())

    def parsed(made: Collector) -> None:
        receiver["operators"] = [{"type": "json_parser"}]
        made.ask(collectors_sources.logs_as_json())

    def left_out(made: Collector) -> None:
        pattern = f"/var/log/{names[0]}/{draw.choice('left out', ('debug', 'audit', 'trace'))}*.log"
        receiver["exclude"] = [pattern]
        made.ask(collectors_sources.log_files_left_out(pattern=pattern))

    def severe(made: Collector) -> None:
        level = draw.choice("level", ("INFO", "WARN", "ERROR"))
        condition = f"severity_number < SEVERITY_NUMBER_{level}"
        made.add("processors", "filter", {
            "error_mode": "ignore", "logs": {"log_record": [condition]},
        })  # fmt: skip
        made.ask(collectors_data.logs_dropped(level=level))

    batch, memory, health, *rest = around()
    header, tls, *more = sending(settings, endpoint)
    made.grow([
        Extra("parsed", 1, parsed), batch, Extra("begins", 1, begins), memory,
        Extra("severe", 1, severe), header, Extra("left out", 1, left_out), resources("logs"),
        health, secrets("logs"), tls, on_kubernetes("logs"), *more, *rest,
    ])  # fmt: skip
    return made.draft(
        "Write the configuration of an OpenTelemetry Collector for log files",
        "Log files shall be shipped by an OpenTelemetry Collector: write its configuration",
    )


@family("otel_collector", levels=(3, 4, 5))
def telemetry_gateway(draw: Draw) -> Draft:
    """Several signals through one collector, also to two storages."""
    count = draw.integer("signal count", 2, 3)
    signals = sorted(draw.sample("signals", ("traces", "metrics", "logs"), count))
    made = Collector(draw, *signals)
    made.ask(collectors.handles(signals=signals))
    otlp(made, signals)
    first, *others = signals
    settings, endpoint = exporter(made, [first], ("otlp", "otlphttp"))
    for signal in others:
        exporter(made, [signal], ("otlphttp", "otlp"), f" {signal}")

    def both(made: Collector) -> None:
        exporter(made, [first], ("otlp", "otlphttp"), " copy")

    batch, memory, health, *rest = around()
    made.grow([
        memory, batch, Extra("both", 1, both), health, *sending(settings, endpoint)[:2],
        resources(first), *rest,
    ])  # fmt: skip
    return made.draft(
        "Write the configuration of an OpenTelemetry Collector that works as a gateway",
        "All telemetry shall go through one OpenTelemetry Collector: write its configuration",
    )


@family("otel_collector", levels=(2, 3, 4, 5))
def tail_sampling_collector(draw: Draw) -> Draft:
    """Traces of which the interesting ones are kept."""
    made = Collector(draw, "traces")
    otlp(made, ["traces"])
    settings, endpoint = exporter(made, ["traces"], ("otlp", "otlphttp"))
    percent = draw.choice("percent", (1, 2, 5, 10, 20, 25))
    policies: list[dict[str, Any]] = [
        {"name": "errors", "type": "status_code", "status_code": {"status_codes": ["ERROR"]}},
        {"name": "rest", "type": "probabilistic",
         "probabilistic": {"sampling_percentage": percent}},
    ]  # fmt: skip
    tail = made.add("processors", "tail_sampling", {"policies": policies})
    made.ask(collectors_sampling.keeps_errors(), collectors_sampling.keeps_some(percent=percent))

    def slow(made: Collector) -> None:
        time = draw.choice("slow", (250, 500, 750, 1000, 2000, 5000))
        policies.insert(1, {"name": "slow", "type": "latency", "latency": {"threshold_ms": time}})
        made.ask(collectors_sampling.keeps_slow(time=time))

    def waits(made: Collector) -> None:
        tail["decision_wait"] = draw.choice("wait", ("5s", "10s", "15s", "20s", "1m"))
        made.ask(collectors_sampling.sampling_waits(time=tail["decision_wait"]))

    def marked(made: Collector) -> None:
        key, values = draw.choice("marked", (
            ("service.name", choices.JOBS), ("tenant.id", choices.TEAMS),
            ("http.route", ("/checkout", "/login", "/pay")),
        ))  # fmt: skip
        value = draw.choice("marked value", values)
        policies.append({
            "name": "marked", "type": "string_attribute",
            "string_attribute": {"key": key, "values": [value]},
        })  # fmt: skip
        made.ask(collectors_sampling.keeps_attribute(key=key, value=value))

    batch, memory, health, *rest = around()
    made.grow([
        Extra("slow", 1, slow), Extra("waits", 1, waits), memory, batch, Extra("marked", 1, marked),
        health, *sending(settings, endpoint)[:3], resources("traces"), *rest,
    ])  # fmt: skip
    return made.draft(
        "Write the configuration of an OpenTelemetry Collector that samples whole traces",
        "We cannot keep all traces: write an OpenTelemetry Collector's configuration that chooses",
    )


@family("otel_collector", levels=(2, 3, 4), held_out=True)
def span_metrics_collector(draw: Draw) -> Draft:
    """Metrics that are made from spans."""
    made = Collector(draw, "traces", "metrics")
    otlp(made, ["traces"])
    exporter(made, ["traces"], ("otlp", "otlphttp"))
    host = draw.choice("metrics backend", choices.DOMAINS)
    endpoint = f"https://{host}/api/v1/write"
    settings = made.add("exporters", "prometheusremotewrite", {"endpoint": endpoint}, "metrics")
    connector: dict[str, Any] = {}
    made.fields["connectors"] = {"spanmetrics": connector}
    made.pipelines["traces"]["exporters"].append("spanmetrics")
    made.pipelines["metrics"]["receivers"].append("spanmetrics")
    made.ask(collectors_sources.span_metrics(endpoint=endpoint, kind="prometheusremotewrite"))

    def dimensions(made: Collector) -> None:
        pool = ("http.route", "http.request.method", "http.response.status_code", "tenant.id",
                "rpc.method", "db.system")  # fmt: skip
        names = list(draw.sample("dimensions", pool, draw.integer("dimension count", 1, 3)))
        connector["dimensions"] = [{"name": name} for name in names]
        made.ask(collectors_sources.span_dimensions(names=names))

    def buckets(made: Collector) -> None:
        bounds = list(draw.choice("buckets", (
            ("10ms", "100ms", "1s"), ("5ms", "50ms", "500ms", "5s"), ("100ms", "250ms", "1s", "2s"),
            ("2ms", "20ms", "200ms", "2s"),
        )))  # fmt: skip
        connector["histogram"] = {"explicit": {"buckets": bounds}}
        made.ask(collectors_sources.span_buckets(bounds=bounds))

    def interval(made: Collector) -> None:
        connector["metrics_flush_interval"] = draw.choice("flush", ("5s", "10s", "15s", "30s"))
        made.ask(collectors_sources.span_metrics_interval(
            time=connector["metrics_flush_interval"]))  # fmt: skip

    batch, memory, health, *rest = around()
    made.grow([
        Extra("dimensions", 1, dimensions), Extra("buckets", 1, buckets), memory,
        Extra("interval", 1, interval), batch, *sending(settings, endpoint)[:1], health, *rest,
    ])  # fmt: skip
    return made.draft(
        "Write an OpenTelemetry Collector's configuration that makes metrics from spans",
        "Request rates and latencies shall come from our traces: write the configuration of the "
        "OpenTelemetry Collector",
    )
