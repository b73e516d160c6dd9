"""Environments are found through the entry-point group `iac_gym.envs`: one line each.

`"IaC-K8s-v0" = "envs.kubernetes:KubernetesEnv"` in any package's metadata is all that it takes;
nothing is imported until the environment is asked for.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from iac_gym.category import Category
from iac_gym.errors import unknown

if TYPE_CHECKING:
    from iac_gym.env import IaCEnv

GROUP = "iac_gym.envs"


@cache
def _entries() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in sorted(entry_points(group=GROUP))}


def env_ids() -> tuple[str, ...]:
    """Return the ids of all installed environments, sorted."""
    return tuple(_entries())


def entry_point(env_id: str) -> str:
    """Return `module:Class` of an environment without importing it."""
    return _entry(env_id).value


def _entry(env_id: str) -> EntryPoint:
    if env_id not in _entries():
        raise unknown("environment", env_id, env_ids(), "`iac-gym list` describes them.")
    return _entries()[env_id]


@cache
def env_class(env_id: str) -> type[IaCEnv]:
    """Import an environment's class; an unknown id raises `UnknownName`."""
    found: type[IaCEnv] = _entry(env_id).load()
    return found


def category_of(env_id: str) -> Category:
    """Return an environment's category; an unknown id raises `UnknownName`."""
    found: Category = env_class(env_id).category
    return found
