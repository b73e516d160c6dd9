"""Answer's files -> `Configuration`: the YAML file, and the files of templates beside it."""

from __future__ import annotations

from collections.abc import Mapping

from iac_gym.check import ParseError
from iac_gym.formats.yaml import YamlError, YamlMap, load_all
from iac_gym.formats.yaml_scalars import PROMETHEUS
from iac_gym.languages.alertmanager.examine import examine
from iac_gym.languages.alertmanager.model import Configuration
from iac_gym.verdict import Finding

YAML_FILES = (".yml", ".yaml", ".json")


def parse(files: Mapping[str, str]) -> Configuration:
    """Read a configuration (path -> text). Files that are no YAML are templates.

    Only the first document of the first YAML file counts, as for Alertmanager. Raises
    `ParseError`.
    """
    path = next((one for one in files if one.endswith(YAML_FILES)), next(iter(files), ""))
    try:
        documents = load_all(files.get(path, ""), PROMETHEUS)
    except YamlError as error:
        finding = Finding(error.message, path, error.line, error.column, error.hint)
        raise ParseError(finding) from None
    if not documents:
        raise ParseError(Finding("the configuration is empty", path, hint="write `route:`"))
    tree = documents[0].value
    if tree.__class__ is not YamlMap:
        message = "the top level of the configuration must be a mapping"
        raise ParseError(Finding(message, path, *documents[0].mark, "start with `route:`"))
    templates = {one: text for one, text in files.items() if not one.endswith(YAML_FILES)}
    templates.pop(path, None)
    found = Configuration(tree, path, templates)
    examine(found, "{{" in files[path])
    return found
