"""The JSON syntax of HCL: values, names, blocks, refusals."""

from __future__ import annotations

from typing import Any

import pytest

from iac_gym.formats.hcl import HclError, json_blocks, nodes, parse_json
from tests.formats.hcl_trees import body_shape, shape


def value(text: str) -> nodes.Node:
    return parse_json(f'{{"a":{text}}}').attributes["a"].value


def refused(text: str) -> tuple[int, str]:
    with pytest.raises(HclError) as caught:
        parse_json(text)
    return caught.value.at, caught.value.message


def blocks(text: str, labels: int) -> list[Any]:
    found = json_blocks(value(text), "b", labels)
    return [[*block.labels, body_shape(block.body)] for block in found]


def unfit(text: str, labels: int) -> tuple[int, str]:
    with pytest.raises(HclError) as caught:
        json_blocks(value(text), "b", labels)
    return caught.value.at - 5, caught.value.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", "1"),
        ("-1.50", "-1.5"),
        ("0", "0"),
        ("1e3", "1000"),
        ("-2E-1", "-0.2"),
        ("true", "True"),
        ("null", "None"),
        ('"x"', "'x'"),
        ('""', "''"),
        (r'"\n\"\/\u00e9\ud83d\ude00"', "'\\n\"/é😀'"),
        (r'"\ud800"', "'\ufffd'"),
        ('"é"', "'é'"),
        ('"${a.b}"', "t<a.b>"),
        ('"x${a}"', "t<'x', a>"),
        ('"$${a} $ %%{"', "'${a} $ %{'"),
        (r'"%{if a}\"${b}\"%{endif}"', "t<if(a) t<'\"', b, '\"'>>"),
        (r'"${\"x\"}"', "t<'x'>"),
        (r'"a\n ${~ b}"', r"t<'a\n', b>"),
        (r'"x\ry"', r"'x\ry'"),
        (r'"x\r${"', r"'x\r${'"),
        (r'"\\n"', r"'\\n'"),
        ("[]", "[]"),
        ('[1, "x", [null]]', "[1, 'x', [None]]"),
        ("{}", "{}"),
        ('{"k": 1, "${a}": {"x": []}}', "{'k' = 1, t<a> = {'x' = []}}"),
        ('{"//": 1}', "{'//' = 1}"),
        ("\t{\r\n}\n", "{}"),
    ],
)
def test_values(text, expected):
    assert shape(value(text)) == expected


def test_the_outermost_value():
    assert body_shape(parse_json(' {"a": 1, "//": "comment", "//": 2}\n')) == ["a = 1"]
    assert body_shape(parse_json('[{"a": 1}, {"b": 2}]')) == ["a = 1", "b = 2"]
    assert parse_json("{}").json is True


def test_a_block_type_may_occur_twice_in_the_outermost_object():
    body = parse_json('{"v": {"a": {}}, "v": [{"b": {}}], "v": {"c": {}}}')
    found = json_blocks(body.attributes["v"].value, "v", 1)
    assert [block.labels for block in found] == [["a"], ["b"], ["c"]]


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("", 0, "the JSON text ends too early"),
        ("null", 0, "the outermost JSON value must be an object"),
        ('"x"', 0, "the outermost JSON value must be an object"),
        ("[1]", 1, "an object must stand here, with arguments and blocks"),
        ("{} {}", 3, "more text after the end of the JSON value"),
        ("{} x", 3, "more text after the end of the JSON value"),
        ("\ufeff{}", 0, "`\ufeff` starts no JSON value"),
        ("// c\n{}", 0, "`/` starts no JSON value"),
        ("{'a': 1}", 1, "the name of a property must be a string"),
        ("{a: 1}", 1, "the name of a property must be a string"),
        ('{"a" 1}', 5, "`:` must follow the name of a property"),
        ('{"a" = 1}', 5, "`:` must follow the name of a property"),
        ('{"a": 1,}', 8, "a comma before `}`"),
        ('{"a": [1,]}', 9, "a comma before `]`"),
        ('{"a": [1 2]}', 9, "`,` or `]` must follow, not `2`"),
        ('{"a": 1 "b": 2}', 8, '`,` or `}` must follow, not `"`'),
        ('{"a": [1}', 8, "`,` or `]` must follow, not `}`"),
        ('{"a": [1', 6, "no `]` closes this"),
        ('{"a": 1', 0, "no `}` closes this"),
        ("{", 1, "the name of a property must be a string"),
        ('{"a": [,]}', 7, "`,` starts no JSON value"),
        ('{"a": 01}', 6, "`01` is no JSON number"),
        ('{"a": +1}', 6, "`+1` is no JSON number"),
        ('{"a": .5}', 6, "`.5` is no JSON number"),
        ('{"a": 1.}', 6, "`1.` is no JSON number"),
        ('{"a": 1-1}', 6, "`1-1` is no JSON number"),
        ('{"a": 1e99999999999}', 6, "`1e99999999999` is no JSON number"),
        ('{"a": True}', 6, "`True` is no JSON value"),
        ('{"a": NaN}', 6, "`NaN` is no JSON value"),
        ('{"a": x_y}', 6, "`x_y` is no JSON value"),
        ('{"a": }', 6, "`}` starts no JSON value"),
        ('{"a": "x\ty"}', 8, "this string is never closed"),
        ('{"a": "x', 8, "this string is never closed"),
        ('{"a": "\\x"}', 7, "this is no escape in JSON"),
        ('{"a": "\\u12"}', 7, "this is no escape in JSON"),
        ('{"a": "\ud800"}', 7, "half of a character pair"),
        ('{"a": "${b"}', 7, "this `${` is never closed"),
        ('{"a": "x${b c}"}', 12, "`}` must end the sequence, not `c`"),
        ('{"a": "%{if b}"}', 7, "this `%{if}` is never closed"),
        ('{"${a}": 1}', 1, "this name must be plain text"),
    ],
)
def test_refusals(text, at, message):
    assert refused(text) == (at, message)


@pytest.mark.parametrize(
    ("text", "labels", "expected"),
    [
        ('{"x": 1, "//": "c"}', 0, [[["x = 1"]]]),
        ('[{"x": 1}, {}]', 0, [[["x = 1"]], [[]]]),
        ("null", 0, []),
        ("[]", 0, []),
        ("[null]", 0, [[[]]]),
        ('{"l": {"x": 1}}', 1, [["l", ["x = 1"]]]),
        ('{"l": [{}, {}], "m": {}}', 1, [["l", []], ["l", []], ["m", []]]),
        ('[{"l": {}}, {"m": {}, "l": {}}]', 1, [["l", []], ["m", []], ["l", []]]),
        ('{"l": null}', 1, []),
        (
            '{"t": {"a": {"x": []}, "b": {}}, "u": {"a": {}}}',
            2,
            [["t", "a", ["x = []"]], ["t", "b", []], ["u", "a", []]],
        ),
        ('{"t": {"a": {}}, "t": {"b": {}}}', 2, [["t", "a", []], ["t", "b", []]]),
        ('[[{"x": 1}, {"y": 2}]]', 0, [[["x = 1", "y = 2"]]]),
    ],
)
def test_blocks(text, labels, expected):
    assert blocks(text, labels) == expected


@pytest.mark.parametrize(
    ("text", "labels", "at", "message"),
    [
        ("1", 0, 0, "an object or an array of objects must stand here, with `b` blocks"),
        ('"x"', 0, 0, "an object or an array of objects must stand here, with `b` blocks"),
        ("[1]", 0, 1, "an object must stand here, with arguments and blocks"),
        ("{}", 1, 0, "a `b` block needs 1 more label(s)"),
        ("null", 1, 0, "a `b` block needs 1 more label(s)"),
        ('{"t": {}}', 2, 6, "a `b` block needs 1 more label(s)"),
        ("1", 1, 0, "an object must stand here, with the labels of `b` blocks"),
        ("[[]]", 1, 1, "an object must stand here, with the labels of `b` blocks"),
        ('{"l": 1}', 1, 6, "an object or an array of objects must stand here, with `b` blocks"),
        (
            '{"//": "c", "l": {}}',
            1,
            7,
            "an object or an array of objects must stand here, with `b` blocks",
        ),
        ('{"x": 1, "x": 2}', 0, 9, "`x` is set twice"),
        ('{"x": {"k": 1, "k": 2}}', 0, 15, "`k` is set twice"),
        ('{"${l}": {}}', 1, 1, "this name must be plain text"),
    ],
)
def test_values_that_are_no_blocks(text, labels, at, message):
    assert unfit(text, labels) == (at, message)


def test_positions():
    body = parse_json('{"r": {"t": {"n": {"x": "é${ a }"}}}}', base=10)
    assert (body.at, body.end) == (10, 47)
    block = json_blocks(body.attributes["r"].value, "r", 2)[0]
    assert (block.type, block.labels, block.at) == ("r", ["t", "n"], 28)
    attribute = block.body.attributes["x"]
    assert (attribute.at, attribute.value.at, attribute.value.parts[1].at) == (29, 34, 39)
    assert block.body.json is True


def test_problems_may_be_collected():
    problems: list[HclError] = []
    found = json_blocks(value('{"x": {}, "y": 1}'), "b", 1, problems)
    assert [block.labels for block in found] == [["x"]]
    assert [problem.message for problem in problems] == [
        "an object or an array of objects must stand here, with `b` blocks"
    ]
