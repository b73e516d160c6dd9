"""Writes `data/compose-spec.bin`: the compose-spec JSON schema, from the check-jsonschema wheel.

Run: `python -m iac_gym.languages.compose.build_data`. Prose (descriptions, titles) is dropped, and
so is the top-level `jobs`, a proposal that no released loader of Docker Compose reads.
"""

from __future__ import annotations

import json
import zlib
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

PACK = Path(__file__).parent / "data" / "compose-spec.bin"
#: Keywords whose value is prose or a note, never a constraint.
PROSE = ("description", "title", "$comment", "default", "deprecated", "examples")
#: Definitions that only `jobs` uses.
JOBS = ("job", "schedule")


def strip(schema: Any, names: bool = False) -> Any:
    """Drop prose from a schema. `names`: the keys are names of fields, not keywords."""
    if isinstance(schema, list):
        return [strip(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: strip(part, not names and key in ("properties", "patternProperties", "$defs"))
        for key, part in schema.items()
        if names or key not in PROSE
    }


def build() -> bytes:
    """Return the pack's bytes: the stripped schema as compact JSON, deflated."""
    source = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    schema = strip(json.loads(source.read_text("utf-8")))
    schema["properties"].pop("jobs", None)
    for name in JOBS:
        schema["$defs"].pop(name, None)
    text = json.dumps(schema, separators=(",", ":"), sort_keys=True)
    return zlib.compress(text.encode("utf-8"), 9)


def main() -> None:
    """Write the pack."""
    PACK.parent.mkdir(exist_ok=True)
    PACK.write_bytes(build())
    print(
        f"{PACK.name}: {PACK.stat().st_size} bytes, check-jsonschema {version('check-jsonschema')}"
    )


if __name__ == "__main__":
    main()
