"""Parts of charts that several families share."""

from __future__ import annotations

from envs.helm import choices
from envs.helm.families.chart_recipe import Chart, Extra
from envs.helm.requirements import pods, services, settings, storage, values


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
    made.ask(
        values.value_sets(
            value="replicaCount",
            default=count,
            kind=made.kind,
            field="spec.replicas",
            other=count + 4,
        )
    )


def service(made: Chart) -> int:
    """Add a Service; returns the port of the container. One requirement."""
    draw = made.draw
    port, container = (
        draw.choice("service port", choices.SERVICE_PORTS),
        draw.choice("port", choices.PORTS),
    )
    made.set("service.port", port)
    made.container += ["ports:", "  - name: http", f"    containerPort: {container}"]
    made.add(
        "service",
        made.head("v1", "Service")
        + (
            "spec:\n  ports:\n    - name: http\n      port: {{ .Values.service.port }}\n"
            f"      targetPort: http\n  selector:\n    {made.selector(4)}\n"
        ),
    )
    made.ask(services.service_reaches(port=port, container=container))
    return container


def service_type() -> Extra:
    """Choose the type of the Service."""

    def make(made: Chart) -> None:
        kind, other = made.draw.choice(
            "service type",
            (
                ("ClusterIP", "NodePort"),
                ("NodePort", "LoadBalancer"),
                ("LoadBalancer", "ClusterIP"),
            ),
        )
        made.set("service.type", kind)
        text = made.templates["templates/service.yaml"]
        made.templates["templates/service.yaml"] = text.replace(
            "spec:\n", "spec:\n  type: {{ .Values.service.type }}\n", 1
        )
        made.ask(
            values.value_sets(
                value="service.type", default=kind, kind="Service", field="spec.type", other=other
            )
        )

    return Extra("service type", 1, make)


def pull_policy() -> Extra:
    """Let the pull policy come from the values."""

    def make(made: Chart) -> None:
        policy, other = made.draw.choice(
            "policy",
            (
                ("IfNotPresent", "Always"),
                ("Always", "IfNotPresent"),
                ("Never", "Always"),
            ),
        )
        made.set("image.pullPolicy", policy)
        made.container.append("imagePullPolicy: {{ .Values.image.pullPolicy }}")
        made.ask(
            values.value_sets(
                value="image.pullPolicy",
                default=policy,
                kind=made.kind,
                field="spec.template.spec.containers[0].imagePullPolicy",
                other=other,
            )
        )

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
        f"{{{{- with .Values.{value} }}}}",
        f"{last}:",
        f"  {{{{- toYaml . | nindent {indent} }}}}",
        "{{- end }}",
    ]
    (made.container if "containers" in field else made.pod).extend(lines)
    made.ask(values.value_taken_over(chart=made.name, value=value, field=field, kind=made.kind))


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
            "{{- range $name, $value := .Values.env }}",
            "- name: {{ $name }}",
            "  value: {{ $value | quote }}",
            "{{- end }}",
        ]
        made.ask(settings.environment_from_values(chart=made.name, value="env", kind=made.kind))

    return Extra("environment", 1, make)


def probes(port: int) -> Extra:
    """Probe the container."""

    def make(made: Chart) -> None:
        path = made.draw.choice("probe", choices.PATHS)
        for name in ("livenessProbe", "readinessProbe"):
            made.container += [f"{name}:", "  httpGet:", f"    path: {path}", "    port: http"]
        made.ask(pods.probes(kind=made.kind, path=path, port=port))

    return Extra("probes", 1, make)


def init() -> Extra:
    """Run something before the container."""

    def make(made: Chart) -> None:
        line = made.draw.choice(
            "init",
            (
                "./prepare --once",
                "bin/setup",
                "python warm.py",
                "npm run prepare",
                "./wait-for db:5432",
            ),
        )
        made.pod += [
            "initContainers:",
            "  - name: prepare",
            '    image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"',
            "    command:",
            *(f"      - {word}" for word in line.split()),
        ]
        made.ask(pods.init_runs(kind=made.kind, command=line))

    return Extra("init", 1, make)


def arguments() -> Extra:
    """Take the arguments from a list."""

    def make(made: Chart) -> None:
        made.set("extraArgs", [])
        made.container += [
            "{{- with .Values.extraArgs }}",
            "args:",
            "  {{- toYaml . | nindent 12 }}",
            "{{- end }}",
        ]
        made.ask(pods.arguments_from_values(chart=made.name, kind=made.kind, value="extraArgs"))

    return Extra("arguments", 1, make)


def scratch() -> Extra:
    """Give the container a folder for temporary files."""

    def make(made: Chart) -> None:
        path = made.draw.choice("scratch", ("/tmp", "/scratch", "/var/tmp", "/work"))
        size = made.draw.choice("scratch size", ("100Mi", "256Mi", "1Gi", "500Mi"))
        made.set("scratch.size", size)
        made.mounts += ["- name: scratch", f"  mountPath: {path}"]
        made.volumes += [
            "- name: scratch",
            "  emptyDir:",
            "    sizeLimit: {{ .Values.scratch.size }}",
        ]
        made.ask(storage.scratch_folder(chart=made.name, kind=made.kind, path=path, size=size))

    return Extra("scratch", 1, make)
