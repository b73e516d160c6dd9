"""Requirements about what panels show: their queries are played on series that are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from envs.monitoring.requirements.dashboard_reading import (
    LANGUAGE,
    looks_back,
    queries_of,
    same,
    shown,
    shows,
    wrong,
)
from iac_gym.check import requirement
from iac_gym.formats.promql.playing import Series
from iac_gym.verdict import Finding


def _labels(label: str, value: str, part: int, **more: str) -> dict[str, str]:
    """Return the labels of a series: those that are not asked for differ from part to part."""
    return {"job": f"j{part}", "instance": f"i{part}:1", "pod": f"p{part}", **more, label: value}


@requirement(
    "the panel `{panel}` shows, by its only query, the per-second rate of the counter `{metric}` "
    "over {window}, summed up by `{label}`",
    "by one query, `{panel}` shows for each `{label}` the sum of the per-second rates of the "
    "counter "
    "`{metric}` over {window}",
    language=LANGUAGE,
)
def panel_rate(model: Any, panel: str, metric: str, label: str, window: str) -> Iterable[Finding]:
    """Two series of one, one of another."""
    series = [
        Series(metric, _labels(label, "a", 1), 1e6, 3.0),
        Series(metric, _labels(label, "a", 2), 1e6, 4.5),
        Series(metric, _labels(label, "b", 1), 1e6, 0.5),
    ]
    wanted = [({label: "a"}, 7.5), ({label: "b"}, 0.5)]
    yield from shows(model, panel, series, wanted, f"the rate by `{label}`")
    yield from looks_back(model, panel, metric, window)


@requirement(
    "the panel `{panel}` shows, by its only query, how many percent (0 to 100) of `{metric}` over "
    "{window} have a label `{code}` of 5xx, all series together",
    "by one query, `{panel}` shows the share of `{metric}` with a `{code}` of 5xx over {window}, "
    "all "
    "series together, in percent from 0 to 100",
    language=LANGUAGE,
)
def panel_errors(model: Any, panel: str, metric: str, code: str, window: str) -> Iterable[Finding]:
    """Two instances that fail unequally often."""
    series = []
    for part, failing in ((1, 0.2), (2, 0.05)):
        split = {"200": 0.7 - failing, "404": 0.3, "500": failing * 0.5, "502": failing * 0.5}
        for value, weight in split.items():
            series.append(Series(metric, _labels(code, value, part), 1e6, 10 * weight))
    yield from shows(model, panel, series, [({}, 12.5)], "the share of failed requests in percent")
    yield from looks_back(model, panel, metric, window)


@requirement(
    "the panel `{panel}` shows the percentiles {percentiles} of the histogram `{metric}` over "
    "{window}, of all its series together, each by a query of its own",
    "one query each shows in `{panel}` the percentiles {percentiles} of the histogram `{metric}` "
    "over "
    "{window}, all its series together",
    language=LANGUAGE,
)
def panel_percentiles(
    model: Any, panel: str, percentiles: Sequence[int], metric: str, window: str
) -> Iterable[Finding]:
    """A histogram on two instances, whose halves differ."""
    found, asked, findings = queries_of(model, panel)
    yield from findings
    if found is None:
        return
    series = []
    for part in (1, 2):
        for bound, rate in (("1", 5.0), ("2", 10.0), ("+Inf", 10.0)):
            share = part / 3 if bound == "1" else 0.5
            labels = _labels("le", bound, part)
            series.append(Series(f"{metric}_bucket", labels, 1e6, rate * share * 2))
    left = list(asked)
    for percentile in percentiles:
        share = percentile / 100
        right = 1 + (share * 20 - 10) / 10 if share > 0.5 else share * 2
        fits = [one for one in left if same(shown(model.dashboard, one, series), [({}, right)])]
        if not fits:
            message = f"`{panel}` does not show the percentile {percentile}"
            yield wrong(model, found, message, "targets")
            return
        left.remove(fits[0])
    if left:
        yield wrong(model, found, f"`{panel}` has {len(left)} more queries", "targets")
    yield from looks_back(model, panel, f"{metric}_bucket", window)


@requirement(
    "the panel `{panel}` shows, by its only query, the {function} of the gauge `{metric}` by "
    "`{label}`",
    "by one query, `{panel}` shows for each `{label}` the {function} of the gauge `{metric}`",
    language=LANGUAGE,
)
def panel_gauge(
    model: Any, panel: str, function: str, metric: str, label: str
) -> Iterable[Finding]:
    """Three series of one, one of another."""
    values = (2.0, 5.0, 11.0)
    series = [Series(metric, _labels(label, "a", at), value) for at, value in enumerate(values)]
    series.append(Series(metric, _labels(label, "b", 4), 4.0))
    right = {"sum": 18.0, "average": 6.0, "maximum": 11.0, "minimum": 2.0}[function]
    wanted = [({label: "a"}, right), ({label: "b"}, 4.0)]
    yield from shows(model, panel, series, wanted, f"the {function} by `{label}`")


@requirement(
    "the panel `{panel}` shows, by its only query, for each `instance` how many percent of the "
    "time "
    "its CPUs were busy over {window} (every mode of `node_cpu_seconds_total` but `idle`)",
    "by one query, `{panel}` shows CPU usage by `instance` in percent, from "
    "`node_cpu_seconds_total` "
    "as all that is not `idle`, over {window}",
    language=LANGUAGE,
)
def panel_cpu(model: Any, panel: str, window: str) -> Iterable[Finding]:
    """Two instances with CPUs that are unequally busy."""
    series = []
    for name, busy in (("a:1", 0.75), ("b:1", 0.1)):
        for cpu, uneven in (("0", 0.05), ("1", -0.05)):
            share = busy + uneven
            modes = {"idle": 1 - share, "user": share * 0.7, "system": share * 0.3, "iowait": 0.0}
            for mode, slope in modes.items():
                labels = {"instance": name, "job": "node", "cpu": cpu, "mode": mode}
                series.append(Series("node_cpu_seconds_total", labels, 1e6, slope))
    wanted = [({"instance": "a:1"}, 75.0), ({"instance": "b:1"}, 10.0)]
    yield from shows(model, panel, series, wanted, "how busy CPUs are")
    yield from looks_back(model, panel, "node_cpu_seconds_total", window)


@requirement(
    "the panel `{panel}` shows, by its only query, for each `instance` how many percent of its "
    "memory "
    "are in use: what `node_memory_MemAvailable_bytes` leaves of `node_memory_MemTotal_bytes`",
    "by one query, `{panel}` shows memory usage by `instance` in percent: "
    "`node_memory_MemTotal_bytes` without `node_memory_MemAvailable_bytes`",
    language=LANGUAGE,
)
def panel_memory(model: Any, panel: str) -> Iterable[Finding]:
    """Two instances of different size."""
    series = []
    for name, total, share in (("a:1", 8e9, 0.25), ("b:1", 64e9, 0.9)):
        labels = {"instance": name, "job": "node"}
        series += [
            Series("node_memory_MemTotal_bytes", labels, total),
            Series("node_memory_MemAvailable_bytes", labels, total * share),
            Series("node_memory_MemFree_bytes", labels, total * share / 2),
        ]
    wanted = [({"instance": "a:1"}, 75.0), ({"instance": "b:1"}, 10.0)]
    yield from shows(model, panel, series, wanted, "memory in use")


@requirement(
    "the panel `{panel}` shows, by its only query, for each `instance` and `mountpoint` how many "
    "percent of `node_filesystem_size_bytes` are used, `node_filesystem_avail_bytes` being free",
    "by one query, `{panel}` shows by `instance` and `mountpoint` which percentage of "
    "`node_filesystem_size_bytes` is not `node_filesystem_avail_bytes`",
    language=LANGUAGE,
)
def panel_disk(model: Any, panel: str) -> Iterable[Finding]:
    """Three file systems, two on one instance."""
    series = []
    wanted = []
    for name, mount, free in (("a:1", "/", 20.0), ("a:1", "/data", 70.0), ("b:1", "/", 55.0)):
        where = {"instance": name, "mountpoint": mount}
        labels = {**where, "job": "node", "fstype": "ext4", "device": f"/dev/{len(mount)}"}
        series += [
            Series("node_filesystem_size_bytes", labels, 100e9),
            Series("node_filesystem_avail_bytes", labels, free * 1e9),
            Series("node_filesystem_free_bytes", labels, free * 1.1e9),
        ]
        wanted.append((where, 100.0 - free))
    yield from shows(model, panel, series, wanted, "used space")


@requirement(
    "the panel `{panel}` shows, by its only query, how many targets of the job `{job}` are up",
    "by one query, `{panel}` counts the targets of the job `{job}` that are up",
    language=LANGUAGE,
)
def panel_up(model: Any, panel: str, job: str) -> Iterable[Finding]:
    """Three targets that are up, one that is down, one of another job."""
    series = [
        Series("up", {"job": job, "instance": f"i{at}:1"}, value)
        for at, value in enumerate((1, 1, 0, 1))
    ]
    series.append(Series("up", {"job": f"other-{job}", "instance": "x:1"}, 1))
    yield from shows(model, panel, series, [({}, 3.0)], f"the targets of `{job}` that are up")


@requirement(
    "the panel `{panel}` shows, by its only query, by how much the counter `{metric}` grew, all "
    "its "
    "series together, over {window}",
    "by one query, `{panel}` shows the growth of the counter `{metric}` over {window}, the sum "
    "of all "
    "its series",
    language=LANGUAGE,
)
def panel_growth(model: Any, panel: str, metric: str, window: str) -> Iterable[Finding]:
    """Two series whose growth is whole over the windows that are asked for."""
    found, asked, _ = queries_of(model, panel)
    every = {one for query in asked for one in _spans(query, metric)} if found else set()
    span = next(iter(every)) if len(every) == 1 else 60.0
    series = [
        Series(metric, _labels("zone", str(at), at), 1e6, growth / span)
        for at, growth in ((1, 36.0), (2, 6.0))
    ]
    yield from shows(model, panel, series, [({}, 42.0)], f"the growth over {window}")
    yield from looks_back(model, panel, metric, window)


def _spans(query: Any, metric: str) -> set[float]:
    from envs.monitoring.requirements.dashboard_reading import read_windows

    return read_windows(query, metric)


@requirement(
    "the panel `{panel}` shows, by its only query, the {count} values of `{label}` with the "
    "highest "
    "per-second rate of the counter `{metric}` over {window}, their series summed up",
    "by one query, `{panel}` shows the top {count}: those `{label}` whose sum of the per-second "
    "rates "
    "of the counter `{metric}` over {window} is highest",
    language=LANGUAGE,
)
def panel_top(
    model: Any, panel: str, count: int, metric: str, label: str, window: str
) -> Iterable[Finding]:
    """More than that, each with two series."""
    series, wanted = [], []
    for at in range(count + 3):
        for part in (1, 2):
            series.append(Series(metric, _labels(label, f"n{at}", part), 1e7, 2.0 * at + part))
        if at >= 3:
            wanted.append(({label: f"n{at}"}, 4.0 * at + 3))
    yield from shows(model, panel, series, wanted, f"the top {count}")
    yield from looks_back(model, panel, metric, window)


@requirement(
    "the panel `{panel}` is a heatmap of the histogram `{metric}`: by its only query it shows the "
    "per-second rates of all buckets over {window}, summed up by `le`",
    "a heatmap `{panel}` shows, by one query, how the histogram `{metric}` is spread: the "
    "per-second "
    "rates of its buckets over {window}, summed up by `le`",
    language=LANGUAGE,
)
def panel_heatmap(model: Any, panel: str, metric: str, window: str) -> Iterable[Finding]:
    """The type `heatmap`, and a query in the format of one."""
    found, asked, _ = queries_of(model, panel)
    if found is not None and (found.type != "heatmap" or asked[0].tree.get("format") != "heatmap"):
        yield wrong(model, found, f"`{panel}` is no heatmap of buckets", "type")
        return
    series, wanted = [], []
    for bound, rate in (("1", 5.0), ("2", 10.0), ("+Inf", 10.5)):
        for part in (1, 2):
            labels = _labels("le", bound, part)
            series.append(Series(f"{metric}_bucket", labels, 1e6, rate * part))
        wanted.append(({"le": bound}, rate * 3))
    yield from shows(model, panel, series, wanted, "the buckets by `le`")
    yield from looks_back(model, panel, f"{metric}_bucket", window)
