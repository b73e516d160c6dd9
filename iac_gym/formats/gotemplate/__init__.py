"""Go's text/template with Sprig's and Helm's functions: parsed, compiled to closures, bounded.

How to use it::

    from iac_gym.formats.gotemplate import BUILTINS, Engine, Limits, TemplateError, parse
    from iac_gym.formats.gotemplate.helm import HELM, HELM_NAMES

    trees = parse(name, text, HELM_NAMES)     # dict[name, Template]; TemplateError if refused
    engine = Engine(trees, HELM, Limits(), missingkey="zero")
    text = engine.execute(name, data)         # TemplateError with Go's message and place
    lines = engine.execute(name, data, trace=True)   # Rendered: .text, and .source(line)

- `parse(name, text, functions)`: `functions` are all the names that may be called, builtins
  included (`BUILTINS | own names`). Only names matter: Prometheus parses with its own table. Give
  the same object each time, for what is parsed is remembered by it. The trees (`nodes.py`) may be
  walked by anybody and changed by nobody.
- Values: `dict` map[string]interface{}, `list` []interface{}, `float` float64, `int` int, `Int64`
  int64 (Sprig's arithmetic, values given with --set), `str`, `bool`, `None` nil; `values.py` has
  the rest. Templates may change maps (`set`): give each rendering its own.
- Objects of the host: `Struct` (`.Chart`, `.Release`, `.Capabilities`), `NamedMap` (`.Files` with
  its methods, `.Values`) and `OtherList`. A method is a `function(...)` with checked arguments, or
  a callable that takes them as they are; it raises `FunctionError` to stop the execution.
- Functions: `dict[name, Function]`, made by `function(callable, "string any...")`.
- Errors: `TemplateError` with `message`, `name`, `line`, `column`, `context` and the error of the
  inner template in `inner`; `str()` is Go's whole message.
- `Limits` bound an execution; what goes over them is a `TemplateError`, too.
"""

from __future__ import annotations

from iac_gym.formats.gotemplate.builtins import BUILTINS
from iac_gym.formats.gotemplate.engine import Engine, Rendered
from iac_gym.formats.gotemplate.errors import FunctionError, Limits, TemplateError, Unbounded
from iac_gym.formats.gotemplate.functions import Function, function
from iac_gym.formats.gotemplate.nodes import Template
from iac_gym.formats.gotemplate.reading import parse
from iac_gym.formats.gotemplate.values import INVALID, Int64, StringMap, Struct

__all__ = [
    "BUILTINS",
    "INVALID",
    "Engine",
    "Function",
    "FunctionError",
    "Int64",
    "Limits",
    "Rendered",
    "StringMap",
    "Struct",
    "Template",
    "TemplateError",
    "Unbounded",
    "function",
    "parse",
]
