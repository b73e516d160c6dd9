"""Requirements about load balancers, their target groups, listeners and rules."""

from __future__ import annotations

from typing import Any

from envs.terraform.requirements.aws_networks import ADDRESS, SUBNET
from envs.terraform.requirements.factories import existence, fixed, link, setting
from envs.terraform.requirements.instances import INSTANCE
from envs.terraform.requirements.kinds import Kind, companions, flat, instances, refers, same
from envs.terraform.requirements.lookup import belonging, own_ref, targets, things, unless
from envs.terraform.requirements.security_groups import SECURITY_GROUP
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance, ValueView, View
from iac_gym.languages.terraform.values import Value
from iac_gym.verdict import Finding

BALANCER = Kind("load balancer", ("aws_lb", "aws_alb"), "name", ("arn", "id"))
TARGETS = Kind("target group", ("aws_lb_target_group", "aws_alb_target_group"), "name",
               ("arn", "id"))  # fmt: skip
LISTENER = Kind("listener", ("aws_lb_listener", "aws_alb_listener"), "port", ("arn", "id"))
CERTIFICATE = Kind("certificate", ("aws_acm_certificate",), "domain_name", ("arn", "id"))
_RULES = ("aws_lb_listener_rule", "aws_alb_listener_rule")
_ATTACHMENTS = ("aws_lb_target_group_attachment", "aws_alb_target_group_attachment")


@requirement(
    "a load balancer `{name}` of the {kind} type", "the {kind} load balancer `{name}`",
)  # fmt: skip
def balancer(config: Configuration, name: str, kind: str) -> Findings:
    """A load balancer of that name and type ("application" is the default)."""
    found, problems = things(config, (BALANCER, name))
    return problems or unless(
        same(found[0].get("load_balancer_type") or "application", kind), config,
        found[0].where("load_balancer_type"), f"`{name}` is not of the {kind} type",
    )  # fmt: skip


balancer_internal = fixed(
    "balancer-internal", BALANCER, "internal", True,
    "the load balancer `{of}` internal, without public addresses",
    "`{of}` reachable from inside the network only (an internal load balancer)",
)  # fmt: skip
balancer_group = link(
    "balancer-group", BALANCER, "security_groups", SECURITY_GROUP,
    "the security group `{to}` on the load balancer `{of}`",
    "the load balancer `{of}` behind the security group `{to}`",
)  # fmt: skip
balancer_protected = fixed(
    "balancer-protected", BALANCER, "enable_deletion_protection", True,
    "the load balancer `{of}` protected against deletion",
    "deletion protection for the load balancer `{of}`",
)  # fmt: skip
balancer_cross_zone = fixed(
    "balancer-cross-zone", BALANCER, "enable_cross_zone_load_balancing", True,
    "traffic of `{of}` balanced across the zones", "cross-zone load balancing for `{of}`",
)  # fmt: skip
balancer_idle = setting(
    "balancer-idle", BALANCER, "idle_timeout",
    "idle connections of `{of}` closed after {value} seconds",
    "an idle timeout of {value} seconds for the load balancer `{of}`",
)  # fmt: skip
balancer_drops = fixed(
    "balancer-drops", BALANCER, "drop_invalid_header_fields", True,
    "invalid HTTP headers dropped by `{of}`",
    "the load balancer `{of}` dropping invalid header fields",
)  # fmt: skip


@requirement(
    "the load balancer `{of}` in the subnets {subnets}",
    "{subnets} as the subnets of the load balancer `{of}`",
)
def balancer_subnets(config: Configuration, of: str, subnets: Any) -> Findings:
    """`subnets`, or the subnets of the mappings, are just these."""
    found, problems = things(config, (BALANCER, of), *((SUBNET, str(name)) for name in subnets))
    if problems:
        return problems
    own, *inner = found
    values = flat([own.get("subnets"), *own.at_path("subnet_mapping.subnet_id")])
    right = len(values) == len(inner) and all(
        any(refers(value, one, SUBNET) for value in values) for one in inner
    )
    return unless(right, config, own.where("subnets"), f"`{of}` is not in just these subnets")


@requirement(
    "a fixed public address (Elastic IP) for `{of}` in the subnet `{subnet}`",
    "an Elastic IP for the load balancer `{of}` in its subnet `{subnet}`",
)
def balancer_address(config: Configuration, of: str, subnet: str) -> Findings:
    """The mapping of the subnet has the allocation of an aws_eip."""
    found, problems = things(config, (BALANCER, of), (SUBNET, subnet))
    if problems:
        return problems
    for mapping in found[0].blocks("subnet_mapping"):
        if refers(mapping.get("subnet_id"), found[1], SUBNET):
            right = targets(config, ADDRESS, [mapping.get("allocation_id")])
            return unless(right, config, mapping.at, f"no Elastic IP in `{subnet}`")
    return [config.finding(found[0].at, f"`{of}` maps no address to the subnet `{subnet}`")]


target_group = existence(
    "target-group", TARGETS, "a target group called `{name}`", "the target group `{name}`"
)  # fmt: skip
target_kind = setting(
    "target-kind", TARGETS, "target_type",
    "targets of `{of}` registered by {value}", "the target type {value} for `{of}`",
)  # fmt: skip
target_delay = setting(
    "target-delay", TARGETS, "deregistration_delay",
    "{value} seconds for the targets of `{of}` to finish before they leave",
    "a deregistration delay of {value} seconds for `{of}`",
)  # fmt: skip
target_health_path = setting(
    "target-health-path", TARGETS, "health_check.path",
    "the health of the targets of `{of}` checked at {value}",
    "health checks of `{of}` that request {value}",
)  # fmt: skip
target_health_interval = setting(
    "target-health-interval", TARGETS, "health_check.interval",
    "a health check of `{of}` every {value} seconds",
    "the targets of `{of}` checked at intervals of {value} seconds",
)  # fmt: skip


@requirement(
    "the target group `{of}` sending {protocol} to port {port}",
    "targets of `{of}` that speak {protocol} on port {port}",
)
def target_port(config: Configuration, of: str, protocol: str, port: int) -> Findings:
    """`protocol` and `port` of the target group."""
    found, problems = things(config, (TARGETS, of))
    yield from problems
    for own in found:
        for name, wanted in (("protocol", protocol), ("port", port)):
            if not same(own.get(name), wanted):
                yield config.finding(own.where(name), f"`{name}` of `{of}` is not {wanted}")


def _attached(config: Configuration, group: Instance) -> list[Instance]:
    return [
        one
        for kind in _ATTACHMENTS
        for one in companions(config, kind, "target_group_arn", group, TARGETS)
    ]


@requirement(
    "the instance `{instance}` registered in the target group `{of}`",
    "`{instance}` as a target of the group `{of}`",
)
def target_instance(config: Configuration, of: str, instance: str) -> Findings:
    """An attachment of the instance to the target group."""
    found, problems = things(config, (TARGETS, of), (INSTANCE, instance))
    if problems:
        return problems
    values = [one.get("target_id") for one in _attached(config, found[0])]
    right = any(refers(value, found[1], INSTANCE) for value in values)
    return unless(right, config, found[0].at, f"`{instance}` is no target of `{of}`")


def _listeners(
    config: Configuration, of: str, protocol: str, port: int, *others: tuple[Kind, str]
) -> tuple[list[Instance], list[Instance], list[Finding]]:
    """Return the listeners of a balancer for a port, the other things, and a first finding."""
    found, problems = things(config, (BALANCER, of), *others)
    if problems:
        return [], [], problems
    own = [
        one
        for kind in LISTENER.types
        for one in companions(config, kind, "load_balancer_arn", found[0], BALANCER)
        if same(one.get("port"), port) and same(one.get("protocol") or "HTTP", protocol)
    ]
    at, said = found[0].at, f"`{of}` has no listener for {protocol} on port {port}"
    return own, found[1:], unless(own, config, at, said)


def _forwards(view: View | ValueView, block: str, group: Instance) -> bool:
    """Whether the actions forward to just one target group."""
    for action in view.blocks(block):
        if same(action.get("type"), "forward"):
            values: list[Value] = flat(
                [action.get("target_group_arn"), *action.at_path("forward.target_group.arn")]
            )
            return bool(values) and all(refers(value, group, TARGETS) for value in values)
    return False


@requirement(
    "{protocol} on port {port} of `{of}` forwarded to the target group `{to}`",
    "a listener of `{of}` for {protocol} on port {port} that forwards to `{to}`",
)
def listener_forwards(
    config: Configuration, of: str, protocol: str, port: int, to: str
) -> Findings:  # fmt: skip
    """The default action of the listener forwards to the target group."""
    own, others, problems = _listeners(config, of, protocol, port, (TARGETS, to))
    if problems:
        return problems
    right = all(_forwards(one, "default_action", others[0]) for one in own)
    return unless(right, config, own[0].at, f"the listener does not forward to `{to}`")


@requirement(
    "HTTP on port 80 of `{of}` redirected to HTTPS on port 443 for good (status 301)",
    "plain HTTP requests to `{of}` on port 80 answered with a 301 redirect to HTTPS, port 443",
)
def listener_redirects(config: Configuration, of: str) -> Findings:
    """The default action of the listener on port 80 is a permanent redirect to HTTPS."""
    own, _, problems = _listeners(config, of, "HTTP", 80)
    if problems:
        return problems
    wanted = (("port", "443"), ("protocol", "HTTPS"), ("status_code", "HTTP_301"))
    right = any(
        all(same(redirect.get(name), value) for name, value in wanted)
        for one in own
        for action in one.blocks("default_action")
        if same(action.get("type"), "redirect")
        for redirect in action.blocks("redirect")
    )
    return unless(right, config, own[0].at, "the listener does not redirect to HTTPS (301)")


@requirement(
    "the certificate for {domain}, declared here, on the HTTPS listener of `{of}`",
    "HTTPS of `{of}` served with an ACM certificate for {domain} from this configuration",
)
def listener_certificate(config: Configuration, of: str, domain: str) -> Findings:
    """The listener on port 443 uses the certificate, directly or by its validation."""
    own, others, problems = _listeners(config, of, "HTTPS", 443, (CERTIFICATE, domain))
    if problems:
        return problems
    given = [one.get("certificate_arn") for one in own]
    for check in _validations(config, others[0]):
        if any(check.is_source_of(value, "certificate_arn") for value in given):
            return ()
    right = any(refers(value, others[0], CERTIFICATE) for value in given)
    return unless(right, config, own[0].at, f"the listener does not use the one for {domain}")


def _validations(config: Configuration, certificate: Instance) -> list[Instance]:
    apart = "aws_acm_certificate_validation"
    return companions(config, apart, "certificate_arn", certificate, CERTIFICATE)


@requirement(
    "the certificate for {of} validated by {method}",
    "{method} validation of the ACM certificate for {of}",
)
def certificate_method(config: Configuration, of: str, method: str) -> Findings:
    """`validation_method` of the certificate."""
    found, problems = things(config, (CERTIFICATE, of))
    return problems or unless(
        same(found[0].get("validation_method"), method), config,
        found[0].where("validation_method"), f"the certificate is not validated by {method}",
    )  # fmt: skip


@requirement(
    "the TLS policy {policy} for HTTPS on port 443 of `{of}`",
    "HTTPS of `{of}` on port 443 restricted to the security policy {policy}",
)
def listener_policy(config: Configuration, of: str, policy: str) -> Findings:
    """`ssl_policy` of the HTTPS listener."""
    own, _, problems = _listeners(config, of, "HTTPS", 443)
    if problems:
        return problems
    right = all(same(one.get("ssl_policy"), policy) for one in own)
    return unless(right, config, own[0].where("ssl_policy"), f"`ssl_policy` is not {policy}")


def _rules(config: Configuration, of: str) -> tuple[list[Instance], list[Finding]]:
    """Return the rules of all listeners of a load balancer."""
    found, problems = things(config, (BALANCER, of))
    if problems:
        return [], problems
    listeners = [
        own_ref(one)
        for one in instances(config, LISTENER)
        if refers(one.get("load_balancer_arn"), found[0], BALANCER)
    ]
    rules = belonging(config, _RULES, "listener_arn", listeners, *LISTENER.ids)
    return rules, unless(rules, config, found[0].at, f"no listener of `{of}` has a rule")


def _rule_for(rules: list[Instance], condition: str, value: str, group: Instance) -> bool:
    """Whether a rule sends just what meets one condition to a target group."""
    return any(
        flat(rule.at_path(f"condition.{condition}.values")) == [value]
        and len(rule.blocks("condition")) == 1
        and _forwards(rule, "action", group)
        for rule in rules
    )


@requirement(
    "requests to `{of}` for the path {path} forwarded to the target group `{to}`",
    "a rule of the load balancer `{of}` that sends {path} to `{to}`",
)
def rule_path(config: Configuration, of: str, path: str, to: str) -> Findings:
    """A listener rule with that path pattern."""
    rules, problems = _rules(config, of)
    found, missing = things(config, (TARGETS, to))
    if problems or missing:
        return problems or missing
    right = _rule_for(rules, "path_pattern", path, found[0])
    return unless(right, config, rules[0].at, f"no rule sends {path} to `{to}`")


@requirement(
    "requests to `{of}` for the host {host} forwarded to the target group `{to}`",
    "a rule of the load balancer `{of}` that sends the host {host} to `{to}`",
)
def rule_host(config: Configuration, of: str, host: str, to: str) -> Findings:
    """A listener rule with that host header."""
    rules, problems = _rules(config, of)
    found, missing = things(config, (TARGETS, to))
    if problems or missing:
        return problems or missing
    right = _rule_for(rules, "host_header", host, found[0])
    return unless(right, config, rules[0].at, f"no rule sends the host {host} to `{to}`")
