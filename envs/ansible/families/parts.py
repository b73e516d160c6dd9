"""Optional parts that several Ansible families share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from envs.ansible import choices
from envs.ansible.families.playbook_recipe import Extra, Playbook
from envs.ansible.requirements import attributes, commands, flow, plays, services, software


def removed(module: str = "ansible.builtin.apt") -> Extra:
    """Remove a package that nobody wants."""

    def make(made: Playbook) -> None:
        package = made.draw.choice("unwanted", choices.UNWANTED)
        made.task(f"Remove {package}", module, {"name": package, "state": "absent"})
        made.ask(software.package_removed(package=package))

    return Extra("removed package", 1, make)


def cache_refresh() -> Extra:
    """Refresh the cache of apt now and then."""

    def make(made: Playbook) -> None:
        seconds = made.draw.choice("cache seconds", (1800, 3600, 7200, 14400, 43200, 86400))
        task: dict[str, Any] = {"name": "Refresh the package cache", "ansible.builtin.apt": {
            "update_cache": True, "cache_valid_time": seconds,
        }}  # fmt: skip
        made.sections.setdefault("tasks", []).insert(0, task)
        made.ask(software.package_cache(seconds=seconds))

    return Extra("cache", 1, make)


def package_tag(package: str) -> Extra:
    """Tag the tasks that install a package."""

    def make(made: Playbook) -> None:
        tag = made.draw.choice("tag", ("packages", "install", "base", "setup", "software"))
        for task in made.sections["tasks"]:
            if package in str(task):
                task["tags"] = [tag]
        made.ask(flow.package_tagged(package=package, tag=tag))

    return Extra("tag", 1, make)


def play_environment() -> Extra:
    """Set an environment variable for all tasks."""

    def make(made: Playbook) -> None:
        name, values = made.draw.choice("variable", (
            ("http_proxy", ("http://proxy.example.com:3128", "http://10.0.0.5:8080")),
            ("https_proxy", ("http://proxy.example.com:3128", "http://10.0.0.5:8080")),
            ("DEBIAN_FRONTEND", ("noninteractive",)),
            ("LC_ALL", ("C.UTF-8", "en_US.UTF-8")),
            ("PIP_INDEX_URL", ("https://pypi.internal.example.com/simple",)),
        ))  # fmt: skip
        value = made.draw.choice("variable value", values)
        made.play["environment"] = {name: value}
        made.ask(plays.play_environment(group=made.group, name=name, value=value))

    return Extra("environment", 1, make)


def limits_of_play(facts: bool = True) -> Extra:
    """Limit what a play does at a time, or what it takes to stop it.

    `facts` is False where the tasks need the facts of the host.
    """

    def make(made: Playbook) -> None:
        draw, group = made.draw, made.group
        kinds = ("serial", "failures", "fatal", "strategy", "handlers")
        kind = draw.choice("limit", (*kinds, "facts") if facts else kinds)
        if kind == "serial":
            serial = draw.choice("serial", (1, 2, 3, 5, "10%", "25%", "50%"))
            made.play["serial"] = serial
            made.ask(plays.play_serial(group=group, serial=serial))
        elif kind == "failures":
            percent = draw.choice("percent", (0, 10, 20, 25, 30, 50))
            made.play["max_fail_percentage"] = percent
            made.ask(plays.play_failure_limit(group=group, percent=percent))
        elif kind == "fatal":
            made.play["any_errors_fatal"] = True
            made.ask(plays.play_all_or_nothing(group=group))
        elif kind == "strategy":
            strategy = draw.choice("strategy", ("free", "host_pinned"))
            made.play["strategy"] = strategy
            made.ask(plays.play_strategy(group=group, strategy=strategy))
        elif kind == "facts":
            made.play["gather_facts"] = False
            made.ask(plays.play_without_facts(group=group))
        else:
            made.play["force_handlers"] = True
            made.ask(plays.play_forces_handlers(group=group))

    return Extra("limit", 1, make)


def file_mode(path: str, before: dict[str, Any] | None = None) -> Extra:
    """Say who owns a path and what its mode is."""

    def make(made: Playbook) -> None:
        draw = made.draw
        mode = draw.choice(f"mode of {path}", choices.FOLDER_MODES)
        arguments = next(
            (
                given
                for task in made.sections["tasks"]
                for given in task.values()
                if isinstance(given, dict) and given.get("path", given.get("dest")) == path
            ),
        )
        arguments["mode"] = mode
        made.ask(attributes.mode_is(path=path, mode=mode))

    return Extra(f"mode of {path}", 1, make)


def ownership(task: dict[str, Any], module: str, path: str, modes: Sequence[str]) -> Extra:
    """Give a file that a task writes an owner, a group and a mode."""

    def make(made: Playbook) -> None:
        draw = made.draw
        given = task[module]
        if draw.chance(f"owner of {path}", 0.7):
            owner = draw.choice(f"the owner of {path}", ("root", *choices.USERS[:8]))
            given["owner"] = owner
            made.ask(attributes.owner_is(path=path, owner=owner))
        if draw.chance(f"group of {path}", 0.4):
            group = draw.choice(f"the group of {path}", choices.UNIX_GROUPS)
            given["group"] = group
            made.ask(attributes.group_is(path=path, group=group))
        mode = draw.choice(f"mode of {path}", modes)
        given["mode"] = mode
        made.ask(attributes.mode_is(path=path, mode=mode))

    return Extra(f"ownership of {path}", 2, make)


def backup(task: dict[str, Any], module: str, path: str) -> Extra:
    """Keep the version before."""

    def make(made: Playbook) -> None:
        task[module]["backup"] = True
        made.ask(attributes.backup_kept(path=path))

    return Extra(f"backup of {path}", 1, make)


def validated(task: dict[str, Any], module: str, path: str, command: str) -> Extra:
    """Check a new file before it is put into place."""

    def make(made: Playbook) -> None:
        task[module]["validate"] = command
        made.ask(attributes.file_validated(path=path, command=command))

    return Extra(f"validation of {path}", 1, make)


def reacts(task: dict[str, Any], path: str, service: str) -> Extra:
    """Restart or reload a service when its file has changed."""

    def make(made: Playbook) -> None:
        state = made.draw.choice(f"reaction of {service}", ("restarted", "reloaded"))
        task["notify"] = made.restarts(service, state)
        asked = services.change_restarts if state == "restarted" else services.change_reloads
        made.ask(asked(path=path, service=service))

    return Extra(f"handler of {service}", 1, make)


def enabled(task: dict[str, Any], module: str, service: str) -> Extra:
    """Start a service at boot."""

    def make(made: Playbook) -> None:
        task[module]["enabled"] = True
        made.ask(services.service_enabled(service=service))

    return Extra(f"boot of {service}", 1, make)


def health(port: int) -> Extra:
    """Wait until a service answers on a port, or under an address."""

    def make(made: Playbook) -> None:
        draw = made.draw
        if draw.chance("by port", 0.5):
            seconds = draw.choice("wait", (20, 30, 45, 60, 90, 120))
            made.task(f"Wait for port {port}", "ansible.builtin.wait_for",
                      {"port": port, "timeout": seconds}, section="post_tasks")  # fmt: skip
            made.ask(flow.waits_for_port(port=port, seconds=seconds))
            return
        path = draw.choice("health path", ("/healthz", "/health", "/ready", "/status", "/ping"))
        url = f"http://localhost:{port}{path}"
        status = draw.choice("status", (200, 204))
        retries, delay = draw.integer("retries", 4, 12), draw.choice("delay", (2, 3, 6, 10))
        made.task("Wait until it is healthy", "ansible.builtin.uri",
                  {"url": url, "status_code": status}, section="post_tasks", register="health",
                  until=f"health.status == {status}", retries=retries, delay=delay)  # fmt: skip
        made.ask(flow.url_answers(url=url, status=status, retries=retries, delay=delay))

    return Extra("health", 1, make)


def command(made: Playbook, line: str, section: str = "tasks", **keywords: Any) -> dict[str, Any]:
    """Run a command. One requirement."""
    name = keywords.pop("name", f"Run {line.split()[0].rpartition('/')[2]}")
    task = made.task(name, "ansible.builtin.command", {"cmd": line}, section=section, **keywords)
    made.ask(commands.command_runs(command=line))
    return task
