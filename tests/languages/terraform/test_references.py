"""What is named exists, and may be named where it is: the verdicts of the real tool."""

from __future__ import annotations

import pytest

from iac_gym.check import Rule
from iac_gym.languages.terraform.parse import parse
from iac_gym.languages.terraform.rules import declarations, references
from tests.languages.terraform import case_reading, cases_aws, cases_references

CASES = [*case_reading.read(cases_references.TEXT), *case_reading.read(cases_aws.TEXT)]
PAGES = [
    rule
    for module in (references, declarations)
    for rule in vars(module).values()
    if isinstance(rule, Rule)
]


def _faults(text: str) -> set[str]:
    return set(case_reading.faults({"main.tf": text + "\n"}))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_verdict_of_the_real_tool(case: case_reading.Case) -> None:
    case_reading.check(case)


@pytest.mark.parametrize("rule", PAGES, ids=lambda rule: rule.name)
def test_examples_of_the_page(rule: Rule) -> None:
    assert rule.name in _faults(rule.section("Bad"))
    assert not _faults(rule.section("Good"))


def test_places_and_hints() -> None:
    text = 'variable "region" {}\noutput "o" {\n  value = "x-${var.regoin}"\n}\n'
    config = parse({"main.tf": text})
    config.examine()
    (found,) = config.faults["undeclared-reference"]
    assert (found.file, found.line, found.column) == ("main.tf", 3, 16)
    assert found.hint == "did you mean `region`?"


@pytest.mark.parametrize(
    ("reference", "hint"),
    [
        ("vars.a", "write var.a"),
        ("local.a", "there is a variable: var.a"),
        ("t3.micro", 'write "t3.micro" in quotes if it is a text'),
        ("terraform_remote_state.s.outputs", "there is a data source"),
        ("terraform_data.won.id", "did you mean `terraform_data.one`?"),
        ("terraform_data.one.idd", "did you mean `id`?"),
        ("terraform_data.one[0]", "write terraform_data.one"),
        ("a", "there is a variable: var.a"),
    ],
)
def test_hints(reference: str, hint: str) -> None:
    declared = (
        'variable "a" {}\nresource "terraform_data" "one" {}\n'
        'data "terraform_remote_state" "s" {\n  backend = "local"\n}\n'
    )
    config = parse({"main.tf": f'{declared}output "o" {{\n  value = {reference}\n}}\n'})
    config.examine()
    hints = [finding.hint for found in config.faults.values() for finding in found]
    assert any(hint in given for given in hints), hints


def test_a_reference_is_reported_once() -> None:
    text = 'locals {\n  a = var.nope\n}\noutput "o" {\n  value = local.a\n}\n'
    config = parse({"main.tf": text})
    config.examine()
    assert [f.line for f in config.faults["undeclared-reference"]] == [2]
    assert set(config.faults) == {"undeclared-reference"}
