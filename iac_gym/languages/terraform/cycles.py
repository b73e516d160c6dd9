"""The order of evaluation: what depends on itself can never be worked out.

Terraform makes a graph of everything that is declared, for each call of a module anew, and refuses
one with cycles. An output is apart from the others of its module; a module named as a whole stands
for everything in it. A resource may refer to itself here; a local value may not.

Source: https://developer.hashicorp.com/terraform/internals/graph and `terraform validate` 1.11.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from iac_gym.formats.hcl.nodes import Attribute, Literal, Node, Object, Traversal, Tuple
from iac_gym.languages.terraform.components import Vertex, acyclic, cycles
from iac_gym.languages.terraform.expression_references import references
from iac_gym.languages.terraform.model import (
    Configuration,
    Module,
    ModuleCall,
    Output,
    Resource,
    Variable,
)
from iac_gym.languages.terraform.provider_use import provider_reference
from iac_gym.languages.terraform.uses import Owner, Site

#: Most module instances that are followed, and most groups of references in all of them.
MOST_MODULES = 300
MOST_SITES = 5_000
#: How many members of a cycle a message lists.
_MOST_LISTED = 6
_MODES = frozenset(("data", "ephemeral", "resource"))
_NAMED = frozenset(("var", "local"))
#: Roots of references that depend on nothing, or on what is being worked out anyway.
_FREE = frozenset(("each", "count", "self", "path", "terraform"))


class _Instance:
    """A module as it is called from one place. `number` tells instances apart."""

    __slots__ = ("call", "calls", "free_variables", "module", "number", "parent", "path")

    def __init__(
        self, number: int, module: Module, parent: _Instance | None, call: ModuleCall | None
    ) -> None:
        self.number = number
        self.module = module
        self.parent = parent
        self.call = call
        self.calls: dict[str, _Instance] = {}
        self.path: tuple[str, ...] = ()
        #: Whether no variable depends on anything: those of the root, without validation.
        self.free_variables = parent is None and not any(
            variable.body.blocks or variable.body.json for variable in module.variables.values()
        )
        if parent is not None and call is not None:
            self.path = (*parent.path, call.name)
            parent.calls[call.name] = self


def _instances(config: Configuration) -> list[_Instance]:
    made = [_Instance(0, config.root, None, None)]
    for one in made:  # grows as it is read
        for call in one.module.calls.values():
            if call.module is not None and len(made) < MOST_MODULES and len(one.path) < 20:
                made.append(_Instance(len(made), call.module, one, call))
    return made


class _Graph:
    """What each vertex depends on."""

    def __init__(self) -> None:
        self.edges: dict[Vertex, list[Vertex]] = {}

    def vertex(self, vertex: Vertex) -> list[Vertex]:
        """Return what a vertex depends on, to be added to."""
        found = self.edges.get(vertex)
        if found is None:
            found = self.edges[vertex] = []
        return found

    def add(self, instance: _Instance, owner: Owner, refs: Iterable[Traversal]) -> None:
        """Add the dependencies of what is worked out in a module."""
        targets = _targets(instance, refs)
        if targets:
            vertex = (instance.number, owner)
            if vertex in targets:
                targets = [target for target in targets if target != vertex]
            self.vertex(vertex).extend(targets)


def _targets(instance: _Instance, refs: Iterable[Traversal]) -> list[Vertex]:
    """Return what references depend on, as far as that may depend on something itself."""
    number = instance.number
    found: list[Vertex] = []
    for ref in refs:
        root, steps = ref.root, ref.steps
        if root in _FREE or not steps or (root == "var" and instance.free_variables):
            continue
        if root == "module":
            target = _output(instance, ref)
            if target is not None:
                found.append(target)
        elif root in _NAMED:
            found.append((number, (root, steps[0])))  # type: ignore[arg-type]
        elif root not in _MODES:
            found.append((number, ("resource", root, steps[0])))  # type: ignore[arg-type]
        elif len(steps) > 1:
            found.append((number, (root, steps[0], steps[1])))  # type: ignore[arg-type]
    return found


def _output(instance: _Instance, ref: Traversal) -> Vertex | None:
    """Return the output that is named, or the module as a whole."""
    inner = instance.calls.get(str(ref.steps[0]))
    if inner is None:
        return None
    rest = ref.steps[1:]
    if rest and rest[0].__class__ is not str:
        rest = rest[1:]
    if rest and rest[0] in inner.module.outputs:
        return inner.number, ("output", str(rest[0]))
    return inner.number, ("all",)


def _fill(graph: _Graph, instance: _Instance, sites: Sequence[Site]) -> None:
    """Add everything that a module declares."""
    for site in sites:
        owner = site.owner
        kind = owner[0]
        if kind == "argument":
            inner = instance.calls.get(owner[1])
            if inner is not None:
                _argument(graph, instance, inner, owner[2], site.all_references())
        elif kind == "call":
            if owner[1] in instance.calls:
                graph.add(instance, owner, site.all_references())
        elif kind != "check":
            graph.add(instance, owner, site.all_references())
    for output in instance.module.outputs.values():
        given = output.body.attributes.get("depends_on")
        if given is not None:
            graph.add(instance, ("output", output.name), depended_on(given))


def _argument(
    graph: _Graph, outer: _Instance, inner: _Instance, name: str, refs: Iterable[Traversal]
) -> None:
    targets = _targets(outer, refs)
    if targets:
        graph.vertex((inner.number, ("var", name))).extend(targets)


def _resource(graph: _Graph, instance: _Instance, resource: Resource) -> None:
    """Add a resource's explicit dependencies, and that on its provider's configuration."""
    owner = (resource.mode, resource.type, resource.name)
    given = resource.body.attributes.get("depends_on")
    if given is not None:
        graph.add(instance, owner, depended_on(given))
    if instance.module.providers or instance.parent is not None:
        place = _provider(instance, resource.provider, resource.alias)
        if place is not None and place in graph.edges:
            graph.vertex((instance.number, owner)).append(place)


def _provider(instance: _Instance, name: str, alias: str) -> Vertex | None:
    """Return the provider block that a resource uses, passed on or inherited."""
    here: _Instance | None = instance
    while here is not None:
        if (name, alias) in here.module.providers:
            return here.number, ("provider", name, alias)
        passed = _passed(here.call, name, alias)
        if passed is None and alias:
            return None
        name, alias = passed or (name, alias)
        here = here.parent
    return None


def _passed(call: ModuleCall | None, name: str, alias: str) -> tuple[str, str] | None:
    """Return what a call passes on under a name, None for nothing."""
    given = call.body.attributes.get("providers") if call is not None else None
    if given is not None and isinstance(given.value, Object):
        for key, value in given.value.items:
            if provider_reference(key) == (name, alias):
                return provider_reference(value)
    return None


def _inside(graph: _Graph, instance: _Instance) -> None:
    """Connect a called module: its members wait for its call; the whole waits for its members."""
    outer, call = instance.parent, instance.call
    if outer is None or call is None:
        return
    given = call.body.attributes.get("depends_on")
    expansion: Vertex = (outer.number, ("call", call.name))
    if given is not None:
        graph.add(outer, ("call", call.name), depended_on(given))
    waits = bool(graph.edges.get(expansion))
    everything = graph.vertex((instance.number, ("all",)))
    everything.append(expansion)
    for owner in _members(instance.module):
        everything.append((instance.number, owner))
        if waits:
            graph.vertex((instance.number, owner)).append(expansion)
    for inner in instance.calls.values():
        everything.append((inner.number, ("all",)))
        if waits:
            graph.vertex((instance.number, ("call", *inner.path[-1:]))).append(expansion)


def _members(module: Module) -> list[Owner]:
    found: list[Owner] = [("var", name) for name in module.variables]
    found += [("local", name) for name in module.locals]
    found += [("output", name) for name in module.outputs]
    found += [(one.mode, one.type, one.name) for one in module.all_resources()]
    return found


def depended_on(attribute: Attribute) -> list[Traversal]:
    """Return the references of a `depends_on`."""
    node = attribute.value
    if not isinstance(node, Tuple):
        return []
    found = [reference_of(item) for item in node.items]
    return [ref for ref in found if ref is not None]


def reference_of(node: Node) -> Traversal | None:
    """Return a static reference, also one that is written as a text; None for anything else."""
    if isinstance(node, Traversal):
        return node
    if isinstance(node, Literal) and isinstance(node.value, str):
        from iac_gym.formats.hcl import HclError, parse_expression

        try:
            parsed = parse_expression(node.value, node.at)
        except HclError:
            return None
        return parsed if isinstance(parsed, Traversal) else None
    return None


def _imports(graph: _Graph, root: _Instance) -> None:
    """Add what the ids of imports depend on to the resources that are imported."""
    for block in root.module.others:
        if block.type == "import" and "to" in block.body.attributes:
            target = reference_of(block.body.attributes["to"].value)
            if target is None or target.root == "module" or not target.steps:
                continue
            for name in ("id", "for_each"):
                if name in block.body.attributes:
                    refs = references(block.body.attributes[name].value)
                    graph.add(root, ("resource", target.root, str(target.steps[0])), refs)


def find_cycles(config: Configuration, sites: Mapping[str, Sequence[Site]]) -> None:
    """Report cycles. `sites` are the references of the modules, by folder."""
    graph = _Graph()
    instances = _instances(config)
    left = MOST_SITES
    for instance in instances:
        own = sites.get(instance.module.folder, ())
        left -= len(own)
        if left > 0:
            _fill(graph, instance, own)
    for instance in instances:
        for resource in instance.module.all_resources():
            _resource(graph, instance, resource)
    for instance in instances[1:]:
        _inside(graph, instance)
    _imports(graph, instances[0])
    _report_self(config, sites)
    edges = graph.edges
    if not acyclic(edges):
        for cycle in cycles(edges):
            _report(config, instances, cycle)


def _report_self(config: Configuration, sites: Mapping[str, Sequence[Site]]) -> None:
    """Report local values that use themselves."""
    for own in sites.values():
        for site in own:
            if site.owner[0] != "local":
                continue
            for ref in site.references:
                if ref.root == "local" and ref.steps and ref.steps[0] == site.owner[1]:
                    message = f"`local.{site.owner[1]}` uses itself"
                    config.fault("dependency-cycle", ref.at, message)
                    break


def _report(config: Configuration, instances: Sequence[_Instance], cycle: list[Vertex]) -> None:
    ordered = sorted(cycle)
    places = [at for vertex in ordered if (at := _at(instances[vertex[0]], vertex[1])) is not None]
    names = [_name(instances[vertex[0]], vertex[1]) for vertex in ordered]
    listed = ", ".join(names[:_MOST_LISTED]) + (", ..." if len(names) > _MOST_LISTED else "")
    at = min(places, default=config.root.others[0].at if config.root.others else 0)
    config.fault("dependency-cycle", at, f"these depend on one another: {listed}")


def _at(instance: _Instance, owner: Owner) -> int | None:
    """Return where a member of a module is declared."""
    module, kind = instance.module, owner[0]
    tables: dict[str, Mapping[str, Variable | Attribute | Output | ModuleCall]] = {
        "var": module.variables,
        "local": module.locals,
        "output": module.outputs,
        "call": module.calls,
    }
    found: object = tables[kind].get(owner[1]) if kind in tables else None
    if kind in _MODES:
        found = module.find(owner[0], owner[1], owner[2])
    if kind == "all":
        found = instance.call
    if kind == "provider":
        found = module.providers.get((owner[1], owner[2]))
    at = getattr(found, "at", None)
    return at if isinstance(at, int) else None


def _name(instance: _Instance, owner: Owner) -> str:
    prefix = "".join(f"module.{name}." for name in instance.path)
    if owner[0] == "all":
        return prefix.rstrip(".")
    if owner[0] == "call":
        return f"{prefix}module.{owner[1]}"
    return prefix + ".".join(part for part in owner if part and part != "resource")
