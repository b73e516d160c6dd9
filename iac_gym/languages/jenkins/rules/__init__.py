"""The rules of Jenkinsfiles, in the order in which they run."""

from __future__ import annotations

from iac_gym.languages.jenkins.rules import schedules, scripts, security, settings, structure

IN_ORDER = (
    *structure.IN_ORDER,
    *settings.IN_ORDER,
    *scripts.IN_ORDER,
    *schedules.IN_ORDER,
    *security.IN_ORDER,
)
