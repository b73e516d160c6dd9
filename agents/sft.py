"""Supervised fine-tuning on the reference answers of an environment's `train` tasks.

    python -m agents.sft --env IaC-K8s-v0
    python -m agents.sft --env IaC-K8s-v0 --model Qwen/Qwen2.5-0.5B-Instruct --qlora

The loss is the negative log-likelihood of the answer's tokens alone. It teaches a model the form of
the answers before GRPO or DAPO teach it to satisfy the verifier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agents.common import command
from agents.config import LORA, QLORA, BaseConfig, setting


@dataclass(frozen=True)
class SFTSettings(BaseConfig):
    """Settings of supervised fine-tuning."""

    learning_rate: float = setting(2e-4, "peak learning rate", source=f"{QLORA}, appendix B.2",
                                   tiny=2e-4, trl="learning_rate")  # fmt: skip
    epochs: float = setting(3.0, "passes over the training tasks", trl="num_train_epochs")
    max_steps: int = setting(-1, "optimizer steps; -1: by epochs", tiny=150, trl="max_steps")
    batch_size: int = setting(8, "examples per device and backward pass", tiny=16)
    accumulation: int = setting(2, "backward passes per optimizer step", tiny=1)
    lora_r: int = setting(16, "rank of the adapter", source=f"{LORA}, section 7.2")
    scheduler: str = setting("linear", "learning-rate schedule", trl="lr_scheduler_type")
    shuffle: bool = setting(True, "shuffle the examples", trl="shuffle_dataset")


def main(argv: Sequence[str] | None = None) -> int:
    """Run `python -m agents.sft`; returns the exit code."""
    return command("sft", SFTSettings, __doc__ or "", argv)


if __name__ == "__main__":
    raise SystemExit(main())
