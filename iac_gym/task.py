"""A task and its id: `IaC-K8s-v0/web-service/train/42` rebuilds the same task on any machine.

**Splits** are structural: the hash of a family's name and drawn parameters decides whether a
setting belongs to `train`, `val` or `test`; an index whose draw lands in another split is redrawn.
So no setting of one split occurs in another. Families marked `held_out` occur in `test` alone.

**Difficulty** is the number of requirements that must all be met at once:

| level | requirements |
|---|---|
| 1 | up to 3 |
| 2 | 4 or 5 |
| 3 | 6 or 7 |
| 4 | 8 to 10 |
| 5 | 11 or more |
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from iac_gym.category import Category, Draft, Family, Reference
from iac_gym.check import Requirement
from iac_gym.draw import Draw, unit
from iac_gym.errors import BadDraft, BadTaskId, unknown
from iac_gym.language import load_language
from iac_gym.prompt import STYLES, render_given, render_instruction, system_prompt

SPLITS = ("train", "val", "test")
#: Upper ends of the shares of the hash range: 70 % train, 10 % val, 20 % test.
_SHARES = ((0.70, "train"), (0.80, "val"), (1.00, "test"))
#: Most requirements at levels 1 to 4.
LEVEL_LIMITS = (3, 5, 7, 10)
MOST_ATTEMPTS = 2000
MOST_INDEX = 10**9

_ID = re.compile(r"([^/]+)/([^/]+)/([^/]+)/(0|[1-9][0-9]{0,9})")


def difficulty_of(requirements: int) -> int:
    """Return the difficulty (1 to 5) of a task with so many requirements."""
    return 1 + sum(requirements > limit for limit in LEVEL_LIMITS)


def split_of(family: Family, params: Mapping[str, object]) -> str:
    """Return the split to which a setting (family and drawn parameters) belongs."""
    if family.held_out:
        return "test"
    share = unit("split", family.name, repr(sorted(params.items())))
    return next(name for limit, name in _SHARES if share < limit)


@dataclass(frozen=True)
class Task:
    """One task. Plain data, except that the reference may be rendered on demand.

    `files` are the expected files as (path or pattern, language); `params` the drawn parameters and
    `others` some other values that each could have had; `attempt` the redraw that was accepted;
    `beside` the language in which the `given` files are judged with the answer ("": only shown).
    """

    id: str
    env: str
    family: str
    split: str
    index: int
    difficulty: int
    mode: str
    style: str
    instruction: str
    requirements: tuple[Requirement, ...]
    files: tuple[tuple[str, str], ...]
    given: Mapping[str, str]
    params: Mapping[str, Any]
    others: Mapping[str, tuple[Any, ...]]
    attempt: int
    source: Reference = field(repr=False, compare=False)
    beside: str = ""

    @property
    def reference(self) -> dict[str, str]:
        """One correct answer: path -> text. For display and tests; grading never looks at it."""
        made = self.source() if callable(self.source) else self.source
        return {self.files[0][0]: made} if isinstance(made, str) else dict(made)

    @property
    def reference_text(self) -> str:
        """The reference as a completion: bare for one file, fenced under the paths for several."""
        files = self.reference
        return next(iter(files.values())) if len(files) == 1 else render_given(files)

    @property
    def system(self) -> str:
        """The system prompt: how the answer must be written."""
        return system_prompt(self.files)

    @property
    def input(self) -> str:
        """The given files as text; empty for `create`."""
        return render_given(self.given)


def parse_id(task_id: str) -> tuple[str, str, str, int]:
    """Split a task id into (env id, family, split, index); raises `BadTaskId`."""
    found = _ID.fullmatch(task_id) if isinstance(task_id, str) else None
    if not found:
        raise BadTaskId(
            f"{task_id!r} is no task id. An id is ENV/FAMILY/SPLIT/INDEX, for example "
            "'IaC-K8s-v0/web-service/train/42'; `iac-gym sample` prints some."
        )
    env, family, split, index = found.groups()
    if split not in SPLITS:
        raise unknown("split", split, SPLITS, f"It was given in the task id {task_id!r}.")
    return env, family, split, int(index)


def wanted_level(env: str, family: Family, split: str, index: int) -> int:
    """Return the difficulty that the task of an index will have, without building it."""
    place = unit(env, family.name, split, index, "level")
    return family.levels[int(place * len(family.levels))]


def build_task(category: Category, family_name: str, split: str, index: int) -> Task:
    """Build the task of an id: redraws until split and difficulty are the wanted ones."""
    family = category.family(family_name)
    if family.held_out and split != "test":
        raise BadTaskId(
            f"The family {family.name!r} is held out: it occurs in the split 'test' alone, "
            f"not in {split!r}."
        )
    level = wanted_level(category.env_id, family, split, index)
    for attempt in range(MOST_ATTEMPTS):
        draw = _draw(category, family, split, index, attempt, level)
        draft = family.make(draw)
        if difficulty_of(len(draft.asks)) == level and split_of(family, draw.params) == split:
            return _task(category, family, split, index, attempt, level, draw, draft)
    raise BadDraft(
        f"family {family.name!r} reached no task of difficulty {level} in split {split!r} within "
        f"{MOST_ATTEMPTS} draws; widen its parameters or drop the level"
    )


def _draw(
    category: Category,
    family: Family,
    split: str,
    index: int,
    attempt: int,
    level: int,
    overrides: Mapping[str, object] | None = None,
) -> Draw:
    key = (category.env_id, family.name, split, index, attempt)
    return Draw(*key, level=level, overrides=overrides)


def _task(
    category: Category,
    family: Family,
    split: str,
    index: int,
    attempt: int,
    level: int,
    draw: Draw,
    draft: Draft,
) -> Task:
    if not draft.asks:
        raise BadDraft(f"family {family.name!r} asks for nothing")
    style = draw.phrase("style", STYLES)
    wording = [draw.phrase(f"wording {i}", range(12)) for i in range(len(draft.asks))]
    requirements = tuple(
        replace(ask, text=category.requirements[ask.name].words(ask.args, wording[i]))
        for i, ask in enumerate(draft.asks)
    )
    texts = [asked.text for asked in requirements]
    language = load_language(family.language)
    return Task(
        id=f"{category.env_id}/{family.name}/{split}/{index}",
        env=category.env_id,
        family=family.name,
        split=split,
        index=index,
        difficulty=level,
        mode=draft.mode,
        style=style,
        instruction=render_instruction(draw, style, draft.openings, texts),
        requirements=requirements,
        files=draft.files or ((language.path, language.name),),
        given=draft.given,
        params=draw.params,
        others=draw.others,
        attempt=attempt,
        source=draft.reference,
        beside=draft.beside,
    )


def variants(category: Category, task: Task) -> Iterator[tuple[str, Any, Task]]:
    """Yield (parameter, other value, task) with one drawn parameter of the task changed.

    The changed tasks may belong to another split or difficulty: they are for tests, not training.
    """
    family = category.family(task.family)
    for name, others in task.others.items():
        for value in others:
            draw = _draw(
                category, family, task.split, task.index, task.attempt, task.difficulty,
                {name: value},
            )  # fmt: skip
            draft = family.make(draw)
            yield (
                name,
                value,
                _task(
                    category, family, task.split, task.index, task.attempt, task.difficulty,
                    draw, draft,
                ),
            )  # fmt: skip
