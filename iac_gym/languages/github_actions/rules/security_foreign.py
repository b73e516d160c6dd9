"""Code of outsiders in workflows that have secrets, and code that is downloaded and run."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iac_gym.formats.shell import SHELLS
from iac_gym.formats.yaml import YamlMap
from iac_gym.languages.github_actions.expressions.nodes import Compare, Literal, references, walk
from iac_gym.languages.github_actions.expressions.template import read_text
from iac_gym.languages.github_actions.model import Job, Step
from iac_gym.languages.github_actions.rules.security_flow import flows
from iac_gym.languages.github_actions.schema import Fault, Faults

FOREIGN_CODE = "foreign-code-gets-no-secrets"
PIPED = "downloads-do-not-run-unseen"
BOTS = "bots-are-not-trusted-by-name"

#: Words without which no command can be a download or run one.
_DOWNLOADS = frozenset(("curl", "wget", "Invoke-WebRequest", "iwr", "irm"))
_DOWNLOAD = re.compile("|".join(sorted(_DOWNLOADS)))
_INTERPRETERS = SHELLS | {"python", "python3", "perl", "ruby", "node", "iex", "Invoke-Expression"}
_INLINE = re.compile(
    r"(?:\b(?:ba|z|da|k)?sh[ \t]{1,9}(?:-\w{1,20}[ \t]{1,9}){0,4}|\b(?:eval|source)[ \t]{1,9}"
    r"|(?:^|[;&\n])[ \t]{0,9}\.[ \t]{1,9})[\"']?(?:\$\(|<\(|`)[ \t]{0,9}(?:curl|wget)\b"
)


def check_commands(step: Step, run: str, out: Faults) -> None:
    """Note a script that runs what it downloads."""
    if _DOWNLOAD.search(run) is not None and _runs_download(step):
        message = "a script is downloaded and run, whatever it says today"
        hint = "download a version, check its sum, then run it"
        out.append(Fault(PIPED, step.tree.marks["run"], message, hint))


def _runs_download(step: Step) -> bool:
    pipes: set[int] = set()
    for command in step.script.commands:
        if command.program in _DOWNLOADS:
            pipes.add(command.pipe)
        elif command.pipe in pipes and command.program in _INTERPRETERS:
            return True
    return _INLINE.search(step.run) is not None


def check_foreign(job: Job, out: Faults) -> None:
    """Look for the code of a pull request in a workflow that has secrets."""
    if _is_guarded(job.tree):
        return
    for step in job.steps:
        if _fetches_foreign(step) and not _is_guarded(step.tree):
            message = "code of an outsider is checked out where secrets can be read"
            hint = "use `pull_request`, or leave the code of the base branch"
            out.append(Fault(FOREIGN_CODE, step.at("uses", "run"), message, hint))
        out.extend(_trusted_bots(step.tree))
    out.extend(_trusted_bots(job.tree))


def _fetches_foreign(step: Step) -> bool:
    if step.uses is not None and step.uses.name == "actions/checkout":
        return any(_is_foreign(step.inputs.get(name, "")) for name in ("ref", "repository"))
    run = step.run
    if "gh pr checkout" in run:
        return True
    return "git " in run and any(one in run for one in ("checkout", "fetch")) and _is_foreign(run)


def _is_foreign(text: str) -> bool:
    """Whether a text names the head of a pull request."""
    if "refs/pull/" in text or re.search(r"\bpull/\S*/(?:head|merge)\b", text):
        return True
    return "${{" in text and any(_names_head(flow.path) for flow in flows(text))


def _names_head(path: tuple[str, ...]) -> bool:
    if path[:2] == ("github", "head_ref") or path[:4] == (
        "github",
        "event",
        "pull_request",
        "head",
    ):
        return True
    return path[:3] == ("github", "event", "workflow_run") and path[3:4] in (
        ("head_sha",),
        ("head_branch",),
        ("head_commit",),
        ("head_repository",),
    )


_GUARDS = ("head.repo.full_name", "head.repo.fork", "author_association", "head_repository")


def _is_guarded(tree: YamlMap) -> bool:
    """Whether a condition asks where the code comes from, or who sends it."""
    condition = tree.get("if")
    return condition.__class__ is str and any(word in condition for word in _GUARDS)


def _trusted_bots(tree: YamlMap) -> Iterator[Fault]:
    condition = tree.get("if")
    if condition.__class__ is not str or "[bot]" not in condition:
        return
    for piece, node, _ in read_text(condition, True).pieces:
        for one in walk(node) if node is not None else ():
            if isinstance(one, Compare) and one.op == "==" and _is_bot(one):
                message = "who started the run is not who wrote the code"
                hint = "compare `github.event.pull_request.user.login`"
                offset = piece.offset + one.offset
                yield Fault(BOTS, tree.marks["if"], message, hint, condition, offset)


_ACTORS = frozenset((("github", "actor"), ("github", "triggering_actor")))


def _is_bot(node: Compare) -> bool:
    sides = (node.left, node.right)
    named = any(isinstance(side, Literal) and str(side.value).endswith("[bot]") for side in sides)
    paths = [reference.path for side in sides for reference in references(side)]
    return named and any(
        path in (("github", "actor"), ("github", "triggering_actor")) for path in paths
    )
