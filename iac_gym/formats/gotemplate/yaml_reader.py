"""fromYaml: YAML read as sigs.k8s.io/yaml reads it, into Go's values of JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from iac_gym.formats.yaml import KUBERNETES, YamlError, load_all

#: sigs.k8s.io/yaml's Unmarshal, which takes the last of equal keys.
LOOSE = replace(KUBERNETES, name="sigs yaml", repeats=True, seen={}, lines={})


def plain(value: Any) -> Any:
    """Return a YAML tree as JSON would give it: plain maps and lists, numbers as float64."""
    if isinstance(value, dict):
        return {_key(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value if isinstance(value, str | float | bool) or value is None else str(value)


def _key(key: Any) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    return key if isinstance(key, str) else str(key)


def _load(text: str) -> Any:
    documents = load_all(text, LOOSE) if text.strip() else []
    return plain(documents[0].value) if documents else None


def _mismatch(value: Any, wanted: str) -> str:
    kinds = {dict: "object", list: "array", str: "string", float: "number", bool: "bool"}
    return (
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal "
        f"{kinds[type(value)]} into Go value of type {wanted}"
    )


def from_yaml(text: str) -> Any:
    """`fromYaml text`: a map; what is wrong under `Error`."""
    try:
        found = _load(text)
    except YamlError as error:
        return {"Error": f"error converting YAML to JSON: yaml: {error}"}
    if found is None:
        return {}
    return found if type(found) is dict else {"Error": _mismatch(found, "map[string]interface {}")}


def from_yaml_array(text: str) -> Any:
    """`fromYamlArray text`: a list; what is wrong as its only item."""
    try:
        found = _load(text)
    except YamlError as error:
        return [f"error converting YAML to JSON: yaml: {error}"]
    if found is None:
        return []
    return found if type(found) is list else [_mismatch(found, "[]interface {}")]
