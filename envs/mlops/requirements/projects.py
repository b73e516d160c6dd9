"""Requirements about MLflow projects (the language mlflow)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from envs.mlops.commands import same_value, script_lines
from envs.mlops.reading import same_image, shown
from iac_gym.check import Findings, requirement
from iac_gym.languages.mlflow import EntryPoint, Project


@requirement("an MLflow project called `{name}`", "the project has the name `{name}`")
def project_name(project: Project, name: str) -> Findings:
    """The name of a project."""
    if project.name != name:
        message = f"the project is called {shown(project.name)}, asked for {name}"
        yield project.finding(message, "name")


@requirement(
    "the project runs in docker with the image `{image}`",
    "its docker environment has the image `{image}`",
)
def docker_environment(project: Project, image: str) -> Findings:
    """`docker_env.image`."""
    if project.environment != "docker" or not same_image(project.docker.get("image"), image):
        yield project.finding(f"the project does not run in {image}", "docker_env")


@requirement(
    "the docker container of the project mounts `{volume}`",
    "the volume `{volume}` in the docker environment of the project",
)
def docker_volume(project: Project, volume: str) -> Findings:
    """An entry of `docker_env.volumes`."""
    given = project.docker.get("volumes")
    if project.environment != "docker" or volume not in (given if isinstance(given, list) else ()):
        yield project.finding(f"the container does not mount {volume}", "docker_env")


@requirement(
    "its {kind} environment is the file `{path}`, with Python {python}",
    "the project uses the {kind} environment file `{path}`, which asks for Python {python}",
)
def environment_file(project: Project, kind: str, path: str, python: str) -> Findings:
    """The environment file and its Python version."""
    if (project.environment, project.environment_file.removeprefix("./")) != (kind, path):
        message = f"the environment is not the {kind} file {path}"
        yield project.finding(message, f"{kind}_env")
    elif project.python.removesuffix(".*") != python:
        yield project.finding(f"the environment has Python {project.python or 'any'}")


@requirement(
    "the environment installs `{package}`", "`{package}` is among the packages of the environment"
)
def environment_package(project: Project, package: str) -> Findings:
    """A package with its version, from conda or pip."""
    name, _, version = package.partition("==")
    found = project.packages.get(name)
    if found is None or found.lstrip("=") != version:
        yield project.finding(f"the environment has {name} {found or 'not at all'}")


def _point(project: Project, name: str, check: Callable[[EntryPoint], Findings]) -> Findings:
    found = project.entry_points.get(name)
    if found is None:
        return [project.finding(f"there is no entry point `{name}`", "entry_points")]
    return check(found)


@requirement(
    "the entry point `{name}` runs `{program}`",
    "`mlflow run` with the entry point `{name}` starts `{program}`",
)
def entry_point(project: Project, name: str, program: str) -> Findings:
    """The program of an entry point's command; options may follow."""

    def check(point: EntryPoint) -> Findings:
        wanted = tuple(program.split())
        lines = script_lines(_opened(point.command), {})
        if not any(line.words[: len(wanted)] == wanted for line in lines):
            message = f"the entry point `{name}` does not run `{program}`"
            yield project.finding(message, "entry_points", name, "command")

    return _point(project, name, check)


def _opened(command: str) -> str:
    """Make a format text readable to a shell: its braces mean nothing there."""
    return command.replace("{", "@").replace("}", "@")


@requirement(
    "the entry point `{entry}` has the {kind} parameter `{name}`, by default {default}, which its"
    " command gets as `{flag}`",
    "parameter `{name}` ({kind}, default {default}) of the entry point `{entry}`, passed on as"
    " `{flag}`",
)
def entry_parameter(
    project: Project, entry: str, name: str, kind: str, default: float | str, flag: str
) -> Findings:
    """A parameter with a type and a default that the command passes on."""

    def check(point: EntryPoint) -> Findings:
        found = point.parameters.get(name)
        if found is None:
            yield project.finding(f"`{entry}` has no parameter `{name}`", "entry_points", entry)
            return
        at = ("entry_points", entry, "parameters", name)
        # MLflow takes a type that it does not know, such as `str`, for text.
        if found.type != kind and (found.type, kind) != ("str", "string"):
            yield project.finding(f"`{name}` is of the type {found.type}, not {kind}", *at)
        if found.default is None or not same_value(found.default, default):
            message = f"the default of `{name}` is {shown(found.default)}, asked for {default}"
            yield project.finding(message, *at)
        words = [w for line in script_lines(_opened(point.command), {}) for w in line.words]
        pairs = set(pairwise(words))
        value = f"@{name}@"
        if (flag, value) not in pairs and f"{flag}={value}" not in words:
            message = f"the command does not get `{name}` as `{flag}`"
            yield project.finding(message, "entry_points", entry, "command")

    return _point(project, entry, check)
