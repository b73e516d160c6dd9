"""The rules of Alertmanager configurations, in the order in which they run."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from iac_gym.check import Rule

_MODULES = ("structure", "references", "settings", "security", "notices")

IN_ORDER: tuple[Rule, ...] = tuple(
    value
    for name in _MODULES
    if find_spec(f"{__name__}.{name}")
    for value in vars(import_module(f"{__name__}.{name}")).values()
    if isinstance(value, Rule)
)
