"""Rules about names that are used and defined."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.alertmanager.model import Configuration
from iac_gym.verdict import Stage


@rule(Stage.REFERENCES)
def receivers_are_defined(model: Configuration) -> Findings:
    """Every receiver that a route names is defined.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#route

    Bad::

        route:
          receiver: teams
        receivers:
          - name: team

    Good::

        route:
          receiver: team
        receivers:
          - name: team
    """
    return model.faults.get("receivers-are-defined", ())


@rule(Stage.REFERENCES)
def time_intervals_are_defined(model: Configuration) -> Findings:
    """Every time interval that a route names is defined.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#time_interval

    Bad::

        route:
          receiver: team
          routes:
            - matchers: [team=a]
              mute_time_intervals: [weekend]
        receivers:
          - name: team
        time_intervals:
          - name: weekends
            time_intervals:
              - weekdays: [sunday]

    Good::

        route:
          receiver: team
          routes:
            - matchers: [team=a]
              mute_time_intervals: [weekends]
        receivers:
          - name: team
        time_intervals:
          - name: weekends
            time_intervals:
              - weekdays: [sunday]
    """
    return model.faults.get("time-intervals-are-defined", ())
