"""Optional parts of charts that several families share."""

from __future__ import annotations

from envs.helm import choices
from envs.helm.families.chart_recipe import Chart, Extra, indented
from envs.helm.requirements import charts, objects, values


def image(made: Chart) -> None:
    """Let the image come from the values. One requirement."""
    draw = made.draw
    repository = f"{draw.choice('registry', choices.REGISTRIES)}/{made.name.replace('-', '/', 1)}"
    tag = draw.choice("tag", choices.TAGS)
    made.set("image.repository", repository)
    made.set("image.tag", tag)
    made.container.insert(0, 'image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"')
    made.ask(values.image_from_values(kind=made.kind, image=repository, tag=tag))


def replicas(made: Chart) -> None:
    """Let the number of replicas come from the values. One requirement."""
    count = made.draw.integer("replicas", 2, 7)
    made.set("replicaCount", count)
    made.spec.append("replicas: {{ .Values.replicaCount }}")
    made.ask(values.value_sets(
        value="replicaCount", default=count, kind=made.kind, field="spec.replicas",
        other=count + 4,
    ))  # fmt: skip


def service(made: Chart) -> int:
    """Add a Service; returns the port of the container. One requirement."""
    draw = made.draw
    port, container = (
        draw.choice("service port", choices.SERVICE_PORTS),
        draw.choice("port", choices.PORTS),
    )
    made.set("service.port", port)
    made.container += ["ports:", "  - name: http", f"    containerPort: {container}"]
    made.add("service", made.head("v1", "Service") + (
        "spec:\n  ports:\n    - name: http\n      port: {{ .Values.service.port }}\n"
        f"      targetPort: http\n  selector:\n    {made.selector(4)}\n"
    ))  # fmt: skip
    made.ask(objects.service_reaches(port=port, container=container))
    return container


def service_type() -> Extra:
    """Choose the type of the Service."""

    def make(made: Chart) -> None:
        kind, other = made.draw.choice("service type", (
            ("ClusterIP", "NodePort"), ("NodePort", "LoadBalancer"), ("LoadBalancer", "ClusterIP"),
        ))  # fmt: skip
        made.set("service.type", kind)
        text = made.templates["templates/service.yaml"]
        made.templates["templates/service.yaml"] = text.replace(
            "spec:\n", "spec:\n  type: {{ .Values.service.type }}\n", 1
        )
        made.ask(values.value_sets(
            value="service.type", default=kind, kind="Service", field="spec.type", other=other))  # fmt: skip

    return Extra("service type", 1, make)


def pull_policy() -> Extra:
    """Let the pull policy come from the values."""

    def make(made: Chart) -> None:
        policy, other = made.draw.choice("policy", (
            ("IfNotPresent", "Always"), ("Always", "IfNotPresent"), ("Never", "Always"),
        ))  # fmt: skip
        made.set("image.pullPolicy", policy)
        made.container.append("imagePullPolicy: {{ .Values.image.pullPolicy }}")
        made.ask(values.value_sets(
            value="image.pullPolicy", default=policy, kind=made.kind,
            field="spec.template.spec.containers[0].imagePullPolicy", other=other,
        ))  # fmt: skip

    return Extra("pull policy", 1, make)


_TAKEN = (
    ("nodeSelector", "spec.template.spec.nodeSelector"),
    ("tolerations", "spec.template.spec.tolerations"),
    ("affinity", "spec.template.spec.affinity"),
    ("resources", "spec.template.spec.containers[0].resources"),
    ("imagePullSecrets", "spec.template.spec.imagePullSecrets"),
    ("containerSecurityContext", "spec.template.spec.containers[0].securityContext"),
)


def take_over(made: Chart, value: str) -> None:
    """Take a whole mapping or list over from the values. One requirement."""
    field = dict(_TAKEN)[value]
    last = field.rpartition(".")[2]
    made.set(value, [] if last in ("tolerations", "imagePullSecrets") else {})
    indent = 12 if "containers" in field else 8
    lines = [
        f"{{{{- with .Values.{value} }}}}", f"{last}:",
        f"  {{{{- toYaml . | nindent {indent} }}}}", "{{- end }}",
    ]  # fmt: skip
    (made.container if "containers" in field else made.pod).extend(lines)
    made.ask(values.value_taken_over(
        chart=made.name, value=value, field=field, kind=made.kind))  # fmt: skip


def taken_over(place: int) -> Extra:
    """Take one of some mappings or lists over from the values."""

    def make(made: Chart) -> None:
        names = [value for value, _ in _TAKEN][place::2]
        take_over(made, made.draw.choice(f"taken {place}", names))

    return Extra(f"taken over {place}", 1, make)


def environment() -> Extra:
    """Make environment variables of a mapping."""

    def make(made: Chart) -> None:
        made.set("env", {})
        made.environment += [
            "{{- range $name, $value := .Values.env }}", "- name: {{ $name }}",
            "  value: {{ $value | quote }}", "{{- end }}",
        ]  # fmt: skip
        made.ask(values.environment_from_values(chart=made.name, value="env", kind=made.kind))

    return Extra("environment", 1, make)


def configuration() -> Extra:
    """Add a ConfigMap from the values that the container reads."""

    def make(made: Chart) -> None:
        draw = made.draw
        key, contents = draw.choice("config", choices.CONFIG)
        content = draw.choice("content", contents)
        made.set(f"config.{key}", content)
        made.add("configmap", made.head("v1", "ConfigMap") + (
            "data:\n  {{- range $key, $value := .Values.config }}\n"
            "  {{ $key }}: {{ $value | quote }}\n  {{- end }}\n"
        ))  # fmt: skip
        made.ask(values.config_from_values(value="config", key=key, content=content))
        made.container += [
            "envFrom:", "  - configMapRef:",
            f'      name: {{{{ include "{made.name}.fullname" . }}}}',
        ]  # fmt: skip
        made.ask(values.environment_from_config(chart=made.name, kind=made.kind))
        if draw.chance("checksum", 0.6):
            made.annotations.append("checksum/config: {{ toYaml .Values.config | sha256sum }}")
            made.ask(values.config_rolls_pods(chart=made.name, kind=made.kind, value="config"))

    return Extra("configuration", 2.6, make)


def secret() -> Extra:
    """Read a variable from a Secret that the values name."""

    def make(made: Chart) -> None:
        draw = made.draw
        value = draw.choice("secret value", ("existingSecret", "auth.existingSecret", "secretName"))
        variable = draw.choice("variable", ("API_TOKEN", "DB_PASSWORD", "SESSION_KEY", "LICENSE"))
        key = draw.choice("secret key", ("token", "password", "key", "value"))
        made.set(value, f"{made.name}-secret")
        made.environment += [
            f"- name: {variable}", "  valueFrom:", "    secretKeyRef:",
            f"      name: {{{{ .Values.{value} }}}}", f"      key: {key}",
        ]  # fmt: skip
        made.ask(values.secret_from_value(
            chart=made.name, value=value, kind=made.kind, variable=variable, key=key))  # fmt: skip

    return Extra("secret", 1, make)


def ingress() -> Extra:
    """Add an Ingress that is off by default."""

    def make(made: Chart) -> None:
        made.set("ingress.enabled", False)
        made.set("ingress.host", f"{made.name}.local")
        tls = made.draw.chance("tls", 0.4)
        lines = ""
        if tls:
            made.set("ingress.tls", False)
            made.set("ingress.secretName", f"{made.name}-tls")
            lines = (
                "  {{- if .Values.ingress.tls }}\n  tls:\n    - hosts:\n"
                "        - {{ .Values.ingress.host | quote }}\n"
                "      secretName: {{ .Values.ingress.secretName }}\n  {{- end }}\n"
            )
        made.add("ingress", made.head("networking.k8s.io/v1", "Ingress") + (
            f"spec:\n{lines}  rules:\n    - host: {{{{ .Values.ingress.host | quote }}}}\n"
            "      http:\n        paths:\n          - path: /\n            pathType: Prefix\n"
            "            backend:\n              service:\n"
            f'                name: {{{{ include "{made.name}.fullname" . }}}}\n'
            "                port:\n                  number: {{ .Values.service.port }}\n"
        ), "ingress.enabled")  # fmt: skip
        made.ask(values.rendered_if(chart=made.name, kind="Ingress", value="ingress.enabled"))
        made.ask(objects.ingress_routes(chart=made.name))
        if tls:
            made.ask(objects.ingress_tls(chart=made.name))

    return Extra("ingress", 2.4, make)


def autoscaling() -> Extra:
    """Add an autoscaler that is off by default."""

    def make(made: Chart) -> None:
        draw = made.draw
        low, high = draw.integer("least", 2, 3), draw.integer("most", 6, 20, 2)
        made.set("autoscaling.enabled", False)
        made.set("autoscaling.minReplicas", low)
        made.set("autoscaling.maxReplicas", high)
        made.spec[:] = [
            line if "replicaCount" not in line else
            "{{- if not .Values.autoscaling.enabled }}\n  " + line + "\n  {{- end }}"
            for line in made.spec
        ]  # fmt: skip
        aimed = draw.chance("aim", 0.5)
        percent = draw.choice("percent", (55, 60, 70, 75, 80, 85)) if aimed else 65
        target = "{{ .Values.autoscaling.targetCPU }}" if aimed else str(percent)
        made.add("hpa", made.head("autoscaling/v2", "HorizontalPodAutoscaler") + (
            f"spec:\n  scaleTargetRef:\n    apiVersion: apps/v1\n    kind: {made.kind}\n"
            f'    name: {{{{ include "{made.name}.fullname" . }}}}\n'
            "  minReplicas: {{ .Values.autoscaling.minReplicas }}\n"
            "  maxReplicas: {{ .Values.autoscaling.maxReplicas }}\n  metrics:\n"
            "    - type: Resource\n      resource:\n        name: cpu\n        target:\n"
            f"          type: Utilization\n          averageUtilization: {target}\n"
        ), "autoscaling.enabled")  # fmt: skip
        made.ask(objects.autoscales(chart=made.name, kind=made.kind, low=low, high=high))
        if aimed:
            made.set("autoscaling.targetCPU", percent)
            made.ask(objects.autoscaler_target(percent=percent))

    return Extra("autoscaling", 1.5, make)


def account() -> Extra:
    """Give the pods a ServiceAccount."""

    def make(made: Chart) -> None:
        _account(made)
        made.ask(objects.service_account(chart=made.name, kind=made.kind))

    return Extra("account", 1, make)


def _account(made: Chart) -> None:
    made.set("serviceAccount.create", True)
    made.set("serviceAccount.name", "")
    name = f'{{{{ .Values.serviceAccount.name | default (include "{made.name}.fullname" .) }}}}'
    head = made.head("v1", "ServiceAccount")
    own = f'{{{{ include "{made.name}.fullname" . }}}}'
    made.add("serviceaccount", head.replace(own, name, 1), "serviceAccount.create")
    made.pod.append(f"serviceAccountName: {name}")


def rights() -> Extra:
    """Let the pods do something in the cluster."""

    def make(made: Chart) -> None:
        draw = made.draw
        resource = draw.choice("resource", ("pods", "configmaps", "secrets", "services", "events"))
        verbs = list(draw.sample("verbs", ("get", "list", "watch", "create", "delete"), 2))
        if "templates/serviceaccount.yaml" not in made.templates:
            _account(made)
        made.set("rbac.create", True)
        name = f'{{{{ include "{made.name}.fullname" . }}}}'
        user = f'{{{{ .Values.serviceAccount.name | default (include "{made.name}.fullname" .) }}}}'
        api = "rbac.authorization.k8s.io"
        made.add("rbac", made.head(f"{api}/v1", "Role") + (
            f'rules:\n  - apiGroups: [""]\n    resources: [{resource}]\n'
            f"    verbs: [{', '.join(verbs)}]\n---\n"
        ) + made.head(f"{api}/v1", "RoleBinding") + (
            f"roleRef:\n  apiGroup: {api}\n  kind: Role\n  name: {name}\n"
            f"subjects:\n  - kind: ServiceAccount\n    name: {user}\n"
            "    namespace: {{ .Release.Namespace }}\n"
        ), "rbac.create")  # fmt: skip
        made.ask(objects.account_may(kind=made.kind, verbs=verbs, resource=resource))

    return Extra("rights", 1, make)


def probes(port: int) -> Extra:
    """Probe the container."""

    def make(made: Chart) -> None:
        path = made.draw.choice("probe", choices.PATHS)
        for name in ("livenessProbe", "readinessProbe"):
            made.container += [f"{name}:", "  httpGet:", f"    path: {path}", "    port: http"]
        made.ask(objects.probes(kind=made.kind, path=path, port=port))

    return Extra("probes", 1, make)


def budget() -> Extra:
    """Add a PodDisruptionBudget that is off by default."""

    def make(made: Chart) -> None:
        count = made.draw.integer("available", 1, 4)
        made.set("podDisruptionBudget.enabled", False)
        made.set("podDisruptionBudget.minAvailable", count)
        made.add("pdb", made.head("policy/v1", "PodDisruptionBudget") + (
            "spec:\n  minAvailable: {{ .Values.podDisruptionBudget.minAvailable }}\n"
            f"  selector:\n    matchLabels:\n      {made.selector(6)}\n"
        ), "podDisruptionBudget.enabled")  # fmt: skip
        made.ask(objects.disruption_budget(count=count))

    return Extra("budget", 1, make)


def persistence(made: Chart) -> None:
    """Keep data in a volume. One requirement."""
    draw = made.draw
    path, size = draw.choice("mount", choices.MOUNTS), draw.choice("size", choices.SIZES)
    made.set("persistence.enabled", True)
    made.set("persistence.size", size)
    made.mounts += ["- name: data", f"  mountPath: {path}"]
    name = f'{{{{ include "{made.name}.fullname" . }}}}'
    made.volumes += [
        "- name: data", "  {{- if .Values.persistence.enabled }}", "  persistentVolumeClaim:",
        f"    claimName: {name}", "  {{- else }}", "  emptyDir: {}", "  {{- end }}",
    ]  # fmt: skip
    made.add("pvc", made.head("v1", "PersistentVolumeClaim") + (
        "spec:\n  accessModes:\n    - ReadWriteOnce\n  resources:\n    requests:\n"
        "      storage: {{ .Values.persistence.size }}\n"
    ), "persistence.enabled")  # fmt: skip
    made.ask(objects.persists(kind=made.kind, path=path, size=size))


def hook() -> Extra:
    """Run a Job before an upgrade or an installation."""

    def make(made: Chart) -> None:
        draw = made.draw
        event = draw.choice("event", ("upgrade", "install", "rollback"))
        line = draw.choice("hook", ("python manage.py migrate", "./migrate up", "bin/rake db:migrate",
                                    "npm run migrate", "alembic upgrade head"))  # fmt: skip
        words = indented([f"- {word}" for word in line.split()], 12)
        head = made.head("batch/v1", "Job", f"-pre-{event}")
        made.add("hook", head + (
            f"  annotations:\n    helm.sh/hook: pre-{event}\n"
            "    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded\n"
            "spec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n"
            "        - name: hook\n"
            '          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"\n'
            f"          command:\n{words}"
        ))  # fmt: skip
        made.ask(objects.hook_runs(command=line, event=event))

    return Extra("hook", 1, make)


def notes() -> Extra:
    """Say something after an installation."""

    def make(made: Chart) -> None:
        line = made.draw.choice("notes", ("kubectl get pods", "kubectl get svc", "kubectl get all",
                                          "kubectl get events"))  # fmt: skip
        made.templates["templates/NOTES.txt"] = (
            f"{made.name} is installed. Look at it with:\n\n"
            f"  {line} -n {{{{ .Release.Namespace }}}}\n"
        )
        made.ask(charts.notes_show(command=line))

    return Extra("notes", 1, make)


def usual_labels(made: Chart) -> None:
    """Ask for the labels that all charts have. One requirement."""
    made.ask(charts.standard_labels(chart=made.name))


def own_names(made: Chart) -> None:
    """Ask for names that leave room for another release. One requirement."""
    made.ask(charts.installs_twice(chart=made.name))


def schema() -> Extra:
    """Check values by a schema."""

    def make(made: Chart) -> None:
        made.schema["replicaCount"] = {"type": "integer", "minimum": 1}
        bad = made.draw.phrase("bad", (0, -1, "two", "many"))
        made.ask(charts.schema_refuses(value="replicaCount", bad=bad, good=5))

    return Extra("schema", 1, make)
