"""Families of charts about reaching an application: hosts, routes, policies, monitors."""

from __future__ import annotations

from envs.helm import choices
from envs.helm.families import parts, switches, whole
from envs.helm.families.chart_recipe import Chart, Extra, about
from envs.helm.requirements import ingresses, services, values
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.words import FIRST

_RULE = """\
    - host: {{ . | quote }}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: {{ include "@.fullname" $ }}
                port:
                  number: {{ $.Values.service.port }}
"""


def _hosts(made: Chart) -> None:
    """Add an Ingress for a list of hosts; three requirements and more."""
    draw = made.draw
    made.set("ingress.enabled", False)
    made.set("ingress.hosts", [f"{made.name}.local"])
    kind, other = draw.choice(
        "class",
        (
            ("nginx", "traefik"),
            ("traefik", "haproxy"),
            ("haproxy", "contour"),
            ("contour", "nginx"),
        ),
    )
    made.set("ingress.className", kind)
    head = made.head("networking.k8s.io/v1", "Ingress")
    lines = "spec:\n  ingressClassName: {{ .Values.ingress.className }}\n"
    made.ask(
        values.rendered_if(chart=made.name, kind="Ingress", value="ingress.enabled"),
        ingresses.ingress_of_hosts(chart=made.name),
        values.switched_value_sets(
            switch="ingress.enabled",
            value="ingress.className",
            default=kind,
            kind="Ingress",
            field="spec.ingressClassName",
            other=other,
        ),
    )
    if draw.chance("tls", 0.5):
        made.set("ingress.tlsSecret", "")
        lines += (
            "  {{- with .Values.ingress.tlsSecret }}\n  tls:\n    - secretName: {{ . }}\n"
            "      hosts:\n        {{- toYaml $.Values.ingress.hosts | nindent 8 }}\n  {{- end }}\n"
        )
        made.ask(ingresses.tls_of_hosts(chart=made.name))
    if draw.chance("annotated", 0.5):
        made.set("ingress.annotations", {})
        head += (
            "  {{- with .Values.ingress.annotations }}\n  annotations:\n"
            "    {{- toYaml . | nindent 4 }}\n  {{- end }}\n"
        )
        made.ask(ingresses.ingress_annotated(chart=made.name))
    rules = "  rules:\n    {{- range .Values.ingress.hosts }}\n" + _RULE.replace("@", made.name)
    made.add("ingress", head + lines + rules + "    {{- end }}\n", "ingress.enabled")


@family("helm", levels=(3, 4, 5))
def hosts_chart(draw: Draw) -> Draft:
    """A web application with many host names."""
    made = Chart(draw)
    parts.image(made)
    port = parts.service(made)
    _hosts(made)
    made.grow(
        [
            parts.probes(port),
            whole.test_pod(),
            parts.taken_over(0),
            parts.service_type(),
            switches.account(),
            parts.taken_over(1),
            whole.notes(),
            *about(),
        ]
    )
    return made.draft(
        f"Write a Helm chart for {made.name}, a Deployment that is reached by several host names",
        f"{made.name} answers for several hosts; write its Helm chart (a Deployment)",
    )


@family("helm", levels=(2, 3, 4))
def isolated_chart(draw: Draw) -> Draft:
    """An application that only some pods may reach."""
    made = Chart(draw)
    parts.image(made)
    port = parts.service(made)
    made.set("networkPolicy.enabled", True)
    made.set("networkPolicy.clients", {"access": made.name})
    made.add(
        "networkpolicy",
        made.head("networking.k8s.io/v1", "NetworkPolicy")
        + (
            f"spec:\n  podSelector:\n    matchLabels:\n      {made.selector(6)}\n"
            "  policyTypes: [Ingress]\n  ingress:\n    - from:\n        - podSelector:\n"
            "            matchLabels:\n"
            "              {{- toYaml .Values.networkPolicy.clients | nindent 14 }}\n"
            f"      ports:\n        - port: {port}\n"
        ),
        "networkPolicy.enabled",
    )
    made.ask(
        values.rendered_unless(
            chart=made.name, kind="NetworkPolicy", value="networkPolicy.enabled"
        ),
        services.network_policy(chart=made.name, port=port),
    )
    made.grow(
        [
            parts.probes(port),
            parts.taken_over(0),
            whole.secret(),
            switches.budget(),
            parts.taken_over(1),
            parts.pull_policy(),
            *about(),
        ]
    )
    return made.draft(
        f"Write a Helm chart for {made.name}, a Deployment that only its clients may reach",
        f"{made.name} must be closed to all but its clients; write its Helm chart (a Deployment)",
    )


@family("helm", levels=(3, 4, 5))
def monitored_chart(draw: Draw) -> Draft:
    """An application that the Prometheus operator watches."""
    made = Chart(draw)
    parts.image(made)
    port = parts.service(made)
    path = draw.choice(
        "metrics",
        ("/metrics", "/actuator/prometheus", "/stats/prometheus", "/internal/metrics", "/varz"),
    )
    interval, other = draw.choice(
        "interval", (("30s", "90s"), ("15s", "60s"), ("60s", "45s"), ("20s", "40s"))
    )
    made.set("serviceMonitor.enabled", False)
    made.set("serviceMonitor.interval", interval)
    head = made.head("monitoring.coreos.com/v1", "ServiceMonitor")
    made.ask(
        values.rendered_if(chart=made.name, kind="ServiceMonitor", value="serviceMonitor.enabled"),
        services.monitor_scrapes(chart=made.name, path=path),
        values.switched_value_sets(
            switch="serviceMonitor.enabled",
            value="serviceMonitor.interval",
            default=interval,
            kind="ServiceMonitor",
            field="spec.endpoints[0].interval",
            other=other,
        ),
    )

    def labels(made: Chart) -> None:
        nonlocal head
        made.set("serviceMonitor.labels", {})
        head += (
            "    {{- with .Values.serviceMonitor.labels }}\n    {{- toYaml . | nindent 4 }}\n"
            "    {{- end }}\n"
        )
        made.ask(services.monitor_labels(chart=made.name))

    made.grow(
        [
            Extra("monitor labels", 1, labels),
            parts.probes(port),
            parts.taken_over(0),
            parts.environment(),
            switches.autoscaling(),
            parts.taken_over(1),
            switches.account(),
            *about(),
        ]
    )
    made.add(
        "servicemonitor",
        head
        + (
            f"spec:\n  selector:\n    matchLabels:\n      {made.selector(6)}\n  endpoints:\n"
            f"    - port: http\n      path: {path}\n"
            "      interval: {{ .Values.serviceMonitor.interval }}\n"
        ),
        "serviceMonitor.enabled",
    )
    return made.draft(
        f"Write a Helm chart for {made.name}, a Deployment that Prometheus scrapes",
        f"{made.name} offers metrics for the Prometheus operator; write its Helm chart (a "
        "Deployment)",
    )


@family("helm", levels=(3, 4), held_out=True)
def route_chart(draw: Draw) -> Draft:
    """An application behind a Gateway."""
    made = Chart(draw)
    parts.image(made)
    port = parts.service(made)
    gateway = f"{draw.choice('gateway', FIRST)}-gateway"
    made.set("gateway.enabled", False)
    made.set("gateway.name", gateway)
    made.set("gateway.hosts", [draw.phrase("host", choices.HOSTS)])
    made.add(
        "httproute",
        made.head("gateway.networking.k8s.io/v1", "HTTPRoute")
        + (
            "spec:\n  parentRefs:\n    - name: {{ .Values.gateway.name }}\n  hostnames:\n"
            "    {{- toYaml .Values.gateway.hosts | nindent 4 }}\n  rules:\n    - backendRefs:\n"
            f"        - name: {made.full}\n          port: {{{{ .Values.service.port }}}}\n"
        ),
        "gateway.enabled",
    )
    made.ask(
        values.rendered_if(chart=made.name, kind="HTTPRoute", value="gateway.enabled"),
        services.route_attaches(chart=made.name, gateway=gateway),
        services.route_leads(chart=made.name),
    )
    made.grow(
        [
            parts.probes(port),
            parts.taken_over(0),
            parts.service_type(),
            parts.pull_policy(),
            *about(),
        ]
    )
    return made.draft(
        f"Write a Helm chart for {made.name}, a Deployment with an HTTPRoute (Gateway API)",
        f"{made.name} is reached through a Gateway; write its Helm chart (a Deployment and an "
        "HTTPRoute)",
    )
