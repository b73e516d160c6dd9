"""No tree of any shape makes a rule or the model raise; hostile text gets its verdict soon."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from typing import Any

import pytest

from iac_gym.formats.yaml import dump, load_all
from iac_gym.languages.custom_resources import LANGUAGE, RULES
from iac_gym.verifier import check_files

#: Every good example of every rule, each document once.
TEXTS = sorted({rule.section("Good") + "\n" for rule in RULES if "apiVersion" in rule.doc})
OWN = [text for text in TEXTS if "Workflow" in text or ".io/v" in text or ".com/v" in text]
ODD: tuple[Any, ...] = (None, "", "{{x", 0, -1, True, 1.5, [], {}, [None], [[]], [{}], {"a": None})


def _paths(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in items if isinstance(tree, (dict, list)) else ():
        if isinstance(value, (dict, list)):
            yield from _paths(value, (*path, key))
        else:
            yield (*path, key)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _replaced(tree: Any, path: tuple[Any, ...], value: Any) -> Any:
    made = copy.deepcopy(tree)
    holder = made
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return made


def _judge(text: str) -> str:
    """Judge a text and look at its whole model; return why it could not be judged, '' if it was."""
    path = LANGUAGE.path
    verdict = check_files({path: text}, {path: LANGUAGE.name})
    if verdict.unscored == "" and not any(d.rule == "syntax" for d in verdict.diagnostics):
        model = LANGUAGE.parse({path: text})
        for item in model.objects:
            model.pods_of(item)
            model.rule_groups(item)
        for workflow in model.workflows:
            for node in workflow.nodes:
                assert node.before(node) is False
                node.arguments, node.artifacts, node.loop, node.retry, node.when  # noqa: B018
    return verdict.unscored


@pytest.mark.parametrize("text", OWN)
def test_any_value_may_stand_anywhere(text: str) -> None:
    trees = [_plain(document.value) for document in load_all(text)]
    for number, tree in enumerate(trees):
        for place, path in enumerate(_paths(tree)):
            if not path or path in (("apiVersion",), ("kind",)):
                continue
            odd = ODD[(place * 7 + number) % len(ODD)]
            for value in (odd, ODD[(place * 3 + 5) % len(ODD)]):
                made = [*trees[:number], _replaced(tree, path, value), *trees[number + 1 :]]
                assert _judge(dump(made)) == "", (path, value)


_WORKFLOW = """apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: x}
spec:
  entrypoint: n0
  templates:
"""
_ROUTE = """apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: x}
spec:
"""
HOSTILE = {
    "every task waits for all before": _WORKFLOW
    + "  - name: n0\n    dag:\n      tasks:\n"
    + "".join(
        f"      - {{name: t{i}, template: n0, "
        f"dependencies: [{','.join(f't{j}' for j in range(i))}]}}\n"
        for i in range(120)
    ),
    "templates that call the next twice": _WORKFLOW
    + "".join(
        f"  - {{name: n{i}, steps: [[{{name: x, template: n{i + 1}}}, "
        f"{{name: y, template: n{i + 1}}}]]}}\n"
        for i in range(400)
    ),
    "tags without an end": _WORKFLOW
    + '  - {name: n0, container: {image: x, args: ["'
    + "{{inputs." * 6000
    + '"]}}\n',
    "a long depends": _WORKFLOW
    + '  - {name: n0, dag: {tasks: [{name: t, template: a, depends: "'
    + "a-" * 30_000
    + '"}]}}\n',
    "lists in lists": _WORKFLOW + "  " + "[" * 190 + "]" * 190,
    "more matches than allowed": _ROUTE
    + "  rules:\n  - matches:\n"
    + "    - path: {type: Exact, value: /a}\n" * 1200,
    "many parents": _ROUTE + "  parentRefs:\n" + "  - {name: a}\n" * 3000,
    "a text that a pattern hates": _ROUTE + f"  hostnames: [{'a-' * 30_000}]\n",
    "open trial parameters": "apiVersion: kubeflow.org/v1beta1\nkind: Experiment\n"
    'metadata: {name: x}\nspec: {trialTemplate: {trialSpec: {a: "'
    + "${trialParameters." * 3000
    + '"}}}\n',
    "a deep graph": "apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\n"
    "metadata: {name: a}\nspec: {predictors: [{name: a, graph: "
    + "{name: a, children: [" * 90
    + "]}" * 90
    + "}]}\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_judged_soon(name: str) -> None:
    text = HOSTILE[name]
    assert _judge(text) == ""
    begin = time.process_time()
    check_files({LANGUAGE.path: text}, {LANGUAGE.path: LANGUAGE.name})
    assert time.process_time() - begin < 0.25  # 0.05 on a quiet machine
