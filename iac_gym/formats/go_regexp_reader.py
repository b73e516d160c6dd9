"""Reads regular expressions of Go into trees, refusing what `regexp.Compile` refuses.

Source: `regexp/syntax/parse.go` of Go. See `go_regexp.py` for what is done with the trees.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

#: Longest pattern, deepest groups, largest count of `{n,m}`, most steps of a program to be played.
MOST_TEXT = 10_000
MOST_DEPTH = 200
MOST_REPEATS = 1000
MOST_STEPS = 20_000

SIMPLE = re.compile(r"(?:[\w\-/:, @=%#~]|\.[*+?]?|\\[.\-/]|\|)*", re.ASCII)
_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}", re.ASCII)
_GROUP = re.compile(r"\(\?(?:P?<([^>]*)>|([a-zA-Z\-]*)([:)]))", re.ASCII)
_NAME = re.compile(r"\w+", re.ASCII)
_FLAGS = re.compile(r"[imsU]*(?:-[imsU]+)?", re.ASCII)
_POSIX = re.compile(r"\[:(\^?)(.*?):\]", re.ASCII | re.DOTALL)
_UNICODE = re.compile(r"[pP](?:([A-Z])|\{(\^?)([A-Za-z_]+)\})", re.ASCII)
_HEX = re.compile(r"x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,8})\})", re.ASCII)
_OCTAL = re.compile(r"0[0-7]{0,2}|[1-7][0-7]{1,2}", re.ASCII)
_CONTROLS = {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}
_ASSERTIONS = {"A": "start", "z": "end", "b": "word", "B": "no word"}
_POSIX_RANGES = {
    "alnum": "09AZaz", "alpha": "AZaz", "ascii": "\0\x7f", "blank": "\t\t  ",
    "cntrl": "\0\x1f\x7f\x7f", "digit": "09", "graph": "!~", "lower": "az", "print": " ~",
    "punct": "!/:@[`{~", "space": "\t\r  ", "upper": "AZ", "word": "09AZaz__", "xdigit": "09AFaf",
}  # fmt: skip
_CLASSES = {"d": "09", "s": "\t\n\f\r  ", "w": "09AZaz__"}
_CATEGORIES = frozenset(
    """C Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z
    Zl Zp Zs""".split()
)

#: A set of characters: whether one is in it. And a step of a tree, see `Reader`.
Fits = Callable[[str], bool]
Node = tuple[Any, ...]


class GoRegexpError(ValueError):
    """Go refuses the pattern; the message says why."""


class _Level:
    """An open group: its finished alternatives, the one being read, and the flags outside."""

    __slots__ = ("alternatives", "flags", "items")

    def __init__(self, flags: frozenset[str]) -> None:
        self.alternatives: list[Node] = []
        self.items: list[Node] = []
        self.flags = flags

    def node(self) -> Node:
        parts = [*self.alternatives, ("all", tuple(self.items))]
        return parts[0] if len(parts) == 1 else ("any", tuple(parts))


class Reader:
    """Reads one pattern into a tree.

    Nodes: ("set", fits), ("all", nodes), ("any", nodes), ("repeat", node, least, most or None),
    ("at", assertion).
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.flags: frozenset[str] = frozenset()
        self.levels = [_Level(self.flags)]
        self.names: set[str] = set()
        self.repeated = ""  # the operator just read, which no other may follow

    def read(self) -> Node:
        """Read the whole pattern. Raises `GoRegexpError`."""
        while self.at < len(self.pattern):
            self._step(self.pattern[self.at])
        if len(self.levels) > 1:
            raise GoRegexpError("a `(` is not closed")
        return self.levels[0].node()

    def _step(self, char: str) -> None:
        if char in "*+?":
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[char]
            self._repeat(char, least, most)
            return
        if char == "{" and (found := _COUNT.match(self.pattern, self.at)):
            self._counted(found)
            return
        self.repeated = ""
        reader = _READERS.get(char)
        if reader is None:
            self.at += 1
            self._add(("set", self._one(char)))
        else:
            reader(self)

    def _add(self, node: Node) -> None:
        self.levels[-1].items.append(node)

    def _one(self, char: str) -> Fits:
        if "i" in self.flags:
            lower, upper = char.lower(), char.upper()
            return lambda other: other in (char, lower, upper)
        return lambda other: other == char

    def _counted(self, found: re.Match[str]) -> None:
        least = int(found[1][:9])
        most = (int(found[3][:9]) if found[3] else None) if found[2] else least
        if least > MOST_REPEATS or (most is not None and (most > MOST_REPEATS or least > most)):
            raise GoRegexpError(f"the repetition `{found[0]}` is not possible")
        self._repeat(found[0], least, most)

    def _repeat(self, operator: str, least: int, most: int | None) -> None:
        items = self.levels[-1].items
        if self.repeated:
            raise GoRegexpError(f"`{self.repeated}{operator}`: a repetition follows another")
        if not items:
            raise GoRegexpError(f"there is nothing before `{operator}` to repeat")
        self.at += len(operator)
        if self.pattern.startswith("?", self.at):
            self.at += 1
            operator += "?"
        self.repeated = operator
        node = ("repeat", items[-1], least, most)
        if operator[0] == "{" and _times(node) > MOST_REPEATS:
            raise GoRegexpError(f"the repetition `{operator}` is too large")
        items[-1] = node

    def open(self) -> None:
        """Read `(` with what may follow it: a name, or flags."""
        if len(self.levels) > MOST_DEPTH:
            raise GoRegexpError(f"groups are nested deeper than {MOST_DEPTH}")
        if not self.pattern.startswith("(?", self.at):
            self.levels.append(_Level(self.flags))
            self.at += 1
            return
        found = _GROUP.match(self.pattern, self.at)
        if found is None:
            raise GoRegexpError(f"`{self.pattern[self.at : self.at + 4]}` is not known in Go")
        self.at = found.end()
        if found[1] is not None:
            self._named(found[1])
            return
        outside = self.flags
        self._set_flags(found[2])
        if found[3] == ":":
            self.levels.append(_Level(outside))
        elif not found[2]:
            raise GoRegexpError("`(?)` says nothing: an argument is missing")

    def _named(self, name: str) -> None:
        if not _NAME.fullmatch(name) or name in self.names:
            raise GoRegexpError(f"`{name[:40]}` cannot name a group here")
        self.names.add(name)
        self.levels.append(_Level(self.flags))

    def _set_flags(self, text: str) -> None:
        if not _FLAGS.fullmatch(text):
            raise GoRegexpError(f"`(?{text[:20]}` has an unknown flag")
        plus, _, minus = text.partition("-")
        self.flags = (self.flags | frozenset(plus)) - frozenset(minus)

    def close(self) -> None:
        """Read `)`."""
        if len(self.levels) == 1:
            raise GoRegexpError("a `)` has no `(`")
        level = self.levels.pop()
        self.flags = level.flags
        self._add(("group", level.node()))
        self.at += 1

    def alternative(self) -> None:
        """Read `|`."""
        level = self.levels[-1]
        level.alternatives.append(("all", tuple(level.items)))
        level.items = []
        self.at += 1

    def dot(self) -> None:
        """Read `.`."""
        self.at += 1
        whole = "s" in self.flags
        self._add(("set", (lambda _: True) if whole else (lambda other: other != "\n")))

    def start(self) -> None:
        """Read `^`."""
        self.at += 1
        self._add(("at", "line start" if "m" in self.flags else "start"))

    def end(self) -> None:
        """Read `$`."""
        self.at += 1
        self._add(("at", "line end" if "m" in self.flags else "end"))

    def escape(self) -> None:
        """Read what begins with a backslash."""
        following = self.pattern[self.at + 1 : self.at + 2]
        if following in _ASSERTIONS:
            self.at += 2
            self._add(("at", _ASSERTIONS[following]))
        elif following == "Q":
            end = self.pattern.find("\\E", self.at)
            text = self.pattern[self.at + 2 : len(self.pattern) if end < 0 else end]
            self.at = len(self.pattern) if end < 0 else end + 2
            for char in text:
                self._add(("set", self._one(char)))
        elif (fits := self._class_escape()) is not None:
            self._add(("set", fits))
        else:
            self._add(("set", self._one(self._char_escape())))

    def _class_escape(self) -> Fits | None:
        """Read an escape that stands for several characters, if there is one here."""
        following = self.pattern[self.at + 1 : self.at + 2]
        if following and following.lower() in _CLASSES:
            self.at += 2
            return _ranges(_CLASSES[following.lower()], negated=following.isupper())
        if following in ("p", "P"):
            found = _UNICODE.match(self.pattern, self.at + 1)
            if found is None:
                raise GoRegexpError("`\\p` needs the name of a class of characters")
            self.at = found.end()
            negated = (following == "P") != bool(found[2])
            return _unicode(found[1] or found[3], negated=negated)
        return None

    def _char_escape(self) -> str:
        """Read an escape that stands for one character."""
        if self.at + 1 >= len(self.pattern):
            raise GoRegexpError("a `\\` ends the expression")
        following = self.pattern[self.at + 1]
        if found := _OCTAL.match(self.pattern, self.at + 1):
            self.at = found.end()
            return chr(int(found[0], 8))
        if found := _HEX.match(self.pattern, self.at + 1):
            code = int(found[1] or found[2], 16)
            if code <= 0x10FFFF:
                self.at = found.end()
                return chr(code)
        if following in _CONTROLS or (following < "\x80" and not following.isalnum()):
            self.at += 2
            return _CONTROLS.get(following, following)
        raise GoRegexpError(f"the escape `\\{following}` is not known in Go")

    def bracket(self) -> None:
        """Read a class of characters in brackets."""
        negated = self.pattern.startswith("^", self.at + 1)
        self.at += 2 if negated else 1
        parts: list[Fits] = []
        first = True
        while first or not self.pattern.startswith("]", self.at):
            if self.at >= len(self.pattern):
                raise GoRegexpError("a `[` is not closed")
            parts.append(self._class_part())
            first = False
        self.at += 1
        self._add(("set", _either(parts, negated=negated)))

    def _class_part(self) -> Fits:
        if found := _POSIX.match(self.pattern, self.at):
            if found[2] not in _POSIX_RANGES:
                raise GoRegexpError(f"`{found[0]}` is not a known class of characters")
            self.at = found.end()
            return _ranges(_POSIX_RANGES[found[2]], negated=bool(found[1]))
        if self.pattern[self.at] == "\\" and (fits := self._class_escape()) is not None:
            return fits
        low = high = self._class_char()
        after = self.pattern[self.at + 1 : self.at + 2]
        if self.pattern.startswith("-", self.at) and after not in ("]", ""):
            self.at += 1
            high = self._class_char()
        if high < low:
            raise GoRegexpError(f"the range `{low}-{high}` runs backwards")
        if "i" in self.flags:
            return lambda char: low <= char.lower() <= high or low <= char.upper() <= high
        return lambda char: low <= char <= high

    def _class_char(self) -> str:
        if self.at >= len(self.pattern):
            raise GoRegexpError("a `[` is not closed")
        if self.pattern[self.at] == "\\":
            return self._char_escape()
        self.at += 1
        return self.pattern[self.at - 1]


_READERS: dict[str, Callable[[Reader], None]] = {
    "(": Reader.open,
    ")": Reader.close,
    "|": Reader.alternative,
    ".": Reader.dot,
    "^": Reader.start,
    "$": Reader.end,
    "[": Reader.bracket,
    "\\": Reader.escape,
}


def _times(node: Node) -> int:
    """Return how often the innermost of nested counted repetitions is repeated."""
    total, queue = 0, [(node, 1)]
    while queue and total <= MOST_REPEATS:
        (kind, *rest), times = queue.pop()
        if kind == "repeat":
            count = rest[2] if rest[2] is not None else rest[1]
            times *= max(count, 1)
            queue.append((rest[0], times))
        elif kind == "group":
            queue.append((rest[0], times))
        elif kind in ("all", "any"):
            queue.extend((one, times) for one in rest[0])
        total = max(total, times)
    return total


def _ranges(pairs: str, *, negated: bool) -> Fits:
    spans = [(pairs[at], pairs[at + 1]) for at in range(0, len(pairs) - 1, 2)]
    return lambda char: any(low <= char <= high for low, high in spans) != negated


def _unicode(name: str, *, negated: bool) -> Fits:
    if name in _CATEGORIES:
        return lambda char: unicodedata.category(char).startswith(name) != negated
    if name == "Any":
        return lambda _: not negated
    if not name[0].isupper() or len(name) < 3:
        raise GoRegexpError(f"`{name[:40]}` is not a known class of characters")
    script = name.upper().replace("_", " ")
    return lambda char: unicodedata.name(char, "").startswith(script) != negated


def _either(parts: list[Fits], *, negated: bool) -> Fits:
    return lambda char: any(fits(char) for fits in parts) != negated
