"""Calls of modules: sources, versions, inputs.

Source: https://developer.hashicorp.com/terraform/language/modules/syntax, .../modules/sources and
what `terraform init` and `terraform validate` 1.11.4 say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from iac_gym.formats.hcl.nodes import Attribute, Literal
from iac_gym.languages.terraform.access import EvalError
from iac_gym.languages.terraform.body_values import Values
from iac_gym.languages.terraform.decode import nested
from iac_gym.languages.terraform.evaluate import evaluate
from iac_gym.languages.terraform.forms import Fault
from iac_gym.languages.terraform.model import Configuration, Module, ModuleCall
from iac_gym.languages.terraform.repetition import check_count, check_for_each
from iac_gym.languages.terraform.scope import ValidateScope
from iac_gym.languages.terraform.structure import constant
from iac_gym.languages.terraform.types import ConversionError, convert
from iac_gym.languages.terraform.uses import CALL_META
from iac_gym.languages.terraform.values import ANYTHING, STRING, Value
from iac_gym.languages.terraform.versions import BadConstraint, read_constraints

_PART = r"[0-9A-Za-z](?:[0-9A-Za-z_-]{0,62}[0-9A-Za-z])?"
#: A module of a registry: an optional host, a namespace, a name, a target system, a folder in it.
_REGISTRY = re.compile(
    rf"(?:[0-9A-Za-z.-]+\.[0-9A-Za-z.-]+(?::\d+)?/)?{_PART}/{_PART}/[0-9a-z]{{1,64}}(?://.*)?"
)
#: Sources that are fetched by other means.
_FETCHED = re.compile(
    r"(?:[a-z0-9]+::|[a-z][a-z0-9+.-]*://|git@|github\.com/|bitbucket\.org/|gitlab\.com/|/"
    r"|[\w-]+(?:\.[\w-]+)*\.amazonaws\.com/|www\.googleapis\.com/|[\w.-]+@[\w.-]+:)"
)
_LOCAL = ("./", "../", ".\\", "..\\")
#: The values of inputs that are given or have a default.
Inputs = dict[str, Value]


def check_call(
    config: Configuration, module: Module, call: ModuleCall, scope: ValidateScope
) -> Inputs | None:
    """Check a call; return the values of its inputs, None where the module is not known."""
    attributes = call.body.attributes
    if "source" in attributes:
        _source(config, call, attributes["source"])
    if "version" in attributes:
        check_version(config, attributes["version"])
    if call.count is not None or call.for_each is not None:
        _repetition(config, module, call, scope)
    return _inputs(config, call, scope)


def _source(config: Configuration, call: ModuleCall, attribute: Attribute) -> None:
    node = attribute.value
    if not isinstance(node, Literal) or not isinstance(node.value, str):
        _no_text(config, attribute)
        return
    source = node.value
    if source.startswith(_LOCAL):
        _local(config, call, attribute)
        return
    versioned = "version" in call.body.attributes
    if _REGISTRY.fullmatch(source) or (not versioned and _FETCHED.match(source)):
        message = f"the module `{source[:80]}` is not part of the answer, so it was not judged"
        config.notes.append(config.finding(attribute.at, message))
        return
    message = f"`{source[:80]}` is no module source"
    hint = f"a folder begins with ./ as in ./{source[:60]}" if source else "write ./folder"
    config.fault("module-source", attribute.at, message, hint)


def _no_text(config: Configuration, attribute: Attribute) -> None:
    try:
        value = constant(attribute.value)
    except EvalError as error:
        config.fault("expression", error.at, error.message, error.hint)
        return
    try:
        if value is not None and isinstance(convert(value, STRING), str):
            return
    except ConversionError:
        pass
    config.fault("module-source", attribute.at, "the source of a module must be a text")


def _local(config: Configuration, call: ModuleCall, attribute: Attribute) -> None:
    if "version" in call.body.attributes:
        message = "a module of this configuration has no version"
        config.fault("module-source", attribute.at, message, "leave `version` out")
    if "\\" in call.source:
        return  # read as a path on one system, and not on another
    if call.module is None:
        folders = (f"./{folder}" for folder in config.modules if folder)
        hint = config.near(call.source, folders)
        message = f"there is no module in the folder `{call.source[:80]}`"
        config.fault("module-source", attribute.at, message, hint)


def circular_modules(modules: Sequence[Module]) -> frozenset[str]:
    """Return the folders of modules that call themselves, or one that does."""
    waiting: dict[str, list[str]] = {}
    missing: dict[str, int] = {}
    ready: list[str] = []
    for module in modules:
        called = {call.module.folder for call in module.calls.values() if call.module is not None}
        missing[module.folder] = len(called)
        if not called:
            ready.append(module.folder)
        for folder in called:
            waiting.setdefault(folder, []).append(module.folder)
    for folder in ready:  # grows as it is read
        del missing[folder]
        for caller in waiting.get(folder, ()):
            missing[caller] -= 1
            if not missing[caller]:
                ready.append(caller)
    return frozenset(missing)


def check_circles(
    config: Configuration, module: Module, call: ModuleCall, circular: frozenset[str]
) -> None:
    """Check that a module does not call itself, directly or through others."""
    called = call.module
    if called is not None and module.folder in circular and called.folder in circular:
        at = call.body.attributes["source"].at
        config.fault("module-source", at, f"the module `{call.source[:80]}` calls itself")


def check_version(config: Configuration, attribute: Attribute) -> str | None:
    """Check a version constraint; return it where it is one."""
    node = attribute.value
    try:
        value = convert(constant(node), STRING)
    except EvalError as error:
        config.fault("expression", error.at, error.message, error.hint)
        return None
    except ConversionError:
        message = f"`{attribute.name}` must be a text"
        config.fault("version-constraint", node.at, message, 'write ">= 1.0"')
        return None
    if not isinstance(value, str):
        return None
    try:
        read_constraints(value)
    except BadConstraint as error:
        config.fault("version-constraint", node.at, str(error), 'write "~> 1.2" or ">= 1.0, < 2.0"')
        return None
    return value


def _repetition(
    config: Configuration, module: Module, call: ModuleCall, scope: ValidateScope
) -> None:
    values = Values(module, scope)
    if call.count is not None:
        check_count(values, call.count)
    if call.for_each is not None:
        check_for_each(values, call.for_each)
        if call.count is not None:
            message = "`count` and `for_each` exclude each other"
            values.faults.append(Fault("repetition", call.for_each.at, message))
    for fault in values.faults:
        config.fault(*fault)


def given_inputs(call: ModuleCall) -> dict[str, Attribute]:
    """Return the arguments of a call that set variables."""
    given = {
        name: attribute
        for name, attribute in call.body.attributes.items()
        if name not in CALL_META and not (call.body.json and name in ("//", "_"))
    }
    if call.body.blocks or call.body.json:
        for block in nested(call.body, "_"):
            given.update(block.body.attributes)
    return given


def _inputs(config: Configuration, call: ModuleCall, scope: ValidateScope) -> Inputs | None:
    given = given_inputs(call)
    values: Inputs = {}
    for name, attribute in given.items():
        try:
            values[name] = evaluate(attribute.value, scope)
        except EvalError as error:
            config.fault("expression", error.at, error.message, error.hint)
            values[name] = ANYTHING
    module = call.module
    if module is None:
        return None
    for name, attribute in given.items():
        if name not in module.variables:
            hint = config.near(name, module.variables)
            message = f"the module `{call.name}` has no variable `{name[:80]}`"
            config.fault("module-inputs", attribute.at, message, hint)
        else:
            values[name] = _converted(config, module, attribute, values[name])
    for name, variable in module.variables.items():
        if name not in given and variable.default is None:
            message = f"the module `{call.name}` needs a value for its variable `{name[:80]}`"
            config.fault("module-inputs", call.at, message)
    return values


def _converted(config: Configuration, module: Module, attribute: Attribute, value: Value) -> Value:
    variable = module.variables[attribute.name]
    if value is None:
        if variable.nullable or variable.default is not None:
            return None if variable.nullable else ANYTHING
        message = f"the variable `{variable.name}` must not be null"
        config.fault("module-inputs", attribute.at, message)
        return ANYTHING
    try:
        return convert(value, variable.type, variable.defaults)
    except ConversionError as error:
        message = f"this value does not fit the variable `{variable.name}`: {error}"
        config.fault("module-inputs", attribute.at, message)
        return ANYTHING
