"""GitHub's schema language of workflow files, compiled to closures.

A definition is a string, number, boolean, null, sequence, mapping, or one of several. Below a key
the `context` items of all definitions on the way say which contexts and functions `${{ }}` may use;
where there are none, no expression may stand. An expression may stand for a value of any type.

Source: https://github.com/actions/languageservices/tree/main/workflow-parser/src/templates
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.github_actions.checks import (
    Check,
    Checker,
    Context,
    Kind,
    Known,
    Scalars,
    check_items,
    check_loose_key,
    check_refused,
    check_scalar,
)
from iac_gym.languages.github_actions.faults import (
    KIND,
    MOST_FAULTS,
    VALUES,
    Fault,
    Faults,
    note_repeated,
)

__all__ = ["KIND", "MOST_FAULTS", "VALUES", "Fault", "Faults", "checker"]

#: Definitions whose text is an expression with or without `${{ }}`.
_CONDITIONS = ("job-if", "step-if", "runs-if")


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

    def scalars(self, definition: Mapping[str, Any]) -> Scalars:
        """Collect the scalars of a definition, also through nested one-of definitions."""
        found = Scalars()
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
        self, definition: Mapping[str, Any], context: Context, scalars: Scalars, condition: bool
    ) -> Check:
        """Compile a definition into one function over a value."""
        options = [self.definitions[name] for name in definition.get("one-of", ())] or [definition]
        items = [one["sequence"]["item-type"] for one in options if "sequence" in one]
        maps = [one["mapping"] for one in options if "mapping" in one]
        scalar = check_scalar(scalars, context, condition, _expected(scalars, items, maps))
        sequence = (
            check_items(self.checker(items[0], context)) if items else check_refused("list", maps)
        )
        if not maps:
            mapping = check_refused("mapping", items)
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
                note_repeated(value, out)
            for key, item in value.items():
                if key.__class__ is not str or not key or not plain_key or "${{" in key:
                    check_loose_key(keys, key, value.key_marks[key], context, out)
                if item.__class__ is str and plain and item and "${{" not in item:
                    continue
                values.check(item, marks[key], out)

        return check

    def known(self, maps: list[Mapping[str, Any]], context: Context) -> Check:
        """Compile one or several mappings with known keys; keys choose among several."""
        kinds = [Kind(one) for one in maps]
        types = {name: type_name for kind in kinds for name, type_name in kind.types.items()}
        keys = {name: self.checker(type_name, context) for name, type_name in types.items()}
        anything = self.checker("any", context)
        if "loose-key-type" not in maps[0]:
            return Known(kinds, keys, context, anything, None).check
        loose_keys = self.checker(maps[0]["loose-key-type"], context)
        loose_values = self.checker(maps[0]["loose-value-type"], context)
        return Known(kinds, keys, context, anything, (loose_keys, loose_values)).check


def _joined(outer: Context, own: Iterable[str]) -> Context:
    seen = {one.upper() for one in outer}
    return (*outer, *(one for one in own if one.upper() not in seen))


def _expected(scalars: Scalars, items: list[str], maps: list[Mapping[str, Any]]) -> str:
    words = [scalars.words(), "a list" if items else "", "a mapping" if maps else ""]
    return " or ".join(word for word in words if word)
