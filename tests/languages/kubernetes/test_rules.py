"""Rules of the API server beyond the schema: accepted and rejected input, and hostile trees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iac_gym.formats.yaml import YamlList, YamlMap
from iac_gym.language import load_language
from iac_gym.languages.kubernetes.model import KubeObject, Manifest
from iac_gym.verdict import Diagnostic, Stage
from iac_gym.verifier import check_files

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  containers:
    - name: web
      image: nginx:1.27
"""


def diagnostics(text: str) -> list[Diagnostic]:
    verdict = check_files({"m.yaml": text}, {"m.yaml": "kubernetes"})
    assert verdict.unscored == ""
    return [d for d in verdict.diagnostics if d.stage != Stage.SECURITY]


def found(text: str) -> dict[str, int]:
    """Names of the rules that reject the text, each with the line of its first finding."""
    lines: dict[str, int] = {}
    for diagnostic in diagnostics(text):
        lines.setdefault(diagnostic.rule, diagnostic.finding.line)
    return lines


def flow(value: Any) -> str:
    return yaml.safe_dump(value, default_flow_style=True, width=10_000).strip().removesuffix("...")


def cron_job(schedule: str) -> str:
    return f"""\
apiVersion: batch/v1
kind: CronJob
metadata: {{name: backup}}
spec:
  schedule: {flow(schedule)}
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{{name: backup, image: "busybox:1.36"}}]
"""


@pytest.mark.parametrize(
    "schedule",
    [
        "* * * * *",
        "*/5 * * * *",
        "0 0 1 1 *",
        "59 23 31 12 6",
        "0 8-18/2 * * mon-fri",
        "0 0 * JAN,Feb,mar SUN",
        "0,30 * ? * ?",
        "5/15 * * * *",
        "1,,2 * * * *",
        "*/61 * * * *",
        "  0 3 * * *  ",
        "@daily",
        "@midnight",
        "@every 1h30m",
    ],
)
def test_schedules_that_are_accepted(schedule: str) -> None:
    assert found(cron_job(schedule)) == {}


@pytest.mark.parametrize(
    "schedule",
    [
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * 32 * *",
        "* * * 13 *",
        "* * * 0 *",
        "0 0 * * 7",
        "5-1 * * * *",
        "*/0 * * * *",
        "1-2-3 * * * *",
        "1/2/3 * * * *",
        "a * * * *",
        "0 0 * foo *",
        "0 mon * * *",
        "-1 * * * *",
        "1- * * * *",
        "@reboot",
        "@every day",
        "@Daily",
        "TZ=UTC 0 3 * * *",
        "CRON_TZ=Europe/Paris 0 3 * * *",
    ],
)
def test_schedules_that_are_rejected(schedule: str) -> None:
    assert found(cron_job(schedule)).get("cron-schedule") == 5


@pytest.mark.parametrize(("zone", "fits"), [("Etc/UTC", 1), ("UTC", 1), ("Local", 0), ("CEST", 0)])
def test_time_zones(zone: str, fits: int) -> None:
    text = cron_job("@daily").replace("spec:\n", f"spec:\n  timeZone: {zone}\n", 1)
    assert ("cron-time-zone" in found(text)) is not bool(fits)


@pytest.mark.parametrize(
    ("kind", "name", "fits"),
    [
        ("ConfigMap", "web", True),
        ("ConfigMap", "web.example.com", True),
        ("ConfigMap", "1web", True),
        ("ConfigMap", "a" * 253, True),
        ("ConfigMap", "a" * 254, False),
        ("ConfigMap", "Web", False),
        ("ConfigMap", "web_1", False),
        ("ConfigMap", "-web", False),
        ("ConfigMap", "web-", False),
        ("ConfigMap", "web..a", False),
        ("ConfigMap", "web/a", False),
        ("Namespace", "team-a", True),
        ("Namespace", "team.a", False),
        ("Namespace", "a" * 64, False),
        ("ServiceAccount", "web.a", True),
    ],
)
def test_names(kind: str, name: str, fits: bool) -> None:
    text = f"apiVersion: v1\nkind: {kind}\nmetadata:\n  name: {flow(name)}\n"
    assert found(text) == ({} if fits else {"well-formed-names": 4})


@pytest.mark.parametrize(
    ("name", "fits"), [("web", True), ("web-1", True), ("1web", True), ("web.a", False)]
)
def test_names_of_services(name: str, fits: bool) -> None:
    text = f"""\
apiVersion: v1
kind: Service
metadata: {{name: {name}}}
spec: {{selector: {{app: web}}, ports: [{{port: 80}}]}}
"""
    assert found(text) == ({} if fits else {"well-formed-names": 3})


def test_roles_may_have_colons_and_capitals() -> None:
    rules = 'rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]\n'
    head = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: "
    assert found(head + '"system:Pod_reader"\n' + rules) == {}
    assert found(head + '"a/b"\n' + rules) == {"well-formed-names": 4}


@pytest.mark.parametrize(
    ("labels", "fits"),
    [
        ({"app.kubernetes.io/name": "web_1.2-x"}, True),
        ({"app": ""}, True),
        ({"A.b_c-d": "X"}, True),
        ({"app": "a" * 63}, True),
        ({"app": "a" * 64}, False),
        ({"a" * 64: "x"}, False),
        ({"/name": "x"}, False),
        ({"Example.com/name": "x"}, False),
        ({"a/b/c": "x"}, False),
        ({"app": "-x"}, False),
        ({"app": "two words"}, False),
    ],
)
def test_labels(labels: dict[str, str], fits: bool) -> None:
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a, labels: {flow(labels)}}}\n"
    assert ("well-formed-labels" in found(text)) is not fits


def test_objects_are_the_same_in_any_version_and_in_the_default_namespace() -> None:
    one = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n"
    two = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\n"
    assert found(one + two) == {"unique-objects": 7}
    assert found(one + two.replace("default", "other")) == {}
    assert found(one + two.replace("ConfigMap", "Secret")) == {}


DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  selector: {selector}
  strategy: {strategy}
  template:
    metadata:
      labels: {{app: web, tier: front}}
    spec:
      containers: [{{name: web, image: "nginx:1.27"}}]
"""


def deployment(
    selector: str = "{matchLabels: {app: web}}", strategy: str = "{type: RollingUpdate}"
) -> str:
    return DEPLOYMENT.format(selector=selector, strategy=strategy)


@pytest.mark.parametrize(
    ("selector", "rules"),
    [
        ("{matchLabels: {app: web}}", set()),
        ("{matchExpressions: [{key: app, operator: In, values: [api, web]}]}", set()),
        ("{matchExpressions: [{key: tier, operator: Exists}]}", set()),
        ("{matchExpressions: [{key: old, operator: DoesNotExist}]}", set()),
        ("{matchExpressions: [{key: old, operator: NotIn, values: [a]}]}", set()),
        ("{matchLabels: {app: api}}", {"selector-matches-template"}),
        ("{matchLabels: {app: web, a: b}}", {"selector-matches-template"}),
        (
            "{matchExpressions: [{key: tier, operator: DoesNotExist}]}",
            {"selector-matches-template"},
        ),
        ("{matchExpressions: [{key: app, operator: NotIn, values: [web]}]}", None),
        ("{}", {"non-empty-selector"}),
        ("{matchLabels: {}}", {"non-empty-selector"}),
        (
            "{matchExpressions: [{key: tier, operator: Exists, values: [a]}]}",
            {"well-formed-selectors"},
        ),
    ],
)
def test_selectors(selector: str, rules: set[str] | None) -> None:
    wanted = {"selector-matches-template"} if rules is None else rules
    assert set(found(deployment(selector))) == wanted


@pytest.mark.parametrize(
    ("strategy", "rule"),
    [
        ("{type: Recreate}", ""),
        ("{rollingUpdate: {maxSurge: 200%, maxUnavailable: 100%}}", ""),
        ("{rollingUpdate: {maxSurge: 0}}", ""),
        ("{rollingUpdate: {maxUnavailable: 0}}", ""),
        ("{type: Recreate, rollingUpdate: {maxSurge: 1}}", "deployment-strategy"),
        ("{rollingUpdate: {maxSurge: 0, maxUnavailable: 0}}", "rolling-update-moves"),
        ("{rollingUpdate: {maxSurge: 0%, maxUnavailable: 0%}}", "rolling-update-moves"),
        ("{rollingUpdate: {maxUnavailable: 101%}}", "rolling-update-shares"),
        ("{rollingUpdate: {maxUnavailable: '3'}}", "rolling-update-shares"),
        ("{rollingUpdate: {maxUnavailable: 2.5%}}", "rolling-update-shares"),
        ("{rollingUpdate: {maxSurge: -1}}", "rolling-update-shares"),
        ("{rollingUpdate: {maxSurge: 25 %}}", "rolling-update-shares"),
    ],
)
def test_rolling_updates(strategy: str, rule: str) -> None:
    assert found(deployment(strategy=strategy)) == ({rule: 6} if rule else {})


@pytest.mark.parametrize(
    ("probe", "rule"),
    [
        ("livenessProbe: {httpGet: {port: 80}}", ""),
        ("livenessProbe: {tcpSocket: {port: http}}", ""),
        ("livenessProbe: {exec: {command: [ls]}, successThreshold: 1}", ""),
        ("livenessProbe: {grpc: {port: 5000}}", ""),
        ("readinessProbe: {tcpSocket: {port: 80}, successThreshold: 3}", ""),
        ("livenessProbe: {}", "one-probe-handler"),
        ("livenessProbe: {periodSeconds: 5}", "one-probe-handler"),
        ("livenessProbe: {exec: {command: [a]}, grpc: {port: 1}}", "one-probe-handler"),
        ("livenessProbe: {exec: {command: []}}", "handler-details"),
        ("livenessProbe: {httpGet: {port: 0}}", "handler-details"),
        ("livenessProbe: {httpGet: {port: 65536}}", "handler-details"),
        ("livenessProbe: {httpGet: {port: '8080'}}", "handler-details"),
        ("livenessProbe: {tcpSocket: {port: a-very-long-port-name}}", "handler-details"),
        ("startupProbe: {tcpSocket: {port: 80}, successThreshold: 2}", "probe-numbers"),
        ("livenessProbe: {tcpSocket: {port: 80}, periodSeconds: -1}", "probe-numbers"),
        (
            "readinessProbe: {tcpSocket: {port: 80}, terminationGracePeriodSeconds: 5}",
            "probe-numbers",
        ),
    ],
)
def test_probes(probe: str, rule: str) -> None:
    assert found(POD + f"      {probe}\n") == ({rule: 8} if rule else {})


@pytest.mark.parametrize(
    ("resources", "rule"),
    [
        ("{requests: {cpu: 0.5, memory: 1Gi}, limits: {cpu: 500m, memory: 1024Mi}}", ""),
        ("{requests: {cpu: 1}, limits: {cpu: '1.0'}}", ""),
        ("{limits: {nvidia.com/gpu: 1}}", ""),
        ("{requests: {memory: 64Mi}, limits: {memory: 64M}}", "requests-within-limits"),
        ("{requests: {cpu: 2}, limits: {cpu: 1999m}}", "requests-within-limits"),
        ("{requests: {nvidia.com/gpu: 1}}", "requests-within-limits"),
        (
            "{requests: {nvidia.com/gpu: 1}, limits: {nvidia.com/gpu: 2}}",
            "requests-within-limits",
        ),
        ("{limits: {cpu: -1}}", "resource-amounts"),
        ("{limits: {nvidia.com/gpu: 500m}}", "resource-amounts"),
        ("{limits: {gpu: 1}}", "container-resource-names"),
        ("{limits: {hugepages-2Mi: 4Mi}}", "huge-pages-with-cpu-or-memory"),
    ],
)
def test_resources(resources: str, rule: str) -> None:
    assert found(POD + f"      resources: {resources}\n") == ({rule: 8} if rule else {})


def test_a_quantity_that_is_none_is_left_to_the_schema() -> None:
    rules = set(found(POD + "      resources: {limits: {memory: 512MB}}\n"))
    assert rules == {"field-types"}


@pytest.mark.parametrize(
    ("env", "rule"),
    [
        ("{name: my.var-1, value: x}", ""),
        ("{name: 1X}", ""),
        ("{name: HOST, value: '', valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}", ""),
        ("{name: HOST, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['a.b/c']\"}}}", ""),
        ("{name: A=B}", "environment-names"),
        ("{name: HOST, valueFrom: {}}", "environment-sources"),
        (
            "{name: HOST, value: x, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}",
            "environment-sources",
        ),
        ("{name: HOST, valueFrom: {fieldRef: {fieldPath: metadata.labels}}}", None),
        ("{name: HOST, valueFrom: {fieldRef: {fieldPath: status.phase}}}", None),
        ("{name: HOST, valueFrom: {resourceFieldRef: {resource: limits.gpu}}}", None),
        ("{name: HOST, valueFrom: {secretKeyRef: {name: a, key: 'b c'}}}", None),
    ],
)
def test_environment(env: str, rule: str | None) -> None:
    wanted = "environment-references" if rule is None else rule
    assert found(POD + f"      env: [{env}]\n") == ({wanted: 8} if wanted else {})


def test_claim_templates_are_volumes_of_a_stateful_set_only() -> None:
    text = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
        - name: db
          image: postgres:16
          volumeMounts: [{name: data, mountPath: /data}]
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"""
    assert found(text) == {}
    assert found(text.replace("{name: data, mount", "{name: log, mount")) == {
        "mounted-volumes-exist": 13
    }


def test_a_volume_without_source_is_an_empty_directory() -> None:
    assert found(POD + "  volumes: [{name: cache}]\n") == {}


@pytest.mark.parametrize(("mode", "fits"), [("0644", 1), ("420", 1), ("0777", 1), ("644", 0)])
def test_file_modes(mode: str, fits: int) -> None:
    text = POD + f"  volumes: [{{name: a, configMap: {{name: a, defaultMode: {mode}}}}}]\n"
    assert found(text) == ({} if fits else {"file-modes": 8})


@pytest.mark.parametrize(
    ("peer", "rule"),
    [
        ("{podSelector: {}}", ""),
        ("{podSelector: {}, namespaceSelector: {}}", ""),
        ("{ipBlock: {cidr: 10.0.0.0/8}}", ""),
        ("{ipBlock: {cidr: '2001:db8::/32', except: ['2001:db8:1::/48']}}", ""),
        ("{}", "network-policy-peers"),
        ("{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}", "network-policy-peers"),
        ("{ipBlock: {cidr: 10.0.0.0}}", "network-policy-blocks"),
        ("{ipBlock: {cidr: 10.0.0.0/33}}", "network-policy-blocks"),
        ("{ipBlock: {cidr: 10.0.0.1/8}}", "network-policy-blocks"),
        ("{ipBlock: {cidr: 10.0.0.0/08}}", "network-policy-blocks"),
        ("{ipBlock: {cidr: 010.0.0.0/8}}", "network-policy-blocks"),
        ("{ipBlock: {cidr: '::ffff:10.0.0.0/104'}}", "network-policy-blocks"),
        ("{ipBlock: {cidr: 0.0.0.0/0}}", ""),
        ("{ipBlock: {cidr: 10.0.0.0/255.0.0.0}}", "network-policy-blocks"),
        ("{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}", "network-policy-blocks"),
        ("{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}}", "network-policy-blocks"),
        ("{ipBlock: {cidr: 10.0.0.0/8, except: ['::/64']}}", "network-policy-blocks"),
    ],
)
def test_network_policies(peer: str, rule: str) -> None:
    text = f"""\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: allow}}
spec:
  podSelector: {{}}
  ingress: [{{from: [{peer}]}}]
"""
    assert found(text) == ({rule: 6} if rule else {})


@pytest.mark.parametrize(
    ("least", "metric", "fits"),
    [(1, "", True), (0, "", False), (0, "External", True), (0, "Pods", False), (-1, "", False)],
)
def test_autoscalers_down_to_zero(least: int, metric: str, fits: bool) -> None:
    sources = {
        "": "[]",
        "External": "[{type: External, external: {metric: {name: jobs}, target: "
        "{type: Value, value: 5}}}]",
        "Pods": "[{type: Pods, pods: {metric: {name: jobs}, target: "
        "{type: AverageValue, averageValue: 5}}}]",
    }
    text = f"""\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: worker}}
spec:
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: worker}}
  minReplicas: {least}
  maxReplicas: 3
  metrics: {sources[metric]}
"""
    assert found(text) == ({} if fits else {"autoscaler-bounds": 6})


def test_a_selector_of_a_service_that_misses_is_found_only_where_it_is_evident() -> None:
    service = """\
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: webb}
  ports: [{port: 80}]
"""
    assert found(POD + service) == {"service-selects-pods": 13}
    assert found(POD + service.replace("webb", "web")) == {}
    assert found(POD + service.replace("name: web", "name: db")) == {}
    other = service.replace("name: web", "name: web, namespace: other")
    assert found(POD + other) == {}


def test_custom_resources_of_the_same_kind_are_left_alone() -> None:
    text = "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: 1a}\nspec: {}\n"
    assert not {"service-has-ports", "well-formed-names"} & set(found(text))


_KEYS = st.sampled_from(
    "name image ports containers initContainers env value valueFrom fieldRef fieldPath volumes "
    "volumeMounts selector matchLabels matchExpressions key operator values template metadata "
    "labels annotations spec resources requests limits cpu livenessProbe httpGet port rules http "
    "paths backend service number subjects roleRef kind metrics resource target behavior scaleUp "
    "policies data binaryData hard min max default type affinity nodeAffinity tolerations ipBlock "
    "cidr except ingress egress from to securityContext capabilities add drop strategy "
    "rollingUpdate maxSurge maxUnavailable schedule timeZone accessModes clusterIP tls hosts "
    "projected sources items mode lifecycle preStop sleep seconds".split()
)
_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=True),
    st.sampled_from(["", "web", "100%", "1Gi", "None", "*", "a/b", "0 * * * *", "10.0.0.0/8"]),
    st.text(max_size=8),
)
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(_KEYS, inner, max_size=5),
    ),
    max_leaves=25,
)
_KINDS = sorted(
    {
        (line.split()[1], after.split()[1])
        for rule in load_language("kubernetes").rules
        for line, after in zip(
            rule.section("Good").splitlines(), rule.section("Good").splitlines()[1:], strict=False
        )
        if line.startswith("apiVersion:") and after.startswith("kind:")
    }
)


def _yaml(value: Any) -> str:
    return yaml.dump(value, Dumper=yaml.SafeDumper, allow_unicode=True, sort_keys=False)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.sampled_from(_KINDS), st.dictionaries(_KEYS, _TREES, max_size=5)),
        min_size=1,
        max_size=3,
    )
)
def test_no_tree_makes_a_rule_raise(objects: list[tuple[tuple[str, str], dict[str, Any]]]) -> None:
    documents = []
    for (version, kind), body in objects:
        nested = {"template": body, "jobTemplate": {"spec": {"template": {"spec": body}}}}
        spec = {**nested, **body}
        tree = {"metadata": {"name": "web"}, "spec": spec, **body}
        documents.append(_yaml({**tree, "apiVersion": version, "kind": kind}))
    verdict = check_files({"m.yaml": "---\n".join(documents)}, {"m.yaml": "kubernetes"})
    assert verdict.unscored == ""


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Yield (mapping or sequence, key or index) of every part of a tree."""
    for key, value in list(tree.items() if isinstance(tree, dict) else enumerate(tree)):
        yield tree, key
        if isinstance(value, (dict, list)):
            yield from _places(value)


@pytest.mark.parametrize("example", ["Bad", "Good"])
def test_a_wrong_part_of_an_example_never_makes_its_rule_raise(example: str) -> None:
    language = load_language("kubernetes")
    wrongs = [None, True, 7, -1, 0.5, "", "x", YamlList(), YamlMap(), {"a": "b"}, [["x"], {}]]
    for rule in language.rules:
        objects = language.parse({"m.yaml": rule.section(example)}).objects
        for item in objects:
            for parent, key in _places(item.tree):
                right = parent[key]
                for wrong in wrongs:
                    parent[key] = wrong
                    list(rule.check(Manifest(tuple(KubeObject(o.tree) for o in objects))))
                parent[key] = right
