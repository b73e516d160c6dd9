"""PromQL, the language of Prometheus' queries, as Prometheus 3.14 reads it with default flags.

`parse` gives an `Expression` or raises `PromqlError`. What an expression means, whatever its
spelling: `same` and `normal` compare, `conditions` takes an alert apart, `uses` lists the series it
reads, `output_labels` and `keeps_label` the labels of its result, and `fires` tells whether it can
fire.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from iac_gym.formats.lazy import lazy
from iac_gym.formats.promql.conditions import Condition, conditions
from iac_gym.formats.promql.cursor import Refused
from iac_gym.formats.promql.firing import Fires, fires
from iac_gym.formats.promql.folding import constant
from iac_gym.formats.promql.lexer import MOST_TEXT, places, tokenize
from iac_gym.formats.promql.nodes import (
    RANGE,
    SCALAR,
    STRING,
    VECTOR,
    Aggregation,
    Binary,
    Call,
    Matcher,
    Matching,
    Node,
    Number,
    Paren,
    Selector,
    Subquery,
    Text,
    Unary,
    bare,
    children,
    walk,
)
from iac_gym.formats.promql.normal import normal, same
from iac_gym.formats.promql.parser import Parser
from iac_gym.formats.promql.uses import Use, keeps_label, output_labels, uses

__all__ = [
    "RANGE",
    "SCALAR",
    "STRING",
    "VECTOR",
    "Aggregation",
    "Binary",
    "Call",
    "Condition",
    "Expression",
    "Fires",
    "Matcher",
    "Matching",
    "Node",
    "Number",
    "Paren",
    "PromqlError",
    "Selector",
    "Subquery",
    "Text",
    "Unary",
    "Use",
    "bare",
    "children",
    "conditions",
    "constant",
    "fires",
    "keeps_label",
    "normal",
    "output_labels",
    "parse",
    "same",
    "uses",
    "walk",
]


class PromqlError(ValueError):
    """Prometheus refuses the expression. `start` and `end` are places in the text, in bytes."""

    def __init__(self, message: str, start: int = 0, end: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end


@dataclass(frozen=True)
class Expression:
    """A parsed expression: `root` is its tree, `text` what was parsed."""

    text: str
    root: Node

    @lazy
    def fires(self) -> Fires:
        """Whether it can give a series at all, and whether it always does."""
        return fires(self.root)

    def span(self, node: Node) -> tuple[int, int]:
        """Return where a node begins and ends in the text, in bytes of UTF-8."""
        return _span(self.text, node.start, node.end)


def _span(text: str, start: int, end: int) -> tuple[int, int]:
    found = places(text, max(end, start + 1))
    first = found[min(start, len(found) - 1)][0]
    last = found[min(max(end - 1, start), len(found) - 1)][1]
    return len(text[:first].encode()), len(text[:last].encode())


def parse(text: str) -> Expression:
    """Parse an expression. Raises `PromqlError`."""
    known = _read(text)
    if isinstance(known, Expression):
        return known
    raise PromqlError(*known)


@lru_cache(maxsize=4096)
def _read(text: str) -> Expression | tuple[str, int, int]:
    if len(text) > MOST_TEXT:
        return f"the expression has {len(text)} characters; at most {MOST_TEXT} are read", 0, 0
    try:
        return Expression(text, Parser(tokenize(text)).parse())
    except Refused as refused:
        return refused.message, *_span(text, refused.start, refused.end)
