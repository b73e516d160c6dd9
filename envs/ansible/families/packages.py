"""Families about software on hosts: packages, repositories, releases from files and from Git."""

from __future__ import annotations

from envs.ansible import choices
from envs.ansible.families.parts import (
    cache_refresh,
    file_mode,
    limits_of_play,
    package_tag,
    play_environment,
    removed,
)
from envs.ansible.families.playbook_recipe import Extra, Playbook
from envs.ansible.requirements import attributes, commands, files, flow, software
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.words import FIRST


@family("ansible", levels=(1, 2, 3, 4))
def package_baseline(draw: Draw) -> Draft:
    """The packages that every host of a group has, and those that none may have."""
    made = Playbook(draw)
    wanted = draw.sample("packages", choices.PACKAGES, draw.integer("count", 2, 4))
    made.task("Install the base packages", "ansible.builtin.apt",
              {"name": list(wanted), "state": "present"})  # fmt: skip
    for package in wanted:
        made.ask(software.package_installed(package=package))
    made.grow((
        removed(), Extra("become", 1, lambda made: made.become()), cache_refresh(),
        package_tag(wanted[0]), play_environment(), limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that puts the base packages on the Debian hosts of `{made.group}`",
        f"Our Debian hosts in `{made.group}` need a package baseline: write the playbook",
    )


@family("ansible", levels=(2, 3, 4))
def pinned_packages(draw: Draw) -> Draft:
    """Packages in exact versions, others always in the newest one."""
    made = Playbook(draw)
    package = draw.choice("pinned", ("nginx", "redis-server", "haproxy", "docker-ce", "grafana",
                                     "telegraf", "consul", "vault", "nomad"))  # fmt: skip
    version = draw.choice("version", ("1.24.0-2", "7.0.15-1", "2.8.5-1", "10.4.2", "1.30.3-1",
                                      "1.17.1-1", "5.27.1"))  # fmt: skip
    made.task("Install the pinned version", "ansible.builtin.apt",
              {"name": f"{package}={version}", "state": "present"})  # fmt: skip
    made.ask(software.package_version(package=package, version=version))
    newest = draw.choice(
        "newest", ("ca-certificates", "openssl", "tzdata", "sudo", "openssh-server")
    )
    made.task("Keep it up to date", "ansible.builtin.apt", {"name": newest, "state": "latest"})
    made.ask(software.package_latest(package=newest))

    def hold(made: Playbook) -> None:
        command = f"apt-mark hold {package}"
        made.task("Hold the version back", "ansible.builtin.command", command, changed_when=False)
        made.ask(commands.command_runs(command=command),
                 commands.command_changes_nothing(command=command))  # fmt: skip

    made.grow((
        Extra("become", 1, lambda made: made.become()), cache_refresh(), Extra("hold", 2, hold),
        removed(), limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook for the Debian hosts of `{made.group}` that pins one package and keeps "
        "another up to date",
        f"On `{made.group}` (Debian) one package must stay at its version: write a playbook",
    )


@family("ansible", levels=(2, 3, 4))
def apt_vendor_repository(draw: Draw) -> Draft:
    """Packages from a vendor's repository, with its key."""
    made = Playbook(draw)
    vendor = draw.choice("vendor", FIRST)
    uri = f"https://packages.{vendor}.example.com/debian"
    suite = draw.choice("suite", ("bookworm", "bullseye", "stable", "trixie", "noble"))
    component = draw.choice("component", ("main", "contrib", "stable", "edge"))
    key = f"/etc/apt/keyrings/{vendor}.asc"
    url = f"https://packages.{vendor}.example.com/gpg.key"
    made.task("Fetch the key", "ansible.builtin.get_url", {"url": url, "dest": key, "mode": "0644"})
    made.task("Add the repository", "ansible.builtin.apt_repository", {
        "repo": f"deb [signed-by={key}] {uri} {suite} {component}", "state": "present",
        "filename": vendor,
    })  # fmt: skip
    package = f"{vendor}-{draw.choice('package', ('agent', 'server', 'cli', 'exporter', 'runner'))}"
    made.task("Install the package", "ansible.builtin.apt",
              {"name": package, "state": "present", "update_cache": True})  # fmt: skip
    made.ask(
        software.downloaded(url=url, path=key),
        software.apt_repository(uri=uri, suite=suite, component=component),
        software.package_installed(package=package),
    )

    made.grow((
        Extra("become", 1, lambda made: made.become()), removed(), package_tag(package),
        limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that installs a vendor's package from its own APT repository on "
        f"`{made.group}`",
        f"The hosts of `{made.group}` get a package from a third-party APT repository; write the "
        "playbook",
    )


@family("ansible", levels=(2, 3, 4))
def yum_vendor_repository(draw: Draw) -> Draft:
    """A YUM repository and packages out of it."""
    made = Playbook(draw)
    name = draw.choice("name", FIRST)
    url = f"https://rpm.{name}.example.com/el9/"
    made.task("Add the repository", "ansible.builtin.yum_repository", {
        "name": name, "description": f"Packages of {name}", "baseurl": url, "gpgcheck": True,
        "gpgkey": f"https://rpm.{name}.example.com/RPM-GPG-KEY", "enabled": True,
    })  # fmt: skip
    package = f"{name}-{draw.choice('package', ('agent', 'server', 'cli', 'exporter', 'tools'))}"
    made.task("Install the package", "ansible.builtin.dnf", {"name": package, "state": "present"})
    made.ask(
        software.yum_repository(name=name, url=url), software.package_installed(package=package)
    )
    made.grow((
        Extra("become", 1, lambda made: made.become()), removed("ansible.builtin.dnf"),
        package_tag(package), play_environment(), limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that adds a YUM repository on the Rocky Linux hosts of `{made.group}` "
        "and installs a package from it",
        f"The Red Hat family hosts in `{made.group}` need an extra YUM repository: write a "
        "playbook",
    )


@family("ansible", levels=(1, 2, 3, 4))
def release_binary(draw: Draw) -> Draft:
    """A released program that is downloaded, checked and unpacked."""
    made = Playbook(draw)
    name = draw.choice("program", FIRST)
    version = draw.choice("version", ("1.4.2", "2.0.1", "2.3.0", "3.1.4", "0.9.8", "4.0.0"))
    url = f"https://releases.example.com/{name}/{name}-{version}.tar.gz"
    path = f"/tmp/{name}-{version}.tar.gz"
    folder = f"/opt/{name}"
    get = made.task("Download the release", "ansible.builtin.get_url",
                    {"url": url, "dest": path, "mode": "0644"})  # fmt: skip
    made.task("Make the folder", "ansible.builtin.file",
              {"path": folder, "state": "directory", "mode": "0755"})  # fmt: skip
    unpack = made.task("Unpack the release", "ansible.builtin.unarchive",
                       {"src": path, "dest": folder, "remote_src": True})  # fmt: skip
    made.ask(software.downloaded(url=url, path=path), software.unpacked(source=path, folder=folder))

    def check(made: Playbook) -> None:
        digest = f"{_number(version):02x}{_number(name):02x}" * 16
        get["ansible.builtin.get_url"]["checksum"] = f"sha256:{digest}"
        made.ask(software.download_checked(url=url, sum=digest))

    def once(made: Playbook) -> None:
        there = f"{folder}/bin/{name}"
        unpack["ansible.builtin.unarchive"]["creates"] = there
        made.ask(software.unpacked_once(folder=folder, path=there))

    def link(made: Playbook) -> None:
        there = f"/usr/local/bin/{name}"
        made.task("Link the program", "ansible.builtin.file",
                  {"src": f"{folder}/bin/{name}", "path": there, "state": "link"})  # fmt: skip
        made.ask(files.link_exists(path=there, target=f"{folder}/bin/{name}"))

    def tidy(made: Playbook) -> None:
        made.task("Remove the archive", "ansible.builtin.file", {"path": path, "state": "absent"})
        made.ask(files.path_absent(path=path))

    made.grow((
        Extra("checksum", 1, check), Extra("creates", 1, once),
        Extra("link", 1, link),
        Extra("become", 1, lambda made: made.become()), file_mode(folder, get), Extra("tidy", 1,
                                                                                      tidy),
        limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that installs {name} {version} from its release archive on "
        f"`{made.group}`",
        f"Roll out version {version} of {name} to `{made.group}` from the released archive",
    )


def _number(word: str) -> int:
    """Return a number of a word, the same on every machine."""
    return sum(map(ord, word)) % 256


@family("ansible", levels=(2, 3, 4, 5))
def python_application(draw: Draw) -> Draft:
    """A Python program from Git in a virtual environment of its own."""
    made = Playbook(draw)
    repository = draw.choice("repository", choices.REPOSITORIES)
    folder = draw.choice("folder", choices.FOLDERS)
    version = draw.choice("version", choices.VERSIONS)
    venv = f"{folder}/venv"
    made.task("Check out the code", "ansible.builtin.git",
              {"repo": repository, "dest": f"{folder}/src", "version": version})  # fmt: skip
    made.task("Install the requirements", "ansible.builtin.pip", {
        "requirements": f"{folder}/src/requirements.txt", "virtualenv": venv,
        "virtualenv_command": "python3 -m venv",
    })  # fmt: skip
    made.ask(
        software.git_checkout(repository=repository, folder=f"{folder}/src"),
        software.git_version(folder=f"{folder}/src", version=version),
        software.pip_requirements(path=f"{folder}/src/requirements.txt", venv=venv),
    )

    def server(made: Playbook) -> None:
        package = draw.choice("server", ("gunicorn==22.0.0", "uvicorn==0.30.6", "waitress==3.0.0",
                                         "hypercorn==0.17.3"))  # fmt: skip
        made.task("Install the server", "ansible.builtin.pip",
                  {"name": package, "virtualenv": venv})  # fmt: skip
        made.ask(software.pip_package(package=package, venv=venv))

    def migrate(made: Playbook) -> None:
        command = f"{venv}/bin/python manage.py migrate --noinput"
        task = made.task("Migrate the database", "ansible.builtin.command",
                         {"cmd": command, "chdir": f"{folder}/src"})  # fmt: skip
        made.ask(commands.command_runs(command=command),
                 commands.command_in(command=command, folder=f"{folder}/src"))  # fmt: skip
        if draw.chance("migrate once", 0.6):
            task["run_once"] = True
            made.ask(commands.command_once(command=command))
        if draw.chance("migrate as", 0.4):
            user = draw.choice("migrator", choices.USERS)
            task |= {"become": True, "become_user": user}
            made.ask(commands.command_as(command=command, user=user))

    def own(made: Playbook) -> None:
        user = draw.choice("owner", choices.USERS)
        made.task("Give the folder to its user", "ansible.builtin.file",
                  {"path": folder, "state": "directory", "owner": user,
                   "recurse": True})  # fmt: skip
        made.ask(files.folder_exists(path=folder), attributes.owner_is(path=folder, owner=user))

    made.grow((
        Extra("server", 1, server), Extra("migrate", 3, migrate), Extra("owner", 2, own),
        play_environment(), limits_of_play(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook that deploys a Python application to `{made.group}`",
        f"The hosts of `{made.group}` run a Python service from Git: write its deployment playbook",
    )


@family("ansible", levels=(2, 3, 4))
def packages_by_family(draw: Draw) -> Draft:
    """Packages whose names differ between families of operating systems."""
    made = Playbook(draw)
    pairs = draw.choice("software", (
        ("apache2", "httpd"), ("ssl-cert", "mod_ssl"), ("libssl-dev", "openssl-devel"),
        ("python3-dev", "python3-devel"), ("dnsutils", "bind-utils"), ("ufw", "firewalld"),
        ("build-essential", "gcc-c++"), ("libpq-dev", "libpq-devel"), ("netcat-openbsd",
                                                                       "nmap-ncat"),
        ("vim", "vim-enhanced"), ("cron", "cronie"), ("iproute2", "iproute"),
    ))  # fmt: skip
    modules = {"Debian": "ansible.builtin.apt", "RedHat": "ansible.builtin.dnf"}
    for system, package in zip(modules, pairs, strict=True):
        made.task(f"Install it on {system}", modules[system], {"name": package, "state": "present"},
                  when=f"ansible_facts['os_family'] == '{system}'")  # fmt: skip
        made.ask(flow.package_on_family(family=system, package=package))

    def everywhere(made: Playbook) -> None:
        package = draw.choice("everywhere", ("curl", "git", "rsync", "tmux", "jq", "unzip"))
        made.task("Install what has one name", "ansible.builtin.package",
                  {"name": package, "state": "present"})  # fmt: skip
        made.ask(software.package_installed(package=package))

    made.grow((
        Extra("everywhere", 1, everywhere), Extra("become", 1, lambda made: made.become()),
        removed("ansible.builtin.package"), limits_of_play(facts=False), play_environment(),
    ))  # fmt: skip
    return made.draft(
        f"Write a playbook for the mixed hosts (Debian and Red Hat families) of `{made.group}`",
        f"`{made.group}` has Debian and Red Hat family hosts; write one playbook for both",
    )
