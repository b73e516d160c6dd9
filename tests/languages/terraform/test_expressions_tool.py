"""The golden lists of expressions are what `terraform` says today."""

from __future__ import annotations

import shutil

import pytest

from iac_gym.languages.terraform.build_functions import TABLE, build
from tests.languages.terraform.expression_cases import golden_expressions, golden_unknown
from tests.languages.terraform.expression_oracle import console, validate

pytestmark = [
    pytest.mark.tool,
    pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed"),
]


def differences(rows, found):
    return {
        text: (expected, now)
        for (text, expected), now in zip(rows, found, strict=True)
        if expected != now
    }


def test_golden_values_are_those_of_the_program(tmp_path):
    rows = golden_expressions()
    assert differences(rows, console([text for text, _ in rows], tmp_path)) == {}


def test_golden_errors_over_unknown_values_are_those_of_the_program(tmp_path):
    rows = golden_unknown()[::7]  # all of them take minutes
    assert differences(rows, validate([text for text, _ in rows], tmp_path)) == {}


def test_signatures_are_those_of_the_program():
    assert build() == TABLE.read_text(encoding="utf-8")
