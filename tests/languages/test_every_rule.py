"""Every rule of every language has a page, and its two examples show what it finds."""

from __future__ import annotations

import re

import pytest

from iac_gym.check import Rule
from iac_gym.language import Language, language_names, load_language
from iac_gym.verdict import Finding, Stage
from iac_gym.verifier import check_files

EVERY = [
    (load_language(name), rule) for name in language_names() for rule in load_language(name).rules
]
IDS = [f"{language.name}:{rule.name}" for language, rule in EVERY]


def _files(language: Language, text: str) -> dict[str, str]:
    """Split an example: a line `# file: PATH` starts another file."""
    first, *parts = re.split(r"(?m)^# file: (\S+)\n", text)
    found = {language.path: first} if first.strip() else {}
    return found | dict(zip(parts[::2], parts[1::2], strict=True))


def _findings(language: Language, rule: Rule, text: str) -> list[Finding]:
    return list(rule.check(language.parse(_files(language, text))))


@pytest.mark.parametrize(("language", "rule"), EVERY, ids=IDS)
def test_page_is_complete(language: Language, rule: Rule) -> None:
    first = rule.doc.partition("\n")[0]
    assert first.endswith("."), f"{language.name}: {rule.name} does not say what holds"
    assert rule.section("Source").startswith("https://"), f"{rule.name} has no Source: URL"
    assert rule.section("Bad"), f"{rule.name} has no Bad:: example"
    assert rule.section("Good"), f"{rule.name} has no Good:: example"


@pytest.mark.parametrize(("language", "rule"), EVERY, ids=IDS)
def test_bad_example_is_found(language: Language, rule: Rule) -> None:
    findings = _findings(language, rule, rule.section("Bad") + "\n")
    assert findings, f"{rule.name} does not find what its page calls bad"
    for finding in findings:
        assert finding.line > 0, f"{rule.name} does not say where"
        assert finding.message


@pytest.mark.parametrize(("language", "rule"), EVERY, ids=IDS)
def test_good_example_is_accepted(language: Language, rule: Rule) -> None:
    text = rule.section("Good") + "\n"
    assert not _findings(language, rule, text), f"{rule.name} finds fault with its good example"
    files = _files(language, text)
    verdict = check_files(files, dict.fromkeys(files, language.name))
    found = [str(d) for d in verdict.diagnostics if d.stage != Stage.SECURITY]
    assert found == []
    assert verdict.unscored == ""


def test_names_are_unique_in_a_language() -> None:
    for name in language_names():
        names = [rule.name for rule in load_language(name).rules]
        assert sorted(set(names)) == sorted(names)
