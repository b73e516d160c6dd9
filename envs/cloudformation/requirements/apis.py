"""Requirements about HTTP and REST APIs and state machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from envs.cloudformation.requirements.factories import existence, fixed, output, setting
from envs.cloudformation.requirements.functions import permitted
from envs.cloudformation.requirements.kinds import (
    Kind,
    all_of,
    at_path,
    blocks,
    companions,
    flat,
    is_true,
    problem,
    refers,
    same,
    same_set,
    spelled,
    text,
    the,
    things,
    unless,
)
from envs.cloudformation.requirements.policies import (
    arn_of,
    granted,
    may_assume,
    permissions,
    read,
    roles_of,
)
from envs.cloudformation.requirements.services import (
    FUNCTION,
    HTTP_API,
    LOG_GROUP,
    MACHINE,
    REST_API,
    TOPIC,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.folded import Joined
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

http_api = existence(
    "http-api", HTTP_API,
    "an HTTP API called `{name}` in API Gateway", "the HTTP API `{name}` (API Gateway v2)",
)  # fmt: skip


def _is_target(value: Any, integration: Thing) -> bool:
    """Whether the target of a route is an integration: `integrations/` and its id."""
    wanted = ("integrations/", integration.ref)
    return value.__class__ is Joined and value.parts == wanted


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


@requirement(
    "API Gateway permitted to invoke `{of}`", "a permission for API Gateway to call `{of}`",
)  # fmt: skip
def function_api_permission(template: Template, of: str) -> Findings:
    """A permission for apigateway.amazonaws.com."""
    thing = the(template, FUNCTION, of)
    if isinstance(thing, Finding):
        return [thing]
    right = permitted(template, thing, "apigateway.amazonaws.com", _EXECUTE)
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
)  # fmt: skip

# -- REST APIs -------------------------------------------------------------------------------------

rest_api = existence(
    "rest-api", REST_API,
    "a REST API called `{name}` in API Gateway", "the REST API `{name}` (API Gateway)",
)  # fmt: skip
rest_endpoint = setting(
    "rest-endpoint", REST_API, "EndpointConfiguration.Types",
    "the endpoint type {value} for the API `{of}`", "`{of}` with an endpoint of the type {value}",
    compare=lambda value, wanted: same(value, [wanted]),
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
        if same(one.value("HttpMethod"), method) and (
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
        found = inner.get(method.lower()) if isinstance(inner, Mapping) else None
        call = found.get("x-amazon-apigateway-integration") if isinstance(found, Mapping) else None
        if isinstance(call, Mapping) and isinstance(found, Mapping):
            security = flat([found.get("security")])
            yield {
                "uri": call.get("uri"),
                "type": str(call.get("type")).upper(),
                "verb": call.get("httpMethod"),
                "key": any("api_key" in one for one in security if isinstance(one, Mapping)),
                "auth": None,
            }


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


# -- state machines --------------------------------------------------------------------------------

machine = existence(
    "machine", MACHINE,
    "a Step Functions state machine called `{name}`", "the state machine `{name}`",
)  # fmt: skip
machine_type = setting(
    "machine-type", MACHINE, "StateMachineType",
    "`{of}` of the type {value}", "the type {value} for the state machine `{of}`",
)  # fmt: skip
machine_tracing = fixed(
    "machine-tracing", MACHINE, "TracingConfiguration.Enabled", True,
    "X-Ray tracing for the state machine `{of}`", "`{of}` traced with X-Ray",
)  # fmt: skip


def definition(thing: Thing) -> dict[str, Any]:
    """Return the definition of a state machine, with its substitutions made."""
    whole = thing.value("Definition") or thing.value("DefinitionString")
    given = read(whole)
    named = thing.value("DefinitionSubstitutions")
    made = _substituted(given, named, 0) if isinstance(named, Mapping) else given
    return made if isinstance(made, dict) else {}


def _substituted(tree: Any, named: Mapping[str, Any], depth: int) -> Any:
    if depth > 60:
        return None
    if isinstance(tree, Mapping):
        return {key: _substituted(item, named, depth + 1) for key, item in tree.items()}
    if isinstance(tree, list):
        return [_substituted(item, named, depth + 1) for item in tree]
    if isinstance(tree, str) and tree.startswith("${") and tree.endswith("}"):
        return named.get(tree[2:-1], tree)
    return tree


def reached(machine: Mapping[str, Any], depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield the states of a definition that can be reached from its start, nested ones too."""
    states = machine.get("States")
    if depth > 10 or not isinstance(states, Mapping):
        return
    todo, seen = [machine.get("StartAt")], set()
    while todo:
        name = todo.pop()
        state = states.get(name) if isinstance(name, str) else None
        if name in seen or not isinstance(state, Mapping):
            continue
        seen.add(name)
        yield state
        todo += [state.get("Next"), state.get("Default")]
        for key in ("Choices", "Catch"):
            todo += [one.get("Next") for one in blocks(state, key)]
        for key in ("Branches", "Iterator", "ItemProcessor"):
            for inner in blocks(state, key):
                yield from reached(inner, depth + 1)


def _calls(state: Mapping[str, Any], function: Thing) -> bool:
    if state.get("Type") != "Task":
        return False
    resource = state.get("Resource")
    if refers(resource, function, FUNCTION, ("arn",)):
        return True
    if not str(resource).startswith("arn:aws:states:::lambda:invoke"):
        return False
    named = [*at_path(state, "Parameters.FunctionName"), *at_path(state, "Arguments.FunctionName")]
    return any(_names(one, function) for one in named)


def _names(value: Any, function: Thing) -> bool:
    whole = value
    if value.__class__ is Joined and value.parts[-1] in (":$LATEST",):
        whole = value.parts[0] if len(value.parts) == 2 else value
    return refers(whole, function, FUNCTION)


def _steps(
    template: Template, of: str, function: str
) -> tuple[Thing, list[Mapping[str, Any]]] | Finding:
    found, problems = all_of(template, (MACHINE, of), (FUNCTION, function))
    if problems:
        return problems[0]
    return found[0], [one for one in reached(definition(found[0])) if _calls(one, found[1])]


@requirement(
    "a step of `{of}` that invokes the function `{function}`",
    "`{of}` runs the function `{function}` in one of its steps",
)
def machine_invokes(template: Template, of: str, function: str) -> Findings:
    """A task state that can be reached, with the function's ARN or `lambda:invoke`."""
    found = _steps(template, of, function)
    if isinstance(found, Finding):
        return [found]
    return unless(found[1], template, found[0], f"no step of `{of}` invokes `{function}`")


@requirement(
    "the step of `{of}` that runs `{function}` retried {tries} times after any error",
    "{tries} retries, whatever the error, for the step of `{of}` that runs `{function}`",
)
def machine_retries(template: Template, of: str, function: str, tries: int) -> Findings:
    """`Retry` of every such step has an entry for States.ALL with that many attempts."""
    found = _steps(template, of, function)
    if isinstance(found, Finding):
        return [found]
    right = found[1] and all(
        any(
            same_set(one.get("ErrorEquals"), ["States.ALL"])
            and same(one.get("MaxAttempts", 3), tries)
            for one in blocks(state, "Retry")
        )
        for state in found[1]
    )
    return unless(right, template, found[0], f"`{function}` is not retried {tries} times")


@requirement(
    "a step of `{of}` that waits {seconds} seconds", "a wait of {seconds} seconds within `{of}`",
)  # fmt: skip
def machine_waits(template: Template, of: str, seconds: int) -> Findings:
    """A wait state that can be reached."""
    thing = the(template, MACHINE, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        one.get("Type") == "Wait" and same(one.get("Seconds"), seconds)
        for one in reached(definition(thing))
    )
    return unless(right, template, thing, f"no step of `{of}` waits {seconds} seconds")


@requirement(
    "a step of `{of}` that publishes to the topic `{topic}`",
    "the topic `{topic}` told by a step of `{of}`",
)
def machine_publishes(template: Template, of: str, topic: str) -> Findings:
    """A task state `sns:publish` with the ARN of the topic."""
    found, problems = all_of(template, (MACHINE, of), (TOPIC, topic))
    if problems:
        return problems
    right = any(
        one.get("Type") == "Task"
        and str(one.get("Resource")).startswith("arn:aws:states:::sns:publish")
        and any(
            refers(value, found[1], TOPIC, ("arn",))
            for key in ("Parameters", "Arguments")
            for value in at_path(one, f"{key}.TopicArn")
        )
        for one in reached(definition(found[0]))
    )
    return unless(right, template, found[0], f"no step of `{of}` publishes to `{topic}`")


def _machine_role(
    template: Template, of: str, actions: tuple[str, ...], kind: Kind, to: str
) -> Findings:
    found, problems = all_of(template, (MACHINE, of), (kind, to))
    yield from problems
    if problems:
        return
    roles = roles_of(template, at_path(found[0], "RoleArn"))
    if not roles or not may_assume(roles[0], "states.amazonaws.com"):
        yield problem(template, found[0], f"`{of}` has no role that Step Functions may assume")
    for role in roles:
        for action in actions:
            if not granted(permissions(template, role), action, arn_of(found[1], kind)):
                yield problem(template, role, f"the role does not allow {action} on `{to}`")


@requirement(
    "a role for `{of}` that Step Functions may assume and that allows lambda:InvokeFunction on "
    "just `{function}`",
    "`{of}` running under a role that trusts Step Functions and allows lambda:InvokeFunction on "
    "the function `{function}`",
)
def machine_role(template: Template, of: str, function: str) -> Findings:
    """The role trusts states.amazonaws.com, and its policies name the function."""
    yield from _machine_role(template, of, ("lambda:InvokeFunction",), FUNCTION, function)


@requirement(
    "the role of `{of}` allowing sns:Publish on just the topic `{topic}`",
    "`{of}` allowed sns:Publish on the topic `{topic}` by its role",
)
def machine_may_publish(template: Template, of: str, topic: str) -> Findings:
    """The role's policies name the topic."""
    yield from _machine_role(template, of, ("sns:Publish",), TOPIC, topic)


@requirement(
    "executions of `{of}` logged at the level {level} in the log group `{group}`",
    "the log group `{group}` for the executions of `{of}`, at the level {level}",
)
def machine_logs(template: Template, of: str, level: str, group: str) -> Findings:
    """`LoggingConfiguration`: level, and the group's ARN (with `:*`)."""
    found, problems = all_of(template, (MACHINE, of), (LOG_GROUP, group))
    if problems:
        return problems
    places = blocks(found[0], "LoggingConfiguration.Destinations.CloudWatchLogsLogGroup")
    logs = found[1]
    right = same(found[0].get("LoggingConfiguration.Level"), level) and any(
        refers(one.get("LogGroupArn"), logs, LOG_GROUP, ("arn",)) for one in places
    )
    return unless(right, template, found[0], f"`{of}` does not log {level} in `{group}`")
