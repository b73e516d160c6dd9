"""Requirements about data, Secrets, files and refusals, in a chart of an unusual style."""

from __future__ import annotations

import pytest

from tests.envs.helm.cases import Case, faults, judge
from tests.envs.helm.charts import STORE

_SECRET = "name: {{ tpl (.Values.auth.existingSecret | default $name) . }}"
_CLIENTS = "{{ toJson .Values.networkPolicy.clients }}"
_SET = "StatefulSet"

CASES = (
    Case("headless-service", {"chart": "vault", "port": 9000},
         [("clusterIP: None", "type: ClusterIP"), ("serviceName: {{ $name }}-headless",
                                                   "serviceName: vault-headless"),
          ("  selector: {{ toJson $labels }}", "  selector: {app: x}"),
          ("port: 9000}", "port: 9001}")],
         [("{name: peer, port: 9000}", "{name: peer, port: 9000, targetPort: peer}")]),
    Case("claim-per-pod", {"path": "/data", "size": "8Gi"},
         [("{{ .Values.persistence.size | quote }}", "8Gi"), ("size: 8Gi", "size: 9Gi"),
          ("mountPath: /data/", "mountPath: /var"), ("{name: data, mount", "{name: share, mount")]),
    Case("storage-class", {"chart": "vault"},
         [("storageClassName: {{ .Values.persistence.storageClass }}", "storageClassName: fast"),
          ('storageClass: ""', "storageClass: fast"),
          ("{{- if .Values.persistence.storageClass }}", "{{- if false }}")],
         [("{{- if .Values.persistence.storageClass }}", "{{- if true }}")]),
    Case("stored", {"kind": _SET, "path": "/data", "size": "8Gi"}, [("size: 8Gi", "size: 80Gi")]),
    Case("secret-made", {"kind": _SET, "variable": "DB_PASSWORD", "key": "pass",
                         "password": "changeme"},
         [("{{ .Values.auth.password | b64enc }}", "Y2hhbmdlbWU="), ("key: pass", "key: other"),
          ("password: changeme", "password: changed"), ("name: DB_PASSWORD", "name: PASSWORD"),
          ("kind: Secret", "kind: ConfigMap"), (_SECRET, "name: vault"),
          ("{{ .Values.auth.password | b64enc }}", "{{ .Values.auth.password }}")],
         [("data: {pass: {{ .Values.auth.password | b64enc }}}",
           "stringData: {pass: {{ .Values.auth.password | quote }}}")]),
    Case("secret-given", {"chart": "vault", "kind": _SET, "variable": "DB_PASSWORD", "key": "pass"},
         [("{{- if not .Values.auth.existingSecret }}", "{{- if true }}"),
          (_SECRET, "name: {{ $name }}"), ("{{- if not .Values.auth.existingSecret }}",
                                           "{{- if false }}")]),
    Case("secret-from-value", {"chart": "vault", "value": "auth.existingSecret", "kind": _SET,
                               "variable": "DB_PASSWORD", "key": "pass"},
         [(_SECRET, "name: {{ $name }}"), ("key: pass", "key: word")]),
    Case("config-from-values", {"value": "config", "key": "LOG_LEVEL", "content": "info"},
         [("{{- toYaml .Values.config | nindent 2 }}", "LOG_LEVEL: info"),
          ("LOG_LEVEL: info", "LOG_LEVEL: debug")],
         [("{{- toYaml .Values.config | nindent 2 }}",
           "{{- range $k, $v := .Values.config }}\n  {{ $k }}: {{ $v | quote }}\n  {{- end }}")]),
    Case("environment-from-config", {"chart": "vault", "kind": _SET},
         [("configMapRef: {name: {{ $name }}}", "configMapRef: {name: vault}"),
          ("envFrom:", "envFrom: []\n          #")]),
    Case("config-rolls-pods", {"chart": "vault", "kind": _SET, "value": "config"},
         [("{{ .Values.config | toJson | sha256sum }}", "abc"),
          ("checksum/config: {{ .Values.config | toJson | sha256sum }}", "{}"),
          ("{{ .Values.config | toJson | sha256sum }}", "{{ .Values.env | toJson | sha256sum }}")],
         [("{{ .Values.config | toJson | sha256sum }}",
           '{{ tpl (toYaml .Values.config) . | sha256sum | quote }}')]),
    Case("environment-from-values", {"chart": "vault", "value": "env", "kind": _SET},
         [("keys .Values.env", "keys .Values.config"), ("| toString | toJson", "| toString"),
          ("env: {}", "env: {A: b}"), ("{name: {{ $key }}, ", "{name: X, ")]),
    Case("file-in-config", {"file": "config/app.ini", "line": "level = info", "key": "app.ini"},
         [("level = info", "level = debug"), ('Glob "config/*"', 'Glob "conf/*"'),
          ("-- config/app.ini --", "-- files/app.ini --")],
         [('{{- (.Files.Glob "config/*").AsConfig | nindent 2 }}',
           'app.ini: |-\n    {{- .Files.Get "config/app.ini" | nindent 4 }}')]),
    Case("config-mounted", {"chart": "vault", "kind": _SET, "folder": "/etc/app"},
         [("mountPath: /etc/app", "mountPath: /etc"), ("configMap: {name: {{ $name }}}",
                                                       "configMap: {name: vault}"),
          ("mountPath: /etc/app", "mountPath: /etc/app, subPath: app.ini"),
          ("configMap: {name: {{ $name }}}", "secret: {secretName: {{ $name }}}")],
         [("mountPath: /etc/app", "mountPath: /etc/app/")]),
    Case("network-policy", {"chart": "vault", "port": 9000},
         [(_CLIENTS, "{role: client}"), ("port: peer, protocol", "port: 9001, protocol"),
          ("ports: [{port: peer, protocol: TCP}]", "ports: []"),
          ("protocol: TCP}]", "protocol: UDP}]"), ("    - from:", "    - {}\n    - from:"),
          ("[{podSelector: {matchLabels:", "[{namespaceSelector: {}, podSelector: {matchLabels:"),
          ("  podSelector: {matchLabels: {{ toJson $labels }}}", "  podSelector: {}")],
         [("port: peer, protocol", "port: 9000, protocol"), ("  ingress:\n", "  policyTypes: "
                                                             "[Ingress]\n  ingress:\n")]),
    Case("rendered-unless", {"chart": "vault", "kind": "NetworkPolicy",
                             "value": "networkPolicy.enabled"},
         [("{{- if .Values.networkPolicy.enabled }}", "{{- if true }}"),
          ("networkPolicy:\n  enabled: true", "networkPolicy:\n  enabled: false")]),
    Case("disruption-budget", {"count": 2},
         [("minAvailable: {{ .Values.podDisruptionBudget.minAvailable }}", "minAvailable: 2"),
          ("  selector: {matchLabels: {{ toJson $labels }}}", "  selector: {matchLabels: {a: b}}"),
          ("{enabled: false, minAvailable", "{enabled: true, minAvailable")]),
    Case("sidecar", {"chart": "vault", "kind": _SET, "image": "busybox:1.36"},
         [("{{- if .Values.sidecar.enabled }}", "{{- if true }}"),
          ("image: {{ .Values.sidecar.image }}", "image: busybox:1.36"),
          ('"busybox:1.36"', '"busybox:1.37"')]),
    Case("shared-folder", {"kind": _SET, "path": "/share"},
         [("mountPath: /share, readOnly: true", "mountPath: /share"),
          ("mountPath: /share}", "mountPath: /shared}"), ("emptyDir: {}", "hostPath: {path: /x}")]),
    Case("init-runs", {"kind": _SET, "command": "bin/setup"},
         [('command: ["sh", "-c", "bin/setup"]', 'command: ["sh", "-c", "bin/setup; true"]'),
          ("initContainers:\n        - name: setup\n          image: {{", "initContainers:\n"
           "        - name: setup\n          image: busybox # {{"),
          ('command: ["sh", "-c", "bin/setup"]', 'command: ["echo", "bin/setup"]')],
         [('command: ["sh", "-c", "bin/setup"]', 'args: ["bin/setup"]')]),
    Case("arguments-from-values", {"chart": "vault", "kind": _SET, "value": "extraArgs"},
         [("args: {{ .Values.extraArgs | toJson }}", "args: []"),
          ("extraArgs: []", "extraArgs: [--a]")],
         [("args: {{ .Values.extraArgs | toJson }}",
           "args:\n            {{- range .Values.extraArgs }}\n"
           "            - {{ . | quote }}\n            {{- end }}")]),
    Case("required-when", {"switch": "database.enabled", "kind": _SET, "variable": "DATABASE_HOST",
                           "value": "database.host", "message": "database.host is missing"},
         [('{{ required "database.host is missing" .Values.database.host }}',
           "{{ .Values.database.host | quote }}"),
          ("database.host is missing", "give a host"),
          ("{{- if .Values.database.enabled }}", "{{- if true }}"),
          ('{{ required "database.host is missing" .Values.database.host }}',
           '{{ required "database.host is missing" .Values.database.host | trunc 3 }}')]),
    Case("refused-together", {"first": "debug", "second": "production", "message": "not both"},
         [("and .Values.debug .Values.production", "or .Values.debug .Values.production"),
          ('fail "not both"', 'fail "no"'), ('{{ fail "not both" }}', "not both")]),
    Case("refused-below", {"value": "replicaCount", "least": 2, "message": "too few"},
         [("gt 2 (int", "gt 3 (int"), ("gt 2 (int", "gt 1 (int"), ('fail "too few"', 'fail "few"')],
         [("gt 2 (int .Values.replicaCount)", "lt (.Values.replicaCount | int) 2")]),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_store(case: Case) -> None:
    judge(STORE, case)


def test_chart_is_valid() -> None:
    assert faults(STORE) == []
