"""The values of expressions: `evaluate(node, scope)`.

An error is raised exactly where the real tool reports one for values and types that are known;
what is not known gives `Unknown`s, which say what references they are made of.

A scope has `resolve(traversal)` and `read_file(path)`. It may have `resolved = True`: then `try`
returns partly unknown values as they are, where Terraform would not commit itself yet. Work is
counted in its attribute `steps`: what is left of it; beyond that, results are unknown.

Source: https://developer.hashicorp.com/terraform/language/expressions
"""

from __future__ import annotations

from iac_gym.languages.terraform import branches, function_calls, loops, rendering
from iac_gym.languages.terraform.access import EvalError, follow, get_attribute, get_index
from iac_gym.languages.terraform.evaluator import CONSTANTS, STEPS, Scope, evaluate

__all__ = [
    "CONSTANTS",
    "STEPS",
    "EvalError",
    "Scope",
    "evaluate",
    "follow",
    "get_attribute",
    "get_index",
]

#: The modules that know the other types of nodes: they enter them into the evaluator's table.
NODE_MODULES = (branches, function_calls, loops, rendering)
