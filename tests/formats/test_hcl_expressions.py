"""Expressions of HCL: trees, precedence, newlines, positions, refusals."""

from __future__ import annotations

import math

import pytest

from iac_gym.formats.hcl import HclError, nodes, parse, parse_expression
from tests.formats.hcl_trees import shape


def value(text: str) -> nodes.Node:
    return parse(f"a = {text}\n").attributes["a"].value


def refused(text: str) -> tuple[int, str]:
    with pytest.raises(HclError) as caught:
        value(text)
    return caught.value.at - 4, caught.value.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # numbers
        ("0", "0"),
        ("007", "7"),
        ("1.50", "1.5"),
        ("2.0", "2"),
        ("1e3", "1000"),
        ("1E+2", "100"),
        ("1.5e1", "15"),
        ("25e-1", "2.5"),
        ("1.e5", "100000"),
        ("12345678901234567890", "12345678901234567890"),
        ("-1", "(-1)"),
        # strings and constants
        ('"x"', "'x'"),
        ('""', "''"),
        ("true", "True"),
        ("null", "None"),
        ('"1"', "'1'"),
        # references
        ("a", "a"),
        ("a.b.c", "a.b.c"),
        ("a . b", "a.b"),
        ("a[0]", "a[0]"),
        ('a["k"].b', "a['k'].b"),
        ("a.0.b", "a[0].b"),
        ("a.b-c.d", "a.b-c.d"),
        ("a[ 0 ]", "a[0]"),
        ('a["x$y"]', "a['x$y']"),
        ('a["${b}"]', "index(a, t<b>)"),
        ("a[b].c", "get(index(a, b), c)"),
        ("a[b][0]", "index(index(a, b), 0)"),
        ("a[-1]", "index(a, (-1))"),
        ("a[1.5]", "index(a, 1.5)"),
        ('a[("k")]', "index(a, 'k')"),
        ("a[true]", "index(a, True)"),
        ("(a).b", "get(a, b)"),
        ("(a.b)[0]", "index(a.b, 0)"),
        ("true.x", "get(True, x)"),
        ('"x".y', "get('x', y)"),
        ("f(x).y[0]", "index(get(f(x), y), 0)"),
        ("[1][0]", "index([1], 0)"),
        ("{}.a", "get({}, a)"),
        ("for", "for"),
        ("a[\n0\n]", "a[0]"),
        # splats
        ("a[*]", "full(a, @)"),
        ("a[*].b[0].c", "full(a, get(index(get(@, b), 0), c))"),
        ("a.*", "old(a, @)"),
        ("a.*.b.c[0]", "index(old(a, get(get(@, b), c)), 0)"),
        ("a.*.0.b", "old(a, get(index(@, 0), b))"),
        ("a[*][*].b", "full(a, full(@, get(@, b)))"),
        ("f(x)[*].y", "full(f(x), get(@, y))"),
        ("a.b[*]", "full(a.b, @)"),
        ("(a[\n*])", "full(a, @)"),
        # calls
        ("f()", "f()"),
        ("f(1, b)", "f(1, b)"),
        ("f(a,)", "f(a)"),
        ("f(a...)", "f(a...)"),
        ("f(\n 1,\n 2\n)", "f(1, 2)"),
        ("provider::aws::arn(x)", "provider::aws::arn(x)"),
        ("a :: b (1)", "a::b(1)"),
        ("true(1)", "true(1)"),
        # operators
        ("1 + 2 * 3", "(1 + (2 * 3))"),
        ("1 * 2 + 3", "((1 * 2) + 3)"),
        ("1 - 2 - 3", "((1 - 2) - 3)"),
        ("a || b && c", "(a || (b && c))"),
        ("a == b != c", "((a == b) != c)"),
        ("a < b == c >= d", "((a < b) == (c >= d))"),
        ("!a && -b > 1", "((!a) && ((-b) > 1))"),
        ("!-a.b", "(!(-a.b))"),
        ("-a[0] + 1", "((-a[0]) + 1)"),
        ("- -1", "(-(-1))"),
        ("(1 + 2) * 3", "((1 + 2) * 3)"),
        ("a % b / c", "((a % b) / c)"),
        ("1+-2", "(1 + (-2))"),
        ("a-b", "a-b"),
        ("a -b", "(a - b)"),
        ("(1 +\n2)", "(1 + 2)"),
        ("(\n# c\n1 // d\n)", "1"),
        # conditionals
        ("a ? b : c", "(a ? b : c)"),
        ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
        ("a ? b ? c : d : e", "(a ? (b ? c : d) : e)"),
        ("a == 1 ? x + 1 : [y]", "((a == 1) ? (x + 1) : [y])"),
        ("(a\n? b\n: c)", "(a ? b : c)"),
        # tuples
        ("[]", "[]"),
        ('[1, "x", a.b,]', "[1, 'x', a.b]"),
        ("[\n 1, # c\n 2\n]", "[1, 2]"),
        ("[[1], [2]]", "[[1], [2]]"),
        ("[a, for]", "[a, for]"),
        ("[1 /* c */, 2]", "[1, 2]"),
        # objects
        ("{}", "{}"),
        ("{ a = 1 }", "{'a' = 1}"),
        ("{ a : 1, b = 2, }", "{'a' = 1, 'b' = 2}"),
        ("{\n a = 1\n\n b = 2,\n\n}", "{'a' = 1, 'b' = 2}"),
        ('{ "a b" = 1 }', "{'a b' = 1}"),
        ('{ "x${y}" = 1 }', "{t<'x', y> = 1}"),
        ("{ (a) = 1, (a.b) = 2 }", "{paren(a) = 1, paren(a.b) = 2}"),
        ("{ true = 1, null = 2 }", "{'true' = 1, 'null' = 2}"),
        ("{ 1 = 2 }", "{1 = 2}"),
        ("{ f(x) = 1 }", "{f(x) = 1}"),
        ("{ a + b = 1 }", "{(a + b) = 1}"),
        ("{ a = { b = [\n1\n] } }", "{'a' = {'b' = [1]}}"),
        ("{ a = 1, for = 2 }", "{'a' = 1, 'for' = 2}"),
        ('{ "for" = 1 }', "{'for' = 1}"),
        ("{ # c\n a = 1 # d\n # e\n}", "{'a' = 1}"),
        ("{ a = 1, a = 2 }", "{'a' = 1, 'a' = 2}"),
        ("{ a = b ? c : d }", "{'a' = (b ? c : d)}"),
        ("[{\n a = 1\n b = 2\n}]", "[{'a' = 1, 'b' = 2}]"),
        # for
        ("[for x in y : x]", "<for x in y : x>"),
        ("[for k, v in y : v if k]", "<for k, v in y : v if k>"),
        ("{ for k, v in y : k => v }", "<for k, v in y : k => v>"),
        ("{\nfor v in y :\n v.a => v.b...\nif v }", "<for v in y : v.a => v.b... if v>"),
        ("[for for in in : for]", "<for for in in : for>"),
        ("[\n for x in [\n1] :\n x\n]", "<for x in [1] : x>"),
        ("[for x in y : [for z in x : z]]", "<for x in y : <for z in x : z>>"),
    ],
)
def test_trees(text, expected):
    assert shape(value(text)) == expected


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("1.5.5", 0, "`1.5.5` is no number"),
        ("1e5e5", 0, "`1e5e5` is no number"),
        ("0x1F", 1, "a newline must follow the value of `a`, not `x1F`"),
        ("1e99999999999999999999", 0, "`1e99999999999999999999` is no number"),
        (".5", 0, "a value is missing: `.` is none"),
        ("1_000", 1, "a newline must follow the value of `a`, not `_000`"),
        ("a.0.1", 2, "two indices in the old form"),
        ("a.*.0.1", 4, "two indices in the old form"),
        ("a.", 2, "a name must follow the dot, not the end of the line"),
        ("a..b", 2, "a name must follow the dot, not `.`"),
        ("a.*.*", 4, "a splat within a splat of the old form"),
        ('a."b"', 2, 'a name must follow the dot, not `"b"`'),
        ("a[", 3, "a value is missing: the end of the text is none"),
        ("a[]", 2, "a value is missing: `]` is none"),
        ("a[0", 4, "`]` must close the index, not the end of the text"),
        ("a[*", 3, "`]` must follow the star of a splat, not the end of the line"),
        ("a[\n*]", 3, "a value is missing: `*` is none"),
        ("a[1, 2]", 3, "`]` must close the index, not `,`"),
        ("f(1 2)", 4, "`,` or `)` must follow an argument, not `2`"),
        ("f(", 3, "a value is missing: the end of the text is none"),
        ("f(1", 1, "`,` or `)` must follow an argument, not the end of the text"),
        ("f(,)", 2, "a value is missing: `,` is none"),
        ("f(a..., b)", 6, "`)` must follow `...`, not `,`"),
        ("a::b", 4, "`(` must follow the name of a function, not the end of the line"),
        ("a::1()", 3, "the name of a function must follow `::`, not `1`"),
        ("a.f(x)", 3, "a newline must follow the value of `a`, not `(`"),
        ("1 +\n2", 3, "a value is missing: the end of the line is none"),
        ("1\n+ 2", 2, "an argument or a block must stand here, not `+`"),
        ("a = b", 2, "a newline must follow the value of `a`, not `=`"),
        ("a =! b", 2, "a newline must follow the value of `a`, not `=`"),
        ("a ? b", 5, "`:` must follow in a conditional, not the end of the line"),
        ("a ?\nb : c", 3, "a value is missing: the end of the line is none"),
        ("a ? b\n: c", 5, "`:` must follow in a conditional, not the end of the line"),
        ("(1", 0, "`)` must close the parenthesis, not the end of the text"),
        ("(1]", 2, "`)` must close the parenthesis, not `]`"),
        ("()", 1, "a value is missing: `)` is none"),
        ("[1 2]", 3, "`,` or `]` must follow an item, not `2`"),
        ("[1", 0, "`,` or `]` must follow an item, not the end of the text"),
        ("[,]", 1, "a value is missing: `,` is none"),
        ("[1,,2]", 3, "a value is missing: `,` is none"),
        ("[1, 2\n3]", 6, "`,` or `]` must follow an item, not `3`"),
        ("[a...]", 2, "`,` or `]` must follow an item, not `...`"),
        ("{ a = 1 b = 2 }", 8, "a newline or `,` must follow an item, not `b`"),
        ("{ a }", 4, "`=` must follow the key of an item, not `}`"),
        ("{ a\n= 1 }", 3, "`=` must follow the key of an item, not the end of the line"),
        ("{ a =\n1 }", 5, "a value is missing: the end of the line is none"),
        ("{ a = 1\n, b = 2 }", 8, "a value is missing: `,` is none"),
        ("{ a = 1,, }", 8, "a value is missing: `,` is none"),
        ("{ a = 1", 8, "a value is missing: the end of the text is none"),
        ("{ a = 1 + 1", 12, "a value is missing: the end of the text is none"),
        ("{ a.b = 1 }", 2, "a key of an object is a reference"),
        ("{ a[0] = 1 }", 2, "a key of an object is a reference"),
        ("{ a => 1 }", 4, "`=` must follow the key of an item, not `=>`"),
        ("{ for = 1 }", 6, "`for` needs the name of a variable, not `=`"),
        ("{ for.x = 1 }", 2, "`for` begins a loop here"),
        ("[for.x]", 1, "`for` begins a loop here"),
        ("{ a = <<E\nx\nE, b = 1 }\n", 6, "this heredoc is never closed"),
        ("[for x y : x]", 7, "`in` must follow the names of `for`, not `y`"),
        ("[for x, in y : x]", 11, "`in` must follow the names of `for`, not `y`"),
        ("[for a.b in y : x]", 5, "`for` needs the name of a variable, not `a.b`"),
        ("[for x in y]", 11, "`:` must follow the source of `for`, not `]`"),
        ("[for x in y : x => 1]", 16, "a `for` in [...] makes no keys"),
        ("[for x in y : x...]", 15, "`...` groups only in {for ...}"),
        ("{for x in y : x}", 15, "a `for` in {...} needs `key => value`"),
        ("[for x in y : x if]", 18, "a value is missing: `]` is none"),
        ("[for x in y : x, z]", 15, "`]` must close the `for`, not `,`"),
        ("{for k, v in y : k => v, z => 1}", 23, "`}` must close the `for`, not `,`"),
        ("1 2", 2, "a newline must follow the value of `a`, not `2`"),
        ("...", 0, "a value is missing: `...` is none"),
        ("a ~} b", 2, "a newline must follow the value of `a`, not `~}`"),
        ("if a {}", 3, "a newline must follow the value of `a`, not `a`"),
        ("!", 1, "a value is missing: the end of the line is none"),
    ],
)
def test_refusals(text, at, message):
    assert refused(text) == (at, message)


def test_references_as_keys_are_left_to_the_providers_of_a_module():
    node = parse("module m {\n providers = { aws.a = aws.b }\n}\n").blocks[0].body
    assert shape(node.attributes["providers"].value) == "{aws.a = aws.b}"
    with pytest.raises(HclError, match="a key of an object is a reference"):
        parse("providers = { aws.a = aws.b }\nother = { aws.a = aws.b }\n")


def test_integers_are_exact_up_to_the_precision_of_the_real_tool():
    assert value(str(2**511 + 1)).value == 2**511 + 1
    assert value(str(2**512 + 1)).value == 2**512
    assert value(str(2**513 + 3)).value == 2**513 + 4
    assert value("1e400").value == value("10e399").value
    assert value("1e5000").value == math.inf
    assert value("1e-5000").value == 0
    assert value("0.1").value == 0.1
    assert type(value("1.0").value) is int


def test_positions_are_those_of_the_first_character():
    node = value("a.b + f(c)[d] ? [1] : -x")
    assert isinstance(node, nodes.Conditional)
    assert (node.at, node.condition.at, node.yes.at, node.no.at) == (4, 4, 20, 26)
    index = node.condition.right
    assert (index.at, index.source.at, index.source.args[0].at, index.key.at) == (10, 10, 12, 15)
    assert node.no.operand.at == 27


def test_positions_inside_objects_and_fors():
    node = value("{ k = 1, (x) = [for v in y : v] }")
    (key, one), (parens, loop) = node.items
    assert (node.at, key.at, one.at, parens.at, parens.inner.at) == (4, 6, 10, 13, 14)
    assert (loop.at, loop.source.at, loop.value.at) == (19, 29, 33)


def test_positions_count_from_base():
    assert parse("a = b.c\n", base=50).attributes["a"].value.at == 54
    assert value("a.*.b").each.source.at == 6


def test_expression_alone():
    assert (
        shape(parse_expression("list(\n object({ a = string }))")) == "list(object({'a' = string}))"
    )
    assert parse_expression("x", base=7).at == 7
    with pytest.raises(HclError, match="nothing may follow"):
        parse_expression("x y")
