"""Reads provider schemas as Terraform itself prints them: `terraform providers schema -json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from iac_gym.languages.terraform.schema_codes import block_form, is_block_like, type_code
from iac_gym.languages.terraform.schemas import AttributeSchema, BlockSchema, BodySchema
from iac_gym.languages.terraform.values import ANY, Type

EMPTY = BodySchema({}, {})


@dataclass
class Source:
    """The schemas of one provider: what one entry of the pack is built from."""

    name: str
    source: str
    version: str
    config: BodySchema = EMPTY
    resources: dict[str, BodySchema] = field(default_factory=dict)
    data: dict[str, BodySchema] = field(default_factory=dict)
    ephemeral: dict[str, BodySchema] = field(default_factory=dict)
    #: name -> type codes: of the parameters (spaces between), of further ones or "", of the result.
    functions: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    #: What it was read from, in words.
    origin: str = ""


def read_schema(printed: Mapping[str, Any], name: str, source: str, version: str) -> Source:
    """Read one provider from the output of `terraform providers schema -json`."""
    provider = next(
        schema for key, schema in printed["provider_schemas"].items() if key.endswith(source)
    )

    def bodies(kind: str) -> dict[str, BodySchema]:
        return {name: _body(schema["block"]) for name, schema in provider.get(kind, {}).items()}

    return Source(
        name,
        source,
        version,
        _body(provider["provider"].get("block", {})),
        bodies("resource_schemas"),
        bodies("data_source_schemas"),
        bodies("ephemeral_resource_schemas"),
        {n: _function(f) for n, f in sorted(provider.get("functions", {}).items())},
    )


def _function(printed: Mapping[str, Any]) -> tuple[str, str, str]:
    parameters = " ".join(
        type_code(type_from_json(p["type"])) for p in printed.get("parameters", ())
    )
    rest = printed.get("variadic_parameter")
    return (
        parameters,
        type_code(type_from_json(rest["type"])) if rest else "",
        type_code(type_from_json(printed["return_type"])),
    )


def type_from_json(kind: Any) -> Type:
    """Read a type constraint in Terraform's JSON form."""
    if isinstance(kind, str):
        return ANY if kind == "dynamic" else kind
    if kind[0] == "object":
        fields = {name: type_from_json(inner) for name, inner in sorted(kind[1].items())}
        return ("object", fields, frozenset(kind[2] if len(kind) > 2 else ()))
    return (kind[0], type_from_json(kind[1]))


def _body(block: Mapping[str, Any]) -> BodySchema:
    printed = block.get("attributes", {})
    attributes = {name: _attribute(schema) for name, schema in sorted(printed.items())}
    blocks = {
        name: BlockSchema(
            schema["nesting_mode"],
            schema.get("min_items", 0),
            schema.get("max_items", 0),
            _body(schema["block"]),
        )
        for name, schema in sorted(block.get("block_types", {}).items())
    }
    return BodySchema(
        attributes,
        blocks,
        as_blocks=as_blocks(attributes, {n for n, s in printed.items() if "nested_type" in s}),
        sensitive=frozenset(name for name, s in printed.items() if s.get("sensitive")),
        write_only=frozenset(name for name, s in printed.items() if s.get("write_only")),
    )


def as_blocks(
    attributes: Mapping[str, AttributeSchema], nested: frozenset[str] | set[str]
) -> dict[str, BlockSchema]:
    """Find the attributes that Terraform takes as blocks too; `nested` types are none of them.

    Only what can be set counts: blocks for a computed attribute are refused either way.
    """
    return {
        name: block_form(kind)
        for name, (kind, mode) in attributes.items()
        if mode != "computed" and name not in nested and is_block_like(kind)
    }


def _attribute(schema: Mapping[str, Any]) -> AttributeSchema:
    kind = _nested(schema["nested_type"]) if "nested_type" in schema else None
    return AttributeSchema(kind or type_from_json(schema["type"]), mode_of(schema))


def _nested(schema: Mapping[str, Any]) -> Type:
    inner = {
        name: _attribute(attribute) for name, attribute in sorted(schema["attributes"].items())
    }
    optional = frozenset(name for name, attribute in inner.items() if attribute.mode != "required")
    whole: Type = ("object", {name: attribute.type for name, attribute in inner.items()}, optional)
    nesting = schema["nesting_mode"]
    return whole if nesting == "single" else (nesting, whole)


def mode_of(schema: Mapping[str, Any]) -> str:
    """Name the mode of an attribute from its flags."""
    if schema.get("required"):
        return "required"
    return "optional" if schema.get("optional") else "computed"
