"""Templates of labels and annotations: what Prometheus refuses, and what they show.

Source: https://github.com/prometheus/prometheus/blob/v3.14.0/template/template.go (its functions;
the variables are those that `testTemplateParsing` of `model/rulefmt` defines in front of a text)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from iac_gym.formats.gotemplate.builtins import BUILTINS
from iac_gym.formats.gotemplate.errors import TemplateError
from iac_gym.formats.gotemplate.nodes import Command, Field, Identifier, String, Template, Variable
from iac_gym.formats.gotemplate.reading import parse

#: The functions that Prometheus adds to those of Go's templates.
FUNCTIONS = frozenset(
    """args externalURL first graphLink humanize humanize1024 humanizeDuration humanizePercentage
    humanizeTimestamp label match now parseDuration pathPrefix query reReplaceAll safeHtml
    sortByLabel stripDomain stripPort strvalue tableLink title tmpl toDuration toLower toTime
    toUpper urlQueryEscape value""".split()
)
_NAMES = BUILTINS | FUNCTIONS
_HEAD = (
    "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}"
    "{{$externalURL := .ExternalURL}}{{$value := .Value}}"
)
#: Longest template that is read.
MOST_TEXT = 1 << 15

_OPERAND = r"(?:\$(?:labels|externalLabels)\.\w+|\$(?:value|externalURL)|\.Labels\.\w+|\.Value)"
_STAGE = (
    r"(?:humanize(?:1024|Duration|Percentage|Timestamp)?|title|to(?:Upper|Lower)|strip(?:Port|Domain)"
    r'|printf "[^"\\\n]*")'
)
_ACTION = rf'\{{\{{ *(?:printf "[^"\\\n]*" )?{_OPERAND}(?: *\| *{_STAGE})* *\}}\}}'
#: Templates of the usual kind, which need no parser.
_PLAIN = re.compile(rf"[^{{]*(?:(?:{_ACTION}|\{{(?!\{{))[^{{]*)*", re.ASCII)


def template_error(text: str) -> str:
    """Say why a template cannot be read, "" if it can."""
    if "{{" not in text or _PLAIN.fullmatch(text):
        return ""
    return _error(text)


@lru_cache(maxsize=2048)
def _error(text: str) -> str:
    found = _parsed(text)
    return found if isinstance(found, str) else ""


def _parsed(text: str) -> dict[str, Template] | str:
    if len(text) > MOST_TEXT:
        return f"it has {len(text)} characters; at most {MOST_TEXT} are read"
    try:
        return parse("alert", _HEAD + text, _NAMES)
    except TemplateError as error:
        return error.message


class Shown(NamedTuple):
    """What a template puts into its text: labels of the alert, and its value.

    `functions` are those that it calls, `queries` whether it asks further queries.
    """

    labels: frozenset[str] = frozenset()
    value: bool = False
    functions: frozenset[str] = frozenset()

    @property
    def queries(self) -> bool:
        """Whether it asks further queries."""
        return "query" in self.functions


@lru_cache(maxsize=2048)
def shown(text: str) -> Shown:
    """Return what a template shows; nothing, where it cannot be read."""
    if "{{" not in text:
        return Shown()
    found = _parsed(text)
    if isinstance(found, str):
        return Shown()
    labels: set[str] = set()
    functions: set[str] = set()
    value = False
    for template in found.values():
        for node in _walk(template.root):
            if isinstance(node, (Variable, Field)):
                names = (node.name, *node.path) if isinstance(node, Variable) else node.path
                value = value or names[0] in ("$value", "Value") or names[:2] == ("$", "Value")
                labels.update(_label(names))
            elif isinstance(node, Command):
                labels.update(_indexed(node))
            elif isinstance(node, Identifier):
                functions.add(node.name)
    return Shown(frozenset(labels), value and _value_is_used(text), frozenset(functions))


def _value_is_used(text: str) -> bool:
    """Tell whether the text itself names the value: the variables in front of it do, too."""
    return "$value" in text or ".Value" in text


def _label(names: tuple[str, ...]) -> tuple[str, ...]:
    if names[:2] == ("$", "Labels"):
        names = names[1:]
    return names[1:2] if names[0] in ("$labels", "Labels") else ()


def _indexed(node: Command) -> list[str]:
    """Return the labels of `index $labels "name"`."""
    args = node.args
    first = args[0] if args else None
    if not isinstance(first, Identifier) or first.name != "index" or len(args) < 3:
        return []
    if str(args[1]) not in ("$labels", ".Labels", "$.Labels"):
        return []
    return [one.text for one in args[2:3] if isinstance(one, String)]


def _walk(root: Any) -> Iterator[Any]:
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, (list, tuple)):
            stack.extend(node)
        elif is_dataclass(node) and not isinstance(node, Template):
            yield node
            stack.extend(getattr(node, one.name) for one in fields(node))
