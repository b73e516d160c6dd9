"""The dependency graph of a template's resources: `DependsOn`, and cycles.

Edges come from the walk over functions (`Ref`, `Fn::GetAtt`, `Fn::Sub`) and from `DependsOn`.
"""

from __future__ import annotations

from typing import Any

from iac_gym.formats.yaml import Mark, YamlList
from iac_gym.languages.cloudformation.intrinsics import Functions
from iac_gym.languages.cloudformation.model import Resource, Template
from iac_gym.languages.cloudformation.names import Edges, near


def examine_dependencies(template: Template, functions: Functions) -> None:
    """Check every `DependsOn`, then look for cycles."""
    for resource in template.resources.values():
        if "DependsOn" in resource.tree:
            _depends_on(template, functions, resource)
    for cycle in cycles(functions.edges):
        if any(template.resources[name].type.startswith("AWS::Serverless::") for name in cycle):
            continue  # the transform splits them into resources that depend otherwise
        names = " -> ".join(f"`{name[:60]}`" for name in (*cycle[:12], cycle[0]))
        mark = functions.edges[cycle[0]][cycle[1 % len(cycle)]]
        message = f"resources depend on one another in a circle: {names}"
        template.fault("dependency-cycles", mark, message)


def _depends_on(template: Template, functions: Functions, resource: Resource) -> None:
    given: Any = resource.tree["DependsOn"]
    mark = resource.tree.marks["DependsOn"]
    if given.__class__ is YamlList:
        entries = list(zip(given, given.marks, strict=True))
    else:
        entries = [(given, mark)]
    seen: set[str] = set()
    for name, at in entries:
        if name.__class__ is not str:
            template.fault("dependencies-exist", at, "`DependsOn` takes names of resources alone")
            continue
        if name in seen:
            continue  # a name given twice is harmless
        seen.add(name)
        _dependency(template, functions, resource, name, at)


def _dependency(
    template: Template, functions: Functions, resource: Resource, name: str, mark: Mark
) -> None:
    if name == resource.name:
        message = f"`{name[:60]}` depends on itself"
        template.fault("dependencies-exist", mark, message)
        return
    if name not in template.resources:
        if not functions.may_be_made(name):
            message = f"`DependsOn` names `{name[:80]}`, which is no resource"
            hint = near(template, name, template.resources)
            template.fault("dependencies-exist", mark, message, hint)
        return
    functions.edges.setdefault(resource.name, {}).setdefault(name, mark)
    needed = template.resources[name].condition
    if needed and needed in template.conditions and needed != resource.condition:
        facts = {needed: False}
        if resource.condition:
            facts[resource.condition] = True
        if functions.conditions.can(facts):
            message = f"`{name[:60]}` does not exist where the condition `{needed[:60]}` is false"
            hint = f"give `{resource.name[:60]}` that condition too"
            template.fault("dependencies-exist", mark, message, hint)


def cycles(edges: Edges) -> list[list[str]]:
    """Return one cycle of each group of resources that depend on one another."""
    found: list[list[str]] = []
    done: set[str] = set()
    for start in edges:
        if start not in done:
            cycle = _cycle_from(edges, start, done)
            if cycle:
                found.append(cycle)
    return found


def _cycle_from(edges: Edges, start: str, done: set[str]) -> list[str]:
    """Walk in depth from a resource; `done` collects those from which no cycle starts."""
    path: list[str] = []
    at: dict[str, int] = {}
    pending: list[tuple[str, bool]] = [(start, False)]
    cycle: list[str] = []
    while pending:
        name, left = pending.pop()
        if left:
            path.pop()
            del at[name]
            done.add(name)
            continue
        if name in done or name in at:
            if name in at and not cycle:
                cycle = path[at[name] :]
            continue
        at[name] = len(path)
        path.append(name)
        pending.append((name, True))
        pending += [(other, False) for other in edges.get(name, ()) if other not in done]
    return cycle
