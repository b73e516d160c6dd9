"""Short notations of HCL trees, to compare them in tests: `shape` without positions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iac_gym.formats.hcl import nodes as n


def _steps(steps: tuple[n.Step, ...]) -> str:
    out = ""
    for step in steps:
        if isinstance(step, n.Key):
            out += f"[{str(step)!r}]"
        else:
            out += f".{step}" if isinstance(step, str) else f"[{step}]"
    return out


def _for(node: n.For) -> str:
    names = f"{node.key_name}, {node.value_name}" if node.key_name else node.value_name
    head = f"for {names} in {shape(node.source)}"
    value = shape(node.value) + ("..." if node.group else "")
    if node.key is not None:
        value = f"{shape(node.key)} => {value}"
    return f"<{head} : {value}{f' if {shape(node.condition)}' if node.condition else ''}>"


def _if(node: n.TemplateIf) -> str:
    no = f" else {shape(node.no)}" if node.no is not None else ""
    return f"if({shape(node.condition)}) {shape(node.yes)}{no}"


def _template_for(node: n.TemplateFor) -> str:
    names = f"{node.key_name}, {node.value_name}" if node.key_name else node.value_name
    return f"for({names} in {shape(node.source)}) {shape(node.body)}"


def _call(node: n.Call) -> str:
    return f"{node.name}({', '.join(map(shape, node.args))}{'...' if node.expand else ''})"


_SHAPES: dict[type, Callable[[Any], str]] = {
    n.Literal: lambda node: repr(node.value),
    n.Template: lambda node: f"t<{', '.join(map(shape, node.parts))}>",
    n.TemplateIf: _if,
    n.TemplateFor: _template_for,
    n.Traversal: lambda node: node.root + _steps(node.steps),
    n.GetAttr: lambda node: f"get({shape(node.source)}, {node.name})",
    n.Index: lambda node: f"index({shape(node.source)}, {shape(node.key)})",
    n.Item: lambda _: "@",
    n.Splat: lambda node: (
        f"{'full' if node.full else 'old'}({shape(node.source)}, {shape(node.each)})"
    ),
    n.Call: _call,
    n.Unary: lambda node: f"({node.operator}{shape(node.operand)})",
    n.Binary: lambda node: f"({shape(node.left)} {node.operator} {shape(node.right)})",
    n.Conditional: lambda node: f"({shape(node.condition)} ? {shape(node.yes)} : {shape(node.no)})",
    n.Parens: lambda node: f"paren({shape(node.inner)})",
    n.Tuple: lambda node: f"[{', '.join(map(shape, node.items))}]",
    n.Object: lambda node: (
        "{" + ", ".join(f"{shape(key)} = {shape(value)}" for key, value in node.items) + "}"
    ),
    n.For: _for,
}


def shape(node: n.Node) -> str:
    """One line that says all of an expression but positions."""
    return _SHAPES[type(node)](node)


def body_shape(body: n.Body) -> list[Any]:
    """Attributes, then blocks, of a body."""
    out: list[Any] = [
        f"{name} = {shape(attribute.value)}" for name, attribute in body.attributes.items()
    ]
    for block in body.blocks:
        out.append([block.type, *block.labels, body_shape(block.body)])
    return out
