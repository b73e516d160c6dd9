"""Requirements about Alertmanager: alerts are sent through the tree of its routes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from envs.monitoring.requirements.reading import duration, seconds
from iac_gym.check import requirement
from iac_gym.languages.alertmanager.receivers import Integration
from iac_gym.languages.alertmanager.routes import Route
from iac_gym.verdict import Finding

_LANGUAGE = "alertmanager"
#: Labels that alerts often have.
_COMMON = ("alertname", "cluster", "service", "namespace", "instance", "device", "job", "pod")
#: Labels of no particular alert.
_PLAIN: Mapping[str, str] = {"alertname": "SomeAlert", "instance": "a:1", "job": "some-job"}


def _wrong(model: Any, message: str, route: Route | None = None, key: str = "") -> Finding:
    mark = (0, 0) if route is None else route.at(key) if key else route.mark
    finding: Finding = model.finding(message, mark)
    return finding


def _plays(label: str, value: str) -> list[Mapping[str, str]]:
    """Return alerts with a label: alone, and with other labels that do not matter."""
    return [
        {**_PLAIN, label: value},
        {**_PLAIN, "alertname": "OtherAlert", "namespace": "some-namespace", label: value},
    ]


@requirement(
    "alerts that no other rule sends elsewhere go to the receiver `{receiver}`",
    "the default receiver is `{receiver}`",
    language=_LANGUAGE,
)
def default_receiver(model: Any, receiver: str) -> Iterable[Finding]:
    """An alert with no particular labels."""
    found = model.receivers_of(_PLAIN)
    if [one.receiver for one in found] != [receiver]:
        yield _wrong(model, f"a plain alert does not go to `{receiver}`", model.root, "receiver")
    elif receiver not in model.receivers:
        yield _wrong(model, f"there is no receiver `{receiver}`")


@requirement(
    "alerts with the label `{label}={value}`, and none with another `{label}`, go to the receiver "
    "`{receiver}` and, where nothing else is said, to no other",
    "where nothing else is said, only the receiver `{receiver}` gets alerts with "
    "`{label}={value}`, and it gets none with another `{label}`",
    language=_LANGUAGE,
)
def goes_only_to(model: Any, label: str, value: str, receiver: str) -> Iterable[Finding]:
    """Alerts with the label and with others beside it; one with another value goes elsewhere."""
    for labels in _plays(label, value):
        found = model.receivers_of(labels)
        if [one.receiver for one in found] != [receiver]:
            said = ", ".join(one.receiver for one in found) or "nobody"
            yield _wrong(model, f"an alert with `{label}={value}` goes to {said}", model.root)
            return
    for foreign in (f"not-{value}", f"{value}-two"):
        if receiver in [one.receiver for one in model.receivers_of({**_PLAIN, label: foreign})]:
            yield _wrong(model, f"an alert with `{label}={foreign}` goes to `{receiver}`, too")
            return


@requirement(
    "alerts with both `{label}={value}` and `{second}={worth}` also go to the receiver "
    "`{receiver}`, beside whom they go to anyway",
    "in addition to others, the receiver `{receiver}` gets alerts that have `{label}={value}` and "
    "`{second}={worth}`",
    language=_LANGUAGE,
)
def also_goes_to(
    model: Any, label: str, value: str, second: str, worth: str, receiver: str
) -> Iterable[Finding]:
    """An alert with both labels reaches it and those that it reached with the first alone."""
    both = [one.receiver for one in model.receivers_of({**_PLAIN, label: value, second: worth})]
    first = [one.receiver for one in model.receivers_of({**_PLAIN, label: value})]
    if receiver not in both:
        yield _wrong(model, f"such an alert does not reach `{receiver}`", model.root)
    elif receiver in first:
        yield _wrong(model, f"`{receiver}` gets alerts without `{second}={worth}`, too", model.root)
    elif not set(first) <= set(both):
        yield _wrong(model, f"such an alert reaches `{receiver}` alone", model.root)


@requirement(
    "alerts with `{label}={value}` reach the receiver `{receiver}`, whatever other labels they "
    "have",
    "every alert with `{label}={value}` is sent to the receiver `{receiver}`",
    language=_LANGUAGE,
)
def reaches(model: Any, label: str, value: str, receiver: str) -> Iterable[Finding]:
    """Alerts with the label and with others beside it."""
    for labels in _plays(label, value):
        if receiver not in [one.receiver for one in model.receivers_of(labels)]:
            message = f"an alert with `{label}={value}` does not reach `{receiver}`"
            yield _wrong(model, message, model.root)
            return


@requirement(
    "alerts are grouped by {labels}", "one notification holds the alerts with the same {labels}",
    language=_LANGUAGE,
)  # fmt: skip
def grouped_by(model: Any, labels: Sequence[str]) -> Iterable[Finding]:
    """`group_by` of the route of a plain alert."""
    for route in model.receivers_of(_PLAIN):
        if set(route.group_by) != set(labels) or route.group_by_all:
            yield _wrong(model, "alerts are not grouped like that", route, "group_by")


@requirement(
    "alerts with `{label}={value}` are grouped by {labels}",
    "for alerts with `{label}={value}` a notification holds those with the same {labels}",
    language=_LANGUAGE,
)
def route_grouped_by(
    model: Any, label: str, value: str, labels: Sequence[str]
) -> Iterable[Finding]:
    """`group_by` of the routes of such an alert."""
    found = model.receivers_of({**_PLAIN, label: value})
    if not any(one.conditions for one in found):
        yield _wrong(model, f"there is no route for `{label}={value}`", model.root)
    for route in found:
        if set(route.group_by) != set(labels) or route.group_by_all:
            yield _wrong(model, "these alerts are not grouped like that", route, "group_by")


_TIMES = {
    "wait": ("group_wait", "before the first notification of a group"),
    "interval": ("group_interval", "before new alerts of a group are told"),
    "repeat": ("repeat_interval", "before a notification is repeated"),
}


def _timed(model: Any, kind: str, labels: Mapping[str, str], time: str) -> Iterable[Finding]:
    key, said = _TIMES[kind]
    for route in model.receivers_of(labels):
        found = getattr(route, key) / 1000
        if found != seconds(time):
            yield _wrong(model, f"it takes {duration(found)} {said}, not {time}", route, key)


@requirement(
    "the first notification of a new group of alerts waits {time} (group wait)",
    "a new group of alerts is collected for {time} before it is sent (group wait)",
    language=_LANGUAGE,
)
def route_wait(model: Any, time: str) -> Iterable[Finding]:
    """`group_wait` of the route of a plain alert."""
    yield from _timed(model, "wait", _PLAIN, time)


@requirement(
    "new alerts of a known group are told after {time} (group interval)",
    "the group interval is {time}",
    language=_LANGUAGE,
)
def route_interval(model: Any, time: str) -> Iterable[Finding]:
    """`group_interval` of the route of a plain alert."""
    yield from _timed(model, "interval", _PLAIN, time)


@requirement(
    "a notification of alerts that go on is repeated after {time}",
    "the repeat interval is {time}",
    language=_LANGUAGE,
)
def route_repeat(model: Any, time: str) -> Iterable[Finding]:
    """`repeat_interval` of the route of a plain alert."""
    yield from _timed(model, "repeat", _PLAIN, time)


@requirement(
    "notifications of alerts with `{label}={value}` are repeated after {time}",
    "for alerts with `{label}={value}` the repeat interval is {time}",
    language=_LANGUAGE,
)
def route_repeat_interval(model: Any, label: str, value: str, time: str) -> Iterable[Finding]:
    """`repeat_interval` of the routes of such an alert."""
    yield from _timed(model, "repeat", {**_PLAIN, label: value}, time)


@requirement(
    "while an alert with `{label}={value}` fires, alerts with `{label}={other}`, but none with "
    "another `{label}`, are held back that have the same {equal}",
    "an alert with `{label}={value}` inhibits just those with `{label}={other}` that have the same "
    "{equal}",
    language=_LANGUAGE,
)
def inhibits(
    model: Any, label: str, value: str, other: str, equal: Sequence[str]
) -> Iterable[Finding]:
    """Played with equal labels, with each of them different, and the other way round."""
    shared = dict.fromkeys(equal, "same")
    strong, weak = {**shared, label: value}, {**shared, label: other}
    if not model.inhibits(strong, weak):
        yield _wrong(model, f"`{label}={value}` does not hold back `{label}={other}`")
    if model.inhibits(weak, strong):
        yield _wrong(model, f"`{label}={other}` holds back `{label}={value}`")
    third = f"{other}-two"
    if model.inhibits(strong, {**shared, label: third}):
        yield _wrong(model, f"`{label}={value}` holds back `{label}={third}`, too")
    for name in equal:
        if model.inhibits(strong, {**weak, name: "different"}):
            yield _wrong(model, f"alerts with another `{name}` are held back, too")
    others = [name for name in _COMMON if name not in equal]
    apart = model.inhibits(
        {**dict.fromkeys(others, "one"), **strong}, {**dict.fromkeys(others, "two"), **weak}
    )
    if not apart:
        yield _wrong(model, "alerts are held back only where more labels than these are the same")


@requirement(
    "while the alert `{source}` fires, the alert `{target}` with the same {equal} is held back",
    "`{source}` inhibits `{target}` where both have the same {equal}",
    language=_LANGUAGE,
)
def alert_inhibits(model: Any, source: str, target: str, equal: Sequence[str]) -> Iterable[Finding]:
    """Played with equal labels, with each of them different, and with another target."""
    shared = dict.fromkeys(equal, "same")
    strong, weak = {**shared, "alertname": source}, {**shared, "alertname": target}
    if not model.inhibits(strong, weak):
        yield _wrong(model, f"`{source}` does not hold back `{target}`")
    if model.inhibits(strong, {**shared, "alertname": f"Not{target}"}):
        yield _wrong(model, f"`{source}` holds back other alerts than `{target}`")
    if model.inhibits({**shared, "alertname": f"Not{source}"}, weak):
        yield _wrong(model, f"other alerts than `{source}` hold back `{target}`")
    for name in equal:
        if model.inhibits(strong, {**weak, name: "different"}):
            yield _wrong(model, f"`{target}` with another `{name}` is held back, too")


# --- when -----------------------------------------------------------------------------------------


def _silent(model: Any, labels: Mapping[str, str], moment: datetime, zone: str) -> bool:
    """Whether no route of an alert sends anything at a moment."""
    routes = model.receivers_of(labels)
    return bool(routes) and all(model.muted(route, moment, zone) for route in routes)


def _others(model: Any, label: str, value: str, zone: str) -> Iterable[Finding]:
    """Yield a finding where alerts without a label are silent at some time, too."""
    for labels in (_PLAIN, {**_PLAIN, label: f"not-{value}"}):
        moments = (datetime(2024, 11, day, hour, 30) for day in (4, 9) for hour in range(0, 24, 2))
        if any(_silent(model, labels, moment, zone) for moment in moments):
            yield _wrong(model, f"alerts without `{label}={value}` are silent, too", model.root)
            return


@requirement(
    "alerts with `{label}={value}`, and these alone, are not sent on Saturdays and Sundays (time "
    "zone {zone})",
    "on weekends, by the clock of {zone}, only alerts with `{label}={value}` stay silent",
    language=_LANGUAGE,
)
def silent_on_weekends(model: Any, label: str, value: str, zone: str) -> Iterable[Finding]:
    """Every day of a week, at different hours."""
    yield from _others(model, label, value, zone)
    labels = {**_PLAIN, label: value}
    for day in range(4, 11):  # Monday 4 to Sunday 10 November 2024
        for hour in (0, 9, 15, 23):
            moment = datetime(2024, 11, day, hour, 30)
            if _silent(model, labels, moment, zone) != (moment.isoweekday() > 5):
                said = moment.strftime("%A, %H:%M")
                yield _wrong(model, f"it is not silent on weekends alone: {said}", model.root)
                return


@requirement(
    "alerts with `{label}={value}` are sent only from Monday to Friday between {start} and {end} "
    "(time zone {zone}), all others always",
    "outside of {start} to {end}, Monday to Friday, by the clock of {zone}, alerts with "
    "`{label}={value}` stay silent, and no others",
    language=_LANGUAGE,
)
def office_hours(
    model: Any, label: str, value: str, start: str, end: str, zone: str
) -> Iterable[Finding]:
    """Every day of a week, just before and after both ends."""
    yield from _others(model, label, value, zone)
    labels = {**_PLAIN, label: value}
    first, last = (int(one[:2]) * 60 + int(one[3:]) for one in (start, end))
    for day in range(4, 11):
        for minute in {0, first - 1, first, (first + last) // 2, last - 1, last, 1439}:
            moment = datetime(2024, 11, day, minute // 60, minute % 60)
            inside = moment.isoweekday() < 6 and first <= minute < last
            if _silent(model, labels, moment, zone) == inside:
                said = moment.strftime("%A, %H:%M")
                yield _wrong(model, f"these are not the hours that were asked for: {said}")
                return


@requirement(
    "alerts with `{label}={value}`, and these alone, are not sent between {start} and midnight "
    "(time zone {zone})",
    "from {start} to midnight, by the clock of {zone}, only alerts with `{label}={value}` stay "
    "silent",
    language=_LANGUAGE,
)
def silent_evenings(model: Any, label: str, value: str, start: str, zone: str) -> Iterable[Finding]:
    """Just before and after."""
    yield from _others(model, label, value, zone)
    labels = {**_PLAIN, label: value}
    first = int(start[:2]) * 60 + int(start[3:])
    for day in (4, 9):
        for minute in (0, 300, first - 1, first, 1439):
            moment = datetime(2024, 11, day, minute // 60, minute % 60)
            if _silent(model, labels, moment, zone) != (minute >= first):
                yield _wrong(model, f"it is not silent from {start} to midnight alone")
                return


# --- receivers ------------------------------------------------------------------------------------


def _integrations(model: Any, receiver: str, kind: str) -> tuple[tuple[Integration, ...], str]:
    found = model.receivers.get(receiver)
    if found is None:
        return (), f"there is no receiver `{receiver}`"
    made: tuple[Integration, ...] = found.of(kind)
    return made, "" if made else f"the receiver `{receiver}` does not use {kind}"


def _has(model: Any, receiver: str, kind: str, settings: Mapping[str, str]) -> Iterable[Finding]:
    """Yield a finding unless one integration of a receiver has all of these settings."""
    found, missing = _integrations(model, receiver, kind)
    if missing:
        yield _wrong(model, missing)
    elif not any(all(one.text(key) == value for key, value in settings.items()) for one in found):
        said = ", ".join(f"{key} {value}" for key, value in settings.items())
        yield model.finding(f"`{receiver}` has no {kind} with {said}", found[0].mark)


@requirement(
    "the receiver `{receiver}` posts to the Slack channel `{channel}`",
    "Slack's channel `{channel}` is where `{receiver}` sends its notifications",
    language=_LANGUAGE,
)
def slack_channel(model: Any, receiver: str, channel: str) -> Iterable[Finding]:
    """`channel`, with its URL from wherever."""
    yield from _has(model, receiver, "slack", {"channel": channel})


@requirement(
    "Slack's webhook address is read from the file `{path}`, for all receivers",
    "every Slack receiver uses the webhook address in the file `{path}`",
    language=_LANGUAGE,
)
def slack_address(model: Any, path: str) -> Iterable[Finding]:
    """`slack_api_url_file` of `global`, or `api_url_file` everywhere."""
    found = [one for receiver in model.receivers.values() for one in receiver.of("slack")]
    if not found:
        yield _wrong(model, "no receiver uses Slack")
    for one in found:
        if one.text("api_url_file") != path or one.text("api_url"):
            yield model.finding(f"the address is not read from `{path}`", one.mark)


@requirement(
    "the receiver `{receiver}` calls PagerDuty with the routing key in the file `{path}`",
    "PagerDuty (routing key in `{path}`) is called by the receiver `{receiver}`",
    language=_LANGUAGE,
)
def pagerduty_key(model: Any, receiver: str, path: str) -> Iterable[Finding]:
    """`routing_key_file`."""
    yield from _has(model, receiver, "pagerduty", {"routing_key_file": path})


@requirement(
    "the receiver `{receiver}` sends e-mail to `{address}`",
    "`{address}` gets e-mail from the receiver `{receiver}`",
    language=_LANGUAGE,
)
def email_to(model: Any, receiver: str, address: str) -> Iterable[Finding]:
    """One of the addresses in `to`."""
    found, missing = _integrations(model, receiver, "email")
    if missing:
        yield _wrong(model, missing)
    elif not any(address in [part.strip() for part in one.text("to").split(",")] for one in found):
        yield model.finding(f"`{receiver}` does not write to `{address}`", found[0].mark)


@requirement(
    "e-mail is handed to `{host}` and comes from `{sender}`",
    "the mail server is `{host}`, the sender of e-mail `{sender}`",
    language=_LANGUAGE,
)
def email_server(model: Any, host: str, sender: str) -> Iterable[Finding]:
    """`smtp_smarthost` and `smtp_from`, or the same at every receiver."""
    found = [one for receiver in model.receivers.values() for one in receiver.of("email")]
    if not found:
        yield _wrong(model, "no receiver sends e-mail")
    for one in found:
        if one.text("smarthost") != host or one.text("from") != sender:
            yield model.finding(f"e-mail does not go through `{host}` as `{sender}`", one.mark)


@requirement(
    "the receiver `{receiver}` calls the webhook `{url}`",
    "`{url}` is called (webhook) by the receiver `{receiver}`",
    language=_LANGUAGE,
)
def webhook(model: Any, receiver: str, url: str) -> Iterable[Finding]:
    """`url` of a webhook."""
    yield from _has(model, receiver, "webhook", {"url": url})


@requirement(
    "the receiver `{receiver}` writes to Microsoft Teams through the webhook address in `{path}`",
    "Microsoft Teams (webhook address in the file `{path}`) is told by the receiver `{receiver}`",
    language=_LANGUAGE,
)
def teams_address(model: Any, receiver: str, path: str) -> Iterable[Finding]:
    """`webhook_url_file` of either Teams integration."""
    for kind in ("msteams", "msteamsv2"):
        found, _ = _integrations(model, receiver, kind)
        if any(one.text("webhook_url_file") == path for one in found):
            return
    yield _wrong(model, f"`{receiver}` does not write to Teams through `{path}`")


@requirement(
    "the receiver `{receiver}` also tells when an alert is over",
    "resolved alerts are told by the receiver `{receiver}`, too",
    language=_LANGUAGE,
)
def tells_resolved(model: Any, receiver: str) -> Iterable[Finding]:
    """`send_resolved` of all its integrations."""
    found = model.receivers.get(receiver)
    if found is None or not found.integrations:
        yield _wrong(model, f"there is no receiver `{receiver}` that sends anything")
        return
    for one in found.integrations:
        if not one.send_resolved:
            yield model.finding(f"`{receiver}` does not tell when an alert is over", one.mark)


@requirement(
    "an alert that is no longer reported counts as over after {time}",
    "the resolve timeout is {time}",
    language=_LANGUAGE,
)
def resolve_timeout(model: Any, time: str) -> Iterable[Finding]:
    """`global.resolve_timeout`."""
    from iac_gym.formats.go_durations import prometheus_duration

    found = prometheus_duration(str(model.global_("resolve_timeout")))
    if found is None or found / 1000 != seconds(time):
        yield _wrong(model, f"the resolve timeout is not {time}")


@requirement(
    "templates of notifications are read from `{pattern}`",
    "`{pattern}` holds the templates of notifications",
    language=_LANGUAGE,
)
def templates_from(model: Any, pattern: str) -> Iterable[Finding]:
    """One of `templates`."""
    if pattern not in [one.removeprefix("./") for one in model.template_files]:
        yield _wrong(model, f"templates are not read from `{pattern}`")
