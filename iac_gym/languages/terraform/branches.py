"""Evaluation of templates and conditionals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iac_gym.formats.hcl.nodes import (
    Binary,
    Conditional,
    Node,
    Template,
    TemplateFor,
    TemplateIf,
    Unary,
)
from iac_gym.languages.terraform.access import EvalError
from iac_gym.languages.terraform.conversion import ConversionError, convert
from iac_gym.languages.terraform.evaluator import EVALUATE, Names, Scope, evaluate, spend
from iac_gym.languages.terraform.kinds import merged_refs, type_name, type_of
from iac_gym.languages.terraform.texts import join_texts
from iac_gym.languages.terraform.unification import unify
from iac_gym.languages.terraform.values import ANY, BOOL, NUMBER, STRING, Type, Unknown, Value


def _template(node: Template, scope: Scope, names: Names) -> Value:
    parts = node.parts
    if len(parts) == 1 and not isinstance(parts[0], (TemplateIf, TemplateFor)):
        return evaluate(parts[0], scope, names)
    return text_of(node, scope, names)


def text_of(node: Template, scope: Scope, names: Names) -> Value:
    """Return the string that a template makes."""
    texts: list[str | Unknown] = []
    for part in node.parts:
        value = evaluate(part, scope, names)
        if value.__class__ is str:
            texts.append(value)
        else:
            _add_text(value, part.at, texts)
    return join_texts(texts)


def _add_text(value: Value, at: int, texts: list[str | Unknown]) -> None:
    if value is None:
        raise EvalError("null cannot be part of a string", at)
    if isinstance(value, Unknown):
        texts.append(value)
        return
    try:
        texts.append(convert(value, STRING))
    except ConversionError as error:
        raise EvalError(f"this value cannot be part of a string: {error}", at) from None


def _template_if(node: TemplateIf, scope: Scope, names: Names) -> Value:
    return _choose(node, scope, names, text_of)


def _conditional(node: Conditional, scope: Scope, names: Names) -> Value:
    return _choose(node, scope, names, evaluate)


def _choose(
    node: Conditional | TemplateIf,
    scope: Scope,
    names: Names,
    run: Callable[[Any, Scope, Names], Value],
) -> Value:
    """Evaluate a conditional: both results are evaluated, errors of the one not taken forgiven."""
    yes, yes_error = _attempt(node.yes, scope, names, run)
    no, no_error = _attempt(node.no, scope, names, run) if node.no is not None else ("", None)
    kind = _common_type(node, yes, no, scope)
    condition = evaluate(node.condition, scope, names)
    if condition is None:
        raise EvalError("the condition is null", node.condition.at)
    if isinstance(condition, Unknown):
        return _either(yes, no, kind)
    try:
        taken = convert(condition, BOOL)
    except ConversionError as error:
        raise EvalError(f"the condition must be a bool: {error}", node.condition.at) from None
    chosen, failure = (yes, yes_error) if taken else (no, no_error)
    if failure is not None:
        raise failure
    return _converted(chosen, kind, node.at)


def _attempt(
    node: Node, scope: Scope, names: Names, run: Callable[[Any, Scope, Names], Value]
) -> tuple[Value, EvalError | None]:
    try:
        return run(node, scope, names), None
    except EvalError as error:
        return Unknown(_type_of_failure(node)), error


_LOGICAL = frozenset(("&&", "||", "!", "==", "!=", "<", ">", "<=", ">="))


def _type_of_failure(node: Node) -> Type:
    """Return the type that an expression has even where its value is an error."""
    if isinstance(node, (Binary, Unary)):
        return BOOL if node.operator in _LOGICAL else NUMBER
    return STRING if isinstance(node, Template) and len(node.parts) > 1 else ANY


def _common_type(node: Node, yes: Value, no: Value, scope: Scope) -> Type | None:
    """Return the type of both results, None where none is converted."""
    if yes is None or no is None or yes.__class__ is no.__class__ is str:
        return None
    if not spend(scope, yes, no):
        return None
    mine, theirs = type_of(yes), type_of(no)
    if ANY in (mine, theirs):
        return None
    kind = unify([mine, theirs])
    if kind is None:
        raise EvalError(
            f"the results of this conditional have no type in common: {type_name(mine)} and "
            f"{type_name(theirs)}",
            node.at,
            _mismatch(mine, theirs),
        )
    return kind


def _mismatch(mine: Type, theirs: Type) -> str:
    if not (isinstance(mine, tuple) and isinstance(theirs, tuple)):
        return ""
    if mine[0] != "object" or theirs[0] != "object":
        return ""
    for names, others in ((mine[1], theirs[1]), (theirs[1], mine[1])):
        for name in sorted(names):
            if name not in others:
                return f"attribute `{name}` is in one of them only"
    return ""


def _converted(value: Value, kind: Type | None, at: int) -> Value:
    if kind is None:
        return value
    try:
        return convert(value, kind)
    except ConversionError as error:
        raise EvalError(f"this result of the conditional does not fit: {error}", at) from None


def _either(yes: Value, no: Value, kind: Type | None) -> Value:
    """Return what is known of a conditional whose condition is unknown."""
    if yes is None and no is None:
        return None
    if kind is None:
        kind = type_of(no if yes is None else yes) if None in (yes, no) else STRING
        if isinstance(yes, Unknown) or isinstance(no, Unknown):
            kinds = {repr(type_of(value)) for value in (yes, no) if value is not None}
            kind = type_of(no if yes is None else yes) if len(kinds) == 1 else ANY
    return Unknown(kind, None, merged_refs(yes, no))


EVALUATE[Template] = _template
EVALUATE[TemplateIf] = _template_if
EVALUATE[Conditional] = _conditional
