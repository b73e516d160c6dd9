"""`format` and `formatlist`.

Source: https://developer.hashicorp.com/terraform/language/functions/format
"""

from __future__ import annotations

import re
from decimal import Decimal, localcontext
from typing import NamedTuple

from iac_gym.languages.terraform.functions.documents import json_text
from iac_gym.languages.terraform.functions.registry import (
    FunctionError,
    TooLarge,
    implements,
)
from iac_gym.languages.terraform.functions.strings import clusters
from iac_gym.languages.terraform.texts import MOST_TEXT, join_texts
from iac_gym.languages.terraform.types import (
    ConversionError,
    ListValue,
    convert,
    fraction_of,
    is_number,
    merged_refs,
    number_text,
    type_name,
    type_of,
    wholly_known,
)
from iac_gym.languages.terraform.values import (
    ANY,
    BOOL,
    NUMBER,
    STRING,
    SetValue,
    Type,
    Unknown,
    Value,
)

_VERB = re.compile(r"%([0#+ -]*)([1-9][0-9]*)?(?:\.([0-9]*))?(?:\[([1-9][0-9]*)\])?([a-zA-Z])")
_PIECES = re.compile(
    r"%%|%[0#+ -]*(?:[1-9][0-9]*)?(?:\.[0-9]*)?(?:\[[1-9][0-9]*\])?[a-zA-Z]|%|[^%]+"
)
_EXPONENT = re.compile(r"([eE][+-])(\d)$")
_MOST_WIDTH = 10_000


class Verb(NamedTuple):
    """One verb: flags, width and precision (None: none), argument, letter."""

    raw: str
    flags: str
    width: int | None
    precision: int | None
    letter: str


def pad(text: str, verb: Verb) -> str:
    """Fill a text up to the width of its verb."""
    missing = (verb.width or 0) - len(clusters(text))
    if missing <= 0:
        return text
    filling = ("0" if "0" in verb.flags else " ") * missing
    return text + filling if "-" in verb.flags else filling + text


def exact(number: int | float) -> Decimal:
    """Return a number as the real tool holds it, with all its digits."""
    if number.__class__ is int or number == 0:
        return Decimal(int(number))
    fraction = fraction_of(number)
    with localcontext() as context:
        context.prec = 2000
        return Decimal(fraction.numerator) / Decimal(fraction.denominator)


def _digits(number: int | float) -> Decimal:
    return Decimal(number_text(number))


def _general(number: Value, precision: int | None, flags: str = "", letter: str = "g") -> str:
    """Return a number as `%g` writes it: with an exponent where it is large or small."""
    if precision is not None:
        text = f"{exact(number):{'#' if '#' in flags else ''}.{precision or 1}{letter}}"
        return _EXPONENT.sub(r"\g<1>0\2", text)
    sign, digits, exponent = _digits(number).as_tuple()
    shown = "".join(map(str, digits)).rstrip("0") or "0"
    point = len(digits) + int(exponent) - 1
    if shown == "0" or -5 < point < 6:
        return number_text(number)
    fraction = "." + shown[1:] if len(shown) > 1 else ""
    mark = "E" if letter.isupper() else "e"
    return f"{'-' * sign}{shown[0]}{fraction}{mark}{'-' if point < 0 else '+'}{abs(point):02d}"


def _as_is(verb: Verb, value: Value) -> str:
    if "#" not in verb.flags:
        if isinstance(value, str):
            return pad(value, verb)
        if is_number(value):
            return pad(_general(value, None), verb)
    return pad(json_text(value), verb)


def _integer(verb: Verb, value: Value) -> str:
    if value != value // 1:
        raise FunctionError(f"`{verb.raw}` needs a whole number")
    number = int(value)
    digits = format(abs(number), verb.letter)
    if verb.precision is not None:
        digits = digits.rjust(verb.precision, "0") if number or verb.precision else ""
    if "#" in verb.flags:
        digits = {"x": "0x", "X": "0X", "o": "0", "b": "0b"}.get(verb.letter, "") + digits
    return _signed(verb, digits, number < 0, zeros=verb.precision is None)


def _signed(verb: Verb, digits: str, negative: bool, *, zeros: bool = True) -> str:
    """Put the sign before digits and fill up to the width."""
    sign = "-" if negative else "+" if "+" in verb.flags else " " if " " in verb.flags else ""
    missing = (verb.width or 0) - len(sign) - len(digits)
    if missing > 0 and "-" in verb.flags:
        return sign + digits + " " * missing
    if missing > 0 and "0" in verb.flags and zeros:
        return sign + "0" * missing + digits
    return " " * missing + sign + digits


def _number(verb: Verb, value: Value) -> str:
    if verb.letter in "bdoxX":
        return _integer(verb, value)
    precision = verb.precision
    letter = verb.letter
    if letter in "gG":
        digits = _general(abs(value), precision, verb.flags, letter)
    else:
        number = exact(abs(value))
        places = 6 if precision is None else precision
        digits = f"{number or 0.0:.{places}{letter}}"
        digits = _EXPONENT.sub(r"\g<1>0\2", digits)
    return _signed(verb, digits, value < 0)


def _text(verb: Verb, value: str) -> str:
    if verb.precision:
        value = "".join(clusters(value)[: verb.precision])
    return pad(json_text(value) if verb.letter == "q" else value, verb)


def _shown(verb: Verb, value: Value) -> str:
    """Return a value as a verb writes it."""
    if max(verb.width or 0, verb.precision or 0) > _MOST_WIDTH:
        raise TooLarge
    letter = verb.letter
    if letter == "v":
        return _as_is(verb, value)
    if value is None:
        raise FunctionError(f"`{verb.raw}` cannot show null")
    kind = BOOL if letter == "t" else NUMBER if letter in "bdoxXeEfgG" else STRING
    if kind is STRING and letter not in "sq":
        raise FunctionError(f"there is no verb `{verb.raw}`")
    try:
        value = convert(value, kind)
    except ConversionError as error:
        raise FunctionError(
            f"`{verb.raw}` does not fit {type_name(type_of(value))}: {error}"
        ) from None
    if kind is BOOL:
        return "true" if value else "false"
    if kind is NUMBER and abs(value) == float("inf"):
        raise TooLarge
    return _number(verb, value) if kind is NUMBER else _text(verb, value)


def formatted(text: str, values: list[Value]) -> str:
    """Return a format with its values filled in."""
    pieces = []
    following = 1
    highest = total = 0
    for piece in _PIECES.findall(text):
        match = _VERB.fullmatch(piece)
        if match is None:
            if piece == "%":
                raise FunctionError("the format has an incomplete verb", 0)
            pieces.append("%" if piece == "%%" else piece)
            continue
        place = int(match[4][:6]) if match[4] else following
        highest = max(highest, place)
        if place > len(values):
            raise FunctionError(f"there is no value for `{piece}`: it needs number {place}")
        shown = _shown(_verb(match), values[place - 1])
        total += len(shown)
        if total > MOST_TEXT:
            raise TooLarge
        pieces.append(shown)
        following = place + 1
    if highest < len(values):
        raise FunctionError(f"there are more values than the format uses ({highest})", highest + 1)
    return "".join(pieces)


def _verb(match: re.Match[str]) -> Verb:
    flags, width, precision, _, letter = match.groups()
    return Verb(
        match[0],
        flags,
        None if width is None else int(width[:6]),
        None if precision is None else int(precision[:6] or 0),
        letter,
    )


@implements("format", takes="all")
def _format(text: Value, *values: Value) -> Value:
    if isinstance(text, Unknown):
        return Unknown(STRING, None, merged_refs(text, *values))
    if None in values:  # a null of no type: what the real tool makes of it is not known
        return Unknown(STRING, None, merged_refs(*values))
    if all(map(wholly_known, values)):
        return formatted(text, list(values))
    return _partly(text, values)


def _partly(text: str, values: tuple[Value, ...]) -> Value:
    """Fill in plain `%s` and `%v`; anything else with unknown values is unknown as a whole."""
    unknown = Unknown(STRING, None, merged_refs(*values))
    texts: list[str | Unknown] = []
    following = 1
    for piece in _PIECES.findall(text):
        match = _VERB.fullmatch(piece)
        if match is None:
            texts.append("%" if piece == "%%" else piece)
            continue
        place = int(match[4][:6]) if match[4] else following
        following = place + 1
        if place > len(values):
            return unknown
        value = values[place - 1]
        if isinstance(value, Unknown):
            if piece not in ("%s", "%v", "%d"):
                return unknown
            texts.append(value)
        elif wholly_known(value):
            try:
                texts.append(_shown(_verb(match), value))
            except FunctionError:
                return unknown  # the real tool does not look before all is known
        else:
            return unknown
    return join_texts(texts)


def _list_kind(text: Value, *values: Value) -> Type:
    return ("list", STRING)


@implements("formatlist", takes="all")
def _formatlist(text: Value, *values: Value) -> Value:
    result_type: Type = ("list", STRING)
    if isinstance(text, Unknown) or None in values:
        return Unknown(result_type, None, merged_refs(text, *values))
    length, unknown = _common_length(values)
    if unknown:
        return Unknown(result_type, None, merged_refs(*values))
    if length == 0:
        return ListValue([], STRING)
    rows = []
    for row in range(1 if length is None else length):
        cells = [value[row] if isinstance(value, list) else value for value in values]
        rows.append(
            formatted(text, cells) if all(map(wholly_known, cells)) else _partly(text, tuple(cells))
        )
    return ListValue(rows, STRING)


def _common_length(values: tuple[Value, ...]) -> tuple[int | None, bool]:
    """Return how long the lists among values are, and whether one of them is unknown."""
    length: int | None = None
    unknown = False
    for index, value in enumerate(values, 1):
        kind = type_of(value)
        sort = kind if isinstance(kind, str) else kind[0]
        if sort == ANY and isinstance(value, Unknown):
            unknown = True
            continue
        if sort not in ("list", "set", "tuple"):
            continue
        open_set = isinstance(value, SetValue) and len(value) > 1 and not wholly_known(value)
        if sort != "tuple" and (isinstance(value, Unknown) or open_set):
            unknown = True
            continue
        own = len(kind[1]) if sort == "tuple" else len(value)
        if length is not None and own != length:
            raise FunctionError(f"this list has {own} elements, another one {length}", index)
        length = own
        unknown = unknown or isinstance(value, Unknown)
    return length, unknown
