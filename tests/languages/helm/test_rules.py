"""What Helm refuses is refused, at its place, and what it takes is accepted."""

from __future__ import annotations

import json

import pytest

from iac_gym.check import ParseError
from iac_gym.languages.helm import LANGUAGE
from iac_gym.verdict import Stage
from tests.languages.helm.samples import CHART, DEPLOYMENT, FILES, SERVICE, VALUES, rules, verdict

DB = {
    "charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.1\n",
    "charts/db/values.yaml": "size: 1Gi\n",
}
NEEDS_DB = CHART + "dependencies:\n  - name: db\n    version: 1.x\n"


def test_the_sample_is_valid():
    assert rules() == []


@pytest.mark.parametrize(
    ("chart", "found"),
    [
        (CHART.replace("v2", "v3"), "chart-api-version-is-known Chart.yaml:1"),
        (CHART.replace("apiVersion: v2\n", ""), "chart-yaml-is-complete Chart.yaml:1"),
        (CHART.replace("name: shop", "name: a/b"), "chart-name-is-right Chart.yaml:2"),
        (CHART.replace("0.1.0", "one"), "chart-version-is-right Chart.yaml:3"),
        (CHART.replace('"1.4"', "1.4"), "chart-versions-are-text Chart.yaml:4"),
        (CHART + "type: app\n", "chart-type-is-known Chart.yaml:5"),
        (CHART + "sources: [shop]\n", "urls-are-right Chart.yaml:5"),
        (CHART + "maintainers: [{email: a@example.com}]\n", "maintainers-are-right Chart.yaml:5"),
        (CHART + "maintainers: [{name: a, email: none}]\n", "maintainers-are-right Chart.yaml:5"),
        (CHART + "maintainers: [null]\n", "chart-yaml-is-complete Chart.yaml:5"),
        (CHART + "keywords: a\n", "chart-yaml-has-right-types Chart.yaml:5"),
        (CHART + "annotations: {a: [b]}\n", "chart-yaml-has-right-types Chart.yaml:5"),
        (CHART + "kubeVersion: '<1.20'\n", "kubernetes-version-fits Chart.yaml:5"),
        (CHART.replace("v2", "v1") + "type: application\n",
         "chart-api-version-is-known Chart.yaml:5"),
        (NEEDS_DB, "dependencies-are-there Chart.yaml:6"),
    ],
)  # fmt: skip
def test_a_wrong_chart_yaml(chart, found):
    assert rules({"Chart.yaml": chart})[0] == found


@pytest.mark.parametrize(
    "chart",
    [
        CHART.replace('"1.4"', "v1.4"),
        CHART.replace("name:", "Name:"),
        CHART + "type: application\nkubeVersion: '>=1.25.0-0'\ndeprecated: true\n",
        CHART + "icon: https://example.com/a.svg\nhome: anything\nannotations: {a: 1, b: true}\n",
        CHART + "maintainers: [{name: a, email: a@example.com, url: https://example.com}]\n",
        CHART + "something: else\n",
        CHART.replace("0.1.0", "v1.2"),
        CHART.replace("apiVersion: v2", "apiVersion: v1"),
        "version: 0.2.0\nname: shop\nname: shop\napiVersion: v2\n",
    ],
)
def test_a_right_chart_yaml(chart):
    assert rules({"Chart.yaml": chart}) == []


def test_a_subchart_that_is_not_declared():
    assert rules(DB) == ["subcharts-are-declared charts/db/Chart.yaml:1"]


def test_a_subchart_that_is():
    assert rules({**DB, "Chart.yaml": NEEDS_DB}) == []


def test_dependencies_of_a_chart_of_version_1_stand_in_requirements():
    needs = "dependencies:\n  - name: db\n    version: 1.x\n"
    chart = CHART.replace("v2", "v1")
    assert rules({**DB, "Chart.yaml": chart, "requirements.yaml": needs}) == []
    assert rules({**DB, "Chart.yaml": chart + needs}) == ["chart-api-version-is-known Chart.yaml:6"]


def test_values_of_a_subchart_that_are_no_mapping():
    files = {**DB, "Chart.yaml": NEEDS_DB, "values.yaml": VALUES + "db: large\n"}
    assert rules(files) == ["values-fit-together values.yaml:1"]


SCHEMA = {"type": "object", "properties": {"replicaCount": {"type": "integer", "maximum": 3}}}


@pytest.mark.parametrize(
    ("schema", "values", "found"),
    [
        (SCHEMA, VALUES, []),
        (SCHEMA, VALUES.replace("2", "4", 1), ["values-meet-the-schema values.yaml:1"]),
        (SCHEMA, VALUES.replace("2", "'2'", 1), ["values-meet-the-schema values.yaml:1"]),
        ({"type": "objects"}, VALUES, ["values-schema-is-right values.schema.json:1"]),
        ({"required": "a"}, VALUES, ["values-schema-is-right values.schema.json:1"]),
        ({"properties": {"a": "string"}}, VALUES, ["values-schema-is-right values.schema.json:1"]),
        ({"additionalProperties": False, "properties": {"image": {}}}, VALUES,
         ["values-meet-the-schema values.yaml:1"]),
    ],
)  # fmt: skip
def test_schema(schema, values, found):
    said = rules({"values.schema.json": json.dumps(schema), "values.yaml": values})
    assert said == found or said[: len(found)] == found != []


def test_a_schema_that_is_no_json():
    assert rules({"values.schema.json": "{"}) == ["values-schema-is-right values.schema.json:1"]


def test_a_schema_that_asks_for_more_refuses_the_defaults():
    judged = verdict({"values.schema.json": '{"required": ["password"]}'})
    assert judged.valid
    assert "defaults-are-enough" in [one.rule for one in judged.diagnostics]


def _replaced(old, new, path="templates/deployment.yaml"):
    return {path: FILES[path].replace(old, new)}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        (_replaced(".Values.image.tag", ".Values.img.tag"),
         ["templates-render templates/deployment.yaml:17"]),
        (_replaced('include "shop.name"', 'include "shop.fullname"'),
         ["templates-render templates/deployment.yaml:4"]),
        (_replaced("nindent 6", "nindent 0"),
         ["output-is-yaml templates/deployment.yaml:10"]),
        (_replaced("nindent 8", "nindent 3"),
         ["output-is-yaml templates/deployment.yaml:13"]),
        (_replaced("replicas:", "replica:"),
         ["known-fields templates/deployment.yaml:6"]),
        ({"templates/x.yaml": "- a\n- b\n"}, ["output-is-yaml templates/x.yaml:1"]),
        ({"templates/x.yaml": "only text\n"}, ["output-is-yaml templates/x.yaml:1"]),
        ({"templates/x.json": "{}\n"}, ["templates-are-named-right templates/x.json:1",
                                        "known-kind templates/x.json:1"]),
        ({"templates/x.yaml": "# {{ .Release.Time }}\n"},
         ["release-time-is-gone templates/x.yaml:1"]),
    ],
)  # fmt: skip
def test_wrong_templates(changes, found):
    assert rules(changes)[: len(found)] == found


def test_a_template_that_cannot_be_parsed_is_a_gate():
    with pytest.raises(ParseError) as caught:
        LANGUAGE.parse({**FILES, **_replaced("{{ .Values.replicaCount }}", "{{ .Values. }}")})
    assert caught.value.rule == "templates-parse"
    assert caught.value.findings[0].file == "templates/deployment.yaml"
    assert caught.value.findings[0].line == 6


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        ({"values.yaml": "a: 1\n"}, "chart-yaml-is-there"),
        ({"chart.yaml": CHART}, "chart-yaml-is-there"),
        ({"Chart.yaml": "- a\n"}, "chart-yaml-is-yaml"),
        ({"Chart.yaml": CHART, "values.yaml": "a: [\n"}, "values-are-yaml"),
        ({"Chart.yaml": CHART, "values.yaml": "- a\n"}, "values-are-yaml"),
        ({"a/Chart.yaml": CHART, "b/Chart.yaml": CHART}, "one-chart"),
        ({}, "chart-yaml-is-there"),
    ],
)
def test_gates(files, rule):
    with pytest.raises(ParseError) as caught:
        LANGUAGE.parse(files)
    assert caught.value.rule == rule


def test_partials_of_library_charts_alone_are_parsed():
    library = "apiVersion: v2\nname: db\nversion: 1.0.0\ntype: library\n"
    files = {
        "charts/db/Chart.yaml": library,
        "charts/db/templates/_x.tpl": '{{ define "db.x" }}y{{ end }}\n',
        "charts/db/templates/y.yaml": "{{ nonsense\n",
        "Chart.yaml": NEEDS_DB,
        "templates/x.yaml": '{{/* */}}{{ include "db.x" . | empty | ternary "" "" }}\n',
    }
    assert rules(files) == []


def test_ignored_files_are_not_there():
    files = {
        ".helmignore": "# note\n*.bak\ndocs/\n/top.yaml\n!nothing-negated\n",
        "templates/x.yaml.bak": "{{ nonsense",
    }
    assert "templates-are-named-right templates/x.yaml.bak:1" not in rules(
        {**files, ".helmignore": "*.bak\ndocs/\n"}
    )


def test_hidden_templates_are_never_loaded():
    assert rules({"templates/.x.yaml.swp": "{{ nonsense"}) == []


def test_unknown_custom_kinds_are_noticed_alone():
    order = "apiVersion: shop.example.com/v1\nkind: Order\nmetadata: {name: a}\n"
    judged = verdict({"templates/order.yaml": order})
    assert judged.valid
    assert "custom-kinds-are-known" in [one.rule for one in judged.diagnostics]


def test_repeated_keys_are_no_error_for_helm():
    assert rules({"templates/service.yaml": SERVICE.replace("kind: S", "kind: X\nkind: S")}) == []


def test_security_rules_stand_in_the_template():
    found = [one for one in verdict().diagnostics if one.stage == Stage.SECURITY]
    assert {one.finding.file for one in found} == {"templates/deployment.yaml"}
    assert all(0 < one.finding.line <= DEPLOYMENT.count("\n") for one in found)


def test_a_bundle_is_a_chart():
    text = "".join(f"-- {path} --\n{body}" for path, body in FILES.items())
    assert LANGUAGE.parse({"chart.txtar": text}).default.error is None
