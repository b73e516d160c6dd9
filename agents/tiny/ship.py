"""Write the finished model in a small form, with a card of what it is and how it was made."""

from __future__ import annotations

import json
import os
import platform
import shutil
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from agents.tiny.corpus import ENV, LEVELS
from agents.tiny.measure import Measured
from agents.tiny.model import CONTEXT
from agents.tiny.pretrain import Settings

#: Largest size of the shipped folder in bytes.
MOST_BYTES = 12 * 1024 * 1024
PACKAGES = ("iac-gym", "torch", "transformers", "tokenizers", "safetensors")


def command(settings: Settings) -> str:
    """Return the command that makes the model again: every setting that is not the default."""
    given, usual = asdict(settings), asdict(Settings())
    options = [
        f"--{name.replace('_', '-')} {value}"
        for name, value in given.items()
        if value != usual[name]
    ]
    return " ".join(["python -m agents.tiny", *options])


def record(
    model: Any, settings: Settings, counts: dict[str, Any], measured: dict[str, Measured]
) -> dict[str, Any]:
    """Return all facts about a finished run as plain data."""
    config = model.config
    return {
        "command": command(settings),
        "environment": ENV,
        "levels": list(LEVELS),
        "context": CONTEXT,
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "architecture": {
            "type": config.model_type,
            "vocabulary": config.vocab_size,
            "hidden": config.hidden_size,
            "layers": config.num_hidden_layers,
            "heads": config.num_attention_heads,
            "inner": config.intermediate_size,
        },
        "settings": asdict(settings),
        "training": counts,
        "measured": {name: asdict(result) for name, result in measured.items()},
        "versions": {name: version(name) for name in PACKAGES}
        | {"python": platform.python_version()},
    }


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def card(facts: dict[str, Any]) -> str:
    """Render the facts as a page."""
    shape, training = facts["architecture"], facts["training"]
    lines = [
        "# The embedded model",
        "",
        "This page is written by `python -m agents.tiny`; `training.json` holds the same facts.",
        "",
        f"A {shape['type']} model of {facts['parameters']:,} parameters, trained from scratch on "
        f"tasks of the split `train` of `{facts['environment']}` (difficulties "
        f"{', '.join(map(str, facts['levels']))}), and on nothing else. Of the answers that it "
        f"was taught, {_percent(facts['settings']['mistakes'])} carry one mistake of the kinds in "
        "`agents/tiny/mistakes.py`: an imperfect corpus, so that training against the verifier has "
        "something to correct.",
        "",
        "| what | value |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in shape.items()),
        f"| context in tokens | {facts['context']} |",
        *(f"| {name.replace('_', ' ')} | {value} |" for name, value in training.items()),
        f"| command | `{facts['command']}` |",
        "",
        "Corpus, tokenizer and order of the batches are the same on every machine; the weights may "
        "differ in their last bits, and by and by in more, with the processor and the threads.",
        "",
        "| measured on | tasks | solved | valid | mean reward |",
        "|---|---|---|---|---|",
        *(
            f"| {name} | {row['count']} | {_percent(row['solved'])} | {_percent(row['valid'])} | "
            f"{row['reward']:.3f} |"
            for name, row in facts["measured"].items()
        ),
        "",
        "Solved tasks of each family:",
        "",
        "| family | " + " | ".join(facts["measured"]) + " |",
        "|---|" + "---|" * len(facts["measured"]),
        *_family_rows(facts["measured"]),
        "",
        "| package | version |",
        "|---|---|",
        *(f"| {name} | {number} |" for name, number in facts["versions"].items()),
    ]
    return "\n".join(lines) + "\n"


def _family_rows(measured: dict[str, Any]) -> list[str]:
    names = sorted({name for row in measured.values() for name in row["families"]})
    rows = []
    for name in names:
        shares = [row["families"].get(name) for row in measured.values()]
        cells = ["" if share is None else _percent(share) for share in shares]
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    return rows


def write(model: Any, tokenizer: Any, facts: dict[str, Any], folder: Path) -> None:
    """Write weights (bfloat16), tokenizer, card and facts; the folder is replaced at once."""
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    small = type(model)(model.config).to(torch.bfloat16)
    small.load_state_dict(model.state_dict())
    small.config.dtype = torch.bfloat16
    small.save_pretrained(fresh)
    tokenizer.save_pretrained(fresh)
    (fresh / "CARD.md").write_text(card(facts), encoding="utf-8")
    text = json.dumps(facts, indent=2, sort_keys=True) + "\n"
    (fresh / "training.json").write_text(text, encoding="utf-8")
    for path in fresh.iterdir():
        path.chmod(0o644)
    _replace(fresh, folder)


def _replace(fresh: Path, folder: Path) -> None:
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.replace(folder, old)
    os.replace(fresh, folder)
    shutil.rmtree(old, ignore_errors=True)
