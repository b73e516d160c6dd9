"""Requirements of workloads: other right spellings pass, near misses fail and are named."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from envs.kubernetes import CATEGORY
from envs.kubernetes.requirements.cron import read_cron
from iac_gym.languages.kubernetes import LANGUAGE
from iac_gym.task import Task, build_task, variants
from iac_gym.verdict import Finding

SHOP = {"of": "shop"}


def findings(name: str, text: str, /, **args: Any) -> list[Finding]:
    """Return what a requirement finds in a manifest."""
    model = LANGUAGE.parse({"manifest.yaml": textwrap.dedent(text)})
    return list(CATEGORY.requirements[name].check(model, **args))


def deployment(container: str = "", pod: str = "", spec: str = "", labels: str = "") -> str:
    """Write a Deployment `shop` with more fields of its container, pod and spec."""

    def put(lines: str, indent: int) -> str:
        return textwrap.indent(textwrap.dedent(lines).strip("\n"), " " * indent)

    parts = [
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shop\nspec:",
        put(spec, 2),
        "  selector:\n    matchLabels:\n      app: web",
        "  template:\n    metadata:\n      labels:\n        app: web",
        put(labels, 8),
        "    spec:",
        put(pod, 6),
        "      containers:\n        - name: any\n          image: nginx:1.27",
        put(container, 10),
    ]
    return "\n".join(part for part in parts if part.strip()) + "\n"


def of_kind(kind: str, spec: str) -> str:
    """Write an object `shop` of a kind with a spec."""
    body = textwrap.indent(textwrap.dedent(spec).strip("\n"), "  ")
    return f"apiVersion: v1\nkind: {kind}\nmetadata:\n  name: shop\nspec:\n{body}\n"


def cron_job(spec: str, job: str = "", pod: str = "restartPolicy: Never") -> str:
    """Write a CronJob `shop`."""
    inner = textwrap.indent(textwrap.dedent(job).strip("\n"), "    ")
    return of_kind(
        "CronJob",
        f"{spec}\njobTemplate:\n  spec:\n{inner}\n    template:\n      spec:\n        {pod}\n"
        "        containers:\n          - {name: c, image: 'busybox:1.36'}",
    )


HPA = """
scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
minReplicas: 2
maxReplicas: 9
metrics:
- {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}
- {type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 512Mi}}}
behavior:
  scaleDown: {stabilizationWindowSeconds: 60, policies: [{type: Percent, value: 9}]}
  scaleUp: {policies: [{type: Pods, value: 2, periodSeconds: 15}]}
"""
AFFINITY = """
affinity:
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/hostname
        labelSelector: {matchExpressions: [{key: app, operator: In, values: [%s]}]}
"""
NODES = """
affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms: %s
"""
SPREAD = """
topologySpreadConstraints:
  - maxSkew: %s
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: DoNotSchedule
    labelSelector: {matchLabels: {app: %s}}
"""
ZONE = {"of": "shop", "topology": "topology.kubernetes.io/zone", "skew": 1}
SSD = {"of": "shop", "key": "disktype", "value": "ssd"}
EITHER = {"of": "shop", "key": "disktype", "values": ["ssd", "nvme"]}
TAINT = {"of": "shop", "key": "pool", "value": "batch", "effect": "NoSchedule"}
CONFIG = {"of": "shop", "config": "settings", "path": "/etc/app"}
HTTP = {"of": "shop", "probe": "liveness", "path": "/up", "port": 8080}
LOGS = {"of": "shop", "host": "/var/log", "path": "/logs"}


def mounted(volume: str, mount: str = "mountPath: /etc/app") -> str:
    """Write a Deployment with one volume `v` and its mount."""
    return deployment(f"volumeMounts: [{{name: v, {mount}}}]", f"volumes: [{{name: v, {volume}}}]")


def with_init(container: str) -> str:
    """Write a Deployment with one init container."""
    return deployment(pod=f"initContainers: [{container}]")


RIGHT = [
    ("deployment", {"name": "shop", "image": "nginx:1.27"}, deployment()),
    (
        "deployment",
        {"name": "shop", "image": "nginx:1.27"},
        '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "apps/v1", "kind": '
        '"Deployment", "metadata": {"name": "shop"}, "spec": {"template": {"spec": '
        '{"containers": [{"name": "x", "image": "nginx:1.27"}]}}}}]}',
    ),
    ("replicas", {**SHOP, "count": 1}, deployment()),
    ("replicas", {**SHOP, "count": 3}, deployment(spec="replicas: 3")),
    ("container-port", {**SHOP, "port": 80}, deployment("ports: [{containerPort: 80}]")),
    (
        "container-port",
        {**SHOP, "port": 80},
        deployment("ports: [{containerPort: 9}, {containerPort: 80, protocol: TCP}]"),
    ),
    ("pod-label", {**SHOP, "key": "tier", "value": "x"}, deployment(labels="tier: x")),
    (
        "workload-namespace",
        {**SHOP, "namespace": "web"},
        deployment().replace("name: shop", "name: shop\n  namespace: web", 1),
    ),
    ("max-surge", {**SHOP, "surge": "25%"}, deployment()),
    (
        "max-surge",
        {**SHOP, "surge": 2},
        deployment(spec="strategy: {rollingUpdate: {maxSurge: 2}}"),
    ),
    ("recreate", SHOP, deployment(spec="strategy: {type: Recreate}")),
    (
        "command",
        {**SHOP, "command": "python -m worker"},
        deployment("command: [python]\nargs: [-m, worker]"),
    ),
    (
        "command",
        {**SHOP, "command": "python -m worker"},
        deployment("command: [/bin/sh, -c]\nargs: ['exec python -m worker']"),
    ),
    ("argument", {**SHOP, "argument": "--a=b"}, deployment("args: [--x, --a, b]")),
    (
        "env-value",
        {**SHOP, "variable": "A", "value": "1"},
        deployment("env: [{name: A, value: '0'}, {name: A, value: '1'}]"),
    ),
    (
        "env-value",
        {**SHOP, "variable": "A", "value": "1"},
        deployment("envFrom: [{configMapRef: {name: c}}]")
        + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {A: '1'}\n",
    ),
    (
        "env-value",
        {**SHOP, "variable": "A", "value": "1"},
        deployment("env: [{name: A, valueFrom: {configMapKeyRef: {name: c, key: k}}}]")
        + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {k: '1'}\n",
    ),
    (
        "memory-limit",
        {**SHOP, "amount": "1Gi"},
        deployment("resources: {limits: {memory: 1024Mi}}"),
    ),
    ("cpu-limit", {**SHOP, "amount": "500m"}, deployment("resources: {limits: {cpu: 0.5}}")),
    ("cpu-limit", {**SHOP, "amount": "2"}, deployment("resources: {limits: {cpu: 2}}")),
    ("cpu-request", {**SHOP, "amount": "200m"}, deployment("resources: {limits: {cpu: 200m}}")),
    ("http-probe", HTTP, deployment("livenessProbe: {httpGet: {path: /up, port: 8080}}")),
    (
        "http-probe",
        HTTP,
        deployment(
            "ports: [{name: http, containerPort: 8080}]\n"
            "livenessProbe: {httpGet: {path: /up, port: http, scheme: HTTP}}"
        ),
    ),
    (
        "exec-probe",
        {**SHOP, "probe": "startup", "command": "cat /tmp/ok"},
        deployment("startupProbe: {exec: {command: [sh, -c, cat /tmp/ok]}}"),
    ),
    (
        "probe-period",
        {**SHOP, "probe": "readiness", "seconds": 10},
        deployment("readinessProbe: {tcpSocket: {port: 80}}"),
    ),
    ("pre-stop-sleep", {**SHOP, "seconds": 9}, deployment(
        "lifecycle: {preStop: {sleep: {seconds: 9}}}")),
    ("pre-stop-sleep", {**SHOP, "seconds": 9}, deployment(
        "lifecycle: {preStop: {exec: {command: [/bin/sh, -c, sleep 9]}}}")),
    ("pre-stop-sleep", {**SHOP, "seconds": 9}, deployment(
        "lifecycle: {preStop: {exec: {command: [/bin/sleep, '9']}}}")),
    ("non-root", SHOP, deployment("securityContext: {runAsNonRoot: true}")),
    ("non-root", SHOP, deployment(pod="securityContext: {runAsNonRoot: true}")),
    ("drop-all", SHOP, deployment("securityContext: {capabilities: {drop: [ALL]}}")),
    ("user-id", {**SHOP, "uid": 7}, deployment(pod="securityContext: {runAsUser: 7}")),
    ("no-escalation", SHOP, deployment("securityContext: {allowPrivilegeEscalation: false}")),
    ("config-mount", CONFIG, mounted("configMap: {name: settings}")),
    ("config-mount", CONFIG, mounted("configMap: {name: settings}", "mountPath: /etc/app/")),
    ("config-mount", CONFIG, mounted("projected: {sources: [{configMap: {name: settings}}]}")),
    ("host-mount", LOGS, mounted("hostPath: {path: /var/log/}", "mountPath: /logs")),
    ("empty-dir", {**SHOP, "volume": "v"}, mounted("emptyDir: {}")),
    (
        "init-container",
        {**SHOP, "name": "i", "image": "alpine:3"},
        with_init("{name: i, image: 'alpine:3'}"),
    ),
    (
        "pod-container",
        {**SHOP, "name": "i", "image": "alpine:3"},
        with_init("{name: i, image: 'alpine:3', restartPolicy: Always}"),
    ),
    ("native-sidecar", {**SHOP, "name": "i"}, with_init("{name: i, restartPolicy: Always}")),
    ("node-label", SSD, deployment(pod="nodeSelector: {disktype: ssd}")),
    (
        "node-label",
        SSD,
        deployment(
            pod=NODES % "[{matchExpressions: [{key: disktype, operator: In, values: [ssd]}]}]"
        ),
    ),
    (
        "node-label-in",
        EITHER,
        deployment(
            pod=NODES % "[{matchExpressions: [{key: disktype, operator: In, values: [nvme, ssd]}]}]"
        ),
    ),
    (
        "node-label-in",
        EITHER,
        deployment(
            pod=NODES % "[{matchExpressions: [{key: disktype, operator: In, values: [ssd]}]}, "
            "{matchExpressions: [{key: disktype, operator: In, values: [nvme]}]}]"
        ),
    ),
    ("apart", {**SHOP, "topology": "kubernetes.io/hostname"}, deployment(pod=AFFINITY % "web")),
    ("spread", ZONE, deployment(pod=SPREAD % (1, "web"))),
    ("tolerates", TAINT, deployment(pod="tolerations: [{operator: Exists}]")),
    ("tolerates", TAINT, deployment(pod="tolerations: [{key: pool, value: batch}]")),
    ("schedule", {**SHOP, "cron": "0 0 * * *"}, cron_job("schedule: '@daily'")),
    ("schedule", {**SHOP, "cron": "0 6 * * 1-5"}, cron_job("schedule: 0 6 * * MON-FRI")),
    ("every-minutes", {**SHOP, "minutes": 15}, cron_job("schedule: 0,15,30,45 * * * *")),
    ("daily-at", {**SHOP, "time": "02:30"}, cron_job("schedule: 30 2 */1 * ?")),
    ("weekly-at", {**SHOP, "day": "Sunday", "time": "02:30"}, cron_job("schedule: 30 2 * * sun")),
    ("backoff-limit", {**SHOP, "count": 2}, cron_job("schedule: '@daily'", "backoffLimit: 2")),
    ("backoff-limit", {**SHOP, "count": 6}, cron_job("schedule: '@daily'", "suspend: false")),
    ("restart-policy", {**SHOP, "policy": "Never"}, cron_job("schedule: '@daily'")),
    (
        "autoscaler",
        {"name": "shop", "of": "web"},
        of_kind("HorizontalPodAutoscaler", HPA),
    ),
    ("cpu-target", {"name": "shop", "percent": 60}, of_kind("HorizontalPodAutoscaler", HPA)),
    (
        "memory-average",
        {"name": "shop", "amount": "0.5Gi"},
        of_kind("HorizontalPodAutoscaler", HPA),
    ),
    (
        "cpu-target",
        {"name": "shop", "percent": 60},
        of_kind("HorizontalPodAutoscaler", "targetCPUUtilizationPercentage: 60").replace(
            "apiVersion: v1", "apiVersion: autoscaling/v1"
        ),
    ),
    (
        "scale-up-pods",
        {"name": "shop", "count": 2, "seconds": 15},
        of_kind("HorizontalPodAutoscaler", HPA),
    ),
    (
        "disruption-budget",
        {"name": "shop", "of": "shop"},
        deployment()
        + "---\n"
        + of_kind(
            "PodDisruptionBudget", "selector: {matchExpressions: [{key: app, operator: Exists}]}"
        ),
    ),
    (
        "claim-template",
        {**SHOP, "claim": "data", "size": "1Gi"},
        of_kind(
            "StatefulSet",
            "volumeClaimTemplates: [{metadata: {name: data}, "
            "spec: {resources: {requests: {storage: 1024Mi}}}}]",
        ),
    ),
]  # fmt: skip

#: (requirement, arguments, manifest, a part of the message)
WRONG = [
    ("deployment", {"name": "shop", "image": "nginx:1.26"}, deployment(), "nginx:1.26"),
    ("deployment", {"name": "shops", "image": "nginx:1.27"}, deployment(), "no Deployment `shops`"),
    (
        "deployment",
        {"name": "shop", "image": "nginx:1.27"},
        deployment(spec="replicas: 0"),
        "runs nothing",
    ),
    ("replicas", {**SHOP, "count": 3}, deployment(spec="replicas: 4"), "`spec.replicas`"),
    ("replicas", {**SHOP, "count": 1}, deployment(spec="replicas: true"), "asked for 1"),
    ("replicas", {**SHOP, "count": 2}, of_kind("DaemonSet", "replicas: 2"), "no workload `shop`"),
    ("container-port", {**SHOP, "port": 80}, deployment(), "port 80"),
    (
        "container-port",
        {**SHOP, "port": 53},
        deployment("ports: [{containerPort: 53, protocol: UDP}]"),
        "port 53",
    ),
    (
        "container-port",
        {**SHOP, "port": 80},
        deployment("ports: [{containerPort: 80}]").replace(
            "- name: any", "- {name: shop, image: x}\n        - name: any"
        ),
        "no TCP port",
    ),
    ("pod-label", {**SHOP, "key": "a", "value": "1"}, deployment(labels="a: '2'"), "asked for 1"),
    ("max-surge", {**SHOP, "surge": 1}, deployment(spec="strategy: {type: Recreate}"), "rolling"),
    ("max-surge", {**SHOP, "surge": 1}, deployment(), "25%"),
    ("command", {**SHOP, "command": "sleep 5"}, deployment("args: [sleep, '5']"), "sleep 5"),
    ("command", {**SHOP, "command": "sleep 5"}, deployment("command: [sleep, 5s]"), "sleep 5"),
    ("argument", {**SHOP, "argument": "--a=b"}, deployment("args: [--a=bc]"), "--a=b"),
    (
        "env-value",
        {**SHOP, "variable": "A", "value": "1"},
        deployment("env: [{name: A, value: '1'}, {name: A, value: '0'}]"),
        "asked for 1",
    ),
    (
        "env-value",
        {**SHOP, "variable": "A", "value": "1"},
        deployment("# A: 1\nenv: [{name: B, value: '1'}]"),
        "no environment variable `A`",
    ),
    (
        "memory-limit",
        {**SHOP, "amount": "1Gi"},
        deployment("resources: {limits: {memory: 1G}}"),
        "asked for 1Gi",
    ),
    (
        "memory-limit",
        {**SHOP, "amount": "1Gi"},
        deployment("resources: {requests: {memory: 1Gi}}"),
        "not set",
    ),
    ("http-probe", HTTP, deployment("readinessProbe: {httpGet: {path: /up, port: 8080}}"), "HTTP"),
    (
        "http-probe",
        HTTP,
        deployment("livenessProbe: {httpGet: {path: /up, port: 8080, scheme: HTTPS}}"),
        "HTTPS",
    ),
    (
        "http-probe",
        HTTP,
        deployment("livenessProbe: {httpGet: {path: /up, port: http}}"),
        "asked for 8080",
    ),
    ("probe-period", {**SHOP, "probe": "readiness", "seconds": 10}, deployment(), "no readiness"),
    (
        "pre-stop-sleep",
        {**SHOP, "seconds": 9},
        deployment("lifecycle: {postStart: {sleep: {seconds: 9}}}"),
        "preStop",
    ),
    (
        "non-root",
        SHOP,
        deployment(
            "securityContext: {runAsNonRoot: false}", "securityContext: {runAsNonRoot: true}"
        ),
        "is false",
    ),
    (
        "read-only-root",
        SHOP,
        deployment(
            "securityContext: {readOnlyRootFilesystem: true}", "initContainers: [{name: i}]"
        ),
        "initContainers[0]",
    ),
    ("drop-all", SHOP, deployment("securityContext: {capabilities: {add: [ALL]}}"), "ALL"),
    ("no-escalation", SHOP, deployment(), "asked for false"),
    ("no-token", SHOP, deployment(), "token"),
    ("config-mount", CONFIG, mounted("secret: {secretName: settings}"), "does not mount"),
    (
        "config-mount",
        CONFIG,
        mounted("configMap: {name: settings}", "mountPath: /etc/app, subPath: a"),
        "does not mount",
    ),
    ("host-mount-read-only", {**SHOP, "host": "/l"}, mounted("hostPath: {path: /l}"), "read-only"),
    (
        "init-container",
        {**SHOP, "name": "i", "image": "alpine:3"},
        with_init("{name: i, image: 'alpine:3', restartPolicy: Always}"),
        "no init container `i`",
    ),
    (
        "pod-container",
        {**SHOP, "name": "i", "image": "alpine:3"},
        with_init("{name: i, image: 'alpine:3'}"),
        "no container `i`",
    ),
    ("native-sidecar", {**SHOP, "name": "any"}, deployment(), "no native sidecar"),
    (
        "node-label",
        SSD,
        deployment(
            pod=NODES % "[{matchExpressions: [{key: disktype, operator: In, values: [ssd]}]}, "
            "{matchExpressions: [{key: other, operator: Exists}]}]"
        ),
        "not bound",
    ),
    ("node-label-in", EITHER, deployment(pod="nodeSelector: {disktype: ssd}"), "not bound"),
    (
        "apart",
        {**SHOP, "topology": "kubernetes.io/hostname"},
        deployment(pod=AFFINITY % "other"),
        "keep apart",
    ),
    ("spread", ZONE, deployment(pod=SPREAD % (2, "web")), "maxSkew"),
    ("spread", ZONE, deployment(pod=SPREAD % (1, "other")), "not spread"),
    (
        "tolerates",
        TAINT,
        deployment(pod="tolerations: [{key: pool, value: batch, effect: NoExecute}]"),
        "does not tolerate",
    ),
    ("schedule", {**SHOP, "cron": "0 2 * * *"}, cron_job("schedule: 2 0 * * *"), "2 0 * * *"),
    ("schedule", {**SHOP, "cron": "0 2 * * *"}, cron_job("schedule: 0 2 * * *\nsuspend: true"),
     "suspend"),
    ("every-minutes", {**SHOP, "minutes": 15}, cron_job("schedule: 15 * * * *"), "15 minutes"),
    ("weekly-at", {**SHOP, "day": "Sunday", "time": "02:30"}, cron_job("schedule: 30 2 * * 1"),
     "every Sunday"),
    ("completions", {**SHOP, "count": 2}, of_kind("Job", "completions: 3"), "asked for 2"),
    ("completions", {**SHOP, "count": 2}, of_kind("Job", "completions: 2\nparallelism: 0"),
     "runs nothing"),
    ("autoscaler", {"name": "shop", "of": "other"}, of_kind("HorizontalPodAutoscaler", HPA),
     "asked for other"),
    ("cpu-target", {"name": "shop", "percent": 61}, of_kind("HorizontalPodAutoscaler", HPA),
     "asked for 61"),
    ("memory-target", {"name": "shop", "percent": 60}, of_kind("HorizontalPodAutoscaler", HPA),
     "memory utilization"),
    ("scale-down-window", {"name": "shop", "seconds": 60}, of_kind(
        "HorizontalPodAutoscaler", HPA.replace("seconds: 60", "seconds: 61", 1).replace(
            "scaleDown: {", "scaleDown: {selectPolicy: Disabled, ")), "disabled"),
    (
        "disruption-budget",
        {"name": "shop", "of": "shop"},
        deployment()
        + "---\n"
        + of_kind("PodDisruptionBudget", "selector: {matchLabels: {app: shop}}"),
        "does not select",
    ),
    ("min-available", {"name": "shop", "count": 1}, of_kind("PodDisruptionBudget",
     "minAvailable: '50%'"), "50%"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args", "text"), RIGHT)
def test_other_right_spellings_pass(name: str, args: dict[str, Any], text: str) -> None:
    assert findings(name, text, **args) == []


@pytest.mark.parametrize(("name", "args", "text", "said"), WRONG)
def test_near_misses_fail_and_are_named(
    name: str, args: dict[str, Any], text: str, said: str
) -> None:
    found = findings(name, text, **args)
    assert any(said in finding.message for finding in found)


def test_a_finding_points_at_the_value() -> None:
    text = deployment(spec="replicas: 16")
    found = findings("replicas", text, of="shop", count=6)[0]
    assert found.message == "`spec.replicas` of `shop` is 16, asked for 6"
    assert text.splitlines()[found.line - 1][found.column - 1 :] == "16"


def test_a_second_workload_of_the_name_must_be_right_too() -> None:
    pod = (
        "---\napiVersion: v1\nkind: Pod\nmetadata: {name: shop}\nspec: {containers: [{name: x}]}\n"
    )
    limit = deployment("resources: {limits: {memory: 1Gi}}")
    assert findings("memory-limit", limit, of="shop", amount="1Gi") == []
    assert findings("memory-limit", limit + pod, of="shop", amount="1Gi")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("@hourly", "0 * * * *"),
        ("*/20 * * * *", "0-59/20 * * * *"),
        ("0 0 1 JAN *", "@yearly"),
        ("5 1 * * 0-6", "5 1 * * *"),
        ("5 1 1-31 * 2", "5 1 1-31 * 2,2"),
    ],
)
def test_cron_spellings_of_the_same_times_are_equal(left: str, right: str) -> None:
    assert read_cron(left) == read_cron(right) is not None


@pytest.mark.parametrize(
    ("left", "right"),
    [("0 0 1 * 1", "0 0 1 * *"), ("0 0 1 * 1", "0 0 * * 1"), ("* * * * *", "0 * * * *")],
)
def test_cron_expressions_of_other_times_differ(left: str, right: str) -> None:
    assert read_cron(left) != read_cron(right)


@pytest.mark.parametrize(
    "text", ["", "* * * *", "60 * * * *", "*/0 * * * *", "a * * * *", "5-1 * * * *", None, 5]
)
def test_wrong_cron_expressions_mean_nothing(text: object) -> None:
    assert read_cron(text) is None


OWN = ("workloads", "controllers", "jobs", "scheduling", "autoscaling")
FAMILIES = [
    name
    for name, family in CATEGORY.families.items()
    if family.make.__module__.rpartition(".")[2] in OWN
]
#: Values that may stand where a mapping, a list or a scalar is expected.
ODD = ("null", "[]", "{}", "5", "text", "[null, 3, []]", "{a: [{}]}", "true", "[[{}]]", "1e999")


def unmet(task: Task, answer: Task) -> set[str]:
    """Return which requirements of a task the reference of another one does not meet."""
    model = LANGUAGE.parse(answer.reference)
    types = CATEGORY.requirements
    return {
        repr((asked.name, asked.args))
        for asked in task.requirements
        if list(types[asked.name].check(model, **asked.args))
    }


@pytest.mark.parametrize("family", FAMILIES)
def test_one_changed_parameter_fails_exactly_what_names_it(family: str) -> None:
    task = build_task(CATEGORY, family, "test", 5)
    assert not unmet(task, task)
    for parameter, value, other in variants(CATEGORY, task):
        kept = {repr((asked.name, asked.args)) for asked in other.requirements}
        mine = {repr((asked.name, asked.args)) for asked in task.requirements}
        assert unmet(task, other) == mine - kept, (parameter, value)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("odd", ODD)
def test_trees_of_any_shape_are_read(family: str, odd: str) -> None:
    task = build_task(CATEGORY, family, "test", 7)
    text = next(iter(task.reference.values()))
    keys = {line.strip(" -").partition(":")[0] for line in text.splitlines() if ":" in line}
    for key in sorted(keys - {"apiVersion", "kind", "metadata", "name"}):
        lines = text.splitlines()
        place = next(n for n, line in enumerate(lines) if line.strip(" -").startswith(key + ":"))
        depth = lines[place].index(key)
        end = place + 1
        while end < len(lines) and (
            len(lines[end]) - len(lines[end].lstrip()) > depth
            or (lines[end].startswith(" " * depth + "- "))
        ):
            end += 1
        lines[place:end] = [lines[place][:depth] + f"{key}: {odd}"]
        model = LANGUAGE.parse({"manifest.yaml": "\n".join(lines) + "\n"})
        for asked in task.requirements:
            list(CATEGORY.requirements[asked.name].check(model, **asked.args))
