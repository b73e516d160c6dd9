"""The `terraform` block: versions of Terraform and of providers, and where providers come from.

Source: https://developer.hashicorp.com/terraform/language/terraform and
.../language/providers/requirements, and what `terraform init` 1.11.4 says.
"""

from __future__ import annotations

import re

from iac_gym.formats.hcl.nodes import Attribute, Block, Literal, Node, Object, Traversal, Tuple
from iac_gym.languages.terraform.access import EvalError
from iac_gym.languages.terraform.calls import check_version
from iac_gym.languages.terraform.cycles import reference_of
from iac_gym.languages.terraform.decode import nested, text_of
from iac_gym.languages.terraform.model import BUILTIN, Configuration, Module
from iac_gym.languages.terraform.structure import constant
from iac_gym.languages.terraform.versions import (
    BadConstraint,
    read_constraints,
    read_provider_constraints,
    satisfies,
)

#: The version that verdicts are those of.
TERRAFORM = "1.11.4"
_KEYS = ("source", "version", "configuration_aliases")
#: A part of a provider's address: letters, digits, single dashes inside.
PART = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d{1,5})?|localhost(?::\d{1,5})?")
_MOST_PARTS = 3
_LANGUAGE = "TF2021"


def check_terraform(config: Configuration, module: Module, block: Block) -> None:
    """Check a `terraform` block."""
    attributes = block.body.attributes
    if "required_version" in attributes:
        _required_version(config, attributes["required_version"])
    if "language" in attributes:
        _language(config, attributes["language"])
    if "experiments" in attributes:
        _experiments(config, attributes["experiments"])
    for required in nested(block.body, "required_providers"):
        for inner in required.body.blocks:
            message = f"`{inner.type[:60]}` is written as a block in `required_providers`"
            hint = f"write {inner.type[:60]} = {{ ... }}"
            config.fault("unsupported-block", inner.at, message, hint)
        for name, attribute in required.body.attributes.items():
            if not (required.body.json and name == "//"):
                _requirement(config, name, attribute)


def _required_version(config: Configuration, attribute: Attribute) -> None:
    text = check_version(config, attribute)
    if text is None:
        return
    if any(constraint.version.prerelease for constraint in read_constraints(text)):
        message = "pre-releases are not supported in `required_version`"
        config.fault("required-version", attribute.value.at, message)
    elif not satisfies(TERRAFORM, text):
        message = f"Terraform {TERRAFORM} does not meet `{text[:60]}`"
        config.fault("required-version", attribute.value.at, message)


def _language(config: Configuration, attribute: Attribute) -> None:
    if text_of(attribute.value) != _LANGUAGE:
        message = f"there is no language edition but {_LANGUAGE}"
        config.fault("required-version", attribute.value.at, message)


def _experiments(config: Configuration, attribute: Attribute) -> None:
    node = attribute.value
    if not isinstance(node, Tuple) or node.items:
        message = "no experiments are available in a release of Terraform"
        config.fault("required-version", node.at, message, "leave `experiments` out")


def _requirement(config: Configuration, name: str, attribute: Attribute) -> None:
    """Check an entry of `required_providers`."""
    node = attribute.value
    if not PART.fullmatch(name) or name != name.lower():
        message = f"`{name[:60]}` is no name of a provider"
        hint = "a name has small letters, digits and single dashes"
        config.fault("provider-requirement", attribute.at, message, hint)
        return
    if isinstance(node, Object):
        _entry(config, name, attribute, node)
    elif isinstance(_constant(node), (str, int, float)):
        check_version(config, attribute)
    else:
        message = f"`{name}` must be an object with `source` and `version`"
        hint = f'write {name} = {{ source = "hashicorp/{name}" }}'
        config.fault("provider-requirement", node.at, message, hint)


def _constant(node: Node) -> object:
    try:
        return constant(node)
    except EvalError:
        return None


def _entry(config: Configuration, name: str, attribute: Attribute, node: Object) -> None:
    given: dict[str, Node] = {}
    for key, value in node.items:
        text = text_of(key)
        if text not in _KEYS:
            message = f"`{text[:60]}` does not belong into `required_providers`"
            hint = config.near(text, _KEYS) or "configure it in a `provider` block"
            config.fault("provider-requirement", key.at, message, hint)
        given[text] = value
    if "source" in given:
        _source(config, given["source"])
    if "version" in given:
        _version(config, given, name)
    if "configuration_aliases" in given:
        _aliases(config, name, given["configuration_aliases"])


def _source(config: Configuration, node: Node) -> None:
    problem = ""
    source = _constant(node)
    if not isinstance(source, str):
        problem = "the source of a provider must be a text"
    else:
        problem = source_problem(source)
    if problem:
        hint = "write it as in hashicorp/aws"
        config.fault("provider-requirement", node.at, problem, hint)


def source_problem(source: str) -> str:
    """Say what is wrong with the source of a provider, "" for a good one."""
    shown = source[:80]
    parts = source.split("/")
    if len(parts) > _MOST_PARTS or not all(parts):
        return f"`{shown}` is no source of a provider"
    if len(parts) == _MOST_PARTS and not _HOST.fullmatch(parts[0]):
        return f"`{shown}` does not begin with a host name"
    names = [part.lower() for part in parts[-2:]]
    if not all(PART.fullmatch(part) for part in names):
        return f"`{shown}`: a part has letters, digits and single dashes only"
    if names[-1].startswith("terraform-"):
        return f"`{shown}`: the name of a provider goes without `terraform-provider-`"
    return ""


def _version(config: Configuration, given: dict[str, Node], name: str) -> None:
    node = given["version"]
    text = _constant(node)
    if not isinstance(text, str):
        config.fault("version-constraint", node.at, "`version` must be a text", 'write "~> 5.0"')
        return
    try:
        read_provider_constraints(text)
    except BadConstraint as error:
        config.fault("version-constraint", node.at, str(error), 'write "~> 5.0"')
        return
    source = text_of(given.get("source"))
    if source == BUILTIN or (not source and name == "terraform"):
        message = "the provider inside Terraform has no version of its own"
        config.fault("provider-requirement", node.at, message, "leave `version` out")


def _aliases(config: Configuration, name: str, node: Node) -> None:
    items = node.items if isinstance(node, Tuple) else None
    if items is None:
        message = "`configuration_aliases` must be a list"
        config.fault("provider-requirement", node.at, message, f"write [{name}.other]")
        return
    for item in items:
        ref = item if isinstance(item, Traversal) else None
        if ref is None and isinstance(item, Literal):
            ref = reference_of(item) if _is_json(config, item) else None
        steps = ref.steps if ref is not None else ()
        if ref is None or ref.root != name or any(step.__class__ is not str for step in steps):
            message = f"`configuration_aliases` lists names such as {name}.other"
            config.fault("provider-requirement", item.at, message)


def _is_json(config: Configuration, node: Node) -> bool:
    return config.file(node.at).path.endswith(".json")
