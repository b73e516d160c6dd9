"""Writes `data/gitlab-ci.bin`: GitLab's JSON schema of pipelines, from the check-jsonschema wheel.

Run: `python -m iac_gym.languages.gitlab_ci.build_data`. Prose (descriptions, titles) is dropped.
"""

from __future__ import annotations

import json
import zlib
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

PACK = Path(__file__).parent / "data" / "gitlab-ci.bin"
#: Keywords whose value is prose or a note, never a constraint.
PROSE = frozenset(
    """description markdownDescription enumDescriptions title $comment default deprecated
    deprecationMessage doNotSuggest examples""".split()
)
#: Keywords whose value maps names to schemas.
NAMES = ("properties", "patternProperties", "definitions")


def strip(schema: Any, names: bool = False) -> Any:
    """Drop prose from a schema. `names`: the keys are names of fields, not keywords."""
    if isinstance(schema, list):
        return [strip(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: strip(part, not names and key in NAMES)
        for key, part in schema.items()
        if names or key not in PROSE
    }


def source() -> Any:
    """Return the schema as the wheel has it."""
    path = files("check_jsonschema") / "builtin_schemas" / "vendor" / "gitlab-ci.json"
    return json.loads(path.read_text("utf-8"))


def build() -> bytes:
    """Return the pack's bytes: the stripped schema as compact JSON, deflated."""
    text = json.dumps(strip(source()), separators=(",", ":"), sort_keys=True)
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
