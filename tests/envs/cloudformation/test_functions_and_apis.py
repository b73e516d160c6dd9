"""Requirements about functions, APIs, workflows and tables: other styles pass, others fail."""

from __future__ import annotations

import pytest

from tests.envs.cloudformation.changes import Answer, cases, failing, wanted

FUNCTION = Answer(
    """
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Statement:
              Effect: Allow
              Principal:
                Service:
                  - edgelambda.amazonaws.com
                  - !Sub lambda.${AWS::URLSuffix}
              Action: ["sts:AssumeRole"]
          ManagedPolicyArns:
            - !Sub arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole
      Spare:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Statement:
              Effect: Allow
              Principal: {Service: ec2.amazonaws.com}
              Action: sts:AssumeRole
      Access:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          Roles: [!Ref Role]
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action: ["dynamodb:getitem", "dynamodb:Query"]
                Resource: [!Sub "${Table.Arn}", !Sub "${Table.Arn}/index/*"]
              - Effect: Deny
                Action: "*"
                Resource: "*"
                Condition: {Bool: {"aws:SecureTransport": "false"}}
      Table:
        Type: AWS::DynamoDB::Table
        Properties:
          TableName: items
          BillingMode: PAY_PER_REQUEST
          AttributeDefinitions:
            - {AttributeName: when, AttributeType: N}
            - {AttributeName: id, AttributeType: S}
            - {AttributeName: mail, AttributeType: S}
          KeySchema:
            - {AttributeName: id, KeyType: HASH}
            - {AttributeName: when, KeyType: RANGE}
          GlobalSecondaryIndexes:
            - IndexName: by-mail
              KeySchema: [{AttributeName: mail, KeyType: HASH}]
              Projection: {ProjectionType: ALL}
          TimeToLiveSpecification: {AttributeName: until, Enabled: "true"}
          StreamSpecification: {StreamViewType: NEW_IMAGE}
      Worker:
        Type: AWS::Lambda::Function
        Properties:
          FunctionName: worker
          Runtime: python3.12
          Handler: main.handler
          Role: !GetAtt Role.Arn
          MemorySize: "512"
          Architectures: [arm64]
          TracingConfig: {Mode: Active}
          Code: {ZipFile: "def handler(e, c): pass"}
          Environment:
            Variables: {TABLE: !Ref Table, MODE: fast}
      Logs:
        Type: AWS::Logs::LogGroup
        Properties:
          LogGroupName: !Join ["/", [/aws/lambda, !Ref Worker]]
          RetentionInDays: 14
      Trigger:
        Type: AWS::Lambda::EventSourceMapping
        Properties:
          FunctionName: !GetAtt Worker.Arn
          EventSourceArn: !GetAtt Table.StreamArn
          StartingPosition: LATEST
      Schedule:
        Type: AWS::Scheduler::Schedule
        Properties:
          ScheduleExpression: rate(1 hour)
          FlexibleTimeWindow: {Mode: "OFF"}
          Target: {Arn: !GetAtt Worker.Arn, RoleArn: !GetAtt Starter.Arn}
      Starter:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Statement:
              Effect: Allow
              Principal: {Service: scheduler.amazonaws.com}
              Action: sts:AssumeRole
          Policies:
            - PolicyName: start
              PolicyDocument:
                Statement: {Effect: Allow, Action: "lambda:InvokeFunction",
                            Resource: !GetAtt Worker.Arn}
      Api:
        Type: AWS::ApiGatewayV2::Api
        Properties: {Name: front, ProtocolType: HTTP}
      Integration:
        Type: AWS::ApiGatewayV2::Integration
        Properties:
          ApiId: !GetAtt Api.ApiId
          IntegrationType: AWS_PROXY
          PayloadFormatVersion: "2.0"
          IntegrationUri: !Sub >-
            arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Worker.Arn}/invocations
      Route:
        Type: AWS::ApiGatewayV2::Route
        Properties:
          ApiId: !Ref Api
          RouteKey: GET /items
          Target: !Join [/, [integrations, !Ref Integration]]
      Stage:
        Type: AWS::ApiGatewayV2::Stage
        Properties: {ApiId: !Ref Api, StageName: $default, AutoDeploy: true}
      Permission:
        Type: AWS::Lambda::Permission
        Properties:
          FunctionName: worker
          Action: lambda:InvokeFunction
          Principal: apigateway.amazonaws.com
          SourceArn: !Sub arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*
    """,
    {
        "function": {"name": "worker"},
        "function-code": {"of": "worker", "runtime": "python3.12", "handler": "main.handler"},
        "function-role": {"of": "worker"},
        "function-memory": {"of": "worker", "value": 512},
        "function-architecture": {"of": "worker", "value": "arm64"},
        "function-tracing": {"of": "worker"},
        "function-variable": {"of": "worker", "key": "MODE", "value": "fast"},
        "function-knows-table": {"of": "worker", "key": "TABLE", "to": "items"},
        "function-managed-policy": {"of": "worker", "policy": "AWSLambdaBasicExecutionRole"},
        "function-uses-table": {
            "of": "worker", "actions": ["dynamodb:GetItem"], "table": "items",
        },
        "function-log-days": {"of": "worker", "days": 14},
        "function-reads-table": {"of": "worker", "table": "items", "size": 100},
        "function-schedule": {"of": "worker", "schedule": "rate(1 hour)"},
        "function-events-permission": {"of": "worker"},
        "function-api-permission": {"of": "worker"},
        "http-route": {"of": "front", "route": "GET /items", "function": "worker"},
        "http-stage": {"of": "front", "stage": "$default"},
        "table-key": {"of": "items", "key": "id", "type": "S"},
        "table-sort-key": {"of": "items", "key": "when", "type": "N"},
        "table-index": {"of": "items", "name": "by-mail", "key": "mail"},
        "table-index-all": {"of": "items", "name": "by-mail"},
        "table-ttl": {"of": "items", "key": "until"},
        "table-stream": {"of": "items", "value": "NEW_IMAGE"},
    },
    (
        ("Runtime: python3.12", "Runtime: python3.11", "function-code"),
        ("Role: !GetAtt Role.Arn", "Role: !GetAtt Spare.Arn",
         "function-role, function-managed-policy, function-uses-table"),
        ("Role: !GetAtt Role.Arn", "Role: arn:aws:iam::111122223333:role/other",
         "function-role, function-managed-policy, function-uses-table"),
        ("- !Sub lambda.${AWS::URLSuffix}", "- lambda.example.com", "function-role"),
        ('MemorySize: "512"', "MemorySize: 5120", "function-memory"),
        ("[arm64]", "[x86_64]", "function-architecture"),
        ("MODE: fast", "MODE: faster", "function-variable"),
        ("TABLE: !Ref Table", "TABLE: items", ""),
        ("TABLE: !Ref Table", "TABLE: !GetAtt Table.Arn", "function-knows-table"),
        ("Roles: [!Ref Role]", "Roles: [!Ref Spare]", "function-uses-table"),
        ("Roles: [!Ref Role]", "Groups: [people]", "function-uses-table"),
        ('"dynamodb:getitem"', '"dynamodb:*"', "function-uses-table"),
        ('!Sub "${Table.Arn}", ', "", "function-uses-table"),
        ('Condition: {Bool: {"aws:SecureTransport": "false"}}', "Sid: No", "function-uses-table"),
        ("RetentionInDays: 14", "RetentionInDays: 30", "function-log-days"),
        ("[/aws/lambda, !Ref Worker]", "[/aws/lambda, !Ref Api]", "function-log-days"),
        ("StartingPosition: LATEST", "StartingPosition: LATEST\n          Enabled: false",
         "function-reads-table"),
        ("StartingPosition: LATEST", "StartingPosition: LATEST\n          BatchSize: 10",
         "function-reads-table"),
        ("EventSourceArn: !GetAtt Table.StreamArn", "EventSourceArn: !GetAtt Table.Arn",
         "function-reads-table"),
        ("ScheduleExpression: rate(1 hour)",
         "ScheduleExpression: rate(1 hour)\n          State: DISABLED", "function-schedule"),
        ("Principal: {Service: scheduler.amazonaws.com}",
         "Principal: {Service: events.amazonaws.com}", "function-events-permission"),
        ("IntegrationType: AWS_PROXY", "IntegrationType: HTTP_PROXY", "http-route"),
        ("RouteKey: GET /items", "RouteKey: POST /items", "http-route"),
        ("[integrations, !Ref Integration]", "[integrations, !Ref Api]", "http-route"),
        ("functions/${Worker.Arn}/invocations", "functions/${Role.Arn}/invocations", "http-route"),
        ("AutoDeploy: true", "AutoDeploy: false", "http-stage"),
        ("          FunctionName: worker\n          Action",
         "          FunctionName: other\n          Action", "function-api-permission"),
        ("{AttributeName: id, AttributeType: S}", "{AttributeName: id, AttributeType: N}",
         "table-key"),
        ("{AttributeName: when, KeyType: RANGE}", "{AttributeName: mail, KeyType: RANGE}",
         "table-sort-key"),
        ("ProjectionType: ALL", "ProjectionType: KEYS_ONLY", "table-index-all"),
        ('Enabled: "true"', 'Enabled: "false"', "table-ttl"),
    ),
)  # fmt: skip

WORKFLOW = Answer(
    """
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Statement:
              Effect: Allow
              Principal: {Service: states.us-east-1.amazonaws.com}
              Action: sts:AssumeRole
      Worker:
        Type: AWS::Lambda::Function
        Properties: {FunctionName: worker, Role: "arn:aws:iam::111122223333:role/x", Code: {}}
      Idle:
        Type: AWS::Lambda::Function
        Properties: {FunctionName: idle, Role: "arn:aws:iam::111122223333:role/x", Code: {}}
      Flow:
        Type: AWS::StepFunctions::StateMachine
        Properties:
          StateMachineName: flow
          RoleArn: !GetAtt Role.Arn
          DefinitionSubstitutions:
            Fn: !GetAtt Worker.Arn
          DefinitionString: |
            {"StartAt": "Check",
             "States": {
               "Check": {"Type": "Choice", "Default": "Pause", "Choices": []},
               "Pause": {"Type": "Wait", "Seconds": 30, "Next": "Work"},
               "Work": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                        "Parameters": {"FunctionName": "${Fn}"}, "End": true,
                        "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 5}]},
               "Never": {"Type": "Task", "Resource": "idle", "End": true}}}
    """,
    {
        "machine": {"name": "flow"},
        "machine-invokes": {"of": "flow", "function": "worker"},
        "machine-waits": {"of": "flow", "seconds": 30},
        "machine-retries": {"of": "flow", "function": "worker", "tries": 5},
    },
    (
        ('"Default": "Pause"', '"Default": "Work"', "machine-waits"),
        ('"Next": "Work"', '"Next": "Never"', "machine-invokes, machine-retries"),
        ('"MaxAttempts": 5', '"MaxAttempts": 4', "machine-retries"),
        ("Fn: !GetAtt Worker.Arn", "Fn: !GetAtt Idle.Arn", "machine-invokes, machine-retries"),
        ("Fn: !GetAtt Worker.Arn", "Fn: worker", ""),
        ('"StartAt": "Check"', '"StartAt": "Never"',
         "machine-invokes, machine-waits, machine-retries"),
    ),
)  # fmt: skip

REST = Answer(
    """
    Resources:
      Worker:
        Type: AWS::Lambda::Function
        Properties: {FunctionName: worker, Role: "arn:aws:iam::111122223333:role/x", Code: {}}
      Api:
        Type: AWS::ApiGateway::RestApi
        Properties: {Name: shop}
      Orders:
        Type: AWS::ApiGateway::Resource
        Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: orders}
      One:
        Type: AWS::ApiGateway::Resource
        Properties: {RestApiId: !Ref Api, ParentId: !Ref Orders, PathPart: "{id}"}
      Get:
        Type: AWS::ApiGateway::Method
        Properties:
          RestApiId: !Ref Api
          ResourceId: !Ref One
          HttpMethod: GET
          AuthorizationType: NONE
          ApiKeyRequired: true
          Integration:
            Type: AWS_PROXY
            IntegrationHttpMethod: POST
            Uri: !Sub
              - arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${A}/invocations
              - A: !GetAtt Worker.Arn
      Deployment:
        Type: AWS::ApiGateway::Deployment
        DependsOn: [Get]
        Properties: {RestApiId: !Ref Api, StageName: live}
    """,
    {
        "rest-method": {"of": "shop", "method": "GET", "path": "/orders/{id}",
                        "function": "worker"},
        "rest-key-needed": {"of": "shop", "method": "GET", "path": "/orders/{id}"},
        "rest-stage": {"of": "shop", "stage": "live"},
        "rest-deployed-after": {"of": "shop"},
    },
    (
        ("ParentId: !Ref Orders", "ParentId: !GetAtt Api.RootResourceId",
         "rest-method, rest-key-needed"),
        ("HttpMethod: GET", "HttpMethod: PUT", "rest-method, rest-key-needed"),
        ("IntegrationHttpMethod: POST", "IntegrationHttpMethod: GET", "rest-method"),
        ("ApiKeyRequired: true", "ApiKeyRequired: false", "rest-key-needed"),
        ("StageName: live", "StageName: dev", "rest-stage"),
        ("DependsOn: [Get]", "DependsOn: [One]", "rest-deployed-after"),
    ),
)  # fmt: skip

ANSWERS = (FUNCTION, WORKFLOW, REST)


@pytest.mark.parametrize("answer", ANSWERS)
def test_other_styles_are_right(answer: Answer) -> None:
    """Other spellings, policies elsewhere and literal names count as what they come to."""
    assert failing(answer.text, answer.asks) == set()


@pytest.mark.parametrize(("answer", "old", "new", "labels"), cases(ANSWERS))
def test_a_change_fails_what_it_breaks(answer: Answer, old: str, new: str, labels: str) -> None:
    """Each change fails exactly the requirements that it breaks."""
    assert failing(answer.changed(old, new), answer.asks) == wanted(labels)
