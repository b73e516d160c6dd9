"""Families about managed ML services, in Terraform: SageMaker and Vertex AI."""

from __future__ import annotations

from functools import partial
from typing import Any

from envs.mlops import choices
from envs.mlops.recipe import Stack
from envs.mlops.requirements import cloud
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import Nested, Raw, Top, block, nested, render, template

_PROVIDERS = {"aws": ("hashicorp/aws", "~> 5.0"), "google": ("hashicorp/google", "~> 6.0")}


class Configuration(Stack):
    """The blocks of a Terraform file, and what is asked of it."""

    def __init__(self, draw: Draw, provider: str) -> None:
        super().__init__(draw)
        source, version = _PROVIDERS[provider]
        required = nested(**{provider: {"source": source, "version": version}})
        self.blocks: list[Top] = [block("terraform", required_providers=required)]

    def resource(self, type_: str, label: str, **body: Any) -> dict[str, Any]:
        """Add a resource and return its body."""
        made = block("resource", type_, label, **body)
        self.blocks.append(made)
        return dict_of(made)

    def draft(self, *openings: str) -> Draft:
        """Make the draft of the task."""
        return Draft(openings, self.asks, partial(render, *self.blocks))


def dict_of(made: Top | Nested) -> dict[str, Any]:
    """Return the body of a block, to add to."""
    body = made.body
    if not isinstance(body, dict):
        raise TypeError("this block cannot be added to")
    return body


_INSTANCES = tuple(
    "ml.g5.xlarge ml.g5.2xlarge ml.m5.large ml.m5.xlarge ml.c6i.xlarge ml.p4d.24xlarge".split()
)
_IMAGES = tuple(
    f"{account}.dkr.ecr.{region}.amazonaws.com/{name}"
    for account, region in (("763104351884", "eu-west-1"), ("123456789012", "us-east-1"))
    for name in ("pytorch-inference:2.6.0-gpu", "xgboost:1.7-1", "acme/predictor:3.0.1")
)


@family("terraform", levels=(2, 3, 4))
def sagemaker_endpoint(draw: Draw) -> Draft:
    """A model on SageMaker: model, endpoint configuration, endpoint, perhaps autoscaling."""
    stack = Configuration(draw, "aws")
    base = draw.name("model", ("model", "scorer", "ranker", "predictor"), choices.FIRST)
    image = draw.choice("image", _IMAGES)
    data = f"s3://{draw.choice('bucket', ('ml-artifacts', 'acme-models'))}/{base}/model.tar.gz"
    kind, count = draw.choice("instance", _INSTANCES), draw.integer("instances", 1, 4)
    variant = draw.choice("variant", ("AllTraffic", "main", "primary", "blue"))
    settings, endpoint = f"{base}-config", f"{base}-endpoint"
    role = draw.choice("role", ("sagemaker-execution", "ml-runtime", "SageMakerRole"))
    container = nested(image=image, model_data_url=data)
    stack.resource(
        "aws_sagemaker_model", "this",
        name=base,
        execution_role_arn=f"arn:aws:iam::123456789012:role/{role}",
        primary_container=container,
    )  # fmt: skip
    first = nested(
        variant_name=variant,
        model_name=Raw("aws_sagemaker_model.this.name"),
        initial_instance_count=count,
        instance_type=kind,
    )
    body = stack.resource(
        "aws_sagemaker_endpoint_configuration", "this", name=settings, production_variants=first
    )
    stack.resource(
        "aws_sagemaker_endpoint", "this",
        name=endpoint,
        endpoint_config_name=Raw("aws_sagemaker_endpoint_configuration.this.name"),
    )  # fmt: skip
    stack.ask(
        cloud.sagemaker_model(name=base, image=image, data=data),
        cloud.sagemaker_role(of=base, role=role),
        cloud.sagemaker_variant(name=settings, variant=variant, model=base, type=kind, count=count),
        cloud.sagemaker_endpoint(name=endpoint, configuration=settings),
    )

    def variable(draw: Draw, stack: Configuration) -> None:
        key, value = draw.choice(
            "variable", (("MODEL_SERVER_WORKERS", "2"), ("LOG_LEVEL", "INFO"), ("TOP_K", "20"))
        )
        dict_of(container)["environment"] = {key: value}
        stack.ask(cloud.sagemaker_env(of=base, key=key, value=value))

    def capture(draw: Draw, stack: Configuration) -> None:
        percent, uri = draw.choice("percent", (10, 25, 50, 100)), f"s3://ml-capture/{base}"
        body["data_capture_config"] = nested(
            enable_capture=True,
            initial_sampling_percentage=percent,
            destination_s3_uri=uri,
            capture_options=[nested(capture_mode="Input"), nested(capture_mode="Output")],
        )
        stack.ask(cloud.data_capture(of=settings, percent=percent, uri=uri))

    def scaling(draw: Draw, stack: Configuration) -> None:
        low, high = draw.integer("low", 1, 2), draw.integer("high", 5, 12)
        stack.resource(
            "aws_appautoscaling_target", "this",
            min_capacity=low,
            max_capacity=high,
            resource_id=template(
                "endpoint/${aws_sagemaker_endpoint.this.name}/variant/" + variant
            ),
            scalable_dimension="sagemaker:variant:DesiredInstanceCount",
            service_namespace="sagemaker",
        )  # fmt: skip
        stack.ask(cloud.variant_scaling(endpoint=endpoint, variant=variant, low=low, high=high))

    def weight(draw: Draw, stack: Configuration) -> None:
        value = draw.choice("weight", (0.5, 1, 2))
        dict_of(first)["initial_variant_weight"] = value
        stack.ask(cloud.variant_weight(of=settings, variant=variant, weight=value))

    stack.with_parts(stack, variable, capture, scaling, weight)
    return stack.draft(
        "Write the Terraform configuration that serves a model on SageMaker",
        "Deploy a SageMaker endpoint with Terraform",
    )


_REGIONS = ("europe-west4", "us-central1", "europe-west1", "us-east4", "asia-northeast1")


@family("terraform", levels=(1, 2, 3), held_out=True)
def vertex_platform(draw: Draw) -> Draft:
    """Vertex AI: an endpoint, a feature store with features, a TensorBoard."""
    stack = Configuration(draw, "google")
    region = draw.choice("region", _REGIONS)
    name = str(draw.choice("number", tuple(str(n) for n in range(1000, 1040))))
    label = draw.name("label", ("endpoint", "serving", "online"), choices.FIRST)
    body = stack.resource(
        "google_vertex_ai_endpoint", "serving", name=name, display_name=label, location=region
    )
    stack.ask(cloud.vertex_endpoint(name=name, region=region, label=label))

    def features(draw: Draw, stack: Configuration) -> None:
        store = draw.name("store", ("features", "store"), choices.FIRST).replace("-", "_")
        entity = draw.choice("entity", ("customer", "merchant", "driver", "product", "session"))
        nodes = draw.integer("nodes", 1, 4)
        stack.resource(
            "google_vertex_ai_featurestore", "features",
            name=store, region=region, online_serving_config=nested(fixed_node_count=nodes),
        )  # fmt: skip
        stack.resource(
            "google_vertex_ai_featurestore_entitytype", "entity",
            name=entity, featurestore=Raw("google_vertex_ai_featurestore.features.id"),
        )  # fmt: skip
        stack.ask(
            cloud.featurestore(name=store, region=region, nodes=nodes),
            cloud.entity_type(name=entity, store=store),
        )
        pool = (("age_days", "INT64"), ("amount_30d", "DOUBLE"), ("country", "STRING"),
                ("is_new", "BOOL"), ("visits", "INT64_ARRAY"))  # fmt: skip
        count = draw.integer("feature count", 1, 2)
        for place, (feature, kind) in enumerate(draw.sample("features", pool, count)):
            stack.resource(
                "google_vertex_ai_featurestore_entitytype_feature", f"feature_{place}",
                name=feature, value_type=kind,
                entitytype=Raw("google_vertex_ai_featurestore_entitytype.entity.id"),
            )  # fmt: skip
            stack.ask(cloud.feature(name=feature, kind=kind, entity=entity))

    def board(draw: Draw, stack: Configuration) -> None:
        title = draw.name("board", ("experiments", "runs", "board"), choices.FIRST)
        stack.resource("google_vertex_ai_tensorboard", "board", display_name=title, region=region)
        stack.ask(cloud.tensorboard(label=title, region=region))

    def labelled(draw: Draw, stack: Configuration) -> None:
        key, value = draw.choice("pair", (("team", "ml"), ("env", "prod"), ("owner", "search")))
        body["labels"] = {key: value}
        stack.ask(cloud.vertex_label(of=name, key=key, value=value))

    stack.with_parts(stack, labelled, (3.5, features), board)
    return stack.draft(
        "Set up Vertex AI with Terraform",
        "Write the Terraform configuration of our Vertex AI platform",
    )
