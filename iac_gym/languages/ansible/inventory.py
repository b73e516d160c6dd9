"""Inventories: groups, hosts and their variables, as the plugins `ini` and `yaml` read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.lazy import lazy

_NOTHING: Mapping[str, Any] = {}
_MOST_LEVELS = 50


@dataclass(slots=True)
class Group:
    """One group: the hosts that it names itself, and the groups in it."""

    name: str
    hosts: dict[str, None] = field(default_factory=dict)
    children: dict[str, None] = field(default_factory=dict)


class Inventory:
    """Groups by name, and the variables that are given to groups and to hosts.

    Ranges of hosts are written out. `group_vars` and `host_vars` hold what is said for one group or
    host alone; `variables(host)` is what holds for a host by all its groups.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.groups: dict[str, Group] = {}
        self.group_vars: dict[str, dict[str, Any]] = {}
        self.host_vars: dict[str, dict[str, Any]] = {}
        self.host_order: dict[str, None] = {}

    def group(self, name: str) -> Group:
        """Return a group, made where it is new."""
        if name not in self.groups:
            self.groups[name] = Group(name)
        return self.groups[name]

    def add_host(self, host: str, group: str, variables: Mapping[str, Any] = _NOTHING) -> None:
        """Put a host into a group."""
        self.host_order.setdefault(host)
        self.group(group).hosts.setdefault(host)
        if variables:
            self.host_vars.setdefault(host, {}).update(variables)

    def add(self, other: Inventory) -> None:
        """Take over everything of another inventory."""
        for group in other.groups.values():
            mine = self.group(group.name)
            mine.hosts.update(group.hosts)
            mine.children.update(group.children)
        self.host_order.update(other.host_order)
        for into, given in (
            (self.group_vars, other.group_vars),
            (self.host_vars, other.host_vars),
        ):
            for name, variables in given.items():
                into.setdefault(name, {}).update(variables)

    @property
    def hosts(self) -> tuple[str, ...]:
        """All hosts in the order in which they are met."""
        return tuple(self.host_order)

    @lazy
    def _parents(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for group in self.groups.values():
            for child in group.children:
                found.setdefault(child, []).append(group.name)
        return found

    def ancestors(self, name: str) -> list[str]:
        """Return the groups around a group or host, the nearest first, without `all`."""
        start = [group.name for group in self.groups.values() if name in group.hosts]
        waiting = [*start, *self._parents.get(name, [])]
        found: dict[str, None] = {}
        while waiting and len(found) < 1_000:
            one = waiting.pop(0)
            if one not in found and one != "all":
                found[one] = None
                waiting += self._parents.get(one, [])
        return [*found]

    def members(self, name: str) -> tuple[str, ...]:
        """Return the hosts of a group and of the groups in it; a host's name gives itself."""
        if name in ("all", "*"):
            return self.hosts
        if name not in self.groups:
            return (name,) if name in self.host_order else ()
        found: dict[str, None] = {}
        for one in self._below([name]):
            found.update(self.groups[one].hosts if one in self.groups else {})
        return tuple(found)

    def _below(self, names: Iterable[str]) -> dict[str, None]:
        waiting = list(names)
        found: dict[str, None] = {}
        while waiting:
            one = waiting.pop(0)
            if one not in found:
                found[one] = None
                waiting += self.groups[one].children if one in self.groups else ()
        return found

    def others(self, named: list[str]) -> list[str]:
        """Return the groups and hosts below groups, which may say otherwise for some hosts.

        Without names: all of them. The groups themselves are left out.
        """
        if not named:
            groups = [name for name in (*self.groups, *self.group_vars) if name != "all"]
            return [*dict.fromkeys([*groups, *self.host_vars])]
        below = self._below(named)
        hosts = {host for name in below if name in self.groups for host in self.groups[name].hosts}
        if not self.groups:  # no inventory: a host of `host_vars` may be in the group
            hosts |= set(self.host_vars)
        around = {up for host in hosts for up in self.ancestors(host)} - set(named)
        known = {up for name in named for up in self.ancestors(name)}
        return sorted(((set(below) - set(named)) | hosts | around) - known - {"all"} - set(named))

    def variables(self, host: str) -> dict[str, Any]:
        """Return the variables of a host: those of `all`, of its groups, its own."""
        found = dict(self.group_vars.get("all", _NOTHING))
        for group in reversed(self.ancestors(host)):
            found |= self.group_vars.get(group, _NOTHING)
        found |= self.host_vars.get(host, _NOTHING)
        return found
