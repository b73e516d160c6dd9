"""Rules about names that are used and defined."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.otel_collector.model import Collector
from iac_gym.verdict import Stage


@rule(Stage.REFERENCES)
def component_types_are_known(model: Collector) -> Findings:
    """Types of components are those of the distribution otelcol-contrib.

    Source: https://github.com/open-telemetry/opentelemetry-collector-releases/blob/v0.130.0/distributions/otelcol-contrib/manifest.yaml

    Bad::

        receivers:
          otlp:
            protocols:
              grpc:
        exporters:
          logging:
        service:
          pipelines:
            traces:
              receivers: [otlp]
              exporters: [logging]

    Good::

        receivers:
          otlp:
            protocols:
              grpc:
        exporters:
          debug:
        service:
          pipelines:
            traces:
              receivers: [otlp]
              exporters: [debug]
    """
    return model.faults.get("component-types-are-known", ())


@rule(Stage.REFERENCES)
def components_are_defined(model: Collector) -> Findings:
    """Components that pipelines, extensions and settings name are defined and started.

    Source: https://opentelemetry.io/docs/collector/configuration/#service

    Bad::

        receivers:
          otlp:
            protocols:
              grpc:
        exporters:
          debug:
        service:
          pipelines:
            traces:
              receivers: [otlp]
              processors: [batch]
              exporters: [debug]

    Good::

        receivers:
          otlp:
            protocols:
              grpc:
        processors:
          batch:
        exporters:
          debug:
        service:
          pipelines:
            traces:
              receivers: [otlp]
              processors: [batch]
              exporters: [debug]
    """
    return model.faults.get("components-are-defined", ())
