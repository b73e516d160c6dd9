"""GitLab CI pipelines, judged as GitLab's own linter judges them."""

from __future__ import annotations

from functools import lru_cache

from iac_gym.check import Rule
from iac_gym.language import Language
from iac_gym.languages.gitlab_ci.job import Job
from iac_gym.languages.gitlab_ci.model import Pipeline
from iac_gym.languages.gitlab_ci.parse import parse
from iac_gym.languages.gitlab_ci.rules import IN_ORDER
from iac_gym.verdict import Stage

__all__ = ["LANGUAGE", "Job", "Pipeline"]


@lru_cache(maxsize=4096)
def _chosen(names: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(one for one in IN_ORDER if one.name in names or one.stage is Stage.SECURITY)


def select(pipeline: Pipeline) -> tuple[Rule, ...]:
    """Return the rules that have found something, and those about security."""
    return _chosen(frozenset(pipeline.examine()))


LANGUAGE = Language(
    "gitlab_ci",
    parse,
    IN_ORDER,
    tags=("yaml", "yml", "gitlab-ci", "gitlab"),
    path=".gitlab-ci.yml",
    patterns=(".gitlab-ci.y*ml", "*.gitlab-ci.y*ml"),
    select=select,
    tiers={"library": "iac_gym.languages.gitlab_ci.tool:ask_library"},
)
