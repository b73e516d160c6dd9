"""The language's own blocks: arguments, nested blocks, labels and constants, as Terraform says."""

from __future__ import annotations

import pytest

from tests.languages.terraform.judging import faults

FINE = [
    'terraform {\n  required_version = ">= 1.5"\n  backend "s3" {\n    any = 1\n  }\n}\n',
    'terraform {\n  cloud {\n    organization = "x"\n  }\n}\n',
    'variable "a" {\n  sensitive = "true"\n  nullable = false\n  default = 1\n}\n',
    'output "a" {\n  value = 1\n  description = "a ${1}"\n  sensitive = false\n}\n',
    'resource "terraform_data" "a" {\n  lifecycle {\n    ignore_changes = all\n  }\n}\n',
    'resource "terraform_data" "a" {\n  lifecycle {\n    ignore_changes = ["input"]\n  }\n}\n',
    'resource "terraform_data" "a" {\n  connection {\n    bogus = 1\n  }\n}\n',
]

#: Programs with the faults that `terraform validate` 1.11.4 reports at these lines.
WRONG = [
    ("terraform {\n  bogus = 1\n}\n", {("unsupported-argument", 2)}),
    ("terraform {\n  bogus {\n  }\n}\n", {("unsupported-block", 2)}),
    ("terraform {\n  backend {\n  }\n}\n", {("block-labels", 2)}),
    ('terraform {\n  backend "a" {\n  }\n  backend "b" {\n  }\n}\n', {("block-count", 4)}),
    ('terraform {\n  backend "a" {\n  }\n  cloud {\n  }\n}\n', {("block-count", 4)}),
    ('variable "a" {\n  typ = string\n}\n', {("unsupported-argument", 2)}),
    ('variable "a" {\n  default {\n  }\n}\n', {("unsupported-block", 2)}),
    ('variable "a" {\n  description = null\n}\n', {("argument-type", 2)}),
    ('variable "a" {\n  description = upper("a")\n}\n', {("expression", 2)}),
    ('output "a" {\n  value = 1\n  type = string\n}\n', {("unsupported-argument", 3)}),
    ('output "a" {\n}\n', {("missing-argument", 1)}),
    ('output "a" {\n  value = 1\n  sensitive = 1\n}\n', {("argument-type", 3)}),
    ('check "a" {\n}\n', {("block-count", 1)}),
    ("moved {\n  from = terraform_data.a\n}\n", {("missing-argument", 1)}),
    ('import {\n  id = "x"\n}\n', {("missing-argument", 1)}),
]


@pytest.mark.parametrize("text", FINE)
def test_accepted(text: str) -> None:
    assert not faults(text)


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_refused(text: str, expected: set[tuple[str, int]]) -> None:
    assert faults(text) == expected


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("prevent_destroy = var.a", "expression"),
        ("prevent_destroy = null", "argument-type"),
        ("bogus = 1", "unsupported-argument"),
        ("ignore_changes = [bogus]", "ignored-attribute"),
        ("ignore_changes = input", "ignored-attribute"),
        ('ignore_changes = [upper("a")]', "ignored-attribute"),
    ],
)
def test_lifecycle(line: str, rule: str) -> None:
    text = f'resource "terraform_data" "a" {{\n  lifecycle {{\n    {line}\n  }}\n}}\n'
    assert (rule, 3) in faults(text + 'variable "a" {\n}\n')


def test_lifecycle_of_data_sources() -> None:
    text = 'data "aws_ami" "a" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n'
    assert faults(text) == {("unsupported-argument", 3)}


def test_preconditions() -> None:
    text = """
        resource "terraform_data" "a" {
          lifecycle {
            precondition {
              condition     = %s
              error_message = %s
            }
          }
        }
        variable "n" {
          type = number
        }
        """
    assert not faults(text % ("var.n > 1", '"too small"'))
    assert faults(text % ("length([var.n])", '"x"')) == {("argument-type", 4)}
    assert faults(text % ("var.n > 1", "[]")) == {("argument-type", 5)}


PROVISIONERS = [
    ('provisioner "local-exec" {\n    command = "x"\n    when = destroy\n  }', set()),
    ('provisioner "local-exec" {\n    command = null\n  }', set()),
    ('provisioner "local-exec" {\n  }', {("missing-argument", 2)}),
    ('provisioner "local-exec" {\n    command = "x"\n    shell = "y"\n  }',
     {("unsupported-argument", 4)}),
    ('provisioner "local-exec" {\n    command = "x"\n    when = never\n  }',
     {("provisioner-keyword", 4)}),
    ('provisioner "remote-exec" {\n    inline = "x"\n  }', {("argument-type", 3)}),
    ('provisioner "remote-exec" {\n    inline = ["x"]\n    script = "y"\n  }',
     {("arguments-together", 2)}),
    ('provisioner "file" {\n    destination = "x"\n    content = null\n  }',
     {("arguments-together", 2)}),
    ('provisioner "chef" {\n  }', {("known-provisioner", 2)}),
    ("provisioner {\n  }", {("block-labels", 2)}),
    ('connection {\n    host = "x"\n  }\n  provisioner "file" {\n    destination = "x"\n'
     '    source = "y"\n    connection {\n      port = 22\n    }\n  }', set()),
    ('provisioner "file" {\n    destination = "x"\n    source = "y"\n    connection {\n'
     "      port = 22\n    }\n  }", {("missing-argument", 5)}),
    ('connection {\n    host = "x"\n    hots = 1\n  }\n  provisioner "local-exec" {\n'
     '    command = "x"\n  }', {("unsupported-argument", 4)}),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), PROVISIONERS)
def test_provisioners(lines: str, expected: set[tuple[str, int]]) -> None:
    assert faults('resource "terraform_data" "a" {\n  ' + lines + "\n}\n") == expected


REPETITIONS = [
    ("count = 2", True), ('count = "2"', True), ("count = var.n", True), ("count = -1", False),
    ("count = 1.5", False), ("count = null", False), ("count = []", False),
    ("for_each = {}", True), ('for_each = toset(["a"])', True), ("for_each = var.m", True),
    ('for_each = ["a"]', False), ('for_each = "a"', False), ("for_each = null", False),
    ("for_each = toset([1])", False), ("for_each = var.n", False),
    ("for_each = toset([terraform_data.z.id])", True),
]  # fmt: skip


@pytest.mark.parametrize(("line", "fine"), REPETITIONS)
def test_count_and_for_each(line: str, fine: bool) -> None:
    text = f"""
        resource "terraform_data" "a" {{
          {line}
        }}
        resource "terraform_data" "z" {{
        }}
        variable "n" {{
          type = number
        }}
        variable "m" {{
          type = map(string)
        }}
        """
    found = faults(text)
    assert not found if fine else found <= {("repetition", 2), ("argument-type", 2)}
    assert fine == (not found)


def test_count_and_for_each_exclude_each_other() -> None:
    text = 'resource "terraform_data" "a" {\n  count = 1\n  for_each = {}\n}\n'
    assert faults(text) == {("repetition", 3)}


def test_json_syntax() -> None:
    text = '{"variable": {"a": {"typ": "string", "validation": [{"condition": "${true}"}]}}}'
    assert {rule for rule, _ in faults({"main.tf.json": text})} >= {
        "unsupported-argument",
        "missing-argument",
    }
