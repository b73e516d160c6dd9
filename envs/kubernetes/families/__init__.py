"""The families of tasks, by topic."""

from __future__ import annotations

from envs.kubernetes.families import (
    access,
    autoscaling,
    configuration,
    controllers,
    jobs,
    networking,
    policy,
    scheduling,
    stacks,
    storage,
    workloads,
)

MODULES = (
    access,
    autoscaling,
    configuration,
    controllers,
    jobs,
    networking,
    policy,
    scheduling,
    stacks,
    storage,
    workloads,
)
