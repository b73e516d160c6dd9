"""Rules about names that are used and defined."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.grafana.model import Grafana
from iac_gym.verdict import Stage


@rule(Stage.REFERENCES)
def variables_are_defined(model: Grafana) -> Findings:
    r"""Variables that a panel uses are defined by the dashboard or by Grafana.

    Source: https://grafana.com/docs/grafana/latest/dashboards/variables/

    Bad::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "panels": [
            {
              "type": "timeseries",
              "title": "Requests",
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
              "targets": [
                {
                  "refId": "A",
                  "expr": "up{job=\"$job\"}",
                  "datasource": {"type": "prometheus", "uid": "p"}
                }
              ]
            }
          ]
        }

    Good::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "templating": {
            "list": [
              {
                "name": "job",
                "type": "query",
                "query": "label_values(up, job)"
              }
            ]
          },
          "panels": [
            {
              "type": "timeseries",
              "title": "Requests",
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
              "targets": [
                {
                  "refId": "A",
                  "expr": "up{job=\"$job\"}",
                  "datasource": {"type": "prometheus", "uid": "p"}
                }
              ]
            }
          ]
        }
    """
    return model.faults.get("variables-are-defined", ())


@rule(Stage.REFERENCES)
def conditions_are_defined(model: Grafana) -> Findings:
    """The condition of an alert rule, and what its expressions read, are among its queries.

    Source: https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/

    Bad::

        # file: rules.yml
        apiVersion: 1
        groups:
          - name: shop
            folder: Shop
            interval: 1m
            rules:
              - uid: up-1
                title: Instance down
                condition: C
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
    return model.faults.get("conditions-are-defined", ())
