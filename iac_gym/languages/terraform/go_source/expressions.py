"""The values of Go's expressions."""

from __future__ import annotations

from iac_gym.languages.terraform.go_source.literals import Literals
from iac_gym.languages.terraform.go_source.natives import BUILTINS, binary_value
from iac_gym.languages.terraform.go_source.packages import File, Package
from iac_gym.languages.terraform.go_source.values import (
    UNKNOWN,
    Func,
    Module,
    Native,
    Node,
    Scope,
    Struct,
    TypeName,
    Value,
    children,
    source_text,
)


class Expressions(Literals):
    """Evaluates expressions; names of packages and calls are for those who extend it."""

    def member(self, path: str, name: str) -> Value:
        """Return the value of `name` in the package at an import path."""
        raise NotImplementedError

    def declared(self, package: Package, name: str) -> Value:
        """Return what a package declares under a name, UNKNOWN where nothing."""
        raise NotImplementedError

    def part(self, value: Struct, name: str) -> Value:
        """Return a part of a struct that was not set: a struct in it, or a method."""
        raise NotImplementedError

    def call(self, function: Value, args: list[Value]) -> Value:
        """Call a function; UNKNOWN where its body is not understood."""
        raise NotImplementedError

    def evaluate(self, node: Node, file: File, scope: Scope) -> Value:
        """Return the value of an expression."""
        run = getattr(self, "_value_" + node.type, None)
        return UNKNOWN if run is None else run(node, file, scope)

    def _value_parenthesized_expression(self, node: Node, file: File, scope: Scope) -> Value:
        return self.evaluate(children(node)[0], file, scope)

    def _value_identifier(self, node: Node, file: File, scope: Scope) -> Value:
        name = source_text(node)
        names = scope.find(name)
        if names is not None:
            return names[name]
        if name in file.imports:
            return Module(file.imports[name])
        found = self.declared(file.package, name)
        return Native("", name) if found is UNKNOWN and name in BUILTINS else found

    def _value_func_literal(self, node: Node, file: File, scope: Scope) -> Value:
        return Func(file, node, scope)

    def _value_selector_expression(self, node: Node, file: File, scope: Scope) -> Value:
        owner = self.evaluate(node.child_by_field_name("operand"), file, scope)
        name = source_text(node.child_by_field_name("field"))
        if isinstance(owner, Module):
            return self.member(owner.path, name)
        if isinstance(owner, Struct):
            return owner.fields[name] if name in owner.fields else self.part(owner, name)
        return self.attribute(owner, name)

    def _value_index_expression(self, node: Node, file: File, scope: Scope) -> Value:
        whole = self.evaluate(node.child_by_field_name("operand"), file, scope)
        key = self.evaluate(node.child_by_field_name("index"), file, scope)
        if isinstance(whole, list) and isinstance(key, int) and 0 <= key < len(whole):
            return whole[key]
        known = isinstance(whole, dict) and isinstance(key, (str, int)) and key in whole
        return whole[key] if known else UNKNOWN

    def _value_unary_expression(self, node: Node, file: File, scope: Scope) -> Value:
        value = self.evaluate(node.child_by_field_name("operand"), file, scope)
        sign = source_text(node.child_by_field_name("operator"))
        if sign in "&*":
            return value
        return self.unary(sign, value)

    def _value_binary_expression(self, node: Node, file: File, scope: Scope) -> Value:
        sign = source_text(node.child_by_field_name("operator"))
        left = self.evaluate(node.child_by_field_name("left"), file, scope)
        if isinstance(left, bool) and sign in ("&&", "||") and left is (sign == "||"):
            return left
        return self.binary(
            sign, left, self.evaluate(node.child_by_field_name("right"), file, scope)
        )

    def _value_type_assertion_expression(self, node: Node, file: File, scope: Scope) -> Value:
        return self.evaluate(node.child_by_field_name("operand"), file, scope)

    def _value_type_conversion_expression(self, node: Node, file: File, scope: Scope) -> Value:
        return self.evaluate(node.child_by_field_name("operand"), file, scope)

    def _value_type_instantiation_expression(self, node: Node, file: File, scope: Scope) -> Value:
        return self.evaluate(children(node)[0], file, scope)

    def _value_slice_type(self, node: Node, file: File, scope: Scope) -> Value:
        return TypeName("", "slice")

    def _value_call_expression(self, node: Node, file: File, scope: Scope) -> Value:
        function = self.evaluate(node.child_by_field_name("function"), file, scope)
        args: list[Value] = []
        for arg in children(node.child_by_field_name("arguments")):
            if arg.type == "variadic_argument":
                many = self.evaluate(children(arg)[0], file, scope)
                args += many if isinstance(many, list) else [many]
            elif arg.type in ("slice_type", "map_type"):
                args.append(made_value(arg))
            else:
                args.append(self.evaluate(arg, file, scope))
        if isinstance(function, TypeName):
            return args[0] if len(args) == 1 else UNKNOWN
        return self.call(function, args)

    def attribute(self, owner: Value, name: str) -> Value:
        """Return a method of a value that is no struct; for those who extend this class."""
        return UNKNOWN

    def unary(self, sign: str, value: Value) -> Value:
        """Apply `!` or `-`."""
        if sign == "!" and isinstance(value, bool):
            return not value
        return -value if sign == "-" and isinstance(value, (int, float)) else UNKNOWN

    def binary(self, sign: str, left: Value, right: Value) -> Value:
        """Apply an operator to two values."""
        return binary_value(sign, left, right)


def made_value(type: Node) -> Value:
    """Return the empty value that `make` gives for a type."""
    return [] if type.type == "slice_type" else {}
