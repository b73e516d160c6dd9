"""The stack that a template would make: values, identities, policies, what does not exist."""

from __future__ import annotations

import gc
import json
import weakref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iac_gym.formats.yaml import YamlMap
from iac_gym.languages.cloudformation.decode import decode
from iac_gym.languages.cloudformation.folded import (
    Joined,
    Unknown,
    join,
    number_of,
    refers_to,
    same,
    split,
    unknowns,
)
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.parse import build
from iac_gym.languages.cloudformation.resolved import Stack, resolve
from iac_gym.languages.cloudformation.rules import security
from tests.languages.cloudformation.judged import examined


def stack_of(text: str) -> Stack:
    return resolve(build(decode(text, "template.yaml"), "template.yaml"))


def value_of(expression: str, extra: str = "") -> object:
    """Fold an expression as the display name of a topic beside a queue and a named bucket."""
    text = f"""
Parameters:
  Stage: {{Type: String, Default: prod}}
  Count: {{Type: Number, Default: 2}}
  Zones: {{Type: CommaDelimitedList, Default: "a, b,c"}}
  Key: {{Type: String}}
  Only: {{Type: String, AllowedValues: [one]}}
  Stored: {{Type: "AWS::SSM::Parameter::Value<String>", Default: /a/b}}
Mappings:
  Sizes:
    prod: {{cpu: 512, zones: [x, y]}}
    us-east-1: {{cpu: 1}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  HasKey: !Not [!Equals [!Ref Key, ""]]
  Both: !And [!Condition IsProd, !Condition HasKey]
  Either: !Or [!Condition IsProd, !Condition HasKey]
  A: !Not [!Condition B]
  B: !Not [!Condition A]
{extra}
Resources:
  Jobs: {{Type: AWS::SQS::Queue}}
  Media:
    Type: AWS::S3::Bucket
    Properties: {{BucketName: !Sub "media-${{Stage}}"}}
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: {expression}
"""
    item = stack_of(text).resource("Topic")
    assert item is not None
    return item.get("DisplayName")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("!Ref Stage", "prod"),
        ("!Ref Count", 2),
        ("!Ref Only", "one"),
        ("!Join ['-', !Ref Zones]", "a-b-c"),
        ("!Ref AWS::Region", "us-east-1"),
        ("!Sub 'arn:${AWS::Partition}:x'", "arn:aws:x"),
        ("!Sub ['${A}-${Stage}', {A: !Ref Count}]", "2-prod"),
        ("!Sub '${!Literal} ${ Stage }'", "${Literal} prod"),
        ("!FindInMap [Sizes, !Ref Stage, cpu]", 512),
        ("!FindInMap [Sizes, !Ref AWS::Region, cpu]", 1),
        ("!FindInMap [Sizes, none, cpu, {DefaultValue: 7}]", 7),
        ("!Select [1, !FindInMap [Sizes, prod, zones]]", "y"),
        ("!Select ['2', !Split [',', 'p,q,r']]", "r"),
        ("!If [IsProd, big, small]", "big"),
        ("!If [HasKey, a, a]", "a"),
        ("!If [Either, a, b]", "a"),
        ("!If [IsProd, !Ref AWS::NoValue, x]", None),
        ("!Join ['', [a, !If [IsProd, !Ref AWS::NoValue, x], true]]", "atrue"),
        ("!Base64 plain", "plain"),
        ("!Select [1, !Cidr [10.0.0.0/16, 3, 8]]", "10.0.1.0/24"),
        ("{'Fn::Length': !Ref Zones}", 3),
    ],
)
def test_known_values_are_folded(expression: str, value: object) -> None:
    assert value_of(expression) == value


@pytest.mark.parametrize(
    ("expression", "kind", "name", "attribute"),
    [
        ("!Ref Key", "parameter", "Key", ""),
        ("!Ref Stored", "parameter", "Stored", ""),
        ("!Ref Jobs", "resource", "Jobs", ""),
        ("!GetAtt Jobs.Arn", "resource", "Jobs", "Arn"),
        ("!GetAtt [Jobs, Arn]", "resource", "Jobs", "Arn"),
        ("!Sub '${Jobs.Arn}'", "resource", "Jobs", "Arn"),
        ("!Ref AWS::AccountId", "pseudo", "AWS::AccountId", ""),
        ("!ImportValue net-id", "import", "net-id", ""),
        ("!Select [0, !GetAZs '']", "zone", "us-east-1[0]", ""),
        ("!Select [0, !Ref Jobs]", "resource", "Jobs", "0"),
        ("'{{resolve:ssm:a}}'", "secret", "resolve:ssm:a", ""),
        ("!If [HasKey, a, b]", "choice", "HasKey", ""),
        ("!If [A, a, b]", "choice", "A", ""),
        ("!If [Both, a, b]", "choice", "Both", ""),
    ],
)
def test_unknown_values_say_what_they_are(
    expression: str, kind: str, name: str, attribute: str
) -> None:
    value = value_of(expression)
    assert isinstance(value, Unknown)
    assert (value.kind, value.name, value.attribute) == (kind, name, attribute)


def test_text_with_unknown_parts() -> None:
    value = value_of("!Sub 'x-${Key}-${Stage}/${Jobs.Arn}'")
    assert isinstance(value, Joined)
    assert str(value) == "x-${Key}-prod/${Jobs.Arn}"
    assert refers_to(value, "Jobs", "Arn")
    assert not refers_to(value, "Jobs", "QueueName")
    assert [one.name for one in unknowns([{"a": value}])] == ["Key", "Jobs"]
    assert split(value, "/") == [Joined(("x-", Unknown("parameter", "Key"), "-prod")),
                                 Unknown("resource", "Jobs", "Arn")]  # fmt: skip


def test_values_are_compared_as_the_service_does() -> None:
    assert same(14, "14")
    assert same(True, "true")
    assert same(["1"], [1])
    assert not same("1", ["1"])
    assert not same(Unknown("parameter", "A"), Unknown("parameter", "B"))
    assert number_of("1e3") is None
    assert number_of(" 12 ") == 12
    assert number_of(True) is None


BUCKET = """
Parameters:
  Key: {Type: String}
Conditions:
  Never: !Equals [a, b]
  Perhaps: !Equals [!Ref Key, x]
Resources:
  Media:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: media-1
      Tags: [{Key: team, Value: web}]
      LifecycleConfiguration:
        Rules:
          - {Id: a, Status: Enabled, ExpirationInDays: "30"}
          - {Id: b, Status: Enabled, ExpirationInDays: 60}
  Gone: {Type: AWS::S3::Bucket, Condition: Never}
  Maybe: {Type: AWS::S3::Bucket, Condition: Perhaps}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Media
      PolicyDocument:
        Statement:
          Effect: Allow
          Principal: {AWS: "*"}
          Action: s3:GetObject
          Resource:
            - !Sub "${Media.Arn}/*"
            - !Sub "arn:${AWS::Partition}:s3:::${Media}/*"
            - !Join ["", ["arn:aws:s3:::", !Ref Media, "/*"]]
            - arn:aws:s3:::media-1/*
          Condition: {Bool: {"aws:SecureTransport": "false"}}
  Jobs: {Type: AWS::SQS::Queue}
  Role:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: [!Ref Managed]
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Action: ["sts:AssumeRole"],
                     Principal: {Service: [lambda.amazonaws.com]}}]
      Policies:
        - PolicyName: a
          PolicyDocument:
            Statement: [{Effect: Allow, Action: "sqs:*", Resource: !GetAtt Jobs.Arn}]
  Attached:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: b
      Roles: [!Ref Role]
      PolicyDocument:
        Statement: [{Effect: Allow, Action: "s3:PutObject", Resource: !GetAtt Media.Arn}]
  Managed:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {Statement: [{Effect: Deny, NotAction: "iam:*", Resource: "*"}]}
  Store:
    Type: AWS::Logs::ResourcePolicy
    Properties:
      PolicyName: c
      PolicyDocument: !Sub '{"Statement": [{"Effect": "Allow", "Action": "logs:Put*",
        "Resource": "${Jobs.Arn}x"}]}'
Outputs:
  Arn: {Value: !GetAtt Media.Arn, Export: {Name: !Sub "${AWS::StackName}-arn"}}
  Gone: {Value: x, Condition: Never}
"""


def test_resources_under_conditions() -> None:
    stack = stack_of(BUCKET)
    assert [one.logical_id for one in stack.resources("AWS::S3::Bucket")] == ["Media"]
    assert stack.resource("Gone") is None
    assert set(stack.possible) - set(stack.items) == {"Maybe"}
    assert list(stack.outputs) == ["Arn"]
    assert str(stack.outputs["Arn"].export) == "${AWS::StackName}-arn"
    assert not stack.parameters["Key"].has_default


def test_paths() -> None:
    media = stack_of(BUCKET).resource("Media")
    assert media is not None
    assert media.each("LifecycleConfiguration.Rules.ExpirationInDays") == ["30", 60]
    assert media.number("LifecycleConfiguration.Rules.0.ExpirationInDays") == 30
    assert media.get("LifecycleConfiguration.Rules.7.Id") is None
    assert media.get("BucketName.x") is None
    assert media.tags == {"team": "web"}
    assert media.name == "media-1"
    assert media.where("LifecycleConfiguration.Rules.1.Id") == (16, 18)
    assert media.where("Nothing.Here") == (8, 3)
    assert media.finding("`{}` is odd", "BucketName").message == "`Media` is odd"
    assert not media.has("VersioningConfiguration")


def test_one_resource_under_many_names() -> None:
    stack = stack_of(BUCKET)
    media, jobs = stack.resource("Media"), stack.resource("Jobs")
    assert media is not None
    assert jobs is not None
    (statement,) = stack.policies_on(media)
    assert [media.covers(one, "/*") for one in statement.resources] == [True] * 4
    assert media.is_source_of(Unknown("resource", "Media"))
    assert media.is_source_of("media-1")
    assert media.is_source_of("arn:aws:s3:::media-1", "Arn")
    assert not media.is_source_of("arn:aws:s3:::media-2", "Arn")
    assert not jobs.is_source_of("media-1")
    assert stack.target("media-1") is media
    assert stack.target(Unknown("resource", "Jobs", "Arn")) is jobs
    assert stack.target("nobody") is None
    literal = join(["arn:aws:sqs:us-east-1:", Unknown("pseudo", "AWS::AccountId"), ":",
                    Unknown("resource", "Jobs", "QueueName")])  # fmt: skip
    assert jobs.is_source_of(literal, "Arn")
    assert stack.by_name("AWS::S3::Bucket", "BucketName", "media-1") == [media]


def test_policies_are_read_in_every_spelling() -> None:
    stack = stack_of(BUCKET)
    role, jobs, media = (stack.resource(name) for name in ("Role", "Jobs", "Media"))
    assert role is not None
    assert jobs is not None
    assert media is not None
    found = stack.policies_of(role)
    assert [one.actions for one in found] == [("sqs:*",), ("s3:PutObject",), ("iam:*",)]
    assert found[0].covers("sqs:SendMessage")
    assert not found[0].allows("sqs:SendMessage")
    assert found[1].allows("S3:putobject")
    assert media.covers(found[1].resources[0])
    assert found[2].inverted
    assert not found[2].is_allow
    (trust,) = stack.trust(role)
    assert trust.trusts("Service", "lambda.amazonaws.com")
    assert not trust.for_everybody
    (bucket,) = stack.policies_on(media)
    assert bucket.for_everybody
    assert not bucket.opens
    assert bucket.has_condition("aws:securetransport", False, "Bool")
    store = stack.resource("Store")
    assert store is not None
    (statement,) = stack.statements(store)
    assert refers_to(statement.resources[0], "Jobs", "Arn")


@pytest.mark.parametrize(
    "text",
    [
        "Resources: {A: {Type: AWS::SQS::Queue, Properties: [a]}}",
        "Resources: {A: {Type: AWS::SQS::Queue, Properties: {QueueName: {Ref: [A]}}}}",
        "Resources: {A: {Type: AWS::IAM::Role, Properties: {Policies: {PolicyDocument: [1]}}}}",
        "Resources: {A: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub ['${A}']}}}",
        "Resources: {A: {Type: AWS::S3::Bucket, Properties: {BucketName: !GetAtt A}}}",
        "Resources: {A: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref A}}}",
        "Resources: {A: {Type: AWS::S3::Bucket, Properties: {Tags: [1, {Key: [a]}]}}}",
        "Outputs: {A: 1, B: {Value: !Select [a, b], Export: 3}}\nResources: {}",
        "Parameters: {A: 1, B: {Type: [a]}, C: {Type: String, Default: [a]}}\nResources: {}",
        "Mappings: {A: 1}\nResources: {A: {Type: a, Properties: {B: !FindInMap [A, b, c]}}}",
        "Conditions: {A: !Equals [a], B: !Not [], C: [], D: !Or [1]}\nResources: {}",
    ],
)
def test_odd_templates_are_read(text: str) -> None:
    stack = stack_of(text)
    for item in stack.possible.values():
        assert isinstance(item.properties, dict)
        assert isinstance(item.tags, dict)
        stack.statements(item)
        stack.target(item.name)
        stack.policies_of(item)
        stack.policies_on(item)
    for name in ("A", "B", "C", "D"):
        stack.condition(name)
    list(stack.outputs)
    list(stack.parameters)


def test_texts_do_not_explode() -> None:
    tree: object = "x" * 50
    for _ in range(25):
        tree = {"Fn::Sub": ["${A}${A}${A}", {"A": tree}]}
    text = json.dumps(
        {"Resources": {"A": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": tree}}}}
    )
    item = stack_of(text).resource("A")
    assert item is not None
    assert len(str(item.get("QueueName"))) <= 1 << 17


def test_nothing_waits_for_the_garbage_collector() -> None:
    class Tree(YamlMap):
        __slots__ = ("__weakref__",)

    read = decode(BUCKET, "template.yaml")
    tree = Tree(read.mark)
    tree.update(read)
    tree.marks, tree.key_marks = read.marks, read.key_marks
    template = Template(tree, "template.yaml")
    template.resources = build(read, "template.yaml").resources
    template.conditions, template.parameters = read["Conditions"], read["Parameters"]
    gone = weakref.ref(tree)
    stack = resolve(template)
    for item in stack.possible.values():
        assert isinstance(item.properties, dict)
        stack.policies_of(item)
        stack.policies_on(item)
    assert stack.target("media-1")
    assert list(stack.outputs) == []
    gc.disable()
    try:
        del template, tree, stack, item
        assert gone() is None
    finally:
        gc.enable()


_NAMES = st.sampled_from(
    """Ref Fn::Sub Fn::Join Fn::GetAtt Fn::If Fn::Select Fn::Split Condition Fn::FindInMap Fn::Cidr
    Fn::GetAZs Fn::Equals Fn::And Fn::ForEach::A a Fn::Transform Statement PolicyDocument Name
    Value Type Default Export""".split()
)
_LEAVES = st.sampled_from([0, -1, 1.5, True, None, 10**30, "", "10.0.0.0/16"]) | st.sampled_from(
    "a A ${A} ${A.Arn} AWS::NoValue AWS::Region * {{resolve:ssm:a}} Allow [a String".split()
)
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=2),
    max_leaves=12,
)
_SECTION = st.dictionaries(st.sampled_from(["A", "B", "Fn::ForEach::X"]), _TREES, max_size=2)
_TYPES = st.sampled_from(
    ["AWS::IAM::Role", "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::EC2::SecurityGroup"]
)
_RESOURCE = st.fixed_dictionaries(
    {"Type": _TYPES, "Properties": _TREES | st.fixed_dictionaries({"Policies": _TREES})},
    optional=dict.fromkeys(
        ("DependsOn", "Condition", "DeletionPolicy", "UpdatePolicy", "Metadata"), _TREES
    ),
)
_TEMPLATES = st.fixed_dictionaries(
    {"Resources": st.dictionaries(st.sampled_from("AB"), _RESOURCE, max_size=2)},
    optional={
        "Transform": st.just("AWS::LanguageExtensions") | _TREES,
        **dict.fromkeys(
            ("Parameters", "Mappings", "Conditions", "Outputs", "Rules", "Metadata"),
            _SECTION | _TREES,
        ),
    },
)


@settings(max_examples=150, deadline=None)
@given(_TEMPLATES)
def test_any_tree_is_examined_and_resolved(tree: object) -> None:
    template = examined(json.dumps(tree))
    security.findings(template)
    stack = resolve(template)
    for item in stack.possible.values():
        assert isinstance(item.properties, dict)
        stack.policies_of(item)
        stack.policies_on(item)
        stack.target(item.name)
    assert isinstance(stack.outputs, dict)
    assert isinstance(stack.parameters, dict)
