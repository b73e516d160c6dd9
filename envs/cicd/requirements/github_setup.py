"""Requirements about tools, their versions over a matrix, and caches of dependencies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from envs.cicd.requirements.github_find import (
    clean_path,
    compact,
    find_job,
    is_true,
    lines_of,
    live_steps,
    using,
    value_of,
    values_of,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.github_actions.model import Job, Repository, Step
from iac_gym.languages.github_actions.values import text_of

#: Tool -> (actions, input of the version, input of the file that holds the version).
TOOLS = {
    "Python": (("actions/setup-python",), "python-version", "python-version-file"),
    "Node.js": (("actions/setup-node",), "node-version", "node-version-file"),
    "Go": (("actions/setup-go",), "go-version", "go-version-file"),
    "Java": (("actions/setup-java",), "java-version", "java-version-file"),
    "Ruby": (("ruby/setup-ruby",), "ruby-version", "ruby-version-file"),
    ".NET": (("actions/setup-dotnet",), "dotnet-version", "global-json-file"),
    "Terraform": (("hashicorp/setup-terraform",), "terraform_version", ""),
    "Helm": (("azure/setup-helm",), "version", ""),
    "pnpm": (("pnpm/action-setup",), "version", ""),
}
#: Package manager -> folders that hold what it has downloaded.
_CACHES = {
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
_CACHE_ACTIONS = ("actions/cache",)


def same_version(found: str, wanted: str) -> bool:
    """Whether a version text chooses the wanted version: `20`, `20.x`, `v20` are one thing."""
    return _plain(found) == _plain(wanted)


def _plain(version: str) -> str:
    version = version.strip().removeprefix("v").removeprefix("~").removeprefix("^")
    while version.endswith((".x", ".*", ".X")):
        version = version[:-2]
    return version


def _setups(job: Job, tool: str) -> Iterator[tuple[Step, str]]:
    actions, name, _ = TOOLS[tool]
    for step in using(live_steps(job), *actions):
        yield step, name


def versions_of(job: Job, tool: str) -> frozenset[str]:
    """Return every version of a tool that a job installs, over its matrix."""
    return frozenset(
        _plain(line)
        for step, name in _setups(job, tool)
        for text in values_of(step, name)
        for line in lines_of(text)
    )


@requirement(
    "the job `{job}` sets up {tool} {version}",
    "{tool} {version} is installed in the job `{job}`",
    "use {tool} {version} in the job `{job}`",
)
def workflow_tool(model: Repository, job: str, tool: str, version: str) -> Findings:
    """The setup action of a tool with one version."""
    found = yield from find_job(model, job)
    if found is not None and versions_of(found, tool) != {_plain(version)}:
        shown = ", ".join(sorted(versions_of(found, tool))) or "not set up"
        yield found.finding(f"{tool} is {shown} in the job `{job}`, asked for {version}", "steps")


@requirement(
    "the job `{job}` sets up the {tool} version that the file `{file}` names",
    "the version of {tool} in the job `{job}` is read from `{file}`",
)
def workflow_tool_file(model: Repository, job: str, tool: str, file: str) -> Findings:
    """The setup action of a tool with a version file."""
    found = yield from find_job(model, job)
    if found is None:
        return
    actions, version, name = TOOLS[tool]
    for step in using(live_steps(found), *actions):
        if clean_path(value_of(step, name)) == file and not step.inputs.get(version):
            return
    yield found.finding(f"the version of {tool} is not read from `{file}`", "steps")


@requirement(
    "the job `{job}` runs once with each of these versions of {tool}: {versions}",
    "the job `{job}` is repeated for {tool} {versions}",
    "a matrix runs the job `{job}` with {tool} {versions}",
)
def workflow_job_versions(model: Repository, job: str, tool: str, versions: list[str]) -> Findings:
    """A matrix over the versions of a tool, whatever its axis is called."""
    found = yield from find_job(model, job)
    if found is None:
        return
    shown = versions_of(found, tool)
    if shown != {_plain(one) for one in versions} or found.matrix is None:
        listed = ", ".join(sorted(shown)) or "none"
        yield found.finding(f"`{job}` runs with these versions of {tool}: {listed}", "strategy")


@requirement(
    "the job `{job}` runs on each of {runners}",
    "a matrix runs the job `{job}` on {runners}",
    "the job `{job}` is repeated on {runners}",
)
def workflow_job_runners(model: Repository, job: str, runners: list[str]) -> Findings:
    """A matrix over the runners, whatever its axis is called."""
    found = yield from find_job(model, job)
    if found is not None and (found.runners != set(runners) or found.matrix is None):
        shown = ", ".join(sorted(found.runners)) or "none"
        yield found.finding(f"the job `{job}` runs on {shown}", "strategy", "runs-on")


def _filled(job: Job, text: str, one: Any) -> str:
    """Return a text with the values of one combination of the matrix."""

    def put(found: re.Match[str]) -> str:
        return text_of(one.get(found[1])) if found[1] in one else found[0]

    return re.sub(r"\$\{\{matrix\.([\w-]+)\}\}", put, compact(text))


def pairs_of(job: Job, tool: str) -> list[tuple[str, str]]:
    """Return (version, runner) of each job of the matrix."""
    combinations = job.matrix.combinations if job.matrix is not None else ({},)
    made = []
    for one in combinations:
        runner = " ".join(_filled(job, label, one) for label in job.labels)
        for step, name in _setups(job, tool):
            version = _filled(job, step.inputs.get(name, ""), one)
            made.append((_plain(version), runner))
    return made


@requirement(
    "the job `{job}` leaves {tool} {version} on `{runner}` out",
    "{tool} {version} is not combined with `{runner}` in the job `{job}`",
)
def workflow_job_leaves_out(
    model: Repository, job: str, tool: str, version: str, runner: str
) -> Findings:
    """A pair of version and runner that does not run, though each occurs with others."""
    found = yield from find_job(model, job)
    if found is None:
        return
    pairs = pairs_of(found, tool)
    if (_plain(version), runner) in pairs:
        yield found.finding(f"{tool} {version} runs on {runner}", "strategy")
    elif not any(one == _plain(version) for one, _ in pairs):
        yield found.finding(f"{tool} {version} does not run at all", "strategy")
    elif not any(other == runner for _, other in pairs):
        yield found.finding(f"nothing runs on {runner}", "strategy")


@requirement(
    "{tool} {version} runs in the job `{job}` on `{runner}` alone",
    "the job `{job}` tries {tool} {version} on `{runner}` and on no other runner",
)
def workflow_job_extra_pair(
    model: Repository, job: str, tool: str, version: str, runner: str
) -> Findings:
    """A version that runs on one runner, while others run on more."""
    found = yield from find_job(model, job)
    if found is None:
        return
    where = {other for one, other in pairs_of(found, tool) if one == _plain(version)}
    if where != {runner} or len(found.runners) < 2:
        shown = ", ".join(sorted(where)) or "nowhere"
        yield found.finding(f"{tool} {version} runs on {shown}, asked for {runner}", "strategy")


def _values(job: Job) -> Iterator[frozenset[str]]:
    """Yield the values of each property of the matrix that the job reads."""
    if job.matrix is None:
        return
    text = compact(str(dict(job.tree)))
    names = {name for one in job.matrix.combinations for name in one}
    for name in sorted(names):
        if re.search(rf"\bmatrix\.{re.escape(name)}\b", text):
            yield job.matrix.values(name)


@requirement(
    "a matrix runs the job `{job}` once for each of {values}",
    "the job `{job}` is repeated for {values}, by a matrix",
)
def workflow_job_each(model: Repository, job: str, values: list[str]) -> Findings:
    """An axis of the matrix with these values, which the job uses."""
    found = yield from find_job(model, job)
    if found is not None and set(values) not in list(_values(found)):
        yield found.finding(f"no axis that `{job}` uses has just these values", "strategy")


@requirement(
    "the job `{job}` builds `{value}` on `{runner}`",
    "in the matrix of the job `{job}`, `{value}` belongs to the runner `{runner}`",
)
def workflow_job_combination(model: Repository, job: str, value: str, runner: str) -> Findings:
    """A combination of the matrix that holds a value and runs on a runner."""
    found = yield from find_job(model, job)
    if found is None:
        return
    where = set()
    for one in found.matrix.combinations if found.matrix is not None else ():
        if value in [text_of(item) for item in one.values()]:
            where.add(" ".join(_filled(found, label, one) for label in found.labels))
    if where != {runner} or not any(value in values for values in _values(found)):
        yield found.finding(f"`{value}` is not built on `{runner}` in `{job}`", "strategy")


@requirement(
    "in the matrix of the job `{job}` the others go on when one fails",
    "one failing combination does not stop the others of the job `{job}`",
    "fail-fast is switched off for the job `{job}`",
)
def workflow_job_goes_on(model: Repository, job: str) -> Findings:
    """`fail-fast: false` of a job with a matrix."""
    found = yield from find_job(model, job)
    if found is not None and (found.fail_fast or found.matrix is None):
        yield found.finding(f"the first failure stops the others of `{job}`", "strategy")


@requirement(
    "at most {count} jobs of the matrix of `{job}` run at a time",
    "the matrix of the job `{job}` runs {count} jobs in parallel at most",
)
def workflow_job_parallel(model: Repository, job: str, count: int) -> Findings:
    """`max-parallel` of a job with a matrix."""
    found = yield from find_job(model, job)
    if found is not None and (found.max_parallel != str(count) or found.matrix is None):
        shown = found.max_parallel or "any number"
        yield found.finding(f"{shown} of `{job}` may run at a time, not {count}", "strategy")


# --- caches ------------------------------------------------------------------------------------------


def _caches(job: Job) -> Iterator[tuple[Step, list[str]]]:
    for step in using(live_steps(job), *_CACHE_ACTIONS):
        if step.inputs.get("key", "").strip():
            yield step, [path.rstrip("/") for path in lines_of(value_of(step, "path"))]


def _setup_caches(job: Job, manager: str) -> bool:
    for tool, (actions, _, _) in TOOLS.items():
        for step in using(live_steps(job), *actions):
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
    return compact(step.inputs.get("key", ""))


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


@requirement(
    "the Java of the job `{job}` comes from {vendor}",
    "the job `{job}` uses the {vendor} distribution of Java",
)
def workflow_java_vendor(model: Repository, job: str, vendor: str) -> Findings:
    """`distribution` of the setup of Java."""
    found = yield from find_job(model, job)
    if found is None:
        return
    steps = using(live_steps(found), "actions/setup-java")
    if not any(value_of(step, "distribution").lower() == vendor for step in steps):
        yield found.finding(f"the Java of `{job}` is not from {vendor}", "steps")


@requirement(
    "npm in the job `{job}` uses the registry `{url}`",
    "`{url}` is the npm registry of the job `{job}`",
)
def workflow_npm_registry(model: Repository, job: str, url: str) -> Findings:
    """`registry-url` of the setup of Node.js."""
    found = yield from find_job(model, job)
    if found is None:
        return
    steps = using(live_steps(found), "actions/setup-node")
    if not any(value_of(step, "registry-url").rstrip("/") == url for step in steps):
        yield found.finding(f"npm in `{job}` does not use `{url}`", "steps")
