"""Sprig's functions of maps: dict, get, set, merge, dig and their kin."""

from __future__ import annotations

from typing import Any

from iac_gym.formats.gotemplate.casts import heavy, strval
from iac_gym.formats.gotemplate.errors import FunctionError, Unbounded
from iac_gym.formats.gotemplate.functions import Function, function
from iac_gym.formats.gotemplate.sameness import deep_copy
from iac_gym.formats.gotemplate.values import Strings, Struct, go_type, sorted_keys

_DEPTH = 100


def make_dict(*values: Any) -> dict[str, Any]:
    """`dict key value...`; a last key without value gets the empty text."""
    made = {}
    for at in range(0, len(values) - 1, 2):
        key = values[at]
        made[key if type(key) is str else strval(key)] = values[at + 1]
    if len(values) % 2:
        made[strval(values[-1])] = ""
    return made


def get(source: dict[str, Any], key: str) -> Any:
    """`get map key`: the empty text for what is missing."""
    return source.get(key, "")


def put(source: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    """`set map key value`: changes the map."""
    source[key] = value
    return source


def unset(source: dict[str, Any], key: str) -> dict[str, Any]:
    """`unset map key`: changes the map."""
    source.pop(key, None)
    return source


def has_key(source: dict[str, Any], key: str) -> bool:
    """`hasKey map key`."""
    return key in source


def pluck(key: str, *sources: dict[str, Any]) -> list[Any]:
    """`pluck key map...`."""
    return [source[key] for source in sources if key in source]


def keys(*sources: dict[str, Any]) -> Strings:
    """`keys map...`: Go gives them in no order, this in that of their names."""
    return Strings([key for source in sources for key in sorted_keys(source)])


def values_of(source: dict[str, Any]) -> list[Any]:
    """`values map`: in the order of the keys (Go: in none)."""
    return [source[key] for key in sorted_keys(source)]


def pick(source: dict[str, Any], *names: str) -> dict[str, Any]:
    """`pick map key...`."""
    return {name: source[name] for name in names if name in source}


def omit(source: dict[str, Any], *names: str) -> dict[str, Any]:
    """`omit map key...`."""
    left_out = set(names)
    return {key: value for key, value in source.items() if key not in left_out}


class _Merger:
    """mergo's merge of maps into maps, with or without overwriting."""

    def __init__(self, overwrite: bool) -> None:
        self.overwrite = overwrite
        self.left = 100_000

    def merge(self, target: dict[str, Any], source: dict[str, Any], depth: int = 0) -> None:
        self.left -= len(source) + 1
        if depth > _DEPTH or self.left < 0:
            raise Unbounded("the maps are too large to merge")
        for key in list(source):
            value = source[key]
            if value is None:
                if self.overwrite:
                    target[key] = None
                continue
            self.entry(target, key, value, depth)

    def entry(self, target: dict[str, Any], key: str, value: Any, depth: int) -> None:
        """Merge one entry that is not nil."""
        current = target.get(key)
        if isinstance(value, dict) and isinstance(current, dict):
            self.merge(current, value, depth + 1)
            if current:
                return
        elif isinstance(value, list) and isinstance(current, list) and current:
            if self.overwrite:
                target[key] = value
            return
        if self.overwrite or not current or key not in target:
            if isinstance(current, Struct) and not self.overwrite:
                return
            target[key] = value


def merged(target: dict[str, Any], *sources: dict[str, Any]) -> Any:
    """`merge target source...`: fills what is empty; changes the target."""
    merger = _Merger(overwrite=False)
    for source in sources:
        merger.merge(target, source)
    return target


def overwritten(target: dict[str, Any], *sources: dict[str, Any]) -> Any:
    """`mergeOverwrite target source...`: changes the target."""
    merger = _Merger(overwrite=True)
    for source in sources:
        merger.merge(target, source)
    return target


def _not_a(kind: str, value: Any) -> FunctionError:
    shown = "nil" if value is None else go_type(value)
    return FunctionError(f"interface conversion: interface {{}} is {shown}, not {kind}")


def dig(*values: Any) -> Any:
    """`dig key... default map`."""
    if len(values) < 3:
        raise FunctionError("dig needs at least three arguments")
    *names, default, source = values
    if type(source) is not dict:
        raise _not_a("map[string]interface {}", source)
    for name in names:
        if type(name) is not str:
            raise _not_a("string", name)
    for number, name in enumerate(names, 1):
        if name not in source:
            return default
        source = source[name]
        if number < len(names) and type(source) is not dict:
            raise _not_a("map[string]interface {}", source)
    return source


def copied(value: Any) -> Any:
    """`deepCopy x`."""
    if value is None:
        raise FunctionError("reflect: call of reflect.Value.Type on zero Value")
    return deep_copy(value)


FUNCTIONS: dict[str, Function] = {
    "dict": function(make_dict, "any..."),
    "get": function(get, "map string"),
    "set": function(put, "map string any"),
    "unset": function(unset, "map string"),
    "hasKey": function(has_key, "map string"),
    "pluck": function(pluck, "string map..."),
    "keys": heavy(keys, "map..."),
    "values": heavy(values_of, "map"),
    "pick": heavy(pick, "map string..."),
    "omit": heavy(omit, "map string..."),
    "merge": heavy(merged, "map map..."),
    "mustMerge": heavy(merged, "map map..."),
    "mergeOverwrite": heavy(overwritten, "map map..."),
    "mustMergeOverwrite": heavy(overwritten, "map map..."),
    "dig": function(dig, "any..."),
    "deepCopy": heavy(copied, "any"),
    "mustDeepCopy": heavy(copied, "any"),
}
