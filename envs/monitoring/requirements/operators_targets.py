"""Requirements about Probes and ScrapeConfigs of the operator."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from envs.monitoring.requirements.operators import object_of
from envs.monitoring.requirements.operators_monitors import (
    LANGUAGE,
    TARGET,
    milliseconds,
    steps_of,
)
from iac_gym.check import requirement
from iac_gym.formats.go_durations import prometheus_duration
from iac_gym.languages.kubernetes.model import as_list, as_map, as_text
from iac_gym.languages.prometheus.relabeling import relabeled
from iac_gym.verdict import Finding


@requirement(
    "the Probe `{name}` asks the blackbox exporter at `{prober}` with the module `{module}`",
    "the blackbox exporter of the Probe `{name}` is `{prober}`, the module `{module}`",
    language=LANGUAGE,
)
def probe_module(model: Any, name: str, prober: str, module: str) -> Iterable[Finding]:
    """`prober.url` and `module`; the path is /probe."""
    found, findings = object_of(model, "Probe", name)
    yield from findings
    if found is None:
        return
    path = found.get("spec", "prober", "path") or "/probe"
    given = (found.get("spec", "prober", "url"), found.get("spec", "module"))
    if given != (prober, module) or path != "/probe":
        yield found.finding(f"it does not ask `{prober}` with `{module}`", "spec", "prober")


@requirement(
    "the Probe `{name}` probes exactly {targets}",
    "{targets} are the targets of the Probe `{name}`",
    language=LANGUAGE,
)  # fmt: skip
def probe_targets(model: Any, name: str, targets: Sequence[str]) -> Iterable[Finding]:
    """`targets.staticConfig.static`."""
    found, findings = object_of(model, "Probe", name)
    yield from findings
    if found is not None:
        config = as_map(found.get("spec", "targets", "staticConfig"))
        if sorted(map(str, as_list(config.get("static")))) != sorted(targets):
            yield found.finding("it probes something else", "spec", "targets")
        elif relabeled(TARGET, steps_of(config, "relabelingConfigs")) is None:
            yield found.finding("relabeling drops every target", "spec", "targets")


@requirement(
    "the results of the Probe `{name}` have the label `{label}: {value}`",
    "`{label}: {value}` is on every result of the Probe `{name}`",
    language=LANGUAGE,
)
def probe_label(model: Any, name: str, label: str, value: str) -> Iterable[Finding]:
    """`targets.staticConfig.labels`."""
    found, findings = object_of(model, "Probe", name)
    yield from findings
    if found is not None:
        config = as_map(found.get("spec", "targets", "staticConfig"))
        if as_map(config.get("labels")).get(label) != value:
            yield found.finding(f"results do not get `{label}: {value}`", "spec", "targets")


@requirement(
    "the ScrapeConfig `{name}` scrapes exactly the targets {targets}",
    "{targets} are the targets of the ScrapeConfig `{name}`",
    language=LANGUAGE,
)
def scrape_config_targets(model: Any, name: str, targets: Sequence[str]) -> Iterable[Finding]:
    """`staticConfigs`, none dropped by relabeling."""
    found, findings = object_of(model, "ScrapeConfig", name)
    yield from findings
    if found is None:
        return
    steps = steps_of(found.get("spec"), "relabelings")
    listed = [
        as_text(target) for one in as_list(found.get("spec", "staticConfigs"))
        for target in as_list(as_map(one).get("targets"))
    ]  # fmt: skip
    kept = [one for one in listed if relabeled({"__address__": one}, steps) is not None]
    if sorted(kept) != sorted(targets):
        yield found.finding("it scrapes other targets", "spec", "staticConfigs")


_FIELDS = {"Probe": "interval", "ScrapeConfig": "scrapeInterval"}


@requirement(
    "the {kind} `{name}` has an interval of {time}",
    "{time} is the interval of the {kind} `{name}`",
    language=LANGUAGE,
)  # fmt: skip
def object_interval(model: Any, kind: str, name: str, time: str) -> Iterable[Finding]:
    """`interval` of a Probe, `scrapeInterval` of a ScrapeConfig."""
    found, findings = object_of(model, kind, name)
    yield from findings
    if found is not None:
        given = milliseconds(found.get("spec", _FIELDS[kind]))
        if given != prometheus_duration(time):
            yield found.finding(f"its interval is not {time}", "spec", _FIELDS[kind])


@requirement(
    "the name of the job of the {kind} `{name}` is `{job}`", "`{job}` is the job of the {kind} "
    "`{name}`",
    language=LANGUAGE,
)  # fmt: skip
def object_job(model: Any, kind: str, name: str, job: str) -> Iterable[Finding]:
    """`jobName`."""
    found, findings = object_of(model, kind, name)
    yield from findings
    if found is not None and found.get("spec", "jobName") != job:
        yield found.finding(f"its job is not called `{job}`", "spec", "jobName")


@requirement(
    "the ScrapeConfig `{name}` asks for the path `{path}`",
    "`{path}` is the path of the metrics for the ScrapeConfig `{name}`",
    language=LANGUAGE,
)
def scrape_config_path(model: Any, name: str, path: str) -> Iterable[Finding]:
    """`metricsPath`."""
    found, findings = object_of(model, "ScrapeConfig", name)
    yield from findings
    if found is not None and found.get("spec", "metricsPath") != path:
        yield found.finding(f"it does not ask for `{path}`", "spec", "metricsPath")
