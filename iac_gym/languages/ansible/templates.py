"""Files that the module `template` renders: their text and the variables that they read."""

from __future__ import annotations

from typing import Any

from iac_gym.formats.jinja import JinjaError, Parsed, parse_template
from iac_gym.formats.lazy import lazy


class Template:
    """One template: `path`, `text`, and what its syntax says."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text

    @lazy
    def parsed(self) -> Parsed | None:
        """The tree, None where it is no template."""
        try:
            return parse_template(self.text, escape=False)
        except JinjaError:
            return None

    @lazy
    def names(self) -> frozenset[str]:
        """The variables that it reads from outside."""
        return frozenset() if self.parsed is None else self.parsed.free

    @lazy
    def literal(self) -> str:
        """The text outside of Jinja's delimiters, comments left out."""
        if self.parsed is None:
            return ""
        return "".join(_data(self.parsed.body))


def _data(node: Any) -> list[str]:
    found: list[str] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.kind == "data":
            found.append(one.value)
        waiting += [item for item in reversed(one.items) if item is not None]
    return found
