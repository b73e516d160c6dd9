"""Measurements: the same answers again, intervals, parts, and a report without anything outside."""

from __future__ import annotations

from dataclasses import replace

import pytest

import agents.evaluate as evaluate_module
from agents.config import BaseConfig
from agents.evaluate import EvalResult, Measurement, Outcome, evaluate, interval, rate, table
from agents.models import Tasks, load_model, prompt_of, prompts_of
from agents.report import curve, smooth
from agents.run_folder import RunFolder
from iac_gym.grading import load_task, sample_ids

pytestmark = pytest.mark.train
ENV = "IaC-K8s-v0"


def outcome(number: int, *, solved: bool, **changes: object) -> Outcome:
    base = Outcome(f"t{number}", "f", 1, False, solved, solved, float(solved), False, 5)
    return replace(base, **changes)


@pytest.fixture
def measured() -> Measurement:
    rows = (
        outcome(0, solved=True),
        outcome(1, solved=False, family="g", held_out=True),
        outcome(2, solved=True, family="g", held_out=True, level=2),
        outcome(3, solved=False, unscored=True),
    )
    return Measurement(EvalResult(1.0, 0, rows), EvalResult(0.0, 0, rows[:3]))


def test_unscored_answers_are_left_out(measured):
    assert measured.sampled.solved == pytest.approx(2 / 3)
    assert EvalResult(1.0, 0, ()).solved == 0.0


def test_the_table_has_seen_and_held_out_families_and_levels(measured):
    rows = table(measured, measured)
    assert rows[0] == [
        "solved", "tasks", "sampled, before", "sampled, after", "greedy, before", "greedy, after",
    ]  # fmt: skip
    found = {row[0]: row for row in rows[1:]}
    assert list(found) == [
        "all tasks", "families seen in training", "held-out families", "difficulty 1",
        "difficulty 2",
    ]  # fmt: skip
    assert found["held-out families"][2].startswith("50.0% [")
    assert found["difficulty 2"][1] == "1"
    assert {"f", "g"} <= {row[0] for row in table(measured, None, families=True)}


def test_a_measurement_survives_json(measured):
    assert Measurement.from_json(measured.to_json()) == measured


def test_the_interval_holds_the_mean_and_narrows_with_the_tasks():
    few, many = [0.0, 1.0] * 10, [0.0, 1.0] * 200
    low, high = interval(few)
    assert low < rate(few) < high
    narrow = interval(many)
    assert narrow[1] - narrow[0] < high - low
    assert interval([]) == (0.0, 0.0)
    assert interval(few) == (low, high)


def test_the_same_seed_gives_the_same_answers_and_another_one_others(llama):
    loaded = load_model(BaseConfig(model=str(llama), lora=False))
    ids = sample_ids(ENV, "test", 8, 1)
    tasks = Tasks(tuple(ids), tuple(prompts_of(ids, loaded)[0]), 0)
    options = {"temperature": 1.0, "max_new_tokens": 12, "batch": 3}
    lengths = [
        [row.tokens for row in evaluate(loaded, tasks, seed=seed, **options).outcomes]
        for seed in (1, 1, 2)
    ]
    assert lengths[0] == lengths[1]
    assert [row.task_id for row in evaluate(loaded, tasks, seed=1, **options).outcomes] == ids


def test_answers_are_graded_as_grade_does(llama, monkeypatch):
    loaded = load_model(BaseConfig(model=str(llama), lora=False))
    ids = sample_ids(ENV, "test", 4, 1)
    tasks = Tasks(tuple(ids), tuple(prompts_of(ids, loaded)[0]), 0)
    texts = iter(load_task(task_id).reference_text for task_id in ids)
    monkeypatch.setattr(
        evaluate_module, "_answers",
        lambda *_: [loaded.tokenizer(text)["input_ids"] for text in texts],
    )  # fmt: skip
    result = evaluate(loaded, tasks, temperature=0.0, seed=0, max_new_tokens=8)
    assert result.solved == 1.0


def test_prompts_of_chats_have_the_system_prompt(task):
    messages = prompt_of(task, "chat")
    assert [message["role"] for message in messages] == ["system", "user"]
    assert messages[0]["content"] == task.system
    assert task.instruction in messages[1]["content"]
    assert task.instruction in prompt_of(task, "plain")


def test_a_curve_is_drawn_inside_its_frame():
    drawn = curve("a < b", [("one", [(0.0, 1.0), (1.0, 3.0)]), ("two", [(0.0, -1.0)])])
    assert "a &lt; b" in drawn
    assert drawn.count("<polyline") == 4
    assert smooth([(0, 1.0), (1, 3.0)]) == [(0, 1.0), (1, 2.0)]


def test_a_line_that_was_cut_off_is_left_out(tmp_path):
    folder = RunFolder(tmp_path)
    folder.append("metrics.jsonl", {"step": 1, "loss": float("nan")})
    with (tmp_path / "metrics.jsonl").open("a") as file:
        file.write('{"step": 2, "lo')
    assert list(folder.read_lines("metrics.jsonl")) == [{"step": 1, "loss": None}]
    folder.cut("metrics.jsonl", 0)
    assert list(folder.read_lines("metrics.jsonl")) == []
