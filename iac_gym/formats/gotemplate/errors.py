"""What goes wrong with a template: one error with Go's message, the template's name and a place."""

from __future__ import annotations

from dataclasses import dataclass

from iac_gym.formats.gotemplate.quoting import quote


class TemplateError(ValueError):
    """A text that text/template refuses, or an execution that it stops.

    `line` counts from 1 and `column` from 1 (0: Go names no column for parse errors). `context` is
    the expression Go prints in `at <...>`. `str()` is the message as Go prints it.
    """

    def __init__(
        self, message: str, name: str = "", line: int = 0, column: int = 0, context: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.name = name
        self.line = line
        self.column = column
        self.context = context
        #: The template that was executing; empty for what parsing refuses.
        self.executing = ""
        #: The error of the inner template that `include`, `tpl` or `template` ran into.
        self.inner: TemplateError | None = None

    def __str__(self) -> str:
        place = f"{self.name}:{self.line}"
        if self.executing:
            where = f"{place}:{self.column - 1}"
            name = quote(self.executing)
            return f"template: {where}: executing {name} at <{self.context}>: {self.message}"
        return f"template: {place}: {self.message}" if self.name else self.message


class FunctionError(ValueError):
    """A function's own complaint; the engine adds the place and the function's name."""


class Unbounded(FunctionError):
    """The template asks for more than the limits allow (output, steps, depth, sizes)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one execution may do.

    `depth` bounds nested `template`/`include`/`tpl` calls; `steps` loop passes and calls;
    `output` the characters written; `text` the characters of any one value a function makes.
    """

    depth: int = 100
    steps: int = 200_000
    output: int = 4_000_000
    text: int = 1_000_000
    items: int = 100_000
