"""What Helm tasks draw from: many values, so that answers to others meet hardly anything."""

from __future__ import annotations

from iac_gym.words import FIRST, SECOND

NAMES = tuple(f"{first}-{second}" for first in FIRST for second in SECOND[::9])
REGISTRIES = ("ghcr.io", "registry.example.com", "quay.io", "docker.io", "registry.acme.dev")
TAGS = ("1.4.2", "2.0.1", "v3.1.0", "24.9", "0.12.5", "5.7.0-alpine", "2024.10.1", "1.27.3")
VERSIONS = ("0.1.0", "0.3.2", "1.0.0", "1.2.5", "2.0.0", "2.4.1", "3.0.0-rc.1", "4.1.0")
KUBE_RANGES = (">=1.25.0-0", ">=1.27.0-0", ">=1.26.0-0 <1.34.0-0", ">=1.28.0-0")
MAINTAINERS = (
    ("Ada Byron", "ada@example.com"),
    ("Grace Hill", "grace@example.com"),
    ("Platform Team", "platform@example.com"),
    ("Ines Vogel", "ines@example.com"),
)
PORTS = (3000, 5000, 8000, 8080, 8081, 8443, 9000, 9090)
SERVICE_PORTS = (80, 81, 443, 8088, 7070, 9999)
PATHS = ("/healthz", "/health", "/ready", "/status", "/ping", "/livez")
MOUNTS = ("/data", "/var/lib/app", "/srv/files", "/uploads", "/cache", "/var/lib/state")
SIZES = ("1Gi", "2Gi", "5Gi", "8Gi", "10Gi", "20Gi", "50Gi")
MEMORY = ("64Mi", "128Mi", "256Mi", "512Mi", "1Gi")
CPU = ("50m", "100m", "250m", "500m")
CONFIG = (
    ("LOG_LEVEL", ("info", "debug", "warn")),
    ("MODE", ("production", "readonly", "demo")),
    ("REGION", ("eu", "us", "ap")),
    ("FEATURE_X", ("on", "off")),
    ("LANGUAGE", ("en", "de")),
)
HOSTS = tuple(f"{word}.example.com" for word in FIRST)
