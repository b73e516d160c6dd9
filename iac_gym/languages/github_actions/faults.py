"""Faults of a file against the schema, and how they are put into words."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.languages.github_actions.values import text_of

#: Names of the rules that the findings belong to.
KEYS, UNIQUE = "keys-are-known", "keys-are-unique"
VALUES, SHAPES = "values-are-allowed", "shapes-fit"
REQUIRED, KIND = "required-keys-are-there", "kind-is-clear"

#: Most findings of one file, and most of them that get a suggestion.
MOST_FAULTS = 60
_MOST_HINTS = 8
#: Keys of the schema that the service does not offer yet.
NOT_YET = frozenset(("background", "wait", "wait-all", "cancel"))


class Fault(NamedTuple):
    """What is wrong at a place; `text` and `offset` say where in a text, if it is about one."""

    rule: str
    mark: Mark
    message: str
    hint: str = ""
    text: str = ""
    offset: int = 0


Faults = list[Fault]


def note(out: Faults, fault: Fault) -> None:
    """Note a fault, unless there are too many already."""
    if len(out) < MOST_FAULTS:
        out.append(fault)


def note_repeated(value: YamlMap, out: Faults) -> None:
    """Note keys that differ in case alone: the service takes them for the same."""
    if len({key.upper() if key.__class__ is str else key for key in value}) == len(value):
        return
    seen: set[Any] = set()
    for key in value:
        upper = text_of(key).upper()
        if upper and upper in seen:
            message = f"`{text_of(key)[:60]}` is already defined: case does not count"
            note(out, Fault(UNIQUE, value.key_marks[key], message))
        seen.add(upper)


def in_other_case(name: str, value: YamlMap) -> bool:
    """Whether a required key is there in other letters: that is an unknown key already."""
    return any(key.__class__ is str and key.upper() == name.upper() for key in value)


def note_unknown_key(key: Any, value: YamlMap, known: list[str], out: Faults) -> None:
    """Note a key that is not known, with the one that was perhaps meant."""
    hint = ""
    if len(out) < _MOST_HINTS:
        near = difflib.get_close_matches(text_of(key)[:40].lower(), known, 1)
        shown = ", ".join(dict.fromkeys(known[:40]))
        hint = f"did you mean `{near[0]}`?" if near else f"known here: {shown}" * bool(known)
    message = f"the key `{text_of(key)[:60]}` is not known here"
    note(out, Fault(KEYS, value.key_marks[key], message, hint))


def note_unclear(mark: Mark, kinds: Sequence[Collection[str]], out: Faults) -> None:
    """Say which keys would tell what a mapping is."""
    count: dict[str, int] = {}
    for kind in kinds:
        for name in kind:
            count[name] = count.get(name, 0) + 1
    telling = sorted(name for name, times in count.items() if times == 1 and name not in NOT_YET)
    named = " or ".join(f"`{name}`" for name in telling[:8])
    note(out, Fault(KIND, mark, f"it is not clear what this is: it has neither {named}"))
