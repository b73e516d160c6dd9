"""Requirements about scaling, caches, files, alarms, DNS, backups, firewalls and pipelines."""

from __future__ import annotations

import pytest

from tests.envs.cloudformation.changes import Answer, cases, failing, wanted

FLEET = Answer(
    """
    Resources:
      Profile:
        Type: AWS::IAM::InstanceProfile
        Properties: {Roles: [!Ref Role]}
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Statement: {Effect: Allow, Principal: {Service: [ec2.amazonaws.com]},
                        Action: "sts:AssumeRole"}
          ManagedPolicyArns: ["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"]
      Launch:
        Type: AWS::EC2::LaunchTemplate
        Properties:
          LaunchTemplateName: web-template
          LaunchTemplateData:
            InstanceType: t3.small
            IamInstanceProfile: {Name: !Ref Profile}
            NetworkInterfaces: [{DeviceIndex: 0, Groups: [!GetAtt Web.GroupId]}]
            MetadataOptions: {HttpTokens: required}
      Web:
        Type: AWS::EC2::SecurityGroup
        Properties: {GroupName: web-sg, GroupDescription: web}
      Fleet:
        Type: AWS::AutoScaling::AutoScalingGroup
        UpdatePolicy:
          AutoScalingRollingUpdate: {MaxBatchSize: "2", MinInstancesInService: 1}
        Properties:
          AutoScalingGroupName: web
          MinSize: 2
          MaxSize: "6"
          MixedInstancesPolicy:
            LaunchTemplate:
              LaunchTemplateSpecification:
                LaunchTemplateName: web-template
                Version: !GetAtt Launch.LatestVersionNumber
          Tags: [{Key: Team, Value: search, PropagateAtLaunch: "true"}]
      Cpu:
        Type: AWS::AutoScaling::ScalingPolicy
        Properties:
          AutoScalingGroupName: web
          PolicyType: TargetTrackingScaling
          TargetTrackingConfiguration:
            TargetValue: 55
            PredefinedMetricSpecification: {PredefinedMetricType: ASGAverageCPUUtilization}
    """,
    {
        "group-sizes": {"of": "web", "low": 2, "high": 6},
        "group-launches": {"of": "web", "to": "web-template"},
        "group-rolls": {"of": "web", "batch": 2, "kept": 1},
        "group-tag-passed": {"of": "web", "key": "Team", "value": "search"},
        "group-tracks-cpu": {"of": "web", "percent": 55},
        "launch-role": {"of": "web-template", "policy": "AmazonSSMManagedInstanceCore"},
        "launch-group": {"of": "web-template", "to": "web-sg"},
        "launch-metadata": {"of": "web-template"},
    },
    (
        ('MaxSize: "6"', 'MaxSize: "60"', "group-sizes"),
        ("!GetAtt Launch.LatestVersionNumber", '"1"', "group-launches"),
        ("!GetAtt Launch.LatestVersionNumber", "!GetAtt Launch.DefaultVersionNumber",
         "group-launches"),
        ('MaxBatchSize: "2"', 'MaxBatchSize: "1"', "group-rolls"),
        ('PropagateAtLaunch: "true"', 'PropagateAtLaunch: "false"', "group-tag-passed"),
        ("TargetValue: 55", "TargetValue: 56", "group-tracks-cpu"),
        ("          AutoScalingGroupName: web\n          PolicyType",
         "          AutoScalingGroupName: api\n          PolicyType", "group-tracks-cpu"),
        ("Roles: [!Ref Role]", "Roles: [other]", "launch-role"),
        ("[ec2.amazonaws.com]", "[ecs.amazonaws.com]", "launch-role"),
        ("Groups: [!GetAtt Web.GroupId]", "Groups: [sg-1]", "launch-group"),
    ),
)  # fmt: skip

DATA = Answer(
    """
    Resources:
      Cache:
        Type: AWS::ElastiCache::ReplicationGroup
        Properties:
          ReplicationGroupId: limits
          ReplicationGroupDescription: x
          Engine: redis
          AtRestEncryptionEnabled: "true"
          NumCacheClusters: "3"
          SecurityGroupIds: [!Ref Group]
          CacheSubnetGroupName: limits-subnets
      Subnets:
        Type: AWS::ElastiCache::SubnetGroup
        Properties: {CacheSubnetGroupName: limits-subnets, Description: x, SubnetIds: [a, b]}
      Group:
        Type: AWS::EC2::SecurityGroup
        Properties: {GroupName: limits-sg, GroupDescription: x}
      Files:
        Type: AWS::EFS::FileSystem
        Properties:
          Encrypted: true
          FileSystemTags: [{Key: Name, Value: share}]
          LifecyclePolicies: [{TransitionToIA: AFTER_30_DAYS}]
          FileSystemPolicy:
            Statement:
              - Effect: Deny
                Principal: "*"
                Action: elasticfilesystem:*
                Condition: {Bool: {"aws:SecureTransport": false}}
      Target:
        Type: AWS::EFS::MountTarget
        Properties: {FileSystemId: !Ref Files, SubnetId: a, SecurityGroups: [!GetAtt Group.GroupId]}
      Point:
        Type: AWS::EFS::AccessPoint
        Properties:
          FileSystemId: !GetAtt Files.FileSystemId
          PosixUser: {Uid: 1000, Gid: 1000}
          RootDirectory: {Path: /app}
      Cluster:
        Type: AWS::RDS::DBCluster
        Properties:
          DBClusterIdentifier: main
          Engine: aurora-mysql
          ManageMasterUserPassword: true
          ServerlessV2ScalingConfiguration: {MinCapacity: 0.5, MaxCapacity: "8"}
      One:
        Type: AWS::RDS::DBInstance
        Properties:
          DBClusterIdentifier: main
          DBInstanceClass: db.serverless
          Engine: aurora-mysql
      Two:
        Type: AWS::RDS::DBInstance
        Properties:
          DBClusterIdentifier: !Ref Cluster
          DBInstanceClass: db.serverless
          Engine: aurora-mysql
    Outputs:
      Host: {Value: !GetAtt Cache.PrimaryEndPoint.Address}
    """,
    {
        "cache-at-rest": {"of": "limits"},
        "cache-nodes": {"of": "limits", "value": 3},
        "cache-group": {"of": "limits", "to": "limits-sg"},
        "cache-subnets": {"of": "limits", "to": "limits-subnets"},
        "cache-output": {"of": "limits", "name": "Host"},
        "files-encrypted": {"of": "share"},
        "files-cold": {"of": "share", "value": "AFTER_30_DAYS"},
        "files-tls": {"of": "share"},
        "files-target": {"of": "share", "group": "limits-sg"},
        "files-access-point": {"of": "share", "path": "/app", "uid": 1000, "gid": 1000},
        "aurora-managed": {"of": "main"},
        "aurora-serverless": {"of": "main", "low": 0.5, "high": 8},
        "aurora-instances": {"of": "main", "count": 2, "kind": "db.serverless"},
    },
    (
        ('NumCacheClusters: "3"', "NumCacheClusters: 2", "cache-nodes"),
        ("          CacheSubnetGroupName: limits-subnets",
         "          CacheSubnetGroupName: default", "cache-subnets"),
        ("SecurityGroupIds: [!Ref Group]", "SecurityGroupIds: [limits-sg]", "cache-group"),
        ("PrimaryEndPoint.Address", "ReaderEndPoint.Address", "cache-output"),
        ("AFTER_30_DAYS", "AFTER_60_DAYS", "files-cold"),
        ("Effect: Deny", "Effect: Allow", "files-tls"),
        ("FileSystemId: !Ref Files, SubnetId", "FileSystemId: fs-1, SubnetId", "files-target"),
        ("Path: /app", "Path: /", "files-access-point"),
        ("ManageMasterUserPassword: true", "MasterUserPassword: secret", "aurora-managed"),
        ('MaxCapacity: "8"', "MaxCapacity: 16", "aurora-serverless"),
        ("          DBClusterIdentifier: !Ref Cluster", "          DBClusterIdentifier: other",
         "aurora-instances"),
    ),
)  # fmt: skip

OPERATIONS = Answer(
    """
    Resources:
      Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}
      Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: ops}}
      Alarm:
        Type: AWS::CloudWatch::Alarm
        Properties:
          AlarmName: deep
          ComparisonOperator: GreaterThanOrEqualToThreshold
          Threshold: "10"
          EvaluationPeriods: 3
          AlarmActions: [!Sub "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:ops"]
          Metrics:
            - Id: m
              MetricStat:
                Stat: Maximum
                Period: 60
                Metric:
                  Namespace: AWS/SQS
                  MetricName: Depth
                  Dimensions: [{Name: QueueName, Value: jobs}]
      Logs: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /app}}
      Errors:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: /app
          FilterPattern: '"ERROR"'
          MetricTransformations:
            - {MetricName: Errors, MetricNamespace: Shop, MetricValue: 1}
      Board:
        Type: AWS::CloudWatch::Dashboard
        Properties:
          DashboardName: board
          DashboardBody: !Sub |
            {"widgets": [{"type": "metric", "properties": {"title": "Errors",
             "region": "${AWS::Region}", "metrics": [["Shop", "Errors", {"stat": "Sum"}]]}}]}
      Vault: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: safe}}
      Plan:
        Type: AWS::Backup::BackupPlan
        Properties:
          BackupPlan:
            BackupPlanName: daily
            BackupPlanRule:
              - RuleName: a
                TargetBackupVault: safe
                ScheduleExpression: cron(0 3 * * ? *)
                Lifecycle: {DeleteAfterDays: "200"}
      Select:
        Type: AWS::Backup::BackupSelection
        Properties:
          BackupPlanId: !GetAtt Plan.BackupPlanId
          BackupSelection:
            SelectionName: a
            IamRoleArn: arn:aws:iam::111122223333:role/backup
            Conditions:
              StringEquals: [{ConditionKey: "aws:ResourceTag/Team", ConditionValue: data}]
      Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: example.com.}}
      Record:
        Type: AWS::Route53::RecordSet
        Properties:
          HostedZoneName: example.com.
          Name: API.example.com
          Type: A
          TTL: 60
          ResourceRecords: [192.0.2.1]
      Firewall:
        Type: AWS::WAFv2::WebACL
        Properties:
          Name: waf
          Scope: REGIONAL
          DefaultAction: {Allow: {}}
          Rules:
            - Name: common
              Priority: 0
              OverrideAction: {None: {}}
              Statement:
                ManagedRuleGroupStatement: {VendorName: AWS, Name: AWSManagedRulesCommonRuleSet}
            - Name: rate
              Priority: 1
              Action: {Block: {}}
              Statement: {RateBasedStatement: {Limit: "900", AggregateKeyType: IP}}
      Store: {Type: AWS::S3::Bucket, Properties: {BucketName: builds}}
      Build: {Type: AWS::CodeBuild::Project, Properties: {Name: build}}
      Pipe:
        Type: AWS::CodePipeline::Pipeline
        Properties:
          Name: release
          ArtifactStores: [{Region: us-east-1, ArtifactStore: {Type: S3, Location: builds}}]
          Stages:
            - Name: Source
              Actions:
                - ActionTypeId: {Category: Source, Owner: AWS, Version: "1",
                                 Provider: CodeStarSourceConnection}
                  Configuration: {ConnectionArn: "arn:x", FullRepositoryId: a/b, BranchName: main}
            - Name: Build
              Actions:
                - ActionTypeId: {Category: Build, Owner: AWS, Version: "1", Provider: CodeBuild}
                  Configuration: {ProjectName: build}
            - Name: Ok
              Actions:
                - ActionTypeId: {Category: Approval, Owner: AWS, Version: "1", Provider: Manual}
    """,
    {
        "alarm-metric": {
            "of": "deep", "metric": "Depth", "namespace": "AWS/SQS", "statistic": "Maximum",
        },
        "alarm-threshold": {"of": "deep", "comparison": "at least", "threshold": 10},
        "alarm-notifies": {"of": "deep", "topic": "ops"},
        "alarm-of-queue": {"of": "deep", "queue": "jobs"},
        "log-metric": {
            "of": "/app", "pattern": "ERROR", "metric": "Errors", "namespace": "Shop",
        },
        "dashboard-widget": {
            "of": "board", "title": "Errors", "metric": "Errors", "namespace": "Shop",
        },
        "plan-schedule": {"of": "daily", "vault": "safe", "schedule": "cron(0 3 * * ? *)"},
        "plan-retention": {"of": "daily", "vault": "safe", "days": 200},
        "plan-selects-tag": {"of": "daily", "key": "Team", "value": "data"},
        "zone": {"name": "example.com"},
        "zone-record": {
            "of": "example.com", "kind": "A", "name": "api.example.com", "value": "192.0.2.1",
            "ttl": 60,
        },
        "firewall-default": {"of": "waf", "what": "allow"},
        "firewall-managed": {"of": "waf", "group": "AWSManagedRulesCommonRuleSet"},
        "firewall-rate": {"of": "waf", "limit": 900},
        "pipeline-store": {"of": "release", "bucket": "builds"},
        "pipeline-source": {"of": "release", "repository": "a/b", "branch": "main"},
        "pipeline-builds": {"of": "release", "stage": "Build", "project": "build"},
        "pipeline-approval": {"of": "release", "stage": "Ok"},
        "pipeline-stages": {"of": "release", "stages": ["Source", "Build", "Ok"]},
    },
    (
        ("Stat: Maximum", "Stat: Average", "alarm-metric"),
        ("GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "alarm-threshold"),
        (":ops\"]", ":dev\"]", "alarm-notifies"),
        ("AlarmName: deep", "AlarmName: deep\n          ActionsEnabled: false", "alarm-notifies"),
        ("{Name: QueueName, Value: jobs}", "{Name: QueueName, Value: !Ref Queue}",
         "alarm-of-queue"),
        ("'\"ERROR\"'", "ERRORS", "log-metric"),
        ('["Shop", "Errors", {', '["Shop", "Failures", {', "dashboard-widget"),
        ("TargetBackupVault: safe", "TargetBackupVault: Default",
         "plan-schedule, plan-retention"),
        ('DeleteAfterDays: "200"', "DeleteAfterDays: 20", "plan-retention"),
        ("aws:ResourceTag/Team", "aws:ResourceTag/team", "plan-selects-tag"),
        ("HostedZoneName: example.com.", "HostedZoneName: example.org.", "zone-record"),
        ("TTL: 60", "TTL: 600", "zone-record"),
        ("DefaultAction: {Allow: {}}", "DefaultAction: {Block: {}}", "firewall-default"),
        ("OverrideAction: {None: {}}", "OverrideAction: {Count: {}}", "firewall-managed"),
        ("Action: {Block: {}}", "Action: {Count: {}}", "firewall-rate"),
        ("ArtifactStore: {Type: S3, Location: builds}", "ArtifactStore: {Type: S3, Location: x}",
         "pipeline-store"),
        ("BranchName: main", "BranchName: dev", "pipeline-source"),
        ("ProjectName: build", "ProjectName: other", "pipeline-builds"),
        ("Provider: Manual", "Provider: Lambda", "pipeline-approval"),
        ("- Name: Ok", "- Name: Approve", "pipeline-approval, pipeline-stages"),
    ),
)  # fmt: skip

ANSWERS = (FLEET, DATA, OPERATIONS)


@pytest.mark.parametrize("answer", ANSWERS)
def test_other_styles_are_right(answer: Answer) -> None:
    """Literal names, metric queries and numbers as text count as what they come to."""
    assert failing(answer.text, answer.asks) == set()


@pytest.mark.parametrize(("answer", "old", "new", "labels"), cases(ANSWERS))
def test_a_change_fails_what_it_breaks(answer: Answer, old: str, new: str, labels: str) -> None:
    """Each change fails exactly the requirements that it breaks."""
    assert failing(answer.changed(old, new), answer.asks) == wanted(labels)
