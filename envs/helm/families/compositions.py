"""Families of charts of several containers, several Deployments, or several charts."""

from __future__ import annotations

from typing import Any

from envs.helm import choices
from envs.helm.families import parts, switches, whole
from envs.helm.families.chart_recipe import Chart, Extra, about
from envs.helm.requirements import components, pods, subcharts, values
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.yaml import dump
from iac_gym.words import FIRST


@family("helm", levels=(2, 3, 4))
def sidecar_chart(draw: Draw) -> Draft:
    """An application with a second container that the values switch on."""
    made = Chart(draw)
    parts.image(made)
    image = (
        f"{draw.choice('side registry', choices.REGISTRIES)}/{draw.choice('side', FIRST)}/agent:"
        f"{draw.choice('side tag', choices.TAGS)}"
    )
    path = draw.choice("shared", choices.MOUNTS)
    made.set("sidecar.enabled", False)
    made.set("sidecar.image", image)
    made.mounts += ["- name: shared", f"  mountPath: {path}"]
    made.volumes += ["- name: shared", "  emptyDir: {}"]
    made.others += [
        "{{- if .Values.sidecar.enabled }}",
        "- name: sidecar",
        "  image: {{ .Values.sidecar.image | quote }}",
        "  volumeMounts:",
        "    - name: shared",
        f"      mountPath: {path}",
        "      readOnly: true",
        "{{- end }}",
    ]
    made.ask(
        pods.sidecar(chart=made.name, kind=made.kind, image=image),
        pods.shared_folder(kind=made.kind, path=path),
    )
    made.grow(
        [
            parts.init(),
            parts.environment(),
            parts.arguments(),
            parts.taken_over(0),
            whole.secret(),
            parts.pull_policy(),
            parts.taken_over(1),
            *about(),
        ]
    )
    return made.draft(
        f"Write a Helm chart for {made.name}, a Deployment with an optional sidecar",
        f"{made.name} may get a sidecar; write its Helm chart (a Deployment)",
    )


_COMMANDS = (
    ("mail", "worker --queue mail"),
    ("video", "bin/encode --loop"),
    ("billing", "php worker.php"),
    ("search", "node indexer.js"),
    ("default", "celery worker"),
    ("export", "./run export"),
)


@family("helm", levels=(3, 4))
def components_chart(draw: Draw) -> Draft:
    """Several Deployments of one mapping."""
    made = Chart(draw, "")
    repository = f"{draw.choice('registry', choices.REGISTRIES)}/{made.name}"
    tag = draw.choice("tag", choices.TAGS)
    made.set("image.repository", repository)
    made.set("image.tag", tag)
    value = draw.choice("value", ("workers", "components", "processes", "consumers"))
    made.ask(
        values.shared_image(kind="Deployment", image=repository, tag=tag),
        components.deployment_per_entry(chart=made.name, value=value),
    )
    for place, (key, line) in enumerate(draw.sample("entries", _COMMANDS, 2)):
        count = draw.integer(f"replicas {place}", 1, 6)
        made.set(f"{value}.{key}", {"replicas": count, "command": line.split()})
        made.ask(components.default_entry(value=value, key=key, replicas=count, command=line))
    made.ask(components.selectors_apart(chart=made.name, value=value))
    extra = ""

    def environment(made: Chart) -> None:
        nonlocal extra
        made.set("env", {})
        extra = (
            "          env:\n            {{- range $name, $text := $.Values.env }}\n"
            "            - name: {{ $name }}\n              value: {{ $text | quote }}\n"
            "            {{- end }}\n"
        )
        made.ask(components.shared_environment(chart=made.name, value="env"))

    made.grow(
        [
            Extra("environment", 1, environment),
            *about(),
        ]
    )
    name = f'{{{{ include "{made.name}.fullname" $ }}}}'
    labels = f'{{{{- include "{made.name}.selectorLabels" $ | nindent @ }}}}'
    head = made.head("apps/v1", "Deployment", "-{{ $key }}").replace('" . ', '" $ ')
    made.add(
        "deployments",
        (
            f"{{{{- range $key, $one := .Values.{value} }}}}\n---\n{head}"
            "spec:\n  replicas: {{ $one.replicas }}\n  selector:\n    matchLabels:\n"
            f"      {labels.replace('@', '6')}\n      app.kubernetes.io/component: {{{{ $key }}}}\n"
            f"  template:\n    metadata:\n      labels:\n        {labels.replace('@', '8')}\n"
            "        app.kubernetes.io/component: {{ $key }}\n    spec:\n      containers:\n"
            "        - name: {{ $key }}\n"
            '          image: "{{ $.Values.image.repository }}:{{ $.Values.image.tag }}"\n'
            f"          command:\n            {{{{- toYaml $one.command | nindent 12 }}}}\n{extra}"
            "{{- end }}\n"
        ).replace(made.full, name),
    )
    return made.draft(
        f"Write a Helm chart for {made.name}, which consists of several Deployments of one image",
        f"{made.name} runs several kinds of processes; write a Helm chart that makes a Deployment "
        "of each",
    )


_SUBCHARTS = (
    ("cache", 6379, "CACHE_HOST"),
    ("queue", 5672, "QUEUE_HOST"),
    ("search", 9200, "SEARCH_HOST"),
    ("mail", 1025, "MAIL_HOST"),
)


def _subchart(made: Chart, name: str, port: int, version: str, own: dict[str, Any]) -> None:
    """Write a small chart into `charts`."""
    folder = f"charts/{name}"
    image = f"registry.example.com/{name}"
    labels = "app: {{ .Release.Name }}-" + name
    head = "metadata:\n  name: {{ .Release.Name }}-" + name + "\n"
    made.more |= {
        f"{folder}/Chart.yaml": dump({"apiVersion": "v2", "name": name, "version": version}),
        f"{folder}/values.yaml": dump({"image": image, **own}),
        f"{folder}/templates/deployment.yaml": (
            f"apiVersion: apps/v1\nkind: Deployment\n{head}"
            "spec:\n  replicas: {{ .Values.replicas }}\n  selector:\n"
            f"    matchLabels:\n      {labels}\n  template:\n    metadata:\n      labels:\n"
            f"        {labels}\n    spec:\n      containers:\n        - name: {name}\n"
            '          image: "{{ .Values.image }}:{{ .Values.tag }}"\n'
            f"          ports:\n            - containerPort: {port}\n"
        ),
        f"{folder}/templates/service.yaml": (
            f"apiVersion: v1\nkind: Service\n{head}spec:\n  ports:\n    - port: {port}\n"
            f"  selector:\n    {labels}\n"
        ),
    }


@family("helm", levels=(3, 4, 5))
def parent_chart(draw: Draw) -> Draft:
    """A chart with a chart of its own in `charts`."""
    made = Chart(draw)
    parts.image(made)
    name, port, variable = draw.choice("subchart", _SUBCHARTS)
    version = draw.choice("subchart version", choices.VERSIONS[:6])
    own, given = draw.choice("sub replicas", ((1, 3), (2, 4), (1, 2), (2, 5)))
    made.meta["dependencies"] = [{"name": name, "version": version, "condition": f"{name}.enabled"}]
    made.set(f"{name}.enabled", True)
    made.set(f"{name}.replicas", given)
    _subchart(made, name, port, version, {"replicas": own, "tag": "1.0"})
    made.ask(
        subcharts.subchart_there(subchart=name, version=version),
        subcharts.subchart_switched(subchart=name, kind="Deployment"),
        subcharts.subchart_gets(
            subchart=name,
            value="replicas",
            own=own,
            default=given,
            kind="Deployment",
            field="spec.replicas",
        ),
    )

    def found(made: Chart) -> None:
        made.environment += [
            f"- name: {variable}",
            "  value: {{ .Release.Name }}-" + name,
        ]
        made.ask(subcharts.subchart_found(kind=made.kind, subchart=name, variable=variable))

    def replicas(made: Chart) -> None:
        parts.replicas(made)

    made.grow(
        [
            Extra("found", 1, found),
            Extra("replicas", 1, replicas),
            parts.taken_over(0),
            whole.secret(),
            switches.account(),
            parts.taken_over(1),
            whole.notes(),
            *about(),
        ]
    )
    return made.draft(
        f"Write a Helm chart for {made.name} (a Deployment) with its {name} as a local subchart",
        f"{made.name} brings its own {name}: write its Helm chart (a Deployment) with a chart "
        f"for the {name} in `charts/{name}`",
        patterns=("charts/*",),
    )


@family("helm", levels=(2, 3, 4), held_out=True)
def library_chart(draw: Draw) -> Draft:
    """A chart whose labels come from a library chart."""
    made = Chart(draw)
    parts.image(made)
    parts.replicas(made)
    library = draw.choice("library", ("common", "base", "shared", "toolkit"))
    helper = f"{library}.{draw.choice('helper', ('labels', 'metaLabels', 'standardLabels'))}"
    version = draw.phrase("library version", choices.VERSIONS[:5])
    made.meta["dependencies"] = [{"name": library, "version": version}]
    made.more = {
        f"charts/{library}/Chart.yaml": dump(
            {
                "apiVersion": "v2",
                "name": library,
                "version": version,
                "type": "library",
            }
        ),
        f"charts/{library}/templates/_labels.tpl": (
            f'{{{{- define "{helper}" -}}}}\napp.kubernetes.io/part-of: {{{{ .Chart.Name }}}}\n'
            "{{- end }}\n"
        ),
    }
    parts.service(made)
    made.ask(subcharts.library_used(library=library, helper=helper, count=2))
    made.grow(
        [
            parts.environment(),
            parts.taken_over(0),
            parts.pull_policy(),
            parts.taken_over(1),
            *about(),
        ]
    )
    line = f'    {{{{- include "{helper}" . | nindent 4 }}}}\n'
    made.labels += line
    text = made.templates["templates/service.yaml"]
    made.templates["templates/service.yaml"] = text.replace("spec:\n", f"{line}spec:\n", 1)
    return made.draft(
        f"Write a Helm chart for {made.name} (a Deployment) that uses a library chart in `charts`",
        f"{made.name} gets a Helm chart (a Deployment) with a local library chart: write both",
        patterns=("charts/*",),
    )
