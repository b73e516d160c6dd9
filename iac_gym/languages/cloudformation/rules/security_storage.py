"""Rules about security: data that stays private, encrypted and recoverable."""

from __future__ import annotations

from collections.abc import Iterator

from iac_gym.check import Rule
from iac_gym.languages.cloudformation.folded import Unknown, is_false, is_known
from iac_gym.languages.cloudformation.resolved import Item
from iac_gym.languages.cloudformation.rules.security_checks import is_on, is_set, secure
from iac_gym.verdict import Finding

_PUBLIC_ACLS = ("PublicRead", "PublicReadWrite", "AuthenticatedRead")
_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


@secure("AWS::S3::Bucket")
def no_public_bucket_acl(item: Item) -> Iterator[Finding]:
    """No bucket has an ACL for everybody.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl

    Bad::

        Resources:
          Media:
            Type: AWS::S3::Bucket
            Properties:
              AccessControl: PublicRead
              OwnershipControls:
                Rules: [{ObjectOwnership: ObjectWriter}]

    Good::

        Resources:
          Media:
            Type: AWS::S3::Bucket
    """
    if item.get("AccessControl") in _PUBLIC_ACLS:
        yield item.finding("the bucket `{}` is open to everybody by its ACL", "AccessControl")


@secure("AWS::S3::Bucket")
def public_access_blocked(item: Item) -> Iterator[Finding]:
    """A bucket blocks public access with all four switches.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-8

    Bad::

        Resources:
          Media:
            Type: AWS::S3::Bucket
            Properties:
              PublicAccessBlockConfiguration:
                BlockPublicAcls: true
                BlockPublicPolicy: false

    Good::

        Resources:
          Media:
            Type: AWS::S3::Bucket
            Properties:
              PublicAccessBlockConfiguration:
                BlockPublicAcls: true
                BlockPublicPolicy: true
                IgnorePublicAcls: true
                RestrictPublicBuckets: true
    """
    path = "PublicAccessBlockConfiguration"
    off = [name for name in _BLOCKS if not is_on(item.get(f"{path}.{name}"))]
    if off:
        message = f"the bucket `{{}}` does not set {', '.join(off)}"
        yield item.finding(message, path, f"set them to true in {path}")


@secure("AWS::S3::Bucket")
def versioned_buckets(item: Item) -> Iterator[Finding]:
    """A bucket keeps versions, so that what is overwritten or deleted can be recovered.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-14

    Bad::

        Resources:
          Media:
            Type: AWS::S3::Bucket

    Good::

        Resources:
          Media:
            Type: AWS::S3::Bucket
            Properties:
              VersioningConfiguration:
                Status: Enabled
    """
    status = item.get("VersioningConfiguration.Status")
    if status != "Enabled" and is_known(status):
        yield item.finding("the bucket `{}` keeps no versions", "VersioningConfiguration")


@secure("AWS::EC2::Volume")
def encrypted_volumes(item: Item) -> Iterator[Finding]:
    """EBS volumes are encrypted.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-3

    Bad::

        Resources:
          Data:
            Type: AWS::EC2::Volume
            Properties:
              AvailabilityZone: us-east-1a
              Size: 20

    Good::

        Resources:
          Data:
            Type: AWS::EC2::Volume
            Properties:
              AvailabilityZone: us-east-1a
              Size: 20
              Encrypted: true
    """
    if not is_on(item.get("Encrypted")):
        yield item.finding("the volume `{}` is not encrypted", "Encrypted")


@secure("AWS::EC2::Instance", "AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration")
def encrypted_machine_disks(item: Item) -> Iterator[Finding]:
    """Disks that a machine or launch template describes are encrypted.

    Source: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html

    Bad::

        Resources:
          Web:
            Type: AWS::EC2::Instance
            Properties:
              ImageId: ami-0abcdef1234567890
              BlockDeviceMappings:
                - DeviceName: /dev/xvda
                  Ebs: {VolumeSize: 20}

    Good::

        Resources:
          Web:
            Type: AWS::EC2::Instance
            Properties:
              ImageId: ami-0abcdef1234567890
              BlockDeviceMappings:
                - DeviceName: /dev/xvda
                  Ebs: {VolumeSize: 20, Encrypted: true}
    """
    prefix = "LaunchTemplateData." if item.type == "AWS::EC2::LaunchTemplate" else ""
    for disk in item.each(f"{prefix}BlockDeviceMappings.Ebs"):
        if isinstance(disk, dict) and not is_on(disk.get("Encrypted")):
            yield item.finding(
                "`{}` has a disk that is not encrypted", f"{prefix}BlockDeviceMappings"
            )
            return


@secure(
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBCluster",
    "AWS::DocDB::DBCluster",
    "AWS::Neptune::DBCluster",
)
def encrypted_databases(item: Item) -> Iterator[Finding]:
    """The storage of databases (RDS, Aurora, DocumentDB, Neptune) is encrypted.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-3

    Bad::

        Resources:
          Db:
            Type: AWS::DocDB::DBCluster
            Properties:
              DeletionProtection: true

    Good::

        Resources:
          Db:
            Type: AWS::DocDB::DBCluster
            Properties:
              DeletionProtection: true
              StorageEncrypted: true
    """
    if any(item.has(one) for one in ("DBClusterIdentifier", "SourceDBInstanceIdentifier")) and (
        item.type == "AWS::RDS::DBInstance"
    ):
        return  # as its cluster or its source is
    if not is_on(item.get("StorageEncrypted")) and not item.has("SnapshotIdentifier"):
        yield item.finding("the storage of `{}` is not encrypted", "StorageEncrypted")


@secure("AWS::RDS::DBInstance", "AWS::RDS::DBCluster")
def databases_have_backups(item: Item) -> Iterator[Finding]:
    """Databases do not switch their backups off.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-11

    Bad::

        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              DBInstanceClass: db.t3.micro
              Engine: postgres
              AllocatedStorage: "20"
              MasterUsername: app
              ManageMasterUserPassword: true
              BackupRetentionPeriod: 0

    Good::

        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            Properties:
              DBInstanceClass: db.t3.micro
              Engine: postgres
              AllocatedStorage: "20"
              MasterUsername: app
              ManageMasterUserPassword: true
              BackupRetentionPeriod: 7
    """
    if item.number("BackupRetentionPeriod", 1) == 0:
        yield item.finding("the database `{}` has no backups", "BackupRetentionPeriod")


@secure("AWS::RDS::DBInstance", "AWS::RDS::DBCluster")
def databases_are_protected(item: Item) -> Iterator[Finding]:
    """Databases cannot be deleted by mistake.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-8

    Bad::

        Resources:
          Db:
            Type: AWS::RDS::DBCluster
            Properties:
              Engine: aurora-postgresql
              MasterUsername: app
              ManageMasterUserPassword: true

    Good::

        Resources:
          Db:
            Type: AWS::RDS::DBCluster
            Properties:
              Engine: aurora-postgresql
              MasterUsername: app
              ManageMasterUserPassword: true
              DeletionProtection: true
    """
    if item.type == "AWS::RDS::DBInstance" and item.has("DBClusterIdentifier"):
        return
    if not is_on(item.get("DeletionProtection")):
        yield item.finding("the database `{}` can be deleted by mistake", "DeletionProtection")


@secure("AWS::EFS::FileSystem", "AWS::Redshift::Cluster")
def encrypted_file_systems(item: Item) -> Iterator[Finding]:
    """EFS file systems and Redshift clusters are encrypted.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/efs-controls.html#efs-1

    Bad::

        Resources:
          Files:
            Type: AWS::EFS::FileSystem

    Good::

        Resources:
          Files:
            Type: AWS::EFS::FileSystem
            Properties:
              Encrypted: true
    """
    if not is_on(item.get("Encrypted")):
        yield item.finding("`{}` is not encrypted", "Encrypted")


@secure("AWS::ElastiCache::ReplicationGroup")
def encrypted_caches(item: Item) -> Iterator[Finding]:
    """Replication groups of caches are encrypted, at rest and on the way.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/elasticache-controls.html

    Bad::

        Resources:
          Cache:
            Type: AWS::ElastiCache::ReplicationGroup
            Properties:
              ReplicationGroupDescription: sessions
              CacheNodeType: cache.t4g.small
              Engine: redis
              AutomaticFailoverEnabled: true
              NumCacheClusters: 2

    Good::

        Resources:
          Cache:
            Type: AWS::ElastiCache::ReplicationGroup
            Properties:
              ReplicationGroupDescription: sessions
              CacheNodeType: cache.t4g.small
              Engine: redis
              AutomaticFailoverEnabled: true
              NumCacheClusters: 2
              AtRestEncryptionEnabled: true
              TransitEncryptionEnabled: true
    """
    for name, where in (
        ("AtRestEncryptionEnabled", "at rest"),
        ("TransitEncryptionEnabled", "in transit"),
    ):
        if not is_on(item.get(name)):
            yield item.finding(f"the cache `{{}}` is not encrypted {where}", name)


@secure("AWS::Kinesis::Stream")
def encrypted_streams(item: Item) -> Iterator[Finding]:
    """Kinesis streams are encrypted.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/kinesis-controls.html#kinesis-1

    Bad::

        Resources:
          Clicks:
            Type: AWS::Kinesis::Stream
            Properties:
              ShardCount: 1

    Good::

        Resources:
          Clicks:
            Type: AWS::Kinesis::Stream
            Properties:
              ShardCount: 1
              StreamEncryption:
                EncryptionType: KMS
                KeyId: alias/aws/kinesis
    """
    if not item.has("StreamEncryption"):
        yield item.finding("the stream `{}` is not encrypted", "StreamEncryption")


@secure("AWS::SQS::Queue")
def encrypted_queues(item: Item) -> Iterator[Finding]:
    """Queues do not switch their encryption off, unless they have a key of their own.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/sqs-controls.html#sqs-1

    Bad::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Properties:
              SqsManagedSseEnabled: false

    Good::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Properties:
              KmsMasterKeyId: alias/aws/sqs
    """
    if is_false(item.get("SqsManagedSseEnabled")) and not is_set(item.get("KmsMasterKeyId")):
        yield item.finding("the queue `{}` is not encrypted", "SqsManagedSseEnabled")


@secure("AWS::SNS::Topic")
def encrypted_topics(item: Item) -> Iterator[Finding]:
    """Topics are encrypted with a key.

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html

    Bad::

        Resources:
          Alerts:
            Type: AWS::SNS::Topic

    Good::

        Resources:
          Alerts:
            Type: AWS::SNS::Topic
            Properties:
              KmsMasterKeyId: alias/aws/sns
    """
    if not is_set(item.get("KmsMasterKeyId")):
        yield item.finding("the topic `{}` is not encrypted", "KmsMasterKeyId")


@secure("AWS::DynamoDB::Table")
def recoverable_tables(item: Item) -> Iterator[Finding]:
    """DynamoDB tables can be recovered to a point in time.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/dynamodb-controls.html#dynamodb-2

    Bad::

        Resources:
          Users:
            Type: AWS::DynamoDB::Table
            Properties:
              BillingMode: PAY_PER_REQUEST
              AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
              KeySchema: [{AttributeName: id, KeyType: HASH}]

    Good::

        Resources:
          Users:
            Type: AWS::DynamoDB::Table
            Properties:
              BillingMode: PAY_PER_REQUEST
              AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
              KeySchema: [{AttributeName: id, KeyType: HASH}]
              PointInTimeRecoverySpecification:
                PointInTimeRecoveryEnabled: true
    """
    path = "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled"
    if not is_on(item.get(path)):
        yield item.finding("the table `{}` has no point-in-time recovery", path)


@secure("AWS::KMS::Key")
def rotated_keys(item: Item) -> Iterator[Finding]:
    """Symmetric KMS keys are rotated.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html#kms-4

    Bad::

        Resources:
          Key:
            Type: AWS::KMS::Key
            Properties:
              Description: orders

    Good::

        Resources:
          Key:
            Type: AWS::KMS::Key
            Properties:
              Description: orders
              EnableKeyRotation: true
    """
    kind, origin = item.get("KeySpec"), item.text("Origin", "AWS_KMS")
    if kind not in (None, "SYMMETRIC_DEFAULT") or origin != "AWS_KMS":
        return
    if not is_on(item.get("EnableKeyRotation")):
        yield item.finding("the key `{}` is not rotated", "EnableKeyRotation")


@secure("AWS::OpenSearchService::Domain", "AWS::Elasticsearch::Domain")
def encrypted_search(item: Item) -> Iterator[Finding]:
    """Search domains are encrypted at rest, and accept HTTPS only.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/opensearch-controls.html

    Bad::

        Resources:
          Search:
            Type: AWS::OpenSearchService::Domain
            Properties:
              EngineVersion: OpenSearch_2.11

    Good::

        Resources:
          Search:
            Type: AWS::OpenSearchService::Domain
            Properties:
              EngineVersion: OpenSearch_2.11
              EncryptionAtRestOptions:
                Enabled: true
              DomainEndpointOptions:
                EnforceHTTPS: true
    """
    if not is_on(item.get("EncryptionAtRestOptions.Enabled")):
        yield item.finding("the domain `{}` is not encrypted", "EncryptionAtRestOptions.Enabled")
    if not is_on(item.get("DomainEndpointOptions.EnforceHTTPS")):
        yield item.finding(
            "the domain `{}` accepts plain HTTP", "DomainEndpointOptions.EnforceHTTPS"
        )


@secure("AWS::CloudTrail::Trail")
def trails_are_validated(item: Item) -> Iterator[Finding]:
    """A CloudTrail trail validates its log files, so that changes of them show.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html

    Bad::

        Resources:
          Trail:
            Type: AWS::CloudTrail::Trail
            Properties:
              IsLogging: true
              S3BucketName: audit-logs

    Good::

        Resources:
          Trail:
            Type: AWS::CloudTrail::Trail
            Properties:
              IsLogging: true
              S3BucketName: audit-logs
              EnableLogFileValidation: true
    """
    if not is_on(item.get("EnableLogFileValidation")):
        yield item.finding("the log files of `{}` are not validated", "EnableLogFileValidation")


@secure("AWS::Logs::LogGroup")
def logs_expire(item: Item) -> Iterator[Finding]:
    """A log group says how long its logs are kept.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html

    Bad::

        Resources:
          Logs:
            Type: AWS::Logs::LogGroup

    Good::

        Resources:
          Logs:
            Type: AWS::Logs::LogGroup
            Properties:
              RetentionInDays: 365
    """
    if not item.has("RetentionInDays"):
        yield item.finding("the log group `{}` keeps its logs without end", "RetentionInDays")


@secure("AWS::ECR::Repository")
def images_are_scanned(item: Item) -> Iterator[Finding]:
    """An ECR repository scans its images when they are pushed, and its tags cannot be moved.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html

    Bad::

        Resources:
          Images:
            Type: AWS::ECR::Repository

    Good::

        Resources:
          Images:
            Type: AWS::ECR::Repository
            Properties:
              ImageTagMutability: IMMUTABLE
              ImageScanningConfiguration:
                ScanOnPush: true
    """
    scan = item.get("ImageScanningConfiguration.ScanOnPush")
    if not is_on(scan):
        yield item.finding("the images of `{}` are not scanned", "ImageScanningConfiguration")
    mutable = item.get("ImageTagMutability")
    if not isinstance(mutable, Unknown) and not str(mutable).startswith("IMMUTABLE"):
        yield item.finding("tags of `{}` can be moved to other images", "ImageTagMutability")


IN_ORDER: tuple[Rule, ...] = (
    no_public_bucket_acl, public_access_blocked, versioned_buckets, encrypted_volumes,
    encrypted_machine_disks, encrypted_databases, databases_have_backups, databases_are_protected,
    encrypted_file_systems, encrypted_caches, encrypted_streams, encrypted_queues,
    encrypted_topics, recoverable_tables, rotated_keys, encrypted_search, trails_are_validated,
    logs_expire, images_are_scanned,
)  # fmt: skip
