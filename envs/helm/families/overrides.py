"""Families of values: a chart is given, and a values file for one environment is asked for."""

from __future__ import annotations

from functools import partial
from typing import Any

from envs.helm import choices
from envs.helm.families import parts, switches, whole
from envs.helm.families.chart_recipe import LANGUAGE, Chart, Extra
from envs.helm.families.given import CONTAINER, COUNT, LIMITS, SELECTOR, SERVICE, STORE, given_chart
from envs.helm.requirements import overrides
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.extras import Recipe
from iac_gym.formats.yaml import dump
from iac_gym.words import FIRST


class Values(Recipe):
    """The asks of a task, and the values that meet them, for a chart that is given."""

    def __init__(self, draw: Draw, chart: Chart, path: str) -> None:
        super().__init__(draw)
        self.chart = chart
        self.path = path
        self.values: dict[str, Any] = {}

    def set(self, path: str, value: Any) -> None:
        """Set a value; the path has dots."""
        tree = self.values
        *parents, last = path.split(".")
        for key in parents:
            tree = tree.setdefault(key, {})
        tree[last] = value

    def draft(self, *openings: str) -> Draft:
        """Make the draft of the task."""
        given = {f"{self.chart.name}/{path}": text for path, text in self.chart.files().items()}
        return self.make_draft(
            openings, partial(dump, self.values), ((self.path, LANGUAGE),), given, beside=LANGUAGE
        )


def _image(made: Values) -> None:
    repository = (
        f"{made.draw.choice('registry', choices.REGISTRIES)}/{made.draw.choice('team', FIRST)}"
    )
    tag = made.draw.choice("tag", choices.TAGS)
    made.set("image.repository", f"{repository}/{made.chart.name}")
    made.set("image.tag", tag)
    image = f"{repository}/{made.chart.name}:{tag}"
    made.ask(overrides.image_is(kind=made.chart.kind, image=image))


def _replicas() -> Extra:
    def make(made: Values) -> None:
        count = made.draw.integer("replicas", 4, 15)
        made.set("replicaCount", count)
        made.ask(overrides.field_is(kind=made.chart.kind, field="spec.replicas", value=count))

    return Extra("replicas", 1, make)


def _host() -> Extra:
    def make(made: Values) -> None:
        host = made.draw.choice("host", choices.HOSTS)
        made.set("ingress.enabled", True)
        made.set("ingress.host", host)
        made.ask(overrides.host_leads(host=host))
        if made.draw.chance("tls", 0.6):
            secret = f"{made.draw.choice('secret', FIRST)}-tls"
            made.set("ingress.tls", True)
            made.set("ingress.secretName", secret)
            made.ask(overrides.host_has_tls(host=host, secret=secret))

    return Extra("host", 1.6, make)


def _scaling() -> Extra:
    def make(made: Values) -> None:
        low, high = made.draw.integer("low", 4, 6), made.draw.integer("high", 9, 25)
        made.set("autoscaling.enabled", True)
        made.set("autoscaling.minReplicas", low)
        made.set("autoscaling.maxReplicas", high)
        made.ask(overrides.scaled(kind=made.chart.kind, low=low, high=high))

    return Extra("scaling", 1, make)


def _resources() -> Extra:
    def make(made: Values) -> None:
        memory = made.draw.choice("memory", choices.MEMORY)
        made.set("resources", {"limits": {"memory": memory}})
        made.ask(
            overrides.field_is(
                kind=made.chart.kind,
                field=f"{CONTAINER}.resources.limits.memory",
                value=memory,
            )
        )
        if made.draw.chance("cpu too", 0.5):
            cpu = made.draw.choice("cpu", choices.CPU)
            made.values["resources"]["requests"] = {"cpu": cpu}
            made.ask(
                overrides.field_is(
                    kind=made.chart.kind,
                    field=f"{CONTAINER}.resources.requests.cpu",
                    value=cpu,
                )
            )

    return Extra("resources", 1.5, make)


def _variable() -> Extra:
    def make(made: Values) -> None:
        name, options = made.draw.choice("variable", choices.CONFIG)
        value = made.draw.choice("value", options)
        made.set(f"env.{name}", value)
        made.ask(overrides.environment_is(kind=made.chart.kind, name=name, value=value))

    return Extra("variable", 1, make)


def _budget() -> Extra:
    def make(made: Values) -> None:
        count = made.draw.integer("available", 5, 9)
        made.set("podDisruptionBudget.enabled", True)
        made.set("podDisruptionBudget.minAvailable", count)
        made.ask(overrides.protected(kind=made.chart.kind, count=count))

    return Extra("budget", 1, make)


def _account() -> Extra:
    def make(made: Values) -> None:
        name = f"{made.draw.choice('account', FIRST)}-runner"
        made.set("serviceAccount.create", False)
        made.set("serviceAccount.name", name)
        made.ask(overrides.account_given(kind=made.chart.kind, name=name))

    return Extra("account", 1, make)


def _node() -> Extra:
    def make(made: Values) -> None:
        key, value = made.draw.choice(
            "node",
            (
                ("disktype", "ssd"),
                ("pool", "web"),
                ("zone", "b"),
                ("size", "large"),
                ("arch", "arm64"),
            ),
        )
        made.set("nodeSelector", {key: value})
        made.ask(
            overrides.field_is(
                kind=made.chart.kind,
                field=f"spec.template.spec.nodeSelector.{key}",
                value=value,
            )
        )

    return Extra("node", 1, make)


def _environment(draw: Draw) -> str:
    return draw.phrase("environment", ("production", "staging", "demo", "canary"))


@family("helm", levels=(1, 2, 3, 4))
def web_values(draw: Draw) -> Draft:
    """Values of an environment for a web application's chart."""
    chart = given_chart(
        "storefront", COUNT, SERVICE, switches.ingress(), parts.environment(), LIMITS, SELECTOR
    )
    where = _environment(draw)
    made = Values(draw, chart, f"values-{where}.yaml")
    _image(made)
    made.grow([_replicas(), _host(), _resources(), _variable(), _node()])
    return made.draft(
        f"Here is the chart storefront. Write values-{where}.yaml for it",
        f"The chart storefront is given; write the values of its {where} environment",
    )


@family("helm", levels=(1, 2, 3, 4))
def scaled_values(draw: Draw) -> Draft:
    """Values of an environment with much traffic."""
    chart = given_chart(
        "gateway",
        COUNT,
        switches.autoscaling(),
        switches.budget(),
        switches.account(),
        LIMITS,
        SELECTOR,
        parts.environment(),
    )
    where = _environment(draw)
    made = Values(draw, chart, f"values-{where}.yaml")
    _image(made)
    made.grow([_scaling(), _budget(), _resources(), _account(), _variable(), _node()])
    return made.draft(
        f"Here is the chart gateway. Write values-{where}.yaml for it",
        f"The chart gateway is given; write the values of its {where} environment",
    )


@family("helm", levels=(1, 2, 3), held_out=True)
def stored_values(draw: Draw) -> Draft:
    """Values of an environment with data."""
    chart = given_chart("archive", STORE, SELECTOR, LIMITS, whole.configuration())
    where = _environment(draw)
    made = Values(draw, chart, f"values-{where}.yaml")
    _image(made)
    size = draw.choice("size", ("30Gi", "64Gi", "100Gi", "250Gi", "500Gi"))
    path = next(line.split()[-1] for line in chart.mounts if "mountPath" in line)
    made.set("persistence.size", size)
    made.ask(overrides.stored(kind=chart.kind, path=path, size=size))

    def config(made: Values) -> None:
        key = draw.choice("key", ("MODE_NAME", "TARGET", "LEVEL", "OWNER"))
        value = draw.choice("config value", ("alpha", "beta", "gamma", "delta"))
        made.set(f"config.{key}", value)
        made.ask(overrides.config_is(key=key, value=value))

    made.grow([Extra("config", 1, config), _resources(), _node()])
    return made.draft(
        f"Here is the chart archive. Write values-{where}.yaml for it",
        f"The chart archive is given; write the values of its {where} environment",
    )
