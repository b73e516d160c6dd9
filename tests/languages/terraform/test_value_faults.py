"""Value rules on bodies: when they are applied, and which rule reports what."""

from __future__ import annotations

from textwrap import dedent

import pytest

from iac_gym.languages.terraform.bodies import Walk
from iac_gym.languages.terraform.forms import Form
from iac_gym.languages.terraform.parse import parse
from iac_gym.languages.terraform.schemas import AttributeSchema, BlockSchema, BodySchema
from iac_gym.languages.terraform.scope import ValidateScope
from iac_gym.languages.terraform.value_checks import rule_from
from iac_gym.languages.terraform.value_rules import Group, TypeRules
from iac_gym.languages.terraform.values import NUMBER, STRING, Type

TEXTS: Type = ("list", STRING)
OBJECTS: Type = ("list", ("object", {"port": NUMBER}, frozenset()))


def _body(blocks: dict[str, BlockSchema] | None = None, **attributes: Type) -> BodySchema:
    given = {name: AttributeSchema(kind, "optional") for name, kind in attributes.items()}
    return BodySchema(given, blocks or {})


INNER = _body(mode=STRING, size=NUMBER)
RULE = _body({"inner": BlockSchema("list", 0, 0, INNER)}, mode=STRING, size=NUMBER)
SCHEMA = BodySchema(
    {
        "mode": AttributeSchema(STRING, "optional"),
        "other": AttributeSchema(STRING, "optional"),
        "size": AttributeSchema(NUMBER, "optional"),
        "names": AttributeSchema(TEXTS, "optional"),
        "tags": AttributeSchema(("map", STRING), "optional"),
        "ports": AttributeSchema(OBJECTS, "optional"),
    },
    {"rule": BlockSchema("list", 0, 0, RULE)},
    as_blocks={"ports": BlockSchema("list", 0, 0, _body(port=NUMBER))},
)
RULES = {
    "mode": [["enum", ["a", "b"]]],
    "size": [["range", 1, 9]],
    "names": [["count", 1, 2]],
    "names.*": [["length", 1, 3]],
    "tags.#": [["pattern", "^[a-z]"]],
    "ports.port": [["range", 0, 65535], ["required"]],
    "rule": [["count", 1, 2]],
    "rule.mode": [["enum", ["a", "b"]]],
    "rule.inner.size": [["range", 1, 9]],
}


def found(text: str, *groups: tuple[str, ...]) -> set[tuple[str, int]]:
    """Judge the body of a resource; return the faults as (rule, line of the body)."""
    rules = {path: tuple(rule_from(rule) for rule in given) for path, given in RULES.items()}
    made = TypeRules(rules, tuple(Group(group[0], group[1:]) for group in groups))
    program = 'resource "a_b" "c" {\n' + dedent(text).strip("\n") + "\n}\n"
    config = parse({"main.tf": program})
    body = config.root.resources["a_b", "c"].body
    walk = Walk(config, config.root, ValidateScope(config, config.root))
    faults = walk.judge(Form(SCHEMA, made), body)
    return {(fault.rule, config.finding(fault.at, "").line - 1) for fault in faults}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('mode = "a"', set()),
        ('mode = "c"', {("allowed-value", 1)}),
        ('mode = upper("a")', {("allowed-value", 1)}),
        ("mode = null", set()),
        ("mode = a_b.d.id", set()),
        ('mode = "${a_b.d.id}c"', set()),
        ("size = 9", set()),
        ("size = 10", {("value-range", 1)}),
        ('size = "10"', {("value-range", 1)}),
        ('names = ["a"]', set()),
        ("names = []", {("value-length", 1)}),
        ('names = ["abcd"]', {("value-length", 1)}),
        ('names = ["abcd", a_b.d.id]', set()),
        ('tags = { a = "x" }', set()),
        ('tags = { A = "x" }', {("value-format", 1)}),
        ("ports = [{ port = 70000 }]", {("value-range", 1)}),
        ("ports = [{ port = 80 }]", set()),
        ("ports = [{ port = null }]", {("missing-argument", 1)}),
        ("ports = [{ port = a_b.d.port }]", set()),
    ],
)
def test_values_at_the_top(line: str, expected: set[tuple[str, int]]) -> None:
    assert found(line) == expected


def test_values_in_blocks() -> None:
    assert found('rule {\n  mode = "c"\n}') == {("allowed-value", 2)}
    assert found("rule {\n  inner {\n    size = 10\n  }\n}") == {("value-range", 3)}
    assert found("ports {\n  port = 70000\n}") == {("value-range", 2)}
    assert found("ports {\n}") == {("missing-argument", 1)}


def test_blocks_with_something_unknown_are_not_checked() -> None:
    unknown = "rule {\n  inner {\n    mode = a_b.d.id\n  }\n}"
    bad = 'rule {\n  mode = "c"\n}\n'
    assert found(bad + unknown) == set()
    assert found(bad + 'mode = "c"\n' + unknown) == {("allowed-value", 4)}
    dynamic = 'dynamic "rule" {\n  for_each = a_b.d.list\n  content {\n  }\n}'
    assert found(bad + dynamic) == set()


def test_numbers_of_blocks() -> None:
    assert found("rule {\n}\n" * 2) == set()
    assert found("rule {\n}\n" * 3) == {("value-length", 1)}


def test_arguments_that_exclude_each_other() -> None:
    group = ("conflicts", "mode", "other")
    assert found('mode = "a"\nother = "x"', group) == {("arguments-together", 1)}
    assert found('mode = "a"\nother = null', group) == set()
    assert found('mode = "a"\nother = a_b.d.id', group) == set()


def test_arguments_that_need_each_other() -> None:
    group = ("required_with", "mode", "other")
    assert found('mode = "a"', group) == {("arguments-together", 1)}
    assert found('mode = "a"\nother = a_b.d.id', group) == set()
    assert found('other = "x"', group) == set()


@pytest.mark.parametrize(
    ("lines", "fine"),
    [
        ('mode = "a"', True),
        ("", False),
        ("mode = a_b.d.id", True),
        ('mode = "a"\nrule {\n}', False),
        ("rule {\n}", True),
        ('dynamic "rule" {\n  for_each = a_b.d.list\n  content {\n  }\n}', True),
        ("mode = one([])", False),
    ],
)
def test_exactly_one(lines: str, fine: bool) -> None:
    assert (not found(lines, ("exactly_one_of", "mode", "rule"))) is fine


def test_groups_look_into_blocks() -> None:
    group = ("conflicts", "rule.mode", "rule.size")
    assert found('rule {\n  mode = "a"\n  size = 1\n}', group) == {("arguments-together", 0)}
    assert found('rule {\n  mode = "a"\n}', group) == set()
