"""The parsed pipeline that rules and requirements read: jobs in one normal form.

`Pipeline.jobs` holds the visible jobs by name after `extends`, `!reference`, anchors, `default:` and
`inherit`. Whatever the spelling, the same meaning gives the same values: a script is a flat tuple of
lines, `needs` a tuple of `Need`, `image` an `Image`, a duration seconds. Everything knows its place
as `mark` (line, column). Parts of a wrong type are left out, for the rules report them.

What does not happen is told: `Job.runs` is false where no pipeline can ever hold the job, and
`Pipeline.running` has the others. `Job.automatic` and `Job.manual` say how it starts,
`Job.may_fail_silently` whether its failure may pass, `Job.commands` which commands certainly run.
`Pipeline.before(name)` are the jobs that have ended before a job starts.

What an `include` brings is not seen: `Pipeline.opaque` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

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

    @cached_property
    def opaque(self) -> bool:
        """Whether files that cannot be seen here add to the pipeline (`include`)."""
        return self.tree.get("include") is not None

    @cached_property
    def includes(self) -> tuple[Include, ...]:
        """The files that are included."""
        return read.includes(self.tree.get("include"), self.tree.marks.get("include", (0, 0)))

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """The stages in their order, `.pre` first and `.post` last."""
        given = self.tree.get("stages")
        named = read.texts(given) if given is not None else DEFAULT_STAGES
        return (".pre", *(one for one in named if one not in (".pre", ".post")), ".post")

    @cached_property
    def variables(self) -> dict[str, str]:
        """The variables of the whole pipeline."""
        return read.variables(self.tree.get("variables"))

    @cached_property
    def workflow(self) -> tuple[Clause, ...] | None:
        """The rules that decide whether there is a pipeline, None where it has none."""
        tree = read.as_map(self.tree.get("workflow"))
        return read.clauses(tree.get("rules"), tree.marks.get("rules", (0, 0)))

    @cached_property
    def starts(self) -> bool:
        """Whether a pipeline can be created at all."""
        for clause in self.workflow or ():
            if clause.possible != "never" and clause.when != "never":
                return True
            if clause.possible == "always":
                return False
        return not self.workflow

    @cached_property
    def jobs(self) -> dict[str, Job]:
        """The visible jobs by name, those that never run included."""
        return {
            name: Job(name, tree, self, self.tree.key_marks[name])
            for name, tree in self.tree.items()
            if name.__class__ is str and is_job(name, tree)
        }

    @cached_property
    def running(self) -> dict[str, Job]:
        """The jobs that some pipeline may hold."""
        return {name: job for name, job in self.jobs.items() if job.runs}

    @cached_property
    def expanded(self) -> dict[str, str]:
        """The names of all jobs after `parallel`, each with the name of the job it comes from."""
        names = {name: name for name in self.jobs}
        for name, job in self.jobs.items():
            names.update(dict.fromkeys(job.instances, name))
        return names

    def stage_index(self, stage: str) -> int:
        """Return the place of a stage, -1 if it is not known."""
        return self._stage_indices.get(stage, -1)

    @cached_property
    def _stage_indices(self) -> dict[str, int]:
        return {stage: index for index, stage in reversed(list(enumerate(self.stages)))}

    def before(self, name: str) -> frozenset[str]:
        """Return the jobs that have certainly ended before a job starts."""
        done: dict[str, None] = {}
        queue = [name]
        while queue:
            job = self.jobs.get(queue.pop())
            for other in self._just_before(job) if job else ():
                if other not in done:
                    done[other] = None
                    queue.append(other)
        return frozenset(done) - {name}

    def _just_before(self, job: Job) -> list[str]:
        if job.needs is not None:
            return [self.expanded.get(need.job, "") for need in job.needs if need.here]
        place = self.stage_index(job.stage)
        return [
            other.name
            for other in self.jobs.values()
            if -1 < self.stage_index(other.stage) < place
        ]

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
