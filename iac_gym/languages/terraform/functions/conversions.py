"""Functions that convert values, and those that mark them."""

from __future__ import annotations

from collections.abc import Callable

from iac_gym.languages.terraform.functions.registry import FunctionError, implements
from iac_gym.languages.terraform.types import ConversionError, convert, type_name, type_of
from iac_gym.languages.terraform.values import ANY, BOOL, NUMBER, STRING, Type, Value

_TARGETS: dict[str, Type] = {
    "tostring": STRING,
    "tonumber": NUMBER,
    "tobool": BOOL,
    "tolist": ("list", ANY),
    "toset": ("set", ANY),
    "tomap": ("map", ANY),
}


def _converter(target: Type) -> Callable[[Value], Value]:
    def run(value: Value) -> Value:
        try:
            return convert(value, target)
        except ConversionError as error:
            kind = type_name(type_of(value))
            raise FunctionError(f"{kind} cannot be converted: {error}", 0) from None

    return run


for _name, _target in _TARGETS.items():
    implements(_name, takes="all")(_converter(_target))


@implements("sensitive", "nonsensitive", "ephemeralasnull", takes="all")
def _same(value: Value) -> Value:
    return value
