"""The model tells what a chart renders, whatever way it is written."""

from __future__ import annotations

import pytest

from iac_gym.languages.helm import LANGUAGE
from iac_gym.verifier import check_files
from tests.languages.helm.samples import CHART, DEPLOYMENT, FILES, SERVICE, VALUES, model

IMAGE = ("spec", "template", "spec", "containers", 0, "image")


def _kinds(manifest):
    return [item.kind for item in manifest]


def test_default_rendering():
    shown = model().default
    assert shown.error is None
    assert [(item.kind, item.name) for item in shown.manifest] == [
        ("Deployment", "release-name-shop"),
        ("Service", "release-name-shop"),
    ]
    deployment = shown.manifest.find("Deployment", "release-name-shop")
    assert deployment.get(*IMAGE) == "nginx:1.27"
    assert shown.notes == "release-name is at port 80\n"
    assert shown.problems == ()


def test_release_and_namespace():
    shown = model().render(release="blue", namespace="web")
    assert shown.manifest.find("Service", "blue-shop")
    assert (
        model({"templates/n.yaml": "x: {{ .Release.Namespace }}\n"})
        .render(namespace="web")
        .texts["templates/n.yaml"]
        == "x: web\n"
    )


@pytest.mark.parametrize("values", [{"image.tag": "2"}, {"image": {"tag": "2"}}])
def test_other_values(values):
    shown = model().render(values)
    assert shown.manifest.find("Deployment", "release-name-shop").get(*IMAGE) == "nginx:2"


def test_a_switched_off_template_renders_nothing():
    assert _kinds(model().render({"service.enabled": False}).manifest) == ["Deployment"]


def test_the_same_question_is_answered_once():
    chart = model()
    assert chart.render({"image.tag": "2"}) is chart.render({"image": {"tag": "2"}})


def test_effect_of_a_value():
    effect = model().effect("image.tag", "9")
    assert [(one.object.kind, one.path, one.before, one.after) for one in effect.changes] == [
        ("Deployment", IMAGE, "nginx:1.27", "nginx:9")
    ]
    assert not effect.notes


def test_effect_of_a_switch():
    effect = model().effect("service.enabled", False)
    assert [item.kind for item in effect.removed] == ["Service"]
    assert effect.changed


def test_effect_is_none_where_a_rendering_fails():
    chart = model({"values.yaml": VALUES + "port: {a: 1}\n",
                   "templates/x.yaml": "x: {{ .Values.port.a.b }}\n"})  # fmt: skip
    assert chart.default.error is not None
    assert not chart.effect("image.tag", "9").changed


@pytest.mark.parametrize(
    ("path", "used"),
    [("replicaCount", True), ("image.tag", True), ("service.enabled", True), ("unused", False),
     ("service.port", True), ("nowhere.at.all", False)],
)  # fmt: skip
def test_uses(path, used):
    assert model().uses(path) is used


def test_findings_stand_in_the_template():
    shown = model({"values.yaml": VALUES.replace("replicaCount: 2", "replicaCount: two")}).default
    problem = shown.problems[0]
    assert problem.finding.file == "templates/deployment.yaml"
    assert problem.finding.line == DEPLOYMENT[: DEPLOYMENT.index("replicas")].count("\n") + 1
    item = shown.manifest.find("Deployment", "release-name-shop")
    assert item.finding("x", "spec", "replicas").line == problem.finding.line


def test_lines_of_an_included_text_are_the_helpers():
    helpers = FILES["templates/_helpers.tpl"].replace("app: {{", "app: [] # {{")
    finding = model({"templates/_helpers.tpl": helpers}).default.problems[0].finding
    assert finding.file in ("templates/_helpers.tpl", "templates/deployment.yaml")
    assert finding.line > 0


def test_hooks_and_crds_are_no_part_of_the_manifest():
    hook = "metadata:\n  name: x\n  annotations:\n    helm.sh/hook: {}\n"
    job = "apiVersion: batch/v1\nkind: Job\n"
    chart = model(
        {
            "templates/job.yaml": job + hook.format("pre-install, post-upgrade"),
            "templates/odd.yaml": job + hook.format("sometimes"),
            "crds/crd.yaml": "apiVersion: apiextensions.k8s.io/v1\n"
            "kind: CustomResourceDefinition\nmetadata: {name: a.example.com}\n",
        }
    )
    shown = chart.default
    assert _kinds(shown.manifest) == ["Deployment", "Service"]
    assert [item.hook_events for item in shown.hooks] == [("pre-install", "post-upgrade")]
    assert _kinds(shown.crds) == ["CustomResourceDefinition"]
    assert [item.kind for item in shown.dropped] == ["Job"]


def test_a_chart_in_a_folder_with_values_beside():
    files = {f"shop/{path}": text for path, text in FILES.items()}
    chart = LANGUAGE.parse({**files, "values-production.yaml": "replicaCount: 5\n"})
    count = ("spec", "replicas")
    assert chart.default.manifest.of_kind("Deployment")[0].get(*count) == 5
    assert chart.bare.manifest.of_kind("Deployment")[0].get(*count) == 2
    again = chart.render({"replicaCount": 9})
    assert again.manifest.of_kind("Deployment")[0].get(*count) == 9


def test_required_refuses_the_defaults():
    text = 'x: {{ required "level is needed" .Values.level }}\n'
    chart = model({"templates/x.yaml": text})
    assert chart.default.refused
    assert chart.default.error.message.endswith("level is needed")
    assert not chart.render({"level": "info"}).refused


def test_an_error_of_a_template_is_no_refusal():
    chart = model({"templates/x.yaml": "x: {{ .Values.a.b.c }}\n"})
    assert not chart.default.refused
    assert chart.default.error.file == "templates/x.yaml"


def test_subcharts():
    chart = model(
        {
            "Chart.yaml": CHART
            + "dependencies:\n  - name: db\n    version: 1.x\n    alias: store\n"
            "    condition: store.enabled\n",
            "values.yaml": VALUES + "store: {enabled: true, size: 2Gi}\n",
            "charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.1\n",
            "charts/db/values.yaml": "size: 1Gi\n",
            "charts/db/templates/c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n"
            "  name: {{ .Chart.Name }}\ndata:\n  size: {{ .Values.size }}\n",
        }
    )
    config = chart.default.manifest.find("ConfigMap", "store")
    assert config.get("data", "size") == "2Gi"
    assert config.template == "charts/db/templates/c.yaml"
    assert chart.effect("store.enabled", False).removed[0].kind == "ConfigMap"
    assert chart.effect("store.size", "3Gi").changes[0].after == "3Gi"


def test_helpers_and_their_users():
    helpers = model().helpers
    assert helpers["shop.name"].users == ("templates/deployment.yaml", "templates/service.yaml")
    assert not helpers["shop.forgotten"].used
    assert helpers["shop.labels"].line == 4


def test_values_and_where_they_stand():
    chart = model()
    assert chart.value("image.tag") == "1.27"
    assert chart.value("image.none", "x") == "x"
    assert chart.value_finding("m", "image.tag").line == 4
    assert chart.chart_finding("m", "version").line == 3


def test_what_is_not_rendered_is_not_there():
    text = "{{/*\n" + SERVICE.replace("{{", "").replace("}}", "") + "*/}}\n"
    dead = "{{- if false }}\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\n{{- end }}\n"
    loop = "{{- range .Values.none }}\napiVersion: v1\nkind: Pod\n---\n{{- end }}\n"
    chart = model({"templates/service.yaml": text, "templates/a.yaml": dead + loop})
    assert _kinds(chart.default.manifest) == ["Deployment"]


def test_a_library_chart_renders_nothing():
    chart = model({"Chart.yaml": CHART + "type: library\n"})
    assert chart.default.error is None
    assert _kinds(chart.default.manifest) == []


def test_uses_takes_what_a_schema_allows():
    schema = '{"properties": {"kind": {"enum": ["ClusterIP", "NodePort"]}}}'
    service = SERVICE.replace("spec:\n", "spec:\n  type: {{ .Values.kind }}\n", 1)
    chart = model(
        {
            "values.schema.json": schema,
            "values.yaml": VALUES + "kind: ClusterIP\n",
            "templates/service.yaml": service,
        }
    )
    assert chart.uses("kind")
    assert not chart.effect("kind", "other").changed


@pytest.mark.parametrize("default", ["[]", "{}", "null", '""'])
def test_uses_of_an_empty_default(default):
    text = (
        "{{- with .Values.extra }}\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\n{{- end }}\n"
    )
    chart = model({"values.yaml": f"{VALUES}extra: {default}\n", "templates/x.yaml": text})
    assert chart.uses("extra")


def test_several_values_files_are_judged_each_alone() -> None:
    chart = {
        "p/Chart.yaml": "apiVersion: v2\nname: p\nversion: 0.1.0\n",
        "p/values.yaml": "size: 1\n",
        "p/templates/a.yaml": (
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n"
            "  a: {{ .Values.size | quote }}\n  b: {{ .Values.more.key | quote }}\n"
        ),
    }
    good, bad = {"a.yaml": "more: {key: 1}\n"}, {"b.yaml": "size: 2\n"}

    def rules(files: dict[str, str]) -> list[str]:
        verdict = check_files(files, dict.fromkeys(files, "helm"))
        return [one.rule for one in verdict.diagnostics]

    assert rules(chart | good) == []
    assert rules(chart | good | bad) == ["templates-render"]
    assert rules(chart | good | {"b.yaml": "size: 2\nmore: {key: 2}\n"}) == []
