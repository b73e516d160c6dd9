"""Classes, interfaces, traits, enums and annotation types."""

from __future__ import annotations

from iac_gym.formats.groovy.nodes import (
    Annotation,
    Block,
    Class,
    Method,
    Statement,
)
from iac_gym.formats.groovy.statements import Statements


class Parser(Statements):
    """The whole parser."""

    def type_definition(self) -> Statement:
        """Read a class, interface, enum, trait or annotation type with its modifiers."""
        start = self.starts[self.i]
        self.modifiers()
        kind = self.kinds[self.i]
        if kind == "@":
            kind = "annotation"
            self.i += 1
        self.i += 1
        name = self.name()
        self.newlines()
        if self.kinds[self.i] == "<" and kind not in ("enum", "annotation"):
            end = self.type_arguments_end(self.i)
            if end < 0:
                raise self.error()
            self.i = end
            self.newlines()
        self._clauses(kind)
        members = self.class_body(name, kind)
        return Class(start, self.ends[self.i - 1], kind, name, members)

    def _clauses(self, kind: str) -> None:
        if kind in ("class", "trait", "interface") and self.kinds[self.i] == "extends":
            self._types(many=kind == "interface")
        if kind in ("class", "trait", "enum") and self.kinds[self.i] == "implements":
            self._types(many=True)

    def _types(self, *, many: bool) -> None:
        self.i += 1
        self.newlines()
        self.type_name(brackets=False)
        while many and self.kinds[self.i] == ",":
            self.i += 1
            self.newlines()
            self.type_name(brackets=False)
        self.newlines()

    def class_body(self, name: str, kind: str) -> list[Statement]:
        """Read the members of a class, from its opening brace on."""
        self.expect("{")
        members: list[Statement] = []
        kinds = self.kinds
        self.enter()
        if kind == "enum":
            self.newlines()
            self._enum_constants()
        while True:
            while kinds[self.i] in (";", "newline"):
                self.i += 1
            if kinds[self.i] == "}":
                break
            members.append(self._member(name, kind))
            if kinds[self.i] not in (";", "newline", "}"):
                raise self.error()
        self.i += 1
        self.depth -= 1
        return members

    def _enum_constants(self) -> None:
        kinds = self.kinds
        while kinds[self.modifiers_end(self.i)] == "id" and self._at_constant():
            self.modifiers()
            self.i += 1
            if kinds[self.i] == "(":
                self.i += 1
                self.arguments(")")
                self.expect(")")
            if kinds[self.i] == "{":
                self.class_body("", "class")
            if self.behind_newline() != ",":
                return
            self.newlines()
            self.i += 1
            self.newlines()

    def _at_constant(self) -> bool:
        i = self.modifiers_end(self.i) + 1
        following = self.kinds[i]
        return following in ("(", "{", ",", ";", "}", "newline")

    def _member(self, name: str, kind: str) -> Statement:
        kinds = self.kinds
        end = self.modifiers_end(self.i)
        if kinds[end] == "id" and kinds[end + 1] == "(" and self.values[end] == name:
            return self._constructor()
        if kinds[end] == "<":
            return self.declaration()
        if kinds[end] == "(" and "def" in kinds[self.i : end]:
            return self._multiple(end)
        if self.at_declaration():
            return self._field(kind)
        if self.at_type_definition():
            return self.type_definition()
        if kind in ("interface", "annotation"):
            raise self.error()
        start = self.starts[self.i]
        if kinds[self.i] == "static":
            self.i += 1
            self.newlines()
        self.expect("{")
        return Block(start, self.ends[self.i - 1], self.block_body())

    def _field(self, kind: str) -> Statement:
        if kind not in ("interface", "annotation"):
            return self.declaration()
        self.bodyless = kind
        node = self.declaration()
        self.bodyless = ""
        return node

    bodyless = ""

    def method(self, start: int, modifiers: list[str | Annotation], kind: str = "") -> Statement:
        """Read a method; those of an interface have no body, those of an annotation a default."""
        if not self.bodyless:
            return super().method(start, modifiers, kind)
        kind, self.bodyless = self.bodyless, ""
        if kind == "interface":
            return super().method(start, modifiers, kind)
        i = self.i
        self.i += 2
        self.expect(")")
        if self.kinds[self.i] == "default":
            self.i += 1
            self.newlines()
            self._annotation_value()
        return Method(start, self.ends[self.i - 1], modifiers, self.values[i], [], None)

    def _constructor(self) -> Statement:
        start = self.starts[self.i]
        modifiers = self.modifiers()
        i = self.i
        self.i += 2
        params = self.parameters()
        self.expect(")")
        self.throws()
        self.newlines()
        self.expect("{")
        self.newlines()
        if self.kinds[self.i] in ("this", "super") and self.kinds[self.i + 1] == "(":
            self.i += 2
            self.arguments(")")
            self.expect(")")
            if self.kinds[self.i] not in (";", "newline", "}"):
                raise self.error()
        body = self.block_body()
        return Method(start, self.ends[self.i - 1], modifiers, self.values[i], params, body)
