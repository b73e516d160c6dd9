"""One step of a job or of a composite action, in normal form (see `model`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from iac_gym.formats.lazy import lazy
from iac_gym.formats.shell import Command, Install, Script
from iac_gym.formats.shell_commands import installs_of
from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.github_actions.conditions import (
    Condition,
    facts_of,
    may_hold,
    read_condition,
)
from iac_gym.languages.github_actions.part import Part, both
from iac_gym.languages.github_actions.scripts import read_run, stops_at_failure
from iac_gym.languages.github_actions.uses import Uses, read_uses
from iac_gym.languages.github_actions.values import has_expression, is_scalar, pairs_of, text_of

if TYPE_CHECKING:
    from iac_gym.languages.github_actions.job import Job
    from iac_gym.languages.github_actions.model import Action


class Step(Part):
    """One step of a job or of a composite action. `index` counts from 0."""

    def __init__(self, tree: YamlMap, mark: Mark, index: int, owner: Job | Action) -> None:
        super().__init__(owner.file, tree, mark)
        self.index = index
        self.owner = owner
        self.id = self.text("id")
        self.run = self.text("run")

    @property
    def name(self) -> str:
        """The name as written, "" where there is none."""
        return self.text("name")

    @lazy
    def uses(self) -> Uses | None:
        """The action that the step uses, None for a `run` step."""
        text = self.text("uses")
        return read_uses(text, self.tree.marks["uses"]) if text else None

    @lazy
    def inputs(self) -> dict[str, str]:
        """`with`, by lower-case name."""
        given = self.tree.get("with")
        if given.__class__ is not YamlMap:
            return {}
        return {
            text_of(name).lower(): text_of(one) for name, one in given.items() if is_scalar(one)
        }

    @lazy
    def env(self) -> dict[str, str]:
        """The variables in force: the workflow's, the job's and the step's."""
        outer = self.owner.env
        return {**outer, **pairs_of(self.tree, "env")} if "env" in self.tree else outer

    @lazy
    def condition(self) -> Condition:
        """The step's `if`."""
        return read_condition(self.tree, self.owner.events)

    @property
    def runs(self) -> bool:
        """Whether the step can run at all (its job is not looked at)."""
        return self.condition.possible

    @property
    def ordinary(self) -> bool:
        """Whether the step runs whenever its job runs and nothing has failed."""
        return self.condition.ordinary

    def runs_for(self, event: str, *, branch: str = "", tag: str = "") -> bool | None:
        """Say whether the step runs for an event, all going well; None where it depends."""
        own = self.condition.holds(facts_of(event, branch, tag))
        return both(self.owner.runs_for(event, branch=branch, tag=tag), own)

    @property
    def shell(self) -> str:
        """The shell in force, "" for the runner's own (bash; PowerShell on Windows)."""
        return self.text("shell") or self.owner.shell

    @property
    def directory(self) -> str:
        """The working directory in force, "" for the workspace."""
        return self.text("working-directory") or self.owner.directory

    @lazy
    def script(self) -> Script:
        """The commands of `run`. Nobody changes it."""
        env = {name: text for name, text in self.env.items() if not has_expression(text)}
        return read_run(self.run, self.shell, env)

    @property
    def commands(self) -> list[Command]:
        """The commands that certainly run and whose failure fails the step."""
        return self.script.certain

    @property
    def installs(self) -> list[Install]:
        """What package managers certainly install here."""
        return installs_of(self.script)

    @lazy
    def continue_on_error(self) -> bool:
        """Whether a failure of the step may leave the job successful."""
        return forgiven(self.tree, self.owner)

    @property
    def may_fail_silently(self) -> bool:
        """Whether the step may fail without failing the job (`|| true`: see `commands`)."""
        return self.continue_on_error or not stops_at_failure(self.shell)

    @property
    def timeout(self) -> str:
        """`timeout-minutes` as text."""
        return self.text("timeout-minutes")


def steps_of(tree: YamlMap, owner: Job | Action) -> Iterator[Step]:
    """Yield the steps of a job, or of the `runs` of an action."""
    for index, (step, mark) in enumerate(_step_maps(tree.get("steps"))):
        yield Step(step, mark, index, owner)


def _step_maps(steps: Any, inner: bool = False) -> Iterator[tuple[YamlMap, Mark]]:
    """Yield the mappings of steps; those of a `parallel` block stand for it."""
    if steps.__class__ is not YamlList:
        return
    for step, mark in zip(steps, steps.marks, strict=True):
        if step.__class__ is YamlMap and "parallel" in step and not inner:
            yield from _step_maps(step["parallel"], inner=True)
        elif step.__class__ is YamlMap:
            yield step, mark


def forgiven(tree: YamlMap, owner: Job | Action) -> bool:
    """Whether `continue-on-error` is true, or is not known to be false somewhere in the matrix."""
    value = tree.get("continue-on-error")
    if value is None:
        return False
    text = text_of(value)
    if not has_expression(text):
        return text == "true"
    return all(_holds(one) for one in owner.values(text))


def _holds(text: str) -> bool:
    """Whether an expression that is filled in may be true."""
    return text not in ("false", "") and may_hold(text)
