"""snakecase, kebabcase and camelcase: the word splitting of huandu/xstrings, rule by rule."""

from __future__ import annotations

import unicodedata
from enum import Enum

from iac_gym.formats.gotemplate.errors import Unbounded

_LONGEST = 20_000


class _Kind(Enum):
    NONE = 0
    NUMBER = 1
    UPPER = 2
    LETTERS = 3
    CONNECTOR = 4
    PUNCTUATION = 5
    OTHER = 6


def _connects(letter: str) -> bool:
    return letter in "-_" or letter.isspace()


def _is_letter(letter: str) -> bool:
    return unicodedata.category(letter) in ("Lu", "Ll", "Lt", "Lm", "Lo")


def _is_upper(letter: str) -> bool:
    return unicodedata.category(letter) == "Lu"


def _is_alphabet(letter: str) -> bool:
    if not _is_letter(letter):
        return False
    # Letters of scripts without case are words of another kind.
    return not ("\u4e00" <= letter <= "\u9fff" or "\u3400" <= letter <= "\u4dbf")


def _is_number(letter: str) -> bool:
    return unicodedata.category(letter)[0] == "N"


def _is_punctuation(letter: str) -> bool:
    return unicodedata.category(letter)[0] == "P"


def _run(text: str, start: int, test: object) -> int:
    while start < len(text) and test(text[start]):  # type: ignore[operator]
        start += 1
    return start


def _upper_word(text: str) -> int:
    """Return the length of a word that starts with a capital letter."""
    if len(text) == 1:
        return 1
    if _is_upper(text[1]):
        end = _run(text, 1, _is_upper)
        return end - 1 if end < len(text) and _is_alphabet(text[end]) else end
    return _run(text, 1, lambda c: _is_alphabet(c) and not _is_upper(c))


def _next_word(text: str) -> tuple[_Kind, str, str]:
    """Return the kind of the first word, the word, and the rest."""
    if not text:
        return _Kind.NONE, "", ""
    first = text[0]
    if _connects(first):
        kind, end = _Kind.CONNECTOR, _run(text, 1, _connects)
    elif _is_punctuation(first):
        kind, end = _Kind.PUNCTUATION, _run(text, 1, _is_punctuation)
    elif _is_upper(first):
        kind, end = _Kind.UPPER, _upper_word(text)
    elif _is_alphabet(first):
        kind = _Kind.LETTERS
        end = _run(text, 1, lambda c: _is_alphabet(c) and not _is_upper(c))
    elif _is_number(first):
        kind, end = _Kind.NUMBER, _run(text, 1, _is_number)
    else:
        kind = _Kind.OTHER
        end = _run(
            text,
            1,
            lambda c: not (_connects(c) or _is_alphabet(c) or _is_number(c) or _is_punctuation(c)),
        )
    return kind, text[:end], text[end:]


class _Splitter:
    """Walks over the words of a text and writes them with a connector between."""

    def __init__(self, text: str, connector: str) -> None:
        self.parts: list[str] = []
        self.connector = connector
        self.kind, self.word, self.rest = _next_word(text)

    def at(self, *kinds: _Kind) -> bool:
        return self.kind in kinds

    def step(self) -> None:
        self.kind, self.word, self.rest = _next_word(self.rest)

    def write(self, kind: _Kind, word: str) -> None:
        """Write a word in lower case; connectors and capitals have their own ways."""
        if kind is _Kind.CONNECTOR:
            self.parts.append(self.connector * len(word))
        else:
            self.parts.append(word.lower())

    def write_mixed(self) -> None:
        while self.at(_Kind.LETTERS, _Kind.NUMBER):
            self.write(self.kind, self.word)
            self.step()

    def connect(self, *unless: _Kind) -> None:
        if not self.at(*unless):
            self.parts.append(self.connector)

    def run(self) -> str:
        while self.rest:
            if self.kind is not _Kind.CONNECTOR:
                self.write(self.kind, self.word)
            before, word = self.kind, self.word
            self.step()
            if before is _Kind.NUMBER:
                self.write_mixed()
                self.connect(_Kind.NONE, _Kind.PUNCTUATION, _Kind.CONNECTOR)
            elif before is _Kind.CONNECTOR:
                self.write(before, word)
            elif before is not _Kind.PUNCTUATION:
                self.after_letters()
        self.write(self.kind, self.word)
        return "".join(self.parts)

    def after_letters(self) -> None:
        """Decide what stands between letters and what follows them."""
        if not self.at(_Kind.NUMBER):
            self.connect(_Kind.CONNECTOR, _Kind.PUNCTUATION)
            return
        if not self.rest:
            return
        number = self.word
        self.step()
        if not self.at(_Kind.LETTERS):
            self.write(_Kind.NUMBER, number)
            self.connect(_Kind.CONNECTOR, _Kind.PUNCTUATION)
            return
        self.parts.append(self.connector)
        self.write(_Kind.NUMBER, number)
        self.write_mixed()
        self.connect(_Kind.NONE, _Kind.CONNECTOR, _Kind.PUNCTUATION)


def _short(text: str) -> str:
    if len(text) > _LONGEST:
        raise Unbounded("the text is too long to split into words")
    return text


def snake(text: str) -> str:
    """`snakecase x`."""
    return _Splitter(_short(text), "_").run()


def kebab(text: str) -> str:
    """`kebabcase x`."""
    return _Splitter(_short(text), "-").run()


def camel(text: str) -> str:
    """`camelcase x`."""
    at = _run(_short(text), 0, _connects)
    parts = [text[:at]]
    if at == len(text):
        return text
    current = text[at].upper()
    for letter in text[at + 1 :]:
        before, current = current, letter
        if _connects(current) and _connects(before):
            parts.append(before)
        elif _connects(before):
            current = current.upper()
        else:
            current = current.lower()
            parts.append(before)
    parts.append(current)
    return "".join(parts)
