"""The charts that are given where values are asked for."""

from __future__ import annotations

from envs.helm.families import parts, switches
from envs.helm.families.chart_recipe import Chart, Extra
from iac_gym.draw import Draw

CONTAINER = "spec.template.spec.containers[0]"


def given_chart(name: str, *grown: Extra, kind: str = "Deployment") -> Chart:
    """Make the chart that is given: the same for every task of a family."""
    made = Chart(Draw("the given chart", name, level=3), kind)
    made.name = name
    made.meta |= {"name": name, "description": f"A chart for {name}"}
    parts.image(made)
    made.set("image.repository", f"registry.example.com/{name}")
    made.set("image.tag", "1.0.0")
    for extra in grown:
        extra.make(made)
    return made


def _with_service(made: Chart) -> None:
    parts.service(made)


SERVICE = Extra("service", 1, _with_service)
SELECTOR = Extra("selector", 1, lambda made: parts.take_over(made, "nodeSelector"))
LIMITS = Extra("limits", 1, lambda made: parts.take_over(made, "resources"))
COUNT = Extra("count", 1, parts.replicas)
STORE = Extra("store", 1, switches.persistence)
