"""Parts of charts about the chart as a whole: configuration, labels, names, notes, a schema."""

from __future__ import annotations

from typing import Any

from envs.helm import choices
from envs.helm.families.chart_recipe import Chart, Extra
from envs.helm.requirements import charts, refusals, services, settings


def configuration() -> Extra:
    """Add a ConfigMap from the values that the container reads."""

    def make(made: Chart) -> None:
        draw = made.draw
        key, contents = draw.choice("config", choices.CONFIG)
        content = draw.choice("content", contents)
        made.set(f"config.{key}", content)
        made.add(
            "configmap",
            made.head("v1", "ConfigMap")
            + (
                "data:\n  {{- range $key, $value := .Values.config }}\n"
                "  {{ $key }}: {{ $value | quote }}\n  {{- end }}\n"
            ),
        )
        made.ask(settings.config_from_values(value="config", key=key, content=content))
        made.container += [
            "envFrom:",
            "  - configMapRef:",
            f'      name: {{{{ include "{made.name}.fullname" . }}}}',
        ]
        made.ask(settings.environment_from_config(chart=made.name, kind=made.kind))
        if draw.chance("checksum", 0.6):
            made.annotations.append("checksum/config: {{ toYaml .Values.config | sha256sum }}")
            made.ask(settings.config_rolls_pods(chart=made.name, kind=made.kind, value="config"))

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
            f"- name: {variable}",
            "  valueFrom:",
            "    secretKeyRef:",
            f"      name: {{{{ .Values.{value} }}}}",
            f"      key: {key}",
        ]
        made.ask(
            settings.secret_from_value(
                chart=made.name, value=value, kind=made.kind, variable=variable, key=key
            )
        )

    return Extra("secret", 1, make)


def notes() -> Extra:
    """Say something after an installation."""

    def make(made: Chart) -> None:
        line = made.draw.choice(
            "notes",
            ("kubectl get pods", "kubectl get svc", "kubectl get all", "kubectl get events"),
        )
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


def own_namespace(made: Chart) -> None:
    """Ask for objects that go where the release does. One requirement."""
    made.ask(charts.release_namespace(chart=made.name))


def schema() -> Extra:
    """Check values by a schema."""

    def make(made: Chart) -> None:
        value, rule, bads, good = made.draw.choice("checked", _CHECKED)
        tree: dict[str, Any] = dict(rule)
        top, *rest = value.split(".")
        for key in reversed(rest):
            tree = {"type": "object", "properties": {key: tree}}
        made.schema[top] = tree
        made.ask(refusals.schema_refuses(value=value, bad=made.draw.phrase("bad", bads), good=good))

    return Extra("schema", 1, make)


_CHECKED: tuple[tuple[str, dict[str, Any], tuple[object, ...], object], ...] = (
    ("replicaCount", {"type": "integer", "minimum": 1}, (0, -1), 5),
    ("replicaCount", {"type": "integer", "maximum": 20}, (21, 50, 100), 20),
    ("image.tag", {"type": "string", "not": {"const": "latest"}}, ("latest",), "9.9.9"),
    ("image.repository", {"type": "string", "pattern": "^[^/]+/.+"}, ("nginx", "app"), "ghcr.io/a"),
    ("image.pullPolicy", {"enum": ["Always", "IfNotPresent", "Never"]}, ("Sometimes",), "Always"),
)


def closed_schema() -> Extra:
    """Let the schema refuse unknown keys."""

    def make(made: Chart) -> None:
        made.closed = True
        key = made.draw.phrase("unknown key", ("replicas", "imageTag", "extra", "debug"))
        made.ask(refusals.schema_is_closed(chart=made.name, key=key))

    return Extra("closed schema", 1, make)


def test_pod() -> Extra:
    """Ask the Service for something by `helm test`."""

    def make(made: Chart) -> None:
        path = made.draw.choice("test path", choices.PATHS)
        made.add(
            "tests/connection",
            made.head("v1", "Pod", "-test")
            + (
                "  annotations:\n    helm.sh/hook: test\nspec:\n  restartPolicy: Never\n"
                "  containers:\n    - name: wget\n      image: busybox:1.36\n"
                f"      command: [wget, -qO-, 'http://{made.full}:"
                f"{{{{ .Values.service.port }}}}{path}']\n"
            ),
        )
        made.ask(services.test_asks(chart=made.name, path=path))

    return Extra("test pod", 1, make)
