"""Cycles are found wherever they are, and only there."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from iac_gym.languages.terraform.parse import parse
from tests.languages.terraform.judging import faults


def _messages(text: str) -> list[str]:
    config = parse({"main.tf": text})
    config.examine()
    return [finding.message for finding in config.faults.get("dependency-cycle", ())]


def test_the_members_of_a_cycle_are_listed() -> None:
    text = (
        'resource "terraform_data" "a" {\n input = local.b\n}\n'
        "locals {\n b = terraform_data.c.id\n}\n"
        'resource "terraform_data" "c" {\n input = terraform_data.a.id\n}\n'
        'resource "terraform_data" "d" {\n input = terraform_data.a.id\n}\n'
    )
    (message,) = _messages(text)
    assert message == "these depend on one another: local.b, terraform_data.a, terraform_data.c"


def test_each_cycle_is_told_once() -> None:
    text = "locals {\n a = local.b\n b = local.a\n c = local.d\n d = local.c\n e = local.a\n}\n"
    assert len(_messages(text)) == 2


def test_a_provider_that_needs_its_own_resource() -> None:
    assert ("dependency-cycle", 1) in faults(
        """
        provider "aws" {
          region = aws_instance.a.availability_zone
        }
        resource "aws_instance" "a" {
          ami           = "ami-12345678"
          instance_type = "t3.micro"
        }
        """
    )


def test_a_provider_that_needs_another_ones_resource() -> None:
    assert not faults(
        """
        provider "aws" {
          region = terraform_data.region.output
        }
        resource "terraform_data" "region" {
          input = "us-east-1"
        }
        resource "aws_instance" "a" {
          ami           = "ami-12345678"
          instance_type = "t3.micro"
        }
        """
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=24))
def test_as_a_plain_search_finds_it(edges: list[tuple[int, int]]) -> None:
    targets: dict[int, set[int]] = {i: set() for i in range(12)}
    for origin, target in edges:
        if origin != target:
            targets[origin].add(target)
    text = "".join(
        f'resource "terraform_data" "r{i}" {{\n'
        f"  input = [{', '.join(f'terraform_data.r{j}.id' for j in sorted(found))}]\n}}\n"
        for i, found in targets.items()
    )
    assert bool(_messages(text)) is _cyclic(targets)


def _cyclic(targets: dict[int, set[int]]) -> bool:
    left = dict(targets)
    while True:
        free = [node for node, found in left.items() if not found & left.keys()]
        if not free:
            return bool(left)
        for node in free:
            del left[node]
