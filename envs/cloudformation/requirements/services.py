"""The kinds of things of AWS that tasks name, and what `Ref` and their attributes give."""

from __future__ import annotations

from envs.cloudformation.requirements.kinds import Kind

QUEUE = Kind(
    "SQS queue", "AWS::SQS::Queue", "QueueName", ids=("Ref", "QueueUrl"), names=("QueueName",),
    arns=("Arn",), arn="arn:aws:sqs:R:A:NAME",
)  # fmt: skip
TOPIC = Kind(
    "SNS topic", "AWS::SNS::Topic", "TopicName", names=("TopicName",), arns=("Ref", "TopicArn"),
    arn="arn:aws:sns:R:A:NAME",
)  # fmt: skip
FUNCTION = Kind(
    "Lambda function", "AWS::Lambda::Function", "FunctionName", names=("Ref",), arns=("Arn",),
    arn="arn:aws:lambda:R:A:function:NAME",
)  # fmt: skip
TABLE = Kind(
    "DynamoDB table", "AWS::DynamoDB::Table", "TableName", names=("Ref",), arns=("Arn",),
    arn="arn:aws:dynamodb:R:A:table/NAME",
)  # fmt: skip
LOG_GROUP = Kind(
    "log group", "AWS::Logs::LogGroup", "LogGroupName", names=("Ref",), arns=("Arn",),
    arn="arn:aws:logs:R:A:log-group:NAME",
)  # fmt: skip
RULE = Kind(
    "EventBridge rule", "AWS::Events::Rule", "Name", names=("Ref",), arns=("Arn",),
    arn="arn:aws:events:R:A:rule/NAME",
)  # fmt: skip
BUS = Kind(
    "event bus", "AWS::Events::EventBus", "Name", names=("Ref", "Name"), arns=("Arn",),
    arn="arn:aws:events:R:A:event-bus/NAME",
)  # fmt: skip
SCHEDULE = Kind("schedule", "AWS::Scheduler::Schedule", "Name", names=("Ref",), arns=("Arn",))
HTTP_API = Kind("HTTP API", "AWS::ApiGatewayV2::Api", "Name", ids=("Ref", "ApiId"))
REST_API = Kind("REST API", "AWS::ApiGateway::RestApi", "Name", ids=("Ref", "RestApiId"))
MACHINE = Kind(
    "state machine", "AWS::StepFunctions::StateMachine", "StateMachineName", names=("Name",),
    arns=("Ref", "Arn"), arn="arn:aws:states:R:A:stateMachine:NAME",
)  # fmt: skip
STREAM = Kind(
    "Kinesis stream", "AWS::Kinesis::Stream", "Name", names=("Ref",), arns=("Arn",),
    arn="arn:aws:kinesis:R:A:stream/NAME",
)  # fmt: skip
DELIVERY = Kind(
    "Firehose delivery stream", "AWS::KinesisFirehose::DeliveryStream", "DeliveryStreamName",
    names=("Ref",), arns=("Arn",), arn="arn:aws:firehose:R:A:deliverystream/NAME",
)  # fmt: skip
VPC = Kind("VPC", "AWS::EC2::VPC", "Tags.Name", ids=("Ref", "VpcId"))
SUBNET = Kind("subnet", "AWS::EC2::Subnet", "Tags.Name", ids=("Ref", "SubnetId"))
ROUTE_TABLE = Kind("route table", "AWS::EC2::RouteTable", "Tags.Name", ids=("Ref", "RouteTableId"))
GATEWAY = Kind(
    "internet gateway", "AWS::EC2::InternetGateway", "Tags.Name", ids=("Ref", "InternetGatewayId")
)
NAT = Kind("NAT gateway", "AWS::EC2::NatGateway", "Tags.Name", ids=("Ref", "NatGatewayId"))
SECURITY_GROUP = Kind(
    "security group", "AWS::EC2::SecurityGroup", "GroupName", ids=("Ref", "GroupId", "Id")
)
INSTANCE = Kind("EC2 instance", "AWS::EC2::Instance", "Tags.Name", ids=("Ref", "InstanceId"))
LAUNCH_TEMPLATE = Kind(
    "launch template", "AWS::EC2::LaunchTemplate", "LaunchTemplateName",
    ids=("Ref", "LaunchTemplateId"),
)  # fmt: skip
SCALING_GROUP = Kind(
    "Auto Scaling group", "AWS::AutoScaling::AutoScalingGroup", "AutoScalingGroupName",
    names=("Ref",), arns=("AutoScalingGroupARN",),
)  # fmt: skip
BALANCER = Kind(
    "load balancer", "AWS::ElasticLoadBalancingV2::LoadBalancer", "Name",
    arns=("Ref", "LoadBalancerArn"),
)  # fmt: skip
TARGET_GROUP = Kind(
    "target group", "AWS::ElasticLoadBalancingV2::TargetGroup", "Name",
    arns=("Ref", "TargetGroupArn"),
)  # fmt: skip
CLUSTER = Kind(
    "ECS cluster", "AWS::ECS::Cluster", "ClusterName", names=("Ref",), arns=("Arn",),
    arn="arn:aws:ecs:R:A:cluster/NAME",
)  # fmt: skip
SERVICE = Kind(
    "ECS service", "AWS::ECS::Service", "ServiceName", names=("Name",), arns=("Ref", "ServiceArn")
)
TASK = Kind(
    "task definition", "AWS::ECS::TaskDefinition", "Family", arns=("Ref", "TaskDefinitionArn"),
    names=(),
)  # fmt: skip
REPOSITORY = Kind(
    "ECR repository", "AWS::ECR::Repository", "RepositoryName", names=("Ref",), arns=("Arn",),
    arn="arn:aws:ecr:R:A:repository/NAME",
)  # fmt: skip
EKS_CLUSTER = Kind("EKS cluster", "AWS::EKS::Cluster", "Name", names=("Ref",), arns=("Arn",))
NODES = Kind("node group", "AWS::EKS::Nodegroup", "NodegroupName", ids=("Ref",))
DATABASE = Kind(
    "RDS instance", "AWS::RDS::DBInstance", "DBInstanceIdentifier", names=("Ref",),
    arns=("DBInstanceArn",),
)  # fmt: skip
AURORA = Kind(
    "Aurora cluster", "AWS::RDS::DBCluster", "DBClusterIdentifier", names=("Ref",),
    arns=("DBClusterArn",),
)  # fmt: skip
DB_SUBNETS = Kind("DB subnet group", "AWS::RDS::DBSubnetGroup", "DBSubnetGroupName", names=("Ref",))
DB_PARAMETERS = Kind(
    "DB parameter group", "AWS::RDS::DBParameterGroup", "DBParameterGroupName",
    names=("Ref", "DBParameterGroupName"),
)  # fmt: skip
CACHE = Kind(
    "replication group", "AWS::ElastiCache::ReplicationGroup", "ReplicationGroupId", names=("Ref",)
)
CACHE_SUBNETS = Kind(
    "cache subnet group", "AWS::ElastiCache::SubnetGroup", "CacheSubnetGroupName", names=("Ref",)
)
FILES = Kind(
    "file system", "AWS::EFS::FileSystem", "Tags.Name", ids=("Ref", "FileSystemId"), arns=("Arn",)
)
KEY = Kind("KMS key", "AWS::KMS::Key", "Description", ids=("Ref", "KeyId"), arns=("Arn",))
ALIAS = Kind(
    "KMS alias", "AWS::KMS::Alias", "AliasName", names=("Ref",), arn="arn:aws:kms:R:A:NAME"
)
SECRET = Kind(
    "secret", "AWS::SecretsManager::Secret", "Name", names=("Name",), arns=("Ref", "Id"),
    arn="arn:aws:secretsmanager:R:A:secret:NAME",
)  # fmt: skip
PARAMETER = Kind("SSM parameter", "AWS::SSM::Parameter", "Name", names=("Ref",))
ALARM = Kind("alarm", "AWS::CloudWatch::Alarm", "AlarmName", names=("Ref",), arns=("Arn",))
DASHBOARD = Kind(
    "dashboard", "AWS::CloudWatch::Dashboard", "DashboardName", names=("Ref",)
)  # fmt: skip
DISTRIBUTION = Kind(
    "distribution", "AWS::CloudFront::Distribution", "DistributionConfig.Comment",
    ids=("Ref", "Id"),
)  # fmt: skip
ZONE = Kind("hosted zone", "AWS::Route53::HostedZone", "Name", ids=("Ref", "Id"))
USER_POOL = Kind(
    "user pool", "AWS::Cognito::UserPool", "UserPoolName", ids=("Ref", "UserPoolId"), arns=("Arn",)
)
POOL_CLIENT = Kind(
    "user pool client", "AWS::Cognito::UserPoolClient", "ClientName", ids=("Ref", "ClientId")
)
PROJECT = Kind(
    "CodeBuild project", "AWS::CodeBuild::Project", "Name", names=("Ref",), arns=("Arn",),
    arn="arn:aws:codebuild:R:A:project/NAME",
)  # fmt: skip
PIPELINE = Kind("pipeline", "AWS::CodePipeline::Pipeline", "Name", names=("Ref",))
VAULT = Kind(
    "backup vault", "AWS::Backup::BackupVault", "BackupVaultName", names=("Ref", "BackupVaultName"),
    arns=("BackupVaultArn",),
)  # fmt: skip
PLAN = Kind(
    "backup plan", "AWS::Backup::BackupPlan", "BackupPlan.BackupPlanName",
    ids=("Ref", "BackupPlanId"), arns=("BackupPlanArn",),
)  # fmt: skip
FIREWALL = Kind("web ACL", "AWS::WAFv2::WebACL", "Name", arns=("Arn",))
