"""Judges a value by a rule in CEL that a definition states (`x-kubernetes-validations`).

A rule that holds gives True, one that does not, or whose evaluation fails (a field that is not
there), False, and one that cannot be judged here (an unknown function, too many steps) None.
A rule is compiled once, into functions of the names that are known where it is asked.
Source: https://kubernetes.io/docs/reference/using-api/cel/
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

from iac_gym.languages.custom_resources.cel_library import FUNCTIONS
from iac_gym.languages.custom_resources.cel_parser import CelError, Tree, parse

#: Most items that the loops of one evaluation go through; the API server has a budget, too.
_MOST_ITEMS = 5_000
#: Where the names keep how many items are left.
_LEFT = "left over"

_Names = dict[str, Any]
_Value = Callable[[_Names], Any]

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


class _Unknown(Exception):
    """What is asked cannot be judged here."""


def compile_rule(rule: str) -> Callable[[Any], bool | None]:
    """Compile a rule into a function of `self`."""
    try:
        value_of = _compile(parse(rule))
    except (CelError, _Unknown, RecursionError):
        return lambda value: None

    def judge(value: Any) -> bool | None:
        try:
            found = value_of({"self": value, _LEFT: [_MOST_ITEMS]})
        except (_Unknown, RecursionError):
            return None
        except CelError:
            return False
        return found if isinstance(found, bool) else None

    return judge


def _compile(tree: Tree) -> _Value:
    """Compile a tree. The function raises `CelError` where CEL fails."""
    maker = _MAKERS.get(tree[0])
    return maker(tree) if maker is not None else _operation(tree)


def _literal(tree: Tree) -> _Value:
    value = tree[1]
    return lambda names: value


def _name(tree: Tree) -> _Value:
    name = tree[1]

    def value(names: _Names) -> Any:
        if name not in names:
            raise _Unknown
        return names[name]

    return value


def _get(tree: Tree) -> _Value:
    holder_of, field = _compile(tree[1]), tree[2]

    def value(names: _Names) -> Any:
        holder = holder_of(names)
        if isinstance(holder, dict):
            found = holder.get(field)
            if found is not None:
                return found
        raise CelError(f"no such key: {field}")

    return value


def _has(tree: Tree) -> _Value:
    holder_of, field = _compile(tree[1]), tree[2]

    def value(names: _Names) -> bool:
        holder = holder_of(names)
        if not isinstance(holder, dict):
            raise CelError("not a mapping")
        return holder.get(field) is not None

    return value


def _at(tree: Tree) -> _Value:
    holder_of, key_of = _compile(tree[1]), _compile(tree[2])

    def value(names: _Names) -> Any:
        holder, key = holder_of(names), key_of(names)
        if isinstance(holder, dict) and isinstance(key, (str, int)) and key in holder:
            return holder[key]
        if isinstance(holder, list) and isinstance(key, int) and -1 < key < len(holder):
            return holder[key]
        raise CelError("no such item")

    return value


def _not(tree: Tree) -> _Value:
    inner = _compile(tree[1])

    def value(names: _Names) -> bool:
        found = inner(names)
        if not isinstance(found, bool):
            raise CelError("no boolean")
        return not found

    return value


def _minus(tree: Tree) -> _Value:
    inner = _compile(tree[1])

    def value(names: _Names) -> Any:
        found = inner(names)
        if not isinstance(found, (int, float)):
            raise CelError("no number")
        return -found

    return value


def _choice(tree: Tree) -> _Value:
    condition, first, second = (_compile(each) for each in tree[1:])
    return lambda names: first(names) if condition(names) is True else second(names)


def _sequence(tree: Tree) -> _Value:
    items = [_compile(each) for each in tree[1]]
    return lambda names: [item(names) for item in items]


def _mapping(tree: Tree) -> _Value:
    pairs = [(_compile(key), _compile(each)) for key, each in tree[1]]
    return lambda names: {str(key(names)): each(names) for key, each in pairs}


def _call(tree: Tree) -> _Value:
    _, name, target, given = tree
    function = FUNCTIONS.get(name)
    if function is None:
        raise _Unknown
    arguments = [_compile(each) for each in ((target, *given) if target is not None else given)]

    def value(names: _Names) -> Any:
        found = [argument(names) for argument in arguments]
        try:
            return function(*found)
        except re.error:
            raise _Unknown from None
        except (TypeError, ValueError, AttributeError) as error:
            raise CelError(str(error)) from None

    return value


def _macro(tree: Tree) -> _Value:
    _, name, target, variable, bodies = tree
    holder_of = _compile(target)
    parts = [_compile(body) for body in bodies]
    gather = _GATHERERS[name]

    def value(names: _Names) -> Any:
        holder = holder_of(names)
        if not isinstance(holder, (dict, list)):
            raise CelError("nothing to go through")
        names[_LEFT][0] -= len(holder)
        if names[_LEFT][0] < 0:
            raise _Unknown
        inner = dict(names)

        def on(part: _Value, item: Any) -> Any:
            inner[variable] = item
            return part(inner)

        return gather(list(holder), parts, on)

    return value


_On = Callable[[_Value, Any], Any]
_Gatherer = Callable[[list[Any], list[_Value], _On], Any]


def _mapped(items: list[Any], parts: list[_Value], on: _On) -> Any:
    kept = items if len(parts) == 1 else [item for item in items if on(parts[0], item) is True]
    return [on(parts[-1], item) for item in kept]


def _filtered(items: list[Any], parts: list[_Value], on: _On) -> Any:
    return [item for item in items if on(parts[0], item) is True]


def _exactly_one(items: list[Any], parts: list[_Value], on: _On) -> Any:
    return sum(on(parts[0], item) is True for item in items) == 1


def _quantified(every: bool) -> _Gatherer:
    """Return `all` or `exists`: an error counts only where no other item decides."""

    def gather(items: list[Any], parts: list[_Value], on: _On) -> bool:
        failed: CelError | None = None
        for item in items:
            try:
                if on(parts[0], item) is not every:
                    return not every
            except CelError as error:
                failed = error
        if failed is not None:
            raise failed
        return every

    return gather


_GATHERERS: dict[str, _Gatherer] = {
    "map": _mapped,
    "filter": _filtered,
    "exists_one": _exactly_one,
    "existsOne": _exactly_one,
    "all": _quantified(True),
    "exists": _quantified(False),
}


def _both(tree: Tree) -> _Value:
    """Compile `&&` and `||`: an error of one side counts only where the other does not decide."""
    every = bool(tree[0] == "&&")
    left, right = _compile(tree[1]), _compile(tree[2])

    def value(names: _Names) -> Any:
        failed: CelError | None = None
        try:
            if left(names) is not every:
                return not every
        except CelError as error:
            failed = error
        if right(names) is not every:
            return not every
        if failed is not None:
            raise failed
        return every

    return value


def _operation(tree: Tree) -> _Value:
    sort = tree[0]
    if sort in ("&&", "||"):
        return _both(tree)
    left, right = _compile(tree[1]), _compile(tree[2])
    if sort == "==":
        return lambda names: _equal(left(names), right(names))
    if sort == "!=":
        return lambda names: not _equal(left(names), right(names))
    if sort == "in":
        return lambda names: _among(left(names), right(names))
    return lambda names: _calculated(sort, left(names), right(names))


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _among(item: Any, holder: Any) -> bool:
    if not isinstance(holder, (list, dict)):
        raise CelError("nothing to be in")
    return any(_equal(item, each) for each in holder)


def _calculated(sort: str, left: Any, right: Any) -> Any:
    try:
        if sort in _OPERATORS:
            return _OPERATORS[sort](left, right)
        if not isinstance(left, int) or not isinstance(right, int):
            return left / right
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return quotient if sort == "/" else left - right * quotient
    except (TypeError, ZeroDivisionError, OverflowError) as error:
        raise CelError(str(error)) from None


_MAKERS: dict[str, Callable[[Tree], _Value]] = {
    "lit": _literal,
    "name": _name,
    "get": _get,
    "has": _has,
    "at": _at,
    "not": _not,
    "neg": _minus,
    "if": _choice,
    "list": _sequence,
    "map": _mapping,
    "call": _call,
    "macro": _macro,
}
