"""What services ask of two resources together. The mistakes were asked of cfn-lint 1.58.0."""

from __future__ import annotations

import pytest

from iac_gym.languages.cloudformation.parse import parse
from iac_gym.languages.cloudformation.services import RULE

QUEUES = """\
  Q: {{Type: AWS::SQS::Queue, Properties: {{FifoQueue: {}, RedrivePolicy: {{maxReceiveCount: 3,
    deadLetterTargetArn: !GetAtt D.Arn}}}}}}
  D: {{Type: AWS::SQS::Queue, Properties: {{FifoQueue: {}}}}}
"""
POLL = """\
  Q: {{Type: AWS::SQS::Queue, Properties: {{VisibilityTimeout: {}, FifoQueue: {}}}}}
  F: {{Type: AWS::Lambda::Function, Properties: {{Code: {{ImageUri: x}}, PackageType: Image,
    Role: 'arn:aws:iam::123456789012:role/a', Timeout: {}}}}}
  M: {{Type: AWS::Lambda::EventSourceMapping, Properties: {{BatchSize: {}, FunctionName: !Ref F,
    EventSourceArn: !GetAtt Q.Arn}}}}
"""
METHOD = """\
  A: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: a}}}}
  B: {{Type: AWS::ApiGateway::RestApi, Properties: {{Name: b}}}}
  Z: {{Type: AWS::ApiGateway::Authorizer, Properties: {{RestApiId: !Ref {}, Type: {}, Name: z}}}}
  M: {{Type: AWS::ApiGateway::Method, Properties: {{HttpMethod: GET, ResourceId: x,
    RestApiId: !Ref A, AuthorizationType: CUSTOM, AuthorizerId: !Ref Z}}}}
  D: {{Type: AWS::ApiGateway::Deployment, Properties: {{RestApiId: !Ref {}}}}}
  S: {{Type: AWS::ApiGateway::Stage, Properties: {{RestApiId: !Ref A, DeploymentId: !Ref D}}}}
"""
DATABASE = """\
  C: {{Type: AWS::RDS::DBCluster, Properties: {{Engine: aurora-mysql}}}}
  I: {{Type: AWS::RDS::DBInstance, Properties: {{Engine: {}, DBInstanceClass: db.r6g.large,
    DBClusterIdentifier: !Ref C}}}}
"""
SCALING = """\
  G: {{Type: AWS::AutoScaling::AutoScalingGroup, Properties: {{MinSize: 2, MaxSize: {},
    LaunchTemplate: {{LaunchTemplateId: x, Version: 1}}}}}}
  P: {{Type: AWS::AutoScaling::ScalingPolicy, Properties: {{AutoScalingGroupName: !Ref G,
    PolicyType: TargetTrackingScaling}}}}
"""
CONTAINERS = """\
  T: {{Type: AWS::ECS::TaskDefinition, Properties: {{NetworkMode: {}, ContainerDefinitions: [
    {{Name: a, Image: b, LogConfiguration: {{LogDriver: {}}}}}]}}}}
  S: {{Type: AWS::ECS::Service, Properties: {{TaskDefinition: !Ref T, LaunchType: FARGATE{}}}}}
"""
NETWORK = ", NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [subnet-0a1b2c3d]}}"
TARGETS = """\
  T: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{Protocol: {}}}}}
  R: {{Type: AWS::ElasticLoadBalancingV2::ListenerRule, Properties: {{Priority: 1, Conditions: [],
    Actions: [{{Type: forward, TargetGroupArn: !Ref T}}]}}}}
"""


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (QUEUES.format("true", "true"), 0),
        (QUEUES.format("true", "false"), 1),
        (QUEUES.format("true", "!Ref AWS::NoValue"), 1),
        (QUEUES.format("true", "!Ref P"), 0),
        (POLL.format(30, "false", 30, 10), 0),
        (POLL.format(30, "false", 31, 100), 1),
        (POLL.format(30, "true", 30, 11), 1),
        (POLL.format("!Ref P", "false", 31, 100), 0),
        (METHOD.format("A", "TOKEN", "A"), 0),
        (METHOD.format("B", "TOKEN", "A"), 1),
        (METHOD.format("A", "COGNITO_USER_POOLS", "A"), 1),
        (METHOD.format("A", "TOKEN", "B"), 1),
        (DATABASE.format("aurora-mysql"), 0),
        (DATABASE.format("aurora-postgresql"), 1),
        (SCALING.format(3), 0),
        (SCALING.format(2), 1),
        (SCALING.format(1), 2),
        (CONTAINERS.format("awsvpc", "awslogs", NETWORK), 0),
        (CONTAINERS.format("awsvpc", "awslogs", ""), 1),
        (CONTAINERS.format("awsvpc", "json-file", NETWORK), 1),
        (CONTAINERS.format("bridge", "awslogs", ""), 1),
        (TARGETS.format("HTTP"), 0),
        (TARGETS.format("GENEVE"), 1),
    ],
)
def test_resources_together(text: str, count: int) -> None:
    faults = parse({"t.yaml": f"Parameters: {{P: {{Type: String}}}}\nResources:\n{text}"}).faults
    assert len(faults.get(RULE, ())) == count


@pytest.mark.parametrize(
    ("one", "two", "count"),
    [
        ("BucketName: a-b-c", "BucketName: a-b-c", 1),
        ("BucketName: a-b-c", "BucketName: a-b-d", 0),
        ("BucketName: !Ref P", "BucketName: !Ref P", 1),
        ("BucketName: !If [C, a-b-c, d-e-f]", "BucketName: !If [C, a-b-c, d-e-f]", 0),
        ("Tags: []", "Tags: []", 0),
    ],
)
def test_two_resources_are_not_one(one: str, two: str, count: int) -> None:
    text = "Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, a]}\nResources:\n"
    for name, given in (("A", one), ("B", two)):
        text += f"  {name}:\n    Type: AWS::S3::Bucket\n    Properties:\n      {given}\n"
    found = parse({"t.yaml": text}).faults.get(RULE, [])
    assert len(found) == count
    assert all(one.line == 11 for one in found)
