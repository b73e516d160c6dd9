"""The reader of tokens that all parts of the parser share: one token of look-ahead, two modes."""

from __future__ import annotations

from typing import NoReturn

from iac_gym.formats.hcl.errors import MAX_DEPTH, TOO_DEEP, HclError
from iac_gym.formats.hcl.identifiers import bad_character
from iac_gym.formats.hcl.lexicon import (
    FREE_BLANKS,
    FREE_TOKEN,
    KINDS,
    LINE_BLANKS,
    LINE_TOKEN,
    NAME_TOKEN,
)

_BAD_CHARACTERS = {
    "'": ("single quotes do not enclose strings", 'write "..."'),
    "`": ("backticks do not enclose strings", 'write "..." or a heredoc (<<EOT)'),
    ";": ("`;` separates nothing in HCL", "end arguments with a newline, items with a comma"),
    "&": ("`&` is no operator", "logical and is `&&`"),
    "|": ("`|` is no operator", "logical or is `||`"),
    "^": ("`^` is no operator", "HCL has no bitwise operators and no power: use pow()"),
    "~": ("`~` is no operator", "it may stand only at the ends of ${~ ... ~} and %{~ ... ~}"),
    "/": ("this comment is never closed", "end it with */"),
    "<": ("this is no heredoc", "write <<NAME at the end of a line, nothing after NAME"),
    "\r": ("a carriage return without a newline", "end lines with \\n or \\r\\n"),
    "\u201c": ("curly quotes do not enclose strings", 'write "..."'),
    "\u201d": ("curly quotes do not enclose strings", 'write "..."'),
}


class Cursor:
    """A place in a text, and the token that stands there.

    `kind` is the token's kind (an operator or bracket is its own), `value` its text, `start` its
    offset and `pos` the offset after it. `scan` is `LINE_TOKEN` or `FREE_TOKEN`.
    """

    __slots__ = ("ascii", "base", "depth", "kind", "pos", "scan", "start", "text", "value")

    def __init__(self, text: str, base: int) -> None:
        self.text = text
        self.base = base
        self.ascii = text.isascii()
        self.pos = self.start = self.depth = 0
        self.kind = self.value = ""
        self.scan = LINE_TOKEN

    def advance(self) -> None:
        """Read the next token."""
        match = self.scan(self.text, self.pos)
        if match is None:
            self.bad_character()
        group = match.lastindex or 0
        value = self.value = match[group]
        self.kind = KINDS[group] or value
        self.start = match.start(group)
        self.pos = match.end()
        if group == 1 and not self.ascii and not value.isascii():
            self.check_names(self.start, value)

    def check_names(self, start: int, path: str) -> None:
        """Refuse a name, or names joined by dots, with characters that no name has."""
        for name in path.split("."):
            index = bad_character(name)
            if index >= 0:
                self.pos = start + index
                self.scan = LINE_TOKEN
                self.bad_character()
            start += len(name) + 1

    def bad_character(self) -> NoReturn:
        """Refuse the character at `pos`, which starts no token."""
        blanks = LINE_BLANKS if self.scan is LINE_TOKEN else FREE_BLANKS
        match = blanks(self.text, self.pos)
        at = match.end() if match else self.pos
        letter = self.text[at]
        message, hint = _BAD_CHARACTERS.get(letter, ("", ""))
        if not message:
            message = f"the character {letter!r} has no meaning in HCL"
            hint = "outside strings and comments only names, numbers, operators and brackets stand"
        self.fail(message, hint, at)

    def fail(self, message: str, hint: str = "", at: int | None = None) -> NoReturn:
        """Refuse the text, at the current token or at another offset (without base)."""
        raise HclError(self.base + (self.start if at is None else at), message, hint)

    def found(self) -> str:
        """The current token in words, for messages."""
        if self.kind == "newline":
            return "the end of the line"
        if self.kind == "end":
            return "the end of the text"
        shown = self.value.strip()
        return f"`{shown if len(shown) <= 40 else shown[:37] + '...'}`"

    def expect(self, kind: str, message: str, hint: str = "") -> None:
        """Refuse anything but this kind of token."""
        if self.kind != kind:
            self.fail(f"{message}, not {self.found()}", hint)

    def name(self, message: str) -> str:
        """The current token as a single name; then go on."""
        if self.kind != NAME_TOKEN or "." in self.value:
            self.fail(f"{message}, not {self.found()}")
        value = self.value
        self.advance()
        return value

    def enter(self, at: int) -> None:
        """Count one more level of nesting."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.too_deep(at)

    def too_deep(self, at: int) -> NoReturn:
        """Refuse what is nested too deeply."""
        self.fail(*TOO_DEEP, at)

    def free(self) -> None:
        """Read the next token where newlines are blanks."""
        self.scan = FREE_TOKEN
        self.advance()
