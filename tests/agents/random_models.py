"""Small random models with tokenizers of their own, saved to a folder: no download, no training."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
)

CHAT = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<end>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SIZES = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2}
HEADS = {"num_attention_heads": 2, "num_key_value_heads": 2}


def byte_tokenizer(*, chat: bool) -> PreTrainedTokenizerFast:
    """A token for each byte: any text, no vocabulary to learn."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = {word: number for number, word in enumerate(["<pad>", "<end>", *alphabet])}
    tokenizer = Tokenizer(BPE(vocab=words, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    made = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<end>")
    if chat:
        made.chat_template = CHAT
    return made


def save_model(
    folder: Path, kind: str = "llama", *, chat: bool = True, context: int = 2048
) -> Path:
    """Save a random model of some 100,000 weights and return its folder."""
    tokenizer = byte_tokenizer(chat=chat)
    given = {
        **SIZES,
        **HEADS,
        "vocab_size": len(tokenizer),
        "max_position_embeddings": context,
        "pad_token_id": tokenizer.pad_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "bos_token_id": None,
        "tie_word_embeddings": True,
    }
    torch.manual_seed(0)
    if kind == "qwen2":
        model = Qwen2ForCausalLM(Qwen2Config(**given))
    else:
        model = LlamaForCausalLM(LlamaConfig(**given))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
