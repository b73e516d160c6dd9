"""The syntax tree of HCL: bodies of attributes and blocks, and expressions.

`at` is the offset of a node's first character. Files of one answer may be parsed with different
base offsets, so that an offset alone says the file, too. Nodes are compared by identity.
"""

from __future__ import annotations

from typing import TypeAlias


class Key(str):
    """A step `["name"]` of a traversal, apart from `.name`, which is a plain `str`."""

    __slots__ = ()


#: A step of a traversal: `.name`, `["name"]` or `[0]` (also the old form `.0`).
Step: TypeAlias = "str | Key | int"


class Node:
    """Base of all nodes."""

    __slots__ = ("at",)
    at: int


class Literal(Node):
    """A string without interpolation, a number, a bool or null. A quoted "1" is a `str`."""

    __slots__ = ("value",)

    def __init__(self, at: int, value: str | int | float | bool | None) -> None:
        self.at = at
        self.value = value


class Template(Node):
    """A string with interpolations or directives. `parts`: literals (str), expressions,
    `TemplateIf` and `TemplateFor`. One part that is no literal stands for its own value.
    """

    __slots__ = ("parts",)

    def __init__(self, at: int, parts: list[Node]) -> None:
        self.at = at
        self.parts = parts


class TemplateIf(Node):
    """`%{ if condition }yes%{ else }no%{ endif }` inside a template."""

    __slots__ = ("condition", "no", "yes")

    def __init__(self, at: int, condition: Node, yes: Template, no: Template | None) -> None:
        self.at = at
        self.condition = condition
        self.yes = yes
        self.no = no


class TemplateFor(Node):
    """`%{ for key, value in source }body%{ endfor }` inside a template."""

    __slots__ = ("body", "key_name", "source", "value_name")

    def __init__(
        self, at: int, key_name: str | None, value_name: str, source: Node, body: Template
    ) -> None:
        self.at = at
        self.key_name = key_name
        self.value_name = value_name
        self.source = source
        self.body = body


class Traversal(Node):
    """A reference: a root name and constant steps, as in `aws_vpc.main.tags["Name"]`."""

    __slots__ = ("root", "steps")

    def __init__(self, at: int, root: str, steps: tuple[Step, ...]) -> None:
        self.at = at
        self.root = root
        self.steps = steps


class GetAttr(Node):
    """`source.name` of something that is no traversal."""

    __slots__ = ("name", "source")

    def __init__(self, at: int, source: Node, name: str) -> None:
        self.at = at
        self.source = source
        self.name = name


class Index(Node):
    """`source[key]` where the key is computed, or the source is no traversal."""

    __slots__ = ("key", "source")

    def __init__(self, at: int, source: Node, key: Node) -> None:
        self.at = at
        self.source = source
        self.key = key


class Item(Node):
    """The current item inside the `each` of a splat."""

    __slots__ = ()

    def __init__(self, at: int) -> None:
        self.at = at


class Splat(Node):
    """`source[*].each` (`full`) or `source.*.each`; `each` is an expression over `Item`."""

    __slots__ = ("each", "full", "source")

    def __init__(self, at: int, source: Node, each: Node, *, full: bool) -> None:
        self.at = at
        self.source = source
        self.each = each
        self.full = full


class Call(Node):
    """`name(args)`; `expand`: the last argument is followed by `...`."""

    __slots__ = ("args", "expand", "name")

    def __init__(self, at: int, name: str, args: list[Node], *, expand: bool = False) -> None:
        self.at = at
        self.name = name
        self.args = args
        self.expand = expand


class Unary(Node):
    """`-operand` or `!operand`."""

    __slots__ = ("operand", "operator")

    def __init__(self, at: int, operator: str, operand: Node) -> None:
        self.at = at
        self.operator = operator
        self.operand = operand


class Binary(Node):
    """`left operator right`: `|| && == != < > <= >= + - * / %`."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, at: int, operator: str, left: Node, right: Node) -> None:
        self.at = at
        self.operator = operator
        self.left = left
        self.right = right


class Conditional(Node):
    """`condition ? yes : no`."""

    __slots__ = ("condition", "no", "yes")

    def __init__(self, at: int, condition: Node, yes: Node, no: Node) -> None:
        self.at = at
        self.condition = condition
        self.yes = yes
        self.no = no


class Parens(Node):
    """`(inner)`: kept where it matters, around the key of an object item."""

    __slots__ = ("inner",)

    def __init__(self, at: int, inner: Node) -> None:
        self.at = at
        self.inner = inner


class Tuple(Node):
    """`[a, b]`."""

    __slots__ = ("items",)

    def __init__(self, at: int, items: list[Node]) -> None:
        self.at = at
        self.items = items


class Object(Node):
    """`{ key = value }`. A bare name as the key is a `Literal`; `(key)` is a `Parens`."""

    __slots__ = ("items",)

    def __init__(self, at: int, items: list[tuple[Node, Node]]) -> None:
        self.at = at
        self.items = items


class For(Node):
    """`[for k, v in source : value if condition]`, with `key` set: `{for ... : key => value}`.

    `group` is true for `value...`.
    """

    __slots__ = ("condition", "group", "key", "key_name", "source", "value", "value_name")

    def __init__(
        self,
        at: int,
        names: tuple[str | None, str],
        source: Node,
        key: Node | None,
        value: Node,
        condition: Node | None,
        *,
        group: bool = False,
    ) -> None:
        self.at = at
        self.key_name, self.value_name = names
        self.source = source
        self.key = key
        self.value = value
        self.condition = condition
        self.group = group


class Attribute(Node):
    """`name = value` in a body; `at` is that of the name."""

    __slots__ = ("name", "value")

    def __init__(self, at: int, name: str, value: Node) -> None:
        self.at = at
        self.name = name
        self.value = value


class Block(Node):
    """`type "label" { body }`."""

    __slots__ = ("body", "labels", "type")

    def __init__(self, at: int, type: str, labels: list[str], body: Body) -> None:
        self.at = at
        self.type = type
        self.labels = labels
        self.body = body


class Body(Node):
    """Attributes by name and blocks in order. `end` is the offset of its end.

    `json` marks a body of the JSON syntax, where the schema alone tells blocks from attributes:
    everything is an attribute there, until it is read with `iac_gym.formats.hcl.json_blocks`.
    """

    __slots__ = ("attributes", "blocks", "end", "json")

    def __init__(
        self,
        at: int,
        attributes: dict[str, Attribute],
        blocks: list[Block],
        end: int,
        *,
        json: bool = False,
    ) -> None:
        self.at = at
        self.attributes = attributes
        self.blocks = blocks
        self.end = end
        self.json = json
