"""Requirements about Jobs and CronJobs: how often, how many at a time, when they give up."""

from __future__ import annotations

from envs.mlops.cron import read_cron
from envs.mlops.reading import differs, each, equal
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path

_JOBS: dict[str, Path] = {"CronJob": ("spec", "jobTemplate", "spec"), "Job": ("spec",)}


def _of_job(manifest: Manifest, of: str, field: str, asked: object, default: object) -> Findings:
    def check(item: KubeObject) -> Findings:
        path = (*_JOBS[item.kind], field)
        found = item.get(*path, default=default)
        if not equal(found, asked):
            yield differs(item, path, found, asked)

    return each(manifest, of, ("Job", "CronJob"), check)


@requirement("`{of}` must complete {count} times", "`{of}` needs {count} completions")
def completions(manifest: Manifest, of: str, count: int) -> Findings:
    """`completions` of a Job (the API's default is 1)."""
    return _of_job(manifest, of, "completions", count, 1)


@requirement("{count} pods of `{of}` run in parallel", "`{of}` has a parallelism of {count}")
def parallelism(manifest: Manifest, of: str, count: int) -> Findings:
    """`parallelism` of a Job (the API's default is 1)."""
    return _of_job(manifest, of, "parallelism", count, 1)


@requirement("the backoff limit of `{of}` is {count}", "a backoff limit of {count} for `{of}`")
def backoff_limit(manifest: Manifest, of: str, count: int) -> Findings:
    """`backoffLimit` of a Job (the API's default is 6)."""
    return _of_job(manifest, of, "backoffLimit", count, 6)


@requirement(
    "`{of}` is removed {seconds} seconds after it has finished",
    "a time to live of {seconds} seconds for the finished `{of}`",
)
def time_to_live(manifest: Manifest, of: str, seconds: int) -> Findings:
    """`ttlSecondsAfterFinished` of a Job."""
    return _of_job(manifest, of, "ttlSecondsAfterFinished", seconds, None)


@requirement(
    "`{of}` may run for at most {seconds} seconds",
    "an active deadline of {seconds} seconds for `{of}`",
)
def active_deadline(manifest: Manifest, of: str, seconds: int) -> Findings:
    """`activeDeadlineSeconds` of a Job."""
    return _of_job(manifest, of, "activeDeadlineSeconds", seconds, None)


@requirement(
    "`{of}` is an indexed Job (completion mode Indexed)",
    "each pod of `{of}` gets an index of its own (completion mode Indexed)",
)
def indexed(manifest: Manifest, of: str) -> Findings:
    """`completionMode: Indexed` of a Job."""
    return _of_job(manifest, of, "completionMode", "Indexed", "NonIndexed")


def _path(item: KubeObject) -> Path:
    return ("spec", "schedules") if item.kind == "CronWorkflow" else ("spec", "schedule")


def _due(manifest: Manifest, of: str, cron: str, asked: str) -> Findings:
    def check(item: KubeObject) -> Findings:
        given = item.get("spec", "schedules")
        listed = list(given) if isinstance(given, list) else [item.get("spec", "schedule")]
        if (
            len(listed) != 1
            or read_cron(listed[0]) is None
            or read_cron(listed[0]) != read_cron(cron)
        ):
            yield differs(item, _path(item), listed[0] if listed else None, asked)

    return each(manifest, of, ("CronJob", "CronWorkflow"), check)


@requirement("`{of}` runs every day at {time}", "`{of}` starts daily at {time}")
def daily_at(manifest: Manifest, of: str, time: str) -> Findings:
    """A CronJob or CronWorkflow that is due once a day at a time such as 02:30."""
    hour, _, minute = time.partition(":")
    return _due(manifest, of, f"{int(minute)} {int(hour)} * * *", f"every day at {time}")


_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


@requirement("`{of}` runs every {day} at {time}", "`{of}` starts each {day} at {time}")
def weekly_at(manifest: Manifest, of: str, day: str, time: str) -> Findings:
    """A CronJob or CronWorkflow that is due once a week, on a day by its English name."""
    hour, _, minute = time.partition(":")
    cron = f"{int(minute)} {int(hour)} * * {_DAYS.index(day)}"
    return _due(manifest, of, cron, f"every {day} at {time}")


#: Other names of time zones.
_ALIASES = {"Etc/UTC": "UTC", "Etc/Universal": "UTC", "Etc/Zulu": "UTC"}


def _zone(found: object) -> object:
    return _ALIASES.get(found, found) if isinstance(found, str) else found


@requirement(
    "the schedule of `{of}` is in the time zone `{zone}`", "`{of}` uses the time zone `{zone}`"
)
def time_zone(manifest: Manifest, of: str, zone: str) -> Findings:
    """`timeZone` of a CronJob, `timezone` of a CronWorkflow."""

    def check(item: KubeObject) -> Findings:
        path = ("spec", "timezone" if item.kind == "CronWorkflow" else "timeZone")
        if _zone(item.get(*path)) != zone:
            yield differs(item, path, item.get(*path), zone)

    return each(manifest, of, ("CronJob", "CronWorkflow"), check)


@requirement(
    "`{of}` has the concurrency policy {policy}",
    "the concurrency policy of `{of}` is {policy}",
)
def concurrency(manifest: Manifest, of: str, policy: str) -> Findings:
    """`concurrencyPolicy` (Allow is the default of both kinds)."""

    def check(item: KubeObject) -> Findings:
        found = item.get("spec", "concurrencyPolicy", default="Allow")
        if found != policy:
            yield differs(item, ("spec", "concurrencyPolicy"), found, policy)

    return each(manifest, of, ("CronJob", "CronWorkflow"), check)
