"""What a Jinja expression gives where its variables are known: a value, or that it is not known.

`UNKNOWN` is what only a run can tell (facts, results, lookups), `UNDEFINED` a variable that nothing
sets, `OMIT` the special variable `omit`. Evaluation is pure, total and bounded; what it does not
know by heart (a filter, a test, a method) gives `UNKNOWN`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from iac_gym.formats.jinja import Node
from iac_gym.languages.ansible.evaluate_filters import FILTERS, TESTS
from iac_gym.languages.ansible.evaluate_values import (
    OMIT,
    UNDEFINED,
    UNKNOWN,
    Lookup,
    is_known,
    same,
    truth,
)

__all__ = ["OMIT", "UNDEFINED", "UNKNOWN", "Evaluation", "Lookup", "evaluate", "truth"]

_MOST_STEPS = 2_000
_MOST_DEPTH = 40
_MOST_SIZE = 10_000


def evaluate(node: Node, lookup: Lookup) -> Any:
    """Return the value of an expression."""
    return Evaluation(lookup).value(node)


class Evaluation:
    """One evaluation: counts its steps, so that no expression takes long."""

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup
        self.steps = 0
        self.depth = 0

    def value(self, node: Node) -> Any:
        """Return the value of a node, `UNKNOWN` where it cannot be told."""
        run = _KINDS.get(node.kind)
        self.steps += 1
        if run is None or self.steps > _MOST_STEPS or self.depth > _MOST_DEPTH:
            return UNKNOWN
        self.depth += 1
        try:
            return run(self, node)
        except (TypeError, ValueError, KeyError, IndexError, ArithmeticError, AttributeError):
            return UNKNOWN  # the tool would fail here too, or give what we do not know
        finally:
            self.depth -= 1

    def _const(self, node: Node) -> Any:
        return node.value

    def _name(self, node: Node) -> Any:
        return self.lookup(node.value)

    def _attr(self, node: Node) -> Any:
        return self._member(self.value(node.items[0]), node.value)

    def _item(self, node: Node) -> Any:
        return self._member(self.value(node.items[0]), self.value(node.items[1]))

    def _member(self, holder: Any, key: Any) -> Any:
        if not is_known(holder) or not is_known(key):
            return holder if holder is UNDEFINED else UNKNOWN
        if isinstance(holder, Mapping):
            return self._folded(holder[key]) if key in holder else UNDEFINED
        if isinstance(holder, (list, tuple, str)) and type(key) is int:
            return self._folded(holder[key]) if -len(holder) <= key < len(holder) else UNDEFINED
        return UNKNOWN

    def _folded(self, value: Any) -> Any:
        fold = getattr(self.lookup, "fold", None)
        return value if fold is None else fold(value)

    def _slice(self, node: Node) -> Any:
        parts = [None if part is None else self.value(part) for part in node.items]
        return slice(*parts) if all(p is None or type(p) is int for p in parts) else UNKNOWN

    def _call(self, node: Node) -> Any:
        function = node.items[0]
        arguments = [self.value(item) for item in node.items[1:]]
        if function.kind == "name" and function.value == "range":
            made = range(*arguments)
            return list(made) if len(made) <= _MOST_SIZE else UNKNOWN
        if function.kind == "attr" and not any(a is UNKNOWN or a is UNDEFINED for a in arguments):
            return self._method(self.value(function.items[0]), function.value, arguments)
        return UNKNOWN

    def _method(self, holder: Any, name: str, arguments: list[Any]) -> Any:
        if isinstance(holder, str) and name in _TEXT_METHODS:
            return getattr(str(holder), name)(*arguments)
        if isinstance(holder, Mapping) and name in ("get", "keys", "values", "items"):
            found = getattr(dict(holder), name)(*arguments)
            return found if name == "get" else list(found)
        return UNKNOWN

    def _filter(self, node: Node) -> Any:
        subject = self.value(node.items[0]) if node.items[0] is not None else UNKNOWN
        arguments, named = self._arguments(node.items[1:])
        if node.value in ("default", "d"):
            return self._default(subject, arguments, named)
        apply = FILTERS.get(str(node.value).removeprefix("ansible.builtin."))
        if apply is None or not is_known(subject):
            return subject if subject is UNDEFINED else UNKNOWN
        if not all(is_known(one) for one in (*arguments, *named.values())):
            return UNKNOWN
        return apply(subject, *arguments, **named)

    def _arguments(self, items: tuple[Any, ...]) -> tuple[list[Any], dict[str, Any]]:
        arguments: list[Any] = []
        named: dict[str, Any] = {}
        for item in items:
            if item.kind == "keyword":
                named[item.value] = self.value(item.items[0])
            else:
                arguments.append(self.value(item))
        return arguments, named

    @staticmethod
    def _default(subject: Any, arguments: list[Any], named: dict[str, Any]) -> Any:
        given = (*arguments, *named.values())
        fallback = named.get("default_value", given[0] if given else "")
        wide = named.get("boolean", arguments[1] if len(arguments) > 1 else False)
        if subject is UNDEFINED:
            return fallback
        if subject is UNKNOWN or wide is UNKNOWN:
            return UNKNOWN
        return fallback if wide and not subject else subject

    def _test(self, node: Node) -> Any:
        subject = self.value(node.items[0])
        name = str(node.value).removeprefix("ansible.builtin.")
        if name in ("defined", "undefined"):
            if not is_known(subject):
                return UNKNOWN
            return name == "defined"
        run = TESTS.get(name)
        arguments = [self.value(item) for item in node.items[1:]]
        if run is None or not all(is_known(one) for one in (subject, *arguments)):
            return UNKNOWN
        return run(subject, *arguments)

    def _negation(self, node: Node) -> Any:
        known = truth(self.value(node.items[0]))
        return UNKNOWN if known is None else not known

    def _conjunction(self, node: Node) -> Any:
        left, right = (self.value(item) for item in node.items)
        known = (truth(left), truth(right))
        if False in known:
            return left if known[0] is False else right
        return UNKNOWN if None in known else right

    def _disjunction(self, node: Node) -> Any:
        left, right = (self.value(item) for item in node.items)
        known = (truth(left), truth(right))
        if known[0]:
            return left
        if known[1]:  # what the left gives is not known, but it is true either way
            return right if known[0] is False else True
        return UNKNOWN if None in known else right

    def _sign(self, node: Node) -> Any:
        value = self.value(node.items[0])
        if isinstance(value, (int, float)):
            return -value if node.kind == "neg" else +value
        return UNKNOWN

    def _binary(self, node: Node) -> Any:
        left, right = (self.value(item) for item in node.items)
        if not is_known(left) or not is_known(right) or node.value not in _OPERATORS:
            return UNKNOWN
        if node.value == "*" and not all(isinstance(one, (int, float)) for one in (left, right)):
            return UNKNOWN
        if node.value == "**" and (abs(left) > 1_000 or abs(right) > 16):
            return UNKNOWN
        made = _OPERATORS[node.value](left, right)
        return UNKNOWN if isinstance(made, (str, list)) and len(made) > _MOST_SIZE else made

    def _compare(self, node: Node) -> Any:
        values = [self.value(item) for item in node.items]
        result: Any = True
        for sign, left, right in zip(node.value, values, values[1:], strict=False):
            if not is_known(left) or not is_known(right):
                result = UNKNOWN
            elif not _COMPARED[sign](left, right):
                return False
        return result

    def _concat(self, node: Node) -> Any:
        values = [self.value(item) for item in node.items]
        if not all(is_known(value) for value in values):
            return UNKNOWN
        made = "".join([str(value) for value in values])
        return made if len(made) <= _MOST_SIZE else UNKNOWN

    def _cond(self, node: Node) -> Any:
        chosen = truth(self.value(node.items[0]))
        if chosen is None:
            return UNKNOWN
        branch = node.items[1] if chosen else node.items[2]
        return UNDEFINED if branch is None else self.value(branch)

    def _sequence(self, node: Node) -> Any:
        return [self.value(item) for item in node.items]

    def _mapping(self, node: Node) -> Any:
        items = [self.value(item) for item in node.items]
        return dict(zip(items[::2], items[1::2], strict=False))


_TEXT_METHODS = frozenset(
    "lower upper strip lstrip rstrip split startswith endswith replace title capitalize".split()
)
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "==": same,
    "!=": lambda left, right: not same(left, right),
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "in": lambda left, right: left in right,
    "not in": lambda left, right: left not in right,
}
_COMPARED |= {
    "eq": _COMPARED["=="], "ne": _COMPARED["!="], "lt": operator.lt, "gt": operator.gt,
    "lteq": operator.le, "gteq": operator.ge, "notin": _COMPARED["not in"],
}  # fmt: skip
_KINDS: dict[str, Callable[[Evaluation, Node], Any]] = {
    "const": Evaluation._const,
    "name": Evaluation._name,
    "attr": Evaluation._attr,
    "item": Evaluation._item,
    "slice": Evaluation._slice,
    "call": Evaluation._call,
    "filter": Evaluation._filter,
    "test": Evaluation._test,
    "not": Evaluation._negation,
    "neg": Evaluation._sign,
    "pos": Evaluation._sign,
    "and": Evaluation._conjunction,
    "or": Evaluation._disjunction,
    "binary": Evaluation._binary,
    "compare": Evaluation._compare,
    "concat": Evaluation._concat,
    "cond": Evaluation._cond,
    "tuple": Evaluation._sequence,
    "list": Evaluation._sequence,
    "dict": Evaluation._mapping,
}
