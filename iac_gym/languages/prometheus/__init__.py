"""Prometheus: configurations and rule files, judged as `promtool check` judges them."""

from __future__ import annotations

from functools import lru_cache

from iac_gym.check import Rule
from iac_gym.formats.promql import Fires
from iac_gym.language import Language
from iac_gym.languages.prometheus.config import Config, Job
from iac_gym.languages.prometheus.groups import Alert, Group, Record
from iac_gym.languages.prometheus.model import Monitoring
from iac_gym.languages.prometheus.parse import parse
from iac_gym.languages.prometheus.rules import IN_ORDER

__all__ = ["LANGUAGE", "Alert", "Config", "Group", "Job", "Monitoring", "Record"]


@lru_cache(maxsize=4096)
def _chosen(names: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(one for one in IN_ORDER if one.name in names)


def select(found: Monitoring) -> tuple[Rule, ...]:
    """Return the rules that have found something, and those about alerts that never fire."""
    never = any(one.fires is Fires.NEVER for one in found.every_alert)
    if not found.faults and not never:
        return ()
    return _chosen(frozenset((*found.faults, "alerts-can-fire") if never else found.faults))


#: What a file of Prometheus has at its top level, other than a PrometheusRule of Kubernetes.
_CONTENT = (
    r"(?m)^[\"']?(?:groups|scrape_configs|scrape_config_files|rule_files|remote_write|remote_read"
    r"|alerting|tests)[\"']? *:"
)

LANGUAGE = Language(
    "prometheus",
    parse,
    IN_ORDER,
    tags=("yaml", "yml", "prometheus"),
    path="prometheus.yml",
    patterns=("prometheus*.y*ml", "*rule*.y*ml", "*alert*.y*ml", "*/rules/*.y*ml", "*.rules"),
    content=_CONTENT,
    select=select,
    tiers={
        "library": "iac_gym.languages.prometheus.tool:ask_library",
        "tool": "iac_gym.languages.prometheus.tool:ask_promtool",
    },
)  # fmt: skip
