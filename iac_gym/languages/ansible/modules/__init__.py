"""The modules of Ansible: their names, and what their options may be.

`resolve` gives the whole name of a module, `spec` its options, `check` what is wrong with
arguments, `canonical` the arguments in one form: own names of options instead of aliases, values
of the option's type. Nothing is read before the first of them is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from iac_gym.languages.ansible.modules.arguments import Fault, check
from iac_gym.languages.ansible.modules.arguments import canonical as _canonical
from iac_gym.languages.ansible.modules.names import (
    action_group,
    is_removed,
    known_collection,
    resolve,
    returns_facts,
    split,
)
from iac_gym.languages.ansible.modules.specs import Option, Spec, spec

__all__ = [
    "Fault",
    "Option",
    "Spec",
    "action_group",
    "canonical",
    "check",
    "is_removed",
    "known_collection",
    "resolve",
    "returns_facts",
    "spec",
    "split",
]


def canonical(module: str, arguments: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """Return arguments in one form; those of a module that is not known stay as they are."""
    known = spec(module)
    return arguments if known is None else _canonical(known, arguments)
