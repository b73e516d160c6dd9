"""Types: constraints, conversion, unification, names."""

from __future__ import annotations

import pytest

from iac_gym.languages.terraform.evaluate import EvalError
from iac_gym.languages.terraform.types import (
    ConversionError,
    ListValue,
    MapValue,
    Precise,
    bounded,
    convert,
    equal,
    number_text,
    parse_type,
    type_name,
    type_of,
    unify,
)
from iac_gym.languages.terraform.values import (
    ANY,
    Encoded,
    Joined,
    Ref,
    SetValue,
    Unknown,
)
from tests.languages.terraform.expression_cases import node_of, type_of_text

ACCEPTED = [
    "string",
    "number",
    "bool",
    "any",
    "list",
    "map",
    "list(string)",
    "list(any)",
    "set(any)",
    "set(number)",
    "map(list(string))",
    "object({})",
    "object({a=string})",
    "object({a=optional(string)})",
    'object({a=optional(string,"x")})',
    'object({a=optional(number,"5")})',
    "object({a=optional(list(string),[1,true])})",
    'object({a=optional(object({b=optional(string,"q")}),{})})',
    "object({a=optional(string, null)})",
    "object({a=optional(any, {x=1})})",
    "tuple([string,number])",
    "tuple([])",
    "map(object({a=string,b=optional(map(string),{})}))",
    'object({a=string,b=list(object({c=optional(bool,"true")}))})',
]
REJECTED = [
    "set",
    "object",
    "tuple",
    '"string"',
    '"list"',
    '"map"',
    '"foo"',
    '"${string}"',
    'object({a=optional(number,"x")})',
    "object({a=optional(list(string),{})})",
    "object({a=optional(object({b=string}),{})})",
    "object({a=optional()})",
    'object({a=optional(string,"x",1)})',
    "object({a=optional(string, var.x)})",
    'object({a=optional(string, upper("x"))})',
    "optional(string)",
    "list(optional(string))",
    "tuple([optional(string)])",
    "tuple(string)",
    "tuple()",
    "list()",
    "list(string, number)",
    "map(string, number)",
    "string(1)",
    "any(1)",
    "foo",
    "foo(string)",
    "list(foo)",
    "list(list)",
    "object(string)",
    "object({(a)=string})",
    "object({a=string,a=number})",
    'object({a="string"})',
    "object([])",
    "var.x",
    "5",
    "true",
    "null",
    "[string]",
    "{a=string}",
    'list("string")',
    "string.x",
    "list(string).x",
    "object({a=optional(tolist([]))})",
    "object({1=string})",
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_type_constraints_that_terraform_accepts(text):
    parse_type(node_of(text))


@pytest.mark.parametrize("text", REJECTED)
def test_type_constraints_that_terraform_rejects(text):
    with pytest.raises(EvalError):
        parse_type(node_of(text))


def test_a_constraint_says_where_it_is_wrong():
    with pytest.raises(EvalError) as caught:
        parse_type(node_of("map(object({ a = strin }))"))
    assert (caught.value.message, caught.value.at) == ("there is no type `strin`", 21)


def test_types_of_the_json_syntax_are_strings():
    node = node_of('"list(string)"')
    assert parse_type(node, json=True).type == ("list", "string")
    with pytest.raises(EvalError, match="no type"):
        parse_type(node_of('"list(strin)"'), json=True)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("string", "string"),
        ("any", "dynamic"),
        ("list(string)", "list of string"),
        ("map(list(number))", "map of list of number"),
        ("set(any)", "set of any single type"),
        ("object({a=string})", "object"),
        ("tuple([string])", "tuple"),
    ],
)
def test_names_of_types(text, name):
    assert type_name(type_of_text(text)) == name


def test_defaults_of_optional_attributes_are_filled_in_at_any_depth():
    text = """list(object({
      name = string
      size = optional(number, 3)
      tags = optional(object({ team = optional(string, "x"), on = optional(bool) }), {})
    }))"""
    kind, defaults = parse_type(node_of(text))
    given = [{"name": "a"}, {"name": "b", "size": "7", "tags": {"team": None, "on": "true"}}]
    assert convert(given, kind, defaults) == [
        {"name": "a", "size": 3, "tags": {"team": "x", "on": None}},
        {"name": "b", "size": 7, "tags": {"team": "x", "on": True}},
    ]
    assert convert(None, kind, defaults) is None


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("5", "number", 5),
        ("5.50", "number", 5.5),
        (5, "string", "5"),
        (1.50, "string", "1.5"),
        (1e21, "string", "1000000000000000000000"),
        (True, "string", "true"),
        ("true", "bool", True),
        ("0", "bool", False),
        (None, "list(string)", None),
        (["a", 1], "list(string)", ["a", "1"]),
        (["b", "a", "b"], "set(string)", ["a", "b"]),
        ([3, 1, 2, 1], "set(any)", [1, 2, 3]),
        ({"a": 1}, "map(string)", {"a": "1"}),
        ({"a": 1, "b": "x"}, "map(any)", {"a": "1", "b": "x"}),
        ({"a": 1, "b": 2}, "object({a=string})", {"a": "1"}),
        ({"a": 1}, "object({a=number,b=optional(string)})", {"a": 1, "b": None}),
        (["a", "1"], "tuple([string,number])", ["a", 1]),
        ([["a"], [1]], "list(any)", [["a"], ["1"]]),
        (ListValue(["a"], "string"), "set(string)", ["a"]),
    ],
)
def test_conversions(value, kind, expected):
    assert convert(value, type_of_text(kind)) == expected


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        ("x", "number", "number is required"),
        (" 5", "number", "number is required"),
        ("yes", "bool", "bool is required"),
        ("True", "bool", 'written "true"'),
        (1, "bool", "bool is required"),
        (True, "number", "number is required"),
        ([], "string", "string required"),
        ({}, "string", "string required"),
        ("a", "list(string)", "list of string required"),
        ({"a": 1}, "list(string)", "list of string required"),
        ([[]], "list(string)", "string required"),
        (["a"], "map(string)", "map of string required"),
        ({}, "object({a=string})", "`?a|a"),
        (["a"], "tuple([string,number])", "2 elements"),
        (ListValue(["a", "b"], "string"), "tuple([string,string])", "tuple required"),
        ([1, {}], "list(any)", "same type"),
        ([None, {"a": 1}], "list(any)", "same type"),
    ],
)
def test_conversions_that_are_refused(value, kind, message):
    with pytest.raises(ConversionError, match=message):
        convert(value, type_of_text(kind))


def test_collections_know_the_type_of_their_elements():
    assert type_of(convert([], ("list", "string"))) == ("list", "string")
    assert type_of(convert({}, ("map", "number"))) == ("map", "number")
    assert type_of(convert([], ("set", "bool"))) == ("set", "bool")
    assert type_of([]) == ("tuple", ())
    assert type_of({"a": 1}) == ("object", {"a": "number"}, frozenset())
    assert type_of(SetValue(["a"])) == ("set", "string")


def test_unknown_values_convert_by_type_and_keep_their_reference():
    ref = Ref("resource", "aws_instance", "a", None, ("id",))
    number = convert(Unknown("string", ref), "number")
    assert (number.type, number.ref, number.refs) == ("number", ref, (ref,))
    assert convert(Unknown(ANY, ref), ("list", "string")).type == ("list", "string")
    with pytest.raises(ConversionError):
        convert(Unknown("bool"), "number")
    with pytest.raises(ConversionError):
        convert(Unknown(("list", "string")), "string")
    nested = convert([Unknown("number", ref), "a"], ("list", "string"))
    assert (nested[0].type, nested[0].ref, nested[1]) == ("string", ref, "a")


def test_strings_with_unknown_pieces_stay_what_they_are():
    joined = Joined(("a-", Unknown("string")))
    assert convert(joined, "string") is joined
    assert convert(joined, "number").type == "number"
    encoded = Encoded({"a": Unknown()}, ())
    assert convert(encoded, "string") is encoded


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["string", "number"], "string"),
        (["bool", "string", "number"], "string"),
        (["bool", "number"], None),
        (["string", "list(string)"], None),
        (["list(string)", "list(number)"], "list(string)"),
        (["list(string)", "set(string)"], "list(string)"),
        (["map(string)", "map(bool)"], "map(string)"),
        (["tuple([string])", "list(number)"], "list(string)"),
        (["tuple([string])", "tuple([number, bool])"], "list(string)"),
        (["tuple([string])", "tuple([number])"], "tuple([string])"),
        (["object({a=string})", "object({a=number})"], "object({a=string})"),
        (["object({a=string})", "object({b=number})"], "map(string)"),
        (["object({a=string})", "object({b=list(string)})"], None),
        (["object({a=string})", "tuple([string])"], None),
        (["object({a=string})", "any"], "any"),
        (["string", "any"], "string"),
    ],
)
def test_types_in_common(kinds, expected):
    found = unify([type_of_text(kind) for kind in kinds])
    assert found == (None if expected is None else type_of_text(expected))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, True, False),
        (1, 1.0, True),
        ("1", 1, False),
        (None, None, True),
        (None, "", False),
        ([1], ListValue([1], "number"), False),
        (MapValue({"a": 1}, "number"), {"a": 1}, False),
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 2}]}, True),
        (Unknown("string"), "a", None),
        (Unknown("string"), 1, False),
        (Unknown("string"), None, None),
        (Joined(("a-", Unknown("string"))), None, False),
        (Joined(("ab-", Unknown("string"))), "x", False),
        ([Unknown("string"), "b"], ["a", "b"], None),
    ],
)
def test_equality(one, other, same):
    assert equal(one, other) is same
    assert equal(other, one) is same


def test_numbers_keep_the_digits_of_the_real_tool():
    third = convert("1", "number") / 3
    assert number_text(third) == "0.3333333333333333"  # a float has no more
    from fractions import Fraction

    exact = Precise.of(Fraction(1, 3))
    assert number_text(exact).startswith("0." + "3" * 150)
    assert Precise.of(Fraction(3, 10)) == 0.3
    assert Precise.of(Fraction(4, 2)).__class__ is int


def test_huge_and_deep_values_are_cut():
    shared = ["x"]
    for _ in range(40):
        shared = [shared, shared]
    assert isinstance(bounded(shared), Unknown)
    deep = []
    for _ in range(500):
        deep = [deep]
    assert isinstance(bounded(deep), Unknown)
    assert bounded([1, [2]]) == [1, [2]]
