"""What a provider's schema says about a body, however it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from iac_gym.languages.terraform.values import Type


class AttributeSchema(NamedTuple):
    """One attribute. `mode`: "required", "optional" (also optional and computed), "computed"."""

    type: Type
    mode: str


class BlockSchema(NamedTuple):
    """A nested block type: `nesting` "single", "list", "set" or "map"; `most` 0 = no limit."""

    nesting: str
    least: int
    most: int
    body: BodySchema


_NO_BLOCKS: Mapping[str, BlockSchema] = {}
_NO_NAMES: frozenset[str] = frozenset()


class BodySchema:
    """The attributes and nested blocks of a body.

    `open` marks a body whose schema was cut (recursive blocks): anything may stand in it.
    `as_blocks` holds the attributes that may be written as blocks instead: Terraform allows it for
    every attribute whose type is a list or set of plain objects. As an attribute, such a value
    needs every name of the object; as blocks, each name may be left out. `sensitive` and
    `write_only` name attributes, as far as the source of the schema knows them.
    """

    __slots__ = (
        "as_blocks",
        "attributes",
        "blocks",
        "computed",
        "open",
        "required",
        "sensitive",
        "write_only",
    )

    def __init__(
        self,
        attributes: Mapping[str, AttributeSchema],
        blocks: Mapping[str, BlockSchema],
        *,
        open: bool = False,
        as_blocks: Mapping[str, BlockSchema] = _NO_BLOCKS,
        sensitive: frozenset[str] = _NO_NAMES,
        write_only: frozenset[str] = _NO_NAMES,
    ) -> None:
        self.attributes = attributes
        self.blocks = blocks
        self.open = open
        self.as_blocks = as_blocks
        self.sensitive = sensitive
        self.write_only = write_only
        self.required = (
            *[name for name, (_, mode) in attributes.items() if mode == "required"],
            *[name for name, block in blocks.items() if block[1]],
        )
        self.computed = frozenset(
            [name for name, (_, mode) in attributes.items() if mode == "computed"]
        )
