"""The embedded model: a Llama of a few million parameters, made from scratch."""

from __future__ import annotations

import torch
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

#: Longest sequence: instruction and answer, in tokens.
CONTEXT = 384
HIDDEN, LAYERS, HEADS, INNER = 192, 4, 6, 512


def config_for(
    tokenizer: PreTrainedTokenizerFast,
    hidden: int = HIDDEN,
    layers: int = LAYERS,
    heads: int = HEADS,
    inner: int = INNER,
) -> LlamaConfig:
    """Return the architecture for a tokenizer's vocabulary."""
    return LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=hidden,
        intermediate_size=inner,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )


def new_model(config: LlamaConfig, seed: int) -> LlamaForCausalLM:
    """Return a model with fresh weights, whose attention starts out looking for equal tokens.

    Queries and keys of a head share a random projection, so do values and outputs ("mimetic
    initialisation", arXiv 2305.09828, section 4). Copying names from the instruction is the last
    thing that the model learns, and what it learns with is matching a token with its like.
    """
    torch.manual_seed(seed)
    model = LlamaForCausalLM(config)
    dice = torch.Generator().manual_seed(seed)
    size = config.hidden_size // config.num_attention_heads
    with torch.no_grad():
        for layer in model.model.layers:
            attention = layer.self_attn
            for head in range(config.num_attention_heads):
                rows = slice(head * size, (head + 1) * size)
                _share(attention.q_proj.weight[rows], attention.k_proj.weight[rows], dice, 0.7, 0.7)
                _share(
                    attention.v_proj.weight[rows],
                    attention.o_proj.weight[:, rows].T,
                    dice,
                    0.5,
                    0.1,
                )
    return model


def _share(first: Tensor, second: Tensor, dice: torch.Generator, left: float, right: float) -> None:
    """Add one random projection to two weights of shape (head size, hidden size)."""
    shared = torch.randn(first.shape, generator=dice) / first.shape[1] ** 0.5
    first += left * shared
    second += right * shared
