# ruff: noqa: E501
"""MLflow projects: what `mlflow run` accepts and rejects, and the model that tasks read."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iac_gym.check import ParseError
from iac_gym.formats.yaml import dump
from iac_gym.languages.mlflow import LANGUAGE, Project
from iac_gym.languages.mlflow.equivalents import equivalents
from iac_gym.verdict import Stage
from iac_gym.verifier import check_files

MAIN = """name: churn
docker_env: {image: "python:3.12"}
entry_points:
  main:
    parameters: {rate: {type: float, default: 0.1}, data: path}
    command: python t.py --rate {rate} {data}
"""
DOCKER = 'docker_env: {image: "python:3.12"}'


def found(files: str | dict[str, str]) -> dict[str, int]:
    """Return the lines of the findings by rule."""
    texts = {"MLproject": files} if isinstance(files, str) else files
    verdict = check_files(texts, dict.fromkeys(texts, "mlflow"))
    assert verdict.unscored == ""
    return {one.rule: one.finding.line for one in verdict.diagnostics}


def test_a_project_is_valid() -> None:
    assert found(MAIN) == {}


@pytest.mark.parametrize(
    ("old", "new", "rule", "line"),
    [
        (DOCKER, DOCKER + "\nconda_env: c.yaml", "one-environment", 3),
        ("image:", "tag:", "docker-environment", 2),
        ('{image: "python:3.12"}', "[python]", "docker-environment", 2),
        ('"python:3.12"}', '"python:3.12", volumes: /a:/a}', "docker-environment", 2),
        ('"python:3.12"}', '"python:3.12", environment: {A: b}}', "docker-environment", 2),
        ("entry_points:\n  main:", "entry_points:\n  main: 5\n  other:", "entry-point-form", 4),
        ("command:", "run:", "command-given", 5),
        ("command: python t.py --rate {rate} {data}", "command: [python]", "command-given", 6),
        ("data: path", "data: 1", "parameter-form", 5),
        ("{data}", "{date}", "known-placeholders", 6),
        ("{data}", "${HOME}", "known-placeholders", 6),
        ("{data}", "{data", "known-placeholders", 6),
        ("{rate}", "{rate:d}", "known-placeholders", 6),
        ("{data}", "{}", "known-placeholders", 6),
        (DOCKER, "conda_env: [c.yaml]", "environment-file", 2),
        (DOCKER, "python_env: env.yaml", "environment-not-seen", 2),
        ("type: float", "type: integer", "parameter-type", 5),
        ("name: churn", "title: churn", "unknown-field", 1),
    ],
)
def test_a_change_is_found(old: str, new: str, rule: str, line: int) -> None:
    assert found(MAIN.replace(old, new)).get(rule) == line


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{data}", "{data} {{literal}}"),
        ("{rate}", "{rate:>8}"),
        ("data: path", "data: {default: null}"),
        (DOCKER, "docker_env: null"),
        (DOCKER, 'docker_env: {image: x, environment: [["A", "b"], C], volumes: ["/a:/a"]}'),
        ("name: churn\n", ""),
    ],
)
def test_a_change_is_accepted(old: str, new: str) -> None:
    assert found(MAIN.replace(old, new)) == {}


ENVIRONMENT = MAIN.replace(DOCKER, "python_env: ./env.yaml")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ('python: "3.11"\ndependencies: [mlflow]\n', True),
        ("python: 3.11\n", False),
        ("dependencies: mlflow\n", False),
        ("pip: [mlflow]\n", False),
        ("[]\n", False),
    ],
)
def test_python_environment_files(text: str, right: bool) -> None:
    assert ("environment-file" not in found({"MLproject": ENVIRONMENT, "env.yaml": text})) is right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("dependencies: [python=3.11, pip, {pip: [mlflow]}]\n", True),
        ("channels: [x]\n", True),
        ("dependencies: mlflow\n", False),
        ("dependencies: [{conda: [x]}]\n", False),
        ("dependencies:\n", False),
    ],
)
def test_conda_environment_files(text: str, right: bool) -> None:
    project = MAIN.replace(DOCKER, "conda_env: c.yaml")
    assert ("environment-file" not in found({"MLproject": project, "c.yaml": text})) is right


def test_a_named_file_must_be_there() -> None:
    assert found({"MLproject": ENVIRONMENT, "other.yaml": "a: 1\n"}) == {"environment-file": 2}


def test_the_model() -> None:
    files = {
        "p/MLproject": "name: x\nentry_points: {main: {command: 'run {a}', parameters: {a: uri}}}\n",
        "p/conda.yaml": "channels: [a, b]\ndependencies: [python=3.10, {pip: ['scikit_learn >= 1']}]",
    }
    project: Project = LANGUAGE.parse(files)
    assert (project.name, project.environment, project.python) == ("x", "conda", "3.10")
    assert project.packages == {"python": "=3.10", "scikit-learn": ">=1"}
    assert project.channels == ["a", "b"]
    point = project.entry_points["main"]
    assert point.placeholders == {"a"}
    assert (point.parameters["a"].type, point.parameters["a"].default) == ("uri", None)


@pytest.mark.parametrize("text", ["", "a: [", "- a\n", "text"])
def test_unreadable_texts(text: str) -> None:
    with pytest.raises(ParseError):
        LANGUAGE.parse({"MLproject": text})


def test_equivalents_mean_the_same() -> None:
    for what, files in equivalents({"MLproject": MAIN}):
        assert found(files) == {}, what
        assert (
            LANGUAGE.parse(files).entry_points == LANGUAGE.parse({"MLproject": MAIN}).entry_points
        )


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["a", "{a}", "{", "x.yaml"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "name docker_env conda_env python_env entry_points image volumes main parameters "
                "command type default dependencies pip python".split()
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_VALUES, _VALUES)
@settings(max_examples=150, deadline=None)
def test_no_tree_breaks_the_rules(one: object, other: object) -> None:
    tree = {"entry_points": one, "conda_env": "x.yaml", "docker_env": other}
    for project in (one, tree):
        files = {"MLproject": dump([project]), "x.yaml": dump([other])}
        assert check_files(files, dict.fromkeys(files, "mlflow")).unscored == ""


@pytest.mark.parametrize(
    "text",
    [
        "{" * 30_000,
        "name: " + "{a}" * 20_000,
        "entry_points: {m: {command: '" + "{a}" * 20_000 + "'}}",
        "entry_points: {m: {command: '{a:999999999}', parameters: {a: b}}}",
        "a: &a [x]\nb: [" + "*a, " * 10_000 + "]",
    ],
)
def test_hostile_texts_are_judged_at_once(text: str) -> None:
    start = time.process_time()
    verdict = check_files({"MLproject": text}, {"MLproject": "mlflow"})
    assert verdict.unscored == ""
    assert time.process_time() - start < 2


def test_every_rule_has_a_stage() -> None:
    stages = {rule.stage for rule in LANGUAGE.rules}
    assert stages == {Stage.SCHEMA, Stage.REFERENCES, Stage.NOTICE}
