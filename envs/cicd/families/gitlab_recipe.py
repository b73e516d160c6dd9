"""How a GitLab CI task is put together: the recipe that writes a `.gitlab-ci.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from envs.cicd import choices
from envs.cicd.requirements import gitlab_artifacts as kept
from envs.cicd.requirements import gitlab_flow as flow
from envs.cicd.requirements import gitlab_scripts as scripts
from envs.cicd.requirements import gitlab_when as when
from iac_gym.category import Draft
from iac_gym.draw import Draw
from iac_gym.extras import Extra, Recipe
from iac_gym.formats.yaml import dump

__all__ = ["LANGUAGE", "NO_SECOND_PIPELINE", "PATH", "SKIP_WORD", "Extra", "Job", "Pipeline"]

LANGUAGE = "gitlab_ci"
PATH = ".gitlab-ci.yml"
#: The order in which a person writes the keys of the file and of a job.
_FILE = "include workflow default stages variables".split()
_JOB = (
    "extends stage image services tags rules when start_in allow_failure needs dependencies "
    "parallel variables id_tokens environment resource_group interruptible timeout retry cache "
    "before_script script after_script trigger release coverage artifacts"
).split()


def _in_order(tree: Mapping[str, Any], order: Sequence[str]) -> dict[str, Any]:
    known = {key: tree[key] for key in order if key in tree}
    return {**known, **{key: value for key, value in tree.items() if key not in known}}


class Job:
    """A job under construction: its keywords. `script` holds the lines in their order."""

    def __init__(self, name: str, fields: Mapping[str, Any]) -> None:
        self.name = name
        self.fields: dict[str, Any] = dict(fields)
        self._lines: dict[str, list[str]] = {"install": [], "login": [], "main": [], "after": []}

    def run(self, line: str, section: str = "main") -> str:
        """Add a line to the script."""
        self._lines[section].append(line)
        return line

    def set(self, section: str, key: str, value: Any) -> None:
        """Set a key of a mapping of the job, such as one of `variables`."""
        self.fields.setdefault(section, {})[key] = value

    def add(self, section: str, value: Any) -> None:
        """Add to a list of the job, such as `services`."""
        self.fields.setdefault(section, []).append(value)

    def keep(self, path: str) -> dict[str, Any]:
        """Keep a path as an artifact; returns the `artifacts` of the job."""
        artifacts: dict[str, Any] = self.fields.setdefault("artifacts", {})
        artifacts.setdefault("paths", []).append(path)
        return artifacts

    def report(self, kind: str, value: Any) -> None:
        """Add a report to the artifacts."""
        artifacts: dict[str, Any] = self.fields.setdefault("artifacts", {})
        artifacts.setdefault("reports", {})[kind] = value

    @property
    def tree(self) -> dict[str, Any]:
        """The job as plain data."""
        lines = [line for section in self._lines.values() for line in section]
        return _in_order({**self.fields, **({"script": lines} if lines else {})}, _JOB)


class Pipeline(Recipe):
    """The asks of a GitLab task and the file that meets them."""

    def __init__(self, draw: Draw, *stages: str) -> None:
        super().__init__(draw)
        self.fields: dict[str, Any] = {"stages": list(stages)} if stages else {}
        self.jobs: dict[str, Job] = {}

    def job(self, name: str, stage: str = "", **fields: Any) -> Job:
        """Add a job."""
        given = {"stage": stage, **fields} if stage else fields
        self.jobs[name] = Job(name, given)
        return self.jobs[name]

    def runs(self, job: Job, line: str) -> str:
        """Let a job run a command. One requirement."""
        job.run(line)
        self.ask(scripts.gitlab_runs(job=job.name, command=line))
        return line

    def image(self, job: Job, image: str) -> None:
        """Let a job run in an image. One requirement."""
        job.fields["image"] = image
        self.ask(scripts.gitlab_image(job=job.name, image=image))

    def on_branch(self, job: Job, branch: str) -> None:
        """Let a job run on one branch alone. One requirement."""
        job.fields["rules"] = [{"if": f'$CI_COMMIT_BRANCH == "{branch}"'}]
        self.ask(when.gitlab_branch_only(job=job.name, branch=branch))

    def on_requests(self, job: Job) -> None:
        """Let a job run for merge requests alone. One requirement."""
        job.fields["rules"] = [{"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'}]
        self.ask(when.gitlab_requests_only(job=job.name))

    def by_hand(self, job: Job) -> None:
        """Let somebody start a job. One requirement."""
        for rule in job.fields.get("rules", ()):
            rule["when"] = "manual"
        if "rules" not in job.fields:
            job.fields["when"] = "manual"
        self.ask(when.gitlab_manual(job=job.name))

    def takes(self, job: Job, other: Job) -> None:
        """Let a job take the artifacts of another. One requirement."""
        job.add("needs", other.name)
        self.ask(flow.gitlab_takes(job=job.name, other=other.name))

    @property
    def tree(self) -> dict[str, Any]:
        """The file as plain data."""
        head = _in_order(self.fields, _FILE)
        return {**head, **{name: job.tree for name, job in self.jobs.items()}}

    def draft(self, *openings: str, **more: Any) -> Draft:
        """Make the draft of the task."""
        return self.make_draft(openings, partial(dump, self.tree), ((PATH, LANGUAGE),), **more)


# --- optional parts of any pipeline --------------------------------------------------------------


def timeout(job: Job, minutes: Sequence[int] = tuple(range(6, 56))) -> Extra:
    """Limit the time of a job."""

    def make(made: Pipeline) -> None:
        limit = made.draw.choice(f"{job.name} minutes", minutes)
        job.fields["timeout"] = f"{limit} minutes"
        made.ask(flow.gitlab_timeout(job=job.name, minutes=limit))

    return Extra(f"timeout of {job.name}", 1, make)


def retry(job: Job) -> Extra:
    """Try a failed job again."""

    def make(made: Pipeline) -> None:
        count = made.draw.integer(f"{job.name} retries", 1, 2)
        if made.draw.chance("after one reason", 0.5):
            reason = made.draw.choice(
                "reason", ("runner_system_failure", "script_failure", "stuck_or_timeout_failure",
                           "api_failure", "job_execution_timeout"))  # fmt: skip
            job.fields["retry"] = {"max": count, "when": reason}
            made.ask(flow.gitlab_retry_when(job=job.name, count=count, reason=reason))
        else:
            job.fields["retry"] = count
            made.ask(flow.gitlab_retry(job=job.name, count=count))

    return Extra(f"retry of {job.name}", 1, make)


def runner(job: Job) -> Extra:
    """Choose the runners of a job."""

    def make(made: Pipeline) -> None:
        tag = made.draw.choice(f"{job.name} tag", RUNNER_TAGS)
        job.add("tags", tag)
        made.ask(scripts.gitlab_runner_tag(job=job.name, tag=tag))

    return Extra(f"runner of {job.name}", 1, make)


RUNNER_TAGS = (
    "docker", "linux", "arm64", "gpu", "large", "shared-fast", "on-prem", "kvm", "privileged",
    "eu-west", "high-memory", "spot",
)  # fmt: skip


def interruptible(job: Job) -> Extra:
    """Let a newer pipeline cancel a job."""

    def make(made: Pipeline) -> None:
        job.fields["interruptible"] = True
        made.ask(flow.gitlab_interruptible(job=job.name))

    return Extra(f"{job.name} may be cancelled", 1, make)


def variable(job: Job, name: str, values: Sequence[str]) -> Extra:
    """Set a variable of a job."""

    def make(made: Pipeline) -> None:
        value = made.draw.choice(f"{job.name} {name}", values)
        job.set("variables", name, value)
        made.ask(scripts.gitlab_variable(job=job.name, name=name, value=value))

    return Extra(f"{name} of {job.name}", 1, make)


def more(job: Job, name: str, lines: Sequence[str]) -> Extra:
    """Run one more command."""

    def make(made: Pipeline) -> None:
        made.runs(job, made.draw.choice(name, lines))

    return Extra(name, 1, make)


def afterwards(job: Job, lines: Sequence[str]) -> Extra:
    """Run a command whatever became of the job."""

    def make(made: Pipeline) -> None:
        line = made.draw.choice(f"after {job.name}", lines)
        job.fields["after_script"] = [line]
        made.ask(scripts.gitlab_runs_afterwards(job=job.name, command=line))

    return Extra(f"after {job.name}", 1, make)


def cache(job: Job, paths: Sequence[str], files: Sequence[str]) -> Extra:
    """Cache a folder, by the hash of a file or by branch."""

    def make(made: Pipeline) -> None:
        draw = made.draw
        path = draw.choice("cached", paths)
        made.ask(kept.gitlab_cache(job=job.name, path=path))
        tree: dict[str, Any] = {"paths": [path]}
        if draw.chance("key of a file", 0.6):
            file = draw.choice("key file", files)
            tree = {"key": {"files": [file]}, **tree}
            made.ask(kept.gitlab_cache_file(job=job.name, path=path, file=file))
        elif draw.chance("own key", 0.7):
            key = draw.choice("key", ("$CI_COMMIT_REF_SLUG", "$CI_JOB_NAME", "$CI_PROJECT_ID"))
            tree = {"key": key, **tree}
            made.ask(kept.gitlab_cache_key(job=job.name, path=path, key=key))
        if draw.chance("fallback", 0.3):
            fallback = draw.choice("fallback key", ("main", "default-cache", "shared"))
            tree["fallback_keys"] = [fallback]
            made.ask(kept.gitlab_cache_fallback(job=job.name, path=path, key=fallback))
        if draw.chance("read only", 0.3):
            tree["policy"] = "pull"
            made.ask(kept.gitlab_cache_read_only(job=job.name, path=path))
        job.fields["cache"] = tree

    return Extra("cache", 2.2, make)


def artifact(job: Job, paths: Sequence[str], name: str = "artifact") -> Extra:
    """Keep a path, for some days, perhaps always."""

    def make(made: Pipeline) -> None:
        draw = made.draw
        path = draw.choice(name, paths)
        tree = job.keep(path)
        made.ask(kept.gitlab_artifact(job=job.name, path=path))
        if draw.chance(f"{name} for days", 0.6):
            days = draw.choice(f"{name} days", choices.RETENTION_DAYS)
            tree["expire_in"] = f"{days} days"
            made.ask(kept.gitlab_artifact_days(job=job.name, path=path, days=days))
        if draw.chance(f"{name} always", 0.4):
            tree["when"] = "always"
            made.ask(kept.gitlab_artifact_always(job=job.name, path=path))
        if path.endswith("/") and draw.chance(f"{name} without", 0.35):
            pattern = f"{path}**/*.{draw.choice(f'{name} ending', ('tmp', 'map', 'bak', 'debug'))}"
            tree.setdefault("exclude", []).append(pattern)
            made.ask(kept.gitlab_artifact_without(job=job.name, pattern=pattern))
        if "name" not in tree and draw.chance(f"{name} is named", 0.25):
            tree["name"] = draw.choice(f"name of {name}", (
                "$CI_JOB_NAME", "$CI_COMMIT_REF_SLUG", "results-$CI_COMMIT_SHORT_SHA"))  # fmt: skip
            made.ask(kept.gitlab_artifact_name(job=job.name, name=tree["name"]))

    return Extra(name, 2, make)


def junit(job: Job, paths: Sequence[str]) -> Extra:
    """Publish a JUnit report."""

    def make(made: Pipeline) -> None:
        path = made.draw.choice("junit", paths)
        job.report("junit", path)
        made.ask(kept.gitlab_junit(job=job.name, path=path))

    return Extra("junit", 1, make)


def skip_word(made: Pipeline) -> None:
    """Leave commits out whose title says so."""
    word = made.draw.choice("word", ("WIP", "skip-ci", "docs-only", "no-pipeline"))
    made.fields["workflow"] = {
        "rules": [{"if": f"$CI_COMMIT_TITLE =~ /{word}/", "when": "never"}, {"when": "always"}]
    }
    made.ask(when.gitlab_skip_word(word=word))


def no_second_pipeline(made: Pipeline) -> None:
    """Avoid a branch pipeline beside that of a merge request, where there could be both."""
    limits = [job.fields.get("rules") for job in made.jobs.values()]
    if all(rules is not None and len(rules) == 1 for rules in limits):
        skip_word(made)
        return
    made.fields["workflow"] = {"rules": [
        {"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'},
        {"if": "$CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS", "when": "never"},
        {"if": "$CI_COMMIT_BRANCH"},
        {"if": "$CI_COMMIT_TAG"},
    ]}  # fmt: skip
    made.ask(when.gitlab_no_second_pipeline())


def everywhere(name: str, values: Sequence[str]) -> Extra:
    """Set a variable of all jobs."""

    def make(made: Pipeline) -> None:
        value = made.draw.choice(f"everywhere {name}", values)
        made.fields.setdefault("variables", {})[name] = value
        made.ask(scripts.gitlab_everywhere_variable(name=name, value=value))

    return Extra(f"{name} everywhere", 1, make)


def parallel(job: Job) -> Extra:
    """Split a job."""

    def make(made: Pipeline) -> None:
        count = made.draw.integer("copies", 2, 8)
        job.fields["parallel"] = count
        made.ask(scripts.gitlab_parallel(job=job.name, count=count))

    return Extra(f"copies of {job.name}", 1, make)


SKIP_WORD = Extra("word that skips", 1, skip_word)
NO_SECOND_PIPELINE = Extra("no second pipeline", 1, no_second_pipeline)
