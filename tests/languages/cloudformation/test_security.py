"""Rules about security: what is reported of a resource, and what is left alone."""

from __future__ import annotations

import pytest

from iac_gym.check import Rule
from iac_gym.languages.cloudformation.resolved import resolve
from iac_gym.languages.cloudformation.rules import security
from iac_gym.languages.cloudformation.rules.security_access import is_secret_name
from iac_gym.languages.cloudformation.rules.security_storage import no_public_bucket_acl
from tests.languages.cloudformation.judged import examined

RULES = {one.name: one for one in security.IN_ORDER}


def found(text: str) -> set[str]:
    return set(security.findings(examined(text)))


def test_there_are_enough_rules() -> None:
    assert len(RULES) == len(security.IN_ORDER) >= 18


@pytest.mark.parametrize("rule", security.IN_ORDER, ids=RULES)
def test_examples(rule: Rule) -> None:
    assert rule.name in found(rule.section("Bad"))
    assert rule.name not in found(rule.section("Good"))
    for finding in security.findings(examined(rule.section("Bad")))[rule.name]:
        assert finding.line > 0
        assert "{" not in finding.message


GROUP = """
Parameters:
  Port: {Type: Number, Default: 22}
  World: {Type: String, Default: 0.0.0.0/0}
  Mine: {Type: String}
Resources:
  G:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: g
      SecurityGroupIngress: [%s]
"""


@pytest.mark.parametrize(
    ("entry", "rules"),
    [
        ("{IpProtocol: tcp, FromPort: !Ref Port, ToPort: !Ref Port, CidrIp: !Ref World}",
         {"closed-admin-ports"}),
        ("{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref Mine}", set()),
        ("{IpProtocol: tcp, FromPort: '20', ToPort: '30', CidrIpv6: '::/0'}",
         {"closed-admin-ports"}),
        ("{IpProtocol: '6', FromPort: 3389, ToPort: 3389, CidrIp: 0.0.0.0/0}",
         {"closed-admin-ports"}),
        ("{IpProtocol: udp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}", set()),
        ("{IpProtocol: tcp, FromPort: 0, ToPort: 65535, CidrIp: 0.0.0.0/0}",
         {"not-all-ports-open"}),
        ("{IpProtocol: -1, CidrIp: 0.0.0.0/0}", {"not-all-ports-open"}),
        ("{IpProtocol: tcp, FromPort: 3306, ToPort: 3306, CidrIp: 0.0.0.0/0}",
         {"closed-data-ports"}),
        ("{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}", set()),
        ("{IpProtocol: icmp, FromPort: -1, ToPort: -1, CidrIp: 0.0.0.0/0}", set()),
        ("a", set()),
    ],
)  # fmt: skip
def test_security_groups(entry: str, rules: set[str]) -> None:
    assert found(GROUP % entry) == rules


def test_unknown_values_are_not_reported() -> None:
    text = """
Parameters:
  Key: {Type: String}
  On: {Type: String, AllowedValues: ["true", "false"]}
Conditions:
  Known: !Equals [!Ref On, "true"]
Resources:
  V: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: a, Encrypted: !Ref On}}
  T: {Type: AWS::SNS::Topic, Properties: {KmsMasterKeyId: !Ref Key}}
  K: {Type: AWS::KMS::Key, Properties: {EnableKeyRotation: !If [Known, true, false]}}
"""
    assert found(text) == set()
    assert found(text.replace("Encrypted: !Ref On", "Encrypted: 'false'")) == {"encrypted-volumes"}


def test_what_does_not_exist_is_not_reported() -> None:
    text = """
Conditions: {Never: !Equals [a, b], Perhaps: !Equals [!Ref AWS::StackName, b]}
Resources:
  L: {Type: AWS::Logs::LogGroup, Condition: %s}
"""
    assert found(text % "Never") == set()
    assert found(text % "Perhaps") == {"logs-expire"}


def test_policies_in_other_spellings() -> None:
    role = """
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: []}
      Policies:
        - PolicyName: a
          PolicyDocument:
            Statement: {Effect: %s, %s: [iam:GetRole, "*"], Resource: [x, "*"]%s}
"""
    assert found(role % ("Allow", "Action", "")) == {"no-full-administrator"}
    assert found(role % ("Deny", "Action", "")) == set()
    assert found(role % ("Allow", "NotAction", "")) == set()
    limited = ', Condition: {StringEquals: {"aws:PrincipalOrgID": o-1}}'
    assert found(role % ("Allow", "Action", limited)) == set()


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("DbPassword", True), ("MASTER_PASSWORD", True), ("password", True), ("ApiKey", True),
        ("GithubToken", True), ("DbPasswordArn", False), ("SecretName", False), ("KeyName", False),
        ("PasswordLength", False), ("TokenUrl", False), ("Stage", False), ("SecretString", True),
        ("x" * 500 + "Password", False), ("AWS_ACCESS_KEY", True),
    ],
)  # fmt: skip
def test_names_of_secrets(name: str, secret: bool) -> None:
    assert is_secret_name(name) is secret


def test_secrets_in_environments() -> None:
    text = """
Parameters:
  Token: {Type: String, NoEcho: true}
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      Environment: {Variables: {%s}}
"""
    assert found(text % "API_TOKEN: abc") == {"no-secrets-in-environment"}
    assert found(text % "OTHER: AKIAABCDEFGHIJKLMNOP") == {"no-secrets-in-environment"}
    assert found(text % "API_TOKEN: !Ref Token") == set()
    assert found(text % "API_TOKEN: '{{resolve:secretsmanager:x}}'") == set()
    assert found(text % "TOKEN_ARN: arn:aws:x") == set()
    assert found(text % "'{a} {0.b} {': AKIAABCDEFGHIJKLMNOP") == {"no-secrets-in-environment"}


def test_violations_of_one_resource() -> None:
    text = """
Resources:
  A: {Type: AWS::S3::Bucket, Properties: {AccessControl: PublicRead}}
  B: {Type: AWS::S3::Bucket}
  C: {Type: AWS::SQS::Queue}
"""
    stack = resolve(examined(text))
    counts = [len(security.violations(one, no_public_bucket_acl)) for one in stack.resources()]
    assert counts == [1, 0, 0]


@pytest.mark.parametrize("kind", sorted({
    "AWS::S3::Bucket", "AWS::EC2::Instance", "AWS::IAM::Role", "AWS::ECS::TaskDefinition",
    "AWS::Lambda::Function", "AWS::CloudFront::Distribution", "AWS::KMS::Key", "AWS::EKS::Cluster",
    "AWS::ElasticLoadBalancingV2::Listener", "AWS::EC2::SecurityGroup", "AWS::RDS::DBInstance",
}))  # fmt: skip
@pytest.mark.parametrize(
    "properties",
    ["[]", "{Policies: 1, Tags: x}", "!Ref A", "{SecurityGroupIngress: {a: [b]}}",
     "{ContainerDefinitions: [1, {Environment: 3}], Environment: {Variables: [a]}}",
     "{KeyPolicy: '{', DistributionConfig: [{DefaultCacheBehavior: 1}], DefaultActions: a}"],
)  # fmt: skip
def test_odd_properties_are_read(kind: str, properties: str) -> None:
    found(f"Resources: {{A: {{Type: {kind}, Properties: {properties}}}}}")
