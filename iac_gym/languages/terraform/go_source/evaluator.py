"""Read constant data out of a provider's Go source: a small evaluator over its syntax tree.

A provider's schema is Go code: composite literals, helper functions that return them, constants of
client libraries. The evaluator runs just that subset. What it does not understand becomes
`UNKNOWN`, which spreads; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iac_gym.languages.terraform.go_source.natives import NATIVES
from iac_gym.languages.terraform.go_source.packages import Package, Source
from iac_gym.languages.terraform.go_source.statements import Statements
from iac_gym.languages.terraform.go_source.values import (
    UNKNOWN,
    Func,
    Native,
    NotUnderstood,
    Returned,
    Scope,
    Struct,
    TypeName,
    Value,
    children,
    source_text,
)

DEEPEST = 60


class Evaluator(Statements):
    """Evaluates expressions and runs functions of a `Source`.

    `known` gives values by (last part of the import path, name), whatever the source says.
    """

    def __init__(self, source: Source, known: Mapping[tuple[str, str], Value]) -> None:
        super().__init__()
        self.source = source
        self.known = known
        self._depth = 0

    def member(self, path: str, name: str) -> Value:
        """Return the value of `name` in the package at an import path."""
        last = path.rsplit("/", 1)[-1]
        if (last, name) in self.known:
            return self.known[last, name]
        if path in self.source.natives:
            return Native(path, name)
        package = self.source.package(path)
        if package is None:
            return Native(path, name)
        return self.declared(package, name)

    def declared(self, package: Package, name: str) -> Value:
        """Return what a package declares under a name, UNKNOWN where nothing."""
        if name in package.functions:
            return Func(*package.functions[name])
        if name in package.types:
            return TypeName(package.path, name)
        if name not in package.values:
            return UNKNOWN
        if name not in package.cache:
            package.cache[name] = UNKNOWN
            file, _, node = package.values[name]
            if node is not None:
                package.cache[name] = self.evaluate(node, file, Scope())
        return package.cache[name]

    def method(self, value: Value, name: str) -> Value:
        """Return a method of a struct bound to it, UNKNOWN where there is none."""
        if not isinstance(value, Struct):
            return UNKNOWN
        package = self.source.package(value.package)
        found = package.methods.get(value.type, {}).get(name) if package else None
        if found:
            return Func(found[0], found[1], None, value)
        for field in self._embedded(value):
            method = self.method(field, name)
            if method is not UNKNOWN:
                return method
        return UNKNOWN

    def part(self, value: Struct, name: str) -> Value:
        """Return a part of a struct that was not set: a struct in it, or a method."""
        for field, part in self._fields(value):
            if field == name:
                return part
        return self.method(value, name)

    def _embedded(self, value: Struct) -> Iterator[Struct]:
        for field, part in self._fields(value):
            if field == part.type:
                yield part

    def _fields(self, value: Struct) -> Iterator[tuple[str, Struct]]:
        """Yield the fields of a struct that are structs; those not set are empty."""
        package = self.source.package(value.package)
        declared = package.types.get(value.type) if package else None
        if declared is None or declared[1] is None or declared[1].type != "struct_type":
            return
        for field in (field for fields in children(declared[1]) for field in children(fields)):
            type = self._type(field.child_by_field_name("type"), declared[0])
            if not isinstance(type, TypeName):
                continue
            name = field.child_by_field_name("name")
            called = source_text(name) if name else type.name
            given = value.fields.get(called)
            yield called, given if isinstance(given, Struct) else Struct(type.package, type.name)

    def call(self, function: Value, args: list[Value]) -> Value:
        """Call a function; UNKNOWN where its body is not understood."""
        if isinstance(function, Native):
            return self._native(function, args)
        if not isinstance(function, Func):
            return UNKNOWN
        body = function.node.child_by_field_name("body")
        if body is None or self._depth > DEEPEST:
            return UNKNOWN
        scope = Scope(function.scope)
        bind(function, args, scope)
        self._depth += 1
        try:
            self._block(body, function.file, scope)
        except Returned as done:
            return done.value
        except NotUnderstood:
            return UNKNOWN
        finally:
            self._depth -= 1
        return UNKNOWN

    def _native(self, function: Native, args: list[Value]) -> Value:
        if function.args is not None:
            return UNKNOWN
        run = NATIVES.get((function.package, function.name)) or NATIVES.get(
            (function.package.rsplit("/", 1)[-1], function.name)
        )
        if run is None:
            return Native(function.package, function.name, tuple(args))
        if any(arg is UNKNOWN for arg in args):
            return UNKNOWN
        try:
            return run(*args)
        except (TypeError, ValueError, KeyError, IndexError, AttributeError):
            return UNKNOWN


def bind(function: Func, args: list[Value], scope: Scope) -> None:
    """Put the receiver, the arguments and the named results of a call into its scope."""
    receiver = function.node.child_by_field_name("receiver")
    if receiver:
        for name in children(receiver)[0].children_by_field_name("name"):
            scope.names[source_text(name)] = function.receiver
    left = list(args)
    for parameter in children(function.node.child_by_field_name("parameters")):
        for name in parameter.children_by_field_name("name"):
            if parameter.type == "variadic_parameter_declaration":
                scope.names[source_text(name)] = left
            else:
                scope.names[source_text(name)] = left.pop(0) if left else UNKNOWN
    result = function.node.child_by_field_name("result")
    if result and result.type == "parameter_list":
        for parameter in children(result):
            for name in parameter.children_by_field_name("name"):
                scope.names[source_text(name)] = None
