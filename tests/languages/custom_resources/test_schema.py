"""What definitions say of custom resources, and how the pack is made of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from iac_gym.languages.custom_resources.build_data import build
from iac_gym.languages.custom_resources.pack import custom_kinds, custom_pack
from iac_gym.languages.kubernetes.pack import Pack, kubernetes_pack

Found = Callable[[str], set[tuple[str, int]]]

MONITOR = """apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
  endpoints:
    - port: http
      interval: 30s
"""
ROUTE = """apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: web
spec:
  parentRefs:
    - name: public
  rules:
    - matches:
        - path:
            type: PathPrefix
            value: /
      backendRefs:
        - name: web
          port: 80
"""
CLUSTER = """apiVersion: ray.io/v1
kind: RayCluster
metadata:
  name: train
spec:
  headGroupSpec:
    rayStartParams: {}
    template:
      spec:
        containers:
          - name: head
            image: rayproject/ray:2.46.0
            resources:
              limits:
                cpu: 2
"""
LIMITS = """apiVersion: autoscaling.k8s.io/v1
kind: VerticalPodAutoscaler
metadata:
  name: web
spec:
  targetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: web
  updatePolicy:
    updateMode: Initial
    minReplicas: 2
"""

ACCEPTED = {
    "monitor": MONITOR,
    "route": ROUTE,
    "cluster": CLUSTER,
    "autoscaler": LIMITS,
    "fraction that is a text": CLUSTER.replace("cpu: 2", 'cpu: "0.5"'),
    "fraction in a pod of Argo, which reads it": "apiVersion: argoproj.io/v1alpha1\n"
    "kind: Workflow\nmetadata: {name: a}\nspec: {entrypoint: a, templates: [{name: a, "
    "container: {image: x, resources: {limits: {cpu: 0.5}}}}]}\n",
    "null is absent": MONITOR + "  jobLabel: null\n",
    "any version that is served": ROUTE.replace("/v1\n", "/v1beta1\n", 1),
    "status is not looked at": CLUSTER + "status:\n  anything: 1\n",
    "numbers as arguments of workflows": "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\n"
    "metadata: {generateName: a-}\nspec:\n  entrypoint: a\n"
    "  arguments: {parameters: [{name: p, value: 3}]}\n"
    "  templates: [{name: a, suspend: {}}]\n",
    "a default makes a choice": ROUTE.replace("            type: PathPrefix\n", ""),
}
#: What is changed, (old, new) or a text, and the rule and line that find it.
REJECTED = {
    "unknown field": (MONITOR, ("    - port", "    - ports"), {("known-fields", 10)}),
    "unknown kind": (MONITOR, ("ServiceMonitor", "ServiceMonitors"), {("known-kind", 2)}),
    "unknown version": (MONITOR, ("coreos.com/v1", "coreos.com/v2"), {("known-kind", 1)}),
    "unknown field of an embedded pod": (
        CLUSTER,
        ("            image:", "            images:"),
        {("known-fields", 12), ("container-images", 11)},
    ),
    "missing field": (
        MONITOR,
        ("  selector:\n    matchLabels:\n      app: web\n", ""),
        {("required-fields", 6)},
    ),
    "wrong type": (MONITOR, ("port: http", "port: 80"), {("field-types", 10)}),
    "pattern": (MONITOR, ("30s", "30 s"), {("values-in-bounds", 11)}),
    "enumeration": (LIMITS, ("Initial", "initial"), {("allowed-values", 11)}),
    "value of a choice in a pod": (
        CLUSTER,
        ("            resources:", "            imagePullPolicy: always\n            resources:"),
        {("allowed-values", 13)},
    ),
    "bound": (ROUTE, ("port: 80", "port: 80000"), {("values-in-bounds", 15)}),
    "quantity": (CLUSTER, ("cpu: 2", "cpu: two"), {("field-types", 15)}),
    "quantity that is a fraction": (CLUSTER, ("cpu: 2", "cpu: 0.5"), {("field-types", 15)}),
    "CEL": (ROUTE, ("value: /", "value: a"), {("validation-rules", 11)}),
    "list key": (
        MONITOR.replace("ServiceMonitor", "Probe").partition("spec:")[0].replace("v1", "v1", 1)
        + "spec:\n  params:\n    - name: a\n    - name: a\n",
        ("", ""),
        {("distinct-list-keys", 8)},
    ),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(name: str, found: Found) -> None:
    assert found(ACCEPTED[name]) == set()


@pytest.mark.parametrize("name", REJECTED)
def test_rejected(name: str, found: Found) -> None:
    text, (old, new), wanted = REJECTED[name]
    assert old in text
    assert wanted <= found(text.replace(old, new, 1))


def test_built_in_kinds_are_judged_as_ever(found: Found) -> None:
    bad = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {port: 80}\n"
    assert {rule for rule, _ in found(bad)} == {"field-types"}


# --- the pack -------------------------------------------------------------------------------------


def test_pack_belongs_to_the_pack_of_kubernetes() -> None:
    assert custom_pack().index["kubernetes"] == kubernetes_pack().index["source"]
    names = {kubernetes_pack().record(number)[0] for number in _builtin_numbers()}
    assert {"io.k8s.api.core.v1.Container", "io.k8s.api.core.v1.PodSpec"} <= names


def _builtin_numbers() -> set[int]:
    numbers: set[int] = set()
    pack = custom_pack()
    stack: list[object] = [pack.record(number) for number in range(len(pack))]
    while stack:
        value = stack.pop()
        if isinstance(value, list) and len(value) == 2 and value[0] == "k":
            numbers.add(value[1])
        elif isinstance(value, dict):
            stack += value.values()
        elif isinstance(value, list):
            stack += value
    return numbers


def test_kinds_that_tasks_ask_for_are_there() -> None:
    for group, kinds in {
        "monitoring.coreos.com/v1": "ServiceMonitor PodMonitor Probe PrometheusRule Prometheus",
        "monitoring.coreos.com/v1alpha1": "AlertmanagerConfig ScrapeConfig",
        "serving.kserve.io/v1beta1": "InferenceService",
        "kubeflow.org/v1": "PyTorchJob TFJob MPIJob XGBoostJob JAXJob Notebook Profile",
        "kubeflow.org/v1beta1": "Experiment Trial Suggestion",
        "trainer.kubeflow.org/v1alpha1": "TrainJob TrainingRuntime ClusterTrainingRuntime",
        "argoproj.io/v1alpha1": "Workflow CronWorkflow WorkflowTemplate Application Rollout",
        "ray.io/v1": "RayCluster RayJob RayService",
        "machinelearning.seldon.io/v1": "SeldonDeployment",
        "mlops.seldon.io/v1alpha1": "Model Pipeline Server",
        "kueue.x-k8s.io/v1beta1": "ResourceFlavor ClusterQueue LocalQueue",
        "nvidia.com/v1": "ClusterPolicy",
        "batch.volcano.sh/v1alpha1": "Job",
        "keda.sh/v1alpha1": "ScaledObject ScaledJob",
        "serving.knative.dev/v1": "Service",
        "cert-manager.io/v1": "Certificate Issuer ClusterIssuer",
        "helm.toolkit.fluxcd.io/v2": "HelmRelease",
    }.items():
        for kind in kinds.split():
            assert (group, kind) in custom_kinds(), f"{group} {kind}"


def _definition(name: str, schema: dict[str, object], version: str = "v1") -> str:
    return json.dumps(
        {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "spec": {
                "group": "example.com",
                "scope": "Namespaced",
                "names": {"kind": name},
                "versions": [
                    {
                        "name": version,
                        "served": True,
                        "schema": {"openAPIV3Schema": {"type": "object", "properties": schema}},
                    }
                ],
            },
        }
    )


def test_pack_is_made_of_a_folder_and_is_the_same_twice(tmp_path: Path) -> None:
    spec = {
        "type": "object",
        "required": ["size", "mode"],
        "properties": {
            "size": {"type": "integer", "minimum": 1, "default": 1},
            "mode": {"type": "string", "enum": ["a", "b"], "description": "dropped"},
        },
    }
    folder = tmp_path / "one@v1"
    folder.mkdir()
    (folder / "a.yaml").write_text(_definition("Thing", {"spec": spec}), "utf-8")
    data, sources = build(tmp_path)
    assert build(tmp_path)[0] == data
    assert sources == {"one@v1": {"example.com"}}
    pack = Pack(data)
    number, cluster = pack.index["kinds"]["example.com/v1"]["Thing"]
    fields, required = pack.record(number)[:2]
    assert (cluster, required) == (0, [])
    assert fields["spec"] == [
        "d",
        [
            {"mode": ["c", "s", {"e": ["a", "b"]}], "size": ["c", "l", {"n": 1}]},
            ["mode"],
            {"D": {"size": 1}},
        ],
    ]
    assert b"dropped" not in data
