"""Sections of a template: keys, types, names, limits; resources beside their properties; outputs.

What each case is was asked of cfn-lint 1.58.0, where no comment says otherwise.
"""

from __future__ import annotations

import pytest

from iac_gym.languages.cloudformation.allowed_patterns import refuses
from iac_gym.languages.cloudformation.parameters import value_of
from tests.languages.cloudformation.judged import faults, places

QUEUE = "Resources:\n  Q: {Type: AWS::SQS::Queue}\n"
SAM = "Transform: AWS::Serverless-2016-10-31\n"


@pytest.mark.parametrize(
    "text",
    [
        "AWSTemplateFormatVersion: '2010-09-09'",
        "AWSTemplateFormatVersion: 2010-09-09",
        "Description: ''",
        "Description: " + "x" * 1024,
        "Transform: Foo",
        "Transform: [Foo, AWS::Include, {Name: X}]",
        "Transform: {Name: AWS::Include, Parameters: {Location: s3://x}}",
        SAM + "Globals: {Function: {Timeout: 3}}",
        "Parameters: {}",
        "Mappings: {}",
        "Metadata: {a: [b]}",
        "Metadata: {AWS::CloudFormation::Interface: {}}",
        "Metadata: {AWS::CloudFormation::Interface: {ParameterGroups: [{Label: {default: a},"
        " Parameters: [Zed]}], ParameterLabels: {P: {default: a}}}}",
        "Metadata: {a: !Ref Zed}",
        "Hooks: {A: {Type: AWS::CodeDeploy::BlueGreen}}",  # cfn-lint does not know Hooks
        "Outputs: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: a}}}",
        "Mappings: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: a}}}",
    ],
)
def test_sound_sections(text: str) -> None:
    assert faults(f"{text}\n{QUEUE}") == set()


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("sections", "Foo: 1"),
        ("sections", "Parameters: []"),
        ("sections", "Parameters:"),
        ("sections", "Outputs: []"),
        ("sections", "Metadata: a"),
        ("format-version", "AWSTemplateFormatVersion: '2010-09-10'"),
        ("format-version", "AWSTemplateFormatVersion: 2010"),
        ("description", "Description: 1"),
        ("description", "Description: [a]"),
        ("limits", "Description: " + "x" * 1025),
        ("transform", "Transform: 1"),
        ("transform", "Transform: {}"),
        ("transform", "Transform: {Name: X, Foo: 1}"),
        ("transform", "Transform: [1]"),
        ("globals", "Globals: {}"),
        ("globals", SAM + "Globals: {Foo: {Timeout: 3}}"),
        ("globals", SAM + "Globals: a"),
        ("metadata-interface", "Metadata: {AWS::CloudFormation::Interface: {Foo: a}}"),
        ("metadata-interface", "Metadata: {AWS::CloudFormation::Interface: a}"),
        (
            "metadata-interface",
            "Metadata: {AWS::CloudFormation::Interface: {ParameterGroups: [{Foo: a}]}}",
        ),
        (
            "metadata-interface",
            "Metadata: {AWS::CloudFormation::Interface: {ParameterGroups: [{Parameters: P}]}}",
        ),
        (
            "metadata-interface",
            "Metadata: {AWS::CloudFormation::Interface:"
            " {ParameterLabels: {P: {default: a, Q: b}}}}",
        ),
        ("metadata-interface", "Metadata: {AWS::CloudFormation::Interface: {ParameterGroups: a}}"),
        ("metadata-interface", "Metadata: {a: null}"),
    ],
)
def test_wrong_sections(rule: str, text: str) -> None:
    assert faults(f"{text}\n{QUEUE}") == {rule}


def test_globals_that_are_ignored_exist() -> None:
    text = f"""{SAM}
Globals: {{Function: {{Timeout: 3}}}}
Resources:
  F: {{Type: AWS::Serverless::Function, IgnoreGlobals: [Timeout]}}
  G: {{Type: AWS::Serverless::Function, IgnoreGlobals: "*"}}
"""
    assert "globals" not in faults(text)
    assert "globals" in faults(text.replace("[Timeout]", "[Timeot]"))


def test_resources_are_needed() -> None:
    assert faults("Outputs: {}") == {"sections"}
    assert faults("Resources: []") == {"sections"}
    assert faults("Resources: {}") == set()  # the service wants one; cfn-lint does not
    assert places(f"Resource: {{}}\n{QUEUE}") == {("sections", 1, 1)}


@pytest.mark.parametrize(
    "body",
    [
        "{Type: String}",
        "{Type: List<String>}",
        "{Type: List<Foo>}",
        "{Type: AWS::SSM::Parameter::Value<Foo>}",
        "{Type: String, Default: 1}",
        "{Type: String, Default: ''}",
        "{Type: Number, Default: '1'}",
        "{Type: Number, Default: 1.5}",
        "{Type: String, AllowedValues: [a, b], Default: a}",
        "{Type: String, AllowedValues: [1, 2], Default: 1}",
        "{Type: String, AllowedValues: [true, false], Default: true}",
        "{Type: String, AllowedValues: []}",
        "{Type: Number, AllowedValues: [1, 2], Default: '1'}",  # cfn-lint compares types
        "{Type: String, AllowedPattern: '[a-z]+', Default: aA}",
        "{Type: String, AllowedPattern: '[a-z'}",
        "{Type: String, NoEcho: yes}",
        "{Type: String, NoEcho: 'true'}",
        "{Type: String, Description: 1, ConstraintDescription: x}",
        "{Type: CommaDelimitedList, AllowedValues: [a, b], Default: 'a, b'}",
        "{Type: AWS::EC2::VPC::Id, MinLength: 1}",
        "{Type: 'AWS::SSM::Parameter::Value<String>', Default: /a/b}",
        "{Type: String, MinLength: '2', MaxLength: 4, Default: abc}",
        "{Type: Number, MinValue: 0.5, MaxValue: 10, Default: 5}",
    ],
)
def test_sound_parameters(body: str) -> None:
    assert faults(f"Parameters: {{P: {body}}}\n{QUEUE}") == set()


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("parameters", "a"),
        ("parameters", "{}"),
        ("parameters", "{Default: a}"),
        ("parameters", "{Type: string}"),
        ("parameters", "{Type: !Ref X}"),
        ("parameters", "{Type: String, Foo: 1}"),
        ("parameters", "{Type: String, Default: [a]}"),
        ("parameters", "{Type: String, Default: null}"),
        ("parameters", "{Type: String, Default: !Ref X}"),
        ("parameters", "{Type: CommaDelimitedList, Default: [a]}"),
        ("parameters", "{Type: String, AllowedValues: a}"),
        ("parameters", "{Type: String, AllowedValues: [[a]]}"),
        ("parameters", "{Type: String, MinValue: 3}"),
        ("parameters", "{Type: Number, MinLength: 3}"),
        ("parameters", "{Type: Number, AllowedPattern: x}"),
        ("parameters", "{Type: AWS::EC2::VPC::Id, MinValue: 1}"),
        ("parameters", "{Type: String, NoEcho: maybe}"),
        ("parameters", "{Type: String, NoEcho: 1}"),
        ("parameters", "{Type: String, MinLength: a}"),
        ("parameters", "{Type: String, Description: [a]}"),
        ("parameters", "{Type: String, AllowedPattern: [a]}"),
        ("parameter-defaults", "{Type: String, AllowedValues: [a, b], Default: c}"),
        ("parameter-defaults", "{Type: String, AllowedPattern: '[a-z]+', Default: A}"),
        ("parameter-defaults", "{Type: String, MinLength: 3, Default: ab}"),
        ("parameter-defaults", "{Type: String, MaxLength: 1, Default: ab}"),
        ("parameter-defaults", "{Type: Number, MinValue: 3, Default: 2}"),
        ("parameter-defaults", "{Type: Number, MaxValue: 3, Default: 4}"),
        ("parameter-defaults", "{Type: Number, AllowedValues: [1, 2], Default: 3}"),
        ("parameter-defaults", "{Type: CommaDelimitedList, AllowedValues: [a], Default: 'a,c'}"),
        ("parameter-defaults", "{Type: Number, Default: a}"),  # cfn-lint does not look
        ("limits", "{Type: String, Default: " + "x" * 4097 + "}"),
    ],
)
def test_wrong_parameters(rule: str, body: str) -> None:
    assert faults(f"Parameters: {{P: {body}}}\n{QUEUE}") == {rule}


def test_names() -> None:
    assert faults(f"Parameters: {{a-b: {{Type: String}}}}\n{QUEUE}") == {"parameters"}
    assert faults(f"Parameters: {{Q: {{Type: String}}}}\n{QUEUE}") == {"unique-names"}
    assert faults(f"Parameters: {{{'a' * 256}: {{Type: String}}}}\n{QUEUE}") == {"limits"}
    assert faults("Resources: {a-b: {Type: AWS::SQS::Queue}}") == {"resource-keys"}
    many = ", ".join(f"P{at}: {{Type: String}}" for at in range(201))
    assert faults(f"Parameters: {{{many}}}\n{QUEUE}") == {"limits"}


def test_values_of_parameters() -> None:
    assert value_of("P", {"Type": "List<Number>", "Default": "1, 2"}) == ["1", "2"]
    assert value_of("P", {"Type": "CommaDelimitedList", "Default": ""}) == []
    assert value_of("P", {"Type": "List<Number>", "Default": 3}) == [3]
    assert value_of("P", {"Type": "String", "Default": "a,b"}) == "a,b"


@pytest.mark.parametrize(
    ("pattern", "text", "refused"),
    [
        ("[a-z]+", "abc", False),
        ("[a-z]+", "Abc", True),
        (r"^(\d{1,3}\.){3}\d{1,3}$", "10.0.0.1", False),
        (r"^(\d{1,3}\.){3}\d{1,3}$", "10.0.0", True),
        ("[", "a", False),
        ("^(a+)+$", "a" * 5000 + "b", False),  # would take for ever
        ("^(a|a)*$", "a" * 60 + "b", False),
        ("^" + "a*" * 30 + "$", "a" * 200 + "b", False),
        ("^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 100, False),
        ("(" * 100 + ")" * 100, "a", False),
    ],
)
def test_patterns_never_take_long(pattern: str, text: str, refused: bool) -> None:
    assert refuses(pattern, text) is refused


@pytest.mark.parametrize(
    "mappings",
    [
        "{M: {a: {b: c, d: 1, e: true, f: [c, [d], {e: f}]}}}",
        "{M: {a.b-c: {b: c}}}",
        "{M: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: a}}}}",
        "{M: {'123456789012': {b: c}}}",
    ],
)
def test_sound_mappings(mappings: str) -> None:
    assert faults(f"Mappings: {mappings}\n{QUEUE}") == set()


@pytest.mark.parametrize(
    "mappings",
    [
        "{M: {}}",
        "{M: {a: {}}}",
        "{M: {a: b}}",
        "{M: a}",
        "{M: {a: {b: {c: d}}}}",
        "{M: {a: {b: !Ref Q}}}",
        "{M: {a: {b: null}}}",
        "{M-a: {a: {b: c}}}",
        "{M: {a_b: {b: c}}}",
        "{M: {a: {b-c: c}}}",
        "{M: {a: {b.c: c}}}",
    ],
)
def test_wrong_mappings(mappings: str) -> None:
    assert faults(f"Mappings: {mappings}\n{QUEUE}") == {"mappings"}


HEAD = """
Parameters: {P: {Type: String}, L: {Type: CommaDelimitedList}}
Conditions: {C: !Equals [!Ref P, b]}
"""


@pytest.mark.parametrize(
    "output",
    [
        "{Value: a}",
        "{Value: 1}",
        "{Value: true}",
        "{Value: ''}",
        "{Value: !Ref Q, Export: {Name: a}}",
        "{Value: !Ref Q, Export: {Name: !Sub '${AWS::StackName}-${P}'}}",
        "{Value: !Ref Q, Export: {Name: 1}}",
        "{Value: a, Condition: C, Description: 1}",
        "{Value: !If [C, a, !Ref AWS::NoValue]}",
        "{Value: !Join [',', !Ref L]}",
        "{Value: !GetAtt Q.DelaySeconds}",  # the service makes a text of it
    ],
)
def test_sound_outputs(output: str) -> None:
    assert faults(f"{HEAD}{QUEUE}Outputs: {{O: {output}}}") == set()


@pytest.mark.parametrize(
    ("rule", "output"),
    [
        ("outputs", "{}"),
        ("outputs", "a"),
        ("outputs", "{Value: null}"),
        ("outputs", "{Value: a, Foo: b}"),
        ("outputs", "{Value: a, Description: !Sub '${P}'}"),
        ("outputs", "{Value: a, Export: a}"),
        ("outputs", "{Value: a, Export: {}}"),
        ("outputs", "{Value: a, Export: {Name: a, Foo: b}}"),
        ("outputs", "{Value: a, Condition: !Equals [a, b]}"),
        ("function-arguments", "{Value: [a]}"),
        ("function-arguments", "{Value: {a: b}}"),
        ("function-arguments", "{Value: !If [C, a, [b]]}"),
        ("reference-types", "{Value: !Ref L}"),
        ("reference-types", "{Value: !GetAZs ''}"),
        ("reference-types", "{Value: !Split [',', a]}"),
        ("reference-types", "{Value: !GetAtt Q.Tags}"),
        ("references-exist", "{Value: !Ref Zed}"),
        ("references-exist", "{Value: a, Export: {Name: !Ref Q}}"),
        ("references-exist", "{Value: a, Export: {Name: !Sub '${Q}-a'}}"),
        ("conditions-exist", "{Value: a, Condition: D}"),
        ("limits", "{Value: a, Description: " + "x" * 1025 + "}"),
    ],
)
def test_wrong_outputs(rule: str, output: str) -> None:
    assert faults(f"{HEAD}{QUEUE}Outputs: {{O: {output}}}") == {rule}


GROUP = "Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: '1', MaxSize: '2'}"


@pytest.mark.parametrize(
    "resource",
    [
        "{Type: AWS::SQS::Queue, DeletionPolicy: Retain, UpdateReplacePolicy: Retain}",
        "{Type: AWS::SQS::Queue, DeletionPolicy: RetainExceptOnCreate}",
        "{Type: AWS::EC2::Volume, DeletionPolicy: Snapshot}",
        "{Type: AWS::SQS::Queue, DeletionPolicy: !Ref P}",
        "{Type: AWS::SQS::Queue, DeletionPolicy: !If [C, Retain, Delete]}",
        "{Type: AWS::SQS::Queue, Metadata: {a: [!Ref P]}}",
        "{Type: AWS::SQS::Queue, Metadata: {a: {Fn::Sub: '${P}', enabled: true}}}",
        "{Type: AWS::SQS::Queue, Properties: {}}",
        "{Type: Custom::A, Version: '1', Properties: {ServiceToken: a}}",
        "{Type: AWS::SQS::Queue, Fn::Transform: {Name: AWS::Include}}",
        "{Type: AWS::CloudFormation::WaitCondition,"
        " CreationPolicy: {ResourceSignal: {Count: 1, Timeout: PT5M}}}",
        f"{{{GROUP}, UpdatePolicy: {{AutoScalingRollingUpdate: {{MaxBatchSize: '1',"
        " PauseTime: PT5M, SuspendProcesses: [Launch], WaitOnResourceSignals: true}}}",
        f"{{{GROUP}, UpdatePolicy: !If [C, {{AutoScalingReplacingUpdate: {{WillReplace: true}}}},"
        " !Ref AWS::NoValue]}",
        "{Type: A::B::MODULE, Properties: {a: b}}",
    ],
)
def test_sound_resources(resource: str) -> None:
    assert faults(f"{HEAD}Resources: {{R: {resource}}}") == set()


@pytest.mark.parametrize(
    ("rule", "resource"),
    [
        ("resource-keys", "a"),
        ("resource-keys", "{}"),
        ("resource-keys", "{Type: 1}"),
        ("resource-keys", "{Type: AWS::SQS::Queue, Foo: 1}"),
        ("resource-keys", "{Type: AWS::SQS::Queue, Version: 1}"),
        ("resource-keys", "{Type: AWS::SQS::Queue, Connectors: {}}"),
        ("resource-keys", "{Type: AWS::SQS::Queue, Metadata: a}"),
        ("resource-keys", "{Type: A::B::MODULE, CreationPolicy: {a: b}}"),
        ("resource-keys", "{Type: A::B::MODULE, Properties: {Tags: [a]}}"),
        ("deletion-policies", "{Type: AWS::SQS::Queue, DeletionPolicy: retain}"),
        ("deletion-policies", "{Type: AWS::SQS::Queue, DeletionPolicy: Snapshot}"),
        ("deletion-policies", "{Type: AWS::SQS::Queue, UpdateReplacePolicy: RetainExceptOnCreate}"),
        ("deletion-policies", "{Type: AWS::SQS::Queue, DeletionPolicy: !If [C, Retain, foo]}"),
        ("function-nesting", "{Type: AWS::SQS::Queue, DeletionPolicy: !Join ['', [Retain]]}"),
        ("function-arguments", "{Type: AWS::SQS::Queue, DeletionPolicy: [Retain]}"),
        ("update-policies", "{Type: AWS::SQS::Queue, UpdatePolicy: {}}"),
        ("update-policies", f"{{{GROUP}, UpdatePolicy: {{RollingUpdate: {{}}}}}}"),
        ("update-policies", f"{{{GROUP}, UpdatePolicy: {{AutoScalingRollingUpdate: {{Foo: 1}}}}}}"),
        ("update-policies", f"{{{GROUP}, UpdatePolicy: a}}"),
        ("update-policies", f"{{{GROUP}, UpdatePolicy: !Ref P}}"),
        (
            "function-arguments",
            f"{{{GROUP}, UpdatePolicy: {{AutoScalingRollingUpdate: {{MaxBatchSize: a}}}}}}",
        ),
        ("creation-policies", f"{{{GROUP}, CreationPolicy: {{Signal: {{Count: 1}}}}}}"),
        ("creation-policies", "{Type: AWS::SQS::Queue, CreationPolicy: a}"),
        ("creation-policies", "{Type: Custom::A, CreationPolicy: {}}"),
        ("transform", "{Type: AWS::Serverless::Function}"),
    ],
)
def test_wrong_resources(rule: str, resource: str) -> None:
    assert faults(f"{HEAD}Resources: {{R: {resource}}}") == {rule}
