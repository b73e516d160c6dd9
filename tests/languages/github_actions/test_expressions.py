"""Expressions: reading, precedence, and what is no expression, with the place of the fault."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iac_gym.languages.github_actions.expressions import (
    Call,
    Compare,
    Context,
    ExpressionError,
    Index,
    Literal,
    Node,
    Not,
    Star,
    parse_expression,
    references,
)
from iac_gym.languages.github_actions.expressions.nodes import walk


def shape(node: Node) -> object:
    """Return a tree without its offsets, in brackets."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Context):
        return f"${node.name}"
    if isinstance(node, Star):
        return "*"
    if isinstance(node, Call):
        return (node.name, *map(shape, node.args))
    if isinstance(node, Index):
        return (".", shape(node.of), shape(node.key))
    if isinstance(node, Not):
        return ("!", shape(node.of))
    if isinstance(node, Compare):
        return (node.op, shape(node.left), shape(node.right))
    return (node.op, *map(shape, node.args))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'a'", "a"),
        ("'it''s'", "it's"),
        ("''", ""),
        ("''''''", "''"),
        ("'{{ }}'", "{{ }}"),
        ("12", 12.0),
        ("-1.5", -1.5),
        ("+.5", 0.5),
        ("0x1F", 31.0),
        ("0o17", 15.0),
        ("1e3", 1000.0),
        ("-2.5E-1", -0.25),
        ("Infinity", math.inf),
        ("-Infinity", -math.inf),
        ("true", True),
        ("false", False),
        ("null", None),
    ],
)
def test_literals(text: str, value: object) -> None:
    node = parse_expression(text)
    assert isinstance(node, Literal)
    assert node.value == value
    assert type(node.value) is type(value)


def test_nan_is_a_number() -> None:
    node = parse_expression("NaN")
    assert isinstance(node, Literal)
    assert math.isnan(node.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a || b && c", ("||", "$a", ("&&", "$b", "$c"))),
        ("(a || b) && c", ("&&", ("||", "$a", "$b"), "$c")),
        ("a && b && c", ("&&", "$a", "$b", "$c")),
        ("a == b != c", ("!=", ("==", "$a", "$b"), "$c")),
        ("a == b < c", ("==", "$a", ("<", "$b", "$c"))),
        ("!a == b", ("==", ("!", "$a"), "$b")),
        ("!!a.b", ("!", ("!", (".", "$a", "b")))),
        ("a.b.*.c", (".", (".", (".", "$a", "b"), "*"), "c")),
        ("a[*]['x y']", (".", (".", "$a", "*"), "x y")),
        ("a[b.c][0]", (".", (".", "$a", (".", "$b", "c")), 0.0)),
        ("f(1, g())", ("f", 1.0, ("g",))),
        ("fromJSON('[1]')[0].x", (".", (".", ("fromjson", "[1]"), 0.0), "x")),
        ("GitHub.REF", (".", "$github", "REF")),
        ("a.true.null", (".", (".", "$a", "true"), "null")),
        ("a . b", (".", "$a", "b")),
        ("True", "$true"),
        (" \n a \t", "$a"),
        ("(a).b", (".", "$a", "b")),
        ("a-b_1.c-d", (".", "$a-b_1", "c-d")),
    ],
)
def test_shape(text: str, expected: object) -> None:
    assert shape(parse_expression(text)) == expected


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("", 0, "an expression is expected"),
        ("   ", 0, "an expression is expected"),
        ("a b", 2, "`b` is not expected"),
        ("a ==", 4, "ends too early"),
        ("a = b", 2, "`=` is not expected"),
        ("a & b", 2, "`&` is not expected"),
        ('a == "b"', 5, "is not expected"),
        ("a == 'b", 5, "not closed"),
        ("(a", 2, "ends too early"),
        ("a)", 1, "`)` is not expected"),
        ("f(a", 3, "ends too early"),
        ("f(a,)", 4, "`)` is not expected"),
        ("f(,a)", 2, "`,` is not expected"),
        ("a.", 2, "ends too early"),
        ("a.'b'", 2, "`b` is not expected"),
        ("a[]", 2, "`]` is not expected"),
        ("a[1", 3, "ends too early"),
        ("'a'.b", 3, "no number"),
        ("true.x", 4, "is not expected"),
        ("*", 0, "`*` is not expected"),
        ("1a", 0, "no number"),
        ("1*2", 0, "no number"),
        ("a + b", 2, "no number"),
        ("-", 0, "no number"),
        ("$a", 0, "is not expected"),
        ("a#", 0, "is not expected"),
        ("== a", 0, "`==` is not expected"),
        ("! ", 2, "ends too early"),
        ("é", 0, "is not expected"),
    ],
)
def test_what_is_no_expression(text: str, offset: int, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    assert words in caught.value.message
    assert caught.value.offset == offset


def test_double_quotes_get_a_hint() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression('github.ref == "main"')
    assert "single quotes" in caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "(" * 49 + "a" + ")" * 49,
        "!" * 49 + "a",
        "a" + ".b" * 49,
        "f(" * 49 + "a" + ")" * 49,
        " && ".join(["a"] * 1000),
        " == ".join(["a"] * 50),
        "(" * 40 + " == ".join(["a"] * 40) + ")" * 40,
        "'" + "x" * 20_990 + "'",
    ],
)
def test_within_the_limits(text: str) -> None:
    parse_expression(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 50 + "a" + ")" * 50,
        "!" * 50 + "a",
        "a" + ".b" * 50,
        "f(" * 50 + "a" + ")" * 50,
        "a" + "[b" * 50 + "]" * 50,
        " == ".join(["a"] * 51),
        "(" * 20 + "1" + " < 1 < 1 < 1)" * 20,
        "'" + "x" * 21_000 + "'",
    ],
)
def test_beyond_the_limits(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_expression(text)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("github.event.Action", [("github", "event", "action")]),
        ("a['b'].c", [("a", "b", "c")]),
        ("a.*.b", [("a", "*", "b")]),
        ("matrix[inputs.x].y", [("matrix",), ("inputs", "x")]),
        ("f(a.b, c) == d", [("a", "b"), ("c",), ("d",)]),
        ("fromJSON(a.b).c", [("a", "b")]),
        ("'a.b'", []),
    ],
)
def test_references(text: str, paths: list[tuple[str, ...]]) -> None:
    assert sorted(one.path for one in references(parse_expression(text))) == sorted(paths)


@given(st.text(alphabet="ab.()[]'!=<>&|,* 10x-+\n\"$", max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_or_refused_at_a_place(text: str) -> None:
    tree, offset = _read(text)
    assert 0 <= offset <= len(text)
    if tree is not None:
        assert list(walk(tree))
        references(tree)


def _read(text: str) -> tuple[Node | None, int]:
    try:
        return parse_expression(text), 0
    except ExpressionError as error:
        return None, error.offset
