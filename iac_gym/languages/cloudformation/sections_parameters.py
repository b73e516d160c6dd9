"""Parameters: their keys, types and constraints, and whether the default meets them.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.cloudformation.allowed_patterns import refuses
from iac_gym.languages.cloudformation.folded import as_text
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.parameters import TYPES, is_list
from iac_gym.languages.cloudformation.sections import entries, text

_RULE = "parameters"
_COMMON = (*("AllowedValues", "ConstraintDescription", "Default", "Description", "NoEcho", "Type"),)
_NUMBER = frozenset((*_COMMON, "MaxValue", "MinValue"))
_OTHER = frozenset((*_COMMON, "AllowedPattern", "MaxLength", "MinLength"))
#: Longest default and longest description.
MOST_VALUE, MOST_DESCRIPTION = 4096, 4000
_OPEN = ("AWS::SSM::Parameter::Value<", "List<")
_BOOLEAN = ("true", "false", "True", "False")


def examine_parameters(template: Template) -> None:
    """Check every parameter."""
    resources = template.resources
    marks = getattr(template.tree.get("Parameters"), "key_marks", {})
    for name, body, mark in entries(template, "Parameters", _RULE):
        if name in resources:
            message = f"`{name[:60]}` is the name of a parameter and of a resource"
            template.fault("unique-names", marks.get(name, mark), message)
        if body.__class__ is not YamlMap:
            template.fault(_RULE, mark, f"the parameter `{name[:60]}` must be a mapping")
            continue
        kind = body.get("Type")
        if kind is None:
            template.fault(_RULE, marks.get(name, mark), f"`{name[:60]}` has no `Type`")
        elif kind.__class__ is not str or not (kind in TYPES or kind.startswith(_OPEN)):
            message = f"there is no parameter type `{str(kind)[:60]}`"
            template.fault(_RULE, body.marks["Type"], message, template.near(str(kind), TYPES))
        _fields(template, body, str(kind))
        if body.get("Default") is not None:
            _default(template, body, str(kind))


def _fields(template: Template, body: YamlMap, kind: str) -> None:
    known = _NUMBER if kind == "Number" else _OTHER
    for key, value in body.items():
        if key not in known:
            message = f"a parameter of type {kind[:40]} has no `{str(key)[:60]}`"
            hint = template.near(str(key), known)
            template.fault(_RULE, body.key_marks[key], message, hint)
        elif key in ("Description", "ConstraintDescription"):
            text(template, _RULE, body, key, MOST_DESCRIPTION)
        elif key == "AllowedValues":
            _allowed_values(template, value, body.marks[key])
        elif (problem := _problem(key, value)) != "":
            template.fault(_RULE, body.marks[key], f"`{key}` must be {problem}")


def _problem(key: str, value: Any) -> str:
    """Say what a field of a parameter must be, "" where it is that."""
    if key == "Default":
        return "a text or a number" if value is None or isinstance(value, dict | list) else ""
    if key == "AllowedPattern":
        return "" if value.__class__ is str else "a text"
    if key == "NoEcho":
        return "" if isinstance(value, bool) or value in _BOOLEAN else "true or false"
    if key in ("MaxLength", "MinLength"):
        return "" if _number(value) is not None and "." not in str(value) else "a whole number"
    if key in ("MaxValue", "MinValue"):
        return "" if _number(value) is not None else "a number"
    return ""


def _allowed_values(template: Template, value: Any, mark: Mark) -> None:
    if value.__class__ is not YamlList:
        template.fault(_RULE, mark, "`AllowedValues` must be a list")
        return
    for item, at in zip(value, value.marks, strict=True):
        if item is None or isinstance(item, dict | list):
            template.fault(_RULE, at, "an allowed value must be a text or a number")


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if abs(value) < 1e300 else None
    if isinstance(value, str) and len(value) < 40:
        try:
            return float(value)
        except ValueError:
            return None
    return None


# --- defaults -------------------------------------------------------------------------------------


def _default(template: Template, body: YamlMap, kind: str) -> None:
    """Check a default against the constraints of its parameter."""
    value = body["Default"]
    if isinstance(value, dict | list):
        return
    whole = as_text(value)
    if len(whole) > MOST_VALUE:
        message = f"the default has {len(whole)} characters; {MOST_VALUE} are allowed"
        template.fault("limits", body.marks["Default"], message)
        return
    problem = _violation(body, whole, kind)
    if problem and is_list(kind):  # each item may meet the constraints instead
        problem = next(
            (found for item in whole.split(",") if (found := _violation(body, item.strip(), kind))),
            "",
        )
    if problem:
        template.fault("parameter-defaults", body.marks["Default"], f"the default {problem}")


def _violation(body: YamlMap, value: str, kind: str) -> str:
    """Say which constraint a value does not meet, "" where it meets all."""
    if kind == "Number":
        return _range(body, value)
    allowed = body.get("AllowedValues")
    pattern = body.get("AllowedPattern")
    if isinstance(allowed, list) and allowed and value not in map(as_text, allowed):
        return "is none of the allowed values"
    if pattern.__class__ is str and refuses(pattern, value):
        return "does not match the allowed pattern"
    least, most = _number(body.get("MinLength")), _number(body.get("MaxLength"))
    if least is not None and len(value) < least:
        return f"is shorter than {least:g} characters"
    if most is not None and len(value) > most:
        return f"is longer than {most:g} characters"
    return ""


def _range(body: YamlMap, value: str) -> str:
    number = _number(value)
    if number is None:
        return "is no number"
    allowed = body.get("AllowedValues")
    if isinstance(allowed, list) and allowed:
        known = map(as_text, allowed)
        if value not in known and number not in [_number(one) for one in allowed]:
            return "is none of the allowed values"
    least, most = _number(body.get("MinValue")), _number(body.get("MaxValue"))
    if least is not None and number < least:
        return f"is less than {least:g}"
    if most is not None and number > most:
        return f"is more than {most:g}"
    return ""
