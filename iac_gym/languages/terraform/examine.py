"""The examination of a configuration: everything that is wrong with it, found once.

What is judged is what `terraform validate` looks at: the root module and the modules that it calls,
directly or not.
"""

from __future__ import annotations

import posixpath

from iac_gym.formats.hcl.nodes import Block
from iac_gym.languages.terraform import declarations, references, structure
from iac_gym.languages.terraform.bodies import Walk
from iac_gym.languages.terraform.decode import nested
from iac_gym.languages.terraform.forms import Fault
from iac_gym.languages.terraform.model import Configuration, Module, Resource
from iac_gym.languages.terraform.provider_use import Place, used_configs
from iac_gym.languages.terraform.providers import Choice, choose_all
from iac_gym.languages.terraform.resources import Resources
from iac_gym.languages.terraform.scope import ValidateScope
from iac_gym.languages.terraform.uses import reachable

_NONE = Choice(None)


def examine(config: Configuration) -> None:
    """Fill the faults and notes of a configuration."""
    modules = reachable(config)
    choices = choose_all(config, modules)
    scopes = {module.folder: ValidateScope(config, module) for module in modules}
    used = used_configs(config) if any(module.providers for module in modules) else set()
    doubtful: dict[tuple[str, str], list[Fault]] = {}
    for module in modules:
        structure.examine(config, module)
        resources = Resources(config, Walk(config, module, scopes[module.folder]))
        _bodies(config, module, resources, choices, used)
        for name, faults in resources.doubtful.items():
            doubtful[module.folder, name] = faults
    _settle(config, choices, doubtful)
    references.examine(config, scopes)
    if any(choice.lenient for choice in choices.values()):
        _doubt_references(config, modules, scopes, choices)
    declarations.examine(config, scopes)
    if len(modules) < len(config.modules):
        _forget_others(config, modules)


def _bodies(
    config: Configuration,
    module: Module,
    resources: Resources,
    choices: dict[tuple[str, str], Choice],
    used: set[Place],
) -> None:
    """Judge the bodies of a module against schemas."""
    folder = module.folder
    for resource in module.all_resources():
        resources.resource(resource, choices.get((folder, resource.provider), _NONE))
    for (name, alias), provider in module.providers.items():
        if (folder, name, alias) in used:
            resources.provider(provider, choices[folder, name])
    for block in module.others:
        if block.type == "check":
            for inner in nested(block.body, "data", 2):
                if len(inner.labels) == 2:
                    made = _data_of(inner)
                    resources.resource(made, choices.get((folder, made.provider), _NONE))


def _data_of(block: Block) -> Resource:
    """Make the data source that a `check` block holds."""
    kind, name = block.labels
    return Resource("data", kind, name, block.at, block.body, kind.split("_", 1)[0])


def _settle(
    config: Configuration,
    choices: dict[tuple[str, str], Choice],
    doubtful: dict[tuple[str, str], list[Fault]],
) -> None:
    """Give up on providers that seem wrong, but were judged by another version than asked for."""
    wrong = {choices[place].note for place, faults in doubtful.items() if faults}
    for (_, name), choice in choices.items():
        if choice.note in wrong:
            config.unjudged.add(name)


def _doubt_references(
    config: Configuration,
    modules: list[Module],
    scopes: dict[str, ValidateScope],
    choices: dict[tuple[str, str], Choice],
) -> None:
    """Drop faults of references that another version may allow, and give up on those providers."""
    rule = "unsupported-attribute"
    found = config.faults.get(rule)
    if not found:
        return
    lenient = {place for place, choice in choices.items() if choice.lenient}
    for module in modules:
        module.schemas = {
            name: None if (module.folder, name) in lenient else schema
            for name, schema in module.schemas.items()
        }
    kept = dict(config.faults)
    config.faults.clear()
    references.examine(config, scopes)
    certain = config.faults.get(rule, [])
    config.faults.clear()
    config.faults.update(kept | {rule: certain})
    if not certain:
        del config.faults[rule]
    if len(certain) < len(found):
        config.unjudged.update(name for _, name in lenient)


def _forget_others(config: Configuration, modules: list[Module]) -> None:
    """Drop what was found in files that Terraform would not read."""
    folders = {module.folder for module in modules}
    for rule, findings in list(config.faults.items()):
        kept = [one for one in findings if posixpath.dirname(one.file) in folders]
        if kept:
            config.faults[rule] = kept
        else:
            del config.faults[rule]
