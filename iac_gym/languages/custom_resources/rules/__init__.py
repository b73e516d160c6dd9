"""The rules of custom resources, beside all rules of the language `kubernetes`."""

from __future__ import annotations

from iac_gym.languages.custom_resources.rules import argo, machine_learning, platform, schema

IN_ORDER = (
    *schema.IN_ORDER,
    *argo.IN_ORDER,
    *machine_learning.IN_ORDER,
    *platform.IN_ORDER,
)
