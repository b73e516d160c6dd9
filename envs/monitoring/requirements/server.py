"""Requirements about a Prometheus server beside its jobs: rules, alerts, remote storage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from envs.monitoring.requirements.reading import seconds
from iac_gym.check import requirement
from iac_gym.languages.prometheus.config import Remote
from iac_gym.languages.prometheus.faults import number_of
from iac_gym.languages.prometheus.relabeling import relabeled
from iac_gym.verdict import Finding

_LANGUAGE = "prometheus"


def _none(model: Any) -> list[Finding]:
    return [] if model.config else [Finding("there is no configuration of Prometheus")]


def _wrong(model: Any, message: str, *keys: str) -> Finding:
    return Finding(message, model.config.file, *model.config.mark_of(*keys))


@requirement(
    "targets are scraped every {time} unless a job says otherwise",
    "the global scrape interval is {time}",
    language=_LANGUAGE,
)
def scrape_interval(model: Any, time: str) -> Iterable[Finding]:
    """`global.scrape_interval`."""
    yield from _none(model)
    if model.config and model.config.interval != seconds(time):
        yield _wrong(model, f"the scrape interval is not {time}", "global", "scrape_interval")


@requirement(
    "rules are evaluated every {time}", "the global evaluation interval is {time}",
    language=_LANGUAGE,
)  # fmt: skip
def evaluation_interval(model: Any, time: str) -> Iterable[Finding]:
    """`global.evaluation_interval`."""
    yield from _none(model)
    if model.config and model.config.evaluation_interval != seconds(time):
        yield _wrong(model, f"rules are not evaluated every {time}", "global")


@requirement(
    "everything that leaves this Prometheus has the label `{label}` with the value `{value}`",
    "`{label}={value}` is an external label",
    language=_LANGUAGE,
)
def external_label(model: Any, label: str, value: str) -> Iterable[Finding]:
    """`global.external_labels`."""
    yield from _none(model)
    if model.config and model.config.external_labels.get(label) != value:
        yield _wrong(model, f"`{label}={value}` is no external label", "global")


@requirement(
    "rules are read from `{pattern}`", "the rule files are those that fit `{pattern}`",
    language=_LANGUAGE,
)  # fmt: skip
def rule_files(model: Any, pattern: str) -> Iterable[Finding]:
    """One of `rule_files`."""
    yield from _none(model)
    if model.config:
        listed = [one.removeprefix("./") for one in model.config.rule_files]
        if pattern.removeprefix("./") not in listed:
            yield _wrong(model, f"`{pattern}` is not among the rule files", "rule_files")


@requirement(
    "alerts are sent to the Alertmanagers {targets}",
    "the Alertmanagers are {targets}",
    language=_LANGUAGE,
)
def alertmanagers(model: Any, targets: Sequence[str]) -> Iterable[Finding]:
    """The static targets of all entries."""
    yield from _none(model)
    if model.config:
        found = [t.address for one in model.config.alertmanagers for t in one.targets]
        if sorted(found) != sorted(targets):
            yield _wrong(model, "alerts do not go to these Alertmanagers", "alerting")


def _remote(model: Any, url: str) -> tuple[Remote | None, list[Finding]]:
    if not model.config:
        return None, _none(model)
    found = next((one for one in model.config.remote_write if one.url == url), None)
    return found, [] if found else [_wrong(model, f"nothing is written to `{url}`", "remote_write")]


@requirement(
    "all samples are also written to the remote storage `{url}`",
    "`{url}` receives the samples by remote write",
    language=_LANGUAGE,
)
def remote_write(model: Any, url: str) -> Iterable[Finding]:
    """An entry of `remote_write`."""
    yield from _remote(model, url)[1]


@requirement(
    "of the remote storage `{url}` only metrics whose name begins with `{prefix}` are wanted",
    "only metrics with names that begin with `{prefix}` are written to `{url}`",
    language=_LANGUAGE,
)
def remote_write_keeps(model: Any, url: str, prefix: str) -> Iterable[Finding]:
    """`write_relabel_configs`, played."""
    found, findings = _remote(model, url)
    yield from findings
    if found is None:
        return

    def written(name: str) -> bool:
        return relabeled({"__name__": name, "job": "x"}, found.relabel) is not None

    kept = written(f"{prefix}x") and written(f"{prefix}requests_total")
    if not kept or written("up") or written(f"other_{prefix}x"):
        message = f"not just `{prefix}*` is written to `{url}`"
        yield Finding(message, found.file, *found.mark)


@requirement(
    "the remote storage `{url}` is written to as `{user}`, with the password from `{path}`",
    "basic authentication for `{url}`: the user `{user}`, the password in the file `{path}`",
    language=_LANGUAGE,
)
def remote_write_auth(model: Any, url: str, user: str, path: str) -> Iterable[Finding]:
    """`basic_auth` of the entry."""
    found, findings = _remote(model, url)
    yield from findings
    if found is not None:
        given = found.http.basic_auth
        if given.get("username") != user or given.get("password_file") != path:
            yield Finding(f"`{url}` is not used as `{user}`", found.file, *found.mark)


@requirement(
    "at most {count} samples go to the remote storage `{url}` in one request",
    "a request to the remote storage `{url}` holds up to {count} samples",
    language=_LANGUAGE,
)
def remote_write_batch(model: Any, url: str, count: int) -> Iterable[Finding]:
    """`queue_config.max_samples_per_send`."""
    found, findings = _remote(model, url)
    yield from findings
    if found is not None and number_of(found.queue.get("max_samples_per_send")) != count:
        yield Finding(f"requests to `{url}` are not limited like that", found.file, *found.mark)
