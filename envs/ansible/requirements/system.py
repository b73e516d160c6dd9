"""Requirements about the system: cron, kernel, mounts, time, names, firewalls, SSH."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from envs.ansible.requirements.files import finds, writers
from envs.ansible.requirements.reading import (
    Arguments,
    done,
    missing,
    same,
    text,
    truth,
)
from iac_gym.check import requirement
from iac_gym.languages.ansible.model import Project, Task
from iac_gym.verdict import Finding

CRON = "ansible.builtin.cron"
SYSCTL = "ansible.posix.sysctl"
MOUNT = "ansible.posix.mount"
FIREWALLD = "ansible.posix.firewalld"
SELINUX = "ansible.posix.selinux"
SEBOOLEAN = "ansible.posix.seboolean"
UFW = "community.general.ufw"
TIMEZONE = "community.general.timezone"
MODPROBE = "community.general.modprobe"
LIMITS = "community.general.pam_limits"
FILESYSTEM = "community.general.filesystem"
ALTERNATIVES = "community.general.alternatives"
HOSTNAME = "ansible.builtin.hostname"
REBOOT = "ansible.builtin.reboot"
SSHD = "/etc/ssh/sshd_config"
_TIMES = ("minute", "hour", "day", "month", "weekday")


def _jobs(model: Project, job: str) -> list[tuple[Task, Arguments]]:
    return [one for one in done(model, (CRON,)) if same(one[1].get("job"), job)]


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
    written = " ".join(text(given.get(key)) or "*" for key in _TIMES)
    if text(given.get("state")) == "absent" or truth(given.get("disabled")):
        yield task.finding("this job is not active")
    elif given.get("special_time") is not None or written != schedule:
        yield task.finding(f"`{job}` does not run at `{schedule}`")


@requirement("the cron job `{job}` runs as `{user}`", "`{user}` is the user of the job `{job}`")
def cron_user(model: Project, job: str, user: str) -> Iterable[Finding]:
    """`user`: the owner of the crontab, or of the line in a file of cron.d."""
    found = _jobs(model, job)
    if not found:
        yield from missing(f"no cron job runs `{job}`")
    elif not same(found[-1][1].get("user"), user):
        yield found[-1][0].finding(f"`{job}` does not run as `{user}`", "user")


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
    for task, given in _mounts(model, path):
        if not (same(given.get("src"), source) and same(given.get("fstype"), fstype)):
            yield task.finding(f"`{path}` is not `{source}` with {fstype}")
        if not same(given.get("state"), "mounted"):
            yield task.finding(f"`{path}` is not mounted now and at boot", "state")
        return
    yield from missing(f"nothing is mounted on `{path}`")


def _mounts(model: Project, path: str) -> Iterator[tuple[Task, Arguments]]:
    for task, given in done(model, (MOUNT,)):
        if same(given.get("path"), path):
            yield task, given


@requirement(
    "`{path}` is mounted with the option `{option}`",
    "the mount options of `{path}` name `{option}`",
)
def mount_option(model: Project, path: str, option: str) -> Iterable[Finding]:
    """`opts` of the mount module."""
    found = list(_mounts(model, path))
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
    for task, given in done(model, (FILESYSTEM,)):
        if same(given.get("dev"), device) and text(given.get("state")) in ("", "present"):
            if not same(given.get("fstype"), fstype):
                yield task.finding(f"the file system is not {fstype}", "fstype")
            elif truth(given.get("force")):
                yield task.finding("an existing file system would be overwritten", "force")
            return
    yield from missing(f"no task makes a file system on `{device}`")


@requirement("the time zone is `{zone}`", "the hosts use the time zone `{zone}`")
def time_zone(model: Project, zone: str) -> Iterable[Finding]:
    """The timezone module."""
    found = list(done(model, (TIMEZONE,)))
    if not found:
        yield from missing("no task sets the time zone")
    elif not same(found[-1][1].get("name"), zone):
        yield found[-1][0].finding(f"the time zone is not `{zone}`", "name")


@requirement(
    "each host's name is its name in the inventory",
    "the host name is set to the name in the inventory",
)
def host_named(model: Project) -> Iterable[Finding]:
    """The hostname module with `inventory_hostname`."""
    for task, _ in done(model, (HOSTNAME,)):
        written = str(task.args.get("name", ""))
        if "".join(written.split()) in ("{{inventory_hostname}}", "{{inventory_hostname_short}}"):
            return
    yield from missing("no task names the host as in the inventory")


@requirement(
    "the kernel module `{name}` is loaded now and at every boot",
    "`{name}` is a kernel module that is loaded, persistently",
)
def kernel_module(model: Project, name: str) -> Iterable[Finding]:
    """The modprobe module with `persistent: present`."""
    for task, given in done(model, (MODPROBE,)):
        if same(given.get("name"), name) and text(given.get("state")) in ("", "present"):
            if not same(given.get("persistent"), "present"):
                yield task.finding(f"`{name}` is not loaded at boot", "persistent")
            return
    yield from missing(f"no task loads `{name}`")


@requirement(
    "the {kind} limit of `{item}` for `{domain}` is {value}",
    "`{domain}` has the {kind} limit {value} for `{item}`",
)
def resource_limit(
    model: Project, domain: str, kind: str, item: str, value: int
) -> Iterable[Finding]:
    """The pam_limits module; the type `-` is both hard and soft."""
    for task, given in done(model, (LIMITS,)):
        named = same(given.get("domain"), domain) and same(given.get("limit_item"), item)
        if named and text(given.get("limit_type")) in (kind, "-"):
            if not same(given.get("value"), value):
                yield task.finding(f"the limit is not {value}", "value")
            return
    yield from missing(f"no task sets the {kind} limit of `{item}` for `{domain}`")


@requirement(
    "ufw allows {protocol} port {port}",
    "the firewall (ufw) lets {protocol} traffic to port {port} in",
)
def ufw_allows(model: Project, port: int, protocol: str) -> Iterable[Finding]:
    """The ufw module; without a protocol both are allowed; `80/tcp` is another spelling."""
    for _, given in done(model, (UFW,)):
        if text(given.get("rule")) not in ("allow", "limit") or truth(given.get("delete")):
            continue
        if text(given.get("direction")) in ("out", "outgoing") or given.get("from_ip") not in (
            None, "any",
        ):  # fmt: skip
            continue
        number, _, named = text(given.get("port")).partition("/")
        spoken = named or text(given.get("proto")) or "any"
        if number == str(port) and spoken in (protocol, "any"):
            return
    yield from missing(f"ufw does not allow {protocol} port {port}")


@requirement(
    "ufw allows port {port} for {network} alone",
    "only {network} gets through the firewall (ufw) to port {port}",
)
def ufw_allows_from(model: Project, port: int, network: str) -> Iterable[Finding]:
    """`from_ip` of every rule that opens the port."""
    found = [
        (task, given)
        for task, given in done(model, (UFW,))
        if text(given.get("rule")) in ("allow", "limit")
        and text(given.get("port")).partition("/")[0] == str(port)
    ]
    if not found:
        yield from missing(f"ufw does not allow port {port}")
    for task, given in found:
        if not same(given.get("from_ip"), network):
            yield task.finding(f"port {port} is open for others", "from_ip")


@requirement(
    "ufw is enabled and denies incoming traffic that no rule allows",
    "the firewall (ufw) is on, with `deny` as the default for incoming traffic",
)
def ufw_on(model: Project) -> Iterable[Finding]:
    """`state: enabled`, and `default` (or `policy`) for incoming."""
    on = denied = False
    for _, given in done(model, (UFW,)):
        state = text(given.get("state"))
        on = state == "enabled" if state in ("enabled", "disabled", "reset") else on
        policy = text(given.get("default"))
        if policy and text(given.get("direction")) in ("", "in", "incoming"):
            denied = policy in ("deny", "reject")
    if not on:
        yield from missing("ufw is not enabled")
    if not denied:
        yield from missing("incoming traffic is not denied by default")


@requirement(
    "firewalld allows the {kind} `{name}` in the zone `{zone}`, at once and permanently",
    "the zone `{zone}` of firewalld lets the {kind} `{name}` in, now and after a reload",
)
def firewalld_allows(model: Project, kind: str, name: str, zone: str) -> Iterable[Finding]:
    """`service` or `port` of the firewalld module, `permanent` and `immediate`."""
    for task, given in done(model, (FIREWALLD,)):
        if same(given.get(kind), name) and same(given.get("zone"), zone):
            if not same(given.get("state"), "enabled"):
                continue
            for key in ("permanent", "immediate"):
                if not truth(given.get(key)):
                    yield task.finding(f"the rule is not {key}", key)
            return
    yield from missing(f"firewalld does not allow the {kind} `{name}` in `{zone}`")


@requirement(
    "SELinux enforces its policy `{policy}`", "SELinux is enforcing, with the policy `{policy}`"
)
def selinux_enforces(model: Project, policy: str) -> Iterable[Finding]:
    """The selinux module."""
    found = list(done(model, (SELINUX,)))
    if not found:
        yield from missing("no task sets the state of SELinux")
        return
    task, given = found[-1]
    if not (same(given.get("state"), "enforcing") and same(given.get("policy"), policy)):
        yield task.finding(f"SELinux does not enforce `{policy}`")


@requirement(
    "the SELinux boolean `{name}` is on, persistently",
    "SELinux keeps the boolean `{name}` switched on",
)
def selinux_boolean(model: Project, name: str) -> Iterable[Finding]:
    """The seboolean module."""
    for task, given in done(model, (SEBOOLEAN,)):
        if same(given.get("name"), name):
            if not (truth(given.get("state")) and truth(given.get("persistent"))):
                yield task.finding(f"`{name}` is not on for good")
            return
    yield from missing(f"no task sets the SELinux boolean `{name}`")


@requirement(
    "sshd is configured with `{option} {value}` in `/etc/ssh/sshd_config`, in the place of any "
    "other `{option}` line, a commented one included",
    "`/etc/ssh/sshd_config` says `{option} {value}`; a line with another value of `{option}`, "
    "commented out or not, is replaced",
)
def ssh_option(model: Project, option: str, value: str) -> Iterable[Finding]:
    """`lineinfile` whose regular expression finds the line that is there, as sshd takes the first."""
    wanted = f"{option} {value}"
    for task, given in writers(model, SSHD):
        if task.module != "ansible.builtin.lineinfile":
            continue
        if " ".join(text(given.get("line")).split()) != wanted or truth(given.get("backrefs")):
            continue
        if text(given.get("state")) == "absent":
            continue
        pattern = text(given.get("regexp"))
        others = (f"{option} other", f"#{option} other", wanted)
        if not all(finds(pattern, line) for line in others):
            yield task.finding(f"another line with `{option}` may stay", "regexp")
        return
    yield from missing(f"no task sets `{wanted}`")


@requirement(
    "the host is rebooted and waited for, for at most {seconds} seconds",
    "the play reboots the host and waits up to {seconds} seconds for it to come back",
)
def rebooted(model: Project, seconds: int) -> Iterable[Finding]:
    """The reboot module with `reboot_timeout`."""
    found = list(done(model, (REBOOT,)))
    if not found:
        yield from missing("no task reboots the host")
    for task, given in found:
        if not same(given.get("reboot_timeout"), seconds):
            yield task.finding(f"it does not wait for {seconds} seconds", "reboot_timeout")
