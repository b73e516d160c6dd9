"""Programs with one mistake each are judged as the real tool judged them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from iac_gym.check import ParseError
from tests.languages.terraform.judging import judged
from tests.languages.terraform.mutants import mutants

GOLDEN = json.loads((Path(__file__).parent / "golden" / "mutants.json").read_text())
PINNED = """
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}
"""


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """All programs by name."""
    return dict(mutants())


def _refused(text: str) -> bool:
    try:
        return bool(judged(text + PINNED).faults)
    except ParseError:
        return True


def test_no_valid_program_is_refused(texts: dict[str, str]) -> None:
    refused = [name for name in GOLDEN["valid"] if _refused(texts[name])]
    assert refused == []


def test_what_terraform_itself_refuses_is_refused(texts: dict[str, str]) -> None:
    accepted = [name for name in GOLDEN["core"] if not _refused(texts[name])]
    assert accepted == []


def test_what_the_provider_refuses_is_refused_but_for_known_misses(texts: dict[str, str]) -> None:
    accepted = {name for name in GOLDEN["value"] if not _refused(texts[name])}
    assert accepted <= set(GOLDEN["missed"])
