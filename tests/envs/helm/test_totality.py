"""Checks take charts of any shape: no exception, whatever is rendered."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envs.helm import CATEGORY
from iac_gym.check import ParseError
from iac_gym.draw import Draw
from iac_gym.language import load_language
from iac_gym.task import Task, build_task

#: What stands where something else should.
ODD = ("3", "~", "[]", "{}", "x", "[1, {a: b}, [c]]", "{a: {b: c}, 1: 2}", "true", "[~]", "[x, y]",
       "{ports: x}", "1.5", "[[{}]]")  # fmt: skip
_KEY = re.compile(r"(\s*(?:- )?[\w./\"-]+:)(.*)")


def _mutated(text: str, place: int, odd: str) -> str:
    """Replace what stands under one key, with all that is below it."""
    lines = text.split("\n")
    keys = [number for number, line in enumerate(lines) if _KEY.match(line)]
    if not keys:
        return text
    start = keys[place % len(keys)]
    found = _KEY.match(lines[start])
    indent = len(lines[start]) - len(lines[start].lstrip())
    end = start + 1
    while end < len(lines) and (
        not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent
    ):
        end += 1
    lines[start:end] = [f"{found[1]} {odd}"] if found else []
    return "\n".join(lines)


def _tasks() -> list[Task]:
    return [build_task(CATEGORY, name, "test", 5) for name in CATEGORY.families]


TASKS = _tasks()


@given(
    task=st.sampled_from(TASKS),
    changes=st.lists(
        st.tuples(st.integers(0, 20), st.integers(0, 60), st.sampled_from(ODD)),
        min_size=1,
        max_size=3,
    ),
)
@settings(max_examples=80, deadline=None, derandomize=True)
def test_no_check_raises(task: Task, changes: list[tuple[int, int, str]]) -> None:
    files = {**task.given, **task.reference}
    for place, key, odd in changes:
        path = sorted(files)[place % len(files)]
        files[path] = _mutated(files[path], key, odd)
    try:
        model = load_language("helm").parse(files)
    except ParseError:
        return
    for asked in task.requirements:
        list(CATEGORY.requirements[asked.name].check(model, **asked.args))


_EMPTY = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"
SHAPES = {
    "nothing": "",
    "one object": _EMPTY,
    "odd objects": "".join(
        f"---\napiVersion: v1\nkind: {kind}\nmetadata: {{name: {odd!r}, labels: {odd}}}\n"
        f"spec: {odd}\nrules: {odd}\nsubjects: {odd}\nroleRef: {odd}\ndata: {odd}\n"
        for kind in ("Deployment", "Service", "Ingress", "Role", "RoleBinding", "Secret")
        for odd in ("x", "[x]", "{a: [b]}", "3")
    ),
    "two of each": _EMPTY + "---\n" + _EMPTY,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_type_takes_other_charts(shape: str) -> None:
    """Every requirement type that is asked, on charts that have nothing of what it looks for."""
    asked = {one.name: one for index in (3, 4) for name in CATEGORY.families
             for one in build_task(CATEGORY, name, "test", index).requirements}  # fmt: skip
    files = {"Chart.yaml": "apiVersion: v2\nname: x\nversion: 0.1.0\n",
             "values.yaml": "{}\n", "templates/all.yaml": SHAPES[shape]}  # fmt: skip
    model = load_language("helm").parse(files)
    for one in asked.values():
        assert list(CATEGORY.requirements[one.name].check(model, **one.args)), one.name


def test_every_type_is_asked() -> None:
    asked = {
        one.name
        for name, family in CATEGORY.families.items()
        for place in range(25)
        for one in family.make(Draw("types", name, place, level=5)).asks
    }
    assert set(CATEGORY.requirements) == asked
