# ruff: noqa: E501
"""Pipeline specs: what the API server accepts and runs, and the model that tasks read."""

from __future__ import annotations

import importlib.util
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iac_gym.check import ParseError
from iac_gym.formats.yaml import dump
from iac_gym.languages.kfp import LANGUAGE, Pipeline
from iac_gym.languages.kfp.build_data import PACK, build
from iac_gym.languages.kfp.equivalents import equivalents
from iac_gym.languages.kfp.proto import pack
from iac_gym.verifier import check_files

SPEC = """pipelineInfo: {name: train}
schemaVersion: 2.1.0
root:
  inputDefinitions: {parameters: {epochs: {parameterType: NUMBER_INTEGER, defaultValue: 3}}}
  dag:
    tasks:
      fit:
        componentRef: {name: comp-fit}
        inputs: {parameters: {n: {componentInputParameter: epochs}}}
      check:
        componentRef: {name: comp-check}
        dependentTasks: [fit]
        inputs: {artifacts: {m: {taskOutputArtifact: {producerTask: fit, outputArtifactKey: m}}}}
components:
  comp-fit:
    executorLabel: exec-fit
    inputDefinitions: {parameters: {n: {parameterType: NUMBER_INTEGER}}}
    outputDefinitions: {artifacts: {m: {artifactType: {schemaTitle: system.Model}}}}
  comp-check:
    executorLabel: exec-check
    inputDefinitions: {artifacts: {m: {artifactType: {schemaTitle: system.Model}}}}
deploymentSpec:
  executors:
    exec-fit: {container: {image: "python:3.12", command: [python, fit.py]}}
    exec-check: {container: {image: "python:3.12"}}
"""


def found(text: str) -> dict[str, int]:
    """Return the lines of the findings by rule."""
    verdict = check_files({"pipeline.yaml": text}, {"pipeline.yaml": "kfp"})
    assert verdict.unscored == ""
    return {one.rule: one.finding.line for one in verdict.diagnostics}


def test_a_spec_is_valid() -> None:
    assert found(SPEC) == {}


@pytest.mark.parametrize(
    ("old", "new", "rule", "line"),
    [
        ("pipelineInfo:", "pipelineinfo:", "known-fields", 1),
        ("dependentTasks: [fit]", "dependsOn: [fit]", "known-fields", 12),
        ("dependentTasks: [fit]", "dependentTasks: fit", "value-types", 12),
        ("dependentTasks: [fit]", "cachingOptions: {enableCache: 1}", "value-types", 12),
        ("dependentTasks: [fit]", "retryPolicy: {maxRetryCount: 1.5}", "value-types", 12),
        ("dependentTasks: [fit]", "retryPolicy: {backoffDuration: 60}", "value-types", 12),
        ("NUMBER_INTEGER, def", "INTEGER, def", "enum-values", 4),
        ("executorLabel: exec-check", "executorLabel: exec-check\n    dag: {}", "one-of", 21),
        ("2.1.0", "2.0.0", "schema-version", 2),
        ("name: train", "name: '--'", "pipeline-name", 1),
        ("componentRef: {name: comp-check}", "componentRef: {name: no}", "known-components", 11),
        ("executorLabel: exec-fit", "executorLabel: exec-no", "known-executors", 16),
        ("dependentTasks: [fit]", "dependentTasks: [no]", "known-tasks", 12),
        ("producerTask: fit", "producerTask: no", "known-tasks", 13),
        ("outputArtifactKey: m", "outputArtifactKey: no", "known-outputs", 13),
        ("componentInputParameter: epochs", "componentInputParameter: no", "known-inputs", 9),
        ("parameters: {n: {component", "parameters: {x: {component", "inputs-given", 9),
        ("        dependentTasks: [fit]\n", "        dependentTasks: [check]\n", "no-cycles", 11),
        ("    executorLabel: exec-check\n", "", "implementation", 20),
        ('{container: {image: "python:3.12"}}', "{}", "executor-kind", 25),
        ('image: "python:3.12", ', "", "container-image", 24),
        ("{parameters: {n: {parameterType: NUMBER_INTEGER", "{parameters: {n: {parameterType: LIST", "parameter-types", 9),
        ("defaultValue: 3", "defaultValue: [3]", "parameter-types", 4),
        ("components:\n", "components:\n  old: {executorLabel: exec-fit}\n", "unused-component", 15),
        ("command: [python", "cmd: [python", "ignored-fields", 24),
        ("parameters: {n: {comp", "parameters: {z: {runtimeValue: {constant: 1}}, n: {comp", "declared-inputs", 9),
    ],
)  # fmt: skip
def test_a_change_is_found(old: str, new: str, rule: str, line: int) -> None:
    assert old in SPEC
    assert found(SPEC.replace(old, new)).get(rule) == line


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("componentRef", "component_ref"),
        ("dependentTasks: [fit]", "retryPolicy: {maxRetryCount: '2', backoffDuration: 60s}"),
        ("dependentTasks: [fit]", "dependentTasks: null"),
        ("defaultValue: 3", "defaultValue: 3.0"),
        ("parameterType: NUMBER_INTEGER}", "parameterType: NUMBER_DOUBLE}"),
        ("parameterType: NUMBER_INTEGER}", "parameterType: 2}"),
    ],
)
def test_a_change_is_accepted(old: str, new: str) -> None:
    assert found(SPEC.replace(old, new)) == {}


def test_a_platform_spec_may_stand_beside() -> None:
    beside = SPEC + "---\nplatforms: {kubernetes: {deploymentSpec: {executors: {exec-fit: {}}}}}\n"
    assert found(beside) == {}
    assert "known-fields" in found(SPEC + "---\nplatforms: {kubernetes: {deployment: {}}}\n")


def test_an_empty_dag_and_a_missing_root() -> None:
    head = "pipelineInfo: {name: a}\nschemaVersion: 2.1.0\n"
    assert found(head + "root: {dag: {tasks: {}}}\n") == {"tasks-given": 3}
    assert set(found(head)) == {"root-component"}


NESTED = """pipelineInfo: {name: n}
schemaVersion: 2.1.0
root:
  dag:
    tasks:
      a: {componentRef: {name: inner}}
      b: {componentRef: {name: leaf}, dependentTasks: [a], taskInfo: {name: last}}
components:
  inner: {dag: {tasks: {x: {componentRef: {name: leaf}}, y: {componentRef: {name: leaf}, dependentTasks: [x]}}}}
  leaf: {executorLabel: e}
  unused: {dag: {tasks: {z: {componentRef: {name: leaf}}}}}
deploymentSpec: {executors: {e: {container: {image: i}}}}
"""


def test_the_model_follows_nested_dags() -> None:
    pipeline: Pipeline = LANGUAGE.parse({"p.yaml": NESTED})
    tasks = {task.name: task for task in pipeline.tasks}
    assert set(tasks) == {"a", "b", "x", "y"}
    assert tasks["y"].after(tasks["x"])
    assert tasks["b"].after(tasks["y"])
    assert not tasks["x"].after(tasks["y"])
    assert not tasks["x"].after(tasks["x"])
    assert [task.name for task in pipeline.named("last")] == ["b"]
    assert tasks["x"].container == {"image": "i"}


def test_a_component_that_contains_itself_ends() -> None:
    text = NESTED.replace("unused:", "loop:").replace(
        "{name: leaf}, dependentTasks: [x]", "{name: inner}"
    )
    assert LANGUAGE.parse({"p.yaml": text}).tasks


@pytest.mark.parametrize("text", ["", "a: [", "- 1\n", SPEC + "---\n" + SPEC])
def test_unreadable_texts(text: str) -> None:
    with pytest.raises(ParseError):
        LANGUAGE.parse({"pipeline.yaml": text})


def test_equivalents_mean_the_same() -> None:
    for what, files in equivalents({"pipeline.yaml": SPEC}):
        assert found(files["pipeline.yaml"]) == {}, what
        pipeline = LANGUAGE.parse(files)
        assert sorted(task.name for task in pipeline.tasks) == ["check", "fit"], what


_WORDS = (
    "pipelineInfo name root dag tasks componentRef components executorLabel deploymentSpec executors "
    "container image inputs parameters artifacts taskOutputParameter producerTask dependentTasks "
    "inputDefinitions outputDefinitions outputs artifactSelectors runtimeValue constant fit"
).split()
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["a", "fit", "comp-fit"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_WORDS), inner, max_size=4)
    ),
    max_leaves=15,
)


@given(_VALUES, st.sampled_from(["root", "components", "deploymentSpec", "pipelineInfo"]))
@settings(max_examples=200, deadline=None)
def test_no_tree_breaks_the_rules(value: object, key: str) -> None:
    tree = {
        "pipelineInfo": {"name": "a"},
        "schemaVersion": "2.1.0",
        "root": {"dag": {}},
        key: value,
    }
    files = {"pipeline.yaml": dump([tree])}
    assert check_files(files, {"pipeline.yaml": "kfp"}).unscored == ""
    for task in LANGUAGE.parse(files).tasks:
        assert isinstance(task.before, frozenset)


def _chain(count: int) -> str:
    tasks = {f"t{n}": {"dependentTasks": [f"t{n + 1}"]} for n in range(count)}
    return json.dumps({"root": {"dag": {"tasks": tasks}}, "schemaVersion": "2.1.0"})


@pytest.mark.parametrize(
    "text",
    [
        "root: " + "{dag: " * 5_000,
        "root: " + "[" * 20_000,
        _chain(1500),
        "a: &a {dag: {tasks: {x: {}}}}\nroot: {dag: {tasks: {" + ", ".join(f"t{n}: *a" for n in range(3000)) + "}}}",
    ],
)  # fmt: skip
def test_hostile_texts_are_judged_at_once(text: str) -> None:
    start = time.process_time()
    assert found(text)
    assert time.process_time() - start < 2


def test_the_pack_knows_both_spellings() -> None:
    task = pack().messages["PipelineTaskSpec"]
    assert task["componentRef"] == task["component_ref"]
    assert "NUMBER_INTEGER" in pack().enums["ParameterTypeEnum"]


@pytest.mark.skipif(
    importlib.util.find_spec("kfp") is None, reason="kfp-pipeline-spec is not installed"
)
def test_the_pack_is_that_of_the_package() -> None:
    assert build() == PACK.read_bytes()
