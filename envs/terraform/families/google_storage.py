"""Tasks about storage, keys, secrets, artifacts and service accounts on Google Cloud."""

from __future__ import annotations

from envs.terraform.nested_settings import NestedSettings, put
from envs.terraform.requirements import common
from envs.terraform.requirements import google_access as access
from envs.terraform.requirements import google_storage as ask
from envs.terraform.stack import Extra, Handle, Stack, decorate
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.formats.hcl_render import Raw, block, nested, template

REGIONS = (
    "us-central1", "us-east1", "us-west1", "europe-west1", "europe-west3", "europe-west4",
    "europe-north1", "asia-east1", "asia-southeast1", "asia-northeast1", "australia-southeast1",
)  # fmt: skip
PLACES = ("EU", "US", "ASIA", "EUROPE-WEST1", "EUROPE-WEST3", "US-CENTRAL1", "US-EAST1")
PROJECTS = tuple(
    f"{team}-{stage}"
    for team in ("acme", "globex", "initech", "umbra", "lumen", "nordic")
    for stage in ("prod", "dev", "staging")
)
LABELS = (
    ("team", ("payments", "platform", "search", "growth", "data", "mobile", "finance")),
    ("environment", ("production", "staging", "development", "sandbox", "qa")),
    ("cost-center", ("1042", "2210", "3317", "4408", "5120")),
    ("owner", ("alice", "bob", "carol", "dave", "erin", "frank")),
)
ACCOUNTS = ("api", "batch", "ci", "deployer", "etl", "loader", "reader", "runner", "web", "worker")
#: First words of ids that may have 30 characters at most.
SHORT = ("shop", "cart", "user", "blog", "feed", "mail", "news", "game", "chat", "tour")


def project(stack: Stack) -> Extra:
    """Return the extra that asks for the provider's project."""

    def make() -> None:
        chosen = stack.draw.choice("project", PROJECTS)
        stack.ask(common.google_project(project=chosen))
        stack.provider("google", project=chosen)

    return Extra("project", 1, make)


def region(stack: Stack) -> Extra:
    """Return the extra that asks for the provider's region."""

    def make() -> None:
        chosen = stack.draw.choice("provider region", REGIONS)
        stack.ask(common.google_region(region=chosen))
        stack.provider("google", region=chosen)

    return Extra("provider region", 1, make)


def varied(stack: Stack, name: str, value: str) -> str:
    """Write a value as it is, or by a variable or a local value; return what stands there."""
    style = stack.draw.phrase(f"written {name}", ("plain", "plain", "variable", "local"))
    if style == "variable":
        stack.top(block("variable", name, type=Raw("string"), default=value))
        return Raw(f"var.{name}")
    if style == "local":
        stack.top(block("locals", **{name: value}))
        return Raw(f"local.{name}")
    return value


def add_account(stack: Stack) -> tuple[Handle, str]:
    """Ask for a service account; return it and its id."""
    name = stack.draw.name("account", ACCOUNTS, SHORT)
    stack.ask(access.account(name=name))
    return stack.add("google_service_account", name, account_id=name), name


def member(made: Handle) -> Raw:
    """Write a service account as the member of a grant."""
    return template(f"serviceAccount:${{{made['email']}}}")


@family("terraform", levels=(1, 2, 3, 4))
def google_bucket(draw: Draw) -> Draft:
    """A Cloud Storage bucket with its location, class, safeguards, lifecycle and readers."""
    stack = Stack(draw, "google")
    name = draw.name("bucket", ("logs", "media", "backups", "exports", "uploads", "reports"))
    place = draw.choice("location", PLACES)
    stack.ask(ask.bucket(name=name), ask.bucket_location(of=name, value=place))
    made = stack.add("google_storage_bucket", name, name=name, location=place)
    settings = NestedSettings(stack, made, name)

    def expiring() -> None:
        days = draw.integer("days", 7, 730)
        stack.ask(ask.google_bucket_expiry(of=name, days=days))
        made.nest(
            "lifecycle_rule", condition=nested(age=days), action=nested(type="Delete")
        )  # fmt: skip

    def moving() -> None:
        target = draw.choice("target", ("NEARLINE", "COLDLINE", "ARCHIVE"))
        days = draw.integer("move days", 10, 300)
        stack.ask(ask.google_bucket_transition(of=name, target=target, days=days))
        made.nest(
            "lifecycle_rule", condition=nested(age=days),
            action=nested(type="SetStorageClass", storage_class=target),
        )  # fmt: skip

    def granted() -> None:
        holder, other = add_account(stack)
        role = draw.choice(
            "role",
            ("roles/storage.objectViewer", "roles/storage.objectAdmin",
             "roles/storage.objectCreator", "roles/storage.objectUser"),
        )  # fmt: skip
        stack.ask(ask.bucket_role(of=name, account=other, role=role))
        if draw.phrase("grant", ("member", "binding")) == "member":
            stack.add(
                "google_storage_bucket_iam_member", other, bucket=made["name"], role=role,
                member=member(holder),
            )  # fmt: skip
        else:
            stack.add(
                "google_storage_bucket_iam_binding", other, bucket=made["name"], role=role,
                members=[member(holder)],
            )  # fmt: skip

    def output() -> None:
        out = draw.choice("output", ("bucket_url", "url", "storage_url"))
        stack.ask(ask.bucket_output(of=name, name=out))
        stack.top(block("output", out, value=made["url"]))

    decorate(
        stack,
        (
            settings.on(ask.bucket_versioned, versioning__enabled=True),
            settings.on(ask.bucket_uniform, uniform_bucket_level_access=True),
            settings.one_of(
                ask.bucket_class, "storage_class", ("STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE")
            ),
            Extra("expiry", 1, expiring), Extra("grant", 2, granted),
            settings.on(ask.bucket_private, public_access_prevention="enforced"),
            settings.label(ask.bucket_label, LABELS, "labels"), project(stack),
            Extra("transition", 1, moving), Extra("output", 1, output),
            settings.on(ask.bucket_disposable, force_destroy=True),
            settings.one_of(
                ask.bucket_retention, "retention_policy.retention_period",
                range(86_400, 864_001, 86_400),
            ),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the Cloud Storage bucket `{name}` with Terraform",
        f"We need object storage on Google Cloud: a bucket `{name}`",
        f"Write Terraform for a bucket `{name}` in Cloud Storage",
    )


@family("terraform", levels=(1, 2, 3))
def google_website(draw: Draw) -> Draft:
    """A bucket that serves a static site to everybody."""
    stack = Stack(draw, "google")
    name = draw.name("bucket", ("site", "web", "www", "static", "docs"))
    page = draw.choice("page", ("index.html", "home.html", "start.html", "main.html"))
    role = "roles/storage.objectViewer"
    stack.ask(
        ask.bucket(name=name), ask.bucket_page(of=name, value=page),
        ask.bucket_public(of=name, role=role),
    )  # fmt: skip
    made = stack.add("google_storage_bucket", name, name=name, location="EU")
    put(made.body, "website.main_page_suffix", page)
    stack.add(
        "google_storage_bucket_iam_member", "everybody", bucket=made["name"], role=role,
        member="allUsers",
    )  # fmt: skip
    settings = NestedSettings(stack, made, name)
    decorate(
        stack,
        (
            settings.one_of(
                ask.bucket_missing, "website.not_found_page", ("404.html", "missing.html")
            ),
            settings.on(ask.bucket_uniform, uniform_bucket_level_access=True),
            settings.one_of(ask.bucket_location, "location", PLACES[1:]),
            settings.on(ask.bucket_disposable, force_destroy=True),
            settings.label(ask.bucket_label, LABELS, "labels"), project(stack),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Serve a static website from the Cloud Storage bucket `{name}`",
        f"Our website is a few files in the bucket `{name}` on Google Cloud",
    )


@family("terraform", levels=(2, 3, 4))
def google_encryption_key(draw: Draw) -> Draft:
    """A KMS key in its key ring, perhaps the key of a bucket."""
    stack = Stack(draw, "google")
    name = draw.name("key", ("key", "data", "backups", "files", "disks"))
    ring, place = f"{name}-ring", draw.choice("location", REGIONS)
    stack.ask(
        ask.ring(name=ring), ask.ring_location(of=ring, value=place), ask.key(name=name),
        ask.key_ring(of=name, to=ring),
    )  # fmt: skip
    held = stack.add("google_kms_key_ring", ring, name=ring, location=place)
    made = stack.add("google_kms_crypto_key", name, name=name, key_ring=held["id"])
    settings = NestedSettings(stack, made, name)

    def used() -> None:
        bucket = f"{name}-bucket"
        stack.ask(ask.bucket(name=bucket), ask.bucket_key(of=bucket, to=name))
        stack.add(
            "google_storage_bucket", bucket, name=bucket, location=place.upper(),
            uniform_bucket_level_access=True,
            encryption=nested(default_kms_key_name=made["id"]),
        )  # fmt: skip

    def granted() -> None:
        holder, other = add_account(stack)
        role = draw.choice(
            "role", tuple(f"roles/cloudkms.cryptoKey{end}" for end in
                          ("EncrypterDecrypter", "Encrypter", "Decrypter")),
        )  # fmt: skip
        stack.ask(ask.key_role(of=name, account=other, role=role))
        stack.add(
            "google_kms_crypto_key_iam_member", other, crypto_key_id=made["id"], role=role,
            member=member(holder),
        )  # fmt: skip

    decorate(
        stack,
        (
            settings.one_of(
                ask.key_rotation, "rotation_period", (30, 45, 60, 90, 120, 180, 365),
                lambda days: f"{days * 86400}s",
            ),
            Extra("bucket", 2, used), Extra("grant", 2, granted), project(stack),
            settings.one_of(
                ask.key_protection, "version_template.protection_level", ("HSM",)
            ),
        ),
    )  # fmt: skip
    if "version_template" in made.body:
        made.inner("version_template").update(algorithm="GOOGLE_SYMMETRIC_ENCRYPTION")
    return stack.draft(
        f"Create the KMS key `{name}` on Google Cloud",
        f"We want to encrypt with a key of our own, `{name}`, from Cloud KMS",
    )


@family("terraform", levels=(1, 2, 3))
def google_secret(draw: Draw) -> Draft:
    """A secret in Secret Manager, with a generated value and those who may read it."""
    stack = Stack(draw, "google")
    name = draw.name("secret", ("password", "token", "credentials", "webhook", "license"))
    stack.ask(ask.secret(name=name))
    made = stack.add("google_secret_manager_secret", name, secret_id=name)
    if draw.chance("automatic", 0.4):
        stack.ask(ask.google_secret_automatic(of=name))
        made.nest("replication", auto=nested())
    else:
        places = list(draw.sample("places", REGIONS, 2))
        stack.ask(ask.google_secret_replicas(of=name, places=places))
        replicas = [nested(location=place) for place in places]
        made.nest("replication", user_managed=nested(replicas=replicas))

    def generated() -> None:
        length = draw.integer("length", 16, 64)
        stack.ask(ask.google_secret_random(of=name, length=length))
        stack.provider("random")
        value = stack.add("random_password", name, length=length)
        stack.add(
            "google_secret_manager_secret_version", name, secret=made["id"],
            secret_data=value["result"],
        )  # fmt: skip

    def read() -> None:
        holder, other = add_account(stack)
        role = draw.choice(
            "role", ("roles/secretmanager.secretAccessor", "roles/secretmanager.viewer")
        )  # fmt: skip
        stack.ask(ask.secret_role(of=name, account=other, role=role))
        stack.add(
            "google_secret_manager_secret_iam_member", other, secret_id=made["secret_id"],
            role=role, member=member(holder),
        )  # fmt: skip

    settings = NestedSettings(stack, made, name)
    decorate(
        stack,
        (
            Extra("generated", 1, generated), Extra("read", 2, read),
            settings.label(ask.secret_label, LABELS, "labels"), project(stack), region(stack),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Keep the secret `{name}` in Google's Secret Manager",
        f"Terraform for the secret `{name}` on Google Cloud",
    )


@family("terraform", levels=(1, 2, 3))
def google_repository(draw: Draw) -> Draft:
    """An Artifact Registry repository with its clean-up and its readers."""
    stack = Stack(draw, "google")
    name = draw.name("repository", ("images", "packages", "builds", "registry", "releases"))
    kind = draw.choice("format", ("DOCKER", "MAVEN", "NPM", "PYTHON", "APT", "GO"))
    place = draw.choice("location", (*REGIONS, "europe", "us", "asia"))
    stack.ask(
        ask.repository(name=name), ask.repository_format(of=name, value=kind),
        ask.repository_location(of=name, value=place),
    )  # fmt: skip
    made = stack.add(
        "google_artifact_registry_repository", name, repository_id=name, format=kind,
        location=place,
    )  # fmt: skip
    settings = NestedSettings(stack, made, name)

    def granted() -> None:
        holder, other = add_account(stack)
        role = f"roles/artifactregistry.{draw.choice('role', ('reader', 'writer', 'repoAdmin'))}"
        stack.ask(ask.repository_role(of=name, account=other, role=role))
        stack.add(
            "google_artifact_registry_repository_iam_member", other, location=made["location"],
            repository=made["name"], role=role, member=member(holder),
        )  # fmt: skip

    def cleaned() -> None:
        title = draw.choice("policy", ("keep-newest", "keep-some", "only-recent"))
        count = draw.integer("kept", 3, 40)
        stack.ask(ask.google_repository_cleanup(of=name, name=title, count=count))
        made.nest(
            "cleanup_policies", id=title, action="KEEP",
            most_recent_versions=nested(keep_count=count),
        )  # fmt: skip

    texts = ("Container images", "Build results", "Internal packages", "Release candidates")
    fixed = settings.on(ask.repository_fixed_tags, docker_config__immutable_tags=True)
    decorate(
        stack,
        (
            *((fixed,) if kind == "DOCKER" else ()),
            Extra("grant", 2, granted), Extra("cleanup", 1, cleaned),
            settings.label(ask.repository_label, LABELS, "labels"),
            settings.one_of(ask.repository_described, "description", texts), project(stack),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Set up the Artifact Registry repository `{name}`",
        f"We publish to a repository `{name}` in Artifact Registry; write the Terraform for it",
    )


PROJECT_ROLES = (
    "roles/logging.logWriter", "roles/monitoring.metricWriter", "roles/storage.objectViewer",
    "roles/cloudsql.client", "roles/pubsub.publisher", "roles/bigquery.jobUser",
    "roles/secretmanager.secretAccessor", "roles/run.invoker", "roles/viewer",
    "roles/artifactregistry.reader", "roles/datastore.user", "roles/cloudtrace.agent",
)  # fmt: skip


@family("terraform", levels=(1, 2, 3))
def google_service_account(draw: Draw) -> Draft:
    """A service account with its roles in the project."""
    stack = Stack(draw, "google")
    given = draw.choice("project", PROJECTS)
    stack.ask(common.google_project(project=given))
    stack.provider("google", project=given)
    made, name = add_account(stack)
    count = draw.choice("count", (2, 3)) if draw.level == 2 else 1 if draw.level == 1 else 2
    roles = list(draw.sample("roles", PROJECT_ROLES, count))
    for role in roles:
        stack.ask(access.account_project_role(of=name, role=role))
    looped = len(roles) > 1 and draw.phrase("loop", (True, False))
    if looped:
        each = "[\n" + "".join(f'  "{role}",\n' for role in roles) + "]"
        stack.add(
            "google_project_iam_member", name, for_each=Raw(f"toset({each})"), project=given,
            role=Raw("each.value"), member=member(made),
        )  # fmt: skip
    else:
        for place, role in enumerate(roles):
            stack.add(
                "google_project_iam_member", f"{name}_{place + 1}", project=given, role=role,
                member=made["member"],
            )  # fmt: skip
    settings = NestedSettings(stack, made, name)

    def impersonated() -> None:
        other = f"{name}-ci"
        role = draw.choice(
            "impersonation",
            ("roles/iam.serviceAccountUser", "roles/iam.serviceAccountTokenCreator",
             "roles/iam.workloadIdentityUser"),
        )  # fmt: skip
        stack.ask(
            access.account(name=other),
            access.account_impersonated(of=name, account=other, role=role),
        )
        second = stack.add("google_service_account", other, account_id=other)
        stack.add(
            "google_service_account_iam_member", other, service_account_id=made["name"],
            role=role, member=member(second),
        )  # fmt: skip

    def output() -> None:
        out = draw.choice("output", ("email", "account_email", "service_account"))
        stack.ask(access.account_output(of=name, name=out))
        stack.top(block("output", out, value=made["email"]))

    titles = ("Build runner", "Data loader", "Deployment", "Web application", "Nightly jobs")
    texts = ("Managed by Terraform", "Reads and writes data", "Runs in production", "For CI jobs")
    decorate(
        stack,
        (
            settings.one_of(access.account_title, "display_name", titles),
            Extra("impersonation", 2, impersonated), Extra("output", 1, output),
            settings.one_of(access.account_described, "description", texts),
        ),
    )  # fmt: skip
    return stack.draft(
        f"Create the Google service account `{name}` and give it its roles",
        f"An application of ours runs as the service account `{name}` on Google Cloud",
    )
