"""Does a custom resource have the fields, types and values that its definition allows?

Definitions come from the data pack, are compiled when they are first met and walked once, into the
same report as the built-in kinds. What is judged is what the API server does with a structural
schema: unknown fields are errors (strict field validation), null counts as absent, a field that is
required need only be there, and `status` is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from iac_gym.formats.yaml import YamlList, YamlMap
from iac_gym.languages.custom_resources.foreign import is_foreign
from iac_gym.languages.custom_resources.fractions import refuse_fraction, without_fractions
from iac_gym.languages.custom_resources.limits import compile_limits
from iac_gym.languages.custom_resources.pack import custom_kinds, custom_pack
from iac_gym.languages.kubernetes.schema import (
    Check,
    Place,
    Report,
    missing,
    nearest,
    spell,
)
from iac_gym.languages.kubernetes.schema import definition as builtin_definition
from iac_gym.languages.kubernetes.value_types import VALUE_TYPES

_DEEPEST = 60
_DEEPER = (YamlMap, YamlList, dict, list)
_QUICK = {"s": str, "b": bool, "p": str}


def check_of(api_version: str, kind: str) -> Check | None:
    """Return the check of a kind of the pack, None for others."""
    number = custom_kinds().get((api_version, kind))
    if number is not None:
        return _record(number).check
    return _check_metadata if is_foreign(api_version, kind) else None


def _check_metadata(tree: Any, place: Place, report: Report) -> None:
    """Check what every object has, of a kind without a definition here."""
    metadata = tree.get("metadata")
    if metadata is not None:
        _metadata_check()(metadata, (place, tree, "metadata"), report)


@cache
def _metadata_check() -> Check:
    known = next(iter(custom_kinds().values()))
    return _compile(custom_pack().record(known)[0]["metadata"])


class _Definition:
    """A compiled definition; its fields are compiled when it is first met."""

    def __init__(self, read: Callable[[], Any]) -> None:
        self._read = read
        #: Field -> (class of a value that is right at once, check of any other value).
        self.fields: dict[str, tuple[type | None, Check]] = {}
        self.required: tuple[str, ...] = ()
        self.open = False
        self.limits: Check | None = None
        self.defaults: dict[str, Any] = {}
        self.nodes: dict[str, Any] = {}
        self._fills: bool | None = None
        self.deep = False  # whether a limit looks into the fields
        self.ready = False

    def prepare(self) -> None:
        """Compile the fields, but not what they refer to."""
        body = self._read()
        extras = dict(body[2]) if len(body) > 2 else {}
        self.open = bool(extras.pop("open", 0))
        self.defaults = extras.pop("D", {})
        self.deep = not _DEEP.isdisjoint(extras)
        self.nodes = body[0]
        self.limits = compile_limits(extras) if extras else None
        self.required = tuple(body[1])
        self.fields = {name: (_quick(node), _compile(node)) for name, node in body[0].items()}
        self.ready = True

    def check(self, value: Any, place: Place, report: Report) -> None:
        """Check one value against the definition."""
        if not self.ready:
            self.prepare()
        if not isinstance(value, dict):
            report.wrong_type("a mapping", value, place)
            return
        report.left -= len(value)
        if report.left < 0:
            return
        fields = self.fields
        for key, item in value.items():
            field = fields.get(key)
            if field is None:
                if not self.open:
                    self._unknown((place, value, key), report)
            elif item.__class__ is not field[0] and item is not None:
                field[1](item, (place, value, key), report)
        self._check_whole(value, place, report)

    def _check_whole(self, value: dict[Any, Any], place: Place, report: Report) -> None:
        for key in self.required:
            if value.get(key) is None:
                missing((place, value, key), report)
        if self.limits is not None:
            self.limits(self.completed(value) if self.deep else value, place, report)

    def fills(self, depth: int) -> bool:
        """Whether there is a default anywhere in it."""
        if self._fills is None:
            if not self.ready:
                self.prepare()
            self._fills = bool(self.defaults) or any(
                _fills(node, depth + 1) for node in self.nodes.values()
            )
        return self._fills

    def completed(self, value: dict[Any, Any]) -> dict[Any, Any]:
        """Return the value with the defaults that the API server fills in, at every depth."""
        if not self.fills(0):
            return value
        made = {key: item for key, item in value.items() if item is not None}
        for key, default in self.defaults.items():
            made.setdefault(key, default)
        for key, item in made.items():
            if isinstance(item, (dict, list)) and key in self.nodes:
                made[key] = _completed(self.nodes[key], item)
        return made

    def _unknown(self, place: Place, report: Report) -> None:
        if report.has_room("field"):
            message = f"`{spell(place)}` is no field of this API version"
            report.add("field", message, place, nearest(str(place[2]), tuple(self.fields)))


#: Limits that look into the fields of a mapping or the items of a list.
_DEEP = frozenset(("x", "all", "any", "one", "not", "P", "t", "m"))


def _fills(node: Any, depth: int) -> bool:
    """Whether a node has a default; what stands too deep counts as if it had one."""
    if depth > _DEEPEST:
        return True
    if isinstance(node, int):
        return _record(node).fills(depth)
    if isinstance(node, str) or node[0] == "k":
        return False
    return _inner(node[1]).fills(depth) if node[0] == "d" else _fills(node[1], depth)


def _completed(node: Any, value: Any) -> Any:
    """Return a mapping or list with the defaults of its definition."""
    if isinstance(node, int):
        return _record(node).completed(value) if isinstance(value, dict) else value
    if isinstance(node, str):
        return value
    code, inner = node[0], node[1]
    if code == "d":
        return _inner(inner).completed(value) if isinstance(value, dict) else value
    if code == "c":
        return _completed(inner, value)
    if code == "a" and isinstance(value, list):
        return [_completed(inner, item) if item.__class__ in _DEEPER else item for item in value]
    if code == "m" and isinstance(value, dict):
        return {key: _completed(inner, item) for key, item in value.items()}
    return value


@cache
def _record(number: int) -> _Definition:
    return _Definition(lambda: custom_pack().record(number))


#: The definitions that stand inside others; a record is read once and kept, so its parts last.
_INNER: dict[int, tuple[Any, _Definition]] = {}


def _inner(body: Any) -> _Definition:
    found = _INNER.get(id(body))
    if found is None:
        found = _INNER[id(body)] = (body, _Definition(lambda: body))
    return found[1]


def _limits(node: Any, limits: dict[str, Any]) -> Check:
    """Compile the limits of a value; those that look into it see it with its defaults."""
    deep = {key: limit for key, limit in limits.items() if key in _DEEP}
    if not deep:
        return compile_limits(limits)
    on_whole = compile_limits(deep)
    rest = {key: limit for key, limit in limits.items() if key not in _DEEP}
    check = compile_limits(rest) if rest else None

    def completing(value: Any, place: Place, report: Report) -> None:
        if check is not None:
            check(value, place, report)
        whole = _completed(node, value) if value.__class__ in _DEEPER else value
        on_whole(whole, place, report)

    return completing


def _quick(node: Any) -> type | None:
    """Return the class of values that are right at once."""
    return _QUICK.get(node) if isinstance(node, str) else None


def _simple(code: str) -> Check:
    wanted, holds = VALUE_TYPES[code]

    def check(value: Any, place: Place, report: Report) -> None:
        if not holds(value):
            report.wrong_type(wanted, value, place)

    return check


def _any_text(value: Any, place: Place, report: Report) -> None:
    if not isinstance(value, (str, int, float)):
        report.wrong_type("a text, a number or a boolean", value, place)


def _quantity(value: Any, place: Place, report: Report) -> None:
    if not _is_quantity(value):
        report.wrong_type(_QUANTITY, value, place)
    elif value.__class__ is float:
        refuse_fraction(value, place, report)


_QUANTITY, _is_quantity = VALUE_TYPES["q"]
_SIMPLE = {**{code: _simple(code) for code in VALUE_TYPES}, "v": _any_text, "q": _quantity}


def _list_of(item: Check, quick: type | None) -> Check:
    def check(value: Any, place: Place, report: Report) -> None:
        if not isinstance(value, list):
            report.wrong_type("a list", value, place)
            return
        report.left -= len(value)
        for number, entry in enumerate(value):
            if entry.__class__ is not quick:
                item(entry, (place, value, number), report)

    return check


def _map_of(item: Check, quick: type | None) -> Check:
    def check(value: Any, place: Place, report: Report) -> None:
        if not isinstance(value, dict):
            report.wrong_type("a mapping", value, place)
            return
        report.left -= len(value)
        for key, entry in value.items():
            if entry.__class__ is not quick and entry is not None:
                item(entry, (place, value, key), report)

    return check


def _limited(inner: Check, limits: Check, most: int | None) -> Check:
    def check(value: Any, place: Place, report: Report) -> None:
        before = len(report.problems)
        if most is None or value.__class__ is not YamlList or len(value) <= most:
            inner(value, place, report)
        if len(report.problems) == before:
            limits(value, place, report)

    return check


def _compile(node: Any) -> Check:
    """Compile a node of the pack; see `pack` for the codes."""
    if isinstance(node, int):
        return _record(node).check
    if isinstance(node, str):
        return _SIMPLE[node]
    code, inner = node[0], node[1]
    if code == "k":
        return without_fractions(builtin_definition(inner).check)
    if code == "d":
        return _inner(inner).check
    if code == "c":
        return _limited(_compile(inner), _limits(inner, node[2]), node[2].get("I"))
    make = _list_of if code == "a" else _map_of
    return make(_compile(inner), _quick(inner))
