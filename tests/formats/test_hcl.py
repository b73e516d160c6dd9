"""HCL's native syntax: bodies, attributes and blocks, positions, refusals."""

from __future__ import annotations

import pytest

from iac_gym.formats.hcl import HclError, nodes, parse, position
from tests.formats.hcl_trees import body_shape


def refused(text: str) -> tuple[int, str]:
    with pytest.raises(HclError) as caught:
        parse(text)
    return caught.value.at, caught.value.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("\n \t\n", []),
        ("# only\n// comments\n/* of\nall */ /* kinds */\n", []),
        ("# no newline at the end", []),
        ("a = 1", ["a = 1"]),
        (
            "a=1\nb = 2 # c\nc = 3 // c\nd /* x */ = /* y */ 4 /* z */\n",
            ["a = 1", "b = 2", "c = 3", "d = 4"],
        ),
        ('a = "x"\r\nb {\r\n}\r\n\r\n', ["a = 'x'", ["b", []]]),
        ("\ufeffa = 1\n", ["a = 1"]),
        ("# with \r inside\na = 1\n", ["a = 1"]),
        ("a-b_1 = 1\n_x = 2\n", ["a-b_1 = 1", "_x = 2"]),
        ("größe = 1\nж_2 = 2\n变量 = größe.x\n", ["größe = 1", "ж_2 = 2", "变量 = größe.x"]),
        ("e\u0301 = 1\n", ["e\u0301 = 1"]),
        ("b {\n}\n", [["b", []]]),
        ("b {}\n", [["b", []]]),
        ("b { }", [["b", []]]),
        ("b { /* x */ }\n", [["b", []]]),
        ("b { # x\n}\n", [["b", []]]),
        ("b { a = 1 }\n", [["b", ["a = 1"]]]),
        ("b{a=[1,\n2]}\n", [["b", ["a = [1, 2]"]]]),
        ('b "x" y "z" {\n}\n', [["b", "x", "y", "z", []]]),
        ('b x y{}\nb"x""y"{}\n', [["b", "x", "y", []], ["b", "x", "y", []]]),
        ('b "a $ % $${x} \\"q\\" \\u00e9" {\n}\n', [["b", 'a $ % ${x} "q" é', []]]),
        ("b {\n c {\n  a = 1\n }\n a = 2\n}\n", [["b", ["a = 2", ["c", ["a = 1"]]]]]),
        (
            "for = 1\nif { in = true }\nnull = null\n",
            ["for = 1", "null = None", ["if", ["in = True"]]],
        ),
        (
            "a = true\nb = false\nc = null\nd = truely\n",
            ["a = True", "b = False", "c = None", "d = truely"],
        ),
    ],
)
def test_accepted_bodies(text, expected):
    assert body_shape(parse(text)) == expected


def test_repeated_blocks_keep_their_order():
    blocks = parse('b "2" {}\na {}\nb "1" {\n}\n').blocks
    assert [(block.type, block.labels) for block in blocks] == [
        ("b", ["2"]),
        ("a", []),
        ("b", ["1"]),
    ]


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("a = 1\na = 2\n", 6, "`a` is set twice"),
        ("b {\n a = 1\n a = [\n]\n}\n", 12, "`a` is set twice"),
        ("a = 1 b = 2\n", 6, "a newline must follow the value of `a`, not `b`"),
        ("a = 1, b = 2\n", 5, "a comma after an argument"),
        ("a = 1;\n", 5, "`;` separates nothing in HCL"),
        ("a\n", 0, "`a` is neither an argument nor a block"),
        ("a : 1\n", 0, "`a` is neither an argument nor a block"),
        ("a =\n 1\n", 3, "a value is missing: the end of the line is none"),
        ("a =", 3, "a value is missing: the end of the text is none"),
        ('"a" = 1\n', 0, "the name of an argument is not quoted"),
        ("a.b = 1\n", 0, "an argument or a block must stand here, not `a.b`"),
        ("1 = 1\n", 0, "an argument or a block must stand here, not `1`"),
        ("= 1\n", 0, "an argument or a block must stand here, not `=`"),
        ("}\n", 0, "this `}` closes nothing"),
        ("a = 1\n}", 6, "this `}` closes nothing"),
        ("b {\n", 2, "this block is never closed"),
        ('b "x" {\n c {\n }\n', 6, "this block is never closed"),
        ("b { a = 1", 2, "this block is never closed"),
        ("b {} c {}\n", 5, "a newline must follow the `}` of a block, not `c`"),
        ("b {\n} c = 1\n", 6, "a newline must follow the `}` of a block, not `c`"),
        ("b { a = 1, c = 2 }\n", 9, "`}` must follow the argument, not `,`"),
        ("b { a = 1\n}\n", 9, "`}` must follow the argument, not the end of the line"),
        ("b { c {} }\n", 6, "`=` must follow `c`, not `{`"),
        ("b { c }\n", 6, "`=` must follow `c`, not `}`"),
        ('b "x"\n{\n}\n', 5, "`{` must stand on the line of its block"),
        ('b "x" = 1\n', 6, "a block has no `=`"),
        ("b [x] {}\n", 0, "`b` is neither an argument nor a block"),
        ('b "x" [ {}\n', 6, "a label or `{` must follow, not `[`"),
        ('b "x${1}" {}\n', 4, "a label is a plain string"),
        ('b "x%{if a}" {}\n', 4, "a label is a plain string"),
        ('b "x\\q" {}\n', 4, "`\\q` is no escape"),
        ('b "x {\n}\n', 6, "a string ends on the line where it starts"),
        ('b "x\ry" {}\n', 4, "a string ends on the line where it starts"),
        ('a = "x\ry"\n', 6, "a string ends on the line where it starts"),
        ('a = "x', 4, "this string is never closed"),
        ("a = 'x'\n", 4, "single quotes do not enclose strings"),
        ("a = “x”\n", 4, "curly quotes do not enclose strings"),
        ("a = `x`\n", 4, "backticks do not enclose strings"),
        ("a = 1\rb = 2\n", 5, "a carriage return without a newline"),
        ("a = x & y\n", 6, "`&` is no operator"),
        ("a = x ^ y\n", 6, "`^` is no operator"),
        ("a = ~x\n", 4, "`~` is no operator"),
        ("a = x ** 2\n", 7, "a value is missing: `*` is none"),
        ("/* never\n", 0, "this comment is never closed"),
        ("a = <<EOT \nx\nEOT\n", 4, "this is no heredoc"),
        ("a\u00a0= 1\n", 1, "the character '\\xa0' has no meaning in HCL"),
        ("a = 1\n\ufeff", 6, "the character '\\ufeff' has no meaning in HCL"),
        ("\u0301a = 1\n", 0, "the character '\u0301' has no meaning in HCL"),
        ("a\U0001f600 = 1\n", 1, "the character '\U0001f600' has no meaning in HCL"),
        ("a = 1\x00\n", 5, "the character '\\x00' has no meaning in HCL"),
        ('# \ud800\na = "x"\n', 2, "half of a character pair"),
        ('{ "a": 1 }\n', 0, "an argument or a block must stand here, not `{`"),
    ],
)
def test_refused_bodies(text, at, message):
    assert refused(text) == (at, message)


def test_every_refusal_has_base_and_a_hint_where_one_helps():
    with pytest.raises(HclError) as caught:
        parse("a = 1\na = 2\n", base=1000)
    assert caught.value.at == 1006
    assert caught.value.hint == "it is already set on line 1"
    assert str(caught.value) == "`a` is set twice (it is already set on line 1)"


def test_positions_of_a_body():
    text = 'a = 1\nb "x" {\n  c = y.z\n}\n'
    body = parse(text, base=100)
    assert (body.at, body.end) == (100, 100 + len(text))
    block = body.blocks[0]
    assert (block.at, block.body.at, block.body.end) == (106, 112, 124)
    attribute = block.body.attributes["c"]
    assert (attribute.at, attribute.value.at) == (116, 120)


def test_ends_of_one_line_and_empty_blocks():
    for text, end in (("b {}\n", 3), ("b { }\n", 4), ("b { a = 1 }", 10), ("b { # x\n}\n", 8)):
        body = parse(text).blocks[0].body
        assert (body.at, body.end) == (2, end)


def test_position_counts_characters_from_one():
    assert position("", 0) == (1, 1)
    assert position("é\nxé=", 3) == (2, 2)
    assert position("a\r\nb", 3) == (2, 1)


def test_parsed_bodies_are_not_of_the_json_syntax():
    assert parse("a = 1\n").json is False
    assert isinstance(parse("b {}\n").blocks[0].body, nodes.Body)


def test_names_follow_unicode_9():
    """ID_Start and ID_Continue, not Python's tables: U+37A is no XID_Start, U+560 is newer."""
    parse("\u037a = 1\n")
    assert refused("\u0560 = 1\n")[0] == 0
    assert refused("a.b\u00d7 = 1\n")[0] == 3
