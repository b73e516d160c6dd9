"""Functions and operators have the values that terraform 1.11.4 gave (see `expression_cases`)."""

from __future__ import annotations

import re

import pytest

from iac_gym.languages.terraform import functions
from tests.languages.terraform.expression_cases import (
    EXPLAINED,
    VARIABLES,
    as_json,
    error_of,
    golden_expressions,
    golden_unknown,
)


def first_function(text: str) -> str:
    match = re.match(r"(\w+)\(", text)
    return match[1] if match else "operators and syntax"


GROUPS: dict[str, list[tuple[str, str | None]]] = {}
for _text, _expected in golden_expressions():
    GROUPS.setdefault(first_function(_text), []).append((_text, _expected))


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_values_and_errors_are_those_of_terraform(group):
    wrong = {
        text: (expected, found)
        for text, expected in GROUPS[group]
        if text not in EXPLAINED and (found := as_json(text)) != expected
    }
    assert wrong == {}


def test_every_function_is_compared():
    outside = {"abspath", "fileset", "base64gzip", "plantimestamp", "sensitive"}
    assert set(functions.names()) - set(GROUPS) <= outside


def test_explained_differences_still_differ():
    expected = dict(golden_expressions())
    same = [text for text in EXPLAINED if text in expected and as_json(text) == expected[text]]
    assert same == []


def test_errors_over_unknown_values_are_those_of_terraform():
    wrong = {
        text: (is_error, message)
        for text, is_error in golden_unknown()[::2]
        if ((message := error_of(text, types=VARIABLES)) is not None) != is_error
    }
    assert wrong == {}
