"""What an image says about its containers: the instructions that set something, one by one."""

from __future__ import annotations

import re
from functools import lru_cache

from iac_gym.languages.dockerfile import values
from iac_gym.languages.dockerfile.expansion import Expander, absolute
from iac_gym.languages.dockerfile.instruction import MOST_KEPT, Instruction
from iac_gym.languages.dockerfile.model import Config, Health, Line

_SIGNALS = frozenset(
    """ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT
    STOP SYS TERM TRAP TSTP TTIN TTOU UNUSED URG USR1 USR2 VTALRM WINCH XCPU XFSZ
    RTMIN RTMAX""".split()
)
_COUNT = re.compile(r"\+?[0-9]{1,9}")


def words_of(instruction: Instruction) -> Line:
    """Return the command line of CMD, ENTRYPOINT or RUN."""
    if instruction.json:
        return Line(instruction.args, False)
    return Line((instruction.rest,) if instruction.rest else (), True)


def health_of(instruction: Instruction) -> Health:
    """Read a HEALTHCHECK; raises `ValueError`. Nobody changes what is returned: it is kept."""
    read = _kept_health if len(instruction.text) <= MOST_KEPT else _health
    return read(instruction.args, instruction.json, instruction.flags)


def _health(args: tuple[str, ...], in_json: bool, flags: tuple[str, ...]) -> Health:
    kind = args[0].upper() if args else ""
    command = args[1:]
    if kind == "NONE":
        if command:
            raise ValueError("HEALTHCHECK NONE takes no arguments")
        return Health((), False)
    if kind != "CMD":
        raise ValueError(f"HEALTHCHECK begins with CMD or NONE, not with `{kind[:20]}`")
    if not command:
        raise ValueError("HEALTHCHECK CMD has no command")
    options: dict[str, str] = {}
    for flag in flags:
        name, _, value = flag.partition("=")
        options.setdefault(name[2:], value)
    times = []
    for name in ("interval", "timeout", "start-period", "start-interval"):
        given = options.get(name)
        time = values.seconds(given) if given else 0.0
        if time and time < 0.001:
            raise ValueError(f"--{name} must be at least 1ms, and is {given}")
        times.append(time)
    retries = options.get("retries") or "0"
    if not _COUNT.fullmatch(retries):
        raise ValueError(f"--retries must be a number of at least 0, and is `{retries[:20]}`")
    return Health(command, not in_json, times[0], times[1], times[2], int(retries))


_kept_health = lru_cache(maxsize=1024)(_health)


def env(expander: Expander, config: Config, at: Instruction) -> None:
    """Read ENV."""
    made = at.pairs if at.plain else _expanded(expander, config, at)
    config.variables = {**config.variables, **dict(made)}
    for name, value in made:
        config.env[name] = value
        config.env_places[name] = at


def label(expander: Expander, config: Config, at: Instruction) -> None:
    """Read LABEL."""
    labels, places = config.labels, config.label_places
    for name, value in at.pairs if at.plain else _expanded(expander, config, at):
        labels[name] = value
        places[name] = at


def _expanded(expander: Expander, config: Config, at: Instruction) -> tuple[tuple[str, str], ...]:
    """Return the pairs of ENV or LABEL, expanded; they do not see each other's new values."""
    known, expand = config.variables, expander.expand
    return tuple((expand(name, known, at), expand(value, known, at)) for name, value in at.pairs)


def user(expander: Expander, config: Config, at: Instruction) -> None:
    """Read USER."""
    name = at.args[0]
    config.user = name if at.plain else expander.expand(name, config.variables, at)
    config.where["user"] = at


def workdir(expander: Expander, config: Config, at: Instruction) -> None:
    """Read WORKDIR; a relative one goes on from the last."""
    path = at.args[0]
    path = path if at.plain else expander.expand(path, config.variables, at)
    config.workdir = absolute(path, config.workdir).rstrip("/") or "/"
    config.where["workdir"] = at


def cmd(expander: Expander, config: Config, at: Instruction) -> None:
    """Read CMD."""
    config.cmd_here = True
    if not at.args and not at.json:
        return
    config.cmd = words_of(at)
    config.where["cmd"] = at


def entrypoint(expander: Expander, config: Config, at: Instruction) -> None:
    """Read ENTRYPOINT; an empty one removes that of the base image.

    It also removes the CMD of the base image.
    """
    if not config.cmd_here:
        config.cmd = None
    if not at.args and not at.json:
        return
    line = words_of(at)
    config.entrypoint = line if line.words else None
    config.where["entrypoint"] = at


def expose(expander: Expander, config: Config, at: Instruction) -> None:
    """Read EXPOSE."""
    for word in at.args:
        try:
            for text in expander.words(word, config.variables, at):
                config.ports[values.ports(text)] = None
        except ValueError as error:
            expander.fault("expose-port", at, str(error))
    config.where["ports"] = at


def volume(expander: Expander, config: Config, at: Instruction) -> None:
    """Read VOLUME."""
    for word in at.args:
        path = expander.expand(word.strip(), config.variables, at)
        if not path:
            expander.fault("volume-path", at, "a volume expands to an empty path")
        config.volumes[absolute(path, "/").rstrip("/") or "/"] = None
    config.where["volumes"] = at


def stop_signal(expander: Expander, config: Config, at: Instruction) -> None:
    """Read STOPSIGNAL."""
    text = expander.expand(at.args[0], config.variables, at)
    name = text.upper().removeprefix("SIG")
    base = name.partition("+")[0].partition("-")[0]
    number = text.isdecimal() and text.isascii() and len(text) < 4
    if not (0 < int(text) <= 64 if number else base in _SIGNALS):
        message = f"`{text[:30]}` is no signal"
        expander.fault("stop-signal", at, message, "write for example SIGTERM or 15")
    config.stop_signal = text
    config.where["stopsignal"] = at


def health(expander: Expander, config: Config, at: Instruction) -> None:
    """Read HEALTHCHECK; the rule `healthcheck-form` says what is wrong with one."""
    try:
        config.health = health_of(at)
    except ValueError:
        return
    config.where["healthcheck"] = at


def shell(expander: Expander, config: Config, at: Instruction) -> None:
    """Read SHELL, which holds for what follows."""
    if at.json and at.args:
        config.shell = at.args
