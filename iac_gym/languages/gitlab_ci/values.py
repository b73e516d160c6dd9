"""The parts of a job in normal form: one class per keyword, each with its place (`mark`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from iac_gym.formats.shell import Command
from iac_gym.formats.yaml import Mark

NONE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a script, nested lists flattened. It may hold several lines of text."""

    text: str
    mark: Mark = (0, 0)


@dataclass(frozen=True, slots=True)
class Run:
    """One command of a script: its words, and whether it certainly runs and must succeed.

    `line` is the entry that it stands in, `part` says of which script ("before_script", "script" or
    "after_script"). What stands in an `after_script` never fails the job, so it is never certain.
    """

    command: Command
    line: Line
    part: str
    certain: bool

    @property
    def words(self) -> tuple[str, ...]:
        """The words, the program first; variables that the file sets are replaced."""
        return self.command.words

    @property
    def program(self) -> str:
        """The name of the program, without its directory."""
        return self.command.program


@dataclass(frozen=True, slots=True)
class Image:
    """The container image of a job. `name` has the variables replaced that the file sets."""

    name: str
    written: str = ""
    entrypoint: tuple[str, ...] | None = None
    pull_policy: tuple[str, ...] = ()
    user: str = ""
    platform: str = ""
    mark: Mark = (0, 0)


@dataclass(frozen=True, slots=True)
class Service:
    """A container that runs beside the job."""

    name: str
    written: str = ""
    alias: str = ""
    entrypoint: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    mark: Mark = (0, 0)


@dataclass(frozen=True, slots=True)
class Clause:
    """One entry of `rules` (of a job, of `workflow` or of an `include`).

    `possible`: whether its conditions can hold: "always", "maybe" or "never". `when` is None where
    the clause leaves it to the job. `condition` is the text of `if`, '' for none.
    """

    condition: str = ""
    changes: tuple[str, ...] | None = None
    compare_to: str = ""
    exists: tuple[str, ...] | None = None
    when: str | None = None
    start_in: float | None = None
    allow_failure: bool | None = None
    interruptible: bool | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[Need, ...] | None = None
    possible: str = "maybe"
    mark: Mark = (0, 0)


@dataclass(frozen=True, slots=True)
class Policy:
    """`only` or `except`: refs, expressions over variables, changed paths."""

    refs: tuple[str, ...] | None = None
    variables: tuple[str, ...] | None = None
    changes: tuple[str, ...] | None = None
    kubernetes: bool = False
    mark: Mark = (0, 0)


@dataclass(frozen=True, slots=True)
class Need:
    """One entry of `needs`: a job of this pipeline, or of another `project` or `pipeline`."""

    job: str
    artifacts: bool = True
    optional: bool = False
    project: str = ""
    ref: str = ""
    pipeline: str = ""
    matrix: tuple[Mapping[str, str], ...] = ()
    mark: Mark = (0, 0)

    @property
    def here(self) -> bool:
        """Whether it names a job of this pipeline."""
        return bool(self.job) and not self.project and not self.pipeline


@dataclass(frozen=True, slots=True)
class Artifacts:
    """What a job keeps. `expire_in` is in seconds, infinite for `never`, None where not given."""

    paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    name: str = ""
    untracked: bool = False
    when: str = "on_success"
    expire_in: float | None = None
    expose_as: str = ""
    access: str = "all"
    reports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    coverage_format: str = ""
    mark: Mark = (0, 0)


@dataclass(frozen=True, slots=True)
class Cache:
    """One cache. `key` is '' where it is made of `files`."""

    key: str = "default"
    files: tuple[str, ...] = ()
    prefix: str = ""
    paths: tuple[str, ...] = ()
    policy: str = "pull-push"
    when: str = "on_success"
    untracked: bool = False
    unprotect: bool = False
    fallback_keys: tuple[str, ...] = ()
    mark: Mark = (0, 0)


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a job deploys to. `auto_stop_in` is in seconds."""

    name: str
    url: str = ""
    on_stop: str = ""
    action: str = "start"
    tier: str = ""
    auto_stop_in: float | None = None
    agent: str = ""
    namespace: str = ""
    mark: Mark = (0, 0)


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a job is tried again, and after which failures (none named: after any)."""

    max: int = 0
    when: tuple[str, ...] = ()
    exit_codes: tuple[int, ...] = ()
    mark: Mark = (0, 0)


@dataclass(frozen=True, slots=True)
class Parallel:
    """How a job is multiplied: `count` instances, or one for each set of variables in `matrix`."""

    count: int = 1
    matrix: tuple[Mapping[str, str], ...] = ()
    mark: Mark = (0, 0)


@dataclass(frozen=True, slots=True)
class Include:
    """One `include`, here or in a trigger. `kind` is local, file, remote, template, ..."""

    kind: str
    target: str
    ref: str = ""
    project: str = ""
    mark: Mark = (0, 0)


@dataclass(frozen=True, slots=True)
class Trigger:
    """A downstream pipeline: of another `project`, or a child made of `includes`."""

    project: str = ""
    branch: str = ""
    strategy: str = ""
    includes: tuple[Include, ...] = ()
    yaml_variables: bool = True
    pipeline_variables: bool = False
    mark: Mark = (0, 0)


@dataclass(frozen=True, slots=True)
class Release:
    """A release that the job makes."""

    tag_name: str = ""
    description: str = ""
    name: str = ""
    ref: str = ""
    milestones: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    mark: Mark = (0, 0)
