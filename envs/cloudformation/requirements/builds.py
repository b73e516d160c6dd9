"""Requirements about CodeBuild projects and pipelines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from envs.cloudformation.requirements.buckets import BUCKET
from envs.cloudformation.requirements.factories import (
    existence,
    fixed,
    setting,
)
from envs.cloudformation.requirements.kinds import (
    all_of,
    at_path,
    blocks,
    refers,
    same,
    shown,
    text,
    the,
    unless,
)
from envs.cloudformation.requirements.policies import (
    may_assume,
    roles_of,
)
from envs.cloudformation.requirements.services import (
    LOG_GROUP,
    PIPELINE,
    PROJECT,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

project = existence(
    "project", PROJECT, "a CodeBuild project called `{name}`", "the CodeBuild project `{name}`"
)
project_image = setting(
    "project-image", PROJECT, "Environment.Image",
    "the build image {value} for `{of}`", "`{of}` building in {value}",
)  # fmt: skip
project_size = setting(
    "project-size", PROJECT, "Environment.ComputeType",
    "the compute type {value} for `{of}`", "builds of `{of}` on {value}",
)  # fmt: skip
project_timeout = setting(
    "project-timeout", PROJECT, "TimeoutInMinutes",
    "builds of `{of}` given up after {value} minutes", "a timeout of {value} minutes for `{of}`",
)  # fmt: skip
project_privileged = fixed(
    "project-privileged", PROJECT, "Environment.PrivilegedMode", True,
    "builds of `{of}` allowed to run Docker (privileged mode)", "`{of}` in privileged mode",
)  # fmt: skip


@requirement(
    "logs of `{of}` in the log group {to}", "the log group {to} for the builds of `{of}`",
)  # fmt: skip
def project_logs(template: Template, of: str, to: str) -> Findings:
    """The CloudWatch logs of the project are on and go to the group."""
    found, problems = all_of(template, (PROJECT, of), (LOG_GROUP, to))
    if problems:
        return problems
    right = any(
        not same(one.get("Status"), "DISABLED")
        and refers(one.get("GroupName"), found[1], LOG_GROUP, ("name",))
        for one in blocks(found[0], "LogsConfig.CloudWatchLogs")
    )
    return unless(right, template, found[0], f"`{of}` does not log in {to}")


@requirement(
    "the source of `{of}` of the type {kind}, at {location}",
    "`{of}` building what is at {location} (source type {kind})",
)
def project_source(template: Template, of: str, kind: str, location: str) -> Findings:
    """`Source.Type` and `Source.Location`."""
    thing = the(template, PROJECT, of)
    if isinstance(thing, Finding):
        return [thing]
    right = same(thing.get("Source.Type"), kind) and same(thing.get("Source.Location"), location)
    return unless(right, template, thing, f"the source of `{of}` is another")


@requirement(
    "the environment variable {key} = `{value}` in the builds of `{of}`",
    "{key} = `{value}` in the environment of the project `{of}`",
)
def project_variable(template: Template, of: str, key: str, value: str) -> Findings:
    """A plain text variable of the build environment."""
    thing = the(template, PROJECT, of)
    if isinstance(thing, Finding):
        return [thing]
    given = blocks(thing, "Environment.EnvironmentVariables")
    given = [one for one in given if same(one.get("Name"), key)]
    right = given and all(
        same(one.get("Value"), value) and one.get("Type") in (None, "PLAINTEXT") for one in given
    )
    return unless(right, template, thing, f"builds of `{of}` do not get {key} = `{value}`")


@requirement(
    "a service role for `{of}` that CodeBuild may assume",
    "`{of}` running under a role that trusts CodeBuild",
)
def project_role(template: Template, of: str) -> Findings:
    """The service role is of this template."""
    thing = the(template, PROJECT, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        may_assume(role, "codebuild.amazonaws.com")
        for role in roles_of(template, [thing.value("ServiceRole")])
    )
    return unless(right, template, thing, f"`{of}` has no role that CodeBuild may assume")


pipeline = existence(
    "pipeline", PIPELINE, "a pipeline called `{name}` in CodePipeline", "the pipeline `{name}`"
)
pipeline_type = setting(
    "pipeline-type", PIPELINE, "PipelineType",
    "the pipeline type {value} for `{of}`", "`{of}` as a pipeline of the type {value}",
)  # fmt: skip


@requirement(
    "just the stages {stages}, in this order, in `{of}`",
    "`{of}` with the stages {stages}, one after the other, and no others",
)
def pipeline_stages(template: Template, of: str, stages: Any) -> Findings:
    """The names of the stages in order."""
    thing = the(template, PIPELINE, of)
    if isinstance(thing, Finding):
        return [thing]
    given = [text(one.get("Name")) for one in blocks(thing, "Stages")]
    right = given == list(stages)
    return unless(right, template, thing, f"the stages of `{of}` are {shown(given)}")


@requirement(
    "artifacts of `{of}` kept in the bucket `{bucket}`",
    "the bucket `{bucket}` as the artifact store of the pipeline `{of}`",
)
def pipeline_store(template: Template, of: str, bucket: str) -> Findings:
    """`ArtifactStore` is that bucket."""
    found, problems = all_of(template, (PIPELINE, of), (BUCKET, bucket))
    if problems:
        return problems
    places = [
        *at_path(found[0], "ArtifactStore.Location"),
        *at_path(found[0], "ArtifactStores.ArtifactStore.Location"),
    ]
    right = places and all(refers(one, found[1], BUCKET, ("name",)) for one in places)
    return unless(right, template, found[0], f"`{of}` does not keep artifacts in `{bucket}`")


def _actions(pipeline: Thing, stage: str) -> list[Mapping[str, Any]]:
    return [
        action
        for one in blocks(pipeline, "Stages")
        if same(one.get("Name"), stage)
        for action in blocks(one, "Actions")
    ]


def _does(action: Mapping[str, Any], category: str, provider: str) -> bool:
    return any(
        same(kind.get("Category"), category)
        and same(kind.get("Provider"), provider)
        for kind in blocks(action, "ActionTypeId")
    )  # fmt: skip


@requirement(
    "the CodeBuild project `{project}` run in the stage {stage} of `{of}`",
    "the stage {stage} of `{of}` building with the project `{project}`",
)
def pipeline_builds(template: Template, of: str, stage: str, project: str) -> Findings:
    """An action of the stage with the provider CodeBuild and the project."""
    found, problems = all_of(template, (PIPELINE, of), (PROJECT, project))
    if problems:
        return problems
    right = any(
        (_does(one, "Build", "CodeBuild") or _does(one, "Test", "CodeBuild"))
        and any(
            refers(given.get("ProjectName"), found[1], PROJECT, ("name",))
            for given in blocks(one, "Configuration")
        )
        for one in _actions(found[0], stage)
    )
    return unless(right, template, found[0], f"{stage} of `{of}` does not run `{project}`")


@requirement(
    "a manual approval in the stage {stage} of `{of}`",
    "the stage {stage} of `{of}` waiting for somebody to approve",
)
def pipeline_approval(template: Template, of: str, stage: str) -> Findings:
    """A manual approval action in the stage."""
    thing = the(template, PIPELINE, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(_does(one, "Approval", "Manual") for one in _actions(thing, stage))
    return unless(right, template, thing, f"nobody approves in {stage} of `{of}`")


@requirement(
    "the repository {repository}, branch {branch}, as the source of `{of}` (CodeStar connection)",
    "`{of}` started by the branch {branch} of {repository} through a CodeStar connection",
)
def pipeline_source(template: Template, of: str, repository: str, branch: str) -> Findings:
    """A source action with the provider CodeStarSourceConnection."""
    thing = the(template, PIPELINE, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        _does(action, "Source", "CodeStarSourceConnection")
        and any(
            same(given.get("FullRepositoryId"), repository)
            and same(given.get("BranchName"), branch)
            and given.get("ConnectionArn") is not None
            for given in blocks(action, "Configuration")
        )
        for one in blocks(thing, "Stages")
        for action in blocks(one, "Actions")
    )
    return unless(right, template, thing, f"`{of}` does not start from {repository}")


@requirement(
    "a role for `{of}` that CodePipeline may assume",
    "the pipeline `{of}` running under a role that trusts CodePipeline",
)
def pipeline_role(template: Template, of: str) -> Findings:
    """The pipeline's role is of this template."""
    thing = the(template, PIPELINE, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        may_assume(role, "codepipeline.amazonaws.com")
        for role in roles_of(template, [thing.value("RoleArn")])
    )
    return unless(right, template, thing, f"`{of}` has no role that CodePipeline may assume")
