"""Finding several things at once, and following a reference to the thing that it names."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from envs.terraform.requirements.kinds import Kind, flat, instances, refers, the, world
from envs.terraform.requirements.policies import ROLE, Statement, assumable, trust
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.resolved import Instance
from iac_gym.languages.terraform.values import Ref, Unknown, Value
from iac_gym.verdict import Finding


def things(
    config: Configuration, *wanted: tuple[Kind, str]
) -> tuple[list[Instance], list[Finding]]:
    """Return the things of these kinds and names, and the first finding about one that is not
    there: where there is a finding, the things are not all of them.
    """
    found = [the(config, kind, name) for kind, name in wanted]
    problems = [one for one in found if isinstance(one, Finding)]
    return [one for one in found if isinstance(one, Instance)], problems[:1]


def unless(right: object, config: Configuration, at: int, message: str) -> list[Finding]:
    """Return a finding unless all is right."""
    return [] if right else [config.finding(at, message)]


def targets(
    config: Configuration, kind: Kind, values: list[Value], ids: tuple[str, ...] = ()
) -> list[Instance]:
    """Return the things of a kind that some values (lists are written out) refer to."""
    items = flat(values)
    return [
        one
        for one in instances(config, kind)
        if any(refers(item, one, kind, ids) for item in items)
    ]


def roles(config: Configuration, values: list[Value]) -> list[Instance]:
    """Return the roles of the configuration whose ARNs the values are."""
    return targets(config, ROLE, values, ("arn",))


def may_assume(role: Instance, service: str) -> bool:
    """Whether a service may assume a role."""
    return assumable(trust(role), "Service", service)


def permits(statement: Statement, action: str) -> bool:
    """Whether a statement allows an action, by its name or by a pattern."""
    return (
        statement.effect == "Allow"
        and not statement.inverted
        and any(fnmatchcase(action.lower(), one.lower()) for one in statement.actions)
    )


def own_ref(thing: Instance) -> Ref:
    """Return the reference to a thing as a whole."""
    return thing.ref()


def ref_of(value: Value, *attributes: str) -> Ref | None:
    """Return the reference to the thing that a value is one of these attributes of, else None."""
    ref = value.ref if isinstance(value, Unknown) else None
    if ref is None or not ref.path or ref.path[0] not in attributes:
        return None
    return ref._replace(path=())


def belonging(
    config: Configuration, types: tuple[str, ...], link: str, owners: Iterable[Ref], *ids: str
) -> list[Instance]:
    """Return the instances of some types whose attribute refers to one of many owners."""
    known = set(owners)
    return [
        one
        for kind in types
        for one in world(config).instances(kind)
        if any(ref_of(value, *ids) in known for value in flat(one.at_path(link)))
    ]
