"""Text -> instructions, as BuildKit's parser splits them: directives, continuations, heredocs.

Source: "Format", "Parser directives" and "Here-documents" of the Dockerfile reference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from iac_gym.check import ParseError
from iac_gym.languages.dockerfile.lexer import BadSubstitution, Lexer
from iac_gym.verdict import Finding

KEYWORDS = tuple(
    """ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL
    STOPSIGNAL USER VOLUME WORKDIR""".split()
)
#: Limits: a physical line (BuildKit's own), instructions, heredocs.
MOST_LINE = 65535
MOST_INSTRUCTIONS = 2000
MOST_HEREDOCS = 200

_SPACE = re.compile(r"[\t\v\f\r ]+")
_DIRECTIVE = re.compile(r"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=(.*)")
_HEREDOC = re.compile(r"(\d*)<<(-?)\s*([^<]*)")
_CONTINUED = {
    "\\": re.compile(r"(?:(?<=[^\\])|^)\\[ \t]*\Z"),
    "`": re.compile(r"(?:(?<=[^`])|^)`[ \t]*\Z"),
}
_JSON_KEYWORDS = frozenset(("ADD", "CMD", "COPY", "ENTRYPOINT", "RUN", "SHELL", "VOLUME"))
_LISTS = frozenset(("ADD", "COPY", "VOLUME", "EXPOSE", "FROM"))


@dataclass(slots=True)
class Heredoc:
    """One here-document: `expand` is false for a quoted name, `chomp` true for `<<-`."""

    name: str
    expand: bool
    chomp: bool
    content: str = ""
    line: int = 0

    @property
    def text(self) -> str:
        """The content, without leading tabs where `<<-` asks for that."""
        return re.sub(r"(?m)^\t+", "", self.content) if self.chomp else self.content


@dataclass(slots=True)
class Instruction:
    """One instruction as written, nothing expanded.

    `keyword` is upper case; `flags` are the `--flag` words; `rest` the text after them; `args` its
    words (one word for shell forms); `json` whether it is a JSON array; `pairs` the (name, value)
    of ENV and LABEL; `pieces` the (offset in `text`, line) of the physical lines it is made of.
    """

    keyword: str
    flags: tuple[str, ...]
    rest: str
    args: tuple[str, ...]
    json: bool
    pairs: tuple[tuple[str, str], ...]
    text: str
    line: int
    column: int
    pieces: tuple[tuple[int, int], ...] = ()
    heredocs: tuple[Heredoc, ...] = ()
    inner: Instruction | None = None

    def flag(self, name: str) -> str | None:
        """Return the value of a flag ("" for a bare one), None where it is not given."""
        for flag in self.flags:
            key, _, value = flag.partition("=")
            if key[2:] == name:
                return value
        return None

    def line_at(self, offset: int) -> int:
        """Return the line in the file of an offset into `text`."""
        line = self.line
        for start, number in self.pieces:
            if start > offset:
                break
            line = number
        return line

    def finding(self, message: str, hint: str = "", line: int = 0) -> Finding:
        """Make a finding at this instruction."""
        return Finding(message, "", line or self.line, self.column, hint)


def syntax_error(message: str, line: int = 0, hint: str = "") -> ParseError:
    """Build the error for a text that BuildKit's parser refuses."""
    return ParseError(Finding(message, "", line, 1 if line else 0, hint))


def split_words(rest: str, escape: str) -> list[str]:
    """Split into words; quotes and escapes are kept, and protect white space."""
    if '"' not in rest and "'" not in rest and escape not in rest:
        return rest.split()
    words: list[str] = []
    word: list[str] = []
    quote, started, at, end = "", False, 0, len(rest)
    while at < end:
        char = rest[at]
        at += 1
        if not quote and char.isspace():
            if started:
                words.append("".join(word))
            word, started = [], False
            continue
        if char == escape and quote != "'":
            if at == end:
                break
            word.append(char + rest[at])
            at += 1
            started = True
            continue
        if not quote and char in "'\"":
            quote = char
        elif char == quote:
            quote = ""
        word.append(char)
        started = True
    if started:
        words.append("".join(word))
    return words


def _flags(rest: str, escape: str) -> tuple[tuple[str, ...], str]:
    """Take the leading `--flag` words off the arguments."""
    flags: list[str] = []
    at, end = 0, len(rest)
    while rest.startswith("--", at):
        word: list[str] = []
        quote = ""
        while at < end and (quote or not rest[at].isspace()):
            char = rest[at]
            at += 1
            if char == quote:
                quote = ""
            elif not quote and char in "'\"":
                quote = char
            elif char == escape:
                word.append(rest[at : at + 1])
                at += 1
            else:
                word.append(char)
        flag = "".join(word)
        if flag == "--":
            break
        flags.append(flag)
        while at < end and rest[at].isspace():
            at += 1
    return tuple(flags), rest[at:].strip()


def _no_constant(name: str) -> None:
    raise ValueError(name)


def json_array(rest: str, line: int) -> tuple[str, ...] | None:
    """Return the strings of a JSON array, None where it is none (BuildKit: then the shell form)."""
    if rest[:1] != "[":
        return None
    try:
        values = json.loads(rest, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    if not all(isinstance(value, str) for value in values):
        raise syntax_error("a JSON array of an instruction may hold strings only", line)
    return tuple(values)


def _pairs(keyword: str, rest: str, escape: str, line: int) -> tuple[tuple[str, str], ...]:
    words = split_words(rest, escape)
    if not words:
        return ()
    if "=" not in words[0]:
        parts = _SPACE.split(rest, maxsplit=1)
        if len(parts) < 2:
            raise syntax_error(
                f"{keyword} must have two arguments", line, f"write {keyword} NAME=value"
            )
        return ((parts[0], parts[1]),)
    pairs = []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise syntax_error(
                f"`{word[:60]}` in {keyword} has no `=`", line, "quote values that hold spaces"
            )
        pairs.append((name, value))
    return tuple(pairs)


def make_instruction(text: str, line: int, column: int, escape: str, depth: int = 0) -> Instruction:
    """Split one logical line into keyword, flags and arguments."""
    first, _, rest = text.strip().partition(" ")
    if _SPACE.search(first):
        first, rest = _SPACE.split(text.strip(), maxsplit=1)
    keyword = first.upper()
    rest = rest.strip()
    flags: tuple[str, ...] = ()
    if rest.startswith("--"):
        flags, rest = _flags(rest, escape)
    made = Instruction(keyword, flags, rest, (), False, (), text, line, column)
    if not rest:
        return made
    if keyword in ("ENV", "LABEL"):
        made.pairs = _pairs(keyword, rest, escape, line)
    elif keyword == "ARG":
        made.args = tuple(split_words(rest, escape))
    elif keyword == "ONBUILD":
        if depth > 3:
            raise syntax_error("ONBUILD is nested too deeply", line)
        made.inner = make_instruction(rest, line, column, escape, depth + 1)
        made.args = (made.inner.keyword,)
    elif keyword == "HEALTHCHECK":
        _health_form(made, rest, line)
    else:
        strings = json_array(rest, line) if keyword in _JSON_KEYWORDS else None
        made.json = strings is not None
        if strings is not None:
            made.args = strings
        else:
            made.args = tuple(_SPACE.split(rest)) if keyword in _LISTS else (rest,)
    return made


def _health_form(made: Instruction, rest: str, line: int) -> None:
    kind, *command = rest.split(maxsplit=1)
    strings = json_array(command[0], line) if command else None
    made.json = strings is not None
    made.args = (kind, *(command if strings is None else strings))


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
    if "<<" not in made.text or inner.keyword not in ("ADD", "COPY", "RUN") or inner.json:
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


class _Reader:
    """The lines of a file, with the state of the parser directives."""

    def __init__(self, text: str) -> None:
        self.lines = text.removeprefix("\ufeff").split("\n")
        if self.lines and not self.lines[-1]:
            self.lines.pop()
        self.at = 0
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

    def instructions(self) -> Iterator[Instruction]:
        continued = _CONTINUED[self.escape]
        while self.at < len(self.lines):
            first = self._physical().lstrip()
            if not first or first[0] == "#":
                continue
            start = self.at
            column = len(self.lines[start - 1].removesuffix("\r")) - len(first) + 1
            pieces = [(0, start)]
            text = first
            if first.rstrip(" \t").endswith(self.escape):
                text = continued.sub("", first)
                if len(text) != len(first):
                    text = self._join(text, continued, pieces)
            if not text.strip():
                raise syntax_error("a line holds nothing but a continuation", start)
            made = make_instruction(text, start, column, self.escape)
            made.pieces = tuple(pieces)
            made.heredocs = tuple(self._content(doc, start) for doc in _heredocs(made))
            if made.inner:
                made.inner.heredocs = made.heredocs
            yield made

    def _physical(self) -> str:
        line = self.lines[self.at]
        self.at += 1
        if len(line) > MOST_LINE:
            raise syntax_error(f"a line is longer than {MOST_LINE} characters", self.at)
        return line.rstrip("\r")

    def _join(self, text: str, continued: re.Pattern[str], pieces: list[tuple[int, int]]) -> str:
        parts, length = [text], len(text)
        while self.at < len(self.lines):
            line = self._physical()
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
    made: list[Instruction] = []
    heredocs = 0
    for instruction in reader.instructions():
        made.append(instruction)
        heredocs += len(instruction.heredocs)
        if len(made) > MOST_INSTRUCTIONS or heredocs > MOST_HEREDOCS:
            raise syntax_error(
                f"the file has more than {MOST_INSTRUCTIONS} instructions or "
                f"{MOST_HEREDOCS} heredocs",
                instruction.line,
            )
    if not made:
        raise syntax_error("the file has no instructions", hint="it must begin with FROM")
    return made, reader.escape, reader.directives
