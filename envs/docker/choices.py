"""What Dockerfile tasks draw from. Images of one family occur in no other family.

The values are many, so that an answer to one task meets hardly anything of another task.
"""

from __future__ import annotations

from iac_gym.words import FIRST, SECOND

STAGE_NAMES = ("build", "builder", "compile", "assemble", "make", "toolchain")
COUNTS_A = tuple(
    """WORKERS POOL_SIZE CACHE_TTL_SECONDS REQUEST_TIMEOUT_SECONDS MAX_UPLOAD_MB QUEUE_LENGTH
    RETRY_LIMIT BATCH_SIZE SESSION_MINUTES MAX_CONNECTIONS""".split()
)
COUNTS_B = tuple(
    """FLUSH_INTERVAL_MS PAGE_SIZE RATE_LIMIT_PER_MINUTE LOG_RETENTION_DAYS HEAP_MB
    KEEPALIVE_SECONDS SHARD_COUNT PREFETCH_COUNT POLL_INTERVAL_MS BUFFER_KB""".split()
)
ARGUMENTS = ("GIT_COMMIT", "BUILD_NUMBER", "RELEASE_CHANNEL", "SOURCE_REVISION", "PIPELINE_ID")
ARGUMENT_VALUES = tuple(f"{first}-{number}" for first in FIRST[:40] for number in (11, 23, 47))
VERSIONS = tuple(f"{a}.{b}.{c}" for a in range(1, 10) for b in range(30) for c in range(10))
FOLDERS = tuple(f"/srv/{word}" for word in SECOND)
DATA_FOLDERS = tuple(f"/var/lib/{word}" for word in FIRST)
TEAMS = ("platform", "payments", "growth", "search", "logistics", "identity", "data", "mobile")
HEALTH_PATHS = ("healthz", "health", "livez", "ready", "status", "ping")
INTERVALS = ("5s", "10s", "15s", "20s", "45s", "1m", "90s", "2m")
PERIODS = ("3s", "4s", "8s", "12s", "25s", "40s", "50s", "70s")
APT_PACKAGES = tuple(
    """ca-certificates curl git gnupg imagemagick jq less libpq5 netcat-openbsd openssh-client
    postgresql-client procps redis-tools rsync socat sqlite3 tini tree unzip vim-tiny wget
    zip""".split()
)
APK_PACKAGES = tuple(
    """bash bind-tools ca-certificates coreutils curl findutils git gnupg graphviz jq nmap
    openssh-client openssl postgresql-client rsync sqlite tar tree tzdata unzip yq zip""".split()
)
PHP_EXTENSIONS = ("bcmath", "exif", "gettext", "mysqli", "opcache", "pcntl", "pdo_mysql", "sockets")
HEADERS = tuple(f"X-{word.title()}" for word in FIRST[:60])


def tags(name: str, versions: str, suffix: str = "") -> tuple[str, ...]:
    """Return the references `name:version-suffix` for the versions of a list."""
    return tuple(f"{name}:{version}{suffix}" for version in versions.split())


GO_BUILD = tags("golang", "1.20 1.21 1.22 1.23 1.24 1.25", "-alpine")
GO_FINAL = tags("alpine", "3.16 3.17 3.18 3.19 3.20 3.21 3.22")
GO_STATIC_BUILD = tags("golang", "1.20 1.21 1.22 1.23 1.24 1.25", "-bookworm")
RUST_BUILD = tags("rust", "1.78 1.79 1.80 1.81 1.82 1.83 1.84 1.85", "-bookworm")
RUST_FINAL = tags("debian", "bookworm-slim bullseye-slim trixie-slim 12.5-slim 12.8-slim")
NODE_BUILD = tags("node", "18 20 22 23 24", "-alpine")
NGINX_FINAL = tags("nginx", "1.24 1.25 1.26 1.27 1.28 1.29", "-alpine")
NODE_SERVICE = tags("node", "18 20 22 23 24", "-bookworm")
NODE_SLIM = tags("node", "18 20 22 23 24", "-bookworm-slim")
NODE_WORKER = tags("node", "18 20 22 23 24", "-alpine3.20")
PYTHON_BUILD = tags("python", "3.9 3.10 3.11 3.12 3.13", "-bookworm")
PYTHON_FINAL = tags("python", "3.9 3.10 3.11 3.12 3.13", "-slim-bookworm")
PYTHON_SCRIPT = tags("python", "3.9 3.10 3.11 3.12 3.13", "-alpine")
PYTHON_PRIVATE = tags("python", "3.9 3.10 3.11 3.12 3.13", "-slim-bullseye")
MAVEN_BUILD = tags("maven", "3.8 3.9 3.9.6 3.9.9", "-eclipse-temurin-21")
JAVA_FINAL = tags("eclipse-temurin", "17-jre 21-jre 17-jre-jammy 21-jre-jammy 21-jre-noble")
GRADLE_BUILD = tags("gradle", "8.5 8.7 8.8 8.10 8.12", "-jdk21")
CORRETTO_FINAL = tags("amazoncorretto", "17 21 22 23 24", "-alpine")
DOTNET_BUILD = tags("mcr.microsoft.com/dotnet/sdk", "6.0 7.0 8.0 9.0")
DOTNET_FINAL = tags("mcr.microsoft.com/dotnet/aspnet", "6.0 7.0 8.0 9.0")
SITE = tags("nginx", "1.24 1.25 1.26 1.27 1.28 1.29")
PROXY = tags("nginx", "1.24 1.25 1.26 1.27 1.28 1.29", "-alpine-slim")
TOOLBOX = tags("ubuntu", "20.04 22.04 24.04 24.10 25.04")
APK_BOX = tags("docker.io/library/alpine", "3.15 3.14 3.13 3.12")
PHP = tags("php", "8.1 8.2 8.3 8.4", "-apache")
RUBY = tags("ruby", "3.1 3.2 3.3 3.4", "-slim")
ERLANG = tags("elixir", "1.14 1.15 1.16 1.17 1.18", "-slim")
