"""Families about changes that must not break things: rollouts, upgrades, checks."""

from __future__ import annotations

from typing import Any

from envs.ansible import choices
from envs.ansible.families.parts import command, health, limits_of_play, play_environment
from envs.ansible.families.playbook_recipe import Extra, Playbook
from envs.ansible.requirements import commands, files, flow, plays, services, software
from iac_gym.category import Draft, family
from iac_gym.draw import Draw

COMMAND = "ansible.builtin.command"
_BECOME = Extra("become", 1, lambda made: made.become())


@family("ansible", levels=(2, 3, 4, 5))
def rolling_update(draw: Draw) -> Draft:
    """Hosts leave the load balancer in turn, are updated and come back."""
    made = Playbook(draw)
    group = made.group
    serial = draw.choice("serial", (1, 2, 3, "10%", "20%", "25%", "30%"))
    made.play["serial"] = serial
    app = draw.choice("app", choices.APPS)
    made.task(f"Update {app}", "ansible.builtin.apt", {"name": app, "state": "latest"})
    made.task(f"Restart {app}", "ansible.builtin.service", {"name": app, "state": "restarted"})
    made.ask(
        plays.play_serial(group=group, serial=serial),
        software.package_latest(package=app),
        services.service_running(service=app),
    )

    def balancer(made: Playbook) -> None:
        host = draw.choice("balancer", ("lb01", "lb-1.example.com", "haproxy01", "proxy.internal"))
        pool = draw.choice("pool", ("web", "app", "api", "main"))
        off = f"/usr/local/bin/lb-pool {pool} drain"
        on = f"/usr/local/bin/lb-pool {pool} enable"
        made.task("Take the host out", COMMAND, {"cmd": off}, section="pre_tasks", delegate_to=host)
        made.task("Put the host back", COMMAND, {"cmd": on}, section="post_tasks", delegate_to=host)
        made.ask(
            commands.command_delegated(command=off, host=host),
            commands.command_delegated(command=on, host=host),
            commands.command_before(first=off, second=on),
        )

    def failures(made: Playbook) -> None:
        percent = draw.choice("percent", (0, 10, 20, 25, 30, 50))
        made.play["max_fail_percentage"] = percent
        made.ask(plays.play_failure_limit(group=group, percent=percent))

    def migrate(made: Playbook) -> None:
        line = f"/opt/{app}/bin/migrate --apply"
        made.task("Migrate the database", COMMAND, {"cmd": line}, run_once=True)
        made.ask(commands.command_once(command=line))

    made.grow((
        Extra("failures", 1, failures), Extra("balancer", 3, balancer),
        health(draw.phrase("port", choices.PORTS)), Extra("migrate", 1, migrate), _BECOME,
        play_environment(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook for a rolling update of {app} on the Debian hosts of `{group}`",
        f"{app} on `{group}` (Debian) must be updated without an outage: write the playbook",
    )


@family("ansible", levels=(1, 2, 3, 4))
def guarded_upgrade(draw: Draw) -> Draft:
    """A risky command with a way back, and what happens in any case."""
    made = Playbook(draw)
    app = draw.choice("app", choices.APPS)
    tool = f"/opt/{app}/bin/{draw.choice('tool', ('upgrade', 'migrate', 'deploy', 'install'))}"
    version = draw.choice("version", choices.VERSIONS)
    line = f"{tool} --to {version}"
    back = f"{tool} --rollback"
    task: dict[str, Any] = {"name": f"Upgrade {app}", COMMAND: {"cmd": line}}
    block: dict[str, Any] = {
        "name": "Upgrade with a way back",
        "block": [task],
        "rescue": [{"name": "Go back", COMMAND: {"cmd": back}}],
    }
    made.sections["tasks"] = [block]
    made.ask(commands.command_runs(command=line), flow.failure_rescued(command=line, remedy=back))

    def report(made: Playbook) -> None:
        message = f"{app} could not be upgraded to {version}"
        block["rescue"].append({"name": "Report it", "ansible.builtin.fail": {"msg": message}})
        made.ask(flow.failure_reported(command=line, message=message))

    def cleanup(made: Playbook) -> None:
        tidy = f"/opt/{app}/bin/maintenance off"
        block["always"] = [{"name": "End the maintenance", COMMAND: {"cmd": tidy}}]
        made.ask(flow.always_cleaned(command=line, cleanup=tidy))

    def before(made: Playbook) -> None:
        first = f"/opt/{app}/bin/maintenance on"
        made.sections["tasks"].insert(0, {"name": "Begin", COMMAND: {"cmd": first}})
        made.ask(commands.command_before(first=first, second=line))

    def user(made: Playbook) -> None:
        task.update(become=True, become_user=draw.choice("user", choices.USERS))
        made.ask(commands.command_as(command=line, user=task["become_user"]))

    def background(made: Playbook) -> None:
        seconds, poll = (
            draw.choice("seconds", (600, 900, 1800, 3600)),
            draw.choice("poll", (5, 10, 15, 30)),
        )
        task.update({"async": seconds, "poll": poll})
        made.ask(commands.command_in_background(command=line, seconds=seconds, poll=poll))

    def variable(made: Playbook) -> None:
        name = draw.choice("variable", ("APP_ENV", "LOG_LEVEL", "UPGRADE_MODE", "JAVA_OPTS"))
        value = draw.choice("value", ("production", "strict", "debug", "quick", "-Xmx2g"))
        task["environment"] = {name: value}
        made.ask(commands.command_environment(command=line, name=name, value=value))

    made.grow((
        Extra("report", 1, report), Extra("cleanup", 1, cleanup), Extra("before", 1, before),
        Extra("user", 1, user), Extra("background", 1, background), Extra("variable", 1, variable),
        limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that upgrades {app} on `{made.group}` and recovers when that fails",
        f"Upgrade {app} on `{made.group}` with a way back: write the playbook",
    )


@family("ansible", levels=(1, 2, 3, 4))
def commands_on_hosts(draw: Draw) -> Draft:
    """Commands that run once, in the right place, as the right user."""
    made = Playbook(draw)
    app = draw.choice("app", choices.APPS)
    what = draw.choice("what", ("--init", "--seed", "--index", "--warm", "--schema"))
    line = f"/opt/{app}/bin/setup {what}"
    given: dict[str, Any] = {"cmd": line}
    task = made.task(f"Set {app} up", COMMAND, given)
    made.ask(commands.command_runs(command=line))

    def creates(made: Playbook) -> None:
        given["creates"] = (
            f"/var/lib/{app}/{draw.choice('mark', ('.done', 'initialised', 'index.db'))}"
        )
        made.ask(commands.command_creates(command=line, path=given["creates"]))

    def folder(made: Playbook) -> None:
        given["chdir"] = draw.choice("folder", choices.FOLDERS)
        made.ask(commands.command_in(command=line, folder=given["chdir"]))

    def user(made: Playbook) -> None:
        task.update(become=True, become_user=draw.choice("user", choices.USERS))
        made.ask(commands.command_as(command=line, user=task["become_user"]))

    def read(made: Playbook) -> None:
        second = f"/opt/{app}/bin/status --{draw.choice('form', ('json', 'short', 'verbose'))}"
        register = draw.choice("register", ("app_status", "status_result", "current_state"))
        made.task("Read the state", COMMAND, {"cmd": second}, register=register, changed_when=False)
        made.ask(commands.command_changes_nothing(command=second),
                 commands.command_registered(command=second, name=register))  # fmt: skip

    def tag(made: Playbook) -> None:
        task["tags"] = [draw.choice("tag", ("setup", "init", "bootstrap", "once", "data"))]
        made.ask(commands.command_tagged(command=line, tag=task["tags"][0]))

    def secret(made: Playbook) -> None:
        task["no_log"] = True
        made.ask(commands.command_not_logged(command=line))

    def here(made: Playbook) -> None:
        third = f"./notify.sh {app} {draw.choice('event', ('deployed', 'ready', 'updated'))}"
        made.task("Tell the team", COMMAND, {"cmd": third}, delegate_to="localhost", run_once=True)
        made.ask(commands.command_delegated(command=third, host="localhost"),
                 commands.command_once(command=third))  # fmt: skip

    made.grow((
        Extra("creates", 1, creates), Extra("folder", 1, folder), Extra("user", 1, user),
        Extra("read", 2, read), Extra("tag", 1, tag), Extra("secret", 1, secret),
        Extra("here", 2, here), limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that sets {app} up on `{made.group}` with its command line tools",
        f"{app} on `{made.group}` has to be set up by its own commands: write the playbook",
    )


@family("ansible", levels=(1, 2, 3))
def preflight_checks(draw: Draw) -> Draft:
    """What must hold before anything is done, and after it."""
    made = Playbook(draw)
    app = draw.choice("app", choices.APPS)
    made.task(f"Install {app}", "ansible.builtin.package", {"name": app, "state": "present"})
    made.ask(software.package_installed(package=app))
    name = draw.choice("demanded", ("release_version", "target_env", "app_secret", "db_host",
                                    "artifact_url", "cluster_name"))  # fmt: skip
    message = draw.choice("message", (f"{name} must be set", f"please define {name}",
                                      f"{name} is missing"))  # fmt: skip
    made.task(f"Demand {name}", "ansible.builtin.assert",
              {"that": [f"{name} is defined"], "fail_msg": message},
              section="pre_tasks")  # fmt: skip
    made.ask(flow.variable_demanded(name=name, message=message))

    def memory(made: Playbook) -> None:
        size = draw.choice("memory", (1024, 2048, 4096, 8192, 16384))
        words = draw.choice("memory message", ("not enough memory", "this host is too small"))
        made.task("Demand memory", "ansible.builtin.assert",
                  {"that": [f"ansible_facts['memtotal_mb'] >= {size}"], "fail_msg": words},
                  section="pre_tasks")  # fmt: skip
        made.ask(flow.memory_demanded(megabytes=size, message=words))

    made.grow((
        Extra("memory", 1, memory), health(draw.phrase("port", choices.PORTS)), _BECOME,
        play_environment(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that installs {app} on `{made.group}` after some checks",
        f"{app} goes to `{made.group}`, but only where the preconditions hold: write the playbook",
    )


@family("ansible", levels=(2, 3, 4), held_out=True)
def release_switch(draw: Draw) -> Draft:
    """Releases side by side; a link says which one counts."""
    made = Playbook(draw)
    root = draw.choice("root", choices.FOLDERS)
    repository = draw.choice("repository", choices.REPOSITORIES)
    version = draw.choice("version", choices.VERSIONS)
    release = f"{root}/releases/{version}"
    made.task("Make the folder of releases", "ansible.builtin.file",
              {"path": f"{root}/releases", "state": "directory"})  # fmt: skip
    made.task("Check out the release", "ansible.builtin.git",
              {"repo": repository, "dest": release, "version": version})  # fmt: skip
    made.task("Switch to it", "ansible.builtin.file",
              {"src": release, "path": f"{root}/current", "state": "link"})  # fmt: skip
    made.ask(
        files.folder_exists(path=f"{root}/releases"),
        software.git_checkout(repository=repository, folder=release),
        software.git_version(folder=release, version=version),
        files.link_exists(path=f"{root}/current", target=release),
    )

    def build(made: Playbook) -> None:
        line = draw.choice("build", ("make build", "npm ci --omit=dev", "bundle install --quiet",
                                     "composer install --no-dev"))  # fmt: skip
        task = command(made, line)
        task[COMMAND]["chdir"] = release
        made.sections["tasks"].insert(2, made.sections["tasks"].pop())
        made.ask(commands.command_in(command=line, folder=release))

    def stale(made: Playbook) -> None:
        path = f"{root}/releases/{draw.choice('stale', ('v0.9.0', 'v0.8.3', 'broken', 'tmp'))}"
        made.task(
            "Remove a stale release", "ansible.builtin.file", {"path": path, "state": "absent"}
        )
        made.ask(files.path_absent(path=path))

    made.grow((
        Extra("build", 2, build), Extra("stale", 1, stale),
        health(draw.phrase("port", choices.PORTS)), limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that releases version {version} under {root} on `{made.group}`",
        f"Switch `{made.group}` to the release {version} of the program in {root}: write the "
        "playbook",
    )
