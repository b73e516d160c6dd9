"""Writes `data/functions.json`: the signatures of all functions, from the `terraform` program.

Run: `python -m iac_gym.languages.terraform.build_functions`. Descriptions are dropped. Each record
is `name: [return type, [[parameter, type, may be null], ...], variadic parameter or null]`.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parent / "data" / "functions.json"


def plain_type(kind: Any) -> Any:
    """Return a type of the metadata in our form: `dynamic` is `any`."""
    if isinstance(kind, list):
        return [kind[0], plain_type(kind[1])]
    return "any" if kind == "dynamic" else kind


def plain_parameter(given: dict[str, Any]) -> list[Any]:
    """Return [name, type, may be null] of a parameter."""
    return [given["name"], plain_type(given["type"]), int(given.get("is_nullable", False))]


def plain_signature(given: dict[str, Any]) -> list[Any]:
    """Return the record of a function."""
    variadic = given.get("variadic_parameter")
    return [
        plain_type(given["return_type"]),
        [plain_parameter(parameter) for parameter in given.get("parameters", [])],
        plain_parameter(variadic) if variadic else None,
    ]


def build() -> str:
    """Return the table's text, one line for each function."""
    command = ["terraform", "metadata", "functions", "-json"]
    text = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    given = json.loads(text[text.index("{") :])["function_signatures"]
    lines = [
        f"{json.dumps(name)}: {json.dumps(plain_signature(given[name]), separators=(',', ':'))}"
        for name in sorted(given)
        if "::" not in name
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> None:
    """Write the table."""
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text(build(), encoding="utf-8")
    print(f"{TABLE.name}: {TABLE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
