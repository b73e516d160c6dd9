"""Sample from small Llama and Qwen2 models on a CPU, faster than `generate` of transformers.

Half of a step of reinforcement learning on a CPU is decoding, token by token, with tensors so small
that the overhead of each call counts. This sampler decodes with `agents.decoder`, reads every
distinct prompt once and drops rows that have ended; LoRA adapters are merged on the fly. Greedy
decoding gives what `generate` gives, token for token; sampling draws from the same distribution.

`sample` falls back to `generate` for every other architecture or device; `attach` makes a TRL
trainer sample with it where that changes nothing but the speed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from agents.decoder import Decoder, is_fast

#: Most rows decoded together: bounds the cache's memory.
MOST_ROWS = 256
#: Rows that have ended are dropped once they are this share of the batch.
DROP_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Choice:
    """How the next token is chosen. `temperature` 0 takes the likeliest; `top_k` 0 keeps all."""

    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0

    def pick(self, logits: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Choose one token for each row of logits (rows, vocabulary)."""
        if self.temperature == 0:
            return logits.argmax(dim=-1)
        logits = self._filtered(logits / self.temperature)
        # by the inverse of the cumulated chances: one uniform number for each row. (The Gumbel-max
        # trick needs one for each token of the vocabulary, which took a sixth of a decoding step.)
        sums = logits.softmax(dim=-1).cumsum(dim=-1)
        total = sums[:, -1:]
        drawn = torch.rand(len(sums), 1, generator=generator) * total
        below = torch.nextafter(total, torch.zeros(()))  # a product may round up to the total
        return torch.searchsorted(sums, torch.minimum(drawn, below), right=True)[:, 0]

    def _filtered(self, logits: Tensor) -> Tensor:
        if 0 < self.top_k < logits.shape[-1]:
            least = logits.topk(self.top_k, dim=-1).values[:, -1:]
            logits = logits.masked_fill(logits < least, float("-inf"))
        if self.top_p < 1:
            ordered, order = logits.sort(dim=-1, descending=True)
            chances = ordered.softmax(dim=-1)
            beyond = chances.cumsum(dim=-1) - chances >= self.top_p
            logits = logits.masked_fill(beyond.scatter(-1, order, beyond), float("-inf"))
        return logits


def sample(
    model: Any,
    prompt_ids: Sequence[Sequence[int]],
    *,
    generations: int = 1,
    max_new_tokens: int,
    temperature: float = 1.0,
    eos_id: int | Iterable[int],
    seed: int | None = None,
    choice: Choice | None = None,
) -> list[list[int]]:
    """Return `generations` completions for each prompt, a prompt's completions side by side.

    A completion ends with the end token, or after `max_new_tokens` without it. `temperature` 0 is
    greedy. `seed` None draws from torch's global generator. `choice` replaces `temperature` where
    tokens are to be filtered, too. Prompts must not be empty.
    """
    if not all(len(ids) for ids in prompt_ids):
        raise ValueError("an empty prompt was given; a prompt needs at least one token")
    ends = [eos_id] if isinstance(eos_id, int) else list(eos_id)
    choice = choice or Choice(temperature)
    if not is_fast(model):
        return _generated(model, prompt_ids, generations, max_new_tokens, choice, ends, seed)
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    order = sorted(range(len(prompt_ids)), key=lambda place: len(prompt_ids[place]))
    most = max(1, MOST_ROWS // generations)
    done: dict[int, list[list[int]]] = {}
    with torch.inference_mode():
        decoder = Decoder(model)
        for start in range(0, len(order), most):
            places = order[start : start + most]
            rows = _decode(
                decoder, [prompt_ids[place] for place in places], generations, max_new_tokens,
                lambda logits: choice.pick(logits, generator), ends,
            )  # fmt: skip
            for turn, place in enumerate(places):
                done[place] = rows[turn * generations : (turn + 1) * generations]
    return [row for place in range(len(prompt_ids)) for row in done[place]]


def _decode(
    decoder: Decoder,
    prompts: Sequence[Sequence[int]],
    generations: int,
    limit: int,
    pick: Callable[[Tensor], Tensor],
    ends: Sequence[int],
) -> list[list[int]]:
    logits = decoder.read(prompts, generations, limit)
    written: list[list[int]] = [[] for _ in range(len(prompts) * generations)]
    rows = list(range(len(written)))  # the output row of each row of the cache
    live = [True] * len(rows)
    stop = frozenset(ends)
    for turn in range(limit):
        tokens = pick(logits)
        for place, token in enumerate(tokens.tolist()):
            if live[place]:
                written[rows[place]].append(token)
                live[place] = token not in stop
        alive = sum(live)
        if not alive or turn == limit - 1:
            break
        if alive <= (1 - DROP_SHARE) * len(rows):
            kept = [place for place, on in enumerate(live) if on]
            chosen = torch.tensor(kept)
            decoder.keep(chosen)
            tokens, rows, live = tokens[chosen], [rows[place] for place in kept], [True] * alive
        logits = decoder.step(tokens)
    return written


def _generated(
    model: Any,
    prompt_ids: Sequence[Sequence[int]],
    generations: int,
    limit: int,
    choice: Choice,
    ends: Sequence[int],
    seed: int | None,
) -> list[list[int]]:
    """Sample with `generate` of transformers: any architecture, any device."""
    widest = max(len(ids) for ids in prompt_ids)
    tokens = torch.full((len(prompt_ids), widest), ends[0], dtype=torch.long)
    seen = torch.zeros_like(tokens)
    for row, ids in enumerate(prompt_ids):
        tokens[row, widest - len(ids) :] = torch.tensor(ids, dtype=torch.long)
        seen[row, widest - len(ids) :] = 1
    options: dict[str, Any] = {"do_sample": choice.temperature > 0}
    if choice.temperature > 0:
        options |= {"temperature": choice.temperature, "top_p": choice.top_p, "top_k": choice.top_k}
    device = next(model.parameters()).device
    was_training = model.training
    model.eval()
    with torch.random.fork_rng(enabled=seed is not None), torch.inference_mode():
        if seed is not None:
            torch.manual_seed(seed)
        out = model.generate(
            input_ids=tokens.repeat_interleave(generations, 0).to(device),
            attention_mask=seen.repeat_interleave(generations, 0).to(device),
            max_new_tokens=limit, eos_token_id=list(ends), pad_token_id=ends[0], **options,
        )  # fmt: skip
    model.train(was_training)
    return [_until_end(row, frozenset(ends)) for row in out[:, widest:].tolist()]


def _until_end(row: list[int], ends: frozenset[int]) -> list[int]:
    end = next((place for place, token in enumerate(row) if token in ends), len(row) - 1)
    return row[: end + 1]


def _same_draws(trainer: Any) -> bool:
    """Whether the trainer's generation settings are all ones that `sample` knows."""
    args = trainer.args
    return not (
        trainer.use_vllm
        or getattr(args, "use_transformers_continuous_batching", False)
        or getattr(args, "generation_kwargs", None)
        or getattr(args, "min_p", None)
        or getattr(args, "repetition_penalty", 1.0) != 1.0
    )


def attach(trainer: Any) -> bool:
    """Make a TRL GRPO trainer sample with `sample`; return whether that was possible.

    It is where the model is one that `is_fast` knows and the trainer's generation settings are
    plain (temperature, top_p, top_k). Otherwise the trainer is left as it is.
    """
    if not (_same_draws(trainer) and is_fast(trainer.model)):
        return False
    original = trainer._generate_single_turn

    def generate(
        prompt_ids: list[list[int]], images: Any, fields: Any, count: int, **more: Any
    ) -> tuple[list[list[int]], None]:
        if images or fields:
            result: tuple[list[list[int]], None] = original(
                prompt_ids, images, fields, count, **more
            )
            return result
        distinct, repeats = _distinct(prompt_ids)
        args = trainer.args
        return sample(
            trainer.accelerator.unwrap_model(trainer.model), distinct, generations=repeats,
            max_new_tokens=trainer.max_completion_length, eos_id=trainer.eos_token_ids,
            choice=Choice(args.temperature, args.top_p, args.top_k or 0),
        ), None  # fmt: skip

    trainer._generate_single_turn = generate
    return True


def _distinct(prompt_ids: Sequence[list[int]]) -> tuple[list[list[int]], int]:
    """Undo the repetition of prompts: every run of equal ones must have the same length."""
    runs: list[tuple[list[int], int]] = []
    for ids in prompt_ids:
        if runs and runs[-1][0] == ids:
            runs[-1] = (ids, runs[-1][1] + 1)
        else:
            runs.append((ids, 1))
    lengths = {length for _, length in runs}
    if len(lengths) == 1:
        return [ids for ids, _ in runs], lengths.pop()
    return list(prompt_ids), 1
