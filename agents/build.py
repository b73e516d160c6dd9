"""The TRL trainers, built from a job: data set, reward functions, the algorithm's own parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer, SFTConfig, SFTTrainer

from agents.common import lora_of, refused, trl_arguments
from agents.config import BadSetting, RLConfig
from agents.models import answer_of
from agents.rewards import OverlongPunishment, Scorer
from agents.trainers import DAPOTrainer
from iac_gym.grading import Grade, load_task

if TYPE_CHECKING:
    from agents.common import Job


def sft_trainer(job: Job) -> Any:
    """Build the trainer of `agents.sft`: prompts with their reference answers."""
    rows = [
        {"prompt": prompt, "completion": answer_of(load_task(task_id), job.loaded.format)}
        for task_id, prompt in zip(job.train.ids, job.train.prompts, strict=True)
    ]
    return _built(
        SFTTrainer,
        job,
        args=trl_arguments(job, SFTConfig),
        train_dataset=Dataset.from_list(rows),
    )


def rl_trainer(job: Job) -> Any:
    """Build the trainer of `agents.grpo` or `agents.dapo`."""
    config = job.config
    if not isinstance(config, RLConfig):
        raise BadSetting(f"agents.{job.algorithm} needs the settings of a reinforcement learner.")
    scorer = Scorer(config.workers, recorder(job, config.rollouts))
    functions: list[Any] = list(scorer.functions())
    weights = [1.0] + [0.0] * (len(functions) - 1)
    options: dict[str, Any] = {}
    kind: type[GRPOTrainer] = GRPOTrainer
    if getattr(config, "overlong_punishment", False):
        functions.append(overlong(config, job.lengths.completion, scorer))
        weights.append(1.0)
    if getattr(config, "dynamic_sampling", False):
        kind = DAPOTrainer
        options = {
            "filter_metric": config.filter_metric,  # type: ignore[attr-defined]
            "max_rounds": config.max_rounds,  # type: ignore[attr-defined]
        }
    args = trl_arguments(job, GRPOConfig)
    if args.reward_weights is None:
        args.reward_weights = weights
    rows = [
        {"prompt": prompt, "task_id": task_id}
        for task_id, prompt in zip(job.train.ids, job.train.prompts, strict=True)
    ]
    trainer = _built(
        kind,
        job,
        args=args,
        reward_funcs=functions,
        train_dataset=Dataset.from_list(rows),
        **options,
    )
    if config.fast_sampler:
        from agents.sampler import attach

        attach(trainer)
    return trainer


def overlong(config: RLConfig, longest: int, scorer: Scorer | None) -> OverlongPunishment:
    """Build the soft overlong punishment; a cache below 1 is a share of the longest completion."""
    cache = getattr(config, "overlong_cache", 0.2)
    return OverlongPunishment(longest, round(cache * longest) if cache < 1 else int(cache), scorer)


def _built(kind: Any, job: Job, **options: Any) -> Any:
    """Call a trainer's constructor; what it refuses is bad input, said in one sentence."""
    adapter = lora_of(job.config, job.loaded.model)
    try:
        return kind(
            model=job.loaded.model,
            processing_class=job.loaded.tokenizer,
            peft_config=adapter,
            **options,
        )
    except (ValueError, ImportError) as error:
        raise refused(error) from None


def recorder(job: Job, count: int) -> Any:
    """Return a function that writes `count` completions of each step's first batch."""
    seen = -1

    def record(step: int, grades: list[Grade], texts: list[str], lengths: list[int]) -> None:
        nonlocal seen
        if step == seen:  # a later round of dynamic sampling
            return
        seen = step
        stride = max(1, len(grades) // max(count, 1))
        for place in range(0, len(grades), stride)[:count]:
            grade = grades[place]
            job.folder.append(
                "rollouts.jsonl",
                {
                    "step": step,
                    "task_id": grade.task_id,
                    "completion": texts[place],
                    "tokens": lengths[place],
                    "reward": grade.reward.as_dict(),
                    "diagnostics": [str(found) for found in grade.verdict.diagnostics],
                    "unscored": grade.verdict.unscored,
                },
            )

    return record
