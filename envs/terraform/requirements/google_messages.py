"""Requirements about Pub/Sub topics and subscriptions."""

from __future__ import annotations

from typing import Any

from envs.terraform.requirements.factories import existence, fixed, link, setting, tag
from envs.terraform.requirements.google_access import grant
from envs.terraform.requirements.google_storage import same_days
from envs.terraform.requirements.kinds import Kind, refers, same
from envs.terraform.requirements.lookup import things, unless
from iac_gym.check import Findings, requirement
from iac_gym.languages.terraform.model import Configuration
from iac_gym.languages.terraform.values import Value

TOPIC = Kind("topic", ("google_pubsub_topic",), "name", ("id", "name"), by_name=True)
#: The same, where the plain name does not do: its full path is wanted.
TOPIC_PATH = Kind("topic", TOPIC.types, "name", ("id",))
SUBSCRIPTION = Kind(
    "subscription", ("google_pubsub_subscription",), "name", ("id", "name"), by_name=True
)


def _span(value: Value, wanted: Any) -> bool:
    """Whether a duration ("10s") is that many seconds."""
    return isinstance(value, str) and value.removesuffix("s") == str(wanted)


topic = existence(
    "google-topic", TOPIC, "a Pub/Sub topic `{name}`", "the topic `{name}` in Pub/Sub"
)  # fmt: skip
topic_retention = setting(
    "google-topic-retention", TOPIC, "message_retention_duration",
    "messages of the topic `{of}` kept for {value} days",
    "{value} days of message retention for the topic `{of}`", compare=same_days,
)  # fmt: skip
topic_label = tag(
    "google-topic-label", TOPIC,
    "the label {key} = `{value}` on the topic `{of}`",
    "the topic `{of}` labelled {key} = `{value}`",
    attribute="labels",
)  # fmt: skip
topic_role = grant(
    "google-topic-role", TOPIC, "google_pubsub_topic", "topic",
    "{role} on the topic `{of}` for the service account `{account}`",
    "the service account `{account}` granted {role} on the topic `{of}`",
)  # fmt: skip
subscription = existence(
    "google-subscription", SUBSCRIPTION,
    "a Pub/Sub subscription `{name}`", "the subscription `{name}` in Pub/Sub",
)  # fmt: skip
subscription_topic = link(
    "google-subscription-topic", SUBSCRIPTION, "topic", TOPIC,
    "the subscription `{of}` to the topic `{to}`", "`{of}` subscribed to the topic `{to}`",
)  # fmt: skip
subscription_deadline = setting(
    "google-subscription-deadline", SUBSCRIPTION, "ack_deadline_seconds",
    "{value} seconds to acknowledge a message of `{of}`",
    "an acknowledgement deadline of {value} seconds for the subscription `{of}`", absent=10,
)  # fmt: skip
subscription_retention = setting(
    "google-subscription-retention", SUBSCRIPTION, "message_retention_duration",
    "unacknowledged messages of `{of}` kept for {value} days",
    "the subscription `{of}` keeping its messages for {value} days", compare=same_days,
)  # fmt: skip
subscription_ordered = fixed(
    "google-subscription-ordered", SUBSCRIPTION, "enable_message_ordering", True,
    "messages of `{of}` delivered in order", "message ordering for the subscription `{of}`",
)  # fmt: skip
subscription_once = fixed(
    "google-subscription-once", SUBSCRIPTION, "enable_exactly_once_delivery", True,
    "exactly-once delivery by the subscription `{of}`",
    "each message of `{of}` delivered exactly once",
)  # fmt: skip
subscription_filter = setting(
    "google-subscription-filter", SUBSCRIPTION, "filter",
    "only messages that match `{value}` in the subscription `{of}`",
    "the filter `{value}` on the subscription `{of}`",
)  # fmt: skip
subscription_push = setting(
    "google-subscription-push", SUBSCRIPTION, "push_config.push_endpoint",
    "messages of `{of}` pushed to {value}", "the subscription `{of}` pushing to {value}",
)  # fmt: skip
subscription_backoff = setting(
    "google-subscription-backoff", SUBSCRIPTION, "retry_policy.minimum_backoff",
    "{value} seconds as the minimum backoff before `{of}` delivers a message again",
    "a minimum backoff of {value} seconds for the subscription `{of}`", compare=_span,
)  # fmt: skip
subscription_role = grant(
    "google-subscription-role", SUBSCRIPTION, "google_pubsub_subscription", "subscription",
    "{role} on the subscription `{of}` for the service account `{account}`",
    "the service account `{account}` granted {role} on the subscription `{of}`",
)  # fmt: skip


@requirement(
    "messages of `{of}` sent to the topic `{to}` after {tries} failed deliveries",
    "the topic `{to}` for dead letters of the subscription `{of}`, after {tries} attempts",
)
def google_subscription_dead_letters(
    config: Configuration, of: str, to: str, tries: int
) -> Findings:  # fmt: skip
    """A dead letter policy with that topic and number of attempts (5 by default)."""
    found, problems = things(config, (SUBSCRIPTION, of), (TOPIC, to))
    yield from problems
    if not problems:
        thing, target = found
        right = any(
            refers(one.get("dead_letter_topic"), target, TOPIC_PATH)
            and same(one.get("max_delivery_attempts") or 5, tries)
            for one in thing.blocks("dead_letter_policy")
        )
        message = f"dead letters of `{of}` do not go to `{to}` after {tries} attempts"
        yield from unless(right, config, thing.at, message)
