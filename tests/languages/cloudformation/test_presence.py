"""Which conditions can hold together, and what is there in each case."""

from __future__ import annotations

from typing import Any

import pytest

from iac_gym.languages.cloudformation.decode import decode
from iac_gym.languages.cloudformation.facts import Conditions
from iac_gym.languages.cloudformation.parse import parse
from iac_gym.languages.cloudformation.walk_base import State
from iac_gym.languages.cloudformation.walk_presence import cases

HEAD = """\
Parameters:
  P: {Type: String}
  Q: {Type: String, AllowedValues: [a, b]}
Conditions:
  A: !Equals [!Ref P, a]
  B: !Equals [b, !Ref P]
  NotA: !Not [!Condition A]
  Both: !And [!Condition A, !Condition B]
  Some: !Or [!Condition A, !Condition B]
  QA: !Equals [!Ref Q, a]
  QB: !Equals [!Ref Q, b]
  Odd: !Foo
  Loop: !Not [!Condition Loop]
Resources: {X: {Type: AWS::SNS::Topic}}
"""
TEMPLATE = parse({"t.yaml": HEAD.replace("  Odd: !Foo\n", "  Odd: {Fn::Foo: [1]}\n")})


@pytest.mark.parametrize(
    ("facts", "possible"),
    [
        ({"A": True}, True),
        ({"A": True, "B": True}, False),
        ({"A": False, "B": False}, True),
        ({"A": True, "NotA": True}, False),
        ({"Both": True}, False),
        ({"Some": True, "A": False, "B": False}, False),
        ({"Some": False, "A": False}, True),
        ({"QA": False, "QB": False}, False),
        ({"QA": True, "A": True}, True),
        ({"Odd": True, "A": True}, True),
        ({"Loop": True}, True),
        ({"Unknown": True}, True),
    ],
)
def test_conditions_together(facts: dict[str, bool], possible: bool) -> None:
    assert Conditions(TEMPLATE).can(facts) is possible


def _cases(text: str, facts: dict[str, bool] | None = None) -> list[Any]:
    value = decode(f"v: {text}\n", "t")["v"]
    state = State(TEMPLATE, facts or {}, False, True)
    return [there for there, _ in cases(value, state)]


def test_cases_of_mappings_and_lists() -> None:
    nothing = "!Ref AWS::NoValue"
    assert _cases("{a: 1}") == [{"a": 1}]
    assert _cases(f"{{a: {nothing}, b: 1}}") == [{"b": 1}]
    assert _cases(f"{{a: !If [A, 1, {nothing}]}}") == [{"a": 1}, {}]
    assert _cases(f"{{a: !If [A, 1, {nothing}]}}", {"A": False}) == [{}]
    assert _cases(f"[x, !If [A, y, {nothing}]]") == [["x", "y"], ["x"]]
    assert _cases("{a: !If [A, 1, 2], b: !If [B, 3, 4]}") == [
        {"a": 1, "b": 4}, {"a": 2, "b": 3}, {"a": 2, "b": 4},
    ]  # fmt: skip
    assert _cases(f"{{a: !If [A, !If [B, 1, 2], {nothing}]}}") == [{"a": 2}, {}, {}]


def test_more_conditions_than_can_be_tried_say_nothing() -> None:
    text = ", ".join(f"k{n}: !If [C{n}, 1, 2]" for n in range(9))
    assert _cases(f"{{{text}}}") == []
