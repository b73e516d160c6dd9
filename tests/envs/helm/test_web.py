# ruff: noqa: E501
"""Requirements about web applications, in a chart in the style of `helm create`."""

from __future__ import annotations

import pytest

from tests.envs.helm.cases import Case, faults, judge
from tests.envs.helm.charts import web_chart

CHART = web_chart()
_IMAGE = '"{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"'
_FULL = '  name: {{ include "shop-api.fullname" . }}\n'
_PORT = "containerPort: 8080"

CASES = (
    Case("chart-named", {"name": "shop-api"}, [("name: shop-api\ndesc", "name: shop\ndesc")]),
    Case("chart-version", {"version": "0.1.0"}, [("version: 0.1.0", "version: 0.1.1")],
         [("version: 0.1.0", 'version: "0.1.0"')]),
    Case("app-version", {"version": "1.16.0"}, [('"1.16.0"', '"1.16.1"'),
                                                ("appVersion:", "# appVersion:")],
         [('"1.16.0"', "1.16.0")]),
    Case("kube-version", {"range": ">=1.25.0-0"}, [(">=1.25.0-0", ">=1.26.0-0")],
         [(">=1.25.0-0", ">= 1.25.0-0")]),
    Case("maintained", {"name": "Ada Byron", "email": "ada@example.com"},
         [("name: Ada Byron", "name: Ada"), ("email: ada", "email: eda")]),
    Case("keyword", {"word": "web"}, [('["web"]', '["webs"]'), ('["web"]', "[]")]),
    Case("image-from-values",
         {"kind": "Deployment", "image": "ghcr.io/shop/api", "tag": "1.4.2"},
         [(_IMAGE, '"ghcr.io/shop/api:1.4.2"'), (_IMAGE, '"{{ .Values.image.repository }}:1.4.2"'),
          (_IMAGE, '"ghcr.io/shop/api:{{ .Values.image.tag }}"'), ('tag: "1.4.2"', 'tag: "1.4.3"'),
          (f"image: {_IMAGE}", f"image: nginx:1\n          # {_IMAGE}"),
          ('tag: "1.4.2"', 'tag: ""')],
         [(_IMAGE, '{{ printf "%s:%v" .Values.image.repository .Values.image.tag | quote }}'),
          (_IMAGE, "{{ .Values.image.repository }}:{{ .Values.image.tag }}")]),
    Case("value-sets",
         {"value": "replicaCount", "default": 2, "kind": "Deployment", "field": "spec.replicas",
          "other": 6},
         [("replicas: {{ .Values.replicaCount }}", "replicas: 2"), ("replicaCount: 2", "x: 2"),
          ("replicas: {{ .Values.replicaCount }}",
           "{{ if false }}replicas: {{ .Values.replicaCount }}{{ end }}"),
          ("replicas: {{ .Values.replicaCount }}", "# replicas: {{ .Values.replicaCount }}"),
          ("replicas: {{ .Values.replicaCount }}", "replicas: {{ max 2 3 }}")],
         [("replicas: {{ .Values.replicaCount }}", "replicas: {{ int .Values.replicaCount }}"),
          ("replicaCount: 2", 'replicaCount: "2"'),
          ("replicas: {{ .Values.replicaCount }}", "replicas: {{ .Values.replicaCount | default 1 }}"),
          ]),
    Case("value-sets",
         {"value": "service.type", "default": "ClusterIP", "kind": "Service",
          "field": "spec.type", "other": "NodePort"},
         [("type: {{ .Values.service.type }}", "type: ClusterIP")],
         [("type: {{ .Values.service.type }}",
           'type: {{ ternary "NodePort" "ClusterIP" (eq .Values.service.type "NodePort") }}')]),
    Case("service-reaches", {"port": 80, "container": 8080},
         [("targetPort: http", "targetPort: 80"), ("port: {{ .Values.service.port }}\n      t",
                                                   "port: 80\n      t"),
          (_PORT, "containerPort: 8081"), ("port: 80", "port: 81"),
          (_PORT, "containerPort: {{ .Values.service.port }}"),
          ('spec:\n  type: {{ .Values.service.type }}\n  ports:',
           "spec:\n  selector2: {}\n  ports:\n    - port: 1\n  ports2:"),
          ('protocol: TCP\n      name: http\n  selector:\n    {{- include "shop-api.selectorLabels" . '
           "| nindent 4 }}", "protocol: TCP\n      name: http\n  selector: {app: other}")],
         [("targetPort: http", "targetPort: 8080"), (_PORT, "containerPort: 8080\n              "
                                                     "hostPort: 8080")]),
    Case("rendered-if", {"chart": "shop-api", "kind": "Ingress", "value": "ingress.enabled"},
         [("ingress:\n  enabled: false", "ingress:\n  enabled: true"),
          ("{{- if .Values.ingress.enabled -}}", "{{- if true -}}"),
          ("{{- if .Values.ingress.enabled -}}", "{{- if false -}}"),
          ("kind: Ingress\n", "kind: Service\n")],
         [("{{- if .Values.ingress.enabled -}}", "{{- if eq .Values.ingress.enabled true -}}"),
          ("ingress:\n  enabled: false", "ingress:\n  enabled:")]),
    Case("ingress-routes", {"chart": "shop-api"},
         [("    - host: {{ .Values.ingress.host | quote }}", "    - host: chart-example.local"),
          ("name: {{ $fullName }}\n                port", "name: other\n                port"),
          ("                  name: http\n{{- end }}", "                  name: web\n{{- end }}"),
          ("                  name: http\n{{- end }}", "                  number: 80\n{{- end }}")],
         [("                  name: http\n{{- end }}",
           "                  number: {{ $.Values.service.port }}\n{{- end }}")]),
    Case("ingress-tls", {"chart": "shop-api"},
         [("{{- if .Values.ingress.tls }}\n  tls", "{{- if true }}\n  tls"),
          ("secretName: {{ .Values.ingress.secretName }}", "secretName: chart-tls"),
          ("- hosts: [{{ .Values.ingress.host | quote }}]", "- hosts: [chart-example.local]")]),
    Case("autoscales", {"chart": "shop-api", "kind": "Deployment", "low": 2, "high": 10},
         [("{{- if not .Values.autoscaling.enabled }}", "{{- if true }}"),
          ("minReplicas: {{ .Values.autoscaling.minReplicas }}", "minReplicas: 2"),
          ("maxReplicas: 10", "maxReplicas: 11"),
          ("    kind: Deployment\n    name", "    kind: StatefulSet\n    name"),
          ("autoscaling:\n  enabled: false", "autoscaling:\n  enabled: true")],
         [("{{- if not .Values.autoscaling.enabled }}\n  replicas: {{ .Values.replicaCount }}\n"
           "  {{- end }}",
           "replicas: {{ if not .Values.autoscaling.enabled }}{{ .Values.replicaCount }}{{ end }}")]),
    Case("autoscaler-target", {"percent": 80},
         [("averageUtilization: {{ . }}", "averageUtilization: 80"), ("name: cpu", "name: memory"),
          ("targetCPU: 80", "targetCPU: 81")]),
    Case("service-account", {"chart": "shop-api", "kind": "Deployment"},
         [("{{- if .Values.serviceAccount.create -}}", "{{- if true -}}"),
          ('serviceAccountName: {{ include "shop-api.serviceAccountName" . }}',
           "serviceAccountName: {{ .Values.serviceAccount.name }}"),
          ('serviceAccountName: {{ include "shop-api.serviceAccountName" . }}', ""),
          ("  create: true", "  create: false")]),
    Case("probes", {"kind": "Deployment", "path": "/healthz", "port": 8080},
         [("          livenessProbe:", "          startupProbe:"), (_PORT, "containerPort: 8081"),
          ("path: /healthz", "path: /health"), ("              port: http", "              port: 80")],
         [("              port: http", "              port: 8080")]),
    Case("value-taken-over",
         {"chart": "shop-api", "value": "resources",
          "field": "spec.template.spec.containers[0].resources", "kind": "Deployment"},
         [("resources:\n            {{- toYaml .Values.resources | nindent 12 }}", "resources: {}"),
          ("resources: {}", "resources: {limits: {cpu: 1}}"),
          ("resources:\n            {{- toYaml .Values.resources | nindent 12 }}",
           "# {{ .Values.resources }}")]),
    Case("value-taken-over",
         {"chart": "shop-api", "value": "tolerations", "field": "spec.template.spec.tolerations",
          "kind": "Deployment"},
         [("{{- with .Values.tolerations }}", "{{- with .Values.toleration }}"),
          ("      tolerations:\n", "      tolerationz:\n")]),
    Case("standard-labels", {"chart": "shop-api"},
         [("app.kubernetes.io/managed-by: {{ .Release.Service }}", ""),
          ("app.kubernetes.io/instance: {{ .Release.Name }}", "app.kubernetes.io/instance: shop"),
          (f"kind: Service\nmetadata:\n{_FULL}  labels:",
           f"kind: Service\nmetadata:\n{_FULL}  annotations:"),
          ("name: shop-api\ndesc", "name: shop\ndesc")]),
    Case("installs-twice", {"chart": "shop-api"},
         [(_FULL, "  name: shop-api\n"),
          ("app.kubernetes.io/instance: {{ .Release.Name }}", "app.kubernetes.io/part-of: shop"),
          ('  name: {{ include "shop-api.serviceAccountName" . }}', "  name: shop")]),
    Case("release-namespace", {"chart": "shop-api"}, [(_FULL, f"{_FULL}  namespace: default\n")],
         [(_FULL, f"{_FULL}  namespace: {{{{ .Release.Namespace }}}}\n")]),
    Case("helper-used", {"helper": "shop-api.labels", "count": 2},
         [('define "shop-api.labels"', 'define "shop-api.meta"'),
          ('{{- include "shop-api.labels" . | nindent 4 }}', "app: x")]),
    Case("helper-used", {"helper": "shop-api.name", "count": 2},
         [('app.kubernetes.io/name: {{ include "shop-api.name" . }}', "a: b")]),
    Case("notes-show", {"command": "kubectl get pods"},
         [("--namespace {{ .Release.Namespace }}", "--namespace default"),
          ("kubectl get pods --n", "kubectl get svc --n"),
          ("  kubectl get pods --namespace", "  {{/* kubectl get pods */}} --namespace")],
         [("--namespace {{", "-n {{"), ("--namespace {{", "--namespace={{")]),
    Case("test-asks", {"chart": "shop-api", "path": "/healthz"},
         [('"helm.sh/hook": test', '"helm.sh/hook": post-install'), ("}}/healthz']", "}}/']"),
          ("args: ['{{ include \"shop-api.fullname\" . }}:", "args: ['shop:"),
          ("}}:{{ .Values.service.port }}/", "}}:80/")],
         [('"helm.sh/hook": test', '"helm.sh/hook": test-success')]),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_web(case: Case) -> None:
    judge(CHART, case)


def test_chart_is_valid() -> None:
    assert faults(CHART) == []


def test_checksum_of_the_rendered_template() -> None:
    """The usual spelling: a template includes another by its path."""
    config = (
        "-- templates/configmap.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata:\n"
        f"{_FULL}data:\n  {{{{- toYaml .Values.config | nindent 2 }}}}\n"
    )
    annotation = '{{ include (print $.Template.BasePath "/configmap.yaml") . | sha256sum }}'
    chart = CHART.replace("      {{- with .Values.podAnnotations }}", (
        f"      annotations:\n        checksum/config: {annotation}\n"
        "      {{- with .Values.nothing }}"
    )).replace("replicaCount: 2", "config: {A: b}\nreplicaCount: 2") + config  # fmt: skip
    args = {"chart": "shop-api", "kind": "Deployment", "value": "config"}
    judge(chart, Case("config-rolls-pods", args, [(annotation, "{{ .Release.Name }}")]))
