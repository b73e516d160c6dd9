# ruff: noqa: E501
"""Attacks on the requirements about KServe, Ray and Kubeflow: near misses fail, other styles pass."""

from __future__ import annotations

import pytest

from tests.envs.mlops.changes import Case, judge
from tests.envs.mlops.test_custom_resources import KSERVE, RAY, TRAINING

STOP = (
    "metadata:\n  name: iris\n  annotations: {",
    'metadata:\n  name: iris\n  annotations: {serving.kserve.io/stop: "true", ',
)
OLD = "    sklearn:"
IRIS = {"of": "iris"}
COMMAND = 'command: [python, serve.py, --workers, "4"]'
KSERVE_CASES = [
    Case("inference-service", {"name": "iris", "format": "sklearn", "uri": "s3://models/iris"}, [STOP, ("  predictor:\n    minReplicas", "  transformer:\n    minReplicas")]),
    Case("inference-service", {"name": "net", "format": "onnx", "uri": "gs://m/net"}, [("modelFormat: {name: onnx}", "modelFormat: {name: pmml}")], [("    model:\n      modelFormat: {name: onnx}\n      runtime: onnx-rt", "    onnx:\n      protocolVersion: v2")]),
    Case("custom-predictor", {"name": "own", "image": "ghcr.io/acme/predict:2"}, [("- name: kserve-container\n      image", "- name: other\n      image"), ("image: envoy:1\n    - name: kserve-container\n      image: ghcr.io/acme/predict:2", "image: ghcr.io/acme/predict:2\n    - name: kserve-container\n      image: envoy:1")], [("- name: sidecar\n      image: envoy:1\n    - name: kserve-container", "- name: predict")]),
    Case("argument", {"of": "own", "flag": "--workers", "value": 4}, [(COMMAND, 'command: [echo, --workers, "4"]'), (COMMAND, 'env: [{name: ARGS, value: "--workers=4"}]')], [(COMMAND, 'command: [sh, -c, "exec python serve.py --workers=4"]'), (COMMAND, "args: [--workers=4]"), (COMMAND, 'env: [{name: COUNT, value: "4"}]\n      args: [--workers=$(COUNT)]')]),
    Case("transformer", {"of": "own", "image": "ghcr.io/acme/prep:1"}, [('{name: t, image: ghcr.io/acme/prep:1}', '{name: kserve-container, image: x}, {name: t, image: "ghcr.io/acme/prep:1"}')], [('{name: t, image: ghcr.io/acme/prep:1}', '{name: log, image: x}, {name: kserve-container, image: "ghcr.io/acme/prep:1"}')]),
    Case("memory-request", {**IRIS, "amount": "2Gi"}, [], [(OLD, "    paddle:"), (OLD, "    pmml:"), (OLD, "    containers: [{name: agent, image: x}]\n    model:\n      modelFormat: {name: sklearn}")]),
    Case("canary", {**IRIS, "percent": 20}, [("    canaryTrafficPercent: 20\n", ""), ("    canaryTrafficPercent: 20", "    labels: {canaryTrafficPercent: '20'}")]),
    Case("serving-runtime", {"name": "onnx-rt", "format": "onnx", "image": "ghcr.io/acme/onnx:1"}, [('[{name: kserve-container, image: "ghcr.io/acme/onnx:1"', '[{name: kserve-container, image: x}, {name: other, image: "ghcr.io/acme/onnx:1"')]),
]  # fmt: skip

AUTO = "  autoscalerOptions: {idleTimeoutSeconds: 120}\n"
RAY_CASES = [
    Case("ray-autoscaling", {"of": "ray", "seconds": 120}, [("  - groupName: gpu\n", "  - groupName: gpu\n    idleTimeoutSeconds: 10\n")], [(AUTO, "  autoscalerOptions: {version: v2, idleTimeoutSeconds: 120}\n")]),
    Case("ray-entry", {"of": "job", "command": "python train.py --epochs 5"}, [("python train.py --epochs 5", "true || python train.py --epochs 5")], [("python train.py --epochs 5", "python \\\n      train.py --epochs 5"), ("python train.py --epochs 5", "cd /app && python train.py --epochs 5")]),
    Case("ray-package", {"of": "job", "package": "torch==2.8.0"}, [("torch==2.8.0", "torch==2.8.0.1")], [('"torch==2.8.0"', '"torch == 2.8.0"')]),
    Case("part-gpus", {"of": "ray", "part": "gpu", "count": 2}, [("limits: {nvidia.com/gpu: 2,", "requests: {nvidia.com/gpu: 2}, limits: {")], [("nvidia.com/gpu: 2,", 'nvidia.com/gpu: "2",')]),
]  # fmt: skip

HIDE = "python t.py --lr ${trialParameters.rate} --opt=${trialParameters.o}"
PT = {"of": "pt", "part": "Worker"}
TRAINING_CASES = [
    Case("part-gpus", {**PT, "count": 4}, [("          - name: pytorch\n            image", "          - name: side\n            image: x\n            resources: {limits: {nvidia.com/gpu: 1}}\n          - name: main\n            image")], [("          - name: pytorch\n", "          - {name: logs, image: x}\n          - name: pytorch\n")]),
    Case("processes", {"of": "pt", "count": 4}, [], [('nprocPerNode: "4"', "nprocPerNode: '4'"), ('  nprocPerNode: "4"\n  elasticPolicy: {', "  elasticPolicy: {nProcPerNode: 4, ")]),
    Case("search-range", {"of": "exp", "kind": "double", "parameter": "lr", "low": "0.001", "high": "0.1"}, [(HIDE, "python t.py --opt=${trialParameters.o}")], [("--lr ${trialParameters.rate}", "--lr=${trialParameters.rate}"), ('min: "0.0010"', 'min: "1e-3"')]),
    Case("trial-image", {"of": "exp", "image": "ghcr.io/acme/train:2"}, [("            - name: t\n", "            - name: t\n              image: x\n            - name: s\n")], [("            - name: t\n", "            - {name: s, image: x}\n            - name: t\n")]),
    Case("notebook", {"name": "nb", "image": "jupyter:1"}, [("containers: [{name: nb, image", "containers: [{name: nb, image: x}, {name: b, image")], [("containers: [{name: nb", "containers: [{name: side, image: x}, {name: nb")]),
]  # fmt: skip
#: A placeholder beside the command, which no training gets.
LABEL = "          metadata: {annotations: {lr: '${trialParameters.rate}'}}\n          spec:\n            restart"
LABELLED = TRAINING.replace("          spec:\n            restart", LABEL)
LABELLED_CASES = [
    Case("search-range", {"of": "exp", "kind": "double", "parameter": "lr", "low": "0.001", "high": "0.1"}, [(HIDE, "python t.py --opt=${trialParameters.o}")]),
]  # fmt: skip

ANSWERS = {
    "kserve": (KSERVE, KSERVE_CASES),
    "ray": (RAY, RAY_CASES),
    "training": (TRAINING, TRAINING_CASES),
    "labelled": (LABELLED, LABELLED_CASES),
}
EVERY = [(text, case) for text, cases in ANSWERS.values() for case in cases]


@pytest.mark.parametrize(("text", "case"), EVERY, ids=[str(case) for _, case in EVERY])
def test_attacks(text: str, case: Case) -> None:
    judge("custom_resources", text, case)
