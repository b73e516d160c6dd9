"""What requirements about GitLab CI look for: jobs and commands that really run.

A job counts when some pipeline may hold it. A command counts when it certainly runs in its job and
the job fails with it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Generator, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple, TypeVar

from envs.cicd.commands import elsewhere, normal
from iac_gym.formats.shell import read_script
from iac_gym.languages.gitlab_ci.job import Job, replace
from iac_gym.languages.gitlab_ci.model import Pipeline
from iac_gym.languages.gitlab_ci.values import Run
from iac_gym.verdict import Finding

T = TypeVar("T")
Found = Generator[Finding, None, T]

_BRACED = re.compile(r"\$\{(\w+)\}")


def find_job(model: Pipeline, name: str) -> Found[Job | None]:
    """Return a job that can run; yield why there is none."""
    job = model.jobs.get(name)
    if job is None:
        yield model.finding(f"there is no job `{name}`")
        return None
    if not job.runs:
        yield model.finding(f"the job `{name}` never runs", job.mark)
        return None
    return job


def spelled(text: str, variables: Mapping[str, str]) -> str:
    """Return a text with known variables replaced and the others written as `$NAME`."""
    return _BRACED.sub(r"$\1", replace(text, variables))


class Ran(NamedTuple):
    """A command that certainly runs: where, its words in normal form, its folder, its place."""

    run: Run
    words: tuple[str, ...]
    folder: str
    place: int


def commands_of(job: Job) -> Iterator[Ran]:
    """Yield the commands that certainly run in a job and must succeed."""
    folder = "."
    last = {(id(run.line), run.command.pipe): run for run in job.commands}
    for place, run in enumerate(job.commands):
        if not run.certain:
            continue
        words = tuple(spelled(word, job.variables) for word in run.words)
        if run.program == "cd" and len(words) == 2:
            target = words[1].replace("$CI_PROJECT_DIR/", "").replace("$CI_PROJECT_DIR", ".")
            folder = posixpath.normpath(posixpath.join(folder, target))
            continue
        if last[id(run.line), run.command.pipe] is not run and not _pipefail(job):
            continue  # the end of a pipe decides whether it fails
        words, own = elsewhere(words)
        where = posixpath.normpath(posixpath.join(folder, own))
        yield Ran(run, normal(words), where, place)


def _pipefail(job: Job) -> bool:
    return any(run.program == "set" and "pipefail" in run.words for run in job.commands)


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
