"""Groovy text -> tokens, with strings taken apart, as Groovy 2.4 reads it.

A string with values is the tokens `gs(` (the text in front), a value, `gs,` and a value for each
further one, and `gs)` (the text behind).
"""

from __future__ import annotations

import re

from iac_gym.formats.groovy.errors import MOST_DEPTH, GroovyError
from iac_gym.formats.groovy.lexicon import (
    CLOSING,
    ENDS_EXPRESSION,
    KEYWORDS,
    NAMES_BESIDE_DOT,
    RUNS,
    TOKEN,
    UNICODE_ESCAPE,
    VALUE_DOT,
    VALUE_WORD,
    unescape,
    unslash,
)

#: How many tokens of the end there are, so that the parser may look behind the last one.
_LOOKAHEAD = 4
_LINE_ENDS = ("\n", "\r\n", "\r")
_OPENING = {")": "(", "]": "[", "}": "{"}


def without_unicode_escapes(text: str) -> str:
    """Replace the escapes that Groovy replaces before it reads the text."""

    def character(found: re.Match[str]) -> str:
        if found[0] == "\\\\":
            return found[0]
        if not found[1]:
            raise GroovyError(found.start(), "four hexadecimal digits must follow `\\u`")
        return chr(int(found[1], 16))

    return UNICODE_ESCAPE.sub(character, text)


class Tokens:
    """The tokens of a text in four lists of equal length: kind, value, start and end.

    The kind of an operator or keyword is its text; the others are `id`, `number`, `string`, `gs(`,
    `gs,`, `gs)`, `newline` and `end`. `closing` gives the place of the closing token for that of an
    opening one, `arrows` the place of the first `->` of a brace.
    """

    def __init__(self, text: str) -> None:
        self.text = without_unicode_escapes(text) if "\\u" in text else text
        self.kinds: list[str] = []
        self.values: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.closing: dict[int, int] = {}
        self.arrows: dict[int, int] = {}
        self._opens: list[int] = []
        self._braces: list[tuple[int, str]] = []
        self._level = 0
        self._one_line = 0
        self._string = ""
        self._read()

    def _add(self, kind: str, value: str, start: int, end: int) -> None:
        self.kinds.append(kind)
        self.values.append(value)
        self.starts.append(start)
        self.ends.append(end)

    def _read(self) -> None:
        text = self.text
        match = TOKEN.match
        kinds, values, starts, ends = self.kinds, self.values, self.starts, self.ends
        at = len(text.split("\n", 1)[0]) if text.startswith("#!") else 0
        while True:
            found = match(text, at)
            if found is None:
                break
            kind = found.lastgroup
            at = found.end()
            value = found[kind]  # type: ignore[index]
            start = at - len(value)
            if kind == "word":
                kind = self._word(value, at) if value in KEYWORDS else "id"
            elif kind == "plain":
                kind = "string"
                value = value[1:-1]
            elif kind == "operator":
                kind = value
                if value == "->":
                    self._arrow()
            elif kind == "bracket":
                at = self._bracket(value, start, at)
                continue
            elif kind != "number":
                at = self._special(kind, value, start, at)
                if kind == "end":
                    return
                continue
            kinds.append(kind)
            values.append(value)
            starts.append(start)
            ends.append(at)
        raise self._odd(at)

    def _arrow(self) -> None:
        if self._opens:
            self.arrows.setdefault(self._opens[-1], len(self.kinds))

    def _special(self, kind: str | None, value: str, start: int, at: int) -> int:
        """Read a newline, the end, or a string's beginning; return the offset behind it."""
        if kind == "newline":
            self._newline(value, start, at)
            return at
        if kind == "end":
            for _ in range(_LOOKAHEAD):
                self._add("end", "", start, start)
            return at
        if kind == "slash" and self.kinds and self.kinds[-1] in ENDS_EXPRESSION:
            return self._divide(value, start)
        if value == "/" and self.text.startswith("*", at):
            raise GroovyError(start, "this comment is never closed", "add `*/`")
        return self._string_from(value, start, at, "gs(")

    def _newline(self, value: str, start: int, at: int) -> None:
        if self._one_line:
            raise self._broken_line(start)
        if value in _LINE_ENDS and self.text.startswith("/", at):
            raise GroovyError(at, "a line cannot begin with `/`", "indent it")
        if not self._level:
            self._add("newline", "", start, at)

    def _divide(self, value: str, start: int) -> int:
        if value == "$/":
            self._add("id", "$", start, start + 1)
            return start + 1
        end = start + (2 if self.text.startswith("=", start + 1) else 1)
        self._add(self.text[start:end], "", start, end)
        return end

    def _word(self, value: str, at: int) -> str:
        if value in NAMES_BESIDE_DOT:
            last = self.kinds[-1] if self.kinds else ""
            following = self.text[at : at + 1]
            if following == "." or (value != "static" and last in (".", "package")):
                return "id"
            if value == "package" and (last == "import" or (last == "(" and following == ")")):
                return "id"
        return value

    def _bracket(self, value: str, start: int, end: int) -> int:
        place = len(self.kinds)
        self._add(value, "", start, end)
        if value in "([{":
            self._open(place, start)
            if value == "{":
                self._braces.append((self._level, self._string))
                self._level = 0
                self._string = ""
            else:
                self._level += 1
            return end
        if self._opens and self.kinds[self._opens[-1]] == _OPENING[value]:
            self.closing[self._opens.pop()] = place
        else:
            raise GroovyError(start, f"`{value}` closes nothing that is open", self._unclosed())
        if value != "}":
            self._level -= 1
            return end
        self._level, self._string = self._braces.pop()
        if self._string:
            return self._string_from(self._string, end, end, "gs,")
        return end

    def _open(self, place: int, start: int) -> None:
        self._opens.append(place)
        if len(self._opens) > MOST_DEPTH:
            raise GroovyError(start, f"nested deeper than {MOST_DEPTH} levels")

    def _unclosed(self) -> str:
        if not self._opens:
            return "there is one closing bracket too many"
        place = self._opens[-1]
        line = self.text.count("\n", 0, self.starts[place]) + 1
        return f"`{self.kinds[place]}` of line {line} is still open"

    def _string_from(self, kind: str, start: int, at: int, token: str) -> int:
        """Read a string from `at`, its beginning (`gs(`) or behind a value (`gs,`)."""
        text = self.text
        while True:
            run = RUNS[kind].match(text, at)
            stop = run.end() if run else at
            value = unslash(text[at:stop], kind) if "/" in kind else unescape(text[at:stop])
            if text.startswith(CLOSING[kind], stop):
                if stop == at and token == "gs(" and "/" in kind:
                    raise GroovyError(start, "a string between slashes cannot be empty")
                return self._string_end(kind, value, start, stop + len(CLOSING[kind]), token)
            if not text.startswith("$", stop) or kind[0] == "'":
                raise self._bad_string(kind, start, stop)
            if token == "gs(":
                self._open(len(self.kinds), start)
                self._one_line += kind in ('"', "/")
            self._add(token, value, start, stop + 1)
            if text.startswith("{", stop + 1):
                self._string = kind
                return self._bracket("{", stop + 1, stop + 2)
            start = at = self._value_words(stop + 1)
            token = "gs,"

    def _string_end(self, kind: str, value: str, start: int, end: int, token: str) -> int:
        self._string = ""
        if token == "gs(":
            self._add("string", value, start, end)
            return end
        self.closing[self._opens.pop()] = len(self.kinds)
        self._one_line -= kind in ('"', "/")
        self._add("gs)", value, start, end)
        return end

    def _value_words(self, at: int) -> int:
        """Read the `name.property` of a value without braces."""
        text = self.text
        while True:
            word = VALUE_WORD.match(text, at)
            if not word:
                raise GroovyError(
                    at - 1, "a `$` in a string must be followed by a name or `{`", "write `\\$`"
                )
            value = word[0]
            kind = self._word(value, word.end()) if value in KEYWORDS else "id"
            self._add(kind, value, at, word.end())
            at = word.end()
            if not VALUE_DOT.match(text, at):
                return at
            self._add(".", "", at, at + 1)
            at += 1

    def _bad_string(self, kind: str, start: int, at: int) -> GroovyError:
        text = self.text
        if text.startswith("\\", at):
            shown = text[at : at + 2]
            hint = f"write `\\{shown}` for the characters themselves"
            return GroovyError(at, f"`{shown}` is no escape in a string", hint)
        if kind in ("'", '"'):
            return GroovyError(start, "this string is not closed on its line", f"add `{kind}`")
        return GroovyError(start, "this string is never closed", f"add `{CLOSING[kind]}`")

    def _broken_line(self, at: int) -> GroovyError:
        hint = 'write the string between `"""`'
        return GroovyError(at, "a line ends inside a value of a string on one line", hint)

    def _odd(self, at: int) -> GroovyError:
        text = self.text
        while at < len(text) and text[at] in " \t\f":
            at += 1
        if text.startswith("/*", at):
            return GroovyError(at, "this comment is never closed", "add `*/`")
        return GroovyError(at, f"the character {text[at : at + 1]!r} cannot stand here")
