"""An MLflow project as rules and requirements read it: the MLproject file and its environment.

`Project.entry_points` have their parameters (type and default, both spellings alike) and their
command: `EntryPoint.placeholders` are the parameters that the command uses. `Project.environment`
is "docker", "conda", "python" or "" (MLflow then makes one of its own); `Project.packages` are the
packages of the environment file, name -> what the file says of its version, whichever of the two
kinds of file it is, and `Project.python` its Python version.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.lazy import lazy
from iac_gym.formats.yaml import Mark, YamlMap, find
from iac_gym.verdict import Finding

ENVIRONMENTS = {"docker_env": "docker", "conda_env": "conda", "python_env": "python"}
_DEFAULT_FILES = (("python_env.yaml", "python"), ("conda.yaml", "conda"))
_PACKAGE = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*(.*?)\s*(?:;.*)?")
#: The format of a text in a format text: alignment and width; values are always put in as texts.
_TEXT_FORM = re.compile(r"(?:.?[<>^])?[0-9]{0,4}(?:\.[0-9]{1,4})?s?")
_FIRST = re.compile(r"[^.\[]*")


def as_map(value: Any) -> dict[Any, Any]:
    """Return the value if it is a mapping, an empty one otherwise."""
    return value if isinstance(value, dict) else {}


def texts(value: Any) -> list[str]:
    """Return the strings of a list."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


@dataclass(frozen=True)
class Parameter:
    """A parameter of an entry point; `default` is None where a value must be given."""

    name: str
    type: str
    default: Any


@dataclass(frozen=True)
class EntryPoint:
    """An entry point: its parameters by name, and its command with `{parameter}` in it."""

    name: str
    parameters: Mapping[str, Parameter]
    command: str

    @lazy
    def placeholders(self) -> frozenset[str] | None:
        """The names in braces, '' for one without a name; None where the braces are wrong."""
        try:
            parts = list(string.Formatter().parse(self.command))
        except ValueError:
            return None
        named = [name for _, name, _, _ in parts if name is not None]
        if any(form and not _TEXT_FORM.fullmatch(form) for _, _, form, _ in parts):
            return None
        return frozenset(_FIRST.match(name)[0] for name in named)  # type: ignore[index]


@dataclass
class Project:
    """An MLproject file, and the trees of the other YAML files of the answer by path."""

    tree: YamlMap
    file: str
    others: Mapping[str, Any] = field(default_factory=dict)
    faults: dict[str, list[Finding]] = field(default_factory=dict)

    def note(self, rule: str, message: str, place: Mark, file: str = "") -> None:
        """Note a finding of a rule."""
        self.faults.setdefault(rule, []).append(Finding(message, file or self.file, *place))

    def finding(self, message: str, *path: str | int) -> Finding:
        """Make a finding at the deepest step of a path that exists in the MLproject file."""
        return Finding(message, self.file, *find(self.tree, path)[1])

    @lazy
    def name(self) -> str:
        """The name of the project, '' without one."""
        found = self.tree.get("name")
        return found if isinstance(found, str) else ""

    @lazy
    def entry_points(self) -> dict[str, EntryPoint]:
        """The entry points by name."""
        found = {}
        for name, tree in as_map(self.tree.get("entry_points")).items():
            if isinstance(name, str):
                command = as_map(tree).get("command")
                text = command if isinstance(command, str) else ""
                found[name] = EntryPoint(name, _parameters(as_map(tree)), text)
        return found

    @lazy
    def environment(self) -> str:
        """Which environment runs it: "docker", "conda", "python", '' for MLflow's own."""
        given = [kind for field_, kind in ENVIRONMENTS.items() if self.tree.get(field_)]
        if given:
            return given[0]
        return next((kind for path, kind in _DEFAULT_FILES if self.beside(path) is not None), "")

    @lazy
    def environment_file(self) -> str:
        """The path of the environment file, '' for docker or none."""
        given = self.tree.get(f"{self.environment}_env") if self.environment else None
        if isinstance(given, str):
            return given
        default = {kind: path for path, kind in _DEFAULT_FILES}
        return default.get(self.environment, "")

    def beside(self, path: str) -> Any:
        """Return the tree of a file, by its path from the MLproject file; None without it."""
        folder = self.file.rpartition("/")[0]
        wanted = path.removeprefix("./")
        return self.others.get(f"{folder}/{wanted}" if folder else wanted)

    @lazy
    def docker(self) -> dict[Any, Any]:
        """The docker environment."""
        return as_map(self.tree.get("docker_env"))

    @lazy
    def _environment_tree(self) -> dict[Any, Any]:
        return as_map(self.beside(self.environment_file)) if self.environment_file else {}

    @lazy
    def packages(self) -> dict[str, str]:
        """The packages of the environment file: name -> version specifier ('' for any)."""
        found: dict[str, str] = {}
        tree = self._environment_tree
        dependencies = tree.get("dependencies")
        listed = texts(tree.get("build_dependencies")) + texts(dependencies)
        for one in dependencies if isinstance(dependencies, list) else ():
            listed += texts(as_map(one).get("pip"))
        for text in listed:
            match = _PACKAGE.fullmatch(text) if len(text) < 500 else None
            if match:
                found[match[1].lower().replace("_", "-")] = match[2].replace(" ", "")
        return found

    @lazy
    def python(self) -> str:
        """The Python version of the environment file, '' where it names none."""
        found = self._environment_tree.get("python")
        if isinstance(found, str):
            return found
        return self.packages.get("python", "").lstrip("=")

    @lazy
    def channels(self) -> list[str]:
        """The channels of a conda environment, in order."""
        return texts(self._environment_tree.get("channels"))


def _parameters(tree: dict[Any, Any]) -> dict[str, Parameter]:
    found = {}
    for name, given in as_map(tree.get("parameters")).items():
        if isinstance(given, str):
            found[str(name)] = Parameter(str(name), given, None)
        else:
            kind = as_map(given).get("type", "string")
            found[str(name)] = Parameter(str(name), str(kind), as_map(given).get("default"))
    return found
