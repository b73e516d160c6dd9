"""What single services ask beyond the schema: found where it is written out, silent elsewhere.

The mistakes were asked of cfn-lint 1.58.0.
"""

from __future__ import annotations

import pytest

from iac_gym.languages.cloudformation.parse import parse
from iac_gym.languages.cloudformation.services import RULE, examine_services

IF = "!If [C, {}, {}]"


def _count(kind: str, properties: str, more: str = "") -> int:
    lines = "".join(f"      {line}\n" for line in properties.splitlines())
    text = f"Resources:\n{more}  X:\n    Type: {kind}\n    Properties:\n{lines}"
    return len(parse({"t.yaml": text}).faults.get(RULE, ()))


TABLE = "BillingMode: PAY_PER_REQUEST\nAttributeDefinitions: [{}]\nKeySchema: [{AttributeName: a}]"
CODE = "Role: x\nHandler: a.b\nCode: {{ZipFile: x}}\nRuntime: {}\n"
PIPELINE = """\
RoleArn: x
Stages:
  - Name: a
    Actions:
      - Name: a
        ActionTypeId: {{Category: {}, Owner: AWS, Provider: S3, Version: 1}}
        OutputArtifacts: [{{Name: code}}]
  - Name: b
    Actions:
      - Name: b
        ActionTypeId: {{Category: Build, Owner: AWS, Provider: CodeBuild, Version: 1}}
        InputArtifacts: [{{Name: {}}}]
"""
DISTRIBUTION = """\
DistributionConfig:
  Enabled: true
  DefaultCacheBehavior: {{TargetOriginId: {}, ViewerProtocolPolicy: https-only}}
  Origins: [{{Id: site, DomainName: a.example}}]
"""
LIFE = """\
BackupPlan:
  BackupPlanName: a
  BackupPlanRule:
    - RuleName: a
      TargetBackupVault: v
      Lifecycle: {{DeleteAfterDays: {}, MoveToColdStorageAfterDays: 10}}
"""
MACHINE = (
    "RoleArn: x\nDefinition: "
    "{{StartAt: {}, States: {{a: {{Type: Pass, Next: {}}}, b: {{Type: {}}}}}}}"
)
PORTS = (
    "NetworkMode: awsvpc\n"
    "ContainerDefinitions: [{{PortMappings: [{{ContainerPort: 80, HostPort: {}}}]}}]"
)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("AWS::DynamoDB::Table", TABLE.replace("{}", "{AttributeName: a, AttributeType: S}"),
         TABLE.replace("{}", "{AttributeName: b, AttributeType: S}")),
        ("AWS::Lambda::Function", CODE.format("python3.13"), CODE.format("python2.7")),
        ("AWS::Lambda::Function", CODE.format("java21") + "SnapStart: {ApplyOn: PublishedVersions}",
         CODE.format("nodejs22.x") + "SnapStart: {ApplyOn: PublishedVersions}"),
        ("AWS::Lambda::Function", CODE.format("java21") + "Environment: {Variables: {A: b}}",
         CODE.format("java21") + f"Environment: {{Variables: {{A: {'b' * 4200}}}}}"),
        ("AWS::EC2::Instance", "ImageId: ami-0a1b2c3d", "InstanceType: t3.micro"),
        ("AWS::EC2::Instance", "LaunchTemplate: {LaunchTemplateId: !Ref P, Version: 1}",
         "LaunchTemplate: {LaunchTemplateId: !Ref L, Version: 1}"),
        ("AWS::CodePipeline::Pipeline", PIPELINE.format("Source", "code"),
         PIPELINE.format("Build", "code")),
        ("AWS::CodePipeline::Pipeline", PIPELINE.format("Source", "!Ref P"),
         PIPELINE.format("Source", "coed")),
        ("AWS::CloudFront::Distribution", DISTRIBUTION.format("site"),
         DISTRIBUTION.format("sight")),
        ("AWS::Backup::BackupPlan", LIFE.format(100), LIFE.format(99)),
        ("AWS::Route53::RecordSet", "Name: a.b.example\nHostedZoneName: b.example.",
         "Name: a.b.example\nHostedZoneName: c.example."),
        ("AWS::Route53::RecordSet", "Name: b.example.\nHostedZoneName: b.example.",
         "Name: b.example\nHostedZoneName: b.example"),
        ("AWS::ECS::TaskDefinition", PORTS.format(80), PORTS.format(8080)),
        ("AWS::CertificateManager::Certificate",
         "DomainValidationOptions: [{DomainName: a.b.c, ValidationDomain: b.c}]",
         "DomainValidationOptions: [{DomainName: a.b.c, ValidationDomain: d.c}]"),
        ("AWS::Events::Rule", "ScheduleExpression: rate(1 day)",
         "ScheduleExpression: rate(1 days)"),
        ("AWS::Events::Rule", "ScheduleExpression: rate(5 minutes)",
         "ScheduleExpression: rate(0 minutes)"),
        ("AWS::Events::Rule", "ScheduleExpression: cron(0 12 * * ? *)",
         "ScheduleExpression: cron(0 12 * * * *)"),
        ("AWS::Events::Rule", "ScheduleExpression: !Ref P", "ScheduleExpression: daily"),
        ("AWS::StepFunctions::StateMachine", MACHINE.format("a", "b", "Succeed"),
         MACHINE.format("c", "b", "Succeed")),
        ("AWS::StepFunctions::StateMachine", "DefinitionString: !Sub '{}'",
         MACHINE.format("a", "c", "Succeed")),
        ("AWS::StepFunctions::StateMachine", "DefinitionString: '{\"a\": ${b}}'",
         "DefinitionString: '{\"StartAt\": \"a\"}'"),
    ],
)  # fmt: skip
def test_services(kind: str, good: str, bad: str) -> None:
    launch = "  L: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {}}}\n"
    assert _count(kind, good, launch) == 0
    assert _count(kind, bad, launch) == 1


def test_a_subnet_has_one_route_table() -> None:
    kind = "AWS::EC2::SubnetRouteTableAssociation"
    other = f"  Y: {{Type: {kind}, Properties: {{SubnetId: !Ref S, RouteTableId: a}}}}\n"
    assert _count(kind, "SubnetId: !Ref S\nRouteTableId: b", other) == 1
    assert _count(kind, "SubnetId: !Ref T\nRouteTableId: b", other) == 0


@pytest.mark.parametrize("value", ["1", "text", "[1]", "{a: 1}", "[[1]]", "[{a: [1]}]", "~"])
def test_odd_trees_raise_nothing(value: str) -> None:
    from iac_gym.languages.cloudformation.services import CHECKS

    names = (
        "AttributeDefinitions KeySchema GlobalSecondaryIndexes Stages BackupPlan Runtime SnapStart"
        " DistributionConfig ContainerDefinitions DomainValidationOptions Definition Environment"
        " LaunchTemplate ScheduleExpression DefinitionString Name HostedZoneName SubnetId"
    ).split()
    for kind in CHECKS:
        given = ", ".join(f"{name}: {value}" for name in names)
        template = parse(
            {"t.yaml": f"Resources: {{X: {{Type: '{kind}', Properties: {{{given}}}}}}}"}
        )
        examine_services(template)
