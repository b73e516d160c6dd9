"""Values from which the cluster families draw, and small builders of API objects as plain data."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

Tree = dict[str, Any]

SERVICE_PORTS = (80, 81, 88, 443, 3000, 5000, 7000, 8000, 8080, 8081, 8443, 8888, 9000, 9200)
POD_PORTS = (3001, 4000, 5001, 6000, 7070, 8008, 8082, 8090, 8181, 8500, 9001, 9080, 9999, 10080)
UDP_PORTS = (53, 123, 161, 514, 1812, 4789, 5060, 8125)
METRICS_PORTS = (9090, 9100, 9102, 9113, 9121, 9187, 9216, 9404)
#: Ports that clients outside the pods use in network policies.
POLICY_PORTS = (1883, 3306, 5432, 5672, 6379, 8080, 8443, 9042, 9092, 9200, 11211, 27017)
OUTGOING_PORTS = (443, 465, 587, 1521, 3128, 5671, 6514, 8883)

TEAMS = (
    "analytics", "billing", "checkout", "core", "data", "fraud", "growth", "identity", "logistics",
    "payments", "platform", "search", "security", "support", "web",
)  # fmt: skip
STAGES = ("dev", "test", "qa", "staging", "prod", "demo")
SPACES = (
    "apps", "batch", "data", "edge", "ingress-nginx", "internal", "jobs", "monitoring",
    "observability",
    "payments", "prod", "public", "shared", "staging", "tools",
)  # fmt: skip
TIERS = ("frontend", "backend", "cache", "database", "api", "worker", "proxy", "queue")

HOSTS = tuple(
    f"{first}.{domain}"
    for first in ("shop", "api", "www", "app", "docs", "status", "admin", "blog", "auth", "portal")
    for domain in ("example.com", "example.org", "acme.dev", "corp.example", "example.net")
)
OUTSIDE = tuple(
    f"{first}.{domain}"
    for first in ("db", "mail", "queue", "cache", "legacy", "search", "payments", "sftp")
    for domain in ("example.com", "example.net", "partner.example", "corp.example", "rds.example")
)
PATHS = ("/api", "/admin", "/auth", "/cart", "/docs", "/events", "/files", "/search", "/static")
EXACT_PATHS = ("/healthz", "/version", "/robots.txt", "/login", "/metrics", "/sitemap.xml")
INGRESS_CLASSES = ("nginx", "traefik", "haproxy", "kong", "contour", "internal")

RANGES = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15", "192.0.2.0/24",
    "198.51.100.0/24", "203.0.113.0/24", "100.64.0.0/10",
)  # fmt: skip

SIZES = (
    "1Gi",
    "2Gi",
    "4Gi",
    "5Gi",
    "8Gi",
    "10Gi",
    "16Gi",
    "20Gi",
    "32Gi",
    "50Gi",
    "100Gi",
    "500Gi",
)
CLASSES = ("standard", "fast", "fast-ssd", "gp3", "premium", "cold", "local-nvme", "replicated")
MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
PROVISIONERS = {
    "ebs.csi.aws.com": (("type", ("gp3", "io2", "st1")), ("iops", ("3000", "6000", "9000"))),
    "pd.csi.storage.gke.io": (
        ("type", ("pd-ssd", "pd-balanced")), ("labels", ("team=a", "team=b")),
    ),
    "disk.csi.azure.com": (
        ("skuName", ("Premium_LRS", "StandardSSD_LRS")), ("cachingMode", ("None", "ReadOnly")),
    ),
    "driver.longhorn.io": (
        ("numberOfReplicas", ("2", "3")), ("staleReplicaTimeout", ("30", "2880")),
    ),
    "rook-ceph.rbd.csi.ceph.com": (
        ("pool", ("replicapool", "fastpool")), ("imageFormat", ("1", "2")),
    ),
}  # fmt: skip
SERVERS = ("10.0.0.5", "10.1.2.3", "192.168.1.20", "nfs.example.com", "files.corp.example")
EXPORTS = ("/exports/data", "/exports/media", "/srv/share", "/srv/nfs/home", "/volume1/backup")
HOST_DIRECTORIES = ("/mnt/data", "/mnt/disks/ssd1", "/var/lib/data", "/data", "/opt/storage")
NODES = ("node-1", "node-2", "node-3", "worker-a", "worker-b", "storage-1")

#: Settings of a program: (environment variable, values).
SETTINGS = (
    ("LOG_LEVEL", ("debug", "info", "warn", "error")),
    ("LOG_FORMAT", ("json", "text", "logfmt")),
    ("CACHE_TTL", ("30", "60", "300", "900")),
    ("MAX_CONNECTIONS", ("10", "25", "50", "100", "200")),
    ("FEATURE_SEARCH", ("true", "false")),
    ("REGION", ("eu-west-1", "eu-central-1", "us-east-1", "ap-south-1")),
    ("TIMEZONE", ("UTC", "Europe/Berlin", "Asia/Tokyo", "America/Lima")),
    ("QUEUE_NAME", ("orders", "mails", "events", "invoices")),
    ("WORKERS", ("2", "4", "8", "16")),
    ("REQUEST_TIMEOUT", ("5s", "10s", "30s", "60s")),
    ("DB_HOST", ("postgres", "mysql", "pg-primary", "db.internal")),
    ("DB_NAME", ("app", "shop", "users", "reports")),
)
#: Files of settings: (file, lines as (key, values)).
SETTING_FILES = {
    "app.properties": (
        ("server.port", ("8080", "8081", "9000")),
        ("server.compression", ("on", "off")),
        ("cache.size", ("64", "128", "512")),
        ("retry.limit", ("3", "5", "10")),
        ("greeting", ("hello", "welcome")),
    ),
    "settings.ini": (
        ("workers", ("2", "4", "8")),
        ("timeout", ("15", "30", "60")),
        ("locale", ("en_US", "de_DE", "fr_FR")),
        ("theme", ("dark", "light")),
        ("debug", ("yes", "no")),
    ),
    "redis.conf.properties": (
        ("maxmemory", ("64mb", "256mb", "1gb")),
        ("policy", ("allkeys-lru", "noeviction")),
        ("appendonly", ("yes", "no")),
        ("timeout", ("0", "120", "300")),
        ("databases", ("1", "4", "16")),
    ),
}
CREDENTIALS = (
    "DB_PASSWORD", "API_KEY", "SMTP_PASSWORD", "REDIS_PASSWORD", "TOKEN", "JWT_SECRET",
    "WEBHOOK_KEY",
)  # fmt: skip
SECRETS = (
    "s3cr3t-mango", "k9-harbor-77", "blue-Whale-42", "x7Qpl2Rt9", "correct-horse", "t0p-Tulip-5",
    "9f86d081884c", "pa55-Falcon", "m4ple-Syrup", "z3bra-Crossing", "hunter-2112", "Rain-0n-Tin",
)  # fmt: skip
USERS = ("admin", "app", "billing", "ci", "deploy", "reader", "robot", "svc-web")
REGISTRIES = tuple(
    f"{first}.{domain}"
    for first in ("registry", "images", "hub", "cr")
    for domain in ("example.com", "example.org", "corp.example", "acme.dev")
)
#: Stand-ins for certificates and keys; only their place matters.
PEM_WORDS = ("MIIBszCC", "MIICujCC", "MIIDdzCC", "MIIEvQIB", "MIIFazCC", "MC4CAQAw", "MHcCAQEE")

CORE_RESOURCES = (
    "pods", "services", "configmaps", "secrets", "events", "endpoints", "persistentvolumeclaims",
    "pods/log", "replicationcontrollers", "deployments", "statefulsets", "daemonsets",
    "replicasets", "jobs", "cronjobs", "ingresses", "networkpolicies", "leases",
)  # fmt: skip
CLUSTER_RESOURCES = (
    "nodes", "namespaces", "persistentvolumes", "pods", "services", "deployments", "daemonsets",
    "storageclasses", "ingresses", "events",
)  # fmt: skip
VERB_SETS = (
    ("get",), ("list",), ("get", "list"), ("get", "list", "watch"), ("list", "watch"),
    ("get", "create"), ("get", "update"), ("get", "list", "delete"), ("create", "delete"),
    ("get", "patch"), ("get", "list", "create", "update"),
)  # fmt: skip
READ_SETS = (("get",), ("list",), ("get", "list"), ("get", "watch"), ("get", "list", "watch"))
GROUP_NAMES = ("developers", "operators", "auditors", "support", "data-team", "sre", "interns")
BUILT_IN_ROLES = ("view", "edit", "admin")

CPU_CAPS = ("2", "4", "6", "8", "12", "16", "20", "32")
MEMORY_CAPS = ("4Gi", "8Gi", "12Gi", "16Gi", "24Gi", "32Gi", "48Gi", "64Gi")
COUNTS = {
    "pods": ("10", "20", "25", "40", "50", "100"),
    "services": ("5", "8", "15"),
    "secrets": ("12", "30", "60"),
    "configmaps": ("6", "18", "35"),
    "persistentvolumeclaims": ("3", "7", "14"),
    "requests.storage": ("200Gi", "300Gi", "1Ti"),
    "count/deployments.apps": ("9", "11", "22"),
    "services.loadbalancers": ("1", "2"),
    "count/jobs.batch": ("13", "26"),
}

LIMIT_CPU, REQUEST_CPU = ("500m", "750m", "1"), ("50m", "100m", "200m", "250m")
MAX_CPU, MIN_CPU = ("2", "3", "4"), ("5m", "10m", "20m")
LIMIT_MEMORY, REQUEST_MEMORY = ("512Mi", "768Mi", "1Gi"), ("64Mi", "128Mi", "256Mi")
MAX_MEMORY, MIN_MEMORY = ("2Gi", "4Gi", "6Gi"), ("8Mi", "16Mi", "32Mi")


def resource(api: str, kind: str, name: str, **rest: Any) -> Tree:
    """Build an API object; `labels`, `annotations` and `namespace` go into its metadata."""
    metadata: Tree = {"name": name}
    for field in ("namespace", "labels", "annotations"):
        if value := rest.pop(field, None):
            metadata[field] = dict(value) if isinstance(value, Mapping) else value
    tree = {"apiVersion": api, "kind": kind, "metadata": metadata}
    return tree | {key: value for key, value in rest.items() if value is not None}


def service_port(
    port: int,
    target: int,
    name: str | None = None,
    protocol: str | None = None,
    node: int | None = None,
) -> Tree:
    """Build one entry of a Service's ports, short where the API has defaults."""
    entry: Tree = {"name": name} if name else {}
    if protocol:
        entry["protocol"] = protocol
    entry |= {"port": port, "targetPort": target}
    return entry | ({"nodePort": node} if node else {})


def service(
    name: str, app: str | None, ports: Sequence[Tree], *, metadata: Tree | None = None, **spec: Any
) -> Tree:
    """Build a Service whose pods carry `app: <app>`; `spec` holds its other fields."""
    body: Tree = {key: value for key, value in spec.items() if value is not None}
    if app:
        body["selector"] = {"app": app}
    if ports:
        body["ports"] = list(ports)
    return resource("v1", "Service", name, **(metadata or {}), spec=body)


def backend(service: str, port: int) -> Tree:
    """Build what an Ingress path leads to."""
    return {"service": {"name": service, "port": {"number": port}}}


def ingress_path(path: str, service: str, port: int, kind: str = "Prefix") -> Tree:
    """Build one path of an Ingress."""
    return {"path": path, "pathType": kind, "backend": backend(service, port)}


def ingress(
    name: str, host: str, paths: Sequence[Tree], *, metadata: Tree | None = None, **spec: Any
) -> Tree:
    """Build an Ingress of one host; `spec` holds its class, TLS and default backend."""
    body = {key: value for key, value in spec.items() if value is not None}
    body["rules"] = [{"host": host, "http": {"paths": list(paths)}}]
    return resource("networking.k8s.io/v1", "Ingress", name, **(metadata or {}), spec=body)


def network_policy(name: str, selector: Tree, **spec: Any) -> Tree:
    """Build a NetworkPolicy; `spec` holds `types`, `ingress`, `egress` and `namespace`."""
    space, types = spec.pop("namespace", None), spec.pop("types")
    body: Tree = {"podSelector": selector, "policyTypes": list(types)}
    body |= {key: value for key, value in spec.items() if value}
    return resource("networking.k8s.io/v1", "NetworkPolicy", name, namespace=space, spec=body)


def tcp(*ports: int) -> list[Tree]:
    """Build the ports of a network policy's rule."""
    return [{"protocol": "TCP", "port": port} for port in ports]


def dns_rule() -> Tree:
    """Build the rule of a network policy that lets DNS out."""
    return {"ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]}


def claim(name: str, size: str, mode: str = "ReadWriteOnce", **spec: Any) -> Tree:
    """Build a PersistentVolumeClaim; `spec` holds its other fields and `metadata`."""
    metadata = spec.pop("metadata", None) or {}
    body: Tree = {"accessModes": [mode], "resources": {"requests": {"storage": size}}}
    body |= {key: value for key, value in spec.items() if value is not None}
    return resource("v1", "PersistentVolumeClaim", name, **metadata, spec=body)


def policy_rule(verbs: Sequence[str], group: str, of: str, names: Sequence[str] = ()) -> Tree:
    """Build one rule of a role."""
    rule: Tree = {"apiGroups": [group], "resources": [of], "verbs": list(verbs)}
    return rule | ({"resourceNames": list(names)} if names else {})


def binding(kind: str, name: str, role: tuple[str, str], subject: Tree, **metadata: Any) -> Tree:
    """Build a RoleBinding or ClusterRoleBinding of one subject; `role` is (kind, name)."""
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": role[0], "name": role[1]}
    return resource(
        "rbac.authorization.k8s.io/v1", kind, name, **metadata, roleRef=reference,
        subjects=[subject],
    )  # fmt: skip


def account_subject(name: str, namespace: str | None) -> Tree:
    """Build the service account that a binding names."""
    subject = {"kind": "ServiceAccount", "name": name}
    return subject | ({"namespace": namespace} if namespace else {})


def encoded(text: str) -> str:
    """Return the base64 form of a text, as `data` of a Secret holds it."""
    return base64.b64encode(text.encode()).decode()
