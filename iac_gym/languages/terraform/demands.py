"""What a provider demands although its schema does not say so: see `build_demands`.

Data: asked of the AWS provider 5.100.0 through `terraform validate` 1.11.4.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from iac_gym.languages.terraform.value_rules import Group

PATH = Path(__file__).parent / "data" / "demands.json"


class Demands(NamedTuple):
    """The paths of what must be there wherever its block is, and the groups."""

    required: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()

    def inside(self, block: str) -> tuple[str, ...]:
        """Return the names that must be there in a block ("" for the top)."""
        if not self.required:
            return ()
        return tuple(p.rpartition(".")[2] for p in self.required if p.rpartition(".")[0] == block)


NONE = Demands()


@cache
def _table() -> dict[str, dict[str, dict[str, list[list[str]]]]]:
    if not PATH.is_file():
        return {}
    found: dict[str, dict[str, dict[str, list[list[str]]]]] = json.loads(PATH.read_text())
    return found


def demands_of(provider: str, mode: str, type: str) -> Demands:
    """Return what a provider demands for a type."""
    found = _table().get(provider, {}).get(f"{mode} {type}")
    if found is None:
        return NONE
    groups = [Group(kind, tuple(paths)) for kind, all in found.items() if kind != "required"
              for paths in all]  # fmt: skip
    return Demands(tuple(str(path) for path in found.get("required", ())), tuple(groups))
