"""What requirements about Jenkinsfiles look for: stages and steps that really run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Generator, Iterator
from functools import lru_cache
from typing import NamedTuple, TypeVar

from envs.cicd.commands import (
    Folders,
    assigned,
    elsewhere,
    filled,
    is_lost,
    joined,
    normal,
    remember,
    without_pardons,
)
from iac_gym.formats.shell import Command, Script, read_script
from iac_gym.languages.jenkins.model import Pipeline, Stage, Step
from iac_gym.languages.jenkins.scripts import shell_script
from iac_gym.verdict import Finding

T = TypeVar("T")
Found = Generator[Finding, None, T]

_BRACED = re.compile(r"\$\{(?:env\.|params\.)?(\w+)\}")


def find_stage(model: Pipeline, name: str) -> Found[Stage | None]:
    """Return a stage that can run; yield why there is none."""
    found = model.stage(name)
    if found is not None:
        reason = _hindered(model, found)
        if not reason:
            return found
        yield model.finding(f"the stage `{name}` never runs: {reason}", found.mark)
        return None
    dead = next((one for one in model.all_stages() if one.name == name), None)
    if dead is not None:
        yield model.finding(f"the stage `{name}` never runs", dead.mark)
    else:
        yield model.finding(f"there is no stage `{name}`", model.mark)
    return None


def _hindered(model: Pipeline, stage: Stage) -> str:
    """Return why a stage cannot run, although its own conditions let it."""
    if any(one.matrix is not None and not one.matrix.cells() for one in outwards(stage)):
        return "its matrix is empty"
    for other in model.live_stages():
        if other is not stage and _always_fails(other) and comes_after(stage, other):
            return f"`{other.name}` always fails"
    return ""


def _always_fails(stage: Stage) -> bool:
    """Whether a stage ends the build: an `error`, or `exit` with a number, stands in it."""
    return stage.certain and not stage.forgiven and any(_ends(step) for step in stage.all_steps())


def _ends(step: Step) -> bool:
    if not step.certain or step.forgiven or step.name not in ("error", "sh"):
        return False
    if step.name == "error":
        return True
    return any(
        one.certain and one.words[:1] == ("exit",) and one.words[1:] not in ((), ("0",))
        for one in step.script.commands
        if len(one.words) < _WORDS_OF_EXIT
    )


#: `exit` takes one number.
_WORDS_OF_EXIT = 3


def comes_after(stage: Stage, other: Stage) -> bool:
    """Whether a stage starts when another one has ended."""
    shared = _shared(stage, other)
    return shared is not None and shared[0] > shared[1]


def _chain(stage: Stage) -> list[Stage]:
    return [*(_chain(stage.parent) if stage.parent else ()), stage]


def _shared(one: Stage, other: Stage) -> tuple[int, int] | None:
    """Return the places of two stages in the sequence that holds both, None in parallel."""
    left, right = _chain(one), _chain(other)
    depth = 0
    while depth < min(len(left), len(right)) and left[depth] is right[depth]:
        depth += 1
    if depth == min(len(left), len(right)):
        return None
    parent = left[depth - 1] if depth else None
    if parent is not None and parent.kind == "parallel":
        return None
    return _place(left[depth]), _place(right[depth])


def _place(stage: Stage) -> int:
    return stage.mark[0] * 10_000 + stage.mark[1]


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
        if _ends(step):
            return


class Ran(NamedTuple):
    """A command that certainly runs: its step, its words in normal form, its folder, its place."""

    step: Step
    words: tuple[str, ...]
    folder: str
    place: int


#: Steps that run a shell script.
SHELLS = frozenset(("sh", "bat", "powershell", "pwsh"))


#: The workspace, as scripts name it.
ROOTS = ("$WORKSPACE", "$PWD")


@lru_cache(maxsize=32)
def commands_of(stage: Stage) -> tuple[Ran, ...]:
    """Return the commands that certainly run in a stage and must succeed."""
    return tuple(_commands(stage))


def _commands(stage: Stage) -> Iterator[Ran]:
    place = 0
    for step in live_steps(stage):
        if step.name in SHELLS and step.args.get("returnStatus") is not True:
            for one in commands_in(step):
                place += 1
                yield one._replace(place=place)


def commands_in(step: Step, *, pardons: bool = False) -> Iterator[Ran]:
    """Yield the commands of a shell step that certainly run, and fail it where they fail.

    With `pardons`, those count too whose failure `|| true` forgives.
    """
    text = _text(step)
    script, values = _script(step, text, pardons), dict[str, str]()
    pending = assigned(text)
    folders = Folders(folder_of(step), ROOTS)
    strict, piped = _Strictness(text), _piped_on(script)
    for place, command in enumerate(script.commands):
        while pending and pending[0][0] <= command.offset:
            _, name, value = pending.pop(0)
            remember(values, name, value)
        if not command.words:
            continue
        words = tuple([
            _BRACED.sub(r"$\1", filled(word, values)).replace("\0", "$") for word in command.words
        ])  # fmt: skip
        counts = command.certain and (strict.now or command is script.commands[-1])
        if "&" in text or "|" in text:
            counts = counts and not is_lost(text, command.offset)
        strict.follow(words)
        scope = folders.enter(text, command.offset)
        moved = folders.moves(words, scope, command.certain)
        if moved or not counts or (id(command) in piped and not strict.pipes):
            continue
        words, own = elsewhere(words)
        yield Ran(step, normal(words), folders.then(scope, own), place)


def _text(step: Step) -> str:
    return str(step.args.get("script", "")).strip("\r\n \t")


def _script(step: Step, text: str, pardons: bool) -> Script:
    """Return the script of a step, without the variables that it sets itself."""
    own = {name for _, name, _ in assigned(text)}
    if not own and not (pardons and "||" in text):
        return step.script
    given = step.args.get("script")
    env = {name: value for name, value in step.env.items() if name not in own}
    if pardons and type(given) is str:
        return shell_script(step.name, without_pardons(given), env)
    return shell_script(step.name, given, env)


def _piped_on(script: Script) -> frozenset[int]:
    """Return the commands whose output goes to another one, which decides about both."""
    last: dict[int, Command] = {one.pipe: one for one in script.commands}
    return frozenset(id(one) for one in script.commands if last[one.pipe] is not one)


class _Strictness:
    """Whether a failure ends the script: Jenkins runs it with `-e`, but not behind a `#!`."""

    def __init__(self, text: str) -> None:
        head = text.partition("\n")[0]
        self.now = not head.startswith("#!") or re.search(r"\s-\w*e", head) is not None
        self.pipes = False

    def follow(self, words: tuple[str, ...]) -> None:
        """Follow `set -e`, `set +e`, `set -euo pipefail`."""
        if words[0] != "set":
            return
        for at, word in enumerate(words[1:], 1):
            if word[:1] in ("-", "+") and not word.startswith("--"):
                if "e" in word[1:]:
                    self.now = word[0] == "-"
                if word.endswith("o") and words[at + 1 : at + 2] == ("pipefail",):
                    self.pipes = word[0] == "-"


def folder_of(step: Step) -> str:
    """Return the folder that the `dir` steps around a step name."""
    names: list[str] = []
    around = step.within("dir")
    while around is not None:
        names.append(spelled(around.args.get("path")))
        around = around.within("dir")
    here = "."
    for name in reversed(names):
        here = joined(here, name, ROOTS)
    return here


def below(step: Step, pattern: str) -> str:
    """Return a pattern of files from the top of the workspace, for a step in `dir`."""
    folder = folder_of(step)
    clean = pattern.removeprefix("./")
    return clean if folder == "." else posixpath.join(folder, clean)


def leaves(stage: Stage) -> list[Stage]:
    """Return the stages with steps in a stage, itself among them."""
    return [one for one in stage.all_stages() if one.kind == "steps" and one.runs]


def outwards(stage: Stage) -> Iterator[Stage]:
    """Yield a stage and those around it."""
    one: Stage | None = stage
    while one is not None:
        yield one
        one = one.parent


def shells(stage: Stage) -> list[Step]:
    """Return the steps of a stage that run a script."""
    return [one for one in live_steps(stage) if one.name in SHELLS]


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
