"""The parsed pipeline that rules and requirements read: jobs in one normal form.

`Pipeline.jobs` holds the visible jobs by name after `extends`, `!reference`, anchors, `default:`
and `inherit`. Whatever the spelling, the same meaning gives the same values: a script is a flat
tuple of lines, `needs` a tuple of `Need`, `image` an `Image`, a duration seconds. Everything knows
its place as `mark` (line, column). Parts of a wrong type are left out, for the rules report them.

What does not happen is told: `Job.runs` is false where no pipeline can ever hold the job, and
`Pipeline.running` has the others. `Job.automatic` and `Job.manual` say how it starts,
`Job.may_fail_silently` whether its failure may pass, `Job.commands` which commands certainly run.
`Pipeline.before(name)` are the jobs that have ended before a job starts.

What an `include` brings is not seen: `Pipeline.opaque` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.lazy import lazy
from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.languages.gitlab_ci import read
from iac_gym.languages.gitlab_ci.job import Job
from iac_gym.languages.gitlab_ci.values import Clause, Include
from iac_gym.verdict import Finding

__all__ = ["DEFAULT_STAGES", "Job", "Pipeline"]

DEFAULT_STAGES = ("build", "test", "deploy")
Faults = dict[str, list[Finding]]


@dataclass
class Pipeline:
    """One `.gitlab-ci.yml`. `tree` is the configuration after `extends` and `!reference`.

    `written` is the same before them. `header` is the document with `spec:`, if there is one.
    `faults` are the findings by the name of their rule; `examine` fills them once.
    """

    tree: YamlMap
    written: YamlMap
    path: str
    header: YamlMap = field(default_factory=YamlMap)
    partial: frozenset[Any] = frozenset()
    faults: Faults = field(default_factory=dict)
    examined: bool = False
    #: What was read of a value that several jobs share, by its identity.
    shared: dict[Any, Any] = field(default_factory=dict, repr=False)

    @lazy
    def opaque(self) -> bool:
        """Whether files that cannot be seen here add to the pipeline (`include`)."""
        return self.tree.get("include") is not None

    @lazy
    def includes(self) -> tuple[Include, ...]:
        """The files that are included."""
        return read.includes(self.tree.get("include"), self.tree.marks.get("include", (0, 0)))

    @lazy
    def stages(self) -> tuple[str, ...]:
        """The stages in their order, `.pre` first and `.post` last."""
        given = self.tree.get("stages")
        named: tuple[str, ...] = DEFAULT_STAGES
        if given is not None:
            named = tuple([line.text for line in read.lines(given, (0, 0))])
        return (".pre", *(one for one in named if one not in (".pre", ".post")), ".post")

    @lazy
    def variables(self) -> dict[str, str]:
        """The variables of the whole pipeline."""
        return read.variables(self.tree.get("variables"))

    @lazy
    def workflow(self) -> tuple[Clause, ...] | None:
        """The rules that decide whether there is a pipeline, None where it has none."""
        tree = read.as_map(self.tree.get("workflow"))
        return read.clauses(tree.get("rules"), tree.marks.get("rules", (0, 0)))

    @lazy
    def starts(self) -> bool:
        """Whether a pipeline can be created at all."""
        for clause in self.workflow or ():
            if clause.possible != "never" and clause.when != "never":
                return True
            if clause.possible == "always":
                return False
        return not self.workflow

    @lazy
    def jobs(self) -> dict[str, Job]:
        """The visible jobs by name, those that never run included."""
        return {
            name: Job(name, tree, self, self.tree.key_marks[name])
            for name, tree in self.tree.items()
            if name.__class__ is str and is_job(name, tree)
        }

    @lazy
    def never_run(self) -> frozenset[str]:
        """The names of the jobs that no pipeline can hold, alone or for want of another job."""
        if not self.starts:
            return frozenset(self.jobs)
        users: dict[str, list[str]] = {}
        for name, job in self.jobs.items():
            for need in job.needs or ():
                if need.here and not need.optional:
                    users.setdefault(self.expanded.get(need.job, ""), []).append(name)
        queue = [name for name, job in self.jobs.items() if not job.chances]
        found = set(queue)
        while queue:
            for user in users.get(queue.pop(), ()):
                if user not in found:
                    found.add(user)
                    queue.append(user)
        return frozenset(found)

    @lazy
    def running(self) -> dict[str, Job]:
        """The jobs that some pipeline may hold."""
        return {name: job for name, job in self.jobs.items() if job.runs}

    @lazy
    def expanded(self) -> dict[str, str]:
        """The names of all jobs after `parallel`, each with the name of the job it comes from."""
        names = {name: name for name in self.jobs}
        for name, job in self.jobs.items():
            names.update(dict.fromkeys(job.instances, name))
        return names

    def stage_index(self, stage: str) -> int:
        """Return the place of a stage, -1 if it is not known."""
        return self._stage_indices.get(stage, -1)

    @lazy
    def _stage_indices(self) -> dict[str, int]:
        return {stage: index for index, stage in reversed(list(enumerate(self.stages)))}

    def before(self, name: str) -> frozenset[str]:
        """Return the jobs that have certainly ended before a job starts."""
        done: set[str] = set()
        queue, whole = [name], 0  # the stages before `whole` are in `done` already
        while queue:
            job = self.jobs.get(queue.pop())
            if job is None:
                continue
            place = self.stage_index(job.stage)
            others = _needed(self, job) if job.needs is not None else self._staged(whole, place)
            if job.needs is None:
                whole = max(whole, place)
            for other in others:
                if other not in done:
                    done.add(other)
                    queue.append(other)
        return frozenset(done) - {name}

    def _staged(self, start: int, end: int) -> list[str]:
        """Return the jobs of some stages that nothing can pass by."""
        return [name for place in range(start, end) for name in self._by_stage.get(place, ())]

    @lazy
    def _by_stage(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for name, job in self.jobs.items():
            if not job.skippable:
                found.setdefault(self.stage_index(job.stage), []).append(name)
        return found

    def finding(self, message: str, mark: Mark = (0, 0), hint: str = "") -> Finding:
        """Make a finding in this file."""
        return Finding(message, self.path, mark[0], mark[1], hint)

    def note(self, rule: str, message: str, mark: Mark, hint: str = "") -> None:
        """Keep a finding under the name of its rule."""
        self.faults.setdefault(rule, []).append(self.finding(message, mark, hint))

    def examine(self) -> Mapping[str, list[Finding]]:
        """Check everything once; returns the findings by the name of their rule."""
        if not self.examined:
            self.examined = True
            from iac_gym.languages.gitlab_ci.examine import examine

            examine(self)
        return self.faults


def _needed(pipeline: Pipeline, job: Job) -> list[str]:
    """Return the jobs of this pipeline that a job waits for."""
    return [pipeline.expanded.get(need.job, "") for need in job.needs or () if need.here]


#: Keys of the whole configuration; a name among them is never a job.
RESERVED = frozenset(
    """include before_script image services after_script variables stages cache""".split()
)
GLOBAL = RESERVED | {"default", "workflow"}


def is_job(name: str, tree: Any) -> bool:
    """Whether a top-level entry is a visible job, as GitLab tells them from its own keywords."""
    if name.startswith(".") or tree.__class__ is not YamlMap or name in RESERVED:
        return False
    return name not in GLOBAL or not {"script", "run", "trigger", "needs"}.isdisjoint(tree)
