"""DAPO on IaC environments: GRPO with four changes, all of them real.

    python -m agents.dapo --env IaC-K8s-v0
    python -m agents.dapo --env IaC-K8s-v0 --model Qwen/Qwen2.5-0.5B-Instruct

After DAPO (arXiv:2503.14476), without a KL term (section 2.3):

1. Clip-higher (3.1): the ratio may rise by 0.28 and fall by 0.2. It acts because each batch of
   completions feeds several updates; with one update the ratio would always be 1.
2. Dynamic sampling (3.2): prompts are drawn until the batch is full of groups whose rewards differ.
3. Token-level loss (3.3): every token of the batch weighs the same, in long and short completions.
4. Soft overlong punishment (3.4): completions that come near the limit lose up to 1, by tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agents.common import command
from agents.config import CARD, DAPO, RLConfig, setting


@dataclass(frozen=True)
class DAPOSettings(RLConfig):
    """Settings of DAPO."""

    learning_rate: float = setting(5e-6, "peak learning rate", source=CARD, tiny=6e-4,
                                   trl="learning_rate")  # fmt: skip
    epochs: float = setting(2.0, "passes over the training tasks", source=CARD,
                            trl="num_train_epochs")  # fmt: skip
    max_steps: int = setting(-1, "optimizer steps; -1: by epochs", tiny=130, trl="max_steps")
    batch_size: int = setting(8, "completions per device and backward pass", source=CARD, tiny=64)
    accumulation: int = setting(2, "backward passes per optimizer step", source=CARD, tiny=1)
    num_generations: int = setting(8, "completions per prompt (group size)", source=CARD,
                                   trl="num_generations")  # fmt: skip
    updates_per_rollout: int = setting(
        16, "optimizer steps on one batch of completions", tiny=2, source=f"{DAPO}, section 4.1"
    )
    beta: float = setting(0.0, "weight of the KL term", trl="beta",
                          source=f"{DAPO}, section 2.3; {CARD}")  # fmt: skip
    epsilon: float = setting(0.2, "clipping of the ratio, lower side", trl="epsilon",
                             source=f"{DAPO}, section 4.1")  # fmt: skip
    epsilon_high: float = setting(0.28, "clip-higher: clipping of the ratio, upper side",
                                  trl="epsilon_high", source=f"{DAPO}, section 3.1")  # fmt: skip
    loss_type: str = setting("dapo", "token-level loss: a mean over all tokens of the batch",
                             trl="loss_type", source=f"{DAPO}, section 3.3")  # fmt: skip
    scale_rewards: str = setting("group", "advantages are divided by the group's deviation",
                                 source=f"{DAPO}, equation 9", trl="scale_rewards",
                                 choices=("group", "none"))  # fmt: skip
    dynamic_sampling: bool = setting(
        True, "draw prompts until every group of the batch has rewards that differ",
        source=f"{DAPO}, section 3.2",
    )  # fmt: skip
    filter_metric: str = setting(
        "total", "the reward whose equality makes a group uninformative",
        source=f"{DAPO}, section 3.2 (there: correctness)",
        choices=("total", "syntax", "correctness", "format", "solved", "passed"),
    )  # fmt: skip
    max_rounds: int = setting(10, "most rounds of generation for one batch")
    overlong_punishment: bool = setting(
        True, "soft punishment of long completions", source=f"{DAPO}, section 3.4"
    )
    overlong_cache: float = setting(
        0.2, "interval of the punishment: tokens, or a share of the longest completion below 1",
        source=f"{DAPO}, section 4.1 (4,096 of 20,480 tokens)",
    )  # fmt: skip
    overlong_filtering: bool = setting(
        False, "leave truncated completions out of the loss",
        trl="mask_truncated_completions", source=f"{DAPO}, section 3.4",
    )  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run `python -m agents.dapo`; returns the exit code."""
    return command("dapo", DAPOSettings, __doc__ or "", argv)


if __name__ == "__main__":
    raise SystemExit(main())
