"""Configurations of providers: their names, and whether those that are asked for exist.

Source: https://developer.hashicorp.com/terraform/language/providers/configuration and
.../modules/develop/providers, and what `terraform validate` 1.11.4 says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from iac_gym.formats.hcl.nodes import Attribute, Node, Object, Traversal
from iac_gym.languages.terraform.access import EvalError
from iac_gym.languages.terraform.calls import check_version
from iac_gym.languages.terraform.cycles import reference_of
from iac_gym.languages.terraform.model import (
    Configuration,
    Module,
    ModuleCall,
    ProviderConfig,
    Resource,
)
from iac_gym.languages.terraform.provider_use import used_configs
from iac_gym.languages.terraform.providers import source_of
from iac_gym.languages.terraform.references import scoped_data
from iac_gym.languages.terraform.requirements import PART
from iac_gym.languages.terraform.structure import constant
from iac_gym.languages.terraform.types import ConversionError, convert
from iac_gym.languages.terraform.values import STRING

_NAME = re.compile(r"[^\W\d][\w-]*")
#: How many module instances are followed.
_MOST_CALLS = 300
#: Arguments of a call under which a module cannot configure providers itself.
_REPEATING = ("count", "for_each", "depends_on")
_RESERVED = ("count", "depends_on", "for_each", "source")


class Named(NamedTuple):
    """A reference to a configuration: the local name of the provider, and the alias."""

    name: str
    alias: str

    def __str__(self) -> str:
        """Write it as it is referred to."""
        return f"{self.name}.{self.alias}" if self.alias else self.name


def _named(ref: Traversal | None) -> Named | None:
    """Read `aws` or `aws.west`; None for anything else."""
    if ref is None or len(ref.steps) > 1 or any(s.__class__ is not str for s in ref.steps):
        return None
    if not PART.fullmatch(ref.root) or ref.root != ref.root.lower():
        return None
    return Named(ref.root, str(ref.steps[0]) if ref.steps else "")


def check_reference(config: Configuration, node: Node, argument: str) -> Named | None:
    """Check a reference to a configuration; return it."""
    named = _named(reference_of(node))
    if named is None:
        message = f"`{argument}` takes the name of a provider, with an alias after a dot"
        config.fault("provider-reference", node.at, message, "write aws or aws.west")
    return named


def check_block(config: Configuration, module: Module, provider: ProviderConfig) -> None:
    """Check the name, the alias and the version of a `provider` block.

    Names that are reserved are reported here where nobody looks at the block: it is not used.
    """
    if not PART.fullmatch(provider.name) or provider.name != provider.name.lower():
        message = f"`{provider.name[:60]}` is no name of a provider"
        hint = "a name has small letters, digits and single dashes"
        config.fault("provider-reference", provider.at, message, hint)
    attributes = provider.body.attributes
    if "alias" in attributes:
        _alias(config, attributes["alias"])
    if "version" in attributes:
        text = check_version(config, attributes["version"])
        if text is not None and provider.name == "terraform":
            message = "the provider inside Terraform has no version of its own"
            config.fault("provider-requirement", attributes["version"].at, message)
    place = (module.folder, provider.name, provider.alias)
    for name in _RESERVED:
        if name in attributes and place not in used_configs(config):
            message = f"`{name}` is reserved here by Terraform"
            config.fault("unsupported-argument", attributes[name].at, message)


def _alias(config: Configuration, attribute: Attribute) -> None:
    node = attribute.value
    try:
        value = convert(constant(node), STRING)
    except EvalError as error:
        config.fault("expression", error.at, error.message, error.hint)
        return
    except ConversionError:
        value = None
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        message = "an alias must be a name: letters, digits, _ and -, not beginning with a digit"
        config.fault("provider-alias", node.at, message)


class _Instance(NamedTuple):
    """A module as it is called: the configurations passed in, and what forbids own ones."""

    module: Module
    passed: frozenset[tuple[str, str]]
    fixed: bool


def check_all(config: Configuration, modules: list[Module]) -> None:
    """Check that every configuration that is asked for is there."""
    for module in modules:
        for provider in module.providers.values():
            check_block(config, module, provider)
        for resource in _resources_of(module):
            if "provider" in resource.body.attributes:
                check_reference(config, resource.body.attributes["provider"].value, "provider")
    for block in config.root.others:
        if block.type == "import" and "provider" in block.body.attributes:
            _import(config, block.body.attributes["provider"])
    if config.root.calls or any(resource.alias for resource in _resources_of(config.root)):
        _instances(config)


def _resources_of(module: Module) -> Iterator[Resource]:
    """Yield all resources, with the data sources of checks."""
    yield from module.all_resources()
    if any(block.type == "check" for block in module.others):
        for _, resource in scoped_data(module).values():
            yield resource


def _instances(config: Configuration) -> None:
    """Follow the calls of modules, with the configurations that they pass on."""
    pending = [_Instance(config.root, frozenset(), False)]
    done: set[tuple[str, frozenset[tuple[str, str]], bool]] = set()
    for instance in pending:  # grows as it is read
        _resources(config, instance)
        for call in instance.module.calls.values():
            if call.module is None:
                continue
            inner = _entered(config, instance, call, call.module)
            mark = (inner.module.folder, inner.passed, inner.fixed)
            if mark not in done and len(pending) < _MOST_CALLS:
                done.add(mark)
                pending.append(inner)


def _import(config: Configuration, attribute: Attribute) -> None:
    """Check the provider of an import."""
    named = check_reference(config, attribute.value, "provider")
    if named is not None and named.alias and tuple(named) not in config.root.providers:
        message = f"there is no configuration `{named}`"
        hint = f'write provider "{named.name}" {{ alias = "{named.alias}" }}'
        config.fault("provider-alias", attribute.value.at, message, hint)


def _resources(config: Configuration, instance: _Instance) -> None:
    module = instance.module
    there = instance.passed | {(source_of(module, name), alias) for name, alias in module.providers}
    for resource in _resources_of(module):
        if resource.alias and (source_of(module, resource.provider), resource.alias) not in there:
            _resource(config, module, resource)


def _resource(config: Configuration, module: Module, resource: Resource) -> None:
    named = Named(resource.provider, resource.alias)
    at = resource.body.attributes["provider"].value.at
    names = [f"{name}.{alias}" for name, alias in module.providers if alias]
    message = f"there is no configuration `{named}` for `{resource.address}`"
    hint = config.near(str(named), names)
    if not hint and module is not config.root:
        hint = "aliases are not inherited: pass it in `providers` of the module block"
    hint = hint or f'write provider "{named.name}" {{ alias = "{named.alias}" }}'
    config.fault("provider-alias", at, message, hint)


def _entered(
    config: Configuration, outer: _Instance, call: ModuleCall, module: Module
) -> _Instance:
    """Check what a call passes on, and return the module as it is entered."""
    passed = _passed(config, outer, call, module)
    fixed = outer.fixed or any(name in call.body.attributes for name in _REPEATING)
    configured = {
        (name, alias)
        for (name, alias), provider in module.providers.items()
        if provider.body.blocks or provider.body.attributes.keys() - {"alias"}
    }
    if configured and fixed:
        message = f"`{call.name}` configures providers itself, so it can have no " + ", ".join(
            _REPEATING
        )
        hint = "configure providers in the root module and pass them in"
        config.fault("module-providers", call.at, message, hint)
    for name, alias in sorted(configured & passed):
        message = f"`{call.name}` configures `{Named(name, alias)}` itself"
        config.fault("module-providers", call.at, message, "do not pass it in")
    for requirement in module.requirements.values():
        for alias in requirement.aliases:
            place = (requirement.name, alias)
            if place not in passed and place not in configured:
                message = f"`{call.name}` needs the configuration `{Named(*place)}`"
                hint = f"add providers = {{ {Named(*place)} = ... }}"
                config.fault("module-providers", call.at, message, hint)
    sources = frozenset((source_of(module, name), alias) for name, alias in passed)
    return _Instance(module, sources, fixed)


def _declared_source(module: Module, name: str) -> str:
    """Return the source of a local name; one that is not declared is always HashiCorp's."""
    return source_of(module, name) if name in module.requirements else f"hashicorp/{name}"


def _passed(
    config: Configuration, outer: _Instance, call: ModuleCall, module: Module
) -> set[tuple[str, str]]:
    """Check the argument `providers`; return the names that the module gets."""
    attribute = call.body.attributes.get("providers")
    if attribute is None:
        return set()
    node = attribute.value
    if not isinstance(node, Object):
        message = "`providers` must be a map, written out"
        config.fault("provider-reference", node.at, message, "write { aws = aws.west }")
        return set()
    found: set[tuple[str, str]] = set()
    for key, value in node.items:
        theirs = check_reference(config, key, "providers")
        mine = check_reference(config, value, "providers")
        if theirs is None or mine is None:
            continue
        if theirs in found:
            message = f"`{theirs}` is passed on twice"
            config.fault("module-providers", key.at, message)
        found.add((theirs.name, theirs.alias))
        _fits(config, outer, (theirs, mine), module, value.at)
    return found


def _fits(
    config: Configuration,
    outer: _Instance,
    pair: tuple[Named, Named],
    module: Module,
    at: int,
) -> None:
    """Check that what is passed on exists, and is of the same provider."""
    theirs, mine = pair
    here = outer.module
    wanted, given = _declared_source(module, theirs.name), _declared_source(here, mine.name)
    if str(theirs) in here.requirements:  # the real tool looks there by the module's name for it
        given = source_of(here, str(theirs))
    if wanted != given:
        message = f"`{mine}` is {given}, but the module's `{theirs}` is {wanted}"
        config.fault("module-providers", at, message)
        return
    source = source_of(module, theirs.name)
    own = {(source_of(here, name), alias) for name, alias in here.providers}
    if not mine.alias and here is config.root:
        own |= {(source_of(here, name), "") for name in here.requirements}
    if (source, mine.alias) not in own and (source, mine.alias) not in outer.passed:
        message = f"there is no configuration `{mine}` to pass on"
        hint = f'write provider "{mine.name}" {{ ... }}'
        config.fault("provider-alias", at, message, hint)
