"""Requirements about Dockerfiles: each wording with the check that looks for it.

Everything is looked for in the final image, with what it inherits from the stages it is built on,
or in a named stage that the final image needs. Commands count only where they certainly run.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from fnmatch import fnmatchcase

from iac_gym.check import Findings, requirement
from iac_gym.languages.dockerfile import values
from iac_gym.languages.dockerfile.lines import Instruction
from iac_gym.languages.dockerfile.model import Copy, DockerfileModel, Line, Run, Stage
from iac_gym.languages.dockerfile.packages import installs, package_name
from iac_gym.languages.dockerfile.resolve import absolute
from iac_gym.languages.dockerfile.rules.practice_run import cleans_apt, keeps_small
from iac_gym.languages.dockerfile.shell import Command
from iac_gym.verdict import Finding


def _final(model: DockerfileModel) -> Stage | None:
    return model.final


def _missing(model: DockerfileModel, message: str, hint: str = "") -> Finding:
    line = model.final.source.line if model.final else 1
    return Finding(message, "", line, 1, hint)


def _at(stage: Stage, field: str) -> Instruction:
    return stage.config.where.get(field, stage.source)


def same_image(given: str, asked: str) -> bool:
    """Whether two references mean the same image; a digest may be added to the tag."""
    if asked == "scratch" or given == "scratch":
        return given == asked
    try:
        left, right = values.image(given), values.image(asked)
    except ValueError:
        return False
    return (left.name, left.tag or "latest") == (right.name, right.tag or "latest")


def _stage(model: DockerfileModel, name: str) -> Stage | None:
    """Return a stage by name that the final image needs."""
    return next((one for one in reversed(model.reachable) if one.name == name.lower()), None)


def _no_stage(model: DockerfileModel, name: str) -> Finding:
    built = any(stage.name == name.lower() for stage in model.stages)
    why = "is not used by the final image" if built else "does not exist"
    return _missing(model, f"the stage `{name}` {why}")


# ---- stages ------------------------------------------------------------------------------------


@requirement(
    "a final image based on `{image}`",
    "`{image}` as the base of the final image",
    "the final image built on `{image}`",
)
def final_base_image(model: DockerfileModel, image: str) -> Findings:
    """The image at the root of the final stage's lineage."""
    final = _final(model)
    if final is None:
        yield _missing(model, "there is no FROM")
    elif not same_image(final.image, image):
        message = f"the final image is based on `{final.image[:60]}`, asked for `{image}`"
        yield final.root.source.finding(message)


@requirement(
    "a build stage called `{name}` based on `{image}`",
    "a separate stage `{name}` on top of `{image}`",
    "the stage `{name}` starting from `{image}`",
)
def build_stage(model: DockerfileModel, name: str, image: str) -> Findings:
    """A named stage that the final image needs, and the image it stands on."""
    stage = _stage(model, name)
    if stage is None:
        yield _no_stage(model, name)
    elif not same_image(stage.image, image):
        message = f"the stage `{name}` is based on `{stage.image[:60]}`, asked for `{image}`"
        yield stage.root.source.finding(message)


# ---- files -------------------------------------------------------------------------------------


def _folders(stage: Stage) -> set[str]:
    folders = {"/", "/usr", "/tmp", "/etc", "/usr/local/bin", "/usr/bin", "/bin", "/opt", "/srv"}
    for one in stage.lineage:
        if one.config.workdir:
            folders.add(one.config.workdir)
        for step in one.own:
            if isinstance(step, Run) and step.workdir:
                folders.add(step.workdir)
    return folders


def _landing(step: Copy, source: str, asked: str, folders: set[str]) -> str | None:
    """Return where a path lands when one source of a COPY brings it, None where it does not."""
    target = step.destination.rstrip("/") or "/"
    inside = step.into_folder or target in folders
    asked_path = absolute(asked, "/").rstrip("/") or "/"
    source_path = absolute(source, "/").rstrip("/") or "/"
    name = asked_path.rpartition("/")[2]
    if source_path == asked_path:
        bare = "." in name or not asked.endswith("/")
        return f"{target.rstrip('/')}/{name}" if inside and bare else target
    if any(mark in source for mark in "*?[") and fnmatchcase(asked_path, source_path):
        return f"{target.rstrip('/')}/{name}" if inside else target
    parent = "" if source_path == "/" else source_path
    if asked_path.startswith(f"{parent}/"):
        return f"{target.rstrip('/')}{asked_path[len(parent) :]}"
    return None


def _arrives(step: Copy, asked: str, target: str, folders: set[str]) -> bool:
    wanted = absolute(target, "/").rstrip("/") or "/"
    for source in step.sources:
        if _landing(step, source, asked, folders) == wanted:
            return True
        # a folder is copied with its content: `COPY dist /srv/` and `COPY dist /srv` are the same
        same = absolute(source, "/").rstrip("/") == absolute(asked, "/").rstrip("/")
        if same and step.destination.rstrip("/") == wanted.rstrip("/") and len(step.sources) == 1:
            return True
    return False


def _replaces(step: Copy, target: str) -> bool:
    return step.destination == target and not step.into_folder


def _copies(stage: Stage) -> Iterator[Copy]:
    return stage.only(Copy)


def _find_copy(stage: Stage, asked: str, target: str, origin: str) -> tuple[Copy | None, str]:
    """Find the copy that brings a path to a target; or say what is wrong.

    `origin` is the name of the stage it must come from, "" for the build context. The last copy
    to the target decides.
    """
    folders = _folders(stage)
    reason = f"`{asked}` is not copied to `{target}`"
    for step in reversed(list(_copies(stage))):
        comes = step.stage.name if step.stage else step.image
        if _arrives(step, asked, target, folders):
            if comes == origin.lower():
                return step, ""
            where = f"the stage `{comes}`" if comes else "the build context"
            reason = f"`{asked}` is copied from {where}"
        if _replaces(step, target):
            break
    return None, reason


@requirement(
    "`{source}` of the stage `{stage}` copied to `{target}` in the final image",
    "the final image takes `{source}` from the stage `{stage}` and puts it at `{target}`",
)
def artefact(model: DockerfileModel, stage: str, source: str, target: str) -> Findings:
    """A COPY --from in the final image; the stage by name or by number."""
    final = _final(model)
    if final is None:
        yield _missing(model, "there is no FROM")
        return
    step, reason = _find_copy(final, source, target, stage)
    if step is None:
        yield _missing(model, reason)


@requirement(
    "`{source}` from the build context copied to `{target}`",
    "a copy of the context's `{source}` at `{target}` in the final image",
)
def copied(model: DockerfileModel, source: str, target: str) -> Findings:
    """A COPY or ADD from the build context into the final image."""
    final = _final(model)
    if final is None:
        yield _missing(model, "there is no FROM")
        return
    step, reason = _find_copy(final, source, target, "")
    if step is None:
        yield _missing(model, reason)


def _brings(step: Copy, source: str) -> bool:
    asked = absolute(source, "/").rstrip("/")
    return any((absolute(one, "/").rstrip("/") or "/") == (asked or "/") for one in step.sources)


@requirement(
    "`{source}` copied into the final image with the owner `{owner}`",
    "files copied as `{source}` belong to `{owner}` in the final image, by the copy itself",
)
def copied_for(model: DockerfileModel, source: str, owner: str) -> Findings:
    """COPY --chown of the final image: `owner` is a user, or user:group."""
    final = _final(model)
    steps = [step for step in _copies(final) if _brings(step, source)] if final else []
    if not steps:
        yield _missing(model, f"`{source}` is not copied into the final image")
    for step in steps[-1:]:
        given = step.owner if ":" in owner else step.owner.partition(":")[0]
        if given != owner:
            said = f"to `{step.owner[:40]}`" if step.owner else "to root"
            yield step.instruction.finding(f"`{source}` belongs {said}, asked for `{owner}`")


@requirement(
    "`{path}` written by a COPY heredoc that holds the line `{line}`",
    "the file `{path}`, given inline as a COPY heredoc with the line `{line}`",
)
def inline_file(model: DockerfileModel, path: str, line: str) -> Findings:
    """A heredoc of COPY in the final image."""
    final = _final(model)
    steps = [step for step in _copies(final) if step.heredocs] if final else []
    for step in reversed(steps):
        for doc in step.heredocs:
            where = step.destination
            if step.into_folder:
                where = f"{where.rstrip('/')}/{doc.name}"
            if where == path:
                if line not in (text.strip() for text in doc.text.split("\n")):
                    yield step.instruction.finding(f"`{path}` does not hold the line `{line}`")
                return
    yield _missing(model, f"no COPY heredoc writes `{path}`")


# ---- settings of the final image -----------------------------------------------------------------


@requirement(
    "`{path}` as the working directory",
    "the working directory `{path}` in the final image",
    "containers starting in the folder `{path}`",
)
def workdir(model: DockerfileModel, path: str) -> Findings:
    """The WORKDIR at the end of the final stage."""
    final = _final(model)
    given = final.config.workdir if final else ""
    if final is None or given != path:
        at = _at(final, "workdir") if final else None
        message = f"the working directory is `{given or 'that of the base image'}`, not `{path}`"
        yield at.finding(message) if at else _missing(model, message)


def _same_user(given: str, asked: str, stage: Stage) -> bool:
    name = given.partition(":")[0]
    if name == asked:
        return True
    return name.isdecimal() and any(
        user == asked and uid == name for user, uid, _ in _created_users(stage)
    )


@requirement(
    "containers that run as the user `{name}`",
    "the final image running as `{name}`",
    "`{name}` as the user of the final image",
)
def run_as(model: DockerfileModel, name: str) -> Findings:
    """The USER at the end of the final stage, by name or by the uid it was created with."""
    final = _final(model)
    if final is None or not _same_user(final.config.user, name, final):
        given = (final.config.user if final else "") or "the base image's user"
        message = f"the final image runs as {given[:40]}, asked for `{name}`"
        at = _at(final, "user") if final else None
        yield at.finding(message) if at else _missing(model, message)


_USER_VALUES = frozenset(
    """-u --uid -g --gid -G --groups -d --home-dir --home -s --shell -c --comment --gecos --ingroup
    -h -k --skel -K --key -e -f -p --password -b""".split()
)


def _created_users(stage: Stage) -> Iterator[tuple[str, str, Command]]:
    """Yield (name, uid, command) of the users that RUN creates."""
    for run in stage.only(Run):
        for command in run.certain:
            if command.program not in ("useradd", "adduser"):
                continue
            uid, plain, words = "", [], list(command.words[1:])
            while words:
                word = words.pop(0)
                name, equals, value = word.partition("=")
                cluster = word[:1] == "-" and word[:2] != "--" and len(word) > 2
                if name in _USER_VALUES or (cluster and f"-{word[-1]}" in _USER_VALUES):
                    value = value if equals else (words.pop(0) if words else "")
                    if name in ("-u", "--uid") or (cluster and word.endswith("u")):
                        uid = value
                elif word[:1] != "-":
                    plain.append(word)
            if len(plain) == 1:
                yield plain[0], uid, command


@requirement(
    "a user `{name}` with the uid {uid} created in the final image",
    "the final image gets a user called `{name}`, uid {uid}",
)
def user_created(model: DockerfileModel, name: str, uid: int) -> Findings:
    """useradd or adduser in a RUN of the final image."""
    final = _final(model)
    users = list(_created_users(final)) if final else []
    given = [found for user, found, _ in users if user == name]
    if not given:
        yield _missing(model, f"no user `{name}` is created")
    elif str(uid) not in given:
        said = f"the uid {given[-1]}" if given[-1] else "no uid of its own"
        yield _missing(model, f"the user `{name}` has {said}, asked for {uid}")


@requirement(
    "port {port} exposed",
    "an exposed TCP port {port}",
    "the final image exposing port {port}",
)
def port_exposed(model: DockerfileModel, port: int) -> Findings:
    """EXPOSE of a TCP port in the final image."""
    final = _final(model)
    if final is None or not final.config.exposes(port):
        at = _at(final, "ports") if final else None
        message = f"port {port} is not exposed"
        yield at.finding(message) if at else _missing(model, message)


@requirement("UDP port {port} exposed", "an exposed port {port}/udp")
def udp_port_exposed(model: DockerfileModel, port: int) -> Findings:
    """EXPOSE of a UDP port in the final image."""
    final = _final(model)
    if final is None or not final.config.exposes(port, "udp"):
        yield _missing(model, f"the UDP port {port} is not exposed")


@requirement(
    "the environment variable `{name}` set to `{value}`",
    "`{name}={value}` in the environment of the final image",
    "environment variable `{name}` with the value `{value}`",
)
def environment(model: DockerfileModel, name: str, value: str) -> Findings:
    """ENV of the final image, expanded."""
    final = _final(model)
    given = final.config.env.get(name) if final else None
    if final is None or given is None:
        yield _missing(model, f"the environment variable `{name}` is not set")
    elif given != value:
        at = _at(final, f"env {name}")
        yield at.finding(f"`{name}` is `{given[:60]}`, asked for `{value}`")


@requirement(
    "`{name}` set to `{value}` by ENV in the stage `{stage}`",
    "in the stage `{stage}`, the environment variable `{name}` is `{value}`",
)
def stage_environment(model: DockerfileModel, stage: str, name: str, value: str) -> Findings:
    """ENV of a named stage, expanded."""
    found = _stage(model, stage)
    given = found.config.env.get(name) if found else None
    if found is None:
        yield _no_stage(model, stage)
    elif given != value:
        said = f"is `{given[:60]}`" if given is not None else "is not set"
        at = _at(found, f"env {name}")
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
        yield _missing(model, f"there is no build argument `{name}` with a default")
    elif default not in given:
        yield _missing(model, f"`{name}` defaults to `{given[-1][:60]}`, asked for `{default}`")


@requirement(
    "the label `{name}` with the value `{value}`",
    "a label `{name}={value}`",
)
def labelled(model: DockerfileModel, name: str, value: str) -> Findings:
    """LABEL of the final image, expanded."""
    final = _final(model)
    given = final.config.labels.get(name) if final else None
    if final is None or given is None:
        yield _missing(model, f"the label `{name}` is not set")
    elif given != value:
        at = _at(final, f"label {name}")
        yield at.finding(f"the label `{name}` is `{given[:60]}`, asked for `{value}`")


@requirement(
    "a volume at `{path}`",
    "`{path}` declared as a volume",
)
def volume(model: DockerfileModel, path: str) -> Findings:
    """VOLUME of the final image."""
    final = _final(model)
    if final is None or path not in final.config.volumes:
        yield _missing(model, f"`{path}` is not declared as a volume")


@requirement(
    "{signal} as the stop signal",
    "containers stopped with {signal}",
)
def stopped_with(model: DockerfileModel, signal: str) -> Findings:
    """STOPSIGNAL of the final image, by name or number."""
    final = _final(model)
    given = final.config.stop_signal if final else ""
    if final is None or _signal(given) != _signal(signal):
        at = _at(final, "stopsignal") if final else None
        message = f"the stop signal is {given or 'the default'}, asked for {signal}"
        yield at.finding(message) if at else _missing(model, message)


_NUMBERS = {"1": "HUP", "2": "INT", "3": "QUIT", "9": "KILL", "10": "USR1", "12": "USR2",
            "15": "TERM", "28": "WINCH"}  # fmt: skip


def _signal(text: str) -> str:
    name = text.upper().removeprefix("SIG")
    return _NUMBERS.get(name, name)


# ---- what is started -----------------------------------------------------------------------------


def _words(line: str) -> tuple[str, ...]:
    return tuple(shlex.split(line))


def _line_problem(given: Line | None, what: str, line: str) -> str:
    if given is None or not given.words:
        return f"there is no {what}"
    if given.shell:
        return f"the {what} is in shell form, asked for the exec form of `{line}`"
    if given.words != _words(line):
        return f"the {what} is `{shlex.join(given.words)[:80]}`, asked for `{line}`"
    return ""


@requirement(
    "`{line}` as the default command, in exec form",
    "an exec-form CMD that is `{line}`",
)
def default_command(model: DockerfileModel, line: str) -> Findings:
    """The last CMD that has an effect in the final image."""
    final = _final(model)
    problem = _line_problem(final.config.cmd if final else None, "CMD", line)
    if problem:
        yield _at(final, "cmd").finding(problem) if final else _missing(model, problem)


@requirement(
    "`{line}` as the entrypoint, in exec form",
    "an exec-form ENTRYPOINT that is `{line}`",
)
def entrypoint(model: DockerfileModel, line: str) -> Findings:
    """The last ENTRYPOINT of the final image."""
    final = _final(model)
    problem = _line_problem(final.config.entrypoint if final else None, "ENTRYPOINT", line)
    if problem:
        yield _at(final, "entrypoint").finding(problem) if final else _missing(model, problem)


@requirement(
    "a health check that runs `{line}`",
    "`{line}` as the health check",
)
def health_command(model: DockerfileModel, line: str) -> Findings:
    """The command of HEALTHCHECK, in exec or shell form; `|| exit 1` may follow."""
    final = _final(model)
    health = final.config.health if final else None
    if final is None or health is None or not health.test:
        yield _missing(model, "there is no health check")
        return
    at = _at(final, "healthcheck")
    wanted = _words(line)
    if not health.shell:
        run = Run(at, "", health.test, (), final.config.shell, "", "", {})
    else:
        run = Run(at, " ".join(health.test), (), (), final.config.shell, "", "", {})
    if run.parsed.error or wanted not in {one.words for one in run.certain}:
        given = " ".join(health.test)
        yield at.finding(f"the health check runs `{given[:80]}`, asked for `{line}`")


def _health_time(
    model: DockerfileModel, field: str, what: str, asked: str, default: float
) -> Findings:
    final = _final(model)
    health = final.config.health if final else None
    if final is None or health is None or not health.test:
        yield _missing(model, "there is no health check")
        return
    given = getattr(health, field) or default
    if given != values.seconds(asked):
        at = _at(final, "healthcheck")
        yield at.finding(f"the health check's {what} is {given:g}s, asked for {asked}")


@requirement(
    "a health check interval of {interval}",
    "the health check runs every {interval}",
)
def health_interval(model: DockerfileModel, interval: str) -> Findings:
    """--interval of HEALTHCHECK (30s by default)."""
    yield from _health_time(model, "interval", "interval", interval, 30.0)


@requirement(
    "a health check timeout of {timeout}",
    "each health check is given up after {timeout}",
)
def health_timeout(model: DockerfileModel, timeout: str) -> Findings:
    """--timeout of HEALTHCHECK (30s by default)."""
    yield from _health_time(model, "timeout", "timeout", timeout, 30.0)


@requirement(
    "a health check start period of {period}",
    "{period} of start period for the health check",
)
def health_start(model: DockerfileModel, period: str) -> Findings:
    """--start-period of HEALTHCHECK (0s by default)."""
    yield from _health_time(model, "start_period", "start period", period, 0.0)


@requirement(
    "{count} health check retries",
    "the container unhealthy after {count} failed health checks",
)
def health_retries(model: DockerfileModel, count: int) -> Findings:
    """--retries of HEALTHCHECK (3 by default)."""
    final = _final(model)
    health = final.config.health if final else None
    if final is None or health is None or not health.test:
        yield _missing(model, "there is no health check")
    elif (health.retries or 3) != count:
        given = health.retries or 3
        yield _at(final, "healthcheck").finding(f"{given} retries, asked for {count}")
