"""The sections of a template: what stands where, names, types and limits.

The findings are made by `examine`; these rules say what they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from iac_gym.check import Rule, rule
from iac_gym.languages.cloudformation.model import Template
from iac_gym.verdict import Finding, Stage


@rule(Stage.SCHEMA)
def sections(template: Template) -> Iterator[Finding]:
    """A template has `Resources`, and no section that CloudFormation does not know.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html

    Bad::

        Resource:
          Jobs:
            Type: AWS::SQS::Queue

    Good::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
    """
    yield from template.faults.get("sections", ())


@rule(Stage.SCHEMA)
def format_version(template: Template) -> Iterator[Finding]:
    """The format version, where one is given, is 2010-09-09.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/format-version-structure.html

    Bad::

        AWSTemplateFormatVersion: '2012-10-17'
        Resources:
          Jobs:
            Type: AWS::SQS::Queue

    Good::

        AWSTemplateFormatVersion: '2010-09-09'
        Resources:
          Jobs:
            Type: AWS::SQS::Queue
    """
    yield from template.faults.get("format-version", ())


@rule(Stage.SCHEMA)
def description(template: Template) -> Iterator[Finding]:
    """The description is a text.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-description-structure.html

    Bad::

        Description: [queues]
        Resources:
          Jobs:
            Type: AWS::SQS::Queue

    Good::

        Description: queues
        Resources:
          Jobs:
            Type: AWS::SQS::Queue
    """
    yield from template.faults.get("description", ())


@rule(Stage.SCHEMA)
def limits(template: Template) -> Iterator[Finding]:
    """Sections, names, descriptions and values stay within the limits of the service.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html

    Bad::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
          JobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobsJobs:
            Type: AWS::SQS::Queue

    Good::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
    """
    yield from template.faults.get("limits", ())


@rule(Stage.SCHEMA)
def parameters(template: Template) -> Iterator[Finding]:
    """A parameter has a type that exists, and only constraints of that type.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html

    Bad::

        Parameters:
          Size:
            Type: Integer
            Default: 3
        Resources:
          Jobs:
            Type: AWS::SQS::Queue

    Good::

        Parameters:
          Size:
            Type: Number
            Default: 3
        Resources:
          Jobs:
            Type: AWS::SQS::Queue
    """
    yield from template.faults.get("parameters", ())


@rule(Stage.SCHEMA)
def parameter_defaults(template: Template) -> Iterator[Finding]:
    """The default of a parameter meets the parameter's own constraints.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html

    Bad::

        Parameters:
          Stage:
            Type: String
            AllowedValues: [test, prod]
            Default: dev
        Resources:
          Jobs:
            Type: AWS::SQS::Queue

    Good::

        Parameters:
          Stage:
            Type: String
            AllowedValues: [test, prod]
            Default: test
        Resources:
          Jobs:
            Type: AWS::SQS::Queue
    """
    yield from template.faults.get("parameter-defaults", ())


@rule(Stage.SCHEMA)
def unique_names(template: Template) -> Iterator[Finding]:
    """No resource has the name of a parameter.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html

    Bad::

        Parameters:
          Jobs:
            Type: String
        Resources:
          Jobs:
            Type: AWS::SQS::Queue

    Good::

        Parameters:
          Name:
            Type: String
        Resources:
          Jobs:
            Type: AWS::SQS::Queue
    """
    yield from template.faults.get("unique-names", ())


@rule(Stage.SCHEMA)
def mappings(template: Template) -> Iterator[Finding]:
    """A mapping has two levels of names; below them are texts, numbers or lists.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/mappings-section-structure.html

    Bad::

        Mappings:
          Images:
            us-east-1: ami-0abcdef1234567890
        Resources:
          Jobs:
            Type: AWS::SQS::Queue

    Good::

        Mappings:
          Images:
            us-east-1:
              arm: ami-0abcdef1234567890
        Resources:
          Jobs:
            Type: AWS::SQS::Queue
    """
    yield from template.faults.get("mappings", ())


@rule(Stage.SCHEMA)
def conditions(template: Template) -> Iterator[Finding]:
    """Conditions have names of letters and digits.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html

    Bad::

        Conditions:
          is-prod: !Equals [!Ref AWS::Region, us-east-1]
        Resources:
          Jobs:
            Type: AWS::SQS::Queue

    Good::

        Conditions:
          IsProd: !Equals [!Ref AWS::Region, us-east-1]
        Resources:
          Jobs:
            Type: AWS::SQS::Queue
    """
    yield from template.faults.get("conditions", ())


@rule(Stage.SCHEMA)
def rules_section(template: Template) -> Iterator[Finding]:
    """A rule has a list of assertions.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html

    Bad::

        Rules:
          Sizes:
            Assert: true
        Resources:
          Jobs:
            Type: AWS::SQS::Queue

    Good::

        Parameters:
          Size:
            Type: String
        Rules:
          Sizes:
            Assertions:
              - Assert: !Equals [!Ref Size, small]
        Resources:
          Jobs:
            Type: AWS::SQS::Queue
    """
    yield from template.faults.get("rules-section", ())


@rule(Stage.SCHEMA)
def metadata_interface(template: Template) -> Iterator[Finding]:
    """The interface in the metadata has groups and labels of parameters alone.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-interface.html

    Bad::

        Metadata:
          AWS::CloudFormation::Interface:
            Groups: []
        Resources:
          Jobs:
            Type: AWS::SQS::Queue

    Good::

        Metadata:
          AWS::CloudFormation::Interface:
            ParameterGroups: []
        Resources:
          Jobs:
            Type: AWS::SQS::Queue
    """
    yield from template.faults.get("metadata-interface", ())


@rule(Stage.SCHEMA)
def transform(template: Template) -> Iterator[Finding]:
    """A transform is named by a text; resources of the serverless transform need it.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-section-structure.html

    Bad::

        Transform: [{Macro: Upper}]
        Resources:
          Jobs:
            Type: AWS::SQS::Queue

    Good::

        Transform: AWS::LanguageExtensions
        Resources:
          Jobs:
            Type: AWS::SQS::Queue
    """
    yield from template.faults.get("transform", ())


@rule(Stage.SCHEMA)
def globals(template: Template) -> Iterator[Finding]:
    """`Globals` stands in templates of the serverless transform alone.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html

    Bad::

        Globals:
          Function:
            Timeout: 3
        Resources:
          Jobs:
            Type: AWS::SQS::Queue

    Good::

        Transform: AWS::Serverless-2016-10-31
        Globals:
          Function:
            Timeout: 3
        Resources:
          Jobs:
            Type: AWS::SQS::Queue
    """
    yield from template.faults.get("globals", ())


@rule(Stage.SCHEMA)
def outputs(template: Template) -> Iterator[Finding]:
    """An output has a value, and its export a name.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html

    Bad::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
        Outputs:
          Url:
            Export:
              Name: jobs-url

    Good::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
        Outputs:
          Url:
            Value: !Ref Jobs
            Export:
              Name: jobs-url
    """
    yield from template.faults.get("outputs", ())


@rule(Stage.SCHEMA)
def resource_keys(template: Template) -> Iterator[Finding]:
    """A resource has a type, and beside it only the attributes that resources have.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-product-attribute-reference.html

    Bad::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Property:
              QueueName: jobs

    Good::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Properties:
              QueueName: jobs
    """
    yield from template.faults.get("resource-keys", ())


@rule(Stage.SCHEMA)
def deletion_policies(template: Template) -> Iterator[Finding]:
    """Policies of deletion and replacement are values that the type of resource allows.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html

    Bad::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            DeletionPolicy: Snapshot

    Good::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            DeletionPolicy: Retain
    """
    yield from template.faults.get("deletion-policies", ())


@rule(Stage.SCHEMA)
def update_policies(template: Template) -> Iterator[Finding]:
    """Only types that know it have an update policy, with keys that it has.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html

    Bad::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            UpdatePolicy:
              AutoScalingRollingUpdate:
                MaxBatchSize: 1

    Good::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
    """
    yield from template.faults.get("update-policies", ())


@rule(Stage.SCHEMA)
def creation_policies(template: Template) -> Iterator[Finding]:
    """A creation policy is a mapping of what is waited for.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-creationpolicy.html

    Bad::

        Resources:
          Ready:
            Type: AWS::CloudFormation::WaitCondition
            CreationPolicy:
              Signal:
                Count: 2

    Good::

        Resources:
          Ready:
            Type: AWS::CloudFormation::WaitCondition
            CreationPolicy:
              ResourceSignal:
                Count: 2
    """
    yield from template.faults.get("creation-policies", ())


IN_ORDER: tuple[Rule, ...] = (
    sections,
    format_version,
    description,
    limits,
    parameters,
    parameter_defaults,
    unique_names,
    mappings,
    conditions,
    rules_section,
    metadata_interface,
    transform,
    globals,
    outputs,
    resource_keys,
    deletion_policies,
    update_policies,
    creation_policies,
)
