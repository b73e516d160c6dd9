"""Rules about settings that Grafana cannot use."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.grafana.model import Grafana
from iac_gym.verdict import Stage


@rule(Stage.SEMANTICS)
def settings_are_right(model: Grafana) -> Findings:
    """Times, intervals, ids and links are written as Grafana reads them.

    Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/

    Bad::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "time": {"from": "6 hours ago", "to": "now"},
          "panels": [
            {
              "type": "timeseries",
              "title": "Requests",
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}
            }
          ]
        }

    Good::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "time": {"from": "now-6h", "to": "now"},
          "panels": [
            {
              "type": "timeseries",
              "title": "Requests",
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}
            }
          ]
        }
    """
    return model.faults.get("settings-are-right", ())


@rule(Stage.SEMANTICS)
def variables_are_right(model: Grafana) -> Findings:
    """Variables have a name that can be used, a known type, and a query or choices.

    Source: https://grafana.com/docs/grafana/latest/dashboards/variables/

    Bad::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "templating": {
            "list": [
              {
                "name": "job-name",
                "type": "query",
                "query": "label_values(job)"
              }
            ]
          },
          "panels": [
            {
              "type": "timeseries",
              "title": "Requests",
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}
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
                "name": "job_name",
                "type": "query",
                "query": "label_values(job)"
              }
            ]
          },
          "panels": [
            {
              "type": "timeseries",
              "title": "Requests",
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}
            }
          ]
        }
    """
    return model.faults.get("variables-are-right", ())


@rule(Stage.SEMANTICS)
def ranges_are_right(model: Grafana) -> Findings:
    """The least value of an axis lies below the most.

    Source: https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/

    Bad::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "panels": [
            {
              "type": "timeseries",
              "title": "Requests",
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
              "fieldConfig": {"defaults": {"min": 100, "max": 0}, "overrides": []}
            }
          ]
        }

    Good::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "panels": [
            {
              "type": "timeseries",
              "title": "Requests",
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
              "fieldConfig": {"defaults": {"min": 0, "max": 100}, "overrides": []}
            }
          ]
        }
    """
    return model.faults.get("ranges-are-right", ())


@rule(Stage.SEMANTICS)
def queries_are_named_once(model: Grafana) -> Findings:
    """No two queries of a panel have the same `refId`.

    Source: https://grafana.com/docs/grafana/latest/panels-visualizations/query-transform-data/

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
                  "expr": "up",
                  "datasource": {"type": "prometheus", "uid": "p"}
                },
                {
                  "refId": "A",
                  "expr": "down",
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
          "panels": [
            {
              "type": "timeseries",
              "title": "Requests",
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
              "targets": [
                {
                  "refId": "A",
                  "expr": "up",
                  "datasource": {"type": "prometheus", "uid": "p"}
                },
                {
                  "refId": "B",
                  "expr": "down",
                  "datasource": {"type": "prometheus", "uid": "p"}
                }
              ]
            }
          ]
        }
    """
    return model.faults.get("queries-are-named-once", ())


@rule(Stage.SEMANTICS)
def queries_can_be_read(model: Grafana) -> Findings:
    """Queries of Prometheus are PromQL, whatever stands for the variables.

    Source: https://prometheus.io/docs/prometheus/latest/querying/basics/

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
                  "expr": "sum(rate(http_requests_total[$__rate_interval])",
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
          "panels": [
            {
              "type": "timeseries",
              "title": "Requests",
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
              "targets": [
                {
                  "refId": "A",
                  "expr": "sum(rate(http_requests_total[$__rate_interval]))",
                  "datasource": {"type": "prometheus", "uid": "p"}
                }
              ]
            }
          ]
        }
    """
    return model.faults.get("queries-can-be-read", ())
