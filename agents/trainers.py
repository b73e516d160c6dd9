"""TRL trainers with what TRL lacks: DAPO's dynamic sampling, resumable to the drawn prompt."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from trl import GRPOTrainer
from trl.trainer.utils import pad

#: Differences below this are the noise of adding floats, not of the verifier.
NOISE = 1e-6
STATE = "sampling.json"
_LEFT = ("prompt_ids", "prompt_mask")

Group = dict[str, Tensor]

#: TRL is partly typed: its class is taken untyped.
_GRPO: Any = GRPOTrainer


class DAPOTrainer(_GRPO):  # type: ignore[misc]
    """GRPO whose batches hold informative groups only: ones whose rewards differ.

    Whole rounds of prompts are drawn and scored by TRL until every process has its share of
    informative groups or `max_rounds` is reached; what is then missing is filled with groups that
    are masked, so that they move neither the gradient nor the token count of the loss. A group
    belongs to one process, and the advantage is normalised within the group (or not at all).
    `filter_metric` names the reward function that must differ.
    """

    def __init__(
        self, *args: Any, filter_metric: str = "total", max_rounds: int = 10, **options: Any
    ) -> None:
        self.filter_metric = filter_metric
        self.max_rounds = max_rounds
        self.drawn = 0
        self._order: tuple[int, list[int]] = (-1, [])
        self._scores: Tensor | None = None
        self._postponed = False
        super().__init__(*args, **options)

    # --- what TRL calls -------------------------------------------------------------------------

    def _calculate_rewards(self, *args: Any, **options: Any) -> Tensor:
        scores: Tensor = super()._calculate_rewards(*args, **options)
        self._scores = scores
        return scores

    def _get_per_token_logps_and_entropies(self, *args: Any, **options: Any) -> Any:
        if self._postponed and not options.get("compute_entropy"):
            ids, kept = args[1], args[3]
            return torch.zeros(len(ids), kept, device=ids.device), None, None
        return super()._get_per_token_logps_and_entropies(*args, **options)

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Tensor]:
        if not self.model.training:
            made: dict[str, Tensor] = super()._generate_and_score_completions(inputs)
            return made
        need = len(inputs) // self.num_generations
        kept: list[Group] = []
        spare: list[Group] = []
        rounds = sampled = accepted = 0
        rows = inputs
        while True:
            good, dull = self._round(rows)
            kept, spare = kept + good, spare + dull
            rounds += 1
            have, new, tried = self._count(len(kept), len(good), len(good) + len(dull))
            sampled, accepted = sampled + tried, accepted + new
            if have >= need or rounds >= self.max_rounds:
                break
            rate = max(accepted / sampled, 1 / (2 * need))
            rows = self._draw(min(max(math.ceil((need - have) / rate), 1), 2 * need))
        missing = max(need - len(kept), 0)
        filled = [_silenced(group) for group in spare[:missing]]
        batch = self._merge((kept + filled)[:need])
        self._log_rounds(rounds, sampled, accepted, missing / need)
        return batch

    # --- one round ------------------------------------------------------------------------------

    def _round(self, rows: list[dict[str, Any]]) -> tuple[list[Group], list[Group]]:
        """Sample and score rows; return the informative groups and the others."""
        self._postponed = not self.use_vllm and self.beta == 0.0
        try:
            batch = super()._generate_and_score_completions(rows)
        finally:
            self._postponed = False
        batch.pop("num_items_in_batch")
        size = self.num_generations
        good: list[Group] = []
        dull: list[Group] = []
        for place, differs in enumerate(self._informative(len(rows))):
            group = {key: value[place * size : (place + 1) * size] for key, value in batch.items()}
            (good if differs else dull).append(group)
        return good, dull

    def _informative(self, rows: int) -> list[bool]:
        """Say of each local group whether the rewards of the filter metric differ in it."""
        if self._scores is None:
            raise RuntimeError("groups were asked for before any reward was computed")
        column = self.reward_func_names.index(self.filter_metric)
        start = self.accelerator.process_index * rows
        local = self._scores[start : start + rows, column].view(-1, self.num_generations)
        return informative(local)

    def _count(self, have: int, new: int, tried: int) -> tuple[int, int, int]:
        """Return the least `have` of all processes and the sums of `new` and `tried`."""
        local = torch.tensor([[have, new, tried]], device=self.accelerator.device)
        every = self.accelerator.gather(local)
        return int(every[:, 0].min()), int(every[:, 1].sum()), int(every[:, 2].sum())

    def _draw(self, count: int) -> list[dict[str, Any]]:
        """Draw fresh prompts: `count` for this process, each repeated for its group."""
        processes = self.accelerator.num_processes
        first = self.drawn + self.accelerator.process_index * count
        self.drawn += count * processes
        rows = [self.train_dataset[self._place(first + step)] for step in range(count)]
        return [dict(row) for row in rows for _ in range(self.num_generations)]

    def _place(self, number: int) -> int:
        """Return the data set row of the `number`-th extra prompt: a permutation for each pass."""
        turn, offset = divmod(number, len(self.train_dataset))
        if self._order[0] != turn:
            order = list(range(len(self.train_dataset)))
            random.Random(f"extra prompts {self.args.seed} {turn}").shuffle(order)
            self._order = (turn, order)
        return self._order[1][offset]

    # --- the batch ------------------------------------------------------------------------------

    def _merge(self, groups: Sequence[Group]) -> dict[str, Tensor]:
        """Join groups of different lengths into one batch and count its tokens for the loss."""
        batch: dict[str, Tensor] = {}
        for key in groups[0]:
            rows = [row for group in groups for row in group[key]]
            if rows[0].dim() == 0 or (key == "importance_sampling_ratio" and rows[0].numel() == 1):
                batch[key] = torch.stack(rows)
                continue
            fill = self._tokenizer.pad_token_id if key in ("prompt_ids", "completion_ids") else 0
            side = "left" if key in _LEFT else "right"
            batch[key] = pad(rows, padding_value=fill, padding_side=side)
        mask = batch["completion_mask"] * batch.get("tool_mask", 1)
        batch["num_items_in_batch"] = self.accelerator.gather(mask.sum()).sum()
        self._trim(batch)
        if "old_per_token_logps" in batch and not self.use_vllm and self.beta == 0.0:
            batch["old_per_token_logps"] = self._old_logps(batch)
        return batch

    def _trim(self, batch: dict[str, Tensor]) -> None:
        """Drop columns that are padding in every kept row."""
        prompt = int(batch["prompt_mask"].sum(1).max())
        used = batch["completion_mask"].any(0).nonzero()
        answer = int(used.max()) + 1 if len(used) else 1
        width = batch["completion_mask"].shape[1]
        for key, value in batch.items():
            if key in _LEFT:
                batch[key] = value[:, value.shape[1] - prompt :]
            elif value.dim() == 2 and value.shape[1] == width:
                batch[key] = value[:, :answer]

    def _old_logps(self, batch: dict[str, Tensor]) -> Tensor:
        """Compute the sampling policy's log-probabilities, for the kept groups alone."""
        ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], dim=1)
        seen = torch.cat([batch["prompt_mask"], batch["completion_mask"]], dim=1)
        width = batch["completion_ids"].shape[1]
        with torch.no_grad():
            logps: Tensor = self._get_per_token_logps_and_entropies(
                self.model, ids, seen, width, batch_size=self.args.per_device_train_batch_size
            )[0]
        return logps

    def _log_rounds(self, rounds: int, sampled: int, accepted: int, empty: float) -> None:
        metrics = self._metrics["train"]
        metrics["dapo/rounds"].append(float(rounds))
        metrics["dapo/prompts_sampled"].append(float(sampled))
        metrics["dapo/accept_rate"].append(accepted / sampled)
        metrics["dapo/unfilled"].append(empty)

    # --- checkpoints ----------------------------------------------------------------------------

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        if self.args.should_save:
            folder = Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / STATE).write_text(json.dumps({"drawn": self.drawn}) + "\n", encoding="utf-8")
        super()._save_checkpoint(model, trial)

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        super()._load_optimizer_and_scheduler(checkpoint)
        if checkpoint and (stored := Path(checkpoint) / STATE).is_file():
            self.drawn = int(json.loads(stored.read_text(encoding="utf-8"))["drawn"])


def informative(scores: Tensor) -> list[bool]:
    """Say of each row (the scores of a group; NaN = unscored) whether its scores differ."""
    high = torch.nan_to_num(scores, nan=-math.inf).amax(1)
    low = torch.nan_to_num(scores, nan=math.inf).amin(1)
    differs: list[bool] = (high - low > NOISE).tolist()
    return differs


def _silenced(group: Group) -> Group:
    """Return a group that moves nothing: no advantage, and no token in the loss."""
    zeroed = ("advantages", "completion_mask")
    return {
        key: torch.zeros_like(value) if key in zeroed else value for key, value in group.items()
    }
