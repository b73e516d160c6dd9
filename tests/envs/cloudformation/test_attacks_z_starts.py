"""What starts functions and what runs them in steps: attacks fail, styles of engineers pass."""

from __future__ import annotations

import pytest

from tests.envs.cloudformation.changes import Answer, cases, failing, wanted

SCHEDULED = Answer(
    """
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Statement:
              - {Effect: Allow, Principal: {Service: [lambda.amazonaws.com]},
                 Action: [sts:AssumeRole]}
      Worker:
        Type: AWS::Lambda::Function
        Properties:
          FunctionName: worker
          Role: !GetAtt Role.Arn
          Code: {ZipFile: "x"}
          Runtime: python3.13
          Handler: index.handler
          MemorySize: "128"
      Nightly:
        Type: AWS::Events::Rule
        Properties:
          ScheduleExpression: cron(0 3 * * ? *)
          Targets: [{Id: a, Arn: !GetAtt Worker.Arn}]
      Permission:
        Type: AWS::Lambda::Permission
        Properties:
          FunctionName: !Ref Worker
          Action: lambda:InvokeFunction
          Principal: events.amazonaws.com
          SourceArn: !GetAtt Nightly.Arn
      Table:
        Type: AWS::DynamoDB::Table
        Properties:
          TableName: orders
          BillingMode: PAY_PER_REQUEST
          AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
          KeySchema: [{AttributeName: id, KeyType: HASH}]
          StreamSpecification: {StreamViewType: NEW_IMAGE}
      Follow:
        Type: AWS::Lambda::EventSourceMapping
        Properties:
          FunctionName: !GetAtt Worker.Arn
          EventSourceArn: !GetAtt Table.StreamArn
          StartingPosition: LATEST
    """,
    {
        "function-role": {"of": "worker"},
        "function-memory": {"of": "worker", "value": 128},
        "function-timeout": {"of": "worker", "value": 3},
        "function-storage": {"of": "worker", "value": 512},
        "function-architecture": {"of": "worker", "value": "x86_64"},
        "function-schedule": {"of": "worker", "schedule": "cron(0 3 * * ? *)"},
        "function-events-permission": {"of": "worker"},
        "function-reads-table": {"of": "worker", "table": "orders", "size": 100},
    },
    (
        # a rule that does not start anything, or at another time
        ("          ScheduleExpression", "          State: DISABLED\n          ScheduleExpression",
         "function-schedule"),
        ("          ScheduleExpression", "          EventBusName: mine\n          "
         "ScheduleExpression", "function-schedule"),
        ("          ScheduleExpression", "          EventBusName: default\n          "
         "ScheduleExpression", ""),
        ("cron(0 3 * * ? *)", "cron(0 4 * * ? *)", "function-schedule"),
        ("      Nightly:\n", "      Nightly:\n        Condition: Nope\n",
         "function-schedule"),
        ("Arn: !GetAtt Worker.Arn}]", "Arn: !GetAtt Role.Arn}]", "function-schedule"),
        # the permission of somebody else, or for nothing
        ("Principal: events.amazonaws.com", "Principal: s3.amazonaws.com",
         "function-events-permission"),
        ("Action: lambda:InvokeFunction", "Action: lambda:GetFunction",
         "function-events-permission"),
        ("Action: lambda:InvokeFunction", 'Action: "*"', ""),
        ("SourceArn: !GetAtt Nightly.Arn", "SourceArn: !GetAtt Table.Arn",
         "function-events-permission"),
        # a table without a stream has no changes to follow
        ("          StreamSpecification: {StreamViewType: NEW_IMAGE}\n", "",
         "function-reads-table"),
        ("StartingPosition: LATEST", "StartingPosition: LATEST\n          Enabled: 'false'",
         "function-reads-table"),
        ("StartingPosition: LATEST", "StartingPosition: LATEST\n          BatchSize: 50",
         "function-reads-table"),
        ("Runtime: python3.13", "Runtime: python3.13\n          Architectures: [arm64]",
         "function-architecture"),
        ("Runtime: python3.13", "Runtime: python3.13\n          Timeout: 4", "function-timeout"),
    ),
)  # fmt: skip

SCHEDULER = Answer(
    """
    Conditions:
      Nope: !Equals [a, b]
    Resources:
      Caller:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Statement:
              Effect: Allow
              Principal: {Service: scheduler.amazonaws.com}
              Action: sts:AssumeRole
              Condition: {StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}}
          Policies:
            - PolicyName: call
              PolicyDocument:
                Statement:
                  Effect: Allow
                  Action: lambda:InvokeFunction
                  Resource: [!GetAtt Worker.Arn, !Sub "${Worker.Arn}:*"]
      Worker:
        Type: AWS::Lambda::Function
        Properties: {FunctionName: worker, Code: {ZipFile: "x"}, Role: !GetAtt Caller.Arn}
      Hourly:
        Type: AWS::Scheduler::Schedule
        Properties:
          ScheduleExpression: cron(0 3 * * ? *)
          FlexibleTimeWindow: {Mode: "OFF"}
          Target: {Arn: !GetAtt Worker.Arn, RoleArn: !GetAtt Caller.Arn}
    """,
    {
        "function-schedule": {"of": "worker", "schedule": "cron(0 3 * * ? *)"},
        "function-events-permission": {"of": "worker"},
    },
    (
        ("          FlexibleTime", "          ScheduleExpressionTimezone: Asia/Tokyo\n"
         "          FlexibleTime", "function-schedule"),
        ("          FlexibleTime", "          ScheduleExpressionTimezone: UTC\n"
         "          FlexibleTime", ""),
        ("          FlexibleTime", "          EndDate: '2021-01-01T00:00:00Z'\n"
         "          FlexibleTime", "function-schedule"),
        ("Service: scheduler.amazonaws.com", "Service: events.amazonaws.com",
         "function-events-permission"),
        ("Effect: Allow\n                  Action: lambda", "Effect: Deny\n"
         "                  Action: lambda", "function-events-permission"),
        # all of Lambda is not just this function
        ("          Policies:", "          ManagedPolicyArns: "
         "[arn:aws:iam::aws:policy/AWSLambda_FullAccess]\n          Policies:",
         "function-events-permission"),
    ),
)  # fmt: skip

STEPS = Answer(
    """
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Statement:
              - {Effect: Allow, Principal: {Service: !Sub "states.${AWS::Region}.amazonaws.com"},
                 Action: sts:AssumeRole}
          Policies:
            - PolicyName: run
              PolicyDocument:
                Statement:
                  - {Effect: Allow, Action: lambda:InvokeFunction, Resource: !GetAtt Worker.Arn}
                  - {Effect: Allow, Action: sns:Publish, Resource: !Ref Topic}
      Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: news}}
      Worker:
        Type: AWS::Lambda::Function
        Properties: {FunctionName: worker, Code: {ZipFile: "x"}, Role: !GetAtt Role.Arn}
      Machine:
        Type: AWS::StepFunctions::StateMachine
        Properties:
          StateMachineName: flow
          RoleArn: !GetAtt Role.Arn
          DefinitionSubstitutions: {Topic: !Ref Topic}
          DefinitionString: |
            {"StartAt": "Run", "States": {
              "Run": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                      "Parameters": {"FunctionName": "worker:$LATEST"},
                      "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 4}],
                      "Next": "Pause"},
              "Pause": {"Type": "Wait", "Seconds": 60, "Next": "Tell"},
              "Tell": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish",
                       "Parameters": {"TopicArn": "${Topic}", "Message": "x"}, "End": true}}}
    """,
    {
        "machine-type": {"of": "flow", "value": "STANDARD"},
        "machine-invokes": {"of": "flow", "function": "worker"},
        "machine-retries": {"of": "flow", "function": "worker", "tries": 4},
        "machine-waits": {"of": "flow", "seconds": 60},
        "machine-publishes": {"of": "flow", "topic": "news"},
        "machine-role": {"of": "flow", "function": "worker"},
        "machine-may-publish": {"of": "flow", "topic": "news"},
    },
    (
        ('"StartAt": "Run"', '"StartAt": "Tell"',
         "machine-invokes, machine-retries, machine-waits"),
        ('"Next": "Pause"', '"End": true', "machine-waits, machine-publishes"),
        ('"Type": "Wait", "Seconds": 60', '"Type": "Succeed"',
         "machine-waits, machine-publishes"),
        ('"MaxAttempts": 4', '"MaxAttempts": 0', "machine-retries"),
        ('["States.ALL"]', '["States.Timeout"]', "machine-retries"),
        ('worker:$LATEST', 'other:$LATEST', "machine-invokes, machine-retries"),
        ("StateMachineName: flow", "StateMachineName: flow\n          StateMachineType: EXPRESS",
         "machine-type"),
        ("DefinitionSubstitutions: {Topic: !Ref Topic}",
         "DefinitionSubstitutions: {Topic: !GetAtt Worker.Arn}", "machine-publishes"),
        ("Resource: !GetAtt Worker.Arn", 'Resource: "*"', "machine-role"),
        ("          Policies:", "          ManagedPolicyArns: "
         '[!Sub "arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess"]\n          Policies:',
         "machine-role, machine-may-publish"),
        ("Effect: Allow, Action: sns:Publish", "Effect: Deny, Action: sns:Publish",
         "machine-may-publish"),
    ),
)  # fmt: skip

ANSWERS = (SCHEDULED, SCHEDULER, STEPS)


@pytest.mark.parametrize("answer", ANSWERS)
def test_other_styles_are_right(answer: Answer) -> None:
    """Defaults that are the wanted value, qualifiers and regional principals are right."""
    assert failing(answer.text, answer.asks) == set()


@pytest.mark.parametrize(("answer", "old", "new", "labels"), cases(ANSWERS))
def test_a_change_fails_what_it_breaks(answer: Answer, old: str, new: str, labels: str) -> None:
    """Each change fails exactly the requirements that it breaks."""
    assert failing(answer.changed(old, new), answer.asks) == wanted(labels)
