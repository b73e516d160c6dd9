"""Hostile texts: every one gets a tree or an HclError, soon, at a place within it."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iac_gym.formats.hcl import HclError, json_blocks, parse, parse_json

SIZE = 65536

REPEATED = {
    "tuples": ("a=", "["),
    "parentheses": ("a=", "("),
    "objects": ("a=", "{a="),
    "calls": ("a=", "f("),
    "indices": ("a=", "a["),
    "signs": ("a=", "-"),
    "nots": ("a=", "! "),
    "sequences": ('a="', '${"'),
    "directives": ('a="', "%{if a}"),
    "fors": ("a=", "[for a in "),
    "blocks": ("", "a {\n"),
    "conditions": ("a=", "b?"),
    "else": ("a=", "b?c:"),
    "sum": ("a=1", "+1"),
    "ors": ("a=b", "||b"),
    "computed indices": ("a=b", "[c]"),
    "constant indices": ("a=b", "[0]"),
    "attributes of a call": ("a=f()", ".c"),
    "splats": ("a=b", "[*]"),
    "old splats": ("a=b", ".*.c"),
    "newlines": ("", "\n \t"),
    "newlines in an object": ("a={", "\n"),
    "newlines in a tuple": ("a=[", "\n"),
    "comments": ("", "#\n"),
    "open comment": ("/*", "*"),
    "open comments": ("a=1 ", "/*"),
    "heredocs": ("", "a=<<E\n"),
    "heredoc lines": ("a=<<E\n", "x\n"),
    "dollars": ("a=<<E\n", "$\n"),
    "quotes": ("", '"'),
    "escapes": ('a="', "\\u"),
    "labels": ("a ", '"b" '),
    "digits": ("a=", "9"),
    "exponent": ("a=1e", "9"),
    "dots": ("a=1", "."),
    "items": ("a=[", "1,"),
    "pairs": ("a={", "b=1,"),
    "sums as keys": ("a={", "a+"),
    "references as keys": ("a={", "a.b=1,"),
    "returns": ("", "\r"),
    "BOMs": ("", "\ufeff"),
    "zeros": ("", "\0"),
    "scopes": ("a=b", "::c"),
    "letters": ("a=", "é"),
    "surrogates": ("a=", "\ud800"),
}


def error_of(function, *args):
    try:
        function(*args)
    except HclError as error:
        return error
    return None


@pytest.mark.parametrize("name", REPEATED)
def test_repetition_ends_soon(name):
    start, piece = REPEATED[name]
    text = (start + piece * SIZE)[:SIZE]
    error = error_of(parse, text)
    assert error is None or (0 <= error.at <= len(text) and error.message)


@pytest.mark.parametrize("piece", ["[", '{"a":', '"', "-", "1,", '{"a":[', "\n", '"${'])
def test_repetition_ends_soon_in_json(piece):
    with pytest.raises(HclError):
        parse_json((piece * SIZE)[:SIZE])


@pytest.mark.parametrize(
    ("text", "deep"),
    [
        ("a = {}1{}\n", ("[", "]")),
        ("a = {}1{}\n", ("(", ")")),
        ("a = {}b{}\n", ("f(", ")")),
        ("a = {}b{}\n", ("{ a = ", "}")),
        ("{}{}", ("b {\n", "}\n")),
        ("a = {}b{}\n", ("-", "")),
        ("a = b{}{}\n", ("[c]", "")),
        ("a = 1{}{}\n", (" + 1", "")),
        ("a = {}1{}\n", ("b ? c : ", "")),
        ('a = "{}{}"\n', ("%{if a}", "%{endif}")),
        ("a = {}b{}\n", ('"${', '}"')),
        ("a = b{}{}\n", ("[*]", "")),
    ],
)
def test_depth_is_limited_and_no_recursion_error_comes_out(text, deep):
    opening, closing = deep
    head, tail = text.split("{}", 1)
    end = tail.split("{}", 1)
    for depth in (30, 60):
        parse(head + opening * depth + end[0] + closing * depth + end[1])
    for depth in (101, 150, 1000):
        with pytest.raises(HclError, match="nested"):
            parse(head + opening * depth + end[0] + closing * depth + end[1])


def test_a_caller_near_the_end_of_the_stack_gets_an_hcl_error():
    def descend(left: int) -> None:
        if left:
            descend(left - 1)
        else:
            with pytest.raises(HclError, match="nested too deeply"):
                parse("a = " + "[" * 99 + "]" * 99 + "\n")
            with pytest.raises(HclError, match="nested too deeply"):
                parse_json('{"a":' + "[" * 98 + "]" * 98 + "}")

    frames = 0
    frame = sys._getframe()
    while frame is not None:
        frames, frame = frames + 1, frame.f_back
    descend(sys.getrecursionlimit() - frames - 90)


PIECES = st.sampled_from(
    [
        "a",
        "b.c",
        "1",
        "0.5",
        '"x"',
        '"',
        "${",
        "%{",
        "}",
        "{",
        "[",
        "]",
        "(",
        ")",
        "=",
        ":",
        ",",
        ".",
        "*",
        "...",
        "=>",
        "\n",
        " ",
        "#",
        "/*",
        "*/",
        "<<E\n",
        "<<-E\n",
        "E\n",
        "for ",
        " in ",
        " if ",
        "? ",
        "+",
        "-",
        "!",
        "==",
        "&&",
        "::",
        "~",
        "\\",
        "\r\n",
        "\r",
        "é",
        "\x00",
        "null",
        "%{endif}",
        "$${",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join) | st.text(max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_text_gets_a_tree_or_an_error_within_it_twice_the_same(text):
    first, second = error_of(parse, text, 5), error_of(parse, text, 5)
    assert first is None or 5 <= first.at <= 5 + len(text)
    assert (first and (first.at, first.message, first.hint)) == (
        second and (second.at, second.message, second.hint)
    )


JSON_PIECES = st.sampled_from(
    [
        "{",
        "}",
        "[",
        "]",
        '"a"',
        '"a":',
        ":",
        ",",
        "1",
        "-",
        "null",
        "true",
        '"${',
        '}"',
        '"',
        " ",
        "\n",
        "\\",
        "é",
        '"//":',
        "{}",
        "[]",
    ]
)


@given(st.lists(JSON_PIECES, max_size=20).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_json_text_gets_blocks_or_an_error(text):
    def read() -> None:
        for attribute in parse_json(text).attributes.values():
            for labels in (0, 1, 2):
                json_blocks(attribute.value, "b", labels)

    error = error_of(read)
    assert error is None or 0 <= error.at <= len(text)
