"""The tool tier: GitHub's own parser where it is installed, and a reason where it is not."""

import pytest

from iac_gym.language import second_opinion
from iac_gym.languages.github_actions import LANGUAGE
from iac_gym.languages.github_actions.tool import VARIABLE, ask_many, missing_tool, versions

PATH = ".github/workflows/ci.yml"
GOOD = "on: push\njobs: {a: {runs-on: x, steps: [{run: ls}]}}\n"


def test_without_the_package_there_is_no_verdict(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    opinion = second_opinion(LANGUAGE, "tool", {PATH: GOOD})
    assert opinion.valid is None
    assert opinion.reason
    assert versions() == {}


@pytest.mark.tool
@pytest.mark.skipif(bool(missing_tool()), reason=missing_tool() or "there")
def test_the_parser_is_asked():
    called = "on: {workflow_call: {inputs: {a: {type: string, required: true}}}}\n" + GOOD[9:]
    caller = "on: push\njobs: {a: {uses: ./.github/workflows/b.yml}}\n"
    opinions = ask_many(
        [
            {PATH: GOOD},
            {PATH: GOOD.replace("push", "pushed")},
            {"action.yml": "name: a\ndescription: b\nruns: {using: node20, main: c}\n"},
            {"action.yml": "name: a\ndescription: b\nruns: {using: node18, main: c}\n"},
            {PATH: caller, ".github/workflows/b.yml": called},
            {PATH: caller},
            {PATH: "on: [push"},
        ]
    )
    assert [one.valid for one in opinions] == [True, False, True, False, False, True, False]
    assert "pushed" in opinions[1].findings[0].message
    assert opinions[1].findings[0].line == 1
