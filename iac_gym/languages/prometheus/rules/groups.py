"""Rules over groups of alerting and recording rules."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.prometheus.model import Monitoring
from iac_gym.verdict import Stage


@rule(Stage.SCHEMA)
def rules_record_or_alert(model: Monitoring) -> Findings:
    """A rule is an alert or a recording rule, not both and not neither.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/#rule

    Bad::

        groups:
          - name: node
            rules:
              - expr: up == 0

    Good::

        groups:
          - name: node
            rules:
              - alert: InstanceDown
                expr: up == 0
    """
    return model.faults.get("rules-record-or-alert", ())


@rule(Stage.REFERENCES)
def groups_have_unique_names(model: Monitoring) -> Findings:
    """Every group of a file has a name that no other group of the file has.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/#rule_group

    Bad::

        groups:
          - name: node
            rules: []
          - name: node
            rules: []

    Good::

        groups:
          - name: node
            rules: []
          - name: disk
            rules: []
    """
    return model.faults.get("groups-have-unique-names", ())


@rule(Stage.SEMANTICS)
def rules_have_expressions(model: Monitoring) -> Findings:
    """The expression of a rule is PromQL that Prometheus accepts, with types that fit.

    Source: https://prometheus.io/docs/prometheus/latest/querying/basics/

    Bad::

        groups:
          - name: api
            rules:
              - alert: ManyErrors
                expr: rate(http_errors_total) > 5

    Good::

        groups:
          - name: api
            rules:
              - alert: ManyErrors
                expr: rate(http_errors_total[5m]) > 5
    """
    return model.faults.get("rules-have-expressions", ())


@rule(Stage.SEMANTICS)
def records_have_no_fields_of_alerts(model: Monitoring) -> Findings:
    """A recording rule has no `for`, no `keep_firing_for` and no annotations.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/#rule

    Bad::

        groups:
          - name: api
            rules:
              - record: job:requests:rate5m
                expr: sum by (job) (rate(requests_total[5m]))
                for: 5m

    Good::

        groups:
          - name: api
            rules:
              - record: job:requests:rate5m
                expr: sum by (job) (rate(requests_total[5m]))
    """
    return model.faults.get("records-have-no-fields-of-alerts", ())


@rule(Stage.SEMANTICS)
def records_have_valid_names(model: Monitoring) -> Findings:
    """The name of a recorded metric contains no braces: labels belong into `labels`.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/#rule

    Bad::

        groups:
          - name: api
            rules:
              - record: requests{job="api"}
                expr: sum(requests_total)

    Good::

        groups:
          - name: api
            rules:
              - record: requests
                expr: sum(requests_total)
                labels: {job: api}
    """
    return model.faults.get("records-have-valid-names", ())


@rule(Stage.SEMANTICS)
def labels_have_valid_names(model: Monitoring) -> Findings:
    """Names of labels and annotations are not empty, and `__name__` is not set as a label.

    Source: https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels

    Bad::

        groups:
          - name: api
            rules:
              - record: requests
                expr: sum(requests_total)
                labels: {__name__: other}

    Good::

        groups:
          - name: api
            rules:
              - record: requests
                expr: sum(requests_total)
                labels: {team: core}
    """
    return model.faults.get("labels-have-valid-names", ())


@rule(Stage.SEMANTICS)
def templates_can_be_read(model: Monitoring) -> Findings:
    """Templates of an alert's labels and annotations are Go templates that Prometheus can read.

    Only its own functions exist (`humanize`, `humanizePercentage`, `query`, ...), and the variables
    `$labels`, `$value`, `$externalLabels` and `$externalURL`.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/template_reference/

    Bad::

        groups:
          - name: api
            rules:
              - alert: ManyErrors
                expr: rate(errors_total[5m]) > 5
                annotations:
                  summary: "{{ $labels.job }} has {{ $value | humanise }} errors"

    Good::

        groups:
          - name: api
            rules:
              - alert: ManyErrors
                expr: rate(errors_total[5m]) > 5
                annotations:
                  summary: "{{ $labels.job }} has {{ $value | humanize }} errors"
    """
    return model.faults.get("templates-can-be-read", ())


@rule(Stage.NOTICE)
def rules_are_not_repeated(model: Monitoring) -> Findings:
    """No two rules make the same series: `promtool check rules` warns of them.

    Source: https://prometheus.io/docs/prometheus/latest/command-line/promtool/#promtool-check-rules

    Bad::

        groups:
          - name: api
            rules:
              - record: requests
                expr: sum(requests_total)
              - record: requests
                expr: sum by (job) (requests_total)

    Good::

        groups:
          - name: api
            rules:
              - record: requests
                expr: sum(requests_total)
              - record: job:requests
                expr: sum by (job) (requests_total)
    """
    return model.faults.get("rules-are-not-repeated", ())


@rule(Stage.NOTICE)
def alerts_can_fire(model: Monitoring) -> Findings:
    """An alert can fire: its expression can give a series.

    Reported where it can be proved that it cannot, such as for a negative rate, a count of nothing,
    conditions that exclude each other, or two sides whose labels can never be equal.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/

    Bad::

        groups:
          - name: api
            rules:
              - alert: NothingUp
                expr: count(up == 1) == 0

    Good::

        groups:
          - name: api
            rules:
              - alert: NothingUp
                expr: absent(up == 1)
    """
    for alert in model.every_alert:
        if alert.expr is not None and alert.fires.value == "never":
            message = f"the alert `{alert.name}` can never fire"
            yield model.finding(message, alert.mark_of("expr"), alert.file)


IN_ORDER = (
    rules_record_or_alert,
    groups_have_unique_names,
    rules_have_expressions,
    records_have_no_fields_of_alerts,
    records_have_valid_names,
    labels_have_valid_names,
    templates_can_be_read,
    rules_are_not_repeated,
    alerts_can_fire,
)
