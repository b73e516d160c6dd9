"""Values of keywords: what ansible-core converts to the keyword's type, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, DecimalException
from typing import Any

from iac_gym.formats.yaml import YamlList, YamlMap
from iac_gym.languages.ansible.evaluate_filters import FALSE_WORDS, TRUE_WORDS
from iac_gym.languages.ansible.keywords import Keyword
from iac_gym.languages.ansible.reading import kind


def is_template(value: Any) -> bool:
    """Whether a value holds a template, so that its type is not known."""
    return isinstance(value, str) and ("{{" in value or "{%" in value)


def _string(value: Any) -> str:
    return f"must be text, not {kind(value)}" if isinstance(value, (dict, list)) else ""


def _truth(value: Any) -> str:
    word = value.strip().lower() if isinstance(value, str) else value
    if not isinstance(word, (dict, list)) and (word in TRUE_WORDS or word in FALSE_WORDS):
        return ""
    return f"must be true or false, not {_shown(value)}"


def _whole(value: Any) -> str:
    if isinstance(value, int):
        return ""
    try:
        if not isinstance(value, (dict, list)) and len(str(value)) < 40:
            number = Decimal(value)
            if number == int(number):
                return ""
    except (DecimalException, ValueError, OverflowError):
        pass
    return f"must be a whole number, not {_shown(value)}"


def _number(value: Any) -> str:
    try:
        if not isinstance(value, (dict, list)):
            float(value)
            return ""
    except (ValueError, OverflowError):
        pass
    return f"must be a number, not {_shown(value)}"


def _percent(value: Any) -> str:
    return _number(value.replace("%", "") if isinstance(value, str) else value)


def _mapping(value: Any) -> str:
    return "" if value.__class__ is YamlMap else f"must be a mapping, not {kind(value)}"


def _shown(value: Any) -> str:
    return f"`{value[:40]}`" if isinstance(value, str) else kind(value)


#: By ansible-core's name of a type: what is wrong with a value that is no template, "" for nothing.
TYPES: dict[str, Callable[[Any], str]] = {
    "string": _string,
    "bool": _truth,
    "int": _whole,
    "float": _number,
    "percent": _percent,
    "dict": _mapping,
    "class": _mapping,
}
_LISTED: dict[str, type] = {"str": str, "int": int}


def fault_of(keyword: Keyword, value: Any) -> str:
    """Return what is wrong with the value of a keyword, "" for nothing."""
    if keyword.isa == "list":
        return _items(keyword, value) if keyword.listof else ""
    if value.__class__ is str and (keyword.isa == "string" or is_template(value)):
        static = keyword.isa in ("dict", "class")
        return TYPES[keyword.isa](value) if static else ""
    if value is None:
        return "must be a mapping, not empty" if keyword.isa == "class" else ""
    check = TYPES.get(keyword.isa)
    return "" if check is None else check(value)


def _items(keyword: Keyword, value: Any) -> str:
    if keyword.name == "tags":
        return _tags(value)
    allowed = tuple(_LISTED[name] for name in keyword.listof if name in _LISTED)
    for item in value if value.__class__ is YamlList else () if value is None else (value,):
        if not isinstance(item, allowed):
            return f"must be a list of texts; one item is {kind(item)}"
    return ""


def _tags(value: Any) -> str:
    if value.__class__ is not YamlList:
        return "" if isinstance(value, str) else f"must be text or a list, not {kind(value)}"
    for item in value:
        inner = item if item.__class__ is YamlList else (item,)
        for one in inner:
            if not isinstance(one, (str, int)):
                return f"must hold texts; one item is {kind(one)}"
    return ""
