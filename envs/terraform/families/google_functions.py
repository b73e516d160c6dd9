"""Tasks about Cloud Functions and log sinks on Google Cloud."""

from __future__ import annotations

from envs.terraform.families.google_services import VARIABLES
from envs.terraform.families.google_storage import REGIONS, add_account, project, varied
from envs.terraform.nested_settings import NestedSettings, put
from envs.terraform.requirements import google_functions as ask
from envs.terraform.requirements import google_messages, google_storage
from envs.terraform.stack import Extra, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import template

RUNTIMES = (
    ("python312", "handle"), ("python311", "main"), ("nodejs22", "handler"),
    ("nodejs20", "onEvent"), ("go122", "Handle"), ("ruby33", "process"),
    ("java21", "com.example.Handler"),
)  # fmt: skip
FILTERS = (
    "severity>=ERROR", "severity>=WARNING", "resource.type=gce_instance",
    "resource.type=cloud_run_revision", "resource.type=k8s_container", "logName:cloudaudit",
)  # fmt: skip


@family("terraform", levels=(4, 5))
def google_function(draw: Draw) -> Draft:
    """A Cloud Function whose source lies in a bucket, perhaps started by a topic."""
    stack = Stack(draw, "google")
    name = draw.name("function", ("handler", "resizer", "notifier", "importer", "mailer"))
    runtime, entry = draw.choice("runtime", RUNTIMES)
    place, bucket = draw.choice("location", REGIONS), f"{name}-source"
    archive = draw.choice("archive", ("function.zip", "source.zip", "app.zip", "code.zip"))
    stack.ask(
        ask.function(name=name), ask.function_location(of=name, value=place),
        ask.function_runtime(of=name, value=runtime), ask.function_entry(of=name, value=entry),
        google_storage.bucket(name=bucket), ask.function_source(of=name, to=bucket),
        ask.google_bucket_object(of=bucket, name=archive, archive=archive),
    )  # fmt: skip
    store = stack.add(
        "google_storage_bucket", bucket, name=bucket, location=place.upper(),
        uniform_bucket_level_access=True,
    )  # fmt: skip
    code = stack.add(
        "google_storage_bucket_object", "source", name=archive, bucket=store["name"],
        source=archive,
    )  # fmt: skip
    made = stack.add("google_cloudfunctions2_function", name, name=name)
    made.set(location=varied(stack, "location", place))
    put(made.body, "build_config.runtime", runtime)
    put(made.body, "build_config.entry_point", entry)
    put(made.body, "build_config.source.storage_source.bucket", store["name"])
    put(made.body, "build_config.source.storage_source.object", code["name"])
    settings = NestedSettings(stack, made, name)

    def triggered() -> None:
        topic = f"{name}-events"
        stack.ask(google_messages.topic(name=topic), ask.function_topic(of=name, to=topic))
        source = stack.add("google_pubsub_topic", topic, name=topic)
        made.nest(
            "event_trigger", event_type="google.cloud.pubsub.topic.v1.messagePublished",
            pubsub_topic=source["id"], retry_policy="RETRY_POLICY_RETRY",
        )  # fmt: skip

    def account() -> None:
        holder, other = add_account(stack)
        stack.ask(ask.function_account(of=name, to=other))
        put(made.body, "service_config.service_account_email", holder["email"])

    decorate(
        stack,
        (
            settings.one_of(
                ask.function_memory, "service_config.available_memory",
                ("256M", "512M", "1Gi", "2Gi"),
            ),
            settings.one_of(
                ask.function_timeout, "service_config.timeout_seconds", range(90, 540, 30)
            ),
            Extra("trigger", 2, triggered), Extra("account", 2, account),
            settings.label(
                ask.google_function_variable, VARIABLES, "service_config.environment_variables"
            ),
            settings.one_of(
                ask.function_most, "service_config.max_instance_count", range(2, 50)
            ),
            project(stack),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Deploy the Cloud Function `{name}` with Terraform",
        f"The code of `{name}` is in {archive}; run it as a Cloud Function",
    )


@family("terraform", levels=(2, 3))
def google_log_sink(draw: Draw) -> Draft:
    """A sink that keeps log entries in a bucket."""
    stack = Stack(draw, "google")
    name = draw.name("sink", ("audit", "errors", "archive", "export"))
    bucket, chosen = f"{name}-logs", draw.choice("filter", FILTERS)
    stack.ask(
        ask.sink(name=name), ask.sink_filter(of=name, value=chosen),
        google_storage.bucket(name=bucket), ask.google_sink_bucket(of=name, to=bucket),
    )  # fmt: skip
    store = stack.add(
        "google_storage_bucket", bucket, name=bucket, location="EU",
        uniform_bucket_level_access=True,
    )  # fmt: skip
    made = stack.add("google_logging_project_sink", name, name=name, filter=chosen)
    made.set(destination=template(f"storage.googleapis.com/${{{store['name']}}}"))
    settings = NestedSettings(stack, made, name)

    def writing() -> None:
        role = draw.choice("role", ("roles/storage.objectCreator", "roles/storage.objectUser"))
        stack.ask(ask.google_sink_writes(of=name, to=bucket, role=role))
        stack.add(
            "google_storage_bucket_iam_member", name, bucket=store["name"], role=role,
            member=made["writer_identity"],
        )  # fmt: skip

    days = NestedSettings(stack, store, bucket).one_of(
        google_storage.bucket_class, "storage_class", ("NEARLINE", "COLDLINE", "ARCHIVE")
    )
    texts = ("Kept for the auditors", "Errors of all services", "Managed by Terraform")
    decorate(
        stack,
        (
            Extra("writing", 1, writing), days,
            settings.on(ask.sink_identity, unique_writer_identity=True),
            settings.one_of(ask.sink_described, "description", texts), project(stack),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Keep log entries in Cloud Storage, by the sink `{name}`",
        f"Some of our logs on Google Cloud must be kept: the sink `{name}`",
    )
