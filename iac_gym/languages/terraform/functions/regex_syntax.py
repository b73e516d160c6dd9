"""Patterns of RE2 in the syntax of Python's `re`.

Source: https://github.com/google/re2/wiki/Syntax, as Go's `regexp/syntax` reads it
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

#: Most repetitions of `{n,m}`, and most of nested ones multiplied.
_MOST_REPEATS = 1000
_MOST_DEPTH = 90
_REPEAT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}", re.ASCII)
_GROUP_NAME = re.compile(r"\?P?<([^>]*)>")
_FLAGS = re.compile(r"\?([imsU]*)(?:-([imsU]+))?([:)])")
_CLASS_NAMES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_CONTROL = {"a": "\\x07", "f": "\\f", "t": "\\t", "n": "\\n", "r": "\\r", "v": "\\v"}
#: Perl's classes inside brackets, and their complements.
_PERL = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}


_UNICODE_CLASS = re.compile(r"\\([pP])(?:\{\^?(\w+)\}|(\w))", re.ASCII)
#: Members of Unicode's classes, for Python's brackets.
_UNICODE = {"Nd": r"\d"}


class PatternError(ValueError):
    """A pattern that RE2 refuses."""


@dataclass(slots=True)
class Translation:
    """A pattern for Python. `names` are those of its groups, "" for unnamed ones.

    `loops` counts repetitions without a small limit; `nested` says that one is inside another.
    `runs` is false where Python has no such syntax.
    """

    text: str
    names: list[str]
    loops: int
    nested: bool
    runs: bool


@dataclass(slots=True)
class _Level:
    """An open group: where it starts in the output, its flags, and what it contains."""

    start: int
    flags: str
    extra: int = 0
    loops: int = 0
    choices: bool = False
    repeats: int = 1


@dataclass(slots=True)
class _Translator:
    text: str
    at: int = 0
    out: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    levels: list[_Level] = field(default_factory=list)
    #: The index in `out` of what a repetition would apply to, -1 where there is nothing.
    atom: int = -1
    #: What is inside that atom: (loops, has choices, repetitions multiplied).
    inside: tuple[int, bool, int] = (0, False, 1)
    repeated: bool = False
    nested: bool = False
    runs: bool = True

    def emit(self, text: str) -> None:
        """Add an atom."""
        self.atom = len(self.out)
        self.inside = (0, False, 1)
        self.repeated = False
        self.out.append(text)

    def emit_other(self, text: str) -> None:
        """Add what cannot be repeated."""
        self.out.append(text)
        self.atom, self.repeated = -1, False

    def run(self) -> Translation:
        """Translate the whole pattern."""
        text = self.text
        self.levels.append(_Level(0, ""))
        while self.at < len(text):
            self.step(text[self.at])
        if len(self.levels) != 1:
            raise PatternError("a parenthesis is not closed")
        level = self.levels[0]
        self.out.append(")" * level.extra)
        return Translation("".join(self.out), self.names, level.loops, self.nested, self.runs)

    def step(self, char: str) -> None:
        """Translate what begins with a character."""
        if char == "\\":
            self.escape()
        elif char == "[":
            self.emit(self.char_class())
        elif char == "(":
            self.open()
        elif char == ")":
            self.close()
        elif char in "*+?":
            self.at += 1
            self.repeat(char, None if char != "?" else 1, 1)
        elif char == "{" and (match := _REPEAT.match(self.text, self.at)):
            self.counted(match)
        else:
            self.at += 1
            self.plain(char)

    def plain(self, char: str) -> None:
        """Translate a single character, or one of `. ^ $ |`."""
        flags = self.levels[-1].flags
        if char == "|":
            self.levels[-1].choices = True
            extra = self.levels[-1].extra
            # flags that were set inside an alternative hold for the later ones, too
            self.emit_other(")" * extra + "|" + f"(?{self.scope(flags)}:" * extra if extra else "|")
        elif char == ".":
            self.emit(r"[\s\S]" if "s" in flags else "[^\\n]")
        elif char == "^":
            self.emit(r"(?:(?<=\n)|\A)" if "m" in flags else r"(?:\A)")
        elif char == "$":
            self.emit(r"(?:(?=\n)|\Z)" if "m" in flags else r"(?:\Z)")
        else:
            self.emit(re.escape(char))

    @staticmethod
    def scope(flags: str) -> str:
        """Return the flags that Python has to know, as a prefix of a group."""
        return "i" if "i" in flags else "-i"

    # -- groups ---------------------------------------------------------------------------------

    def open(self) -> None:
        """Open a group, or set flags."""
        if len(self.levels) > _MOST_DEPTH:
            raise PatternError("groups are nested too deeply")
        text, after = self.text, self.at + 1
        flags = self.levels[-1].flags
        if text[after : after + 1] != "?":
            self.names.append("")
            self.push("(", after, flags)
        elif match := _GROUP_NAME.match(text, after):
            name = match[1]
            if not re.fullmatch(r"\w+", name, re.ASCII):
                raise PatternError(f"the group name `{name[:40]}` is invalid")
            self.names.append(name)
            self.push("(", match.end(), flags)
        elif match := _FLAGS.match(text, after):
            self.set_flags(match, flags)
        else:
            raise PatternError("this sort of group is not supported")

    def set_flags(self, match: re.Match[str], flags: str) -> None:
        """Apply `(?flags)` or open `(?flags:`."""
        added, removed, end = match[1], match[2] or "", match[3]
        if not added and not removed and end == ")":
            raise PatternError("flags are missing")
        new = "".join(sorted((set(flags) | set(added)) - set(removed)))
        if end == ":":
            self.push(f"(?{self.scope(new)}:", match.end(), new)
            return
        level = self.levels[-1]
        level.flags = new
        level.extra += 1
        self.emit_other(f"(?{self.scope(new)}:")
        self.at = match.end()

    def push(self, opening: str, at: int, flags: str) -> None:
        """Enter a group."""
        self.levels.append(_Level(len(self.out), flags))
        self.emit_other(opening)
        self.at = at

    def close(self) -> None:
        """Leave a group, which then is an atom."""
        if len(self.levels) == 1:
            raise PatternError("a parenthesis is not open")
        level = self.levels.pop()
        self.out.append(")" * level.extra + ")")
        outer = self.levels[-1]
        outer.loops += level.loops
        outer.repeats = max(outer.repeats, level.repeats)
        self.atom, self.repeated = level.start, False
        self.inside = (level.loops, level.choices, level.repeats)
        self.at += 1

    # -- repetitions ----------------------------------------------------------------------------

    def counted(self, match: re.Match[str]) -> None:
        """Apply `{n}`, `{n,}` or `{n,m}`."""
        least = int(match[1][:6])
        most = least if match[2] is None else int(match[3][:6]) if match[3] else None
        if max(least, most or 0) > _MOST_REPEATS or (most is not None and most < least):
            raise PatternError(f"the repetition `{match[0][:40]}` is invalid")
        self.at = match.end()
        self.repeat(match[0], most, max(least, most or 0, 1))

    def repeat(self, sign: str, most: int | None, count: int) -> None:
        """Apply a repetition to the last atom."""
        if self.atom < 0 or self.repeated:
            raise PatternError(f"there is nothing that `{sign[:40]}` could repeat")
        loops, choices, repeats = self.inside
        if repeats * count > _MOST_REPEATS:
            raise PatternError("the repetitions are too large")
        given = self.text[self.at : self.at + 1] == "?"
        self.at += given
        lazy = "?" if given != ("U" in self.levels[-1].flags) else ""
        self.out.insert(self.atom, "(?:")
        self.out.append(")" + sign + lazy)
        level = self.levels[-1]
        level.repeats = max(level.repeats, repeats * count)
        if most is None or most > 3:
            level.loops += 1
            self.nested = self.nested or loops > 0 or choices
        elif most == 1 and not sign.startswith("{"):
            level.choices = True
        self.repeated = True

    # -- escapes and classes --------------------------------------------------------------------

    def escape(self) -> None:
        """Translate what begins with a backslash."""
        char = self.text[self.at + 1 : self.at + 2]
        if char == "Q":
            self.quoted()
        elif char in ("A", "z", "b", "B"):
            self.at += 2
            self.emit("(?:" + ("\\Z" if char == "z" else "\\" + char) + ")")
        elif char in ("d", "w", "s", "D", "W", "S"):
            self.at += 2
            self.emit(f"[{'^' * char.isupper()}{_PERL[char.lower()]}]")
        elif char in ("p", "P"):
            self.emit(self.unicode_class())
        elif char == "C":
            raise PatternError("`\\C` is not supported")
        else:
            self.emit(self.single())

    def quoted(self) -> None:
        """Translate `\\Q...\\E`."""
        end = self.text.find("\\E", self.at + 2)
        stop = len(self.text) if end < 0 else end
        for char in self.text[self.at + 2 : stop]:
            self.emit(re.escape(char))
        self.at = stop if end < 0 else end + 2

    def unicode_class(self) -> str:
        """Translate `\\pL` and `\\p{Nd}`; Python has no other such classes."""
        match = _UNICODE_CLASS.match(self.text, self.at)
        if match is None:
            raise PatternError("a class of characters is incomplete")
        self.at = match.end()
        name = match[2] or match[3]
        self.runs = self.runs and name in _UNICODE
        negated = (match[1] == "P") != self.text.startswith("{^", match.start() + 2)
        return f"(?u:[{'^' * negated}{_UNICODE.get(name, '')}])" if name in _UNICODE else "."

    def single(self) -> str:
        """Return an escape that stands for one character."""
        text, at = self.text, self.at
        char = text[at + 1 : at + 2]
        if char == "":
            raise PatternError("there is a backslash at the end")
        if char in _CONTROL:
            self.at += 2
            return _CONTROL[char]
        if char == "x":
            return self.hexadecimal()
        if char in "01234567" and (char == "0" or text[at + 2 : at + 3] in tuple("01234567")):
            match = re.compile(r"[0-7]{1,3}").match(text, at + 1)
            digits = match[0] if match else char
            self.at += 1 + len(digits)
            return re.escape(chr(int(digits, 8)))
        if (char.isascii() and char.isalnum()) or not char.isascii():
            raise PatternError(f"the escape `\\{char}` is invalid")
        self.at += 2
        return re.escape(char)

    def hexadecimal(self) -> str:
        """Return `\\x7F` or `\\x{10FFFF}`."""
        match = re.compile(r"\\x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,8})\})").match(
            self.text, self.at
        )
        code = int(match[1] or match[2], 16) if match else 0x110000
        if match is None or code > 0x10FFFF:
            raise PatternError("the escape `\\x` is invalid")
        self.at = match.end()
        return re.escape(chr(code))

    def char_class(self) -> str:
        """Translate `[...]`."""
        text = self.text
        at = self.at + 1
        parts = ["["]
        if text[at : at + 1] == "^":
            parts.append("^")
            at += 1
        self.at = at
        first = True
        while self.at < len(text) and (text[self.at] != "]" or first):
            parts.append(self.class_item(first))
            first = False
        if self.at >= len(text):
            raise PatternError("a bracket is not closed")
        self.at += 1
        return "".join([*parts, "]"])

    def class_item(self, first: bool) -> str:
        """Translate one member of a class: a character, a range, or a named class."""
        text = self.text
        if text.startswith("[:", self.at) and (end := text.find(":]", self.at + 2)) > 0:
            return self.named_class(end)
        if text[self.at] == "\\" and text[self.at + 1 : self.at + 2] in tuple("dwsDWS"):
            char = text[self.at + 1]
            self.at += 2
            return _PERL[char] if char.islower() else _COMPLEMENTS[char]
        if text[self.at] == "\\" and text[self.at + 1 : self.at + 2] in ("p", "P"):
            self.unicode_class()
            self.runs = False
            return "a"
        return self.class_range(first)

    def named_class(self, end: int) -> str:
        """Translate `[:alpha:]`."""
        name = self.text[self.at + 2 : end]
        negated, name = name.startswith("^"), name.removeprefix("^")
        if name not in _CLASS_NAMES:
            raise PatternError(f"there is no class `[:{name[:40]}:]`")
        self.at = end + 2
        if negated:
            self.runs = False
        return _CLASS_NAMES[name]

    def class_range(self, first: bool) -> str:
        """Translate a character or a range of a class."""
        text = self.text
        if text[self.at] == "-" and not first and text[self.at + 1 : self.at + 2] != "]":
            raise PatternError("a range of characters is invalid")
        low = self.class_char()
        if text[self.at : self.at + 1] == "-" and text[self.at + 1 : self.at + 2] not in ("]", ""):
            self.at += 1
            high = self.class_char()
            if _code(high) < _code(low):
                raise PatternError("a range of characters is empty")
            return f"{low}-{high}"
        return low

    def class_char(self) -> str:
        """Return one character of a class."""
        if self.at >= len(self.text):
            raise PatternError("a bracket is not closed")
        if self.text[self.at] == "\\":
            return self.single()
        self.at += 1
        return re.escape(self.text[self.at - 1])


_COMPLEMENTS = {"D": r"\D", "W": r"\W", "S": r"\S\v"}
_CODES = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}


def _code(escaped: str) -> int:
    """Return the code of one escaped character."""
    if escaped.startswith("\\x") and len(escaped) == 4:
        return int(escaped[2:], 16)
    last = escaped[-1]
    if len(escaped) == 2 and last in _CODES:
        return _CODES[last]
    return ord(last)


def translate(text: str) -> Translation:
    """Translate a pattern, or raise `PatternError`."""
    return _Translator(text).run()
