"""Requirements about managed ML services in Terraform: SageMaker and Vertex AI."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.languages.terraform.values import Unknown
from iac_gym.verdict import Finding

_MODEL, _CONFIG, _ENDPOINT = (
    "aws_sagemaker_model",
    "aws_sagemaker_endpoint_configuration",
    "aws_sagemaker_endpoint",
)


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, (str, int, float)) else None


def same(value: Any, asked: object) -> bool:
    """Whether a value is the asked one, as Terraform converts them; the unknown is none."""
    return _text(value) is not None and _text(value) == _text(asked)


def _named(config: Configuration, type_: str, name: str, naming: str) -> list[Instance]:
    return [one for one in config.resolved().instances(type_) if one.get(naming) == name]


def _each(
    config: Configuration,
    type_: str,
    name: str,
    check: Callable[[Instance], Findings],
    naming: str = "name",
) -> Findings:
    """Check the one resource of a type and name."""
    found = _named(config, type_, name, naming)
    if len(found) != 1:
        what = "no" if not found else "more than one"
        return [Finding(f"there is {what} {type_} named `{name}`", config.sources[0].path, 1, 1)]
    return check(found[0])


def _field(config: Configuration, thing: Instance, path: str, asked: object) -> Findings:
    values = thing.at_path(path)
    if not any(same(value, asked) for value in values):
        given = ", ".join(str(_text(value)) for value in values[:3]) or "missing"
        message = f"`{path}` of {thing.address} is {given}, asked for {asked}"
        yield config.finding(thing.at, message)


def _is(value: Any, thing: Instance, name: str, *ids: str) -> bool:
    return value == name or (isinstance(value, Unknown) and thing.is_source_of(value, *ids))


@requirement(
    "a SageMaker model `{name}` with the image `{image}` and the artifact `{data}`",
    "the SageMaker model `{name}`: container image `{image}`, model data `{data}`",
)
def sagemaker_model(config: Configuration, name: str, image: str, data: str) -> Findings:
    """The primary container (or the only container) of a SageMaker model."""

    def check(thing: Instance) -> Findings:
        block = "primary_container" if thing.at_path("primary_container.image") else "container"
        yield from _field(config, thing, f"{block}.image", image)
        yield from _field(config, thing, f"{block}.model_data_url", data)

    return _each(config, _MODEL, name, check)


@requirement(
    "the SageMaker model `{of}` has the environment variable `{key}` set to `{value}`",
    "`{key}={value}` in the environment of the SageMaker model `{of}`",
)
def sagemaker_env(config: Configuration, of: str, key: str, value: str) -> Findings:
    """A variable of a container of a SageMaker model."""

    def check(thing: Instance) -> Findings:
        for block in ("primary_container", "container"):
            for environment in thing.at_path(f"{block}.environment"):
                if isinstance(environment, dict) and same(environment.get(key), value):
                    return
        yield config.finding(thing.at, f"`{key}` of `{of}` is not {value}")

    return _each(config, _MODEL, of, check)


@requirement(
    "an endpoint configuration `{name}` with the variant `{variant}`: {count} instance(s) of"
    " `{type}` for the model `{model}`",
    "the endpoint configuration `{name}` runs the model `{model}` as the variant `{variant}` on"
    " {count} `{type}` instance(s)",
)
def sagemaker_variant(
    config: Configuration, name: str, variant: str, model: str, type: str, count: int
) -> Findings:
    """A production variant: its model, its instances."""

    def check(thing: Instance) -> Findings:
        models = _named(config, _MODEL, model, "name")
        if not models:
            yield config.finding(thing.at, f"there is no SageMaker model `{model}`")
        for view in thing.blocks("production_variants"):
            if view.get("variant_name") != variant:
                continue
            given = view.get("model_name")
            if not any(_is(given, one, model, "name", "id") for one in models):
                yield config.finding(view.where("model_name"), f"`{variant}` serves another model")
            for field, asked in (("instance_type", type), ("initial_instance_count", count)):
                if not same(view.get(field), asked):
                    message = f"`{field}` of `{variant}` is not {asked}"
                    yield config.finding(view.where(field), message)
            return
        yield config.finding(thing.at, f"`{name}` has no variant `{variant}`")

    return _each(config, _CONFIG, name, check)


@requirement(
    "the variant `{variant}` of `{of}` has the initial weight {weight}",
    "an initial weight of {weight} for the variant `{variant}` in the endpoint configuration"
    " `{of}`",
)
def variant_weight(config: Configuration, of: str, variant: str, weight: float) -> Findings:
    """`initial_variant_weight` of a production variant."""

    def check(thing: Instance) -> Findings:
        for view in thing.blocks("production_variants"):
            if view.get("variant_name") == variant and same(
                view.get("initial_variant_weight"), weight
            ):
                return
        yield config.finding(thing.at, f"the weight of `{variant}` is not {weight}")

    return _each(config, _CONFIG, of, check)


@requirement(
    "`{of}` captures {percent}% of the requests and answers to `{uri}`",
    "data capture of {percent} percent into `{uri}` in the endpoint configuration `{of}`",
)
def data_capture(config: Configuration, of: str, percent: int, uri: str) -> Findings:
    """An enabled data capture of inputs and outputs."""

    def check(thing: Instance) -> Findings:
        base = "data_capture_config"
        yield from _field(config, thing, f"{base}.initial_sampling_percentage", percent)
        yield from _field(config, thing, f"{base}.destination_s3_uri", uri)
        modes = {str(one) for one in thing.at_path(f"{base}.capture_options.capture_mode")}
        enabled = thing.at_path(f"{base}.enable_capture")
        if not ({"Input", "Output"} <= modes or "InputAndOutput" in modes):
            yield config.finding(thing.at, f"`{of}` does not capture both requests and answers")
        if not any(same(one, True) for one in enabled):
            yield config.finding(thing.at, f"the data capture of `{of}` is not switched on")

    return _each(config, _CONFIG, of, check)


@requirement(
    "a SageMaker endpoint `{name}` with the endpoint configuration `{configuration}`",
    "the SageMaker endpoint `{name}` uses the endpoint configuration `{configuration}`",
)
def sagemaker_endpoint(config: Configuration, name: str, configuration: str) -> Findings:
    """An endpoint that refers to its configuration."""

    def check(thing: Instance) -> Findings:
        found = _named(config, _CONFIG, configuration, "name")
        given = thing.get("endpoint_config_name")
        if not any(_is(given, one, configuration, "name", "id") for one in found):
            message = f"`{name}` does not use `{configuration}`"
            yield config.finding(thing.where("endpoint_config_name"), message)

    return _each(config, _ENDPOINT, name, check)


@requirement(
    "Application Auto Scaling keeps {low} to {high} instances of the variant `{variant}` of the"
    " endpoint `{endpoint}`",
    "the variant `{variant}` of the endpoint `{endpoint}` has {low} to {high} instances, by"
    " Application Auto Scaling",
)
def variant_scaling(
    config: Configuration, endpoint: str, variant: str, low: int, high: int
) -> Findings:
    """An `aws_appautoscaling_target` of a variant."""
    resource = f"endpoint/{endpoint}/variant/{variant}"
    for one in config.resolved().instances("aws_appautoscaling_target"):
        if _resource(config, one.get("resource_id"), endpoint) != resource:
            continue
        yield from _field(config, one, "min_capacity", low)
        yield from _field(config, one, "max_capacity", high)
        dimension = "sagemaker:variant:DesiredInstanceCount"
        yield from _field(config, one, "scalable_dimension", dimension)
        yield from _field(config, one, "service_namespace", "sagemaker")
        return
    yield Finding(f"nothing scales `{resource}`", config.sources[0].path, 1, 1)


def _resource(config: Configuration, value: Any, endpoint: str) -> str:
    """Write out a resource id; a reference to the endpoint's name becomes that name."""
    things = _named(config, _ENDPOINT, endpoint, "name")
    parts = getattr(value, "parts", (value,))
    text = ""
    for part in parts:
        known = any(_is(part, one, endpoint, "name", "id") for one in things)
        text += endpoint if known and not isinstance(part, str) else str(part)
    return text


_VERTEX = "google_vertex_ai_endpoint"


@requirement(
    "a Vertex AI endpoint `{name}` in the region {region}, shown as `{label}`",
    "the Vertex AI endpoint `{name}` (display name `{label}`) in {region}",
)
def vertex_endpoint(config: Configuration, name: str, region: str, label: str) -> Findings:
    """An endpoint of Vertex AI: its location and its display name."""

    def check(thing: Instance) -> Findings:
        yield from _field(config, thing, "location", region)
        yield from _field(config, thing, "display_name", label)

    return _each(config, _VERTEX, name, check)


@requirement(
    "a Vertex AI feature store `{name}` in {region} with {nodes} node(s) for online serving",
    "the Vertex AI feature store `{name}` ({region}) serves online from {nodes} node(s)",
)
def featurestore(config: Configuration, name: str, region: str, nodes: int) -> Findings:
    """A feature store: its region, and the fixed number of its online nodes."""

    def check(thing: Instance) -> Findings:
        yield from _field(config, thing, "region", region)
        path = "online_serving_config.fixed_node_count"
        yield from _field(config, thing, path, nodes)

    return _each(config, "google_vertex_ai_featurestore", name, check)


@requirement(
    "the entity type `{name}` in the feature store `{store}`",
    "the feature store `{store}` has the entity type `{name}`",
)
def entity_type(config: Configuration, name: str, store: str) -> Findings:
    """An entity type that refers to its feature store."""

    def check(thing: Instance) -> Findings:
        stores = _named(config, "google_vertex_ai_featurestore", store, "name")
        given = thing.get("featurestore")
        if not any(isinstance(given, Unknown) and one.is_source_of(given, "id") for one in stores):
            yield config.finding(thing.where("featurestore"), f"`{name}` is not in `{store}`")

    return _each(config, "google_vertex_ai_featurestore_entitytype", name, check)


@requirement(
    "the feature `{name}` of the type {kind} in the entity type `{entity}`",
    "the entity type `{entity}` has the feature `{name}` with values of the type {kind}",
)
def feature(config: Configuration, name: str, kind: str, entity: str) -> Findings:
    """A feature that refers to its entity type, and its value type."""

    def check(thing: Instance) -> Findings:
        owners = _named(config, "google_vertex_ai_featurestore_entitytype", entity, "name")
        given = thing.get("entitytype")
        if not any(isinstance(given, Unknown) and one.is_source_of(given, "id") for one in owners):
            yield config.finding(thing.where("entitytype"), f"`{name}` is not in `{entity}`")
        yield from _field(config, thing, "value_type", kind)

    return _each(config, "google_vertex_ai_featurestore_entitytype_feature", name, check)


@requirement(
    "a Vertex AI TensorBoard shown as `{label}` in {region}",
    "the Vertex AI TensorBoard `{label}` in the region {region}",
)
def tensorboard(config: Configuration, label: str, region: str) -> Findings:
    """A TensorBoard, by its display name."""

    def check(thing: Instance) -> Findings:
        return _field(config, thing, "region", region)

    return _each(config, "google_vertex_ai_tensorboard", label, check, "display_name")


@requirement(
    "the Vertex AI endpoint `{of}` carries the label `{key}` with the value `{value}`",
    "label `{key}={value}` on the Vertex AI endpoint `{of}`",
)
def vertex_label(config: Configuration, of: str, key: str, value: str) -> Findings:
    """A label of an endpoint."""

    def check(thing: Instance) -> Findings:
        labels = thing.get("labels")
        if not isinstance(labels, dict) or not same(labels.get(key), value):
            yield config.finding(thing.where("labels"), f"`{of}` has no label `{key}={value}`")

    return _each(config, _VERTEX, of, check)


@requirement(
    "SageMaker runs the model `{of}` with the role `{role}` of the account 123456789012",
    "the execution role of the SageMaker model `{of}` is `{role}` (account 123456789012)",
)
def sagemaker_role(config: Configuration, of: str, role: str) -> Findings:
    """`execution_role_arn`: the ARN of a role that exists, or of one by this name."""

    def check(thing: Instance) -> Findings:
        given = thing.get("execution_role_arn")
        own = _named(config, "aws_iam_role", role, "name")
        found = any(isinstance(given, Unknown) and one.is_source_of(given, "arn") for one in own)
        sources = config.resolved().instances("aws_iam_role", "data")
        known = [one for one in sources if one.get("name") == role]
        found |= any(isinstance(given, Unknown) and one.is_source_of(given, "arn") for one in known)
        arn = f"arn:aws:iam::123456789012:role/{role}"
        pieces = getattr(given, "parts", (given,))
        joined = len(pieces) > 1 and str(pieces[-1]).endswith(f":role/{role}")
        if not found and given != arn and not joined:
            message = f"`{of}` does not run with the role `{role}`"
            yield config.finding(thing.where("execution_role_arn"), message)

    return _each(config, _MODEL, of, check)
