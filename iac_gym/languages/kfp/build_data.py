"""Writes `data/pipeline-spec.bin`: the messages of a pipeline spec, from kfp-pipeline-spec.

Run, where that package is installed: `python -m iac_gym.languages.kfp.build_data`. Each message is
a mapping from the JSON name of a field to [original name, kind, type, shape, oneof]: kind is
`string`, `bool`, `int`, `double`, `enum` or `message`; type the name of the enum or message; shape
is "" for one value, `list` or `map`; oneof the group of which at most one field may be set.
"""

from __future__ import annotations

import json
import zlib
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACK = Path(__file__).parent / "data" / "pipeline-spec.bin"
ROOTS = ("PipelineSpec", "PipelineDeploymentConfig", "PlatformSpec")
_KINDS = {1: "double", 2: "double", 3: "int", 5: "int", 8: "bool", 9: "string", 13: "int"}
_ENUM, _MESSAGE = 14, 11


def _type(field: Any) -> tuple[str, str]:
    if field.type == _ENUM:
        return "enum", field.enum_type.full_name.rpartition(".")[2]
    if field.type == _MESSAGE:
        return "message", field.message_type.full_name.removeprefix("ml_pipelines.")
    return _KINDS[field.type], ""


def _field(field: Any, repeated: bool) -> tuple[str, str, str]:
    """Return (kind, type, shape) of a field; a map is a list of entries with a value."""
    if field.type == _MESSAGE and field.message_type.GetOptions().map_entry:
        return (*_type(field.message_type.fields_by_name["value"]), "map")
    return (*_type(field), "list" if repeated else "")


def _read(message: Any, found: dict[str, Any], enums: dict[str, Any]) -> None:
    name = message.full_name.removeprefix("ml_pipelines.")
    if name in found or name.startswith("google."):
        return
    fields = found[name] = {}
    for field in message.fields:
        repeated = field.is_repeated if hasattr(field, "is_repeated") else field.label == 3
        kind, type_, shape = _field(field, repeated)
        group = field.containing_oneof.name if field.containing_oneof else ""
        fields[field.json_name] = [field.name, kind, type_, shape, group]
        if field.type == _ENUM:
            enums[field.enum_type.name] = {v.name: v.number for v in field.enum_type.values}
        inner = field.message_type
        if inner is not None and inner.GetOptions().map_entry:
            inner = inner.fields_by_name["value"].message_type
        if inner is not None:
            _read(inner, found, enums)


def build() -> bytes:
    """Return the pack's bytes: the messages and enums as compact JSON, deflated."""
    proto = import_module("kfp.pipeline_spec.pipeline_spec_pb2")
    messages: dict[str, Any] = {}
    enums: dict[str, Any] = {}
    for root in ROOTS:
        _read(proto.DESCRIPTOR.message_types_by_name[root], messages, enums)
    text = json.dumps({"messages": messages, "enums": enums}, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8"), 9)


def main() -> None:
    """Write the pack."""
    PACK.parent.mkdir(exist_ok=True)
    PACK.write_bytes(build())
    print(f"{PACK.name}: {PACK.stat().st_size} bytes, {version('kfp-pipeline-spec')}")


if __name__ == "__main__":
    main()
