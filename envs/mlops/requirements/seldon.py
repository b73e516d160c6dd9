"""Requirements about SeldonDeployments: predictors, their graphs and their share of traffic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envs.mlops.reading import each, equal, maps, shown
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, as_map, as_text

_KIND = ("SeldonDeployment",)
#: Deepest graph that is walked.
_DEEPEST = 30


def _predictors(item: KubeObject, name: str) -> list[dict[Any, Any]]:
    return [one for one in maps(item.get("spec", "predictors")) if one.get("name") == name]


def _awake(item: KubeObject, predictor: dict[Any, Any]) -> bool:
    count = predictor.get("replicas", item.get("spec", "replicas", default=1))
    return not equal(count, 0) and predictor.get("shadow") is not True


def _units(graph: Any, depth: int = 0) -> Iterator[dict[Any, Any]]:
    if isinstance(graph, dict) and depth < _DEEPEST:
        yield graph
        for child in maps(graph.get("children")):
            yield from _units(child, depth + 1)


@requirement(
    "a SeldonDeployment `{name}` whose predictor `{predictor}` serves `{uri}` with {server}",
    "in the SeldonDeployment `{name}`, the predictor `{predictor}` runs {server} on the model"
    " `{uri}`",
)
def seldon_model(manifest: Manifest, name: str, predictor: str, server: str, uri: str) -> Findings:
    """A unit of a predictor's graph with its implementation and model."""

    def check(item: KubeObject) -> Findings:
        found = _predictors(item, predictor)
        if not found or not all(_awake(item, one) for one in found):
            yield item.finding(f"`{name}` runs no predictor `{predictor}`", "spec", "predictors")
            return
        units = [unit for one in found for unit in _units(one.get("graph"))]
        if not any(
            unit.get("implementation") == server
            and as_text(unit.get("modelUri")).rstrip("/") == uri.rstrip("/")
            for unit in units
        ):
            message = f"no unit of `{predictor}` runs {server} on {uri}"
            yield item.finding(message, "spec", "predictors")

    return each(manifest, name, _KIND, check)


@requirement(
    "the predictor `{predictor}` of `{of}` gets {percent}% of the traffic",
    "{percent} percent of the traffic of `{of}` go to its predictor `{predictor}`",
)
def seldon_traffic(manifest: Manifest, of: str, predictor: str, percent: int) -> Findings:
    """`traffic` of a predictor."""

    def check(item: KubeObject) -> Findings:
        found = [one.get("traffic") for one in _predictors(item, predictor)]
        if len(found) != 1 or not equal(found[0], percent):
            given = shown(found[0] if found else None)
            message = f"`{predictor}` gets {given} percent, asked for {percent}"
            yield item.finding(message, "spec", "predictors")

    return each(manifest, of, _KIND, check)


@requirement(
    "the predictor `{predictor}` of `{of}` has {count} replicas",
    "{count} replicas of the predictor `{predictor}` in `{of}`",
)
def seldon_replicas(manifest: Manifest, of: str, predictor: str, count: int) -> Findings:
    """`replicas` of a predictor, or of the deployment where it has none of its own."""

    def check(item: KubeObject) -> Findings:
        found = [
            one.get("replicas", item.get("spec", "replicas", default=1))
            for one in _predictors(item, predictor)
        ]
        if not found or not equal(found[0], count):
            given = shown(found[0] if found else None)
            message = f"`{predictor}` has {given} replicas, asked for {count}"
            yield item.finding(message, "spec", "predictors")

    return each(manifest, of, _KIND, check)


@requirement("`{of}` speaks the protocol {protocol}", "the protocol of `{of}` is {protocol}")
def seldon_protocol(manifest: Manifest, of: str, protocol: str) -> Findings:
    """`protocol` of a SeldonDeployment (v2 was called kfserving)."""

    def check(item: KubeObject) -> Findings:
        found = item.get("spec", "protocol", default="seldon")
        if found != protocol and not (protocol == "v2" and found == "kfserving"):
            yield item.finding(f"`{of}` speaks {shown(found)}, not {protocol}", "spec", "protocol")

    return each(manifest, of, _KIND, check)


@requirement(
    "the unit `{unit}` in the predictor `{predictor}` of `{of}` takes its credentials from the"
    " Secret `{secret}`",
    "in `{of}`, the unit `{unit}` of `{predictor}` reads its model with the Secret `{secret}`",
)
def seldon_secret(manifest: Manifest, of: str, predictor: str, unit: str, secret: str) -> Findings:
    """`envSecretRefName` of a unit."""

    def check(item: KubeObject) -> Findings:
        units = [u for one in _predictors(item, predictor) for u in _units(one.get("graph"))]
        found = [as_map(one).get("envSecretRefName") for one in units if one.get("name") == unit]
        if secret not in found:
            yield item.finding(f"`{unit}` does not use the Secret `{secret}`", "spec", "predictors")

    return each(manifest, of, _KIND, check)
