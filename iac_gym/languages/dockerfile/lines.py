"""Text -> instructions, as BuildKit's parser splits them: directives, continuations, heredocs.

Source: "Format", "Parser directives" and "Here-documents" of the Dockerfile reference.
"""

from __future__ import annotations

import re

from iac_gym.check import ParseError
from iac_gym.languages.dockerfile.instruction import (
    MOST_KEPT,
    NO_OPTIONS,
    Heredoc,
    Instruction,
    Parts,
    make_instruction,
    syntax_error,
)
from iac_gym.languages.dockerfile.lexer import BadSubstitution, Lexer

#: Limits: a physical line (BuildKit's own), instructions, heredocs.
MOST_LINE = 65535
MOST_INSTRUCTIONS = 2000
MOST_HEREDOCS = 200

#: Printable ASCII without quotes, `$`, `\`, backticks and `=`.
_PLAIN = r"\x21\x23\x25\x26\x28-\x3c\x3e-\x5b\x5d-\x5f\x61-\x7e"
#: A physical line; and, where it is ENV or LABEL with one pair that has nothing to unquote
#: or expand (their commonest form): the keyword, the pair, its name and its value.
_LINE = re.compile(
    rf"((ENV|LABEL)\ (?!--)(([{_PLAIN}]{{1,200}}+)=([{_PLAIN}=]{{0,200}}+))(?=\n)|.*)\n?"
)
_Line = tuple[str, str, str, str, str]
#: What lines met before say, where a line is an instruction by itself and `\` the escape token: a
#: training group sends the same lines often.
_whole_lines: dict[str, Parts] = {}
_MOST_LINES = 4096

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


def _is_whole(one: Instruction) -> bool:
    """Whether an instruction of one line is what the line says, whatever stands around it."""
    return len(one.text) <= MOST_KEPT and one.keyword != "ONBUILD" and "<<" not in one.text


def _too_many(line: int) -> ParseError:
    return syntax_error(
        f"the file has more than {MOST_INSTRUCTIONS} instructions or {MOST_HEREDOCS} heredocs", line
    )


def _limit(made: list[Instruction]) -> None:
    if len(made) > MOST_INSTRUCTIONS:
        raise _too_many(made[MOST_INSTRUCTIONS].line)


class _Reader:
    """The lines of a file, with the state of the parser directives."""

    def __init__(self, text: str) -> None:
        self.lines: list[_Line] = _LINE.findall(text.removeprefix("\ufeff"))
        self.lines.pop()  # the empty match at the end
        self.at = 0
        self.heredocs = 0
        self.escape = "\\"
        self.directives: dict[str, str] = {}

    def read_directives(self) -> None:
        for line, *_ in self.lines:
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
        known = _whole_lines if self.escape == "\\" else {}
        made: list[Instruction] = []
        parts: Parts | None
        done = self.at
        for number, (line, keyword, pair, name, value) in enumerate(self.lines, 1):
            if number <= done:
                continue  # read with a line before it
            if keyword:
                parts = (keyword, (), pair, (), False, ((name, value),), True, False, NO_OPTIONS)
            else:
                parts = known.get(line)
            if parts is not None:
                made.append(Instruction(line, number, 1, parts))
            else:
                _limit(made)
                self.at = number - 1
                made += self._instruction(line)
                done = self.at
        _limit(made)
        return made

    def _instruction(self, line: str) -> tuple[Instruction, ...]:
        """Read the instruction that begins on a line; none for a comment or an empty line."""
        escape = self.escape
        first = self._physical(line).lstrip()
        if not first or first[0] == "#":
            return ()
        start = self.at
        column = 1 if first is line else len(line.removesuffix("\r")) - len(first) + 1
        if escape in first and first.rstrip(" \t").endswith(escape):
            one = self._continued(first, start, column)
        else:
            one, parts = make_instruction(first, start, column, escape)
            if first is line and escape == "\\" and _is_whole(one):
                if len(_whole_lines) >= _MOST_LINES:
                    _whole_lines.clear()
                _whole_lines[line] = parts
        if "<<" in one.text:
            self._open(one, start)
        return (one,)

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
        made, _ = make_instruction(text, start, column, self.escape)
        made.pieces = tuple(pieces)
        return made

    def _join(self, text: str, continued: re.Pattern[str], pieces: list[tuple[int, int]]) -> str:
        parts, length = [text], len(text)
        while self.at < len(self.lines):
            line = self._physical(self.lines[self.at][0])
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
            line = self.lines[self.at][0]
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
