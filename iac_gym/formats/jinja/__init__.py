"""Jinja templates as Ansible reads them: an exact parser and a static evaluator.

`parse_template` reads a text with `{{ }}` and `{% %}`, `parse_expression` one without delimiters,
such as `when`. Both raise `JinjaError` where Jinja2 3.1 with Ansible's settings would, and give a
`Parsed`: its tree, the variables, filters and tests that it uses. `fold` works an expression out
as far as it can be known without running anything.
"""

from __future__ import annotations

import re
from functools import lru_cache

from iac_gym.formats.jinja.expressions import ExpressionParser
from iac_gym.formats.jinja.nodes import JinjaError, Node, Parsed, Use, walk
from iac_gym.formats.jinja.statements import TemplateParser
from iac_gym.formats.jinja.tokens import expression_tokens, template_tokens

__all__ = [
    "JinjaError",
    "Node",
    "Parsed",
    "Use",
    "is_template",
    "parse_expression",
    "parse_template",
    "walk",
]

#: Longest text that is kept for the next that is equal, and how many are kept.
MOST_KEPT = 512
_KEPT = 8192

_PLAIN = re.compile(r"\{\{ ?([A-Za-z_][A-Za-z0-9_]*) ?\}\}").fullmatch
_NO_NAMES = frozenset("true false none True False None not".split())
_NONE: frozenset[str] = frozenset()


def is_template(text: str) -> bool:
    """Say whether Ansible takes a text for a template at all."""
    return "{{" in text or "{%" in text or "{#" in text or text.startswith("#jinja2:")


def parse_template(text: str, *, escape: bool = True, extensions: frozenset[str] = _NONE) -> Parsed:
    """Parse a template; raises `JinjaError`.

    `escape` keeps the backslashes in texts of `{{ }}`, as in values of YAML; files of the module
    `template` are read without. `extensions` may name `do` and `loopcontrols`, which Ansible has
    only where its settings name them.
    """
    if len(text) <= MOST_KEPT:
        found = _template(text, escape, extensions)
        if isinstance(found, JinjaError):
            raise JinjaError(found.message, found.at)
        return found
    return _parse_template(text, escape, extensions)


def parse_expression(text: str, *, escape: bool = False) -> Parsed:
    """Parse an expression without delimiters, such as `when`; raises `JinjaError`."""
    if len(text) <= MOST_KEPT:
        found = _expression(text, escape)
        if isinstance(found, JinjaError):
            raise JinjaError(found.message, found.at)
        return found
    return _parse_expression(text, escape)


@lru_cache(maxsize=_KEPT)
def _template(text: str, escape: bool, extensions: frozenset[str]) -> Parsed | JinjaError:
    try:
        return _parse_template(text, escape, extensions)
    except JinjaError as error:
        return JinjaError(error.message, error.at)


@lru_cache(maxsize=_KEPT)
def _expression(text: str, escape: bool) -> Parsed | JinjaError:
    try:
        return _parse_expression(text, escape)
    except JinjaError as error:
        return JinjaError(error.message, error.at)


def _parse_template(text: str, escape: bool, extensions: frozenset[str]) -> Parsed:
    plain = _PLAIN(text)
    if plain is not None and plain[1] not in _NO_NAMES:
        at = plain.start(1)
        node = Node("name", at, plain[1])
        body = Node("body", 0, None, (Node("output", 0, None, (node,)),))
        return Parsed(body, ([Use(plain[1], at)], [], [], []), template=True, flat=True)
    parser = TemplateParser(template_tokens(_lines(text), escape), extensions)
    body = parser.template()
    flat = all(one.kind in ("data", "output") for one in body.items)
    uses = (parser.names, parser.filters, parser.tests, parser.calls)
    return Parsed(body, uses, template=True, flat=flat)


def _parse_expression(text: str, escape: bool) -> Parsed:
    parser = ExpressionParser(expression_tokens(_lines(text), escape))
    node = parser.expression()
    if parser.kinds[parser.place] != "eof":
        parser.fail(f"unexpected {parser.said()} behind the expression")
    uses = (parser.names, parser.filters, parser.tests, parser.calls)
    return Parsed(node, uses, template=False, flat=True)


def _lines(text: str) -> str:
    """Return the text with the line ends of Jinja2, and without the last one."""
    if "\r" in text:
        text = re.sub(r"\r\n?", "\n", text)
    return text[:-1] if text.endswith("\n") else text
