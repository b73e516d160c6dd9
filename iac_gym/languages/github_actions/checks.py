"""The checks that definitions of GitHub's schema are compiled to: scalars, lists, mappings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import NoneType
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.github_actions.expressions import read_template
from iac_gym.languages.github_actions.faults import (
    NOT_YET,
    REQUIRED,
    SHAPES,
    VALUES,
    Fault,
    Faults,
    in_other_case,
    note,
    note_repeated,
    note_unclear,
    note_unknown_key,
)
from iac_gym.languages.github_actions.values import text_of

Check = Callable[[Any, Mark, Faults], None]
Context = tuple[str, ...]

#: Longest text with expressions: the service makes one expression of it.
MOST_EXPRESSION = 21_000


class Checker:
    """The check of one definition under some contexts, compiled when it is first used.

    `plain` says that any text without `${{`, if it is not empty, is right.
    """

    __slots__ = ("check", "plain")

    def __init__(self, compiled: Callable[[], Check], plain: bool) -> None:
        self.plain = plain

        self.check: Check

        def first(value: Any, mark: Mark, out: Faults) -> None:
            self.check = compiled()
            self.check(value, mark, out)

        self.check = first


@dataclass(slots=True)
class Scalars:
    """What a definition accepts of scalars."""

    text: bool = False  # any text
    filled: bool = False  # any text but ""
    constants: set[str] = field(default_factory=set)
    boolean: bool = False
    number: bool = False
    null: bool = False

    def accept(self, value: Any) -> bool:
        """Whether a scalar, or the text that it becomes, is right."""
        kind = value.__class__
        if kind is not str:
            if {bool: self.boolean, NoneType: self.null}.get(kind, self.number):
                return True
            value = text_of(value)
        return self.text or value in self.constants or (self.filled and value != "")

    def words(self) -> str:
        """Say what is accepted."""
        if self.constants:
            return "one of " + ", ".join(sorted(self.constants)[:45])
        named = [
            (self.text, "text"),
            (self.filled and not self.text, "text that is not empty"),
            (self.number, "a number"),
            (self.boolean, "true or false"),
        ]
        return " or ".join(word for holds, word in named if holds)


def check_scalar(scalars: Scalars, context: Context, condition: bool, expected: str) -> Check:
    """Compile the check of scalars."""
    anything = scalars.text

    def check(value: Any, mark: Mark, out: Faults) -> None:
        if value.__class__ is str:
            if condition or "${{" in value:
                literal = check_template(value, mark, context, condition, out)
                if literal is None:
                    return
                value = literal
            elif anything:
                return
        if not scalars.accept(value):
            shown = text_of(value)[:60]
            what = f"`{shown}` is not allowed here" if shown else "there is no value here"
            note(out, Fault(VALUES, mark, what, f"write {expected}" if expected else ""))

    return check


def check_template(
    text: str, mark: Mark, context: Context, condition: bool, out: Faults, key: bool = False
) -> str | None:
    """Check a text with expressions; return the text to match where it is none after all."""
    if len(text) > MOST_EXPRESSION:
        message = f"a text with expressions has at most {MOST_EXPRESSION} characters"
        note(out, Fault(VALUES, mark, message))
        return None
    read = read_template(text, context, condition)
    if read.kind == "literal" and condition:
        read = read_template(read.literal, context, condition)
    for fault in read.faults:
        note(out, Fault(fault.rule, mark, fault.message, fault.hint, text, fault.offset))
    if read.kind == "insert" and not key:
        note(out, Fault(VALUES, mark, "`${{ insert }}` can only be a key"))
    if read.faults or read.kind not in ("text", "literal"):
        return None
    return read.literal


def check_items(items: Checker) -> Check:
    """Compile the check of a list."""
    plain = items.plain

    def check(value: YamlList, mark: Mark, out: Faults) -> None:
        for item, place in zip(value, value.marks, strict=True):
            if item.__class__ is str and plain and item and "${{" not in item:
                continue
            items.check(item, place, out)

    return check


def check_refused(what: str, other: list[Any]) -> Check:
    """Compile the check of a list or mapping that is not expected."""
    instead = {"list": "a mapping", "mapping": "a list"}[what] if other else "a single value"

    def check(value: Any, mark: Mark, out: Faults) -> None:
        note(out, Fault(SHAPES, mark, f"a {what} is not expected here", f"write {instead}"))

    return check


def check_loose_key(keys: Checker, key: Any, mark: Mark, context: Context, out: Faults) -> None:
    """Check a key that may be anything of some type."""
    if key.__class__ is str and "${{" in key:
        check_template(key, mark, context, False, out, key=True)
        return
    if not (keys.plain and text_of(key)):
        keys.check(key, mark, out)


class Kind:
    """One mapping of the schema: the types of its keys, and those that are required."""

    __slots__ = ("required", "types")

    def __init__(self, mapping: Mapping[str, Any]) -> None:
        self.types: dict[str, str] = {}
        self.required: list[str] = []
        for name, value in mapping.get("properties", {}).items():
            self.types[name] = value if isinstance(value, str) else value["type"]
            if not isinstance(value, str) and value.get("required"):
                self.required.append(name)


class Known:
    """The check of a mapping with known keys.

    Where several mappings are possible, each key leaves those that know it. `keys` has the checks
    of all their keys: where two mappings have the same key, it has the same type.
    """

    __slots__ = ("anything", "context", "keys", "kinds", "loose")

    def __init__(
        self,
        kinds: list[Kind],
        keys: dict[str, Checker],
        context: Context,
        anything: Checker,
        loose: tuple[Checker, Checker] | None,
    ) -> None:
        self.kinds = kinds
        self.keys = keys
        self.context = context
        self.anything = anything
        self.loose = loose

    def check(self, value: YamlMap, mark: Mark, out: Faults) -> None:
        """Check one mapping."""
        keys, marks, left = self.keys, value.marks, self.kinds
        several = len(left) > 1
        strange = False
        for key, item in value.items():
            child = keys.get(key)
            if child is None:
                strange = True
                continue
            if several:
                inside = [kind for kind in left if key in kind.types]
                if not inside or key in NOT_YET:
                    note_unknown_key(key, value, self.names(left), out)
                    continue
                left = inside
            if item.__class__ is not str or not child.plain or not item or "${{" in item:
                child.check(item, marks[key], out)
        computed = strange and self.strange(value, left, out)
        if len(left) > 1:
            note_unclear(mark, [kind.types for kind in left], out)
        elif not computed:
            for name in left[0].required:
                if name not in value and not (strange and in_other_case(name, value)):
                    note(out, Fault(REQUIRED, mark, f"`{name}` is required here"))

    def names(self, left: list[Kind]) -> list[str]:
        """Return the keys that can still be given."""
        return [name for kind in left for name in kind.types if name not in NOT_YET]

    def strange(self, value: YamlMap, left: list[Kind], out: Faults) -> bool:
        """Check the keys that no mapping knows; say whether one is an expression."""
        computed = False
        note_repeated(value, out)
        for key, item in value.items():
            if key in self.keys:
                continue
            if key.__class__ is str and "${{" in key:
                computed = True
                check_template(key, value.key_marks[key], self.context, False, out, key=True)
                self.anything.check(item, value.marks[key], out)
            elif self.loose is not None:
                check_loose_key(self.loose[0], key, value.key_marks[key], self.context, out)
                self.loose[1].check(item, value.marks[key], out)
            else:
                note_unknown_key(key, value, self.names(left), out)
        return computed
