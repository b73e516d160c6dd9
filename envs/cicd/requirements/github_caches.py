"""Requirements about caches: of package managers, and of any folder with its key."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envs.cicd.requirements.github_find import (
    comes_late,
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
    fits_one,
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
    saves = [(_key(step), path) for step in using(live_steps(job), _SAVE) for path in _paths(step)]
    for step in using(live_steps(job), _CACHE, _RESTORE):
        paths = _paths(step)
        if step.uses is not None and step.uses.name == _RESTORE:
            saved = [path for key, path in saves if _is_taken(step, key)]
            paths = [path for path in paths if path in saved]
        useless = comes_late(step) or is_true(step, "lookup-only") or _never_hits(step)
        if step.inputs.get("key", "").strip() and not useless:
            yield step, paths


def _is_taken(step: Step, key: str) -> bool:
    """Whether a restore finds what was saved under a key."""
    starts = lines_of(compact(step.inputs.get("restore-keys", "")))
    known = key == _key(step) or ".outputs.cache-primary-key" in key
    return known or any(key.startswith(start) for start in starts)


def _never_hits(step: Step) -> bool:
    """Whether each run has a key of its own, and takes no older cache."""
    return bool(_OWN.search(_key(step))) and not step.inputs.get("restore-keys", "").strip()


_SYSTEM = re.compile(r"\$\{\{(?:'[^']*'|[^}'])*?\brunner\.os\b")
#: What differs from run to run.
_OWN = re.compile(r"\$\{\{[^}]*\bgithub\.(?:run_id|run_number|run_attempt|sha)\b")
#: Commands that tell where a package manager keeps what it has downloaded.
_TOLD = {
    "pip": ("pip cache dir",), "npm": ("npm config get cache",), "poetry": ("config cache-dir",),
    "yarn": ("yarn cache dir", "yarn config get cacheFolder"), "pnpm": ("pnpm store path",),
    "go": ("go env GOMODCACHE", "go env GOCACHE"),
}  # fmt: skip


def _holds_downloads(job: Job, path: str, manager: str) -> bool:
    """Whether a path is the folder of a package manager: by name, or as a step has told."""
    if path in _CACHES[manager]:
        return True
    found = re.fullmatch(r"\$\{\{steps\.([\w-]+)\.outputs\.[\w-]+\}\}", path)
    told = [step.run for step in job.active if found and step.id == found[1]]
    return any(command in text for text in told for command in _TOLD.get(manager, ()))


def _paths(step: Step) -> list[str]:
    return [clean_path(path) for path in lines_of(value_of(step, "path"))]


def _setup_caches(job: Job, manager: str) -> bool:
    for tool, (setups, _, _) in TOOLS.items():
        for step in using(live_steps(job), *setups):
            old = step.uses is not None and re.match(r"v[123](\.|$)", step.uses.ref)
            given = value_of(step, "cache", "true" if tool == "Go" and not old else "").lower()
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
        if any(_holds_downloads(found, path, manager) for path in paths):
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
            plain = [name.removeprefix("./").removeprefix("**/") for name in names]
            if fits_one(file, plain):
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
    sign = compact(label) if "${{" in label else "${{runner.os}}"
    keys = [_key(step) for step in _keys(found, path)]
    if not any(sign in key or _SYSTEM.search(key) for key in keys):
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
