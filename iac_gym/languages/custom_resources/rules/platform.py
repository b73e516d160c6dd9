"""What the operators of monitoring, scaling, certificates and delivery refuse."""

from __future__ import annotations

from collections.abc import Iterable

from iac_gym.check import rule
from iac_gym.languages.custom_resources.model import CustomManifest
from iac_gym.verdict import Finding, Stage


@rule(Stage.SEMANTICS)
def prometheus_rules(manifest: CustomManifest) -> Iterable[Finding]:
    """Groups of rules are what Prometheus would load.

    Source: https://prometheus-operator.dev/docs/developer/alerting/
    Bad::

        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata:
          name: web
        spec:
          groups:
            - name: web
              rules:
                - alert: Down
                  expr: up == = 0
                  for: 5m

    Good::

        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata:
          name: web
        spec:
          groups:
            - name: web
              rules:
                - alert: Down
                  expr: up == 0
                  for: 5m
    """
    return manifest.faults.get("prometheus-rules", ())


@rule(Stage.SEMANTICS)
def monitored_endpoints(manifest: CustomManifest) -> Iterable[Finding]:
    """Endpoints are scraped with times and relabeling steps that fit.

    Source: https://prometheus-operator.dev/docs/api-reference/api/
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
              interval: 30s
              scrapeTimeout: 40s

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
              scrapeTimeout: 10s
    """
    return manifest.faults.get("monitored-endpoints", ())


@rule(Stage.REFERENCES)
def alertmanager_routes(manifest: CustomManifest) -> Iterable[Finding]:
    """Routes lead to receivers and time intervals of the same object.

    Source: https://prometheus-operator.dev/docs/developer/alerting/
    Bad::

        apiVersion: monitoring.coreos.com/v1alpha1
        kind: AlertmanagerConfig
        metadata:
          name: team
        spec:
          route:
            receiver: other
          receivers:
            - name: team

    Good::

        apiVersion: monitoring.coreos.com/v1alpha1
        kind: AlertmanagerConfig
        metadata:
          name: team
        spec:
          route:
            receiver: team
          receivers:
            - name: team
    """
    return manifest.faults.get("alertmanager-routes", ())


@rule(Stage.SEMANTICS)
def keda_scaling(manifest: CustomManifest) -> Iterable[Finding]:
    """Scaled objects have bounds that fit and triggers that can be read.

    Source: https://keda.sh/docs/latest/reference/scaledobject-spec/
    Bad::

        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata:
          name: worker
        spec:
          scaleTargetRef:
            name: worker
          minReplicaCount: 8
          maxReplicaCount: 5
          triggers:
            - type: prometheus
              metadata:
                serverAddress: http://prometheus:9090
                query: sum(rate(jobs_total[2m]))
                threshold: "10"

    Good::

        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata:
          name: worker
        spec:
          scaleTargetRef:
            name: worker
          minReplicaCount: 1
          maxReplicaCount: 5
          triggers:
            - type: prometheus
              metadata:
                serverAddress: http://prometheus:9090
                query: sum(rate(jobs_total[2m]))
                threshold: "10"
    """
    return manifest.faults.get("keda-scaling", ())


@rule(Stage.SEMANTICS)
def certificates(manifest: CustomManifest) -> Iterable[Finding]:
    """Certificates are for some name, and issuers are of one sort.

    Source: https://cert-manager.io/docs/usage/certificate/
    Bad::

        apiVersion: cert-manager.io/v1
        kind: Certificate
        metadata:
          name: web
        spec:
          secretName: web-tls
          issuerRef:
            name: letsencrypt
            kind: ClusterIssuer

    Good::

        apiVersion: cert-manager.io/v1
        kind: Certificate
        metadata:
          name: web
        spec:
          secretName: web-tls
          dnsNames: [web.example.com]
          issuerRef:
            name: letsencrypt
            kind: ClusterIssuer
    """
    return manifest.faults.get("certificates", ())


@rule(Stage.REFERENCES)
def referred_resources(manifest: CustomManifest) -> Iterable[Finding]:
    """What is referred to is in the manifest, where it has any of the kind.

    Source: https://cert-manager.io/docs/configuration/
    Bad::

        apiVersion: cert-manager.io/v1
        kind: ClusterIssuer
        metadata:
          name: internal
        spec:
          selfSigned: {}
        ---
        apiVersion: cert-manager.io/v1
        kind: Certificate
        metadata:
          name: web
        spec:
          secretName: web-tls
          dnsNames: [web.example.com]
          issuerRef:
            name: letsencrypt
            kind: ClusterIssuer

    Good::

        apiVersion: cert-manager.io/v1
        kind: ClusterIssuer
        metadata:
          name: letsencrypt
        spec:
          selfSigned: {}
        ---
        apiVersion: cert-manager.io/v1
        kind: Certificate
        metadata:
          name: web
        spec:
          secretName: web-tls
          dnsNames: [web.example.com]
          issuerRef:
            name: letsencrypt
            kind: ClusterIssuer
    """
    return manifest.faults.get("referred-resources", ())


@rule(Stage.SEMANTICS)
def argo_cd_applications(manifest: CustomManifest) -> Iterable[Finding]:
    """Applications have a source and one destination.

    Source: https://argo-cd.readthedocs.io/en/stable/user-guide/application-specification/
    Bad::

        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata:
          name: web
        spec:
          project: default
          destination:
            namespace: web
            server: https://kubernetes.default.svc
            name: in-cluster
          source:
            repoURL: https://example.com/web.git
            path: deploy

    Good::

        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata:
          name: web
        spec:
          project: default
          destination:
            namespace: web
            server: https://kubernetes.default.svc
          source:
            repoURL: https://example.com/web.git
            path: deploy
    """
    return manifest.faults.get("argo-cd-applications", ())


@rule(Stage.SEMANTICS)
def rollout_strategies(manifest: CustomManifest) -> Iterable[Finding]:
    """Rollouts have one strategy, steps of one action, and a selector that fits.

    Source: https://argo-rollouts.readthedocs.io/en/stable/features/specification/
    Bad::

        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata:
          name: web
        spec:
          selector:
            matchLabels:
              app: web
          template:
            metadata:
              labels:
                app: web
            spec:
              containers:
                - name: web
                  image: nginx:1.27
          strategy:
            canary:
              steps:
                - setWeight: 120

    Good::

        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata:
          name: web
        spec:
          selector:
            matchLabels:
              app: web
          template:
            metadata:
              labels:
                app: web
            spec:
              containers:
                - name: web
                  image: nginx:1.27
          strategy:
            canary:
              steps:
                - setWeight: 20
    """
    return manifest.faults.get("rollout-strategies", ())


@rule(Stage.REFERENCES)
def istio_routes(manifest: CustomManifest) -> Iterable[Finding]:
    """Routes lead to subsets that exist, with weights.

    Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/
    Bad::

        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata:
          name: web
        spec:
          hosts: [web]
          http:
            - route:
                - destination:
                    host: web
                    subset: v2
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata:
          name: web
        spec:
          host: web
          subsets:
            - name: v1
              labels:
                version: v1

    Good::

        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata:
          name: web
        spec:
          hosts: [web]
          http:
            - route:
                - destination:
                    host: web
                    subset: v1
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata:
          name: web
        spec:
          host: web
          subsets:
            - name: v1
              labels:
                version: v1
    """
    return manifest.faults.get("istio-routes", ())


IN_ORDER = (
    prometheus_rules,
    monitored_endpoints,
    alertmanager_routes,
    keda_scaling,
    certificates,
    referred_resources,
    argo_cd_applications,
    rollout_strategies,
    istio_routes,
)
