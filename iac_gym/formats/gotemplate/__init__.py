"""Go's text/template with Sprig's and Helm's functions: parsed, compiled to closures, bounded.

How to use it::

    from iac_gym.formats.gotemplate import Engine, Limits, TemplateError, parse
    from iac_gym.formats.gotemplate import BUILTINS            # names; a parse needs them too
    from iac_gym.formats.gotemplate.helm import helm_functions, HELM_NAMES

    trees = parse(name, text, HELM_NAMES)     # dict[name, Template]; TemplateError if refused
    engine = Engine(trees, helm_functions(...), Limits(), missingkey="zero")
    text = engine.execute(name, data)         # TemplateError with Go's message and place
    lines = engine.execute(name, data, trace=True)   # Rendered: .text, and .source(line)

- `parse(name, text, functions)`: `functions` are all the names that may be called, builtins
  included (`BUILTINS | own names`). Only names matter: Prometheus parses with its own table. Trees
  (`nodes.py`) are plain objects, so that a rule may walk them. `parse` is cached by text.
- Values: `dict` map[string]interface{}, `list` []interface{}, `float` float64, `int` int,
  `Int64` int64 (Sprig's arithmetic, values given with --set), `str`, `bool`, `None` nil.
- Objects of the host (`.Capabilities`, `.Files`, `.Chart`, `.Release`) are `Struct`s: see
  `values.py`. A struct has a table of fields and of methods; a method is a plain callable that
  gets the evaluated arguments and may raise `FunctionError`.
- Functions: `dict[name, Function]`, see `functions.py`. `include` and `tpl` are built in the engine.
- Errors: `TemplateError(message, name, line, column, context)`; `str()` is Go's message.
"""

from __future__ import annotations

from iac_gym.formats.gotemplate.builtins import BUILTINS
from iac_gym.formats.gotemplate.engine import Engine, Rendered
from iac_gym.formats.gotemplate.errors import FunctionError, Limits, TemplateError, Unbounded
from iac_gym.formats.gotemplate.functions import Function, function
from iac_gym.formats.gotemplate.nodes import Template
from iac_gym.formats.gotemplate.parser import parse
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
