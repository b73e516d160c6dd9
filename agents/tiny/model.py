"""The embedded model: a Llama of a few million parameters, made from scratch."""

from __future__ import annotations

import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

#: Longest sequence: instruction and answer, in tokens.
CONTEXT = 640
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
    """Return a model with fresh random weights."""
    torch.manual_seed(seed)
    return LlamaForCausalLM(config)
