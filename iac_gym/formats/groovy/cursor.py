"""Where the parser stands among the tokens, and the questions all its parts ask."""

from __future__ import annotations

from iac_gym.formats.groovy.errors import MOST_DEPTH, GroovyError
from iac_gym.formats.groovy.lexer import Tokens
from iac_gym.formats.groovy.lexicon import BUILT_IN_TYPES, KEYWORDS, MODIFIERS
from iac_gym.formats.groovy.nodes import TypeName

_SHOWN = {"newline": "the end of the line", "end": "the end of the text", "gs(": "a string"}
_BETWEEN_TYPES = frozenset((",", ".", "extends", "super", "&"))
_GENERIC_ENDS = {">": 1, ">>": 2, ">>>": 3}


class Cursor:
    """A place among tokens: `i` is the index of the next one."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.kinds = tokens.kinds
        self.values = tokens.values
        self.starts = tokens.starts
        self.ends = tokens.ends
        self.i = 0
        self.depth = 0

    def enter(self) -> None:
        """Go one level deeper; raises GroovyError where that is too deep."""
        self.depth += 1
        if self.depth > MOST_DEPTH * 2:
            raise self.error(f"nested deeper than {MOST_DEPTH} levels")

    def newlines(self) -> None:
        """Skip a newline."""
        if self.kinds[self.i] == "newline":
            self.i += 1

    def behind_newline(self) -> str:
        """Return the kind of the next token that is no newline."""
        kind = self.kinds[self.i]
        return self.kinds[self.i + 1] if kind == "newline" else kind

    def error(self, message: str = "", hint: str = "", at: int = -1) -> GroovyError:
        """Make an error at the next token."""
        i = self.i
        if not message:
            kind = self.kinds[i]
            shown = _SHOWN.get(kind)
            if shown is None:
                shown = f"`{self.tokens.text[self.starts[i] : self.ends[i]][:40]}`"
            message = f"{shown} is not expected here"
        return GroovyError(self.starts[i] if at < 0 else at, message, hint)

    def expect(self, kind: str, where: str = "") -> int:
        """Take a token of a kind and return its index."""
        i = self.i
        if self.kinds[i] != kind:
            shown = self.error().message
            raise self.error(f"{shown}: `{kind}` is missing{where}")
        self.i = i + 1
        return i

    def name(self) -> str:
        """Take an identifier."""
        i = self.i
        if self.kinds[i] != "id":
            shown = self.error().message
            hint = "this word is a keyword" if self.kinds[i] in KEYWORDS else ""
            raise self.error(f"{shown}: a name is missing", hint)
        self.i = i + 1
        return self.values[i]

    # Types

    def type_name(self, *, brackets: bool = True) -> TypeName:
        """Take a type: a class or interface with its type arguments, or a built-in type."""
        start = self.i
        if self.kinds[start] in BUILT_IN_TYPES:
            self.i += 1
            name = self.kinds[start]
        else:
            name = self._class_name()
        if brackets:
            while self.kinds[self.i] == "[" and self.kinds[self.i + 1] == "]":
                self.i += 2
                name += "[]"
        return TypeName(self.starts[start], self.ends[self.i - 1], name)

    def _class_name(self) -> str:
        name = self.name()
        self._type_arguments(diamond=True)
        while self.kinds[self.i] == "." and self.kinds[self.i + 1] == "id":
            self.i += 1
            name += "." + self.name()
            self._type_arguments(diamond=False)
        return name

    def _type_arguments(self, *, diamond: bool) -> None:
        if self.kinds[self.i] != "<":
            return
        if diamond and self.kinds[self.i + 1] == ">":
            self.i += 2
            self.newlines()
            return
        end = self.type_arguments_end(self.i)
        if end < 0:
            raise self.error("these type arguments cannot be read")
        self.i = end

    def type_arguments_end(self, i: int) -> int:
        """Return the index behind `<...>` that begins at `i`, -1 where it is none."""
        level = 0
        word = False
        while True:
            kind = self.kinds[i]
            if kind in _GENERIC_ENDS:
                level -= _GENERIC_ENDS[kind]
                if level < 0 or not word:
                    return -1
                if level == 0:
                    return i + 1
            elif kind == "<":
                level += 1
                word = False
            elif kind not in ("newline", "[", "]"):
                if word == (kind not in _BETWEEN_TYPES) or not self._of_type(kind):
                    return -1
                word = not word
            i += 1

    def _of_type(self, kind: str) -> bool:
        return kind in ("id", "?") or kind in BUILT_IN_TYPES or kind in _BETWEEN_TYPES

    # What begins here

    def _annotation_end(self, i: int) -> int:
        kinds = self.kinds
        if kinds[i + 1] != "id":
            return -1
        i += 2
        while kinds[i] == "." and kinds[i + 1] in ("id", "newline"):
            i += 2
        if kinds[i] == "newline":
            i += 1
        return self.tokens.closing.get(i, -2) + 1 if kinds[i] == "(" else i

    def _modifier_end(self, i: int) -> int:
        """Return the index behind a modifier, `def` or annotation at `i`; `i` where none is."""
        kind = self.kinds[i]
        if kind == "@":
            end = self._annotation_end(i)
            if end < 0:
                return i
        elif kind == "def" or kind in MODIFIERS:
            end = i + 1
        else:
            return i
        return end + 1 if self.kinds[end] == "newline" else end

    def modifiers_end(self, i: int) -> int:
        """Return the index behind all modifiers, `def` and annotations at `i`."""
        while True:
            end = self._modifier_end(i)
            if end == i:
                return i
            i = end

    def _type_end(self, i: int) -> int:
        """Return the index behind a type that begins a declaration, `i` where none does."""
        kinds = self.kinds
        start = i
        if kinds[i] == "id":
            while kinds[i + 1] == "." and kinds[i + 2] == "id":
                i += 2
            if not self.values[i][:1].isupper():
                return start
        elif kinds[i] not in BUILT_IN_TYPES:
            return start
        i += 1
        if kinds[i] == "<":
            i = self.type_arguments_end(i)
            if i < 0:
                return start
        while kinds[i] == "[":
            end = self.tokens.closing.get(i, -1)
            if end < 0:
                return start
            i = end + 1
        return i

    def at_declaration(self) -> bool:
        """Whether a declaration of a variable or method begins here."""
        kinds = self.kinds
        start = i = self.i
        kind = kinds[i]
        if kind == "id":
            following = kinds[i + 1]
            if following == "." or self.values[i][:1].isupper():
                if following not in ("id", "string", ".", "<", "[") and (
                    following not in MODIFIERS and following not in ("def", "@")
                    and following not in BUILT_IN_TYPES
                ):  # fmt: skip
                    return False
            else:
                return False
        elif kind not in {"@", "def"} and kind not in MODIFIERS and kind not in BUILT_IN_TYPES:
            return False
        while True:
            end = self._modifier_end(i)
            if end == i:
                end = self._type_end(i)
                if end == i or not self._continues(kinds[end]):
                    return i > start and self._is_declared(i)
            i = end

    def _is_declared(self, i: int) -> bool:
        """Whether the token behind the types is the name that is declared.

        A word in front of another word is taken for a type, and a type has a capital: `String a b`
        is a call.
        """
        kinds = self.kinds
        if kinds[i] == "id" and not self.values[i][:1].isupper():
            following = kinds[i + 1]
            return not (self._continues(following) or following in (".", "<", "["))
        return kinds[i] in ("id", "string")

    def _continues(self, kind: str) -> bool:
        """Whether a declaration goes on with a token of this kind behind a type."""
        return kind in ("id", "string", "def", "@") or kind in MODIFIERS or kind in BUILT_IN_TYPES

    def at_type_definition(self) -> bool:
        """Whether a class, interface, enum, trait or annotation type begins here."""
        i = self.modifiers_end(self.i)
        kind = self.kinds[i]
        return kind in ("class", "interface", "enum", "trait") or (
            kind == "@" and self.kinds[i + 1] == "interface"
        )
