"""Properties of resources: what is found, under which rule and where, and what is accepted.

Each case was asked of cfn-lint 1.58.0 (which takes read-only properties, too: that is a notice).
"""

from __future__ import annotations

import pytest

from iac_gym.languages.cloudformation.parse import parse
from iac_gym.languages.cloudformation.rules import schema
from iac_gym.verdict import Stage
from iac_gym.verifier import check_files

OWN = frozenset(one.name for one in schema.IN_ORDER)
HEAD = """\
Parameters:
  Name: {Type: String}
  Ids: {Type: List<AWS::EC2::Subnet::Id>}
  Words: {Type: CommaDelimitedList}
Conditions:
  A: !Equals [!Ref Name, a]
  B: !Equals [!Ref Name, b]
  NotA: !Not [!Condition A]
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {AssumeRolePolicyDocument: {Statement: []}}
  Topic: {Type: AWS::SNS::Topic}
  Made: {Type: Custom::Made, Properties: {ServiceToken: x}}
"""


def _found(text: str) -> set[tuple[str, int, int]]:
    faults = parse({"t.yaml": text}).faults
    return {(rule, one.line, one.column) for rule in OWN & set(faults) for one in faults[rule]}


def _resource(kind: str, properties: str) -> str:
    lines = "".join(f"      {line}\n" for line in properties.splitlines())
    return f"{HEAD}  X:\n    Type: {kind}\n    Properties:\n{lines}"


LINE = HEAD.count("\n") + 4  # of the first property

BUCKET, QUEUE, INSTANCE = "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::EC2::Instance"
FUNCTION, SUBNET = "AWS::Lambda::Function", "AWS::EC2::Subnet"
CODE = "Role: !GetAtt Role.Arn\nCode: {ImageUri: x}\nPackageType: Image\n"
IMAGE = "ImageId: ami-0a1b2c3d\n"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (BUCKET, "BucketName: !Ref Name"),
        (BUCKET, "BucketName: !Sub '${Name}-logs'"),
        (BUCKET, "BucketName: '{{resolve:ssm:/a/b}}'"),
        (BUCKET, "BucketName: !If [A, logs-a, !Ref AWS::NoValue]"),
        (BUCKET, "BucketName: !ImportValue a"),
        (BUCKET, "Tags: [{Key: a, Value: 5}]"),
        (BUCKET, "Tags: !If [A, [{Key: a, Value: b}], !Ref AWS::NoValue]"),
        (BUCKET, "Tags: [!If [A, {Key: a, Value: b}, {Key: a, Value: c}]]"),
        (BUCKET, "VersioningConfiguration: {Status: !Ref Name}"),
        (QUEUE, "DelaySeconds: '30'"),
        (QUEUE, "FifoQueue: 'true'"),
        (QUEUE, "DelaySeconds: !GetAtt Made.Anything"),
        (INSTANCE, IMAGE + "SecurityGroupIds: !Ref Words"),
        (INSTANCE, IMAGE + "SecurityGroupIds: !Split [',', a]"),
        (INSTANCE, IMAGE + "SubnetId: !Select [0, !Ref Ids]"),
        (INSTANCE, IMAGE + "InstanceType: t3.micro"),
        (INSTANCE, IMAGE + "UserData: !Base64 x"),
        (FUNCTION, CODE),
        (FUNCTION, CODE + "Environment: {Variables: {AA: 1, BB: true}}"),
        ("AWS::IAM::ManagedPolicy", "PolicyDocument: {Statement: "
         "[{Effect: Allow, Action: s3:*, Resource: '*'}]}"),
        ("AWS::IAM::ManagedPolicy", "PolicyDocument: '{\"Statement\": "
         "[{\"Effect\": \"Allow\", \"Action\": \"a:*\", \"Resource\": \"*\"}]}'"),
        ("Custom::Thing", "ServiceToken: !Ref Name\nAnything: {a: [1]}"),
        ("AWS::Lambda::LayerVersion", "Content: ./layer"),
    ],
)  # fmt: skip
def test_accepted(kind: str, text: str) -> None:
    assert _found(_resource(kind, text)) == set()


@pytest.mark.parametrize(
    ("kind", "text", "rule", "line", "column"),
    [
        ("AWS::S3::Buckett", "A: 1", "resource-types-exist", -2, 11),
        ("aws::s3::bucket", "A: 1", "resource-types-exist", -2, 11),
        ("AWS::S3", "A: 1", "resource-types-exist", -2, 11),
        ("AWS::QLDB::Ledger", "PermissionsMode: STANDARD", "resource-types-exist", -2, 11),
        ("AWS::Serverless::Function", "A: 1", "resource-types-exist", -2, 11),
        (BUCKET, "Bucketname: a", "properties-are-known", 0, 7),
        (BUCKET, "VersioningConfiguration: {State: a}", "properties-are-known", 0, 33),
        (BUCKET, "VersioningConfiguration: {}", "required-properties-are-there", 0, 32),
        (BUCKET, "VersioningConfiguration: {Status: on1}", "values-are-allowed", 0, 41),
        (BUCKET, "BucketName: A_b", "values-match-their-pattern", 0, 19),
        (BUCKET, "BucketName: [a]", "values-have-the-right-type", 0, 19),
        (BUCKET, "BucketName: {a: b}", "values-have-the-right-type", 0, 19),
        (BUCKET, "Tags: text", "values-have-the-right-type", 0, 13),
        (BUCKET, "Tags: [{Key: a, Value: b}, {Key: a, Value: c}]", "items-are-unique", 0, 34),
        (BUCKET, "Tags: [{Key: 'aws:x', Value: b}]", "values-match-their-pattern", 0, 20),
        (BUCKET, "AccessControl: PublicRead", "required-properties-are-there", 0, 7),
        (BUCKET, "BucketName: !If [A, ok-name, B_AD]", "values-match-their-pattern", 0, 36),
        (BUCKET, "BucketName: !Split [a, b]", "functions-give-what-fits", 0, 19),
        (BUCKET, "BucketName: !Ref Ids", "functions-give-what-fits", 0, 19),
        (BUCKET, "Tags: !Ref Topic", "functions-give-what-fits", 0, 13),
        (BUCKET, "Tags: !Join ['', [a]]", "functions-give-what-fits", 0, 13),
        (BUCKET, "Arn: x", "read-only-properties-are-not-set", 0, 7),
        (QUEUE, "DelaySeconds: soon", "values-have-the-right-type", 0, 21),
        (QUEUE, "DelaySeconds: 901", "values-are-in-range", 0, 21),
        (QUEUE, "DelaySeconds: '901'", "values-are-in-range", 0, 21),
        (QUEUE, "FifoQueue: maybe", "values-have-the-right-type", 0, 18),
        (INSTANCE, IMAGE + "InstanceType: t3.enormous", "values-are-allowed", 1, 21),
        (INSTANCE, IMAGE + "SecurityGroupIds: sg-0a1b2c3d", "values-have-the-right-type", 1, 25),
        (SUBNET, "VpcId: vpc-1", "values-match-their-pattern", 0, 14),
        (SUBNET, "VpcId: !GetAtt Role.Arn", "functions-give-what-fits", 0, 14),
        (SUBNET, "VpcId: !Ref Topic", "functions-give-what-fits", 0, 14),
        (FUNCTION, CODE + "Handler: a.b", "properties-fit-together", 3, 7),
        (FUNCTION, "Role: !GetAtt Role.Arn\nCode: {ZipFile: x}\nRuntime: java21\nHandler: a",
         "values-match-their-pattern", 2, 16),
        ("AWS::IAM::Role", "Path: /", "required-properties-are-there", 0, 7),
        ("AWS::IAM::Role", "AssumeRolePolicyDocument: {Version: '2012-10-18', Statement: []}",
         "values-are-allowed", 0, 43),
        ("AWS::IAM::ManagedPolicy", "PolicyDocument: {Statement: [{Effect: Permit, Action: a, "
         "Resource: '*'}]}", "values-are-allowed", 0, 45),
        ("AWS::IAM::ManagedPolicy", "PolicyDocument: {Statement: [{Effect: Allow, "
         "Resource: '*'}]}", "required-properties-are-there", 0, 36),
        ("AWS::IAM::ManagedPolicy", "PolicyDocument: '{\"Statment\": []}'",
         "properties-are-known", 0, 23),
        ("AWS::CloudFormation::CustomResource", "A: 1", "required-properties-are-there", 0, 7),
        ("AWS::EC2::VPC", "CidrBlock: 10.0.0.0/33", "values-match-their-pattern", 0, 18),
    ],
)  # fmt: skip
def test_found(kind: str, text: str, rule: str, line: int, column: int) -> None:
    assert (rule, LINE + line, column) in _found(_resource(kind, text))


def test_what_conditions_remove_is_missing_in_that_case() -> None:
    table = "BillingMode: PAY_PER_REQUEST\nKeySchema: {}\n"
    wanted = "AttributeName: !If [{}, a, !Ref AWS::NoValue]"
    text = "AttributeDefinitions: [{AttributeType: S, " + wanted + "}]"
    found = _found(_resource("AWS::DynamoDB::Table", text.replace("{}", "A") + "\n" + table))
    assert any(rule == "required-properties-are-there" for rule, _, _ in found)


def test_only_cases_that_can_occur_are_looked_at() -> None:
    one = "LaunchTemplate: !If [A, {LaunchTemplateId: x, Version: 1}, !Ref AWS::NoValue]\n"
    size = "MinSize: 1\nMaxSize: 2\n"

    def rules(condition: str) -> set[str]:
        other = f"InstanceId: !If [{condition}, i-0a1b2c3d, !Ref AWS::NoValue]\n"
        found = _found(_resource("AWS::AutoScaling::AutoScalingGroup", size + one + other))
        return {rule for rule, _, _ in found}

    assert rules("NotA") == set()  # one or the other
    assert rules("A") == {"properties-fit-together"}  # both
    assert rules("B") == {"required-properties-are-there"}  # never both, but maybe none


def test_the_hint_names_the_nearest() -> None:
    faults = parse({"t.yaml": _resource(BUCKET, "BucketNam: a")}).faults
    (one,) = faults["properties-are-known"]
    assert one.hint == "did you mean `BucketName`?"
    faults = parse({"t.yaml": "Resources: {B: {Type: 'AWS::S3::Buckett'}}"}).faults
    (one,) = faults["resource-types-exist"]
    assert one.hint == "did you mean `AWS::S3::Bucket`?"


@pytest.mark.parametrize("kind", ["Vendor::Service::Thing", "My::Own::Thing::MODULE"])
def test_other_vendors_and_modules_are_not_judged(kind: str) -> None:
    faults = parse({"t.yaml": f"Resources:\n  A:\n    Type: {kind}\n    Properties: {{a: 1}}\n"})
    assert set(faults.faults) & OWN == {"not-judged"}


def test_sam_types_are_judged_with_the_transform() -> None:
    text = (
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n"
        "    Type: AWS::Serverless::Function\n"
        "    Properties: {CodeUri: ., Handler: a.b, Runtime: python3.13, Memory: 1}\n"
    )
    assert {rule for rule, _, _ in _found(text)} == {"properties-are-known"}
    assert _found(text.replace("Memory:", "MemorySize:").replace("1}", "128}")) == set()


def test_metadata_of_cfn_init_has_its_own_schema() -> None:
    text = (
        "Resources:\n  X:\n    Type: AWS::EC2::Instance\n    Metadata:\n"
        "      AWS::CloudFormation::Init:\n        config:\n          commands:\n"
        "            a: {command: x, ignoreErrors: true}\n"
        "          files:\n            /a: {content: !Sub 'x', mode: 000644}\n"
        "    Properties: {ImageId: ami-0a1b2c3d}\n"
    )
    assert _found(text) == set()
    assert ("properties-are-known", 8, 17) in _found(text.replace("command: x", "comand: x"))
    assert ("values-have-the-right-type", 10, 27) in _found(text.replace("!Sub 'x'", "[x]"))


def test_a_required_property_that_is_null_is_missing() -> None:
    found = _found(_resource("AWS::IAM::Role", "AssumeRolePolicyDocument:"))
    assert ("required-properties-are-there", LINE, 7) in found


@pytest.mark.parametrize(
    ("version", "accepted"), [("8.0.35", True), ("8.0", True), ("8.1", False), ("9", False)]
)
def test_a_series_stands_for_its_versions(version: str, accepted: bool) -> None:
    text = (
        "Resources:\n  A:\n    Type: AWS::RDS::DBInstance\n    Properties:\n"
        f"      Engine: mysql\n      EngineVersion: '{version}'\n"
        "      DBInstanceClass: db.t3.micro\n"
        "      AllocatedStorage: '20'\n      MasterUsername: root1\n"
        "      ManageMasterUserPassword: true\n"
    )
    verdict = check_files({"template.yaml": text}, {"template.yaml": "cloudformation"})
    found = [one.rule for one in verdict.diagnostics if one.stage <= Stage.SEMANTICS]
    assert (found == []) is accepted
