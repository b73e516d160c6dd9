"""The sections of a template: their shape, their names and limits.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html and
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.cloudformation.foreach import LOOP, LOOP_SHAPE, is_loop
from iac_gym.languages.cloudformation.model import LANGUAGE_EXTENSIONS, SERVERLESS, Template

#: Section -> most entries.
MOST = {"Parameters": 200, "Mappings": 200, "Outputs": 200, "Resources": 500}
MOST_NAME = 255
MOST_DESCRIPTION = 1024
#: Most keys of one level of a mapping.
MOST_KEYS = 200

NAME = re.compile(r"[a-zA-Z0-9]+")
_CONDITION_NAME = re.compile(r"[a-zA-Z0-9&_]{1,255}")
_MAP_KEY = re.compile(r"[a-zA-Z0-9.-]+")
_SECTIONS = (
    *("AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings"),
    *("Conditions", "Transform", "Globals", "Resources", "Outputs", "Hooks"),
)
_MAPPINGS = frozenset(
    ("Metadata", "Parameters", "Rules", "Mappings", "Conditions", "Resources", "Outputs", "Hooks")
)
_GLOBALS = frozenset(
    """Api CapacityProvider Function HttpApi LayerVersion SimpleTable StateMachine
    WebSocketApi""".split()
)
#: Keys of a section that are no entries.
_INSERTED = ("Fn::Transform", "Fn::ForEach")


def examine_top(template: Template) -> None:
    """Check the keys of the top level and what is no list of entries."""
    tree = template.tree
    for key, value in tree.items():
        if key not in _SECTIONS:
            if str(key) != "Fn::Transform":
                message = f"a template has no section `{str(key)[:60]}`"
                hint = template.near(str(key), _SECTIONS)
                template.fault("sections", tree.key_marks[key], message, hint)
        elif key in _MAPPINGS and value.__class__ is not YamlMap:
            template.fault("sections", tree.marks[key], f"`{key}` must be a mapping")
    _resources_and_version(template, tree)
    if "Description" in tree:
        text(template, "description", tree, "Description", MOST_DESCRIPTION)
    for section, most in MOST.items():
        count = len(tree[section]) if tree.get(section).__class__ is YamlMap else 0
        if count > most:
            message = f"`{section}` has {count} entries; {most} are allowed"
            template.fault("limits", tree.key_marks[section], message)


def _resources_and_version(template: Template, tree: YamlMap) -> None:
    if "Resources" not in tree:
        message = "the template has no `Resources`"
        template.fault("sections", tree.mark, message, "add `Resources:` with a resource")
    version = tree.get("AWSTemplateFormatVersion", "2010-09-09")
    if version != "2010-09-09":
        mark = tree.marks["AWSTemplateFormatVersion"]
        message = f"the format version must be `2010-09-09`, not `{str(version)[:40]}`"
        template.fault("format-version", mark, message)


def text(template: Template, rule: str, holder: YamlMap, key: str, most: int) -> None:
    """Check that a value is a text, not longer than allowed (in bytes)."""
    value = holder[key]
    if value.__class__ is not str:
        if isinstance(value, dict | list) or value is None or rule == "description":
            template.fault(rule, holder.marks[key], f"`{key}` must be a text")
    elif len(value) > most:
        message = f"`{key}` has {len(value)} characters; {most} are allowed"
        template.fault("limits", holder.marks[key], message)


def entries(
    template: Template, section: str, rule: str, pattern: re.Pattern[str] = NAME
) -> Iterator[tuple[str, Any, Mark]]:
    """Yield the entries of a section (name, body, place), and check their names."""
    tree = template.tree.get(section)
    if tree.__class__ is not YamlMap:
        return
    for key, body in tree.items():
        name = str(key)
        if name.startswith(_INSERTED):
            continue
        check_name(template, name, rule, tree.key_marks[key], pattern)
        yield name, body, tree.marks[key]


def check_name(
    template: Template, name: str, rule: str, mark: Mark, pattern: re.Pattern[str] = NAME
) -> None:
    """Check the name of an entry: its characters and length."""
    if len(name) > MOST_NAME:
        message = f"the name has {len(name)} characters; {MOST_NAME} are allowed"
        template.fault("limits", mark, message)
    elif not pattern.fullmatch(name):
        hint = "use letters and digits alone" if pattern is NAME else ""
        template.fault(rule, mark, f"`{name[:60]}` is not allowed as a name here", hint)


def examine_loops(template: Template) -> None:
    """Check that loops stand in templates that declare the language extensions."""
    for section, loops in template.loops.items():
        marks = template.tree[section].key_marks
        for name in loops:
            if LANGUAGE_EXTENSIONS not in template.transform:
                message = f"`{name[:60]}` needs the transform {LANGUAGE_EXTENSIONS}"
                hint = f"write `Transform: {LANGUAGE_EXTENSIONS}`"
                template.fault("language-extensions", marks[name], message, hint)
            elif not LOOP.fullmatch(name):
                message = f"`{name[:60]}` is no name of a loop such as Fn::ForEach::Queues"
                template.fault("language-extensions", marks[name], message)
            elif not is_loop(loops[name]):
                template.fault("language-extensions", marks[name], LOOP_SHAPE)


def examine_transform(template: Template) -> None:
    """Check `Transform`, and `Globals`, which only the serverless transform knows."""
    tree = template.tree
    if "Transform" in tree:
        given, mark = tree["Transform"], tree.marks["Transform"]
        if given.__class__ is YamlList:
            for item, at in zip(given, given.marks, strict=True):
                _one_transform(template, item, at)
        else:
            _one_transform(template, given, mark)
    if "Globals" in tree:
        _globals(template)


def _one_transform(template: Template, given: Any, mark: Mark) -> None:
    if given.__class__ is str:
        return
    if given.__class__ is not YamlMap:
        template.fault("transform", mark, "a transform is a name, or a mapping with `Name`")
        return
    if given.get("Name").__class__ is not str:
        template.fault("transform", mark, "the transform has no `Name`")
    for key in given:
        if key not in ("Name", "Parameters"):
            message = f"a transform has no `{str(key)[:60]}`"
            template.fault("transform", given.key_marks[key], message)
    if "Parameters" in given and given["Parameters"].__class__ is not YamlMap:
        template.fault("transform", given.marks["Parameters"], "`Parameters` must be a mapping")


def _globals(template: Template) -> None:
    tree = template.tree
    given, mark = tree["Globals"], tree.key_marks["Globals"]
    if SERVERLESS not in template.transform:
        hint = f"write `Transform: {SERVERLESS}`"
        template.fault("globals", mark, "`Globals` needs the serverless transform", hint)
    elif given.__class__ is not YamlMap:
        template.fault("globals", tree.marks["Globals"], "`Globals` must be a mapping")
    else:
        for key in given:
            if key not in _GLOBALS:
                message = f"`Globals` has no `{str(key)[:60]}`"
                hint = template.near(str(key), _GLOBALS)
                template.fault("globals", given.key_marks[key], message, hint)
        _ignored(template, given)


def _ignored(template: Template, given: YamlMap) -> None:
    """Check that what resources ignore of the globals is there."""
    for resource in template.resources.values():
        names = resource.tree.get("IgnoreGlobals")
        known = given.get(resource.type.removeprefix("AWS::Serverless::"))
        if names.__class__ is not YamlList or known.__class__ is not YamlMap:
            continue
        for name, mark in zip(names, names.marks, strict=True):
            if name.__class__ is str and name not in known:
                message = f"`Globals` has no `{name[:60]}` for {resource.type}"
                template.fault("globals", mark, message, template.near(name, known))


def examine_metadata(template: Template) -> None:
    """Check what CloudFormation itself reads of the metadata: how parameters are shown."""
    metadata = template.tree.get("Metadata")
    if metadata.__class__ is not YamlMap:
        return
    for key, value in metadata.items():
        if value is None:
            message = f"`{str(key)[:60]}` has no value"
            template.fault("metadata-interface", metadata.marks[key], message)
    shown = metadata.get("AWS::CloudFormation::Interface")
    if shown is None:
        return
    if shown.__class__ is not YamlMap:
        mark = metadata.marks["AWS::CloudFormation::Interface"]
        template.fault("metadata-interface", mark, "the interface must be a mapping")
        return
    _keys(template, shown, ("ParameterGroups", "ParameterLabels"))
    _list(template, shown, "ParameterGroups")
    groups, labels = shown.get("ParameterGroups"), shown.get("ParameterLabels")
    for group in groups if isinstance(groups, list) else ():
        if group.__class__ is YamlMap:
            _keys(template, group, ("Label", "Parameters"))
            _list(template, group, "Parameters")
            _label(template, group.get("Label"))
    for label in labels.values() if labels.__class__ is YamlMap else ():
        _label(template, label)


def _label(template: Template, label: Any) -> None:
    if label.__class__ is YamlMap:
        _keys(template, label, ("default",))


def _list(template: Template, holder: YamlMap, key: str) -> None:
    if key in holder and holder[key].__class__ is not YamlList:
        template.fault("metadata-interface", holder.marks[key], f"`{key}` must be a list")


def _keys(template: Template, given: YamlMap, allowed: tuple[str, ...]) -> None:
    for key in given:
        if key not in allowed:
            message = f"`{str(key)[:60]}` is not known here"
            hint = "allowed: " + ", ".join(allowed)
            template.fault("metadata-interface", given.key_marks[key], message, hint)


def examine_mappings(template: Template) -> None:
    """Check the mappings: two levels of names, then texts, numbers or lists."""
    for name, body, mark in entries(template, "Mappings", "mappings"):
        if not _level(template, body, mark, f"the mapping `{name[:60]}`"):
            continue
        for key, inner in body.items():
            if key == "Fn::Transform":
                continue
            check_name(template, str(key), "mappings", body.key_marks[key], _MAP_KEY)
            if _level(template, inner, body.marks[key], f"`{str(key)[:60]}`"):
                _mapping_values(template, inner)


def _level(template: Template, body: Any, mark: Mark, what: str) -> bool:
    if body.__class__ is YamlMap and 0 < len(body) <= MOST_KEYS:
        return True
    if body.__class__ is not YamlMap:
        problem = "must be a mapping"
    else:
        problem = "is empty" if not body else f"has more than {MOST_KEYS} keys"
    template.fault("mappings", mark, f"{what} {problem}")
    return False


def _mapping_values(template: Template, inner: YamlMap) -> None:
    for key, value in inner.items():
        if key == "Fn::Transform":
            continue
        check_name(template, str(key), "mappings", inner.key_marks[key])
        if value is None or isinstance(value, dict):
            what = "functions and mappings are" if isinstance(value, dict) else "nothing is"
            message = f"a mapping holds texts, numbers and lists; {what} not allowed"
            template.fault("mappings", inner.marks[key], message)


def examine_condition_names(template: Template) -> None:
    """Check the names of the conditions."""
    tree = template.tree["Conditions"]
    for key in template.conditions:
        name = str(key)
        if not _CONDITION_NAME.fullmatch(name) and name != "Fn::Transform":
            message = f"`{name[:60]}` is not allowed as the name of a condition"
            template.fault("conditions", tree.key_marks[key], message)
