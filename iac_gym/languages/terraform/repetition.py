"""The meta-arguments `count` and `for_each`, as they are checked before anything is expanded.

Source: https://developer.hashicorp.com/terraform/language/meta-arguments/for_each and `terraform
validate` 1.11.4.
"""

from __future__ import annotations

from iac_gym.formats.hcl.nodes import Attribute, Literal
from iac_gym.languages.terraform.body_values import Values
from iac_gym.languages.terraform.forms import Fault
from iac_gym.languages.terraform.types import type_name, type_of
from iac_gym.languages.terraform.values import (
    ANY,
    ANYTHING,
    NUMBER,
    STRING,
    SetValue,
    Unknown,
    Value,
)

_MOST_COUNT = 1 << 63


def check_count(values: Values, attribute: Attribute) -> None:
    """Check a `count`: a whole number, not negative, not null."""
    node = attribute.value
    if node.__class__ is Literal and node.value.__class__ is int and node.value >= 0:
        return
    value = values.converted(NUMBER, "count", node, None)
    if value is ANYTHING or isinstance(value, Unknown):
        return
    problem = ""
    if value is None:
        problem = "must not be null"
    elif value != value // 1 or abs(value) >= _MOST_COUNT:
        problem = f"must be a whole number, not {value}"
    elif value < 0:
        problem = f"must not be negative, but it is {value}"
    if problem:
        values.faults.append(Fault("repetition", attribute.at, f"`count` {problem}"))


def check_for_each(values: Values, attribute: Attribute) -> None:
    """Check a `for_each`: a map, or a set of strings."""
    value = values.evaluated(attribute.value, None)
    problem = _for_each_problem(value)
    if problem:
        hint = "a list becomes a set of strings with toset(...)"
        values.faults.append(Fault("repetition", attribute.at, f"`for_each` {problem}", hint))


def _for_each_problem(value: Value) -> str:
    if value is None:
        return "must not be null"
    if isinstance(value, Unknown):
        kind = value.type
        fine = kind == ANY or kind[0] in ("map", "object", "set")
        return "" if fine else f"must be a map or a set of strings, not a {type_name(kind)}"
    if isinstance(value, dict):
        return ""
    if not isinstance(value, SetValue):
        return f"must be a map or a set of strings, not a {_name_of(value)}"
    for item in value:
        if item is None:
            return "must not hold null"
        kind = item.type if isinstance(item, Unknown) else type_of(item)
        if kind not in (STRING, ANY):
            return f"must be a set of strings, not of {type_name(kind)}"
    return ""


def _name_of(value: Value) -> str:
    return type_name(type_of(value))
