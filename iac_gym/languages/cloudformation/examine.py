"""The examination of a template: what is wrong with its sections, functions and references."""

from __future__ import annotations

from iac_gym.languages.cloudformation import sections
from iac_gym.languages.cloudformation.graph import examine_dependencies
from iac_gym.languages.cloudformation.intrinsics import Functions
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.sections_outputs import (
    examine_conditions,
    examine_outputs,
    examine_rules,
)
from iac_gym.languages.cloudformation.sections_parameters import examine_parameters
from iac_gym.languages.cloudformation.sections_resources import examine_resources


def examine(template: Template) -> None:
    """Fill the faults of a template; `known["edges"]` is the graph of its resources."""
    tree = template.tree
    sections.examine_top(template)
    functions = Functions(template)
    if template.loops:
        sections.examine_loops(template)
    if "Transform" in tree or "Globals" in tree:
        sections.examine_transform(template)
    if "Metadata" in tree:
        sections.examine_metadata(template)
    if template.parameters:
        examine_parameters(template)
    if template.mappings:
        sections.examine_mappings(template)
    if template.conditions:
        sections.examine_condition_names(template)
        examine_conditions(template, functions)
    if template.rules:
        examine_rules(template, functions)
    examine_resources(template, functions)
    if template.outputs:
        examine_outputs(template, functions)
    examine_dependencies(template, functions)
    template.known["edges"] = functions.edges
