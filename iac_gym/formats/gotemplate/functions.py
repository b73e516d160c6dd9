"""How templates are offered a function: its Python callable, the Go types of its parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from iac_gym.formats.gotemplate.values import INVALID, Int64, NamedMap, Struct, go_type

#: Go's names of the parameter types that `Function` knows.
GO_NAMES = {
    "any": "interface {}",
    "value": "reflect.Value",
    "string": "string",
    "int": "int",
    "int64": "int64",
    "float64": "float64",
    "bool": "bool",
    "map": "map[string]interface {}",
    "list": "[]interface {}",
    "strings": "[]string",
    "time": "time.Time",
}
#: The parameter types that nil fits.
NILABLE = frozenset(("any", "value", "map", "list", "strings"))


@dataclass(slots=True, frozen=True)
class Function:
    """A callable, the types of its fixed parameters, and that of the variadic ones, if any.

    `run` says that the callable gets the state of the execution first (`include`, `tpl`, `now`).
    """

    call: Callable[..., Any]
    parameters: tuple[str, ...]
    variadic: str = ""
    run: bool = False


def function(call: Callable[..., Any], signature: str = "", run: bool = False) -> Function:
    """Make a function of a signature like `"string any..."`."""
    names = signature.split()
    variadic = ""
    if names and names[-1].endswith("..."):
        variadic = names.pop()[:-3]
    return Function(call, tuple(names), variadic, run)


def fits(kind: str, value: Any) -> bool:
    """Tell whether a value that is not nil may be given for a parameter type."""
    if kind in ("any", "value"):
        return True
    check = _CHECKS[kind]
    return check(value)


def _is_map(value: Any) -> bool:
    return type(value) is dict or (type(value) is NamedMap and value.loose)


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: type(value) is str,
    "int": lambda value: type(value) is int,
    "int64": lambda value: type(value) is Int64,
    "float64": lambda value: type(value) is float,
    "bool": lambda value: type(value) is bool,
    "map": _is_map,
    "list": lambda value: type(value) is list,
    "strings": lambda value: go_type(value) == "[]string",
    "time": lambda value: isinstance(value, Struct) and value.go_type == "time.Time",
}
#: The zero value that an invalid value becomes for a nilable parameter.
_ZEROS: dict[str, Callable[[], Any]] = {
    "any": lambda: None,
    "value": lambda: INVALID,
    "map": dict,
    "list": list,
    "strings": list,
}


def checked(kind: str, value: Any) -> tuple[Any, str]:
    """Return a value as a parameter takes it, or what Go says against it."""
    if value is INVALID:
        if kind in NILABLE:
            return _ZEROS[kind](), ""
        return None, f"invalid value; expected {GO_NAMES[kind]}"
    if value is None:
        if kind in ("any", "value"):
            return None, ""
        return None, f"wrong type for value; expected {GO_NAMES[kind]}; got interface {{}}"
    if fits(kind, value):
        return value, ""
    return None, f"wrong type for value; expected {GO_NAMES[kind]}; got {go_type(value)}"
