"""The walk over a template's values: shapes of intrinsic functions, what they name, dynamic
references. One pass finds all of it, and the edges of the dependency graph.
"""

from __future__ import annotations

import re
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.cloudformation import function_slots as slots
from iac_gym.languages.cloudformation.arguments import HANDLERS
from iac_gym.languages.cloudformation.fitting import Fitting
from iac_gym.languages.cloudformation.foreach import LOOP_SHAPE, is_loop
from iac_gym.languages.cloudformation.model import LANGUAGE_EXTENSIONS

#: Keys whose texts are not looked at: templates in templates, and what was told of already.
_UNREAD = ("TemplateBody", "Fn::Sub")
_EMBEDDED = re.compile(r"\$\{([A-Za-z0-9_:.]+)\}")


class Functions(Fitting):
    """Walks values of one template."""

    def walk(self, tree: Any, owner: str = "", mark: Mark = (0, 0)) -> None:
        """Examine every function in a tree that belongs to a resource (its logical id).

        `mark` is the place of a tree that is a text.
        """
        self.tree_mark = mark
        self.links = self.edges.setdefault(owner, {}) if owner else None
        self.owner = owner
        pending = self.pending
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
                self._text(node, self.tree_mark)

    def _argument(self, node: YamlMap, key: str) -> None:
        argument = node[key]
        if argument.__class__ is str:
            if "{" in argument:
                self._text(argument, node.marks[key])
        else:
            self.pending.append(argument)

    def _mapping(self, node: YamlMap) -> None:
        pending = self.pending
        for key, value in node.items():
            cls = value.__class__
            if cls is str:
                if "{" in value and key not in _UNREAD:
                    self._text(value, node.marks[key])
            elif cls is YamlMap or cls is YamlList:
                pending.append(value)
            if key[:4] == "Fn::":
                self._beside(node, key)

    def _sequence(self, node: YamlList) -> None:
        pending = self.pending
        for index, value in enumerate(node):
            cls = value.__class__
            if cls is str:
                if "{" in value:
                    self._text(value, node.marks[index])
            elif cls is YamlMap or cls is YamlList:
                pending.append(value)

    def _function(self, node: YamlMap, name: str) -> bool:
        """Examine one function; whether its argument is to be walked as well."""
        handler = HANDLERS.get(name)
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
    #: Metadata is free: what looks like a function with other keys beside it may be data.
    in_metadata = False

    def _beside(self, node: YamlMap, name: str) -> None:
        """A function has other keys beside it."""
        if name == "Fn::Transform" or self.in_metadata:
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
        elif not is_loop(node[name]):
            self.template.fault("language-extensions", node.key_marks[name], LOOP_SHAPE)
        return False

    def _text(self, text: str, mark: Mark) -> None:
        """Examine a text that is no argument of `Fn::Sub`."""
        if "{{" in text:
            self.dynamic(text, mark)
        if "${" not in text:
            return
        for found in _EMBEDDED.finditer(text):
            name = found.group(1)
            if self.is_known(name) and not self.is_substituted(name):
                message = f"`{found.group()[:80]}` is not replaced here"
                self.template.fault("embedded-variables", mark, message, "use Fn::Sub")
                return
