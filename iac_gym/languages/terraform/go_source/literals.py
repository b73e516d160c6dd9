"""The values of Go's literals: constants, lists, maps and structs."""

from __future__ import annotations

import ast
import re
from typing import Any

from iac_gym.languages.terraform.go_source.packages import File, Source
from iac_gym.languages.terraform.go_source.values import (
    UNKNOWN,
    Node,
    Scope,
    Struct,
    TypeName,
    Value,
    children,
    source_text,
)


class Literals:
    """Evaluates literals; the rest of the expressions is for those who extend it."""

    source: Source

    def evaluate(self, node: Node, file: File, scope: Scope) -> Value:
        """Return the value of an expression."""
        raise NotImplementedError

    def _value_interpreted_string_literal(self, node: Node, file: File, scope: Scope) -> Value:
        try:
            return ast.literal_eval(source_text(node))
        except (ValueError, SyntaxError):
            return UNKNOWN

    def _value_raw_string_literal(self, node: Node, file: File, scope: Scope) -> Value:
        return source_text(node)[1:-1]

    def _value_int_literal(self, node: Node, file: File, scope: Scope) -> Value:
        text = source_text(node)
        octal = re.fullmatch(r"0([0-7]+)", text)
        return int(octal[1], 8) if octal else int(text, 0)

    def _value_float_literal(self, node: Node, file: File, scope: Scope) -> Value:
        return float(source_text(node))

    def _value_rune_literal(self, node: Node, file: File, scope: Scope) -> Value:
        try:
            return ord(ast.literal_eval(source_text(node)))
        except (ValueError, SyntaxError, TypeError):
            return UNKNOWN

    def _value_true(self, node: Node, file: File, scope: Scope) -> Value:
        return True

    def _value_false(self, node: Node, file: File, scope: Scope) -> Value:
        return False

    def _value_nil(self, node: Node, file: File, scope: Scope) -> Value:
        return None

    def _value_composite_literal(self, node: Node, file: File, scope: Scope) -> Value:
        type = node.child_by_field_name("type")
        return self._literal(type, node.child_by_field_name("body"), file, scope)

    def _literal(self, type: Node, body: Node, file: File, scope: Scope) -> Value:
        """Evaluate a composite literal of a type."""
        while type.type in ("pointer_type", "generic_type", "parenthesized_type"):
            type = type.child_by_field_name("type") or children(type)[0]
        if type.type in ("slice_type", "array_type", "implicit_length_array_type"):
            return self._list(type.child_by_field_name("element"), body, file, scope)
        if type.type == "map_type":
            return self._map(type, body, file, scope)
        named = self._type(type, file)
        if not isinstance(named, TypeName):
            return UNKNOWN
        package = self.source.package(named.package)
        declared = package.types.get(named.name) if package else None
        if declared and declared[1] is not None and declared[1].type in ("slice_type", "map_type"):
            # The elements' types are named in the file of the declaration; the values in this one.
            if declared[1].type == "slice_type":
                return self._list(declared[1].child_by_field_name("element"), body, file, scope)
            return self._map(declared[1], body, file, scope)
        return self._struct(named, body, file, scope)

    def _type(self, node: Node, file: File) -> Value:
        while node.type in ("pointer_type", "generic_type"):
            node = node.child_by_field_name("type") or children(node)[0]
        if node.type == "qualified_type":
            module = file.imports.get(source_text(node.child_by_field_name("package")), "")
            return TypeName(module, source_text(node.child_by_field_name("name")))
        if node.type in ("type_identifier", "identifier"):
            return TypeName(file.package.path, source_text(node))
        return UNKNOWN

    def _element(self, type: Node, node: Node, file: File, scope: Scope) -> Value:
        inner = children(node)[0] if node.type == "literal_element" else node
        if inner.type == "literal_value":
            return self._literal(type, inner, file, scope)
        return self.evaluate(inner, file, scope)

    def _list(self, type: Node, body: Node, file: File, scope: Scope) -> Value:
        return [self._element(type, element, file, scope) for element in children(body)]

    def _map(self, type: Node, body: Node, file: File, scope: Scope) -> Value:
        key_type, value_type = type.child_by_field_name("key"), type.child_by_field_name("value")
        made: dict[Any, Value] = {}
        for element in children(body):
            key = self._element(key_type, element.child_by_field_name("key"), file, scope)
            value = element.child_by_field_name("value")
            if not isinstance(key, (str, int, float)):
                return UNKNOWN
            made[key] = self._element(value_type, value, file, scope)
        return made

    def _struct(self, named: TypeName, body: Node, file: File, scope: Scope) -> Value:
        made = Struct(named.package, named.name)
        for element in children(body):
            if element.type != "keyed_element":
                continue
            field = source_text(element.child_by_field_name("key"))
            value = element.child_by_field_name("value")
            inner = children(value)[0] if value.type == "literal_element" else value
            made.fields[field] = self.evaluate(inner, file, scope)
        return made
