"""Families about services: a server with its configuration, an own unit, services to stop."""

from __future__ import annotations

from envs.ansible import choices
from envs.ansible.families.parts import (
    backup,
    enabled,
    health,
    limits_of_play,
    ownership,
    play_environment,
    reacts,
    removed,
    validated,
)
from envs.ansible.families.playbook_recipe import Extra, Playbook
from envs.ansible.requirements import attributes, files, services, software
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

TEMPLATE = "ansible.builtin.template"
SERVICE = "ansible.builtin.service"
COPY = "ansible.builtin.copy"


@family("ansible", levels=(2, 3, 4, 5))
def configured_server(draw: Draw) -> Draft:
    """A server package with its configuration file, running, restarted when the file changes."""
    made = Playbook(draw)
    server = draw.choice("server", tuple(choices.SERVERS))
    path = choices.SERVERS[server]
    made.task(f"Install {server}", "ansible.builtin.apt", {"name": server, "state": "present"})
    source = f"{path.rpartition('/')[2]}.j2"
    config = made.task("Write its configuration", TEMPLATE, {"src": source, "dest": path})
    run = made.task(f"Start {server}", SERVICE, {"name": server, "state": "started"})
    made.ask(
        software.package_installed(package=server),
        files.file_from_template(path=path, source=source),
        services.service_running(service=server),
    )
    extras = [
        reacts(config, path, server), enabled(run, SERVICE, server),
        ownership(config, TEMPLATE, path, choices.MODES),
        Extra("become", 1, lambda made: made.become()), backup(config, TEMPLATE, path),
        play_environment(), limits_of_play(),
    ]  # fmt: skip
    if server in choices.VALIDATIONS:
        extras.insert(3, validated(config, TEMPLATE, path, choices.VALIDATIONS[server]))
    made.grow(extras)
    return made.draft(
        f"Write a playbook that installs and configures {server} on the Debian hosts of "
        f"`{made.group}`",
        f"{server} has to run on `{made.group}` (Debian): write the playbook",
    )


@family("ansible", levels=(2, 3, 4, 5))
def own_systemd_unit(draw: Draw) -> Draft:
    """A program of one's own as a systemd service."""
    made = Playbook(draw)
    app = draw.choice("app", choices.APPS)
    path = f"/etc/systemd/system/{app}.service"
    unit = made.task("Write the unit", TEMPLATE, {"src": f"{app}.service.j2", "dest": path})
    run = made.task("Start the service", "ansible.builtin.systemd_service",
                    {"name": app, "state": "started", "daemon_reload": True})  # fmt: skip
    made.ask(
        files.file_from_template(path=path, source=f"{app}.service.j2"),
        services.service_running(service=app),
        services.units_reloaded(service=app),
    )
    port = draw.phrase("port", choices.PORTS)

    def settings(made: Playbook) -> None:
        place = f"/etc/{app}/settings.env"
        folder = made.task("Make the folder of the settings", "ansible.builtin.file",
                           {"path": f"/etc/{app}", "state": "directory"})  # fmt: skip
        task = made.task("Write the settings", COPY, {"src": f"{app}.env", "dest": place})
        tasks = made.sections["tasks"]
        tasks.remove(folder)
        tasks.remove(task)
        tasks[:0] = [folder, task]
        made.ask(files.file_copied(path=place, source=f"{app}.env"))
        if draw.chance("mode of settings", 0.7):
            mode = draw.choice("settings mode", ("0600", "0640", "0400", "0440"))
            task[COPY]["mode"] = mode
            made.ask(attributes.mode_is(path=place, mode=mode))
        if draw.chance("settings restart", 0.6):
            task["notify"] = made.restarts(app)
            made.ask(services.change_restarts(path=place, service=app))

    made.grow((
        enabled(run, "ansible.builtin.systemd_service", app), reacts(unit, path, app),
        Extra("settings", 2.3, settings),
        ownership(unit, TEMPLATE, path, choices.MODES), Extra("become", 1,
                                                              lambda made: made.become()),
        health(port), limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that runs the program {app} as a systemd service on `{made.group}`",
        f"The hosts of `{made.group}` shall run {app} under systemd; write the playbook",
    )


@family("ansible", levels=(2, 3, 4))
def reverse_proxy_site(draw: Draw) -> Draft:
    """A site of nginx that is enabled by a link, in the place of the default one."""
    made = Playbook(draw)
    site = draw.choice("site", choices.DOMAINS)
    available, there = f"/etc/nginx/sites-available/{site}", f"/etc/nginx/sites-enabled/{site}"
    config = made.task("Write the site", TEMPLATE, {"src": "site.conf.j2", "dest": available})
    link = made.task("Enable the site", "ansible.builtin.file",
                     {"src": available, "path": there, "state": "link"})  # fmt: skip
    made.ask(
        files.file_from_template(path=available, source="site.conf.j2"),
        files.link_exists(path=there, target=available),
    )

    def default(made: Playbook) -> None:
        path = "/etc/nginx/sites-enabled/default"
        made.task("Disable the default site", "ansible.builtin.file",
                  {"path": path, "state": "absent"}, notify=made.restarts("nginx",
                                                                          "reloaded"))  # fmt: skip
        made.ask(files.path_absent(path=path))

    def folder(made: Playbook) -> None:
        root = f"/var/www/{site}"
        mode = draw.choice("root mode", choices.FOLDER_MODES)
        made.task("Make the root of the site", "ansible.builtin.file",
                  {"path": root, "state": "directory", "mode": mode})  # fmt: skip
        made.ask(files.folder_exists(path=root), attributes.mode_is(path=root, mode=mode))

    def reload(made: Playbook) -> None:
        link["notify"] = made.restarts("nginx", "reloaded")
        config["notify"] = made.restarts("nginx", "reloaded")
        made.ask(services.change_reloads(path=available, service="nginx"))

    made.grow((
        Extra("reload", 1, reload), Extra("default site", 1, default),
        Extra("root", 2, folder),
        ownership(config, TEMPLATE, available, choices.MODES), backup(config, TEMPLATE, available),
        Extra("become", 1, lambda made: made.become()), limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that sets up the nginx site {site} on `{made.group}`",
        f"nginx on `{made.group}` gets a new site, {site}: write the playbook",
    )


@family("ansible", levels=(1, 2, 3, 4))
def unwanted_services(draw: Draw) -> Draft:
    """Services that must not run, some of them never again."""
    made = Playbook(draw)
    first = draw.choice("stopped", ("cups", "avahi-daemon", "rpcbind", "nfs-server", "bluetooth"))
    stop = made.task(f"Stop {first}", SERVICE, {"name": first, "state": "stopped"})
    made.ask(services.service_stopped(service=first))

    def disable(made: Playbook) -> None:
        stop[SERVICE]["enabled"] = False
        made.ask(services.service_disabled(service=first))

    def mask(made: Playbook) -> None:
        second = draw.choice("masked", ("ModemManager", "snapd", "postfix", "telnet.socket"))
        made.task(f"Mask {second}", "ansible.builtin.systemd_service",
                  {"name": second, "state": "stopped", "masked": True})  # fmt: skip
        made.ask(services.service_masked(service=second), services.service_stopped(service=second))

    def keep(made: Playbook) -> None:
        third = draw.choice("third", ("multipathd", "apport", "whoopsie", "iscsid"))
        made.task(f"Keep {third} disabled", SERVICE, {"name": third, "enabled": False})
        made.ask(services.service_disabled(service=third))

    made.grow((
        Extra("disable", 1, disable), Extra("mask", 2, mask),
        Extra("become", 1, lambda made: made.become()), Extra("third", 1, keep), removed(),
        limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that turns off the services nobody needs on `{made.group}`",
        f"Some services must not run on `{made.group}`; write a playbook for it",
    )


@family("ansible", levels=(1, 2, 3, 4))
def folder_layout(draw: Draw) -> Draft:
    """Folders, links and files with the right owners and modes."""
    made = Playbook(draw)
    root = draw.choice("root", choices.FOLDERS)
    first, second = draw.sample("parts", ("releases", "shared", "logs", "backups", "uploads",
                                          "cache",
                                          "incoming", "archive", "spool", "config"), 2)  # fmt: skip
    folders = []
    for part in (first, second):
        path = f"{root}/{part}"
        folders.append(
            made.task(f"Make {part}", "ansible.builtin.file", {"path": path, "state": "directory"})
        )
        made.ask(files.folder_exists(path=path))

    def link(made: Playbook) -> None:
        path = f"{root}/current"
        target = f"{root}/{first}/{draw.choice('release', choices.VERSIONS)}"
        made.task("Link the current one", "ansible.builtin.file",
                  {"src": target, "path": path, "state": "link"})  # fmt: skip
        made.ask(files.link_exists(path=path, target=target))

    def note(made: Playbook) -> None:
        path = f"{root}/{draw.choice('note', ('OWNER', 'README', 'CONTACT', 'MANAGED_BY'))}"
        content = f"managed by {draw.choice('team', ('ops', 'platform', 'web', 'data'))}"
        made.task("Write the note", COPY, {"content": f"{content}\n", "dest": path})
        made.ask(files.file_says(path=path, content=content))

    def stale(made: Playbook) -> None:
        path = f"{root}/{draw.choice('stale', ('tmp', 'old', 'legacy', 'to-delete', 'v1'))}"
        made.task("Remove what is stale", "ansible.builtin.file", {"path": path, "state": "absent"})
        made.ask(files.path_absent(path=path))

    module = "ansible.builtin.file"
    made.grow((
        ownership(folders[0], module, f"{root}/{first}", choices.FOLDER_MODES),
        Extra("link", 1, link), ownership(folders[1], module, f"{root}/{second}",
                                          choices.FOLDER_MODES),
        Extra("note", 1, note), Extra("stale", 1, stale), limits_of_play(),
        Extra("become", 1, lambda made: made.become()),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that lays out the folders under {root} on `{made.group}`",
        f"The hosts of `{made.group}` need the folder layout of {root}: write the playbook",
    )


@family("ansible", levels=(1, 2, 3, 4))
def settings_in_files(draw: Draw) -> Draft:
    """Single settings in files that others own: INI options and lines."""
    made = Playbook(draw)
    app = draw.choice("app", choices.APPS)
    path = f"/etc/{app}/{app}.ini"
    section = draw.choice("section", ("server", "database", "logging", "cache", "auth", "limits"))
    option, value = draw.choice("option", (
        ("workers", "4"), ("workers", "8"), ("timeout", "30"), ("level", "warning"),
        ("level", "info"), ("max_connections", "200"), ("pool_size", "15"), ("ttl", "3600"),
        ("bind", "127.0.0.1"), ("retries", "5"),
    ))  # fmt: skip
    ini = made.task("Set the option", "community.general.ini_file",
                    {"path": path, "section": section, "option": option,
                     "value": value})  # fmt: skip
    made.ask(files.ini_option(path=path, section=section, option=option, value=value))
    line, start, place = draw.choice("line", (
        ("net.core.rmem_max = 16777216", "net.core.rmem_max", "/etc/sysctl.d/90-net.conf"),
        ("Storage=persistent", "Storage=", "/etc/systemd/journald.conf"),
        ("SystemMaxUse=500M", "SystemMaxUse=", "/etc/systemd/journald.conf"),
        ("FONT=Lat15-Fixed16", "FONT=", "/etc/vconsole.conf"),
        ("HISTSIZE=5000", "HISTSIZE=", "/etc/profile.d/history.sh"),
        ("UMASK 027", "UMASK", "/etc/login.defs"),
        ("PASS_MAX_DAYS 90", "PASS_MAX_DAYS", "/etc/login.defs"),
        ("DefaultLimitNOFILE=65536", "DefaultLimitNOFILE=", "/etc/systemd/system.conf"),
    ))  # fmt: skip
    lined = made.task("Set the line", "ansible.builtin.lineinfile", {"path": place, "line": line})
    made.ask(files.file_has_line(path=place, line=line))

    def replaces(made: Playbook) -> None:
        start_plain = start.rstrip("=")
        lined["ansible.builtin.lineinfile"]["regexp"] = (
            f"^{start_plain.replace('.', chr(92) + '.')}"
        )
        made.ask(files.line_replaced(path=place, start=start_plain, line=line))

    def restart(made: Playbook) -> None:
        ini["notify"] = made.restarts(app)
        made.ask(services.change_restarts(path=path, service=app))

    module = "community.general.ini_file"
    made.grow((
        Extra("replaces", 1, replaces), Extra("restart", 1, restart),
        backup(ini, module, path),
        ownership(ini, module, path, choices.MODES), Extra("become", 1, lambda made: made.become()),
        limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that changes single settings on `{made.group}`",
        f"On `{made.group}` two configuration files need a small change each: write the playbook",
    )
