"""What CI/CD tasks of every service draw from.

The values are many, so that an answer to one task meets hardly anything of another task.
"""

from __future__ import annotations

from iac_gym.words import FIRST, SECOND

BRANCHES = ("main", "master", "develop", "trunk", "stable", "integration", "production", "next")
RELEASE_BRANCHES = ("release/**", "hotfix/**", "releases/*", "support/*", "stable-*")
TAG_PATTERNS = ("v*", "v*.*.*", "v[0-9]+.*", "release-*", "[0-9]+.[0-9]+.[0-9]+", "rel/*", "v1.*")
#: Tags that are versions.
VERSION_PATTERNS = ("v*", "v*.*.*", "v[0-9]+.*", "[0-9]+.[0-9]+.[0-9]+", "v1.*", "v2.*")
ENVIRONMENTS = ("staging", "production", "qa", "preview", "demo", "live", "sandbox", "canary")
PROTECTED = ("production", "prod", "live", "prod-eu", "prod-us", "customer-facing")
TEAMS = ("platform", "payments", "growth", "search", "logistics", "identity", "data", "mobile")
ORGANISATIONS = ("acme", "globex", "initech", "umbra-labs", "northwind", "contoso", "stark-io")
REGISTRIES = (
    "ghcr.io", "registry.example.com", "quay.io", "registry.acme.dev", "docker.northwind.io",
)  # fmt: skip
REGIONS = ("eu-central-1", "eu-west-1", "us-east-1", "us-west-2", "ap-south-1", "ca-central-1")
FOLDERS = tuple(f"services/{word}" for word in FIRST)
PACKAGES = tuple(f"packages/{word}" for word in SECOND)
INFRA_FOLDERS = tuple(f"infra/{word}" for word in FIRST)
CHARTS = tuple(f"charts/{word}" for word in SECOND)
DOMAINS = tuple(f"{word}.example.com" for word in FIRST)
URLS = tuple(f"https://{domain}" for domain in DOMAINS)
MINUTES = (7, 8, 12, 14, 18, 22, 25, 35, 40, 45, 50, 75, 90)
RETENTION_DAYS = (2, 3, 4, 6, 9, 10, 12, 20, 45, 60)

PYTHON_VERSIONS = ("3.9", "3.10", "3.11", "3.12", "3.13")
NODE_VERSIONS = ("18", "20", "22", "24")
GO_VERSIONS = ("1.21", "1.22", "1.23", "1.24")
JAVA_VERSIONS = ("11", "17", "21", "23")
RUBY_VERSIONS = ("3.1", "3.2", "3.3", "3.4")
DOTNET_VERSIONS = ("6.0.x", "7.0.x", "8.0.x", "9.0.x")

POSTGRES = ("postgres:14", "postgres:15", "postgres:16", "postgres:17", "postgres:16-alpine")
MYSQL = ("mysql:8.0", "mysql:8.4", "mariadb:10.11", "mariadb:11.4")
REDIS = ("redis:6.2", "redis:7", "redis:7.2-alpine", "redis:7.4", "valkey/valkey:8")
DATABASES = ("app_test", "shop_test", "orders_ci", "portal_test", "inventory_ci", "tickets_test")
PLATFORMS = ("linux/amd64", "linux/arm64", "linux/arm/v7", "linux/s390x", "linux/ppc64le")

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: Times of day, off the full hour, as a busy service recommends.
TIMES = tuple(f"{hour:02}:{minute:02}" for hour in range(24) for minute in (7, 13, 23, 37, 41, 52))


def cron_daily(time: str) -> str:
    """Return the cron line of a time of day: "03:07" gives `7 3 * * *`."""
    hour, minute = time.split(":")
    return f"{int(minute)} {int(hour)} * * *"


def cron_weekly(day: str, time: str) -> str:
    """Return the cron line of a time on one day of the week."""
    return f"{cron_daily(time)[:-1]}{(WEEKDAYS.index(day) + 1) % 7}"


def image_of(registry: str, organisation: str, name: str) -> str:
    """Return the name of an image in a registry."""
    return f"{registry}/{organisation}/{name}"
