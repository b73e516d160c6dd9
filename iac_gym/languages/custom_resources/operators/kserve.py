"""KServe's inference services, graphs and models.

Source: kserve/kserve, `pkg/apis/serving/v1beta1/inference_service_validation.go`, `component.go`
and the validation of `v1alpha1`.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from iac_gym.languages.custom_resources.notes import Notes
from iac_gym.languages.custom_resources.operators.reading import (
    CheckKind,
    Objects,
    check_name,
    listed,
    whole,
    within,
)
from iac_gym.languages.kubernetes.model import KubeObject, Path, as_list, as_map, as_text

FRAMEWORKS = (
    "sklearn xgboost tensorflow pytorch triton onnx huggingface pmml lightgbm paddle model".split()
)
_IMPLEMENTATIONS = {"predictor": tuple(FRAMEWORKS), "explainer": ("art", "alibi")}
_AUTOSCALERS = ("hpa", "kpa", "external", "keda", "none")
_LOGGED = ("all", "request", "response")
_CLASS = "serving.kserve.io/autoscalerClass"
_STORAGE_SPEC = ("s3://", "hdfs://", "webhdfs://")
_SCHEMES = (
    "gs://", "s3://", "pvc://", "file://", "https://", "http://", "hdfs://", "webhdfs://",
    "oci://", "hf://", "git://",
)  # fmt: skip
_TARGETS = ("nodeName", "serviceName", "serviceUrl")


def check_service(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note what KServe would refuse of an InferenceService."""
    check_name(item, "kserve-components", notes)
    value = as_map(item.get("metadata", "annotations")).get(_CLASS)
    if value is not None and value not in _AUTOSCALERS:
        path: Path = ("metadata", "annotations", _CLASS)
        hint = f"one of {', '.join(_AUTOSCALERS)}"
        message = f'"{str(value)[:40]}" is no class of autoscaler'
        notes.add("kserve-scaling", item, message, *path, hint=hint)
    for part in ("predictor", "transformer", "explainer"):
        component = item.get("spec", part)
        if isinstance(component, dict):
            _check_component(item, part, component, notes)


def _check_component(item: KubeObject, part: str, component: dict[Any, Any], notes: Notes) -> None:
    path: Path = ("spec", part)
    given = [key for key in _IMPLEMENTATIONS.get(part, ()) if component.get(key) is not None]
    containers = as_list(component.get("containers"))
    if containers and (not given or any(map(_is_main, containers))):
        given.append("containers")
    if len(given) != 1:
        what = " and ".join(f"`{key}`" for key in given) or "nothing"
        message = f"the {part} serves exactly one thing; it has {what}"
        hint = "" if given else "give `model` with a `modelFormat`, or `containers`"
        notes.add("kserve-components", item, message, *path, hint=hint)
    for framework in FRAMEWORKS if part == "predictor" else ():
        _check_framework(item, framework, component, notes)
    _check_scaling(item, component, path, notes)
    mode = within(component, "logger").get("mode")
    if mode is not None and mode not in _LOGGED:
        message, hint = "this is no mode of the logger", f"one of {', '.join(_LOGGED)}"
        notes.add("kserve-components", item, message, *path, "logger", "mode", hint=hint)


def _is_main(container: Any) -> bool:
    return as_map(container).get("name") == "kserve-container"


def _check_framework(
    item: KubeObject, framework: str, component: dict[Any, Any], notes: Notes
) -> None:
    served = component.get(framework)
    if not isinstance(served, dict):
        return
    path: Path = ("spec", "predictor", framework)
    if served.get("name"):
        message = "KServe gives the name of this container; leave it out"
        notes.add("kserve-components", item, message, *path, "name")
    chosen = served.get("runtime") or within(served, "modelFormat").get("name")
    if framework == "model" and not chosen:
        notes.add("kserve-components", item, "`modelFormat.name` is missing", *path)
    uri, storage = as_text(served.get("storageUri")), served.get("storage")
    if uri and isinstance(storage, dict) and not uri.startswith(_STORAGE_SPEC):
        message = f"`storage` goes with {', '.join(_STORAGE_SPEC)} only"
        notes.add("kserve-storage", item, message, *path, "storageUri")
    if uri and component.get("storageUris"):
        message = "`storageUri` and `storageUris` cannot both be given"
        notes.add("kserve-storage", item, message, *path, "storageUri")
    if uri and "://" not in uri and not uri.startswith("/"):
        message, hint = f"`{uri[:60]}` has no scheme", f"for example {', '.join(_SCHEMES[:4])}"
        notes.add("kserve-storage", item, message, *path, "storageUri", hint=hint)


def _check_scaling(item: KubeObject, component: dict[Any, Any], path: Path, notes: Notes) -> None:
    rule = "kserve-scaling"
    least, most = whole(component.get("minReplicas")), whole(component.get("maxReplicas"))
    for field, count in (("minReplicas", least), ("maxReplicas", most)):
        if count is not None and count < 0:
            notes.add(rule, item, f"`{field}` must not be negative", *path, field)
    if most and (1 if least is None else least) > most:
        message = f"`minReplicas` is above the {most} of `maxReplicas`"
        notes.add(rule, item, message, *path, "minReplicas")
    for field in ("containerConcurrency", "timeout"):
        count = whole(component.get(field))
        if count is not None and count < 0:
            notes.add(rule, item, f"`{field}` must not be negative", *path, field)
    percent = whole(component.get("canaryTrafficPercent"))
    if percent is not None and not 0 <= percent <= 100:
        message = "`canaryTrafficPercent` is from 0 to 100"
        notes.add(rule, item, message, *path, "canaryTrafficPercent")


def check_graph(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note what KServe would refuse of an InferenceGraph."""
    rule, nodes = "kserve-graphs", as_map(item.get("spec", "nodes"))
    check_name(item, rule, notes)
    if "root" not in nodes:
        notes.add(rule, item, "there is no node called `root`", "spec", "nodes")
    for name, node in nodes.items():
        path: Path = ("spec", "nodes", name, "steps")
        steps = list(listed(as_map(node).get("steps"), path))
        names = Counter(as_text(step.get("name")) for _, step in steps)
        for where, step in steps:
            target = [key for key in _TARGETS if step.get(key)]
            if len(target) != 1:
                message = f"a step goes to exactly one of {', '.join(_TARGETS)}"
                notes.add(rule, item, message, *where)
            elif target[0] == "nodeName" and step["nodeName"] not in nodes:
                message = f"there is no node `{str(step['nodeName'])[:40]}`"
                notes.add(rule, item, message, *where, "nodeName")
            if step.get("name") and names[as_text(step["name"])] > 1:
                notes.add(rule, item, "two steps of a node have this name", *where, "name")
        if as_map(node).get("routerType") == "Splitter":
            _check_weights(item, steps, path, notes)


def _check_weights(
    item: KubeObject, steps: list[tuple[Path, dict[Any, Any]]], path: Path, notes: Notes
) -> None:
    weights = [whole(step.get("weight")) for _, step in steps]
    if None in weights:
        notes.add("kserve-graphs", item, "every step of a splitter needs a `weight`", *path)
    elif sum(weight or 0 for weight in weights) != 100:
        notes.add("kserve-graphs", item, "the weights of a splitter add up to 100", *path)


def check_model(item: KubeObject, objects: Objects, notes: Notes) -> None:
    """Note a TrainedModel whose model cannot be fetched."""
    uri = as_text(item.get("spec", "model", "storageUri"))
    if uri and not uri.startswith(_SCHEMES):
        message, hint = f"`{uri[:60]}` has no scheme that is known", ", ".join(_SCHEMES)
        notes.add("kserve-storage", item, message, "spec", "model", "storageUri", hint=hint)


CHECKS: dict[tuple[str, str], CheckKind] = {
    ("serving.kserve.io", "InferenceService"): check_service,
    ("serving.kserve.io", "InferenceGraph"): check_graph,
    ("serving.kserve.io", "TrainedModel"): check_model,
}
