"""Strict JSON with positions: the trees of `yaml_tree`, and where keys stand twice.

`load` reads what Go and JavaScript read, nothing more: no comments, no trailing commas, no single
quotes. Of equal keys the last counts, as there; `Json.repeated` says which were written twice.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from iac_gym.formats.yaml_tree import Mark, YamlList, YamlMap

_TOKEN = re.compile(
    r"([ \t\r\n]*)(?:([{}\[\],:])"
    r'|"((?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*)"'
    r"|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)(?![\w.])"
    r"|(true|false|null)(?!\w)|(\Z))"
)
_WORDS = {"true": True, "false": False, "null": None}
_MOST_DIGITS = 400


class JsonError(Exception):
    """The text is no JSON: what, where (line and column from 1), and a hint."""

    def __init__(self, message: str, line: int = 0, column: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Limits:
    """How much JSON is read."""

    characters: int = 1 << 20
    depth: int = 100
    nodes: int = 200_000


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Json:
    """A text that was read: its value, and the places of keys that stand twice."""

    value: Any
    mark: Mark
    repeated: list[tuple[str, Mark]] = field(default_factory=list)


def load(text: str, limits: Limits = LIMITS) -> Json:
    """Read a text. Raises `JsonError`."""
    if len(text) > limits.characters:
        raise JsonError(
            f"the text has {len(text)} characters; at most {limits.characters} are read"
        )
    text = text.removeprefix("\ufeff")
    return _quickly(text, limits) or _Reader(text, limits).read()


# --- texts that are right ------------------------------------------------------------------------

_STRING = r'"((?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*)"'
_A_VALUE = re.compile(
    rf"[ \t\r\n]*(?:{_STRING}|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)(?![\w.])"
    r"|(true|false|null)(?!\w)|([\[{])(?:[ \t\r\n]*([\]}]))?)"
)
_A_KEY = re.compile(rf"[ \t\r\n]*{_STRING}[ \t\r\n]*:")
_AFTER = re.compile(r"[ \t\r\n]*([,\]}])")
_REST = re.compile(r"[ \t\r\n]*\Z")


def _quickly(text: str, limits: Limits) -> Json | None:
    """Read a text that is right; None where it is not, or larger than the limits allow."""
    return _Quick(text, limits).read()


class _Quick:
    """Reads one text that is right, with as few steps as possible."""

    __slots__ = (
        "at", "into", "key", "key_mark", "left", "most", "repeated", "root", "stack",
        "starts", "text",
    )  # fmt: skip

    def __init__(self, text: str, limits: Limits) -> None:
        self.text = text
        self.starts = [0, *accumulate([len(line) + 1 for line in text.split("\n")])]
        self.at = 0
        self.left, self.most = limits.nodes, limits.depth
        self.stack: list[Any] = []
        self.into: Any = None
        self.root: tuple[Any, Mark] = (None, (1, 1))
        self.key = ""
        self.key_mark: Mark = (1, 1)
        self.repeated: list[tuple[str, Mark]] = []

    def read(self) -> Json | None:
        """Read value after value, until the text ends."""
        match, text = _A_VALUE.match, self.text
        goes_on = True
        while goes_on:
            found = match(text, self.at)
            self.left -= 1
            if found is None or self.left < 0:
                return None
            self.at = found.end()
            goes_on = self.scalar(found) if found[4] is None else self.open(found)
        return Json(*self.root, self.repeated) if self.at >= 0 else None

    def scalar(self, found: re.Match[str]) -> bool:
        string, number, word, _, _ = found.groups()
        if string is not None:
            start = found.start(1) - 1
            value: Any = string if "\\" not in string else _unescaped(string)
        elif number is not None:
            start, value = found.start(2), _number(number)
        else:
            start, value = found.start(3), _WORDS[word]
        line = bisect_right(self.starts, start)
        self.put(value, (line, start - self.starts[line - 1] + 1))
        return self.after()

    def open(self, found: re.Match[str]) -> bool:
        """Open a mapping or a list; an empty one is closed at once."""
        start = found.start(4)
        line = bisect_right(self.starts, start)
        mark = (line, start - self.starts[line - 1] + 1)
        value: Any = YamlMap(mark) if found[4] == "{" else YamlList(mark)
        self.put(value, mark)
        if found[5] is not None:
            return self.after() if found[4] + found[5] in ("{}", "[]") else self.fail()
        if len(self.stack) >= self.most:
            return self.fail()
        self.stack.append(self.into)
        self.into = value
        return found[4] == "[" or self.next_key()

    def fail(self) -> bool:
        self.at = -1
        return False

    def put(self, value: Any, mark: Mark) -> None:
        into = self.into
        if into.__class__ is YamlList:
            into.append(value)
            into.marks.append(mark)
            return
        if into is None:
            self.root = value, mark
            return
        key = self.key
        if key in into:
            self.repeated.append((key, self.key_mark))
        into[key] = value
        into.marks[key] = mark
        into.key_marks[key] = self.key_mark

    def next_key(self) -> bool:
        found = _A_KEY.match(self.text, self.at)
        if found is None:
            return self.fail()
        key = found[1]
        self.key = key if "\\" not in key else _unescaped(key)
        start = found.start(1) - 1
        line = bisect_right(self.starts, start)
        self.key_mark = (line, start - self.starts[line - 1] + 1)
        self.at = found.end()
        return True

    def after(self) -> bool:
        """Close what ends here; returns whether another value follows."""
        while self.stack:
            found = _AFTER.match(self.text, self.at)
            if found is None:
                return self.fail()
            self.at = found.end()
            is_map = self.into.__class__ is YamlMap
            if found[1] == ",":
                return self.next_key() if is_map else True
            if (found[1] == "}") != is_map:
                return self.fail()
            self.into = self.stack.pop()
        if not _REST.match(self.text, self.at):
            self.at = -1
        return False


# --- texts that may be wrong ---------------------------------------------------------------------


#: What may come next: a value (or the end of an empty list), a key, a colon, a comma.
_VALUE, _FIRST, _KEY, _FIRST_KEY, _COLON, _COMMA, _END = range(7)


class _Reader:
    """Reads one text, token by token, without recursion."""

    def __init__(self, text: str, limits: Limits) -> None:
        self.text = text
        self.limits = limits
        self.line = 1
        self.start = 0  # of the line
        self.repeated: list[tuple[str, Mark]] = []
        self.stack: list[YamlMap | YamlList] = []
        self.keys: list[tuple[str, Mark]] = []
        self.root: Any = None
        self.mark: Mark = (1, 1)
        self.nodes = 0

    def read(self) -> Json:
        at, expected = 0, _VALUE
        text = self.text
        match = _TOKEN.match
        while True:
            found = match(text, at)
            if found is None:
                raise self._wrong(at)
            space, sign, string, number, word, _ = found.groups()
            if "\n" in space:
                self.line += space.count("\n")
                self.start = at + space.rfind("\n") + 1
            begin = at + len(space)
            mark = (self.line, begin - self.start + 1)
            if sign is not None:
                expected = self._sign(sign, expected, mark)
            elif string is not None:
                expected = self._string(string, expected, mark)
            elif number is not None:
                expected = self._scalar(_number(number), expected, mark)
            elif word is not None:
                expected = self._scalar(_WORDS[word], expected, mark)
            elif expected == _END:
                return Json(self.root, self.mark, self.repeated)
            else:
                raise JsonError("the text ends too early", *mark, _MISSING[expected])
            at = found.end()

    def _sign(self, sign: str, expected: int, mark: Mark) -> int:
        if sign in "{[":
            if expected not in (_VALUE, _FIRST):
                raise self._unexpected(sign, expected, mark)
            made = YamlMap(mark) if sign == "{" else YamlList(mark)
            self._put(made, mark)
            if len(self.stack) >= self.limits.depth:
                raise JsonError(f"the nesting is deeper than {self.limits.depth} levels", *mark)
            self.stack.append(made)
            return _FIRST_KEY if sign == "{" else _FIRST
        if sign == "}" and expected in (_COMMA, _FIRST_KEY) and self._top(YamlMap):
            self.stack.pop()
            return _COMMA if self.stack else _END
        if sign == "]" and expected in (_COMMA, _FIRST) and self._top(YamlList):
            self.stack.pop()
            return _COMMA if self.stack else _END
        if sign == "," and expected == _COMMA:
            return _KEY if self.stack[-1].__class__ is YamlMap else _VALUE
        if sign == ":" and expected == _COLON:
            return _VALUE
        raise self._unexpected(sign, expected, mark)

    def _top(self, kind: type) -> bool:
        return bool(self.stack) and self.stack[-1].__class__ is kind

    def _string(self, raw: str, expected: int, mark: Mark) -> int:
        text = raw if "\\" not in raw else _unescaped(raw)
        if expected in (_KEY, _FIRST_KEY):
            self.keys.append((text, mark))
            return _COLON
        return self._scalar(text, expected, mark)

    def _scalar(self, value: Any, expected: int, mark: Mark) -> int:
        if expected not in (_VALUE, _FIRST):
            raise self._unexpected("a value", expected, mark)
        self._put(value, mark)
        return _COMMA if self.stack else _END

    def _put(self, value: Any, mark: Mark) -> None:
        self.nodes += 1
        if self.nodes > self.limits.nodes:
            raise JsonError(f"there are more than {self.limits.nodes} values", *mark)
        if not self.stack:
            self.root, self.mark = value, mark
            return
        into = self.stack[-1]
        if isinstance(into, YamlList):
            into.append(value)
            into.marks.append(mark)
            return
        key, place = self.keys.pop()
        if key in into:
            self.repeated.append((key, place))
        into[key] = value
        into.marks[key] = mark
        into.key_marks[key] = place

    def _unexpected(self, what: str, expected: int, mark: Mark) -> JsonError:
        said = what if what == "a value" else f"`{what}`"
        return JsonError(f"{said} is not expected here", *mark, _MISSING[expected])

    def _wrong(self, at: int) -> JsonError:
        """Say what is wrong where no token can be read."""
        rest = self.text[at:]
        space = len(rest) - len(rest.lstrip(" \t\r\n"))
        self.line += rest[:space].count("\n")
        if "\n" in rest[:space]:
            self.start = at + rest.rfind("\n", 0, space) + 1
        mark = (self.line, at + space - self.start + 1)
        here = rest[space : space + 1]
        for start, message, hint in _MISTAKES:
            if rest.startswith(start, space):
                return JsonError(message, *mark, hint)
        return JsonError(f"`{here}` cannot start a value", *mark, "quote texts and keys")


_MISSING = {
    _VALUE: "a value is missing",
    _FIRST: "a value or `]` is missing",
    _KEY: "a key in double quotes is missing; the last item has no comma after it",
    _FIRST_KEY: "a key in double quotes or `}` is missing",
    _COLON: "a `:` is missing after the key",
    _COMMA: "a `,` or the closing bracket is missing",
    _END: "nothing may follow the value",
}
_MISTAKES = (
    ("//", "JSON has no comments", ""),
    ("/*", "JSON has no comments", ""),
    ("#", "JSON has no comments", ""),
    ("'", "texts stand in double quotes", ""),
    ('"', "this text is not closed, or holds a character that must be escaped", ""),
    ("-", "this is no number", ""),
)


def _unescaped(raw: str) -> str:
    """Resolve the escapes of a text; halves of a pair of surrogates become U+FFFD, as in Go."""
    text: str = json.loads(f'"{raw}"')
    if any("\ud800" <= char <= "\udfff" for char in text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _number(text: str) -> int | float:
    """Return a number; what is too large is infinite, as in JavaScript."""
    if text.lstrip("-").isdigit():
        if len(text) > _MOST_DIGITS:
            return float("-inf" if text[0] == "-" else "inf")
        return int(text)
    return float(text)
