"""Families about Jobs and CronJobs."""

from __future__ import annotations

from envs.kubernetes import choices, parts
from envs.kubernetes import requirements as ask
from envs.kubernetes.parts import Workload
from iac_gym.category import Draft, family
from iac_gym.draw import Draw


def _batch(draw: Draw, kind: str = "Job") -> Workload:
    return parts.workload(draw, choices.TOOL_IMAGES, kind, "main")


def _backoff(draw: Draw, work: Workload) -> None:
    """A number of retries."""
    count = draw.choice("backoff", (0, 1, 2, 3, 4, 5, 8))
    work.job["backoffLimit"] = count
    work.ask(ask.backoff_limit, count=count)


def _ttl(draw: Draw, work: Workload) -> None:
    """A time to live after the end."""
    seconds = draw.choice("ttl", (60, 120, 300, 600, 1800, 3600, 86400))
    work.job["ttlSecondsAfterFinished"] = seconds
    work.ask(ask.time_to_live, seconds=seconds)


def _deadline(draw: Draw, work: Workload) -> None:
    """A longest duration."""
    seconds = draw.choice("deadline", (90, 180, 240, 900, 1200, 2700, 7200))
    work.job["activeDeadlineSeconds"] = seconds
    work.ask(ask.active_deadline, seconds=seconds)


@family("kubernetes", levels=(1, 2, 3))
def one_off_job(draw: Draw) -> Draft:
    """A Job that runs once."""
    work = _batch(draw)
    parts.restart(draw, work)
    parts.extras(
        draw, work, (1, parts.command), (2, _backoff), (2, _ttl), (3, _deadline),
        (3, parts.memory_limit), (3, parts.account),
    )  # fmt: skip
    return work.draft("Run a one-off job", "Something has to run once", "We need a batch job")


@family("kubernetes", levels=(1, 2, 3))
def parallel_job(draw: Draw) -> Draft:
    """A Job with several completions."""
    work = _batch(draw)
    parts.restart(draw, work)
    count = draw.choice("completions", (4, 5, 6, 8, 10, 12, 20, 50))
    work.job["completions"] = count
    work.ask(ask.completions, count=count)
    if draw.wants("with in parallel", 2):
        width = draw.choice("parallelism", (2, 3, 4))
        work.job["parallelism"] = width
        work.ask(ask.parallelism, count=width)
    parts.extras(
        draw, work, (2, _backoff), (3, parts.command), (3, _ttl), (3, parts.memory_request)
    )
    return work.draft("Work through a queue with several pods", "Run a job several times over")


@family("kubernetes", levels=(2, 3))
def indexed_job(draw: Draw) -> Draft:
    """A Job whose pods each get an index of their own."""
    work = _batch(draw)
    work.job["completionMode"] = "Indexed"
    work.ask(ask.indexed)
    count = draw.choice("completions", (3, 4, 5, 6, 8, 10, 16, 32))
    work.job["completions"] = count
    work.ask(ask.completions, count=count)
    if draw.wants("with retries per index", 3):
        work.pod["restartPolicy"] = "Never"  # the only one that the API allows with it
        work.ask(ask.restart_policy, policy="Never")
        again = draw.choice("index retries", (1, 2, 3, 4))
        work.job["backoffLimitPerIndex"] = again
        work.ask(ask.backoff_per_index, count=again)
    else:
        parts.restart(draw, work)
    if draw.wants("with in parallel", 2):
        width = draw.choice("parallelism", (2, 3))
        work.job["parallelism"] = width
        work.ask(ask.parallelism, count=width)
    parts.extras(draw, work, (3, parts.command), (3, _ttl))
    return work.draft(
        "Split a data set over the pods of a job", "Process our shards by their index"
    )


def _concurrency(draw: Draw, work: Workload) -> None:
    """What happens when runs overlap."""
    policy = draw.choice("concurrency", ("Forbid", "Replace"))
    work.spec["concurrencyPolicy"] = policy
    work.ask(ask.concurrency, policy=policy)


def _successes(draw: Draw, work: Workload) -> None:
    """How many good runs are kept."""
    count = draw.choice("successes", (0, 1, 2, 4, 5, 7, 10))
    work.spec["successfulJobsHistoryLimit"] = count
    work.ask(ask.successful_history, count=count)


def _failures(draw: Draw, work: Workload) -> None:
    """How many failed runs are kept."""
    count = draw.choice("failures", (0, 2, 3, 4, 5, 7))
    work.spec["failedJobsHistoryLimit"] = count
    work.ask(ask.failed_history, count=count)


def _zone(draw: Draw, work: Workload) -> None:
    """A time zone."""
    zone = draw.choice("zone", choices.ZONES)
    work.spec["timeZone"] = zone
    work.ask(ask.time_zone, zone=zone)


def _late(draw: Draw, work: Workload) -> None:
    """How late a run may start."""
    seconds = draw.choice("late", (60, 100, 120, 200, 300, 600))
    work.spec["startingDeadlineSeconds"] = seconds
    work.ask(ask.starting_deadline, seconds=seconds)


@family("kubernetes", levels=(1, 2, 3, 4))
def cron_schedule(draw: Draw) -> Draft:
    """A CronJob whose schedule is given as a cron expression."""
    work = _batch(draw, "CronJob")
    cron = draw.choice("cron", choices.CRONS)
    work.spec["schedule"] = cron
    work.ask(ask.schedule, cron=cron)
    parts.restart(draw, work)
    parts.extras(
        draw, work, (2, _concurrency), (2, parts.command), (3, _successes), (3, _failures),
        (4, _zone), (4, _late), (4, _backoff),
    )  # fmt: skip
    return work.draft("Run something on a schedule", "We need a CronJob", "Schedule a batch job")


@family("kubernetes", levels=(1, 2, 3))
def recurring_job(draw: Draw) -> Draft:
    """A CronJob whose schedule is said in words."""
    work = _batch(draw, "CronJob")
    rhythm = draw.choice("rhythm", ("day", "week", "minutes"))
    if rhythm == "minutes":
        minutes = draw.choice("minutes", (2, 3, 4, 5, 6, 10, 12, 15, 20, 30))
        work.spec["schedule"] = f"*/{minutes} * * * *"
        work.ask(ask.every_minutes, minutes=minutes)
    else:
        time = draw.choice("time", choices.TIMES)
        hour, minute = map(int, time.split(":"))
        if rhythm == "day":
            work.spec["schedule"] = f"{minute} {hour} * * *"
            work.ask(ask.daily_at, time=time)
        else:
            day = draw.choice("day", choices.DAYS)
            number = (choices.DAYS.index(day) + 1) % 7
            work.spec["schedule"] = f"{minute} {hour} * * {number}"
            work.ask(ask.weekly_at, day=day, time=time)
    parts.restart(draw, work)
    parts.extras(
        draw, work, (2, _concurrency), (2, _zone), (3, parts.command), (3, _backoff), (3, _deadline)
    )
    return work.draft("Run a task again and again", "Our maintenance task should run by itself")


@family("kubernetes", levels=(2, 3), held_out=True)
def migration_job(draw: Draw) -> Draft:
    """A Job that waits in an init container for what it needs, with bounded resources."""
    work = _batch(draw)
    parts.restart(draw, work)
    image = draw.choice("init image", choices.INIT_IMAGES)
    work.pod["initContainers"] = [choices.container(image, "wait")]
    work.ask(ask.init_container, name="wait", image=image)
    if draw.wants("with init command", 2):
        line = draw.choice("init line", choices.WAIT_COMMANDS)
        work.pod["initContainers"][0]["command"] = line.split()
        work.ask(ask.init_command, name="wait", command=line)
    parts.extras(
        draw, work, (2, parts.memory_limit), (3, parts.setting), (3, parts.cpu_request),
        (3, _backoff),
    )  # fmt: skip
    return work.draft("Migrate a database with a job", "A migration has to run before the release")
