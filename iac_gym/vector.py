"""Many episodes at once: `gymnasium.make_vec(id, num_envs=n)`, verified as one batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from iac_gym.answer import MOST_COMPLETION
from iac_gym.env import MOST_OBSERVATION, Episode, Sampler, check_arguments
from iac_gym.errors import ResetNeeded, unknown
from iac_gym.grading import Grade, grade_batch
from iac_gym.registry import category_of
from iac_gym.reward import Weights
from iac_gym.spaces import UnicodeText

#: Keys of `info` that are kept as arrays of objects; all others are numbers.
_TEXT_KEYS = ("task_id", "family", "split", "system", "report")


class IaCVectorEnv(VectorEnv[tuple[str, ...], Sequence[str], Any]):
    """`num_envs` episodes side by side, with same-step autoreset.

    An episode that ends is reset within the same `step`: its reward comes with the observation of
    the next task, its last report under `infos["final_obs"]` and `infos["final_info"]`. (With
    next-step autoreset every second answer to a one-turn task would be thrown away.)
    Observations are tuples of `num_envs` strings, actions any sequence of `num_envs` strings.

    Args:
        num_envs: number of episodes, at least 1.
        env_id: the environment; set by `gymnasium.make_vec`.
        workers: processes for `grade_batch`; None grades in this process.
        split, families, levels, max_turns, alpha, beta, gamma: as for the single environment.
    """

    metadata: dict[str, Any] = {"render_modes": [], "autoreset_mode": AutoresetMode.SAME_STEP}  # noqa: RUF012

    def __init__(  # noqa: PLR0913  keyword-only: the public options
        self,
        num_envs: int = 1,
        *,
        env_id: str,
        split: str = "train",
        families: Sequence[str] | None = None,
        levels: Sequence[int] | None = None,
        max_turns: int = 1,
        alpha: float = 0.4,
        beta: float = 0.3,
        gamma: float = 0.3,
        workers: int | None = None,
        render_mode: str | None = None,
        source: str = "procedural",
    ) -> None:
        category = category_of(env_id)
        check_arguments(category, max_turns, source, env_id)
        if render_mode is not None:
            raise unknown("render mode of the vector environment", render_mode, [None])
        self.num_envs, self.max_turns, self.workers = num_envs, max_turns, workers
        self.weights = Weights(alpha, beta, gamma)
        self.single_observation_space = UnicodeText(MOST_OBSERVATION)
        self.single_action_space = UnicodeText(MOST_COMPLETION)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._sampler = Sampler(env_id, split, families, levels)
        self._episodes: list[Episode] = []
        self._randoms: list[np.random.Generator] = []

    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[tuple[str, ...], dict[str, Any]]:
        """Start `num_envs` episodes. An integer seed gives each its own stream."""
        if seed is not None or not self._randoms:
            seeds = self._seeds(seed)
            self._randoms = [np.random.default_rng(each) for each in seeds]
        self._episodes = [self._new(i, options) for i in range(self.num_envs)]
        return self._observations(), self._infos([episode.info() for episode in self._episodes])

    def _seeds(self, seed: int | Sequence[int | None] | None) -> Sequence[Any]:
        if seed is None or isinstance(seed, (int, np.integer)):
            return np.random.SeedSequence(seed).spawn(self.num_envs)
        if len(seed) != self.num_envs:
            raise ValueError(f"{len(seed)} seeds were given for {self.num_envs} environments")
        return seed

    def _new(self, place: int, options: dict[str, Any] | None = None) -> Episode:
        return Episode(self._sampler.draw(self._randoms[place], options), self.max_turns)

    def _observations(self) -> tuple[str, ...]:
        return tuple(
            episode.report if episode.turn else episode.observation for episode in self._episodes
        )

    def step(
        self, actions: Sequence[str]
    ) -> tuple[
        tuple[str, ...],
        NDArray[np.float64],
        NDArray[np.bool_],
        NDArray[np.bool_],
        dict[str, Any],
    ]:
        """Grade one answer for each episode, all in one batch, and reset those that end."""
        if not self._episodes:
            raise ResetNeeded("There are no tasks yet. Call `reset()` first.")
        if len(actions) != self.num_envs:
            raise ValueError(f"{len(actions)} actions were given for {self.num_envs} environments")
        ids = [episode.task.id for episode in self._episodes]
        results = grade_batch(ids, list(actions), workers=self.workers, weights=self.weights)
        rewards = np.zeros(self.num_envs)
        ended = np.zeros(self.num_envs, dtype=np.bool_)
        for place, (episode, action, result) in enumerate(
            zip(self._episodes, actions, results, strict=True)
        ):
            rewards[place] = episode.take(action, result)
            ended[place] = episode.done
        infos = self._after_step(results, ended)
        return self._observations(), rewards, ended, np.zeros_like(ended), infos

    def _after_step(self, results: list[Grade], ended: NDArray[np.bool_]) -> dict[str, Any]:
        """Replace the ended episodes; their last report and info go under `final_*`."""
        made = [e.info(r) for e, r in zip(self._episodes, results, strict=True)]
        finals: NDArray[np.object_] = np.full(self.num_envs, None, dtype=object)
        current: list[dict[str, Any]] = list(made)
        for place in np.flatnonzero(ended):
            finals[place] = self._episodes[place].report
            self._episodes[place] = self._new(int(place))
            current[place] = self._episodes[place].info()
        infos = self._infos(current)
        if ended.any():
            infos["final_obs"], infos["_final_obs"] = finals, ended.copy()
            infos["final_info"] = self._infos([m if e else {} for m, e in zip(made, ended)])  # noqa: B905
            infos["_final_info"] = ended.copy()
        return infos

    def _infos(self, each: list[dict[str, Any]]) -> dict[str, Any]:
        """Turn one dict per episode into arrays, with Gymnasium's `_key` masks."""
        infos: dict[str, Any] = {}
        for key in dict.fromkeys(key for info in each for key in info):
            has = np.array([key in info for info in each])
            dtype = object if key in _TEXT_KEYS else np.float64
            values = np.full(self.num_envs, None if dtype is object else 0.0, dtype=dtype)
            for place, info in enumerate(each):
                if key in info:
                    values[place] = info[key]
            infos[key], infos[f"_{key}"] = values, has
        return infos
