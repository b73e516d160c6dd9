"""Models, tokenizers and prompts: any causal language model, with or without a chat template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.config import BadSetting, BaseConfig
from agents.options import is_tiny
from iac_gym.errors import IaCGymError, missing_extra, unknown
from iac_gym.grading import load_task, sample_ids
from iac_gym.language import load_language
from iac_gym.registry import category_of
from iac_gym.task import Task

#: Names that a misspelt model is compared with, beside the folders next to it.
KNOWN_MODELS = ("tiny", "Qwen/Qwen2.5-0.5B-Instruct", "Qwen/Qwen2.5-Coder-1.5B-Instruct")
#: The attribute of a model's config.json that names its prompt format.
MARK = "iac_gym_prompt"


@dataclass(frozen=True)
class Loaded:
    """A model ready for training. `format` is the prompt format: chat, plain or tiny."""

    model: Any
    tokenizer: Any
    format: str
    context: int

    @property
    def end_ids(self) -> list[int]:
        """The tokens that end a completion."""
        declared = self.model.generation_config.eos_token_id
        ends = [declared] if isinstance(declared, int) else list(declared or ())
        return ends or [self.tokenizer.eos_token_id]


def _where(name: str) -> str:
    if name != "tiny":
        return name
    from agents import tiny

    return str(tiny.model_path())


def _unknown_model(name: str, reason: BaseException) -> IaCGymError:
    parent = Path(name).parent
    folders = (
        [str(entry) for entry in parent.iterdir() if entry.is_dir()] if parent.is_dir() else []
    )
    beside = parent.iterdir() if parent.is_dir() else iter(())
    folders = [str(entry) for entry in beside if (entry / "config.json").is_file()]
    first = str(reason).strip().split("\n")[0].rstrip(".")
    return unknown(
        "model", name, [*KNOWN_MODELS, *folders],
        f"Any Hugging Face id of a causal language model or its folder will do ({first}).",
    )  # fmt: skip


def load_tokenizer(name: str) -> Any:
    """Load the tokenizer of a model, with a padding token."""
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(_where(name), padding_side="left")
    except (OSError, ValueError, KeyError) as error:
        raise _unknown_model(name, error) from None
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.unk_token or tokenizer.eos_token
    return tokenizer


def _quantization(config: BaseConfig) -> Any:
    if not config.qlora:
        return None
    try:
        import bitsandbytes  # noqa: F401
    except ImportError:
        raise missing_extra("bitsandbytes", "qlora") from None
    import torch
    from transformers import BitsAndBytesConfig

    kind: Any = BitsAndBytesConfig
    return kind(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )


def _load_weights(path: str, config: BaseConfig) -> Any:
    import torch
    from transformers import AutoModelForCausalLM

    options: dict[str, Any] = {"quantization_config": _quantization(config)}
    # full fine-tuning keeps float32 master weights: an update of 1e-6 is lost in bfloat16
    half = torch.cuda.is_available() and config.lora
    options["dtype"] = torch.bfloat16 if half or config.qlora else torch.float32
    if not torch.cuda.is_available():
        # with padding, the fused kernels of a CPU take 1.4 times as long for a training step
        options["attn_implementation"] = "eager"
    if (Path(path) / "adapter_config.json").is_file():
        from peft import AutoPeftModelForCausalLM

        return AutoPeftModelForCausalLM.from_pretrained(path, is_trainable=True, **options)
    return AutoModelForCausalLM.from_pretrained(path, **options)


def _quiet() -> None:
    """Silence the progress bars and advice of transformers; errors still come."""
    from transformers.utils import logging as their_logging

    quiet: Any = their_logging
    quiet.set_verbosity_error()
    quiet.disable_progress_bar()


def load_model(config: BaseConfig) -> Loaded:
    """Load the model and tokenizer that a configuration names; an unknown one raises."""
    _quiet()
    tokenizer = load_tokenizer(config.model)
    try:
        model = _load_weights(_where(config.model), config)
    except (OSError, ValueError, KeyError) as error:
        raise _unknown_model(config.model, error) from None
    style = config.prompt
    if style == "auto":
        chat = "chat" if getattr(tokenizer, "chat_template", None) else "plain"
        style = "tiny" if is_tiny(config.model) else chat
    if style == "chat" and not getattr(tokenizer, "chat_template", None):
        raise BadSetting(
            f"The tokenizer of {config.model} has no chat template; use --prompt plain."
        )
    setattr(model.config, MARK, style)
    context = getattr(model.config.get_text_config(), "max_position_embeddings", None) or 1 << 20
    return Loaded(model, tokenizer, style, context)


def prompt_of(task: Task, style: str) -> str | list[dict[str, str]]:
    """Return what the model is told: a text, or the messages of a chat."""
    if style == "tiny":
        from agents import tiny

        return str(tiny.prompt(task))
    asked = f"{task.instruction}\n\n{task.input}" if task.input else task.instruction
    if style == "plain":
        return f"{task.system}\n\n{asked}\n\n"
    return [{"role": "system", "content": task.system}, {"role": "user", "content": asked}]


def answer_of(task: Task, style: str) -> str | list[dict[str, str]]:
    """Return the reference as the model should write it."""
    text = task.reference_text
    if style == "tiny" or len(task.reference) > 1:
        fenced = text
    else:
        tag = load_language(task.files[0][1]).tags[0]
        fenced = f"```{tag}\n{text.rstrip()}\n```"
    return [{"role": "assistant", "content": fenced}] if style == "chat" else fenced


def prompt_ids(prompts: Sequence[Any], tokenizer: Any) -> list[list[int]]:
    """Tokenize prompts as TRL does: chats through the template, texts as they are."""
    if not prompts:
        return []
    if isinstance(prompts[0], str):
        ids: list[list[int]] = tokenizer(text=list(prompts))["input_ids"]
        return ids
    rendered = tokenizer.apply_chat_template(
        list(prompts), add_generation_prompt=True, tokenize=True, return_dict=True
    )
    found: list[list[int]] = rendered["input_ids"]
    return found


def levels_of(config: BaseConfig) -> tuple[int, ...] | None:
    """Return the difficulties to draw from; None for all."""
    if config.levels:
        return config.levels
    if config.profile != "tiny" or not is_tiny(config.model):
        return None
    from agents import tiny

    return tuple(tiny.LEVELS)


def draw_ids(config: BaseConfig, split: str, size: int, seed: int) -> list[str]:
    """Draw `size` task ids of a split, spread over the configured environments in turn."""
    share = -(-size // len(config.env))
    found = []
    for env in config.env:
        known = category_of(env).families
        chosen = [name for name in config.families if name in known]
        if config.families and not chosen:
            continue
        found.append(
            sample_ids(env, split, share, seed, families=chosen or None, levels=levels_of(config))
        )
    return [task_id for row in zip(*found, strict=True) for task_id in row][:size]


@dataclass(frozen=True)
class Lengths:
    """Longest prompt and longest completion, in tokens."""

    prompt: int
    completion: int


def fit(config: BaseConfig, context: int, longest: int) -> Lengths:
    """Divide the model's context into prompt and completion; `longest` is the longest prompt."""
    prompt = min(config.max_prompt_length or context // 2, max(longest, 1), context - 1)
    completion = min(config.max_completion_length or context, context - prompt)
    if completion < 2:
        raise BadSetting(
            f"max_prompt_length {prompt} leaves {completion} tokens of the model's context of "
            f"{context} for the answer; lower it."
        )
    return Lengths(prompt, completion)


@dataclass(frozen=True)
class Tasks:
    """Task ids with their prompts; `dropped` counts those whose prompt was too long."""

    ids: tuple[str, ...]
    prompts: tuple[Any, ...]
    dropped: int


def prompts_of(ids: Sequence[str], loaded: Loaded) -> tuple[list[Any], list[int]]:
    """Return the prompts of tasks and their lengths in tokens."""
    prompts = [prompt_of(load_task(task_id), loaded.format) for task_id in ids]
    return prompts, [len(tokens) for tokens in prompt_ids(prompts, loaded.tokenizer)]


def short_enough(
    ids: Sequence[str], prompts: Sequence[Any], lengths: Sequence[int], limit: int
) -> Tasks:
    """Keep the tasks whose prompt has at most `limit` tokens."""
    kept = [place for place, length in enumerate(lengths) if length <= limit]
    if not kept:
        raise BadSetting(
            f"None of {len(ids)} tasks fits: the shortest prompt has {min(lengths)} tokens and "
            f"{limit} are allowed; raise max_prompt_length or choose lower --levels."
        )
    return Tasks(
        tuple(ids[place] for place in kept),
        tuple(prompts[place] for place in kept),
        len(ids) - len(kept),
    )
