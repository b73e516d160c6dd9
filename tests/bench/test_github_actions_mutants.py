"""The mistakes in workflows: each changes a text, the same for the same seed; none breaks."""

from __future__ import annotations

import random

import pytest

from bench.agreements.github_actions import found
from bench.agreements.github_actions_mutants import MUTATIONS, REWRITINGS

WORKFLOW = """\
name: CI
on:
  push:
    branches: [main]
env:
  LEVEL: high
jobs:
  test:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    strategy:
      matrix:
        node: [18, 20]
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - name: Test
        id: test
        run: npm test
"""
TWO = WORKFLOW + "  deploy:\n    needs: test\n    runs-on: x\n    steps:\n      - run: make\n"
ACTION = """\
name: Build
description: Builds it
runs:
  using: composite
  steps:
    - run: make
      shell: bash
    - uses: actions/cache@v4
      with:
        path: build
"""
TEXTS = (WORKFLOW, TWO, ACTION)


@pytest.mark.parametrize("name", sorted({**MUTATIONS, **REWRITINGS}))
def test_every_change_changes_something(name: str) -> None:
    change = {**MUTATIONS, **REWRITINGS}[name]
    made = [change(random.Random(seed), text) for text in TEXTS for seed in range(4)]
    assert any(text is not None and text not in TEXTS for text in made)
    assert made == [change(random.Random(seed), text) for text in TEXTS for seed in range(4)]


@pytest.mark.parametrize("name", sorted({**MUTATIONS, **REWRITINGS}))
@pytest.mark.parametrize(
    "text", ["", "prose\n", "- a\n", "on: [\n", "jobs: {a: 1, b: {steps: 2}}\n"]
)
def test_odd_texts_are_no_reason_to_stop(name: str, text: str) -> None:
    {**MUTATIONS, **REWRITINGS}[name](random.Random(1), text)


def test_files_are_found_and_told_apart(tmp_path) -> None:
    for name, text in {"a.yml": WORKFLOW, "x/action.yaml": ACTION, "b.yaml": "a: 1\n"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert [list(files) for _, files in found([str(tmp_path)])] == [
        [".github/workflows/ci.yml"],
        ["action.yml"],
    ]
