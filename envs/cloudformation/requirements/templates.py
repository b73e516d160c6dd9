"""Requirements about the template itself: parameters, conditions, exports, nested stacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from envs.cloudformation.requirements.buckets import BUCKET
from envs.cloudformation.requirements.kinds import (
    Kind,
    named,
    number,
    problem,
    same,
    same_set,
    shown,
    tags_of,
    text,
    the,
    unless,
)
from envs.cloudformation.requirements.services import (
    INSTANCE,
    QUEUE,
    SECURITY_GROUP,
    TABLE,
    TOPIC,
)
from iac_gym.check import Findings, RequirementType, requirement
from iac_gym.languages.cloudformation.folded import Unknown
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.languages.cloudformation.resolved import Parameter, resolve
from iac_gym.verdict import Finding


def _parameter(template: Template, name: str) -> Parameter | Finding:
    found = resolve(template).parameters.get(name)
    if found is None:
        return Finding(f"there is no parameter {name}", template.path, 1, 1)
    return found


def _wrong(template: Template, parameter: Parameter, message: str) -> Finding:
    return Finding(message, template.path, *parameter.mark)


@requirement(
    "a parameter {name} of the type {type}", "the parameter {name} (type {type})",
)  # fmt: skip
def parameter_type(template: Template, name: str, type: str) -> Findings:
    """A parameter of that name and type."""
    found = _parameter(template, name)
    if isinstance(found, Finding):
        yield found
    elif found.type != type:
        yield _wrong(template, found, f"the type of {name} is {found.type}, not {type}")


@requirement(
    "{value} as the default of the parameter {name}", "the parameter {name} set to {value} where "
    "nothing else is given",
)  # fmt: skip
def parameter_default(template: Template, name: str, value: str) -> Findings:
    """`Default` of the parameter."""
    found = _parameter(template, name)
    if isinstance(found, Finding):
        yield found
    elif not same(found.tree.get("Default"), value):
        yield _wrong(template, found, f"the default of {name} is not {value}")


@requirement(
    "just the values {values} allowed for the parameter {name}",
    "the parameter {name} limited to {values}",
)
def parameter_values(template: Template, name: str, values: Any) -> Findings:
    """`AllowedValues` of the parameter."""
    found = _parameter(template, name)
    if isinstance(found, Finding):
        yield found
    elif not same_set(found.tree.get("AllowedValues"), values):
        given = shown(found.tree.get("AllowedValues"))
        yield _wrong(template, found, f"the values of {name} are {given}")


@requirement(
    "values of the parameter {name} between {low} and {high}",
    "the parameter {name} limited to numbers from {low} to {high}",
)
def parameter_range(template: Template, name: str, low: int, high: int) -> Findings:
    """`MinValue` and `MaxValue` of the parameter."""
    found = _parameter(template, name)
    if isinstance(found, Finding):
        yield found
        return
    given = number(found.tree.get("MinValue")), number(found.tree.get("MaxValue"))
    if given != (low, high):
        yield _wrong(template, found, f"{name} is not limited to {low} to {high}")


@requirement(
    "only values that match {pattern} allowed for the parameter {name}",
    "the pattern {pattern} for the parameter {name}",
)
def parameter_pattern(template: Template, name: str, pattern: str) -> Findings:
    """`AllowedPattern` of the parameter."""
    found = _parameter(template, name)
    if isinstance(found, Finding):
        yield found
    elif not same(found.tree.get("AllowedPattern"), pattern):
        yield _wrong(template, found, f"{name} is not limited to {pattern}")


@requirement(
    "`{value}` as the description of the template", "a template described as `{value}`",
)  # fmt: skip
def template_description(template: Template, value: str) -> Findings:
    """`Description` of the template."""
    given = template.tree.get("Description")
    if not same(given, value):
        yield Finding(f"the description is {shown(given)}", template.path, 1, 1)


# -- what a parameter changes ----------------------------------------------------------------------


def under(template: Template, parameter: str, value: str) -> Template | None:
    """Return the template with a parameter set to a value; None where it has no such parameter."""
    key = f"under {parameter}={value}"
    if key not in template.known:
        given = template.parameters.get(parameter)
        allowed = given.get("AllowedValues") if isinstance(given, Mapping) else None
        known = isinstance(given, Mapping) and not (
            isinstance(allowed, list) and value not in [text(one) for one in allowed]
        )
        made = None
        if known and isinstance(given, Mapping):
            changed = {**template.parameters, parameter: {**given, "Default": value}}
            made = replace(template, parameters=changed, known={})
        template.known[key] = made
    found: Template | None = template.known[key]
    return found


def _with(template: Template, parameter: str, when: str) -> Template | Finding:
    found = under(template, parameter, when)
    if found is None:
        message = f"there is no parameter {parameter} that may be {when}"
        return Finding(message, template.path, 1, 1)
    return found


def varying(
    name: str, kind: Kind, path: str, *wordings: str, absent: Any = None
) -> RequirementType:
    """Make "a setting of the thing has a value when a parameter has another"."""

    def check(
        template: Template, of: str, value: Any, parameter: str, when: str
    ) -> Iterator[Finding]:
        other = _with(template, parameter, when)
        thing = other if isinstance(other, Finding) else the(other, kind, of)
        if isinstance(thing, Finding):
            yield thing
            return
        given = thing.get(path)
        if not same(absent if given is None else given, value):
            message = f"`{path}` is {shown(given)} when {parameter} is {when}"
            yield problem(template, thing, message, path)

    check.__name__ = name.replace("-", "_")
    return requirement(*wordings)(check)


def only_when(name: str, kind: Kind, *wordings: str) -> RequirementType:
    """Make "the thing exists when a parameter has one value, and with no other allowed value"."""

    def check(template: Template, of: str, parameter: str, when: str) -> Iterator[Finding]:
        other = _with(template, parameter, when)
        thing = other if isinstance(other, Finding) else the(other, kind, of)
        if isinstance(thing, Finding):
            yield thing
            return
        tree = template.parameters.get(parameter)
        allowed = tree.get("AllowedValues") if isinstance(tree, Mapping) else None
        free = ["-", "other", *_compared(template)]
        values = [text(one) for one in allowed] if isinstance(allowed, list) else free
        for value in values:
            changed = under(template, parameter, str(value)) if value != when else None
            if changed is not None and (named(changed, kind, of) or _same_resource(changed, thing)):
                yield problem(template, thing, f"`{of}` exists when {parameter} is {value}, too")
                return

    check.__name__ = name.replace("-", "_")
    return requirement(*wordings)(check)


def _compared(template: Template) -> list[str]:
    """Return the texts that conditions and mappings know (not all of them, where they are many)."""
    found: list[str] = []
    pending: list[Any] = [template.conditions, *template.mappings.values()]
    while pending and len(found) < 50:
        one = pending.pop()
        if isinstance(one, Mapping):
            found += [key for key in one if isinstance(key, str)]
            pending += one.values()
        elif isinstance(one, list):
            pending += one
        elif isinstance(one, str):
            found.append(one)
    return found[:50]


def _same_resource(template: Template, thing: Thing) -> bool:
    return resolve(template).resource(thing.logical_id) is not None


def named_when(name: str, kind: Kind, *wordings: str) -> RequirementType:
    """Make "there is a thing of that name when a parameter has a value"."""

    def check(template: Template, name: str, parameter: str, when: str) -> Iterator[Finding]:
        other = _with(template, parameter, when)
        thing = other if isinstance(other, Finding) else the(other, kind, name)
        if isinstance(thing, Finding):
            yield thing

    check.__name__ = name.replace("-", "_")
    return requirement(*wordings)(check)


queue_when = named_when(
    "queue-when", QUEUE,
    "a queue that is called `{name}` when {parameter} is {when}",
    "with {parameter} = {when}, an SQS queue with the name `{name}`",
)  # fmt: skip
bucket_when = named_when(
    "bucket-when", BUCKET,
    "a bucket that is called `{name}` when {parameter} is {when}",
    "with {parameter} = {when}, an S3 bucket with the name `{name}`",
)  # fmt: skip
table_when = named_when(
    "table-when", TABLE,
    "a DynamoDB table that is called `{name}` when {parameter} is {when}",
    "with {parameter} = {when}, a table with the name `{name}`",
)  # fmt: skip
queue_retention_when = varying(
    "queue-retention-when", QUEUE, "MessageRetentionPeriod",
    "messages of `{of}` kept for {value} seconds when {parameter} is {when}",
    "with {parameter} = {when}, {value} seconds of retention for the queue `{of}`", absent=345600,
)  # fmt: skip
queue_visibility_when = varying(
    "queue-visibility-when", QUEUE, "VisibilityTimeout",
    "a visibility timeout of {value} seconds for `{of}` when {parameter} is {when}",
    "with {parameter} = {when}, messages of `{of}` hidden for {value} seconds", absent=30,
)  # fmt: skip
table_protected_when = varying(
    "table-protected-when", TABLE, "DeletionProtectionEnabled",
    "deletion protection of `{of}` set to {value} when {parameter} is {when}",
    "with {parameter} = {when}, the deletion protection of the table `{of}` {value}", absent=False,
)  # fmt: skip
bucket_versions_when = varying(
    "bucket-versions-when", BUCKET, "VersioningConfiguration.Status",
    "versioning of `{of}` {value} when {parameter} is {when}",
    "with {parameter} = {when}, versioning of the bucket `{of}` in the state {value}",
)  # fmt: skip
topic_only_when = only_when(
    "topic-only-when", TOPIC,
    "the topic `{of}` only when {parameter} is {when}",
    "an SNS topic `{of}` that exists when {parameter} is {when}, and not otherwise",
)  # fmt: skip
queue_only_when = only_when(
    "queue-only-when", QUEUE,
    "the queue `{of}` only when {parameter} is {when}",
    "an SQS queue `{of}` that exists when {parameter} is {when}, and not otherwise",
)  # fmt: skip


def follows(name: str, kind: Kind, path: str, *wordings: str) -> RequirementType:
    """Make "a setting of the thing is what a parameter is set to"."""

    def check(template: Template, of: str, parameter: str) -> Iterator[Finding]:
        for value in ("17", "23"):
            other = _with(template, parameter, value)
            thing = other if isinstance(other, Finding) else the(other, kind, of)
            if isinstance(thing, Finding):
                yield thing
                return
            if not same(thing.get(path), value):
                yield problem(template, thing, f"`{path}` does not follow {parameter}", path)
                return

    check.__name__ = name.replace("-", "_")
    return requirement(*wordings)(check)


queue_delay_follows = follows(
    "queue-delay-follows", QUEUE, "DelaySeconds",
    "the delivery delay of `{of}` (in seconds) taken from the parameter {parameter}",
    "the parameter {parameter} as the delivery delay, in seconds, of the queue `{of}`",
)  # fmt: skip


@requirement(
    "the tag {key} of the queue `{of}` taken from the parameter {parameter}",
    "`{of}` tagged {key} with what the parameter {parameter} is set to",
)
def queue_tag_follows(template: Template, of: str, key: str, parameter: str) -> Findings:
    """The value of a tag is that of the parameter."""
    for value in ("abc", "xyz"):
        other = _with(template, parameter, value)
        thing = other if isinstance(other, Finding) else the(other, QUEUE, of)
        if isinstance(thing, Finding):
            return [thing]
        if not same(tags_of(thing).get(key), value):
            return [problem(template, thing, f"{key} does not follow {parameter}", "Tags")]
    return []


# -- exports and imports ---------------------------------------------------------------------------


@requirement(
    "the output {name} exported as {export}", "{export} as the export name of the output {name}",
)  # fmt: skip
def output_exported(template: Template, name: str, export: str) -> Findings:
    """The export of an output."""
    found = resolve(template).outputs.get(name)
    if found is None:
        yield Finding(f"there is no output {name}", template.path, 1, 1)
    elif not same(found.export, export):
        message = f"{name} is exported as {shown(found.export)}"
        yield Finding(message, template.path, *found.mark)


@requirement(
    "the output {name} exported under a name made of the stack's name and -{suffix}",
    "the output {name} exported as the stack's name followed by -{suffix}",
)
def output_exported_by_stack(template: Template, name: str, suffix: str) -> Findings:
    """The export name is `${AWS::StackName}-suffix`."""
    found = resolve(template).outputs.get(name)
    if found is None:
        yield Finding(f"there is no output {name}", template.path, 1, 1)
    elif str(found.export) != f"${{AWS::StackName}}-{suffix}" or isinstance(found.export, str):
        yield Finding(f"the export of {name} is another", template.path, *found.mark)


def is_import(value: Any, name: str) -> bool:
    """Whether a value is imported from that export."""
    return isinstance(value, Unknown) and value.kind == "import" and value.name == name


def imports(template: Template, type: str, path: str, name: str) -> bool:
    """Whether a property of a resource of a type is imported from that export."""
    return any(
        is_import(value, name)
        for one in resolve(template).resources(type)
        for value in one.each(path)
    )


@requirement(
    "the VPC of the security group `{of}` imported from the export {export}",
    "{export}, an export of another stack, as the VPC of the security group `{of}`",
)
def group_imports_vpc(template: Template, of: str, export: str) -> Findings:
    """`VpcId` is `Fn::ImportValue` of the export."""
    thing = the(template, SECURITY_GROUP, of)
    if isinstance(thing, Finding):
        return [thing]
    right = is_import(thing.value("VpcId"), export)
    return unless(right, template, thing, f"the VPC of `{of}` is not imported from {export}")


@requirement(
    "the subnet of the instance `{of}` imported from the export {export}",
    "{export}, an export of another stack, as the subnet of the instance `{of}`",
)
def instance_imports_subnet(template: Template, of: str, export: str) -> Findings:
    """`SubnetId` is `Fn::ImportValue` of the export."""
    thing = the(template, INSTANCE, of)
    if isinstance(thing, Finding):
        return [thing]
    right = is_import(thing.value("SubnetId"), export)
    return unless(right, template, thing, f"the subnet of `{of}` is not imported from {export}")


# -- nested stacks ---------------------------------------------------------------------------------

_STACK = "AWS::CloudFormation::Stack"


def _nested(template: Template, name: str) -> Thing | Finding:
    found = resolve(template).resource(name)
    if found is None or found.type != _STACK:
        return Finding(f"there is no nested stack {name}", template.path, 1, 1)
    return found


@requirement(
    "a nested stack with the logical id {name} from {url}",
    "{url} as the template of the nested stack {name} (logical id)",
)
def nested_stack(template: Template, name: str, url: str) -> Findings:
    """A nested stack with that logical id and template."""
    found = _nested(template, name)
    if isinstance(found, Finding):
        return [found]
    right = same(found.value("TemplateURL"), url)
    return unless(right, template, found, f"{name} is not made from {url}")


@requirement(
    "the parameter {key} of the nested stack {name} set to {value}",
    "{key} = {value} passed to the nested stack {name}",
)
def nested_parameter(template: Template, name: str, key: str, value: str) -> Findings:
    """A parameter of the nested stack."""
    found = _nested(template, name)
    if isinstance(found, Finding):
        return [found]
    given = found.get(f"Parameters.{key}")
    return unless(same(given, value), template, found, f"{key} of {name} is {shown(given)}")


@requirement(
    "the output {output} of the nested stack {source} passed to {name} as the parameter {key}",
    "{key} of the nested stack {name} taken from the output {output} of {source}",
)
def nested_passes(template: Template, name: str, key: str, source: str, output: str) -> Findings:
    """A parameter of a nested stack is `Outputs.x` of another."""
    found, other = _nested(template, name), _nested(template, source)
    if isinstance(found, Finding):
        return [found]
    if isinstance(other, Finding):
        return [other]
    right = found.get(f"Parameters.{key}") == other.att(f"Outputs.{output}")
    return unless(right, template, found, f"{key} of {name} is not {output} of {source}")


@requirement(
    "the parameter {parameter} of this template passed on to the nested stack {name} as {key}",
    "{key} of the nested stack {name} taken from this template's parameter {parameter}",
)
def nested_inherits(template: Template, name: str, key: str, parameter: str) -> Findings:
    """A parameter of the nested stack follows the one of this template."""
    found = _nested(template, name)
    if isinstance(found, Finding):
        return [found]
    given = template.parameters.get(parameter)
    if not isinstance(given, Mapping):
        return unless(False, template, found, f"there is no parameter {parameter}")
    allowed = given.get("AllowedValues")
    values = [str(text(one)) for one in allowed] if isinstance(allowed, list) else ["\ue0f1", "-"]
    right = bool(values) and all(
        _passes(template, name, key, parameter, value) for value in values
    )  # fmt: skip
    return unless(right, template, found, f"{key} of {name} does not follow {parameter}")


def _passes(template: Template, name: str, key: str, parameter: str, value: str) -> bool:
    changed = under(template, parameter, value)
    inner = resolve(changed).resource(name) if changed is not None else None
    return inner is not None and same(inner.get(f"Parameters.{key}"), value)


@requirement(
    "the nested stack {name} given up after {minutes} minutes",
    "a timeout of {minutes} minutes for the nested stack {name}",
)
def nested_timeout(template: Template, name: str, minutes: int) -> Findings:
    """`TimeoutInMinutes` of the nested stack."""
    found = _nested(template, name)
    if isinstance(found, Finding):
        return [found]
    right = same(found.value("TimeoutInMinutes"), minutes)
    return unless(right, template, found, f"{name} has another timeout")


@requirement(
    "the nested stack {name} made only after {after} (DependsOn)",
    "DependsOn from the nested stack {name} to {after}",
)
def nested_after(template: Template, name: str, after: str) -> Findings:
    """`DependsOn` of the nested stack."""
    found, other = _nested(template, name), _nested(template, after)
    if isinstance(found, Finding):
        return [found]
    if isinstance(other, Finding):
        return [other]
    return unless(after in found.depends_on, template, found, f"{name} does not wait for {after}")


@requirement(
    "an output {name} with the output {output} of the nested stack {source}",
    "the output {output} of the nested stack {source} given out as {name}",
)
def nested_output(template: Template, name: str, source: str, output: str) -> Findings:
    """An output of this template is `Outputs.x` of a nested stack."""
    found = _nested(template, source)
    if isinstance(found, Finding):
        return [found]
    given = resolve(template).outputs.get(name)
    right = given is not None and given.value == found.att(f"Outputs.{output}")
    return unless(right, template, found, f"the output {name} is not {output} of {source}")
