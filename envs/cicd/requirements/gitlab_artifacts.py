"""Requirements about what GitLab jobs keep: artifacts, reports and caches."""

from __future__ import annotations

import posixpath

from envs.cicd.requirements.gitlab_find import Found, find_job, spelled
from envs.cicd.requirements.gitlab_scenarios import touched
from iac_gym.check import Findings, requirement
from iac_gym.languages.gitlab_ci.job import Job
from iac_gym.languages.gitlab_ci.model import Pipeline
from iac_gym.languages.gitlab_ci.values import Artifacts, Cache

DAY = 86400.0


def clean_path(path: str, job: Job) -> str:
    """Return a path of artifacts or a cache in one form, from the top of the project."""
    text = spelled(path, job.variables).removeprefix("$CI_PROJECT_DIR/")
    clean = posixpath.normpath(text)
    for ending in ("/**/*", "/**", "/*"):  # the whole folder, in other words
        clean = clean.removesuffix(ending)
    return clean


def _kept(model: Pipeline, job: str, path: str) -> Found[Artifacts | None]:
    found = yield from find_job(model, job)
    if found is None:
        return None
    kept = found.artifacts
    if kept is None or clean_path(path, found) not in [
        clean_path(one, found) for one in kept.paths
    ]:
        yield model.finding(f"`{job}` does not keep `{path}`", found.place("artifacts"))
        return None
    if kept.when == "on_failure":
        yield model.finding(f"`{path}` is kept only if the job fails", kept.mark)
        return None
    if _excluded(kept, clean_path(path, found)):
        yield model.finding(f"`{path}` is excluded from the artifacts", kept.mark)
        return None
    return kept


def _excluded(kept: Artifacts, path: str) -> bool:
    """Whether all of a file or folder is left out again."""
    inside = (path, f"{path}/q81", f"{path}/q/q81")
    patterns = [one.removeprefix("./") for one in kept.exclude]
    return any(touched(patterns, (one,)) for one in inside)


@requirement(
    "the job `{job}` keeps `{path}` as an artifact",
    "`{path}` is an artifact of the job `{job}`",
)
def gitlab_artifact(model: Pipeline, job: str, path: str) -> Findings:
    """A path that a job keeps."""
    yield from _kept(model, job, path)


@requirement(
    "the artifact `{path}` of the job `{job}` expires after {days} days",
    "GitLab deletes the artifact `{path}` of the job `{job}` after {days} days",
)
def gitlab_artifact_days(model: Pipeline, job: str, path: str, days: int) -> Findings:
    """How long an artifact is kept."""
    kept = yield from _kept(model, job, path)
    if kept and kept.expire_in != days * DAY:
        yield model.finding(f"`{path}` does not expire after {days} days", kept.mark)


@requirement(
    "the artifact `{path}` of the job `{job}` is kept even if the job fails",
    "whether the job `{job}` passes or fails, it keeps the artifact `{path}`",
)
def gitlab_artifact_always(model: Pipeline, job: str, path: str) -> Findings:
    """`artifacts:when: always`."""
    kept = yield from _kept(model, job, path)
    if kept and kept.when != "always":
        yield model.finding(f"`{path}` is not kept after a failure", kept.mark)


@requirement(
    "the artifacts of the job `{job}` are called `{name}`",
    "`{name}` is the name of the artifacts archive of the job `{job}`",
)
def gitlab_artifact_name(model: Pipeline, job: str, name: str) -> Findings:
    """`artifacts:name`."""
    found = yield from find_job(model, job)
    if found is None:
        return
    given = found.artifacts.name if found.artifacts else ""
    if spelled(given, found.variables) != name:
        yield model.finding(f"the artifacts of `{job}` are not called so", found.place("artifacts"))


@requirement(
    "files that fit `{pattern}` are left out of the artifacts of the job `{job}`",
    "the artifacts of the job `{job}` exclude `{pattern}`",
)
def gitlab_artifact_without(model: Pipeline, job: str, pattern: str) -> Findings:
    """`artifacts:exclude`."""
    found = yield from find_job(model, job)
    if found is None:
        return
    given = [one.removeprefix("./") for one in found.artifacts.exclude] if found.artifacts else []
    deep = pattern.replace("**/", "q/q/").replace("*", "q81")
    flat = pattern.replace("**/", "").replace("*", "q81")
    if not all(touched(given, (one,)) for one in (deep, flat)):
        yield model.finding(f"`{pattern}` is not excluded", found.place("artifacts"))


@requirement(
    "GitLab shows the JUnit report `{path}` of the job `{job}`",
    "the job `{job}` publishes `{path}` as its JUnit report",
)
def gitlab_junit(model: Pipeline, job: str, path: str) -> Findings:
    """`artifacts:reports:junit`."""
    yield from _report(model, job, "junit", path)


@requirement(
    "GitLab reads the coverage report `{path}` of the job `{job}`, in the Cobertura format",
    "the job `{job}` publishes `{path}` as its Cobertura coverage report",
)
def gitlab_cobertura(model: Pipeline, job: str, path: str) -> Findings:
    """`artifacts:reports:coverage_report` with the format Cobertura."""
    kept = yield from _report(model, job, "coverage_report", path)
    if kept and kept.coverage_format != "cobertura":
        yield model.finding("the format is not cobertura", kept.mark)


@requirement(
    "the variables in the file `{path}` of the job `{job}` are passed to later jobs",
    "the job `{job}` passes the dotenv file `{path}` on as variables",
)
def gitlab_dotenv(model: Pipeline, job: str, path: str) -> Findings:
    """`artifacts:reports:dotenv`."""
    yield from _report(model, job, "dotenv", path)


@requirement(
    "GitLab gets the {kind} report `{path}` from the job `{job}`",
    "the job `{job}` hands `{path}` to GitLab as its {kind} report",
)
def gitlab_scan_report(model: Pipeline, job: str, kind: str, path: str) -> Findings:
    """A report of a scanner, such as `sast` or `container_scanning`."""
    yield from _report(model, job, kind, path)


def _report(model: Pipeline, job: str, kind: str, path: str) -> Found[Artifacts | None]:
    found = yield from find_job(model, job)
    if found is None:
        return None
    kept = found.artifacts
    given = kept.reports.get(kind, ()) if kept else ()
    if kept is None or clean_path(path, found) not in [clean_path(one, found) for one in given]:
        yield model.finding(f"`{job}` has no {kind} report `{path}`", found.place("artifacts"))
        return None
    return kept


def _cached(model: Pipeline, job: str, path: str) -> Found[tuple[Job, Cache] | None]:
    found = yield from find_job(model, job)
    if found is None:
        return None
    wanted = clean_path(path, found)
    for cache in found.caches:
        useful = cache.policy != "push" and cache.when != "on_failure"
        if useful and wanted in [clean_path(one, found) for one in cache.paths]:
            return found, cache
    yield model.finding(f"`{job}` does not cache `{path}`", found.place("cache"))
    return None


@requirement(
    "the job `{job}` caches `{path}`",
    "`{path}` is cached between runs of the job `{job}`",
)
def gitlab_cache(model: Pipeline, job: str, path: str) -> Findings:
    """A path that a job caches."""
    yield from _cached(model, job, path)


@requirement(
    "the cache of `{path}` in the job `{job}` changes when `{file}` changes",
    "the key of the cache of `{path}` in the job `{job}` is made of the file `{file}`",
)
def gitlab_cache_file(model: Pipeline, job: str, path: str, file: str) -> Findings:
    """`cache:key:files`."""
    cached = yield from _cached(model, job, path)
    if cached and file not in [one.removeprefix("./") for one in cached[1].files]:
        yield model.finding(f"the key is not made of `{file}`", cached[1].mark)


@requirement(
    "the key of the cache of `{path}` in the job `{job}` is `{key}`",
    "the job `{job}` caches `{path}` under the key `{key}`",
)
def gitlab_cache_key(model: Pipeline, job: str, path: str, key: str) -> Findings:
    """`cache:key` as text."""
    cached = yield from _cached(model, job, path)
    if cached and (cached[1].files or spelled(cached[1].key, cached[0].variables) != key):
        yield model.finding(f"the key is not `{key}`", cached[1].mark)


@requirement(
    "where the cache of `{path}` in the job `{job}` has no entry yet, that of the key `{key}` "
    "takes its place",
    "the cache of `{path}` in the job `{job}` falls back to the key `{key}`",
)
def gitlab_cache_fallback(model: Pipeline, job: str, path: str, key: str) -> Findings:
    """`cache:fallback_keys`, or the variable that says so for all caches."""
    cached = yield from _cached(model, job, path)
    if cached is None:
        return
    found, cache = cached
    given = [*cache.fallback_keys, found.variables.get("CACHE_FALLBACK_KEY", "")]
    if key not in [spelled(one, found.variables) for one in given]:
        yield model.finding(f"the cache does not fall back to `{key}`", cache.mark)


@requirement(
    "the job `{job}` only downloads the cache of `{path}` and never uploads it",
    "the job `{job}` reads the cache of `{path}` but does not write it",
)
def gitlab_cache_read_only(model: Pipeline, job: str, path: str) -> Findings:
    """`cache:policy: pull`."""
    cached = yield from _cached(model, job, path)
    if cached and spelled(cached[1].policy, cached[0].variables) != "pull":
        yield model.finding(f"`{job}` also writes the cache", cached[1].mark)
