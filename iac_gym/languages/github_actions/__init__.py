"""GitHub Actions: workflow files and `action.yml`, judged as the service judges them."""

from __future__ import annotations

from functools import lru_cache

from iac_gym.check import Rule
from iac_gym.language import Language
from iac_gym.languages.github_actions.model import Action, Job, Repository, Step, Workflow
from iac_gym.languages.github_actions.parse import parse
from iac_gym.languages.github_actions.rules import IN_ORDER
from iac_gym.verdict import Stage

__all__ = ["LANGUAGE", "Action", "Job", "Repository", "Step", "Workflow"]


@lru_cache(maxsize=4096)
def _chosen(names: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(one for one in IN_ORDER if one.name in names or one.stage is Stage.SECURITY)


def select(model: Repository) -> tuple[Rule, ...]:
    """Return the rules that have found something, and those about security."""
    model.examine()
    return _chosen(frozenset(model.faults))


LANGUAGE = Language(
    "github_actions",
    parse,
    IN_ORDER,
    tags=("yaml", "yml", "github-actions", "github_actions", "gha", "workflow"),
    path=".github/workflows/ci.yml",
    patterns=("*.github/workflows/*.y*ml", "action.y*ml", "*/action.y*ml"),
    select=select,
    tiers={"tool": "iac_gym.languages.github_actions.tool:ask_workflow_parser"},
)
