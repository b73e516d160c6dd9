"""What the comparison needs to know about one language: where inputs come from, and who judges."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from iac_gym.language import Opinion

Files = dict[str, str]
#: A change of a text; None where it has nothing to act on.
Change = Callable[[random.Random, str], str | None]


@dataclass(frozen=True)
class Subject:
    """One language under comparison. Each module of this package exposes one as `SUBJECT`.

    `ask` takes many inputs and gives an opinion on each, in their order; `ask_alone` asks again
    about one on which we disagree, where asking many at once could matter. `missing` says why the
    tool cannot be asked here, "" where it can; `versions` names it with its version. `mistakes` are
    changes that usually make a text invalid, `rewritings` changes that should not: the tool says.
    `by_hand` gives (origin, name, files) of programs written for this purpose, `found` those in
    folders, `prepare` what is done to a reference's files, None to leave them out. `weights` says
    how much oftener than others a change is tried.
    """

    language: str
    env: str
    tool: str
    missing: Callable[[], str]
    versions: Callable[[], Mapping[str, str]]
    ask: Callable[[Sequence[Files]], Sequence[Opinion]]
    mistakes: Mapping[str, Change]
    rewritings: Mapping[str, Change] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)
    by_hand: Callable[[], Sequence[tuple[str, str, Files]]] = lambda: ()
    found: Callable[[Sequence[str]], Sequence[tuple[str, Files]]] = lambda _: ()
    prepare: Callable[[Files], Files | None] = lambda files: files
    ask_alone: Callable[[Files], Opinion] | None = None
    at_once: int = 160
