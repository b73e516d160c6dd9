"""The rules of pipeline specs, in the order in which they run."""

from __future__ import annotations

from importlib import import_module

from iac_gym.check import Rule

_MODULES = ("schema", "references", "semantics", "notices")

IN_ORDER: tuple[Rule, ...] = tuple(
    value
    for name in _MODULES
    for value in vars(import_module(f"{__name__}.{name}")).values()
    if isinstance(value, Rule)
)
