"""Requirements about Cloud Functions and log sinks on Google Cloud."""

from __future__ import annotations

from typing import Any

from envs.terraform.requirements.factories import existence, fixed, link, setting
from envs.terraform.requirements.google_access import ACCOUNT, grants
from envs.terraform.requirements.google_messages import TOPIC_PATH
from envs.terraform.requirements.google_services import same_amount
from envs.terraform.requirements.google_storage import BUCKET, located
from envs.terraform.requirements.kinds import Kind, companions, same, the
from envs.terraform.requirements.lookup import things, unless
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.languages.terraform.values import Joined, Unknown, Value
from iac_gym.verdict import Finding

FUNCTION = Kind("Cloud Function", ("google_cloudfunctions2_function",), "name", ("name", "id"))
SINK = Kind("log sink", ("google_logging_project_sink",), "name", ("id",))
_STORAGE = "storage.googleapis.com/"

function = existence(
    "google-function", FUNCTION,
    "a Cloud Function `{name}` (2nd generation)", "the 2nd generation Cloud Function `{name}`",
)  # fmt: skip
function_location = located(
    "google-function-location", FUNCTION, "location",
    "the function `{of}` in {value}", "{value} as the location of the function `{of}`",
)  # fmt: skip
function_runtime = setting(
    "google-function-runtime", FUNCTION, "build_config.runtime",
    "the runtime {value} for the function `{of}`", "the function `{of}` running on {value}",
)  # fmt: skip
function_entry = setting(
    "google-function-entry", FUNCTION, "build_config.entry_point",
    "{value} as the entry point of the function `{of}`",
    "the function `{of}` starting in {value}",
)  # fmt: skip
function_source = link(
    "google-function-source", FUNCTION, "build_config.source.storage_source.bucket", BUCKET,
    "the source of the function `{of}` in the bucket `{to}`",
    "`{to}` as the bucket that holds the source of the function `{of}`",
)  # fmt: skip
function_memory = setting(
    "google-function-memory", FUNCTION, "service_config.available_memory",
    "{value} of memory for the function `{of}`", "the function `{of}` with {value} of memory",
    compare=same_amount,
)  # fmt: skip
function_timeout = setting(
    "google-function-timeout", FUNCTION, "service_config.timeout_seconds",
    "a timeout of {value} seconds for the function `{of}`",
    "{value} seconds before the function `{of}` is stopped", absent=60,
)  # fmt: skip
function_most = setting(
    "google-function-most", FUNCTION, "service_config.max_instance_count",
    "a maximum of {value} instances for the function `{of}`",
    "{value} as the maximum number of instances of the function `{of}`",
)  # fmt: skip
function_account = link(
    "google-function-account", FUNCTION, "service_config.service_account_email", ACCOUNT,
    "the function `{of}` running as the service account `{to}`",
    "`{to}` as the service account of the function `{of}`", ids=("email",),
)  # fmt: skip
function_topic = link(
    "google-function-topic", FUNCTION, "event_trigger.pubsub_topic", TOPIC_PATH,
    "the function `{of}` started by messages to the topic `{to}`",
    "messages to the topic `{to}` as the trigger of the function `{of}`",
)  # fmt: skip


@requirement(
    "the environment variable {key}={value} for the function `{of}`",
    "the function `{of}` run with {key} set to `{value}`",
)
def google_function_variable(config: Configuration, of: str, key: str, value: str) -> Findings:
    """An environment variable of the running function."""
    thing = the(config, FUNCTION, of)
    if isinstance(thing, Finding):
        yield thing
        return
    given = thing.at_path("service_config.environment_variables")
    right = any(isinstance(one, dict) and same(one.get(key), value) for one in given)
    yield from unless(right, config, thing.at, f"`{of}` is not given {key}={value}")


@requirement(
    "the archive {archive} as the object `{name}` in the bucket `{of}`",
    "the object `{name}` in the bucket `{of}`, made from the file {archive}",
)
def google_bucket_object(config: Configuration, of: str, name: str, archive: str) -> Findings:
    """An object of the bucket with this name and source file."""
    thing = the(config, BUCKET, of)
    if isinstance(thing, Finding):
        yield thing
        return
    right = any(
        same(one.get("name"), name) and _is_file(one.get("source"), archive)
        for one in companions(config, "google_storage_bucket_object", "bucket", thing, BUCKET)
    )
    yield from unless(right, config, thing.at, f"`{of}` has no object `{name}` from {archive}")


def _is_file(value: Value, name: str) -> bool:
    """Whether a path is that file, in this folder or in that of the module."""
    return isinstance(value, str) and value.removeprefix("./") == name


sink = existence(
    "google-sink", SINK, "a log sink `{name}`", "the log sink `{name}` in Cloud Logging"
)  # fmt: skip
sink_filter = setting(
    "google-sink-filter", SINK, "filter",
    "log entries that match `{value}` in the sink `{of}`",
    "the filter `{value}` of the sink `{of}`",
)  # fmt: skip
sink_described = setting(
    "google-sink-described", SINK, "description",
    "the sink `{of}` described as `{value}`", "`{value}` as the description of the sink `{of}`",
)  # fmt: skip
sink_identity = fixed(
    "google-sink-identity", SINK, "unique_writer_identity", True,
    "an identity of its own for the sink `{of}`", "a unique writer identity for the sink `{of}`",
)  # fmt: skip


def _leads_to(value: Value, bucket: Instance) -> bool:
    """Whether a destination is the bucket, by its name or by a reference."""
    if isinstance(value, Joined):
        first, *rest = value.parts
        return (
            first == _STORAGE
            and len(rest) == 1
            and isinstance(rest[0], Unknown)
            and bucket.is_source_of(rest[0], "name", "id")
        )
    return same(value, f"{_STORAGE}{bucket.get('name')}")


@requirement(
    "logs of the sink `{of}` kept in the bucket `{to}`",
    "the bucket `{to}` as the destination of the sink `{of}`",
)
def google_sink_bucket(config: Configuration, of: str, to: str) -> Findings:
    """The destination is the Cloud Storage bucket."""
    found, problems = things(config, (SINK, of), (BUCKET, to))
    yield from problems
    if not problems:
        thing, target = found
        right = _leads_to(thing.get("destination"), target)
        message = f"the sink `{of}` does not write to `{to}`"
        yield from unless(right, config, thing.where("destination"), message)


@requirement(
    "the sink `{of}` permitted to write to the bucket `{to}` ({role})",
    "{role} on the bucket `{to}` for the writer identity of the sink `{of}`",
)
def google_sink_writes(config: Configuration, of: str, to: str, role: Any) -> Findings:
    """The role on the bucket is granted to the identity that the sink writes with."""
    found, problems = things(config, (SINK, of), (BUCKET, to))
    yield from problems
    if not problems:
        thing, target = found
        right = any(
            same(given, role) and thing.is_source_of(member, "writer_identity")
            for given, member in grants(config, "google_storage_bucket", "bucket", target, BUCKET)
        )
        yield from unless(right, config, thing.at, f"`{of}` may not write to `{to}` ({role})")
