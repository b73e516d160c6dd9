"""What holds beyond the schema: ids, the graph of jobs, steps, runners, containers and calls.

Each function examines one part of the tree and notes faults; none raises, whatever the tree is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.github_actions.job import Job
from iac_gym.languages.github_actions.matrix import MOST_JOBS, Matrix, read_matrix
from iac_gym.languages.github_actions.schema import KIND, Fault, Faults
from iac_gym.languages.github_actions.uses import Uses, parts_of, read_uses
from iac_gym.languages.github_actions.values import (
    Item,
    has_expression,
    is_scalar,
    items_of,
    map_of,
    text_of,
)

_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
#: An id must be shorter than this.
_MOST_ID = 100
_SHELLS = frozenset("bash sh pwsh powershell cmd python".split())
_GROUPS = frozenset("org organization ent enterprise".split())
_OWNER = re.compile(r"[\w.-]+", re.ASCII)
#: What a ref may have, as Git says (`git check-ref-format`).
_REF = re.compile(r"[^\s\x00-\x1f\x7f?*\[~^:\\]*[^\s\x00-\x1f\x7f?*\[~^:\\.]")
_CALLED = re.compile(r"\.github/workflows(?:-lab)?/[^/]+\.ya?ml")


def id_fault(text: str) -> str:
    """Return what is wrong with the id of a job or step, "" where nothing is."""
    if not _ID.fullmatch(text) or len(text) >= _MOST_ID:
        return (
            f"`{text[:60]}` is no id: it may have letters, digits, `_` and `-`, starts with a "
            f"letter or `_`, and has less than {_MOST_ID} characters"
        )
    return f"`{text[:60]}` is no id: names that start with `__` are reserved" * (text[:2] == "__")


# --- jobs -----------------------------------------------------------------------------------------


def check_jobs(jobs: YamlMap, mark: Mark, made: Mapping[str, Job], out: Faults) -> None:
    """Examine the jobs of a workflow; `made` are those that its model has."""
    for name, job in jobs.items():
        if fault := id_fault(text_of(name)):
            out.append(Fault("job-ids-are-valid", jobs.key_marks[name], fault))
        if job.__class__ is YamlMap:
            _check_job(job, made.get(text_of(name)), out)
    _check_graph(jobs, mark, out)


def _check_job(job: YamlMap, made: Job | None, out: Faults) -> None:
    if "steps" in job:
        check_steps(job["steps"], out)
    if "strategy" in job:
        same = made is not None and made.tree is job
        matrix = made.matrix if same and made else read_matrix(map_of(job, "strategy"))
        _check_matrix(matrix, out)
    if job.get("runs-on").__class__ is YamlMap:
        _check_group(job["runs-on"], out)
    if "container" in job:
        _check_container(job["container"], job.marks["container"], out)
    if "services" in job:
        services = map_of(job, "services")
        for name, service in services.items():
            _check_container(service, services.marks[name], out)
    if "concurrency" in job:
        _check_queue(job, out)
    if "uses" in job:
        _check_call(read_uses(text_of(job["uses"]), job.marks["uses"]), out)
    if "defaults" in job:
        check_shell(map_of(map_of(job, "defaults"), "run"), out)


def _check_graph(jobs: YamlMap, mark: Mark, out: Faults) -> None:
    """Examine `needs`: known jobs, no cycle, and a job to start with."""
    needs = {
        text_of(name): items_of(job, "needs") if job.__class__ is YamlMap else ()
        for name, job in jobs.items()
    }
    if all(needs.values()):
        message = "no job can start: at least one must be without `needs`"
        out.append(Fault("a-job-comes-first", mark, message))
        return
    later = {name: list(items) for name, items in needs.items() if items}
    if not later:
        return
    for name, items in _unreached(later, [name for name in needs if not needs[name]]):
        for item in items:
            if item.text in needs:
                message = f"`{name}` needs `{item.text[:60]}`, and so waits for itself"
                out.append(Fault("needs-have-no-cycle", item.mark, message))
            else:
                message = f"`{name[:60]}` needs `{item.text[:60]}`, but there is no such job"
                known = ", ".join(list(needs)[:20])
                out.append(Fault("needs-are-jobs", item.mark, message, f"the jobs are {known}"))


def _unreached(later: dict[str, list[Item]], ready: list[str]) -> list[tuple[str, list[Item]]]:
    """Return the jobs that never become ready, with the needs that stay open."""
    waiting: dict[str, set[str]] = {}
    left = {name: {item.text for item in items} for name, items in later.items()}
    for name, open_needs in left.items():
        for need in open_needs:
            waiting.setdefault(need, set()).add(name)
    queue = list(ready)
    while queue:
        for name in waiting.get(done := queue.pop(), ()):
            left[name].discard(done)
            if not left[name]:
                queue.append(name)
    return [
        (name, [item for item in later[name] if item.text in open_needs])
        for name, open_needs in left.items()
        if open_needs
    ]


def _check_matrix(matrix: Matrix | None, out: Faults) -> None:
    if matrix is None:
        return
    for name, values in matrix.axes.items():
        if not values:
            message = f"the matrix has no values for `{name[:60]}`"
            out.append(Fault("matrices-have-values", matrix.mark, message))
            return
    if not matrix.known:
        return
    if not matrix.axes and not matrix.include:
        message = "the matrix has neither variables nor `include`"
        out.append(Fault("matrices-have-values", matrix.mark, message))
    _check_exclude(matrix, out)
    count = len(matrix.combinations) or matrix.count
    if count > MOST_JOBS or (not matrix.axes and len(matrix.include) > MOST_JOBS):
        message = f"the matrix makes more than {MOST_JOBS} jobs"
        out.append(Fault("matrices-are-small", matrix.mark, message))


def _check_exclude(matrix: Matrix, out: Faults) -> None:
    hint = f"its variables: {', '.join(list(matrix.axes)[:20])}" if matrix.axes else ""
    for entry in matrix.exclude:
        for name in entry:
            if text_of(name) not in matrix.axes:
                message = f"`exclude` names `{text_of(name)[:60]}`, which the matrix does not have"
                mark = entry.key_marks[name]
                out.append(Fault("excluded-keys-are-in-the-matrix", mark, message, hint))


def _check_group(runs_on: YamlMap, out: Faults) -> None:
    group = text_of(runs_on.get("group"))
    if "/" not in group or has_expression(group):
        return
    kind, _, name = group.partition("/")
    if kind not in _GROUPS or not name or "/" in name:
        message = f"`{group[:60]}` is no runner group"
        hint = "write its name, or `organization/<name>` or `enterprise/<name>`"
        out.append(Fault("runner-groups-are-valid", runs_on.marks["group"], message, hint))


def _check_container(value: Any, mark: Mark, out: Faults) -> None:
    if value.__class__ is YamlMap and "image" not in value and not _computed(value):
        out.append(Fault("containers-have-an-image", mark, "the container has no `image`"))


def _computed(value: YamlMap) -> bool:
    """Whether expressions are in a container, so that the service does not look at it yet."""
    texts: list[Any] = [*value, *value.values()]
    for inner in value.values():
        if inner.__class__ is YamlMap:
            texts.extend(inner.values())
        elif inner.__class__ is YamlList:
            texts.extend(inner)
    return any(text.__class__ is str and has_expression(text) for text in texts)


def _check_call(uses: Uses, out: Faults) -> None:
    """Examine the reference to a reusable workflow."""
    if not uses.text or has_expression(uses.text):
        return
    path = uses.path[2:] if uses.kind == "local" else uses.path
    named = uses.kind in ("local", "repository") and _CALLED.fullmatch(path)
    if not named or (uses.kind == "local" and "@" in uses.text) or not _is_repository(uses):
        message = f"`{uses.text[:80]}` is no reusable workflow"
        hint = (
            "write `{owner}/{repo}/.github/workflows/{file}@{ref}` or `./.github/workflows/{file}`"
        )
        out.append(Fault("calls-name-a-workflow", uses.mark, message, hint))


def _is_repository(uses: Uses) -> bool:
    """Whether owner, repository and ref can be those of a called workflow."""
    if uses.kind == "local":
        return True
    named = _OWNER.fullmatch(uses.owner) and _OWNER.fullmatch(uses.repo)
    parts = uses.ref.split("/")
    return bool(named and _REF.fullmatch(uses.ref) and ".." not in uses.ref) and not any(
        part.startswith(".") or part.endswith(".lock") or not part for part in parts
    )


# --- concurrency ----------------------------------------------------------------------------------


def check_concurrency(tree: YamlMap, out: Faults) -> None:
    """Examine the group of a workflow: no job may wait for the group that its run is in."""
    _check_queue(tree, out)
    group = _group_of(tree)
    for name, job in map_of(tree, "jobs").items() if group else ():
        if job.__class__ is YamlMap and _group_of(job) == group:
            message = f"`{text_of(name)[:60]}` waits for `{group[:60]}`, which its own run holds"
            out.append(Fault("groups-do-not-block", job.key_marks["concurrency"], message))


def _group_of(tree: YamlMap) -> str:
    """Return the concurrency group where it is plain text."""
    value = tree.get("concurrency")
    group = text_of(value.get("group") if value.__class__ is YamlMap else value)
    return "" if has_expression(group) else group


def _check_queue(tree: YamlMap, out: Faults) -> None:
    concurrency = map_of(tree, "concurrency")
    if concurrency.get("queue") == "max" and concurrency.get("cancel-in-progress") is True:
        message = "`queue: max` keeps the runs that `cancel-in-progress` cancels: give one of them"
        out.append(Fault("queues-are-not-cancelled", concurrency.key_marks["queue"], message))


# --- steps ----------------------------------------------------------------------------------------


def check_steps(steps: Any, out: Faults, inner: bool = False) -> None:
    """Examine the steps of a job or a composite action; `inner` are those of a parallel block."""
    if steps.__class__ is not YamlList:
        return
    seen: set[str] = set()
    for step in steps:
        if step.__class__ is not YamlMap:
            continue
        if "parallel" in step:
            if inner:
                message = "a parallel block holds no other parallel block"
                out.append(Fault(KIND, step.mark, message))
            else:
                check_steps(step["parallel"], out, inner=True)
        if "id" in step and is_scalar(step["id"]):
            _check_id(text_of(step["id"]), step.marks["id"], seen, out)
        if "uses" in step:
            _check_uses(text_of(step["uses"]), step.marks["uses"], out)
        if "shell" in step:
            check_shell(step, out)


def _check_id(text: str, mark: Mark, seen: set[str], out: Faults) -> None:
    if fault := id_fault(text):
        out.append(Fault("step-ids-are-valid", mark, fault))
    elif text.lower() in seen:
        message = f"the id `{text}` is given to an earlier step of this job"
        out.append(Fault("step-ids-are-unique", mark, message))
    seen.add(text.lower())


def _check_uses(text: str, mark: Mark, out: Faults) -> None:
    if not text or "${{" in text:
        return
    kind, _, _, path, _ = parts_of(text)
    called = kind == "repository" and path and _CALLED.fullmatch(path)
    if called or kind == "unknown" or (kind == "docker" and not path):
        message = f"`{text[:80]}` is no action"
        hint = "write `{owner}/{repo}[/path]@{ref}`, `./path` or `docker://{image}`"
        hint = "a job calls a reusable workflow, not a step" if called else hint
        out.append(Fault("uses-names-an-action", mark, message, hint))


def check_shell(tree: YamlMap, out: Faults) -> None:
    """Examine the `shell` of a step or of `defaults.run`."""
    shell = text_of(tree.get("shell"))
    if shell in _SHELLS or not shell or "{0}" in shell or "${{" in shell:
        return
    if shell.rpartition("/")[2].lower() not in _SHELLS:
        message = f"`{shell[:60]}` is no shell"
        hint = f"one of {', '.join(sorted(_SHELLS))}, or a command with `{{0}}` for the script"
        out.append(Fault("shells-are-known", tree.marks["shell"], message, hint))
