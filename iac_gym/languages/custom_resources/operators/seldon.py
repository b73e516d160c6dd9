"""Seldon: inference graphs of SeldonDeployments, pipelines of Seldon Core 2.

Source: SeldonIO/seldon-core, `operator/apis/machinelearning.seldon.io/v1/
seldondeployment_webhook.go`; `scheduler/pkg/store/pipeline/validate.go`.
"""

from __future__ import annotations

from typing import Any

from iac_gym.languages.custom_resources.notes import Notes
from iac_gym.languages.custom_resources.operators.reading import (
    CheckKind,
    Objects,
    listed,
    whole,
    within,
)
from iac_gym.languages.kubernetes.model import KubeObject, Path, as_list, as_map, as_text

_GRAPHS = "seldon-graphs"
_SERVERS = (
    "SKLEARN_SERVER", "XGBOOST_SERVER", "TENSORFLOW_SERVER", "MLFLOW_SERVER", "TRITON_SERVER",
    "HUGGINGFACE_SERVER", "TEMPO_SERVER",
)  # fmt: skip
_TYPES = ("", "UNKNOWN_TYPE", "ROUTER", "COMBINER", "MODEL", "TRANSFORMER", "OUTPUT_TRANSFORMER")
_DEEPEST = 30


def check_deployment(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note what Seldon's webhook would refuse of a SeldonDeployment."""
    predictors = list(listed(item.get("spec", "predictors"), ("spec", "predictors")))
    if not predictors:
        notes.add(_GRAPHS, item, "there is no predictor", "spec")
    names: set[str] = set()
    traffic = 0
    for path, predictor in predictors:
        name = as_text(predictor.get("name"))
        if name in names:
            notes.add(_GRAPHS, item, f"the predictor `{name[:40]}` is given twice", *path, "name")
        names.add(name)
        traffic += whole(predictor.get("traffic")) or 0
        graph = predictor.get("graph")
        if isinstance(graph, dict):
            _check_unit(item, graph, _containers(predictor), (*path, "graph"), notes, 0)
    live = [one for _, one in predictors if one.get("shadow") is not True]
    if (len(live) > 1 and traffic != 100) or (len(predictors) == 1 and 0 < traffic < 100):
        message = f"the traffic of the predictors adds up to {traffic}, not to 100"
        notes.add(_GRAPHS, item, message, "spec", "predictors")


def _containers(predictor: dict[Any, Any]) -> set[str]:
    return {
        as_text(as_map(container).get("name"))
        for component in as_list(predictor.get("componentSpecs"))
        for container in as_list(within(component, "spec").get("containers"))
    }


def _check_unit(
    item: KubeObject,
    unit: dict[Any, Any],
    containers: set[str],
    path: Path,
    notes: Notes,
    depth: int,
) -> None:
    name, server = as_text(unit.get("name")), as_text(unit.get("implementation"))
    if as_text(unit.get("type")) not in _TYPES:
        hint = f"one of {', '.join(_TYPES[2:])}"
        notes.add(_GRAPHS, item, "this is no type of a graph's node", *path, "type", hint=hint)
    if server in _SERVERS and not unit.get("modelUri"):
        notes.add(_GRAPHS, item, f"{server} needs a `modelUri`", *path)
    unserved = server in ("", "UNKNOWN_IMPLEMENTATION") and not unit.get("endpoint")
    if name and unserved and name not in containers:
        message = f"no container is called `{name[:40]}`, and it has no implementation"
        notes.add(_GRAPHS, item, message, *path, "name")
    if depth < _DEEPEST:
        for where, child in listed(unit.get("children"), (*path, "children")):
            _check_unit(item, child, containers, where, notes, depth + 1)


def check_pipeline(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note steps of a pipeline that are not there."""
    spec = as_map(item.get("spec"))
    steps = list(listed(spec.get("steps"), ("spec", "steps")))
    names = [as_text(step.get("name")) for _, step in steps]
    known = {*names, item.name}
    seen: set[str] = set()
    for (path, step), name in zip(steps, names, strict=True):
        if name in seen:
            notes.add("seldon-pipelines", item, f"the step `{name[:40]}` is given twice", *path)
        seen.add(name)
        if name and name == item.name:
            message = "a step cannot have the name of its pipeline"
            notes.add("seldon-pipelines", item, message, *path, "name")
        for field in ("inputs", "triggers"):
            for place, text in enumerate(as_list(step.get(field))):
                other = as_text(text).partition(".")[0]
                message = "" if other in known else f"there is no step `{other[:40]}`"
                if other == name:
                    message = "a step cannot be its own input"
                if message and other:
                    notes.add("seldon-pipelines", item, message, *path, field, place)
    for place, text in enumerate(as_list(within(spec, "output").get("steps"))):
        other = as_text(text).partition(".")[0]
        if other not in known:
            message = f"there is no step `{other[:40]}`"
            notes.add("seldon-pipelines", item, message, "spec", "output", "steps", place)


def check_experiment(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note an experiment whose default is none of its candidates."""
    spec = as_map(item.get("spec"))
    names = [as_text(as_map(one).get("name")) for one in as_list(spec.get("candidates"))]
    default = as_text(spec.get("default"))
    if default and default not in names:
        message = f"the default `{default[:40]}` is no candidate"
        notes.add("seldon-pipelines", item, message, "spec", "default")


CHECKS: dict[tuple[str, str], CheckKind] = {
    ("machinelearning.seldon.io", "SeldonDeployment"): check_deployment,
    ("mlops.seldon.io", "Pipeline"): check_pipeline,
    ("mlops.seldon.io", "Experiment"): check_experiment,
}
