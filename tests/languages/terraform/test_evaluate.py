"""Evaluation: errors with their places, references of unknown values, templates, limits."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import pytest

from iac_gym.languages.terraform.evaluate import CONSTANTS, EvalError, evaluate
from iac_gym.languages.terraform.types import type_of
from iac_gym.languages.terraform.values import Encoded, Joined, Ref, Unknown
from tests.languages.terraform.expression_cases import (
    VARIABLES,
    Scope,
    error_of,
    node_of,
    value_of,
)


def ref(name: str, *path) -> Ref:
    return Ref("var", "", name, None, path)


def resource(*path) -> Ref:
    return Ref("resource", "terraform_data", "d", None, path)


@pytest.mark.parametrize(
    ("text", "part", "message"),
    [
        ('1 + "a"', '"a"', "the operand of `+` is unsuitable: a number is required"),
        ("[1, 2][5]", "[1", "index 5 is out of range: there are 2 elements"),
        ("upper([])", "[]", "upper: the argument `str` is unsuitable: string required"),
        ("max()", "max", "max: at least one number is required"),
        ("uper(1)", "uper", "there is no function `uper`"),
        ("abs(1, 2)", "2)", "abs: only 1 arguments are allowed, not 2"),
        ("null ? 1 : 2", "null", "the condition is null"),
        ("{ (null) = 1 }", "(null", "null cannot be a key"),
        ('"a${null}"', "null", "null cannot be part of a string"),
        ("[for x in 5 : x]", "5", "`for` cannot go through a value of type number"),
        ("max(5...)", "5", "the argument before `...` must be a list, set or tuple"),
    ],
)
def test_errors_stand_at_the_part_to_blame(text, part, message):
    with pytest.raises(EvalError) as caught:
        value_of(text)
    place = caught.value.at - len("x = ")
    assert (caught.value.message, text[place : place + len(part)]) == (message, part)


def test_hints_say_what_to_do():
    hints = {}
    for text in ("uper(1)", "list(1)", "{a=1}.b", "[{a=1}].a"):
        with pytest.raises(EvalError) as caught:
            value_of(text)
        hints[text] = caught.value.hint
    assert hints == {
        "uper(1)": "did you mean `upper`?",
        "list(1)": "write `tolist([...])`",
        "{a=1}.b": "it has `a`",
        "[{a=1}].a": "use `[*].a` for all elements, or an index for one",
    }


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("var.s + 1", "number"),
        ("var.n > 1", "bool"),
        ("var.ls[0]", "string"),
        ("var.lo[*].id", ("list", "string")),
        ("var.o.l[0].x", "string"),
        ("var.a.x.y", "any"),
        ("var.b ? 1 : 2", "number"),
        ('var.b ? ["a"] : []', ("list", "string")),
        ("var.b ? var.a : 1", "any"),
        ("keys(var.ms)", ("list", "string")),
        ("values(var.ms)", ("list", "string")),
        ('concat(var.ls, ["a"])', "any"),
        ("toset(var.ls)", ("set", "string")),
        ('split(",", var.s)', ("list", "string")),
        ("jsondecode(var.s)", "any"),
        ("timestamp()", "string"),
        ('regex("(a)", var.s)', ("tuple", ("string",))),
        ("[for x in var.ls : x]", "any"),
    ],
)
def test_types_of_unknown_results(text, kind):
    assert type_of(value_of(text, types=VARIABLES)) == kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("var.s", ref("s")),
        ("var.o.l[0].x", ref("o", "l", 0, "x")),
        ('var.ms["k"]', ref("ms", "k")),
        ("terraform_data.d.output.x", resource("output", "x")),
        ("terraform_data.d[*].id", resource("*", "id")),
        ('"${var.s}"', ref("s")),
        ("tostring(var.n)", ref("n")),
        ("try(terraform_data.d.id, 1)", resource("id")),
        ("nonsensitive(var.s)", ref("s")),
    ],
)
def test_a_reference_stays_the_value_that_it_is(text, expected):
    assert value_of(text, types=VARIABLES).ref == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("var.b ? var.s : var.n", ["s", "n"]),
        ("upper(var.s)", ["s"]),
        ("merge(var.ms, {a = var.s})", ["ms", "s"]),
        ("[for x in var.ls : x.y if var.b]", ["ls"]),
        ("{(var.s) = var.n}", ["s", "n"]),
        ("var.n + 1", ["n"]),
        ('format("%05d", var.n)', ["n"]),
    ],
)
def test_unknown_results_say_what_they_are_made_of(text, names):
    found = value_of(text, types=VARIABLES)
    assert found.ref is None
    assert [one.name for one in found.refs] == names


def test_strings_with_unknown_pieces_keep_their_pieces():
    found = value_of('"a-${var.s}-${1 + 1}-${"b-${var.n}"}"', types=VARIABLES)
    assert isinstance(found, Joined)
    shown = [part if isinstance(part, str) else part.ref.name for part in found.parts]
    assert shown == ["a-", "s", "-2-b-", "n"]
    formatted = value_of('format("arn:%s:%v", var.s, 5)', types=VARIABLES)
    assert [getattr(part, "ref", part) for part in formatted.parts] == ["arn:", ref("s"), ":5"]
    joined = value_of('join("/", ["a", var.s])', types=VARIABLES)
    assert [getattr(part, "ref", part) for part in joined.parts] == ["a/", ref("s")]


def test_encoded_values_keep_what_was_encoded():
    found = value_of("jsonencode({ Resource = [var.s] })", types=VARIABLES)
    assert isinstance(found, Encoded)
    assert (found.form, found.refs, found.value["Resource"][0].ref) == (
        "json",
        (ref("s"),),
        ref("s"),
    )
    assert value_of("yamlencode([var.s])", types=VARIABLES).form == "yaml"


def test_parts_of_known_collections_are_known():
    text = '{ for k, v in { a = var.s, b = "x" } : k => v }'
    found = value_of(text, types=VARIABLES)
    assert (found["a"].ref, found["b"]) == (ref("s"), "x")
    assert value_of("merge({a = var.s}, {b = 1}).b", types=VARIABLES) == 1
    assert value_of("concat([var.s], [2])[1]", types=VARIABLES) == 2
    assert value_of('lookup({a = 1, b = var.s}, "a", 0)', types=VARIABLES) == 1


def test_both_results_of_a_conditional_are_evaluated_one_is_forgiven():
    assert value_of("false ? tonumber([]) : 2") == 2
    assert error_of("true ? tonumber([]) : 2") is not None
    assert error_of("var.b ? {a=1}.b : 2", types=VARIABLES) is None
    assert error_of("true ? 1 : []") is not None


def test_try_commits_itself_to_partly_unknown_values_only_where_asked():
    text = "try({a = var.s}, 1)"
    assert isinstance(value_of(text, types=VARIABLES), Unknown)
    scope = Scope(types=VARIABLES)
    scope.resolved = True
    assert evaluate(node_of(text), scope)["a"].ref == ref("s")


def test_local_names_hide_those_of_the_scope():
    names = {"each": {"key": "a", "value": {"x": 1}}}
    assert evaluate(node_of("each.value.x"), Scope(), names) == 1
    assert evaluate(node_of("[for each in [5] : each]"), Scope(), names) == [5]
    with pytest.raises(EvalError):
        evaluate(node_of("each.value.y"), Scope(), names)


def test_constants_may_call_and_refer_to_nothing():
    assert evaluate(node_of("[for x in [1, 2] : x + 1]"), CONSTANTS) == [2, 3]
    for text in ("var.x", 'upper("a")'):
        with pytest.raises(EvalError, match="not allowed here"):
            evaluate(node_of(text), CONSTANTS)


FILES = {"./hello.tmpl": "Hi ${name}!\n%{ for x in xs ~}\n- ${x}\n%{ endfor ~}\n", "a.txt": "text"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('file("a.txt")', "text"),
        ('filebase64("a.txt")', "dGV4dA=="),
        ('filemd5("a.txt")', "1cb251ec0d568de6a929b520c4aed8d1"),
        ('fileexists("a.txt")', True),
        ('fileexists("b.txt")', False),
        ('templatefile("./hello.tmpl", { name = "B", xs = [1, 2] })', "Hi B!\n- 1\n- 2\n"),
    ],
)
def test_files_of_the_configuration(text, expected):
    assert value_of(text, files=FILES) == expected


@pytest.mark.parametrize(
    "text",
    [
        'file("b.txt")',
        'filesha256("b.txt")',
        'templatefile("b.txt", {})',
        'templatefile("./hello.tmpl", { name = "B" })',
        'templatefile("./hello.tmpl", "x")',
        'templatefile("./hello.tmpl")',
        'templatestring("a${b}", {})',
        "templatestring(var.t, { c = 1 })",
    ],
)
def test_templates_and_files_that_are_errors(text):
    assert error_of(text, files=FILES, values={"t": "${b}"}) is not None


def test_template_strings():
    values = {"t": "a ${upper(b)} %{ if c }yes%{ else }no%{ endif }", "broken": "${"}
    assert value_of('templatestring(var.t, { b = "x", c = true })', values=values) == "a X yes"
    assert error_of("templatestring(var.broken, {})", values=values) is not None
    assert error_of("templatestring(var.s, {})", types=VARIABLES) is None


def doubling(inner: str) -> str:
    """Return a chain of loops in which a value doubles 40 times."""
    names = ["a", *(f"a{index}" for index in range(40))]
    loops = [f"[for {new} in {inner.replace('?', old)} : " for old, new in pairwise(names)]
    return '[for a in ["xxxxxxxx"] : ' + "".join(loops) + names[-1] + "]" * 41


HOSTILE = {
    "nested loops": "[for a in range(1000): [for b in range(1000): [for c in range(1000): a]]]",
    "doubled lists": doubling("[[?, ?]]"),
    "doubled strings": doubling('["${?}${?}"]'),
    "nested repetitions": 'regex("(a+)+$", "' + "a" * 60 + 'b")',
    "overlapping choices": 'regex("(a|aa)+$", "' + "a" * 60 + 'b")',
    "many repetitions": 'regex("a*a*a*a*a*a*a*b", "' + "a" * 60 + '")',
    "optional repetitions": 'regex("(a?){30}a{30}", "' + "a" * 30 + '")',
    "width": 'format("%999999999d", 1)',
    "precision": 'format("%.999999999f", 1)',
    "power": "pow(99999999, 999999999)",
    "exponent": 'tonumber("1e999999999") ',
    "product": "setproduct(range(1000), range(1000), range(1000))",
    "indent": 'indent(1000000000, "a\\nb")',
    "replacements": "replace(" * 6 + '"aaaaaaaaaa"' + ', "a", "aaaaaaaaaaaaaaaaaaaa")' * 6,
    "deep json": 'jsondecode("' + "[" * 5000 + '")',
    "yaml aliases": 'yamldecode("a: &a [1,1,1,1]\\n'
    + "".join(
        f"b{n}: &b{n} [{', '.join(['*' + (f'b{n - 1}' if n else 'a')] * 9)}]\\n" for n in range(12)
    )
    + '")',
    "large body": "[for x in range(1000): [" + ",".join(f"x+{n}" for n in range(3000)) + "]]",
    "many types": 'tolist([for i in range(500): {"a${i}" = i}])',
    "nested conversions": "tolist(" * 40 + '[1, "a"]' + ")" * 40,
    "hashes": '[for i in range(1000): md5(join("", [for j in range(100): "xxxxxxxxxxxxxxxxxxx"]))]',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_expressions_end(name):
    node = node_of(HOSTILE[name])
    with suppress(EvalError):
        evaluate(node, Scope())


def test_work_is_limited_for_a_whole_scope():
    scope = Scope()
    loop = node_of("[for a in range(1000): a]")
    results = [evaluate(loop, scope) for _ in range(100)]
    assert results[0][-1] == 999
    assert isinstance(results[-1], Unknown)
