"""Requirements about the upkeep of a repository: stale issues, labels, changes by pull request."""

from __future__ import annotations

import re

from envs.cicd.requirements.github_find import (
    Found,
    comes_early,
    commands_of,
    find_action,
    find_job,
    is_true,
    value_of,
)
from envs.cicd.requirements.github_texts import (
    clean_path,
    compact,
    lines_of,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.github_actions.model import Job, Repository, Step

_STALE, _LABELER = "actions/stale", "actions/labeler"
_CHANGE, _FILTER = "peter-evans/create-pull-request", "dorny/paths-filter"
#: What stale calls issues and pull requests in the names of its inputs.
_KINDS = {"issues": "issue", "pull requests": "pr"}


def _allowed(steps: list[Step], scope: str) -> bool:
    """Whether the token of the job of some steps may write a scope."""
    owner = steps[0].owner if steps else None
    given = owner.permissions if isinstance(owner, Job) else None
    return given is not None and given.allows(scope, "write")


def _stale(model: Repository, job: str) -> Found[list[Step]]:
    steps = yield from find_action(model, job, f"does not use `{_STALE}`", _STALE)
    real = [step for step in steps if not is_true(step, "debug-only")]
    if steps and not real:
        yield steps[0].finding("`debug-only` changes nothing", "with")
    return real


def _looks_at_all(step: Step, kind: str) -> bool:
    """Whether stale looks at all issues or pull requests, not at those with some labels alone."""
    names = ("only-labels", "any-of-labels")
    own = [f"{start}-{_KINDS[kind]}-labels" for start in ("only", "any-of")]
    return not any(value_of(step, name) for name in (*names, *own))


def _days(step: Step, kind: str, what: str, default: str) -> str:
    """Return a number of days for issues or pull requests: their own, or the common one."""
    own = value_of(step, f"days-before-{_KINDS[kind]}-{what}")
    return own or value_of(step, f"days-before-{what}", default)


@requirement(
    "{kind} are marked as stale after {days} days without activity by the job `{job}`, with "
    "actions/stale",
    "after {days} days without activity the job `{job}` marks {kind} as stale, by actions/stale",
)
def workflow_stale_after(model: Repository, job: str, kind: str, days: int) -> Findings:
    """The days before issues or pull requests become stale, with the permission to mark them."""
    steps = yield from _stale(model, job)
    scope = "issues" if kind == "issues" else "pull-requests"
    if steps and not any(
        _days(step, kind, "stale", "60") == str(days) and _looks_at_all(step, kind)
        for step in steps
    ):
        yield steps[0].finding(f"{kind} do not become stale after {days} days", "with")
    elif steps and not _allowed(steps, scope):
        yield steps[0].finding(f"the job needs the permission `{scope}: write`")


@requirement(
    "stale {kind} are closed after {days} more days by the job `{job}`",
    "the job `{job}` closes {kind} that have been stale for {days} days",
)
def workflow_stale_closed(model: Repository, job: str, kind: str, days: int) -> Findings:
    """The days before stale issues or pull requests are closed."""
    steps = yield from _stale(model, job)
    if steps and not any(_days(step, kind, "close", "7") == str(days) for step in steps):
        yield steps[0].finding(f"stale {kind} are not closed after {days} days", "with")


@requirement(
    "the job `{job}` never closes stale {kind}",
    "stale {kind} stay open: the job `{job}` closes none",
)
def workflow_stale_kept(model: Repository, job: str, kind: str) -> Findings:
    """A negative number of days before stale issues or pull requests are closed."""
    steps = yield from _stale(model, job)
    if steps and not any(_days(step, kind, "close", "7").startswith("-") for step in steps):
        yield steps[0].finding(f"stale {kind} are closed", "with")


@requirement(
    "the job `{job}` gives stale {kind} the label `{label}`",
    "stale {kind} get the label `{label}` from the job `{job}`",
)
def workflow_stale_label(model: Repository, job: str, kind: str, label: str) -> Findings:
    """The label of stale issues or pull requests."""
    steps = yield from _stale(model, job)
    name = f"stale-{_KINDS[kind]}-label"
    if steps and not any(value_of(step, name, "Stale") == label for step in steps):
        yield steps[0].finding(f"stale {kind} do not get the label `{label}`", "with")


@requirement(
    "{kind} with one of the labels {labels} never become stale in the job `{job}`",
    "the job `{job}` leaves {kind} alone that carry one of the labels {labels}",
)
def workflow_stale_exempt(model: Repository, job: str, kind: str, labels: list[str]) -> Findings:
    """The labels of issues or pull requests that never become stale, at least these."""
    steps = yield from _stale(model, job)
    name = f"exempt-{_KINDS[kind]}-labels"
    if steps and not any(set(labels) <= set(lines_of(value_of(s, name))) for s in steps):
        yield steps[0].finding(f"{kind} with {', '.join(labels)} become stale", "with")


@requirement(
    "the job `{job}` writes `{text}` on {kind} that become stale",
    "on {kind} that become stale the job `{job}` leaves the comment `{text}`",
)
def workflow_stale_comment(model: Repository, job: str, kind: str, text: str) -> Findings:
    """The comment on issues or pull requests that become stale."""
    steps = yield from _stale(model, job)
    name = f"stale-{_KINDS[kind]}-message"
    if steps and not any(value_of(step, name).strip(" .\n") == text for step in steps):
        yield steps[0].finding(f"the comment on stale {kind} is another", "with")


@requirement(
    "the job `{job}` handles {count} issues and pull requests in one run at most",
    "one run of the job `{job}` makes {count} operations at most",
)
def workflow_stale_operations(model: Repository, job: str, count: int) -> Findings:
    """`operations-per-run` of stale."""
    steps = yield from _stale(model, job)
    if steps and not any(value_of(s, "operations-per-run", "30") == str(count) for s in steps):
        yield steps[0].finding(f"one run makes not {count} operations", "with")


# --- labels --------------------------------------------------------------------------------------


@requirement(
    "with actions/labeler the job `{job}` labels pull requests by the paths they change, as "
    "`{file}` says",
    "`{file}` says which labels the job `{job}` gives pull requests with actions/labeler",
)
def workflow_labels(model: Repository, job: str, file: str) -> Findings:
    """`actions/labeler` with its configuration, and the permission to label."""
    steps = yield from find_action(model, job, f"does not use `{_LABELER}`", _LABELER)
    default = ".github/labeler.yml"
    paths = [clean_path(value_of(step, "configuration-path", default)) for step in steps]
    if steps and file not in paths:
        yield steps[0].finding(f"the labels do not come from `{file}`", "with")
    elif steps and not _allowed(steps, "pull-requests"):
        yield steps[0].finding("the job needs the permission `pull-requests: write`")


@requirement(
    "labels that no longer fit are taken away by the job `{job}`",
    "the job `{job}` removes labels that do not fit any more",
)
def workflow_labels_synced(model: Repository, job: str) -> Findings:
    """`sync-labels` of labeler."""
    steps = yield from find_action(model, job, f"does not use `{_LABELER}`", _LABELER)
    if steps and not any(is_true(step, "sync-labels") for step in steps):
        yield steps[0].finding("labels that no longer fit stay", "with")


# --- changes by pull request ---------------------------------------------------------------------


def _changes(model: Repository, job: str) -> Found[list[Step]]:
    steps = yield from find_action(model, job, "opens no pull request", _CHANGE)
    if steps and not (_allowed(steps, "pull-requests") and _allowed(steps, "contents")):
        owned = [step for step in steps if step.inputs.get("token")]
        if not owned:
            text = "the job needs `contents: write` and `pull-requests: write`"
            yield steps[0].finding(text)
            return []
    if steps and all(comes_early(step) for step in steps):
        yield steps[0].finding("nothing has changed yet where the pull request is opened")
        return []
    return steps


@requirement(
    "with peter-evans/create-pull-request the job `{job}` opens a pull request from the branch "
    "`{branch}` with what has changed",
    "what has changed is proposed by the job `{job}` in a pull request from the branch `{branch}`, "
    "by peter-evans/create-pull-request",
)
def workflow_proposes(model: Repository, job: str, branch: str) -> Findings:
    """`peter-evans/create-pull-request` with its branch, and the permissions for it."""
    steps = yield from _changes(model, job)
    if steps and not any(value_of(step, "branch") == compact(branch) for step in steps):
        yield steps[0].finding(f"the branch is not `{branch}`", "with")


@requirement(
    "the pull request of the job `{job}` has the title `{title}`",
    "`{title}` is the title of the pull request that the job `{job}` opens",
)
def workflow_proposal_title(model: Repository, job: str, title: str) -> Findings:
    """The title of a pull request that a job opens."""
    steps = yield from _changes(model, job)
    if steps and not any(value_of(step, "title") == compact(title) for step in steps):
        yield steps[0].finding(f"the title is not `{title}`", "with")


@requirement(
    "the pull request of the job `{job}` gets the labels {labels}",
    "the job `{job}` gives its pull request the labels {labels}",
)
def workflow_proposal_labels(model: Repository, job: str, labels: list[str]) -> Findings:
    """The labels of a pull request that a job opens, at least these."""
    steps = yield from _changes(model, job)
    if steps and not any(set(labels) <= set(lines_of(value_of(s, "labels"))) for s in steps):
        yield steps[0].finding(f"the labels lack some of {', '.join(labels)}", "with")


# --- changed paths -------------------------------------------------------------------------------


@requirement(
    "with dorny/paths-filter the job `{job}` finds out whether something under {paths} has "
    "changed, which its output `{output}` says",
    "whether a file under {paths} has changed is the output `{output}` of the job `{job}`, which "
    "uses dorny/paths-filter for it",
)
def workflow_finds_changes(model: Repository, job: str, output: str, paths: list[str]) -> Findings:
    """A filter of `dorny/paths-filter` whose result is an output of the job."""
    steps = yield from find_action(model, job, f"does not use `{_FILTER}`", _FILTER)
    owner = steps[0].owner if steps else None
    if not isinstance(owner, Job):
        return
    text = compact(owner.outputs.get(output, ""))
    for step in steps:
        start = f"${{{{steps.{step.id}.outputs."
        name = text.removeprefix(start).removesuffix("}}")
        if step.id and text.startswith(start) and _filters(step).get(name) == set(paths):
            return
    yield owner.finding(f"`{output}` does not say whether {', '.join(paths)} changed", "outputs")


def _filters(step: Step) -> dict[str, set[str]]:
    """Return the filters: names with a list of patterns, in the little YAML that they are."""
    filters: dict[str, set[str]] = {}
    name = ""
    for line in step.inputs.get("filters", "").splitlines():
        text = line.partition(" #")[0].strip()
        if text.startswith("- ") and name:
            filters[name].add(text[2:].strip().strip("'\""))
        elif text.endswith(":") and not text.startswith("#"):
            name = text[:-1].strip("'\"")
            filters[name] = set()
        elif ": " in text and not text.startswith("#"):
            name, _, value = text.partition(": ")
            filters[name] = {part.strip().strip("'\"") for part in value.strip("[] ").split(",")}
    return filters


_DATA = re.compile(
    r"--(?:data(?:-raw|-binary|-urlencode|-ascii)?|json|form|form-string|upload-file)|-[a-zA-Z]*[dFT]"
)
_METHOD = re.compile(r"-[a-zA-Z]*X(?:POST|PUT)?|--request")


def _posts(words: tuple[str, ...], address: str) -> bool:
    """Whether a curl sends something to an address."""
    targets = [
        place
        for place, word in enumerate(words)
        if compact(word).lower() == address and not _DATA.fullmatch(words[place - 1])
    ]
    told = [
        word.endswith(("POST", "PUT")) or words[place + 1 : place + 2] in (("POST",), ("PUT",))
        for place, word in enumerate(words)
        if _METHOD.fullmatch(word)
    ]
    sends = any(told) or any(_DATA.match(word) for word in words[1:])
    return bool(targets) and sends


@requirement(
    "the job `{job}` posts to the webhook in the secret `{secret}` with curl",
    "curl in the job `{job}` sends a message to the webhook that the secret `{secret}` holds",
)
def workflow_notifies(model: Repository, job: str, secret: str) -> Findings:
    """A `curl` to an address that a secret holds."""
    found = yield from find_job(model, job)
    if found is None:
        return
    wanted = f"${{{{secrets.{secret}}}}}".lower()
    for ran in commands_of(found):
        if ran.words[0] == "curl" and _posts(ran.words, wanted):
            return
    yield found.finding(f"curl does not post to the secret `{secret}`", "steps")
