"""Requirements about Cloud Storage, KMS, Secret Manager and Artifact Registry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envs.terraform.requirements.common import output
from envs.terraform.requirements.factories import (
    existence,
    fixed,
    link,
    setting,
    tag,
)
from envs.terraform.requirements.google_access import grant, public
from envs.terraform.requirements.kinds import (
    Kind,
    companions,
    same,
    shown,
    the,
    world,
)
from envs.terraform.requirements.lookup import unless
from iac_gym.check import Findings, RequirementType, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import ValueView, View
from iac_gym.languages.terraform.values import Value
from iac_gym.verdict import Finding

BUCKET = Kind(
    "Cloud Storage bucket", ("google_storage_bucket",), "name", ("name", "id"), by_name=True
)
RING = Kind("key ring", ("google_kms_key_ring",), "name", ("id",))
KEY = Kind("KMS key", ("google_kms_crypto_key",), "name", ("id",))
SECRET = Kind(
    "secret", ("google_secret_manager_secret",), "secret_id", ("id", "name", "secret_id"),
    by_name=True,
)  # fmt: skip
REPOSITORY = Kind(
    "repository", ("google_artifact_registry_repository",), "repository_id",
    ("id", "name", "repository_id"), by_name=True,
)  # fmt: skip
#: Conditions that leave objects out of a lifecycle rule that is for all of them.
_NARROWER = (
    "created_before", "custom_time_before", "days_since_custom_time", "days_since_noncurrent_time",
    "matches_prefix", "matches_storage_class", "matches_suffix", "noncurrent_time_before",
    "num_newer_versions",
)  # fmt: skip


def same_upper(value: Value, wanted: Any) -> bool:
    """Whether two texts are the same but for their case, as in locations of buckets.

    A truth value counts as its text, which is what it becomes where strings are wanted.
    """
    if isinstance(value, bool):
        value = str(value)
    return isinstance(value, str) and value.upper() == str(wanted).upper()


def provider_value(config: Configuration, name: str) -> Value:
    """Return a setting of the default Google provider: what holds where a resource has none."""
    found = config.root.providers.get(("google", ""))
    return None if found is None else View(found.body, world(config).root, {}, found.at).get(name)


def located(name: str, kind: Kind, attribute: str, *wordings: str) -> RequirementType:
    """Make "the thing `of` is in `value`", by its own argument or by that of the provider."""

    def check(config: Configuration, of: str, value: str) -> Iterator[Finding]:
        thing = the(config, kind, of)
        if isinstance(thing, Finding):
            yield thing
            return
        given = thing.get(attribute)
        if given is None and attribute in ("region", "zone"):
            given = provider_value(config, attribute)
        message = f"`{attribute}` of `{of}` is {shown(given)}, asked for {value}"
        yield from unless(same(given, value), config, thing.where(attribute), message)

    check.__name__ = name.replace("-", "_")
    return requirement(*wordings)(check)


bucket = existence(
    "google-bucket", BUCKET,
    "a Cloud Storage bucket called `{name}`", "the Cloud Storage bucket `{name}`",
)  # fmt: skip
bucket_location = setting(
    "google-bucket-location", BUCKET, "location",
    "{value} as the location of the bucket `{of}`", "the bucket `{of}` located in {value}",
    compare=same_upper,
)  # fmt: skip
bucket_class = setting(
    "google-bucket-class", BUCKET, "storage_class",
    "the storage class {value} for the bucket `{of}`", "`{of}` with {value} as its storage class",
)  # fmt: skip
bucket_versioned = fixed(
    "google-bucket-versioned", BUCKET, "versioning.enabled", True,
    "object versioning switched on for the bucket `{of}`", "`{of}` keeps old versions of objects",
)  # fmt: skip
bucket_uniform = fixed(
    "google-bucket-uniform", BUCKET, "uniform_bucket_level_access", True,
    "uniform bucket-level access on `{of}`",
    "access to the bucket `{of}` by IAM alone (uniform bucket-level access)",
)  # fmt: skip
bucket_private = fixed(
    "google-bucket-private", BUCKET, "public_access_prevention", "enforced",
    "public access prevention enforced on the bucket `{of}`",
    "`{of}` closed to the public by enforced public access prevention",
)  # fmt: skip
bucket_disposable = fixed(
    "google-bucket-disposable", BUCKET, "force_destroy", True,
    "the bucket `{of}` destroyed even while it holds objects",
    "destroying the bucket `{of}` removes its objects too",
)  # fmt: skip
bucket_retention = setting(
    "google-bucket-retention", BUCKET, "retention_policy.retention_period",
    "a retention policy of {value} seconds on the bucket `{of}`",
    "objects in `{of}` that nobody can delete for {value} seconds",
)  # fmt: skip
bucket_label = tag(
    "google-bucket-label", BUCKET,
    "the label {key} = `{value}` on the bucket `{of}`", "`{of}` labelled {key} = `{value}`",
    attribute="labels",
)  # fmt: skip
bucket_output = output(
    "google-bucket-output", BUCKET, ("url",),
    "an output `{name}` with the URL of the bucket `{of}`",
    "the URL of the bucket `{of}` given out as `{name}`",
)  # fmt: skip
bucket_role = grant(
    "google-bucket-role", BUCKET, "google_storage_bucket", "bucket",
    "{role} on the bucket `{of}` for the service account `{account}`",
    "the service account `{account}` granted {role} on the bucket `{of}`",
)  # fmt: skip
bucket_public = public(
    "google-bucket-public", BUCKET, "google_storage_bucket", "bucket",
    "{role} on the bucket `{of}` for everybody on the internet",
    "everybody allowed {role} on the bucket `{of}`",
)  # fmt: skip
bucket_page = setting(
    "google-bucket-page", BUCKET, "website.main_page_suffix",
    "{value} as the main page of the website in `{of}`",
    "the bucket `{of}` served as a website that starts with {value}",
)  # fmt: skip
bucket_missing = setting(
    "google-bucket-missing", BUCKET, "website.not_found_page",
    "{value} shown for pages of `{of}` that do not exist",
    "{value} as the not-found page of the website in `{of}`",
)  # fmt: skip
bucket_key = link(
    "google-bucket-key", BUCKET, "encryption.default_kms_key_name", KEY,
    "the bucket `{of}` encrypted with the key `{to}`", "`{to}` as the default key of `{of}`",
)  # fmt: skip


def _for_all(test: View | ValueView, condition: str, value: int) -> bool:
    """Whether a rule's condition is that one, for all objects."""
    narrower = any(test.get(name) not in (None, []) for name in _NARROWER)
    state = test.get("with_state")
    return not narrower and state in (None, "ANY", "LIVE") and same(test.get(condition), value)


def _rule(
    config: Configuration, of: str, action: dict[str, str], condition: str, value: int
) -> Findings:
    """A lifecycle rule of the bucket with that action and just that condition."""
    thing = the(config, BUCKET, of)
    if isinstance(thing, Finding):
        yield thing
        return
    for one in thing.blocks("lifecycle_rule"):
        done = all(
            any(same_upper(given, wanted) for given in one.at_path(f"action.{name}"))
            for name, wanted in action.items()
        )
        tests = one.blocks("condition")
        if done and tests and all(_for_all(test, condition, value) for test in tests):
            return
    said = " ".join(action.values())
    yield config.finding(thing.at, f"no lifecycle rule of `{of}`: {said}, {condition} {value}")


@requirement(
    "objects in the bucket `{of}` deleted {days} days after they were written",
    "a lifecycle rule of `{of}` that deletes objects older than {days} days",
)
def google_bucket_expiry(config: Configuration, of: str, days: int) -> Findings:
    """A `Delete` rule with that age."""
    return _rule(config, of, {"type": "Delete"}, "age", days)


@requirement(
    "objects in the bucket `{of}` moved to {target} after {days} days",
    "a lifecycle rule of `{of}` that turns objects older than {days} days into {target}",
)
def google_bucket_transition(config: Configuration, of: str, target: str, days: int) -> Findings:
    """A `SetStorageClass` rule with that age."""
    return _rule(config, of, {"type": "SetStorageClass", "storage_class": target}, "age", days)


ring = existence("google-key-ring", RING, "a KMS key ring `{name}`", "the key ring `{name}` in KMS")
ring_location = setting(
    "google-key-ring-location", RING, "location",
    "the key ring `{of}` in {value}", "{value} as the location of the key ring `{of}`",
)  # fmt: skip
key = existence("google-key", KEY, "a KMS key `{name}`", "the key `{name}` in KMS")
key_ring = link(
    "google-key-in-ring", KEY, "key_ring", RING,
    "the key `{of}` in the key ring `{to}`", "`{to}` as the key ring of the key `{of}`",
)  # fmt: skip


def same_days(value: Value, wanted: Any) -> bool:
    """Whether a duration ("7776000s") is that many days."""
    return isinstance(value, str) and value.removesuffix("s") == str(int(wanted) * 86400)


key_rotation = setting(
    "google-key-rotation", KEY, "rotation_period",
    "the key `{of}` rotated every {value} days", "a rotation period of {value} days for `{of}`",
    compare=same_days,
)  # fmt: skip
key_protection = setting(
    "google-key-protection", KEY, "version_template.protection_level",
    "the protection level {value} for the key `{of}`", "the key `{of}` protected by {value}",
)  # fmt: skip
key_role = grant(
    "google-key-role", KEY, "google_kms_crypto_key", "crypto_key_id",
    "{role} on the key `{of}` for the service account `{account}`",
    "the service account `{account}` granted {role} on the key `{of}`",
)  # fmt: skip

secret = existence(
    "google-secret", SECRET,
    "a secret `{name}` in Secret Manager", "the Secret Manager secret `{name}`",
)  # fmt: skip
secret_role = grant(
    "google-secret-role", SECRET, "google_secret_manager_secret", "secret_id",
    "{role} on the secret `{of}` for the service account `{account}`",
    "the service account `{account}` granted {role} on the secret `{of}`",
)  # fmt: skip
secret_label = tag(
    "google-secret-label", SECRET,
    "the label {key} = `{value}` on the secret `{of}`",
    "the secret `{of}` labelled {key} = `{value}`",
    attribute="labels",
)  # fmt: skip


@requirement(
    "the secret `{of}` replicated automatically", "automatic replication of the secret `{of}`",
)  # fmt: skip
def google_secret_automatic(config: Configuration, of: str) -> Findings:
    """`replication` has an `auto` block."""
    thing = the(config, SECRET, of)
    if isinstance(thing, Finding):
        yield thing
        return
    right = any(one.blocks("auto") for one in thing.blocks("replication"))
    yield from unless(right, config, thing.where("replication"), f"`{of}` is not replicated so")


@requirement(
    "the secret `{of}` replicated to {places} only",
    "replicas of the secret `{of}` in {places} and nowhere else",
)
def google_secret_replicas(config: Configuration, of: str, places: Any) -> Findings:
    """`replication.user_managed` has a replica in just these locations."""
    thing = the(config, SECRET, of)
    if isinstance(thing, Finding):
        yield thing
        return
    given = thing.at_path("replication.user_managed.replicas.location")
    right = {str(one) for one in given} == set(places) and len(given) == len(places)
    yield from unless(right, config, thing.where("replication"), f"`{of}` has other replicas")


@requirement(
    "a generated password of {length} characters as the content of the secret `{of}`",
    "a version of the secret `{of}` with a random value, {length} characters long",
)
def google_secret_random(config: Configuration, of: str, length: int) -> Findings:
    """A version of the secret whose data is the result of a `random_password`."""
    thing = the(config, SECRET, of)
    if isinstance(thing, Finding):
        yield thing
        return
    passwords = [
        one for one in world(config).instances("random_password") if same(one.get("length"), length)
    ]
    versions = companions(config, "google_secret_manager_secret_version", "secret", thing, SECRET)
    right = any(
        made.is_source_of(value, "result")
        for one in versions
        for value in (one.get("secret_data"), one.get("secret_data_wo"))
        for made in passwords
    )
    message = f"no random value of {length} characters is put into `{of}`"
    yield from unless(right, config, thing.at, message)


repository = existence(
    "google-repository", REPOSITORY,
    "an Artifact Registry repository `{name}`", "the repository `{name}` in Artifact Registry",
)  # fmt: skip
repository_format = setting(
    "google-repository-format", REPOSITORY, "format",
    "{value} as the format of the repository `{of}`", "`{of}` as a {value} repository",
    compare=same_upper,
)  # fmt: skip
repository_location = located(
    "google-repository-location", REPOSITORY, "location",
    "the repository `{of}` in {value}", "{value} as the location of the repository `{of}`",
)  # fmt: skip
repository_described = setting(
    "google-repository-described", REPOSITORY, "description",
    "the repository `{of}` described as `{value}`",
    "`{value}` as the description of the repository `{of}`",
)  # fmt: skip
repository_fixed_tags = fixed(
    "google-repository-fixed-tags", REPOSITORY, "docker_config.immutable_tags", True,
    "tags in the repository `{of}` that cannot be moved", "immutable image tags in `{of}`",
)  # fmt: skip
repository_label = tag(
    "google-repository-label", REPOSITORY,
    "the label {key} = `{value}` on the repository `{of}`",
    "the repository `{of}` labelled {key} = `{value}`",
    attribute="labels",
)  # fmt: skip
repository_role = grant(
    "google-repository-role", REPOSITORY, "google_artifact_registry_repository", "repository",
    "{role} on the repository `{of}` for the service account `{account}`",
    "the service account `{account}` granted {role} on the repository `{of}`",
)  # fmt: skip


@requirement(
    "a clean-up policy `{name}` in the repository `{of}` that keeps the {count} newest versions",
    "the {count} most recent versions kept in `{of}` by the clean-up policy `{name}`",
)
def google_repository_cleanup(config: Configuration, of: str, name: str, count: int) -> Findings:
    """A cleanup policy KEEP with `most_recent_versions`."""
    thing = the(config, REPOSITORY, of)
    if isinstance(thing, Finding):
        yield thing
        return
    for one in thing.blocks("cleanup_policies"):
        kept = one.at_path("most_recent_versions.keep_count")
        right = same(one.get("id"), name) and same(one.get("action"), "KEEP")
        if right and any(same(value, count) for value in kept):
            return
    yield config.finding(thing.at, f"no clean-up policy `{name}` of `{of}` keeps {count} versions")
