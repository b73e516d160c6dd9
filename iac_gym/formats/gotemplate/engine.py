"""Executes templates: the state of one execution, its bounds, and the templates it may call."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import Any, Literal, overload

from iac_gym.formats.gotemplate.compiler import Compiler
from iac_gym.formats.gotemplate.errors import FunctionError, Limits, TemplateError, Unbounded
from iac_gym.formats.gotemplate.frames import Code
from iac_gym.formats.gotemplate.functions import Function
from iac_gym.formats.gotemplate.nodes import Template
from iac_gym.formats.gotemplate.quoting import quote
from iac_gym.formats.gotemplate.values import INVALID

LIMITS = Limits()


class Rendered:
    """A text with the template and line that wrote each of its lines."""

    __slots__ = ("_places", "_starts", "text")

    def __init__(self, chunks: list[tuple[str, Template, int]]) -> None:
        self.text = "".join([chunk[0] for chunk in chunks])
        self._starts: list[int] = []
        self._places: list[tuple[str, Template, int]] = []
        size = 0
        for chunk in chunks:
            if chunk[0]:
                self._starts.append(size)
                self._places.append(chunk)
                size += len(chunk[0])

    def at(self, offset: int) -> tuple[str, int]:
        """Return the source (a file's name) and the line that wrote the character at an offset."""
        found = bisect_right(self._starts, offset) - 1
        if found < 0:
            return "", 0
        text, template, at = self._places[found]
        written = template.text[at : at + len(text)]
        inside = text.count("\n", 0, offset - self._starts[found]) if written == text else 0
        return template.source, template.text.count("\n", 0, at) + 1 + inside

    def source(self, line: int) -> tuple[str, int]:
        """Return the source and line that wrote the first visible character of a line (from 1)."""
        start = 0
        for _ in range(line - 1):
            start = self.text.find("\n", start) + 1
            if not start:
                return "", 0
        end = self.text.find("\n", start)
        row = self.text[start : end if end >= 0 else len(self.text)]
        return self.at(start + len(row) - len(row.lstrip()))


class Run:
    """One execution: what it may still do, and what its functions need."""

    __slots__ = (
        "depth",
        "engine",
        "host",
        "limits",
        "missing",
        "size",
        "steps",
        "templates",
        "trace",
    )

    def __init__(self, engine: Engine, templates: Mapping[str, Template], trace: bool) -> None:
        self.engine = engine
        self.templates = templates
        self.limits = engine.limits
        self.missing = engine.missing
        self.host = engine.host
        self.trace = trace
        self.depth = 0
        self.steps = 0
        self.size = 0

    def step(self, cost: int) -> None:
        """Count a pass of a loop or a call."""
        self.steps += cost
        if self.steps > self.limits.steps:
            raise Unbounded("the template takes too many steps")

    def charge(self, size: int) -> None:
        """Count characters made or nodes visited."""
        self.size += size
        if self.size > self.limits.output:
            raise Unbounded("the template makes too much text")

    def enter(self) -> None:
        """Count a nested template."""
        self.depth += 1
        if self.depth > self.limits.depth:
            raise Unbounded("exceeded maximum template depth")

    def leave(self) -> None:
        """Leave a nested template."""
        self.depth -= 1

    def code(self, template: Template) -> Code:
        """Return the compiled template, counting what it writes."""
        code: Code | None = template.code
        engine = self.engine
        if self.trace:
            code = engine.traced(template)
        elif code is None or code.table is not engine.table:
            code = engine.compiled(template)
        self.step(code.cost)
        return code

    def include(self, name: str, data: Any) -> str:
        """Return what a template writes, for `include` and `tpl`."""
        template = self.templates.get(name)
        if template is None:
            raise FunctionError(
                f"template: no template {quote(name)} associated with template "
                f"{quote(self.engine.name)}"
            )
        out: list[Any] = []
        trace, self.trace = self.trace, False
        self.enter()
        try:
            self.code(template).run(self, out.append, template, INVALID if data is None else data)
        except TemplateError as error:
            raise wrapped(error) from None
        finally:
            self.trace = trace
            self.depth -= 1
        text = "".join(out)
        if len(text) > 512:
            self.charge(len(text))
        return text

    def nested(self, templates: Mapping[str, Template], name: str, data: Any) -> str:
        """Return what a template writes among other templates, for `tpl`."""
        outer, self.templates = self.templates, templates
        try:
            return self.include(name, data)
        finally:
            self.templates = outer


class _Wrapped(FunctionError):
    """The error of an inner template, on its way through the function that called it."""

    def __init__(self, error: TemplateError) -> None:
        super().__init__(str(error))
        self.inner = error.inner or error


def wrapped(error: TemplateError, before: str = "") -> FunctionError:
    """Return an inner template's error as that of the function that executed it."""
    made = _Wrapped(error)
    if before:
        made.args = (f"{before}: {error}",)
    return made


class Table:
    """What compiled code depends on: the functions and the missingkey option."""

    __slots__ = ("functions", "missing", "names")

    def __init__(self, functions: Mapping[str, Function], missing: str) -> None:
        self.functions = functions
        self.missing = missing
        self.names = functions.keys()


#: One table object for each map of functions and option, so that compiled code is shared.
_TABLES: dict[tuple[int, str], Table] = {}


def _table(functions: Mapping[str, Function], missing: str) -> Table:
    key = (id(functions), missing)
    known = _TABLES.get(key)
    if known is None or known.functions is not functions:
        if len(_TABLES) > 16:
            _TABLES.clear()
        known = _TABLES[key] = Table(functions, missing)
    return known


class Engine:
    """Templates with the functions they may call. `host` is what functions may ask (`lookup`)."""

    def __init__(
        self,
        templates: Mapping[str, Template],
        functions: Mapping[str, Function],
        limits: Limits = LIMITS,
        missingkey: str = "zero",
        host: Any = None,
        name: str = "gotpl",
    ) -> None:
        self.templates = templates
        self.table = _table(functions, missingkey)
        self.limits = limits
        self.missing = missingkey
        self.host = host
        self.name = name

    def compiled(self, template: Template) -> Code:
        """Compile a template; it keeps its code."""
        table = self.table
        code = Compiler(template, table.functions, table.missing, False, table).compile()
        template.code = code
        return code

    def traced(self, template: Template) -> Code:
        """Compile a template so that it says where its output comes from."""
        table = self.table
        return Compiler(template, table.functions, table.missing, True, table).compile()

    @overload
    def execute(self, name: str, data: Any, trace: Literal[False] = False) -> str: ...

    @overload
    def execute(self, name: str, data: Any, trace: Literal[True]) -> Rendered: ...

    def execute(self, name: str, data: Any, trace: bool = False) -> str | Rendered:
        """Return what a template writes; raise `TemplateError` where Go stops."""
        template = self.templates.get(name)
        if template is None:
            raise TemplateError(
                f"template: no template {quote(name)} associated with template {quote(self.name)}"
            )
        run = Run(self, self.templates, trace)
        out: list[Any] = []
        write: Callable[[Any], None] = out.append
        try:
            run.code(template).run(run, write, template, INVALID if data is None else data)
        except FunctionError as error:
            raise TemplateError(str(error), template.source, 1) from None
        except RecursionError:
            raise TemplateError("templates are nested too deep", template.source, 1) from None
        return Rendered(out) if trace else "".join(out)
