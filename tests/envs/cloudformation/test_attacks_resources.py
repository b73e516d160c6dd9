"""Attacks on requirements about single services, and styles of strong engineers that must pass.

Each change of an answer says in its last field what it breaks; none where it is just as right.
"""

from __future__ import annotations

import pytest

from tests.envs.cloudformation.changes import Answer, cases, failing, wanted

DATABASE = Answer(
    """
    Parameters:
      Secret: {Type: String, NoEcho: true}
      Plain: {Type: String}
    Resources:
      Login:
        Type: AWS::SecretsManager::Secret
        Properties: {Name: login}
      Main:
        Type: AWS::RDS::DBInstance
        Properties:
          DBInstanceIdentifier: main
          MasterUserPassword: !Sub "{{resolve:secretsmanager:${Login}:SecretString:password}}"
      Cache:
        Type: AWS::ElastiCache::ReplicationGroup
        Properties: {ReplicationGroupId: sessions, NumCacheClusters: 3}
      Files:
        Type: AWS::EFS::FileSystem
        Properties:
          FileSystemTags: [{Key: Name, Value: shared}]
          FileSystemPolicy:
            Statement:
              - Effect: Deny
                Principal: {AWS: "*"}
                Action: "*"
                Condition: {Bool: {aws:SecureTransport: "false"}}
    """,
    {
        "database-password": {"of": "main"},
        "database-secret": {"of": "main", "secret": "login"},
        "cache-nodes": {"of": "sessions", "value": 3},
        "files-tls": {"of": "shared"},
    },
    (
        # the ARN of the secret would be the password itself
        ('!Sub "{{resolve:secretsmanager:${Login}:SecretString:password}}"', "!Ref Login",
         "database-password, database-secret"),
        # a plain parameter of the store, and one of the template that is shown
        ('!Sub "{{resolve:secretsmanager:${Login}:SecretString:password}}"',
         '"{{resolve:ssm:/main/password}}"', "database-password, database-secret"),
        ('!Sub "{{resolve:secretsmanager:${Login}:SecretString:password}}"', "!Ref Plain",
         "database-password, database-secret"),
        ('!Sub "{{resolve:secretsmanager:${Login}:SecretString:password}}"', "!Ref Secret",
         "database-secret"),
        ('!Sub "{{resolve:secretsmanager:${Login}:SecretString:password}}"',
         '"{{resolve:secretsmanager:login:SecretString:password}}"', ""),
        ('!Sub "{{resolve:secretsmanager:${Login}:SecretString:password}}"',
         '{"Fn::Join": ["", ["{{resolve:secretsmanager:", {Ref: Login}, "::password}}"]]}', ""),
        ('!Sub "{{resolve:secretsmanager:${Login}:SecretString:password}}"',
         '"{{resolve:secretsmanager:login-old:SecretString:password}}"', "database-secret"),
        # one primary and two replicas are three nodes, too
        ("NumCacheClusters: 3", "NumNodeGroups: 1, ReplicasPerNodeGroup: 2", ""),
        ("NumCacheClusters: 3", "NumNodeGroups: 1, ReplicasPerNodeGroup: 3", "cache-nodes"),
        # it would deny those who use TLS
        ("Condition: {Bool:", "Condition: {StringNotEquals:", "files-tls"),
    ),
)  # fmt: skip

MACHINE = Answer(
    """
    Parameters:
      Image:
        Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>
        Default: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64
    Resources:
      Box:
        Type: AWS::EC2::Instance
        Properties:
          ImageId: !Ref Image
          Tags: [{Key: Name, Value: box}]
          BlockDeviceMappings:
            - DeviceName: /dev/xvda
              Ebs: {VolumeSize: 20, VolumeType: gp3, Encrypted: true}
          UserData:
            Fn::Base64: !Sub |
              #!/bin/bash
              exec > >(tee /var/log/start.log) 2>&1
              echo ${AWS::StackName}
              dnf install -y nginx
      Disk:
        Type: AWS::EC2::Volume
        Properties: {Size: 10, AvailabilityZone: us-east-1a, Encrypted: true}
      Use:
        Type: AWS::EC2::VolumeAttachment
        Properties: {InstanceId: !Ref Box, VolumeId: !Ref Disk, Device: /dev/sdf}
    """,
    {
        "instance-image": {"of": "box"},
        "instance-encrypted": {"of": "box"},
        "instance-script": {"of": "box", "text": "dnf install -y nginx"},
    },
    (
        ("x86_64\n", "x86_64:7\n", "instance-image"),
        ("!Ref Image",
         '"{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64}}"', ""),
        ("!Ref Image",
         '"{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64:3}}"',
         "instance-image"),
        # a second volume, attached by a resource of its own
        ("us-east-1a, Encrypted: true", "us-east-1a, Encrypted: false", "instance-encrypted"),
        ("us-east-1a, Encrypted: true", "us-east-1a", "instance-encrypted"),
        ("Ebs: {VolumeSize: 20, VolumeType: gp3, Encrypted: true}", "NoDevice: {}",
         "instance-encrypted"),
        # EC2 takes Base64 alone
        ("Fn::Base64: !Sub |", "Fn::Sub: |", "instance-script"),
        ("echo ${AWS::StackName}\n", "exit 0\n", "instance-script"),
        ("              dnf", "              # dnf", "instance-script"),
        ("              dnf install -y nginx",
         "              if false; then\n                dnf install -y nginx\n              fi",
         "instance-script"),
        ("              dnf install", "              sudo dnf install", ""),
    ),
)  # fmt: skip

NETWORK = Answer(
    """
    Resources:
      Net:
        Type: AWS::EC2::VPC
        Properties: {CidrBlock: 10.0.0.0/16, Tags: [{Key: Name, Value: net}]}
      Second:
        Type: AWS::EC2::VPC
        Properties: {CidrBlock: 10.9.0.0/16, Tags: [{Key: Name, Value: second}]}
      A:
        Type: AWS::EC2::Subnet
        Properties: {VpcId: !Ref Net, CidrBlock: 10.0.1.0/24, Tags: [{Key: Name, Value: a}],
                     AvailabilityZone: !Select [0, !GetAZs ""]}
      B:
        Type: AWS::EC2::Subnet
        Properties: {VpcId: !Ref Net, CidrBlock: 10.0.2.0/24, Tags: [{Key: Name, Value: b}],
                     AvailabilityZone: !Select [1, !GetAZs ""]}
      Gate: {Type: AWS::EC2::InternetGateway}
      Attach:
        Type: AWS::EC2::VPCGatewayAttachment
        Properties: {VpcId: !Ref Net, InternetGatewayId: !Ref Gate}
      Table:
        Type: AWS::EC2::RouteTable
        Properties: {VpcId: !Ref Net}
      Default:
        Type: AWS::EC2::Route
        DependsOn: Attach
        Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0,
                     GatewayId: !Ref Gate}
      Use:
        Type: AWS::EC2::SubnetRouteTableAssociation
        Properties: {SubnetId: !Ref A, RouteTableId: !Ref Table}
      Group:
        Type: AWS::EC2::SecurityGroup
        Properties: {GroupName: app, GroupDescription: x, VpcId: !Ref Net}
      In:
        Type: AWS::EC2::SecurityGroupIngress
        Properties: {GroupId: !Ref Group, IpProtocol: tcp, FromPort: 22, ToPort: 22,
                     CidrIp: 10.0.0.0/8}
      Out:
        Type: AWS::EC2::SecurityGroupEgress
        Properties: {GroupId: !GetAtt Group.GroupId, IpProtocol: tcp, FromPort: 443, ToPort: 443,
                     CidrIp: 10.0.0.0/8}
    """,
    {
        "subnet-to-internet": {"of": "a"},
        "subnets-apart": {"first": "a", "second": "b"},
        "group-no-admin": {"of": "app"},
        # a rule of its own takes the place of the usual one, too
        "group-egress-only": {"of": "app", "port": 443, "target": "10.0.0.0/8"},
    },
    (
        # the gateway of another network
        ("Properties: {VpcId: !Ref Net, InternetGatewayId: !Ref Gate}",
         "Properties: {VpcId: !Ref Second, InternetGatewayId: !Ref Gate}", "subnet-to-internet"),
        ("DestinationCidrBlock: 0.0.0.0/0", "DestinationCidrBlock: 10.0.0.0/8",
         "subnet-to-internet"),
        # the first zone may be us-east-1a
        ('!Select [1, !GetAZs ""]', "us-east-1a", "subnets-apart"),
        # half of the internet
        ("ToPort: 22,\n                     CidrIp: 10.0.0.0/8",
         "ToPort: 22,\n                     CidrIp: 128.0.0.0/1", "group-no-admin"),
        ("FromPort: 443, ToPort: 443", "FromPort: 0, ToPort: 65535", "group-egress-only"),
    ),
)  # fmt: skip

FLOW = Answer(
    """
    Resources:
      Work:
        Type: AWS::Lambda::Function
        Properties: {FunctionName: work}
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Statement:
              Effect: Allow
              Principal: {Service: !Sub "states.${AWS::Region}.amazonaws.com"}
              Action: sts:AssumeRole
          Policies:
            - PolicyName: run
              PolicyDocument:
                Statement:
                  Effect: Allow
                  Action: lambda:InvokeFunction
                  Resource: [!GetAtt Work.Arn, !Sub "${Work.Arn}:*"]
      Flow:
        Type: AWS::StepFunctions::StateMachine
        Properties:
          StateMachineName: flow
          RoleArn: !GetAtt Role.Arn
          DefinitionSubstitutions: {Function: !GetAtt Work.Arn}
          DefinitionString: |
            {"StartAt": "Run", "States": {"Run": {"Type": "Task", "End": true,
             "Resource": "arn:aws:states:::lambda:invoke",
             "Parameters": {"FunctionName": "${Function}:$LATEST"},
             "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 4}]}}}
    """,
    {
        "machine-invokes": {"of": "flow", "function": "work"},
        "machine-retries": {"of": "flow", "function": "work", "tries": 4},
        "machine-role": {"of": "flow", "function": "work"},
    },
    (
        ('"StartAt": "Run"', '"StartAt": "Other"', "machine-invokes, machine-retries"),
        # some errors are retried otherwise
        ('"Retry": [{', '"Retry": [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 0}, {',
         "machine-retries"),
        ('"Retry": [{', '"Retry": [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 4}, {', ""),
        ('"${Function}:$LATEST"', '"${Function}"', ""),
        ('"${Function}:$LATEST"', '"${Another}"', "machine-invokes, machine-retries"),
        ("[!GetAtt Work.Arn, !Sub", '["*", !Sub', "machine-role"),
    ),
)  # fmt: skip

WATCH = Answer(
    """
    Resources:
      Front:
        Type: AWS::ElasticLoadBalancingV2::LoadBalancer
        Properties: {Name: front}
      One:
        Type: AWS::ElasticLoadBalancingV2::TargetGroup
        Properties: {Name: one}
      Two:
        Type: AWS::ElasticLoadBalancingV2::TargetGroup
        Properties: {Name: two}
      Plain:
        Type: AWS::ElasticLoadBalancingV2::Listener
        Properties:
          LoadBalancerArn: !Ref Front
          Protocol: HTTP
          Port: 80
          DefaultActions:
            - Type: redirect
              RedirectConfig: {Protocol: HTTPS, Port: "443", StatusCode: HTTP_301}
      Secure:
        Type: AWS::ElasticLoadBalancingV2::Listener
        Properties:
          LoadBalancerArn: !GetAtt Front.LoadBalancerArn
          Protocol: HTTPS
          Port: "443"
          DefaultActions:
            - Type: forward
              ForwardConfig:
                TargetGroups:
                  - {TargetGroupArn: !Ref One, Weight: 1}
                  - {TargetGroupArn: !Ref Two, Weight: 0}
      Jobs:
        Type: AWS::SQS::Queue
        Properties: {QueueName: jobs}
      Spare:
        Type: AWS::SQS::Queue
        Properties: {QueueName: jobs-spare}
      Alarm:
        Type: AWS::CloudWatch::Alarm
        Properties:
          AlarmName: late
          EvaluationPeriods: 1
          Metrics:
            - Id: age
              MetricStat:
                Stat: Maximum
                Period: 300
                Metric:
                  Namespace: AWS/SQS
                  MetricName: ApproximateAgeOfOldestMessage
                  Dimensions: [{Name: QueueName, Value: !GetAtt Jobs.QueueName}]
    """,
    {
        "listener-redirects": {"of": "front", "code": "HTTP_301"},
        "listener-forwards": {"of": "front", "protocol": "HTTPS", "port": 443, "to": "one"},
        "alarm-period": {"of": "late", "value": 300},
        "alarm-of-queue": {"of": "late", "queue": "jobs"},
        "alarm-metric": {
            "of": "late", "metric": "ApproximateAgeOfOldestMessage", "namespace": "AWS/SQS",
            "statistic": "Maximum",
        },
    },
    (
        # without a port it stays 80, where nobody speaks HTTPS
        ('Protocol: HTTPS, Port: "443", ', "Protocol: HTTPS, ", "listener-redirects"),
        ("!Ref One, Weight: 1", "!Ref One, Weight: 0", "listener-forwards"),
        ("!Ref Two, Weight: 0", "!Ref Two, Weight: 1", "listener-forwards"),
        ("Period: 300", "Period: 60", "alarm-period"),
        ("Value: !GetAtt Jobs.QueueName", "Value: !GetAtt Spare.QueueName", "alarm-of-queue"),
        ("Value: !GetAtt Jobs.QueueName", "Value: jobs", ""),
        ("Dimensions: [{", "Dimensions: [{Name: QueueName, Value: jobs-spare}, {",
         "alarm-of-queue"),
    ),
)  # fmt: skip

TASKS = Answer(
    """
    Resources:
      Images:
        Type: AWS::ECR::Repository
        Properties:
          RepositoryName: app-images
          RepositoryPolicyText:
            Statement:
              Effect: Allow
              Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::111122223333:root"}
              Action: ["ecr:BatchGetImage", "ecr:Get*"]
      Task:
        Type: AWS::ECS::TaskDefinition
        Properties:
          Family: app
          ContainerDefinitions:
            - Name: web
              Image: !Sub "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/${Images}:v1"
              Environment: [{Name: STAGE, Value: prod}]
      One:
        Type: AWS::ElasticLoadBalancingV2::TargetGroup
        Properties: {Name: one}
      Two:
        Type: AWS::ElasticLoadBalancingV2::TargetGroup
        Properties: {Name: two}
      Listen:
        Type: AWS::ElasticLoadBalancingV2::Listener
        Properties:
          DefaultActions: [{Type: forward, TargetGroupArn: !Ref One}]
      Service:
        Type: AWS::ECS::Service
        DependsOn: [Listen]
        Properties:
          ServiceName: app
          LoadBalancers: [{ContainerName: web, ContainerPort: 80, TargetGroupArn: !Ref One}]
    """,
    {
        "repository-pulls": {"of": "app-images", "account": "111122223333"},
        "task-own-image": {
            "of": "app", "name": "web", "repository": "app-images", "label": "v1",
        },
        "task-variable": {"of": "app", "name": "web", "key": "STAGE", "value": "prod"},
        "service-after-listener": {"of": "app"},
    },
    (
        # a listener of another target group
        ("TargetGroupArn: !Ref One}]\n      Service", "TargetGroupArn: !Ref Two}]\n      Service",
         "service-after-listener"),
        ('[{Name: STAGE, Value: prod}]', "[{Name: STAGE, Value: prod}, {Name: STAGE, Value: dev}]",
         "task-variable"),
        ("/${Images}:v1", "/app-images:v1", ""),
        ("/${Images}:v1", "/others:v1", "task-own-image"),
        ('"${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/${Images}:v1"',
         '"${Images.RepositoryUri}:v1"', ""),
        ('"ecr:Get*"]', '"ecr:Get*"]\n              Condition: {StringEquals: {"aws:x": y}}',
         "repository-pulls"),
        ('"ecr:Get*"]', '"ecr:List*"]', "repository-pulls"),
    ),
)  # fmt: skip

ANSWERS = (DATABASE, MACHINE, NETWORK, FLOW, WATCH, TASKS)


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_meets_everything(answer: Answer) -> None:
    """The answers are right to begin with."""
    assert failing(answer.text, answer.asks) == set()


@pytest.mark.parametrize(("answer", "old", "new", "labels"), cases(ANSWERS))
def test_a_change_breaks_what_it_should(answer: Answer, old: str, new: str, labels: str) -> None:
    """An attack fails what it breaks; another style fails nothing."""
    assert failing(answer.changed(old, new), answer.asks) == wanted(labels)


APIS = """
    Resources:
      Work:
        Type: AWS::Lambda::Function
        Properties: {FunctionName: work}
      Front: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: front, ProtocolType: HTTP}}
      Allow:
        Type: AWS::Lambda::Permission
        Properties:
          FunctionName: !Ref Work
          Action: lambda:InvokeFunction
          Principal: apigateway.amazonaws.com
          SourceArn: !Sub "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:%s"
"""


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("${Front}/*/GET/items", True),
        ("${Front.ApiId}/*", True),
        ("*/*/*", True),
        ("a1b2c3d4e5/*/GET/items", False),
        ("${Work}/*", False),
    ],
)
def test_the_permission_is_for_an_api_of_the_template(path: str, right: bool) -> None:
    """A permission for the calls of another API lets this one call nothing."""
    found = failing(APIS % path, {"function-api-permission": {"of": "work"}})
    assert found == (set() if right else {"function-api-permission"})


def rule(**more: str) -> str:
    """Write a rule for events of AWS, and one on a schedule."""
    place = "".join(f", {key}: {value}" for key, value in more.items())
    return f"""
    Resources:
      Bus: {{Type: AWS::Events::EventBus, Properties: {{Name: own}}}}
      Seen:
        Type: AWS::Events::Rule
        Properties: {{Name: seen, EventPattern: {{source: [aws.ec2], detail-type: [X]}}{place}}}
      Daily:
        Type: AWS::Events::Rule
        Properties: {{Name: daily, ScheduleExpression: rate(1 day){place}}}
    """


def test_events_of_aws_and_schedules_are_on_the_default_bus() -> None:
    """A bus of one's own gets neither."""
    asks = {
        "rule-pattern": {"of": "seen", "source": "aws.ec2", "kind": "X"},
        "rule-schedule": {"of": "daily", "schedule": "rate(1 day)"},
    }
    assert failing(rule(), asks) == set()
    assert failing(rule(EventBusName="default"), asks) == set()
    assert failing(rule(EventBusName="!Ref Bus"), asks) == set(asks)


OUTPUTS = """
    Resources:
      Front: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: front, ProtocolType: HTTP}}
      Other: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: other, ProtocolType: HTTP}}
      Images: {Type: AWS::ECR::Repository, Properties: {RepositoryName: app}}
      Pages: {Type: AWS::S3::Bucket, Properties: {BucketName: pages}}
    Outputs:
      Here: {Value: %s}
"""


@pytest.mark.parametrize(
    ("value", "met"),
    [
        ("!GetAtt Front.ApiEndpoint", "http-endpoint-output"),
        ('!Sub "https://${Front}.execute-api.${AWS::Region}.${AWS::URLSuffix}"',
         "http-endpoint-output"),
        ('!Sub "https://${Other}.execute-api.${AWS::Region}.amazonaws.com"', ""),
        ("https://abc.execute-api.us-east-1.amazonaws.com", ""),
        ('!Sub "${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/${Images}"',
         "repository-output"),
        ("!GetAtt Images.RepositoryUri", "repository-output"),
        ("!GetAtt Images.Arn", ""),
        ('!Sub "http://${Pages}.s3-website-${AWS::Region}.amazonaws.com"',
         "bucket-website-output"),
        ('!Sub "https://${Pages}.s3.amazonaws.com"', ""),
    ],
)  # fmt: skip
def test_an_output_may_be_written_out(value: str, met: str) -> None:
    """The addresses of some services are often put together by hand."""
    asks = {
        "http-endpoint-output": {"of": "front", "name": "Here"},
        "repository-output": {"of": "app", "name": "Here"},
        "bucket-website-output": {"of": "pages", "name": "Here"},
    }
    assert failing(OUTPUTS % value, asks) == set(asks) - wanted(met)
