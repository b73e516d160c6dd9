"""Which values are sensitive or ephemeral: marks that follow values through expressions.

A mark is `True` (the value itself is marked), `False`, or a dict of the marks of parts (`ANY_PART`
for all others). Where the real tool loses a mark (with some functions and operators, when their
operands are not known yet), it is lost here, too.

Source: https://developer.hashicorp.com/terraform/language/manage-sensitive-data and what
`terraform validate` 1.11.4 says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from iac_gym.formats.hcl.nodes import (
    Binary,
    Call,
    Conditional,
    For,
    GetAttr,
    Index,
    Item,
    Literal,
    Node,
    Object,
    Parens,
    Splat,
    Template,
    TemplateFor,
    TemplateIf,
    Traversal,
    Tuple,
    Unary,
)
from iac_gym.languages.terraform.access import EvalError
from iac_gym.languages.terraform.evaluate import evaluate
from iac_gym.languages.terraform.expression_references import references
from iac_gym.languages.terraform.model import Module, Variable
from iac_gym.languages.terraform.scope import ValidateScope
from iac_gym.languages.terraform.types import ConversionError, convert, wholly_known
from iac_gym.languages.terraform.values import ANYTHING, BOOL, Unknown, Value
from iac_gym.languages.terraform.variables import is_true

Mark: TypeAlias = "bool | dict[Any, Mark]"
Names: TypeAlias = "Mapping[str, Mark]"

SENSITIVE, EPHEMERAL = "sensitive", "ephemeral"
ANY_PART = ("any part",)
_ITEM = "*"
_NO_NAMES: Names = {}
#: Functions that keep the marks of parts apart from those of the whole.
_PARTWISE = frozenset("concat element flatten merge reverse slice values zipmap chunklist".split())
#: Functions whose result says nothing of the parts of a collection.
_OF_THE_WHOLE = frozenset(("length", "keys"))
#: Functions and operators that lose marks where an operand is unknown.
_LOSING = _PARTWISE | {"abs"}
_LOSING_OPERATORS = frozenset(("&&", "||"))
_KEPT = frozenset(("tolist", "tomap", "lookup"))
#: Functions that take a mark away, or do not pass it on.
_CLEAN = {SENSITIVE: ("nonsensitive", "issensitive"), EPHEMERAL: ("ephemeralasnull", "issensitive")}


def contains(mark: Mark) -> bool:
    """Whether a value or any part of it is marked."""
    if isinstance(mark, dict):
        return any(contains(part) for part in mark.values())
    return mark


def _any_part(marks: Iterable[Mark]) -> Mark:
    """Return the mark of a collection whose parts are not told apart."""
    return {ANY_PART: True} if any(contains(mark) for mark in marks) else False


def _part(mark: Mark, step: object) -> Mark:
    if isinstance(mark, dict):
        return mark.get(step, mark.get(ANY_PART, False))
    return mark


class Marks:
    """Finds the marks of one kind in one module."""

    def __init__(self, kind: str, module: Module, scope: ValidateScope) -> None:
        self._kind = kind
        self._module = module
        self._scope = scope
        self._locals: dict[str, Mark] = {}

    def mark(self, node: Node, names: Names = _NO_NAMES) -> Mark:
        """Return the mark of an expression's value."""
        if node.__class__ is Literal:
            return False
        return _MARK[node.__class__](self, node, names)

    def _known(self, node: Node) -> Value:
        """Return a value as far as it is known outside of loops."""
        try:
            return evaluate(node, self._scope)
        except EvalError:
            return ANYTHING

    # -- sources ---------------------------------------------------------------------------------

    def traversal(self, node: Traversal, names: Names) -> Mark:
        """The mark of a reference."""
        root, steps = node.root, node.steps
        if root in names:
            mark, rest = names[root], steps
        else:
            mark, rest = self._source(root, str(steps[0]) if steps else ""), steps[1:]
        for step in rest:
            mark = _part(mark, step)
        return mark

    def _source(self, root: str, name: str) -> Mark:
        if root == "var":
            variable = self._module.variables.get(name)
            return variable is not None and self.declared(variable)
        if root == "local":
            return self._local(name)
        if self._kind == EPHEMERAL:
            return root == "ephemeral" or (root == "terraform" and name == "applying")
        return False

    def declared(self, variable: Variable) -> bool:
        """Whether a variable is declared so."""
        if self._kind == SENSITIVE:
            return variable.sensitive
        return is_true(variable.body.attributes.get("ephemeral"))

    def _local(self, name: str) -> Mark:
        if name not in self._locals:
            self._locals[name] = False  # what a cycle sees
            found = self._module.locals.get(name)
            try:
                self._locals[name] = False if found is None else self.mark(found.value)
            except RecursionError:  # a chain of locals that is hostile
                self._locals[name] = False
        return self._locals[name]

    # -- expressions -----------------------------------------------------------------------------

    def template(self, node: Template, names: Names) -> Mark:
        """A text has the marks of its parts."""
        marks = [self.mark(part, names) for part in node.parts]
        return marks[0] if len(marks) == 1 else any(contains(mark) for mark in marks)

    def template_if(self, node: TemplateIf, names: Names) -> Mark:
        """A directive has the marks of all its parts."""
        parts = [node.condition, node.yes] + ([node.no] if node.no is not None else [])
        return any(contains(self.mark(part, names)) for part in parts)

    def template_for(self, node: TemplateFor, names: Names) -> Mark:
        """A loop has the marks of what it goes through and of its body."""
        source = self.mark(node.source, names)
        inner = {**names, node.value_name: contains(source)}
        return source is True or contains(self.mark(node.body, inner))

    def tuple(self, node: Tuple, names: Names) -> Mark:
        """A tuple keeps the marks of its items apart."""
        marks: dict[Any, Mark] = {}
        for place, item in enumerate(node.items):
            if mark := self.mark(item, names):
                marks[place] = mark
        return marks or False

    def object(self, node: Object, names: Names) -> Mark:
        """An object keeps the marks of its attributes apart; a marked key marks all of it."""
        marks: dict[Any, Mark] = {}
        for key, value in node.items:
            if key.__class__ is not Literal and contains(self.mark(key, names)):
                return True
            mark = self.mark(value, names)
            if mark:
                marks[key.value if isinstance(key, Literal) else ANY_PART] = mark
        return marks or False

    def get_attr(self, node: GetAttr, names: Names) -> Mark:
        """An attribute has the mark of its place."""
        return _part(self.mark(node.source, names), node.name)

    def index(self, node: Index, names: Names) -> Mark:
        """An element has the mark of its place, and that of the key."""
        source = self.mark(node.source, names)
        if contains(self.mark(node.key, names)):
            return True
        key = self._known(node.key)
        if isinstance(key, (str, int)):
            return _part(source, key)
        return contains(source)

    def item(self, node: Item, names: Names) -> Mark:
        """The item of a splat."""
        return names.get(_ITEM, False)

    def splat(self, node: Splat, names: Names) -> Mark:
        """A splat has the marks of each item's part."""
        source = self.mark(node.source, names)
        if source is True:
            return True
        return _any_part([self.mark(node.each, {**names, _ITEM: contains(source)})])

    def unary(self, node: Unary, names: Names) -> Mark:
        """A mark is lost where the operand is unknown."""
        if isinstance(self._known(node.operand), Unknown):
            return False
        return contains(self.mark(node.operand, names))

    def binary(self, node: Binary, names: Names) -> Mark:
        """An operator passes the marks of both operands on."""
        operands = (node.left, node.right)
        if node.operator in _LOSING_OPERATORS and self._unknown(operands):
            return False
        return any(contains(self.mark(operand, names)) for operand in operands)

    def _unknown(self, nodes: Iterable[Node]) -> bool:
        return any(isinstance(self._known(node), Unknown) for node in nodes)

    def conditional(self, node: Conditional, names: Names) -> Mark:
        """The result has the marks of the condition and of both results."""
        yes, no = self.mark(node.yes, names), self.mark(node.no, names)
        condition = self._known(node.condition)
        if True in (yes, no) or contains(self.mark(node.condition, names)):
            return True
        try:
            taken = convert(condition, BOOL)
        except ConversionError:
            return False
        if isinstance(taken, Unknown):
            return False
        return yes if taken else no

    def for_(self, node: For, names: Names) -> Mark:
        """A loop has the mark of what it goes through, of its keys and of its condition."""
        source = self.mark(node.source, names)
        if source is True:
            return True
        if not contains(source) and isinstance(self._known(node.source), Unknown):
            return False
        inner = {**names, node.value_name: contains(source)}
        for part in (node.key, node.condition):
            if part is not None and contains(self.mark(part, inner)):
                return True
        return _any_part([self.mark(node.value, inner)])

    def parens(self, node: Parens, names: Names) -> Mark:
        """Parentheses change nothing."""
        return self.mark(node.inner, names)

    def call(self, node: Call, names: Names) -> Mark:
        """A function passes the marks of its arguments on, but for some."""
        name = node.name.removeprefix("core::")
        if name in _CLEAN[self._kind] or name == "can":
            return False
        if name == "sensitive" and self._kind == SENSITIVE:
            return True
        if name == "try":
            return self._try(node, names)
        if name in _LOSING and self._unknown(node.args):
            return False
        marks = [self.mark(argument, names) for argument in node.args]
        return self._result(name, node, marks)

    def _result(self, name: str, node: Call, marks: list[Mark]) -> Mark:
        whole = any(mark is True for mark in marks)
        if whole or name in _OF_THE_WHOLE:
            return whole
        if name == "lookup" and len(node.args) > 1:
            key = self._known(node.args[1])
            return _part(marks[0], key) if isinstance(key, str) else any(map(contains, marks))
        if name == "merge":
            return {
                key: mark for one in marks if isinstance(one, dict) for key, mark in one.items()
            }
        if name in _PARTWISE:
            return _any_part(marks)
        return marks[0] if name in _KEPT and marks else any(map(contains, marks))

    def _try(self, node: Call, names: Names) -> Mark:
        """The first argument that works; nothing is known while one depends on unknown values."""
        for argument in node.args:
            if any(not wholly_known(self._known(ref)) for ref in references(argument)):
                return False
            try:
                evaluate(argument, self._scope)
            except EvalError:
                continue
            return self.mark(argument, names)
        return False


_MARK: dict[type[Node], Callable[[Marks, Any, Names], Mark]] = {
    Traversal: Marks.traversal,
    Template: Marks.template,
    TemplateIf: Marks.template_if,
    TemplateFor: Marks.template_for,
    Tuple: Marks.tuple,
    Object: Marks.object,
    GetAttr: Marks.get_attr,
    Index: Marks.index,
    Item: Marks.item,
    Splat: Marks.splat,
    Unary: Marks.unary,
    Binary: Marks.binary,
    Conditional: Marks.conditional,
    For: Marks.for_,
    Parens: Marks.parens,
    Call: Marks.call,
}
