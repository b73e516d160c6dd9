"""Requirements about buckets, queues, topics and keys: other styles pass, others fail."""

from __future__ import annotations

import pytest

from tests.envs.cloudformation.changes import Answer, cases, failing, wanted

BUCKET = Answer(
    """
    Parameters:
      Name:
        Type: String
        Default: records
      Env:
        Type: String
        Default: prod
    Mappings:
      Days:
        prod:
          Keep: 400
    Conditions:
      IsProd: !Equals [!Ref Env, prod]
      Never: !Not [!Condition IsProd]
    Resources:
      Other:
        Type: AWS::S3::Bucket
        Metadata:
          Note: the bucket records is versioned and encrypted
        Properties:
          BucketName: others
      Store:
        Type: AWS::S3::Bucket
        DeletionPolicy: Retain
        UpdateReplacePolicy: Retain
        Properties:
          BucketName: !Sub "${Name}-${Env}"
          VersioningConfiguration: !If
            - IsProd
            - Status: Enabled
            - !Ref AWS::NoValue
          PublicAccessBlockConfiguration:
            BlockPublicAcls: "true"
            BlockPublicPolicy: true
            IgnorePublicAcls: yes
            RestrictPublicBuckets: true
          BucketEncryption:
            ServerSideEncryptionConfiguration:
              - BucketKeyEnabled: true
                ServerSideEncryptionByDefault:
                  SSEAlgorithm: aws:kms
                  KMSMasterKeyID:
                    Fn::GetAtt: Key.Arn
          LifecycleConfiguration:
            Rules:
              - Status: Enabled
                ExpirationInDays: !FindInMap [Days, !Ref Env, Keep]
              - Status: Enabled
                Prefix: tmp/
                AbortIncompleteMultipartUpload:
                  DaysAfterInitiation: 3
              - Status: Enabled
                AbortIncompleteMultipartUpload:
                  DaysAfterInitiation: "7"
                Transitions:
                  - StorageClass: GLACIER
                    TransitionInDays: 90
          Tags:
            - Value: data
              Key: Team
      Policy:
        Type: AWS::S3::BucketPolicy
        Properties:
          Bucket: records-prod
          PolicyDocument: |
            {"Statement": {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": ["s3:*"],
             "Resource": ["arn:aws:s3:::records-prod", "arn:aws:s3:::records-prod/*"],
             "Condition": {"Bool": {"aws:SecureTransport": ["false"]}}}}
      Key:
        Type: AWS::KMS::Key
        Properties:
          EnableKeyRotation: "true"
          KeyPolicy:
            Statement:
              - Effect: Allow
                Principal:
                  AWS:
                    !Join ["", [!Sub "arn:${AWS::Partition}:iam::", !Ref AWS::AccountId, ":root"]]
                Action: kms:*
                Resource: "*"
      Alias:
        Type: AWS::KMS::Alias
        Properties:
          AliasName: alias/records
          TargetKeyId: !GetAtt Key.KeyId
    Outputs:
      StoreArn:
        Value: !Join ["", ["arn:aws:s3:::", !Ref Store]]
    """,
    {
        "bucket": {"name": "records-prod"},
        "bucket-versioned": {"of": "records-prod"},
        "bucket-private": {"of": "records-prod"},
        "bucket-encryption": {"of": "records-prod", "value": "aws:kms"},
        "key-for-bucket": {"of": "records-prod", "alias": "alias/records"},
        "bucket-expiry": {"of": "records-prod", "value": 400},
        "bucket-transition": {"of": "records-prod", "storage": "GLACIER", "days": 90},
        "bucket-tls-only": {"of": "records-prod"},
        "bucket-retained": {"of": "records-prod"},
        "bucket-tag": {"of": "records-prod", "key": "Team", "value": "data"},
        "bucket-arn-output": {"of": "records-prod", "name": "StoreArn"},
        "key": {"alias": "alias/records"},
        "key-rotation": {"alias": "alias/records"},
        "key-root": {"alias": "alias/records"},
    },
    (
        ("Default: prod", "Default: dev",
         "bucket, bucket-versioned, bucket-private, bucket-encryption, key-for-bucket, "
         "bucket-expiry, bucket-transition, bucket-tls-only, bucket-retained, bucket-tag, "
         "bucket-arn-output"),
        ("            - IsProd\n", "            - Never\n", "bucket-versioned"),
        ("IgnorePublicAcls: yes", "IgnorePublicAcls: no", "bucket-private"),
        ("            BlockPublicPolicy: true\n", "", "bucket-private"),
        ("SSEAlgorithm: aws:kms", "SSEAlgorithm: AES256", "bucket-encryption, key-for-bucket"),
        ("Fn::GetAtt: Key.Arn", "Fn::GetAtt: Other.Arn", "key-for-bucket"),
        ("Fn::GetAtt: Key.Arn", "Fn::Sub: alias/records", ""),
        ("Keep: 400", "Keep: 401", "bucket-expiry"),
        ("- Status: Enabled\n                ExpirationInDays",
         "- Status: Disabled\n                ExpirationInDays", "bucket-expiry"),
        ("- Status: Enabled\n                ExpirationInDays",
         "- Status: Enabled\n                Prefix: old/\n                ExpirationInDays",
         "bucket-expiry"),
        ("TransitionInDays: 90", "TransitionInDays: 91", "bucket-transition"),
        ("Bucket: records-prod", "Bucket: !Ref Other", "bucket-tls-only"),
        ("Bucket: records-prod", "Bucket: !Ref Store", ""),
        ('"arn:aws:s3:::records-prod/*"', '"arn:aws:s3:::records/*"', "bucket-tls-only"),
        ('"Effect": "Deny"', '"Effect": "Allow"', "bucket-tls-only"),
        ('["false"]', '["true"]', "bucket-tls-only"),
        ("Type: AWS::S3::BucketPolicy", "Type: AWS::S3::BucketPolicy\n        Condition: Never",
         "bucket-tls-only"),
        ("DeletionPolicy: Retain", "DeletionPolicy: Delete", "bucket-retained"),
        ("Key: Team", "Key: team", "bucket-tag"),
        ("!Ref Store]]", "!Ref Other]]", "bucket-arn-output"),
        ('!Join ["", ["arn:aws:s3:::", !Ref Store]]', "!Ref Store", "bucket-arn-output"),
        ('!Join ["", ["arn:aws:s3:::", !Ref Store]]', "!GetAtt Store.Arn", ""),
        ('!Join ["", ["arn:aws:s3:::", !Ref Store]]', '"${Store.Arn}"', "bucket-arn-output"),
        ('EnableKeyRotation: "true"', "EnableKeyRotation: false", "key-rotation"),
        ("TargetKeyId: !GetAtt Key.KeyId", "TargetKeyId: abc",
         "key, key-rotation, key-root, key-for-bucket"),
        ('":root"', '":user/bob"', "key-root"),
    ),
)  # fmt: skip

QUEUES = Answer(
    """
    {
      "Resources": {
        "Jobs": {
          "Type": "AWS::SQS::Queue",
          "Properties": {
            "QueueName": "jobs",
            "VisibilityTimeout": "90",
            "RedrivePolicy": {
              "deadLetterTargetArn": {"Fn::Sub":
                "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:jobs-dead"},
              "maxReceiveCount": "4"
            }
          }
        },
        "Dead": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs-dead"}},
        "Spare": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "spare"}},
        "Events": {
          "Type": "AWS::SNS::Topic",
          "Properties": {
            "TopicName": "events",
            "Subscription": [{"Protocol": "sqs", "Endpoint": {"Fn::GetAtt": ["Jobs", "Arn"]}}]
          }
        },
        "Mail": {
          "Type": "AWS::SNS::Subscription",
          "Properties": {"TopicArn": {"Ref": "Events"}, "Protocol": "email",
                         "Endpoint": "ops@example.com"}
        },
        "Allow": {
          "Type": "AWS::SQS::QueuePolicy",
          "DependsOn": "Events",
          "Properties": {
            "Queues": [{"Ref": "Jobs"}],
            "PolicyDocument": {
              "Statement": {
                "Effect": "Allow", "Action": "SQS:SendMessage", "Resource": "*",
                "Principal": {"Service": ["sns.amazonaws.com", "s3.amazonaws.com"]},
                "Condition": {"ArnEquals": {"aws:SourceArn": {"Ref": "Events"}}}
              }
            }
          }
        },
        "Store": {
          "Type": "AWS::S3::Bucket",
          "DependsOn": ["Allow"],
          "Properties": {
            "BucketName": "store",
            "NotificationConfiguration": {
              "QueueConfigurations": [
                {"Event": "s3:ObjectCreated:*", "Queue": {"Fn::GetAtt": "Jobs.Arn"},
                 "Filter": {"S3Key": {"Rules": [{"Name": "Suffix", "Value": ".csv"}]}}}
              ]
            }
          }
        }
      },
      "Outputs": {"Url": {"Value": {"Ref": "Jobs"}}}
    }
    """,
    {
        "queue": {"name": "jobs"},
        "queue dead": {"name": "jobs-dead"},
        "queue-visibility": {"of": "jobs", "value": 90},
        "queue-dead-letters": {"of": "jobs", "to": "jobs-dead", "tries": 4},
        "queue-service": {"of": "jobs", "service": "sns.amazonaws.com"},
        "queue-not-open": {"of": "jobs"},
        "queue-url-output": {"of": "jobs", "name": "Url"},
        "topic-feeds-queue": {"of": "events", "queue": "jobs"},
        "topic-email": {"of": "events", "email": "ops@example.com"},
        "bucket-notifies-filtered": {
            "of": "store", "event": "s3:ObjectCreated:*", "queue": "jobs", "suffix": ".csv",
        },
        "bucket-after-policy": {"of": "store", "to": "jobs"},
    },
    (
        ('"VisibilityTimeout": "90"', '"VisibilityTimeout": 91', "queue-visibility"),
        (":jobs-dead\"},", ":spare\"},", "queue-dead-letters"),
        (":jobs-dead\"},", ":jobs\"},", "queue-dead-letters"),
        ('{"Fn::Sub":\n                "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:jobs-dead"}',
         '{"Fn::GetAtt": ["Dead", "Arn"]}', ""),
        ('{"Fn::Sub":\n                "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:jobs-dead"}',
         '{"Ref": "Dead"}', "queue-dead-letters"),
        ('{"Fn::Sub":\n                "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:jobs-dead"}',
         '"arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:jobs-dead"', "queue-dead-letters"),
        ('"maxReceiveCount": "4"', '"maxReceiveCount": 5', "queue-dead-letters"),
        ('"Queues": [{"Ref": "Jobs"}]', '"Queues": [{"Ref": "Spare"}]',
         "queue-service, queue-not-open, bucket-after-policy"),
        ('{"Service": ["sns.amazonaws.com", "s3.amazonaws.com"]}', '"*"', ""),
        ('"aws:SourceArn"', '"aws:PrincipalArn"', "queue-service"),
        ('"Effect": "Allow"', '"Effect": "Deny"', "queue-service, queue-not-open"),
        ('{"Value": {"Ref": "Jobs"}}', '{"Value": {"Ref": "Dead"}}', "queue-url-output"),
        ('"Endpoint": {"Fn::GetAtt": ["Jobs", "Arn"]}', '"Endpoint": {"Ref": "Jobs"}',
         "topic-feeds-queue"),
        ('"Protocol": "sqs"', '"Protocol": "sqs", "FilterPolicy": {"kind": ["a"]}',
         "topic-feeds-queue"),
        ('"Protocol": "email"', '"Protocol": "email-json"', "topic-email"),
        ('"TopicArn": {"Ref": "Events"}', '"TopicArn": "arn:aws:sns:us-east-1:1:other"',
         "topic-email"),
        ('"Value": ".csv"', '"Value": ".json"', "bucket-notifies-filtered"),
        ('"DependsOn": ["Allow"]', '"DependsOn": ["Events"]', "bucket-after-policy"),
        ('"QueueName": "jobs-dead"', '"QueueName": "jobs"',
         "queue, queue dead, queue-visibility, queue-dead-letters, queue-service, queue-not-open, "
         "queue-url-output, topic-feeds-queue, bucket-notifies-filtered"),
    ),
)  # fmt: skip

ANSWERS = (BUCKET, QUEUES)


@pytest.mark.parametrize("answer", ANSWERS)
def test_other_styles_are_right(answer: Answer) -> None:
    """Parameters, mappings, conditions, JSON and literal ARNs count as what they come to."""
    assert failing(answer.text, answer.asks) == set()


@pytest.mark.parametrize(("answer", "old", "new", "labels"), cases(ANSWERS))
def test_a_change_fails_what_it_breaks(answer: Answer, old: str, new: str, labels: str) -> None:
    """Each change fails exactly the requirements that it breaks."""
    assert failing(answer.changed(old, new), answer.asks) == wanted(labels)
