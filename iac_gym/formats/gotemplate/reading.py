"""`parse`: templates from texts, quickly where the text is in order.

Charts say the same things over and over (`{{- end }}`, `{{ .Values.image.tag }}`), so each action
is parsed once, and its pipeline is shared between all texts that hold it. Whatever is unusual or
wrong is left to the exact parser, which reads the whole text and knows Go's words for what is
wrong.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from iac_gym.formats.gotemplate.errors import TemplateError
from iac_gym.formats.gotemplate.lexer import Kind, Token, action_end
from iac_gym.formats.gotemplate.nodes import (
    Action,
    Branch,
    Call,
    Jump,
    Node,
    Pipe,
    Template,
    Term,
    Text,
    Variable,
)
from iac_gym.formats.gotemplate.parser import Parser, is_empty

_SPACES = " \t\r\n"
#: How many actions are remembered for each table of functions, and how many tables.
_ACTIONS = 20_000
_TABLES = 16
_LONGEST_ACTION = 2_000
#: So many actions of a text may hold delimiters; the exact parser reads texts full of them faster.
_MOST_LONGER = 200
_MOST_NEW = 1_500
_LONGEST_TEXT = 1 << 16
#: Deeper nesting is left to the exact parser, which refuses it.
_DEPTH = 90


class _Entry:
    """An action by itself: its word, what stands in it, and the variables it needs and makes."""

    __slots__ = ("at", "declared", "name", "pipe", "trims", "used", "word")

    def __init__(self, word: str, at: int, pipe: Pipe | None = None, name: str = "") -> None:
        self.word = word
        self.at = at
        #: Set for every word that needs one.
        self.pipe: Any = pipe
        self.name = name
        self.used: tuple[str, ...] = ()
        self.declared: tuple[str, ...] = ()
        self.trims = False


class _Odd(Exception):
    """The text is left to the exact parser."""


class _ActionParser(Parser):
    """Parses one action; variables are noted, not checked."""

    def __init__(self, text: str, functions: Collection[str]) -> None:
        super().__init__("", text, functions)
        self.used: dict[str, None] = {}
        self.nested = False

    def variable(self, token: Token) -> Term:
        """Note the use of a variable."""
        if not self.scope.known.get(token[2]):
            self.used[token[2]] = None
        return Variable(token[1], token[2])

    def read(self) -> _Entry:
        """Return the action that the text holds."""
        first = self.tokens[0]
        if first[0] is Kind.EOF:
            return _Entry("comment", 0)
        if len(self.tokens) < 3 or self.tokens[-2][0] is not Kind.RIGHT:
            raise _Odd
        self.next()
        token = self.take()
        entry = self.statement(token)
        if self.at != len(self.tokens) - 2:
            raise _Odd
        return self.noted(entry)

    def statement(self, token: Token) -> _Entry:
        """Parse what follows the delimiter."""
        kind, at, word = token
        if kind in (Kind.IF, Kind.WITH, Kind.RANGE):
            pipe = self.pipeline(word, Kind.RIGHT)
            return _Entry(word, pipe.at, pipe)
        if kind in (Kind.END, Kind.BREAK, Kind.CONTINUE):
            self.expect(Kind.RIGHT, word)
            return _Entry(word, at)
        if kind is Kind.ELSE:
            return self.alternative(at)
        if kind in (Kind.DEFINE, Kind.TEMPLATE, Kind.BLOCK):
            return self.named(kind, word)
        self.at -= 1
        return _Entry("", at, self.pipeline("command", Kind.RIGHT))

    def alternative(self, at: int) -> _Entry:
        """Parse what follows `else`."""
        following = self.take()
        if following[0] is Kind.RIGHT:
            return _Entry("else", at)
        if following[0] not in (Kind.IF, Kind.WITH):
            raise _Odd
        pipe = self.pipeline(following[2], Kind.RIGHT)
        return _Entry("else " + following[2], pipe.at, pipe)

    def named(self, kind: Kind, word: str) -> _Entry:
        """Parse `define`, `template` and `block`."""
        token = self.take()
        if token[0] not in (Kind.STRING, Kind.RAW_STRING):
            raise _Odd
        name = self.literal(token)
        if kind is Kind.DEFINE:
            self.expect(Kind.RIGHT, "define clause")
            return _Entry(word, token[1], None, name)
        pipe = None
        if kind is Kind.BLOCK or self.look()[0] is not Kind.RIGHT:
            pipe = self.pipeline(word, Kind.RIGHT)
        else:
            self.take()
        return _Entry(word, token[1], pipe, name)

    def noted(self, entry: _Entry) -> _Entry:
        """Note which variables the action needs and declares."""
        declared = tuple(self.scope.variables[1:])
        pipe = entry.pipe
        own = () if pipe is None else tuple(variable.name for variable in pipe.variables)
        if declared != own:
            raise _Odd  # something is declared in parentheses
        entry.declared = declared
        entry.used = tuple(self.used)
        if pipe is not None:
            pipe.free = not entry.used and not self.uses(declared)
        return entry

    def uses(self, declared: tuple[str, ...]) -> bool:
        """Tell whether the action may use a variable that it declares itself."""
        names = [text for kind, _, text in self.tokens if kind is Kind.VARIABLE]
        return any(names.count(name) > declared.count(name) for name in declared)


def _entry(piece: str, functions: Collection[str]) -> _Entry | None:
    """Return an action that stands for itself; None for what the exact parser must see."""
    try:
        entry = _ActionParser(piece, functions).read()
    except (_Odd, TemplateError):
        return None
    entry.trims = piece[-3] == "-" and piece[-4] in _SPACES
    return entry


_CACHES: dict[int, tuple[Collection[str], dict[str, _Entry | None]]] = {}


def _cache(functions: Collection[str]) -> dict[str, _Entry | None]:
    """Return the actions known for a table of functions."""
    known = _CACHES.get(id(functions))
    if known is None or known[0] is not functions:
        if len(_CACHES) >= _TABLES:
            _CACHES.clear()
        known = _CACHES[id(functions)] = (functions, {})
    if len(known[1]) > _ACTIONS:
        known[1].clear()
    return known[1]


class _Level:
    """A branch or definition whose end has not come yet."""

    __slots__ = ("branch", "entry", "mark", "nodes", "outer", "scope")

    def __init__(self, entry: _Entry, outer: list[Node], mark: int, scope: Any) -> None:
        self.entry = entry
        self.outer = outer
        self.mark = mark
        self.scope = scope
        self.nodes: list[Node] = []
        self.branch: Branch | None = None


class _Assembler:
    """Puts the texts and actions of one text together."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.nodes: list[Node] = []
        self.levels: list[_Level] = []
        self.variables = ["$"]
        self.known = {"$": 1}
        self.loops = 0
        self.templates: dict[str, Template] = {}

    def add(self, name: str, root: list[Node], at: int) -> None:
        """Keep a template; two that are not empty are one too many."""
        new = Template(name, self.name, self.text, root, at, is_empty(root))
        known = self.templates.get(name)
        if known is None or known.empty:
            self.templates[name] = new
        elif not new.empty:
            raise _Odd

    def declare(self, entry: _Entry) -> None:
        """Check the variables that an action needs, and add those it declares."""
        for name in entry.used:
            if not self.known.get(name):
                raise _Odd
        for name in entry.declared:
            self.variables.append(name)
            self.known[name] = self.known.get(name, 0) + 1

    def action(self, entry: _Entry, base: int) -> None:
        """Add one action."""
        word = entry.word
        if not word:
            if entry.used or entry.declared:
                self.declare(entry)
            self.nodes.append(Action(entry.at, entry.pipe, base))
        elif word == "end":
            self.end()
        elif word in ("if", "with", "range"):
            self.open(entry, base)
        elif word == "template":
            self.declare(entry)
            self.nodes.append(Call(entry.at, entry.name, entry.pipe, base))
        elif word in ("define", "block"):
            self.define(entry, base)
        elif word != "comment":
            self.alternative(entry, base)

    def open(self, entry: _Entry, base: int) -> None:
        """Begin a branch."""
        if len(self.levels) > _DEPTH:
            raise _Odd
        level = _Level(entry, self.nodes, len(self.variables), None)
        self.declare(entry)
        level.branch = Branch(
            entry.at,
            entry.word,
            entry.pipe,
            level.nodes,
            None,
            base,
        )
        self.nodes.append(level.branch)
        self.levels.append(level)
        self.nodes = level.nodes
        self.loops += entry.word == "range"

    def define(self, entry: _Entry, base: int) -> None:
        """Begin a definition or a block, which knows no variable."""
        if entry.word == "block":
            self.declare(entry)
            self.nodes.append(Call(entry.at, entry.name, entry.pipe, base))
        elif self.levels:
            raise _Odd
        if len(self.levels) > _DEPTH:
            raise _Odd
        scope = (self.variables, self.known, self.loops, base)
        level = _Level(entry, self.nodes, 0, scope)
        self.variables, self.known, self.loops = ["$"], {"$": 1}, 0
        self.levels.append(level)
        self.nodes = level.nodes

    def alternative(self, entry: _Entry, base: int) -> None:
        """Add `else`, `break` or `continue`."""
        if entry.word in ("break", "continue"):
            if not self.loops:
                raise _Odd
            self.nodes.append(Jump(entry.at, entry.word))
            return
        level = self.levels[-1] if self.levels else None
        if level is None or level.branch is None or level.branch.otherwise is not None:
            raise _Odd
        rest: list[Node] = []
        branch = level.branch
        branch.otherwise = rest
        self.nodes = rest
        if level.entry.word == "range" or (entry.word == "else" and branch.word == "range"):
            self.loops -= 1
            level.entry = _Entry("closed", 0)
        if entry.word != "else":
            if entry.word != "else " + branch.word or len(self.levels) > _DEPTH:
                raise _Odd
            self.declare(entry)
            body: list[Node] = []
            level.branch = Branch(
                entry.at,
                branch.word,
                entry.pipe,
                body,
                None,
                base,
            )
            rest.append(level.branch)
            self.nodes = body

    def end(self) -> None:
        """Close what was opened last."""
        if not self.levels:
            raise _Odd
        level = self.levels.pop()
        self.nodes = level.outer
        if level.scope is not None:
            base = level.scope[3]
            self.add(level.entry.name, level.nodes, base + level.entry.at)
            self.variables, self.known, self.loops, _ = level.scope
            return
        if level.entry.word == "range":
            self.loops -= 1
        for name in self.variables[level.mark :]:
            self.known[name] -= 1
        del self.variables[level.mark :]


class _Reader:
    """Takes the actions of one text one by one."""

    def __init__(self, text: str, functions: Collection[str]) -> None:
        self.text = text
        self.functions = functions
        self.cache = _cache(functions)
        self.longer = self.new = 0

    def take(self, opening: int) -> tuple[int, _Entry]:
        """Return where the action at a place ends, and what it is."""
        text, cache = self.text, self.cache
        closing = text.find("}}", opening + 2) + 2
        if closing < 2 or closing - opening > _LONGEST_ACTION:
            raise _Odd
        piece = text[opening:closing]
        if piece in cache:
            entry = cache[piece]
        else:
            self.new += 1
            if self.new > _MOST_NEW:
                raise _Odd
            entry = cache[piece] = _entry(piece, self.functions)
        return (closing, entry) if entry is not None else self.take_longer(opening)

    def take_longer(self, opening: int) -> tuple[int, _Entry]:
        """Return an action that holds delimiters itself, in a string or comment."""
        self.longer += 1
        closing = action_end(self.text, opening) if self.longer <= _MOST_LONGER else -1
        piece = self.text[opening:closing]
        if closing < 0 or len(piece) > _LONGEST_ACTION:
            raise _Odd
        known = piece in self.cache
        entry = self.cache[piece] if known else _entry(piece, self.functions)
        self.cache[piece] = entry
        if entry is None:
            raise _Odd
        return closing, entry


def _assemble(name: str, text: str, functions: Collection[str]) -> dict[str, Template]:
    """Parse a text action by action."""
    made, reader = _Assembler(name, text), _Reader(text, functions)
    at, size = 0, len(text)
    chains = 0
    while (opening := text.find("{{", at)) >= 0:
        closing, entry = reader.take(opening)
        before = text[at:opening]
        if before:
            if text[opening + 2] == "-" and text[opening + 3] in _SPACES:
                before = before.rstrip(_SPACES)
            if before:
                made.nodes.append(Text(at, before))
        made.action(entry, opening)
        chains += entry.word.startswith("else ")
        at = closing
        if entry.trims:
            while at < size and text[at] in _SPACES:
                at += 1
    if made.levels or chains > _DEPTH:
        raise _Odd
    if at < size:
        made.nodes.append(Text(at, text[at:]))
    made.add(name, made.nodes, 0)
    return made.templates


class _Names:
    """A table of functions as part of a key: the same object is the same table."""

    __slots__ = ("names",)

    def __init__(self, names: Collection[str]) -> None:
        self.names = names

    def __hash__(self) -> int:
        return id(self.names)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Names) and self.names is other.names


def _read(name: str, text: str, functions: Collection[str]) -> dict[str, Template]:
    try:
        return _assemble(name, text, functions)
    except _Odd:
        return Parser(name, text, functions).parse()


@lru_cache(maxsize=512)
def _known(name: str, text: str, names: _Names) -> dict[str, Template]:
    return _read(name, text, names.names)


def parse(name: str, text: str, functions: Collection[str]) -> dict[str, Template]:
    """Return the templates of a text: its own under `name`, and each define and block.

    Raises `TemplateError` for every text that text/template refuses when it parses. What it
    returns is shared between calls: it must not be changed.
    """
    if len(text) > _LONGEST_TEXT:
        return _read(name, text, functions)
    return _known(name, text, _Names(functions))
