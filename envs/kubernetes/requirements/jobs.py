"""Requirements about Jobs and CronJobs: how often, how many, when it gives up."""

from __future__ import annotations

from envs.kubernetes.requirements.cron import Times, read_cron
from envs.kubernetes.requirements.targets import JOBS, differs, each, equal, value_is
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, Path, as_text
from iac_gym.languages.kubernetes.quantity import parse_duration

_CRON = ("CronJob",)
_JOB_SPECS: dict[str, Path] = {"CronJob": ("spec", "jobTemplate", "spec"), "Job": ("spec",)}


@requirement("`{of}` needs {count} completions", "`{of}` must complete {count} times")
def completions(manifest: Manifest, of: str, count: int) -> Findings:
    """`completions` of a Job (the API's default is 1)."""
    return value_is(manifest, of, JOBS, ("job", "completions"), count, 1)


@requirement("`{of}` runs {count} pods at the same time", "{count} pods of `{of}` run in parallel")
def parallelism(manifest: Manifest, of: str, count: int) -> Findings:
    """`parallelism` of a Job (the API's default is 1)."""
    return value_is(manifest, of, JOBS, ("job", "parallelism"), count, 1)


@requirement("`{of}` gives up after {count} retries", "a backoff limit of {count} for `{of}`")
def backoff_limit(manifest: Manifest, of: str, count: int) -> Findings:
    """`backoffLimit` of a Job (the API's default is 6, or no limit with one for each index)."""

    def check(item: KubeObject) -> Findings:
        at = _JOB_SPECS[item.kind]
        default = 6 if item.get(*at, "backoffLimitPerIndex") is None else None
        found = item.get(*at, "backoffLimit", default=default)
        if not equal(found, count):
            yield differs(item, (*at, "backoffLimit"), found, count)

    return each(manifest, of, JOBS, check)


@requirement(
    "each index of `{of}` may be retried {count} times",
    "a backoff limit per index of {count} for `{of}`",
)
def backoff_per_index(manifest: Manifest, of: str, count: int) -> Findings:
    """`backoffLimitPerIndex` of an indexed Job."""
    return value_is(manifest, of, JOBS, ("job", "backoffLimitPerIndex"), count)


@requirement(
    "`{of}` is removed {seconds} seconds after it has finished",
    "a time to live after finishing of {seconds} seconds for `{of}`",
)
def time_to_live(manifest: Manifest, of: str, seconds: int) -> Findings:
    """`ttlSecondsAfterFinished` of a Job."""
    return value_is(manifest, of, JOBS, ("job", "ttlSecondsAfterFinished"), seconds)


@requirement(
    "`{of}` may run for at most {seconds} seconds",
    "an active deadline of {seconds} seconds for `{of}`",
)
def active_deadline(manifest: Manifest, of: str, seconds: int) -> Findings:
    """`activeDeadlineSeconds` of a Job."""
    return value_is(manifest, of, JOBS, ("job", "activeDeadlineSeconds"), seconds)


@requirement(
    "`{of}` is an indexed Job (completion mode Indexed)", "completion mode Indexed for `{of}`"
)
def indexed(manifest: Manifest, of: str) -> Findings:
    """`completionMode: Indexed` of a Job."""
    return value_is(manifest, of, JOBS, ("job", "completionMode"), "Indexed", "NonIndexed")


@requirement("`{of}` runs on the schedule `{cron}`", "the cron schedule of `{of}` is `{cron}`")
def schedule(manifest: Manifest, of: str, cron: str) -> Findings:
    """The schedule of a CronJob, in any spelling of the same times."""
    return _due(manifest, of, cron, cron)


@requirement("`{of}` runs every day at {time}", "`{of}` starts daily at {time}")
def daily_at(manifest: Manifest, of: str, time: str) -> Findings:
    """A CronJob that is due once a day at a time such as 02:30."""
    hour, _, minute = time.partition(":")
    return _due(manifest, of, f"{int(minute)} {int(hour)} * * *", f"every day at {time}")


@requirement("`{of}` runs every {minutes} minutes", "`{of}` starts every {minutes} minutes")
def every_minutes(manifest: Manifest, of: str, minutes: int) -> Findings:
    """A CronJob that is due every so many minutes, whichever minute of the hour is the first."""

    def check(item: KubeObject) -> Findings:
        found = item.get("spec", "schedule")
        if _interval(found) != 60 * minutes and not _due_every(read_cron(found), minutes):
            yield differs(item, ("spec", "schedule"), found, f"every {minutes} minutes")

    return each(manifest, of, _CRON, check)


def _due_every(times: Times | None, minutes: int) -> bool:
    """Whether times lie so many minutes apart, through every hour of every day."""
    always = read_cron("* * * * *")
    if times is None or always is None or times[1:] != always[1:] or not times[0]:
        return False
    first = min(times[0])
    latest = minutes if 60 % minutes == 0 else 1
    return first < latest and times[0] == frozenset(range(first, 60, minutes))


def _interval(schedule: object) -> object:
    """Return the seconds of an `@every` schedule, None for any other."""
    text = as_text(schedule)
    return parse_duration(text[7:]) if text.startswith("@every ") else None


_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


@requirement("`{of}` runs every {day} at {time}", "`{of}` starts each {day} at {time}")
def weekly_at(manifest: Manifest, of: str, day: str, time: str) -> Findings:
    """A CronJob that is due once a week, on a day by its English name."""
    hour, _, minute = time.partition(":")
    cron = f"{int(minute)} {int(hour)} * * {_DAYS.index(day)}"
    return _due(manifest, of, cron, f"every {day} at {time}")


def _due(manifest: Manifest, of: str, cron: str, asked: str) -> Findings:
    def check(item: KubeObject) -> Findings:
        found = item.get("spec", "schedule")
        times = read_cron(found)
        if times is None or times != read_cron(cron):
            yield differs(item, ("spec", "schedule"), found, asked)

    return each(manifest, of, _CRON, check)


@requirement(
    "the schedule of `{of}` is in the time zone `{zone}`", "`{of}` uses the time zone `{zone}`"
)
def time_zone(manifest: Manifest, of: str, zone: str) -> Findings:
    """`timeZone` of a CronJob."""
    return value_is(manifest, of, _CRON, ("spec", "timeZone"), zone)


@requirement(
    "`{of}` has the concurrency policy `{policy}`",
    "the concurrency policy of `{of}` is `{policy}`",
)
def concurrency(manifest: Manifest, of: str, policy: str) -> Findings:
    """`concurrencyPolicy` of a CronJob (the API's default is Allow)."""
    return value_is(manifest, of, _CRON, ("spec", "concurrencyPolicy"), policy, "Allow")


@requirement(
    "`{of}` keeps {count} successful jobs in its history",
    "a history of {count} successful jobs for `{of}`",
)
def successful_history(manifest: Manifest, of: str, count: int) -> Findings:
    """`successfulJobsHistoryLimit` of a CronJob (the API's default is 3)."""
    return value_is(manifest, of, _CRON, ("spec", "successfulJobsHistoryLimit"), count, 3)


@requirement(
    "`{of}` keeps {count} failed jobs in its history",
    "a history of {count} failed jobs for `{of}`",
)
def failed_history(manifest: Manifest, of: str, count: int) -> Findings:
    """`failedJobsHistoryLimit` of a CronJob (the API's default is 1)."""
    return value_is(manifest, of, _CRON, ("spec", "failedJobsHistoryLimit"), count, 1)


@requirement(
    "a run of `{of}` that is {seconds} seconds late is skipped",
    "a starting deadline of {seconds} seconds for `{of}`",
)
def starting_deadline(manifest: Manifest, of: str, seconds: int) -> Findings:
    """`startingDeadlineSeconds` of a CronJob."""
    return value_is(manifest, of, _CRON, ("spec", "startingDeadlineSeconds"), seconds)
