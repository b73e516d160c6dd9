"""Reinforcement-learning environments for Infrastructure-as-Code, with a verifier to trust.

    import gymnasium as gym
    import iac_gym                       # registers the environments

    env = gym.make("IaC-K8s-v0")
    instruction, info = env.reset(seed=0)
    report, reward, terminated, truncated, info = env.step("apiVersion: v1 ...")

Importing registers every installed environment with Gymnasium by name; nothing else is loaded.
"""

from __future__ import annotations

from importlib.metadata import version as _version

import gymnasium as _gymnasium

from iac_gym.dataset import create_dataset, create_rows
from iac_gym.errors import IaCGymError
from iac_gym.grading import Grade, grade, grade_batch, iter_ids, load_task, sample_ids
from iac_gym.registry import category_of, entry_point, env_ids
from iac_gym.report import report
from iac_gym.reward import IaCReward, Reward
from iac_gym.task import Task
from iac_gym.verdict import Diagnostic, Finding, Stage, Verdict
from iac_gym.verifier import check_files, verify

__version__ = _version("iac-gym")

__all__ = [
    "Diagnostic",
    "Finding",
    "Grade",
    "IaCGymError",
    "IaCReward",
    "Reward",
    "Stage",
    "Task",
    "Verdict",
    "category_of",
    "check_files",
    "create_dataset",
    "create_rows",
    "env_ids",
    "grade",
    "grade_batch",
    "iter_ids",
    "load_task",
    "report",
    "sample_ids",
    "verify",
]


def _register() -> None:
    """Register every installed environment, as strings: nothing is imported before `make`."""
    for env_id in env_ids():
        if env_id not in _gymnasium.registry:
            _gymnasium.register(
                id=env_id,
                entry_point=entry_point(env_id),
                vector_entry_point="iac_gym.vector:IaCVectorEnv",
                kwargs={"env_id": env_id},
            )


_register()
