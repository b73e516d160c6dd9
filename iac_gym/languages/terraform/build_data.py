"""Builds the schema pack from downloaded provider packages and schemas that Terraform printed.

`python -m iac_gym.languages.terraform.build_data FOLDER` reads from the folder

- the CDKTF prebuilt provider packages, `cdktf_cdktf_provider_<name>-<version>-py3-none-any.whl`,
- `aws-schema.json`: `terraform providers schema -json` in a folder that requires AWS 5.100.0,
- `aws-ids.json`: what `terraform validate -json` says of the configuration that
  `settable_ids` prints for that schema,
- `builtin-schema.json`: the same in a folder that only uses the resource `terraform_data`,

and writes `data/schemas.bin` and its part of `data/SOURCE.md`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from iac_gym.languages.terraform.build_schemas import write
from iac_gym.languages.terraform.cdktf_source import package_texts, read_package
from iac_gym.languages.terraform.documented import FUNCTIONS, ephemeral
from iac_gym.languages.terraform.merge_schemas import merged
from iac_gym.languages.terraform.pack import PATH
from iac_gym.languages.terraform.schema_report import differences, report, with_section
from iac_gym.languages.terraform.schema_source import Source, read_schema
from iac_gym.languages.terraform.schemas import AttributeSchema, BodySchema
from iac_gym.languages.terraform.settable_ids import refused, without_ids

#: The packages, each with its version; AWS is apart.
PACKAGES = {
    "archive": "11.0.1",
    "azurerm": "14.23.1",
    "google": "16.12.1",
    "google_beta": "16.12.1",
    "helm": "12.1.2",
    "kubernetes": "12.1.1",
    "local": "11.1.1",
    "null": "11.0.1",
    "random": "12.0.1",
    "time": "11.0.1",
    "tls": "11.0.1",
}
AWS_OLD, AWS_NEW = "20.1.0", "21.22.1"
AWS_EXACT = "5.100.0"
BUILTIN = "terraform.io/builtin/terraform"
TERRAFORM = "1.11.4"
#: Providers of plugin protocol 6 that use its nested attributes.
NESTED = {"helm"}


def wheel(folder: Path, name: str, version: str) -> Path:
    """Give the path of a package in the folder."""
    return folder / f"cdktf_cdktf_provider_{name}-{version}-py3-none-any.whl"


def read_wheel(folder: Path, name: str, version: str) -> Source:
    """Read one package of the folder."""
    source = read_package(package_texts(wheel(folder, name, version)), nested=name in NESTED)
    source.origin = f"cdktf-cdktf-provider-{name.replace('_', '-')} {version}"
    return source


def read_printed(path: Path, name: str, source: str, version: str) -> Source:
    """Read a schema that Terraform printed into a file."""
    found = read_schema(json.loads(path.read_text("utf-8")), name, source, version)
    found.origin = f"`terraform providers schema -json` of Terraform {TERRAFORM}"
    return found


def read_sources(folder: Path) -> list[Source]:
    """Read everything; the versions of one provider come one after the other, oldest first."""
    builtin = read_printed(folder / "builtin-schema.json", "terraform", BUILTIN, TERRAFORM)
    others = [read_wheel(folder, name, version) for name, version in PACKAGES.items()]
    for source in others:
        source.functions = FUNCTIONS.get(source.name, {})
        source.ephemeral = ephemeral(source.name)
        # The plugin SDK, on which all these build, refuses an optional `id`.
        without_ids(source, lambda name: True)
        if source.name == "azurerm":
            source.config = _with_one_block(source.config, "features")
    return [*read_aws(folder), *others, builtin]


def read_aws(folder: Path) -> list[Source]:
    """Read both versions of AWS: the old one exactly, the new one with what stayed the same."""
    exact = read_printed(folder / "aws-schema.json", "aws", "hashicorp/aws", AWS_EXACT)
    old, new = (read_wheel(folder, "aws", version) for version in (AWS_OLD, AWS_NEW))
    result = merged(exact, old, new)
    result.ephemeral = {name: _with_region(body) for name, body in exact.ephemeral.items()}
    result.ephemeral |= ephemeral("aws")
    result.functions |= FUNCTIONS["aws"]
    bad = refused(json.loads((folder / "aws-ids.json").read_text("utf-8")))
    known = {*exact.resources, *(f"data.{name}" for name in exact.data)}
    without_ids(result, lambda name: name in bad or (name not in known and "." not in name))
    return [without_ids(exact, bad.__contains__), result]


def _with_one_block(body: BodySchema, name: str) -> BodySchema:
    """Ask for exactly one block: what azurerm's own validator of `features` does."""
    block = body.blocks[name]._replace(least=1, most=1)
    return BodySchema(body.attributes, {**body.blocks, name: block}, as_blocks=body.as_blocks)


def _with_region(body: BodySchema) -> BodySchema:
    """Add the argument that version 6 of AWS brought to ephemeral resources, like to others."""
    return BodySchema(
        {**body.attributes, "region": AttributeSchema("string", "optional")},
        body.blocks,
        as_blocks=body.as_blocks,
        sensitive=body.sensitive,
        write_only=body.write_only,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Build the pack from the folder that is named."""
    parser = argparse.ArgumentParser(description="Build the pack of provider schemas.")
    parser.add_argument("folder", type=Path, help="where the packages and printed schemas lie")
    folder: Path = parser.parse_args(arguments).folder
    sources = read_sources(folder)
    data = write(sources)
    PATH.write_bytes(data)
    exact = read_printed(folder / "aws-schema.json", "aws", "hashicorp/aws", AWS_EXACT)
    error = differences(exact, read_wheel(folder, "aws", AWS_OLD))
    notes = PATH.parent / "SOURCE.md"
    before = notes.read_text("utf-8") if notes.exists() else ""
    section = report(sources, error, len(data))
    notes.write_text(with_section(before, section), "utf-8")
    print(f"{PATH.name}: {len(data)} bytes; the package of AWS {AWS_EXACT} differs: {error}")


if __name__ == "__main__":
    main()
