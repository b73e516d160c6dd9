"""Firewalls, pools, networks, registries, tables and REST APIs: attacks fail, styles pass."""

from __future__ import annotations

import pytest

from tests.envs.cloudformation.changes import Answer, cases, failing, wanted

EDGE = Answer(
    """
    Resources:
      Acl:
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
                ManagedRuleGroupStatement:
                  VendorName: AWS
                  Name: AWSManagedRulesCommonRuleSet
            - Name: first
              Priority: 1
              Action: {Block: {}}
              Statement: {GeoMatchStatement: {CountryCodes: [KP]}}
            - Name: second
              Priority: 2
              Action: {Block: {}}
              Statement:
                OrStatement:
                  Statements:
                    - GeoMatchStatement: {CountryCodes: [RU]}
                    - GeoMatchStatement: {CountryCodes: [SY]}
      Pool:
        Type: AWS::Cognito::UserPool
        Properties: {UserPoolName: people}
      Domain:
        Type: AWS::Cognito::UserPoolDomain
        Properties: {UserPoolId: !Ref Pool, Domain: people-sign-in}
      Images:
        Type: AWS::ECR::Repository
        Properties:
          RepositoryName: images
          EncryptionConfiguration: {EncryptionType: KMS_DSSE, KmsKey: !GetAtt Key.Arn}
          RepositoryPolicyText:
            Statement:
              - Effect: Allow
                Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::111122223333:root"}
                Action: ["ecr:BatchGet*", ecr:GetDownloadUrlForLayer]
      Key:
        Type: AWS::KMS::Key
        Properties:
          KeyPolicy:
            Statement:
              - {Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}, Action: "*", Resource: "*"}
              - {Effect: Allow, Principal: {Service: sns.amazonaws.com},
                 Action: [kms:Decrypt, kms:GenerateDataKey*], Resource: "*"}
      Alias:
        Type: AWS::KMS::Alias
        Properties: {AliasName: alias/images, TargetKeyId: !Ref Key}
    """,
    {
        "firewall-managed": {"of": "waf", "group": "AWSManagedRulesCommonRuleSet"},
        "firewall-countries": {"of": "waf", "countries": ["RU", "KP", "SY"]},
        "pool-mfa": {"of": "people", "value": "OFF"},
        "pool-domain": {"of": "people", "prefix": "people-sign-in"},
        "repository-pulls": {"of": "images", "account": "111122223333"},
        "repository-encrypted": {"of": "images", "alias": "alias/images"},
        "key": {"alias": "alias/images"},
        "key-root": {"alias": "alias/images"},
        "key-service": {"alias": "alias/images", "service": "sns.amazonaws.com"},
    },
    (
        # rules that only count, or let through
        ("VendorName: AWS\n", "VendorName: AWS\n                  RuleActionOverrides: "
         "[{Name: SizeRestrictions_BODY, ActionToUse: {Count: {}}}]\n", "firewall-managed"),
        ("VendorName: AWS\n", "VendorName: AWS\n                  RuleActionOverrides: "
         "[{Name: SizeRestrictions_BODY, ActionToUse: {Block: {}}}]\n", ""),
        ("VendorName: AWS\n", "VendorName: AWS\n                  ExcludedRules: "
         "[{Name: SizeRestrictions_BODY}]\n", "firewall-managed"),
        ("VendorName: AWS\n", "VendorName: Elsewhere\n", "firewall-managed"),
        # another country as well, fewer of them, or those that a rule asks more of
        ("[KP]", "[KP, FR]", "firewall-countries"),
        ("CountryCodes: [SY]", "CountryCodes: [RU]", "firewall-countries"),
        ("OrStatement", "AndStatement", "firewall-countries"),
        ("Priority: 2\n              Action: {Block: {}}",
         "Priority: 2\n              Action: {Count: {}}", "firewall-countries"),
        ("Domain: people-sign-in}", "Domain: people-sign-in, CustomDomainConfig: "
         '{CertificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/a"}}', "pool-domain"),
        ("UserPoolName: people", 'UserPoolName: people, MfaConfiguration: "ON"', "pool-mfa"),
        # a denial goes before
        ("              - Effect: Allow\n                Principal: {AWS: !Sub",
         '              - {Effect: Deny, Principal: "*", Action: "ecr:*"}\n'
         "              - Effect: Allow\n                Principal: {AWS: !Sub",
         "repository-pulls"),
        ("111122223333:root", "444455556666:root", "repository-pulls"),
        ("EncryptionType: KMS_DSSE", "EncryptionType: AES256", "repository-encrypted"),
        # a key that encrypts nothing
        ("        Properties:\n          KeyPolicy",
         "        Properties:\n          Enabled: false\n          KeyPolicy",
         "repository-encrypted, key, key-root, key-service"),
        ("        Properties:\n          KeyPolicy",
         "        Properties:\n          KeyUsage: SIGN_VERIFY\n          KeyPolicy",
         "repository-encrypted, key, key-root, key-service"),
        ("Principal: {Service: sns.amazonaws.com},", "Principal: {Service: sqs.amazonaws.com},",
         "key-service"),
        ("              - {Effect: Allow, Principal: {Service",
         '              - {Effect: Deny, Principal: "*", Action: kms:Decrypt, Resource: "*"}\n'
         "              - {Effect: Allow, Principal: {Service", "key-service"),
        ("              - {Effect: Allow, Principal: {Service",
         '              - {Effect: Deny, Principal: "*", Action: kms:Put*, Resource: "*"}\n'
         "              - {Effect: Allow, Principal: {Service", "key-root"),
    ),
)  # fmt: skip

NETWORK = Answer(
    """
    Resources:
      Net:
        Type: AWS::EC2::VPC
        Properties: {CidrBlock: 10.0.0.0/16, Tags: [{Key: Name, Value: net}]}
      Left:
        Type: AWS::EC2::Subnet
        Properties:
          VpcId: !Ref Net
          CidrBlock: 10.0.0.0/24
          AvailabilityZone: us-east-1a
          Tags: [{Key: Name, Value: left}]
      Right:
        Type: AWS::EC2::Subnet
        Properties:
          VpcId: !Ref Net
          CidrBlock: 10.0.1.0/24
          AvailabilityZone: us-east-1b
          Tags: [{Key: Name, Value: right}]
      Logs: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /vpc}}
      Writer:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Statement:
              - {Effect: Allow, Principal: {Service: vpc-flow-logs.amazonaws.com},
                 Action: sts:AssumeRole}
          Policies:
            - PolicyName: write
              PolicyDocument:
                Statement: {Effect: Allow, Action: "logs:Put*", Resource: !GetAtt Logs.Arn}
      Flow:
        Type: AWS::EC2::FlowLog
        Properties:
          ResourceType: VPC
          ResourceId: !Ref Net
          TrafficType: ALL
          LogGroupName: !Ref Logs
          DeliverLogsPermissionArn: !GetAtt Writer.Arn
    """,
    {
        "subnets-apart": {"first": "left", "second": "right"},
        "vpc-flow-logs": {"of": "net", "traffic": "ALL", "group": "/vpc"},
    },
    (
        ("us-east-1b", "us-east-1a", "subnets-apart"),
        # a zone by its name and one by its id may be the same
        ("AvailabilityZone: us-east-1b", "AvailabilityZoneId: use1-az6", "subnets-apart"),
        ("us-east-1b", '!Select [1, !GetAZs ""]', "subnets-apart"),
        # nobody may write the entries
        ("Effect: Allow, Action: \"logs:Put*\"", "Effect: Deny, Action: \"logs:Put*\"",
         "vpc-flow-logs"),
        ("TrafficType: ALL", "TrafficType: REJECT", "vpc-flow-logs"),
        ("LogGroupName: !Ref Logs", "LogGroupName: /other", "vpc-flow-logs"),
    ),
)  # fmt: skip

DATA = Answer(
    """
    Resources:
      Table:
        Type: AWS::DynamoDB::Table
        Properties:
          TableName: orders
          AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
          KeySchema: [{AttributeName: id, KeyType: HASH}]
          ProvisionedThroughput: {ReadCapacityUnits: "5", WriteCapacityUnits: "5"}
      Reads:
        Type: AWS::ApplicationAutoScaling::ScalableTarget
        Properties:
          ServiceNamespace: dynamodb
          ResourceId: table/orders
          ScalableDimension: dynamodb:table:ReadCapacityUnits
          MinCapacity: 5
          MaxCapacity: 90
      Keep:
        Type: AWS::ApplicationAutoScaling::ScalingPolicy
        Properties:
          PolicyName: keep
          PolicyType: TargetTrackingScaling
          ScalingTargetId: !Ref Reads
          TargetTrackingScalingPolicyConfiguration:
            TargetValue: 70
            PredefinedMetricSpecification:
              PredefinedMetricType: DynamoDBReadCapacityUtilization
      Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}
      News:
        Type: AWS::SNS::Topic
        Properties:
          TopicName: news
          Subscription: [{Protocol: email, Endpoint: ops@example.com}]
    """,
    {
        "table-class": {"of": "orders", "value": "STANDARD"},
        "table-capacity": {"of": "orders", "read": 5, "write": 5},
        "table-scales": {"of": "orders", "what": "read", "low": 5, "high": 90},
        "table-target": {"of": "orders", "what": "read", "percent": 70},
        "queue-visibility": {"of": "jobs", "value": 30},
        "queue-retention": {"of": "jobs", "value": 345600},
        "topic-email": {"of": "news", "email": "ops@example.com"},
    },
    (
        ("MaxCapacity: 90", "MaxCapacity: 90\n          "
         "SuspendedState: {DynamicScalingOutSuspended: true}", "table-scales"),
        ("MaxCapacity: 90", "MaxCapacity: 90\n          "
         "SuspendedState: {DynamicScalingOutSuspended: false}", ""),
        ("TargetValue: 70", "TargetValue: 70\n            DisableScaleIn: true", "table-target"),
        ("DynamoDBRead", "DynamoDBWrite", "table-target"),
        ("ResourceId: table/orders", "ResourceId: table/other", "table-scales, table-target"),
        ("QueueName: jobs", "QueueName: jobs, VisibilityTimeout: 31", "queue-visibility"),
        ("TableName: orders", "TableName: orders\n          BillingMode: PAY_PER_REQUEST",
         "table-capacity"),
        ("TableName: orders", "TableName: orders\n          "
         "TableClass: STANDARD_INFREQUENT_ACCESS", "table-class"),
    ),
)  # fmt: skip

REST = Answer(
    """
    Resources:
      Worker:
        Type: AWS::Lambda::Function
        Properties:
          FunctionName: worker
          Code: {ZipFile: "x"}
          Role: arn:aws:iam::111122223333:role/x
      Api:
        Type: AWS::ApiGateway::RestApi
        Properties:
          Name: shop
          Body:
            openapi: 3.0.1
            components:
              securitySchemes:
                caller: {type: apiKey, name: x-api-key, in: header}
            paths:
              /items:
                x-amazon-apigateway-any-method:
                  security: [{caller: []}]
                  x-amazon-apigateway-integration:
                    type: aws_proxy
                    httpMethod: POST
                    uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/\
${Worker.Arn}/invocations"
      Other:
        Type: AWS::ApiGateway::RestApi
        Properties: {Name: forms}
      Items:
        Type: AWS::ApiGateway::Resource
        Properties:
          RestApiId: !Ref Other
          ParentId: !GetAtt Other.RootResourceId
          PathPart: items
      Method:
        Type: AWS::ApiGateway::Method
        Properties:
          RestApiId: !Ref Other
          ResourceId: !Ref Items
          HttpMethod: ANY
          AuthorizationType: NONE
          ApiKeyRequired: "true"
          Integration:
            Type: AWS_PROXY
            IntegrationHttpMethod: POST
            Uri: !Sub "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\
${Worker.Arn}/invocations"
    """,
    {
        "rest-method a": {"of": "shop", "method": "GET", "path": "/items", "function": "worker"},
        "rest-key-needed a": {"of": "shop", "method": "GET", "path": "/items"},
        "rest-method b": {"of": "forms", "method": "GET", "path": "/items", "function": "worker"},
        "rest-key-needed b": {"of": "forms", "method": "GET", "path": "/items"},
    },
    (
        ("{caller: []}", "{nobody: []}", "rest-key-needed a"),
        ("name: x-api-key", "name: x-other", "rest-key-needed a"),
        ("                  security: [{caller: []}]\n", "", "rest-key-needed a"),
        ("            openapi: 3.0.1\n", "            openapi: 3.0.1\n            security: "
         "[{caller: []}]\n", ""),
        ("type: aws_proxy", "type: mock", "rest-method a"),
        ("HttpMethod: ANY", "HttpMethod: POST", "rest-method b, rest-key-needed b"),
        ("RestApiId: !Ref Other\n          ResourceId", "RestApiId: !Ref Api\n          ResourceId",
         "rest-method b, rest-key-needed b"),
    ),
)  # fmt: skip

NAMES = Answer(
    """
    Resources:
      Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: example.com}}
      Record:
        Type: AWS::Route53::RecordSet
        Properties:
          HostedZoneId: !GetAtt Zone.Id
          Name: !Sub "api.${Domain}."
          Type: A
          TTL: "60"
          ResourceRecords: [192.0.2.1]
      Net:
        Type: AWS::EC2::VPC
        Properties:
          CidrBlock: 10.0.0.0/16
          EnableDnsHostnames: "true"
          Tags: [{Key: Name, Value: net}]
      Left:
        Type: AWS::EC2::Subnet
        Properties:
          VpcId: !Ref Net
          CidrBlock: 10.0.0.0/24
          Tags: [{Key: Name, Value: left}]
      Routes:
        Type: AWS::EC2::RouteTable
        Properties: {VpcId: !GetAtt Net.VpcId, Tags: [{Key: Name, Value: left}]}
      Linked:
        Type: AWS::EC2::SubnetRouteTableAssociation
        Properties: {SubnetId: !Ref Left, RouteTableId: !GetAtt Routes.RouteTableId}
      Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: shop, ProtocolType: HTTP}}
      Front: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Name: front}}
      Acl:
        Type: AWS::WAFv2::WebACL
        Properties: {Name: waf, Scope: REGIONAL, DefaultAction: {Allow: {}}}
      Guard:
        Type: AWS::WAFv2::WebACLAssociation
        Properties: {WebACLArn: !GetAtt Acl.Arn, ResourceArn: !Ref Front}
      Stream: {Type: AWS::Kinesis::Stream, Properties: {Name: clicks, ShardCount: "2"}}
    Parameters:
      Domain: {Type: String, Default: example.com}
    """,
    {
        "vpc-names": {"of": "net"}, "http-api": {"name": "shop"},
        "firewall-guards": {"of": "waf", "balancer": "front"},
        "subnet-table": {"of": "left", "table": "left"},
        "zone-record": {
            "of": "example.com", "kind": "A", "name": "api.example.com", "value": "192.0.2.1",
            "ttl": 60,
        },
        "stream-retention": {"of": "clicks", "value": 24},
        "stream-shards": {"of": "clicks", "value": 2},
    },
    (
        # what is switched off, of another kind, or of another network
        ("EnableDnsHostnames", "EnableDnsSupport: false\n          EnableDnsHostnames",
         "vpc-names"),
        ("ProtocolType: HTTP", "ProtocolType: WEBSOCKET", "http-api"),
        ("Scope: REGIONAL", "Scope: CLOUDFRONT", "firewall-guards"),
        ("{VpcId: !GetAtt Net.VpcId", "{VpcId: vpc-1", "subnet-table"),
        # one of several answers, which may never be given
        ("Type: A\n", "Type: A\n          SetIdentifier: a\n          Weight: 0\n",
         "zone-record"),
        ("Default: example.com", "Default: example.org", "zone-record"),
        ("[192.0.2.1]", "[192.0.2.1, 192.0.2.9]", "zone-record"),
        ("Name: clicks", "Name: clicks, RetentionPeriodHours: 48", "stream-retention"),
    ),
)  # fmt: skip

ANSWERS = (EDGE, NETWORK, DATA, REST, NAMES)


@pytest.mark.parametrize("answer", ANSWERS)
def test_other_styles_are_right(answer: Answer) -> None:
    """Several rules for one thing, defaults, wildcards and OpenAPI bodies are right."""
    assert failing(answer.text, answer.asks) == set()


@pytest.mark.parametrize(("answer", "old", "new", "labels"), cases(ANSWERS))
def test_a_change_fails_what_it_breaks(answer: Answer, old: str, new: str, labels: str) -> None:
    """Each change fails exactly the requirements that it breaks."""
    assert failing(answer.changed(old, new), answer.asks) == wanted(labels)
