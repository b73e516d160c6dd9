"""What makes a configuration unsafe, without making it wrong."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.alertmanager.model import Configuration
from iac_gym.verdict import Stage


@rule(Stage.SECURITY)
def secrets_are_not_written_out(model: Configuration) -> Findings:
    """Passwords, tokens and secret addresses are read from files.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#receiver-integration-settings

    Bad::

        route: {receiver: team}
        receivers:
          - name: team
            pagerduty_configs:
              - routing_key: 0f4a1c9e5b7d4e3f

    Good::

        route: {receiver: team}
        receivers:
          - name: team
            pagerduty_configs:
              - routing_key_file: /etc/alertmanager/pagerduty
    """
    return model.faults.get("secrets-are-not-written-out", ())


@rule(Stage.SECURITY)
def certificates_are_verified(model: Configuration) -> Findings:
    """Certificates of other services are verified.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#tls_config

    Bad::

        route: {receiver: team}
        receivers:
          - name: team
            webhook_configs:
              - url: https://hooks.example.org/a
                http_config:
                  tls_config:
                    insecure_skip_verify: true

    Good::

        route: {receiver: team}
        receivers:
          - name: team
            webhook_configs:
              - url: https://hooks.example.org/a
                http_config:
                  tls_config:
                    ca_file: /etc/ssl/internal.pem
    """
    return model.faults.get("certificates-are-verified", ())


@rule(Stage.SECURITY)
def alerts_are_sent_encrypted(model: Configuration) -> Findings:
    """Alerts leave the local network encrypted.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#email_config

    Bad::

        route: {receiver: team}
        receivers:
          - name: team
            webhook_configs:
              - url: http://hooks.example.org/a

    Good::

        route: {receiver: team}
        receivers:
          - name: team
            webhook_configs:
              - url: https://hooks.example.org/a
    """
    return model.faults.get("alerts-are-sent-encrypted", ())
