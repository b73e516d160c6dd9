"""What a template names exists: resources, attributes, parameters, conditions, mappings.

The findings are made by `examine`; these rules say what they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from iac_gym.check import Rule, rule
from iac_gym.languages.cloudformation.model import Template
from iac_gym.verdict import Finding, Stage


@rule(Stage.REFERENCES)
def references_exist(template: Template) -> Iterator[Finding]:
    """Names in `Ref`, `Fn::GetAtt` and `Fn::Sub` are those of parameters or resources.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-ref.html

    Bad::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
        Outputs:
          Url:
            Value: !Ref Job

    Good::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
        Outputs:
          Url:
            Value: !Ref Jobs
    """
    yield from template.faults.get("references-exist", ())


@rule(Stage.REFERENCES)
def reference_types(template: Template) -> Iterator[Finding]:
    """A list does not stand where a text belongs, nor a text where a list belongs.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-join.html

    Bad::

        Parameters:
          Zones:
            Type: CommaDelimitedList
        Resources:
          Jobs:
            Type: AWS::SQS::Queue
        Outputs:
          Zones:
            Value: !Ref Zones

    Good::

        Parameters:
          Zones:
            Type: CommaDelimitedList
        Resources:
          Jobs:
            Type: AWS::SQS::Queue
        Outputs:
          Zones:
            Value: !Join [',', !Ref Zones]
    """
    yield from template.faults.get("reference-types", ())


@rule(Stage.REFERENCES)
def attributes_exist(template: Template) -> Iterator[Finding]:
    """The resource has the attribute that `Fn::GetAtt` or `Fn::Sub` asks for.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getatt.html

    Bad::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
        Outputs:
          Arn:
            Value: !GetAtt Jobs.ARN

    Good::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
        Outputs:
          Arn:
            Value: !GetAtt Jobs.Arn
    """
    yield from template.faults.get("attributes-exist", ())


@rule(Stage.REFERENCES)
def conditions_exist(template: Template) -> Iterator[Finding]:
    """Conditions that are named are defined.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html

    Bad::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Condition: IsProd

    Good::

        Conditions:
          IsProd: !Equals [!Ref AWS::Region, us-east-1]
        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Condition: IsProd
    """
    yield from template.faults.get("conditions-exist", ())


@rule(Stage.REFERENCES)
def mappings_exist(template: Template) -> Iterator[Finding]:
    """`Fn::FindInMap` names a mapping and keys that exist.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap.html

    Bad::

        Mappings:
          Sizes:
            prod:
              delay: 10
        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Properties:
              DelaySeconds: !FindInMap [Sizes, live, delay]

    Good::

        Mappings:
          Sizes:
            prod:
              delay: 10
        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Properties:
              DelaySeconds: !FindInMap [Sizes, prod, delay]
    """
    yield from template.faults.get("mappings-exist", ())


@rule(Stage.REFERENCES)
def dependencies_exist(template: Template) -> Iterator[Finding]:
    """`DependsOn` names other resources, which exist whenever this one does.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html

    Bad::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            DependsOn: Topic

    Good::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
          Topic:
            Type: AWS::SNS::Topic
            DependsOn: Jobs
    """
    yield from template.faults.get("dependencies-exist", ())


@rule(Stage.SEMANTICS)
def dependency_cycles(template: Template) -> Iterator[Finding]:
    """No resources depend on one another in a circle.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html

    Bad::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            DependsOn: Topic
          Topic:
            Type: AWS::SNS::Topic
            Properties:
              DisplayName: !GetAtt Jobs.QueueName

    Good::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
          Topic:
            Type: AWS::SNS::Topic
            Properties:
              DisplayName: !GetAtt Jobs.QueueName
    """
    yield from template.faults.get("dependency-cycles", ())


@rule(Stage.SEMANTICS)
def condition_cycles(template: Template) -> Iterator[Finding]:
    """No condition needs itself.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html

    Bad::

        Conditions:
          A: !Not [Condition: B]
          B: !Not [Condition: A]
        Resources:
          Jobs:
            Type: AWS::SQS::Queue

    Good::

        Conditions:
          A: !Not [Condition: B]
          B: !Equals [!Ref AWS::Region, us-east-1]
        Resources:
          Jobs:
            Type: AWS::SQS::Queue
    """
    yield from template.faults.get("condition-cycles", ())


IN_ORDER: tuple[Rule, ...] = (
    references_exist,
    reference_types,
    attributes_exist,
    conditions_exist,
    mappings_exist,
    dependencies_exist,
    dependency_cycles,
    condition_cycles,
)
