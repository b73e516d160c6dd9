"""Families of Alertmanager: who is told what, how often, and when not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from envs.monitoring import choices
from envs.monitoring.requirements import routing
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.extras import Extra, Recipe
from iac_gym.formats.yaml import dump

_ORDER = "global templates route inhibit_rules receivers time_intervals".split()
_ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "UTC", "Europe/London", "Asia/Kolkata")


class Manager(Recipe):
    """The asks of a task, and the configuration that meets them."""

    def __init__(self, draw: Draw, default: str) -> None:
        super().__init__(draw)
        self.fields: dict[str, Any] = {"route": {"receiver": default}, "receivers": []}
        self.receiver(default)
        self.ask(routing.default_receiver(receiver=default))

    def receiver(self, name: str) -> dict[str, Any]:
        """Return the receiver of a name, made where it is new."""
        for one in self.fields["receivers"]:
            if one["name"] == name:
                found: dict[str, Any] = one
                return found
        made: dict[str, Any] = {"name": name}
        self.fields["receivers"].append(made)
        return made

    def route(self, label: str, value: str, receiver: str, **more: Any) -> dict[str, Any]:
        """Add a route under the root."""
        made = {"receiver": receiver, "matchers": [f'{label}="{value}"'], **more}
        self.fields["route"].setdefault("routes", []).append(made)
        self.receiver(receiver)
        return made

    def set(self, section: str, key: str, value: Any) -> None:
        """Set a value of a section."""
        self.fields.setdefault(section, {})[key] = value

    def draft(self, *openings: str) -> Draft:
        """Make the draft of the task."""
        tree = {key: self.fields[key] for key in _ORDER if key in self.fields}
        whole = partial(dump, tree)
        return self.make_draft(openings, whole, (("alertmanager.yml", "alertmanager"),))


def _name(draw: Draw, name: str, *endings: str) -> str:
    return f"{draw.choice(name, choices.JOBS)}-{draw.phrase(f'end of {name}', endings)}"


def _integration(receiver: str, name: str) -> Extra:
    """Say how a receiver tells somebody."""

    def make(made: Manager) -> None:
        draw = made.draw
        kind = draw.choice(f"way of {name}", ("slack", "pagerduty", "email", "webhook", "teams"))
        place = made.receiver(receiver)
        word = draw.choice(f"word of {name}", choices.TEAMS)
        if kind == "slack":
            place["slack_configs"] = [{"channel": f"#{word}-alerts"}]
            made.ask(routing.slack_channel(receiver=receiver, channel=f"#{word}-alerts"))
            made.set("global", "slack_api_url_file", "/etc/alertmanager/secrets/slack-url")
        elif kind == "pagerduty":
            path = f"/etc/alertmanager/secrets/{word}-pagerduty"
            place["pagerduty_configs"] = [{"routing_key_file": path}]
            made.ask(routing.pagerduty_key(receiver=receiver, path=path))
        elif kind == "email":
            address = f"{word}-oncall@example.com"
            place["email_configs"] = [{"to": address}]
            made.set("global", "smtp_smarthost", "mail.example.com:587")
            made.set("global", "smtp_from", "alertmanager@example.com")
            made.ask(routing.email_to(receiver=receiver, address=address))
        elif kind == "webhook":
            url = f"https://{word}.example.com/hooks/alerts"
            place["webhook_configs"] = [{"url": url}]
            made.ask(routing.webhook(receiver=receiver, url=url))
        else:
            path = f"/etc/alertmanager/secrets/{word}-teams"
            place["msteamsv2_configs"] = [{"webhook_url_file": path}]
            made.ask(routing.teams_address(receiver=receiver, path=path))
        tells = draw.chance(f"{name} tells the end", 0.4)
        for configs in (one for key, one in place.items() if key.endswith("_configs")):
            for config in configs:
                config["send_resolved"] = tells
        if tells:
            made.ask(routing.tells_resolved(receiver=receiver))

    return Extra(f"receiver of {name}", 1.2, make)


def _times() -> list[Extra]:
    """Return optional settings of the root."""

    def group(made: Manager) -> None:
        pool = ("alertname", "cluster", "service", "namespace", "severity", "instance", "region")
        labels = list(
            made.draw.sample("group labels", pool, made.draw.integer("label count", 1, 3))
        )
        made.fields["route"]["group_by"] = labels
        made.ask(routing.grouped_by(labels=labels))

    def setting(key: str, asked: Any, values: Sequence[str]) -> Extra:
        def make(made: Manager) -> None:
            made.fields["route"][key] = made.draw.choice(key, values)
            made.ask(asked(time=made.fields["route"][key]))

        return Extra(key, 1, make)

    return [
        Extra("grouping", 1, group),
        setting("repeat_interval", routing.route_repeat, ("1h", "2h", "3h", "6h", "12h", "1d")),
        setting("group_wait", routing.route_wait, ("10s", "15s", "20s", "45s", "1m", "2m")),
        setting("group_interval", routing.route_interval, ("1m", "2m", "3m", "10m", "15m")),
    ]


def _general() -> list[Extra]:
    def timeout(made: Manager) -> None:
        time = made.draw.choice("resolve timeout", ("2m", "3m", "10m", "15m", "30m"))
        made.set("global", "resolve_timeout", time)
        made.ask(routing.resolve_timeout(time=time))

    def templates(made: Manager) -> None:
        pattern = made.draw.choice("templates", (
            "/etc/alertmanager/templates/*.tmpl", "templates/*.tmpl",
            "/etc/alertmanager/slack.tmpl",
            "notifications/*.tmpl",
        ))  # fmt: skip
        made.fields["templates"] = [pattern]
        made.ask(routing.templates_from(pattern=pattern))

    return [Extra("timeout", 1, timeout), Extra("templates", 1, templates)]


@family("alertmanager", levels=(1, 2, 3, 4, 5))
def team_routes(draw: Draw) -> Draft:
    """Every team gets its own alerts."""
    default = _name(draw, "default", "default", "catch-all", "fallback")
    made = Manager(draw, default)
    label = draw.choice("label", ("team", "owner", "squad", "service", "namespace"))
    teams = draw.sample("teams", choices.TEAMS, draw.integer("count", 1, 3))
    receivers = [
        f"{team}-{draw.phrase(f'end {team}', ('team', 'oncall', 'channel'))}" for team in teams
    ]
    for team, receiver in zip(teams, receivers, strict=True):
        made.route(label, team, receiver)
        made.ask(routing.goes_only_to(label=label, value=team, receiver=receiver))

    def urgent(made: Manager) -> None:
        receiver = _name(draw, "urgent", "pager", "phone", "escalation")
        routes = made.fields["route"]["routes"]
        worth = draw.choice("urgency", ("critical", "page", "emergency"))
        found = {
            "receiver": receiver, "continue": True,
            "matchers": [f'{label}="{teams[0]}"', f'severity="{worth}"'],
        }  # fmt: skip
        routes.insert(0, found)
        made.receiver(receiver)
        made.ask(
            routing.also_goes_to(
                label=label, value=teams[0], second="severity", worth=worth, receiver=receiver
            )
        )

    def own_repeat(made: Manager) -> None:
        time = draw.choice("own repeat", ("30m", "90m", "5h", "8h"))
        for route in made.fields["route"]["routes"]:
            if route["receiver"] == receivers[0]:
                route["repeat_interval"] = time
        made.ask(routing.route_repeat_interval(label=label, value=teams[0], time=time))

    def own_groups(made: Manager) -> None:
        labels = list(draw.sample("own labels", ("job", "pod", "device", "queue", "topic"), 2))
        for route in made.fields["route"]["routes"]:
            if route["receiver"] == receivers[0]:
                route["group_by"] = labels
        made.ask(routing.route_grouped_by(label=label, value=teams[0], labels=labels))

    made.grow([
        *_times(), _integration(receivers[0], "first"), Extra("urgent", 1, urgent),
        Extra("own repeat", 1, own_repeat), Extra("own groups", 1, own_groups),
        _integration(default, "default"), *_general(),
    ])  # fmt: skip
    return made.draft(
        "Write the alertmanager.yml that sends alerts to the teams they belong to",
        "Alerts must reach the right team: write the alertmanager.yml",
    )


@family("alertmanager", levels=(1, 2, 3, 4))
def inhibition_rules(draw: Draw) -> Draft:
    """Alerts that make others superfluous."""
    default = _name(draw, "default", "default", "team", "inbox")
    made = Manager(draw, default)
    rules: list[dict[str, Any]] = []
    made.fields["inhibit_rules"] = rules
    strong, weak = draw.choice("levels", (
        ("critical", "warning"), ("page", "ticket"), ("major", "minor"), ("error", "info"),
    ))  # fmt: skip
    pool = ("alertname", "cluster", "service", "namespace", "instance", "device")
    equal = list(draw.sample("equal", pool, draw.integer("equal count", 1, 3)))
    rules.append({
        "source_matchers": [f'severity="{strong}"'], "target_matchers": [f'severity="{weak}"'],
        "equal": equal,
    })  # fmt: skip
    made.ask(routing.inhibits(label="severity", value=strong, other=weak, equal=equal))

    def cause(made: Manager) -> None:
        ending = draw.phrase("ending", ("Down", "Unreachable"))
        source = f"{draw.choice('source', choices.SUBJECTS)}{ending}"
        target = f"{draw.choice('target', choices.SUBJECTS)}HighLatency"
        shared = list(draw.sample("shared", ("cluster", "datacenter", "region", "node"), 1))
        rules.append({
            "source_matchers": [f'alertname="{source}"'],
            "target_matchers": [f'alertname="{target}"'], "equal": shared,
        })  # fmt: skip
        made.ask(routing.alert_inhibits(source=source, target=target, equal=shared))

    made.grow([Extra("cause", 1, cause), *_times(), _integration(default, "default"), *_general()])
    return made.draft(
        "Write an alertmanager.yml with inhibition rules",
        "One outage floods us with alerts: write an alertmanager.yml that holds follow-ups back",
    )


@family("alertmanager", levels=(2, 3, 4))
def quiet_times(draw: Draw) -> Draft:
    """Times at which some alerts are not sent."""
    default = _name(draw, "default", "default", "team", "inbox")
    made = Manager(draw, default)
    label = draw.choice("label", ("severity", "team", "env", "priority"))
    value = draw.choice("value", ("warning", "low", "staging", "info", "data", "nightly"))
    receiver = _name(draw, "quiet", "quiet", "daytime", "office")
    route = made.route(label, value, receiver)
    zone = draw.choice("zone", _ZONES)
    made.ask(routing.goes_only_to(label=label, value=value, receiver=receiver))
    kind = draw.choice("kind", ("weekends", "office", "evenings"))
    location = {"location": zone}
    if kind == "weekends":
        part: dict[str, Any] = {"weekdays": ["saturday", "sunday"], **location}
        route["mute_time_intervals"] = ["weekends"]
        made.ask(routing.silent_on_weekends(label=label, value=value, zone=zone))
    elif kind == "office":
        start, end = draw.choice("hours", (
            ("08:00", "17:00"), ("09:00", "18:00"), ("07:30", "16:30"), ("10:00", "16:00"),
        ))  # fmt: skip
        part = {"weekdays": ["monday:friday"], **location,
                "times": [{"start_time": start, "end_time": end}]}  # fmt: skip
        route["active_time_intervals"] = ["office-hours"]
        made.ask(routing.office_hours(label=label, value=value, start=start, end=end, zone=zone))
    else:
        start = draw.choice("start", ("18:00", "19:30", "20:00", "21:00", "22:00"))
        part = {"times": [{"start_time": start, "end_time": "24:00"}], **location}
        route["mute_time_intervals"] = ["evenings"]
        made.ask(routing.silent_evenings(label=label, value=value, start=start, zone=zone))
    named = {"weekends": "weekends", "office": "office-hours", "evenings": "evenings"}[kind]
    made.fields["time_intervals"] = [{"name": named, "time_intervals": [part]}]
    made.grow([*_times(), _integration(receiver, "quiet"), _integration(default, "default"),
               *_general()])  # fmt: skip
    return made.draft(
        "Write an alertmanager.yml that does not disturb anybody at the wrong time",
        "Some alerts can wait: write the alertmanager.yml",
    )


@family("alertmanager", levels=(2, 3, 4))
def mail_and_slack(draw: Draw) -> Draft:
    """Receivers with what they have in common."""
    default = _name(draw, "default", "mail", "inbox", "list")
    made = Manager(draw, default)
    host = f"smtp.{draw.choice('host', choices.DOMAINS)}:{draw.choice('port', (25, 465, 587))}"
    sender = (
        f"{draw.choice('sender', ('alerts', 'monitoring', 'noreply', 'alertmanager'))}@example.com"
    )
    made.set("global", "smtp_smarthost", host)
    made.set("global", "smtp_from", sender)
    address = f"{draw.choice('address', choices.TEAMS)}@example.com"
    mail: dict[str, Any] = {"to": address}
    made.receiver(default)["email_configs"] = [mail]
    made.ask(routing.email_server(host=host, sender=sender),
             routing.email_to(receiver=default, address=address))  # fmt: skip

    def slack(made: Manager) -> None:
        receiver = _name(draw, "slack", "slack", "chat")
        channel = f"#{draw.choice('channel', choices.TEAMS)}-alerts"
        path = (
            f"/etc/alertmanager/secrets/{draw.choice('secret', ('slack', 'slack-url', 'webhook'))}"
        )
        severity = draw.choice("severity", choices.SEVERITIES)
        made.set("global", "slack_api_url_file", path)
        made.route("severity", severity, receiver)
        made.receiver(receiver)["slack_configs"] = [{"channel": channel}]
        made.ask(
            routing.goes_only_to(label="severity", value=severity, receiver=receiver),
            routing.slack_channel(receiver=receiver, channel=channel),
            routing.slack_address(path=path),
        )

    def over(made: Manager) -> None:
        mail["send_resolved"] = True
        made.ask(routing.tells_resolved(receiver=default))

    made.grow([Extra("over", 1, over), *_times(), Extra("slack", 3, slack), *_general()])
    return made.draft(
        "Write an alertmanager.yml that sends e-mail",
        "Alerts shall come by e-mail: write the alertmanager.yml",
    )


@family("alertmanager", levels=(2, 3, 4), held_out=True)
def escalation(draw: Draw) -> Draft:
    """Alerts that always reach somebody, beside others."""
    default = _name(draw, "default", "default", "archive", "log")
    made = Manager(draw, default)
    severity = draw.choice("severity", ("critical", "page", "emergency", "disaster"))
    pager = _name(draw, "pager", "pager", "oncall", "phone")
    made.route("severity", severity, pager, **{"continue": True})
    made.ask(routing.reaches(label="severity", value=severity, receiver=pager))
    team = draw.choice("team", choices.TEAMS)
    chat = _name(draw, "chat", "chat", "channel")
    made.route("team", team, chat)
    made.ask(
        routing.goes_only_to(label="team", value=team, receiver=chat),
        routing.also_goes_to(label="team", value=team, second="severity", worth=severity,
                             receiver=pager),
    )  # fmt: skip
    made.grow([_integration(pager, "pager"), *_times(), _integration(chat, "chat"), *_general()])
    return made.draft(
        "Write an alertmanager.yml in which urgent alerts are never missed",
        "Urgent alerts must reach the person on call in any case: write the alertmanager.yml",
    )
