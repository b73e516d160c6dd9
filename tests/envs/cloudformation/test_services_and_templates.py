"""Requirements about services, databases, edges and templates: other styles pass, others fail."""

from __future__ import annotations

import pytest

from tests.envs.cloudformation.changes import Answer, cases, failing, wanted

SERVICE = Answer(
    """
    Resources:
      Apps: {Type: AWS::ECS::Cluster, Properties: {ClusterName: apps}}
      Repository:
        Type: AWS::ECR::Repository
        Properties:
          RepositoryName: images
          LifecyclePolicy:
            LifecyclePolicyText: !Sub |
              {"rules": [{"rulePriority": 1, "action": {"type": "expire"},
               "selection": {"tagStatus": "any", "countType": "imageCountMoreThan",
                             "countNumber": 20}}]}
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Statement:
              Effect: Allow
              Principal: {Service: ecs-tasks.amazonaws.com}
              Action: sts:AssumeRole
          ManagedPolicyArns:
            - arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy
          Policies:
            - PolicyName: secret
              PolicyDocument:
                Statement:
                  Effect: Allow
                  Action: secretsmanager:GetSecretValue
                  Resource: !Ref Secret
      Secret: {Type: AWS::SecretsManager::Secret, Properties: {Name: web/key}}
      Logs: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /ecs/web}}
      Task:
        Type: AWS::ECS::TaskDefinition
        Properties:
          Family: web-task
          NetworkMode: awsvpc
          RequiresCompatibilities: [EC2, FARGATE]
          Cpu: ".5 vCPU"
          Memory: 1 GB
          ExecutionRoleArn: !GetAtt Role.Arn
          ContainerDefinitions:
            - Name: app
              Image: !Sub ${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/images:v1
              PortMappings: [{ContainerPort: "8080"}]
              Secrets: [{Name: KEY, ValueFrom: !Sub "${Secret}:token::"}]
              LogConfiguration:
                LogDriver: awslogs
                Options: {awslogs-group: /ecs/web, awslogs-region: us-east-1}
      Web:
        Type: AWS::ECS::Service
        DependsOn: Listener
        Properties:
          ServiceName: web
          Cluster: !GetAtt Apps.Arn
          TaskDefinition: !Ref Task
          CapacityProviderStrategy: [{CapacityProvider: FARGATE_SPOT, Weight: 1}]
          LoadBalancers:
            - {ContainerName: app, ContainerPort: 8080, TargetGroupArn: !Ref Targets}
      Scaling:
        Type: AWS::ApplicationAutoScaling::ScalableTarget
        Properties:
          MinCapacity: 2
          MaxCapacity: 9
          ServiceNamespace: ecs
          ScalableDimension: ecs:service:DesiredCount
          ResourceId: !Join [/, [service, !Ref Apps, !GetAtt Web.Name]]
      Front:
        Type: AWS::ElasticLoadBalancingV2::LoadBalancer
        Properties: {Name: front}
      Targets:
        Type: AWS::ElasticLoadBalancingV2::TargetGroup
        Properties: {Name: targets, Protocol: HTTP, Port: 8080, TargetType: ip}
      Listener:
        Type: AWS::ElasticLoadBalancingV2::Listener
        Properties:
          LoadBalancerArn: !GetAtt Front.LoadBalancerArn
          Port: "443"
          Protocol: HTTPS
          Certificates: [{CertificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/a"}]
          DefaultActions:
            - Type: forward
              ForwardConfig: {TargetGroups: [{TargetGroupArn: !Ref Targets, Weight: 1}]}
    """,
    {
        "repository-keeps": {"of": "images", "count": 20},
        "task-fargate": {"of": "web-task"},
        "task-size": {"of": "web-task", "cpu": 512, "memory": 1024},
        "task-execution-role": {"of": "web-task"},
        "task-own-image": {
            "of": "web-task", "name": "app", "repository": "images", "label": "v1",
        },
        "task-port": {"of": "web-task", "name": "app", "port": 8080},
        "task-secret": {"of": "web-task", "name": "app", "key": "KEY", "secret": "web/key"},
        "task-reads-secret": {"of": "web-task", "secret": "web/key"},
        "task-logs": {"of": "web-task", "name": "app", "group": "/ecs/web"},
        "service-cluster": {"of": "web", "to": "apps"},
        "service-task": {"of": "web", "to": "web-task"},
        "service-fargate": {"of": "web"},
        "service-balanced": {"of": "web", "name": "app", "port": 8080, "to": "targets"},
        "service-after-listener": {"of": "web"},
        "service-scales": {"of": "web", "cluster": "apps", "low": 2, "high": 9},
        "listener-forwards": {"of": "front", "protocol": "HTTPS", "port": 443, "to": "targets"},
    },
    (
        ('"countNumber": 20', '"countNumber": 30', "repository-keeps"),
        ("[EC2, FARGATE]", "[EC2]", "task-fargate"),
        ('".5 vCPU"', "256", "task-size"),
        ("/images:v1", "/images:v2", "task-own-image"),
        ("!Sub ${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/images:v1",
         "!Sub ${Repository.RepositoryUri}:v1", ""),
        ('"${Secret}:token::"', '"arn:aws:secretsmanager:us-east-1:1:secret:web/key"',
         "task-secret"),
        ("Action: secretsmanager:GetSecretValue", 'Action: "secretsmanager:*"',
         "task-reads-secret"),
        ("awslogs-group: /ecs/web", "awslogs-group: /ecs/api", "task-logs"),
        ("Cluster: !GetAtt Apps.Arn", "Cluster: default", "service-cluster"),
        ("CapacityProvider: FARGATE_SPOT", "CapacityProvider: machines", "service-fargate"),
        ("DependsOn: Listener", "DependsOn: Targets", "service-after-listener"),
        ("[service, !Ref Apps, !GetAtt Web.Name]", "[service, !Ref Apps, api]", "service-scales"),
        ("[service, !Ref Apps, !GetAtt Web.Name]", "[service, apps, web]", ""),
        ("- Type: forward", "- Type: fixed-response", "listener-forwards"),
        ("LoadBalancerArn: !GetAtt Front.LoadBalancerArn", "LoadBalancerArn: arn:aws:x",
         "listener-forwards"),
    ),
)  # fmt: skip

DATABASE = Answer(
    """
    Resources:
      Secret:
        Type: AWS::SecretsManager::Secret
        Properties:
          Name: orders/master
          GenerateSecretString:
            SecretStringTemplate: !Sub '{"username": "admin"}'
            GenerateStringKey: password
      Db:
        Type: AWS::RDS::DBInstance
        DeletionPolicy: Snapshot
        Properties:
          DBInstanceIdentifier: orders
          Engine: postgres
          StorageEncrypted: "true"
          PubliclyAccessible: false
          MasterUserPassword:
            Fn::Join: ["", ["{{resolve:secretsmanager:", !Ref Secret, ":SecretString:password}}"]]
          DBParameterGroupName: !Ref Parameters
          EnableCloudwatchLogsExports: [upgrade, postgresql]
      Parameters:
        Type: AWS::RDS::DBParameterGroup
        Properties:
          Family: postgres17
          Description: x
          Parameters: {rds.force_ssl: 1}
    """,
    {
        "secret-login": {"of": "orders/master", "user": "admin", "key": "password"},
        "database-secret": {"of": "orders", "secret": "orders/master"},
        "database-password": {"of": "orders"},
        "database-encrypted": {"of": "orders"},
        "database-private": {"of": "orders"},
        "database-snapshot": {"of": "orders"},
        "database-parameter": {"of": "orders", "key": "rds.force_ssl", "value": "1"},
        "database-logs": {"of": "orders", "values": ["postgresql", "upgrade"]},
    },
    (
        ('{"username": "admin"}', '{"username": "root"}', "secret-login"),
        ('Fn::Join: ["", ["{{resolve:secretsmanager:", !Ref Secret, ":SecretString:password}}"]]',
         "Fn::Sub: '{{resolve:secretsmanager:orders/master:SecretString:password}}'", ""),
        ('Fn::Join: ["", ["{{resolve:secretsmanager:", !Ref Secret, ":SecretString:password}}"]]',
         "Fn::Sub: '{{resolve:secretsmanager:other:SecretString:password}}'", "database-secret"),
        ('Fn::Join: ["", ["{{resolve:secretsmanager:", !Ref Secret, ":SecretString:password}}"]]',
         'Fn::Join: ["", [hunter, "2"]]', "database-secret, database-password"),
        ('StorageEncrypted: "true"', 'StorageEncrypted: "false"', "database-encrypted"),
        ("PubliclyAccessible: false", "PubliclyAccessible: !Ref Public", "database-private"),
        ("rds.force_ssl: 1", "rds.force_ssl: 0", "database-parameter"),
        ("[upgrade, postgresql]", "[postgresql]", "database-logs"),
        ("DeletionPolicy: Snapshot", "DeletionPolicy: Retain", "database-snapshot"),
    ),
)  # fmt: skip

ENVIRONMENTS = Answer(
    """
    Transform: AWS::LanguageExtensions
    Parameters:
      Stage:
        Type: String
        Default: dev
        AllowedValues: [prod, dev]
    Conditions:
      Prod: !Not [!Equals [!Ref Stage, dev]]
    Resources:
      Jobs:
        Type: AWS::SQS::Queue
        Properties:
          QueueName: !Join ["-", [jobs, !Ref Stage]]
          VisibilityTimeout: !If [Prod, 600, 60]
      Alerts:
        Type: AWS::SNS::Topic
        Condition: Prod
        Properties: {TopicName: alerts}
      Base:
        Type: AWS::CloudFormation::Stack
        Properties:
          TemplateURL: https://t.s3.amazonaws.com/base.yaml
          Parameters: {Env: !Sub "${Stage}"}
      App:
        Type: AWS::CloudFormation::Stack
        DependsOn: Base
        Properties:
          TemplateURL: https://t.s3.amazonaws.com/app.yaml
          Parameters: {Vpc: !GetAtt Base.Outputs.VpcId}
    Outputs:
      Url:
        Value: !Ref Jobs
        Export: {Name: !Sub "${AWS::StackName}-url"}
    """,
    {
        "parameter-default": {"name": "Stage", "value": "dev"},
        "parameter-values": {"name": "Stage", "values": ["dev", "prod"]},
        "queue-when": {"name": "jobs-prod", "parameter": "Stage", "when": "prod"},
        "queue-visibility-when": {
            "of": "jobs-prod", "value": 600, "parameter": "Stage", "when": "prod",
        },
        "queue-visibility-when dev": {
            "of": "jobs-dev", "value": 60, "parameter": "Stage", "when": "dev",
        },
        "topic-only-when": {"of": "alerts", "parameter": "Stage", "when": "prod"},
        "nested-stack": {"name": "Base", "url": "https://t.s3.amazonaws.com/base.yaml"},
        "nested-inherits": {"name": "Base", "key": "Env", "parameter": "Stage"},
        "nested-passes": {"name": "App", "key": "Vpc", "source": "Base", "output": "VpcId"},
        "nested-after": {"name": "App", "after": "Base"},
        "output-exported-by-stack": {"name": "Url", "suffix": "url"},
    },
    (
        ("Default: dev", "Default: prod", "parameter-default"),
        ("[prod, dev]", "[prod, dev, qa]", "parameter-values, topic-only-when"),
        ("[jobs, !Ref Stage]", "[jobs, prod]", "queue-visibility-when dev"),
        ("!If [Prod, 600, 60]", "600", "queue-visibility-when dev"),
        ("!If [Prod, 600, 60]", "!If [Prod, 60, 600]",
         "queue-visibility-when, queue-visibility-when dev"),
        ("        Condition: Prod\n", "", "topic-only-when"),
        ("!Not [!Equals [!Ref Stage, dev]]", "!Equals [!Ref Stage, dev]",
         "queue-visibility-when, queue-visibility-when dev, topic-only-when"),
        ('Env: !Sub "${Stage}"', "Env: dev", "nested-inherits"),
        ("!GetAtt Base.Outputs.VpcId", "!GetAtt Base.Outputs.Vpc", "nested-passes"),
        ("DependsOn: Base", "DependsOn: Jobs", "nested-after"),
        ('!Sub "${AWS::StackName}-url"', '"${AWS::StackName}-url"', "output-exported-by-stack"),
    ),
)  # fmt: skip

SITE = Answer(
    """
    Resources:
      Files: {Type: AWS::S3::Bucket, Properties: {BucketName: files}}
      Access:
        Type: AWS::CloudFront::OriginAccessControl
        Properties:
          OriginAccessControlConfig:
            {Name: oac, OriginAccessControlOriginType: s3, SigningBehavior: always,
             SigningProtocol: sigv4}
      Cdn:
        Type: AWS::CloudFront::Distribution
        Properties:
          DistributionConfig:
            Comment: site
            Enabled: true
            DefaultCacheBehavior: {TargetOriginId: s3, ViewerProtocolPolicy: https-only}
            Origins:
              - {Id: other, DomainName: example.com}
              - Id: s3
                DomainName: !Sub ${Files}.s3.${AWS::Region}.amazonaws.com
                OriginAccessControlId: !GetAtt Access.Id
      Policy:
        Type: AWS::S3::BucketPolicy
        Properties:
          Bucket: !Ref Files
          PolicyDocument:
            Statement:
              - Effect: Allow
                Principal: {Service: cloudfront.amazonaws.com}
                Action: s3:GetObject
                Resource: !Sub ${Files.Arn}/*
                Condition:
                  StringEquals:
                    AWS:SourceArn: !Sub arn:aws:cloudfront::${AWS::AccountId}:distribution/${Cdn}
      Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: example.com.}}
      Records:
        Type: AWS::Route53::RecordSetGroup
        Properties:
          HostedZoneId: !GetAtt Zone.Id
          RecordSets:
            - {Name: api.example.com., Type: A, TTL: "60", ResourceRecords: [192.0.2.1]}
    """,
    {
        "distribution-bucket": {"of": "site", "bucket": "files"},
        "bucket-for-distribution": {"of": "site", "bucket": "files"},
        "distribution-https": {"of": "site", "value": "https-only"},
    },
    (
        ("TargetOriginId: s3", "TargetOriginId: other", "distribution-bucket"),
        ("OriginAccessControlId: !GetAtt Access.Id", "OriginPath: /x", "distribution-bucket"),
        ("distribution/${Cdn}", "distribution/*", "bucket-for-distribution"),
        ("Principal: {Service: cloudfront.amazonaws.com}", 'Principal: "*"',
         "bucket-for-distribution"),
    ),
)  # fmt: skip

ANSWERS = (SERVICE, DATABASE, ENVIRONMENTS, SITE)


@pytest.mark.parametrize("answer", ANSWERS)
def test_other_styles_are_right(answer: Answer) -> None:
    """Joins, literal ARNs, vCPUs and conditions count as what they come to."""
    assert failing(answer.text, answer.asks) == set()


@pytest.mark.parametrize(("answer", "old", "new", "labels"), cases(ANSWERS))
def test_a_change_fails_what_it_breaks(answer: Answer, old: str, new: str, labels: str) -> None:
    """Each change fails exactly the requirements that it breaks."""
    assert failing(answer.changed(old, new), answer.asks) == wanted(labels)
