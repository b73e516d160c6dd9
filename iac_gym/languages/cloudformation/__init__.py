"""CloudFormation templates, judged as the service and cfn-lint judge them."""

from __future__ import annotations

from functools import lru_cache

from iac_gym.check import Rule
from iac_gym.language import Language
from iac_gym.languages.cloudformation.model import Resource, Template
from iac_gym.languages.cloudformation.parse import parse
from iac_gym.languages.cloudformation.rules import IN_ORDER
from iac_gym.languages.cloudformation.rules.security_checks import names_for

__all__ = ["LANGUAGE", "Resource", "Template"]


@lru_cache(maxsize=4096)
def _chosen(names: frozenset[str], types: frozenset[str]) -> tuple[Rule, ...]:
    """Return the rules of these names, and those about the security of these types."""
    every = names | names_for(types)
    return tuple(one for one in IN_ORDER if one.name in every)


def select(template: Template) -> tuple[Rule, ...]:
    """Return the rules that have found something, and those about security that may."""
    types = frozenset([resource.type for resource in template.resources.values()])
    return _chosen(frozenset(template.faults), types)


#: Keys at the top that no other kind of YAML or JSON file here has.
_CONTENT = r"""(?m)^(?:'?|\s*\{?\s*")(?:AWSTemplateFormatVersion|Resources)["']?\s*:"""

LANGUAGE = Language(
    "cloudformation",
    parse,
    IN_ORDER,
    tags=("yaml", "yml", "json", "cloudformation", "cfn"),
    path="template.yaml",
    patterns=("*.y*ml", "*.json", "*.template"),
    content=_CONTENT,
    select=select,
    tiers={
        "library": "iac_gym.languages.cloudformation.tool:ask_cfn_lint",
        "tool": "iac_gym.languages.cloudformation.tool:ask_cfn_lint",
    },
)
