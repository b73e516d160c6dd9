"""Attributes of resources, followed through the schemas of providers by their names alone.

Source: `terraform validate` 1.11.4: lists of blocks need an index, sets have none, and what follows
an attribute is checked against an unknown value of its type.
"""

from __future__ import annotations

from collections.abc import Iterable

from iac_gym.formats.hcl.nodes import Key, Step
from iac_gym.languages.terraform.evaluate import EvalError, follow, get_index
from iac_gym.languages.terraform.expression_references import OddKey
from iac_gym.languages.terraform.model import Module, Resource
from iac_gym.languages.terraform.schemas import BlockSchema, BodySchema
from iac_gym.languages.terraform.values import Unknown, Value

#: The constants that make odd keys; any other is a fraction.
ODD_KEYS = {"None": None, "True": True, "False": False}


def schema_of(module: Module, resource: Resource) -> BodySchema | None:
    """Return the schema of a resource, None where there is none."""
    provider = module.schemas.get(resource.provider)
    if provider is None:
        return None
    if resource.mode == "resource":
        return provider.resource(resource.type)
    if resource.mode == "data":
        return provider.data(resource.type)
    return provider.ephemeral(resource.type)


def dotted(root: str, steps: Iterable[Step]) -> str:
    """Return a reference as it is written, shortened."""
    text = root
    for step in steps:
        if step.__class__ is str:
            text += f".{step}"
        elif isinstance(step, OddKey):
            text += f"[{step}]"
        else:
            text += f'["{step}"]' if isinstance(step, Key) else f"[{step}]"
    return text if len(text) <= 80 else text[:77] + "..."


def traverse(schema: BodySchema, steps: tuple[Step, ...], at: int) -> EvalError | None:
    """Follow steps through a schema; return what is wrong with them."""
    while steps:
        if schema.open:
            return None
        first, steps = steps[0], steps[1:]
        if first.__class__ is not str:
            hint = f"write .{first}" if isinstance(first, Key) and first.isidentifier() else ""
            return EvalError("an attribute must follow here, not an index", at, hint)
        if first in schema.attributes:
            return _through_type(schema, str(first), steps, at)
        block = schema.blocks.get(str(first))
        if block is None:
            return EvalError(f"there is no attribute or block `{str(first)[:80]}`", at)
        problem, steps = _into(block, str(first), steps, at)
        if problem is not None:
            return problem
        schema = block.body
    return None


def _through_type(
    schema: BodySchema, name: str, steps: tuple[Step, ...], at: int
) -> EvalError | None:
    value: Value = Unknown(schema.attributes[name].type)
    try:
        for step in steps:
            if isinstance(step, OddKey):
                value = get_index(value, ODD_KEYS.get(step, 0.5), at)
            else:
                value = follow(value, (step,), at)
    except EvalError as error:
        return error
    return None


def _into(
    block: BlockSchema, name: str, steps: tuple[Step, ...], at: int
) -> tuple[EvalError | None, tuple[Step, ...]]:
    """Go into a nested block: return what is wrong, and the steps that are left."""
    if not steps or block.nesting == "single":
        return None, steps
    if block.nesting == "set":
        hint = f"use [for item in ...{name} : item...]"
        return EvalError(f"blocks `{name}` are a set, whose elements have no index", at, hint), ()
    if block.nesting == "list" and steps[0].__class__ is str:
        hint = f"write {name}[0].{steps[0]}"
        return EvalError(f"blocks `{name}` are a list, so an index must follow", at, hint), ()
    return None, steps[1:]
