"""What all sorts of calls have in common: expanded arguments, and calls that take expressions."""

from __future__ import annotations

from collections.abc import Callable

from iac_gym.formats.hcl.nodes import Call
from iac_gym.languages.terraform.access import EvalError
from iac_gym.languages.terraform.evaluator import Names, Scope
from iac_gym.languages.terraform.values import ANY, Unknown, Value

#: Functions that take expressions instead of values.
LAZY: dict[str, Callable[[Call, Scope, Names], Value]] = {}


def expand(arguments: list[Value], node: Call) -> bool:
    """Replace the last argument by its elements; False where they are unknown."""
    last = arguments[-1]
    at = node.args[-1].at
    if last is None:
        raise EvalError("the argument before `...` is null", at)
    kind = last.type if isinstance(last, Unknown) else None
    if kind == ANY or (isinstance(kind, tuple) and kind[0] in ("list", "set", "tuple")):
        return False
    if not isinstance(last, list):
        raise EvalError("the argument before `...` must be a list, set or tuple", at)
    arguments[-1:] = last
    return True
