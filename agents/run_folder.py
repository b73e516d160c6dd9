"""The folder of a run: what was asked, with which versions, and everything that happened.

config.yaml       every setting, under the names of the options
versions.json     Python, libraries, commit, command line, seed, machine
metrics.jsonl     one line per logged step, written as it happens
rollouts.jsonl    sampled completions with their rewards and diagnostics
evaluation.json   the measurements before and after, task by task
checkpoints/      checkpoint-N, enough to go on with `--resume`
model/            the trained model (or adapter) and its tokenizer
report.html       all of it to look at, in one file
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
import platform
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import yaml

from agents.config import BadSetting, BaseConfig

PACKAGES = ("iac-gym", "torch", "trl", "transformers", "peft", "accelerate", "datasets",
            "tokenizers", "bitsandbytes", "vllm")  # fmt: skip


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold: no NaN, no infinity, no tensor."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if hasattr(value, "item") and not isinstance(value, (int, float)):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _write(path: Path, text: str) -> None:
    """Write a file so that it is never seen half written."""
    scratch = path.with_name(path.name + ".part")
    scratch.write_text(text, encoding="utf-8")
    os.replace(scratch, path)


def _commit() -> str:
    """Return the commit of the source tree that runs, with `+changes`; "" outside a repository."""
    here = Path(__file__).resolve().parent.parent
    if not (here / ".git").exists():
        return ""
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--dirty=+changes", "--exclude=*", "--abbrev=40"],
            cwd=here, capture_output=True, text=True, timeout=10, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return found.stdout.strip()


def versions(algorithm: str, seed: int) -> dict[str, Any]:
    """Return what is needed to repeat the run, besides its configuration."""
    found: dict[str, str] = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "python": platform.python_version(),
        "packages": found,
        "commit": _commit(),
        "command": shlex.join(["python", "-m", f"agents.{algorithm}", *sys.argv[1:]]),
        "seed": seed,
        "platform": platform.platform(),
        "cores": os.cpu_count(),
        "processes": int(os.environ.get("WORLD_SIZE", "1")),
        "started": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }


class RunFolder:
    """The folder of one run. Only the main process writes (`writes`)."""

    def __init__(self, path: Path, *, writes: bool = True) -> None:
        self.path = path
        self.writes = writes

    @property
    def checkpoints(self) -> Path:
        """Where TRL puts its checkpoints."""
        return self.path / "checkpoints"

    @property
    def model(self) -> Path:
        """Where the trained model is saved."""
        return self.path / "model"

    def start(self, algorithm: str, config: BaseConfig) -> None:
        """Create the folder and write configuration and versions."""
        if not self.writes:
            return
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadSetting(
                f"The run folder {self.path} cannot be created ({error.strerror}); "
                "choose another --output."
            ) from None
        values: dict[str, Any] = {"algorithm": algorithm}
        for entry in dataclasses.fields(config):
            value = getattr(config, entry.name)
            values[entry.name] = list(value) if isinstance(value, tuple) else value
        values.pop("resume")
        _write(self.path / "config.yaml", yaml.safe_dump(values, sort_keys=False))
        former = self.read_json("versions.json")
        starts = [*former.pop("earlier", []), former] if isinstance(former, dict) else []
        self.write_json("versions.json", {**versions(algorithm, config.seed), "earlier": starts})

    def append(self, name: str, row: dict[str, Any]) -> None:
        """Append one line to a JSONL file; it is on disk when this returns."""
        if self.writes:
            with (self.path / name).open("a", encoding="utf-8") as file:
                file.write(json.dumps(_plain(row), ensure_ascii=False) + "\n")

    def read_lines(self, name: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of a JSONL file; a last line that was cut off is left out."""
        try:
            text = (self.path / name).read_text(encoding="utf-8")
        except OSError:
            return
        for line in text.splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue

    def cut(self, name: str, step: int) -> None:
        """Drop the rows of a JSONL file after a step: a resumed run makes them again."""
        if self.writes and (self.path / name).is_file():
            rows = [row for row in self.read_lines(name) if row.get("step", 0) <= step]
            _write(
                self.path / name,
                "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows),
            )

    def write_json(self, name: str, value: Any) -> None:
        """Write a JSON file."""
        if self.writes:
            _write(self.path / name, json.dumps(_plain(value), ensure_ascii=False, indent=1) + "\n")

    def read_json(self, name: str) -> Any:
        """Return the content of a JSON file, None where there is none."""
        try:
            return json.loads((self.path / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def write_text(self, name: str, text: str) -> None:
        """Write a text file."""
        if self.writes:
            _write(self.path / name, text)

    def last_checkpoint(self) -> Path | None:
        """Return the newest complete checkpoint: the trainer's state is written last."""
        found = []
        for path in self.checkpoints.glob("checkpoint-*"):
            step = path.name.removeprefix("checkpoint-")
            if not step.isdigit():
                continue
            try:
                json.loads((path / "trainer_state.json").read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
            found.append((int(step), path))
        return max(found)[1] if found else None


def folder_for(algorithm: str, config: BaseConfig) -> Path:
    """Return the run folder of a configuration: as asked, or a new one under `runs/`."""
    if config.output:
        return Path(config.output)
    names = "+".join(config.env)
    base = Path("runs") / f"{algorithm}-{names}-{time.strftime('%Y%m%d-%H%M%S')}"
    path, turn = base, 1
    while path.exists():
        turn += 1
        path = base.with_name(f"{base.name}-{turn}")
    return path
