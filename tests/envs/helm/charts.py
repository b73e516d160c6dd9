# ruff: noqa: E501
"""Charts as other authors write them: the style of `helm create`, as one text of many files."""

from __future__ import annotations

from collections.abc import Mapping

#: Parts in brackets are filled in by `web_chart`.
WEB = """\
-- Chart.yaml --
apiVersion: v2
name: [name]
description: A Helm chart for Kubernetes
type: application
version: [version]
appVersion: "[app]"
kubeVersion: "[kube]"
keywords: ["[keyword]"]
maintainers:
  - name: [person]
    email: [email]
-- values.yaml --
replicaCount: [replicas]
image:
  repository: [image]
  tag: "[tag]"
  pullPolicy: [policy]
imagePullSecrets: []
nameOverride: ""
fullnameOverride: ""
serviceAccount:
  create: true
  annotations: {}
  name: ""
podAnnotations: {}
containerSecurityContext: {}
service:
  type: [service]
  port: [port]
ingress:
  enabled: false
  className: ""
  annotations: {}
  host: chart-example.local
  tls: false
  secretName: chart-tls
resources: {}
autoscaling:
  enabled: false
  minReplicas: [low]
  maxReplicas: [high]
  targetCPU: [percent]
nodeSelector: {}
tolerations: []
affinity: {}
-- templates/_helpers.tpl --
{{/*
Expand the name of the chart.
*/}}
{{- define "[name].name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "[name].fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "[name].chart" -}}
{{- printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "[name].labels" -}}
helm.sh/chart: {{ include "[name].chart" . }}
{{ include "[name].selectorLabels" . }}
{{- if .Chart.AppVersion }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "[name].selectorLabels" -}}
app.kubernetes.io/name: {{ include "[name].name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "[name].serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "[name].fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}
-- templates/deployment.yaml --
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "[name].fullname" . }}
  labels:
    {{- include "[name].labels" . | nindent 4 }}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicaCount }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "[name].selectorLabels" . | nindent 6 }}
  template:
    metadata:
      {{- with .Values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      labels:
        {{- include "[name].labels" . | nindent 8 }}
    spec:
      {{- with .Values.imagePullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      serviceAccountName: {{ include "[name].serviceAccountName" . }}
      containers:
        - name: {{ .Chart.Name }}
          {{- with .Values.containerSecurityContext }}
          securityContext:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          ports:
            - name: http
              containerPort: [container]
              protocol: TCP
          livenessProbe:
            httpGet:
              path: [probe]
              port: http
          readinessProbe:
            httpGet:
              path: [probe]
              port: http
          resources:
            {{- toYaml .Values.resources | nindent 12 }}
      {{- with .Values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
-- templates/service.yaml --
apiVersion: v1
kind: Service
metadata:
  name: {{ include "[name].fullname" . }}
  labels:
    {{- include "[name].labels" . | nindent 4 }}
spec:
  type: {{ .Values.service.type }}
  ports:
    - port: {{ .Values.service.port }}
      targetPort: http
      protocol: TCP
      name: http
  selector:
    {{- include "[name].selectorLabels" . | nindent 4 }}
-- templates/serviceaccount.yaml --
{{- if .Values.serviceAccount.create -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "[name].serviceAccountName" . }}
  labels:
    {{- include "[name].labels" . | nindent 4 }}
{{- end }}
-- templates/ingress.yaml --
{{- if .Values.ingress.enabled -}}
{{- $fullName := include "[name].fullname" . -}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ $fullName }}
  labels:
    {{- include "[name].labels" . | nindent 4 }}
  {{- with .Values.ingress.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- if .Values.ingress.className }}
  ingressClassName: {{ .Values.ingress.className }}
  {{- end }}
  {{- if .Values.ingress.tls }}
  tls:
    - hosts: [{{ .Values.ingress.host | quote }}]
      secretName: {{ .Values.ingress.secretName }}
  {{- end }}
  rules:
    - host: {{ .Values.ingress.host | quote }}
      http:
        paths:
          - path: /
            pathType: ImplementationSpecific
            backend:
              service:
                name: {{ $fullName }}
                port:
                  name: http
{{- end }}
-- templates/hpa.yaml --
{{- if .Values.autoscaling.enabled }}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "[name].fullname" . }}
  labels:
    {{- include "[name].labels" . | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "[name].fullname" . }}
  minReplicas: {{ .Values.autoscaling.minReplicas }}
  maxReplicas: {{ .Values.autoscaling.maxReplicas }}
  metrics:
    {{- with .Values.autoscaling.targetCPU }}
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ . }}
    {{- end }}
{{- end }}
-- templates/NOTES.txt --
1. Get the application URL by running these commands:
{{- if .Values.ingress.enabled }}
  http{{ if .Values.ingress.tls }}s{{ end }}://{{ .Values.ingress.host }}
{{- end }}
2. Look around:
  [notes] --namespace {{ .Release.Namespace }}
-- templates/tests/test-connection.yaml --
apiVersion: v1
kind: Pod
metadata:
  name: "{{ include "[name].fullname" . }}-test-connection"
  labels:
    {{- include "[name].labels" . | nindent 4 }}
  annotations:
    "helm.sh/hook": test
spec:
  containers:
    - name: wget
      image: busybox
      command: ['wget']
      args: ['{{ include "[name].fullname" . }}:{{ .Values.service.port }}[test]']
  restartPolicy: Never
"""

#: What a task that asks for less leaves open.
USUAL: Mapping[str, object] = {
    "name": "shop-api", "version": "0.1.0", "app": "1.16.0", "kube": ">=1.25.0-0",
    "keyword": "web", "person": "Ada Byron", "email": "ada@example.com", "replicas": 2,
    "image": "ghcr.io/shop/api", "tag": "1.4.2", "policy": "IfNotPresent",
    "service": "ClusterIP", "port": 80, "low": 2, "high": 10, "percent": 80,
    "container": 8080, "probe": "/healthz", "notes": "kubectl get pods", "test": "/healthz",
}  # fmt: skip


def web_chart(**told: object) -> str:
    """Fill the chart in."""
    text = WEB
    for key, value in {**USUAL, **told}.items():
        text = text.replace(f"[{key}]", str(value))
    return text


#: Another style: no helpers, lists of conditions, `tpl`, `ternary`, numbers in quotes, a claim.
STORE = """\
-- Chart.yaml --
apiVersion: v2
name: vault
version: 1.0.0
-- values.yaml --
image: {repository: quay.io/acme/vault, tag: "24.9"}
replicaCount: "3"
persistence: {size: 8Gi, storageClass: ""}
podDisruptionBudget: {enabled: false, minAvailable: 2}
config:
  LOG_LEVEL: info
env: {}
extraArgs: []
auth: {password: changeme, existingSecret: ""}
networkPolicy:
  enabled: true
  clients: {role: client}
sidecar: {enabled: false, image: "busybox:1.36"}
database: {enabled: false, host: ""}
debug: false
production: false
-- config/app.ini --
[main]
level = info
-- templates/all.yaml --
{{- $name := printf "%s-vault" .Release.Name }}
{{- $labels := dict "app.kubernetes.io/name" "vault" "app.kubernetes.io/instance" .Release.Name }}
{{- $meta := merge (dict "app.kubernetes.io/managed-by" .Release.Service) $labels }}
{{- if and .Values.debug .Values.production }}{{ fail "not both" }}{{ end }}
{{- if gt 2 (int .Values.replicaCount) }}{{ fail "too few" }}{{ end }}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ $name }}
  namespace: {{ .Release.Namespace }}
  labels: {{- toYaml $meta | nindent 4 }}
spec:
  serviceName: {{ $name }}-headless
  replicas: {{ .Values.replicaCount | int }}
  selector:
    matchLabels: {{- toYaml $labels | nindent 6 }}
  template:
    metadata:
      labels: {{- toYaml $meta | nindent 8 }}
      annotations:
        checksum/config: {{ .Values.config | toJson | sha256sum }}
    spec:
      initContainers:
        - name: setup
          image: {{ printf "%s:%s" .Values.image.repository (toString .Values.image.tag) | quote }}
          command: ["sh", "-c", "bin/setup"]
      containers:
        - name: vault
          image: {{ printf "%s:%s" .Values.image.repository (toString .Values.image.tag) | quote }}
          args: {{ .Values.extraArgs | toJson }}
          ports: [{name: peer, containerPort: 9000}]
          envFrom: [{configMapRef: {name: {{ $name }}}}]
          env:
            - name: DB_PASSWORD
              valueFrom:
                secretKeyRef:
                  name: {{ tpl (.Values.auth.existingSecret | default $name) . }}
                  key: pass
            {{- range $key := keys .Values.env | sortAlpha }}
            - {name: {{ $key }}, value: {{ get $.Values.env $key | toString | toJson }}}
            {{- end }}
            {{- if .Values.database.enabled }}
            - name: DATABASE_HOST
              value: {{ required "database.host is missing" .Values.database.host }}
            {{- end }}
          volumeMounts:
            - {name: data, mountPath: /data/}
            - {name: conf, mountPath: /etc/app}
            - {name: share, mountPath: /share}
        {{- if .Values.sidecar.enabled }}
        - name: side
          image: {{ .Values.sidecar.image }}
          volumeMounts: [{name: share, mountPath: /share, readOnly: true}]
        {{- end }}
      volumes:
        - {name: conf, configMap: {name: {{ $name }}}}
        - {name: share, emptyDir: {}}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        accessModes: [ReadWriteOnce]
        {{- if .Values.persistence.storageClass }}
        storageClassName: {{ .Values.persistence.storageClass }}
        {{- end }}
        resources: {requests: {storage: {{ .Values.persistence.size | quote }}}}
---
apiVersion: v1
kind: Service
metadata: {name: {{ $name }}-headless, labels: {{ toJson $meta }}}
spec:
  clusterIP: None
  selector: {{ toJson $labels }}
  ports: [{name: peer, port: 9000}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ $name }}, labels: {{ toJson $meta }}}
data:
  {{- toYaml .Values.config | nindent 2 }}
  {{- (.Files.Glob "config/*").AsConfig | nindent 2 }}
{{- if not .Values.auth.existingSecret }}
---
apiVersion: v1
kind: Secret
metadata: {name: {{ $name }}, labels: {{ toJson $meta }}}
type: Opaque
data: {pass: {{ .Values.auth.password | b64enc }}}
{{- end }}
{{- if .Values.networkPolicy.enabled }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: {{ $name }}, labels: {{ toJson $meta }}}
spec:
  podSelector: {matchLabels: {{ toJson $labels }}}
  ingress:
    - from: [{podSelector: {matchLabels: {{ toJson .Values.networkPolicy.clients }}}}]
      ports: [{port: peer, protocol: TCP}]
{{- end }}
{{- if .Values.podDisruptionBudget.enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: {{ $name }}, labels: {{ toJson $meta }}}
spec:
  minAvailable: {{ .Values.podDisruptionBudget.minAvailable }}
  selector: {matchLabels: {{ toJson $labels }}}
{{- end }}
"""

#: Several Deployments of a mapping, two hosts, a monitor, a route; a subchart and a library.
PLATFORM = """\
-- Chart.yaml --
apiVersion: v2
name: hub
version: 1.0.0
dependencies:
  - {name: cache, version: 0.3.2, repository: "file://charts/cache", condition: cache.enabled}
  - {name: common, version: 1.x.x}
-- values.yaml --
image: {repository: quay.io/acme/hub, tag: v1}
workers:
  mail: {replicas: 2, command: [bin/mail, --all]}
  video: {replicas: 1, command: [bin/video]}
env: {}
cache: {enabled: true, replicas: 3}
-- charts/common/Chart.yaml --
apiVersion: v2
name: common
version: 1.2.0
type: library
-- charts/common/templates/_meta.tpl --
{{- define "common.meta" -}}
name: {{ .Release.Name }}-hub{{ with .suffix }}-{{ . }}{{ end }}
{{- end }}
{{- define "common.labels" -}}
app.kubernetes.io/name: hub
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
-- charts/cache/Chart.yaml --
apiVersion: v2
name: cache
version: 0.3.2
-- charts/cache/values.yaml --
replicas: 1
-- charts/cache/templates/all.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}-cache}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}-cache}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}-cache}}
    spec: {containers: [{name: cache, image: redis:7}]}
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}-cache}
spec: {ports: [{port: 6379}], selector: {app: {{ .Release.Name }}-cache}}
-- templates/workers.yaml --
{{- range $key, $one := .Values.workers }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "common.meta" (dict "Release" $.Release "suffix" $key) | nindent 2 }}
spec:
  replicas: {{ $one.replicas }}
  selector:
    matchLabels: {app: {{ $.Release.Name }}, part: {{ $key }}}
  template:
    metadata:
      labels: {app: {{ $.Release.Name }}, part: {{ $key }}}
    spec:
      containers:
        - name: {{ $key }}
          image: {{ $.Values.image.repository }}:{{ $.Values.image.tag }}
          command: [{{ first $one.command | quote }}]
          args: {{ rest $one.command | toJson }}
          env:
            - {name: CACHE_HOST, value: {{ $.Release.Name }}-cache}
            {{- range $name, $text := $.Values.env }}
            - {name: {{ $name }}, value: {{ $text | quote }}}
            {{- end }}
{{- end }}
-- templates/config.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "common.meta" . | nindent 2 }}
  labels: {{- include "common.labels" . | nindent 4 }}
data: {a: b}
"""

#: What leads to an application, and what watches it.
FRONT = """\
-- Chart.yaml --
apiVersion: v2
name: front
version: 1.0.0
-- values.yaml --
image: {repository: nginx, tag: "1.27"}
service: {port: 80}
ingress: {enabled: false, className: nginx, hosts: [front.local], tlsSecret: "", annotations: {}}
serviceMonitor: {enabled: false, interval: 30s, labels: {}}
gateway: {enabled: false, name: edge-gateway, hosts: [front.local]}
serviceAccount: {create: true, name: ""}
rbac: {create: true}
persistence: {enabled: true, size: 8Gi}
scratch: {size: 100Mi}
-- templates/_helpers.tpl --
{{- define "labels" }}{app: {{ .Release.Name }}}{{ end }}
{{- define "account" }}{{ .Values.serviceAccount.name | default .Release.Name }}{{ end }}
-- templates/app.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  selector: {matchLabels: {{ template "labels" . }}}
  template:
    metadata: {labels: {{ template "labels" . }}}
    spec:
      serviceAccountName: {{ template "account" . }}
      containers:
        - name: front
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
          command: [bin/serve, --fast]
          ports: [{name: web, containerPort: 8080}]
          volumeMounts:
            - {name: data, mountPath: /data}
            - {name: tmp, mountPath: /tmp}
            - {name: logs, mountPath: /host/log, readOnly: true}
      volumes:
        - name: data
          {{- if .Values.persistence.enabled }}
          persistentVolumeClaim: {claimName: {{ .Release.Name }}-data}
          {{- else }}
          emptyDir: {}
          {{- end }}
        - {name: tmp, emptyDir: {sizeLimit: {{ .Values.scratch.size }}}}
        - {name: logs, hostPath: {path: /var/log}}
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}, labels: {{ template "labels" . }}}
spec:
  ports: [{name: http, port: {{ .Values.service.port }}, targetPort: web}]
  selector: {{ template "labels" . }}
{{- if .Values.persistence.enabled }}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: {{ .Release.Name }}-data}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: {{ .Values.persistence.size }}}}
{{- end }}
-- templates/edges.yaml --
{{- if .Values.ingress.enabled }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ .Release.Name }}
  annotations: {{ toJson .Values.ingress.annotations }}
spec:
  ingressClassName: {{ .Values.ingress.className }}
  {{- if .Values.ingress.tlsSecret }}
  tls:
    {{- range .Values.ingress.hosts }}
    - {hosts: [{{ . }}], secretName: {{ $.Values.ingress.tlsSecret }}}
    {{- end }}
  {{- end }}
  rules:
    {{- range $host := .Values.ingress.hosts }}
    - host: {{ $host }}
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: {{ $.Release.Name }},
        port: {name: http}}}}]}
    {{- end }}
---
{{- end }}
{{- if .Values.serviceMonitor.enabled }}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: {{ .Release.Name }}, labels: {{ toJson .Values.serviceMonitor.labels }}}
spec:
  selector: {matchLabels: {{ template "labels" . }}}
  endpoints: [{port: http, path: /stats, interval: {{ .Values.serviceMonitor.interval }}}]
---
{{- end }}
{{- if .Values.gateway.enabled }}
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: {{ .Release.Name }}}
spec:
  parentRefs: [{name: {{ .Values.gateway.name }}}]
  hostnames: {{ toJson .Values.gateway.hosts }}
  rules: [{backendRefs: [{name: {{ .Release.Name }}, port: {{ .Values.service.port }}}]}]
{{- end }}
-- templates/rights.yaml --
{{- if .Values.serviceAccount.create }}
apiVersion: v1
kind: ServiceAccount
metadata: {name: {{ template "account" . }}}
---
{{- end }}
{{- if .Values.rbac.create }}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: {{ .Release.Name }}}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, watch]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: {{ .Release.Name }}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ .Release.Name }}}
subjects: [{kind: ServiceAccount, name: {{ template "account" . }}, namespace: {{ .Release.Namespace }}}]
{{- end }}
-- templates/job.yaml --
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-delete-policy: hook-succeeded}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: migrate, image: busybox, command: [/bin/sh, -c, ./migrate up]}]
"""
