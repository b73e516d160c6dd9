"""The built-in functions of Terraform: `call(name, arguments, scope)`.

Signatures are data, made from the real program (`build_functions`); they decide about the number
and the types of arguments. Implementations are pure Python, loaded at the first call.

Source: https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

import difflib
import json
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any, NamedTuple

from iac_gym.languages.terraform.functions.registry import (
    IMPLEMENTATIONS,
    FunctionError,
    Implementation,
    TooLarge,
)
from iac_gym.languages.terraform.types import (
    ConversionError,
    convert,
    merged_refs,
    wholly_known,
)
from iac_gym.languages.terraform.values import ANY, STRING, Type, Unknown, Value

__all__ = ["FunctionError", "call", "names", "signature", "wholly_known"]

_MODULES = (
    "collections",
    "conversions",
    "dates",
    "documents",
    "encoding",
    "files",
    "formats",
    "hashes",
    "lists",
    "maps",
    "network",
    "numbers",
    "patterns",
    "sets",
    "strings",
)
#: Functions that were removed: every call of them is an error that says what to write instead.
_REMOVED = {"list": "tolist([...])", "map": "tomap({...})"}
#: Longest text and most elements of a result.
_MOST_TEXT = 1 << 20
_MOST_ELEMENTS = 100_000


class Parameter(NamedTuple):
    """A parameter of a function."""

    name: str
    type: Type
    nullable: bool


class Signature(NamedTuple):
    """What a function takes and returns."""

    returns: Type
    parameters: tuple[Parameter, ...]
    variadic: Parameter | None


def _type(kind: Any) -> Type:
    return (kind[0], _type(kind[1])) if isinstance(kind, list) else str(kind)


def _parameter(given: list[Any]) -> Parameter:
    return Parameter(given[0], _type(given[1]), bool(given[2]))


@cache
def _table() -> dict[str, Signature]:
    text = (files("iac_gym.languages.terraform") / "data" / "functions.json").read_text("utf-8")
    return {
        name: Signature(
            _type(returns),
            tuple(map(_parameter, parameters)),
            _parameter(variadic) if variadic else None,
        )
        for name, (returns, parameters, variadic) in json.loads(text).items()
    }


@cache
def _implementations() -> dict[str, Implementation]:
    for name in _MODULES:
        import_module(f"{__name__}.{name}")
    return IMPLEMENTATIONS


def names() -> list[str]:
    """Return the names of all functions."""
    return list(_table())


def signature(name: str) -> Signature:
    """Return the signature of a function; raises `FunctionError` where there is none."""
    found = _table().get(name)
    if found is not None:
        return found
    if name in _REMOVED:
        hint = f"write `{_REMOVED[name]}`"
        raise FunctionError(f"the function `{name}` was removed", hint=hint, named=False)
    close = difflib.get_close_matches(name[:80], _table(), n=1, cutoff=0.6)
    hint = f"did you mean `{close[0]}`?" if close else ""
    raise FunctionError(f"there is no function `{name}`", hint=hint, named=False)


class _Ready(NamedTuple):
    """A function as `call` wants it."""

    signature: Signature
    #: Types of the parameters, and that of the variadic one (None: there is none).
    types: tuple[Type, ...]
    rest: Type | None
    implementation: Implementation


@cache
def _ready(name: str) -> _Ready:
    found = signature(name)
    return _Ready(
        found,
        tuple([parameter.type for parameter in found.parameters]),
        found.variadic.type if found.variadic else None,
        _implementations()[name],
    )


def call(name: str, arguments: list[Value], scope: Any) -> Value:
    """Return the result of a call, or raise `FunctionError` where the real tool would."""
    ready = _ready(name)
    types, rest = ready.types, ready.rest
    count, given = len(types), len(arguments)
    if given != count and (given < count or rest is None):
        raise _wrong_count(ready.signature, given)
    unknown = dynamic = parts = False
    for index, value in enumerate(arguments):
        kind = types[index] if index < count else rest
        if value is None or not (kind == ANY or (kind == STRING and value.__class__ is str)):
            value = arguments[index] = _argument(value, ready.signature, index)
        if isinstance(value, Unknown):
            unknown = True
            dynamic = dynamic or value.type == ANY
        elif isinstance(value, (list, dict)):
            parts = True
    if ready.implementation.takes != "all":
        known = not unknown and not (parts and ready.implementation.takes == "known")
        if dynamic or not (known or (not unknown and all(map(wholly_known, arguments)))):
            return _unknown(ready, arguments, dynamic=dynamic)
    return _run(ready, arguments, scope)


def _wrong_count(found: Signature, given: int) -> FunctionError:
    count = len(found.parameters)
    if given < count:
        least = "at least " if found.variadic else ""
        missing = found.parameters[given].name
        plural = "argument is" if count == 1 else "arguments are"
        return FunctionError(f"{least}{count} {plural} required: `{missing}` is missing")
    return FunctionError(f"only {count} arguments are allowed, not {given}", count)


def _argument(value: Value, found: Signature, index: int) -> Value:
    """Return an argument converted to the type of its parameter."""
    parameter = found.parameters[index] if index < len(found.parameters) else found.variadic
    assert parameter is not None
    if value is None:
        if parameter.nullable:
            return None
        raise FunctionError(f"the argument `{parameter.name}` is null", index)
    try:
        return convert(value, parameter.type)
    except ConversionError as error:
        message = f"the argument `{parameter.name}` is unsuitable: {error}"
        raise FunctionError(message, index) from None


def _unknown(ready: _Ready, arguments: list[Value], *, dynamic: bool) -> Unknown:
    """Return the result of a call with arguments that are not known, typed as far as it can be."""
    returns = ready.signature.returns
    if dynamic:
        kind = _static(returns)
    elif ready.implementation.kind is not None:
        kind = ready.implementation.kind(*arguments)
    else:
        kind = returns
    return Unknown(kind, None, merged_refs(*arguments))


def _run(ready: _Ready, arguments: list[Value], scope: Any) -> Value:
    implementation = ready.implementation
    try:
        if implementation.scoped:
            result = implementation.run(scope, *arguments)
        else:
            result = implementation.run(*arguments)
    except TooLarge:
        return Unknown(ready.signature.returns, None, merged_refs(*arguments))
    return _bounded(result, ready.signature)


def _static(kind: Type) -> Type:
    """Return a result type where the types of the arguments are open."""
    return kind if isinstance(kind, str) else ANY


def _bounded(result: Value, found: Signature) -> Value:
    if isinstance(result, str):
        return result if len(result) <= _MOST_TEXT else Unknown(found.returns)
    if isinstance(result, (list, dict)) and len(result) > _MOST_ELEMENTS:
        return Unknown(found.returns)
    return result
