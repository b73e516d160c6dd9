"""Everything that makes a repository's files invalid, found in one pass over each file.

The findings go to `Repository.faults` by the name of their rule; the rules in `rules/` hand them
out (`Repository.found`). What is unsafe is looked for when a rule of that stage asks. A check that
is no part of this pass takes a `Faults` list, appends `Fault`s, and is called from `examine` here.
"""

from __future__ import annotations

from functools import cache

from iac_gym.formats.yaml import YamlMap
from iac_gym.languages.github_actions.actions_yml import check_action
from iac_gym.languages.github_actions.calls import check_calls
from iac_gym.languages.github_actions.events import check_events
from iac_gym.languages.github_actions.expressions import place
from iac_gym.languages.github_actions.expressions.notices import check_notices
from iac_gym.languages.github_actions.model import Repository, Workflow
from iac_gym.languages.github_actions.rules import IN_ORDER
from iac_gym.languages.github_actions.rules.security_find import check_security
from iac_gym.languages.github_actions.schema import MOST_FAULTS, Fault, Faults, checker
from iac_gym.languages.github_actions.structure import check_concurrency, check_jobs, check_shell
from iac_gym.languages.github_actions.values import map_of
from iac_gym.verdict import Finding, Stage


def examine(repository: Repository) -> None:
    """Fill `repository.faults`; `Repository.examine` calls it once."""
    for path, workflow in repository.workflows.items():
        out: Faults = []
        checker("workflow").check(workflow.tree, workflow.mark, out)
        _check_workflow(workflow, out)
        _file(repository, path, out)
    for path, action in repository.actions.items():
        out = []
        checker("action").check(action.tree, action.mark, out)
        check_action(action.tree, out)
        _file(repository, path, out)
    for check in (check_calls, check_notices):
        for path, faults in check(repository).items():
            _file(repository, path, faults)


def examine_security(repository: Repository) -> None:
    """Add what is unsafe to `repository.faults`; `Repository.found` calls it once."""
    for path, faults in check_security(repository).items():
        _file(repository, path, faults)


@cache
def security_rules() -> frozenset[str]:
    """Return the names of the rules about security."""
    return frozenset(one.name for one in IN_ORDER if one.stage is Stage.SECURITY)


def _check_workflow(workflow: Workflow, out: Faults) -> None:
    tree = workflow.tree
    check_events(tree, out)
    jobs = tree.get("jobs")
    if jobs.__class__ is YamlMap:
        check_jobs(jobs, tree.marks["jobs"], workflow.jobs, out)
    if "concurrency" in tree:
        check_concurrency(tree, out)
    if "defaults" in tree:
        check_shell(map_of(map_of(tree, "defaults"), "run"), out)


def _file(repository: Repository, path: str, out: Faults) -> None:
    """Put faults into the repository, as findings with their places."""
    if not out:
        return
    lines = repository.texts[path].split("\n") if any(fault.text for fault in out) else []
    for fault in out[:MOST_FAULTS]:
        finding = _finding(fault, path, lines)
        repository.faults.setdefault(fault.rule, []).append(finding)


def _finding(fault: Fault, path: str, lines: list[str]) -> Finding:
    mark = fault.mark
    if fault.text:
        mark = place(fault.offset, fault.text, mark, lines)
    return Finding(fault.message, path, mark[0], mark[1], fault.hint)
