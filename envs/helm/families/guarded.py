"""Families of charts that look after what they are given: Secrets, files, values that are wrong."""

from __future__ import annotations

from envs.helm import choices
from envs.helm.families import parts, switches, whole
from envs.helm.families.chart_recipe import Chart, Extra, about
from envs.helm.requirements import refusals, services, settings, storage, values
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.words import FIRST

_OUTSIDE = (
    ("database", "DATABASE_HOST"),
    ("broker", "BROKER_HOST"),
    ("search", "SEARCH_HOST"),
    ("proxy", "PROXY_HOST"),
    ("smtp", "SMTP_HOST"),
)


@family("helm", levels=(2, 3, 4))
def guarded_chart(draw: Draw) -> Draft:
    """A chart that stops where values are missing or do not go together."""
    made = Chart(draw)
    parts.image(made)
    parts.replicas(made)
    name, variable = draw.choice("outside", _OUTSIDE)
    said = draw.phrase("said", ("is required", "must be set", "is missing"))
    made.set(f"{name}.enabled", False)
    made.set(f"{name}.host", "")
    message = f"{name}.host {said}"
    made.environment += [
        f"{{{{- if .Values.{name}.enabled }}}}",
        f"- name: {variable}",
        f'  value: {{{{ required "{message}" .Values.{name}.host | quote }}}}',
        "{{- end }}",
    ]
    made.ask(
        refusals.required_when(
            switch=f"{name}.enabled",
            kind=made.kind,
            variable=variable,
            value=f"{name}.host",
            message=message,
        )
    )
    least = draw.choice("least", (1, 2))
    stop = draw.phrase("stop", ("too few replicas", "replicaCount is too low"))
    low = f"lt (int .Values.replicaCount) {least}"
    checks = f'{{{{- if {low} }}}}{{{{ fail "{stop}" }}}}{{{{- end }}}}\n'
    made.ask(refusals.refused_below(value="replicaCount", least=least, message=stop))

    def together(made: Chart) -> None:
        nonlocal checks
        one, other = draw.choice(
            "pair",
            (
                ("debug", "production"),
                ("readOnly", "migrations"),
                ("standalone", "clustered"),
                ("offline", "sync"),
            ),
        )
        made.set(one, False)
        made.set(other, False)
        words = f"{one} and {other} exclude each other"
        checks += (
            f'{{{{- if and .Values.{one} .Values.{other} }}}}{{{{ fail "{words}" }}}}'
            "{{- end }}\n"
        )
        made.ask(refusals.refused_together(first=one, second=other, message=words))

    made.grow(
        [
            Extra("together", 1, together),
            parts.taken_over(0),
            whole.secret(),
            parts.pull_policy(),
            parts.taken_over(1),
            switches.account(),
            *about(),
        ]
    )
    made.templates["templates/checks.yaml"] = checks
    return made.draft(
        f"Write a Helm chart for {made.name} (a Deployment) that stops at wrong values",
        f"Mistakes in the values of {made.name} must stop the installation: write its Helm chart "
        "(a Deployment)",
    )


@family("helm", levels=(2, 3, 4))
def secret_chart(draw: Draw) -> Draft:
    """A chart that makes a Secret unless one is given."""
    made = Chart(draw)
    parts.image(made)
    variable = draw.choice(
        "password variable", ("ADMIN_PASSWORD", "DB_PASSWORD", "REDIS_PASSWORD", "SMTP_PASSWORD")
    )
    key = draw.choice("password key", ("password", "admin-password", "db-password", "pass"))
    password = f"{draw.choice('password', FIRST)}-changeme"
    made.set("auth.password", password)
    made.set("auth.existingSecret", "")
    made.add(
        "secret",
        "{{- if not .Values.auth.existingSecret }}\n"
        + made.head("v1", "Secret")
        + (f"stringData:\n  {key}: {{{{ .Values.auth.password | quote }}}}\n{{{{- end }}}}\n"),
    )
    own = f'(include "{made.name}.fullname" .)'
    made.environment += [
        f"- name: {variable}",
        "  valueFrom:",
        "    secretKeyRef:",
        f"      name: {{{{ .Values.auth.existingSecret | default {own} }}}}",
        f"      key: {key}",
    ]
    made.ask(
        settings.secret_made(kind=made.kind, variable=variable, key=key, password=password),
        settings.secret_given(chart=made.name, kind=made.kind, variable=variable, key=key),
    )
    made.grow(
        [
            parts.environment(),
            parts.taken_over(0),
            switches.persistence_part(),
            parts.pull_policy(),
            parts.arguments(),
            parts.taken_over(1),
            switches.hook(),
            *about(),
        ]
    )
    return made.draft(
        f"Write a Helm chart for {made.name} (a Deployment), whose password is in a Secret",
        f"{made.name} reads its password from a Secret; write its Helm chart (a Deployment)",
    )


_FILES = (
    ("app.ini", ("level = info", "workers = 4", "cache = on", "timeout = 30")),
    ("settings.toml", ('mode = "fast"', "retries = 5", 'theme = "dark"', "limit = 100")),
    ("server.conf", ("gzip on;", "keepalive 65;", "tokens off;", "buffers 16;")),
    ("app.properties", ("pool.size=10", "feed.enabled=true", "region=eu", "batch.size=50")),
)


@family("helm", levels=(2, 3, 4))
def files_chart(draw: Draw) -> Draft:
    """A chart that brings a configuration file."""
    made = Chart(draw)
    parts.image(made)
    name, lines = draw.choice("file", _FILES)
    line = draw.choice("line", lines)
    folder = draw.choice("folder", ("config", "files", "conf"))
    target = draw.choice("target", ("/etc/app", "/etc/service", "/opt/app/conf", "/app/config"))
    made.more[f"{folder}/{name}"] = f"{line}\n"
    made.add(
        "configmap",
        made.head("v1", "ConfigMap")
        + (f'data:\n  {{{{- (.Files.Glob "{folder}/*").AsConfig | nindent 2 }}}}\n'),
    )
    made.mounts += ["- name: config", f"  mountPath: {target}"]
    made.volumes += ["- name: config", "  configMap:", f"    name: {made.full}"]
    made.ask(
        settings.file_in_config(file=f"{folder}/{name}", line=line, key=name),
        settings.config_mounted(chart=made.name, kind=made.kind, folder=target),
    )
    made.grow(
        [
            parts.environment(),
            parts.taken_over(0),
            parts.scratch(),
            whole.secret(),
            parts.pull_policy(),
            parts.taken_over(1),
            *about(),
        ]
    )
    return made.draft(
        f"Write a Helm chart for {made.name} (a Deployment) that brings the file {folder}/{name}",
        f"{made.name} needs a configuration file; write its Helm chart (a Deployment) with "
        f"{folder}/{name} in it",
        patterns=("config/*", "files/*", "conf/*"),
    )


@family("helm", levels=(2, 3, 4))
def cluster_chart(draw: Draw) -> Draft:
    """A StatefulSet whose pods have names and claims of their own."""
    made = Chart(draw, "StatefulSet")
    parts.image(made)
    parts.replicas(made)
    port = draw.choice("port", choices.PORTS)
    path, size = draw.choice("mount", choices.MOUNTS), draw.choice("size", choices.SIZES)
    made.container += ["ports:", "  - name: peer", f"    containerPort: {port}"]
    made.spec.append(f"serviceName: {made.full}-peers")
    made.add(
        "service",
        made.head("v1", "Service", "-peers")
        + (
            f"spec:\n  clusterIP: None\n  ports:\n    - name: peer\n      port: {port}\n"
            f"  selector:\n    {made.selector(4)}\n"
        ),
    )
    made.set("persistence.size", size)
    made.mounts += ["- name: data", f"  mountPath: {path}"]
    claim = ["resources:", "  requests:", "    storage: {{ .Values.persistence.size }}"]
    made.ask(
        services.headless_service(chart=made.name, port=port),
        storage.claim_per_pod(path=path, size=size),
    )

    def disk(made: Chart) -> None:
        made.set("persistence.storageClass", "")
        claim[:0] = [
            "{{- with .Values.persistence.storageClass }}",
            "storageClassName: {{ . }}",
            "{{- end }}",
        ]
        made.ask(storage.storage_class(chart=made.name))

    def parallel(made: Chart) -> None:
        policy, other = draw.choice(
            "management", (("Parallel", "OrderedReady"), ("OrderedReady", "Parallel"))
        )
        made.set("podManagementPolicy", policy)
        made.spec.append("podManagementPolicy: {{ .Values.podManagementPolicy }}")
        made.ask(
            values.value_sets(
                value="podManagementPolicy",
                default=policy,
                kind=made.kind,
                field="spec.podManagementPolicy",
                other=other,
            )
        )

    made.grow(
        [
            Extra("disk", 1, disk),
            Extra("parallel", 1, parallel),
            parts.taken_over(0),
            switches.budget(),
            whole.secret(),
            parts.taken_over(1),
            *about(),
        ]
    )
    made.after += [
        "volumeClaimTemplates:",
        "  - metadata:",
        "      name: data",
        "    spec:",
        "      accessModes:",
        "        - ReadWriteOnce",
        *(f"      {line}" for line in claim),
    ]
    return made.draft(
        f"Write a Helm chart for {made.name}, a StatefulSet whose pods keep data of their own",
        f"The pods of {made.name} have names and disks of their own; write its Helm chart (a "
        "StatefulSet)",
    )
