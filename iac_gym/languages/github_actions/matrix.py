"""`strategy.matrix` as the combinations that run, with `include` and `exclude`.

Source: https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from iac_gym.formats.lazy import lazy
from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.github_actions.expressions import constant, read_template
from iac_gym.languages.github_actions.expressions.values import Array
from iac_gym.languages.github_actions.values import (
    has_expression,
    is_scalar,
    maps_of,
    text_of,
)

#: A matrix makes at most this many jobs.
MOST_JOBS = 256
#: Most pairs of a combination and an entry of `include` or `exclude` that are compared.
_MOST_WORK = 20_000

Combination = Mapping[str, Any]


@dataclass(frozen=True)
class Matrix:
    """A matrix: `axes` (name -> values as written), and what `include` and `exclude` say.

    `known` is False where some of it is an expression: then `combinations` is empty.
    """

    axes: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    include: tuple[YamlMap, ...] = ()
    exclude: tuple[YamlMap, ...] = ()
    known: bool = True
    mark: Mark = (0, 0)

    @property
    def count(self) -> int:
        """Number of the combinations before `include` and `exclude`, without making them."""
        total = 1 if self.axes else 0
        for values in self.axes.values():
            total = min(total * len(values), 1_000_000)
        return total

    @property
    def empty(self) -> bool:
        """Whether `exclude` leaves nothing to run."""
        asked = bool(self.exclude) and self.known and 0 < self.count <= MOST_JOBS
        return asked and len(self.exclude) < MOST_JOBS // 4 and not self.combinations

    @lazy
    def combinations(self) -> tuple[Combination, ...]:
        """What runs: one mapping for each job. Empty where it is not known, or far too many."""
        work = max(self.count, 1) * (len(self.include) + len(self.exclude))
        if not self.known or self.count > 4 * MOST_JOBS or work > _MOST_WORK:
            return ()
        names = list(self.axes)
        made = [dict(zip(names, values, strict=True)) for values in product(*self.axes.values())]
        if not names:
            made = []
        kept = [one for one in made if not any(_within(cut, one) for cut in self.exclude)]
        return tuple(self._included(kept))

    def _included(self, kept: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Add the entries of `include`: to those that they do not contradict, or as new ones."""
        result = [dict(one) for one in kept]
        added: list[dict[str, Any]] = []
        for entry in self.include:
            fixed = {name: value for name, value in entry.items() if name in self.axes}
            fitting = [new for old, new in zip(kept, result, strict=True) if _within(fixed, old)]
            for new in fitting:
                new.update(entry)
            if not fitting:
                added.append(dict(entry))
        return result + added

    def values(self, name: str) -> frozenset[str]:
        """The texts that `matrix.<name>` takes over all combinations."""
        return frozenset([text_of(one[name]) for one in self.combinations if name in one])


def _within(part: Mapping[str, Any], whole: Mapping[str, Any]) -> bool:
    return all(name in whole and _same(value, whole[name]) for name, value in part.items())


def _same(one: Any, other: Any) -> bool:
    """Whether two values are equal: scalars as text, mappings in part, as the service compares."""
    if one.__class__ is YamlMap or other.__class__ is YamlMap:
        if one.__class__ is not other.__class__:
            return False
        return _within(one, other)
    return text_of(one) == text_of(other) if is_scalar(one) and is_scalar(other) else one == other


def read_matrix(strategy: YamlMap) -> Matrix | None:
    """Return the matrix of a `strategy`, None where there is none."""
    value = strategy.get("matrix")
    if value is None:
        return None
    mark = strategy.marks["matrix"]
    if value.__class__ is not YamlMap:
        return Matrix(known=False, mark=mark)
    axes: dict[str, tuple[Any, ...]] = {}
    known = True
    for name, values in value.items():
        if name in ("include", "exclude"):
            known = known and not _unknown(values)
        elif (listed := _listed(values)) is not None:
            axes[text_of(name)] = listed
        elif values.__class__ is YamlList:
            axes[text_of(name)] = tuple(values)
            known = known and not _unknown(values)
        else:
            known = False
    return Matrix(
        axes, tuple(maps_of(value, "include")), tuple(maps_of(value, "exclude")), known, mark
    )


def _listed(value: Any) -> tuple[Any, ...] | None:
    """Return the scalars of `${{ fromJSON('[1, 2]') }}`, None for anything else."""
    if value.__class__ is not str or "fromjson" not in value.lower():
        return None
    read = read_template(value, (), False)
    made = constant(read.trees[0][1]) if read.alone and read.trees else None
    if not isinstance(made, Array):
        return None
    plain = [one for one in made.items if one is None or isinstance(one, (str, float, bool))]
    return tuple(plain) if len(plain) == len(made.items) else None


def _unknown(value: Any) -> bool:
    """Whether an expression stands in for a list or for some of its items."""
    if value.__class__ is not YamlList:
        return value is not None
    return any(item.__class__ is str and has_expression(item) for item in value)
