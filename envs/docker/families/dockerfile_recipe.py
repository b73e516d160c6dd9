"""How a Dockerfile task is put together: asks and reference grow side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from envs.docker import choices
from envs.docker.requirements import dockerfile_runs, dockerfile_settings, dockerfile_start
from iac_gym.category import Draft
from iac_gym.check import Requirement
from iac_gym.draw import Draw
from iac_gym.extras import Extra, choose

__all__ = [
    "ALPINE_USER",
    "APK",
    "APT",
    "ARGUMENT",
    "COMMON",
    "CURL",
    "DEBIAN_USER",
    "PORT",
    "SETTING_A",
    "SETTING_B",
    "SOURCE",
    "VERSION",
    "VOLUME",
    "WGET",
    "WORKDIR",
    "Extra",
    "Recipe",
    "apt_line",
    "decorate",
    "health",
]

#: The order of the parts of a final stage.
_SECTIONS = tuple(
    "from arg env-first run workdir copy env label expose volume user health stop start".split()
)


class Recipe:
    """The asks of a task and the Dockerfile that meets them."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.asks: list[Requirement] = []
        self._early: list[str] = []
        self._parts: dict[str, list[str]] = {section: [] for section in _SECTIONS}
        self._port = 0

    def ask(self, *asks: Requirement) -> None:
        """Add requirements."""
        self.asks.extend(asks)

    def stage(self, *lines: str) -> None:
        """Add an earlier stage."""
        self._early.append("\n".join(line for line in lines if line))

    def add(self, section: str, *lines: str) -> None:
        """Add lines to a part of the final stage."""
        self._parts[section].extend(line for line in lines if line)

    def port(self) -> int:
        """Return the port of the application, drawn when it is first needed."""
        if not self._port:
            self._port = self.draw.integer("port", 1031, 9973)
        return self._port

    @property
    def text(self) -> str:
        """The Dockerfile."""
        final = "\n".join(line for lines in self._parts.values() for line in lines)
        return "\n\n".join([*self._early, final]) + "\n"

    def draft(self, *openings: str) -> Draft:
        """Make the draft of the task."""
        return Draft(openings=openings, asks=self.asks, reference=self.text)


def decorate(recipe: Recipe, extras: Sequence[Extra]) -> None:
    """Add optional parts, so many that the wanted difficulty is often reached."""
    for extra in choose(recipe.draw, len(recipe.asks), extras):
        extra.make(recipe)


def _setting(recipe: Recipe, which: str, names: Sequence[str]) -> None:
    name = recipe.draw.choice(f"{which} name", names)
    value = str(recipe.draw.integer(f"{which} value", 2, 398, 3))
    recipe.ask(dockerfile_settings.environment(name=name, value=value))
    recipe.add("env", f"ENV {name}={value}")


def _port(recipe: Recipe) -> None:
    port = recipe.port()
    recipe.ask(dockerfile_settings.port_exposed(port=port))
    recipe.add("expose", f"EXPOSE {port}")


def _version(recipe: Recipe) -> None:
    _label(recipe, "version", recipe.draw.choice("version", choices.VERSIONS))


def _source(recipe: Recipe) -> None:
    team = recipe.draw.choice("team", choices.TEAMS)
    repository = recipe.draw.name("repository")
    _label(recipe, "source", f"https://git.example.com/{team}/{repository}")


def _label(recipe: Recipe, key: str, value: str) -> None:
    name = f"org.opencontainers.image.{key}"
    recipe.ask(dockerfile_settings.labelled(name=name, value=value))
    recipe.add("label", f'LABEL {name}="{value}"')


def _volume(recipe: Recipe) -> None:
    path = recipe.draw.choice("data folder", choices.DATA_FOLDERS)
    recipe.ask(dockerfile_settings.volume(path=path))
    recipe.add("volume", f"VOLUME {path}")


def _workdir(recipe: Recipe) -> None:
    path = recipe.draw.choice("folder", choices.FOLDERS)
    recipe.ask(dockerfile_settings.workdir(path=path))
    recipe.add("workdir", f"WORKDIR {path}")


def _argument(recipe: Recipe) -> None:
    name = recipe.draw.choice("argument", choices.ARGUMENTS)
    default = recipe.draw.choice("argument value", choices.ARGUMENT_VALUES)
    recipe.ask(dockerfile_settings.build_argument(name=name, default=default))
    recipe.add("arg", f"ARG {name}={default}")


def health(program: Callable[[str], str]) -> Extra:
    """Make the health check part; `program` turns a URL into a command line."""

    def make(recipe: Recipe) -> None:
        draw = recipe.draw
        path = draw.choice("health path", choices.HEALTH_PATHS)
        line = program(f"http://localhost:{recipe.port()}/{path}")
        recipe.ask(dockerfile_start.health_command(line=line))
        flags = []
        if draw.chance("health interval wanted", 0.7):
            interval = draw.choice("health interval", choices.INTERVALS)
            recipe.ask(dockerfile_start.health_interval(line=line, interval=interval))
            flags.append(f"--interval={interval} ")
        if draw.chance("health timeout wanted", 0.4):
            timeout = draw.choice("health timeout", choices.PERIODS)
            recipe.ask(dockerfile_start.health_timeout(line=line, timeout=timeout))
            flags.append(f"--timeout={timeout} ")
        if draw.chance("health start wanted", 0.3):
            period = draw.choice("health start", choices.PERIODS)
            recipe.ask(dockerfile_start.health_start(line=line, period=period))
            flags.append(f"--start-period={period} ")
        if draw.chance("health retries wanted", 0.4):
            count = draw.choice("health retries", (1, 2, 4, 5, 6, 7, 8))
            recipe.ask(dockerfile_start.health_retries(line=line, count=count))
            flags.append(f"--retries={count} ")
        recipe.add("health", f"HEALTHCHECK {''.join(flags)}CMD {line}")

    return Extra("health", 2.8, make)


def _user(command: str) -> Extra:
    def make(recipe: Recipe) -> None:
        name = recipe.draw.name("user")
        uid = recipe.draw.integer("uid", 1201, 59001, 17)
        recipe.ask(dockerfile_settings.user_created(name=name, uid=uid))
        recipe.ask(dockerfile_settings.run_as(name=name))
        recipe.add("run", f"RUN {command.format(name=name, uid=uid)}")
        recipe.add("user", f"USER {name}")

    return Extra("user", 2, make)


def _apt(recipe: Recipe) -> None:
    packages = list(recipe.draw.sample("packages", choices.APT_PACKAGES, 2))
    recipe.ask(dockerfile_runs.apt_packages(packages=packages))
    small = recipe.draw.chance("without recommends", 0.5)
    clean = recipe.draw.chance("lists removed", 0.5)
    if small:
        recipe.ask(dockerfile_runs.apt_without_recommends(packages=packages))
    if clean:
        recipe.ask(dockerfile_runs.apt_lists_removed(packages=packages))
    recipe.add("run", apt_line(packages, small, clean))


def apt_line(packages: Sequence[str], small: bool, clean: bool) -> str:
    """Return a RUN that installs packages with apt-get."""
    option = " --no-install-recommends" if small else ""
    end = " \\\n    && rm -rf /var/lib/apt/lists/*" if clean else ""
    names = " ".join(packages)
    return f"RUN apt-get update \\\n    && apt-get install -y{option} {names}{end}"


def _apk(recipe: Recipe) -> None:
    packages = list(recipe.draw.sample("packages", choices.APK_PACKAGES, 2))
    recipe.ask(dockerfile_runs.apk_packages(packages=packages))
    recipe.add("run", f"RUN apk add --no-cache {' '.join(packages)}")


SETTING_A = Extra("setting a", 1, lambda recipe: _setting(recipe, "setting a", choices.COUNTS_A))
SETTING_B = Extra("setting b", 1, lambda recipe: _setting(recipe, "setting b", choices.COUNTS_B))
PORT = Extra("expose", 1, _port)
VERSION = Extra("version label", 1, _version)
SOURCE = Extra("source label", 1, _source)
VOLUME = Extra("volume", 1, _volume)
WORKDIR = Extra("working folder", 1, _workdir)
ARGUMENT = Extra("build argument", 1, _argument)
APT = Extra("apt packages", 2, _apt)
APK = Extra("apk packages", 1, _apk)
ALPINE_USER = _user("adduser -D -u {uid} {name}")
DEBIAN_USER = _user("useradd --system --uid {uid} {name}")
CURL = health(lambda url: f"curl -fsS {url}")
WGET = health(lambda url: f"wget -q --spider {url}")
#: Parts that suit every image.
COMMON = (PORT, SETTING_A, VERSION, SETTING_B, WORKDIR, ARGUMENT, SOURCE, VOLUME)
