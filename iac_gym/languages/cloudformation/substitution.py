"""The template texts of `Fn::Sub`: `${Name}`, `${Name.Attribute}`, and `${!Literal}`.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Variable:
    """One `${...}`: `name` is what is substituted, `offset` where it stands in the text."""

    name: str
    offset: int


@lru_cache(maxsize=4096)
def parts_of(text: str) -> tuple[str | Variable, ...]:
    """Cut a text into literal parts and variables; `${!Literal}` is the literal `${Literal}`."""
    if "${" not in text:
        return (text,)
    parts: list[str | Variable] = []
    last = 0
    for found in _VARIABLE.finditer(text):
        name = found.group(1).strip()
        if not name:
            continue
        if found.start() > last:
            parts.append(text[last : found.start()])
        if name.startswith("!"):
            parts.append("${" + name[1:] + "}")
        else:
            parts.append(Variable(name, found.start()))
        last = found.end()
    if last < len(text):
        parts.append(text[last:])
    return tuple(parts)


def variables_of(text: str) -> tuple[Variable, ...]:
    """Return the variables of a text in the order of their appearance."""
    return tuple([part for part in parts_of(text) if part.__class__ is Variable])
