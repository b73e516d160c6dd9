"""Hostile Jenkinsfiles: a verdict in time, and no rule ever raises."""

# ruff: noqa: E501 - tables of scripts, one to a line

import time
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iac_gym.check import ParseError
from iac_gym.languages.jenkins import LANGUAGE
from iac_gym.verifier import MOST_FINDINGS


def _judge(text):
    try:
        model = LANGUAGE.parse({"Jenkinsfile": text})
    except ParseError:
        return
    for rule in LANGUAGE.rules:
        list(islice(rule.check(model), MOST_FINDINGS))
    for stage in model.all_stages():
        assert stage.path
        assert isinstance(stage.runs, bool)
    for step in model.live_steps:
        assert step.script is not None


def _pipeline(inner):
    return "pipeline {\nagent any\nstages {\n" + inner + "\n}\n}\n"


HOSTILE = {
    "many stages": _pipeline("".join(f"stage('{i}') {{ steps {{ sh 'x' }} }}\n" for i in range(1500))),
    "same stages": _pipeline("stage('a') { steps { sh 'x' } }\n" * 1800),
    "deep stages": _pipeline("stage('a') { stages { " * 15 + "}" * 30),
    "many steps": _pipeline("stage('a') { steps {\n" + "sh 'x'\n" * 8000 + "} }"),
    "unknown steps": _pipeline("stage('a') { steps {\n" + "foo 'x'\n" * 7000 + "} }"),
    "unknown arguments": _pipeline("stage('a') { steps {\n" + "sh foo: 1\n" * 5000 + "} }"),
    "many axes": _pipeline("stage('a') { matrix { axes {\n" + "".join(
        f"axis {{ name 'A{i}'\nvalues 'a', 'b', 'c' }}\n" for i in range(500)) + "} } }"),
    "many values": _pipeline("stage('a') { matrix { axes { axis { name 'A'\nvalues "
                             + ", ".join(f"'{i}'" for i in range(6000)) + " } } } }"),
    "long sum": "pipeline {\nagent any\nenvironment { A = 'a'" + " + 'a'" * 9000 + " }\n}",
    "growing variables": "pipeline {\nagent any\nenvironment {\nA0 = 'xxxxxxxxxx'\n" + "".join(
        f"A{i + 1} = \"${{A{i}}}${{A{i}}}${{A{i}}}${{A{i}}}\"\n" for i in range(60)) + "}\n}",
    "functions that call each other": "def a() { b(); b() }\ndef b() { a(); a() }\n" + "a()\n" * 3000,
    "many functions": "".join(f"def f{i}() {{ f{i + 1}(); f{i + 1}() }}\n" for i in range(1500)) + "f0()",
    "one function called often": "def f() {\n" + "sh 'x'\n" * 3000 + "}\n" + "f()\n" * 3000,
    "many scripts": "node {\n" + "sh 'if true; then a; fi'\n" * 2000 + "}",
    "long schedule": "pipeline {\nagent any\ntriggers { cron('" + "* " * 20000 + "') }\n}",
    "many variables": "node {\n" + "".join(f"def v{i} = 1\n" for i in range(4000)) + "}",
    "assignments": "def a = 1\n" + "a = 2\n" * 8000,
    "constants": "".join(f"def v{i} = '1'\n" for i in range(3500)),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_get_a_verdict_in_time(name):
    text = HOSTILE[name][:64_000]
    start = time.process_time()
    _judge(HOSTILE[name] if len(HOSTILE[name]) <= 64_000 else text)
    assert time.process_time() - start < 2.0


WORDS = """pipeline agent any none { } ( ) [ ] stages stage 'a' "b${c}" steps sh script when branch
expression not allOf environment A = + options timeout time : 5 , triggers cron parameters string
name post always matrix axes axis values tools input message parallel failFast true null def x it
-> if else for in node docker . image inside withCredentials withEnv credentials ; \n \n \n""".split(
    " "
)


@given(st.lists(st.sampled_from(WORDS), max_size=50))
@settings(max_examples=300, deadline=None)
def test_any_order_of_words_gets_a_verdict(words):
    _judge(" ".join(words))
    _judge("pipeline {\n" + " ".join(words) + "\n}")


SECTIONS = """agent stages environment options triggers parameters tools libraries post matrix input
when steps parallel failFast axes""".split()
VALUES = ["", "()", " 'x'", " {}", " { x }", " { x 'y' }", " { x { y } }", " { 'x' }", " { [a: 1] }",
          " { x.y() }", " 1", " null", " x: 1", " { x(a: 1) }", " { A = 1 }", " { -> }", " { x() {} }",
          "(1, 2)", " 'x', { }", ' { "a$b" }', " { stage('x') { } }", " { return }", " { x = y }"]  # fmt: skip


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("section", SECTIONS)
def test_any_section_gets_a_verdict(section, value):
    _judge("pipeline {\n" + section + value + "\n}")
    _judge(_pipeline("stage('a') {\n" + section + value + "\n}"))
    _judge(_pipeline("stage('a') {\nmatrix {\n" + section + value + "\n}\n}"))
