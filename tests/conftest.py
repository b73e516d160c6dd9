"""Shared fixtures: the environments, and one task of each kind."""

from __future__ import annotations

import gc
import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import pytest
from hypothesis import settings

import iac_gym
from iac_gym import Task, verifier

K8S = "IaC-K8s-v0"

#: A test run of CI draws the same examples each time; everybody else looks for new ones.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


def pytest_collection_finish() -> None:
    """Leave the collected tests out of garbage collections, which would slow hostile texts down."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def task() -> Task:
    return iac_gym.load_task(iac_gym.sample_ids(K8S, "train", 1, seed=7)[0])


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch):
    """Change attributes of frozen objects for one test: `changed(object, name=value)`."""
    kept = []

    def change(target, **values):
        for name, value in values.items():
            kept.append((target, name, getattr(target, name)))
            object.__setattr__(target, name, value)
        _forget()

    def _forget():
        """Drop what the verifier prepared from the objects as they were."""
        verifier._plans.clear()
        verifier._kept_rules.clear()

    yield change
    for target, name, value in reversed(kept):
        object.__setattr__(target, name, value)
    _forget()
