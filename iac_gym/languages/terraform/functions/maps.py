"""Functions of maps and objects."""

from __future__ import annotations

from iac_gym.languages.terraform.functions.registry import (
    FunctionError,
    implements,
    strings,
)
from iac_gym.languages.terraform.functions.shapes import sort_of, unknown_of
from iac_gym.languages.terraform.kinds import Compound
from iac_gym.languages.terraform.types import (
    ConversionError,
    ListValue,
    MapValue,
    convert,
    object_of,
    type_name,
    type_of,
    wholly_known,
)
from iac_gym.languages.terraform.values import (
    ANY,
    STRING,
    SetValue,
    Type,
    Unknown,
    Value,
)


def _lookup_kind(source: Value, key: Value, *default: Value) -> Type:
    kind = type_of(source)
    sort = sort_of(kind)
    if len(default) > 1:
        raise FunctionError("two or three arguments are required")
    if sort == "map":
        return _map_lookup_kind(kind[1], default)
    if sort != "object":
        raise FunctionError("the first argument must be a map", 0)
    if isinstance(key, Unknown):
        return ANY
    if key in kind[1]:
        return kind[1][key]
    if default:
        return type_of(default[0])
    raise FunctionError(f'this object has no attribute "{key}"', 0)


def _map_lookup_kind(element: Type, default: tuple[Value, ...]) -> Type:
    if default:
        try:
            convert(default[0], element)
        except ConversionError:
            raise FunctionError("the default must have the type of the elements", 2) from None
    return element


@implements("lookup", takes="all")
def _lookup(source: Value, key: Value, *default: Value) -> Value:
    if type_of(source) == ANY:
        return unknown_of(ANY, source, key, *default)
    kind = _lookup_kind(source, key, *default)
    if isinstance(source, Unknown) or isinstance(key, Unknown):
        return unknown_of(kind, source, key, *default)
    if key in source:
        return source[key]
    if default:
        return convert(default[0], kind)
    raise FunctionError(f'there is no element "{key}"')


def _keys_kind(source: Value) -> Type:
    kind = type_of(source)
    if sort_of(kind) == "map":
        return ("list", STRING)
    if sort_of(kind) == "object":
        return ("tuple", (STRING,) * len(kind[1]))
    raise FunctionError("a map or object is required", 0)


@implements("keys", takes="all")
def _keys(source: Value) -> Value:
    if type_of(source) == ANY:
        return unknown_of(ANY, source)
    kind = _keys_kind(source)
    if isinstance(source, Unknown):
        return (
            sorted(source.type[1]) if sort_of(source.type) == "object" else unknown_of(kind, source)
        )
    return strings(sorted(source)) if sort_of(kind) == "list" else sorted(source)


def _values_kind(source: Value) -> Type:
    kind = type_of(source)
    if sort_of(kind) == "map":
        return ("list", kind[1])
    if sort_of(kind) == "object":
        return ("tuple", tuple([kind[1][name] for name in sorted(kind[1])]))
    raise FunctionError("a map or object is required")


@implements("values", takes="shallow", kind=_values_kind)
def _values(source: Value) -> Value:
    if not isinstance(source, dict):
        raise FunctionError("a map or object is required")
    values = [source[name] for name in sorted(source)]
    return ListValue(values, source.element) if isinstance(source, MapValue) else values


def _merge_kind(*maps: Value) -> Type:
    if any(type_of(source) == ANY and source is not None for source in maps):
        return ANY
    kinds: list[Compound] = [type_of(source) for source in maps if source is not None]
    for kind in kinds:
        if sort_of(kind) not in ("map", "object"):
            raise FunctionError(f"maps or objects are required, not {type_name(kind)}")
    first: Type = kinds[0]
    if all(kind == first for kind in kinds):
        return first
    attributes: dict[str, Type] = {}
    for source, kind in zip([m for m in maps if m is not None], kinds, strict=True):
        if sort_of(kind) == "object":
            attributes.update(kind[1])
        elif isinstance(source, Unknown):
            return ANY
        else:
            attributes.update(dict.fromkeys(source, kind[1]))
    return object_of(attributes)


@implements("merge", takes="all")
def _merge(*maps: Value) -> Value:
    if not maps:
        return {}
    if None in maps:  # a null of no type makes the type of the result open, as an unknown does
        maps = tuple(source for source in maps if source is not None)
        if not maps:
            return {}
    if any(isinstance(source, Unknown) for source in maps):
        return unknown_of(_merge_kind(*maps), *maps)
    for source in maps:
        if not isinstance(source, dict):
            kind = type_name(type_of(source))
            raise FunctionError(f"maps or objects are required, not {kind}")
    merged = {key: value for source in maps for key, value in source.items()}
    first = maps[0]
    if isinstance(first, MapValue) and all(
        isinstance(source, MapValue) and source.element == first.element for source in maps
    ):
        return MapValue(merged, first.element)
    return merged


@implements("transpose")
def _transpose(source: dict[str, list[Value]]) -> MapValue:
    result: dict[str, list[str]] = {}
    for key in sorted(source):
        if source[key] is None:
            raise FunctionError("a list is null", 0)
        for item in source[key]:
            if item is None:
                raise FunctionError("an element is null", 0)
            result.setdefault(item, []).append(key)
    return MapValue(
        {key: strings(sorted(names)) for key, names in sorted(result.items())}, ("list", STRING)
    )


def _zipmap_kind(names: Value, values: Value) -> Type:
    kind = type_of(values)
    if sort_of(kind) == "list":
        return ("map", kind[1])
    if sort_of(kind) != "tuple":
        raise FunctionError("the values must be a list or tuple")
    if isinstance(names, Unknown) or not wholly_known(names):
        return ANY
    _check_zip(names, len(kind[1]))
    return object_of(dict(zip(names, kind[1], strict=True)))


def _check_zip(names: list[Value], count: int) -> None:
    if len(names) != count:
        raise FunctionError(f"there are {len(names)} keys for {count} values")
    if None in names:
        raise FunctionError("a key is null")


@implements("zipmap", takes="shallow", kind=_zipmap_kind)
def _zipmap(names: list[Value], values: Value) -> Value:
    if not isinstance(values, list) or isinstance(values, SetValue):
        raise FunctionError("the values must be a list or tuple")
    if not wholly_known(names):
        return unknown_of(_zipmap_kind(names, values), names, values)
    _check_zip(names, len(values))
    pairs = dict(zip(names, values, strict=True))
    return MapValue(pairs, values.element) if isinstance(values, ListValue) else pairs
