"""The rules of workflows and actions, in the order in which they run.

Every module that is there is taken, with every `Rule` in it.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from iac_gym.check import Rule

_MODULES = (
    "schema",
    "expressions",
    "events",
    "jobs",
    "steps",
    "actions",
    "inputs",
    "security",
    "security_injection",
    "security_actions",
    "notices",
)

IN_ORDER: tuple[Rule, ...] = tuple(
    sorted(
        (
            value
            for name in _MODULES
            if find_spec(f"{__name__}.{name}")
            for value in vars(import_module(f"{__name__}.{name}")).values()
            if isinstance(value, Rule)
        ),
        key=lambda one: one.stage,
    )
)
