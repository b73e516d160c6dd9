"""Intrinsic functions: their arguments, and where they may stand.

The findings are made by `examine`; these rules say what they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from iac_gym.check import Rule, rule
from iac_gym.languages.cloudformation.model import Template
from iac_gym.verdict import Finding, Stage


@rule(Stage.SCHEMA)
def function_arguments(template: Template) -> Iterator[Finding]:
    """A function has the arguments that it takes, of the right kind.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-join.html

    Bad::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
        Outputs:
          Name:
            Value: !Join ['-', a, b]

    Good::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
        Outputs:
          Name:
            Value: !Join ['-', [a, b]]
    """
    yield from template.faults.get("function-arguments", ())


@rule(Stage.SCHEMA)
def function_nesting(template: Template) -> Iterator[Finding]:
    """A function stands only in arguments of others that allow it.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html

    Bad::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
        Outputs:
          Name:
            Value: !Join [!Ref AWS::Region, [a, b]]

    Good::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
        Outputs:
          Name:
            Value: !Join ['-', [a, !Ref AWS::Region]]
    """
    yield from template.faults.get("function-nesting", ())


@rule(Stage.SCHEMA)
def known_functions(template: Template) -> Iterator[Finding]:
    """Functions exist, and those of conditions stand in conditions alone.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html

    Bad::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Properties:
              QueueName:
                Fn::Concat: [a, b]

    Good::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Properties:
              QueueName: !Join ['', [a, b]]
    """
    yield from template.faults.get("known-functions", ())


@rule(Stage.SCHEMA)
def functions_stand_alone(template: Template) -> Iterator[Finding]:
    """A function is the only key of its mapping.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html

    Bad::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Properties:
              QueueName:
                Fn::Sub: a
                Fn::Base64: b

    Good::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Properties:
              QueueName: !Sub '${AWS::StackName}-a'
    """
    yield from template.faults.get("functions-stand-alone", ())


@rule(Stage.SCHEMA)
def language_extensions(template: Template) -> Iterator[Finding]:
    """Functions of the language extensions stand in templates that declare them.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html

    Bad::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Properties:
              DelaySeconds: !Length [a, b]

    Good::

        Transform: AWS::LanguageExtensions
        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Properties:
              DelaySeconds: !Length [a, b]
    """
    yield from template.faults.get("language-extensions", ())


@rule(Stage.SEMANTICS)
def embedded_variables(template: Template) -> Iterator[Finding]:
    """A text with `${Name}` of a parameter or resource is an argument of `Fn::Sub`.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html

    Bad::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Properties:
              QueueName: ${AWS::StackName}-jobs

    Good::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Properties:
              QueueName: !Sub ${AWS::StackName}-jobs
    """
    yield from template.faults.get("embedded-variables", ())


@rule(Stage.SEMANTICS)
def select_index(template: Template) -> Iterator[Finding]:
    """The index of `Fn::Select` is inside the list.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-select.html

    Bad::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Properties:
              QueueName: !Select [2, [a, b]]

    Good::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Properties:
              QueueName: !Select [1, [a, b]]
    """
    yield from template.faults.get("select-index", ())


@rule(Stage.SEMANTICS)
def dynamic_references(template: Template) -> Iterator[Finding]:
    """Dynamic references have a service that exists and the parts that it needs.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html

    Bad::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Properties:
              QueueName: '{{resolve:parameter:name}}'

    Good::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Properties:
              QueueName: '{{resolve:ssm:name}}'
    """
    yield from template.faults.get("dynamic-references", ())


IN_ORDER: tuple[Rule, ...] = (
    function_arguments,
    function_nesting,
    known_functions,
    functions_stand_alone,
    language_extensions,
    embedded_variables,
    select_index,
    dynamic_references,
)
