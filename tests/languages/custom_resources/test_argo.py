"""Argo's own validation: what it accepts and what it refuses, beyond the examples of the pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from iac_gym.languages.custom_resources import LANGUAGE
from iac_gym.verdict import Stage
from iac_gym.verifier import check_files

Found = Callable[[str], set[tuple[str, int]]]

HEAD = """apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  name: w
spec:
  entrypoint: main
"""
WORK = """
    - name: work
      inputs:
        parameters: [{name: what, default: x}]
        artifacts: [{name: data, path: /tmp/data, optional: true}]
      outputs:
        parameters: [{name: out, valueFrom: {path: /tmp/out}}]
        artifacts: [{name: file, path: /tmp/file}]
      container: {image: "x:1", args: ["{{inputs.parameters.what}}"]}
"""


def dag(*tasks: str, more: str = "") -> str:
    """Write a workflow whose entrypoint is a DAG of tasks."""
    lines = "".join(f"          - {task}\n" for task in tasks)
    return f"{HEAD}{more}  templates:\n    - name: main\n      dag:\n        tasks:\n{lines}{WORK}"


def steps(*groups: str, more: str = "") -> str:
    """Write a workflow whose entrypoint has groups of steps."""
    lines = "".join(f"        - {group}\n" for group in groups)
    return f"{HEAD}{more}  templates:\n    - name: main\n      steps:\n{lines}{WORK}"


def leaf(template: str, more: str = "") -> str:
    """Write a workflow of one template."""
    return f"{HEAD}{more}  templates:\n    - name: main\n{template}"


def passed(task: str, value: str, name: str = "what") -> str:
    """Write a task with one argument."""
    argument = f"arguments: {{parameters: [{{name: {name}, value: '{value}'}}]}}"
    return f"{{name: {task}, template: work, {argument}}}"


ACCEPTED = {
    "all inputs, though there are none": leaf(
        "      script: {image: x, command: [sh], source: '{{inputs.parameters}}'}\n"
    ),
    "resources of a whole pod": leaf(
        "      podResources: {limits: {cpu: 1, memory: 1Gi, hugepages-2Mi: 4Mi}}\n"
        "      container: {image: x}\n",
        "  podResources: {requests: {cpu: 1}}\n",
    ),
    "outputs of an earlier task": dag(
        "{name: a, template: work}",
        "{name: b, template: work, depends: a,"
        " arguments: {parameters: [{name: what, value: '{{tasks.a.outputs.parameters.out}}'}],"
        " artifacts: [{name: data, from: '{{tasks.a.outputs.artifacts.file}}'}]}}",
    ),
    "status of an ancestor": dag(
        "{name: a, template: work}",
        "{name: b, template: work, dependencies: [a], when: '{{tasks.a.status}} == Succeeded'}",
    ),
    "results with items": dag(
        "{name: a, template: work, withItems: [1, 2]}",
        "{name: b, template: work, depends: a.AnySucceeded || a.AllFailed}",
    ),
    "items with fields": steps("[{name: a, template: work, withItems: [{k: v}], "
        "arguments: {parameters: [{name: what, value: '{{item.k}}'}]}}]"),
    "items that are known later": steps("[{name: a, template: work, withParam: '[1]', "
        "arguments: {parameters: [{name: what, value: '{{item.any}}'}]}}]"),
    "an expression": steps("[" + passed("a", "{{=workflow.parameters.unknown}}") + "]"),
    "a tag of another program": steps("[" + passed("a", "{{ .Values.x }}") + "]"),
    "spaces in a tag": steps("[" + passed("a", "{{ workflow.name }}") + "]"),
    "a template of another object": dag("{name: a, templateRef: {name: other, template: t}}"),
    "an inline template": dag(
        "{name: a, inline: {container: {image: 'x:1', args: ['{{pod.name}}']}}}"
    ),
    "global outputs": leaf(
        "      container: {image: 'x:1', args: ['{{workflow.outputs.parameters.shared}}']}\n"
        "      outputs: {parameters: [{name: p, globalName: shared, valueFrom: {path: /p}}]}\n"
    ),
    "labels of the workflow": leaf(
        "      container: {image: 'x:1', args: ['{{workflow.labels.team}}']}\n"
    ).replace("  name: w\n", "  name: w\n  labels: {team: a}\n"),
    "a parameter without a value": leaf(
        "      suspend: {}\n", more="  arguments: {parameters: [{name: p}]}\n"
    ),
    "defaults of all templates": leaf(
        "      container: {command: [ls]}\n",
        more="  templateDefaults: {container: {image: 'x:1'}, timeout: 30s}\n",
    ),
    "retries": leaf(
        "      retryStrategy: {limit: 2, retryPolicy: OnFailure}\n"
        "      container: {image: 'x:1', args: ['{{retries}}']}\n"
    ),
}  # fmt: skip
REJECTED = {
    "argo-dependencies": (
        dag("{name: a, template: work, dependencies: [b]}",
            "{name: b, template: work, dependencies: [a]}"),
        dag("{name: a, template: work, depends: a}"),
        dag("{name: a, template: work, dependencies: [z]}"),
        dag("{name: a, template: work}", "{name: b, template: work, depends: a.Succeed}"),
        dag("{name: a, template: work}", "{name: b, template: work, depends: a.AnySucceeded}"),
        dag("{name: a, template: work}", "{name: 1b, template: work, dependencies: [a]}"),
        dag("{name: a, template: work}", passed("b", "{{tasks.a.outputs.parameters.out}}")),
        dag("{name: a, template: work, continueOn: {failed: true}}",
            "{name: b, template: work, depends: a}"),
        dag("{name: a, template: work}").replace("      dag:\n", "      dag:\n        target: z\n"),
    ),
    "argo-variables": (
        steps("[" + passed("a", "{{inputs.parameters.none}}") + "]"),
        steps("[" + passed("a", "{{steps.b.outputs.result}}") + "]",
              "[{name: b, template: work}]"),
        steps("[{name: b, template: work}]",
              "[" + passed("a", "{{steps.b.outputs.parameters.none}}") + "]"),
        steps("[{name: a, template: work, withItems: [{k: v}], "
              "arguments: {parameters: [{name: what, value: '{{item.z}}'}]}}]"),
        leaf("      container: {image: 'x:1', args: ['{{workflow.parameters.p}}']}\n"),
        leaf("      container: {image: 'x:1', args: ['{{workflow.labels.team}}']}\n"),
        leaf("      container: {image: 'x:1', args: ['{{tasks.a.outputs.result}}']}\n"),
    ),
    "argo-arguments": (
        steps("[{name: a, template: work, arguments: {parameters: [{name: what}]}}]"),
        steps("[{name: a, template: work, arguments: {artifacts: [{name: data}]}}]"),
        leaf("      inputs: {parameters: [{name: p}]}\n      suspend: {}\n"),
        leaf("      inputs: {artifacts: [{name: p, path: /p}]}\n      container: {image: 'x:1'}\n"),
        leaf("      suspend: {}\n",
             more="  arguments: {parameters: [{name: p, value: c, enum: [a, b]}]}\n"),
    ),
    "argo-template-references": (
        dag("{name: a, template: none}"),
        dag("{name: a}"),
        dag("{name: a, template: work, templateRef: {name: o, template: t}}"),
        steps("[{name: a, templateRef: {name: o}}]"),
        leaf("      suspend: {}\n", more="  workflowTemplateRef: {name: o}\n"),
        dag("{name: a, templateRef: {name: o, template: none}}")
        + "---\n"
        + leaf("      suspend: {}\n").replace("Workflow\n", "WorkflowTemplate\n").replace(
            "name: w", "name: o"),
    ),
    "argo-names": (
        dag("{name: a, template: work}", "{name: a, template: work}"),
        dag("{name: a_b, template: work}"),
        steps("[{template: work}]"),
        leaf("      suspend: {}\n").replace("name: w\n", f"name: {'w' * 64}\n"),
    ),
    "argo-template-kinds": (
        leaf("      container: {image: 'x:1'}\n      script: {image: 'x:1', source: ls}\n"),
        leaf("      inputs: {}\n"),
        leaf("      steps: []\n      activeDeadlineSeconds: 5\n"),
        leaf("      container: {image: 'x:1'}\n      timeout: '30'\n"),
        leaf("      container: {image: 'x:1'}\n      parallelism: 2\n"),
        leaf("      http: {url: 'https://a.io'}\n      podResources: {limits: {cpu: 1}}\n"),
        leaf("      suspend: {}\n      resourceClaims: [{name: gpu}]\n"),
    ),
    "argo-outputs": (
        leaf("      container: {image: 'x:1'}\n      outputs: {parameters: [{name: p}]}\n"),
        leaf("      container: {image: 'x:1'}\n"
             "      outputs: {parameters: [{name: p, valueFrom: {path: /a, jsonPath: b}}]}\n"),
    ),
    "argo-artifacts": (
        leaf("      container: {image: 'x:1'}\n      outputs: {artifacts: [{name: a}]}\n"),
        leaf("      steps: []\n      outputs: {artifacts: [{name: a, path: /a}]}\n"),
    ),
    "argo-containers": (
        leaf("      container: {command: [ls]}\n"),
        leaf("      container: {image: x}\n      podResources: {limits: {nvidia.com/gpu: 1}}\n"),
        leaf("      container: {image: x}\n", "  podResources: {claims: [{name: gpu}]}\n"),
        leaf("      container: {image: 'x:1', volumeMounts: [{name: none, mountPath: /m}]}\n"),
        leaf("      containerSet: {containers: [{name: a, image: 'x:1'}]}\n"
             "      outputs: {parameters: [{name: p, valueFrom: {path: /p}}]}\n"),
    ),
    "argo-resources": (
        leaf("      resource: {action: create}\n"),
        leaf("      resource: {action: create, manifest: 'a: ['}\n"),
    ),
    "argo-loops": (
        steps("[{name: a, template: work, withItems: [1], withParam: '[1]'}]"),
        steps("[{name: a, template: work, withSequence: {count: 3, end: 3}}]"),
    ),
    "argo-entrypoint": (
        leaf("      suspend: {}\n").replace("  entrypoint: main\n", ""),
        leaf("      suspend: {}\n", more="  onExit: none\n"),
    ),
    "argo-policies": (
        leaf("      suspend: {}\n", more="  podGC: {strategy: Never}\n"),
        leaf("      suspend: {}\n", more="  hooks: {running: {template: main}}\n"),
        leaf("      retryStrategy: {retryPolicy: Sometimes}\n      container: {image: 'x:1'}\n"),
    ),
    "argo-schedules": (
        leaf("      suspend: {}\n").replace("Workflow\n", "CronWorkflow\n"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(name: str, found: Found) -> None:
    assert found(ACCEPTED[name]) == set()


@pytest.mark.parametrize(
    ("rule", "text"), [(rule, text) for rule, texts in REJECTED.items() for text in texts]
)
def test_rejected(rule: str, text: str, found: Found) -> None:
    assert rule in {name for name, line in found(text) if line > 0}


def test_pods_of_templates_are_judged_for_security() -> None:
    text = leaf("      container: {image: 'x:1', securityContext: {privileged: true}}\n")
    verdict = check_files({LANGUAGE.path: text}, {LANGUAGE.path: LANGUAGE.name})
    rules = {d.rule for d in verdict.diagnostics if d.stage == Stage.SECURITY}
    assert {"runs-as-non-root", "resource-limits"} <= rules
    assert verdict.valid


def test_rules_run_in_their_order() -> None:
    chosen = LANGUAGE.rules_for(LANGUAGE.parse({LANGUAGE.path: REJECTED["argo-names"][0]}))
    places = [LANGUAGE.rules.index(rule) for rule in chosen]
    assert places == sorted(places)
