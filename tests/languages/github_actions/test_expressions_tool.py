"""Expressions against GitHub's own package, where it is installed, and the maker of expressions."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from bench.agreements.github_expressions import Maker, ask_us, compare, explained

FOLDER = Path(os.environ.get("IAC_GYM_WORKFLOW_PARSER", "."))
PACKAGE = FOLDER / "node_modules" / "@actions" / "expressions"


@pytest.mark.skipif(
    shutil.which("node") is None or not PACKAGE.is_dir(),
    reason="needs node, and @actions/expressions below the folder IAC_GYM_WORKFLOW_PARSER",
)
def test_nothing_differs_without_an_explanation() -> None:
    counts, lines = compare(Maker(4).texts(2500), FOLDER)
    assert lines == []
    assert counts["read by both"] > 1000
    assert counts["folded to a value"] > 800


def test_expressions_are_the_same_for_a_seed() -> None:
    assert Maker(3).texts(50) == Maker(3).texts(50)
    assert Maker(3).texts(50) != Maker(4).texts(50)


def test_what_is_made_is_read_and_refused() -> None:
    answers = [ask_us(text) for text in Maker(5).texts(300)]
    assert 60 < sum(bool(answer["read"]) for answer in answers) < 240
    assert any("fails" in answer for answer in answers)
    assert any("value" in answer for answer in answers)


@pytest.mark.parametrize(
    ("text", "is_explained"),
    [
        ("'a''b''c'", True),
        ("'a''b'", False),
        ("f(a, )", True),
        ("f(a, b)", False),
        ("a\u00a0b", True),
        ("1e21", True),
        ("format('{0x}')", True),
        ("format('{0}')", False),
        (" == ".join("a" * 60), True),
    ],
)
def test_differences_that_are_known(text: str, is_explained: bool) -> None:
    assert bool(explained(text)) is is_explained
