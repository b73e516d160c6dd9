"""The rules of Prometheus files, in order."""

from __future__ import annotations

from iac_gym.check import Rule
from iac_gym.languages.prometheus.rules import config, groups, security

IN_ORDER: tuple[Rule, ...] = (
    *config.IN_ORDER[:-1],
    *groups.IN_ORDER,
    *security.IN_ORDER,
    config.only_one_document_counts,
)
