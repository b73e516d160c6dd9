"""Rule files: what the model says of them, and what `promtool check rules` refuses."""

from __future__ import annotations

import pytest

from iac_gym.formats.promql import Fires
from iac_gym.formats.yaml import KUBERNETES, YamlMap, load
from iac_gym.languages.prometheus import LANGUAGE, Alert, Monitoring
from iac_gym.languages.prometheus.faults import Faults
from iac_gym.languages.prometheus.groups import read_groups
from iac_gym.languages.prometheus.templates import shown, template_error

RULES = """\
groups:
  - name: node
    interval: 30s
    query_offset: 1m
    limit: 10
    labels: {team: core, tier: "1"}
    rules:
      - alert: HighLoad
        expr: node_load1 > 4
        for: 1h30m
        keep_firing_for: 5m
        labels: {severity: page, tier: 2.50}
        annotations:
          summary: "{{ $labels.instance }}: {{ $value | humanize }}"
      - record: job:load:avg
        expr: avg by (job) (node_load1)
"""


def _parse(text: str, path: str = "rules.yml") -> Monitoring:
    model = LANGUAGE.parse({path: text})
    assert isinstance(model, Monitoring)
    return model


def _rule(body: str) -> str:
    return f"groups:\n  - name: a\n    rules:\n      - {body}\n"


def _faults(text: str) -> list[tuple[str, int, int]]:
    found = _parse(text).faults
    return [(rule, one.line, one.column) for rule, many in found.items() for one in many]


def test_an_alert_in_normal_form() -> None:
    alert = _parse(RULES).alerts[0]
    assert (alert.name, alert.for_, alert.keep_firing_for) == ("HighLoad", 5400.0, 300.0)
    assert alert.labels == {"team": "core", "tier": "2.50", "severity": "page"}
    assert (alert.group, alert.interval, alert.mark) == ("node", 30.0, (8, 9))
    assert alert.mark_of("expr") == (9, 15)
    assert alert.fires is Fires.SOMETIMES


def test_a_group_and_its_recording_rule() -> None:
    model = _parse(RULES)
    group = model.group("node")
    assert group is not None
    assert (group.interval, group.query_offset, group.limit) == (30.0, 60.0, 10)
    record = model.record("job:load:avg")
    assert record is not None
    assert record.labels == {"team": "core", "tier": "1"}
    assert model.interval_of(record) == 30.0


def test_what_cannot_work_is_hidden() -> None:
    model = _parse(_rule("{alert: A, expr: count(up) == 0}\n      - {alert: B, expr: rate(x)}"))
    assert model.alerts == ()
    assert [one.name for one in model.every_alert] == ["A", "B"]


def test_only_files_that_the_configuration_loads_count() -> None:
    config = "rule_files: [/etc/prometheus/rules/*.yml]\n"
    files = {"prometheus.yml": config, "rules/a.yml": RULES, "other/b.yml": RULES}
    model = LANGUAGE.parse(files)
    assert [one.file for one in model.alerts] == ["rules/a.yml"]
    assert model.interval_of(model.records[0]) == 30.0


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (_rule("expr: up"), ("rules-record-or-alert", 4, 9)),
        (_rule("{alert: a, record: b, expr: up}"), ("rules-record-or-alert", 4, 28)),
        (_rule("alert: a"), ("rules-have-expressions", 4, 9)),
        (_rule("{alert: a, expr: up ==}"), ("rules-have-expressions", 4, 26)),
        (_rule("{record: a, expr: up, for: 5m}"), ("records-have-no-fields-of-alerts", 4, 36)),
        (_rule("{record: 'a{b}', expr: up}"), ("records-have-valid-names", 4, 18)),
        (_rule("{alert: a, expr: up, for: 5 min}"), ("fields-have-their-types", 4, 35)),
        (_rule("{alert: a, expr: [up]}"), ("fields-have-their-types", 4, 26)),
        (_rule("{alert: a, expr: up, severity: b}"), ("fields-are-known", 4, 30)),
        (_rule("{alert: a, expr: up, labels: {a: [b]}}"), ("fields-have-their-types", 4, 38)),
        (_rule("{alert: a, expr: up, labels: {__name__: b}}"), ("labels-have-valid-names", 4, 39)),
        (
            _rule("{alert: a, expr: up, annotations: {s: '{{ $x }}'}}"),
            ("templates-can-be-read", 4, 47),
        ),
        ("groups: [{name: a}, {name: a}]", ("groups-have-unique-names", 1, 28)),
        ("groups: [{rules: []}]", ("groups-have-unique-names", 1, 10)),
        ("groups: {a: b}", ("fields-have-their-types", 1, 9)),
        ("groups: [a]", ("fields-have-their-types", 1, 10)),
        ("groups: []\nextra: 1", ("fields-are-known", 2, 1)),
        ("groups: [{name: a, interval: 5}]", ("fields-have-their-types", 1, 30)),
        ("groups: [{name: a, limit: .inf}]", ("fields-have-their-types", 1, 27)),
        ("groups: [{name: a, limit: .nan}]", ("fields-have-their-types", 1, 27)),
        ("groups: [{name: a, limit: '5'}]", ("fields-have-their-types", 1, 27)),
    ],
)
def test_refused(text: str, fault: tuple[str, int, int]) -> None:
    assert fault in _faults(text)


@pytest.mark.parametrize(
    "text",
    [
        _rule("{alert: a, expr: 1, labels: {a.b: 5, c: yes}, annotations: {x-y: 1}}"),
        _rule("{alert: a, expr: up == 0, for: 0, labels: null}"),
        _rule("{record: a, expr: up, for: 0s, annotations: {}}"),
        _rule("null"),
        "groups: null",
        "groups: [{name: a, limit: 5.5}]",
        "groups: [null, {name: a, rules: null}]",
        _rule("{record: some name, expr: up}"),
        _rule('{alert: a, expr: up, annotations: {s: "{{ range query `up` }}{{ . }}{{ end }}"}}'),
    ],
)
def test_accepted(text: str) -> None:
    assert _faults(text) == []


def test_repeated_rules_are_a_notice() -> None:
    text = _rule("{record: a, expr: up}\n      - {record: a, expr: down}")
    assert _faults(text) == [("rules-are-not-repeated", 5, 9)]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{{ $labels.instance }} is {{ $value | humanizePercentage }}", ""),
        ('{{ printf "%.2f" $value }} {{ index $labels "a" }} { }}', ""),
        ("{{ with .Labels.job }}{{ . | toUpper }}{{ end }}", ""),
        ('{{ define "x" }}a{{ end }}{{ template "x" }}', ""),
        ("{{ $labels.instance", "unclosed action"),
        ("{{ $label.instance }}", 'undefined variable "$label"'),
        ("{{ $value | round }}", 'function "round" not defined'),
        ("{{ if $value }}a", "unexpected EOF"),
        ("{{ end }}", "unexpected {{end}}"),
    ],
)
def test_templates(text: str, error: str) -> None:
    assert template_error(text) == error


def test_what_a_template_shows() -> None:
    found = shown(
        '{{ $labels.a }} {{ .Labels.b }} {{ index $labels "c.d" }} {{ $value | humanize }}'
    )
    assert found.labels == {"a", "b", "c.d"}
    assert found.value
    assert "humanize" in found.functions
    assert not shown("{{ $labels.a }}").value
    assert shown('{{ with query "up" }}{{ . | first | value }}{{ end }}').queries
    assert shown("{{ broken").labels == frozenset()


def test_groups_of_a_prometheus_rule_are_read_with_other_scalars() -> None:
    tree = load(
        "- name: a\n  partial_response_strategy: warn\n  rules:\n"
        "  - {alert: b, expr: 1, labels: {c: 5, d: true}}\n",
        KUBERNETES,
    ).value
    faults = Faults()
    groups = read_groups(tree, "rule.yaml", faults, extra=("partial_response_strategy",))
    assert faults == {}
    alert = groups[0].rules[0]
    assert isinstance(alert, Alert)
    assert (alert.text, dict(alert.labels)) == ("1", {"c": "5", "d": "true"})


def test_the_reader_is_total() -> None:
    for tree in (1, "a", YamlMap(), None, [1]):
        assert read_groups(tree, "a.yml", Faults()) == ()
