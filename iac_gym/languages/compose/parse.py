"""Answer's files -> `ComposeFile`: YAML, variables, `extends`, in the order of Docker Compose."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib.resources import files as resource
from typing import Any

from iac_gym.check import ParseError
from iac_gym.formats.json_schema import SchemaError, compile_schema
from iac_gym.formats.yaml import COMPOSE, Mark, YamlError, YamlMap, load_all
from iac_gym.languages.compose.interpolate import interpolate
from iac_gym.languages.compose.merge import apply_extends, merge_files
from iac_gym.languages.compose.model import ComposeFile
from iac_gym.languages.compose.read import read_services
from iac_gym.verdict import Finding

#: Most services of one project.
MOST_SERVICES = 200

Problems = dict[str, list[Finding]]


@cache
def schema() -> Mapping[str, Any]:
    """Return the JSON schema of the Compose specification from the data pack."""
    pack = resource("iac_gym.languages.compose") / "data" / "compose-spec.bin"
    found: Mapping[str, Any] = json.loads(zlib.decompress(pack.read_bytes()))
    return found


@cache
def _validator() -> Callable[[Any], list[SchemaError]]:
    return compile_schema(schema())


def parse(files: Mapping[str, str]) -> ComposeFile:
    """Read compose files (path -> text; later ones override). Raises `ParseError`."""
    problems: Problems = {}
    tree: YamlMap | None = None
    for path, text in files.items():
        for document in _documents(path, text):
            note = partial(_note, problems, path)
            _count(document, path)
            read = apply_extends(interpolate(document, note), note)
            tree = read if tree is None else merge_files(tree, read, note)
    if not tree:
        path = next(iter(files), "")
        raise ParseError(Finding("the compose file is empty", path, hint="write `services:`"))
    return ComposeFile(tree, next(iter(files)), problems, read_services, _validator())


def _documents(path: str, text: str) -> list[YamlMap]:
    try:
        documents = load_all(text, COMPOSE)
    except YamlError as error:
        finding = Finding(error.message, path, error.line, error.column, error.hint)
        raise ParseError(finding) from None
    for document in documents:
        if not isinstance(document.value, YamlMap):
            message = "the top level of a compose file must be a mapping"
            raise ParseError(Finding(message, path, *document.mark, "start with `services:`"))
    return [document.value for document in documents]


def _count(document: YamlMap, path: str) -> None:
    services = document.get("services")
    if isinstance(services, YamlMap) and len(services) > MOST_SERVICES:
        message = f"there are {len(services)} services; at most {MOST_SERVICES} are read"
        raise ParseError(Finding(message, path, *services.mark))


def _note(problems: Problems, path: str, kind: str, message: str, mark: Mark) -> None:
    problems.setdefault(kind, []).append(Finding(message, path, mark[0], mark[1]))
