"""Finds out for which types `id` can be set, which no schema tells.

The plugin SDK adds an optional `id` to every type that does not declare one, and then refuses it
as an unknown key. `python -m iac_gym.languages.terraform.settable_ids SCHEMA` prints a
configuration that sets `id` everywhere; what `terraform validate -json` says of it is an input of
the schema pack, in which a refused `id` is only computed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from iac_gym.languages.terraform.schema_source import Source, read_schema
from iac_gym.languages.terraform.schemas import AttributeSchema, BodySchema

_REFUSED = "Invalid or unknown key"


def configuration(source: Source) -> Iterator[str]:
    """Write a configuration with every type whose `id` is optional; the lines."""
    yield f"terraform {{\n required_providers {{\n {source.name} = {{\n"
    yield f'source = "{source.source}"\nversion = "{source.version}"\n}}\n}}\n}}\n'
    yield 'variable "x" {}\n'
    for kind, bodies in (("resource", source.resources), ("data", source.data)):
        for name, body in bodies.items():
            if _optional_id(body):
                yield f'{kind} "{name}" "t" {{\n  id = "x"\n'
                yield from _required(body)
                yield "}\n"


def _required(body: BodySchema) -> Iterator[str]:
    for name in body.required:
        if name in body.attributes:
            yield f"{name} = var.x\n"
            continue
        for _ in range(body.blocks[name].least):
            yield f"{name} {{\n"
            yield from _required(body.blocks[name].body)
            yield "}\n"


def _optional_id(body: BodySchema) -> bool:
    return "id" in body.attributes and body.attributes["id"].mode == "optional"


def refused(validated: Mapping[str, Any]) -> set[str]:
    """Name the types, "data." before data sources, whose `id` was refused."""
    return {
        diagnostic["address"].rpartition(".")[0]
        for diagnostic in validated["diagnostics"]
        if diagnostic["summary"] == _REFUSED
    }


def without_ids(source: Source, is_refused: Callable[[str], bool]) -> Source:
    """Make `id` computed in every type, "data." before data sources, where it is refused."""
    for prefix, bodies in (("", source.resources), ("data.", source.data)):
        for name, body in bodies.items():
            if _optional_id(body) and is_refused(prefix + name):
                bodies[name] = _with_computed_id(body)
    return source


def _with_computed_id(body: BodySchema) -> BodySchema:
    attributes = {**body.attributes, "id": AttributeSchema("string", "computed")}
    return BodySchema(
        attributes,
        body.blocks,
        as_blocks=body.as_blocks,
        sensitive=body.sensitive,
        write_only=body.write_only,
    )


if __name__ == "__main__":
    printed = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    print("".join(configuration(read_schema(printed, "aws", "hashicorp/aws", "5.100.0"))))
