# ruff: noqa: E501
"""Jobs, policies, scaling and queues: right answers in other styles pass, near misses fail."""

from __future__ import annotations

import pytest

from tests.envs.mlops.changes import Case, faults, judge

JOBS = """
apiVersion: batch/v1
kind: Job
metadata: {name: fill, namespace: ml, labels: {kueue.x-k8s.io/queue-name: gpu-queue, kueue.x-k8s.io/priority-class: urgent}}
spec:
  suspend: true
  completions: 8
  parallelism: 4
  completionMode: Indexed
  backoffLimit: 3
  ttlSecondsAfterFinished: 3600
  activeDeadlineSeconds: 7200
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: fill
        image: python:3.12-slim
        args: [bash, -c, "pip install -q hub && python score.py --date 'yesterday'"]
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec:
  schedule: "30 2 * * SUN"
  timeZone: Europe/Berlin
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      backoffLimit: 0
      template:
        spec:
          restartPolicy: OnFailure
          containers: [{name: x, image: python:3.12-slim, command: [python, score.py]}]
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: daily}
spec:
  schedule: "@daily"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: x, image: "busybox:1.36"}]}}}}
---
apiVersion: kueue.x-k8s.io/v1beta1
kind: WorkloadPriorityClass
metadata: {name: urgent}
value: 1000
"""
FILL = {"of": "fill"}
JOB_CASES = [
    Case("job", {"name": "fill", "image": "docker.io/library/python:3.12-slim"}, [("completions: 8", "completions: 0"), (", labels: {kueue.x-k8s.io/queue-name: gpu-queue, kueue.x-k8s.io/priority-class: urgent}", "")], [("  suspend: true\n", "")]),
    Case("cron-job", {"name": "nightly", "image": "python:3.12-slim"}, [('schedule: "30 2', 'suspend: true\n  schedule: "30 2')]),
    Case("runs-command", {**FILL, "command": "python score.py --date yesterday"}, [("&& python", "; exit 0; python"), ("&& python", "&& echo python"), ("'yesterday'", "'today'"), ("args: [bash, -c,", "args: [bash, -x,")], [("&& python", "; exec python"), ("args: [bash, -c,", "command: [/bin/sh, -ec,")]),
    Case("completions", {**FILL, "count": 8}, [("completions: 8", "completions: 6")]),
    Case("parallelism", {**FILL, "count": 4}, [("parallelism: 4", "parallelism: 2")]),
    Case("indexed", FILL, [("completionMode: Indexed", "completionMode: NonIndexed")]),
    Case("backoff-limit", {**FILL, "count": 3}, [("backoffLimit: 3", "backoffLimit: 2")]),
    Case("backoff-limit", {"of": "nightly", "count": 0}, [("backoffLimit: 0", "parallelism: 1")]),
    Case("time-to-live", {**FILL, "seconds": 3600}, [("ttlSecondsAfterFinished: 3600", "ttlSecondsAfterFinished: 360")]),
    Case("active-deadline", {**FILL, "seconds": 7200}, [("activeDeadlineSeconds: 7200", "activeDeadlineSeconds: 720")]),
    Case("weekly-at", {"of": "nightly", "day": "Sunday", "time": "02:30"}, [("SUN", "MON"), ("30 2", "30 14"), ("* * SUN", "* * *")], [("SUN", "7"), ("SUN", "0")]),
    Case("daily-at", {"of": "daily", "time": "00:00"}, [("@daily", "@weekly"), ("@daily", "0 0 1 * *")], [("@daily", "0 0 * * *"), ("@daily", "00 0 * * 0-6")]),
    Case("time-zone", {"of": "nightly", "zone": "Europe/Berlin"}, [("Europe/Berlin", "UTC")]),
    Case("concurrency", {"of": "nightly", "policy": "Forbid"}, [("Forbid", "Replace"), ("  concurrencyPolicy: Forbid\n", "")]),
    Case("queued", {**FILL, "queue": "gpu-queue", "namespace": "ml"}, [("queue-name: gpu-queue", "queue-name: cpu-queue"), ("namespace: ml, ", "")]),
    Case("workload-priority", {"name": "urgent", "value": 1000, "of": "fill"}, [("value: 1000", "value: 100"), ("priority-class: urgent", "priority-class: other")]),
]  # fmt: skip

POLICY = """
apiVersion: v1
kind: Namespace
metadata: {name: lab, labels: {"team": "ml"}}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: gpu, namespace: lab}
spec:
  hard: {requests.nvidia.com/gpu: "8", memory: 1024Gi}
  scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In, values: [batch]}]}
---
apiVersion: v1
kind: LimitRange
metadata: {name: defaults, namespace: lab}
spec:
  limits:
  - {type: Container, max: {nvidia.com/gpu: 2}}
  - {type: Container, default: {memory: 4Gi}, defaultRequest: {cpu: 0.5}}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: batch}
value: 1000
preemptionPolicy: Never
---
apiVersion: v1
kind: ConfigMap
metadata: {name: slicing, namespace: lab}
data:
  any: |
    {"version": "v1", "flags": {"migStrategy": "none"}, "sharing": {"timeSlicing":
    {"renameByDefault": true, "failRequestsGreaterThanOne": true, "resources": [{"name": "nvidia.com/gpu", "replicas": 4}]}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: counters}
data:
  c.csv: |
    # comment
    DCGM_FI_DEV_GPU_UTIL , gauge, GPU utilization (in %), really.
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: dcgm}
spec:
  selector: {matchLabels: {app: dcgm}}
  template:
    metadata: {labels: {app: dcgm}}
    spec: {containers: [{name: e, image: "nvcr.io/nvidia/k8s/dcgm-exporter:4.2"}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: feast}
spec:
  selector: {matchLabels: {app: feast}}
  template:
    metadata: {labels: {app: feast}}
    spec: {containers: [{name: f, image: "quay.io/feastdev/feature-server:0.53.0", command: [feast, -c, /feast], args: [serve, --host=0.0.0.0, --port=6566]}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: store}
data: {feature_store.yaml: "project: churn\\nregistry: s3://f/registry.db\\nonline_store:\\n  type: redis\\n"}
"""
PLACE = {"name": "slicing", "key": "any"}
POLICY_CASES = [
    Case("namespace-label", {"name": "lab", "key": "team", "value": "ml"}, [('"team": "ml"', '"team": "nlp"')]),
    Case("quota", {"name": "gpu", "namespace": "lab", "resource": "requests.nvidia.com/gpu", "amount": "8"}, [('gpu: "8"', 'gpu: "80"'), ("requests.nvidia.com/gpu", "requests.amd.com/gpu"), ("{name: gpu, namespace: lab}", "{name: gpu}")]),
    Case("quota", {"name": "gpu", "namespace": "lab", "resource": "requests.memory", "amount": "1Ti"}, [("1024Gi", "1024G")], [("memory: 1024Gi", "requests.memory: 1Ti")]),
    Case("quota-priority", {"name": "gpu", "priority": "batch"}, [("values: [batch]", "values: [other]"), ("operator: In, values: [batch]", "operator: NotIn, values: [batch]")]),
    Case("default-limit", {"name": "defaults", "resource": "memory", "amount": "4Gi"}, [("memory: 4Gi", "memory: 2Gi"), ("type: Container, default:", "type: Pod, max:")]),
    Case("default-request", {"name": "defaults", "resource": "cpu", "amount": "500m"}, [("cpu: 0.5", "cpu: 5")]),
    Case("most-per-container", {"name": "defaults", "resource": "nvidia.com/gpu", "amount": "2"}, [("gpu: 2}", "gpu: 3}"), ("type: Container, max", "type: Pod, max")]),
    Case("priority-value", {"name": "batch", "value": 1000}, [("value: 1000", "value: 100")]),
    Case("never-preempts", {"name": "batch"}, [("Never", "PreemptLowerPriority")]),
    Case("time-slicing", {**PLACE, "count": 4}, [('"replicas": 4', '"replicas": 2'), ('"version": "v1"', '"version": "v2"'), ('"timeSlicing"', '"mps"'), ("any: |", "all: |"), ('{"version"', '{{"version"')]),
    Case("shared-renamed", PLACE, [('"renameByDefault": true', '"renameByDefault": false')]),
    Case("single-share", PLACE, [('"failRequestsGreaterThanOne": true, ', "")]),
    Case("mig-strategy", {**PLACE, "strategy": "none"}, [('"none"', '"mixed"')]),
    Case("counter", {"name": "counters", "key": "c.csv", "field": "DCGM_FI_DEV_GPU_UTIL"}, [("    DCGM_FI", "    # DCGM_FI"), (", gauge,", ", counter,")]),
    Case("daemon-set", {"name": "dcgm", "image": "nvcr.io/nvidia/k8s/dcgm-exporter:4.2"}, [("exporter:4.2", "exporter:4.1")]),
    Case("feast-serves", {"of": "feast", "port": 6566}, [("--host=0.0.0.0", "--host=127.0.0.1"), ("--port=6566", "--port=80"), ("args: [serve,", "args: [apply,")], [(", --port=6566", "")]),
    Case("feast-setting", {"name": "store", "key": "feature_store.yaml", "field": "registry.path", "value": "s3://f/registry.db"}, [("registry.db", "other.db")], [("registry: s3://f/registry.db", "registry:\\n  path: s3://f/registry.db")]),
    Case("feast-setting", {"name": "store", "key": "feature_store.yaml", "field": "online_store.type", "value": "redis"}, [("type: redis", "type: sqlite"), ("online_store:", "offline_store:")]),
]  # fmt: skip

SCALING = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: chat}
spec:
  selector: {matchLabels: {app: chat}}
  template:
    metadata: {labels: {app: chat}}
    spec: {containers: [{name: c, image: "vllm/vllm-openai:v0.11.0", ports: [{containerPort: 8000, name: http}]}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: hpa}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: chat}
  maxReplicas: 8
  metrics:
  - type: Pods
    pods: {metric: {name: "vllm:num_requests_waiting"}, target: {type: AverageValue, averageValue: 5000m}}
  behavior:
    scaleDown: {stabilizationWindowSeconds: 600}
    scaleUp: {selectPolicy: Max, policies: [{type: Pods, value: 2, periodSeconds: 60}]}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: so, annotations: {team: ml}}
spec:
  scaleTargetRef: {name: chat}
  maxReplicaCount: 9
  cooldownPeriod: 120
  pollingInterval: 15
  triggers:
  - type: prometheus
    metadata:
      serverAddress: http://prometheus:9090/
      query: |
        sum(
          vllm:num_requests_waiting
        )
      threshold: "5.0"
      activationThreshold: "1"
---
apiVersion: v1
kind: Service
metadata: {name: chat, labels: {monitored: "yes"}}
spec: {selector: {app: chat}, ports: [{name: api, port: 8000, targetPort: http}]}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: scrape, labels: {release: prom}}
spec:
  selector: {matchExpressions: [{key: monitored, operator: In, values: ["yes"]}]}
  endpoints: [{port: api, interval: 60s, path: /stats}]
"""
SCALING_CASES = [
    Case("autoscaler", {"name": "hpa", "of": "chat"}, [("kind: Deployment, name: chat", "kind: StatefulSet, name: chat"), ("metadata: {name: chat}\nspec:", "metadata: {name: chat}\nspec:\n  replicas: 0"), ("metadata: {name: chat}\n", "metadata: {name: chat, namespace: x}\n")]),
    Case("replica-range", {"name": "hpa", "fewest": 1, "most": 8}, [("maxReplicas: 8", "maxReplicas: 9"), ("maxReplicas: 8", "maxReplicas: 8\n  minReplicas: 2")]),
    Case("pod-metric", {"name": "hpa", "metric": "vllm:num_requests_waiting", "amount": "5"}, [("5000m", "500m"), ("type: Pods\n    pods", "type: Object\n    object"), ('name: "vllm:num_requests_waiting"', 'name: "vllm:num_requests_running"')]),
    Case("scale-down-window", {"name": "hpa", "seconds": 600}, [("Seconds: 600}", "Seconds: 60}"), ("{stabilizationWindowSeconds: 600}", "{stabilizationWindowSeconds: 600, selectPolicy: Disabled}")]),
    Case("scale-up-pods", {"name": "hpa", "count": 2, "seconds": 60}, [("value: 2,", "value: 3,"), ("[{type: Pods, value: 2", "[{type: Percent, value: 100, periodSeconds: 15}, {type: Pods, value: 2"), ("selectPolicy: Max", "selectPolicy: Disabled")]),
    Case("scaled-object", {"name": "so", "of": "chat"}, [("scaleTargetRef: {name: chat}", "scaleTargetRef: {name: web}"), ("{team: ml}", '{autoscaling.keda.sh/paused: "true"}'), ("scaleTargetRef: {name: chat}", "scaleTargetRef: {name: chat, kind: StatefulSet}")]),
    Case("scaled-range", {"name": "so", "fewest": 0, "most": 9}, [("maxReplicaCount: 9", "maxReplicaCount: 10"), ("maxReplicaCount: 9", "maxReplicaCount: 9\n  minReplicaCount: 1")]),
    Case("prometheus-trigger", {"name": "so", "query": "sum(vllm:num_requests_waiting)", "threshold": "5", "address": "http://prometheus:9090"}, [('"5.0"', '"50"'), ("type: prometheus", "type: graphite"), ("        sum(", "        avg("), ("prometheus:9090", "thanos:9090")]),
    Case("activation", {"name": "so", "threshold": "1"}, [('activationThreshold: "1"', 'activationThreshold: "2"')]),
    Case("cooldown", {"name": "so", "seconds": 120}, [("cooldownPeriod: 120", "cooldownPeriod: 300")]),
    Case("polling", {"name": "so", "seconds": 15}, [("pollingInterval: 15", "pollingInterval: 30")]),
    Case("service-monitor", {"name": "scrape", "service": "chat", "port": 8000}, [("port: api, interval", "port: http, interval"), ('values: ["yes"]', 'values: ["no"]'), ("metadata: {name: chat, labels", "metadata: {name: chat, namespace: x, labels")], [("endpoints:", "namespaceSelector: {any: true}\n  endpoints:"), ("port: api, interval", "targetPort: http, interval")]),
    Case("scrape-interval", {"name": "scrape", "interval": "1m"}, [("60s", "30s")]),
    Case("scrape-path", {"name": "scrape", "path": "/stats"}, [(", path: /stats", "")]),
    Case("monitor-label", {"name": "scrape", "key": "release", "value": "prom"}, [("release: prom", "release: other")]),
]  # fmt: skip

KUEUE = """
apiVersion: kueue.x-k8s.io/v1beta1
kind: ResourceFlavor
metadata: {name: a100}
spec:
  nodeLabels: {pool: a100}
  tolerations: [{key: gpu, operator: Exists}]
---
apiVersion: kueue.x-k8s.io/v1beta1
kind: ClusterQueue
metadata: {name: cq}
spec:
  cohort: ml
  namespaceSelector: {}
  preemption: {withinClusterQueue: LowerPriority}
  resourceGroups:
  - coveredResources: [cpu, nvidia.com/gpu]
    flavors:
    - name: a100
      resources: [{name: cpu, nominalQuota: 64000m}, {name: nvidia.com/gpu, nominalQuota: 16, borrowingLimit: 4}]
---
apiVersion: kueue.x-k8s.io/v1beta1
kind: LocalQueue
metadata: {name: lq, namespace: ml}
spec: {clusterQueue: cq}
"""
QUOTA = {"name": "cq", "flavor": "a100"}
KUEUE_CASES = [
    Case("flavor", {"name": "a100", "key": "pool", "value": "a100"}, [("{pool: a100}", "{pool: h100}")]),
    Case("flavor-tolerates", {"name": "a100", "key": "gpu", "effect": "NoSchedule"}, [("key: gpu", "key: cpu"), ("operator: Exists", "operator: Equal, value: x"), ("operator: Exists", "operator: Exists, effect: NoExecute")]),
    Case("cluster-quota", {**QUOTA, "resource": "nvidia.com/gpu", "amount": "16"}, [("nominalQuota: 16", "nominalQuota: 1"), ("- name: a100\n      r", "- name: h100\n      r"), ("metadata: {name: a100}", "metadata: {name: h100}"), ("[cpu, nvidia.com/gpu]", "[cpu]")]),
    Case("cluster-quota", {**QUOTA, "resource": "cpu", "amount": "64"}, [("64000m", "6400m")]),
    Case("borrowing", {**QUOTA, "resource": "nvidia.com/gpu", "amount": "4"}, [("borrowingLimit: 4", "borrowingLimit: 40"), (", borrowingLimit: 4", "")]),
    Case("cohort", {"name": "cq", "cohort": "ml"}, [("cohort: ml", "cohort: x")]),
    Case("open-queue", {"name": "cq"}, [("  namespaceSelector: {}\n", ""), ("namespaceSelector: {}", "namespaceSelector: {matchLabels: {a: b}}")]),
    Case("preemption", {"name": "cq"}, [("LowerPriority", "Never")]),
    Case("local-queue", {"name": "lq", "namespace": "ml", "cluster": "cq"}, [("clusterQueue: cq", "clusterQueue: other"), (", namespace: ml", "")]),
]  # fmt: skip

ANSWERS = {
    "jobs": (JOBS, JOB_CASES),
    "policy": (POLICY, POLICY_CASES),
    "scaling": (SCALING, SCALING_CASES),
    "kueue": (KUEUE, KUEUE_CASES),
}
EVERY = [(text, case) for text, cases in ANSWERS.values() for case in cases]


@pytest.mark.parametrize("name", list(ANSWERS))
def test_the_answers_are_valid(name: str) -> None:
    assert faults("custom_resources", ANSWERS[name][0]) == []


@pytest.mark.parametrize(("text", "case"), EVERY, ids=[str(case) for _, case in EVERY])
def test_requirements(text: str, case: Case) -> None:
    judge("custom_resources", text, case)
