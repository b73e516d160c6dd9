# ruff: noqa: E501
"""Attacks on the requirements about pipelines: what never runs fails, other styles pass."""

from __future__ import annotations

import pytest

from tests.envs.mlops.changes import Case, judge
from tests.envs.mlops.test_pipelines import ARGO, DOCKER, KFP, SAGEMAKER, VERTEX

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
    Case("step", {**OF, "step": "load", "image": STEPS, "command": "python load.py --limit 100"}, [('args: ["python load.py --limit 100"]', 'args: ["echo hi"], env: [{name: C, value: "python load.py --limit 100"}]')], [('command: [sh, -c], args: ["python load.py --limit 100"]', 'command: [python], args: [load.py, --limit, "100"]'), ('args: ["python load.py --limit 100"]', 'args: ["set -euo pipefail; python load.py \\\\\\n --limit 100"]')]),
    Case("step", {**OF, "step": "train", "image": STEPS, "command": "python train.py"}, [(TRAIN, "        echo python train.py --epochs {{inputs.parameters.e}}")], [(TRAIN, "        exec python train.py --epochs={{inputs.parameters.e}}"), ("      source: |\n        set -e\n" + TRAIN, '      env: [{name: E, value: "{{inputs.parameters.e}}"}]\n      source: |\n        python train.py --epochs "$E"'), ("      source: |\n        set -e\n" + TRAIN, '      env: [{name: E, value: "{{inputs.parameters.e}}"}]\n      source: python train.py')]),
    Case("step-after", {**OF, "step": "report", "other": "check"}, [("depends: check.Succeeded", "depends: check.Failed"), ("depends: check.Succeeded", "depends: check.Failed || check.Errored")], [("depends: check.Succeeded", "depends: check || side"), ("depends: check.Succeeded", "depends: (check.Succeeded || check.Skipped)"), ("depends: check.Succeeded", "depends: check.Succeeded || check.Failed")]),
    Case("parameter-used", {**OF, "step": "train", "parameter": "epochs"}, [(TRAIN, "        python train.py\n      workingDir: '/{{inputs.parameters.e}}'"), ], [("{{inputs.parameters.e}}", "{{=inputs.parameters.e}}"), ("{{inputs.parameters.e}}", "{{=asInt(workflow.parameters.epochs)}}")]),
    Case("step-retries", {**OF, "step": "train", "count": 2}, [('templateDefaults: {retryStrategy: {limit: "2"}}', 'retryStrategy: {limit: "2"}\n  templateDefaults: {retryStrategy: {limit: "3"}}')], [('templateDefaults: {retryStrategy: {limit: "2"}}', 'retryStrategy: {limit: "2"}')]),
    Case("step-condition", {**OF, **PASS, "relation": "is at least", "value": "0.8"}, [(WHEN, "'false'"), (WHEN, "'{{tasks.check.outputs.parameters.auc}} >= 0.8 || 1 == 1'"), (WHEN, "'{{=asFloat(tasks.check.outputs.parameters.auc) > 0.8}}'")], [(WHEN, "'{{=asFloat(tasks.check.outputs.parameters.auc) >= 0.8}}'"), (WHEN, '''"{{= asFloat(tasks['check'].outputs.parameters['auc']) >= 0.80 }}"'''), (WHEN, '"{{=float(tasks.check.outputs.parameters.auc) >= 0.8}}"'), (WHEN, '"({{ tasks.check.outputs.parameters.auc }} >= 0.80)"'), (WHEN, "'{{=sprig.float64(tasks.check.outputs.parameters.auc) >= 0.8}}'")]),
    Case("artifact-passed", {**OF, "other": "train", "artifact": "model", "source": "/out/m", "step": "check", "target": "/in/m"}, [("{name: candidate, path: /in/m}", "{name: other, path: /in/m}")], [("path: /in/m", "path: /in/m/"), ('from: "{{tasks.train.outputs.artifacts.model}}"', "fromExpression: tasks.train.outputs.artifacts.model"), ('from: "{{tasks.train', 'from: "{{ tasks.train')]),
    Case("step-loop", {**OF, "step": "report", "values": ["eu", "us"], "flag": "--region"}, [(ITEMS, "withItems: [eu, us, apac]"), (ITEMS, "withItems: []"), (REPORT, '[python, report.py, "--zone={{inputs.parameters.r}}"]')], [(ITEMS, "withItems: [us, eu]"), (ITEMS + '\n        arguments: {parameters: [{name: r, value: "{{ item }}"}]}', 'withItems: [{region: eu}, {region: us}]\n        arguments: {parameters: [{name: r, value: "{{item.region}}"}]}'), ("command: " + REPORT, 'command: [sh, -c], args: ["python report.py --region {{inputs.parameters.r}}"]'), ("command: " + REPORT, 'command: [sh, -c], args: [\'python report.py --region "{{inputs.parameters.r}}"\']'), ("command: " + REPORT, 'env: [{name: R, value: "{{inputs.parameters.r}}"}], command: [sh, -c], args: [\'python report.py --region "$R"\']'), ("    container: {image: ghcr.io/acme/steps:1, command: " + REPORT + "}", '    script: {image: "python:3.12", command: [sh], source: "python report.py --region={{inputs.parameters.r}}"}')]),
    Case("step-loop", {**OF, "step": "report", "values": ["eu", "us"], "flag": "--region"}, [], [(ITEMS, "withParam: '{{workflow.parameters.regions}}'"), (ITEMS, "withParam: '{{ workflow.parameters.regions }}'")]),
    Case("step", {**OF, "step": "report", "image": STEPS, "command": "python report.py"}, [], [("        template: report\n", "        inline:\n          inputs: {parameters: [{name: r}]}\n          container: {image: ghcr.io/acme/steps:1, command: " + REPORT + "}\n"), ("        template: report\n", "        templateRef: {name: lib, template: out}\n")]),
    Case("exit-handler", {**OF, "template": "bye", "command": "curl http://hooks/done", "image": "curlimages/curl:8.9.1"}, [("  onExit: bye\n", "  onExit: load\n"), ("  onExit: bye\n", "  hooks: {running: {template: bye, expression: workflow.status == 'Running'}}\n")], [("  onExit: bye\n", "  hooks: {exit: {template: bye}}\n")]),
    Case("workflow-deadline", {"of": "weekly", "seconds": 900}, [("activeDeadlineSeconds: 900", "activeDeadlineSeconds: 90"), ("    entrypoint: ship", "    entrypoint: ship\n    activeDeadlineSeconds: 60")], [("    entrypoint: ship", "    entrypoint: ship\n    activeDeadlineSeconds: 900")]),
    Case("time-zone", {"of": "weekly", "zone": "UTC"}, [], [("timezone: UTC", "timezone: Etc/UTC")]),
    Case("weekly-at", {"of": "weekly", "day": "Monday", "time": "03:00"}, [('schedule: "0 3 * * 1"', 'schedules: ["0 3 * * 1", "0 4 * * 1"]')], []),
]  # fmt: skip
ARGO = ARGO.replace(
    "{name: epochs, value: 5}",
    """{name: epochs, value: 5}, {name: regions, value: '["us", "eu"]'}""",
).replace(
    "metadata: {name: lib}\nspec:\n  templates:\n",
    "metadata: {name: lib}\nspec:\n  activeDeadlineSeconds: 900\n  templates:\n  - name: out\n    inputs: {parameters: [{name: r}]}\n    container: {image: ghcr.io/acme/steps:1, command: "
    + REPORT
    + "}\n",
)
VERDICT = ARGO.replace(WHEN, "'{{tasks.check.outputs.parameters.auc}} != fail'")
VERDICT_CASES = [
    Case("step-condition", {**OF, **PASS, "relation": "is not", "value": "fail"}, [("!= fail", "== fail"), ("!= fail", "!= failed")], [("!= fail", "!= 'fail'".replace("'", '"')), ("'{{tasks.check.outputs.parameters.auc}} != fail'", "\"{{=tasks.check.outputs.parameters.auc != 'fail'}}\""), ("'{{tasks.check.outputs.parameters.auc}} != fail'", "\"'{{tasks.check.outputs.parameters.auc}}' != 'fail'\"")]),
]  # fmt: skip

EPOCHS = """args: [--epochs, "{{$.inputs.parameters['n']}}", --out, "{{$.outputs.artifacts['model'].path}}"]"""
RUN = "command: [python, train.py]\n        " + EPOCHS
BY_ENV = """command: [sh, -c, 'python train.py --epochs "$EPOCHS"']"""
LOGS = "env: [{name: LOG, value: debug}]"
KFP_CASES = [
    Case("pipeline-task", {"task": "direct", "image": "ghcr.io/acme/train:2", "command": "python train.py"}, [(RUN, "command: [sh, -c, 'echo python train.py']"), ("command: [python, train.py]", "command: [python, train.py, --fast]")], [(RUN, "command: [python, train.py]"), (RUN, "command: [bash, -ec]\n        args: ['exec python train.py']"), (RUN + "\n        " + LOGS, BY_ENV + """\n        env: [{name: EPOCHS, value: "{{$.inputs.parameters['n']}}"}]""")]),
    Case("parameter-reaches", {"task": "direct", "parameter": "epochs"}, [(EPOCHS, "args: [--epochs, '10']")], [(RUN + "\n        " + LOGS, BY_ENV + """\n        env: [{name: EPOCHS, value: "{{$.inputs.parameters['n']}}"}]""")]),
    Case("pipeline-order", {"task": "clean", "other": "load"}, [("component_ref: {name: comp-guard}", "component_ref: {name: comp-guard}\n        trigger_policy: {condition: 'false'}")]),
    Case("pipeline-accelerator", {"task": "direct", "kind": "nvidia.com/gpu", "count": 1}, [], [('{resource_type: nvidia.com/gpu, resource_count: "1"}', '{type: nvidia.com/gpu, count: "1"}')]),
]  # fmt: skip
RATE = "--rate={rate}"
PROJECT_CASES = [
    Case("entry-point", {"name": "main", "program": "python train.py"}, [("      python train.py", "      # python train.py")], [("      set -e\n      python", "      cd src && exec python")]),
    Case("entry-parameter", {"entry": "main", "name": "rate", "kind": "float", "default": 0.1, "flag": "--rate"}, [(RATE, "# --rate={rate}"), (RATE, "--rates={rate}")], [(RATE, "--rate '{rate}'"), ("default: 0.10", "default: 1e-1")]),
]  # fmt: skip
ROLE = "data.aws_iam_role.ml.arn"
SAGEMAKER_CASES = [
    Case("sagemaker-role", {"of": "scorer", "role": "ml-runtime"}, [(ROLE, '"arn:aws:iam::123456789012:role/ml-runtime-2"')], [(ROLE, '"arn:aws:iam::${"123456789012"}:role/${"ml-runtime"}"')]),
    Case("sagemaker-env", {"of": "scorer", "key": "TOP_K", "value": "20"}, [], [("{ TOP_K = 20 }", 'merge({ A = "b" }, { TOP_K = "20" })')]),
    Case("sagemaker-endpoint", {"name": "online", "configuration": "scorer-config"}, [('"aws_sagemaker_endpoint" "e" {', '"aws_sagemaker_endpoint" "e" {\n  count = 0')], [("aws_sagemaker_endpoint_configuration.c.name", "aws_sagemaker_endpoint_configuration.c.id"), ("aws_sagemaker_endpoint_configuration.c.name", '"${var.name}-config"')]),
    Case("variant-scaling", {"endpoint": "online", "variant": "blue", "low": 1, "high": 6}, [('"aws_appautoscaling_target" "t" {', '"aws_appautoscaling_target" "t" {\n  count = 0')], [('"endpoint/${aws_sagemaker_endpoint.e.name}/variant/blue"', '"endpoint/online/variant/blue"'), ('"endpoint/${aws_sagemaker_endpoint.e.name}/variant/blue"', '"endpoint/${aws_sagemaker_endpoint.e.name}/variant/${keys(local.types)[0]}"')]),
    Case("data-capture", {"of": "scorer-config", "percent": 50, "uri": "s3://capture"}, [], [('capture_mode = "InputAndOutput"\n    }', 'capture_mode = "Input"\n    }\n    capture_options {\n      capture_mode = "Output"\n    }')]),
]  # fmt: skip
VERTEX_CASES = [
    Case("featurestore", {"name": "store", "region": "europe-west4", "nodes": 2}, [], [('name   = "store"', 'name   = "${"st"}ore"')]),
    Case("entity-type", {"name": "user", "store": "store"}, [('toset(["user", "item"])', "toset([])")], [('for_each     = toset(["user", "item"])', 'for_each     = { user = 1, item = 2 }')]),
]  # fmt: skip
ANSWERS = (
    ("custom_resources", ARGO, ARGO_CASES),
    ("custom_resources", VERDICT, VERDICT_CASES),
    ("kfp", KFP, KFP_CASES),
    ("mlflow", DOCKER, PROJECT_CASES),
    ("terraform", SAGEMAKER, SAGEMAKER_CASES),
    ("terraform", VERTEX, VERTEX_CASES),
)
EVERY = [(language, text, case) for language, text, cases in ANSWERS for case in cases]


@pytest.mark.parametrize(("language", "text", "case"), EVERY, ids=[str(one[2]) for one in EVERY])
def test_attacks(language: str, text: str, case: Case) -> None:
    judge(language, text, case)
