"""Words and variables as BuildKit's shell lexer reads them: quotes, escapes, `$x`, `${x:-y}`.

This is not a shell: it is what expands `ENV`, `COPY`, `FROM`, ... at build time. Source:
"Environment replacement" of the Dockerfile reference, and the behaviour of BuildKit's lexer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_SPECIAL = frozenset("@*#?-$!0")
_PLAIN = re.compile(r"[^$<'\"\\`\s]+")
#: What makes a text more than the words it shows.
MARKED = re.compile(r"[$'\"\\`]")
MOST_DEPTH = 40


class BadSubstitution(ValueError):
    """A word with an unfinished quote or a substitution that does not exist."""


class Lexer:
    """Expands one text. `escape` is the escape token of the file.

    `raw` keeps quotes and escapes, and leaves variables alone that are not set: this is how
    heredocs are looked for. `quotes=False` takes quotes literally (the content of heredocs).
    `split=False` collects no words, which is faster.
    """

    def __init__(
        self,
        text: str,
        env: Mapping[str, str],
        escape: str = "\\",
        *,
        raw: bool = False,
        quotes: bool = True,
        split: bool = True,
        budget: Budget | None = None,
    ) -> None:
        self._text = text
        self._end = len(text)
        self._at = 0
        self._env = env
        self._escape = escape
        self._raw = raw
        self._depth = 0
        self._split = split
        self._budget = budget or Budget()
        self.words: list[str] = []
        self._word: list[str] = []
        self._special: dict[str, Callable[[], str]] = {"$": self._dollar, "<": self._angle}
        if quotes:
            self._special |= {"'": self._single, '"': self._double}

    def expand(self) -> str:
        """Return the text with quotes removed and variables replaced; fills `words`."""
        out = self._until("", self._raw)
        self._finish_word()
        return out

    def _finish_word(self) -> None:
        word = "".join(self._word)
        if word:
            self.words.append(word)
        self._word = []

    def _peek(self) -> str:
        return self._text[self._at] if self._at < self._end else ""

    def _next(self) -> str:
        char = self._peek()
        self._at += 1
        return char

    def _until(self, stop: str, raw: bool) -> str:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise BadSubstitution("substitutions are nested too deeply")
        out: list[str] = []
        top = not stop and self._split
        skip = not stop and not self._split
        while self._at < self._end:
            if skip and (found := _PLAIN.match(self._text, self._at)):
                out.append(found[0])
                self._at = found.end()
                continue
            char = self._text[self._at]
            if char == stop:
                self._at += 1
                self._depth -= 1
                return "".join(out)
            special = self._special.get(char)
            if special:
                piece = special()
                self._add(piece, top, split=char == "$")
            elif char == self._escape:
                self._at += 1
                piece = (char if raw else "") + self._next()
                self._add(piece, top, split=False)
            else:
                self._at += 1
                piece = char
                self._add(piece, top, split=True)
            out.append(piece)
        if stop:
            raise BadSubstitution(f"`{stop}` is missing at the end of a substitution")
        return "".join(out)

    def _add(self, piece: str, top: bool, split: bool) -> None:
        if not top:
            return
        if not split:
            self._word.append(piece)
            return
        for char in piece:
            if char.isspace():
                self._finish_word()
            else:
                self._word.append(char)

    def _single(self) -> str:
        end = self._text.find("'", self._at + 1)
        if end < 0:
            raise BadSubstitution("a single quote is never closed")
        inner = self._text[self._at + 1 : end]
        self._at = end + 1
        return f"'{inner}'" if self._raw else inner

    def _double(self) -> str:
        self._at += 1
        out: list[str] = ['"'] if self._raw else []
        while True:
            char = self._peek()
            if not char:
                raise BadSubstitution("a double quote is never closed")
            if char == "$":
                out.append(self._dollar())
                continue
            self._at += 1
            if char == '"':
                return "".join(out) + ('"' if self._raw else "")
            if char == self._escape and (self._raw or self._peek() in ('"', "$", char)):
                if self._raw:
                    out.append(char)
                    if self._peek() not in ('"', "$", char):
                        continue
                char = self._next()
            out.append(char)

    def _angle(self) -> str:
        self._at += 1
        if self._peek() != "<":
            return "<"
        self._at += 1
        start = self._at
        while self._peek() in ("\t", "\r", " "):
            self._at += 1
        return "<<" + self._text[start : self._at]

    def _name(self) -> str:
        start = self._at
        first = self._peek()
        if first.isdigit():
            while self._peek().isdigit():
                self._at += 1
        elif first in _SPECIAL and first:
            self._at += 1
        else:
            while self._peek().isalnum() or self._peek() == "_":
                self._at += 1
        return self._text[start : self._at]

    def _dollar(self) -> str:
        start = self._at
        self._at += 1
        if self._peek() != "{":
            name = self._name()
            if not name:
                return "$"
            return self._text[start : self._at] if self._raw else self._env.get(name, "")
        self._at += 1
        if self._peek() in ("", "{", "}", ":"):
            raise BadSubstitution("`${` without a variable name")
        name = self._name()
        value = self._substitute(name, self._next())
        if self._raw and name not in self._env:
            return self._text[start : self._at]
        return value

    def _substitute(self, name: str, mark: str) -> str:
        if mark == "}":
            return self._env.get(name, "")
        if mark == "/":
            return self._replace(name)
        null_is_unset = mark == ":"
        if null_is_unset:
            mark = self._next()
        trims = mark in ("#", "%")
        if mark not in ("+", "-", "?", "#", "%") or not mark or (null_is_unset and trims):
            raise BadSubstitution(f"`${{{name}{':' * null_is_unset}{mark}` is no substitution")
        word = self._until("}", trims)
        value = self._env.get(name)
        missing = value is None or (null_is_unset and value == "")
        if mark == "-":
            return word if missing else value or ""
        if mark == "+":
            return "" if missing else word
        if mark == "?":
            if missing and not self._raw:
                raise BadSubstitution(f"`{name}` is not set: {word or 'it is required'}")
            return value or ""
        return trim(word, value or "", mark, self._budget)

    def _replace(self, name: str) -> str:
        every = self._peek() == "/"
        self._at += every
        pattern = self._until("/", True)
        replacement = self._until("}", True)
        value = self._env.get(name, "")
        return replace(pattern, value, replacement, every, self._budget)


def _tokens(pattern: str) -> list[str]:
    """Split a shell pattern: "*" and "?" stand for themselves, other characters as "=x"."""
    out: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "\\" and at < len(pattern):
            char = pattern[at]
            at += 1
            if char not in "*?\\}/":
                raise BadSubstitution(f"`\\{char}` is no escape in a pattern")
            out.append("=" + char)
        elif char == "*" and out[-1:] == ["*"]:
            continue
        else:
            out.append(char if char in "*?" else "=" + char)
    return out


class Budget:
    """The steps that matching patterns may take in one file."""

    def __init__(self, steps: int = 200_000) -> None:
        self._left = steps

    def spend(self, steps: int) -> None:
        """Take steps; raises `BadSubstitution` when they are used up."""
        self._left -= steps
        if self._left < 0:
            raise BadSubstitution("the patterns of the substitutions take too many steps")


def _ends(tokens: list[str], value: str, start: int, budget: Budget) -> list[int]:
    """Return where matches of the whole pattern that begin at `start` end, in rising order."""
    alive = _closure({0}, tokens)
    ends = [start] if len(tokens) in alive else []
    for at in range(start, len(value)):
        budget.spend(len(alive) + 1)
        after = set()
        for state in alive:
            token = tokens[state] if state < len(tokens) else ""
            if token == "*":
                after.add(state)
            elif token == "?" or token == "=" + value[at]:
                after.add(state + 1)
        if not after:
            break
        alive = _closure(after, tokens)
        if len(tokens) in alive:
            ends.append(at + 1)
    return ends


def _closure(states: set[int], tokens: list[str]) -> set[int]:
    return states | {one + 1 for one in states if one < len(tokens) and tokens[one] == "*"}


def trim(pattern: str, value: str, mark: str, budget: Budget) -> str:
    """Cut a pattern off the start (`#`) or the end (`%`) of a value; doubled marks are greedy."""
    greedy = pattern.startswith(mark)
    tokens = _tokens(pattern[1:] if greedy else pattern)
    if mark == "%":
        tokens, value = tokens[::-1], value[::-1]
    ends = _ends(tokens, value, 0, budget)
    if ends:
        value = value[ends[-1] if greedy else ends[0] :]
    return value[::-1] if mark == "%" else value


def replace(pattern: str, value: str, new: str, every: bool, budget: Budget) -> str:
    """Replace the first, or every, longest match of a pattern."""
    tokens = _tokens(pattern)
    out: list[str] = []
    at = 0
    while at <= len(value):
        ends = _ends(tokens, value, at, budget)
        if ends and (ends[-1] > at or not tokens):
            out.append(new)
            end = ends[-1]
            if not every or end == at:
                return "".join(out) + value[end:]
            at = end
        else:
            out.append(value[at : at + 1])
            at += 1
    return "".join(out)


def expand(
    text: str, env: Mapping[str, str], escape: str = "\\", budget: Budget | None = None
) -> str:
    """Expand a word; raises `BadSubstitution`."""
    if MARKED.search(text):
        if text[:1] == '"' == text[-1:] and not MARKED.search(text, 1, len(text) - 1) and text[1:]:
            return text[1:-1]
        return Lexer(text, env, escape, split=False, budget=budget).expand()
    return text


def expand_words(
    text: str, env: Mapping[str, str], escape: str = "\\", budget: Budget | None = None
) -> list[str]:
    """Expand a text and split it into words; raises `BadSubstitution`."""
    if not MARKED.search(text):
        return text.split()
    lexer = Lexer(text, env, escape, budget=budget)
    lexer.expand()
    return lexer.words
