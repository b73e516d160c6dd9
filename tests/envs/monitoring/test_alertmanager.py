# ruff: noqa: E501
"""Routes, receivers, inhibition and quiet times: many spellings, and near misses."""

from __future__ import annotations

import pytest

from tests.envs.monitoring.judging import found

TAIL = """
receivers: [{name: main}, {name: pay}, {name: pager}]
time_intervals:
- {name: weekends, time_intervals: [{weekdays: [saturday, sunday], location: Europe/Berlin}]}
- {name: weekends-utc, time_intervals: [{weekdays: [saturday, sunday]}]}
- {name: workdays, time_intervals: [{weekdays: ['monday:friday'], location: Europe/Berlin}]}
- {name: office, time_intervals: [{weekdays: ['monday:friday'], times: [{start_time: '08:00', end_time: '17:00'}], location: Europe/Berlin}]}
- {name: nights, time_intervals: [{times: [{start_time: '00:00', end_time: '08:00'}, {start_time: '17:00', end_time: '24:00'}], location: Europe/Berlin}]}
- {name: evenings, time_intervals: [{times: [{start_time: '20:00', end_time: '24:00'}], location: Europe/Berlin}]}
- {name: days, time_intervals: [{times: [{start_time: '00:00', end_time: '20:00'}], location: Europe/Berlin}]}
- {name: short, time_intervals: [{times: [{start_time: '20:00', end_time: '23:00'}], location: Europe/Berlin}]}
"""

PAY = "route: {receiver: main, routes: [%s]}"
ONLY = ("goes_only_to", {"label": "team", "value": "payments", "receiver": "pay"})
GROUPS = ("grouped_by", {"labels": ["alertname", "cluster"]})
OWN_GROUPS = ("route_grouped_by", {"label": "team", "value": "payments", "labels": ["job"]})
REPEAT = ("route_repeat", {"time": "3h"})
OWN_REPEAT = ("route_repeat_interval", {"label": "team", "value": "payments", "time": "90m"})
ALSO = (
    "also_goes_to",
    {
        "label": "team",
        "value": "payments",
        "second": "severity",
        "worth": "critical",
        "receiver": "pager",
    },
)
REACHES = ("reaches", {"label": "severity", "value": "critical", "receiver": "pager"})
INHIBITS = (
    "inhibits",
    {"label": "severity", "value": "critical", "other": "warning", "equal": ["cluster", "service"]},
)
CAUSE = ("alert_inhibits", {"source": "NodeDown", "target": "SlowApp", "equal": ["node"]})
WEEKENDS = ("silent_on_weekends", {"label": "team", "value": "payments", "zone": "Europe/Berlin"})
OFFICE = (
    "office_hours",
    {
        "label": "team",
        "value": "payments",
        "start": "08:00",
        "end": "17:00",
        "zone": "Europe/Berlin",
    },
)
EVENINGS = (
    "silent_evenings",
    {"label": "team", "value": "payments", "start": "20:00", "zone": "Europe/Berlin"},
)

RIGHT = [
    (("default_receiver", {"receiver": "main"}), [
        "route: {receiver: main}",
        "route: {receiver: main, routes: [{receiver: pay, matchers: [team=payments]}]}",
        "route: {receiver: pay, routes: [{receiver: pager, matchers: [severity=critical]}, {receiver: main}]}",
    ]),
    (ONLY, [
        PAY % '{receiver: pay, matchers: [team="payments"]}',
        PAY % "{receiver: pay, matchers: [team = payments]}",
        PAY % "{receiver: pay, matchers: ['{team=\"payments\"}']}",
        PAY % "{receiver: pay, matchers: [team=~payments]}",
        PAY % "{receiver: pay, matchers: ['team=~\"^(?:payments)$\"']}",
        PAY % "{receiver: pay, match: {team: payments}}",
        PAY % "{receiver: pay, match_re: {team: payments}}",
        PAY % "{receiver: main, matchers: [severity=info, team!=payments]}, {receiver: pay, matchers: [team=payments]}",
        PAY % "{matchers: ['team=~\".+\"'], routes: [{receiver: pay, matchers: [team=payments]}]}",
        PAY % "{receiver: pay, matchers: [team=payments], routes: [{receiver: pager, matchers: [severity=critical]}]}",
        PAY % "{receiver: pager, matchers: [team=payments, severity=critical], continue: true}, {receiver: pay, matchers: [team=payments]}",
    ]),
    (GROUPS, [
        "route: {receiver: main, group_by: [alertname, cluster]}", "route: {receiver: main, group_by: [cluster, alertname]}",
        "route: {receiver: pay, routes: [{receiver: main, group_by: [alertname, cluster]}]}",
    ]),
    (OWN_GROUPS, [
        PAY % "{receiver: pay, matchers: [team=payments], group_by: [job]}",
        "route: {receiver: main, group_by: [job], routes: [{receiver: pay, matchers: [team=payments]}]}",
    ]),
    (REPEAT, ["route: {receiver: main, repeat_interval: 3h}", "route: {receiver: main, repeat_interval: 180m}"]),
    (OWN_REPEAT, [
        PAY % "{receiver: pay, matchers: [team=payments], repeat_interval: 1h30m}",
        PAY % "{receiver: pay, matchers: [team=payments], repeat_interval: 90m, routes: [{receiver: pager, matchers: [severity=critical], repeat_interval: 1h}]}",
    ]),
    (("route_wait", {"time": "45s"}), ["route: {receiver: main, group_wait: 45s}"]),
    (("route_interval", {"time": "3m"}), ["route: {receiver: main, group_interval: 180s}"]),
    (ALSO, [
        PAY % "{receiver: pager, matchers: [team=payments, severity=critical], continue: true}, {receiver: pay, matchers: [team=payments]}",
        PAY % "{receiver: pay, matchers: [team=payments], continue: true}, {receiver: pager, matchers: [severity=critical, team=payments]}",
        PAY % "{receiver: pay, matchers: [team=payments], routes: [{receiver: pager, matchers: [severity=critical], continue: true}, {receiver: pay}]}",
        PAY % "{receiver: pager, match: {severity: critical}, continue: true}, {receiver: pay, match: {team: payments}}",
    ]),
    (REACHES, [
        PAY % "{receiver: pager, matchers: [severity=critical]}",
        PAY % "{receiver: pager, matchers: ['severity=~\"critical|page\"'], continue: true}, {receiver: pay, matchers: [team=payments]}",
        "route: {receiver: pager}",
    ]),
    (INHIBITS, [
        "inhibit_rules: [{source_matchers: [severity=critical], target_matchers: [severity=warning], equal: [cluster, service]}]",
        "inhibit_rules: [{source_match: {severity: critical}, target_match: {severity: warning}, equal: [service, cluster]}]",
        "inhibit_rules: [{source_match_re: {severity: critical}, target_match_re: {severity: warning}, equal: [service, cluster]}]",
        "inhibit_rules: [{source_matchers: ['{severity=\"critical\"}'], target_matchers: ['severity =~ \"warning|info\"'], equal: [cluster, service]}]",
    ]),
    (CAUSE, [
        "inhibit_rules: [{source_matchers: [alertname=NodeDown], target_matchers: [alertname=SlowApp], equal: [node]}]",
        "inhibit_rules: [{source_match: {alertname: NodeDown}, target_match_re: {alertname: SlowApp}, equal: [node]}]",
    ]),
    (WEEKENDS, [
        PAY % "{receiver: pay, matchers: [team=payments], mute_time_intervals: [weekends]}",
        PAY % "{receiver: pay, matchers: [team=payments], active_time_intervals: [workdays]}",
    ]),
    (OFFICE, [
        PAY % "{receiver: pay, matchers: [team=payments], active_time_intervals: [office]}",
        PAY % "{receiver: pay, matchers: [team=payments], mute_time_intervals: [weekends, nights]}",
        PAY % "{receiver: pay, matchers: [team=payments], active_time_intervals: [workdays], mute_time_intervals: [nights]}",
    ]),
    (EVENINGS, [
        PAY % "{receiver: pay, matchers: [team=payments], mute_time_intervals: [evenings]}",
        PAY % "{receiver: pay, matchers: [team=payments], active_time_intervals: [days]}",
    ]),
]  # fmt: skip

WRONG = [
    (("default_receiver", {"receiver": "main"}), [
        "route: {receiver: pay}", "route: {receiver: main, routes: [{receiver: pay}]}",
        "route: {receiver: main, routes: [{receiver: pay, continue: true}, {receiver: main}]}",
    ]),
    (ONLY, [
        "route: {receiver: pay}", "route: {receiver: main}",
        PAY % "{receiver: pay}",
        PAY % "{receiver: pay, matchers: ['team=~\"payments.*\"']}",
        PAY % "{receiver: pay, matchers: ['team=~\".*payments\"']}",
        PAY % "{receiver: pay, matchers: ['team!=payments']}",
        PAY % "{receiver: pay, matchers: [team=payments], continue: true}, {receiver: main}",
        PAY % "{receiver: main}, {receiver: pay, matchers: [team=payments]}",
        PAY % "{receiver: pay, matchers: [team=payments, severity=critical]}",
        PAY % "{receiver: pay, matchers: [team=payments, team=search]}",
        PAY % "{receiver: pay, matchers: [squad=payments]}",
        PAY % "{receiver: pager, matchers: [team=payments]}, {receiver: pay, matchers: [team=payments]}",
    ]),
    (GROUPS, [
        "route: {receiver: main, group_by: [alertname]}", "route: {receiver: main, group_by: ['...']}",
        "route: {receiver: main}", PAY % "{receiver: pay, matchers: [team=payments], group_by: [alertname, cluster]}",
        "route: {receiver: main, group_by: [alertname, cluster, job]}",
        "route: {receiver: main, group_by: [alertname, cluster], routes: [{receiver: main, group_by: [job]}]}",
    ]),
    (OWN_GROUPS, [
        "route: {receiver: main, group_by: [job]}", PAY % "{receiver: pay, matchers: [team=payments]}",
        PAY % "{receiver: pay, matchers: [team=payments], group_by: [job, pod]}",
        PAY % "{receiver: pay, matchers: [team=payments], routes: [{receiver: pay, group_by: [pod]}], group_by: [job]}",
    ]),
    (REPEAT, ["route: {receiver: main}", "route: {receiver: main, group_interval: 3h}",
              PAY % "{receiver: pay, matchers: [team=payments], repeat_interval: 3h}"]),
    (OWN_REPEAT, ["route: {receiver: main, repeat_interval: 4h, routes: [{receiver: pay, matchers: [team=payments]}]}"]),
    (("route_wait", {"time": "45s"}), ["route: {receiver: main}", "route: {receiver: main, group_interval: 45s}"]),
    (ALSO, [
        PAY % "{receiver: pager, matchers: [team=payments, severity=critical]}, {receiver: pay, matchers: [team=payments]}",
        PAY % "{receiver: pay, matchers: [team=payments]}, {receiver: pager, matchers: [severity=critical, team=payments]}",
        PAY % "{receiver: pager, matchers: [team=payments], continue: true}, {receiver: pay, matchers: [team=payments]}",
        PAY % "{receiver: pay, matchers: [team=payments], routes: [{receiver: pager, matchers: [severity=critical]}]}",
    ]),
    (REACHES, [
        PAY % "{receiver: pager, matchers: [severity=critical, team=payments]}",
        PAY % "{receiver: pay, matchers: [namespace=some-namespace]}, {receiver: pager, matchers: [severity=critical]}",
        "route: {receiver: main}",
    ]),
    (INHIBITS, [
        "route: {receiver: main}",
        "inhibit_rules: [{source_matchers: [severity=warning], target_matchers: [severity=critical], equal: [cluster, service]}]",
        "inhibit_rules: [{source_matchers: [severity=critical], target_matchers: [severity=warning], equal: [cluster]}]",
        "inhibit_rules: [{source_matchers: [severity=critical], target_matchers: [severity=warning]}]",
        "inhibit_rules: [{source_matchers: [severity=critical], target_matchers: [severity=warning], equal: [cluster, service, alertname]}]",
        "inhibit_rules: [{source_matchers: [severity=critical], target_matchers: ['severity!=critical'], equal: [cluster, service]}]",
        "inhibit_rules: [{source_matchers: [severity=critical], target_matchers: ['severity=~\".+\"'], equal: [cluster, service]}]",
        "inhibit_rules: [{source_matchers: [severity=critical, team=payments], target_matchers: [severity=warning], equal: [cluster, service]}]",
    ]),
    (CAUSE, [
        "inhibit_rules: [{source_matchers: [alertname=SlowApp], target_matchers: [alertname=NodeDown], equal: [node]}]",
        "inhibit_rules: [{source_matchers: [alertname=NodeDown], target_matchers: [alertname=SlowApp]}]",
        "inhibit_rules: [{source_matchers: [alertname=NodeDown], target_matchers: ['alertname!=NodeDown'], equal: [node]}]",
        "inhibit_rules: [{source_matchers: ['alertname!=SlowApp'], target_matchers: [alertname=SlowApp], equal: [node]}]",
    ]),
    (WEEKENDS, [
        PAY % "{receiver: pay, matchers: [team=payments], mute_time_intervals: [weekends-utc]}",
        PAY % "{receiver: pay, matchers: [team=payments], active_time_intervals: [weekends]}",
        PAY % "{receiver: pay, matchers: [team=payments], mute_time_intervals: [weekends, nights]}",
        PAY % "{receiver: pay, matchers: [team=payments]}",
        PAY % "{receiver: pay, matchers: [team=payments]}, {receiver: main, mute_time_intervals: [weekends]}",
        PAY % "{receiver: pay, mute_time_intervals: [weekends]}",
        PAY % "{receiver: pay, matchers: [team=payments], mute_time_intervals: [weekends], routes: [{receiver: pay}]}",
        PAY % "{receiver: pay, matchers: [team=payments], mute_time_intervals: [weekends], continue: true}, {receiver: main}",
    ]),
    (OFFICE, [
        PAY % "{receiver: pay, matchers: [team=payments], mute_time_intervals: [office]}",
        PAY % "{receiver: pay, matchers: [team=payments], mute_time_intervals: [nights]}",
        PAY % "{receiver: pay, matchers: [team=payments], active_time_intervals: [workdays]}",
        PAY % "{receiver: pay, active_time_intervals: [office]}",
    ]),
    (EVENINGS, [
        PAY % "{receiver: pay, matchers: [team=payments], mute_time_intervals: [short]}",
        PAY % "{receiver: pay, matchers: [team=payments], mute_time_intervals: [nights]}",
        PAY % "{receiver: pay, matchers: [team=payments], active_time_intervals: [evenings]}",
    ]),
]  # fmt: skip


def _cases(table):
    return [
        pytest.param(name, args, text, id=f"{name}: {text[20:120]}")
        for (name, args), texts in table
        for text in texts
    ]


def _whole(text: str) -> str:
    return text + TAIL if "route:" in text else f"route: {{receiver: main}}\n{text}{TAIL}"


@pytest.mark.parametrize(("name", "args", "text"), _cases(RIGHT))
def test_other_spellings_are_met(name: str, args: dict, text: str) -> None:
    assert found("alertmanager", _whole(text), name, **args) == []


@pytest.mark.parametrize(("name", "args", "text"), _cases(WRONG))
def test_near_misses_are_not(name: str, args: dict, text: str) -> None:
    assert found("alertmanager", _whole(text), name, **args) != []


def test_utc_may_be_left_out() -> None:
    text = PAY % "{receiver: pay, matchers: [team=payments], mute_time_intervals: [weekends-utc]}"
    args = {"label": "team", "value": "payments", "zone": "UTC"}
    assert found("alertmanager", text + TAIL, "silent_on_weekends", **args) == []


RECEIVERS = [
    ("slack_channel", {"receiver": "r", "channel": "#a"}, {
        "{name: r, slack_configs: [{channel: '#a'}]}": True, "{name: r, slack_configs: [{channel: 'a'}]}": False,
        "{name: r, slack_configs: [{channel: '#b'}, {channel: '#a', api_url_file: /x}]}": True,
        "{name: r}": False, "{name: s, slack_configs: [{channel: '#a'}]}": False}),
    ("slack_address", {"path": "/s"}, {
        "{name: r, slack_configs: [{channel: x, api_url_file: /s}]}": True,
        "{name: r, slack_configs: [{channel: x, api_url: 'https://x'}]}": False, "{name: r}": False}),
    ("pagerduty_key", {"receiver": "r", "path": "/k"}, {
        "{name: r, pagerduty_configs: [{routing_key_file: /k}]}": True,
        "{name: r, pagerduty_configs: [{service_key_file: /k}]}": False,
        "{name: r, pagerduty_configs: [{routing_key: /k}]}": False}),
    ("email_to", {"receiver": "r", "address": "a@x.y"}, {
        "{name: r, email_configs: [{to: a@x.y}]}": True, "{name: r, email_configs: [{to: 'b@x.y, a@x.y'}]}": True,
        "{name: r, email_configs: [{to: b@x.y}, {to: a@x.y}]}": True, "{name: r, email_configs: [{to: aa@x.y}]}": False}),
    ("webhook", {"receiver": "r", "url": "https://x/h"}, {
        "{name: r, webhook_configs: [{url: 'https://x/h'}]}": True, "{name: r, webhook_configs: [{url: 'https://x'}]}": False,
        "{name: r, slack_configs: [{api_url: 'https://x/h'}]}": False}),
    ("teams_address", {"receiver": "r", "path": "/t"}, {
        "{name: r, msteamsv2_configs: [{webhook_url_file: /t}]}": True, "{name: r, msteams_configs: [{webhook_url_file: /t}]}": True,
        "{name: r, msteams_configs: [{webhook_url: 'https://t'}]}": False}),
    ("tells_resolved", {"receiver": "r"}, {
        "{name: r, slack_configs: [{channel: x, send_resolved: true}]}": True, "{name: r, slack_configs: [{channel: x}]}": False,
        "{name: r, pagerduty_configs: [{routing_key: x}]}": True, "{name: r, webhook_configs: [{url: 'https://x'}]}": True,
        "{name: r, email_configs: [{to: a@x.y}]}": False, "{name: r}": False,
        "{name: r, webhook_configs: [{url: 'https://x'}], slack_configs: [{channel: x}]}": False}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "args", "text", "good"),
    [(n, a, t, g) for n, a, texts in RECEIVERS for t, g in texts.items()],
)
def test_receivers(name: str, args: dict, text: str, good: bool) -> None:
    whole = f"route: {{receiver: r}}\nreceivers: [{text}]"
    assert (found("alertmanager", whole, name, **args) == []) is good


def test_what_receivers_share() -> None:
    def check(text: str, name: str, **args: object) -> bool:
        return found("alertmanager", text, name, **args) == []

    mail = "route: {receiver: r}\nreceivers: [{name: r, email_configs: [{to: a@x.y%s}]}]\n"
    shared = "global: {smtp_smarthost: 'm:25', smtp_from: f@x.y}\n"
    args = {"host": "m:25", "sender": "f@x.y"}
    assert check(shared + mail % "", "email_server", **args)
    assert check(mail % ", smarthost: 'm:25', from: f@x.y", "email_server", **args)
    assert not check(shared + mail % ", from: g@x.y", "email_server", **args)
    assert not check(mail % "", "email_server", **args)
    slack = "global: {slack_api_url_file: /s}\nroute: {receiver: r}\nreceivers: [{name: r, slack_configs: [{channel: x}]}]"
    assert check(slack, "slack_address", path="/s")
    assert check("global: {resolve_timeout: 600s}", "resolve_timeout", time="10m")
    assert not check("global: {}", "resolve_timeout", time="10m")
    assert check("templates: [./t/*.tmpl]", "templates_from", pattern="t/*.tmpl")
    assert not check("templates: [t/*.txt]", "templates_from", pattern="t/*.tmpl")
