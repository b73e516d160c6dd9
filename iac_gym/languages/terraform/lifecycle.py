"""The block `lifecycle` of resources and data sources.

Source: https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle and `terraform
validate` 1.11.4.
"""

from __future__ import annotations

from typing import NamedTuple

from iac_gym.formats.hcl import HclError, parse
from iac_gym.formats.hcl.nodes import Block, Body, Literal, Node, Traversal, Tuple
from iac_gym.languages.terraform.body_values import Values
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.schemas import BodySchema
from iac_gym.languages.terraform.structure import CONDITIONS, LIFECYCLE, Shapes
from iac_gym.languages.terraform.traversals import traverse
from iac_gym.languages.terraform.values import BOOL, STRING

#: How many items of `ignore_changes` are looked at.
MOST_ITEMS = 500


class Lifecycle(NamedTuple):
    """Judges `lifecycle` blocks of a module."""

    config: Configuration
    shapes: Shapes
    values: Values

    def judge(self, blocks: list[Block], schema: BodySchema | None, *, managed: bool) -> None:
        """Judge the lifecycle blocks of one resource. `schema` is None where it is not known."""
        for block in blocks[1:]:
            message = "there may be one `lifecycle` block only"
            self.config.fault("block-count", block.at, message)
        for block in blocks[:1]:
            if block.labels:
                self.config.fault("block-labels", block.at, "a lifecycle block takes no labels")
            shape = LIFECYCLE if managed else CONDITIONS
            body = self.shapes.judge("a lifecycle block", block.at, block.body, shape)
            if managed and "ignore_changes" in body.attributes:
                self._ignored(body.attributes["ignore_changes"].value, schema, json=block.body.json)
            for inner in body.blocks:
                if inner.type in LIFECYCLE.blocks:
                    self._condition(inner.body)

    def _ignored(self, node: Node, schema: BodySchema | None, *, json: bool) -> None:
        """Check `ignore_changes`: the word `all`, or a list of attributes."""
        word = _reference(node) if json or isinstance(node, Traversal) else None
        if word is not None and word.root == "all" and not word.steps:
            return
        if not isinstance(node, Tuple):
            message = "`ignore_changes` must be a list of attributes, or the word all"
            self.config.fault("ignored-attribute", node.at, message)
            return
        for item in node.items[:MOST_ITEMS]:
            reference = _reference(item)
            if reference is None:
                message = "`ignore_changes` must list attributes"
                self.config.fault("ignored-attribute", item.at, message, "write [tags, user_data]")
            elif schema:
                self._ignored_attribute(reference, item.at, schema)

    def _ignored_attribute(self, reference: Traversal, at: int, schema: BodySchema) -> None:
        root = reference.root
        if root not in schema.attributes and root not in schema.blocks:
            message = f"there is no attribute `{root[:80]}` to ignore"
            hint = self.config.near(root, (*schema.attributes, *schema.blocks))
            self.config.fault("ignored-attribute", at, message, hint)
            return
        wrong = traverse(schema, (root, *reference.steps), at)
        if wrong is not None:
            self.config.fault("ignored-attribute", at, wrong.message, wrong.hint)

    def _condition(self, body: Body) -> None:
        """Evaluate a condition and its message."""
        values = self.values
        values.faults = []
        for name, want in (("condition", BOOL), ("error_message", STRING)):
            if name in body.attributes:
                values.converted(want, name, body.attributes[name].value, None)
        for fault in values.faults:
            self.config.fault(*fault)


def _reference(node: Node) -> Traversal | None:
    """Return a reference, which may also be written as a text."""
    if isinstance(node, Literal) and isinstance(node.value, str):
        try:
            body = parse(f"_ = {node.value}" if "\n" not in node.value else "")
        except HclError:
            return None
        node = body.attributes["_"].value if body.attributes else node
    return node if isinstance(node, Traversal) else None
