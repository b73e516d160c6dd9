"""The rules of compose files, in the order in which they run."""

from __future__ import annotations

from iac_gym.languages.compose.rules import references, schema, security, services

IN_ORDER = (
    *schema.IN_ORDER,
    *references.IN_ORDER,
    *services.IN_ORDER,
    *security.IN_ORDER,
)
