"""Cheating answers and unusual right ones, at least one of each for every type of requirement.

A cheat is a valid manifest that looks like the asked one and is not: the property stands on another
object, container or field, or something takes its effect away. A right answer says what was asked
in a form that few people use. All manifests are valid: only the requirement tells them apart.
"""

from __future__ import annotations

import base64
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

import iac_gym
from envs.kubernetes import CATEGORY
from iac_gym.answer import Answer
from iac_gym.languages.kubernetes import LANGUAGE
from iac_gym.task import Task, build_task
from iac_gym.verdict import Verdict
from iac_gym.verifier import check_files, verify

Tree = dict[str, Any]
#: Makes a manifest of a fragment: the fields of a flow mapping, without its braces.
Build = Callable[[str], str]


@dataclass(frozen=True)
class Row:
    """One type of requirement: its arguments, and fragments of answers."""

    name: str
    args: Mapping[str, Any]
    build: Build
    right: tuple[str, ...]
    cheats: tuple[str, ...]


def _fields(fragment: str) -> tuple[Tree, str]:
    """Split a fragment into its fields and the documents after it."""
    own, mark, others = fragment.partition("---")
    return yaml.safe_load("{" + own.replace("\n", " ") + "}"), mark + others


def _dump(*trees: Tree) -> str:
    return yaml.safe_dump_all(trees, sort_keys=False, default_flow_style=True, width=10_000)


def _workload(kind: str, api: str, template: Tree, **spec: Any) -> Tree:
    labels = {"app": "shop", "tier": "web"}
    body = {"metadata": {"labels": labels}, "spec": template}
    own: Tree = {"template": body, **spec}
    if api == "apps/v1":
        own["selector"] = {"matchLabels": {"app": "shop"}}
    return {"apiVersion": api, "kind": kind, "metadata": {"name": "shop"}, "spec": own}


def _pod(**fields: Any) -> Tree:
    return {"containers": [{"name": "main", "image": "nginx:1.27"}], **fields}


def container(fragment: str) -> str:
    """Build a Deployment; `@` fields go into its pod, `^` ones into its spec, others into main."""
    fields, others = _fields(fragment)
    pod = _pod(**{key[1:]: value for key, value in fields.items() if key[0] == "@"})
    spec = {key[1:]: value for key, value in fields.items() if key[0] == "^"}
    pod["containers"][0] |= {key: value for key, value in fields.items() if key[0] not in "@^"}
    return _dump(_workload("Deployment", "apps/v1", pod, **spec)) + others


def pod(fragment: str) -> str:
    """Build a Deployment, with fields of its pod spec."""
    fields, others = _fields(fragment)
    return _dump(_workload("Deployment", "apps/v1", _pod(**fields))) + others


def deployment(fragment: str) -> str:
    """Build a Deployment, with fields of its spec."""
    fields, others = _fields(fragment)
    return _dump(_workload("Deployment", "apps/v1", _pod(), **fields)) + others


def template(fragment: str) -> str:
    """Build a Deployment, with fields of its pods' metadata (and, with `^`, of its own)."""
    fields, others = _fields(fragment)
    tree = _workload("Deployment", "apps/v1", _pod())
    tree["metadata"] |= {key[1:]: value for key, value in fields.items() if key[0] == "^"}
    inner = tree["spec"]["template"]["metadata"]
    for key, value in fields.items():
        if key[0] != "^":
            inner[key] = {**inner.get(key, {}), **value}
    return _dump(tree) + others


def stateful(fragment: str) -> str:
    """Build a StatefulSet, with fields of its spec."""
    fields, others = _fields(fragment)
    fields = {"serviceName": "any", **fields}
    return _dump(_workload("StatefulSet", "apps/v1", _pod(), **fields)) + others


def job(fragment: str) -> str:
    """Build a Job, with fields of its spec."""
    fields, others = _fields(fragment)
    return _dump(_workload("Job", "batch/v1", _pod(restartPolicy="Never"), **fields)) + others


def cron(fragment: str) -> str:
    """Build a CronJob, with fields of its spec, and with `^` of its Job's spec."""
    fields, others = _fields(fragment)
    inner = {key[1:]: value for key, value in fields.items() if key[0] == "^"}
    outer = {key: value for key, value in fields.items() if key[0] != "^"}
    tree = _workload("Job", "batch/v1", _pod(restartPolicy="Never"), **inner)
    spec = {"schedule": "7 7 7 7 *", "jobTemplate": {"spec": tree["spec"]}, **outer}
    return _dump({**tree, "kind": "CronJob", "spec": spec}) + others


def spec_of(api: str, kind: str, **base: Any) -> Build:
    """Return what builds an object `shop` with fields of its spec."""

    def build(fragment: str) -> str:
        fields, others = _fields(fragment)
        top: Tree = {"apiVersion": api, "kind": kind, "metadata": {"name": "shop"}}
        return _dump({**top, "spec": {**base, **fields}}) + others

    return build


def whole(api: str, kind: str, **base: Any) -> Build:
    """Return what builds an object `shop` with fields beside its metadata (`^`: inside them)."""

    def build(fragment: str) -> str:
        fields, others = _fields(fragment)
        own = {key[1:]: value for key, value in fields.items() if key[0] == "^"}
        rest = {key: value for key, value in fields.items() if key[0] != "^"}
        top: Tree = {"apiVersion": api, "kind": kind, "metadata": {"name": "shop", **own}}
        return _dump({**top, **base, **rest}) + others

    return build


def text(fragment: str) -> str:
    """Take a manifest as it is written."""
    return fragment


def coded(value: str) -> str:
    """Return the base64 form of a text."""
    return base64.b64encode(value.encode()).decode()


_TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
_RBAC = "rbac.authorization.k8s.io/v1"
hpa = spec_of("autoscaling/v2", "HorizontalPodAutoscaler", scaleTargetRef=_TARGET, maxReplicas=9)
budget = spec_of("policy/v1", "PodDisruptionBudget", selector={"matchLabels": {"app": "shop"}})
service = spec_of("v1", "Service", selector={"app": "shop"}, ports=[{"port": 80}])
ingress = spec_of("networking.k8s.io/v1", "Ingress")
policy = spec_of(
    "networking.k8s.io/v1", "NetworkPolicy", podSelector={"matchLabels": {"app": "db"}}
)
quotas = spec_of("v1", "ResourceQuota")
limits = spec_of("v1", "LimitRange")
claim = spec_of(
    "v1",
    "PersistentVolumeClaim",
    accessModes=["ReadWriteOnce"],
    resources={"requests": {"storage": "1Gi"}},
)
volume = spec_of(
    "v1",
    "PersistentVolume",
    accessModes=["ReadWriteOnce"],
    capacity={"storage": "1Gi"},
)
disk = spec_of(
    "v1",
    "PersistentVolume",
    accessModes=["ReadWriteOnce"],
    capacity={"storage": "1Gi"},
    hostPath={"path": "/d"},
)
config = whole("v1", "ConfigMap")
secret = whole("v1", "Secret")
account = whole("v1", "ServiceAccount")
space = whole("v1", "Namespace")
role = whole(_RBAC, "Role")
cluster_role = whole(_RBAC, "ClusterRole")
priority = whole("scheduling.k8s.io/v1", "PriorityClass", value=7)
storage = whole("storage.k8s.io/v1", "StorageClass", provisioner="p.example.com")

SHOP = {"of": "shop"}
#: A second Deployment `web`, asleep or in another namespace.
WEB = (
    "\n--- {apiVersion: apps/v1, kind: Deployment, metadata: {name: web%s}, spec: {%s"
    "selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, "
    "spec: {containers: [{name: main, image: 'nginx:1.27'}]}}}}"
)
SETTINGS = "\n--- {apiVersion: v1, kind: ConfigMap, metadata: {name: settings%s}, data: {%s}}"
KEYS = "\n--- {apiVersion: v1, kind: Secret, metadata: {name: keys}, stringData: {%s}}"
SIDE = "{name: side, image: 'a:1', %s}"


def _beside(fields: str) -> str:
    """Put the property on a sidecar instead of the main container (for `pod`)."""
    return "containers: [{name: main, image: 'nginx:1.27'}, " + SIDE % fields + "]"


def _first(fields: str) -> str:
    """Put the property on an init container instead of the main one (for `pod`)."""
    return "initContainers: [" + SIDE % fields + "]"


def _mount(volume: str, mount: str) -> str:
    """Write a volume `v` of the pod and a mount of it in the main container (for `container`)."""
    return f"'@volumes': [{{name: v, {volume}}}], volumeMounts: [{{name: v, {mount}}}]"


ROWS: list[Row] = []


def row(
    name: str, args: Mapping[str, Any], build: Build, right: list[str], cheats: list[str]
) -> None:
    """Add a row to the table."""
    ROWS.append(Row(name, args, build, tuple(right), tuple(cheats)))


# fmt: off
# Workloads -----------------------------------------------------------------------------------
IMAGE = {"name": "shop", "image": "nginx:1.27"}
OTHER_IMAGE = (
    "{name: main, image: 'httpd:2.4'}, {name: spare, image: 'nginx:1.27'}"  # the asked one beside
)
row("deployment", IMAGE, deployment,
    ["paused: false", "replicas: 1, strategy: {type: RollingUpdate}"],
    ["replicas: 0"])
row("deployment", IMAGE, container, ["image: 'docker.io/library/nginx:1.27'"],
    ["image: 'r.example.com/nginx:1.27'", "image: nginx", "image: 'bitnami/nginx:1.27'"])
row("deployment", IMAGE, pod,
    ["restartPolicy: Always", _beside("ports: [{containerPort: 1}]")],
    [f"containers: [{OTHER_IMAGE}]",
     "containers: [{name: main, image: 'httpd:2.4'}], initContainers: [{name: i, "
     "image: 'nginx:1.27'}]",
     "containers: [{name: spare, image: 'nginx:1.27'}, {name: shop, image: 'httpd:2.4'}]"])
row("stateful-set", IMAGE, stateful, ["replicas: 2"], ["replicas: 0"])
row("daemon-set", IMAGE, text,
    [container("").replace("Deployment", "DaemonSet")], [container("")])
row("pod", IMAGE, text,
    ["{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod, metadata: {name: shop}, "
     "spec: {containers: [{name: a, image: 'nginx:1.27'}]}}]}"],
    ["{apiVersion: v1, kind: Pod, metadata: {name: shop}, spec: {containers: "
     f"[{OTHER_IMAGE}]}}}}", container("")])
row("job", IMAGE, job, ["suspend: false"],
    ["suspend: true", "parallelism: 0", "completions: 0"])
row("cron-job", IMAGE, cron, ["suspend: false"],
    ["suspend: true", "'^suspend': true", "'^parallelism': 0"])
row("replicas", {**SHOP, "count": 3}, deployment, ["replicas: 3"],
    ["minReadySeconds: 3", "replicas: 4",
     "replicas: 3" + WEB.replace("name: web%s", "name: shop, namespace: b") % "replicas: 1, "])
row("replicas", {**SHOP, "count": 1}, deployment, ["minReadySeconds: 5"], ["replicas: 0"])
row("workload-namespace", {**SHOP, "namespace": "web"}, template,
    ["'^namespace': web, '^annotations': {a: b}"],
    ["labels: {namespace: web}", "'^labels': {namespace: web}"])
row("container-port", {**SHOP, "port": 80}, container,
    ["ports: [{containerPort: 80, name: a}, {containerPort: 81}]"],
    ["ports: [{containerPort: 80, protocol: UDP}]", "ports: [{containerPort: 8080, hostPort: 80}]",
     "env: [{name: PORT, value: '80'}]"])
row("container-port", {**SHOP, "port": 80}, pod, [_beside("ports: [{containerPort: 81}]").replace(
    "'nginx:1.27'}", "'nginx:1.27', ports: [{containerPort: 80}]}")],
    [_beside("ports: [{containerPort: 80}]"), _first("ports: [{containerPort: 80}]")])
row("pod-label", {**SHOP, "key": "a", "value": "b"}, template, ["labels: {a: b, c: d}"],
    ["'^labels': {a: b}", "annotations: {a: b}", "labels: {a: B}"])
row("max-surge", {**SHOP, "surge": 2}, deployment,
    ["strategy: {rollingUpdate: {maxSurge: 2, maxUnavailable: 0}}"],
    ["strategy: {rollingUpdate: {maxUnavailable: 2}}", "strategy: {type: Recreate}",
     "strategy: {rollingUpdate: {maxSurge: 2%}}"])
row("max-unavailable", {**SHOP, "count": "25%"}, deployment,
    ["minReadySeconds: 3", "strategy: {type: RollingUpdate}"],
    ["strategy: {rollingUpdate: {maxUnavailable: 25}}", "strategy: {type: Recreate}"])
row("recreate", SHOP, deployment, ["strategy: {type: Recreate}"], ["replicas: 2"])
row("min-ready", {**SHOP, "seconds": 5}, deployment, ["minReadySeconds: 5"],
    ["progressDeadlineSeconds: 5"])
row("revision-history", {**SHOP, "count": 10}, deployment, ["replicas: 2"],
    ["revisionHistoryLimit: 0"])
row("progress-deadline", {**SHOP, "seconds": 600}, deployment, ["replicas: 2"],
    ["progressDeadlineSeconds: 60"])
row("governing-service", {**SHOP, "service": "peers"}, stateful, ["serviceName: peers"],
    ["replicas: 2--- {apiVersion: v1, kind: Service, metadata: {name: peers}, "
     "spec: {selector: {app: shop}, ports: [{port: 1}]}}"])
row("parallel-pods", SHOP, stateful, ["podManagementPolicy: Parallel"],
    ["podManagementPolicy: OrderedReady"])
TEMPLATE = (
    "volumeClaimTemplates: [{metadata: {name: %s}, spec: {accessModes: [ReadWriteOnce], "
    "storageClassName: %s, resources: {requests: {storage: %s}}}}]"
)
row("claim-template", {**SHOP, "claim": "data", "size": "1Gi"}, stateful,
    [TEMPLATE % ("data", "x", "1024Mi"), TEMPLATE % ("data", "x", "1073741824")],
    [TEMPLATE % ("logs", "x", "1Gi"), TEMPLATE % ("data", "x", "1G")])
row("template-class", {**SHOP, "claim": "data", "storage_class": "x"}, stateful,
    [TEMPLATE % ("data", "x", "1Gi")], [TEMPLATE % ("logs", "x", "1Gi")])
row("runs-as-account", {**SHOP, "account": "bot"}, pod,
    ["serviceAccount: bot", "serviceAccountName: bot, serviceAccount: bot"],
    ["hostname: bot", "serviceAccountName: bots"])

# Containers ----------------------------------------------------------------------------------
HELPER = {**SHOP, "name": "i", "image": "a:1"}
row("init-container", HELPER, pod,
    ["initContainers: [{name: h, image: 'b:1'}, {name: i, image: 'docker.io/library/a:1'}]"],
    ["initContainers: [{name: i, image: 'a:1', restartPolicy: Always}]",
     "containers: [{name: main, image: 'n:1'}, {name: i, image: 'a:1'}]",
     "initContainers: [{name: i, image: 'b:1'}, {name: j, image: 'a:1'}]"])
row("pod-container", HELPER, pod,
    ["initContainers: [{name: i, image: 'a:1', restartPolicy: Always}]"],
    ["initContainers: [{name: i, image: 'a:1'}]",
     "containers: [{name: i, image: 'b:1'}, {name: j, image: 'a:1'}]"])
row("native-sidecar", {**SHOP, "name": "i"}, pod,
    ["initContainers: [{name: i, image: 'a:1', restartPolicy: Always}]"],
    ["containers: [{name: i, image: 'a:1'}]", "initContainers: [{name: i, image: 'a:1'}]"])
COPY = {**SHOP, "name": "i", "command": "cp -r /a /b"}
row("init-command", COPY, pod,
    ["initContainers: [{name: i, image: 'a:1', command: [/usr/bin/sh, -euc], "
     "args: [cp -r /a /b]}]"],
    ["initContainers: [{name: i, image: 'a:1', args: [cp, -r, /a, /b]}]",
     "initContainers: [{name: i, image: 'a:1', command: [cp -r /a /b]}]",
     "initContainers: [{name: i, image: 'a:1', command: [echo, cp, -r, /a, /b]}]",
     "initContainers: [{name: i, image: 'a:1', command: [sh, -c, 'echo cp -r /a /b']}]"])
row("command", {**SHOP, "command": "sleep 5"}, container,
    ["command: [/bin/dash, -c, 'exec sleep  5']", "command: [sleep], args: ['5']"],
    ["command: [sh, -c, 'sleep 5 &']", "command: [sh, -c, '# sleep 5']",
     "command: [sh, -n, sleep 5]", "lifecycle: {postStart: {exec: {command: [sleep, '5']}}}"])
row("argument", {**SHOP, "argument": "--a=b"}, container,
    ["command: [/app, --a=b]", "command: [/app], args: [--c, --a, b]"],
    ["command: [--a=b]", "args: [--a=b, --a=c]", "args: [--a, b, --a=c]", "args: [--c --a=b]",
     "args: [b, --a]", "env: [{name: A, value: --a=b}]"])
row("argument", {**SHOP, "argument": "--quiet"}, container, ["args: [--a, --quiet]"],
    ["args: [--quietly]", "command: [--quiet]"])
SET = {**SHOP, "variable": "A", "value": "1"}
row("env-value", SET, container,
    ["env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: k, optional: true}}}]"
     + SETTINGS % ("", "k: '1'"),
     "envFrom: [{secretRef: {name: keys}}]" + KEYS % "A: '1'",
     "env: [{name: A, value: '2'}, {name: A, value: '1'}]"],
    ["env: [{name: A, value: '1'}, {name: A, value: '2'}]", "env: [{name: a, value: '1'}]",
     "envFrom: [{configMapRef: {name: settings}}], env: [{name: A, value: '2'}]"
     + SETTINGS % ("", "A: '1'"),
     "envFrom: [{configMapRef: {name: settings}}]" + SETTINGS % (", namespace: b", "A: '1'"),
     "env: [{name: A, valueFrom: {secretKeyRef: {name: keys, key: B}}}]"
     + KEYS % "A: '1', B: '2'"])
row("env-value", SET, pod, ["containers: [{name: x, image: 'a:1', env: [{name: A, value: '1'}]}]"],
    [_beside("env: [{name: A, value: '1'}]"), _first("env: [{name: A, value: '1'}]")])
FIELD = "env: [{name: A, valueFrom: {fieldRef: {fieldPath: %s}}}%s]"
row("env-field", {**SHOP, "variable": "A", "field": "metadata.name"}, container,
    [FIELD % ("metadata.name", ", {name: B, value: x}")],
    [FIELD % ("metadata.namespace", ""), FIELD % ("metadata.name", ", {name: A, value: x}")])
row("cpu-request", {**SHOP, "amount": "200m"}, container,
    ["resources: {limits: {cpu: 0.2}}", "resources: {requests: {cpu: '0.200'}}"],
    ["resources: {requests: {cpu: 100m}, limits: {cpu: 200m}}",
     "resources: {requests: {memory: 200m}}"])
row("memory-request", {**SHOP, "amount": "128Mi"}, container,
    ["resources: {requests: {memory: 134217728}}"],
    ["resources: {requests: {memory: 128M}}", "resources: {requests: {ephemeral-storage: 128Mi}}"])
row("cpu-limit", {**SHOP, "amount": "1"}, container, ["resources: {limits: {cpu: 1000m}}"],
    ["resources: {requests: {cpu: 1}}"])
row("memory-limit", {**SHOP, "amount": "1Gi"}, container,
    ["resources: {limits: {memory: 1048576Ki}}"], ["resources: {requests: {memory: 1Gi}}"])
row("memory-limit", {**SHOP, "amount": "1Gi"}, pod,
    ["containers: [{name: x, image: 'a:1', resources: {limits: {memory: 1024Mi}}}]"],
    [_beside("resources: {limits: {memory: 1Gi}}"), _first("resources: {limits: {memory: 1Gi}}")])
row("pull-policy", {**SHOP, "policy": "IfNotPresent"}, container,
    ["stdin: false", "imagePullPolicy: IfNotPresent, image: 'r.example:5000/a'"],
    ["imagePullPolicy: Always", "image: nginx", "image: 'nginx:latest'",
     "image: 'r.example:5000/a'"])
row("pull-secret", {**SHOP, "secret": "reg"}, pod,
    ["imagePullSecrets: [{name: other}, {name: reg}]"], ["imagePullSecrets: [{name: registry}]"])
row("grace-period", {**SHOP, "seconds": 30}, pod, ["hostname: a"],
    ["terminationGracePeriodSeconds: 3", "terminationGracePeriodSeconds: 300"])
SLEEP = "lifecycle: {preStop: {exec: {command: [sh, -c, '%s']}}}"
row("pre-stop-sleep", {**SHOP, "seconds": 9}, container,
    [SLEEP % "sleep 9; nginx -s quit", SLEEP % "nginx -s quit && /bin/sleep 9s",
     "lifecycle: {preStop: {exec: {command: [/usr/bin/sleep, 9s]}}}"],
    [SLEEP % "sleep 9 &", SLEEP % "echo sleep 9", SLEEP % "sleep 90", SLEEP % "true || sleep 9",
     SLEEP % "sleep 9; sleep 9", "lifecycle: {postStart: {sleep: {seconds: 9}}}",
     "'@terminationGracePeriodSeconds': 9"])
row("restart-policy", {**SHOP, "policy": "Always"}, pod, ["hostname: a"], [])
row("restart-policy", {**SHOP, "policy": "OnFailure"}, text,
    [job("").replace("Never", "OnFailure")], [job("")])
row("host-network", SHOP, pod, ["hostNetwork: true"], ["hostPID: true", "hostNetwork: false"])

# Volumes -------------------------------------------------------------------------------------
row("mount", {**SHOP, "volume": "v", "path": "/d"}, container,
    [_mount("emptyDir: {}", "mountPath: /d/"), _mount("emptyDir: {}", "mountPath: /d, subPath: x")],
    [_mount("emptyDir: {}", "mountPath: /data"), "'@volumes': [{name: v, emptyDir: {}}]"])
row("container-mount", {**SHOP, "name": "side", "volume": "v", "path": "/d"}, pod,
    ["volumes: [{name: v, emptyDir: {}}], " + _first("volumeMounts: [{name: v, mountPath: /d/}]")],
    ["volumes: [{name: v, emptyDir: {}}], containers: [{name: main, image: 'a:1', volumeMounts: "
     "[{name: v, mountPath: /d}]}, {name: side, image: 'a:1'}]"])
row("empty-dir", {**SHOP, "volume": "v"}, pod,
    ["volumes: [{name: v}]", "volumes: [{name: v, emptyDir: {medium: Memory}}]"],
    ["volumes: [{name: v, hostPath: {path: /d}}]", "volumes: [{name: w, emptyDir: {}}]"])
FILES = {**SHOP, "config": "settings", "path": "/e"}
row("config-mount", FILES, container,
    [_mount("configMap: {name: settings, defaultMode: 288, optional: true}", "mountPath: /e/"),
     _mount("projected: {sources: [{secret: {name: s}}, {configMap: {name: settings}}]}",
            "mountPath: /e, readOnly: true"),
     _mount("configMap: {name: settings, items: [{key: a, path: a}]}", "mountPath: /e")
     + SETTINGS % ("", "a: b")],
    [_mount("configMap: {name: settings, items: [{key: a, path: a}]}", "mountPath: /e"),
     _mount("configMap: {name: settings, items: [{key: a, path: a}]}", "mountPath: /e")
     + SETTINGS % ("", "a: b, c: d"),
     _mount("configMap: {name: settings, items: [{key: a, path: z}]}", "mountPath: /e")
     + SETTINGS % ("", "a: b"),
     _mount("configMap: {name: settings}", "mountPath: /e, subPath: a"),
     _mount("configMap: {name: settings}", "mountPath: /e, subPathExpr: a"),
     _mount("secret: {secretName: settings}", "mountPath: /e")])
row("config-mount", FILES, pod,
    ["volumes: [{name: v, configMap: {name: settings}}], containers: [{name: main, image: 'a:1', "
     "volumeMounts: [{name: v, mountPath: /e}]}]"],
    ["volumes: [{name: v, configMap: {name: settings}}], "
     + _beside("volumeMounts: [{name: v, mountPath: /e}]")])
LOGS = {**SHOP, "host": "/var/log", "path": "/logs"}
row("host-mount", LOGS, container,
    [_mount("hostPath: {path: /var/log, type: Directory}", "mountPath: /logs, readOnly: true")],
    [_mount("hostPath: {path: /var/log}", "mountPath: /logs, subPath: pods"),
     _mount("hostPath: {path: /var}", "mountPath: /logs"),
     _mount("emptyDir: {}", "mountPath: /logs")])
row("host-mount-read-only", {**SHOP, "host": "/l"}, container,
    [_mount("hostPath: {path: /l/}", "mountPath: /l, readOnly: true")],
    [_mount("hostPath: {path: /l}", "mountPath: /l, readOnly: false"),
     "'@volumes': [{name: v, hostPath: {path: /l}}], volumeMounts: [{name: v, mountPath: /l, "
     "readOnly: true}, {name: v, mountPath: /m}]",
     "'@volumes': [{name: v, hostPath: {path: /l}}], securityContext: "
     "{readOnlyRootFilesystem: true}"])

# Jobs ----------------------------------------------------------------------------------------
row("completions", {**SHOP, "count": 3}, cron, ["'^completions': 3, '^parallelism': 3"],
    ["'^parallelism': 3", "'^completions': 3, suspend: true"])
row("parallelism", {**SHOP, "count": 2}, job,
    ["parallelism: 2, completions: 9"], ["completions: 2"])
row("backoff-limit", {**SHOP, "count": 6}, job, ["completions: 2"],
    ["backoffLimit: 3", "backoffLimitPerIndex: 1, completionMode: Indexed, completions: 3"])
INDEXED = "completionMode: Indexed, completions: 9, "
row("backoff-per-index", {**SHOP, "count": 2}, job, [INDEXED + "backoffLimitPerIndex: 2"],
    [INDEXED + "backoffLimit: 2"])
row("time-to-live", {**SHOP, "seconds": 60}, cron, ["'^ttlSecondsAfterFinished': 60"],
    ["startingDeadlineSeconds: 60", "'^activeDeadlineSeconds': 60"])
row("active-deadline", {**SHOP, "seconds": 60}, cron, ["'^activeDeadlineSeconds': 60"],
    ["startingDeadlineSeconds: 60", "'^ttlSecondsAfterFinished': 60"])
row("indexed", SHOP, job, [INDEXED + "parallelism: 9"], ["completions: 9"])
row("schedule", {**SHOP, "cron": "0 6 * * 1-5"}, cron,
    ["schedule: 0 06 * * mon-FRI", "schedule: '0 6 ? * 1,2,3-5'"],
    ["schedule: 0 6 * * *", "schedule: 6 0 * * 1-5", "schedule: 0 6 1-5 * *",
     "schedule: 0 6 * * 1-5, suspend: true"])
row("daily-at", {**SHOP, "time": "02:30"}, cron,
    ["schedule: 30 2 * * 0-6", "schedule: '30 02 */1 1-12 ?'"],
    ["schedule: 30 2 * * 1", "schedule: '30 2,14 * * *'",
     "schedule: 30 2 * * 1-6", "schedule: '*/30 2 * * *'"])
row("every-minutes", {**SHOP, "minutes": 15}, cron,
    ["schedule: '3,18,33,48 * * * *'", "schedule: '@every 15m'", "schedule: '@every 0h15m0s'",
     "schedule: 5/15 * * * *"],
    ["schedule: '@every 15s'", "schedule: '0,15,30 * * * *'", "schedule: '*/15 8 * * *'",
     "schedule: '*/15 * * * 1'", "schedule: 15 * * * *", "schedule: '@every 15h'"])
row("weekly-at", {**SHOP, "day": "Sunday", "time": "02:30"}, cron, ["schedule: '30 2 ? * SUN'"],
    ["schedule: 30 2 1 * 0", "schedule: 30 2 * * 0-1", "schedule: '@weekly'"])
row("time-zone", {**SHOP, "zone": "Europe/Berlin"}, cron, ["timeZone: Europe/Berlin"],
    ["concurrencyPolicy: Allow", "timeZone: Etc/UTC"])
row("concurrency", {**SHOP, "policy": "Allow"}, cron, ["successfulJobsHistoryLimit: 1"],
    ["concurrencyPolicy: Forbid"])
row("successful-history", {**SHOP, "count": 3}, cron, ["failedJobsHistoryLimit: 1"],
    ["successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 3"])
row("failed-history", {**SHOP, "count": 1}, cron, ["successfulJobsHistoryLimit: 3"],
    ["failedJobsHistoryLimit: 0, successfulJobsHistoryLimit: 1"])
row("starting-deadline", {**SHOP, "seconds": 60}, cron, ["startingDeadlineSeconds: 60"],
    ["'^activeDeadlineSeconds': 60", "startingDeadlineSeconds: 60, suspend: true"])

# Autoscaling ---------------------------------------------------------------------------------
WHO = {"name": "shop"}
REF = "scaleTargetRef: {apiVersion: %s, kind: %s, name: web}"
row("autoscaler", {**WHO, "of": "web"}, hpa,
    [REF % ("apps/v1", "Deployment"), "maxReplicas: 3" + WEB % ("", ""),
     "maxReplicas: 3" + WEB % ("", "") + WEB % (", namespace: b", "")],
    [REF % ("v1", "Deployment"), REF % ("apps/v1", "StatefulSet"),
     "scaleTargetRef: {kind: Deployment, name: web}",
     "maxReplicas: 3" + WEB % ("", "replicas: 0, "),
     "maxReplicas: 3" + WEB % (", namespace: b", "")])
row("fewest-replicas", {**WHO, "count": 1}, hpa, ["maxReplicas: 4"], ["minReplicas: 2"])
row("most-replicas", {**WHO, "count": 4}, hpa, ["maxReplicas: 4, minReplicas: 4"],
    ["minReplicas: 4"])
METRIC = "{type: Resource, resource: {name: %s, target: {type: %s, %s: %s}}}"
CPU = METRIC % ("cpu", "Utilization", "averageUtilization", 60)
MEMORY = METRIC % ("memory", "Utilization", "averageUtilization", 60)
row("cpu-target", {**WHO, "percent": 60}, hpa,
    [f"metrics: [{MEMORY}, {CPU}]"],
    [f"metrics: [{MEMORY}]", f"metrics: [{CPU}, {CPU.replace('60', '90')}]",
     "metrics: [" + METRIC % ("cpu", "AverageValue", "averageValue", 60) + "]"])
row("cpu-target", {**WHO, "percent": 80}, hpa, ["minReplicas: 2"], [f"metrics: [{MEMORY}]"])
row("memory-target", {**WHO, "percent": 60}, hpa, [f"metrics: [{CPU}, {MEMORY}]"],
    [f"metrics: [{CPU}]", f"metrics: [{MEMORY}, {MEMORY.replace('60', '90')}]"])
BYTES = METRIC % ("memory", "AverageValue", "averageValue", "0.5Gi")
row("memory-average", {**WHO, "amount": "512Mi"}, hpa, [f"metrics: [{CPU}, {BYTES}]"],
    [f"metrics: [{BYTES.replace('memory', 'cpu')}]", f"metrics: [{BYTES.replace('Gi', 'G')}]"])
row("scale-down-window", {**WHO, "seconds": 300}, hpa,
    ["behavior: {scaleUp: {stabilizationWindowSeconds: 5}}"],
    ["behavior: {scaleDown: {selectPolicy: Disabled}}",
     "behavior: {scaleDown: {stabilizationWindowSeconds: 30}}"])
row("scale-up-window", {**WHO, "seconds": 30}, hpa,
    ["behavior: {scaleUp: {stabilizationWindowSeconds: 30}}"],
    ["behavior: {scaleDown: {stabilizationWindowSeconds: 30}}"])
UP = "behavior: {scaleUp: {%s policies: [{type: Pods, value: 2, periodSeconds: 15}%s]}}"
MORE = ", {type: Percent, value: 900, periodSeconds: 15}"
row("scale-up-pods", {**WHO, "count": 2, "seconds": 15}, hpa,
    [UP % ("", ""), UP % ("selectPolicy: Min,", MORE)],
    [UP % ("", MORE), UP % ("selectPolicy: Disabled,", ""), (UP % ("", "")).replace("Up", "Down"),
     (UP % ("", "")).replace("15", "60")])
row("scale-down-percent", {**WHO, "percent": 9, "seconds": 60}, hpa,
    ["behavior: {scaleDown: {policies: [{type: Percent, value: 9, periodSeconds: 60}]}}"],
    ["behavior: {scaleUp: {policies: [{type: Percent, value: 9, periodSeconds: 60}]}}",
     "behavior: {scaleDown: {policies: [{type: Pods, value: 9, periodSeconds: 60}]}}"])
NEEDS = "minAvailable: 1, selector: "
row("disruption-budget", {**WHO, "of": "web"}, budget,
    [NEEDS + "{matchExpressions: [{key: app, operator: In, values: [web]}]}" + WEB % ("", ""),
     NEEDS + "{matchLabels: {app: web}, matchExpressions: [{key: a, operator: DoesNotExist}]}"
     + WEB % ("", "")],
    [NEEDS + "{}" + WEB % ("", ""), NEEDS + "{matchLabels: {app: web}}",
     NEEDS + "{matchExpressions: [{key: a, operator: DoesNotExist}]}" + WEB % ("", ""),
     NEEDS + "{matchLabels: {app: web}}" + WEB % (", namespace: b", ""),
     NEEDS + "{matchLabels: {app: web}}" + WEB % ("", "replicas: 0, ")])
row("min-available", {**WHO, "count": "50%"}, budget, ["minAvailable: 50%"],
    ["minAvailable: 50", "maxUnavailable: 50%"])
row("budget-unavailable", {**WHO, "count": 1}, budget, ["maxUnavailable: 1"],
    ["minAvailable: 1", "maxUnavailable: 1%"])

# Probes and security -------------------------------------------------------------------------
HTTP = {**SHOP, "probe": "liveness", "path": "/up", "port": 8080}
row("http-probe", HTTP, container,
    ["ports: [{name: web, containerPort: 8080}], livenessProbe: {httpGet: {path: /up, port: web}, "
     "periodSeconds: 3}"],
    ["livenessProbe: {httpGet: {path: /up, port: 8080, host: example.com}}",
     "readinessProbe: {httpGet: {path: /up, port: 8080}}",
     "livenessProbe: {exec: {command: [curl, 'http://localhost:8080/up']}}",
     "livenessProbe: {httpGet: {path: /up, port: 8080, scheme: HTTPS}}"])
row("http-probe", HTTP, pod,
    ["containers: [{name: x, image: 'a:1', livenessProbe: {httpGet: {path: /up, port: 8080}}}]"],
    [_beside("livenessProbe: {httpGet: {path: /up, port: 8080}}")])
row("tcp-probe", {**SHOP, "probe": "startup", "port": 80}, container,
    ["ports: [{name: web, containerPort: 80}], startupProbe: {tcpSocket: {port: web}}"],
    ["startupProbe: {tcpSocket: {port: 80, host: 10.0.0.1}}", "startupProbe: {httpGet: {port: 80}}",
     "livenessProbe: {tcpSocket: {port: 80}}"])
row("exec-probe", {**SHOP, "probe": "liveness", "command": "cat /tmp/ok"}, container,
    ["livenessProbe: {exec: {command: [/bin/bash, -ec, cat /tmp/ok]}}"],
    ["livenessProbe: {exec: {command: [cat /tmp/ok]}}",
     "livenessProbe: {exec: {command: [sh, -c, cat /tmp/ok || true]}}",
     "readinessProbe: {exec: {command: [cat, /tmp/ok]}}"])
for kind, field, default in (
    ("period", "periodSeconds", 10),
    ("delay", "initialDelaySeconds", 0),
    ("failures", "failureThreshold", 3),
    ("timeout", "timeoutSeconds", 1),
):
    argument = "count" if kind == "failures" else "seconds"
    row(f"probe-{kind}", {**SHOP, "probe": "liveness", argument: default}, container,
        ["livenessProbe: {tcpSocket: {port: 80}}"],
        ["readinessProbe: {tcpSocket: {port: 80}}",
         f"livenessProbe: {{tcpSocket: {{port: 80}}, {field}: 7}}"])
    row(f"probe-{kind}", {**SHOP, "probe": "readiness", argument: 7}, container,
        [f"readinessProbe: {{httpGet: {{port: 80}}, {field}: 7}}"],
        [f"livenessProbe: {{tcpSocket: {{port: 80}}, {field}: 7}}"])


def _secure(setting: str) -> str:
    return "securityContext: {" + setting + "}"


row("non-root", SHOP, pod,
    [_secure("runAsNonRoot: true"), "containers: [{name: a, image: 'a:1', "
     + _secure("runAsNonRoot: true") + "}]"],
    [_secure("runAsUser: 1000"), _secure("runAsNonRoot: true") + ", "
     + _first(_secure("runAsNonRoot: false"))])
row("user-id", {**SHOP, "uid": 7}, pod, [_secure("runAsUser: 7")],
    [_secure("runAsGroup: 7"), _beside(_secure("runAsUser: 7")),
     _secure("runAsUser: 7") + ", containers: [{name: a, image: 'a:1', "
     + _secure("runAsUser: 0") + "}]"])
row("volume-group", {**SHOP, "gid": 7}, pod, [_secure("fsGroup: 7, runAsUser: 8")],
    [_secure("runAsGroup: 7"), _secure("supplementalGroups: [7]")])
row("read-only-root", SHOP, container, [_secure("readOnlyRootFilesystem: true")],
    ["'@initContainers': [{name: i, image: 'a:1'}], " + _secure("readOnlyRootFilesystem: true"),
     _mount("emptyDir: {}", "mountPath: /, readOnly: true")])
row("no-escalation", SHOP, container, [_secure("allowPrivilegeEscalation: false")],
    [_secure("privileged: false"), _secure("allowPrivilegeEscalation: true")])
row("drop-all", SHOP, container,
    [_secure("capabilities: {drop: [NET_RAW, ALL], add: [NET_BIND_SERVICE]}")],
    [_secure("capabilities: {drop: [ALL], add: [ALL]}"), _secure("capabilities: {drop: [NET_RAW]}"),
     _secure("capabilities: {drop: [ALL]}, privileged: true")])
DEFAULT = "seccompProfile: {type: RuntimeDefault}"
row("seccomp", SHOP, container, [_secure(DEFAULT), "'@securityContext': {" + DEFAULT + "}"],
    [_secure(DEFAULT + ", privileged: true"), _secure("seccompProfile: {type: Unconfined}"),
     "'@securityContext': {" + DEFAULT + "}, " + _secure("seccompProfile: {type: Unconfined}")])
TOKEN = "\n--- {apiVersion: v1, kind: ServiceAccount, metadata: {name: bot%s}, %s}"
OFF = "automountServiceAccountToken: false"
row("no-token", SHOP, pod, [OFF, "serviceAccountName: bot" + TOKEN % ("", OFF)],
    ["serviceAccountName: bot" + TOKEN % (", namespace: b", OFF), "hostname: a" + TOKEN % ("", OFF),
     "automountServiceAccountToken: true, serviceAccountName: bot" + TOKEN % ("", OFF),
     OFF + ", volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t}}]}}]"])

# Scheduling ----------------------------------------------------------------------------------
NODES = (
    "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
    "{nodeSelectorTerms: [%s]}}}"
)
MATCH = "{matchExpressions: [{key: disk, operator: %s, values: %s}]}"
DISK = {**SHOP, "key": "disk"}
row("node-label", {**DISK, "value": "ssd"}, pod,
    [NODES % (MATCH % ("In", "[ssd]")), "nodeSelector: {disk: ssd, zone: a}"],
    [NODES % (MATCH % ("In", "[ssd]") + ", " + MATCH % ("In", "[hdd]")),
     NODES % (MATCH % ("NotIn", "[hdd]")), NODES % "{matchExpressions: [{key: disk, "
     "operator: Exists}]}", (NODES % (MATCH % ("In", "[ssd]"))).replace("required", "preferred")
     .replace("{nodeSelectorTerms: [", "[{weight: 1, preference: ").replace("]}]}}}", "]}}]}}")])
row("node-label", {**DISK, "value": "ssd"}, template, [], ["labels: {disk: ssd}"])
row("node-label-in", {**DISK, "values": ["ssd", "nvme"]}, pod,
    [NODES % (MATCH % ("In", "[nvme, ssd]")),
     NODES % (MATCH % ("In", "[ssd]") + ", " + MATCH % ("In", "[nvme]"))],
    [NODES % (MATCH % ("In", "[nvme, ssd, hdd]")), NODES % (MATCH % ("NotIn", "[nvme, ssd]")),
     "nodeSelector: {disk: ssd}"])
LIKES = (
    "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: "
    "[{weight: %s, preference: %s}]}}"
)
row("preferred-node", {**DISK, "value": "ssd", "weight": 5}, pod,
    [LIKES % (5, MATCH % ("In", "[ssd]"))],
    [LIKES % (6, MATCH % ("In", "[ssd]")), LIKES % (5, MATCH % ("NotIn", "[ssd]")),
     "nodeSelector: {disk: ssd}"])
PODS = "affinity: {%s: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: z, %s}]}}"
SELF = "labelSelector: {matchLabels: {app: shop}}"
row("apart", {**SHOP, "topology": "z"}, pod,
    [PODS % ("podAntiAffinity", SELF), PODS % ("podAntiAffinity", SELF + ", namespaces: [default]"),
     PODS % ("podAntiAffinity",
             "labelSelector: {matchExpressions: [{key: app, operator: Exists}]}")],
    [PODS % ("podAffinity", SELF), PODS % ("podAntiAffinity", SELF + ", namespaces: [other]"),
     PODS % ("podAntiAffinity", SELF + ", namespaceSelector: {matchLabels: {a: b}}"),
     PODS % ("podAntiAffinity", SELF.replace("shop", "web"))])
MAYBE = (
    "affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: "
    "[{weight: %s, podAffinityTerm: {topologyKey: z, %s}}]}}"
)
row("preferably-apart", {**SHOP, "topology": "z", "weight": 5}, pod, [MAYBE % (5, SELF)],
    [MAYBE % (6, SELF), MAYBE % (5, SELF + ", namespaces: [other]"),
     MAYBE % (5, SELF.replace("shop", "web"))])
row("near", {**SHOP, "key": "app", "value": "web", "topology": "z"}, pod,
    [PODS % ("podAffinity", "labelSelector: {matchExpressions: [{key: app, operator: In, "
             "values: [web]}]}")],
    [PODS % ("podAffinity", "labelSelector: {matchExpressions: [{key: app, operator: Exists}]}"),
     PODS % ("podAffinity", "labelSelector: {matchExpressions: [{key: x, operator: NotIn, "
             "values: [v]}]}"),
     PODS % ("podAffinity", "labelSelector: {matchExpressions: [{key: app, operator: In, "
             "values: [web, db]}]}"),
     PODS % ("podAffinity", "labelSelector: {}"),
     PODS % ("podAntiAffinity", "labelSelector: {matchLabels: {app: web}}")])
SPREAD = (
    "topologySpreadConstraints: [{maxSkew: %s, topologyKey: z, whenUnsatisfiable: %s, "
    "labelSelector: {matchLabels: {app: %s}}}]"
)
row("spread", {**SHOP, "topology": "z", "skew": 1}, pod, [SPREAD % (1, "ScheduleAnyway", "shop")],
    [SPREAD % (1, "DoNotSchedule", "web"), SPREAD % (2, "DoNotSchedule", "shop")])
row("spread-action", {**SHOP, "topology": "z", "action": "DoNotSchedule"}, pod,
    [SPREAD % (2, "DoNotSchedule", "shop")],
    [SPREAD % (1, "DoNotSchedule", "web"), SPREAD % (1, "ScheduleAnyway", "shop")])
TAINT = {**SHOP, "key": "gpu", "effect": "NoExecute"}
row("tolerates", {**TAINT, "value": "yes"}, pod,
    ["tolerations: [{key: gpu, operator: Exists}]", "tolerations: [{key: a, operator: Exists}, "
     "{key: gpu, operator: Equal, value: 'yes', effect: NoExecute}]"],
    ["tolerations: [{key: gpu, operator: Exists, effect: NoSchedule}]",
     "tolerations: [{key: gpu, value: 'no', effect: NoExecute}]",
     "tolerations: [{key: gpu, operator: Exists, effect: NoExecute, tolerationSeconds: 0}]",
     "nodeSelector: {gpu: 'yes'}"])
row("tolerates-key", TAINT, pod,
    ["tolerations: [{key: gpu, effect: NoExecute}]", "tolerations: [{key: gpu, operator: Exists}]"],
    ["tolerations: [{key: gpu, value: 'yes', effect: NoExecute}]",
     "tolerations: [{key: gpus, operator: Exists, effect: NoExecute}]"])
row("priority-class", {**SHOP, "name": "high"}, pod, ["priorityClassName: high"],
    ["priorityClassName: higher", "hostname: high"])
row("priority-value", {"name": "shop", "value": 7}, priority, ["description: a"],
    ["value: 8", "value: -7"])
row("never-preempts", WHO, priority, ["preemptionPolicy: Never"],
    ["preemptionPolicy: PreemptLowerPriority", "description: Never"])

# Services and Ingresses ----------------------------------------------------------------------
row("service-type", {**WHO, "type": "ClusterIP"}, service, ["ports: [{port: 81}]"],
    ["clusterIP: None", "type: NodePort"])
row("headless", WHO, service, ["type: ClusterIP, clusterIP: None"],
    ["type: ClusterIP", "sessionAffinity: None"])
SHOP_PODS = (
    "\n--- {apiVersion: apps/v1, kind: Deployment, metadata: {name: app}, spec: {%s"
    "selector: {matchLabels: {app: shop}}, template: {metadata: {labels: {app: shop}}, spec: "
    "{containers: [{name: a, image: 'a:1', ports: [{name: web, containerPort: 8080%s}]}]}}}}"
)
row("service-port", {**SHOP, "port": 80, "target": 8080}, service,
    ["ports: [{port: 80, targetPort: web}]" + SHOP_PODS % ("", ""),
     "ports: [{name: a, port: 81}, {name: b, port: 80, targetPort: 8080}]"],
    ["ports: [{port: 8080, targetPort: 80}]", "ports: [{port: 80, targetPort: web}]",
     "ports: [{port: 80}]", "ports: [{port: 80, nodePort: 30080}], type: NodePort",
     "ports: [{port: 80, targetPort: 8080, protocol: UDP}]"])
row("service-udp-port", {**SHOP, "port": 53, "target": 5353}, service,
    ["ports: [{name: a, port: 53, targetPort: 5353, protocol: UDP}, {name: b, port: 53}]",
     "ports: [{port: 53, targetPort: web, protocol: UDP}]"
     + (SHOP_PODS % ("", ", protocol: UDP")).replace("8080", "5353")],
    ["ports: [{port: 53, targetPort: 5353}]",
     "ports: [{port: 53, targetPort: 53, protocol: UDP}]"])
row("service-port-name", {**SHOP, "port": 80, "label": "web"}, service,
    ["ports: [{name: x, port: 81}, {name: web, port: 80}]"],
    ["ports: [{name: web, port: 81}, {name: x, port: 80}]",
     "ports: [{port: 80, targetPort: web}]" + SHOP_PODS % ("", "")])
row("service-selector", {**SHOP, "labels": {"a": "b", "c": "d"}}, service,
    ["selector: {c: d, a: b}"], ["selector: {a: b}", "selector: {a: b, c: d, e: f}"])
row("node-port", {**SHOP, "port": 30080}, service,
    ["type: NodePort, ports: [{name: a, port: 1}, {name: b, port: 2, nodePort: 30080}]"],
    ["ports: [{port: 30080}], type: NodePort", "ports: [{port: 80, targetPort: 30080}]"])
row("external-name", {**WHO, "host": "db.example.com"}, spec_of("v1", "Service"),
    ["type: ExternalName, externalName: db.example.com."],
    ["type: ExternalName, externalName: example.com",
     "ports: [{port: 80}], externalIPs: [192.0.2.1]"])
RANGES = "loadBalancerSourceRanges: [10.0.0.0/8, 192.0.2.0/24%s]"
row("source-ranges", {**SHOP, "ranges": ["192.0.2.0/24", "10.0.0.0/8"]}, service,
    ["type: LoadBalancer, " + RANGES % ""],
    ["type: LoadBalancer, " + RANGES % ", 0.0.0.0/0", "type: LoadBalancer"])
row("session-affinity", {**SHOP, "seconds": 10800}, service, ["sessionAffinity: ClientIP"],
    ["sessionAffinity: None", "sessionAffinity: ClientIP, "
     "sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}"])
row("local-traffic", SHOP, service, ["type: NodePort, externalTrafficPolicy: Local"],
    ["internalTrafficPolicy: Local", "type: NodePort, internalTrafficPolicy: Local"])
row("publishes-not-ready", SHOP, service, ["clusterIP: None, publishNotReadyAddresses: true"],
    ["clusterIP: None", "publishNotReadyAddresses: false"])
row("routes-to", {**SHOP, "app": "app"}, service, ["ports: [{port: 1}]" + SHOP_PODS % ("", "")],
    ["ports: [{port: 1}]" + SHOP_PODS % ("replicas: 0, ", ""),
     "ports: [{port: 1}]\n--- "
     + job("suspend: true").replace("metadata: {name: shop}", "metadata: {name: app}"),
     "selector: {app: app}" + SHOP_PODS % ("", ""), "selector: {}" + SHOP_PODS % ("", ""),
     "selector: {app: shop, a: b}" + SHOP_PODS % ("", ""),
     "ports: [{port: 1}]"
     + (SHOP_PODS % ("", "")).replace("name: app}", "name: app, namespace: b}")])
PATHS = (
    "{host: %s, http: {paths: [{path: %s, pathType: %s, "
    "backend: {service: {name: web, port: %s}}}]}}"
)
GO = "rules: [" + PATHS + "]"
ROUTE = {**SHOP, "host": "a.example", "path": "/api", "service": "web", "port": 80}
NAMED = (
    "\n--- {apiVersion: v1, kind: Service, metadata: {name: web%s}, "
    "spec: {ports: [{name: http, port: %s}]}}"
)
row("ingress-route", ROUTE, ingress,
    [GO % ("a.example", "/api/", "Prefix", "{number: 80}"),
     GO % ("a.example", "/api", "Prefix", "{name: http}") + NAMED % ("", 80)],
    [GO % ("a.example", "/api", "Exact", "{number: 80}"),
     GO % ("'*.example'", "/api", "Prefix", "{number: 80}"),
     GO % ("a.example", "/", "Prefix", "{number: 80}"),
     GO % ("a.example", "/api", "Prefix", "{name: http}") + NAMED % ("", 8080),
     GO % ("a.example", "/api", "Prefix", "{name: http}") + NAMED % (", namespace: b", 80),
     GO % ("a.example", "/api", "Prefix", "{number: 80}") + NAMED % (", namespace: b", 80),
     (GO % ("a.example", "/api", "Prefix", "{number: 80}")).replace("host: a.example, ", ""),
     "defaultBackend: {service: {name: web, port: {number: 80}}}"])
row("ingress-exact-route", ROUTE, ingress,
    [GO % ("a.example", "/api", "Exact", "{number: 80}")],
    [GO % ("a.example", "/api", "Prefix", "{number: 80}"),
     GO % ("a.example", "/api/", "Exact", "{number: 80}"),
     GO % ("a.example", "/api", "ImplementationSpecific", "{number: 80}")])
row("ingress-default", {**SHOP, "service": "web", "port": 80}, ingress,
    ["defaultBackend: {service: {name: web, port: {name: http}}}" + NAMED % ("", 80)],
    [GO % ("a.example", "/", "Prefix", "{number: 80}"),
     "defaultBackend: {service: {name: web, port: {number: 8080}}}"])
BASE = "defaultBackend: {service: {name: web, port: {number: 80}}}"
row("ingress-class", {**SHOP, "name": "nginx"}, ingress, ["ingressClassName: nginx, " + BASE],
    ["ingressClassName: nginx-internal, " + BASE])
row("ingress-class", {**SHOP, "name": "nginx"}, whole("networking.k8s.io/v1", "Ingress"),
    ["'^annotations': {kubernetes.io/ingress.class: nginx}, spec: {" + BASE + "}"],
    ["'^labels': {ingressClassName: nginx}, spec: {" + BASE + "}"])
row("ingress-tls", {**SHOP, "host": "a.example", "secret": "cert"}, ingress,
    ["tls: [{hosts: [b.example], secretName: b}, {hosts: [c.example, a.example], "
     "secretName: cert}], " + BASE],
    ["tls: [{hosts: [b.example], secretName: cert}], " + BASE, "tls: [{secretName: cert}], " + BASE,
     "tls: [{hosts: [a.example]}], " + BASE,
     "tls: [{hosts: [a.example], secretName: cert}, {hosts: [a.example], secretName: b}], " + BASE])

# Network policies ----------------------------------------------------------------------------
row("policy-for-pods", {**WHO, "labels": {"app": "web"}}, policy,
    ["podSelector: {matchExpressions: [{key: app, operator: In, values: [web]}]}"],
    ["podSelector: {}", "podSelector: {matchLabels: {app: web, a: b}}",
     "podSelector: {matchExpressions: [{key: app, operator: In, values: [web, db]}]}",
     "podSelector: {matchExpressions: [{key: app, operator: Exists}]}"])
row("policy-for-all", WHO, policy, ["podSelector: {}", "podSelector: {matchLabels: {}}"],
    ["podSelector: {matchExpressions: [{key: a, operator: DoesNotExist}]}"])
row("policy-blocks", {**SHOP, "direction": "outgoing"}, policy,
    ["policyTypes: [Egress], egress: []", "policyTypes: [Ingress, Egress]"],
    ["policyTypes: [Ingress]", "policyTypes: [Egress], egress: [{}]", "egress: []"])
OPEN = "ingress: [{from: [%s], ports: [{port: 80}]}]"
WEB_PODS, API_PODS = "podSelector: {matchLabels: {app: web}}", "podSelector: {}"
SPACE = "namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %s}}"
row("admits-pods", {**SHOP, "port": 80, "labels": {"app": "web"}}, policy,
    [OPEN % ("{" + WEB_PODS + "}"),
     "ingress: [{from: [{" + WEB_PODS + "}], ports: [{port: 79, endPort: 81}]}]",
     "ingress: [{from: [{" + WEB_PODS + "}]}], policyTypes: []"],
    [OPEN % ("{" + WEB_PODS + "}, {podSelector: {}}"), OPEN % "",
     OPEN % ("{namespaceSelector: {}, " + WEB_PODS + "}"),
     OPEN % ("{" + WEB_PODS + "}") + ", policyTypes: [Egress]",
     "ingress: [{from: [{" + WEB_PODS + "}], ports: [{port: 80, protocol: UDP}]}]",
     "ingress: [{from: [{" + WEB_PODS + "}], ports: [{port: 80}]}, "
     "{ports: [{port: 1, endPort: 99}]}]",
     "egress: [{to: [{" + WEB_PODS + "}], ports: [{port: 80}]}]"])
WHERE = whole("networking.k8s.io/v1", "NetworkPolicy")
OWN = "'^namespace': prod, spec: {podSelector: {}, " + OPEN + "}"
row("admits-pods", {**SHOP, "port": 80, "labels": {"app": "web"}}, WHERE,
    [OWN % ("{" + SPACE % "prod" + ", " + WEB_PODS + "}")],
    [OWN % ("{" + SPACE % "test" + ", " + WEB_PODS + "}")])
row("admits-namespace", {**SHOP, "port": 80, "namespace": "prod"}, WHERE,
    [OWN % ("{" + SPACE % "prod" + "}"), OWN % "{podSelector: {}}"],
    [OWN % "{namespaceSelector: {matchLabels: {name: prod}}}", OWN % "{namespaceSelector: {}}",
     OWN % ("{" + SPACE % "prod" + "}, {" + SPACE % "test" + "}")])
row("admits-pods-of", {**SHOP, "port": 80, "labels": {"app": "web"}, "namespace": "test"}, WHERE,
    [OWN % ("{" + WEB_PODS + ", " + SPACE % "test" + "}")],
    [OWN % ("{" + WEB_PODS + "}, {" + SPACE % "test" + "}"), OWN % ("{" + WEB_PODS + "}"),
     OWN % ("{" + SPACE % "test" + "}")])
BLOCK = "{ipBlock: {cidr: 10.0.0.0/8%s}}"
row("admits-addresses", {**SHOP, "port": 80, "cidr": "10.0.0.0/8"}, policy, [OPEN % (BLOCK % "")],
    [OPEN % (BLOCK % ", except: [10.1.0.0/16]"), OPEN % "{ipBlock: {cidr: 0.0.0.0/0}}",
     OPEN % (BLOCK % "" + ", {podSelector: {}}")])
LEAVE = "policyTypes: [Egress], egress: [{to: [%s], ports: [{port: 80}]}]"
row("reaches-addresses", {**SHOP, "port": 80, "cidr": "10.0.0.0/8"}, policy,
    [(LEAVE % (BLOCK % "")).replace("policyTypes: [Egress], ", "")],
    [OPEN % (BLOCK % ""), LEAVE % "{ipBlock: {cidr: 0.0.0.0/0}}",
     (LEAVE % (BLOCK % "")).replace("[Egress]", "[Ingress]"), LEAVE % ""])
row("reaches-pods", {**SHOP, "port": 80, "labels": {"app": "web"}}, policy,
    [LEAVE % ("{" + WEB_PODS + "}")], [LEAVE % "{podSelector: {}}", OPEN % ("{" + WEB_PODS + "}")])
DNS = "policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}%s]}]"
row("reaches-dns", SHOP, policy,
    [DNS % ", {port: 53}", "policyTypes: [Egress], egress: [{}]"],
    [DNS % "", DNS % ", {port: 5353}", "policyTypes: [Ingress], egress: [{}]"])
row("only-ports", {**SHOP, "direction": "incoming", "ports": [80, 81]}, policy,
    ["ingress: [{ports: [{port: 80, endPort: 81}]}]", "ingress: [{ports: [{port: 81}]}, "
     "{from: [{podSelector: {}}], ports: [{port: 80}]}]"],
    ["ingress: [{ports: [{port: 80, endPort: 82}]}]", "ingress: [{ports: [{port: 80}]}]",
     "ingress: [{ports: [{port: 80}, {port: 81}]}, {from: [{podSelector: {}}]}]",
     "ingress: [{ports: [{port: 80}, {port: 81}, {protocol: UDP}]}]"])

# Storage -------------------------------------------------------------------------------------
row("volume-claim", {**WHO, "size": "2Gi"}, claim, ["resources: {requests: {storage: 2048Mi}}"],
    ["resources: {limits: {storage: 2Gi}, requests: {storage: 1Gi}}",
     "resources: {requests: {storage: 2G}}"])
row("volume-claim-mode", {**SHOP, "mode": "ReadWriteMany"}, claim, ["accessModes: [ReadWriteMany]"],
    ["accessModes: [ReadWriteMany, ReadWriteOnce]", "volumeMode: Block"])
row("volume-claim-class", {**SHOP, "name": "gp3"}, claim, ["storageClassName: gp3"],
    ["storageClassName: gp2", "volumeName: gp3"])
row("volume-claim-block", SHOP, claim, ["volumeMode: Block"], ["volumeMode: Filesystem"])
row("volume-claim-volume", {**SHOP, "volume": "v"}, claim, ["volumeName: v"],
    ["selector: {matchLabels: {name: v}}"])
row("volume", {**WHO, "size": "2Gi"}, disk, ["capacity: {storage: 2048Mi}"],
    ["capacity: {storage: 20Gi}"])
row("volume-mode", {**SHOP, "mode": "ReadWriteMany"}, disk, ["accessModes: [ReadWriteMany]"],
    ["accessModes: [ReadWriteMany, ReadWriteOnce]"])
row("volume-class", {**SHOP, "name": "gp3"}, disk, ["storageClassName: gp3"],
    ["storageClassName: ''"])
row("volume-reclaim", {**SHOP, "policy": "Retain"}, disk, ["storageClassName: ''"],
    ["persistentVolumeReclaimPolicy: Recycle"])
row("volume-nfs", {**SHOP, "path": "/e", "server": "nfs.example.com"}, volume,
    ["nfs: {path: /e/, server: nfs.example.com, readOnly: true}"],
    ["nfs: {path: /, server: nfs.example.com}", "nfs: {path: /e, server: example.com}",
     "hostPath: {path: /e}"])
row("volume-host-path", {**SHOP, "path": "/e"}, volume,
    ["hostPath: {path: /e/, type: DirectoryOrCreate}"],
    ["hostPath: {path: /}", "nfs: {path: /e, server: a}"])
NODE = (
    "local: {path: %s}, nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: "
    "[{key: kubernetes.io/hostname, operator: %s, values: [%s]}]}]}}, storageClassName: a"
)
row("volume-local", {**SHOP, "path": "/e"}, volume, [NODE % ("/e/", "In", "node-a")],
    [NODE % ("/", "In", "node-a"), "hostPath: {path: /e}"])
row("volume-node", {**SHOP, "node": "node-a"}, volume, [NODE % ("/e", "In", "node-a")],
    [NODE % ("/e", "In", "node-a, m"), NODE % ("/e", "NotIn", "node-a"),
     (NODE % ("/e", "In", "node-a")).replace("hostname", "arch"),
     (NODE % ("/e", "In", "node-a")).replace("[{matchE", "[{matchExpressions: [{key: a, "
      "operator: Exists}]}, {matchE")])
row("volume-option", {**SHOP, "option": "hard"}, disk, ["mountOptions: [ro, hard]"],
    ["mountOptions: [hardly]"])
row("storage-class", {**WHO, "provisioner": "a.example.com"}, storage,
    ["provisioner: a.example.com, reclaimPolicy: Retain"], ["parameters: {a: a.example.com}"])
row("class-reclaim", {**SHOP, "policy": "Delete"}, storage, ["allowVolumeExpansion: true"],
    ["reclaimPolicy: Retain"])
row("class-binding", {**SHOP, "mode": "Immediate"}, storage, ["reclaimPolicy: Retain"],
    ["volumeBindingMode: WaitForFirstConsumer"])
row("class-expands", SHOP, storage, ["allowVolumeExpansion: true"],
    ["allowVolumeExpansion: false", "parameters: {allowVolumeExpansion: 'true'}"])
row("class-parameter", {**SHOP, "key": "type", "value": "gp3"}, storage,
    ["parameters: {a: b, type: gp3}"], ["'^labels': {type: gp3}", "parameters: {type: gp2}"])
IS_DEFAULT = "'^%s': {storageclass.%skubernetes.io/is-default-class: '%s'}"
row("class-default", SHOP, storage,
    [IS_DEFAULT % ("annotations", "", "true"), IS_DEFAULT % ("annotations", "beta.", "true")],
    [IS_DEFAULT % ("labels", "", "true"), IS_DEFAULT % ("annotations", "", "false")])

# Configuration -------------------------------------------------------------------------------
row("config-value", {**SHOP, "key": "A", "value": "1"}, config, ["data: {B: '2', A: \"1\\n\"}"],
    ["binaryData: {A: MQ==}", "data: {B: '1'}", "'^annotations': {A: '1'}"])
LINE = {**SHOP, "file": "a.ini", "line": "a=1"}
row("config-line", LINE, config, ["data: {a.ini: \"[x]\\n  a=1\\nb=2\\n\"}"],
    ["data: {a.ini: \"a=1\\na=2\\n\"}", "data: {a.ini: '# a=1'}", "data: {b.ini: 'a=1'}",
     "data: {a.ini: 'aa=1'}"])
row("config-immutable", SHOP, config, ["data: {a: b}, immutable: true"],
    ["data: {immutable: 'true'}", "immutable: false"])
row("secret-immutable", SHOP, secret, ["immutable: true"], ["stringData: {immutable: 'true'}"])
row("secret-value", {**SHOP, "key": "A", "value": "x y"}, secret,
    [f"data: {{A: {coded('x y')}}}", f"stringData: {{A: x y}}, data: {{A: {coded('no')}}}"],
    [f"data: {{A: {coded(coded('x y'))}}}", f"stringData: {{A: {coded('x y')}}}",
     f"data: {{A: {coded('x y')}}}, stringData: {{A: 'no'}}", "stringData: {A: \"x y\\n\"}",
     "stringData: {B: x y}"])
row("secret-type", {**WHO, "type": "Opaque"}, secret, ["stringData: {a: b}"],
    ["type: example.com/opaque"])
LOGIN = {**SHOP, "registry": "r.example", "user": "u", "password": "p"}
AUTHS = (
    "type: kubernetes.io/dockerconfigjson, stringData: {.dockerconfigjson: "
    "'{\"auths\": {\"%s\": {%s}}}'}"
)
PLAIN = '"username": "u", "password": "p"'
row("registry-login", LOGIN, secret,
    [AUTHS % ("r.example", PLAIN), AUTHS % ("https://r.example/v2/", PLAIN),
     AUTHS % ("r.example", f'"auth": "{coded("u:p")}"'),
     AUTHS % ("r.example", PLAIN + ', "auth": ""')],
    [AUTHS % ("r.example.com", PLAIN), AUTHS % ("r.example", '"username": "u"'),
     AUTHS % ("r.example", PLAIN + f', "auth": "{coded("u:q")}"'),
     (AUTHS % ("r.example", PLAIN)).replace("type: kubernetes.io/dockerconfigjson, ", "")])
FROM = "envFrom: [{%sconfigMapRef: {name: settings}}]"
row("env-from-config", {**SHOP, "config": "settings"}, container,
    [FROM % "" + SETTINGS % ("", "A: '1'"),
     "env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: A}}}]"
     + SETTINGS % ("", "A: '1'")],
    [FROM % "prefix: X_, " + SETTINGS % ("", "A: '1'"),
     "env: [{name: A, value: '1'}]" + SETTINGS % ("", "A: '1'"),
     FROM % "" + ", env: [{name: A, value: '2'}]" + SETTINGS % ("", "A: '1'"),
     "'^replicas': 0, " + FROM % "" + SETTINGS % ("", "A: '1'"),
     FROM % "" + SETTINGS % (", namespace: b", "A: '1'"),
     "env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: A}}}]"
     + SETTINGS % ("", "A: '1', B: '2'")])
row("env-from-config", {**SHOP, "config": "settings"}, pod, [],
    [_beside(FROM % "") + SETTINGS % ("", "A: '1'"), _first(FROM % "") + SETTINGS % ("", "A: '1'")])
READ = {**SHOP, "variable": "A", "secret": "keys", "key": "k"}
KEY = "env: [{name: A, valueFrom: {secretKeyRef: {name: keys, key: k}}}%s]"
row("env-secret-key", READ, container,
    [KEY % "", "env: [{name: A, value: x}, {name: A, valueFrom: {secretKeyRef: {name: keys, "
     "key: k, optional: true}}}]" + KEYS % "k: v"],
    [KEY % ", {name: A, value: x}", "env: [{name: A, value: k}]" + KEYS % "k: v",
     "'^replicas': 0, " + KEY % "",
     KEY % "" + (KEYS % "k: v").replace("{name: keys}", "{name: keys, namespace: b}"),
     (KEY % "").replace("secretKeyRef", "configMapKeyRef")])
row("env-secret-key", {**READ, "variable": "k"}, container,
    ["envFrom: [{secretRef: {name: keys}}]" + KEYS % "k: v"],
    ["envFrom: [{secretRef: {name: keys}}]" + KEYS % "K: v",
     "envFrom: [{prefix: a, secretRef: {name: keys}}]" + KEYS % "k: v"])
row("env-secret-key", READ, pod, [], [_beside(KEY % ""), _first(KEY % "")])
TLS = {**SHOP, "secret": "keys", "path": "/s"}
DATA = {**SHOP, "claim": "data", "path": "/d"}
DISKS = "persistentVolumeClaim: {claimName: %s}"
row("claim-mounted", DATA, container,
    [_mount(DISKS % "data", "mountPath: /d/"), _mount(DISKS % "data", "mountPath: /d, subPath: x")],
    [_mount(DISKS % "other", "mountPath: /d"), _mount("emptyDir: {}", "mountPath: /d"),
     _mount(DISKS % "data", "mountPath: /d/d"),
     _mount(DISKS % "data", "mountPath: /d")
     + "\n--- " + claim("").replace("name: shop", "name: data, namespace: b"),
     "'^replicas': 0, " + _mount(DISKS % "data", "mountPath: /d"),
     "'@volumes': [{name: data, emptyDir: {}}, {name: w, " + DISKS % "data"
     + "}], volumeMounts: [{name: data, mountPath: /d}]"])
row("claim-mounted", DATA, pod, [],
    ["volumes: [{name: v, " + DISKS % "data" + "}], "
     + _beside("volumeMounts: [{name: v, mountPath: /d}]")])

# Access --------------------------------------------------------------------------------------
row("account", WHO, account, ["automountServiceAccountToken: false"], [])
row("account", WHO, text, [], [space(""), account("").replace("name: shop", "name: shops")])
row("account-without-token", SHOP, account, ["automountServiceAccountToken: false"],
    ["automountServiceAccountToken: true", "secrets: []"])
row("account-pull-secret", {**SHOP, "secret": "reg"}, account,
    ["imagePullSecrets: [{name: a}, {name: reg}]"], ["secrets: [{name: reg}]"])
RULE = "{apiGroups: [%s], resources: [%s], verbs: [%s]%s}"
MAY = {**SHOP, "verbs": ["get", "list"], "resource": "pods/log"}
for who, build in (("role", role), ("cluster-role", cluster_role)):
    row(f"{who}-permits", MAY, build,
        ["rules: [" + RULE % ("''", "pods/log", "get", "") + ", "
         + RULE % ("'', apps", "'*/log', pods", "list", "") + "]"],
        ["rules: [" + RULE % ("''", "pods", "get, list", "") + "]",
         "rules: [" + RULE % ("''", "pods/log", "'*'", "") + "]",
         "rules: [" + RULE % ("''", "pods/log", "get, list, create", "") + "]",
         "rules: [" + RULE % ("''", "pods/log", "get, list", "") + ", "
         + RULE % ("''", "'*/log'", "delete", "") + "]",
         "rules: [" + RULE % ("''", "pods/log", "get, list", "") + ", "
         + RULE % ("'*'", "'*'", "'*'", "") + "]",
         "rules: [" + RULE % ("apps", "pods/log", "get, list", "") + "]",
         "rules: [" + RULE % ("''", "pods/log", "get, list", ", resourceNames: [a]") + "]"])
    row(f"{who}-covers-only", {**SHOP, "resources": ["pods", "deployments"]}, build,
        ["rules: [" + RULE % ("'', apps", "pods, deployments", "get", "") + "]"],
        ["rules: [" + RULE % ("'', apps", "pods, deployments, '*'", "get", "") + "]",
         "rules: [" + RULE % ("'*'", "pods, deployments", "get", "") + "]",
         "rules: [" + RULE % ("''", "pods, deployments", "get", "") + "]",
         "rules: [" + RULE % ("'', apps", "pods, deployments", "get", "") + ", "
         + RULE % ("''", "pods/exec", "create", "") + "]"])
row("cluster-role-permits", MAY, cluster_role, [],
    ["rules: [" + RULE % ("''", "pods/log", "get, list", "")
     + "], aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}"])
ONE = ", resourceNames: [a]"
row("role-permits-one", {**SHOP, "verbs": ["get"], "resource": "secrets", "object": "a"}, role,
    ["rules: [" + RULE % ("''", "secrets", "get", ONE) + ", " + RULE % ("''", "pods", "get", "")
     + "]"],
    ["rules: [" + RULE % ("''", "secrets", "get", "") + "]",
     "rules: [" + RULE % ("''", "secrets", "get", ", resourceNames: [a, b]") + "]",
     "rules: [" + RULE % ("''", "secrets", "get", ", resourceNames: []") + "]",
     "rules: [" + RULE % ("''", "secrets", "get", ONE) + ", " + RULE % ("''", "'*'", "get", "")
     + "]"])
row("cluster-role-label", {**SHOP, "key": "a", "value": "b"}, cluster_role,
    ["'^labels': {a: b, c: d}, rules: []"], ["'^annotations': {a: b}, rules: []"])
BOT = "{kind: ServiceAccount, name: bot, namespace: %s}"
BIND = "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: %s, name: reader}, subjects: [%s]"
binding = whole(_RBAC, "RoleBinding")
GROUP = "{kind: Group, name: %s, apiGroup: rbac.authorization.k8s.io}"
row("role-binding", {**WHO, "role": "reader", "account": "bot"}, binding,
    [BIND % ("Role", BOT % "default"), "'^namespace': default, " + BIND % ("Role", BOT % "default"),
     BIND % ("Role", BOT % "b") + "\n--- {apiVersion: v1, kind: ServiceAccount, "
     "metadata: {name: bot, namespace: b}}"],
    [BIND % ("ClusterRole", BOT % "default"), BIND % ("Role", BOT % "b"),
     BIND % ("Role", BOT % "default" + ", " + GROUP % "'system:authenticated'"),
     BIND % ("Role", BOT % "default" + ", " + BOT % "b"),
     BIND % ("Role", GROUP % "bot"),
     BIND % ("Role", BOT % "default") + "\n--- {apiVersion: rbac.authorization.k8s.io/v1, "
     "kind: Role, metadata: {name: reader, namespace: b}, rules: []}"])
row("group-binding", {**WHO, "role": "reader", "group": "devs"}, binding,
    [BIND % ("ClusterRole", "{kind: Group, name: devs}")],
    [BIND % ("Role", GROUP % "devs"),
     BIND % ("ClusterRole", (GROUP % "devs").replace("Group,", "User,")),
     BIND % ("ClusterRole", GROUP % "devs" + ", " + BOT % "default")])
row("cluster-role-binding", {**WHO, "role": "reader", "account": "bot", "namespace": "b"},
    whole(_RBAC, "ClusterRoleBinding"),
    [BIND % ("ClusterRole", BOT % "b")],
    [BIND % ("ClusterRole", BOT % "default"), BIND % ("ClusterRole", GROUP % "bot"),
     BIND % ("ClusterRole", BOT % "b" + ", " + BOT % "c")])

# Namespaces, quotas, limits, metadata --------------------------------------------------------
row("namespace", WHO, space, ["'^labels': {a: b}"], [])
row("namespace", WHO, text, [], [account(""), space("").replace("name: shop", "name: shops")])
row("namespace-label", {**SHOP, "key": "a", "value": "b"}, space, ["'^labels': {c: d, a: b}"],
    ["'^annotations': {a: b}", "'^labels': {a: B}"])
row("namespace-annotation", {**SHOP, "key": "a", "value": "b"}, space, ["'^annotations': {a: b}"],
    ["'^labels': {a: b}"])
SECURITY = "'^labels': {pod-security.kubernetes.io/%s: %s}"
row("pod-security", {**SHOP, "mode": "enforce", "level": "restricted"}, space,
    [SECURITY % ("enforce", "restricted, pod-security.kubernetes.io/enforce-version: latest")],
    [SECURITY % ("warn", "restricted"), SECURITY % ("enforce", "baseline"),
     (SECURITY % ("enforce", "restricted")).replace("labels", "annotations")])
row("placed-in", {"kind": "ConfigMap", **SHOP, "namespace": "b"}, config,
    ["'^namespace': b, data: {a: b}"], ["'^labels': {namespace: b}"])
row("placed-in", {"kind": "ConfigMap", **SHOP, "namespace": "b"}, text, [],
    [config("") + "--- {apiVersion: v1, kind: Secret, metadata: {name: shop, namespace: b}}"])
row("labelled", {"kind": "ConfigMap", **SHOP, "key": "a", "value": "b"}, config,
    ["'^labels': {a: b}"], ["'^annotations': {a: b}", "data: {a: b}"])
row("labelled", {"kind": "Deployment", **SHOP, "key": "a", "value": "b"}, template,
    ["'^labels': {a: b}"], ["labels: {a: b}"])
row("annotated", {"kind": "Deployment", **SHOP, "key": "a", "value": "b"}, template,
    ["'^annotations': {a: b}"], ["annotations: {a: b}", "'^labels': {a: b}"])
row("quota", {**SHOP, "resource": "requests.cpu", "amount": "4"}, quotas,
    ["hard: {cpu: 4000m, pods: 5}"],
    ["hard: {limits.cpu: 4}", "hard: {cpu: 4, requests.cpu: 8}",
     "hard: {requests.cpu: 4}, scopes: [Terminating]",
     "hard: {requests.cpu: 4}, scopeSelector: {matchExpressions: [{scopeName: NotBestEffort, "
     "operator: Exists}]}"])
row("quota", {**SHOP, "resource": "secrets", "amount": "9"}, quotas, ["hard: {count/secrets: 9}"],
    ["hard: {count/configmaps: 9}", "hard: {secrets: 9, count/secrets: 8}"])
SCOPE = (
    "hard: {pods: 5}, scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: %s, "
    "values: [%s]}]}"
)
row("quota-priority", {**SHOP, "name": "high"}, quotas, [SCOPE % ("In", "high")],
    [SCOPE % ("NotIn", "high"), SCOPE % ("In", "high, low"), "hard: {pods: 5}"])
row("quota", {**SHOP, "resource": "pods", "amount": "5"}, quotas, [SCOPE % ("In", "high")],
    ["hard: {count/deployments.apps: 5}"])
LIMITS = "limits: [{type: %s, %s: {memory: %s}}]"
AMOUNT = {**SHOP, "resource": "memory", "amount": "1Gi"}
row("default-limit", AMOUNT, limits,
    [LIMITS % ("Container", "default", "1024Mi"), LIMITS % ("Container", "max", "1Gi")],
    [LIMITS % ("Container", "defaultRequest", "1Gi"),
     "limits: [{type: Container, default: {memory: 2Gi}, max: {memory: 3Gi}}]",
     LIMITS % ("Pod", "max", "1Gi")])
row("default-request", AMOUNT, limits,
    [LIMITS % ("Container", "defaultRequest", "1Gi"), LIMITS % ("Container", "default", "1Gi"),
     LIMITS % ("Container", "min", "1Gi")],
    ["limits: [{type: Container, defaultRequest: {memory: 512Mi}, default: {memory: 1Gi}}]"])
row("container-max", AMOUNT, limits, [LIMITS % ("Container", "max", "1024Mi")],
    [LIMITS % ("Pod", "max", "1Gi"), LIMITS % ("Container", "default", "1Gi")])
row("container-min", AMOUNT, limits, [LIMITS % ("Container", "min", "1024Mi")],
    [LIMITS % ("Pod", "min", "1Gi"), LIMITS % ("Container", "max", "1Gi")])
CLAIMS = "limits: [{type: %s, max: {%s: 5Gi}}]"
row("claim-max", {**SHOP, "amount": "5Gi"}, limits,
    [CLAIMS % ("PersistentVolumeClaim", "storage")],
    [CLAIMS % ("Container", "ephemeral-storage"),
     (CLAIMS % ("PersistentVolumeClaim", "storage")).replace("max", "min")])
row("priority-default", SHOP, priority, ["globalDefault: true"],
    ["'^annotations': {globalDefault: 'true'}", "globalDefault: false"])
row("priority-description", {**SHOP, "text": "urgent work"}, priority,
    ["description: Urgent work."], ["'^annotations': {description: urgent work}",
     "description: no urgent work"])
# fmt: on


def _cases(kind: str) -> list[Any]:
    return [
        pytest.param(row, fragment, id=f"{row.name}-{place}-{fragment[:40]}")
        for row in ROWS
        for place, fragment in enumerate(getattr(row, kind))
    ]


def _found(row: Row, fragment: str) -> list[str]:
    """Return what a valid manifest lacks."""
    files = {"manifest.yaml": row.build(fragment)}
    assert check_files(files, dict.fromkeys(files, "kubernetes")).valid
    model = LANGUAGE.parse(files)
    return [str(f.message) for f in CATEGORY.requirements[row.name].check(model, **row.args)]


@pytest.mark.parametrize(("row", "fragment"), _cases("right"))
def test_unusual_right_answers_are_accepted(row: Row, fragment: str) -> None:
    assert _found(row, fragment) == []


@pytest.mark.parametrize(("row", "fragment"), _cases("cheats"))
def test_cheats_are_refused(row: Row, fragment: str) -> None:
    assert _found(row, fragment)


def test_every_type_of_requirement_is_attacked_and_defended() -> None:
    right = {row.name for row in ROWS if row.right}
    cheats = {row.name for row in ROWS if row.cheats}
    assert right == cheats == set(CATEGORY.requirements)


def _template(tree: Tree) -> Tree:
    """Return the pod template of an object, {} for one that makes no pods."""
    if tree["kind"] == "Pod":
        return tree
    spec = tree.get("spec", {})
    inner = spec.get("jobTemplate", {}).get("spec", spec)
    return inner.get("template", {}) if tree["kind"] != "PodTemplate" else {}


def _walk(value: Any, change: Callable[[Tree], Tree]) -> Any:
    if isinstance(value, dict):
        return change({key: _walk(item, change) for key, item in value.items()})
    return [_walk(item, change) for item in value] if isinstance(value, list) else value


def _as_dry_run(tree: Tree) -> Tree:
    """Add the empty fields that `kubectl create --dry-run` writes."""
    tree["metadata"]["creationTimestamp"] = None
    for box in _template(tree).get("spec", {}).get("containers", []):
        box.setdefault("resources", {})
    return tree


def _in_default(tree: Tree) -> Tree:
    """Say the namespace that kubectl takes."""
    spaceless = ("Namespace", "ClusterRole", "ClusterRoleBinding", "PersistentVolume",
                 "StorageClass", "PriorityClass")  # fmt: skip
    if tree["kind"] not in spaceless:
        tree["metadata"].setdefault("namespace", "default")
    return tree


def _with_more_metadata(tree: Tree) -> Tree:
    """Add a label and an annotation that nobody asked for, to pods too."""
    for metadata in (tree["metadata"], _template(tree).get("metadata", {})):
        for field in ("labels", "annotations"):
            metadata[field] = {**metadata.get(field, {}), "extra": "x"}
    return tree


def _with_sidecar(tree: Tree) -> Tree:
    """Add a second container, as safe as can be."""
    safe = {"runAsNonRoot": True, "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"}}  # fmt: skip
    for box in [_template(tree)] if _template(tree) else []:
        side = {"name": "extra", "image": "busybox:1.0", "securityContext": safe}
        box["spec"]["containers"].append(side)
    return tree


def _by_expressions(tree: Tree) -> Tree:
    """Write every `matchLabels` as `matchExpressions`."""

    def change(value: Tree) -> Tree:
        if isinstance(value.get("matchLabels"), dict):
            pairs = value.pop("matchLabels").items()
            terms = [{"key": key, "operator": "In", "values": [item]} for key, item in pairs]
            value["matchExpressions"] = [*value.get("matchExpressions", []), *terms]
        return value

    changed: Tree = _walk(tree, change)
    return changed


def _by_shell(tree: Tree) -> Tree:
    """Run every command by a shell."""
    spec = _template(tree).get("spec", {})
    for box in (*spec.get("containers", []), *spec.get("initContainers", [])):
        if "command" in box:
            line = shlex.join([*box["command"], *box.pop("args", [])])
            box["command"] = ["/bin/sh", "-c", line]
    return tree


def _behind_another(tree: Tree) -> Tree:
    """Put another container into the place of the main one."""
    box = _template(tree)
    if box:
        main = "kubectl.kubernetes.io/default-container"
        box["spec"]["containers"].insert(0, {"name": "front", "image": "busybox:1.0"})
        box.setdefault("metadata", {}).setdefault("annotations", {})[main] = "front"
    return tree


REWRITINGS = (_as_dry_run, _in_default, _with_more_metadata, _with_sidecar, _by_expressions,
              _by_shell)  # fmt: skip
#: What is about the container that runs the application: none of it is met by another one.
OF_THE_MAIN_CONTAINER = {
    "argument", "claim-mounted", "command", "config-mount", "container-port", "cpu-limit",
    "cpu-request", "cron-job", "daemon-set", "deployment", "env-field", "env-from-config",
    "env-secret-key", "env-value", "exec-probe", "host-mount", "http-probe", "job", "memory-limit",
    "memory-request", "mount", "pod", "pre-stop-sleep", "probe-delay",
    "probe-failures", "probe-period", "probe-timeout", "read-only-root",
    "stateful-set", "tcp-probe",
}  # fmt: skip


def _rewritten(task: Task, change: Callable[[Tree], Tree]) -> Verdict:
    trees = [change(tree) for tree in yaml.safe_load_all(task.reference_text)]
    return verify(Answer(dict.fromkeys(task.reference, _dump(*trees))), task)


@pytest.mark.parametrize("change", REWRITINGS)
def test_rewritten_references_solve_their_tasks(change: Callable[[Tree], Tree]) -> None:
    for family in CATEGORY.families:
        task = build_task(CATEGORY, family, "test", 3)
        verdict = _rewritten(task, change)
        assert verdict.solved, (task.id, [str(found) for found in verdict.diagnostics])


def test_another_container_meets_nothing_of_the_main_one() -> None:
    seen = set()
    for family in CATEGORY.families:
        task = build_task(CATEGORY, family, "test", 3)
        for outcome in _rewritten(task, _behind_another).outcomes:
            if outcome.rule in OF_THE_MAIN_CONTAINER:
                seen.add(outcome.rule)
                assert outcome.findings, (task.id, outcome.rule)
    assert len(seen) > 15


CUSTOM = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: {plural}.evil.example.com}}
spec:
  group: evil.example.com
  scope: Namespaced
  names: {{plural: {plural}, singular: {singular}, kind: {kind}}}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {{openAPIV3Schema: {{type: object, x-kubernetes-preserve-unknown-fields: true}}}}
"""


@pytest.mark.parametrize("family", ["web-service", "one-off-job", "quota", "volume-claim"])
def test_a_kind_of_one_s_own_is_not_the_built_in_kind(family: str) -> None:
    task = iac_gym.load_task(f"IaC-K8s-v0/{family}/train/11")
    text = task.reference_text
    kind = re.search(r"^kind: (\w+)$", text, re.MULTILINE)
    assert kind is not None
    one = kind[1]
    own = CUSTOM.format(kind=one, singular=one.lower(), plural=one.lower() + "s")
    cheat = (
        own
        + "---\n"
        + re.sub("^apiVersion: .*$", "apiVersion: evil.example.com/v1", text, flags=re.M)
    )
    grade = iac_gym.grade(task.id, cheat)
    assert grade.verdict.valid
    assert grade.reward.total == 0.0


def test_two_objects_of_a_name_in_two_namespaces_are_no_answer() -> None:
    task = iac_gym.load_task("IaC-K8s-v0/quota/train/11")
    other = task.reference_text.replace("metadata:\n", "metadata:\n  namespace: elsewhere\n", 1)
    if "namespace: elsewhere" in other and other.count("namespace:") == 1:
        grade = iac_gym.grade(task.id, f"{task.reference_text}---\n{other}")
        assert grade.verdict.valid
        assert not grade.reward.solved
