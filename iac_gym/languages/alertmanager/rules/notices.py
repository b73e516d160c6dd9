"""What works but never has an effect."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.alertmanager.model import Configuration
from iac_gym.verdict import Stage


@rule(Stage.NOTICE)
def routes_are_reached(model: Configuration) -> Findings:
    """Every route can be reached by some alert.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#route

    Bad::

        route:
          receiver: team
          routes:
            - matchers: ['team = "a"', 'team = "b"']
        receivers:
          - name: team

    Good::

        route:
          receiver: team
          routes:
            - matchers: ['team =~ "a|b"']
        receivers:
          - name: team
    """
    return model.faults.get("routes-are-reached", ())


@rule(Stage.NOTICE)
def templates_are_defined(model: Configuration) -> Findings:
    """Templates that are named are built in or defined in a file.

    Source: https://prometheus.io/docs/alerting/latest/notifications/#data

    Bad::

        global:
          slack_api_url_file: /etc/alertmanager/slack
        route: {receiver: team}
        receivers:
          - name: team
            slack_configs:
              - channel: '#ops'
                title: '{{ template "slack.mine" . }}'

    Good::

        global:
          slack_api_url_file: /etc/alertmanager/slack
        templates: ['/etc/alertmanager/*.tmpl']
        route: {receiver: team}
        receivers:
          - name: team
            slack_configs:
              - channel: '#ops'
                title: '{{ template "slack.mine" . }}'
    """
    return model.faults.get("templates-are-defined", ())
