"""Reads a template and tells what its sections, functions and references get wrong."""

from __future__ import annotations

from iac_gym.languages.cloudformation.decode import decode
from iac_gym.languages.cloudformation.examine import examine
from iac_gym.languages.cloudformation.foreach import expand
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.parse import build
from iac_gym.languages.cloudformation.rules import functions, references, sections

OWN = frozenset(one.name for module in (sections, references, functions) for one in module.IN_ORDER)


def examined(text: str) -> Template:
    """Return a template after its examination."""
    template = build(expand(decode(text, "template.yaml")), "template.yaml")
    if "edges" not in template.known:
        examine(template)
    return template


def faults(text: str) -> set[str]:
    """Return the names of the rules of sections, functions and references that find something."""
    return OWN & set(examined(text).faults)


def places(text: str) -> set[tuple[str, int, int]]:
    """Return (rule, line, column) of what these rules find."""
    found = examined(text).faults
    return {(rule, one.line, one.column) for rule in OWN & set(found) for one in found[rule]}
