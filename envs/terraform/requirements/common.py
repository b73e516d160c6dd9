"""Requirements about the configuration itself: providers, variables, outputs, modules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envs.terraform.requirements.kinds import Kind, refers, same, shown, the, world
from iac_gym.check import Findings, RequirementType, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance, View
from iac_gym.languages.terraform.values import Unknown
from iac_gym.verdict import Finding


def _provider_setting(config: Configuration, provider: str, name: str, value: Any) -> Findings:
    """The default configuration of a provider in the root module has a setting."""
    found = config.root.providers.get((provider, ""))
    if found is None:
        first = config.sources[0].path
        yield Finding(f'there is no provider "{provider}" block', first, 1, 1)
        return
    view = View(found.body, world(config).root, {}, found.at)
    given = view.get(name)
    if not same(given, value):
        at = view.where(name)
        yield config.finding(at, f"`{name}` is {shown(given)}, asked for {shown(value)}")


@requirement(
    "the AWS provider set to the region {region}",
    "the AWS region {region}, by the provider's setting",
    "{region} as the region of the AWS provider",
)
def aws_region(config: Configuration, region: str) -> Findings:
    """`region` of the default `aws` provider."""
    return _provider_setting(config, "aws", "region", region)


@requirement(
    "the Google provider set to the project `{project}`",
    "`{project}` as the project of the Google provider",
)
def google_project(config: Configuration, project: str) -> Findings:
    """`project` of the default `google` provider."""
    return _provider_setting(config, "google", "project", project)


@requirement(
    "the Google provider set to the region {region}",
    "{region} as the region of the Google provider",
)
def google_region(config: Configuration, region: str) -> Findings:
    """`region` of the default `google` provider."""
    return _provider_setting(config, "google", "region", region)


def output(name: str, kind: Kind, attributes: tuple[str, ...], *wordings: str) -> RequirementType:
    """Make "the output `name` is that attribute of the thing `of`"."""

    def check(config: Configuration, of: str, name: str) -> Iterator[Finding]:
        thing = the(config, kind, of)
        if not isinstance(thing, Instance):
            yield thing
            return
        declared = config.root.outputs.get(name)
        if declared is None:
            yield config.finding(thing.at, f"there is no output `{name}`")
            return
        value = world(config).outputs().get(name)
        right = refers(value, thing, kind, attributes)
        if not right and not isinstance(value, Unknown):
            literal = [thing.get(one) for one in attributes if one in thing.body.attributes]
            right = value is not None and any(same(value, one) for one in literal)
        if not right:
            yield config.finding(
                declared.at, f"the output `{name}` is not {attributes[0]} of `{of}`"
            )

    check.__name__ = name.replace("-", "_")
    return requirement(*wordings)(check)
