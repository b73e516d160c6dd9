"""Rules over configurations, and those over the fields of all files."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.prometheus.model import Monitoring
from iac_gym.verdict import Stage


@rule(Stage.SCHEMA)
def fields_are_known(model: Monitoring) -> Findings:
    """Every field is one that Prometheus knows: unknown ones are refused, not ignored.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/

    Bad::

        scrape_configs:
          - job_name: node
            interval: 30s

    Good::

        scrape_configs:
          - job_name: node
            scrape_interval: 30s
    """
    return model.faults.get("fields-are-known", ())


@rule(Stage.SCHEMA)
def fields_have_their_types(model: Monitoring) -> Findings:
    """Durations, sizes, URLs, numbers, booleans, lists and mappings are what they should be.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/

    Bad::

        global:
          scrape_interval: 30 seconds

    Good::

        global:
          scrape_interval: 30s
    """
    return model.faults.get("fields-have-their-types", ())


@rule(Stage.SCHEMA)
def sections_are_complete(model: Monitoring) -> Findings:
    """Sections have the fields that they need, and no entry of a list is empty.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/

    Bad::

        scrape_configs:
          - job_name: pods
            kubernetes_sd_configs:
              - namespaces: {names: [default]}

    Good::

        scrape_configs:
          - job_name: pods
            kubernetes_sd_configs:
              - role: pod
                namespaces: {names: [default]}
    """
    return model.faults.get("sections-are-complete", ())


@rule(Stage.SCHEMA)
def values_are_allowed(model: Monitoring) -> Findings:
    """Values of which there are only some are one of them: roles, actions, protocols, versions.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/

    Bad::

        scrape_configs:
          - job_name: pods
            kubernetes_sd_configs:
              - role: pods

    Good::

        scrape_configs:
          - job_name: pods
            kubernetes_sd_configs:
              - role: pod
    """
    return model.faults.get("values-are-allowed", ())


@rule(Stage.REFERENCES)
def names_are_unique(model: Monitoring) -> Findings:
    """No two jobs, and no two entries of remote_write or remote_read, have the same name.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config

    Bad::

        scrape_configs:
          - job_name: node
          - job_name: node

    Good::

        scrape_configs:
          - job_name: node
          - job_name: app
    """
    return model.faults.get("names-are-unique", ())


@rule(Stage.SEMANTICS)
def timeouts_fit_intervals(model: Monitoring) -> Findings:
    """The timeout of a scrape is not longer than its interval.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config

    Bad::

        scrape_configs:
          - job_name: node
            scrape_interval: 10s
            scrape_timeout: 15s

    Good::

        scrape_configs:
          - job_name: node
            scrape_interval: 15s
            scrape_timeout: 10s
    """
    return model.faults.get("timeouts-fit-intervals", ())


@rule(Stage.SEMANTICS)
def relabel_steps_are_right(model: Monitoring) -> Findings:
    """A step of relabeling has the fields that its action needs, and no others.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config

    Bad::

        scrape_configs:
          - job_name: node
            relabel_configs:
              - source_labels: [__address__]
                replacement: node

    Good::

        scrape_configs:
          - job_name: node
            relabel_configs:
              - source_labels: [__address__]
                target_label: instance
    """
    return model.faults.get("relabel-steps-are-right", ())


@rule(Stage.SEMANTICS)
def settings_go_together(model: Monitoring) -> Findings:
    """Settings that exclude each other are not both set, and those that need each other are.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#http_config

    Bad::

        scrape_configs:
          - job_name: node
            basic_auth: {username: a, password_file: /etc/password}
            authorization: {credentials_file: /etc/token}

    Good::

        scrape_configs:
          - job_name: node
            authorization: {credentials_file: /etc/token}
    """
    return model.faults.get("settings-go-together", ())


@rule(Stage.SEMANTICS)
def targets_are_addresses(model: Monitoring) -> Findings:
    """A static target is a host with a port, not a URL, unless steps of relabeling rewrite it.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#static_config

    Bad::

        scrape_configs:
          - job_name: node
            static_configs:
              - targets: ["http://node:9100/metrics"]

    Good::

        scrape_configs:
          - job_name: node
            static_configs:
              - targets: ["node:9100"]
    """
    return model.faults.get("targets-are-addresses", ())


@rule(Stage.SEMANTICS)
def tests_can_be_read(model: Monitoring) -> Findings:
    """Unit tests of rules consist of series, values and expressions that promtool can read.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/

    Bad::

        rule_files: [alerts.yml]
        tests:
          - interval: 1m
            input_series:
              - series: up{job="api"}
                values: 0 x 10

    Good::

        rule_files: [alerts.yml]
        tests:
          - interval: 1m
            input_series:
              - series: up{job="api"}
                values: 0x10
    """
    return model.faults.get("tests-can-be-read", ())


@rule(Stage.NOTICE)
def only_one_document_counts(model: Monitoring) -> Findings:
    """Prometheus reads the first YAML document of a file alone.

    Source: https://github.com/prometheus/prometheus/blob/v3.14.0/model/rulefmt/rulefmt.go

    Bad::

        groups: []
        ---
        groups: []

    Good::

        groups: []
    """
    return model.faults.get("only-one-document-counts", ())


IN_ORDER = (
    fields_are_known,
    fields_have_their_types,
    sections_are_complete,
    values_are_allowed,
    names_are_unique,
    timeouts_fit_intervals,
    relabel_steps_are_right,
    settings_go_together,
    targets_are_addresses,
    tests_can_be_read,
    only_one_document_counts,
)
