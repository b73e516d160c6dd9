"""Rules about fields and values: what Alertmanager's YAML library and types check."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.alertmanager.model import Configuration
from iac_gym.verdict import Stage


@rule(Stage.SCHEMA)
def fields_are_known(model: Configuration) -> Findings:
    """Every field is one that Alertmanager knows at its place.

    Source: https://prometheus.io/docs/alerting/latest/configuration/

    Bad::

        route:
          receiver: team
          group_waits: 30s
        receivers:
          - name: team

    Good::

        route:
          receiver: team
          group_wait: 30s
        receivers:
          - name: team
    """
    return model.faults.get("fields-are-known", ())


@rule(Stage.SCHEMA)
def values_have_their_type(model: Configuration) -> Findings:
    """Lists are lists, texts are texts, booleans are booleans.

    Source: https://prometheus.io/docs/alerting/latest/configuration/

    Bad::

        route:
          receiver: team
          group_by: alertname
        receivers:
          - name: team

    Good::

        route:
          receiver: team
          group_by: [alertname]
        receivers:
          - name: team
    """
    return model.faults.get("values-have-their-type", ())


@rule(Stage.SCHEMA)
def lists_have_no_empty_items(model: Configuration) -> Findings:
    """No route, receiver or integration in a list is empty.

    Source: https://prometheus.io/docs/alerting/latest/configuration/

    Bad::

        route: {receiver: team}
        receivers:
          - name: team
            webhook_configs:
              -

    Good::

        route: {receiver: team}
        receivers:
          - name: team
            webhook_configs:
              - url: https://hooks.example.org/alerts
    """
    return model.faults.get("lists-have-no-empty-items", ())


@rule(Stage.SCHEMA)
def durations_are_right(model: Configuration) -> Findings:
    """Durations have units, and intervals are longer than zero.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#configuration-file-introduction

    Bad::

        route:
          receiver: team
          group_wait: 30
        receivers:
          - name: team

    Good::

        route:
          receiver: team
          group_wait: 30s
        receivers:
          - name: team
    """
    return model.faults.get("durations-are-right", ())


@rule(Stage.SCHEMA)
def addresses_are_right(model: Configuration) -> Findings:
    """URLs name a scheme and a host, addresses a host and a port.

    Source: https://prometheus.io/docs/alerting/latest/configuration/

    Bad::

        route: {receiver: team}
        receivers:
          - name: team
            webhook_configs:
              - url: hooks.example.org/alerts

    Good::

        route: {receiver: team}
        receivers:
          - name: team
            webhook_configs:
              - url: https://hooks.example.org/alerts
    """
    return model.faults.get("addresses-are-right", ())


@rule(Stage.SCHEMA)
def matchers_are_right(model: Configuration) -> Findings:
    """Matchers are a label, an operator and a value; expressions are those of Go.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#matcher

    Bad::

        route:
          receiver: team
          routes:
            - matchers: ['severity > critical']
        receivers:
          - name: team

    Good::

        route:
          receiver: team
          routes:
            - matchers: ['severity = critical']
        receivers:
          - name: team
    """
    return model.faults.get("matchers-are-right", ())


@rule(Stage.SCHEMA)
def labels_are_named_right(model: Configuration) -> Findings:
    """Labels have names; those of `match` and its relatives are plain words.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#route

    Bad::

        route:
          receiver: team
          routes:
            - match: {my-label: a}
        receivers:
          - name: team

    Good::

        route:
          receiver: team
          routes:
            - match: {my_label: a}
        receivers:
          - name: team
    """
    return model.faults.get("labels-are-named-right", ())


@rule(Stage.SCHEMA)
def time_ranges_are_right(model: Configuration) -> Findings:
    """Ranges of times, days, months and years are written right and run forwards.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#time_interval

    Bad::

        route:
          receiver: team
        receivers:
          - name: team
        time_intervals:
          - name: nights
            time_intervals:
              - times:
                  - start_time: '22:00'
                    end_time: '06:00'

    Good::

        route:
          receiver: team
        receivers:
          - name: team
        time_intervals:
          - name: nights
            time_intervals:
              - times:
                  - start_time: '22:00'
                    end_time: '24:00'
                  - start_time: '00:00'
                    end_time: '06:00'
    """
    return model.faults.get("time-ranges-are-right", ())


@rule(Stage.SCHEMA)
def time_zones_are_known(model: Configuration) -> Findings:
    """The location of a time interval is in the time zone database.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#time_interval

    Bad::

        route:
          receiver: team
        receivers:
          - name: team
        time_intervals:
          - name: nights
            time_intervals:
              - weekdays: ['saturday']
                location: Berlin

    Good::

        route:
          receiver: team
        receivers:
          - name: team
        time_intervals:
          - name: nights
            time_intervals:
              - weekdays: ['saturday']
                location: Europe/Berlin
    """
    return model.faults.get("time-zones-are-known", ())
