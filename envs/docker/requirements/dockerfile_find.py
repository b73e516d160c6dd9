"""Where requirements look: stages by name, users that are created, positions of findings."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import lru_cache

from iac_gym.languages.dockerfile import values
from iac_gym.languages.dockerfile.instruction import Instruction
from iac_gym.languages.dockerfile.model import DockerfileModel, Run, Stage
from iac_gym.languages.dockerfile.shell import Command
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
        left, right = values.image(given), values.image(asked)
    except ValueError:
        return False
    return (left.name, left.tag or "latest") == (right.name, right.tag or "latest")


def find_stage(model: DockerfileModel, name: str) -> Stage | None:
    """Return a stage by name that the final image needs."""
    return next((one for one in reversed(model.reachable) if one.name == name.lower()), None)


def no_stage(model: DockerfileModel, name: str) -> Finding:
    """Make the finding for a stage that does not exist or is not needed."""
    built = any(stage.name == name.lower() for stage in model.stages)
    why = "is not used by the final image" if built else "does not exist"
    return missing(model, f"the stage `{name}` {why}")


_QUOTING = re.compile(r"['\"\\]")
_USER_VALUES = frozenset(
    """-u --uid -g --gid -G --groups -d --home-dir --home -s --shell -c --comment --gecos --ingroup
    -h -k --skel -K --key -e -f -p --password -b""".split()
)


def created_users(stage: Stage) -> Iterator[tuple[str, str, Command]]:
    """Yield (name, uid, command) of the users that RUN creates."""
    for run in stage.only(Run):
        for command in run.certain:
            if command.program not in ("useradd", "adduser"):
                continue
            uid, plain, words = "", [], list(command.words[1:])
            while words:
                word = words.pop(0)
                name, equals, value = word.partition("=")
                cluster = word[:1] == "-" and word[:2] != "--" and len(word) > 2
                if name in _USER_VALUES or (cluster and f"-{word[-1]}" in _USER_VALUES):
                    value = value if equals else (words.pop(0) if words else "")
                    if name in ("-u", "--uid") or (cluster and word.endswith("u")):
                        uid = value
                elif word[:1] != "-":
                    plain.append(word)
            if len(plain) == 1:
                yield plain[0], uid, command


@lru_cache(maxsize=4096)
def words_of(line: str) -> tuple[str, ...]:
    """Split an asked command line into words, as a shell does."""
    simple = line.isascii() and line.isprintable() and not _QUOTING.search(line)
    return tuple(line.split() if simple else shlex.split(line))
