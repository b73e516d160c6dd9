"""Mistakes that a model makes in any file that is a tree: misspelt, missing and misplaced keys.

Each takes a tree of plain dicts and lists, which it may change, and gives a tree, or None where it
has nothing to act on. None of them knows whether its result is valid: the real tool says so.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

from bench.agreements.subject import Change

TreeChange = Callable[[random.Random, Any], Any]
#: A place: what holds the value, and the key or index in it.
Place = tuple[Any, Any]


def places(tree: Any) -> Iterator[Place]:
    """Yield every place of a tree, from the outside in; a single value has none."""
    if not isinstance(tree, (dict, list)):
        return
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for step, value in list(pairs):
        yield tree, step
        yield from places(value)


def _pick(rng: random.Random, tree: Any, fits: Callable[[Any, Any], bool]) -> Place | None:
    """Choose a place whose holder and value fit."""
    found = [(holder, step) for holder, step in places(tree) if fits(holder, holder[step])]
    return rng.choice(found) if found else None


def _in_map(holder: Any, _: Any) -> bool:
    return isinstance(holder, dict)


def _rename(holder: dict[Any, Any], old: Any, new: Any) -> None:
    """Give a key another name, in its place."""
    pairs = [(new if key == old else key, value) for key, value in holder.items()]
    holder.clear()
    holder.update(pairs)


def _misspelt(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word))
    other = rng.choice("aeiostnr")
    return rng.choice(
        (word[:at] + word[at + 1 :], word[:at] + word[at] * 2 + word[at + 1 :],
         word[:at] + other + word[at:], word.swapcase())
    )  # fmt: skip


def misspelt_key(rng: random.Random, tree: Any) -> Any:
    """Misspell a key."""
    if (place := _pick(rng, tree, _in_map)) is None or not str(place[1]):
        return None
    _rename(place[0], place[1], _misspelt(str(place[1]), rng))
    return tree


def other_style_of_key(rng: random.Random, tree: Any) -> Any:
    """Write a key of several words in another style."""
    fits = [p for p in places(tree) if isinstance(p[0], dict) and set("-_") & set(str(p[1]))]
    if not fits:
        return None
    holder, key = rng.choice(fits)
    words = str(key).replace("-", "_").split("_")
    camel = words[0] + "".join(word.capitalize() for word in words[1:])
    _rename(holder, key, rng.choice((camel, "_".join(words), "-".join(words), "".join(words))))
    return tree


def missing_key(rng: random.Random, tree: Any) -> Any:
    """Leave out a key."""
    if (place := _pick(rng, tree, _in_map)) is None:
        return None
    del place[0][place[1]]
    return tree


def unknown_key(rng: random.Random, tree: Any) -> Any:
    """Add a key from somewhere else."""
    place = _pick(rng, tree, lambda _, value: isinstance(value, dict))
    target = tree if place is None else place[0][place[1]]
    if not isinstance(target, dict):
        return None
    target[rng.choice(("enabled", "description", "type", "config", "version", "kind"))] = "yes"
    return tree


def wrong_type(rng: random.Random, tree: Any) -> Any:
    """Put a value of another type in place of a value."""
    if (place := _pick(rng, tree, lambda *_: True)) is None:
        return None
    holder, step = place
    value = holder[step]
    others: list[Any] = ["some text", 7, True, ["one", "two"], {"key": "value"}, None, []]
    holder[step] = rng.choice([one for one in others if type(one) is not type(value)])
    return tree


def listed(rng: random.Random, tree: Any) -> Any:
    """Write a value as a list of one."""
    place = _pick(rng, tree, lambda _, value: not isinstance(value, list))
    if place is None:
        return None
    place[0][place[1]] = [place[0][place[1]]]
    return tree


def unlisted(rng: random.Random, tree: Any) -> Any:
    """Write the first item of a list without the list."""
    place = _pick(rng, tree, lambda _, value: isinstance(value, list) and bool(value))
    if place is None:
        return None
    place[0][place[1]] = place[0][place[1]][0]
    return tree


def misspelt_value(rng: random.Random, tree: Any) -> Any:
    """Misspell a word."""
    place = _pick(
        rng, tree, lambda _, value: isinstance(value, str) and value.replace("-", "").isalnum()
    )
    if place is None:
        return None
    place[0][place[1]] = _misspelt(place[0][place[1]], rng)
    return tree


def number_out_of_range(rng: random.Random, tree: Any) -> Any:
    """Put a number far out of range."""
    place = _pick(rng, tree, lambda _, value: type(value) is int)
    if place is None:
        return None
    place[0][place[1]] = rng.choice((-1, 0, 10**7, 1.5))
    return tree


def moved_up(rng: random.Random, tree: Any) -> Any:
    """Write a key one level too high."""
    fits = [
        (holder, step, key)
        for holder, step in places(tree)
        if isinstance(holder, dict) and isinstance(holder[step], dict)
        for key in holder[step]
        if key not in holder
    ]
    if not fits:
        return None
    holder, step, key = rng.choice(fits)
    holder[key] = holder[step].pop(key)
    return tree


def moved_down(rng: random.Random, tree: Any) -> Any:
    """Write a key one level too low."""
    fits = [
        (holder, step, key)
        for holder, step in places(tree)
        if isinstance(holder, dict) and isinstance(holder[step], dict)
        for key in holder
        if key != step and key not in holder[step]
    ]
    if not fits:
        return None
    holder, step, key = rng.choice(fits)
    holder[step][key] = holder.pop(key)
    return tree


def emptied(rng: random.Random, tree: Any) -> Any:
    """Leave a key without its value."""
    place = _pick(rng, tree, lambda _, value: isinstance(value, (dict, list)) and bool(value))
    if place is None:
        return None
    place[0][place[1]] = rng.choice((None, {}, []))
    return tree


CHANGES: dict[str, TreeChange] = {
    function.__name__.replace("_", " "): function
    for function in (
        misspelt_key, other_style_of_key, missing_key, unknown_key, wrong_type, listed, unlisted,
        misspelt_value, number_out_of_range, moved_up, moved_down, emptied,
    )
}  # fmt: skip


def on_text(load: Callable[[str], Any], dump: Callable[[Any], str], change: TreeChange) -> Change:
    """Return the change of a text that a change of its tree makes."""

    def changed(rng: random.Random, text: str) -> str | None:
        tree = change(rng, copy.deepcopy(load(text)))
        return None if tree is None else dump(tree)

    return changed


def every(load: Callable[[str], Any], dump: Callable[[Any], str]) -> dict[str, Change]:
    """Return all changes of this module, for texts that `load` reads and `dump` writes."""
    return {name: on_text(load, dump, change) for name, change in CHANGES.items()}
