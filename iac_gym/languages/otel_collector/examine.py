"""Checks a configuration once, as `otelcol validate` does, and keeps what it finds."""

from __future__ import annotations

from iac_gym.languages.otel_collector.model import Collector


def examine(model: Collector) -> None:
    """Check everything."""
