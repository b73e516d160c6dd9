"""Where requirements look: stages by name, words of command lines, positions of findings."""

from __future__ import annotations

import re
import shlex
from functools import lru_cache

from iac_gym.languages.dockerfile import values
from iac_gym.languages.dockerfile.instruction import Instruction
from iac_gym.languages.dockerfile.model import DockerfileModel, Stage
from iac_gym.verdict import Finding


def missing(model: DockerfileModel, message: str, hint: str = "") -> Finding:
    """Make a finding at the final stage about something that is not there."""
    line = model.final.source.line if model.final else 1
    return Finding(message, "", line, 1, hint)


def place_of(stage: Stage, field: str) -> Instruction:
    """Return the instruction that last set a field of the final image, or else its FROM."""
    return stage.config.where.get(field, stage.source)


def same_image(given: str, asked: str) -> bool:
    """Whether two references mean the same image; a digest may be added to the tag."""
    if asked == "scratch" or given == "scratch":
        return given == asked
    try:
        if given == asked:
            return bool(values.image(given))
        left, right = values.image(given), values.image(asked)
    except ValueError:
        return False
    return (left.name, left.tag or "latest") == (right.name, right.tag or "latest")


def find_stage(model: DockerfileModel, name: str) -> Stage | None:
    """Return a stage by name that the final image needs."""
    name = name.lower()
    for one in reversed(model.reachable):
        if one.name == name:
            return one
    return None


def no_stage(model: DockerfileModel, name: str) -> Finding:
    """Make the finding for a stage that does not exist or is not needed."""
    built = any(stage.name == name.lower() for stage in model.stages)
    why = "is not used by the final image" if built else "does not exist"
    return missing(model, f"the stage `{name}` {why}")


_QUOTING = re.compile(r"['\"\\]")


@lru_cache(maxsize=4096)
def words_of(line: str) -> tuple[str, ...]:
    """Split an asked command line into words, as a shell does."""
    simple = line.isascii() and line.isprintable() and not _QUOTING.search(line)
    return tuple(line.split() if simple else shlex.split(line))
