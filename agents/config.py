"""The settings of an agent: one field each, with its meaning, unit, source and two profiles.

`llm` holds the values of the papers and the model card, `tiny` those measured for the embedded
model on a CPU. The profile follows from `--model`; a config file overrides it, and an option of the
command line overrides both. Command line, config file and the tables of RECIPES.md are all made
from these fields.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from iac_gym.errors import IaCGymError, unknown

PROFILES = ("llm", "tiny")
_SAME = object()

DEEPSEEKMATH = "DeepSeekMath, arXiv:2402.03300"
DAPO = "DAPO, arXiv:2503.14476"
LORA = "LoRA, arXiv:2106.09685"
QLORA = "QLoRA, arXiv:2305.14314"
CARD = "InfraMind model card"
OURS = "ours"


class BadSetting(IaCGymError, ValueError):
    """A setting whose value cannot be used."""


def setting(
    default: Any,
    text: str,
    *,
    source: str = OURS,
    tiny: Any = _SAME,
    trl: str = "",
    choices: tuple[str, ...] = (),
) -> Any:
    """Make a field: `default` is the `llm` value, `tiny` the other profile's, `trl` TRL's name."""
    return field(
        default=default,
        metadata={
            "text": text,
            "source": source,
            "tiny": default if tiny is _SAME else tiny,
            "trl": trl,
            "choices": choices,
        },
    )


@dataclass(frozen=True)
class BaseConfig:
    """What every agent needs: the model, the tasks, the optimizer, the run folder."""

    model: str = setting("tiny", "tiny (embedded), a Hugging Face id, or a folder")
    env: tuple[str, ...] = setting(("IaC-K8s-v0",), "environments to train on")
    families: tuple[str, ...] = setting((), "families of tasks; empty: all that `train` has")
    levels: tuple[int, ...] = setting(
        (), "difficulties, 1 to 5; empty: all, or for the tiny model those its context holds"
    )
    profile: str = setting(
        "auto", "which column of defaults; auto: by the model", choices=("auto", *PROFILES)
    )
    prompt: str = setting(
        "auto",
        "prompt format; auto: chat if the tokenizer has a chat template",
        choices=("auto", "chat", "plain", "tiny"),
    )
    dataset_size: int = setting(2000, "training tasks, per environment")
    seed: int = setting(0, "seed of tasks, sampling and training", trl="seed")
    output: str = setting("", "run folder; empty: runs/ALGORITHM-ENV-TIME")
    resume: str = setting("", "run folder of an interrupted run that is continued")

    learning_rate: float = setting(5e-6, "peak learning rate", source=CARD, trl="learning_rate")
    epochs: float = setting(1.0, "passes over the training tasks", trl="num_train_epochs")
    max_steps: int = setting(-1, "optimizer steps; -1: by epochs", trl="max_steps")
    batch_size: int = setting(8, "sequences per device and backward pass", source=CARD)
    accumulation: int = setting(2, "backward passes per optimizer step", source=CARD)
    scheduler: str = setting("constant_with_warmup", "learning-rate schedule",
                             trl="lr_scheduler_type", tiny="linear")  # fmt: skip
    warmup_steps: float = setting(0.05, "warm-up: steps, or a share of all below 1",
                                  trl="warmup_steps", tiny=0.0)  # fmt: skip
    weight_decay: float = setting(0.0, "AdamW weight decay", trl="weight_decay")
    max_grad_norm: float = setting(1.0, "gradient clipping (norm)", trl="max_grad_norm")
    bf16: str = setting("auto", "bfloat16 autocast; auto: where the device computes in it",
                        choices=("auto", "yes", "no"))  # fmt: skip
    gradient_checkpointing: bool = setting(True, "recompute activations to save memory", tiny=False)

    lora: bool = setting(True, "train a LoRA adapter; off: all weights", source=CARD, tiny=False)
    lora_r: int = setting(16, "rank of the adapter", source=CARD)
    lora_alpha: int = setting(32, "scale of the adapter", source=CARD)
    lora_dropout: float = setting(0.0, "dropout of the adapter")
    lora_targets: tuple[str, ...] = setting(
        ("q_proj", "k_proj", "v_proj", "o_proj"), "adapted modules", source=CARD
    )
    qlora: bool = setting(False, "load the frozen weights in 4 bit (nf4, double quantization)",
                          source=f"{QLORA}, section 3")  # fmt: skip

    save_steps: int = setting(50, "optimizer steps between checkpoints", tiny=10)
    keep: int = setting(2, "checkpoints that are kept", trl="save_total_limit")
    logging_steps: int = setting(1, "optimizer steps between log lines", trl="logging_steps")
    rollouts: int = setting(4, "completions per batch that go to rollouts.jsonl")
    evaluate: bool = setting(True, "measure before and after on the same test tasks")
    eval_size: int = setting(256, "test tasks of the measurement (all environments together)")
    eval_seed: int = setting(1000, "seed that draws the test tasks and samples their answers")
    eval_batch: int = setting(64, "answers that are generated at once", tiny=128)
    max_prompt_length: int = setting(
        1024, "longest prompt, in tokens; 0: half of the context", tiny=0
    )
    max_completion_length: int = setting(1024, "longest completion, in tokens", tiny=256)
    workers: int = setting(0, "processes that verify; 0: in the training process")
    set: tuple[str, ...] = setting((), "NAME=VALUE: any further field of the TRL configuration")


@dataclass(frozen=True)
class RLConfig(BaseConfig):
    """What GRPO and DAPO share: rollouts, the clipped objective, vLLM."""

    num_generations: int = setting(8, "completions per prompt (group size)", trl="num_generations")
    updates_per_rollout: int = setting(1, "optimizer steps on one batch of completions")
    num_iterations: int = setting(1, "passes over one batch of completions", trl="num_iterations")
    beta: float = setting(0.0, "weight of the KL term", trl="beta")
    epsilon: float = setting(0.2, "clipping of the ratio, lower side", trl="epsilon")
    temperature: float = setting(1.0, "sampling temperature of rollouts", trl="temperature")
    top_p: float = setting(1.0, "nucleus of rollouts", trl="top_p")
    top_k: int = setting(0, "most likely tokens of rollouts; 0: all", trl="top_k")
    fast_sampler: bool = setting(
        True, "own sampler instead of generate(), for Llama and Qwen2 on a CPU"
    )
    use_vllm: bool = setting(False, "generate with vLLM", trl="use_vllm")
    vllm_mode: str = setting("colocate", "vLLM in the training process, or a server",
                             trl="vllm_mode", choices=("colocate", "server"))  # fmt: skip
    vllm_gpu_memory_utilization: float = setting(
        0.3, "share of the memory for vLLM (colocate)", trl="vllm_gpu_memory_utilization"
    )
    vllm_tensor_parallel_size: int = setting(
        1, "GPUs per vLLM engine (colocate)", trl="vllm_tensor_parallel_size"
    )
    vllm_server_host: str = setting("0.0.0.0", "vLLM server", trl="vllm_server_host")
    vllm_server_port: int = setting(8000, "vLLM server", trl="vllm_server_port")


AnyConfig = TypeVar("AnyConfig", bound=BaseConfig)


def settings_of(kind: type[BaseConfig]) -> dict[str, Field[Any]]:
    """Return the fields of a configuration by name, in order."""
    return {entry.name: entry for entry in fields(kind)}


def profile_values(kind: type[BaseConfig], profile: str) -> dict[str, Any]:
    """Return every field's default in a profile."""
    return {
        entry.name: entry.metadata["tiny"] if profile == "tiny" else entry.default
        for entry in fields(kind)
        if entry.default is not MISSING
    }


def trl_values(config: BaseConfig) -> dict[str, Any]:
    """Return the values that go to TRL unchanged, under TRL's names."""
    return {
        entry.metadata["trl"]: getattr(config, entry.name)
        for entry in fields(config)
        if entry.metadata["trl"]
    }


def convert(kind: type[BaseConfig], name: str, value: Any) -> Any:
    """Turn a value of a file or the command line into the field's type, or raise `BadSetting`."""
    hint = get_type_hints(kind)[name]
    options = settings_of(kind)[name].metadata["choices"]
    made = _convert(hint, name, value)
    if options and made not in options:
        raise unknown(f"value of {name}", made, options)
    return made


def _convert(hint: Any, name: str, value: Any) -> Any:
    if get_origin(hint) is tuple:
        items = value if isinstance(value, (list, tuple)) else [value]
        return tuple(_convert(get_args(hint)[0], name, item) for item in items)
    made = _READERS[hint](value)
    if made is None:
        needed = {bool: "true or false", str: "a word", int: "a whole number", float: "a number"}
        raise BadSetting(f"The setting {name} was {value!r}; it must be {needed[hint]}.")
    return made


def _truth(value: Any) -> bool | None:
    return {"true": True, "yes": True, "false": False, "no": False}.get(str(value).lower())


def _word(value: Any) -> str | None:
    if isinstance(value, bool):  # YAML reads a bare `yes` as a truth value
        return "yes" if value else "no"
    return str(value) if isinstance(value, (str, int, float)) else None


def _real(value: Any) -> float | None:
    try:
        made = float(value)
    except (TypeError, ValueError):
        return None
    return made if math.isfinite(made) and not isinstance(value, bool) else None


def _whole(value: Any) -> int | None:
    made = _real(value)
    return int(made) if made is not None and made.is_integer() else None


_READERS: dict[Any, Callable[[Any], Any]] = {bool: _truth, str: _word, float: _real, int: _whole}


def check(config: BaseConfig, processes: int = 1) -> None:
    """Refuse values that cannot work together, before anything is loaded."""
    positive = ("dataset_size", "batch_size", "accumulation", "lora_r", "save_steps", "keep",
                "logging_steps", "eval_batch")  # fmt: skip
    for name in positive:
        if getattr(config, name) < 1:
            raise BadSetting(f"The setting {name} was {getattr(config, name)}; use at least 1.")
    if config.learning_rate < 0:
        raise BadSetting(f"The setting learning_rate was {config.learning_rate}; use 0 or more.")
    if isinstance(config, RLConfig):
        _check_groups(config, processes)


def _check_groups(config: RLConfig, processes: int) -> None:
    if config.num_generations < 2:
        raise BadSetting(
            f"The setting num_generations was {config.num_generations}; a group needs at least 2."
        )
    rollout = config.batch_size * config.accumulation * config.updates_per_rollout
    if config.updates_per_rollout < 1 or rollout % config.num_generations:
        raise BadSetting(
            f"batch_size x accumulation x updates_per_rollout is {rollout} completions per process;"
            f" it must be a multiple of num_generations ({config.num_generations})."
        )


def steps_per_generation(config: RLConfig) -> int:
    """Return how many backward passes one batch of completions feeds."""
    return config.accumulation * config.updates_per_rollout


def save_interval(config: BaseConfig) -> int:
    """Return `save_steps` rounded up to whole rollouts, so that a resumed run starts with one."""
    block = updates(config)
    return -(-config.save_steps // block) * block


def updates(config: BaseConfig) -> int:
    """Return how many optimizer steps one batch of completions feeds; 1 without rollouts."""
    if not isinstance(config, RLConfig):
        return 1
    return config.updates_per_rollout * config.num_iterations


def say(value: Any) -> str:
    """Write a default as the tables do."""
    if isinstance(value, tuple):
        return " ".join(map(str, value)) or "(none)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value) or "(none)"


def recipe_table(kind: type[BaseConfig]) -> str:
    """Return the Markdown table of a configuration, as RECIPES.md shows it."""
    lines = ["| setting | llm | tiny | meaning | source |", "|---|---|---|---|---|"]
    for entry in fields(kind):
        info: Mapping[str, Any] = entry.metadata
        source = info["source"]
        values = f"{say(entry.default)} | {say(info['tiny'])}"
        lines.append(f"| `{entry.name}` | {values} | {info['text']} | {source} |")
    return "\n".join(lines)
