"""Texts that are made to hurt get a verdict, quickly, and the same one twice."""

from __future__ import annotations

import time

import pytest

from tests.languages.helm.samples import FILES, VALUES, verdict

RECURSIVE = '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}\n'
LOOPS = (
    "{{ range until 1000 }}{{ range until 1000 }}{{ range until 1000 }}x{{ end }}{{ end }}{{ end }}"
)
MANY = "{{ range until 200 }}{{ range until 200 }}{{ $x := add 1 2 }}{{ end }}{{ end }}"
GROWING = '{{ $x := "x" }}{{ range until 60 }}{{ $x = printf "%s%s" $x $x }}{{ end }}{{ $x }}\n'
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{one}: &{one} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, one in zip("abcdefgh", "bcdefghi", strict=True)
)
DEEP = "a: " + "[" * 3000 + "]" * 3000 + "\n"


@pytest.mark.parametrize(
    "changes",
    [
        {"templates/x.yaml": RECURSIVE},
        {"templates/x.yaml": LOOPS},
        {"templates/x.yaml": GROWING},
        {"templates/x.yaml": '{{ tpl (repeat 50000 "{{ 1 }}") . }}\n'},
        {"templates/x.yaml": "{{ " + "(" * 20000},
        {"templates/x.yaml": "{{ if .a }}" * 3000 + "{{ end }}" * 3000},
        {"templates/x.yaml": "{{ .Values" + ".a" * 30000 + " }}"},
        {"templates/x.yaml": '{{ repeat 100000000 "x" }}'},
        {"templates/x.yaml": "x: 1\n---\n" * 7000},
        {"templates/x.yaml": "x" * 65000},
        {"templates/x.yaml": "{{ .Files.Glob \"**{{a,b},{c,d}}**\" }}\n"},
        {f"templates/x{count}.yaml": MANY for count in range(300)},
        {f"templates/x{count}.yaml": '{{ repeat 90000 "x" }}' for count in range(300)},
        {"values.yaml": BOMB},
        {"values.yaml": VALUES + DEEP},
        {"values.yaml": VALUES + "big: 1e400\nnan: .nan\n"},
        {"values.schema.json": "[" * 20000},
        {"values.schema.json": '{"not":' * 500 + "{}" + "}" * 500},
        {"values.schema.json": '{"$ref": "#"}'},
        {"values.schema.json": '{"properties": {"image": {"pattern": "(a+)+$"}}}'},
        {"Chart.yaml": FILES["Chart.yaml"] + "dependencies: [[[]], {}, 1, null]\n"},
        {"Chart.yaml": "a: b\n" * 9000},
        {f"charts/{count}/Chart.yaml": FILES["Chart.yaml"] for count in range(200)},
        {"charts/a/" * 30 + "Chart.yaml": FILES["Chart.yaml"]},
        {".helmignore": "[" + "*" * 5000 + "\n"},
        {".helmignore": "*a" * 2000 + "\n"},
        {"templates/x.yaml": "\x00\x01\ud800"},
    ],
)  # fmt: skip
def test_hostile_charts(changes):
    verdict()
    started = time.process_time()
    first = verdict(changes)
    took = time.process_time() - started
    assert not first.unscored
    assert took < 1.0
    assert verdict(changes) == first
