"""Templates: quoted strings, heredocs and the strings of the JSON syntax."""

from __future__ import annotations

from re import Match

from iac_gym.formats.hcl.cursor import Cursor
from iac_gym.formats.hcl.lexicon import (
    BARE_ESCAPE,
    BARE_TEXT,
    CONSTANTS,
    QUOTED_ESCAPE,
    QUOTED_TEXT,
    SIMPLE_INTERPOLATION,
    SPACES,
)
from iac_gym.formats.hcl.literals import escape
from iac_gym.formats.hcl.nodes import Node, Traversal
from iac_gym.formats.hcl.template_tree import Directive, Part, flat, flush, tree

_MARKER_HINT = "the closing marker stands alone on its line, and a newline follows it"


class Templates(Cursor):
    """Reads templates into trees."""

    __slots__ = ()

    def expression(self) -> Node:
        """The expression that starts at the current token."""
        raise NotImplementedError

    # -- reading ---------------------------------------------------------------------------------

    def quoted(self) -> Node:
        """The string whose opening quote is the current token; then go on after it."""
        opening = self.start
        parts: list[Part] = []
        text = self.text
        trim = False
        while True:
            start = self.pos
            match = QUOTED_TEXT(text, start)
            end = match.end() if match else start
            if end > start:
                literal = self.unescaped(start, text[start:end])
                parts.append((self.base + start, literal.lstrip(SPACES) if trim else literal))
            self.pos = end
            if text.startswith('"', end):
                break
            if text[end : end + 1] not in ("$", "%"):
                self.unclosed_quote(opening, end)
            trim = self.sequence(parts)
        self.pos += 1
        self.advance()
        return flat(self.base + opening, parts, self.depth)

    def unclosed_quote(self, opening: int, end: int) -> None:
        """Refuse a string that meets the end of its line or of the text."""
        if end >= len(self.text) or self.text[end:] == "\\":
            self.fail("this string is never closed", 'end it with `"`', opening)
        if self.text[end] == "\\":
            self.fail("a backslash at the end of a line", "strings end on their line", end)
        self.fail(
            "a string ends on the line where it starts",
            'close it with `"`; for several lines use \\n or a heredoc (<<EOT)',
            end,
        )

    def unescaped(self, start: int, run: str) -> str:
        """Literal text of a quoted string with its escapes replaced."""
        if "\\" not in run and "{" not in run:
            return run

        def replace(match: Match[str]) -> str:
            value = escape(match[0])
            if value is None:
                self.fail(
                    f"`{match[0]}` is no escape",
                    'known are \\n \\r \\t \\" \\uXXXX \\UXXXXXXXX; write \\\\ for a backslash',
                    start + match.start(),
                )
            return value

        return QUOTED_ESCAPE.sub(replace, run)

    def heredoc(self) -> Node:
        """The heredoc whose opening line is the current token; then go on after its marker."""
        opening = self.start
        marker = self.value.strip("<\r\n")
        indented = marker.startswith("-")
        marker = marker.lstrip("-")
        if not self.ascii:
            self.check_names(opening + (3 if indented else 2), marker)
        parts: list[Part] = []
        text = self.text
        trim = False
        while True:
            end = text.find("\n", self.pos)
            if end < 0:
                hint = f"end it with a line `{marker}`: {_MARKER_HINT}"
                self.fail("this heredoc is never closed", hint, opening)
            start = self.pos
            line = text[start : end + 1]
            if marker in line and line.strip(SPACES) == marker and "\r" not in line[:-2]:
                break
            if trim or "$" in line or "%" in line or "\r" in line:
                trim = self.bare_line(parts, trim)
            else:
                parts.append((self.base + start, line))
                self.pos = end + 1
        self.pos = end - 1 if text[end - 1] == "\r" else end
        self.advance()
        if indented:
            flush(parts)
        return self.tree(opening, parts)

    def bare_line(self, parts: list[Part], trim: bool, *, alone: bool = False) -> bool:
        """Read what stands up to the end of a line, sequences included, without escapes.

        A sequence may go on over several lines. Returns whether the next text loses its leading
        blanks. As in the real tool each line is a text of its own for this. After a bare carriage
        return a template that stands `alone` has no more sequences; elsewhere it is refused.
        """
        text = self.text
        while True:
            start = self.pos
            match = BARE_TEXT(text, start)
            end = match.end() if match else start
            closed = text.startswith(("\n", "\r\n"), end)
            stop = end + (1 if text.startswith("\n", end) else 2) if closed else end
            if stop > start:
                literal = _bare_text(text[start:stop])
                parts.append((self.base + start, literal.lstrip(SPACES) if trim else literal))
                trim = False
            self.pos = stop
            if closed or stop >= len(text):
                return trim
            if text[stop] == "\r":
                if not alone:
                    self.bad_character()
                parts.append((self.base + stop, _bare_text(text[stop:])))
                self.pos = len(text)
                return False
            trim = self.sequence(parts)

    def bare(self) -> Node:
        """The whole text as a template, as the JSON syntax has them."""
        parts: list[Part] = []
        trim = False
        while self.pos < len(self.text):
            trim = self.bare_line(parts, trim, alone=True)
        return self.tree(0, parts)

    def sequence(self, parts: list[Part]) -> bool:
        """Read the `${...}` or `%{...}` at `pos`. Returns whether it ends with `~}`."""
        opening = self.pos
        match = SIMPLE_INTERPOLATION(self.text, opening)
        if match is not None:
            root, *steps = match[1].split(".")
            if root not in CONSTANTS:
                at = self.base + match.start(1)
                parts.append(Traversal(at, root, tuple(steps)))
                self.pos = match.end()
                return False
        self.pos += 2
        if self.text.startswith("~", self.pos):
            self.pos += 1
            if parts and isinstance(last := parts[-1], tuple):
                parts[-1] = (last[0], last[1].rstrip(SPACES))
        scan = self.scan
        self.free()
        if self.text[opening] == "$":
            parts.append(self.expression())
        else:
            parts.append(self.directive(opening))
        if self.kind not in ("}", "~}"):
            self.unclosed_sequence(opening)
        self.scan = scan
        return self.kind == "~}"

    def unclosed_sequence(self, opening: int) -> None:
        """Refuse what stands where a sequence should end."""
        start = self.text[opening : opening + 2]
        if self.kind in ("end", "string", "template"):
            self.fail(f"this `{start}` is never closed", "end it with `}`", opening)
        hint = f"to write `{start}` itself, double its first character: `{start[0]}{start}`"
        self.fail(f"`}}` must end the sequence, not {self.found()}", hint)

    def directive(self, opening: int) -> Directive:
        """The directive whose keyword is the current token, up to its closing brace."""
        at = self.base + opening
        word = self.value if self.kind == "name" else ""
        if word not in ("if", "else", "endif", "for", "endfor"):
            self.fail(f"{self.found()} is no directive", "known are if, else, endif, for, endfor")
        self.advance()
        names: tuple[str | None, str] = (None, "")
        node: Node | None = None
        if word == "for":
            names = self.loop_names()
        if word in ("if", "for"):
            node = self.expression()
        return Directive(at, word, node, names)

    def loop_names(self) -> tuple[str | None, str]:
        """Read `value in` or `key, value in`."""
        value = self.name("`for` needs the name of a variable")
        key = None
        if self.kind == ",":
            self.advance()
            key, value = value, self.name("after the comma `for` needs another name")
        if self.kind != "name" or self.value != "in":
            self.fail(f"`in` must follow the names of `for`, not {self.found()}")
        self.advance()
        return key, value

    def tree(self, opening: int, parts: list[Part]) -> Node:
        """The node of a string that starts at `opening`."""
        return tree(self.base + opening, parts, self.depth)


def _bare_text(run: str) -> str:
    """Literal text of a heredoc with its escapes replaced."""
    return BARE_ESCAPE.sub(lambda escaped: escaped[0][1:], run) if "{" in run else run
