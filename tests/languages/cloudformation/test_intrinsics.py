"""Intrinsic functions: arguments, nesting, names, dynamic references, loops.

What each case is was asked of cfn-lint 1.58.0, where no comment says otherwise.
"""

from __future__ import annotations

import json

import pytest

from iac_gym.languages.cloudformation.dynamic_references import wrong
from iac_gym.languages.cloudformation.substitution import parts_of, variables_of
from tests.languages.cloudformation.judged import examined, faults, places

HEAD = """
Parameters:
  P: {Type: String, Default: a}
  N: {Type: Number, Default: 1}
  L: {Type: CommaDelimitedList, Default: "a,b"}
Mappings:
  M:
    us-west-2: {ami: x, num: 3, lst: [a, b]}
    a: {ami: x}
Conditions:
  C: !Equals [!Ref P, a]
Resources:
  Q: {Type: AWS::SQS::Queue}
  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  CR: {Type: Custom::X, Properties: {ServiceToken: a}}
  T:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: %s
"""

GOOD = """!FindInMap [M, !Ref AWS::Region, ami]
!FindInMap [M, !Ref P, ami]
!FindInMap [M, a, other, {DefaultValue: x}]
!FindInMap [!Ref P, a, ami]
!FindInMap [M, us-west-2, num]
!FindInMap [!FindInMap [M, a, ami], a, ami]
!Ref N
!Ref AWS::NoValue
!Ref Q
!Join ["", [a, 1, true]]
!Join ["", []]
!Join [1, [a]]
!Join ["", !Ref L]
!Join ["", !GetAZs ""]
!Join ["", !Split [",", "a,b"]]
!Join ["", [!Ref AWS::NoValue, a]]
!Join ["", [!If [C, a, !Ref AWS::NoValue]]]
!Join ["", !GetAtt V.CidrBlockAssociations]
!Select [0, !Ref L]
!Select ["0", !Ref L]
!Select [5, !Ref L]
!Select [0, [!Sub "${P}"]]
!Select [!Ref N, [a, b]]
!Select [0, !GetAtt V.Ipv6CidrBlocks]
!Sub "${P} ${ P } ${AWS::Region} ${Q.Arn} ${Q}"
!Sub "${!Nope}"
!Sub "${}"
!Sub plain
!Sub ["${A}", {A: x, B: y}]
!Sub ["${A}", {A: 1}]
!Sub ["${P}", {P: !Ref P}]
!Sub "${CR.Any.More}"
!Sub "${AWS::NoValue}"
!GetAtt Q.Arn
!GetAtt [Q, Arn]
!GetAtt CR.Foo
!GetAtt Q.RedrivePolicy.maxReceiveCount
!If [C, a, b]
!ImportValue foo
!ImportValue {"Fn::Sub": "${P}"}
!ImportValue {"Fn::FindInMap": [M, a, ami]}
!Base64 a
!Select [0, !Cidr [10.0.0.0/16, 3, 8]]
!Select [0, !Cidr [10.0.0.0/16, "3"]]
!Select [0, !Cidr [!Ref P, !Ref N, !Ref N]]
!Select [0, !GetAZs us-east-1]
!Select [0, !GetAZs {Ref: AWS::Region}]
!Select [0, {"Fn::GetAZs": {"Fn::Sub": "${AWS::Region}"}}]
!Transform {Name: AWS::Include, Parameters: {Location: x}}
{"Fn::GetStackOutput": {StackName: a, OutputName: b}}
"{{resolve:ssm:foo:1}}"
"{{resolve:secretsmanager:foo:SecretString:x:y:z}}"
"{{ resolve:ssm:foo }}"
!Sub "{{resolve:secretsmanager:${P}:SecretString:x}}"
"${stageVariables.x} ${HOME} ${aws:username}\"""".split("\n")


@pytest.mark.parametrize("expression", GOOD)
def test_sound_functions_are_accepted(expression: str) -> None:
    assert faults(HEAD % expression) == set()


BAD = {
    "function-arguments": """!FindInMap [M, a]
!FindInMap [M, a, ami, x]
!FindInMap [M, a, ami, {Default: x}]
{Ref: [P]}
!Join ["", a]
!Join ["", [a], b]
!Join ["", [[a]]]
!Join ["", [{a: b}]]
!Join ["", [!If [C, a, [b]]]]
!Select [a, !Ref L]
!Select [0, a]
!Select [0, [a, b], c]
!Sub ["${A}"]
!Sub ["${A}", {A: [x]}]
!Sub ["${A}", x]
!Sub {a: b}
!GetAtt Q
!GetAtt [Q, Arn, X]
!If [C, a]
!If C
!If [[C], a, b]
!ImportValue [a]
!Base64 [a]
!Select [0, !Cidr [10.0.0.0, 3, 8]]
!Select [0, !Cidr [10.0.0.0/16, 300, 8]]
!Select [0, !Cidr [10.0.0.0/16]]
!Select [0, !GetAZs mars-1]
!Select [0, {"Fn::GetAZs": [a]}]
{"Fn::GetStackOutput": {StackName: a}}
{"Fn::GetStackOutput": {StackName: a, OutputName: b, Name: c}}
{"Fn::GetStackOutput": a}""",
    "function-nesting": """!FindInMap [M, !Sub "${P}", ami]
!Join [!Ref P, [a]]
!Join ["", [!GetAZs ""]]
!Join ["", [!Split [",", "a,b"]]]
!Select [!Sub "${N}", [a, b]]
!Select [0, {"Fn::Select": [0, [[a]]]}]
!Sub ["${A}", {A: !Split [",", a]}]
!GetAtt [!Ref P, Arn]
!ImportValue {"Fn::ImportValue": x}
!Base64 {"Fn::Split": [",", a]}""",
    "reference-types": """!Join ["", !Ref P]
!Join ["", [!Ref L]]
!Select [0, !Ref P]
!Select [0, !GetAtt Q.Arn]
!Join ["", [!GetAtt V.Ipv6CidrBlocks]]
!Sub "${L}"
!Sub ["${A}", {A: !Ref L}]""",
    "references-exist": """!Ref Nope
!Ref AWS::Foo
!Sub "${Nope}"
!Sub "${P.x}"
!Sub ["${A}", {B: y}]
!Sub ["${A.b}", {A.b: x}]
!Sub ["${A}", {A: !Ref A}]
!GetAtt Nope.Arn
!GetAtt P.Arn
!GetAtt [Nope, !Ref P]""",
    "attributes-exist": """!Sub "${Q.Nope}"
!Sub "${Q.QueueName.x}"
!GetAtt Q.Nope
!GetAtt Q.RedrivePolicy""",
    "conditions-exist": "!If [Nope, a, b]",
    "mappings-exist": """!FindInMap [M, zz, ami]
!FindInMap [Nope, zz, ami]
!FindInMap [M, a, other]
!FindInMap [M, !Ref P, other]""",
    "known-functions": """{"Fn::Foo": 1}
{"Fn::Equals": [a, b]}
{"Fn::And": [a, b]}
{"Fn::Contains": [[a], b]}""",
    "functions-stand-alone": '{"Fn::Sub": a, "Fn::Base64": b}',
    "language-extensions": """{"Fn::Length": [a]}
{"Fn::ToJsonString": {a: b}}
{"Fn::ForEach::X": [a, [b], {c: d}]}""",
    "select-index": """!Select [-1, !Ref L]
!Select [2, [a, b]]
!Select [0, []]""",
    "dynamic-references": """"{{resolve:ssm:foo:x}}"
"{{resolve:ssm}}"
"{{resolve:foo:bar}}"
"{{resolve:ssm-secure:foo}}"
"{{resolve:secretsmanager:foo:Bad:x}}"
"{{resolve:secretsmanager:foo:SecretString:x:y:z:w}}"
"{{resolve:secretsmanager:arn:aws:x}}\"""",
    "embedded-variables": """"${P}"
a-${AWS::Region}-b
"${Q.Arn}"
[x, "${Q}"]""",
}


@pytest.mark.parametrize(
    ("rule", "expression"),
    [(rule, text) for rule, lines in BAD.items() for text in lines.split("\n")],
)
def test_wrong_functions_are_found(rule: str, expression: str) -> None:
    found = faults(HEAD % expression)
    assert rule in found
    assert len(found) <= 2  # a wrong argument may also name nothing


def test_places() -> None:
    assert places(HEAD % "!Join ['-', [a, !Ref Nope]]") == {("references-exist", 19, 36)}


EXTENDED = "Transform: AWS::LanguageExtensions\n" + HEAD


@pytest.mark.parametrize(
    "expression",
    [
        "!Sub ['${A}', {A: !Length [a, b]}]",
        '{"Fn::ToJsonString": {a: !Ref P}}',
        "!FindInMap [M, !Sub '${P}', ami]",
        "!FindInMap [M, !Join ['', [a]], ami, {DefaultValue: !Ref P}]",
        "!GetAtt [!Sub 'Q', Arn]",
        "!Ref {'Fn::Sub': Q}",
    ],
)
def test_language_extensions_allow_more(expression: str) -> None:
    assert "function-nesting" not in faults(EXTENDED % expression)
    assert "language-extensions" not in faults(EXTENDED % expression)
    assert "function-arguments" not in faults(EXTENDED % expression)


LOOPS = """
Transform: AWS::LanguageExtensions
Parameters:
  Names: {Type: CommaDelimitedList, Default: "a,b"}
Resources:
  Fn::ForEach::Queues:
    - Name
    - !Ref Names
    - Queue${Name}:
        Type: AWS::SQS::Queue
        Properties:
          QueueName: !Sub "jobs-${Name}"
          Tags: [{Key: name, Value: !Ref Name}]
Outputs:
  Fn::ForEach::Urls:
    - Name
    - [a, b]
    - Url${Name}: {Value: !GetAtt [!Sub "Queue${Name}", Arn]}
"""


def test_loops_are_written_out() -> None:
    template = examined(LOOPS)
    assert list(template.resources) == ["Queuea", "Queueb"]
    queue = template.resources["Queueb"]
    assert queue.properties["QueueName"] == "jobs-b"
    assert queue.properties["Tags"][0]["Value"] == "b"
    assert template.outputs["Urla"]["Value"] == {"Fn::GetAtt": ["Queuea", "Arn"]}
    assert faults(LOOPS) == set()


def test_loops_that_are_wrong() -> None:
    assert "references-exist" in faults(LOOPS.replace("Queue${Name}:", "Jobs${Name}:"))
    assert "language-extensions" in faults(LOOPS.replace("AWS::LanguageExtensions", "Other"))
    assert "language-extensions" in faults(LOOPS.replace("ForEach::Queues", "ForEach::My-Queues"))
    assert "language-extensions" in faults(LOOPS.replace("- !Ref Names", "- Names"))
    unknown = LOOPS.replace(', Default: "a,b"', "")
    assert faults(unknown) == set()  # the names of the queues cannot be known


def test_loops_are_bounded() -> None:
    names = json.dumps([f"n{index}" for index in range(100)])
    body = "{'Q${A}${B}${C}': {Type: AWS::SQS::Queue}}"
    for name in "CBA":
        body = f"{{'Fn::ForEach::{name}{name}': [{name}, {names}, {body}]}}"
    text = f"Transform: AWS::LanguageExtensions\nResources: {body}\n"
    assert len(examined(text).resources) == 0


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a", ("a",)),
        ("${A}", ["A"]),
        ("x${A.b}y${!Lit}", ["A.b"]),
        ("${ A }${", ["A"]),
        ("$${A}}", ["A"]),
        ("${${A}}", ["A"]),
        ("${}", []),
    ],
)
def test_variables_of_texts(text: str, parts: list[str]) -> None:
    assert [one.name for one in variables_of(text)] == [one for one in parts if one != "a"]
    assert parts_of("x${!Lit}") == ("x", "${Lit}")


def test_secure_strings_stand_in_few_places() -> None:
    database = """
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      DBInstanceClass: db.t3.micro
      MasterUserPassword: "{{resolve:ssm-secure:db:1}}"
"""
    assert faults(database) == set()
    moved = database.replace("MasterUserPassword", "MasterUsername")
    assert faults(moved) == {"dynamic-references"}
    assert wrong("no reference {{resolve:") == ""


@pytest.mark.parametrize(
    "transform", ["AWS::Serverless-2016-10-31", "[AWS::Include, AWS::Serverless-2016-10-31]"]
)
def test_what_the_serverless_transform_makes(transform: str) -> None:
    text = f"""
Transform: {transform}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties: {{CodeUri: ., Handler: a.b, Runtime: python3.13, AutoPublishAlias: live}}
Outputs:
  Api: {{Value: !Sub "https://${{ServerlessRestApi}}.${{AWS::Region}}"}}
  Role: {{Value: !GetAtt FnRole.Arn}}
  Alias: {{Value: !Ref FnAliaslive}}
"""
    assert faults(text) == set()
    assert "references-exist" in faults(text.replace("FnRole", "OtherRole"))
    assert "transform" in faults(text.replace("Serverless-2016-10-31", "Include"))


@pytest.mark.parametrize(
    "tree",
    [
        {"Fn::Sub": []}, {"Fn::Sub": [1, 2]}, {"Fn::Sub": ["${A}", [1]]}, {"Fn::Join": None},
        {"Fn::If": [1, 2, 3]}, {"Fn::Select": [[], {}]},
        {"Fn::Select": ["999999999999999999", []]},
        {"Fn::Cidr": [[], "x", None]}, {"Fn::FindInMap": [1, [2], None]}, {"Ref": None},
        {"Ref": {"Ref": {"Ref": []}}}, {"Fn::GetAtt": [None, None]}, {"Fn::GetAtt": {"a": 1}},
        {"Fn::GetAZs": None}, {"Fn::Transform": None}, {"Fn::Select": [1.5, ["a"]]},
        {"Fn::Cidr": ["10.0.0.0/8", "\uff11", True]}, {"Fn::": 1}, {"Fn::ImportValue": None},
    ],
)  # fmt: skip
def test_odd_arguments_are_found(tree: object) -> None:
    resource = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": tree}}
    found = faults(json.dumps({"Resources": {"T": resource}}))
    assert found or tree == {"Fn::Transform": None}
