"""GRPO on IaC environments: the verifier's reward, normalised in groups of completions.

    python -m agents.grpo --env IaC-K8s-v0
    python -m agents.grpo --env IaC-K8s-v0 --model Qwen/Qwen2.5-0.5B-Instruct

After DeepSeekMath (arXiv:2402.03300): advantage = (reward - mean) / std within a group, a mean over
each sequence and then over sequences, one update for each batch of completions, and a KL term
with the unbiased estimator k3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agents.common import command
from agents.config import CARD, DEEPSEEKMATH, RLConfig, setting


@dataclass(frozen=True)
class GRPOSettings(RLConfig):
    """Settings of GRPO."""

    learning_rate: float = setting(5e-6, "peak learning rate", source=CARD, tiny=2e-4,
                                   trl="learning_rate")  # fmt: skip
    epochs: float = setting(3.0, "passes over the training tasks", source=CARD,
                            trl="num_train_epochs")  # fmt: skip
    max_steps: int = setting(-1, "optimizer steps; -1: by epochs", tiny=60, trl="max_steps")
    batch_size: int = setting(8, "completions per device and backward pass", source=CARD, tiny=64)
    accumulation: int = setting(2, "backward passes per optimizer step", source=CARD, tiny=1)
    num_generations: int = setting(4, "completions per prompt (group size)", source=CARD, tiny=8,
                                   trl="num_generations")  # fmt: skip
    updates_per_rollout: int = setting(
        1, "optimizer steps on one batch of completions", source=f"{DEEPSEEKMATH}, section 4.2"
    )
    beta: float = setting(0.04, "weight of the KL term", trl="beta", tiny=0.04,
                          source=f"{DEEPSEEKMATH}, section 4.2; {CARD}")  # fmt: skip
    epsilon: float = setting(0.2, "clipping of the ratio, both sides", trl="epsilon",
                             source="PPO, arXiv:1707.06347, section 6.1")  # fmt: skip
    loss_type: str = setting("grpo", "mean over each sequence, then over sequences",
                             source=f"{DEEPSEEKMATH}, equation 3", trl="loss_type")  # fmt: skip
    scale_rewards: str = setting("group", "advantages are divided by the group's deviation",
                                 source=f"{DEEPSEEKMATH}, section 4.1.2", trl="scale_rewards",
                                 choices=("group", "batch", "none"))  # fmt: skip
    use_bias_correction_kl: bool = setting(
        False, "multiply the KL term by the ratio", trl="use_bias_correction_kl",
        source=f"{DEEPSEEKMATH}, equation 4 (no correction)",
    )  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run `python -m agents.grpo`; returns the exit code."""
    return command("grpo", GRPOSettings, __doc__ or "", argv)


if __name__ == "__main__":
    raise SystemExit(main())
