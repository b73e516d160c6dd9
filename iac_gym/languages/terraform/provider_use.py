"""Which `provider` blocks are used by a resource, in their own module or in one that it calls.

Terraform leaves the others out altogether: nothing in them is looked at.

Source: https://developer.hashicorp.com/terraform/language/modules/develop/providers and `terraform
validate` 1.11.4.
"""

from __future__ import annotations

from typing import TypeAlias

from iac_gym.formats.hcl.nodes import Key, Node, Object, Traversal
from iac_gym.languages.terraform.decode import text_of
from iac_gym.languages.terraform.model import Configuration, Module, ModuleCall
from iac_gym.languages.terraform.providers import source_of

#: A provider block: the folder of its module, its local name and its alias.
Place: TypeAlias = "tuple[str, str, str]"
#: The provider blocks that a module sees, by source and alias.
Seen: TypeAlias = "dict[tuple[str, str], Place]"
#: How many module instances are followed.
_MOST_CALLS = 500


def used_configs(config: Configuration) -> set[Place]:
    """Return the provider blocks that resources use."""
    used: set[Place] = set()
    pending: list[tuple[Module, Seen]] = [(config.root, {})]
    done: set[tuple[object, ...]] = set()
    for module, inherited in pending:  # grows as it is read
        seen = dict(inherited)
        for name, alias in module.providers:
            seen[source_of(module, name), alias] = (module.folder, name, alias)
        for name, alias in {(one.provider, one.alias) for one in module.all_resources()}:
            place = seen.get((source_of(module, name), alias))
            if place is not None:
                used.add(place)
        for call in module.calls.values():
            if call.module is None:
                continue
            passed = _passed(module, call, call.module, seen)
            mark = (call.module.folder, *sorted(passed.items()))
            if mark not in done and len(pending) < _MOST_CALLS:
                done.add(mark)
                pending.append((call.module, passed))
    return used


def _passed(module: Module, call: ModuleCall, inner: Module, seen: Seen) -> Seen:
    """Return what a called module sees: default configurations, and those passed on by name."""
    passed = {place: found for place, found in seen.items() if not place[1]}
    given = call.body.attributes.get("providers")
    if given is not None and isinstance(given.value, Object):
        for key, value in given.value.items:
            theirs, mine = provider_reference(key), provider_reference(value)
            found = seen.get((source_of(module, mine[0]), mine[1]))
            place = (source_of(inner, theirs[0]), theirs[1])
            if found is not None:
                passed[place] = found
            else:
                passed.pop(place, None)
    return passed


def provider_reference(node: Node) -> tuple[str, str]:
    """Read `aws`, `aws.west` or a text of that form: the local name and the alias."""
    if isinstance(node, Traversal):
        alias = node.steps[0] if node.steps else ""
        fine = isinstance(alias, str) and not isinstance(alias, Key)
        return node.root, str(alias) if fine else ""
    name, _, alias = text_of(node).partition(".")
    return name, alias
