"""Answer's file -> `Collector`."""

from __future__ import annotations

from collections.abc import Mapping

from iac_gym.check import ParseError
from iac_gym.formats.yaml import YamlError, YamlMap, load
from iac_gym.formats.yaml_scalars import COMPOSE
from iac_gym.languages.otel_collector.examine import examine
from iac_gym.languages.otel_collector.model import Collector
from iac_gym.verdict import Finding


def parse(files: Mapping[str, str]) -> Collector:
    """Read a configuration (path -> text; the first file counts). Raises `ParseError`."""
    path = next(iter(files), "")
    try:
        document = load(files.get(path, ""), COMPOSE)
    except YamlError as error:
        finding = Finding(error.message, path, error.line, error.column, error.hint)
        raise ParseError(finding) from None
    if document.value is None:
        raise ParseError(Finding("the configuration is empty", path, hint="write `receivers:`"))
    if document.value.__class__ is not YamlMap:
        message = "the top level of the configuration must be a mapping"
        raise ParseError(Finding(message, path, *document.mark, "start with `receivers:`"))
    found = Collector(document.value, path)
    examine(found)
    return found
