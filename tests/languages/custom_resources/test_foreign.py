"""Kinds of operators without a definition here are noted; what looks like a mistake is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from iac_gym.languages.custom_resources import LANGUAGE
from iac_gym.verdict import Stage
from iac_gym.verifier import check_files

Found = Callable[[str], set[tuple[str, int]]]

FOREIGN = (
    ("karpenter.sh/v1", "NodePool"),
    ("eventing.knative.dev/v1", "Trigger"),
    ("monitoring.googleapis.com/v1", "PodMonitoring"),
    ("argoproj.io/v1alpha1", "EventSource"),
    ("serving.kserve.io/v1alpha1", "Predictor"),
    ("appmesh.k8s.aws/v1beta2", "VirtualService"),
    ("cluster.x-k8s.io/v1beta1", "Cluster"),
    ("acm.services.k8s.aws/v1alpha1", "Certificate"),
)
MISTAKEN = (
    ("argoproj.io/v1alpha1", "Workflows"),
    ("argo.io/v1alpha1", "Workflow"),
    ("monitoring.coreos.io/v1", "ServiceMonitor"),
    ("monitoring.prometheus.io/v1", "ServiceMonitor"),
    ("kserve.io/v1beta1", "InferenceService"),
    ("keda.io/v1alpha1", "ScaledObject"),
    ("keda.sh/v2", "ScaledObject"),
    ("kueue.k8s.io/v1beta1", "ClusterQueue"),
    ("certmanager.io/v1", "Certificate"),
    ("rayproject.org/v1", "RayCluster"),
    ("networking.k8s.io/v1", "Gateway"),
    ("apps/v1", "NodePool"),
    ("v1", "NodePool"),
    ("karpenter.sh/one", "NodePool"),
    ("karpenter.sh/v1", "nodepool"),
    ("kustomize.config.k8s.io/v1beta1", "Kustomization"),
    ("a" * 60_000 + ".sh/v1", "NodePool"),
)


def _text(api_version: str, kind: str) -> str:
    return f"apiVersion: {api_version}\nkind: {kind}\nmetadata:\n  name: a\nspec: {{any: 1}}\n"


@pytest.mark.parametrize(("api_version", "kind"), FOREIGN)
def test_foreign_kind_is_noted_and_not_refused(api_version: str, kind: str, found: Found) -> None:
    text = _text(api_version, kind)
    assert found(text) == set()
    verdict = check_files({LANGUAGE.path: text}, {LANGUAGE.path: LANGUAGE.name})
    noted = [(d.rule, d.finding.line) for d in verdict.diagnostics if d.stage is Stage.NOTICE]
    assert noted == [("foreign-kinds", 2)]


@pytest.mark.parametrize(("api_version", "kind"), MISTAKEN)
def test_mistaken_kind_is_refused(api_version: str, kind: str, found: Found) -> None:
    assert "known-kind" in {rule for rule, _ in found(_text(api_version, kind))}


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("  name: a\n", "  name: a\n  label: {}\n", "known-fields"),
        ("  name: a\n", "  labels: {a: b}\n", "named-objects"),
        ("metadata:\n  name: a\n", "metadata: a\n", "field-types"),
    ],
)
def test_metadata_of_foreign_kinds_is_judged(old: str, new: str, rule: str, found: Found) -> None:
    text = _text("karpenter.sh/v1", "NodePool")
    assert rule in {name for name, _ in found(text.replace(old, new))}


def test_language_kubernetes_refuses_them_as_ever() -> None:
    text = _text("karpenter.sh/v1", "NodePool")
    verdict = check_files({"manifest.yaml": text}, {"manifest.yaml": "kubernetes"})
    assert "known-kind" in {d.rule for d in verdict.diagnostics}
