"""What a verification found: stages, findings, diagnostics, and the verdict made of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple


class Stage(IntEnum):
    """The order of examination. FORMAT and SYNTAX are gates: nothing later runs when they fail.

    FORMAT to SEMANTICS say whether the real tool would accept the text; REQUIREMENTS whether it is
    what the task asked for; SECURITY is reported, and counts only where a task asks for it. NOTICE
    says what could not be judged (a provider without a schema): it never counts.
    """

    FORMAT = 0
    SYNTAX = 1
    SCHEMA = 2
    REFERENCES = 3
    SEMANTICS = 4
    REQUIREMENTS = 5
    SECURITY = 6
    NOTICE = 7


#: The last stage of the gates and of validity: looking up a member of an enum each time is slow.
_LAST_GATE, _LAST_VALIDITY = Stage.SYNTAX, Stage.SEMANTICS


class Record:
    """Base of the frozen records that travel between processes.

    They are pickled as a call of their class: the default of frozen slotted dataclasses looks up
    the fields of every object, which took longer than grading the answer.
    """

    __slots__: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        """Return the class and its arguments."""
        return self.__class__, tuple([getattr(self, name) for name in self.__slots__])


@dataclass(frozen=True, slots=True)
class Finding(Record):
    """One thing a check found wrong. `line` and `column` count from 1; 0 means "no position"."""

    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding with the stage and the rule (or requirement) that made it."""

    stage: Stage
    rule: str
    finding: Finding

    def __str__(self) -> str:
        """`main.yaml:6:13: message [rule]`, without the parts that are not known."""
        found = self.finding
        place = ":".join(str(part) for part in (found.file, found.line, found.column) if part)
        hint = f" ({found.hint})" if found.hint else ""
        return f"{place + ': ' if place else ''}{found.message}{hint} [{self.rule}]"


@dataclass(frozen=True, slots=True)
class Outcome(Record):
    """What one check said: its findings, or `error` when the check itself broke (our defect).

    `requirement` is the index of the task's requirement that was checked, -1 for a rule.
    """

    stage: Stage
    rule: str
    findings: tuple[Finding, ...] = ()
    error: str = ""
    requirement: int = -1

    @property
    def passed(self) -> bool:
        """Whether the check ran and found nothing wrong."""
        return not self.findings and not self.error


class Tally(NamedTuple):
    """Counts over a verdict's outcomes, made in one pass.

    `broken` checks failed through our fault; `gated` says that FORMAT or SYNTAX failed; `failed`
    validity rules behind the gates found something; `met` requirements are met.
    """

    broken: int
    gated: bool
    failed: int
    met: int


@dataclass(frozen=True, slots=True)
class Verdict(Record):
    """Facts about one answer, in the order of the stages. `asked` is the number of requirements.

    Where a gate failed, the later stages have no outcomes and `share` gives 0.0 for them.
    """

    outcomes: tuple[Outcome, ...]
    asked: int = 0

    def tally(self) -> Tally:
        """Count the outcomes."""
        broken = failed = met = 0
        gated = False
        for outcome in self.outcomes:
            if outcome.error:
                broken += 1
            elif not outcome.findings:
                met += outcome.requirement >= 0 and outcome.stage > _LAST_VALIDITY
            elif outcome.stage <= _LAST_GATE:
                gated = True
            else:
                failed += outcome.stage <= _LAST_VALIDITY
        return Tally(broken, gated, failed, met)

    @property
    def unscored(self) -> str:
        """Why no verdict could be reached through our own fault; empty when there is one."""
        return "; ".join(f"{o.rule}: {o.error}" for o in self.outcomes if o.error)

    @property
    def gated(self) -> bool:
        """Whether FORMAT or SYNTAX failed, so that nothing later was examined."""
        return self.tally().gated

    @property
    def valid(self) -> bool:
        """Whether the real tool would accept the answer, as far as it was examined."""
        return not any(o.findings or o.error for o in self.outcomes if o.stage <= Stage.SEMANTICS)

    @property
    def met(self) -> int:
        """How many of the task's requirements are met."""
        return self.tally().met

    @property
    def solved(self) -> bool:
        """Valid, and every requirement met (a task has at least one)."""
        return self.valid and 0 < self.asked == self.met

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every finding, in the order of the stages."""
        return tuple(self._diagnostics())

    def _diagnostics(self) -> Iterator[Diagnostic]:
        for outcome in self.outcomes:
            for finding in outcome.findings:
                yield Diagnostic(outcome.stage, outcome.rule, finding)

    def share(self, stage: Stage) -> float:
        """Share of the stage's checks that passed, 0.0 to 1.0; 0.0 behind a closed gate."""
        if self.gated and stage > Stage.SYNTAX:
            return 0.0
        ran = [o for o in self.outcomes if o.stage == stage]
        if stage == Stage.REQUIREMENTS:
            return self.met / self.asked if self.asked else 0.0
        return sum(o.passed for o in ran) / len(ran) if ran else 1.0
