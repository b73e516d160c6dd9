"""Rules about settings that belong together."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.alertmanager.model import Configuration
from iac_gym.verdict import Stage


@rule(Stage.SEMANTICS)
def the_root_route_is_complete(model: Configuration) -> Findings:
    """The root route has a receiver, and neither matchers nor time intervals nor `continue`.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#route

    Bad::

        route:
          receiver: team
          matchers: ['severity = critical']
        receivers:
          - name: team

    Good::

        route:
          receiver: team
        receivers:
          - name: team
    """
    return model.faults.get("the-root-route-is-complete", ())


@rule(Stage.SEMANTICS)
def group_by_is_right(model: Configuration) -> Findings:
    """Alerts are grouped by all labels (`...`) or by some, each named once.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#route

    Bad::

        route:
          receiver: team
          group_by: ['...', alertname]
        receivers:
          - name: team

    Good::

        route:
          receiver: team
          group_by: ['...']
        receivers:
          - name: team
    """
    return model.faults.get("group-by-is-right", ())


@rule(Stage.SEMANTICS)
def receivers_are_named(model: Configuration) -> Findings:
    """Every receiver has a name of its own.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#receiver

    Bad::

        route:
          receiver: team
        receivers:
          - name: team
          - name: team

    Good::

        route:
          receiver: team
        receivers:
          - name: team
    """
    return model.faults.get("receivers-are-named", ())


@rule(Stage.SEMANTICS)
def time_intervals_are_named(model: Configuration) -> Findings:
    """Every time interval has a name of its own.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#time_interval

    Bad::

        route:
          receiver: team
        receivers:
          - name: team
        time_intervals:
          - time_intervals:
              - weekdays: [sunday]

    Good::

        route:
          receiver: team
        receivers:
          - name: team
        time_intervals:
          - name: sundays
            time_intervals:
              - weekdays: [sunday]
    """
    return model.faults.get("time-intervals-are-named", ())


@rule(Stage.SEMANTICS)
def integrations_are_complete(model: Configuration) -> Findings:
    """Integrations have what they need, from themselves or from `global`.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#receiver-integration-settings

    Bad::

        route: {receiver: team}
        receivers:
          - name: team
            email_configs:
              - to: ops@example.org

    Good::

        global:
          smtp_smarthost: mail.example.org:587
          smtp_from: alerts@example.org
        route: {receiver: team}
        receivers:
          - name: team
            email_configs:
              - to: ops@example.org
    """
    return model.faults.get("integrations-are-complete", ())


@rule(Stage.SEMANTICS)
def settings_exclude_each_other(model: Configuration) -> Findings:
    """Of a setting and its file, and of several ways to log in, only one is given.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#http_config

    Bad::

        route: {receiver: team}
        receivers:
          - name: team
            webhook_configs:
              - url: https://hooks.example.org/a
                url_file: /etc/alertmanager/url

    Good::

        route: {receiver: team}
        receivers:
          - name: team
            webhook_configs:
              - url_file: /etc/alertmanager/url
    """
    return model.faults.get("settings-exclude-each-other", ())


@rule(Stage.SEMANTICS)
def settings_are_right(model: Configuration) -> Findings:
    """Settings that know only some words have one of them.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#receiver-integration-settings

    Bad::

        route: {receiver: team}
        receivers:
          - name: team
            telegram_configs:
              - bot_token_file: /etc/alertmanager/token
                chat_id: -100
                parse_mode: Text

    Good::

        route: {receiver: team}
        receivers:
          - name: team
            telegram_configs:
              - bot_token_file: /etc/alertmanager/token
                chat_id: -100
                parse_mode: HTML
    """
    return model.faults.get("settings-are-right", ())


@rule(Stage.SEMANTICS)
def http_settings_are_right(model: Configuration) -> Findings:
    """Certificates come with keys, proxies and headers are settings that a client can have.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#http_config

    Bad::

        route: {receiver: team}
        receivers:
          - name: team
            webhook_configs:
              - url: https://hooks.example.org/a
                http_config:
                  tls_config:
                    cert_file: /etc/ssl/client.pem

    Good::

        route: {receiver: team}
        receivers:
          - name: team
            webhook_configs:
              - url: https://hooks.example.org/a
                http_config:
                  tls_config:
                    cert_file: /etc/ssl/client.pem
                    key_file: /etc/ssl/client.key
    """
    return model.faults.get("http-settings-are-right", ())


@rule(Stage.SEMANTICS)
def templates_are_right(model: Configuration) -> Findings:
    """Templates in texts are those of Go, and call functions that Alertmanager has.

    Source: https://prometheus.io/docs/alerting/latest/notifications/

    Bad::

        global:
          slack_api_url_file: /etc/alertmanager/slack
        route: {receiver: team}
        receivers:
          - name: team
            slack_configs:
              - channel: '#ops'
                title: '{{ .CommonLabels.alertname | upper }}'

    Good::

        global:
          slack_api_url_file: /etc/alertmanager/slack
        route: {receiver: team}
        receivers:
          - name: team
            slack_configs:
              - channel: '#ops'
                title: '{{ .CommonLabels.alertname | toUpper }}'
    """
    return model.faults.get("templates-are-right", ())


@rule(Stage.SEMANTICS)
def template_fields_exist(model: Configuration) -> Findings:
    """Templates read fields that notifications have; others make sending fail.

    Source: https://prometheus.io/docs/alerting/latest/notifications/#data

    Bad::

        global:
          slack_api_url_file: /etc/alertmanager/slack
        route: {receiver: team}
        receivers:
          - name: team
            slack_configs:
              - channel: '#ops'
                title: '{{ .Labels.alertname }}'

    Good::

        global:
          slack_api_url_file: /etc/alertmanager/slack
        route: {receiver: team}
        receivers:
          - name: team
            slack_configs:
              - channel: '#ops'
                title: '{{ .CommonLabels.alertname }}'
    """
    return model.faults.get("template-fields-exist", ())
