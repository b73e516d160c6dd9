"""Version constraints mean what they mean to Terraform."""

from __future__ import annotations

import pytest

from iac_gym.languages.terraform.versions import (
    BadConstraint,
    provider_satisfies,
    read_constraints,
    read_provider_constraints,
    satisfies,
)

CORE = "1.11.4"
PROVIDER = "5.100.0"

#: What `terraform init` 1.11.4 says to `required_version`.
MET = [
    "~> 0", "~> 1", "~> 1.10", "~> 1.11.3", "~>1.0", ">= 1.0, < 2", "1.11.4", "= 1.11.4", "v1.11.4",
    ">= v1.0", "1.11.4.0", ">= 01.0", ">= 1.11.4+meta", "= 1.11.4+x", "<= 1.11.4", "!= 1.0",
]  # fmt: skip
NOT_MET = [
    "~> 1.11.5", "~> 1.10.0", "1.11", "!= 1.11.4", "~> 1.11.4.0", ">= 1.11.4.1", "< 1.11.4",
    "~> 1.11.4.2", ">= 1.0, < 1.11", "~> 1.11.4-beta1",
]  # fmt: skip
NO_CONSTRAINT = [
    "", " ", ">=", ">= 1.x", "=> 1.0", ">= 1.0,", ">= 1.0 < 2", ">=1.0||<2", "1.11.*", "latest",
    "== 1.11.4", "^1.0", ">= 1.0,, < 2", "~> 1.0\n;", "1..2",
]  # fmt: skip
PROVIDER_MET = [
    "~> 5", "~> 5.0", "~> 5.100", ">= 4.0, < 6", "5.100.0", "= 5.100.0", "5.100", ">= 5.0-beta",
    "~>5.0", ">= 05.0", ">= 5", "> 5,<6", "~> 5.100.0",
]  # fmt: skip
PROVIDER_NOT_MET = ["~> 0", "~> 4", "!= 5.100.0", "5", ">= 6.0", "~> 5.99.0"]
PROVIDER_BAD = ["v5.100.0", ">= v1.0", "5.100.0.0", ">= 5.0.0.0", "5.*", "", "latest"]


@pytest.mark.parametrize("constraint", MET)
def test_a_constraint_that_is_met(constraint: str) -> None:
    assert satisfies(CORE, constraint)


@pytest.mark.parametrize("constraint", NOT_MET)
def test_a_constraint_that_is_not_met(constraint: str) -> None:
    assert not satisfies(CORE, constraint)


@pytest.mark.parametrize("constraint", NO_CONSTRAINT)
def test_what_is_no_constraint(constraint: str) -> None:
    with pytest.raises(BadConstraint):
        read_constraints(constraint)


@pytest.mark.parametrize("constraint", PROVIDER_MET)
def test_a_provider_constraint_that_is_met(constraint: str) -> None:
    assert provider_satisfies(PROVIDER, constraint)


@pytest.mark.parametrize("constraint", PROVIDER_NOT_MET)
def test_a_provider_constraint_that_is_not_met(constraint: str) -> None:
    assert not provider_satisfies(PROVIDER, constraint)


@pytest.mark.parametrize("constraint", PROVIDER_BAD)
def test_what_is_no_provider_constraint(constraint: str) -> None:
    with pytest.raises(BadConstraint):
        read_provider_constraints(constraint)


def test_one_part_leaves_the_major_version_free_for_terraform_alone() -> None:
    assert satisfies("6.1.0", "~> 5")
    assert not provider_satisfies("6.1.0", "~> 5")


def test_order_of_pre_releases() -> None:
    assert satisfies("2.0.0-rc2", "> 2.0.0-rc1")
    assert satisfies("2.0.0-alpha.10", "> 2.0.0-alpha.9")
    assert not satisfies("2.0.0-rc1", ">= 1.0")
    assert not satisfies("2.0.0-rc1", ">= 2.0.0")


def test_hostile_constraints_end_quickly() -> None:
    for text in (
        "9" * 100_000,
        "1." * 50_000,
        ">= 1.0," * 20_000,
        "-a" * 50_000,
        "1-" + "~" * 9**5,
    ):
        try:
            read_constraints(text)
        except BadConstraint:
            continue
