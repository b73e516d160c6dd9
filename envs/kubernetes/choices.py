"""What the Kubernetes tasks are about: images, ports, amounts, labels, and builders of objects."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from iac_gym.formats.yaml import dump

Tree = dict[str, Any]

WEB_IMAGES = tuple(
    """nginx:1.27 nginx:1.26 nginx:1.25-alpine nginx:1.27-alpine httpd:2.4 httpd:2.4-alpine
    caddy:2.8 caddy:2.7-alpine traefik:v3.1 haproxy:3.0 nginxinc/nginx-unprivileged:1.27
    traefik/whoami:v1.10
    hashicorp/http-echo:1.0 gcr.io/google-samples/hello-app:2.0 ghcr.io/acme/landing:1.4.2
    ghcr.io/acme/storefront:3.0.1 quay.io/north/website:2.2 registry.example.com/web/shop:5.1
    registry.example.com/web/blog:1.9.3 docker.io/bitnami/nginx:1.27""".split()
)
APP_IMAGES = tuple(
    """ghcr.io/acme/api:1.4.2 ghcr.io/acme/api:2.0.0 ghcr.io/acme/orders:0.9.1 ghcr.io/acme/auth:3.2
    ghcr.io/north/search:1.12 ghcr.io/north/pricing:4.0.3 quay.io/north/gateway:2.7.1
    quay.io/lumen/reports:1.1 quay.io/lumen/mailer:0.8.4 registry.example.com/team/backend:2.5.0
    registry.example.com/team/payments:7.3 registry.example.com/core/users:1.0.9
    docker.io/acme/catalog:6.1 eu.gcr.io/lumen/events:2.3.1 us-docker.pkg.dev/lumen/apps/quotes:1.6
    public.ecr.aws/acme/billing:3.3.3 python:3.12-slim node:22-alpine golang:1.23
    eclipse-temurin:21-jre""".split()
)
DATABASE_IMAGES = tuple(
    """postgres:16 postgres:16.4 postgres:15-alpine mysql:8.4 mariadb:11.4 mongo:7.0 redis:7.4
    redis:7.2-alpine rabbitmq:3.13 cassandra:5.0 elasticsearch:8.15.0 influxdb:2.7 neo4j:5.22
    memcached:1.6 nats:2.10 etcd:3.5 cockroachdb/cockroach:v24.1 clickhouse/clickhouse-server:24.8
    zookeeper:3.9""".split()
)
AGENT_IMAGES = tuple(
    """fluent/fluent-bit:3.1 fluentd:v1.17 grafana/promtail:3.1.0 prom/node-exporter:v1.8.2
    quay.io/prometheus/node-exporter:v1.7.0 timberio/vector:0.40.0 grafana/alloy:v1.3.1
    docker.elastic.co/beats/filebeat:8.15.0 otel/opentelemetry-collector:0.108.0 telegraf:1.31
    ghcr.io/acme/node-agent:1.2.0 netdata/netdata:v1.47""".split()
)
TOOL_IMAGES = tuple(
    """busybox:1.36 busybox:1.37 alpine:3.20 alpine:3.19 debian:12-slim ubuntu:24.04 perl:5.40
    python:3.12-alpine python:3.11-slim node:20-alpine ruby:3.3 curlimages/curl:8.9.1
    bitnami/kubectl:1.30 amazon/aws-cli:2.17 rclone/rclone:1.68 ghcr.io/acme/batch:1.1.0
    ghcr.io/acme/migrate:2.4 quay.io/lumen/export:0.7.2 registry.example.com/data/etl:3.8
    registry.example.com/data/cleanup:1.0""".split()
)
INIT_IMAGES = tuple(
    """busybox:1.36 busybox:1.37 alpine:3.20 alpine:3.19 debian:12-slim ubuntu:24.04
    ghcr.io/acme/migrate:2.4 ghcr.io/acme/prepare:1.0 quay.io/lumen/seed:0.5.1
    registry.example.com/data/fetch:2.2""".split()
)
#: Images of helpers that run beside an application, with the names people give them.
SIDECARS: Mapping[str, tuple[str, ...]] = {
    "fluent/fluent-bit:3.1": ("logger", "fluent-bit", "shipper"),
    "grafana/promtail:3.1.0": ("promtail", "logger", "log-agent"),
    "timberio/vector:0.40.0": ("vector", "shipper", "collector"),
    "ghcr.io/acme/log-shipper:1.3": ("shipper", "log-shipper", "logs-agent"),
    "envoyproxy/envoy:v1.31.0": ("envoy", "proxy", "mesh"),
    "nginx:1.27-alpine": ("proxy", "nginx", "front"),
    "quay.io/oauth2-proxy/oauth2-proxy:v7.6.0": ("auth-proxy", "login", "oauth"),
    "prom/statsd-exporter:v0.27.1": ("exporter", "statsd", "metrics"),
    "otel/opentelemetry-collector:0.108.0": ("otel", "collector", "traces"),
}
PORTS = (80, 3000, 4000, 5000, 7000, 8000, 8080, 8081, 8088, 8090, 8443, 8888, 9000, 9090, 9200)
HEALTH_PATHS = tuple("/healthz /health /ready /readyz /livez /status /ping /up /api/health".split())
PROBE_COMMANDS = (
    "cat /tmp/healthy",
    "test -f /tmp/ready",
    "pg_isready",
    "redis-cli ping",
    "/bin/healthcheck",
    "/app/check --quick",
    "curl -f localhost",
    "nc -z localhost 8080",
)
CPU = ("50m", "100m", "150m", "200m", "250m", "300m", "400m")
CPU_LIMITS = ("500m", "600m", "750m", "800m", "1", "2", "1500m")
MEMORY = ("64Mi", "96Mi", "100Mi", "128Mi", "160Mi", "192Mi", "200Mi")
MEMORY_LIMITS = ("256Mi", "300Mi", "384Mi", "512Mi", "640Mi", "768Mi", "1Gi", "2Gi")
SIZES = ("1Gi", "2Gi", "5Gi", "8Gi", "10Gi", "20Gi", "50Gi", "100Gi", "200Gi")
STORAGE_CLASSES = ("standard", "fast-ssd", "gp3", "premium-rwo", "local-path", "ceph-block")
NAMESPACES = tuple(
    "payments staging production web backend data platform team-a team-b internal tools".split()
)
#: (variable, values) of settings; every value is text.
SETTINGS: Mapping[str, tuple[str, ...]] = {
    "LOG_LEVEL": ("debug", "info", "warn", "error"),
    "APP_ENV": ("production", "staging", "development", "test"),
    "TZ": ("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo"),
    "LOG_FORMAT": ("json", "text", "logfmt", "plain"),
    "REGION": ("eu-west-1", "us-east-1", "ap-south-1", "eu-north-1"),
}
NUMBERS: Mapping[str, tuple[str, ...]] = {
    "WORKERS": ("2", "4", "8", "16"),
    "MAX_CONNECTIONS": ("50", "100", "200", "500"),
    "TIMEOUT_SECONDS": ("5", "15", "30", "60"),
    "CACHE_SIZE": ("64", "128", "256", "1024"),
    "RETRIES": ("3", "5", "7", "10"),
}
_COMMANDS: Mapping[str, tuple[str, ...]] = {
    "python": (
        "python migrate.py",
        "python -m etl.run",
        "python report.py --daily",
        "python -m worker",
        "python main.py",
    ),
    "node": ("node cleanup.js", "node server.js", "node dist/index.js", "npm run sync"),
    "ruby": ("bundle exec rake db:migrate", "bundle exec sidekiq", "ruby sync.rb"),
    "curlimages": ("curl -fsS http://reports/run", "curl -fsS http://cache/flush"),
    "bitnami/kubectl": ("kubectl get pods", "kubectl get nodes", "kubectl version"),
    "amazon": ("aws s3 ls", "aws s3 sync /data s3://backup", "aws sts get-caller-identity"),
    "rclone": ("rclone sync /data remote:backup", "rclone check /data remote:backup"),
    "perl": ("perl /scripts/report.pl", "perl -v"),
    "ghcr.io": ("/app/run --once", "/app/migrate up", "/app/export --all", "/app/check"),
    "quay.io": ("/app/export --all", "/app/export --since yesterday", "/bin/export"),
    "registry.": ("/app/run --once", "/app/etl --full", "/app/clean --older-than 30d"),
    "": (
        "/scripts/backup.sh",
        "/scripts/rotate.sh --keep 7",
        "/scripts/sync.sh",
        "sleep 300",
        "sleep 3600",
        "date -u",
        "df -h",
    ),
}
WAIT_COMMANDS = (
    "sh /scripts/wait.sh",
    "nc -z db 5432",
    "nslookup db",
    "/bin/migrate --check",
    "chown -R 1000 /data",
    "cp -r /defaults /work",
    "mkdir -p /data/cache",
)
ARGUMENTS = tuple(
    """--verbose --log-level=debug --log-level=warn --port=8080 --metrics --workers=4 --read-only
    --config=/etc/app.yaml --no-color --timeout=30s --region=eu""".split()
)
CRONS = (
    "0 2 * * *",
    "30 3 * * *",
    "15 4 * * 1",
    "0 6 * * 1-5",
    "0 0 1 * *",
    "45 23 * * *",
    "0 */6 * * *",
    "*/10 * * * *",
    "20 1 * * 0",
    "0 12 15 * *",
    "5 8-18 * * *",
    "0 22 * * 6",
)
TIMES = tuple("00:15 01:30 02:00 02:45 03:10 04:20 05:05 06:30 12:00 18:40 21:15 23:50".split())
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ZONES = ("Europe/Berlin", "Europe/London", "America/New_York", "Asia/Tokyo", "Etc/UTC")
#: Labels of nodes with the values they may have.
NODE_LABELS: Mapping[str, tuple[str, ...]] = {
    "disktype": ("ssd", "hdd", "nvme"),
    "pool": ("general", "batch", "memory", "gpu"),
    "kubernetes.io/arch": ("amd64", "arm64"),
    "topology.kubernetes.io/zone": ("eu-west-1a", "eu-west-1b", "us-east-1c"),
    "node.kubernetes.io/instance-type": ("m5.large", "c6i.xlarge", "r7g.large"),
}
POD_LABELS: Mapping[str, tuple[str, ...]] = {
    "tier": ("frontend", "backend", "cache", "data"),
    "team": ("core", "growth", "payments", "search"),
    "track": ("stable", "canary", "beta", "preview"),
}
TOPOLOGIES = ("kubernetes.io/hostname", "topology.kubernetes.io/zone")
TAINTS = ("dedicated", "workload", "team", "gpu", "spot")
TAINT_VALUES = ("batch", "web", "search", "data", "true")
EFFECTS = ("NoSchedule", "NoExecute")


def commands_for(image: str) -> tuple[str, ...]:
    """Return command lines that an image could run."""
    return next(lines for start, lines in _COMMANDS.items() if image.startswith(start))


_ORDER = (
    "apiVersion kind metadata name namespace labels annotations spec type schedule timeZone "
    "replicas serviceName selector strategy completions parallelism template image command args "
    "ports env accessModes resources requests limits volumeMounts "
    "initContainers containers volumes volumeClaimTemplates"
).split()
_RANK = {key: place for place, key in enumerate(_ORDER)}


def in_order(value: Any) -> Any:
    """Return a tree with its keys as people write them: what a thing is first, details after."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: _RANK.get(key, len(_RANK)))
        return {key: in_order(value[key]) for key in keys}
    return [in_order(item) for item in value] if isinstance(value, list) else value


def reference(*objects: Tree) -> partial[str]:
    """Make the reference of a task from its objects: rendered when somebody asks for it."""
    return partial(dump, [in_order(item) for item in objects])


def metadata(name: str, **labels: str) -> Tree:
    """Build the metadata of an object, with labels if there are any."""
    return {"name": name, "labels": labels} if labels else {"name": name}


def container(image: str, name: str = "app", **fields: Any) -> Tree:
    """Build a container."""
    return {"name": name, "image": image, **fields}


def deployment(name: str, image: str, replicas: int = 1, **fields: Any) -> Tree:
    """Build a Deployment with one container (`fields` go into the container)."""
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(name),
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": dict(labels)},
            "template": {
                "metadata": {"labels": dict(labels)},
                "spec": {"containers": [container(image, **fields)]},
            },
        },
    }
