"""Requirements about AlertmanagerConfig objects: alerts are sent through their routes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from envs.monitoring.requirements.operators import object_of
from iac_gym.check import requirement
from iac_gym.formats.go_durations import prometheus_duration
from iac_gym.formats.go_regexp import GoRegexpError, go_regexp
from iac_gym.languages.kubernetes.model import KubeObject, as_list, as_map, as_text
from iac_gym.verdict import Finding

_LANGUAGE = "custom_resources"
_KIND = "AlertmanagerConfig"
_PLAIN: Mapping[str, str] = {"alertname": "SomeAlert", "instance": "a:1", "job": "some-job"}
_INHERITED = ("receiver", "groupBy", "groupWait", "groupInterval", "repeatInterval")
_MOST_DEPTH = 20


def _routes(config: KubeObject, labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the routes that deliver an alert, each with what it inherits."""
    root = as_map(config.get("spec", "route"))
    return _play(root, {}, labels, 0) if _fits(root, labels) else []


def _play(
    route: dict[Any, Any], above: dict[str, Any], labels: Mapping[str, str], depth: int
) -> list[dict[str, Any]]:
    own = {key: route[key] for key in _INHERITED if route.get(key) not in (None, "", [])}
    known = {**above, **own}
    found: list[dict[str, Any]] = []
    for one in as_list(route.get("routes")) if depth < _MOST_DEPTH else ():
        below = as_map(one)
        if _fits(below, labels):
            found += _play(below, known, labels, depth + 1)
            if below.get("continue") is not True:
                break
    return found or [known]


def _fits(route: dict[Any, Any], labels: Mapping[str, str]) -> bool:
    return all(_holds(as_map(one), labels) for one in as_list(route.get("matchers")))


def _holds(matcher: dict[Any, Any], labels: Mapping[str, str]) -> bool:
    kind = as_text(matcher.get("matchType")) or ("=~" if matcher.get("regex") is True else "=")
    value, wanted = labels.get(as_text(matcher.get("name")), ""), as_text(matcher.get("value"))
    if kind in ("=", "!="):
        return (value == wanted) is (kind == "=")
    try:
        return go_regexp(wanted).fullmatch(value) is (kind == "=~")
    except GoRegexpError:
        return False


def _receivers(config: KubeObject, labels: Mapping[str, str]) -> list[str]:
    return [as_text(one.get("receiver")) for one in _routes(config, labels)]


@requirement(
    "in the AlertmanagerConfig `{name}`, alerts that no other rule concerns go to the receiver "
    "`{receiver}`",
    "`{receiver}` is the default receiver of the AlertmanagerConfig `{name}`",
    language=_LANGUAGE,
)
def config_default(model: Any, name: str, receiver: str) -> Iterable[Finding]:
    """A plain alert."""
    found, findings = object_of(model, _KIND, name)
    yield from findings
    if found is not None and _receivers(found, _PLAIN) != [receiver]:
        yield found.finding(f"a plain alert does not go to `{receiver}`", "spec", "route")


@requirement(
    "the AlertmanagerConfig `{name}` sends alerts with `{label}={value}` to the receiver "
    "`{receiver}` alone",
    "only the receiver `{receiver}` gets alerts with `{label}={value}` by the AlertmanagerConfig "
    "`{name}`",
    language=_LANGUAGE,
)
def config_goes_only_to(
    model: Any, name: str, label: str, value: str, receiver: str
) -> Iterable[Finding]:
    """An alert with the label, alone and beside others; one with another value goes elsewhere."""
    found, findings = object_of(model, _KIND, name)
    yield from findings
    if found is None:
        return
    for more in ({}, {"alertname": "OtherAlert", "pod": "p"}):
        if _receivers(found, {**_PLAIN, **more, label: value}) != [receiver]:
            message = f"an alert with `{label}={value}` does not go to `{receiver}` alone"
            yield found.finding(message, "spec", "route")
            return
    if receiver in _receivers(found, {**_PLAIN, label: f"not-{value}"}):
        yield found.finding(f"`{receiver}` gets other alerts, too", "spec", "route")


@requirement(
    "the AlertmanagerConfig `{name}` groups alerts by {labels}",
    "a notification of the AlertmanagerConfig `{name}` holds alerts with the same {labels}",
    language=_LANGUAGE,
)
def config_groups(model: Any, name: str, labels: Sequence[str]) -> Iterable[Finding]:
    """`groupBy` of the route of a plain alert."""
    found, findings = object_of(model, _KIND, name)
    yield from findings
    if found is not None:
        for one in _routes(found, _PLAIN):
            if set(map(str, as_list(one.get("groupBy")))) != set(labels):
                yield found.finding("alerts are not grouped like that", "spec", "route")


@requirement(
    "the AlertmanagerConfig `{name}` repeats notifications after {time}",
    "{time} is the repeat interval of the AlertmanagerConfig `{name}`",
    language=_LANGUAGE,
)
def config_repeats(model: Any, name: str, time: str) -> Iterable[Finding]:
    """`repeatInterval` of the route of a plain alert."""
    found, findings = object_of(model, _KIND, name)
    yield from findings
    if found is not None:
        for one in _routes(found, _PLAIN):
            if prometheus_duration(as_text(one.get("repeatInterval"))) != prometheus_duration(time):
                yield found.finding(f"they are not repeated after {time}", "spec", "route")


def _integrations(config: KubeObject, receiver: str, key: str) -> list[dict[Any, Any]]:
    return [
        as_map(entry)
        for one in as_list(config.get("spec", "receivers"))
        if as_map(one).get("name") == receiver
        for entry in as_list(as_map(one).get(key))
    ]


def _secret(tree: Any) -> tuple[str, str]:
    given = as_map(tree)
    return as_text(given.get("name")), as_text(given.get("key"))


@requirement(
    "the receiver `{receiver}` of the AlertmanagerConfig `{name}` posts to the Slack channel "
    "`{channel}`; the webhook's address is the key `{key}` of the Secret `{secret}`",
    "in the AlertmanagerConfig `{name}`, `{receiver}` writes into the Slack channel `{channel}`, "
    "by "
    "the webhook in the key `{key}` of the Secret `{secret}`",
    language=_LANGUAGE,
)
def config_slack(
    model: Any, name: str, receiver: str, channel: str, key: str, secret: str
) -> Iterable[Finding]:
    """`slackConfigs`."""
    found, findings = object_of(model, _KIND, name)
    yield from findings
    if found is not None:
        for one in _integrations(found, receiver, "slackConfigs"):
            if one.get("channel") == channel and _secret(one.get("apiURL")) == (secret, key):
                return
        yield found.finding(f"`{receiver}` does not post to `{channel}`", "spec", "receivers")


@requirement(
    "the receiver `{receiver}` of the AlertmanagerConfig `{name}` calls PagerDuty with the routing "
    "key in the key `{key}` of the Secret `{secret}`",
    "in the AlertmanagerConfig `{name}`, `{receiver}` calls PagerDuty; the key `{key}` of the "
    "Secret "
    "`{secret}` is the routing key",
    language=_LANGUAGE,
)
def config_pagerduty(
    model: Any, name: str, receiver: str, key: str, secret: str
) -> Iterable[Finding]:
    """`pagerdutyConfigs`."""
    found, findings = object_of(model, _KIND, name)
    yield from findings
    if found is not None:
        every = _integrations(found, receiver, "pagerdutyConfigs")
        if not any(_secret(one.get("routingKey")) == (secret, key) for one in every):
            yield found.finding(f"`{receiver}` does not call PagerDuty", "spec", "receivers")


@requirement(
    "the receiver `{receiver}` of the AlertmanagerConfig `{name}` calls the webhook `{url}`",
    "in the AlertmanagerConfig `{name}`, `{receiver}` hands alerts over to `{url}`",
    language=_LANGUAGE,
)
def config_webhook(model: Any, name: str, receiver: str, url: str) -> Iterable[Finding]:
    """`webhookConfigs`."""
    found, findings = object_of(model, _KIND, name)
    yield from findings
    if found is not None:
        every = _integrations(found, receiver, "webhookConfigs")
        if not any(one.get("url") == url for one in every):
            yield found.finding(f"`{receiver}` does not call `{url}`", "spec", "receivers")
