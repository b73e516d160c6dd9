"""Writes `data/schemas.bin`: GitHub's own schemas of workflows and actions, without their prose.

Run, after `npm install @actions/workflow-parser@0.3.61` in some folder:
`python -m iac_gym.languages.github_actions.build_data <node_modules>/@actions/workflow-parser`.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PACK = Path(__file__).parent / "data" / "schemas.bin"
VERSION = "0.3.61"
#: Name in the pack -> file of the package.
SOURCES = {"workflow": "workflow-v1.0.min.json", "action": "action-v1.0.min.json"}


def bare(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return a definition without its descriptions."""
    kept = {key: value for key, value in definition.items() if key != "description"}
    if "mapping" in kept:
        mapping = dict(kept["mapping"])
        properties = mapping.get("properties", {})
        mapping["properties"] = {name: _property(value) for name, value in properties.items()}
        kept["mapping"] = mapping
    return kept


def _property(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    kept = {key: part for key, part in value.items() if key != "description"}
    return kept["type"] if kept.keys() == {"type"} else kept


def reachable(definitions: Mapping[str, Any], root: str) -> dict[str, Any]:
    """Return the definitions that a root leads to; built-in types are named, not defined."""
    found: dict[str, Any] = {}
    waiting = [root]
    while waiting:
        name = waiting.pop()
        if name in definitions and name not in found:
            found[name] = bare(definitions[name])
            waiting.extend(_named(found[name]))
    return dict(sorted(found.items()))


def _named(definition: Mapping[str, Any]) -> list[str]:
    names = list(definition.get("one-of", ()))
    names += [definition["sequence"].get("item-type", "")] if "sequence" in definition else []
    mapping = definition.get("mapping", {})
    names += [mapping.get("loose-key-type", ""), mapping.get("loose-value-type", "")]
    for value in mapping.get("properties", {}).values():
        names.append(value["type"] if isinstance(value, Mapping) else value)
    return names


def build(package: Path) -> bytes:
    """Return the pack's bytes: {name: {definition: ...}} as compact JSON, deflated."""
    stated = json.loads((package / "package.json").read_text("utf-8"))["version"]
    if stated != VERSION:
        raise SystemExit(f"{package} is version {stated}; this pack is made from {VERSION}")
    pack = {}
    for name, file in SOURCES.items():
        source = json.loads((package / "dist" / file).read_text("utf-8"))
        pack[name] = reachable(source["definitions"], f"{name}-root-strict")
    text = json.dumps(pack, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8"), 9)


def main() -> None:
    """Write the pack."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path, help="folder of the npm package")
    PACK.write_bytes(build(parser.parse_args().package))
    print(f"{PACK.name}: {PACK.stat().st_size} bytes, @actions/workflow-parser {VERSION}")


if __name__ == "__main__":
    main()
