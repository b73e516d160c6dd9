"""Requirements about web ACLs of WAF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from envs.cloudformation.requirements.factories import (
    existence,
    setting,
)
from envs.cloudformation.requirements.kinds import (
    all_of,
    blocks,
    flat,
    refers,
    same,
    same_set,
    the,
    things,
    unless,
)
from envs.cloudformation.requirements.services import (
    BALANCER,
    FIREWALL,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

firewall = existence(
    "firewall", FIREWALL, "a WAF web ACL called `{name}`", "the web ACL `{name}` (WAFv2)"
)
firewall_scope = setting(
    "firewall-scope", FIREWALL, "Scope",
    "the scope {value} for `{of}`", "the web ACL `{of}` with the scope {value}",
)  # fmt: skip


@requirement(
    "the default action of the web ACL `{of}`: {what}", "`{of}` set to {what} what no rule matches",
)  # fmt: skip
def firewall_default(template: Template, of: str, what: str) -> Findings:
    """`DefaultAction` of the web ACL."""
    thing = the(template, FIREWALL, of)
    if isinstance(thing, Finding):
        return [thing]
    given = thing.value("DefaultAction")
    right = isinstance(given, Mapping) and list(given) == [what.capitalize()]
    return unless(right, template, thing, f"`{of}` does not {what} by default")


def _rules(template: Template, of: str) -> tuple[Thing, list[Mapping[str, Any]]] | Finding:
    thing = the(template, FIREWALL, of)
    if isinstance(thing, Finding):
        return thing
    return thing, blocks(thing, "Rules")


@requirement(
    "the managed rule group {group} of AWS in force in `{of}`",
    "`{of}` with AWS's managed rules {group}, not just counting",
)
def firewall_managed(template: Template, of: str, group: str) -> Findings:
    """A rule with the managed group, whose actions are not overridden by Count, none of them."""
    found = _rules(template, of)
    if isinstance(found, Finding):
        return [found]
    right = any(
        same(one.get("VendorName"), "AWS")
        and same(one.get("Name"), group)
        and not one.get("ScopeDownStatement")
        and not _counting(one)
        and _in_force(rule)
        for rule in found[1]
        for one in blocks(rule, "Statement.ManagedRuleGroupStatement")
    )
    return unless(right, template, found[0], f"{group} is not in force in `{of}`")


def _counting(group: Mapping[str, Any]) -> bool:
    """Whether some of a group's rules only count, or let requests pass."""
    actions = [one.get("ActionToUse") for one in blocks(group, "RuleActionOverrides")]
    return bool(group.get("ExcludedRules")) or any(
        not isinstance(one, Mapping) or not {"Count", "Allow"}.isdisjoint(one) for one in actions
    )


def _in_force(rule: Mapping[str, Any]) -> bool:
    override = rule.get("OverrideAction")
    return isinstance(override, Mapping) and list(override) == ["None"]


@requirement(
    "addresses that send more than {limit} requests blocked by `{of}` (rate limit per IP)",
    "`{of}` blocking an IP address beyond {limit} requests",
)
def firewall_rate(template: Template, of: str, limit: int) -> Findings:
    """A rate based rule by IP address that blocks."""
    found = _rules(template, of)
    if isinstance(found, Finding):
        return [found]
    right = any(
        same(one.get("Limit"), limit)
        and same(one.get("AggregateKeyType"), "IP")
        and not one.get("ScopeDownStatement")
        and _blocks(rule)
        for rule in found[1]
        for one in blocks(rule, "Statement.RateBasedStatement")
    )
    return unless(right, template, found[0], f"`{of}` does not block beyond {limit} requests")


def _blocks(rule: Mapping[str, Any]) -> bool:
    action = rule.get("Action")
    return isinstance(action, Mapping) and list(action) == ["Block"]


@requirement(
    "requests from {countries} blocked by `{of}`",
    "`{of}` blocking requests that come from {countries}, and from no other country",
)
def firewall_countries(template: Template, of: str, countries: Any) -> Findings:
    """Geographic rules that block just these countries, in one rule or several."""
    found = _rules(template, of)
    if isinstance(found, Finding):
        return [found]
    named = [
        code
        for rule in found[1]
        if _blocks(rule)
        for one in _places(rule)
        for code in flat([one.get("CountryCodes")])
    ]
    right = same_set(named, countries)
    return unless(right, template, found[0], f"`{of}` does not block just {countries}")


def _places(rule: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the geographic statements that a rule consists of, each enough for itself."""
    either = blocks(rule, "Statement.OrStatement.Statements")
    if all(list(one) == ["GeoMatchStatement"] for one in either):
        return blocks(rule, "Statement.GeoMatchStatement") + [
            inner for one in either for inner in blocks(one, "GeoMatchStatement")
        ]
    return []


@requirement(
    "the web ACL `{of}` in front of the load balancer `{balancer}`",
    "the load balancer `{balancer}` protected by the web ACL `{of}`",
)
def firewall_guards(template: Template, of: str, balancer: str) -> Findings:
    """An association of the web ACL, which is a regional one, with the load balancer."""
    found, problems = all_of(template, (FIREWALL, of), (BALANCER, balancer))
    if problems:
        return problems
    right = same(found[0].value("Scope"), "REGIONAL") and any(
        refers(one.value("WebACLArn"), found[0], FIREWALL, ("arn",))
        and refers(one.value("ResourceArn"), found[1], BALANCER, ("arn",))
        for one in things(template, "AWS::WAFv2::WebACLAssociation")
    )
    return unless(right, template, found[0], f"`{of}` does not guard `{balancer}`")
