"""Requirements about modules, variables and outputs: where they are and what they are used for."""

from __future__ import annotations

import posixpath
from typing import Any

from envs.terraform.requirements.aws_buckets import BUCKET, ages, expiring
from envs.terraform.requirements.kinds import OWN, arn_text, same, shown, the, world
from iac_gym.check import Findings, requirement
from iac_gym.formats.hcl.nodes import Node
from iac_gym.languages.terraform.known import text_of
from iac_gym.languages.terraform.model import Configuration, Module, ModuleCall, Resource
from iac_gym.languages.terraform.references import references
from iac_gym.languages.terraform.resolved import Instance, Resolved, Scope, View
from iac_gym.languages.terraform.types import type_name
from iac_gym.languages.terraform.values import Value
from iac_gym.verdict import Finding


def _folder(config: Configuration, folder: str) -> Module | None:
    world(config)  # reads the types of variables
    wanted = posixpath.normpath(posixpath.join(config.root.folder, folder))
    return config.modules.get(wanted)


def _scope_of(config: Configuration, thing: Instance) -> Scope | None:
    for scope in world(config).scopes():
        if scope.path == thing.module:
            return scope
    return None


def _uses(module: Module, name: str) -> bool:
    """Whether a resource or a call of a module depends on a variable, also through locals."""
    things: list[Resource | ModuleCall] = [*module.all_resources(), *module.calls.values()]
    pending = [one.body for one in things]
    nodes = [one.count.value for one in things if one.count]
    nodes += [one.for_each.value for one in things if one.for_each]
    for body in pending:  # grows as it is read
        nodes += [attribute.value for attribute in body.attributes.values()]
        pending += [block.body for block in body.blocks]
    return any(depends_on(module, node, name) for node in nodes)


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
    "a variable `{name}` of the type {type} in the module {folder}, which its resources use",
    "the module {folder} takes an input `{name}`, a {type}, for its resources",
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
    if not _uses(module, name):
        yield config.finding(found.at, f"no resource in {folder} uses `{name}`")


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
    """The bucket gets another name where the variable has another value."""
    thing = the(config, BUCKET, of)
    if isinstance(thing, Finding):
        yield thing
    elif variable not in config.root.variables:
        yield config.finding(thing.where("bucket"), f"there is no variable `{variable}`")
    elif not any(_OTHER_NAME in text_of(one.get("bucket")) for one in _supposing(
        config, thing, variable, _OTHER_NAME
    )):  # fmt: skip
        yield config.finding(thing.where("bucket"), f"the name does not come from `{variable}`")


#: Values that variables are given to see what depends on them.
_OTHER_NAME, _OTHER_DAYS = "another-name-than-the-default", 31_337


def _supposing(
    config: Configuration, thing: Instance, variable: str, value: Value
) -> list[Instance]:
    """Return the instances of a resource as they would be with another value of a variable."""
    place = (variable, value)
    kept = world(config).kept
    if place not in kept:
        kept[place] = Resolved(config, {variable: value})
    supposed: Resolved = kept[place]
    own = (thing.module, thing.resource.address)
    return [
        one
        for one in supposed.instances(thing.resource.type)
        if (one.module, one.resource.address) == own
    ]


@requirement(
    "objects in `{of}` deleted after as many days as the variable `{variable}` says",
    "the age in days at which objects in `{of}` are deleted taken from the variable `{variable}`",
)
def bucket_expires_by(config: Configuration, of: str, variable: str) -> Findings:
    """The objects expire at another age where the variable has another value."""
    thing = the(config, BUCKET, of)
    if isinstance(thing, Finding):
        yield thing
        return
    found = [
        age
        for one in expiring(config, thing)
        for other in _supposing(config, one, variable, _OTHER_DAYS)
        for age in ages(other)
    ]
    right = any(whole and same(days, _OTHER_DAYS) for days, whole in found)
    if variable not in config.root.variables or not right:
        yield config.finding(thing.at, f"the objects of `{of}` do not expire by `{variable}`")


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
    "the ARN of `{of}` given out as the output `{name}`, in {file}",
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
        if arn_text(value, thing, BUCKET) != OWN:
            yield config.finding(declared.at, f"`{name}` is not the ARN of `{of}`")


@requirement(
    "a map output `{name}` of bucket ARNs, with that of `{prefix}-KEY` under KEY (keys: {keys})",
    "the ARNs of the buckets `{prefix}-KEY` given out as the map `{name}`, by KEY: {keys}",
)
def arn_map(config: Configuration, name: str, keys: Any, prefix: str) -> Findings:
    """An output that is a map from each key to the ARN of its bucket."""
    declared = config.root.outputs.get(name)
    if declared is None:
        yield config.finding(0, f"there is no output `{name}`")
        return
    value = world(config).outputs().get(name)
    if not isinstance(value, dict) or set(value) != set(keys):
        yield config.finding(declared.at, f"`{name}` is no map with just those keys")
        return
    for key in keys:
        bucket = the(config, BUCKET, f"{prefix}-{key}")
        if isinstance(bucket, Finding):
            yield bucket
        elif arn_text(value[key], bucket, BUCKET) != OWN:
            yield config.finding(declared.at, f"`{name}` has another value under `{key}`")


@requirement(
    "the buckets `{prefix}-KEY` declared by one resource with for_each (KEY: {keys})",
    "one resource with for_each for the buckets `{prefix}-KEY`, where KEY is: {keys}",
)
def one_for_each(config: Configuration, keys: Any, prefix: str) -> Findings:
    """All buckets are instances of one resource that has `for_each`, in the same module."""
    found = [the(config, BUCKET, f"{prefix}-{key}") for key in keys]
    missing = [one for one in found if isinstance(one, Finding)]
    made = [one for one in found if isinstance(one, Instance)]
    yield from missing[:1]
    if missing:
        return
    resources = {(one.module, one.resource.address) for one in made}
    if len(resources) > 1 or any(one.resource.for_each is None for one in made):
        yield config.finding(made[0].at, "the buckets are not made by one resource with for_each")
