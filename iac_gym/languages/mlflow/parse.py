"""Answer's files -> `Project`: the MLproject file and the environment files beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from iac_gym.check import ParseError
from iac_gym.formats.yaml import YamlError, YamlMap, load
from iac_gym.formats.yaml_scalars import ANSIBLE
from iac_gym.languages.mlflow.examine import examine
from iac_gym.languages.mlflow.model import Project
from iac_gym.verdict import Finding

#: MLflow reads its files with PyYAML's safe loader, as Ansible does, without Ansible's tags.
MLFLOW = replace(ANSIBLE, name="MLflow", local={})


def parse(files: Mapping[str, str]) -> Project:
    """Read a project (path -> text). Raises `ParseError` at stage SYNTAX."""
    trees: dict[str, Any] = {}
    for path, text in files.items():
        try:
            trees[path] = load(text, MLFLOW).value
        except YamlError as error:
            finding = Finding(error.message, path, error.line, error.column, error.hint)
            raise ParseError(finding) from None
    found = [path for path in trees if path.rpartition("/")[2].lower() == "mlproject"]
    if len(found) != 1:
        what = "there is no MLproject file" if not found else "there are several MLproject files"
        raise ParseError(Finding(what, next(iter(files), ""), 1, 1))
    tree = trees.pop(found[0])
    if not isinstance(tree, YamlMap):
        message = "the MLproject file is no mapping"
        raise ParseError(Finding(message, found[0], 1, 1, "write `name:` and `entry_points:`"))
    project = Project(tree, found[0], trees)
    examine(project)
    return project
