"""The keywords of ansible-core: names, types and which are inherited (a generated table)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Keyword:
    """One keyword: `isa` is ansible-core's name of its type, `listof` what a list may hold."""

    name: str
    isa: str
    listof: tuple[str, ...] = ()
    static: bool = False
    inherited: bool = False


@cache
def _data() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("data", "keywords.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def keywords(place: str) -> dict[str, Keyword]:
    """Return the keywords of a place: play, block, task, handler, role, meta, loop_control, ..."""
    return {
        name: Keyword(
            name,
            entry["isa"],
            tuple(entry.get("listof", ())),
            entry.get("static", False),
            entry.get("inherited", False),
        )
        for name, entry in _data()["keywords"][place].items()
    }


@cache
def names(table: str) -> frozenset[str]:
    """Return one of the lists of names: free_form, raw_parameters, with_include, ..."""
    return frozenset(_data()[table])


@cache
def short_plugins(kind: str) -> frozenset[str]:
    """Return the names of plugins (become, connection, ...) that work without a collection."""
    return frozenset(_data()["plugins"][kind]["short"])


@cache
def full_plugins(kind: str) -> frozenset[str]:
    """Return the full names of plugins in the collections of the package."""
    return frozenset(_data()["plugins"][kind]["full"])


def plugin_is_known(kind: str, name: str) -> bool | None:
    """Whether there is a plugin of this name; None for one that may be in another collection."""
    if kind in _OF_MODULES:
        from iac_gym.languages.ansible.modules.plugins import known_plugin

        return known_plugin(kind, name)
    bare = name.removeprefix("ansible.builtin.").removeprefix("ansible.legacy.")
    if "." not in bare:
        return bare in short_plugins(kind)
    return True if name in full_plugins(kind) else None


#: Kinds of plugins that the pack of modules knows.
_OF_MODULES = ("filter", "test", "lookup")


@cache
def task_keywords() -> frozenset[str]:
    """Return every key of a task that names no module: keywords, and two more."""
    return frozenset((*keywords("task"), *keywords("handler"), "local_action", "static"))


def is_variable_name(name: object) -> bool:
    """Whether ansible-core takes this as the name of a variable."""
    return isinstance(name, str) and _is_name(name)


@lru_cache(maxsize=4096)
def _is_name(name: str) -> bool:
    return name.isidentifier() and name.isascii() and name not in names("jinja_keywords")
