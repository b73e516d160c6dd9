"""Make rules as short as they can be said: join limits, drop what always holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Rule = list[Any]
Rules = list[Rule]
ALWAYS: Rule = ["always"]
NEVER: Rule = ["enum", []]
_LIMITS = ("length", "range", "count")


def simplified(rules: Rules) -> Rules:
    """Return rules that all hold where the given ones all do, and the other way round."""
    rule = _all(rules)
    if rule == ALWAYS:
        return []
    return [list(part) for part in rule[1:]] if rule[0] == "all" else [rule]


def _simple(rule: Rule) -> Rule:
    kind = rule[0]
    if kind == "all":
        return _all(rule[1:])
    if kind == "any":
        return _any(rule[1:])
    if kind in _LIMITS:
        return _limit(rule)
    if kind == "none_of" and rule[1] == [""]:
        return ["length", 1, None]
    if kind == "no_pattern" and rule[1].startswith("^") and rule[1].endswith("\\Z"):
        return rule
    return rule


def _limit(rule: Rule) -> Rule:
    kind, least, most = rule
    if kind == "length" and least is not None and least <= 0:
        least = None
    if most is not None and (
        (kind == "length" and most < 0) or (least is not None and least > most)
    ):
        return NEVER
    if kind == "range" and least is not None and least == most:
        return ["enum", [least]]
    return ALWAYS if least is None and most is None else [kind, least, most]


def _all(rules: Rules) -> Rule:
    found: Rules = []
    for part in (_simple(rule) for rule in rules):
        for one in part[1:] if part[0] == "all" else [part]:
            other = next((r for r in found if r[0] == one[0]), None)
            if one == NEVER:
                return NEVER
            if one[0] in _LIMITS and other:
                least, most = _tighter(max, other[1], one[1]), _tighter(min, other[2], one[2])
                joined = _limit([one[0], least, most])
                if joined == NEVER:
                    return NEVER
                other[:] = joined if joined != ALWAYS else other
            elif one[0] == "none_of" and other:
                other[1] = list(dict.fromkeys([*other[1], *one[1]]))
            elif one != ALWAYS and one not in found:
                found.append(list(one))
    found = [one for one in found if not _implied(one, [r for r in found if r is not one])]
    return ALWAYS if not found else found[0] if len(found) == 1 else ["all", *found]


def _implied(rule: Rule, others: Rules) -> bool:
    """Tell whether other rules say as much: of a text that it is not empty, of a value all."""
    if rule == ["length", 1, None]:
        return any(_wants_text(other) for other in others)
    enums = [other[1] for other in others if other[0] == "enum"]
    if rule[0] == "any" and enums:
        given = [value for option in rule[1:] if option[0] == "enum" for value in option[1]]
        return any(set(values) <= set(given) for values in enums)
    return False


def _wants_text(rule: Rule) -> bool:
    if rule[0] in ("enum", "enum_nocase"):
        return "" not in rule[1]
    return rule[0] == "format" and rule[1] not in ("base64",)


def _any(rules: Rules) -> Rule:
    found: Rules = []
    for part in (_simple(rule) for rule in rules):
        for one in part[1:] if part[0] == "any" else [part]:
            if one == ALWAYS:
                return ALWAYS
            if one != NEVER and one not in found:
                found.append(one)
    found = _joined_enums(found)
    if _covers(found):
        return ALWAYS
    found = [one for one in found if not _weaker(one, found)]
    if len(found) == 2 and {found[0][0], found[1][0]} == {"enum", "none_of"}:
        allowed, refused = (next(r[1] for r in found if r[0] == k) for k in ("enum", "none_of"))
        return ["none_of", [value for value in refused if value not in allowed]]
    return NEVER if not found else found[0] if len(found) == 1 else ["any", *found]


def _joined_enums(rules: Rules) -> Rules:
    """Join the lists of values of alternatives into one."""
    enums = [rule for rule in rules if rule[0] == "enum"]
    if len(enums) < 2:
        return rules
    values = list(dict.fromkeys(value for rule in enums for value in rule[1]))
    return [["enum", values], *(rule for rule in rules if rule[0] != "enum")]


def _covers(rules: Rules) -> bool:
    """Tell whether one of these rules always holds."""
    said = {json.dumps(rule) for rule in rules}
    given = {value for rule in rules if rule[0] == "enum" for value in rule[1]}
    for rule in rules:
        turned = {"pattern": "no_pattern", "no_pattern": "pattern"}.get(rule[0])
        if turned and json.dumps([turned, *rule[1:]]) in said:
            return True
        if rule[0] == "none_of" and set(rule[1]) <= given:
            return True
        if rule == ["length", 1, None] and "" in given:
            return True
    for kind in _LIMITS[:2]:
        limits = [rule for rule in rules if rule[0] == kind]
        below = [rule[2] for rule in limits if rule[1] is None]
        above = [rule[1] for rule in limits if rule[2] is None]
        if below and above and min(above) <= max(below) + (1 if kind == "length" else 0):
            return True
    return False


def _weaker(rule: Rule, rules: Rules) -> bool:
    """Tell whether an alternative allows nothing that another does not."""
    if rule[0] == "enum" and "" not in rule[1]:
        return ["length", 1, None] in rules
    if rule[0] == "all":
        return any(other in rule[1:] for other in rules if other is not rule)
    return rule != ["length", 1, None] and ["length", 1, None] in rules and _wants_text(rule)


def _tighter(choose: Callable[..., Any], one: Any, other: Any) -> Any:
    return other if one is None else one if other is None else choose(one, other)
