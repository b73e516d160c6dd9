"""Carries what is known exactly of one version of a provider over to the next.

There are three sources: the exact schema of the old version, and the packages of the old and the
new version, which lose the same things. What both packages say in the same words is taken to have
stayed as it was, so the exact schema stands for it.
"""

from __future__ import annotations

from collections.abc import Mapping

from iac_gym.languages.terraform.schema_codes import block_form, encode
from iac_gym.languages.terraform.schema_source import Source
from iac_gym.languages.terraform.schemas import AttributeSchema, BlockSchema, BodySchema


def merged(exact: Source, old: Source, new: Source) -> Source:
    """Return `new` with the exact facts of `exact` wherever `old` and `new` agree.

    What packages do not hold at all, ephemeral resources and functions, is taken over unchanged.
    """
    return Source(
        new.name,
        new.source,
        new.version,
        merged_body(exact.config, old.config, new.config),
        _merged_bodies(exact.resources, old.resources, new.resources),
        _merged_bodies(exact.data, old.data, new.data),
        dict(exact.ephemeral),
        dict(exact.functions),
        new.origin,
    )


def _merged_bodies(
    exact: Mapping[str, BodySchema], old: Mapping[str, BodySchema], new: Mapping[str, BodySchema]
) -> dict[str, BodySchema]:
    return {
        name: merged_body(exact[name], old[name], body) if name in exact and name in old else body
        for name, body in new.items()
    }


def merged_body(exact: BodySchema, old: BodySchema, new: BodySchema) -> BodySchema:
    """Return the new body with the exact facts about what has stayed the same."""
    if same(old, new):
        return exact
    attributes: dict[str, AttributeSchema] = {}
    blocks: dict[str, BlockSchema] = {}
    from_exact = set()
    for name in sorted({*new.attributes, *new.blocks, *_lost(exact, old, new)}):
        if _stayed(name, old, new):
            from_exact.add(name)
            source = exact
        else:
            source = new
        if name in source.attributes:
            attributes[name] = source.attributes[name]
        elif name in source.blocks:
            block = source.blocks[name]
            inner = _inner(name, exact, old, new) if source is new else None
            blocks[name] = inner or block
    return BodySchema(
        attributes,
        blocks,
        as_blocks={
            name: block_form(attributes[name].type)
            for name in attributes
            if name in (exact if name in from_exact else new).as_blocks
        },
        sensitive=exact.sensitive & from_exact,
        write_only=exact.write_only & from_exact,
    )


def same(left: BodySchema, right: BodySchema) -> bool:
    """Tell whether two bodies are equal throughout."""
    return left is right or (left.open == right.open and encode(left) == encode(right))


def _lost(exact: BodySchema, old: BodySchema, new: BodySchema) -> set[str]:
    """Name what the exact body has and neither package shows."""
    shown = {*old.attributes, *old.blocks, *new.attributes, *new.blocks}
    return {*exact.attributes, *exact.blocks} - shown


def _stayed(name: str, old: BodySchema, new: BodySchema) -> bool:
    if old.attributes.get(name) != new.attributes.get(name):
        return False
    before, after = old.blocks.get(name), new.blocks.get(name)
    if before is None or after is None:
        return before is after
    return before[:3] == after[:3] and same(before.body, after.body)


def _inner(name: str, exact: BodySchema, old: BodySchema, new: BodySchema) -> BlockSchema | None:
    """Merge a block of which something inside, or its limits, has changed."""
    if name not in exact.blocks or name not in old.blocks:
        return None
    limits = exact if old.blocks[name][:3] == new.blocks[name][:3] else new
    bodies = (body.blocks[name].body for body in (exact, old, new))
    return BlockSchema(*limits.blocks[name][:3], merged_body(*bodies))
