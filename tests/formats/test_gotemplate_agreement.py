"""The engine against the real text/template with Sprig, where Go and Sprig are installed.

`IAC_GYM_GOPATH` names a Go path that holds github.com/Masterminds/sprig and gopkg.in/yaml.v2.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from iac_gym.formats.gotemplate import Engine, TemplateError, parse
from iac_gym.formats.gotemplate.helm import HELM, HELM_NAMES

SOURCE = Path(__file__).with_name("gotemplate_oracle.go")
#: Templates of every form of expression, and what they see.
_FILE = json.loads(Path(__file__).with_name("gotemplate_forms.json").read_text(encoding="utf-8"))
FORMS: list[str] = _FILE["forms"]
DATA = _FILE["data"]
GOPATH = os.environ.get("IAC_GYM_GOPATH", "")


def ours(text: str) -> tuple[str, str]:
    data = json.loads(json.dumps(DATA), parse_int=float)
    try:
        return Engine(parse("t", text, HELM_NAMES), HELM).execute("t", data), ""
    except TemplateError as error:
        return "", str(error)


def test_every_form_is_written_or_refused_without_another_error():
    answers = [ours(text) for text in FORMS]
    assert sum(not error for _, error in answers) > 60
    assert sum(bool(error) for _, error in answers) > 60


@pytest.mark.tool
@pytest.mark.skipif(not GOPATH or not shutil.which("go"), reason="no Go with Sprig here")
def test_go_writes_and_refuses_the_same(tmp_path):
    program = tmp_path / "oracle"
    settings = {
        "GO111MODULE": "off",
        "GOPATH": GOPATH,
        "GOCACHE": str(tmp_path / "cache"),
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
    }
    subprocess.run(["go", "build", "-o", str(program), str(SOURCE)], env=settings, check=True)
    questions = "".join(json.dumps({"Text": text, "Data": DATA}) + "\n" for text in FORMS)
    said = subprocess.run(
        [str(program)], input=questions, capture_output=True, text=True, check=True
    )
    answers = [json.loads(line) for line in said.stdout.split("\n") if line]
    assert len(answers) == len(FORMS)
    for text, answer in zip(FORMS, answers, strict=True):
        output, error = ours(text)
        assert (output, error) == (answer["output"], answer["error"]), text
