"""The data pack is what its script makes of the pinned package; the second opinion reads it."""

import re
from importlib.metadata import version

import pytest

from iac_gym.language import second_opinion
from iac_gym.languages.gitlab_ci import LANGUAGE
from iac_gym.languages.gitlab_ci.build_data import PACK, build
from iac_gym.languages.gitlab_ci.pack import default_keys, job_keys, report_names, retry_reasons


def test_the_pack_is_rebuilt_exactly():
    assert PACK.read_bytes() == build()


def test_the_source_note_names_the_installed_version():
    note = (PACK.parent / "SOURCE.md").read_text("utf-8")
    assert re.search(rf"check-jsonschema {re.escape(version('check-jsonschema'))}\b", note)


def test_names_come_from_the_schema():
    assert {"script", "needs", "id_tokens", "pages"} <= job_keys()
    assert "image" in default_keys()
    assert {"junit", "coverage_report", "sast"} <= report_names()
    assert {"always", "runner_system_failure"} <= retry_reasons()


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("a: {script: [x]}", True),
        ("a: {script: [!reference [.b, script]]}", True),
        ("a: {script: [x], retry: 5}", False),
        ("a: {script: [x], artifacts: {expire_in: 5}}", False),
        ("a: [", False),
        ("", False),
    ],
)
def test_the_second_opinion(text, valid):
    opinion = second_opinion(LANGUAGE, "library", {LANGUAGE.path: text})
    assert opinion.valid is valid
    assert bool(opinion.findings) is not valid
