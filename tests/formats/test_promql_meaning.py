"""What a PromQL expression means, whatever its spelling."""

from __future__ import annotations

import pytest

from iac_gym.formats.promql import (
    Fires,
    conditions,
    constant,
    fires,
    keeps_label,
    normal,
    output_labels,
    parse,
    same,
    uses,
)

SAME = [
    ("sum by (a) (x)", "sum(x) by (a)"),
    ("x{a='1', b='2'}", 'x{b="2",a="1",}'),
    ("rate(x[5m])", "rate(x[300s])"),
    ("rate(x[5m])", "((rate(x[300])))"),
    ("x > 5", "5 < x"),
    ("x > 0.9", "x > 90 / 100"),
    ('{__name__="x", a="b"}', 'x{a="b"}'),
    ('{"x", a="b"}', 'x{a="b"}'),
    ("a + b", "b + a"),
    ("a * on (x) b", "b * on (x) a"),
    ('x{a=~"b"}', 'x{a="b"}'),
    ('x{a=~"b|c"}', 'x{a=~"c|b"}'),
    ('x{a=~".+"}', 'x{a!=""}'),
    ('x{a=~".*"}', "x"),
    ("sum(x)", "sum by () (x)"),
    ("x - 5", "x + -5"),
    ("a / on (b) group_left c", "a / on (b) group_left () c"),
    ("x offset 1h", "x offset 60m"),
    ("1e3 * x", "x * 1000"),
]
DIFFERENT = [
    ("sum by (a) (x)", "sum by (b) (x)"),
    ("sum by (a) (x)", "sum without (a) (x)"),
    ("x > 5", "x >= 5"),
    ("x > 5", "x > bool 5"),
    ("a - b", "b - a"),
    ("a / b", "b / a"),
    ("a and b", "b and a"),
    ("rate(x[5m])", "rate(x[6m])"),
    ('x{a="b"}', 'x{a!="b"}'),
    ('x{a=~"b.c"}', 'x{a="b.c"}'),
    ("x", "x offset 5m"),
    ("a + on (x) b", "a + ignoring (x) b"),
]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_equal_meaning(left: str, right: str) -> None:
    assert same(parse(left).root, parse(right).root)


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_another_meaning(left: str, right: str) -> None:
    assert not same(parse(left).root, parse(right).root)


def _said(text: str) -> list[list[tuple[str, str, float | None]]]:
    found = conditions(parse(text).root)
    return [[(normal(one.left), one.op, one.threshold) for one in row] for row in found]


@pytest.mark.parametrize(
    ("text", "core", "op", "threshold"),
    [
        ("x > 5", "x{}", ">", 5.0),
        ("5 < x", "x{}", ">", 5.0),
        ("5 >= x", "x{}", "<=", 5.0),
        ("100 - x * 100 > 80", "x{}", "<", 0.2),
        ("(1 - x) * 100 > 80", "x{}", "<", 0.2),
        ("x / 1024 / 1024 > 5", "x{}", ">", 5 * 1024.0 * 1024.0),
        ("100 * (a / b) >= 5", "(a{}/b{})", ">=", 0.05),
        ("(a * 100) / b > 5", "(a{}/b{})", ">", 0.05),
        ("a > 0.05 * b", "(a{}/b{})", ">", 0.05),
        ("-x < -5", "x{}", ">", 5.0),
        ("sum by (j) (x * 100) > 5", "sum by(j)(x{})", ">", 0.05),
        ("(x > bool 5) == 1", "x{}", ">", 5.0),
        ("x > vector(3)", "x{}", ">", 3.0),
    ],
)
def test_thresholds_are_solved(text: str, core: str, op: str, threshold: float) -> None:
    found = conditions(parse(text).root)[0][0]
    assert (normal(found.left), found.op) == (core, op)
    assert found.threshold == pytest.approx(threshold)


def test_alternatives_and_conjuncts() -> None:
    said = _said("(a > 1 and b < 2) or c == 3")
    assert said == [[("a{}", ">", 1.0), ("b{}", "<", 2.0)], [("c{}", "==", 3.0)]]


def test_what_unless_takes_away_is_negated() -> None:
    row = conditions(parse("a > 1 unless b").root)[0]
    assert [one.negated for one in row] == [False, True]


def test_two_sides_that_depend_on_data() -> None:
    one = conditions(parse("a != b").root)[0][0]
    assert one.threshold is None
    assert one.right is not None
    assert normal(one.right) == "b{}"


def test_a_bare_expression_is_a_condition_without_a_threshold() -> None:
    one = conditions(parse("absent(up)").root)[0][0]
    assert (one.op, one.threshold) == ("", None)


def test_uses_tell_functions_windows_and_offsets() -> None:
    first, second = uses(parse("sum(rate(a[5m] offset 1h)) / max_over_time(b[1h:])").root)
    assert (first.metric, first.functions, first.window) == ("a", ("rate", "sum"), 300.0)
    assert first.offset == 3600.0
    assert (second.metric, second.functions, second.window) == ("b", ("max_over_time",), 3600.0)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("x", None),
        ("sum(x)", set()),
        ("sum by (a, b) (x)", {"a", "b"}),
        ("sum by (a) (sum by (a, b) (x))", {"a"}),
        ("sum by (c) (sum by (a, b) (x))", set()),
        ("sum without (a) (x)", None),
        ("topk(5, sum by (a) (x))", {"a"}),
        ("sum by (a) (x) / on (a) group_left (v) y", {"a", "v"}),
        ("x / on (a) y", {"a"}),
        ("histogram_quantile(0.9, sum by (le, a) (x))", {"a"}),
        ("vector(1)", set()),
        ('absent(up{job="a", b=~"c"})', {"job"}),
        ('label_replace(sum(x), "n", "v", "", "")', {"n"}),
        ("sum by (a) (x) or sum by (b) (y)", {"a", "b"}),
    ],
)
def test_labels_of_the_result(text: str, labels: set[str] | None) -> None:
    assert output_labels(parse(text).root) == labels


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("rate(x[5m])", True), ("sum by (a) (x)", True), ("sum(x)", False),
        ("sum without (a) (x)", False), ("sum without (b) (x)", True), ("x / on (a) y", True),
        ("x / on (b) y", False), ("x / ignoring (a) y", False), ("x > 5", True),
        ("sum(x) or y", False), ("x and sum(y)", True), ("sum(x) * on () group_left (a) y", True),
    ],
)  # fmt: skip
def test_a_label_survives_or_not(text: str, kept: bool) -> None:
    assert keeps_label(parse(text).root, "a") is kept


def test_constants() -> None:
    assert constant(parse("(2 + 3) * 4 ^ 2 - 1").root) == 79.0
    assert constant(parse("scalar(vector(5))").root) == 5.0
    assert constant(parse("time()").root) is None
    assert constant(parse("1 / 0").root) == float("inf")


NEVER = """
vector(0) > 1
x > 5 and x < 3
(x > 5) < 3
x{a="1",a="2"}
x{a="foo",a=~"bar.*"} > 1
rate(x[5m]) < 0
absent(x) == 0
count(up == 0) == 0
up > 1
histogram_quantile(95, sum by (le) (rate(x_bucket[5m]))) < 0.5
sum(rate(e{code="500"}[5m])) / sum(rate(e[5m])) > 90
node_filesystem_avail_bytes / node_filesystem_size_bytes > 90
sum by (job) (rate(e[5m])) / sum(rate(f[5m])) > 0.1
x unless x
x > 5 unless x > 3
x > x
absent(x or vector(0))
clamp_max(x, 5) > 6
hour() > 24
sum(rate(a[5m]) < 0) > 4
avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) > 80
x > NaN
x[5m]
"text"
""".strip().split("\n")
SOMETIMES = """
x > 5
up == 0
absent(up{job="a"}) == 1
x == bool 5 == 1
100 - (avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100) > 80
sum by (job) (rate(e{code=~"5.."}[5m])) / sum by (job) (rate(e[5m])) > 0.05
node_filesystem_avail_bytes / node_filesystem_size_bytes * 100 < 10
predict_linear(node_filesystem_free_bytes[1h], 4*3600) < 0
delta(x[5m]) < 0
x unless y
x > 5 unless x > 10
x > 5 or x < 3
count(up == 0) by (job) / count(up) by (job) > 0.5
sum by (job)(a) / on (job) group_left sum by (job, instance) (b) > 4
sum by (job)(a) / ignoring(job) group_left sum(b) > 4
sum by (job) (job:a:rate5m) / sum(job:b:rate5m) > 4
x{a=~"foo|bar",a!="foo"} > 0
x > 5 and on(instance) x < 3
a != b
rate(x[5m]) == 0
time() - process_start_time_seconds < 600
""".strip().split("\n")
ALWAYS = """
vector(1)
vector(1) > 0
count(x) >= 1
up >= 0
histogram_quantile(95, sum by (le) (rate(x_bucket[5m]))) > 0.5
sum(x) > 5 or vector(1)
100 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) > 80
node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 10
absent(x{a="1",a="2"})
""".strip().split("\n")


@pytest.mark.parametrize("text", NEVER)
def test_never_fires(text: str) -> None:
    assert fires(parse(text).root) is Fires.NEVER


@pytest.mark.parametrize("text", SOMETIMES)
def test_may_fire(text: str) -> None:
    assert fires(parse(text).root) is Fires.SOMETIMES


@pytest.mark.parametrize("text", ALWAYS)
def test_fires_whatever_the_values_are(text: str) -> None:
    assert fires(parse(text).root) is Fires.ALWAYS
