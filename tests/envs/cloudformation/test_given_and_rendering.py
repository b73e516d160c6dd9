"""Templates that tasks start from, the renderer of references, and what families ask for."""

from __future__ import annotations

import pytest

from envs.cloudformation import CATEGORY
from envs.cloudformation.rendering import Call, render
from iac_gym.answer import Answer
from iac_gym.draw import Draw
from iac_gym.languages.cloudformation.decode import decode
from iac_gym.task import build_task
from iac_gym.verifier import verify


@pytest.mark.parametrize("index", range(12))
def test_what_is_to_be_hardened_meets_nothing(index: int) -> None:
    """The insecure template is valid, but meets none of the requirements."""
    task = build_task(CATEGORY, "harden-template", "train", index)
    verdict = verify(Answer(task.given), task)
    assert task.mode == "edit"
    assert verdict.valid, verdict.diagnostics
    assert verdict.met == 0, [str(one) for one in verdict.diagnostics]


@pytest.mark.parametrize("index", range(24))
def test_what_is_to_be_repaired_is_rejected(index: int) -> None:
    """The broken template can be read, but CloudFormation would reject it."""
    task = build_task(CATEGORY, "repair-template", "train", index)
    verdict = verify(Answer(task.given), task)
    assert task.mode == "repair"
    assert not verdict.gated
    assert not verdict.valid, task.given["template.yaml"]


def test_every_requirement_type_is_asked_for() -> None:
    """No requirement type is left that no family asks for."""
    asked = {
        wish.name
        for name, family in CATEGORY.families.items()
        for level in (1, 3, 5)
        for place in range(60)
        for wish in family.make(Draw(name, level, place, level=level)).asks
    }
    assert set(CATEGORY.requirements) == asked


BODY = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Conditions": {"Big": Call("Equals", [Call("Ref", "Size"), "a, b"])},
    "Resources": {
        "Thing": {
            "Type": "AWS::X::Y",
            "Properties": {
                "Name": Call("Sub", "${AWS::StackName}-x"),
                "Zone": Call("Select", [0, Call("GetAZs", "")]),
                "Arn": Call("GetAtt", "Other.Sub.Arn"),
                "Long": Call("Join", ["", ["a" * 60, Call("Sub", "${Thing}, or so"), "{}"]]),
                "Nested": Call("If", ["Big", {"A": [1, "2"], "B": True}, Call("Ref", "None")]),
                "Script": Call("Base64", "#!/bin/sh\necho a\n"),
                "Twice": Call("Base64", Call("Sub", "x\n${AWS::Region}\n")),
                "Words": ["yes", "012", "1e3", "", "a: b", "2024-01-01", "- x", "#", None],
                "Empty": [[], {}],
            },
        }
    },
}


def test_short_and_long_forms_are_the_same_tree() -> None:
    """Reading a rendered template gives the data that it was made of, in both forms."""
    short = decode(render(BODY), "template.yaml")
    long = decode(render(BODY, short=False), "template.yaml")
    for tree in (short, long):
        found = tree["Resources"]["Thing"]["Properties"]
        assert found["Name"] == {"Fn::Sub": "${AWS::StackName}-x"}
        assert found["Zone"] == {"Fn::Select": [0, {"Fn::GetAZs": ""}]}
        assert found["Long"]["Fn::Join"][1][1:] == [{"Fn::Sub": "${Thing}, or so"}, "{}"]
        assert found["Nested"] == {"Fn::If": ["Big", {"A": [1, "2"], "B": True}, {"Ref": "None"}]}
        assert found["Script"] == {"Fn::Base64": "#!/bin/sh\necho a\n"}
        assert found["Twice"] == {"Fn::Base64": {"Fn::Sub": "x\n${AWS::Region}\n"}}
        assert found["Words"] == ["yes", "012", "1e3", "", "a: b", "2024-01-01", "- x", "#", None]
        assert found["Empty"] == [[], {}]
        assert tree["Conditions"]["Big"] == {"Fn::Equals": [{"Ref": "Size"}, "a, b"]}
