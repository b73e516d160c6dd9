"""The rules of Kubernetes, one module per subject, in the order in which they run."""

from __future__ import annotations

from iac_gym.languages.kubernetes.rules import schema

IN_ORDER = (*schema.IN_ORDER,)
