"""When jobs and steps of a workflow run: their conditions, tried out on the runs that can happen.

A scenario is one way in which a run starts: a push to a branch or of a tag, a pull request, a
schedule, a start by hand. What `if` says is folded with what is known of that run, so that every
spelling of the same condition gives the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from iac_gym.formats.lazy import kept
from iac_gym.languages.github_actions.conditions import Condition, told
from iac_gym.languages.github_actions.filling import filled
from iac_gym.languages.github_actions.model import Job, Step, Workflow
from iac_gym.languages.github_actions.triggers import Trigger
from iac_gym.languages.github_actions.values import text_of

Facts = dict[tuple[str, ...], Sequence[Any]]
Status = Mapping[str, bool]

#: What the status functions give where all went well, and where something before has failed.
WELL: Status = {"success": True, "failure": False, "cancelled": False, "always": True}
FAILED: Status = {"success": False, "failure": True, "cancelled": False, "always": True}
#: A branch and a tag that no task names.
_OTHER_BRANCH = "some-other-branch-7"
#: What `runner.os` is on runners whose label begins so.
_SYSTEMS = {"ubuntu": "Linux", "windows": "Windows", "macos": "macOS"}
#: Most combinations, most trials of the conditions of one job, most branches that are tried, and
#: most patterns of a filter: with more, nothing is known of its runs.
_MOST_STEPS = 100
_MOST_COMBINATIONS, _MOST_TRIALS, _MOST_BRANCHES, _MOST_PATTERNS = 256, 1000, 8, 100


class Scenario(NamedTuple):
    """One way in which a run starts. `branch` is the branch it runs on, "" for tags."""

    event: str
    branch: str
    tag: str
    facts: Facts


def holds(condition: Condition, facts: Facts, status: Status = WELL) -> bool | None:
    """Say whether an `if` holds in a run; None where it depends on something else."""
    if condition.tree is None:
        return status["success"]
    if not condition.status and not status["success"]:
        return False
    text = _spread(condition.text, facts) if "*" in condition.text else condition.text
    return told(text, facts, tuple(status.items()))


_ANY_NEED = re.compile(r"contains\(\s*needs\.\*\.result\s*,\s*('[a-z]*')\s*\)", re.IGNORECASE)


def _spread(text: str, facts: Facts) -> str:
    """Return a condition with `contains(needs.*.result, 'x')` written out for each need."""
    names = [path[1] for path in facts if path[:1] == ("needs",) and path[2:] == ("result",)]
    if not names:
        return text
    return _ANY_NEED.sub(
        lambda found: "(" + "||".join(f"needs.{n}.result=={found[1]}" for n in names[:20]) + ")",
        text,
    )


# --- steps ---------------------------------------------------------------------------------------


@kept
def combinations(job: Job) -> tuple[Facts, ...]:
    """Return what is known of the matrix and the runner in each job of a matrix."""
    matrix = job.matrix
    every = matrix.combinations[:_MOST_COMBINATIONS] if matrix is not None else ()
    names = dict.fromkeys(name for one in every for name in one)
    return tuple([_facts_of(job, one, tuple(names)) for one in every or ({},)])


def _facts_of(job: Job, one: Mapping[str, Any], names: Sequence[str]) -> Facts:
    facts: Facts = {}
    for name in names:
        facts.update(_flat(("matrix", name.lower()), one.get(name)))
    labels = [next(iter(filled(label, (one,), job.env)), "") for label in job.labels]
    system = next((s for s in _SYSTEMS if any(x.startswith(s) for x in labels)), "")
    if system:
        facts["runner", "os"] = (_SYSTEMS[system],)
    for need in job.needs:
        facts["needs", need.lower(), "result"] = ("success",)
    return facts


def _typed(value: Any) -> Any:
    """Return a value of a matrix as expressions see it: numbers are floats."""
    if value is None or value.__class__ in (bool, str, float):
        return value
    return float(value) if value.__class__ is int else text_of(value)


def _flat(path: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], Sequence[Any]]]:
    """Yield the scalars below a property of the matrix by path."""
    if isinstance(value, Mapping) and len(path) < 5:
        for name, inner in value.items():
            yield from _flat((*path, text_of(name).lower()), inner)
    else:
        yield path, (_typed(value),)


def step_holds(step: Step, status: Status = WELL) -> list[tuple[Facts, bool | None]]:
    """Say whether a step runs in each job of the matrix."""
    if not isinstance(step.owner, Job):
        return [({}, holds(step.condition, {}, status))]
    most = max(1, _MOST_TRIALS // len(step.owner.steps))
    facts = combinations(step.owner)[:most]
    return [(one, holds(step.condition, one, status)) for one in facts]


def holds_when_all_is_well(step: Step) -> bool:
    """Whether a step runs in every job of the matrix while nothing has failed."""
    return all(held is True for _, held in step_holds(step))


def holds_in_all_runs(step: Step) -> bool:
    """Whether a step runs in every run that gets to its job, while nothing has failed."""
    job = step.owner
    if not isinstance(job, Job) or "workflow_call" in job.workflow.triggers:
        return False
    if len(job.steps) > _MOST_STEPS:
        return False
    ways = [one for one in scenarios(job.workflow) if job_runs(job, one) is not False]
    matrix = combinations(job)[: max(1, _MOST_TRIALS // (len(job.steps) * (len(ways) or 1)))]
    return bool(ways) and all(
        holds(step.condition, {**one, **way.facts}) is True for way in ways for one in matrix
    )


# --- runs ----------------------------------------------------------------------------------------


def _facts(event: str, ref: str, branch: str, tag: str, main: str) -> Facts:
    name = branch or tag
    facts: Facts = {
        ("github", "event_name"): (event,),
        ("github", "ref"): (ref,),
        ("github", "ref_name"): (name,),
        ("github", "ref_type"): ("tag" if tag else "branch",),
        ("github", "event", "repository", "default_branch"): (main,),
        ("github", "base_ref"): ("",),
        ("github", "head_ref"): ("",),
    }
    if event == "push":
        facts["github", "event", "ref"] = (ref,)
    if not event.startswith("pull_request"):
        facts["github", "event", "pull_request"] = (None,)
    return facts


@lru_cache(maxsize=512)
def _on_branch(event: str, branch: str, main: str) -> Scenario:
    return Scenario(event, branch, "", _facts(event, f"refs/heads/{branch}", branch, "", main))


@lru_cache(maxsize=512)
def _pull_request(event: str, base: str, main: str) -> Scenario:
    facts = _facts(event, "refs/pull/7/merge", "", "", main)
    facts["github", "ref_name"] = ("7/merge",)
    facts["github", "ref_type"] = ("branch",)
    facts["github", "base_ref"] = (base,)
    facts["github", "head_ref"] = ("a-feature",)
    if event == "pull_request_target":
        facts["github", "ref"], facts["github", "ref_name"] = (f"refs/heads/{base}",), (base,)
    return Scenario(event, "", "", facts)


@lru_cache(maxsize=512)
def _tagged(event: str, pattern: str, main: str, digit: str = "1") -> Scenario:
    tag = pattern.replace("[0-9]+", digit).replace("[0-9]", digit)
    tag = tag.replace("**", digit).replace("*", digit) or f"v{digit}.0.0"
    return Scenario(event, "", tag, _facts(event, f"refs/tags/{tag}", "", tag, main))


def scenarios(workflow: Workflow, main: str = "main") -> Iterator[Scenario]:
    """Yield the ways in which runs of a workflow start, as far as they differ for conditions."""
    for event, trigger in workflow.triggers.items():
        filters = trigger.filters
        if any(len(patterns) > _MOST_PATTERNS for patterns in filters.values()):
            continue
        if event == "push":
            own = filters.get("branches", ())[:_MOST_BRANCHES]
            named = (main, *own, _OTHER_BRANCH, f"not-{main}-7")
            for branch in dict.fromkeys(name for name in named if name[:1] != "!"):
                plain = branch.replace("**", "1").replace("*", "1")
                if trigger.on_branch(plain):
                    yield _on_branch(event, plain, main)
            if trigger.on_tag("v1.0.0") or "tags" in filters:
                pattern = next(iter(filters.get("tags", ())), "")
                yield _tagged(event, pattern, main)
                yield _tagged(event, pattern, main, "72")
        elif event in ("pull_request", "pull_request_target"):
            yield _pull_request(event, next(iter(filters.get("branches", ())), main), main)
        elif event == "workflow_dispatch":
            yield _on_branch(event, main, main)
            yield _on_branch(event, _OTHER_BRANCH, main)
        elif event == "release":
            yield _tagged(event, "v1.0.0", main)
        else:
            yield _on_branch(event, main, main)


def job_runs(job: Job, scenario: Scenario) -> bool | None:
    """Say whether a job runs in a run where all goes well; None where it is not known."""
    answer: bool | None = True
    for name in (job.id, *job.ancestors):
        one = job.workflow.jobs[name]
        facts = {**scenario.facts}
        for need in one.needs:
            facts["needs", need.lower(), "result"] = ("success",)
        held = holds(one.condition, facts)
        if held is False and (name == job.id or not job.condition.ignores_needs):
            return False
        answer = answer if held else None
    return answer


@kept
def reachable(job: Job) -> bool:
    """Whether some event starts a job: its own `if` and those of the jobs before it agree."""
    chain = [job.workflow.jobs[name] for name in (job.id, *job.ancestors)]
    if not any(one.condition.text for one in chain):
        return True
    return any(_may_run(job, chain, event) for event in job.workflow.triggers)


def follows(job: Job, event: str) -> bool:
    """Whether a job can run when an event starts its workflow."""
    chain = [job.workflow.jobs[name] for name in (job.id, *job.ancestors)]
    return not any(one.condition.text for one in chain) or _may_run(job, chain, event)


def _may_run(job: Job, chain: Sequence[Job], event: str) -> bool:
    if event == "workflow_call":
        return True
    facts = _possible(job.workflow.triggers[event])
    if _never(job.condition, facts):
        return False
    return job.condition.ignores_needs or not any(_never(one.condition, facts) for one in chain)


@kept
def _possible(trigger: Trigger) -> Facts:
    """Return what is known of all runs that an event with its filters starts."""
    event = trigger.event
    facts: Facts = {("github", "event_name"): (event,)}
    branches = trigger.filters.get("branches", ())
    plain = branches and not any(set(name) & set("*?+[!") for name in branches)
    if event == "push" and branches and "tags" not in trigger.filters:
        facts["github", "ref_type"] = ("branch",)
        if plain:
            facts["github", "ref"] = tuple(f"refs/heads/{name}" for name in branches)
            facts["github", "ref_name"] = tuple(branches)
    elif event == "push" and "tags" in trigger.filters and not branches:
        facts["github", "ref_type"] = ("tag",)
    elif event.startswith("pull_request") and plain:
        facts["github", "base_ref"] = tuple(branches)
    if event.startswith("pull_request") and trigger.types:
        facts["github", "event", "action"] = tuple(trigger.types)
    return facts


def _never(condition: Condition, facts: Facts) -> bool:
    """Whether an `if` cannot hold, whatever has failed."""
    return condition.tree is not None and told(condition.text, facts) is False
