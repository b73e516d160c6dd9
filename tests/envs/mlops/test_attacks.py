# ruff: noqa: E501
"""Attacks on the requirements about plain Kubernetes: what does not work fails, other styles pass."""

from __future__ import annotations

import pytest

from tests.envs.mlops.changes import Case, judge
from tests.envs.mlops.test_cluster import JOBS, KUEUE, POLICY, SCALING
from tests.envs.mlops.test_servers import MORE, OLLAMA, PULL, VLLM

CHAT = {"of": "chat"}
MAIN = "            - name: chat\n              image"
START = 'exec vllm serve "$MODEL"'
VLLM_CASES = [
    Case("deployment", {"name": "chat", "image": "vllm/vllm-openai:v0.11.0"}, [(MAIN, "            - name: other\n              image"), ("replicas: 3", "replicas: 3\n      paused: true"), ("priorityClassName", "schedulingGates: [{name: hold}]\n          priorityClassName")]),
    Case("env-secret", {**CHAT, "variable": "HF_TOKEN", "secret": "hf", "key": "token"}, [("valueFrom: {secretKeyRef: {name: hf, key: token}}}", "value: hf_abcdef}"), ("key: token}}}", "key: token}}}\n                - {name: HF_TOKEN, value: x}")]),
    Case("gpus", {**CHAT, "count": 4}, [('limits: {nvidia.com/gpu: "4", ', "limits: {")], [('memory: 64Gi, nvidia.com/gpu: "4"', "memory: 64Gi"), ('limits: {nvidia.com/gpu: "4"', "limits: {nvidia.com/gpu: 4")]),
    Case("memory-request", {**CHAT, "amount": "64Gi"}, [("memory: 64Gi", "memory: 64G")], [("memory: 64Gi", "memory: 68719476736"), ("memory: 64Gi", 'memory: "65536Mi"')]),
    Case("tolerates", {**CHAT, "key": "nvidia.com/gpu", "effect": "NoExecute"}, [("{key: nvidia.com/gpu, operator: Exists}", "{key: nvidia.com/gpu, operator: Exists, effect: NoExecute, tolerationSeconds: 60}")], [("{key: nvidia.com/gpu, operator: Exists}", "{key: nvidia.com/gpu, operator: Exists, effect: NoExecute}")]),
    Case("shared-memory", {**CHAT, "size": "8Gi"}, [("- {name: shm, mountPath: /dev/shm}\n", "- {name: none, mountPath: /dev/shm}\n"), ("- {name: shm, emptyDir", "- {name: other, emptyDir")], [("8192Mi", "8589934592")]),
    Case("claim-mounted", {**CHAT, "claim": "weights", "path": "/root/.cache/huggingface"}, [("metadata: {name: weights, namespace: llm}", "metadata: {name: weights}"), ("- {name: w, mountPath: /root/.cache/huggingface/}", "")], [("metadata: {name: weights, namespace: llm}", "metadata: {name: other, namespace: llm}")]),
    Case("http-probe", {**CHAT, "probe": "startup", "path": "/health", "port": 8001}, [("port: api}, periodSeconds: 20", "port: http}, periodSeconds: 20")], [("port: api}, periodSeconds: 20", "port: 8001}, periodSeconds: 20")]),
    Case("vllm-model", {**CHAT, "model": "Qwen/Qwen3-8B"}, [("command: [/bin/bash, -c]", "command: [/bin/bash]"), ("exec vllm serve", "VLLM=1; : vllm serve")], [(START, "vllm serve --enforce-eager Qwen/Qwen3-8B"), (START, "vllm serve --host 0.0.0.0 Qwen/Qwen3-8B"), (START, "VLLM_USE_V1=1 vllm serve --model Qwen/Qwen3-8B"), (START, "pip install -q lmcache && exec vllm serve $MODEL"), (START, "/usr/local/bin/vllm serve ${MODEL}")]),
    Case("vllm-switch", {**CHAT, "flag": "--enable-prefix-caching"}, [], [("--enable-prefix-caching", "--enable_prefix_caching"), ("--enable-prefix-caching", "--enable-prefix-caching=True")]),
    Case("service", {"name": "chat-svc", "port": 80, "target": 8001, "app": "chat"}, [("type: LoadBalancer", "type: ExternalName, externalName: x.example.com"), ("targetPort: api", 'targetPort: "8002"')], [("{port: 80, targetPort: api}", "{name: http, port: 80, protocol: TCP, targetPort: 8001}, {name: m, port: 81, targetPort: 9090}")]),
    Case("init-command", {**CHAT, "image": "busybox:1.36", "command": "wget -O /tmp/x http://hub/ready"}, [], [('"set -e; wget', '"set -eu; exec wget'), ("command: [sh, -c,", "command: [sh, -ec],  args: [")]),
]  # fmt: skip

POD = "      containers:\n      - name: ollama\n"
FIRST = "      containers:\n      - {name: logs, image: 'fluent/fluent-bit:3'}\n      - name: llm\n"
SCRIPTS = (
    "ollama serve & sleep 5 && ollama pull qwen3:8b && pkill ollama",
    "ollama serve & PID=$!; sleep 5; ollama pull qwen3:8b; kill $PID",
    "nohup ollama serve > /dev/null 2>&1 & until ollama list; do sleep 1; done; ollama pull qwen3:8b",
    "set -e; /bin/ollama serve & pid=$!; for i in $(seq 1 30); do ollama list && break; sleep 1; done; ollama pull qwen3:8b; kill $pid; wait $pid || true",
)
PULLING = (
    "      initContainers:\n      - {{name: pull, image: ollama/ollama:0.12.3, command: [/bin/sh, -c],"
    " args: ['{}'], volumeMounts: [{{name: data, mountPath: /root/.ollama}}]}}\n" + POD
)
INITS = tuple(PULLING.format(text) for text in SCRIPTS)
LOOP = '"for i in 1 2 3 4 5; do ollama pull qwen3:8b && break; sleep 5; done"'
UNTIL = '"until ollama pull qwen3:8b; do sleep 2; done"'
HOOK = f'        lifecycle:\n          postStart:\n            exec:\n              command: ["/bin/sh", "-c", {PULL}]\n'
SLEEP = '"sleep 5 && ollama pull qwen3:8b"'
ASK = '"ollama list | grep -q qwen3:8b || ollama pull qwen3:8b"'
OLLAMA_CASES = [
    Case("template-mounted", {"of": "llm", "claim": "data", "path": "/root/.ollama"}, [], [(POD, FIRST)]),
    Case("ollama-pull", {"of": "llm", "model": "qwen3:8b"}, [(PULL, '"# ollama pull qwen3:8b"'), (PULL, '"exit 0; ollama pull qwen3:8b"')], [*((POD, init) for init in INITS), (PULL, SLEEP), (PULL, UNTIL), (PULL, LOOP), (PULL, ASK)]),
]  # fmt: skip

SERVER = "mlflow server -h 0.0.0.0"
MORE_CASES = [
    Case("tgi-option", {"of": "tgi", "flag": "--port", "value": 8080}, [('"--port", "8080"', '"--port-x", "8080"')], [('"--port", "8080"', '"-p", "8080"'), ('"--port", "8080"', "--port=8080")]),
    Case("mlflow-serves", {"of": "mlflow", "port": 5001}, [(SERVER, "echo mlflow server -h 0.0.0.0")], [(SERVER, "pip install psycopg2-binary boto3 && exec mlflow server -h 0.0.0.0"), (SERVER, "python -m mlflow server --host=0.0.0.0"), (SERVER, "mlflow db upgrade $DB; mlflow server -h 0.0.0.0")]),
    Case("mlflow-backend", {"of": "mlflow", "secret": "pg", "key": "uri"}, [("key: uri}}}]", "key: uri}}}, {name: DB, value: sqlite}]")]),
    Case("ingress", {"name": "web", "host": "ml.example.com", "service": "ui", "port": 80}, [("metadata: {name: web}", "metadata: {name: web, namespace: x}"), ("path: /, pathType", "path: /api, pathType")], [("pathType: Prefix", "pathType: ImplementationSpecific")]),
]  # fmt: skip

SUSPENDED = ('schedule: "30 2', 'suspend: true\n  schedule: "30 2')
TRICK = (
    "metadata: {name: nightly}\nspec:",
    "metadata: {name: nightly, labels: {kueue.x-k8s.io/queue-name: q}}\nspec:\n  suspend: true",
)
JOB_CASES = [
    Case("cron-job", {"name": "nightly", "image": "python:3.12-slim"}, [TRICK, SUSPENDED]),
    Case("runs-command", {"of": "nightly", "command": "python score.py"}, [("command: [python, score.py]", "env: [{name: CMD, value: python score.py}]"), ("command: [python, score.py]", "command: [python], args: [-c, score.py]")], [("command: [python, score.py]", "command: [python], args: [score.py]"), ("command: [python, score.py]", "args: [python, score.py]"), ("command: [python, score.py]", 'command: [/bin/sh, -c, "python \\\n score.py"]')]),
    Case("workload-priority", {"name": "urgent", "value": 1000, "of": "fill"}, [(", kueue.x-k8s.io/priority-class: urgent}}\nspec", "}}\nspec")]),
]  # fmt: skip

POLICY_CASES = [
    Case("time-slicing", {"name": "slicing", "key": "any", "count": 4}, [('"name": "nvidia.com/gpu"', '"name": "nvidia.com/mig-1g.5gb"')]),
    Case("quota", {"name": "gpu", "namespace": "lab", "resource": "requests.nvidia.com/gpu", "amount": "8"}, [("requests.nvidia.com/gpu", "limits.nvidia.com/gpu")], [('gpu: "8"', "gpu: 8")]),
]  # fmt: skip

ALL = 'selector: {matchExpressions: [{key: monitored, operator: In, values: ["yes"]}]}'
SCALING_CASES = [
    Case("service-monitor", {"name": "scrape", "service": "chat", "port": 8000}, [("{port: api, interval", "{port: '8000', interval"), ("{app: chat}, ports: [{name: api", "{app: chat}, ports: [{name: web")], [(ALL, "selector: {}"), ("{port: api, interval", "{targetPort: http, interval"), ("{port: api, interval", "{targetPort: 8000, interval"), (ALL, 'namespaceSelector: {matchNames: [default]}\n  selector: {matchLabels: {monitored: "yes"}}')]),
    Case("autoscaler", {"name": "hpa", "of": "chat"}, [("kind: Deployment, name: chat}", "kind: Deployment, name: chat-2}"), ("{apiVersion: apps/v1,", "{apiVersion: v1,")]),
    Case("pod-metric", {"name": "hpa", "metric": "vllm:num_requests_waiting", "amount": "5"}, [("averageValue: 5000m", "value: 5")], [("averageValue: 5000m", 'averageValue: "5"'), ("averageValue: 5000m", "averageValue: 5")]),
    Case("deployment", {"name": "chat", "image": "vllm/vllm-openai:v0.11.0"}, [("spec:\n  selector: {matchLabels: {app: chat}}", "spec:\n  paused: true\n  selector: {matchLabels: {app: chat}}")], [("spec:\n  selector: {matchLabels: {app: chat}}", "spec:\n  replicas: 0\n  selector: {matchLabels: {app: chat}}")]),
    Case("scaled-object", {"name": "so", "of": "chat"}, [("metadata: {name: chat}\nspec", "metadata: {name: chat, namespace: a}\nspec"), ("{team: ml}", "{autoscaling.keda.sh/paused-replicas: '0'}")], [("scaleTargetRef: {name: chat}", "scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: chat}")]),
]  # fmt: skip

KUEUE_CASES = [
    Case("flavor-tolerates", {"name": "a100", "key": "gpu", "effect": "NoSchedule"}, [("operator: Exists", "value: x")], [("{key: gpu, operator: Exists}", "{operator: Exists}")]),
    Case("cluster-quota", {"name": "cq", "flavor": "a100", "resource": "cpu", "amount": "64"}, [("  cohort: ml", "  stopPolicy: HoldAndDrain"), ("[cpu, nvidia.com/gpu]", "7")]),
    Case("local-queue", {"name": "lq", "namespace": "ml", "cluster": "cq"}, [("{clusterQueue: cq}", "{clusterQueue: cq, stopPolicy: Hold}")], [("{clusterQueue: cq}", "{clusterQueue: cq, stopPolicy: None}")]),
    Case("open-queue", {"name": "cq"}, [], [("namespaceSelector: {}", "namespaceSelector: {matchLabels: {}}")]),
]  # fmt: skip

#: Without the hook, so that only an init container can pull.
BARE = OLLAMA.replace(HOOK, "").replace(POD, INITS[0])
PULLS = "ollama serve & sleep 5 && ollama pull qwen3:8b && pkill ollama"
BARE_CASES = [
    Case("ollama-pull", {"of": "llm", "model": "qwen3:8b"}, [(PULLS, "ollama pull qwen3:8b"), (PULLS, "ollama serve & sleep 5 && echo ollama pull qwen3:8b"), ("volumeMounts: [{name: data, mountPath: /root/.ollama}]}", "volumeMounts: [{name: tmp, mountPath: /root/.ollama}]}"), ("initContainers", "ephemeralContainers")], [(PULLS, text) for text in SCRIPTS[1:]] + [(f"[/bin/sh, -c], args: ['{PULLS}']", "[ollama, pull, 'qwen3:8b'], env: [{name: OLLAMA_HOST, value: 'http://ollama:11434'}]")]),
]  # fmt: skip

ANSWERS = {
    "bare": (BARE, BARE_CASES),
    "vllm": (VLLM, VLLM_CASES), "ollama": (OLLAMA, OLLAMA_CASES), "more": (MORE, MORE_CASES),
    "jobs": (JOBS, JOB_CASES), "policy": (POLICY, POLICY_CASES),
    "scaling": (SCALING, SCALING_CASES), "kueue": (KUEUE, KUEUE_CASES),
}  # fmt: skip
EVERY = [(text, case) for text, cases in ANSWERS.values() for case in cases]


@pytest.mark.parametrize(("text", "case"), EVERY, ids=[str(case) for _, case in EVERY])
def test_attacks(text: str, case: Case) -> None:
    judge("custom_resources", text, case)
