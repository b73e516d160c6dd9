"""How `.a.b.c` is read: maps by key, structs by field or method, and what Go says of the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from iac_gym.formats.gotemplate.errors import FunctionError
from iac_gym.formats.gotemplate.faults import Fault
from iac_gym.formats.gotemplate.functions import Function, checked, function
from iac_gym.formats.gotemplate.values import (
    INVALID,
    NamedMap,
    OtherList,
    StringMap,
    Struct,
    go_type,
)

#: The option says that a missing key stops the execution.
STOPS = object()


_WITH_METHODS = (Struct, NamedMap, OtherList)
_MISSING = {"zero": None, "error": STOPS}


def missing_value(option: str) -> Any:
    """Return what a map gives for a key that it lacks, by the `missingkey` option."""
    return _MISSING.get(option, INVALID)


class Given(NamedTuple):
    """The arguments of a method: compiled, and the value that is piped into it."""

    args: list[Callable[..., Any]]
    final: Callable[..., Any] | None


class Reader:
    """Compiles one path of fields."""

    __slots__ = ("last", "loose", "missing", "node")

    def __init__(self, node: Any, last: Any, loose: bool, missing: Any) -> None:
        self.node = node
        #: What Go has looked at last when a field is read: where its errors are.
        self.last = last
        self.loose = loose
        self.missing = missing

    def fields(
        self, base: Callable[..., Any] | None, path: tuple[str, ...], given: Given | None
    ) -> Callable[..., Any]:
        """Compile the fields of the cursor (no base) or of a computed value."""
        if given is not None:
            return self.called(base, path, given)
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
        if isinstance(value, _WITH_METHODS):
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
        """Stop where the path is read."""
        raise Fault(self.last, message)

    def called(
        self, base: Callable[..., Any] | None, path: tuple[str, ...], given: Given
    ) -> Callable[..., Any]:
        """Compile a path with arguments: its last field must be a method."""
        name = path[-1]
        owner = self.fields(base, path[:-1], None) if len(path) > 1 else base
        values, final = given

        def call(frame: list[Any], dot: Any) -> Any:
            last = [] if final is None else [final(frame, dot)]
            value = dot if owner is None else owner(frame, dot)
            if not isinstance(value, _WITH_METHODS) or name not in value.methods:
                return self.no_method(value, name, frame)
            found = [*[evaluate(frame, dot) for evaluate in values], *last]
            return self.apply(value.methods[name], name, found, frame)

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
            raise Fault(self.node, f"error calling {name}: {error}") from None

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
