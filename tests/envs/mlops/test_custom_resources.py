# ruff: noqa: E501
"""KServe, Ray, Kubeflow, Seldon: right answers in other styles pass, near misses fail."""

from __future__ import annotations

import pytest

from tests.envs.mlops.changes import Case, faults, judge

KSERVE = """
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: iris
  annotations: {serving.kserve.io/deploymentMode: Standard, autoscaling.knative.dev/target: "20"}
spec:
  predictor:
    minReplicas: 0
    maxReplicas: 5
    canaryTrafficPercent: 20
    timeout: 60
    containerConcurrency: 8
    serviceAccountName: reader
    logger: {url: http://broker/}
    batcher: {maxBatchSize: 32, maxLatency: 500}
    nodeSelector: {pool: gpu}
    sklearn:
      storageUri: s3://models/iris/
      protocolVersion: v2
      resources: {limits: {nvidia.com/gpu: 1, memory: 2Gi}}
---
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: own}
spec:
  predictor:
    containers:
    - name: sidecar
      image: envoy:1
    - name: kserve-container
      image: ghcr.io/acme/predict:2
      command: [python, serve.py, --workers, "4"]
      ports: [{containerPort: 9000}]
  transformer:
    containers: [{name: t, image: ghcr.io/acme/prep:1}]
---
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: net}
spec:
  predictor:
    model:
      modelFormat: {name: onnx}
      runtime: onnx-rt
      storageUri: gs://m/net
---
apiVersion: serving.kserve.io/v1alpha1
kind: ServingRuntime
metadata: {name: onnx-rt}
spec:
  supportedModelFormats: [{name: pmml}, {name: onnx, autoSelect: true}]
  containers: [{name: kserve-container, image: "ghcr.io/acme/onnx:1", args: ["--threads=2"]}]
---
apiVersion: serving.kserve.io/v1alpha1
kind: InferenceGraph
metadata: {name: seq}
spec:
  nodes:
    root:
      routerType: Sequence
      steps: [{serviceName: a}, {serviceName: b, data: $response}]
---
apiVersion: serving.kserve.io/v1alpha1
kind: InferenceGraph
metadata: {name: split}
spec: {nodes: {root: {routerType: Splitter, steps: [{serviceName: a, weight: 80}, {serviceName: b, weight: 20}]}}}
---
apiVersion: serving.kserve.io/v1alpha1
kind: InferenceGraph
metadata: {name: both}
spec: {nodes: {root: {routerType: Ensemble, steps: [{serviceName: b, name: second}, {serviceName: a, name: x}]}}}
---
apiVersion: serving.kserve.io/v1alpha1
kind: InferenceGraph
metadata: {name: switch}
spec: {nodes: {root: {routerType: Switch, steps: [{serviceName: a, condition: '[@this].#(kind == "image")'}]}}}
"""
IRIS = {"of": "iris"}
KSERVE_CASES = [
    Case("inference-service", {"name": "iris", "format": "sklearn", "uri": "s3://models/iris"}, [("    sklearn:", "    xgboost:"), ("models/iris/", "models/wine/")], [("    sklearn:", "    model:\n      modelFormat: {name: sklearn}")]),
    Case("custom-predictor", {"name": "own", "image": "ghcr.io/acme/predict:2"}, [("predict:2", "predict:1")]),
    Case("predictor-range", {**IRIS, "fewest": 0, "most": 5}, [("minReplicas: 0", "minReplicas: 1"), ("maxReplicas: 5", "maxReplicas: 6"), ("    minReplicas: 0\n", "")]),
    Case("predictor-target", {**IRIS, "metric": "concurrency", "target": 20}, [('target: "20"', 'target: "2"'), ("minReplicas: 0", "minReplicas: 0\n    scaleMetric: rps")], [("minReplicas: 0", "minReplicas: 0\n    scaleMetric: concurrency\n    scaleTarget: 20")]),
    Case("canary", {**IRIS, "percent": 20}, [("canaryTrafficPercent: 20", "canaryTrafficPercent: 80")]),
    Case("model-runtime", {"of": "net", "runtime": "onnx-rt"}, [("runtime: onnx-rt", "runtime: other")]),
    Case("protocol", {**IRIS, "version": "v2"}, [("protocolVersion: v2", "protocolVersion: v1")]),
    Case("deployment-mode", {**IRIS, "mode": "RawDeployment"}, [("Mode: Standard", "Mode: Knative")], [("Mode: Standard", "Mode: RawDeployment")]),
    Case("predictor-timeout", {**IRIS, "seconds": 60}, [("timeout: 60", "timeout: 6")]),
    Case("concurrency-limit", {**IRIS, "count": 8}, [("containerConcurrency: 8", "containerConcurrency: 0")]),
    Case("payload-logger", {**IRIS, "mode": "all", "url": "http://broker"}, [("http://broker/", "http://other/"), ("logger: {", "logger: {mode: request, ")]),
    Case("batcher", {**IRIS, "size": 32, "latency": 500}, [("maxBatchSize: 32", "maxBatchSize: 64"), ("maxLatency: 500", "maxLatency: 50")]),
    Case("transformer", {"of": "own", "image": "ghcr.io/acme/prep:1"}, [("prep:1", "prep:2"), ("  transformer:", "  explainer:")]),
    Case("argument", {"of": "own", "flag": "--workers", "value": 4}, [('"4"', '"2"'), ("--workers", "--jobs")], [('--workers, "4"]', "]\n      args: [--workers=4]")]),
    Case("runs-as-account", {**IRIS, "account": "reader"}, [("serviceAccountName: reader", "serviceAccountName: x")]),
    Case("gpus", {**IRIS, "count": 1}, [("gpu: 1,", "gpu: 2,")]),
    Case("memory-request", {**IRIS, "amount": "2Gi"}, [("memory: 2Gi", "memory: 1Gi")]),
    Case("node-label", {**IRIS, "key": "pool", "value": "gpu"}, [("{pool: gpu}", "{pool: cpu}")]),
    Case("container-port", {"of": "own", "port": 9000}, [("9000", "8080")]),
    Case("serving-runtime", {"name": "onnx-rt", "format": "onnx", "image": "ghcr.io/acme/onnx:1"}, [("acme/onnx:1", "acme/onnx:2"), ("{name: onnx, autoSelect", "{name: onnx2, autoSelect"), ("spec:\n  supported", "spec:\n  disabled: true\n  supported")]),
    Case("auto-select", {"of": "onnx-rt", "format": "onnx"}, [(", autoSelect: true", "")]),
    Case("argument", {"of": "onnx-rt", "flag": "--threads", "value": 2}, [("--threads=2", "--threads=4")]),
    Case("graph-router", {"name": "seq", "router": "Sequence"}, [("Sequence", "Switch")]),
    Case("graph-sequence", {"of": "seq", "services": ["a", "b"]}, [("Sequence", "Ensemble"), ("[{serviceName: a}, {serviceName: b, data: $response}]", "[{serviceName: b}, {serviceName: a}]")]),
    Case("graph-ensemble", {"of": "both", "services": ["a", "b"]}, [("Ensemble", "Sequence"), ("{serviceName: a, name: x}", "{serviceName: c, name: x}")]),
    Case("graph-weight", {"of": "split", "service": "b", "weight": 20}, [("weight: 20", "weight: 30"), ("Splitter", "Sequence")]),
    Case("graph-condition", {"of": "switch", "service": "a", "condition": '[@this].#(kind=="image")'}, [('"image"', '"text"'), ("Switch", "Sequence")]),
]  # fmt: skip

RAY = """
apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: ray}
spec:
  rayVersion: "2.46.0"
  enableInTreeAutoscaling: true
  autoscalerOptions: {idleTimeoutSeconds: 120}
  headGroupSpec:
    rayStartParams: {num-cpus: "0", dashboard-host: 0.0.0.0}
    template:
      spec:
        containers:
        - {name: log, image: "fluent/fluent-bit:3"}
        - {name: head, image: "rayproject/ray:2.46.0", resources: {limits: {memory: 4Gi}}}
  workerGroupSpecs:
  - groupName: cpu
    minReplicas: 1
    maxReplicas: 3
    replicas: 1
    rayStartParams: {}
    template: {spec: {containers: [{name: w, image: "rayproject/ray:2.46.0"}]}}
  - groupName: gpu
    replicas: 0
    minReplicas: 0
    maxReplicas: 4
    rayStartParams: {}
    template:
      spec:
        nodeSelector: {pool: gpu}
        tolerations: [{operator: Exists}]
        volumes: [{name: s, emptyDir: {medium: Memory, sizeLimit: 2Gi}}]
        containers:
        - name: w
          image: rayproject/ray:2.46.0-gpu
          resources: {limits: {nvidia.com/gpu: 2, cpu: 4}}
          volumeMounts: [{name: s, mountPath: /dev/shm/}]
---
apiVersion: ray.io/v1
kind: RayJob
metadata: {name: job}
spec:
  entrypoint: |
    python train.py --epochs 5
  shutdownAfterJobFinishes: true
  ttlSecondsAfterFinished: 60
  backoffLimit: 2
  runtimeEnvYAML: |
    pip: {packages: ["torch==2.8.0", xgboost]}
    env_vars: {A: "1"}
  rayClusterSpec:
    rayVersion: "2.46.0"
    headGroupSpec:
      rayStartParams: {}
      template: {spec: {containers: [{name: h, image: "rayproject/ray:2.46.0"}]}}
---
apiVersion: ray.io/v1
kind: RayService
metadata: {name: svc}
spec:
  serveConfigV2: |
    applications:
    - name: llm
      import_path: app.main:entry
      route_prefix: /v1
      deployments:
      - {name: LLM, num_replicas: 2, ray_actor_options: {num_gpus: 0.50}}
  rayClusterConfig:
    rayVersion: "2.46.0"
    headGroupSpec:
      rayStartParams: {}
      template: {spec: {containers: [{name: h, image: "rayproject/ray:2.46.0"}]}}
"""
GPU = {"of": "ray", "part": "gpu"}
LLM = {"of": "svc", "app": "llm"}
NONE = ("maxReplicas: 4", "maxReplicas: 0")
RAY_CASES = [
    Case("ray-cluster", {"name": "ray", "version": "2.46.0"}, [('rayVersion: "2.46.0"\n  enable', 'rayVersion: "2.44.0"\n  enable'), ("spec:\n  rayVersion", "spec:\n  suspend: true\n  rayVersion")]),
    Case("part-image", {"of": "ray", "part": "head", "image": "rayproject/ray:2.46.0"}, [('{name: head, image: "rayproject/ray:2.46.0"', '{name: head, image: "rayproject/ray:2.9.0"')]),
    Case("worker-group", {"of": "ray", "group": "gpu", "count": 0, "fewest": 0, "most": 4}, [NONE, ("groupName: gpu", "groupName: gpus"), ("replicas: 0\n    minReplicas", "replicas: 1\n    minReplicas")]),
    Case("part-gpus", {**GPU, "count": 2}, [("gpu: 2,", "gpu: 1,"), NONE]),
    Case("part-cpu-request", {**GPU, "amount": "4"}, [("cpu: 4", "cpu: 2")]),
    Case("part-memory-request", {"of": "ray", "part": "head", "amount": "4Gi"}, [("memory: 4Gi", "memory: 8Gi")]),
    Case("part-node-label", {**GPU, "key": "pool", "value": "gpu"}, [("{pool: gpu}", "{pool: cpu}")]),
    Case("part-tolerates", {**GPU, "key": "nvidia.com/gpu", "effect": "NoSchedule"}, [("[{operator: Exists}]", "[]")]),
    Case("part-shared-memory", {**GPU, "size": "2Gi"}, [("medium: Memory, ", "")]),
    Case("ray-autoscaling", {"of": "ray", "seconds": 120}, [("Autoscaling: true", "Autoscaling: false"), ("Seconds: 120", "Seconds: 60")]),
    Case("idle-head", {"of": "ray"}, [('num-cpus: "0"', 'num-cpus: "1"')]),
    Case("head-parameter", {"of": "ray", "key": "dashboard-host", "value": "0.0.0.0"}, [("0.0.0.0", "127.0.0.1")]),
    Case("ray-job", {"name": "job", "version": "2.46.0"}, [("spec:\n  entrypoint", "spec:\n  suspend: true\n  entrypoint")]),
    Case("ray-entry", {"of": "job", "command": "python train.py --epochs 5"}, [("--epochs 5", "--epochs 6"), ("    python train", "    echo python train")]),
    Case("ray-shutdown", {"of": "job", "seconds": 60}, [("Finishes: true", "Finishes: false"), ("ttlSecondsAfterFinished: 60", "ttlSecondsAfterFinished: 0")]),
    Case("ray-backoff", {"of": "job", "count": 2}, [("backoffLimit: 2", "backoffLimit: 3")]),
    Case("ray-package", {"of": "job", "package": "torch==2.8.0"}, [("torch==2.8.0", "torch==2.7.0"), ("pip:", "conda:")], [("pip: {packages: [\"torch==2.8.0\", xgboost]}", "pip: [torch==2.8.0]")]),
    Case("ray-service", {"name": "svc", "version": "2.46.0"}, [('rayClusterConfig:\n    rayVersion: "2.46.0"', 'rayClusterConfig:\n    rayVersion: "2.9.0"')]),
    Case("serve-application", {**LLM, "target": "app.main:entry", "route": "/v1"}, [("app.main:entry", "app.main:graph"), ("/v1", "/v2"), ("name: llm", "name: other")]),
    Case("serve-replicas", {**LLM, "name": "LLM", "count": 2}, [("num_replicas: 2", "num_replicas: 1")]),
    Case("serve-gpus", {**LLM, "name": "LLM", "count": 0.5}, [("0.50", "0.25"), ("{name: LLM,", "{name: Other,")]),
]  # fmt: skip

TRAINING = """
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: {name: pt}
spec:
  nprocPerNode: "4"
  elasticPolicy: {minReplicas: 1, maxReplicas: 8}
  runPolicy: {cleanPodPolicy: All, ttlSecondsAfterFinished: 600, backoffLimit: 2}
  pytorchReplicaSpecs:
    Worker:
      replicas: 4
      restartPolicy: ExitCode
      template:
        spec:
          volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]
          containers:
          - name: pytorch
            image: pytorch/pytorch:2.8.0-cuda12.8-cudnn9-runtime
            args: [torchrun, --nproc_per_node=4, train.py]
            resources: {limits: {nvidia.com/gpu: 4}}
            volumeMounts: [{name: d, mountPath: /data}]
---
apiVersion: kubeflow.org/v1
kind: TFJob
metadata: {name: tf}
spec:
  tfReplicaSpecs:
    Worker: {template: {spec: {containers: [{name: tensorflow, image: "tensorflow/tensorflow:2.19.0-gpu"}]}}}
---
apiVersion: kubeflow.org/v2beta1
kind: MPIJob
metadata: {name: mpi}
spec:
  slotsPerWorker: 2
  mpiReplicaSpecs:
    Launcher: {template: {spec: {containers: [{name: l, image: "horovod/horovod:0.28", command: [mpirun, -np, "4", python, t.py]}]}}}
    Worker: {replicas: 2, template: {spec: {containers: [{name: w, image: "horovod/horovod:0.28"}]}}}
---
apiVersion: trainer.kubeflow.org/v1alpha1
kind: TrainJob
metadata: {name: tj}
spec:
  runtimeRef: {name: torch-distributed, kind: ClusterTrainingRuntime}
  initializer: {dataset: {storageUri: "hf://imdb"}, model: {storageUri: "hf://m"}}
  trainer:
    image: ghcr.io/acme/train:2
    command: [sh, -c]
    args: ["exec python train.py --epochs 3"]
    numNodes: 2
    resourcesPerNode: {requests: {nvidia.com/gpu: 2}, limits: {nvidia.com/gpu: 2}}
    env: [{name: A, value: "1"}]
---
apiVersion: kubeflow.org/v1
kind: Notebook
metadata: {name: nb}
spec: {template: {spec: {containers: [{name: nb, image: "jupyter:1", resources: {requests: {memory: 2Gi}}}]}}}
---
apiVersion: kubeflow.org/v1beta1
kind: Experiment
metadata: {name: exp}
spec:
  objective: {type: maximize, objectiveMetricName: accuracy}
  algorithm: {algorithmName: tpe}
  parallelTrialCount: 2
  maxTrialCount: 12
  maxFailedTrialCount: 3
  parameters:
  - {name: lr, parameterType: double, feasibleSpace: {min: "0.0010", max: "0.1"}}
  - {name: opt, parameterType: categorical, feasibleSpace: {list: [adam, sgd]}}
  trialTemplate:
    primaryContainerName: t
    trialParameters: [{name: rate, reference: lr}, {name: o, reference: opt}]
    trialSpec:
      apiVersion: batch/v1
      kind: Job
      spec:
        template:
          spec:
            restartPolicy: Never
            containers:
            - name: t
              image: ghcr.io/acme/train:2
              command: [sh, -c, "python t.py --lr ${trialParameters.rate} --opt=${trialParameters.o}"]
---
apiVersion: machinelearning.seldon.io/v1
kind: SeldonDeployment
metadata: {name: sd}
spec:
  protocol: v2
  replicas: 2
  predictors:
  - name: default
    traffic: 90
    graph: {name: t, type: TRANSFORMER, children: [{name: m, implementation: SKLEARN_SERVER, modelUri: "gs://b/v1/", envSecretRefName: s3}]}
    componentSpecs: [{spec: {containers: [{name: t, image: "ghcr.io/acme/t:1"}]}}]
  - name: canary
    replicas: 1
    traffic: 10
    graph: {name: m, implementation: SKLEARN_SERVER, modelUri: "gs://b/v2"}
"""
EXP = {"of": "exp"}
TJ = {"of": "tj"}
SD = {"of": "sd", "predictor": "default"}
TRAINING_CASES = [
    Case("pytorch-job", {"name": "pt"}, [("cleanPodPolicy: All", "suspend: true"), ("kind: PyTorchJob", "kind: XGBoostJob")]),
    Case("replica-count", {"of": "pt", "part": "Worker", "count": 4}, [("replicas: 4", "replicas: 3"), ("    Worker:\n", "    Master:\n")]),
    Case("replica-count", {"of": "tf", "part": "Worker", "count": 1}, [("tfReplicaSpecs:\n    Worker", "tfReplicaSpecs:\n    PS")]),
    Case("replica-restart", {"of": "pt", "part": "Worker", "policy": "ExitCode"}, [("ExitCode", "Never")]),
    Case("part-runs-command", {"of": "pt", "part": "Worker", "command": "torchrun --nproc_per_node=4 train.py"}, [("=4, train", "=2, train"), ("replicas: 4", "replicas: 0")], [("args: [torchrun, --nproc_per_node=4, train.py]", 'command: [bash, -lc, "torchrun --nproc_per_node=4 train.py"]')]),
    Case("part-gpus", {"of": "pt", "part": "Worker", "count": 4}, [("gpu: 4", "gpu: 2")]),
    Case("part-claim-mounted", {"of": "pt", "part": "Worker", "claim": "data", "path": "/data"}, [("claimName: data", "claimName: x"), ("mountPath: /data", "mountPath: /d")]),
    Case("clean-pods", {"of": "pt", "policy": "All"}, [("Policy: All", "Policy: None")]),
    Case("job-ttl", {"of": "pt", "seconds": 600}, [("600", "60")]),
    Case("job-backoff", {"of": "pt", "count": 2}, [("backoffLimit: 2", "backoffLimit: 1")]),
    Case("processes", {"of": "pt", "count": 4}, [('nprocPerNode: "4"', "nprocPerNode: auto")]),
    Case("elastic", {"of": "pt", "fewest": 1, "most": 8}, [("maxReplicas: 8", "maxReplicas: 9"), ("minReplicas: 1", "minReplicas: 2")]),
    Case("tf-job", {"name": "tf"}, [("kind: TFJob", "kind: PaddleJob")]),
    Case("mpi-job", {"name": "mpi", "version": "kubeflow.org/v2beta1"}, [("v2beta1", "v1")]),
    Case("mpi-slots", {"of": "mpi", "count": 2}, [("slotsPerWorker: 2", "slotsPerWorker: 1")]),
    Case("part-runs-command", {"of": "mpi", "part": "Launcher", "command": "mpirun -np 4 python t.py"}, [('"4", python', '"8", python')]),
    Case("train-job", {"name": "tj", "runtime": "torch-distributed"}, [("kind: ClusterTrainingRuntime", "kind: TrainingRuntime"), ("torch-distributed", "torch"), ("spec:\n  runtimeRef", "spec:\n  suspend: true\n  runtimeRef")]),
    Case("train-nodes", {**TJ, "count": 2}, [("numNodes: 2", "numNodes: 1")]),
    Case("train-image", {**TJ, "image": "ghcr.io/acme/train:2"}, [("    image: ghcr.io/acme/train:2\n    command", "    image: ghcr.io/acme/train:3\n    command")]),
    Case("train-command", {**TJ, "command": "python train.py --epochs 3"}, [("--epochs 3", "--epochs 4"), ("exec python", "echo python")]),
    Case("train-gpus", {**TJ, "count": 2}, [("requests: {nvidia.com/gpu: 2}", "requests: {nvidia.com/gpu: 1}"), ("limits: {nvidia.com/gpu: 2}", "limits: {nvidia.com/gpu: 1}")]),
    Case("train-data", {**TJ, "uri": "hf://imdb"}, [("hf://imdb", "hf://x")]),
    Case("train-model", {**TJ, "uri": "hf://m"}, [("hf://m", "hf://x")]),
    Case("train-env", {**TJ, "variable": "A", "value": "1"}, [('{name: A, value: "1"}', '{name: A, value: "2"}')]),
    Case("notebook", {"name": "nb", "image": "jupyter:1"}, [("jupyter:1", "jupyter:2"), ("{name: nb}", "{name: nb, annotations: {kubeflow-resource-stopped: '2025'}}")]),
    Case("experiment", {"name": "exp", "algorithm": "tpe"}, [("algorithmName: tpe", "algorithmName: random")]),
    Case("objective", {**EXP, "direction": "maximize", "metric": "accuracy"}, [("maximize", "minimize"), ("accuracy", "loss")]),
    Case("trials", {**EXP, "parallel": 2, "most": 12}, [("parallelTrialCount: 2", "parallelTrialCount: 3"), ("maxTrialCount: 12", "maxTrialCount: 13")]),
    Case("failed-trials", {**EXP, "count": 3}, [("maxFailedTrialCount: 3", "maxFailedTrialCount: 4")]),
    Case("search-range", {**EXP, "kind": "double", "parameter": "lr", "low": "0.001", "high": "0.1"}, [("0.0010", "0.01"), ("--lr ${trialParameters.rate}", "--lr 1"), ("parameterType: double", "parameterType: discrete"), ("reference: lr", "reference: opt")]),
    Case("search-values", {**EXP, "parameter": "opt", "values": ["sgd", "adam"]}, [("[adam, sgd]", "[adam]"), ("--opt=${trialParameters.o}", "")]),
    Case("trial-image", {**EXP, "image": "ghcr.io/acme/train:2"}, [("              image: ghcr.io/acme/train:2", "              image: ghcr.io/acme/train:1"), ("      kind: Job", "      kind: Pod")]),
    Case("seldon-model", {"name": "sd", "predictor": "default", "server": "SKLEARN_SERVER", "uri": "gs://b/v1"}, [("gs://b/v1/", "gs://b/v3"), ("[{name: m, implementation: SKLEARN", "[{name: m, implementation: XGBOOST"), ("    traffic: 90", "    replicas: 0")]),
    Case("seldon-traffic", {"of": "sd", "predictor": "canary", "percent": 10}, [("traffic: 10", "traffic: 20"), ("name: canary", "name: other")]),
    Case("seldon-replicas", {**SD, "count": 2}, [("  replicas: 2", "  replicas: 3")]),
    Case("seldon-protocol", {"of": "sd", "protocol": "v2"}, [("protocol: v2", "protocol: seldon")]),
    Case("seldon-secret", {**SD, "unit": "m", "secret": "s3"}, [("envSecretRefName: s3", "envSecretRefName: x")]),
]  # fmt: skip

GROUPS = """
apiVersion: leaderworkerset.x-k8s.io/v1
kind: LeaderWorkerSet
metadata: {name: big}
spec:
  replicas: 2
  startupPolicy: LeaderReady
  leaderWorkerTemplate:
    size: 4
    workerTemplate:
      spec: {containers: [{name: w, image: "vllm/vllm-openai:v0.11.0", resources: {limits: {nvidia.com/gpu: 8}}}]}
"""
GROUP_CASES = [
    Case("leader-worker-set", {"name": "big", "count": 2, "size": 4}, [("size: 4", "size: 2"), ("replicas: 2", "replicas: 0"), ("replicas: 2", "replicas: 1")]),
    Case("leader-first", {"of": "big"}, [("LeaderReady", "LeaderCreated")]),
    Case("part-gpus", {"of": "big", "part": "leader", "count": 8}, [("gpu: 8", "gpu: 4"), ("    workerTemplate", "    leaderTemplate: {spec: {containers: [{name: l, image: x}]}}\n    workerTemplate")]),
    Case("part-gpus", {"of": "big", "part": "worker", "count": 8}, [("gpu: 8", "gpu: 4"), ("size: 4", "size: 1")]),
]  # fmt: skip

ANSWERS = {
    "groups": (GROUPS, GROUP_CASES),
    "kserve": (KSERVE, KSERVE_CASES),
    "ray": (RAY, RAY_CASES),
    "training": (TRAINING, TRAINING_CASES),
}
EVERY = [(text, case) for text, cases in ANSWERS.values() for case in cases]


@pytest.mark.parametrize("name", list(ANSWERS))
def test_the_answers_are_valid(name: str) -> None:
    assert faults("custom_resources", ANSWERS[name][0]) == []


@pytest.mark.parametrize(("text", "case"), EVERY, ids=[str(case) for _, case in EVERY])
def test_requirements(text: str, case: Case) -> None:
    judge("custom_resources", text, case)
