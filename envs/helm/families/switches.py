"""Parts of charts that values switch on or off: an Ingress, an autoscaler, rights, a volume."""

from __future__ import annotations

from envs.helm import choices
from envs.helm.families.chart_recipe import Chart, Extra, indented
from envs.helm.requirements import accounts, ingresses, pods, scaling, storage, values


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
        made.add(
            "ingress",
            made.head("networking.k8s.io/v1", "Ingress")
            + (
                f"spec:\n{lines}  rules:\n    - host: {{{{ .Values.ingress.host | quote }}}}\n"
                "      http:\n        paths:\n          - path: /\n            pathType: Prefix\n"
                "            backend:\n              service:\n"
                f'                name: {{{{ include "{made.name}.fullname" . }}}}\n'
                "                port:\n                  number: {{ .Values.service.port }}\n"
            ),
            "ingress.enabled",
        )
        made.ask(values.rendered_if(chart=made.name, kind="Ingress", value="ingress.enabled"))
        made.ask(ingresses.ingress_routes(chart=made.name))
        if tls:
            made.ask(ingresses.ingress_tls(chart=made.name))

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
            line
            if "replicaCount" not in line
            else "{{- if not .Values.autoscaling.enabled }}\n  " + line + "\n  {{- end }}"
            for line in made.spec
        ]
        aimed = draw.chance("aim", 0.5)
        percent = draw.choice("percent", (55, 60, 70, 75, 80, 85)) if aimed else 65
        target = "{{ .Values.autoscaling.targetCPU }}" if aimed else str(percent)
        made.add(
            "hpa",
            made.head("autoscaling/v2", "HorizontalPodAutoscaler")
            + (
                f"spec:\n  scaleTargetRef:\n    apiVersion: apps/v1\n    kind: {made.kind}\n"
                f'    name: {{{{ include "{made.name}.fullname" . }}}}\n'
                "  minReplicas: {{ .Values.autoscaling.minReplicas }}\n"
                "  maxReplicas: {{ .Values.autoscaling.maxReplicas }}\n  metrics:\n"
                "    - type: Resource\n      resource:\n        name: cpu\n        target:\n"
                f"          type: Utilization\n          averageUtilization: {target}\n"
            ),
            "autoscaling.enabled",
        )
        made.ask(scaling.autoscales(chart=made.name, kind=made.kind, low=low, high=high))
        if aimed:
            made.set("autoscaling.targetCPU", percent)
            made.ask(scaling.autoscaler_target(percent=percent))

    return Extra("autoscaling", 1.5, make)


def account() -> Extra:
    """Give the pods a ServiceAccount."""

    def make(made: Chart) -> None:
        _account(made)
        made.ask(accounts.service_account(chart=made.name, kind=made.kind))

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
        made.add(
            "rbac",
            made.head(f"{api}/v1", "Role")
            + (
                f'rules:\n  - apiGroups: [""]\n    resources: [{resource}]\n'
                f"    verbs: [{', '.join(verbs)}]\n---\n"
            )
            + made.head(f"{api}/v1", "RoleBinding")
            + (
                f"roleRef:\n  apiGroup: {api}\n  kind: Role\n  name: {name}\n"
                f"subjects:\n  - kind: ServiceAccount\n    name: {user}\n"
                "    namespace: {{ .Release.Namespace }}\n"
            ),
            "rbac.create",
        )
        made.ask(accounts.account_may(kind=made.kind, verbs=verbs, resource=resource))

    return Extra("rights", 1, make)


def budget() -> Extra:
    """Add a PodDisruptionBudget that is off by default."""

    def make(made: Chart) -> None:
        count = made.draw.integer("available", 1, 4)
        made.set("podDisruptionBudget.enabled", False)
        made.set("podDisruptionBudget.minAvailable", count)
        made.add(
            "pdb",
            made.head("policy/v1", "PodDisruptionBudget")
            + (
                "spec:\n  minAvailable: {{ .Values.podDisruptionBudget.minAvailable }}\n"
                f"  selector:\n    matchLabels:\n      {made.selector(6)}\n"
            ),
            "podDisruptionBudget.enabled",
        )
        made.ask(scaling.disruption_budget(count=count))

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
        "- name: data",
        "  {{- if .Values.persistence.enabled }}",
        "  persistentVolumeClaim:",
        f"    claimName: {name}",
        "  {{- else }}",
        "  emptyDir: {}",
        "  {{- end }}",
    ]
    made.add(
        "pvc",
        made.head("v1", "PersistentVolumeClaim")
        + (
            "spec:\n  accessModes:\n    - ReadWriteOnce\n  resources:\n    requests:\n"
            "      storage: {{ .Values.persistence.size }}\n"
        ),
        "persistence.enabled",
    )
    made.ask(storage.persists(kind=made.kind, path=path, size=size))


def hook() -> Extra:
    """Run a Job before an upgrade or an installation."""

    def make(made: Chart) -> None:
        draw = made.draw
        event = draw.choice("event", ("upgrade", "install", "rollback"))
        line = draw.choice(
            "hook",
            (
                "python manage.py migrate",
                "./migrate up",
                "bin/rake db:migrate",
                "npm run migrate",
                "alembic upgrade head",
            ),
        )
        words = indented([f"- {word}" for word in line.split()], 12)
        head = made.head("batch/v1", "Job", f"-pre-{event}")
        made.add(
            "hook",
            head
            + (
                f"  annotations:\n    helm.sh/hook: pre-{event}\n"
                "    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded\n"
                "spec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n"
                "        - name: hook\n"
                '          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"\n'
                f"          command:\n{words}"
            ),
        )
        made.ask(pods.hook_runs(command=line, event=event))

    return Extra("hook", 1, make)


def persistence_part() -> Extra:
    """Keep data in a volume, as an optional part."""
    return Extra("persistence", 1, persistence)
