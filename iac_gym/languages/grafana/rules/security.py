"""What makes a configuration unsafe, without making it wrong."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.grafana.model import Grafana
from iac_gym.verdict import Stage


@rule(Stage.SECURITY)
def secrets_are_not_written_out(model: Grafana) -> Findings:
    """Passwords and tokens of data sources come from the environment.

    Source: https://grafana.com/docs/grafana/latest/administration/provisioning/#using-environment-variables

    Bad::

        # file: datasources.yml
        apiVersion: 1
        datasources:
          - name: Metrics
            type: prometheus
            url: http://prometheus:9090
            secureJsonData:
              basicAuthPassword: hunter2

    Good::

        # file: datasources.yml
        apiVersion: 1
        datasources:
          - name: Metrics
            type: prometheus
            url: http://prometheus:9090
            secureJsonData:
              basicAuthPassword: $METRICS_PASSWORD
    """
    return model.faults.get("secrets-are-not-written-out", ())


@rule(Stage.SECURITY)
def certificates_are_verified(model: Grafana) -> Findings:
    """Certificates of data sources are verified.

    Source: https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources

    Bad::

        # file: datasources.yml
        apiVersion: 1
        datasources:
          - name: Metrics
            type: prometheus
            url: https://metrics.example.org
            jsonData:
              tlsSkipVerify: true

    Good::

        # file: datasources.yml
        apiVersion: 1
        datasources:
          - name: Metrics
            type: prometheus
            url: https://metrics.example.org
    """
    return model.faults.get("certificates-are-verified", ())
