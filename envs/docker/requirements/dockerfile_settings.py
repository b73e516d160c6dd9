"""Requirements about the settings of the final image: user, ports, environment, labels, ..."""

from __future__ import annotations

from collections.abc import Iterator

from envs.docker.requirements.dockerfile_find import (
    find_stage,
    missing,
    no_stage,
    place_of,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.dockerfile.model import DockerfileModel, Stage
from iac_gym.languages.dockerfile.packages import created_users


@requirement(
    "`{path}` as the working directory",
    "the working directory `{path}` in the final image",
    "containers starting in the folder `{path}`",
)
def workdir(model: DockerfileModel, path: str) -> Findings:
    """The WORKDIR at the end of the final stage."""
    final = model.final
    given = final.config.workdir if final else ""
    if final is None or given != path:
        at = place_of(final, "workdir") if final else None
        message = f"the working directory is `{given or 'that of the base image'}`, not `{path}`"
        return (at.finding(message) if at else missing(model, message),)
    return ()


def _same_user(given: str, asked: str, stage: Stage) -> bool:
    name = given.partition(":")[0]
    if name == asked:
        return True
    return name.isdecimal() and any((asked, name) in created_users(run) for run in stage.runs)


@requirement(
    "containers that run as the user `{name}`",
    "the final image running as `{name}`",
    "`{name}` as the user of the final image",
)
def run_as(model: DockerfileModel, name: str) -> Findings:
    """The USER at the end of the final stage, by name or by the uid it was created with."""
    final = model.final
    if final is None or not _same_user(final.config.user, name, final):
        given = (final.config.user if final else "") or "the base image's user"
        message = f"the final image runs as {given[:40]}, asked for `{name}`"
        at = place_of(final, "user") if final else None
        return (at.finding(message) if at else missing(model, message),)
    return ()


@requirement(
    "a user `{name}` with the uid {uid} created in the final image",
    "the final image gets a user called `{name}`, uid {uid}",
)
def user_created(model: DockerfileModel, name: str, uid: int) -> Findings:
    """useradd or adduser in a RUN of the final image."""
    final = model.final
    runs = final.runs if final else ()
    given = [uid for run in runs for user, uid in created_users(run) if user == name]
    if not given:
        return (missing(model, f"no user `{name}` is created"),)
    elif str(uid) not in given:
        said = f"the uid {given[-1]}" if given[-1] else "no uid of its own"
        return (missing(model, f"the user `{name}` has {said}, asked for {uid}"),)
    return ()


@requirement(
    "port {port} exposed",
    "an exposed TCP port {port}",
    "the final image exposing port {port}",
)
def port_exposed(model: DockerfileModel, port: int) -> Findings:
    """EXPOSE of a TCP port in the final image."""
    final = model.final
    if final is None or not final.config.exposes(port):
        at = place_of(final, "ports") if final else None
        message = f"port {port} is not exposed"
        return (at.finding(message) if at else missing(model, message),)
    return ()


@requirement("UDP port {port} exposed", "an exposed port {port}/udp")
def udp_port_exposed(model: DockerfileModel, port: int) -> Findings:
    """EXPOSE of a UDP port in the final image."""
    final = model.final
    if final is None or not final.config.exposes(port, "udp"):
        yield missing(model, f"the UDP port {port} is not exposed")


@requirement(
    "the environment variable `{name}` set to `{value}`",
    "`{name}={value}` in the environment of the final image",
    "environment variable `{name}` with the value `{value}`",
)
def environment(model: DockerfileModel, name: str, value: str) -> Findings:
    """ENV of the final image, expanded."""
    final = model.final
    given = final.config.env.get(name) if final else None
    if final is None or given is None:
        return (missing(model, f"the environment variable `{name}` is not set"),)
    elif given != value:
        at = final.config.env_places.get(name, final.source)
        return (at.finding(f"`{name}` is `{given[:60]}`, asked for `{value}`"),)
    return ()


@requirement(
    "`{name}` set to `{value}` by ENV in the stage `{stage}`",
    "in the stage `{stage}`, the environment variable `{name}` is `{value}`",
)
def stage_environment(model: DockerfileModel, stage: str, name: str, value: str) -> Findings:
    """ENV of a named stage, expanded."""
    found = find_stage(model, stage)
    given = found.config.env.get(name) if found else None
    if found is None:
        yield no_stage(model, stage)
    elif given != value:
        said = f"is `{given[:60]}`" if given is not None else "is not set"
        at = found.config.env_places.get(name, found.source)
        yield at.finding(f"`{name}` {said} in the stage `{stage}`, asked for `{value}`")


def _declared(model: DockerfileModel) -> Iterator[tuple[str, str]]:
    for instruction in model.instructions:
        if instruction.keyword == "FROM":
            break
        if instruction.keyword == "ARG":
            for word in instruction.args:
                name, equals, value = word.partition("=")
                if equals:
                    yield name, value.strip("\"'")
    for stage in model.reachable:
        for name, known in stage.config.args.items():
            if known is not None:
                yield name, known


@requirement(
    "a build argument `{name}` with the default `{default}`",
    "`{name}` as a build argument, `{default}` unless set",
)
def build_argument(model: DockerfileModel, name: str, default: str) -> Findings:
    """ARG with a default, before the first FROM or in a stage that the final image needs."""
    given = [value for known, value in _declared(model) if known == name]
    if not given:
        yield missing(model, f"there is no build argument `{name}` with a default")
    elif default not in given:
        yield missing(model, f"`{name}` defaults to `{given[-1][:60]}`, asked for `{default}`")


@requirement(
    "the label `{name}` with the value `{value}`",
    "a label `{name}={value}`",
)
def labelled(model: DockerfileModel, name: str, value: str) -> Findings:
    """LABEL of the final image, expanded."""
    final = model.final
    given = final.config.labels.get(name) if final else None
    if final is None or given is None:
        return (missing(model, f"the label `{name}` is not set"),)
    elif given != value:
        at = final.config.label_places.get(name, final.source)
        return (at.finding(f"the label `{name}` is `{given[:60]}`, asked for `{value}`"),)
    return ()


@requirement(
    "a volume at `{path}`",
    "`{path}` declared as a volume",
)
def volume(model: DockerfileModel, path: str) -> Findings:
    """VOLUME of the final image."""
    final = model.final
    if final is None or path not in final.config.volumes:
        return (missing(model, f"`{path}` is not declared as a volume"),)
    return ()


@requirement(
    "{signal} as the stop signal",
    "containers stopped with {signal}",
)
def stopped_with(model: DockerfileModel, signal: str) -> Findings:
    """STOPSIGNAL of the final image, by name or number."""
    final = model.final
    given = final.config.stop_signal if final else ""
    if final is None or _signal(given) != _signal(signal):
        at = place_of(final, "stopsignal") if final else None
        message = f"the stop signal is {given or 'the default'}, asked for {signal}"
        yield at.finding(message) if at else missing(model, message)


_NUMBERS = {"1": "HUP", "2": "INT", "3": "QUIT", "9": "KILL", "10": "USR1", "12": "USR2",
            "15": "TERM", "28": "WINCH"}  # fmt: skip


def _signal(text: str) -> str:
    name = text.upper().removeprefix("SIG")
    return _NUMBERS.get(name, name)
