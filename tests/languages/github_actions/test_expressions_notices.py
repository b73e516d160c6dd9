"""Names in expressions that stand for nothing: reported, and never a reason to refuse a file."""

from __future__ import annotations

import pytest

from iac_gym.language import load_language
from iac_gym.verdict import Stage
from iac_gym.verifier import check_files

LANGUAGE = load_language("github_actions")


def notices(text: str) -> list[tuple[str, int]]:
    verdict = check_files({LANGUAGE.path: text}, {LANGUAGE.path: LANGUAGE.name})
    assert verdict.valid, verdict.diagnostics
    assert verdict.unscored == ""
    found = [d for d in verdict.diagnostics if d.stage is Stage.NOTICE]
    return [(d.rule, d.finding.line) for d in found]


WORKFLOW = """on:
  workflow_dispatch:
    inputs:
      level: {type: string}
jobs:
  first:
    runs-on: ubuntu-latest
    outputs:
      tag: ${{ steps.make.outputs.tag }}
    steps:
      - id: make
        run: echo "tag=1" >> "$GITHUB_OUTPUT"
      - id: node
        uses: actions/setup-node@v4
  called:
    uses: octo/ci/.github/workflows/build.yml@v1
  second:
    needs: [first, called]
    runs-on: ${{ matrix.os }}
    strategy:
      matrix:
        os: [ubuntu-latest]
        include:
          - os: windows-latest
            Extra: {deep: 1}
    services:
      db: {image: "postgres:16"}
    steps:
      - id: own
        run: make
      - run: echo $X
        env:
          X: ${{ EXPRESSION }}
"""
LINE = 33


@pytest.mark.parametrize(
    "expression",
    [
        "needs.first.outputs.tag",
        "needs.FIRST.result",
        "needs.called.outputs.anything",
        "needs.*.result && 'x'",
        "matrix.os",
        "matrix.extra.deep",
        "inputs.level",
        "inputs.LEVEL",
        "steps.own.outcome",
        "steps.own.outputs.anything",
        "steps.own.conclusion == 'success'",
        "github.event.anything.at.all",
        "github.repositoryUrl",
        "runner.temp",
        "job.services.db.ports['5432']",
        "job.container.id",
        "strategy.job-index",
        "secrets.ANYTHING",
        "vars.ANYTHING",
        "env.ANYTHING",
        "toJSON(github)",
        "format('{0}', github.sha)",
        "format(github.sha)",
        "fromJSON('[1]')[0]",
        "github[inputs.level]",
    ],
)
def test_accepted(expression: str) -> None:
    assert notices(WORKFLOW.replace("EXPRESSION", expression)) == []


@pytest.mark.parametrize(
    ("expression", "rule"),
    [
        ("needs.first.outputs.nope", "needed-outputs-are-there"),
        ("needs.first.output.tag", "needed-outputs-are-there"),
        ("needs.third.result", "needed-outputs-are-there"),
        ("matrix.python", "matrix-keys-are-set"),
        ("inputs.nope", "inputs-are-declared"),
        ("steps.make.outputs.tag", "steps-are-there-before"),
        ("steps.own.output.x", "steps-are-there-before"),
        ("github.branch", "properties-are-known"),
        ("runner.temperature", "properties-are-known"),
        ("job.services.cache.id", "properties-are-known"),
        ("strategy.index", "properties-are-known"),
        ("format('{0} {2}', 1, 2)", "expressions-can-be-evaluated"),
        ("format('{', 1)", "expressions-can-be-evaluated"),
        ("fromJSON('{')", "expressions-can-be-evaluated"),
        ("github.event", "expressions-can-be-evaluated"),
        ("needs.first.outputs", "expressions-can-be-evaluated"),
    ],
)
def test_found(expression: str, rule: str) -> None:
    assert notices(WORKFLOW.replace("EXPRESSION", expression)) == [(rule, LINE)]


def test_needs_in_a_condition_with_text_around() -> None:
    text = WORKFLOW.replace("EXPRESSION", "github.sha").replace(
        "      - run: echo $X", "      - if: ${{ github.ref }} == 'a'\n        run: echo $X"
    )
    assert notices(text) == [("conditions-are-expressions", LINE - 2)]


STEPS = """on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: echo ${{ steps.later.outputs.x }}
      - id: later
        uses: actions/cache@v4
        with: {path: a, key: b}
      - run: |
          echo one
          echo ${{ steps.later.outputs.cache-hit }}
          echo ${{ steps.LATER.outputs.nope }}
"""


def test_steps_come_before_and_their_actions_have_outputs() -> None:
    assert notices(STEPS) == [("steps-are-there-before", 6), ("steps-are-there-before", 13)]


def test_matrix_from_an_expression_may_have_any_key() -> None:
    text = """on: push
jobs:
  build:
    runs-on: ubuntu-latest
    strategy:
      matrix: ${{ fromJSON(vars.MATRIX) }}
    steps:
      - run: echo ${{ matrix.anything }}
"""
    assert notices(text) == []
    axes = "\n        os: ${{ fromJSON(vars.OS) }}"
    assert notices(text.replace(" ${{ fromJSON(vars.MATRIX) }}", axes)) == [
        ("matrix-keys-are-set", 9)
    ]
    included = axes + "\n        include: ${{ fromJSON(vars.MORE) }}"
    assert notices(text.replace(" ${{ fromJSON(vars.MATRIX) }}", included)) == []


ACTION = """name: Build
description: Builds
inputs:
  level: {description: how}
outputs:
  tag:
    description: what
    value: ${{ steps.make.outputs.tag }}
runs:
  using: composite
  steps:
    - id: make
      shell: bash
      run: make ${{ inputs.LEVEL }} ${{ inputs.nope }}
"""


def test_actions_have_inputs_and_steps_too() -> None:
    verdict = check_files({"action.yml": ACTION}, {"action.yml": "github_actions"})
    assert verdict.valid, verdict.diagnostics
    found = [(d.rule, d.finding.line) for d in verdict.diagnostics if d.stage is Stage.NOTICE]
    assert found == [("inputs-are-declared", 14)]


def test_local_workflow_outputs_are_known() -> None:
    called = """on:
  workflow_call:
    outputs:
      tag: {value: "${{ jobs.a.outputs.tag }}"}
jobs:
  a:
    runs-on: ubuntu-latest
    outputs: {tag: x}
    steps:
      - run: make
"""
    caller = """on: push
jobs:
  build:
    uses: ./.github/workflows/build.yml
  use:
    needs: build
    runs-on: ubuntu-latest
    steps:
      - run: echo ${{ needs.build.outputs.tag }} ${{ needs.build.outputs.nope }}
"""
    files = {".github/workflows/ci.yml": caller, ".github/workflows/build.yml": called}
    verdict = check_files(files, dict.fromkeys(files, "github_actions"))
    assert verdict.valid, verdict.diagnostics
    found = [(d.rule, d.finding.line) for d in verdict.diagnostics if d.stage is Stage.NOTICE]
    assert found == [("needed-outputs-are-there", 9)]
