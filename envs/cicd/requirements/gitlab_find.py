"""What requirements about GitLab CI look for: jobs and commands that really run.

A job counts when some pipeline may hold it. A command counts when it certainly runs in its job and
the job fails with it.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from functools import lru_cache
from typing import NamedTuple, TypeVar

from envs.cicd.commands import Folders, assigned, elsewhere, filled, is_lost, normal, remember
from envs.cicd.requirements.gitlab_scenarios import never_created
from iac_gym.formats.lazy import kept
from iac_gym.formats.shell import MOST_KEPT, read_script
from iac_gym.languages.gitlab_ci.job import Job, replace
from iac_gym.languages.gitlab_ci.model import Pipeline
from iac_gym.languages.gitlab_ci.values import Line, Run
from iac_gym.verdict import Finding

T = TypeVar("T")
Found = Generator[Finding, None, T]

_BRACED = re.compile(r"\$\{(\w+)\}")
_FAILURE = re.compile(r"exit 0*[1-9][0-9]{0,2}")
#: The checkout, as scripts name it.
ROOTS = ("$CI_PROJECT_DIR", "$PWD")


def find_job(model: Pipeline, name: str) -> Found[Job | None]:
    """Return a job that can run; yield why there is none."""
    job = model.jobs.get(name)
    if job is None:
        yield model.finding(f"there is no job `{name}`")
        return None
    if not job.runs:
        yield model.finding(f"the job `{name}` never runs", job.mark)
        return None
    if stopper := _stopper(job):
        yield model.finding(f"`{stopper}` always fails, so `{name}` never runs", job.mark)
        return None
    if never_created(job):
        yield model.finding(f"no pipeline is created that has the job `{name}`", job.mark)
        return None
    return job


@kept
def _stopper(job: Job) -> str:
    """Return a job that always fails, for which a job waits: it ends with `exit` and a number."""
    if job.starts_by & {"always", "on_failure"}:
        return ""
    jobs = job.pipeline.jobs
    failing = [
        one
        for one in jobs.values()
        if one is not job and any("exit" in line.text for line in one.script) and _fails(one)
    ]
    if not failing:
        return ""
    before = job.pipeline.before(job.name)
    return next((one.name for one in failing if one.name in before), "")


def _fails(job: Job) -> bool:
    return not (job.may_fail_silently or job.manual) and any(
        run.certain and _FAILURE.fullmatch(" ".join(run.words[:3])) is not None
        for run in job.commands
    )  # fmt: skip


def spelled(text: str, variables: Mapping[str, str]) -> str:
    """Return a text with known variables replaced and the others written as `$NAME`."""
    if "$" not in text:
        return text
    text = replace(text, variables)
    return _BRACED.sub(r"$\1", text) if "${" in text else text


def settings(job: Job) -> list[Mapping[str, str]]:
    """Return the variables of a job in each way that it may come about.

    `rules:variables` and `workflow:rules:variables` change them, and so does a matrix.
    """
    known: list[Mapping[str, str]] | None = job.pipeline.shared.get(("settings", job.name))
    if known is None:
        known = job.pipeline.shared["settings", job.name] = _settings(job)
    return known


#: Most ways in which a job comes about that are looked at.
_MOST_SETTINGS = 200


def _settings(job: Job) -> list[Mapping[str, str]]:
    flows = [one.variables for one in job.pipeline.workflow or () if one.when != "never"] or [{}]
    flows = flows if any(flows) else [{}]
    clauses: list[Mapping[str, str]] = [one.variables for one in job.chances] or [{}]
    clauses = clauses if any(clauses) else [{}]
    sets: list[Mapping[str, str]] = [*job.parallel.matrix] or [{}]
    if len(flows) * len(clauses) * len(sets) > _MOST_SETTINGS:
        sets = sets[:1]
    if not (any(flows) or any(clauses) or any(sets)):
        return [job.variables]
    outer = {**job.variables}
    return [
        {**outer, **flow, **job.own_variables, **chosen, **clause}
        for flow in flows
        for chosen in sets
        for clause in clauses[:_MOST_SETTINGS]
    ]


def always(job: Job, text: str, wanted: str) -> bool:
    """Whether a text with variables has a value however the job comes about."""
    return all(spelled(text, known) == wanted for known in settings(job))


class Ran(NamedTuple):
    """A command that certainly runs: where, its words in normal form, its folder, its place."""

    run: Run
    words: tuple[str, ...]
    folder: str
    place: int


@kept
def commands_of(job: Job) -> tuple[Ran, ...]:
    """Return the commands that certainly run in a job and must succeed.

    GitLab's runner sets `pipefail`, so each command of a pipe counts.
    """
    own = _own_variables(job) or job
    shell = _Shell(job) if own is not job else None
    folders = Folders(".", ROOTS)
    fragile = any("+o pipefail" in line.text for line in (*job.before_script, *job.script))
    found: list[Ran] = []
    for place, run in enumerate(own.commands):
        if shell is not None:
            shell.go_to(run)
        words, text, sure = run.words, run.line.text, run.certain
        if "$" in text:
            words = _spelled_words(words, own.variables, shell)
        if fragile and _piped_on(own, place):
            continue
        if "&" in text or "|" in text:
            sure = sure and not is_lost(text, run.command.offset)
        scope = folders.enter(run.line.text, run.command.offset)
        if folders.moves(words, scope, run.certain) or not sure or not words[0]:
            continue
        words, there = elsewhere(words)
        short = len(run.line.text) <= MOST_KEPT
        words = _kept_normal(words) if short else normal(words)
        found.append(Ran(run, words, folders.then(scope, there), place))
    return tuple(found)


_kept_normal = lru_cache(maxsize=2048)(normal)


def _spelled_words(
    words: tuple[str, ...], variables: Mapping[str, str], shell: _Shell | None
) -> tuple[str, ...]:
    """Put what is known into the words of a command."""
    if shell is not None:
        words = tuple([filled(word, shell.values) for word in words])
    return tuple([spelled(word, variables).replace("\0", "$") for word in words])


def _piped_on(job: Job, place: int) -> bool:
    """Whether the output of a command goes to another one, which decides about both."""
    run, *rest = job.commands[place : place + 2]
    return bool(rest) and rest[0].line is run.line and rest[0].command.pipe == run.command.pipe


class _Shell:
    """What the script of a job has set before each of its commands."""

    def __init__(self, job: Job) -> None:
        self.values: dict[str, str] = {}
        self._lines = iter((*job.before_script, *job.script))
        self._line: Line | None = None
        self._pending: list[tuple[int, str, str | None]] = []

    def go_to(self, run: Run) -> None:
        """Note what is set in front of a command."""
        while self._line is not run.line:
            self._note(len(self._pending))
            self._line = next(self._lines, run.line)
            self._pending = assigned(self._line.text)
        before = [one for one in self._pending if one[0] <= run.command.offset]
        self._note(len(before))

    def _note(self, count: int) -> None:
        for _, name, value in self._pending[:count]:
            remember(self.values, name, value)
        del self._pending[:count]


def _own_variables(job: Job) -> Job | None:
    """Return the job without the variables that its script sets itself; None where it sets none."""
    key = ("own", job.name)
    if key not in job.pipeline.shared:
        names = {
            name
            for line in (*job.before_script, *job.script)
            if "=" in line.text
            for _, name, _ in assigned(line.text)
        }
        made = None
        if names:
            made = Job(job.name, job.tree, job.pipeline, job.mark)
            left = {name: value for name, value in job.variables.items() if name not in names}
            made.__dict__["variables"] = left
        job.pipeline.shared[key] = made
    found: Job | None = job.pipeline.shared[key]
    return found


@lru_cache(maxsize=1024)
def words_of(line: str) -> tuple[str, ...]:
    """Return the words of a command line that a task asks for."""
    commands = read_script(line, {}).commands
    first = commands[0].words if commands else tuple(line.split())
    return normal(tuple(_BRACED.sub(r"$\1", word) for word in first))


def running(job: Job, line: str) -> list[Ran]:
    """Return where a job runs a command line."""
    wanted = words_of(line)
    return [ran for ran in commands_of(job) if ran.words == wanted]


def find_command(model: Pipeline, job: str, line: str) -> Found[list[Ran]]:
    """Return where a job runs a command line; yield why it does not."""
    found = yield from find_job(model, job)
    if found is None:
        return []
    ran = running(found, line)
    if not ran:
        message = f"`{line}` is not certain to run in the job `{job}`"
        yield model.finding(message, found.place("script"))
    return ran
