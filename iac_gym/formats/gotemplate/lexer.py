"""Go's template lexer: texts, delimiters with their trimming, comments, and what actions hold."""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from typing import TypeAlias

from iac_gym.formats.gotemplate.quoting import go_rune, quote


class Kind(IntEnum):
    """What a token is."""

    ERROR = 0
    BOOL = 1
    CHAR = 2
    CHAR_CONSTANT = 3
    COMPLEX = 4
    ASSIGN = 5
    DECLARE = 6
    EOF = 7
    FIELD = 8
    IDENTIFIER = 9
    LEFT = 10
    LEFT_PAREN = 11
    NUMBER = 12
    PIPE = 13
    RAW_STRING = 14
    RIGHT = 15
    RIGHT_PAREN = 16
    SPACE = 17
    STRING = 18
    TEXT = 19
    VARIABLE = 20
    KEYWORD = 21
    BLOCK = 22
    BREAK = 23
    CONTINUE = 24
    DOT = 25
    DEFINE = 26
    ELSE = 27
    END = 28
    IF = 29
    NIL = 30
    RANGE = 31
    TEMPLATE = 32
    WITH = 33


#: A piece of the text: its kind, where it starts, and itself. (A named tuple is slow to make.)
Token: TypeAlias = tuple[Kind, int, str]


def shown(token: Token) -> str:
    """Return a token as Go's messages show it."""
    kind, _, text = token
    if kind is Kind.EOF:
        return "EOF"
    if kind is Kind.ERROR:
        return text
    if kind > Kind.KEYWORD:
        return f"<{text}>"
    if len(text) > 10:
        return quote(text[:10]) + "..."
    return quote(text)


_WORDS = {
    "block": Kind.BLOCK,
    "break": Kind.BREAK,
    "continue": Kind.CONTINUE,
    "define": Kind.DEFINE,
    "else": Kind.ELSE,
    "end": Kind.END,
    "if": Kind.IF,
    "range": Kind.RANGE,
    "nil": Kind.NIL,
    "template": Kind.TEMPLATE,
    "with": Kind.WITH,
    "true": Kind.BOOL,
    "false": Kind.BOOL,
}
_SPACES = " \t\r\n"
#: Texts with more tokens are refused; the longest public charts have a quarter of that.
MOST_TOKENS = 20_000
#: The common tokens at once; what it does not match is looked at with care.
_COMMON = re.compile(
    r"(?P<trim>[ \t\r\n]-\}\})"
    r"|(?P<space>[ \t\r\n]+?(?=[ \t\r\n]-\}\})|[ \t\r\n]+)"
    r"|(?P<close>\}\})"
    r"|(?P<field>\.[A-Za-z_][A-Za-z0-9_]*)(?=[ \t\r\n.,|:)(]|\}\}|\Z)"
    r"|(?P<variable>\$(?:[A-Za-z0-9_]+)?)(?=[ \t\r\n.,|:)(]|\}\}|\Z)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)(?=[ \t\r\n.,|:)(]|\}\}|\Z)"
    r'|(?P<string>"(?:[^"\\\n]|\\[^\n])*")'
    r"|(?P<declare>:=)"
    r"|(?P<pipe>\|)"
    r"|(?P<left>\()"
    r"|(?P<right>\))"
    r"|(?P<dot>\.)(?=[ \t\r\n.,|:)(]|\}\})"
    r"|(?P<assign>=)"
    r"|(?P<raw>`[^`]*`)"
    r"|(?P<character>'(?:[^'\\\n]|\\[^\n])*')"
)
_KINDS = {
    "space": Kind.SPACE,
    "field": Kind.FIELD,
    "variable": Kind.VARIABLE,
    "string": Kind.STRING,
    "declare": Kind.DECLARE,
    "pipe": Kind.PIPE,
    "assign": Kind.ASSIGN,
    "raw": Kind.RAW_STRING,
    "character": Kind.CHAR_CONSTANT,
    "dot": Kind.DOT,
}
_NUMBER = re.compile(
    r"[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?"
    r"|0[oO][0-7_]*(?:\.[0-7_]*)?"
    r"|0[bB][01_]*(?:\.[01_]*)?"
    r"|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?"
)
_UNCLOSED = {
    '"': "unterminated quoted string",
    "`": "unterminated raw quoted string",
    "'": "unterminated character constant",
}
#: Any word character of Go's, and others that `alphanumeric` refuses.
_WORD_RUN = re.compile(r"\w+")


def alphanumeric(character: str) -> bool:
    """Tell whether Go counts a character as part of a name."""
    if character.isascii():
        return character.isalnum() or character == "_"
    return unicodedata.category(character) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Nd")


class _Broken(Exception):
    """Lexing stops with this message at this place."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.token: Token = (Kind.ERROR, at, message)


class _Lexer:
    """The state of lexing one text; `tokens` grows."""

    def __init__(self, text: str, words: dict[str, Kind]) -> None:
        self.text = text
        self.words = words
        self.tokens: list[Token] = []

    def run(self) -> list[Token]:
        """Return all tokens; the last is EOF or the error where lexing stops."""
        try:
            self.texts()
        except _Broken as broken:
            self.tokens.append(broken.token)
        return self.tokens

    def texts(self) -> None:
        """Lex texts and the actions between them."""
        text, tokens, start = self.text, self.tokens, 0
        while True:
            opening = text.find("{{", start)
            if opening < 0:
                break
            trims = text[opening + 2 : opening + 3] == "-" and (
                text[opening + 3 : opening + 4] in _SPACES and opening + 3 < len(text)
            )
            piece = text[start:opening]
            if trims:
                piece = piece.rstrip(_SPACES)
            if piece:
                tokens.append((Kind.TEXT, start, piece))
            inside = opening + 2 + (2 if trims else 0)
            if text.startswith("/*", inside):
                start = self.comment(inside)
            else:
                tokens.append((Kind.LEFT, opening, "{{"))
                start = self.action(inside)
        if start < len(text):
            tokens.append((Kind.TEXT, start, text[start:]))
        tokens.append((Kind.EOF, len(text), ""))

    def comment(self, at: int) -> int:
        """Skip a comment and return where the text goes on."""
        end = self.text.find("*/", at + 2)
        if end < 0:
            raise _Broken("unclosed comment", at)
        end += 2
        if self.text[end : end + 1] in _SPACES and self.text.startswith("-}}", end + 1):
            return self.after_spaces(end + 4)
        if not self.text.startswith("}}", end):
            raise _Broken("comment ends before closing delimiter", at)
        return end + 2

    def after_spaces(self, at: int) -> int:
        """Return the place after spaces."""
        while at < len(self.text) and self.text[at] in _SPACES:
            at += 1
        return at

    def action(self, at: int) -> int:
        """Lex one action up to its delimiter; return where the text goes on."""
        text, tokens, depth, match_at = self.text, self.tokens, 0, _COMMON.match
        while True:
            if len(tokens) > MOST_TOKENS:
                raise _Broken(f"the template has more than {MOST_TOKENS} words", at)
            found = match_at(text, at)
            if found is None:
                at = self.uncommon(at)
                continue
            group = found.lastgroup
            piece = found[0]
            end = found.end()
            if group in ("close", "trim"):
                if depth:
                    raise _Broken("unclosed left paren", at)
                tokens.append((Kind.RIGHT, end - 2, "}}"))
                return self.after_spaces(end) if group == "trim" else end
            if group == "left":
                tokens.append((Kind.LEFT_PAREN, at, piece))
                depth += 1
            elif group == "right":
                tokens.append((Kind.RIGHT_PAREN, at, piece))
                depth -= 1
                if depth < 0:
                    raise _Broken("unexpected right paren U+0029 ')'", end)
            elif group == "word":
                tokens.append((self.words.get(piece, Kind.IDENTIFIER), at, piece))
            else:
                tokens.append((_KINDS[group], at, piece))  # type: ignore[index]
            at = end

    def uncommon(self, at: int) -> int:
        """Lex a number, a name of other letters, a single character; raise what is wrong."""
        text = self.text
        if at >= len(text):
            raise _Broken("unclosed action", at)
        character = text[at]
        if character in _UNCLOSED:
            raise _Broken(_UNCLOSED[character], at)
        if character == ":":
            raise _Broken("expected :=", at)
        following = text[at + 1 : at + 2]
        digit = following.isascii() and following.isdigit()
        if character == "$" or (character == "." and not digit and following):
            return self.name(at, at + 1, Kind.VARIABLE if character == "$" else Kind.FIELD)
        if character in "+-.0123456789":
            return self.number(at)
        if alphanumeric(character):
            return self.name(at, at, Kind.IDENTIFIER)
        if " " <= character <= "~":
            self.tokens.append((Kind.CHAR, at, character))
            return at + 1
        raise _Broken(f"unrecognized character in action: {go_rune(character)}", at)

    def name(self, at: int, end: int, kind: Kind) -> int:
        """Lex a name that holds letters beyond ASCII, or is followed by a bad character."""
        text = self.text
        while end < len(text) and alphanumeric(text[end]):
            end += 1
        following = text[end : end + 1]
        if following and following not in " \t\r\n.,|:)(" and not text.startswith("}}", end):
            raise _Broken(f"bad character {go_rune(following)}", at)
        self.tokens.append((kind, at, text[at:end]))
        return end

    def number(self, at: int) -> int:
        """Lex a number, real or complex."""
        end = self.scan(at, at)
        if self.text[end : end + 1] in ("+", "-"):
            end = self.scan(at, end)
            if self.text[end - 1] != "i":
                raise _Broken(f"bad number syntax: {quote(self.text[at:end])}", at)
            self.tokens.append((Kind.COMPLEX, at, self.text[at:end]))
        else:
            self.tokens.append((Kind.NUMBER, at, self.text[at:end]))
        return end

    def scan(self, start: int, at: int) -> int:
        """Return the end of the digits at a place."""
        found = _NUMBER.match(self.text, at)
        end = found.end() if found else at
        if end < len(self.text) and alphanumeric(self.text[end]):
            raise _Broken(f"bad number syntax: {quote(self.text[start : end + 1])}", start)
        return end


def action_end(text: str, opening: int) -> int:
    """Return where the action or comment that begins at a place ends; -1 where it is wrong."""
    trims = text[opening + 2 : opening + 3] == "-" and text[opening + 3 : opening + 4].isspace()
    inside = opening + (4 if trims else 2)
    lexer = _Lexer(text, _WORDS)
    try:
        if not text.startswith("/*", inside):
            lexer.action(inside)
            return lexer.tokens[-1][1] + 2
        lexer.comment(inside)
    except _Broken:
        return -1
    return text.index("}}", text.index("*/", inside + 2)) + 2


def lex(text: str, functions: object = ()) -> list[Token]:
    """Return the tokens of a template; `break` and `continue` are words unless functions."""
    words = _WORDS
    if "break" in functions or "continue" in functions:  # type: ignore[operator]
        words = {name: kind for name, kind in _WORDS.items() if name not in functions}  # type: ignore[operator]
    return _Lexer(text, words).run()
