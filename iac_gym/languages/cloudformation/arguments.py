"""The arguments of each intrinsic function: how many, of what kind, and what they name.

A handler gets the mapping that holds the function and its argument; it says whether the argument is
to be walked as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.cloudformation import function_slots as slots
from iac_gym.languages.cloudformation.fitting import Fitting, describe
from iac_gym.languages.cloudformation.function_slots import Slot
from iac_gym.languages.cloudformation.model import LANGUAGE_EXTENSIONS
from iac_gym.languages.cloudformation.names import near
from iac_gym.languages.cloudformation.substitution import variables_of

_BYTE = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_CIDR = re.compile(rf"{_BYTE}(?:\.{_BYTE}){{3}}/(?:3[0-2]|[12]?\d)", re.ASCII)


def _ref(walk: Fitting, node: YamlMap, name: Any) -> bool:
    if name.__class__ is str:
        walk.refer(name, node.marks["Ref"])
        return False
    if walk.extended and name.__class__ is YamlMap:
        return True
    message = f"`Ref` takes a name, not {describe(name)}"
    walk.template.fault("function-arguments", node.marks["Ref"], message)
    return False


def _get_att(walk: Fitting, node: YamlMap, argument: Any) -> bool:
    mark = node.marks["Fn::GetAtt"]
    if argument.__class__ is YamlList and len(argument) == 2:
        name, attribute = argument
        if name.__class__ is str and attribute.__class__ is str:
            walk.attribute(name, attribute, mark)
            return False
        walk.fits(argument, 0, slots.RESOURCE, "the resource of `Fn::GetAtt`")
        walk.fits(argument, 1, slots.ATTRIBUTE, "the attribute of `Fn::GetAtt`")
        if name.__class__ is str and not walk.is_resource(name, mark):
            walk.attribute(name, "", mark)
        return True
    message = "`Fn::GetAtt` takes a resource and an attribute, such as [Queue, Arn]"
    walk.template.fault("function-arguments", mark, message)
    return False


def _sub(walk: Fitting, node: YamlMap, argument: Any) -> bool:
    mark = node.marks["Fn::Sub"]
    given: Mapping[Any, Any] = {}
    text = argument
    if argument.__class__ is YamlList:
        if not walk.takes_list(node, "Fn::Sub", argument, 2, 2):
            return True
        text, given = argument
        if given.__class__ is not YamlMap:
            message = "the second part of `Fn::Sub` must be a mapping of variables"
            walk.template.fault("function-arguments", argument.marks[1], message)
            return True
        for key in given:
            walk.fits(given, key, slots.SUB_VALUE, f"the variable `{key[:40]}` of `Fn::Sub`")
    if text.__class__ is not str:
        if not isinstance(text, int | float):
            message = f"`Fn::Sub` takes a text, not {describe(text)}"
            walk.template.fault("function-arguments", mark, message)
        return False
    _variables(walk, text, given, mark)
    walk.pending += [one for one in given.values() if one.__class__ is YamlMap]
    return False


def _variables(walk: Fitting, text: str, given: Mapping[Any, Any], mark: Mark) -> None:
    for variable in variables_of(text):
        name = variable.name
        if "." in name:
            resource, _, attribute = name.partition(".")
            if resource in walk.template.resources or not walk.is_resource(name, mark):
                walk.attribute(resource, attribute, mark)
        elif name not in given or _is_itself(given[name], name):
            walk.refer(name, mark)
            if name in walk.lists:
                message = f"`{name[:60]}` is a list and cannot be part of a text"
                walk.template.fault("reference-types", mark, message, "use Fn::Join")
    if "{{" in text and "${" not in text:
        walk.dynamic(text, mark)


def _join(walk: Fitting, node: YamlMap, argument: Any) -> bool:
    if walk.takes_list(node, "Fn::Join", argument, 2, 2):
        walk.fits(argument, 0, slots.LITERAL, "the delimiter of `Fn::Join`")
        walk.fits(argument, 1, slots.JOIN_LIST, "a value of `Fn::Join`")
    return True


def _split(walk: Fitting, node: YamlMap, argument: Any) -> bool:
    if walk.takes_list(node, "Fn::Split", argument, 2, 2):
        walk.fits(argument, 0, slots.LITERAL, "the delimiter of `Fn::Split`")
        walk.fits(argument, 1, slots.SPLIT_TEXT, "the text of `Fn::Split`")
    return True


def _select(walk: Fitting, node: YamlMap, argument: Any) -> bool:
    if not walk.takes_list(node, "Fn::Select", argument, 2, 2):
        return True
    sound = walk.fits(argument, 0, slots.SELECT_INDEX, "the index of `Fn::Select`")
    walk.fits(argument, 1, slots.SELECT_LIST, "the list of `Fn::Select`")
    index, items = argument
    if sound and index.__class__ is not YamlMap:
        at = int(index)
        most = len(items) if items.__class__ is YamlList else at + 1
        if not 0 <= at < most:
            message = f"the index {at} of `Fn::Select` is outside the list"
            hint = f"the first is 0, the last {most - 1}" if items.__class__ is YamlList else ""
            walk.template.fault("select-index", argument.marks[0], message, hint)
    return True


def _if(walk: Fitting, node: YamlMap, argument: Any) -> bool:
    if walk.takes_list(node, "Fn::If", argument, 3, 3):
        name = argument[0]
        if name.__class__ is str:
            walk.condition(name, argument.marks[0])
        else:
            message = "the first part of `Fn::If` must be the name of a condition"
            walk.template.fault("function-arguments", argument.marks[0], message)
    return True


def _find_in_map(walk: Fitting, node: YamlMap, argument: Any) -> bool:
    if not walk.takes_list(node, "Fn::FindInMap", argument, 3, 4):
        return True
    for at, what in enumerate(("map", "first key", "second key")):
        walk.fits(argument, at, slots.MAP_KEY, f"the {what} of `Fn::FindInMap`")
    if len(argument) == 4:
        default = argument[3]
        if default.__class__ is not YamlMap or set(default) != {"DefaultValue"}:
            message = "the fourth part of `Fn::FindInMap` must be {DefaultValue: ...}"
            walk.template.fault("function-arguments", argument.marks[3], message)
        return True
    _map_keys(walk, argument)
    return True


def _map_keys(walk: Fitting, argument: YamlList) -> None:
    """Check the literal names of a `Fn::FindInMap`."""
    found: Any = walk.template.mappings
    if walk.has_transform("Mappings"):
        return
    for at, what in enumerate(("mapping", "key", "key")):
        key = argument[at]
        if not isinstance(found, dict) or "Fn::Transform" in found:
            return
        if isinstance(key, dict | list):
            if at == 1:  # the second key must be that of some entry
                _second_key(walk, found, argument)
            return
        key = str(key)
        if key not in found:
            message = f"there is no {what} `{key[:80]}` in the mappings"
            hint = near(walk.template, key, [str(one) for one in found])
            walk.template.fault("mappings-exist", argument.marks[at], message, hint)
            return
        found = found[key]


def _second_key(walk: Fitting, found: Mapping[Any, Any], argument: YamlList) -> None:
    key = argument[2]
    if isinstance(key, dict | list):
        return
    entries = [one for one in found.values() if isinstance(one, dict)]
    known = {str(name) for one in entries for name in one}
    if len(entries) == len(found) and "Fn::Transform" not in known and str(key) not in known:
        message = f"no entry of the mapping has the key `{str(key)[:80]}`"
        hint = near(walk.template, str(key), known)
        walk.template.fault("mappings-exist", argument.marks[2], message, hint)


def _import(walk: Fitting, node: YamlMap, argument: Any) -> bool:
    return walk.single(node, "Fn::ImportValue", slots.IMPORT)


def _base64(walk: Fitting, node: YamlMap, argument: Any) -> bool:
    return walk.single(node, "Fn::Base64", slots.BASE64)


def _get_azs(walk: Fitting, node: YamlMap, argument: Any) -> bool:
    sound = walk.fits(node, "Fn::GetAZs", slots.GET_AZS, "the argument of `Fn::GetAZs`")
    if sound and argument.__class__ is str and argument and argument not in slots.REGIONS:
        message = f"there is no region `{argument[:40]}`"
        hint = walk.template.near(argument, slots.REGIONS)
        walk.template.fault("function-arguments", node.marks["Fn::GetAZs"], message, hint)
    return True


def _cidr(walk: Fitting, node: YamlMap, argument: Any) -> bool:
    if not walk.takes_list(node, "Fn::Cidr", argument, 2, 3):
        return True
    block = argument[0]
    sound = walk.fits(argument, 0, slots.CIDR_BLOCK, "the block of `Fn::Cidr`")
    if sound and block.__class__ is str and not _CIDR.fullmatch(block):
        message = f"`{block[:40]}` is no block such as 10.0.0.0/16"
        walk.template.fault("function-arguments", argument.marks[0], message)
    for at in range(1, len(argument)):
        what, most = ("count", 256) if at == 1 else ("bits", 128)
        sound = walk.fits(argument, at, slots.CIDR_COUNT, f"the {what} of `Fn::Cidr`")
        if sound and argument[at].__class__ is not YamlMap and not 1 <= int(argument[at]) <= most:
            message = f"the {what} of `Fn::Cidr` must be 1 to {most}"
            walk.template.fault("function-arguments", argument.marks[at], message)
    return True


def _extension(walk: Fitting, node: YamlMap, name: str, slot: Slot) -> bool:
    if not walk.extended:
        message = f"`{name}` needs the transform {LANGUAGE_EXTENSIONS}"
        hint = f"write `Transform: {LANGUAGE_EXTENSIONS}`"
        walk.template.fault("language-extensions", node.key_marks[name], message, hint)
        return True
    return walk.single(node, name, slot)


def _length(walk: Fitting, node: YamlMap, argument: Any) -> bool:
    return _extension(walk, node, "Fn::Length", slots.LENGTH)


def _to_json(walk: Fitting, node: YamlMap, argument: Any) -> bool:
    return _extension(walk, node, "Fn::ToJsonString", slots.TO_JSON)


def _stack_output(walk: Fitting, node: YamlMap, argument: Any) -> bool:
    mark = node.marks["Fn::GetStackOutput"]
    if argument.__class__ is not YamlMap:
        message = "`Fn::GetStackOutput` takes a mapping with StackName and OutputName"
        walk.template.fault("function-arguments", mark, message)
        return True
    for name in ("StackName", "OutputName"):
        if name not in argument:
            message = f"`Fn::GetStackOutput` needs `{name}`"
            walk.template.fault("function-arguments", mark, message)
    for name in argument:
        if name in ("StackName", "OutputName", "Region", "RoleArn"):
            walk.fits(argument, name, slots.STACK_OUTPUT, f"`{name}` of `Fn::GetStackOutput`")
        else:
            message = f"`Fn::GetStackOutput` knows no `{name[:60]}`"
            walk.template.fault("function-arguments", argument.key_marks[name], message)
    return True


def _transform(walk: Fitting, node: YamlMap, argument: Any) -> bool:
    return True


HANDLERS: dict[str, Callable[[Fitting, YamlMap, Any], bool]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Split": _split,
    "Fn::Select": _select,
    "Fn::If": _if,
    "Fn::FindInMap": _find_in_map,
    "Fn::ImportValue": _import,
    "Fn::Base64": _base64,
    "Fn::GetAZs": _get_azs,
    "Fn::Cidr": _cidr,
    "Fn::Length": _length,
    "Fn::ToJsonString": _to_json,
    "Fn::GetStackOutput": _stack_output,
    "Fn::Transform": _transform,
}


def _is_itself(value: Any, name: str) -> bool:
    return value.__class__ is YamlMap and len(value) == 1 and value.get("Ref") == name
