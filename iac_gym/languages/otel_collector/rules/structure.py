"""Rules about sections, settings and their types."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.otel_collector.model import Collector
from iac_gym.verdict import Stage


@rule(Stage.SCHEMA)
def fields_are_known(model: Collector) -> Findings:
    """Every setting is one that the collector knows at its place.

    Source: https://opentelemetry.io/docs/collector/configuration/

    Bad::

        receivers:
          otlp:
            protocols:
              grpc:
        processors:
          batch:
            timeouts: 5s
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
            timeout: 5s
        exporters:
          debug:
        service:
          pipelines:
            traces:
              receivers: [otlp]
              processors: [batch]
              exporters: [debug]
    """
    return model.faults.get("fields-are-known", ())


@rule(Stage.SCHEMA)
def values_have_their_type(model: Collector) -> Findings:
    """Lists are lists, texts are texts, numbers are numbers.

    Source: https://opentelemetry.io/docs/collector/configuration/

    Bad::

        receivers:
          otlp:
            protocols:
              grpc:
        processors:
          batch:
            send_batch_size: large
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
            send_batch_size: 1024
        exporters:
          debug:
        service:
          pipelines:
            traces:
              receivers: [otlp]
              processors: [batch]
              exporters: [debug]
    """
    return model.faults.get("values-have-their-type", ())


@rule(Stage.SCHEMA)
def durations_are_right(model: Collector) -> Findings:
    """Durations are numbers with units of Go.

    Source: https://opentelemetry.io/docs/collector/configuration/

    Bad::

        receivers:
          otlp:
            protocols:
              grpc:
        processors:
          batch:
            timeout: 5 seconds
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
            timeout: 5s
        exporters:
          debug:
        service:
          pipelines:
            traces:
              receivers: [otlp]
              processors: [batch]
              exporters: [debug]
    """
    return model.faults.get("durations-are-right", ())


@rule(Stage.SCHEMA)
def ids_are_right(model: Collector) -> Findings:
    """Components have ids `type/name` of their own, pipelines start with a signal.

    Source: https://opentelemetry.io/docs/collector/configuration/#basics

    Bad::

        receivers:
          otlp:
            protocols:
              grpc:
        exporters:
          debug:
        service:
          pipelines:
            trace:
              receivers: [otlp]
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
    return model.faults.get("ids-are-right", ())


@rule(Stage.SCHEMA)
def sections_are_complete(model: Collector) -> Findings:
    """There are receivers, exporters, and a service with pipelines.

    Source: https://opentelemetry.io/docs/collector/configuration/

    Bad::

        receivers:
          otlp:
            protocols:
              grpc:
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
        service:
          pipelines:
            traces:
              receivers: [otlp]
              exporters: [debug]
    """
    return model.faults.get("sections-are-complete", ())
