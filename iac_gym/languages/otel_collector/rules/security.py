"""What makes a configuration unsafe, without making it wrong."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.otel_collector.model import Collector
from iac_gym.verdict import Stage


@rule(Stage.SECURITY)
def secrets_are_not_written_out(model: Collector) -> Findings:
    """Passwords, tokens and keys come from the environment or a file.

    Source: https://opentelemetry.io/docs/security/config-best-practices/

    Bad::

        receivers:
          otlp:
            protocols:
              grpc:
        exporters:
          otlphttp:
            endpoint: https://collector.example.org:4318
            headers:
              authorization: Basic b3BzOmh1bnRlcjI=
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
            headers:
              authorization: ${env:COLLECTOR_TOKEN}
        service:
          pipelines:
            traces:
              receivers: [otlp]
              exporters: [otlphttp]
    """
    return model.faults.get("secrets-are-not-written-out", ())


@rule(Stage.SECURITY)
def certificates_are_verified(model: Collector) -> Findings:
    """Certificates of other services are verified.

    Source: https://github.com/open-telemetry/opentelemetry-collector/tree/v0.130.0/config/configtls

    Bad::

        receivers:
          otlp:
            protocols:
              grpc:
        exporters:
          otlp:
            endpoint: backend:4317
            tls:
              insecure_skip_verify: true
        service:
          pipelines:
            traces:
              receivers: [otlp]
              exporters: [otlp]

    Good::

        receivers:
          otlp:
            protocols:
              grpc:
        exporters:
          otlp:
            endpoint: backend:4317
            tls:
              ca_file: /etc/ssl/internal.pem
        service:
          pipelines:
            traces:
              receivers: [otlp]
              exporters: [otlp]
    """
    return model.faults.get("certificates-are-verified", ())


@rule(Stage.SECURITY)
def data_are_sent_encrypted(model: Collector) -> Findings:
    """Data leave the collector through TLS.

    Source: https://github.com/open-telemetry/opentelemetry-collector/tree/v0.130.0/config/configtls

    Bad::

        receivers:
          otlp:
            protocols:
              grpc:
        exporters:
          otlp:
            endpoint: backend:4317
            tls:
              insecure: true
        service:
          pipelines:
            traces:
              receivers: [otlp]
              exporters: [otlp]

    Good::

        receivers:
          otlp:
            protocols:
              grpc:
        exporters:
          otlp:
            endpoint: backend:4317
        service:
          pipelines:
            traces:
              receivers: [otlp]
              exporters: [otlp]
    """
    return model.faults.get("data-are-sent-encrypted", ())


@rule(Stage.SECURITY)
def addresses_are_bound(model: Collector) -> Findings:
    """Receivers and extensions listen on one interface, not on all.

    Source: https://opentelemetry.io/docs/security/config-best-practices/#protect-against-denial-of-service-attacks

    Bad::

        receivers:
          otlp:
            protocols:
              grpc:
                endpoint: 0.0.0.0:4317
        exporters:
          debug:
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
                endpoint: localhost:4317
        exporters:
          debug:
        service:
          pipelines:
            traces:
              receivers: [otlp]
              exporters: [debug]
    """
    return model.faults.get("addresses-are-bound", ())
