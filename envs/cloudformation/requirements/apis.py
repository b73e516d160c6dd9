"""Requirements about HTTP APIs."""

from __future__ import annotations

from typing import Any

from envs.cloudformation.requirements.factories import output
from envs.cloudformation.requirements.kinds import (
    all_of,
    companions,
    is_true,
    problem,
    refers,
    same,
    same_set,
    spelled,
    the,
    things,
    unless,
)
from envs.cloudformation.requirements.services import (
    FUNCTION,
    HTTP_API,
    LOG_GROUP,
    REST_API,
)
from envs.cloudformation.requirements.triggers import permitted
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.folded import Joined, Unknown
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

_EXECUTE = ("arn:aws:execute-api:",)


def serves(value: Any, function: Thing) -> bool:
    """Whether the URI of an integration is a function: its ARN, or the path to invoke it."""
    if refers(value, function, FUNCTION, ("arn",)):
        return True
    canonical = function.stack.canonical
    given = spelled(canonical(value))
    arn = spelled(canonical(function.att("Arn")))
    return given == _INVOKES + arn + "/invocations"


_INVOKES = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"

# -- HTTP APIs -------------------------------------------------------------------------------------


@requirement(
    "an HTTP API called `{name}` in API Gateway", "the HTTP API `{name}` (API Gateway v2)",
)  # fmt: skip
def http_api(template: Template, name: str) -> Findings:
    """An API of that name, which is no WebSocket API."""
    api = the(template, HTTP_API, name)
    if isinstance(api, Finding):
        return [api]
    right = not same(api.value("ProtocolType"), "WEBSOCKET")
    return unless(right, template, api, f"`{name}` is a WebSocket API")


def _is_target(value: Any, integration: Thing) -> bool:
    """Whether the target of a route is an integration: `integrations/` and its id."""
    wanted = (integration.ref, integration.att("IntegrationId"))
    return value.__class__ is Joined and value.parts in [("integrations/", one) for one in wanted]


@requirement(
    "the route `{route}` of the API `{of}` served by the function `{function}`",
    "`{route}` on `{of}` handled by the function `{function}`",
)
def http_route(template: Template, of: str, route: str, function: str) -> Findings:
    """A route of the API whose target is an AWS_PROXY integration with the function."""
    found, problems = all_of(template, (HTTP_API, of), (FUNCTION, function))
    if problems:
        return problems
    api, worker = found
    integrations = [
        one
        for one in companions(template, "AWS::ApiGatewayV2::Integration", "ApiId", api, HTTP_API)
        if same(one.value("IntegrationType"), "AWS_PROXY")
        and serves(one.value("IntegrationUri"), worker)
    ]
    right = any(
        same(one.value("RouteKey"), route)
        and any(_is_target(one.value("Target"), each) for each in integrations)
        for one in companions(template, "AWS::ApiGatewayV2::Route", "ApiId", api, HTTP_API)
    )
    quick = serves(api.value("Target"), worker) if api.value("Target") is not None else False
    right = right or (quick and (api.value("RouteKey") or "$default") == route)
    return unless(right, template, api, f"`{route}` of `{of}` is not served by `{function}`")


def _sources(template: Template) -> tuple[str, ...]:
    """Return how the ARNs of calls by the APIs of a template begin; of any, where it has none."""
    front = _EXECUTE[0] + "us-east-1:" + spelled(Unknown("pseudo", "AWS::AccountId")) + ":"
    named = {
        spelled(one.stack.canonical(value))
        for api in (HTTP_API, REST_API)
        for one in things(template, api.type)
        for value in (one.ref, one.att("ApiId"), one.att("RestApiId"))
    }
    if not named:
        return _EXECUTE
    return (*(f"{front}{one}/" for one in sorted(named)), f"{front}*", f"{_EXECUTE[0]}*")


@requirement(
    "API Gateway permitted to invoke `{of}`", "a permission for API Gateway to call `{of}`",
)  # fmt: skip
def function_api_permission(template: Template, of: str) -> Findings:
    """A permission for apigateway.amazonaws.com."""
    thing = the(template, FUNCTION, of)
    if isinstance(thing, Finding):
        return [thing]
    right = permitted(template, thing, "apigateway.amazonaws.com", _sources(template))
    return unless(right, template, thing, f"API Gateway may not invoke `{of}`")


def _stages(template: Template, api: Thing) -> list[Thing]:
    return companions(template, "AWS::ApiGatewayV2::Stage", "ApiId", api, HTTP_API)


def _stage(template: Template, of: str, stage: str) -> Thing | Finding:
    api = the(template, HTTP_API, of)
    if isinstance(api, Finding):
        return api
    found = [one for one in _stages(template, api) if same(one.value("StageName"), stage)]
    return found[0] if found else problem(template, api, f"`{of}` has no stage {stage}")


@requirement(
    "a stage {stage} of `{of}` that deploys changes by itself",
    "the stage {stage} of the API `{of}`, with automatic deployment",
)
def http_stage(template: Template, of: str, stage: str) -> Findings:
    """A stage with `AutoDeploy`."""
    found = _stage(template, of, stage)
    if isinstance(found, Finding):
        return [found]
    right = is_true(found.value("AutoDeploy"))
    return unless(right, template, found, f"the stage {stage} is not deployed by itself")


@requirement(
    "the stage {stage} of `{of}` throttled to {rate} requests a second, with bursts of {burst}",
    "at most {rate} requests a second, and bursts of {burst}, on the stage {stage} of `{of}`",
)
def http_throttle(template: Template, of: str, stage: str, rate: int, burst: int) -> Findings:
    """`DefaultRouteSettings` of the stage."""
    found = _stage(template, of, stage)
    if isinstance(found, Finding):
        return [found]
    right = same(found.get("DefaultRouteSettings.ThrottlingRateLimit"), rate) and same(
        found.get("DefaultRouteSettings.ThrottlingBurstLimit"), burst
    )
    return unless(right, template, found, f"the stage {stage} is not throttled like that")


@requirement(
    "requests to the stage {stage} of `{of}` logged in the log group `{group}`",
    "the access logs of the stage {stage} of `{of}` written to the log group `{group}`",
)
def http_logs(template: Template, of: str, stage: str, group: str) -> Findings:
    """`AccessLogSettings` of the stage: the group's ARN, and a format."""
    found = _stage(template, of, stage)
    logs = the(template, LOG_GROUP, group)
    for one in (found, logs):
        if isinstance(one, Finding):
            return [one]
    if isinstance(found, Finding) or isinstance(logs, Finding):
        return []
    right = refers(
        found.get("AccessLogSettings.DestinationArn"), logs, LOG_GROUP, ("arn",)
    ) and found.get("AccessLogSettings.Format")
    return unless(right, template, found, f"the stage {stage} does not log in `{group}`")


@requirement(
    "CORS on `{of}` for {origin} with the methods {methods}",
    "browsers on {origin} allowed {methods} on the API `{of}` (CORS)",
)
def http_cors(template: Template, of: str, origin: str, methods: Any) -> Findings:
    """`CorsConfiguration` with just that origin and these methods."""
    api = the(template, HTTP_API, of)
    if isinstance(api, Finding):
        return [api]
    right = same_set(api.get("CorsConfiguration.AllowOrigins"), [origin]) and same_set(
        api.get("CorsConfiguration.AllowMethods"), methods
    )
    return unless(right, template, api, f"CORS of `{of}` is not just that")


@requirement(
    "a JWT authorizer of `{of}` for the issuer {issuer} and the audience {audience}",
    "callers of `{of}` checked by a JWT authorizer: issuer {issuer}, audience {audience}",
)
def http_authorizer(template: Template, of: str, issuer: str, audience: str) -> Findings:
    """An authorizer of the type JWT."""
    api = the(template, HTTP_API, of)
    if isinstance(api, Finding):
        return [api]
    right = any(_checks(one, issuer, audience) for one in _authorizers(template, api))
    return unless(right, template, api, f"`{of}` has no such authorizer")


def _authorizers(template: Template, api: Thing) -> list[Thing]:
    return companions(template, "AWS::ApiGatewayV2::Authorizer", "ApiId", api, HTTP_API)


def _checks(authorizer: Thing, issuer: str, audience: str) -> bool:
    return (
        same(authorizer.value("AuthorizerType"), "JWT")
        and same(authorizer.get("JwtConfiguration.Issuer"), issuer)
        and same_set(authorizer.get("JwtConfiguration.Audience"), [audience])
    )


@requirement(
    "the route `{route}` of `{of}` only for callers with a valid JWT",
    "a JWT demanded on the route `{route}` of the API `{of}`",
)
def http_route_guarded(template: Template, of: str, route: str) -> Findings:
    """The route has the type JWT and an authorizer of the API."""
    api = the(template, HTTP_API, of)
    if isinstance(api, Finding):
        return [api]
    own = _authorizers(template, api)
    guards = [one for one in own if same(one.value("AuthorizerType"), "JWT")]
    right = any(
        same(one.value("RouteKey"), route)
        and same(one.value("AuthorizationType"), "JWT")
        and any(each.is_source_of(one.value("AuthorizerId")) or
                each.is_source_of(one.value("AuthorizerId"), "AuthorizerId") for each in guards)
        for one in companions(template, "AWS::ApiGatewayV2::Route", "ApiId", api, HTTP_API)
    )  # fmt: skip
    return unless(right, template, api, f"`{route}` of `{of}` is open to callers without a JWT")


http_endpoint_output = output(
    "http-endpoint-output", HTTP_API, ("ApiEndpoint",),
    "an output `{name}` with the endpoint of the API `{of}`",
    "the endpoint of `{of}` given out as the output `{name}`",
    written="https://NAME.execute-api.us-east-1.amazonaws.com",
)  # fmt: skip
