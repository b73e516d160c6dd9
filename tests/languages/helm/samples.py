"""A small chart, and how tests change and judge it."""

from __future__ import annotations

from collections.abc import Mapping

from iac_gym.languages.helm import LANGUAGE, HelmModel
from iac_gym.verdict import Stage, Verdict
from iac_gym.verifier import check_files

CHART = 'apiVersion: v2\nname: shop\nversion: 0.1.0\nappVersion: "1.4"\n'
VALUES = """\
replicaCount: 2
image:
  repository: nginx
  tag: "1.27"
service:
  enabled: true
  port: 80
unused: 1
"""
HELPERS = """\
{{- define "shop.name" -}}
{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- define "shop.labels" -}}
app: {{ .Chart.Name }}
{{- end }}
{{- define "shop.forgotten" -}}
x: y
{{- end }}
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "shop.name" . }}
spec:
  replicas: {{ .Values.replicaCount }}
  selector:
    matchLabels:
      {{- include "shop.labels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "shop.labels" . | nindent 8 }}
    spec:
      containers:
        - name: web
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
"""
SERVICE = """\
{{- if .Values.service.enabled }}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "shop.name" . }}
spec:
  selector:
    {{- include "shop.labels" . | nindent 4 }}
  ports:
    - port: {{ .Values.service.port }}
{{- end }}
"""
NOTES = "{{ .Release.Name }} is at port {{ .Values.service.port }}\n"

FILES: Mapping[str, str] = {
    "Chart.yaml": CHART,
    "values.yaml": VALUES,
    "templates/_helpers.tpl": HELPERS,
    "templates/deployment.yaml": DEPLOYMENT,
    "templates/service.yaml": SERVICE,
    "templates/NOTES.txt": NOTES,
}


def chart(changes: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """Return the chart with files replaced, added or (None) left out."""
    made: dict[str, str | None] = {**FILES, **(changes or {})}
    return {path: text for path, text in made.items() if text is not None}


def model(changes: Mapping[str, str | None] | None = None) -> HelmModel:
    """Parse the changed chart."""
    found: HelmModel = LANGUAGE.parse(chart(changes))
    return found


def verdict(changes: Mapping[str, str | None] | None = None) -> Verdict:
    """Judge the changed chart."""
    files = chart(changes)
    return check_files(files, dict.fromkeys(files, "helm"))


def rules(changes: Mapping[str, str | None] | None = None) -> list[str]:
    """Return "rule file:line" of what makes the changed chart invalid."""
    judged = verdict(changes)
    assert not judged.unscored
    return [
        f"{one.rule} {one.finding.file}:{one.finding.line}"
        for one in judged.diagnostics
        if one.stage <= Stage.SEMANTICS
    ]
