"""The declarations of variables: type, default, and what callers must know of them.

Source: https://developer.hashicorp.com/terraform/language/values/variables and what `terraform
validate` 1.11.4 says.
"""

from __future__ import annotations

from typing import NamedTuple

from iac_gym.formats.hcl.nodes import Attribute, Literal, Node
from iac_gym.languages.terraform.access import EvalError
from iac_gym.languages.terraform.constraints import parse_type
from iac_gym.languages.terraform.model import Configuration, Module, Variable
from iac_gym.languages.terraform.structure import constant
from iac_gym.languages.terraform.types import ConversionError, convert
from iac_gym.languages.terraform.values import ANY, ANYTHING, BOOL, Type, Value

_PLAIN = {"string": str, "bool": bool, "number": int}


class Problem(NamedTuple):
    """Something wrong with a declaration: the arguments of `Configuration.fault`."""

    rule: str
    at: int
    message: str
    hint: str = ""


def declare(config: Configuration, module: Module) -> list[Problem]:
    """Fill type, defaults, `sensitive` and `nullable` of a module's variables."""
    problems: list[Problem] = []
    for variable in module.variables.values():
        attributes = variable.body.attributes
        if "type" in attributes:
            _type(variable, attributes["type"], problems)
        if "sensitive" in attributes:
            variable.sensitive = is_true(attributes["sensitive"])
        if "nullable" in attributes:
            variable.nullable = not is_false(attributes["nullable"])
        if "default" in attributes:
            _default(variable, attributes["default"], problems)
    return problems


def _flag(attribute: Attribute) -> Value:
    """Return the value of a constant bool; None for anything else, which others report."""
    node = attribute.value
    if isinstance(node, Literal) and isinstance(node.value, bool):
        return node.value
    try:
        return convert(constant(node), BOOL)
    except (EvalError, ConversionError):
        return None


def is_true(attribute: Attribute | None) -> bool:
    """Whether a constant argument is set to true."""
    return attribute is not None and _flag(attribute) is True


def is_false(attribute: Attribute) -> bool:
    """Whether a constant argument is set to false."""
    return _flag(attribute) is False


def _type(variable: Variable, attribute: Attribute, problems: list[Problem]) -> None:
    node = attribute.value
    json = variable.body.json
    try:
        variable.type, variable.defaults = parse_type(node, json=json)
    except EvalError as error:
        at = node.at if json else error.at
        problems.append(Problem("variable-type", at, error.message, error.hint))


def _default(variable: Variable, attribute: Attribute, problems: list[Problem]) -> None:
    node = attribute.value
    kind = variable.type
    value: Value
    if isinstance(node, Literal):
        value = node.value
        if isinstance(kind, str) and value.__class__ is _PLAIN.get(kind):
            return
    else:
        try:
            value = constant(node)
        except EvalError as error:
            hint = error.hint or "a default is a constant; use a local value to compute one"
            problems.append(Problem("expression", error.at, error.message, hint))
            return
    if value is None:
        if not variable.nullable:
            message = "null is no default for a variable with nullable = false"
            problems.append(Problem("variable-default", node.at, message))
        return
    try:
        convert(value, kind, variable.defaults)
    except ConversionError as error:
        message = f"the default of `{variable.name}` is not of its type: {error}"
        problems.append(Problem("variable-default", node.at, message))


def default_of(variable: Variable) -> Value:
    """Return the default as it is seen inside the module; unknown where there is none."""
    if variable.default is None:
        return ANYTHING
    return fitted(variable, _constant_or_unknown(variable.default.value))


def _constant_or_unknown(node: Node) -> Value:
    try:
        return constant(node)
    except EvalError:
        return ANYTHING


def fitted(variable: Variable, value: Value) -> Value:
    """Convert a value to a variable's type; one that does not fit is unknown."""
    kind: Type = variable.type
    try:
        return value if kind == ANY else convert(value, kind, variable.defaults)
    except ConversionError:
        return ANYTHING
