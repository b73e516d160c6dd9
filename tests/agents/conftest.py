"""Fixtures of the agents' tests: no network, little work, random models of 100,000 weights."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import pytest

if find_spec("trl") is None:
    collect_ignore_glob = ["test_*.py"]
else:
    from tests.agents.random_models import save_model

from iac_gym.grading import Grade
from iac_gym.reward import Reward
from iac_gym.verdict import Verdict


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("models") / "llama")


@pytest.fixture(scope="session")
def qwen2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("models") / "qwen2", "qwen2")


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("models") / "plain", chat=False)


def made_grade(task_id: str, total: float | None) -> Grade:
    """A grade with a given total; None is what a verifier that failed gives."""
    known = total if total is not None else 0.0
    reward = Reward(known, known, known, known, solved=known == 1, unscored=total is None)
    return Grade(task_id, Verdict((), 1), reward)


@pytest.fixture
def trainer_of(tmp_path: Path, plain: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Build a trainer whose verifier is a function `(task id, place, text) -> total or None`."""
    import torch

    from agents import build, rewards
    from agents.config import profile_values
    from agents.models import Lengths, Tasks, load_model
    from agents.run_folder import RunFolder

    torch.set_num_threads(1)

    def make(
        settings: type,
        verifier: Callable[[str, int, str], float | None],
        tasks: Sequence[str] = tuple(f"task {number}" for number in range(40)),
        *,
        algorithm: str = "dapo",
        completion: int = 12,
        **values: Any,
    ) -> Any:
        def grade_all(ids: Sequence[str], texts: Sequence[str], **_: Any) -> list[Grade]:
            pairs = enumerate(zip(ids, texts, strict=True))
            return [made_grade(task, verifier(task, place, text)) for place, (task, text) in pairs]

        monkeypatch.setattr(rewards, "grade_batch", grade_all)
        given = {"model": str(plain), "batch_size": 16, "accumulation": 1, "max_steps": 4,
                 "lora": False, "gradient_checkpointing": False, "rollouts": 0}  # fmt: skip
        config = settings(**(profile_values(settings, "tiny") | given | values))
        job = SimpleNamespace(
            algorithm=algorithm,
            config=config,
            loaded=load_model(config),
            folder=RunFolder(tmp_path / "run"),
            train=Tasks(tuple(tasks), tuple(f"{task}:" for task in tasks), 0),
            lengths=Lengths(32, completion),
        )
        trainer = build.sft_trainer(job) if algorithm == "sft" else build.rl_trainer(job)
        trainer.model.train()
        return trainer

    return make
