"""Rules of resources: types that exist, properties as the service's own schemas have them."""

from __future__ import annotations

from collections.abc import Iterable

from iac_gym.check import rule
from iac_gym.languages.cloudformation.model import Template
from iac_gym.verdict import Finding, Stage


@rule(Stage.SCHEMA)
def resource_types_exist(template: Template) -> Iterable[Finding]:
    """Every resource type of AWS exists in the region, and its service still does.

    Types of other vendors, modules and custom resources are not looked up. `AWS::Serverless::`
    types need the SAM transform.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html

    Bad::

        Resources:
          Logs:
            Type: AWS::S3::Buckett

    Good::

        Resources:
          Logs:
            Type: AWS::S3::Bucket
    """
    return template.faults.get("resource-types-exist", ())


@rule(Stage.SCHEMA)
def properties_are_known(template: Template) -> Iterable[Finding]:
    """Every property, at any depth, is one that the resource type has.

    Source: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html

    Bad::

        Resources:
          Logs:
            Type: AWS::S3::Bucket
            Properties:
              Versioning: Enabled

    Good::

        Resources:
          Logs:
            Type: AWS::S3::Bucket
            Properties:
              VersioningConfiguration:
                Status: Enabled
    """
    return template.faults.get("properties-are-known", ())


@rule(Stage.SCHEMA)
def required_properties_are_there(template: Template) -> Iterable[Finding]:
    """No required property is missing, whatever conditions hold.

    A property that is `AWS::NoValue` in a case that can occur is missing in that case.

    Source: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html

    Bad::

        Resources:
          Code:
            Type: AWS::Lambda::Function
            Properties:
              Role: arn:aws:iam::123456789012:role/code

    Good::

        Resources:
          Code:
            Type: AWS::Lambda::Function
            Properties:
              Role: arn:aws:iam::123456789012:role/code
              Code:
                ImageUri: 123456789012.dkr.ecr.us-east-1.amazonaws.com/code:1
              PackageType: Image
    """
    return template.faults.get("required-properties-are-there", ())


@rule(Stage.SCHEMA)
def values_have_the_right_type(template: Template) -> Iterable[Finding]:
    """Every value can become what its property takes: `"5"` is a number, `5` a text.

    Source: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html

    Bad::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Properties:
              DelaySeconds: soon

    Good::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Properties:
              DelaySeconds: "30"
    """
    return template.faults.get("values-have-the-right-type", ())


@rule(Stage.SCHEMA)
def values_are_allowed(template: Template) -> Iterable[Finding]:
    """A value is one of those that its property lists, among them the region's instance types.

    Source: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html

    Bad::

        Resources:
          Logs:
            Type: AWS::S3::Bucket
            Properties:
              VersioningConfiguration:
                Status: "on"

    Good::

        Resources:
          Logs:
            Type: AWS::S3::Bucket
            Properties:
              VersioningConfiguration:
                Status: Enabled
    """
    return template.faults.get("values-are-allowed", ())


@rule(Stage.SCHEMA)
def values_match_their_pattern(template: Template) -> Iterable[Finding]:
    """A text has the form that its property asks for: names, ARNs, identifiers, networks, times.

    Source: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html

    Bad::

        Resources:
          Logs:
            Type: AWS::S3::Bucket
            Properties:
              BucketName: My_Logs

    Good::

        Resources:
          Logs:
            Type: AWS::S3::Bucket
            Properties:
              BucketName: my-logs
    """
    return template.faults.get("values-match-their-pattern", ())


@rule(Stage.SCHEMA)
def values_are_in_range(template: Template) -> Iterable[Finding]:
    """Numbers, lengths of texts, and counts of items lie within the limits of their property.

    Source: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html

    Bad::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Properties:
              DelaySeconds: 901

    Good::

        Resources:
          Jobs:
            Type: AWS::SQS::Queue
            Properties:
              DelaySeconds: 900
    """
    return template.faults.get("values-are-in-range", ())


@rule(Stage.SCHEMA)
def items_are_unique(template: Template) -> Iterable[Finding]:
    """Lists of unique items repeat none, and no two tags have the same key.

    Source: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html

    Bad::

        Resources:
          Logs:
            Type: AWS::S3::Bucket
            Properties:
              Tags:
                - {Key: team, Value: a}
                - {Key: team, Value: b}

    Good::

        Resources:
          Logs:
            Type: AWS::S3::Bucket
            Properties:
              Tags:
                - {Key: team, Value: a}
                - {Key: stage, Value: b}
    """
    return template.faults.get("items-are-unique", ())


@rule(Stage.SCHEMA)
def properties_fit_together(template: Template) -> Iterable[Finding]:
    """Properties that exclude each other do not stand together, and alternatives fit one form.

    Source: https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/cfn-schema-specification.md

    Bad::

        Resources:
          Code:
            Type: AWS::Lambda::Function
            Properties:
              Role: arn:aws:iam::123456789012:role/code
              PackageType: Image
              Handler: index.handler
              Code:
                ImageUri: 123456789012.dkr.ecr.us-east-1.amazonaws.com/code:1

    Good::

        Resources:
          Code:
            Type: AWS::Lambda::Function
            Properties:
              Role: arn:aws:iam::123456789012:role/code
              PackageType: Image
              Code:
                ImageUri: 123456789012.dkr.ecr.us-east-1.amazonaws.com/code:1
    """
    return template.faults.get("properties-fit-together", ())


@rule(Stage.NOTICE)
def read_only_properties_are_not_set(template: Template) -> Iterable[Finding]:
    """Properties that the service sets itself are not given: it takes them without any effect.

    Source: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html

    Bad::

        Resources:
          Logs:
            Type: AWS::S3::Bucket
            Properties:
              Arn: arn:aws:s3:::logs

    Good::

        Resources:
          Logs:
            Type: AWS::S3::Bucket
        Outputs:
          Arn:
            Value: !GetAtt Logs.Arn
    """
    return template.faults.get("read-only-properties-are-not-set", ())


@rule(Stage.REFERENCES)
def functions_give_what_fits(template: Template) -> Iterable[Finding]:
    """A function stands only where what it gives can be taken: a list where a list is, and so on.

    Where the schema names what it takes (a role's ARN, the id of a subnet), a reference gives that.

    Source: https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/format_keyword.md

    Bad::

        Resources:
          Group:
            Type: AWS::EC2::SecurityGroup
            Properties:
              GroupDescription: web
              VpcId: vpc-0a1b2c3d
          Machine:
            Type: AWS::EC2::Instance
            Properties:
              ImageId: ami-0a1b2c3d
              SecurityGroupIds: !GetAtt Group.GroupId

    Good::

        Resources:
          Group:
            Type: AWS::EC2::SecurityGroup
            Properties:
              GroupDescription: web
              VpcId: vpc-0a1b2c3d
          Machine:
            Type: AWS::EC2::Instance
            Properties:
              ImageId: ami-0a1b2c3d
              SecurityGroupIds: [!GetAtt Group.GroupId]
    """
    return template.faults.get("functions-give-what-fits", ())


@rule(Stage.SEMANTICS)
def resources_make_sense(template: Template) -> Iterable[Finding]:
    """A resource keeps what its service asks beyond the schema.

    Runtimes of Lambda that still exist, keys of a table that are defined, origins and artifacts
    that exist, an image for an instance, schedules that can be read, and the like.

    Source: https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md

    Bad::

        Resources:
          Songs:
            Type: AWS::DynamoDB::Table
            Properties:
              BillingMode: PAY_PER_REQUEST
              AttributeDefinitions:
                - {AttributeName: artist, AttributeType: S}
              KeySchema:
                - {AttributeName: singer, KeyType: HASH}

    Good::

        Resources:
          Songs:
            Type: AWS::DynamoDB::Table
            Properties:
              BillingMode: PAY_PER_REQUEST
              AttributeDefinitions:
                - {AttributeName: artist, AttributeType: S}
              KeySchema:
                - {AttributeName: artist, KeyType: HASH}
    """
    return template.faults.get("resources-make-sense", ())


@rule(Stage.NOTICE)
def not_judged(template: Template) -> Iterable[Finding]:
    """What could not be judged: types of other vendors, modules, resources that SAM expands.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/registry.html

    Bad::

        Resources:
          Board:
            Type: Datadog::Dashboards::Dashboard
            Properties:
              DashboardDefinition: "{}"

    Good::

        Resources:
          Logs:
            Type: AWS::S3::Bucket
    """
    return template.faults.get("not-judged", ())


IN_ORDER = (
    resource_types_exist,
    properties_are_known,
    required_properties_are_there,
    values_have_the_right_type,
    values_are_allowed,
    values_match_their_pattern,
    values_are_in_range,
    items_are_unique,
    properties_fit_together,
    read_only_properties_are_not_set,
    functions_give_what_fits,
    resources_make_sense,
    not_judged,
)
