"""Tasks about HTTP and REST APIs and state machines."""

from __future__ import annotations

from typing import Any

from envs.cloudformation.choices import LOG_DAYS
from envs.cloudformation.families.serverless import Function
from envs.cloudformation.requirements import apis as ask
from envs.cloudformation.requirements import logs as logs_ask
from envs.cloudformation.requirements import messages, rest_apis, workflows
from envs.cloudformation.template import (
    Extra,
    Handle,
    Settings,
    Stack,
    decorate,
    document,
    pascal,
    statement,
    sub,
    trust,
)
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

ROUTES = (
    "GET /items", "POST /orders", "GET /health", "$default", "DELETE /items/{id}",
    "PUT /users/{id}", "ANY /{proxy+}", "POST /login",
)  # fmt: skip
APIS = ("api", "gateway", "portal", "backend", "edge")


def route_id(route: str) -> str:
    """Turn a route into a logical id."""
    return pascal(route.replace("$", "")) + "Route"


def permit(stack: Stack, function: Handle, api: Handle) -> None:
    """Let an API invoke a function."""
    stack.add(
        "Lambda::Permission", "ApiPermission", FunctionName=function.ref,
        Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com",
        SourceArn=sub(
            "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:"
            f"${{{api.id}}}/*"
        ),
    )  # fmt: skip


@family("cloudformation", levels=(3, 4, 5))
def http_api(draw: Draw) -> Draft:
    """An HTTP API whose routes a Lambda function serves."""
    stack = Stack(draw, "An HTTP API")
    made = Function(stack, longest=30)
    name = draw.name("api", APIS)
    api = stack.add("ApiGatewayV2::Api", "Api", Name=name, ProtocolType="HTTP")
    integration = stack.add(
        "ApiGatewayV2::Integration", "Integration", ApiId=api.ref, IntegrationType="AWS_PROXY",
        IntegrationUri=made.made["Arn"], PayloadFormatVersion="2.0",
    )  # fmt: skip
    permit(stack, made.made, api)
    stack.ask(ask.http_api(name=name), ask.function_api_permission(of=made.name))
    routes: dict[str, Handle] = {}
    for route in draw.sample("routes", ROUTES, 2 if draw.level > 3 else 1):
        stack.ask(ask.http_route(of=name, route=route, function=made.name))
        routes[route] = stack.add(
            "ApiGatewayV2::Route", route_id(route), ApiId=api.ref, RouteKey=route,
            Target=sub(f"integrations/${{{integration.id}}}"),
        )  # fmt: skip

    def staged() -> None:
        stage = draw.choice("stage", ("$default", "live", "v1", "prod"))
        stack.ask(ask.http_stage(of=name, stage=stage))
        one = stack.add(
            "ApiGatewayV2::Stage", "Stage", ApiId=api.ref, StageName=stage, AutoDeploy=True
        )
        if draw.chance("throttled", 0.5):
            rate, burst = draw.integer("rate", 10, 200, 10), draw.integer("burst", 20, 400, 20)
            stack.ask(ask.http_throttle(of=name, stage=stage, rate=rate, burst=burst))
            one.set(
                DefaultRouteSettings={"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": burst}
            )
        if draw.chance("logged", 0.5):
            _logged(stack, one, name, stage)

    def cors() -> None:
        origin = f"https://{draw.choice('origin', ('app', 'www', 'admin'))}.example.com"
        methods = draw.sample("methods", ("GET", "POST", "PUT", "DELETE"), 2)
        stack.ask(ask.http_cors(of=name, origin=origin, methods=methods))
        api.set(CorsConfiguration={"AllowOrigins": [origin], "AllowMethods": list(methods)})

    def guarded() -> None:
        issuer = f"https://{draw.choice('issuer', ('login', 'auth', 'id'))}.example.com"
        audience = draw.choice("audience", ("web", "mobile", "partners"))
        route = next(iter(routes))
        stack.ask(
            ask.http_authorizer(of=name, issuer=issuer, audience=audience),
            ask.http_route_guarded(of=name, route=route),
        )
        guard = stack.add(
            "ApiGatewayV2::Authorizer", "Authorizer", ApiId=api.ref, Name="jwt",
            AuthorizerType="JWT", IdentitySource=["$request.header.Authorization"],
            JwtConfiguration={"Issuer": issuer, "Audience": [audience]},
        )  # fmt: skip
        routes[route].set(AuthorizationType="JWT", AuthorizerId=guard.ref)

    extras, more = made.extras(), Settings(stack, api, name)
    decorate(
        stack,
        (
            Extra("stage", 2, staged), Extra("CORS", 1, cors), *extras[:2],
            more.output(ask.http_endpoint_output, api["ApiEndpoint"], ("Endpoint", "ApiUrl")),
            Extra("authorizer", 2, guarded), extras[2], extras[3],
        ),
    )  # fmt: skip
    return stack.draft(
        f"Put the HTTP API `{name}` in front of the Lambda function `{made.name}` (CloudFormation)",
        f"Write a CloudFormation template for the HTTP API `{name}`, served by `{made.name}`",
    )


def _logged(stack: Stack, stage: Handle, api: str, called: str) -> None:
    group = f"/apis/{api}"
    logs = stack.add("Logs::LogGroup", "AccessLogs", LogGroupName=group, RetentionInDays=30)
    stack.ask(
        logs_ask.log_group(name=group), ask.http_logs(of=api, stage=called, group=group)
    )  # fmt: skip
    stage.set(
        AccessLogSettings={
            "DestinationArn": logs["Arn"],
            "Format": '{"requestId":"$context.requestId","status":"$context.status"}',
        }
    )


@family("cloudformation", levels=(4, 5))
def rest_api(draw: Draw) -> Draft:
    """A REST API with a resource, a method, a stage, keys and a usage plan."""
    stack = Stack(draw, "A REST API")
    made = Function(stack, longest=25)
    name = draw.name("api", APIS)
    part = draw.choice("path", ("orders", "items", "users", "reports", "search", "quotes"))
    method = draw.choice("method", ("GET", "POST", "PUT", "DELETE"))
    api = stack.add("ApiGateway::RestApi", "Api", Name=name)
    place = stack.add(
        "ApiGateway::Resource", f"{pascal(part)}Resource", RestApiId=api.ref,
        ParentId=api["RootResourceId"], PathPart=part,
    )  # fmt: skip
    call = stack.add(
        "ApiGateway::Method", f"{pascal(part)}Method", RestApiId=api.ref, ResourceId=place.ref,
        HttpMethod=method, AuthorizationType="NONE",
        Integration={
            "Type": "AWS_PROXY", "IntegrationHttpMethod": "POST",
            "Uri": sub(
                "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
                "${Function.Arn}/invocations"
            ),
        },
    )  # fmt: skip
    permit(stack, made.made, api)
    deployment = stack.add("ApiGateway::Deployment", "Deployment", RestApiId=api.ref)
    deployment.attributes["DependsOn"] = call.id
    stage_name = draw.choice("stage", ("live", "v1", "prod", "beta"))
    stage = stack.add(
        "ApiGateway::Stage", "Stage", RestApiId=api.ref, DeploymentId=deployment.ref,
        StageName=stage_name,
    )  # fmt: skip
    stack.ask(
        rest_apis.rest_api(name=name),
        rest_apis.rest_method(of=name, method=method, path=f"/{part}", function=made.name),
        ask.function_api_permission(of=made.name), rest_apis.rest_stage(of=name, stage=stage_name),
    )  # fmt: skip

    def keyed() -> None:
        rate, quota = draw.integer("rate", 5, 100, 5), draw.integer("quota", 1000, 20000, 500)
        stack.ask(
            rest_apis.rest_key_needed(of=name, method=method, path=f"/{part}"),
            rest_apis.rest_plan(of=name, stage=stage_name, rate=rate, quota=quota),
        )
        call.set(ApiKeyRequired=True)
        plan = stack.add(
            "ApiGateway::UsagePlan", "UsagePlan",
            ApiStages=[{"ApiId": api.ref, "Stage": stage.ref}],
            Throttle={"RateLimit": rate, "BurstLimit": rate * 2},
            Quota={"Limit": quota, "Period": "DAY"},
        )  # fmt: skip
        key = stack.add("ApiGateway::ApiKey", "ApiKey", Enabled=True)
        stack.add(
            "ApiGateway::UsagePlanKey", "UsagePlanKey", KeyId=key.ref, KeyType="API_KEY",
            UsagePlanId=plan.ref,
        )  # fmt: skip

    def cached() -> None:
        size = draw.choice("cache", ("0.5", "1.6", "6.1", "13.5"))
        stack.ask(rest_apis.rest_cache(of=name, stage=stage_name, size=size))
        stage.set(CacheClusterEnabled=True, CacheClusterSize=size)

    def traced() -> None:
        stack.ask(rest_apis.rest_tracing(of=name, stage=stage_name))
        stage.set(TracingEnabled=True)

    extras = made.extras()
    endpoint = draw.choice("endpoint", ("REGIONAL", "EDGE"))

    def typed() -> None:
        stack.ask(rest_apis.rest_endpoint(of=name, value=endpoint))

    api.set(EndpointConfiguration={"Types": [endpoint]})
    typed()
    decorate(
        stack,
        (
            Extra("tracing", 1, traced), extras[0], Extra("key", 2, keyed), extras[1],
            Extra("cache", 1, cached), extras[3], extras[2],
        ),
    )  # fmt: skip
    if draw.phrase("ordered", (True, False)):
        stack.ask(rest_apis.rest_deployed_after(of=name))
    return stack.draft(
        f"Put the REST API `{name}` in front of the function `{made.name}` with CloudFormation",
        f"Write a CloudFormation template for the REST API `{name}`",
    )


@family("cloudformation", levels=(3, 4, 5), held_out=True)
def state_machine(draw: Draw) -> Draft:
    """A Step Functions state machine that runs a Lambda function."""
    stack = Stack(draw, "A workflow")
    made = Function(stack)
    name = draw.name("machine", ("workflow", "orders", "refunds", "approval", "import"))
    group = f"/workflows/{name}"
    role = stack.add(
        "IAM::Role", "WorkflowRole", AssumeRolePolicyDocument=trust("states.amazonaws.com"),
        Policies=[{
            "PolicyName": "run-steps",
            "PolicyDocument": document(statement("lambda:InvokeFunction", made.made["Arn"])),
        }],
    )  # fmt: skip
    work: dict[str, Any] = {"Type": "Task", "Resource": made.made["Arn"], "End": True}
    states: dict[str, Any] = {"Work": work}
    machine = stack.add(
        "StepFunctions::StateMachine", "Workflow", StateMachineName=name, RoleArn=role["Arn"],
        Definition={"StartAt": "Work", "States": states},
    )  # fmt: skip
    stack.ask(
        workflows.machine(name=name), workflows.machine_invokes(of=name, function=made.name),
        workflows.machine_role(of=name, function=made.name),
    )  # fmt: skip
    more = Settings(stack, machine, name)

    def retried() -> None:
        tries = draw.choice("tries", (2, 4, 5, 6, 8))
        stack.ask(workflows.machine_retries(of=name, function=made.name, tries=tries))
        work["Retry"] = [
            {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 2, "MaxAttempts": tries,
             "BackoffRate": 2}
        ]  # fmt: skip

    def waits() -> None:
        seconds = draw.integer("seconds", 10, 600, 10)
        stack.ask(workflows.machine_waits(of=name, seconds=seconds))
        states["Pause"] = {"Type": "Wait", "Seconds": seconds, "Next": "Work"}
        machine.put("Definition.StartAt", "Pause")

    def told() -> None:
        topic = draw.name("topic", ("done", "results", "notices"))
        to = stack.add("SNS::Topic", "Topic", TopicName=topic, KmsMasterKeyId="alias/aws/sns")
        stack.ask(
            messages.topic(name=topic), workflows.machine_publishes(of=name, topic=topic),
            workflows.machine_may_publish(of=name, topic=topic),
        )  # fmt: skip
        work.pop("End")
        work["Next"] = "Tell"
        states["Tell"] = {
            "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": True,
            "Parameters": {"TopicArn": to.ref, "Message": "The work is done"},
        }  # fmt: skip
        role.append("Policies", {
            "PolicyName": "tell", "PolicyDocument": document(statement("sns:Publish", to.ref)),
        })  # fmt: skip

    def logged() -> None:
        level = draw.choice("level", ("ALL", "ERROR", "FATAL"))
        days = draw.choice("days", LOG_DAYS)
        logs = stack.add("Logs::LogGroup", "Logs", LogGroupName=group, RetentionInDays=days)
        stack.ask(
            logs_ask.log_group(name=group), logs_ask.log_days(of=group, value=days),
            workflows.machine_logs(of=name, level=level, group=group),
        )  # fmt: skip
        machine.set(
            LoggingConfiguration={
                "Level": level,
                "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": logs["Arn"]}}],
            }
        )
        role.append("Policies", {
            "PolicyName": "write-logs",
            "PolicyDocument": document(
                statement(
                    ["logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery",
                     "logs:DeleteLogDelivery", "logs:ListLogDeliveries",
                     "logs:PutResourcePolicy", "logs:DescribeResourcePolicies",
                     "logs:DescribeLogGroups"],
                    "*",
                )
            ),
        })  # fmt: skip

    def express() -> None:
        stack.ask(workflows.machine_type(of=name, value="EXPRESS"))
        machine.set(StateMachineType="EXPRESS")

    decorate(
        stack,
        (
            Extra("retries", 1, retried), Extra("wait", 1, waits), Extra("topic", 3, told),
            more.switch(workflows.machine_tracing, "TracingConfiguration.Enabled"),
            Extra("logs", 3, logged), Extra("express", 1, express), *made.extras()[:2],
        ),
    )  # fmt: skip
    return stack.draft(
        f"Build the workflow `{name}` with Step Functions, described in CloudFormation",
        f"Write a CloudFormation template for the state machine `{name}`",
    )
