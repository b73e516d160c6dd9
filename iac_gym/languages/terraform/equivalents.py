"""Rewritings of a configuration that mean the same to Terraform, for the contract's tests."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping

from iac_gym.formats.hcl import parse
from iac_gym.formats.hcl.nodes import (
    Attribute,
    Block,
    Body,
    Call,
    Literal,
    Node,
    Object,
    Template,
    Traversal,
    Tuple,
)
from iac_gym.formats.hcl_write import write

#: Arguments whose values Terraform wants literally.
_STATIC = frozenset(
    ("provider", "depends_on", "count", "for_each", "providers", "source", "version")
)
#: Blocks that hold no ordinary expressions, or that cannot be dynamic.
_PLAIN = frozenset(("lifecycle", "connection", "provisioner", "dynamic", "timeouts"))

Change = Callable[[Node], Node]


def _each_body(body: Body) -> Iterator[Body]:
    """Yield the bodies of resources and data sources, with their nested blocks."""
    for block in body.blocks:
        if block.type in ("resource", "data"):
            pending = [block.body]
            for inner in pending:  # grows as it is read
                yield inner
                pending += [one.body for one in inner.blocks if one.type not in _PLAIN]


def _changed(body: Body, change: Change) -> Body:
    """Copy a file with the values of all ordinary arguments changed."""
    made = copy.deepcopy(body)
    for inner in _each_body(made):
        for name, attribute in inner.attributes.items():
            if name not in _STATIC:
                attribute.value = change(attribute.value)
    return made


class _Hoist:
    """Moves literals to declarations: `local.x1` or `var.x1` in their place."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.values: dict[str, Node] = {}

    def __call__(self, node: Node) -> Node:
        if not isinstance(node, Literal) or node.value is None:
            return node
        name = f"moved_{len(self.values)}"
        self.values[name] = node
        return Traversal(node.at, self.root, (name,))

    def declared(self) -> list[Block]:
        """Return the blocks that declare what was moved."""
        if self.root == "local":
            attributes = {n: Attribute(0, n, v) for n, v in self.values.items()}
            return [Block(0, "locals", [], Body(0, attributes, [], 0))]
        return [
            Block(0, "variable", [n], Body(0, {"default": Attribute(0, "default", v)}, [], 0))
            for n, v in self.values.items()
        ]


def _hoisted(body: Body, root: str) -> Body:
    hoist = _Hoist(root)
    made = _changed(body, hoist)
    made.blocks += hoist.declared()
    return made


def _quoted(node: Node) -> Node:
    """Write `x.y` as `"${x.y}"`, and numbers and truth values as strings."""
    if isinstance(node, Traversal):
        return Template(node.at, [node])
    if isinstance(node, Literal) and isinstance(node.value, bool):
        return Literal(node.at, "true" if node.value else "false")
    if isinstance(node, Literal) and isinstance(node.value, int):
        return Literal(node.at, str(node.value))
    return node


def _by_functions(node: Node) -> Node:
    """Write objects, lists and texts as results of functions."""
    if isinstance(node, Object) and node.items:
        first = Object(node.at, node.items[:1])
        return Call(node.at, "merge", [first, Object(node.at, node.items[1:])])
    if isinstance(node, Tuple) and node.items:
        parts: list[Node] = [Tuple(node.at, node.items[:1]), Tuple(node.at, node.items[1:])]
        return Call(node.at, "concat", parts)
    if isinstance(node, Literal) and isinstance(node.value, str):
        return Call(
            node.at, "join", [Literal(0, ""), Tuple(0, [Literal(0, c) for c in node.value])]
        )
    return node


def _plain(node: Node) -> object:
    """Return the plain value of an expression without references; raises `ValueError`."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Tuple):
        return [_plain(item) for item in node.items]
    if isinstance(node, Object):
        return {str(_plain(key)): _plain(value) for key, value in node.items}
    raise ValueError


def _encoded(node: Node) -> Node:
    """Write `jsonencode` of a constant as its text."""
    if isinstance(node, Call) and node.name == "jsonencode" and len(node.args) == 1:
        try:
            return Literal(node.at, json.dumps(_plain(node.args[0]), indent=1))
        except ValueError:
            return node
    return node


def _backwards(body: Body) -> Body:
    """Turn the order of attributes and of blocks of different types around, at every depth."""
    attributes = dict(reversed(body.attributes.items()))
    kinds = list(dict.fromkeys(block.type for block in body.blocks))
    blocks = [
        Block(block.at, block.type, block.labels, _backwards(block.body))
        for kind in reversed(kinds)
        for block in body.blocks
        if block.type == kind
    ]
    return Body(body.at, attributes, blocks, body.end)


def _dynamic(body: Body) -> Body:
    """Write nested blocks of resources as dynamic ones over a single item."""
    made = copy.deepcopy(body)
    for inner in list(_each_body(made)):
        inner.blocks = [
            block if block.type in _PLAIN or block.labels else _as_dynamic(block)
            for block in inner.blocks
        ]
    return made


def _as_dynamic(block: Block) -> Block:
    content = Block(block.at, "content", [], block.body)
    once = Attribute(0, "for_each", Tuple(0, [Literal(0, "once")]))
    return Block(0, "dynamic", [block.type], Body(0, {"for_each": once}, [content], 0))


def _renamed(text: str, body: Body) -> str:
    """Give every resource another label, also where it is referred to."""
    for block in body.blocks:
        if block.type in ("resource", "data") and len(block.labels) == 2:
            kind, label = block.labels
            text = text.replace(f'"{kind}" "{label}"', f'"{kind}" "z_{label}_2"')
            for end in (".", "[", ")", "\n", ",", "]", " "):
                text = text.replace(f"{kind}.{label}{end}", f"{kind}.z_{label}_2{end}")
    return text


def equivalents(files: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (what was changed, files) for rewritings that Terraform reads the same."""
    for path, text in files.items():
        if not path.endswith(".tf"):
            continue
        body = parse(text)
        unused = 'variable "unused_here" {\n  default = 1\n}\nlocals {\n  also_unused = "x"\n}\n'
        changed = {
            "another layout": write(body),
            "the opposite order": write(_backwards(body)),
            "literals as locals": write(_hoisted(body, "local")),
            "literals as variables": write(_hoisted(body, "var")),
            "quoted references and numbers": write(_changed(body, _quoted)),
            "values by functions": write(_changed(body, _by_functions)),
            "JSON texts": write(_changed(body, _encoded)),
            "dynamic blocks": write(_dynamic(body)),
            "carriage returns": text.replace("\n", "\r\n"),
            "tabs": text.replace("  ", "\t"),
            "comments": f"# before\n// and\n/* some\n more */\n{text}# after\n",
            "unused declarations": unused + text,
        }
        if len(files) == 1:
            changed["other labels"] = _renamed(text, body)
        for what, rewritten in changed.items():
            yield what, {**files, path: rewritten}
