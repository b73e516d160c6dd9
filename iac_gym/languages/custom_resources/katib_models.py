"""Reads Katib's schemas from the wheel of its client, since its own definitions keep any field.

Katib's webhook decodes an Experiment into these types: unknown fields are dropped without a word,
and so they are allowed here, too.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

API_VERSION = "v1beta1"
GROUP = "kubeflow.org"
KINDS = ("Experiment", "Trial", "Suggestion")

_TYPES = re.compile(r"openapi_types = \{(.*?)\}", re.DOTALL)
_NAMES = re.compile(r"attribute_map = \{(.*?)\}", re.DOTALL)
_PAIR = re.compile(r"'(\w+)': '([^']+)'")
_NEEDED = re.compile(r"Invalid value for `(\w+)`, must not be `None`")
_SIMPLE: dict[str, dict[str, Any]] = {
    "str": {"type": "string"},
    "int": {"type": "integer", "format": "int32"},
    "bool": {"type": "boolean"},
    "float": {"type": "number"},
    "datetime": {"type": "string", "format": "date-time"},
}
_ANY: dict[str, Any] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def schemas(wheel: Path) -> dict[str, dict[str, Any]]:
    """Return kind -> schema of the kinds of Katib."""
    with zipfile.ZipFile(wheel) as archive:
        texts = {
            Path(name).stem.replace("_", ""): archive.read(name).decode()
            for name in archive.namelist()
            if "/models/v1beta1_" in name
        }
    return {kind: _schema(f"v1beta1{kind.lower()}", texts) for kind in KINDS}


def _schema(model: str, texts: dict[str, str]) -> dict[str, Any]:
    text = texts[model]
    types, names = _TYPES.search(text), _NAMES.search(text)
    if types is None or names is None:
        return dict(_ANY)
    spelt = dict(_PAIR.findall(names[1]))
    fields = {spelt[name]: _type(kind, texts) for name, kind in _PAIR.findall(types[1])}
    required = sorted({spelt[name] for name in _NEEDED.findall(text)})
    return {**_ANY, "properties": fields, "required": required}


def _type(kind: str, texts: dict[str, str]) -> dict[str, Any]:
    if kind.startswith("list["):
        return {"type": "array", "items": _type(kind[5:-1], texts)}
    if kind in _SIMPLE:
        return dict(_SIMPLE[kind])
    model = kind.lower()
    return _schema(model, texts) if model in texts else dict(_ANY)
