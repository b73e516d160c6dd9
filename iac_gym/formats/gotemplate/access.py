"""How `.a.b.c` is read: maps by key, structs by field or method, and what Go says of the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iac_gym.formats.gotemplate.errors import FunctionError
from iac_gym.formats.gotemplate.functions import Function, checked, function
from iac_gym.formats.gotemplate.values import INVALID, NamedMap, StringMap, Struct, go_type

#: The option says that a missing key stops the execution.
STOPS = object()


def missing_value(option: str) -> Any:
    """Return what a map gives for a key that it lacks, by the `missingkey` option."""
    return {"zero": None, "error": STOPS}.get(option, INVALID)


class Reader:
    """Compiles one path; `compiler` gives the template, the errors and the calls."""

    def __init__(self, compiler: Any, node: Any, last: Any, loose: bool) -> None:
        self.compiler = compiler
        self.node = node
        #: What Go has looked at last when a field is read: where its errors are.
        self.last = last
        self.loose = loose
        self.missing = missing_value(compiler.missing)

    def fields(
        self, base: Callable[..., Any] | None, path: tuple[str, ...], args: list[Any], final: Any
    ) -> Callable[..., Any]:
        """Compile the fields of the cursor (no base) or of a computed value."""
        if args or final is not None:
            return self.called(base, path, args, final)
        if len(path) == 1:
            return self.single(base, path[0])
        missing, slow = self.missing, self.slow
        if missing is STOPS:
            missing = _ABSENT

        def read(frame: list[Any], dot: Any) -> Any:
            value = dot if base is None else base(frame, dot)
            parent: Any = _NOTHING
            for name in path:
                if type(value) is dict:
                    parent, value = value, value.get(name, missing)
                    if value is not _ABSENT:
                        continue
                    value = parent
                parent, value = value, slow(parent, value, name, frame)
            return value

        return read

    def single(self, base: Callable[..., Any] | None, name: str) -> Callable[..., Any]:
        """Compile a path of one field."""
        slow = self.slow
        missing = _ABSENT if self.missing is STOPS else self.missing

        def read(frame: list[Any], dot: Any) -> Any:
            value = dot if base is None else base(frame, dot)
            if type(value) is dict:
                found = value.get(name, missing)
                if found is not _ABSENT:
                    return found
            return slow(_NOTHING, value, name, frame)

        return read

    def slow(self, parent: Any, value: Any, name: str, frame: list[Any]) -> Any:
        """Read a field of what is no plain map, or say what is wrong."""
        if value is INVALID:
            if self.missing is STOPS:
                self.fail(f'nil data; no entry for key "{name}"')
            return INVALID
        if value is None:
            self.fail(f"nil pointer evaluating interface {{}}.{name}")
        if isinstance(value, Struct | NamedMap):
            method = value.methods.get(name)
            if method is not None:
                return self.apply(method, name, [], frame)
        if isinstance(value, dict):
            return self.entry(value, name)
        if isinstance(value, Struct) and name in value.fields:
            return value.fields[name]
        self.fail(f"can't evaluate field {name} in type {self.type_name(parent, value)}")

    def entry(self, value: Any, name: str) -> Any:
        """Read an entry of a map by the missingkey option."""
        if name in value:
            return value[name]
        if self.missing is STOPS:
            self.fail(f'map has no entry for key "{name}"')
        if self.missing is None and isinstance(value, StringMap):
            return ""
        if self.missing is None and isinstance(value, NamedMap):
            return value.zero
        return self.missing

    def type_name(self, parent: Any, value: Any) -> str:
        """Return the static type of a value: what a map or a range gives is an interface."""
        if parent is _NOTHING:
            return "interface {}" if self.loose else go_type(value)
        if isinstance(parent, dict) and not _typed(parent):
            return "interface {}"
        return go_type(value)

    def fail(self, message: str) -> Any:
        """Stop at this path's node."""
        self.compiler.fail(self.last, message)

    def called(
        self, base: Callable[..., Any] | None, path: tuple[str, ...], args: list[Any], final: Any
    ) -> Callable[..., Any]:
        """Compile a path with arguments: its last field must be a method."""
        name = path[-1]
        owner = self.fields(base, path[:-1], [], None) if len(path) > 1 else base
        values = [self.compiler.argument(arg, "value") for arg in args]

        def call(frame: list[Any], dot: Any) -> Any:
            last = [] if final is None else [final(frame, dot)]
            value = dot if owner is None else owner(frame, dot)
            if not isinstance(value, Struct | NamedMap) or name not in value.methods:
                return self.no_method(value, name, frame)
            given = [*[evaluate(frame, dot) for evaluate in values], *last]
            return self.apply(value.methods[name], name, given, frame)

        return call

    def apply(self, method: Any, name: str, given: list[Any], frame: list[Any]) -> Any:
        """Call a method with arguments, each checked against its parameter."""
        known = method if isinstance(method, Function) else function(method, "any...")
        fixed = len(known.parameters)
        if len(given) < fixed or (len(given) > fixed and not known.variadic):
            least = "at least " if known.variadic else ""
            self.fail(f"wrong number of args for {name}: want {least}{fixed} got {len(given)}")
        kinds = [*known.parameters, *[known.variadic] * (len(given) - fixed)]
        fitting = []
        for kind, value in zip(kinds, given, strict=True):
            found, message = checked(kind, value)
            if message:
                self.fail(message)
            fitting.append(found)
        try:
            return known.call(frame[0], *fitting) if known.run else known.call(*fitting)
        except FunctionError as error:
            self.compiler.fail(self.node, f"error calling {name}: {error}")

    def no_method(self, value: Any, name: str, frame: list[Any]) -> Any:
        """Say why a field cannot take arguments."""
        if value is INVALID:
            return INVALID
        if isinstance(value, Struct) and name in value.fields:
            self.fail(f"{name} has arguments but cannot be invoked as function")
        if isinstance(value, dict):
            self.fail(f"{name} is not a method but has arguments")
        return self.slow(_NOTHING, value, name, frame)


def _typed(value: Any) -> bool:
    """Tell whether the values of a map have a type of their own."""
    return isinstance(value, StringMap) or (isinstance(value, NamedMap) and not value.loose)


#: No parent: the value is where the path starts.
_NOTHING = object()
#: A key that is not there, where that is an error.
_ABSENT = object()
