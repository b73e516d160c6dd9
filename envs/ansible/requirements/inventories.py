"""Requirements about inventories and the variables of groups and hosts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from envs.ansible.requirements.reading import missing, same
from iac_gym.check import requirement
from iac_gym.languages.ansible.model import Project
from iac_gym.verdict import Finding


@requirement(
    "the group `{group}` consists of the hosts {hosts}",
    "the inventory's group `{group}` has exactly the hosts {hosts}",
)
def group_hosts(model: Project, group: str, hosts: Sequence[str]) -> Iterable[Finding]:
    """With the hosts of the groups in it, in any order, ranges written out."""
    found = set(model.inventory.members(group)) if group in model.inventory.groups else set()
    for host in hosts:
        if host not in found:
            yield from missing(f"the group `{group}` does not have the host `{host}`")
    for host in sorted(found - set(hosts)):
        yield from missing(f"the group `{group}` has the host `{host}`, which was not asked for")


@requirement(
    "the group `{group}` is made of the groups {children}",
    "`{group}` is a group of groups: {children}",
)
def group_children(model: Project, group: str, children: Sequence[str]) -> Iterable[Finding]:
    """Its children, and no hosts of its own."""
    found = model.inventory.groups.get(group)
    if found is None:
        yield from missing(f"there is no group `{group}`")
        return
    if set(found.children) != set(children):
        yield from missing(f"the group `{group}` is not made of these groups")
    if set(found.hosts):
        yield from missing(f"the group `{group}` has hosts of its own")


@requirement(
    "the host `{host}` is reached at {address}",
    "Ansible connects to {address} for the host `{host}`",
)
def host_address(model: Project, host: str, address: str) -> Iterable[Finding]:
    """`ansible_host` of the host."""
    yield from _variable(model, host, "ansible_host", address)


@requirement(
    "the host `{host}` has the variable `{name}` with the value `{value}`",
    "for the host `{host}` the variable `{name}` is `{value}`",
)
def host_variable(model: Project, host: str, name: str, value: object) -> Iterable[Finding]:
    """What holds for the host by all its groups and its own variables."""
    yield from _variable(model, host, name, value)


def _variable(model: Project, host: str, name: str, value: object) -> Iterable[Finding]:
    if host not in model.inventory.hosts:
        yield from missing(f"there is no host `{host}`")
    elif not same(model.inventory.variables(host).get(name), value):
        yield from missing(f"`{name}` of the host `{host}` is not `{value}`")


@requirement(
    "every host of the group `{group}` has the variable `{name}` with the value `{value}`",
    "`{name}` is `{value}` for all hosts of the group `{group}`",
)
def group_variable(model: Project, group: str, name: str, value: object) -> Iterable[Finding]:
    """As a variable of the group, of a group around it or of each host."""
    inventory = model.inventory
    hosts = inventory.members(group)
    if not hosts:  # variables alone, for an inventory that is elsewhere
        given = {**inventory.group_vars.get("all", {}), **inventory.group_vars.get(group, {})}
        if not same(given.get(name), value):
            yield from missing(f"`{name}` of the group `{group}` is not `{value}`")
    for host in hosts:
        if not same(inventory.variables(host).get(name), value):
            yield from missing(f"`{name}` of the host `{host}` is not `{value}`")
            return


@requirement(
    "every host of the inventory has the variable `{name}` with the value `{value}`",
    "`{name}` is `{value}` for all hosts",
)
def everywhere_variable(model: Project, name: str, value: object) -> Iterable[Finding]:
    """As a variable of `all`, or of each host."""
    hosts = model.inventory.hosts
    if not hosts:
        yield from missing("the inventory has no hosts")
    for host in hosts:
        if not same(model.inventory.variables(host).get(name), value):
            yield from missing(f"`{name}` of the host `{host}` is not `{value}`")
            return


@requirement(
    "`{option}` in the section `{section}` of ansible.cfg is `{value}`",
    "ansible.cfg says `{option} = {value}` under `[{section}]`",
)
def configured(model: Project, section: str, option: str, value: str) -> Iterable[Finding]:
    """A setting of ansible.cfg; truth values in any spelling."""
    found = model.config.get(section, {}).get(option)
    if found is None or _setting(found) != _setting(value):
        yield from missing(f"`{option}` of `[{section}]` is not `{value}`")


def _setting(written: str) -> str:
    """Return a setting without the blanks and spellings that do not matter."""
    word = ",".join(part.strip() for part in written.strip().strip("\"'").lower().split(","))
    return {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(word, word)
