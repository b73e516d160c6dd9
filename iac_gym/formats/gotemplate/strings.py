"""Sprig's functions of strings."""

from __future__ import annotations

import unicodedata
from typing import Any

from iac_gym.formats.gotemplate.casts import LONGEST, bounded, heavy, string_list, strval
from iac_gym.formats.gotemplate.errors import FunctionError, Unbounded
from iac_gym.formats.gotemplate.functions import Function, function
from iac_gym.formats.gotemplate.quoting import quote
from iac_gym.formats.gotemplate.values import (
    StringMap,
    Strings,
    decode,
    encode,
)
from iac_gym.formats.gotemplate.words import camel, kebab, snake

#: What unicode.IsSpace and strings.TrimSpace take for spaces.
SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"  # noqa: E501


def upper(text: str) -> str:
    """`upper x`: letter by letter, as Go does."""
    if text.isascii():
        return text.upper()
    return "".join(c.upper() if len(c.upper()) == 1 else c for c in text)


def lower(text: str) -> str:
    """`lower x`."""
    if text.isascii():
        return text.lower()
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def title(text: str) -> str:
    """`title x`: strings.Title."""
    parts: list[str] = []
    separated = True
    for character in text:
        parts.append(upper(character) if separated else character)
        separated = _separates(character)
    return "".join(parts)


def _separates(character: str) -> bool:
    if character.isascii():
        return not (character.isalnum() or character == "_")
    if unicodedata.category(character)[0] == "L" or unicodedata.category(character) == "Nd":
        return False
    return character in SPACES


def untitle(text: str) -> str:
    """`untitle x`: each word's first letter in lower case."""
    parts: list[str] = []
    first = True
    for character in text:
        if character in SPACES:
            first = True
        elif first:
            character, first = lower(character), False
        parts.append(character)
    return "".join(parts)


def swapcase(text: str) -> str:
    """`swapcase x`."""
    parts: list[str] = []
    start = True
    for character in text:
        category = unicodedata.category(character)
        if category in ("Lu", "Lt"):
            parts.append(lower(character))
            start = False
        elif category == "Ll":
            parts.append(upper(character))
            start = False
        else:
            parts.append(character)
            start = character in SPACES
    del start
    return "".join(parts)


def repeat(count: int, text: str) -> str:
    """`repeat n x`."""
    if count < 0:
        raise FunctionError("strings: negative Repeat count")
    if count * len(text) > LONGEST:
        raise Unbounded("the repeated text is too long")
    return text * count


def trim_all(cut: str, text: str) -> str:
    """`trimAll chars x`."""
    return text.strip(cut) if cut else text


def substring(start: int, end: int, text: str) -> str:
    """`substr start end x`, in bytes."""
    data = encode(text)
    size = len(data)
    if start < 0:
        if end < 0 or end > size:
            raise FunctionError(_bounds(f":{end}", size))
        return decode(data[:end])
    if end < 0 or end > size:
        if start > size:
            raise FunctionError(f"runtime error: slice bounds out of range [{start}:{size}]")
        return decode(data[start:])
    if start > end:
        raise FunctionError(f"runtime error: slice bounds out of range [{start}:{end}]")
    return decode(data[start:end])


def _bounds(shown: str, size: int) -> str:
    return f"runtime error: slice bounds out of range [{shown}] with length {size}"


def trunc(count: int, text: str) -> str:
    """`trunc n x`, in bytes; from the end when n is negative."""
    if text.isascii():
        if count >= 0:
            return text[:count]
        return text[count:] if len(text) + count > 0 else text
    data = encode(text)
    if count < 0 and len(data) + count > 0:
        return decode(data[count:])
    return decode(data[:count]) if count >= 0 else text


def abbrev(width: int, text: str) -> str:
    """`abbrev n x`."""
    return text if width < 4 else _abbreviated(text, 0, width)


def abbrevboth(left: int, right: int, text: str) -> str:
    """`abbrevboth left right x`."""
    if right < 4 or (left > 0 and right < 7):
        return text
    return _abbreviated(text, left, right)


def _abbreviated(text: str, offset: int, width: int) -> str:
    data = encode(text)
    size = len(data)
    if size <= width:
        return text
    offset = min(offset, size)
    if size - offset < width - 3:
        offset = size - (width - 3)
    if offset <= 4:
        return decode(data[: width - 3]) + "..."
    if width < 7:
        return ""
    if offset + width - 3 < size:
        rest = decode(data[offset:])
        return "..." + (_abbreviated(rest, 0, width - 3) if width - 3 >= 4 else "")
    return "..." + decode(data[size - (width - 3) :])


def initials(text: str) -> str:
    """`initials x`: the first letter of each word."""
    return "".join(chr(encode(word)[0]) for word in text.split())


def wrap(width: int, text: str) -> str:
    """`wrap n x`: break lines at spaces; long words stay whole."""
    return _wrapped(text, width, "\n", False)


def wrap_with(width: int, separator: str, text: str) -> str:
    """`wrapWith n separator x`: long words are broken too."""
    return _wrapped(text, width, separator or "\n", True)


def _wrapped(text: str, width: int, separator: str, break_words: bool) -> str:
    data, width, at = encode(text), max(width, 1), 0
    size = len(data)
    parts: list[str] = []
    if size // width * len(separator) > LONGEST:
        raise Unbounded("the wrapped text is too long")
    while size - at > width:
        if data[at] == 0x20:
            at += 1
            continue
        space = data.rfind(b" ", at, at + width + 1)
        if space < 0 and break_words:
            parts.append(decode(data[at : at + width]) + separator)
            at += width
            continue
        if space < 0:
            space = data.find(b" ", at + width)
        if space < 0:
            parts.append(decode(data[at:]))
            at = size
            break
        parts.append(decode(data[at:space]) + separator)
        at = space + 1
    return "".join(parts) + decode(data[at:])


def quoted(*values: Any) -> str:
    """`quote x...`: each in double quotes, nil left out."""
    if len(values) == 1 and type(values[0]) is str:
        return quote(values[0])
    return " ".join([quote(strval(value)) for value in values if value is not None])


def squoted(*values: Any) -> str:
    """`squote x...`: each in single quotes, nil left out."""
    return " ".join([f"'{strval(value)}'" for value in values if value is not None])


def cat(*values: Any) -> str:
    """`cat x...`: joined by spaces, nil left out."""
    return bounded(" ".join([strval(value) for value in values if value is not None]))


def indent(spaces: int, text: str) -> str:
    """`indent n x`: spaces before each line."""
    if spaces < 0:
        raise FunctionError("strings: negative Repeat count")
    if spaces * (text.count("\n") + 1) + len(text) > LONGEST:
        raise Unbounded("the indented text is too long")
    pad = " " * spaces
    return pad + text.replace("\n", "\n" + pad)


def nindent(spaces: int, text: str) -> str:
    """`nindent n x`: a new line, then indented."""
    return "\n" + indent(spaces, text)


def replace(old: str, new: str, text: str) -> str:
    """`replace old new x`."""
    if text.count(old) * len(new) > LONGEST:
        raise Unbounded("the replaced text is too long")
    return text.replace(old, new)


def plural(one: str, many: str, count: int) -> str:
    """`plural one many n`."""
    return one if count == 1 else many


def split(separator: str, text: str) -> StringMap:
    """`split sep x`: a map of _0, _1 ..."""
    return StringMap({f"_{n}": part for n, part in enumerate(pieces(text, separator))})


def splitn(separator: str, count: int, text: str) -> StringMap:
    """`splitn sep n x`."""
    return StringMap({f"_{n}": part for n, part in enumerate(pieces(text, separator, count))})


def split_list(separator: str, text: str) -> Strings:
    """`splitList sep x`."""
    return Strings(pieces(text, separator))


def pieces(text: str, separator: str, count: int = -1) -> list[str]:
    """Return strings.SplitN."""
    if count == 0:
        return []
    if separator:
        return text.split(separator, count - 1 if count > 0 else -1)
    letters = list(text)
    if 0 < count < len(letters):
        return [*letters[: count - 1], "".join(letters[count - 1 :])]
    return letters


def join(separator: str, value: Any) -> str:
    """`join sep list`."""
    texts = string_list(value)
    if sum(map(len, texts)) + len(separator) * len(texts) > LONGEST:
        raise Unbounded("the joined text is too long")
    return separator.join(texts)


def sort_alpha(value: Any) -> Strings:
    """`sortAlpha list`."""
    if isinstance(value, list | bytes):
        return Strings(sorted(string_list(value), key=encode))
    return Strings([strval(value)])


def nospace(text: str) -> str:
    """`nospace x`."""
    if text.isascii():
        return text.translate(_NO_SPACES)
    # The library takes each byte for a character.
    return encode(text).decode("latin-1").translate(_NO_SPACES)


_NO_SPACES = dict.fromkeys(map(ord, SPACES))


FUNCTIONS: dict[str, Function] = {
    "abbrev": heavy(abbrev, "int string"),
    "abbrevboth": heavy(abbrevboth, "int int string"),
    "trunc": function(trunc, "int string"),
    "trim": heavy(lambda text: text.strip(SPACES), "string"),
    "upper": heavy(upper, "string"),
    "lower": heavy(lower, "string"),
    "title": heavy(title, "string"),
    "untitle": heavy(untitle, "string"),
    "substr": heavy(substring, "int int string"),
    "repeat": heavy(repeat, "int string"),
    "trimall": heavy(trim_all, "string string"),
    "trimAll": heavy(trim_all, "string string"),
    "trimSuffix": function(lambda cut, text: text.removesuffix(cut), "string string"),
    "trimPrefix": function(lambda cut, text: text.removeprefix(cut), "string string"),
    "nospace": heavy(nospace, "string"),
    "initials": heavy(initials, "string"),
    "swapcase": heavy(swapcase, "string"),
    #: A permutation like any other, and the same each time.
    "shuffle": heavy(lambda text: text, "string"),
    "snakecase": heavy(snake, "string"),
    "camelcase": heavy(camel, "string"),
    "kebabcase": heavy(kebab, "string"),
    "wrap": heavy(wrap, "int string"),
    "wrapWith": heavy(wrap_with, "int string string"),
    "contains": heavy(lambda part, text: part in text, "string string"),
    "hasPrefix": function(lambda part, text: text.startswith(part), "string string"),
    "hasSuffix": function(lambda part, text: text.endswith(part), "string string"),
    "quote": heavy(quoted, "any..."),
    "squote": heavy(squoted, "any..."),
    "cat": heavy(cat, "any..."),
    "indent": heavy(indent, "int string"),
    "nindent": heavy(nindent, "int string"),
    "replace": heavy(replace, "string string string"),
    "plural": function(plural, "string string int"),
    "split": heavy(split, "string string"),
    "splitn": heavy(splitn, "string int string"),
    "splitList": heavy(split_list, "string string"),
    "join": heavy(join, "string any"),
    "sortAlpha": heavy(sort_alpha, "any"),
}
