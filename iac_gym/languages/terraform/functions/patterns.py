"""Functions of regular expressions, in the syntax of RE2.

A pattern is translated to Python's syntax; what RE2 refuses is refused. Python's matcher can take
exponential time where RE2 does not: a match that may take long is not tried, its result is unknown.

Source: https://github.com/google/re2/wiki/Syntax and
https://developer.hashicorp.com/terraform/language/functions/regex
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from iac_gym.languages.terraform.evaluator import pay
from iac_gym.languages.terraform.functions.regex_syntax import PatternError, Translation, translate
from iac_gym.languages.terraform.functions.registry import FunctionError, TooLarge, implements
from iac_gym.languages.terraform.types import ListValue, object_of
from iac_gym.languages.terraform.values import ANY, STRING, Type, Unknown, Value

#: Most steps that a match may be estimated to take.
_MOST_STEPS = 1_000_000
#: How many of them make one step of evaluation: the estimate is that of the worst case.
_STEPS_PER_STEP = 100
#: Longest text that a repetition of a repetition is tried on.
_MOST_NESTED = 16
_REFERENCE = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})", re.ASCII)


class Pattern(NamedTuple):
    """A compiled pattern; `regex` is None where Python cannot run it."""

    regex: re.Pattern[str] | None
    translation: Translation


@lru_cache(maxsize=256)
def compiled(text: str) -> Pattern:
    """Compile a pattern, or raise `FunctionError`."""
    try:
        translation = translate(text)
    except PatternError as error:
        raise FunctionError(f"the pattern is invalid: {error}", 0) from None
    if not translation.runs:
        return Pattern(None, translation)
    try:
        return Pattern(re.compile(translation.text, re.ASCII), translation)
    except (re.error, OverflowError, RecursionError) as error:
        raise FunctionError(f"the pattern is invalid: {error}", 0) from None


def runnable(pattern: Pattern, text: str, scope: Any) -> re.Pattern[str]:
    """Return the regex where a match on a text takes little time; else raise `TooLarge`."""
    translation = pattern.translation
    length = len(text)
    if pattern.regex is None or (translation.nested and length > _MOST_NESTED):
        raise TooLarge
    steps = (length + 1) ** (min(translation.loops, 8) + 1)
    if steps > _MOST_STEPS or not pay(scope, steps // _STEPS_PER_STEP):
        raise TooLarge
    return pattern.regex


def _result_type(pattern: Pattern) -> Type:
    names = pattern.translation.names
    if not names:
        return STRING
    unnamed = names.count("")
    if unnamed and unnamed < len(names):
        raise FunctionError("the pattern has both named and unnamed groups", 0)
    if unnamed:
        return ("tuple", (STRING,) * len(names))
    return object_of(dict.fromkeys(names, STRING))


def _regex_kind(pattern: Value, text: Value) -> Type:
    return ANY if isinstance(pattern, Unknown) else _result_type(compiled(pattern))


def _regexall_kind(pattern: Value, text: Value) -> Type:
    return ("list", _regex_kind(pattern, text))


def _result(pattern: Pattern, match: re.Match[str]) -> Value:
    names = pattern.translation.names
    if not names:
        return match[0]
    groups = list(match.groups())
    return dict(zip(names, groups, strict=True)) if names[0] else groups


@implements("regex", kind=_regex_kind, scoped=True)
def _regex(scope: Any, pattern: str, text: str) -> Value:
    found = compiled(pattern)
    _result_type(found)
    match = runnable(found, text, scope).search(text)
    if match is None:
        raise FunctionError("the pattern does not match")
    return _result(found, match)


@implements("regexall", kind=_regexall_kind, scoped=True)
def _regexall(scope: Any, pattern: str, text: str) -> ListValue:
    found = compiled(pattern)
    kind = _result_type(found)
    matches = _matches(runnable(found, text, scope), text)
    return ListValue([_result(found, match) for match in matches], kind)


def _matches(regex: re.Pattern[str], text: str) -> list[re.Match[str]]:
    """Return all matches; an empty one right behind another does not count, as with RE2."""
    found: list[re.Match[str]] = []
    for match in regex.finditer(text):
        if not (found and match.end() == match.start() == found[-1].end()):
            found.append(match)
    return found


@implements("replace", scoped=True)
def _replace(scope: Any, text: str, part: str, new: str) -> str:
    if not (len(part) > 1 and part[0] == part[-1] == "/"):
        if len(new) * (text.count(part) if part else len(text) + 1) > 1 << 20:
            raise TooLarge
        return text.replace(part, new)
    found = compiled(part[1:-1])
    pieces: list[str] = []
    end = 0
    for match in _matches(runnable(found, text, scope), text):
        pieces += (text[end : match.start()], _expand(new, found, match))
        end = match.end()
    return "".join([*pieces, text[end:]])


def _expand(template: str, pattern: Pattern, match: re.Match[str]) -> str:
    """Fill the references of a replacement: `$1`, `${name}`; those of no group are empty."""
    names = pattern.translation.names

    def text_of(reference: re.Match[str]) -> str:
        name = reference[1] or reference[2]
        if name is None:
            return "$"
        if name.isdigit():
            index = int(name) if len(name) < 6 else -1
            return (match[index] or "") if 0 <= index <= len(names) else ""
        return (match[names.index(name) + 1] or "") if name in names else ""

    return _REFERENCE.sub(text_of, template)
