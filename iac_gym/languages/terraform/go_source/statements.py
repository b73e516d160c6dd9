"""Running Go's statements, as far as the making of constant data needs them."""

from __future__ import annotations

from iac_gym.languages.terraform.go_source.expressions import Expressions
from iac_gym.languages.terraform.go_source.natives import binary_value
from iac_gym.languages.terraform.go_source.packages import File
from iac_gym.languages.terraform.go_source.values import (
    UNKNOWN,
    Node,
    NotUnderstood,
    Returned,
    Scope,
    Struct,
    Value,
    children,
    source_text,
)

MOST_STEPS = 400_000


class Statements(Expressions):
    """Runs statements."""

    def __init__(self) -> None:
        self._steps = 0

    def restart(self) -> None:
        """Allow as many steps again."""
        self._steps = 0

    def _block(self, node: Node, file: File, scope: Scope) -> None:
        for child in children(node):
            if child.type == "statement_list":
                self._block(child, file, scope)
            else:
                self.statement(child, file, scope)

    def statement(self, node: Node, file: File, scope: Scope) -> None:
        """Run one statement."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise NotUnderstood(node.type)
        run = getattr(self, "_run_" + node.type, None)
        if run is None:
            raise NotUnderstood(node.type)
        run(node, file, scope)

    def _run_block(self, node: Node, file: File, scope: Scope) -> None:
        self._block(node, file, Scope(scope))

    def _run_empty_statement(self, node: Node, file: File, scope: Scope) -> None:
        pass

    def _run_return_statement(self, node: Node, file: File, scope: Scope) -> None:
        lists = children(node)
        values = [self.evaluate(n, file, scope) for n in children(lists[0])] if lists else []
        raise Returned(values[0] if len(values) == 1 else tuple(values))

    def _run_expression_statement(self, node: Node, file: File, scope: Scope) -> None:
        self.evaluate(children(node)[0], file, scope)

    def _run_short_var_declaration(self, node: Node, file: File, scope: Scope) -> None:
        names = [source_text(n) for n in children(node.child_by_field_name("left"))]
        values = self._values(node.child_by_field_name("right"), len(names), file, scope)
        scope.names.update(zip(names, values, strict=False))

    def _run_var_declaration(self, node: Node, file: File, scope: Scope) -> None:
        for spec in children(node):
            names = [source_text(n) for n in spec.children_by_field_name("name")]
            value, type = spec.child_by_field_name("value"), spec.child_by_field_name("type")
            values = (
                self._values(value, len(names), file, scope)
                if value
                else [self._zero(type, file) for _ in names]
            )
            scope.names.update(zip(names, values, strict=False))

    _run_const_declaration = _run_var_declaration

    def _zero(self, type: Node, file: File) -> Value:
        if type.type in ("slice_type", "map_type", "pointer_type"):
            return [] if type.type == "slice_type" else None
        return {"string": "", "int": 0, "bool": False}.get(source_text(type), UNKNOWN)

    def _values(self, node: Node, count: int, file: File, scope: Scope) -> list[Value]:
        nodes = children(node)
        if len(nodes) == count:
            return [self.evaluate(n, file, scope) for n in nodes]
        return self._several(nodes[0], count, file, scope)

    def _several(self, node: Node, count: int, file: File, scope: Scope) -> list[Value]:
        """Evaluate an expression that gives several values: a call, an index with `ok`."""
        if node.type == "index_expression":
            whole = self.evaluate(node.child_by_field_name("operand"), file, scope)
            key = self.evaluate(node.child_by_field_name("index"), file, scope)
            if isinstance(whole, dict) and isinstance(key, (str, int)):
                return [whole.get(key), key in whole]
            return [UNKNOWN] * count
        if node.type == "type_assertion_expression":
            return [self.evaluate(node, file, scope), True]
        value = self.evaluate(node, file, scope)
        if type(value) is tuple and len(value) == count:
            return list(value)
        return [UNKNOWN] * count

    def _run_assignment_statement(self, node: Node, file: File, scope: Scope) -> None:
        targets = children(node.child_by_field_name("left"))
        sign = source_text(node.child_by_field_name("operator"))
        values = self._values(node.child_by_field_name("right"), len(targets), file, scope)
        for target, value in zip(targets, values, strict=False):
            if sign != "=":
                old = self.evaluate(target, file, scope)
                value = binary_value(sign[:-1], old, value)
            self._assign(target, value, file, scope)

    def _assign(self, target: Node, value: Value, file: File, scope: Scope) -> None:
        if target.type == "identifier":
            names = scope.find(source_text(target))
            if names is not None:
                names[source_text(target)] = value
            return
        if target.type == "index_expression":
            whole = self.evaluate(target.child_by_field_name("operand"), file, scope)
            key = self.evaluate(target.child_by_field_name("index"), file, scope)
            if isinstance(whole, dict) and isinstance(key, (str, int)):
                whole[key] = value
                return
            if isinstance(whole, list) and isinstance(key, int) and 0 <= key < len(whole):
                whole[key] = value
                return
        elif target.type == "selector_expression":
            whole = self.evaluate(target.child_by_field_name("operand"), file, scope)
            if isinstance(whole, Struct):
                whole.fields[source_text(target.child_by_field_name("field"))] = value
                return
        raise NotUnderstood(target.type)

    def _run_if_statement(self, node: Node, file: File, scope: Scope) -> None:
        scope = Scope(scope)
        first = node.child_by_field_name("initializer")
        if first:
            self.statement(first, file, scope)
        holds = self.evaluate(node.child_by_field_name("condition"), file, scope)
        if not isinstance(holds, bool):
            if only_panics(node.child_by_field_name("consequence")):
                return
            raise NotUnderstood("if")
        branch = node.child_by_field_name("consequence" if holds else "alternative")
        if branch:
            self.statement(branch, file, scope)

    def _run_for_statement(self, node: Node, file: File, scope: Scope) -> None:
        clause = next((n for n in children(node) if n.type == "range_clause"), None)
        if clause is None:
            raise NotUnderstood("for")
        whole = self.evaluate(clause.child_by_field_name("right"), file, scope)
        left = clause.child_by_field_name("left")
        names = [source_text(n) for n in children(left)] if left else []
        for pair in pairs(whole):
            inner = Scope(scope)
            inner.names.update(zip(names, pair, strict=False))
            self._block(node.child_by_field_name("body"), file, inner)


def only_panics(block: Node) -> bool:
    """Tell whether a block does nothing but stop a program that is wrong."""
    statements = [n for part in children(block) for n in children(part)]
    return bool(statements) and all(source_text(n).startswith("panic(") for n in statements)


def pairs(whole: Value) -> list[tuple[Value, Value]]:
    """Return what `range` goes through."""
    if isinstance(whole, dict):
        return list(whole.items())
    if isinstance(whole, list):
        return list(enumerate(whole))
    if whole is None:
        return []
    raise NotUnderstood("range")
