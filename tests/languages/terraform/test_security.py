"""Rules about security: what they find, what they leave alone, and that they never break."""

from __future__ import annotations

import re

import pytest

from iac_gym.languages.terraform import LANGUAGE
from iac_gym.verdict import Stage
from tests.languages.terraform.judging import judged
from tests.languages.terraform.security_cases import CASES, Case

RULES = {rule.name: rule for rule in LANGUAGE.rules if rule.stage is Stage.SECURITY}


def found(rule: str, files: str | dict[str, str]) -> list[tuple[str, int]]:
    """Return the places (file, line) where a rule finds something."""
    return [(one.file, one.line) for one in RULES[rule].check(judged(files))]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_weakness_is_found(case: Case) -> None:
    assert ("main.tf", case.line) in found(case.rule, case.weak)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_mended_program_is_left_alone(case: Case) -> None:
    assert found(case.rule, case.mended) == []


def test_every_rule_has_a_case() -> None:
    assert {case.rule for case in CASES} == set(RULES)


SWITCHES = """
    variable "flag" {
      type = bool
    }
    variable "text" {
      type = string
    }
    resource "aws_db_instance" "a" {
      storage_encrypted   = var.flag
      publicly_accessible = var.flag
      password            = var.text
    }
    resource "aws_instance" "a" {
      user_data = "TOKEN=${var.text}"
      root_block_device {
        encrypted = var.flag
      }
      metadata_options {
        http_tokens = var.text
      }
    }
    resource "aws_security_group" "a" {
      ingress {
        protocol    = "tcp"
        from_port   = 22
        to_port     = 22
        cidr_blocks = [var.text]
      }
    }
    resource "aws_iam_policy" "a" {
      policy = var.text
    }
    resource "aws_kms_key" "a" {
      enable_key_rotation = var.flag
    }
    resource "aws_lambda_function" "a" {
      environment {
        variables = { DB_PASSWORD = var.text, DB_TOKEN = aws_kms_key.a.arn }
      }
    }
"""


def test_what_is_unknown_is_no_finding() -> None:
    config = judged(SWITCHES)
    assert [name for name, rule in RULES.items() if list(rule.check(config))] == []


MODULE = {
    "main.tf": """
        module "db" {
          source   = "./db"
          for_each = { shop = "10.0.0.0/8", blog = "0.0.0.0/0" }
          sources  = [each.value]
        }
    """,
    "db/main.tf": """
        variable "sources" {
          type = list(string)
        }
        resource "aws_security_group" "db" {
          ingress {
            protocol    = "tcp"
            from_port   = 5432
            to_port     = 5432
            cidr_blocks = var.sources
          }
        }
    """,
}


def test_modules_are_entered() -> None:
    assert found("closed-data-ports", MODULE) == [("db/main.tf", 5)]
    closed = {path: text.replace("0.0.0.0/0", "192.168.0.0/16") for path, text in MODULE.items()}
    assert found("closed-data-ports", closed) == []


@pytest.mark.parametrize(
    ("rule", "weak", "default"),
    [
        ("encrypted-volumes", 'resource "aws_ebs_volume" "a" {}', "aws_ebs_encryption_by_default"),
        (
            "encrypted-machine-disks",
            'resource "aws_instance" "a" {\n  root_block_device {}\n}',
            "aws_ebs_encryption_by_default",
        ),
        (
            "images-are-scanned",
            'resource "aws_ecr_repository" "a" {}',
            "aws_ecr_registry_scanning_configuration",
        ),
    ],
)
def test_defaults_of_the_account_count(rule: str, weak: str, default: str) -> None:
    assert found(rule, weak)
    assert found(rule, f'{weak}\nresource "{default}" "this" {{}}\n') == []


def test_metadata_defaults_of_the_account_count() -> None:
    weak = 'resource "aws_instance" "a" {}\n'
    default = 'resource "aws_ec2_instance_metadata_defaults" "a" {\n  http_tokens = "%s"\n}\n'
    assert found("metadata-needs-token", weak + default % "no-preference")
    assert found("metadata-needs-token", weak + default % "required") == []


def test_halves_of_the_internet_are_the_internet() -> None:
    text = """
        resource "aws_security_group" "a" {
          ingress {
            protocol    = "tcp"
            from_port   = 22
            to_port     = 22
            cidr_blocks = ["0.0.0.0/1", "128.0.0.0/1"]
          }
        }
    """
    assert found("closed-admin-ports", text) == [("main.tf", 2)]


def test_condition_closes_a_policy() -> None:
    text = """
        resource "aws_s3_bucket_policy" "a" {
          policy = jsonencode({
            Statement = [{
              Effect    = "Allow"
              Principal = { AWS = ["*"] }
              Action    = "s3:GetObject"
              Condition = { IpAddress = { "aws:SourceIp" = "203.0.113.0/24" } }
            }]
          })
        }
    """
    assert found("no-public-bucket-policy", text) == []
    assert found("no-public-bucket-policy", text.replace("Condition", "Comment"))


@pytest.mark.parametrize(
    "name", ["password_length", "token_ttl", "secret_name", "public_key", "access_key_id", "keys"]
)
def test_names_that_are_no_secret(name: str) -> None:
    assert found("no-secret-defaults", f'variable "{name}" {{\n  default = "abc"\n}}\n') == []


@pytest.mark.parametrize("name", ["db_password", "api-token", "SECRET", "client_secret", "apikey"])
def test_names_that_are_secret(name: str) -> None:
    text = f'variable "{name}" {{\n  default = "abc"\n}}\n'
    assert found("no-secret-defaults", text) == [("main.tf", 2)]
    assert found("no-secret-defaults", text.replace('"abc"', '""')) == []


#: Values that fit nowhere.
ODD = ("null", "[]", "{}", "[[1]]", '"x"', "-1", "true", "{ a = [null] }", '[{ b = 1 }, "0/0"]')


_RESOURCE = re.compile(r'resource "([a-z0-9_]+)"')
_NAME = re.compile(r"^ +([a-z_]+) +?(=|\{)", re.MULTILINE)


def odd_program(odd: str) -> str:
    """Give every name of every case, as an argument and inside of every block, an odd value."""
    blocks = []
    for place, case in enumerate(CASES):
        names = dict(_NAME.findall(case.weak))
        inner = "\n".join(f"{name} = {odd}" for name in names)
        nested = "\n".join(f"{name} {{\n{inner}\n}}" for name, sign in names.items() if sign != "=")
        for kind in _RESOURCE.findall(case.weak):
            blocks.append(f'resource "{kind}" "a{place}" {{\n{inner}\n}}')
            blocks.append(f'resource "{kind}" "b{place}" {{\n{nested}\n}}')
    blocks.append(f'variable "password" {{\ndefault = {odd}\n}}')
    blocks.append(f'provider "aws" {{\nsecret_key = {odd}\n}}')
    return "\n".join(blocks)


@pytest.mark.parametrize("odd", ODD)
def test_odd_values_never_break_a_rule(odd: str) -> None:
    config = judged(odd_program(odd))
    kinds = {kind for case in CASES for kind in _RESOURCE.findall(case.weak)}
    assert all(config.resolved().instances(kind) for kind in kinds - {"random_password"})
    for rule in RULES.values():
        list(rule.check(config))
