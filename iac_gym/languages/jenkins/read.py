"""What all parts of the reader share: places, faults, calls and blocks, arguments.

The declarative pipeline is read as the plugin's own parser and validator read it. Source:
ModelParser and ModelValidatorImpl of
https://github.com/jenkinsci/pipeline-model-definition-plugin
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from iac_gym.formats.groovy.nodes import (
    Call,
    Closure,
    Constant,
    Expression,
    GString,
    MapEntry,
    MapLiteral,
    Name,
    Node,
    Script,
    Statement,
)
from iac_gym.languages.jenkins.model import Item, Mark, Pipeline
from iac_gym.languages.jenkins.pack import Signature, steps, symbols
from iac_gym.languages.jenkins.values import Values

_LINE_END = re.compile("\n")
#: Most faults of one rule, and most hints.
MOST_FAULTS = 50
#: What a whole number may be at most.
MOST_INTEGER = 2**63 - 1


class Reader:
    """Reads a script into `pipeline`, with a fault for each thing that Jenkins would refuse."""

    def __init__(self, script: Script, path: str) -> None:
        self.script = script
        self.text = script.text
        self.pipeline = Pipeline(path, script.text)
        self.values = Values(script.text, self.item_of)
        self._asked = 0
        self._line_starts = [0, *[found.end() for found in _LINE_END.finditer(script.text)]]

    # Places and faults

    def mark(self, node: Node) -> Mark:
        """Return line and column of a node."""
        line = bisect_right(self._line_starts, node.at)
        return line, node.at - self._line_starts[line - 1] + 1

    def fault(self, rule: str, message: str, node: Node, hint: str = "") -> None:
        """Note what a rule finds."""
        found = self.pipeline.faults.setdefault(rule, [])
        if len(found) >= MOST_FAULTS:
            return
        finding = self.pipeline.finding(message, self.mark(node), hint)
        found.append(finding)

    def shown(self, node: Node) -> str:
        """Return the first line of a node's text, for messages."""
        return self.text[node.at : node.end].partition("\n")[0][:60]

    # Calls and blocks

    def name(self, call: Call, rule: str = "step-form") -> str:
        """Return the name of a call; "" with a fault where it is a call on an object."""
        target = call.target
        if (target is None or (isinstance(target, Name) and target.name == "this")) and isinstance(
            call.name, str
        ):
            return call.name
        message = f"`{self.shown(call)}` is a call on an object, not a step"
        self.fault(rule, message, call, "put it into `script { }`")
        return ""

    def block(self, node: Statement) -> Closure | None:
        """Return the block of `name { }` or `name(...) { }`, None where it is something else."""
        if isinstance(node, Call) and node.args and isinstance(node.name, str):
            target = node.target
            if target is None or (isinstance(target, Name) and target.name == "this"):
                last = node.args[-1]
                return last if isinstance(last, Closure) else None
        return None

    def body(self, node: Statement, what: str) -> list[Statement]:
        """Return the statements of a section, with a fault where it has no block."""
        closure = self.block(node)
        if closure is None:
            hint = f"write `{what} {{ ... }}`"
            self.fault("section-form", f"`{what}` needs a block", node, hint)
            return []
        return closure.body

    def section_calls(self, body: Iterable[Statement], owner: str) -> Iterable[tuple[str, Call]]:
        """Yield the sections in a body by name, with faults for other things and repetitions."""
        seen: set[str] = set()
        for node in body:
            if not isinstance(node, Call):
                message = f"`{self.shown(node)}` cannot stand in `{owner}`"
                self.fault("section-form", message, node, "only sections can stand here")
                continue
            name = self.name(node, "section-form")
            if not name:
                continue
            if name in seen:
                self.fault("section-once", f"`{name}` occurs twice in `{owner}`", node)
            seen.add(name)
            yield name, node

    def nearest(self, name: str, known: Iterable[str]) -> str:
        """Return a hint with the nearest known word."""
        self._asked += 1
        if self._asked > MOST_FAULTS:
            return ""
        close = get_close_matches(name, [*known], 1)
        return f"did you mean `{close[0]}`?" if close else ""

    # Arguments

    def literal(self, node: Expression) -> None:
        """Note what cannot be an argument outside `script`."""
        if isinstance(node, Constant):
            value = node.value
            if type(value) is int and not -MOST_INTEGER - 1 <= value <= MOST_INTEGER:
                self.fault("argument-value", f"{value} is too large a number", node)
        elif self.text.startswith("${", node.at) and not isinstance(node, GString):
            hint = f'write "{self.shown(node)}", with quotes'
            self.fault("argument-value", f"`{self.shown(node)}` is no value", node, hint)

    def key(self, node: Expression, rule: str = "argument-value") -> str:
        """Return a name written as a word or a text; "" with a fault where it is neither."""
        if isinstance(node, Constant) and isinstance(node.value, str):
            return node.value
        if isinstance(node, Name):
            return node.name
        self.fault(rule, f"`{self.shown(node)}` must be a plain text", node)
        return ""

    def arguments(self, args: list[Expression]) -> tuple[str, list[MapEntry], list[Expression]]:
        """Sort the arguments of a step: "named", "single" or "positional", and what they are."""
        if not args:
            return "named", [], []
        if len(args) > 1:
            for node in args:
                self.literal(node)
            return "positional", [], args
        only = args[0]
        if isinstance(only, MapLiteral) and not _is_described(only):
            for entry in only.entries:
                if entry.key is not None:
                    self.key(entry.key)
                self.literal(entry.value)
            return "named", only.entries, []
        self.literal(only)
        return "single", [], args

    # Items

    def item_of(self, call: Call) -> Item:
        """Make the item of a call that is a value."""
        name = call.name if isinstance(call.name, str) else self.shown(call)
        signature = steps().get(name) or symbols("functions").get(name)
        args, unnamed = self.item_values(call.args, signature)
        return Item(name, args, unnamed, self.mark(call))

    def item_values(
        self, nodes: list[Expression], signature: Signature | None
    ) -> tuple[dict[str, Any], list[Any]]:
        """Return arguments by name, and those that have none."""
        args: dict[str, Any] = {}
        unnamed: list[Any] = []
        of = self.values.of
        for node in nodes:
            if isinstance(node, MapLiteral):
                for entry in node.entries:
                    key = entry.key
                    if isinstance(key, Constant):
                        args[str(key.value)] = of(entry.value)
                    elif key is not None:
                        args[str(of(key))] = of(entry.value)
            elif not isinstance(node, Closure):
                unnamed.append(of(node))
        if len(unnamed) == 1 and not args and signature is not None and signature.sole:
            return {signature.sole: unnamed[0]}, []
        return args, unnamed


def _is_described(node: MapLiteral) -> bool:
    return any(
        (isinstance(entry.key, Constant) and entry.key.value == "$class")
        or (isinstance(entry.key, Name) and entry.key.name == "$class")
        for entry in node.entries
    )
