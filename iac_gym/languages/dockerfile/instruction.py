"""One instruction of a Dockerfile: its keyword, flags and arguments, nothing expanded.

Source: "Format" and the chapters on single instructions of the Dockerfile reference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from iac_gym.check import ParseError
from iac_gym.languages.dockerfile.lexer import MARKED
from iac_gym.verdict import Finding

KEYWORDS = tuple(
    """ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL
    STOPSIGNAL USER VOLUME WORKDIR""".split()
)

KNOWN = frozenset(KEYWORDS)
STAGE_NAME = re.compile(r"[a-z][a-z0-9-_.]*")
#: Longest line, in characters, that is kept split: a training group sends the same lines often.
MOST_KEPT = 256

_SPACE = re.compile(r"[\t\v\f\r ]+")
#: One NAME=value without anything to unquote or expand: the commonest form of ENV and LABEL.
_PLAIN_PAIR = re.compile(r"""([^\s=$'"\\`]+)=([^\s$'"\\`]*)""")
#: A text without escapes in which every quote is closed; and the words of such a text.
_CLOSED = re.compile(r"""[^'"\\`]*(?:(?:"[^"\\`]*"|'[^'\\`]*')[^'"\\`]*)*""")
_WORD = re.compile(r"""(?:[^\s'"]+|"[^"]*"|'[^']*')+""")
_JSON_KEYWORDS = frozenset(("ADD", "CMD", "COPY", "ENTRYPOINT", "RUN", "SHELL", "VOLUME"))
_LISTS = frozenset(("ADD", "COPY", "VOLUME", "EXPOSE", "FROM"))
_PAIRS = frozenset(("ENV", "LABEL"))


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


_Pairs = tuple[tuple[str, str], ...]
#: What a logical line says: keyword, flags, rest, args, json, pairs, plain, doubtful
#: and options.
Parts = tuple[
    str, tuple[str, ...], str, tuple[str, ...], bool, _Pairs, bool, bool, Mapping[str, str]
]
NO_OPTIONS: Mapping[str, str] = {}


@dataclass(slots=True, init=False)
class Instruction:
    """One instruction as written, nothing expanded.

    `keyword` is upper case; `flags` are the `--flag` words, `options` their values by name (the
    first of each, "" for a bare one); `rest` the text after them; `args` its words (one word for
    shell forms); `json` whether it is a JSON array; `pairs` the (name, value) of ENV and LABEL;
    `plain` whether `rest` has nothing to unquote or expand; `doubtful` whether a rule must look at
    its keyword, number of arguments and names; `pieces` the (offset in `text`, line) of the
    physical lines it is made of, where there are several.
    """

    text: str
    line: int
    column: int
    keyword: str
    flags: tuple[str, ...]
    rest: str
    args: tuple[str, ...]
    json: bool
    pairs: tuple[tuple[str, str], ...]
    plain: bool
    doubtful: bool
    options: Mapping[str, str]
    pieces: tuple[tuple[int, int], ...]
    heredocs: tuple[Heredoc, ...]
    inner: Instruction | None

    def __init__(self, text: str, line: int, column: int, parts: Parts) -> None:
        # twice as fast as what a dataclass makes, which counts with one of them a line
        self.text = text
        self.line = line
        self.column = column
        (
            self.keyword, self.flags, self.rest, self.args, self.json, self.pairs, self.plain,
            self.doubtful, self.options,
        ) = parts  # fmt: skip
        self.pieces = ()
        self.heredocs = ()
        self.inner = None

    def flag(self, name: str) -> str | None:
        """Return the value of a flag ("" for a bare one), None where it is not given."""
        return self.options.get(name)

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


class _Malformed(ValueError):
    """A line that BuildKit's parser refuses."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def split_words(rest: str, escape: str) -> list[str]:
    """Split into words; quotes and escapes are kept, and protect white space."""
    if '"' not in rest and "'" not in rest and escape not in rest:
        return rest.split()
    if _CLOSED.fullmatch(rest):
        return _WORD.findall(rest)
    return _escaped_words(rest, escape)


def _escaped_words(rest: str, escape: str) -> list[str]:
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
    while rest.startswith("--"):
        flag, *after = rest.split(None, 1)
        if '"' in flag or "'" in flag or escape in flag:
            flag, rest = _quoted_flag(rest, escape)
        else:
            rest = after[0] if after else ""
        if flag == "--":
            break
        flags.append(flag)
    return tuple(flags), rest.strip()


def _options(flags: tuple[str, ...]) -> dict[str, str]:
    options: dict[str, str] = {}
    for flag in flags:
        name, _, value = flag.partition("=")
        options.setdefault(name[2:], value)
    return options


def _quoted_flag(rest: str, escape: str) -> tuple[str, str]:
    """Take one flag with quotes or escapes off the arguments."""
    word: list[str] = []
    quote, at, end = "", 0, len(rest)
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
    return "".join(word), rest[at:].lstrip()


def _no_constant(name: str) -> None:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def json_array(rest: str) -> tuple[str, ...] | None:
    """Return the strings of a JSON array, None where it is none (BuildKit: then the shell form)."""
    if rest[:1] != "[":
        return None
    try:
        values = _DECODER.decode(rest)
    except (ValueError, RecursionError):
        return None
    if not all(isinstance(value, str) for value in values):
        raise _Malformed("a JSON array of an instruction may hold strings only")
    return tuple(values)


def _pairs(keyword: str, rest: str, escape: str) -> tuple[tuple[str, str], ...]:
    words = split_words(rest, escape)
    if not words:
        return ()
    if "=" not in words[0]:
        parts = _SPACE.split(rest, maxsplit=1)
        if len(parts) < 2:
            raise _Malformed(f"{keyword} must have two arguments", f"write {keyword} NAME=value")
        return ((parts[0], parts[1]),)
    pairs = []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise _Malformed(
                f"`{word[:60]}` in {keyword} has no `=`", "quote values that hold spaces"
            )
        pairs.append((name, value))
    return tuple(pairs)


def _parts(text: str, escape: str) -> Parts:
    """Split a logical line. Raises `_Malformed`.

    Depends on nothing but the text, so that it can be kept.
    """
    bare = text.strip()
    first, _, rest = bare.partition(" ")
    if not first.isalpha() and _SPACE.search(first):
        first, rest = _SPACE.split(bare, maxsplit=1)
    keyword = first.upper()
    rest = rest.strip()
    flags: tuple[str, ...] = ()
    options = NO_OPTIONS
    if rest.startswith("--"):
        flags, rest = _flags(rest, escape)
        options = _options(flags)
    if keyword in _PAIRS:
        if pair := _PLAIN_PAIR.fullmatch(rest):
            return keyword, flags, rest, (), False, ((pair[1], pair[2]),), True, False, options
        pairs = _pairs(keyword, rest, escape)
        doubtful = not pairs or not all(name for name, _ in pairs)
        return keyword, flags, rest, (), False, pairs, not MARKED.search(rest), doubtful, options
    args, in_json = _arguments(keyword, rest, escape) if rest else ((), False)
    doubtful = _doubtful(keyword, args)
    return keyword, flags, rest, args, in_json, (), not MARKED.search(rest), doubtful, options


def _doubtful(keyword: str, args: tuple[str, ...]) -> bool:
    if keyword in ("COPY", "ADD"):
        return len(args) < 2
    if keyword == "FROM":
        named = len(args) == 3 and args[1].lower() == "as"
        return len(args) != 1 and not (named and STAGE_NAME.fullmatch(args[2].lower()))
    if keyword == "ARG" and any(word.startswith("=") for word in args):
        return True
    return not args or keyword not in KNOWN


_kept_parts = lru_cache(maxsize=4096)(_parts)


def _arguments(keyword: str, rest: str, escape: str) -> tuple[tuple[str, ...], bool]:
    """Return the arguments, and whether they are a JSON array."""
    if keyword == "ARG":
        return tuple(split_words(rest, escape)), False
    if keyword == "HEALTHCHECK":
        kind, *command = rest.split(maxsplit=1)
        strings = json_array(command[0]) if command else None
        return (kind, *(command if strings is None else strings)), strings is not None
    strings = json_array(rest) if keyword in _JSON_KEYWORDS else None
    if strings is not None:
        return strings, True
    if keyword in _LISTS:
        simple = rest.isascii() and rest.isprintable()
        return tuple(rest.split() if simple else _SPACE.split(rest)), False
    return (rest,), False


def make_instruction(
    text: str, line: int, column: int, escape: str, depth: int = 0
) -> tuple[Instruction, Parts]:
    """Read one logical line; `line` and `column` say where it begins."""
    split = _kept_parts if len(text) <= MOST_KEPT else _parts
    try:
        parts = split(text, escape)
    except _Malformed as error:
        raise syntax_error(str(error), line, error.hint) from None
    made = Instruction(text, line, column, parts)
    if made.keyword == "ONBUILD" and made.rest:
        if depth > 3:
            raise syntax_error("ONBUILD is nested too deeply", line)
        made.inner, _ = make_instruction(made.rest, line, column, escape, depth + 1)
        made.args = (made.inner.keyword,)
    return made, parts
