"""What requirements about Jenkinsfiles look for: stages and steps that really run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Generator, Iterator
from functools import lru_cache
from typing import NamedTuple, TypeVar

from envs.cicd.commands import elsewhere, normal
from iac_gym.formats.shell import read_script
from iac_gym.languages.jenkins.model import Pipeline, Stage, Step
from iac_gym.verdict import Finding

T = TypeVar("T")
Found = Generator[Finding, None, T]

_BRACED = re.compile(r"\$\{(?:env\.|params\.)?(\w+)\}")


def find_stage(model: Pipeline, name: str) -> Found[Stage | None]:
    """Return a stage that can run; yield why there is none."""
    found = model.stage(name)
    if found is not None:
        return found
    dead = next((one for one in model.all_stages() if one.name == name), None)
    if dead is not None:
        yield model.finding(f"the stage `{name}` never runs", dead.mark)
    else:
        yield model.finding(f"there is no stage `{name}`", model.mark)
    return None


def spelled(value: object) -> str:
    """Write a value as text, with the variables in it as `$NAME`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, (str, int, float)):
        return ""
    return _BRACED.sub(r"$\1", str(value))


def live_steps(stage: Stage) -> list[Step]:
    """Return the steps of a stage that certainly run with it, and whose failure counts.

    The steps of the stages inside it are its own too.
    """
    return [
        step
        for one in stage.all_stages()
        if one.runs and not one.forgiven
        for step in _until_error(one)
        if step.certain and not step.forgiven
    ]


def _until_error(stage: Stage) -> Iterator[Step]:
    """Yield the steps of a stage that an `error` in front of them does not prevent."""
    for step in stage.all_steps():
        yield step
        if step.name == "error" and step.certain and not step.forgiven:
            return


class Ran(NamedTuple):
    """A command that certainly runs: its step, its words in normal form, its folder, its place."""

    step: Step
    words: tuple[str, ...]
    folder: str
    place: int


#: Steps that run a shell script.
SHELLS = frozenset(("sh", "bat", "powershell", "pwsh"))


def commands_of(stage: Stage) -> Iterator[Ran]:
    """Yield the commands that certainly run in a stage and must succeed."""
    place = 0
    for step in live_steps(stage):
        if step.name not in SHELLS or step.args.get("returnStatus") is True:
            continue
        folder = _folder(step)
        last = {command.pipe: command for command in step.script.commands}
        for command in step.script.commands:
            place += 1
            if not command.certain or not command.words or last[command.pipe] is not command:
                continue
            words = tuple(_BRACED.sub(r"$\1", word) for word in command.words)
            if command.program == "cd" and len(words) == 2:
                folder = posixpath.normpath(posixpath.join(folder, _relative(words[1])))
                continue
            words, own = elsewhere(words)
            where = posixpath.normpath(posixpath.join(folder, own))
            yield Ran(step, normal(words), where, place)


def _relative(path: str) -> str:
    return path.replace("$WORKSPACE/", "").replace("$WORKSPACE", ".")


def _folder(step: Step) -> str:
    """Return the folder that the `dir` steps around a step name."""
    names: list[str] = []
    around = step.within("dir")
    while around is not None:
        names.append(_relative(spelled(around.args.get("path"))))
        around = around.within("dir")
    return posixpath.normpath(posixpath.join(".", *reversed(names)))


@lru_cache(maxsize=1024)
def words_of(line: str) -> tuple[str, ...]:
    """Return the words of a command line that a task asks for."""
    commands = read_script(line, {}).commands
    first = commands[0].words if commands else tuple(line.split())
    return normal(tuple(_BRACED.sub(r"$\1", word) for word in first))


def running(stage: Stage, line: str) -> list[Ran]:
    """Return where a stage runs a command line."""
    wanted = words_of(line)
    return [ran for ran in commands_of(stage) if ran.words == wanted]


def find_command(model: Pipeline, stage: str, line: str) -> Found[list[Ran]]:
    """Return where a stage runs a command line; yield why it does not."""
    found = yield from find_stage(model, stage)
    if found is None:
        return []
    ran = running(found, line)
    if not ran:
        yield model.finding(f"`{line}` is not certain to run in `{stage}`", found.mark)
    return ran


def find_step(model: Pipeline, stage: str, name: str, what: str) -> Found[list[Step]]:
    """Return the steps of a name that certainly run in a stage; yield that there is none."""
    found = yield from find_stage(model, stage)
    if found is None:
        return []
    steps = [step for step in live_steps(found) if step.name == name]
    if not steps:
        yield model.finding(f"`{stage}` {what}", found.mark)
    return steps
