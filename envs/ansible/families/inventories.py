"""Families about what surrounds playbooks: inventories, what Galaxy provides, settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from envs.ansible import choices
from envs.ansible.families.playbook_recipe import LANGUAGE, Extra
from envs.ansible.families.trees import Tree
from envs.ansible.requirements import galaxy, inventories
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.extras import Recipe
from iac_gym.formats.yaml import dump
from iac_gym.words import FIRST


def _hosts(draw: Draw, group: str, name: str) -> list[str]:
    stem = draw.choice(f"{name} stem", (group, f"{group}-eu", f"prod-{group}", f"{group}.example"))
    count = draw.integer(f"{name} count", 2, 5)
    return [f"{stem}{number:02}" for number in range(1, count + 1)]


@family("ansible", levels=(1, 2, 3))
def ini_inventory(draw: Draw) -> Draft:
    """An inventory in INI form."""
    return _inventory(draw, "inventory.ini")


@family("ansible", levels=(1, 2, 3))
def yaml_inventory(draw: Draw) -> Draft:
    """An inventory in YAML form."""
    return _inventory(draw, "inventory.yml")


class _Inventory(Recipe):
    """The asks of a task, and the groups, hosts and variables that meet them."""

    def __init__(self, draw: Draw) -> None:
        super().__init__(draw)
        self.hosts: dict[str, dict[str, dict[str, Any]]] = {}
        self.children: dict[str, list[str]] = {}
        self.vars: dict[str, dict[str, Any]] = {}

    def ini(self) -> str:
        """Write it in INI form."""
        lines = []
        for group, hosts in self.hosts.items():
            lines.append(f"[{group}]")
            for host, given in hosts.items():
                lines.append(" ".join([host, *(f"{key}={one}" for key, one in given.items())]))
            lines.append("")
        for group, children in self.children.items():
            lines += [f"[{group}:children]", *children, ""]
        for group, given in self.vars.items():
            lines += [f"[{group}:vars]", *(f"{key}={one}" for key, one in given.items()), ""]
        return "\n".join(lines).rstrip("\n") + "\n"

    def yaml(self) -> str:
        """Write it in YAML form."""
        groups: dict[str, Any] = {}
        for group, hosts in self.hosts.items():
            groups[group] = {"hosts": {host: given or None for host, given in hosts.items()}}
        for group, children in self.children.items():
            groups[group] = {"children": dict.fromkeys(children)}
        everywhere = self.vars.get("all")
        for group, given in self.vars.items():
            if group != "all":
                groups.setdefault(group, {})["vars"] = given
        tree: dict[str, Any] = {"children": groups}
        if everywhere:
            tree = {"vars": everywhere, **tree}
        return dump([{"all": tree}])


def _inventory(draw: Draw, path: str) -> Draft:
    made = _Inventory(draw)
    first, second = draw.sample("groups", choices.GROUPS, 2)
    for group, name in ((first, "first"), (second, "second")):
        hosts = _hosts(draw, group, name)
        made.hosts[group] = {host: {} for host in hosts}
        made.ask(inventories.group_hosts(group=group, hosts=hosts))
    some = next(iter(made.hosts[first]))

    def parent(made: _Inventory) -> None:
        name = draw.choice("parent", ("datacenter", "europe", "live", "region_a", "managed"))
        made.children[name] = [first, second]
        made.ask(inventories.group_children(group=name, children=[first, second]))

    def address(made: _Inventory) -> None:
        net, part = draw.integer("net", 1, 40), draw.integer("part", 0, 20)
        wanted = f"10.{net}.{part}.{draw.integer('host', 5, 250, 7)}"
        made.hosts[first][some]["ansible_host"] = wanted
        made.ask(inventories.host_address(host=some, address=wanted))

    def own(made: _Inventory) -> None:
        key, value = draw.choice("own", (
            ("server_id", 7), ("weight", 50), ("rack", "r12"), ("role", "primary"), ("zone", "b"),
            ("priority", 100), ("datacenter", "fra1"),
        ))  # fmt: skip
        made.hosts[first][some][key] = value
        made.ask(inventories.host_variable(host=some, name=key, value=value))

    def shared(made: _Inventory) -> None:
        key, value = draw.choice("shared", (
            ("ansible_user", "deploy"), ("ansible_port", 2222), ("http_port", 8080), ("env",
                                                                                      "prod"),
            ("ntp_server", "ntp.example.com"), ("backup_enabled", "yes-daily"), ("tier", "gold"),
        ))  # fmt: skip
        made.vars[second] = {key: value}
        made.ask(inventories.group_variable(group=second, name=key, value=value))

    def everywhere(made: _Inventory) -> None:
        key, value = draw.choice("everywhere", (
            ("ansible_python_interpreter", "/usr/bin/python3"), ("ansible_become_method", "sudo"),
            ("company", "northwind"), ("dns_domain", "example.com"), ("timezone", "UTC"),
        ))  # fmt: skip
        made.vars["all"] = {key: value}
        made.ask(inventories.everywhere_variable(name=key, value=value))

    made.grow((
        Extra("address", 1, address), Extra("parent", 1, parent), Extra("shared", 1, shared),
        Extra("own", 1, own), Extra("everywhere", 1, everywhere),
    ))  # fmt: skip
    writer = made.ini if path.endswith(".ini") else made.yaml
    form = "INI" if path.endswith(".ini") else "YAML"
    return made.make_draft(
        (
            f"Write an Ansible inventory in {form} form",
            f"The hosts below need an inventory ({form}, {path})",
        ),
        writer,
        ((path, LANGUAGE),),
    )


@family("ansible", levels=(1, 2, 3))
def galaxy_requirements(draw: Draw) -> Draft:
    """The roles and collections that a project needs from elsewhere."""
    made = Tree(draw)
    tree: dict[str, Any] = {"collections": [], "roles": []}
    made.files["requirements.yml"] = tree
    first = draw.choice("collection", choices.COLLECTIONS)
    version = draw.choice("version", (*choices.PINS, ">=2.0.0", ">=3.1.0,<4.0.0", ">=7.0.0"))
    tree["collections"].append({"name": first, "version": version})
    made.ask(galaxy.collection_required(name=first, version=version))

    def other(made: Tree) -> None:
        rest = [name for name in choices.COLLECTIONS if name != first]
        second = draw.choice("second collection", rest)
        source = f"https://galaxy.{draw.choice('server', FIRST)}.example.com"
        pin = draw.choice("second version", choices.PINS)
        tree["collections"].append({"name": second, "version": pin, "source": source})
        made.ask(galaxy.collection_required(name=second, version=pin),
                 galaxy.collection_source(name=second, source=source))  # fmt: skip

    def role(made: Tree) -> None:
        name = draw.choice("role", choices.ROLES)
        pin = draw.choice("role version", choices.PINS)
        tree["roles"].append({"name": name, "version": pin})
        made.ask(galaxy.role_required(name=name, version=pin))

    def git_role(made: Tree) -> None:
        name = draw.choice("git role", FIRST)
        url = f"https://git.example.com/ansible/{name}.git"
        pin = draw.choice("git version", ("main", "v1.2.0", "v3.0.1", "release-4"))
        tree["roles"].append({"name": name, "src": url, "scm": "git", "version": pin})
        made.ask(galaxy.role_from_git(name=name, url=url, version=pin))

    def git_collection(made: Tree) -> None:
        name = f"acme.{draw.choice('own', ('platform', 'network', 'storage', 'web'))}"
        url = f"https://git.example.com/collections/{name.partition('.')[2]}.git"
        pin = draw.choice("own version", ("main", "2.1.0", "v0.4.0"))
        tree["collections"].append({"name": url, "type": "git", "version": pin})
        made.ask(galaxy.collection_from_git(name=name, url=url, version=pin))

    made.grow((
        Extra("role", 1, role), Extra("git role", 1, git_role), Extra("other", 2, other),
        Extra("git collection", 1, git_collection),
    ))  # fmt: skip
    for key in [key for key, listed in tree.items() if not listed]:
        del tree[key]
    return made.draft(
        "Write the requirements.yml for ansible-galaxy",
        "The project needs content from Galaxy and elsewhere: write its requirements.yml",
    )


@family("ansible", levels=(1, 2, 3), held_out=True)
def project_settings(draw: Draw) -> Draft:
    """The ansible.cfg of a project."""
    made = Tree(draw)
    sections: dict[str, dict[str, str]] = {}
    pool: Sequence[tuple[str, str, Sequence[str]]] = (
        ("defaults", "inventory", ("inventory.ini", "inventories/prod", "hosts.yml")),
        ("defaults", "forks", ("10", "20", "25", "50")),
        ("defaults", "remote_user", ("deploy", "ansible", "ops")),
        ("defaults", "roles_path", ("roles", "roles:vendor/roles", "./galaxy_roles")),
        ("defaults", "host_key_checking", ("False", "True")),
        ("defaults", "retry_files_enabled", ("False", "True")),
        ("defaults", "timeout", ("20", "30", "60")),
        ("defaults", "gathering", ("smart", "explicit")),
        ("privilege_escalation", "become", ("True", "False")),
        ("privilege_escalation", "become_user", ("root", "postgres")),
        ("privilege_escalation", "become_method", ("sudo", "su", "doas")),
        ("ssh_connection", "pipelining", ("True", "False")),
        ("ssh_connection", "retries", ("2", "3", "5")),
        ("inventory", "enable_plugins", ("ini, yaml", "host_list, yaml, ini")),
    )  # fmt: skip
    count = {1: 3, 2: 5, 3: 7}[draw.level]
    for section, option, values in draw.sample("settings", pool, count):
        value = draw.choice(f"{section} {option}", values)
        sections.setdefault(section, {})[option] = value
        made.ask(inventories.configured(section=section, option=option, value=value))
    parts = [
        "\n".join([f"[{section}]", *(f"{key} = {one}" for key, one in given.items())])
        for section, given in sections.items()
    ]
    made.files["ansible.cfg"] = "\n\n".join(parts) + "\n"
    return made.draft(
        "Write the ansible.cfg of a project",
        "The project needs its own settings of Ansible: write ansible.cfg",
    )
