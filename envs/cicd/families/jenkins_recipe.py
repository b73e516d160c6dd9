"""How a Jenkins task is put together: the recipe that writes a declarative Jenkinsfile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from envs.cicd import choices
from envs.cicd.requirements import jenkins_settings as settings
from envs.cicd.requirements import jenkins_stages as stages
from envs.cicd.requirements import jenkins_steps as steps
from iac_gym.category import Draft
from iac_gym.draw import Draw
from iac_gym.extras import Extra, Recipe

__all__ = ["LANGUAGE", "PATH", "Block", "Extra", "Jenkinsfile", "Stage", "block", "call", "quote"]

LANGUAGE = "jenkins"
PATH = "Jenkinsfile"
#: The order of the sections of a pipeline and of a stage.
_PIPELINE = "agent tools options parameters triggers environment stages post".split()
_STAGE = (
    "agent tools environment options input when failFast steps stages parallel matrix post"
).split()
#: A line, or the head of a block with what stands in it.
Block = str | tuple[str, "list[Block]"]


def quote(text: str) -> str:
    """Write a text as Groovy: in single quotes, or in double ones where it has variables."""
    mark = '"' if "$" in text or "'" in text else "'"
    escaped = text.replace("\\", "\\\\").replace(mark, f"\\{mark}")
    return f"{mark}{escaped}{mark}"


def value(given: Any) -> str:
    """Write a value as Groovy."""
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, list):
        return f"[{', '.join(map(value, given))}]"
    return quote(given) if isinstance(given, str) else str(given)


def call(step: str, /, *alone: Any, **named: Any) -> str:
    """Write a step: `sh 'make'`, `archiveArtifacts artifacts: 'x'`, `cleanWs()`."""
    words = [*map(value, alone), *(f"{key}: {value(one)}" for key, one in named.items())]
    return f"{step} {', '.join(words)}" if words else f"{step}()"


def block(head: str, *inner: Block) -> Block:
    """Make a block with what stands in it."""
    return (head, list(inner))


def _lines(blocks: Iterable[Block], depth: int = 0) -> Iterable[str]:
    pad = "    " * depth
    for one in blocks:
        if isinstance(one, str):
            yield from (pad + line if line else "" for line in one.split("\n"))
        else:
            yield f"{pad}{one[0]} {{"
            yield from _lines(one[1], depth + 1)
            yield f"{pad}}}"


def write(head: Sequence[str], blocks: Sequence[Block]) -> str:
    """Write a Jenkinsfile."""
    return "\n".join([*head, *_lines(blocks)]) + "\n"


class Part:
    """A block with sections, each a list of lines and blocks."""

    def __init__(self) -> None:
        self.sections: dict[str, list[Block]] = {}
        self.lines: list[str] = []

    def put(self, section: str, *inner: Block) -> None:
        """Add to a section."""
        self.sections.setdefault(section, []).extend(inner)

    def after(self, condition: str, *inner: Block) -> None:
        """Add to a condition of `post`."""
        post = self.sections.setdefault("post", [])
        for one in post:
            if one[0] == condition and not isinstance(one, str):
                one[1].extend(inner)
                return
        post.append((condition, list(inner)))

    def write(self, order: Sequence[str]) -> list[Block]:
        """Return the sections in their order."""
        made: list[Block] = []
        for name in order:
            inner = self.sections.get(name)
            if name == "agent" and inner and isinstance(inner[0], str) and len(inner) == 1:
                made.append(f"agent {inner[0]}")
            elif inner:
                made.append((name, inner))
        return [*self.lines, *made]


class Stage(Part):
    """A stage under construction. Commands go to its steps, perhaps inside wrapping blocks."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self._commands: list[tuple[str, list[str]]] = []
        self.children: list[Stage] = []
        self.kind = "steps"

    def run(self, line: str, *around: str) -> str:
        """Add a command, inside blocks with these heads."""
        self._commands.append((line, list(around)))
        return line

    def wrap(self, line: str, head: str) -> None:
        """Put a command into one more block, the innermost."""
        next(around for text, around in self._commands if text == line).append(head)

    def step(self, text: str) -> None:
        """Add a step that is no command."""
        self.put("steps", text)

    @property
    def block(self) -> Block:
        """The stage as a block."""
        own = Stage(self.name)
        own.lines = self.lines
        own.sections = {key: list(inner) for key, inner in self.sections.items()}
        commands = [_wrapped(call("sh", line), around) for line, around in self._commands]
        before = own.sections.pop("before", [])
        rest = own.sections.pop("steps", [])
        if commands or rest or before:
            own.sections["steps"] = [*before, *commands, *rest]
        if self.children:
            own.sections.setdefault(self.kind, []).extend(one.block for one in self.children)
        return (f"stage({quote(self.name)})", own.write(_STAGE))


def _wrapped(inner: Block, around: Sequence[str]) -> Block:
    for head in reversed(around):
        inner = (head, [inner])
    return inner


class Jenkinsfile(Recipe, Part):
    """The asks of a Jenkins task and the file that meets them."""

    def __init__(self, draw: Draw) -> None:
        Recipe.__init__(self, draw)
        Part.__init__(self)
        self.head: list[str] = []
        self.stages: list[Stage] = []
        self.sections["agent"] = ["any"]

    def stage(self, name: str, parent: Stage | None = None, kind: str = "stages") -> Stage:
        """Add a stage at the end, or inside another (`kind`: stages or parallel)."""
        made = Stage(name)
        if parent is None:
            self.stages.append(made)
        else:
            parent.kind = kind
            parent.children.append(made)
        return made

    def grow(self, extras: Sequence[Extra]) -> None:
        """Add optional parts. The openings leave it to this requirement to say `declarative`."""
        first = self.stages[0]
        while first.children:
            first = first.children[0]
        self.ask(settings.jenkins_declarative(stage=first.name))
        super().grow(extras)

    def runs(self, stage: Stage, line: str) -> str:
        """Let a stage run a command. One requirement."""
        stage.run(line)
        self.ask(steps.jenkins_runs(stage=stage.name, command=line))
        return line

    def on_branch(self, stage: Stage, branch: str) -> None:
        """Limit a stage to a branch. One requirement."""
        stage.put("when", call("branch", branch))
        self.ask(stages.jenkins_branch_only(stage=stage.name, branch_name=branch))
        self.agent_later(stage)

    def agent_later(self, stage: Stage) -> None:
        """Perhaps ask for the conditions of a stage before its agent, where it has both."""
        both = "agent" in stage.sections and "when" in stage.sections
        if both and self.draw.chance(f"{stage.name} agent later", 0.4):
            stage.put("when", "beforeAgent true")
            self.ask(stages.jenkins_before_agent(stage=stage.name))

    def in_image(self, stage: Stage, image: str) -> None:
        """Run a stage in a container. One requirement."""
        stage.sections["agent"] = [block("docker", call("image", image))]
        self.ask(stages.jenkins_image(stage=stage.name, image=image))

    @property
    def blocks(self) -> list[Block]:
        """The file as blocks."""
        self.sections["stages"] = [one.block for one in self.stages]
        return [("pipeline", self.write(_PIPELINE))]

    def draft(self, *openings: str, **more: Any) -> Draft:
        """Make the draft of the task."""
        reference = partial(write, self.head, self.blocks)
        return self.make_draft(openings, reference, ((PATH, LANGUAGE),), **more)


# --- optional parts of any Jenkinsfile -----------------------------------------------------------


def timeout(minutes: Sequence[int] = tuple(range(11, 96))) -> Extra:
    """Limit the time of the build."""

    def make(made: Jenkinsfile) -> None:
        limit = made.draw.choice("minutes", minutes)
        made.put("options", f"timeout(time: {limit}, unit: 'MINUTES')")
        made.ask(settings.jenkins_timeout(minutes=limit))

    return Extra("timeout", 1, make)


def limited(stage: Stage, patterns: Sequence[str]) -> Extra:
    """Run a stage for change requests alone, or where files have changed."""

    def make(made: Jenkinsfile) -> None:
        if made.draw.chance("for requests", 0.5):
            stage.put("when", "changeRequest()")
            made.ask(stages.jenkins_requests_only(stage=stage.name))
        else:
            pattern = made.draw.choice("changed files", patterns)
            stage.put("when", call("changeset", pattern))
            made.ask(stages.jenkins_changes(stage=stage.name, pattern=pattern))

    return Extra(f"condition of {stage.name}", 1, make)


def stage_timeout(stage: Stage) -> Extra:
    """Limit the time of a stage."""

    def make(made: Jenkinsfile) -> None:
        limit = made.draw.integer(f"{stage.name} minutes", 3, 55)
        stage.put("options", f"timeout(time: {limit}, unit: 'MINUTES')")
        made.ask(settings.jenkins_stage_timeout(stage=stage.name, minutes=limit))

    return Extra(f"timeout of {stage.name}", 1, make)


def _keeps(made: Jenkinsfile) -> None:
    if made.draw.chance("by days", 0.4):
        days = made.draw.choice("days", choices.RETENTION_DAYS)
        made.put("options", f"buildDiscarder(logRotator(daysToKeepStr: '{days}'))")
        made.ask(settings.jenkins_keeps_days(days=days))
    else:
        builds = made.draw.integer("builds", 3, 49)
        made.put("options", f"buildDiscarder(logRotator(numToKeepStr: '{builds}'))")
        made.ask(settings.jenkins_keeps(builds=builds))


def _alone(made: Jenkinsfile) -> None:
    made.put("options", "disableConcurrentBuilds()")
    made.ask(settings.jenkins_one_at_a_time())


def _timestamps(made: Jenkinsfile) -> None:
    made.put("options", "timestamps()")
    made.ask(settings.jenkins_timestamps())


def _cleans(made: Jenkinsfile) -> None:
    made.after("always", made.draw.phrase("cleaning", ("cleanWs()", "deleteDir()")))
    made.ask(steps.jenkins_cleans())


def _finally(made: Jenkinsfile) -> None:
    line = made.draw.choice("at the end", ("./scripts/bye.sh", "make clean", "./collect-logs.sh"))
    made.after("always", call("sh", line))
    made.ask(steps.jenkins_finally(command=line))


def _no_checkout(made: Jenkinsfile) -> None:
    made.put("options", "skipDefaultCheckout()")
    made.ask(settings.jenkins_no_checkout())


def _agent(made: Jenkinsfile) -> None:
    name = made.draw.choice("label of the build", LABELS)
    made.sections["agent"] = [f"{{ label {quote(name)} }}"]
    made.ask(stages.jenkins_agent_label(label=name))


FINALLY = Extra("at the end", 1, _finally)
NO_CHECKOUT = Extra("no checkout", 1, _no_checkout)
AGENT = Extra("agent of the build", 1, _agent)
KEEPS = Extra("kept builds", 1, _keeps)
ALONE = Extra("one build at a time", 1, _alone)
TIMESTAMPS = Extra("timestamps", 1, _timestamps)
CLEANS = Extra("cleaning", 1, _cleans)


def _told(made: Jenkinsfile) -> None:
    if made.draw.chance("by mail", 0.5):
        team = made.draw.choice("team", choices.TEAMS)
        address = f"{team}@{made.draw.choice('domain', choices.DOMAINS)}"
        made.after("failure", call("mail", to=address, subject="Build failed", body="See the log."))
        made.ask(steps.jenkins_mail(address=address))
    else:
        channel = f"#{made.draw.choice('channel', choices.TEAMS)}"
        made.after("failure", call("slackSend", channel=channel, message="Build failed"))
        made.ask(steps.jenkins_slack(channel=channel))


TELLS = Extra("message about failures", 1, _told)


def label(stage: Stage) -> Extra:
    """Choose the agent of a stage."""

    def make(made: Jenkinsfile) -> None:
        name = made.draw.choice(f"{stage.name} label", LABELS)
        stage.sections["agent"] = [f"{{ label {quote(name)} }}"]
        made.ask(stages.jenkins_label(stage=stage.name, label=name))
        made.agent_later(stage)

    return Extra(f"label of {stage.name}", 1, make)


LABELS = (
    "linux", "docker", "arm64", "gpu", "large", "windows", "on-prem", "kvm", "eu-west", "spot",
    "high-memory", "fast-disk",
)  # fmt: skip


def variable(name: str, values: Sequence[str]) -> Extra:
    """Set a variable for all stages."""

    def make(made: Jenkinsfile) -> None:
        given = made.draw.choice(f"variable {name}", values)
        made.put("environment", f"{name} = {quote(given)}")
        made.ask(settings.jenkins_variable(name=name, value=given))

    return Extra(f"variable {name}", 1, make)


def junit(stage: Stage, patterns: Sequence[str]) -> Extra:
    """Publish test reports in any case."""

    def make(made: Jenkinsfile) -> None:
        pattern = made.draw.choice("junit", patterns)
        stage.after("always", call("junit", pattern))
        made.ask(steps.jenkins_junit(stage=stage.name, pattern=pattern))

    return Extra("junit", 1, make)


def archive(stage: Stage, patterns: Sequence[str]) -> Extra:
    """Archive files, perhaps with fingerprints."""

    def make(made: Jenkinsfile) -> None:
        pattern = made.draw.choice("archived", patterns)
        if made.draw.chance("with fingerprints", 0.35):
            stage.step(call("archiveArtifacts", artifacts=pattern, fingerprint=True))
            made.ask(steps.jenkins_fingerprint(stage=stage.name, pattern=pattern))
        else:
            stage.step(call("archiveArtifacts", artifacts=pattern))
        made.ask(steps.jenkins_archive(stage=stage.name, pattern=pattern))

    return Extra("archive", 1, make)


def more(stage: Stage, name: str, lines: Sequence[str]) -> Extra:
    """Run one more command."""

    def make(made: Jenkinsfile) -> None:
        made.runs(stage, made.draw.choice(name, lines))

    return Extra(name, 1, make)


def wrapped(
    name: str, stage: Stage, line: str, make_head: Callable[[Draw], tuple[str, Any]]
) -> Extra:
    """Put a command into a block; `make_head` gives the head and the requirement."""

    def make(made: Jenkinsfile) -> None:
        head, asked = make_head(made.draw)
        stage.wrap(line, head)
        made.ask(asked)

    return Extra(name, 1, make)
