"""Hostile templates: deep, long and odd ones get a verdict, and soon."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iac_gym.formats.jinja import JinjaError, parse_expression, parse_template

SIZE = 65_536
#: Seconds, with room for a busy machine.
LIMIT = 1.0

TEXTS = {
    "brackets": "{{ " + "(" * SIZE,
    "lists": "{{ " + "[" * SIZE,
    "signs": "{{ " + "-" * SIZE + "a }}",
    "nots": "{{ " + "not " * (SIZE // 4) + "a }}",
    "sums": "{{ a" + "+a" * (SIZE // 2) + " }}",
    "attributes": "{{ a" + ".a" * (SIZE // 2) + " }}",
    "filters": "{{ a" + "|a" * (SIZE // 2) + " }}",
    "conditions": "{{ a" + " if a else a" * (SIZE // 12) + " }}",
    "loops": "{% for a in b %}" * (SIZE // 16),
    "ifs": "{% if a %}" * (SIZE // 10),
    "elifs": "{% if a %}" + "{% elif a %}" * (SIZE // 12) + "{% endif %}",
    "comments": "{#" * (SIZE // 2),
    "raws": "{% raw %}" * (SIZE // 9),
    "almost raw": "{%" + " " * 200 + "raw" + "{% " * (SIZE // 4),
    "braces": "{" * SIZE,
    "ends": "}}" * (SIZE // 2),
    "digits": "{{ " + "1" * SIZE + " }}",
    "underscores": "{{ " + "1_" * (SIZE // 2) + " }}",
    "strings": "{{ " + "'a' " * (SIZE // 4) + "}}",
    "open string": "{{ '" + "\\" * SIZE,
    "spaces": "{{ " + " " * SIZE,
    "outputs": "{{ a }}" * (SIZE // 7),
    "arguments": "{{ f(" + "a," * (SIZE // 2) + ") }}",
    "compares": "{{ a" + "<a" * (SIZE // 2) + " }}",
    "concats": "{{ a" + "~a" * (SIZE // 2) + " }}",
    "sets": "{% set a = b %}" * (SIZE // 15),
    "macros": "{% macro m(a) %}{% endmacro %}" * (SIZE // 30),
}


def place(text: str, expression: bool = False) -> int:
    """Parse a text and return where it is wrong, 0 where it is right."""
    try:
        parsed = (parse_expression if expression else parse_template)(text)
    except JinjaError as error:
        return error.at if error.place(text)[0] else -1
    return 0 if isinstance(parsed.free, frozenset) and isinstance(parsed.paths, tuple) else -1


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_templates_get_a_verdict_soon(name: str) -> None:
    text = TEXTS[name]
    started = time.process_time()
    assert 0 <= place(text) <= len(text)
    assert time.process_time() - started < LIMIT


PIECES = st.sampled_from(
    """{{ }} {% %} {# #} if else for in set endif endfor macro ( ) [ ] { } | . , : ~ + - * ' " a b
    is not and or 1 2.5 raw endraw = == block call filter with""".split()
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=25), st.sampled_from(["", " "]))
def test_any_text_is_read_or_refused(pieces: list[str], gap: str) -> None:
    text = gap.join(pieces)
    assert 0 <= place(text) <= len(text)
    assert 0 <= place(text, expression=True) <= len(text)
