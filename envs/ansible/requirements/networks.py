"""Requirements about network devices with Cisco IOS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from envs.ansible.requirements.reading import done, missing, plays_of, same, text, words
from iac_gym.check import requirement
from iac_gym.languages.ansible.model import Project
from iac_gym.verdict import Finding

CONFIG = "cisco.ios.ios_config"
VLANS = "cisco.ios.ios_vlans"
PORTS = "cisco.ios.ios_l2_interfaces"
_KEEPS = ("", "merged", "replaced", "overridden")


def _lines(model: Project) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield (parents, line) of what ios_config writes."""
    for _, given in done(model, (CONFIG,)):
        parents = given.get("parents")
        around = parents if isinstance(parents, list) else [parents] if parents else []
        lines = given.get("lines")
        for line in lines if isinstance(lines, list) else [lines]:
            yield tuple(_plain(one) for one in around), _plain(line)


def _plain(value: Any) -> str:
    return " ".join(text(value).split())


def _entries(model: Project, module: str) -> list[dict[str, Any]]:
    """Return what a resource module says at the end; `overridden` drops what was said before."""
    found: list[dict[str, Any]] = []
    for _, given in done(model, (module,)):
        state = text(given.get("state"))
        listed = given.get("config")
        entries = (
            [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        )
        if state in ("overridden", "deleted", "purged"):
            found = []
        if state in _KEEPS:
            found += entries
    return found


@requirement(
    "the switches of `{group}` are reached through the connection `{connection}`",
    "the connection to `{group}` is `{connection}`",
)
def switch_connection(model: Project, group: str, connection: str) -> Iterable[Finding]:
    """`connection` of the play, or `ansible_connection` of its hosts."""
    plays = plays_of(model, group)
    names = (connection, connection.rpartition(".")[2])
    if not plays:
        yield from missing(f"no play runs on the group `{group}`")
    for play in plays:
        given = text(play.folder("ansible_connection")) or text(play.keywords.get("connection"))
        if given not in names:
            yield play.finding(f"`{group}` is not reached through `{connection}`", "connection")


@requirement(
    "the network system of `{group}` is `cisco.ios.ios` (`ansible_network_os`)",
    "`ansible_network_os` is `cisco.ios.ios` for `{group}`",
)
def switch_system(model: Project, group: str) -> Iterable[Finding]:
    """A variable of the play or of its hosts."""
    for play in plays_of(model, group):
        if text(play.folder("ansible_network_os")) in ("cisco.ios.ios", "ios"):
            return
    yield from missing(f"`ansible_network_os` of `{group}` is not `cisco.ios.ios`")


@requirement(
    "the switches have the VLAN {number} with the name `{name}`",
    "VLAN {number} is named `{name}` on the switches",
)
def switch_vlan(model: Project, number: int, name: str) -> Iterable[Finding]:
    """The ios_vlans module, or lines of ios_config."""
    for entry in _entries(model, VLANS):
        if same(entry.get("vlan_id"), number) and same(entry.get("name"), name):
            return
    if ((f"vlan {number}",), f"name {name}") not in set(_lines(model)):
        yield from missing(f"no task makes the VLAN {number} with the name `{name}`")


@requirement(
    "the interface {interface} is an access port of the VLAN {vlan}",
    "{interface} gives access to the VLAN {vlan}",
)
def switch_port(model: Project, interface: str, vlan: int) -> Iterable[Finding]:
    """The ios_l2_interfaces module, or lines of ios_config."""
    for entry in _entries(model, PORTS):
        access = entry.get("access")
        inside = isinstance(access, dict) and same(access.get("vlan"), vlan)
        if same(entry.get("name"), interface) and inside and text(entry.get("mode")) == "access":
            return
    lines = set(_lines(model))
    around = (f"interface {interface}",)
    wanted = ("switchport mode access", f"switchport access vlan {vlan}")
    if not all((around, line) in lines for line in wanted):
        yield from missing(f"{interface} is no access port of the VLAN {vlan}")


@requirement(
    "the configuration of the switches has the line `{line}`",
    "`{line}` is configured on the switches (globally)",
)
def switch_line(model: Project, line: str) -> Iterable[Finding]:
    """A line of ios_config without parents."""
    if ((), line) not in set(_lines(model)):
        yield from missing(f"no task configures `{line}`")


@requirement(
    "a changed configuration is saved to the start-up configuration",
    "the running configuration is saved for the next start when it was changed",
)
def switch_saved(model: Project) -> Iterable[Finding]:
    """`save_when` of ios_config, or the command for it."""
    for _, given in done(model, (CONFIG,)):
        if text(given.get("save_when")) in ("modified", "changed", "always"):
            return
    for _, given in done(model, ("cisco.ios.ios_command",)):
        lines = [_plain(one) for one in words(given.get("commands"))]
        if {"write memory", "copy running-config startup-config"} & set(lines):
            return
    yield from missing("the configuration is not saved")
