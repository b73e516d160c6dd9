"""Requirements about what a job runs: commands, their folder, order, secrets and conditions."""

from __future__ import annotations

from envs.cicd.requirements.github_conditions import FAILED, Facts, step_holds
from envs.cicd.requirements.github_find import (
    Found,
    Ran,
    commands_of,
    find_action,
    find_anyhow,
    find_command,
    find_job,
    is_own,
    is_true,
    live_steps,
    using,
    value_of,
)
from envs.cicd.requirements.github_texts import (
    clean_path,
    compact,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.github_actions.model import Repository, Step
from iac_gym.languages.github_actions.values import text_of


@requirement(
    "the job `{job}` runs `{command}`",
    "`{command}` runs in the job `{job}`",
    "a step of the job `{job}` runs `{command}`",
)
def workflow_runs(model: Repository, job: str, command: str) -> Findings:
    """A command that certainly runs in a job, and whose failure fails it."""
    yield from find_command(model, job, command)


@requirement(
    "the job `{job}` runs `{command}` in the folder `{folder}`",
    "in `{folder}`, the job `{job}` runs `{command}`",
)
def workflow_runs_in(model: Repository, job: str, command: str, folder: str) -> Findings:
    """A command and its working directory, set anywhere or reached with `cd`."""
    ran = yield from find_command(model, job, command)
    wanted = clean_path(folder)
    if ran and not any(one.folder == wanted for one in ran):
        yield ran[0].step.finding(f"`{command}` runs in `{ran[0].folder}`", "working-directory")


@requirement(
    "in the job `{job}`, `{command}` comes after `{earlier}`",
    "the job `{job}` runs `{earlier}` before `{command}`",
)
def workflow_runs_after(model: Repository, job: str, command: str, earlier: str) -> Findings:
    """The order of two commands of a job."""
    ran = yield from find_command(model, job, command)
    before = yield from find_command(model, job, earlier)
    if ran and before and not any(one.order > before[0].order for one in ran):
        yield ran[0].step.finding(f"`{command}` comes before `{earlier}`")


@requirement(
    "`{command}` in the job `{job}` gets the secret `{secret}` as the environment variable "
    "`{variable}`",
    "the environment variable `{variable}` of `{command}` in the job `{job}` holds the secret "
    "`{secret}`",
)
def workflow_command_secret(
    model: Repository, job: str, command: str, variable: str, secret: str
) -> Findings:
    """A variable that a command sees, from a secret."""
    ran = yield from find_command(model, job, command)
    wanted = f"${{{{secrets.{secret}}}}}".lower()
    if ran and not any(_seen(one, variable).lower() == wanted for one in ran):
        yield ran[0].step.finding(f"`{variable}` is not the secret `{secret}` there", "env")


def _seen(ran: Ran, variable: str) -> str:
    step = ran.step
    given = ran.given.get(variable, step.env.get(variable, ""))
    values = step.owner.values(given, step.env)
    text = compact(next(iter(values))) if len(values) == 1 else ""
    return "${{secrets.github_token}}" if text == "${{github.token}}" else text


@requirement(
    "`{variable}` is `{value}` when `{command}` runs in the job `{job}`",
    "`{command}` in the job `{job}` sees `{variable}` as an environment variable with the value "
    "`{value}`",
)
def workflow_command_variable(
    model: Repository, job: str, command: str, variable: str, value: str
) -> Findings:
    """A variable that a command sees."""
    ran = yield from find_command(model, job, command)
    if ran and not any(_seen(one, variable) == compact(value) for one in ran):
        yield ran[0].step.finding(f"`{variable}` is not `{value}` there", "env")


@requirement(
    "in the job `{job}`, `{command}` runs even if a step before it has failed",
    "the job `{job}` runs `{command}` in any case, also after a failed step",
)
def workflow_command_always(model: Repository, job: str, command: str) -> Findings:
    """A command of a step that runs whatever has happened before."""
    ran = yield from find_anyhow(model, job, command)
    if ran and not any(_runs_anyway(one.step) for one in ran):
        yield ran[0].step.finding(f"`{command}` does not run after a failure", "if")


def _runs_anyway(step: Step) -> bool:
    return all(held is True for _, held in (*step_holds(step), *step_holds(step, FAILED)))


def _runs_after_failure(step: Step) -> bool:
    well = all(held is False for _, held in step_holds(step))
    return well and all(held is True for _, held in step_holds(step, FAILED))


@requirement(
    "in the job `{job}`, `{command}` runs only if a step before it has failed",
    "when a step of the job `{job}` fails, and only then, `{command}` runs",
)
def workflow_command_on_failure(model: Repository, job: str, command: str) -> Findings:
    """A command of a step that runs after a failure alone."""
    ran = yield from find_anyhow(model, job, command)
    if ran and not any(_runs_after_failure(one.step) for one in ran):
        yield ran[0].step.finding(f"`{command}` does not run just after a failure", "if")


@requirement(
    "in the matrix of the job `{job}`, `{command}` runs with {tool} {version} alone",
    "only the {tool} {version} run of the job `{job}` executes `{command}`",
)
def workflow_command_only_with(
    model: Repository, job: str, command: str, tool: str, version: str
) -> Findings:
    """A command of a step that one version of the matrix runs."""
    ran = yield from find_anyhow(model, job, command)
    if ran and not any(_only_with(one.step, version) for one in ran):
        yield ran[0].step.finding(f"`{command}` does not run with {tool} {version} alone", "if")


def _only_with(step: Step, version: str) -> bool:
    told = step_holds(step)
    right = [held for facts, held in told if _has(facts, version)]
    wrong = [held for facts, held in told if not _has(facts, version)]
    return bool(right and wrong) and all(right) and all(held is False for held in wrong)


def _has(facts: Facts, value: str) -> bool:
    return any(
        path[0] == "matrix" and value in [text_of(one) for one in values]
        for path, values in facts.items()
    )


@requirement(
    "in the matrix of the job `{job}`, `{command}` runs on `{runner}` alone",
    "only the jobs of `{job}` on `{runner}` execute `{command}`",
)
def workflow_command_only_on(model: Repository, job: str, command: str, runner: str) -> Findings:
    """A command of a step that one runner of the matrix runs."""
    ran = yield from find_anyhow(model, job, command)
    if ran and not any(_only_on(one.step, runner) for one in ran):
        yield ran[0].step.finding(f"`{command}` does not run on `{runner}` alone", "if")


def _only_on(step: Step, runner: str) -> bool:
    system = {"u": "Linux", "w": "Windows", "m": "macOS"}.get(runner[:1], "")
    told = [(_is_on(facts, runner, system), held) for facts, held in step_holds(step)]
    right = [held for on, held in told if on]
    wrong = [held for on, held in told if not on]
    return bool(right and wrong) and all(right) and all(held is False for held in wrong)


def _is_on(facts: Facts, runner: str, system: str) -> bool:
    values = {v for path, held in facts.items() if path[0] == "matrix" for v in held}
    if any(str(value).startswith(("ubuntu", "windows", "macos")) for value in values):
        return runner in values
    return (system,) == facts.get(("runner", "os"))


@requirement(
    "`{command}` in the job `{job}` is stopped after {minutes} minutes",
    "the step of the job `{job}` that runs `{command}` may take {minutes} minutes",
)
def workflow_command_timeout(model: Repository, job: str, command: str, minutes: int) -> Findings:
    """`timeout-minutes` of the step of a command."""
    ran = yield from find_command(model, job, command)
    if ran and not any(one.step.timeout == str(minutes) for one in ran):
        yield ran[0].step.finding(f"`{command}` may not take {minutes} minutes", "timeout-minutes")


@requirement(
    "`{command}` in the job `{job}` is executed by the shell `{shell}`",
    "the shell of `{command}` in the job `{job}` is `{shell}`",
)
def workflow_command_shell(model: Repository, job: str, command: str, shell: str) -> Findings:
    """The shell in force for a command."""
    ran = yield from find_command(model, job, command)
    if ran and not any(one.step.shell == shell for one in ran):
        yield ran[0].step.finding(f"the shell of `{command}` is not `{shell}`", "shell")


# --- checkout ------------------------------------------------------------------------------------

_CHECKOUT = "actions/checkout"
_NO_CHECKOUT = "does not check the repository out"


@requirement(
    "the job `{job}` checks the repository out before it runs `{command}`",
    "a checkout of the repository comes before `{command}` in the job `{job}`",
)
def workflow_checkout_before(model: Repository, job: str, command: str) -> Findings:
    """`actions/checkout` before the step of a command."""
    steps = yield from find_action(model, job, _NO_CHECKOUT, _CHECKOUT)
    ran = yield from find_command(model, job, command)
    own = [step for step in steps if is_own(step)]
    if steps and ran and not any(_lies_before(step, one) for step in own for one in ran):
        yield ran[0].step.finding(f"nothing is checked out before `{command}`")


def _lies_before(step: Step, ran: Ran) -> bool:
    """Whether a checkout comes before a command, in a folder that the command runs in."""
    path = clean_path(value_of(step, "path"))
    inside = path == "." or f"{ran.folder}/".startswith(f"{path}/")
    return step.index < ran.step.index and inside


def _own_checkouts(model: Repository, job: str, *instead: str) -> Found[list[Step]]:
    """Return the checkouts of the own repository; nothing where a git command does the same."""
    found = yield from find_job(model, job)
    if found is None:
        return []
    steps = [step for step in using(live_steps(found), _CHECKOUT) if is_own(step)]
    if not steps:
        yield found.finding(f"the job `{job}` {_NO_CHECKOUT}", "steps")
    wanted = set(instead)
    done = wanted and any(wanted <= set(ran.words) for ran in commands_of(found))
    return [] if done else steps


@requirement(
    "the job `{job}` fetches the whole history of the repository",
    "the checkout of the job `{job}` has the full history, not just the last commit",
)
def workflow_full_history(model: Repository, job: str) -> Findings:
    """`fetch-depth: 0` of a checkout, or `git fetch --unshallow` after it."""
    steps = yield from _own_checkouts(model, job, "git", "fetch", "--unshallow")
    if steps and not any(value_of(step, "fetch-depth") == "0" for step in steps):
        yield steps[0].finding("the checkout has one commit alone", "with")


@requirement(
    "the checkout of the job `{job}` brings submodules with it, nested ones as well",
    "the job `{job}` checks submodules out recursively",
)
def workflow_submodules(model: Repository, job: str) -> Findings:
    """`submodules: recursive` of a checkout, or `git submodule update` after it."""
    words = ("git", "submodule", "update", "--init", "--recursive")
    steps = yield from _own_checkouts(model, job, *words)
    if steps and not any(value_of(step, "submodules") == "recursive" for step in steps):
        yield steps[0].finding("the checkout leaves submodules out", "with")


@requirement(
    "the checkout of the job `{job}` fetches files of Git LFS too",
    "files in Git LFS are part of the checkout of the job `{job}`",
)
def workflow_large_files(model: Repository, job: str) -> Findings:
    """`lfs: true` of a checkout, or `git lfs pull` after it."""
    steps = yield from _own_checkouts(model, job, "git", "lfs", "pull")
    if steps and not any(is_true(step, "lfs") for step in steps):
        yield steps[0].finding("the checkout leaves files of Git LFS out", "with")


@requirement(
    "the checkout of the job `{job}` leaves no credentials behind",
    "the job `{job}` checks out without persisting its credentials",
)
def workflow_no_credentials(model: Repository, job: str) -> Findings:
    """`persist-credentials: false` of every checkout of a job."""
    steps = yield from find_action(model, job, _NO_CHECKOUT, _CHECKOUT)
    if steps and not all(
        value_of(step, "persist-credentials", "true").lower() == "false" for step in steps
    ):
        yield steps[0].finding("the checkout leaves its credentials behind", "with")


@requirement(
    "the job `{job}` checks out the ref `{ref}`",
    "`{ref}` is what the job `{job}` checks out",
)
def workflow_checkout_ref(model: Repository, job: str, ref: str) -> Findings:
    """`ref` of a checkout."""
    steps = yield from _own_checkouts(model, job)
    if steps and not any(value_of(step, "ref") == compact(ref) for step in steps):
        yield steps[0].finding(f"the checkout is not of `{ref}`", "with")


@requirement(
    "the job `{job}` also checks out the repository `{repository}` into `{path}`",
    "`{repository}` is checked out into `{path}` in the job `{job}`",
)
def workflow_checkout_other(model: Repository, job: str, repository: str, path: str) -> Findings:
    """A checkout of another repository into a folder."""
    steps = yield from find_action(model, job, "checks nothing out", _CHECKOUT)
    for step in steps:
        same = value_of(step, "repository").lower() == repository.lower()
        if same and clean_path(value_of(step, "path")) == clean_path(path):
            return
    if steps:
        yield steps[0].finding(f"`{repository}` is not checked out into `{path}`", "with")


# --- any action ----------------------------------------------------------------------------------


@requirement(
    "the job `{job}` uses the action `{action}`",
    "a step of the job `{job}` uses `{action}`",
)
def workflow_uses(model: Repository, job: str, action: str) -> Findings:
    """An action, at whatever version."""
    yield from find_action(model, job, f"does not use `{action}`", action.lower())


@requirement(
    "in the job `{job}`, `{action}` gets `{value}` as its input `{input}`",
    "the input `{input}` of `{action}` in the job `{job}` is `{value}`",
)
def workflow_action_input(
    model: Repository, job: str, action: str, input: str, value: str
) -> Findings:
    """An input of an action."""
    steps = yield from find_action(model, job, f"does not use `{action}`", action.lower())
    if steps and not any(value_of(step, input) == compact(value) for step in steps):
        yield steps[0].finding(f"`{input}` of `{action}` is not `{value}`", "with")
