"""Rules on single instructions: those that BuildKit refuses before it looks at the stages."""

from __future__ import annotations

import difflib
from functools import lru_cache

from iac_gym.check import Findings, rule
from iac_gym.languages.dockerfile import values
from iac_gym.languages.dockerfile.instruction import KEYWORDS, KNOWN, MOST_KEPT, STAGE_NAME
from iac_gym.languages.dockerfile.lexer import BadSubstitution
from iac_gym.languages.dockerfile.lines import heredoc_of
from iac_gym.languages.dockerfile.model import DockerfileModel
from iac_gym.languages.dockerfile.settings import health_of
from iac_gym.verdict import Stage

#: Flags by instruction: "text" once, "many" repeatable, "yes/no" with an optional value.
FLAGS: dict[str, dict[str, str]] = {
    "FROM": {"platform": "text"},
    "COPY": {
        "from": "text", "chown": "text", "chmod": "text", "link": "yes/no", "parents": "yes/no",
        "exclude": "many",
    },
    "ADD": {
        "chown": "text", "chmod": "text", "link": "yes/no", "keep-git-dir": "yes/no",
        "checksum": "text", "unpack": "yes/no", "exclude": "many",
    },
    "RUN": {"mount": "many", "network": "text", "security": "text", "device": "many"},
    "HEALTHCHECK": {
        "interval": "text", "timeout": "text", "start-period": "text", "start-interval": "text",
        "retries": "text",
    },
}  # fmt: skip
_NO_FLAGS: dict[str, str] = {}
#: Instructions that need at least so many arguments.
_LEAST = {
    "ADD": 2, "COPY": 2, "ARG": 1, "ENV": 1, "LABEL": 1, "EXPOSE": 1, "HEALTHCHECK": 1,
    "MAINTAINER": 1, "ONBUILD": 1, "SHELL": 1, "STOPSIGNAL": 1, "USER": 1, "VOLUME": 1,
    "WORKDIR": 1,
}  # fmt: skip


@rule(Stage.SCHEMA)
def known_instruction(model: DockerfileModel) -> Findings:
    """Every line begins with one of the instructions that Dockerfiles have.

    Source: https://docs.docker.com/reference/dockerfile/#overview

    Bad::

        FROM alpine:3.20
        RUNN echo hello

    Good::

        FROM alpine:3.20
        RUN echo hello
    """
    for keyword, found in model.by_keyword.items():
        if keyword in KNOWN:
            continue
        near = difflib.get_close_matches(keyword[:20], KEYWORDS, n=1, cutoff=0.6)
        hint = f"did you mean {near[0]}?" if near else ""
        for instruction in found:
            yield instruction.finding(f"`{keyword[:30]}` is no instruction", hint)


@rule(Stage.SCHEMA)
def argument_count(model: DockerfileModel) -> Findings:
    """Every instruction has as many arguments as it needs.

    Source: https://docs.docker.com/reference/dockerfile/

    Bad::

        FROM alpine:3.20
        COPY app.py

    Good::

        FROM alpine:3.20
        COPY app.py /srv/
    """
    for keyword, least in _LEAST.items():
        for instruction in model.by_keyword.get(keyword, ()):
            if len(instruction.args or instruction.pairs) < least:
                words = "one argument" if least == 1 else "a source and a destination"
                yield instruction.finding(f"{keyword} needs at least {words}")


@rule(Stage.SCHEMA)
def from_form(model: DockerfileModel) -> Findings:
    """FROM has an image, or an image, AS and a stage name that begins with a letter.

    Source: https://docs.docker.com/reference/dockerfile/#from

    Bad::

        FROM golang:1.22 build

    Good::

        FROM golang:1.22 AS build
    """
    for instruction in model.of("FROM"):
        args = instruction.args
        if len(args) == 3 and args[1].lower() == "as":
            if not STAGE_NAME.fullmatch(args[2].lower()):
                yield instruction.finding(
                    f"`{args[2][:40]}` is no stage name",
                    "it begins with a letter and holds letters, digits, `-`, `_` and `.`",
                )
        elif len(args) != 1:
            yield instruction.finding(
                f"FROM has {len(args)} arguments", "write FROM image, or FROM image AS name"
            )


def _flag_problem(flag: str, allowed: dict[str, str], seen: set[str]) -> str:
    name, equals, value = flag[2:].partition("=")
    kind = allowed.get(name)
    if kind is None:
        return f"`--{name[:30]}` is no flag of it"
    if name in seen and kind != "many":
        return f"`--{name}` is given twice"
    seen.add(name)
    if kind == "yes/no":
        if (equals and not value) or value.lower() not in ("", "true", "false"):
            return f"`--{name}` is true or false, and not `{value[:20]}`"
    elif not equals:
        return f"`--{name}` has no value"
    return ""


def _flag_problems(keyword: str, flags: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return (message, hint) for every flag that is wrong."""
    allowed, seen = FLAGS.get(keyword, _NO_FLAGS), set[str]()
    found = []
    for flag in flags:
        if problem := _flag_problem(flag, allowed, seen):
            near = difflib.get_close_matches(flag[2:30].partition("=")[0], allowed, n=1)
            found.append((problem, f"did you mean --{near[0]}?" if near else ""))
    return tuple(found)


_kept_flags = lru_cache(maxsize=2048)(_flag_problems)


@rule(Stage.SCHEMA)
def known_flag(model: DockerfileModel) -> Findings:
    """Flags exist for their instruction, have a value where they need one, and occur once.

    Source: https://docs.docker.com/reference/dockerfile/

    Bad::

        FROM alpine:3.20
        COPY --owner=app app /srv/app

    Good::

        FROM alpine:3.20
        COPY --chown=app app /srv/app
    """
    for instruction in model.flagged:
        keyword = instruction.keyword
        if keyword in ("ARG", "STOPSIGNAL") or keyword not in KNOWN:
            continue
        if keyword == "HEALTHCHECK" and instruction.args[:1] in (("NONE",), ("none",)):
            continue
        read = _kept_flags if len(instruction.text) <= MOST_KEPT else _flag_problems
        for problem, hint in read(keyword, instruction.flags):
            yield instruction.finding(f"{keyword}: {problem}", hint)


@rule(Stage.SCHEMA)
def healthcheck_form(model: DockerfileModel) -> Findings:
    """HEALTHCHECK is NONE, or CMD with a command, durations and a number of retries.

    Source: https://docs.docker.com/reference/dockerfile/#healthcheck

    Bad::

        FROM nginx:1.27
        HEALTHCHECK --interval=30 CMD curl -f http://localhost/

    Good::

        FROM nginx:1.27
        HEALTHCHECK --interval=30s CMD curl -f http://localhost/
    """
    for instruction in model.of("HEALTHCHECK"):
        if instruction.args:
            try:
                health_of(instruction)
            except ValueError as error:
                yield instruction.finding(str(error))


@rule(Stage.SCHEMA)
def onbuild_trigger(model: DockerfileModel) -> Findings:
    """ONBUILD takes any instruction but FROM, MAINTAINER and ONBUILD.

    Source: https://docs.docker.com/reference/dockerfile/#onbuild-limitations

    Bad::

        FROM node:22
        ONBUILD ONBUILD COPY . /app/

    Good::

        FROM node:22
        ONBUILD COPY . /app/
    """
    for instruction in model.of("ONBUILD"):
        if instruction.inner and instruction.inner.keyword in ("ONBUILD", "FROM", "MAINTAINER"):
            yield instruction.finding(f"{instruction.inner.keyword} cannot follow ONBUILD")


@rule(Stage.SCHEMA)
def shell_is_a_list(model: DockerfileModel) -> Findings:
    """SHELL is a JSON array.

    Source: https://docs.docker.com/reference/dockerfile/#shell

    Bad::

        FROM debian:12
        SHELL /bin/bash -c

    Good::

        FROM debian:12
        SHELL ["/bin/bash", "-c"]
    """
    for instruction in model.of("SHELL"):
        if instruction.args and not instruction.json:
            yield instruction.finding("SHELL must be a JSON array", 'write ["/bin/bash", "-c"]')


@rule(Stage.SCHEMA)
def blank_name(model: DockerfileModel) -> Findings:
    """ENV, LABEL and ARG have names that are not empty.

    Source: https://docs.docker.com/reference/dockerfile/#env

    Bad::

        FROM alpine:3.20
        ENV =production

    Good::

        FROM alpine:3.20
        ENV MODE=production
    """
    for keyword in ("ENV", "LABEL"):
        for instruction in model.of(keyword):
            for name, _ in instruction.pairs:
                if not name:
                    yield instruction.finding(f"{keyword} has an empty name")
                    break
    for instruction in model.of("ARG"):
        if any(word.startswith("=") for word in instruction.args):
            yield instruction.finding("ARG has an empty name")


@rule(Stage.SCHEMA)
def volume_path(model: DockerfileModel) -> Findings:
    """VOLUME names paths that are not empty.

    Source: https://docs.docker.com/reference/dockerfile/#volume

    Bad::

        FROM alpine:3.20
        VOLUME [""]

    Good::

        FROM alpine:3.20
        VOLUME ["/data"]
    """
    for instruction in model.of("VOLUME"):
        if not all(word.strip() for word in instruction.args):
            yield instruction.finding("a volume has an empty path")
    yield from model.faults.get("volume-path", ())


@rule(Stage.SCHEMA)
def heredoc_destination(model: DockerfileModel) -> Findings:
    """COPY and ADD write to a path, never to a heredoc.

    Source: https://docs.docker.com/reference/dockerfile/#here-documents

    Bad::

        FROM alpine:3.20
        COPY app.conf <<EOF
        EOF

    Good::

        FROM alpine:3.20
        COPY <<EOF /etc/app.conf
        mode=fast
        EOF
    """
    for instruction in (*model.of("COPY"), *model.of("ADD")):
        if not instruction.heredocs:
            continue
        if instruction.args and "<<" in instruction.args[-1]:
            try:
                opened = heredoc_of(instruction.args[-1])
            except BadSubstitution:
                continue
            if opened:
                yield instruction.finding(f"{instruction.keyword} cannot write to a heredoc")


def _run_problems(flags: tuple[str, ...]) -> list[str]:
    problems: list[str] = []
    for flag in flags:
        name, _, value = flag.partition("=")
        if name == "--mount" and value:
            try:
                mount = values.mount(value)
            except ValueError as error:
                problems.append(str(error))
                continue
            if "$" in mount.source_stage[:-1]:
                problems.append("`from` of a mount cannot use variables")
        elif name == "--network" and value not in ("default", "none", "host"):
            problems.append(f"`{value[:20]}` is no network; allowed: default, none, host")
        elif name == "--security" and value not in ("insecure", "sandbox"):
            problems.append(f"`{value[:20]}` is no security mode; allowed: insecure, sandbox")
    return problems


@rule(Stage.SCHEMA)
def run_options(model: DockerfileModel) -> Findings:
    """The values of RUN's --mount, --network and --security are ones that exist.

    Source: https://docs.docker.com/reference/dockerfile/#run---mount

    Bad::

        FROM golang:1.22
        RUN --mount=type=cached,target=/root/.cache go version

    Good::

        FROM golang:1.22
        RUN --mount=type=cache,target=/root/.cache go version
    """
    for instruction in model.flagged:
        if instruction.keyword == "RUN":
            for problem in _run_problems(instruction.flags):
                yield instruction.finding(problem)
    yield from model.faults.get("run-options", ())
