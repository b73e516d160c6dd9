"""Requirements about KServe: inference services, serving runtimes, inference graphs."""

from __future__ import annotations

from typing import Any

from envs.mlops.commands import lines_of, option, same_value
from envs.mlops.reading import differs, each, equal, maps, same_image, shown, value_is
from envs.mlops.spots import OLD_MODELS, Spot, of_pods, spots
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, as_map, as_text

_SERVICE = ("InferenceService",)
_PREDICTOR = ("spec", "predictor")
_MODES = {"RawDeployment": "Standard", "Serverless": "Knative"}


def _model(item: KubeObject) -> tuple[str, dict[Any, Any]]:
    """Return the format and the tree of a predictor's model, ('', {}) without one."""
    predictor = as_map(item.get(*_PREDICTOR))
    model = as_map(predictor.get("model"))
    if model:
        return as_text(as_map(model.get("modelFormat")).get("name")), model
    return next(((old, as_map(predictor[old])) for old in OLD_MODELS if old in predictor), ("", {}))


def _image(manifest: Manifest, item: KubeObject, part: str) -> object:
    """Return the image of the main container of a part of an object, None without one."""
    found = [spot for spot in spots(manifest, item.name, part)[0] if spot.item is item]
    return found[0].container.get("image") if found else None


@requirement(
    "an InferenceService `{name}` for a model of the format {format} in `{uri}`",
    "the InferenceService `{name}` serves the {format} model that lies in `{uri}`",
)
def inference_service(manifest: Manifest, name: str, format: str, uri: str) -> Findings:
    """The model format and the storage URI of a predictor."""

    def check(item: KubeObject) -> Findings:
        found, model = _model(item)
        if found != format:
            message = f"the model format of `{name}` is {shown(found)}, asked for {format}"
            yield item.finding(message, *_PREDICTOR, "model", "modelFormat")
        stored = as_text(model.get("storageUri"))
        if stored.rstrip("/") != uri.rstrip("/"):
            yield differs(item, (*_PREDICTOR, "model", "storageUri"), stored or None, uri)

    return each(manifest, name, _SERVICE, check)


@requirement(
    "an InferenceService `{name}` whose predictor is a container of our own with the image"
    " `{image}`",
    "the InferenceService `{name}` predicts with our own container, image `{image}`",
)
def custom_predictor(manifest: Manifest, name: str, image: str) -> Findings:
    """A predictor with `containers` in place of a model."""

    def check(item: KubeObject) -> Findings:
        found = _image(manifest, item, "predictor")
        if not same_image(found, image) or _model(item)[0]:
            yield differs(item, (*_PREDICTOR, "containers"), found, image)

    return each(manifest, name, _SERVICE, check)


@requirement(
    "`{of}` keeps at least {fewest} and at most {most} predictor replicas",
    "the predictor of `{of}` scales between {fewest} and {most} replicas",
)
def predictor_range(manifest: Manifest, of: str, fewest: int, most: int) -> Findings:
    """`minReplicas` (1 by default) and `maxReplicas` of the predictor."""

    def check(item: KubeObject) -> Findings:
        for field, asked, default in (("minReplicas", fewest, 1), ("maxReplicas", most, None)):
            found = item.get(*_PREDICTOR, field, default=default)
            if not equal(found, asked):
                yield differs(item, (*_PREDICTOR, field), found, asked)

    return each(manifest, of, _SERVICE, check)


@requirement(
    "the predictor of `{of}` scales on {metric} with a target of {target}",
    "`{of}` aims at a {metric} of {target} per predictor replica",
)
def predictor_target(manifest: Manifest, of: str, metric: str, target: int) -> Findings:
    """`scaleMetric` (concurrency by default) and `scaleTarget`, or Knative's annotations."""

    def check(item: KubeObject) -> Findings:
        notes = {
            **as_map(item.get("metadata", "annotations")),
            **as_map(item.get(*_PREDICTOR, "annotations")),
        }
        measured = item.get(*_PREDICTOR, "scaleMetric") or notes.get(
            "autoscaling.knative.dev/metric", "concurrency"
        )
        aimed = item.get(*_PREDICTOR, "scaleTarget")
        aimed = notes.get("autoscaling.knative.dev/target") if aimed is None else aimed
        if measured != metric or aimed is None or not same_value(aimed, target):
            message = f"`{of}` aims at {shown(aimed)} of {measured}, asked for {target} of {metric}"
            yield item.finding(message, *_PREDICTOR, "scaleTarget")

    return each(manifest, of, _SERVICE, check)


@requirement(
    "{percent}% of the traffic of `{of}` goes to the new revision (canary)",
    "a canary rollout of `{of}`: the newest revision gets {percent} percent of the traffic",
)
def canary(manifest: Manifest, of: str, percent: int) -> Findings:
    """`canaryTrafficPercent` of the predictor."""
    return value_is(manifest, of, _SERVICE, (*_PREDICTOR, "canaryTrafficPercent"), percent)


@requirement(
    "`{of}` uses the serving runtime `{runtime}`",
    "the model of `{of}` runs on the serving runtime `{runtime}`",
)
def model_runtime(manifest: Manifest, of: str, runtime: str) -> Findings:
    """`runtime` of the predictor's model."""
    return value_is(manifest, of, _SERVICE, (*_PREDICTOR, "model", "runtime"), runtime)


@requirement(
    "the model of `{of}` speaks the protocol version {version}",
    "protocol version {version} for the predictor of `{of}`",
)
def protocol(manifest: Manifest, of: str, version: str) -> Findings:
    """`protocolVersion` of the predictor's model."""

    def check(item: KubeObject) -> Findings:
        found = _model(item)[1].get("protocolVersion")
        if found != version:
            yield differs(item, (*_PREDICTOR, "model", "protocolVersion"), found, version)

    return each(manifest, of, _SERVICE, check)


@requirement(
    "`{of}` has the deployment mode {mode}",
    "KServe deploys `{of}` in the mode {mode}",
)
def deployment_mode(manifest: Manifest, of: str, mode: str) -> Findings:
    """The annotation `serving.kserve.io/deploymentMode`, in its old or new words."""

    def check(item: KubeObject) -> Findings:
        notes = as_map(item.get("metadata", "annotations"))
        found = notes.get("serving.kserve.io/deploymentMode")
        if found not in (mode, _MODES.get(mode)):
            yield differs(item, ("metadata", "annotations"), found, mode)

    return each(manifest, of, _SERVICE, check)


@requirement(
    "a request to `{of}` may take {seconds} seconds (`timeout` of the predictor)",
    "the predictor of `{of}` times out after {seconds} seconds",
)
def predictor_timeout(manifest: Manifest, of: str, seconds: int) -> Findings:
    """`timeout` of the predictor."""
    return value_is(manifest, of, _SERVICE, (*_PREDICTOR, "timeout"), seconds)


@requirement(
    "one predictor container of `{of}` handles at most {count} requests at a time"
    " (containerConcurrency)",
    "a container concurrency of {count} for the predictor of `{of}`",
)
def concurrency_limit(manifest: Manifest, of: str, count: int) -> Findings:
    """`containerConcurrency` of the predictor."""
    return value_is(manifest, of, _SERVICE, (*_PREDICTOR, "containerConcurrency"), count)


@requirement(
    "`{of}` logs {mode} payloads of its predictor to `{url}`",
    "the predictor of `{of}` has a logger for `{mode}` that sends to `{url}`",
)
def payload_logger(manifest: Manifest, of: str, mode: str, url: str) -> Findings:
    """`logger` of the predictor (its default mode is all)."""

    def check(item: KubeObject) -> Findings:
        logger = as_map(item.get(*_PREDICTOR, "logger"))
        if logger.get("mode", "all") != mode or as_text(logger.get("url")).rstrip("/") != url:
            yield item.finding(f"`{of}` does not log {mode} to {url}", *_PREDICTOR, "logger")

    return each(manifest, of, _SERVICE, check)


@requirement(
    "`{of}` batches up to {size} requests for at most {latency} milliseconds",
    "the batcher of `{of}`: at most {size} requests or {latency} milliseconds",
)
def batcher(manifest: Manifest, of: str, size: int, latency: int) -> Findings:
    """`batcher` of the predictor."""

    def check(item: KubeObject) -> Findings:
        found = as_map(item.get(*_PREDICTOR, "batcher"))
        if not equal(found.get("maxBatchSize"), size) or not equal(
            found.get("maxLatency"), latency
        ):
            yield item.finding(f"`{of}` does not batch so", *_PREDICTOR, "batcher")

    return each(manifest, of, _SERVICE, check)


@requirement(
    "a transformer with the image `{image}` prepares the requests of `{of}`",
    "`{of}` has a transformer, image `{image}`",
)
def transformer(manifest: Manifest, of: str, image: str) -> Findings:
    """The container of the transformer."""

    def check(item: KubeObject) -> Findings:
        path = ("spec", "transformer", "containers")
        found = _image(manifest, item, "transformer")
        if not same_image(found, image):
            yield differs(item, path, found, image)

    return each(manifest, of, _SERVICE, check)


#: Programs that do nothing with their arguments.
_IDLE = ("echo", "printf", "true", ":", "sleep", "export")


@of_pods(
    "the container of {who} has the argument `{flag}={value}`",
    "{who} is started with `{flag}={value}`",
)
def argument(spot: Spot, flag: str, value: int | str) -> Findings:
    """An option in the arguments (or the command) of a container or model."""
    values = [option(line.words, flag) for line in lines_of(spot) if line.program not in _IDLE]
    found = next((value for value in reversed(values) if value is not None), None)
    if not same_value(found, value):
        message = f"`{flag}` of `{spot.item.name}` is {shown(found)}, asked for {value}"
        yield spot.finding(message, "args")


@requirement(
    "a ServingRuntime `{name}` that runs models of the format {format} with the image `{image}`",
    "the ServingRuntime `{name}` supports {format} models; its container is `{image}`",
)
def serving_runtime(manifest: Manifest, name: str, format: str, image: str) -> Findings:
    """A serving runtime that is not disabled: its container and one of its formats."""

    def check(item: KubeObject) -> Findings:
        found = _image(manifest, item, "")
        if not same_image(found, image):
            yield differs(item, ("spec", "containers"), found, image)
        formats = [one.get("name") for one in maps(item.get("spec", "supportedModelFormats"))]
        if format not in formats:
            yield item.finding(f"`{name}` does not support {format}", "spec")
        if item.get("spec", "disabled") is True:
            yield item.finding(f"`{name}` is disabled", "spec", "disabled")

    return each(manifest, name, ("ServingRuntime",), check)


@requirement(
    "KServe may choose `{of}` for {format} models by itself (autoSelect)",
    "`{of}` is selected automatically for the format {format}",
)
def auto_select(manifest: Manifest, of: str, format: str) -> Findings:
    """`autoSelect` of a format of a serving runtime."""

    def check(item: KubeObject) -> Findings:
        for entry in maps(item.get("spec", "supportedModelFormats")):
            if entry.get("name") == format and entry.get("autoSelect") is True:
                return
        yield item.finding(f"`{of}` is not selected for {format}", "spec", "supportedModelFormats")

    return each(manifest, of, ("ServingRuntime",), check)


def _steps(item: KubeObject, node: str) -> list[dict[Any, Any]]:
    return maps(item.get("spec", "nodes", node, "steps"))


@requirement(
    "an InferenceGraph `{name}` whose root is a {router} router",
    "the root of the InferenceGraph `{name}` has the router type {router}",
)
def graph_router(manifest: Manifest, name: str, router: str) -> Findings:
    """`routerType` of the node `root`."""
    path = ("spec", "nodes", "root", "routerType")
    return value_is(manifest, name, "InferenceGraph", path, router)


def _router_is(item: KubeObject, router: str) -> bool:
    return bool(item.get("spec", "nodes", "root", "routerType") == router)


def _called(manifest: Manifest, of: str, services: list[str], router: str) -> Findings:
    def check(item: KubeObject) -> Findings:
        found = [str(one.get("serviceName")) for one in _steps(item, "root")]
        right = (
            found == list(services) if router == "Sequence" else sorted(found) == sorted(services)
        )
        if not right or not _router_is(item, router):
            listed = ", ".join(found) or "nothing"
            message = f"the root of `{of}` calls {listed[:80]} and is not the {router} asked for"
            yield item.finding(message, "spec", "nodes", "root")

    return each(manifest, of, ("InferenceGraph",), check)


@requirement(
    "the root of `{of}` calls the services {services} one after the other, in this order",
    "`{of}` runs {services}, in this order, each after the one before",
)
def graph_sequence(manifest: Manifest, of: str, services: list[str]) -> Findings:
    """The services of the steps of a root that is a sequence."""
    return _called(manifest, of, services, "Sequence")


@requirement(
    "the root of `{of}` sends a request to all of {services} and joins their answers",
    "`{of}` asks {services} together, as an ensemble",
)
def graph_ensemble(manifest: Manifest, of: str, services: list[str]) -> Findings:
    """The services of the steps of a root that is an ensemble."""
    return _called(manifest, of, services, "Ensemble")


@requirement(
    "in `{of}`, the service `{service}` gets {weight}% of the requests of the root",
    "the root of `{of}` sends {weight} percent to `{service}`",
)
def graph_weight(manifest: Manifest, of: str, service: str, weight: int) -> Findings:
    """The weight of a step of the root."""

    def check(item: KubeObject) -> Findings:
        found = [
            one.get("weight") for one in _steps(item, "root") if one.get("serviceName") == service
        ]
        right = len(found) == 1 and equal(found[0], weight) and _router_is(item, "Splitter")
        if not right:
            message = f"`{service}` gets {shown(found[0] if found else None)}, asked for {weight}"
            yield item.finding(message, "spec", "nodes", "root", "steps")

    return each(manifest, of, ("InferenceGraph",), check)


@requirement(
    "in `{of}`, the root calls `{service}` when the condition `{condition}` holds",
    "the root of `{of}` takes `{service}` on the condition `{condition}`",
)
def graph_condition(manifest: Manifest, of: str, service: str, condition: str) -> Findings:
    """The condition of a step of the root."""

    def check(item: KubeObject) -> Findings:
        found = [
            one.get("condition")
            for one in _steps(item, "root")
            if one.get("serviceName") == service
        ]
        wanted = condition.replace(" ", "")
        same = any(as_text(one).replace(" ", "") == wanted for one in found)
        if not same or not _router_is(item, "Switch"):
            yield item.finding(f"`{service}` is not called on `{condition}`", "spec", "nodes")

    return each(manifest, of, ("InferenceGraph",), check)
