"""What the definitions of custom resources say of values beside their types."""

from __future__ import annotations

from collections.abc import Iterable

from iac_gym.check import rule
from iac_gym.languages.custom_resources.model import CustomManifest
from iac_gym.languages.kubernetes.schema import Sort
from iac_gym.verdict import Finding, Stage


def _of(manifest: CustomManifest, sort: Sort) -> Iterable[Finding]:
    problems = manifest.problems
    return [problem.finding for problem in problems if problem.sort == sort] if problems else ()


@rule(Stage.SCHEMA)
def values_in_bounds(manifest: CustomManifest) -> Iterable[Finding]:
    """Values match the patterns, bounds and combinations that their definition states.

    Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation
    Bad::

        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata:
          name: web
        spec:
          selector:
            matchLabels:
              app: web
          endpoints:
            - port: http
              interval: 30 seconds

    Good::

        apiVersion: monitoring.coreos.com/v1
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
    return _of(manifest, "limit")


@rule(Stage.SCHEMA)
def distinct_list_keys(manifest: CustomManifest) -> Iterable[Finding]:
    """Items of a list that is keyed by some of their fields differ in them.

    Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
    Bad::

        apiVersion: kueue.x-k8s.io/v1beta1
        kind: ClusterQueue
        metadata:
          name: team
        spec:
          resourceGroups:
            - coveredResources: [cpu]
              flavors:
                - name: default
                  resources:
                    - name: cpu
                      nominalQuota: 4
                    - name: cpu
                      nominalQuota: 8

    Good::

        apiVersion: kueue.x-k8s.io/v1beta1
        kind: ClusterQueue
        metadata:
          name: team
        spec:
          resourceGroups:
            - coveredResources: [cpu]
              flavors:
                - name: default
                  resources:
                    - name: cpu
                      nominalQuota: 4
    """
    return _of(manifest, "repeated")


@rule(Stage.SCHEMA)
def validation_rules(manifest: CustomManifest) -> Iterable[Finding]:
    """Values satisfy the rules in CEL that their definition states.

    Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
    Bad::

        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata:
          name: web
        spec:
          rules:
            - filters:
                - type: RequestRedirect

    Good::

        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata:
          name: web
        spec:
          rules:
            - filters:
                - type: RequestRedirect
                  requestRedirect:
                    scheme: https
    """
    return _of(manifest, "cel")


@rule(Stage.NOTICE)
def foreign_kinds(manifest: CustomManifest) -> Iterable[Finding]:
    """Kinds of operators whose definitions are not at hand are not judged.

    Source: https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/custom-resources/
    Bad::

        apiVersion: argoproj.io/v1alpha1
        kind: EventSource
        metadata:
          name: pushes
        spec:
          webhook:
            push:
              port: "12000"

    Good::

        apiVersion: kueue.x-k8s.io/v1beta1
        kind: ResourceFlavor
        metadata:
          name: gpu
        spec:
          nodeLabels:
            accelerator: a100
    """
    return manifest.faults.get("foreign-kinds", ())


IN_ORDER = (values_in_bounds, distinct_list_keys, validation_rules, foreign_kinds)
