"""Mistakes in workflows and actions, and rewritings that change nothing.

A mistake changes the tree (`_tree`) or the text of one file, somewhere that a seeded generator
chooses; None where the file has nothing to change.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import Any

from bench.agreements.subject import Change
from bench.agreements.tree_mutants import every
from iac_gym.formats.yaml import YAML_12, YamlError, dump, load
from iac_gym.languages.github_actions.equivalents import equivalents

#: A change of a tree in place; False where there is nothing to change.
TreeChange = Callable[[random.Random, Any], bool]
#: The mappings of a tree that a change may choose from.
Parts = Callable[[Any], list[dict[str, Any]]]
_NAME = ".github/workflows/ci.yml"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _read(text: str) -> Any:
    """Return the tree of a text, None where it is no YAML."""
    try:
        return _plain(load(text, YAML_12).value)
    except YamlError:
        return None


def _tree(change: TreeChange) -> Change:
    """Make a change of a text from a change of its tree."""

    def apply(rng: random.Random, text: str) -> str | None:
        tree = _read(text)
        return dump([tree]) if isinstance(tree, dict) and change(rng, tree) else None

    return apply


def _map(tree: Any, *keys: str) -> dict[str, Any]:
    for key in keys:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree if isinstance(tree, dict) else {}


def _jobs(tree: Any) -> list[dict[str, Any]]:
    return [job for job in _map(tree, "jobs").values() if isinstance(job, dict)]


def _own_jobs(tree: Any) -> list[dict[str, Any]]:
    return [job for job in _jobs(tree) if "runs-on" in job]


def _steps(tree: Any) -> Iterator[dict[str, Any]]:
    for owner in (*_jobs(tree), _map(tree, "runs")):
        steps = owner.get("steps")
        for step in steps if isinstance(steps, list) else ():
            if isinstance(step, dict):
                yield step


def _pick(rng: random.Random, found: list[Any]) -> Any:
    return rng.choice(found) if found else None


def _typed(rng: random.Random, name: str) -> str:
    """Return a name with a slip of the pen."""
    place = rng.randrange(1, len(name)) if len(name) > 1 else 0
    return rng.choice((name[:place] + name[place + 1 :], name[:place] + "x" + name[place:]))


def _renamed(part: dict[str, Any], old: str, new: str) -> None:
    items = [(new if key == old else key, value) for key, value in part.items()]
    part.clear()
    part.update(items)


def _in_jobs(key: str, value: Any) -> TreeChange:
    """Set a key of a job that has `runs-on`."""

    def change(rng: random.Random, tree: Any) -> bool:
        job = _pick(rng, _own_jobs(tree))
        if job is None:
            return False
        job[key] = value(rng, tree) if callable(value) else value
        return True

    return change


def _in_steps(key: str, value: Any, having: str = "") -> TreeChange:
    """Set a key of a step (that has another key)."""

    def change(rng: random.Random, tree: Any) -> bool:
        step = _pick(rng, [step for step in _steps(tree) if not having or having in step])
        if step is None:
            return False
        step[key] = value(rng) if callable(value) else value
        return True

    return change


def _on(value: Any) -> TreeChange:
    """Set the triggers of a workflow."""

    def change(rng: random.Random, tree: Any) -> bool:
        if "jobs" not in tree:
            return False
        tree["on"] = value(rng) if callable(value) else value
        return True

    return change


def _top(key: str, value: Any, needs: str = "jobs") -> TreeChange:
    def change(rng: random.Random, tree: Any) -> bool:
        if needs not in tree:
            return False
        tree[key] = value
        return True

    return change


def _misspelled(
    part_of: Callable[[Any], list[dict[str, Any]]], keys: tuple[str, ...]
) -> TreeChange:
    """Misspell one of some keys."""

    def change(rng: random.Random, tree: Any) -> bool:
        found = [(part, key) for part in part_of(tree) for key in keys if key in part]
        if not found:
            return False
        part, key = rng.choice(found)
        _renamed(part, key, _typed(rng, key))
        return True

    return change


def _without(part_of: Parts, key: str) -> TreeChange:
    def change(rng: random.Random, tree: Any) -> bool:
        part = _pick(rng, [part for part in part_of(tree) if key in part])
        if part is None:
            return False
        del part[key]
        return True

    return change


def _cycle(rng: random.Random, tree: Any) -> bool:
    jobs = _map(tree, "jobs")
    names = [name for name, job in jobs.items() if isinstance(job, dict)]
    if len(names) < 2:
        return False
    first, second = rng.sample(names, 2)
    jobs[first]["needs"], jobs[second]["needs"] = [second], [first]
    return True


def _two_ids(rng: random.Random, tree: Any) -> bool:
    owners = [job["steps"] for job in _jobs(tree) if isinstance(job.get("steps"), list)]
    steps = _pick(rng, [one for one in owners if len(one) > 1])
    if steps is None or not all(isinstance(step, dict) for step in steps):
        return False
    for step in rng.sample(steps, 2):
        step["id"] = "again"
    return True


def _bad_job_id(rng: random.Random, tree: Any) -> bool:
    jobs = _map(tree, "jobs")
    if len(jobs) != 1:
        return False
    name = next(iter(jobs))
    _renamed(jobs, name, rng.choice(("1" + name, name + " job", name + ".x", "-" + name)))
    return True


def _bad_matrix(rng: random.Random, tree: Any) -> bool:
    job = _pick(rng, _own_jobs(tree))
    if job is None:
        return False
    bad = ({"os": "ubuntu-latest"}, {"os": {"a": 1}}, ["a", "b"], {"include": {"os": "x"}}, "all")
    job["strategy"] = {"matrix": rng.choice(bad)}
    return True


def _in_runs(key: str, value: Any) -> TreeChange:
    def change(rng: random.Random, tree: Any) -> bool:
        runs = _map(tree, "runs")
        if not runs:
            return False
        runs[key] = value
        return True

    return change


def _dispatch(settings: Any) -> TreeChange:
    return _on(lambda rng: {"workflow_dispatch": {"inputs": {"target": settings}}})


def _call(tree: Any, uses: str, **more: Any) -> bool:
    if "jobs" not in tree:
        return False
    tree["jobs"] = {"call": {"uses": uses, **more}}
    return True


def _ids(rng: random.Random) -> str:
    return rng.choice(("1st", "a b", "__own", "a.b", "x" * 120))


def _expression(rng: random.Random) -> str:
    return "${{ " + rng.choice(_BAD_EXPRESSIONS) + " }}"


_BAD_EXPRESSIONS = (
    "github.ref = 'x'", 'github.ref == "x"', "contains('a')", "startWith(github.ref, 'x')",
    "secret.TOKEN", "github.ref == 'x", "(github.sha", "github..sha", "github.sha &&", "a + b",
    "env.", "hashFiles()", "format()", "toJSON(github, 1)", "matrix.os | lower",
    "github.ref ? 1 : 2", "not(true)", "steps['x'", "inputs.x]", "",
)  # fmt: skip
_BAD_CRONS = (
    "* * * *", "60 * * * *", "0 24 * * *", "0 0 32 * *", "0 0 * 13 *", "0 0 * * 8", "@daily",
    "0 0 0 * * *", "*/0 * * * *", "5-1 * * * *", "0 0 * foo *", "every day", "0,61 * * * *",
)  # fmt: skip
_BAD_EVENTS = tuple("pushes pull-request merge tag manual cron PUSH release_published".split())
_WITH_TYPES = ("issues", "release", "pull_request", "check_run")


def _steps_of(tree: Any) -> list[dict[str, Any]]:
    return list(_steps(tree))


def _tops(tree: Any) -> list[dict[str, Any]]:
    return [tree] if "jobs" in tree else []


TREE_MISTAKES: dict[str, TreeChange] = {
    "unknown event": _on(lambda rng: rng.choice(_BAD_EVENTS)),
    "unknown event in a list": _on(lambda rng: ["push", rng.choice(_BAD_EVENTS)]),
    "unknown event in a mapping": _on(lambda rng: {rng.choice(_BAD_EVENTS): None}),
    "unknown activity": _on(
        lambda rng: {rng.choice(_WITH_TYPES): {"types": ["gone"]}}
    ),
    "filter of another event": _on({"issues": {"branches": ["main"]}}),
    "filter misspelled": _on({"push": {"branch": ["main"]}}),
    "filter as a mapping": _on({"push": {"branches": {"main": True}}}),
    "event without value for schedule": _on({"schedule": None}),
    "bad cron": _on(lambda rng: {"schedule": [{"cron": rng.choice(_BAD_CRONS)}]}),
    "schedule without a list": _on({"schedule": {"cron": "0 0 * * *"}}),
    "schedule key misspelled": _on({"schedule": [{"crom": "0 0 * * *"}]}),
    "input of a wrong type": _dispatch({"type": "text"}),
    "choice without options": _dispatch({"type": "choice"}),
    "options without choice": _dispatch({"type": "string", "options": ["a"]}),
    "input default of another type": _dispatch({"type": "boolean", "default": "often"}),
    "input key misspelled": _dispatch({"type": "string", "requierd": True}),
    "required as text": _dispatch({"type": "string", "required": "yes please"}),
    "call input without a type": _on({"workflow_call": {"inputs": {"a": {"required": True}}}}),
    "call output without a value": _on({"workflow_call": {"outputs": {"a": {"description": "b"}}}}),
    "no triggers": _without(_tops, "on"),
    "no jobs": _without(_tops, "jobs"),
    "empty jobs": _top("jobs", {}),
    "top key misspelled": _misspelled(_tops, ("jobs", "on", "name", "env", "permissions")),
    "unknown top key": _top("steps", []),
    "unknown permission": _top("permissions", {"content": "read"}),
    "unknown permission level": _top("permissions", {"contents": "all"}),
    "permission as a list": _top("permissions", ["contents: read"]),
    "permission level of another scope": _top("permissions", {"id-token": "read"}),
    "env as a list": _top("env", ["A=1"]),
    "env with a mapping": _top("env", {"A": {"b": 1}}),
    "concurrency key misspelled": _top("concurrency", {"group": "a", "cancel": True}),
    "concurrency without group": _top("concurrency", {"cancel-in-progress": True}),
    "defaults misspelled": _top("defaults", {"runs": {"shell": "bash"}}),
    "job key misspelled": _misspelled(
        _own_jobs, ("runs-on", "steps", "needs", "strategy", "timeout-minutes", "env")
    ),
    "no runner": _without(_own_jobs, "runs-on"),
    "runner mapping misspelled": _in_jobs("runs-on", {"label": "x"}),
    "runner group with a bad prefix": _in_jobs("runs-on", {"group": "team/x"}),
    "unknown job needed": _in_jobs("needs", ["nowhere"]),
    "job needs itself": _cycle,
    "bad job id": _bad_job_id,
    "timeout as text": _in_jobs("timeout-minutes", "ten"),
    "continue-on-error as text": _in_jobs("continue-on-error", "maybe"),
    "bad matrix": _bad_matrix,
    "strategy misspelled": _in_jobs("strategy", {"matrics": {"os": ["a"]}}),
    "fail-fast as text": _in_jobs("strategy", {"fail-fast": "never", "matrix": {"a": [1]}}),
    "unknown context in a condition": _in_jobs("if", "branch == 'main'"),
    "secrets in a condition": _in_jobs("if", "secrets.TOKEN != ''"),
    "env in the runner": _in_jobs("runs-on", "${{ env.RUNNER }}"),
    "steps as a mapping": _in_jobs("steps", {"run": "make"}),
    "steps as text": _in_jobs("steps", "make"),
    "uses in a job that has a runner": _in_jobs("uses", "a/b/.github/workflows/c.yml@v1"),
    "container key misspelled": _in_jobs("container", {"images": "node:20"}),
    "service without an image": _in_jobs("services", {"db": {"ports": ["1:1"]}}),
    "services as a list": _in_jobs("services", ["postgres"]),
    "environment key misspelled": _in_jobs("environment", {"name": "a", "urls": "b"}),
    "outputs as a list": _in_jobs("outputs", ["a"]),
    "needs in a mapping": _in_jobs("needs", {"build": True}),
    "expression where none is allowed": _in_jobs("needs", "${{ github.job }}"),
    "step key misspelled": _misspelled(
        _steps_of, ("uses", "run", "with", "name", "if", "env", "id")
    ),
    "step without action": lambda rng, tree: _in_steps("name", "x")(rng, tree)
    and all(step.pop("run", 1) and step.pop("uses", 1) for step in _steps(tree)),
    "run and uses": _in_steps("run", "make", having="uses"),
    "with in a run step": _in_steps("with", {"a": "b"}, having="run"),
    "shell in a uses step": _in_steps("shell", "bash", having="uses"),
    "with as a list": _in_steps("with", ["a"], having="uses"),
    "with of lists": _in_steps("with", {"a": ["b"]}, having="uses"),
    "run as a list": _in_steps("run", ["make"], having="run"),
    "step env as text": _in_steps("env", "A=1"),
    "bad step id": _in_steps("id", _ids),
    "two steps with one id": _two_ids,
    "bad expression in a script": _in_steps("run", _expression, having="run"),
    "bad expression in a condition": _in_steps("if", _expression),
    "bad expression in an input": _in_steps("with", lambda rng: {"a": _expression(rng)}, "uses"),
    "expression that is not closed": _in_steps("run", "echo ${{ github.sha }", having="run"),
    "unknown context in a script": _in_steps("run", "echo ${{ git.sha }}", having="run"),
    "unknown function in a condition": _in_steps("if", "succes()"),
    "secrets in a step's condition": _in_steps("if", "secrets.A == 'b'"),
    "action without a ref": _in_steps("uses", "actions/checkout", having="uses"),
    "action without an owner": _in_steps("uses", "checkout@v4", having="uses"),
    "call of a repository": lambda rng, tree: _call(tree, "acme/pipelines@v1"),
    "call without a ref": lambda rng, tree: _call(tree, "a/b/.github/workflows/c.yml"),
    "call with steps": lambda rng, tree: _call(tree, "./.github/workflows/c.yml", steps=[]),
    "call with unknown secrets": lambda rng, tree: _call(
        tree, "./.github/workflows/c.yml", secrets="all"
    ),
    "unknown kind of action": _in_runs("using", "node18"),
    "action without runs": _without(lambda tree: [tree] if "runs" in tree else [], "runs"),
    "action without a name": _without(lambda tree: [tree] if "runs" in tree else [], "name"),
    "composite step without a shell": _without(
        lambda tree: [step for step in _steps(tree) if "runs" in tree and "run" in step], "shell"
    ),
    "action key misspelled": _misspelled(
        lambda tree: [_map(tree, "runs"), tree] if "runs" in tree else [],
        ("using", "main", "image", "steps", "inputs", "outputs"),
    ),
}  # fmt: skip


# --- mistakes in the text -------------------------------------------------------------------------


def _lines(rng: random.Random, text: str, pattern: str) -> tuple[list[str], int] | None:
    lines = text.split("\n")
    found = [index for index, line in enumerate(lines) if re.search(pattern, line)]
    return (lines, rng.choice(found)) if found else None


def _line_change(pattern: str, change: Callable[[str], str]) -> Change:
    def apply(rng: random.Random, text: str) -> str | None:
        if (found := _lines(rng, text, pattern)) is None:
            return None
        lines, index = found
        lines[index] = change(lines[index])
        return "\n".join(lines)

    return apply


def _repeated_key(rng: random.Random, text: str) -> str | None:
    if (found := _lines(rng, text, r"^\s*(?:runs-on|name|on|timeout-minutes): \S+")) is None:
        return None
    lines, index = found
    if lines[index].lstrip().startswith("-"):
        return None
    return "\n".join([*lines[: index + 1], lines[index], *lines[index + 1 :]])


def _second_document(rng: random.Random, text: str) -> str:
    return f"{text.rstrip()}\n---\n{text}"


def _cut_off(rng: random.Random, text: str) -> str | None:
    lines = text.rstrip().split("\n")
    return "\n".join(lines[: rng.randrange(2, len(lines))]) + "\n" if len(lines) > 4 else None


_PAIR = r"^\s+[\w-]+: \w+$"
TEXT_MISTAKES: dict[str, Change] = {
    "no colon": _line_change(r"^\s+[\w-]+:$", lambda line: line[:-1]),
    "no space after the colon": _line_change(_PAIR, lambda line: line.replace(": ", ":")),
    "tab": _line_change(r"^ {2,}[\w-]+:", lambda line: "\t" + line.lstrip()),
    "one space too many": _line_change(r"^ {4,}[\w-]+:", lambda line: " " + line),
    "one space too few": _line_change(r"^ {4,}[\w-]+:", lambda line: line[1:]),
    "quote that is not closed": _line_change(_PAIR, lambda line: line.replace(": ", ": '")),
    "bracket that is not closed": _line_change(r"\]\s*$", lambda line: line.rstrip()[:-1]),
    "key twice": _repeated_key,
    "second document": _second_document,
    "cut off": _cut_off,
    "star without quotes": _line_change(_PAIR, lambda line: re.sub(r": .*", ": *", line)),
    "unknown alias": _line_change(_PAIR, lambda line: re.sub(r": .*", ": *gone", line)),
}  # fmt: skip

MUTATIONS: dict[str, Change] = {
    **every(_read, lambda tree: dump([tree])),
    **{name: _tree(change) for name, change in TREE_MISTAKES.items()},
    **TEXT_MISTAKES,
}


def _rewriting(name: str) -> Change:
    def apply(rng: random.Random, text: str) -> str | None:
        try:
            changed = dict(equivalents({_NAME: text}))
        except YamlError:
            return None
        return changed[name][_NAME] if name in changed else None

    return apply


_REWRITINGS = (
    "keys in the opposite order", "events as a mapping", "events in short form",
    "lists for single texts", "single texts for lists", "conditions in braces",
    "conditions without braces", "steps without names", "inputs in capitals", "JSON",
    "flow style", "everything in quotes", "a comment", "anchors",
)  # fmt: skip

REWRITINGS: dict[str, Change] = {name: _rewriting(name) for name in _REWRITINGS}
