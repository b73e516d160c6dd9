"""An answer for other parameters than those that were asked for is never taken for right."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest

from envs.monitoring import choices
from tests.envs.monitoring.judging import found, rule_file

Way = tuple[str, tuple[tuple[Any, ...], ...], str, dict[str, Any]]

#: Requirement, values of its parameters, an expression with them, other arguments.
WAYS: dict[str, Way] = {
    "alert_percentile": (
        "percentile limit window",
        ((50, 75, 90, 95, 99), choices.LIMITS[:7], ("5m", "10m")),
        "histogram_quantile({0} / 100, sum by (job, le) (rate(h_bucket[{2}]))) > {1}",
        {"metric": "h", "label": "job"},
    ),
    "alert_error_share": (
        "percent window",
        ((0.5, 1, 2, 3, 5, 7.5, 10, 15, 20), ("2m", "5m", "1h")),
        'sum by (app) (rate(r{{code=~"5.."}}[{1}])) / sum by (app) (rate(r[{1}])) * 100 > {0}',
        {"metric": "r", "label": "app", "code": "code"},
    ),
    "alert_cpu": (
        "percent window",
        ((70, 75, 80, 85, 90, 92, 95), ("2m", "5m", "1h")),
        '(1 - avg by (instance) (rate(node_cpu_seconds_total{{mode="idle"}}[{1}]))) * 100 > {0}',
        {},
    ),
    "alert_memory": (
        "percent",
        ((4, 5, 8, 10, 12, 15, 20),),
        "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes * 100 < {0}",
        {},
    ),
    "alert_disk": (
        "percent",
        ((3, 5, 8, 10, 12, 15, 20),),
        "node_filesystem_avail_bytes / node_filesystem_size_bytes * 100 < {0}",
        {},
    ),
    "alert_disk_trend": (
        "window hours",
        (choices.LONG_WINDOWS, (4, 6, 8, 12, 24, 48)),
        "predict_linear(node_filesystem_avail_bytes[{0}], {1} * 3600) < 0",
        {},
    ),
    "alert_increase": (
        "count window",
        ((1, 2, 3, 4, 5), ("10m", "15m", "1h")),
        "increase(c_total[{1}]) > {0}",
        {"metric": "c_total", "label": "pod"},
    ),
    "alert_rate": (
        "rate window",
        ((5, 10, 100), choices.WINDOWS),
        "sum by (pod) (rate(c_total[{1}])) > {0}",
        {"metric": "c_total", "label": "pod"},
    ),
    "alert_above": ("threshold", ((4, 8, 12, 16),), "g > {0}", {"metric": "g", "label": "x"}),
    "alert_below": ("threshold", ((0.1, 0.2, 3, 5),), "g < {0}", {"metric": "g", "label": "x"}),
    "alert_certificate": (
        "days",
        ((7, 10, 14, 21, 30, 45),),
        "probe_ssl_earliest_cert_expiry - time() < {0} * 86400",
        {},
    ),
}


def _pairs(values: tuple[tuple[Any, ...], ...]) -> Iterable[tuple[Any, Any]]:
    """Yield every choice with itself and with those that differ in one value."""
    for asked, given in product(product(*values), repeat=2):
        if sum(one != other for one, other in zip(asked, given, strict=True)) < 2:
            yield asked, given


@pytest.mark.parametrize("name", WAYS)
def test_only_what_was_asked_for_is_right(name: str) -> None:
    names, values, expression, more = WAYS[name]
    for asked, given in _pairs(values):
        text = rule_file({"alert": "A", "expr": expression.format(*given)})
        args = {**dict(zip(names.split(), asked, strict=True)), **more}
        assert (found("prometheus", text, name, alert="A", **args) == []) is (asked == given), given
