"""Which types convert to which, and the type that several types have in common.

Source: https://developer.hashicorp.com/terraform/language/expressions/type-constraints and
https://github.com/zclconf/go-cty/blob/main/docs/convert.md
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from iac_gym.languages.terraform.kinds import PRIMITIVES, Compound, object_of
from iac_gym.languages.terraform.values import ANY, STRING, Type

#: How many different types are tried as the one for all.
_MOST_KINDS = 40


def convertible(have: Type, want: Type) -> bool:
    """Say whether values of one type can become values of another, as far as types tell."""
    if ANY in (have, want) or have == want:
        return True
    if isinstance(have, str) or isinstance(want, str):
        return _primitive_convertible(have, want)
    check = _CONVERTIBLE.get((have[0], want[0]))
    return check is not None and check(have, want)


def _primitive_convertible(have: Type, want: Type) -> bool:
    """Bools and numbers become strings and back, but not one another."""
    if not (isinstance(have, str) and isinstance(want, str)):
        return False
    return STRING in (have, want)


def _elements_convertible(have: Compound, want: Compound) -> bool:
    return convertible(have[1], want[1])


def _parts_to_collection(parts: list[Type], element: Type) -> bool:
    """Say whether the parts of a tuple or object can be the elements of a collection."""
    if not parts:
        return True
    if element == ANY:
        common = unify(parts)
        if common is None or (common == ANY and any(part != ANY for part in parts)):
            return False
        element = common
    return all(convertible(part, element) for part in parts)


def _attributes_to_map(parts: list[Type], element: Type) -> bool:
    """Say the same of a map, where attributes of no known type may stand beside others."""
    if element == ANY and ANY in parts:
        known = [part for part in parts if part != ANY]
        if len(known) > 1 and not all(isinstance(part, str) for part in known):
            return all(part == known[0] for part in known)
        return True
    return _parts_to_collection(parts, element)


def _objects_convertible(have: Compound, want: Compound) -> bool:
    for name, kind in want[1].items():
        if name not in have[1]:
            if name not in want[2]:
                return False
        elif not convertible(have[1][name], kind):
            return False
    return True


def _map_to_object(have: Compound, want: Compound) -> bool:
    return all(name in want[2] or convertible(have[1], kind) for name, kind in want[1].items())


def _tuples_convertible(have: Compound, want: Compound) -> bool:
    return len(have[1]) == len(want[1]) and all(map(convertible, have[1], want[1]))


_CONVERTIBLE: dict[tuple[str, str], Callable[[Compound, Compound], bool]] = {
    ("list", "list"): _elements_convertible,
    ("set", "list"): _elements_convertible,
    ("list", "set"): _elements_convertible,
    ("set", "set"): _elements_convertible,
    ("map", "map"): _elements_convertible,
    ("tuple", "list"): lambda have, want: _parts_to_collection(list(have[1]), want[1]),
    ("tuple", "set"): lambda have, want: _parts_to_collection(list(have[1]), want[1]),
    ("object", "map"): lambda have, want: _attributes_to_map(list(have[1].values()), want[1]),
    ("map", "object"): _map_to_object,
    ("object", "object"): _objects_convertible,
    ("tuple", "tuple"): _tuples_convertible,
}


def replaced(have: Type, want: Type) -> Type:
    """Return `want` with its open parts filled from `have`, which is convertible to it."""
    if want == ANY:
        return have
    if have == ANY or isinstance(want, str) or isinstance(have, str):
        return want
    if want[0] == "object":
        return object_of(
            {name: replaced(_part(have, name), kind) for name, kind in want[1].items()}
        )
    if want[0] == "tuple":
        return ("tuple", tuple(map(replaced, have[1], want[1])))
    return (want[0], replaced(_common_element(have), want[1]))


def _part(have: Compound, name: str) -> Type:
    found: Type = have[1].get(name, ANY) if have[0] == "object" else have[1]
    return found


def _common_element(have: Compound) -> Type:
    if have[0] == "tuple":
        return unify(list(have[1])) or ANY
    if have[0] == "object":
        return unify(list(have[1].values())) or ANY
    element: Type = have[1]
    return element


# ---------------------------------------------------------------- unification


def unify(types: list[Type]) -> Type | None:
    """Return the type that all the types can be converted to, None where there is none."""
    if not types:
        return None
    first = types[0]
    if all(kind == first for kind in types):
        return first
    kinds = {kind if isinstance(kind, str) else kind[0] for kind in types}
    settled, result = _unify_containers(types, kinds)
    return result if settled else _preferred(types)


def _unify_containers(types: list[Type], kinds: set[str]) -> tuple[bool, Type | None]:
    """Unify types of one kind of container: (whether that settles it, the type)."""
    dynamic = ANY in kinds
    kinds = kinds - {ANY}
    if len(kinds) == 1:
        (kind,) = kinds
        if kind in PRIMITIVES:  # of several types, so ANY is among them
            return False, None
        return True, ANY if dynamic else _UNIFY[kind](types)
    if kinds == {"object", "tuple"}:
        return True, None
    for structural, collection in (("object", "map"), ("tuple", "list")):
        if kinds == {structural, collection}:
            mixed = _unify_mixed(types, structural, collection)
            return mixed is not None, mixed
    if {"object", "tuple"} <= kinds:
        return True, None
    return False, None


def _unify_elements(types: list[Compound]) -> Type | None:
    element = unify([kind[1] for kind in types])
    return None if element is None else (types[0][0], element)


def _unify_objects(types: list[Compound]) -> Type | None:
    names = set(types[0][1])
    if any(set(kind[1]) != names for kind in types):
        return _unify_to_collection([list(kind[1].values()) for kind in types], "map")
    attributes = {}
    for name in types[0][1]:
        common = unify([kind[1][name] for kind in types])
        if common is None:
            return None
        attributes[name] = common
    return object_of(attributes)


def _unify_tuples(types: list[Compound]) -> Type | None:
    length = len(types[0][1])
    if any(len(kind[1]) != length for kind in types):
        return _unify_to_collection([list(kind[1]) for kind in types], "list")
    parts = [unify([kind[1][index] for kind in types]) for index in range(length)]
    return None if None in parts else ("tuple", tuple(parts))


def _unify_to_collection(parts: list[list[Type]], collection: str) -> Type | None:
    element = unify([kind for group in parts for kind in group])
    if element is None or not all(_parts_to_collection(group, element) for group in parts):
        return None
    return (collection, element)


_UNIFY: dict[str, Callable[[list[Type]], Type | None]] = {
    "list": _unify_elements,
    "set": _unify_elements,
    "map": _unify_elements,
    "object": _unify_objects,
    "tuple": _unify_tuples,
}


def _unify_mixed(types: list[Compound], structural: str, collection: str) -> Type | None:
    """Unify tuples with lists, or objects with maps: as lists, or as maps."""
    groups = [
        list(kind[1].values()) if structural == "object" else list(kind[1])
        for kind in types
        if kind[0] == structural
    ]
    common = _unify_to_collection(groups, collection)
    if common is None:
        return None
    return unify([common if kind[0] == structural else kind for kind in types])


def _preferred(types: list[Type]) -> Type | None:
    """Return the first type, more general ones before others, that all can be converted to."""
    for wanted in _general_first(types):
        if all(kind == wanted or convertible(kind, wanted) for kind in types):
            return wanted
    return None


def _general_first(types: list[Type]) -> list[Type]:
    """Order types so that a more general one stands before a less general one."""
    order: list[Type] = []
    for kind in types:
        if kind not in order:
            order.append(kind)
            if len(order) == _MOST_KINDS:
                break
    result: list[Type] = []
    while order:
        best = reduce(lambda a, b: b if _compare(b, a) < 0 else a, order)
        order.remove(best)
        result.append(best)
    return result


_GENERALITY = {"map": 0, "object": 1, "list": 0, "tuple": 1, "set": 2}
_SEQUENCES = ("list", "tuple", "set")


def _compare(one: Type, other: Type) -> int:
    """Return -1 where one type is more general than the other, 1 where less, else 0."""
    if ANY in (one, other):
        return (one == ANY) - (other == ANY)
    if isinstance(one, str) or isinstance(other, str):
        both = isinstance(one, str) and isinstance(other, str)
        return (other == STRING) - (one == STRING) if both else 0
    if one[0] == other[0]:
        return _compare_parts(one, other)
    if (one[0] in _SEQUENCES) == (other[0] in _SEQUENCES):
        return -1 if _GENERALITY[one[0]] < _GENERALITY[other[0]] else 1
    return 0


def _compare_parts(one: Compound, other: Compound) -> int:
    if one[0] == "object":
        if set(one[1]) != set(other[1]):
            return 0
        signs = {_compare(kind, other[1][name]) for name, kind in one[1].items()}
    elif one[0] == "tuple":
        if len(one[1]) != len(other[1]):
            return 0
        signs = set(map(_compare, one[1], other[1]))
    else:
        return _compare(one[1], other[1])
    signs.discard(0)
    return signs.pop() if len(signs) == 1 else 0
