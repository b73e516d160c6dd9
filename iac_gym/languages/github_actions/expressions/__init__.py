"""Expressions of GitHub Actions: `${{ ... }}` and the text of `if:`, read as the service does.

For the walker (schema interpreter), one call per scalar that is text::

    template = read_template(text, allowed, condition=is_an_if_key)
    template.kind      # "text", "literal" (`${{ 'x' }}` is the plain text x), "expression",
                       # or "insert" (the directive `${{ insert }}`)
    template.literal   # the text to match against the schema, when `kind` is text or literal
    template.faults    # what the service rejects: (offset, rule, message, hint)

`allowed` is the tuple of the schema's `context` items in force at that key: names of contexts, and
functions as `name(least,most)`. Nothing is allowed where it is empty. Reading is cached by text, so
calling it for every scalar is cheap; a text without `${{` is recognised first.

For rules and requirements::

    parse_expression(text) -> Node         # ExpressionError with an offset when it is none
    split_template(text) -> parts          # str and Piece; ExpressionError when one is unclosed
    check_template(text, allowed, condition=False) -> faults
    constant(node, facts) -> value         # the only value that it can have, or UNKNOWN
    possible(node, facts) -> values        # all that it can have (FALSY: some falsy one), or None
    truth(node, facts) -> True, False or None (depends); parts of `&&` that contradict are False
    references(node) -> the context accesses in it, each with its path in lower case
    place(template_offset, text, mark, lines) -> (line, column) in the file

`facts` name what contexts can be: `{("github", "event_name"): ["push"], ("failure()",): [False]}`.
`scope.Scope` knows what names stand for in one workflow (`missing(path)`); `notices` reports what
stands for nothing, which the service accepts.
"""

from __future__ import annotations

from iac_gym.languages.github_actions.expressions.fold import (
    FALSY,
    UNKNOWN,
    constant,
    possible,
    truth,
)
from iac_gym.languages.github_actions.expressions.nodes import (
    STAR,
    Call,
    Compare,
    Context,
    Index,
    Literal,
    Logic,
    Node,
    Not,
    Star,
    references,
    walk,
)
from iac_gym.languages.github_actions.expressions.parser import ExpressionError, parse_expression
from iac_gym.languages.github_actions.expressions.placing import place
from iac_gym.languages.github_actions.expressions.template import (
    Fault,
    Piece,
    Template,
    check_template,
    read_template,
    split_template,
)

__all__ = [
    "FALSY",
    "STAR",
    "UNKNOWN",
    "Call",
    "Compare",
    "Context",
    "ExpressionError",
    "Fault",
    "Index",
    "Literal",
    "Logic",
    "Node",
    "Not",
    "Piece",
    "Star",
    "Template",
    "check_template",
    "constant",
    "parse_expression",
    "place",
    "possible",
    "read_template",
    "references",
    "split_template",
    "truth",
    "walk",
]
