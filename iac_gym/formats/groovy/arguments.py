"""Arguments of calls, and the items of lists and maps."""

from __future__ import annotations

from abc import abstractmethod

from iac_gym.formats.groovy.cursor import Cursor
from iac_gym.formats.groovy.lexicon import KEYWORDS
from iac_gym.formats.groovy.nodes import (
    Annotation,
    Constant,
    Expression,
    MapEntry,
    MapLiteral,
    Parameter,
    Spread,
    Statement,
)

_KEY_BRACKETS = frozenset(("(", "[", "{", "gs("))


class Arguments(Cursor):
    """Reads arguments. What they hold is read by the methods that are abstract here."""

    @abstractmethod
    def expression(self, statement: bool = False) -> Expression:
        """Read an expression; one that begins a statement may have a block on the next line."""

    @abstractmethod
    def block_body(self) -> list[Statement]:
        """Read statements up to the closing brace, and the brace."""

    @abstractmethod
    def parameters(self) -> list[Parameter]:
        """Read the parameters of a method or closure."""

    @abstractmethod
    def class_body(self, name: str, kind: str) -> list[Statement]:
        """Read the members of a class, from its opening brace on."""

    @abstractmethod
    def argument_declaration(self) -> Expression:
        """Read `Type name = value` where an argument stands."""

    @abstractmethod
    def annotation(self) -> Annotation:
        """Read `@Name(arguments)`."""

    @abstractmethod
    def primary(self) -> Expression:
        """Read an operand alone."""

    def arguments(self, closing: str) -> list[Expression]:
        """Read arguments or items up to the closing bracket."""
        args: list[Expression] = []
        kinds = self.kinds
        if kinds[self.i] == closing:
            return args
        args.append(self.argument())
        trailing = False
        while kinds[self.i] == ",":
            self.i += 1
            if kinds[self.i] == closing or kinds[self.i] == ",":
                if trailing:
                    raise self.error()
                trailing = True
            else:
                args.append(self.argument())
        return args

    def at_label(self) -> bool:
        """Whether the key of a named argument begins here."""
        i = self.i
        kinds = self.kinds
        if kinds[i + 1] == ":":
            kind = kinds[i]
            return kind in ("id", "string", "number") or kind in KEYWORDS
        if kinds[i] in _KEY_BRACKETS:
            return kinds[self.tokens.closing.get(i, i) + 1] == ":"
        return False

    def entry(self) -> MapEntry:
        """Read `key: value`."""
        i = self.i
        kind = self.kinds[i]
        key: Expression
        if kind == "id" or kind in KEYWORDS:
            self.i += 1
            key = Constant(self.starts[i], self.ends[i], self.values[i])
        else:
            key = self.primary()
        self.expect(":")
        self.newlines()
        value = self.expression()
        return MapEntry(key.at, value.end, key, value)

    def argument(self) -> Expression:
        """Read one argument, item or entry."""
        kinds = self.kinds
        node: Expression
        kind = kinds[self.i]
        if kind == "*":
            return self._spread()
        if (kinds[self.i + 1] == ":" or kind in _KEY_BRACKETS) and self.at_label():
            node = self.entry()
            self._no_colon()
            return node
        if self.at_declaration():
            node = self.argument_declaration()
        else:
            node = self.annotation() if kind == "@" else self.expression()
        self._no_colon()
        return node

    def _no_colon(self) -> None:
        if self.kinds[self.i] == ":":
            raise self.error("a key that is no name or text must stand in parentheses")

    def _spread(self) -> Expression:
        start = self.starts[self.i]
        self.i += 1
        if self.kinds[self.i] == ":":
            self.i += 1
            value = self.expression()
            return MapEntry(start, value.end, None, value)
        value = self.expression()
        self._no_colon()
        return Spread(start, value.end, value)

    def named(self, args: list[Expression], place: int) -> list[Expression]:
        """Put the named ones of arguments into one map in front of the others."""
        entries = [one for one in args if isinstance(one, MapEntry)]
        if not entries:
            return args
        seen: set[str] = set()
        for entry in entries:
            if isinstance(entry.key, Constant):
                key = str(entry.key.value)
                if key in seen:
                    raise self.error(f"the argument `{key}` is given twice", "", entry.at)
                seen.add(key)
        others = [one for one in args if not isinstance(one, MapEntry)]
        return [MapLiteral(entries[0].at, entries[-1].end, entries, True), *others]
