"""The table of keywords is what the installed ansible-core says."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from iac_gym.languages import ansible
from iac_gym.languages.ansible.keywords import is_variable_name, keywords, names, task_keywords

FOLDER = Path(ansible.__file__).parent


def test_keywords_have_types() -> None:
    assert keywords("task")["become"].isa == "bool"
    assert keywords("play")["hosts"].listof == ("str",)
    assert keywords("task")["when"].inherited
    assert not keywords("task")["loop"].inherited
    assert "listen" in task_keywords()
    assert "shell" in names("free_form")


@pytest.mark.parametrize(
    ("name", "valid"),
    [("a_1", True), ("_a", True), ("a-b", False), ("1a", False), ("true", False), (1, False)],
)
def test_names_of_variables(name: object, valid: bool) -> None:
    assert is_variable_name(name) is valid


@pytest.mark.skipif("IAC_GYM_ANSIBLE" not in os.environ, reason="IAC_GYM_ANSIBLE names no Python")
def test_the_table_is_what_the_package_says() -> None:
    code = (
        "import json, runpy, sys; made = runpy.run_path(sys.argv[1]);"
        "print(json.dumps(made['keywords'](), sort_keys=True))"
    )
    command = [os.environ["IAC_GYM_ANSIBLE"], "-c", code, str(FOLDER / "build_data.py")]
    made = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    kept = json.loads((FOLDER / "data" / "keywords.json").read_text("utf-8"))
    if made["version"] != kept["version"]:
        pytest.skip(f"ansible-core {made['version']} is installed, not {kept['version']}")
    assert made == kept
