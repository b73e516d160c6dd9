"""`when`: its conditions, held against what each takes."""

from __future__ import annotations

import re
from typing import Any

from iac_gym.formats.groovy.nodes import Call, Closure, Constant, Jump, MapLiteral, Statement
from iac_gym.languages.jenkins.directives import Directives
from iac_gym.languages.jenkins.model import Condition, When
from iac_gym.languages.jenkins.pack import symbols

_BEFORE = ("beforeAgent", "beforeInput", "beforeOptions")
#: Conditions that hold others: how many, -1 for at least one.
_NESTED = {"allOf": -1, "anyOf": -1, "not": 1}
#: Constructs of Java's regular expressions that Python's do not have, or write otherwise.
_JAVA_ONLY = re.compile(r"\\[pPQEGzZhHvVRXkN]|\(\?[<a-zA-Z-]|[*+?}]\+|&&|\[[^\]]*\[")


class Conditions(Directives):
    """Reads `when`."""

    def when(self, node: Call) -> When | None:
        """Read `when { ... }`."""
        closure = self.block(node)
        if closure is None:
            self.fault("section-form", "`when` needs a block", node, "write `when { ... }`")
            return None
        conditions: list[Condition] = []
        before: set[str] = set()
        for entry in closure.body:
            if not isinstance(entry, Call):
                self._no_condition(entry)
                continue
            name = self.name(entry, "when-condition")
            if name in _BEFORE:
                if self.boolean(entry, name):
                    before.add(name)
            elif name:
                conditions.append(self._condition(entry, name))
        if not conditions and all(isinstance(one, Call) for one in closure.body):
            self.fault("empty-section", "`when` has no condition", node)
        return When(conditions, frozenset(before), self.mark(node))

    def _no_condition(self, node: Statement) -> None:
        word = self.shown(node)
        hint = f"write `{word}()`" if word in ("buildingTag", "changeRequest") else ""
        self.fault("when-condition", f"`{word}` is no condition", node, hint)

    def _condition(self, node: Call, name: str) -> Condition:
        closure = self.block(node)
        if name == "expression":
            return self._expression(node, closure)
        args = node.args[:-1] if closure is not None else node.args
        children: list[Condition] = []
        for entry in closure.body if closure is not None else ():
            if isinstance(entry, Call):
                child = self.name(entry, "when-condition")
                if child:
                    children.append(self._condition(entry, child))
            else:
                self._no_condition(entry)
        signature = symbols("conditions").get(name)
        if name in _NESTED:
            self._check_nested(node, name, args, closure, len(children))
        elif signature is None:
            hint = self.nearest(name, [*symbols("conditions"), *_NESTED, "expression"])
            self.fault("when-condition", f"there is no condition `{name}`", node, hint)
        elif closure is not None:
            self.fault("when-condition", f"`{name}` cannot hold conditions", node)
        else:
            form, entries, single = self.arguments(args)
            self.check_described("when-condition", node, signature, form, entries, single)
            self._check_pattern(node, name)
        values, unnamed = self.item_values(args, signature)
        return Condition(name, values, unnamed, self.mark(node), children)

    def _check_nested(
        self, node: Call, name: str, args: list[Any], closure: Closure | None, count: int
    ) -> None:
        wanted = _NESTED[name]
        if args or closure is None:
            hint = f"write `{name} {{ ... }}`"
            self.fault("when-condition", f"`{name}` takes a block of conditions", node, hint)
        elif count == 0 or wanted not in (count, -1):
            number = "exactly one condition" if wanted == 1 else "a condition"
            self.fault("when-condition", f"`{name}` needs {number}", node)

    def _check_pattern(self, node: Call, name: str) -> None:
        if name != "changelog":
            return
        only = node.args[0] if node.args else None
        if isinstance(only, MapLiteral):
            only = only.entries[0].value if only.entries else None
        if not isinstance(only, Constant) or not isinstance(only.value, str):
            return
        if _JAVA_ONLY.search(only.value):
            return
        try:
            re.compile(only.value)
        except re.error as error:
            message = f"the pattern cannot be read: {error}"
            self.fault("when-condition", message, only)

    def _expression(self, node: Call, closure: Closure | None) -> Condition:
        args: dict[str, Any] = {}
        if closure is None:
            hint = "write `expression { ... }`"
            self.fault("when-condition", "`expression` needs a block", node, hint)
        elif closure.body:
            last = closure.body[-1]
            if isinstance(last, Jump) and last.keyword == "return" and last.values:
                last = last.values[0]
            if len(closure.body) == 1:
                args["expression"] = _truth(self.values.of(last))
        return Condition("expression", args, [], self.mark(node))


def _truth(value: Any) -> Any:
    """Return what Groovy takes a value for, where it is known."""
    if value is None or type(value) in (str, int, float, list, dict):
        return bool(value)
    return value
