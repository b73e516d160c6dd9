"""Requirements about REST APIs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from envs.cloudformation.requirements.apis import serves
from envs.cloudformation.requirements.factories import existence, setting
from envs.cloudformation.requirements.kinds import (
    all_of,
    at_path,
    blocks,
    companions,
    first,
    flat,
    is_true,
    refers,
    same,
    text,
    the,
    things,
    unless,
)
from envs.cloudformation.requirements.services import (
    FUNCTION,
    REST_API,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

rest_api = existence(
    "rest-api", REST_API,
    "a REST API called `{name}` in API Gateway", "the REST API `{name}` (API Gateway)",
)  # fmt: skip
rest_endpoint = setting(
    "rest-endpoint", REST_API, "EndpointConfiguration.Types",
    "the endpoint type {value} for the API `{of}`", "`{of}` with an endpoint of the type {value}",
    absent=["EDGE"], compare=lambda value, wanted: same(value, [wanted]),
)  # fmt: skip
_BODY_METHODS = frozenset("get post put delete patch head options".split())


def paths(template: Template, api: Thing) -> list[tuple[str, Thing]]:
    """Return the resources of a REST API with their paths."""
    own = companions(template, "AWS::ApiGateway::Resource", "RestApiId", api, REST_API, ("id",))
    parents = {one.logical_id: one for one in own}
    return [(_path(one, api, parents), one) for one in own]


def _path(resource: Thing, api: Thing, parents: Mapping[str, Thing]) -> str:
    steps: list[str] = []
    here: Thing | None = resource
    for _ in range(20):
        if here is None:
            break
        steps.append(str(text(here.value("PathPart"))))
        parent = here.value("ParentId")
        if api.is_source_of(parent, "RootResourceId"):
            return "/" + "/".join(reversed(steps))
        here = next((one for one in parents.values() if _is_parent(parent, one)), None)
    return "?"


def _is_parent(value: Any, resource: Thing) -> bool:
    return resource.is_source_of(value) or resource.is_source_of(value, "ResourceId")


def methods(template: Template, api: Thing, method: str, path: str) -> Iterator[Mapping[str, Any]]:
    """Yield what a REST API does with a method on a path: `uri`, `type`, `key`, `auth`."""
    places = [one for where, one in paths(template, api) if where == path]
    for one in companions(template, "AWS::ApiGateway::Method", "RestApiId", api, REST_API, ("id",)):
        at = one.value("ResourceId")
        root = path == "/" and api.is_source_of(at, "RootResourceId")
        if one.value("HttpMethod") in (method, "ANY") and (
            root or any(_is_parent(at, place) for place in places)
        ):
            yield {
                "uri": one.get("Integration.Uri"),
                "type": one.get("Integration.Type"),
                "verb": one.get("Integration.IntegrationHttpMethod"),
                "key": one.value("ApiKeyRequired"),
                "auth": one.value("AuthorizationType"),
            }
    for given in blocks(api, "Body.paths"):
        inner = given.get(path)
        found = _operation(inner, method) if isinstance(inner, Mapping) else None
        call = found.get("x-amazon-apigateway-integration") if isinstance(found, Mapping) else None
        if isinstance(call, Mapping) and isinstance(found, Mapping):
            wide = first(at_path(api, "Body.security"))
            security = flat([found.get("security", wide)])
            keys = _key_schemes(api)
            yield {
                "uri": call.get("uri"),
                "type": str(call.get("type")).upper(),
                "verb": call.get("httpMethod"),
                "key": any(
                    isinstance(one, Mapping) and not keys.isdisjoint(one) for one in security
                ),
                "auth": None,
            }


def _operation(path: Mapping[str, Any], method: str) -> Any:
    """Return what stands under a path of an OpenAPI body for a method."""
    return path.get(method.lower(), path.get("x-amazon-apigateway-any-method"))


def _key_schemes(api: Thing) -> frozenset[str]:
    """Return the names of an OpenAPI body's security schemes that ask for an API key."""
    schemes = [
        *blocks(api, "Body.securityDefinitions"), *blocks(api, "Body.components.securitySchemes"),
    ]  # fmt: skip
    return frozenset(
        str(name)
        for given in schemes
        for name, one in given.items()
        if isinstance(one, Mapping)
        and same(one.get("type"), "apiKey")
        and str(one.get("name")).lower() == "x-api-key"
    )


@requirement(
    "{method} on {path} of the API `{of}` answered by the function `{function}` as a Lambda proxy",
    "the function `{function}` behind {method} {path} of `{of}`, as a Lambda proxy",
)
def rest_method(template: Template, of: str, method: str, path: str, function: str) -> Findings:
    """A method of the resource with that path, with an AWS_PROXY integration by POST."""
    found, problems = all_of(template, (REST_API, of), (FUNCTION, function))
    if problems:
        return problems
    right = any(
        same(one["type"], "AWS_PROXY")
        and same(one["verb"], "POST")
        and serves(one["uri"], found[1])
        for one in methods(template, found[0], method, path)
    )
    return unless(right, template, found[0], f"{method} {path} of `{of}` is not so")


@requirement(
    "an API key demanded for {method} on {path} of `{of}`",
    "{method} {path} of the API `{of}` only with an API key",
)
def rest_key_needed(template: Template, of: str, method: str, path: str) -> Findings:
    """`ApiKeyRequired` of the method."""
    api = the(template, REST_API, of)
    if isinstance(api, Finding):
        return [api]
    found = list(methods(template, api, method, path))
    right = found and all(is_true(one["key"]) for one in found)
    return unless(right, template, api, f"{method} {path} of `{of}` needs no API key")


def _rest_stages(
    template: Template, api: Thing, stage: str
) -> list[tuple[Thing, Mapping[str, Any]]]:
    """Return the stages of a name that are deployed: resources, or made by a deployment."""
    deployments = companions(
        template, "AWS::ApiGateway::Deployment", "RestApiId", api, REST_API, ("id",)
    )
    found: list[tuple[Thing, Mapping[str, Any]]] = []
    for one in companions(template, "AWS::ApiGateway::Stage", "RestApiId", api, REST_API, ("id",)):
        made = one.value("DeploymentId")
        deployed = any(
            each.is_source_of(made) or each.is_source_of(made, "DeploymentId")
            for each in deployments
        )
        if same(one.value("StageName"), stage) and deployed:
            found.append((one, one.properties))
    for one in deployments:
        if same(one.value("StageName"), stage):
            given = one.value("StageDescription")
            found.append((one, given if isinstance(given, Mapping) else {}))
    return found


@requirement(
    "`{of}` deployed to the stage {stage}", "a deployment of the API `{of}` as the stage {stage}",
)  # fmt: skip
def rest_stage(template: Template, of: str, stage: str) -> Findings:
    """A deployment of the API, with a stage of that name."""
    api = the(template, REST_API, of)
    if isinstance(api, Finding):
        return [api]
    right = _rest_stages(template, api, stage)
    return unless(right, template, api, f"`{of}` is not deployed to a stage {stage}")


@requirement(
    "the deployment of `{of}` made only after its methods (DependsOn)",
    "DependsOn from the deployment of the API `{of}` to its methods",
)
def rest_deployed_after(template: Template, of: str) -> Findings:
    """Every deployment of the API waits for all its methods."""
    api = the(template, REST_API, of)
    if isinstance(api, Finding):
        return [api]
    own = {
        one.logical_id
        for one in companions(
            template, "AWS::ApiGateway::Method", "RestApiId", api, REST_API, ("id",)
        )
    }
    made = companions(template, "AWS::ApiGateway::Deployment", "RestApiId", api, REST_API, ("id",))
    right = own and made and all(own <= one.depends_on for one in made)
    return unless(right, template, api, f"a deployment of `{of}` does not wait for its methods")


@requirement(
    "X-Ray tracing on the stage {stage} of `{of}`",
    "the stage {stage} of the API `{of}` traced with X-Ray",
)  # fmt: skip
def rest_tracing(template: Template, of: str, stage: str) -> Findings:
    """`TracingEnabled` of the stage."""
    return _rest_setting(template, of, stage, "TracingEnabled", True)


@requirement(
    "a cache of {size} GB for the stage {stage} of `{of}`",
    "the stage {stage} of `{of}` with a cache of {size} GB",
)
def rest_cache(template: Template, of: str, stage: str, size: str) -> Findings:
    """The cache cluster of the stage is on, and has that size."""
    on = _rest_setting(template, of, stage, "CacheClusterEnabled", True)
    return on or _rest_setting(template, of, stage, "CacheClusterSize", size)


def _rest_setting(template: Template, of: str, stage: str, name: str, value: Any) -> list[Finding]:
    api = the(template, REST_API, of)
    if isinstance(api, Finding):
        return [api]
    found = _rest_stages(template, api, stage)
    right = found and all(same(given.get(name), value) for _, given in found)
    return unless(right, template, api, f"`{name}` of the stage {stage} is not {value}")


@requirement(
    "a usage plan for the stage {stage} of `{of}`: {rate} requests a second, {quota} a day",
    "callers of the stage {stage} of `{of}` limited by a usage plan to {rate} requests a second "
    "and {quota} a day",
)
def rest_plan(template: Template, of: str, stage: str, rate: int, quota: int) -> Findings:
    """A usage plan for the stage with a rate and a daily quota."""
    api = the(template, REST_API, of)
    if isinstance(api, Finding):
        return [api]
    stages = [one for one, _ in _rest_stages(template, api, stage)]
    right = any(
        same(one.get("Throttle.RateLimit"), rate)
        and same(one.get("Quota.Limit"), quota)
        and same(one.get("Quota.Period"), "DAY")
        and any(_plans(each, api, stage, stages) for each in blocks(one, "ApiStages"))
        for one in things(template, "AWS::ApiGateway::UsagePlan")
    )
    return unless(right, template, api, f"no usage plan limits the stage {stage} like that")


def _plans(given: Mapping[str, Any], api: Thing, stage: str, stages: list[Thing]) -> bool:
    named = given.get("Stage")
    return refers(given.get("ApiId"), api, REST_API, ("id",)) and (
        same(named, stage) or any(one.is_source_of(named) for one in stages)
    )
