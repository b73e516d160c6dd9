"""What MLflow rejects when it loads a project and runs one of its entry points, by rule.

Source: https://github.com/mlflow/mlflow/blob/master/mlflow/projects/_project_spec.py
"""

from __future__ import annotations

from typing import Any

from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.languages.mlflow.model import ENVIRONMENTS, Project, as_map

_FIELDS = frozenset(("name", "entry_points", "databricks_spark_job", *ENVIRONMENTS))
_ENTRY_FIELDS = frozenset(("parameters", "command"))
_TYPES = frozenset(("string", "float", "path", "uri"))
_PYTHON_ENV = {"python": str, "build_dependencies": list, "dependencies": list}


def _place(tree: Any, key: Any) -> Mark:
    if isinstance(tree, YamlMap):
        return tree.marks.get(key, tree.mark)
    return (1, 1)


def examine(project: Project) -> None:
    """Note every fault of a project."""
    tree = project.tree
    for key in tree:
        if key not in _FIELDS:
            project.note(
                "unknown-field", f"MLflow ignores the field {key!r}"[:100], tree.key_marks[key]
            )
    _environments(project)
    points = tree.get("entry_points", {})
    if not isinstance(points, YamlMap) and points != {}:
        message = "`entry_points` must be a mapping from names to entry points"
        project.note("entry-point-form", message, _place(tree, "entry_points"))
        return
    for name, point in as_map(points).items():
        _entry_point(project, name, point, _place(points, name))


def _environments(project: Project) -> None:
    tree = project.tree
    given = [key for key in ENVIRONMENTS if key in tree]
    if len(given) > 1:
        listed = " and ".join(f"`{key}`" for key in given)
        project.note(
            "one-environment", f"there are {listed}: only one may be", _place(tree, given[1])
        )
    docker = tree.get("docker_env")
    if docker:
        _docker(project, docker, _place(tree, "docker_env"))
    for key in ("python_env", "conda_env"):
        _file(project, key, tree.get(key))
    if project.environment == "python":
        _python_file(project)
    elif project.environment == "conda":
        _conda_file(project)


def _docker(project: Project, docker: Any, place: Mark) -> None:
    if not isinstance(docker, YamlMap):
        project.note("docker-environment", "`docker_env` must be a mapping with an `image`", place)
        return
    if not docker.get("image"):
        project.note("docker-environment", "the docker environment has no `image`", place)
    volumes = docker.get("volumes")
    if volumes and not (isinstance(volumes, list) and all(isinstance(one, str) for one in volumes)):
        message = "`volumes` must be a list of texts such as '/data:/data'"
        project.note("docker-environment", message, _place(docker, "volumes"))
    variables = docker.get("environment")
    if variables and not (
        isinstance(variables, list) and all(isinstance(one, (list, str)) for one in variables)
    ):
        message = "`environment` must be a list of names and of [name, value] pairs"
        project.note("docker-environment", message, _place(docker, "environment"))


def _file(project: Project, key: str, path: Any) -> None:
    if not path:
        return
    place = _place(project.tree, key)
    if not isinstance(path, str):
        project.note("environment-file", f"`{key}` must be the path of a file", place)
    elif project.beside(path) is None:
        rule = "environment-file" if project.others else "environment-not-seen"
        project.note(rule, f"`{key}` names the file {path!r}, which is not there"[:120], place)


def _python_file(project: Project) -> None:
    path = project.environment_file
    tree = project.beside(path)
    if tree is None:
        return
    if not isinstance(tree, YamlMap):
        project.note("environment-file", "the file must be a mapping", (1, 1), path)
        return
    for key, value in tree.items():
        if key not in _PYTHON_ENV:
            message = f"a Python environment has no field {key!r}"[:100]
            project.note("environment-file", message, tree.key_marks[key], path)
        elif value is not None and not isinstance(value, _PYTHON_ENV[key]):
            kind = "text (put it in quotes)" if key == "python" else "a list"
            project.note("environment-file", f"`{key}` must be {kind}", tree.marks[key], path)


def _conda_file(project: Project) -> None:
    path = project.environment_file
    tree = project.beside(path)
    if tree is None:
        return
    dependencies = tree.get("dependencies") if isinstance(tree, YamlMap) else None
    if not isinstance(tree, YamlMap):
        project.note("environment-file", "the file must be a mapping", (1, 1), path)
    elif "dependencies" in tree and not isinstance(dependencies, list):
        project.note(
            "environment-file", "`dependencies` must be a list", tree.marks["dependencies"], path
        )
    for index, one in enumerate(dependencies if isinstance(dependencies, list) else ()):
        pip = as_map(one).get("pip")
        if not isinstance(one, str) and not isinstance(pip, list):
            mark = dependencies.marks[index]  # type: ignore[union-attr]
            message = "a dependency is a text, or a mapping with the list `pip`"
            project.note("environment-file", message, mark, path)


def _entry_point(project: Project, name: Any, point: Any, place: Mark) -> None:
    if not isinstance(point, YamlMap):
        project.note("entry-point-form", f"the entry point {name!r} must be a mapping"[:100], place)
        return
    for key in point:
        if key not in _ENTRY_FIELDS:
            message = f"MLflow ignores the field {key!r} of an entry point"[:100]
            project.note("unknown-field", message, point.key_marks[key])
    if not isinstance(point.get("command"), str) or not point["command"].strip():
        message = f"the entry point {name!r} has no command"[:100]
        project.note("command-given", message, _place(point, "command"))
    parameters = point.get("parameters", {})
    if not isinstance(parameters, YamlMap) and parameters != {}:
        message = "`parameters` must be a mapping from names to types"
        project.note("parameter-form", message, _place(point, "parameters"))
    for key, given in as_map(parameters).items():
        _parameter(project, key, given, _place(parameters, key))
    known = project.entry_points.get(name) if isinstance(name, str) else None
    if known is not None:
        _placeholders(project, known, _place(point, "command"))


def _parameter(project: Project, name: Any, given: Any, place: Mark) -> None:
    if not isinstance(given, (str, YamlMap)):
        message = f"the parameter {name!r} must be a type or a mapping with `type` and `default`"
        project.note("parameter-form", message[:140], place)
        return
    kind = given if isinstance(given, str) else given.get("type", "string")
    if kind not in _TYPES if isinstance(kind, str) else True:
        message = f"MLflow knows no parameter type {kind!r} and does not check the value"[:120]
        project.note("parameter-type", message, place)


def _placeholders(project: Project, point: Any, place: Mark) -> None:
    found = point.placeholders
    if found is None:
        message = f"the braces in the command of {point.name!r} are wrong"[:100]
        project.note("known-placeholders", message, place)
        return
    for name in sorted(found):
        if name not in point.parameters:
            message = f"the command of {point.name!r} uses {{{name}}}, which is no parameter"
            project.note("known-placeholders", message[:140], place)
