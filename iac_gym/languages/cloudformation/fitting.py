"""What may stand where: values in the slots of functions, and other places for values."""

from __future__ import annotations

from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.cloudformation import dynamic_references
from iac_gym.languages.cloudformation import function_slots as slots
from iac_gym.languages.cloudformation.function_slots import Slot
from iac_gym.languages.cloudformation.names import Names
from iac_gym.languages.cloudformation.pack import attribute as find_attribute

_ARTICLE = {
    "string": "a text",
    "integer": "a whole number",
    "list": "a list",
    "object": "a mapping",
    "object-or-list": "a mapping or a list",
    "boolean": "a condition function",
    "any": "a value",
}


class Fitting(Names):
    """Checks values against slots."""

    def dynamic(self, text: str, mark: Mark) -> None:
        """Check the dynamic references in a text."""
        message = dynamic_references.wrong(text)
        if not message and "{{resolve:ssm-secure:" in text:
            resource = self.template.resources.get(self.owner)
            if resource is None or mark not in dynamic_references.secure_places(resource):
                message = "secure strings of the Systems Manager are not allowed here"
        if message:
            self.template.fault("dynamic-references", mark, message)

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
            given = describe(value)
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
            wrong = name in self.lists
            given = "a list"
        elif slot.kind in ("list", "object", "object-or-list"):
            known = name in template.parameters or name in self.texts or name in template.resources
            wrong = known and name not in self.lists
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

    def single(self, node: YamlMap, name: str, slot: Slot) -> bool:
        """Check the only argument of a function; it is to be walked as well."""
        self.fits(node, name, slot, f"the argument of `{name}`")
        return True


def _is_text(value: Any) -> bool:
    return value.__class__ is str


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


def describe(value: Any) -> str:
    """Say what a value is, in a few words."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return f"`{str(value)[:40]}`"
