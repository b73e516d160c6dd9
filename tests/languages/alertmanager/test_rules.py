"""What amtool refuses is found, with its place; what it accepts is not."""

import pytest

from iac_gym.verdict import Stage

HOOK = "    webhook_configs: [{url: 'http://x', %s}]\n"
PARTS = "time_intervals: [{name: a, time_intervals: [{%s}]}]\n"
HEAD = "route:\n  receiver: a\n"
TAIL = "receivers:\n  - name: a\n"


def receiver(lines, head=HEAD):
    return head + TAIL + lines


BAD = [
    ("", "syntax", 0),
    ("- a\n", "syntax", 1),
    ("route: {receiver: a}\nroute: {receiver: b}\n", "syntax", 2),
    (TAIL, "the-root-route-is-complete", 1),
    ("route: {}\n" + TAIL, "the-root-route-is-complete", 1),
    (HEAD + "  continue: true\n" + TAIL, "the-root-route-is-complete", 3),
    (HEAD + "  mute_time_intervals: [x]\n" + TAIL, "time-intervals-are-defined", 3),
    (HEAD + "  group_by: [a, a]\n" + TAIL, "group-by-is-right", 3),
    (HEAD + "  group_by: a\n" + TAIL, "values-have-their-type", 3),
    (HEAD + "  repeat_interval: 0s\n" + TAIL, "durations-are-right", 3),
    (HEAD + "  group_wait: 30\n" + TAIL, "durations-are-right", 3),
    (HEAD + "  routes: [null]\n" + TAIL, "lists-have-no-empty-items", 3),
    (HEAD + "  routes: [{match_re: {a: '('}}]\n" + TAIL, "matchers-are-right", 3),
    (HEAD + "  routes: [{match_re: {a: }}]\n" + TAIL, "matchers-are-right", 3),
    (HEAD + "  routes: [{match: {a-b: x}}]\n" + TAIL, "labels-are-named-right", 3),
    (HEAD + "  routes: [{matchers: 'a=b'}]\n" + TAIL, "values-have-their-type", 3),
    (HEAD + "  routes: [{matchers: ['a=~\"(\"']}]\n" + TAIL, "matchers-are-right", 3),
    (HEAD + "  routes: [{matchers: ['a=\"b']}]\n" + TAIL, "matchers-are-right", 3),
    (HEAD + "  routes: [{receiver: b}]\n" + TAIL, "receivers-are-defined", 3),
    (HEAD + "  routes: [{continue: 'true'}]\n" + TAIL, "values-have-their-type", 3),
    (receiver("  - name: a\n"), "receivers-are-named", 5),
    (receiver("  - webhook_configs: []\n"), "receivers-are-named", 5),
    (receiver("    slack_configs: [{channel: x}]\n"), "integrations-are-complete", 5),
    (receiver("    email_configs: [{to: x, smarthost: 'y:25'}]\n"), "integrations-are-complete", 5),
    (receiver("    email_configs: [{to: x, smarthost: y, from: z}]\n"), "addresses-are-right", 5),
    (receiver("    webhook_configs: [{url: 'x'}]\n"), "addresses-are-right", 5),
    (receiver("    webhook_configs: [{}]\n"), "integrations-are-complete", 5),
    (receiver(HOOK % "timeout: 5x"), "durations-are-right", 5),
    (receiver(HOOK % "max_alerts: -1"), "values-have-their-type", 5),
    (receiver("    pagerduty_configs: [{severity: x}]\n"), "integrations-are-complete", 5),
    (receiver("    telegram_configs: [{bot_token: x, chat_id: 0}]\n"),
     "integrations-are-complete", 5),
    (receiver("    opsgenie_configs: [{api_key: x, responders: [{name: x, type: y}]}]\n"),
     "settings-are-right", 5),
    (receiver("    webex_configs: [{room_id: x}]\n"), "integrations-are-complete", 5),
    (receiver("    sns_configs: [{subject: x}]\n"), "integrations-are-complete", 5),
    (receiver("    sns_configs: [{topic_arn: x, sigv4: {access_key: y}}]\n"),
     "integrations-are-complete", 5),
    (receiver("    jira_configs: [{project: x, issue_type: y}]\n"), "integrations-are-complete", 5),
    (receiver(HOOK % "http_config: {bearer_token: a, basic_auth: {}}"),
     "settings-exclude-each-other", 5),
    (receiver(HOOK % "http_config: {no_proxy: a}"),
     "http-settings-are-right", 5),
    (receiver(HOOK % "http_config: {authorization: {type: Basic}}"),
     "http-settings-are-right", 5),
    (receiver(PARTS % "weekdays: ['friday:monday']"),
     "time-ranges-are-right", 5),
    (receiver(PARTS % "times: [{start_time: '9:00', end_time: '10:00'}]"),
     "time-ranges-are-right", 5),
    (receiver("time_intervals: [{name: a, time_intervals: []}, {name: a, time_intervals: []}]\n"),
     "time-intervals-are-named", 5),
    (receiver(HOOK % "foo: 1"), "fields-are-known", 5),
]  # fmt: skip


@pytest.mark.parametrize(("text", "rule", "line"), BAD)
def test_found(findings, text, rule, line):
    found = findings(text)
    assert line in found.get(rule, ()), found


GOOD = [
    HEAD + TAIL,
    HEAD + TAIL + "---\nthis is: [never read\n".replace("[never read", "never read"),
    HEAD + "  group_by: ['...']\n  group_wait: 0s\n" + TAIL,
    HEAD + "  routes: [{matchers: ['a == b', \"{a='b', c!~d}\"]}]\n" + TAIL,
    HEAD + "  routes: [{matchers: ['\"a b\"=\"c\"', 'a.b = c']}]\n" + TAIL,
    HEAD + "  group_by: [a.b]\n" + TAIL,
    "global:\n" + HEAD + TAIL + "templates: []\n",
    receiver("    webhook_configs: [{url: <secret>, timeout: 10s, max_alerts: 3}]\n"),
    receiver("    pushover_configs: [{user_key: a, token: b, retry: 1m, html: yes}]\n"),
    receiver("    email_configs: [{to: x, from: y, smarthost: 'z:25', headers: {Subject: 5}}]\n"),
    receiver("    sns_configs: [{topic_arn: x, sigv4: {region: eu-west-1}}]\n"),
    receiver("    opsgenie_configs: [{api_key: x, responders: [{name: x, type: '{{ .a }}'}]}]\n"),
    receiver("    victorops_configs: [{api_key: x, routing_key: y, custom_fields: {a: b}}]\n"),
    receiver("    webex_configs: [{room_id: x, http_config: {authorization: {credentials: y}}}]\n"),
    receiver(PARTS % "months: ['may:8'], years: [2026]"),
    receiver("inhibit_rules:\n  - {equal: [a]}\n  - null\n"),
    '{"route": {"receiver": "a"}, "receivers": [{"name": "a"}]}',
]


@pytest.mark.parametrize("text", GOOD)
def test_accepted(findings, text):
    found = findings(text)
    found.pop("template-fields-exist", None)
    assert found == {}


SLACK = "global: {slack_api_url_file: /a}\n" + HEAD + TAIL + "    slack_configs: [{title: '%s'}]\n"


@pytest.mark.parametrize(
    ("template", "rule"),
    [
        ("{{ .CommonLabels.a | toUpper }}", ""),
        ("{{ range .Alerts.Firing }}{{ .Labels.a }}{{ $.Status }}{{ end }}", ""),
        ('{{ template "slack.default.title" . }}', ""),
        ("{{ with .CommonLabels }}{{ .anything }}{{ end }}", ""),
        ("{{ .CommonLabels.a | upper }}", "templates-are-right"),
        ("{{ if .a }}", "templates-are-right"),
        ("{{ $labels.a }}", "templates-are-right"),
        ("{{ .Labels.a }}", "template-fields-exist"),
        ("{{ range .Alerts }}{{ .CommonLabels }}{{ end }}", "template-fields-exist"),
        ("{{ range .Alerts }}{{ $.Labels.a }}{{ end }}", "template-fields-exist"),
    ],
)
def test_templates(findings, template, rule):
    assert list(findings(SLACK % template)) == ([rule] if rule else [])


def test_templates_in_files(findings):
    text = SLACK % '{{ template "mine" . }}'
    notice = {"stages": (Stage.NOTICE,)}
    assert "templates-are-defined" in findings(text, **notice)
    file = {"mine.tmpl": '{{ define "mine" }}x{{ end }}'}
    assert "templates-are-defined" not in findings(text, **notice, **file)
    assert "templates-are-right" in findings(text, **{"mine.tmpl": "{{ define }}"})


def test_unsafe_settings(findings):
    text = """
        global: {smtp_require_tls: false}
        route: {receiver: a}
        receivers:
          - name: a
            webhook_configs:
              - url: http://hooks.example.org/a
                http_config: {tls_config: {insecure_skip_verify: true}, bearer_token: abc}
              - url: http://localhost:9000/a
                http_config: {bearer_token: $TOKEN}
    """
    assert findings(text, stages=(Stage.SECURITY,)) == {
        "secrets-are-not-written-out": [8],
        "certificates-are-verified": [8],
        "alerts-are-sent-encrypted": [2, 7],
    }
