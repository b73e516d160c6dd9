"""Roles, groups, secrets, templates, alarms and balancers: attacks fail, styles pass."""

from __future__ import annotations

import pytest

from tests.envs.cloudformation.changes import Answer, cases, failing, wanted

RIGHTS = Answer(
    """
    Resources:
      Reader:
        Type: AWS::IAM::Role
        Properties:
          RoleName: reader
          AssumeRolePolicyDocument:
            Statement:
              - Effect: Allow
                Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::111122223333:root"}
                Action: sts:AssumeRole
                Condition: {Bool: {aws:MultiFactorAuthPresent: "true"}}
          Policies:
            - PolicyName: send
              PolicyDocument:
                Statement:
                  - {Effect: Allow, Action: [sqs:SendMessage], Resource: [!GetAtt Jobs.Arn]}
      Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}
      People:
        Type: AWS::IAM::Group
        Properties:
          GroupName: people
          Policies:
            - PolicyName: mfa
              PolicyDocument:
                Statement:
                  Effect: Deny
                  NotAction: [iam:CreateVirtualMFADevice, iam:EnableMFADevice, "iam:List*",
                              sts:GetSessionToken]
                  Resource: "*"
                  Condition: {BoolIfExists: {aws:MultiFactorAuthPresent: "false"}}
      Login:
        Type: AWS::SecretsManager::Secret
        Properties: {Name: login, GenerateSecretString: {PasswordLength: "40"}}
      Access:
        Type: AWS::SecretsManager::ResourcePolicy
        Properties:
          SecretId: !Ref Login
          ResourcePolicy:
            Statement:
              - Effect: Allow
                Principal: {AWS: !GetAtt Reader.Arn}
                Action: secretsmanager:GetSecretValue
                Resource: "*"
      Setting:
        Type: AWS::SSM::Parameter
        Properties: {Name: /app/a, Type: String, Value: "1"}
    """,
    {
        "role-session": {"of": "reader", "value": 3600},
        "role-trusts-account": {"of": "reader", "account": "111122223333"},
        "role-uses-queue": {"of": "reader", "actions": ["sqs:SendMessage"], "queue": "jobs"},
        "group-needs-mfa": {"of": "people"},
        "secret-length": {"of": "login", "value": 40},
        "secret-reader": {"of": "login", "role": "reader"},
        "ssm-tier": {"of": "/app/a", "value": "Standard"},
    },
    (
        # a condition that nobody of the account may meet
        ("Condition: {Bool: {aws:MultiFactorAuthPresent: \"true\"}}",
         "Condition: {StringEquals: {aws:PrincipalTag/team: nobody}}", "role-trusts-account"),
        ("Condition: {Bool: {aws:MultiFactorAuthPresent: \"true\"}}",
         "Condition: {IpAddress: {aws:SourceIp: 192.0.2.1/32}}", "role-trusts-account"),
        # all queues are not just this one
        ("RoleName: reader", "RoleName: reader\n          ManagedPolicyArns: "
         "[arn:aws:iam::aws:policy/AmazonSQSFullAccess]", "role-uses-queue"),
        ("RoleName: reader", "RoleName: reader\n          ManagedPolicyArns: "
         "[arn:aws:iam::aws:policy/AmazonS3FullAccess]", ""),
        # the key is missing where somebody calls with the keys of a user
        ("BoolIfExists", "Bool", "group-needs-mfa"),
        ('"iam:List*"', '"iam:*"', "group-needs-mfa"),
        ("iam:EnableMFADevice", "s3:GetObject", "group-needs-mfa"),
        ("Effect: Deny\n                  NotAction", "Effect: Allow\n                  NotAction",
         "group-needs-mfa"),
        ("              - Effect: Allow\n                Principal: {AWS: !GetAtt",
         '              - {Effect: Deny, Principal: "*", Action: "secretsmanager:*", '
         'Resource: "*"}\n'
         "              - Effect: Allow\n                Principal: {AWS: !GetAtt",
         "secret-reader"),
        ("Value: \"1\"", "Value: \"1\", Tier: Advanced", "ssm-tier"),
        ("RoleName: reader", "RoleName: reader\n          MaxSessionDuration: 7200",
         "role-session"),
    ),
)  # fmt: skip

CHOICES = Answer(
    """
    Parameters:
      Stage: {Type: String, Default: dev}
      Region: {Type: String, Default: a, AllowedValues: [a, b]}
    Conditions:
      IsProd: !Equals [!Ref Stage, prod]
    Resources:
      Alerts:
        Type: AWS::SNS::Topic
        Condition: IsProd
        Properties: {TopicName: alerts}
      Jobs:
        Type: AWS::SQS::Queue
        Properties:
          QueueName: jobs
          VisibilityTimeout: !If [IsProd, 90, !Ref AWS::NoValue]
          MessageRetentionPeriod: !If [IsProd, "600", 345600]
      Inner:
        Type: AWS::CloudFormation::Stack
        Properties:
          TemplateURL: https://templates.s3.amazonaws.com/a.yaml
          Parameters: {Where: !Sub "${Region}"}
      Second:
        Type: AWS::CloudFormation::Stack
        DependsOn: Inner
        Properties:
          TemplateURL: https://templates.s3.amazonaws.com/b.yaml
          Parameters: {Net: !Sub "${Inner.Outputs.Net}"}
    """,
    {
        "topic-only-when": {"of": "alerts", "parameter": "Stage", "when": "prod"},
        "queue-visibility-when low": {
            "of": "jobs", "value": 30, "parameter": "Stage", "when": "dev",
        },
        "queue-visibility-when": {
            "of": "jobs", "value": 90, "parameter": "Stage", "when": "prod",
        },
        "queue-retention-when": {
            "of": "jobs", "value": 600, "parameter": "Stage", "when": "prod",
        },
        "nested-inherits": {"name": "Inner", "key": "Where", "parameter": "Region"},
        "nested-passes": {"name": "Second", "key": "Net", "source": "Inner", "output": "Net"},
        "nested-after": {"name": "Second", "after": "Inner"},
    },
    (
        # another value that a condition knows lets it exist as well
        ("IsProd: !Equals [!Ref Stage, prod]",
         "IsProd: !Or [!Equals [!Ref Stage, prod], !Equals [!Ref Stage, qa]]", "topic-only-when"),
        ("IsProd: !Equals [!Ref Stage, prod]",
         "IsProd: !Not [!Equals [!Ref Stage, dev]]", "topic-only-when"),
        ("        Condition: IsProd\n", "", "topic-only-when"),
        ("IsProd: !Equals [!Ref Stage, prod]", "IsProd: !Equals [prod, prod]",
         "topic-only-when, queue-visibility-when low"),
        ("!If [IsProd, 90, !Ref AWS::NoValue]", "!If [IsProd, 90, 31]",
         "queue-visibility-when low"),
        ('!Sub "${Region}"', "a", "nested-inherits"),
        ('!Sub "${Region}"', "!Ref Stage", "nested-inherits"),
        ("Inner.Outputs.Net", "Inner.Outputs.Other", "nested-passes"),
        ("        DependsOn: Inner\n", "", "nested-after"),
    ),
)  # fmt: skip

WATCHED = Answer(
    """
    Resources:
      Logs: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /app}}
      Errors:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: !Ref Logs
          FilterPattern: ERROR
          MetricTransformations:
            - {MetricName: Errors, MetricNamespace: Shop, MetricValue: "1"}
      Many:
        Type: AWS::CloudWatch::Alarm
        Properties:
          AlarmName: many
          ComparisonOperator: GreaterThanThreshold
          Threshold: 5.0
          EvaluationPeriods: 1
          Metrics:
            - Id: m
              MetricStat: {Stat: Sum, Period: 60, Metric: {Namespace: Shop, MetricName: Errors}}
      Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}
      Deep:
        Type: AWS::CloudWatch::Alarm
        Properties:
          AlarmName: deep
          ComparisonOperator: GreaterThanThreshold
          Threshold: 5
          EvaluationPeriods: 1
          Namespace: AWS/SQS
          MetricName: ApproximateNumberOfMessagesVisible
          Statistic: Maximum
          Period: 60
          Dimensions: [{Name: QueueName, Value: !GetAtt Jobs.QueueName}]
      Board:
        Type: AWS::CloudWatch::Dashboard
        Properties:
          DashboardName: board
          DashboardBody: |
            {"widgets": [{"type": "metric", "properties": {"title": "All",
             "metrics": [["Shop", "Orders"], [".", "Errors"]]}}]}
      Front: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Name: front}}
      Plain:
        Type: AWS::ElasticLoadBalancingV2::Listener
        Properties:
          LoadBalancerArn: !Ref Front
          Port: 80
          Protocol: HTTP
          DefaultActions:
            - Type: redirect
              RedirectConfig: {Protocol: HTTPS, Port: "443", StatusCode: HTTP_301, Host: "#{host}"}
      Targets:
        Type: AWS::ElasticLoadBalancingV2::TargetGroup
        Properties: {Name: targets, Protocol: HTTP, Port: 80}
      Fleet:
        Type: AWS::AutoScaling::AutoScalingGroup
        UpdatePolicy:
          AutoScalingRollingUpdate: {MaxBatchSize: "2", MinInstancesInService: 1}
        Properties: {AutoScalingGroupName: fleet, MinSize: "1", MaxSize: "4"}
      Tracking:
        Type: AWS::AutoScaling::ScalingPolicy
        Properties:
          AutoScalingGroupName: !Ref Fleet
          PolicyType: TargetTrackingScaling
          TargetTrackingConfiguration:
            TargetValue: 60
            PredefinedMetricSpecification: {PredefinedMetricType: ASGAverageCPUUtilization}
    """,
    {
        "log-metric": {"of": "/app", "pattern": "ERROR", "metric": "Errors", "namespace": "Shop"},
        "alarm-metric": {
            "of": "many", "metric": "Errors", "namespace": "Shop", "statistic": "Sum",
        },
        "alarm-missing": {"of": "many", "value": "missing"},
        "alarm-of-queue": {"of": "deep", "queue": "jobs"},
        "dashboard-widget": {
            "of": "board", "title": "All", "metric": "Errors", "namespace": "Shop",
        },
        "listener-redirects": {"of": "front", "code": "HTTP_301"},
        "target-interval": {"of": "targets", "value": 30},
        "group-rolls": {"of": "fleet", "batch": 2, "kept": 1},
        "group-tracks-cpu": {"of": "fleet", "percent": 60},
    },
    (
        # what is calculated from the metric, or the metric of something that nobody measures
        ("            - Id: m\n",
         "            - {Id: e, Expression: m * 0}\n            - Id: m\n", "alarm-metric"),
        ("MetricName: Errors}}", "MetricName: Errors, "
         "Dimensions: [{Name: App, Value: x}]}}", "alarm-metric"),
        ("Value: !GetAtt Jobs.QueueName}]",
         "Value: !GetAtt Jobs.QueueName}, {Name: App, Value: x}]", "alarm-of-queue"),
        ("AlarmName: many", "AlarmName: many\n          TreatMissingData: ignore",
         "alarm-missing"),
        ('[".", "Errors"]', '[".", "Errors", {"visible": false}]', "dashboard-widget"),
        ('["Shop", "Orders"]', '["Other", "Orders"]', "dashboard-widget"),
        ('"type": "metric"', '"type": "text"', "dashboard-widget"),
        ('Host: "#{host}"', "Host: example.com", "listener-redirects"),
        ('Port: "443"', 'Port: "80"', "listener-redirects"),
        ("Name: targets", "Name: targets, HealthCheckIntervalSeconds: 31", "target-interval"),
        ("        UpdatePolicy:\n", "        UpdatePolicy:\n"
         "          AutoScalingReplacingUpdate: {WillReplace: true}\n", "group-rolls"),
        ("TargetValue: 60", "TargetValue: 60\n            DisableScaleIn: true",
         "group-tracks-cpu"),
    ),
)  # fmt: skip

CLOSED = Answer(
    """
    Resources:
      Group:
        Type: AWS::EC2::SecurityGroup
        Properties:
          GroupName: app
          GroupDescription: App
          SecurityGroupEgress:
            - {IpProtocol: "-1", CidrIp: 127.0.0.1/32}
      Out:
        Type: AWS::EC2::SecurityGroupEgress
        Properties: {GroupId: !Ref Group, IpProtocol: "6", FromPort: "443", ToPort: 443,
                     CidrIp: 10.0.0.0/8}
      Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}
      Policy:
        Type: AWS::SQS::QueuePolicy
        Properties:
          Queues: [!Ref Jobs]
          PolicyDocument:
            Statement:
              Effect: Allow
              Principal: "*"
              Action: sqs:SendMessage
              Resource: !GetAtt Jobs.Arn
              Condition: {StringEquals: {aws:PrincipalOrgID: o-abc123}}
    """,
    {
        "group-egress-only": {"of": "app", "port": 443, "target": "10.0.0.0/8"},
        "queue-not-open": {"of": "jobs"},
    },
    (
        ("127.0.0.1/32", "0.0.0.0/0", "group-egress-only"),
        ("FromPort: \"443\"", "FromPort: 400", "group-egress-only"),
        # a condition that everybody meets
        ("{StringEquals: {aws:PrincipalOrgID: o-abc123}}",
         '{Bool: {aws:SecureTransport: "true"}}', "queue-not-open"),
        ("{StringEquals: {aws:PrincipalOrgID: o-abc123}}",
         '{StringLike: {aws:PrincipalArn: "*"}}', "queue-not-open"),
        ("{StringEquals: {aws:PrincipalOrgID: o-abc123}}",
         "{StringNotEquals: {aws:PrincipalOrgID: o-abc123}}", "queue-not-open"),
        ("{StringEquals: {aws:PrincipalOrgID: o-abc123}}",
         "{StringEqualsIfExists: {aws:PrincipalOrgID: o-abc123}}", "queue-not-open"),
        ("{StringEquals: {aws:PrincipalOrgID: o-abc123}}",
         '{ArnLike: {aws:SourceArn: "arn:aws:s3:::files"}}', ""),
        ("StringEquals: {aws:PrincipalOrgID: o-abc123}",
         "IpAddress: {aws:SourceIp: 192.0.2.0/24}", ""),
        ('Principal: "*"', 'Principal: {Service: s3.amazonaws.com}', ""),
    ),
)  # fmt: skip

FOLLOWS = Answer(
    """
    Parameters:
      Delay: {Type: Number, Default: 5, MinValue: 0, MaxValue: 60}
      Team: {Type: String, AllowedPattern: "[a-z]+"}
    Resources:
      Jobs:
        Type: AWS::SQS::Queue
        Properties:
          QueueName: jobs
          DelaySeconds: !Sub "${Delay}"
          Tags: [{Key: Contact, Value: !Ref Team}]
      People:
        Type: AWS::IAM::Group
        Properties: {GroupName: people, ManagedPolicyArns: [!Ref Limits]}
      Limits:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          ManagedPolicyName: limits
          PolicyDocument:
            Statement: [{Effect: Deny, Action: s3:DeleteBucket, Resource: "*"}]
      Login: {Type: AWS::SecretsManager::Secret, Properties: {Name: login}}
      Rotator:
        Type: AWS::Lambda::Function
        Properties:
          FunctionName: rotator
          Code: {ZipFile: "x"}
          Role: arn:aws:iam::111122223333:role/x
      May:
        Type: AWS::Lambda::Permission
        Properties:
          FunctionName: !GetAtt Rotator.Arn
          Action: lambda:InvokeFunction
          Principal: secretsmanager.amazonaws.com
      Rotation:
        Type: AWS::SecretsManager::RotationSchedule
        Properties:
          SecretId: !Ref Login
          RotationLambdaARN: !GetAtt Rotator.Arn
          RotationRules: {ScheduleExpression: rate(30 days)}
    """,
    {
        "queue-delay-follows": {"of": "jobs", "parameter": "Delay"},
        "queue-tag-follows": {"of": "jobs", "key": "Contact", "parameter": "Team"},
        "group-policy": {"of": "people", "policy": "limits"},
        "secret-rotation": {"of": "login", "function": "rotator", "days": 30},
    },
    (
        # the default alone, or another parameter
        ('DelaySeconds: !Sub "${Delay}"', "DelaySeconds: 5", "queue-delay-follows"),
        ('DelaySeconds: !Sub "${Delay}"', "DelaySeconds: !Ref Delay", ""),
        ("Value: !Ref Team", "Value: !Ref Delay", "queue-tag-follows"),
        ("Key: Contact", "Key: Owner", "queue-tag-follows"),
        (", ManagedPolicyArns: [!Ref Limits]", "", "group-policy"),
        ("ManagedPolicyName: limits", "ManagedPolicyName: limits\n          "
         "Groups: [people]", ""),
        ("[!Ref Limits]", '[!Sub "arn:aws:iam::${AWS::AccountId}:policy/limits"]', ""),
        ("[!Ref Limits]", "[arn:aws:iam::aws:policy/limits]", "group-policy"),
        ("Principal: secretsmanager", "Principal: events", "secret-rotation"),
        ("rate(30 days)", "rate(3 days)", "secret-rotation"),
    ),
)  # fmt: skip

ANSWERS = (RIGHTS, CHOICES, WATCHED, CLOSED, FOLLOWS)


@pytest.mark.parametrize("answer", ANSWERS)
def test_other_styles_are_right(answer: Answer) -> None:
    """Defaults, computed values, conditions and shorthands are right."""
    assert failing(answer.text, answer.asks) == set()


@pytest.mark.parametrize(("answer", "old", "new", "labels"), cases(ANSWERS))
def test_a_change_fails_what_it_breaks(answer: Answer, old: str, new: str, labels: str) -> None:
    """Each change fails exactly the requirements that it breaks."""
    assert failing(answer.changed(old, new), answer.asks) == wanted(labels)
