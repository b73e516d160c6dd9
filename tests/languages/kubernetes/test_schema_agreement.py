"""Our schema walk against `kubernetes_validate` (strict) over mutants of valid objects."""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

import pytest

from iac_gym.formats.yaml import load_all
from iac_gym.languages.kubernetes.allowed_values import NOT_ENFORCED
from iac_gym.languages.kubernetes.kinds import default_version
from iac_gym.languages.kubernetes.schema import Problem, check_objects

jsonschema = pytest.importorskip("jsonschema")
kubernetes_validate = pytest.importorskip("kubernetes_validate")

OBJECTS = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}, annotations: {a: b}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}, matchExpressions: [{key: a, operator: In, values: [b]}]}
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 0}}
  template:
    metadata: {labels: {app: web}}
    spec:
      nodeSelector: {disk: ssd}
      tolerations: [{key: a, operator: Exists, effect: NoSchedule, tolerationSeconds: 5}]
      topologySpreadConstraints:
        - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}
      affinity:
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - {weight: 5, podAffinityTerm: {topologyKey: a, labelSelector: {}}}
      securityContext: {runAsNonRoot: true, fsGroup: 2000, sysctls: [{name: a, value: b}]}
      initContainers: [{name: init, image: busybox, command: [sh, -c, ls]}]
      containers:
        - name: web
          image: nginx
          ports: [{containerPort: 80, name: http, protocol: TCP}]
          env:
            - {name: A, value: b}
            - {name: B, valueFrom: {configMapKeyRef: {name: c, key: d, optional: true}}}
          resources: {requests: {cpu: 100m, memory: 1Gi}, limits: {cpu: 1}}
          volumeMounts: [{name: v, mountPath: /v, readOnly: true}]
          livenessProbe:
            httpGet: {path: /, port: http, scheme: HTTP, httpHeaders: [{name: a, value: b}]}
            periodSeconds: 5
          securityContext: {capabilities: {drop: [ALL]}, privileged: false}
      volumes:
        - {name: v, configMap: {name: c, items: [{key: a, path: b}], defaultMode: 420}}
        - {name: w, projected: {sources: [{serviceAccountToken: {path: t}}]}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: ClusterIP
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http, protocol: TCP}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {a: b}
binaryData: {c: YWJj}
immutable: true
---
apiVersion: v1
kind: Secret
metadata: {name: s}
type: Opaque
data: {a: YWJj}
stringData: {b: c}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: i}
spec:
  ingressClassName: nginx
  tls: [{hosts: [a.example], secretName: s}]
  rules:
    - host: a.example
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: np}
spec:
  podSelector: {matchLabels: {a: b}}
  policyTypes: [Ingress]
  ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 80, protocol: TCP}]}]
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: c}
spec:
  schedule: "0 0 * * *"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      backoffLimit: 2
      template:
        spec: {restartPolicy: Never, containers: [{name: a, image: b, args: ["1"]}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: h}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 1
  maxReplicas: 5
  metrics:
    - type: Resource
      resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}
  behavior: {scaleDown: {policies: [{type: Pods, value: 1, periodSeconds: 60}]}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r}
rules: [{apiGroups: [""], resources: [pods], verbs: [get], resourceNames: [a]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: r}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}
subjects: [{kind: ServiceAccount, name: s, namespace: d}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: p}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: fast
  resources: {requests: {storage: 1Gi}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: p}
spec: {minAvailable: 50%, selector: {matchLabels: {a: b}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: s, creationTimestamp: "2026-01-02T03:04:05Z"}
spec:
  serviceName: s
  replicas: 1
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec: {containers: [{name: a, image: b}], terminationGracePeriodSeconds: 5}
  volumeClaimTemplates:
    - metadata: {name: d}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: q}
spec: {hard: {pods: 5, requests.cpu: "2"}, scopes: [BestEffort]}
---
apiVersion: v1
kind: LimitRange
metadata: {name: l}
spec: {limits: [{type: Container, default: {cpu: 1}, max: {memory: 1Gi}}]}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: s}
provisioner: a.example
parameters: {a: b}
reclaimPolicy: Delete
allowVolumeExpansion: true
volumeBindingMode: Immediate
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: p}
value: 10
globalDefault: false
"""

WRONG: tuple[Any, ...] = (5, -1.5, "x", "", True, None, [], {}, ["x"], {"x": "y"}, 2**40, [None])
#: Types that the package's schema knows only as "string" or "integer".
FINER = re.compile(r"must be (a quantity|a text in base64|a time|a whole number)")
EXEMPT = {field for _, _, field in NOT_ENFORCED}

#: Every how-manieth mutant is tried; 1 tries all of them.
STEP = 2

Path = tuple[Any, ...]


@cache
def validator(api_version: str, kind: str) -> Any:
    """The validator that `kubernetes_validate.validate(strict=True)` makes, kept for reuse."""
    from kubernetes_validate import utils
    from referencing import Registry, Resource

    version = f"{default_version()}.0"
    name = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", api_version)
    folder = f"kubernetes-json-schema/v{version}-local-strict"
    schema = utils.schema_contents(f"{folder}/{kind.lower()}-{name}.json", version)
    definitions = utils.schema_contents(f"{folder}/_definitions.json", version)
    registry: Any = Resource.from_contents(definitions) @ (
        Resource.from_contents(schema) @ Registry()
    )
    return jsonschema.Draft202012Validator(schema, registry=registry)


def places(tree: Any, path: Path = ()) -> Iterator[Path]:
    """Every path of a tree but those of its apiVersion and kind."""
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in steps:
        if path or key not in ("apiVersion", "kind"):
            yield (*path, key)
            if isinstance(value, (dict, list)):
                yield from places(value, (*path, key))


def holder(tree: Any, path: Path) -> Any:
    for step in path[:-1]:
        tree = tree[step]
    return tree


def mutants(tree: Any) -> Iterator[tuple[str, Any]]:
    for path in places(tree):
        for wrong in WRONG:
            mutant = copy.deepcopy(tree)
            holder(mutant, path)[path[-1]] = wrong
            yield f"{path} = {wrong!r}", mutant
        mutant = copy.deepcopy(tree)
        inside = holder(mutant, path)
        value = inside.pop(path[-1])
        yield f"{path} removed", mutant
        if isinstance(inside, dict):
            mutant = copy.deepcopy(mutant)
            holder(mutant, path)[f"{path[-1]}X"] = value
            yield f"{path} renamed", mutant


def plain(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: plain(value) for key, value in tree.items()}
    return [plain(item) for item in tree] if isinstance(tree, list) else tree


def why(change: str, problems: list[Problem], errors: list[str]) -> str:
    """Explain a disagreement; '' where nothing explains it."""
    if problems and not errors:
        if all(p.sort == "value" for p in problems):
            return "we know the allowed values"
        if all("is empty" in p.finding.message for p in problems):
            return "empty counts as missing"
        if all(p.sort == "type" and FINER.search(p.finding.message) for p in problems):
            return "we read quantities, base64, times and ranges"
        return "" if any(p.sort in ("field", "kind") for p in problems) else "several of these"
    if "None" in change:
        return "null is absent for the API server"
    if all(any(e == f"'{name}' is a required property" for name in EXEMPT) for e in errors):
        return "the API server does not enforce this one"
    return ""


def compare(trees: list[Any]) -> tuple[Counter[str], list[str]]:
    counts: Counter[str] = Counter()
    unexplained = []
    for tree in trees:
        judge = validator(tree["apiVersion"], tree["kind"])
        for change, mutant in islice(mutants(tree), 0, None, STEP):
            problems = check_objects([(mutant, "")])
            errors = [error.message for error in judge.iter_errors(mutant)]
            accepted = not errors
            counts["mutants"] += 1
            if accepted == (not problems):
                counts["agreed"] += 1
                counts["both accept" if accepted else "both reject"] += 1
                continue
            reason = why(change, problems, errors)
            counts[reason or "unexplained"] += 1
            if not reason:
                unexplained.append(f"{tree['kind']} {change}: accepted={accepted} {problems}")
    return counts, unexplained


def test_objects_are_valid_for_both() -> None:
    for document in load_all(OBJECTS):
        tree = plain(document.value)
        assert check_objects([(tree, "")]) == []
        kubernetes_validate.validate(tree, default_version(), strict=True)


def test_every_disagreement_is_explained() -> None:
    counts, unexplained = compare([plain(d.value) for d in load_all(OBJECTS)])
    assert unexplained == []
    assert counts["mutants"] >= 2000
    assert counts["agreed"] > 0.85 * counts["mutants"]
    assert counts["both accept"] > 300
    assert counts["both reject"] > 1000
