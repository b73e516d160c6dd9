"""The cluster requirements accept every equivalent answer and reject near misses by name."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from envs.kubernetes.requirements import cluster as ask
from iac_gym.check import Requirement
from iac_gym.languages.kubernetes.parse import parse


def problems(text: str, wish: Requirement) -> list[str]:
    """Return the messages of the requirement's check on a manifest."""
    kinds = {kind.name: kind for kind in vars(ask).values() if hasattr(kind, "wordings")}
    manifest = parse({"manifest.yaml": text})
    return [found.message for found in kinds[wish.name].check(manifest, **wish.args)]


SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  selector: {app: shop}
  ports: [%s]
"""
APP = """
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop-app}
spec:
  replicas: %s
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop, tier: web}}
    spec:
      containers:
      - {name: web, image: "a:1", ports: [{name: http, containerPort: 8080}]}
"""


@pytest.mark.parametrize(
    "text",
    [
        SERVICE % "{port: 80, targetPort: 8080}",
        SERVICE % "{port: 80, targetPort: http}" + APP % 2,
        SERVICE % "{name: m, port: 9090}, {name: w, port: 80, targetPort: 8080, protocol: TCP}",
    ],
)
def test_service_port_accepts_numbers_and_names(text: str) -> None:
    assert not problems(text, ask.service_port(of="shop", port=80, target=8080))


@pytest.mark.parametrize(
    "text",
    [
        SERVICE % "{port: 80}",
        SERVICE % "{port: 80, targetPort: http}",
        SERVICE % "{port: 80, targetPort: grpc}" + APP % 2,
        SERVICE % "{port: 80, targetPort: http}" + APP % 0,
        SERVICE % "{port: 80, targetPort: 8080, protocol: UDP}",
        SERVICE % "{port: 8080, targetPort: 80}",
        "{apiVersion: v1, kind: Service, metadata: {name: other}}",
        "{apiVersion: v1, kind: Service, metadata: {name: shop}, spec: [1]}",
    ],
)
def test_service_port_rejects(text: str) -> None:
    assert problems(text, ask.service_port(of="shop", port=80, target=8080))


def test_service_port_of_the_same_number_needs_no_target() -> None:
    assert not problems(SERVICE % "{port: 80}", ask.service_port(of="shop", port=80, target=80))


def test_service_routes_to_the_pods_of_a_workload() -> None:
    wish = ask.routes_to(of="shop", app="shop-app")
    assert not problems(SERVICE % "{port: 80}" + APP % 2, wish)
    assert problems(SERVICE % "{port: 80}" + APP % 0, wish)
    assert problems(
        (SERVICE % "{port: 80}").replace("app: shop}", "app: shop-app}") + APP % 2, wish
    )


POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress: %s
"""
ADMITS = ask.admits_pods(of="db", port=5432, labels={"role": "api"})
ONLY = ask.only_ports(of="db", direction="incoming", ports=[5432, 9100])
API = "{podSelector: {matchLabels: {role: api}}}"


@pytest.mark.parametrize(
    "rules",
    [
        f"[{{from: [{API}], ports: [{{port: 5432}}, {{port: 9100}}]}}]",
        f"[{{from: [{API}], ports: [{{port: 9100}}]}}, {{from: [{API}], ports: [{{port: 5432}}]}}]",
        "[{from: [{podSelector: {matchExpressions: [{key: role, operator: In, values: [api]}]}}],"
        " ports: [{port: 5432, protocol: TCP}, {port: 9100}]}]",
    ],
)
def test_network_policy_rules_may_be_merged_or_split(rules: str) -> None:
    assert not problems(POLICY % rules, ADMITS)
    assert not problems(POLICY % rules, ONLY)


@pytest.mark.parametrize(
    "rules",
    [
        "[{}]",
        "[{ports: [{port: 5432}]}]",
        f"[{{from: [{API}, {{podSelector: {{}}}}], ports: [{{port: 5432}}]}}]",
        f"[{{from: [{API}], ports: [{{port: 5432}}]}}, {{ports: [{{port: 5000, endPort: 6000}}]}}]",
        "[{from: [{namespaceSelector: {}, podSelector: {matchLabels: {role: api}}}],"
        " ports: [{port: 5432}]}]",
        "[]",
    ],
)
def test_network_policy_that_admits_others_is_rejected(rules: str) -> None:
    assert problems(POLICY % rules, ADMITS)


@pytest.mark.parametrize(
    "rules", ["[{}]", f"[{{from: [{API}]}}]", f"[{{from: [{API}], ports: [{{port: 22}}]}}]"]
)
def test_network_policy_that_opens_other_ports_is_rejected(rules: str) -> None:
    assert problems(POLICY % rules, ONLY)


@pytest.mark.parametrize("types", ["", "  policyTypes: [Ingress]\n", "  ingress: []\n"])
def test_default_deny_in_every_spelling(types: str) -> None:
    text = (POLICY % "").replace("  ingress: \n", types)
    assert not problems(text, ask.policy_blocks(of="db", direction="incoming"))
    assert problems(text, ask.policy_blocks(of="db", direction="outgoing"))


def test_policy_for_all_pods_is_not_a_policy_for_some() -> None:
    everything = (POLICY % "[]").replace("{matchLabels: {app: db}}", "{}")
    assert problems(everything, ask.policy_for_pods(name="db", labels={"app": "db"}))
    assert problems(POLICY % "[]", ask.policy_for_all(name="db"))


ROLE = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: %s
"""
PERMITS = ask.role_permits(of="reader", verbs=["get", "list"], resource="pods")
COVERS = ask.role_covers_only(of="reader", resources=["pods", "deployments"])


@pytest.mark.parametrize(
    "rules",
    [
        "[{apiGroups: ['', apps], resources: [deployments, pods], verbs: [list, get]}]",
        "[{apiGroups: [''], resources: [pods], verbs: [get]},"
        " {apiGroups: [''], resources: [pods], verbs: [list]},"
        " {apiGroups: [apps], resources: [deployments], verbs: [watch]}]",
    ],
)
def test_role_rules_grant_together(rules: str) -> None:
    assert not problems(ROLE % rules, PERMITS)
    assert not problems(ROLE % rules, COVERS)


@pytest.mark.parametrize(
    "rules",
    [
        "[{apiGroups: [''], resources: [pods], verbs: [get, list, delete]}]",
        "[{apiGroups: [''], resources: [pods], verbs: ['*']}]",
        "[{apiGroups: [apps], resources: [pods], verbs: [get, list]}]",
        "[{apiGroups: [''], resources: [pods], verbs: [get, list], resourceNames: [one]}]",
        "[{apiGroups: [''], resources: [pods], verbs: [get]}]",
        "[]",
    ],
)
def test_role_that_grants_more_or_less_is_rejected(rules: str) -> None:
    assert problems(ROLE % rules, PERMITS)


@pytest.mark.parametrize(
    "rules",
    [
        "[{apiGroups: ['*'], resources: [pods, deployments], verbs: [get]}]",
        "[{apiGroups: ['', apps], resources: ['*'], verbs: [get]}]",
        "[{apiGroups: ['', apps], resources: [pods, deployments, secrets], verbs: [get]}]",
        "[{apiGroups: [''], resources: [pods], verbs: [get]}]",
    ],
)
def test_role_that_covers_more_or_less_is_rejected(rules: str) -> None:
    assert problems(ROLE % rules, COVERS)


BINDING = """
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: grant, namespace: apps}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [%s]
"""


@pytest.mark.parametrize(
    ("subjects", "met"),
    [
        ("{kind: ServiceAccount, name: bot}", True),
        ("{kind: ServiceAccount, name: bot, namespace: apps}", True),
        ("{kind: ServiceAccount, name: bot, namespace: default}", False),
        ("{kind: ServiceAccount, name: bot}, {kind: Group, name: 'system:authenticated'}", False),
        ("{kind: User, name: bot}", False),
    ],
)
def test_role_binding_names_the_account_alone(subjects: str, met: bool) -> None:
    wish = ask.role_binding(name="grant", role="reader", account="bot")
    assert (not problems(BINDING % subjects, wish)) is met


@pytest.mark.parametrize(
    ("fields", "met"),
    [
        ("stringData: {TOKEN: abc}", True),
        (f"data: {{TOKEN: {base64.b64encode(b'abc').decode()}}}", True),
        ("stringData: {TOKEN: abc}\ndata: {TOKEN: AAAA}", True),
        ("data: {TOKEN: YWJjCg==}", False),
        ("data: {TOKEN: abc}", False),
        ("# TOKEN: abc", False),
    ],
)
def test_secret_value_as_text_or_base64(fields: str, met: bool) -> None:
    text = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: keys}}\n{fields}\n"
    wish = ask.secret_value(of="keys", key="TOKEN", value="abc")
    assert (not problems(text, wish)) is met


def test_equal_quantities_are_accepted() -> None:
    text = (
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\n"
        "spec: {resources: {requests: {storage: 2048Mi}}}\n"
    )
    assert not problems(text, ask.volume_claim(name="data", size="2Gi"))
    assert problems(text, ask.volume_claim(name="data", size="2G"))


def test_objects_of_a_list_count() -> None:
    text = "apiVersion: v1\nkind: List\nitems:\n"
    text += "- {apiVersion: v1, kind: Namespace, metadata: {name: a}}\n"
    assert not problems(text, ask.namespace(name="a"))
    assert problems(text, ask.namespace(name="b"))


INGRESS: dict[str, Any] = {"of": "web", "host": "a.example", "service": "shop", "port": 80}
RULES = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules:
  - host: %s
    http: {paths: [{path: %s, pathType: %s, backend: {service: {name: shop, port: %s}}}]}
"""


@pytest.mark.parametrize(
    ("parts", "met"),
    [
        (("a.example", "/api", "Prefix", "{number: 80}"), True),
        (("a.example", "/api/", "Prefix", "{number: 80}"), True),
        (("a.example", "/api", "Exact", "{number: 80}"), False),
        (("b.example", "/api", "Prefix", "{number: 80}"), False),
        (("a.example", "/", "Prefix", "{number: 80}"), False),
        (("a.example", "/api", "Prefix", "{number: 81}"), False),
        (("a.example", "/api", "Prefix", "{name: http}"), False),
    ],
)
def test_ingress_route(parts: tuple[str, ...], met: bool) -> None:
    assert (not problems(RULES % parts, ask.ingress_route(**INGRESS, path="/api"))) is met


def test_ingress_backend_by_port_name() -> None:
    text = RULES % ("a.example", "/api", "Prefix", "{name: http}")
    named = text + "---" + SERVICE % "{name: http, port: 80, targetPort: 8080}"
    assert not problems(named, ask.ingress_route(**INGRESS, path="/api"))
