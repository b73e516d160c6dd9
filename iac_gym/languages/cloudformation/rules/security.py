"""All rules about security. They are reported, and count only where a task asks for them."""

from __future__ import annotations

from iac_gym.check import Rule
from iac_gym.languages.cloudformation.rules import (
    security_access,
    security_network,
    security_storage,
)
from iac_gym.languages.cloudformation.rules.security_checks import findings, violations

__all__ = ["IN_ORDER", "findings", "violations"]

IN_ORDER: tuple[Rule, ...] = (
    *security_storage.IN_ORDER,
    *security_network.IN_ORDER,
    *security_access.IN_ORDER,
)
