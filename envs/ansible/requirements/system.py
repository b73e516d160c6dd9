"""Requirements about the system: cron, kernel, mounts, time, names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from envs.ansible.requirements.commands import runs_of
from envs.ansible.requirements.files import WRITERS, lines_of, place
from envs.ansible.requirements.reading import (
    COMMANDS,
    Done,
    done,
    missing,
    path_of,
    same,
    source_of,
    standing,
    text,
    truth,
)
from iac_gym.check import requirement
from iac_gym.languages.ansible.model import Project, Task
from iac_gym.verdict import Finding

CRON = "ansible.builtin.cron"
SYSCTL = "ansible.posix.sysctl"
MOUNT = "ansible.posix.mount"
TIMEZONE = "community.general.timezone"
MODPROBE = "community.general.modprobe"
LIMITS = "community.general.pam_limits"
FILESYSTEM = "community.general.filesystem"
HOSTNAME = "ansible.builtin.hostname"
REBOOT = "ansible.builtin.reboot"
_TIMES = ("minute", "hour", "day", "month", "weekday")


def _jobs(model: Project, job: str) -> list[Done]:
    """Return the tasks about a job; none where a later one of the same name puts another there."""
    found: list[Done] = []
    for task, given in done(model, (CRON,)):
        if _same_job(text(given.get("job")), job):
            found.append((task, given))
        elif found and same(given.get("name"), found[-1][1].get("name") or ""):
            found = []
    return found


def _same_job(written: str, job: str) -> bool:
    """Whether a job is the wanted one, its output sent elsewhere or not."""
    rest = written.removeprefix(job)
    return written == job or (rest != written and _OUTPUT.fullmatch(rest) is not None)


_OUTPUT = re.compile(r"(?: +[12&]?>{1,2} ?(?:&[12]|[\w./-]+))+")


@requirement(
    "cron runs `{job}` at `{schedule}` (minute, hour, day, month, weekday)",
    "`{job}` is a cron job with the schedule `{schedule}`",
)
def cron_job(model: Project, job: str, schedule: str) -> Iterable[Finding]:
    """The cron module; a part that is not given is `*`."""
    found = _jobs(model, job)
    if not found:
        yield from missing(f"no cron job runs `{job}`")
        return
    task, given = found[-1]
    written = [text(given.get(key)) or "*" for key in _TIMES]
    special = text(given.get("special_time"))
    written = _SPECIAL.get(special, "").split() if special else written
    if text(given.get("state")) == "absent" or truth(given.get("disabled")):
        yield task.finding("this job is not active")
    elif [*map(_times, written, _TIMES)] != [*map(_times, schedule.split(), _TIMES)]:
        yield task.finding(f"`{job}` does not run at `{schedule}`")


_SPECIAL = {
    "hourly": "0 * * * *", "daily": "0 0 * * *", "weekly": "0 0 * * 0", "monthly": "0 0 1 * *",
    "yearly": "0 0 1 1 *", "annually": "0 0 1 1 *",
}  # fmt: skip
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_SPANS = {"minute": (0, 59), "hour": (0, 23), "day": (1, 31), "month": (1, 12), "weekday": (0, 6)}


def _times(written: str, kind: str) -> frozenset[int] | str:
    """Return the times of one part of a schedule, the part itself where it cannot be read."""
    found: set[int] = set()
    first, last = _SPANS[kind]
    for part in written.lower().split(","):
        span, _, step = part.partition("/")
        start, _, end = span.partition("-")
        low = first if span == "*" else _number(start, kind)
        high = last if span == "*" or (step and not end) else _number(end or start, kind)
        every = _number(step or "1", "")
        if low is None or high is None or not every or high > 99:
            return written
        found.update(range(low, high + 1, every))
    return frozenset(0 if kind == "weekday" and one == 7 else one for one in found)


def _number(written: str, kind: str) -> int | None:
    if kind == "weekday" and written in _DAYS:
        return _DAYS.index(written)
    return int(written) if written.isdecimal() and len(written) < 3 else None


@requirement("the cron job `{job}` runs as `{user}`", "`{user}` is the user of the job `{job}`")
def cron_user(model: Project, job: str, user: str) -> Iterable[Finding]:
    """`user`: the owner of the crontab, or of the line in a file of cron.d."""
    found = _jobs(model, job)
    if not found:
        yield from missing(f"no cron job runs `{job}`")
        return
    task, given = found[-1]
    own = task.become_user if task.become and not given.get("cron_file") else ""
    if (text(given.get("user")) or own) != user:
        yield task.finding(f"`{job}` does not run as `{user}`", "user")


@requirement(
    "the cron job `{job}` stands in the file `/etc/cron.d/{file}`",
    "`/etc/cron.d/{file}` is the file of the cron job `{job}`",
)
def cron_file(model: Project, job: str, file: str) -> Iterable[Finding]:
    """`cron_file` of the cron module."""
    found = _jobs(model, job)
    if not found:
        yield from missing(f"no cron job runs `{job}`")
    elif text(found[-1][1].get("cron_file")).removeprefix("/etc/cron.d/") != file:
        yield found[-1][0].finding(f"`{job}` is not in `{file}`", "cron_file")


@requirement(
    "the kernel parameter `{name}` is {value} from now on and after a reboot",
    "sysctl sets `{name}` to {value} for good",
)
def kernel_parameter(model: Project, name: str, value: str) -> Iterable[Finding]:
    """The sysctl module."""
    found = [one for one in done(model, (SYSCTL,)) if same(one[1].get("name"), name)]
    if not found:
        yield from missing(f"no task sets `{name}`")
        return
    task, given = found[-1]
    if text(given.get("state")) == "absent" or not same(given.get("value"), value):
        yield task.finding(f"`{name}` is not {value}", "value")
    elif "reload" in given and not truth(given["reload"]) and not truth(given.get("sysctl_set")):
        yield task.finding(f"`{name}` takes effect only after a reboot", "reload")


@requirement(
    "`{source}` is mounted on `{path}` with the file system {fstype}, now and at boot",
    "the mount point `{path}` is {source} ({fstype}), mounted at once and kept in fstab",
)
def mounted(model: Project, source: str, path: str, fstype: str) -> Iterable[Finding]:
    """The mount module with `state: mounted`."""
    found = _mounts(model, path)
    if not found:
        yield from missing(f"nothing is mounted on `{path}`")
        return
    task, given = found[-1]
    if not (same(given.get("src"), source) and same(given.get("fstype"), fstype)):
        yield task.finding(f"`{path}` is not `{source}` with {fstype}")
    if not same(given.get("state"), "mounted"):
        yield task.finding(f"`{path}` is not mounted now and at boot", "state")


def _mounts(model: Project, path: str) -> list[Done]:
    return [one for one in done(model, (MOUNT,)) if path_of(one[1].get("path")) == path]


@requirement(
    "`{path}` is mounted with the option `{option}`",
    "the mount options of `{path}` name `{option}`",
)
def mount_option(model: Project, path: str, option: str) -> Iterable[Finding]:
    """`opts` of the mount module."""
    found = _mounts(model, path)
    if not found:
        yield from missing(f"nothing is mounted on `{path}`")
    elif option not in [one.strip() for one in text(found[-1][1].get("opts")).split(",")]:
        yield found[-1][0].finding(f"`{path}` is not mounted with `{option}`", "opts")


@requirement(
    "the device `{device}` has a file system of the type {fstype}",
    "there is a file system of the type {fstype} on `{device}`",
)
def file_system(model: Project, device: str, fstype: str) -> Iterable[Finding]:
    """The filesystem module, which makes one where there is none."""
    found = [one for one in done(model, (FILESYSTEM,)) if same(one[1].get("dev"), device)]
    if not standing(found):
        yield from missing(f"no task makes a file system on `{device}`")
    for task, given in standing(found):
        if not same(given.get("fstype"), fstype):
            yield task.finding(f"the file system is not {fstype}", "fstype")
        elif truth(given.get("force")):
            yield task.finding("an existing file system would be overwritten", "force")


@requirement("the time zone is `{zone}`", "the hosts use the time zone `{zone}`")
def time_zone(model: Project, zone: str) -> Iterable[Finding]:
    """The timezone module, or `timedatectl set-timezone`."""
    found: list[tuple[Task, object]] = []
    for task, given in done(model, (TIMEZONE, *COMMANDS)):
        if task.module == TIMEZONE and given.get("name") is not None:
            found.append((task, given["name"]))
        elif task.module != TIMEZONE:
            lines = [line for line, _ in runs_of(task)]
            found += [(task, one[2]) for one in lines if one[:2] == _SET_ZONE and len(one) == 3]
    if not found:
        yield from missing("no task sets the time zone")
    elif not same(found[-1][1], zone):
        yield found[-1][0].finding(f"the time zone is not `{zone}`", "name")


_SET_ZONE = ["timedatectl", "set-timezone"]


@requirement(
    "each host's name is its name in the inventory (`inventory_hostname`)",
    "the host name is set to the name in the inventory (`inventory_hostname`)",
)
def host_named(model: Project) -> Iterable[Finding]:
    """The hostname module with `inventory_hostname`."""
    found = [source_of(task, given.get("name")) for task, given in done(model, (HOSTNAME,))]
    if not found or "".join(found[-1].split()) != "{{inventory_hostname}}":
        yield from missing("no task names the host as in the inventory")


@requirement(
    "the kernel module `{name}` is loaded now and at every boot",
    "`{name}` is a kernel module that is loaded, persistently",
)
def kernel_module(model: Project, name: str) -> Iterable[Finding]:
    """The modprobe module with `persistent: present`, or with a line in /etc/modules-load.d."""
    found = [one for one in done(model, (MODPROBE,)) if same(one[1].get("name"), name)]
    if not standing(found):
        yield from missing(f"no task loads `{name}`")
    elif not same(found[-1][1].get("persistent"), "present") and not any(
        name in [line.strip() for line in lines_of(task, given)]
        for task, given in done(model, WRITERS)
        if place(task, given).startswith(("/etc/modules-load.d/", "/etc/modules"))
    ):
        yield found[-1][0].finding(f"`{name}` is not loaded at boot", "persistent")


@requirement(
    "the {kind} limit of `{item}` for `{domain}` is {value}",
    "`{domain}` has the {kind} limit {value} for `{item}`",
)
def resource_limit(
    model: Project, domain: str, kind: str, item: str, value: int
) -> Iterable[Finding]:
    """The pam_limits module; the type `-` is both hard and soft."""
    found = []
    for task, given in done(model, (LIMITS,)):
        named = same(given.get("domain"), domain) and same(given.get("limit_item"), item)
        if named and text(given.get("limit_type")) in (kind, "-"):
            found.append((task, given))
    for task, given in done(model, WRITERS):
        if place(task, given).startswith("/etc/security/limits"):
            lines = [line.split() for line in lines_of(task, given)]
            if any([domain, which, item, str(value)] in lines for which in (kind, "-")):
                return
    if not found:
        yield from missing(f"no task sets the {kind} limit of `{item}` for `{domain}`")
    elif not same(found[-1][1].get("value"), value):
        yield found[-1][0].finding(f"the limit is not {value}", "value")


@requirement(
    "the host is rebooted and waited for, for at most {seconds} seconds",
    "the play reboots the host and waits up to {seconds} seconds for it to come back",
)
def rebooted(model: Project, seconds: int) -> Iterable[Finding]:
    """The reboot module with `reboot_timeout`, which is 600 by default."""
    found = list(done(model, (REBOOT,)))
    if not found:
        yield from missing("no task reboots the host")
    for task, given in found:
        if not same(given.get("reboot_timeout", 600), seconds):
            yield task.finding(f"it does not wait for {seconds} seconds", "reboot_timeout")
