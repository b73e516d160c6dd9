"""Answer's file -> `Pipeline`: the documents of a compiled pipeline, read as go-yaml reads them."""

from __future__ import annotations

from collections.abc import Mapping

from iac_gym.check import ParseError
from iac_gym.formats.yaml import COMPOSE, Document, YamlError, YamlMap, load_all
from iac_gym.languages.kfp.examine import examine
from iac_gym.languages.kfp.model import Pipeline
from iac_gym.verdict import Finding

#: What makes a document a pipeline spec for the API server.
_MARKS = ("pipelineInfo", "pipeline_info", "root", "deploymentSpec", "schemaVersion")


def parse(files: Mapping[str, str]) -> Pipeline:
    """Read a pipeline spec (path -> text). Raises `ParseError` at stage SYNTAX."""
    found: list[tuple[str, YamlMap]] = []
    platforms: list[YamlMap] = []
    for path, text in files.items():
        for document in _documents(path, text):
            value = document.value
            if not isinstance(value, YamlMap):
                message = "this document is no mapping"
                raise ParseError(Finding(message, path, *document.mark, "a spec is a mapping"))
            if "platforms" in value and not any(mark in value for mark in _MARKS):
                platforms.append(value)
            else:
                found.append((path, value))
    if len(found) != 1:
        what = "there is no pipeline spec" if not found else "there is more than one pipeline spec"
        place = found[1][1].mark if found else (1, 1)
        raise ParseError(Finding(what, next(iter(files), ""), *place))
    path, tree = found[0]
    pipeline = Pipeline(tree, path, platforms[0] if platforms else {})
    examine(pipeline)
    return pipeline


def _documents(path: str, text: str) -> list[Document]:
    try:
        return [one for one in load_all(text, COMPOSE) if one.value is not None]
    except YamlError as error:
        finding = Finding(error.message, path, error.line, error.column, error.hint)
        raise ParseError(finding) from None
