"""HCL, the language of Terraform's files: native syntax and JSON syntax, as trees with positions.

Accepts and refuses what the real parser does, but for limits of depth, and refuses `{ a.b = 1 }`,
which the real tool refuses when it evaluates.
"""

from __future__ import annotations

from iac_gym.formats.hcl.bodies import Parser
from iac_gym.formats.hcl.errors import HclError, position
from iac_gym.formats.hcl.json_syntax import json_blocks, parse_json
from iac_gym.formats.hcl.nodes import Body, Node

__all__ = ["HclError", "json_blocks", "parse", "parse_expression", "parse_json", "position"]


def parse(text: str, base: int = 0) -> Body:
    """The tree of a text in native syntax; every offset in it is counted from `base`.

    Raises HclError.
    """
    parser = Parser(text, base)
    try:
        return parser.file()
    except RecursionError:
        raise HclError(base + parser.start, "nested too deeply", "split it with locals") from None


def parse_expression(text: str, base: int = 0) -> Node:
    """The tree of a text that is one expression: types and references in strings of JSON syntax.

    Raises HclError.
    """
    parser = Parser(text, base)
    try:
        return parser.alone()
    except RecursionError:
        raise HclError(base + parser.start, "nested too deeply", "split it with locals") from None
