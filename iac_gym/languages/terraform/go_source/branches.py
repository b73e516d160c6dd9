"""Reading the shape of a validator's statements: errors, returns, assignments, counters."""

from __future__ import annotations

import re

from iac_gym.languages.terraform.go_source.conditions import Condition, Count
from iac_gym.languages.terraform.go_source.values import Node, Scope, Value, children, source_text

ERROR_NAMES = frozenset({"errors", "errs", "es", "allErrors", "diags", "errorList"})


LEAVES = frozenset({"break_statement", "continue_statement", "goto_statement"})


def targets(statement: Node) -> list[Node]:
    """Return what a statement assigns to."""
    if statement.type in ("assignment_statement", "short_var_declaration", "range_clause"):
        left = statement.child_by_field_name("left")
        return children(left) if left else []
    return children(statement)[:1] if statement.type in ("inc_statement", "dec_statement") else []


def counted(block: Node, holds: Condition, scope: Scope) -> bool:
    """Count a condition where a block does nothing but add one to a variable."""
    statements = [n for part in children(block) for n in children(part)]
    if len(statements) != 1 or statements[0].type != "inc_statement":
        return False
    name = source_text(children(statements[0])[0])
    names = scope.find(name) or {}
    old = names.get(name)
    if isinstance(old, int):
        old = Count(old, ())
    if not isinstance(old, Count):
        return False
    names[name] = Count(old.base, (*old.conditions, holds))
    return True


def chain(scope: Scope) -> list[dict[str, Value]]:
    """Return the variables of a scope and of those around it, the inmost first."""
    found: list[dict[str, Value]] = []
    one: Scope | None = scope
    while one is not None:
        found.append(one.names)
        one = one.parent
    return found


def snapshot(scope: Scope) -> list[dict[str, Value]]:
    """Copy the variables of a scope and of those around it."""
    return [dict(names) for names in chain(scope)]


def returns(block: Node) -> bool:
    """Tell whether a block has a return statement of its own."""
    lists = [n for n in children(block) if n.type == "statement_list"]
    return any(n.type == "return_statement" for n in children(lists[0])) if lists else False


def walk(node: Node) -> list[Node]:
    """Return a node and all below it, functions left out."""
    found: list[Node] = []
    stack = [node]
    while stack:
        one = stack.pop()
        found.append(one)
        if one.type != "func_literal":
            stack += children(one)
    return found


def ends_in_error(block: Node) -> bool:
    """Tell whether every run through a block surely reports an error."""
    lists = [n for n in children(block) if n.type == "statement_list"]
    for statement in children(lists[0]) if lists else []:
        if statement.type == "assignment_statement":
            right = source_text(statement.child_by_field_name("right"))
            left = source_text(children(statement.child_by_field_name("left"))[-1])
            if left in ERROR_NAMES and right.startswith("append(") and _NEW_ERROR.search(right):
                return True
        elif statement.type == "return_statement":
            return returns_error(statement)
        elif statement.type in ("if_statement", "for_statement", "expression_switch_statement"):
            return False
    return False


_NEW_ERROR = re.compile(r"\b(?:fmt\.Errorf|errors\.New)\(|, err\)$")


def returns_error(statement: Node) -> bool:
    """Tell whether a return statement surely gives an error."""
    lists = children(statement)
    last = source_text(children(lists[0])[-1]) if lists else ""
    if last.startswith(("fmt.Errorf", "errors.New", "diag.Errorf")) or last == "err":
        return True
    return last.startswith(("append(", "[]error{")) and bool(_NEW_ERROR.search(last))
