"""A Jenkinsfile in one form, whatever its spelling: what rules and requirements read.

`Pipeline` is the whole file, declarative or scripted. It has `agent`, `environment`, `options`,
`parameters`, `triggers`, `tools`, `libraries`, `post` and `stages`; `all_stages()` gives every
stage of the tree (those in `stages`, `parallel` and `matrix` too) in the order of the text. A
scripted pipeline has the same: its stages are the `stage('name') { }` blocks that can be found, and
the agent of a stage is the `node('label') { }` around it.

**Items.** An option, a trigger, a parameter, a condition, a step and a call as an argument are
`Item`s: a name and `args` by name. The argument without a name gets the name that the plugin gives
it (`sh 'make'` has `args["script"]`); where that is not known it stays in `unnamed`.

**Values** are Python's: str, int, float, bool, None, list, dict, Item. A text with values that are
not known is a `Text`, a str with `${NAME}` for each (an environment variable or parameter, however
it is written: `$NAME`, `${env.NAME}`, `${params.NAME}`) or `${the expression}`; variables of the
file with a literal value are put in. Any other expression is `Unknown`, with its `source`.

**Stages.** `Stage.agent` is the stage's own or inherited one, `environment` is merged with that
around it. `runs` is False where the stage, or one around it, has a condition that never holds
(`when { expression { false } }`, `when { equals expected: 1, actual: 2 }`, `allOf` with it, ...):
such a stage does not count. Use `pipeline.live_stages()`. `certain` is False where it has any
condition.

**Steps.** `Stage.steps` are those of its block as written, with the steps inside them in
`Step.steps`; `Stage.all_steps()` gives all, depth first. `Step.certain`: it runs whenever its stage
does (not in an `if`, a loop that may be empty, a `catch`, a function). `Step.forgiven`: its failure
does not stop the build (`returnStatus: true`, `catchError`, `warnError`, `try` with `catch`).
`Step.script` is the shell script of `sh`: `script.certain` are the commands that certainly run and
whose failure stops the step. `Step.within("withCredentials")` gives the wrapping step of that name.

Every object has `mark`: line and column, both from 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from iac_gym.formats.shell import Script
from iac_gym.languages.jenkins.condition_values import may_hold
from iac_gym.languages.jenkins.durations import seconds
from iac_gym.languages.jenkins.scripts import shell_script
from iac_gym.verdict import Finding

Mark: TypeAlias = tuple[int, int]
Value: TypeAlias = Any


@dataclass(slots=True, eq=False)
class Item:
    """A call that means something to Jenkins: its name, arguments by name, and those without."""

    name: str
    args: dict[str, Value]
    unnamed: list[Value]
    mark: Mark

    @property
    def value(self) -> Value:
        """The only argument, None where there is none or several."""
        values = [*self.args.values(), *self.unnamed]
        return values[0] if len(values) == 1 else None

    @property
    def seconds(self) -> float | None:
        """The time that `time` and `unit` say, None where they are not known."""
        return seconds(self.args.get("time", self.value), self.args.get("unit", "MINUTES"))


@dataclass(slots=True, eq=False)
class Step(Item):
    """A step, with the steps of its block. `around` is the step whose block it stands in."""

    steps: list[Step] = field(default_factory=list)
    around: Step | None = None
    certain: bool = True
    forgiven: bool = False
    env: Mapping[str, Value] = field(default_factory=dict)
    has_block: bool = False
    _script: Script | None = None

    def all_steps(self) -> Iterator[Step]:
        """Yield the step and those inside it, in the order of the text."""
        yield self
        for step in self.steps:
            yield from step.all_steps()

    def within(self, name: str) -> Step | None:
        """Return the nearest step of a name around this one."""
        step = self.around
        while step is not None and step.name != name:
            step = step.around
        return step

    @property
    def script(self) -> Script:
        """The shell script of a step that runs one; empty for others."""
        if self._script is None:
            self._script = shell_script(self.name, self.args.get("script"), self.env)
        return self._script


@dataclass(slots=True, eq=False)
class Agent:
    """Where a stage runs: `any`, `none`, `label` (also `node`), `docker`, `dockerfile`, ..."""

    kind: str
    args: dict[str, Value]
    mark: Mark

    @property
    def label(self) -> Value:
        """The label, "" where there is none."""
        return self.args.get("label", "")

    @property
    def image(self) -> Value:
        """The Docker image, "" where there is none."""
        return self.args.get("image", "")


@dataclass(slots=True, eq=False)
class Credentials:
    """`NAME = credentials('id')` of an environment."""

    id: Value


@dataclass(slots=True, eq=False)
class Variable:
    """An environment variable: its value, or `Credentials`."""

    name: str
    value: Value
    mark: Mark


@dataclass(slots=True, eq=False)
class Condition(Item):
    """A condition of `when`, with those inside `allOf`, `anyOf` and `not`."""

    children: list[Condition] = field(default_factory=list)

    @property
    def holds(self) -> bool | None:
        """True or False where it always or never holds, None where that depends."""
        return may_hold(self.name, self.args, [child.holds for child in self.children])

    def every(self) -> Iterator[Condition]:
        """Yield the condition and those inside it."""
        yield self
        for child in self.children:
            yield from child.every()


@dataclass(slots=True, eq=False)
class When:
    """`when`: conditions that must all hold, and whether they are asked before other things."""

    conditions: list[Condition]
    before: frozenset[str]
    mark: Mark

    @property
    def holds(self) -> bool | None:
        """True or False where it always or never holds, None where that depends."""
        return may_hold("allOf", {}, [one.holds for one in self.conditions])

    def every(self) -> Iterator[Condition]:
        """Yield all conditions, those inside others too."""
        for condition in self.conditions:
            yield from condition.every()


@dataclass(slots=True, eq=False)
class Input:
    """`input` of a stage: `message`, `id`, `ok`, `submitter`, ... and parameters."""

    args: dict[str, Value]
    parameters: list[Item]
    mark: Mark


@dataclass(slots=True, eq=False)
class Matrix:
    """`matrix`: values by axis, and the excluded combinations as (axis -> values, negated)."""

    axes: dict[str, list[Value]]
    excludes: list[dict[str, tuple[tuple[Value, ...], bool]]]
    mark: Mark

    def cells(self) -> list[dict[str, Value]]:
        """Return the combinations that are built, at most 1,000."""
        cells: list[dict[str, Value]] = [{}]
        for name, values in self.axes.items():
            cells = [{**cell, name: value} for cell in cells for value in values][:1000]
        return [cell for cell in cells if not any(_excluded(cell, one) for one in self.excludes)]


def _excluded(cell: dict[str, Value], rule: dict[str, tuple[tuple[Value, ...], bool]]) -> bool:
    return bool(rule) and all(
        (cell.get(axis) in values) != negated for axis, (values, negated) in rule.items()
    )


@dataclass(slots=True, eq=False)
class Stage:
    """A stage. `kind` says what it holds: "steps", "stages", "parallel" or "matrix"."""

    name: str
    mark: Mark
    kind: str = "steps"
    parent: Stage | None = None
    agent: Agent | None = None
    own_agent: Agent | None = None
    own_environment: dict[str, Variable] = field(default_factory=dict)
    environment: dict[str, Variable] = field(default_factory=dict)
    options: list[Item] = field(default_factory=list)
    tools: dict[str, Value] = field(default_factory=dict)
    when: When | None = None
    input: Input | None = None
    matrix: Matrix | None = None
    steps: list[Step] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    post: dict[str, list[Step]] = field(default_factory=dict)
    fail_fast: bool = False
    forgiven: bool = False

    @property
    def runs(self) -> bool:
        """Whether it can run at all."""
        if self.when is not None and self.when.holds is False:
            return False
        return self.parent is None or self.parent.runs

    @property
    def certain(self) -> bool:
        """Whether it runs in every build that gets so far."""
        if self.when is not None and self.when.holds is not True:
            return False
        return self.parent is None or self.parent.certain

    @property
    def path(self) -> tuple[str, ...]:
        """The names of the stages around it, and its own."""
        return (*(self.parent.path if self.parent else ()), self.name)

    def all_stages(self) -> Iterator[Stage]:
        """Yield the stage and those inside it."""
        yield self
        for stage in self.stages:
            yield from stage.all_stages()

    def all_steps(self) -> Iterator[Step]:
        """Yield the steps of this stage alone, those inside others too."""
        for step in self.steps:
            yield from step.all_steps()

    def option(self, name: str) -> Item | None:
        """Return the option of a name."""
        return next((one for one in self.options if one.name == name), None)

    @property
    def in_parallel(self) -> Stage | None:
        """The nearest stage around it whose stages run at the same time."""
        stage = self.parent
        while stage is not None and stage.kind not in ("parallel", "matrix"):
            stage = stage.parent
        return stage


@dataclass(slots=True, eq=False)
class Pipeline:
    """A whole Jenkinsfile; `declarative` says which kind. `faults` are findings by rule."""

    path: str
    text: str
    declarative: bool = False
    mark: Mark = (1, 1)
    agent: Agent | None = None
    environment: dict[str, Variable] = field(default_factory=dict)
    options: list[Item] = field(default_factory=list)
    parameters: list[Item] = field(default_factory=list)
    triggers: list[Item] = field(default_factory=list)
    tools: dict[str, Value] = field(default_factory=dict)
    libraries: list[Value] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    post: dict[str, list[Step]] = field(default_factory=dict)
    faults: dict[str, list[Finding]] = field(default_factory=dict)
    unknown_steps: list[Step] = field(default_factory=list)
    _steps: list[Step] | None = None

    def all_stages(self) -> Iterator[Stage]:
        """Yield every stage, in the order of the text."""
        for stage in self.stages:
            yield from stage.all_stages()

    def live_stages(self) -> Iterator[Stage]:
        """Yield every stage that can run."""
        return (stage for stage in self.all_stages() if stage.runs)

    def stage(self, name: str) -> Stage | None:
        """Return the first stage of a name that can run."""
        return next((stage for stage in self.live_stages() if stage.name == name), None)

    def all_steps(self, *, post: bool = True) -> Iterator[Step]:
        """Yield every step that can run: of the stages, of `post`, and of no stage."""
        for step in self.steps:
            yield from step.all_steps()
        blocks: list[Pipeline | Stage] = [*self.live_stages(), self]
        for block in blocks:
            if isinstance(block, Stage):
                yield from block.all_steps()
            if post:
                for steps in block.post.values():
                    for step in steps:
                        yield from step.all_steps()

    def surroundings(self) -> Iterator[tuple[Agent | None, dict[str, Variable]]]:
        """Yield the agent and the environment that the file and each live stage set."""
        yield self.agent, self.environment
        for stage in self.live_stages():
            yield stage.own_agent, stage.own_environment

    @property
    def live_steps(self) -> list[Step]:
        """Every step that can run, kept for the next who asks."""
        if self._steps is None:
            self._steps = [*self.all_steps()]
        return self._steps

    def option(self, name: str) -> Item | None:
        """Return the option of a name."""
        return next((one for one in self.options if one.name == name), None)

    def trigger(self, name: str) -> Item | None:
        """Return the trigger of a name."""
        return next((one for one in self.triggers if one.name == name), None)

    def parameter(self, name: str) -> Item | None:
        """Return the parameter with a name."""
        return next((one for one in self.parameters if one.args.get("name") == name), None)

    def finding(self, message: str, mark: Mark, hint: str = "") -> Finding:
        """Make a finding at a place of this file."""
        return Finding(message, self.path, mark[0], mark[1], hint)
