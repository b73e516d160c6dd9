"""DAPO's four parts, each against the same run with that part switched off."""

from __future__ import annotations

import itertools
import json

import pytest
import torch

from agents.config import profile_values, steps_per_generation
from agents.dapo import DAPOSettings
from agents.grpo import GRPOSettings
from agents.rewards import OverlongPunishment
from agents.trainers import NOISE, informative

pytestmark = pytest.mark.train


def by_place(task, place, text):
    """A verifier under which every group is informative."""
    return (place % 4) / 4


def batch_of(trainer, lengths, advantages, ratio=1.0):
    """A batch of completions of given lengths whose ratio to the sampling policy is `ratio`."""
    rows, width = len(lengths), max(lengths)
    torch.manual_seed(1)
    mask = (torch.arange(width) < torch.tensor(lengths)[:, None]).long()
    batch = {
        "prompt_ids": torch.randint(5, 200, (rows, 6)),
        "prompt_mask": torch.ones(rows, 6, dtype=torch.long),
        "completion_ids": torch.randint(5, 200, (rows, width)),
        "completion_mask": mask,
        "advantages": torch.tensor(advantages),
        "num_items_in_batch": mask.sum() * trainer.args.steps_per_generation,
    }
    with torch.no_grad():
        old = old_of(trainer, batch)
    batch["old_per_token_logps"] = old - torch.log(torch.tensor(ratio))
    return batch


def old_of(trainer, batch):
    ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], dim=1)
    seen = torch.cat([batch["prompt_mask"], batch["completion_mask"]], dim=1)
    width = batch["completion_ids"].shape[1]
    return trainer._get_per_token_logps_and_entropies(trainer.model, ids, seen, width)[0]


def loss_of(trainer, batch):
    trainer.current_gradient_accumulation_steps = trainer.args.gradient_accumulation_steps
    return trainer._compute_loss(trainer.model, batch)


def gradient_of(trainer, batch):
    trainer.model.zero_grad()
    loss_of(trainer, batch).backward()
    return sum(float(p.grad.abs().sum()) for p in trainer.model.parameters() if p.grad is not None)


class TestClipHigher:
    def test_a_token_that_became_a_quarter_likelier_still_learns(self, trainer_of):
        on = trainer_of(DAPOSettings, by_place)
        off = trainer_of(DAPOSettings, by_place, epsilon_high=0.2)
        assert gradient_of(on, batch_of(on, [4, 4], [1.0, 1.0], ratio=1.25)) > 0
        assert gradient_of(off, batch_of(off, [4, 4], [1.0, 1.0], ratio=1.25)) == 0

    def test_the_lower_side_is_clipped_at_a_fifth(self, trainer_of):
        on = trainer_of(DAPOSettings, by_place)
        assert gradient_of(on, batch_of(on, [4, 4], [-1.0, -1.0], ratio=0.85)) > 0
        assert gradient_of(on, batch_of(on, [4, 4], [-1.0, -1.0], ratio=0.75)) == 0
        assert gradient_of(on, batch_of(on, [4, 4], [1.0, 1.0], ratio=1.29)) == 0

    @pytest.mark.parametrize("profile", ["llm", "tiny"])
    def test_a_rollout_feeds_several_updates_so_that_the_ratio_moves(self, profile):
        config = DAPOSettings(**profile_values(DAPOSettings, profile))
        assert steps_per_generation(config) > config.accumulation
        assert (config.epsilon, config.epsilon_high) == (0.2, 0.28)

    def test_ratios_reach_the_upper_bound_in_training_and_never_with_one_update(self, trainer_of):
        found = {}
        for updates in (1, 4):
            trainer = trainer_of(
                DAPOSettings, by_place, updates_per_rollout=updates, learning_rate=0.05, max_steps=4
            )
            trainer.train()
            rows = [row for row in trainer.state.log_history if "clip_ratio/high_mean" in row]
            found[updates] = sum(row["clip_ratio/region_mean"] for row in rows)
        assert found[4] > 0
        assert found[1] == 0

    def test_old_probabilities_are_those_of_the_policy_that_sampled(self, trainer_of):
        trainer = trainer_of(DAPOSettings, by_place)
        batch = trainer._generate_and_score_completions(rows_of(trainer, range(4)))
        again = old_of(trainer, batch)
        mask = batch["completion_mask"].bool()
        assert torch.allclose(batch["old_per_token_logps"][mask], again[mask], atol=1e-5)


def rows_of(trainer, places):
    data = trainer.train_dataset
    return [data[place] for place in places for _ in range(trainer.num_generations)]


def even_tasks_differ(task, place, text):
    """Groups of odd tasks are uniform: every completion earns the same."""
    return (place % 4) / 4 if int(task.split()[1]) % 2 == 0 else 0.5


def uniform_groups(trainer, batch):
    groups = batch["advantages"].view(-1, trainer.num_generations)
    return sum(bool((group.abs() < 1e-6).all()) for group in groups)


class TestDynamicSampling:
    def test_the_batch_is_full_of_groups_whose_rewards_differ(self, trainer_of):
        on = trainer_of(DAPOSettings, even_tasks_differ)
        off = trainer_of(DAPOSettings, even_tasks_differ, dynamic_sampling=False)
        places = range(4)  # two of these four tasks are uniform
        batch = on._generate_and_score_completions(rows_of(on, places))
        assert uniform_groups(on, batch) == 0
        assert len(batch["advantages"]) == 32
        assert on._metrics["train"]["dapo/unfilled"] == [0.0]
        plain_batch = off._generate_and_score_completions(rows_of(off, places))
        assert uniform_groups(off, plain_batch) == 2

    def test_rounds_prompts_and_accept_rate_are_logged(self, trainer_of):
        trainer = trainer_of(DAPOSettings, even_tasks_differ)
        trainer._generate_and_score_completions(rows_of(trainer, range(4)))
        metrics = trainer._metrics["train"]
        sampled = metrics["dapo/prompts_sampled"][0]
        assert metrics["dapo/rounds"][0] >= 2
        assert sampled == 4 + trainer.drawn
        accepted = metrics["dapo/accept_rate"][0] * sampled
        assert 4 <= round(accepted) <= sampled

    def test_rounds_are_bounded_and_missing_groups_move_nothing(self, trainer_of):
        trainer = trainer_of(DAPOSettings, lambda *_: 0.25, max_rounds=3)
        batch = trainer._generate_and_score_completions(rows_of(trainer, range(4)))
        assert trainer._metrics["train"]["dapo/rounds"] == [3.0]
        assert trainer._metrics["train"]["dapo/unfilled"] == [1.0]
        assert batch["completion_mask"].sum() == 0
        assert len(batch["completion_ids"]) == 32
        trainer.train()
        assert trainer.state.global_step == 4

    def test_the_token_count_of_the_loss_is_that_of_the_kept_groups(self, trainer_of):
        trainer = trainer_of(DAPOSettings, even_tasks_differ)
        batch = trainer._generate_and_score_completions(rows_of(trainer, range(4)))
        assert batch["num_items_in_batch"] == batch["completion_mask"].sum()

    def test_the_filter_may_look_at_another_metric(self, trainer_of):
        def halves(task, place, text):  # totals differ everywhere, `solved` in even tasks only
            even = int(task.split()[1]) % 2 == 0
            return 1.0 if even and place % 4 == 0 else (place % 4) / 8

        total = trainer_of(DAPOSettings, halves)
        total._generate_and_score_completions(rows_of(total, range(4)))
        assert total._metrics["train"]["dapo/accept_rate"] == [1.0]
        solved = trainer_of(DAPOSettings, halves, filter_metric="solved")
        solved._generate_and_score_completions(rows_of(solved, range(4)))
        assert solved._metrics["train"]["dapo/accept_rate"][0] < 1

    def test_extra_prompts_are_fresh_until_all_were_drawn(self, trainer_of):
        trainer = trainer_of(DAPOSettings, by_place)
        size = len(trainer.train_dataset)
        drawn = list(itertools.chain(*(trainer._draw(5) for _ in range(size // 5))))
        tasks = [row["task_id"] for row in drawn[:: trainer.num_generations]]
        assert len(set(tasks)) == size
        again = [row["task_id"] for row in trainer._draw(size)[:: trainer.num_generations]]
        assert set(again) == set(tasks)
        assert again != tasks

    def test_unscored_completions_do_not_make_a_group_informative(self):
        unknown = float("nan")
        scores = torch.tensor(
            [[0.5, 0.5, unknown], [0.5, 0.7, unknown], [unknown] * 3, [0.5, 0.5 + NOISE / 2, 0.5]]
        )
        assert informative(scores) == [False, True, False, False]

    def test_the_place_in_the_extra_prompts_is_saved_and_restored(self, trainer_of, tmp_path):
        first = trainer_of(DAPOSettings, even_tasks_differ, save_steps=2, max_steps=2)
        first.train()
        assert first.drawn > 0
        stored = tmp_path / "run" / "checkpoints" / "checkpoint-2"
        assert json.loads((stored / "sampling.json").read_text()) == {"drawn": first.drawn}
        second = trainer_of(DAPOSettings, even_tasks_differ, save_steps=2, max_steps=4)
        second.train(resume_from_checkpoint=str(stored))
        assert second.drawn > first.drawn
        assert second.state.global_step == 4


class TestTokenLevelLoss:
    """A short completion (2 tokens) with advantage 1 beside a long one (8 tokens) with 0."""

    def test_every_token_weighs_the_same(self, trainer_of):
        on = trainer_of(DAPOSettings, by_place)
        assert float(loss_of(on, batch_of(on, [2, 8], [1.0, 0.0]))) == pytest.approx(-2 / 10)
        assert float(loss_of(on, batch_of(on, [2, 8], [0.0, 1.0]))) == pytest.approx(-8 / 10)

    def test_switched_off_every_sequence_weighs_the_same(self, trainer_of):
        off = trainer_of(DAPOSettings, by_place, loss_type="grpo")
        assert float(loss_of(off, batch_of(off, [2, 8], [1.0, 0.0]))) == pytest.approx(-1 / 2)
        assert float(loss_of(off, batch_of(off, [2, 8], [0.0, 1.0]))) == pytest.approx(-1 / 2)

    def test_grpo_weighs_sequences(self, trainer_of):
        grpo = trainer_of(GRPOSettings, by_place, algorithm="grpo", beta=0.0)
        assert float(loss_of(grpo, batch_of(grpo, [2, 8], [1.0, 0.0]))) == pytest.approx(-1 / 2)


class TestOverlongPunishment:
    def test_it_is_counted_in_tokens(self):
        punish = OverlongPunishment(longest=100, cache=20)
        ids = [[7] * length for length in (0, 79, 80, 81, 90, 99, 100, 130)]
        got = punish(completions=["x" * 1000] * len(ids), completion_ids=ids)
        assert got == pytest.approx([0, 0, 0, -0.05, -0.5, -0.95, -1, -1])

    def test_a_long_completion_loses_what_a_short_one_keeps(self, trainer_of):
        def scores(trainer, lengths):
            ids = [[7] * length for length in lengths]
            rows = [{"prompt": "p", "task_id": "task 0"}] * len(ids)
            texts = [str(length) for length in lengths]
            found = trainer._calculate_rewards(rows, ["p"] * len(ids), texts, ids)
            return (found * trainer.reward_weights).nansum(1).tolist()

        on = trainer_of(DAPOSettings, lambda *_: 0.75, completion=40)  # interval: last 8 tokens
        assert scores(on, [10, 32, 36, 40]) == pytest.approx([0.75, 0.75, 0.25, -0.25])
        off = trainer_of(DAPOSettings, lambda *_: 0.75, completion=40, overlong_punishment=False)
        assert scores(off, [10, 32, 36, 40]) == pytest.approx([0.75] * 4)

    def test_the_interval_may_be_given_in_tokens(self, trainer_of):
        trainer = trainer_of(DAPOSettings, by_place, completion=40, overlong_cache=10.0)
        assert trainer.reward_funcs[-1].cache == 10

    def test_an_unscored_completion_is_not_punished_either(self, trainer_of):
        trainer = trainer_of(DAPOSettings, lambda task, place, text: [0.5, None][place % 2])
        rows = [{"prompt": "p", "task_id": "task 0"}] * 2
        found = trainer._calculate_rewards(rows, ["p"] * 2, ["a", "b"], [[7] * 12] * 2)
        assert not torch.isnan(found[0]).any()
        assert torch.isnan(found[1]).all()
