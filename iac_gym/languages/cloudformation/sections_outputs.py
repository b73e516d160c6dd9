"""Outputs, conditions and rules: sections whose values are functions.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html,
conditions-section-structure.html and rules-section-structure.html beside it.
"""

from __future__ import annotations

from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.cloudformation import function_slots as slots
from iac_gym.languages.cloudformation.intrinsics import Functions
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.sections import MOST_DESCRIPTION, entries, text

_OUTPUT = ("Condition", "Description", "Export", "Value")
#: Deepest nesting of conditions that is judged.
_DEEPEST = 40


def examine_outputs(template: Template, functions: Functions) -> None:
    """Check every output."""
    for name, body, mark in entries(template, "Outputs", "outputs"):
        if body.__class__ is not YamlMap:
            template.fault("outputs", mark, f"the output `{name[:60]}` must be a mapping")
            continue
        for key in body:
            if key not in _OUTPUT and key != "Fn::Transform":
                message = f"an output has no `{str(key)[:60]}`"
                hint = template.near(str(key), _OUTPUT)
                template.fault("outputs", body.key_marks[key], message, hint)
        if "Description" in body:
            text(template, "outputs", body, "Description", MOST_DESCRIPTION)
        _value(template, functions, name, body, mark)
        if "Condition" in body:
            condition(functions, body, "outputs")
        if "Export" in body:
            _export(template, functions, body)


def _value(template: Template, functions: Functions, name: str, body: YamlMap, mark: Mark) -> None:
    value = body.get("Value")
    if value is None:
        if "Fn::Transform" not in body:
            template.fault("outputs", mark, f"the output `{name[:60]}` has no `Value`")
        return
    functions.fits(body, "Value", slots.OUTPUT, "the value of an output")
    functions.walk(value, mark=body.marks["Value"])


def condition(functions: Functions, body: YamlMap, rule: str) -> None:
    """Check the `Condition` of a resource or an output: the name of a condition."""
    name, mark = body["Condition"], body.marks["Condition"]
    if name.__class__ is str:
        functions.condition(name, mark)
    else:
        message = "`Condition` is the name of a condition"
        functions.template.fault(rule, mark, message, "define it in `Conditions`")


def _export(template: Template, functions: Functions, body: YamlMap) -> None:
    export, mark = body["Export"], body.marks["Export"]
    if export.__class__ is not YamlMap:
        template.fault("outputs", mark, "`Export` must be a mapping with `Name`")
        return
    for key in export:
        if key != "Name":
            message = f"`Export` has no `{str(key)[:60]}`"
            template.fault("outputs", export.key_marks[key], message, "write `Name:`")
    if "Name" not in export:
        template.fault("outputs", mark, "`Export` has no `Name`")
        return
    functions.resources_known = False
    functions.fits(export, "Name", slots.EXPORT, "the name of an export")
    functions.walk(export["Name"], mark=export.marks["Name"])
    functions.resources_known = True


# --- conditions and rules -------------------------------------------------------------------------


def examine_conditions(template: Template, functions: Functions) -> None:
    """Check the functions of every condition, and that none needs itself."""
    tree = template.tree["Conditions"]
    functions.resources_known = False
    for name in template.conditions:
        if name != "Fn::Transform":
            _holds(functions, tree, name, slots.BOOLEAN, 0)
    functions.resources_known = True
    _circles(template, tree)


def _holds(functions: Functions, holder: Any, key: Any, slot: slots.Slot, depth: int) -> None:
    """Check what says whether something holds."""
    template, value = functions.template, holder[key]
    if not functions.fits(holder, key, slot, "a condition") or value.__class__ is not YamlMap:
        return
    name, argument = next(iter(value.items()))
    if depth > _DEEPEST:
        return
    if name == "Condition":
        if argument.__class__ is str:
            functions.condition(argument, value.marks[name])
        else:
            template.fault("function-arguments", value.marks[name], "`Condition` takes a name")
    elif name == "Fn::Equals":
        if functions.takes_list(value, name, argument, 2, 2):
            for at in (0, 1):
                functions.fits(argument, at, slots.EQUALS, "a value of `Fn::Equals`")
            functions.walk(argument)
    elif name in slots.BOOLEANS:
        _combined(functions, value, slot, depth)
    elif name in slots.RULE_FUNCTIONS:
        functions.walk(argument)
    else:
        message = f"`{str(name)[:60]}` does not say whether something holds"
        template.fault("known-functions", value.key_marks[name], message)


def _combined(functions: Functions, value: YamlMap, slot: slots.Slot, depth: int) -> None:
    """Check `Fn::Not`, `Fn::And` and `Fn::Or`."""
    name, argument = next(iter(value.items()))
    least, most = (1, 1) if name == "Fn::Not" else (2, 10)
    if functions.takes_list(value, name, argument, least, most):
        for at in range(len(argument)):
            _holds(functions, argument, at, slot, depth + 1)


def _circles(template: Template, tree: YamlMap) -> None:
    """Find conditions that need themselves."""
    needs = {name: _needed(body) for name, body in template.conditions.items()}
    done: set[str] = set()
    for start in needs:
        path: dict[str, None] = {}
        pending: list[tuple[str, bool]] = [(start, False)]
        while pending:
            name, left = pending.pop()
            if left:
                del path[name]
                done.add(name)
            elif name in path:
                message = f"the condition `{name[:60]}` needs itself"
                template.fault("condition-cycles", tree.key_marks[name], message)
            elif name not in done and name in needs:
                path[name] = None
                pending.append((name, True))
                pending += [(other, False) for other in needs[name]]


def _needed(body: Any) -> list[str]:
    """Return the conditions that a condition names."""
    found: list[str] = []
    pending = [body]
    while pending and len(found) < 100:
        node = pending.pop()
        if node.__class__ is YamlMap:
            name = node.get("Condition")
            if name.__class__ is str and name not in found:
                found.append(name)
            pending += node.values()
        elif node.__class__ is YamlList:
            pending += node
    return found


def examine_rules(template: Template, functions: Functions) -> None:
    """Check the section Rules: conditions and assertions about parameters."""
    functions.in_rules = True
    for name, body, mark in entries(template, "Rules", "rules-section"):
        if body.__class__ is not YamlMap:
            template.fault("rules-section", mark, f"the rule `{name[:60]}` must be a mapping")
            continue
        if "RuleCondition" in body:
            _holds(functions, body, "RuleCondition", slots.RULE_BOOLEAN, 0)
        given = body.get("Assertions")
        if given.__class__ is not YamlList:
            message = f"the rule `{name[:60]}` needs `Assertions`, a list"
            template.fault("rules-section", mark, message)
            continue
        for item, at in zip(given, given.marks, strict=True):
            if item.__class__ is not YamlMap:
                template.fault("rules-section", at, "an assertion must be a mapping")
            elif "Assert" in item:
                _holds(functions, item, "Assert", slots.RULE_BOOLEAN, 0)
    functions.in_rules = False
