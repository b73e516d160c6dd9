"""Text -> instructions, as BuildKit's parser splits them: directives, continuations, heredocs.

Source: "Format", "Parser directives" and "Here-documents" of the Dockerfile reference.
"""

from __future__ import annotations

import re

from iac_gym.check import ParseError
from iac_gym.languages.dockerfile.instruction import (
    Heredoc,
    Instruction,
    make_instruction,
    syntax_error,
)
from iac_gym.languages.dockerfile.lexer import BadSubstitution, Lexer

#: Limits: a physical line (BuildKit's own), instructions, heredocs.
MOST_LINE = 65535
MOST_INSTRUCTIONS = 2000
MOST_HEREDOCS = 200

_DIRECTIVE = re.compile(r"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=(.*)")
_HEREDOC = re.compile(r"(\d*)<<(-?)\s*([^<]*)")
_CONTINUED = {
    "\\": re.compile(r"(?:(?<=[^\\])|^)\\[ \t]*\Z"),
    "`": re.compile(r"(?:(?<=[^`])|^)`[ \t]*\Z"),
}


def heredoc_of(word: str) -> Heredoc | None:
    """Return the heredoc that a word opens, None where it opens none; may raise."""
    found = _HEREDOC.fullmatch(word)
    if not found or not found[3]:
        return None
    plain = Lexer(found[3], {}, raw=False)
    plain.expand()
    if len(plain.words) != 1:
        return None
    quoted = any(mark in found[3] for mark in "'\"")
    return Heredoc(plain.words[0], not quoted, found[2] == "-")


def _heredocs(made: Instruction) -> list[Heredoc]:
    inner = made.inner if made.keyword == "ONBUILD" and made.inner else made
    if inner.keyword not in ("ADD", "COPY", "RUN") or inner.json:
        return []
    lexer = Lexer(made.text, {}, raw=True)
    try:
        lexer.expand()
    except BadSubstitution:
        return []
    try:
        return [doc for word in lexer.words if (doc := heredoc_of(word))]
    except BadSubstitution as error:
        raise syntax_error(f"a heredoc has a bad name: {error}", made.line) from None


def _too_many(line: int) -> ParseError:
    return syntax_error(
        f"the file has more than {MOST_INSTRUCTIONS} instructions or {MOST_HEREDOCS} heredocs", line
    )


class _Reader:
    """The lines of a file, with the state of the parser directives."""

    def __init__(self, text: str) -> None:
        self.lines = text.removeprefix("\ufeff").split("\n")
        if self.lines and not self.lines[-1]:
            self.lines.pop()
        self.at = 0
        self.heredocs = 0
        self.escape = "\\"
        self.directives: dict[str, str] = {}

    def read_directives(self) -> None:
        for line in self.lines:
            found = _DIRECTIVE.fullmatch(line.strip()) if len(line) < MOST_LINE else None
            name = found[1].lower() if found else ""
            value = found[2].strip() if found else ""
            if not value or name not in ("syntax", "escape", "check"):
                return
            self.at += 1
            if name in self.directives:
                raise syntax_error(f"the parser directive `{name}` occurs twice", self.at)
            self.directives[name] = value
            if name == "escape":
                if value not in ("\\", "`"):
                    raise syntax_error(
                        f"`{value[:20]}` cannot be the escape token", self.at, "it is ` or \\"
                    )
                self.escape = value

    def instructions(self) -> list[Instruction]:
        """Return the instructions; limits their number and that of the heredocs."""
        escape, lines = self.escape, self.lines
        total = len(lines)
        made: list[Instruction] = []
        while self.at < total:
            line = lines[self.at]
            first = self._physical(line).lstrip()
            if not first or first[0] == "#":
                continue
            start = self.at
            column = 1 if first is line else len(line.removesuffix("\r")) - len(first) + 1
            if escape in first and first.rstrip(" \t").endswith(escape):
                one = self._continued(first, start, column)
            else:
                one = make_instruction(first, start, column, escape)
            if "<<" in one.text:
                self._open(one, start)
            made.append(one)
            if total > MOST_INSTRUCTIONS < len(made):
                raise _too_many(start)
        return made

    def _physical(self, line: str) -> str:
        """Step over a line and return it without its end."""
        self.at += 1
        if len(line) > MOST_LINE:
            raise syntax_error(f"a line is longer than {MOST_LINE} characters", self.at)
        return line.rstrip("\r")

    def _open(self, one: Instruction, start: int) -> None:
        """Read the heredocs that an instruction opens."""
        one.heredocs = tuple(self._content(doc, start) for doc in _heredocs(one))
        if one.inner:
            one.inner.heredocs = one.heredocs
        self.heredocs += len(one.heredocs)
        if self.heredocs > MOST_HEREDOCS:
            raise _too_many(start)

    def _continued(self, first: str, start: int, column: int) -> Instruction:
        """Read an instruction whose first line may go on in the next one."""
        continued = _CONTINUED[self.escape]
        pieces = [(0, start)]
        text = continued.sub("", first)
        if len(text) != len(first):
            text = self._join(text, continued, pieces)
        if not text.strip():
            raise syntax_error("a line holds nothing but a continuation", start)
        made = make_instruction(text, start, column, self.escape)
        made.pieces = tuple(pieces)
        return made

    def _join(self, text: str, continued: re.Pattern[str], pieces: list[tuple[int, int]]) -> str:
        parts, length = [text], len(text)
        while self.at < len(self.lines):
            line = self._physical(self.lines[self.at])
            stripped = line.lstrip()
            if not stripped or stripped[0] == "#":
                continue
            pieces.append((length, self.at))
            shorter = continued.sub("", line)
            parts.append(shorter)
            length += len(shorter)
            if len(shorter) == len(line):
                break
        return "".join(parts)

    def _content(self, doc: Heredoc, opened: int) -> Heredoc:
        doc.line = self.at + 1
        body: list[str] = []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.at += 1
            bare = line.rstrip("\r\n")
            if (bare.lstrip("\t") if doc.chomp else bare) == doc.name:
                doc.content = "".join(body)
                return doc
            body.append(line + "\n")
        raise syntax_error(
            f"the heredoc `{doc.name[:40]}` is never closed", opened, f"end it with {doc.name[:40]}"
        )


def read(text: str) -> tuple[list[Instruction], str, dict[str, str]]:
    """Read a Dockerfile: its instructions, escape token and parser directives."""
    reader = _Reader(text)
    reader.read_directives()
    made = reader.instructions()
    if not made:
        raise syntax_error("the file has no instructions", hint="it must begin with FROM")
    return made, reader.escape, reader.directives
