"""Functions of strings."""

from __future__ import annotations

import re
import unicodedata

from iac_gym.languages.terraform.functions.registry import (
    FunctionError,
    TooLarge,
    implements,
    strings,
    whole,
)
from iac_gym.languages.terraform.texts import join_texts
from iac_gym.languages.terraform.types import ListValue, merged_refs, wholly_known
from iac_gym.languages.terraform.values import STRING, Joined, Ref, Unknown, Value

_MOST_TEXT = 1 << 20
#: What the real tool takes for white space at the ends of a text.
_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_LINE_ENDS = re.compile(r"(?:\r\n?|\n)*\Z")


def clusters(text: str) -> list[str]:
    """Split a text into the characters that a reader sees."""
    if text.isascii() and "\r\n" not in text:
        return list(text)
    found: list[str] = []
    for char in text:
        if found and _extends(found[-1], char):
            found[-1] += char
        else:
            found.append(char)
    return found


def _extends(cluster: str, char: str) -> bool:
    if cluster == "\r" and char == "\n":
        return True
    if cluster.endswith("\u200d") or char == "\u200d" or 0x1F3FB <= ord(char) <= 0x1F3FF:
        return True
    flags = len(cluster) == 1 and all(0x1F1E6 <= ord(c) <= 0x1F1FF for c in (cluster, char))
    return flags or unicodedata.category(char) in ("Mn", "Me", "Mc")


def _each(text: str, change: str) -> str:
    """Change letter by letter: letters that would become several stay."""
    changed = [getattr(char, change)() for char in text]
    return "".join(new if len(new) == 1 else old for old, new in zip(text, changed, strict=True))


@implements("upper")
def _upper(text: str) -> str:
    return text.upper() if text.isascii() else _each(text, "upper")


@implements("lower")
def _lower(text: str) -> str:
    return text.lower() if text.isascii() else _each(text, "lower")


def _separates(char: str) -> bool:
    if char.isascii():
        return not (char.isalnum() or char == "_")
    return char in _SPACE


@implements("title")
def _title(text: str) -> str:
    before = " "
    result = []
    for char in text:
        result.append(_each(char, "title") if _separates(before) else char)
        before = char
    return "".join(result)


@implements("strrev")
def _strrev(text: str) -> str:
    return "".join(reversed(clusters(text)))


@implements("chomp")
def _chomp(text: str) -> str:
    return _LINE_ENDS.sub("", text, count=1)


@implements("indent")
def _indent(spaces: int | float, text: str) -> str:
    count = whole(spaces, 0)
    if count < 0:
        raise FunctionError("the number of spaces is negative", 0)
    if count * text.count("\n") > _MOST_TEXT:
        raise TooLarge
    return text.replace("\n", "\n" + " " * count)


@implements("trimspace")
def _trimspace(text: str) -> str:
    return text.strip(_SPACE)


@implements("trim")
def _trim(text: str, letters: str) -> str:
    return text.strip(letters) if letters else text


@implements("trimprefix")
def _trimprefix(text: str, prefix: str) -> str:
    return text.removeprefix(prefix)


@implements("trimsuffix")
def _trimsuffix(text: str, suffix: str) -> str:
    return text.removesuffix(suffix)


@implements("startswith", takes="all")
def _startswith(text: Value, prefix: Value) -> Value:
    if isinstance(text, Joined) and isinstance(prefix, str) and isinstance(text.parts[0], str):
        first = text.parts[0]
        if first.startswith(prefix):
            return True
        if not prefix.startswith(first):
            return False
    if isinstance(text, Unknown) or isinstance(prefix, Unknown):
        return Unknown("bool", None, _refs(text) + _refs(prefix))
    return bool(text.startswith(prefix))


def _refs(value: Value) -> tuple[Ref, ...]:
    return value.refs if isinstance(value, Unknown) else ()


@implements("endswith")
def _endswith(text: str, suffix: str) -> bool:
    return text.endswith(suffix)


@implements("strcontains")
def _strcontains(text: str, part: str) -> bool:
    return part in text


@implements("substr")
def _substr(text: str, offset: int | float, length: int | float) -> str:
    start, count = whole(offset, 1), whole(length, 2)
    letters = clusters(text)
    if start < 0:
        start += len(letters)
    elif count == 0:
        return ""
    letters = letters[max(start, 0) :]
    # a count of zero is no limit here where the offset was negative: as the real tool has it
    return "".join(letters if count <= 0 else letters[:count])


@implements("split")
def _split(separator: str, text: str) -> ListValue:
    if separator:
        return strings(text.split(separator))
    return strings(text)


@implements("join", takes="all")
def _join(separator: Value, *lists: Value) -> Value:
    if not lists:
        raise FunctionError("at least one list is required")
    if isinstance(separator, Unknown) or any(isinstance(items, Unknown) for items in lists):
        return Unknown(STRING, None, (*_refs(separator), *_all_refs(lists)))
    items = [item for part in lists for item in part]
    if len(separator) * len(items) + sum(map(_length, items)) > _MOST_TEXT:
        raise TooLarge
    if not all(map(wholly_known, items)):
        return (
            Unknown(STRING, None, _all_refs(lists)) if None in items else _joined(separator, items)
        )
    if None in items:
        bad = next(index for index, part in enumerate(lists, 1) if None in part)
        raise FunctionError("an element is null", bad)
    return separator.join(items)


def _all_refs(lists: tuple[Value, ...]) -> tuple[Ref, ...]:
    return merged_refs(*lists)


def _length(item: Value) -> int:
    return len(item) if isinstance(item, str) else 0


def _joined(separator: str, items: list[Value]) -> Value:
    texts: list[Value] = []
    for item in items:
        texts += (separator, item)
    return join_texts(texts[1:])
