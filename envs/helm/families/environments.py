"""A family of values for two environments: a chart is given, and a file for each is asked for."""

from __future__ import annotations

from functools import partial
from typing import Any

from envs.helm import choices
from envs.helm.families import parts, switches
from envs.helm.families.chart_recipe import LANGUAGE, Chart, Extra
from envs.helm.families.given import CONTAINER, COUNT, LIMITS, SELECTOR, SERVICE, given_chart
from envs.helm.requirements import overrides
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.extras import Recipe
from iac_gym.formats.yaml import dump


class Environments(Recipe):
    """The asks of a task for two values files of one chart, and the files that meet them."""

    def __init__(self, draw: Draw, chart: Chart, *names: str) -> None:
        super().__init__(draw)
        self.chart = chart
        self.files: dict[str, dict[str, Any]] = {f"values-{name}.yaml": {} for name in names}

    def set(self, file: str, path: str, value: Any) -> None:
        """Set a value in one of the files; the path has dots."""
        tree = self.files[file]
        *parents, last = path.split(".")
        for key in parents:
            tree = tree.setdefault(key, {})
        tree[last] = value

    def draft(self, *openings: str) -> Draft:
        """Make the draft of the task."""
        given = {f"{self.chart.name}/{path}": text for path, text in self.chart.files().items()}
        made = {path: dump(tree) for path, tree in self.files.items()}
        files = tuple((path, LANGUAGE) for path in self.files)
        return self.make_draft(openings, partial(dict, made), files, given, beside=LANGUAGE)


def _in_file(file: str, name: str, options: tuple[object, ...], value: str, field: str) -> Extra:
    """Set one field in one of the files."""

    def make(made: Environments) -> None:
        chosen = made.draw.choice(f"{name} {file}", options)
        made.set(file, value, chosen)
        made.ask(
            overrides.in_environment(file=file, kind=made.chart.kind, field=field, value=chosen)
        )

    return Extra(f"{name} {file}", 1, make)


@family("helm", levels=(2, 3, 4))
def environments_values(draw: Draw) -> Draft:
    """Values of two environments, which differ."""
    chart = given_chart(
        "portal", COUNT, SERVICE, switches.ingress(), parts.environment(), LIMITS, SELECTOR
    )
    big, small = draw.phrase("names", (("production", "staging"), ("prod", "test"), ("live", "qa")))
    made = Environments(draw, chart, big, small)
    first, second = made.files
    host = draw.choice("host", choices.HOSTS)
    made.set(first, "ingress", {"enabled": True, "host": host})
    made.ask(overrides.host_in_environment(file=first, host=host))
    tags = draw.sample("tags", choices.TAGS, 2)
    for file, tag in zip((first, second), tags, strict=True):
        made.set(file, "image.tag", tag)
        made.ask(
            overrides.in_environment(
                file=file,
                kind=chart.kind,
                field=f"{CONTAINER}.image",
                value=f"registry.example.com/portal:{tag}",
            )
        )
    made.ask(
        overrides.plain_environment(
            file=second, kind=chart.kind, field="spec.replicas", value=chart.values["replicaCount"]
        )
    )

    def level(made: Environments) -> None:
        for file, options in ((first, ("warn", "error")), (second, ("debug", "trace"))):
            value = draw.choice(f"log level {file}", options)
            made.set(file, "env.LOG_LEVEL", value)
            made.ask(
                overrides.variable_in_environment(
                    file=file, kind=chart.kind, name="LOG_LEVEL", value=value
                )
            )

    made.grow(
        [
            _in_file(first, "replicas", (6, 7, 8, 9, 10), "replicaCount", "spec.replicas"),
            Extra("level", 2, level),
            _in_file(
                first,
                "memory",
                choices.MEMORY,
                "resources.limits.memory",
                f"{CONTAINER}.resources.limits.memory",
            ),
            _in_file(
                second,
                "memory",
                choices.MEMORY,
                "resources.limits.memory",
                f"{CONTAINER}.resources.limits.memory",
            ),
            _in_file(
                first,
                "pool",
                ("web", "fast", "large"),
                "nodeSelector.pool",
                "spec.template.spec.nodeSelector.pool",
            ),
        ]
    )
    return made.draft(
        f"Here is the chart portal. Write values-{big}.yaml and values-{small}.yaml for it, each "
        "to be used alone",
        f"The chart portal is given; write the values of two environments, {first} and {second}; "
        "only one of the files is used at a time",
    )
