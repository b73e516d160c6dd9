"""Requirements about AWS networks: other styles pass, near misses fail exactly what they break."""

from __future__ import annotations

import pytest

from envs.terraform.requirements import (
    aws_endpoints,
    aws_flow_logs,
    aws_layouts,
    aws_networks,
    aws_traffic,
)
from tests.envs.terraform.changes import Answer, failing, untested, wanted

#: Subnets in a module; the main route table leads to NAT; the gateway is attached from outside.
PRIVATE = Answer(
    {
        "main.tf": """
        variable "region" {
          default = "eu-west-1"
        }
        locals {
          name   = "shop"
          zones  = ["a", "b"]
          places = { public = 1, private = 2 }
        }
        module "net" {
          source = "./modules/net"
          name   = local.name
          region = var.region
          places = local.places
        }
        resource "aws_internet_gateway" "gw" {}
        resource "aws_internet_gateway_attachment" "gw" {
          internet_gateway_id = aws_internet_gateway.gw.id
          vpc_id              = module.net.vpc_id
        }
        resource "aws_default_route_table" "main" {
          default_route_table_id = module.net.main_table
        }
        resource "aws_route" "nat" {
          route_table_id         = aws_default_route_table.main.id
          destination_cidr_block = "0.0.0.0/0"
          nat_gateway_id         = aws_nat_gateway.nat[0].id
        }
        resource "aws_route_table" "public" {
          vpc_id = module.net.vpc_id
          dynamic "route" {
            for_each = toset(["0.0.0.0/0"])
            content {
              cidr_block = route.value
              gateway_id = aws_internet_gateway.gw.id
            }
          }
        }
        resource "aws_route_table_association" "public" {
          subnet_id      = module.net.subnets["public"]
          route_table_id = aws_route_table.public.id
        }
        resource "aws_nat_gateway" "nat" {
          count         = 1
          subnet_id     = module.net.subnets["public"]
          allocation_id = aws_eip.nat.allocation_id
        }
        resource "aws_eip" "nat" {}
        """,
        "modules/net/main.tf": """
        variable "name" { type = string }
        variable "region" { type = string }
        variable "places" { type = map(number) }
        resource "aws_vpc" "this" {
          cidr_block           = "10.7.0.0/16"
          enable_dns_hostnames = "true"
          tags                 = merge({ Team = "data" }, { Name = var.name })
        }
        resource "aws_subnet" "this" {
          for_each                = var.places
          vpc_id                  = aws_vpc.this.id
          cidr_block              = cidrsubnet(aws_vpc.this.cidr_block, 8, each.value)
          availability_zone       = each.key == "public" ? "${var.region}a" : "${var.region}b"
          map_public_ip_on_launch = each.key == "public"
          tags                    = { Name = format("%s-%s", var.name, each.key) }
        }
        output "vpc_id" { value = aws_vpc.this.id }
        output "main_table" { value = aws_vpc.this.main_route_table_id }
        output "subnets" { value = { for key, one in aws_subnet.this : key => one.id } }
        """,
    },
    {
        "vpc": {"name": "shop"},
        "vpc-cidr": {"of": "shop", "value": "10.7.0.0/16"},
        "vpc-dns-hostnames": {"of": "shop"},
        "vpc-tag": {"of": "shop", "key": "Team", "value": "data"},
        "subnet": {"name": "shop-public"},
        "subnet-cidr": {"of": "shop-public", "value": "10.7.1.0/24"},
        "subnet-zone": {"of": "shop-private", "value": "eu-west-1b"},
        "subnet-in": {"of": "shop-public", "to": "shop"},
        "subnet-within": {"of": "shop", "name": "shop-private"},
        "subnets-of": {"of": "shop", "names": ["shop-public", "shop-private"]},
        "subnets-apart": {"names": ["shop-public", "shop-private"]},
        "subnet-public-addresses": {"of": "shop-public"},
        "internet-gateway": {"of": "shop"},
        "subnet-public": {"of": "shop-public"},
        "subnet-behind-nat-in": {"of": "shop-private", "to": "shop-public"},
        "nat-gateway-in": {"of": "shop-public"},
        "nat-address": {"of": "shop-public"},
    },
    (
        (
            'name   = "shop"',
            'name   = "shop2"',
            "vpc, vpc-cidr, vpc-dns-hostnames, vpc-tag, subnet, subnet-cidr, subnet-zone,"
            "subnet-in, subnet-within, subnets-of, subnets-apart, subnet-public-addresses,"
            "internet-gateway, subnet-public, subnet-behind-nat-in,"
            "nat-gateway-in, nat-address",
        ),
        ("10.7.0.0/16", "10.8.0.0/16", "vpc-cidr, subnet-cidr"),
        ('enable_dns_hostnames = "true"', "enable_dns_hostnames = false", "vpc-dns-hostnames"),
        ('Team = "data"', 'team = "data"', "vpc-tag"),
        ("public = 1,", "public = 3,", "subnet-cidr"),
        ('"${var.region}b"', '"${var.region}a"', "subnet-zone, subnets-apart"),
        ("vpc_id                  = aws_vpc.this.id", 'vpc_id                  = "vpc-1"',
         "subnet-in, subnet-within, subnets-of, subnet-public, "
         "subnet-behind-nat-in"),
        ('each.key == "public"\n', 'each.key == "private"\n', "subnet-public-addresses"),
        ('resource "aws_internet_gateway_attachment" "gw" {',
         'resource "aws_internet_gateway_attachment" "gw" {\n  count = 0',
         "internet-gateway, subnet-public"),
        ("gateway_id = aws_internet_gateway.gw.id", "nat_gateway_id = aws_nat_gateway.nat[0].id",
         "subnet-public"),
        ('toset(["0.0.0.0/0"])', "toset([])", "subnet-public"),
        ("nat_gateway_id         = aws_nat_gateway.nat[0].id",
         "gateway_id = aws_internet_gateway.gw.id", "subnet-behind-nat-in"),
        ("count         = 1", "count         = 0",
         "subnet-behind-nat-in, nat-gateway-in, nat-address"),
        ('subnet_id     = module.net.subnets["public"]',
         'subnet_id     = module.net.subnets["private"]',
         "subnet-behind-nat-in, nat-gateway-in, nat-address"),
        ("allocation_id = aws_eip.nat.allocation_id", 'allocation_id = "eipalloc-1"',
         "nat-address"),
        ("default_route_table_id = module.net.main_table",
         'default_route_table_id = "rtb-1"', "subnet-behind-nat-in"),
    ),
)  # fmt: skip

#: Subnets by count, one route table for all, which is made the main one of the VPC.
ZONES = Answer(
    {
        "main.tf": """
        variable "zones" {
          type    = list(string)
          default = ["us-east-1a", "us-east-1c"]
        }
        resource "aws_vpc" "main" {
          cidr_block = "10.3.0.0/16"
          tags       = { Name = "grid" }
        }
        resource "aws_subnet" "zone" {
          count                   = length(var.zones)
          vpc_id                  = aws_vpc.main.id
          cidr_block              = cidrsubnets("10.3.0.0/16", 4, 4)[count.index]
          availability_zone       = element(var.zones, count.index)
          map_public_ip_on_launch = true
          tags                    = { Owner = "carol" }
        }
        resource "aws_internet_gateway" "gw" {
          vpc_id = aws_vpc.main.id
        }
        resource "aws_route_table" "all" {
          vpc_id = aws_vpc.main.id
        }
        resource "aws_route" "out" {
          route_table_id         = aws_route_table.all.id
          destination_cidr_block = "0.0.0.0/0"
          gateway_id             = aws_internet_gateway.gw.id
        }
        resource "aws_main_route_table_association" "all" {
          vpc_id         = aws_vpc.main.id
          route_table_id = (aws_route_table.all.id)
        }
        """
    },
    {
        "subnets-in-zones": {"of": "grid", "zones": ["us-east-1a", "us-east-1c"]},
        "subnets-of-size": {"of": "grid", "bits": 20},
        "subnets-public": {"of": "grid"},
        "subnets-public-addresses": {"of": "grid"},
        "subnets-tag": {"of": "grid", "key": "Owner", "value": "carol"},
    },
    (
        ('"us-east-1a", "us-east-1c"', '"us-east-1a", "us-east-1b"', "subnets-in-zones"),
        ('"us-east-1a", "us-east-1c"', '"us-east-1a"', "subnets-in-zones"),
        ("length(var.zones)", "3", "subnets-in-zones, subnets-of-size"),
        ("4, 4)[", "4, 5)[", "subnets-of-size"),
        ('cidrsubnets("10.3.0.0/16"', 'cidrsubnets("10.4.0.0/16"', "subnets-of-size"),
        ("4)[count.index]", "4)[0]", "subnets-of-size"),
        ("gateway_id             = aws_internet_gateway.gw.id", 'gateway_id = "igw-1"',
         "subnets-public"),
        ('destination_cidr_block = "0.0.0.0/0"', 'destination_cidr_block = "0.0.0.0/1"',
         "subnets-public"),
        ("route_table_id = (aws_route_table.all.id)", 'route_table_id = "rtb-1"',
         "subnets-public"),
        ("map_public_ip_on_launch = true", "map_public_ip_on_launch = count.index == 0",
         "subnets-public-addresses"),
        ('Owner = "carol"', 'Owner = count.index == 0 ? "carol" : "bob"', "subnets-tag"),
    ),
)  # fmt: skip

#: Rules by the oldest resource, by a dynamic block, and with protocol numbers.
GROUPS = Answer(
    {
        "main.tf": """
        locals {
          tiers = { web = "Web", app = "App", db = "Data tier" }
        }
        resource "aws_vpc" "main" {
          cidr_block = "10.3.0.0/16"
          tags       = { Name = "shop" }
        }
        resource "aws_security_group" "tier" {
          for_each    = local.tiers
          name        = "shop-${each.key}"
          description = each.value
          vpc_id      = aws_vpc.main.id
        }
        resource "aws_security_group_rule" "web" {
          type              = "ingress"
          security_group_id = aws_security_group.tier["web"].id
          protocol          = "6"
          from_port         = 443
          to_port           = "443"
          cidr_blocks       = ["10.0.0.0/8", "0.0.0.0/0"]
        }
        resource "aws_security_group_rule" "out" {
          type              = "egress"
          security_group_id = aws_security_group.tier["web"].id
          protocol          = "all"
          from_port         = 0
          to_port           = 65535
          cidr_blocks       = ["0.0.0.0/0"]
        }
        resource "aws_security_group_rule" "app" {
          type                     = "ingress"
          security_group_id        = aws_security_group.tier["app"].id
          protocol                 = "tcp"
          from_port                = 8080
          to_port                  = 8080
          source_security_group_id = aws_security_group.tier["web"].id
        }
        resource "aws_vpc_security_group_ingress_rule" "db" {
          security_group_id            = aws_security_group.tier["db"].id
          ip_protocol                  = "tcp"
          from_port                    = 5432
          to_port                      = 5432
          referenced_security_group_id = aws_security_group.tier["app"].id
        }
        """
    },
    {
        "security-group": {"name": "shop-web"},
        "security-group-in": {"of": "shop-web", "to": "shop"},
        "security-group-description": {"of": "shop-db", "value": "Data tier"},
        "group-admits": {"of": "shop-web", "port": 443, "source": "0.0.0.0/0"},
        "group-closed-but": {"of": "shop-web", "ports": [443]},
        "group-sends-anywhere": {"of": "shop-web"},
        "group-admits-group": {"of": "shop-app", "to": "shop-web", "port": 8080},
        "group-admits-only": {"of": "shop-db", "to": "shop-app", "port": 5432},
    },
    (
        ('web = "Web"', 'wep = "Web"', "security-group, security-group-in, group-admits,"
         "group-closed-but, group-sends-anywhere, group-admits-group"),
        ("vpc_id      = aws_vpc.main.id", 'vpc_id      = "vpc-1"', "security-group-in"),
        ('"Data tier"', '"Data"', "security-group-description"),
        ("from_port         = 443", "from_port         = 80", "group-admits, group-closed-but"),
        ('"10.0.0.0/8", "0.0.0.0/0"', '"10.0.0.0/8"', "group-admits"),
        ('protocol          = "all"', 'protocol          = "tcp"', "group-sends-anywhere"),
        ('type              = "egress"', 'type              = "ingress"',
         "group-sends-anywhere, group-closed-but"),
        ('source_security_group_id = aws_security_group.tier["web"].id',
         'source_security_group_id = aws_security_group.tier["db"].id', "group-admits-group"),
        ("from_port                = 8080", "from_port                = 80", "group-admits-group"),
        ('referenced_security_group_id = aws_security_group.tier["app"].id',
         'referenced_security_group_id = aws_security_group.tier["web"].id', "group-admits-only"),
        ('referenced_security_group_id = aws_security_group.tier["app"].id',
         'cidr_ipv4 = "10.0.0.0/8"', "group-admits-only"),
        ('security_group_id            = aws_security_group.tier["db"].id',
         'security_group_id            = aws_security_group.tier["app"].id', "group-admits-only"),
    ),
)  # fmt: skip

#: Inline rules of an ACL, endpoints with literal names or by lookup, an accepter of a peering,
#: flow logs with an attached policy in a heredoc and with a folder of a bucket.
TRAFFIC = Answer(
    {
        "main.tf": """
        provider "aws" {
          region = "eu-west-1"
          default_tags {
            tags = { Team = "data" }
          }
        }
        variable "open" {
          type    = set(number)
          default = [443]
        }
        resource "aws_vpc" "one" {
          cidr_block = "10.1.0.0/16"
          tags       = { Name = "one" }
        }
        resource "aws_vpc" "two" {
          cidr_block = "10.2.0.0/16"
          tags       = { Name = "two" }
        }
        resource "aws_subnet" "app" {
          vpc_id     = aws_vpc.one.id
          cidr_block = "10.1.1.0/24"
          tags       = { Name = "app" }
        }
        resource "aws_network_acl" "guard" {
          vpc_id     = aws_vpc.one.id
          subnet_ids = toset([aws_subnet.app.id])
          tags       = { Name = "guard" }
          ingress {
            rule_no    = 10
            action     = "deny"
            protocol   = -1
            cidr_block = "192.0.2.0/24"
            from_port  = 0
            to_port    = 0
          }
          dynamic "ingress" {
            for_each = var.open
            content {
              rule_no    = 100
              action     = "allow"
              protocol   = "6"
              cidr_block = "10.0.0.0/8"
              from_port  = ingress.value
              to_port    = ingress.value
            }
          }
          egress {
            rule_no    = 100
            action     = "allow"
            protocol   = "tcp"
            cidr_block = "0.0.0.0/0"
            from_port  = 1024
            to_port    = 65535
          }
        }
        resource "aws_route_table" "app" {
          vpc_id = aws_vpc.one.id
          route {
            cidr_block                = "10.2.0.0/16"
            vpc_peering_connection_id = aws_vpc_peering_connection_accepter.link.id
          }
        }
        resource "aws_route_table_association" "app" {
          subnet_id      = aws_subnet.app.id
          route_table_id = aws_route_table.app.id
        }
        data "aws_vpc_endpoint_service" "s3" {
          service      = "s3"
          service_type = "Gateway"
        }
        resource "aws_vpc_endpoint" "s3" {
          vpc_id          = aws_vpc.one.id
          service_name    = data.aws_vpc_endpoint_service.s3.service_name
          route_table_ids = [aws_route_table.app.id]
        }
        resource "aws_security_group" "ends" {
          name   = "ends"
          vpc_id = aws_vpc.one.id
        }
        resource "aws_vpc_endpoint" "ecr" {
          vpc_id              = aws_vpc.one.id
          service_name        = "com.amazonaws.eu-west-1.ecr.api"
          vpc_endpoint_type   = "Interface"
          security_group_ids  = [aws_security_group.ends.id]
          private_dns_enabled = true
        }
        resource "aws_vpc_endpoint_subnet_association" "ecr" {
          vpc_endpoint_id = aws_vpc_endpoint.ecr.id
          subnet_id       = aws_subnet.app.id
        }
        resource "aws_vpc_peering_connection" "link" {
          vpc_id      = aws_vpc.two.id
          peer_vpc_id = aws_vpc.one.id
          auto_accept = false
          tags        = { Name = "link" }
        }
        resource "aws_vpc_peering_connection_accepter" "link" {
          vpc_peering_connection_id = aws_vpc_peering_connection.link.id
          auto_accept               = true
        }
        resource "aws_vpc_peering_connection_options" "link" {
          vpc_peering_connection_id = aws_vpc_peering_connection_accepter.link.id
          accepter {
            allow_remote_vpc_dns_resolution = true
          }
          requester {
            allow_remote_vpc_dns_resolution = true
          }
        }
        resource "aws_cloudwatch_log_group" "flow" {
          name = "/vpc/one"
        }
        data "aws_iam_policy_document" "trust" {
          statement {
            actions = ["sts:AssumeRole"]
            principals {
              type        = "Service"
              identifiers = ["vpc-flow-logs.amazonaws.com"]
            }
          }
        }
        resource "aws_iam_role" "flow" {
          name               = "flow"
          assume_role_policy = data.aws_iam_policy_document.trust.json
        }
        resource "aws_iam_policy" "flow" {
          name   = "flow"
          policy = <<-EOT
            {
              "Version": "2012-10-17",
              "Statement": {
                "Effect": "Allow",
                "Action": ["logs:Create*", "logs:PutLogEvents"],
                "Resource": "${aws_cloudwatch_log_group.flow.arn}:*"
              }
            }
          EOT
        }
        resource "aws_iam_role_policy_attachment" "flow" {
          role       = aws_iam_role.flow.name
          policy_arn = aws_iam_policy.flow.arn
        }
        resource "aws_flow_log" "one" {
          vpc_id                   = aws_vpc.one.id
          traffic_type             = "REJECT"
          log_destination          = "${aws_cloudwatch_log_group.flow.arn}:*"
          iam_role_arn             = aws_iam_role.flow.arn
          max_aggregation_interval = 60
        }
        resource "aws_s3_bucket" "flow" {
          bucket = "flow-logs"
        }
        resource "aws_flow_log" "two" {
          vpc_id               = aws_vpc.two.id
          traffic_type         = "ALL"
          log_destination_type = "s3"
          log_destination      = "${aws_s3_bucket.flow.arn}/two/"
        }
        """
    },
    {
        "network-acl": {"name": "guard"},
        "network-acl-in": {"of": "guard", "to": "one"},
        "network-acl-guards": {"of": "guard", "to": "app"},
        "acl-admits": {"of": "guard", "port": 443, "source": "10.5.0.0/16"},
        "acl-refuses": {"of": "guard", "source": "192.0.2.0/24"},
        "acl-answers": {"of": "guard", "first": 1024, "last": 65535},
        "gateway-endpoint": {"of": "one", "service": "s3"},
        "gateway-endpoint-routes": {"of": "one", "service": "s3", "subnet": "app"},
        "interface-endpoint": {"of": "one", "service": "ecr.api"},
        "interface-endpoint-in": {"of": "one", "service": "ecr.api", "subnet": "app"},
        "interface-endpoint-group": {"of": "one", "service": "ecr.api", "group": "ends"},
        "interface-endpoint-dns": {"of": "one", "service": "ecr.api"},
        "peering": {"name": "link"},
        "peering-joins": {"of": "link", "nets": ["one", "two"]},
        "peering-accepted": {"of": "link"},
        "peering-dns": {"of": "link"},
        "peering-route": {"of": "app", "cidr": "10.2.0.0/16", "to": "link"},
        "vpc-tag": {"of": "two", "key": "Team", "value": "data"},
        "flow-log": {"of": "one", "traffic": "REJECT"},
        "flow-log-interval": {"of": "one", "value": 60},
        "flow-log-group": {"of": "one", "group": "/vpc/one"},
        "flow-log-role": {"of": "one"},
        "flow-log-permits": {
            "of": "one", "actions": ["logs:CreateLogStream", "logs:PutLogEvents"],
        },
        "flow-log-bucket": {"of": "two", "bucket": "flow-logs"},
    },
    (
        ('Name = "guard"', 'name = "guard"', "network-acl, network-acl-in, network-acl-guards,"
         "acl-admits, acl-refuses, acl-answers"),
        ("vpc_id     = aws_vpc.one.id\n          subnet_ids", "vpc_id     = aws_vpc.two.id\n"
         "          subnet_ids", "network-acl-in"),
        ("subnet_ids = toset([aws_subnet.app.id])", "subnet_ids = []", "network-acl-guards"),
        ("default = [443]", "default = [80]", "acl-admits"),
        ("to_port    = ingress.value", "to_port    = 444", "acl-admits"),
        ('"192.0.2.0/24"', '"10.0.0.0/8"', "acl-admits, acl-refuses"),
        ("rule_no    = 10\n", "rule_no    = 101\n", "acl-refuses"),
        ("from_port  = 1024", "from_port  = 0", "acl-answers"),
        ('cidr_block = "0.0.0.0/0"', 'cidr_block = "10.0.0.0/8"', "acl-answers"),
        ('service      = "s3"', 'service      = "dynamodb"',
         "gateway-endpoint, gateway-endpoint-routes"),
        ("route_table_ids = [aws_route_table.app.id]", "route_table_ids = []",
         "gateway-endpoint-routes"),
        ('vpc_endpoint_type   = "Interface"', "", "interface-endpoint, interface-endpoint-in,"
         "interface-endpoint-group, interface-endpoint-dns"),
        ("eu-west-1.ecr.api", "eu-west-2.ecr.api", "interface-endpoint, interface-endpoint-in,"
         "interface-endpoint-group, interface-endpoint-dns"),
        ('Team = "data"', 'Team = "web"', "vpc-tag"),
        ('tags       = { Name = "two" }', 'tags = { Name = "two", Team = "web" }', "vpc-tag"),
        ("eu-west-1.ecr.api", "eu-west-1.ecr.dkr", "interface-endpoint, interface-endpoint-in,"
         "interface-endpoint-group, interface-endpoint-dns"),
        ("vpc_endpoint_id = aws_vpc_endpoint.ecr.id", "vpc_endpoint_id = aws_vpc_endpoint.s3.id",
         "interface-endpoint-in"),
        ("[aws_security_group.ends.id]", "[]", "interface-endpoint-group"),
        ("private_dns_enabled = true", "private_dns_enabled = false", "interface-endpoint-dns"),
        ('Name = "link"', 'Name = "other"',
         "peering, peering-joins, peering-accepted, peering-dns, peering-route"),
        ("peer_vpc_id = aws_vpc.one.id", "peer_vpc_id = aws_vpc.two.id", "peering-joins"),
        ("auto_accept               = true", "auto_accept               = false",
         "peering-accepted"),
        ("          requester {\n            allow_remote_vpc_dns_resolution = true",
         "          requester {\n            allow_remote_vpc_dns_resolution = false",
         "peering-dns"),
        ("allow_remote_vpc_dns_resolution = true", "allow_remote_vpc_dns_resolution = false",
         "peering-dns"),
        ('cidr_block                = "10.2.0.0/16"', 'cidr_block = "10.0.0.0/8"',
         "peering-route"),
        ("route_table_id = aws_route_table.app.id", 'route_table_id = "rtb-1"',
         "peering-route, gateway-endpoint-routes"),
        ('traffic_type             = "REJECT"', 'traffic_type             = "ALL"', "flow-log"),
        ("max_aggregation_interval = 60", "", "flow-log-interval"),
        ('log_destination          = "${aws_cloudwatch_log_group.flow.arn}:*"',
         'log_destination = "arn:aws:logs:eu-west-1:1:log-group:x"', "flow-log-group"),
        ("vpc-flow-logs.amazonaws.com", "ec2.amazonaws.com", "flow-log-role"),
        ('"Effect": "Allow"', '"Effect": "Deny"', "flow-log-permits"),
        ('"logs:Create*", "logs:PutLogEvents"', '"logs:Create*"', "flow-log-permits"),
        ("policy_arn = aws_iam_policy.flow.arn", 'policy_arn = "arn:aws:iam::1:policy/flow"',
         "flow-log-permits"),
        ('log_destination_type = "s3"', 'log_destination_type = "cloud-watch-logs"',
         "flow-log-bucket"),
        ('"${aws_s3_bucket.flow.arn}/two/"', '"arn:aws:s3:::flow-logs-2/two/"',
         "flow-log-bucket"),
        ("iam_role_arn             = aws_iam_role.flow.arn", "",
         "flow-log-role, flow-log-permits"),
    ),
)  # fmt: skip

#: Zones that are picked from a list which only the provider knows.
PICKED = Answer(
    {
        "main.tf": """
        data "aws_availability_zones" "all" {}
        resource "aws_subnet" "zone" {
          count             = 2
          vpc_id            = "vpc-1"
          cidr_block        = "10.3.${count.index}.0/24"
          availability_zone = element(data.aws_availability_zones.all.names, count.index)
          tags              = { Name = "zone-${count.index}" }
        }
        resource "aws_subnet" "other" {
          vpc_id            = "vpc-1"
          cidr_block        = "10.3.9.0/24"
          availability_zone = data.aws_availability_zones.all.names[2]
          tags              = { Name = "other" }
        }
        resource "aws_subnet" "last" {
          vpc_id            = "vpc-1"
          cidr_block        = "10.3.8.0/24"
          availability_zone = data.aws_availability_zones.all.names[3]
          tags              = { Name = "last" }
        }
        """
    },
    {
        "subnets-apart": {"names": ["zone-0", "zone-1"]},
        "subnets-apart b": {"names": ["other", "last"]},
    },
    (
        ("names, count.index)", "names, 0)", "subnets-apart"),
        ("          availability_zone = element", "          # element", "subnets-apart"),
        ("names[3]", "names[2]", "subnets-apart b"),
    ),
)

ANSWERS = {"private": PRIVATE, "zones": ZONES, "groups": GROUPS, "traffic": TRAFFIC,
           "picked": PICKED}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_a_right_answer_in_another_style_passes(name: str) -> None:
    assert failing(ANSWERS[name].files, ANSWERS[name].asks) == set()


@pytest.mark.parametrize(
    ("name", "change"),
    [(name, change) for name, answer in ANSWERS.items() for change in answer.changes],
)
def test_a_change_fails_exactly_what_it_breaks(name: str, change: tuple[str, str, str]) -> None:
    old, new, labels = change
    answer = ANSWERS[name]
    assert failing(answer.changed(old, new), answer.asks) == wanted(labels)


def test_every_requirement_has_a_right_and_a_wrong_answer() -> None:
    modules = (aws_networks, aws_layouts, aws_traffic, aws_endpoints, aws_flow_logs)
    assert untested(tuple(ANSWERS.values()), *modules) == set()
