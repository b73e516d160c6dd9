"""Sections of pipelines and stages: agent, environment, options, triggers, tools, input, ..."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from iac_gym.formats.groovy.nodes import (
    Binary,
    Call,
    Closure,
    Constant,
    Declaration,
    Expression,
    GString,
    MapLiteral,
    Name,
    Statement,
)
from iac_gym.languages.jenkins.described import Described
from iac_gym.languages.jenkins.model import Agent, Credentials, Input, Item, Variable
from iac_gym.languages.jenkins.pack import symbols, words
from iac_gym.languages.jenkins.values import Unknown

IDENTIFIER = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_PLURALS = {"options": "option", "triggers": "trigger", "parameters": "parameter",
            "stage options": "option"}  # fmt: skip
_INPUT_FIELDS = ("message", "id", "ok", "submitter", "submitterParameter", "parameters")


class Directives(Described):
    """Reads sections that hold no stages."""

    # agent

    def agent(self, node: Call) -> Agent | None:
        """Read `agent any` or `agent { docker { ... } }`."""
        closure = self.block(node)
        if closure is None:
            return self._plain_agent(node)
        if len(closure.body) != 1:
            message = "`agent` needs exactly one kind of agent"
            self.fault("agent-form", message, node, "for example `agent { label 'linux' }`")
            return None
        kind_call = closure.body[0]
        if not isinstance(kind_call, Call):
            message = f"`{self.shown(kind_call)}` is no kind of agent with an argument"
            hint = "write `agent any` without braces" if self._is_word(kind_call) else ""
            self.fault("agent-form", message, kind_call, hint)
            return None
        kind = self.name(kind_call, "agent-form")
        values = self._settings(closure)
        found = values.get(kind)
        args = found if isinstance(found, dict) else {}
        if found is not None and not isinstance(found, dict):
            signature = symbols("agents").get(kind)
            args = {(signature.sole if signature and signature.sole else kind): found}
        self._check_agent(kind_call, kind, args, isinstance(found, dict))
        return Agent("label" if kind == "node" else kind, args, self.mark(node))

    def _is_word(self, node: Statement) -> bool:
        return isinstance(node, Name) and node.name in ("any", "none")

    def _plain_agent(self, node: Call) -> Agent | None:
        if len(node.args) != 1:
            self.fault("agent-form", "`agent` needs one kind of agent", node, "write `agent any`")
            return None
        word = self.key(node.args[0], "agent-form")
        if word not in ("any", "none"):
            hint = "other agents stand in braces: `agent { label 'linux' }`"
            self.fault("agent-form", f"`agent {word}` is not known", node.args[0], hint)
            return None
        return Agent(word, {}, self.mark(node))

    def _settings(self, closure: Closure) -> dict[str, Any]:
        """Read a block of `key value` lines; blocks as values become dicts."""
        found: dict[str, Any] = {}
        for node in closure.body:
            if not isinstance(node, Call):
                message = f"`{self.shown(node)}` is no setting"
                self.fault("agent-form", message, node, "write `key 'value'`")
                continue
            key = node.name if isinstance(node.name, str) else ""
            if len(node.args) != 1:
                message = f"`{key}` needs exactly one value"
                self.fault("agent-form", message, node)
            elif isinstance(node.args[0], Closure):
                found[key] = self._settings(node.args[0])
            else:
                self.literal(node.args[0])
                found[key] = self.values.of(node.args[0])
        return found

    def _check_agent(self, node: Call, kind: str, args: Mapping[str, Any], block: bool) -> None:
        known = symbols("agents")
        signature = known.get(kind)
        if signature is None:
            if kind not in ("any", "none"):
                hint = self.nearest(kind, known)
                self.fault("agent-kind", f"there is no kind of agent `{kind}`", node, hint)
            return
        if not block:
            return
        for param in signature.required:
            if param not in args:
                self.fault("agent-kind", f"an agent `{kind}` needs `{param}`", node)
        for key in args:
            if key not in signature.params and not signature.open:
                hint = self.nearest(key, signature.params)
                self.fault("agent-kind", f"an agent `{kind}` has no `{key}`", node, hint)

    # environment

    def environment(self, node: Call) -> dict[str, Variable]:
        """Read `NAME = value` lines; later ones see the earlier."""
        found: dict[str, Variable] = {}
        body = self.body(node, "environment")
        if self.block(node) is not None and not body:
            self.fault("empty-section", "`environment` is empty", node)
        for entry in body:
            pair = self._pair(entry)
            if pair is None:
                message = f"`{self.shown(entry)}` is no variable"
                hint = "write `NAME = 'value'`"
                self.fault("environment-entry", message, entry, hint)
                continue
            name = self.key(pair[0], "environment-entry")
            if not name:
                continue
            if not IDENTIFIER.fullmatch(name):
                self.fault("environment-entry", f"`{name}` cannot name a variable", entry)
            if name in found:
                self.fault("unique-names", f"the variable `{name}` is set twice", entry)
                continue
            value = self._environment_value(pair[1])
            found[name] = Variable(name, value, self.mark(entry))
            self.values.known.pop(name, None)
            if type(value) is str:
                self.values.known[name] = value
        return found

    def _pair(self, node: Statement) -> tuple[Expression, Expression] | None:
        if isinstance(node, Binary) and node.operator == "=":
            return node.left, node.right
        if isinstance(node, Declaration) and len(node.variables) == 1:
            only = node.variables[0]
            if only.value is not None and node.value is None:
                return Name(only.at, only.end, only.name), only.value
        return None

    def _environment_value(self, node: Expression) -> Any:
        rule = "environment-value"
        if isinstance(node, (Constant, GString)):
            self.literal(node)
        elif isinstance(node, Call):
            return self._environment_call(node)
        elif isinstance(node, Binary) and node.operator == "+":
            self._check_sum(node)
        else:
            hint = 'put it between double quotes: `"${...}"`'
            message = f"`{self.shown(node)}` must be a text or a call"
            self.fault(rule, message, node, hint)
        value = self.values.of(node)
        return value if isinstance(value, (str, Unknown, Item)) else _text(value)

    def _environment_call(self, node: Call) -> Any:
        if node.target is None and node.name == "credentials":
            for arg in node.args:
                if not isinstance(arg, (Constant, GString)):
                    message = "the id of credentials must be a text"
                    self.fault("environment-value", message, arg)
            return Credentials(self.values.of(node.args[0]) if node.args else "")
        self.literal(node)
        return self.values.of(node)

    def _check_sum(self, node: Expression) -> None:
        """Check that only texts are joined, in a loop: a sum may be long."""
        while isinstance(node, Binary) and node.operator == "+":
            self._check_part(node.right)
            node = node.left
        self._check_part(node)

    def _check_part(self, node: Expression) -> None:
        if not isinstance(node, (Constant, GString)):
            message = f"`{self.shown(node)}` cannot be joined: only texts in quotes can"
            self.fault("environment-value", message, node)

    # options, triggers, parameters, libraries, tools

    def described(self, node: Call, section: str) -> list[Item]:
        """Read options, triggers or parameters; `section` names the part of the pack."""
        what = "options" if section == "stage options" else section
        found: list[Item] = []
        body = self.body(node, what)
        if self.block(node) is not None and not body:
            self.fault("empty-section", f"`{what}` is empty", node)
        for entry in body:
            item = self._described_entry(entry, section, _PLURALS[section])
            if item is not None:
                if section != "parameters" and any(one.name == item.name for one in found):
                    self.fault("unique-names", f"`{item.name}` occurs twice in `{what}`", entry)
                found.append(item)
        return found

    def _described_entry(self, node: Statement, section: str, what: str) -> Item | None:
        if not isinstance(node, Call):
            hint = "write it as a call, with `()`"
            self.fault("described-form", f"`{self.shown(node)}` is no {what}", node, hint)
            return None
        if self.block(node) is not None:
            self.fault("described-form", f"a {what} cannot have a block", node)
            return None
        name = self.name(node, "described-form")
        signature = self.known_symbol(section, name)
        if name in ("parameters", "triggers") and what == "option":
            hint = f"use the section `{name} {{ }}` of the pipeline"
            self.fault("known-option", f"`{name}` cannot be an option", node, hint)
        elif signature is None and name:
            self._unknown_symbol(node, section, name, what)
        elif name == "properties":
            self.fault("described-form", "`properties` cannot be used here", node)
        return self.described_call(node, signature)

    def _unknown_symbol(self, node: Call, section: str, name: str, what: str) -> None:
        from iac_gym.languages.jenkins.pack import option_signatures

        known = (
            option_signatures(section == "stage options") if what == "option" else symbols(section)
        )
        place = " of a stage" if section == "stage options" else ""
        message = f"there is no {what} `{name}`{place}"
        self.fault(f"known-{what}", message, node, self.nearest(name, known))

    def libraries(self, node: Call) -> list[Any]:
        """Read `libraries { lib('name@version') }`."""
        found: list[Any] = []
        body = self.body(node, "libraries")
        if self.block(node) is not None and not body:
            self.fault("empty-section", "`libraries` is empty", node)
        for entry in body:
            if (
                not isinstance(entry, Call) or entry.name != "lib" or len(entry.args) != 1
                or isinstance(entry.args[0], (Closure, MapLiteral, Call))
            ):  # fmt: skip
                hint = "write `lib('name@version')`"
                self.fault("library-form", f"`{self.shown(entry)}` is no library", entry, hint)
            else:
                found.append(self.values.of(entry.args[0]))
        return found

    def tools(self, node: Call) -> dict[str, Any]:
        """Read `tools { maven 'name' }`."""
        found: dict[str, Any] = {}
        body = self.body(node, "tools")
        if self.block(node) is not None and not body:
            self.fault("empty-section", "`tools` is empty", node)
        for entry in body:
            if not isinstance(entry, Call) or len(entry.args) != 1:
                message = f"`{self.shown(entry)}` is no tool with a name"
                self.fault("tool-form", message, entry, "write `maven 'name of the installation'`")
                continue
            name = entry.name if isinstance(entry.name, str) else ""
            if name not in words("tools") and "." not in name:
                hint = self.nearest(name, words("tools"))
                self.fault("known-tool", f"there is no kind of tool `{name}`", entry, hint)
            self.literal(entry.args[0])
            found[name] = self.values.of(entry.args[0])
        return found

    def input(self, node: Call) -> Input:
        """Read `input { message '...' }`."""
        found = Input({}, [], self.mark(node))
        for name, entry in self.section_calls(self.body(node, "input"), "input"):
            if len(entry.args) != 1:
                self.fault("input-field", f"`{name}` needs exactly one value", entry)
            elif name not in _INPUT_FIELDS:
                hint = self.nearest(name, _INPUT_FIELDS)
                self.fault("input-field", f"`input` has no `{name}`", entry, hint)
            elif name == "parameters":
                found.parameters = self.described(entry, "parameters")
            else:
                self.literal(entry.args[0])
                found.args[name] = self.values.of(entry.args[0])
        if "message" not in found.args and self.block(node) is not None:
            self.fault("input-field", "`input` lacks its `message`", node)
        return found

    def boolean(self, node: Call, name: str) -> bool:
        """Read `failFast true`."""
        only = node.args[0] if node.args else None
        if not isinstance(only, Constant) or not isinstance(only.value, bool):
            self.fault("boolean-setting", f"`{name}` must be followed by true or false", node)
            return False
        return only.value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
