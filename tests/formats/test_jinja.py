"""The Jinja parser: what it takes, what it refuses and where, and what it tells of a template."""

from __future__ import annotations

import pytest

from iac_gym.formats.jinja import (
    JinjaError,
    Node,
    is_template,
    parse_expression,
    parse_template,
    walk,
)


def shape(node: Node) -> object:
    """Write a tree as nested tuples, without offsets."""
    inside = [None if one is None else shape(one) for one in node.items]
    return (node.kind, node.value, *inside) if inside else (node.kind, node.value)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", ("name", "a")),
        ("1 + 2 * 3", ("binary", "+", ("const", 1), ("binary", "*", ("const", 2), ("const", 3)))),
        ("a ~ 'b'", ("concat", None, ("name", "a"), ("const", "b"))),
        ("not a.b", ("not", None, ("attr", "b", ("name", "a")))),
        ("a not in b", ("compare", ("not in",), ("name", "a"), ("name", "b"))),
        ("a < b <= c", ("compare", ("<", "<="), ("name", "a"), ("name", "b"), ("name", "c"))),
        ("a or b and c", ("or", None, ("name", "a"), ("and", None, ("name", "b"), ("name", "c")))),
        ("x if y else z", ("cond", None, ("name", "y"), ("name", "x"), ("name", "z"))),
        ("a is not defined", ("not", None, ("test", "defined", ("name", "a")))),
        ("a is divisibleby 3", ("test", "divisibleby", ("name", "a"), ("const", 3))),
        (
            "a | default('x', true)",
            ("filter", "default", ("name", "a"), ("const", "x"), ("const", True)),
        ),
        ("-a ** 2", ("binary", "**", ("neg", None, ("name", "a")), ("const", 2))),
        ("'a' 'b'", ("const", "ab")),
        ("a[1:]", ("item", None, ("name", "a"), ("slice", None, ("const", 1), None, None))),
        (
            "{'k': [1, 2]}",
            ("dict", None, ("const", "k"), ("list", None, ("const", 1), ("const", 2))),
        ),
        ("f(1, k=2)", ("call", None, ("name", "f"), ("const", 1), ("keyword", "k", ("const", 2)))),
        ("()", ("tuple", None)),
    ],
)
def test_expressions_have_the_tree_of_jinja(text: str, tree: object) -> None:
    assert shape(parse_expression(text).body) == tree


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("a ==", "unexpected the end of the text", (1, 5)),
        ("a == 'b", "not closed", (1, 6)),
        ("a b", "behind the expression", (1, 3)),
        ("a, b", "behind the expression", (1, 2)),
        ("a | ", "expected a name", (1, 5)),
        ("(a", "expected `)`", (1, 3)),
        ("a)", "unexpected `)`", (1, 2)),
        ("[a}", "expected `]`", (1, 3)),
        ("a is b is c", "chained", (1, 8)),
        ("f(k=1, 2)", "wrong order", (1, 2)),
        ("f(k=1, k=2)", "given twice", (1, 2)),
        ("a.", "behind `.`", (1, 3)),
        ("a ? b", "unexpected character '?'", (1, 3)),
        ("a && b", "unexpected character '&'", (1, 3)),
        ("'\\x1'", "no escape", (1, 1)),
        ("{{ a }}", "expected", (1, 8)),
    ],
)
def test_broken_expressions_are_refused_at_their_place(
    text: str, message: str, place: tuple[int, int]
) -> None:
    with pytest.raises(JinjaError) as caught:
        parse_expression(text)
    assert message in caught.value.message
    if message != "expected":
        assert caught.value.place(text) == place


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ a", "expected `}}`"),
        ("{{ }}", "expected an expression"),
        ("{% if a %}", "is missing"),
        ("{% if a %}x{% endfor %}", "no tag `endfor`"),
        ("{% for a in b %}{% if c %}{% endfor %}", "does not belong here"),
        ("{% for a of b %}{% endfor %}", "expected `in`"),
        ("{% frobnicate %}", "no tag `frobnicate`"),
        ("{% do a %}", "no tag `do`"),
        ("{% set 1 = 2 %}", "cannot be assigned"),
        ("{% set true = 2 %}", "cannot be assigned"),
        ("{# never closed", "not closed"),
        ("{% raw %} x", "not closed"),
        ("{% break %}", "no tag `break`"),
        ("{% for loop in a %}{% endfor %}", "`loop` cannot be assigned"),
        ("{% macro m(a, a) %}{% endmacro %}", "given twice"),
        ("{% macro m(a=1, b) %}{% endmacro %}", "without default"),
        ("{% macro m(caller) %}{{ caller() }}{% endmacro %}", "must have a default"),
        ("{% call a %}{% endcall %}", "expected a call"),
        ("{% block a %}{% endblock %}{% block a %}{% endblock %}", "defined twice"),
        ("{% if a %}{% extends 'b' %}{% endif %}", "top level"),
        ("{% from 'a' import _b %}", "cannot be imported"),
        ("{{ a }", "unexpected `}`"),
        ("{{ a[:, 1] }}", "stands alone"),
    ],
)
def test_broken_templates_are_refused(text: str, message: str) -> None:
    with pytest.raises(JinjaError, match=message.replace("`", ".")):
        parse_template(text)


@pytest.mark.parametrize(
    "text",
    [
        "plain text",
        "{{ '}}' }}",
        "{{ {'a': {'b': 1}} }}",
        "{% raw %}{{ a {% endraw %}",
        "{# {{ a #}",
        "{%- if a -%} x {%- elif b -%} y {%- else -%} z {%- endif -%}",
        "{% for k, v in d.items() if v recursive %}{{ loop(v) }}{% else %}e{% endfor %}",
        "{% set a, b = c %}{% set x %}y{% endset %}{% set ns.a = 1 %}",
        "{% macro m(a, b=1) %}{{ a }}{{ caller() }}{% endmacro %}",
        "{% call(x) m(2) %}{{ x }}{% endcall %}",
        "{% filter upper | trim %}{{ b }}{% endfilter %}{% with a = 1, b = 2 %}{% endwith %}",
        "{% include 'a' ignore missing with context %}{% import 'a' as b without context %}",
        "{% from 'a' import b as c, d with context %}",
        "{% autoescape true %}{% endautoescape %}{% print a, b %}",
        "the end {#",
        "{% raw %}",
        "{{ and }}",
    ],
)
def test_templates_are_taken(text: str) -> None:
    assert parse_template(text).body.kind == "body"


def test_extensions_are_there_where_they_are_named() -> None:
    assert parse_template("{% do a %}", extensions=frozenset(["do"])).names[0].name == "a"
    loop = "{% for a in b %}{% break %}{% endfor %}"
    assert parse_template(loop, extensions=frozenset(["loopcontrols"])).template
    with pytest.raises(JinjaError, match="outside of a loop"):
        parse_template("{% continue %}", extensions=frozenset(["loopcontrols"]))


def test_backslashes_stay_in_expressions_of_yaml_only() -> None:
    assert parse_template(r"{{ '\1' }}").single == Node("const", 3, r"\1")
    assert parse_template(r"{{ '\1' }}", escape=False).single == Node("const", 3, "\x01")
    assert parse_template(r"{% set a = '\t' %}").body.items[0].items[1].value == "\t"
    assert parse_expression(r"'\u00e9\N{BULLET}'").body.value == "é•"


def test_what_a_template_uses_is_told() -> None:
    parsed = parse_template("{{ a.b['c'][0] | default(d) | int }} {{ lookup('file', e) }}")
    assert [use.name for use in parsed.filters] == ["default", "int"]
    assert sorted(parsed.free) == ["a", "d", "e", "lookup"]
    assert ("a", "b", "c", "0") in parsed.paths
    assert parsed.calls[0].items[0].value == "lookup"
    tests = parse_expression("a is match('x') and b is defined").tests
    assert [(use.name, use.at) for use in tests] == [("match", 5), ("defined", 25)]


@pytest.mark.parametrize(
    ("text", "free"),
    [
        ("{% set x = 1 %}{{ x }}", ""),
        ("{{ x }}{% set x = 1 %}", "x"),
        ("{% if a %}{% set q = 1 %}{% endif %}{{ q }}", "a q"),
        ("{% for a in b %}{{ a }}{{ loop.index }}{% endfor %}{{ a }}", "a b"),
        ("{% for a in b if a.c %}{% else %}{{ loop }}{% endfor %}", "b loop"),
        ("{% macro m(p) %}{{ p }}{{ q }}{{ varargs }}{% endmacro %}{{ m(r) }}", "q r"),
        ("{% set x = 1 %}{% block b %}{{ x }}{% endblock %}", "x"),
        ("{% with a = b %}{{ a }}{{ c }}{% endwith %}", "b c"),
        ("{% import f as g %}{{ g.h(i) }}", "f i"),
    ],
)
def test_free_variables_follow_the_scopes(text: str, free: str) -> None:
    assert " ".join(sorted(parse_template(text).free)) == free


def test_a_text_without_delimiters_is_no_template() -> None:
    assert not is_template("a { b } c")
    assert is_template("#jinja2: trim_blocks: false\na")
    assert parse_template("a { b } c").literal


def test_the_tree_can_be_walked() -> None:
    kinds = [node.kind for node in walk(parse_template("{% if a %}{{ b }}{% endif %}").body)]
    assert sorted(kinds) == ["body", "body", "elif", "if", "name", "name", "output"]
