"""The YAML of a chart as Helm reads it, and values as its templates see them.

Helm reads YAML through `sigs.k8s.io/yaml`: the words and numbers of YAML 1.1, of a repeated key the
last, and every number becomes a float64 on its way through JSON.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from iac_gym.formats.yaml import KUBERNETES, Document, YamlError, YamlMap, load_all
from iac_gym.verdict import Finding

#: Kubernetes' YAML, in which a repeated key is no error.
HELM = replace(KUBERNETES, name="Helm", repeats=True, seen={}, lines={})

#: rule name -> what it finds.
Faults = dict[str, list[Finding]]

#: Most faults that are kept of one rule.
_MOST_FAULTS = 20


def note(
    faults: Faults,
    rule: str,
    message: str,
    file: str = "",
    mark: tuple[int, int] = (0, 0),
    hint: str = "",
) -> None:
    """Add a finding of a rule."""
    found = faults.setdefault(rule, [])
    if len(found) < _MOST_FAULTS:
        found.append(Finding(message, file, mark[0], mark[1], hint))


def read_map(text: str, what: str) -> YamlMap:
    """Read the mapping that a file holds; an empty file is an empty one. Raises `YamlError`.

    Of several documents Helm reads the first.
    """
    documents = load_all(text.removeprefix("\ufeff"), HELM)
    if not documents:
        return YamlMap((1, 1))
    value = documents[0].value
    if not isinstance(value, YamlMap):
        raise YamlError(f"{what} must hold a mapping", *documents[0].mark)
    return value


def documents_of(text: str) -> list[Document]:
    """Read the documents of a rendered text. Raises `YamlError`."""
    return load_all(text, HELM)


def as_values(value: Any) -> Any:
    """Copy a tree into the plain values of templates: numbers are float64, marks are dropped."""
    kind = value.__class__
    if kind is str or kind is bool or value is None:
        return value
    if isinstance(value, dict):
        return {str(key): as_values(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_values(item) for item in value]
    return float(value) if isinstance(value, int) else value


def copied(value: Any) -> Any:
    """Copy plain values deeply."""
    if value.__class__ is dict:
        return {key: copied(item) for key, item in value.items()}
    if value.__class__ is list:
        return [copied(item) for item in value]
    return value
