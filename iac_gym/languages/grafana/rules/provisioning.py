"""Rules about provisioning files."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.grafana.model import Grafana
from iac_gym.verdict import Stage


@rule(Stage.SCHEMA)
def files_provision_something(model: Grafana) -> Findings:
    """A provisioning file has one of the sections that Grafana reads.

    Source: https://grafana.com/docs/grafana/latest/administration/provisioning/

    Bad::

        # file: datasources.yml
        apiVersion: 1
        datasource:
          - name: Metrics
            type: prometheus

    Good::

        # file: datasources.yml
        apiVersion: 1
        datasources:
          - name: Metrics
            type: prometheus
            url: http://prometheus:9090
    """
    return model.faults.get("files-provision-something", ())


@rule(Stage.SCHEMA)
def datasources_are_complete(model: Grafana) -> Findings:
    """Data sources have a name of their own and a type; one alone is the default.

    Source: https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources

    Bad::

        # file: datasources.yml
        apiVersion: 1
        datasources:
          - name: Metrics
            url: http://prometheus:9090

    Good::

        # file: datasources.yml
        apiVersion: 1
        datasources:
          - name: Metrics
            type: prometheus
            url: http://prometheus:9090
    """
    return model.faults.get("datasources-are-complete", ())


@rule(Stage.SCHEMA)
def providers_are_complete(model: Grafana) -> Findings:
    """Providers of dashboards have a path, and a name of their own.

    Source: https://grafana.com/docs/grafana/latest/administration/provisioning/#dashboards

    Bad::

        # file: dashboards.yml
        apiVersion: 1
        providers:
          - name: default
            type: file
            folder: Shop

    Good::

        # file: dashboards.yml
        apiVersion: 1
        providers:
          - name: default
            type: file
            options:
              path: /var/lib/grafana/dashboards
    """
    return model.faults.get("providers-are-complete", ())


@rule(Stage.SCHEMA)
def alert_rules_are_complete(model: Grafana) -> Findings:
    """Groups, rules, contact points and policies have what Grafana needs to load them.

    Source: https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/

    Bad::

        # file: rules.yml
        apiVersion: 1
        groups:
          - name: shop
            folder: Shop
            interval: 1m
            rules:
              - labels: {}
                title: Instance down
                condition: B
                for: 5m
                data:
                  - refId: A
                    datasourceUid: metrics
                    model: {expr: up}
                  - refId: B
                    datasourceUid: __expr__
                    model: {type: math, expression: $A < 1}

    Good::

        # file: rules.yml
        apiVersion: 1
        groups:
          - name: shop
            folder: Shop
            interval: 1m
            rules:
              - uid: up-1
                title: Instance down
                condition: B
                for: 5m
                data:
                  - refId: A
                    datasourceUid: metrics
                    model: {expr: up}
                  - refId: B
                    datasourceUid: __expr__
                    model: {type: math, expression: $A < 1}
    """
    return model.faults.get("alert-rules-are-complete", ())


@rule(Stage.SCHEMA)
def durations_are_right(model: Grafana) -> Findings:
    """Intervals and waiting times of alert rules are durations.

    Source: https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/

    Bad::

        # file: rules.yml
        apiVersion: 1
        groups:
          - name: shop
            folder: Shop
            interval: minute
            rules:
              - uid: up-1
                title: Instance down
                condition: B
                for: 5m
                data:
                  - refId: A
                    datasourceUid: metrics
                    model: {expr: up}
                  - refId: B
                    datasourceUid: __expr__
                    model: {type: math, expression: $A < 1}

    Good::

        # file: rules.yml
        apiVersion: 1
        groups:
          - name: shop
            folder: Shop
            interval: 1m
            rules:
              - uid: up-1
                title: Instance down
                condition: B
                for: 5m
                data:
                  - refId: A
                    datasourceUid: metrics
                    model: {expr: up}
                  - refId: B
                    datasourceUid: __expr__
                    model: {type: math, expression: $A < 1}
    """
    return model.faults.get("durations-are-right", ())
