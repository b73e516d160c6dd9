"""What `agents.sft`, `agents.grpo` and `agents.dapo` share: from a command line to a report.

Evaluate, train, evaluate again on the same tasks, write the report. torch and TRL are imported only
once the command line is known to be good, after the environment variables that they read are set.
"""

from __future__ import annotations

import logging
import os
import sys
import time
import warnings
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from agents.config import (
    AnyConfig,
    BadSetting,
    BaseConfig,
    RLConfig,
    save_interval,
    steps_per_generation,
    trl_values,
    updates,
)
from agents.options import is_tiny, parse, trl_options
from agents.run_folder import RunFolder, folder_for
from iac_gym.errors import IaCGymError, missing_extra

if TYPE_CHECKING:
    from agents.callbacks import Stopper
    from agents.evaluate import Measurement
    from agents.models import Lengths, Loaded, Tasks

#: Exit codes: bad input, and interrupted by the user.
BAD_INPUT, INTERRUPTED = 2, 130


def command(
    algorithm: str, kind: type[AnyConfig], about: str, argv: Sequence[str] | None = None
) -> int:
    """Run an agent from its command line; returns the exit code. Bad input: one sentence, 2."""
    try:
        config = parse(algorithm, kind, about, sys.argv[1:] if argv is None else argv)
        prepare_process(config)
        return _evaluate_only(config) if algorithm == "evaluate" else run(algorithm, config)
    except IaCGymError as error:
        if os.environ.get("LOCAL_RANK", "0") == "0":
            print(f"agents.{algorithm}: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        if os.environ.get("LOCAL_RANK", "0") == "0":
            print(
                f"agents.{algorithm}: stopped. What the run folder holds is kept; "
                "--resume RUN_FOLDER goes on from its last checkpoint.",
                file=sys.stderr,
            )
        return INTERRUPTED


def prepare_process(config: BaseConfig) -> None:
    """Set what torch and the Hugging Face libraries read from the environment when imported."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    if is_tiny(config.model) or Path(config.model).is_dir():
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # threads that spin while they wait make two processes on two cores several times slower
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("GOMP_SPINCOUNT", "0")
    os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
    warnings.filterwarnings("ignore", category=FutureWarning)
    try:
        import trl  # noqa: F401
        from datasets import disable_progress_bars
    except ImportError as error:
        raise missing_extra(error.name or "trl", "train") from None
    disable_progress_bars()
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)


class Job:
    """One run: its configuration, folder, model, tasks and console."""

    def __init__(self, algorithm: str, config: BaseConfig) -> None:
        from accelerate import PartialState

        self.algorithm = algorithm
        self.config = config
        self.state: Any = PartialState(cpu=not _cuda())
        self.main = self.state.is_main_process
        wide = None if sys.stdout.isatty() else 120
        self.console = Console(quiet=not self.main, highlight=False, soft_wrap=True, width=wide)
        self.folder = RunFolder(self._shared_path(), writes=self.main)
        self.loaded: Loaded = _load(config)
        self.train, self.test, self.lengths = _tasks(config, self.loaded)

    def _shared_path(self) -> Path:
        """Return the run folder; all processes take the main one's (its name holds the time)."""
        from accelerate.utils import broadcast_object_list

        path = [str(folder_for(self.algorithm, self.config))]
        if self.state.num_processes > 1:
            broadcast_object_list(path)
        return Path(path[0])


def _cuda() -> bool:
    import torch

    return torch.cuda.is_available()


def _load(config: BaseConfig) -> Loaded:
    from agents.models import load_model

    return load_model(config)


def _tasks(config: BaseConfig, loaded: Loaded) -> tuple[Tasks, Tasks, Lengths]:
    """Draw training and test tasks and divide the context among prompt and completion."""
    from agents.models import draw_ids, fit, prompts_of, short_enough

    train_ids = draw_ids(config, "train", config.dataset_size, config.seed)
    test_ids = draw_ids(config, "test", config.eval_size, config.eval_seed)
    train_prompts, train_lengths = prompts_of(train_ids, loaded)
    test_prompts, test_lengths = prompts_of(test_ids, loaded)
    lengths = fit(config, loaded.context, max([*train_lengths, *test_lengths]))
    train = short_enough(train_ids, train_prompts, train_lengths, lengths.prompt)
    test = short_enough(test_ids, test_prompts, test_lengths, lengths.prompt)
    return train, test, lengths


def _use_bf16(config: BaseConfig) -> bool:
    import torch

    if config.bf16 != "auto":
        return config.bf16 == "yes"
    return torch.cuda.is_available() and torch.cuda.is_bf16_supported()


def trl_arguments(job: Job, trl_config: type) -> Any:
    """Build TRL's configuration from ours."""
    config = job.config
    values = trl_values(config) | {
        "output_dir": str(job.folder.checkpoints),
        "per_device_train_batch_size": config.batch_size,
        "gradient_accumulation_steps": config.accumulation,
        "save_strategy": "steps",
        "save_steps": save_interval(config),
        "bf16": _use_bf16(config),
        "use_cpu": not _cuda(),
        "disable_tqdm": True,
        "report_to": "none",
        "logging_first_step": True,
        _checkpointing(trl_config): config.gradient_checkpointing,
    }
    if isinstance(config, RLConfig):
        values["steps_per_generation"] = steps_per_generation(config)
        values["max_completion_length"] = job.lengths.completion
        values["remove_unused_columns"] = False
    else:
        values["max_length"] = job.lengths.prompt + job.lengths.completion
    values |= trl_options(config, trl_config)
    try:
        return trl_config(**values)
    except (ValueError, TypeError, ImportError) as error:
        raise refused(error) from None


def _checkpointing(trl_config: type) -> str:
    """Return the name that the installed transformers gives to gradient checkpointing."""
    names = {entry.name for entry in fields(trl_config)}
    return next(name for name in ("activation_checkpointing", "gradient_checkpointing")
                if name in names)  # fmt: skip


def refused(error: Exception) -> BadSetting:
    """Say in one sentence what TRL or transformers does not accept."""
    return BadSetting(f"TRL refuses this configuration: {' '.join(str(error).split())}")


def lora_of(config: BaseConfig, model: Any) -> Any:
    """Return the LoRA configuration, None for full fine-tuning or a model that has an adapter."""
    if not config.lora or hasattr(model, "peft_config"):
        return None
    from peft import LoraConfig

    names = {name.rsplit(".", 1)[-1] for name, _ in model.named_modules()}
    if missing := [name for name in config.lora_targets if name not in names]:
        raise BadSetting(
            f"The model has no module {missing[0]!r} for LoRA; name its attention projections with "
            f"--lora-targets, or use --no-lora."
        )
    return LoraConfig(
        r=config.lora_r,
        lora_alpha=config.lora_alpha,
        lora_dropout=config.lora_dropout,
        target_modules=list(config.lora_targets),
        task_type="CAUSAL_LM",
    )


def _build(job: Job) -> Any:
    """Build the TRL trainer of an algorithm."""
    from agents import build

    return build.sft_trainer(job) if job.algorithm == "sft" else build.rl_trainer(job)


def run(algorithm: str, config: BaseConfig) -> int:
    """Evaluate, train, evaluate, report; returns the exit code."""
    began = time.monotonic()
    job = Job(algorithm, config)
    job.folder.start(algorithm, config)
    trainer = _build(job)
    _introduce(job, trainer)
    before = _measured(job, trainer, "before")
    stopper = _train(job, trainer)
    if stopper.stopped:
        _write_report(job, before, None)
        job.console.print(
            f"Stopped at step {trainer.state.global_step}; nothing is lost. Go on with:\n"
            f"  python -m agents.{algorithm} --resume {job.folder.path}"
        )
        return INTERRUPTED
    trainer.save_model(str(job.folder.model))
    if job.main:
        job.loaded.tokenizer.save_pretrained(str(job.folder.model))
    after = _measured(job, trainer, "after")
    _show(job, before, after)
    _write_report(job, before, after)
    job.console.print(f"Report: {job.folder.path / 'report.html'}")
    job.console.print(f"Model:  {job.folder.model}")
    job.console.print(f"{time.monotonic() - began:.0f} s in all.")
    return 0


def _introduce(job: Job, trainer: Any) -> None:
    config, console = job.config, job.console
    environment = os.environ
    if environment.get("ACCELERATE_USE_CPU", "").lower() == "true" and (
        "MASTER_ADDR" in environment and "WORLD_SIZE" not in environment
    ):
        console.print(
            "Note: `accelerate launch --cpu --num_processes N` started one process only (it needs "
            "mpirun). For N processes: ACCELERATE_USE_CPU=true accelerate launch --multi_gpu ..."
        )
    weights = sum(parameter.numel() for parameter in job.loaded.model.parameters())
    trained = sum(p.numel() for p in trainer.model.parameters() if p.requires_grad)
    way = "LoRA" if config.lora else "full fine-tuning"
    console.print(f"{job.algorithm} on {', '.join(config.env)} in {job.folder.path}")
    console.print(
        f"Model {config.model}: {weights:,} weights, {trained:,} of them trained ({way}); "
        f"values of the profile {config.profile}."
    )
    console.print(_tasks_line("Training", job.train) + _tasks_line(" Test", job.test))
    console.print(
        f"Context: {job.lengths.prompt} tokens of prompt, {job.lengths.completion} of completion."
    )


def _tasks_line(name: str, tasks: Tasks) -> str:
    levels = sorted({_level(task_id) for task_id in tasks.ids})
    spoken = ", ".join(map(str, levels))
    long = f"; {tasks.dropped} more had too long a prompt" if tasks.dropped else ""
    return f"{name}: {len(tasks.ids)} tasks (difficulty {spoken}{long})."


def _level(task_id: str) -> int:
    from iac_gym.grading import load_task

    return load_task(task_id).difficulty


def _sharded(trainer: Any) -> bool:
    plugin = getattr(trainer.accelerator.state, "deepspeed_plugin", None)
    return bool(trainer.is_fsdp_enabled or (plugin and plugin.zero_stage == 3))


def _measured(job: Job, trainer: Any, when: str) -> Measurement | None:
    """Measure the model, or take the measurement that the interrupted run had made."""
    from agents.evaluate import Measurement

    stored = job.folder.read_json("evaluation.json") or {}
    if stored.get("ids") != list(job.test.ids):
        stored = {"ids": list(job.test.ids)}
    elif when == "before" and stored.get(when):
        return Measurement.from_json(stored[when])
    if not job.config.evaluate:
        return None
    if _sharded(trainer):
        job.console.print("Sharded weights are not measured here; use agents.evaluate afterwards.")
        return None
    model = trainer.accelerator.unwrap_model(trainer.model)
    found = _measure(job, replace(job.loaded, model=model), f"Measuring {when} training")
    job.console.print(
        f"Solved {when} training: {found.sampled.solved:.1%} sampled, "
        f"{found.greedy.solved:.1%} greedy."
    )
    job.folder.write_json("evaluation.json", stored | {when: found.to_json()})
    return found


def _measure(job: Job, loaded: Loaded, title: str) -> Measurement:
    """Measure a model on the job's test tasks, with a bar on a terminal."""
    from rich.progress import Progress

    from agents.evaluate import measure

    count = len(job.test.ids)
    job.console.print(f"{title} on {count} test tasks ...")
    with Progress(console=job.console, transient=True, disable=not job.console.is_terminal) as bar:
        mine = -(-count // job.state.num_processes)
        asked = bar.add_task(title, total=2 * mine)
        return measure(
            loaded,
            job.test,
            seed=job.config.eval_seed,
            max_new_tokens=job.lengths.completion,
            batch=job.config.eval_batch,
            workers=job.config.workers,
            progress=lambda new: bar.advance(asked, new),
        )


def _train(job: Job, trainer: Any) -> Stopper:
    from transformers import PrinterCallback

    from agents.callbacks import MetricsWriter, ProgressShower, Stopper

    config = job.config
    shower, stopper = ProgressShower(job.console), Stopper(updates(config), job.console)
    trainer.remove_callback(PrinterCallback)
    for callback in (MetricsWriter(job.folder), shower, stopper):
        trainer.add_callback(callback)
    checkpoint = job.folder.last_checkpoint() if config.resume else None
    step = int(checkpoint.name.removeprefix("checkpoint-")) if checkpoint else 0
    for name in ("metrics.jsonl", "rollouts.jsonl"):
        job.folder.cut(name, step)
    if config.resume:
        job.console.print(f"Going on after step {step}.")
    try:
        with stopper:
            trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    finally:
        shower.close()
    return stopper


def _show(job: Job, before: Measurement | None, after: Measurement | None) -> None:
    from agents.evaluate import table

    rows = table(before, after)
    if len(rows) < 2:
        return
    shown = Table(title=f"Solved test tasks of {', '.join(job.config.env)}, 95 % intervals")
    for place, title in enumerate(rows[0]):
        shown.add_column(title, justify="right" if place else "left")
    for row in rows[1:]:
        shown.add_row(*row)
    job.console.print(shown)
    total = [
        f"{way}: {getattr(before, way).solved:.1%} -> {getattr(after, way).solved:.1%}"
        for way in ("sampled", "greedy")
        if before and after
    ]
    job.console.print("; ".join(total))


def _write_report(job: Job, before: Measurement | None, after: Measurement | None) -> None:
    from agents.report import report

    if job.main:
        job.folder.write_text("report.html", report(job.folder, before, after))


def _evaluate_only(config: BaseConfig) -> int:
    """Measure one model and print the table."""
    from agents.evaluate import table

    job = Job("evaluate", config)
    found = _measure(job, job.loaded, f"Measuring {config.model}")
    shown = Table(title=f"{config.model} on {', '.join(config.env)}: solved, 95 % intervals")
    rows = table(found, None, families=True)
    for title in rows[0]:
        shown.add_column(title.removesuffix(", before"))
    for row in rows[1:]:
        shown.add_row(*row)
    job.console.print(_tasks_line("Test", job.test))
    job.console.print(shown)
    if config.output:
        job.folder.start("evaluate", config)
        job.folder.write_json("evaluation.json", {"ids": job.test.ids, "before": found.to_json()})
    return 0
