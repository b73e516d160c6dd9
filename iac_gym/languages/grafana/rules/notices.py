"""What Grafana mends or ignores, and what could not be judged."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.grafana.model import Grafana
from iac_gym.verdict import Stage


@rule(Stage.NOTICE)
def keys_are_given_once(model: Grafana) -> Findings:
    """No key is given twice in one object: the last counts.

    Source: https://www.rfc-editor.org/rfc/rfc8259#section-4

    Bad::

        {"title": "Shop", "title": "Store", "panels": []}

    Good::

        {"title": "Shop", "panels": []}
    """
    return model.faults.get("keys-are-given-once", ())


@rule(Stage.NOTICE)
def schema_is_not_judged(model: Grafana) -> Findings:
    """Dashboards of the second schema are not judged.

    Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/

    Bad::

        {"title": "Shop", "elements": {}}

    Good::

        {"title": "Shop", "schemaVersion": 39, "panels": []}
    """
    return model.faults.get("schema-is-not-judged", ())


@rule(Stage.NOTICE)
def panel_types_are_known(model: Grafana) -> Findings:
    """Types of panels are those of Grafana itself.

    Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/

    Bad::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "panels": [
            {
              "type": "grafana-polystat-panel",
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
    return model.faults.get("panel-types-are-known", ())


@rule(Stage.NOTICE)
def panels_fit_the_grid(model: Grafana) -> Findings:
    """Panels lie within the 24 columns of the grid.

    Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/#panel-size-and-position

    Bad::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "panels": [
            {
              "type": "timeseries",
              "title": "Requests",
              "gridPos": {"x": 18, "y": 0, "w": 12, "h": 8}
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
    return model.faults.get("panels-fit-the-grid", ())


@rule(Stage.NOTICE)
def panels_are_shown(model: Grafana) -> Findings:
    """Panels of a row that is open stand beside it.

    Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/

    Bad::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "panels": [
            {
              "type": "row",
              "title": "R",
              "collapsed": false,
              "panels": [
                {
                  "type": "timeseries",
                  "title": "Requests",
                  "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}
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
              "type": "row",
              "title": "R",
              "collapsed": true,
              "panels": [
                {
                  "type": "timeseries",
                  "title": "Requests",
                  "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}
                }
              ]
            }
          ]
        }
    """
    return model.faults.get("panels-are-shown", ())


@rule(Stage.NOTICE)
def panels_have_ids_of_their_own(model: Grafana) -> Findings:
    """No two panels have the same id.

    Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/

    Bad::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "panels": [
            {
              "type": "text",
              "title": "A",
              "id": 1,
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}
            },
            {
              "type": "text",
              "title": "B",
              "id": 1,
              "gridPos": {"x": 12, "y": 0, "w": 12, "h": 8}
            }
          ]
        }

    Good::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "panels": [
            {
              "type": "text",
              "title": "A",
              "id": 1,
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}
            },
            {
              "type": "text",
              "title": "B",
              "id": 2,
              "gridPos": {"x": 12, "y": 0, "w": 12, "h": 8}
            }
          ]
        }
    """
    return model.faults.get("panels-have-ids-of-their-own", ())


@rule(Stage.NOTICE)
def panels_do_not_overlap(model: Grafana) -> Findings:
    """No panel lies over another one.

    Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/#panel-size-and-position

    Bad::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "panels": [
            {
              "type": "text",
              "title": "A",
              "id": 1,
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}
            },
            {
              "type": "text",
              "title": "B",
              "id": 2,
              "gridPos": {"x": 6, "y": 0, "w": 12, "h": 8}
            }
          ]
        }

    Good::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "panels": [
            {
              "type": "text",
              "title": "A",
              "id": 1,
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}
            },
            {
              "type": "text",
              "title": "B",
              "id": 2,
              "gridPos": {"x": 12, "y": 0, "w": 12, "h": 8}
            }
          ]
        }
    """
    return model.faults.get("panels-do-not-overlap", ())


@rule(Stage.NOTICE)
def variables_are_named_once(model: Grafana) -> Findings:
    """No two variables have the same name.

    Source: https://grafana.com/docs/grafana/latest/dashboards/variables/

    Bad::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "templating": {
            "list": [
              {"name": "job", "type": "textbox"},
              {"name": "job", "type": "textbox"}
            ]
          },
          "panels": []
        }

    Good::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "templating": {"list": [{"name": "job", "type": "textbox"}]},
          "panels": []
        }
    """
    return model.faults.get("variables-are-named-once", ())


@rule(Stage.NOTICE)
def units_are_known(model: Grafana) -> Findings:
    """Units are among those that Grafana scales.

    Source: https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit

    Bad::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "panels": [
            {
              "type": "timeseries",
              "title": "Requests",
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
              "fieldConfig": {"defaults": {"unit": "seconds"}, "overrides": []}
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
              "fieldConfig": {"defaults": {"unit": "s"}, "overrides": []}
            }
          ]
        }
    """
    return model.faults.get("units-are-known", ())


@rule(Stage.NOTICE)
def thresholds_are_in_order(model: Grafana) -> Findings:
    """Thresholds start with the base and rise.

    Source: https://grafana.com/docs/grafana/latest/panels-visualizations/configure-thresholds/

    Bad::

        {
          "title": "Shop",
          "schemaVersion": 39,
          "panels": [
            {
              "type": "timeseries",
              "title": "Requests",
              "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8},
              "fieldConfig": {
                "defaults": {
                  "thresholds": {
                    "mode": "absolute",
                    "steps": [
                      {
                        "color": "red",
                        "value": 80
                      }
                    ]
                  }
                },
                "overrides": []
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
              "fieldConfig": {
                "defaults": {
                  "thresholds": {
                    "mode": "absolute",
                    "steps": [
                      {
                        "color": "green",
                        "value": null
                      },
                      {
                        "color": "red",
                        "value": 80
                      }
                    ]
                  }
                },
                "overrides": []
              }
            }
          ]
        }
    """
    return model.faults.get("thresholds-are-in-order", ())


@rule(Stage.NOTICE)
def queries_are_not_empty(model: Grafana) -> Findings:
    """Queries say something.

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
              "targets": [
                {
                  "refId": "A",
                  "expr": "",
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
                }
              ]
            }
          ]
        }
    """
    return model.faults.get("queries-are-not-empty", ())


@rule(Stage.NOTICE)
def queries_are_not_judged(model: Grafana) -> Findings:
    """Queries are in a language that is read here.

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
              "targets": [
                {
                  "refId": "A",
                  "rawSql": "SELECT 1",
                  "datasource": {"type": "mysql", "uid": "m"}
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
                }
              ]
            }
          ]
        }
    """
    return model.faults.get("queries-are-not-judged", ())


@rule(Stage.NOTICE)
def settings_have_an_effect(model: Grafana) -> Findings:
    """Settings of data sources are those that Grafana reads.

    Source: https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources

    Bad::

        # file: datasources.yml
        apiVersion: 1
        datasources:
          - name: Metrics
            type: prometheus
            jsondata: {timeInterval: 15s}

    Good::

        # file: datasources.yml
        apiVersion: 1
        datasources:
          - name: Metrics
            type: prometheus
            jsonData: {timeInterval: 15s}
    """
    return model.faults.get("settings-have-an-effect", ())
