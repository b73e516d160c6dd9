# ruff: noqa: E501
"""Servers on plain Kubernetes: right answers in other styles pass, near misses fail."""

from __future__ import annotations

import pytest

from tests.envs.mlops.changes import Case, faults, judge

VLLM = """
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: weights, namespace: llm}
    spec: {accessModes: [ReadWriteOnce], storageClassName: gp3, resources: {requests: {storage: 102400Mi}}}
  - apiVersion: v1
    kind: Service
    metadata: {name: chat-svc, namespace: llm}
    spec: {type: LoadBalancer, selector: {tier: chat}, ports: [{port: 80, targetPort: api}]}
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: vllm-env, namespace: llm}
    data: {NCCL_DEBUG: WARN, logging.yaml: "level: info"}
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: chat, namespace: llm}
    spec:
      replicas: 3
      selector: {matchLabels: {tier: chat}}
      template:
        metadata: {labels: {tier: chat}}
        spec:
          priorityClassName: gpu-high
          runtimeClassName: nvidia
          terminationGracePeriodSeconds: 120
          serviceAccountName: serving
          affinity:
            nodeAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                nodeSelectorTerms:
                  - matchExpressions: [{key: pool, operator: In, values: [a100]}]
            podAntiAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                - labelSelector: {matchExpressions: [{key: tier, operator: In, values: [chat]}]}
                  topologyKey: kubernetes.io/hostname
          tolerations:
            - {key: nvidia.com/gpu, operator: Exists}
            - {key: dedicated, operator: Equal, value: llm, effect: NoSchedule}
          volumes:
            - {name: shm, emptyDir: {medium: Memory, sizeLimit: 8192Mi}}
            - {name: w, persistentVolumeClaim: {claimName: weights}}
            - {name: c, configMap: {name: vllm-env, items: [{key: logging.yaml, path: log.yaml}]}}
          initContainers:
            - {name: wait, image: "busybox:1.36", command: [sh, -c, "set -e; wget -O /tmp/x http://hub/ready"]}
          containers:
            - name: proxy
              image: envoy:1
            - name: chat
              image: docker.io/vllm/vllm-openai:v0.11.0
              command: [/bin/bash, -c]
              args:
                - >-
                  exec vllm serve "$MODEL" --port 8001 --tensor-parallel-size=4 --max_model_len 8192
                  --gpu-memory-utilization .90 --served-model-name assistant --enable-prefix-caching
              ports: [{name: api, containerPort: 8001}]
              env:
                - {name: MODEL, value: Qwen/Qwen3-8B}
                - {name: HF_TOKEN, valueFrom: {secretKeyRef: {name: hf, key: token}}}
              envFrom: [{configMapRef: {name: vllm-env}}]
              resources:
                requests: {cpu: 8000m, memory: 64Gi, nvidia.com/gpu: "4"}
                limits: {nvidia.com/gpu: "4", memory: 128Gi}
              startupProbe: {httpGet: {path: /health, port: api}, periodSeconds: 20, failureThreshold: 30}
              readinessProbe: {httpGet: {path: /health, port: 8001}, periodSeconds: 5, initialDelaySeconds: 30}
              volumeMounts:
                - {name: shm, mountPath: /dev/shm}
                - {name: w, mountPath: /root/.cache/huggingface/}
                - {name: c, mountPath: /etc/vllm}
"""

OF = {"of": "chat"}
ASLEEP = ("replicas: 3", "replicas: 0")
VLLM_CASES = [
    Case("deployment", {"name": "chat", "image": "vllm/vllm-openai:v0.11.0"}, [ASLEEP, ("v0.11.0", "v0.10.2"), ("kind: Deployment", "kind: StatefulSet"), ("name: chat\n", "name: main\n")]),
    Case("replicas", {**OF, "count": 3}, [ASLEEP, ("replicas: 3", "replicas: 2")]),
    Case("in-namespace", {**OF, "namespace": "llm"}, [("{name: chat, namespace: llm}", "{name: chat}")]),
    Case("container-port", {**OF, "port": 8001}, [("containerPort: 8001", "containerPort: 8000"), ("containerPort: 8001", "containerPort: 8001, protocol: UDP")]),
    Case("env-value", {**OF, "variable": "NCCL_DEBUG", "value": "WARN"}, [("NCCL_DEBUG: WARN", "NCCL_DEBUG: INFO"), ("envFrom: [{configMapRef: {name: vllm-env}}]", "envFrom: []"), ("- {name: MODEL,", "- {name: NCCL_DEBUG, value: INFO}\n                - {name: MODEL,")]),
    Case("env-secret", {**OF, "variable": "HF_TOKEN", "secret": "hf", "key": "token"}, [("name: hf, key: token", "name: hf, key: key"), ("secretKeyRef: {name: hf", "configMapKeyRef: {name: hf"), ("- {name: HF_TOKEN,", "- {name: TOKEN,")]),
    Case("runs-as-account", {**OF, "account": "serving"}, [("serviceAccountName: serving", "serviceAccountName: default")], [("serviceAccountName: serving", "serviceAccount: serving")]),
    Case("init-command", {**OF, "image": "busybox:1.36", "command": "wget -O /tmp/x http://hub/ready"}, [("- {name: wait, image", "- {name: wait, restartPolicy: Always, image"), ("set -e; wget", "echo wget"), ("busybox:1.36", "busybox:1.35"), ("initContainers", "ephemeralContainers")], [('command: [sh, -c, "set -e; wget -O /tmp/x http://hub/ready"]', "args: [wget, -O, /tmp/x, http://hub/ready]")]),
    Case("gpus", {**OF, "count": 4}, [('limits: {nvidia.com/gpu: "4"', 'limits: {nvidia.com/gpu: "2"'), ('memory: 64Gi, nvidia.com/gpu: "4"', 'memory: 64Gi, nvidia.com/gpu: "2"'), ("limits: {nvidia.com/gpu", "limits: {amd.com/gpu"), ASLEEP]),
    Case("cpu-request", {**OF, "amount": "8"}, [("cpu: 8000m", "cpu: 4000m")]),
    Case("memory-request", {**OF, "amount": "65536Mi"}, [("memory: 64Gi", "memory: 64G")]),
    Case("memory-limit", {**OF, "amount": "128Gi"}, [("memory: 128Gi", "memory: 127Gi")]),
    Case("node-label", {**OF, "key": "pool", "value": "a100"}, [("values: [a100]", "values: [a100, h100]"), ("operator: In, values: [a100]", "operator: NotIn, values: [a100]"), ("requiredDuringSchedulingIgnoredDuringExecution:\n                nodeSelectorTerms", "x:\n                nodeSelectorTerms")]),
    Case("tolerates", {**OF, "key": "nvidia.com/gpu", "effect": "NoSchedule"}, [("{key: nvidia.com/gpu, operator: Exists}", "{key: nvidia.com/gpu, operator: Exists, effect: NoExecute}"), ("{key: nvidia.com/gpu, operator: Exists}", '{key: nvidia.com/gpu, value: "true"}')], [("{key: nvidia.com/gpu, operator: Exists}", "{operator: Exists}")]),
    Case("tolerates-value", {**OF, "key": "dedicated", "value": "llm", "effect": "NoSchedule"}, [("value: llm,", "value: gpu,"), ("effect: NoSchedule", "effect: NoExecute")], [("operator: Equal, value: llm,", "operator: Exists,")]),
    Case("pod-priority", {**OF, "name": "gpu-high"}, [("priorityClassName: gpu-high", "priorityClassName: gpu-low")]),
    Case("runtime-class", {**OF, "name": "nvidia"}, [("runtimeClassName: nvidia", "runtimeClassName: runc")]),
    Case("one-per-node", OF, [("operator: In, values: [chat]", "operator: In, values: [web]"), ("kubernetes.io/hostname", "topology.kubernetes.io/zone")]),
    Case("shared-memory", {**OF, "size": "8Gi"}, [("medium: Memory, ", ""), ("8192Mi", "8Gi0"), ("mountPath: /dev/shm", "mountPath: /shm"), ("{name: shm, mountPath", "{name: w, mountPath")]),
    Case("claim", {"name": "weights", "size": "100Gi"}, [("102400Mi", "100G"), ("kind: PersistentVolumeClaim", "kind: PersistentVolume")]),
    Case("claim-mode", {"name": "weights", "mode": "ReadWriteOnce"}, [("[ReadWriteOnce]", "[ReadWriteMany]"), ("[ReadWriteOnce]", "[ReadWriteOnce, ReadOnlyMany]")]),
    Case("claim-class", {"name": "weights", "storage_class": "gp3"}, [("gp3", "gp2")]),
    Case("claim-mounted", {**OF, "claim": "weights", "path": "/root/.cache/huggingface"}, [("claimName: weights", "claimName: other"), ("{name: w, mountPath", "{name: shm, mountPath"), ("/root/.cache/huggingface/", "/cache")]),
    Case("config-file", {**OF, "config": "vllm-env", "key": "logging.yaml", "path": "/etc/vllm/log.yaml"}, [("key: logging.yaml,", "key: NCCL_DEBUG,"), ("mountPath: /etc/vllm", "mountPath: /etc"), ("{name: vllm-env, namespace: llm}", "{name: vllm-env}"), ("{name: c, configMap", "{name: d, configMap")]),
    Case("http-probe", {**OF, "probe": "startup", "path": "/health", "port": 8001}, [("containerPort: 8001", "containerPort: 8000"), ("startupProbe: {httpGet: {path: /health", "startupProbe: {httpGet: {path: /healthz"), ("startupProbe", "livenessProbe"), ("startupProbe: {httpGet: {path", "startupProbe: {httpGet: {scheme: HTTPS, path"), ("startupProbe: {httpGet: {path: /health,", "startupProbe: {httpGet: {host: example.com, path: /health,")]),
    Case("startup-time", {**OF, "seconds": 600}, [("failureThreshold: 30", "failureThreshold: 60"), ("startupProbe", "livenessProbe")]),
    Case("probe-period", {**OF, "probe": "readiness", "seconds": 5}, [("periodSeconds: 5", "periodSeconds: 50")]),
    Case("probe-delay", {**OF, "probe": "readiness", "seconds": 30}, [("initialDelaySeconds: 30", "initialDelaySeconds: 3")]),
    Case("grace-period", {**OF, "seconds": 120}, [("terminationGracePeriodSeconds: 120", "terminationGracePeriodSeconds: 12")]),
    Case("service", {"name": "chat-svc", "port": 80, "target": 8001, "app": "chat"}, [("targetPort: api", "targetPort: web"), ("containerPort: 8001", "containerPort: 8002"), ("selector: {tier: chat}", "selector: {tier: web}"), ("{name: chat-svc, namespace: llm}", "{name: chat-svc}"), ASLEEP, ("port: 80,", "port: 81,")], [("targetPort: api", "targetPort: 8001")]),
    Case("service-type", {"name": "chat-svc", "type": "LoadBalancer"}, [("type: LoadBalancer, ", "")]),
    Case("vllm-model", {**OF, "model": "Qwen/Qwen3-8B"}, [("value: Qwen/Qwen3-8B", "value: Qwen/Qwen3-14B"), ("vllm serve", "echo serve"), ("exec vllm serve", "false && exec vllm serve"), ("exec vllm serve", "# vllm serve")], [('vllm serve "$MODEL"', "vllm serve Qwen/Qwen3-8B"), ('exec vllm serve "$MODEL"', "python3 -m vllm.entrypoints.openai.api_server --model=${MODEL}")]),
    Case("vllm-port", {**OF, "port": 8001}, [("--port 8001", "--port 8000"), ("--port 8001 ", "")]),
    Case("tensor-parallel", {**OF, "count": 4}, [("size=4", "size=2"), ("--tensor-parallel-size=4", ""), ("--tensor-parallel-size=4", "--tensor-parallel-size=4 -tp 2")], [("--tensor-parallel-size=4", "-tp 4"), ("--tensor-parallel-size=4", "--tensor_parallel_size 4")]),
    Case("served-name", {**OF, "name": "assistant"}, [("assistant", "chat-model")]),
    Case("vllm-option", {**OF, "flag": "--max-model-len", "value": 8192}, [("8192\n", "4096\n"), ("--max_model_len", "--max_num_seqs")]),
    Case("vllm-option", {**OF, "flag": "--gpu-memory-utilization", "value": "0.9"}, [(".90", ".95")]),
    Case("vllm-switch", {**OF, "flag": "--enable-prefix-caching"}, [("--enable-prefix-caching", "--no-enable-prefix-caching"), ("--enable-prefix-caching", "")], [("--enable-prefix-caching", "--no-enable-prefix-caching --enable-prefix-caching")]),
]  # fmt: skip

OLLAMA = """
apiVersion: v1
kind: Service
metadata: {name: ollama}
spec: {clusterIP: None, selector: {app: ollama}, ports: [{port: 11434}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: llm}
spec:
  serviceName: ollama
  selector: {matchLabels: {app: ollama}}
  template:
    metadata: {labels: {app: ollama}}
    spec:
      containers:
      - name: ollama
        image: ollama/ollama:0.12.3
        ports: [{containerPort: 11434}]
        lifecycle:
          postStart:
            exec:
              command: ["/bin/sh", "-c", "until ollama ps >/dev/null 2>&1; do sleep 1; done; ollama pull qwen3:8b"]
        volumeMounts: [{name: data, mountPath: /root/.ollama}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 50Gi}}}
"""
IN_FRONT = """      initContainers:
      - name: pull
        image: ollama/ollama:0.12.3
        command: [sh, -c]
        args:
        - |
          ollama serve &
          sleep 5
          ollama pull qwen3:8b
        volumeMounts: [{name: data, mountPath: /root/.ollama}]
      containers:
"""
PULL = '"until ollama ps >/dev/null 2>&1; do sleep 1; done; ollama pull qwen3:8b"'
OLLAMA_CASES = [
    Case("stateful-set", {"name": "llm", "image": "ollama/ollama:0.12.3"}, [("kind: StatefulSet", "kind: Deployment")]),
    Case("governing-service", {"of": "llm", "service": "ollama"}, [("serviceName: ollama", "serviceName: other")]),
    Case("headless", {"name": "ollama", "app": "llm"}, [("clusterIP: None, ", ""), ("selector: {app: ollama}, ports", "selector: {app: llm}, ports")]),
    Case("claim-template", {"of": "llm", "claim": "data", "size": "50Gi"}, [("50Gi", "40Gi"), ("- metadata: {name: data}", "- metadata: {name: models}")]),
    Case("template-mounted", {"of": "llm", "claim": "data", "path": "/root/.ollama"}, [("mountPath: /root/.ollama", "mountPath: /models"), ("- metadata: {name: data}", "- metadata: {name: models}")]),
    Case("ollama-pull", {"of": "llm", "model": "qwen3:8b"}, [("pull qwen3:8b", "pull qwen3:4b"), ("; ollama pull", "; echo ollama pull"), ("postStart", "preStop")], [(PULL, '"ollama pull qwen3:8b"'), ("      containers:\n", IN_FRONT)]),
]  # fmt: skip

MORE = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: tgi}
spec:
  selector: {matchLabels: {app: tgi}}
  template:
    metadata: {labels: {app: tgi}}
    spec:
      containers:
      - name: tgi
        image: ghcr.io/huggingface/text-generation-inference:3.3.4
        env: [{name: MODEL_ID, value: google/gemma-2-9b-it}, {name: NUM_SHARD, value: "2"}]
        args: ["--port", "8080"]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: tei}
spec:
  selector: {matchLabels: {app: tei}}
  template:
    metadata: {labels: {app: tei}}
    spec:
      containers:
      - name: tei
        image: ghcr.io/huggingface/text-embeddings-inference:cpu-1.8
        args: ["--model-id=BAAI/bge-m3", --max-batch-tokens, "16384"]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: triton}
spec:
  selector: {matchLabels: {app: triton}}
  template:
    metadata: {labels: {app: triton}}
    spec:
      volumes: [{name: m, persistentVolumeClaim: {claimName: models, readOnly: true}}]
      containers:
      - name: triton
        image: nvcr.io/nvidia/tritonserver:25.08-py3
        args: [tritonserver, --model-store=/models/, --log-verbose, "1"]
        resources: {limits: {nvidia.com/mig-1g.10gb: 2}}
        volumeMounts: [{name: m, mountPath: /models}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: mlflow}
spec:
  selector: {matchLabels: {app: mlflow}}
  template:
    metadata: {labels: {app: mlflow}}
    spec:
      containers:
      - name: mlflow
        image: ghcr.io/mlflow/mlflow:v3.4.0
        command: [sh, -c, 'mlflow server -h 0.0.0.0 -p 5001 --backend-store-uri "$DB" --artifacts-destination s3://art/']
        env: [{name: DB, valueFrom: {secretKeyRef: {name: pg, key: uri}}}]
---
apiVersion: v1
kind: Service
metadata: {name: ui}
spec: {selector: {app: mlflow}, ports: [{name: web, port: 80, targetPort: 5001}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules:
  - host: ml.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: ui, port: {name: web}}}}]}
"""
MORE_CASES = [
    Case("tgi-model", {"of": "tgi", "model": "google/gemma-2-9b-it"}, [("value: google/gemma-2-9b-it", "value: google/gemma-2-2b-it"), ("name: MODEL_ID", "name: MODEL")], [('args: ["--port", "8080"]', 'args: ["--model-id=google/gemma-2-9b-it"]')]),
    Case("tgi-option", {"of": "tgi", "flag": "--num-shard", "value": 2}, [('value: "2"', 'value: "4"')]),
    Case("tgi-option", {"of": "tgi", "flag": "--port", "value": 8080}, [('"8080"', '"80"')]),
    Case("tei-option", {"of": "tei", "flag": "--port", "value": 80}, [('"16384"]', '"16384", --port=8080]')]),
    Case("tei-model", {"of": "tei", "model": "BAAI/bge-m3"}, [("bge-m3", "bge-m4")]),
    Case("tei-option", {"of": "tei", "flag": "--max-batch-tokens", "value": 16384}, [("16384", "8192")]),
    Case("triton-repository", {"of": "triton", "path": "/models"}, [("--model-store=/models/", "--model-store=/repo"), ("args: [tritonserver,", "args: [echo,")], [("--model-store=/models/", "--model-repository, /models")]),
    Case("triton-option", {"of": "triton", "flag": "--log-verbose", "value": 1}, [('"1"', '"2"')]),
    Case("mig-slices", {"of": "triton", "count": 2, "slice": "mig-1g.10gb"}, [("mig-1g.10gb: 2", "mig-1g.10gb: 1"), ("mig-1g.10gb: 2", "mig-1g.10gb: 2, nvidia.com/gpu: 1")]),
    Case("claim-read-only", {"of": "triton", "claim": "models"}, [(", readOnly: true", ""), ("claimName: models", "claimName: x")]),
    Case("mlflow-serves", {"of": "mlflow", "port": 5001}, [("-h 0.0.0.0 ", ""), ("-p 5001", "-p 5000"), ("mlflow server", "mlflow gc")]),
    Case("mlflow-backend", {"of": "mlflow", "secret": "pg", "key": "uri"}, [("name: pg,", "name: db,"), ('"$DB"', "sqlite:///x.db"), ("key: uri", "key: url")], [('"$DB"', "${DB}")]),
    Case("mlflow-artifacts", {"of": "mlflow", "root": "s3://art"}, [("s3://art/", "s3://other")], [("--artifacts-destination s3://art/", "--default-artifact-root=s3://art")]),
    Case("ingress", {"name": "web", "host": "ml.example.com", "service": "ui", "port": 80}, [("port: {name: web}", "port: {name: api}"), ("host: ml.example.com", "host: example.com"), ("pathType: Prefix", "pathType: Exact")], [("port: {name: web}", "port: {number: 80}")]),
]  # fmt: skip


@pytest.mark.parametrize("text", [VLLM, OLLAMA, MORE], ids=["vllm", "ollama", "more"])
def test_the_answers_are_valid(text: str) -> None:
    assert faults("custom_resources", text) == []


@pytest.mark.parametrize("case", VLLM_CASES, ids=str)
def test_vllm(case: Case) -> None:
    judge("custom_resources", VLLM, case)


@pytest.mark.parametrize("case", OLLAMA_CASES, ids=str)
def test_ollama(case: Case) -> None:
    judge("custom_resources", OLLAMA, case)


@pytest.mark.parametrize("case", MORE_CASES, ids=str)
def test_other_servers(case: Case) -> None:
    judge("custom_resources", MORE, case)
