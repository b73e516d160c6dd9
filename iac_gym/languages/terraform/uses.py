"""Where a configuration refers to what: the references of every expression, found in one pass.

A `Site` is a group of references with the same surroundings: which of `each`, `count` and `self`
are there, and on whose behalf the expression is worked out (for the order of evaluation).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from iac_gym.formats.hcl import json_blocks
from iac_gym.formats.hcl.nodes import (
    Attribute,
    Block,
    Body,
    Literal,
    Node,
    Object,
    Traversal,
    Tuple,
)
from iac_gym.languages.terraform.decode import nested
from iac_gym.languages.terraform.expression_references import (
    COLLECT,
    NOTHING,
    Bound,
    collect,
    references,
)
from iac_gym.languages.terraform.model import (
    Configuration,
    Module,
    ModuleCall,
    Output,
    ProviderConfig,
    Resource,
    Variable,
)

#: What is worked out, in its module: ("resource", type, name), ("local", name), ...
Owner = tuple[str, ...]

#: Arguments of blocks that are read apart from the others.
RESOURCE_META = frozenset(("count", "for_each", "depends_on", "provider"))
RESOURCE_META_BLOCKS = frozenset(("lifecycle", "provisioner", "connection"))
CALL_META = RESOURCE_META | {"source", "version", "providers"}
PROVIDER_META = frozenset(("alias", "version"))
PROVISIONER_META = frozenset(("when", "on_failure"))


class Place(NamedTuple):
    """What an expression may use beside the names of its module."""

    each: bool = False
    counted: bool = False
    own: Resource | None = None
    check: str = ""


ANYWHERE = Place()
#: Arguments of a module call: while validating, `each` and `count` are there in any case.
CALL = Place(each=True, counted=True)


class Dynamic(NamedTuple):
    """A dynamic block: what its content refers to is looked at only where there is an item."""

    iterator: str
    for_each: Node
    references: list[Traversal]
    inner: list[Dynamic]


class Site(NamedTuple):
    """References with the same surroundings."""

    owner: Owner
    place: Place
    references: list[Traversal]
    #: Whether the references are checked (all of them say what the owner depends on).
    checked: bool = True
    dynamics: Sequence[Dynamic] = ()

    def all_references(self) -> list[Traversal]:
        """Return the references, with those in dynamic blocks."""
        if not self.dynamics:
            return self.references
        found = list(self.references)
        pending = list(self.dynamics)
        for dynamic in pending:  # grows as it is read
            found += dynamic.references
            pending += dynamic.inner
        return found


# ---------------------------------------------------------------- bodies


class Found:
    """What was found in a body: its references, and its dynamic blocks."""

    __slots__ = ("dynamics", "references")

    def __init__(self) -> None:
        self.references: list[Traversal] = []
        self.dynamics: list[Dynamic] = []


def in_body(
    body: Body,
    found: Found,
    bound: Bound = NOTHING,
    arguments: frozenset[str] = NOTHING,
    blocks: frozenset[str] = NOTHING,
) -> None:
    """Add the references in a body, but for the `arguments` and `blocks` that are left out."""
    for name, attribute in body.attributes.items():
        value = attribute.value
        kind = value.__class__
        if kind is Literal or name in arguments:
            continue
        if kind is Traversal:
            if not bound or value.root not in bound:  # type: ignore[attr-defined]
                found.references.append(value)  # type: ignore[arg-type]
        elif not body.json or name not in blocks:
            _attribute(body, attribute, bound, found)
    for block in body.blocks:
        if block.type == "dynamic":
            _dynamic(block, bound, found)
        elif block.type not in blocks:
            in_body(block.body, found, bound)


def _attribute(body: Body, attribute: Attribute, bound: Bound, found: Found) -> None:
    if body.json and attribute.name == "dynamic":
        for block in json_blocks(attribute.value, "dynamic", 1, []):
            _dynamic(block, bound, found)
    elif body.json:
        _json(attribute.value, bound, found)
    else:
        COLLECT[attribute.value.__class__](attribute.value, bound, found.references)


def _json(node: Node, bound: Bound, found: Found) -> None:
    """Collect from a value that may stand for blocks, with dynamic ones among them."""
    if isinstance(node, Object):
        for key, value in node.items:
            if isinstance(key, Literal) and key.value == "dynamic":
                for block in json_blocks(value, "dynamic", 1, []):
                    _dynamic(block, bound, found)
            else:
                collect(key, bound, found.references)
                _json(value, bound, found)
    elif isinstance(node, Tuple):
        for item in node.items:
            _json(item, bound, found)
    else:
        collect(node, bound, found.references)


def _dynamic(block: Block, bound: Bound, found: Found) -> None:
    attributes = block.body.attributes
    name = block.labels[0] if block.labels else ""
    given = attributes.get("iterator")
    if given is not None:
        if isinstance(given.value, Traversal):
            name = given.value.root
        elif isinstance(given.value, Literal):  # as JSON has it
            name = str(given.value.value)
    if "for_each" not in attributes:
        return
    for_each = attributes["for_each"].value
    collect(for_each, bound, found.references)
    inner = bound | {name}
    if "labels" in attributes:
        collect(attributes["labels"].value, inner, found.references)
    content = Found()
    for one in nested(block.body, "content"):
        in_body(one.body, content, inner)
    found.dynamics.append(Dynamic(name, for_each, content.references, content.dynamics))


# ---------------------------------------------------------------- modules


def reachable(config: Configuration) -> list[Module]:
    """List the root module and the modules that it calls, directly or not."""
    found = [config.root]
    seen = {config.root.folder}
    for module in found:  # grows as it is read
        for call in module.calls.values():
            if call.module is not None and call.module.folder not in seen:
                seen.add(call.module.folder)
                found.append(call.module)
    return found


def sites(module: Module) -> Iterator[Site]:
    """Yield the references of a module, by their surroundings.

    Not among them: `moved`, `import` and `removed` blocks, `depends_on`, and references between
    providers and resources.
    """
    for name, attribute in module.locals.items():
        if attribute.value.__class__ is not Literal:
            yield Site(("local", name), ANYWHERE, references(attribute.value))
    for resource in module.all_resources():
        yield from resource_sites(resource)
    for output in module.outputs.values():
        yield from _output_sites(output)
    for call in module.calls.values():
        yield from _call_sites(call)
    for provider in module.providers.values():
        yield from _provider_sites(provider)
    for variable in module.variables.values():
        yield from _variable_sites(variable)
    for block in module.others:
        if block.type == "check":
            yield from _check_sites(block)


def _variable_sites(variable: Variable) -> Iterator[Site]:
    if variable.body.blocks or variable.body.json:
        for block in nested(variable.body, "validation"):
            yield Site(("var", variable.name), ANYWHERE, _condition(block))


def _provider_sites(provider: ProviderConfig) -> Iterator[Site]:
    found = Found()
    in_body(provider.body, found, arguments=PROVIDER_META)
    if found.references or found.dynamics:
        owner = ("provider", provider.name, provider.alias)
        yield Site(owner, ANYWHERE, found.references, dynamics=found.dynamics)


def _output_sites(output: Output) -> Iterator[Site]:
    owner = ("output", output.name)
    if output.value is not None and output.value.value.__class__ is not Literal:
        yield Site(owner, ANYWHERE, references(output.value.value))
    if output.body.blocks or output.body.json:
        for block in nested(output.body, "precondition"):
            yield Site(owner, ANYWHERE, _condition(block))


def _check_sites(block: Block) -> Iterator[Site]:
    place = Place(check=block.labels[0])
    for inner in nested(block.body, "assert"):
        yield Site(("check",), place, _condition(inner))
    for data in nested(block.body, "data", 2):
        found = Found()
        in_body(data.body, found, NOTHING, RESOURCE_META)
        yield Site(("check",), ANYWHERE, found.references, dynamics=found.dynamics)


def _condition(block: Block) -> list[Traversal]:
    found: list[Traversal] = []
    for name in ("condition", "error_message"):
        if name in block.body.attributes:
            collect(block.body.attributes[name].value, NOTHING, found)
    return found


def resource_sites(resource: Resource) -> Iterator[Site]:
    """Yield the references of a resource."""
    owner = (resource.mode, resource.type, resource.name)
    place = ANYWHERE
    if resource.count is not None or resource.for_each is not None:
        repeated = [a.value for a in (resource.count, resource.for_each) if a is not None]
        outside = [found for node in repeated for found in references(node)]
        if outside:
            yield Site(owner, ANYWHERE, outside)
        place = Place(resource.for_each is not None and resource.count is None,
                      resource.count is not None)  # fmt: skip
    found = Found()
    in_body(resource.body, found, NOTHING, RESOURCE_META, RESOURCE_META_BLOCKS)
    if found.references or found.dynamics:
        yield Site(owner, place, found.references, dynamics=found.dynamics)
    if resource.meta:
        yield from _meta_sites(resource, owner, place)


def _meta_sites(resource: Resource, owner: Owner, place: Place) -> Iterator[Site]:
    inside = place._replace(own=resource)
    used = any(block.type == "provisioner" for block in resource.meta)
    for block in resource.meta:
        if block.type == "lifecycle":
            for inner in nested(block.body, "precondition"):
                yield Site(owner, place, _condition(inner))
            for inner in nested(block.body, "postcondition"):
                yield Site(owner, inside, _condition(inner))
            if "replace_triggered_by" in block.body.attributes:
                node = block.body.attributes["replace_triggered_by"].value
                yield Site(owner, place, references(node), checked=False)
        else:
            found = Found()
            in_body(block.body, found, NOTHING, PROVISIONER_META)
            yield Site(owner, inside, found.references, checked=used)


def _call_sites(call: ModuleCall) -> Iterator[Site]:
    for attribute in (call.count, call.for_each):
        if attribute is not None:
            yield Site(("call", call.name), ANYWHERE, references(attribute.value))
    for name, attribute in call.body.attributes.items():
        if name not in CALL_META and attribute.value.__class__ is not Literal:
            yield Site(("argument", call.name, name), CALL, references(attribute.value))
