"""Commands of RUN: what certainly runs, and scripts that no shell can read."""

import pytest

from iac_gym.formats.shell import read_script
from iac_gym.languages.dockerfile import LANGUAGE
from iac_gym.languages.dockerfile.equivalents import equivalents
from iac_gym.verifier import check_files


def certain(text: str, **env: str) -> list[str]:
    return [" ".join(one.words) for one in read_script(text, env).commands if one.certain]


@pytest.mark.parametrize(
    ("script", "commands"),
    [
        ("a && b; c", ["a", "b", "c"]),
        ("a | b", ["a", "b"]),
        ("a && b || true; c", ["c"]),
        ("a || exit 1", ["a"]),
        ("a || { echo no; exit 1; }", ["a"]),
        ("set -e; if x; then a; fi; b", ["set -e", "b"]),
        ("for i in 1 2; do a; done", []),
        ("(a; b) && { c; }", ["a", "b", "c"]),
        ("exit 0; a", ["exit 0"]),
        ("false && a", ["false"]),
        ("[ -f x ] && a; b", ["[ -f x ]", "b"]),
        ("A=1 sudo -E env B=2 a", ["a"]),
        ("sh -c 'a && b' ", ["a", "b"]),
        ("a 'b c' > /dev/null 2>&1 # d", ["a b c"]),
        ("a $X \"$X\" '$X'", ["a 1 2 1 2 $X"]),
        ("f() { a; }; b", ["b"]),
    ],
)
def test_what_certainly_runs(script, commands):
    assert certain(script, X="1 2") == commands


@pytest.mark.parametrize(
    "script", ["a &&", "&& a", "a ; ; b", "if a; then b", "a )", "(a", "a | ", "echo $(a", "{ a; "]
)
def test_scripts_that_no_shell_reads(script):
    text = f"FROM a:1\nRUN b && \\\n  {script}\n"
    rules = {(d.rule, d.finding.line) for d in check_files(
        {"Dockerfile": text}, {"Dockerfile": "dockerfile"}).diagnostics}  # fmt: skip
    assert {rule for rule, line in rules if line in (2, 3)} >= {"shell-syntax"}


@pytest.mark.parametrize(
    "shell",
    ['SHELL ["powershell", "-Command"]', 'SHELL ["cmd", "/S", "/C"]', 'SHELL ["python", "-c"]'],
)
def test_other_shells_are_not_judged(shell):
    verdict = check_files(
        {"Dockerfile": f"FROM a:1\n{shell}\nRUN if (\n"}, {"Dockerfile": "dockerfile"}
    )
    assert verdict.valid


def test_a_stage_that_is_not_needed_is_not_evaluated():
    text = "FROM a:1 AS unused\nEXPOSE x\nRUN a &&\nFROM b:1\n"
    assert check_files({"Dockerfile": text}, {"Dockerfile": "dockerfile"}).valid


@pytest.mark.parametrize("rule", LANGUAGE.rules, ids=lambda rule: rule.name)
def test_equivalents_of_a_good_example_stay_good(rule):
    for change, files in equivalents({"Dockerfile": rule.section("Good") + "\n"}):
        verdict = check_files(files, {"Dockerfile": "dockerfile"})
        assert verdict.valid, change
        assert not verdict.unscored


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ('x --tag="${A}:${B}" .', ("x", "--tag=${A}:${B}", ".")),
        ('x -e "K=${V:-d}"', ("x", "-e", "K=${V:-d}")),
        ('x "$(cat "a b")"/c', ("x", '$(cat "a b")/c')),
        ("x 'q ${r:-s}'t", ("x", "q ${r:-s}t")),
    ],
)
def test_quotes_around_expansions_are_removed(script, words):
    assert read_script(script, {}).commands[0].words == words


@pytest.mark.parametrize(
    ("script", "certain"),
    [
        ("make || exit 1", True),
        ("make || exit", True),
        ("make || exit 0", False),
        ("make || return 0", False),
        ("exec > log 2>&1\nmake", True),
        ("exec > >(tee log) 2>&1\nmake", True),
        ("exec true\nmake", False),
    ],
)
def test_ends_of_scripts_that_forgive_or_go_on(script, certain):
    words = [one.words for one in read_script(script, {}).certain]
    assert (("make",) in words) is certain
