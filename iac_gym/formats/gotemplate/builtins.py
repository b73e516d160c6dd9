"""The functions that text/template itself has: comparisons, index, len, printing, escaping."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote_plus

from iac_gym.formats.gotemplate.errors import FunctionError
from iac_gym.formats.gotemplate.formatting import sprintf
from iac_gym.formats.gotemplate.functions import Function, function
from iac_gym.formats.gotemplate.printing import show, sprint, sprintln
from iac_gym.formats.gotemplate.quoting import printable
from iac_gym.formats.gotemplate.values import (
    INVALID,
    OtherList,
    StringMap,
    Struct,
    Uint8,
    byte_length,
    decode,
    encode,
    go_type,
    is_integer,
)

_SIGNED = frozenset(("int", "int64", "int32", "time.Duration"))
_COMPARISON = "incompatible types for comparison"
_NO_COMPARISON = "invalid type for comparison"
_BASIC: dict[type, str] = {
    str: "string",
    int: "int",
    float: "float",
    bool: "bool",
    complex: "complex",
}


def basic_kind(value: Any) -> str:
    """Return the kind that comparisons go by; empty for what has none."""
    known = _BASIC.get(type(value))
    if known is not None:
        return known
    if is_integer(value):
        return "int" if go_type(value) in _SIGNED else "uint"
    return ""


def _nil(value: Any) -> Any:
    return None if value is INVALID else value


def _equal(first: Any, other: Any) -> bool:
    kind, kind_of_other = basic_kind(first), basic_kind(other)
    if kind != kind_of_other:
        if {kind, kind_of_other} == {"int", "uint"}:
            return bool(first == other)
        if first is not None and other is not None:
            raise FunctionError(_COMPARISON)
        return False
    if kind:
        return bool(first == other)
    if first is None or other is None:
        return first is other
    if isinstance(first, dict | list | bytes) or isinstance(other, dict | list | bytes):
        same = isinstance(first, dict) == isinstance(other, dict)
        word = "non-comparable type" if same else "non-comparable types"
        raise FunctionError(f"{word} {show(other)}: {go_type(other)}")
    if isinstance(first, Struct) and isinstance(other, Struct):
        return first is other or (first.value is not None and first.value == other.value)
    return first is other


def eq(first: Any, *others: Any) -> bool:
    """`eq a b...`: whether the first equals any of the others."""
    if not others:
        raise FunctionError("missing argument for comparison")
    if type(first) is str and len(others) == 1 and type(others[0]) is str:
        return bool(first == others[0])
    first = _nil(first)
    return any(_equal(first, _nil(other)) for other in others)


def ne(first: Any, other: Any) -> bool:
    """`ne a b`."""
    return not eq(first, other)


def lt(first: Any, other: Any) -> bool:
    """`lt a b`."""
    kind, kind_of_other = basic_kind(first), basic_kind(other)
    if not kind or not kind_of_other:
        raise FunctionError(_NO_COMPARISON)
    if kind != kind_of_other:
        if {kind, kind_of_other} != {"int", "uint"}:
            raise FunctionError(_COMPARISON)
    elif kind in ("bool", "complex"):
        raise FunctionError(_NO_COMPARISON)
    if kind == "string" and not (first.isascii() and other.isascii()):
        return encode(first) < encode(other)
    return bool(first < other)


def le(first: Any, other: Any) -> bool:
    """`le a b`."""
    return lt(first, other) or eq(first, other)


def gt(first: Any, other: Any) -> bool:
    """`gt a b`."""
    return not le(first, other)


def ge(first: Any, other: Any) -> bool:
    """`ge a b`."""
    return not lt(first, other)


def position_of(index: Any, size: int) -> int:
    """Return a checked index into a list or text."""
    if is_integer(index):
        if index < 0 or index > size:
            raise FunctionError(f"index out of range: {int(index)}")
        return int(index)
    if index is None or index is INVALID:
        raise FunctionError("cannot index slice/array with nil")
    raise FunctionError(f"cannot index slice/array with type {go_type(index)}")


def _entry(item: dict[Any, Any], index: Any) -> Any:
    if index is None or index is INVALID:
        raise FunctionError("value is nil; should be of type string")
    if not isinstance(index, str):
        raise FunctionError(f"value has type {go_type(index)}; should be string")
    if index in item:
        return item[index]
    return "" if isinstance(item, StringMap) else getattr(item, "zero", None)


def _element(item: Any, index: Any) -> Any:
    data = encode(item) if isinstance(item, str) else item
    place = position_of(index, len(data))
    if place == len(data):
        raise FunctionError("reflect: slice index out of range")
    return Uint8(data[place]) if isinstance(data, bytes) else data[place]


def index(item: Any, *indexes: Any) -> Any:
    """`index x i j`: x[i][j]."""
    if item is None or item is INVALID:
        raise FunctionError("index of untyped nil")
    for place in indexes:
        if isinstance(item, dict):
            item = _entry(item, place)
        elif isinstance(item, list | str | bytes):
            item = _element(item, place)
        elif item is None:
            raise FunctionError("index of nil pointer")
        else:
            raise FunctionError(f"can't index item of type {go_type(item)}")
    return item


def slice_of(item: Any, *indexes: Any) -> Any:
    """`slice x i j`: x[i:j] (Sprig's function of that name replaces it)."""
    if item is None or item is INVALID:
        raise FunctionError("slice of untyped nil")
    if len(indexes) > 3:
        raise FunctionError(f"too many slice indexes: {len(indexes)}")
    if not isinstance(item, str | list | bytes):
        raise FunctionError(f"can't slice item of type {go_type(item)}")
    if isinstance(item, str) and len(indexes) == 3:
        raise FunctionError("cannot 3-index slice a string")
    data: Any = encode(item) if isinstance(item, str) else item
    size = len(data)
    places = [position_of(place, size) for place in indexes]
    start = places[0] if places else 0
    end = places[1] if len(places) > 1 else size
    if start > end:
        raise FunctionError(f"invalid slice index: {start} > {end}")
    if len(places) == 3 and end > places[2]:
        raise FunctionError(f"invalid slice index: {end} > {places[2]}")
    part = data[start:end]
    if isinstance(item, str):
        return decode(part)
    return same_list(item, part)


def same_list(like: Any, items: Any) -> Any:
    """Return a list of the same Go type as another."""
    if type(like) is list or isinstance(like, bytes):
        return items
    return OtherList(like.go_type, items) if isinstance(like, OtherList) else type(like)(items)


def length(item: Any) -> int:
    """`len x`."""
    if isinstance(item, str):
        return byte_length(item)
    if isinstance(item, dict | list | bytes):
        return len(item)
    if item is None:
        raise FunctionError("len of nil pointer")
    if item is INVALID:
        raise FunctionError("reflect: call of reflect.Value.Type on zero Value")
    raise FunctionError(f"len of type {go_type(item)}")


def negation(value: Any) -> bool:
    """`not x`."""
    return not value


def call(called: Any = INVALID, *_: Any) -> Any:
    """`call f args`: no value that templates get is a function."""
    if called is None or called is INVALID:
        raise FunctionError("call of nil")
    raise FunctionError(f"non-function of type {go_type(called)}")


def _text(args: tuple[Any, ...], run: Any) -> str:
    if len(args) == 1:
        return args[0] if isinstance(args[0], str) else show(args[0], run)
    return sprint(["<no value>" if arg is None else arg for arg in args], run)


_HTML = str.maketrans(
    {'"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;", "\0": "\ufffd"}
)
_SCRIPT = {
    "\\": "\\\\",
    "'": "\\'",
    '"': '\\"',
    "<": "\\u003C",
    ">": "\\u003E",
    "&": "\\u0026",
    "=": "\\u003D",
}


def html(run: Any, *args: Any) -> str:
    """`html x`: text with HTML's characters escaped."""
    return _charged(_text(args, run).translate(_HTML), run)


def _script(character: str) -> str:
    known = _SCRIPT.get(character)
    if known is not None:
        return known
    if character >= " " and (character.isascii() or printable(character)):
        return character
    return f"\\u{ord(character):04X}"


def script(run: Any, *args: Any) -> str:
    """`js x`: text with JavaScript's characters escaped."""
    return _charged("".join(map(_script, _text(args, run))), run)


def urlquery(run: Any, *args: Any) -> str:
    """`urlquery x`: text as part of a query."""
    return _charged(quote_plus(encode(_text(args, run)), safe="~"), run)


def _charged(text: str, run: Any) -> str:
    """Count a long text against the bounds of the execution."""
    if len(text) > 512:
        run.charge(len(text))
    return text


def _print(run: Any, *args: Any) -> str:
    return _charged(sprint(list(args), run), run)


def _printf(run: Any, pattern: str, *args: Any) -> str:
    return _charged(sprintf(pattern, list(args), run), run)


def _println(run: Any, *args: Any) -> str:
    return _charged(sprintln(list(args), run), run)


#: `and` and `or` are compiled; their entries only say that the names exist.
FUNCTIONS: dict[str, Function] = {
    "and": function(negation, "value value..."),
    "or": function(negation, "value value..."),
    "not": function(negation, "value"),
    "len": function(length, "value"),
    "index": function(index, "value value..."),
    "slice": function(slice_of, "value value..."),
    "call": function(call, "value value..."),
    "html": function(html, "any...", run=True),
    "js": function(script, "any...", run=True),
    "urlquery": function(urlquery, "any...", run=True),
    "print": function(_print, "any...", run=True),
    "printf": function(_printf, "string any...", run=True),
    "println": function(_println, "any...", run=True),
    "eq": function(eq, "value value..."),
    "ne": function(ne, "value value"),
    "lt": function(lt, "value value"),
    "le": function(le, "value value"),
    "gt": function(gt, "value value"),
    "ge": function(ge, "value value"),
}
BUILTINS = frozenset(FUNCTIONS)

__all__ = ["BUILTINS", "FUNCTIONS"]
