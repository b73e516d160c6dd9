"""Wide manifests: a verdict in linear time, whatever is repeated how often."""

from __future__ import annotations

import time

import pytest

from iac_gym.languages.kubernetes import LANGUAGE
from iac_gym.languages.kubernetes.schema import MOST_PROBLEMS
from iac_gym.verifier import check_files

HEAD = "apiVersion: {}\nkind: {}\nmetadata:\n  name: a\n"
POD = HEAD.format("v1", "Pod") + "spec:\n"
ONE = "  containers:\n  - name: a\n    image: b:1\n"


def _rows(row: str, count: int) -> str:
    return "".join(row.replace("#", str(n)) + "\n" for n in range(count))


def _many(texts: list[str]) -> str:
    return "---\n".join(texts)


WIDE = {
    "containers below a wide security context": POD
    + "  securityContext: {"
    + ", ".join(f"k{n}: 1" for n in range(1500))
    + "}\n  containers:\n"
    + _rows("  - {name: c#}", 2000),
    "mounts of many volumes": POD
    + ONE
    + "    volumeMounts:\n"
    + _rows("    - {name: w#, mountPath: /#}", 1500)
    + "  volumes:\n"
    + _rows("  - {name: v#}", 1500),
    "ports": POD + ONE + "    ports:\n" + _rows("    - {hostPort: #, containerPort: #}", 1500),
    "variables": POD + ONE + "    env:\n" + _rows("    - {name: E#, valueFrom: {a: 1}}", 1500),
    "labels": HEAD.format("v1", "ConfigMap") + "  labels:\n" + _rows("    k#_: v_", 3000),
    "fields": HEAD.format("v1", "ConfigMap") + _rows("dat#: v", 5000),
    "scopes": HEAD.format("v1", "ResourceQuota") + "spec:\n  scopes:\n" + _rows("  - x#", 5000),
    "unknown kinds": _many(
        [f"apiVersion: v1\nkind: Pood{n}\nmetadata: {{}}\n" for n in range(500)]
    ),
    "services without pods": _many(
        [
            HEAD.format("v1", "Service")
            + f"spec: {{selector: {{a: b}}, ports: [{{port: {n + 1}, targetPort: x}}]}}\n"
            for n in range(60)
        ]
        + [POD + ONE + "    ports:\n" + _rows("    - {containerPort: #}", 30) for _ in range(60)]
    ),
    "budgets without pods": _many(
        [
            HEAD.format("policy/v1", "PodDisruptionBudget")
            + "spec: {selector: {matchExpressions: ["
            + ", ".join(["{key: a, operator: NotIn, values: [b]}"] * 30)
            + "]}}\n"
            for _ in range(40)
        ]
        + [POD + ONE for _ in range(80)]
    ),
}


@pytest.mark.parametrize("name", WIDE)
def test_a_verdict_comes_soon(name: str) -> None:
    start = time.process_time()
    verdict = check_files({"m.yaml": WIDE[name]}, {"m.yaml": "kubernetes"})
    assert not verdict.unscored
    assert time.process_time() - start < 3  # about 0.05 s; a quadratic rule takes many seconds


def test_the_first_problems_are_kept_in_order() -> None:
    model = LANGUAGE.parse({"m.yaml": WIDE["scopes"]})
    lines = [problem.finding.line for problem in model.problems if problem.sort == "value"]
    assert lines == list(range(7, 7 + MOST_PROBLEMS))


def test_many_problems_of_one_sort_hide_no_other() -> None:
    text = WIDE["fields"] + "data: {a: 1}\n---\napiVersion: v1\nkind: Nothing\n"
    verdict = check_files({"m.yaml": text}, {"m.yaml": "kubernetes"})
    found = {diagnostic.rule: diagnostic.finding.line for diagnostic in verdict.diagnostics}
    assert {"known-fields", "field-types", "known-kind"} <= set(found)
    assert found["field-types"] == 5005
