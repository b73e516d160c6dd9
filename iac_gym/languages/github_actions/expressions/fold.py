"""What an expression is worth as far as it can be known: values, sets of them, and truth.

`constant` gives the value of an expression of literals. `possible` gives every value that an
expression may have, and `truth` says whether a condition always, never or sometimes holds; both
take facts: what the values of some contexts can be (`github.event_name` of a workflow that only
`push` starts), and of status functions under ("failure()",).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any, Final

from iac_gym.languages.github_actions.expressions import functions
from iac_gym.languages.github_actions.expressions.nodes import (
    Call,
    Compare,
    Context,
    Index,
    Literal,
    Logic,
    Node,
    Not,
    Star,
    references,
)
from iac_gym.languages.github_actions.expressions.values import (
    Array,
    EvaluationError,
    Object,
    compare,
    is_truthy,
    to_number,
    to_text,
)


class _Unknown:
    """The one value UNKNOWN: nothing is known of it."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        raise TypeError("UNKNOWN is neither true nor false: compare with `is`")


UNKNOWN: Final = _Unknown()


class _Some:
    """Some value of which only its truth is known: what `a && b` gives where `a` is falsy."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


FALSY: Final = _Some("FALSY")
TRUTHY: Final = _Some("TRUTHY")

#: A path such as ("github", "event_name") -> the values that it can have.
Facts = Mapping[tuple[str, ...], Sequence[Any]]
Values = tuple[Any, ...]

_NO_FACTS: Facts = {}
#: What an expression may give of which nothing is known.
_ANY: Final[Values] = (FALSY, TRUTHY)
_EITHER: Final[Values] = (False, True)
#: More combinations of values than this are not tried.
_MOST_VALUES = 32
#: More parts of `&&` than this are not compared with each other.
_MOST_PARTS = 24
#: So many parts of an expression are folded before it counts as unknown.
_MOST_STEPS = 4000


def constant(node: Node, facts: Facts = _NO_FACTS) -> Any:
    """Return the only value that an expression can have, or UNKNOWN."""
    values = possible(node, facts)
    if values is None or len(values) != 1 or values[0] is FALSY:
        return UNKNOWN
    return values[0]


def truth(node: Node, facts: Facts = _NO_FACTS) -> bool | None:
    """Say whether a condition always holds, never holds, or depends (None)."""
    try:
        return _truth_of(_Folder(facts).values(node))
    except EvaluationError:
        return None


def possible(node: Node, facts: Facts = _NO_FACTS) -> Values | None:
    """Return every value that an expression may have, None where any is possible.

    FALSY among them is a falsy value that is not known. An expression that fails when it is
    evaluated has no known value.
    """
    try:
        values = _Folder(facts).values(node)
    except EvaluationError:
        return None
    return None if TRUTHY in values else values


def evaluate(node: Node) -> Any:
    """Return the value of an expression of literals; UNKNOWN, or raises `EvaluationError`."""
    values = _Folder(_NO_FACTS).values(node)
    return values[0] if len(values) == 1 and values[0] not in _ANY else UNKNOWN


class _Folder:
    """Folds one expression under some facts."""

    def __init__(self, facts: Facts, inside: bool = False) -> None:
        self.facts = facts
        self.inside = inside  # whether this only tries what one part of `&&` means for another
        self.budget = _MOST_STEPS

    def values(self, node: Node) -> Values:
        self.budget -= 1
        if self.budget < 0:
            return _ANY
        if isinstance(node, Literal):
            return (node.value,)
        if isinstance(node, Logic):
            return self.logic(node)
        if isinstance(node, Compare):
            return self.compare(node)
        if isinstance(node, Not):
            held = _truth_of(self.values(node.of))
            return _EITHER if held is None else (not held,)
        if isinstance(node, Call):
            return self.call(node)
        return self.access(node) if isinstance(node, (Index, Context)) else _ANY

    def compare(self, node: Compare) -> Values:
        left, right = self.values(node.left), self.values(node.right)
        if not _is_small(left, right):
            return _EITHER
        made = {compare(node.op, one, other) for one in left for other in right}
        return tuple(sorted(made))

    def logic(self, node: Logic) -> Values:
        """Fold to what ends it: a falsy value in `a && b`, a truthy one in `||`, else the last."""
        values = self.ended(node)
        known = len(values) == 1 and values[0] not in _ANY
        if not known and node.op != "||" and self.contradicts(node.args):
            return (FALSY,)
        return values

    def ended(self, node: Logic) -> Values:
        """Fold each part for itself, whatever they mean for each other."""
        ends_at = node.op == "||"
        found: list[Any] = []
        for argument in node.args[:-1]:
            values = self.values(argument)
            ending = [value for value in values if _holds(value) is ends_at]
            found.extend(ending)
            if len(ending) == len(values):
                return _distinct(found)
        return _distinct([*found, *self.values(node.args[-1])])

    def contradicts(self, args: Sequence[Node]) -> bool:
        """Whether one part of `&&` says what rules another part out."""
        if self.inside or len(args) > _MOST_PARTS:
            return False
        for index, argument in enumerate(args):
            if (told := _told(argument)) is None:
                continue
            path, values = told
            inner = _Folder({**self.facts, **implied(path, values)}, inside=True)
            for other in (*args[:index], *args[index + 1 :]):
                inner.budget = min(_MOST_STEPS // 10, self.budget)
                if _mentions(other, path) and _truth_of(inner.values(other)) is False:
                    return True
                self.budget -= 2 * (_MOST_STEPS // 10 - inner.budget)
        return False

    def call(self, node: Call) -> Values:
        if node.name == "always":
            return (True,)
        if (f"{node.name}()",) in self.facts:
            return tuple(self.facts[f"{node.name}()",])
        if node.name not in functions.EVERYWHERE:
            return _EITHER if node.name in functions.STATUS else _ANY
        arguments = [self.values(argument) for argument in node.args]
        if not _is_small(*arguments):
            return _EITHER if node.name in _TESTS else _ANY
        return _distinct([functions.call(node.name, one) for one in product(*arguments)])

    def access(self, node: Index | Context) -> Values:
        found = references(node)
        if found and found[0].whole and found[0].path in self.facts:
            return tuple(self.facts[found[0].path])
        if isinstance(node, Context):
            return _ANY
        of = self.values(node.of)
        if isinstance(node.key, Star):
            return tuple([_filtered(value) for value in of]) if _is_small(of) else _ANY
        keys = self.values(node.key)
        if not _is_small(of, keys):
            return _ANY
        return _distinct([_element(one, key) for one in of for key in keys])


_TESTS = frozenset(("contains", "endswith", "startswith"))


def _holds(value: Any) -> bool:
    return value is TRUTHY or (value is not FALSY and is_truthy(value))


def _truth_of(values: Values) -> bool | None:
    kinds = {_holds(value) for value in values}
    return kinds.pop() if len(kinds) == 1 else None


def _is_small(*several: Values) -> bool:
    """Whether all values are known, and few enough to be combined."""
    count = 1
    for values in several:
        if any(isinstance(value, _Some) for value in values):
            return False
        count *= len(values)
    return 0 < count <= _MOST_VALUES


def _distinct(values: Iterable[Any]) -> Values:
    made: list[Any] = []
    for value in values:
        if not any(value is one or _is_same(value, one) for one in made):
            made.append(value)
    return tuple(made) if len(made) <= _MOST_VALUES else _ANY


def _is_same(left: Any, right: Any) -> bool:
    if left.__class__ is not right.__class__ or isinstance(left, (Array, Object, _Some)):
        return False
    return bool(left == right)


# --- what one part of `&&` tells about another ----------------------------------------------------


def _told(node: Node) -> tuple[tuple[str, ...], Values] | None:
    """Return the path that a part of `&&` binds, with its values."""
    if isinstance(node, Compare) and node.op == "==":
        for one, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(other, Literal) and isinstance(other.value, str):
                path = _path(one)
                return (path, (other.value,)) if path else None
    if isinstance(node, Not):
        path = _path(node.of)
        return (path, (FALSY,)) if path else None
    return None


def _path(node: Node) -> tuple[str, ...] | None:
    if not isinstance(node, (Index, Context)):
        return None
    found = references(node)
    return found[0].path if found and found[0].whole else None


def _mentions(node: Node, path: tuple[str, ...]) -> bool:
    related = implied(path, ("",))
    return any(reference.path in related for reference in references(node))


def implied(path: tuple[str, ...], values: Sequence[Any]) -> dict[tuple[str, ...], Sequence[Any]]:
    """Return the facts that follow when a path has one of some values: a ref has a short name."""
    facts: dict[tuple[str, ...], Sequence[Any]] = {path: values}
    if path == ("github", "ref"):
        names = [_short_ref(value) for value in values]
        facts["github", "ref_name"] = [name for name, _ in names]
        facts["github", "ref_type"] = [kind for _, kind in names]
    return facts


def _short_ref(value: Any) -> tuple[Any, Any]:
    if not isinstance(value, str):
        return FALSY, FALSY
    for prefix, kind in (("refs/heads/", "branch"), ("refs/tags/", "tag")):
        if value.startswith(prefix):
            return value.removeprefix(prefix), kind
    return value.removeprefix("refs/pull/"), "branch"


# --- reading from collections ---------------------------------------------------------------------


def _element(of: Any, key: Any) -> Any:
    if isinstance(of, Array):
        index = to_number(key)
        whole = math.floor(index) if math.isfinite(index) and index >= 0 else -1
        if of.filtered:
            return Array(_from_each(of.items, key, whole), filtered=True)
        return of.items[whole] if 0 <= whole < len(of.items) else None
    if isinstance(of, Object) and not isinstance(key, (Array, Object)):
        return of.get(to_text(key))
    return None


def _from_each(items: Iterable[Any], key: Any, whole: int) -> Iterable[Any]:
    for item in items:
        if isinstance(item, Object) and not isinstance(key, (Array, Object)):
            if item.has(to_text(key)):
                yield item.get(to_text(key))
        elif isinstance(item, Array) and 0 <= whole < len(item.items):
            yield item.items[whole]


def _filtered(of: Any) -> Array:
    if isinstance(of, Array) and of.filtered:
        return Array([one for item in of.items for one in _items(item)], filtered=True)
    return Array(_items(of), filtered=True)


def _items(of: Any) -> list[Any]:
    if isinstance(of, Array):
        return of.items
    return [value for _, value in of.pairs] if isinstance(of, Object) else []
