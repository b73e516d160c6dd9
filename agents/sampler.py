"""Sample from small Llama and Qwen2 models on a CPU, faster than `generate` of transformers.

Where the time goes in reinforcement learning on a CPU: half of a step is decoding, token by token,
with tensors so small that the overhead of each call counts. This sampler fuses the projections of
a layer, writes into a key/value cache allocated once, reads every distinct prompt once however
many completions it gets, and drops rows that have ended. LoRA adapters are merged on the fly.
Greedy decoding gives what `generate` gives, token for token; sampling draws from the same
distribution.

`sample` falls back to `generate` for every other architecture or device; `attach` makes a TRL
trainer sample with it where that changes nothing but the speed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

#: Architectures that are computed here: model types of transformers.
FAST_TYPES = ("llama", "qwen2")
#: Most rows decoded together: bounds the cache's memory.
MOST_ROWS = 256
#: Rows that have ended are dropped once they are this share of the batch.
DROP_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class _Layer:
    """Weights of one layer, with q/k/v and gate/up fused, all float32."""

    norm1: Tensor
    qkv: Tensor
    qkv_bias: Tensor | None
    out: Tensor
    out_bias: Tensor | None
    norm2: Tensor
    gate_up: Tensor
    gate_up_bias: Tensor | None
    down: Tensor
    down_bias: Tensor | None


def _weight(module: Any) -> Tensor:
    """Return a linear layer's weight, with its active LoRA adapters merged in."""
    base = getattr(module, "base_layer", module)
    weight: Tensor = base.weight.detach().float()
    if base is module or getattr(module, "disable_adapters", False):
        return weight
    if getattr(module, "merged", False):
        return weight
    for name in module.active_adapters:
        if name in module.lora_A:
            delta = module.get_delta_weight(name)
            weight = weight + delta.detach().float()
    return weight


def _bias(*modules: nn.Module) -> Tensor | None:
    found = [getattr(getattr(module, "base_layer", module), "bias", None) for module in modules]
    present = [bias for bias in found if bias is not None]
    return torch.cat([bias.detach().float() for bias in present]) if present else None


def _fused(*modules: nn.Module) -> Tensor:
    return torch.cat([_weight(module) for module in modules])


def _plain(model: Any) -> Any:
    """Return the causal LM inside an adapter wrapper (PEFT) or a distributed wrapper."""
    model = getattr(model, "module", model)
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def _is_linear(module: Any) -> bool:
    """Whether a projection is a plain linear layer, or one under a plain LoRA adapter."""
    base = getattr(module, "base_layer", module)
    if type(base) is not nn.Linear:
        return False
    if base is module:
        return True
    return hasattr(module, "lora_A") and not any(getattr(module, "use_dora", {}).values())


def is_fast(model: Any) -> bool:
    """Whether `sample` computes this model itself: Llama or Qwen2, not quantised, on a CPU."""
    model = _plain(model)
    config: Any = getattr(model, "config", None)
    if getattr(config, "model_type", None) not in FAST_TYPES:
        return False
    if any(parameter.device.type != "cpu" for parameter in model.parameters()):
        return False
    rope = getattr(config, "rope_parameters", None) or {}
    if getattr(config, "use_sliding_window", False) or rope.get("rope_type") == "dynamic":
        return False
    if config.hidden_act != "silu" or not isinstance(model.get_input_embeddings(), nn.Embedding):
        return False
    layers = model.model.layers
    return all(_is_linear(m) for layer in layers for m in (*_attention(layer), *_mlp(layer)))


def _attention(layer: Any) -> tuple[Any, Any, Any, Any]:
    attention = layer.self_attn
    return attention.q_proj, attention.k_proj, attention.v_proj, attention.o_proj


def _mlp(layer: Any) -> tuple[Any, Any, Any]:
    return layer.mlp.gate_proj, layer.mlp.up_proj, layer.mlp.down_proj


def _layer(layer: Any) -> _Layer:
    q, k, v, out = _attention(layer)
    gate, up, down = _mlp(layer)
    return _Layer(
        layer.input_layernorm.weight.detach().float(), _fused(q, k, v), _bias(q, k, v),
        _weight(out), _bias(out), layer.post_attention_layernorm.weight.detach().float(),
        _fused(gate, up), _bias(gate, up), _weight(down), _bias(down),
    )  # fmt: skip


def _turn(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotate by position. x: rows, heads, positions, size."""
    half = x.shape[-1] // 2
    return x * cos + torch.cat((-x[..., half:], x[..., :half]), dim=-1) * sin


class _Decoder:
    """A model's weights and the key/value cache of the rows that are being decoded."""

    def __init__(self, model: Any) -> None:
        model = _plain(model)
        config = model.config
        self.layers = [_layer(layer) for layer in model.model.layers]
        self.embed: Tensor = model.get_input_embeddings().weight.detach().float()
        self.norm: Tensor = model.model.norm.weight.detach().float()
        self.head = _weight(model.get_output_embeddings())
        self.rotary = model.model.rotary_emb
        self.eps: float = config.rms_norm_eps
        self.heads: int = config.num_attention_heads
        self.kv_heads: int = config.num_key_value_heads or self.heads
        self.size: int = getattr(config, "head_dim", None) or config.hidden_size // self.heads
        self.keys: list[Tensor] = []
        self.values: list[Tensor] = []
        self.pads = torch.empty(0)
        self.mask: Tensor | None = None
        self.length = 0

    def read(self, prompts: Sequence[Sequence[int]], repeats: int, room: int) -> Tensor:
        """Read the prompts, each for `repeats` rows; return the logits after them.

        `room` is the number of tokens that may follow.
        """
        widest = max(len(ids) for ids in prompts)
        tokens = torch.zeros(len(prompts), widest, dtype=torch.long)
        pads = torch.tensor([widest - len(ids) for ids in prompts])
        for row, ids in enumerate(prompts):
            tokens[row, widest - len(ids) :] = torch.tensor(ids, dtype=torch.long)
        places = torch.arange(widest)
        seen = (places >= pads[:, None])[:, None, None, :] & (places[:, None] >= places)
        seen = seen | torch.eye(widest, dtype=torch.bool)  # a padding place sees itself: no NaN
        cos, sin = self._angles((places - pads[:, None]).clamp(min=0))
        x = F.embedding(tokens, self.embed)
        self.keys, self.values = [], []
        for layer in self.layers:
            q, k, v = self._project(layer, x, cos, sin)
            rep = self.heads // self.kv_heads
            attended = F.scaled_dot_product_attention(
                q, k.repeat_interleave(rep, 1), v.repeat_interleave(rep, 1), attn_mask=seen
            )
            x = self._finish(layer, x, attended.transpose(1, 2).flatten(2))
            self.keys.append(_stretched(k, repeats, room))
            self.values.append(_stretched(v, repeats, room))
        self.length = widest
        self.pads = pads.repeat_interleave(repeats)
        self._hide_padding(widest + room)
        return self._logits(x[:, -1]).repeat_interleave(repeats, 0)

    def step(self, tokens: Tensor) -> Tensor:
        """Append one token to each row; return the logits after it."""
        cos, sin = self._angles((self.length - self.pads)[:, None])
        x = F.embedding(tokens, self.embed)[:, None]
        end = self.length + 1
        mask = self.mask[..., :end] if self.mask is not None else None
        for number, layer in enumerate(self.layers):
            q, k, v = self._project(layer, x, cos, sin)
            keys, values = self.keys[number], self.values[number]
            keys[:, :, self.length] = k[:, :, 0]
            values[:, :, self.length] = v[:, :, 0]
            # the query heads that share a key head are read as so many positions of that head
            grouped = q.reshape(len(tokens), self.kv_heads, -1, self.size)
            attended = F.scaled_dot_product_attention(
                grouped, keys[:, :, :end], values[:, :, :end], attn_mask=mask
            )
            x = self._finish(layer, x, attended.reshape(len(tokens), 1, -1))
        self.length = end
        return self._logits(x[:, 0])

    def keep(self, rows: Tensor) -> None:
        """Drop all rows but these."""
        self.keys = [_picked(keys, rows, self.length) for keys in self.keys]
        self.values = [_picked(values, rows, self.length) for values in self.values]
        self.pads = self.pads[rows]
        self._hide_padding(self.keys[0].shape[2])

    def _hide_padding(self, total: int) -> None:
        hidden = torch.arange(total) < self.pads[:, None]
        self.mask = None
        if bool(self.pads.any()):
            self.mask = torch.zeros(hidden.shape).masked_fill(hidden, float("-inf"))[:, None, None]

    def _angles(self, places: Tensor) -> tuple[Tensor, Tensor]:
        cos, sin = self.rotary(self.embed, places)
        return cos[:, None].float(), sin[:, None].float()

    def _project(
        self, layer: _Layer, x: Tensor, cos: Tensor, sin: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        normed = F.rms_norm(x, (x.shape[-1],), layer.norm1, self.eps)
        heads = F.linear(normed, layer.qkv, layer.qkv_bias)
        heads = heads.view(*x.shape[:2], -1, self.size).transpose(1, 2)
        turned = _turn(heads[:, : self.heads + self.kv_heads], cos, sin)
        return turned[:, : self.heads], turned[:, self.heads :], heads[:, -self.kv_heads :]

    def _finish(self, layer: _Layer, x: Tensor, attended: Tensor) -> Tensor:
        x = x + F.linear(attended, layer.out, layer.out_bias)
        normed = F.rms_norm(x, (x.shape[-1],), layer.norm2, self.eps)
        gate, up = F.linear(normed, layer.gate_up, layer.gate_up_bias).chunk(2, dim=-1)
        return x + F.linear(F.silu(gate) * up, layer.down, layer.down_bias)

    def _logits(self, x: Tensor) -> Tensor:
        return F.linear(F.rms_norm(x, (x.shape[-1],), self.norm, self.eps), self.head)


def _stretched(cache: Tensor, repeats: int, room: int) -> Tensor:
    rows, heads, length, size = cache.shape
    wide = cache.new_empty(rows * repeats, heads, length + room, size)
    wide[:, :, :length] = cache.repeat_interleave(repeats, 0)
    return wide


def _picked(cache: Tensor, rows: Tensor, length: int) -> Tensor:
    kept = cache.new_empty(len(rows), *cache.shape[1:])
    kept[:, :, :length] = cache[rows, :, :length]
    return kept


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
        decoder = _Decoder(model)
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
    decoder: _Decoder,
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
