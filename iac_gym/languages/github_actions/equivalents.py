"""Rewritings of workflows and actions that mean the same to GitHub, for the contract's tests."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from iac_gym.formats.yaml import YAML_12, dump, load

#: Texts that may be given as a list of one, by the keys above them.
_LISTS = ("branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore", "types")
#: Lines are not folded: the parser of the tool tier reads expressions as they stand in the source.
_WIDTH = 1_000_000
_OUTSIDE = re.compile(r"\$\{\{")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _tree(text: str) -> Any:
    return _plain(load(text, YAML_12).value)


def _backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _backwards(item) for key, item in reversed(value.items())}
    return [_backwards(item) for item in value] if isinstance(value, list) else value


def _map(tree: Any, key: str) -> dict[str, Any]:
    value = tree.get(key) if isinstance(tree, dict) else None
    return value if isinstance(value, dict) else {}


def _jobs(tree: Any) -> list[dict[str, Any]]:
    return [job for job in _map(tree, "jobs").values() if isinstance(job, dict)]


def _steps(tree: Any) -> list[dict[str, Any]]:
    owners = [*_jobs(tree), _map(tree, "runs")]
    lists = [owner.get("steps") for owner in owners]
    found = [steps for steps in lists if isinstance(steps, list)]
    return [step for steps in found for step in steps if isinstance(step, dict)]


# --- `on` -----------------------------------------------------------------------------------------


def _events_mapped(tree: Any) -> Any:
    """Write `on: push` and `on: [push]` as a mapping, single filters as lists."""
    events = tree.get("on")
    if isinstance(events, str):
        tree["on"] = {events: None}
    elif isinstance(events, list):
        tree["on"] = dict.fromkeys(events)
    for settings in _map(tree, "on").values():
        for key in _LISTS:
            if isinstance(settings, dict) and isinstance(settings.get(key), str):
                settings[key] = [settings[key]]
    return tree


def _events_short(tree: Any) -> Any:
    """Write events without filters as a list or a text, lists of one filter as a text."""
    events = _map(tree, "on")
    for name, settings in events.items():
        for key in _LISTS:
            value = settings.get(key) if isinstance(settings, dict) else None
            if isinstance(value, list) and len(value) == 1 and name != "repository_dispatch":
                settings[key] = value[0]
    if events and not any(events.values()):
        tree["on"] = list(events) if len(events) > 1 else next(iter(events))
    return tree


# --- jobs -----------------------------------------------------------------------------------------


def _listed(tree: Any) -> Any:
    """Write single texts as lists, and short forms as mappings."""
    for job in _jobs(tree):
        for key in ("needs", "runs-on"):
            if isinstance(job.get(key), str):
                job[key] = [job[key]]
        for key, inner in (("container", "image"), ("environment", "name")):
            if isinstance(job.get(key), str):
                job[key] = {inner: job[key]}
        for name, service in _map(job, "services").items():
            if isinstance(service, str):
                job["services"][name] = {"image": service}
    for part in (tree, *_jobs(tree)):
        if isinstance(part.get("concurrency"), str):
            part["concurrency"] = {"group": part["concurrency"]}
    return tree


def _single(tree: Any) -> Any:
    """Write lists of one as texts, and mappings with one key in their short form."""
    for job in _jobs(tree):
        for key in ("needs", "runs-on"):
            if isinstance(job.get(key), list) and len(job[key]) == 1:
                job[key] = job[key][0]
        for key, inner in (("container", "image"), ("environment", "name")):
            if list(_map(job, key)) == [inner]:
                job[key] = job[key][inner]
        if list(_map(job, "runs-on")) == ["labels"]:
            job["runs-on"] = job["runs-on"]["labels"]
    for part in (tree, *_jobs(tree)):
        if list(_map(part, "concurrency")) == ["group"]:
            part["concurrency"] = part["concurrency"]["group"]
    return tree


def _moved_down(tree: Any) -> Any:
    """Give each job what stands at the top: permissions, variables and defaults of `run`."""
    jobs = _jobs(tree)
    if "permissions" in tree and jobs:
        permissions = tree.pop("permissions")
        for job in jobs:
            job.setdefault("permissions", permissions)
    if any("uses" in job for job in jobs) or not jobs:
        return tree
    env = _map(tree, "env")
    if env and not any(_OUTSIDE.search(str(value)) for value in env.values()):
        del tree["env"]
        for job in jobs:
            if isinstance(job.get("env", {}), dict):
                job["env"] = {**env, **job.get("env", {})}
    run = _map(tree.pop("defaults", {}), "run")
    for job in jobs if run else ():
        job["defaults"] = {"run": {**run, **_map(_map(job, "defaults"), "run")}}
    return tree


def _wrapped(tree: Any) -> Any:
    """Write `if: x` as `if: ${{ x }}`."""
    for part in (*_jobs(tree), *_steps(tree)):
        condition = part.get("if")
        if isinstance(condition, str) and condition.strip() and "${{" not in condition:
            part["if"] = "${{ " + condition.strip() + " }}"
    return tree


def _bare(tree: Any) -> Any:
    """Write `if: ${{ x }}` as `if: x`."""
    for part in (*_jobs(tree), *_steps(tree)):
        condition = str(part.get("if", "")).strip()
        inner = condition[3:-2].strip()
        if condition.startswith("${{") and condition.endswith("}}") and "${{" not in inner:
            part["if"] = inner
    return tree


def _unnamed(tree: Any) -> Any:
    """Take the names of steps away: they say nothing to the service."""
    for step in _steps(tree):
        step.pop("name", None)
    return tree


def _named(tree: Any) -> Any:
    """Give every step a name."""
    for number, step in enumerate(_steps(tree)):
        step["name"] = f"Part {number + 1}"
    return tree


def _shouted(tree: Any) -> Any:
    """Write the inputs of actions in capitals: case does not count."""
    for step in _steps(tree):
        if _map(step, "with") and "uses" in step:
            step["with"] = {str(key).upper(): value for key, value in step["with"].items()}
    return tree


def _quoted(tree: Any) -> Any:
    """Write numbers and booleans of `env` and `with` as texts, which they become."""
    for part in (tree, *_jobs(tree), *_steps(tree)):
        for key in ("env", "with"):
            values = _map(part, key)
            if key == "env" or "steps" not in part:
                for name, value in values.items():
                    if value is True or value is False or value.__class__ is int:
                        values[name] = json.dumps(value)
    return tree


_CHANGES: Mapping[str, Callable[[Any], Any]] = {
    "keys in the opposite order": _backwards,
    "events as a mapping": _events_mapped,
    "events in short form": _events_short,
    "lists for single texts": _listed,
    "single texts for lists": _single,
    "permissions, variables and defaults in each job": _moved_down,
    "conditions in braces": _wrapped,
    "conditions without braces": _bare,
    "steps without names": _unnamed,
    "steps with other names": _named,
    "inputs in capitals": _shouted,
    "numbers and booleans as text": _quoted,
}


def equivalents(files: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (what was changed, files) for rewritings with the same meaning."""
    for path, text in files.items():
        if not path.endswith((".yaml", ".yml")) or not isinstance(_tree(text), dict):
            continue
        for change, rewrite in _CHANGES.items():
            tree = _tree(text)
            yield change, {**files, path: dump([rewrite(tree)])}
        tree = _tree(text)
        yield "JSON", {**files, path: json.dumps(tree, indent=2, ensure_ascii=False)}
        flow = yaml.safe_dump(tree, default_flow_style=True, sort_keys=False, width=_WIDTH)
        yield "flow style", {**files, path: flow}
        styled = yaml.safe_dump(tree, default_style="'", sort_keys=False, width=_WIDTH)
        if _tree(styled) == tree:
            yield "everything in quotes", {**files, path: styled}
        yield "a comment", {**files, path: f"# written by hand\n{text.rstrip()}\n# the end\n"}
        yield "anchors", {**files, path: _anchored(tree)}


def _anchored(tree: Any) -> str:
    """Write what is the same twice once, with an anchor, and `*alias` for the other."""
    shared: dict[str, Any] = {}

    def share(value: Any) -> Any:
        if isinstance(value, dict):
            return _kept({key: share(item) for key, item in value.items()})
        return _kept([share(item) for item in value]) if isinstance(value, list) else value

    def _kept(value: Any) -> Any:
        return shared.setdefault(json.dumps(value), value) if value else value

    return str(yaml.dump(share(tree), Dumper=yaml.SafeDumper, sort_keys=False, width=_WIDTH))
