"""`key=value` texts: how ansible-core splits the arguments of `apt: name=nginx state=present`.

Blanks part the words, but not inside quotes or Jinja delimiters, of which ansible-core counts the
opening and the closing ones everywhere, also inside quotes.
"""

from __future__ import annotations

import re
from functools import lru_cache

#: The options of free-form modules; any other `key=value` belongs to their command.
COMMAND_OPTIONS = frozenset(
    "creates removes chdir executable warn stdin stdin_add_newline strip_empty_ends".split()
)
_SIMPLE = re.compile(r"[^\\'\"{}%#\n]*")
_OPENING = ("{{", "{%", "{#")
_CLOSING = {"}}": 0, "%}": 1, "#}": 2}
_ESCAPE = re.compile(
    r"\\(?:U[0-9a-fA-F]{8}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|N\{[^}]+\}|[\\'\"abfnrtv])"
)
_SHORT = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class UnbalancedText(ValueError):
    """Quotes or Jinja delimiters of a `key=value` text are not closed."""


def split_words(text: str) -> list[str]:
    """Return the words of a text; line ends are kept at the end of words. May raise."""
    if _SIMPLE.fullmatch(text):
        return [word for word in text.split(" ") if word]
    words: list[str] = []
    start: int | None = None
    inside = _Inside()
    index, size = 0, len(text)
    while index < size:
        char = text[index]
        if char in " \n" and inside.nothing:
            if start is not None:
                words.append(text[start:index])
                start = None
            if char == "\n" and words:
                words[-1] += "\n"
            index += 1
            continue
        if start is None:
            start = index
        index += inside.take(text, index, start)
    if not inside.nothing:
        raise UnbalancedText(text)
    if start is not None:
        words.append(text[start:])
    return words


class _Inside:
    """What is open at a place of a text: a quote, and delimiters of Jinja."""

    __slots__ = ("depths", "quote")

    def __init__(self) -> None:
        self.quote = ""
        self.depths = [0, 0, 0]

    @property
    def nothing(self) -> bool:
        return not self.quote and not any(self.depths)

    def take(self, text: str, index: int, start: int) -> int:
        """Note what one sign opens or closes; returns how many characters it has."""
        char, pair = text[index], text[index : index + 2]
        if char in "'\"" and (index == start or text[index - 1] != "\\"):
            self.quote = "" if self.quote == char else self.quote or char
        elif pair in _OPENING:
            self.depths[_OPENING.index(pair)] += 1
            return 2
        elif pair in _CLOSING:
            place = _CLOSING[pair]
            self.depths[place] = max(self.depths[place] - 1, 0)
            return 2
        return 1


def _join(words: list[str]) -> str:
    joined = ""
    for word in words:
        joined += word if not joined or joined.endswith("\n") else " " + word
    return joined


def _decoded(word: str) -> str:
    def one(found: re.Match[str]) -> str:
        body = found[0][1:]
        if body[0] in "Uux" and len(body) > 1:
            number = int(body[1:], 16)
            return chr(number) if number < 0x110000 else found[0]
        return found[0] if body[0] == "N" else _SHORT.get(body, body)

    return _ESCAPE.sub(one, word) if "\\" in word else word


def _unquoted(text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" and text[-2] != "\\"
    return text[1:-1] if quoted else text


def _parted(word: str) -> int:
    """Return where the first `=` stands that no backslash escapes, 0 for none."""
    place = word.find("=", 1)
    while place > 0 and word[place - 1] == "\\":
        place = word.find("=", place + 1)
    return max(place, 0)


@lru_cache(maxsize=4096)
def _parse(text: str, raw: bool) -> tuple[tuple[str, str], ...]:
    options: dict[str, str] = {}
    rest: list[str] = []
    for written in split_words(text):
        word = _decoded(written)
        place = _parted(word)
        if not place:
            rest.append(word.replace("\\=", "=") if "=" in word else written)
        elif raw and word[:place] not in COMMAND_OPTIONS:
            rest.append(written)
        else:
            options[word[:place].strip()] = _unquoted(word[place + 1 :].strip())
    if rest:
        options["_raw_params"] = _join(rest)
    return tuple(options.items())


def parse_key_values(text: str, raw: bool = False) -> dict[str, str]:
    """Return the options of a `key=value` text; what is left over is `_raw_params`.

    `raw`: the module takes a command, of which only its own options are parted. Raises
    `UnbalancedText`.
    """
    return dict(_parse(text, raw))
