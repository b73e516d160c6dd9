"""Declarations: the verdicts of the real tool, and what is said about them."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from iac_gym.formats.hcl.nodes import Literal
from iac_gym.languages.terraform.addresses import BadAddress, read_address
from iac_gym.languages.terraform.cycles import reference_of
from iac_gym.languages.terraform.parse import parse
from iac_gym.languages.terraform.requirements import source_problem
from tests.languages.terraform import (
    case_reading,
    cases_aliases,
    cases_declarations,
    cases_references,
    cases_structure,
)
from tests.languages.terraform.judging import faults, hints

CASES = [
    *case_reading.read(cases_declarations.TEXT),
    *case_reading.read(cases_structure.TEXT),
    *case_reading.read(cases_aliases.TEXT),
]


#: Programs that are judged otherwise than by the real tool, with the reason.
DIFFERENT = {
    "count-too-huge": "numbers above 2**63 are not exact",
    "condition-not-bool": "the condition of a resource is not converted while validating",
    "terraform-required-version-null": "null stands for no constraint",
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_verdict_of_the_real_tool(case: case_reading.Case, request: Any) -> None:
    if case.name in DIFFERENT:
        request.applymarker(pytest.mark.xfail(reason=DIFFERENT[case.name], strict=True))
    case_reading.check(case)


def test_places_of_faults() -> None:
    assert faults(
        """
        variable "a" {
          type    = number
          default = "x"
        }
        module "m" {
          source = "net"
        }
        terraform {
          required_version = "< 1.0"
        }
        """
    ) == {("variable-default", 3), ("module-source", 6), ("required-version", 9)}


def test_the_message_of_a_broken_validation_is_told() -> None:
    files = {
        "main.tf": 'module "m" {\n  source = "./m"\n  x      = "a"\n}\n',
        "m/main.tf": (
            'variable "x" {\n  validation {\n    condition     = length(var.x) > 3\n'
            '    error_message = "Too short: ${var.x}."\n  }\n}\n'
        ),
    }
    assert faults(files) == {("condition-holds", 1)}
    assert hints(files, "condition-holds") == ["Too short: a."]


def test_remote_modules_are_noted_and_not_judged() -> None:
    config = parse(
        {
            "main.tf": 'module "m" {\n  source  = "terraform-aws-modules/vpc/aws"\n'
            '  version = "~> 5.0"\n  name    = var.name\n}\n'
            'variable "name" {}\noutput "o" {\n  value = module.m.vpc_id[0].x\n}\n'
        }
    )
    config.examine()
    assert not config.faults
    assert any("not part of the answer" in note.message for note in config.notes)


@pytest.mark.parametrize(
    "source",
    [
        "terraform-aws-modules/vpc/aws",
        "terraform-aws-modules/iam/aws//modules/iam-user",
        "app.terraform.io/example/vpc/aws",
        "github.com/hashicorp/example",
        "git::https://example.com/vpc.git?ref=v1.2.0",
        "git@github.com:hashicorp/example.git",
        "https://example.com/module.zip",
        "s3::https://s3-eu-west-1.amazonaws.com/bucket/vpc.zip",
    ],
)
def test_remote_sources(source: str) -> None:
    assert not faults(f'module "m" {{\n  source = "{source}"\n}}\n')


@pytest.mark.parametrize("source", ["network", "modules/network", "", "a//b", "Terraform AWS/x/y"])
def test_what_is_no_source(source: str) -> None:
    assert faults(f'module "m" {{\n  source = "{source}"\n}}\n') == {("module-source", 2)}


@pytest.mark.parametrize(
    ("source", "fine"),
    [
        ("hashicorp/aws", True),
        ("aws", True),
        ("registry.terraform.io/hashicorp/aws", True),
        ("localhost:8080/a/b", True),
        ("Hashicorp/AWS", True),
        ("a/b/c/d", False),
        ("host/a/b", False),
        ("a//b", False),
        ("hashi_corp/aws", False),
        ("hashicorp/terraform-provider-aws", False),
        ("-/aws", False),
    ],
)
def test_sources_of_providers(source: str, fine: bool) -> None:
    assert (source_problem(source) == "") is fine


@pytest.mark.parametrize(
    "text",
    ["module", "module.a.module", "var.a", "aws_vpc", "aws_vpc.a.id", "data.aws_ami", 'a["b"].c'],
)
def test_what_is_no_address(text: str) -> None:
    ref = reference_of(Literal(0, text))
    assert ref is not None
    with pytest.raises(BadAddress):
        read_address(ref)


def test_addresses() -> None:
    ref = reference_of(Literal(0, 'module.a["x"].module.b.data.aws_ami.c[0]'))
    assert ref is not None
    found = read_address(ref)
    assert found.modules == ("a", "b")
    assert (found.mode, found.type, found.name, found.key) == ("data", "aws_ami", "c", 0)


@pytest.mark.parametrize(
    ("expression", "sensitive"),
    [
        ("var.s", True),
        ('"x${var.s}"', True),
        ("[for k, v in { a = var.s } : k]", False),
        ("[for k, v in { a = var.s } : v]", True),
        ("{ (var.s) = 1 }", True),
        ("merge({ a = 1 }, { b = var.s }).a", False),
        ("merge({ a = 1 }, { b = var.s }).b", True),
        ('lookup({ a = var.s }, "b", 1)', False),
        ("[1, var.s][0]", False),
        ("[1, var.s][1]", True),
        ("tolist([var.s])[*]", True),
        ("nonsensitive(var.s)", False),
        ("upper(var.s)", True),
        ("var.s == 1", True),
        ("!var.s", False),
        ('"%{ if var.s }a%{ endif }"', True),
        ('"%{ for x in [var.s] }${x}%{ endfor }"', True),
        ("try(local.nope, 1)", False),
        ('file("missing.txt")', False),
    ],
)
def test_sensitive_outputs(expression: str, sensitive: bool) -> None:
    program = (
        'variable "s" {\n  type = bool\n  sensitive = true\n}\n'
        f'locals {{\n  l = {expression}\n  nope = null\n}}\noutput "o" {{\n  value = local.l\n}}\n'
    )
    found = {rule for rule, _ in faults(program)}
    assert ("output-sensitive" in found) is sensitive


def _calls(target: str, number: int) -> str:
    return "".join(f'module "c{i}" {{\n source = "{target}"\n}}\n' for i in range(number))


def _repeated(line: str, number: int) -> str:
    return "".join(line.format(i=i, next=i + 1) for i in range(number))


def _locals(line: str) -> str:
    return "locals {\n" + _repeated(line, 2000) + "}\n"


HOSTILE = {
    "a chain of resources": {
        "main.tf": _repeated(
            'resource "terraform_data" "r{i}" {{\n input = terraform_data.r{next}.id\n}}\n', 700
        )
    },
    "calls that multiply": {
        "main.tf": _calls("./m0", 1),
        **{f"m{i}/main.tf": _calls(f"../m{i + 1}", 8) for i in range(6)},
        "m6/main.tf": "",
    },
    "calls in circles": {
        "main.tf": _calls("./m0", 1),
        **{f"m{i}/main.tf": _calls(f"../m{(i + 1) % 150}", 8) for i in range(150)},
    },
    "locals that use themselves": {"main.tf": _locals(" l{i} = local.l{i}\n")},
    "a chain of locals": {"main.tf": _locals(" l{i} = local.l{next}\n")},
    "a chain of secrets": {
        "main.tf": _locals(" l{i} = local.l{next}\n")
        + 'output "o" {\n value = [sensitive(1), local.l0]\n}\n'
    },
    "names that do not exist": {
        "main.tf": _repeated('output "o{i}" {{\n value = nope{i}.x\n}}\n', 1500)
    },
    "many aliases": {
        "main.tf": _repeated('provider "terraform" {{\n alias = "p{i}"\n}}\n', 400)
        + _repeated('resource "terraform_data" "r{i}" {{\n provider = terraform.q{i}\n}}\n', 600)
    },
}


@pytest.mark.parametrize("files", HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_programs_end(files: dict[str, str]) -> None:
    parse(files).examine()


@pytest.mark.tool
@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
def test_terraform_still_says_the_same() -> None:
    """Programs that need no provider from outside are checked one by one."""
    cases = [*CASES, *case_reading.read(cases_references.TEXT)]
    wrong = []
    for case in cases:
        if not any("aws" in text for text in case.files.values()):
            with tempfile.TemporaryDirectory(prefix="iac-gym-cases-") as folder:
                if _accepted(Path(folder), case.files) is bool(case.rule):
                    wrong.append(case.name)
    assert wrong == []


def _accepted(folder: Path, files: Mapping[str, str]) -> bool:
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    for words in (["init", "-backend=false", "-input=false"], ["validate"]):
        done = subprocess.run(["terraform", *words], cwd=folder, capture_output=True, check=False)
        if done.returncode:
            return False
    return True
