"""Bodies of resources against their schemas: names, numbers of blocks, types, dynamic blocks."""

from __future__ import annotations

import pytest

from tests.languages.terraform.judging import faults, hints

INSTANCE = """
resource "aws_instance" "web" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
%s
}
"""


def instance(lines: str) -> set[tuple[str, int]]:
    """Return the faults of an instance with more lines, which begin at line 4."""
    return faults(INSTANCE % lines)


def test_what_terraform_accepts() -> None:
    assert not instance(
        """
  count                  = 2
  user_data_base64       = null
  associate_public_ip_address = "true"
  vpc_security_group_ids = ["sg-1", aws_security_group.web.id]
  depends_on             = [aws_security_group.web]
  tags                   = { Name = "web-${count.index}" }
  root_block_device {
    volume_size = "20"
  }
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [tags["Name"], ami]
  }
}
resource "aws_security_group" "web" {
"""
    )


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('instance_typ = "t3.micro"', "unsupported-argument"),
        ('root_block_device = "x"', "unsupported-argument"),
        ('tags {\n    Name = "x"\n  }', "unsupported-block"),
        ("root_disk {\n  }", "unsupported-block"),
        ('root_block_device "x" {\n  }', "block-labels"),
        ('arn = "x"', "computed-argument"),
        ('monitoring = "maybe"', "argument-type"),
        ('tags = ["a"]', "argument-type"),
        ('tags = { a = ["b"] }', "argument-type"),
        ("vpc_security_group_ids = [[]]", "argument-type"),
        ('ebs_optimized = upper("a", "b")', "expression"),
        ('key_name = "a" + 1', "expression"),
        ("locals {\n  }", "unsupported-block"),
        ("count = -1", "repetition"),
        ('for_each = ["a"]', "repetition"),
        ('dynamic "tags" {\n    for_each = []\n    content {\n    }\n  }', "unsupported-block"),
        ("dynamic {\n    for_each = []\n    content {\n    }\n  }", "block-labels"),
        ("lifecycle {\n  }\n  lifecycle {\n  }", "block-count"),
    ],
)
def test_mistakes(line: str, rule: str) -> None:
    found = instance("  " + line)
    expected = 4
    if line.startswith("lifecycle"):
        expected = 6
    assert found == {(rule, expected)}


def test_null_is_not_set() -> None:
    assert not instance("  arn = null\n  tags = null")
    missing = faults('resource "aws_vpc_ipv4_cidr_block_association" "a" {\n  vpc_id = null\n}\n')
    assert missing == {("missing-argument", 2)}


def test_null_in_a_block_is_no_fault_where_the_block_is_not_all_known() -> None:
    program = """
        variable "key" {}
        resource "aws_s3_bucket_server_side_encryption_configuration" "a" {
          bucket = var.key
          rule {
            apply_server_side_encryption_by_default {
              sse_algorithm     = null
              kms_master_key_id = %s
            }
          }
        }
    """
    assert faults(program % '"x"') == {("missing-argument", 6)}
    assert faults(program % "var.key") == set()


def test_missing_argument_of_a_resource_and_of_a_block() -> None:
    assert faults('resource "aws_subnet" "a" {\n}\n') == {("missing-argument", 1)}
    found = instance("  ebs_block_device {\n    volume_size = 1\n  }")
    assert found == {("missing-argument", 4)}


def test_numbers_of_blocks() -> None:
    text = 'resource "aws_s3_bucket_versioning" "a" {\n  bucket = "logs"\n%s}\n'
    block = '  versioning_configuration {\n    status = "Enabled"\n  }\n'
    assert faults(text % "") == {("block-count", 1)}
    assert not faults(text % block)
    assert faults(text % (block * 2)) == {("block-count", 6)}


DYNAMIC = """
variable "disks" {
  type = list(string)
}
resource "aws_s3_bucket_versioning" "a" {
  bucket = "logs"
  dynamic "versioning_configuration" {
    for_each = %s
    content {
      status = %s
    }
  }
}
"""


@pytest.mark.parametrize(
    ("source", "status", "expected"),
    [
        ("[1]", '"Enabled"', set()),
        ("{ a = 1 }", 'versioning_configuration.key == "a" ? "Enabled" : "x"', set()),
        ("var.disks", '"Enabled"', set()),
        ("var.disks", '["not looked at"]', set()),
        ('toset(["Enabled"])', "versioning_configuration.value", set()),
        ("[]", '"Enabled"', {("block-count", 4)}),
        ("[1, 2]", '"Enabled"', {("block-count", 6)}),
        ("[1]", "[]", {("argument-type", 9)}),
        ('"Enabled"', '"Enabled"', {("argument-type", 7), ("block-count", 4)}),
        ("null", '"Enabled"', {("argument-type", 7), ("block-count", 4)}),
    ],
)
def test_dynamic_blocks(source: str, status: str, expected: set[tuple[str, int]]) -> None:
    assert faults(DYNAMIC % (source, status)) == expected


def test_parts_of_a_dynamic_block() -> None:
    def judge(lines: str) -> set[tuple[str, int]]:
        return instance('  dynamic "ebs_block_device" {\n' + lines + "\n  }")

    content = '    content {\n      device_name = "/dev/sdb"\n    }'
    each = "    for_each = [1]\n"
    assert not judge(each + content)
    assert not judge(each + "    iterator = disk\n" + content.replace('"/dev/sdb"', "disk.value"))
    assert judge(content) == {("missing-argument", 4)}
    assert judge("    for_each = [1]") == {("block-count", 4)}
    assert judge(each + content + "\n" + content) == {("block-count", 9)}
    assert judge(each + '    iterator = "disk"\n' + content) == {("argument-type", 6)}
    assert judge(each + '    device_name = "x"\n' + content) == {("unsupported-argument", 6)}
    assert judge(each + "    ebs {\n    }\n" + content) == {("unsupported-block", 6)}
    assert judge(each + content.replace("device_name", "device")) == {
        ("unsupported-argument", 7),
        ("missing-argument", 6),
    }


def test_attributes_written_as_blocks() -> None:
    text = 'resource "aws_route_table" "a" {\n  vpc_id = "vpc-1"\n%s\n}\n'
    assert not faults(text % '  route {\n    cidr_block = "0.0.0.0/0"\n  }')
    assert not faults(text % "  route = []")
    assert faults(text % '  route {\n    cidr = "0.0.0.0/0"\n  }') == {("unsupported-argument", 4)}
    short = faults(text % '  route = [{ cidr_block = "0.0.0.0/0" }]')
    assert short == {("argument-type", 3)}


def test_known_resource_types_and_hints() -> None:
    assert faults('resource "aws_s3_buckett" "a" {\n}\n') == {("known-resource-type", 1)}
    assert hints('resource "aws_s3_buckett" "a" {\n}\n', "known-resource-type") == [
        "did you mean `aws_s3_bucket`?"
    ]
    other = 'data "aws_db_instance_role_association" "a" {\n}\n'
    assert "managed resource" in hints(other, "known-resource-type")[0]
    assert hints(
        'resource "aws_s3_bucket" "a" {\n  buckett = "x"\n}\n', "unsupported-argument"
    ) == ["did you mean `bucket`?"]


def test_provider_blocks_are_judged_where_they_are_used() -> None:
    block = 'provider "aws" {\n  regionn = "eu-west-1"\n}\n'
    assert not faults(block)
    assert faults(block + 'resource "aws_vpc" "a" {\n}\n') == {("unsupported-argument", 2)}
    alias = block.replace("{", '{\n  alias = "b"', 1)
    plain = 'resource "aws_vpc" "a" {\n}\n'
    assert not faults(alias + plain)
    used = 'resource "aws_vpc" "a" {\n  provider = aws.b\n}\n'
    assert faults(alias + used) == {("unsupported-argument", 3)}


def test_provider_blocks_passed_to_modules() -> None:
    files = {
        "main.tf": """
            provider "aws" {
              alias   = "b"
              regionn = "eu-west-1"
            }
            module "net" {
              source    = "./net"
              providers = { aws = aws.b }
            }
            """,
        "net/main.tf": 'resource "aws_vpc" "a" {\n}\n',
    }
    assert faults(files) == {("unsupported-argument", 3)}
    assert not faults(files | {"net/main.tf": 'resource "terraform_data" "a" {\n}\n'})


def test_files_that_terraform_does_not_read() -> None:
    bad = 'resource "aws_vpc" "a" {\n  bogus = 1\n}\n'
    assert not faults({"main.tf": "", "modules/net/main.tf": bad})
    called = 'module "net" {\n  source = "./modules/net"\n}\n'
    assert faults({"main.tf": called, "modules/net/main.tf": bad}) == {("unsupported-argument", 2)}


def test_json_syntax() -> None:
    text = """
        {"resource": {"aws_instance": {"web": {
          "ami": "ami-0123456789abcdef0",
          "instance_type": "${upper(\\"t3.micro\\")}",
          "//": "a comment",
          "root_block_device": [{"volume_size": 20}],
          "lifecycle": {"ignore_changes": ["tags"]},
          "dynamic": {"ebs_block_device": {"for_each": ["b"], "iterator": "disk", "content": {
            "device_name": "/dev/sd${disk.value}"}}}
        }}}}
        """
    assert not faults({"main.tf.json": text})
    bad = {"main.tf.json": text.replace("device_name", "device")}
    assert {rule for rule, _ in faults(bad)} == {"unsupported-argument", "missing-argument"}
    bad = {"main.tf.json": text.replace("volume_size", "size")}
    assert faults(bad) == {("unsupported-argument", 5)}


def test_escape_block() -> None:
    text = 'resource "aws_vpc" "a" {\n  _ {\n    cidr_block = "10.0.0.0/16"\n%s  }\n}\n'
    assert not faults(text % "")
    assert faults(text % "    count = 1\n") == {("unsupported-argument", 4)}


def test_deep_and_wide_programs_are_judged() -> None:
    deep = 'dynamic "ingress" {\nfor_each = [1, 2, 3]\ncontent {\n' * 40 + "}\n}\n" * 40
    wide = "ingress {\nbogus = 1\n}\n" * 2_000
    for inner in (deep, wide):
        assert faults('resource "aws_security_group" "a" {\n' + inner + "}\n")


RULE = """
resource "aws_security_group" "a" {
  ingress {
    from_port   = 443
    protocol    = "tcp"
%s
  }
}
"""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("    to_port = 443", set()),
        ("    to_port = null", {("missing-argument", 5)}),
        ("    description = null", {("missing-argument", 2)}),
        ("    security_groups = [aws_security_group.b.id]", set()),
    ],
)
def test_what_the_provider_demands_of_blocks(line: str, expected: set[tuple[str, int]]) -> None:
    other = 'resource "aws_security_group" "b" {\n  name = "b"\n}\n'
    assert faults(RULE % line + other) == expected


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('resource "aws_ebs_volume" "a" {\n  availability_zone = "eu-west-1a"\n%s}\n', "size = 8"),
        ('resource "aws_instance" "a" {\n  instance_type = "t3.micro"\n%s}\n', 'ami = "ami-1"'),
        ('resource "aws_acm_certificate" "a" {\n%s}\n', 'domain_name = "example.org"'),
        ('resource "aws_s3_directory_bucket" "a" {\n  bucket = "a--b-az1--x-s3"\n%s}\n',
         'location {\n    name = "b-az1"\n  }'),
    ],
)  # fmt: skip
def test_what_the_provider_demands_of_resources(text: str, rule: str) -> None:
    assert {name for name, _ in faults(text % "")} <= {"arguments-together", "missing-argument"}
    assert faults(text % "")
    assert not faults(text % f"  {rule}\n")
