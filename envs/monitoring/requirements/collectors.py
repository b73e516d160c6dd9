"""Requirements about the pipelines of a collector: where data come from and where they go."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from envs.monitoring.requirements.collector_reading import LANGUAGE, flows_of, pipelines_of
from iac_gym.check import requirement
from iac_gym.languages.otel_collector.model import Component
from iac_gym.languages.otel_collector.values import milliseconds, resolved
from iac_gym.verdict import Finding


@requirement(
    "{signal} are received as OTLP over {protocol} at `{endpoint}`",
    "`{endpoint}` is where {signal} come in as OTLP over {protocol}",
    language=LANGUAGE,
)
def otlp_received(model: Any, signal: str, protocol: str, endpoint: str) -> Iterable[Finding]:
    """A receiver `otlp` of a pipeline, with that protocol opened."""
    flows, findings = flows_of(model, signal)
    yield from findings
    key = {"gRPC": "grpc", "HTTP": "http"}[protocol]
    for one in flows:
        opened = one.receiver.type == "otlp" and one.receiver.has("protocols", key)
        if opened and one.receiver.text("protocols", key, "endpoint") == endpoint:
            return
    if flows:
        yield model.finding(f"no {signal} are received over {protocol} at `{endpoint}`")


def _address(exporter: Component, signal: str) -> str:
    """Return where an exporter sends a signal, without what OTLP adds to it over HTTP."""
    own = exporter.text(f"{signal}_endpoint") if exporter.type == "otlphttp" else ""
    text = own.strip().rstrip("/").removesuffix(f"/v1/{signal}")
    text = text or exporter.text("endpoint").strip().rstrip("/")
    return re.sub(r"\Ahttps?://", "", text) if exporter.type == "otlp" else text


def _to(model: Any, endpoint: str) -> tuple[list[Component], list[Finding]]:
    """Return the exporters that send data to an address, and the findings without any."""
    wanted = endpoint.rstrip("/")
    found = {
        flow.exporter.id: flow.exporter for flow in model.flows()
        if _address(flow.exporter, flow.pipelines[-1].signal) == wanted
    }  # fmt: skip
    if found:
        return list(found.values()), []
    return [], [model.finding(f"nothing is sent to `{endpoint}`")]


@requirement(
    "all {signal} are sent to `{endpoint}` by an exporter of the type `{kind}`",
    "an exporter of the type `{kind}` sends all {signal} to `{endpoint}`",
    language=LANGUAGE,
)
def exported(model: Any, signal: str, kind: str, endpoint: str) -> Iterable[Finding]:
    """From every receiver of the signal there is a way to the exporter."""
    flows, findings = flows_of(model, signal)
    yield from findings
    if not flows:
        return
    wanted = endpoint.rstrip("/")
    reached = {
        id(one.receiver) for one in flows
        if one.exporter.type == kind and _address(one.exporter, signal) == wanted
    }  # fmt: skip
    if {id(one.receiver) for one in flows} - reached:
        some = "some" if reached else "no"
        yield model.finding(f"{some} {signal} go to `{endpoint}` ({kind})")


@requirement(
    "all metrics can be scraped by Prometheus from the collector at `{endpoint}`",
    "the collector offers all metrics to Prometheus at `{endpoint}` (exporter `prometheus`)",
    language=LANGUAGE,
)
def offered_metrics(model: Any, endpoint: str) -> Iterable[Finding]:
    """The exporter `prometheus`."""
    yield from exported.check(model, "metrics", "prometheus", endpoint)


@requirement(
    "requests to `{endpoint}` have the header `{header}` with the value of the environment "
    "variable "
    "`{variable}`",
    "the header `{header}` goes to `{endpoint}`, its value from the environment variable "
    "`{variable}`",
    language=LANGUAGE,
)
def export_header(model: Any, endpoint: str, header: str, variable: str) -> Iterable[Finding]:
    """`headers` of all exporters to that address; names in any case."""
    for one in (yield from _each(model, endpoint)):
        value = _header(one.tree.get("headers"), header)
        if value not in (f"${{env:{variable}}}", f"${{{variable}}}"):
            message = f"`{one.id}` does not send `{header}` from `{variable}`"
            yield model.finding(message, one.at("headers"))


def _each(model: Any, endpoint: str) -> Any:
    found, findings = _to(model, endpoint)
    yield from findings
    return found


def _header(given: Any, name: str) -> str:
    pairs: list[tuple[Any, Any]] = []
    if isinstance(given, Mapping):
        pairs = list(given.items())
    elif isinstance(given, list):
        pairs = [(one.get("name"), one.get("value")) for one in given if isinstance(one, Mapping)]
    for key, value in pairs:
        if str(key).casefold() == name.casefold():
            return str(value).strip()
    return ""


@requirement(
    "the exporter to `{endpoint}` trusts the certificate authority in `{path}`",
    "the certificate of `{endpoint}` is checked with the authority in `{path}`",
    language=LANGUAGE,
)
def export_authority(model: Any, endpoint: str, path: str) -> Iterable[Finding]:
    """`tls.ca_file`, with certificates that are checked."""
    for one in (yield from _each(model, endpoint)):
        unsafe = any(one.get("tls", key) is True for key in ("insecure", "insecure_skip_verify"))
        if one.text("tls", "ca_file") != path or unsafe:
            yield model.finding(f"`{one.id}` does not trust `{path}`", one.at("tls", "ca_file"))


@requirement(
    "data go to `{endpoint}` without TLS", "the connection to `{endpoint}` is not encrypted",
    language=LANGUAGE,
)  # fmt: skip
def export_plain(model: Any, endpoint: str) -> Iterable[Finding]:
    """`tls.insecure: true`."""
    for one in (yield from _each(model, endpoint)):
        if one.get("tls", "insecure") is not True:
            yield model.finding(f"`{one.id}` uses TLS", one.at("tls", "insecure"))


@requirement(
    "sending to `{endpoint}` is tried again for {time} at most",
    "after {time} of failures the collector gives up sending to `{endpoint}`",
    language=LANGUAGE,
)
def export_retries(model: Any, endpoint: str, time: str) -> Iterable[Finding]:
    """`retry_on_failure.max_elapsed_time`."""
    for one in (yield from _each(model, endpoint)):
        given = one.duration("retry_on_failure", "max_elapsed_time")
        if given != milliseconds(time) or one.get("retry_on_failure", "enabled") is False:
            yield model.finding(f"`{one.id}` does not try again for {time}",
                                one.at("retry_on_failure"))  # fmt: skip


@requirement(
    "the queue of the exporter to `{endpoint}` holds {count} requests",
    "up to {count} requests to `{endpoint}` wait in the sending queue",
    language=LANGUAGE,
)
def export_queue(model: Any, endpoint: str, count: int) -> Iterable[Finding]:
    """`sending_queue.queue_size`."""
    for one in (yield from _each(model, endpoint)):
        enabled = one.get("sending_queue", "enabled") is not False
        if one.get("sending_queue", "queue_size") != count or not enabled:
            yield model.finding(f"the queue of `{one.id}` is another", one.at("sending_queue"))


@requirement(
    "data for `{endpoint}` are compressed with {method}", "{method} compresses what is sent to "
    "`{endpoint}`",
    language=LANGUAGE,
)  # fmt: skip
def export_compression(model: Any, endpoint: str, method: str) -> Iterable[Finding]:
    """`compression`."""
    for one in (yield from _each(model, endpoint)):
        if one.text("compression") != method:
            yield model.finding(f"`{one.id}` does not use {method}", one.at("compression"))


# --- processors of every pipeline -----------------------------------------------------------------


@requirement(
    "in every pipeline the memory limiter is the first processor: at most {limit} MiB, checked "
    "every "
    "{interval}",
    "every pipeline begins with the memory limiter ({limit} MiB, a check every {interval})",
    language=LANGUAGE,
)
def memory_limited(model: Any, limit: int, interval: str) -> Iterable[Finding]:
    """`memory_limiter` with `limit_mib` and `check_interval`."""
    yield from _first(model, {"limit_mib": limit}, interval)


@requirement(
    "in every pipeline the memory limiter is the first processor: at most {percent} % of the "
    "memory, "
    "spikes of {spike} %, checked every {interval}",
    "every pipeline begins with the memory limiter ({percent} % of the memory, spikes of {spike} "
    "%, "
    "a check every {interval})",
    language=LANGUAGE,
)
def memory_share(model: Any, percent: int, spike: int, interval: str) -> Iterable[Finding]:
    """`memory_limiter` with percentages."""
    given = {"limit_percentage": percent, "spike_limit_percentage": spike}
    yield from _first(model, given, interval)


def _first(model: Any, settings: Mapping[str, int], interval: str) -> Iterable[Finding]:
    for pipeline in (yield from _pipelines(model)):
        one = pipeline.processors[0] if pipeline.processors else None
        if one is None or one.type != "memory_limiter":
            yield model.finding(f"`{pipeline.id}` does not begin with the memory limiter",
                                pipeline.mark)  # fmt: skip
            return
        right = all(one.get(key) == value for key, value in settings.items())
        if not right or one.duration("check_interval") != milliseconds(interval):
            yield model.finding(f"the limits of `{one.id}` are others", one.mark)
            return


def _pipelines(model: Any) -> Any:
    found = [one for one in model.pipelines if one.receivers and one.exporters]
    if not found:
        yield model.finding("there is no pipeline with a receiver and an exporter")
    return found


@requirement(
    "in every pipeline data are batched by the last processor: sent after {timeout}, or when "
    "{size} "
    "items have come together",
    "every pipeline ends, before its exporters, with batching: {size} items or {timeout}",
    language=LANGUAGE,
)
def batched(model: Any, timeout: str, size: int) -> Iterable[Finding]:
    """`batch` with `timeout` and `send_batch_size`."""
    for pipeline in (yield from _pipelines(model)):
        one = pipeline.processors[-1] if pipeline.processors else None
        if one is None or one.type != "batch":
            yield model.finding(f"`{pipeline.id}` does not end with `batch`", pipeline.mark)
            return
        if one.duration("timeout") != milliseconds(timeout) or one.get("send_batch_size") != size:
            yield model.finding(f"`{one.id}` makes other batches", one.mark)
            return


# --- extensions and the collector itself ----------------------------------------------------------


@requirement(
    "the collector answers health checks at `{endpoint}`",
    "`{endpoint}` tells whether the collector is healthy (extension `health_check`)",
    language=LANGUAGE,
)
def health_checked(model: Any, endpoint: str) -> Iterable[Finding]:
    """The extension `health_check`, which the service starts."""
    yield from _extension(model, "health_check", endpoint)


def _extension(model: Any, kind: str, endpoint: str) -> Iterable[Finding]:
    found = [one for one in model.extensions if one.type == kind]
    if not any(one.text("endpoint") == endpoint for one in found):
        mark = found[0].mark if found else (0, 0)
        yield model.finding(f"no `{kind}` is started at `{endpoint}`", mark)


@requirement(
    "the extension `{extension}` listens at `{endpoint}`",
    "`{endpoint}` is the address of the extension `{extension}`",
    language=LANGUAGE,
)
def extension_started(model: Any, extension: str, endpoint: str) -> Iterable[Finding]:
    """`pprof` or `zpages`, which the service starts."""
    yield from _extension(model, extension, endpoint)


@requirement(
    "the collector's own logs have the level {level}", "the collector itself logs from {level} on",
    language=LANGUAGE,
)  # fmt: skip
def own_log_level(model: Any, level: str) -> Iterable[Finding]:
    """`service.telemetry.logs.level`."""
    logs = model.telemetry.get("logs")
    given = resolved(logs.get("level")) if isinstance(logs, Mapping) else None
    if str(given).lower() != level:
        yield model.finding(f"the collector does not log from {level} on")


@requirement(
    "the collector handles {signals} and nothing else", "there are pipelines for {signals} alone",
    language=LANGUAGE,
)  # fmt: skip
def handles(model: Any, signals: Sequence[str]) -> Iterable[Finding]:
    """The signals of the pipelines that work."""
    found = {one.signal for one in model.pipelines if one.receivers and one.exporters}
    if found != set(signals):
        said = ", ".join(sorted(found)) or "nothing"
        yield model.finding(f"it handles {said}")
    for signal in signals:
        yield from pipelines_of(model, signal)[1]
