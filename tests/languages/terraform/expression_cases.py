"""Shared by the tests of expressions: reading one, its value, and what `terraform` said about many.

`golden/expressions.json` holds [expression, its value as JSON or null for an error], of constant
expressions; `golden/unknown_values.json` says which probes of an expression over typed but
unknown variables are errors. `expression_oracle` writes them.
"""

from __future__ import annotations

import json
from pathlib import Path

from iac_gym.formats.hcl import HclError, parse
from iac_gym.languages.terraform.evaluate import EvalError, evaluate, follow
from iac_gym.languages.terraform.functions import FunctionError, call
from iac_gym.languages.terraform.types import parse_type, without_optional
from iac_gym.languages.terraform.values import ANY, Ref, Unknown

GOLDEN = Path(__file__).parent / "golden"
#: The variables of `golden/unknown_values.json`.
VARIABLES = {
    "s": "string",
    "n": "number",
    "b": "bool",
    "a": "any",
    "ls": "list(string)",
    "ln": "list(number)",
    "lb": "list(bool)",
    "lo": "list(object({id=string}))",
    "la": "list(any)",
    "ms": "map(string)",
    "mo": "map(object({id=string,n=optional(number,3)}))",
    "ma": "map(any)",
    "ss": "set(string)",
    "o": "object({a=string,n=number,l=list(object({x=string}))})",
    "t": "tuple([string,number])",
    "e": "object({})",
}
#: Where our values differ from those of terraform, and why.
UNKNOWN_TO_US = "unknown: a match that Python may take long for, or has no syntax for"
ORDER = "the order of a set of lists or objects is that of a hash in the real tool"
EXPLAINED = {
    'cidrhost("::ffff:1.2.3.4/120", 1)': "an oddity of addresses that are both IPv4 and IPv6",
    'regex("\\\\pL+","12éa")': UNKNOWN_TO_US,
    'regex("\\\\p{Greek}","\u03b1")': UNKNOWN_TO_US,
    'regex("(a*)*","aa")': "a group that matches nothing last: Python keeps that, RE2 does not",
    "tostring(123456789.123456789)": "a literal has the digits of a `float`",
    'bcrypt("a",3,4,5)': "unknown in `validate`",
    'toset([[["a"],["b","c"]],[tolist([1]),["x"]]])': ORDER,
    'toset([tolist(["a"]),["a","b"]])': ORDER,
    "toset([tolist([]),[true,false]])": ORDER,
    'true ? [[["a"]],tolist([])] : [tolist([{a=1}])]': "lists of nothing yet beside lists of lists",
    'distinct([[{}],["a",1,true],tolist([])])': "lists of nothing yet beside lists of lists",
    "tolist([tolist([{a=1}]),tolist([1,2]),[null]])": "null beside elements of other types",
    "tomap({p=tolist([{a=1}]),q=[null]})": "null beside elements of other types",
    'tomap({p={a={x="q"}},q={a=null}})': "null beside elements of other types",
}


def node_of(text: str):
    return parse(f"x = {text}\n", 0).attributes["x"].value


def type_of_text(text: str):
    return parse_type(node_of(text)).type


class Scope:
    """Variables that are known (`values`) or not (`types`), files, and one resource."""

    def __init__(self, values=None, types=None, files=None):
        self.values = dict(values or {})
        for name, text in (types or {}).items():
            kind = without_optional(type_of_text(text))
            self.values[name] = Unknown(kind, Ref("var", "", name))
        self.files = files or {}

    def resolve(self, traversal):
        if traversal.root in ("var", "local"):
            name, *steps = traversal.steps
            return follow(self.values[name], steps, traversal.at)
        if traversal.root == "terraform_data":
            name, *steps = traversal.steps
            ref = Ref("resource", traversal.root, name)
            return follow(Unknown(ANY, ref), steps, traversal.at)
        raise EvalError(f"there is no {traversal.root}", traversal.at)

    def read_file(self, path):
        return self.files.get(path)


def value_of(text: str, **scope):
    return evaluate(node_of(text), Scope(**scope))


def error_of(text: str, **scope) -> str | None:
    """Return the message of the error that an expression is, None where it has a value."""
    try:
        value_of(text, **scope)
    except EvalError as error:
        return error.message
    return None


def as_json(text: str) -> str | None:
    """Return `jsonencode([text])`, None for an error."""
    try:
        result = call("jsonencode", [value_of(f"[{text}]")], Scope())
    except (EvalError, HclError, FunctionError):
        return None
    return result if isinstance(result, str) else "unknown"


def golden_expressions() -> list[tuple[str, str | None]]:
    rows = json.loads((GOLDEN / "expressions.json").read_text("utf-8"))
    return [(text, expected) for text, expected in rows]


def golden_unknown() -> list[tuple[str, bool]]:
    """Return (expression, whether it is an error)."""
    table = json.loads((GOLDEN / "unknown_values.json").read_text("utf-8"))
    return [
        (probe.replace("%s", text), mark == "E")
        for text, marks in table["expressions"].items()
        for probe, mark in zip(table["probes"], marks, strict=True)
    ]
