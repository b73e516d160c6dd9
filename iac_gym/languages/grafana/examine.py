"""Checks dashboards and provisioning files once, and keeps what it finds."""

from __future__ import annotations

from iac_gym.languages.grafana.model import Grafana


def examine(model: Grafana) -> None:
    """Check everything."""
