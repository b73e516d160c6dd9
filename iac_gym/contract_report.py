"""The result of `iac-gym validate` as a JSON file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from iac_gym.category import Category
from iac_gym.errors import IaCGymError
from iac_gym.provenance import provenance
from iac_gym.testing import Check, Problem, facts_of


def write_report(
    path: Path, category: Category, depth: int, found: Mapping[Check, list[Problem]]
) -> None:
    """Write what was checked, what was found, and with what, to `path`."""
    data = {
        "env": category.env_id,
        "depth": depth,
        "facts": facts_of(category),
        "provenance": provenance(),
        "checks": [
            {
                "name": check.__name__,
                "says": " ".join((check.__doc__ or "").split()),
                "problems": [problem.message for problem in problems],
            }
            for check, problems in found.items()
        ],
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise IaCGymError(f"Cannot write the report to {path}: {error.strerror}.") from None
