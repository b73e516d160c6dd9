"""What `terraform` says about expressions: `console` for values, `validate` for unknown ones.

Run `python -m tests.languages.terraform.expression_oracle` in the root of the repository to ask
again about all expressions of the golden lists (new ones: `[expression, null]`, or
`"expression": ""`) and to write what it says. That takes some minutes.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import tempfile
from pathlib import Path

from tests.languages.terraform.expression_cases import GOLDEN, VARIABLES

#: Lines of the console are limited; errors in one file slow the program down.
CHUNK = 150


def terraform(arguments: list[str], folder: Path, text: str = "") -> str:
    done = subprocess.run(
        ["terraform", *arguments, "-no-color"],
        cwd=folder,
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "CHECKPOINT_DISABLE": "1"},
        check=False,
    )
    return done.stdout


def console(expressions: list[str], folder: Path) -> list[str | None]:
    """Return `jsonencode([expression])` of each, None for an error: `try` catches it."""
    found: list[str | None] = []
    for start in range(0, len(expressions), CHUNK):
        some = expressions[start : start + CHUNK]
        parts = ",".join(f'try(jsonencode([{text}]), "")' for text in some)
        wrapped = f"nonsensitive(base64encode(jsonencode([{parts}])))\n"
        texts = json.loads(base64.b64decode(json.loads(terraform(["console"], folder, wrapped))))
        found += [text or None for text in texts]
    return found


def validate(expressions: list[str], folder: Path) -> list[bool]:
    """Say which expressions over `VARIABLES` are errors: each is one line of a list."""
    head = "".join(
        f'variable "{name}" {{\n  type = {kind}\n}}\n' for name, kind in VARIABLES.items()
    )
    head += 'resource "terraform_data" "d" {}\nlocals {\n  e = [\n'
    found: list[bool] = []
    for start in range(0, len(expressions), CHUNK):
        some = expressions[start : start + CHUNK]
        body = "".join(f"{text},\n" for text in some)
        (folder / "main.tf").write_text(head + body + "  ]\n}\n", encoding="utf-8")
        report = json.loads(terraform(["validate", "-json"], folder))
        first = head.count("\n") + 1
        lines = {one["range"]["start"]["line"] - first for one in report["diagnostics"]}
        found += [index in lines for index in range(len(some))]
    return found


def main() -> None:
    """Write the golden lists anew."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        path = GOLDEN / "expressions.json"
        texts = list(dict.fromkeys(text for text, _ in json.loads(path.read_text("utf-8"))))
        rows = zip(texts, console(texts, folder), strict=True)
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")

        path = GOLDEN / "unknown_values.json"
        table = json.loads(path.read_text("utf-8"))
        probes = table["probes"]
        texts = list(table["expressions"])
        asked = [probe.replace("%s", text) for text in texts for probe in probes]
        marks = "".join("E" if error else "." for error in validate(asked, folder))
        width = len(probes)
        table["expressions"] = {
            text: marks[index * width : (index + 1) * width] for index, text in enumerate(texts)
        }
        path.write_text(json.dumps(table, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
