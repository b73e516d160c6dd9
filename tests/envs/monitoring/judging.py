"""What requirements find in hand-written answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from envs.monitoring import CATEGORY
from iac_gym.language import load_language


def found(language: str, files: str | Mapping[str, str], name: str, /, **args: Any) -> list[str]:
    """Return what a requirement finds in an answer."""
    spoken = load_language(language)
    texts = {spoken.path: files} if isinstance(files, str) else dict(files)
    check = CATEGORY.requirements[name.replace("_", "-")].check
    return [one.message for one in check(spoken.parse(texts), **args)]


def rule_file(*rules: Mapping[str, Any]) -> str:
    """Write a rule file."""
    return json.dumps({"groups": [{"name": "g", "rules": list(rules)}]})
