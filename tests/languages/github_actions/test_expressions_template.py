"""Texts with `${{ }}`: cut, checked against what is allowed there, and found in the file."""

from __future__ import annotations

import pytest

from iac_gym.languages.github_actions.expressions import (
    ExpressionError,
    Piece,
    check_template,
    place,
    read_template,
    split_template,
)
from iac_gym.languages.github_actions.parse import parse

STEP = ("github", "inputs", "env", "steps", "secrets", "hashFiles(1,255)")
JOB = ("github", "inputs", "needs", "always(0,0)", "failure(0,MAX)", "success(0,MAX)")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("plain", ["plain"]),
        ("${{ a }}", [Piece("a", 4)]),
        ("x ${{a}} y", ["x ", Piece("a", 5), " y"]),
        ("${{ '}}' }}", [Piece("'}}'", 4)]),
        ("${{ 'it''s }}' }}!", [Piece("'it''s }}'", 4), "!"]),
        ("${{ a }}${{ b }}", [Piece("a", 4), Piece("b", 12)]),
        ("$ { { }} {{ a }}", ["$ { { }} {{ a }}"]),
        ("${{ a } }}", [Piece("a }", 4)]),
        ("${{\n  a\n}}", [Piece("a", 6)]),
        ("", []),
    ],
)
def test_split(text: str, parts: list[object]) -> None:
    assert split_template(text) == parts


@pytest.mark.parametrize(
    ("text", "offset"), [("${{ a", 0), ("x ${{ 'a }}", 2), ("${{ a }} ${{ b }", 9), ("${{", 0)]
)
def test_split_refuses_what_is_not_closed(text: str, offset: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        split_template(text)
    assert caught.value.offset == offset


@pytest.mark.parametrize(
    ("text", "kind", "literal"),
    [
        ("plain", "text", "plain"),
        ("${{ 'x' }}", "literal", "x"),
        ("${{ 'it''s' }}", "literal", "it's"),
        ("${{ '' }}", "literal", ""),
        ("${{ 'a' == 'b' }}", "expression", ""),
        ("a ${{ 'x' }}", "expression", ""),
        ("${{ github.ref }}", "expression", ""),
        ("${{ insert }}", "insert", ""),
    ],
)
def test_kind(text: str, kind: str, literal: str) -> None:
    template = read_template(text, STEP)
    assert (template.kind, template.literal, template.faults) == (kind, literal, ())


@pytest.mark.parametrize(
    ("text", "allowed", "condition", "rule", "offset"),
    [
        ("${{ }}", STEP, False, "expressions-are-well-formed", 4),
        ("${{ a", STEP, False, "expressions-are-well-formed", 0),
        ("x ${{ github.ref ]}}", STEP, False, "expressions-are-well-formed", 17),
        ("${{ insert x }}", STEP, False, "expressions-are-well-formed", 4),
        ("a${{ insert }}", STEP, False, "expressions-are-well-formed", 5),
        ("${{ github.ref }}", (), False, "contexts-are-available", 4),
        ("${{ 1 }}", (), False, "expressions-are-allowed", 4),
        ("${{ needs.x.result }}", STEP, False, "contexts-are-available", 4),
        ("${{ format('{0}', nope) }}", STEP, False, "contexts-are-available", 18),
        ("${{ github[nope.x] }}", STEP, False, "contexts-are-available", 11),
        ("${{ always() }}", STEP, False, "functions-are-available", 4),
        ("${{ upper('a') }}", STEP, False, "functions-are-available", 4),
        ("hashFiles('a') == ''", JOB, True, "functions-are-available", 0),
        ("always(1)", JOB, True, "functions-have-their-arguments", 0),
        ("${{ hashFiles() }}", STEP, False, "functions-have-their-arguments", 4),
        ("${{ startsWith('a') }}", STEP, False, "functions-have-their-arguments", 4),
        ("${{ case(true, 1, false, 2) }}", STEP, False, "functions-have-their-arguments", 4),
        ("  secrets.X == 'a'", JOB, True, "contexts-are-available", 2),
        ("github.ref = 'a'", JOB, True, "expressions-are-well-formed", 11),
        ("${{ github.ref }} && ${{ nope }}", JOB, True, "contexts-are-available", 25),
    ],
)
def test_fault(
    text: str, allowed: tuple[str, ...], condition: bool, rule: str, offset: int
) -> None:
    faults = check_template(text, allowed, condition)
    assert [(fault.rule, fault.offset) for fault in faults] == [(rule, offset)]


@pytest.mark.parametrize(
    ("text", "allowed", "condition"),
    [
        ("plain", (), False),
        ("${{ 'plain' }}", (), False),
        ("", JOB, True),
        ("  ", JOB, True),
        ("github.ref == 'a'", JOB, True),
        ("${{ failure('a', 'b') }}", JOB, True),
        ("ALWAYS() && GitHub.Ref", JOB, True),
        ("!${{ github.ref }}", JOB, True),
        ("${{ TOJSON(env) }}", STEP, False),
        ("${{ github.nothing.of.this }}", STEP, False),
        ("${{ env }}", STEP, False),
        ("nope.x", STEP, False),
    ],
)
def test_accepted(text: str, allowed: tuple[str, ...], condition: bool) -> None:
    assert check_template(text, allowed, condition) == ()


def test_hint_names_what_is_near() -> None:
    (fault,) = check_template("${{ githb.ref }}", STEP)
    assert fault.hint == "did you mean `github`?"
    (fault,) = check_template("${{ hashfile('x') }}", STEP)
    assert "hashFiles" in fault.hint
    assert "`hashfile`" in fault.message


def test_few_faults_are_reported_of_one_text() -> None:
    assert len(check_template("${{ nope }}" * 900, STEP)) == 12


def test_place_in_the_file() -> None:
    lines = [
        "a: ${{ nope }}",
        'b: "x ${{ nope }}"',
        "c: |",
        "  first",
        "  echo ${{ nope }}",
        "d: >-",
        "  one",
        "  two ${{ nope }}",
    ]
    assert place(4, "${{ nope }}", (1, 4), lines) == (1, 8)
    assert place(6, "x ${{ nope }}", (2, 4), lines) == (2, 11)
    assert place(15, "first\necho ${{ nope }}\n", (3, 4), lines) == (5, 12)
    assert place(3, "not there", (1, 4), lines) == (1, 4)
    assert place(0, "x", (99, 1), lines) == (99, 1)


WORKFLOW = """on: push
jobs:
  build:
    runs-on: ubuntu-latest
    if: {condition}
    steps:
      - run: make
"""


@pytest.mark.parametrize(
    ("condition", "rule"),
    [
        ("github.ref == 'a'", ""),
        ("${{ github.ref == 'a' }}", ""),
        ("success() || needs.x.result == 'failure'", ""),
        ('github.ref == "a"', "expressions-are-well-formed"),
        ("matrix.x == 'a'", "contexts-are-available"),
        ("hashFiles('x') != ''", "functions-are-available"),
        ("always(true)", "functions-have-their-arguments"),
        ("contains('a')", "functions-have-their-arguments"),
        ("'${{ github.ref '", "expressions-are-well-formed"),
    ],
)
def test_conditions_of_jobs(condition: str, rule: str) -> None:
    model = parse({"ci.yml": WORKFLOW.format(condition=condition)})
    model.examine()
    named = [name for name in model.faults if name.startswith(("expr", "contexts", "functions"))]
    assert named == ([rule] if rule else [])
    if rule:
        assert model.faults[rule][0].line == 5
