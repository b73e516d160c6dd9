"""The dependency graph: `DependsOn`, edges through functions, cycles."""

from __future__ import annotations

import pytest

from iac_gym.languages.cloudformation.graph import cycles
from tests.languages.cloudformation.judged import examined, faults

STACK = """
Parameters:
  P: {Type: String}
Conditions:
  C: !Equals [!Ref P, b]
  D: !Equals [!Ref P, c]
  Both: !And [!Condition C, !Condition D]
  Small: !And [!Condition C, !Equals [!Ref AWS::Region, us-east-1]]
Resources:
  Q: {Type: AWS::SQS::Queue}
  X: {Type: AWS::SQS::Queue, Condition: C}
  R: {Type: AWS::SQS::Queue, %s}
"""


@pytest.mark.parametrize(
    "given",
    [
        "DependsOn: Q",
        "DependsOn: [Q]",
        "DependsOn: [Q, Q]",
        "DependsOn: []",
        "Condition: C, DependsOn: X",
        "Condition: Small, DependsOn: X",
        "Condition: Both, DependsOn: X",
    ],
)
def test_sound_dependencies(given: str) -> None:
    assert faults(STACK % given) == set()


@pytest.mark.parametrize(
    "given",
    [
        "DependsOn: R",
        "DependsOn: Zed",
        "DependsOn: P",
        "DependsOn: !Ref Q",
        "DependsOn: [[Q]]",
        "DependsOn: [!Ref Q]",
        "DependsOn: X",
        "Condition: D, DependsOn: X",
    ],
)
def test_wrong_dependencies(given: str) -> None:
    assert faults(STACK % given) == {"dependencies-exist"}


@pytest.mark.parametrize(
    "properties",
    [
        "{QueueName: !Ref R}",
        "{QueueName: !Sub '${R.Arn}'}",
        "{QueueName: !If [C, !GetAtt R.QueueName, b]}",
        "{Tags: [{Key: a, Value: !Sub ['${A}', {A: !Ref R}]}]}",
    ],
)
def test_resources_that_need_themselves(properties: str) -> None:
    assert faults(STACK % f"Properties: {properties}") == {"dependency-cycles"}


def test_longer_cycles_are_named() -> None:
    text = """
Resources:
  A: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt B.TopicName}}
  B: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub "${C.TopicName}"}}
  C: {Type: AWS::SNS::Topic, DependsOn: A}
  D: {Type: AWS::SNS::Topic, DependsOn: A}
"""
    template = examined(text)
    (finding,) = template.faults["dependency-cycles"]
    assert "`A` -> `B` -> `C` -> `A`" in finding.message
    assert finding.line == 3
    assert set(template.known["edges"]["D"]) == {"A"}


def test_metadata_makes_edges_too() -> None:
    text = "Resources: {A: {Type: AWS::SNS::Topic, Metadata: {a: !Ref A}}}"
    assert faults(text) == {"dependency-cycles"}


def test_cycles_of_large_graphs() -> None:
    mark = (1, 1)
    chain = {f"n{at}": {f"n{at + 1}": mark} for at in range(5000)}
    assert cycles(chain) == []
    chain["n5000"] = {"n4998": mark}
    assert [sorted(one) for one in cycles(chain)] == [["n4998", "n4999", "n5000"]]
    dense = {f"n{a}": {f"n{b}": mark for b in range(a)} for a in range(300)}
    assert cycles(dense) == []
