"""Families of several files: roles and sites."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from envs.ansible import choices
from envs.ansible.families.playbook_recipe import Extra, Playbook
from envs.ansible.families.trees import Tree
from envs.ansible.requirements import attributes, galaxy, roles, services, software
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.words import FIRST

APT = "ansible.builtin.apt"
SERVICE = "ansible.builtin.service"
TEMPLATE = "ansible.builtin.template"


def _role(made: Tree, name: str, server: str) -> None:
    """Write a role for a server that is restarted when its configuration changes."""
    path = choices.SERVERS[server]
    source = f"{path.rpartition('/')[2]}.j2"
    config: dict[str, Any] = {
        "name": "Write the configuration", TEMPLATE: {"src": source, "dest": path},
        "notify": f"Restart {server}",
    }  # fmt: skip
    made.files[f"roles/{name}/tasks/main.yml"] = [
        {"name": "Install the package", APT: {"name": server, "state": "present"}},
        config,
        {
            "name": "Start the service",
            SERVICE: {"name": server, "state": "started"},
        },
    ]
    made.files[f"roles/{name}/handlers/main.yml"] = [
        {"name": f"Restart {server}", SERVICE: {"name": server, "state": "restarted"}}
    ]
    made.files[f"roles/{name}/defaults/main.yml"] = {}
    made.others.append(f"roles/{name}/*")
    made.files[f"roles/{name}/templates/{source}"] = ""
    made.ask(
        software.package_installed(package=server),
        services.change_restarts(path=path, service=server),
    )


_DEFAULTS: Sequence[tuple[str, Sequence[Any]]] = (
    ("port", choices.PORTS), ("workers", (2, 4, 8, 16)), ("timeout", (15, 30, 45, 60, 120)),
    ("log_level", ("info", "warning", "debug", "error")), ("max_clients", (128, 256, 512, 1024)),
    ("bind_address", ("127.0.0.1", "0.0.0.0", "10.0.0.1")), ("data_dir", choices.FOLDERS[:12]),
)  # fmt: skip


@family("ansible", levels=(2, 3, 4))
def server_role(draw: Draw) -> Draft:
    """A role with tasks, handlers, defaults and a template."""
    made = Tree(draw)
    server = draw.phrase("server", tuple(choices.SERVERS))
    name = server.replace("-", "_").removesuffix("_server")
    path = choices.SERVERS[server]
    _role(made, name, server)
    defaults = made.files[f"roles/{name}/defaults/main.yml"]
    template = f"roles/{name}/templates/{path.rpartition('/')[2]}.j2"
    lines: list[str] = ["# Written by Ansible"]
    picked = draw.sample("settings", _DEFAULTS, draw.integer("count", 1, 3))
    for setting, options in picked:
        variable = f"{name}_{setting}"
        value = draw.choice(setting, options)
        defaults[variable] = value
        lines.append(f"{setting} {{{{ {variable} }}}}")
        made.ask(roles.role_default(name=variable, value=value))
        if len(lines) > 2:
            made.ask(roles.template_uses(path=path, name=variable))
        else:
            made.ask(roles.template_renders(path=path, line=f"{setting} {value}"))
    made.files[template] = "\n".join(lines) + "\n"

    def boot(made: Tree) -> None:
        made.files[f"roles/{name}/tasks/main.yml"][2][SERVICE]["enabled"] = True
        made.ask(services.service_enabled(service=server))

    def mode(made: Tree) -> None:
        wanted = draw.choice("mode", choices.MODES)
        made.files[f"roles/{name}/tasks/main.yml"][1][TEMPLATE]["mode"] = wanted
        made.ask(attributes.mode_is(path=path, mode=wanted))

    made.grow((Extra("boot", 1, boot), Extra("mode", 1, mode)))
    return made.draft(
        f"Write the role {name} for {server} on Debian hosts; its configuration file is {path}",
        f"We need an Ansible role {name} that manages {server} (Debian), with {path} from a "
        "template",
    )


@family("ansible", levels=(2, 3))
def documented_role(draw: Draw) -> Draft:
    """A role whose arguments are checked and which tells Galaxy what it is."""
    made = Tree(draw)
    name = draw.phrase("role", FIRST)
    package = draw.choice("package", choices.PACKAGES)
    made.files[f"roles/{name}/tasks/main.yml"] = [
        {
            "name": "Install the package",
            "ansible.builtin.package": {"name": package, "state": "present"},
        }
    ]
    made.others.append(f"roles/{name}/*")
    options: dict[str, Any] = {}
    info: dict[str, Any] = {
        "author": "the authors", "description": f"Sets {name} up", "license": "ISC",
        "min_ansible_version": "2.13",
    }  # fmt: skip
    meta: dict[str, Any] = {"galaxy_info": info, "dependencies": []}
    made.files[f"roles/{name}/meta/argument_specs.yml"] = {
        "argument_specs": {"main": {"short_description": f"Sets {name} up", "options": options}}
    }
    made.files[f"roles/{name}/meta/main.yml"] = meta
    end = draw.choice("argument", ("port", "count", "mode", "enabled", "hosts", "options"))
    variable = f"{name}_{end}"
    kind = {"port": "int", "count": "int", "mode": "str", "enabled": "bool", "hosts": "list",
            "options": "dict"}[variable.rpartition("_")[2]]  # fmt: skip
    options[variable] = {"type": kind, "description": "Given by the caller"}
    made.ask(
        software.package_installed(package=package), roles.argument_type(name=variable, kind=kind)
    )

    def required(made: Tree) -> None:
        options[variable]["required"] = True
        made.ask(roles.argument_required(name=variable))

    def choice(made: Tree) -> None:
        other = f"{name}_{draw.choice('chosen', ('state', 'flavour', 'edition', 'tier'))}"
        values = list(
            draw.sample("values", ("small", "large", "basic", "full", "edge", "stable"), 3)
        )
        options[other] = {"type": "str", "choices": values, "description": "One of these"}
        made.ask(roles.argument_choices(name=other, values=values))

    def platform(made: Tree) -> None:
        wanted = draw.choice("platform", ("Debian", "Ubuntu", "EL", "Fedora", "SLES"))
        info["platforms"] = [{"name": wanted, "versions": ["all"]}]
        made.ask(galaxy.role_platform(role=name, platform=wanted))

    def about(made: Tree) -> None:
        key, values = draw.choice("about", (
            ("author", ("platform", "payments", "search team", "ops")),
            ("license", ("MIT", "Apache-2.0", "GPL-3.0-or-later", "BSD-3-Clause")),
            ("min_ansible_version", ("2.14", "2.15", "2.16", "2.17")),
            ("company", ("Example Inc", "Northwind", "Initech")),
        ))  # fmt: skip
        info[key] = draw.choice("about value", values)
        made.ask(galaxy.role_tells(role=name, key=key, value=info[key]))

    def depends(made: Tree) -> None:
        other = draw.choice("dependency", choices.ROLES)
        meta["dependencies"] = [{"role": other}]
        made.ask(galaxy.role_depends(role=name, other=other))

    made.grow((
        Extra("required", 1, required), Extra("choice", 1, choice), Extra("platform", 1, platform),
        Extra("about", 1, about), Extra("depends", 1, depends),
    ))  # fmt: skip
    return made.draft(
        f"Write the role {name} with its argument specification and its metadata",
        f"The role {name} shall check its arguments and describe itself: write it",
    )


@family("ansible", levels=(2, 3))
def site_with_role(draw: Draw) -> Draft:
    """A playbook that applies a role of the project with the values of a group."""
    made = Playbook(draw, draw.phrase("hosts", choices.GROUPS))
    server = draw.phrase("server", tuple(choices.SERVERS))
    name = server.replace("-", "_").removesuffix("_server")
    made.play["roles"] = [name]
    path = choices.SERVERS[server]
    source = f"{path.rpartition('/')[2]}.j2"
    setting, options = draw.choice("setting", _DEFAULTS)
    variable = f"{name}_{setting}"
    default, own = draw.sample("values", tuple(options), 2)
    folder = f"roles/{name}"
    config: dict[str, Any] = {
        "name": "Write the configuration", TEMPLATE: {"src": source, "dest": path},
    }  # fmt: skip
    made.file(f"{folder}/tasks/main.yml", [
        {"name": "Install the package", APT: {"name": server, "state": "present"}},
        config,
    ])  # fmt: skip
    made.file(f"{folder}/defaults/main.yml", {variable: default})
    made.file(f"{folder}/templates/{source}", f"{setting} {{{{ {variable} }}}}\n")
    made.file(f"group_vars/{made.group}.yml", {variable: own})
    made.others.append(f"{folder}/*")
    made.ask(
        roles.role_applied(group=made.group, role=name),
        software.package_installed(package=server),
        roles.role_default(name=variable, value=default),
        roles.role_given(group=made.group, name=variable, value=own),
        roles.template_uses(path=path, name=variable),
    )

    def mode(made: Playbook) -> None:
        config[TEMPLATE]["mode"] = draw.choice("mode", choices.MODES)
        made.ask(attributes.mode_is(path=path, mode=config[TEMPLATE]["mode"]))

    def restart(made: Playbook) -> None:
        config["notify"] = f"Restart {server}"
        made.beside[f"{folder}/handlers/main.yml"] = [
            {"name": f"Restart {server}", SERVICE: {"name": server, "state": "restarted"}}
        ]
        made.ask(services.change_restarts(path=path, service=server))

    made.grow((
        Extra("mode", 1, mode), Extra("restart", 1, restart),
        Extra("become", 1, lambda made: made.become()),
    ))  # fmt: skip
    return made.draft(
        f"Write a small project: site.yml applies a role {name} for {server} to `{made.group}` "
        f"(Debian hosts), with values of the group in group_vars",
        f"A project with site.yml, the role {name} ({server}, Debian) and the variables of "
        f"`{made.group}`: write it",
        path="site.yml",
    )
