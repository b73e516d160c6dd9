"""Judges a value by a rule in CEL that a definition states (`x-kubernetes-validations`).

A rule that holds gives True, one that does not, or whose evaluation fails (a field that is not
there), False, and one that cannot be judged here (an unknown function, too many steps) None.
Source: https://kubernetes.io/docs/reference/using-api/cel/
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from iac_gym.languages.custom_resources.cel_library import FUNCTIONS
from iac_gym.languages.custom_resources.cel_parser import CelError, Tree, parse

#: Most steps of one evaluation; the API server has a budget, too.
_MOST_STEPS = 20_000
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
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
        tree = parse(rule)
    except (CelError, RecursionError):
        return lambda value: None

    def judge(value: Any) -> bool | None:
        run = _Run()
        try:
            found = run.value(tree, {"self": value})
        except _Unknown:
            return None
        except CelError:
            return False
        return found if isinstance(found, bool) else None

    return judge


class _Run:
    """One evaluation; counts its steps."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = _MOST_STEPS

    def value(self, tree: Tree, names: Mapping[str, Any]) -> Any:
        """Evaluate a tree. Raises `CelError` where CEL would, `_Unknown` where this cannot."""
        self.left -= 1
        if self.left < 0:
            raise _Unknown
        sort = tree[0]
        method = _METHODS.get(sort)
        if method is not None:
            return method(self, tree, names)
        return self.operation(sort, tree, names)

    def literal(self, tree: Tree, names: Mapping[str, Any]) -> Any:
        return tree[1]

    def name(self, tree: Tree, names: Mapping[str, Any]) -> Any:
        if tree[1] not in names:
            raise _Unknown
        return names[tree[1]]

    def get(self, tree: Tree, names: Mapping[str, Any]) -> Any:
        holder = self.value(tree[1], names)
        if not isinstance(holder, dict) or holder.get(tree[2]) is None:
            raise CelError(f"no such key: {tree[2]}")
        return holder[tree[2]]

    def has(self, tree: Tree, names: Mapping[str, Any]) -> bool:
        holder = self.value(tree[1], names)
        if not isinstance(holder, dict):
            raise CelError("not a mapping")
        return holder.get(tree[2]) is not None

    def at(self, tree: Tree, names: Mapping[str, Any]) -> Any:
        holder, key = self.value(tree[1], names), self.value(tree[2], names)
        if isinstance(holder, dict) and isinstance(key, (str, int)) and key in holder:
            return holder[key]
        if isinstance(holder, list) and isinstance(key, int) and -1 < key < len(holder):
            return holder[key]
        raise CelError("no such item")

    def negation(self, tree: Tree, names: Mapping[str, Any]) -> bool:
        found = self.value(tree[1], names)
        if not isinstance(found, bool):
            raise CelError("no boolean")
        return not found

    def minus(self, tree: Tree, names: Mapping[str, Any]) -> Any:
        found = self.value(tree[1], names)
        if not isinstance(found, (int, float)):
            raise CelError("no number")
        return -found

    def choice(self, tree: Tree, names: Mapping[str, Any]) -> Any:
        return self.value(tree[2] if self.value(tree[1], names) is True else tree[3], names)

    def sequence(self, tree: Tree, names: Mapping[str, Any]) -> list[Any]:
        return [self.value(each, names) for each in tree[1]]

    def mapping(self, tree: Tree, names: Mapping[str, Any]) -> dict[Any, Any]:
        return {self.value(key, names): self.value(each, names) for key, each in tree[1]}

    def call(self, tree: Tree, names: Mapping[str, Any]) -> Any:
        _, name, target, given = tree
        function = FUNCTIONS.get(name)
        if function is None:
            raise _Unknown
        arguments = [self.value(each, names) for each in given]
        if target is not None:
            arguments.insert(0, self.value(target, names))
        try:
            return function(*arguments)
        except re.error:
            raise _Unknown from None
        except (TypeError, ValueError, AttributeError) as error:
            raise CelError(str(error)) from None

    def macro(self, tree: Tree, names: Mapping[str, Any]) -> Any:
        _, name, target, variable, bodies = tree
        holder = self.value(target, names)
        if not isinstance(holder, (dict, list)):
            raise CelError("nothing to go through")
        items = list(holder)
        inner = dict(names)

        def on(body: Tree, item: Any) -> Any:
            inner[variable] = item
            return self.value(body, inner)

        if name == "map":
            kept = items if len(bodies) == 1 else [i for i in items if on(bodies[0], i) is True]
            return [on(bodies[-1], item) for item in kept]
        if name == "filter":
            return [item for item in items if on(bodies[0], item) is True]
        if name in ("exists_one", "existsOne"):
            return sum(on(bodies[0], item) is True for item in items) == 1
        return self.quantified(name == "all", [(bodies[0], item) for item in items], on)

    def quantified(
        self, every: bool, cases: list[tuple[Tree, Any]], on: Callable[[Tree, Any], Any]
    ) -> bool:
        """Return `all` or `exists`: an error counts only where no other item decides."""
        failed: CelError | None = None
        for body, item in cases:
            try:
                if on(body, item) is not every:
                    return not every
            except CelError as error:
                failed = error
        if failed is not None:
            raise failed
        return every

    def operation(self, sort: str, tree: Tree, names: Mapping[str, Any]) -> Any:
        if sort in ("&&", "||"):
            cases = [(tree[1], None), (tree[2], None)]
            return self.quantified(sort == "&&", cases, lambda body, _: self.value(body, names))
        left, right = self.value(tree[1], names), self.value(tree[2], names)
        if sort == "==":
            return _equal(left, right)
        if sort == "!=":
            return not _equal(left, right)
        if sort == "in":
            if not isinstance(right, (list, dict)):
                raise CelError("nothing to be in")
            return any(_equal(left, each) for each in right)
        return _calculated(sort, left, right)


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _calculated(sort: str, left: Any, right: Any) -> Any:
    try:
        if sort in _COMPARISONS:
            return _COMPARISONS[sort](left, right)
        if not isinstance(left, int) or not isinstance(right, int):
            return left / right
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return quotient if sort == "/" else left - right * quotient
    except (TypeError, ZeroDivisionError, OverflowError) as error:
        raise CelError(str(error)) from None


_METHODS: dict[str, Callable[[_Run, Tree, Mapping[str, Any]], Any]] = {
    "lit": _Run.literal,
    "name": _Run.name,
    "get": _Run.get,
    "has": _Run.has,
    "at": _Run.at,
    "not": _Run.negation,
    "neg": _Run.minus,
    "if": _Run.choice,
    "list": _Run.sequence,
    "map": _Run.mapping,
    "call": _Run.call,
    "macro": _Run.macro,
}
