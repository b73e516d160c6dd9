"""The Gymnasium environment: observe an instruction, act with a text, be graded."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np

from iac_gym.answer import MOST_COMPLETION
from iac_gym.category import Category
from iac_gym.errors import IaCGymError, ResetNeeded, unknown
from iac_gym.grading import Grade, grade, iter_ids, load_task
from iac_gym.report import report
from iac_gym.reward import Weights
from iac_gym.task import Task, parse_id

#: Longest observation in characters.
MOST_OBSERVATION = 1 << 18
RESET_OPTIONS = ("split", "family", "difficulty", "task_id")


class Sampler:
    """Draws task ids for an environment: which split, families and difficulties are allowed.

    Every draw goes through the caller's random generator, so seeding that seeds the tasks.
    """

    def __init__(
        self,
        env_id: str,
        split: str,
        families: Sequence[str] | None,
        levels: Sequence[int] | None,
    ) -> None:
        if isinstance(families, str) or isinstance(levels, (str, int)):
            raise IaCGymError(
                f"families and levels take sequences, for example families=['web-service'], "
                f"levels=[1, 2]; given families={families!r}, levels={levels!r}."
            )
        self.env_id = env_id  # not the category: environments are pickled
        self.split, self.families, self.levels = split, families, levels
        next(self._ids(0, split, families, levels))  # a bad split or family raises here, at once

    def _ids(
        self, seed: int, split: str, families: Sequence[str] | None, levels: Sequence[int] | None
    ) -> Any:
        return iter_ids(self.env_id, split, seed=seed, families=families, levels=levels)

    def draw(self, random: np.random.Generator, options: Mapping[str, Any] | None) -> Task:
        """Draw a task; `options` may hold split, family, difficulty, or a whole task_id."""
        options = dict(options or {})
        for name in options:
            if name not in RESET_OPTIONS:
                raise unknown("reset option", name, RESET_OPTIONS)
        if task_id := options.get("task_id"):
            env = parse_id(task_id)[0]
            if env != self.env_id:
                raise IaCGymError(
                    f"The task {task_id!r} belongs to {env!r}, but this environment is "
                    f"{self.env_id!r}. Make that environment, or draw another task."
                )
            return load_task(task_id)
        family, level = options.get("family"), options.get("difficulty")
        ids = self._ids(
            int(random.integers(2**62)),
            options.get("split", self.split),
            [family] if family else self.families,
            [level] if level is not None else self.levels,
        )
        return load_task(next(ids))


class Episode:
    """One task being worked on: shared by the single and the vector environment."""

    def __init__(self, task: Task, max_turns: int) -> None:
        self.task, self.max_turns = task, max_turns
        self.turn, self.total, self.done = 0, 0.0, False
        self.answer, self.report = "", ""

    @property
    def observation(self) -> str:
        """The instruction, with the given files where there are any."""
        given = self.task.input
        return f"{self.task.instruction}\n\n{given}" if given else self.task.instruction

    def info(self, result: Grade | None = None) -> dict[str, Any]:
        """Return fresh facts about the task and, after a step, the parts of the reward."""
        task = self.task
        info: dict[str, Any] = {
            "task_id": task.id,
            "family": task.family,
            "split": task.split,
            "difficulty": task.difficulty,
            "system": task.system,
            "turn": self.turn,
        }
        if result:
            info.update(result.reward.as_dict())
            info["report"] = self.report
        return info

    def take(self, answer: str, result: Grade) -> float:
        """Note an answer's grade and return the reward of the step.

        The reward is the change of the total since the last turn (0 at the start), so an episode's
        return is the total of its last answer, whatever the number of turns.
        """
        if result.reward.unscored:
            warnings.warn(
                f"The verifier failed on an answer to {self.task.id}: {result.verdict.unscored}. "
                "Its reward is 0 and info['unscored'] is 1; please report this defect.",
                RuntimeWarning,
                stacklevel=3,
            )
        self.turn += 1
        self.answer, self.report = answer, report(result.verdict)
        change = result.reward.total - self.total
        self.total = result.reward.total
        self.done = result.reward.solved or self.turn >= self.max_turns
        return change


class IaCEnv(gym.Env[str, str]):
    """Base of all environments. Subclasses set `category`; their docstring is their page.

    Args:
        split: "train", "val" or "test".
        families: names of the families to draw from; None = all that the split has.
        levels: difficulties (1 to 5) to draw from; None = all.
        max_turns: answers per episode. With more than one, the report on an answer is the next
            observation, and a step's reward is the change of the total.
        alpha, beta, gamma: weights of the reward (`iac_gym.reward`).
        render_mode: None or "ansi" (`render()` returns task, last answer and report as text).
        source: where tasks come from; only "procedural" so far.
        env_id: set by `gym.make`; must be the category's.
    """

    category: ClassVar[Category]
    metadata: dict[str, Any] = {"render_modes": ["ansi"], "render_fps": 1}  # noqa: RUF012

    def __init__(  # noqa: PLR0913  keyword-only: the public options
        self,
        *,
        split: str = "train",
        families: Sequence[str] | None = None,
        levels: Sequence[int] | None = None,
        max_turns: int = 1,
        alpha: float = 0.4,
        beta: float = 0.3,
        gamma: float = 0.3,
        render_mode: str | None = None,
        source: str = "procedural",
        env_id: str | None = None,
    ) -> None:
        from iac_gym.spaces import UnicodeText

        check_arguments(self.category, max_turns, source, env_id)
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise unknown("render mode", render_mode, self.metadata["render_modes"])
        self.render_mode = render_mode
        self.max_turns = max_turns
        self.weights = Weights(alpha, beta, gamma)
        self.observation_space = UnicodeText(MOST_OBSERVATION)
        self.action_space = UnicodeText(MOST_COMPLETION)
        self._sampler = Sampler(self.category.env_id, split, families, levels)
        self._episode: Episode | None = None

    @property
    def task(self) -> Task:
        """The task of the current episode; `ResetNeeded` before the first reset."""
        return self._current().task

    def _current(self) -> Episode:
        if self._episode is None:
            raise ResetNeeded("There is no task yet. Call `reset()` first.")
        return self._episode

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[str, dict[str, Any]]:
        """Draw a task: (instruction, info). `options`: split, family, difficulty, task_id."""
        super().reset(seed=seed)
        self._episode = Episode(self._sampler.draw(self.np_random, options), self.max_turns)
        return self._episode.observation, self._episode.info()

    def step(self, action: str) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Grade an answer: (report, reward, terminated, False, info).

        `info` holds the parts of the reward. Raises `ResetNeeded` after the episode has ended.
        """
        episode = self._current()
        if episode.done:
            raise ResetNeeded("The episode has ended. Call `reset()` before the next `step`.")
        result = grade(episode.task.id, action, self.weights)
        reward = episode.take(action, result)
        return episode.report, reward, episode.done, False, episode.info(result)

    def render(self) -> str | None:
        """Return the task, the last answer and its report as text, in render mode "ansi"."""
        if self.render_mode != "ansi":
            return None
        episode = self._current()
        parts = [episode.task.id, episode.observation]
        if episode.turn:
            parts += [episode.answer, episode.report]
        return "\n\n".join(parts)


def check_arguments(category: Category, max_turns: int, source: str, env_id: str | None) -> None:
    """Refuse arguments that both kinds of environment share; raises `IaCGymError`."""
    if not isinstance(max_turns, int) or max_turns < 1:
        raise IaCGymError(f"max_turns was {max_turns!r}; it must be a whole number of at least 1.")
    if source != "procedural":
        raise unknown("source", source, ["procedural"])
    if env_id not in (None, category.env_id):
        raise unknown("env_id", env_id, [category.env_id])
