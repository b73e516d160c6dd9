"""Sprig's functions of regular expressions, over RE2's syntax."""

from __future__ import annotations

import re
from typing import Any

from iac_gym.formats.gotemplate.casts import LONGEST, heavy
from iac_gym.formats.gotemplate.errors import FunctionError, Unbounded
from iac_gym.formats.gotemplate.functions import Function
from iac_gym.formats.gotemplate.regex import Pattern, RegexError, compile_regex
from iac_gym.formats.gotemplate.values import Strings

_META = re.compile(r"[\\.+*?()|\[\]{}^$]")
_REFERENCE = re.compile(r"\$(?:\$|([A-Za-z0-9_]+)|\{([A-Za-z0-9_]+)\})")


def _compiled(pattern: str, must: bool) -> Pattern:
    try:
        return compile_regex(pattern)
    except RegexError as error:
        if must:
            raise FunctionError(f"error parsing regexp: {error}") from None
        quoted = f"`{pattern}`" if "`" not in pattern else repr(pattern)
        raise FunctionError(f"regexp: Compile({quoted}): error parsing regexp: {error}") from None


def _match(pattern: str, text: str) -> bool:
    try:
        return compile_regex(pattern).search(text) is not None
    except RegexError:
        return False


def _must_match(pattern: str, text: str) -> bool:
    return _compiled(pattern, True).search(text) is not None


def _find(must: bool) -> Any:
    def find(pattern: str, text: str) -> str:
        found = _compiled(pattern, must).search(text)
        return "" if found is None else text[found[0] : found[1]]

    return find


def _find_all(must: bool) -> Any:
    def find_all(pattern: str, text: str, count: int) -> Strings:
        return Strings([text[f[0] : f[1]] for f in _compiled(pattern, must).every(text, count)])

    return find_all


def _expanded(template: str, found: tuple[int, ...], names: dict[str, int], text: str) -> str:
    def value(reference: re.Match[str]) -> str:
        name = reference[1] or reference[2]
        if name is None:
            return "$"
        group = names.get(name, -1)
        if name.isascii() and name.isdecimal() and len(name) < 9:
            group = int(name)
        if group < 0 or group * 2 >= len(found) or found[group * 2] < 0:
            return ""
        return text[found[group * 2] : found[group * 2 + 1]]

    return _REFERENCE.sub(value, template)


def _replace(must: bool, literal: bool) -> Any:
    def replace(pattern: str, text: str, template: str) -> str:
        compiled = _compiled(pattern, must)
        parts: list[str] = []
        at = size = 0
        plain = literal or "$" not in template
        for found in compiled.every(text, -1):
            parts.append(text[at : found[0]])
            parts.append(template if plain else _expanded(template, found, compiled.names, text))
            at = found[1]
            size += len(parts[-1])
            if size > LONGEST:
                raise Unbounded("the replaced text is too long")
        return "".join(parts) + text[at:]

    return replace


def _split(must: bool) -> Any:
    def split(pattern: str, text: str, count: int) -> Strings:
        compiled = _compiled(pattern, must)
        if count == 0:
            return Strings()
        if pattern and not text:
            return Strings([""])
        parts: list[str] = []
        start = end = 0
        for found in compiled.every(text, count):
            if count > 0 and len(parts) == count - 1:
                break
            end = found[0]
            if found[1] != 0:
                parts.append(text[start:end])
            start = found[1]
        if end != len(text):
            parts.append(text[start:])
        return Strings(parts)

    return split


def quote_meta(text: str) -> str:
    """`regexQuoteMeta x`."""
    return _META.sub(lambda found: "\\" + found[0], text)


FUNCTIONS: dict[str, Function] = {
    "regexMatch": heavy(_match, "string string"),
    "mustRegexMatch": heavy(_must_match, "string string"),
    "regexFind": heavy(_find(False), "string string"),
    "mustRegexFind": heavy(_find(True), "string string"),
    "regexFindAll": heavy(_find_all(False), "string string int"),
    "mustRegexFindAll": heavy(_find_all(True), "string string int"),
    "regexReplaceAll": heavy(_replace(False, False), "string string string"),
    "mustRegexReplaceAll": heavy(_replace(True, False), "string string string"),
    "regexReplaceAllLiteral": heavy(_replace(False, True), "string string string"),
    "mustRegexReplaceAllLiteral": heavy(_replace(True, True), "string string string"),
    "regexSplit": heavy(_split(False), "string string int"),
    "mustRegexSplit": heavy(_split(True), "string string int"),
    "regexQuoteMeta": heavy(quote_meta, "string"),
}
