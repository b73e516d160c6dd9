"""Requirements about load balancers, target groups and listeners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from envs.cloudformation.requirements.factories import (
    existence,
    link,
    output,
    setting,
)
from envs.cloudformation.requirements.kinds import (
    all_of,
    at_path,
    blocks,
    companions,
    flat,
    refers,
    same,
    shown,
    the,
    things,
    unless,
)
from envs.cloudformation.requirements.services import (
    BALANCER,
    SECURITY_GROUP,
    TARGET_GROUP,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

balancer = existence(
    "balancer", BALANCER,
    "a load balancer called `{name}`", "the load balancer `{name}`",
)  # fmt: skip
balancer_group = link(
    "balancer-group", BALANCER, "SecurityGroups", SECURITY_GROUP,
    "the load balancer `{of}` behind the security group `{to}`",
    "`{to}` as a security group of the load balancer `{of}`",
)  # fmt: skip
balancer_name_output = output(
    "balancer-name-output", BALANCER, ("DNSName",),
    "an output `{name}` with the DNS name of `{of}`",
    "the DNS name of the load balancer `{of}` given out as the output `{name}`",
)  # fmt: skip


def attribute(thing: Thing, name: str, path: str) -> Any:
    """Return an attribute of a load balancer or a target group, None where it is not set."""
    found = [one for one in blocks(thing, path) if same(one.get("Key"), name)]
    return found[-1].get("Value") if found else None


def _attribute(
    template: Template, of: str, name: str, value: Any, usual: Any = None
) -> list[Finding]:
    thing = the(template, BALANCER, of)
    if isinstance(thing, Finding):
        return [thing]
    given = attribute(thing, name, "LoadBalancerAttributes")
    right = same(usual if given is None else given, value)
    return unless(right, template, thing, f"`{name}` of `{of}` is {shown(given)}")


@requirement(
    "`{of}` closing connections that idle for {seconds} seconds",
    "an idle timeout of {seconds} seconds for the load balancer `{of}`",
)
def balancer_idle(template: Template, of: str, seconds: int) -> Findings:
    """The attribute `idle_timeout.timeout_seconds`."""
    return _attribute(template, of, "idle_timeout.timeout_seconds", seconds, 60)


@requirement(
    "the load balancer `{of}` protected against deletion",
    "deletion protection for the load balancer `{of}`",
)
def balancer_protected(template: Template, of: str) -> Findings:
    """The attribute `deletion_protection.enabled`."""
    return _attribute(template, of, "deletion_protection.enabled", True)


@requirement(
    "invalid header fields dropped by `{of}`",
    "the load balancer `{of}` drops invalid header fields",
)
def balancer_headers(template: Template, of: str) -> Findings:
    """The attribute `routing.http.drop_invalid_header_fields.enabled`."""
    return _attribute(template, of, "routing.http.drop_invalid_header_fields.enabled", True)


target_group = existence(
    "target-group", TARGET_GROUP, "a target group called `{name}`", "the target group `{name}`"
)
target_health = setting(
    "target-health", TARGET_GROUP, "HealthCheckPath",
    "health checks of `{of}` on the path {value}", "the health check path {value} for `{of}`",
    absent="/",
)  # fmt: skip
target_interval = setting(
    "target-interval", TARGET_GROUP, "HealthCheckIntervalSeconds",
    "health checks of `{of}` every {value} seconds",
    "{value} seconds between the health checks of `{of}`", absent=30,
)  # fmt: skip
target_healthy = setting(
    "target-healthy", TARGET_GROUP, "HealthyThresholdCount",
    "targets of `{of}` healthy after {value} good checks", "a healthy threshold of {value} "
    "for `{of}`", absent=5,
)  # fmt: skip


@requirement(
    "{protocol} on port {port} for the targets of `{of}`",
    "`{of}` talking {protocol} to port {port} of its targets",
)
def target_port(template: Template, of: str, protocol: str, port: int) -> Findings:
    """`Protocol` and `Port` of the target group."""
    thing = the(template, TARGET_GROUP, of)
    if isinstance(thing, Finding):
        return [thing]
    right = same(thing.value("Protocol"), protocol) and same(thing.value("Port"), port)
    return unless(right, template, thing, f"`{of}` is not for {protocol} on port {port}")


@requirement(
    "targets of `{of}` drained for {seconds} seconds before they are taken out",
    "a deregistration delay of {seconds} seconds for `{of}`",
)
def target_delay(template: Template, of: str, seconds: int) -> Findings:
    """The attribute `deregistration_delay.timeout_seconds`."""
    thing = the(template, TARGET_GROUP, of)
    if isinstance(thing, Finding):
        return [thing]
    given = attribute(thing, "deregistration_delay.timeout_seconds", "TargetGroupAttributes")
    right = same(300 if given is None else given, seconds)
    return unless(right, template, thing, f"targets of `{of}` are drained for {shown(given)}")


def listeners(template: Template, balancer: Thing, port: int) -> list[Thing]:
    """Return the listeners of a load balancer on a port."""
    return [
        one
        for one in companions(
            template, "AWS::ElasticLoadBalancingV2::Listener", "LoadBalancerArn", balancer,
            BALANCER, ("arn",),
        )
        if same(one.value("Port"), port)
    ]  # fmt: skip


def _forwards(action: Mapping[str, Any], group: Thing) -> bool:
    inner = [
        one.get("TargetGroupArn")
        for one in blocks(action, "ForwardConfig.TargetGroups")
        if not same(one.get("Weight"), 0)
    ]
    named = [*at_path(action, "TargetGroupArn"), *inner]
    return (
        same(action.get("Type"), "forward")
        and bool(named)
        and all(refers(value, group, TARGET_GROUP, ("arn",)) for value in named)
    )


@requirement(
    "{protocol} on port {port} of `{of}` forwarded to the target group `{to}`",
    "a listener of `{of}` for {protocol} on port {port} that forwards to `{to}`",
)
def listener_forwards(template: Template, of: str, protocol: str, port: int, to: str) -> Findings:
    """The default action of a listener on that port forwards to the target group."""
    found, problems = all_of(template, (BALANCER, of), (TARGET_GROUP, to))
    if problems:
        return problems
    right = any(
        same(one.value("Protocol"), protocol)
        and any(_forwards(each, found[1]) for each in blocks(one, "DefaultActions"))
        for one in listeners(template, found[0], port)
    )
    return unless(right, template, found[0], f"port {port} of `{of}` is not forwarded to `{to}`")


#: What a redirection to HTTPS leaves as it is.
_KEPT = {"Host": "#{host}", "Path": "/#{path}", "Query": "#{query}"}


@requirement(
    "HTTP on port 80 of `{of}` redirected to HTTPS with the status {code}",
    "a listener of `{of}` on port 80 that redirects to HTTPS ({code})",
)
def listener_redirects(template: Template, of: str, code: str) -> Findings:
    """The default action of the listener on port 80 redirects."""
    thing = the(template, BALANCER, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        same(each.get("Type"), "redirect")
        and any(
            same(to.get("Protocol"), "HTTPS")
            and same(to.get("Port"), "443")  # otherwise it stays 80
            and same(to.get("StatusCode"), code)
            and all(to.get(part) in (None, kept) for part, kept in _KEPT.items())
            for to in blocks(each, "RedirectConfig")
        )
        for one in listeners(template, thing, 80)
        if same(one.value("Protocol"), "HTTP")
        for each in blocks(one, "DefaultActions")
    )
    return unless(right, template, thing, f"`{of}` does not redirect HTTP to HTTPS")


@requirement(
    "the certificate {arn} on the HTTPS listener (443) of `{of}`",
    "HTTPS on port 443 of `{of}` with the certificate {arn}",
)
def listener_certificate(template: Template, of: str, arn: str) -> Findings:
    """The listener on port 443 speaks HTTPS with that certificate."""
    thing = the(template, BALANCER, of)
    if isinstance(thing, Finding):
        return [thing]
    right = any(
        same(one.value("Protocol"), "HTTPS")
        and any(same(value, arn) for value in at_path(one, "Certificates.CertificateArn"))
        for one in listeners(template, thing, 443)
    )
    return unless(right, template, thing, f"port 443 of `{of}` does not have that certificate")


@requirement(
    "requests for {path} on port {port} of `{of}` forwarded to `{to}` (priority {priority})",
    "a rule of the listener on port {port} of `{of}`: {path} goes to `{to}` (priority {priority})",
)
def listener_rule(
    template: Template, of: str, port: int, path: str, to: str, priority: int
) -> Findings:
    """A listener rule with that path pattern, priority and target group."""
    found, problems = all_of(template, (BALANCER, of), (TARGET_GROUP, to))
    if problems:
        return problems
    own = listeners(template, found[0], port)
    right = any(
        same(one.value("Priority"), priority)
        and any(each.is_source_of(one.value("ListenerArn")) or
                each.is_source_of(one.value("ListenerArn"), "ListenerArn") for each in own)
        and _for_path(one, path)
        and any(_forwards(each, found[1]) for each in blocks(one, "Actions"))
        for one in things(template, "AWS::ElasticLoadBalancingV2::ListenerRule")
    )  # fmt: skip
    return unless(right, template, found[0], f"{path} of `{of}` does not go to `{to}` like that")


def _for_path(rule: Thing, path: str) -> bool:
    found = blocks(rule, "Conditions")
    values = [
        *at_path(rule, "Conditions.Values"), *at_path(rule, "Conditions.PathPatternConfig.Values"),
    ]  # fmt: skip
    return (
        len(found) == 1
        and same(found[0].get("Field"), "path-pattern")
        and [str(value) for value in flat(values)] == [path]
    )
