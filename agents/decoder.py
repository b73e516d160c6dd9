"""The forward pass of small Llama and Qwen2 models for decoding on a CPU, token by token.

The projections of a layer are fused, the key/value cache is allocated once, a prompt is read once
however many completions it gets, and rows may be dropped when they have ended. Everything is
computed in float32. `agents.sampler` decides what to sample with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

#: Architectures that are computed here: model types of transformers.
FAST_TYPES = ("llama", "qwen2")


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


class Decoder:
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
