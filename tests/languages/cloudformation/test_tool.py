"""cfn-lint as another opinion: what it says becomes findings; where it fails, nothing is said."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from iac_gym.language import load_language
from iac_gym.languages.cloudformation import tool

ANSWERS = [[], [["E3006", "no such type", 3, 5]], [["E0002", "it broke", 0, 0]]]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Name an interpreter that answers what is written, and has no cfn-lint in process."""
    script = tmp_path / "python"
    lines = "\n".join(f"print({str(one)!r}.replace(chr(39), chr(34)))" for one in ANSWERS)
    script.write_text(f"#!{sys.executable}\n{lines}\n", encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setattr(tool, "find_spec", lambda name: None)
    monkeypatch.setenv(tool.VARIABLE, str(script))
    return script


def test_answers_become_opinions(elsewhere: Path) -> None:
    asked = [{"t.yaml": "Resources: {}"}] * 4
    good, bad, broken, missing = tool.ask_many(asked)
    assert (good.valid, good.findings) == (True, ())
    assert bad.valid is False
    assert (bad.findings[0].line, bad.findings[0].message) == (3, "no such type [E3006]")
    assert (broken.valid, missing.valid) == (None, None)
    assert "it broke" in broken.reason


def test_without_cfn_lint_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool, "find_spec", lambda name: None)
    monkeypatch.delenv(tool.VARIABLE, raising=False)
    opinion = tool.ask_cfn_lint({"t.yaml": "Resources: {}"})
    assert opinion.valid is None
    assert "pip install cfn-lint" in opinion.reason


def test_the_language_names_the_tiers() -> None:
    tiers = load_language("cloudformation").tiers
    assert set(tiers.values()) == {"iac_gym.languages.cloudformation.tool:ask_cfn_lint"}
    assert set(tiers) == {"library", "tool"}
