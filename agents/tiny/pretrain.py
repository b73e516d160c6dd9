"""The training loop that makes the embedded model: next-token loss on the answers alone.

Small batches of similar lengths: what is learnt last is copying, and it needs many steps rather
than many tokens. The learning rate warms up, stays, and falls in the last `decay` steps; so a run
may be prolonged from a checkpoint (`--steps`) and ends as if it had been planned so.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from agents.tiny.attention import use_plain_attention
from agents.tiny.corpus import SEPARATOR, Example, varied
from agents.tiny.model import CONTEXT

#: Examples that are sorted by length together.
WINDOW = 512
#: Label that the loss ignores.
IGNORED = -100

Pair = tuple[list[int], list[int]]


@dataclass(frozen=True)
class Settings:
    """How the embedded model is trained. Shares are between 0 and 1.

    The learning rate does not fall at the end (`decay` 0), and the run stops early: the model then
    writes and copies well, but solves only some of what it could. With `--steps 14500 --decay 4500`
    greedy decoding solved nine of ten test tasks, and training against the verifier was left with
    little to add to that.
    """

    size: int = 100_000
    steps: int = 9_500
    warmup: int = 200
    decay: int = 0
    batch_tokens: int = 1024
    learning_rate: float = 2e-3
    weight_decay: float = 0.01
    mistakes: float = 0.4
    new_names: float = 0.1
    seed: int = 0
    threads: int = 2
    save_every: int = 250
    measure_every: int = 1000
    measured: int = 128


def rate(settings: Settings, step: int) -> float:
    """Return the learning rate of a step, counted from 0."""
    rise = min(1.0, (step + 1) / max(1, settings.warmup))
    fall = min(1.0, (settings.steps - step) / max(1, settings.decay))
    return settings.learning_rate * rise * max(0.02, fall)


def encode(tokenizer: Any, rows: Sequence[tuple[str, str]]) -> list[Pair]:
    """Turn (instruction, answer) into token ids; rows too long for the context are left out."""
    prompts = tokenizer([prompt + SEPARATOR for prompt, _ in rows])["input_ids"]
    answers = tokenizer([answer for _, answer in rows])["input_ids"]
    pairs = [(p, [*a, tokenizer.eos_token_id]) for p, a in zip(prompts, answers, strict=True)]
    return [(p, a) for p, a in pairs if len(p) + len(a) <= CONTEXT]


def packed(pairs: Sequence[Pair], limit: int, dice: Random) -> list[list[Pair]]:
    """Put examples of similar length into batches of at most `limit` tokens, padding included."""
    batches: list[list[Pair]] = []
    batch: list[Pair] = []
    for pair in sorted(pairs, key=lambda pair: len(pair[0]) + len(pair[1])):
        widest = len(pair[0]) + len(pair[1])
        if batch and widest * (len(batch) + 1) > limit:
            batches.append(batch)
            batch = []
        batch.append(pair)
    batches.append(batch)
    dice.shuffle(batches)
    return batches


class Feed:
    """Batches without end, epoch after epoch.

    `window` and `offset` (batches of the window that were given) say where it stands: a feed that
    is made with them gives the same batches as one that was never interrupted.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        tokenizer: Any,
        settings: Settings,
        window: int = 0,
        offset: int = 0,
    ) -> None:
        self.examples, self.tokenizer, self.settings = examples, tokenizer, settings
        self.window, self.offset = window, offset

    def __iter__(self) -> Iterator[list[Pair]]:
        """Yield batches from where the feed stands."""
        while True:
            batches = self._batches()
            while self.offset < len(batches):
                self.offset += 1
                yield batches[self.offset - 1]
            self.window, self.offset = self.window + 1, 0

    def _batches(self) -> list[list[Pair]]:
        settings = self.settings
        windows = -(-len(self.examples) // WINDOW)
        turn, window = divmod(self.window, windows)
        order = list(range(len(self.examples)))
        Random(f"order {settings.seed} {turn}").shuffle(order)
        chosen = [self.examples[i] for i in order[window * WINDOW : (window + 1) * WINDOW]]
        rows = [
            varied(example, turn, settings.seed, settings.mistakes, settings.new_names)
            for example in chosen
        ]
        dice = Random(f"batches {settings.seed} {self.window}")
        return packed(encode(self.tokenizer, rows), settings.batch_tokens, dice)


def tensors(batch: Sequence[Pair], pad: int) -> tuple[Tensor, Tensor]:
    """Return token ids and labels (rows, width), padded on the right."""
    width = max(len(p) + len(a) for p, a in batch)
    tokens = torch.full((len(batch), width), pad, dtype=torch.long)
    labels = torch.full((len(batch), width), IGNORED, dtype=torch.long)
    for row, (prompt, answer) in enumerate(batch):
        end = len(prompt) + len(answer)
        tokens[row, :end] = torch.tensor(prompt + answer)
        labels[row, len(prompt) - 1 : end - 1] = torch.tensor(answer)
    return tokens, labels


def loss_of(model: Any, tokens: Tensor, labels: Tensor) -> Tensor:
    """Return the mean loss over the labelled tokens; no other token reaches the output layer.

    Padding stands on the right and attention is causal, so that no mask is needed.
    """
    with torch.autocast("cpu", torch.bfloat16):
        hidden = model.model(input_ids=tokens, use_cache=False).last_hidden_state
        taught = labels != IGNORED
        logits = model.lm_head(hidden[taught])
    return F.cross_entropy(logits.float(), labels[taught])


class Run:
    """A training run in a folder: model, optimizer, checkpoint and metrics."""

    def __init__(self, model: Any, settings: Settings, folder: Path) -> None:
        self.model, self.settings, self.folder = model, settings, folder
        use_plain_attention(model)
        self.optimizer = torch.optim.AdamW(
            self._groups(), lr=settings.learning_rate, betas=(0.9, 0.98), fused=True
        )
        self.step = 0
        self.tokens = 0
        self.seconds = 0.0
        self.window = 0
        self.offset = 0

    def _groups(self) -> list[dict[str, Any]]:
        decayed = [p for p in self.model.parameters() if p.dim() > 1]
        others = [p for p in self.model.parameters() if p.dim() <= 1]
        return [
            {"params": decayed, "weight_decay": self.settings.weight_decay},
            {"params": others, "weight_decay": 0.0},
        ]

    @property
    def checkpoint(self) -> Path:
        """Where the run is saved."""
        return self.folder / "checkpoint.pt"

    def save(self) -> None:
        """Save all that the run needs to go on; the old file stays until the new is whole."""
        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "counts": [self.step, self.tokens, self.seconds, self.window, self.offset],
        }
        fresh = self.checkpoint.with_suffix(".new")
        torch.save(state, fresh)
        os.replace(fresh, self.checkpoint)

    def load(self) -> bool:
        """Go on from the checkpoint, if there is one."""
        if not self.checkpoint.exists():
            return False
        state = torch.load(self.checkpoint, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.tokens, self.seconds, self.window, self.offset = state["counts"]
        return True

    def log(self, **values: Any) -> None:
        """Append a line of metrics."""
        line = {"step": self.step, "tokens": self.tokens, "seconds": round(self.seconds, 1)}
        with (self.folder / "metrics.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line | values) + "\n")

    def advance(self, batch: Sequence[Pair]) -> float:
        """Take one optimizer step; return the loss."""
        start = time.perf_counter()
        for group in self.optimizer.param_groups:
            group["lr"] = rate(self.settings, self.step)
        tokens, labels = tensors(batch, self.model.config.pad_token_id)
        loss = loss_of(self.model, tokens, labels)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        self.tokens += tokens.numel()
        self.seconds += time.perf_counter() - start
        return float(loss.detach())
