"""Rules about secrets and connections that others can read."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.prometheus.model import Monitoring
from iac_gym.verdict import Stage


@rule(Stage.SECURITY)
def secrets_are_in_files(model: Monitoring) -> Findings:
    """Passwords, tokens and keys are read from files of their own, not written here.

    Source: https://prometheus.io/docs/operating/security/#secrets

    Bad::

        scrape_configs:
          - job_name: node
            basic_auth: {username: a, password: hunter2}

    Good::

        scrape_configs:
          - job_name: node
            basic_auth: {username: a, password_file: /etc/prometheus/password}
    """
    return model.faults.get("secrets-are-in-files", ())


@rule(Stage.SECURITY)
def certificates_are_checked(model: Monitoring) -> Findings:
    """Certificates of targets and remote systems are checked.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#tls_config

    Bad::

        scrape_configs:
          - job_name: node
            scheme: https
            tls_config: {insecure_skip_verify: true}

    Good::

        scrape_configs:
          - job_name: node
            scheme: https
            tls_config: {ca_file: /etc/prometheus/ca.pem}
    """
    return model.faults.get("certificates-are-checked", ())


@rule(Stage.SECURITY)
def credentials_are_sent_encrypted(model: Monitoring) -> Findings:
    """Credentials and samples are sent with HTTPS, save to this machine or inside a cluster.

    Source: https://prometheus.io/docs/operating/security/#authentication-authorization-and-encryption

    Bad::

        remote_write:
          - url: http://metrics.example.com/api/v1/write
            authorization: {credentials_file: /etc/token}

    Good::

        remote_write:
          - url: https://metrics.example.com/api/v1/write
            authorization: {credentials_file: /etc/token}
    """
    return model.faults.get("credentials-are-sent-encrypted", ())


IN_ORDER = (secrets_are_in_files, certificates_are_checked, credentials_are_sent_encrypted)
