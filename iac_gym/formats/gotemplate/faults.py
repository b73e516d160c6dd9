"""How an expression stops an execution: it names its node, the statement around it the place."""

from __future__ import annotations

from typing import Any

from iac_gym.formats.gotemplate.errors import TemplateError
from iac_gym.formats.gotemplate.nodes import Template, position


class Fault(Exception):
    """An expression stops at a node; the statement that it stands in says where that is."""

    def __init__(self, node: Any, message: str, inner: TemplateError | None = None) -> None:
        super().__init__(message)
        self.node = node
        self.message = message
        self.inner = inner

    def error(self, template: Template, base: int) -> TemplateError:
        """Return the error of the execution."""
        line, column = position(template.text, base + self.node.at)
        error = TemplateError(self.message, template.source, line, column + 1, str(self.node))
        error.executing = template.name
        error.inner = self.inner
        return error
