"""`depends_on`, `replace_triggered_by`, and references of destroy-time provisioners.

They take references, not expressions: their forms are checked here.

Source: https://developer.hashicorp.com/terraform/language/meta-arguments/depends_on and the pages
on `lifecycle` and provisioners, and what `terraform validate` 1.11.4 says.
"""

from __future__ import annotations

from iac_gym.formats.hcl.nodes import Block, Literal, Node, Traversal, Tuple
from iac_gym.languages.terraform.cycles import reference_of
from iac_gym.languages.terraform.decode import nested, text_of
from iac_gym.languages.terraform.expression_references import NOTHING, PROVIDER_FUNCTION, references
from iac_gym.languages.terraform.model import Configuration, Resource
from iac_gym.languages.terraform.references import Checker
from iac_gym.languages.terraform.traversals import dotted
from iac_gym.languages.terraform.uses import PROVISIONER_META, Found, in_body

#: How many steps belong to the object itself, by the root of the reference.
_STEPS = {
    "var": 1, "local": 1, "path": 1, "terraform": 1, "each": 1, "count": 1, "self": 0, "module": 1,
    "data": 2, "resource": 2, "ephemeral": 2,
}  # fmt: skip
_INDEXED = frozenset(("module", "data", "resource", "ephemeral"))
#: What a destroy-time provisioner may refer to: all of it, or one attribute.
_AT_DESTROY = frozenset(("self", "path", "terraform"))
_ONE_AT_DESTROY = {"count": ("index",), "each": ("key",)}


def check_depends_on(config: Configuration, checker: Checker, node: Node) -> None:
    """Check the value of a `depends_on`: a list of whole objects."""
    if not isinstance(node, Tuple):
        message = "`depends_on` must be a list of references, written out"
        config.fault("depends-on", node.at, message, "write depends_on = [type.name]")
        return
    for item in node.items:
        ref = reference_of(item)
        if ref is None:
            message = "`depends_on` lists references only: no expressions, calls or splats"
            config.fault("depends-on", item.at, message, "write [type.name]")
        elif _has_rest(ref):
            message = f"`{dotted(ref.root, ref.steps)}` goes on after the name of the object"
            config.fault("depends-on", item.at, message, "name the whole resource or module")
        else:
            checker.check(ref)


def _has_rest(ref: Traversal) -> bool:
    """Whether a reference goes into an object."""
    root, steps = ref.root, ref.steps
    own = _STEPS.get(root, 1)
    rest = steps[own:]
    if rest and rest[0].__class__ is not str and (root in _INDEXED or root not in _STEPS):
        rest = rest[1:]
    if root == "module" and rest and rest[0].__class__ is str:
        rest = rest[1:]
    return bool(rest)


def check_meta(config: Configuration, resource: Resource) -> None:
    """Check what a resource's lifecycle, provisioners and connections refer to."""
    destroyed = False
    for block in resource.meta:
        if block.type == "lifecycle":
            _lifecycle(config, resource, block)
        elif block.type == "provisioner" and _at_destroy(block):
            destroyed = True
            check_destroy(config, block)
    if destroyed:
        for block in resource.meta:
            if block.type == "connection":
                check_destroy(config, block)


def _lifecycle(config: Configuration, resource: Resource, block: Block) -> None:
    attribute = block.body.attributes.get("replace_triggered_by")
    if attribute is not None:
        _triggers(config, attribute.value)
    for kind in ("precondition", "postcondition"):
        for inner in nested(block.body, kind):
            check_condition(config, inner)
            _not_itself(config, resource, inner)


def check_condition(config: Configuration, block: Block) -> None:
    """Check that a condition refers to anything at all."""
    attribute = block.body.attributes.get("condition")
    if attribute is None:
        return
    if all(ref.root.startswith(PROVIDER_FUNCTION) for ref in references(attribute.value)):
        message = "the condition refers to nothing, so it is always the same"
        config.fault("condition-reference", attribute.at, message, "refer to what is to be checked")


def _not_itself(config: Configuration, resource: Resource, block: Block) -> None:
    """Check that a condition does not name its own resource."""
    for attribute in block.body.attributes.values():
        for ref in references(attribute.value):
            if _names(ref, resource):
                message = f"a condition of `{resource.address}` cannot refer to it by name"
                config.fault("condition-reference", ref.at, message, "use self in a postcondition")
                break


def _names(ref: Traversal, resource: Resource) -> bool:
    steps = ref.steps
    mode = ref.root if ref.root in ("data", "resource", "ephemeral") else "resource"
    path = steps if ref.root == mode else (ref.root, *steps)
    return mode == resource.mode and path[:2] == (resource.type, resource.name)


def _triggers(config: Configuration, node: Node) -> None:
    """Check `replace_triggered_by`: each item refers to one resource."""
    if not isinstance(node, Tuple):
        message = "`replace_triggered_by` must be a list of references"
        config.fault("replacement-trigger", node.at, message, "write [type.name]")
        return
    for item in node.items:
        _trigger(config, item)


def _trigger(config: Configuration, item: Node) -> None:
    own = reference_of(item)
    refs = [own] if own is not None and isinstance(item, Literal) else references(item)
    resources = 0
    problem = ""
    for ref in refs:
        if ref.root in ("each", "count"):
            if ref.steps[:1] != (("key",) if ref.root == "each" else ("index",)):
                problem = "only each.key and count.index may be used here"
        elif ref.root in _STEPS and ref.root not in ("data", "resource", "ephemeral"):
            problem = f"`{dotted(ref.root, ref.steps)}` is no resource"
        elif not ref.steps:
            message = f"`{ref.root[:80]}` is no reference"
            config.fault("invalid-reference", ref.at, message, "name a resource: type.name")
            return
        else:
            resources += 1
    if not problem and resources != 1:
        problem = f"each item must refer to one resource, not {resources}"
    if problem:
        config.fault("replacement-trigger", item.at, problem)


def _at_destroy(block: Block) -> bool:
    given = block.body.attributes.get("when")
    return given is not None and text_of(given.value) == "destroy"


def check_destroy(config: Configuration, block: Block) -> None:
    """Check that a destroy-time provisioner or connection refers to its own resource only."""
    found = Found()
    in_body(block.body, found, NOTHING, PROVISIONER_META)
    for ref in found.references:
        allowed = ref.root in _AT_DESTROY or (
            ref.root in _ONE_AT_DESTROY and ref.steps == _ONE_AT_DESTROY[ref.root]
        )
        if not allowed:
            message = f"`{dotted(ref.root, ref.steps)}` may be gone when this runs"
            hint = "at destroy, only self, count.index, each.key and path are there"
            config.fault("provisioner-reference", ref.at, message, hint)
