"""Requirements about EC2 and load balancers: other styles pass, near misses fail."""

from __future__ import annotations

import pytest

from envs.terraform.requirements import balancers, instances, scaling
from tests.envs.terraform.changes import Answer, failing, untested, wanted

TRUST = """
        locals {
          trust = {
            Version = "2012-10-17"
            Statement = {
              Effect    = "Allow"
              Action    = ["sts:AssumeRole"]
              Principal = { Service = ["ec2.amazonaws.com"] }
            }
          }
        }
        resource "aws_iam_role" "box" {
          name               = "box"
          assume_role_policy = jsonencode(local.trust)
        }
        data "aws_iam_policy" "managed" {
          name = "AmazonSSMManagedInstanceCore"
        }
        resource "aws_iam_role_policy_attachment" "box" {
          role       = "box"
          policy_arn = data.aws_iam_policy.managed.arn
        }
        resource "aws_iam_instance_profile" "box" {
          name = "box"
          role = aws_iam_role.box.id
        }
        variable "key" {
          type    = string
          default = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB0hD4ZlZ3k1cGVuc3NoLWtleS12MQAAAAA me"
        }
        resource "aws_key_pair" "me" {
          key_name   = "me"
          public_key = trimspace(var.key)
        }
        data "aws_ami" "linux" {
          most_recent = true
          owners      = ["amazon"]
          filter {
            name   = "virtualization-type"
            values = ["hvm"]
          }
          filter {
            name   = "name"
            values = ["al2023-*"]
          }
        }
"""
MACHINE = Answer(
    {
        "main.tf": TRUST
        + """
        resource "aws_vpc" "main" {
          cidr_block = "10.3.0.0/16"
        }
        resource "aws_subnet" "app" {
          vpc_id            = aws_vpc.main.id
          cidr_block        = "10.3.1.0/24"
          availability_zone = "eu-west-1a"
          tags              = { Name = "app" }
        }
        resource "aws_security_group" "app" {
          name = "app"
        }
        resource "aws_instance" "box" {
          for_each                = toset(["box", "spare"])
          ami                     = data.aws_ami.linux.image_id
          instance_type           = each.key == "box" ? "t3.large" : "t3.small"
          subnet_id               = aws_subnet.app.id
          vpc_security_group_ids  = [aws_security_group.app.id]
          key_name                = "me"
          iam_instance_profile    = aws_iam_instance_profile.box.id
          monitoring              = "true"
          disable_api_termination = true
          user_data_base64        = base64encode(join("\\n", ["#!/bin/sh", "touch /tmp/up"]))
          tags                    = { Name = each.key, Team = "data" }
          metadata_options {
            http_tokens = "required"
          }
          dynamic "root_block_device" {
            for_each = [40]
            content {
              volume_size = root_block_device.value
              encrypted   = true
            }
          }
        }
        resource "aws_instance" "plain" {
          ami           = "ami-0123456789abcdef0"
          instance_type = "t3.nano"
          tags          = { Name = "plain" }
        }
        resource "aws_eip" "box" {}
        resource "aws_eip_association" "box" {
          allocation_id = aws_eip.box.allocation_id
          instance_id   = aws_instance.box["box"].id
        }
        resource "aws_ebs_volume" "data" {
          size              = "80"
          type              = "gp3"
          encrypted         = true
          availability_zone = aws_subnet.app.availability_zone
          tags              = { Name = "data" }
        }
        resource "aws_volume_attachment" "data" {
          device_name = "/dev/sdf"
          volume_id   = aws_ebs_volume.data.id
          instance_id = aws_instance.box["box"].id
        }
        """
    },
    {
        "instance": {"name": "box"},
        "instance-type": {"of": "box", "value": "t3.large"},
        "instance-image": {"of": "box", "owner": "amazon", "pattern": "al2023-*"},
        "instance-in": {"of": "box", "to": "app"},
        "instance-group": {"of": "box", "to": "app"},
        "instance-tokens": {"of": "box"},
        "instance-monitoring": {"of": "box"},
        "instance-protected": {"of": "box"},
        "instance-tag": {"of": "box", "key": "Team", "value": "data"},
        "instance-root-size": {"of": "box", "value": 40},
        "instance-root-encrypted": {"of": "box"},
        "instance-key": {"of": "box", "to": "me"},
        "key-from-variable": {"of": "me", "variable": "key"},
        "instance-address": {"of": "box"},
        "instance-profile": {"of": "box"},
        "instance-policy": {"of": "box", "policy": "AmazonSSMManagedInstanceCore"},
        "instance-script": {"of": "box", "command": "touch /tmp/up"},
        "volume": {"name": "data"},
        "volume-size": {"of": "data", "value": 80},
        "volume-kind": {"of": "data", "value": "gp3"},
        "volume-encrypted": {"of": "data"},
        "volume-attached": {"of": "data", "to": "box", "device": "/dev/sdf"},
        "volume-beside": {"of": "data", "to": "box"},
    },
    (
        ('toset(["box", "spare"])', 'toset(["spare"])',
         "instance, instance-type, instance-image, instance-in, instance-group, instance-tokens,"
         "instance-monitoring, instance-protected, instance-tag, instance-root-size,"
         "instance-root-encrypted, instance-key, instance-address, instance-profile,"
         "instance-policy, instance-script, volume-attached, volume-beside"),
        ('each.key == "box" ?', 'each.key == "spare" ?', "instance-type"),
        ("most_recent = true", "most_recent = false", "instance-image"),
        ('owners      = ["amazon"]', 'owners      = ["self"]', "instance-image"),
        ('["al2023-*"]', '["al2023-*-arm64"]', "instance-image"),
        ("data.aws_ami.linux.image_id", '"ami-0123456789abcdef0"', "instance-image"),
        ("subnet_id               = aws_subnet.app.id", 'subnet_id = "subnet-1"',
         "instance-in, volume-beside"),
        ("[aws_security_group.app.id]", "[]", "instance-group"),
        ('http_tokens = "required"', 'http_tokens = "optional"', "instance-tokens"),
        ('monitoring              = "true"', "monitoring = false", "instance-monitoring"),
        ("disable_api_termination = true", "", "instance-protected"),
        ('Team = "data"', 'Team = "app"', "instance-tag"),
        ("for_each = [40]", "for_each = [41]", "instance-root-size"),
        ("for_each = [40]", "for_each = []", "instance-root-size, instance-root-encrypted"),
        ("              encrypted   = true", "              encrypted   = false",
         "instance-root-encrypted"),
        ('key_name                = "me"', 'key_name                = "you"', "instance-key"),
        ("trimspace(var.key)", '"ssh-ed25519 AAAAC3 you"', "key-from-variable"),
        ('instance_id   = aws_instance.box["box"].id', "instance_id = aws_instance.plain.id",
         "instance-address"),
        ("allocation_id = aws_eip.box.allocation_id", 'allocation_id = "eipalloc-1"',
         "instance-address"),
        ('["ec2.amazonaws.com"]', '["ecs.amazonaws.com"]', "instance-profile"),
        ("role = aws_iam_role.box.id", 'role = "other"', "instance-profile, instance-policy"),
        ('name = "AmazonSSMManagedInstanceCore"', 'name = "AmazonSSMReadOnlyAccess"',
         "instance-policy"),
        ('role       = "box"', 'role       = "other"', "instance-policy"),
        ('"touch /tmp/up"', '"# touch /tmp/up"', "instance-script"),
        ('"#!/bin/sh", ', "", "instance-script"),
        ('tags              = { Name = "data" }', "",
         "volume, volume-size, volume-kind, volume-encrypted, volume-attached, volume-beside"),
        ('size              = "80"', 'size              = "81"', "volume-size"),
        ('type              = "gp3"', 'type              = "gp2"', "volume-kind"),
        ("encrypted         = true", "", "volume-encrypted"),
        ('"/dev/sdf"', '"/dev/sdg"', "volume-attached"),
        ("volume_id   = aws_ebs_volume.data.id", 'volume_id   = "vol-1"', "volume-attached"),
        ("aws_subnet.app.availability_zone", '"eu-west-1b"', "volume-beside"),
    ),
)  # fmt: skip

FLEET = Answer(
    {
        "main.tf": TRUST
        + """
        resource "aws_vpc" "main" {
          cidr_block = "10.3.0.0/16"
        }
        resource "aws_subnet" "zone" {
          for_each   = { a = "10.3.1.0/24", b = "10.3.2.0/24", c = "10.3.3.0/24" }
          vpc_id     = aws_vpc.main.id
          cidr_block = each.value
          tags       = { Name = "zone-${each.key}" }
        }
        resource "aws_security_group" "app" {
          name = "app"
        }
        resource "aws_launch_template" "lt" {
          name          = "blue"
          image_id      = data.aws_ami.linux.id
          instance_type = "c6i.large"
          key_name      = aws_key_pair.me.key_name
          user_data = base64encode(<<-EOF
            #!/bin/bash
            touch /tmp/up
          EOF
          )
          iam_instance_profile {
            name = aws_iam_instance_profile.box.name
          }
          metadata_options {
            http_tokens = "required"
          }
          network_interfaces {
            security_groups = [aws_security_group.app.id]
          }
        }
        resource "aws_autoscaling_group" "pool" {
          name                      = "pool"
          min_size                  = 1
          max_size                  = 9
          desired_capacity          = 3
          health_check_type         = "ELB"
          health_check_grace_period = 90
          vpc_zone_identifier       = [for key in ["a", "b"] : aws_subnet.zone[key].id]
          mixed_instances_policy {
            launch_template {
              launch_template_specification {
                launch_template_id = aws_launch_template.lt.id
              }
            }
          }
          dynamic "tag" {
            for_each = { Team = "data" }
            content {
              key                 = tag.key
              value               = tag.value
              propagate_at_launch = true
            }
          }
          instance_refresh {
            strategy = "Rolling"
          }
        }
        resource "aws_autoscaling_policy" "cpu" {
          name                   = "cpu"
          autoscaling_group_name = "pool"
          policy_type            = "TargetTrackingScaling"
          target_tracking_configuration {
            target_value = "55"
            predefined_metric_specification {
              predefined_metric_type = "ASGAverageCPUUtilization"
            }
          }
        }
        """
    },
    {
        "launch-template": {"name": "blue"},
        "launch-template-type": {"of": "blue", "value": "c6i.large"},
        "launch-template-image": {"of": "blue", "owner": "amazon", "pattern": "al2023-*"},
        "launch-template-tokens": {"of": "blue"},
        "launch-template-key": {"of": "blue", "to": "me"},
        "launch-template-profile": {"of": "blue"},
        "launch-template-policy": {"of": "blue", "policy": "AmazonSSMManagedInstanceCore"},
        "launch-template-script": {"of": "blue", "command": "touch /tmp/up"},
        "autoscaling-group": {"name": "pool"},
        "scaling-sizes": {"of": "pool", "least": 1, "most": 9},
        "autoscaling-desired": {"of": "pool", "value": 3},
        "autoscaling-template": {"of": "pool", "to": "blue"},
        "scaling-subnets": {"of": "pool", "subnets": ["zone-a", "zone-b"]},
        "autoscaling-grace": {"of": "pool", "value": 90},
        "scaling-target": {"of": "pool", "percent": 55},
        "scaling-tag": {"of": "pool", "key": "Team", "value": "data"},
        "autoscaling-refresh": {"of": "pool"},
    },
    (
        ('name          = "blue"', 'name_prefix = "blue"',
         "launch-template, launch-template-type, launch-template-image, "
         "launch-template-tokens, launch-template-key, launch-template-profile,"
         "launch-template-policy, launch-template-script, autoscaling-template"),
        ("c6i.large", "c6i.xlarge", "launch-template-type"),
        ("data.aws_ami.linux.id", 'var.key', "launch-template-image"),
        ('http_tokens = "required"', 'http_endpoint = "enabled"', "launch-template-tokens"),
        ("key_name      = aws_key_pair.me.key_name", "", "launch-template-key"),
        ('["ec2.amazonaws.com"]', '["lambda.amazonaws.com"]', "launch-template-profile"),
        ("name = aws_iam_instance_profile.box.name", 'name = "other"',
         "launch-template-profile, launch-template-policy"),
        ("policy_arn = data.aws_iam_policy.managed.arn", 'policy_arn = "arn:aws:iam::aws:policy/X"',
         "launch-template-policy"),
        ("            touch /tmp/up", "            # touch /tmp/up", "launch-template-script"),
        ("base64encode(<<-EOF", "upper(<<-EOF", "launch-template-script"),
        ('name                      = "pool"', 'name                      = "pools"',
         "autoscaling-group, scaling-sizes, autoscaling-desired, autoscaling-template,"
         "scaling-subnets, autoscaling-grace, scaling-target, scaling-tag,"
         "autoscaling-refresh"),
        ("max_size                  = 9", "max_size                  = 8", "scaling-sizes"),
        ("desired_capacity          = 3", "", "autoscaling-desired"),
        ("launch_template_id = aws_launch_template.lt.id", 'launch_template_id = "lt-1"',
         "autoscaling-template"),
        ('["a", "b"] :', '["a", "c"] :', "scaling-subnets"),
        ('["a", "b"] :', '["a", "b", "c"] :', "scaling-subnets"),
        ("= 90", "= 91", "autoscaling-grace"),
        ('autoscaling_group_name = "pool"', 'autoscaling_group_name = "other"', "scaling-target"),
        ("ASGAverageCPUUtilization", "ASGAverageNetworkIn", "scaling-target"),
        ('target_value = "55"', 'target_value = "54"', "scaling-target"),
        ("propagate_at_launch = true", "propagate_at_launch = false", "scaling-tag"),
        ('Team = "data"', 'Team = "web"', "scaling-tag"),
        ('          instance_refresh {\n            strategy = "Rolling"\n          }\n', "",
         "autoscaling-refresh"),
    ),
)  # fmt: skip

FRONT = Answer(
    {
        "main.tf": """
        locals {
          groups = { web = 8080, api = 9000 }
        }
        resource "aws_vpc" "main" {
          cidr_block = "10.3.0.0/16"
          tags       = { Name = "main" }
        }
        resource "aws_subnet" "zone" {
          count      = 2
          vpc_id     = aws_vpc.main.id
          cidr_block = "10.3.${count.index}.0/24"
          tags       = { Name = "zone-${count.index}" }
        }
        resource "aws_security_group" "front" {
          name = "front"
        }
        resource "aws_alb" "front" {
          name                       = "front"
          internal                   = true
          security_groups            = [aws_security_group.front.id]
          subnets                    = aws_subnet.zone[*].id
          idle_timeout               = 90
          enable_deletion_protection = true
          drop_invalid_header_fields = true
        }
        resource "aws_lb_target_group" "part" {
          for_each             = local.groups
          name                 = each.key
          port                 = each.value
          protocol             = "HTTP"
          target_type          = "ip"
          vpc_id               = aws_vpc.main.id
          deregistration_delay = 30
          health_check {
            path     = "/up"
            interval = 15
          }
        }
        resource "aws_acm_certificate" "site" {
          domain_name       = "www.example.com"
          validation_method = "DNS"
        }
        resource "aws_acm_certificate_validation" "site" {
          certificate_arn = aws_acm_certificate.site.arn
        }
        resource "aws_lb_listener" "http" {
          load_balancer_arn = aws_alb.front.id
          port              = "80"
          default_action {
            type = "redirect"
            redirect {
              port        = 443
              protocol    = "HTTPS"
              status_code = "HTTP_301"
            }
          }
        }
        resource "aws_lb_listener" "https" {
          load_balancer_arn = aws_alb.front.arn
          port              = 443
          protocol          = "HTTPS"
          ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
          certificate_arn   = aws_acm_certificate_validation.site.certificate_arn
          default_action {
            type = "forward"
            forward {
              target_group {
                arn = aws_lb_target_group.part["web"].arn
              }
            }
          }
        }
        resource "aws_lb_listener_rule" "api" {
          listener_arn = aws_lb_listener.https.arn
          action {
            type             = "forward"
            target_group_arn = aws_lb_target_group.part["api"].arn
          }
          condition {
            path_pattern {
              values = ["/api/*"]
            }
          }
        }
        resource "aws_alb_listener_rule" "host" {
          listener_arn = aws_lb_listener.https.arn
          action {
            type             = "forward"
            target_group_arn = aws_lb_target_group.part["api"].arn
          }
          condition {
            host_header {
              values = ["api.example.com"]
            }
          }
        }
        resource "aws_autoscaling_group" "pool" {
          name               = "pool"
          min_size           = 1
          max_size           = 2
          availability_zones = ["eu-west-1a"]
          launch_template {
            name = "blue"
          }
        }
        resource "aws_autoscaling_attachment" "pool" {
          autoscaling_group_name = aws_autoscaling_group.pool.id
          lb_target_group_arn    = aws_lb_target_group.part["web"].arn
        }
        resource "aws_lb" "tcp" {
          name                             = "tcp"
          load_balancer_type               = "network"
          enable_cross_zone_load_balancing = true
          dynamic "subnet_mapping" {
            for_each = aws_subnet.zone
            content {
              subnet_id     = subnet_mapping.value.id
              allocation_id = aws_eip.tcp[subnet_mapping.key].id
            }
          }
        }
        resource "aws_eip" "tcp" {
          count = 2
        }
        resource "aws_lb_target_group" "tcp" {
          name     = "tcp"
          port     = 5432
          protocol = "TCP"
          vpc_id   = aws_vpc.main.id
        }
        resource "aws_instance" "db" {
          ami           = "ami-0123456789abcdef0"
          instance_type = "t3.large"
          tags          = { Name = "db" }
        }
        resource "aws_alb_target_group_attachment" "db" {
          target_group_arn = aws_lb_target_group.tcp.id
          target_id        = aws_instance.db.id
        }
        """
    },
    {
        "balancer": {"name": "front", "kind": "application"},
        "balancer tcp": {"name": "tcp", "kind": "network"},
        "balancer-internal": {"of": "front"},
        "balancer-group": {"of": "front", "to": "front"},
        "balancer-protected": {"of": "front"},
        "balancer-cross-zone": {"of": "tcp"},
        "balancer-idle": {"of": "front", "value": 90},
        "balancer-drops": {"of": "front"},
        "balancer-subnets": {"of": "front", "subnets": ["zone-0", "zone-1"]},
        "balancer-subnets tcp": {"of": "tcp", "subnets": ["zone-0", "zone-1"]},
        "balancer-address": {"of": "tcp", "subnet": "zone-1"},
        "target-group": {"name": "web"},
        "target-kind": {"of": "web", "value": "ip"},
        "target-delay": {"of": "web", "value": 30},
        "target-health-path": {"of": "web", "value": "/up"},
        "target-health-interval": {"of": "web", "value": 15},
        "target-port": {"of": "web", "protocol": "HTTP", "port": 8080},
        "target-instance": {"of": "tcp", "instance": "db"},
        "listener-redirects": {"of": "front"},
        "listener-forwards": {"of": "front", "protocol": "HTTPS", "port": 443, "to": "web"},
        "listener-policy": {"of": "front", "policy": "ELBSecurityPolicy-TLS13-1-2-2021-06"},
        "listener-certificate": {"of": "front", "domain": "www.example.com"},
        "certificate-method": {"of": "www.example.com", "method": "DNS"},
        "rule-path": {"of": "front", "path": "/api/*", "to": "api"},
        "rule-host": {"of": "front", "host": "api.example.com", "to": "api"},
    },
    (
        ('name                       = "front"', "",
         "balancer, balancer-internal, balancer-group, balancer-protected, balancer-idle,"
         "balancer-drops, balancer-subnets, listener-redirects, listener-forwards,"
         "listener-policy, listener-certificate, rule-path, rule-host"),
        ('load_balancer_type               = "network"', "", "balancer tcp"),
        ("internal                   = true", "", "balancer-internal"),
        ("[aws_security_group.front.id]", "null", "balancer-group"),
        ("enable_deletion_protection = true", "", "balancer-protected"),
        ("enable_cross_zone_load_balancing = true", "", "balancer-cross-zone"),
        ("idle_timeout               = 90", "", "balancer-idle"),
        ("drop_invalid_header_fields = true", "drop_invalid_header_fields = false",
         "balancer-drops"),
        ("aws_subnet.zone[*].id", "[aws_subnet.zone[0].id]", "balancer-subnets"),
        ("for_each = aws_subnet.zone\n", "for_each = [aws_subnet.zone[0]]\n",
         "balancer-subnets tcp, balancer-address"),
        ("aws_eip.tcp[subnet_mapping.key].id", "null", "balancer-address"),
        ("web = 8080", "wep = 8080",
         "target-group, target-kind, target-delay, target-health-path,"
         "target-health-interval, target-port, listener-forwards"),
        ('target_type          = "ip"', 'target_type          = "instance"', "target-kind"),
        ("deregistration_delay = 30", "deregistration_delay = 300", "target-delay"),
        ('path     = "/up"', 'path     = "/"', "target-health-path"),
        ("interval = 15", "interval = 30", "target-health-interval"),
        ("web = 8080", "web = 80", "target-port"),
        ("target_id        = aws_instance.db.id", 'target_id        = "i-1"', "target-instance"),
        ("target_group_arn = aws_lb_target_group.tcp.id",
         'target_group_arn = aws_lb_target_group.part["web"].id', "target-instance"),
        ('"HTTP_301"', '"HTTP_302"', "listener-redirects"),
        ('port              = "80"', 'port              = "8080"', "listener-redirects"),
        ('arn = aws_lb_target_group.part["web"].arn', 'arn = aws_lb_target_group.part["api"].arn',
         "listener-forwards"),
        ("port              = 443\n", "port              = 8443\n",
         "listener-forwards, listener-policy, listener-certificate"),
        ("TLS13-1-2-2021-06", "2016-08", "listener-policy"),
        ("aws_acm_certificate_validation.site.certificate_arn",
         '"arn:aws:acm:eu-west-1:123456789012:certificate/a"', "listener-certificate"),
        ('validation_method = "DNS"', 'validation_method = "EMAIL"', "certificate-method"),
        ('"/api/*"', '"/api/*", "/v1/*"', "rule-path"),
        ('["api.example.com"]', '["*.example.com"]', "rule-host"),
        ("listener_arn = aws_lb_listener.https.arn", 'listener_arn = "arn:aws:x"', "rule-path"),
        ('            target_group_arn = aws_lb_target_group.part["api"].arn',
         '            target_group_arn = aws_lb_target_group.part["web"].arn', "rule-path"),
    ),
)  # fmt: skip

ANSWERS = {"machine": MACHINE, "fleet": FLEET, "front": FRONT}


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
    assert untested(tuple(ANSWERS.values()), instances, scaling, balancers) == set()
