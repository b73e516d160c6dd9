"""Rules about security: who may reach what on AWS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iac_gym.check import Findings, rule
from iac_gym.languages.terraform.known import flat, is_false, is_unknown, number_of
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.network_rules import PROTOCOLS, PortRule, all_rules, is_world
from iac_gym.languages.terraform.resolved import Instance, ValueView, View
from iac_gym.languages.terraform.rules.security_faults import Fault, off, report
from iac_gym.verdict import Finding, Stage

#: Ports by which machines are administered.
ADMIN_PORTS = {22: "SSH", 3389: "RDP"}
#: Ports of databases, caches and search engines.
DATA_PORTS = {
    1433: "SQL Server", 1521: "Oracle", 3306: "MySQL", 5432: "PostgreSQL", 5439: "Redshift",
    6379: "Redis", 9042: "Cassandra", 9200: "OpenSearch", 11211: "Memcached", 27017: "MongoDB",
}  # fmt: skip


def is_everything(one: PortRule) -> bool:
    """Whether a rule opens every port, of TCP at least."""
    return one.protocol == "-1" or (
        one.protocol == "tcp" and one.first <= 1 and one.last >= 65_535 and one.first >= 0
    )


def opened(one: PortRule, ports: Iterable[int]) -> list[int]:
    """Return those of some TCP ports that a rule opens to the whole internet."""
    return [port for port in ports if one.opens(port)] if one.for_everybody else []


def _world_rules(model: Configuration, ports: dict[int, str]) -> Iterator[Finding]:
    """Yield what opens some ports to the world, apart from what opens everything."""
    for one in all_rules(model, "ingress"):
        found = [] if is_everything(one) else opened(one, ports)
        if found:
            said = ", ".join(f"{ports[port]} ({port})" for port in found)
            yield model.finding(one.at, f"everybody on the internet may connect to {said}")


@rule(Stage.SECURITY)
def closed_admin_ports(model: Configuration) -> Findings:
    """No security group admits the whole internet to SSH (22) or RDP (3389).

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-13

    Bad::

        resource "aws_security_group" "web" {
          ingress {
            from_port   = 22
            to_port     = 22
            protocol    = "tcp"
            cidr_blocks = ["0.0.0.0/0"]
          }
        }

    Good::

        resource "aws_security_group" "web" {
          ingress {
            from_port   = 22
            to_port     = 22
            protocol    = "tcp"
            cidr_blocks = ["10.20.0.0/16"]
          }
        }
    """
    yield from _world_rules(model, ADMIN_PORTS)


@rule(Stage.SECURITY)
def closed_data_ports(model: Configuration) -> Findings:
    """No security group admits the whole internet to the port of a database, cache or index.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19

    Bad::

        resource "aws_vpc_security_group_ingress_rule" "db" {
          security_group_id = "sg-0123456789abcdef0"
          ip_protocol       = "tcp"
          from_port         = 5432
          to_port           = 5432
          cidr_ipv4         = "0.0.0.0/0"
        }

    Good::

        resource "aws_vpc_security_group_ingress_rule" "db" {
          security_group_id            = "sg-0123456789abcdef0"
          ip_protocol                  = "tcp"
          from_port                    = 5432
          to_port                      = 5432
          referenced_security_group_id = "sg-0fedcba9876543210"
        }
    """
    yield from _world_rules(model, DATA_PORTS)


@rule(Stage.SECURITY)
def not_all_ports_open(model: Configuration) -> Findings:
    """No security group admits the whole internet to every port.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-18

    Bad::

        resource "aws_security_group_rule" "all" {
          type              = "ingress"
          security_group_id = "sg-0123456789abcdef0"
          protocol          = "-1"
          from_port         = 0
          to_port           = 0
          cidr_blocks       = ["0.0.0.0/0"]
        }

    Good::

        resource "aws_security_group_rule" "all" {
          type              = "egress"
          security_group_id = "sg-0123456789abcdef0"
          protocol          = "-1"
          from_port         = 0
          to_port           = 0
          cidr_blocks       = ["0.0.0.0/0"]
        }
    """
    for one in all_rules(model, "ingress"):
        if one.for_everybody and is_everything(one):
            yield model.finding(one.at, "everybody on the internet may connect to every port")


@rule(Stage.SECURITY)
def empty_default_group(model: Configuration) -> Findings:
    """The default security group of a VPC, which things get by oversight, admits nobody.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-2

    Bad::

        resource "aws_default_security_group" "this" {
          ingress {
            from_port = 0
            to_port   = 0
            protocol  = "-1"
            self      = true
          }
        }

    Good::

        resource "aws_default_security_group" "this" {
          vpc_id = "vpc-0123456789abcdef0"
        }
    """
    for group in model.resolved().instances("aws_default_security_group"):
        for direction in ("ingress", "egress"):
            for one in group.blocks(direction)[:1]:
                yield model.finding(one.at, f"the default security group has an {direction} rule")


def _admits(entry: View | ValueView, action: str, names: tuple[str, str]) -> list[int]:
    """Return the admin ports that an entry of a network ACL opens to everybody."""
    protocol = PROTOCOLS.get(str(entry.get("protocol")).lower(), str(entry.get("protocol")).lower())
    ranges = [entry.get(name) for name in names]
    if entry.get(action) != "allow" or not any(map(is_world, ranges)):
        return []
    first, last = number_of(entry.get("from_port"), -2), number_of(entry.get("to_port"), -2)
    span = PortRule(protocol, first, last, (), (), entry.at)
    return [port for port in ADMIN_PORTS if span.opens(port)]


@rule(Stage.SECURITY)
def closed_network_acl(model: Configuration) -> Findings:
    """No network ACL lets the whole internet in on SSH (22) or RDP (3389).

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-21

    Bad::

        resource "aws_network_acl_rule" "ssh" {
          network_acl_id = "acl-0123456789abcdef0"
          rule_number    = 100
          protocol       = "tcp"
          rule_action    = "allow"
          cidr_block     = "0.0.0.0/0"
          from_port      = 22
          to_port        = 22
        }

    Good::

        resource "aws_network_acl_rule" "ssh" {
          network_acl_id = "acl-0123456789abcdef0"
          rule_number    = 100
          protocol       = "tcp"
          rule_action    = "allow"
          cidr_block     = "10.20.0.0/16"
          from_port      = 22
          to_port        = 22
        }
    """
    world = model.resolved()
    for kind in ("aws_network_acl", "aws_default_network_acl"):
        for one in world.instances(kind):
            for entry in one.blocks("ingress"):
                if _admits(entry, "action", ("cidr_block", "ipv6_cidr_block")):
                    yield model.finding(entry.at, "the ACL lets everybody in on SSH or RDP")
    for one in world.instances("aws_network_acl_rule"):
        inbound = one.get("egress") is None or is_false(one.get("egress"))
        if inbound and _admits(one, "rule_action", ("cidr_block", "ipv6_cidr_block")):
            yield model.finding(one.at, "the ACL lets everybody in on SSH or RDP")


not_public = off("publicly_accessible", "is reachable from the internet")


@rule(Stage.SECURITY)
def private_databases(model: Configuration) -> Findings:
    """Databases and warehouses have no public address.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-2

    Bad::

        resource "aws_db_instance" "shop" {
          instance_class      = "db.t4g.small"
          publicly_accessible = true
        }

    Good::

        resource "aws_db_instance" "shop" {
          instance_class      = "db.t4g.small"
          publicly_accessible = false
        }
    """
    yield from report(
        model, not_public, "aws_db_instance", "aws_rds_cluster_instance", "aws_redshift_cluster",
        "aws_dms_replication_instance",
    )  # fmt: skip


def _open_endpoint(thing: Instance, strict: bool) -> Iterator[Fault]:
    for settings in thing.blocks("vpc_config"):
        access, ranges = settings.get("endpoint_public_access"), settings.get("public_access_cidrs")
        if is_false(access) or (is_unknown(access) and not strict):
            continue
        if is_unknown(ranges):
            continue
        if ranges is None or any(map(is_world, flat([ranges]))):
            at = settings.where("public_access_cidrs")
            yield at, "has an API endpoint that everybody on the internet reaches"


@rule(Stage.SECURITY)
def closed_cluster_endpoint(model: Configuration) -> Findings:
    """The API endpoint of an EKS cluster is not public, or only for named address ranges.

    Source: https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html#eks-1

    Bad::

        resource "aws_eks_cluster" "main" {
          name     = "main"
          role_arn = "arn:aws:iam::123456789012:role/eks"
          vpc_config {
            subnet_ids = ["subnet-0123456789abcdef0", "subnet-0fedcba9876543210"]
          }
        }

    Good::

        resource "aws_eks_cluster" "main" {
          name     = "main"
          role_arn = "arn:aws:iam::123456789012:role/eks"
          vpc_config {
            subnet_ids              = ["subnet-0123456789abcdef0", "subnet-0fedcba9876543210"]
            endpoint_private_access = true
            endpoint_public_access  = false
          }
        }
    """
    yield from report(model, _open_endpoint, "aws_eks_cluster")


@rule(Stage.SECURITY)
def authenticated_function_urls(model: Configuration) -> Findings:
    """The URL of a Lambda function asks for a signed request.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html

    Bad::

        resource "aws_lambda_function_url" "api" {
          function_name      = "shop-api"
          authorization_type = "NONE"
        }

    Good::

        resource "aws_lambda_function_url" "api" {
          function_name      = "shop-api"
          authorization_type = "AWS_IAM"
        }
    """
    for one in model.resolved().instances("aws_lambda_function_url"):
        if one.get("authorization_type") == "NONE":
            at = one.where("authorization_type")
            yield model.finding(at, "everybody may call the function by its URL")


@rule(Stage.SECURITY)
def private_images(model: Configuration) -> Findings:
    """Machine images are not shared with everybody.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharing-amis.html

    Bad::

        resource "aws_ami_launch_permission" "all" {
          image_id = "ami-0123456789abcdef0"
          group    = "all"
        }

    Good::

        resource "aws_ami_launch_permission" "all" {
          image_id   = "ami-0123456789abcdef0"
          account_id = "123456789012"
        }
    """
    for one in model.resolved().instances("aws_ami_launch_permission"):
        if one.get("group") == "all":
            yield model.finding(one.where("group"), "everybody may start the image")


@rule(Stage.SECURITY)
def blocked_public_images(model: Configuration) -> Findings:
    """The account's block of public machine images or snapshots is not switched off.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-public-access-to-amis.html

    Bad::

        resource "aws_ec2_image_block_public_access" "this" {
          state = "unblocked"
        }

    Good::

        resource "aws_ec2_image_block_public_access" "this" {
          state = "block-new-sharing"
        }
    """
    for kind in ("aws_ec2_image_block_public_access", "aws_ebs_snapshot_block_public_access"):
        for one in model.resolved().instances(kind):
            if one.get("state") == "unblocked":
                yield model.finding(one.where("state"), "public sharing is not blocked")
