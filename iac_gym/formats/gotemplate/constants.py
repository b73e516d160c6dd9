"""Constants as arguments, and the node that Go has looked at last."""

from __future__ import annotations

from typing import Any

from iac_gym.formats.gotemplate.functions import GO_NAMES
from iac_gym.formats.gotemplate.nodes import Bool, Chain, Number, Pipe, String
from iac_gym.formats.gotemplate.values import Int64


def constant_value(node: Any, kind: str) -> tuple[Any, str]:
    """Return a constant's value for a parameter type, or what Go says against it."""
    if kind in ("any", "value"):
        return _ideal(node)
    if kind == "string":
        return (node.text, "") if isinstance(node, String) else (None, _expected(node, "string"))
    if kind == "bool":
        return (node.value, "") if isinstance(node, Bool) else (None, _expected(node, "bool"))
    number = node if isinstance(node, Number) else None
    if kind in ("int", "int64"):
        if number is None or number.integer is None:
            return None, _expected(node, "integer")
        return (number.integer if kind == "int" else Int64(number.integer)), ""
    if kind == "float64":
        if number is None or number.real is None:
            return None, _expected(node, "float")
        return number.real, ""
    return None, f"can't handle {node} for arg of type {GO_NAMES[kind]}"


def _expected(node: Any, word: str) -> str:
    return f"expected {word}; found {node}"


def _ideal(node: Any) -> tuple[Any, str]:
    """Return the value of a constant by its own syntax."""
    if isinstance(node, Bool):
        return node.value, ""
    if isinstance(node, String):
        return node.text, ""
    text = node.text
    if node.imaginary is not None:
        return node.imaginary, ""
    hexadecimal = text[:2] in ("0x", "0X") and not any(letter in text for letter in "pP")
    plain = node.real is not None and not hexadecimal and text[0] != "'"
    if plain and any(letter in text for letter in ".eEpP"):
        return node.real, ""
    if node.integer is not None:
        return node.integer, ""
    return None, f"{text} overflows int"


def last_node(node: Any) -> Any:
    """Return the node that Go has looked at last when an argument is evaluated."""
    while True:
        if isinstance(node, Pipe):
            command = node.commands[-1]
            node = command.args[-1]
        elif isinstance(node, Chain):
            node = node.node
        else:
            return node
