"""Dynamic blocks as they are written: what they iterate over, and the body of each block.

Source: https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks, and what
`terraform validate` 1.11.4 refuses in them.
"""

from __future__ import annotations

from typing import NamedTuple

from iac_gym.formats.hcl import HclError, json_blocks
from iac_gym.formats.hcl.nodes import Block, Body, Literal, Node, Traversal
from iac_gym.languages.terraform.body_values import Names, Values
from iac_gym.languages.terraform.forms import Fault
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.types import type_name, type_of
from iac_gym.languages.terraform.values import ANY, SetValue, Unknown, Value

_ARGUMENTS = frozenset(("for_each", "iterator", "labels"))


class Dynamic(NamedTuple):
    """A dynamic block. `pairs` are the keys and values it iterates over, None where unknown."""

    kind: str
    iterator: str
    pairs: list[tuple[Value, Value]] | None
    content: Body
    labels: bool


def read_dynamic(walk: Values, config: Configuration, block: Block, names: Names) -> Dynamic | None:
    """Read a dynamic block; None where it is broken, which is a fault."""
    if len(block.labels) != 1:
        message = "a dynamic block takes one label, the type of its blocks"
        walk.faults.append(Fault("block-labels", block.at, message))
        return None
    kind = block.labels[0]
    content = _content(walk, block)
    attributes = block.body.attributes
    for name, attribute in attributes.items():
        if name not in _ARGUMENTS and not (block.body.json and name in ("content", "//")):
            hint = config.near(name, (*_ARGUMENTS, "content")) or "put it into `content`"
            message = f"an argument named `{name[:80]}` is not expected in a dynamic block"
            walk.faults.append(Fault("unsupported-argument", attribute.at, message, hint))
    if "for_each" not in attributes:
        message = "`for_each` is required in a dynamic block"
        walk.faults.append(Fault("missing-argument", block.at, message))
        return None
    if content is None:
        return None
    iterator: str | None = kind
    if "iterator" in attributes:
        iterator = _iterator(walk, attributes["iterator"].value, json=block.body.json)
    pairs = _pairs(walk, attributes["for_each"].value, names)
    if iterator is None or pairs is False:
        return None
    found = pairs if isinstance(pairs, list) else None
    return Dynamic(kind, iterator, found, content, labels="labels" in attributes)


def _content(walk: Values, block: Block) -> Body | None:
    """Return the body of the one block `content`."""
    body = block.body
    blocks = list(body.blocks)
    if body.json and "content" in body.attributes:
        problems: list[HclError] = []
        blocks += json_blocks(body.attributes["content"].value, "content", 0, problems)
        for one in problems:
            walk.faults.append(Fault("unsupported-block", one.at, one.message, one.hint))
    contents = [inner for inner in blocks if inner.type == "content"]
    for inner in blocks:
        if inner.type != "content":
            hint = "put it into `content`"
            message = f"blocks of type `{inner.type[:80]}` are not expected in a dynamic block"
            walk.faults.append(Fault("unsupported-block", inner.at, message, hint))
        elif inner.labels:
            walk.faults.append(Fault("block-labels", inner.at, "a `content` block takes no labels"))
    if len(contents) == 1:
        return contents[0].body
    message = "a dynamic block holds exactly one `content` block"
    walk.faults.append(Fault("block-count", contents[1].at if contents else block.at, message))
    return None


def _iterator(walk: Values, node: Node, *, json: bool) -> str | None:
    """Return the name that stands for the item: a bare word."""
    if isinstance(node, Traversal) and not node.steps:
        return node.root
    if isinstance(node, Literal):
        if json and isinstance(node.value, str):
            return node.value
        if node.value in (None, True, False):  # these are names here
            return str(node.value).lower().replace("none", "null")
    message = "`iterator` must be a single name, without quotes"
    walk.faults.append(Fault("argument-type", node.at, message))
    return None


def _pairs(walk: Values, node: Node, names: Names) -> list[tuple[Value, Value]] | bool:
    """Return the keys and values, True where they are not known, False where there can be none."""
    value = walk.evaluated(node, names)
    if isinstance(value, dict):
        return list(value.items())
    if isinstance(value, SetValue):
        return [(item, item) for item in value]
    if isinstance(value, list):
        return list(enumerate(value))
    if isinstance(value, Unknown) and (value.type == ANY or isinstance(value.type, tuple)):
        return True
    given = "null" if value is None else f"a {type_name(type_of(value))}"
    message = f"`for_each` of a dynamic block needs a list, set or map, not {given}"
    walk.faults.append(Fault("argument-type", node.at, message))
    return False
