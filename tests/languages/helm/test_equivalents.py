"""Rewritings render the same objects; the tool tier says what it lacks."""

from __future__ import annotations

import shutil

import pytest

from iac_gym.languages.helm import LANGUAGE
from iac_gym.languages.helm.compare import compare
from iac_gym.languages.helm.equivalents import equivalents
from iac_gym.languages.helm.tool import ask_tool, missing_tool, write_chart
from tests.languages.helm.samples import FILES, chart, model

REWRITTEN = dict(equivalents(chart()))


@pytest.mark.parametrize("change", REWRITTEN)
def test_rewritings_render_the_same(change):
    assert REWRITTEN[change] != FILES or list(REWRITTEN[change]) != list(FILES)
    shown = LANGUAGE.parse(REWRITTEN[change]).default
    assert shown.error is None
    assert not compare(model().default, shown).changed


def test_values_alone_are_rewritten():
    made = dict(equivalents({"values-production.yaml": "a: 1\nb: [2]\n"}))
    assert made["values as JSON"] == {
        "values-production.yaml": '{\n  "a": 1,\n  "b": [\n    2\n  ]\n}\n'
    }


@pytest.mark.skipif(shutil.which("helm") is not None, reason="helm is installed")
def test_without_helm_there_is_no_opinion():
    said = ask_tool(chart())
    assert said.valid is None
    assert "https://helm.sh" in said.reason


@pytest.mark.tool
@pytest.mark.skipif(bool(missing_tool()), reason=missing_tool() or "helm is there")
def test_helm_takes_the_sample():
    assert ask_tool(chart()).valid is True
    assert ask_tool(chart({"templates/x.yaml": "{{ .Values.a.b.c }}"})).valid is False


def test_a_chart_is_written_with_its_values_beside(tmp_path):
    files = {f"shop/{path}": text for path, text in FILES.items()}
    folder, values = write_chart({**files, "prod.yaml": "a: 1\n"}, tmp_path)
    assert folder == tmp_path / "shop"
    assert values == [tmp_path / "prod.yaml"]
    assert (folder / "templates" / "_helpers.tpl").read_text() == FILES["templates/_helpers.tpl"]


def test_no_file_leaves_the_folder(tmp_path):
    with pytest.raises(ValueError, match="leaves"):
        write_chart({**FILES, "../x.yaml": ""}, tmp_path)
