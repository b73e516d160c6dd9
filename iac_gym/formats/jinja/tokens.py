"""The tokens of a Jinja template, as Jinja2's lexer cuts them with `trim_blocks`."""

from __future__ import annotations

import re
import unicodedata

from iac_gym.formats.jinja.nodes import JinjaError

#: Kinds of tokens beside the operators, which are their own kinds.
ENDS = frozenset(("block_end", "variable_end", "eof"))

_FLOAT = r"(?<!\.)(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?[eE][+\-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)"
_INTEGER = r"0[bB](?:_?[0-1])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\da-fA-F])+|[1-9](?:_?\d)*|0(?:_?0)*"
_STRING = r"""'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*\""""
_OPERATOR = r"//|\*\*|==|!=|>=|<=|[+\-/*%~\[\](){}<>=.:|,;]"
_PARTS = (
    rf"(?P<float>{_FLOAT})|(?P<integer>{_INTEGER})|(?P<name>(?:\w|[^\x00-\x7f])+)"
    rf"|(?P<string>{_STRING})|(?P<operator>{_OPERATOR})"
)
_INNER = re.compile(rf"\s*(?:{_PARTS})", re.DOTALL).match
_OUTER = {
    "variable": re.compile(rf"\s*(?:(?P<end>-\}}\}}\s*|\}}\}})|{_PARTS})", re.DOTALL).match,
    "block": re.compile(rf"\s*(?:(?P<end>\+%\}}|-%\}}\s*|%\}}\n?)|{_PARTS})", re.DOTALL).match,
}
_BEGIN = re.compile(r"\{(?:%([-+]?)\s*raw\s*(?:-%\}\s*|%\})|[{%#]([-+]?))")
_END_RAW = re.compile(r"\{%([-+]?)\s*endraw\s*(?:\+%\}|-%\}\s*|%\}\n?)")
_END_COMMENT = re.compile(r"#\}")
_SPACE = re.compile(r"\s*")
_ESCAPE = re.compile(
    r"""\\(?:(?P<plain>[\n\\'"abfnrtv])|(?P<octal>[0-7]{1,3})|x(?P<x>[0-9a-fA-F]{2})
    |u(?P<u>[0-9a-fA-F]{4})|U(?P<U>[0-9a-fA-F]{8})|N\{(?P<N>[^}]+)\}|(?P<bad>[xuUN]|$)|(?P<other>.))""",
    re.VERBOSE | re.DOTALL,
)
_PLAIN = {"\n": "", "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_CLOSING = {"(": ")", "[": "]", "{": "}"}
#: Most digits of a whole number, as in Python.
_MOST_DIGITS = 4300


class Tokens:
    """The tokens of a text: kinds, values, offsets, in three lists of equal length.

    Where the lexer cannot go on, the last token is an `error` whose value is the message.
    """

    __slots__ = ("at", "escape", "kinds", "text", "values")

    def __init__(self, text: str, escape: bool) -> None:
        self.text = text
        self.escape = escape
        self.kinds: list[str] = []
        self.values: list[object] = []
        self.at: list[int] = []

    def add(self, kind: str, value: object, at: int) -> None:
        """Append one token."""
        self.kinds.append(kind)
        self.values.append(value)
        self.at.append(at)


def template_tokens(text: str, escape: bool) -> Tokens:
    """Cut a template, from its first text to its end. Strings of `{{ }}` keep backslashes."""
    tokens = Tokens(text, escape)
    try:
        _root(tokens, 0)
    except JinjaError as error:
        tokens.add("error", error.message, error.at)
    tokens.add("eof", None, len(text))
    return tokens


def expression_tokens(text: str, escape: bool) -> Tokens:
    """Cut an expression without `{{ }}`; behind a `}}` it goes on as a template."""
    tokens = Tokens(text, escape)
    try:
        _root(tokens, _tag(tokens, 0, "variable"))
    except JinjaError as error:
        tokens.add("error", error.message, error.at)
    tokens.add("eof", None, len(text))
    return tokens


def _root(tokens: Tokens, place: int) -> None:
    """Cut text, tags, comments and raw blocks until the end."""
    text = tokens.text
    length = len(text)
    while place < length:
        found = _BEGIN.search(text, place)
        if found is None:
            tokens.add("data", text[place:], place)
            return
        begin = found.start()
        raw, sign = found.groups()
        data = text[place:begin]
        if data:
            stripped = data.rstrip() if "-" in (raw, sign) else data
            if stripped:
                tokens.add("data", stripped, place)
        place = found.end()
        kind = text[begin + 1]
        if raw is not None:
            place = _raw(tokens, place)
        elif kind == "#":
            place = _comment(tokens, begin, place)
        else:
            name = "variable" if kind == "{" else "block"
            tokens.add(f"{name}_begin", None, begin)
            place = _tag(tokens, place, name)


def _raw(tokens: Tokens, place: int) -> int:
    """Take raw text up to `endraw`; a text that ends with the opening tag is let through."""
    if place >= len(tokens.text):
        return place
    found = _END_RAW.search(tokens.text, place)
    if found is None:
        raise JinjaError("`{% raw %}` is not closed: `{% endraw %}` is missing", place)
    data = tokens.text[place : found.start()]
    if found[1] == "-":
        data = data.rstrip()
    if data:
        tokens.add("data", data, place)
    return found.end()


def _comment(tokens: Tokens, begin: int, place: int) -> int:
    """Skip a comment; a text that ends right behind `{#` is let through."""
    text = tokens.text
    if place >= len(text):
        return place
    end = text.find("#}", place)
    if end < 0:
        raise JinjaError("the comment `{#` is not closed: `#}` is missing", begin)
    sign = text[end - 1] if end > place else ""
    end += 2
    if sign == "-":
        return _SPACE.match(text, end).end()  # type: ignore[union-attr]
    return end + (sign != "+" and text.startswith("\n", end))


def _tag(tokens: Tokens, place: int, state: str) -> int:
    """Cut one tag up to and with its end; return where the text goes on."""
    text, escape = tokens.text, tokens.escape and state == "variable"
    kinds, values, at = tokens.kinds, tokens.values, tokens.at
    outer = _OUTER[state]
    open_brackets: list[str] = []
    while True:
        found = (_INNER if open_brackets else outer)(text, place)
        if found is None:
            return _no_token(text, place)
        kind: str = found.lastgroup  # type: ignore[assignment]
        start = found.start(kind)
        place = found.end()
        value: object = found[kind]
        if kind == "name":
            if not value.isascii() or not value.isidentifier():  # type: ignore[attr-defined]
                value, place = _name(text, start, place)
        elif kind == "operator":
            kind = value  # type: ignore[assignment]
            if kind in "([{)]}":
                _balance(kind, open_brackets, start)
        elif kind == "string":
            value = _unquoted(text[start + 1 : place - 1], start, escape)
        elif kind == "end":
            kinds.append(f"{state}_end")
            values.append(None)
            at.append(start)
            return place
        else:
            value = _number(kind, found[kind], start)
        kinds.append(kind)
        values.append(value)
        at.append(start)


def _no_token(text: str, place: int) -> int:
    place = _SPACE.match(text, place).end()  # type: ignore[union-attr]
    if place < len(text):
        if text[place] in "'\"":
            raise JinjaError("the text in quotes is not closed", place)
        raise JinjaError(f"unexpected character {text[place]!r}", place)
    return place


def _balance(bracket: str, waiting: list[str], at: int) -> None:
    """Follow brackets: inside them `}}` and `%}` do not end the tag."""
    if bracket in _CLOSING:
        waiting.append(_CLOSING[bracket])
    elif not waiting:
        raise JinjaError(f"unexpected `{bracket}`", at)
    elif (expected := waiting.pop()) != bracket:
        raise JinjaError(f"unexpected `{bracket}`, expected `{expected}`", at)


def _name(text: str, start: int, end: int) -> tuple[str, int]:
    """Return the name that begins here and where it ends: it may hold letters of any script."""
    for place in range(start, end):
        sign = text[place]
        if not (sign == "_" or sign.isalnum() or f"a{sign}".isidentifier()):
            if place == start:
                raise JinjaError(f"unexpected character {sign!r}", place)
            end = place
            break
    name = text[start:end]
    if not name.isidentifier():
        raise JinjaError(f"`{name}` is no name: invalid character", start)
    return name, end


def _number(kind: str, text: str, at: int) -> int | float:
    digits = text.replace("_", "")
    if kind == "float":
        if not digits.isascii():
            raise JinjaError(f"`{text}` is no number", at)
        return float(digits)
    if len(digits) > _MOST_DIGITS and digits[1:2] not in "bBoOxX":
        raise JinjaError("the number has too many digits", at)
    return int(digits, 0)


def _unquoted(text: str, at: int, escape: bool) -> str:
    """Return what a text in quotes stands for."""
    if escape or "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: _escaped(found, at), text)


def _escaped(found: re.Match[str], at: int) -> str:
    kind: str = found.lastgroup  # type: ignore[assignment]
    value = found[kind]
    if kind == "plain":
        return _PLAIN.get(value, value)
    if kind == "other":
        return found[0]
    if kind == "octal":
        return chr(int(value, 8))
    try:
        return unicodedata.lookup(value) if kind == "N" else chr(int(value, 16))
    except (KeyError, ValueError, OverflowError):
        raise JinjaError(f"`{found[0]}` is no escape for a character", at) from None
