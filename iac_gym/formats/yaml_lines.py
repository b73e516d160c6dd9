"""A quick reader of the YAML that people write by hand: one line, one key or item.

`read_lines` knows block mappings and sequences, scalars on one line, literal texts (`|`), flow
sequences of scalars, comments and `---`. Of any other text it says None, also of every wrong one:
then the reader of events decides. What it does read, it reads exactly as that one does.

What a line says does not depend on the lines around it, so lines met before are remembered.
"""

from __future__ import annotations

import re
from typing import Any

from iac_gym.formats.yaml_scalars import Dialect, ScalarError
from iac_gym.formats.yaml_tree import Document, Mark, YamlList, YamlMap

#: Largest text that is read here; within it no limit of the other reader can be reached but these.
_MOST_CHARACTERS = 1 << 16
_MOST_DEPTH = 60
_MOST_DOCUMENTS = 500
#: Most lines of a text whose keys are noted.
_MOST_NOTED = 1_000
#: Most lines that are remembered, and the longest of them.
_MOST_KNOWN = 20_000
_LONGEST_KNOWN = 120

#: Anything but printable characters: no tabs, carriage returns, line ends of Unicode, odd spaces.
_UNUSUAL = re.compile(
    r"[^\n\x20-\x7e\xa1-\u1fff\u2010-\u2027\u2030-\ud7ff\ue000-\ufefe\uff00-\ufffd"
    r"\U00010000-\U0010ffff]"
)
_USUAL_ASCII = b"\n" + bytes(range(0x20, 0x7F))
_LINE = re.compile(
    r"( *)((?:- +){0,4})(?:([A-Za-z_][A-Za-z0-9_./-]{0,200}):(?: +(.*))?|(.*))", re.DOTALL
)
_EMPTY = re.compile(r" *(?:#.*)?")
_START = re.compile(r"--- *")
_PLAIN = re.compile(r"(?:[A-Za-z0-9_./$(+~]|-[A-Za-z0-9.]|--[A-Za-z0-9])")
_DOUBLE = re.compile(r'"([^"\\]*)"(?: +#.*| *)')
_SINGLE = re.compile(r"'([^']*)'(?: +#.*| *)")
_LITERAL = re.compile(r"\|(-?) *")
_NO_MAP = re.compile(r"\{ *\}(?: +#.*| *)")
_WORD = r"-{0,2}[A-Za-z0-9_./$(+~][A-Za-z0-9_./$()+=%@~-]*"
_ITEM = rf"""(?:"[^"\\]*"|'[^']*'|{_WORD})"""
_FLOW = re.compile(rf"\[ *(?:{_ITEM}(?: *, *{_ITEM})*)? *\](?: +#.*| *)")
_ITEMS = re.compile(_ITEM)


class _Special:
    """A value that is made anew for each place: a collection, or one on the lines that follow."""

    __slots__ = ("columns", "items", "kind")

    def __init__(
        self, kind: str, items: tuple[Any, ...] = (), columns: tuple[int, ...] = ()
    ) -> None:
        self.kind = kind
        self.items = items
        self.columns = columns


_NESTED = _Special("nested")
_KEPT = _Special("literal")
_STRIPPED = _Special("stripped literal")
_NONE = _Special("no map")

#: Column of the line's first sign (0: it has none), columns of its dashes, key, the key's column,
#: value, the value's column. Columns count from 1.
_Form = tuple[int, tuple[int, ...], str | None, int, Any, int]

_BLANK: _Form = (0, (), None, 0, None, 0)
_NEXT_DOCUMENT: _Form = (0, (), None, 1, None, 0)


class _UnusualText(Exception):
    """The text is none for this reader."""


def read_lines(text: str, dialect: Dialect) -> list[Document] | None:
    """Read the documents of a text; None where this reader is not the one for it."""
    if len(text) > _MOST_CHARACTERS or _is_unusual(text):
        return None
    try:
        return _Reader(text, dialect).documents()
    except _UnusualText:
        return None


def _is_unusual(text: str) -> bool:
    if text.isascii():  # five times as fast
        return bool(text.encode().translate(None, _USUAL_ASCII))
    return _UNUSUAL.search(text) is not None


class _Reader:
    """Builds the trees of one text, line by line."""

    __slots__ = (
        "column", "dialect", "few", "found", "keys", "lines", "number", "open", "top", "waiting",
    )  # fmt: skip

    def __init__(self, text: str, dialect: Dialect) -> None:
        self.lines = text.split("\n")
        self.few = len(self.lines) <= _MOST_NOTED
        self.dialect = dialect
        self.number = 0
        self.found: list[Document] = []
        self.begin()

    def begin(self) -> None:
        """Start a document."""
        self.open: list[tuple[int, Any]] = [(0, None)]  # column and node, the root after this one
        self.column = 0  # of the last that is open
        self.top: Any = None
        self.waiting: tuple[str, Mark] | None = None  # key without a value yet, place of a null
        self.keys: set[Any] = set()

    def documents(self) -> list[Document]:
        """Read all lines."""
        known = self.dialect.lines
        for number, line in enumerate(self.lines, 1):
            if number <= self.number:
                continue  # it belongs to the text of a line before it
            self.number = number
            column, dashes, key, key_column, value, value_column = known.get(line) or self.form(
                line
            )
            if not column:
                if key_column:
                    self.end()
                continue
            top = self.top
            if column != self.column or dashes or self.waiting or top.__class__ is YamlList:
                self.arrange(column, dashes, key_column)
                top = self.top
            mark = (number, value_column)
            if value.__class__ is _Special and value is not _NESTED:
                value = self.special(value, mark)
            if key is None:
                self.add(value, mark)
                continue
            if key in top:
                raise _UnusualText  # given twice
            top.key_marks[key] = (number, key_column)
            self.keys.add(key)
            if value is _NESTED:
                self.waiting = (key, mark)
            else:
                top[key] = value
                top.marks[key] = mark
        self.end()
        return self.found

    def add(self, value: Any, mark: Mark) -> None:
        """Add an item to the sequence."""
        if value is _NESTED:
            raise _UnusualText
        self.top.append(value)
        self.top.marks.append(mark)

    def end(self) -> None:
        """End the document."""
        if self.waiting:
            self.settle(*self.waiting)
        if len(self.open) > 1:
            root = self.open[1][1]
            self.found.append(Document(root, root.mark, self.keys if self.few else None))
            if len(self.found) > _MOST_DOCUMENTS:
                raise _UnusualText
        self.begin()

    def settle(self, key: str, null: Mark) -> None:
        """Give null to the key that waits."""
        self.top[key] = None
        self.top.marks[key] = null
        self.waiting = None

    def arrange(self, column: int, dashes: tuple[int, ...], key_column: int) -> None:
        """Open and close collections, so that the last one is where the line's value belongs."""
        if self.waiting:
            key, null = self.waiting
            if column > self.column or (dashes and column == self.column):
                self.waiting = None
                self.nest(key, column, YamlList if dashes else YamlMap)
                if dashes:
                    self.items(dashes, key_column)
                return
            self.settle(key, null)
        elif self.top is None:
            self.nest(None, column, YamlList if dashes else YamlMap)
        if column != self.column:
            self.close(column)
        if dashes:
            self.items(dashes, key_column)
        elif self.top.__class__ is YamlList:  # the end of a sequence in the column of its key
            self.pop()
            if self.column != column or not isinstance(self.top, YamlMap):
                raise _UnusualText

    def close(self, column: int) -> None:
        """Close what stands further to the right."""
        stack = self.open
        while stack[-1][0] > column:
            stack.pop()
        self.column, self.top = stack[-1]
        if self.column != column or not column:
            raise _UnusualText

    def items(self, dashes: tuple[int, ...], key_column: int) -> None:
        """Open what the dashes of a line open, behind the first."""
        if self.top.__class__ is not YamlList:
            raise _UnusualText
        for column in dashes[1:]:
            self.nest(None, column, YamlList)
        if key_column:
            self.nest(None, key_column, YamlMap)

    def nest(self, key: str | None, column: int, kind: type[YamlMap] | type[YamlList]) -> None:
        """Open a collection in the last one, or the root."""
        mark = (self.number, column)
        node, top = kind(mark), self.top
        if key is not None:
            top[key] = node
            top.marks[key] = mark
        elif top is not None:
            top.append(node)
            top.marks.append(mark)
        if len(self.open) > _MOST_DEPTH:
            raise _UnusualText
        self.open.append((column, node))
        self.column, self.top = column, node

    def pop(self) -> None:
        """Close the last collection."""
        self.open.pop()
        self.column, self.top = self.open[-1]

    def special(self, value: _Special, mark: Mark) -> Any:
        """Make a value that is not shared."""
        if value is _KEPT or value is _STRIPPED:
            return self.literal() + ("\n" if value is _KEPT else "")
        if value is _NONE:
            return YamlMap(mark)
        items = YamlList(mark)
        items += value.items
        items.marks = [(mark[0], column) for column in value.columns]
        return items

    def literal(self) -> str:
        """Read the lines of a `|` text, without the last line's end."""
        lines, number, total = self.lines, self.number, len(self.lines)
        first = lines[number] if number < total else ""
        indent = len(first) - len(first.lstrip(" "))
        if indent == len(first) or indent < self.column:
            raise _UnusualText
        while number < total and not lines[number][:indent].strip(" "):
            number += 1
        if number == total and lines[-1]:
            raise _UnusualText  # the text ends without a line end
        body = [line[indent:] for line in lines[self.number : number]]
        while not body[-1]:
            body.pop()
        self.number = number
        return "\n".join(body)

    def form(self, line: str) -> _Form:
        """Read what one line says."""
        if _EMPTY.fullmatch(line):
            found = _BLANK
        elif _START.fullmatch(line):
            found = _NEXT_DOCUMENT
        else:
            found = _read(line, self.dialect)
        known = self.dialect.lines
        if len(line) <= _LONGEST_KNOWN:
            if len(known) > _MOST_KNOWN:
                known.clear()
            known[line] = found
        return found


def _read(line: str, dialect: Dialect) -> _Form:
    parts = _LINE.fullmatch(line)
    if parts is None:
        raise _UnusualText
    spaces, marks, key, given, item = parts.groups()
    column = len(spaces) + 1
    dashes = tuple(found.start() + column for found in re.finditer("-", marks))
    if key is None:
        value = _value(item, parts.start(5) + 1, dialect)
        if not dashes or value is _NESTED:
            raise _UnusualText
        return column, dashes, None, 0, value, parts.start(5) + 1
    if key in dialect.words:
        raise _UnusualText
    value = _value(given, parts.start(4) + 1, dialect) if given else _NESTED
    place = parts.end(3) + 2 if value is _NESTED else parts.start(4) + 1
    return column, dashes, key, parts.start(3) + 1, value, place


def _value(text: str, column: int, dialect: Dialect) -> Any:
    """Return the value that a text on one line stands for."""
    if _PLAIN.match(text):
        plain = text.partition(" #")[0].rstrip(" ")
        if ": " in plain or plain.endswith(":"):
            raise _UnusualText
        try:
            return dialect.plain(plain)
        except ScalarError:
            raise _UnusualText from None
    first = text[:1]
    if first == "#":
        return _NESTED
    if first == "[":
        return _flow(text, column, dialect)
    if first == "|" and (found := _LITERAL.fullmatch(text)):
        return _STRIPPED if found[1] else _KEPT
    if first == "{" and _NO_MAP.fullmatch(text):
        return _NONE
    quoted = _DOUBLE.fullmatch(text) or _SINGLE.fullmatch(text)
    if quoted is None:
        raise _UnusualText
    return quoted[1]


def _flow(text: str, column: int, dialect: Dialect) -> _Special:
    """Read a flow sequence of scalars."""
    whole = _FLOW.fullmatch(text)
    if whole is None:
        raise _UnusualText
    items: list[Any] = []
    columns: list[int] = []
    for found in _ITEMS.finditer(text, 1, _end_of_flow(text)):
        word = found[0]
        try:
            items.append(word[1:-1] if word[0] in "\"'" else dialect.plain(word))
        except ScalarError:
            raise _UnusualText from None
        columns.append(found.start() + column)
    return _Special("list", tuple(items), tuple(columns))


def _end_of_flow(text: str) -> int:
    """Return where the bracket closes; a comment behind it may hold brackets, too."""
    place = 1
    while text[place] != "]":
        found = _ITEMS.match(text, place)
        place = found.end() if found else place + 1
    return place
