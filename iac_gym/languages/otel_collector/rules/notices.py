"""What has no effect, and what could not be judged."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.otel_collector.model import Collector
from iac_gym.verdict import Stage


@rule(Stage.NOTICE)
def components_are_used(model: Collector) -> Findings:
    """Every component that is defined is used.

    Source: https://opentelemetry.io/docs/collector/configuration/

    Bad::

        receivers:
          otlp:
            protocols:
              grpc:
        exporters:
          debug:
        processors:
          batch:
        service:
          pipelines:
            traces:
              receivers: [otlp]
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
    return model.faults.get("components-are-used", ())


@rule(Stage.NOTICE)
def settings_are_not_judged(model: Collector) -> Findings:
    """The settings of a component are known here.

    Source: https://opentelemetry.io/docs/collector/configuration/

    Bad::

        receivers:
          redis:
            endpoint: localhost:6379
        exporters:
          debug:
        service:
          pipelines:
            metrics:
              receivers: [redis]
              exporters: [debug]

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
    return model.faults.get("settings-are-not-judged", ())
