"""What the comparison with Helm leaves out, and how it makes charts and mistakes."""

from __future__ import annotations

import random

import pytest

from bench.agreements.helm import (
    SUBJECT,
    _only_helms,
    _opinion,
    bundle,
    charts,
    engine,
    found,
    read_chart,
    same,
)
from iac_gym.language import Opinion
from iac_gym.languages.helm.parse import BUNDLE, unbundled
from tests.languages.helm.samples import DEPLOYMENT, FILES, chart

TEXT = bundle(chart())


def test_a_bundle_and_back():
    assert unbundled(TEXT) == dict(FILES)


def test_mistakes_and_rewritings_change_a_chart():
    table = {**SUBJECT.mistakes, **SUBJECT.rewritings}
    idle = [
        name
        for name, change in table.items()
        if all(change(random.Random(n), TEXT) in (None, TEXT) for n in range(20))
    ]
    assert len(idle) <= len(table) // 4, idle


def _said(stage="", error="", lint=()):
    return {"stage": stage, "error": error, "lint": list(lint)}


@pytest.mark.parametrize(
    ("said", "valid"),
    [
        (_said(), True),
        (_said("library"), True),
        (_said(lint=["[INFO] Chart.yaml: icon is recommended"]), True),
        (_said(lint=["[ERROR] Chart.yaml: name is required"]), False),
        (_said("load", "Chart.yaml file is missing"), False),
        (_said("render", "execution error at (a/templates/x.yaml:1:2): level!"), None),
        (_said("render", "nil pointer evaluating interface {}.b"), False),
    ],
)
def test_what_an_answer_means(said, valid):
    assert _opinion(said).valid is valid


def test_what_helm_does_not_look_at_is_left_out():
    wrong = chart({"templates/deployment.yaml": DEPLOYMENT.replace("replicas:", "replica:")})
    assert _only_helms({BUNDLE: bundle(wrong)}, Opinion(True)).valid is None
    assert _only_helms({BUNDLE: TEXT}, Opinion(True)).valid is True


@pytest.mark.parametrize(
    ("ours", "theirs", "again", "equal"),
    [
        ("a: 1\n", "a:   1 # x\n", "a: 1\n", True),
        ("a: 1\n", "a: 2\n", "a: 2\n", False),
        ("a: x\nb: 1\n", "a: y\nb: 1\n", "a: z\nb: 1\n", True),
        ("a: x\nb: 2\n", "a: y\nb: 1\n", "a: z\nb: 1\n", False),
        ("a: [x]\n", "a: [y, 1]\n", "a: [z, 1]\n", False),
        ("no: yaml: x\n", "no: yaml: y\n", "no: yaml: y\n", False),
        ("no: yaml: x\n", "no: yaml: y\n", "no: yaml: z\n", True),
    ],
)
def test_equal_but_for_what_is_random(ours, theirs, again, equal):
    assert same(ours, theirs, again) is equal


def test_charts_are_found_in_folders(tmp_path):
    for path, text in {**FILES, "charts/db/Chart.yaml": "name: db\n"}.items():
        place = tmp_path / "shop" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    assert [folder for _, folder in charts([str(tmp_path)])] == [tmp_path / "shop"]
    assert read_chart(tmp_path / "shop")["Chart.yaml"] == FILES["Chart.yaml"]
    assert len(found([str(tmp_path)])) == 1


@pytest.mark.tool
@pytest.mark.skipif(not engine(), reason="IAC_GYM_HELM_ENGINE names no engine (bench/programs)")
def test_the_engine_takes_the_sample():
    wrong = chart({"Chart.yaml": "name: a\n"})
    said = SUBJECT.ask([{BUNDLE: TEXT}, {BUNDLE: bundle(wrong)}])
    assert [one.valid for one in said] == [True, False]
