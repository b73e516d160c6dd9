"""Expressions that are played give what Prometheus gives; promtool is asked where it is there."""

from __future__ import annotations

import math
import os
import re
import shutil
import subprocess

import pytest

from iac_gym.formats.promql import parse
from iac_gym.formats.promql.playing import NOW, Series, play

PROMTOOL = os.environ.get("IAC_GYM_PROMTOOL") or shutil.which("promtool")

SERIES = [
    Series("up", {"job": "api", "instance": "a:1"}, 1),
    Series("up", {"job": "api", "instance": "b:1"}, 0),
    Series("up", {"job": "db", "instance": "c:1"}, 1),
    Series("req_total", {"job": "api", "instance": "a:1", "code": "200"}, 9e4, 6.0),
    Series("req_total", {"job": "api", "instance": "a:1", "code": "500"}, 9e3, 0.5),
    Series("req_total", {"job": "api", "instance": "b:1", "code": "200"}, 8e4, 4.0),
    Series("req_total", {"job": "api", "instance": "b:1", "code": "503"}, 8e3, 0.25),
    Series("lat_bucket", {"job": "api", "le": "0.1"}, 5e4, 2.0),
    Series("lat_bucket", {"job": "api", "le": "0.5"}, 5e4, 5.0),
    Series("lat_bucket", {"job": "api", "le": "+Inf"}, 5e4, 6.0),
    Series("temp", {"room": "x"}, 21.5, -0.001),
    Series("temp", {"room": "y"}, -4.3, 0.002),
    Series("size", {"instance": "a:1", "disk": "s"}, 100),
    Series("size", {"instance": "b:1", "disk": "s"}, 400),
    Series("info", {"instance": "a:1", "zone": "z1"}, 1),
    Series("info", {"instance": "b:1", "zone": "z2"}, 1),
]

EXPRESSIONS = """
up == 0
up == bool 0
sum by (job) (up)
count(up) without (instance)
avg without (instance, code) (rate(req_total[5m]))
sum(rate(req_total{code=~"5.."}[5m])) / sum(rate(req_total[5m])) * 100
sum by (instance) (rate(req_total{code!~"5.*"}[2m])) > 5
increase(req_total{code="500"}[1h])
irate(req_total{instance="a:1"}[5m])
histogram_quantile(0.9, sum by (le) (rate(lat_bucket[5m])))
histogram_quantile(0.2, rate(lat_bucket[5m]))
histogram_quantile(0.99, rate(lat_bucket[10m]))
topk(2, size) + 0
bottomk(1, temp)
quantile(0.5, size)
stddev(size)
min(temp) - max(temp)
absent(up{job="web"})
absent(up{job="api"})
absent_over_time(nothing{x="y"}[5m])
delta(temp[10m])
deriv(temp[10m])
predict_linear(temp[30m], 3600)
avg_over_time(temp[15m])
max_over_time(temp[15m])
min_over_time(temp[15m])
sum_over_time(up[5m])
count_over_time(up{job="db"}[5m])
quantile_over_time(0.25, temp[5m])
stddev_over_time(temp[10m])
changes(temp[5m])
resets(req_total[5m])
last_over_time(size[5m])
present_over_time(up[5m])
max_over_time(rate(req_total{code="200"}[2m])[30m:1m])
avg_over_time((up == bool 1)[10m:])
size * on (instance) group_left (zone) info
info * on (instance) group_right () size
size / ignoring (disk) group_left () info
size and on (instance) (up == 1)
size unless on (instance) (up == 1)
up or size
size % 7
2 ^ size * 0 + 3
-temp
abs(temp)
ceil(temp)
floor(temp)
round(temp, 0.5)
clamp(temp, 0, 20)
clamp_max(temp, 5)
clamp_min(temp, 5)
sgn(temp)
sqrt(size)
ln(size)
exp(temp)
scalar(size{instance="a:1"}) + size
vector(3) > 2
label_join(up, "where", "-", "job", "instance")
temp offset 5m
rate(req_total[5m] offset 10m)
group by (job) (up)
sort_desc(size)
1 / 0 * size
size > 50 < 200
(size > 50) and (size < 200)
stdvar(size)
""".strip().splitlines()


def ours(expression: str) -> dict[tuple, float] | None:
    found = play(parse(expression).root, SERIES)
    return None if found is None else {tuple(sorted(s.labels.items())): s.value for s in found}


def test_every_expression_is_played() -> None:
    assert [one for one in EXPRESSIONS if ours(one) is None] == []


def test_some_values() -> None:
    assert ours("sum by (job) (up)") == {(("job", "api"),): 1.0, (("job", "db"),): 1.0}
    share = ours('sum(rate(req_total{code=~"5.."}[5m])) / sum(rate(req_total[5m]))')
    assert share is not None
    assert math.isclose(share[()], 0.75 / 10.75)
    assert ours("time()") == {(): NOW}
    assert ours('absent(up{job="web"})') == {(("job", "web"),): 1.0}


@pytest.mark.parametrize(
    "expression",
    ["up + on (job) size + up", "rate(up[5m] @ 5)", "count_values('x', up)", 'up{job=~"a"} * up'],
)
def test_what_is_not_played_gives_none_or_a_value(expression: str) -> None:
    found = ours(expression)
    assert found is None or isinstance(found, dict)


def test_a_bend_separates_two_windows() -> None:
    series = [Series("x_total", {}, 1e6, slope=1.0, bend=-300, before=9.0)]
    short = play(parse("rate(x_total[4m])").root, series)
    long = play(parse("rate(x_total[1h])").root, series)
    assert short is not None
    assert math.isclose(short[0].value, 1.0)
    assert long is not None
    assert 8 < long[0].value < 9


def test_work_is_bounded() -> None:
    expression = "max_over_time(" * 4 + "rate(req_total[1h])" + "[1d:1s])" * 4
    assert ours(expression) is None


# --- the real tool --------------------------------------------------------------------------------

_MINUTES = 120


def _input() -> str:
    lines = []
    for one in SERIES:
        labels = ", ".join(f'{key}="{value}"' for key, value in one.labels.items())
        start = one.value - one.slope * _MINUTES * 60
        step = one.slope * 15
        count = _MINUTES * 4
        lines.append(f"      - series: '{one.name}{{{labels}}}'\n"
                     f"        values: '{start!r}{step:+.10f}x{count}'")  # fmt: skip
    return "\n".join(lines)


@pytest.mark.tool
@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (or IAC_GYM_PROMTOOL)")
def test_promtool_gives_the_same(tmp_path) -> None:
    tests = []
    for expression in EXPRESSIONS:
        samples = []
        for labels, value in (ours(expression) or {}).items():
            given = dict(labels)
            name = given.pop("__name__", "")
            inner = ", ".join(f'{key}="{text}"' for key, text in given.items())
            shown = ".nan" if math.isnan(value) else ".inf" if value == math.inf else repr(value)
            samples.append(f"          - labels: '{name}{{{inner}}}'\n            value: {shown}")
        expected = "\n".join(samples) if samples else "          []"
        quoted = expression.replace("'", "''")
        tests.append(f"      - expr: '{quoted}'\n        eval_time: {_MINUTES}m\n"
                     f"        exp_samples:\n{expected}")  # fmt: skip
    text = (
        "evaluation_interval: 15s\ntests:\n  - interval: 15s\n    input_series:\n"
        + _input() + "\n    promql_expr_test:\n" + "\n".join(tests) + "\n"
    )  # fmt: skip
    path = tmp_path / "tests.yml"
    path.write_text(text)
    run = subprocess.run(
        [PROMTOOL, "test", "rules", str(path)], capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    said = run.stdout + run.stderr
    assert "Unit Testing" in said
    assert "yaml" not in said
    blocks = re.split(r"(?m)^\s*expr: ", said)[1:]
    assert blocks, "promtool never differs in the last digits?"
    differ = [one for one in blocks if not _close(one)]
    assert not differ, "\n".join(one[:400] for one in differ)


#: Prometheus 3 leaves the beginning of a window out, promtool 2 counts it in.
_SAMPLE = re.compile(r"(\S*\{.*?\}) (\S+?)(?:,|$)")
_WINDOW_ENDS = re.compile(r"\w+_over_time\(|changes\(")


def _close(block: str) -> bool:
    """Whether what was expected and what promtool got are the same but for the last digits."""
    sides = [
        {labels: float(value) for labels, value in _SAMPLE.findall(side)}
        for side in re.findall(r"(?m)^\s*(?:exp|got): ?(.*)$", block)
    ]
    if len(sides) != 2:
        return False
    first, second = sides
    tolerance = 0.06 if _WINDOW_ENDS.search(block) else 1e-6
    return bool(first) and first.keys() == second.keys() and all(
        math.isclose(first[key], second[key], rel_tol=tolerance, abs_tol=1e-9)
        or (math.isnan(first[key]) and math.isnan(second[key]))
        for key in first
    )  # fmt: skip


def test_a_difference_is_seen() -> None:
    same = 'up\n exp: {a="b"} 1E+00\n got: {a="b"} 1.0000000001E+00\n'
    assert _close(same)
    assert not _close(same.replace('got: {a="b"} 1.0', 'got: {a="b"} 1.1'))
    assert not _close(same.replace("got: {a", "got: {c"))
