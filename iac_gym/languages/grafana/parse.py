"""Answer's files -> `Grafana`: dashboards are JSON, provisioning files YAML."""

from __future__ import annotations

from collections.abc import Mapping

from iac_gym.check import ParseError
from iac_gym.formats.json_text import JsonError
from iac_gym.formats.json_text import load as load_json
from iac_gym.formats.yaml import YamlError, YamlMap
from iac_gym.formats.yaml import load as load_yaml
from iac_gym.formats.yaml_scalars import COMPOSE
from iac_gym.languages.grafana.examine import examine
from iac_gym.languages.grafana.model import Dashboard, Grafana, Part
from iac_gym.verdict import Finding

YAML_FILES = (".yml", ".yaml")
#: Keys of which a provisioning file has one.
SECTIONS = frozenset(
    """datasources deleteDatasources providers groups deleteRules contactPoints deleteContactPoints
    policies resetPolicies muteTimes deleteMuteTimes templates deleteTemplates apps""".split()
)


def parse(files: Mapping[str, str]) -> Grafana:
    """Read dashboards and provisioning files (path -> text). Raises `ParseError`."""
    dashboards: list[Dashboard] = []
    parts: list[Part] = []
    repeated: list[Finding] = []
    for path, text in files.items():
        if path.endswith(YAML_FILES):
            parts.append(Part(_provisioning(path, text), path))
        else:
            tree, twice = _dashboard(path, text)
            dashboards.append(Dashboard(tree, path))
            repeated += twice
    found = Grafana(tuple(dashboards), tuple(parts))
    if repeated:
        found.faults["keys-are-given-once"] = repeated
    examine(found)
    return found


def _dashboard(path: str, text: str) -> tuple[YamlMap, list[Finding]]:
    """Return the object of a dashboard, also from `{"dashboard": {...}}`."""
    try:
        read = load_json(text)
    except JsonError as error:
        finding = Finding(error.message, path, error.line, error.column, error.hint)
        raise ParseError(finding) from None
    tree = read.value
    if tree.__class__ is not YamlMap:
        raise ParseError(Finding("a dashboard must be a JSON object", path, *read.mark))
    if tree.get("dashboard").__class__ is YamlMap and "panels" not in tree:
        tree = tree["dashboard"]
    twice = [
        Finding(f"the key `{key[:60]}` is given twice", path, *mark) for key, mark in read.repeated
    ]
    return tree, twice[:20]


def _provisioning(path: str, text: str) -> YamlMap:
    try:
        document = load_yaml(text, COMPOSE)
    except YamlError as error:
        finding = Finding(error.message, path, error.line, error.column, error.hint)
        raise ParseError(finding) from None
    if document.value.__class__ is not YamlMap:
        message = "a provisioning file must be a mapping"
        raise ParseError(Finding(message, path, *document.mark, "start with `apiVersion: 1`"))
    tree: YamlMap = document.value
    return tree
