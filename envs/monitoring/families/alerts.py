"""Families of alerts: rule files for Prometheus."""

from __future__ import annotations

from envs.monitoring import choices
from envs.monitoring.families.rule_recipe import Extra, Rules, details, named, rule_extras
from envs.monitoring.requirements import signals
from iac_gym.category import Draft, family
from iac_gym.draw import Draw


def _finish(made: Rules, alert: str, label: str, *openings: str) -> Draft:
    """Add optional parts to a task about one alert, and make its draft."""
    rule = made.group["rules"][0]
    made.grow([*details(made, rule, label), *rule_extras(made, alert)])
    return made.draft(*openings)


def error_alert(made: Rules) -> tuple[str, str]:
    """Ask for an alert on the share of requests that fail; returns its name and its label."""
    draw = made.draw
    alert = named(draw, "ErrorRate", "HighErrorRate", "Failures", "ErrorsHigh")
    metric, code, labels = draw.choice("metric", choices.REQUESTS)
    label = draw.choice("label", labels)
    percent = draw.choice("percent", (0.5, 1, 2, 3, 5, 7.5, 10, 15, 20))
    window = draw.choice("window", choices.WINDOWS)
    made.alert(alert, (
        f'sum by ({label}) (rate({metric}{{{code}=~"5.."}}[{window}]))\n'
        f"  / sum by ({label}) (rate({metric}[{window}])) * 100 > {percent}"
    ))  # fmt: skip
    made.ask(signals.alert_error_share(
        alert=alert, metric=metric, label=label, code=code, percent=percent, window=window,
    ))  # fmt: skip
    return alert, label


def latency_alert(made: Rules) -> tuple[str, str]:
    """Ask for an alert on a percentile; returns its name and its label."""
    draw = made.draw
    alert = named(draw, "Latency", "HighLatency", "Slow", "LatencyHigh")
    metric, labels = draw.choice("metric", choices.HISTOGRAMS)
    label = draw.choice("label", labels)
    percentile = draw.choice("percentile", (50, 75, 90, 95, 99))
    limit = draw.choice("limit", choices.LIMITS)
    window = draw.choice("window", choices.WINDOWS)
    made.alert(alert, (
        f"histogram_quantile({percentile / 100:g}, "
        f"sum by ({label}, le) (rate({metric}_bucket[{window}]))) > {limit}"
    ))  # fmt: skip
    made.ask(signals.alert_percentile(
        alert=alert, metric=metric, label=label, percentile=percentile, limit=limit, window=window,
    ))  # fmt: skip
    return alert, label


def cpu_alert(made: Rules) -> tuple[str, str]:
    """Ask for an alert on busy CPUs; returns its name and its label."""
    draw = made.draw
    alert = named(draw, "Cpu", "CPUHigh", "CpuBusy", "HighCpuUsage")
    percent = draw.choice("percent", (70, 75, 80, 85, 90, 92, 95))
    window = draw.choice("window", choices.WINDOWS)
    made.alert(alert, (
        '100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}'
        f"[{window}])) * 100 > {percent}"
    ))  # fmt: skip
    made.ask(signals.alert_cpu(alert=alert, percent=percent, window=window))
    return alert, "instance"


def memory_alert(made: Rules) -> tuple[str, str]:
    """Ask for an alert on scarce memory; returns its name and its label."""
    draw = made.draw
    alert = named(draw, "Memory", "MemoryLow", "LowMemory", "OutOfMemorySoon")
    percent = draw.choice("percent", (4, 5, 8, 10, 12, 15, 20))
    made.alert(alert, (
        "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes * 100 "
        f"< {percent}"
    ))  # fmt: skip
    made.ask(signals.alert_memory(alert=alert, percent=percent))
    return alert, "instance"


@family("prometheus", levels=(1, 2, 3, 4))
def error_share_alert(draw: Draw) -> Draft:
    """An alert on the share of requests that fail."""
    made = Rules(draw)
    alert, label = error_alert(made)
    return _finish(
        made, alert, label,
        "Write a Prometheus rule file with an alert on failing requests",
        "We want to know when too many requests fail: write the alerting rule",
    )  # fmt: skip


@family("prometheus", levels=(1, 2, 3, 4))
def percentile_alert(draw: Draw) -> Draft:
    """An alert on a percentile of a histogram."""
    made = Rules(draw)
    alert, label = latency_alert(made)
    return _finish(
        made, alert, label,
        "Write a Prometheus rule file with an alert on slow requests",
        "Users complain about slow answers: write an alerting rule on latency",
    )  # fmt: skip


@family("prometheus", levels=(1, 2, 3, 4))
def machine_alert(draw: Draw) -> Draft:
    """An alert on the processors or the memory of machines."""
    made = Rules(draw)
    make = cpu_alert if draw.chance("processors", 0.55) else memory_alert
    alert, label = make(made)
    return _finish(
        made, alert, label,
        "Write a Prometheus rule file with an alert for machines with the node exporter",
        "Our machines run the node exporter; write an alerting rule for them",
    )  # fmt: skip


@family("prometheus", levels=(1, 2, 3, 4))
def disk_alert(draw: Draw) -> Draft:
    """An alert on file systems that are nearly full, now or by their trend."""
    made = Rules(draw)
    alert = named(draw, "Disk", "DiskFull", "FilesystemSpace", "DiskFilling")
    if draw.chance("by trend", 0.4):
        window = draw.choice("window", choices.LONG_WINDOWS)
        hours = draw.choice("hours", (4, 6, 8, 12, 24, 48))
        made.alert(alert, (
            f"predict_linear(node_filesystem_avail_bytes[{window}], {hours} * 3600) < 0"
        ))  # fmt: skip
        made.ask(signals.alert_disk_trend(alert=alert, window=window, hours=hours))
    else:
        percent = draw.choice("percent", (3, 5, 8, 10, 12, 15, 20))
        chosen = ""
        made.ask(signals.alert_disk(alert=alert, percent=percent))
        if draw.chance("leaves out", 0.5):
            kinds = ("tmpfs", "overlay", "squashfs", "ramfs", "nfs4", "fuse.lxcfs")
            fstype = draw.choice("fstype", kinds)
            chosen = f'{{fstype!="{fstype}"}}'
            made.ask(signals.alert_disk_leaves_out(alert=alert, fstype=fstype))
        made.alert(alert, (
            f"node_filesystem_avail_bytes{chosen} / node_filesystem_size_bytes{chosen} * 100 "
            f"< {percent}"
        ))  # fmt: skip
    return _finish(
        made, alert, "mountpoint",
        "Write a Prometheus rule file with an alert on file systems that run full",
        "Disks must never fill up unnoticed: write the alerting rule (node exporter)",
    )  # fmt: skip


@family("prometheus", levels=(1, 2, 3, 4))
def gauge_alert(draw: Draw) -> Draft:
    """An alert on a gauge that is too high or too low."""
    made = Rules(draw)
    low = draw.chance("low", 0.4)
    metric, label, thresholds = draw.choice("gauge", choices.LOW_GAUGES if low else choices.GAUGES)
    threshold = draw.choice("threshold", thresholds)
    alert = named(draw, *(("Low", "TooFew") if low else ("High", "TooMany")))
    made.alert(alert, f"{metric} {'<' if low else '>'} {threshold}")
    asked = signals.alert_below if low else signals.alert_above
    made.ask(asked(alert=alert, metric=metric, label=label, threshold=threshold))
    return _finish(
        made, alert, label,
        "Write a Prometheus rule file with an alert on a gauge",
        "One of our gauges needs an alert: write the rule file",
    )  # fmt: skip


@family("prometheus", levels=(1, 2, 3, 4))
def counter_alert(draw: Draw) -> Draft:
    """An alert on a counter: its growth, or its rate."""
    made = Rules(draw)
    alert = named(draw, "Growing", "Rate", "Burst", "Spike")
    if draw.chance("growth", 0.5):
        metric, label, counts, windows = draw.choice("counter", choices.COUNTERS)
        count, window = draw.choice("count", counts), draw.choice("window", windows)
        made.alert(alert, f"sum by ({label}) (increase({metric}[{window}])) > {count}")
        made.ask(signals.alert_increase(
            alert=alert, metric=metric, label=label, count=count, window=window))  # fmt: skip
    else:
        metric, label, rates = draw.choice("rated counter", choices.RATES)
        rate, window = draw.choice("rate", rates), draw.choice("rate window", choices.WINDOWS)
        made.alert(alert, f"sum by ({label}) (rate({metric}[{window}])) > {rate}")
        made.ask(signals.alert_rate(
            alert=alert, metric=metric, label=label, rate=rate, window=window))  # fmt: skip
    return _finish(
        made, alert, label,
        "Write a Prometheus rule file with an alert on a counter",
        "A counter of ours needs watching: write the alerting rule",
    )  # fmt: skip


@family("prometheus", levels=(1, 2, 3, 4, 5))
def availability_alerts(draw: Draw) -> Draft:
    """Alerts on targets that are down, and on jobs that are gone."""
    made = Rules(draw)
    job = draw.choice("job", choices.JOBS)
    down = named(draw, "Down", "TargetDown", "Unreachable")
    rule = made.alert(down, f'up{{job="{job}"}} == 0')
    made.ask(signals.alert_down(alert=down, job=job))
    gone = f"{down}Absent"
    other: list[Extra] = []

    def absent(made: Rules) -> None:
        made.alert(gone, f'absent(up{{job="{job}"}})')
        made.ask(signals.alert_absent(alert=gone, job=job))

    def heartbeat(made: Rules) -> None:
        name = draw.choice("heartbeat", ("Watchdog", "DeadMansSwitch", "Heartbeat", "AlwaysOn"))
        made.alert(name, "vector(1)")
        made.ask(signals.alert_heartbeat(alert=name))

    other += [Extra("absent", 1, absent), Extra("heartbeat", 1, heartbeat)]
    made.grow([*other, *details(made, rule, "instance"), *rule_extras(made, down)])
    return made.draft(
        f"Write a Prometheus rule file for the availability of the job {job}",
        f"The scrape job {job} must not vanish unnoticed: write the alerting rules",
    )


@family("prometheus", levels=(1, 2, 3, 4), held_out=True)
def expiry_and_replica_alert(draw: Draw) -> Draft:
    """Alerts on certificates that end and on Deployments that lack replicas."""
    made = Rules(draw)
    certificate = draw.chance("certificate", 0.5)
    alert = named(draw, *(("Certificate", "Expiry") if certificate else ("Replicas", "Rollout")))
    if certificate:
        days = draw.choice("days", (7, 10, 14, 21, 30, 45))
        made.alert(alert, f"probe_ssl_earliest_cert_expiry - time() < {days} * 86400")
        made.ask(signals.alert_certificate(alert=alert, days=days))
        label = "instance"
    else:
        made.alert(alert, (
            "kube_deployment_status_replicas_available < kube_deployment_spec_replicas"
        ))  # fmt: skip
        made.ask(signals.alert_replicas(alert=alert))
        label = "deployment"
    return _finish(
        made, alert, label,
        "Write a Prometheus rule file with one alert",
        "An alerting rule is needed; write the rule file",
    )  # fmt: skip


@family("prometheus", levels=(1, 2, 3), held_out=True)
def burn_rate_alert(draw: Draw) -> Draft:
    """An alert on two windows in which an error budget burns too fast."""
    made = Rules(draw)
    alert = named(draw, "ErrorBudget", "BudgetBurn", "SloBurn")
    job = draw.choice("job", choices.JOBS)
    objective = draw.choice("objective", (99, 99.5, 99.9, 98))
    factor = draw.choice("factor", (3, 6, 10, 14.4))
    long, short = draw.choice(
        "windows", (("1h", "5m"), ("6h", "30m"), ("2h", "10m"), ("3h", "15m"))
    )
    metric = "http_requests_total"
    budget = round((100 - objective) / 100, 6)

    def share(window: str) -> str:
        bad = f'sum(rate({metric}{{job="{job}", code=~"5.."}}[{window}]))'
        return f'({bad} / sum(rate({metric}{{job="{job}"}}[{window}])) > {factor} * {budget})'

    made.alert(alert, f"{share(long)}\nand\n{share(short)}")
    made.ask(signals.alert_burn_rate(
        alert=alert, job=job, metric=metric, objective=objective, factor=factor, long=long,
        short=short,
    ))  # fmt: skip
    return _finish(
        made, alert, "",
        "Write a Prometheus rule file with a burn-rate alert on two windows",
        "Our service has an objective; write the alert on its error budget",
    )  # fmt: skip


@family("prometheus", levels=(3, 4, 5))
def alert_set(draw: Draw) -> Draft:
    """Several alerts in one group."""
    made = Rules(draw)
    alert, label = error_alert(made)
    first = made.group["rules"][0]
    metric, gauge_label, thresholds = draw.choice("gauge", choices.GAUGES)
    threshold = draw.choice("threshold", thresholds)
    second = made.alert(f"{alert}Load", f"{metric} > {threshold}")
    made.ask(signals.alert_above(
        alert=second["alert"], metric=metric, label=gauge_label, threshold=threshold))  # fmt: skip
    job = draw.choice("job", choices.JOBS)
    third = made.alert(f"{alert}Down", f'up{{job="{job}"}} == 0')
    made.ask(signals.alert_down(alert=third["alert"], job=job))
    extras = [
        one
        for pair in zip(
            details(made, first, label), details(made, second, gauge_label, " of the second"),
            details(made, third, "instance", " of the third"), strict=True,
        )
        for one in pair
    ]  # fmt: skip
    made.grow([*extras, *rule_extras(made, alert)])
    return made.draft(
        "Write a Prometheus rule file with three alerts",
        "These three conditions need alerts: write the rule file",
    )
