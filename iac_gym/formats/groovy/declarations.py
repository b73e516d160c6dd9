"""Declarations of variables and methods, annotations, imports."""

from __future__ import annotations

from abc import abstractmethod

from iac_gym.formats.groovy.expressions import Expressions
from iac_gym.formats.groovy.lexicon import KEYWORDS, MODIFIERS
from iac_gym.formats.groovy.nodes import (
    Annotation,
    Constant,
    Declaration,
    Expression,
    Import,
    MapEntry,
    Method,
    Parameter,
    Statement,
    Variable,
)

_ACCESS = frozenset(("private", "public", "protected"))


class Declarations(Expressions):
    """Reads declarations."""

    @abstractmethod
    def compound(self) -> list[Statement]:
        """Read `{ statements }`, on this line or the next."""

    def annotation(self) -> Annotation:
        """Read `@Name(arguments)`."""
        start = self.starts[self.i]
        self.i += 1
        name = self.name()
        while self.kinds[self.i] == ".":
            self.i += 1
            self.newlines()
            name += "." + self.name()
        end = self.ends[self.i - 1]
        if self.behind_newline() != "(":
            return Annotation(start, end, name, [])
        self.newlines()
        self.i += 1
        args: list[MapEntry] = []
        if self.kinds[self.i] != ")":
            args = self._annotation_arguments()
        end = self.ends[self.expect(")", " behind the arguments of the annotation")]
        return Annotation(start, end, name, args)

    def _annotation_arguments(self) -> list[MapEntry]:
        if self.kinds[self.i + 1] != "=":
            value = self._annotation_value()
            key = Constant(value.at, value.at, "value")
            return [MapEntry(value.at, value.end, key, value)]
        args: list[MapEntry] = []
        while True:
            i = self.i
            if self.kinds[i] != "id" and self.kinds[i] not in KEYWORDS:
                raise self.error()
            self.i += 1
            self.expect("=")
            self.newlines()
            key = Constant(self.starts[i], self.ends[i], self.values[i])
            if any(isinstance(one.key, Constant) and one.key.value == key.value for one in args):
                raise self.error(f"`{key.value}` is given twice", at=self.starts[i])
            value = self._annotation_value()
            args.append(MapEntry(key.at, value.end, key, value))
            if self.kinds[self.i] != ",":
                return args
            self.i += 1
            self.newlines()

    def _annotation_value(self) -> Expression:
        return self.annotation() if self.kinds[self.i] == "@" else self.condition()

    def modifiers(self) -> list[str | Annotation]:
        """Read modifiers, `def` and annotations."""
        found: list[str | Annotation] = []
        while True:
            i = self.i
            kind = self.kinds[i]
            if kind == "@" and self.kinds[i + 1] != "interface":
                found.append(self.annotation())
            elif kind == "def" or kind in MODIFIERS:
                if kind in found:
                    raise self.error(f"`{kind}` is given twice")
                if kind in _ACCESS and _ACCESS & {one for one in found if isinstance(one, str)}:
                    raise self.error(f"`{kind}` contradicts the access that is given already")
                found.append(kind)
                self.i += 1
            else:
                return found
            self.newlines()

    def declaration(self) -> Statement:
        """Read the declaration of variables or of a method."""
        start = self.starts[self.i]
        modifiers = self.modifiers()
        kinds = self.kinds
        if kinds[self.i] == "<":
            end = self.type_arguments_end(self.i)
            if end < 0:
                raise self.error()
            self.i = end
            self.newlines()
        type_name = None
        if kinds[self.i] != "string" and (not modifiers or self._type_stands()):
            type_name = self.type_name()
        if kinds[self.i + 1] == "(" and kinds[self.i] in ("id", "string"):
            made = self.method(start, modifiers)
            if isinstance(made, Method):
                made.type = type_name
            return made
        variables = [self._variable()]
        while kinds[self.i] == ",":
            self.i += 1
            self.newlines()
            variables.append(self._variable())
        return Declaration(start, self.ends[self.i - 1], modifiers, type_name, variables)

    def _type_stands(self) -> bool:
        """Whether a type stands in front of the name that is declared."""
        if self.kinds[self.i] != "id":
            return True
        return self.kinds[self.i + 1] in ("id", "string", "<", ".", "[")

    def _variable(self) -> Variable:
        start = self.starts[self.i]
        name = self.name()
        value = None
        if self.kinds[self.i] == "=":
            self.i += 1
            self.newlines()
            value = self.statement_expression()
        return Variable(start, self.ends[self.i - 1], name, value)

    def _multiple(self, end: int) -> Statement:
        """Read `def (a, b) = value`."""
        start = self.starts[self.i]
        modifiers = self.modifiers()
        self.i += 1
        variables: list[Variable] = []
        while True:
            if self._type_stands():
                self.type_name()
            i = self.i
            name = self.name()
            variables.append(Variable(self.starts[i], self.ends[i], name, None))
            if self.kinds[self.i] != ",":
                break
            self.i += 1
        self.expect(")")
        self.expect("=", " behind the variables")
        self.newlines()
        value = self.single_assignment()
        return Declaration(start, value.end, modifiers, None, variables, value)

    def parameters(self) -> list[Parameter]:
        """Read the parameters of a method or closure."""
        found: list[Parameter] = []
        kinds = self.kinds
        if kinds[self.i] in (")", "->") or self.behind_newline() == "->":
            return found
        first_is_rest = False
        while True:
            start = self.starts[self.i]
            self.i = self.modifiers_end(self.i)
            type_name = None
            if kinds[self.i] != "..." and (kinds[self.i] != "id" or self._type_stands()
                                           or kinds[self.i + 1] == "..."):  # fmt: skip
                type_name = self.type_name()
            if kinds[self.i] == "...":
                self.i += 1
                first_is_rest = first_is_rest or not found
            i = self.i
            name = self.name()
            default = None
            if kinds[self.i] == "=":
                self.i += 1
                self.newlines()
                default = self.statement_expression()
            found.append(Parameter(start, self.ends[self.i - 1], name, default, type_name))
            if kinds[self.i] != ",":
                break
            self.i += 1
            self.newlines()
        if first_is_rest and len(found) > 1:
            raise self.error("`...` must stand at the last parameter", at=self.starts[i])
        return found

    def method(self, start: int, modifiers: list[str | Annotation], kind: str = "") -> Statement:
        """Read a method from its name on; those of a `kind` other than "" may lack a body."""
        i = self.i
        self.i += 2
        params = self.parameters()
        self.expect(")", " behind the parameters")
        self.throws()
        body = None
        if self.behind_newline() == "{":
            body = self.compound()
        abstract = "abstract" in modifiers or kind == "interface"
        if body is None and not abstract:
            raise self.error("this method has no body", at=self.starts[i])
        if body is not None and abstract:
            raise self.error("an abstract method has no body", at=self.starts[i])
        name = self.values[i]
        return Method(start, self.ends[self.i - 1], modifiers, name, params, body)

    def throws(self) -> None:
        """Read `throws A, B`."""
        if self.behind_newline() != "throws":
            return
        self.newlines()
        self.i += 1
        self.newlines()
        self._dotted()
        while self.kinds[self.i] == ",":
            self.i += 1
            self.newlines()
            self._dotted()

    def _dotted(self) -> str:
        name = self.name()
        while self.kinds[self.i] == ".":
            if self.kinds[self.i + 1] == "*":
                break
            self.i += 1
            self.newlines()
            name += "." + self.name()
        return name

    def _package(self) -> Statement:
        start = self.starts[self.i]
        annotations = self.modifiers()
        self.i += 1
        name = self._dotted()
        return Import(start, self.ends[self.i - 1], "package", name, annotations)

    def _import(self) -> Statement:
        start = self.starts[self.i]
        annotations = self.modifiers()
        if any(isinstance(one, str) for one in annotations):
            raise self.error()
        self.i += 1
        if self.kinds[self.i] == "static":
            self.i += 1
        name = self._dotted()
        if self.kinds[self.i] == "." and self.kinds[self.i + 1] == "*":
            self.i += 2
            name += ".*"
        elif self.kinds[self.i] == "as":
            self.i += 1
            self.newlines()
            name += " as " + self.name()
        return Import(start, self.ends[self.i - 1], "import", name, annotations)

    @abstractmethod
    def type_definition(self) -> Statement:
        """Read a class, interface, enum, trait or annotation type with its modifiers."""
