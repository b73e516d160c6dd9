"""Texts, cron lines and commands of GitHub workflows in normal form."""

import pytest

from envs.cicd import choices
from envs.cicd.requirements.github_find import words_of
from envs.cicd.requirements.github_schedules import cron_fields, same_cron
from envs.cicd.requirements.github_texts import (
    clean_path,
    compact,
    lines_of,
    put_in,
    same_text,
    sole_expression,
)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a ${{ github.sha }} b", "a ${{github.sha}} b"),
        ("${{ a == 'x  y' }}", "${{a=='x  y'}}"),
        ("${{ format('}}', a) }}", "${{format('}}',a)}}"),
        ("${{ open", "${{ open"),
        ("plain", "plain"),
    ],
)
def test_expressions_are_compared_without_spaces(text, same):
    assert compact(text) == same
    assert same_text(text, same)


def test_expressions_are_found_and_replaced():
    assert put_in("a${{ x }}b${{ '}}' }}c${{", str.upper) == "a${{ X }}b${{ '}}' }}c${{"
    assert sole_expression(" ${{ a || 'b' }} ") == "a || 'b'"
    assert sole_expression("x${{ a }}") is None
    assert sole_expression("${{ a }}${{ b }}") is None


def test_lists_and_paths():
    assert lines_of("a, b\nc\n\n") == ["a", "b", "c"]
    assert clean_path("./a//b/") == clean_path("${{ github.workspace }}/a/b") == "a/b"
    assert clean_path("") == "."


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0 0 * * 0", "0 0 * * 7"),
        ("*/15 * * * *", "0,15,30,45 * * * *"),
        ("5 4 * jan-mar *", "05 04 * 1,2,3 *"),
        ("0 9 * * MON-FRI", "0  9 * * 1-5"),
    ],
)
def test_equal_cron_lines(one, other):
    assert same_cron(one, other)


@pytest.mark.parametrize("line", ["", "* * * *", "a * * * *", "*/0 * * * *", "1 2 3 4 5 6"])
def test_text_that_is_no_cron_line_equals_nothing(line):
    assert cron_fields(line) is None
    assert not same_cron(line, line)


def test_cron_lines_of_tasks():
    assert choices.cron_daily("03:07") == "7 3 * * *"
    assert choices.cron_weekly("Sunday", "23:41") == "41 23 * * 0"
    assert choices.cron_weekly("Saturday", "00:13") == "13 0 * * 6"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("python3 -m pytest -q", "pytest -q"),
        ("npm run build", "npm build"),
        ("bash ./ci/x.sh a", "./ci/x.sh a"),
        ("pip3 install x", "python -m pip install x"),
        ("helm upgrade --timeout=5m", "helm upgrade --timeout 5m"),
        ("./x ${{ github.sha }}", "./x $GITHUB_SHA"),
    ],
)
def test_equal_commands_have_equal_words(one, other):
    assert words_of(one) == words_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("pytest -q", "pytest"), ("npm test", "npm ci"), ("./a.sh", "./b.sh"), ("make a", "make b")],
)
def test_other_commands_have_other_words(one, other):
    assert words_of(one) != words_of(other)
