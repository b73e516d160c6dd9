"""Go's values in Python: which class stands for which type, and what Go calls it.

| Go | Python |
|---|---|
| map[string]interface {}, []interface {} | `dict`, `list` |
| string, bool, float64, int, nil | `str`, `bool`, `float`, `int`, `None` |
| int64, uint8, uint64 | `Int64`, `Uint8`, `Uint64` |
| map[string]string, []string, []int | `StringMap`, `Strings`, `Integers` |
| []byte | `bytes` |
| other maps, maps with methods | `NamedMap` |
| structs and pointers to them | `Struct` |
| an invalid reflect.Value (a missing value in a pipeline) | `INVALID` |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class _Invalid:
    """The invalid reflect.Value: without type; it prints `<no value>`, and so do its fields."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "INVALID"

    def __bool__(self) -> bool:
        return False


INVALID = _Invalid()


class Int64(int):
    """An int64."""

    __slots__ = ()
    go_type = "int64"


class Uint8(int):
    """A byte."""

    __slots__ = ()
    go_type = "uint8"


class Int32(int):
    """A rune."""

    __slots__ = ()
    go_type = "int32"


class Uint64(int):
    """A uint64."""

    __slots__ = ()
    go_type = "uint64"


class Uint32(int):
    """A uint32."""

    __slots__ = ()
    go_type = "uint32"


class Duration(int):
    """A time.Duration, in nanoseconds."""

    __slots__ = ()
    go_type = "time.Duration"


class StringMap(dict[str, Any]):
    """A map[string]string: what it lacks is the empty string."""

    __slots__ = ()
    go_type = "map[string]string"


class NamedMap(dict[Any, Any]):
    """A map of another type, perhaps with methods: chartutil.Values, the files of a chart.

    `loose` says that its values are interface {} and that it fits a map[string]interface {}
    parameter; `zero` is what it gives for a missing key (with missingkey=zero).
    """

    __slots__ = ("go_type", "loose", "methods", "zero")

    def __init__(
        self,
        go_type: str,
        items: Mapping[Any, Any],
        methods: Mapping[str, Any] | None = None,
        loose: bool = True,
        zero: Any = None,
    ) -> None:
        super().__init__(items)
        self.go_type = go_type
        self.methods = methods or {}
        self.loose = loose
        self.zero = zero

    def like(self, items: Mapping[Any, Any]) -> NamedMap:
        """Return a map of the same type with other items."""
        return NamedMap(self.go_type, items, self.methods, self.loose, self.zero)


class Strings(list[Any]):
    """A []string."""

    __slots__ = ()
    go_type = "[]string"


class Integers(list[Any]):
    """A []int."""

    __slots__ = ()
    go_type = "[]int"


class OtherList(list[Any]):
    """A slice of another type, perhaps with methods (the API versions of a cluster)."""

    __slots__ = ("go_type", "methods")

    def __init__(
        self, go_type: str, items: Any = (), methods: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(items)
        self.go_type = go_type
        self.methods = methods or {}

    def like(self, items: Any) -> OtherList:
        """Return a list of the same type with other items."""
        return OtherList(self.go_type, items, self.methods)


class Struct:
    """An object of the host: fields that templates read, methods that they call.

    A method is a `Function` (its arguments are checked) or a plain callable, which gets the
    arguments as they are. `printed` is what `{{ . }}` prints. `interfaces` names the fields whose
    Go type is interface {} (a nil there is an error to look into, as in a map).
    """

    __slots__ = ("fields", "go_type", "methods", "printed", "value")

    def __init__(
        self,
        go_type: str,
        fields: Mapping[str, Any] | None = None,
        methods: Mapping[str, Any] | None = None,
        printed: str | None = None,
        value: Any = None,
    ) -> None:
        self.go_type = go_type
        self.fields = fields or {}
        self.methods = methods or {}
        self.printed = printed
        self.value = value

    def plain(self) -> Any:
        """Return what JSON and YAML write of the object."""
        if isinstance(self.value, dict | list | str):
            return self.value
        return self.fields or self.printed


_NAMES: dict[type, str] = {
    dict: "map[string]interface {}",
    list: "[]interface {}",
    str: "string",
    bool: "bool",
    float: "float64",
    int: "int",
    bytes: "[]uint8",
    complex: "complex128",
}
_KINDS: dict[type, str] = {
    str: "string",
    bool: "bool",
    float: "float64",
    int: "int",
    bytes: "slice",
    complex: "complex128",
    Duration: "int64",
}


def go_type(value: Any) -> str:
    """Return the name of a value's type as %T prints it."""
    if value is None or value is INVALID:
        return "<nil>"
    known = _NAMES.get(type(value))
    return known if known is not None else str(getattr(value, "go_type", "interface {}"))


def go_kind(value: Any) -> str:
    """Return the kind of a value (reflect.Kind)."""
    known = _KINDS.get(type(value))
    if known is not None:
        return known
    if isinstance(value, dict):
        return "map"
    if isinstance(value, list):
        return "slice"
    if value is None or value is INVALID:
        return "invalid"
    if isinstance(value, Struct):
        return "ptr" if value.go_type.startswith("*") else "struct"
    if callable(value):
        return "func"
    return go_type(value)


def truth(value: Any) -> bool:
    """Tell whether `if` takes a value for true."""
    if value is None or value is INVALID:
        return False
    if isinstance(value, Struct):
        return True
    return bool(value)


def is_integer(value: Any) -> bool:
    """Tell whether a value is one of Go's integers."""
    return isinstance(value, int) and not isinstance(value, bool)


def byte_length(text: str) -> int:
    """Return the length of a text in bytes, as Go's len counts."""
    return len(text) if text.isascii() else len(encode(text))


def encode(text: str) -> bytes:
    """Return the bytes of a text; bytes that are no UTF-8 live in it as lone surrogates."""
    return text.encode("utf-8", "surrogateescape")


def decode(data: bytes) -> str:
    """Return the text of bytes."""
    return data.decode("utf-8", "surrogateescape")


def go_key(key: Any) -> tuple[int, Any]:
    """Return what map keys are sorted by."""
    return (0, encode(key)) if isinstance(key, str) else (1, key)


def sorted_keys(mapping: Mapping[Any, Any]) -> list[Any]:
    """Return the keys of a map in Go's order (by bytes)."""
    try:
        return sorted(mapping, key=None if all(map(str.isascii, mapping)) else go_key)
    except TypeError:
        return sorted(mapping, key=go_key)
