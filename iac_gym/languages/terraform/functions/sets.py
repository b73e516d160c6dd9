"""Functions of sets."""

from __future__ import annotations

from iac_gym.languages.terraform.conversion import fingerprint
from iac_gym.languages.terraform.functions.registry import FunctionError, TooLarge, implements
from iac_gym.languages.terraform.types import (
    ConversionError,
    ListValue,
    TypedSet,
    convert,
    make_set,
    merged_refs,
    type_of,
    unify,
    wholly_known,
)
from iac_gym.languages.terraform.values import ANY, SetValue, Type, Unknown, Value

_MOST_ELEMENTS = 20_000


def _common(*sets: Value) -> Type:
    """Return the type of the result of an operation on sets."""
    kinds = [
        type_of(one)[1] for one in sets if isinstance(one, Unknown) or one or type_of(one)[1] != ANY
    ]
    if not kinds:
        return ("set", ANY)
    kind = unify(kinds)
    if kind is None:
        raise FunctionError("the sets must have elements of one type")
    return ("set", kind)


def _converted(sets: tuple[Value, ...]) -> tuple[Type, list[Value]]:
    kind = _common(*sets)
    result = []
    for index, one in enumerate(sets):
        try:
            result.append(convert(one, kind))
        except ConversionError as error:
            raise FunctionError(str(error), index) from None
    return kind[1], result


def _within(items: list[Value], others: list[Value], *, wanted: bool) -> list[Value]:
    """Return the items that are among the others, or that are not."""
    marks = set(map(fingerprint, others))
    return [item for item in items if (fingerprint(item) in marks) == wanted]


@implements("setunion", takes="shallow", kind=_common)
def _union(*sets: Value) -> Value:
    element, members = _converted(sets)
    return make_set([item for one in members for item in one], element)


@implements("setintersection", kind=_common)
def _intersection(*sets: Value) -> Value:
    element, members = _converted(sets)
    found = list(members[0])
    for one in members[1:]:
        found = _within(found, one, wanted=True)
    return make_set(found, element)


@implements("setsubtract", kind=_common)
def _subtract(*sets: Value) -> Value:
    element, members = _converted(sets)
    return make_set(_within(members[0], members[1], wanted=False), element)


def _product_kind(*sets: Value) -> Type:
    if len(sets) < 2:
        raise FunctionError("at least two arguments are required")
    elements = []
    lists = True
    for index, one in enumerate(sets):
        kind = type_of(one)
        sort = kind if isinstance(kind, str) else kind[0]
        if sort not in ("set", "list", "tuple"):
            raise FunctionError("a set or a list is required", index)
        lists = lists and sort != "set"
        element = _tuple_element(kind, index) if sort == "tuple" else kind[1]
        elements.append(element)
    return ("list" if lists else "set", ("tuple", tuple(elements)))


def _tuple_element(kind: Type, index: int) -> Type:
    if not kind[1]:
        return ANY
    common = unify(list(kind[1]))
    if common is None:
        raise FunctionError("the elements must have one type", index)
    return common


@implements("setproduct", takes="all")
def _product(*sets: Value) -> Value:
    if any(type_of(one) == ANY for one in sets):
        return Unknown(ANY, None, merged_refs(*sets))
    kind = _product_kind(*sets)
    if any(
        isinstance(one, Unknown) or (isinstance(one, SetValue) and not wholly_known(one))
        for one in sets
    ):
        return Unknown(kind, None, merged_refs(*sets))
    total = 1
    for one in sets:
        total *= len(one)
    if total * len(sets) > _MOST_ELEMENTS:
        raise TooLarge
    rows: list[list[Value]] = [[]]
    for one, element in zip(sets, kind[1][1], strict=True):
        try:
            column = [convert(item, element) for item in one]
        except ConversionError as error:
            raise FunctionError(str(error)) from None
        rows = [[*row, item] for row in rows for item in column]
    return ListValue(rows, kind[1]) if kind[0] == "list" else TypedSet(rows, kind[1])
