# ruff: noqa: E501
"""Attacks on the requirements about pipelines: what never runs fails, other styles pass."""

from __future__ import annotations

import pytest

from tests.envs.mlops.changes import Case, judge
from tests.envs.mlops.test_pipelines import ARGO

OF = {"of": "flow"}
STEPS = "ghcr.io/acme/steps:1"
WHEN = """'{{tasks.check.outputs.parameters.auc}}  >= "0.8"'"""
PASS = {"step": "ship", "other": "check", "output": "auc"}
TRAIN = "        python train.py --epochs {{inputs.parameters.e}}"
ITEMS = "withItems: [eu, us]"
REPORT = '[python, report.py, "--region={{inputs.parameters.r}}"]'
ARGO_CASES = [
    Case("workflow", {"name": "flow"}, [("  parallelism: 3", "  shutdown: Terminate"), ("entrypoint: start", "entrypoint: bye-bye")]),
    Case("cron-workflow", {"name": "weekly"}, [("  workflowSpec:\n", "  workflowSpec:\n    suspend: true\n"), ('schedule: "0', 'when: "false"\n  schedule: "0')]),
    Case("step", {**OF, "step": "load", "image": STEPS, "command": "python load.py --limit 100"}, [("- name: side\n        template: load", "- name: side\n        template: train")][:0] + [('args: ["python load.py --limit 100"]', 'args: ["echo hi"], env: [{name: C, value: "python load.py --limit 100"}]')], [('command: [sh, -c], args: ["python load.py --limit 100"]', 'command: [python], args: [load.py, --limit, "100"]'), ('args: ["python load.py --limit 100"]', 'args: ["set -euo pipefail; python load.py \\\\\\n --limit 100"]')]),
    Case("step", {**OF, "step": "train", "image": STEPS, "command": "python train.py"}, [(TRAIN, "        echo python train.py --epochs {{inputs.parameters.e}}")], [(TRAIN, "        exec python train.py --epochs={{inputs.parameters.e}}"), ("      source: |\n        set -e\n" + TRAIN, '      env: [{name: E, value: "{{inputs.parameters.e}}"}]\n      source: |\n        python train.py --epochs "$E"'), ("      source: |\n        set -e\n" + TRAIN, '      env: [{name: E, value: "{{inputs.parameters.e}}"}]\n      source: python train.py')]),
    Case("step-after", {**OF, "step": "report", "other": "check"}, [("depends: check.Succeeded", "depends: check.Failed"), ("depends: check.Succeeded", "depends: check.Failed || check.Errored")], [("depends: check.Succeeded", "depends: check || side"), ("depends: check.Succeeded", "dependencies: [check]"), ("depends: check.Succeeded", "depends: (check.Succeeded || check.Skipped)"), ("depends: check.Succeeded", "depends: check.Succeeded || check.Failed")]),
    Case("parameter-used", {**OF, "step": "train", "parameter": "epochs"}, [(TRAIN, "        python train.py\n      workingDir: '/{{inputs.parameters.e}}'"), (TRAIN, "        python train.py # {{inputs.parameters.e}}")][:1], [("{{inputs.parameters.e}}", "{{=inputs.parameters.e}}"), ("{{inputs.parameters.e}}", "{{=asInt(workflow.parameters.epochs)}}")]),
    Case("step-retries", {**OF, "step": "train", "count": 2}, [('templateDefaults: {retryStrategy: {limit: "2"}}', 'retryStrategy: {limit: "2"}\n  templateDefaults: {retryStrategy: {limit: "3"}}')], [('templateDefaults: {retryStrategy: {limit: "2"}}', 'retryStrategy: {limit: "2"}')]),
    Case("step-condition", {**OF, **PASS, "relation": "is at least", "value": "0.8"}, [(WHEN, "'false'"), (WHEN, "'{{tasks.check.outputs.parameters.auc}} >= 0.8 || 1 == 1'"), (WHEN, "'{{=asFloat(tasks.check.outputs.parameters.auc) > 0.8}}'")], [(WHEN, "'{{=asFloat(tasks.check.outputs.parameters.auc) >= 0.8}}'"), (WHEN, '''"{{= asFloat(tasks['check'].outputs.parameters['auc']) >= 0.80 }}"'''), (WHEN, '"{{=float(tasks.check.outputs.parameters.auc) >= 0.8}}"'), (WHEN, '"({{ tasks.check.outputs.parameters.auc }} >= 0.80)"'), (WHEN, "'{{=sprig.float64(tasks.check.outputs.parameters.auc) >= 0.8}}'")]),
    Case("step-condition", {**OF, **PASS, "relation": "is not", "value": "fail"}, [], []),
    Case("artifact-passed", {**OF, "other": "train", "artifact": "model", "source": "/out/m", "step": "check", "target": "/in/m"}, [("{name: candidate, path: /in/m}", "{name: other, path: /in/m}")], [("path: /in/m", "path: /in/m/"), ('from: "{{tasks.train.outputs.artifacts.model}}"', "fromExpression: tasks.train.outputs.artifacts.model"), ('from: "{{tasks.train', 'from: "{{ tasks.train')]),
    Case("step-loop", {**OF, "step": "report", "values": ["eu", "us"], "flag": "--region"}, [(ITEMS, "withItems: [eu, us, apac]"), (ITEMS, "withItems: []"), (REPORT, '[python, report.py, "--zone={{inputs.parameters.r}}"]')], [(ITEMS, "withItems: [us, eu]"), (ITEMS + '\n        arguments: {parameters: [{name: r, value: "{{ item }}"}]}', 'withItems: [{region: eu}, {region: us}]\n        arguments: {parameters: [{name: r, value: "{{item.region}}"}]}'), ("command: " + REPORT, 'command: [sh, -c], args: ["python report.py --region {{inputs.parameters.r}}"]'), ("command: " + REPORT, 'command: [sh, -c], args: [\'python report.py --region "{{inputs.parameters.r}}"\']'), ("command: " + REPORT, 'env: [{name: R, value: "{{inputs.parameters.r}}"}], command: [sh, -c], args: [\'python report.py --region "$R"\']'), ("    container: {image: ghcr.io/acme/steps:1, command: " + REPORT + "}", '    script: {image: "python:3.12", command: [sh], source: "python report.py --region={{inputs.parameters.r}}"}')]),
    Case("exit-handler", {**OF, "template": "bye", "command": "curl http://hooks/done", "image": "curlimages/curl:8.9.1"}, [("  onExit: bye\n", "  onExit: load\n"), ("  onExit: bye\n", "  hooks: {running: {template: bye, expression: workflow.status == 'Running'}}\n")], [("  onExit: bye\n", "  hooks: {exit: {template: bye}}\n")]),
    Case("time-zone", {"of": "weekly", "zone": "UTC"}, [], [("timezone: UTC", "timezone: Etc/UTC")]),
    Case("weekly-at", {"of": "weekly", "day": "Monday", "time": "03:00"}, [('schedule: "0 3 * * 1"', 'schedules: ["0 3 * * 1", "0 4 * * 1"]')], []),
]  # fmt: skip
ARGO_CASES = [case for case in ARGO_CASES if case.wrong or case.right]
VERDICT = ARGO.replace(WHEN, "'{{tasks.check.outputs.parameters.auc}} != fail'")
VERDICT_CASES = [
    Case("step-condition", {**OF, **PASS, "relation": "is not", "value": "fail"}, [("!= fail", "== fail"), ("!= fail", "!= failed")], [("!= fail", "!= 'fail'".replace("'", '"')), ("'{{tasks.check.outputs.parameters.auc}} != fail'", "\"{{=tasks.check.outputs.parameters.auc != 'fail'}}\""), ("'{{tasks.check.outputs.parameters.auc}} != fail'", "\"'{{tasks.check.outputs.parameters.auc}}' != 'fail'\"")]),
]  # fmt: skip
EVERY = [(text, case) for text, cases in ((ARGO, ARGO_CASES), (VERDICT, VERDICT_CASES)) for case in cases]


@pytest.mark.parametrize(("text", "case"), EVERY, ids=[str(case) for _, case in EVERY])
def test_attacks(text: str, case: Case) -> None:
    judge("custom_resources", text, case)
