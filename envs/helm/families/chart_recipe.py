"""How a Helm task is put together: the recipe that writes a chart of several files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from envs.helm import choices
from envs.helm.requirements import charts
from iac_gym.category import Draft
from iac_gym.draw import Draw
from iac_gym.extras import Extra, Recipe
from iac_gym.formats.yaml import dump

__all__ = ["LANGUAGE", "Chart", "Extra", "about", "indented"]

LANGUAGE = "helm"
_HELPERS = """\
{{- define "@.fullname" -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "@.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "@.labels" -}}
{{ include "@.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
"""


def indented(lines: list[str], indent: int) -> str:
    """Join lines, each indented."""
    return "".join(f"{' ' * indent}{line}\n" for line in lines)


class Chart(Recipe):
    """The asks of a task, and the chart that meets them.

    Lists of lines are written into the workload: `spec`, `annotations` of the pods, `pod` (its
    spec), `container` (the first one), `environment`, `mounts`, `others` (further containers),
    `volumes` and `after` (behind the template). `more` holds further files.
    """

    def __init__(self, draw: Draw, kind: str = "Deployment") -> None:
        super().__init__(draw)
        self.kind = kind
        self.name = draw.choice("name", choices.NAMES)
        self.meta: dict[str, Any] = {
            "apiVersion": "v2",
            "name": self.name,
            "description": f"A chart for {self.name}",
            "type": "application",
            "version": "0.1.0",
            "appVersion": "1.0.0",
        }
        self.values: dict[str, Any] = {}
        self.templates: dict[str, str] = {}
        self.spec: list[str] = []
        self.annotations: list[str] = []
        self.pod: list[str] = []
        self.container: list[str] = []
        self.environment: list[str] = []
        self.volumes: list[str] = []
        self.mounts: list[str] = []
        self.others: list[str] = []
        self.after: list[str] = []
        self.more: dict[str, str] = {}
        self.closed = False
        #: Further lines of the workload's labels.
        self.labels = ""
        self.schema: dict[str, Any] = {}
        self.ask(charts.chart_named(name=self.name))

    def set(self, path: str, value: Any) -> None:
        """Set a default; the path has dots."""
        tree = self.values
        *parents, last = path.split(".")
        for key in parents:
            tree = tree.setdefault(key, {})
        tree[last] = value

    def head(self, version: str, kind: str, suffix: str = "") -> str:
        """Return the first lines of an object with the usual name and labels."""
        return (
            f"apiVersion: {version}\nkind: {kind}\nmetadata:\n"
            f'  name: {{{{ include "{self.name}.fullname" . }}}}{suffix}\n'
            f'  labels:\n    {{{{- include "{self.name}.labels" . | nindent 4 }}}}\n'
        )

    @property
    def full(self) -> str:
        """The usual name, as a template."""
        return f'{{{{ include "{self.name}.fullname" . }}}}'

    def selector(self, indent: int) -> str:
        """Return the line that includes the labels of the pods."""
        return f'{{{{- include "{self.name}.selectorLabels" . | nindent {indent} }}}}'

    def add(self, name: str, text: str, condition: str = "") -> None:
        """Add a template, rendered only where a value is true."""
        if condition:
            text = f"{{{{- if .Values.{condition} }}}}\n{text}{{{{- end }}}}\n"
        self.templates[f"templates/{name}.yaml"] = text

    def _workload(self) -> str:
        lines = [*self.container, *_under("env", self.environment)]
        lines += _under("volumeMounts", self.mounts)
        return (
            self.head("apps/v1", self.kind)
            + self.labels
            + "spec:\n"
            + indented(self.spec, 2)
            + f"  selector:\n    matchLabels:\n      {self.selector(6)}\n"
            + "  template:\n    metadata:\n"
            + indented(_under("annotations", self.annotations), 6)
            + f"      labels:\n        {self.selector(8)}\n    spec:\n"
            + indented(self.pod, 6)
            + f"      containers:\n        - name: {self.name}\n"
            + indented(lines, 10)
            + indented(self.others, 8)
            + indented(_under("volumes", self.volumes), 6)
            + indented(self.after, 2)
        )

    def files(self) -> dict[str, str]:
        """Return the files of the chart by path."""
        workload = {f"templates/{self.kind.lower()}.yaml": self._workload()} if self.kind else {}
        found = {
            "Chart.yaml": dump(self.meta),
            "values.yaml": dump(self.values),
            "templates/_helpers.tpl": _HELPERS.replace("@", self.name),
            **workload,
            **self.templates,
            **self.more,
        }
        if self.schema:
            tree: dict[str, Any] = {
                "$schema": "https://json-schema.org/draft-07/schema#",
                "type": "object",
                "properties": self.schema,
            }
            if self.closed:
                known: dict[str, Any] = {key: {} for key in (*self.values, "global")} | self.schema
                tree |= {"properties": known, "additionalProperties": False}
            found["values.schema.json"] = json.dumps(tree, indent=2) + "\n"
        return found

    def draft(self, *openings: str, patterns: tuple[str, ...] = ()) -> Draft:
        """Make the draft of the task: a chart, whose templates may be split as one likes.

        `patterns` are those of further files.
        """
        expected = (
            ("Chart.yaml", LANGUAGE),
            ("values.yaml", LANGUAGE),
            ("templates/*", LANGUAGE),
            ("values.schema.json*", LANGUAGE),
            *((pattern, LANGUAGE) for pattern in patterns),
        )
        return self.make_draft(openings, partial(_copy, self.files()), expected)


def _under(key: str, lines: list[str]) -> list[str]:
    """Return lines below a key, nothing where there are none."""
    return [f"{key}:", *(f"  {line}" for line in lines)] if lines else []


def _copy(files: Mapping[str, str]) -> dict[str, str]:
    return dict(files)


def about() -> list[Extra]:
    """Return optional parts of Chart.yaml."""

    def version(made: Chart) -> None:
        made.meta["version"] = made.draw.choice("version", choices.VERSIONS[1:])
        made.ask(charts.chart_version(version=made.meta["version"]))

    def application(made: Chart) -> None:
        made.meta["appVersion"] = made.draw.choice("application", choices.TAGS)
        made.ask(charts.app_version(version=made.meta["appVersion"]))

    def kubernetes(made: Chart) -> None:
        made.meta["kubeVersion"] = made.draw.choice("kubernetes", choices.KUBE_RANGES)
        made.ask(charts.kube_version(range=made.meta["kubeVersion"]))

    def maintainer(made: Chart) -> None:
        name, email = made.draw.choice("maintainer", choices.MAINTAINERS)
        made.meta["maintainers"] = [{"name": name, "email": email}]
        made.ask(charts.maintained(name=name, email=email))

    def keyword(made: Chart) -> None:
        word = made.draw.choice("keyword", ("web", "api", "worker", "internal", "storage", "batch"))
        made.meta["keywords"] = [word]
        made.ask(charts.keyword(word=word))

    return [
        Extra("version", 1, version),
        Extra("application", 1, application),
        Extra("kubernetes", 1, kubernetes),
        Extra("maintainer", 1, maintainer),
        Extra("keyword", 1, keyword),
    ]
