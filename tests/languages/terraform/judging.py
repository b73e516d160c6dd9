"""What tests of the Terraform language share: programs judged, faults as (rule, line)."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.parse import parse


def judged(files: str | Mapping[str, str]) -> Configuration:
    """Parse and examine a program: the text of main.tf, or files by path."""
    given = {"main.tf": files} if isinstance(files, str) else files
    config = parse({path: dedent(text).lstrip("\n") for path, text in given.items()})
    config.examine()
    return config


def faults(files: str | Mapping[str, str]) -> set[tuple[str, int]]:
    """Return the faults of a program as (rule, line)."""
    found = judged(files).faults
    return {(rule, one.line) for rule, findings in found.items() for one in findings}


def hints(files: str | Mapping[str, str], rule: str) -> list[str]:
    """Return the hints of the faults of one rule."""
    return [one.hint for one in judged(files).faults.get(rule, ())]
