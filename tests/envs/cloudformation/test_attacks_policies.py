"""Attacks on requirements about rights, and styles of strong engineers that must pass.

Each change of an answer says in its last field what it breaks; none where it is just as right.
"""

from __future__ import annotations

import pytest

from tests.envs.cloudformation.changes import Answer, cases, failing, wanted

WORKER = Answer(
    """
    Resources:
      Jobs:
        Type: AWS::SQS::Queue
        Properties: {QueueName: jobs}
      Spare:
        Type: AWS::SQS::Queue
        Properties: {QueueName: jobs-spare}
      Files:
        Type: AWS::S3::Bucket
        Properties: {BucketName: files}
      Role:
        Type: AWS::IAM::Role
        Properties:
          RoleName: worker
          AssumeRolePolicyDocument:
            Statement:
              - Effect: Allow
                Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::111122223333:root"}
                Action: sts:AssumeRole
                Condition: {StringEquals: {sts:ExternalId: pass-7}}
          Policies:
            - PolicyName: work
              PolicyDocument:
                Statement:
                  - Effect: Allow
                    Action: [sqs:ReceiveMessage, sqs:DeleteMessage]
                    Resource: [!GetAtt Jobs.Arn]
                  - Effect: Allow
                    Action: s3:GetObject
                    Resource: !Sub "${Files.Arn}/*"
      Extra:
        Type: AWS::IAM::Policy
        Properties:
          PolicyName: extra
          Roles: [!Ref Role]
          PolicyDocument:
            Statement: {Effect: Allow, Action: "logs:*", Resource: "*"}
    """,
    {
        "role-uses-queue": {
            "of": "worker", "actions": ["sqs:ReceiveMessage", "sqs:DeleteMessage"], "queue": "jobs",
        },
        "role-uses-bucket": {"of": "worker", "actions": ["s3:GetObject"], "bucket": "files"},
        "role-trusts-account": {"of": "worker", "account": "111122223333"},
        "role-external-id": {"of": "worker", "value": "pass-7"},
    },
    (
        # a second statement, or a second resource, that opens all others as well
        ('Action: "logs:*"', 'Action: ["logs:*", "sqs:Receive*"]', "role-uses-queue"),
        ('Action: "logs:*"', 'NotAction: "iam:*"', "role-uses-queue, role-uses-bucket"),
        ("[!GetAtt Jobs.Arn]", '[!GetAtt Jobs.Arn, "*"]', "role-uses-queue"),
        ("[!GetAtt Jobs.Arn]", '[!GetAtt Jobs.Arn, "arn:aws:sqs:*:*:jobs*"]', "role-uses-queue"),
        ("[!GetAtt Jobs.Arn]", "[!GetAtt Jobs.Arn, !GetAtt Spare.Arn]", ""),
        ("[!GetAtt Jobs.Arn]",
         '!Sub "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:${Jobs.QueueName}"', ""),
        ("[!GetAtt Jobs.Arn]",
         '{"Fn::Join": [":", [arn, !Ref AWS::Partition, sqs, !Ref AWS::Region, '
         '!Ref AWS::AccountId, jobs]]}', ""),
        ('!Sub "${Files.Arn}/*"', '["arn:aws:s3:::files/*", "arn:aws:s3:::*"]', "role-uses-bucket"),
        ('!Sub "${Files.Arn}/*"', "arn:aws:s3:::files/*", ""),
        ('!Sub "${Files.Arn}/*"', "arn:aws:s3:::files/in/*", "role-uses-bucket"),
        # denials that undo it: by a pattern, and of all but something
        ('Effect: Allow, Action: "logs:*", Resource: "*"',
         'Effect: Deny, Action: "sqs:*", Resource: "arn:aws:sqs:*:*:*"', "role-uses-queue"),
        ('Effect: Allow, Action: "logs:*", Resource: "*"',
         'Effect: Deny, NotAction: "s3:*", Resource: "*"', "role-uses-queue"),
        ('Effect: Allow, Action: "logs:*", Resource: "*"',
         'Effect: Deny, Action: "sqs:*", Resource: !GetAtt Spare.Arn', ""),
        # the condition must be there, and admit nothing else
        ("StringEquals: {sts:ExternalId: pass-7}",
         "StringEquals: {sts:ExternalId: [pass-7, pass-8]}", "role-external-id"),
        ("StringEquals: {sts:ExternalId", "StringEqualsIfExists: {sts:ExternalId",
         "role-external-id"),
        ("Action: sts:AssumeRole\n", "Action: [sts:AssumeRole, sts:TagSession]\n", ""),
    ),
)  # fmt: skip

QUEUE = Answer(
    """
    Resources:
      News:
        Type: AWS::SNS::Topic
        Properties: {TopicName: news}
      Other:
        Type: AWS::SNS::Topic
        Properties: {TopicName: other}
      Jobs:
        Type: AWS::SQS::Queue
        Properties: {QueueName: jobs}
      Follow:
        Type: AWS::SNS::Subscription
        Properties:
          TopicArn: !Ref News
          Protocol: sqs
          Endpoint: !GetAtt Jobs.Arn
          RawMessageDelivery: true
          FilterPolicy: {tenant: [red, blue]}
      Policy:
        Type: AWS::SQS::QueuePolicy
        Properties:
          Queues: [!Ref Jobs]
          PolicyDocument:
            Statement:
              - Effect: Allow
                Principal: {Service: sns.amazonaws.com}
                Action: sqs:SendMessage
                Resource: !GetAtt Jobs.Arn
                Condition: {ArnEquals: {aws:SourceArn: !Ref News}}
    """,
    {
        "queue-service": {"of": "jobs", "service": "sns.amazonaws.com"},
        "topic-filter": {"of": "news", "queue": "jobs", "key": "tenant", "values": ["blue", "red"]},
        "topic-raw": {"of": "news", "queue": "jobs"},
    },
    (
        ("aws:SourceArn: !Ref News", "aws:SourceArn: !Ref Other", "queue-service"),
        ("aws:SourceArn: !Ref News",
         'aws:SourceArn: !Sub "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:*"', ""),
        ("ArnEquals: {aws:SourceArn: !Ref News}",
         'StringEquals: {aws:SourceAccount: "000000000000"}', "queue-service"),
        ("ArnEquals: {aws:SourceArn: !Ref News}",
         "StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}", ""),
        ("                Condition: {ArnEquals: {aws:SourceArn: !Ref News}}",
         '              - {Effect: Deny, Principal: "*", Action: "sqs:*", Resource: "*"}',
         "queue-service"),
        ("QueuePolicy\n        Properties:\n          Queues: [!Ref Jobs]",
         "QueueInlinePolicy\n        Properties:\n          Queue: !Ref Jobs", ""),
        ("FilterPolicy: {tenant: [red, blue]}", "FilterPolicy: '{\"tenant\": [\"red\", \"blue\"]}'",
         ""),
        ("FilterPolicy: {tenant: [red, blue]}", "FilterPolicy: {tenant: [red, blue, green]}",
         "topic-filter"),
        # a second subscription of the same queue that has no filter
        ("      Policy:\n",
         "      Again: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref News, "
         "Protocol: sqs, Endpoint: !GetAtt Jobs.Arn}}\n      Policy:\n", "topic-filter"),
    ),
)  # fmt: skip

KEYS = Answer(
    """
    Resources:
      Key:
        Type: AWS::KMS::Key
        Properties:
          KeyPolicy:
            Statement:
              - Effect: Allow
                Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}
                Action: kms:*
                Resource: "*"
              - Effect: Allow
                Principal: {Service: s3.amazonaws.com}
                Action: [kms:Decrypt, "kms:GenerateDataKey*"]
                Resource: "*"
                Condition: {StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}}
      Alias:
        Type: AWS::KMS::Alias
        Properties: {AliasName: alias/data, TargetKeyId: !Ref Key}
      Logs:
        Type: AWS::Logs::LogGroup
        Properties: {LogGroupName: /app, KmsKeyId: !GetAtt Key.Arn}
      Jobs:
        Type: AWS::SQS::Queue
        Properties: {QueueName: jobs, KmsMasterKeyId: alias/data}
      Reader:
        Type: AWS::IAM::Role
        Properties:
          RoleName: reader
          AssumeRolePolicyDocument: {Statement: []}
      Store:
        Type: AWS::SecretsManager::Secret
        Properties: {Name: login, KmsKeyId: !Ref Alias}
      Policy:
        Type: AWS::SecretsManager::ResourcePolicy
        Properties:
          SecretId: !Ref Store
          ResourcePolicy:
            Statement:
              - Effect: Allow
                Principal: {AWS: !GetAtt Reader.Arn}
                Action: secretsmanager:GetSecretValue
                Resource: "*"
    """,
    {
        "key-root": {"alias": "alias/data"},
        "key-service": {"alias": "alias/data", "service": "s3.amazonaws.com"},
        "key-for-logs": {"of": "/app", "alias": "alias/data"},
        "queue-encrypted": {"of": "jobs", "alias": "alias/data"},
        "key-for-secret": {"of": "login", "alias": "alias/data"},
        "secret-reader": {"of": "login", "role": "reader"},
    },
    (
        # CloudWatch Logs takes the ARN of a key, and nothing else
        ("KmsKeyId: !GetAtt Key.Arn", "KmsKeyId: !Ref Key", "key-for-logs"),
        ("KmsKeyId: !GetAtt Key.Arn", "KmsKeyId: alias/data", "key-for-logs"),
        ("KmsMasterKeyId: alias/data", "KmsMasterKeyId: alias/other", "queue-encrypted"),
        ("KmsMasterKeyId: alias/data", "KmsMasterKeyId: !GetAtt Key.KeyId", ""),
        ("KmsMasterKeyId: alias/data",
         'KmsMasterKeyId: !Sub "arn:aws:kms:${AWS::Region}:${AWS::AccountId}:alias/data"', ""),
        ("Condition: {StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}}",
         'Condition: {StringEquals: {aws:SourceAccount: "000000000000"}}', "key-service"),
        ("Condition: {StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}}",
         "Condition: {StringEquals: {kms:CallerAccount: !Ref AWS::AccountId}}", ""),
        ('kms:*\n                Resource: "*"', "kms:*\n                Resource: x", "key-root"),
        ('GetSecretValue\n                Resource: "*"',
         "GetSecretValue\n                Resource: arn:aws:secretsmanager:us-east-1:1:secret:x",
         "secret-reader"),
        ('GetSecretValue\n                Resource: "*"',
         "GetSecretValue\n                Resource: !Ref Store", ""),
    ),
)  # fmt: skip

SITE = Answer(
    """
    Resources:
      Bucket:
        Type: AWS::S3::Bucket
        Properties: {BucketName: pages}
      Access:
        Type: AWS::CloudFront::OriginAccessControl
        Properties:
          OriginAccessControlConfig:
            Name: pages
            OriginAccessControlOriginType: s3
            SigningBehavior: always
            SigningProtocol: sigv4
      Front:
        Type: AWS::CloudFront::Distribution
        Properties:
          DistributionConfig:
            Comment: site
            Enabled: true
            DefaultCacheBehavior: {TargetOriginId: s3, ViewerProtocolPolicy: https-only}
            Origins:
              - Id: s3
                DomainName: !GetAtt Bucket.RegionalDomainName
                OriginAccessControlId: !Ref Access
                S3OriginConfig: {}
      Other:
        Type: AWS::CloudFront::Distribution
        Properties: {DistributionConfig: {Comment: other, Enabled: true}}
      Policy:
        Type: AWS::S3::BucketPolicy
        Properties:
          Bucket: !Ref Bucket
          PolicyDocument:
            Statement:
              - Effect: Allow
                Principal: {Service: cloudfront.amazonaws.com}
                Action: s3:GetObject
                Resource: !Sub "${Bucket.Arn}/*"
                Condition:
                  StringEquals:
                    aws:SourceArn:
                      !Sub "arn:aws:cloudfront::${AWS::AccountId}:distribution/${Front}"
    """,
    {
        "distribution-bucket": {"of": "site", "bucket": "pages"},
        "bucket-for-distribution": {"of": "site", "bucket": "pages"},
    },
    (
        ("distribution/${Front}", "distribution/${Other}", "bucket-for-distribution"),
        ("distribution/${Front}", "distribution/${Front.Id}", ""),
        ("StringEquals:\n", "StringNotEquals:\n", "bucket-for-distribution"),
        ("StringEquals:\n", "ArnLike:\n", ""),
        ('Resource: !Sub "${Bucket.Arn}/*"', "Resource: arn:aws:s3:::others/*",
         "bucket-for-distribution"),
        ("Principal: {Service: cloudfront.amazonaws.com}",
         'Principal: {Service: cloudfront.amazonaws.com, AWS: "111122223333"}',
         "bucket-for-distribution"),
        # a second statement that lets every distribution in
        ("            Statement:\n",
         "            Statement:\n              - {Effect: Allow, Principal: "
         '{Service: cloudfront.amazonaws.com}, Action: "s3:Get*", '
         'Resource: "arn:aws:s3:::pages/*"}\n', "bucket-for-distribution"),
        ("!GetAtt Bucket.RegionalDomainName", '!Sub "${Bucket}.s3.${AWS::Region}.amazonaws.com"',
         ""),
        ("!GetAtt Bucket.RegionalDomainName", '!Sub "${Bucket}.s3-website.example.com"',
         "distribution-bucket"),
    ),
)  # fmt: skip

UPLOADS = Answer(
    """
    Resources:
      Files:
        Type: AWS::S3::Bucket
        Properties:
          BucketName: files
          NotificationConfiguration:
            LambdaConfigurations:
              - {Event: "s3:ObjectCreated:*", Function: !GetAtt Work.Arn}
      Others:
        Type: AWS::S3::Bucket
        Properties: {BucketName: others}
      Work:
        Type: AWS::Lambda::Function
        Properties: {FunctionName: work, Role: !GetAtt Role.Arn}
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Statement: {Effect: Allow, Principal: {Service: !Sub "lambda.${AWS::URLSuffix}"},
                        Action: sts:AssumeRole}
      Allow:
        Type: AWS::Lambda::Permission
        Properties:
          FunctionName: !Ref Work
          Action: lambda:InvokeFunction
          Principal: s3.amazonaws.com
          SourceArn: arn:aws:s3:::files
    """,
    {"function-s3-permission": {"of": "work"}, "function-role": {"of": "work"}},
    (
        # the permission is for a bucket that does not start the function
        ("SourceArn: arn:aws:s3:::files", "SourceArn: !GetAtt Others.Arn",
         "function-s3-permission"),
        ("SourceArn: arn:aws:s3:::files", "SourceArn: arn:aws:s3:::else",
         "function-s3-permission"),
        ("SourceArn: arn:aws:s3:::files", "SourceArn: !GetAtt Files.Arn", ""),
        ("SourceArn: arn:aws:s3:::files", 'SourceArn: "arn:aws:s3:::*"', ""),
        ("SourceArn: arn:aws:s3:::files", "SourceAccount: !Ref AWS::AccountId", ""),
        ("{Effect: Allow, Principal", "{Effect: Deny, Principal", "function-role"),
    ),
)  # fmt: skip

ANSWERS = (WORKER, QUEUE, KEYS, SITE, UPLOADS)


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_meets_everything(answer: Answer) -> None:
    """The answers are right to begin with."""
    assert failing(answer.text, answer.asks) == set()


@pytest.mark.parametrize(("answer", "old", "new", "labels"), cases(ANSWERS))
def test_a_change_breaks_what_it_should(answer: Answer, old: str, new: str, labels: str) -> None:
    """An attack fails what it breaks; another style fails nothing."""
    assert failing(answer.changed(old, new), answer.asks) == wanted(labels)


@pytest.mark.parametrize(
    ("action", "resource", "right"),
    [
        ("dynamodb:Query", "!GetAtt Table.Arn", True),
        ("dynamodb:Query", '!Sub "${Table.Arn}/index/*"', True),
        ("s3:GetObject", "arn:aws:s3:::files/*", True),
        ('"dynamodb:Get*"', "!GetAtt Table.Arn", False),
        ("dynamodb:Query", '"arn:aws:dynamodb:*:*:table/*"', False),
        ("s3:GetObject", '"arn:aws:s3:::*"', False),
        ("s3:GetObject", '"*"', False),
    ],
)
def test_what_is_a_wildcard(action: str, resource: str, right: bool) -> None:
    """A pattern for what belongs to one named thing is none."""
    text = f"""
    Resources:
      Table: {{Type: AWS::DynamoDB::Table, Properties: {{TableName: table}}}}
      Role:
        Type: AWS::IAM::Role
        Properties:
          RoleName: app
          Policies:
            - PolicyName: x
              PolicyDocument:
                Statement: {{Effect: Allow, Action: {action}, Resource: {resource}}}
    """
    found = failing(text, {"role-not-wild": {"of": "app"}})
    assert found == (set() if right else {"role-not-wild"})


@pytest.mark.parametrize(
    ("source", "right"),
    [
        ("!GetAtt Files.Arn", True),
        ("arn:aws:s3:::files", True),
        ('"arn:aws:s3:*:*:files"', True),
        ("arn:aws:s3:::others", False),
        ("arn:aws:sns:us-east-1:111122223333:news", False),
    ],
)
def test_the_queue_is_open_to_the_bucket_that_uses_it(source: str, right: bool) -> None:
    """A policy for the events of another bucket keeps those of this one out."""
    text = f"""
    Resources:
      Jobs: {{Type: AWS::SQS::Queue, Properties: {{QueueName: jobs}}}}
      Files:
        Type: AWS::S3::Bucket
        Properties:
          BucketName: files
          NotificationConfiguration:
            QueueConfigurations: [{{Event: "s3:ObjectCreated:*", Queue: !GetAtt Jobs.Arn}}]
      Policy:
        Type: AWS::SQS::QueuePolicy
        Properties:
          Queues: [!Ref Jobs]
          PolicyDocument:
            Statement:
              Effect: Allow
              Principal: {{Service: s3.amazonaws.com}}
              Action: [sqs:SendMessage]
              Resource: !GetAtt Jobs.Arn
              Condition: {{ArnLike: {{aws:SourceArn: {source}}}}}
    """
    found = failing(text, {"queue-service": {"of": "jobs", "service": "s3.amazonaws.com"}})
    assert found == (set() if right else {"queue-service"})
