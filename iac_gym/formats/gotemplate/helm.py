"""The functions that Helm gives to charts: Sprig's without `env`, and Helm's own."""

from __future__ import annotations

from typing import Any

from iac_gym.formats.gotemplate import (
    arithmetic,
    builtins,
    casts,
    defaults,
    dicts,
    lists,
    moments,
    networks,
    regexes,
    secrets,
    strings,
    versions,
)
from iac_gym.formats.gotemplate.casts import heavy
from iac_gym.formats.gotemplate.engine import wrapped
from iac_gym.formats.gotemplate.errors import FunctionError, TemplateError, Unbounded
from iac_gym.formats.gotemplate.functions import Function, function
from iac_gym.formats.gotemplate.json_text import from_json, to_json
from iac_gym.formats.gotemplate.quoting import quote
from iac_gym.formats.gotemplate.reading import parse
from iac_gym.formats.gotemplate.toml_text import from_toml, to_toml
from iac_gym.formats.gotemplate.values import INVALID
from iac_gym.formats.gotemplate.yaml_reader import from_yaml, from_yaml_array
from iac_gym.formats.gotemplate.yaml_text import to_yaml

_LONGEST_TEXT = 200_000


def include(run: Any, name: str, data: Any) -> str:
    """`include name data`: what a template writes, as a text."""
    text: str = run.include(name, data)
    return text


def tpl(run: Any, text: str, data: Any) -> str:
    """`tpl text data`: executes a text as a template among the chart's own."""
    if len(text) > _LONGEST_TEXT:
        raise Unbounded("the text for tpl is too long")
    name = run.engine.name
    if "{{" not in text:
        return text
    run.charge(len(text))
    run.step(100 + (len(text) >> 3))
    try:
        parsed = parse(name, text, run.engine.table.names)
    except TemplateError as error:
        raise wrapped(error, f"cannot parse template {quote(text)}") from None
    templates = {**run.templates}
    for key, template in parsed.items():
        if not template.empty or key not in templates or key == name:
            templates[key] = template
    try:
        rendered: str = run.nested(templates, name, INVALID if data is None else data)
    except Unbounded:
        raise
    except FunctionError as error:
        error.args = (f"error during tpl function execution for {quote(text)}: {error}",)
        raise
    return rendered.replace("<no value>", "")


def required(message: str, value: Any) -> Any:
    """`required message x`: refuses nil and the empty text."""
    if value is None or (type(value) is str and not value):
        raise FunctionError(message)
    return value


def lookup(run: Any, version: str, kind: str, namespace: str, name: str) -> Any:
    """`lookup version kind namespace name`: nothing without a cluster."""
    return {}


def yaml_or_nothing(value: Any) -> str:
    """`toYaml x`: without the last newline; nothing where it cannot be written."""
    try:
        return to_yaml(value).removesuffix("\n")
    except Unbounded:
        raise
    except FunctionError:
        return ""


def json_or_nothing(value: Any) -> str:
    """`toJson x`: nothing where it cannot be written."""
    try:
        return to_json(value)
    except Unbounded:
        raise
    except FunctionError:
        return ""


def json_map(text: str) -> Any:
    """`fromJson text`: a map; what is wrong under `Error`."""
    try:
        found = from_json(text)
    except ValueError as error:
        return {"Error": str(error)}
    if found is None:
        return {}
    return (
        found if isinstance(found, dict) else {"Error": _mismatch(found, "map[string]interface {}")}
    )


def json_array(text: str) -> Any:
    """`fromJsonArray text`: a list; what is wrong as its only item."""
    try:
        found = from_json(text)
    except ValueError as error:
        return [str(error)]
    if found is None:
        return []
    return found if isinstance(found, list) else [_mismatch(found, "[]interface {}")]


def _mismatch(value: Any, wanted: str) -> str:
    kinds = {dict: "object", list: "array", str: "string", float: "number", bool: "bool"}
    return f"json: cannot unmarshal {kinds[type(value)]} into Go value of type {wanted}"


SPRIG: dict[str, Function] = {
    **builtins.FUNCTIONS,
    **casts.FUNCTIONS,
    **strings.FUNCTIONS,
    **arithmetic.FUNCTIONS,
    **defaults.FUNCTIONS,
    **lists.FUNCTIONS,
    **dicts.FUNCTIONS,
    **moments.FUNCTIONS,
    **versions.FUNCTIONS,
    **regexes.FUNCTIONS,
    **secrets.FUNCTIONS,
    **networks.FUNCTIONS,
}
HELM: dict[str, Function] = {
    **SPRIG,
    "include": function(include, "string any", run=True),
    "tpl": function(tpl, "string any", run=True),
    "required": function(required, "string any"),
    "lookup": function(lookup, "string string string string", run=True),
    "toYaml": heavy(yaml_or_nothing, "any"),
    "mustToYaml": heavy(lambda value: to_yaml(value).removesuffix("\n"), "any"),
    "toYamlPretty": heavy(lambda value: to_yaml(value, pretty=True).removesuffix("\n"), "any"),
    "fromYaml": heavy(from_yaml, "string"),
    "fromYamlArray": heavy(from_yaml_array, "string"),
    "toJson": heavy(json_or_nothing, "any"),
    "mustToJson": heavy(to_json, "any"),
    "fromJson": heavy(json_map, "string"),
    "fromJsonArray": heavy(json_array, "string"),
    "toToml": heavy(to_toml, "any"),
    "fromToml": heavy(from_toml, "string"),
}
#: The names that a chart's templates may call.
HELM_NAMES = frozenset(HELM)
