"""prometheus-operator: groups of rules, endpoints that are scraped, routes of Alertmanager.

Source: prometheus-operator, `pkg/operator/rules.go`, `pkg/prometheus/resource_selector.go`.
"""

from __future__ import annotations

from typing import Any

from iac_gym.formats.go_durations import prometheus_duration
from iac_gym.formats.go_regexp import regexp_error
from iac_gym.formats.lazy import kept
from iac_gym.languages.custom_resources.notes import Notes
from iac_gym.languages.custom_resources.operators.reading import (
    CheckKind,
    Objects,
    listed,
    whole,
    within,
)
from iac_gym.languages.kubernetes.model import KubeObject, Path, as_list, as_map, as_text
from iac_gym.languages.prometheus.faults import Faults
from iac_gym.languages.prometheus.groups import Group, read_groups

_MONITORS = "monitored-endpoints"
#: Faults that the definition of PrometheusRule finds, too.
_BY_SCHEMA = frozenset(("fields-are-known", "fields-have-their-types"))
#: Longer patterns are not read: that takes as long as they are.
_LONGEST_PATTERN = 8_000
_TARGETED = ("", "replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal")


@kept
def _read(item: KubeObject) -> tuple[tuple[Group, ...], Faults]:
    """Read the groups of a PrometheusRule as those of a rule file, with what is wrong there."""
    faults = Faults()
    extra = ("partial_response_strategy",)
    return read_groups(item.get("spec", "groups"), item.file, faults, extra=extra), faults


def groups_of(item: KubeObject) -> tuple[Group, ...]:
    """Return the groups of a PrometheusRule."""
    return _read(item)[0]


def check_rules(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note what Prometheus would refuse of the groups of a PrometheusRule."""
    _, faults = _read(item)
    found = notes.faults.setdefault("prometheus-rules", [])
    for name, findings in faults.items():
        if name not in _BY_SCHEMA:
            found += findings
    if not found:
        del notes.faults["prometheus-rules"]


def _milliseconds(value: Any) -> int | None:
    return prometheus_duration(as_text(value))


def check_monitor(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note endpoints that the operator would not take over."""
    field = "podMetricsEndpoints" if item.kind == "PodMonitor" else "endpoints"
    for path, endpoint in listed(item.get("spec", field), ("spec", field)):
        _check_times(item, endpoint, path, notes)
        for key in ("relabelings", "metricRelabelings"):
            _check_steps(item, endpoint.get(key), (*path, key), notes)
        given = [k for k in ("basicAuth", "authorization", "oauth2") if endpoint.get(k) is not None]
        if len(given) > 1:
            message = f"{' and '.join(given)} cannot be used together"
            notes.add(_MONITORS, item, message, *path)
    _check_selector(item, notes)


def _check_selector(item: KubeObject, notes: Notes) -> None:
    for path, one in listed(
        within(item.tree, "spec", "selector").get("matchExpressions"),
        ("spec", "selector", "matchExpressions"),
    ):
        wants = as_text(one.get("operator")) in ("In", "NotIn")
        if wants != bool(as_list(one.get("values"))):
            message = "In and NotIn have values, Exists and DoesNotExist have none"
            notes.add(_MONITORS, item, message, *path)


def check_probe(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note a Probe without a prober, or with two sorts of targets."""
    spec = as_map(item.get("spec"))
    _check_times(item, spec, ("spec",), notes)
    targets = as_map(spec.get("targets"))
    if spec.get("targets") is not None and not targets:
        message = "`targets` needs `staticConfig` or `ingress`"
        notes.add(_MONITORS, item, message, "spec", "targets")
    _check_steps(item, spec.get("metricRelabelings"), ("spec", "metricRelabelings"), notes)


def check_scrape(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note a ScrapeConfig whose times or relabeling steps are refused."""
    spec = as_map(item.get("spec"))
    _check_times(item, spec, ("spec",), notes)
    for key in ("relabelings", "metricRelabelings"):
        _check_steps(item, spec.get(key), ("spec", key), notes)


def _check_times(item: KubeObject, tree: dict[Any, Any], path: Path, notes: Notes) -> None:
    interval, timeout = (
        _milliseconds(tree.get("interval")),
        _milliseconds(tree.get("scrapeTimeout")),
    )
    if interval is None:
        interval = _milliseconds(tree.get("scrapeInterval"))
    if interval and timeout is not None and timeout > interval:
        message = "`scrapeTimeout` is longer than the interval"
        notes.add(_MONITORS, item, message, *path, "scrapeTimeout")


def _check_steps(item: KubeObject, steps: Any, path: Path, notes: Notes) -> None:
    for where, step in listed(steps, path):
        action = as_text(step.get("action")).lower()
        if problem := _step_problem(action, step):
            notes.add(_MONITORS, item, problem, *where)
        pattern = as_text(step.get("regex"))
        if pattern and len(pattern) <= _LONGEST_PATTERN and (problem := regexp_error(pattern)):
            message = f"this is no regular expression: {problem[:200]}"
            notes.add(_MONITORS, item, message, *where, "regex")


def _step_problem(action: str, step: dict[Any, Any]) -> str:
    if action in _TARGETED and not step.get("targetLabel"):
        return f"`{action or 'replace'}` needs a `targetLabel`"
    if action == "hashmod" and not whole(step.get("modulus")):
        return "`hashmod` needs a `modulus`"
    others = ("sourceLabels", "targetLabel", "modulus", "separator", "replacement")
    if action in ("labeldrop", "labelkeep") and any(step.get(key) for key in others):
        return f"`{action}` takes a `regex` and nothing else"
    return ""


def check_alertmanager_config(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note routes to receivers that an AlertmanagerConfig does not have."""
    spec = as_map(item.get("spec"))
    receivers = {as_text(as_map(one).get("name")) for one in as_list(spec.get("receivers"))}
    times: set[str] = set()
    for field in ("muteTimeIntervals", "timeIntervals"):
        times |= {as_text(as_map(one).get("name")) for one in as_list(spec.get(field))}
    root = as_map(spec.get("route"))
    if root and not root.get("receiver"):
        message = "the first route needs a receiver"
        notes.add("alertmanager-routes", item, message, "spec", "route")
    stack: list[tuple[Path, dict[Any, Any]]] = [(("spec", "route"), root)]
    while stack:
        path, route = stack.pop()
        name = as_text(route.get("receiver"))
        if name and name not in receivers:
            message = f"there is no receiver `{name[:60]}`"
            notes.add("alertmanager-routes", item, message, *path, "receiver")
        for field in ("muteTimeIntervals", "activeTimeIntervals"):
            for place, time in enumerate(as_list(route.get(field))):
                if as_text(time) not in times:
                    message = f"there is no time interval `{as_text(time)[:60]}`"
                    notes.add("alertmanager-routes", item, message, *path, field, place)
        if len(path) < 60:
            stack += listed(route.get("routes"), (*path, "routes"))


CHECKS: dict[tuple[str, str], CheckKind] = {
    ("monitoring.coreos.com", "PrometheusRule"): check_rules,
    ("monitoring.coreos.com", "ServiceMonitor"): check_monitor,
    ("monitoring.coreos.com", "PodMonitor"): check_monitor,
    ("monitoring.coreos.com", "Probe"): check_probe,
    ("monitoring.coreos.com", "ScrapeConfig"): check_scrape,
    ("monitoring.coreos.com", "AlertmanagerConfig"): check_alertmanager_config,
}
