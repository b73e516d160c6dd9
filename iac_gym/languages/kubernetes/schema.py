"""Does an object have the fields, types and values that its API version defines?

The definitions come from the data pack, are compiled when they are first met, and are walked once.
What is judged is what the API server decodes: unknown fields are errors (kubectl's default
validation is strict), null is the same as absent, a list item that is null is an empty item,
required text or lists that are empty count as missing (Go cannot tell them apart), and what is
required inside `status` is not enforced, since the server drops `status` on creation.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from iac_gym.languages.kubernetes.allowed_values import ALLOWED, NOT_ENFORCED
from iac_gym.languages.kubernetes.kinds import (
    custom_kinds,
    default_version,
    describe_unserved,
    served_kinds,
)
from iac_gym.languages.kubernetes.pack import kubernetes_pack
from iac_gym.languages.kubernetes.value_types import VALUE_TYPES, say_value, type_hint
from iac_gym.verdict import Finding

#: The last three are of custom resources alone: bounds and forms, list keys, CEL rules.
Sort = Literal["kind", "field", "type", "required", "value", "limit", "repeated", "cel"]

#: Most problems of one sort that are kept of a manifest, and most values of an object that are
#: looked at. To say what a problem is takes far longer than to see it.
MOST_PROBLEMS = 20
MOST_VALUES = 200_000


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the schema forbids: its sort decides which rule reports it."""

    sort: Sort
    finding: Finding


#: Where a value stands, as a linked list: (the place of its holder, the holder, its key there). The
#: place of an object's root is (None, the root, None).
Place = tuple[Any, Any, Any]
Check = Callable[[Any, Place, "Report"], None]


class Report:
    """Collects problems; positions and paths are made only when there is one."""

    __slots__ = ("before", "file", "left", "problems", "required", "room")

    def __init__(self) -> None:
        self.file = ""
        self.left = MOST_VALUES
        self.required = True  # whether missing fields are reported (not inside `status`)
        self.problems: list[Problem] = []
        self.before = 0  # problems of the objects before this one
        self.room: dict[Sort, int] = {}

    def begin(self, file: str) -> None:
        """Begin with an object of a file."""
        self.file = file
        self.left = MOST_VALUES
        self.required = True
        self.before = len(self.problems)

    def has_room(self, sort: Sort) -> bool:
        """Whether a further problem of a sort is kept; ask before saying what it is."""
        return self.room.get(sort, 0) < MOST_PROBLEMS

    def add(self, sort: Sort, message: str, place: Place, hint: str = "") -> None:
        """Keep a problem."""
        self.room[sort] = self.room.get(sort, 0) + 1
        line, column = mark_of(place, of_key=sort == "field")
        self.problems.append(Problem(sort, Finding(message, self.file, line, column, hint)))

    def wrong_type(self, wanted: str, value: Any, place: Place) -> None:
        """Keep the problem of a value with another type."""
        if self.has_room("type"):
            message = f"`{spell(place)}` must be {wanted}, not {say_value(value)}"
            self.add("type", message, place, type_hint(wanted, value))


def mark_of(place: Place, *, of_key: bool = False) -> tuple[int, int]:
    """Return where a value (or its key) stands; its holder's place where it has none."""
    _, holder, key = place
    marks = getattr(holder, "key_marks" if of_key else "marks", None)
    if isinstance(marks, Mapping) and key in marks:
        mark: tuple[int, int] = marks[key]
        return mark
    if isinstance(marks, list) and isinstance(key, int) and -1 < key < len(marks):
        mark = marks[key]
        return mark
    return getattr(holder, "mark", (0, 0))


def spell(place: Place) -> str:
    """Write the path to a place as people do: `spec.containers[0].image`."""
    steps: list[str] = []
    while place[0] is not None:
        place, _, key = place
        steps.append(f"[{key}]" if isinstance(key, int) else f".{str(key)[:60]}")
    return "".join(reversed(steps)).lstrip(".")


def nearest(given: str, allowed: tuple[str, ...]) -> str:
    """Suggest the allowed word that is nearest, or list the first of them."""
    lower = {name.lower(): name for name in allowed}
    near = difflib.get_close_matches(given.lower()[:64], lower, n=1, cutoff=0.75)
    if near:
        return f"did you mean `{lower[near[0]]}`?"
    shown = [name for name in allowed if name not in ("apiVersion", "kind", "metadata", "status")]
    more = ", ..." if len(shown) > 12 else ""
    return f"allowed: {', '.join(shown[:12])}{more}" if shown else ""


# --- checks of one value --------------------------------------------------------------------------


def _simple(wanted: str, holds: Callable[[Any], bool]) -> Check:
    def check(value: Any, place: Place, report: Report) -> None:
        if value is not None and not holds(value):
            report.wrong_type(wanted, value, place)

    return check


_SIMPLE = {code: _simple(wanted, holds) for code, (wanted, holds) in VALUE_TYPES.items()}


def _list_of(item: Check, quick: type | None) -> Check:
    def check(value: Any, place: Place, report: Report) -> None:
        if not isinstance(value, list):
            if value is not None:
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
            if value is not None:
                report.wrong_type("a mapping", value, place)
            return
        report.left -= len(value)
        for key, entry in value.items():
            if entry.__class__ is not quick and entry is not None:
                item(entry, (place, value, key), report)

    return check


def _one_of(allowed: tuple[str, ...]) -> Check:
    known = frozenset((*allowed, ""))

    def check(value: Any, place: Place, report: Report) -> None:
        if value is None:
            return
        if not isinstance(value, str):
            report.wrong_type("a text", value, place)
        elif value not in known and report.has_room("value"):
            message = f'`{spell(place)}` is "{value[:60]}", which is not allowed'
            report.add("value", message, place, nearest(value, allowed))

    return check


def _lenient(status: Check) -> Check:
    """Enforce no required field in the `status` of an object."""

    def check(value: Any, place: Place, report: Report) -> None:
        report.required = place[0][0] is not None and report.required
        status(value, place, report)
        report.required = place[0][0] is None or report.required

    return check


class _Definition:
    """A compiled definition; its fields are read from the pack when it is first met."""

    def __init__(self, number: int) -> None:
        self.number = number
        #: Field -> (class of a value that is right at once, check of any other value).
        self.fields: dict[str, tuple[type | None, Check]] = {}
        self.required: tuple[str, ...] = ()
        self.whole: Check | None = None  # in place of fields, where it has none
        self.ready = False
        self.plain = False  # whether it is ready and has fields

    def prepare(self) -> None:
        """Read the definition and compile its fields, but not what they refer to."""
        name, fields, required = kubernetes_pack().record(self.number)
        group, short = _names(name)
        if isinstance(fields, dict):
            for field, node in fields.items():
                allowed = ALLOWED.get((group, short, field))
                check = _compile(node, allowed)
                check = _lenient(check) if field == "status" else check
                self.fields[field] = (_quick(node, allowed), check)
        else:
            self.whole = _compile(fields, None)
        self.required = tuple(k for k in required if (group, short, k) not in NOT_ENFORCED)
        self.ready = True
        self.plain = self.whole is None

    def check(self, value: Any, place: Place, report: Report) -> None:
        """Check one value against the definition."""
        if not self.plain or not isinstance(value, dict):
            value = self._mapping(value, place, report)
            if value is None:
                return
        report.left -= len(value)
        if report.left < 0:
            return
        fields = self.fields
        for key, item in value.items():
            field = fields.get(key)
            if field is None:
                self._unknown((place, value, key), report)
            elif item.__class__ is not field[0] and item is not None:
                field[1](item, (place, value, key), report)
        if report.required:
            for key in self.required:
                if not value.get(key) and value.get(key) in _EMPTY:
                    missing((place, value, key), report)

    def _mapping(self, value: Any, place: Place, report: Report) -> dict[Any, Any] | None:
        """Return the mapping whose fields are to be checked, None where there is none."""
        if not self.ready:
            self.prepare()
        if self.whole is not None:
            self.whole(value, place, report)
            return None
        if isinstance(value, dict):
            return value
        if value is None:
            return {}  # a list item that is null is an empty one
        report.wrong_type("a mapping", value, place)
        return None

    def _unknown(self, place: Place, report: Report) -> None:
        if report.has_room("field"):
            message = f"`{spell(place)}` is no field of this API version"
            report.add("field", message, place, nearest(str(place[2]), tuple(self.fields)))


_EMPTY: tuple[Any, ...] = (None, "", [])


def missing(place: Place, report: Report) -> None:
    """Keep the problem of a required field that is not there, or is empty."""
    if not report.has_room("required"):
        return
    parent, value, key = place
    state = "is missing" if value.get(key) is None else "is empty"
    message = f"`{spell(place)}` {state}; it is required"
    report.add("required", message, place if key in value else parent)


def _names(name: str) -> tuple[str, str]:
    """Split a definition's name into its API package and its own name."""
    parts = name.split(".")
    group = parts[-3] if len(parts) > 2 else ""
    return group, parts[-1]


@cache
def definition(number: int) -> _Definition:
    """Return a definition of the pack, which is read when it first checks something."""
    return _Definition(number)


def _quick(node: Any, allowed: tuple[str, ...] | None) -> type | None:
    """Return the class of values that are right at once."""
    if allowed or not isinstance(node, str):
        return None
    return {"s": str, "b": bool, "p": str}.get(node)


def _compile(node: Any, allowed: tuple[str, ...] | None) -> Check:
    """Compile a type of the pack; see `pack` for the codes."""
    if isinstance(node, int):
        return definition(node).check
    if isinstance(node, str):
        return _one_of(allowed) if allowed else _SIMPLE[node]
    shape, inner = node
    make = _list_of if shape == "a" else _map_of
    return make(_compile(inner, allowed), _quick(inner, allowed))


# --- whole objects --------------------------------------------------------------------------------


def check(
    tree: dict[Any, Any], gvk: tuple[str, str], version: str | None = None, file: str = ""
) -> list[Problem]:
    """Check one object against `gvk` = (apiVersion, kind) of a Kubernetes version."""
    report = Report()
    _check(tree, gvk, version or default_version(), file, report)
    return report.problems


def _check(
    tree: dict[Any, Any],
    gvk: tuple[str, str],
    version: str,
    file: str,
    report: Report,
    describe: Callable[[str, str, str], tuple[str, str, str]] = describe_unserved,
) -> None:
    report.begin(file)
    number = served_kinds(version).get(gvk)
    if number is not None:
        definition(number).check(tree, (None, tree, None), report)
    elif report.has_room("kind"):
        message, hint, key = describe(*gvk, version)
        report.add("kind", message, (None, tree, key), hint)


def _none_more(api_version: str, kind: str) -> Check | None:
    """Know no kinds beside the built-in ones."""
    return None


def check_objects(
    objects: Iterable[tuple[dict[Any, Any], str]],
    version: str | None = None,
    more: Callable[[str, str], Check | None] = _none_more,
    describe: Callable[[str, str, str], tuple[str, str, str]] = describe_unserved,
) -> list[Problem]:
    """Check (tree, file) pairs, each as the kind that it says it is.

    `more` gives the check of kinds beside the built-in ones, by apiVersion and kind; `describe`
    says why a kind is not served, as `kinds.describe_unserved` does.
    """
    objects = tuple(objects)
    version = version or default_version()
    custom = custom_kinds(tree for tree, _ in objects)
    report = Report()
    for tree, file in objects:
        gvk = _kind_of(tree, file, report)
        if gvk is None:
            continue
        known = more(*gvk)
        if known is not None:
            report.begin(file)
            known(tree, (None, tree, None), report)
        elif gvk not in custom:
            _check(tree, gvk, version, file, report, describe)
    return report.problems


def _kind_of(tree: dict[Any, Any], file: str, report: Report) -> tuple[str, str] | None:
    """Return what an object says it is; None, with a problem, if it does not say."""
    for key in ("apiVersion", "kind"):
        value = tree.get(key)
        if not isinstance(value, str) or not value:
            report.begin(file)
            if report.has_room("kind"):
                state = f"must be a text, not {say_value(value)}" if value else "is missing"
                hint = "every object says its `apiVersion` and its `kind`"
                report.add("kind", f"`{key}` {state}", (None, tree, key), hint)
            return None
    return tree["apiVersion"], tree["kind"]
