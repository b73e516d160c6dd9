"""The rules of CloudFormation templates, in order."""

from __future__ import annotations

from iac_gym.check import Rule
from iac_gym.languages.cloudformation.rules import (
    functions,
    references,
    schema,
    sections,
    security,
)

IN_ORDER: tuple[Rule, ...] = (
    *sections.IN_ORDER,
    *schema.IN_ORDER,
    *references.IN_ORDER,
    *functions.IN_ORDER,
    *security.IN_ORDER,
)
