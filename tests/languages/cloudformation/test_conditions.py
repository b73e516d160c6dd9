"""The section Conditions, and the conditions that resources, outputs and rules name."""

from __future__ import annotations

import pytest

from tests.languages.cloudformation.judged import faults

HEAD = """
Parameters: {P: {Type: String}, L: {Type: CommaDelimitedList}}
Mappings: {M: {a: {b: c}}}
Resources: {Q: {Type: AWS::SQS::Queue}}
"""


@pytest.mark.parametrize(
    "conditions",
    [
        "{}",
        "{C: !Equals [a, b]}",
        "{C: !Equals [!Ref P, b]}",
        "{C: !Equals [!Ref AWS::Region, b]}",
        "{C: !Equals [!Join ['', !Ref L], b]}",
        "{C: true}",
        "{C: 'true'}",
        "{C: !Not [!Equals [a, b]]}",
        "{C: !And [!Equals [a, b], !Equals [a, c], true]}",
        "{C: {Condition: D}, D: !Equals [a, b]}",
        "{C: !Equals [!FindInMap [M, a, b], a]}",
        "{C: !Equals [!Sub '${P}', a]}",
        "{C: !Equals [!Select [0, !Ref L], a]}",
        "{C: !Equals [!Select [0, !Split [',', !Ref P]], a]}",
        "{C: !Equals [1, true]}",
        "{C_1&2: !Equals ['', '']}",
    ],
)
def test_sound_conditions(conditions: str) -> None:
    assert faults(f"{HEAD}Conditions: {conditions}") == set()


@pytest.mark.parametrize(
    ("rule", "conditions"),
    [
        ("references-exist", "{C: !Equals [!Ref Q, b]}"),
        ("references-exist", "{C: !Equals [!Sub '${Q}', a]}"),
        ("function-nesting", "{C: !Equals [!GetAtt Q.Arn, b]}"),
        ("function-nesting", "{C: !Equals [!ImportValue a, a]}"),
        ("function-nesting", "{C: !Equals [!If [D, a, b], a], D: !Equals [a, b]}"),
        ("function-nesting", "{C: !If [D, a, b], D: !Equals [a, b]}"),
        ("function-nesting", "{C: !Ref P}"),
        ("function-nesting", "{C: {Fn::Contains: [[a], b]}}"),
        ("reference-types", "{C: !Equals [!Ref L, b]}"),
        ("function-arguments", "{C: !Equals [a]}"),
        ("function-arguments", "{C: !Equals [a, [b]]}"),
        ("function-arguments", "{C: !Equals {a: b}}"),
        ("function-arguments", "{C: a}"),
        ("function-arguments", "{C: {a: b}}"),
        ("function-arguments", "{C: [a]}"),
        ("function-arguments", "{C: null}"),
        ("function-arguments", "{C: !And [!Equals [a, b]]}"),
        ("function-arguments", "{C: !And [!Equals [a, b], a]}"),
        ("function-arguments", "{C: {Fn::Equals: [a, b], Fn::Not: []}}"),
        ("function-arguments", "{C: !Not [true, true]}"),
        ("function-arguments", "{C: {Condition: [a]}}"),
        ("conditions-exist", "{C: !Not [{Condition: D}]}"),
        ("conditions-exist", "{C: !And [!Equals [a, b], {Condition: Zed}]}"),
        ("conditions", "{C-d: !Equals [a, b]}"),
        # The service refuses these two; cfn-lint does not look.
        ("condition-cycles", "{C: !Not [{Condition: D}], D: !Not [{Condition: C}]}"),
        ("condition-cycles", "{C: {Condition: C}}"),
        ("known-functions", "{C: {Fn::Foo: [a]}}"),
        ("sections", "[]"),
    ],
)
def test_wrong_conditions(rule: str, conditions: str) -> None:
    found = faults(f"{HEAD}Conditions: {conditions}")
    assert rule in found
    assert found <= {rule, "references-exist"}


RULES = "Parameters: {P: {Type: String}}\nResources: {Q: {Type: AWS::SQS::Queue}}\nRules: "


@pytest.mark.parametrize(
    "rules",
    [
        "{}",
        "{A: {Assertions: []}}",
        "{A: {Assertions: [{Assert: !Equals [!Ref P, a], AssertDescription: x}]}}",
        "{A: {RuleCondition: !Equals [!Ref P, a], Assertions:"
        " [{Assert: {'Fn::Contains': [[a, b], !Ref P]}}]}}",
        "{A: {Assertions: [{Assert: {'Fn::EachMemberIn': [{'Fn::ValueOfAll':"
        " ['AWS::EC2::Subnet::Id', VpcId]}, {'Fn::RefAll': 'AWS::EC2::VPC::Id'}]}}]}}",
        "{A: {Assertions: [{Assert: !Not [{'Fn::Contains': [[a], !Ref P]}]}]}}",
    ],
)
def test_sound_rules(rules: str) -> None:
    assert faults(RULES + rules) == set()


@pytest.mark.parametrize(
    ("rule", "rules"),
    [
        ("rules-section", "{A: {}}"),
        ("rules-section", "{A: x}"),
        ("rules-section", "{a-b: {Assertions: []}}"),
        ("rules-section", "{A: {Assertions: {Assert: a}}}"),
        ("rules-section", "{A: {Assertions: [a]}}"),
        ("function-nesting", "{A: {RuleCondition: !Ref P, Assertions: []}}"),
        ("known-functions", "{A: {Assertions: [{Assert: {'Fn::Foo': [a]}}]}}"),
        ("sections", "[]"),
    ],
)
def test_wrong_rules(rule: str, rules: str) -> None:
    assert faults(RULES + rules) == {rule}


@pytest.mark.parametrize("condition", ["Zed", "[C]", "!Equals [a, b]"])
def test_resources_and_outputs_name_conditions(condition: str) -> None:
    text = f"""
Conditions: {{C: !Equals [!Ref AWS::Region, b]}}
Resources:
  Q: {{Type: AWS::SQS::Queue, Condition: {condition}}}
Outputs:
  O: {{Value: a, Condition: {condition}}}
"""
    wanted = {"conditions-exist"} if condition == "Zed" else {"resource-keys", "outputs"}
    assert faults(text) == wanted
    assert faults(text.replace(condition, "C")) == set()


def test_deep_conditions_are_bounded() -> None:
    nested = "true"
    for _ in range(30):
        nested = f"!Not [{nested}]"
    assert faults(f"{HEAD}Conditions: {{C: {nested}}}") == set()
    chain = ", ".join(f"C{at}: !Not [!Condition C{at + 1}]" for at in range(500))
    text = f"{HEAD}Conditions: {{{chain}, C500: true}}"
    assert faults(text) == set()
