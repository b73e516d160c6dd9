"""Evaluation of `for` expressions, `for` directives and splats."""

from __future__ import annotations

from typing import Any, TypeAlias

from iac_gym.formats.hcl.nodes import For, Node, Splat, TemplateFor
from iac_gym.languages.terraform.access import EvalError, part_of
from iac_gym.languages.terraform.branches import text_of
from iac_gym.languages.terraform.conversion import ConversionError, convert
from iac_gym.languages.terraform.evaluator import (
    EVALUATE,
    ITEM,
    Names,
    Scope,
    evaluate,
    exhausted,
    pay,
    peek,
    spend,
    text_key,
)
from iac_gym.languages.terraform.kinds import ListValue, merged_refs, type_name, type_of
from iac_gym.languages.terraform.texts import join_texts
from iac_gym.languages.terraform.values import (
    ANY,
    ANYTHING,
    BOOL,
    STRING,
    SetValue,
    Unknown,
    Value,
)

Pairs: TypeAlias = "list[tuple[Value, Value]]"


def _size(node: Node) -> int:
    """Return how many nodes there are in an expression."""
    count = 0
    pending: list[Any] = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, Node):
            count += 1
            pending += [getattr(part, name) for name in part.__slots__]
        elif isinstance(part, (list, tuple)):
            pending += part
    return count


def _pairs(node: For | TemplateFor, scope: Scope, names: Names) -> Pairs | Unknown:
    """Return keys and values of what a `for` goes through, in Terraform's order."""
    source = evaluate(node.source, scope, names)
    length = len(source) if isinstance(source, (list, dict)) else 0
    if not (spend(scope, source) and pay(scope, length * _size(node))):
        return ANYTHING
    if isinstance(source, dict):
        return [(key, source[key]) for key in sorted(source)]
    if isinstance(source, SetValue):
        return [(item, item) for item in source]
    if isinstance(source, list):
        return list(enumerate(source))
    if source is None:
        raise EvalError("`for` cannot go through null", node.source.at)
    if isinstance(source, Unknown) and (source.type == ANY or isinstance(source.type, tuple)):
        return source
    raise EvalError(
        f"`for` cannot go through a value of type {type_name(type_of(source))}", node.source.at
    )


def _unknown_item(source: Unknown) -> tuple[Value, Value]:
    """Return key and value that stand for those of an unknown collection."""
    kind = source.type
    element = kind[1] if isinstance(kind, tuple) and kind[0] in ("list", "set", "map") else ANY
    item = part_of(source, ITEM, element)
    return Unknown(ANY, None, source.refs), item


def _looped(names: Names, node: For | TemplateFor, key: Value, value: Value) -> dict[str, Value]:
    inner = dict(names or ())
    if node.key_name is not None:
        inner[node.key_name] = key
    inner[node.value_name] = value
    return inner


def _for(node: For, scope: Scope, names: Names) -> Value:
    pairs = _pairs(node, scope, names)
    if isinstance(pairs, Unknown):
        inner = _looped(names, node, *_unknown_item(pairs))
        _check_condition(node, scope, _looped(names, node, ANYTHING, ANYTHING))
        return Unknown(ANY, None, merged_refs(pairs, peek(node.value, scope, inner)))
    if not pairs and node.condition is not None:
        _check_condition(node, scope, _looped(names, node, ANYTHING, ANYTHING))
    return (
        _for_tuple(node, pairs, scope, names)
        if node.key is None
        else _for_object(node, pairs, scope, names)
    )


def _check_condition(node: For, scope: Scope, names: Names) -> Value:
    """Return the condition of an item: True, False or unknown."""
    if node.condition is None:
        return True
    at = node.condition.at
    condition = evaluate(node.condition, scope, names)
    if condition is None:
        raise EvalError("the condition of `for` is null", at)
    try:
        return convert(condition, BOOL)
    except ConversionError as error:
        raise EvalError(f"the condition of `for` must be a bool: {error}", at) from None


def _for_tuple(node: For, pairs: Pairs, scope: Scope, names: Names) -> Value:
    result: list[Value] = []
    known = True
    inner = dict(names or ())
    for key, value in pairs:
        if node.key_name is not None:
            inner[node.key_name] = key
        inner[node.value_name] = value
        if exhausted(scope):
            return ANYTHING
        included = _check_condition(node, scope, inner)
        if isinstance(included, Unknown):
            known = False
            result.append(peek(node.value, scope, inner))
        elif included:
            result.append(evaluate(node.value, scope, inner))
    if known:
        return result
    return Unknown(ANY, None, merged_refs(result))


def _for_object(node: For, pairs: Pairs, scope: Scope, names: Names) -> Value:
    result: dict[str, Value] = {}
    unknown: list[Value] = []
    inner = dict(names or ())
    for key, value in pairs:
        if node.key_name is not None:
            inner[node.key_name] = key
        inner[node.value_name] = value
        if exhausted(scope):
            return ANYTHING
        included = _check_condition(node, scope, inner)
        if included is not False:
            _add_entry(node, scope, inner, included, (result, unknown))
    if unknown:
        return Unknown(ANY, None, merged_refs(result, *unknown))
    return result


def _add_entry(
    node: For,
    scope: Scope,
    names: Names,
    included: Value,
    into: tuple[dict[str, Value], list[Value]],
) -> None:
    """Add one entry of an object `for` to what is known, or to what is not."""
    result, unknown = into
    assert node.key is not None
    if isinstance(included, Unknown):
        unknown.append(peek(node.value, scope, names) or included)
        return
    key = evaluate(node.key, scope, names)
    if isinstance(key, Unknown):
        unknown += (key, peek(node.value, scope, names))
        return
    key = text_key(key, node.key.at)
    value = evaluate(node.value, scope, names)
    if node.group:
        result.setdefault(key, []).append(value)
    elif key in result:
        raise EvalError(
            f'two items of this `for` have the key "{key}"',
            node.key.at,
            "put `...` after the value to group them",
        )
    else:
        result[key] = value


def _splat(node: Splat, scope: Scope, names: Names) -> Value:
    source = evaluate(node.source, scope, names)
    inner = dict(names or ())
    if source is None:
        return []
    if isinstance(source, Unknown) and not _is_one_resource(source, scope):
        return _splat_unknown(node, source, scope, inner)
    if not isinstance(source, list):
        inner[ITEM] = source
        return [evaluate(node.each, scope, inner)]
    if not (spend(scope, source) and pay(scope, len(source) * _size(node.each))):
        return ANYTHING
    result: list[Value] = []
    for item in source:
        if exhausted(scope):
            return ANYTHING
        inner[ITEM] = item
        result.append(evaluate(node.each, scope, inner))
    if isinstance(source, (ListValue, SetValue)):
        if result:
            return ListValue(result, type_of(result[0]))
        inner[ITEM] = Unknown(type_of(source)[1])
        return ListValue([], type_of(evaluate(node.each, scope, inner)))
    return result


def _is_one_resource(source: Unknown, scope: Scope) -> bool:
    """Whether a value is a whole resource, which is no list where a scope writes instances out."""
    ref = source.ref
    whole = ref is not None and not ref.path and ref.mode in ("resource", "data")
    return whole and getattr(scope, "resolved", False)


def _splat_unknown(node: Splat, source: Unknown, scope: Scope, inner: dict[str, Value]) -> Value:
    kind = source.type
    if kind == ANY:
        inner[ITEM] = part_of(source, ITEM, ANY)
        each = peek(node.each, scope, inner)
        return Unknown(ANY, each.ref, each.refs) if isinstance(each, Unknown) else Unknown()
    if isinstance(kind, tuple) and kind[0] in ("list", "set"):
        inner[ITEM] = part_of(source, ITEM, kind[1])
        each = evaluate(node.each, scope, inner)
        ref = each.ref if isinstance(each, Unknown) else None
        return Unknown(("list", type_of(each)), ref, merged_refs(each))
    if isinstance(kind, tuple) and kind[0] == "tuple":
        results = []
        for index, part in enumerate(kind[1]):
            inner[ITEM] = part_of(source, index, part)
            results.append(evaluate(node.each, scope, inner))
        return Unknown(("tuple", tuple(map(type_of, results))), None, merged_refs(results))
    inner[ITEM] = source
    return Unknown(ANY, None, merged_refs(evaluate(node.each, scope, inner)))


def _template_for(node: TemplateFor, scope: Scope, names: Names) -> Value:
    pairs = _pairs(node, scope, names)
    if isinstance(pairs, Unknown):
        peeked = peek(node.body, scope, _looped(names, node, *_unknown_item(pairs)))
        return Unknown(STRING, None, merged_refs(pairs, peeked))
    texts: list[str | Unknown] = []
    inner = dict(names or ())
    for key, value in pairs:
        if node.key_name is not None:
            inner[node.key_name] = key
        inner[node.value_name] = value
        if exhausted(scope):
            return Unknown(STRING)
        texts.append(text_of(node.body, scope, inner))
    return join_texts(texts)


EVALUATE[For] = _for
EVALUATE[TemplateFor] = _template_for
EVALUATE[Splat] = _splat
