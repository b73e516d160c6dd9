"""Parsing manifests, and the rules that the API's schemas make."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iac_gym.check import ParseError, Rule
from iac_gym.formats.yaml import dump
from iac_gym.languages.kubernetes import LANGUAGE
from iac_gym.languages.kubernetes.allowed_values import ALLOWED, NOT_ENFORCED, REMOVED
from iac_gym.languages.kubernetes.kinds import default_version, served_kinds, versions
from iac_gym.languages.kubernetes.model import Manifest
from iac_gym.languages.kubernetes.pack import Pack, kubernetes_pack
from iac_gym.languages.kubernetes.parse import parse
from iac_gym.languages.kubernetes.quantity import parse_duration, parse_quantity
from iac_gym.languages.kubernetes.rules.schema import IN_ORDER
from iac_gym.languages.kubernetes.schema import check, check_objects
from iac_gym.verdict import Finding, Stage


def manifest(text: str) -> Manifest:
    model = LANGUAGE.parse({"m.yaml": text})
    assert isinstance(model, Manifest)
    return model


def findings(text: str) -> dict[str, list[Finding]]:
    model = manifest(text)
    found = {rule.name: list(rule.check(model)) for rule in IN_ORDER}
    return {name: those for name, those in found.items() if those}


def only(text: str, name: str) -> Finding:
    found = findings(text)
    assert list(found) == [name], found
    return found[name][0]


def pod(container: str = "", spec: str = "") -> str:
    return (
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n"
        + "".join(f"  {line}\n" for line in spec.splitlines())
        + "  containers:\n    - name: web\n      image: nginx\n"
        + "".join(f"      {line}\n" for line in container.splitlines())
    )


# --- parsing --------------------------------------------------------------------------------------


def test_lists_are_unfolded() -> None:
    text = """
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: Secret, metadata: {name: a}}
  - apiVersion: v1
    kind: ConfigMapList
    items: [{metadata: {name: b}}, {metadata: {name: c}}]
"""
    model = manifest(text)
    assert [(o.api_version, o.kind, o.name) for o in model] == [
        ("v1", "Secret", "a"),
        ("v1", "ConfigMap", "b"),
        ("v1", "ConfigMap", "c"),
    ]
    assert findings(text) == {}


def test_json_and_streams_of_json() -> None:
    one = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a{"},"data":{"x":"}"}}'
    assert manifest(one).objects[0].name == "a{"
    model = manifest(f"{one}\n{one} {one}\n")
    assert [o.tree.mark for o in model][:2] == [(1, 1), (2, 5)]
    assert len(model.objects) == 3
    emoji = manifest('{"apiVersion": "v1", "data": {"a": "\\ud83d\\ude00"}}').objects[0]
    assert emoji.get("data", "a") == "\N{GRINNING FACE}"


def test_several_files_keep_their_names() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nfoo: 1\n"
    model = parse({"a.yaml": text, "b.yaml": "---\n" + text})
    assert [(p.finding.file, p.finding.line) for p in model.problems] == [
        ("a.yaml", 4),
        ("b.yaml", 5),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no Kubernetes object"),
        ("# a comment", "no Kubernetes object"),
        ("---\n---\nnull", "no Kubernetes object"),
        ("kind: List\napiVersion: v1\nitems: []", "no Kubernetes object"),
        ("- a", "a list"),
        ("just prose", "a single value"),
        ("a: 1\na: 2", "twice"),
        ("kind: List\nitems: [x]", "not an object"),
        ("a: [", "bracket|YAML"),
    ],
)
def test_no_manifest(text: str, words: str) -> None:
    with pytest.raises(ParseError) as caught:
        manifest(text)
    assert caught.value.stage is Stage.SYNTAX
    assert any(word in caught.value.findings[0].message for word in words.split("|"))
    assert caught.value.findings[0].file == "m.yaml"


# --- the rules ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", IN_ORDER, ids=lambda rule: rule.name)
def test_examples(rule: Rule) -> None:
    assert rule.section("Source").startswith("https://")
    assert only(rule.section("Bad"), rule.name).line > 0
    assert findings(rule.section("Good")) == {}


@pytest.mark.parametrize(
    ("head", "hint", "place"),
    [
        ("apiVersion: extensions/v1beta1\nkind: Ingress", "`networking.k8s.io/v1`", (1, 13)),
        ("apiVersion: batch/v1beta1\nkind: CronJob", "`batch/v1`", (1, 13)),
        ("apiVersion: policy/v1beta1\nkind: PodDisruptionBudget", "`policy/v1`", (1, 13)),
        ("apiVersion: policy/v1beta1\nkind: PodSecurityPolicy", "Pod Security", (2, 7)),
        ("apiVersion: v1\nkind: Deployment", "`apps/v1`", (1, 13)),
        ("apiVersion: apps/v1\nkind: Deploymet", "`Deployment`", (2, 7)),
        ("apiVersion: apps/v1\nkind: deployment", "`Deployment`", (2, 7)),
        ("apiVersion: 1\nkind: Pod", "", (1, 13)),
        ("kind: Pod", "", (1, 1)),
        ("apiVersion: v1\nkind: null", "", (2, 7)),
        ("apiVersion: v1\nkind: [Pod]", "", (2, 7)),
        ("apiVersion: v1\nkind: PodList", "", (2, 7)),
    ],
)
def test_known_kind(head: str, hint: str, place: tuple[int, int]) -> None:
    finding = only(head + "\nmetadata: {name: a}\n", "known-kind")
    assert hint in finding.hint
    assert (finding.line, finding.column) == place


def test_removed_kinds_say_since_when() -> None:
    finding = only("apiVersion: batch/v1beta1\nkind: CronJob\n", "known-kind")
    assert "removed in Kubernetes 1.25" in finding.message


def test_a_custom_kind_of_the_same_manifest_is_known() -> None:
    crd = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: shirts.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: shirts, kind: Shirt}
  versions: [{name: v1, served: true, storage: true}]
---
"""
    assert findings(crd + "apiVersion: example.com/v1\nkind: Shirt\nanything: 1\n") == {}
    only(crd + "apiVersion: example.com/v2\nkind: Shirt\n", "known-kind")


def test_known_fields() -> None:
    finding = only(pod("imagePullpolicy: Always"), "known-fields")
    assert finding.message.startswith("`spec.containers[0].imagePullpolicy`")
    assert (finding.line, finding.column) == (9, 7)
    assert "`imagePullPolicy`" in finding.hint
    only(pod(spec="replicas: 3"), "known-fields")
    assert findings(pod("imagePullPolicy: Always", "hostNetwork: true")) == {}


@pytest.mark.parametrize(
    ("container", "wrong"),
    [
        ("env: [{name: A, value: 1}]", True),
        ("env: [{name: A, value: yes}]", True),
        ('env: [{name: A, value: "yes"}]', False),
        ("env: [{name: A, value: null}]", False),
        ("env: {name: A}", True),
        ("args: [a, 1]", True),
        ("args: [a, null]", False),
        ("args: ls", True),
        ('ports: [{containerPort: "80"}]', True),
        ("ports: [{containerPort: 80.5}]", True),
        ("ports: [{containerPort: 8e1}]", False),
        ("ports: [{containerPort: 99999999999}]", True),
        ("tty: 1", True),
        ('tty: "true"', True),
        ("tty: on", False),
        ("resources: {limits: {cpu: 1, memory: 1.5Gi}}", False),
        ("resources: {limits: {cpu: 1 core}}", True),
        ("resources: {limits: {cpu: true}}", True),
        ("livenessProbe: {httpGet: {port: http}}", False),
        ("livenessProbe: {httpGet: {port: 80}}", False),
        ("livenessProbe: {httpGet: {port: 1.5}}", True),
        ("livenessProbe: [x]", True),
    ],
)
def test_field_types(container: str, wrong: bool) -> None:
    found = findings(pod(container))
    assert list(found) == (["field-types"] if wrong else [])
    assert all(f.line == 9 and f.column > 7 for f in found.get("field-types", []))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("data: {a: YWJj}", False),
        ("data: {a: secret!}", True),
        ("data: {a: YWJ}", True),
        ("data: {a: YWJj=}", True),
        ("data: {a: ''}", False),
        ("metadata: {creationTimestamp: null}", False),
        ("metadata: {creationTimestamp: '2026-02-30T00:00:00Z'}", True),
        ("metadata: {creationTimestamp: 2026-02-03T00:00:00Z}", False),
        ("metadata: {labels: {a: null}}", False),
        ("metadata: {labels: {a: 1}}", True),
        ("metadata: [a]", True),
    ],
)
def test_field_types_of_a_secret(text: str, wrong: bool) -> None:
    found = findings(f"apiVersion: v1\nkind: Secret\n{text}\n")
    assert list(found) == (["field-types"] if wrong else [])


def test_required_fields() -> None:
    text = "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template: {}\n"
    finding = only(text, "required-fields")
    assert finding.message.startswith("`spec.selector` is missing")
    assert (finding.line, finding.column) == (4, 3)
    only(pod().replace("name: web\n      image", "image"), "required-fields")
    only("apiVersion: v1\nkind: Pod\nspec: {containers: []}", "required-fields")
    only("apiVersion: v1\nkind: Pod\nspec: {containers: null}", "required-fields")
    only("apiVersion: v1\nkind: Pod\nspec: {containers: [null]}", "required-fields")
    only(pod("ports: [{name: http}]"), "required-fields")


def test_nothing_is_required_in_a_status() -> None:
    assert findings(pod() + "status: {conditions: [{type: Ready}]}") == {}
    only(pod() + "status: {conditions: [{type: Ready}], bogus: 1}", "known-fields")
    only(pod() + "status: {conditions: [{type: 1}]}", "field-types")


def test_allowed_values() -> None:
    finding = only(pod("imagePullPolicy: always"), "allowed-values")
    assert "`Always`" in finding.hint
    assert (finding.line, finding.column) == (9, 24)
    assert findings(pod('imagePullPolicy: ""')) == {}
    found = findings(pod("ports: [{containerPort: 80, protocol: HTTP}]"))
    assert found["allowed-values"][0].hint == "allowed: TCP, UDP, SCTP"


def test_every_version_serves_the_usual_kinds() -> None:
    assert versions()[0] == "1.29"
    assert default_version() == versions()[-1]
    for version in versions():
        assert ("apps/v1", "Deployment") in served_kinds(version)
        tree = manifest(pod()).objects[0].tree
        assert check(tree, ("v1", "Pod"), version) == []
    kind = ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema")
    assert kind in served_kinds("1.31")
    assert kind not in served_kinds("1.32")


def test_plain_dicts_can_be_checked() -> None:
    problems = check({"apiVersion": "v1", "kind": "Pod", "spex": 1}, ("v1", "Pod"))
    assert [(p.sort, p.finding.line) for p in problems] == [("field", 0)]


# --- data pack ------------------------------------------------------------------------------------


def test_the_pack_is_what_the_package_gives() -> None:
    pytest.importorskip("kubernetes_validate")
    from iac_gym.languages.kubernetes import build_data

    folder = build_data.schema_folder()
    wanted = build_data.versions(folder)[-1]
    fresh = Pack(build_data.build(folder, [wanted]))
    shipped = kubernetes_pack()
    if shipped.index["source"] != fresh.index["source"]:
        pytest.skip(f"the pack was built from {shipped.index['source']}")
    last = len(versions()) - 1

    def spell(pack: Pack, node: Any, depth: int) -> Any:
        if isinstance(node, int):
            name, fields, required = pack.record(node)
            if depth == 0:
                return name
            if isinstance(fields, dict):
                fields = {k: spell(pack, v, depth - 1) for k, v in fields.items()}
            return [name, fields, required]
        return [node[0], spell(pack, node[1], depth)] if isinstance(node, list) else node

    for kind in (("apps/v1", "Deployment"), ("v1", "Service"), ("batch/v1", "CronJob")):
        ours = served_kinds(versions()[last])[kind]
        [[_, _, theirs]] = fresh.index["kinds"][kind[0]][kind[1]]
        assert spell(shipped, ours, 3) == spell(fresh, theirs, 3)


# --- quantities -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("500m", Fraction(1, 2)),
        ("1.5Gi", Fraction(3 * 2**29)),
        ("2e3", 2000),
        ("1E", 10**18),
        ("1E3", 1000),
        ("+1k", 1000),
        ("-1", -1),
        (".5", Fraction(1, 2)),
        (0.25, Fraction(1, 4)),
        (3, 3),
        (" 1 ", 1),
        ("1n", Fraction(1, 10**9)),
        ("0.1n", Fraction(1, 10**9)),
        ("16Ei", 2**63 - 1),
        ("", None),
        ("1 Gi", None),
        ("1GB", None),
        ("1gi", None),
        ("1Ki3", None),
        ("abc", None),
        ("1e99999999999", None),
        (True, None),
        (None, None),
        ([], None),
        (float("inf"), None),
    ],
)
def test_quantities(text: Any, amount: Fraction | None) -> None:
    assert parse_quantity(text) == amount


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1h30m", 5400), ("250ms", Fraction(1, 4)), ("0", 0), ("-1.5s", Fraction(-3, 2))]
    + [(wrong, None) for wrong in ("", "5", "1d", "1h ", 5)],
)
def test_durations(text: Any, seconds: Fraction | None) -> None:
    assert parse_duration(text) == seconds


# --- hostile input --------------------------------------------------------------------------------

HOSTILE = {
    "many unknown fields": pod() + "".join(f"x{n}: {{a: 1}}\n" for n in range(4000)),
    "many wrong types": pod("args: [" + "1, " * 20_000 + "1]"),
    "many objects": "---\n".join([pod()] * 600),
    "aliases": "a: &a {k: [x, x, x]}\nb: &b [*a, *a, *a, *a]\nc: [" + "*b, " * 3000 + "*b]\n",
    "repeated container": "x: &c {name: a, bogus: 1}\n"
    + pod().replace("- name: web\n      image: nginx", "- *c\n" + "    - *c\n" * 5000),
    "long key": pod() + "k" * 60_000 + ": 1\n",
    "long value": pod("imagePullPolicy: " + "v" * 60_000),
    "long kind": "apiVersion: v1\nkind: " + "P" * 60_000,
    "nested JSON": '{"a": ' * 30_000,
    "brackets in JSON": "{" + "}{" * 30_000 + "}",
    "lists in lists": "{kind: List, items: [" * 60 + "]}" * 60,
    "schemas in schemas": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
    "spec: {versions: [{schema: {openAPIV3Schema: " + "{not: " * 150 + "{}" + "}" * 153 + "]}\n",
    "large number": pod("tty: 1" + "0" * 300),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_manifests_get_a_verdict_quickly(name: str) -> None:
    best = 9.0
    for _ in range(3):
        start = time.process_time()
        try:
            found = manifest(HOSTILE[name]).problems
        except ParseError:
            found = ()
        best = min(best, time.process_time() - start)
        assert all(len(p.finding.message) + len(p.finding.hint) < 1000 for p in found)
    assert best < 0.1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["metadata", "spec", "name", "containers", "template", "ports", "x", ""]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(JSON, st.sampled_from(sorted(served_kinds(default_version()))))
@settings(max_examples=300, deadline=None)
def test_a_tree_of_any_shape_is_judged(body: Any, kind: tuple[str, str]) -> None:
    body = body if isinstance(body, dict) else {"spec": body}
    tree = {**body, "apiVersion": kind[0], "kind": kind[1]}
    assert check_objects([(tree, "")]) == check_objects([(tree, "")])


def test_dumped_manifests_read_the_same() -> None:
    tree = manifest(pod("args: ['80', 'on', '']")).objects[0].tree
    assert manifest(dump([tree, tree])).objects[1].tree == tree


def test_the_tables_name_fields_that_exist() -> None:
    pack = kubernetes_pack()
    fields = set()
    for place in range(len(pack)):
        name, own, _ = pack.record(place)
        group, _, short = name.split(".")[-3:]
        fields |= {(group, short, field) for field in own if isinstance(own, dict)}
    assert set(ALLOWED) <= fields
    assert fields >= NOT_ENFORCED
    assert not set(REMOVED) & set(served_kinds(default_version()))
