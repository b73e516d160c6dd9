"""Rules about what components and pipelines demand."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.otel_collector.model import Collector
from iac_gym.verdict import Stage


@rule(Stage.SEMANTICS)
def pipelines_are_complete(model: Collector) -> Findings:
    """Every pipeline has receivers and exporters, and names no processor twice.

    Source: https://opentelemetry.io/docs/collector/configuration/#pipelines

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
    return model.faults.get("pipelines-are-complete", ())


@rule(Stage.SEMANTICS)
def connectors_connect(model: Collector) -> Findings:
    """Connectors end one pipeline and start another, whose signals they turn into each other.

    Source: https://opentelemetry.io/docs/collector/configuration/#connectors

    Bad::

        receivers:
          otlp:
            protocols:
              grpc:
        exporters:
          debug:
        connectors:
          spanmetrics:
        service:
          pipelines:
            traces:
              receivers: [otlp]
              exporters: [spanmetrics]

    Good::

        receivers:
          otlp:
            protocols:
              grpc:
        exporters:
          debug:
        connectors:
          spanmetrics:
        service:
          pipelines:
            traces:
              receivers: [otlp]
              exporters: [spanmetrics]
            metrics:
              receivers: [spanmetrics]
              exporters: [debug]
    """
    return model.faults.get("connectors-connect", ())


@rule(Stage.SEMANTICS)
def signals_fit(model: Collector) -> Findings:
    """Components carry the signal of their pipeline.

    Source: https://opentelemetry.io/docs/collector/configuration/#pipelines

    Bad::

        receivers:
          otlp:
            protocols:
              grpc:
        exporters:
          prometheus:
            endpoint: localhost:8889
        service:
          pipelines:
            traces:
              receivers: [otlp]
              exporters: [prometheus]

    Good::

        receivers:
          otlp:
            protocols:
              grpc:
        exporters:
          prometheus:
            endpoint: localhost:8889
        service:
          pipelines:
            metrics:
              receivers: [otlp]
              exporters: [prometheus]
    """
    return model.faults.get("signals-fit", ())


@rule(Stage.SEMANTICS)
def components_are_complete(model: Collector) -> Findings:
    """Components have the settings that they cannot do without.

    Source: https://github.com/open-telemetry/opentelemetry-collector/tree/v0.130.0/processor/memorylimiterprocessor

    Bad::

        receivers:
          otlp:
            protocols:
              grpc:
        processors:
          memory_limiter:
            limit_mib: 512
        exporters:
          debug:
        service:
          pipelines:
            traces:
              receivers: [otlp]
              processors: [memory_limiter]
              exporters: [debug]

    Good::

        receivers:
          otlp:
            protocols:
              grpc:
        processors:
          memory_limiter:
            check_interval: 1s
            limit_mib: 512
        exporters:
          debug:
        service:
          pipelines:
            traces:
              receivers: [otlp]
              processors: [memory_limiter]
              exporters: [debug]
    """
    return model.faults.get("components-are-complete", ())


@rule(Stage.SEMANTICS)
def settings_are_right(model: Collector) -> Findings:
    """Settings are among the words that a component knows, and fit each other.

    Source: https://github.com/open-telemetry/opentelemetry-collector/tree/v0.130.0/exporter/debugexporter

    Bad::

        receivers:
          otlp:
            protocols:
              grpc:
        exporters:
          debug:
            verbosity: verbose
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
        exporters:
          debug:
            verbosity: detailed
        service:
          pipelines:
            traces:
              receivers: [otlp]
              exporters: [debug]
    """
    return model.faults.get("settings-are-right", ())


@rule(Stage.SEMANTICS)
def addresses_are_right(model: Collector) -> Findings:
    """Components listen on `host:port` and send to URLs where they need one.

    Source: https://github.com/open-telemetry/opentelemetry-collector/tree/v0.130.0/exporter/otlphttpexporter

    Bad::

        receivers:
          otlp:
            protocols:
              grpc:
        exporters:
          otlphttp:
            endpoint: collector.example.org:4318
        service:
          pipelines:
            traces:
              receivers: [otlp]
              exporters: [otlphttp]

    Good::

        receivers:
          otlp:
            protocols:
              grpc:
        exporters:
          otlphttp:
            endpoint: https://collector.example.org:4318
        service:
          pipelines:
            traces:
              receivers: [otlp]
              exporters: [otlphttp]
    """
    return model.faults.get("addresses-are-right", ())
