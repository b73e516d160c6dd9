"""Hostile Groovy: an answer in time, whatever the text."""

# ruff: noqa: E501 - tables of scripts, one to a line

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iac_gym.formats.groovy import GroovyError, parse

N = 60_000


def refusal(text):
    """Return why a text is refused, None where it is read."""
    try:
        parse(text)
    except GroovyError as error:
        return error
    return None


HOSTILE = {
    "parentheses": "(" * N,
    "brackets": "[" * N,
    "braces": "a {" * (N // 3),
    "nested and closed": "a(" * 20_000 + ")" * 20_000,
    "nested strings": '"${' * 20_000,
    "values in a string": 'x = "' + "$a.b" * 15_000 + '"',
    "signs": "x = " + "- " * 30_000,
    "not": "x = " + "!" * N,
    "dots": "x" + ".a" * 30_000,
    "safe dots": "x" + "?.a()" * 12_000,
    "indices": "x" + "[0]" * 20_000,
    "sums": "x = a" + " + a" * 15_000,
    "powers": "x = a" + " ** a" * 12_000,
    "assignments": "a = " * 15_000 + "1",
    "ternaries": "x = " + "a ? b : " * 7_000 + "c",
    "elvis": "x = " + "a ?: " * 12_000 + "c",
    "casts": "x = " + "(a) " * 15_000 + "b",
    "types": "A<" * 30_000,
    "types and commas": "A<B," * 15_000,
    "labels": "a: " * 20_000 + "b",
    "if in if": "if (a) " * 8_000 + "b",
    "else if": "if (a) { }" + " else if (a) { }" * 3_500,
    "commands": "a b " * 15_000,
    "modifiers": "final " * 10_000 + "x",
    "annotations": "@A " * 20_000 + "x",
    "quotes": "'" * N,
    "double quotes": '"' * N,
    "slashes": "x = " + "/a" * 30_000,
    "dollars": "$" * N,
    "backslashes": "x = '" + "\\" * N,
    "stars": "/*" + "*" * N,
    "comments": "/**/" * 15_000,
    "newlines": "\n" * N,
    "semicolons": ";" * N,
    "arrows": "{ a -> " * 8_000,
    "digits": "x = " + "9" * N,
    "underscores": "x = 1" + "_" * N,
    "keys": "f(" + ",".join(f"a{i}: 1" for i in range(8_000)) + ")",
    "one key": "f(" + "a: 1," * 12_000 + ")",
    "unicode escapes": "\\u0041" * 10_000,
    "surrogates": "x = '\ud800'",
    "zeros": "\0" * N,
    "spaces": " " * N + "\x01",
    "methods": "def f() { }\n" * 5_000,
    "switches": "switch (a) { case 1: " * 3_000,
    "new": "new " * 15_000,
    "generic methods": "def <T> " * 7_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_gets_an_answer_in_time(name):
    start = time.process_time()
    refused = refusal(HOSTILE[name])
    assert refused is None or (refused.message and refused.line >= 0)
    assert time.process_time() - start < 3


def test_what_is_deep_is_refused_and_what_people_write_is_not():
    with pytest.raises(GroovyError, match="nested deeper"):
        parse("x = " + "(" * 100 + "1" + ")" * 100)
    assert parse("x = " + "(" * 30 + "1" + ")" * 30).statements
    assert parse("a {" * 40 + "b" + "}" * 40).statements
    assert parse("if (a) { b }" + " else if (a) { b }" * 500).statements


PIECES = """pipeline agent any stages stage steps sh script def String if else for in x 'a' "b${c}" '''
/ ( ) [ ] { } -> , ; : . ?. = == + - ! ? ?: 1 @A \n // /* */ $ \\ case default try catch new""".split(
    " "
)


@given(st.lists(st.sampled_from(PIECES), max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_order_of_words_is_read_or_refused(words):
    for text in (" ".join(words), "".join(words)):
        refused = refusal(text)
        assert refused is None or refused.message


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text):
    refused = refusal(text)
    assert refused is None or refused.message
