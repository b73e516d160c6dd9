"""The resolved model of a Dockerfile: stages, what they inherit, and the final image's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from iac_gym.languages.dockerfile.instruction import Heredoc, Instruction
from iac_gym.languages.dockerfile.shell import (
    SHELLS,
    Command,
    Script,
    read_script,
    shell_argument,
)
from iac_gym.languages.dockerfile.values import Mount
from iac_gym.verdict import Finding

DEFAULT_SHELL = ("/bin/sh", "-c")


@dataclass(slots=True)
class Health:
    """A health check: `test` is empty for NONE; seconds, 0 where Docker's default holds."""

    test: tuple[str, ...]
    shell: bool
    interval: float = 0.0
    timeout: float = 0.0
    start_period: float = 0.0
    retries: int = 0


@dataclass(slots=True)
class Line:
    """`CMD` or `ENTRYPOINT`: its words; `shell` for the shell form (one word, run by a shell)."""

    words: tuple[str, ...]
    shell: bool


@dataclass(slots=True)
class Config:
    """What an image says about its containers, at the end of a stage.

    `env` is the image's environment; `variables` also holds the build arguments in scope. `where`
    gives the instruction that last set a field ("env NAME", "label NAME", "user", "cmd", ...).
    """

    env: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    args: dict[str, str | None] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    user: str = ""
    workdir: str = ""
    cmd: Line | None = None
    entrypoint: Line | None = None
    ports: dict[tuple[int, int, str], None] = field(default_factory=dict)
    volumes: dict[str, None] = field(default_factory=dict)
    stop_signal: str = ""
    health: Health | None = None
    shell: tuple[str, ...] = DEFAULT_SHELL
    where: dict[str, Instruction] = field(default_factory=dict)

    def exposes(self, port: int, protocol: str = "tcp") -> bool:
        """Whether a port is exposed, alone or within a range."""
        return any(first <= port <= last and protocol == kind for first, last, kind in self.ports)

    def copy(self) -> Config:
        """Return a copy for a stage that is built on this one."""
        return Config(
            dict(self.env), dict(self.variables), dict(self.args), dict(self.labels),
            self.user, self.workdir, self.cmd, self.entrypoint, dict(self.ports),
            dict(self.volumes), self.stop_signal, self.health, self.shell, dict(self.where),
        )  # fmt: skip


#: The settings of a stage that is not evaluated.
_NOTHING_SET = Config()


@dataclass(slots=True)
class Copy:
    """One COPY or ADD, expanded: `destination` is absolute; `heredocs` are inline files.

    `stage` is the stage copied from, `image` the image copied from; neither: the build context.
    """

    instruction: Instruction
    sources: tuple[str, ...]
    destination: str
    heredocs: tuple[Heredoc, ...]
    stage: Stage | None
    image: str
    owner: str
    user: str

    @property
    def into_folder(self) -> bool:
        """Whether the destination is a folder by its spelling or by several sources."""
        return self.destination.endswith("/") or len(self.sources) + len(self.heredocs) > 1


@dataclass(slots=True)
class Run:
    """One RUN: its script (or the words of its JSON form), and what holds when it runs."""

    instruction: Instruction
    script: str
    words: tuple[str, ...]
    mounts: tuple[Mount, ...]
    shell: tuple[str, ...]
    user: str
    workdir: str
    variables: Mapping[str, str]
    heredoc: Heredoc | None = None
    posix: bool = True
    _read: Script | None = None

    @property
    def parsed(self) -> Script:
        """The script's commands, read once; none for a shell that is not POSIX-like."""
        if self._read is None:
            self._read = self._parse()
        return self._read

    def _parse(self) -> Script:
        if not self.posix:
            return Script([])
        if self.words:
            program = self.words[0].rpartition("/")[2]
            inner = shell_argument(self.words) if program in SHELLS else None
            if inner is None:
                return Script([Command(self.words, 0, True, 1)])
            return read_script(inner, self.variables)
        return read_script(self.script, self.variables)

    @property
    def commands(self) -> list[Command]:
        """The commands that the script holds."""
        return self.parsed.commands

    @property
    def certain(self) -> list[Command]:
        """The commands that certainly run, and fail the build where they fail."""
        return self.parsed.certain

    def line_at(self, offset: int) -> int:
        """Return the line in the file of an offset into the script."""
        if self.heredoc is not None:
            return self.heredoc.line + self.script.count("\n", 0, max(offset, 0))
        start = max(self.instruction.text.find(self.instruction.rest), 0)
        return self.instruction.line_at(start + offset)


Step = Copy | Run
Kind = TypeVar("Kind", Copy, Run)


@dataclass(slots=True, eq=False)
class Stage:
    """One build stage. `base` is the expanded text after FROM; `parent` the stage it names."""

    index: int
    name: str
    base: str
    source: Instruction
    platform: str = ""
    parent: Stage | None = None
    oldest: Stage | None = None
    instructions: list[Instruction] = field(default_factory=list)
    own: list[Step] = field(default_factory=list)
    config: Config = field(default_factory=lambda: _NOTHING_SET)
    uses: list[Stage] = field(default_factory=list)
    _steps: list[Step] | None = None

    @property
    def windows(self) -> bool:
        """Whether it seems to be built for Windows, where no POSIX-like shell runs."""
        base = self.root.base
        return "windows" in base or "nanoserver" in base or "windows" in self.root.platform

    @property
    def root(self) -> Stage:
        """The stage at the start of the lineage."""
        return self.oldest or self

    @property
    def lineage(self) -> list[Stage]:
        """This stage and those it is built on, the oldest first."""
        line: list[Stage] = []
        stage: Stage | None = self
        while stage is not None:
            line.append(stage)
            stage = stage.parent
        return line[::-1]

    @property
    def image(self) -> str:
        """The image at the root of the lineage."""
        return self.root.base

    @property
    def steps(self) -> list[Step]:
        """COPY, ADD and RUN, inherited ones first; collected once, when all stages are read."""
        if self._steps is None:
            self._steps = [step for stage in self.lineage for step in stage.own]
        return self._steps

    def only(self, kind: type[Kind]) -> list[Kind]:
        """Return the steps of one kind, inherited ones first."""
        return [step for step in self.steps if step.__class__ is kind]


@dataclass(slots=True)
class DockerfileModel:
    """A parsed Dockerfile. `faults` holds, by rule name, what was found wrong while resolving.

    `flagged` are the instructions that have flags; `doubtful` says that one of them all is.
    """

    instructions: list[Instruction]
    by_keyword: dict[str, list[Instruction]]
    escape: str
    directives: Mapping[str, str]
    flagged: list[Instruction] = field(default_factory=list)
    doubtful: bool = False
    stages: list[Stage] = field(default_factory=list)
    reachable: list[Stage] = field(default_factory=list)
    faults: dict[str, list[Finding]] = field(default_factory=dict)
    _runs: list[Run] | None = None
    _commands: list[tuple[Run, Command]] | None = None

    @property
    def runs(self) -> list[Run]:
        """Every RUN that is evaluated, collected once."""
        if self._runs is None:
            self._runs = [
                step for stage in self.reachable for step in stage.own if isinstance(step, Run)
            ]
        return self._runs

    @property
    def commands(self) -> list[tuple[Run, Command]]:
        """The commands of every RUN that is evaluated, collected once."""
        if self._commands is None:
            self._commands = [(run, one) for run in self.runs for one in run.parsed.commands]
        return self._commands

    @property
    def final(self) -> Stage | None:
        """The stage that becomes the image, None where there is no FROM."""
        return self.stages[-1] if self.stages else None

    def of(self, keyword: str) -> list[Instruction]:
        """Return the instructions of a keyword, in order."""
        return self.by_keyword.get(keyword, [])
