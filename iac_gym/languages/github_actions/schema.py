"""GitHub's schema language of workflow files, compiled to closures.

A definition is a string, number, boolean, null, sequence, mapping, or one of several. Below a key
the `context` items of all definitions on the way say which contexts and functions `${{ }}` may use;
where there are none, no expression may stand. An expression may stand for a value of any type.

Source: https://github.com/actions/languageservices/tree/main/workflow-parser/src/templates
"""

from __future__ import annotations

import difflib
import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import NoneType
from typing import Any, NamedTuple

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.github_actions.expressions import read_template
from iac_gym.languages.github_actions.values import text_of

#: Names of the rules that the findings belong to.
KEYS, UNIQUE = "keys-are-known", "keys-are-unique"
VALUES, SHAPES = "values-are-allowed", "shapes-fit"
REQUIRED, KIND = "required-keys-are-there", "kind-is-clear"

#: Most findings of one file, and most of them that get a suggestion.
MOST_FAULTS = 60
_MOST_HINTS = 8
#: Longest text with expressions: the service makes one expression of it.
MOST_EXPRESSION = 21_000
#: Definitions whose text is an expression with or without `${{ }}`.
_CONDITIONS = ("job-if", "step-if", "runs-if")
#: Keys of the schema that the service does not offer yet.
_NOT_YET = frozenset(("background", "wait", "wait-all", "cancel"))


class Fault(NamedTuple):
    """What is wrong at a place; `text` and `offset` say where in a text, if it is about one."""

    rule: str
    mark: Mark
    message: str
    hint: str = ""
    text: str = ""
    offset: int = 0


Faults = list[Fault]
Check = Callable[[Any, Mark, Faults], None]
Context = tuple[str, ...]
Definitions = Mapping[str, Any]

_BUILT_IN: Definitions = {
    "string": {"string": {}},
    "boolean": {"boolean": {}},
    "number": {"number": {}},
    "null": {"null": {}},
    "sequence": {"sequence": {"item-type": "any"}},
    "mapping": {"mapping": {"loose-key-type": "string", "loose-value-type": "any"}},
    "any": {"one-of": ["null", "boolean", "number", "string", "sequence", "mapping"]},
    "non-empty-string": {"string": {"require-non-empty": True}},
    "sequence-of-string": {"sequence": {"item-type": "string"}},
    "sequence-of-non-empty-string": {"sequence": {"item-type": "non-empty-string"}},
}


@cache
def _pack() -> dict[str, Definitions]:
    pack = files("iac_gym.languages.github_actions") / "data" / "schemas.bin"
    found: dict[str, Definitions] = json.loads(zlib.decompress(pack.read_bytes()))
    return found


#: What the service accepts as empty beyond this schema (its own tests of workflow files say so).
_MAY_BE_EMPTY = ("workflow-dispatch-inputs", "workflow-dispatch-input")


def _definitions(name: str) -> Definitions:
    made = {**_BUILT_IN, **_pack()[name]}
    for lax in _MAY_BE_EMPTY:
        if lax in made:
            made[f"{lax}-mapping"] = made[lax]
            made[lax] = {"one-of": ["null", f"{lax}-mapping"]}
    return made


@cache
def checker(name: str) -> Checker:
    """Return the compiled check of a whole file: "workflow" or "action"."""
    return _Compiler(_definitions(name)).checker(f"{name}-root-strict", ())


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
class _Scalars:
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


class _Compiler:
    """Compiles the definitions of one schema; each pair of definition and contexts once."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.made: dict[tuple[str, Context], Checker] = {}

    def checker(self, name: str, outer: Context) -> Checker:
        definition = self.definitions[name]
        context = _joined(outer, definition.get("context", ()))
        key = (name, context)
        if key not in self.made:
            scalars = self.scalars(definition)
            condition = name in _CONDITIONS
            plain = (scalars.text or scalars.filled) and not condition
            self.made[key] = Checker(
                lambda: self.compile(definition, context, scalars, condition), plain
            )
        return self.made[key]

    def scalars(self, definition: Mapping[str, Any]) -> _Scalars:
        """Collect the scalars of a definition, also through nested one-of definitions."""
        found = _Scalars()
        found.constants.update(definition.get("allowed-values", ()))
        if "string" in definition:
            settings = definition["string"]
            if "constant" in settings:
                found.constants.add(settings["constant"])
            elif settings.get("require-non-empty"):
                found.filled = True
            else:
                found.text = True
        found.boolean = "boolean" in definition
        found.number = "number" in definition
        found.null = "null" in definition
        for name in definition.get("one-of", ()):
            other = self.scalars(self.definitions[name])
            found.text |= other.text
            found.filled |= other.filled
            found.boolean |= other.boolean
            found.number |= other.number
            found.null |= other.null
            found.constants |= other.constants
        return found

    def compile(
        self, definition: Mapping[str, Any], context: Context, scalars: _Scalars, condition: bool
    ) -> Check:
        """Compile a definition into one function over a value."""
        options = [self.definitions[name] for name in definition.get("one-of", ())] or [definition]
        items = [one["sequence"]["item-type"] for one in options if "sequence" in one]
        maps = [one["mapping"] for one in options if "mapping" in one]
        scalar = _scalar(scalars, context, condition, _expected(scalars, items, maps))
        sequence = _sequence(self.checker(items[0], context)) if items else _refused("list", maps)
        if not maps:
            mapping = _refused("mapping", items)
        elif len(maps) == 1 and not maps[0].get("properties") and "loose-key-type" in maps[0]:
            mapping = self.loose(maps[0], context)
        else:
            mapping = self.known(maps, context)

        def check(value: Any, mark: Mark, out: Faults) -> None:
            kind = value.__class__
            if kind is YamlMap:
                mapping(value, mark, out)
            elif kind is YamlList:
                sequence(value, mark, out)
            else:
                scalar(value, mark, out)

        return check

    def loose(self, mapping: Mapping[str, Any], context: Context) -> Check:
        """Compile a mapping whose keys are free."""
        keys = self.checker(mapping["loose-key-type"], context)
        values = self.checker(mapping["loose-value-type"], context)
        plain_key, plain = keys.plain, values.plain

        def check(value: YamlMap, mark: Mark, out: Faults) -> None:
            marks = value.marks
            if len(value) > 1:
                _unique(value, out)
            for key, item in value.items():
                if key.__class__ is not str or not key or not plain_key or "${{" in key:
                    _loose_key(keys, key, value.key_marks[key], context, out)
                if item.__class__ is str and plain and item and "${{" not in item:
                    continue
                values.check(item, marks[key], out)

        return check

    def known(self, maps: list[Mapping[str, Any]], context: Context) -> Check:
        """Compile one or several mappings with known keys; keys choose among several."""
        kinds = [_Kind(one) for one in maps]
        types = {name: type_name for kind in kinds for name, type_name in kind.types.items()}
        keys = {name: self.checker(type_name, context) for name, type_name in types.items()}
        anything = self.checker("any", context)
        if "loose-key-type" not in maps[0]:
            return _Known(kinds, keys, context, anything, None).check
        loose_keys = self.checker(maps[0]["loose-key-type"], context)
        loose_values = self.checker(maps[0]["loose-value-type"], context)
        return _Known(kinds, keys, context, anything, (loose_keys, loose_values)).check


class _Kind:
    """One mapping of the schema: the types of its keys, and those that are required."""

    __slots__ = ("required", "types")

    def __init__(self, mapping: Mapping[str, Any]) -> None:
        self.types: dict[str, str] = {}
        self.required: list[str] = []
        for name, value in mapping.get("properties", {}).items():
            self.types[name] = value if isinstance(value, str) else value["type"]
            if not isinstance(value, str) and value.get("required"):
                self.required.append(name)


class _Known:
    """The check of a mapping with known keys.

    Where several mappings are possible, each key leaves those that know it. `keys` has the checks
    of all their keys: where two mappings have the same key, it has the same type.
    """

    __slots__ = ("anything", "context", "keys", "kinds", "loose")

    def __init__(
        self,
        kinds: list[_Kind],
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
                if not inside or key in _NOT_YET:
                    _note_key(key, value, self.names(left), out)
                    continue
                left = inside
            if item.__class__ is not str or not child.plain or not item or "${{" in item:
                child.check(item, marks[key], out)
        computed = strange and self.strange(value, left, out)
        if len(left) > 1:
            _unclear(mark, left, out)
        elif not computed:
            for name in left[0].required:
                if name not in value and not (strange and _in_other_case(name, value)):
                    _note(out, Fault(REQUIRED, mark, f"`{name}` is required here"))

    def names(self, left: list[_Kind]) -> list[str]:
        """Return the keys that can still be given."""
        return [name for kind in left for name in kind.types if name not in _NOT_YET]

    def strange(self, value: YamlMap, left: list[_Kind], out: Faults) -> bool:
        """Check the keys that no mapping knows; say whether one is an expression."""
        computed = False
        _unique(value, out)
        for key, item in value.items():
            if key in self.keys:
                continue
            if key.__class__ is str and "${{" in key:
                computed = True
                _template(key, value.key_marks[key], self.context, False, out, key=True)
                self.anything.check(item, value.marks[key], out)
            elif self.loose is not None:
                _loose_key(self.loose[0], key, value.key_marks[key], self.context, out)
                self.loose[1].check(item, value.marks[key], out)
            else:
                _note_key(key, value, self.names(left), out)
        return computed


def _joined(outer: Context, own: Iterable[str]) -> Context:
    seen = {one.upper() for one in outer}
    return (*outer, *(one for one in own if one.upper() not in seen))


def _expected(scalars: _Scalars, items: list[str], maps: list[Mapping[str, Any]]) -> str:
    words = [scalars.words(), "a list" if items else "", "a mapping" if maps else ""]
    return " or ".join(word for word in words if word)


def _scalar(scalars: _Scalars, context: Context, condition: bool, expected: str) -> Check:
    """Compile the check of scalars."""
    anything = scalars.text

    def check(value: Any, mark: Mark, out: Faults) -> None:
        if value.__class__ is str:
            if condition or "${{" in value:
                literal = _template(value, mark, context, condition, out)
                if literal is None:
                    return
                value = literal
            elif anything:
                return
        if not scalars.accept(value):
            shown = text_of(value)[:60]
            what = f"`{shown}` is not allowed here" if shown else "there is no value here"
            _note(out, Fault(VALUES, mark, what, f"write {expected}" if expected else ""))

    return check


def _template(
    text: str, mark: Mark, context: Context, condition: bool, out: Faults, key: bool = False
) -> str | None:
    """Check a text with expressions; return the text to match where it is none after all."""
    if len(text) > MOST_EXPRESSION:
        message = f"a text with expressions has at most {MOST_EXPRESSION} characters"
        _note(out, Fault(VALUES, mark, message))
        return None
    read = read_template(text, context, condition)
    if read.kind == "literal" and condition:
        read = read_template(read.literal, context, condition)
    for fault in read.faults:
        _note(out, Fault(fault.rule, mark, fault.message, fault.hint, text, fault.offset))
    if read.kind == "insert" and not key:
        _note(out, Fault(VALUES, mark, "`${{ insert }}` can only be a key"))
    if read.faults or read.kind not in ("text", "literal"):
        return None
    return read.literal


def _sequence(items: Checker) -> Check:
    plain = items.plain

    def check(value: YamlList, mark: Mark, out: Faults) -> None:
        for item, place in zip(value, value.marks, strict=True):
            if item.__class__ is str and plain and item and "${{" not in item:
                continue
            items.check(item, place, out)

    return check


def _refused(what: str, other: list[Any]) -> Check:
    instead = {"list": "a mapping", "mapping": "a list"}[what] if other else "a single value"

    def check(value: Any, mark: Mark, out: Faults) -> None:
        _note(out, Fault(SHAPES, mark, f"a {what} is not expected here", f"write {instead}"))

    return check


def _unique(value: YamlMap, out: Faults) -> None:
    """Note keys that differ in case alone: the service takes them for the same."""
    if len({key.upper() if key.__class__ is str else key for key in value}) == len(value):
        return
    seen: set[Any] = set()
    for key in value:
        upper = text_of(key).upper()
        if upper and upper in seen:
            message = f"`{text_of(key)[:60]}` is already defined: case does not count"
            _note(out, Fault(UNIQUE, value.key_marks[key], message))
        seen.add(upper)


def _loose_key(keys: Checker, key: Any, mark: Mark, context: Context, out: Faults) -> None:
    if key.__class__ is str and "${{" in key:
        _template(key, mark, context, False, out, key=True)
        return
    if not (keys.plain and text_of(key)):
        keys.check(key, mark, out)


def _in_other_case(name: str, value: YamlMap) -> bool:
    """Whether a required key is there in other letters: that is an unknown key already."""
    return any(key.__class__ is str and key.upper() == name.upper() for key in value)


def _note(out: Faults, fault: Fault) -> None:
    if len(out) < MOST_FAULTS:
        out.append(fault)


def _note_key(key: Any, value: YamlMap, known: list[str], out: Faults) -> None:
    hint = ""
    if len(out) < _MOST_HINTS:
        near = difflib.get_close_matches(text_of(key)[:40].lower(), known, 1)
        shown = ", ".join(dict.fromkeys(known[:40]))
        hint = f"did you mean `{near[0]}`?" if near else f"known here: {shown}" * bool(known)
    message = f"the key `{text_of(key)[:60]}` is not known here"
    _note(out, Fault(KEYS, value.key_marks[key], message, hint))


def _unclear(mark: Mark, kinds: list[_Kind], out: Faults) -> None:
    """Say which keys would tell what a mapping is."""
    count: dict[str, int] = {}
    for kind in kinds:
        for name in kind.types:
            count[name] = count.get(name, 0) + 1
    telling = sorted(name for name, times in count.items() if times == 1 and name not in _NOT_YET)
    named = " or ".join(f"`{name}`" for name in telling[:8])
    _note(out, Fault(KIND, mark, f"it is not clear what this is: it has neither {named}"))
