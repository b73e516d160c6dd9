"""The expressions of `rules:if` and `only:variables`: GitLab's grammar, and what can come of them.

GitLab turns the words into reverse Polish notation and accepts whatever leaves one value, so this
does the same. Variables are unknown here; `possible` says whether an expression holds always, never
or maybe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from iac_gym.languages.gitlab_ci.regexps import regexp_error

#: GitLab reads fewer words than this.
MOST_TOKENS = 100

_TOKEN = re.compile(
    r"""\s+
    |(?P<open>\()|(?P<close>\))
    |(?P<variable>\$\w+)
    |(?P<string>"[^"\n]*"|'[^'\n]*')
    |(?P<pattern>/(?:[^/]|\\/)+[^\\]/[ismU]*)
    |(?P<null>null)|(?P<boolean>true|false)
    |(?P<operator>==|=~|!=|!~|!|&&|\|\|)""",
    re.VERBOSE,
)
_BINDS = {"!": 1, "==": 10, "=~": 10, "!=": 10, "!~": 10, "&&": 11, "||": 12}
_SIMPLE_PATTERN = re.compile(r"[\w ^$-]*")


class Token(NamedTuple):
    """One word of an expression."""

    kind: str
    text: str


class _Unknown:
    """The value of a variable."""


_UNKNOWN = _Unknown()


class Expression(NamedTuple):
    """An expression: its words in reverse Polish notation, or the error that GitLab stops at."""

    steps: tuple[Token, ...] = ()
    error: str = ""


@lru_cache(maxsize=4096)
def read(text: str) -> Expression:
    """Read an expression."""
    try:
        steps = tuple(_reverse(list(_tokens(text))))
        _check(steps)
    except ValueError as error:
        return Expression(error=str(error))
    return Expression(steps)


def _tokens(text: str) -> Iterator[Token]:
    at = count = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise ValueError(f"`{text[at : at + 30]}` is not understood")
        at = found.end()
        if found.lastgroup:
            count += 1
            yield Token(found.lastgroup, found[0])
        if count >= MOST_TOKENS:
            raise ValueError(f"it has {MOST_TOKENS} words or more")


def _reverse(tokens: list[Token]) -> Iterator[Token]:
    waiting: list[Token] = []
    for token in tokens:
        if token.kind == "operator" and token.text != "!":
            binds = _BINDS[token.text]
            while waiting and waiting[-1].kind == "operator" and _BINDS[waiting[-1].text] <= binds:
                yield waiting.pop()
            waiting.append(token)
        elif token.kind in ("operator", "open"):
            waiting.append(token)
        elif token.kind == "close":
            while waiting and waiting[-1].kind != "open":
                yield waiting.pop()
            if not waiting:
                raise ValueError("a `)` has no `(`")
            waiting.pop()
        else:
            if token.kind == "pattern":
                _check_pattern(token.text)
            yield token
    yield from reversed(waiting)


def _check_pattern(text: str) -> None:
    body = text[1 : text.rindex("/")].replace("\\/", "/")
    if problem := regexp_error(body):
        raise ValueError(f"the regular expression `{text[:60]}` is not valid: {problem}")


def _check(steps: tuple[Token, ...]) -> None:
    depth = 0
    for token in steps:
        if token.kind == "open":
            raise ValueError("a `(` is not closed")
        if token.kind != "operator":
            depth += 1
            continue
        taken = 1 if token.text == "!" else 2
        if depth < taken:
            raise ValueError(f"something is missing beside `{token.text}`")
        depth -= taken - 1
    if depth != 1:
        raise ValueError("an operator is missing between two values" if depth else "it is empty")


@lru_cache(maxsize=4096)
def possible(text: str) -> str:
    """Say whether an expression holds "always", "never" or "maybe" (also if it is not valid)."""
    steps, error = read(text)
    if error:
        return "maybe"
    value = _evaluate(steps)
    if isinstance(value, _Unknown):
        return "never" if _contradicts(steps) else "maybe"
    return "always" if _present(value) else "never"


def variables_of(text: str) -> frozenset[str]:
    """Return the names of the variables in an expression."""
    return frozenset(token.text[1:] for token in read(text).steps if token.kind == "variable")


def _present(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else bool(value)


def _evaluate(steps: tuple[Token, ...]) -> Any:
    stack: list[Any] = []
    for token in steps:
        if token.kind != "operator":
            stack.append(_value(token))
        elif token.text == "!":
            one = stack.pop()
            stack.append(one if isinstance(one, _Unknown) else not _present(one))
        else:
            right, left = stack.pop(), stack.pop()
            stack.append(_apply(token.text, left, right))
    return stack[0]


def _value(token: Token) -> Any:
    if token.kind == "string":
        return token.text[1:-1]
    if token.kind == "null":
        return None
    if token.kind == "boolean":
        return token.text == "true"
    return token if token.kind == "pattern" else _UNKNOWN


def _apply(operator: str, left: Any, right: Any) -> Any:
    known = not isinstance(left, _Unknown), not isinstance(right, _Unknown)
    if operator == "&&":
        if known[0]:
            return right if _truthy(left) else left
        return False if known[1] and not _truthy(right) else _UNKNOWN
    if operator == "||":
        if known[0]:
            return left if _truthy(left) else right
        return True if known[1] and _truthy(right) else _UNKNOWN
    if not all(known):
        return _UNKNOWN
    if operator in ("==", "!="):
        return (left == right) == (operator == "==")
    return _matches(left, right, operator == "=~")


def _truthy(value: Any) -> bool:
    return value is not None and value is not False


def _matches(left: Any, right: Any, wanted: bool) -> Any:
    body = right.text[1:-1] if isinstance(right, Token) else None
    if body is None or not isinstance(left, str) or not _SIMPLE_PATTERN.fullmatch(body):
        return _UNKNOWN
    return bool(re.search(body, left)) == wanted


def _contradicts(steps: tuple[Token, ...]) -> bool:
    """Whether conditions joined by `&&` ask for two values of one variable."""
    if any(token.kind == "operator" and token.text in ("||", "!") for token in steps):
        return False
    wanted: dict[str, str] = {}
    refused: set[tuple[str, str]] = set()
    for left, right, operator in zip(steps, steps[1:], steps[2:], strict=False):
        if {left.kind, right.kind} != {"variable", "string"} or operator.kind != "operator":
            continue
        name, value = (left, right) if left.kind == "variable" else (right, left)
        if (
            operator.text == "=="
            and wanted.setdefault(name.text, value.text[1:-1]) != (value.text[1:-1])
        ):
            return True
        if operator.text == "!=":
            refused.add((name.text, value.text[1:-1]))
    return any(pair in refused for pair in wanted.items())
