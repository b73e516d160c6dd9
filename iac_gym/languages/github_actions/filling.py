"""The texts that a text with `${{ }}` stands for, over a matrix and known variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from iac_gym.formats.yaml import YamlList, YamlMap
from iac_gym.languages.github_actions.expressions import UNKNOWN, constant, read_template
from iac_gym.languages.github_actions.expressions.values import Array, Object, to_text
from iac_gym.languages.github_actions.matrix import Combination
from iac_gym.languages.github_actions.values import (
    PROPERTY,
    expressions_in,
    has_expression,
    text_of,
)

#: Most texts that are given.
MOST_VALUES = 256
#: Most properties of one combination that are looked at.
_MOST_FACTS = 200
#: Longest text whose pieces are kept for the next file that holds the same.
_MOST_KEPT = 512

_Facts = dict[tuple[str, ...], Sequence[Any]]


def filled(
    text: str, combinations: Sequence[Combination], variables: Mapping[str, str]
) -> frozenset[str]:
    """Return what a text becomes: one for each combination (or one, where there are none).

    `${{ matrix.x }}`, `${{ env.X }}` and expressions over them are worked out; what else there is
    (`${{ github.sha }}`) stays as written.
    """
    if not has_expression(text) or not _pieces_of(text).known:
        return frozenset((text,))
    made = [
        _Filling(one, variables).fill(text) for one in islice(combinations or ({},), MOST_VALUES)
    ]
    return frozenset(made)


class _Hole(NamedTuple):
    """An expression as written; its context and names where it is no more than `a.b.c`."""

    written: str
    context: str
    name: str
    names: tuple[str, ...]


class _Pieces(NamedTuple):
    """A text around its expressions. `known` says that some may be known from the file."""

    texts: tuple[str, ...]
    holes: tuple[_Hole, ...]
    known: bool


def _pieces(text: str) -> _Pieces:
    texts: list[str] = []
    holes: list[_Hole] = []
    position = 0
    for start, end in expressions_in(text):
        plain = PROPERTY.fullmatch(text, start + 3, end - 2)
        context, name = (plain[1].lower(), plain[2]) if plain else ("", "")
        texts.append(text[position:start])
        holes.append(_Hole(text[start:end], context, name, tuple(name.split("."))))
        position = end
    known = any(hole.context in ("", "env", "matrix") for hole in holes)
    return _Pieces((*texts, text[position:]), tuple(holes), known)


_kept_pieces = lru_cache(maxsize=2048)(_pieces)


def _pieces_of(text: str) -> _Pieces:
    return _kept_pieces(text) if len(text) <= _MOST_KEPT else _pieces(text)


class _Filling:
    """What is known in one run of a job."""

    def __init__(self, combination: Combination, variables: Mapping[str, str]) -> None:
        self.combination = combination
        self.variables = variables
        self.facts: _Facts | None = None

    def fill(self, text: str, again: bool = True) -> str:
        """Put in what is known; a variable may hold expressions itself."""
        texts, holes, _ = _pieces_of(text)
        parts = [texts[0]]
        for hole, after in zip(holes, texts[1:], strict=True):
            known = self.look(hole) if hole.context else self.work_out(hole.written)
            if known is None:
                known = hole.written
            elif again and has_expression(known):
                known = self.fill(known, False)
            parts += (known, after)
        return "".join(parts)

    def look(self, hole: _Hole) -> str | None:
        """Return a property of `matrix` or `env`, None where it is not known."""
        if hole.context == "env":
            return self.variables.get(hole.name)
        if hole.context != "matrix":
            return None
        value: Any = self.combination
        for key in hole.names:
            value = value.get(key) if isinstance(value, Mapping) else None
        return None if value is None or isinstance(value, (YamlMap, YamlList)) else text_of(value)

    def work_out(self, text: str) -> str | None:
        """Return the only value that an expression can have, None where there are more."""
        read = read_template(text, (), False)
        if read.kind == "literal":
            return read.literal
        if not read.alone or not read.trees:
            return None
        if self.facts is None:
            self.facts = _facts(self.combination, self.variables)
        value = constant(read.trees[0][1], self.facts)
        return None if value is UNKNOWN or isinstance(value, (Array, Object)) else to_text(value)


def _facts(combination: Combination, variables: Mapping[str, str]) -> _Facts:
    known: _Facts = {
        ("env", name.lower()): [value]
        for name, value in variables.items()
        if not has_expression(value)
    }
    known.update(islice(_flat(("matrix",), combination), _MOST_FACTS))
    return known


def _flat(
    path: tuple[str, ...], values: Mapping[Any, Any]
) -> Iterator[tuple[tuple[str, ...], Sequence[Any]]]:
    """Yield the scalars of a combination by path; an integer is a number like any other."""
    for name, value in values.items():
        inner = (*path, text_of(name).lower())
        if isinstance(value, Mapping):
            if len(path) < 5:
                yield from _flat(inner, value)
        elif value.__class__ is int and abs(value) < 2**53:
            yield inner, [float(value)]
        elif not isinstance(value, (list, int)) or isinstance(value, bool):
            yield inner, [value]
