"""Terraform configurations: what `terraform validate` accepts."""

from __future__ import annotations

from functools import lru_cache

from iac_gym.check import Rule
from iac_gym.language import Language
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.parse import parse
from iac_gym.languages.terraform.rules import IN_ORDER
from iac_gym.verdict import Stage


@lru_cache(maxsize=4096)
def _chosen(names: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(one for one in IN_ORDER if one.name in names or one.stage is Stage.SECURITY)


def select(config: Configuration) -> tuple[Rule, ...]:
    """Return the rules that have found something, and those about security."""
    config.examine()
    names = frozenset((*config.faults, "not-judged") if config.notes else config.faults)
    return _chosen(names)


LANGUAGE = Language(
    "terraform",
    parse,
    IN_ORDER,
    tags=("hcl", "terraform", "tf"),
    path="main.tf",
    patterns=("*.tf", "*.tf.json"),
    select=select,
    tiers={
        "library": "iac_gym.languages.terraform.tool:ask_library",
        "tool": "iac_gym.languages.terraform.tool:ask_terraform",
    },
)
