"""What is unsafe in workflows and actions, found in one pass over their jobs and steps.

`check_security(repository)` gives the faults of the SECURITY rules by file, as `check_calls` does
its own; `examine` puts both into the repository.
"""

from __future__ import annotations

import re
from functools import lru_cache

from iac_gym.formats.yaml import YamlMap
from iac_gym.languages.github_actions.actions import inputs_of
from iac_gym.languages.github_actions.expressions.notices import texts_of
from iac_gym.languages.github_actions.model import (
    Container,
    Job,
    Part,
    Repository,
    Step,
    Workflow,
)
from iac_gym.languages.github_actions.rules.security_flow import (
    ALL_SECRETS,
    check_inputs,
    check_script,
    whole_secrets,
)
from iac_gym.languages.github_actions.rules.security_foreign import (
    check_commands,
    check_foreign,
)
from iac_gym.languages.github_actions.schema import MOST_FAULTS, Fault, Faults
from iac_gym.languages.github_actions.uses import read_uses
from iac_gym.languages.github_actions.values import items_of, map_of, pairs_of, text_of

PINNED = "actions-are-pinned"
STATED = "permissions-are-stated"
NARROW = "permissions-are-narrow"
INHERITED = "secrets-are-not-inherited"
CREDENTIALS = "credentials-are-secrets"
TOKENS = "tokens-are-not-in-the-text"
RUNNERS = "own-runners-see-no-foreign-code"
PERSISTED = "checkout-keeps-no-credentials"
UNSECURE = "unsecure-commands-stay-off"
IMAGES = "images-have-a-version"

#: Owners whose actions belong to the platform itself.
_OWN = frozenset(("actions", "github"))
#: Events that run with secrets and a writing token, started by outsiders.
_PRIVILEGED = frozenset(("pull_request_target", "workflow_run", "issue_comment"))
_PULL_REQUESTS = frozenset(("pull_request", "pull_request_target"))
_SECRET_NAME = re.compile(
    r"(?:^|[-_])(?:password|passwd|token|secret|api[-_]?key|private[-_]?key|secret[-_]access[-_]key"
    r"|access[-_]key[-_]id)$",
    re.IGNORECASE,
)
#: Longest `uses` that is looked at.
_MOST_NAME = 300
#: What `secrets` looks like where one secret is not named.
_WHOLE_SECRETS = re.compile(r"secrets(?:(?![.:\w])|\.\*)")
#: Formats of tokens, behind the word by which a text without any is passed over.
_TOKENS = (
    ("AKIA", re.compile(r"\bAKIA[0-9A-Z]{16}\b")),
    ("ghp_", re.compile(r"\bghp_[A-Za-z0-9]{36,255}\b")),
    ("gho_", re.compile(r"\bgho_[A-Za-z0-9]{36,255}\b")),
    ("ghu_", re.compile(r"\bghu_[A-Za-z0-9]{36,255}\b")),
    ("ghs_", re.compile(r"\bghs_[A-Za-z0-9]{36,255}\b")),
    ("ghr_", re.compile(r"\bghr_[A-Za-z0-9]{36,255}\b")),
    ("github_pat_", re.compile(r"\bgithub_pat_[A-Za-z0-9_]{50,255}\b")),
    ("glpat-", re.compile(r"\bglpat-[A-Za-z0-9_-]{20,64}\b")),
    ("xox", re.compile(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,200}\b")),
    ("AIza", re.compile(r"\bAIza[A-Za-z0-9_-]{35}\b")),
    ("sk_live_", re.compile(r"\bsk_live_[A-Za-z0-9]{20,99}\b")),
    ("dckr_pat_", re.compile(r"\bdckr_pat_[A-Za-z0-9_-]{20,64}\b")),
    ("PRIVATE KEY", re.compile(r"-----BEGIN (?:[A-Z]{2,10} )?PRIVATE KEY-----")),
)


def check_security(repository: Repository) -> dict[str, Faults]:
    """Return what is unsafe in each file."""
    found: dict[str, Faults] = {}
    for path, workflow in repository.workflows.items():
        out: Faults = []
        text = repository.texts.get(path, "")
        _check_tokens(text, out)
        _check_variables(workflow, out)
        lower = text.lower()
        if "secrets" in lower and _WHOLE_SECRETS.search(lower) is not None:
            _check_whole_secrets(workflow, out)
        events = _events(workflow.tree)
        own = "self-hosted" in lower and not events.isdisjoint(_PULL_REQUESTS)
        privileged = not events.isdisjoint(_PRIVILEGED)
        for job in workflow.jobs.values():
            _check_job(job, out)
            if own:
                _check_runners(job, out)
            if privileged:
                check_foreign(job, out)
            if len(out) > MOST_FAULTS:
                break
        if out:
            found[path] = out
    for path, action in repository.actions.items():
        out = []
        _check_tokens(repository.texts.get(path, ""), out)
        _check_steps(action.steps, out)
        if out:
            found[path] = out
    return found


def _check_tokens(text: str, out: Faults) -> None:
    for word, pattern in _TOKENS:
        if word in text and (match := pattern.search(text)) is not None:
            line = text.count("\n", 0, match.start()) + 1
            column = match.start() - text.rfind("\n", 0, match.start())
            message = f"`{match.group()[:10]}...` has the form of a token or key"
            hint = "revoke it, and read a new one from `secrets`"
            out.append(Fault(TOKENS, (line, column), message, hint))


# --- jobs -----------------------------------------------------------------------------------------


def _events(tree: YamlMap) -> frozenset[str]:
    """Return the names of the events, however `on` is written."""
    value = tree.get("on")
    if value.__class__ is YamlMap:
        return frozenset(map(text_of, value))
    return frozenset(item.text for item in items_of(tree, "on"))


def _check_job(job: Job, out: Faults) -> None:
    _check_permissions(job, out)
    _check_variables(job, out)
    _check_containers(job, out)
    if "uses" in job.tree and job.call is not None:
        _check_pin(job.call.uses.text, job.tree, out)
        if job.call.inherits:
            message = "`secrets: inherit` hands every secret to the called workflow"
            out.append(Fault(INHERITED, job.at("secrets"), message, "name the ones it needs"))
    _check_steps(job.steps, out)


def _check_permissions(job: Job, out: Faults) -> None:
    permissions = job.permissions
    if permissions is None:
        if "uses" not in job.tree:
            message = f"`{job.id[:40]}` does not say what its token may do"
            hint = "add `permissions:` with what it needs, such as `contents: read`"
            out.append(Fault(STATED, job.mark, message, hint))
    elif permissions.every == "write":
        message = "the token may write everything"
        out.append(Fault(NARROW, permissions.mark, message, "name what is needed"))


def _check_variables(part: Part, out: Faults) -> None:
    """Look at the `env` of a workflow, a job or a step."""
    if "env" not in part.tree:
        return
    env = map_of(part.tree, "env")
    for name, text in pairs_of(part.tree, "env").items():
        if name.upper() == "ACTIONS_ALLOW_UNSECURE_COMMANDS" and text not in ("", "false"):
            message = "outputs of commands can set variables and paths again"
            out.append(Fault(UNSECURE, env.key_marks.get(name, part.mark), message, "remove it"))
        elif _is_written_secret(name, text) and not _for_a_service(part):
            message = f"the value of `{name[:40]}` stands in the file"
            hint = "read it from `secrets`"
            out.append(Fault(CREDENTIALS, env.marks.get(name, part.mark), message, hint))


@lru_cache(maxsize=4096)
def _is_secret_name(name: str) -> bool:
    return len(name) < 100 and _SECRET_NAME.search(name) is not None


def _is_written_secret(name: str, text: str) -> bool:
    if not _is_secret_name(name) or "${{" in text or text.startswith("$"):
        return False
    return len(text) > 3 and text not in ("true", "false", "none")


def _for_a_service(part: Part) -> bool:
    """Whether a password may be that of a database which lives as long as the job."""
    job = part.owner if isinstance(part, Step) else part
    return bool(getattr(job, "services", None))


def _check_containers(job: Job, out: Faults) -> None:
    if "container" not in job.tree and "services" not in job.tree:
        return
    every = [job.container, *job.services.values()]
    for container in every:
        if container is None:
            continue
        password = container.credentials.get("password", "")
        if password and "${{" not in password:
            message = "the password of the registry stands in the file"
            out.append(Fault(CREDENTIALS, container.mark, message, "read it from `secrets`"))
        if _is_floating(container):
            message = f"`{container.image[:60]}` may be another image tomorrow"
            hint = "name a version or a digest"
            out.append(Fault(IMAGES, container.mark, message, hint))


def _is_floating(container: Container) -> bool:
    image = container.image
    if not image or "${{" in image or "@" in image:
        return False
    tag = image.rpartition("/")[2].partition(":")[2]
    return tag in ("", "latest")


def _check_runners(job: Job, out: Faults) -> None:
    own = any(runner.lower() == "self-hosted" for runner in job.runners)
    if own:
        message = "pull requests of outsiders run on a machine of your own"
        hint = "use a hosted runner, which is thrown away after the job"
        out.append(Fault(RUNNERS, job.at("runs-on"), message, hint))


# --- steps ----------------------------------------------------------------------------------------


def _check_steps(steps: tuple[Step, ...], out: Faults) -> None:
    pushes = False
    checkouts = []
    for step in steps:
        tree = step.tree
        _check_variables(step, out)
        uses, run = tree.get("uses"), tree.get("run")
        if uses.__class__ is str and len(uses) <= _MOST_NAME:
            _check_pin(uses, tree, out)
            if "with" in tree:
                _check_inputs(step, out)
                check_inputs(step, out)
            if uses[:17].lower() == "actions/checkout@":
                checkouts.append(step)
        elif run.__class__ is str:
            check_script(step, "run", run, tree.marks["run"], out)
            check_commands(step, run, out)
            pushes = pushes or "git push" in run
    if not pushes:
        for step in checkouts:
            _check_checkout(step, out)


def _check_whole_secrets(workflow: Workflow, out: Faults) -> None:
    for job in workflow.jobs.values():
        for part in (job, *job.steps):
            for use in texts_of(part.tree):
                if (offset := whole_secrets(use.text)) is not None:
                    message = "this reads every secret of the repository"
                    hint = "name the secret that is needed"
                    out.append(Fault(ALL_SECRETS, use.mark, message, hint, use.text, offset))


@lru_cache(maxsize=4096)
def _unpinned(text: str) -> str:
    """Return "ref" or "image" where others can move what a `uses` text names, else ""."""
    uses = read_uses(text)
    if uses.pinned or uses.kind == "unknown" or uses.owner.lower() in _OWN:
        return ""
    return "image" if uses.kind == "docker" else "ref"


def _check_pin(uses: str, tree: YamlMap, out: Faults) -> None:
    if what := _unpinned(uses):
        message = f"`{uses[:60]}`: others can move this {what} to other code"
        hint = "write the full commit" if what == "ref" else "write the digest"
        out.append(Fault(PINNED, tree.marks["uses"], message, hint))


def _check_inputs(step: Step, out: Faults) -> None:
    given = map_of(step.tree, "with")
    for name, value in given.items():
        if name.__class__ is str and _is_written_secret(name, text_of(value)):
            message = f"the value of `{name[:40]}` stands in the file"
            out.append(Fault(CREDENTIALS, given.marks[name], message, "read it from `secrets`"))


def _check_checkout(step: Step, out: Faults) -> None:
    if inputs_of(step).get("persist-credentials", "true") != "false":
        message = "the token stays in the checked out folder, for every later step to read"
        hint = "add `persist-credentials: false`"
        out.append(Fault(PERSISTED, step.at("uses"), message, hint))
