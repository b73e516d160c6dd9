"""The rules of custom resources, beside all rules of the language `kubernetes`."""

from __future__ import annotations

from iac_gym.languages.custom_resources.rules import argo, schema

IN_ORDER = (*schema.IN_ORDER, *argo.IN_ORDER)
