"""The walk over a template's values: shapes of intrinsic functions, what they name, dynamic
references. One pass finds all of it, and the edges of the dependency graph.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.cloudformation import dynamic_references
from iac_gym.languages.cloudformation import function_slots as slots
from iac_gym.languages.cloudformation.facts import Conditions
from iac_gym.languages.cloudformation.function_slots import Slot
from iac_gym.languages.cloudformation.model import (
    LANGUAGE_EXTENSIONS,
    SERVERLESS,
    Template,
)
from iac_gym.languages.cloudformation.pack import attribute as find_attribute
from iac_gym.languages.cloudformation.pack import attributes
from iac_gym.languages.cloudformation.parameters import PSEUDO, is_list
from iac_gym.languages.cloudformation.substitution import variables_of

Edges = dict[str, dict[str, Mark]]

#: Resources that the serverless transform makes without being asked for by name.
_GENERATED = frozenset(
    {
        *("ServerlessRestApi", "ServerlessRestApiStage", "ServerlessRestApiProdStage"),
        *("ServerlessHttpApi", "ServerlessHttpApiStage", "ServerlessHttpApiApiGatewayDefaultStage"),
        *(
            "ServerlessDeploymentApplication",
            "CodeDeployServiceRole",
            "ServerlessRestApiDeployment",
        ),
    }
)
#: What the serverless transform makes of a resource, under a name after a dot.
_MADE = ("Version", "Alias", "Stage", "DeploymentGroup")
#: What a resource of the serverless transform becomes, whose attributes it has.
_PLAIN = {
    "AWS::Serverless::Api": "AWS::ApiGateway::RestApi",
    "AWS::Serverless::Application": "AWS::CloudFormation::Stack",
    "AWS::Serverless::Function": "AWS::Lambda::Function",
    "AWS::Serverless::HttpApi": "AWS::ApiGatewayV2::Api",
    "AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
    "AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
}
_BYTE = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_CIDR = re.compile(rf"{_BYTE}(?:\.{_BYTE}){{3}}/(?:3[0-2]|[12]?\d)", re.ASCII)
_EMBEDDED = re.compile(r"\$\{([A-Za-z0-9_:.]+)\}")
_ARTICLE = {
    "string": "a text",
    "integer": "a whole number",
    "list": "a list",
    "object": "a mapping",
    "object-or-list": "a mapping or a list",
    "boolean": "a condition function",
    "any": "a value",
}


class Functions:
    """Walks values of one template; `edges` collects what each resource refers to.

    `resources_known` says whether resources may be named at all (not in Conditions and exports).
    """

    def __init__(self, template: Template) -> None:
        self.template = template
        self.edges: Edges = {}
        self.extended = LANGUAGE_EXTENSIONS in template.transform
        self.resources_known = True
        resources, parameters = template.resources, template.parameters
        self._lists = {
            name
            for name, one in parameters.items()
            if one.__class__ is YamlMap
            and one.get("Type").__class__ is str
            and is_list(one["Type"])
        }
        self._lists.add("AWS::NotificationARNs")
        self._texts = PSEUDO - {"AWS::NotificationARNs", "AWS::NoValue"}
        #: Whose sub-resources cannot be known: modules, and what the serverless transform makes.
        self._makers = tuple(
            [
                name
                for name, one in resources.items()
                if one.type.endswith("::MODULE") or one.type.startswith("AWS::Serverless::")
            ]
        )
        self._generated = _GENERATED if SERVERLESS in template.transform else frozenset()
        self._pending: list[Any] = []
        self._links: dict[str, Mark] | None = None
        self._owner = ""
        self._tree_mark: Mark = (0, 0)

    @cached_property
    def conditions(self) -> Conditions:
        """The conditions of the template as formulas."""
        return Conditions(self.template)

    # --- the walk -----------------------------------------------------------------------------

    def walk(self, tree: Any, owner: str = "", mark: Mark = (0, 0)) -> None:
        """Examine every function in a tree that belongs to a resource (its logical id).

        `mark` is the place of a tree that is a text.
        """
        self._tree_mark = mark
        self._links = self.edges.setdefault(owner, {}) if owner else None
        self._owner = owner
        pending = self._pending
        pending.append(tree)
        while pending:
            node = pending.pop()
            cls = node.__class__
            if cls is YamlMap:
                if len(node) == 1:
                    (key,) = node
                    if key == "Ref" or key[:4] == "Fn::":
                        if self._function(node, key):
                            self._argument(node, key)
                        continue
                self._mapping(node)
            elif cls is YamlList:
                self._sequence(node)
            elif cls is str and "{" in node:
                self._text(node, self._tree_mark)

    def _argument(self, node: YamlMap, key: str) -> None:
        argument = node[key]
        if argument.__class__ is str:
            if "{" in argument:
                self._text(argument, node.marks[key])
        else:
            self._pending.append(argument)

    def _mapping(self, node: YamlMap) -> None:
        pending = self._pending
        for key, value in node.items():
            cls = value.__class__
            if cls is str:
                if "{" in value and key != "TemplateBody":
                    self._text(value, node.marks[key])
            elif cls is YamlMap or cls is YamlList:
                pending.append(value)
            if key[:4] == "Fn::":
                self._beside(node, key)

    def _sequence(self, node: YamlList) -> None:
        pending = self._pending
        for index, value in enumerate(node):
            cls = value.__class__
            if cls is str:
                if "{" in value:
                    self._text(value, node.marks[index])
            elif cls is YamlMap or cls is YamlList:
                pending.append(value)

    def _function(self, node: YamlMap, name: str) -> bool:
        """Examine one function; whether its argument is to be walked as well."""
        handler = _HANDLERS.get(name)
        if handler is not None:
            return handler(self, node, node[name])
        if name in slots.BOOLEANS or name in slots.RULE_FUNCTIONS:
            if not self.in_rules:
                message = f"`{name}` can only be used in Conditions and Rules"
                self.template.fault("known-functions", node.key_marks[name], message)
            return True
        if name.startswith("Fn::ForEach"):
            return self._loop(node, name)
        message = f"there is no function `{name[:60]}`"
        hint = self.template.near(name, slots.EVERY)
        self.template.fault("known-functions", node.key_marks[name], message, hint)
        return True

    in_rules = False

    def _beside(self, node: YamlMap, name: str) -> None:
        """A function has other keys beside it."""
        if name == "Fn::Transform":
            return
        if name.startswith("Fn::ForEach"):
            self._loop(node, name)
            return
        message = f"`{name[:60]}` must be the only key of its mapping"
        self.template.fault("functions-stand-alone", node.key_marks[name], message)

    def _loop(self, node: YamlMap, name: str) -> bool:
        if not self.extended:
            message = f"`{name[:60]}` needs the transform {LANGUAGE_EXTENSIONS}"
            hint = f"write `Transform: {LANGUAGE_EXTENSIONS}`"
            self.template.fault("language-extensions", node.key_marks[name], message, hint)
        return False

    def _text(self, text: str, mark: Mark) -> None:
        """Examine a text that is no argument of `Fn::Sub`."""
        if "{{" in text:
            self._dynamic(text, mark)
        if "${" not in text:
            return
        for found in _EMBEDDED.finditer(text):
            name = found.group(1)
            if self._is_known(name) and not self._is_substituted(name):
                message = f"`{found.group()[:80]}` is not replaced here"
                self.template.fault("embedded-variables", mark, message, "use Fn::Sub")
                return

    def _is_known(self, name: str) -> bool:
        template = self.template
        if name in template.parameters or name in template.resources or name in PSEUDO:
            return True
        resource, dot, attribute = name.partition(".")
        if not dot or resource not in template.resources:
            return False
        return find_attribute(template.resources[resource].type, attribute) is not None

    def _is_substituted(self, name: str) -> bool:
        """Whether a state machine replaces the variable in its own definition."""
        resource = self.template.resources.get(self._owner)
        given = resource.properties.get("DefinitionSubstitutions") if resource else None
        return isinstance(given, dict) and name in given

    def _dynamic(self, text: str, mark: Mark) -> None:
        message = dynamic_references.wrong(text)
        if not message and "{{resolve:ssm-secure:" in text:
            resource = self.template.resources.get(self._owner)
            if resource is None or mark not in dynamic_references.secure_places(resource):
                message = "secure strings of the Systems Manager are not allowed here"
        if message:
            self.template.fault("dynamic-references", mark, message)

    # --- slots --------------------------------------------------------------------------------

    def fits(self, holder: Any, key: Any, slot: Slot, where: str) -> bool:
        """Whether the value `holder[key]` may stand in a slot; notes what is wrong."""
        value = holder[key]
        cls = value.__class__
        if cls is str:
            wrong = _wrong_text(value, slot.kind)
        elif cls is YamlMap:
            return self._mapping_fits(holder, key, slot, where)
        elif cls is YamlList:
            if slot.kind in ("list", "object-or-list"):
                if slot.items is None or slot.items.kind == "any":
                    return True
                found = [self.fits(value, at, slot.items, where) for at in range(len(value))]
                return all(found)
            wrong = slot.kind != "any"
        else:
            wrong = _wrong_scalar(value, slot.kind)
        if wrong:
            given = _describe(value)
            message = f"{where} must be {_ARTICLE[slot.kind]}, not {given}"
            self.template.fault("function-arguments", holder.marks[key], message)
        return not wrong

    def _mapping_fits(self, holder: Any, key: Any, slot: Slot, where: str) -> bool:
        value = holder[key]
        name = next(iter(value)) if len(value) == 1 else ""
        if name == "Ref" or name[:4] == "Fn::" or (name == "Condition" and slot.kind == "boolean"):
            return self._function_fits(holder, key, name, slot, where)
        if slot.kind in ("any", "object", "object-or-list"):
            return True
        message = f"{where} must be {_ARTICLE[slot.kind]}, not a mapping"
        self.template.fault("function-arguments", holder.marks[key], message)
        return False

    def _function_fits(self, holder: Any, key: Any, name: str, slot: Slot, where: str) -> bool:
        value = holder[key]
        allowed = slot.functions
        if self.extended and name not in allowed:
            allowed = (slot.extended or allowed) | slots.EXTENSIONS
        if name not in allowed:
            if slot.kind == "any" or name not in slots.EVERY | {"Condition"}:
                return True  # plain data, or a function that does not exist: told elsewhere
            message = f"`{name}` cannot be used for {where}"
            hint = "allowed: " + ", ".join(sorted(allowed)) if allowed else "write the text itself"
            self.template.fault("function-nesting", holder.marks[key], message, hint)
            return False
        if name == "Fn::If":
            branches = value[name]
            if branches.__class__ is not YamlList or len(branches) != 3:
                return True
            left = self.fits(branches, 1, slot, where)
            return self.fits(branches, 2, slot, where) and left
        if name == "Ref":
            return self._reference_fits(holder, key, value[name], slot, where)
        wrong = slot.kind == "string" and name in slots.GIVES_LIST
        if name == "Fn::GetAtt":
            wrong = self._attribute_is_other(value[name], slot.kind)
        if wrong:
            given = "a list" if slot.kind == "string" else "no list"
            message = f"{where} must be {_ARTICLE[slot.kind]}, but `{name}` gives {given} here"
            self.template.fault("reference-types", holder.marks[key], message)
        return not wrong

    def _attribute_is_other(self, argument: Any, kind: str) -> bool:
        """Whether an attribute is certainly a list where a text belongs, or the other way round."""
        if argument.__class__ is not YamlList or len(argument) != 2:
            return False
        resource = self.template.resources.get(argument[0]) if _is_text(argument[0]) else None
        if resource is None or not _is_text(argument[1]):
            return False
        found = find_attribute(resource.type, argument[1])
        if not found or not found[0]:
            return False
        letters = set(found[0])
        if kind == "string":
            return letters <= {"a", "o"}
        return kind == "list" and "a" not in letters

    def _reference_fits(self, holder: Any, key: Any, name: Any, slot: Slot, where: str) -> bool:
        """A list cannot stand for a text, nor a text for a list."""
        if name.__class__ is not str:
            return True
        template = self.template
        if slot.kind in ("string", "integer", "boolean"):
            wrong = name in self._lists
            given = "a list"
        elif slot.kind in ("list", "object", "object-or-list"):
            known = name in template.parameters or name in self._texts or name in template.resources
            wrong = known and name not in self._lists
            given = "a text"
        else:
            return True
        if wrong:
            message = f"{where} must be {_ARTICLE[slot.kind]}, but `{name[:60]}` is {given}"
            template.fault("reference-types", holder.marks[key], message)
        return not wrong

    def takes_list(self, node: YamlMap, name: str, argument: Any, least: int, most: int) -> bool:
        """Whether the argument of a function is a list of the right length."""
        if argument.__class__ is YamlList and least <= len(argument) <= most:
            return True
        count = f"{least}" if least == most else f"{least} to {most}"
        has = f"has {len(argument)}" if argument.__class__ is YamlList else "is no list"
        message = f"`{name}` takes a list of {count}; this one {has}"
        self.template.fault("function-arguments", node.marks[name], message)
        return False

    def _single(self, node: YamlMap, name: str, slot: Slot) -> bool:
        self.fits(node, name, slot, f"the argument of `{name}`")
        return True

    # --- what is named ------------------------------------------------------------------------

    def refer(self, name: str, mark: Mark) -> None:
        """Check the name in a `Ref`, or in a variable of `Fn::Sub`."""
        template = self.template
        if name in template.parameters or name in PSEUDO:
            return
        if self.resources_known:
            if self._is_resource(name, mark):
                return
            known: list[str] = [*template.parameters, *template.resources, *PSEUDO]
            message = f"`{name[:80]}` is no parameter, resource or pseudo-parameter"
        else:
            known = [*template.parameters, *PSEUDO]
            message = f"`{name[:80]}` is no parameter; resources cannot be referred to here"
        template.fault("references-exist", mark, message, template.near(name, known))

    def _is_resource(self, name: str, mark: Mark) -> bool:
        """Whether a name is that of a resource (also one that a transform makes)."""
        template = self.template
        if name in template.resources:
            if self._links is not None:
                self._links.setdefault(name, mark)
            return True
        return self.may_be_made(name)

    def may_be_made(self, name: str) -> bool:
        """Whether a transform or a module may make a resource of this name."""
        resources = self.template.tree.get("Resources")
        if isinstance(resources, dict) and (name in resources or "Fn::Transform" in resources):
            return True
        if "Resources" in self.template.loops:
            return True
        if name in self._generated:
            return True
        return any(name.startswith(one) and name != one for one in self._makers)

    def attribute(self, name: str, attribute: str, mark: Mark) -> None:
        """Check a resource and its attribute, as in `Fn::GetAtt`."""
        template = self.template
        if not self.resources_known:
            message = f"attributes of resources cannot be used here (`{name[:60]}`)"
            template.fault("references-exist", mark, message)
            return
        if not self._is_resource(name, mark):
            message = f"there is no resource `{name[:80]}`"
            template.fault(
                "references-exist", mark, message, template.near(name, template.resources)
            )
            return
        resource = template.resources.get(name)
        if resource is None:
            return
        if resource.type.startswith("AWS::Serverless::") and attribute.startswith(_MADE):
            return
        kind = _PLAIN.get(resource.type, resource.type)
        known = attributes(kind)
        if known is None or find_attribute(kind, attribute) is not None:
            return
        message = f"{resource.type} has no attribute `{attribute[:80]}`"
        template.fault("attributes-exist", mark, message, template.near(attribute, known))

    def condition(self, name: str, mark: Mark) -> None:
        """Check the name of a condition."""
        template = self.template
        if name not in template.conditions and not self._has_transform("Conditions"):
            message = f"there is no condition `{name[:80]}`"
            hint = template.near(name, template.conditions)
            template.fault("conditions-exist", mark, message, hint)

    def _has_transform(self, section: str) -> bool:
        tree = self.template.tree.get(section)
        return isinstance(tree, dict) and "Fn::Transform" in tree

    # --- functions ----------------------------------------------------------------------------

    def _ref(self, node: YamlMap, name: Any) -> bool:
        if name.__class__ is str:
            self.refer(name, node.marks["Ref"])
            return False
        if self.extended and name.__class__ is YamlMap:
            return True
        message = f"`Ref` takes a name, not {_describe(name)}"
        self.template.fault("function-arguments", node.marks["Ref"], message)
        return False

    def _get_att(self, node: YamlMap, argument: Any) -> bool:
        mark = node.marks["Fn::GetAtt"]
        if argument.__class__ is YamlList and len(argument) == 2:
            name, attribute = argument
            if name.__class__ is str and attribute.__class__ is str:
                self.attribute(name, attribute, mark)
                return False
            self.fits(argument, 0, slots.RESOURCE, "the resource of `Fn::GetAtt`")
            self.fits(argument, 1, slots.ATTRIBUTE, "the attribute of `Fn::GetAtt`")
            if name.__class__ is str and not self._is_resource(name, mark):
                self.attribute(name, "", mark)
            return True
        message = "`Fn::GetAtt` takes a resource and an attribute, such as [Queue, Arn]"
        self.template.fault("function-arguments", mark, message)
        return False

    def _sub(self, node: YamlMap, argument: Any) -> bool:
        mark = node.marks["Fn::Sub"]
        given: Mapping[Any, Any] = {}
        text = argument
        if argument.__class__ is YamlList:
            if not self.takes_list(node, "Fn::Sub", argument, 2, 2):
                return True
            text, given = argument
            if given.__class__ is not YamlMap:
                message = "the second part of `Fn::Sub` must be a mapping of variables"
                self.template.fault("function-arguments", argument.marks[1], message)
                return True
            for key in given:
                self.fits(given, key, slots.SUB_VALUE, f"the variable `{key[:40]}` of `Fn::Sub`")
        if text.__class__ is not str:
            if not isinstance(text, int | float):
                message = f"`Fn::Sub` takes a text, not {_describe(text)}"
                self.template.fault("function-arguments", mark, message)
            return False
        self._variables(text, given, mark)
        self._pending += [one for one in given.values() if one.__class__ is YamlMap]
        return False

    def _variables(self, text: str, given: Mapping[Any, Any], mark: Mark) -> None:
        for variable in variables_of(text):
            name = variable.name
            if "." in name:
                resource, _, attribute = name.partition(".")
                if resource in self.template.resources or not self._is_resource(name, mark):
                    self.attribute(resource, attribute, mark)
            elif name not in given or _is_itself(given[name], name):
                self.refer(name, mark)
                if name in self._lists:
                    message = f"`{name[:60]}` is a list and cannot be part of a text"
                    self.template.fault("reference-types", mark, message, "use Fn::Join")
        if "{{" in text and "${" not in text:
            self._dynamic(text, mark)

    def _join(self, node: YamlMap, argument: Any) -> bool:
        if self.takes_list(node, "Fn::Join", argument, 2, 2):
            self.fits(argument, 0, slots.LITERAL, "the delimiter of `Fn::Join`")
            self.fits(argument, 1, slots.JOIN_LIST, "a value of `Fn::Join`")
        return True

    def _split(self, node: YamlMap, argument: Any) -> bool:
        if self.takes_list(node, "Fn::Split", argument, 2, 2):
            self.fits(argument, 0, slots.LITERAL, "the delimiter of `Fn::Split`")
            self.fits(argument, 1, slots.SPLIT_TEXT, "the text of `Fn::Split`")
        return True

    def _select(self, node: YamlMap, argument: Any) -> bool:
        if not self.takes_list(node, "Fn::Select", argument, 2, 2):
            return True
        sound = self.fits(argument, 0, slots.SELECT_INDEX, "the index of `Fn::Select`")
        self.fits(argument, 1, slots.SELECT_LIST, "the list of `Fn::Select`")
        index, items = argument
        if sound and index.__class__ is not YamlMap:
            at = int(index)
            most = len(items) if items.__class__ is YamlList else at + 1
            if not 0 <= at < most:
                message = f"the index {at} of `Fn::Select` is outside the list"
                hint = f"the first is 0, the last {most - 1}" if items.__class__ is YamlList else ""
                self.template.fault("select-index", argument.marks[0], message, hint)
        return True

    def _if(self, node: YamlMap, argument: Any) -> bool:
        if self.takes_list(node, "Fn::If", argument, 3, 3):
            name = argument[0]
            if name.__class__ is str:
                self.condition(name, argument.marks[0])
            else:
                message = "the first part of `Fn::If` must be the name of a condition"
                self.template.fault("function-arguments", argument.marks[0], message)
        return True

    def _find_in_map(self, node: YamlMap, argument: Any) -> bool:
        if not self.takes_list(node, "Fn::FindInMap", argument, 3, 4):
            return True
        for at, what in enumerate(("map", "first key", "second key")):
            self.fits(argument, at, slots.MAP_KEY, f"the {what} of `Fn::FindInMap`")
        if len(argument) == 4:
            default = argument[3]
            if default.__class__ is not YamlMap or set(default) != {"DefaultValue"}:
                message = "the fourth part of `Fn::FindInMap` must be {DefaultValue: ...}"
                self.template.fault("function-arguments", argument.marks[3], message)
            return True
        self._map_keys(argument)
        return True

    def _map_keys(self, argument: YamlList) -> None:
        """Check the literal names of a `Fn::FindInMap`."""
        found: Any = self.template.mappings
        if self._has_transform("Mappings"):
            return
        for at, what in enumerate(("mapping", "key", "key")):
            key = argument[at]
            if not isinstance(found, dict) or "Fn::Transform" in found:
                return
            if isinstance(key, dict | list):
                if at == 1:  # the second key must be that of some entry
                    self._second_key(found, argument)
                return
            key = str(key)
            if key not in found:
                message = f"there is no {what} `{key[:80]}` in the mappings"
                hint = self.template.near(key, [str(one) for one in found])
                self.template.fault("mappings-exist", argument.marks[at], message, hint)
                return
            found = found[key]

    def _second_key(self, found: Mapping[Any, Any], argument: YamlList) -> None:
        key = argument[2]
        if isinstance(key, dict | list):
            return
        entries = [one for one in found.values() if isinstance(one, dict)]
        known = {str(name) for one in entries for name in one}
        if len(entries) == len(found) and "Fn::Transform" not in known and str(key) not in known:
            message = f"no entry of the mapping has the key `{str(key)[:80]}`"
            hint = self.template.near(str(key), known)
            self.template.fault("mappings-exist", argument.marks[2], message, hint)

    def _import(self, node: YamlMap, argument: Any) -> bool:
        return self._single(node, "Fn::ImportValue", slots.IMPORT)

    def _base64(self, node: YamlMap, argument: Any) -> bool:
        return self._single(node, "Fn::Base64", slots.BASE64)

    def _get_azs(self, node: YamlMap, argument: Any) -> bool:
        sound = self.fits(node, "Fn::GetAZs", slots.GET_AZS, "the argument of `Fn::GetAZs`")
        if sound and argument.__class__ is str and argument and argument not in slots.REGIONS:
            message = f"there is no region `{argument[:40]}`"
            hint = self.template.near(argument, slots.REGIONS)
            self.template.fault("function-arguments", node.marks["Fn::GetAZs"], message, hint)
        return True

    def _cidr(self, node: YamlMap, argument: Any) -> bool:
        if not self.takes_list(node, "Fn::Cidr", argument, 2, 3):
            return True
        block = argument[0]
        sound = self.fits(argument, 0, slots.CIDR_BLOCK, "the block of `Fn::Cidr`")
        if sound and block.__class__ is str and not _CIDR.fullmatch(block):
            message = f"`{block[:40]}` is no block such as 10.0.0.0/16"
            self.template.fault("function-arguments", argument.marks[0], message)
        for at in range(1, len(argument)):
            what, most = ("count", 256) if at == 1 else ("bits", 128)
            sound = self.fits(argument, at, slots.CIDR_COUNT, f"the {what} of `Fn::Cidr`")
            if (
                sound
                and argument[at].__class__ is not YamlMap
                and not 1 <= int(argument[at]) <= most
            ):
                message = f"the {what} of `Fn::Cidr` must be 1 to {most}"
                self.template.fault("function-arguments", argument.marks[at], message)
        return True

    def _extension(self, node: YamlMap, name: str, slot: Slot) -> bool:
        if not self.extended:
            message = f"`{name}` needs the transform {LANGUAGE_EXTENSIONS}"
            hint = f"write `Transform: {LANGUAGE_EXTENSIONS}`"
            self.template.fault("language-extensions", node.key_marks[name], message, hint)
            return True
        return self._single(node, name, slot)

    def _length(self, node: YamlMap, argument: Any) -> bool:
        return self._extension(node, "Fn::Length", slots.LENGTH)

    def _to_json(self, node: YamlMap, argument: Any) -> bool:
        return self._extension(node, "Fn::ToJsonString", slots.TO_JSON)

    def _stack_output(self, node: YamlMap, argument: Any) -> bool:
        mark = node.marks["Fn::GetStackOutput"]
        if argument.__class__ is not YamlMap:
            message = "`Fn::GetStackOutput` takes a mapping with StackName and OutputName"
            self.template.fault("function-arguments", mark, message)
            return True
        for name in ("StackName", "OutputName"):
            if name not in argument:
                message = f"`Fn::GetStackOutput` needs `{name}`"
                self.template.fault("function-arguments", mark, message)
        for name in argument:
            if name in ("StackName", "OutputName", "Region", "RoleArn"):
                self.fits(argument, name, slots.STACK_OUTPUT, f"`{name}` of `Fn::GetStackOutput`")
            else:
                message = f"`Fn::GetStackOutput` knows no `{name[:60]}`"
                self.template.fault("function-arguments", argument.key_marks[name], message)
        return True

    def _transform(self, node: YamlMap, argument: Any) -> bool:
        return True


_HANDLERS: dict[str, Callable[[Functions, YamlMap, Any], bool]] = {
    "Ref": Functions._ref,
    "Fn::GetAtt": Functions._get_att,
    "Fn::Sub": Functions._sub,
    "Fn::Join": Functions._join,
    "Fn::Split": Functions._split,
    "Fn::Select": Functions._select,
    "Fn::If": Functions._if,
    "Fn::FindInMap": Functions._find_in_map,
    "Fn::ImportValue": Functions._import,
    "Fn::Base64": Functions._base64,
    "Fn::GetAZs": Functions._get_azs,
    "Fn::Cidr": Functions._cidr,
    "Fn::Length": Functions._length,
    "Fn::ToJsonString": Functions._to_json,
    "Fn::GetStackOutput": Functions._stack_output,
    "Fn::Transform": Functions._transform,
}


def _is_text(value: Any) -> bool:
    return value.__class__ is str


def _is_itself(value: Any, name: str) -> bool:
    return value.__class__ is YamlMap and len(value) == 1 and value.get("Ref") == name


def _wrong_text(value: str, kind: str) -> bool:
    if kind in ("string", "any"):
        return False
    if kind == "integer":
        digits = value.strip().removeprefix("-").removeprefix("+")
        return not (digits.isascii() and digits.isdecimal() and len(digits) < 20)
    return kind != "boolean" or value not in ("true", "false", "True", "False")


def _wrong_scalar(value: Any, kind: str) -> bool:
    """Whether a number, a boolean or nothing cannot stand in a slot of a kind."""
    if kind in ("string", "any"):
        return value is None
    if kind == "integer":
        whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e18
        return isinstance(value, bool) or not (isinstance(value, int) or whole)
    return kind != "boolean" or not isinstance(value, bool)


def _describe(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return f"`{str(value)[:40]}`"
