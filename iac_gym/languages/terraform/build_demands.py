"""Ask the real AWS provider what it demands beyond its schema; write `data/demands.json`.

Every type is written down with what its schema requires, all values unknown, and the attributes
that may be written as blocks as empty blocks. What `terraform validate` misses then is a demand:
attributes and blocks that must be there, and groups of which one must be set.

Run it where Terraform and the provider are installed:
`python -m iac_gym.languages.terraform.build_demands`
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from iac_gym.languages.terraform.demands import PATH
from iac_gym.languages.terraform.pack import provider
from iac_gym.languages.terraform.schemas import BodySchema

MAJOR = 5
BATCH = 400
_UNKNOWN = "terraform_data.z.output"
_MISSING = re.compile(r'The argument "([\w.]+)" is required')
_BLOCK = re.compile(r"(?:Block|Attribute) ([\w.\[\]]+) must have a configuration value")
_GROUP = re.compile(r'"[\w.]+": one of `([\w.,]+)` must be specified')
_LISTED = re.compile(r"(Exactly|At least) one of these attributes must be configured: \[(.*?)\]$")
_STEP = re.compile(r"\.\d+\b|\[\d+\]")
#: What Terraform calls a group of which one must be set: exactly one, or one at least.
_KINDS = {
    "Invalid combination of arguments": "exactly_one_of",
    "Missing required argument": "at_least_one_of",
}


def _body(schema: BodySchema, depth: int = 0) -> Iterator[str]:
    for name, attribute in schema.attributes.items():
        if attribute.mode == "required":
            yield f"{name} = {_UNKNOWN}"
        elif name in schema.as_blocks and attribute.mode != "computed":
            yield f"{name} {{"
            yield from _body(schema.as_blocks[name].body, depth + 1)
            yield "}"
    for name, block in schema.blocks.items():
        if block.least and depth < 6:
            for _ in range(block.least):
                yield f"{name} {{"
                yield from _body(block.body, depth + 1)
                yield "}"


def _ask(folder: Path, texts: list[str]) -> list[dict[str, Any]]:
    (folder / "main.tf").write_text("\n".join(['resource "terraform_data" "z" {\n}', *texts]))
    for command in (["init", "-backend=false"], ["validate", "-json"]):
        done = subprocess.run(
            ["terraform", *command], cwd=folder, capture_output=True, text=True, check=False
        )
    found: list[dict[str, Any]] = json.loads(done.stdout)["diagnostics"]
    return found


def _read(diagnostic: dict[str, Any], demands: dict[str, Any]) -> None:
    detail = diagnostic["detail"]
    for pattern in (_MISSING, _BLOCK):
        for path in pattern.findall(detail):
            required = demands.setdefault("required", [])
            required.append(_STEP.sub("", path))
    groups = [(_KINDS.get(diagnostic["summary"], ""), paths) for paths in _GROUP.findall(detail)]
    listed = {"Exactly": "exactly_one_of", "At least": "at_least_one_of"}
    groups += [(listed[word], paths) for word, paths in _LISTED.findall(detail)]
    for kind, paths in groups:
        names = [_STEP.sub("", path) for path in paths.split(",")]
        if kind and len({name.rpartition(".")[0] for name in names}) == 1:
            if len(names) == 1:
                demands.setdefault("required", []).append(names[0])
            else:
                demands.setdefault(kind, []).append(sorted(names))


def collect() -> dict[str, dict[str, Any]]:
    """Return the demands by "mode type"."""
    aws = provider("aws", MAJOR)
    if aws is None:
        raise SystemExit("the pack has no AWS provider of that version")
    places = [("resource", name) for name in aws.resource_types]
    places += [("data", name) for name in aws.data_types]
    found: dict[str, dict[str, Any]] = {}
    folder = Path(tempfile.mkdtemp())
    try:
        for start in range(0, len(places), BATCH):
            texts = []
            for mode, name in places[start : start + BATCH]:
                schema = getattr(aws, mode)(name)
                texts.append("\n".join([f'{mode} "{name}" "t" {{', *_body(schema), "}"]))
            for diagnostic in _ask(folder, texts):
                address = diagnostic.get("address", "").split(".")
                mode = "data" if address[0] == "data" else "resource"
                if len(address) > 1:
                    _read(diagnostic, found.setdefault(f"{mode} {address[-2]}", {}))
    finally:
        shutil.rmtree(folder)
    return {place: _tidy(demands) for place, demands in sorted(found.items()) if demands}


def _tidy(demands: dict[str, Any]) -> dict[str, Any]:
    return {
        kind: sorted({tuple(one) if isinstance(one, list) else one for one in given})
        for kind, given in sorted(demands.items())
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps({"aws": collect()}, indent=0, sort_keys=True) + "\n")
