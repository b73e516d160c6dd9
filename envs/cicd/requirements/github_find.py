"""What requirements about GitHub Actions look for: jobs, steps and commands that really run.

A job counts when it can run; a step when it runs whenever its job does and nothing has failed, and
when its failure fails the job; a command when it certainly runs in such a step. Expressions are
compared without spaces, `$GITHUB_SHA` and a variable of `env` as what they stand for.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from envs.cicd.commands import normal
from envs.cicd.requirements.github_conditions import (
    follows,
    holds_in_all_runs,
    holds_when_all_is_well,
    reachable,
)
from envs.cicd.requirements.github_shell import Script as Text
from envs.cicd.requirements.github_shell import elsewhere
from envs.cicd.requirements.github_texts import clean_path, compact, put_in
from iac_gym.formats.lazy import kept
from iac_gym.formats.shell import MOST_KEPT
from iac_gym.languages.github_actions.model import Job, Part, Repository, Step, Workflow
from iac_gym.languages.github_actions.scripts import read_run
from iac_gym.languages.github_actions.triggers import Trigger
from iac_gym.verdict import Finding

T = TypeVar("T")
Found = Generator[Finding, None, T]

#: Longest value of a variable that is put into commands.
_MOST_VALUE = 1000
#: Most variables that a script sets and that are noted.
_MOST_SET = 50
_VARIABLE = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})")
#: Variables of every step, and the contexts that they repeat.
_GIVEN = {
    f"GITHUB_{name.upper()}": f"${{{{github.{name}}}}}"
    for name in (
        "sha", "ref", "ref_name", "ref_type", "repository", "repository_owner", "run_id",
        "run_number", "actor", "event_name", "head_ref", "base_ref", "workflow", "workspace",
    )
} | {"RUNNER_OS": "${{runner.os}}", "RUNNER_ARCH": "${{runner.arch}}"}  # fmt: skip


def amiss(model: Repository, message: str, part: Part | None = None, *keys: str) -> Finding:
    """Return a finding at a part, or at the first file."""
    where = part or (model.workflow if model.workflows else model.action)
    return where.finding(message, *keys)


@kept
def live_workflows(model: Repository) -> tuple[Workflow, ...]:
    """Return the workflows with a job that some event starts."""
    found = model.workflows.values()
    return tuple([one for one in found if any(reachable(job) for job in one.running)])


def triggers(model: Repository, event: str) -> Iterator[tuple[Workflow, Trigger]]:
    """Yield an event of every workflow that some job follows."""
    for workflow in live_workflows(model):
        if event in workflow.triggers and any(follows(job, event) for job in workflow.running):
            yield workflow, workflow.triggers[event]


@kept
def lives(job: Job) -> bool:
    """Whether some run has a job."""
    return job.runs and reachable(job)


def find_job(model: Repository, name: str) -> Found[Job | None]:
    """Return a job that can run; yield why there is none."""
    for workflow in model.workflows.values():
        job = workflow.jobs.get(name)
        if job is None:
            continue
        if lives(job):
            return job
        yield job.finding(f"the job `{name}` never runs", "if", "needs")
        return None
    yield amiss(model, f"there is no job `{name}`")
    return None


def values_of(step: Step, name: str, default: str = "") -> frozenset[str]:
    """Return every text that an input of a step stands for, in the jobs of the matrix."""
    text = step.inputs.get(name, default)
    if "${{" not in text:
        return frozenset((text.strip(),))
    return frozenset([compact(one).strip() for one in step.owner.values(text, step.env)])


def value_of(step: Step, name: str, default: str = "") -> str:
    """Return the one text that an input stands for; the text as written where there are several."""
    text = step.inputs.get(name, default)
    if "${{" not in text:
        return text.strip()
    values = values_of(step, name, default)
    return next(iter(values)) if len(values) == 1 else compact(text)


def is_true(step: Step, name: str, default: str = "false") -> bool:
    """Whether an input is true."""
    return value_of(step, name, default).lower() in ("true", "${{true}}")


# --- steps ---------------------------------------------------------------------------------------


@kept
def live_steps(job: Job) -> tuple[Step, ...]:
    """Return the steps that run whenever the job does, and whose failure fails the run."""
    if job.continue_on_error:
        return ()
    return tuple([step for step in job.active if _counts(step)])


def _counts(step: Step) -> bool:
    if step.continue_on_error:
        return False
    return step.ordinary or holds_when_all_is_well(step) or holds_in_all_runs(step)


def using(steps: Iterable[Step], *actions: str) -> Iterator[Step]:
    """Yield the steps that use one of some actions (`owner/repo`, in lower case)."""
    for step in steps:
        if step.uses is not None and step.uses.name in actions:
            yield step


def is_own(step: Step) -> bool:
    """Whether a checkout is that of the repository itself."""
    name = value_of(step, "repository")
    inner = name[3:-2] if name[:3] == "${{" else ""
    return not name or inner == "github.repository" or inner.endswith(".full_name")


def comes_late(step: Step) -> bool:
    """Whether nothing that runs in its job can make use of a step: all has run before."""
    return isinstance(step.owner, Job) and -1 < _work(step.owner)[1] <= step.index


def comes_early(step: Step) -> bool:
    """Whether a step comes before all that its job runs: there is nothing yet to take."""
    return isinstance(step.owner, Job) and step.index <= _work(step.owner)[0]


@kept
def _work(job: Job) -> tuple[int, int]:
    """Return the places of the first step that can make something, and of the last that uses it."""
    makes = [one.index for one in job.active if not _is_only(one, *_PREPARES, "upload-")]
    takes = [one.index for one in job.active if not _is_only(one, *_PREPARES, "download-")]
    ran = any(one.run for one in job.active)
    return (makes[0], takes[-1]) if ran and makes and takes else (-1, -1)


_PREPARES = ("checkout", "cache", "setup-")


def _is_only(step: Step, *names: str) -> bool:
    """Whether a step uses one of GitHub's own actions whose name begins like this."""
    uses = step.uses
    return uses is not None and uses.owner == "actions" and uses.repo.startswith(names)


class Ran(NamedTuple):
    """A command that certainly runs: its step, its words in normal form, and its folder.

    `fed` are the words of the command that writes into its pipe, `given` the variables that the
    script itself has set for it.
    """

    step: Step
    words: tuple[str, ...]
    folder: str
    order: tuple[int, int]
    fed: tuple[str, ...] = ()
    given: Mapping[str, str] = MappingProxyType({})


@kept
def commands_of(job: Job) -> tuple[Ran, ...]:
    """Return the commands that certainly run in a job, in order."""
    return tuple([ran for step in live_steps(job) if step.run for ran in ran_in(step)])


@kept
def ran_in(step: Step) -> tuple[Ran, ...]:
    """Return the commands that certainly run in a step, in order."""
    run, variables = step.run, tuple(step.env.items())
    short = len(run) <= MOST_KEPT and len(variables) <= _MOST_VARIABLES
    short = short and all(len(value) <= MOST_KEPT for _, value in variables)
    read = _kept_commands if short else _commands
    found = read(run, step.shell, step.directory, variables)
    return tuple([
        Ran(step, words, folder, (step.index, number), fed, given)
        for words, folder, number, fed, given in found
    ])  # fmt: skip


#: Most variables of a step whose commands are kept for the next file that has the same step.
_MOST_VARIABLES = 20


class _Command(NamedTuple):
    """What a `Ran` says but for its step."""

    words: tuple[str, ...]
    folder: str
    number: int
    fed: tuple[str, ...]
    given: Mapping[str, str]


def _commands(
    run: str, shell: str, directory: str, variables: tuple[tuple[str, str], ...]
) -> tuple[_Command, ...]:
    env = _environment(variables)
    script = read_run(run, shell, env)
    if script.error:
        return ()
    text = Text(run, script.commands)
    lost = text.lost() | text.without_pipefail(shell) | text.replaced()
    folders = [(0, clean_path(_expand(directory, env)))]
    given: dict[str, str] = {}
    found: list[_Command] = []
    for number, (command, depth) in enumerate(zip(script.commands, text.depths(), strict=True)):
        while len(folders) > 1 and folders[-1][0] > depth:
            folders.pop()
        new = {name: _expand(value, env) for name, value in text.assigned_before(number)}
        env.update(islice(new.items(), _MOST_SET))
        if not command.certain or number in lost or text.looks(number):
            continue
        if command.program == "cd" and len(command.words) == 2:
            _enter(folders, depth, _expand(command.words[1], env))
        elif not command.words:
            new = {name: _expand(value, env) for name, value in text.assigned(number)}
            env.update(islice(new.items(), _MOST_SET))
        else:
            own = dict(text.set_for(number))
            _export(given, text, command.words)
            fed = script.commands[number - 1] if number else None
            source = fed.words if fed is not None and fed.pipe == command.pipe else ()
            seen = {name: _expand(value, env) for name, value in {**given, **own}.items()}
            words = normal(tuple([_expand(word, env) for word in command.words]))
            source = tuple([_expand(word, env) for word in source])
            one = _Command(words, folders[-1][1], number, source, seen)
            found += [one, *_moved(one)]
    return tuple(found)


_kept_commands = lru_cache(maxsize=1024)(_commands)


def _enter(folders: list[tuple[int, str]], depth: int, target: str) -> None:
    """Change the folder, for the rest of the brackets that are open."""
    home = "${{github.workspace}}"
    base = "." if target.startswith(home) else folders[-1][1]
    path = clean_path(target.removeprefix(home).lstrip("/") or ".")
    entry = (depth, posixpath.normpath(posixpath.join(base, path)))
    if folders[-1][0] < depth:
        folders.append(entry)
    else:
        folders[-1] = entry


def _export(given: dict[str, str], text: Text, words: tuple[str, ...]) -> None:
    """Note the variables that `export` sets for all that follows, and those that `unset` takes."""
    if words[0] == "export" and len(given) < _MOST_SET:
        pairs = [word.partition("=") for word in words[1:]]
        new = {name: text.restored(value) for name, equals, value in pairs if equals}
        given.update(islice(new.items(), _MOST_SET))
    elif words[0] == "unset" and len(given) < _MOST_SET:
        given.update(dict.fromkeys(words[1:_MOST_SET], ""))


def _moved(ran: _Command) -> list[_Command]:
    """Return a command that goes to another folder by an option as one that runs there."""
    words, target = elsewhere(ran.words)
    if not target:
        return []
    folder = posixpath.normpath(posixpath.join(ran.folder, clean_path(target)))
    return [ran._replace(words=normal(words), folder=folder)]


def _environment(variables: tuple[tuple[str, str], ...]) -> dict[str, str]:
    env = dict(_GIVEN)
    for name, text in variables:
        env[name] = compact(text[:_MOST_VALUE])
    return env


def _expand(word: str, env: Mapping[str, str]) -> str:
    word = compact(word)
    if "$" not in word:
        return word
    word = _VARIABLE.sub(lambda found: env.get(found[1] or found[2], found[0]), word)
    return put_in(word, lambda found: _of_env(found, env)) if "${{" in word else word


def _of_env(whole: str, env: Mapping[str, str]) -> str:
    name = whole[3:-2].strip()
    return env.get(name[4:], whole) if name.startswith("env.") else whole


def words_of(line: str) -> tuple[str, ...]:
    """Return the words of a command line that a task asks for."""
    script = read_run(compact(line), "bash", _GIVEN)
    first = script.commands[0].words if script.commands else tuple(line.split())
    return normal(tuple(_expand(word, _GIVEN) for word in first))


_kept_words = lru_cache(maxsize=1024)(words_of)


def running(job: Job, line: str) -> list[Ran]:
    """Return where a job runs a command line."""
    wanted = _kept_words(line)
    return [ran for ran in commands_of(job) if ran.words == wanted]


def find_anyhow(model: Repository, job: str, line: str) -> Found[list[Ran]]:
    """Return where a job runs a command line, also in steps with a condition of their own."""
    found = yield from find_job(model, job)
    if found is None:
        return []
    wanted = _kept_words(line)
    live = () if found.continue_on_error else found.active
    steps = [step for step in live if step.run and not step.continue_on_error]
    ran = [one for step in steps for one in ran_in(step) if one.words == wanted]
    if not ran:
        yield found.finding(f"the job `{job}` does not run `{line}`", "steps")
    return ran


def find_command(model: Repository, job: str, line: str) -> Found[list[Ran]]:
    """Return where a job runs a command line; yield why it does not."""
    found = yield from find_job(model, job)
    if found is None:
        return []
    ran = running(found, line)
    if not ran:
        yield found.finding(f"`{line}` is not certain to run in the job `{job}`", "steps")
    return ran


def find_action(model: Repository, job: str, what: str, *actions: str) -> Found[list[Step]]:
    """Return the steps of a job that use one of some actions; yield that there is none."""
    found = yield from find_job(model, job)
    if found is None:
        return []
    steps = list(using(live_steps(found), *actions))
    if not steps:
        yield found.finding(f"the job `{job}` {what}", "steps")
    return steps
