"""Requirements about what hosts let in and allow: firewalls, SELinux, SSH."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from envs.ansible.requirements.commands import runs_of
from envs.ansible.requirements.files import LINE, lines_of, writers
from envs.ansible.requirements.patterns import finds
from envs.ansible.requirements.reading import (
    COMMANDS,
    SERVICES,
    Arguments,
    certain,
    done,
    missing,
    same,
    text,
    truth,
    words,
)
from envs.ansible.requirements.services import reached
from iac_gym.check import requirement
from iac_gym.languages.ansible.model import Project, Task
from iac_gym.verdict import Finding

FIREWALLD = "ansible.posix.firewalld"
SELINUX = "ansible.posix.selinux"
SEBOOLEAN = "ansible.posix.seboolean"
UFW = "community.general.ufw"
SSHD = "/etc/ssh/sshd_config"
#: Names by which ufw knows ports.
_SERVICES = {
    "ssh": "22", "http": "80", "https": "443", "postgresql": "5432", "redis": "6379",
}  # fmt: skip
_APPS = {
    "openssh": ("22", "tcp"), "ssh": ("22", "tcp"), "www": ("80", "tcp"),
    "www secure": ("443", "tcp"), "nginx http": ("80", "tcp"), "nginx https": ("443", "tcp"),
    "nginx full": ("80,443", "tcp"), "www full": ("80,443", "tcp"),
}  # fmt: skip
_ANYWHERE = ("", "any", "0.0.0.0/0", "::/0")


def _rules(model: Project, port: int) -> list[tuple[Task, Arguments, str]]:
    """Return the rules that let a port in, with their protocol; those that are deleted are gone."""
    found: list[tuple[Task, Arguments, str]] = []
    for task, given in done(model, (UFW,)):
        if text(given.get("state")) == "reset":
            found = []
        protocol = _covers(given, port)
        if not protocol or text(given.get("direction")) in ("out", "outgoing"):
            continue
        source = text(given.get("from_ip"))
        if truth(given.get("delete")) or text(given.get("rule")) in ("deny", "reject"):
            found = [one for one in found if text(one[1].get("from_ip")) != source]
        elif text(given.get("rule")) in ("allow", "limit"):
            found.append((task, given, protocol))
    return found


def _covers(given: Arguments, port: int) -> str:
    """Return the protocol for which a rule is about a port, '' where it is about others."""
    app = _APPS.get(text(given.get("name")).lower())
    written, _, named = (app[0] if app else text(given.get("port"))).partition("/")
    protocol = app[1] if app else named or text(given.get("proto")) or "any"
    for part in written.split(","):
        first, _, last = _SERVICES.get(part.strip(), part.strip()).partition(":")
        numbers = [int(one) for one in (first, last or first) if one.isdecimal() and len(one) < 6]
        if len(numbers) == 2 and numbers[0] <= port <= numbers[1]:
            return protocol
    return ""


@requirement(
    "ufw allows {protocol} port {port}",
    "the firewall (ufw) lets {protocol} traffic to port {port} in",
)
def ufw_allows(model: Project, port: int, protocol: str) -> Iterable[Finding]:
    """The ufw module; without a protocol both are allowed; `80/tcp` is another spelling."""
    for _, given, spoken in _rules(model, port):
        everywhere = text(given.get("from_ip")) in _ANYWHERE and not given.get("interface_in")
        everywhere = everywhere and not given.get("interface") and not given.get("from_port")
        to_all = text(given.get("to_ip")) in _ANYWHERE
        if everywhere and to_all and spoken in (protocol, "any"):
            return
    yield from missing(f"ufw does not allow {protocol} port {port}")


@requirement(
    "ufw allows tcp port {port} for {network} alone",
    "the firewall (ufw) lets tcp traffic to port {port} in from {network} and from nowhere else",
)
def ufw_allows_from(model: Project, port: int, network: str) -> Iterable[Finding]:
    """`from_ip` of each rule that allows the port."""
    found = _rules(model, port)
    if not any(protocol in ("tcp", "any") for _, _, protocol in found):
        yield from missing(f"ufw does not allow port {port}")
    for task, given, _ in found:
        if _network(text(given.get("from_ip"))) != _network(network):
            yield task.finding(f"port {port} is open for others", "from_ip")


def _network(written: str) -> str:
    try:
        return str(ipaddress.ip_network(written, strict=False))
    except ValueError:
        return written


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
    """`service` or `port` of the module: `permanent`, and `immediate` or a reload behind it."""
    kept = now = False
    task = None
    again = _before_reloads(model)
    for task_, given in done(model, (FIREWALLD,)):
        if not (same(given.get(kind), name) and same(given.get("zone"), zone)):
            continue
        task = task_
        on = same(given.get("state"), "enabled")
        permanent = truth(given.get("permanent"))
        immediate = "immediate" in given and truth(given["immediate"])
        if permanent:
            kept = on
            now = now or (on and (id(task_) in again or any(map(_reloads, reached(task_)))))
        if immediate or not permanent:
            now = on
    if task is None:
        yield from missing(f"firewalld does not allow the {kind} `{name}` in `{zone}`")
        return
    for key, good in (("permanent", kept), ("immediate", now)):
        if not good:
            yield task.finding(f"the rule is not {key}", key)


def _before_reloads(model: Project) -> set[int]:
    """Return the identities of the tasks after which a later one makes firewalld read again."""
    tasks = list(certain(model))
    last = max((at for at, task in enumerate(tasks) if _reloads(task)), default=0)
    return {id(task) for task in tasks[:last]}


def _reloads(task: Task) -> bool:
    if task.module in COMMANDS:
        lines = [line for line, _ in runs_of(task)]
        return any(line in (["firewall-cmd", "--reload"], _RELOAD) for line in lines)
    return task.module in SERVICES and any(
        text(given.get("name")).removesuffix(".service") == "firewalld"
        and text(given.get("state")) in ("reloaded", "restarted")
        for given in task.runs
    )


_RELOAD = ["systemctl", "reload", "firewalld"]


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
    found = [
        (task, given)
        for task, given in done(model, (SEBOOLEAN,))
        if name in words(given.get("name"))
    ]
    if not found:
        yield from missing(f"no task sets the SELinux boolean `{name}`")
        return
    task, given = found[-1]
    if not (truth(given.get("state")) and truth(given.get("persistent"))):
        yield task.finding(f"`{name}` is not on for good")


@requirement(
    "sshd is configured with the line `{option} {value}` in `/etc/ssh/sshd_config`, in the place "
    "of any other `{option}` line, a commented one included",
    "`/etc/ssh/sshd_config` says `{option} {value}`; a line with another value of `{option}`, "
    "commented out or not, is replaced",
)
def ssh_option(model: Project, option: str, value: str) -> Iterable[Finding]:
    """`lineinfile` with a regular expression that finds the line there; sshd takes the first."""
    wanted = f"{option} {value}"
    others = (f"{option} other", f"#{option} other", wanted)
    found = None
    for task, given in writers(model, SSHD):
        if task.module != LINE:
            continue
        lines = [" ".join(line.split()) for line in lines_of(task, given)]
        pattern = text(given.get("regexp"))
        if lines == [wanted]:
            found = task, pattern
        elif found and pattern and finds(pattern, wanted):
            found = None
    if found is None:
        yield from missing(f"no task sets `{wanted}`")
    elif not found[1] or not all(finds(found[1], line) for line in others):
        yield found[0].finding(f"another line with `{option}` may stay", "regexp")
