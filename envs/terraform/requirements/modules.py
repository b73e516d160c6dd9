"""Requirements about modules, variables and outputs: where they are and what they are used for."""

from __future__ import annotations

import posixpath
from typing import Any

from envs.terraform.requirements.aws_buckets import BUCKET
from envs.terraform.requirements.kinds import same, shown, the, world
from iac_gym.check import Findings, requirement
from iac_gym.formats.hcl.nodes import Node
from iac_gym.languages.terraform.model import Configuration, Module
from iac_gym.languages.terraform.references import references
from iac_gym.languages.terraform.resolved import Instance, Scope, View
from iac_gym.languages.terraform.types import type_name
from iac_gym.languages.terraform.values import Unknown, Value
from iac_gym.verdict import Finding


def _folder(config: Configuration, folder: str) -> Module | None:
    wanted = posixpath.normpath(posixpath.join(config.root.folder, folder))
    return config.modules.get(wanted)


def _scope_of(config: Configuration, thing: Instance) -> Scope | None:
    for scope in world(config).scopes():
        if scope.path == thing.module:
            return scope
    return None


def _used(nodes: list[Node], root: str, name: str) -> bool:
    return any(
        one.root == root and one.steps[:1] == (name,) for node in nodes for one in references(node)
    )


@requirement(
    "the bucket `{of}` created by a module in the folder {folder}",
    "a local module {folder} that makes the bucket `{of}`",
)
def bucket_by_module(config: Configuration, of: str, folder: str) -> Findings:
    """The bucket is a resource of that module, called from the root."""
    thing = the(config, BUCKET, of)
    if isinstance(thing, Finding):
        yield thing
        return
    scope = _scope_of(config, thing)
    if scope is None or scope.module is not _folder(config, folder):
        yield config.finding(thing.at, f"`{of}` is not made by the module in {folder}")


@requirement(
    "a variable `{name}` of the type {type} in the module {folder}",
    "the module {folder} takes an input `{name}`, a {type}",
)
def module_variable(config: Configuration, folder: str, name: str, type: str) -> Findings:
    """A variable of the module, with its type, that the module uses."""
    module = _folder(config, folder)
    found = module.variables.get(name) if module else None
    if module is None or found is None:
        yield config.finding(0, f"the module {folder} has no variable `{name}`")
        return
    if type_name(found.type) != type:
        yield config.finding(found.at, f"the type of `{name}` is {type_name(found.type)}")
    nodes = [a.value for one in module.all_resources() for a in one.body.attributes.values()]
    nodes += [attribute.value for attribute in module.locals.values()]
    if not _used(nodes, "var", name) and not _deep(module, name):
        yield config.finding(found.at, f"nothing in {folder} uses `{name}`")


def _deep(module: Module, name: str) -> bool:
    """Whether a nested block of a resource uses a variable."""
    pending = [block for one in module.all_resources() for block in one.body.blocks]
    for block in pending:  # grows as it is read
        if _used([a.value for a in block.body.attributes.values()], "var", name):
            return True
        pending += block.body.blocks
    return False


@requirement(
    "an output `{name}` of the module {folder} with the ARN of its bucket",
    "the module {folder} gives out the ARN of its bucket as `{name}`",
)
def module_arn_output(config: Configuration, folder: str, name: str) -> Findings:
    """An output of the module that is the `arn` of a bucket of the same module."""
    module = _folder(config, folder)
    found = module.outputs.get(name) if module else None
    if module is None or found is None:
        yield config.finding(0, f"the module {folder} has no output `{name}`")
        return
    scopes = [scope for scope in world(config).scopes() if scope.module is module]
    for scope in scopes:
        value = scope.outputs().get(name)
        buckets = [
            one
            for (kind, _), resource in module.resources.items()
            if kind == "aws_s3_bucket"
            for one in scope.instances(resource)
        ]
        if not any(one.is_source_of(value, "arn") for one in buckets):
            yield config.finding(found.at, f"`{name}` is not the ARN of the module's bucket")
            return
    if not scopes:
        yield config.finding(found.at, f"nothing calls the module {folder}")


def _variable(config: Configuration, name: str) -> Finding | View:
    found = config.root.variables.get(name)
    if found is None:
        return config.finding(0, f"there is no variable `{name}`")
    return View(found.body, world(config).root, {}, found.at)


@requirement(
    "an input variable `{name}` ({type}, default {default}) declared in {file}",
    "{file} with a variable `{name}` of the type {type} that defaults to {default}",
)
def variable_in(config: Configuration, file: str, name: str, type: str, default: Any) -> Findings:
    """A variable of the root module: its file, its type and its default."""
    found = _variable(config, name)
    if isinstance(found, Finding):
        yield found
        return
    declared = config.root.variables[name]
    if config.file(declared.at).path != file:
        yield config.finding(declared.at, f"`{name}` is declared in another file than {file}")
    if type_name(declared.type) != type:
        yield config.finding(declared.at, f"the type of `{name}` is {type_name(declared.type)}")
    if not same(found.get("default"), default):
        at = found.where("default")
        yield config.finding(at, f"the default of `{name}` is {shown(found.get('default'))}")


@requirement(
    "the name of the bucket `{of}` taken from the variable `{variable}`",
    "the bucket `{of}` named by the variable `{variable}`",
)
def bucket_named_by(config: Configuration, of: str, variable: str) -> Findings:
    """The name of the bucket depends on the variable, directly or through locals."""
    thing = the(config, BUCKET, of)
    if isinstance(thing, Finding):
        yield thing
    elif not depends_on(config.root, thing.body.attributes["bucket"].value, variable):
        yield config.finding(thing.where("bucket"), f"the name does not come from `{variable}`")


def depends_on(module: Module, node: Node, variable: str) -> bool:
    """Whether an expression refers to a variable, directly or through locals."""
    pending, seen = [node], set[str]()
    for one in pending:  # grows as it is read
        for reference in references(one):
            name = reference.steps[0] if reference.steps else ""
            if reference.root == "var" and name == variable:
                return True
            if reference.root == "local" and str(name) in module.locals and str(name) not in seen:
                seen.add(str(name))
                pending.append(module.locals[str(name)].value)
    return False


@requirement(
    "an output `{name}` in {file} with the ARN of the bucket `{of}`",
    "the ARN of `{of}` given out as `{name}`, in {file}",
)
def bucket_arn_in(config: Configuration, of: str, name: str, file: str) -> Findings:
    """An output of the root module, in that file, that is the bucket's ARN."""
    thing = the(config, BUCKET, of)
    declared = config.root.outputs.get(name)
    if isinstance(thing, Finding):
        yield thing
    elif declared is None:
        yield config.finding(thing.at, f"there is no output `{name}`")
    else:
        value = world(config).outputs().get(name)
        if config.file(declared.at).path != file:
            yield config.finding(declared.at, f"`{name}` is in another file than {file}")
        if not thing.is_source_of(value, "arn"):
            yield config.finding(declared.at, f"`{name}` is not the ARN of `{of}`")


@requirement(
    "a map output `{name}` of the bucket ARNs, with the keys {keys}",
    "the ARNs of the buckets given out as the map `{name}` under the keys {keys}",
)
def arn_map(config: Configuration, name: str, keys: Any) -> Findings:
    """An output that is a map from the keys to ARNs of buckets."""
    declared = config.root.outputs.get(name)
    if declared is None:
        yield config.finding(0, f"there is no output `{name}`")
        return
    value = world(config).outputs().get(name)
    if not isinstance(value, dict) or set(value) != set(keys):
        yield config.finding(declared.at, f"`{name}` is no map with just those keys")
    elif not all(_is_bucket_arn(config, one) for one in value.values()):
        yield config.finding(declared.at, f"a value of `{name}` is not the ARN of a bucket")


def _is_bucket_arn(config: Configuration, value: Value) -> bool:
    return isinstance(value, Unknown) and any(
        one.is_source_of(value, "arn") for one in world(config).instances("aws_s3_bucket")
    )
