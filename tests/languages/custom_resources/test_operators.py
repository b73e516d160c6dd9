"""What operators refuse, beyond the examples of the pages: each change breaks exactly one rule."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from iac_gym.languages.custom_resources import RULES
from iac_gym.languages.custom_resources.tool import ask_library

Found = Callable[[str], set[tuple[str, int]]]
GOOD = {rule.name: rule.section("Good") + "\n" for rule in RULES}
_RAY_JOB = GOOD["ray-jobs"]
_MODEL = "    model:\n      modelFormat:\n        name: sklearn\n"

#: Rule whose good example is changed -> changes (old, new) after which that rule finds something.
REJECTED: dict[str, tuple[tuple[str, str], ...]] = {
    "katib-trials": (
        ("parallelTrialCount: 2\n", "parallelTrialCount: 0\n"),
        ("maxTrialCount: 6\n", "maxTrialCount: 6\n  maxFailedTrialCount: 7\n"),
        ("  parallelTrialCount: 2\n", "  resumePolicy: Always\n"),
        ("maxTrialCount: 6\n  parallelTrialCount: 2\n", "maxTrialCount: 2\n"),
    ),
    "katib-objective": (
        ("    objectiveMetricName: accuracy\n", ""),
        ("accuracy\n", "accuracy\n    additionalMetricNames: [accuracy]\n"),
    ),
    "katib-algorithm": (
        ("algorithmName: random", "algorithmName: cmaes"),
        ("algorithmName: random", "algorithmName: grid"),
        ("random\n", "random\n    algorithmSettings: [{name: sigma, value: '1'}]\n"),
        ("random\n", "random\n    algorithmSettings: [{name: random_state, value: few}]\n"),
    ),
    "katib-search-space": (
        ("parameterType: double", "parameterType: float"),
        ("parameterType: double", "parameterType: categorical"),
        ('max: "0.1"', 'max: "0.001"'),
    ),
    "katib-trial-template": (
        ("${trialParameters.learningRate}", "0.1"),
        ("${trialParameters.learningRate}", "${trialParameters.rate}"),
        ("      kind: Job\n", "      kind: Job\n      metadata: {name: trial}\n"),
        ("    primaryContainerName: train\n", ""),
    ),
    "katib-metrics": (
        ("kind: StdOut\n", "kind: Custom\n"),
        ("kind: StdOut\n", "kind: File\n    source: {fileSystemPath: {path: out.log}}\n"),
    ),
    "ray-clusters": (
        ("minReplicas: 1", "minReplicas: -1"),
        ("name: train\n", "name: 1-train\n"),
        ("rayStartParams: {}\n      template", "rayStartParams: {labels: a}\n      template"),
    ),
    "ray-jobs": (
        ("  entrypoint: python train.py\n", ""),
        ("shutdownAfterJobFinishes: true", "suspend: true"),
        ("  entrypoint", "  backoffLimit: -1\n  entrypoint"),
    ),
    "ray-services": (
        ("name: app\n", "name: app\n        route_prefix: app\n"),
        ("applications:", "deployments:"),
    ),
    "kserve-components": (
        (_MODEL, ""),
        ("        name: sklearn\n", "        version: '1'\n"),
        ("      modelFormat:\n        name: sklearn\n", "      protocolVersion: v2\n"),
        ("    model:\n", "    model:\n      name: other\n"),
    ),
    "kserve-scaling": (
        ("minReplicas: 1", "canaryTrafficPercent: 101"),
        ("minReplicas: 1", "minReplicas: -1"),
    ),
    "kserve-graphs": (
        ("root:", "first:"),
        ("- serviceName: new", "- serviceName: new\n          nodeName: root"),
        ("          weight: 20\n", ""),
    ),
    "kubeflow-replicas": (
        ("Master:", "Chief:"),
        ("name: pytorch", "name: train"),
    ),
    "kueue-quotas": (
        ("[cpu, memory]", "[memory, cpu]"),
        ("nominalQuota: 4\n", "nominalQuota: 4\n              borrowingLimit: 1\n"),
    ),
    "seldon-graphs": (
        ("        implementation: SKLEARN_SERVER\n        modelUri: gs://models/iris\n", ""),
    ),
    "volcano-tasks": (
        ("replicas: 2", "replicas: 1"),
        *(("  tasks:", f"  policies: [{policies}]\n  tasks:") for policies in (
            "{event: PodFailed, action: RestartJob}, {event: PodFailed, action: AbortJob}",
            "{event: PodFailed, action: Restart}",
            "{event: PodRunning, action: AbortJob}",
            "{event: PodFailed, exitCode: 1, action: AbortJob}",
            "{exitCode: 0, action: AbortJob}",
            "{exitCode: 3, action: AbortJob}, {exitCode: 3, action: RestartJob}",
            "{event: '*', action: AbortJob}, {event: PodFailed, action: AbortJob}",
            "{action: AbortJob}",
        )),
    ),
    "prometheus-rules": (("alert: Down", "record: down"),),
    "monitored-endpoints": (
        ("    - port: http\n", "    - port: http\n      relabelings: [{action: hashmod}]\n"),
        ("    - port: http\n", "    - port: http\n      metricRelabelings: "
         "[{targetLabel: a, regex: '('}]\n"),
    ),
    "keda-scaling": (
        ("        threshold: \"10\"\n", ""),
        ("minReplicaCount: 1", "idleReplicaCount: 1"),
    ),
    "certificates": (
        ("  dnsNames", "  duration: 24h\n  renewBefore: 48h\n  dnsNames"),
        ("  dnsNames", "  privateKey: {algorithm: RSA, size: 1024}\n  dnsNames"),
        ("kind: ClusterIssuer", "kind: Issuers"),
    ),
    "rollout-strategies": (
        ("- setWeight: 20", "- setWeight: 20\n          pause: {}"),
        ("        app: web\n    spec:", "        app: other\n    spec:"),
    ),
    "istio-routes": (
        ("            subset: v1\n", "            subset: v1\n          weight: 0\n"
         "        - destination:\n            host: web\n          weight: 0\n"),
    ),
}  # fmt: skip
#: The same for changes after which the text is as good as before.
ACCEPTED: dict[str, tuple[tuple[str, str], ...]] = {
    "katib-algorithm": (
        ("algorithmName: random", "algorithmName: tpe"),
        ("random\n", "random\n    algorithmSettings: [{name: random_state, value: '1'}]\n"),
    ),
    "katib-trial-template": (("reference: rate", 'reference: "${trialSpec.Name}"'),),
    "ray-jobs": (
        ("shutdownAfterJobFinishes: true", "shutdownAfterJobFinishes: true\n  suspend: true"),
    ),
    "kserve-components": (
        ("    model:\n", "    containers: [{name: side, image: x}]\n    model:\n"),
        ("      modelFormat:\n        name: sklearn\n", "      runtime: kserve-huggingface\n"),
        ("    model:\n", "    workerSpec: {containers: [{name: worker-container}]}\n    model:\n"),
    ),
    "kserve-scaling": (("minReplicas: 1", "minReplicas: 0"),),
    "kueue-references": (("name: team\n---", "name: team\nspec:\n  namespaceSelector: {}\n---"),),
    "referred-resources": (("kind: ClusterIssuer\n", "kind: ClusterIssuer\n"),),
    "volcano-tasks": (
        ("  tasks:", "  policies: [{events: [PodFailed, PodEvicted], action: RestartJob}, "
         "{exitCode: 3, action: AbortJob}]\n  tasks:"),
    ),
    "monitored-endpoints": (
        ("    - port: http\n", "    - port: http\n      metricRelabelings: [{sourceLabels: "
         f"[__name__], action: drop, regex: '({'etcd_requests|' * 200}a)'}}]\n"),
    ),
    "prometheus-rules": (("      rules:", "      partial_response_strategy: warn\n      rules:"),),
}  # fmt: skip


def _cases(table: dict[str, tuple[tuple[str, str], ...]]) -> list[tuple[str, str, str]]:
    return [(rule, *change) for rule, changes in table.items() for change in changes]


@pytest.mark.parametrize(("rule", "old", "new"), _cases(REJECTED))
def test_rejected(rule: str, old: str, new: str, found: Found) -> None:
    assert old in GOOD[rule]
    wrong = found(GOOD[rule].replace(old, new, 1))
    assert rule in {name for name, line in wrong if line > 0}


@pytest.mark.parametrize(("rule", "old", "new"), _cases(ACCEPTED))
def test_accepted(rule: str, old: str, new: str, found: Found) -> None:
    assert old in GOOD[rule]
    assert found(GOOD[rule].replace(old, new, 1)) == set()


def test_library_is_undecided_without_definitions(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("kubernetes_validate")
    monkeypatch.delenv("IAC_GYM_CRDS", raising=False)
    opinion = ask_library({"manifest.yaml": _RAY_JOB})
    assert opinion.valid is None
    assert "IAC_GYM_CRDS" in opinion.reason


def _plugin(url: str) -> str:
    kind = "apiVersion: extensions.istio.io/v1alpha1\nkind: WasmPlugin\n"
    return f"{kind}metadata:\n  name: auth\nspec:\n  url: '{url}'\n"


@pytest.mark.parametrize("url", ["oci://ghcr.io/a/b:1", "https://a.io/b.wasm", "ghcr.io/a/b:v1"])
def test_wasm_plugin_is_fetched(url: str, found: Found) -> None:
    assert found(_plugin(url)) == set()


@pytest.mark.parametrize("url", ["fake://a.io", "s3://a/b", "#%blah$#@", "oci://a b"])
def test_wasm_plugin_cannot_be_fetched(url: str, found: Found) -> None:
    assert ("istio-routes", 6) in found(_plugin(url))


_RUNTIME = """apiVersion: serving.kserve.io/v1alpha1
kind: ServingRuntime
metadata:
  name: many
spec:
  supportedModelFormats: [{name: sklearn}]
  multiModel: true
  containers: []
"""


def test_runtime_of_many_models_gets_its_containers_from_modelmesh(found: Found) -> None:
    assert found(_RUNTIME) == set()
    one = found(_RUNTIME.replace("multiModel: true", "multiModel: false"))
    assert "at-least-one-container" in {rule for rule, _ in one}


_ROUTE = """apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: web
spec:
  rules:
    - retry: {codes: [503], attempts: 2}
      filters:
        - type: ResponseHeaderModifier
          responseHeaderModifier:
            add: [{name: X-Test, value: "a b"}]
"""


def test_experimental_channel_of_the_gateway_api(found: Found) -> None:
    assert found(_ROUTE) == set()
    assert found(_ROUTE.replace("a b", "a\\nb")) == {("values-in-bounds", 11)}
