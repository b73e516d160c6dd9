"""What `Ref` of a resource stands for, and the ARNs that follow from a resource's name.

With these, `Ref` of a bucket, its literal name and the text of its ARN are found to be the same
resource. Source: the section "Return values" of each type,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from collections.abc import Mapping

#: Type -> the attribute (or property) whose value `Ref` gives.
REF_IS: Mapping[str, str] = {
    f"AWS::{kind}": attribute
    for line in """
    ApiGateway::Deployment:DeploymentId ApiGateway::Resource:ResourceId
    ApiGateway::RestApi:RestApiId
    ApiGateway::Stage:StageName ApiGatewayV2::Api:ApiId ApiGatewayV2::Stage:StageName
    AutoScaling::AutoScalingGroup:AutoScalingGroupName Backup::BackupVault:BackupVaultName
    AutoScaling::LaunchConfiguration:LaunchConfigurationName
    CertificateManager::Certificate:CertificateArn
    CloudFront::Distribution:Id CloudFront::OriginAccessControl:Id CloudTrail::Trail:TrailName
    CloudWatch::Alarm:AlarmName Cognito::UserPool:UserPoolId Cognito::UserPoolClient:ClientId
    DynamoDB::Table:TableName DynamoDB::GlobalTable:TableName EC2::EIP:PublicIp
    EC2::Instance:InstanceId EC2::InternetGateway:InternetGatewayId
    EC2::LaunchTemplate:LaunchTemplateId EC2::NatGateway:NatGatewayId EC2::NetworkAcl:Id
    EC2::RouteTable:RouteTableId EC2::SecurityGroup:GroupId EC2::Subnet:SubnetId
    EC2::TransitGateway:Id EC2::VPC:VpcId EC2::Volume:VolumeId ECR::Repository:RepositoryName
    ECS::Cluster:ClusterName ECS::Service:ServiceArn ECS::TaskDefinition:TaskDefinitionArn
    EFS::AccessPoint:AccessPointId EFS::FileSystem:FileSystemId EKS::Cluster:Name
    ElasticLoadBalancingV2::Listener:ListenerArn
    ElasticLoadBalancingV2::LoadBalancer:LoadBalancerArn
    ElasticLoadBalancingV2::TargetGroup:TargetGroupArn Events::EventBus:Name Events::Rule:RuleName
    IAM::Group:GroupName IAM::InstanceProfile:InstanceProfileName IAM::ManagedPolicy:PolicyArn
    IAM::Role:RoleName IAM::User:UserName KMS::Alias:AliasName KMS::Key:KeyId
    Kinesis::Stream:Name KinesisFirehose::DeliveryStream:DeliveryStreamName
    Lambda::Alias:AliasArn Lambda::Function:FunctionName Lambda::LayerVersion:LayerVersionArn
    Lambda::Version:FunctionArn Logs::LogGroup:LogGroupName MSK::Cluster:Arn
    OpenSearchService::Domain:DomainName RDS::DBCluster:DBClusterIdentifier
    RDS::DBInstance:DBInstanceIdentifier RDS::DBParameterGroup:DBParameterGroupName
    RDS::DBSubnetGroup:DBSubnetGroupName Route53::HostedZone:Id S3::Bucket:BucketName
    SNS::Topic:TopicArn SQS::Queue:QueueUrl SSM::Parameter:Name Scheduler::Schedule:Name
    SecretsManager::Secret:Id StepFunctions::StateMachine:Arn WAFv2::IPSet:Id
    ElastiCache::SubnetGroup:CacheSubnetGroupName ElastiCache::ReplicationGroup:ReplicationGroupId
    ElastiCache::CacheCluster:ClusterName Redshift::Cluster:ClusterIdentifier
    Athena::WorkGroup:Name Glue::Database:DatabaseName CodeBuild::Project:Name
    CodePipeline::Pipeline:Name CodeCommit::Repository:RepositoryId Batch::JobQueue:JobQueueArn
    Batch::ComputeEnvironment:ComputeEnvironmentArn Batch::JobDefinition:JobDefinitionArn
    SageMaker::Endpoint:EndpointArn ECS::CapacityProvider:Name
    Neptune::DBCluster:DBClusterIdentifier
    DocDB::DBCluster:DBClusterIdentifier AppSync::GraphQLApi:Arn Cognito::IdentityPool:Id
    Backup::BackupPlan:BackupPlanId CloudWatch::Dashboard:DashboardName
    EC2::VPCEndpoint:Id EC2::FlowLog:Id EC2::CustomerGateway:CustomerGatewayId
    EC2::VPNGateway:VPNGatewayId EC2::NetworkInterface:Id EC2::DHCPOptions:DhcpOptionsId
    """.split()
    for kind, _, attribute in [line.rpartition(":")]
}

#: Type -> the property that names the resource, where it is not known by another name.
NAMED_BY: Mapping[str, str] = {
    "AWS::SQS::Queue": "QueueName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::EC2::SecurityGroup": "GroupName",
    "AWS::EC2::LaunchTemplate": "LaunchTemplateName",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "Name",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "Name",
    "AWS::ECS::Service": "ServiceName",
    "AWS::ECS::TaskDefinition": "Family",
    "AWS::Cognito::UserPool": "UserPoolName",
    "AWS::Cognito::UserPoolClient": "ClientName",
    "AWS::ApiGateway::RestApi": "Name",
    "AWS::ApiGatewayV2::Api": "Name",
    "AWS::Lambda::Alias": "Name",
    "AWS::Lambda::LayerVersion": "LayerName",
    "AWS::CodeCommit::Repository": "RepositoryName",
    "AWS::MSK::Cluster": "ClusterName",
    "AWS::Route53::HostedZone": "Name",
    "AWS::WAFv2::WebACL": "Name",
    "AWS::WAFv2::IPSet": "Name",
    "AWS::Batch::JobQueue": "JobQueueName",
    "AWS::Batch::ComputeEnvironment": "ComputeEnvironmentName",
    "AWS::Batch::JobDefinition": "JobDefinitionName",
    "AWS::AppSync::GraphQLApi": "Name",
    "AWS::IAM::Policy": "PolicyName",
    "AWS::Serverless::Function": "FunctionName",
    "AWS::Serverless::SimpleTable": "TableName",
    "AWS::Serverless::Api": "Name",
}

#: The end of an ARN: after `arn:aws:`, with {name}, {region} and {account}.
ARNS: Mapping[str, tuple[str, str]] = {
    "AWS::S3::Bucket": ("Arn", "s3:::{name}"),
    "AWS::SQS::Queue": ("Arn", "sqs:{region}:{account}:{name}"),
    "AWS::SNS::Topic": ("TopicArn", "sns:{region}:{account}:{name}"),
    "AWS::Lambda::Function": ("Arn", "lambda:{region}:{account}:function:{name}"),
    "AWS::DynamoDB::Table": ("Arn", "dynamodb:{region}:{account}:table/{name}"),
    "AWS::IAM::Role": ("Arn", "iam::{account}:role{path}{name}"),
    "AWS::IAM::User": ("Arn", "iam::{account}:user{path}{name}"),
    "AWS::IAM::ManagedPolicy": ("PolicyArn", "iam::{account}:policy{path}{name}"),
    "AWS::KMS::Key": ("Arn", "kms:{region}:{account}:key/{name}"),
    "AWS::Kinesis::Stream": ("Arn", "kinesis:{region}:{account}:stream/{name}"),
    "AWS::KinesisFirehose::DeliveryStream": (
        "Arn",
        "firehose:{region}:{account}:deliverystream/{name}",
    ),
    "AWS::Logs::LogGroup": ("Arn", "logs:{region}:{account}:log-group:{name}:*"),
    "AWS::StepFunctions::StateMachine": ("Arn", "states:{region}:{account}:stateMachine:{name}"),
    "AWS::ECR::Repository": ("Arn", "ecr:{region}:{account}:repository/{name}"),
    "AWS::ECS::Cluster": ("Arn", "ecs:{region}:{account}:cluster/{name}"),
    "AWS::Events::EventBus": ("Arn", "events:{region}:{account}:event-bus/{name}"),
    "AWS::Events::Rule": ("Arn", "events:{region}:{account}:rule/{name}"),
    "AWS::CodeBuild::Project": ("Arn", "codebuild:{region}:{account}:project/{name}"),
    "AWS::EFS::FileSystem": ("Arn", "elasticfilesystem:{region}:{account}:file-system/{name}"),
    "AWS::SSM::Parameter": ("Arn", "ssm:{region}:{account}:parameter{slash}{name}"),
    "AWS::Cognito::UserPool": ("Arn", "cognito-idp:{region}:{account}:userpool/{name}"),
    "AWS::EC2::Subnet": ("Arn", "ec2:{region}:{account}:subnet/{name}"),
    "AWS::EC2::SecurityGroup": ("Arn", "ec2:{region}:{account}:security-group/{name}"),
    "AWS::EC2::VPC": ("Arn", "ec2:{region}:{account}:vpc/{name}"),
}

#: Type -> the attribute that is its name, where `Ref` gives something else.
ARN_NAMES: Mapping[str, str] = {
    "AWS::SQS::Queue": "QueueName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::StepFunctions::StateMachine": "Name",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::ECS::Service": "Name",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "TargetGroupName",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "LoadBalancerName",
    "AWS::Events::Rule": "RuleName",
}

#: Types whose name in an ARN is not what names them in the template, but what `Ref` gives.
IDENTIFIED: frozenset[str] = frozenset(
    {
        "AWS::KMS::Key",
        "AWS::EFS::FileSystem",
        "AWS::Cognito::UserPool",
        "AWS::EC2::Subnet",
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::VPC",
    }
)


def name_property(kind: str) -> str:
    """Return the property that names a resource of a type, "" where there is none."""
    if kind in NAMED_BY:
        return NAMED_BY[kind]
    found = REF_IS.get(kind, "")
    return "" if found in ("Id", "Arn") or found.endswith("Arn") else found


def name_attribute(kind: str) -> str:
    """Return the attribute whose value is the name that `name_property` sets."""
    return ARN_NAMES.get(kind) or name_property(kind)
