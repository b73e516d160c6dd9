"""Tasks about load balancers on AWS: listeners, rules, target groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from envs.terraform.families.aws_compute import TYPES, newest_image, small_network
from envs.terraform.families.aws_network import add_group, admit, open_subnets, send_anywhere
from envs.terraform.families.aws_storage import region
from envs.terraform.requirements import aws_networks as nets
from envs.terraform.requirements import balancers as ask
from envs.terraform.requirements import instances
from envs.terraform.stack import Extra, Handle, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import nested

PORTS = (8080, 3000, 5000, 8000, 9000, 8081, 80)
HEALTH = ("/health", "/healthz", "/ping", "/status", "/up", "/ready")
TLS = ("ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-TLS13-1-3-2021-06",
       "ELBSecurityPolicy-FS-1-2-Res-2020-10")  # fmt: skip
DOMAINS = tuple(
    f"{host}.{zone}"
    for host in ("shop", "api", "www", "portal", "docs")
    for zone in ("example.com", "example.org", "example.net")
)
BALANCERS = ("alb", "front", "lb", "entry", "edge", "balancer")


class Balancer:
    """A load balancer in a small network, under construction."""

    def __init__(self, stack: Stack, kind: str) -> None:
        self.stack = stack
        self.vpc, self.net, self.names, self.subnets = small_network(stack)
        self.name = stack.draw.name("balancer", BALANCERS)
        stack.ask(
            ask.balancer(name=self.name, kind=kind),
            ask.balancer_subnets(of=self.name, subnets=self.names),
        )  # fmt: skip
        self.made = stack.add(
            "aws_lb", self.name, name=self.name, load_balancer_type=kind,
            subnets=[one["id"] for one in self.subnets],
        )  # fmt: skip
        self.public = stack.draw.chance("public", 0.6)
        if self.public:
            open_subnets(stack, self.vpc, self.net, self.subnets)
        else:
            stack.ask(ask.balancer_internal(of=self.name))
            self.made.set(internal=True)

    def targets(self, name: str, protocol: str, port: int, **more: Any) -> Handle:
        """Ask for a target group and add it."""
        self.stack.ask(
            ask.target_group(name=name), ask.target_port(of=name, protocol=protocol, port=port)
        )  # fmt: skip
        return self.stack.add(
            "aws_lb_target_group", name, name=name, port=port, protocol=protocol,
            vpc_id=self.vpc["id"], **more,
        )  # fmt: skip

    def listener(self, label: str, protocol: str, port: int, **action: Any) -> Handle:
        """Add a listener with its default action."""
        return self.stack.add(
            "aws_lb_listener", label, load_balancer_arn=self.made["arn"], port=port,
            protocol=protocol, default_action=nested(**action),
        )  # fmt: skip

    def redirect(self) -> None:
        """Ask for the redirect from HTTP to HTTPS."""
        self.stack.ask(ask.listener_redirects(of=self.name))
        to = nested(port="443", protocol="HTTPS", status_code="HTTP_301")
        self.listener("http", "HTTP", 80, type="redirect", redirect=to)

    def certificate(self) -> Handle:
        """Ask for a certificate on the HTTPS listener, and add it."""
        domain = self.stack.draw.choice("domain", DOMAINS)
        self.stack.ask(
            ask.listener_certificate(of=self.name, domain=domain),
            ask.certificate_method(of=domain, method="DNS"),
        )
        return self.stack.add(
            "aws_acm_certificate", "site", domain_name=domain, validation_method="DNS"
        )

    def _flag(self, asked: str, **body: object) -> None:
        self.stack.ask(getattr(ask, asked)(of=self.name))
        self.made.set(**body)

    def protected(self) -> None:
        """Ask for deletion protection."""
        self._flag("balancer_protected", enable_deletion_protection=True)

    def drops(self) -> None:
        """Ask for the dropping of invalid headers."""
        self._flag("balancer_drops", drop_invalid_header_fields=True)

    def idle(self) -> None:
        """Ask for an idle timeout."""
        seconds = self.stack.draw.choice("idle", (30, 90, 120, 180, 300, 600))
        self.stack.ask(ask.balancer_idle(of=self.name, value=seconds))
        self.made.set(idle_timeout=seconds)


def _target_extras(stack: Stack, group: Handle, name: str) -> tuple[Extra, ...]:
    """Return what an HTTP target group may also be asked for."""
    draw = stack.draw

    def health() -> None:
        path = draw.choice("health", HEALTH)
        stack.ask(ask.target_health_path(of=name, value=path))
        group.inner("health_check")["path"] = path

    def interval() -> None:
        seconds = draw.choice("interval", (10, 15, 20, 45, 60))
        stack.ask(ask.target_health_interval(of=name, value=seconds))
        group.inner("health_check")["interval"] = seconds

    def delay() -> None:
        seconds = draw.choice("delay", (0, 15, 30, 45, 60, 120))
        stack.ask(ask.target_delay(of=name, value=seconds))
        group.set(deregistration_delay=seconds)

    def kind() -> None:
        value = draw.choice("target type", ("instance", "ip"))
        stack.ask(ask.target_kind(of=name, value=value))
        group.set(target_type=value)

    return (
        Extra("health", 1, health), Extra("interval", 1, interval), Extra("delay", 1, delay),
        Extra("target type", 1, kind),
    )  # fmt: skip


@family("terraform", levels=(4, 5))
def application_balancer(draw: Draw) -> Draft:
    """An application load balancer with a target group, by HTTP or by HTTPS with a redirect."""
    stack = Stack(draw, "aws")
    made = Balancer(stack, "application")
    port, name = draw.choice("port", PORTS), f"{made.name}-{draw.choice('app', ('app', 'web'))}"
    group = made.targets(name, "HTTP", port)
    if draw.level >= 5:
        certificate = made.certificate()
        stack.ask(ask.listener_forwards(of=made.name, protocol="HTTPS", port=443, to=name))
        policy = draw.choice("tls", TLS)
        stack.ask(ask.listener_policy(of=made.name, policy=policy))
        listener = made.listener(
            "https", "HTTPS", 443, type="forward", target_group_arn=group["arn"]
        )  # fmt: skip
        listener.set(ssl_policy=policy, certificate_arn=certificate["arn"])
        made.redirect()
    else:
        stack.ask(ask.listener_forwards(of=made.name, protocol="HTTP", port=80, to=name))
        made.listener("http", "HTTP", 80, type="forward", target_group_arn=group["arn"])

    def guarded() -> None:
        guard, entry = f"{made.name}-sg", 443 if draw.level >= 5 else 80
        own = add_group(stack, guard, made.vpc, made.net)
        stack.ask(
            nets.group_admits(of=guard, port=entry, source="0.0.0.0/0"),
            ask.balancer_group(of=made.name, to=guard),
        )
        admit(stack, own, entry, cidr="0.0.0.0/0")
        send_anywhere(stack, own)
        made.made.set(security_groups=[own["id"]])

    decorate(
        stack,
        (
            *_target_extras(stack, group, name)[:2], Extra("guard", 4, guarded),
            Extra("drop", 1, made.drops), Extra("protection", 1, made.protected),
            Extra("idle", 1, made.idle),
            Extra("region", 1, lambda: region(stack)),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Put the load balancer `{made.name}` in front of our application",
        f"Terraform for an application load balancer `{made.name}`",
    )


HOSTS = tuple(
    f"{host}.example.{end}" for host in ("files", "admin", "v2") for end in ("com", "org")
)
PATHS = ("/api/*", "/static/*", "/images/*", "/admin/*", "/v2/*", "/reports/*", "/auth/*")


@family("terraform", levels=(5,))
def path_routing(draw: Draw) -> Draft:
    """An application load balancer that sends paths or hosts to different target groups."""
    stack = Stack(draw, "aws")
    made = Balancer(stack, "application")
    names = [f"{made.name}-{one}" for one in draw.sample("parts", ("web", "api", "files"), 2)]
    ports = (draw.choice("first port", PORTS[:4]), draw.choice("second port", PORTS[4:]))
    first, second = (
        made.targets(name, "HTTP", port) for name, port in zip(names, ports, strict=True)
    )
    certificate = made.certificate()
    stack.ask(ask.listener_forwards(of=made.name, protocol="HTTPS", port=443, to=names[0]))
    listener = made.listener("https", "HTTPS", 443, type="forward", target_group_arn=first["arn"])
    listener.set(certificate_arn=certificate["arn"])
    if draw.chance("by host", 0.4):
        host = draw.choice("host", HOSTS)
        stack.ask(ask.rule_host(of=made.name, host=host, to=names[1]))
        condition = nested(host_header=nested(values=[host]))
    else:
        path = draw.choice("path", PATHS)
        stack.ask(ask.rule_path(of=made.name, path=path, to=names[1]))
        condition = nested(path_pattern=nested(values=[path]))
    stack.add(
        "aws_lb_listener_rule", "second", listener_arn=listener["arn"], priority=100,
        action=nested(type="forward", target_group_arn=second["arn"]), condition=condition,
    )  # fmt: skip
    decorate(
        stack,
        (
            *_target_extras(stack, first, names[0])[:3], Extra("drop", 1, made.drops),
            Extra("idle", 1, made.idle), Extra("region", 1, lambda: region(stack)),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Split the requests to the load balancer `{made.name}` between two services",
        f"Let `{made.name}` send its requests to two different target groups",
    )


def _machines(stack: Stack, group: Handle, name: str, subnets: Sequence[Handle]) -> None:
    """Ask for an instance behind a target group, and add it."""
    draw = stack.draw
    machine = draw.name("instance", ("server", "node", "worker"))
    size = draw.choice("type", TYPES)
    owner, pattern, image = newest_image(stack)
    stack.ask(
        instances.instance(name=machine), instances.instance_type(of=machine, value=size),
        instances.instance_image(of=machine, owner=owner, pattern=pattern),
        ask.target_instance(of=name, instance=machine),
    )  # fmt: skip
    made = stack.add(
        "aws_instance", machine, ami=image, instance_type=size, subnet_id=subnets[0]["id"],
        tags={"Name": machine},
    )  # fmt: skip
    stack.add(
        "aws_lb_target_group_attachment", machine,
        target_group_arn=group["arn"], target_id=made["id"],
    )  # fmt: skip


@family("terraform", levels=(4, 5), held_out=True)
def network_balancer(draw: Draw) -> Draft:
    """A network load balancer that passes TCP or UDP on to a target group."""
    stack = Stack(draw, "aws")
    made = Balancer(stack, "network")
    protocol = draw.choice("protocol", ("TCP", "UDP"))
    outside = draw.choice("port", (25, 53, 443, 1883, 5060, 5432, 6514, 9092))
    name = f"{made.name}-{draw.choice('targets', ('targets', 'backend', 'nodes'))}"
    group = made.targets(name, protocol, outside + draw.choice("offset", (0, 10000, 20000)))
    stack.ask(ask.listener_forwards(of=made.name, protocol=protocol, port=outside, to=name))
    made.listener("main", protocol, outside, type="forward", target_group_arn=group["arn"])

    def crossing() -> None:
        stack.ask(ask.balancer_cross_zone(of=made.name))
        made.made.set(enable_cross_zone_load_balancing=True)

    def fixed() -> None:
        stack.ask(*(ask.balancer_address(of=made.name, subnet=one) for one in made.names))
        del made.made.body["subnets"]
        for one, subnet in zip("abc", made.subnets, strict=False):
            address = stack.add("aws_eip", f"zone_{one}", domain="vpc")
            made.made.nest("subnet_mapping", subnet_id=subnet["id"], allocation_id=address["id"])

    where = (Extra("fixed addresses", 2, fixed),) if made.public else ()
    decorate(
        stack,
        (
            Extra("crossing", 1, crossing),
            Extra("machine", 4, lambda: _machines(stack, group, name, made.subnets)), *where,
            *_target_extras(stack, group, name)[2:3], Extra("protection", 1, made.protected),
            Extra("region", 1, lambda: region(stack)),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Set up the network load balancer `{made.name}`",
        f"We balance {protocol} connections with `{made.name}`, a network load balancer",
    )
