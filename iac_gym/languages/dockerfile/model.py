"""The resolved model of a Dockerfile: stages, what they inherit, and the final image's settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from iac_gym.formats.shell import (
    SHELLS,
    Command,
    Script,
    read_script,
    shell_argument,
)
from iac_gym.languages.dockerfile.instruction import Heredoc, Instruction
from iac_gym.languages.dockerfile.values import Mount
from iac_gym.verdict import Finding

DEFAULT_SHELL = ("/bin/sh", "-c")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(slots=True)
class Health:
    """A health check: `test` is empty for NONE; seconds, 0 where Docker's default holds."""

    test: tuple[str, ...]
    shell: bool
    interval: float = 0.0
    timeout: float = 0.0
    start_period: float = 0.0
    retries: int = 0
    _commands: frozenset[tuple[str, ...]] | None = field(
        init=False, repr=False, compare=False, default=None
    )

    @property
    def commands(self) -> frozenset[tuple[str, ...]]:
        """The commands that the check certainly runs."""
        if self._commands is None:
            script = read_script(" ".join(self.test), {}) if self.shell else None
            self._commands = script.said if script else frozenset([self.test])
        return self._commands


@dataclass(slots=True)
class Line:
    """`CMD` or `ENTRYPOINT`: its words; `shell` for the shell form (one word, run by a shell)."""

    words: tuple[str, ...]
    shell: bool


@dataclass(slots=True, eq=False)
class Config:
    """What an image says about its containers, at the end of a stage.

    `env` is the image's environment; `variables` also holds the build arguments in scope. `where`
    gives the instruction that last set a field ("user", "cmd", ...), `env_places` and
    `label_places` the ones that last set a name. `cmd_here`: the stage itself has had a CMD.
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
    cmd_here: bool = False
    shell: tuple[str, ...] = DEFAULT_SHELL
    where: dict[str, Instruction] = field(default_factory=dict)
    env_places: dict[str, Instruction] = field(default_factory=dict)
    label_places: dict[str, Instruction] = field(default_factory=dict)

    def exposes(self, port: int, protocol: str = "tcp") -> bool:
        """Whether a port is exposed, alone or within a range."""
        return (port, port, protocol) in self.ports or any(
            first <= port <= last and protocol == kind for first, last, kind in self.ports
        )

    def copy(self) -> Config:
        """Return a copy for a stage that is built on this one."""
        return Config(
            dict(self.env), dict(self.variables), dict(self.args), dict(self.labels),
            self.user, self.workdir, self.cmd, self.entrypoint, dict(self.ports),
            dict(self.volumes), self.stop_signal, self.health, False, self.shell, dict(self.where),
            dict(self.env_places), dict(self.label_places),
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


@dataclass(slots=True, eq=False)
class Stage:
    """One build stage. `base` is the expanded text after FROM; `parent` the stage it names.

    `steps` are COPY, ADD and RUN, `copies` and `runs` those of one kind, the inherited ones first;
    `own` those of the stage itself.
    """

    index: int
    name: str
    base: str
    source: Instruction
    parent: Stage | None
    instructions: list[Instruction]
    platform: str = ""
    own: list[Step] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    config: Config = _NOTHING_SET
    uses: list[Stage] = field(default_factory=list)
    oldest: Stage | None = None

    @property
    def root(self) -> Stage:
        """The stage at the start of the lineage (a field would be a cycle for the collector)."""
        return self.oldest or self

    @property
    def windows(self) -> bool:
        """Whether it seems to be built for Windows, where no POSIX-like shell runs."""
        base = self.root.base
        return "windows" in base or "nanoserver" in base or "windows" in self.root.platform

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

    def inherit(self) -> None:
        """Take over settings and steps of the parent, which has been evaluated."""
        if self.parent:
            self.config = self.parent.config.copy()
            self.steps = list(self.parent.steps)
            self.copies = list(self.parent.copies)
            self.runs = list(self.parent.runs)
        else:
            self.config = Config(variables={"PATH": _PATH})


@dataclass(slots=True)
class DockerfileModel:
    """A parsed Dockerfile. `faults` holds, by rule name, what was found wrong while resolving.

    `flagged` are the instructions that have flags; `doubtful` says that one of them all is; `final`
    is the stage that becomes the image, None where there is no FROM.
    """

    instructions: list[Instruction]
    by_keyword: dict[str, list[Instruction]]
    escape: str
    directives: Mapping[str, str]
    flagged: list[Instruction] = field(default_factory=list)
    doubtful: bool = False
    stages: list[Stage] = field(default_factory=list)
    final: Stage | None = None
    reachable: list[Stage] = field(default_factory=list)
    faults: dict[str, list[Finding]] = field(default_factory=dict)
    _runs: list[Run] | None = None
    _commands: list[tuple[Run, Command]] | None = None

    @property
    def runs(self) -> list[Run]:
        """Every RUN that is evaluated, collected once."""
        if self._runs is None:
            self._runs = [
                step for stage in self.reachable for step in stage.own if step.__class__ is Run
            ]
        return self._runs

    @property
    def commands(self) -> list[tuple[Run, Command]]:
        """The commands of every RUN that is evaluated, collected once."""
        if self._commands is None:
            self._commands = [(run, one) for run in self.runs for one in run.parsed.commands]
        return self._commands

    def of(self, keyword: str) -> list[Instruction]:
        """Return the instructions of a keyword, in order."""
        return self.by_keyword.get(keyword, [])
