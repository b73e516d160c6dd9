"""Requirements about EventBridge rules and buses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from envs.cloudformation.requirements.factories import (
    existence,
    link,
    setting,
)
from envs.cloudformation.requirements.kinds import (
    Kind,
    all_of,
    at_path,
    blocks,
    first,
    refers,
    same,
    the,
    unless,
)
from envs.cloudformation.requirements.messages import _is_queue
from envs.cloudformation.requirements.policies import (
    read,
)
from envs.cloudformation.requirements.services import (
    BUS,
    QUEUE,
    RULE,
    TOPIC,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.cloudformation.model import Template
from iac_gym.languages.cloudformation.resolved import Item as Thing
from iac_gym.verdict import Finding

event_rule = existence(
    "event-rule", RULE,
    "an EventBridge rule called `{name}`", "the EventBridge rule `{name}`",
)  # fmt: skip
event_bus = existence(
    "event-bus", BUS, "a custom event bus called `{name}`", "the event bus `{name}`"
)
rule_on_bus = link(
    "rule-on-bus", RULE, "EventBusName", BUS,
    "the rule `{of}` on the event bus `{to}`", "`{of}` listens to the event bus `{to}`",
    by=("name", "arn"),
)  # fmt: skip
rule_description = setting(
    "rule-description", RULE, "Description",
    "`{value}` as the description of the rule `{of}`", "the rule `{of}` described as `{value}`",
)  # fmt: skip


@requirement(
    "`{of}` matches events with the source {source} and the detail type {kind}",
    "events from {source} of the type {kind} matched by the rule `{of}`",
)
def rule_pattern(template: Template, of: str, source: str, kind: str) -> Findings:
    """The rule is enabled, and its pattern asks for just that source and detail type."""
    thing = the(template, RULE, of)
    if isinstance(thing, Finding):
        return [thing]
    pattern = read(thing.value("EventPattern"))
    given = pattern if isinstance(pattern, Mapping) else {}
    right = (
        set(given) <= {"source", "detail-type"}
        and same(given.get("source"), [source])
        and same(given.get("detail-type"), [kind])
        and _enabled(thing)
        and (not source.startswith("aws.") or _on_default(thing))
    )
    return unless(right, template, thing, f"`{of}` does not match just {kind} from {source}")


def _on_default(rule: Thing) -> bool:
    """Whether a rule is on the default bus, where schedules and the events of AWS are."""
    return rule.value("EventBusName") in (None, "default")


def _enabled(rule: Thing) -> bool:
    return not same(rule.value("State"), "DISABLED")


@requirement(
    "the rule `{of}` started on the schedule {schedule}",
    "{schedule} as the schedule of the rule `{of}`",
)
def rule_schedule(template: Template, of: str, schedule: str) -> Findings:
    """The rule is enabled and has the schedule."""
    thing = the(template, RULE, of)
    if isinstance(thing, Finding):
        return [thing]
    on = _enabled(thing) and _on_default(thing)
    right = on and same(thing.value("ScheduleExpression"), schedule)
    return unless(right, template, thing, f"`{of}` does not start on {schedule}")


def rule_targets(rule: Thing, thing: Thing, kind: Kind) -> list[Mapping[str, Any]]:
    """Return the targets of a rule that are a thing."""
    found = blocks(rule, "Targets")
    return [one for one in found if refers(one.get("Arn"), thing, kind, ("arn",))]


def _sends(template: Template, of: str, kind: Kind, to: str) -> list[Finding]:
    found, problems = all_of(template, (RULE, of), (kind, to))
    if problems:
        return problems
    right = rule_targets(found[0], found[1], kind)
    return unless(right, template, found[0], f"`{to}` is no target of the rule `{of}`")


@requirement(
    "the queue `{to}` as a target of the rule `{of}`",
    "events that `{of}` matches sent to the queue `{to}`",
)
def rule_to_queue(template: Template, of: str, to: str) -> Findings:
    """A target with the ARN of the queue."""
    return _sends(template, of, QUEUE, to)


@requirement(
    "the topic `{to}` as a target of the rule `{of}`",
    "events that `{of}` matches published to the topic `{to}`",
)
def rule_to_topic(template: Template, of: str, to: str) -> Findings:
    """A target with the ARN of the topic."""
    return _sends(template, of, TOPIC, to)


@requirement(
    "events of `{of}` retried at most {tries} times",
    "at most {tries} retries for each target of the rule `{of}`",
)
def rule_retries(template: Template, of: str, tries: int) -> Findings:
    """The retry policy of every target."""
    thing = the(template, RULE, of)
    if isinstance(thing, Finding):
        return [thing]
    found = blocks(thing, "Targets")
    given = [first(at_path(one, "RetryPolicy.MaximumRetryAttempts")) for one in found]
    right = bool(given) and all(same(one, tries) for one in given)
    return unless(right, template, thing, f"targets of `{of}` are not retried {tries} times")


@requirement(
    "events that `{of}` cannot deliver kept in the queue `{queue}`",
    "`{queue}` as the dead-letter queue of the targets of `{of}`",
)
def rule_dead_letters(template: Template, of: str, queue: str) -> Findings:
    """The dead-letter configuration of every target."""
    found, problems = all_of(template, (RULE, of), (QUEUE, queue))
    if problems:
        return problems
    given = [first(at_path(one, "DeadLetterConfig.Arn")) for one in blocks(found[0], "Targets")]
    right = bool(given) and all(_is_queue(one, found[1]) for one in given)
    return unless(right, template, found[0], f"`{of}` does not keep lost events in `{queue}`")
