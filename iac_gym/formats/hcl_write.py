"""A syntax tree -> HCL text that means the same. Layout is plain; comments are not kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from iac_gym.formats.hcl import nodes
from iac_gym.formats.hcl.nodes import Body, Node
from iac_gym.formats.hcl_render import text_literal

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def write(body: Body, indent: str = "") -> str:
    """Write a body: its attributes, then its blocks, in their order."""
    lines = [
        f"{indent}{name} = {expression(found.value)}\n" for name, found in body.attributes.items()
    ]
    for block in body.blocks:
        head = " ".join([block.type, *map(text_literal, block.labels)])
        inner = write(block.body, indent + "  ")
        lines.append(f"{indent}{head} {{\n{inner}{indent}}}\n")
    return "".join(lines)


def expression(node: Node) -> str:
    """Write an expression on one line."""
    return _WRITERS[node.__class__](node)


def _literal(node: nodes.Literal) -> str:
    value = node.value
    if isinstance(value, str):
        return text_literal(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def _inside(node: nodes.Template) -> str:
    """Write what stands between the quotes of a template."""
    out = []
    for part in node.parts:
        if isinstance(part, nodes.Literal) and isinstance(part.value, str):
            out.append(text_literal(part.value)[1:-1])
        elif isinstance(part, nodes.TemplateIf):
            no = "" if part.no is None else f"%{{ else }}{_inside(part.no)}"
            out.append(f"%{{ if {expression(part.condition)} }}{_inside(part.yes)}{no}%{{ endif }}")
        elif isinstance(part, nodes.TemplateFor):
            names = ", ".join(filter(None, (part.key_name, part.value_name)))
            source, body = expression(part.source), _inside(part.body)
            out.append(f"%{{ for {names} in {source} }}{body}%{{ endfor }}")
        else:
            out.append(f"${{{expression(part)}}}")
    return "".join(out)


def _steps(steps: tuple[nodes.Step, ...]) -> str:
    return "".join(
        f"[{step}]"
        if isinstance(step, int)
        else f"[{text_literal(step)}]"
        if isinstance(step, nodes.Key)
        else f".{step}"
        for step in steps
    )


def _source(node: Node) -> str:
    """Write something that is followed by `.` or `[`."""
    simple = (nodes.Traversal, nodes.Call, nodes.GetAttr, nodes.Index, nodes.Tuple, nodes.Item)
    text = expression(node)
    return text if isinstance(node, simple) else f"({text})"


def _operand(node: Node) -> str:
    compound = (nodes.Binary, nodes.Unary, nodes.Conditional)
    text = expression(node)
    return f"({text})" if isinstance(node, compound) else text


def _call(node: nodes.Call) -> str:
    args = ", ".join(map(expression, node.args))
    return f"{node.name}({args}{'...' if node.expand else ''})"


def _splat(node: nodes.Splat) -> str:
    return _source(node.source) + ("[*]" if node.full else ".*") + expression(node.each)


def _key(node: Node) -> str:
    if isinstance(node, nodes.Literal) and isinstance(node.value, str):
        return node.value if _NAME.fullmatch(node.value) else text_literal(node.value)
    return expression(node)


def _object(node: nodes.Object) -> str:
    items = ", ".join(f"{_key(key)} = {expression(value)}" for key, value in node.items)
    return f"{{ {items} }}" if items else "{}"


def _for(node: nodes.For) -> str:
    names = ", ".join(filter(None, (node.key_name, node.value_name)))
    key = "" if node.key is None else f"{expression(node.key)} => "
    group = "..." if node.group else ""
    only = "" if node.condition is None else f" if {expression(node.condition)}"
    head = f"for {names} in {expression(node.source)} : "
    inner = f"{head}{key}{expression(node.value)}{group}{only}"
    return f"[{inner}]" if node.key is None else f"{{{inner}}}"


_WRITERS: dict[type, Callable[[Any], str]] = {
    nodes.Literal: _literal,
    nodes.Template: lambda node: f'"{_inside(node)}"',
    nodes.Traversal: lambda node: node.root + _steps(node.steps),
    nodes.GetAttr: lambda node: f"{_source(node.source)}.{node.name}",
    nodes.Index: lambda node: f"{_source(node.source)}[{expression(node.key)}]",
    nodes.Item: lambda node: "",
    nodes.Splat: _splat,
    nodes.Call: _call,
    nodes.Unary: lambda node: f"{node.operator}{_operand(node.operand)}",
    nodes.Binary: lambda n: f"{_operand(n.left)} {n.operator} {_operand(n.right)}",
    nodes.Conditional: lambda n: " ".join(
        (_operand(n.condition), "?", _operand(n.yes), ":", _operand(n.no))
    ),
    nodes.Parens: lambda node: f"({expression(node.inner)})",
    nodes.Tuple: lambda node: f"[{', '.join(map(expression, node.items))}]",
    nodes.Object: _object,
    nodes.For: _for,
}
