"""Make the embedded model: corpus, tokenizer, weights, card. One command, from a seed.

python -m agents.tiny --output runs/tiny          goes on from a checkpoint if there is one
python -m agents.tiny --toy --output runs/toy     the same way in about a minute
python -m agents.tiny --ship                      also replaces the checkpoint of the package
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

for _name, _value in {
    "OMP_WAIT_POLICY": "PASSIVE",
    "GOMP_SPINCOUNT": "0",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
}.items():
    os.environ.setdefault(_name, _value)

import torch  # noqa: E402

from agents.tiny import model_folder  # noqa: E402
from agents.tiny.corpus import (  # noqa: E402
    ENV,
    LEVELS,
    Example,
    build_corpus,
    digest,
)
from agents.tiny.measure import Measured, measure  # noqa: E402
from agents.tiny.model import CONTEXT, config_for, new_model  # noqa: E402
from agents.tiny.pretrain import Feed, Run, Settings  # noqa: E402
from agents.tiny.ship import record, write  # noqa: E402
from agents.tiny.tokenizer import train_tokenizer  # noqa: E402
from iac_gym.grading import sample_ids  # noqa: E402

#: The one-minute run: the same way, with numbers that only prove that it can be gone.
TOY = {
    "size": 400, "steps": 30, "warmup": 5, "decay": 10, "save_every": 10, "measure_every": 15,
    "measured": 8,
}  # fmt: skip
#: Examples from which the tokenizer learns.
VOCABULARY_SIZE = 8000


def _settings(arguments: list[str]) -> tuple[Settings, argparse.Namespace]:
    parser = argparse.ArgumentParser(
        prog="python -m agents.tiny", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--output", type=Path, default=Path("runs/tiny"), help="folder of the run")
    parser.add_argument("--toy", action="store_true", help="a run of about a minute")
    parser.add_argument("--ship", action="store_true", help="replace the package's checkpoint")
    for entry in fields(Settings):
        name = "--" + entry.name.replace("_", "-")
        kind = type(entry.default)
        parser.add_argument(name, type=kind, default=None, help=f"default: {entry.default}")
    options = parser.parse_args(arguments)
    given = {entry.name: getattr(options, entry.name) for entry in fields(Settings)}
    chosen = {name: value for name, value in given.items() if value is not None}
    return replace(Settings(), **((TOY if options.toy else {}) | chosen)), options


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def _corpus(settings: Settings) -> list[Example]:
    _say(f"building {settings.size} tasks of {ENV}")
    examples: list[Example] = []
    for example in build_corpus(settings.size, settings.seed):
        examples.append(example)
        if len(examples) % 20_000 == 0:
            _say(f"{len(examples)} tasks")
    return examples


def _texts(examples: list[Example]) -> list[str]:
    chosen = examples[:VOCABULARY_SIZE]
    return [text for one in chosen for text in (one.instruction, one.answer)]


def _train(run: Run, feed: Feed, tokenizer: Any) -> None:
    settings = run.settings
    ids = sample_ids(ENV, "val", settings.measured, settings.seed, levels=LEVELS)
    loss = 0.0
    for batch in feed:
        if run.step >= settings.steps:
            return
        now = run.advance(batch)
        loss = now if not loss else 0.98 * loss + 0.02 * now
        run.window, run.offset = feed.window, feed.offset
        if run.step % 100 == 0:
            speed = run.tokens / max(run.seconds, 1e-9)
            _say(f"step {run.step}/{settings.steps} loss {loss:.3f} {speed:,.0f} tokens/s")
        if run.step % settings.measure_every == 0:
            rates = {
                f"val_{name}": measure(run.model, tokenizer, ids, temperature).solved
                for name, temperature in (("sampled", 1.0), ("greedy", 0.0))
            }
            run.log(loss=round(loss, 4), **rates)
            _say(f"step {run.step} " + " ".join(f"{k} {v:.3f}" for k, v in rates.items()))
        if run.step % settings.save_every == 0:
            run.save()


def _final(model: Any, tokenizer: Any, settings: Settings) -> dict[str, Measured]:
    measured = {}
    for split in ("val", "test"):
        ids = sample_ids(ENV, split, 2 * settings.measured, settings.seed + 1, levels=LEVELS)
        for name, temperature in (("sampled at 1.0", 1.0), ("greedy", 0.0)):
            measured[f"{split}, {name}"] = measure(model, tokenizer, ids, temperature)
    return measured


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    settings, options = _settings(sys.argv[1:] if arguments is None else arguments)
    folder: Path = options.output
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(settings.threads)
    examples = _corpus(settings)
    tokenizer = train_tokenizer(_texts(examples), CONTEXT)
    model = new_model(config_for(tokenizer), settings.seed)
    run = Run(model, settings, folder)
    if run.load():
        _say(f"going on from step {run.step}")
    parameters = sum(parameter.numel() for parameter in model.parameters())
    _say(f"{parameters:,} parameters, vocabulary {len(tokenizer)}")
    _train(run, Feed(examples, tokenizer, settings, run.window, run.offset), tokenizer)
    run.save()
    counts = {
        "tasks in the corpus": len(examples),
        "sha256 of the corpus": digest(examples),
        "steps": run.step,
        "tokens seen, with padding": run.tokens,
        "seconds of training": round(run.seconds),
    }
    measured = _final(model, tokenizer, settings)
    facts = record(model, settings, counts, measured)
    for target in [folder / "model", *([model_folder()] if options.ship else [])]:
        write(model, tokenizer, facts, target)
        _say(f"written to {target}")
    for name, result in measured.items():
        _say(f"{name}: solved {result.solved:.3f} of {result.count}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
