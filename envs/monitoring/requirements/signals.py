"""Requirements about what an alert looks at: each is played through just above and below."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from envs.monitoring.requirements.reading import (
    alert_of,
    fires_for,
    over,
    played,
    seconds,
    windows,
    wrong,
)
from iac_gym.check import requirement
from iac_gym.formats.promql.playing import NOW, Series
from iac_gym.verdict import Finding

#: By how much a play goes above and below a threshold.
_MARGIN = 0.03


#: Names under which exporters are scraped.
_NODE_JOBS = ("node", "node-exporter", "node_exporter", "nodeexporter", "prometheus-node-exporter")
_STATE_JOBS = ("kube-state-metrics", "kube_state_metrics", "ksm")
_PROBE_JOBS = ("blackbox", "blackbox-exporter", "blackbox_exporter", "blackbox-http", "probe")


def _over(model: Any, alert: str, metric: str, window: str) -> Iterable[Finding]:
    """Yield a finding where an alert reads a metric over another window than the one asked for."""
    yield from over(model, alert_of(model, alert)[0], metric, window)


@requirement(
    "the alert `{alert}` fires for each `{label}` whose `{metric}` is above {threshold}",
    "`{alert}` is an alert for every `{label}` with `{metric}` greater than {threshold}",
)
def alert_above(
    model: Any, alert: str, metric: str, label: str, threshold: float
) -> Iterable[Finding]:
    """A gauge above a threshold, one at it, and one below it."""
    step = abs(threshold) * _MARGIN or _MARGIN
    series = [
        Series(metric, _labels(label, "high"), threshold + step),
        Series(metric, _labels(label, "equal"), threshold),
        Series(metric, _labels(label, "low"), threshold - step),
    ]
    said = f"`{metric}` just above, at and below {threshold}"
    yield from fires_for(model, alert, label, ["high"], series, said)


@requirement(
    "the alert `{alert}` fires for each `{label}` whose `{metric}` is below {threshold}",
    "`{alert}` is an alert for every `{label}` with `{metric}` less than {threshold}",
)
def alert_below(
    model: Any, alert: str, metric: str, label: str, threshold: float
) -> Iterable[Finding]:
    """A gauge below a threshold, one at it, and one above it."""
    step = abs(threshold) * _MARGIN or _MARGIN
    series = [
        Series(metric, _labels(label, "high"), threshold + step),
        Series(metric, _labels(label, "equal"), threshold),
        Series(metric, _labels(label, "low"), threshold - step),
    ]
    said = f"`{metric}` just above, at and below {threshold}"
    yield from fires_for(model, alert, label, ["low"], series, said)


@requirement(
    "the alert `{alert}` fires for each `{label}` for which the counter `{metric}` grew by more "
    "than {count} within {window}",
    "`{alert}` fires per `{label}` when `{metric}`, a counter, increased by over {count} in the "
    "last {window}",
)
def alert_increase(
    model: Any, alert: str, metric: str, label: str, count: float, window: str
) -> Iterable[Finding]:
    """Growth just above and below, with a reset in between, and a short burst that is too small."""
    slope = count / seconds(window)
    step = slope * _MARGIN
    series = [
        Series(metric, _labels(label, "many"), 1e6, slope + step),
        Series(metric, _labels(label, "few"), 1e6, slope - step),
        _restarted(metric, _labels(label, "restarted"), slope * 2, window),
        _burst(metric, _labels(label, "burst"), slope * 3, slope * 0.2, window),
    ]
    said = f"`{metric}` growing by just more and less than {count} in {window}"
    yield from fires_for(model, alert, label, ["many", "restarted"], series, said)
    yield from _over(model, alert, metric, window)


@requirement(
    "the alert `{alert}` fires for each `{label}` with more than {rate} a second of `{metric}` "
    "(a counter), all its series together, over {window}",
    "`{alert}` fires per `{label}` when the sum of the per-second rates of the counter `{metric}` "
    "over {window} is above {rate}",
)
def alert_rate(
    model: Any, alert: str, metric: str, label: str, rate: float, window: str
) -> Iterable[Finding]:
    """The sum of the rates of two series of each."""
    half, step = rate / 2, rate * _MARGIN
    series = []
    for part in ("a:1", "b:1"):
        series += [
            Series(metric, _labels(label, "many", part), 1e6, half + step),
            Series(metric, _labels(label, "few", part), 1e6, half - step),
            _restarted(metric, _labels(label, "restarted", part), rate, window),
            _burst(metric, _labels(label, "burst", part), rate * 1.5, rate * 0.1, window),
        ]
    series += [  # a reset that only the sum of both would take for growth
        _restarted(metric, _labels(label, "idle", "a:1"), rate * 0.1, window),
        Series(metric, _labels(label, "idle", "b:1"), 1e9, rate * 0.1),
    ]
    said = f"`{metric}` at just more and less than {rate} a second"
    yield from fires_for(model, alert, label, ["many", "restarted"], series, said)
    yield from _over(model, alert, metric, window)


def _restarted(metric: str, labels: dict[str, str], slope: float, window: str) -> Series:
    """Return a counter that began again at zero in the middle of a window."""
    half = seconds(window) / 2
    return Series(metric, labels, slope * half, slope, bend=-half, before=slope, drop=1e6)


def _burst(metric: str, labels: dict[str, str], slope: float, before: float, window: str) -> Series:
    """Return a counter that has grown faster for the last tenth of a window.

    That is at least as long as what lies between two samples, all that `irate` looks at.
    """
    return Series(metric, labels, 1e6, slope, bend=-max(16.0, seconds(window) / 10), before=before)


@requirement(
    "the alert `{alert}` fires for each `{label}` of whose requests (`{metric}`) more than "
    "{percent} % failed over {window}; failed are those whose label `{code}` is 500 to 599",
    "`{alert}` fires per `{label}` when over {window} the share of `{metric}` with a `{code}` from "
    "500 to 599 is above {percent} %",
)
def alert_error_share(
    model: Any, alert: str, metric: str, label: str, code: str, percent: float, window: str
) -> Iterable[Finding]:
    """Codes that count and that do not, on two instances of which one fails more than the other."""
    share = percent / 100
    step = min(share, 1 - share) * 0.1
    # so close below that failures in proportion to the successes would be too many
    below = share * min(0.1, share * 0.6)
    series = []
    for name, failing in (("bad", share + step), ("good", share - below)):
        for instance, uneven in (("a:1", 1.4), ("b:1", 0.6)):
            for value, weight in _answers(failing * uneven).items():
                labels = _labels(label, name, instance, **{code: value})
                series.append(Series(metric, labels, 1e6, 50 * weight))
    for value, weight in _answers(share * 0.1).items():
        later = _answers(min(1.0, share * 3))[value]
        labels = _labels(label, "burst", **{code: value})
        series.append(_burst(metric, labels, 50 * later, 50 * weight, window))
    said = f"{percent} % of the requests failing, a little more and a little less"
    yield from fires_for(model, alert, label, ["bad"], series, said)
    yield from _over(model, alert, metric, window)


def _answers(failing: float) -> dict[str, float]:
    """Return which part of the requests is answered with which code."""
    good = {"200": (1 - failing) * 0.7, "404": (1 - failing) * 0.3}
    return good | {"500": failing * 0.4, "503": failing * 0.3, "511": failing * 0.3}


@requirement(
    "the alert `{alert}` fires for each `{label}` for which the {percentile}th percentile of the "
    "classic histogram `{metric}` (`{metric}_bucket`) over {window} is above {limit} seconds",
    "`{alert}` fires per `{label}` when, over {window}, the {percentile}th percentile of the "
    "histogram `{metric}_bucket` exceeds {limit} s",
)
def alert_percentile(
    model: Any, alert: str, metric: str, label: str, percentile: int, limit: float, window: str
) -> Iterable[Finding]:
    """A percentile just above and just below the limit; a third instance is idle and slow."""
    share = percentile / 100
    series = []
    for name in ("slow", "fast"):
        for instance in ("a:1", "b:1"):
            for bound, rate in _histogram(share, limit, slow=name == "slow"):
                labels = _labels(label, name, instance, le=bound)
                series.append(Series(f"{metric}_bucket", labels, 1e6, rate))
            labels = _labels(label, name, instance)
            series.append(Series(f"{metric}_count", labels, 1e6, 10))
            series.append(Series(f"{metric}_sum", labels, 1e6, 10 * limit / 3))
        for edge in (limit, limit * 4, math.inf):
            labels = _labels(label, name, "c:1", le="+Inf" if edge == math.inf else f"{edge:g}")
            few = 0.2 * (1 - share) if edge >= limit * 4 else 0.0
            series.append(Series(f"{metric}_bucket", labels, 1e6, few))
    series += _slow_at_last(metric, label, share, limit, window)
    said = f"the percentile just above and below {limit} s"
    yield from fires_for(model, alert, label, ["slow"], series, said)
    yield from _over(model, alert, f"{metric}_bucket", window)


def _slow_at_last(metric: str, label: str, share: float, limit: float, window: str) -> list[Series]:
    """Return a histogram that is too slow for the last tenth of a window, and fast over it all."""
    fast = 10 * (1 - min(1.0, 3 * (1 - share)))
    return [
        _burst(f"{metric}_bucket", _labels(label, "burst", le=bound), rate, 10, window)
        for bound, rate in ((f"{limit:g}", fast), (f"{limit * 4:g}", 10.0), ("+Inf", 10.0))
    ]


def _histogram(share: float, limit: float, *, slow: bool) -> list[tuple[str, float]]:
    """Return (bound, rate) pairs of 10 requests a second.

    The quantile is 3 % above the limit (slow) or below it; that of any other percentile lies on the
    other side, or so far away that it would be found by the other histogram.
    """
    rest = (1 - share) * 0.4
    if slow:
        known = [(0.0, 0.0), (limit * 0.98, share * 0.988), (limit * 1.02, share * 0.99)]
        known += [(limit * 1.04, min(1.0, share * 1.01)), (limit * 4, 1.0)]
    else:
        known = [(0.0, 0.0), (limit * 0.96, share - rest), (limit * 0.98, share + rest)]
        known += [(limit * 1.02, share + rest * 1.1), (limit * 4, 1.0)]
    found = []
    for bound in sorted({limit, *(bound for bound, _ in known if bound)}):
        found.append((f"{bound:g}", 10 * _between(known, bound)))
    return [*found, ("+Inf", 10.0)]


def _between(known: list[tuple[float, float]], bound: float) -> float:
    """Return the value at a bound on the straight lines through known points, 1 beyond them."""
    for (low, first), (high, second) in pairwise(known):
        if low <= bound <= high:
            return first + (second - first) * (bound - low) / (high - low)
    return 1.0


def _labels(label: str, name: str, part: str = "a:1", **more: str) -> dict[str, str]:
    """Return the labels of a series; a label that is grouped by wins over the others."""
    return {"job": "x", "pod" if label == "instance" else "instance": part, **more, label: name}


@requirement(
    "the alert `{alert}` fires for each instance of the job `{job}` that cannot be scraped",
    "`{alert}` fires per instance when a target of the job `{job}` is down",
)
def alert_down(model: Any, alert: str, job: str) -> Iterable[Finding]:
    """`up` of the job and of another one."""
    series = [
        Series("up", {"job": job, "instance": "dead:1"}, 0),
        Series("up", {"job": job, "instance": "alive:1"}, 1),
        Series("up", {"job": f"other-{job}", "instance": "foreign:1"}, 0),
        Series("up", {"job": f"{job}-two", "instance": "foreign:2"}, 0),
    ]
    said = "one target down, one up, one of another job down"
    yield from fires_for(model, alert, "instance", ["dead:1"], series, said)


@requirement(
    "the alert `{alert}` fires when the job `{job}` has no target at all (no series of `up`)",
    "`{alert}` fires as soon as there is no `up` series of the job `{job}` any more",
)
def alert_absent(model: Any, alert: str, job: str) -> Iterable[Finding]:
    """Without any series of the job, and with one that is down."""
    rule, findings = alert_of(model, alert)
    yield from findings
    if rule is None:
        return
    other = Series("up", {"job": f"other-{job}", "instance": "a:1"}, 1)
    if not played(model, rule, [other]):
        yield wrong(rule, f"`{alert}` does not fire without a target of `{job}`")
    for value in (0, 1):
        there = Series("up", {"job": job, "instance": "a:1"}, value)
        if played(model, rule, [other, there]) != []:
            yield wrong(rule, f"`{alert}` fires although `{job}` has a target")
            return


@requirement(
    "the alert `{alert}` fires for each instance whose CPUs were busy for more than {percent} % of "
    "the time over {window} (every mode of `node_cpu_seconds_total` but `idle`)",
    "`{alert}` fires per instance when CPU usage, taken from `node_cpu_seconds_total` as all that "
    "is not `idle`, is above {percent} % over {window}",
)
def alert_cpu(model: Any, alert: str, percent: float, window: str) -> Iterable[Finding]:
    """Two instances with CPUs that are unequally busy, just above and below on average."""
    series = []
    for name, busy in (("hot:1", percent + 1), ("cool:1", percent - 1)):
        apart = min(15, (100 - busy) * 0.8)
        for cpu, uneven in (("0", apart), ("1", -apart)):
            share = (busy + uneven) / 100
            modes = {"idle": 1 - share, "user": share * 0.7, "system": share * 0.3, "iowait": 0.0}
            for mode, slope in modes.items():
                labels = {"instance": name, "job": "node", "cpu": cpu, "mode": mode}
                series.append(Series("node_cpu_seconds_total", labels, 1e6, slope))
    for cpu in ("0", "1"):
        for mode, slope, before in (("idle", 0.001, 0.8), ("user", 0.999, 0.2)):
            labels = {"instance": "burst:1", "job": "node", "cpu": cpu, "mode": mode}
            series.append(_burst("node_cpu_seconds_total", labels, slope, before, window))
    said = f"CPUs busy just above and below {percent} %"
    yield from fires_for(model, alert, "instance", ["hot:1"], series, said, _NODE_JOBS)
    yield from _over(model, alert, "node_cpu_seconds_total", window)


@requirement(
    "the alert `{alert}` fires for each instance of whose memory less than {percent} % is "
    "available (`node_memory_MemAvailable_bytes` of `node_memory_MemTotal_bytes`)",
    "`{alert}` fires per instance when available memory (`node_memory_MemAvailable_bytes`) is "
    "below {percent} % of `node_memory_MemTotal_bytes`",
)
def alert_memory(model: Any, alert: str, percent: float) -> Iterable[Finding]:
    """Two instances of different size."""
    series = []
    for name, total, share in (("full:1", 64e9, percent - 0.5), ("free:1", 8e9, percent + 0.5)):
        labels = {"instance": name, "job": "node"}
        series += [
            Series("node_memory_MemTotal_bytes", labels, total),
            Series("node_memory_MemAvailable_bytes", labels, total * share / 100),
            Series("node_memory_MemFree_bytes", labels, total * share / 200),
        ]
    said = f"just less and more than {percent} % available"
    yield from fires_for(model, alert, "instance", ["full:1"], series, said, _NODE_JOBS)


def _disk(name: str, mount: str, kind: str, free: float, slope: float = 0.0) -> list[Series]:
    labels = {"instance": name, "job": "node", "mountpoint": mount, "fstype": kind,
              "device": f"/dev/sd{name[0]}{len(mount)}"}  # fmt: skip
    size = 100e9
    return [
        Series("node_filesystem_size_bytes", labels, size),
        Series("node_filesystem_avail_bytes", labels, size * free / 100, slope),
        Series("node_filesystem_free_bytes", labels, size * free / 90, slope),
        Series("node_filesystem_readonly", labels, 0),
    ]


@requirement(
    "the alert `{alert}` fires for each file system (`instance` and `mountpoint`) of which less "
    "than {percent} % is available (`node_filesystem_avail_bytes` of `node_filesystem_size_bytes`)",
    "`{alert}` fires per `instance` and `mountpoint` when `node_filesystem_avail_bytes` is below "
    "{percent} % of `node_filesystem_size_bytes`",
)
def alert_disk(model: Any, alert: str, percent: float) -> Iterable[Finding]:
    """Three file systems, two on one instance."""
    series = [
        *_disk("a:1", "/full", "ext4", percent - 0.5), *_disk("a:1", "/", "ext4", percent + 0.5),
        *_disk("b:1", "/data", "xfs", percent + 20),
    ]  # fmt: skip
    said = f"just less and more than {percent} % available"
    yield from fires_for(model, alert, "mountpoint", ["/full"], series, said, _NODE_JOBS)
    yield from fires_for(model, alert, "instance", ["a:1"], series, said, _NODE_JOBS)


@requirement(
    "file systems of the type `{fstype}` do not trigger the alert `{alert}`",
    "`{alert}` leaves file systems of the type `{fstype}` out",
)
def alert_disk_leaves_out(model: Any, alert: str, fstype: str) -> Iterable[Finding]:
    """A full one of that type beside a full one of another."""
    series = [*_disk("a:1", "/out", fstype, 0.1), *_disk("b:1", "/in", "ext4", 0.1)]
    said = f"a full `{fstype}` file system beside a full ext4 one"
    yield from fires_for(model, alert, "mountpoint", ["/in"], series, said, _NODE_JOBS)


@requirement(
    "the alert `{alert}` fires for each `mountpoint` whose `node_filesystem_avail_bytes`, going on "
    "as over the last {window}, will be used up within {hours} hours",
    "`{alert}` predicts from the last {window} of `node_filesystem_avail_bytes` which `mountpoint` "
    "is full within {hours} hours, and fires for it",
)
def alert_disk_trend(model: Any, alert: str, window: str, hours: int) -> Iterable[Finding]:
    """One that is used up just in time, one a little later, one that grows."""
    span = hours * 3600
    series = [
        *_disk("a:1", "/soon", "ext4", 40, -40e9 / (span * 0.95)),
        *_disk("a:1", "/later", "ext4", 40, -40e9 / (span * 1.05)),
        *_disk("b:1", "/growing", "xfs", 40, 1e3),
    ]
    said = f"space used up just before and after {hours} hours"
    yield from fires_for(model, alert, "mountpoint", ["/soon"], series, said, _NODE_JOBS)
    yield from _over(model, alert, "node_filesystem_avail_bytes", window)


@requirement(
    "the alert `{alert}` fires for each instance whose TLS certificate "
    "(`probe_ssl_earliest_cert_expiry`, a Unix time) ends in less than {days} days",
    "`{alert}` fires per instance when `probe_ssl_earliest_cert_expiry` (a Unix time) is less than "
    "{days} days away",
)
def alert_certificate(model: Any, alert: str, days: int) -> Iterable[Finding]:
    """Certificates that end half a day before and after."""
    span = days * 86400
    series = [
        Series("probe_ssl_earliest_cert_expiry", {"instance": name, "job": "x"}, NOW + away)
        for name, away in (("old", span - 52_000), ("new", span + 52_000))
    ]
    said = f"certificates that end a little before and after {days} days"
    yield from fires_for(model, alert, "instance", ["old"], series, said, _PROBE_JOBS)


@requirement(
    "the alert `{alert}` fires for each Deployment (`namespace` and `deployment`) with fewer "
    "available replicas (`kube_deployment_status_replicas_available`) than wanted "
    "(`kube_deployment_spec_replicas`)",
    "`{alert}` fires per `namespace` and `deployment` when "
    "`kube_deployment_status_replicas_available` is below `kube_deployment_spec_replicas`",
)
def alert_replicas(model: Any, alert: str) -> Iterable[Finding]:
    """Two Deployments of one name in two namespaces, one that is complete, one that has more."""
    series = []
    for space, name, wanted, there in (
        ("a", "web", 3, 2), ("b", "web", 3, 3), ("b", "api", 2, 2), ("c", "surge", 2, 3),
    ):  # fmt: skip
        labels = {"namespace": space, "deployment": name, "job": "kube-state-metrics"}
        series += [
            Series("kube_deployment_spec_replicas", labels, wanted),
            Series("kube_deployment_status_replicas_available", labels, there),
            Series("kube_deployment_status_replicas_updated", labels, wanted),
        ]
    said = "one Deployment that lacks a replica"
    yield from fires_for(model, alert, "namespace", ["a"], series, said, _STATE_JOBS)
    yield from fires_for(model, alert, "deployment", ["web"], series, said, _STATE_JOBS)


@requirement(
    "the alert `{alert}` always fires, as a sign of life",
    "`{alert}` is a heartbeat: it fires all the time",
)
def alert_heartbeat(model: Any, alert: str) -> Iterable[Finding]:
    """Without any series and with some."""
    rule, findings = alert_of(model, alert)
    yield from findings
    if rule is not None:
        there = [Series("up", {"job": "x", "instance": "a:1"}, 1)]
        if not played(model, rule, []) or not played(model, rule, there):
            yield wrong(rule, f"`{alert}` does not always fire")


@requirement(
    "the alert `{alert}` fires when the objective of {objective} % good requests of the job "
    "`{job}` burns its error budget more than {factor} times too fast, both over {long} and over "
    "{short} (requests: `{metric}`; bad ones have a label `code` from 500 to 599)",
    "`{alert}` fires for the job `{job}` when both over {long} and over {short} the share of "
    "`{metric}` with a `code` from 500 to 599 is more than {factor} times the error budget of an "
    "objective of {objective} %",
)
def alert_burn_rate(
    model: Any, alert: str, job: str, metric: str, objective: float, factor: float, long: str,
    short: str,
) -> Iterable[Finding]:  # fmt: skip
    """Fast in both windows, in the long one alone, in the short one alone, in none."""
    rule, findings = alert_of(model, alert)
    yield from findings
    if rule is None:
        return
    share = factor * (100 - objective) / 100
    high, low = share * 1.04, share * 0.96
    window = seconds(short)
    cases = (
        (high, high, True), (low, low, False),
        # so high before that the long window is burning, and calm since the short one began
        (share * 2.5, share * 0.5, False), (share * 0.2, share * 1.5, False),
    )  # fmt: skip
    for before, now, wanted in cases:
        series = []
        for code, part in _answers(now).items():
            earlier = _answers(before)[code]
            labels = {"job": job, "instance": "a:1", "code": code}
            bend = -window * 1.05
            series.append(Series(metric, labels, 1e8, part * 100, bend=bend, before=earlier * 100))
        # another job is well where this one is ill, and the other way round
        for code, part in _answers(min(1.0, share * (0.1 if wanted else 4))).items():
            other = {"job": f"other-{job}", "instance": "b:1", "code": code}
            series.append(Series(metric, other, 1e8, part * 1000))
        found = played(model, rule, series)
        if found is None or bool(found) is not wanted:
            yield wrong(rule, f"`{alert}` does not watch both windows for that burn rate")
            return
    asked = {seconds(long), seconds(short)}
    if windows(model, rule, metric) and windows(model, rule, metric) != asked:
        yield wrong(rule, f"`{alert}` looks at other windows than {long} and {short}")
