"""Requirements about caches: of package managers, and of any folder with its key."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envs.cicd.requirements.github_find import (
    find_job,
    is_true,
    live_steps,
    using,
    value_of,
)
from envs.cicd.requirements.github_setup import TOOLS
from envs.cicd.requirements.github_texts import (
    clean_path,
    compact,
    lines_of,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.github_actions.model import Job, Repository, Step

#: Package manager -> folders that hold what it has downloaded.
_CACHES: dict[str, tuple[str, ...]] = {
    "pip": ("~/.cache/pip",),
    "poetry": ("~/.cache/pypoetry", ".venv"),
    "npm": ("~/.npm", "node_modules"),
    "yarn": ("~/.cache/yarn", ".yarn/cache", "node_modules"),
    "pnpm": ("~/.pnpm-store", "~/.local/share/pnpm/store", "node_modules"),
    "maven": ("~/.m2/repository", "~/.m2"),
    "gradle": ("~/.gradle/caches", "~/.gradle"),
    "go": ("~/go/pkg/mod", "~/.cache/go-build"),
    "bundler": ("vendor/bundle",),
}
#: A key has at most 512 characters; an expression may be longer.
_MOST_KEY = 2000
_CACHE, _RESTORE, _SAVE = "actions/cache", "actions/cache/restore", "actions/cache/save"


def _caches(job: Job) -> Iterator[tuple[Step, list[str]]]:
    saved = [path for step in using(live_steps(job), _SAVE) for path in _paths(step)]
    for step in using(live_steps(job), _CACHE, _RESTORE):
        paths = _paths(step)
        if step.uses is not None and step.uses.name == _RESTORE:
            paths = [path for path in paths if path in saved]
        if step.inputs.get("key", "").strip():
            yield step, paths


def _paths(step: Step) -> list[str]:
    return [clean_path(path) for path in lines_of(value_of(step, "path"))]


def _setup_caches(job: Job, manager: str) -> bool:
    for tool, (setups, _, _) in TOOLS.items():
        for step in using(live_steps(job), *setups):
            given = value_of(step, "cache", "true" if tool == "Go" else "").lower()
            if tool == "Go":
                if manager == "go" and given == "true":
                    return True
            elif given == manager and tool in ("Python", "Node.js", "Java"):
                return True
            if tool == "Ruby" and manager == "bundler" and is_true(step, "bundler-cache"):
                return True
    actions = ("gradle/actions/setup-gradle", "gradle/gradle-build-action")
    return manager == "gradle" and any(
        not is_true(step, "cache-disabled") for step in using(live_steps(job), *actions)
    )


@requirement(
    "the job `{job}` caches what {manager} downloads",
    "a cache keeps the {manager} downloads of the job `{job}` between runs",
    "the job `{job}` keeps its {manager} downloads in a cache",
)
def workflow_downloads_cached(model: Repository, job: str, manager: str) -> Findings:
    """The cache of a setup action, or `actions/cache` of the folder of a package manager."""
    found = yield from find_job(model, job)
    if found is None or _setup_caches(found, manager):
        return
    for _, paths in _caches(found):
        if any(path in _CACHES[manager] for path in paths):
            return
    yield found.finding(f"the job `{job}` does not cache what {manager} downloads", "steps")


@requirement(
    "the job `{job}` caches the folder `{path}`",
    "the folder `{path}` of the job `{job}` is kept in a cache between runs",
)
def workflow_cache(model: Repository, job: str, path: str) -> Findings:
    """`actions/cache` of a path."""
    found = yield from find_job(model, job)
    if found is None:
        return
    if not any(path in paths for _, paths in _caches(found)):
        yield found.finding(f"the job `{job}` does not cache `{path}`", "steps")


def _keys(job: Job, path: str) -> list[Step]:
    return [step for step, paths in _caches(job) if path in paths]


@requirement(
    "the key of the cache of `{path}` in the job `{job}` changes with `{file}`",
    "in the job `{job}`, the hash of `{file}` is part of the cache key for `{path}`",
)
def workflow_cache_hash(model: Repository, job: str, path: str, file: str) -> Findings:
    """`hashFiles` of a file in the key of `actions/cache`."""
    found = yield from find_job(model, job)
    if found is None:
        return
    for step in _keys(found, path):
        for hashed in re.findall(r"\$\{\{.*?hashfiles\(([^)]*)\)", _key(step), re.IGNORECASE):
            names = re.findall(r"'([^']*)'", hashed)
            if file in [name.removeprefix("./").removeprefix("**/") for name in names]:
                return
    yield found.finding(f"the cache key of `{path}` does not hash `{file}`", "steps")


def _key(step: Step) -> str:
    return compact(step.inputs.get("key", "")[:_MOST_KEY])


@requirement(
    "the key of the cache of `{path}` in the job `{job}` differs between operating systems",
    "in the job `{job}`, the cache key for `{path}` holds the operating system of the runner",
)
def workflow_cache_system(model: Repository, job: str, path: str) -> Findings:
    """`runner.os` (or the runner of the matrix) in the key of `actions/cache`."""
    found = yield from find_job(model, job)
    if found is None:
        return
    label = next(iter(found.labels), "") if found.matrix is not None else ""
    signs = ("${{runner.os}}", compact(label) if "${{" in label else "${{runner.os}}")
    if not any(sign in _key(step) for step in _keys(found, path) for sign in signs):
        yield found.finding(f"the cache key of `{path}` is the same on every system", "steps")


@requirement(
    "in the job `{job}`, an older cache of `{path}` is used where no key matches exactly",
    "restore keys let the job `{job}` fall back to an older cache of `{path}`",
)
def workflow_cache_fallback(model: Repository, job: str, path: str) -> Findings:
    """`restore-keys` of `actions/cache`, of which one begins the key."""
    found = yield from find_job(model, job)
    if found is None:
        return
    for step in _keys(found, path):
        keys = lines_of(compact(step.inputs.get("restore-keys", "")))
        if any(_key(step).startswith(key) and _key(step) != key for key in keys):
            return
    yield found.finding(f"no older cache of `{path}` is restored", "steps")
