# ruff: noqa: E501
"""Requirements about hosts, routes, monitors, rights and folders, in a chart in flow style."""

from __future__ import annotations

import pytest

from tests.envs.helm.cases import Case, faults, judge
from tests.envs.helm.charts import FRONT

_HOSTS = "range $host := .Values.ingress.hosts"
_KIND = "Deployment"

CASES = (
    Case("ingress-of-hosts", {"chart": "front"},
         [(_HOSTS, "range $host := list (first .Values.ingress.hosts)"),
          ("- host: {{ $host }}", "- host: front.local"), ("port: {name: http}", "port: {number: 8080}"), ("port: {name: http}", "port: {number: 80}"),
          (_HOSTS, "range $host := append .Values.ingress.hosts `more.example.com`")],
         [("port: {name: http}", "port: {number: {{ $.Values.service.port }}}")]),
    Case("tls-of-hosts", {"chart": "front"},
         [("secretName: {{ $.Values.ingress.tlsSecret }}", "secretName: tls"),
          ("{{- if .Values.ingress.tlsSecret }}", "{{- if true }}"),
          ("- {hosts: [{{ . }}], ", "- {hosts: [front.local], ")]),
    Case("ingress-annotated", {"chart": "front"},
         [("{{ toJson .Values.ingress.annotations }}", "{}"),
          ("annotations: {{ toJson .Values.ingress.annotations }}", "annotations: {a: b}")]),
    Case("switched-value-sets",
         {"switch": "ingress.enabled", "value": "ingress.className", "default": "nginx",
          "kind": "Ingress", "field": "spec.ingressClassName", "other": "traefik"},
         [("{{ .Values.ingress.className }}", "nginx"), ("className: nginx", "className: haproxy")]),
    Case("monitor-scrapes", {"chart": "front", "path": "/stats"},
         [("path: /stats", "path: /metrics"), ("[{port: http, path", "[{port: web, path"),
          ("  endpoints:", "  namespaceSelector: {matchNames: [other]}\n  endpoints:"),
          ('  selector: {matchLabels: {{ template "labels" . }}}\n  endpoints',
           "  selector: {matchLabels: {app: x}}\n  endpoints"),
          (', labels: {{ template "labels" . }}}', "}")],
         [("[{port: http, path", "[{targetPort: web, path")]),
    Case("monitor-labels", {"chart": "front"},
         [("{{ toJson .Values.serviceMonitor.labels }}", "{}"),
          ("labels: {{ toJson .Values.serviceMonitor.labels }}",
           "annotations: {{ toJson .Values.serviceMonitor.labels }}")]),
    Case("route-attaches", {"chart": "front", "gateway": "edge-gateway"},
         [("{{ .Values.gateway.name }}", "edge-gateway"), ("name: edge-gateway", "name: other"),
          ("parentRefs: [{", "parentRefs: [{kind: Service, ")],
         [("parentRefs: [{", "parentRefs: [{kind: Gateway, group: gateway.networking.k8s.io, ")]),
    Case("route-leads", {"chart": "front"},
         [("{{ toJson .Values.gateway.hosts }}", "[front.local]"),
          ("port: {{ .Values.service.port }}}]}]", "port: 8080}]}]"),
          ("port: {{ .Values.service.port }}}]}]", "port: 80}]}]"),
          ("backendRefs: [{name: {{ .Release.Name }}", "backendRefs: [{name: other")]),
    Case("service-account", {"chart": "front", "kind": _KIND},
         [("serviceAccountName: {{", "serviceAccount2: {{"),
          ('serviceAccountName: {{ template "account" . }}', "serviceAccountName: default"),
          ("{{- if .Values.serviceAccount.create }}", "{{- if .Values.rbac.create }}")]),
    Case("account-may", {"kind": _KIND, "verbs": ["get", "watch"], "resource": "pods"},
         [("verbs: [get, watch]", "verbs: [get, watch, list]"), ("verbs: [get, watch]", "verbs: [get]"),
          ("resources: [pods]", "resources: [pods, secrets]"), ('apiGroups: [""]', "apiGroups: [apps]"),
          ("kind: Role, name: {{ .Release.Name }}", "kind: Role, name: x"),
          ("{{- if .Values.rbac.create }}", "{{- if true }}"),
          ('name: {{ template "account" . }}, namespace', "name: x, namespace"),
          ("kind: ServiceAccount\nmetadata", "kind: ConfigMap\nmetadata"),
          ("namespace: {{ .Release.Namespace }}}", "namespace: other}")],
         [("verbs: [get, watch]", "verbs: [watch, get]")]),
    Case("persists", {"kind": _KIND, "path": "/data", "size": "8Gi"},
         [("{{ .Values.persistence.size }}", "8Gi"), ("emptyDir: {}", "hostPath: {path: /x}"),
          ("-data}\nspec", "-disk}\nspec"), ("mountPath: /data", "mountPath: /datas"),
          ("\n---\napiVersion: v1\nkind: PersistentVolumeClaim", "\n{{ end }}{{ if true }}\n---\n"
           "apiVersion: v1\nkind: PersistentVolumeClaim")]),
    Case("scratch-folder", {"chart": "front", "kind": _KIND, "path": "/tmp", "size": "100Mi"},
         [("sizeLimit: {{ .Values.scratch.size }}", "sizeLimit: 100Mi"), ("size: 100Mi", "size: 10Mi"),
          ("mountPath: /tmp", "mountPath: /temp")]),
    Case("host-folder", {"source": "/var/log", "path": "/host/log", "kind": _KIND},
         [("readOnly: true", "readOnly: false"), ("path: /var/log", "path: /var"),
          ("mountPath: /host/log", "mountPath: /log")]),
    Case("runs-command", {"kind": _KIND, "command": "bin/serve --fast"},
         [("[bin/serve, --fast]", "[bin/serve]"), ("command: [bin/serve, --fast]", "workingDir: /bin")],
         [("command: [bin/serve, --fast]", "command: [bin/serve]\n          args: [--fast]"),
          ("[bin/serve, --fast]", "[sh, -c, exec bin/serve --fast]")]),
    Case("hook-runs", {"command": "./migrate up", "event": "upgrade"},
         [("pre-install,pre-upgrade", "pre-install,post-upgrade"), ("hook-succeeded", "hook-failed"),
          ("./migrate up", "./migrate up || true"), ("kind: Job", "kind: Pod"),
          ('helm.sh/hook: "pre', 'helm.sh/hooks: "pre'), ("./migrate up", "echo ./migrate up")],
         [("[/bin/sh, -c, ./migrate up]", "[./migrate, up]"), ("hook-succeeded}",
                                                               '"before-hook-creation, hook-succeeded"}')]),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_front(case: Case) -> None:
    judge(FRONT, case)


def test_chart_is_valid() -> None:
    assert faults(FRONT) == []
