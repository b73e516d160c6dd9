"""Valid programs with AWS resources, and programs with one mistake each made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

BASES = {
    "instance": """\
resource "aws_instance" "t" {
  ami = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
  vpc_security_group_ids = ["sg-0123456789abcdef0"]
  associate_public_ip_address = true
  root_block_device {
    volume_size = 20
    volume_type = "gp3"
    encrypted = true
  }
  ebs_block_device {
    device_name = "/dev/sdb"
    volume_size = 10
  }
  metadata_options {
    http_tokens = "required"
  }
  tags = {
    Name = "web"
  }
}
""",
    "sg": """\
resource "aws_security_group" "t" {
  name = "web"
  description = "web"
  ingress {
    from_port = 443
    to_port = 443
    protocol = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
  egress {
    from_port = 0
    to_port = 0
    protocol = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
""",
    "vpc": """\
resource "aws_vpc" "t" {
  cidr_block = "10.0.0.0/16"
  enable_dns_support = true
  tags = { Name = "x" }
}
""",
    "subnet": """\
resource "aws_subnet" "t" {
  vpc_id = aws_vpc.v.id
  cidr_block = cidrsubnet(aws_vpc.v.cidr_block, 8, 1)
  availability_zone = "eu-west-1a"
  map_public_ip_on_launch = true
}
resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}
""",
    "route_table": """\
resource "aws_route_table" "t" {
  vpc_id = "vpc-12345678"
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = "igw-12345678"
  }
}
""",
    "bucket": """\
resource "aws_s3_bucket" "t" {
  bucket = "logs-2041"
  force_destroy = true
  tags = { Name = "x" }
}
""",
    "versioning": """\
resource "aws_s3_bucket_versioning" "t" {
  bucket = "logs-2041"
  versioning_configuration {
    status = "Enabled"
  }
}
""",
    "sse": """\
resource "aws_s3_bucket_server_side_encryption_configuration" "t" {
  bucket = "logs-2041"
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "aws:kms"
      kms_master_key_id = "abc"
    }
    bucket_key_enabled = true
  }
}
""",
    "lifecycle_cfg": """\
resource "aws_s3_bucket_lifecycle_configuration" "t" {
  bucket = "logs-2041"
  rule {
    id = "r"
    status = "Enabled"
    filter {
      prefix = "a/"
    }
    transition {
      days = 30
      storage_class = "GLACIER"
    }
    expiration {
      days = 90
    }
  }
}
""",
    "pab": """\
resource "aws_s3_bucket_public_access_block" "t" {
  bucket = "logs-2041"
  block_public_acls = true
  block_public_policy = true
}
""",
    "role": """\
resource "aws_iam_role" "t" {
  name = "app"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
  max_session_duration = 3600
}
""",
    "policy_doc": """\
data "aws_iam_policy_document" "t" {
  statement {
    sid = "A"
    effect = "Allow"
    actions = ["s3:GetObject"]
    resources = ["arn:aws:s3:::x/*"]
    condition {
      test = "StringEquals"
      variable = "aws:SourceAccount"
      values = ["123456789012"]
    }
    principals {
      type = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}
""",
    "ami": """\
data "aws_ami" "t" {
  most_recent = true
  owners = ["amazon"]
  filter {
    name = "name"
    values = ["al2023-*"]
  }
}
""",
    "lambda": """\
resource "aws_lambda_function" "t" {
  function_name = "f"
  role = "arn:aws:iam::123456789012:role/x"
  handler = "index.handler"
  runtime = "python3.12"
  filename = "x.zip"
  timeout = 30
  memory_size = 256
  environment {
    variables = {
      A = "b"
    }
  }
  vpc_config {
    subnet_ids = ["subnet-12345678"]
    security_group_ids = ["sg-12345678"]
  }
}
""",
    "db": """\
resource "aws_db_instance" "t" {
  identifier = "db"
  engine = "postgres"
  engine_version = "16"
  instance_class = "db.t3.micro"
  allocated_storage = 20
  username = "admin1"
  manage_master_user_password = true
  skip_final_snapshot = true
  multi_az = true
  backup_retention_period = 7
}
""",
    "lb": """\
resource "aws_lb" "t" {
  name = "web"
  load_balancer_type = "application"
  subnets = ["subnet-12345678", "subnet-87654321"]
  access_logs {
    bucket = "logs"
    enabled = true
  }
}
""",
    "tg": """\
resource "aws_lb_target_group" "t" {
  name = "web"
  port = 80
  protocol = "HTTP"
  vpc_id = "vpc-12345678"
  health_check {
    path = "/health"
    matcher = "200"
    interval = 30
  }
}
""",
    "listener": """\
resource "aws_lb_listener" "t" {
  load_balancer_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/x/5"
  port = 80
  protocol = "HTTP"
  default_action {
    type = "redirect"
    redirect {
      port = "443"
      protocol = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}
""",
    "ecs_service": """\
resource "aws_ecs_service" "t" {
  name = "web"
  cluster = "c"
  task_definition = "t:1"
  desired_count = 2
  launch_type = "FARGATE"
  network_configuration {
    subnets = ["subnet-12345678"]
    assign_public_ip = false
  }
  deployment_circuit_breaker {
    enable = true
    rollback = true
  }
}
""",
    "ecs_task": """\
resource "aws_ecs_task_definition" "t" {
  family = "web"
  network_mode = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu = 256
  memory = 512
  container_definitions = jsonencode([{ name = "a", image = "b", essential = true }])
}
""",
    "dynamo": """\
resource "aws_dynamodb_table" "t" {
  name = "t"
  billing_mode = "PAY_PER_REQUEST"
  hash_key = "id"
  attribute {
    name = "id"
    type = "S"
  }
  ttl {
    attribute_name = "exp"
    enabled = true
  }
  point_in_time_recovery {
    enabled = true
  }
}
""",
    "sqs": """\
resource "aws_sqs_queue" "t" {
  name = "q"
  visibility_timeout_seconds = 60
  redrive_policy = jsonencode({ maxReceiveCount = 3 })
}
""",
    "sns": """\
resource "aws_sns_topic_subscription" "t" {
  topic_arn = "arn:aws:sns:eu-west-1:123456789012:x"
  protocol = "sqs"
  endpoint = "arn:aws:sqs:eu-west-1:123456789012:x"
}
""",
    "alarm": """\
resource "aws_cloudwatch_metric_alarm" "t" {
  alarm_name = "a"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods = 2
  metric_name = "CPUUtilization"
  namespace = "AWS/EC2"
  period = 300
  statistic = "Average"
  threshold = 80
  dimensions = {
    InstanceId = "i-123"
  }
}
""",
    "asg": """\
resource "aws_autoscaling_group" "t" {
  name = "a"
  min_size = 1
  max_size = 3
  vpc_zone_identifier = ["subnet-12345678"]
  launch_template {
    id = "lt-12345678"
    version = "$Latest"
  }
  tag {
    key = "Name"
    value = "x"
    propagate_at_launch = true
  }
}
""",
    "lt": """\
resource "aws_launch_template" "t" {
  name_prefix = "web-"
  image_id = "ami-12345678"
  instance_type = "t3.micro"
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_size = 20
      encrypted = true
    }
  }
  tag_specifications {
    resource_type = "instance"
    tags = { Name = "x" }
  }
}
""",
    "eks": """\
resource "aws_eks_cluster" "t" {
  name = "c"
  role_arn = "arn:aws:iam::123456789012:role/x"
  vpc_config {
    subnet_ids = ["subnet-12345678", "subnet-87654321"]
    endpoint_private_access = true
  }
}
""",
    "cloudfront": """\
resource "aws_cloudfront_distribution" "t" {
  enabled = true
  default_root_object = "index.html"
  origin {
    domain_name = "x.s3.amazonaws.com"
    origin_id = "s3"
  }
  default_cache_behavior {
    target_origin_id = "s3"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods = ["GET", "HEAD"]
    cached_methods = ["GET", "HEAD"]
    cache_policy_id = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }
  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
""",
    "r53": """\
resource "aws_route53_record" "t" {
  zone_id = "Z123"
  name = "www"
  type = "A"
  alias {
    name = "x.elb.amazonaws.com"
    zone_id = "Z456"
    evaluate_target_health = true
  }
}
""",
    "kms": """\
resource "aws_kms_key" "t" {
  description = "k"
  deletion_window_in_days = 10
  enable_key_rotation = true
}
""",
    "nat": """\
resource "aws_nat_gateway" "t" {
  allocation_id = "eipalloc-123"
  subnet_id = "subnet-123"
  depends_on = [aws_internet_gateway.g]
}
resource "aws_internet_gateway" "g" {
}
""",
    "efs": """\
resource "aws_efs_file_system" "t" {
  creation_token = "x"
  encrypted = true
  lifecycle_policy {
    transition_to_ia = "AFTER_30_DAYS"
  }
}
""",
    "secret": """\
resource "aws_secretsmanager_secret_version" "t" {
  secret_id = "x"
  secret_string = jsonencode({ a = 1 })
}
""",
    "apigw": """\
resource "aws_apigatewayv2_api" "t" {
  name = "x"
  protocol_type = "HTTP"
  cors_configuration {
    allow_origins = ["*"]
    allow_methods = ["GET"]
  }
}
""",
    "nacl": """\
resource "aws_network_acl" "t" {
  vpc_id = "vpc-12345678"
  ingress {
    protocol = "tcp"
    rule_no = 100
    action = "allow"
    cidr_block = "0.0.0.0/0"
    from_port = 80
    to_port = 80
  }
}
""",
    "sg_rule": """\
resource "aws_vpc_security_group_ingress_rule" "t" {
  security_group_id = "sg-12345678"
  cidr_ipv4 = "10.0.0.0/8"
  from_port = 443
  to_port = 443
  ip_protocol = "tcp"
}
""",
    "foreach": """\
resource "aws_iam_user" "t" {
  for_each = toset(["a", "b"])
  name = each.key
  path = "/"
  lifecycle {
    create_before_destroy = true
    ignore_changes = [tags]
  }
}
""",
    "countr": """\
variable "n" {
  type = number
}
variable "names" {
  type = list(string)
}
resource "aws_iam_user" "t" {
  count = var.n
  name = var.names[count.index]
}
""",
    "dyn": """\
variable "ports" {
  type = list(number)
}
locals {
  ports = [80, 443]
}
resource "aws_security_group" "t" {
  name = "x"
  dynamic "ingress" {
    for_each = local.ports
    content {
      from_port = ingress.value
      to_port = ingress.value
      protocol = "tcp"
      cidr_blocks = ["10.0.0.0/8"]
    }
  }
  dynamic "egress" {
    for_each = var.ports
    iterator = port
    content {
      from_port = port.value
      to_port = port.value
      protocol = "tcp"
    }
  }
}
""",
    "budget": """\
resource "aws_budgets_budget" "t" {
  name = "b"
  budget_type = "COST"
  limit_amount = "100"
  limit_unit = "USD"
  time_unit = "MONTHLY"
  notification {
    comparison_operator = "GREATER_THAN"
    threshold = 80
    threshold_type = "PERCENTAGE"
    notification_type = "ACTUAL"
    subscriber_email_addresses = ["a@b.co"]
  }
}
""",
    "codebuild": """\
resource "aws_codebuild_project" "t" {
  name = "x"
  service_role = "arn:aws:iam::123456789012:role/x"
  artifacts {
    type = "NO_ARTIFACTS"
  }
  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image = "aws/codebuild/standard:7.0"
    type = "LINUX_CONTAINER"
    environment_variable {
      name = "A"
      value = "b"
    }
  }
  source {
    type = "NO_SOURCE"
    buildspec = "version: 0.2"
  }
}
""",
    "bucket_framework": """\
resource "aws_s3_directory_bucket" "t" {
  bucket = "x--usw2-az1--x-s3"
  location {
    name = "usw2-az1"
  }
}
""",
    "provider": """\
provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { A = "b" }
  }
  assume_role {
    role_arn = "arn:aws:iam::123456789012:role/x"
  }
}
resource "aws_internet_gateway" "t" {
}
""",
}

#: Declarations that mutants refer to.
DECLARED = """\
variable "s" {
  type = string
}
variable "l" {
  type = list(string)
}
variable "m" {
  type = map(string)
}
variable "o" {
  type = object({ a = string })
}
resource "terraform_data" "z" {
}
"""
#: Values that are put in place of every argument's own.
VALUES = (
    '"text"', "12", "true", "null", '["x"]', '{ a = "b" }', "[]", "{}", "[{ a = 1 }]", '""', '"12"',
    "-1", "1.5", "local.nope_unknown", "var.s", "var.l", "var.m", "[var.s]", '"${var.l}"',
    '"${var.s}x"', "upper(1, 2)", 'nofunc("x")', '"a" + 1', "var.o.nope", "length(var.s)",
    'var.s ? "a" : "b"', "[for x in var.l : x]", "{ for k, v in var.m : k => v }",
    'tolist([1, "x"])', '[1, "x", true]', "terraform_data.z.output", "each.value",
    'file("nope.txt")', "one([])", 'jsondecode("{}")', 'tonumber("x")', 'try(var.o.x, "y")', "[[]]",
)  # fmt: skip
SOURCES = (
    "[1]", "[]", "[1, 2]", "var.l", "var.s", '"x"', "null", "{ a = 1 }", 'toset(["a"])', "5",
    "var.o", "terraform_data.z.output",
)  # fmt: skip
EXTRAS = ("bogus = 1", "tags = {}", "bogus {\n}", "name = null", 'arn = "x"')
INSERTED = (
    'id = "x"', 'arn = "x"', "arn = null", "bogus = 1", "bogus {\n}", 'tags = ["x"]', 'tags = "x"',
    "tags = { a = 1, b = true }", 'tags = { a = ["x"] }', 'tags = { "a b" = null }', "tags = var.m",
    "tags = var.l", "tags = merge(var.m, { a = var.s })", "count = 2", 'count = "x"', "count = -1",
    'for_each = ["a"]', "for_each = var.m", "for_each = toset(var.l)", "provider = aws",
    "depends_on = []", "lifecycle {\n  prevent_destroy = true\n}",
    "lifecycle {\n  ignore_changes = [bogus]\n}", "lifecycle {\n  ignore_changes = all\n}",
    "lifecycle {\n  bogus = all\n}", 'timeouts {\n  create = "5m"\n}',
    'timeouts {\n  bogus = "5m"\n}', 'timeouts = {\n  create = "5m"\n}',
    'connection {\n  host = "x"\n}', 'provisioner "local-exec" {\n  command = "x"\n}',
    "locals {\n}", "_ {\n}", 'dynamic "bogus" {\n  for_each = []\n  content {\n  }\n}',
    'dynamic "tags" {\n  for_each = []\n  content {\n  }\n}',
    'dynamic "lifecycle" {\n  for_each = []\n  content {\n  }\n}',
)  # fmt: skip
_ARGUMENT = re.compile(r"^(\s+)([A-Za-z_]\w*) = (.*)$")
_BLOCK = re.compile(r"^(\s+)([A-Za-z_]\w*)( \"\w+\")? \{$")
_USES = re.compile(r"\bvar\.[slmo]\b|terraform_data\.z")

Mutant = tuple[str, str]


def mutants() -> Iterator[Mutant]:
    """Yield (name, text) of every program, the valid ones first."""
    for name, text in BASES.items():
        yield f"{name}/base", text
    for name, text in BASES.items():
        for kind, lines in _of(text.splitlines()):
            made = "\n".join(lines) + "\n"
            yield f"{name}/{kind}", made + DECLARED if _USES.search(made) else made


def _of(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    for place, line in enumerate(lines):
        argument, block = _ARGUMENT.match(line), _BLOCK.match(line)
        if argument and _is_whole(argument[3]):
            yield from _of_argument(lines, place, argument)
        if block and block[2] != "content":
            yield from _of_block(lines, place, block)
    yield from _of_resource(lines)


def _is_whole(value: str) -> bool:
    return value.count("(") == value.count(")") and value.count("{") == value.count("}")


def _of_argument(
    lines: list[str], place: int, found: re.Match[str]
) -> Iterator[tuple[str, list[str]]]:
    space, name, value = found[1], found[2], found[3]
    before, after = lines[:place], lines[place + 1 :]
    where = f"{name}-{place}"
    yield f"rename-{where}", [*before, f"{space}{name}x = {value}", *after]
    yield f"drop-{where}", [*before, *after]
    yield f"null-{where}", [*before, f"{space}{name} = null", *after]
    yield f"asblock-{where}", [*before, f"{space}{name} {{", f"{space}}}", *after]
    for other in VALUES:
        yield f"value-{where}={other}", [*before, f"{space}{name} = {other}", *after]


def _of_block(
    lines: list[str], place: int, found: re.Match[str]
) -> Iterator[tuple[str, list[str]]]:
    space, kind = found[1], found[2]
    end = _end(lines, place)
    before, block, after = lines[:place], lines[place : end + 1], lines[end + 1 :]
    inner, close, where = block[1:-1], space + "}", f"{kind}-{place}"
    content = [f"{space}  content {{", *inner, space + "  }"]
    dynamic = f'{space}dynamic "{kind}" {{'
    each = f"{space}  for_each = [1]"
    made = {
        "brename": [f"{space}{kind}s {{", *inner, close],
        "bdrop": [],
        "btwice": [*block, *block],
        "bempty": [f"{space}{kind} {{", close],
        "blabel": [f'{space}{kind} "x" {{', *inner, close],
        "battr": [f"{space}{kind} = {{", *inner, close],
        "blist": [f"{space}{kind} = [{{", *inner, space + "}]"],
        "bnull": [f"{space}{kind} = null"],
        "bemptylist": [f"{space}{kind} = []"],
        "dynbad": [dynamic, each, *inner, close],
        "dynnofe": [dynamic, *content, close],
        "dyniter": [dynamic, each, f'{space}  iterator = "x"', *content, close],
        "dyntwo": [dynamic, each, *content, *content, close],
    }
    for number, source in enumerate(SOURCES):
        made[f"dyn{number}"] = [dynamic, f"{space}  for_each = {source}", *content, close]
    for name, new in made.items():
        yield f"{name}-{where}", [*before, *new, *after]
    for extra in EXTRAS:
        name = f"binsert-{where}-{extra.split()[0]}{extra[-1]}"
        yield name, [*before, block[0], extra, *block[1:], *after]


def _end(lines: list[str], place: int) -> int:
    """Return the place of the line that closes a block."""
    depth = 0
    for end in range(place, len(lines)):
        depth += lines[end].count("{") - lines[end].count("}")
        if depth == 0:
            return end
    return len(lines) - 1


def _of_resource(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    head = next(n for n, line in enumerate(lines) if line.startswith(("resource", "data")))
    before, line, after = lines[:head], lines[head], lines[head + 1 :]
    for extra in INSERTED:
        yield "insert-" + extra.replace("\n", ";"), [*before, line, *extra.split("\n"), *after]
    mode, kind = line.split()[0], line.split('"')[1]
    yield "typo-type", [*before, line.replace(kind, kind + "x"), *after]
    other = {"resource": "data", "data": "resource"}[mode]
    yield "other-mode", [*before, line.replace(mode, other, 1), *after]
