"""Security and good practice of the commands in RUN. Reported, and scored only where asked."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.formats.shell import SHELLS, Command, Script
from iac_gym.formats.shell_commands import arguments_of, has_option, manager_of
from iac_gym.languages.dockerfile.model import DockerfileModel, Run
from iac_gym.verdict import Finding, Stage


def _at(run: Run, command: Command, message: str, hint: str = "") -> Finding:
    line = run.line_at(command.offset)
    return Finding(message, "", line, run.instruction.column, hint)


@rule(Stage.SECURITY)
def piped_to_a_shell(model: DockerfileModel) -> Findings:
    """A downloaded script is looked at or checked before a shell runs it.

    Source: https://docs.docker.com/build/building/best-practices/#using-pipes

    Bad::

        FROM debian:12
        RUN curl -fsSL https://example.com/install.sh | sh

    Good::

        FROM debian:12
        COPY install.sh /tmp/
        RUN sh /tmp/install.sh
    """
    for run in model.runs:
        fetched: set[int] = set()
        for command in run.commands:
            if command.program in ("curl", "wget"):
                fetched.add(command.pipe)
            elif command.pipe in fetched and command.program in (*SHELLS, "python", "python3"):
                yield _at(run, command, f"{command.program} runs what was just downloaded")


@rule(Stage.SECURITY)
def sudo_in_build(model: DockerfileModel) -> Findings:
    """RUN does not use sudo: it runs as root, or as the user that USER names.

    Source: https://docs.docker.com/build/building/best-practices/#user

    Bad::

        FROM debian:12
        RUN sudo apt-get update

    Good::

        FROM debian:12
        RUN apt-get update
    """
    for run, command in model.commands:
        if command.wrapper == "sudo":
            yield _at(run, command, "sudo is used in a build")


@rule(Stage.SECURITY)
def unattended_install(model: DockerfileModel) -> Findings:
    """apt-get install has -y: nobody can answer its question in a build.

    Source: https://docs.docker.com/build/building/best-practices/#apt-get

    Bad::

        FROM debian:12
        RUN apt-get update && apt-get install curl

    Good::

        FROM debian:12
        RUN apt-get update && apt-get install -y curl
    """
    for run, command in model.commands:
        if manager_of(command) in ("apt", "yum"):
            plain, options = arguments_of(command)
            quiet = has_option(options, "y", "--yes", "--assume-yes", "--assumeyes", "-qq")
            if plain[:1] == ["install"] and not quiet:
                yield _at(run, command, f"{command.program} install waits for an answer", "add -y")


@rule(Stage.SECURITY)
def recommended_packages(model: DockerfileModel) -> Findings:
    """apt-get install has --no-install-recommends, so that the image stays small.

    Source: https://docs.docker.com/build/building/best-practices/#dont-install-unnecessary-packages

    Bad::

        FROM debian:12
        RUN apt-get update && apt-get install -y curl

    Good::

        FROM debian:12
        RUN apt-get update && apt-get install -y --no-install-recommends curl
    """
    for run, command in model.commands:
        if command.program in ("apt-get", "apt"):
            plain, options = arguments_of(command)
            if plain[:1] == ["install"] and not keeps_small(options):
                yield _at(run, command, "recommended packages are installed too")


def keeps_small(options: list[str]) -> bool:
    """Whether the options of apt-get leave recommended packages out."""
    joined = " ".join(options).lower()
    return "--no-install-recommends" in options or any(
        f"apt::install-recommends={value}" in joined for value in ("0", "false", "no")
    )


def cleans_apt(run: Run) -> bool:
    """Whether the package lists are removed after the last installation, in the same RUN."""
    if any(mount.target.rstrip("/").startswith("/var/lib/apt") for mount in run.mounts):
        return True
    script = run.parsed
    if script.cleans_apt is None:
        script.cleans_apt = _cleans_apt(script)
    return script.cleans_apt


def _cleans_apt(script: Script) -> bool:
    clean = False
    for command in script.certain:
        if manager_of(command) == "apt":
            plain, _ = arguments_of(command)
            if plain[:1] in (["update"], ["install"]):
                clean = False
        elif command.program == "rm" and has_option(list(command.words[1:]), "r", "--recursive"):
            clean = clean or any(
                word.rstrip("*").rstrip("/") in ("/var/lib/apt/lists", "/var/lib/apt", "/var/lib")
                for word in command.words[1:]
            )
    return clean


@rule(Stage.SECURITY)
def package_lists_removed(model: DockerfileModel) -> Findings:
    """The RUN that installs with apt-get also removes /var/lib/apt/lists.

    Source: https://docs.docker.com/build/building/best-practices/#apt-get

    Bad::

        FROM debian:12
        RUN apt-get update && apt-get install -y --no-install-recommends curl

    Good::

        FROM debian:12
        RUN apt-get update && apt-get install -y --no-install-recommends curl \\
            && rm -rf /var/lib/apt/lists/*
    """
    for run in model.runs:
        for command in run.commands:
            if manager_of(command) == "apt" and arguments_of(command)[0][:1] == ["install"]:
                if not cleans_apt(run):
                    yield _at(run, command, "the package lists stay in the layer")
                break


@rule(Stage.SECURITY)
def system_upgrade(model: DockerfileModel) -> Findings:
    """A build does not upgrade the whole system: take a newer base image.

    Source: https://docs.docker.com/build/building/best-practices/#rebuild-your-images-often

    Bad::

        FROM debian:12
        RUN apt-get update && apt-get dist-upgrade -y

    Good::

        FROM debian:12
        RUN apt-get update
    """
    for run, command in model.commands:
        if manager_of(command) == "apt":
            plain, _ = arguments_of(command)
            if plain[:1] in (["dist-upgrade"], ["full-upgrade"]):
                yield _at(run, command, "the whole system is upgraded")


@rule(Stage.SECURITY)
def apk_cache(model: DockerfileModel) -> Findings:
    """apk add has --no-cache, or a cache mount.

    Source: https://docs.docker.com/build/building/best-practices/#minimize-the-number-of-layers

    Bad::

        FROM alpine:3.20
        RUN apk add curl

    Good::

        FROM alpine:3.20
        RUN apk add --no-cache curl
    """
    for run, command in model.commands:
        if manager_of(command) == "apk" and not run.mounts:
            plain, options = arguments_of(command)
            if plain[:1] == ["add"] and not has_option(options, "", "--no-cache"):
                yield _at(run, command, "the package index stays in the layer", "add --no-cache")


@rule(Stage.SECURITY)
def pip_cache(model: DockerfileModel) -> Findings:
    """pip install has --no-cache-dir, PIP_NO_CACHE_DIR, or a cache mount.

    Source: https://pip.pypa.io/en/stable/topics/caching/#disabling-caching

    Bad::

        FROM python:3.12
        RUN pip install flask

    Good::

        FROM python:3.12
        RUN pip install --no-cache-dir flask
    """
    for run, command in model.commands:
        if manager_of(command) == "pip" and not run.mounts:
            plain, options = arguments_of(command)
            bare = not has_option(options, "", "--no-cache-dir")
            if plain[:1] == ["install"] and bare and "PIP_NO_CACHE_DIR" not in run.variables:
                yield _at(run, command, "pip's cache stays in the layer", "add --no-cache-dir")


@rule(Stage.SECURITY)
def world_writable(model: DockerfileModel) -> Findings:
    """Files are not made writable for everybody.

    Source: https://docs.docker.com/build/building/best-practices/#user

    Bad::

        FROM debian:12
        RUN chmod -R 777 /srv

    Good::

        FROM debian:12
        RUN chmod -R 755 /srv
    """
    for run, command in model.commands:
        if command.program == "chmod":
            modes = {word.lstrip("0") for word in command.words[1:]}
            if modes & {"777", "666", "a+w", "a+rw", "a+rwx", "o+w", "ugo+rwx"}:
                yield _at(run, command, "chmod lets everybody write")


@rule(Stage.SECURITY)
def folder_by_workdir(model: DockerfileModel) -> Findings:
    """WORKDIR changes the folder: a `cd` alone in RUN is forgotten by the next instruction.

    Source: https://docs.docker.com/build/building/best-practices/#workdir

    Bad::

        FROM debian:12
        RUN cd /srv

    Good::

        FROM debian:12
        WORKDIR /srv
    """
    for run in model.runs:
        commands = run.commands
        if commands and all(command.program == "cd" for command in commands):
            yield _at(run, commands[0], "the folder is forgotten after this RUN")
