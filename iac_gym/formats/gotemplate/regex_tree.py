"""RE2's syntax: a regular expression as a tree of tuples, refused where RE2 refuses it.

A node is a tuple whose first item names it: `set` (sorted ranges of code points), `cat`, `alt`,
`repeat` (node, least, most or None, greedy), `group` (index, node), and the assertions `start`,
`end`, `line start`, `line end`, `word`, `not word`.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

Node = tuple[Any, ...]
Ranges = tuple[tuple[int, int], ...]
_LAST = 0x10FFFF
_MOST = 1000
_DEPTH = 150
_LONGEST = 10_000

DIGITS: Ranges = ((48, 57),)
WORD: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
SPACES: Ranges = ((9, 10), (12, 13), (32, 32))
_NAMED: dict[str, Ranges] = {
    "alnum": ((48, 57), (65, 90), (97, 122)),
    "alpha": ((65, 90), (97, 122)),
    "ascii": ((0, 127),),
    "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 31), (127, 127)),
    "digit": DIGITS,
    "graph": ((33, 126),),
    "lower": ((97, 122),),
    "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)),
    "space": ((9, 13), (32, 32)),
    "upper": ((65, 90),),
    "word": WORD,
    "xdigit": ((48, 57), (65, 70), (97, 102)),
}
_PERL = {"d": DIGITS, "w": WORD, "s": SPACES}
_CONTROL = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}
_CATEGORIES = frozenset(
    "C Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z "
    "Zl Zp Zs".split()
)
_SCRIPTS = frozenset(
    "Arabic Armenian Bengali Cyrillic Devanagari Georgian Greek Gujarati Han Hangul Hebrew "
    "Hiragana Katakana Khmer Lao Latin Mongolian Tamil Telugu Thai Tibetan".split()
)


class RegexError(ValueError):
    """RE2 refuses the expression."""


def normal(ranges: list[tuple[int, int]]) -> Ranges:
    """Return ranges sorted and joined."""
    joined: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return tuple(joined)


def complement(ranges: Ranges) -> Ranges:
    """Return all other code points."""
    others: list[tuple[int, int]] = []
    start = 0
    for low, high in ranges:
        if low > start:
            others.append((start, low - 1))
        start = high + 1
    if start <= _LAST:
        others.append((start, _LAST))
    return tuple(others)


@lru_cache(maxsize=64)
def unicode_class(name: str) -> Ranges:
    """Return the code points (of the basic plane) of a category or script."""
    if name == "Any":
        return ((0, _LAST),)
    found: list[tuple[int, int]] = []
    if name in _CATEGORIES:
        for code in range(0x10000):
            if unicodedata.category(chr(code)).startswith(name):
                found.append((code, code))
        return normal(found)
    if name not in _SCRIPTS:
        raise RegexError(f"invalid character class range: `\\p{{{name}}}`")
    prefix = "CJK UNIFIED" if name == "Han" else name.upper()
    for code in range(0x10000):
        if unicodedata.name(chr(code), "").startswith(prefix):
            found.append((code, code))
    return normal(found)


def folded(ranges: Ranges) -> Ranges:
    """Return ranges with the other case of their letters."""
    found = list(ranges)
    for low, high in ranges:
        if high - low > 2000:
            continue
        for code in range(low, high + 1):
            letter = chr(code)
            for other in (letter.lower(), letter.upper()):
                if len(other) == 1:
                    found.append((ord(other), ord(other)))
    return normal(found)


class _Parser:
    """Reads one expression."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.groups = 0
        self.names: dict[str, int] = {}
        self.flags: frozenset[str] = frozenset()
        self.depth = 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def parse(self) -> Node:
        node = self.alternatives()
        if self.at < len(self.text):
            raise RegexError(f"unexpected ): `{self.text}`")
        return node

    def alternatives(self) -> Node:
        self.depth += 1
        if self.depth > _DEPTH:
            raise RegexError("expression nests too deeply")
        outer = self.flags
        options = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            options.append(self.sequence())
        self.flags = outer
        self.depth -= 1
        return options[0] if len(options) == 1 else ("alt", tuple(options))

    def sequence(self) -> Node:
        nodes: list[Node] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            node = self.piece()
            if node is not None:
                nodes.append(node)
        return nodes[0] if len(nodes) == 1 else ("cat", tuple(nodes))

    def piece(self) -> Node | None:
        start = self.at
        node = self.atom()
        if node is None:
            if self.peek() and self.peek() in "*+?":
                raise RegexError(f"missing argument to repetition operator: `{self.peek()}`")
            return None
        repeated = False
        while True:
            opened = self.at
            bounds = self.bounds()
            if bounds is None:
                return node
            if repeated:
                raise RegexError(
                    f"invalid nested repetition operator: `{self.text[start : self.at]}`"
                )
            start = self.at - 1
            greedy = self.peek() != "?"
            self.at += not greedy
            if "U" in self.flags:
                greedy = not greedy
            node = ("repeat", node, bounds[0], bounds[1], greedy)
            if self.text[self.at - 1 - (not greedy)] == "}" and _times(node) > _MOST:
                raise RegexError(f"invalid repeat count: `{self.text[opened : self.at]}`")
            repeated = True

    def bounds(self) -> tuple[int, int | None] | None:
        letter = self.peek()
        if letter and letter in "*+?":
            self.at += 1
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[letter]
        if letter != "{":
            return None
        end = self.text.find("}", self.at)
        inner = self.text[self.at + 1 : end] if end > 0 else ""
        low, comma, high = inner.partition(",")
        if not _is_count(low) or (high and not _is_count(high)):
            return None
        least = int(low)
        most = (int(high) if high else None) if comma else least
        if least > _MOST or (most is not None and (most > _MOST or most < least)):
            raise RegexError(f"invalid repeat count: `{{{inner}}}`")
        self.at = end + 1
        return least, most

    def atom(self) -> Node | None:
        letter = self.text[self.at]
        if letter == "(":
            return self.group()
        if letter in "*+?":
            raise RegexError(f"missing argument to repetition operator: `{letter}`")
        self.at += 1
        if letter == "[":
            return self.bracket()
        if letter == ".":
            return ("set", ((0, _LAST),) if "s" in self.flags else complement(((10, 10),)))
        if letter == "^":
            return ("line start",) if "m" in self.flags else ("start",)
        if letter == "$":
            return ("line end",) if "m" in self.flags else ("end",)
        if letter == "\\":
            return self.escape()
        return self.literal(ord(letter))

    def literal(self, code: int) -> Node:
        ranges: Ranges = ((code, code),)
        return ("set", folded(ranges) if "i" in self.flags else ranges)

    def group(self) -> Node | None:
        self.at += 1
        if self.peek() != "?":
            return self.capture("")
        rest = self.text[self.at : self.at + 3]
        if rest.startswith("?P<") or (rest.startswith("?<") and rest[2:] not in ("=", "!")):
            self.at += 3 if rest.startswith("?P<") else 2
            end = self.text.find(">", self.at)
            name = self.text[self.at : end] if end > 0 else ""
            if not name or not all(c.isascii() and (c.isalnum() or c == "_") for c in name):
                raise RegexError(f"invalid named capture: `{self.text}`")
            if name in self.names:
                raise RegexError(f"duplicate capture group name: `{name}`")
            self.at = end + 1
            return self.capture(name)
        return self.flagged()

    def capture(self, name: str) -> Node:
        self.groups += 1
        index = self.groups
        if name:
            self.names[name] = index
        node = self.alternatives()
        self.close()
        return ("group", index, node)

    def close(self) -> None:
        if self.peek() != ")":
            raise RegexError(f"missing closing ): `{self.text}`")
        self.at += 1

    def flagged(self) -> Node | None:
        """Read (?flags) and (?flags:...)."""
        start = self.at - 1
        self.at += 1
        flags, negative, seen = set(self.flags), False, False
        while True:
            letter = self.peek()
            self.at += 1
            if letter and letter in "imsU":
                seen = True
                flags.discard(letter) if negative else flags.add(letter)
            elif letter == "-" and not negative:
                negative, seen = True, False
            elif letter == ")" and (seen or not negative):
                self.flags = frozenset(flags)
                return None if seen or negative else ("cat", ())
            elif letter == ":" and (seen or not negative):
                outer, self.flags = self.flags, frozenset(flags)
                node = self.alternatives()
                self.flags = outer
                self.close()
                return node
            else:
                shown = self.text[start : self.at]
                raise RegexError(f"invalid or unsupported Perl syntax: `{shown}`")

    def escape(self) -> Node:
        letter = self.peek()
        if not letter:
            raise RegexError("trailing backslash at end of expression: ``")
        special = {"A": "start", "z": "end", "b": "word", "B": "not word"}.get(letter)
        if special:
            self.at += 1
            return (special,)
        if letter == "Q":
            return self.quoted()
        ranges = self.class_escape()
        if ranges is not None:
            return ("set", folded(ranges) if "i" in self.flags else ranges)
        return self.literal(self.code())

    def quoted(self) -> Node:
        end = self.text.find("\\E", self.at)
        end = end if end >= 0 else len(self.text)
        nodes = tuple(self.literal(ord(letter)) for letter in self.text[self.at + 1 : end])
        self.at = min(len(self.text), end + 2)
        return ("cat", nodes)

    def class_escape(self) -> Ranges | None:
        """Read \\d, \\pL and their kin behind the backslash."""
        letter = self.peek()
        if letter.lower() in _PERL:
            self.at += 1
            ranges = _PERL[letter.lower()]
            return complement(ranges) if letter.isupper() else ranges
        if letter not in ("p", "P"):
            return None
        self.at += 1
        name = self.peek()
        self.at += 1
        if name == "{":
            end = self.text.find("}", self.at)
            if end < 0:
                raise RegexError(f"invalid character class range: `{self.text[self.at - 3 :]}`")
            name = self.text[self.at : end]
            self.at = end + 1
        negative = letter == "P"
        if name.startswith("^"):
            name, negative = name[1:], not negative
        ranges = unicode_class(name)
        return complement(ranges) if negative else ranges

    def code(self) -> int:
        """Read one escaped character behind the backslash."""
        letter = self.peek()
        self.at += 1
        if letter in _CONTROL:
            return _CONTROL[letter]
        if letter == "x":
            return self.hexadecimal()
        if letter in "01234567":
            return self.octal(letter)
        if letter.isascii() and letter and not letter.isalnum():
            return ord(letter)
        raise RegexError(f"invalid escape sequence: `\\{letter}`")

    def octal(self, letter: str) -> int:
        if letter != "0" and not (self.peek() and self.peek() in "01234567"):
            raise RegexError(f"invalid escape sequence: `\\{letter}`")
        digits = letter
        while len(digits) < 3 and self.peek() and self.peek() in "01234567":
            digits += self.peek()
            self.at += 1
        return int(digits, 8)

    def hexadecimal(self) -> int:
        if self.peek() == "{":
            end = self.text.find("}", self.at)
            digits = self.text[self.at + 1 : end] if end > 0 else ""
            self.at = end + 1
        else:
            digits = self.text[self.at : self.at + 2]
            self.at += 2
            if len(digits) < 2:
                digits = ""
        fine = digits and len(digits) <= 8 and all(c in "0123456789abcdefABCDEF" for c in digits)
        if not fine or int(digits, 16) > _LAST:
            raise RegexError(f"invalid escape sequence: `\\x{digits}`")
        return int(digits, 16)

    def bracket(self) -> Node:
        """Read a class behind its `[`."""
        start = self.at - 1
        negative = self.peek() == "^"
        self.at += negative
        ranges: list[tuple[int, int]] = []
        first = True
        while first or self.peek() != "]":
            if self.at >= len(self.text):
                raise RegexError(f"missing closing ]: `{self.text[start:]}`")
            named = self.member_class()
            if named is not None:
                ranges.extend(named)
            else:
                ranges.append(self.member_range(start))
            first = False
        self.at += 1
        found = normal(ranges)
        if "i" in self.flags:
            found = folded(found)
        return ("set", complement(found) if negative else found)

    def member_class(self) -> Ranges | None:
        if self.text.startswith("[:", self.at):
            end = self.text.find(":]", self.at + 2)
            if end >= 0:
                name = self.text[self.at + 2 : end]
                negative = name.startswith("^")
                known = _NAMED.get(name.removeprefix("^"))
                if known is None:
                    raise RegexError(f"invalid character class range: `[:{name}:]`")
                self.at = end + 2
                return complement(known) if negative else known
        if self.peek() == "\\":
            self.at += 1
            found = self.class_escape() if self.peek() else None
            if found is None:
                self.at -= 1
            return found
        return None

    def member_range(self, start: int) -> tuple[int, int]:
        before = self.at
        low = self.member(start)
        following = self.text[self.at + 1 : self.at + 2]
        if self.peek() == "-" and following and following != "]":
            self.at += 1
            high = self.member(start)
            if high < low:
                shown = self.text[before : self.at]
                raise RegexError(f"invalid character class range: `{shown}`")
            return low, high
        return low, low

    def member(self, start: int) -> int:
        letter = self.peek()
        if not letter:
            raise RegexError(f"missing closing ]: `{self.text[start:]}`")
        self.at += 1
        if letter != "\\":
            return ord(letter)
        if not self.peek():
            raise RegexError("trailing backslash at end of expression: ``")
        return self.code()


def _times(node: Node) -> int:
    """Return how often the innermost of nested counted repetitions is repeated."""
    total, waiting = 0, [(node, 1)]
    while waiting and total <= _MOST:
        (kind, *rest), times = waiting.pop()
        if kind == "repeat":
            inner, least, most, _ = rest
            times *= max(least if most is None else most, 1)
            waiting.append((inner, times))
        elif kind == "group":
            waiting.append((rest[1], times))
        elif kind in ("cat", "alt"):
            waiting.extend((one, times) for one in rest[0])
        total = max(total, times)
    return total


def _is_count(text: str) -> bool:
    return bool(text) and len(text) < 6 and text.isascii() and text.isdecimal()


def parse_regex(text: str) -> tuple[Node, int, dict[str, int]]:
    """Return the tree, the number of groups, and the groups that have names."""
    if len(text) > _LONGEST:
        raise RegexError("expression too large")
    parser = _Parser(text)
    node = parser.parse()
    return node, parser.groups, parser.names
