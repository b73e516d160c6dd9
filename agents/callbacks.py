"""What happens beside training: metrics to the run folder, progress, stopping without loss."""

from __future__ import annotations

import signal
import time
from types import FrameType, TracebackType
from typing import Any

import torch
from accelerate import PartialState
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from agents.run_folder import RunFolder

#: What the progress line shows: (name, key of the log).
SHOWN = (
    ("loss", "loss"),
    ("solved", "rewards/solved/mean"),
    ("reward", "reward"),
    ("accepted", "dapo/accept_rate"),
    ("tokens", "completions/mean_length"),
)


class MetricsWriter(TrainerCallback):
    """Writes every log line to metrics.jsonl as it comes."""

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.began = time.monotonic()

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """Append the line."""
        if state.is_world_process_zero and logs:
            seconds = round(time.monotonic() - self.began, 2)
            self.folder.append("metrics.jsonl", {"step": state.global_step, "s": seconds, **logs})


class ProgressShower(TrainerCallback):
    """A progress bar on a terminal; about twenty plain lines elsewhere."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.bar: Progress | None = None
        self.last: dict[str, float] = {}

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **more: Any
    ) -> None:
        """Open the bar."""
        if state.is_world_process_zero and self.console.is_terminal:
            self.bar = Progress(
                TextColumn("training"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
                TextColumn("{task.fields[words]}"), console=self.console,
            )  # fmt: skip
            self.bar.start()
            self.bar.add_task("", total=state.max_steps, completed=state.global_step, words="")

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """Show the line."""
        if not state.is_world_process_zero or not logs or "train_runtime" in logs:
            return
        found = {name: logs.get(key) for name, key in SHOWN}
        # steps that use an earlier rollout log the loss alone: keep that rollout's numbers
        self.last |= {name: value for name, value in found.items() if value is not None}
        words = ", ".join(f"{name} {value:.3g}" for name, value in self.last.items())
        every = max(1, state.max_steps // 20)
        if self.bar:
            self.bar.update(self.bar.task_ids[0], words=words)
        elif state.global_step % every == 0 or state.global_step == 1:
            self.console.print(f"step {state.global_step}/{state.max_steps}: {words}")

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **more: Any
    ) -> None:
        """Move the bar."""
        if self.bar:
            self.bar.update(self.bar.task_ids[0], completed=state.global_step)

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **more: Any
    ) -> None:
        """Close the bar."""
        self.close()

    def close(self) -> None:
        """Close the bar, also after an error."""
        if self.bar:
            self.bar.stop()
            self.bar = None


class Stopper(TrainerCallback):
    """Turns Ctrl-C and SIGTERM into: finish the updates of this rollout, save, stop.

    A second signal stops at once. `block` is the number of steps that one rollout feeds. Use as a
    context manager around training; `stopped` says afterwards whether it was interrupted.
    """

    def __init__(self, block: int, console: Console) -> None:
        self.block = block
        self.console = console
        self.stopped = False
        self._asked = False
        self._former: dict[int, Any] = {}

    def __enter__(self) -> Stopper:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._former[number] = signal.signal(number, self._ask)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True
        self.console.print("Stopping after this rollout's updates; once more stops at once.")

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **more: Any
    ) -> None:
        """Stop where a rollout's updates end, in all processes at the same step."""
        if state.global_step % self.block == 0 and self._any_asked():
            self.stopped = True
            control.should_training_stop = True
            control.should_save = True

    def _any_asked(self) -> bool:
        shared: Any = PartialState()
        if shared.num_processes == 1:
            return self._asked
        asked = torch.tensor(float(self._asked), device=shared.device)
        torch.distributed.all_reduce(asked)
        return bool(asked.item() > 0)
