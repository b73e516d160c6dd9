"""References to AWS resources, as `terraform validate` 1.11.4 judges with the provider 5.100.0."""

from __future__ import annotations

TEXT = """
=== vpc-id |
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
output "o" { value = aws_vpc.v.id }
=== vpc-unknown | unsupported-attribute
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
output "o" { value = aws_vpc.v.vpc_id }
=== vpc-tags |
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
output "o" { value = aws_vpc.v.tags.Name }
=== vpc-tags-index |
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
output "o" { value = aws_vpc.v.tags["Name"] }
=== vpc-tags-deep | unsupported-attribute
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
output "o" { value = aws_vpc.v.tags.Name.x }
=== vpc-tags-all |
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
output "o" { value = aws_vpc.v.tags_all }
=== vpc-arn-owner |
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
output "o" {
  value = [
    aws_vpc.v.arn,
    aws_vpc.v.owner_id,
    aws_vpc.v.main_route_table_id,
    aws_vpc.v.default_security_group_id,
  ]
}
=== vpc-number-attribute | unsupported-attribute
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
output "o" { value = aws_vpc.v.ipv6_netmask_length.x }
=== vpc-string-index | unsupported-attribute
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
output "o" { value = aws_vpc.v.id[0] }
=== sg-ingress-attribute |
resource "aws_security_group" "s" {}
output "o" { value = aws_security_group.s.ingress }
=== sg-ingress-index | unsupported-attribute
resource "aws_security_group" "s" {}
output "o" { value = aws_security_group.s.ingress[0] }
=== sg-ingress-splat |
resource "aws_security_group" "s" {}
output "o" { value = aws_security_group.s.ingress[*].from_port }
=== sg-name-prefix |
resource "aws_security_group" "s" {}
output "o" { value = aws_security_group.s.name_prefix }
=== sg-vpc |
resource "aws_security_group" "s" {}
output "o" { value = aws_security_group.s.vpc_id }
=== instance-block-index |
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
}
output "o" { value = aws_instance.i.root_block_device[0].volume_id }
=== instance-block-no-index | unsupported-attribute
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
}
output "o" { value = aws_instance.i.root_block_device.volume_id }
=== instance-block-unknown | unsupported-attribute
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
}
output "o" { value = aws_instance.i.root_block_device[0].nope }
=== instance-block-set-index | unsupported-attribute
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
}
output "o" { value = aws_instance.i.ebs_block_device[0].volume_id }
=== instance-block-set-attr | unsupported-attribute
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
}
output "o" { value = aws_instance.i.ebs_block_device.volume_id }
=== instance-block-set-splat |
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
}
output "o" { value = aws_instance.i.ebs_block_device[*].volume_id }
=== instance-block-whole |
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
}
output "o" { value = aws_instance.i.root_block_device }
=== instance-block-string-index |
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
}
output "o" { value = aws_instance.i.root_block_device["0"].volume_id }
=== instance-public-ip |
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
}
output "o" {
  value = "${aws_instance.i.public_ip} ${aws_instance.i.private_ip} ${aws_instance.i.public_dns}"
}
=== instance-ip-address | unsupported-attribute
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
}
output "o" { value = aws_instance.i.ip_address }
=== instance-security-groups-index | unsupported-attribute
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
}
output "o" { value = aws_instance.i.vpc_security_group_ids[0] }
=== instance-ipv6-index |
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
}
output "o" { value = aws_instance.i.ipv6_addresses[0] }
=== instance-timeouts | unsupported-attribute
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
}
output "o" { value = aws_instance.i.timeouts.nope }
=== instance-timeouts-create |
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
}
output "o" { value = aws_instance.i.timeouts.create }
=== bucket-arn |
resource "aws_s3_bucket" "b" {}
output "o" {
  value = [
    aws_s3_bucket.b.arn,
    aws_s3_bucket.b.bucket_domain_name,
    aws_s3_bucket.b.bucket_regional_domain_name,
    aws_s3_bucket.b.hosted_zone_id,
    aws_s3_bucket.b.region,
  ]
}
=== bucket-name-attr | unsupported-attribute
resource "aws_s3_bucket" "b" {}
output "o" { value = aws_s3_bucket.b.name }
=== bucket-website |
resource "aws_s3_bucket" "b" {}
output "o" { value = aws_s3_bucket.b.website_endpoint }
=== bucket-versioning-list |
resource "aws_s3_bucket" "b" {}
output "o" { value = aws_s3_bucket.b.versioning[0].enabled }
=== bucket-versioning-status | unsupported-attribute
resource "aws_s3_bucket" "b" {}
output "o" { value = aws_s3_bucket.b.versioning[0].status }
=== eks-certificate |
resource "aws_eks_cluster" "c" {
  name     = "c"
  role_arn = "arn:aws:iam::123456789012:role/r"
  vpc_config { subnet_ids = ["subnet-1"] }
}
output "o" { value = aws_eks_cluster.c.certificate_authority[0].data }
=== eks-certificate-no-index | unsupported-attribute
resource "aws_eks_cluster" "c" {
  name     = "c"
  role_arn = "arn:aws:iam::123456789012:role/r"
  vpc_config { subnet_ids = ["subnet-1"] }
}
output "o" { value = aws_eks_cluster.c.certificate_authority.data }
=== eks-identity |
resource "aws_eks_cluster" "c" {
  name     = "c"
  role_arn = "arn:aws:iam::123456789012:role/r"
  vpc_config { subnet_ids = ["subnet-1"] }
}
output "o" { value = aws_eks_cluster.c.identity[0].oidc[0].issuer }
=== eks-identity-flat | unsupported-attribute
resource "aws_eks_cluster" "c" {
  name     = "c"
  role_arn = "arn:aws:iam::123456789012:role/r"
  vpc_config { subnet_ids = ["subnet-1"] }
}
output "o" { value = aws_eks_cluster.c.identity[0].oidc.issuer }
=== eks-identity-legacy |
resource "aws_eks_cluster" "c" {
  name     = "c"
  role_arn = "arn:aws:iam::123456789012:role/r"
  vpc_config { subnet_ids = ["subnet-1"] }
}
output "o" { value = aws_eks_cluster.c.identity.0.oidc.0.issuer }
=== acm-validation-index | unsupported-attribute
resource "aws_acm_certificate" "c" {
  domain_name       = "example.com"
  validation_method = "DNS"
}
output "o" { value = aws_acm_certificate.c.domain_validation_options[0].resource_record_name }
=== acm-validation-for |
resource "aws_acm_certificate" "c" {
  domain_name       = "example.com"
  validation_method = "DNS"
}
output "o" {
  value = {
    for d in aws_acm_certificate.c.domain_validation_options :
    d.domain_name => d.resource_record_name
  }
}
=== acm-validation-tolist |
resource "aws_acm_certificate" "c" {
  domain_name       = "example.com"
  validation_method = "DNS"
}
output "o" {
  value = tolist(aws_acm_certificate.c.domain_validation_options)[0].resource_record_name
}
=== lambda-arn |
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::123456789012:role/r"
  filename      = "x.zip"
  handler       = "i.h"
  runtime       = "python3.12"
}
output "o" {
  value = [
    aws_lambda_function.f.invoke_arn,
    aws_lambda_function.f.qualified_arn,
    aws_lambda_function.f.environment[0].variables["A"],
  ]
}
=== lambda-environment-no-index | unsupported-attribute
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::123456789012:role/r"
  filename      = "x.zip"
  handler       = "i.h"
  runtime       = "python3.12"
}
output "o" { value = aws_lambda_function.f.environment.variables }
=== db-endpoint |
resource "aws_db_instance" "d" {
  instance_class = "db.t3.micro"
  engine         = "mysql"
}
output "o" {
  value = [
    aws_db_instance.d.endpoint,
    aws_db_instance.d.address,
    aws_db_instance.d.port,
  ]
}
=== db-password-output |
resource "aws_db_instance" "d" {
  instance_class = "db.t3.micro"
  password       = "abcdefgh1"
}
output "o" { value = aws_db_instance.d.password }
=== db-master-secret |
resource "aws_db_instance" "d" { instance_class = "db.t3.micro" }
output "o" { value = aws_db_instance.d.master_user_secret[0].secret_arn }
=== db-write-only | ephemeral-value
variable "p" { ephemeral = true }
resource "aws_db_instance" "d" {
  instance_class = "db.t3.micro"
  password       = var.p
}
=== db-write-only-ok |
variable "p" {
  type      = string
  ephemeral = true
}
resource "aws_db_instance" "d" {
  instance_class      = "db.t3.micro"
  password_wo         = var.p
  password_wo_version = 1
}
=== data-ami |
data "aws_ami" "a" { owners = ["self"] }
output "o" {
  value = [
    data.aws_ami.a.id,
    data.aws_ami.a.image_id,
    data.aws_ami.a.block_device_mappings,
  ]
}
=== data-ami-unknown | unsupported-attribute
data "aws_ami" "a" { owners = ["self"] }
output "o" { value = data.aws_ami.a.ami_id }
=== data-zones |
data "aws_availability_zones" "z" {}
output "o" {
  value = [
    data.aws_availability_zones.z.names[0],
    data.aws_availability_zones.z.zone_ids,
  ]
}
=== data-zones-attr | unsupported-attribute
data "aws_availability_zones" "z" {}
output "o" { value = data.aws_availability_zones.z.name }
=== data-zones-names-attr | unsupported-attribute
data "aws_availability_zones" "z" {}
output "o" { value = data.aws_availability_zones.z.names.first }
=== data-subnets-set | unsupported-attribute
data "aws_subnets" "s" {}
output "o" { value = data.aws_subnets.s.ids["x"] }
=== data-caller |
data "aws_caller_identity" "c" {}
data "aws_region" "r" {}
data "aws_partition" "p" {}
output "o" {
  value = [
    data.aws_caller_identity.c.account_id,
    data.aws_region.r.name,
    data.aws_region.r.id,
    data.aws_partition.p.partition,
    data.aws_partition.p.dns_suffix,
  ]
}
=== data-policy |
data "aws_iam_policy_document" "p" {
  statement {
    actions   = ["*"]
    resources = ["*"]
  }
}
output "o" {
  value = [
    data.aws_iam_policy_document.p.json,
    data.aws_iam_policy_document.p.minified_json,
    data.aws_iam_policy_document.p.statement[0].actions,
  ]
}
=== data-policy-unknown | unsupported-attribute
data "aws_iam_policy_document" "p" {}
output "o" { value = data.aws_iam_policy_document.p.policy }
=== resource-as-data | undeclared-reference
data "aws_caller_identity" "c" {}
output "o" { value = aws_caller_identity.c.account_id }
=== counted-subnet | instance-key
resource "aws_subnet" "s" {
  count      = 2
  vpc_id     = "vpc-1"
  cidr_block = "10.0.0.0/24"
}
output "o" { value = aws_subnet.s.id }
=== counted-subnet-splat |
resource "aws_subnet" "s" {
  count      = 2
  vpc_id     = "vpc-1"
  cidr_block = "10.0.${count.index}.0/24"
}
output "o" { value = aws_subnet.s[*].id }
=== for-each-subnet-dot | instance-key
resource "aws_subnet" "s" {
  for_each   = { a = "10.0.0.0/24" }
  vpc_id     = "vpc-1"
  cidr_block = each.value
}
output "o" { value = aws_subnet.s.a.id }
=== dynamic-iterator |
variable "ports" { type = list(number) }
resource "aws_security_group" "s" {
  dynamic "ingress" {
    for_each = var.ports
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["0.0.0.0/0"]
      description = "${ingress.key}"
    }
  }
}
=== dynamic-iterator-named |
variable "ports" { type = list(number) }
resource "aws_security_group" "s" {
  dynamic "ingress" {
    for_each = var.ports
    iterator = port
    content {
      from_port = port.value
      to_port   = port.value
      protocol  = "tcp"
    }
  }
}
=== dynamic-iterator-wrong |
variable "ports" { type = list(number) }
resource "aws_security_group" "s" {
  dynamic "ingress" {
    for_each = var.ports
    iterator = port
    content {
      from_port = ingress.value
      to_port   = port.value
      protocol  = "tcp"
    }
  }
}
=== dynamic-iterator-outside | undeclared-reference
variable "ports" { type = list(number) }
resource "aws_security_group" "s" {
  name = ingress.value
  dynamic "ingress" {
    for_each = var.ports
    content {
      from_port = ingress.value
      to_port   = ingress.value
      protocol  = "tcp"
    }
  }
}
=== dynamic-each |
variable "ports" { type = list(number) }
resource "aws_security_group" "s" {
  dynamic "ingress" {
    for_each = var.ports
    content {
      from_port = each.value
      to_port   = 1
      protocol  = "tcp"
    }
  }
}
=== dynamic-iterator-attribute |
variable "ports" { type = list(number) }
resource "aws_security_group" "s" {
  dynamic "ingress" {
    for_each = var.ports
    content {
      from_port = ingress.index
      to_port   = 1
      protocol  = "tcp"
    }
  }
}
=== dynamic-iterator-alone |
variable "ports" { type = list(number) }
resource "aws_security_group" "s" {
  dynamic "ingress" {
    for_each = var.ports
    content {
      from_port = ingress
      to_port   = 1
      protocol  = "tcp"
    }
  }
}
=== dynamic-sensitive |
variable "ports" {
  type      = list(number)
  sensitive = true
}
resource "aws_security_group" "s" {
  dynamic "ingress" {
    for_each = var.ports
    content {
      from_port = ingress.value
      to_port   = 1
      protocol  = "tcp"
    }
  }
}
=== ignore-changes-block |
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
  lifecycle { ignore_changes = [ami, tags["Name"], root_block_device[0].volume_size, user_data] }
}
=== ignore-changes-unknown | ignored-attribute
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
  lifecycle { ignore_changes = [image_id] }
}
=== ignore-changes-block-no-index | ignored-attribute
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
  lifecycle { ignore_changes = [root_block_device.volume_size] }
}
=== policy-in-heredoc |
resource "aws_s3_bucket" "b" {}
resource "aws_s3_bucket_policy" "p" {
  bucket = aws_s3_bucket.b.id
  policy = <<EOT
{"Resource": "${aws_s3_bucket.b.arn}/*"}
EOT
}
=== policy-in-heredoc-unknown | unsupported-attribute
resource "aws_s3_bucket" "b" {}
resource "aws_s3_bucket_policy" "p" {
  bucket = aws_s3_bucket.b.id
  policy = <<EOT
{"Resource": "${aws_s3_bucket.b.bucket_arn}/*"}
EOT
}
=== policy-jsonencode-unknown | unsupported-attribute
resource "aws_s3_bucket" "b" {}
resource "aws_s3_bucket_policy" "p" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({ Resource = "${aws_s3_bucket.b.arns}/*" })
}
=== unquoted-value | invalid-reference
resource "aws_s3_bucket" "b" { bucket = mybucket }
=== unquoted-type | undeclared-reference
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = t3.micro
}
=== autoscaling-tag-set | unsupported-attribute
resource "aws_autoscaling_group" "a" {
  max_size = 1
  min_size = 1
}
output "o" { value = aws_autoscaling_group.a.tag[0].value }
=== lb-dns |
resource "aws_lb" "l" { subnets = ["subnet-1"] }
output "o" {
  value = [
    aws_lb.l.dns_name,
    aws_lb.l.zone_id,
    aws_lb.l.arn_suffix,
    aws_lb.l.subnet_mapping,
  ]
}
=== alb-listener-default |
resource "aws_lb_listener" "l" {
  load_balancer_arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/a/b"
  default_action { type = "fixed-response" }
}
output "o" { value = aws_lb_listener.l.default_action[0].target_group_arn }
=== cloudfront |
resource "aws_cloudfront_origin_access_identity" "o" {}
output "o" {
  value = [
    aws_cloudfront_origin_access_identity.o.iam_arn,
    aws_cloudfront_origin_access_identity.o.cloudfront_access_identity_path,
  ]
}
=== elasticache-nodes |
resource "aws_elasticache_cluster" "c" {
  cluster_id = "c"
  engine     = "redis"
}
output "o" { value = aws_elasticache_cluster.c.cache_nodes[0].address }
=== elasticache-nodes-no-index | unsupported-attribute
resource "aws_elasticache_cluster" "c" {
  cluster_id = "c"
  engine     = "redis"
}
output "o" { value = aws_elasticache_cluster.c.cache_nodes.address }
=== elasticache-nodes-unknown | unsupported-attribute
resource "aws_elasticache_cluster" "c" {
  cluster_id = "c"
  engine     = "redis"
}
output "o" { value = aws_elasticache_cluster.c.cache_nodes[0].host }
=== random-mix |
resource "aws_iam_user" "u" { name = "u" }
resource "aws_iam_access_key" "k" { user = aws_iam_user.u.name }
output "o" { value = aws_iam_access_key.k.secret }
=== ecs-service-set | unsupported-attribute
resource "aws_ecs_service" "s" { name = "s" }
output "o" { value = aws_ecs_service.s.load_balancer[0].container_name }
=== ecs-service-list |
resource "aws_ecs_service" "s" { name = "s" }
output "o" { value = aws_ecs_service.s.network_configuration[0].subnets }
=== provider-function |
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
output "o" { value = provider::aws::arn_parse("arn:aws:iam::444455556666:role/example") }
=== provider-function-unknown | provider-function
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
output "o" { value = provider::aws::arn_pars("arn:aws:iam::444455556666:role/example") }
=== ephemeral-resource |
ephemeral "aws_secretsmanager_secret_version" "s" { secret_id = "x" }
locals { s = ephemeral.aws_secretsmanager_secret_version.s.secret_string }
=== ephemeral-resource-output | ephemeral-value
ephemeral "aws_secretsmanager_secret_version" "s" { secret_id = "x" }
output "o" { value = ephemeral.aws_secretsmanager_secret_version.s.secret_string }
=== ephemeral-resource-unknown | unsupported-attribute
ephemeral "aws_secretsmanager_secret_version" "s" { secret_id = "x" }
locals { s = ephemeral.aws_secretsmanager_secret_version.s.value }
=== dynamic-each-again |
variable "ports" { type = list(number) }
resource "aws_security_group" "s" {
  dynamic "ingress" {
    for_each = var.ports
    content {
      from_port = each.value
      to_port   = 1
      protocol  = "tcp"
    }
  }
}
=== dynamic-undeclared-var |
variable "ports" { type = list(number) }
resource "aws_security_group" "s" {
  dynamic "ingress" {
    for_each = var.ports
    content {
      from_port = var.nope
      to_port   = 1
      protocol  = "tcp"
    }
  }
}
=== dynamic-undeclared-var-known | undeclared-reference
resource "aws_security_group" "s" {
  dynamic "ingress" {
    for_each = [1]
    content {
      from_port = var.nope
      to_port   = 1
      protocol  = "tcp"
    }
  }
}
=== block-undeclared-var | undeclared-reference
resource "aws_security_group" "s" {
  ingress {
      from_port = var.nope
      to_port   = 1
      protocol  = "tcp"
  }
}
=== realblock-dynamic-undeclared |
variable "ports" { type = list(number) }
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
  dynamic "ebs_block_device" {
    for_each = var.ports
    content {
      device_name = var.nope
    }
  }
}
=== realblock-dynamic-each |
variable "ports" { type = list(number) }
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
  dynamic "ebs_block_device" {
    for_each = var.ports
    iterator = x
    content {
      device_name = ebs_block_device.value
    }
  }
}
=== realblock-dynamic-index |
variable "ports" { type = list(number) }
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
  dynamic "ebs_block_device" {
    for_each = var.ports
    content {
      device_name = ebs_block_device.index
    }
  }
}
=== realblock-dynamic-index-known | expression
resource "aws_instance" "i" {
  ami           = "ami-12345678"
  instance_type = "t3.micro"
  dynamic "ebs_block_device" {
    for_each = [1]
    content {
      device_name = ebs_block_device.index
    }
  }
}
=== dynamic-labels-only-static | undeclared-reference
variable "ports" { type = list(number) }
resource "aws_security_group" "s" {
  name = local.nope
  dynamic "ingress" {
    for_each = local.nope2
    content {
      from_port = 1
    }
  }
}
=== dynamic-known-each | reference-context
resource "aws_security_group" "s" {
  dynamic "ingress" {
    for_each = [1]
    content {
      from_port = each.value
      to_port   = 1
      protocol  = "tcp"
    }
  }
}
=== dynamic-known-iterator-index | expression
resource "aws_security_group" "s" {
  dynamic "ingress" {
    for_each = [1]
    content {
      from_port = ingress.index
      to_port   = 1
      protocol  = "tcp"
    }
  }
}
=== dynamic-empty-each |
resource "aws_security_group" "s" {
  dynamic "ingress" {
    for_each = []
    content {
      from_port = each.value
      to_port   = 1
      protocol  = "tcp"
    }
  }
}
"""
