"""Families of charts for applications: servers, workers, stores, jobs."""

from __future__ import annotations

from envs.helm import choices
from envs.helm.families import parts, switches, whole
from envs.helm.families.chart_recipe import Chart, Extra, about
from envs.helm.requirements import charts, pods, storage, values
from iac_gym.category import Draft, family
from iac_gym.draw import Draw


@family("helm", levels=(2, 3, 4, 5))
def web_chart(draw: Draw) -> Draft:
    """A web application with its Service, and what is switched on by values."""
    made = Chart(draw)
    parts.image(made)
    parts.replicas(made)
    port = parts.service(made)
    whole.own_names(made)
    made.grow(
        [
            switches.ingress(),
            parts.probes(port),
            parts.taken_over(0),
            parts.service_type(),
            switches.autoscaling(),
            switches.account(),
            parts.taken_over(1),
            parts.pull_policy(),
            whole.test_pod(),
            whole.notes(),
            *about(),
        ]
    )
    return made.draft(
        f"Write a Helm chart for the web application {made.name}",
        f"The web application {made.name} needs a Helm chart of its own: write it",
    )


@family("helm", levels=(2, 3, 4, 5))
def configured_chart(draw: Draw) -> Draft:
    """An application whose settings come from the values."""
    made = Chart(draw)
    parts.image(made)
    whole.configuration().make(made)
    whole.usual_labels(made)
    made.grow(
        [
            whole.secret(),
            parts.environment(),
            parts.taken_over(0),
            parts.pull_policy(),
            parts.taken_over(1),
            switches.hook(),
            whole.notes(),
            *about(),
        ]
    )
    return made.draft(
        f"Write a Helm chart for {made.name}, whose configuration comes from the values",
        f"{made.name} is configured by environment variables; write its Helm chart",
    )


@family("helm", levels=(2, 3, 4))
def worker_chart(draw: Draw) -> Draft:
    """A worker without a Service."""
    made = Chart(draw)
    parts.image(made)
    parts.replicas(made)
    line = draw.choice(
        "command",
        (
            "bin/worker",
            "celery -A app worker",
            "node worker.js",
            "php artisan queue:work",
            "./consume --forever",
        ),
    )
    made.container += ["command:", *(f"  - {word}" for word in line.split())]
    made.ask(pods.runs_command(kind=made.kind, command=line))
    whole.usual_labels(made)
    made.grow(
        [
            parts.environment(),
            whole.secret(),
            parts.init(),
            parts.taken_over(0),
            switches.budget(),
            switches.autoscaling(),
            switches.account(),
            parts.taken_over(1),
            *about(),
        ]
    )
    return made.draft(
        f"Write a Helm chart for the background worker {made.name}, run as a Deployment",
        f"{made.name} works through a queue; write a Helm chart that runs it as a Deployment",
    )


@family("helm", levels=(2, 3, 4))
def stateful_chart(draw: Draw) -> Draft:
    """An application with data of its own."""
    made = Chart(draw)
    parts.image(made)
    port = parts.service(made)
    switches.persistence(made)
    whole.own_names(made)
    made.grow(
        [
            parts.probes(port),
            parts.taken_over(0),
            whole.secret(),
            parts.service_type(),
            parts.pull_policy(),
            parts.taken_over(1),
            *about(),
        ]
    )
    return made.draft(
        f"Write a Helm chart for {made.name}, a Deployment that keeps data",
        f"{made.name} stores files; write a Helm chart (a Deployment) with a volume for them",
    )


@family("helm", levels=(2, 3, 4))
def cron_chart(draw: Draw) -> Draft:
    """A job at set times."""
    made = Chart(draw, "")
    made.kind = "CronJob"
    repository = f"{draw.choice('registry', choices.REGISTRIES)}/{made.name}"
    tag = draw.choice("tag", choices.TAGS)
    schedule = f"{draw.integer('minute', 0, 59)} {draw.integer('hour', 0, 23)} * * *"
    made.set("image.repository", repository)
    made.set("image.tag", tag)
    made.set("schedule", schedule)
    made.ask(
        values.image_from_values(kind="CronJob", image=repository, tag=tag),
        pods.scheduled(kind="CronJob", schedule=schedule),
    )
    spec: list[str] = []

    def number(name: str, value: str, field: str, options: tuple[int, ...]) -> Extra:
        def make(made: Chart) -> None:
            count = draw.choice(name, options)
            made.set(value, count)
            spec.append(f"{field}: {{{{ .Values.{value} }}}}")
            made.ask(
                values.value_sets(
                    value=value,
                    default=count,
                    kind="CronJob",
                    field=f"spec.{field}",
                    other=count + 11,
                )
            )

        return Extra(name, 1, make)

    def concurrency(made: Chart) -> None:
        policy, other = draw.choice(
            "policy", (("Forbid", "Replace"), ("Replace", "Allow"), ("Allow", "Forbid"))
        )
        made.set("concurrencyPolicy", policy)
        spec.append("concurrencyPolicy: {{ .Values.concurrencyPolicy }}")
        made.ask(
            values.value_sets(
                value="concurrencyPolicy",
                default=policy,
                kind="CronJob",
                field="spec.concurrencyPolicy",
                other=other,
            )
        )

    def suspended(made: Chart) -> None:
        made.set("suspend", False)
        spec.append("suspend: {{ .Values.suspend }}")
        made.ask(
            values.value_sets(
                value="suspend", default=False, kind="CronJob", field="spec.suspend", other=True
            )
        )

    whole.usual_labels(made)
    made.grow(
        [
            Extra("concurrency", 1, concurrency),
            Extra("suspended", 1, suspended),
            number("history", "history", "successfulJobsHistoryLimit", (1, 2, 4, 5)),
            number("failed", "failedHistory", "failedJobsHistoryLimit", (2, 3, 4, 5)),
            *about(),
        ]
    )
    lines = "".join(f"  {line}\n" for line in spec)
    made.add(
        "cronjob",
        made.head("batch/v1", "CronJob")
        + (
            f"spec:\n  schedule: {{{{ .Values.schedule | quote }}}}\n{lines}"
            "  jobTemplate:\n    spec:\n      template:\n        spec:\n"
            "          restartPolicy: OnFailure\n          containers:\n"
            f"            - name: {made.name}\n"
            '              image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"\n'
        ),
    )
    made.kind = ""
    return made.draft(
        f"Write a Helm chart for {made.name}, a CronJob",
        f"{made.name} runs at set times in the cluster; write the Helm chart for it (a CronJob)",
    )


@family("helm", levels=(2, 3, 4))
def controller_chart(draw: Draw) -> Draft:
    """A program that talks to the API server."""
    made = Chart(draw)
    parts.image(made)
    switches.account().make(made)
    switches.rights().make(made)
    whole.own_namespace(made)
    made.grow(
        [
            parts.environment(),
            parts.taken_over(0),
            parts.pull_policy(),
            parts.arguments(),
            parts.taken_over(1),
            switches.budget(),
            whole.notes(),
            *about(),
        ]
    )
    return made.draft(
        f"Write a Helm chart for {made.name}, a Deployment that watches its namespace",
        f"{made.name} talks to the API server; write its Helm chart (a Deployment)",
    )


@family("helm", levels=(2, 3, 4))
def checked_chart(draw: Draw) -> Draft:
    """A chart that checks its values by a schema, and shares named templates."""
    made = Chart(draw)
    parts.image(made)
    parts.replicas(made)
    whole.schema().make(made)

    def helper(made: Chart) -> None:
        parts.service(made)
        made.ask(charts.helper_used(helper=f"{made.name}.labels", count=2))

    whole.usual_labels(made)
    made.grow(
        [
            Extra("helper", 2, helper),
            whole.closed_schema(),
            parts.pull_policy(),
            parts.environment(),
            parts.taken_over(0),
            whole.notes(),
            *about(),
        ]
    )
    return made.draft(
        f"Write a Helm chart for {made.name} (a Deployment) that refuses wrong values",
        f"The values of {made.name} must be checked by a schema: write its Helm chart (a "
        "Deployment)",
    )


@family("helm", levels=(2, 3, 4), held_out=True)
def agent_chart(draw: Draw) -> Draft:
    """An agent on every node."""
    made = Chart(draw, "DaemonSet")
    parts.image(made)
    path, source = draw.choice(
        "host path",
        (
            ("/host/var/log", "/var/log"),
            ("/host/proc", "/proc"),
            ("/host/sys", "/sys"),
            ("/run/containerd", "/run/containerd"),
        ),
    )
    made.mounts += ["- name: host", f"  mountPath: {path}", "  readOnly: true"]
    made.volumes += ["- name: host", "  hostPath:", f"    path: {source}"]
    made.ask(storage.host_folder(source=source, path=path, kind=made.kind))
    whole.usual_labels(made)
    made.grow(
        [
            parts.taken_over(1),
            parts.environment(),
            switches.rights(),
            parts.taken_over(0),
            parts.pull_policy(),
            *about(),
        ]
    )
    return made.draft(
        f"Write a Helm chart for the agent {made.name}, a DaemonSet that reads {source} of its "
        "node",
        f"The agent {made.name} runs on every node and reads {source}: write its Helm chart (a "
        "DaemonSet)",
    )
