"""The rules of Kubernetes, one module per subject, in the order in which they run."""

from __future__ import annotations

from iac_gym.languages.kubernetes.rules import (
    access,
    configuration,
    containers,
    metadata,
    networking,
    pods,
    probes,
    references,
    resources,
    scaling,
    schema,
    security,
    services,
    storage,
    volumes,
    workloads,
)

IN_ORDER = (
    *schema.IN_ORDER,
    *references.IN_ORDER,
    *metadata.IN_ORDER,
    *workloads.IN_ORDER,
    *pods.IN_ORDER,
    *containers.IN_ORDER,
    *probes.IN_ORDER,
    *resources.IN_ORDER,
    *volumes.IN_ORDER,
    *services.IN_ORDER,
    *networking.IN_ORDER,
    *storage.IN_ORDER,
    *configuration.IN_ORDER,
    *access.IN_ORDER,
    *scaling.IN_ORDER,
    *security.IN_ORDER,
)
