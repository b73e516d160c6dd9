"""Which schema a provider's name stands for, and what cannot be judged."""

from __future__ import annotations

import pytest

from iac_gym.languages.terraform.providers import choose
from tests.languages.terraform.judging import faults, hints, judged

REQUIRED = """
terraform {
  required_providers {
    %s = {
      source  = "%s"
      version = "%s"
    }
  }
}
"""
BUCKET = 'resource "aws_s3_bucket" "a" {\n  bucket = "logs"\n}\n'


@pytest.mark.parametrize(
    ("constraint", "major", "lenient"),
    [
        ("~> 5.0", "5", False),
        (">= 5.0", "6", False),
        (">= 4.0, < 6.0", "5", False),
        ("~> 6.0", "6", False),
        ("~> 4.67", "5", True),
        ("5.31.0", "5", True),
        ("~> 7.0", "6", True),
        ("= 3.0", "5", True),
    ],
)
def test_the_version_that_is_used(constraint: str, major: str, lenient: bool) -> None:
    choice = choose("hashicorp/aws", (constraint,))
    assert choice.schema is not None
    assert choice.schema.version.split(".")[0] == major
    assert choice.lenient is lenient
    assert bool(choice.note) is lenient


def test_the_constraints_of_all_modules_hold() -> None:
    child = REQUIRED % ("aws", "hashicorp/aws", "< 6.0") + BUCKET
    files = {
        "main.tf": REQUIRED % ("aws", "hashicorp/aws", ">= 5.0")
        + 'module "a" {\n  source = "./a"\n}\n',
        "a/main.tf": child,
    }
    schema = judged(files).root.schemas["aws"]
    assert schema is not None
    assert schema.version.startswith("5.")


@pytest.mark.parametrize(
    "source", ["hashicorp/aws", "registry.terraform.io/hashicorp/aws", "HashiCorp/AWS"]
)
def test_sources(source: str) -> None:
    config = judged(REQUIRED % ("cloud", source, "~> 5.0") + BUCKET.replace("aws_s3", "cloud_s3"))
    assert config.root.schemas["cloud"] is not None
    assert "known-resource-type" in config.faults


def test_an_old_version_is_judged_where_nothing_seems_wrong() -> None:
    config = judged(REQUIRED % ("aws", "hashicorp/aws", "~> 3.0") + BUCKET)
    assert not config.faults
    assert not config.unjudged
    assert "hashicorp/aws ~> 3.0" in config.notes[0].message


def test_an_old_version_is_given_up_where_something_seems_wrong() -> None:
    old = BUCKET.replace("bucket =", "bucket_of_old =")
    config = judged(REQUIRED % ("aws", "hashicorp/aws", "~> 3.0") + old)
    assert not config.faults
    assert config.unjudged == {"aws"}


def test_references_to_attributes_of_an_old_version() -> None:
    text = REQUIRED % ("aws", "hashicorp/aws", "~> 3.0") + BUCKET
    output = 'output "a" {\n  value = aws_s3_bucket.a.%s\n}\n'
    assert not judged(text + output % "arn").unjudged
    config = judged(text + output % "old_name")
    assert not config.faults
    assert config.unjudged == {"aws"}
    newest = text.replace("~> 3.0", "~> 5.0") + output % "old_name"
    assert {rule for rule, _ in faults(newest)} == {"unsupported-attribute"}


def test_a_provider_that_nothing_uses_is_no_matter() -> None:
    config = judged(REQUIRED % ("datadog", "DataDog/datadog", "~> 3.0") + BUCKET)
    assert not config.notes
    assert not config.unjudged


def test_faults_of_the_language_hold_for_every_version() -> None:
    text = REQUIRED % ("aws", "hashicorp/aws", "~> 3.0") + BUCKET.replace("}", "  count = -1\n}")
    assert {rule for rule, _ in faults(text)} == {"repetition"}


def test_a_provider_without_a_schema() -> None:
    text = REQUIRED % ("cloudflare", "cloudflare/cloudflare", "~> 4.0")
    config = judged(text + 'resource "cloudflare_record" "a" {\n  anything = 1\n}\n')
    assert not config.faults
    assert config.unjudged == {"cloudflare"}
    assert "no schema of cloudflare/cloudflare" in config.notes[0].message


def test_a_provider_of_hashicorp_without_a_schema() -> None:
    config = judged('resource "vsphere_folder" "a" {\n  anything = 1\n}\n')
    assert not config.faults
    assert config.unjudged == {"vsphere"}


def test_a_provider_that_is_not_there() -> None:
    assert faults('resource "asw_s3_bucket" "a" {\n}\n') == {("known-provider", 1)}
    assert hints('resource "awss_vpc" "a" {\n}\n', "known-provider") == ["did you mean `aws`?"]
    other = 'resource "cloudflare_record" "a" {\n}\n'
    assert "cloudflare/cloudflare" in hints(other, "known-provider")[0]


def test_the_provider_inside_terraform() -> None:
    assert not faults('resource "terraform_data" "a" {\n  input = 1\n}\n')
    assert faults('resource "terraform_data" "a" {\n  inputs = 1\n}\n') == {
        ("unsupported-argument", 2)
    }


def test_the_meta_argument_provider() -> None:
    text = REQUIRED % ("amazon", "hashicorp/aws", "~> 5.0")
    resource = 'resource "aws_s3_bucket" "a" {\n  provider = amazon\n  bucket = "a-b-c"\n}\n'
    assert not faults(text + resource)
    assert faults(text + resource.replace("bucket =", "buckett =")) == {
        ("unsupported-argument", 11)
    }


def test_an_empty_provider_block_is_not_checked() -> None:
    use = 'resource "kubernetes_namespace" "a" {\n  metadata {\n    name = "a"\n  }\n}\n'
    assert not faults('provider "kubernetes" {\n}\n' + use)
    assert not faults('provider "azurerm" {\n}\nresource "azurerm_resource_group" "a" {\n'
                      '  name = "a"\n  location = "westeurope"\n}\n')  # fmt: skip
