"""Rules about the parts of a dashboard and their types."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.grafana.model import Grafana
from iac_gym.verdict import Stage


@rule(Stage.SCHEMA)
def values_have_their_type(model: Grafana) -> Findings:
    """Texts are texts, lists are lists, objects are objects.

    Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/

    Bad::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "panels": [
            {
              "type": "timeseries",
              "title": "Requests",
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
              "targets": {
                "refId": "A",
                "expr": "up",
                "datasource": {"type": "prometheus", "uid": "p"}
              }
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
                }
              ]
            }
          ]
        }
    """
    return model.faults.get("values-have-their-type", ())


@rule(Stage.SCHEMA)
def dashboards_have_a_title(model: Grafana) -> Findings:
    """A dashboard has a title.

    Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/

    Bad::

        {
          "schemaVersion": 39,
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
          "panels": [
            {
              "type": "timeseries",
              "title": "Requests",
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}
            }
          ]
        }
    """
    return model.faults.get("dashboards-have-a-title", ())


@rule(Stage.SCHEMA)
def dashboards_have_panels(model: Grafana) -> Findings:
    """A dashboard has a list of panels.

    Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/

    Bad::

        {"title": "Shop", "schemaVersion": 39}

    Good::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "panels": [
            {
              "type": "timeseries",
              "title": "Requests",
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}
            }
          ]
        }
    """
    return model.faults.get("dashboards-have-panels", ())


@rule(Stage.SCHEMA)
def panels_have_a_type(model: Grafana) -> Findings:
    """Every panel has a type.

    Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/

    Bad::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "panels": [{"title": "Requests", "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}}]
        }

    Good::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "panels": [
            {
              "type": "timeseries",
              "title": "Requests",
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}
            }
          ]
        }
    """
    return model.faults.get("panels-have-a-type", ())


@rule(Stage.SCHEMA)
def options_are_known(model: Grafana) -> Findings:
    """Options, transformations, matchers and calculations are among those that Grafana has.

    Source: https://grafana.com/docs/grafana/latest/panels-visualizations/

    Bad::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "panels": [
            {
              "type": "timeseries",
              "title": "Requests",
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
              "transformations": [{"id": "join", "options": {}}]
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
              "transformations": [{"id": "joinByField", "options": {}}]
            }
          ]
        }
    """
    return model.faults.get("options-are-known", ())
