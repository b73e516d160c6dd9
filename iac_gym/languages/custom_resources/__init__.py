"""Kubernetes manifests with the custom resources of widely used operators."""

from __future__ import annotations

import re
from dataclasses import replace

from iac_gym.check import Rule
from iac_gym.language import Language
from iac_gym.languages.custom_resources.model import CustomManifest
from iac_gym.languages.custom_resources.parse import parse
from iac_gym.languages.custom_resources.rules import IN_ORDER
from iac_gym.languages.kubernetes.rules import IN_ORDER as BUILT_IN
from iac_gym.languages.kubernetes.rules.schema import IN_ORDER as BUILT_IN_SCHEMA
from iac_gym.languages.kubernetes.selection import chooser
from iac_gym.verdict import Stage


def _with_workflows(rule: Rule) -> Rule:
    """Let a rule about the safety of pods look at those of Argo's templates, too."""
    return replace(rule, check=lambda manifest: rule.check(manifest.for_security))


_VALIDITY = tuple(rule for rule in BUILT_IN if rule.stage is not Stage.SECURITY)
_SECURITY = tuple(_with_workflows(rule) for rule in BUILT_IN if rule.stage is Stage.SECURITY)

RULES: tuple[Rule, ...] = (
    *BUILT_IN_SCHEMA,
    *IN_ORDER,
    *(rule for rule in _VALIDITY if rule not in BUILT_IN_SCHEMA),
    *_SECURITY,
)

_VALIDITY_RULES = chooser(_VALIDITY)
_SECURITY_RULES = chooser(_SECURITY)
_FIRST = len(BUILT_IN_SCHEMA)  # they always run
_SORTS = {
    "limit": "values-in-bounds",
    "repeated": "distinct-list-keys",
    "cel": "validation-rules",
}


def _select(manifest: CustomManifest) -> tuple[Rule, ...]:
    """Pick the rules that can find anything: the built-in ones by words, the others by faults."""
    found = _VALIDITY_RULES(manifest)
    names = set(manifest.faults)
    names.update(_SORTS.get(problem.sort, "") for problem in manifest.problems)
    own = tuple(rule for rule in IN_ORDER if rule.name in names) if names else ()
    return (*found[:_FIRST], *own, *found[_FIRST:], *_SECURITY_RULES(manifest.for_security))


#: API groups that no plain manifest has; a file with one of them is in this language.
_GROUPS = (
    "monitoring.coreos.com argoproj.io serving.kserve.io kubeflow.org trainer.kubeflow.org ray.io "
    "machinelearning.seldon.io mlops.seldon.io kueue.x-k8s.io jobset.x-k8s.io nvidia.com "
    "leaderworkerset.x-k8s.io batch.volcano.sh scheduling.volcano.sh keda.sh serving.knative.dev "
    "cert-manager.io gateway.networking.k8s.io networking.istio.io security.istio.io "
    "telemetry.istio.io external-secrets.io traefik.io bitnami.com autoscaling.k8s.io "
    "snapshot.storage.k8s.io source.toolkit.fluxcd.io helm.toolkit.fluxcd.io "
    "kustomize.toolkit.fluxcd.io notification.toolkit.fluxcd.io sparkoperator.k8s.io "
    "opentelemetry.io"
).split()

_EITHER = "|".join(map(re.escape, _GROUPS))

LANGUAGE = Language(
    "custom_resources",
    parse,
    RULES,
    tags=("yaml", "yml", "json", "kubernetes", "k8s", "manifest"),
    path="manifest.yaml",
    patterns=("*.yaml", "*.yml", "*.json"),
    content=rf"""(?m)^\s*["']?apiVersion["']?\s*:\s*["']?(?:{_EITHER})/""",
    select=_select,
    tiers={"library": "iac_gym.languages.custom_resources.tool:ask_library"},
)
