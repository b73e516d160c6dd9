"""Requirements about receivers and connectors of a collector."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from envs.monitoring.requirements.collector_reading import LANGUAGE, flows_of, items, jobs_of, texts
from envs.monitoring.requirements.reading import seconds
from iac_gym.check import requirement
from iac_gym.languages.otel_collector.model import Component
from iac_gym.languages.otel_collector.values import milliseconds
from iac_gym.languages.prometheus.config import Job
from iac_gym.verdict import Finding


def _receivers(
    model: Any, signal: str, kind: str
) -> tuple[list[Component], list[Finding]]:  # fmt: skip
    """Return the receivers of a type whose data reach an exporter, and findings without any."""
    flows, findings = flows_of(model, signal)
    if findings:
        return [], findings
    found = {one.receiver.id: one.receiver for one in flows if one.receiver.type == kind}
    if found:
        return list(found.values()), []
    return [], [model.finding(f"no receiver `{kind}` is used in a pipeline of {signal}")]


@requirement(
    "the metrics of the machine itself are read every {interval}: {scrapers}",
    "every {interval} the collector reads these metrics of its machine: {scrapers}",
    language=LANGUAGE,
)
def host_metrics(model: Any, scrapers: Sequence[str], interval: str) -> Iterable[Finding]:
    """`hostmetrics` with exactly these scrapers, in one receiver or several."""
    found, findings = _receivers(model, "metrics", "hostmetrics")
    yield from findings
    if not found:
        return
    given: set[str] = set()
    for one in found:
        named = one.tree.get("scrapers")
        given |= {str(key) for key in named} if isinstance(named, Mapping) else set()
        if one.duration("collection_interval") != milliseconds(interval):
            yield model.finding(f"`{one.id}` does not read every {interval}", one.mark)
    if given != set(scrapers):
        yield model.finding("these are not the metrics that are read", found[0].at("scrapers"))


def _jobs(model: Any, name: str) -> tuple[Job | None, list[Finding]]:
    found, findings = _receivers(model, "metrics", "prometheus")
    for one in found:
        job = next((job for job in jobs_of(one) if job.name == name), None)
        if job is not None:
            return job, []
    return None, findings or [model.finding(f"no receiver `prometheus` has the job `{name}`")]


@requirement(
    "the collector scrapes, as Prometheus does, the job `{job}` with the targets {targets} every "
    "{interval}",
    "a job `{job}` of the receiver `prometheus` scrapes {targets} every {interval}",
    language=LANGUAGE,
)
def scraped_job(
    model: Any, job: str, targets: Sequence[str], interval: str
) -> Iterable[Finding]:  # fmt: skip
    """A job of the receiver `prometheus`, with its own interval or the general one."""
    found, findings = _jobs(model, job)
    yield from findings
    if found is None:
        return
    kept = [one.address for one in found.targets if found.scraped(one.address, one.labels)]
    if sorted(kept) != sorted(targets):
        yield model.finding(f"the job `{job}` scrapes other targets", found.mark)
    elif found.interval != seconds(interval):
        yield model.finding(f"the job `{job}` is not scraped every {interval}", found.mark)


@requirement(
    "log lines are read from the files {paths}", "the files {paths} are followed for log lines",
    language=LANGUAGE,
)  # fmt: skip
def log_files(model: Any, paths: Sequence[str]) -> Iterable[Finding]:
    """`include` of `filelog`."""
    found, findings = _receivers(model, "logs", "filelog")
    yield from findings
    given = {path for one in found for path in texts(one.tree, "include")}
    if found and given != set(paths):
        yield model.finding("other files are read", found[0].at("include"))


@requirement(
    "the files `{pattern}` are left out when log lines are read",
    "no log lines are read from `{pattern}`",
    language=LANGUAGE,
)
def log_files_left_out(model: Any, pattern: str) -> Iterable[Finding]:
    """`exclude` of every `filelog`."""
    found, findings = _receivers(model, "logs", "filelog")
    yield from findings
    for one in found:
        if pattern not in texts(one.tree, "exclude"):
            yield model.finding(f"`{pattern}` is read, too", one.at("exclude"))
            return


@requirement(
    "log files that are there already are read from their beginning",
    "the collector reads existing log files from the start",
    language=LANGUAGE,
)
def logs_from_beginning(model: Any) -> Iterable[Finding]:
    """`start_at: beginning`."""
    found, findings = _receivers(model, "logs", "filelog")
    yield from findings
    for one in found:
        if one.text("start_at") != "beginning":
            yield model.finding("existing lines are not read", one.at("start_at"))
            return


@requirement(
    "each log line is read as JSON, and its fields become attributes",
    "log lines are JSON: their fields become attributes",
    language=LANGUAGE,
)
def logs_as_json(model: Any) -> Iterable[Finding]:
    """The operator `json_parser`, into the attributes."""
    found, findings = _receivers(model, "logs", "filelog")
    yield from findings
    for one in found:
        if not any(
            operator.get("type") == "json_parser"
            and operator.get("parse_to") in (None, "attributes")
            for operator in items(one.tree, "operators")
        ):
            yield model.finding("lines are not read as JSON", one.at("operators"))
            return


# --- metrics of spans -----------------------------------------------------------------------------


def _connected(model: Any) -> tuple[list[Component], list[Finding]]:
    """Return the connectors `spanmetrics` through which data really run."""
    found = {}
    for flow in model.flows("traces"):
        for first, second in zip(flow.pipelines, flow.pipelines[1:], strict=False):
            if second.signal == "metrics":
                for one in first.exporters:
                    if one.type == "spanmetrics" and one in second.receivers:
                        found[one.id] = one
    if found:
        return list(found.values()), []
    message = "no connector `spanmetrics` leads from received traces to exported metrics"
    return [], [model.finding(message)]


@requirement(
    "metrics of requests, errors and durations are made from the received spans (connector "
    "`spanmetrics`) and sent to `{endpoint}` by an exporter of the type `{kind}`",
    "the connector `spanmetrics` turns spans into metrics, which an exporter of the type `{kind}` "
    "sends to `{endpoint}`",
    language=LANGUAGE,
)
def span_metrics(model: Any, endpoint: str, kind: str) -> Iterable[Finding]:
    """A way of the traces that ends in that exporter, through a pipeline of metrics."""
    _, findings = _connected(model)
    yield from findings
    if findings:
        return
    for flow in model.flows("traces"):
        turned = any(one.signal == "metrics" for one in flow.pipelines)
        if turned and flow.exporter.type == kind and flow.exporter.text("endpoint") == endpoint:
            return
    yield model.finding(f"metrics of spans do not go to `{endpoint}` ({kind})")


@requirement(
    "the metrics of spans are told apart by the attributes {names}, too",
    "the attributes {names} become further dimensions of the metrics of spans",
    language=LANGUAGE,
)
def span_dimensions(model: Any, names: Sequence[str]) -> Iterable[Finding]:
    """`dimensions` of the connector."""
    found, findings = _connected(model)
    yield from findings
    for one in found:
        given = {str(entry.get("name")) for entry in items(one.tree, "dimensions")}
        if given != set(names):
            yield model.finding("these are not the further dimensions", one.at("dimensions"))


@requirement(
    "the histogram of durations of spans has the buckets {bounds}",
    "{bounds} are the buckets of the histogram of the durations of spans",
    language=LANGUAGE,
)
def span_buckets(model: Any, bounds: Sequence[str]) -> Iterable[Finding]:
    """`histogram.explicit.buckets`."""
    found, findings = _connected(model)
    yield from findings
    wanted = [milliseconds(one) for one in bounds]
    for one in found:
        given = one.get("histogram", "explicit", "buckets")
        if not isinstance(given, list) or [milliseconds(bound) for bound in given] != wanted:
            yield model.finding("these are not the buckets", one.at("histogram"))


@requirement(
    "the metrics of spans are sent every {time}", "every {time} the metrics of spans are passed on",
    language=LANGUAGE,
)  # fmt: skip
def span_metrics_interval(model: Any, time: str) -> Iterable[Finding]:
    """`metrics_flush_interval`."""
    found, findings = _connected(model)
    yield from findings
    for one in found:
        if one.duration("metrics_flush_interval") != milliseconds(time):
            message = f"the metrics of spans are not passed on every {time}"
            yield model.finding(message, one.at("metrics_flush_interval"))
