"""Builds `data/otel-collector.bin`: the components of otelcol-contrib, and settings of the core's.

Reads the manifest of the distribution (`distributions/otelcol-contrib/manifest.yaml` of
opentelemetry-collector-releases) and the Go structs of a checkout of opentelemetry-collector, of
one version or of several: what any of them knows is known. See `data/SOURCE.md`.

    python -m iac_gym.languages.otel_collector.build_data MANIFEST COLLECTOR [MANIFEST COLLECTOR]
"""

from __future__ import annotations

import json
import re
import sys
import zlib
from pathlib import Path

PACK = Path(__file__).with_name("data") / "otel-collector.bin"
KINDS = ("receiver", "processor", "exporter", "connector", "extension")
#: Packages of the core whose structs are read: folder -> name under which they stand.
PACKAGES = {
    "config/confighttp": "confighttp",
    "config/configgrpc": "configgrpc",
    "config/configtls": "configtls",
    "config/configretry": "configretry",
    "config/confignet": "confignet",
    "config/configauth": "configauth",
    "config/configcompression": "configcompression",
    "config/configmiddleware": "configmiddleware",
    "exporter/exporterhelper/internal": "exporterhelper",
    "exporter/exporterhelper/internal/queuebatch": "queuebatch",
    "receiver/otlpreceiver": "otlpreceiver",
    "processor/batchprocessor": "batchprocessor",
    "internal/memorylimiter": "memorylimiter",
    "exporter/otlpexporter": "otlpexporter",
    "exporter/otlphttpexporter": "otlphttpexporter",
    "exporter/debugexporter": "debugexporter",
    "extension/zpagesextension": "zpagesextension",
}
_STRUCT = re.compile(r"^type (\w+) struct \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r'^\s*(?:(\w+)\s+)?(\S+)\s+`[^`]*mapstructure:"([^"]*)"', re.MULTILINE)
_GENERIC = re.compile(r"(?:configoptional\.)?Optional\[(.*)\]")
#: Go types -> our names.
TYPES = {
    "string": "text", "bool": "truth", "int": "whole", "int64": "whole", "int32": "whole",
    "uint32": "count", "uint64": "count", "uint": "count", "float64": "number",
    "time.Duration": "duration", "component.ID": "id", "configopaque.String": "text",
    "configopaque.MapList": "headers", "map[string]configopaque.String": "headers",
    "configcompression.Type": "text", "configcompression.Level": "whole", "Level": "whole",
    "TransportType": "text", "SanitizedURLPath": "text", "EncodingType": "text",
    "configtelemetry.Level": "text", "request.SizerType": "text", "RequestSizerType": "text",
    "exporterhelper.TimeoutConfig": "struct:exporterhelper.TimeoutConfig",
    "exporterhelper.QueueBatchConfig": "struct:queuebatch.Config",
    "exporterhelper.QueueConfig": "struct:queuebatch.Config",
    "QueueBatchConfig": "struct:queuebatch.Config",
}  # fmt: skip


def type_of(go: str, package: str) -> str:
    """Return our name of a Go type."""
    go = go.lstrip("*")
    if found := _GENERIC.fullmatch(go):
        return type_of(found[1], package)
    if go in TYPES:
        return TYPES[go]
    if go.startswith("[]"):
        return "list:" + type_of(go[2:], package)
    if go.startswith("map["):
        return "map"
    head, _, name = go.rpartition(".")
    return f"struct:{head or package}.{name}"


def structs(folder: Path, package: str) -> dict[str, dict[str, str]]:
    """Return the fields of the structs of a package; `<` starts what is squashed."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*.go")):
        if path.name.endswith("_test.go"):
            continue
        for name, body in _STRUCT.findall(path.read_text("utf-8")):
            fields: dict[str, str] = {}
            for _, go, tag in _FIELD.findall(body):
                key, _, options = tag.partition(",")
                of = type_of(go, package)
                if "squash" in options:
                    fields["<" + of] = of
                elif key and key != "-":
                    fields[key] = of
            if fields:
                found[f"{package}.{name}"] = fields
    return found


def flat(name: str, every: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return the fields of a struct with those that are squashed into it."""
    fields: dict[str, str] = {}
    for key, of in every[name].items():
        inner = of.removeprefix("struct:")
        if key[0] != "<":
            fields[key] = of if not of.startswith("struct:") or inner in every else "any"
        elif inner in every:
            fields |= flat(inner, every)
    return fields


def components(manifest: str) -> dict[str, list[str]]:
    """Return the modules of each kind, without the word for their kind and without `_`."""
    found: dict[str, list[str]] = {}
    for kind in KINDS:
        pattern = rf"gomod: \S*?/{kind}/(?:[\w/]+/)?(\w+) "
        found[f"{kind}s"] = sorted({n.removesuffix(kind) for n in re.findall(pattern, manifest)})
    return found


def main() -> None:
    """Write the pack."""
    known: dict[str, set[str]] = {}
    tables: dict[str, dict[str, str]] = {}
    for manifest, core in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
        for kind, names in components(Path(manifest).read_text("utf-8")).items():
            known.setdefault(kind, set()).update(names)
        every: dict[str, dict[str, str]] = {}
        for folder, package in PACKAGES.items():
            every |= structs(Path(core) / folder, package)
        for name in every:
            tables[name] = flat(name, every) | tables.get(name, {})
    pack = {"components": {kind: sorted(names) for kind, names in known.items()}, "structs": tables}
    PACK.write_bytes(zlib.compress(json.dumps(pack, sort_keys=True).encode(), 9))
    print({name: len(part) for name, part in known.items()}, len(tables), PACK.stat().st_size)


if __name__ == "__main__":
    main()
