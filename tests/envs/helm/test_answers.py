"""Whole tasks: charts in the style of `helm create` and values by hand solve them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from envs.helm import CATEGORY
from iac_gym.answer import Answer
from iac_gym.languages.helm.parse import unbundled
from iac_gym.prompt import render_given
from iac_gym.reward import PASS_MARK, reward_of
from iac_gym.task import Task, build_task
from iac_gym.verifier import verify
from tests.envs.helm.charts import web_chart

#: Requirement -> the parts of the chart that its arguments fill in.
_TOLD: Mapping[str, Mapping[str, str]] = {
    "chart-named": {"name": "name"}, "chart-version": {"version": "version"},
    "app-version": {"version": "app"}, "kube-version": {"range": "kube"},
    "keyword": {"word": "keyword"}, "maintained": {"name": "person", "email": "email"},
    "image-from-values": {"image": "image", "tag": "tag"},
    "service-reaches": {"port": "port", "container": "container"},
    "autoscales": {"low": "low", "high": "high"}, "autoscaler-target": {"percent": "percent"},
    "probes": {"path": "probe"}, "notes-show": {"command": "notes"}, "test-asks": {"path": "test"},
}  # fmt: skip
_VALUES = {"replicaCount": "replicas", "service.type": "service", "image.pullPolicy": "policy"}


def _web_answer(task: Task) -> dict[str, str]:
    told: dict[str, Any] = {}
    for asked in task.requirements:
        parts = _TOLD.get(asked.name, {})
        told |= {part: asked.args[key] for key, part in parts.items()}
        if asked.name == "value-sets":
            told[_VALUES[asked.args["value"]]] = asked.args["default"]
    return unbundled(web_chart(**told))


@pytest.mark.parametrize("index", range(16))
def test_the_usual_scaffold_solves_web_tasks(index: int) -> None:
    task = build_task(CATEGORY, "web-chart", "train", index)
    answer = _web_answer(task)
    verdict = verify(render_given(answer), task)
    assert verdict.solved, [str(one) for one in verdict.diagnostics[:3]]


def test_constant_templates_do_not_solve_a_web_task() -> None:
    task = build_task(CATEGORY, "web-chart", "train", 0)
    answer = _web_answer(task)
    constant = {
        path: text.replace("{{ .Values.replicaCount }}", "3") if "deployment" in path else text
        for path, text in answer.items()
    }
    verdict = verify(Answer(constant), task)
    assert verdict.valid
    assert not verdict.solved


def _solved(family: str, index: int, answer: Mapping[str, str]) -> bool:
    return verify(Answer(dict(answer)), build_task(CATEGORY, family, "train", index)).solved


def test_values_that_change_nothing_earn_nothing_much() -> None:
    for family in ("web-values", "scaled-values"):
        task = build_task(CATEGORY, family, "train", 0)
        path = task.files[0][0]
        for text in ("{}\n", "# nothing\n", "replicas: 5\n"):
            verdict = verify(Answer({path: text}), task)
            assert reward_of(verdict).total < PASS_MARK, text


def test_dotted_keys_are_no_values() -> None:
    task = build_task(CATEGORY, "web-values", "train", 0)
    path = task.files[0][0]
    tag = task.params["tag"]
    verdict = verify(Answer({path: f"image.tag: {tag!r}\nimage.repository: x\n"}), task)
    assert not verdict.solved


@pytest.mark.parametrize("family", ["web-values", "scaled-values", "environments-values"])
def test_other_spellings_of_values_solve(family: str) -> None:
    for index in range(4):
        task = build_task(CATEGORY, family, "train", index)
        reordered = {path: f"# by hand\n---\n{text}" for path, text in task.reference.items()}
        assert _solved(family, index, reordered)


def test_files_of_two_environments_are_not_mixed_up() -> None:
    task = build_task(CATEGORY, "environments-values", "train", 0)
    first, second = (path for path, _ in task.files)
    made = task.reference
    verdict = verify(Answer({first: made[second], second: made[first]}), task)
    assert not verdict.solved
    assert reward_of(verdict).total < PASS_MARK
