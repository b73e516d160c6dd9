"""Builds compose tasks: every call says one requirement and writes it into the reference."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from envs.docker.requirements import compose as ask
from iac_gym.category import Draft
from iac_gym.check import Requirement
from iac_gym.draw import Draw
from iac_gym.formats.yaml import dump


class Engine(NamedTuple):
    """A database image and what is known about it."""

    image: str
    port: int
    path: str
    health: str
    database: str
    password: str


class App(NamedTuple):
    """An application image and the port on which it listens."""

    image: str
    port: int


_POSTGRES = (5432, "/var/lib/postgresql/data", "pg_isready -U app")
_MYSQL = (3306, "/var/lib/mysql", "mysqladmin ping -h localhost")
_MARIA = (3306, "/var/lib/mysql", "healthcheck.sh --connect")
_MONGO = (27017, "/data/db", "mongosh --quiet --eval 1")

ENGINES = (
    Engine("postgres:16", *_POSTGRES, "POSTGRES_DB", "POSTGRES_PASSWORD"),
    Engine("postgres:17", *_POSTGRES, "POSTGRES_DB", "POSTGRES_PASSWORD"),
    Engine("postgres:15-alpine", *_POSTGRES, "POSTGRES_DB", "POSTGRES_PASSWORD"),
    Engine("mysql:8.4", *_MYSQL, "MYSQL_DATABASE", "MYSQL_ROOT_PASSWORD"),
    Engine("mariadb:11.4", *_MARIA, "MARIADB_DATABASE", "MARIADB_ROOT_PASSWORD"),
    Engine("mongo:7.0", *_MONGO, "MONGO_INITDB_DATABASE", "MONGO_INITDB_ROOT_PASSWORD"),
)
APPS = (
    App("ghost:5", 2368),
    App("wordpress:6.6", 80),
    App("grafana/grafana:11.2.0", 3000),
    App("metabase/metabase:v0.50.26", 3000),
    App("gitea/gitea:1.22", 3000),
    App("nextcloud:29", 80),
    App("redmine:5.1", 3000),
    App("keycloak/keycloak:25.0", 8080),
    App("registry:2", 5000),
    App("ghcr.io/acme/portal:1.4", 8000),
    App("ghcr.io/acme/orders:2.1", 9000),
    App("ghcr.io/acme/search:0.9", 7700),
)
PROXIES = (
    ("nginx:1.27", "/etc/nginx/nginx.conf"),
    ("nginx:1.26-alpine", "/etc/nginx/nginx.conf"),
    ("haproxy:3.0", "/usr/local/etc/haproxy/haproxy.cfg"),
    ("caddy:2.8", "/etc/caddy/Caddyfile"),
    ("traefik:v3.1", "/etc/traefik/traefik.yml"),
    ("envoyproxy/envoy:v1.31.0", "/etc/envoy/envoy.yaml"),
)
CACHES = ("redis:7.4", "redis:7.2-alpine", "valkey/valkey:8.0", "redis:6.2")
BROKERS = (
    ("rabbitmq:3.13", "rabbitmq-diagnostics -q ping"),
    ("rabbitmq:4.0-alpine", "rabbitmq-diagnostics -q ping"),
    ("nats:2.10", "nats-server --help"),
)
WORKERS = tuple(
    f"ghcr.io/acme/{name}:{tag}"
    for name, tag in (
        ("worker", "1.2"), ("mailer", "3.0"), ("importer", "0.8"), ("thumbnailer", "2.4"),
        ("reports", "1.9"), ("indexer", "4.1"), ("billing", "2.0"), ("sync", "5.3"),
    )
)  # fmt: skip
#: Base images, and the command that starts a program in them.
BASES = (
    ("python:3.13-slim", "python main.py"),
    ("python:3.12-alpine", "python main.py"),
    ("node:22-alpine", "node server.js"),
    ("node:20-slim", "node server.js"),
    ("ruby:3.3-slim", "ruby app.rb"),
    ("php:8.3-cli", "php worker.php"),
)
TOOLS = (
    "adminer:4", "dpage/pgadmin4:8", "phpmyadmin:5.2", "redis/redisinsight:2.56",
    "mailhog/mailhog:v1.0.1", "axllent/mailpit:v1.20",
)  # fmt: skip
DB_NAMES = ("db", "database", "sql", "store", "records", "primary")
CACHE_NAMES = ("cache", "redis", "kv", "sessions", "memory")
PROXY_NAMES = ("proxy", "edge", "lb", "gateway", "front", "ingress")
TOOL_NAMES = ("tools", "inspector", "console", "admin", "debugger")
WORKER_NAMES = ("worker", "jobs", "runner", "consumer", "background")
BROKER_NAMES = ("broker", "queue", "mq", "bus", "events")
VOLUMES = ("db-data", "dbdata", "data", "storage", "state", "records-data", "persistent", "vol-db")
PORTS = (8080, 8081, 8000, 8088, 8443, 9000, 9080, 3001, 5001, 7000, 80, 18080)
DATABASES = ("app", "shop", "orders", "portal", "inventory", "tickets", "users", "metrics")
MEMORY = ("128m", "256m", "384m", "512m", "768m", "1g", "2g")
CPUS = ("0.25", "0.5", "0.75", "1.5", "2.0")
INTERVALS = ("5s", "10s", "15s", "20s", "30s", "1m", "1m30s")
TIMEOUTS = ("2s", "3s", "4s", "6s", "8s")
RESTARTS = ("always", "unless-stopped", "on-failure")
MODES = (
    ("LOG_LEVEL", ("debug", "info", "warning", "error")),
    ("APP_ENV", ("production", "staging", "testing")),
    ("TZ", ("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo")),
)


class Stack:
    """A compose project under construction: requirements said, and the reference that meets them.

    Methods that say a requirement return nothing; `quiet_...` write without saying.
    """

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.asks: list[Requirement] = []
        self.tree: dict[str, Any] = {"services": {}}

    def one(self, name: str) -> dict[str, Any]:
        """Return the mapping of a service."""
        made: dict[str, Any] = self.tree["services"].setdefault(name, {})
        return made

    def section(self, name: str) -> dict[str, Any]:
        """Return a top-level section."""
        made: dict[str, Any] = self.tree.setdefault(name, {})
        return made

    def image(self, name: str, image: str) -> str:
        """Add a service from an image; returns its name."""
        self.one(name)["image"] = image
        self.asks.append(ask.service_image(name=name, image=image))
        return name

    def build(self, name: str, context: str) -> None:
        """Add a service that is built."""
        self.one(name)["build"] = {"context": context}
        self.asks.append(ask.service_build(name=name, context=context))

    def port(self, of: str, host: int, container: int) -> None:
        """Publish a port on every address."""
        self.one(of).setdefault("ports", []).append(f"{host}:{container}")
        self.asks.append(ask.service_port(of=of, host=host, container=container))

    def local_port(self, of: str, host: int, container: int) -> None:
        """Publish a port on the loopback address."""
        self.one(of).setdefault("ports", []).append(f"127.0.0.1:{host}:{container}")
        self.asks.append(ask.service_local_port(of=of, host=host, container=container))

    def variable(self, of: str, variable: str, value: str) -> None:
        """Set an environment variable."""
        self.one(of).setdefault("environment", {})[variable] = value
        self.asks.append(ask.service_variable(of=of, variable=variable, value=value))

    def volume(self, of: str, volume: str, path: str) -> None:
        """Mount a named volume."""
        self.one(of).setdefault("volumes", []).append(f"{volume}:{path}")
        self.section("volumes")[volume] = {}
        self.asks.append(ask.service_volume(of=of, volume=volume, path=path))

    def mount(self, of: str, source: str, path: str) -> None:
        """Mount a file or directory of the host, read-only."""
        self.one(of).setdefault("volumes", []).append(f"{source}:{path}:ro")
        self.asks.append(ask.service_read_only_mount(of=of, source=source, path=path))

    def needs(self, of: str, on: str, condition: str = "service_started") -> None:
        """Make a service depend on another."""
        kind = {
            "service_started": ask.service_starts_after,
            "service_healthy": ask.service_waits_for_health,
            "service_completed_successfully": ask.service_waits_for_completion,
        }[condition]
        self.one(of).setdefault("depends_on", {})[on] = {"condition": condition}
        self.asks.append(kind(of=of, on=on))

    def health(self, of: str, command: str) -> None:
        """Give a service a health check."""
        self.one(of).setdefault("healthcheck", {})["test"] = ["CMD", *command.split()]
        self.asks.append(ask.service_health_command(of=of, command=command))

    def interval(self, of: str, interval: str) -> None:
        """Set the interval of the health check."""
        self.one(of)["healthcheck"]["interval"] = interval
        self.asks.append(ask.service_health_interval(of=of, interval=interval))

    def timeout(self, of: str, timeout: str) -> None:
        """Set the timeout of the health check."""
        self.one(of)["healthcheck"]["timeout"] = timeout
        self.asks.append(ask.service_health_timeout(of=of, timeout=timeout))

    def retries(self, of: str, retries: int) -> None:
        """Set the retries of the health check."""
        self.one(of)["healthcheck"]["retries"] = retries
        self.asks.append(ask.service_health_retries(of=of, retries=retries))

    def networks(self, of: str, networks: Sequence[str]) -> None:
        """Attach a service to networks, and to no other."""
        self.one(of)["networks"] = list(networks)
        for network in networks:
            self.section("networks").setdefault(network, {})
        if len(networks) == 1:
            self.asks.append(ask.service_only_network(of=of, network=networks[0]))
        else:
            self.asks.append(ask.service_networks(of=of, networks=list(networks)))

    def internal(self, network: str) -> None:
        """Cut a network off from the outside."""
        self.section("networks")[network] = {"internal": True}
        self.asks.append(ask.internal_network(network=network))

    def secret(self, secret: str, path: str) -> None:
        """Define a secret by its file."""
        self.section("secrets")[secret] = {"file": path}
        self.asks.append(ask.secret_file(secret=secret, path=path))

    def give_secret(self, of: str, secret: str) -> None:
        """Give a service a secret."""
        self.one(of).setdefault("secrets", []).append(secret)
        self.asks.append(ask.service_secret(of=of, secret=secret))

    def config(self, config: str, path: str) -> None:
        """Define a config by its file."""
        self.section("configs")[config] = {"file": path}
        self.asks.append(ask.config_file(config=config, path=path))

    def give_config(self, of: str, config: str, path: str) -> None:
        """Give a service a config."""
        self.one(of).setdefault("configs", []).append({"source": config, "target": path})
        self.asks.append(ask.service_config(of=of, config=config, path=path))

    def _resource(self, of: str, part: str, key: str, amount: str) -> None:
        deploy = self.one(of).setdefault("deploy", {})
        deploy.setdefault("resources", {}).setdefault(part, {})[key] = amount

    def memory(self, of: str, amount: str) -> None:
        """Limit the memory."""
        self._resource(of, "limits", "memory", amount)
        self.asks.append(ask.service_memory_limit(of=of, amount=amount))

    def cpus(self, of: str, amount: str) -> None:
        """Limit the CPUs."""
        self._resource(of, "limits", "cpus", amount)
        self.asks.append(ask.service_cpu_limit(of=of, amount=amount))

    def reserve(self, of: str, amount: str) -> None:
        """Reserve memory."""
        self._resource(of, "reservations", "memory", amount)
        self.asks.append(ask.service_memory_reserved(of=of, amount=amount))

    def replicas(self, of: str, count: int) -> None:
        """Set the number of replicas."""
        self.one(of).setdefault("deploy", {})["replicas"] = count
        self.asks.append(ask.service_replicas(of=of, count=count))

    def restart(self, of: str, policy: str) -> None:
        """Set the restart policy."""
        self.one(of)["restart"] = policy
        self.asks.append(ask.service_restart(of=of, policy=policy))

    def set(self, of: str, asked: Requirement, field: str, value: Any) -> None:
        """Set a field of a service and say a requirement about it."""
        self.one(of)[field] = value
        self.asks.append(asked)

    def log(self, of: str, option: str, value: str, asked: Requirement) -> None:
        """Set one logging option."""
        logging = self.one(of).setdefault("logging", {})
        logging.setdefault("options", {})[option] = value
        self.asks.append(asked)

    def database(self) -> tuple[str, Engine]:
        """Add a database with its data in a named volume: (name, engine). Two requirements."""
        draw = self.draw
        engine = draw.choice("engine", ENGINES)
        name = self.image(draw.choice("db", DB_NAMES), engine.image)
        self.volume(name, draw.choice("volume", VOLUMES), engine.path)
        return name, engine

    def application(self, *, published: bool = True) -> tuple[str, App]:
        """Add an application from an image, with its port published: one or two requirements."""
        app = self.draw.choice("image", APPS)
        name = self.image(self.draw.name("app"), app.image)
        if published:
            self.port(name, self.draw.choice("port", PORTS), app.port)
        return name, app

    def setting(self, of: str, name: str = "setting") -> None:
        """Set a drawn environment variable. One requirement."""
        variable, values = self.draw.choice(name, MODES)
        self.variable(of, variable, self.draw.choice(f"{name} value", values))

    def draft(self, *openings: str, dockerfile: str = "") -> Draft:
        """Finish the task; how the reference spells things is drawn, and is no parameter.

        With a Dockerfile, the task has two files.
        """
        for name, service in self.tree["services"].items():
            needs = service.get("depends_on", {})
            if all(one["condition"] == "service_started" for one in needs.values()) and needs:
                service["depends_on"] = list(needs)
            if "environment" in service and self.draw.phrase(f"list {name}", (True, False, False)):
                pairs = service["environment"].items()
                service["environment"] = [f"{key}={value}" for key, value in pairs]
        if not dockerfile:
            return Draft(openings=openings, asks=self.asks, reference=partial(dump, self.tree))
        both = partial(_two_files, dockerfile, self.tree)
        return Draft(openings=openings, asks=self.asks, reference=both, files=TWO_FILES)


#: The files of a task that asks for an image and for the stack that runs it.
TWO_FILES = (("Dockerfile", "dockerfile"), ("compose.yaml", "compose"))


def _two_files(dockerfile: str, tree: dict[str, Any]) -> dict[str, str]:
    return {"Dockerfile": dockerfile, "compose.yaml": dump(tree)}
