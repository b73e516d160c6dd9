"""The embedded default: a small language model of our own that ships with the package.

    python -m agents.tiny            makes it again: corpus, tokenizer, weights (hours on a CPU)
    python -m agents.tiny --toy      goes the same way in a minute

`model_path()` is the folder of the shipped checkpoint, `prompt(task)` what the model is given,
`LEVELS` the difficulties that its context holds.
"""

from __future__ import annotations

from pathlib import Path

from agents.tiny.corpus import ENV, LEVELS, prompt
from iac_gym.errors import MissingExtra

__all__ = ["ENV", "LEVELS", "model_folder", "model_path", "prompt"]

_DATA = Path(__file__).resolve().parent.parent / "data"


def model_folder() -> Path:
    """Return the folder of the package's checkpoint, whether it is there or not."""
    return _DATA


def model_path() -> Path:
    """Return the folder of the shipped checkpoint, for `from_pretrained`."""
    if not (_DATA / "model.safetensors").is_file():
        raise MissingExtra(
            f"The embedded model is not in {_DATA}. Make it with: python -m agents.tiny --ship"
        )
    return _DATA
