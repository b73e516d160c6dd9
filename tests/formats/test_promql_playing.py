"""Expressions that are played give what Prometheus gives; promtool is asked where it is there."""

from __future__ import annotations

import math
import os
import random
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from iac_gym.formats.promql import parse
from iac_gym.formats.promql.playing import NOW, Series, play, player

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
    Series("temp", {"room": "x"}, 21.6, -0.001),
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
label_replace(up, "host", "$1", "instance", "(.*):.*")
label_replace(up, "job", "$2-$1", "instance", "(.):(.)")
label_replace(up, "job", "", "job", "no")
acos(up)
sinh(up)
(size atan2 3) + 0
count_values("value", up)
count_values without (instance) ("v", round(temp))
count_values by (job) ("code", up)
count_values without () ("instance", up)
size < on (instance) group_left () (size * 2)
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


#: Expressions that would take long, or break arithmetic.
HOSTILE = [
    "max_over_time(" * 20 + "up" + "[1d:1s])" * 20,
    "label_join(" * 40 + "up" + ', "a", "", "a", "a", "instance")' * 40,
    "label_replace(" * 40 + "up" + ', "a", "$1$1$1x", "a", "(.*)")' * 40,
    'up{job=~"' + "(a*)*" * 200 + 'b"}',
    'label_replace(up, "a", "$1", "job", "' + "(a|a?)+" * 8 + '$")',
    " or ".join(["max_over_time(req_total[1h])"] * 50),
    "1e308 * 1e308 * up % 0",
    "quantile(NaN, up)",
    "topk(1e300, up)",
    "bottomk(-Inf, up)",
    "hour(vector(1e300))",
    "year(vector(-1e12))",
    "round(up / 0, 0)",
    "exp(exp(exp(exp(temp))))",
    "(up - 3) ^ 0.5",
    "0 ^ -1 * up",
    "stddev_over_time((1e308 * temp)[5m:1m])",
    "sum(1e308 * up / 0) - sum(1e308 * up / 0)",
    'histogram_quantile(0.5, label_replace(up, "le", "nan", "job", ".*"))',
    "predict_linear(up[5m], 1e308)",
    "rate(up[100000d] offset -5d)",
    "acos(temp) + atanh(temp) + cosh(temp * 1e9) + sin(temp / 0)",
]


@pytest.mark.parametrize("expression", HOSTILE)
def test_hostile_expressions_end_soon(expression: str) -> None:
    root = parse(expression).root
    begin = time.process_time()
    found = play(root, SERIES)
    assert time.process_time() - begin < 0.25  # less than 50 ms where nothing else runs
    assert found is None or isinstance(found, list)


def test_labels_are_replaced() -> None:
    found = ours('label_replace(up{job="db"}, "host", "$1-x", "instance", "(.*):(.*)")')
    assert found is not None
    (labels,) = found
    assert dict(labels)["host"] == "c-x"
    assert ours('label_replace(up, "job", "", "job", "(api|db)")') is not None
    assert ours('label_replace(up, "instance", "", "instance", ".*")') is None  # twice the same
    assert ours('count_values("value", up)') == {(("value", "1"),): 2.0, (("value", "0"),): 1.0}


def test_a_reset_is_no_loss() -> None:
    series = [Series("x_total", {}, 150.0, 1.0, bend=-150, before=1.0, drop=1e6)]
    grown = play(parse("increase(x_total[5m])").root, series)
    assert grown is not None
    assert 280 < grown[0].value < 320
    less = play(parse("delta(x_total[5m])").root, series)
    assert less is not None
    assert less[0].value < -9e5


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


# --- expressions by chance ------------------------------------------------------------------------

#: Names, and the labels that their series have.
_LABELS = {
    "up": ("job", "instance"), "req_total": ("job", "instance", "code"), "temp": ("room",),
    "size": ("instance", "disk"), "info": ("instance", "zone"), "lat_bucket": ("job", "le"),
}  # fmt: skip
_MATCHERS = {
    "job": ("api", "db", "a.*", ".+", "a|db"), "instance": ("a:1", "b:1", "[ab]:1", "c.*"),
    "code": ("200", "5..", "500|503", "2.*"), "room": ("x", "y", ""), "disk": ("s",),
    "zone": ("z1", "z[12]"), "le": ("0.1", "0.*", "[+]Inf"),
}  # fmt: skip
_OVER_TIME = (
    "avg_over_time sum_over_time min_over_time max_over_time count_over_time last_over_time "
    "present_over_time stddev_over_time rate increase irate idelta delta deriv changes resets"
).split()
_SINGLES = "abs ceil floor sgn sqrt ln log2 log10 exp atan sinh cos tanh round sort".split()


class Chance:
    """Draws expressions."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def selector(self, window: str = "") -> str:
        name = self.draw.choice(sorted(_LABELS))
        matchers = [
            f'{label}{self.draw.choice(("=", "!=", "=~", "!~"))}"'
            f'{self.draw.choice(_MATCHERS[label])}"'
            for label in _LABELS[name] if self.draw.random() < 0.25
        ]  # fmt: skip
        offset = self.draw.choice(("", "", "", " offset 5m", " offset 90s"))
        shown = f"{{{', '.join(matchers)}}}" if matchers else ""
        return f"{name}{shown}{window}{offset}"

    def labels(self) -> str:
        pool = ["job", "instance", "code", "disk", "zone", "room"]
        return ", ".join(self.draw.sample(pool, self.draw.randint(0, 3)))

    def number(self) -> str:
        return self.draw.choice(("0", "1", "2", "0.5", "5", "100", "-3", "1e3", "0.05"))

    def range(self, depth: int) -> str:
        if depth > 0 and self.draw.random() < 0.25:
            inner = self.vector(depth - 1)
            return f"({inner})[{self.draw.choice(('5m', '10m'))}:{self.draw.choice(('1m', '30s'))}]"
        return self.selector(self.draw.choice(("[1m]", "[5m]", "[10m]", "[30m]")))

    def vector(self, depth: int) -> str:
        if depth <= 0:
            return self.selector()
        made = self.draw.choice((self.aggregation, self.binary, self.binary, self.call, self.call))
        return made(depth - 1)

    def aggregation(self, depth: int) -> str:
        op = self.draw.choice("sum avg min max count group topk bottomk quantile".split())
        by = self.draw.choice(("", f"by ({self.labels()}) ", f"without ({self.labels()}) "))
        if op in ("topk", "bottomk"):
            return f"{op} {by}(9, {self.vector(depth)})"
        first = "0.3, " if op == "quantile" else ""
        return f"{op} {by}({first}{self.vector(depth)})"

    def binary(self, depth: int) -> str:
        op = self.draw.choice("+ - * / % ^ == != < <= > >= and or unless".split())
        is_set, compares = op in ("and", "or", "unless"), op in "== != < <= > >=".split()
        returns = " bool" if compares and self.draw.random() < 0.3 else ""
        left = self.vector(depth)
        if not is_set and self.draw.random() < 0.4:
            sides = [left, "7" if op == "%" else self.number()]
            self.draw.shuffle(sides)
            return f"({sides[0]}) {op}{returns} ({sides[1]})"
        right = self.vector(depth)
        match = self.draw.choice(
            ("", "", f" on ({self.labels()})", f" ignoring ({self.labels()})", " on (instance)")
        )
        group = ""
        if match and not is_set and self.draw.random() < 0.5:
            group = f" group_{self.draw.choice(('left', 'right'))} ()"
            if self.draw.random() < 0.4:
                group = group.replace("()", "(zone)") if "zone" not in match else group
        return f"({left}) {op}{returns}{match}{group} ({right})"

    def call(self, depth: int) -> str:
        draw, kind = self.draw, self.draw.randint(0, 9)
        if kind < 4:
            return f"{draw.choice(_OVER_TIME)}({self.range(depth)})"
        if kind < 6:
            return f"{draw.choice(_SINGLES)}({self.vector(depth)})"
        inner = self.vector(depth)
        return draw.choice((
            f"clamp({inner}, 0, 50)", f"clamp_min({inner}, 1)", f"clamp_max({inner}, 1)",
            f"absent({inner})", f"vector(scalar({inner}))", f"-({inner})",
            f"round({inner}, 0.25)", f"histogram_quantile(0.7, {inner})",
            f'label_replace({inner}, "where", "$1-x", "instance", "(.*):.*")',
            f'label_replace({inner}, "job", "", "job", "a(p)i")',
            f'label_replace({inner}, "first", "$2$1", "code", "(.)(.+)")',
            f'label_join({inner}, "both", "/", "job", "instance")',
            f"quantile_over_time(0.4, {self.range(depth)})",
            f"predict_linear({self.range(depth)}, 600)",
            f"absent_over_time({self.selector('[5m]')})",
        ))  # fmt: skip


def drawn(count: int, seed: int) -> list[str]:
    chance = Chance(seed)
    return [chance.vector(1 + index % 4) for index in range(count)]


def test_expressions_by_chance_never_raise() -> None:
    results = [ours(one) for one in drawn(150, 7)]
    assert sum(one is not None for one in results) > 60
    assert sum(bool(one) for one in results) > 40


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


def _ask_promtool(path: Path, expressions: list[str]) -> str:
    """Return what promtool says of the expressions for which it has other results than we."""
    tests = []
    for expression in expressions:
        samples = []
        for labels, value in (ours(expression) or {}).items():
            given = dict(labels)
            name = given.pop("__name__", "")
            inner = ", ".join(f'{key}="{text}"' for key, text in given.items())
            shown = repr(value).replace("nan", ".nan").replace("inf", ".inf")
            samples.append(f"          - labels: '{name}{{{inner}}}'\n            value: {shown}")
        expected = "\n".join(samples) if samples else "          []"
        quoted = expression.replace("'", "''")
        tests.append(f"      - expr: '{quoted}'\n        eval_time: {_MINUTES}m\n"
                     f"        exp_samples:\n{expected}")  # fmt: skip
    path.write_text(
        "evaluation_interval: 15s\ntests:\n  - interval: 15s\n    input_series:\n"
        + _input() + "\n    promql_expr_test:\n" + "\n".join(tests) + "\n"
    )  # fmt: skip
    run = subprocess.run(
        [PROMTOOL, "test", "rules", str(path)], capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    said = run.stdout + run.stderr
    assert "Unit Testing" in said
    assert "yaml" not in said
    return said


def _differing(said: str) -> list[str]:
    return [one for one in re.split(r"(?m)^\s*expr: ", said)[1:] if not _close(one)]


@pytest.mark.tool
@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (or IAC_GYM_PROMTOOL)")
def test_promtool_gives_the_same(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(player, "_times", _closed)
    said = _ask_promtool(tmp_path / "tests.yml", EXPRESSIONS)
    assert "expr: " in said, "promtool never differs in the last digits?"
    differ = _differing(said)
    assert not differ, "\n".join(one[:400] for one in differ)


@pytest.mark.tool
@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (or IAC_GYM_PROMTOOL)")
def test_promtool_gives_the_same_for_expressions_by_chance(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(player, "_times", _closed)
    expressions = drawn(int(os.environ.get("IAC_GYM_EXPRESSIONS", "150")), 11)
    played = [one for one in expressions if ours(one) is not None]
    differ = _differing(_ask_promtool(tmp_path / "tests.yml", played))
    assert not differ, "\n".join(one[:700] for one in differ)
    refused = [one for one in expressions if one not in played]
    said = _ask_promtool(tmp_path / "tests.yml", refused)
    answered = [one for one in re.split(r"(?m)^\s*expr: ", said)[1:] if "got:" in one]
    assert not answered, "\n".join(one[:400] for one in answered)


#: Prometheus 3 leaves the beginning of a window out, promtool 2 counts it in.
def _closed(at: float, window: float, step: float | None) -> list[float]:
    width = step or 15.0
    return [at - width * place for place in range(int(window / width), -1, -1)]


_SAMPLE = re.compile(r"(\S*\{.*?\}) (\S+?)(?:,|$)")


def _close(block: str) -> bool:
    """Whether what was expected and what promtool got are the same but for the last digits."""
    sides = [
        {labels: float(value) for labels, value in _SAMPLE.findall(side)}
        for side in re.findall(r"(?m)^\s*(?:exp|got): ?(.*)$", block)
    ]
    if len(sides) != 2:
        return False
    first, second = sides
    tolerance = 1e-6
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
