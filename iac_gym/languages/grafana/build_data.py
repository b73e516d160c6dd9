"""Builds `data/grafana.bin`: units, transformations, matchers, reducers and words of options.

Reads the unpacked npm packages `@grafana/schema` and `@grafana/data`; see `data/SOURCE.md`.

    python -m iac_gym.languages.grafana.build_data SCHEMA DATA
"""

from __future__ import annotations

import json
import re
import sys
import zlib
from pathlib import Path

PACK = Path(__file__).with_name("data") / "grafana.bin"
_ENUM = re.compile(r"export declare enum (\w+) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_MEMBER = re.compile(r'= "([^"]*)"')
_LISTED = re.compile(r'\["(\w+)"\] = "([^"]+)"')
_UNIT = re.compile(r'\bid: "([^"]+)"')


def enums(folder: Path) -> dict[str, list[str]]:
    """Return the values of every enumeration of the schema."""
    found: dict[str, list[str]] = {}
    for name in ("common/common.gen.d.ts", "raw/dashboard/x/dashboard_types.gen.d.ts"):
        text = (folder / "dist" / "types" / name).read_text("utf-8")
        found |= {key: _MEMBER.findall(body) for key, body in _ENUM.findall(text)}
    return {key: values for key, values in sorted(found.items()) if values}


def listed(path: Path, name: str) -> list[str]:
    """Return the values of an enumeration of compiled JavaScript."""
    text = path.read_text("utf-8")
    start = text.index(f"var {name} =")
    return sorted({value for _, value in _LISTED.findall(text[start : text.index("})(", start)])})


def main() -> None:
    """Write the pack."""
    schema, data = (Path(folder) for folder in sys.argv[1:3])
    code = data / "dist" / "esm"
    pack = {
        "enums": enums(schema),
        "units": sorted(
            set(_UNIT.findall((code / "valueFormats" / "categories.mjs").read_text("utf-8")))
        ),
        "transformations": listed(
            code / "transformations" / "transformers" / "ids.mjs", "DataTransformerID"
        ),
        "matchers": listed(code / "transformations" / "matchers" / "ids.mjs", "FieldMatcherID"),
        "reducers": listed(code / "transformations" / "fieldReducer.mjs", "ReducerID"),
    }
    PACK.write_bytes(zlib.compress(json.dumps(pack, sort_keys=True).encode(), 9))
    print({name: len(part) for name, part in pack.items()}, PACK.stat().st_size)


if __name__ == "__main__":
    main()
