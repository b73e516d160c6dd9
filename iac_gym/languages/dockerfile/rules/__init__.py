"""The rules of Dockerfiles, in the order in which they run."""

from __future__ import annotations

from iac_gym.check import Rule
from iac_gym.languages.dockerfile.rules import forms, meaning, practice, practice_run, references

IN_ORDER: tuple[Rule, ...] = tuple(
    value
    for module in (forms, references, meaning, practice, practice_run)
    for value in vars(module).values()
    if isinstance(value, Rule)
)
