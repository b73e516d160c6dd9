"""Folds the trees of a template to values, as far as they are known before deployment.

Parameters have their defaults, mappings and conditions are looked up, functions are worked out.
`Fn::Base64` and `Fn::ToJsonString` are left out: what they encode stands in their place.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from iac_gym.languages.cloudformation.folded import (
    NO_VALUE,
    OPAQUE,
    Folded,
    Joined,
    Unknown,
    is_known,
    join,
    number_of,
    same,
    split,
    text_of,
)
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.parameters import KNOWN_PSEUDO, PSEUDO, value_of
from iac_gym.languages.cloudformation.substitution import Variable, parts_of

#: Deepest nesting of a tree that is folded; below it everything is opaque.
MOST_DEPTH = 90
#: Most networks that `Fn::Cidr` makes.
MOST_NETWORKS = 256

_SECRET = re.compile(r"\{\{resolve:[^{}]{1,2000}\}\}")
_IN_PROGRESS: Any = object()


class Folder:
    """Folds trees of one template. Results of parameters and conditions are kept."""

    def __init__(self, template: Template) -> None:
        # The template itself is not kept: it keeps what is resolved, and a circle of references
        # would wait for the garbage collector.
        self._given = template.parameters
        self._maps = template.mappings
        self._formulas = template.conditions
        self._parameters: dict[str, Folded] = {}
        self._conditions: dict[str, Any] = {}
        self._nesting = 0  # conditions that are being worked out

    def fold(self, tree: Any, depth: int = 0) -> Folded:
        """Fold a tree; a value that removes itself (`AWS::NoValue`) is None."""
        value = self._fold(tree, depth)
        return None if value is NO_VALUE else value

    def _fold(self, tree: Any, depth: int) -> Folded:
        if isinstance(tree, str):
            return _with_secrets(tree) if "{{resolve:" in tree else tree
        if isinstance(tree, dict):
            if depth > MOST_DEPTH:
                return OPAQUE
            if len(tree) == 1:
                ((name, argument),) = tree.items()
                if name == "Ref" or (name.__class__ is str and name[:4] == "Fn::"):
                    return self._function(name, argument, depth + 1)
            return self._mapping(tree, depth + 1)
        if isinstance(tree, list):
            return OPAQUE if depth > MOST_DEPTH else self._list(tree, depth + 1)
        return tree

    def _mapping(self, tree: Mapping[Any, Any], depth: int) -> Folded:
        made: dict[str, Folded] = {}
        for key, item in tree.items():
            value = self._fold(item, depth)
            if value is not NO_VALUE:
                made[key] = value
        return made

    def _list(self, tree: list[Any], depth: int) -> list[Folded]:
        made = []
        for item in tree:
            value = self._fold(item, depth)
            if value is not NO_VALUE:
                made.append(value)
        return made

    def _function(self, name: str, argument: Any, depth: int) -> Folded:
        handler = _HANDLERS.get(name)
        return OPAQUE if handler is None else handler(self, argument, depth)

    # --- references ---------------------------------------------------------------------------

    def reference(self, name: Any) -> Folded:
        """Return what `Ref` of a name gives."""
        if name.__class__ is not str:
            return OPAQUE
        if name in self._parameters:
            return self._parameters[name]
        if name in self._given:
            value = value_of(name, self._given[name])
            if isinstance(value, str) and "{{resolve:" in value:
                value = _with_secrets(value)
        elif name in PSEUDO:
            value = KNOWN_PSEUDO.get(name)
            if value is None:
                value = NO_VALUE if name == NO_VALUE.name else Unknown("pseudo", name)
        else:
            value = Unknown("resource", name)
        self._parameters[name] = value
        return value

    def _ref(self, argument: Any, depth: int) -> Folded:
        if argument.__class__ is not str:
            argument = self._fold(argument, depth)
        return self.reference(argument)

    def _get_att(self, argument: Any, depth: int) -> Folded:
        if argument.__class__ is str:
            argument = argument.split(".", 1)
        if not isinstance(argument, list) or len(argument) < 2:
            return OPAQUE
        steps = [text_of(self._fold(item, depth)) for item in argument]
        return Unknown("resource", steps[0], ".".join(steps[1:])) if all(steps) else OPAQUE

    def _sub(self, argument: Any, depth: int) -> Folded:
        given: Mapping[Any, Any] = {}
        if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], dict):
            argument, given = argument
        if not isinstance(argument, str):
            return OPAQUE
        made: dict[str, Folded] = {}
        values = []
        for part in parts_of(argument):
            if part.__class__ is not Variable:
                values.append(part)
                continue
            name = part.name
            if name not in made:
                made[name] = self._variable(name, given, depth)
            values.append(made[name])
        text = join(values)
        return _with_secrets(text) if isinstance(text, str) and "{{resolve:" in text else text

    def _variable(self, name: str, given: Mapping[Any, Any], depth: int) -> Folded:
        if name in given:
            return self._fold(given[name], depth)
        if "." in name:
            return self._get_att(name, depth)
        return self.reference(name)

    # --- texts and lists ----------------------------------------------------------------------

    def _join(self, argument: Any, depth: int) -> Folded:
        if not isinstance(argument, list) or len(argument) != 2:
            return OPAQUE
        separator, items = self._fold(argument[0], depth), self._fold(argument[1], depth)
        if not isinstance(separator, str) or not isinstance(items, list):
            return Unknown("opaque", options=(items,))
        return join(items, separator)

    def _split(self, argument: Any, depth: int) -> Folded:
        if not isinstance(argument, list) or len(argument) != 2:
            return OPAQUE
        separator, text = self._fold(argument[0], depth), self._fold(argument[1], depth)
        if not isinstance(separator, str) or isinstance(text, Unknown):
            return Unknown("opaque", options=(text,))
        return split(text, separator)

    def _select(self, argument: Any, depth: int) -> Folded:
        if not isinstance(argument, list) or len(argument) != 2:
            return OPAQUE
        index, items = number_of(self._fold(argument[0], depth)), self._fold(argument[1], depth)
        if isinstance(items, list):
            if index is None:
                return Unknown("choice", options=tuple(items))
            return items[index] if -1 < index < len(items) else OPAQUE
        if index is None or not isinstance(items, Unknown) or items.kind in ("opaque", "choice"):
            return Unknown("opaque", options=(items,))
        if items.kind == "zone":
            return Unknown("zone", f"{items.name}[{index}]")
        step = f"{items.attribute}.{index}".lstrip(".")
        return Unknown(items.kind, items.name, step, items.options)

    def _get_azs(self, argument: Any, depth: int) -> Folded:
        region = self._fold(argument, depth)
        return Unknown("zone", text_of(region) or KNOWN_PSEUDO["AWS::Region"])

    def _cidr(self, argument: Any, depth: int) -> Folded:
        if not isinstance(argument, list) or len(argument) not in (2, 3):
            return OPAQUE
        block, *numbers = [self._fold(item, depth) for item in argument]
        count, bits = number_of(numbers[0]), number_of(numbers[-1] if numbers[1:] else 8)
        if not isinstance(block, str) or count is None or bits is None:
            return Unknown("cidr", options=(block,))
        return _networks(block, count, bits)

    def _find_in_map(self, argument: Any, depth: int) -> Folded:
        if not isinstance(argument, list) or len(argument) < 3:
            return OPAQUE
        found: Any = self._maps
        for item in argument[:3]:
            key = self._fold(item, depth)
            if not is_known(key):
                return Unknown("opaque", options=(key,))
            key = text_of(key)
            if not isinstance(found, dict) or key not in found:
                return self._map_default(argument, depth)
            found = found[key]
        return self._fold(found, depth)

    def _map_default(self, argument: list[Any], depth: int) -> Folded:
        extra = argument[3] if len(argument) > 3 else None
        if isinstance(extra, dict) and "DefaultValue" in extra:
            return self._fold(extra["DefaultValue"], depth)
        return OPAQUE

    def _import(self, argument: Any, depth: int) -> Folded:
        name = self._fold(argument, depth)
        return Unknown("import", str(name)) if isinstance(name, str | Joined | Unknown) else OPAQUE

    def _stack_output(self, argument: Any, depth: int) -> Folded:
        given = self._fold(argument, depth)
        name = given.get("OutputName") if isinstance(given, dict) else None
        return Unknown("import", str(name)) if isinstance(name, str | Joined | Unknown) else OPAQUE

    def _length(self, argument: Any, depth: int) -> Folded:
        items = self._fold(argument, depth)
        return len(items) if isinstance(items, list) else Unknown("opaque", options=(items,))

    # --- conditions ---------------------------------------------------------------------------

    def _if(self, argument: Any, depth: int) -> Folded:
        if not isinstance(argument, list) or len(argument) != 3:
            return OPAQUE
        name, then, otherwise = argument
        holds = self.condition(name)
        if holds is not None:
            return self._fold(then if holds else otherwise, depth)
        left, right = self._fold(then, depth), self._fold(otherwise, depth)
        return left if same(left, right) else Unknown("choice", text_of(name), "", (left, right))

    def condition(self, name: Any) -> bool | None:
        """Return whether a condition of the template holds; None where it is not known."""
        if not isinstance(name, str):
            return None
        known = self._conditions.get(name, _IN_PROGRESS)
        if known is not _IN_PROGRESS:
            return known  # type: ignore[no-any-return]
        if name not in self._formulas or self._nesting > MOST_DEPTH:
            return None
        self._conditions[name] = None  # a condition that needs itself is not known
        self._nesting += 1
        value = self._holds(self._formulas[name], self._nesting)
        self._nesting -= 1
        self._conditions[name] = value
        return value

    def _holds(self, tree: Any, depth: int) -> bool | None:
        if isinstance(tree, bool):
            return tree
        if depth > MOST_DEPTH or not isinstance(tree, dict) or len(tree) != 1:
            return None
        ((name, argument),) = tree.items()
        if name == "Condition":
            return self.condition(argument)
        if not isinstance(argument, list):
            return None
        if name == "Fn::Equals":
            return self._equal(argument, depth)
        return _combined(name, [self._holds(item, depth + 1) for item in argument])

    def _equal(self, argument: list[Any], depth: int) -> bool | None:
        if len(argument) != 2:
            return None
        left, right = (self._fold(item, depth + 1) for item in argument)
        if is_known(left) and is_known(right):
            return same(left, right)
        return True if left.__class__ is right.__class__ and left == right else None

    def _same(self, argument: Any, depth: int) -> Folded:
        return self._fold(argument, depth)


_HANDLERS: dict[str, Callable[[Folder, Any, int], Folded]] = {
    "Ref": Folder._ref,
    "Fn::GetAtt": Folder._get_att,
    "Fn::Sub": Folder._sub,
    "Fn::Join": Folder._join,
    "Fn::Split": Folder._split,
    "Fn::Select": Folder._select,
    "Fn::GetAZs": Folder._get_azs,
    "Fn::Cidr": Folder._cidr,
    "Fn::FindInMap": Folder._find_in_map,
    "Fn::ImportValue": Folder._import,
    "Fn::GetStackOutput": Folder._stack_output,
    "Fn::Length": Folder._length,
    "Fn::If": Folder._if,
    "Fn::Base64": Folder._same,
    "Fn::ToJsonString": Folder._same,
}


def _combined(name: str, holds: list[bool | None]) -> bool | None:
    """Combine conditions by `Fn::Not`, `Fn::And` or `Fn::Or`."""
    if name == "Fn::Not":
        return None if len(holds) != 1 or holds[0] is None else not holds[0]
    decisive = {"Fn::And": False, "Fn::Or": True}.get(name)
    if decisive is None or decisive in holds:
        return decisive
    return None if None in holds else not decisive


def _with_secrets(text: str) -> Folded:
    """Return a text whose dynamic references are unknown parts."""
    parts: list[Folded] = []
    last = 0
    for found in _SECRET.finditer(text):
        parts += [text[last : found.start()], Unknown("secret", found.group()[2:-2])]
        last = found.end()
    return join([*parts, text[last:]])


def _networks(block: str, count: int, bits: int) -> Folded:
    try:
        network = ipaddress.ip_network(block, strict=False)
        size = network.max_prefixlen - bits
        if not 0 < count <= MOST_NETWORKS or size < network.prefixlen:
            return OPAQUE
        return [str(one) for one in islice(network.subnets(new_prefix=size), count)]
    except ValueError:
        return OPAQUE
