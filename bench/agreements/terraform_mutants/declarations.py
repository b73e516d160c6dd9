"""Declarations, settings and resources of other versions: wrong, or nearly so."""

from __future__ import annotations

import random

from bench.agreements.terraform_mutants.register import mutation
from bench.agreements.terraform_text import Text


@mutation
def foreign_resource(rng: random.Random, text: Text) -> str | None:
    """A type or block of another tool or version."""
    made = rng.choice((
        'resource "aws_s3_bucket_encryption" "e" {\n  bucket = "x"\n}',
        'resource "aws_s3_bucket_lifecycle" "e" {\n  bucket = "x"\n}',
        'resource "aws_elasticsearch" "e" {\n  name = "x"\n}',
        'resource "aws_alb_security_group" "e" {\n  name = "x"\n}',
        'resource "aws_ec2_instance" "e" {\n  ami = "ami-12345678"\n}',
        'resource "AWS::S3::Bucket" "e" {\n}',
        'data "aws_vpc" "e" {\n  default = true\n  vpc = "x"\n}',
        'data "aws_ami_latest" "e" {\n  owner = "amazon"\n}',
        'resource "aws_iam_policy_document" "e" {\n  statement {\n    actions = ["s3:*"]\n  }\n}',
        'data "aws_security_group_rule" "e" {\n  id = "x"\n}',
        'resource "aws_lambda" "e" {\n  function_name = "x"\n}',
        'resource "aws_rds_instance" "e" {\n  engine = "mysql"\n}',
        'resource "aws_vpc_subnet" "e" {\n  vpc_id = "x"\n}',
        'resource "aws_caller_identity" "e" {\n}',
        'resource "aws_cloudwatch_alarm" "e" {\n  alarm_name = "x"\n}',
    ))  # fmt: skip
    return text.plus(made)


@mutation
def removed_in_the_provider(rng: random.Random, text: Text) -> str | None:
    """Arguments and types of earlier versions, deprecated or removed."""
    made = rng.choice((
        'resource "aws_s3_bucket" "old" {\n  bucket = "old-one"\n  acl    = "private"\n}',
        'resource "aws_s3_bucket" "old" {\n  versioning {\n    enabled = true\n  }\n}',
        'resource "aws_s3_bucket_object" "old" {\n  bucket = "b"\n  key = "k"\n}',
        'resource "aws_eip" "old" {\n  vpc = true\n}',
        'resource "aws_instance" "old" {\n  ami = "ami-12345678"\n  instance_type = "t2.micro"\n'
        '  cpu_core_count = 2\n}',
        'resource "aws_db_instance" "old" {\n  instance_class = "db.t3.micro"\n  name = "x"\n}',
        'resource "aws_vpc" "old" {\n  cidr_block = "10.0.0.0/16"\n  enable_classiclink = true\n}',
        'resource "aws_autoscaling_group" "old" {\n  max_size = 1\n  min_size = 1\n'
        '  tags = [{ key = "a", value = "b", propagate_at_launch = true }]\n}',
        'resource "aws_elasticache_replication_group" "old" {\n  replication_group_id = "x"\n'
        '  replication_group_description = "x"\n}',
        'resource "aws_security_group" "old" {\n  egress {\n    cidr_blocks = ["0.0.0.0/0"]\n'
        '  }\n}',
        'resource "aws_iam_role_policy_attachment" "old" {\n  roles = ["x"]\n  policy_arn = "x"\n}',
        'data "aws_subnet_ids" "old" {\n  vpc_id = "x"\n}',
        'resource "aws_launch_configuration" "old" {\n  image_id = "ami-12345678"\n'
        '  instance_type = "t2.micro"\n}',
        'resource "aws_lb_listener" "old" {\n  load_balancer_arn = "x"\n  port = 80\n'
        '  default_action {\n    type = "forward"\n  }\n}',
        'resource "aws_codepipeline" "old" {\n  name = "x"\n  role_arn = "x"\n}',
    ))  # fmt: skip
    return text.plus(made)


@mutation
def mistakes_in_modules(rng: random.Random, text: Text) -> str | None:
    """A module without source, from nowhere, or outputs of one that is not there."""
    made = rng.choice((
        'module "m" {\n  name = "x"\n}',
        'module "m" {\n  source = "./modules/m"\n}',
        'output "m" {\n  value = module.network.vpc_id\n}',
        'module "m" {\n  source = var.source_of_module\n}',
        'module "m" {\n}',
    ))  # fmt: skip
    return text.plus(made)


@mutation
def variable_against_itself(rng: random.Random, text: Text) -> str | None:
    """A variable whose type, default or validation do not agree, and nearly so."""
    made = rng.choice((
        'variable "v" {\n  type    = number\n  default = "ten"\n}',
        'variable "v" {\n  type    = list(string)\n  default = "a"\n}',
        'variable "v" {\n  type    = map(string)\n  default = ["a"]\n}',
        'variable "v" {\n  type    = bool\n  default = "yes"\n}',
        'variable "v" {\n  type    = "string"\n  default = "x"\n}',
        'variable "v" {\n  type    = "list"\n  default = []\n}',
        'variable "v" {\n  type = str\n}',
        'variable "v" {\n  type = list\n}',
        'variable "v" {\n  type    = object({ a = string, b = number })\n'
        '  default = { a = "x" }\n}',
        'variable "v" {\n  type    = object({ a = string, b = optional(number, 3) })\n'
        '  default = { a = "x" }\n}',
        'variable "v" {\n  type    = string\n  default = var.other\n}',
        'variable "v" {\n  type    = number\n  default = "10"\n}',
        'variable "v" {\n  required = true\n}',
        'variable "v" {\n  type     = string\n  default  = null\n  nullable = false\n}',
        'variable "v" {\n  validation {\n    condition     = length(var.v) > 1\n  }\n}',
        'variable "v" {\n  validation {\n    condition     = true\n'
        '    error_message = "Always right."\n  }\n}',
        'variable "v" {\n  type    = tuple([string, number])\n  default = ["a", "b"]\n}',
        'variable "v" {\n  type    = set(string)\n  default = ["a", "a"]\n}',
        'variable "v" {\n  type    = map(object({ p = number }))\n'
        '  default = { a = { p = "x" } }\n}',
        'variable "v" {\n  type    = any\n  default = merge({}, {})\n}',
        'variable "v" {\n  description = "a ${var.x}"\n}',
        'variable "v-w" {\n  default = 1\n}',
        'variable "count" {\n  default = 1\n}',
    ))  # fmt: skip
    return text.plus(made)


@mutation
def output_against_itself(rng: random.Random, text: Text) -> str | None:
    """An output without value, of something sensitive, or with wrong arguments."""
    made = rng.choice((
        'output "o" {\n}',
        'output "o" {\n  value = var.secret_o\n}\nvariable "secret_o" {\n  sensitive = true\n}',
        'output "o" {\n  value     = var.secret_o\n  sensitive = true\n}\n'
        'variable "secret_o" {\n  sensitive = true\n}',
        'output "o" {\n  value = "x"\n  type  = string\n}',
        'output "o" {\n  value = "${var.secret_o}-x"\n}\nvariable "secret_o" {\n'
        '  type = string\n  sensitive = true\n}',
        'output "o" {\n  value = 1 + "a"\n}',
        'output "o" {\n  value = nonsensitive(var.secret_o)\n}\nvariable "secret_o" {\n'
        '  sensitive = true\n}',
        'output "o" {\n  value = { a = "x" }.b\n}',
        'output "o" {\n  value = ["x"][3]\n}',
        'output "o" {\n  value = terraform.environment\n}',
        'output "o" {\n  value = path.roots\n}',
        'output "o" {\n  value     = "x"\n  sensitive = "maybe"\n}',
    ))  # fmt: skip
    return text.plus(made)


@mutation
def bad_lifecycle(rng: random.Random, text: Text) -> str | None:
    """`lifecycle`, `timeouts`, `provisioner` and `provider` with wrong content, and right."""
    blocks = [b for b in text.resources() if b.start != b.end]
    if not blocks:
        return None
    made = rng.choice((
        "lifecycle {\n    prevent_destroy = var.keep\n  }",
        "lifecycle {\n    ignore_changes = tags\n  }",
        "lifecycle {\n    ignore_changes = [tags]\n  }",
        'lifecycle {\n    ignore_changes = ["tags"]\n  }',
        "lifecycle {\n    ignore_changes = all\n  }",
        "lifecycle {\n    ignore_changes = [nothing_like_it]\n  }",
        "lifecycle {\n    create_before_destroy = \"true\"\n  }",
        "lifecycle {\n    destroy = false\n  }",
        "lifecycle {\n    prevent_destroy = true\n  }\n  lifecycle {\n    ignore_changes = all\n"
        "  }",
        "lifecycle = {\n    prevent_destroy = true\n  }",
        'timeouts {\n    create = "10m"\n  }',
        'timeouts {\n    created = "10m"\n  }',
        'provisioner "local-exec" {\n    command = "echo"\n  }',
        'provisioner "local-exec" {\n    cmd = "echo"\n  }',
        'provisioner "shell" {\n    command = "echo"\n  }',
        "provider = aws.other",
        'provider = "aws"',
        "provider = aws",
        "lifecycle {\n    precondition {\n      condition = 1\n      error_message = \"x\"\n"
        "    }\n  }",
        "lifecycle {\n    precondition {\n      condition = true\n    }\n  }",
        "lifecycle {\n    replace_triggered_by = [var.x]\n  }",
        "lifecycle {\n    replace_triggered_by = [self.id]\n  }",
    ))  # fmt: skip
    return text.inserted(rng.choice(blocks).start, f"  {made}")


@mutation
def provider_mistake(rng: random.Random, text: Text) -> str | None:
    """A provider configured wrongly."""
    made = rng.choice((
        'provider "aws" {\n  regions = ["us-east-1"]\n}',
        'provider "aws" {\n  region = ["us-east-1"]\n}',
        'provider "aws" {\n  region = "us-east-1"\n  default_tags = {\n    a = "b"\n  }\n}',
        'provider "aws" {\n  region = "us-east-1"\n  default_tags {\n    a = "b"\n  }\n}',
        'provider "aws" {\n  region = "us-east-1"\n  assume_role {\n    role = "x"\n  }\n}',
        'provider "aws" {\n  region  = "us-east-1"\n  version = "~> 5.0"\n}',
        'provider "aws" {\n  alias  = "two"\n  region = aws_region.x\n}',
        'provider "aws" {\n  alias  = "two words"\n  region = "us-east-1"\n}',
        'provider "aws" {\n  region = var.no_such_region\n}',
        'provider {\n  region = "us-east-1"\n}',
        'provider aws {\n  region = "us-east-1"\n  profile = "x"\n  access_key = 1\n}',
    ))  # fmt: skip
    return text.plus(made)


@mutation
def terraform_mistake(rng: random.Random, text: Text) -> str | None:
    """A `terraform` block with wrong content."""
    made = rng.choice((
        'terraform {\n  required_version = "1.5"\n}',
        'terraform {\n  required_version = ">= 1.0, < 2.0"\n}',
        'terraform {\n  required_version = "latest"\n}',
        "terraform {\n  required_version = 1.5\n}",
        "terraform {\n  version = 1\n}",
        'terraform {\n  backend "local" {\n  }\n}',
        'terraform {\n  backend "s3" {\n    bucket = var.b\n  }\n}',
        'terraform {\n  backend = "s3"\n}',
        'terraform {\n  required_providers {\n    aws = "5.0"\n  }\n}',
        "terraform {\n  experiments = [nothing]\n}",
    ))  # fmt: skip
    return text.plus(made)
