"""PromQL: what Prometheus 3 accepts and refuses, and the tree of it."""

from __future__ import annotations

import math
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iac_gym.formats.promql import (
    RANGE,
    SCALAR,
    STRING,
    VECTOR,
    Aggregation,
    Binary,
    Call,
    Number,
    PromqlError,
    Selector,
    Subquery,
    Unary,
    bare,
    parse,
    walk,
)
from iac_gym.formats.promql.functions import FUNCTIONS

ACCEPTED = """
1
+Inf
-inf
NaN
.5
5.
1e3
0x1F
0755
1_000
1h30m
-5m
"text"
1 + 2 * 3 ^ 2 ^ 0.5
-1 ^ 2
1 > bool 2
foo
foo:bar:rate5m
:foo
sum
by
without{a="b"}
start + end
foo{}
foo{a="b",}
foo{a="b", c!~"d|e", "f.g"=~"x.*"}
{"foo.bar"}
{"foo.bar", job="x"}
{__name__=~"job:.+"}
{a!=""}
foo[5m]
foo[300]
foo[5m] offset 1w
foo offset -5m
foo @ 1609746000
foo @ start() offset 5m
foo @ start() [5m]
foo[5m:1m]
foo[5m:]
foo[1h:5m] @ end()
sum(foo)
sum by (a, b) (foo)
sum(foo) by (a, b,)
SUM BY (job) (foo)
sum without () (foo)
sum by ("a.b", on) (foo)
topk(5, foo)
quantile(0.9, foo)
count_values("version", build)
rate(foo[5m])
round(foo, 5)
round(foo)
label_join(foo, "a", ",", "b", "c")
time()
hour()
histogram_quantile(0.9, sum by (le) (rate(foo_bucket[5m])))
foo / on (a) group_left (b, c) bar
foo * ignoring (a) group_right bar
foo > bool on(a) bar
foo and on (a) bar
foo unless bar or baz
foo == 5 # a comment
avg_over_time(foo[5m] offset 1h)
max_over_time(rate(foo[5m])[1h:])
foo{a="\\x41\\u00e9\\""}
foo{a=`raw \\d`}
first_over_time(foo[5m])
(foo)
""".strip().split("\n")

REFUSED = {
    "": "no expression",
    "1 +": "end of the expression",
    "foo bar": "unexpected `bar`",
    "(foo": "expected `)`",
    "foo)": "unexpected `)`",
    "foo{a=b}": "string",
    'foo{a="b"': "end",
    'foo{a:b="c"}': "label",
    'foo{a=~"("}': "regular expression",
    'foo{a=="b"}': "unexpected `==`",
    "{}": "needs a name",
    '{a=~".*"}': "needs a name",
    '{a!="b"}': "needs a name",
    'foo{__name__="bar"}': "two names",
    'foo{"bar"}': "two names",
    "foo[]": "duration",
    "foo[0m]": "greater than 0",
    "foo[5]m": "unexpected",
    "foo[5m1h]": "not a duration",
    "foo[-5m]": "greater than 0",
    "foo[5m][5m]": "needs a selector",
    "foo offset 5m[5m]": "behind the range",
    "sum(foo)[5m]": "needs a selector",
    "foo[5m:1m][5m:]": "instant vector",
    "foo offset": "duration",
    "foo offset 5m offset 5m": "only once",
    "sum(foo) offset 5m": "belongs to a selector",
    "foo @ 1 @ 2": "only once",
    "foo @ inf": "out of range",
    "1 > 2": "needs `bool`",
    "foo + bool bar": "for comparisons",
    "foo and 1": "both sides",
    "foo + foo[5m]": "range vector",
    '"a" + 1': "string",
    "-foo[5m]": "sign",
    "rate(foo)": "range vector",
    "rate(foo[5m], 1)": "1 argument",
    "abs(1)": "instant vector",
    "clamp_max(foo)": "2 argument",
    "histogram_quantile(foo, 0.9)": "scalar",
    "unknown(foo)": "no function",
    "RATE(foo[5m])": "no function",
    "holt_winters(foo[5m], 0.5, 0.5)": "double_exponential_smoothing",
    "limitk(2, foo)": "experimental",
    "sort_by_label(foo, 'a')": "experimental",
    "foo[5m + 1m]": "experimental",
    "foo[step()]": "experimental",
    "rate(foo[5m] smoothed)": "experimental",
    "foo + fill(0) bar": "experimental",
    "sum(foo, 1)": "1 argument",
    "topk(foo)": "2 argument",
    "topk('a', foo)": "scalar",
    "count_values(5, foo)": "string",
    "sum by (1) (foo)": "label",
    "sum by (without) (foo)": "label",
    "sum by (a b) (foo)": "expected `,`",
    "rate(foo[5m],)": "comma",
    "foo / group_left bar": "unexpected",
    "foo and on (a) group_left bar": "group_left",
    "foo * on (a) group_left (a) bar": "in `on` and",
    "1 + on (a) 2": "between instant vectors",
    "foo =~ bar": "unexpected",
    "foo && bar": "unexpected",
    '"a\\q"': "escape",
    '"a': "not closed",
    "1__0": "not a number",
    "5mm": "is not a duration",
    "foo > 20and bar": "is not a",
    "foo > 0.5or bar": "is not a number",
    "foo{a='b\\\"'}": "escape",
}


@pytest.mark.parametrize("text", ACCEPTED)
def test_accepted(text: str) -> None:
    assert parse(text).root is not None


@pytest.mark.parametrize(("text", "why"), REFUSED.items())
def test_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(PromqlError) as caught:
        parse(text)
    assert why in caught.value.message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0x1F", 31.0), ("0755", 493.0), ("089", 89.0), ("1_000", 1000.0), ("1e-3", 0.001),
        ("1h30m", 5400.0), ("1y2w", 32_745_600.0), ("500ms", 0.5), ("-5m", -300.0),
        ("Inf", math.inf), ("5.", 5.0), (".5", 0.5), ("0xe", 14.0),
    ],
)  # fmt: skip
def test_values_of_numbers(text: str, value: float) -> None:
    root = parse(text).root
    assert isinstance(root, Number)
    assert root.value == value


def test_a_hexadecimal_number_may_end_in_e_before_a_sign() -> None:
    assert isinstance(parse("0xe+1").root, Binary)
    with pytest.raises(PromqlError, match="not a number"):
        parse("0x1e+1")


@pytest.mark.parametrize(
    ("text", "top"),
    [
        ("a + b * c", "+"), ("a * b + c", "+"), ("a ^ b ^ c", "^"), ("a or b and c", "or"),
        ("a and b or c", "or"), ("a + b > c", ">"), ("a > b and c", "and"), ("-a * b", "*"),
    ],
)  # fmt: skip
def test_precedence(text: str, top: str) -> None:
    root = parse(text).root
    assert isinstance(root, Binary)
    assert root.op == top


def test_power_binds_to_the_right_and_stronger_than_a_sign() -> None:
    power = parse("a ^ b ^ c").root
    assert isinstance(power, Binary)
    assert isinstance(power.right, Binary)
    sign = parse("-a ^ b").root
    assert isinstance(sign, Unary)
    minus = parse("a - b - c").root
    assert isinstance(minus, Binary)
    assert isinstance(minus.left, Binary)


def test_types() -> None:
    kinds = {"foo": VECTOR, "foo[5m]": RANGE, "1 + 1": SCALAR, "'a'": STRING, "foo[5m:]": RANGE,
             "scalar(foo)": SCALAR, "1 + foo": VECTOR, "-(1)": SCALAR}  # fmt: skip
    assert {text: parse(text).root.type for text in kinds} == kinds


def test_a_selector_has_all_its_parts() -> None:
    node = parse('foo{a="b", c!~"d"}[5m] offset 1h @ 5').root
    assert isinstance(node, Selector)
    assert (node.name, node.window, node.offset, node.at) == ("foo", 300.0, 3600.0, 5.0)
    assert [tuple(one) for one in node.matchers] == [("a", "=", "b"), ("c", "!~", "d")]


def test_a_quoted_name_is_the_metric() -> None:
    node = parse('{"foo.bar", a="b"}').root
    assert isinstance(node, Selector)
    assert node.metric == "foo.bar"


def test_a_subquery_has_a_step() -> None:
    node = parse("rate(foo[5m])[1h:30s] offset 1d").root
    assert isinstance(node, Subquery)
    assert (node.window, node.step, node.offset) == (3600.0, 30.0, 86400.0)


def test_labels_before_and_behind_are_the_same() -> None:
    for text in ("sum by (a) (foo)", "sum(foo) by (a)"):
        node = parse(text).root
        assert isinstance(node, Aggregation)
        assert (node.op, node.labels, node.without) == ("sum", ("a",), False)


def test_places_are_bytes_of_the_text() -> None:
    text = 'x{a="é"} + rate(foo[5m])'
    found = parse(text)
    call = next(node for node in walk(found.root) if isinstance(node, Call))
    start, end = found.span(call)
    assert text.encode()[start:end] == b"rate(foo[5m])"
    with pytest.raises(PromqlError) as caught:
        parse('x{a="é"} + rate(foo)')
    assert 'x{a="é"} + rate(foo)'.encode()[caught.value.start : caught.value.end] == b"foo"


def test_strings_are_unquoted_as_go_does() -> None:
    node = parse(r'foo{a="\x41\101é\t\\"}').root
    assert isinstance(node, Selector)
    assert node.matchers[0].value == "AAé\t\\"


def test_parentheses_are_taken_off() -> None:
    assert isinstance(bare(parse("((foo))").root), Selector)


def test_functions_have_types() -> None:
    assert FUNCTIONS["rate"].takes == (RANGE,)
    assert FUNCTIONS["label_join"].most is None
    assert FUNCTIONS["info"].experimental


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "x" + ")" * 5000, "-" * 50_000 + "1", "+".join(["x"] * 20_000),
        'x{a="' + "b" * 60_000, "#" * 60_000, "1" * 60_000, "x" + "[5m:]" * 5000,
        'x{a=~"' + "(a*)*" * 5000 + '"}', "sum(" * 1000, "x[" + "9" * 300 + "]",
    ],
)  # fmt: skip
def test_hostile_expressions_end_soon(text: str) -> None:
    start = time.process_time()
    with suppress(PromqlError):
        parse(text)
    assert time.process_time() - start < 1.0


@settings(max_examples=200, deadline=None)
@given(st.text("ab{}[]()\"'=~!<>+-*/^@:,. 05mrbyonsuate#\\`\n", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    size = len(text.encode())
    try:
        found = parse(text)
        start, end = found.span(found.root)
    except PromqlError as error:
        start, end = error.start, error.end
    assert 0 <= start <= end <= size
