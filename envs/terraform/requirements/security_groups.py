"""Security groups, and their rules however they are written."""

from __future__ import annotations

from envs.terraform.requirements.kinds import Kind
from iac_gym.languages.terraform.network_rules import PortRule, rules_of

SECURITY_GROUP = Kind("security group", ("aws_security_group",), "name", ("id",))

__all__ = ["SECURITY_GROUP", "PortRule", "rules_of"]
